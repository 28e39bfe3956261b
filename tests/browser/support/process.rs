//! Processes that a journey starts, and the one question that needs no browser.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tempfile::TempDir;

/// A process that ends, by its id, when this is dropped, and the folder it worked in goes with it.
pub struct Process {
    child: Child,
    name: String,
    pub folder: TempDir,
}

impl Process {
    /// Starts a command whose variable `folder_variable` names a new folder of its own: an empty one,
    /// or a copy of what a folder holds.
    pub fn start(mut command: Command, folder_variable: &str, copied: Option<&Path>) -> Self {
        let folder = TempDir::new().expect("a folder for a process");
        let place = folder.path().join("folder");
        std::fs::create_dir(&place).expect("a folder for a process");
        for file in copied.iter().flat_map(|copied| copied.read_dir().expect("a folder to copy")) {
            let file = file.expect("a file to copy");
            std::fs::copy(file.path(), place.join(file.file_name())).expect("a file is copied");
        }
        let log = |name: &str| File::create(folder.path().join(name)).expect("a log");
        let name = Path::new(command.get_program()).display().to_string();
        let started = command
            .env(folder_variable, place)
            .stdin(Stdio::null())
            .stdout(log("said"))
            .stderr(log("complained"))
            .spawn();
        let child = started.unwrap_or_else(|error| panic!("{name} does not start: {error}"));
        Self { child, name, folder }
    }

    /// Asks until there is an answer. The question is given all that the process has printed.
    pub async fn until<T>(&mut self, what: &str, answer: impl Fn(&str) -> Option<T>) -> T {
        for _ in 0..600 {
            if let Some(answer) = answer(&self.read("said")) {
                return answer;
            }
            if let Ok(Some(status)) = self.child.try_wait() {
                panic!("{} ended ({status}) before it {what}:\n{}", self.name, self.read("complained"));
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let (said, complained) = (self.read("said"), self.read("complained"));
        panic!("30 s and {} never {what}. It said:\n{said}{complained}", self.name);
    }

    fn read(&self, log: &str) -> String {
        std::fs::read_to_string(self.folder.path().join(log)).unwrap_or_default()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// The status of one plain HTTP request. Blocking and by hand, because it must also work while a
/// panic unwinds.
pub fn ask(address: &str, request: &str) -> std::io::Result<u16> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    stream.write_all(request.as_bytes())?;
    let mut answer = String::new();
    BufReader::new(stream).read_line(&mut answer)?;
    let status = answer.split_whitespace().nth(1).and_then(|word| word.parse().ok());
    status.ok_or_else(|| std::io::Error::other("no status"))
}
