//! Reports: answers, not data.

pub mod pages;
pub mod store;
pub mod summary;
