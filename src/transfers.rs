//! Transfers: one seat moving from one client computer to another, once and permanently (KB 315262).

pub mod download;
pub mod filter;
pub mod form;
pub mod may_move;
pub mod pages;
pub mod read;
pub mod store;
pub mod transfer;
