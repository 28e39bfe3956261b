//! Checking a bundle: everything that was written is there, nothing else, and history's chain goes through it.

use std::collections::{BTreeSet, HashMap};
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use zip::ZipArchive;
use zip::result::ZipError;

use super::line::{Entry, Is};
use super::manifest::{Chain, FORMAT, FileTold, HISTORY, MANIFEST, MARKS, Manifest, SUMS, disagreeing};
use super::measure::{Mark, Measure, Measured, differing, sha256};

/// The most bytes of a manifest, or of a list of sums, that are read.
const MOST: u64 = 1 << 20;
/// The most lines that are named for one reason.
const NAMED: usize = 20;

/// What a check found.
#[derive(Debug, Default)]
pub struct Found {
    /// What the bundle says of itself; nothing where that cannot be read.
    pub manifest: Option<Manifest>,
    /// The SHA-256 of its manifest.
    pub manifest_sha256: String,
    /// What is wrong, a sentence each.
    pub wrong: Vec<String>,
}

type Archive = ZipArchive<BufReader<File>>;

/// Checks a bundle. It needs nothing but the file.
///
/// # Errors
/// When the file cannot be opened at all.
pub fn check(bundle: &Path) -> std::io::Result<Found> {
    let file = BufReader::new(File::open(bundle)?);
    let mut found = Found::default();
    let mut archive = match ZipArchive::new(file) {
        Ok(archive) => archive,
        Err(ZipError::Io(error)) if is_the_disks(&error) => return Err(error),
        Err(_) => {
            let says = "It is cut off, or is no zip file: the list of its files, which stands at the end, is not there. Have it sent again.";
            found.wrong.push(says.into());
            return Ok(found);
        }
    };
    let Some((manifest, bytes)) = read_manifest(&mut archive, &mut found.wrong) else { return Ok(found) };
    found.manifest_sha256 = sha256(&bytes);
    match read_small(&mut archive, SUMS) {
        Ok(text) => found.wrong.extend(disagreeing(&manifest, &bytes, &String::from_utf8_lossy(&text))),
        Err(sentence) => found.wrong.push(sentence),
    }
    let marks = read_marks(&mut archive, &manifest);
    for file in &manifest.files {
        check_file(&mut archive, file, marks.get(&file.name), &mut found.wrong);
    }
    let known: BTreeSet<&str> = manifest.files.iter().map(|file| file.name.as_str()).chain([MANIFEST, SUMS]).collect();
    let unreadable = || "a file whose name cannot be read".to_owned();
    let names = archive.file_names().map(|name| name.map_or_else(|_| unreadable(), std::borrow::Cow::into_owned));
    for name in names.filter(|name| !known.contains(name.as_str())) {
        found.wrong.push(format!("{name} does not belong to the bundle: {MANIFEST} does not name it."));
    }
    if archive.index_for_name(HISTORY).is_some() {
        found.wrong.extend(walk(&mut archive, &manifest.chain));
    } else if manifest.files.iter().all(|file| file.name != HISTORY) {
        found.wrong.push(format!("{HISTORY} is missing, and {MANIFEST} does not name it."));
    }
    found.manifest = Some(manifest);
    Ok(found)
}

/// Whether a file could not be read, and not only what is in it.
fn is_the_disks(error: &std::io::Error) -> bool {
    error.raw_os_error().is_some() && error.kind() != std::io::ErrorKind::InvalidInput
}

fn read_small(archive: &mut Archive, name: &str) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    let entry = archive.by_name(name).map_err(|error| unreadable(name, &error))?;
    entry.take(MOST).read_to_end(&mut bytes).map_err(|_| damaged(name))?;
    Ok(bytes)
}

fn unreadable(name: &str, error: &ZipError) -> String {
    match error {
        ZipError::FileNotFound => format!("{name} is missing from the bundle."),
        _ => damaged(name),
    }
}

fn damaged(name: &str) -> String {
    format!("{name} is damaged: its bytes in the zip file are not those that were packed.")
}

fn read_manifest(archive: &mut Archive, wrong: &mut Vec<String>) -> Option<(Manifest, Vec<u8>)> {
    let read = read_small(archive, MANIFEST).and_then(|bytes| match serde_json::from_slice::<Manifest>(&bytes) {
        Ok(manifest) => Ok((manifest, bytes)),
        Err(error) => Err(format!("{MANIFEST}, line {}, cannot be read: it was changed.", error.line())),
    });
    match read {
        Ok((manifest, _)) if manifest.format > FORMAT => {
            let format = manifest.format;
            wrong
                .push(format!("{MANIFEST} says format {format}; this program reads up to {FORMAT}. Take a newer one."));
        }
        Ok(read) => return Some(read),
        Err(sentence) => wrong.push(format!("{sentence} Nothing else can be checked without it.")),
    }
    None
}

