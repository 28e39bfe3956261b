//! The built console, started as an administrator starts it.

use super::process::{Process, ask};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// The built console, running. It ends when this is dropped.
pub struct Server {
    address: String,
    process: Process,
}

impl Server {
    /// A new installation, which holds nothing.
    pub async fn start() -> Self {
        Self::on(None).await
    }

    /// A copy of the demonstration, which is made once for all journeys.
    pub async fn demo() -> Self {
        Self::on(Some(&demo().folder)).await
    }

    /// The console on a copy of a data folder.
    async fn on(data: Option<&Path>) -> Self {
        let address = free_address();
        let mut command = reseat();
        command.env("RESEAT_LISTEN", &address);
        // A check that is made by itself half a minute after the start would be on a page of a slow journey and not of a quick one.
        command.env("RESEAT_VERIFY_HOUR", "off");
        let mut server = Self { process: Process::start(command, "RESEAT_DATA_DIR", data), address };
        let request = format!("GET /healthz HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", server.address);
        let address = server.address.clone();
        server.process.until("answers at /healthz", |_| (ask(&address, &request).ok()? == 200).then_some(())).await;
        server
    }

    /// The full address of a path of this server.
    pub fn at(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Host and port.
    pub fn host(&self) -> &str {
        &self.address
    }

    /// The link that a new installation prints for its first administrator.
    pub async fn set_up_link(&mut self) -> String {
        let link = |said: &str| said.split_whitespace().find(|word| word.contains("/set-up/")).map(str::to_owned);
        self.process.until("prints a set-up link", link).await
    }
}

/// The demonstration as it was made, and what its making printed.
struct Demo {
    folder: PathBuf,
    said: String,
}

fn demo() -> &'static Demo {
    static DEMO: OnceLock<Demo> = OnceLock::new();
    DEMO.get_or_init(|| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("demonstration");
        drop(std::fs::remove_dir_all(&folder));
        let mut command = reseat();
        command.args(["demo", "--make-only"]).env("RESEAT_DATA_DIR", &folder);
        let done = command.output().expect("reseat starts");
        assert!(done.status.success(), "the demonstration is not made: {}", String::from_utf8_lossy(&done.stderr));
        Demo { folder, said: String::from_utf8_lossy(&done.stdout).into_owned() }
    })
}

/// The password of a person of the demonstration, as its making printed it.
pub fn password_of(name: &str) -> &'static str {
    let said = demo().said.lines().filter_map(|line| line.trim().split_once(' '));
    let mut known = said.filter(|(who, _)| *who == name);
    known.next().map(|(_, password)| password.trim()).expect("the demonstration has this person")
}

/// The built program, with no setting of whoever runs the tests.
fn reseat() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_reseat"));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("RESEAT_") {
            command.env_remove(name);
        }
    }
    command
}

fn free_address() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("a free port").to_string()
}
