//! Twins and ghosts: one computer that holds two licenses, and licenses that nobody uses any more.

pub mod api;
pub mod causes;
pub mod download;
pub mod editing;
pub mod filter;
pub mod finding;
pub mod look;
pub mod pages;
pub mod store;
pub mod ways;
