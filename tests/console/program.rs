//! The program itself, started as an administrator starts it, and spoken to over the network.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::support::PASSWORD;

/// The program on a database, with nothing of the environment but what a test says.
pub fn reseat(url: &str, folder: &Path) -> Command {
    told(Command::new(env!("CARGO_BIN_EXE_reseat")), url, folder)
}

/// The same where no file may grow past so many blocks of 512 bytes: as on a disk that is full.
pub fn on_a_full_disk(url: &str, folder: &Path, blocks: u32) -> Command {
    let mut command = Command::new("sh");
    let text = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"");
    command.args(["-c", &text, env!("CARGO_BIN_EXE_reseat")]);
    told(command, url, folder)
}

fn told(mut command: Command, url: &str, folder: &Path) -> Command {
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("RESEAT_")) {
        command.env_remove(name);
    }
    command.env("RESEAT_DATABASE_URL", url).env("RESEAT_DATA_DIR", folder).env("RESEAT_LISTEN", "127.0.0.1:0");
    command.env("RESEAT_LOG", "error").stdin(Stdio::null());
    command
}

/// Starts the console, in which Ada is an admin; on a full disk where blocks are said. Gives its address.
pub fn serve(url: &str, folder: &Path, blocks: Option<u32>) -> (Child, String) {
    let add = ["user", "add", "--name", "Ada", "--role", "admin", "--password-stdin"];
    let mut adding = reseat(url, folder).args(add).stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
    adding.stdin.take().unwrap().write_all(PASSWORD.as_bytes()).unwrap();
    assert!(adding.wait().unwrap().success());
    start(blocks.map_or_else(|| reseat(url, folder), |blocks| on_a_full_disk(url, folder, blocks)))
}

/// Starts the console on what is there. Gives its address.
pub fn start(mut command: Command) -> (Child, String) {
    let mut program = command.arg("serve").stdout(Stdio::piped()).spawn().unwrap();
    let told = BufReader::new(program.stdout.take().unwrap()).lines().next().unwrap().unwrap();
    (program, told.rsplit_once("http://").unwrap().1.to_owned())
}

/// Sends a request and gives the whole answer; `None` once the program is gone.
pub fn ask(address: &str, method: &str, path: &str, cookie: &str, form: &str) -> Option<String> {
    let mut stream = TcpStream::connect(address).ok()?;
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nCookie: {cookie}\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
        form.len()
    )
    .ok()?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).ok()?;
    (!answer.is_empty()).then(|| String::from_utf8_lossy(&answer).into_owned())
}

/// Signs Ada in, and gives the cookie.
pub fn sign_in(address: &str) -> String {
    let form = format!("name=Ada&password={}", PASSWORD.replace(' ', "+"));
    let answer = ask(address, "POST", "/sign-in", "", &form).unwrap();
    let cookie = answer.lines().find_map(|line| line.strip_prefix("set-cookie: ")).expect("nobody was signed in");
    cookie.split(';').next().unwrap().to_owned()
}