/// The marks of each file's lines. What is wrong with them shows when their own file is checked.
fn read_marks(archive: &mut Archive, manifest: &Manifest) -> HashMap<String, Vec<Mark>> {
    let most = manifest.files.iter().find(|file| file.name == MARKS).map_or(0, |file| file.size);
    let Ok(entry) = archive.by_name(MARKS) else { return HashMap::new() };
    let (mut marks, mut name) = (HashMap::<String, Vec<Mark>>::new(), String::new());
    for line in BufReader::new(entry.take(most)).lines() {
        let Ok(line) = line else { break };
        if let Some((_, file)) = line.split_once(" lines of ") {
            file.clone_into(&mut name);
        } else if let Ok(mark) = Mark::from_str_radix(&line, 16) {
            marks.entry(name.clone()).or_default().push(mark);
        }
    }
    marks
}

fn check_file(archive: &mut Archive, file: &FileTold, marks: Option<&Vec<Mark>>, wrong: &mut Vec<String>) {
    let name = &file.name;
    match measure(archive, file) {
        Err(sentence) => wrong.push(sentence),
        Ok(found) if found.sha256 == file.sha256 && found.size == file.size && found.marks.len() == file.lines => {}
        Ok(found) => match marks {
            Some(marks) => wrong.extend(differing(name, marks, &found.marks)),
            None if file.lines > found.marks.len() => wrong.push(format!(
                "{name} was changed: it has {} lines, and {} were written.",
                found.marks.len(),
                file.lines
            )),
            None => wrong.push(format!("{name} was changed after the bundle was made.")),
        },
    }
}

fn measure(archive: &mut Archive, file: &FileTold) -> Result<Measured, String> {
    let entry = archive.by_name(&file.name).map_err(|error| unreadable(&file.name, &error))?;
    let mut measure = Measure::default();
    // More than was written is wrong already, however much it is.
    let mut entry = entry.take(file.size.saturating_add(MOST));
    let mut bytes = vec![0; 64 * 1024];
    loop {
        let read = entry.read(&mut bytes).map_err(|_| damaged(&file.name))?;
        if read == 0 {
            return Ok(measure.end());
        }
        measure.take(bytes.get(..read).unwrap_or_default());
    }
}

/// Follows the chain from line to line.
fn walk(archive: &mut Archive, chain: &Chain) -> Vec<String> {
    let mut wrong = Vec::new();
    let entry = match archive.by_name(HISTORY) {
        Ok(entry) => entry,
        Err(error) => return vec![unreadable(HISTORY, &error)],
    };
    let mut walk = Walk { line: chain.first_line - 1, hash: chain.hash_before_first.clone(), sealed: 0, withheld: 0 };
    for (n, text) in BufReader::new(entry).lines().enumerate() {
        // Damaged bytes were named when the file was measured.
        let Ok(text) = text else { return wrong };
        let place = format!("{HISTORY}, line {}", n + 1);
        match serde_json::from_str::<Entry>(&text) {
            Ok(entry) => wrong.extend(walk.step(&entry, &place)),
            Err(_) => wrong.push(format!("{place}: this is no line of history.")),
        }
        if wrong.len() > NAMED {
            wrong.push(format!("More of {HISTORY} is wrong; the rest of the chain was not followed."));
            return wrong;
        }
    }
    wrong.extend(walk.end(chain));
    wrong
}

/// How far the chain was followed.
struct Walk {
    line: i64,
    hash: String,
    sealed: i64,
    withheld: i64,
}

impl Walk {
    fn step(&mut self, entry: &Entry, place: &str) -> Option<String> {
        let (line, previous, hash, is) = entry.link();
        let (before, follows) = (self.line, line == self.line + 1);
        let linked = previous == self.hash;
        self.sealed += i64::from(is == Is::Sealed);
        self.withheld += i64::from(is == Is::Withheld);
        (self.line, self.hash) = (line, hash.to_owned());
        if line <= before {
            return Some(format!(
                "{place}: line {line} of history stands behind line {before}: the two are out of order."
            ));
        }
        if !follows {
            let (first, last) = (before + 1, line - 1);
            let gone = if first == last { format!("line {first}") } else { format!("lines {first} to {last}") };
            return Some(format!("{place}: {gone} of history should stand before line {line}, and does not."));
        }
        if !entry.holds() {
            return Some(format!("{place}: line {line} of history is not what its hash was made of."));
        }
        (!linked).then(|| {
            format!("{place}: line {line} of history does not follow from line {before}: the chain is broken.")
        })
    }

    fn end(self, chain: &Chain) -> Option<String> {
        if self.line != chain.last_line {
            let (ends, last) = (self.line, chain.last_line);
            return Some(format!(
                "{HISTORY} ends with line {ends} of history, but {MANIFEST} says that line {last} is the last."
            ));
        }
        if self.hash != chain.hash_of_last {
            return Some(format!("{HISTORY}: its last line is not the one whose hash {MANIFEST} tells."));
        }
        let (sealed, withheld) = (chain.sealed, chain.withheld);
        ((self.sealed, self.withheld) != (sealed, withheld)).then(|| {
            format!(
                "{HISTORY} has {} sealed lines and {} with values withheld; {MANIFEST} says {sealed} and {withheld}.",
                self.sealed, self.withheld
            )
        })
    }
}
