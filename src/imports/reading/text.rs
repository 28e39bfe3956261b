//! Text: a file's bytes decoded to UTF-8, a chunk at a time.

use super::encoding::newlines;
use super::{Encoding, Refusal};
use encoding_rs::{Decoder, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use std::io::{self, Read};

const CHUNK: usize = 64 * 1024;

/// The decoded text of a file, without its byte order mark.
pub(super) struct Text<R> {
    reader: R,
    decoder: Decoder,
    raw: Vec<u8>,
    decoded: Vec<u8>,
    start: usize,
    end: usize,
    line: u64,
    ended: bool,
}

impl<R: Read> Text<R> {
    pub(super) fn new(reader: R, encoding: Encoding) -> Self {
        let table = match encoding {
            Encoding::Utf8 => UTF_8,
            Encoding::Utf16Le => UTF_16LE,
            Encoding::Utf16Be => UTF_16BE,
            Encoding::Windows1252 => WINDOWS_1252,
        };
        Self {
            reader,
            decoder: table.new_decoder_with_bom_removal(),
            raw: vec![0; CHUNK],
            // Three bytes of UTF-8 for each byte of the file is the most there can be.
            decoded: vec![0; CHUNK * 3 + 16],
            start: 0,
            end: 0,
            line: 1,
            ended: false,
        }
    }

    /// The text that is decoded and not yet consumed; empty only at the end of the file.
    pub(super) fn chunk(&mut self) -> Result<&[u8], Refusal> {
        while self.start >= self.end && !self.ended {
            self.decode()?;
        }
        Ok(self.decoded.get(self.start..self.end).unwrap_or_default())
    }

    /// Goes past so many bytes of the current chunk.
    pub(super) fn consume(&mut self, bytes: usize) {
        self.start = (self.start + bytes).min(self.end);
    }

    /// Goes past whole lines until `line` is the next one.
    pub(super) fn skip_to_line(&mut self, line: u64) -> Result<(), Refusal> {
        let mut at = 1;
        while at < line {
            let chunk = self.chunk()?;
            if chunk.is_empty() {
                break;
            }
            let end = chunk.iter().position(|byte| *byte == b'\n');
            let used = end.map_or(chunk.len(), |end| end + 1);
            at += u64::from(end.is_some());
            self.consume(used);
        }
        Ok(())
    }

    fn decode(&mut self) -> Result<(), Refusal> {
        let read = loop {
            match self.reader.read(&mut self.raw) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                other => break other?,
            }
        };
        self.ended = read == 0;
        let raw = self.raw.get(..read).unwrap_or_default();
        let (_, _, written, _) = self.decoder.decode_to_utf8(raw, &mut self.decoded, self.ended);
        self.start = 0;
        self.end = written;
        let chunk = self.decoded.get(..written).unwrap_or_default();
        if let Some(at) = chunk.iter().position(|byte| *byte == 0) {
            let line = self.line + newlines(chunk.get(..at).unwrap_or_default());
            return Err(Refusal(format!(
                "Line {line} holds a NUL character, so the file is damaged; export it again."
            )));
        }
        self.line += newlines(chunk);
        Ok(())
    }
}
