//! License servers: the activated licensing services that hand out licenses.

pub mod api;
pub mod by_hand;
pub mod download;
pub mod editing;
pub mod epoch;
pub mod form;
pub mod license_server;
pub mod pages;
pub mod read;
pub mod store;
