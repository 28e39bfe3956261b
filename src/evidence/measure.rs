//! What identifies a file and each of its lines.

use sha2::{Digest, Sha256};

use crate::history::line::hex;

/// The first 32 bits of a line's SHA-256, its end of line included: enough to say which line of a file differs.
pub type Mark = u32;

/// A file that is being read or written, measured as it passes.
#[derive(Default)]
pub struct Measure {
    whole: Sha256,
    line: Sha256,
    within: bool,
    size: u64,
    marks: Vec<Mark>,
}

/// What was measured of a file.
pub struct Measured {
    /// Its bytes.
    pub size: u64,
    /// Its SHA-256, in hexadecimal.
    pub sha256: String,
    /// A mark for each of its lines.
    pub marks: Vec<Mark>,
}

impl Measure {
    /// Takes the next bytes.
    pub fn take(&mut self, bytes: &[u8]) {
        self.whole.update(bytes);
        self.size += bytes.len() as u64;
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            self.line.update(piece);
            self.within = true;
            if piece.ends_with(b"\n") {
                self.end_line();
            }
        }
    }

    fn end_line(&mut self) {
        let hash = self.line.finalize_reset();
        self.marks.push(hash.iter().take(4).fold(0, |mark, byte| (mark << 8) | Mark::from(*byte)));
        self.within = false;
    }

    /// The file's end.
    pub fn end(mut self) -> Measured {
        if self.within {
            self.end_line();
        }
        Measured { size: self.size, sha256: hex(&self.whole.finalize()), marks: self.marks }
    }
}

/// The SHA-256 of a text, in hexadecimal.
pub fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// The most lines of one file that are named.
const NAMED: usize = 20;

/// Which lines of a file differ from those that were written, in sentences.
pub fn differing(file: &str, written: &[Mark], found: &[Mark]) -> Vec<String> {
    let same = written.iter().zip(found).take_while(|(one, other)| one == other).count();
    let (rest, other) = (written.get(same..).unwrap_or_default(), found.get(same..).unwrap_or_default());
    let tail = rest.iter().rev().zip(other.iter().rev()).take_while(|(one, other)| one == other).count();
    let gone = rest.get(..rest.len() - tail).unwrap_or_default();
    let come = other.get(..other.len() - tail).unwrap_or_default();
    let (first, last) = (same + 1, same + gone.len().max(come.len()));
    let lines = if first == last { format!("line {first}") } else { format!("lines {first} to {last}") };
    match (gone, come) {
        ([], []) => vec![format!("{file} was changed.")],
        (gone, []) if tail == 0 => {
            vec![format!("{file} was cut: it ends after line {same}, but {} lines were written.", same + gone.len())]
        }
        (_, []) => vec![format!("{file}: {lines} of those that were written {}.", are(first == last, "missing"))],
        ([], _) => vec![format!("{file}: {lines} {} after the bundle was made.", were(first == last, "added"))],
        (gone, come) if gone.len() == come.len() => changed(file, first, gone, come),
        (gone, come) => vec![format!(
            "{file} differs from line {first} on: {} lines stand there in place of {}.",
            come.len(),
            gone.len()
        )],
    }
}

fn are(one: bool, what: &str) -> String {
    format!("{} {what}", if one { "is" } else { "are" })
}

fn were(one: bool, what: &str) -> String {
    format!("{} {what}", if one { "was" } else { "were" })
}

/// As many lines as before, and some of them others.
fn changed(file: &str, first: usize, written: &[Mark], found: &[Mark]) -> Vec<String> {
    let others: Vec<usize> =
        written.iter().zip(found).enumerate().filter(|(_, (one, other))| one != other).map(|(n, _)| n).collect();
    if let [one, two] = others.as_slice()
        && written.get(*one) == found.get(*two)
        && written.get(*two) == found.get(*one)
    {
        return vec![format!("{file}: lines {} and {} were swapped.", first + one, first + two)];
    }
    let mut wrong: Vec<String> =
        others.iter().take(NAMED).map(|n| format!("{file}: line {} was changed.", first + n)).collect();
    if others.len() > NAMED {
        wrong.push(format!("{file}: {} more lines were changed.", others.len() - NAMED));
    }
    wrong
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_files_lines_are_measured_however_it_is_cut_into_pieces() {
        let text = b"one\r\ntwo\n\nlast";
        let mut whole = Measure::default();
        whole.take(text);
        let whole = whole.end();
        let mut pieces = Measure::default();
        for byte in text {
            pieces.take(&[*byte]);
        }
        let pieces = pieces.end();
        assert_eq!((whole.size, whole.marks.len()), (14, 4));
        assert_eq!((&whole.sha256, &whole.marks), (&pieces.sha256, &pieces.marks));
        assert_eq!(whole.sha256, sha256(text));
        assert_eq!(format!("{:08x}", whole.marks[3]), sha256(b"last")[..8]);
    }

    #[test]
    fn what_differs_is_named_by_its_lines() {
        for (found, says) in [
            (vec![1, 2, 9, 4, 5], "f: line 3 was changed."),
            (vec![1, 2, 4, 5], "f: line 3 of those that were written is missing."),
            (vec![1, 4, 5], "f: lines 2 to 3 of those that were written are missing."),
            (vec![1, 3, 2, 4, 5], "f: lines 2 and 3 were swapped."),
            (vec![5, 2, 3, 4, 1], "f: lines 1 and 5 were swapped."),
            (vec![1, 2, 3], "f was cut: it ends after line 3, but 5 lines were written."),
            (vec![], "f was cut: it ends after line 0, but 5 lines were written."),
            (vec![1, 2, 3, 4, 5, 6], "f: line 6 was added after the bundle was made."),
            (vec![1, 7, 8, 2, 3, 4, 5], "f: lines 2 to 3 were added after the bundle was made."),
            (vec![1, 7, 8, 9, 4, 5, 5], "f differs from line 2 on: 5 lines stand there in place of 3."),
            (vec![1, 2, 3, 4, 5], "f was changed."),
        ] {
            assert_eq!(differing("f", &[1, 2, 3, 4, 5], &found).first().map(String::as_str), Some(says));
        }
        let (before, after): (Vec<Mark>, Vec<Mark>) = ((0..40).collect(), (100..140).collect());
        let wrong = differing("f", &before, &after);
        assert_eq!((wrong.len(), wrong[20].as_str()), (21, "f: 20 more lines were changed."));
    }
}
