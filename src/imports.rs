//! Imports: files from license servers, and what they change in the register. Nothing is changed before a person
//! (or `--apply`) has seen the preview, and what is applied is applied whole or not at all.

pub mod answers;
pub mod api;
pub mod apply;
mod apply_clients;
mod apply_packs;
mod apply_rows;
mod asking;
pub mod compare;
mod compare_clients;
mod compare_hand;
mod compare_rows;
pub mod covered;
mod deciding;
mod doubles;
pub mod download;
pub mod form;
pub mod identity;
pub mod import;
pub mod moved;
pub mod pages;
pub mod preview;
pub mod preview_rows;
pub mod reading;
pub mod receive;
pub mod rows;
pub mod settle;
pub mod stage;
pub mod staging;
pub mod store;
mod sweep;
pub mod upload;
pub mod work;
