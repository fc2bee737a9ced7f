//! Runs the real program in a pseudo-terminal and looks at its screen through a terminal emulator, as a clerk would.
#![allow(dead_code, reason = "each test program uses a part of it")]
#![expect(clippy::expect_used, reason = "what helps a test fails as a test does")]

mod allowance;
pub mod backend;
mod counter;

use std::ffi::OsString;
use std::fmt::Write as _;
use std::io::{Read as _, Write as _};
use std::num::NonZeroU16;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread;
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, ExitStatus, MasterPty, PtySize, native_pty_system};

pub const PROGRAM: &str = env!("CARGO_BIN_EXE_onewindow");

/// How long to wait for anything: `PTY_PATIENCE` in seconds, for slow machines.
pub fn patience() -> Duration {
    let seconds = std::env::var("PTY_PATIENCE").ok().and_then(|text| text.parse().ok());
    Duration::from_secs(seconds.unwrap_or(30))
}

/// How long the screen must not change to count as at rest.
const REST: Duration = Duration::from_millis(40);

/// What a terminal is opened with.
pub struct Terminal {
    program: PathBuf,
    arguments: Vec<OsString>,
    environment: Vec<(String, String)>,
    columns: u16,
    rows: u16,
}

impl Terminal {
    /// The program with these arguments, at 80×24 in a Chinese xterm, with a home of its own.
    pub fn new(home: &Path, arguments: &[&str]) -> Self {
        let home = home.to_str().expect("a home in UTF-8");
        let environment = [("HOME", home), ("LANG", "zh_CN.UTF-8"), ("TERM", "xterm-256color"), ("TMPDIR", home)];
        Self {
            program: PROGRAM.into(),
            arguments: arguments.iter().map(OsString::from).collect(),
            environment: environment.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
            columns: 80,
            rows: 24,
        }
    }

    /// Another program than ours.
    pub fn program(mut self, program: &Path) -> Self {
        self.program = program.to_owned();
        self
    }

    pub fn size(mut self, columns: u16, rows: u16) -> Self {
        (self.columns, self.rows) = (columns, rows);
        self
    }

    /// Sets a variable; the empty text takes it away.
    pub fn variable(mut self, name: &str, value: &str) -> Self {
        self.environment.retain(|(known, _)| known != name);
        if !value.is_empty() {
            self.environment.push((name.to_owned(), value.to_owned()));
        }
        self
    }

    pub fn open(self) -> Session {
        let size = PtySize { rows: self.rows, cols: self.columns, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).expect("a pseudo-terminal");
        let mut command = CommandBuilder::new(self.program);
        command.args(self.arguments);
        command.env_clear();
        for (name, value) in self.environment {
            command.env(name, value);
        }
        let child = pair.slave.spawn_command(command).expect("the program starts");
        drop(pair.slave);
        let mut reader = pair.master.try_clone_reader().expect("a reader");
        let writer = pair.master.take_writer().expect("a writer");
        let seen = Arc::new(Seen::new(self.rows, self.columns));
        let watcher = Arc::clone(&seen);
        thread::spawn(move || {
            let mut chunk = [0; 4096];
            while let Ok(count) = reader.read(&mut chunk) {
                if count == 0 {
                    break;
                }
                watcher.take(chunk.get(..count).unwrap_or_default());
            }
            watcher.end();
        });
        Session { child, master: pair.master, writer, seen }
    }
}

/// Everything that came from the program.
struct Seen {
    state: Mutex<SeenState>,
    changed: Condvar,
}

struct SeenState {
    emulator: vt100::Parser,
    bytes: Vec<u8>,
    /// When the last of them came.
    last: Instant,
    ended: bool,
}

/// The emulator knows no size of nothing; the terminal does.
fn at_least_one(count: u16) -> NonZeroU16 {
    NonZeroU16::new(count).unwrap_or(NonZeroU16::MIN)
}

impl Seen {
    fn new(rows: u16, columns: u16) -> Self {
        let emulator = vt100::Parser::new(at_least_one(rows), at_least_one(columns), 0);
        let state = SeenState { emulator, bytes: Vec::new(), last: Instant::now(), ended: false };
        Self { state: Mutex::new(state), changed: Condvar::new() }
    }

