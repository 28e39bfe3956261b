//! Audit evidence: what is recorded of one company's licenses in one period, as one file that an auditor can check
//! anywhere, and that tells nothing of other companies.

mod answers;
pub mod checking;
pub mod form;
pub mod line;
pub mod make;
pub mod manifest;
pub mod measure;
pub mod pages;
mod press;
mod printed;
mod store;
mod tables;
