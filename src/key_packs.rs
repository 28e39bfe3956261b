//! Key packs: sets of licenses installed together on one license server.

pub mod product;
