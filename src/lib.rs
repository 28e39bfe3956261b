//! Reseat: a console for Terminal Services and Remote Desktop license servers.

#![forbid(unsafe_code)]

pub mod agreements;
pub mod api;
pub mod backups;
pub mod calendars;
pub mod call_numbers;
pub mod calls;
pub mod check;
pub mod checks;
pub mod cli;
pub mod clients;
pub mod companies;
pub mod config;
pub mod db;
pub mod demo;
pub mod evidence;
pub mod findings;
pub mod help;
pub mod history;
pub mod ids;
pub mod imports;
pub mod key_packs;
pub mod license_servers;
pub mod licenses;
pub mod measures;
pub mod moment;
pub mod positions;
pub mod products;
pub mod reissues;
pub mod reports;
pub mod revocations;
pub mod routes;
pub mod search;
pub mod transfers;
pub mod upkeep;
pub mod users;
pub mod views;
pub mod web;
