//! Key packs: sets of licenses installed together on one license server.

pub mod api;
pub mod download;
pub mod filter;
pub mod key_pack;
pub mod pages;
pub mod store;

pub use crate::products::product;
