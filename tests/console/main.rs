//! The console through its real router and real databases: every case runs on SQLite and again on PostgreSQL.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at what is wrong"
)]

mod abort;
mod agreements;
mod api;
mod api_imports;
mod api_lists;
mod api_program;
mod api_register;
mod asking;
mod bring;
mod by_hand;
mod call_numbers;
mod calls;
mod calls_at_once;
mod chosen;
mod cli;
mod clients;
mod columns;
mod companies;
mod compatibility;
mod completing;
mod corpus;
mod demo;
mod desk_api;
mod desk_property;
mod downloads;
mod evidence;
mod evidence_harm;
mod findings;
mod findings_answers;
mod findings_many;
mod folder;
mod forms;
mod harm;
mod help;
mod history;
mod home;
mod house;
mod identity;
mod import_pages;
mod imports;
mod key_packs;
mod keys;
mod kill;
mod kill_serve;
mod license_servers;
mod licenses;
mod log;
mod many;
mod measures;
mod next_steps;
mod old_computers;
mod older_pages;
mod open_files;
mod packaging;
mod position;
mod position_past;
mod products;
mod program;
mod revocations;
mod schema;
mod search;
mod several;
mod statements;
mod stock;
mod support;
mod tokens;
mod transfers;
mod transfers_api;
mod unsent;
mod upkeep;
mod users;
mod views;
mod who_may;
mod words;
mod years;
mod years_program;
