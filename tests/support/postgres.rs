//! A PostgreSQL server of the tests' own: in a throw-away folder, on loopback, with no password.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;

/// When set, a machine without PostgreSQL fails the tests that need it; otherwise they say that they are skipped.
const REQUIRED: &str = "TEST_REQUIRE_POSTGRES";

/// A running server; stopped when dropped, or when this process ends in whatever way.
pub struct Postgres {
    process: Child,
    port: u16,
    _folder: TempDir,
}

impl Postgres {
    /// Starts one, when its programs are on this machine.
    pub fn start() -> Option<Self> {
        let (Some(initdb), Some(postgres)) = (program("initdb"), program("postgres")) else {
            assert!(std::env::var_os(REQUIRED).is_none(), "{REQUIRED} is set and there is no PostgreSQL");
            eprintln!("SKIPPED: nothing is tested on PostgreSQL, for there is no initdb on this machine");
            return None;
        };
        let folder = TempDir::new().unwrap();
        let owner = owner();
        if let Some((user, group)) = owner {
            chown(folder.path(), Some(user), Some(group)).unwrap();
        }
        let data = folder.path().join("data");
        let made = command(&initdb, owner)
            .args(["--username=onewindow", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync", "--pgdata"])
            .arg(&data)
            .stdout(Stdio::null())
            .status()
            .unwrap();
        assert!(made.success(), "initdb: {made}");
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        // The shell outlives whatever becomes of this process, and its standard input tells it.
        let script = "\"$0\" -D \"$1\" -p \"$2\" -c listen_addresses=127.0.0.1 -c unix_socket_directories= \
                      -c fsync=off -c max_connections=200 -c log_min_messages=fatal & \
                      read -r _; kill -INT $!; wait $!";
        let mut shell = command(Path::new("/bin/sh"), owner);
        shell
            .args(["-c", script])
            .arg(postgres)
            .arg(&data)
            .arg(port.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let server = Self { process: shell.spawn().unwrap(), port, _folder: folder };
        for _ in 0..200 {
            if fs::read_to_string(data.join("postmaster.pid")).is_ok_and(|text| text.contains("ready")) {
                return Some(server);
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        panic!("PostgreSQL does not start");
    }

    /// The URL of its only database.
    pub fn url(&self) -> String {
        format!("postgres://onewindow@127.0.0.1:{}/postgres", self.port)
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        drop(self.process.stdin.take());
        // It may have ended already.
        let _ = self.process.wait();
    }
}

/// Where a program of PostgreSQL is: on the path, or in Debian's own folder for them.
pub fn program(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let debian =
        fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten().map(|entry| entry.path().join("bin"));
    std::env::split_paths(&path).chain(debian).map(|folder| folder.join(name)).find(|program| program.exists())
}

/// Whom the server runs as, when this process is root: PostgreSQL refuses that.
fn owner() -> Option<(u32, u32)> {
    let root = fs::metadata("/proc/self").is_ok_and(|me| std::os::unix::fs::MetadataExt::uid(&me) == 0);
    let passwd = fs::read_to_string("/etc/passwd").unwrap_or_default();
    let find = |name: &str| {
        let line = passwd.lines().find(|line| line.starts_with(&format!("{name}:")))?;
        let mut fields = line.split(':').skip(2);
        Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
    };
    if root { find("postgres").or_else(|| find("nobody")) } else { None }
}

fn command(program: &Path, owner: Option<(u32, u32)>) -> Command {
    let mut command = Command::new(program);
    command.current_dir("/");
    if let Some((user, group)) = owner {
        command.uid(user).gid(group);
    }
    command
}
