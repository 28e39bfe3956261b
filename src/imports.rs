//! Imports: files from license servers, and what they change in the register.

pub mod reading;
