//! Clients: the computers, and for Per User licenses the people, that hold licenses.

pub mod api;
pub mod by_hand;
pub mod chosen;
pub mod client;
pub mod download;
pub mod editing;
pub mod filter;
pub mod form;
pub mod local_license;
pub mod pages;
pub mod removing;
pub mod runbook;
pub mod store;
pub mod together;
