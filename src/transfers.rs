//! Transfers: one seat moving from one client computer to another, once and permanently (KB 315262).

pub mod answers;
pub mod api;
pub mod asking;
pub mod by_hand;
pub mod by_import;
pub mod clean_up;
pub mod deadline;
pub mod download;
pub mod editing;
pub mod ending;
pub mod filter;
pub mod form;
pub mod going_on;
pub mod held;
pub mod may_move;
pub mod pages;
pub mod picture;
pub mod queue;
pub mod read;
pub mod several;
pub mod signs;
pub mod steps;
pub mod store;
pub mod transfer;
pub mod watch;
