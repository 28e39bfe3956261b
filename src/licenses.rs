//! Licenses: each one held by one client, of one key pack.

pub mod api;
pub mod by_hand;
pub mod download;
pub mod editing;
pub mod filter;
pub mod form;
pub mod license;
pub mod pages;
pub mod store;
