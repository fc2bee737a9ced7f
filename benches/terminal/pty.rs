//! The program in a pseudo-terminal of 80×24: what it sends, when, and what a terminal makes of it.

use std::io::{Read as _, Write};
use std::num::NonZeroU16;
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, anyhow, bail};
use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

const ROWS: u16 = 24;
const COLUMNS: u16 = 80;

/// How long the screen may take to become as wanted before the measurement is given up.
const PATIENCE: Duration = Duration::from_secs(30);

/// A program in its terminal. Dropping it kills the program.
pub struct Session {
    child: Box<dyn Child + Send + Sync>,
    writer: Box<dyn Write + Send>,
    // Closing it would hang the program's terminal up.
    _terminal: Box<dyn MasterPty + Send>,
    seen: Arc<Seen>,
    started: Instant,
}

struct Seen {
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    emulator: vt100::Parser,
    /// When something came, and how many bytes had come by then.
    chunks: Vec<(Instant, usize)>,
    total: usize,
    ended: bool,
}

impl Seen {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Session {
    /// Starts a program with a home of its own, in a Chinese xterm.
    pub fn open(program: &Path, arguments: &[&str], home: &Path) -> Result<Self> {
        let size = PtySize { rows: ROWS, cols: COLUMNS, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).context("no pseudo-terminal")?;
        let mut command = CommandBuilder::new(program);
        command.args(arguments);
        command.env_clear();
        // The department's working day is a real one, so that nothing is due while a program is watched.
        for (name, value) in [("LANG", "zh_CN.UTF-8"), ("TERM", "xterm-256color"), ("ONEWINDOW_PRACTICE_DAY", "0")] {
            command.env(name, value);
        }
        if let Some(path) = std::env::var_os("PATH") {
            command.env("PATH", path);
        }
        command.env("HOME", home);
        command.env("TMPDIR", home);
        let mut reader = pair.master.try_clone_reader()?;
        let writer = pair.master.take_writer()?;
        let (rows, columns) = NonZeroU16::new(ROWS).zip(NonZeroU16::new(COLUMNS)).context("a terminal of no size")?;
        let emulator = vt100::Parser::new(rows, columns, 0);
        let state = State { emulator, chunks: Vec::new(), total: 0, ended: false };
        let seen = Arc::new(Seen { state: Mutex::new(state), changed: Condvar::new() });
        let watcher = Arc::clone(&seen);
        let started = Instant::now();
        let child = pair.slave.spawn_command(command).with_context(|| program.display().to_string())?;
        drop(pair.slave);
        thread::spawn(move || {
            let mut chunk = [0; 65_536];
            while let Ok(count @ 1..) = reader.read(&mut chunk) {
                let now = Instant::now();
                let mut state = watcher.lock();
                state.emulator.process(chunk.get(..count).unwrap_or_default());
                state.total += count;
                let total = state.total;
                state.chunks.push((now, total));
                watcher.changed.notify_all();
            }
            watcher.lock().ended = true;
            watcher.changed.notify_all();
        });
        Ok(Self { child, writer, _terminal: pair.master, seen, started })
    }

    /// The program's process.
    pub fn process(&self) -> Result<u32> {
        self.child.process_id().ok_or_else(|| anyhow!("the program has ended"))
    }

    /// Presses keys, as the bytes that a terminal sends for them.
    pub fn send(&mut self, keys: &str) -> Result<()> {
        self.writer.write_all(keys.as_bytes())?;
        Ok(self.writer.flush()?)
    }

    /// How many bytes have come so far.
    pub fn mark(&self) -> usize {
        self.seen.lock().total
    }

    /// Waits for bytes after a mark, and says when the first came.
    pub fn answer(&self, mark: usize) -> Result<Instant> {
        self.wait("an answer", |state| state.total > mark)?;
        let state = self.seen.lock();
        state.chunks.iter().find(|(_, total)| *total > mark).map(|(at, _)| *at).context("no answer")
    }

    /// Waits until the screen shows a text, and says how long after the start that was.
    pub fn shows(&self, text: &str) -> Result<Duration> {
        let mut at = self.started;
        self.wait(text, |state| {
            at = state.chunks.last().map_or(at, |(at, _)| *at);
            state.emulator.screen().contents().contains(text)
        })?;
        Ok(at.duration_since(self.started))
    }

    /// Presses keys and waits until the screen shows a text.
    pub fn expect(&mut self, keys: &str, text: &str) -> Result<()> {
        self.send(keys)?;
        self.shows(text)?;
        self.rest(Duration::from_millis(100));
        Ok(())
    }

    /// Waits until nothing has come for a while.
    pub fn rest(&self, quiet: Duration) {
        loop {
            let last = self.seen.lock().chunks.last().map_or(self.started, |(at, _)| *at);
            match quiet.checked_sub(last.elapsed()) {
                Some(left) if !left.is_zero() => thread::sleep(left),
                _ => return,
            }
        }
    }

    fn wait(&self, wanted: &str, mut holds: impl FnMut(&State) -> bool) -> Result<()> {
        let deadline = Instant::now() + PATIENCE;
        let mut state = self.seen.lock();
        while !holds(&state) {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() || state.ended {
                bail!("waited in vain for {wanted}; the screen:\n{}", state.emulator.screen().contents());
            }
            state = self.seen.changed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        Ok(())
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
