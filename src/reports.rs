//! Reports: answers, not data.

pub mod api;
pub mod chart;
pub mod download;
pub mod forecast;
pub mod pages;
pub mod stock;
pub mod store;
pub mod summary;
