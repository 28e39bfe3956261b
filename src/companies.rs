//! Companies: the legal entities that own seats. A seat moves only within one (KB 315262).

pub mod api;
pub mod company;
pub mod download;
pub mod pages;
pub mod read;
pub mod store;
