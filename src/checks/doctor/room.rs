//! How much room the disks have left.

use std::path::Path;

use super::{Finding, Standing};

/// Bytes below which hardly anything can be written any more.
const LITTLE: u64 = 100_000_000;

/// Bytes that should be there in any case.
const ENOUGH: u64 = 1_000_000_000;

/// How much is left where a folder lies. There should be room for what it is for once more: an import keeps its files and
/// what it staged, a new backup stands beside the old ones.
pub fn left(folder: &Path, what: &str, needs: u64) -> Finding {
    match fs4::available_space(folder) {
        Ok(free) => judge(&folder.display().to_string(), what, free, needs),
        Err(error) => (Standing::Warning, format!("The room left in {} cannot be told: {error}.", folder.display())),
    }
}

fn judge(folder: &str, what: &str, free: u64, needs: u64) -> Finding {
    let says = format!("{} are free for {what} in {folder}", words(free));
    if free < LITTLE {
        return (Standing::Wrong, format!("{says}; that is nearly nothing. Make room."));
    }
    let wanted = needs.max(ENOUGH);
    if free < wanted {
        return (Standing::Warning, format!("{says}; {} would be safer.", words(wanted)));
    }
    (Standing::Ok, format!("{says}."))
}

/// A file's size.
pub fn size(path: &Path) -> u64 {
    std::fs::metadata(path).map_or(0, |found| found.len())
}

/// The size of the largest file in a folder: about what the next one takes.
pub fn largest(folder: &Path) -> u64 {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| size(&entry.path())).max().unwrap_or(0)
}

fn words(bytes: u64) -> String {
    if bytes < 1_000_000_000 {
        return format!("{} MB", bytes / 1_000_000);
    }
    format!("{}.{} GB", bytes / 1_000_000_000, bytes % 1_000_000_000 / 100_000_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_disk_should_have_room_for_the_same_once_more() {
        let stands = |free, needs| judge("/srv", "backups", free, needs);
        assert_eq!(stands(99_000_000, 0).0, Standing::Wrong);
        assert_eq!(stands(900_000_000, 0).0, Standing::Warning);
        assert_eq!(stands(2_000_000_000, 0).0, Standing::Ok);
        let tight = stands(2_000_000_000, 3_400_000_000);
        assert_eq!(tight, (Standing::Warning, "2.0 GB are free for backups in /srv; 3.4 GB would be safer.".into()));
        assert!(left(Path::new("/no/such/folder"), "backups", 0).1.contains("cannot be told"));
    }
}
