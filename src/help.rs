//! Help inside the program: pages written in Markdown, which are part of the binary, and a search over their sections.

pub mod find;
pub mod page;
pub mod pages;
