//! The quick search: one box that finds computers, people, seats, servers, key packs, agreements and imports.

pub mod found;
pub mod pages;
pub mod store;
pub mod term;
