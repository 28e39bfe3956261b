use super::*;
use std::io::{self, Read};

/// A file that is made while it is read: a start, then one text again and again.
struct Endless {
    rest: Vec<u8>,
    again: Vec<u8>,
    left: usize,
}

impl Endless {
    fn new(start: &str, again: &str, size: usize) -> Self {
        let again = again.repeat(1 + 65_536 / again.len()).into_bytes();
        Self { rest: start.as_bytes().to_vec(), again, left: size }
    }
}

impl Read for Endless {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.rest.is_empty() {
            self.rest.clone_from(&self.again);
        }
        let size = into.len().min(self.left).min(self.rest.len());
        into[..size].copy_from_slice(&self.rest[..size]);
        self.rest.drain(..size);
        self.left -= size;
        Ok(size)
    }
}

const LARGE: usize = 20 << 20;
const HEADER: &str = "LicenseId,KeyPackId,sIssuedToUser\n";

fn refused(start: &str, again: &str) -> String {
    match inspect(|| Ok(Endless::new(start, again, LARGE)), None) {
        Err(refusal) => refusal.0,
        Ok(inspection) => panic!("it was taken: {} rows", inspection.rows),
    }
}

#[test]
fn a_line_of_twenty_megabytes_is_refused_with_its_line() {
    for (start, line) in
        [("", "line 1"), (HEADER, "line 2"), ("LicenseId,KeyPackId,sIssuedToUser\n1,2,a\n3,4,", "line 3")]
    {
        let told = refused(start, "x");
        assert!(told.contains(line) && told.contains("1 MiB"), "{told}");
    }
}

#[test]
fn a_quote_that_is_never_closed_is_refused_before_it_fills_the_memory() {
    let told = refused(&format!("{HEADER}1,2,a\n3,4,\""), "5,6,b\n");
    assert!(told.contains("line 3") && told.contains("quote"), "{told}");
    let told = refusal(format!("{HEADER}1,2,a\n3,4,\"5,6,b\n").as_bytes());
    assert!(told.contains("line 3") && told.contains("never closed"), "{told}");
}

#[test]
fn two_hundred_thousand_columns_are_refused_in_csv_and_json() {
    let header = format!("LicenseId,KeyPackId{}\n", ",c".repeat(200_000));
    assert!(refusal(header.as_bytes()).contains("more than 4096 columns"));
    let row = format!("{HEADER}1,2{}\n", ",3".repeat(200_000));
    let told = refusal(row.as_bytes());
    assert!(told.contains("Line 2 has more than 4096 columns"), "{told}");
    let keys = (0..50_000).map(|key| format!("\"k{key}\":1,")).collect::<Vec<_>>().concat();
    let told = refusal(format!("[\n{{{keys}\"LicenseId\":1}}]").as_bytes());
    assert!(told.contains("Line 2 has more than 4096 columns"), "{told}");
}

#[test]
fn the_widest_table_that_is_allowed_is_read() {
    let names: Vec<String> = (0..MOST_COLUMNS - 2).map(|number| format!("c{number}")).collect();
    let file = format!("LicenseId,KeyPackId,{}\n1,2{}\n", names.join(","), ",3".repeat(MOST_COLUMNS - 2));
    assert_eq!(licenses(file.as_bytes()).len(), 1);
    assert!(refusal(file.replace("LicenseId", "x,LicenseId").as_bytes()).contains("columns"));
}

#[test]
fn deep_or_endless_json_is_refused() {
    for start in ["[", "{\"a\":", "[{\"LicenseId\":1,\"x\":["] {
        let again = if start == "{\"a\":" { start } else { "[" };
        let told = refused(start, again);
        assert!(told.contains("too deeply in line 1"), "{told}");
    }
    for (start, again) in [("[{\"sIssuedToUser\":\"", "x"), ("[{\"", "x"), ("[", " "), ("[{\"LicenseId\":", "1")] {
        let told = refused(start, again);
        assert!(told.contains("line 1") && (told.contains("1 MiB") || told.contains("number out of range")), "{told}");
    }
}

#[test]
fn a_nul_byte_is_refused_with_its_line() {
    let told = refusal(format!("{HEADER}1,2,a\n3,4,b\0\n").as_bytes());
    assert!(told.contains("Line 3 holds a NUL byte"), "{told}");
    let wide: Vec<u8> = "\u{feff}LicenseId,KeyPackId\n1,\u{0}2\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert!(refusal(&wide).contains("Line 2 holds a NUL character"));
    assert!(refusal(&[0; 64]).contains("NUL"));
}

#[test]
fn files_that_are_no_text_are_named() {
    let mut program = b"MZ\x90\0\x03".to_vec();
    program.resize(200, 0);
    for (bytes, name) in [
        (program.as_slice(), "Windows program"),
        (b"PK\x03\x04\x14\0", "Excel"),
        (b"\xd0\xcf\x11\xe0\xa1", ".xls"),
        (b"\xff\xfe\0\0L\0\0\0", "UTF-32"),
    ] {
        assert!(refusal(bytes).contains(name), "{name}");
    }
    assert_eq!(look(b"MZ,PZ\n1,2\n").kind, Kind::Unmapped);
}

#[test]
fn a_reader_that_fails_is_a_refusal() {
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("disk is gone"))
        }
    }
    let told = inspect(|| Ok(Broken), None).unwrap_err();
    assert_eq!(told.0, "The file could not be read (disk is gone); upload it again.");
    assert!(inspect(|| -> io::Result<Broken> { Err(io::Error::other("disk is gone")) }, None).is_err());
}

#[test]
fn a_reader_that_gives_one_byte_at_a_time_gives_the_same_rows() {
    struct Slow<'a>(&'a [u8]);
    impl Read for Slow<'_> {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            let size = into.len().min(1);
            self.0.read(&mut into[..size])
        }
    }
    let text = format!("\u{feff}{HEADER}1,2,\"mü\r\nller\"\r\n3,4,😀\r\n");
    let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    for bytes in [text.as_bytes(), &wide] {
        let slow = inspect(|| Ok(Slow(bytes)), None).unwrap();
        assert_eq!(slow, look(bytes));
        let mut seen = Vec::new();
        let rows = read(Slow(bytes), &slow, &settings(), &mut |line| {
            seen.push(line);
            ControlFlow::Continue(())
        });
        assert_eq!((rows, seen), (Ok(2), lines(bytes)));
    }
}

#[test]
fn twenty_megabytes_of_blank_lines_are_no_rows() {
    let inspection = inspect(|| Ok(Endless::new("\n", " \n", LARGE)), None).unwrap();
    assert_eq!((inspection.rows, inspection.shape), (0, Shape::Empty));
}