    fn lock(&self) -> MutexGuard<'_, SeenState> {
        self.state.lock().expect("no panic while the state is held")
    }

    fn take(&self, bytes: &[u8]) {
        let mut state = self.lock();
        state.emulator.process(bytes);
        state.bytes.extend_from_slice(bytes);
        state.last = Instant::now();
        self.changed.notify_all();
    }

    fn end(&self) {
        self.lock().ended = true;
        self.changed.notify_all();
    }
}

/// A program in its terminal. Dropping it kills the program.
pub struct Session {
    child: Box<dyn Child + Send + Sync>,
    master: Box<dyn MasterPty + Send>,
    writer: Box<dyn std::io::Write + Send>,
    seen: Arc<Seen>,
}

/// A key without a character.
#[derive(Debug, Clone, Copy)]
pub enum Key {
    Enter,
    Space,
    Tab,
    BackTab,
    Escape,
    Backspace,
    Up,
    Down,
    Left,
    Right,
    Home,
    End,
    PageUp,
    PageDown,
    Delete,
    F(u8),
    Control(char),
}

impl Key {
    /// What an xterm sends.
    fn bytes(self) -> Vec<u8> {
        let text = match self {
            Self::Enter => "\r",
            Self::Space => " ",
            Self::Tab => "\t",
            Self::BackTab => "\x1b[Z",
            Self::Escape => "\x1b",
            Self::Backspace => "\x7f",
            Self::Up => "\x1b[A",
            Self::Down => "\x1b[B",
            Self::Right => "\x1b[C",
            Self::Left => "\x1b[D",
            Self::Home => "\x1b[H",
            Self::End => "\x1b[F",
            Self::PageUp => "\x1b[5~",
            Self::PageDown => "\x1b[6~",
            Self::Delete => "\x1b[3~",
            Self::F(1) => "\x1bOP",
            Self::F(2) => "\x1bOQ",
            Self::F(3) => "\x1bOR",
            Self::F(4) => "\x1bOS",
            Self::F(5) => "\x1b[15~",
            Self::F(6) => "\x1b[17~",
            Self::F(7) => "\x1b[18~",
            Self::F(8) => "\x1b[19~",
            Self::F(9) => "\x1b[20~",
            Self::F(10) => "\x1b[21~",
            Self::F(11) => "\x1b[23~",
            Self::F(12) => "\x1b[24~",
            Self::F(other) => panic!("there is no F{other}"),
            Self::Control(letter) => return vec![letter as u8 & 0x1f],
        };
        text.as_bytes().to_vec()
    }
}

impl Session {
    /// Types text, Chinese included.
    pub fn type_text(&mut self, text: &str) {
        self.send(text.as_bytes());
    }

    /// Presses keys, one after the other.
    pub fn press(&mut self, keys: &[Key]) {
        for key in keys {
            self.send(&key.bytes());
            if matches!(key, Key::Escape) {
                // Bytes that follow at once would make it the start of another key.
                thread::sleep(Duration::from_millis(60));
            }
        }
    }

    /// Pastes as a terminal with bracketed paste does.
    pub fn paste(&mut self, text: &str) {
        self.send(format!("\x1b[200~{text}\x1b[201~").as_bytes());
    }

    /// Sends raw bytes.
    pub fn send(&mut self, bytes: &[u8]) {
        self.writer.write_all(bytes).and_then(|()| self.writer.flush()).expect("the program reads");
    }

    /// The rows of the screen, without trailing blanks.
    pub fn rows(&self) -> Vec<String> {
        rows(self.seen.lock().emulator.screen())
    }

    /// The whole screen.
    pub fn screen(&self) -> String {
        self.rows().join("\n")
    }

    /// Row and column of the cursor, from 0.
    pub fn cursor(&self) -> (u16, u16) {
        self.seen.lock().emulator.screen().cursor_position()
    }

    /// What stands on the cursor's row before it.
    pub fn before_cursor(&self) -> String {
        self.inspect(|screen| {
            let (row, column) = screen.cursor_position();
            screen.rows(0, column).nth(usize::from(row)).unwrap_or_default()
        })
    }

