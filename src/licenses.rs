//! Licenses: each one held by one client, of one key pack.

pub mod api;
pub mod download;
pub mod filter;
pub mod license;
pub mod pages;
pub mod store;
