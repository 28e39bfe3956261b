//! What is licensed: product versions and license types, who needs a license, and which one serves which session host.

pub mod answers;
pub mod compatibility;
pub mod download;
pub mod pages;
pub mod product;
pub mod store;
pub mod tables;
