//! A practice backend in a process of its own, to be stopped and started again.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// The clerk of a backend for real work.
pub const CLERK: &str = "li";
/// The clerk's password.
pub const PASSWORD: &str = "a long one for li";

/// The backend's program over a database and files in a folder, and a catalogue, if there is one.
fn command(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_onewindow-backend"));
    command.env("ONEWINDOW_BACKEND_DATABASE", format!("sqlite:{}", folder.join("backend.sqlite").display()));
    command.env("ONEWINDOW_BACKEND_ATTACHMENTS", folder.join("attachments"));
    let catalogue = folder.join("catalogue");
    if catalogue.is_dir() {
        command.env("ONEWINDOW_BACKEND_CATALOGUE", catalogue);
    }
    command
}

/// A running backend; killed when dropped.
pub struct Backend {
    process: Child,
    pub url: String,
}

impl Backend {
    /// Starts one on any free port.
    pub fn start(folder: &Path) -> Self {
        Self::start_at(folder, "127.0.0.1:0")
    }

    /// Starts one that is no practice backend, at an address, over what an earlier one left in the folder. Its clerk is [`CLERK`].
    pub fn live_at(folder: &Path, address: &str) -> Self {
        let password = folder.join("clerk-password");
        let new = !password.exists();
        std::fs::write(&password, format!("{PASSWORD}\n")).expect("a password file");
        if new {
            let added = command(folder)
                .args(["clerk", "add", CLERK, "--site", "yuekou-town", "--display", "李文", "--password-file"])
                .arg(&password)
                .status();
            assert!(added.expect("the backend's program runs").success(), "a clerk");
        }
        Self::serve(command(folder).args(["--listen", address]))
    }

    /// Starts one at an address, over the database that an earlier one left in the folder.
    pub fn start_at(folder: &Path, address: &str) -> Self {
        Self::serve(command(folder).args(["--practice", "--listen", address]))
    }

    fn serve(command: &mut Command) -> Self {
        let mut process = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("the backend starts");
        let mut url = String::new();
        let output = process.stdout.take().expect("its output");
        BufReader::new(output).read_line(&mut url).expect("its address");
        Self { process, url: url.trim().to_owned() }
    }

    /// Host and port.
    pub fn address(&self) -> &str {
        self.url.trim_start_matches("http://").trim_end_matches('/')
    }
}

impl Drop for Backend {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
