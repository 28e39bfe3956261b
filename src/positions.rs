//! The entitlement position: what is owned, what is installed, and line by line why they differ.

#[cfg(test)]
mod adds_up;
pub mod api;
pub mod as_of;
pub mod download;
pub mod estate;
pub mod line;
pub mod moved;
pub mod pages;
pub mod position;
pub mod store;
