//! What is licensed: product versions and license types.

pub mod product;
pub mod store;
