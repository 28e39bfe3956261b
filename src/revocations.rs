//! Revocations: Per Device licenses that were taken back on their server, how many more may be, and which way out a
//! client has. A revocation is no transfer: it uses up no move of a seat and makes no key pack.

pub mod api;
pub mod budget;
pub mod download;
pub mod editing;
pub mod form;
pub mod pages;
pub mod revocation;
pub mod store;
pub mod ways;
