//! The folder of the console's own backups: their names, and which of them go. Only a file whose name is one that the
//! program gives is ever removed; whatever else lies there is left alone.

use std::io::{Error, Result};
use std::path::{Path, PathBuf};

use crate::moment::Moment;

const BEGINS: &str = "reseat-";
const ENDS: &str = ".reseat-backup";

/// The file of a backup that is begun at a moment: `reseat-20260822T091400Z.reseat-backup`.
pub fn file_at(folder: &Path, at: Moment) -> PathBuf {
    folder.join(format!("{BEGINS}{}{ENDS}", at.compact()))
}

/// Removes all but the newest backups. The one just written stays, whatever moment its name tells. Gives what was removed.
pub fn clear(folder: &Path, keep: usize, written: &Path) -> Result<Vec<PathBuf>> {
    let mut whole = files(folder, is_whole)?;
    whole.retain(|name| folder.join(name) != written);
    // The moment in the name sorts as time goes.
    whole.sort_unstable_by(|one, other| other.cmp(one));
    whole.into_iter().skip(keep.saturating_sub(1)).map(|name| remove(folder.join(name))).collect()
}

/// Removes what copies of the program that were killed left of backups; whoever calls is the only one at it.
pub fn clear_parts(folder: &Path) -> Result<Vec<PathBuf>> {
    files(folder, is_part)?.into_iter().map(|name| remove(folder.join(name))).collect()
}

fn files(folder: &Path, wanted: fn(&str) -> bool) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        // Not what a link leads to: that is somebody else's.
        if entry.file_type()?.is_file() && wanted(&name) {
            found.push(name);
        }
    }
    Ok(found)
}

fn remove(path: PathBuf) -> Result<PathBuf> {
    match std::fs::remove_file(&path) {
        Ok(()) => Ok(path),
        Err(error) => Err(Error::new(error.kind(), format!("{} cannot be removed: {error}", path.display()))),
    }
}

/// Whether a name is one of [`file_at`].
fn is_whole(name: &str) -> bool {
    let moment = name.strip_prefix(BEGINS).and_then(|rest| rest.strip_suffix(ENDS));
    moment.is_some_and(|moment| {
        let shape: String = moment.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
        shape == "00000000T000000Z"
    })
}

/// Whether a name is one that such a file has while it is being written.
fn is_part(name: &str) -> bool {
    let parts = name.strip_prefix('.').and_then(|name| name.split_once(".part-"));
    parts.is_some_and(|(whole, process)| is_whole(whole) && process.parse::<u32>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_the_program_wrote_is_removed_and_the_newest_stay() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        let at = |n: i64| file_at(folder.path(), Moment(1_787_400_000 + n * 86_400));
        let mine = [at(1), at(2), at(3), at(4), path(".reseat-20260101T000000Z.reseat-backup.part-77")];
        let others = [
            "reseat-20200101T000000Z.reseat-backup.mine",
            "reseat-2020.reseat-backup",
            "before-schema-4-20200101T000000Z.reseat-backup",
            "my-reseat-20200101T000000Z.reseat-backup",
            ".reseat-20200101T000000Z.reseat-backup.part-x",
            "reseat.db",
        ];
        for file in mine.iter().cloned().chain(others.map(path)) {
            std::fs::write(file, "x").unwrap();
        }
        let old = path("reseat-20190101T000000Z.reseat-backup");
        std::fs::create_dir(&old).unwrap();
        assert_eq!(clear_parts(folder.path()).unwrap(), [mine[4].clone()]);
        let mut gone = clear(folder.path(), 2, &mine[3]).unwrap();
        gone.sort();
        assert_eq!(gone, [mine[0].clone(), mine[1].clone()]);
        assert!(mine[2].exists() && mine[3].exists() && old.exists());
        // A clock that was ahead once: what was written just now stays all the same.
        assert_eq!(clear(folder.path(), 1, &mine[2]).unwrap(), [mine[3].clone()]);
        assert!(mine[2].exists());
        assert!(others.iter().all(|name| path(name).exists()));
    }
}
