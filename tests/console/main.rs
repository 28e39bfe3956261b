//! The console through its real router and real databases: every case runs on SQLite and again on PostgreSQL.

mod history;
mod house;
mod schema;
mod support;
mod users;
