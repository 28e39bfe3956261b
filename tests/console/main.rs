//! The console through its real router and real databases: every case runs on SQLite and again on PostgreSQL.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    reason = "a test stops at what is wrong"
)]

mod bring;
mod corpus;
mod demo;
mod history;
mod house;
mod imports;
mod kill;
mod schema;
mod support;
mod users;
