//! Encodings: which characters the bytes of a file stand for, and files that are no text at all.

use super::Refusal;
use serde::{Deserialize, Serialize};
use std::io::{self, Read};

/// How the characters of a file are written as bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Encoding {
    /// UTF-8, with or without a byte order mark; plain ASCII is UTF-8 too.
    Utf8,
    /// UTF-16 little endian, as Windows PowerShell 5.1 writes with `>` and `Out-File`.
    Utf16Le,
    /// UTF-16 big endian, as `-Encoding BigEndianUnicode` writes.
    Utf16Be,
    /// The Western European code page of older Windows programs.
    Windows1252,
}

const CHUNK: usize = 64 * 1024;

/// How a file that is no text begins, what it is, and what to do instead.
const NO_TEXT: &[(&[u8], &str, &str)] = &[
    (b"PK\x03\x04", "a zip archive or an Excel workbook (.xlsx)", "unpack it, or save the sheet as CSV UTF-8 in Excel"),
    (b"PK\x05\x06", "an empty zip archive", "export the rows again as CSV"),
    (b"\x1f\x8b", "a gzip archive", "unpack it first"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive", "unpack it first"),
    (b"Rar!\x1a\x07", "a RAR archive", "unpack it first"),
    (b"\xd0\xcf\x11\xe0", "an old Office file such as .xls", "save the sheet as CSV UTF-8 in Excel"),
    (b"%PDF", "a PDF document", "export the rows as CSV or JSON instead of printing them"),
    (b"SQLite format 3\0", "a SQLite database", "export the rows as CSV"),
    (b"\x89PNG", "a picture", "export the rows as CSV or JSON"),
    (b"\xff\xfe\0\0", "UTF-32 text", "save it as UTF-8"),
];

impl Encoding {
    /// The name of the encoding as a person knows it.
    pub fn label(self) -> &'static str {
        match self {
            Self::Utf8 => "UTF-8",
            Self::Utf16Le => "UTF-16 little endian",
            Self::Utf16Be => "UTF-16 big endian",
            Self::Windows1252 => "Windows-1252",
        }
    }

    /// Finds the encoding of a file; UTF-8 is only believed when the whole file is valid.
    pub(super) fn of<R: Read>(mut reader: R) -> Result<Self, Refusal> {
        let mut bytes = vec![0_u8; CHUNK];
        let mut filled = fill(&mut reader, &mut bytes, 0)?;
        let start = bytes.get(..filled).unwrap_or_default();
        refuse_what_is_no_text(start)?;
        if let Some(wide) = utf16(start) {
            return Ok(wide);
        }
        let marked = start.starts_with(b"\xef\xbb\xbf");
        let (mut valid, mut line) = (true, 1_u64);
        while filled > 0 {
            let chunk = bytes.get(..filled).unwrap_or_default();
            refuse_nul(chunk, line)?;
            line += newlines(chunk);
            let kept = if valid { checked(chunk, filled < CHUNK, &mut valid) } else { 0 };
            // An unfinished character at the end of this chunk is looked at again with the next one.
            bytes.copy_within(filled - kept..filled, 0);
            filled = fill(&mut reader, &mut bytes, kept)?;
            if filled == kept {
                valid &= kept == 0;
                break;
            }
        }
        Ok(if valid || marked { Self::Utf8 } else { Self::Windows1252 })
    }
}

/// How many line ends there are in these bytes.
pub(super) fn newlines(bytes: &[u8]) -> u64 {
    bytes.iter().map(|byte| u64::from(*byte == b'\n')).sum()
}

fn fill(reader: &mut impl Read, bytes: &mut [u8], mut filled: usize) -> Result<usize, Refusal> {
    while let Some(room) = bytes.get_mut(filled..).filter(|room| !room.is_empty()) {
        match reader.read(room) {
            Ok(0) => break,
            Ok(more) => filled += more,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(filled)
}

/// Checks the chunk for UTF-8 and says how many bytes at its end are an unfinished character.
fn checked(chunk: &[u8], last: bool, valid: &mut bool) -> usize {
    match std::str::from_utf8(chunk) {
        Ok(_) => 0,
        Err(error) if error.error_len().is_none() && !last => chunk.len() - error.valid_up_to(),
        Err(_) => {
            *valid = false;
            0
        }
    }
}

fn refuse_what_is_no_text(start: &[u8]) -> Result<(), Refusal> {
    let program = start.starts_with(b"MZ") && start.iter().take(512).any(|byte| *byte == 0);
    let found = NO_TEXT.iter().find(|(magic, ..)| start.starts_with(magic)).map(|(_, what, instead)| (*what, *instead));
    let program = program.then_some(("a Windows program", "choose the CSV or JSON file that the export wrote"));
    match found.or(program) {
        None => Ok(()),
        Some((what, instead)) => Err(Refusal(format!("This is {what}, not a text file; {instead}."))),
    }
}

fn refuse_nul(chunk: &[u8], line: u64) -> Result<(), Refusal> {
    let Some(at) = chunk.iter().position(|byte| *byte == 0) else {
        return Ok(());
    };
    let line = line + newlines(chunk.get(..at).unwrap_or_default());
    Err(Refusal(format!(
        "Line {line} holds a NUL byte, so this is no text file or a damaged one; export it again as UTF-8 CSV or JSON."
    )))
}

/// UTF-16 by its byte order mark, or because (nearly) every other byte of its start is NUL.
fn utf16(start: &[u8]) -> Option<Encoding> {
    if start.starts_with(b"\xff\xfe") {
        return Some(Encoding::Utf16Le);
    }
    if start.starts_with(b"\xfe\xff") {
        return Some(Encoding::Utf16Be);
    }
    let (mut pairs, mut first, mut second) = (0_usize, 0_usize, 0_usize);
    for pair in start.chunks_exact(2).take(512) {
        pairs += 1;
        first += usize::from(pair.first() == Some(&0));
        second += usize::from(pair.last() == Some(&0));
    }
    let most = |count: usize| pairs >= 2 && count * 4 >= pairs * 3;
    match (first, second) {
        (0, nuls) if most(nuls) => Some(Encoding::Utf16Le),
        (nuls, 0) if most(nuls) => Some(Encoding::Utf16Be),
        _ => None,
    }
}
