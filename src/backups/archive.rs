//! The file of a backup: written under another name until it is whole, and read with every checksum compared.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufReader, BufWriter, Read};
use std::path::{Path, PathBuf};

use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};

use super::{FORMAT, MANIFEST, Manifest, refused};
use crate::history::line::hex;
use crate::web::error::Outcome;

/// The largest member that is read: a piece and one row more, with room to spare.
const LARGEST: u64 = 256 << 20;

/// A backup that is being written. Unless it is ended, nothing of it stays.
pub(super) struct Writer {
    tar: Option<tar::Builder<GzEncoder<BufWriter<File>>>>,
    sums: BTreeMap<String, String>,
    part: PathBuf,
    to: PathBuf,
}

impl Writer {
    /// Begins a file that must not be there yet, unless it may be written over.
    pub fn begin(to: &Path, over: bool) -> Outcome<Writer> {
        if to.exists() && !over {
            return Err(refused(format!("{} is there already. Name another file, or say --force.", to.display())));
        }
        let name = to.file_name().map(|name| name.to_string_lossy().into_owned());
        let name = name.ok_or_else(|| refused(format!("{} is not the name of a file.", to.display())))?;
        let part = to.with_file_name(format!(".{name}.part-{}", std::process::id()));
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(&part).map_err(|error| cannot_write(to, &error))?;
        let packed = GzEncoder::new(BufWriter::new(file), flate2::Compression::new(3));
        let tar = Some(tar::Builder::new(packed));
        Ok(Writer { tar, sums: BTreeMap::new(), part, to: to.to_owned() })
    }

    /// Adds a member.
    pub fn member(&mut self, name: &str, bytes: &[u8]) -> Outcome<()> {
        let Some(tar) = &mut self.tar else { return Ok(()) };
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o600);
        tar.append_data(&mut header, name, bytes).map_err(|error| cannot_write(&self.to, &error))?;
        self.sums.insert(name.to_owned(), sum(bytes));
        Ok(())
    }

    /// Adds the manifest, waits for the disk and gives the file its name.
    pub fn end(mut self, mut manifest: Manifest) -> Outcome<Manifest> {
        manifest.sha256 = std::mem::take(&mut self.sums);
        let text = serde_json::to_vec_pretty(&manifest).map_err(anyhow::Error::new)?;
        self.member(MANIFEST, &text)?;
        self.finish().map_err(|error| cannot_write(&self.to, &error))?;
        Ok(manifest)
    }

    fn finish(&mut self) -> std::io::Result<()> {
        if let Some(tar) = self.tar.take() {
            let file = tar.into_inner()?.finish()?.into_inner().map_err(std::io::IntoInnerError::into_error)?;
            file.sync_all()?;
        }
        std::fs::rename(&self.part, &self.to)?;
        keep_name(&self.to)
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        drop(self.tar.take());
        // After the end there is none any more.
        let _ = std::fs::remove_file(&self.part);
    }
}

/// Makes a new name last: the folder is written too.
pub(super) fn keep_name(path: &Path) -> std::io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

/// Reads a backup from its first to its last byte, and gives its manifest when all is as it was written.
pub(super) fn look_through(path: &Path) -> Outcome<Manifest> {
    let mut sums = BTreeMap::new();
    let mut manifest = None;
    let mut archive = open(path)?;
    for member in archive.entries().map_err(|error| damaged(path, &error))? {
        let (name, bytes) = read(path, member)?;
        if manifest.is_some() {
            return Err(damaged(path, &"something stands after its manifest"));
        }
        if name == MANIFEST {
            manifest = Some(understood(path, &bytes)?);
        } else {
            sums.insert(name, sum(&bytes));
        }
    }
    // What follows the last member holds the compression's own checksum.
    std::io::copy(&mut archive.into_inner(), &mut std::io::sink()).map_err(|error| damaged(path, &error))?;
    let manifest = manifest.ok_or_else(|| damaged(path, &"its manifest is missing"))?;
    if let Some((name, _)) = manifest.sha256.iter().find(|(name, sum)| sums.get(*name) != Some(sum)) {
        return Err(damaged(path, &format!("{name} is not what was written")));
    }
    if let Some(name) = sums.keys().find(|name| !manifest.sha256.contains_key(*name)) {
        return Err(damaged(path, &format!("{name} is not one of its members")));
    }
    Ok(manifest)
}

/// A backup opened for reading.
pub(super) type Archive = tar::Archive<GzDecoder<BufReader<File>>>;

/// Opens a backup.
pub(super) fn open(path: &Path) -> Outcome<Archive> {
    let file = File::open(path).map_err(|error| refused(format!("{} cannot be read: {error}.", path.display())))?;
    Ok(tar::Archive::new(GzDecoder::new(BufReader::new(file))))
}

/// A member: its name and what it holds.
pub(super) fn read(path: &Path, member: std::io::Result<tar::Entry<'_, impl Read>>) -> Outcome<(String, Vec<u8>)> {
    let mut member = member.map_err(|error| damaged(path, &error))?;
    if member.size() > LARGEST {
        return Err(damaged(path, &"one of its members is larger than any that is written"));
    }
    let name = String::from_utf8_lossy(&member.path_bytes()).into_owned();
    let mut bytes = Vec::new();
    member.read_to_end(&mut bytes).map_err(|error| damaged(path, &error))?;
    Ok((name, bytes))
}

/// The sentence about a file that is not what was written.
pub(super) fn damaged(path: &Path, why: &dyn std::fmt::Display) -> crate::web::error::Error {
    refused(format!("{} is not a whole backup: {why}. Nothing was changed.", path.display()))
}

fn understood(path: &Path, bytes: &[u8]) -> Outcome<Manifest> {
    #[derive(serde::Deserialize)]
    struct Form {
        format: i64,
    }
    let form: Form = serde_json::from_slice(bytes).map_err(|error| damaged(path, &error))?;
    if form.format != FORMAT {
        return Err(refused(format!(
            "{} has form {}, which this program does not know. Restore it with a newer program; nothing was changed.",
            path.display(),
            form.format
        )));
    }
    serde_json::from_slice(bytes).map_err(|error| damaged(path, &error))
}

fn cannot_write(to: &Path, error: &std::io::Error) -> crate::web::error::Error {
    refused(format!("{} cannot be written: {error}.", to.display()))
}

fn sum(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}
