//! The built console, started as an administrator starts it.

use super::process::{Process, ask};
use std::net::TcpListener;
use std::process::Command;

/// The built console, running. It ends when this is dropped.
pub struct Server {
    address: String,
    process: Process,
}

impl Server {
    pub async fn start() -> Self {
        let address = free_address();
        let mut command = Command::new(env!("CARGO_BIN_EXE_reseat"));
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("RESEAT_") {
                command.env_remove(name);
            }
        }
        command.env("RESEAT_LISTEN", &address);
        let mut server = Self { process: Process::start(command, "RESEAT_DATA_DIR"), address };
        let request = format!("GET /healthz HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", server.address);
        let address = server.address.clone();
        server.process.until("answers at /healthz", |_| (ask(&address, &request).ok()? == 200).then_some(())).await;
        server
    }

    /// The full address of a path of this server.
    pub fn at(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// The link that a new installation prints for its first administrator.
    pub async fn set_up_link(&mut self) -> String {
        let link = |said: &str| said.split_whitespace().find(|word| word.contains("/set-up/")).map(str::to_owned);
        self.process.until("prints a set-up link", link).await
    }
}

fn free_address() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("a free port").to_string()
}
