//! People: who may sign in, with which role, and their sessions.

pub mod download;
pub mod pages;
pub mod password;
pub mod people;
pub mod session;
pub mod store;
pub mod user;
