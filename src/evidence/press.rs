//! Writing a bundle in bounded memory: a thread packs what comes, file by file, into a temporary file that has no name,
//! so that nothing stays behind however the program ends.

use std::fs::File;
use std::io::{Seek, Write};

use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::task::JoinHandle;
use zip::write::{SimpleFileOptions, ZipWriter};

use super::manifest::{FileTold, MANIFEST, MARKS, Manifest, SUMS, marks, sums, written};
use super::measure::{Mark, Measure, sha256};
use crate::check::Problems;
use crate::web::error::{Error, Outcome};

enum Piece {
    /// A new file begins; what is counted in it, where its rows are.
    Begin(&'static str, bool),
    /// Bytes of it, and how many rows they are.
    Bytes(Vec<u8>, u64),
    /// Nothing was lost on the way: the bundle may be closed. The manifest is whole but for its files.
    End(Box<Manifest>),
}

/// A bundle that is whole.
pub struct Pressed {
    /// The zip file, ready to be read from its beginning.
    pub file: File,
    /// Its bytes.
    pub size: u64,
    /// What it says of itself.
    pub manifest: Manifest,
    /// The SHA-256 of the manifest, which names everything else.
    pub manifest_sha256: String,
}

/// A bundle in the making.
pub struct Press {
    pieces: Sender<Piece>,
    packing: JoinHandle<std::io::Result<Pressed>>,
}

impl Press {
    /// Begins a bundle.
    pub fn begin() -> Press {
        let (pieces, receive) = channel(2);
        Press { pieces, packing: tokio::task::spawn_blocking(move || pack(receive)) }
    }

    /// Begins a file; `rows`: whether the manifest tells how many it has.
    pub async fn file(&mut self, name: &'static str, rows: bool) -> Outcome<()> {
        self.send(Piece::Begin(name, rows)).await
    }

    /// Writes on.
    pub async fn write(&mut self, bytes: Vec<u8>, rows: usize) -> Outcome<()> {
        self.send(Piece::Bytes(bytes, rows as u64)).await
    }

    /// Ends the bundle with what it says of itself.
    pub async fn end(mut self, manifest: Manifest) -> Outcome<Pressed> {
        self.send(Piece::End(Box::new(manifest))).await?;
        self.packing.await.map_err(Error::internal)?.map_err(|error| no_room(&error))
    }

    async fn send(&mut self, piece: Piece) -> Outcome<()> {
        if self.pieces.send(piece).await.is_ok() {
            return Ok(());
        }
        match (&mut self.packing).await {
            Ok(Err(error)) => Err(no_room(&error)),
            Ok(Ok(_)) => Err(Error::internal("a bundle was closed too early")),
            Err(error) => Err(Error::internal(error)),
        }
    }
}

fn no_room(error: &std::io::Error) -> Error {
    tracing::error!("a bundle of evidence could not be written: {error}");
    let says = "The bundle could not be made: the folder for temporary files seems to be full. Make room there, or ask an admin \
                to; nothing is recorded of this try.";
    Problems::of("", says).into()
}

/// Packs what comes until the end is said; who went away never says it.
fn pack(mut receive: Receiver<Piece>) -> std::io::Result<Pressed> {
    let mut packer =
        Packer { zip: ZipWriter::new(tempfile::tempfile()?), files: Vec::new(), marks: Vec::new(), now: None };
    while let Some(piece) = receive.blocking_recv() {
        match piece {
            Piece::Begin(name, rows) => packer.begin(name, rows)?,
            Piece::Bytes(bytes, rows) => packer.take(&bytes, rows)?,
            Piece::End(manifest) => return packer.close(*manifest),
        }
    }
    Err(std::io::Error::other("whoever asked for it went away"))
}

struct Packer {
    zip: ZipWriter<File>,
    files: Vec<FileTold>,
    marks: Vec<(&'static str, Vec<Mark>)>,
    now: Option<Open>,
}

/// The file that is being written.
struct Open {
    name: &'static str,
    measure: Measure,
    rows: Option<u64>,
}

impl Packer {
    fn begin(&mut self, name: &'static str, rows: bool) -> std::io::Result<()> {
        self.end_file();
        // History alone may pass four gigabytes.
        let options = SimpleFileOptions::default().large_file(name == super::manifest::HISTORY);
        self.zip.start_file(name, options)?;
        self.now = Some(Open { name, measure: Measure::default(), rows: rows.then_some(0) });
        Ok(())
    }

    fn take(&mut self, bytes: &[u8], rows: u64) -> std::io::Result<()> {
        if let Some(open) = &mut self.now {
            open.measure.take(bytes);
            open.rows = open.rows.map(|all| all + rows);
        }
        self.zip.write_all(bytes)
    }

    fn end_file(&mut self) {
        let Some(Open { name, measure, rows }) = self.now.take() else { return };
        let of = measure.end();
        let (size, sha256, lines) = (of.size, of.sha256, of.marks.len());
        self.files.push(FileTold { name: name.to_owned(), size, lines, rows, sha256 });
        self.marks.push((name, of.marks));
    }

    fn close(mut self, manifest: Manifest) -> std::io::Result<Pressed> {
        self.end_file();
        let all = std::mem::take(&mut self.marks);
        self.begin(MARKS, false)?;
        for (name, of) in &all {
            self.take(marks(name, of).as_bytes(), 0)?;
        }
        self.end_file();
        let manifest = Manifest { files: std::mem::take(&mut self.files), ..manifest };
        let text = written(&manifest)?;
        let manifest_sha256 = sha256(&text);
        self.begin(MANIFEST, false)?;
        self.take(&text, 0)?;
        self.begin(SUMS, false)?;
        self.take(sums(&manifest, &manifest_sha256).as_bytes(), 0)?;
        let mut file = self.zip.finish()?;
        let size = file.seek(std::io::SeekFrom::End(0))?;
        file.rewind()?;
        Ok(Pressed { file, size, manifest, manifest_sha256 })
    }
}
