//! Agreements: purchases, by which a company owns licenses.

pub mod agreement;
pub mod api;
pub mod download;
pub mod form;
pub mod pages;
pub mod read;
pub mod store;
