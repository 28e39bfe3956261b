//! What every page shares.

pub mod actor;
pub mod address;
pub mod app;
pub mod assets;
pub mod columns;
pub mod correcting;
pub mod error;
pub mod export;
pub mod faces;
pub mod format;
pub mod icon;
pub mod listing;
pub mod log;
pub mod look;
pub mod numbers;
pub mod page;
pub mod parts;
pub mod reason;
pub mod request;
pub mod shell;
pub mod slice;
pub mod story;
pub mod styleguide;
pub mod subject;
pub mod timeline;
