//! Requests to Microsoft: so many licenses of one version and type on one server, to be reissued by telephone (KB 315262).

pub mod answers;
pub mod api;
pub mod download;
pub mod editing;
pub mod filter;
pub mod form;
pub mod grant;
pub mod pages;
pub mod read;
pub mod reissue;
pub mod store;
