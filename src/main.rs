//! The program: reads its command line and settings, and does what they say.

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    reseat::cli::run().await
}
