//! What the program itself writes to its log, one line for each request.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Command, Stdio};

use serde_json::Value;

pub fn ask(address: &str, path: &str) -> String {
    speak(address, &format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n"))
}

/// Sends a form.
fn send(address: &str, path: &str, form: &str) -> String {
    let (kind, length) = ("application/x-www-form-urlencoded", form.len());
    let headers = format!("Host: {address}\r\nConnection: close\r\nContent-Type: {kind}\r\nContent-Length: {length}");
    speak(address, &format!("POST {path} HTTP/1.1\r\n{headers}\r\n\r\n{form}"))
}

fn speak(address: &str, request: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn each_request_is_one_line_that_holds_no_token_and_nothing_that_was_searched_for_or_typed() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_reseat"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("RESEAT_")) {
        command.env_remove(name);
    }
    command.env("RESEAT_DATA_DIR", folder.path()).env("RESEAT_LISTEN", "127.0.0.1:0").env("RESEAT_LOG_FORMAT", "json");
    let mut program = command.arg("serve").stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let out = BufReader::new(program.stdout.take().unwrap());
    let mut told = out.lines().map(|line| line.unwrap());
    let address = told.next().unwrap().rsplit_once("http://").unwrap().1.to_owned();
    let link = told.nth(1).unwrap().trim().rsplit_once("/set-up/").unwrap().1.to_owned();
    assert!(ask(&address, &format!("/set-up/{link}")).starts_with("HTTP/1.1 200"));
    ask(&address, "/search?find=SECRET-TERM");
    ask(&address, "/clients/17");
    assert!(send(&address, "/companies", "name=SECRET-NAME").starts_with("HTTP/1.1 401"));
    ask(&address, "/healthz");
    program.kill().unwrap();
    let mut log = String::new();
    program.stderr.take().unwrap().read_to_string(&mut log).unwrap();
    program.wait().unwrap();
    assert!(!log.contains(&link) && !log.contains("SECRET"), "{log}");
    let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let answered: Vec<&Value> =
        lines.iter().map(|line| &line["fields"]).filter(|fields| fields["message"] == "answered").collect();
    let said: Vec<(&str, &str, u64)> = answered
        .iter()
        .map(|line| (line["route"].as_str().unwrap(), line["path"].as_str().unwrap(), line["status"].as_u64().unwrap()))
        .collect();
    assert_eq!(
        said,
        [
            ("/set-up/{token}", "/set-up/…", 200),
            ("/search", "/search", 303),
            ("/clients/{id}", "/clients/17", 303),
            ("/companies", "/companies", 401),
        ]
    );
    assert!(answered[0]["statements"].as_u64().unwrap() > 0 && answered[0]["ms"].is_u64(), "{log}");
    assert_eq!(answered[0]["id"].as_str().unwrap().len(), 36);
}
