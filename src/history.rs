//! History: one line for every change, forever. Lines are only added, and each carries the hash of the one before.

pub mod api;
mod chain;
pub mod correction;
pub mod download;
pub mod kept;
pub mod line;
pub mod pages;
pub mod store;
