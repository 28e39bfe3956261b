//! Telephone calls to Microsoft: started, noted, ended, closed; and what each granted (KB 315262).

pub mod api;
pub mod call;
pub mod download;
pub mod draft;
pub mod editing;
pub mod ending;
pub mod filter;
pub mod form;
pub mod live;
pub mod pages;
pub mod phonetic;
pub mod read;
pub mod sheet;
pub mod store;
