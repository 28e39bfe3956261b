//! Numbers to call: by which telephone number a company reaches Microsoft from a country or region, and when somebody
//! answers there. Microsoft's numbers change, so that none is built in.

pub mod call_number;
pub mod download;
pub mod pages;
pub mod store;
