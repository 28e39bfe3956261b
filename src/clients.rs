//! Clients: the computers, and for Per User licenses the people, that hold licenses.

pub mod api;
pub mod client;
pub mod download;
pub mod filter;
pub mod pages;
pub mod store;
