//! A real server and a real browser, for journeys.
//!
//! [`Server`] is the built console with a port and a data folder of its own; [`Browser`] is a headless
//! Chromium, or Firefox (`BROWSER=firefox`), behind a driver of its own. Both end with the value that holds them, also when a
//! journey panics. Nothing here waits by the clock: a started process is asked until it answers,
//! and the browser looks for a thing until the page shows it.

mod browser;
mod engine;
mod page;
mod process;
mod server;
mod verdict;
mod words;

pub use browser::Browser;
pub use engine::Engine;
pub use server::{Server, password_of};
pub use verdict::invalid;
