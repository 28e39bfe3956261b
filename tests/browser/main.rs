//! Journeys: what a person does, in a real browser, against the built console.
//!
//! They need Chromium, chromedriver and npm, so `cargo test` alone leaves them out;
//! `scripts/test`, or `cargo test --test browser`, runs them.
#![expect(clippy::expect_used, clippy::panic, reason = "a journey that goes wrong ends by panicking")]

mod desk;
mod exports;
mod harness;
mod journeys;
mod keys;
mod old_computers;
mod pages;
mod register;
mod steps;
mod story;
mod support;
mod tour;
mod transfers;
mod unsent;
