//! People: who may sign in, with which role, and their sessions.

pub mod api;
pub mod api_token;
pub mod download;
pub mod pages;
pub mod password;
pub mod people;
pub mod reading;
pub mod session;
pub mod store;
pub mod token_store;
pub mod tokens;
pub mod unsent;
pub mod user;
