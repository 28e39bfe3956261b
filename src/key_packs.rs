//! Key packs: sets of licenses installed together on one license server.

pub mod api;
pub mod by_hand;
pub mod download;
pub mod editing;
pub mod filter;
pub mod form;
pub mod installing;
pub mod key_pack;
pub mod pages;
pub mod state;
pub mod store;

pub use crate::products::product;
