//! License servers: the activated licensing services that hand out licenses.

pub mod download;
pub mod license_server;
pub mod pages;
pub mod read;
pub mod store;
