//! Calendars: the days on which a country or region does not work, so that a deadline falls on a day when somebody does.

pub mod calendar;
pub mod pages;
pub mod store;
