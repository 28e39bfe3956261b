//! Transfers: one seat moving from one client computer to another, once and permanently (KB 315262).

pub mod deadline;
pub mod download;
pub mod filter;
pub mod form;
pub mod may_move;
pub mod pages;
pub mod picture;
pub mod queue;
pub mod read;
pub mod steps;
pub mod store;
pub mod transfer;
