//! The program: reads its command line and settings, and does what they say.

use std::process::ExitCode;

/// A quarter of a page’s time went into many small pieces of memory, which this one gives and takes quicker than the system’s;
/// SQLite gets its own from it too.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
#[global_allocator]
static MEMORY: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main]
async fn main() -> ExitCode {
    reseat::cli::run().await
}
