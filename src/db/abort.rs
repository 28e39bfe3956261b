//! Where a test build ends itself. Only a debug build has it, and only where `TEST_ABORT_FILE` names a file: once that file
//! is there, it says before which of the statements and commits that follow the process is gone, as in a power failure.

#[cfg(debug_assertions)]
use std::{
    path::PathBuf,
    sync::{LazyLock, Mutex, PoisonError},
};

/// The file that says when, where one is named.
#[cfg(debug_assertions)]
static TOLD: LazyLock<Option<PathBuf>> = LazyLock::new(|| std::env::var_os("TEST_ABORT_FILE").map(PathBuf::from));

/// How many statements and commits are left until then, once the file is there.
#[cfg(debug_assertions)]
static LEFT: Mutex<Option<u64>> = Mutex::new(None);

/// Before every statement and every commit.
#[cfg(debug_assertions)]
pub(super) fn here() {
    let Some(file) = &*TOLD else { return };
    let mut left = LEFT.lock().unwrap_or_else(PoisonError::into_inner);
    *left = match *left {
        None => std::fs::read_to_string(file).ok().and_then(|text| text.trim().parse().ok()),
        left => left,
    };
    if let Some(n) = *left {
        if n <= 1 {
            std::process::abort();
        }
        *left = Some(n - 1);
    }
}

#[cfg(not(debug_assertions))]
pub(super) fn here() {}