    /// Asks the emulator something that is not in the text: whether a cell is coloured, whether the alternate screen is on.
    pub fn inspect<T>(&self, ask: impl FnOnce(&vt100::Screen) -> T) -> T {
        ask(self.seen.lock().emulator.screen())
    }

    /// Waits for a text, which may stand across a line's end, and gives the screen.
    ///
    /// # Panics
    /// With the screen, when it does not come.
    #[track_caller]
    pub fn wait_for(&self, text: &str) -> String {
        self.wait_until(&format!("“{text}”"), |rows| rows.iter().any(|row| row.contains(text)))
    }

    /// Waits until a text is gone.
    #[track_caller]
    pub fn wait_gone(&self, text: &str) -> String {
        self.wait_until(&format!("no “{text}”"), |rows| !rows.iter().any(|row| row.contains(text)))
    }

    /// Waits until the screen is as wanted, and gives it.
    ///
    /// # Panics
    /// With the screen, when it does not become so.
    #[track_caller]
    pub fn wait_until(&self, wanted: &str, holds: impl Fn(&[String]) -> bool) -> String {
        let deadline = Instant::now() + patience();
        let mut state = self.seen.lock();
        loop {
            let shown = rows(state.emulator.screen());
            if holds(&shown) {
                return shown.join("\n");
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() || state.ended {
                let how = if state.ended { "the program ended" } else { "it did not come" };
                // The reader must be able to go on.
                drop(state);
                panic!("waited for {wanted}, but {how}. The screen:\n{}", framed(&shown));
            }
            state = self.seen.changed.wait_timeout(state, left).expect("no panic while the state is held").0;
        }
    }

    /// Waits until nothing has come for a while, from now on.
    pub fn wait_at_rest(&self) {
        thread::sleep(REST);
        loop {
            let quiet = self.seen.lock().last.elapsed();
            match REST.checked_sub(quiet) {
                Some(left) if !left.is_zero() => thread::sleep(left),
                _ => return,
            }
        }
    }

    /// How many bytes have come so far: a mark for [`Self::bytes_since`].
    pub fn mark(&self) -> usize {
        self.seen.lock().bytes.len()
    }

    /// What has come since a mark.
    pub fn bytes_since(&self, mark: usize) -> Vec<u8> {
        self.seen.lock().bytes.get(mark..).map(<[u8]>::to_vec).unwrap_or_default()
    }

    pub fn resize(&self, columns: u16, rows: u16) {
        self.seen.lock().emulator.screen_mut().set_size(at_least_one(rows), at_least_one(columns));
        let size = PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 };
        self.master.resize(size).expect("a new size");
    }

    pub fn process(&self) -> u32 {
        self.child.process_id().expect("a running program")
    }

    /// Sends a signal by name: `TERM`, `KILL`, `STOP`.
    pub fn signal(&self, name: &str) {
        let done = Command::new("kill").args(["-s", name, &self.process().to_string()]).status();
        assert!(done.expect("kill runs").success(), "signal {name}");
    }

    /// Kills the program as a power cut would.
    pub fn kill_9(mut self) {
        self.signal("KILL");
        self.child.wait().expect("a killed program");
    }

    /// Waits for the program's end.
    ///
    /// # Panics
    /// With the screen, when it goes on.
    #[track_caller]
    pub fn exit(mut self) -> (ExitStatus, String) {
        let status = self.wait();
        let deadline = Instant::now() + patience();
        while !self.seen.lock().ended && Instant::now() < deadline {
            thread::sleep(Duration::from_millis(5));
        }
        (status, self.screen())
    }

    #[track_caller]
    fn wait(&mut self) -> ExitStatus {
        let deadline = Instant::now() + patience();
        loop {
            if let Some(status) = self.child.try_wait().expect("a child of ours") {
                return status;
            }
            assert!(Instant::now() < deadline, "the program goes on. The screen:\n{}", framed(&self.rows()));
            thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn rows(screen: &vt100::Screen) -> Vec<String> {
    let (_, columns) = screen.size();
    screen.rows(0, columns.get()).map(|row| row.trim_end().to_owned()).collect()
}

fn framed(rows: &[String]) -> String {
    rows.iter().enumerate().fold(String::new(), |mut text, (number, row)| {
        writeln!(text, "{number:>3} | {row}").expect("a String takes everything");
        text
    })
}
