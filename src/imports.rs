//! Imports: files from license servers, and what they change in the register. Nothing is changed before a person
//! (or `--apply`) has seen the preview, and what is applied is applied whole or not at all.

pub mod apply;
mod apply_clients;
mod apply_packs;
mod apply_rows;
pub mod compare;
mod compare_clients;
mod compare_rows;
pub mod import;
pub mod preview;
pub mod reading;
pub mod receive;
pub mod settle;
pub mod stage;
pub mod staging;
pub mod store;
pub mod work;
