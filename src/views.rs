//! Saved views: a list's filters and order under a name, for oneself or for everybody.

pub mod api;
pub mod pages;
pub mod store;
pub mod view;
