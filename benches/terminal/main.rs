//! What the program costs at a terminal: the release binary's size, its start, a key, an idle minute, its memory.
//!
//! Runs the real program in a pseudo-terminal and holds each figure to its target; see `benches/README.md`.

mod catalogue;
mod job;
mod line;
mod process;
#[path = "../../tests/support/province.rs"]
mod province;
mod pty;
mod table;

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

use job::{BACK_TAB, BACKSPACE, DOWN, ON_THE_FIRST_PAGE, PAGE_DOWN, TAB};
use process::{Memory, Trace, switches};
use pty::Session;
use table::{Spread, Table};

const STARTS: usize = 20;
const TIMED_KEYS: usize = 200;

/// How long the screen must be quiet for an answer to be whole.
const QUIET: Duration = Duration::from_millis(250);
/// How long after the last key a draft is on the disk and the screen says so.
const SAVED: Duration = Duration::from_millis(1600);
/// How long after the last work the last helper thread is gone.
const SETTLED: Duration = Duration::from_secs(15);

type Group = fn(&Program, &mut Table) -> Result<()>;

const GROUPS: [(&str, Group); 7] = [
    ("size", size),
    ("start", start),
    ("keys", keys),
    ("idle", idle),
    ("remote", remote),
    ("province", catalogue::memory),
    ("slow-line", catalogue::slow_line),
];

/// Groups that take minutes, and run only when they are named.
const LONG: [&str; 2] = ["province", "slow-line"];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if !arguments.iter().any(|argument| argument == "--bench") {
        println!("run by `cargo bench --bench terminal`; skipped");
        return ExitCode::SUCCESS;
    }
    let wanted: Vec<&String> = arguments.iter().filter(|argument| !argument.starts_with('-')).collect();
    let program = Program::to_measure();
    println!("{}", program.path.display());
    let mut table = Table::default();
    for (name, group) in GROUPS {
        let is_wanted =
            if wanted.is_empty() { !LONG.contains(&name) } else { wanted.iter().any(|wanted| *wanted == name) };
        if !is_wanted {
            continue;
        }
        if let Err(error) = group(&program, &mut table) {
            eprintln!("{name}: {error:#}");
            return ExitCode::FAILURE;
        }
    }
    if table.is_met() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// The program to measure.
struct Program {
    path: PathBuf,
}

impl Program {
    fn to_measure() -> Self {
        let path = std::env::var_os("BENCH_BINARY").unwrap_or_else(|| env!("CARGO_BIN_EXE_onewindow").into());
        Self { path: path.into() }
    }

    fn open(&self, arguments: &[&str], home: &Path) -> Result<Session> {
        Session::open(&self.path, arguments, home)
    }
}

fn size(program: &Program, table: &mut Table) -> Result<()> {
    let bytes = std::fs::metadata(&program.path)?.len();
    table.at_most("size of the binary", "MB", bytes as f64 / 1e6, 14.0);
    Ok(())
}

fn start(program: &Program, table: &mut Table) -> Result<()> {
    let nobody = ["--server", "http://127.0.0.1:9"];
    for (what, arguments, text, target) in [
        ("start to the first frame, no backend", &nobody[..], "一窗通办", 25.0),
        ("demo: start to the first frame", &["demo"], "一窗通办", 25.0),
        ("demo: start to the catalogue's rows", &["demo"], ON_THE_FIRST_PAGE, 150.0),
    ] {
        let mut times = Vec::new();
        for _ in 0..STARTS {
            let home = tempfile::tempdir()?;
            times.push(program.open(arguments, home.path())?.shows(text)?);
        }
        table.median_at_most(what, &Spread::of_times(times), target);
    }
    Ok(())
}

fn keys(program: &Program, table: &mut Table) -> Result<()> {
    bytes(program, table)?;
    times(program, table)
}

/// The first frame of a program that finds no backend.
fn first_frame(program: &Program, table: &mut Table) -> Result<()> {
    let home = tempfile::tempdir()?;
    let session = program.open(&["--server", "http://127.0.0.1:9"], home.path())?;
    session.shows("一窗通办")?;
    session.rest(QUIET);
    table.at_most("first frame, 80×24", "bytes", session.mark() as f64, 3000.0);
    Ok(())
}

/// Bytes and writes, under `strace` where that is possible.
fn bytes(program: &Program, table: &mut Table) -> Result<()> {
    first_frame(program, table)?;
    let home = tempfile::tempdir()?;
    let trace = Trace::into(home.path());
    let mut terminal = if Trace::is_possible() {
        let arguments = [&trace.arguments(&program.path)?[..], &["demo"]].concat();
        Traced { session: Session::open(Path::new("strace"), &arguments, home.path())?, trace: Some(trace) }
    } else {
        Traced { session: program.open(&["demo"], home.path())?, trace: None }
    };
    terminal.session.shows(ON_THE_FIRST_PAGE)?;
    terminal.session.rest(Duration::from_secs(1));
    let all = (terminal.session.mark() as f64, terminal.writes());
    Cost::of(vec![all]).show("demo: start to the catalogue's rows", None, None, table);

    let mut steps = Vec::new();
    for _ in 0..17 {
        steps.push(terminal.press(DOWN)?);
    }
    Cost::of(steps).show("one step in the result list", Some(200.0), Some(1.0), table);
    let turn = terminal.press(PAGE_DOWN)?;
    Cost::of(vec![turn]).show("one page of the result list", Some(3000.0), Some(1.0), table);

    job::open_application(&mut terminal.session)?;
    for (what, characters, target) in [("ASCII", "abcdef", 50.0), ("Han", "天门岳口练习", 60.0)] {
        let (mut first, mut next) = (Vec::new(), Vec::new());
        for (index, character) in characters.chars().enumerate() {
            if index % 2 == 0 {
                thread::sleep(SAVED);
            }
            let cost = terminal.press_quickly(&character.to_string())?;
            if index % 2 == 0 { first.push(cost) } else { next.push(cost) }
        }
        Cost::of(next).show(&format!("one {what} character"), Some(target), Some(1.0), table);
        let what = format!("one {what} character, the first after saving");
        Cost::of(first).show(&what, Some(target), Some(1.0), table);
    }
    job::fill_first_page(&mut terminal.session)?;
    thread::sleep(SAVED);
    for (what, key, target) in
        [("previous field of a filled page", BACK_TAB, None), ("next field of a filled page", TAB, Some(150.0))]
    {
        let mut moves = Vec::new();
        for _ in 0..6 {
            moves.push(terminal.press(key)?);
        }
        Cost::of(moves).show(what, target, Some(1.0), table);
    }
    Ok(())
}

/// From a key to its first byte, without `strace`.
fn times(program: &Program, table: &mut Table) -> Result<()> {
    let home = tempfile::tempdir()?;
    let mut session = program.open(&["demo"], home.path())?;
    session.shows(ON_THE_FIRST_PAGE)?;
    session.rest(Duration::from_secs(1));
    let time = |session: &mut Session, key: &str| -> Result<Duration> {
        let mark = session.mark();
        let pressed = Instant::now();
        session.send(key)?;
        let answer = session.answer(mark)?.duration_since(pressed);
        session.rest(Duration::from_millis(15));
        Ok(answer)
    };
    let mut search = Vec::new();
    for key in ["g", "l", "j", "t", BACKSPACE, BACKSPACE, BACKSPACE, BACKSPACE].iter().cycle().take(TIMED_KEYS) {
        search.push(time(&mut session, key)?);
    }
    table.median_at_most("key to bytes: search", &Spread::of_times(search), 1.0);
    job::open_application(&mut session)?;
    for (what, character) in [("ASCII", "a"), ("Han", "天")] {
        let mut typing = Vec::new();
        for _ in 0..TIMED_KEYS {
            typing.push(time(&mut session, character)?);
            time(&mut session, BACKSPACE)?;
        }
        table.median_at_most(&format!("key to bytes: {what} in a form"), &Spread::of_times(typing), 1.0);
    }
    Ok(())
}

/// A terminal whose writes may be counted.
struct Traced {
    session: Session,
    trace: Option<Trace>,
}

impl Traced {
    fn writes(&self) -> Option<f64> {
        self.trace.as_ref().map(|trace| trace.writes() as f64)
    }

    /// Bytes and writes until the screen is at rest.
    fn press(&mut self, key: &str) -> Result<(f64, Option<f64>)> {
        self.press_for(key, QUIET)
    }

    /// Bytes and writes of the answer alone, before the draft is saved.
    fn press_quickly(&mut self, key: &str) -> Result<(f64, Option<f64>)> {
        self.press_for(key, Duration::from_millis(60))
    }

    fn press_for(&mut self, key: &str, quiet: Duration) -> Result<(f64, Option<f64>)> {
        let (mark, writes) = (self.session.mark(), self.writes());
        self.session.send(key)?;
        self.session.answer(mark)?;
        self.session.rest(quiet);
        let written = self.writes().zip(writes).map(|(now, before)| now - before);
        Ok(((self.session.mark() - mark) as f64, written))
    }
}

/// What an act cost the line, each time it was done.
struct Cost {
    bytes: Spread,
    writes: Option<Spread>,
}

impl Cost {
    fn of(acts: Vec<(f64, Option<f64>)>) -> Self {
        let writes: Option<Vec<f64>> = acts.iter().map(|(_, writes)| *writes).collect();
        Self { bytes: Spread::of(acts.into_iter().map(|(bytes, _)| bytes)), writes: writes.map(Spread::of) }
    }

    fn show(&self, what: &str, bytes: Option<f64>, writes: Option<f64>, table: &mut Table) {
        table.all_at_most(what, "bytes", &self.bytes, bytes);
        if let Some(spread) = &self.writes {
            table.all_at_most(what, "writes", spread, writes);
        }
    }
}

/// The practice room after the main job: idle, then its memory.
fn idle(program: &Program, table: &mut Table) -> Result<()> {
    let home = tempfile::tempdir()?;
    let mut session = program.open(&["demo"], home.path())?;
    session.shows(ON_THE_FIRST_PAGE)?;
    session.rest(Duration::from_secs(1));
    let process = session.process()?;
    let fresh = Memory::of(process)?;
    job::open_application(&mut session)?;
    job::submit_application(&mut session)?;
    rest_and_watch("demo", &session, table)?;
    show_memory("demo", Some(fresh), Memory::of(process)?, 25.0, table);
    Ok(())
}

/// The client against a backend in another process.
fn remote(program: &Program, table: &mut Table) -> Result<()> {
    let home = tempfile::tempdir()?;
    let backend = Backend::start(program, home.path(), "yuekou-town", None)?;
    let password = home.path().join("password");
    let password = password.to_str().context("a folder in UTF-8")?;
    let arguments = ["--server", &backend.url, "--user", "wang", "--passphrase-file", password];
    let mut session = program.open(&arguments, home.path())?;
    // A new desk shows its recovery key first.
    session.shows("恢复密钥")?;
    session.expect(job::F9, ON_THE_FIRST_PAGE)?;
    session.rest(Duration::from_secs(1));
    let process = session.process()?;
    let fresh = Memory::of(process)?;
    job::open_application(&mut session)?;
    job::submit_application(&mut session)?;
    rest_and_watch("remote", &session, table)?;
    show_memory("remote", Some(fresh), Memory::of(process)?, 12.0, table);
    Ok(())
}

/// Counts what an idle program does. `IDLE_SECONDS` says for how long, 60 without it.
fn rest_and_watch(what: &str, session: &Session, table: &mut Table) -> Result<()> {
    let seconds = std::env::var("IDLE_SECONDS").ok().and_then(|text| text.parse().ok()).unwrap_or(60);
    thread::sleep(SETTLED);
    let process = session.process()?;
    let (mark, before) = (session.mark(), switches(process)?);
    thread::sleep(Duration::from_secs(seconds));
    let (bytes, after) = (session.mark() - mark, switches(process)?);
    let mut woken = 0;
    for ((thread, name), count) in &after {
        let more = count - before.get(&(*thread, name.clone())).copied().unwrap_or(0);
        if more > 0 {
            println!("  woken {more} times: {name}");
        }
        woken += more;
    }
    table.at_most(&format!("{what}: idle for {seconds} s"), "bytes", bytes as f64, 0.0);
    table.at_most(&format!("{what}: {} threads idle for {seconds} s", after.len()), "wake-ups", woken as f64, 0.0);
    Ok(())
}

fn show_memory(what: &str, fresh: Option<Memory>, memory: Memory, target: f64, table: &mut Table) {
    let megabytes = |kibibytes: u64| kibibytes as f64 * 1024.0 / 1e6;
    if let Some(fresh) = fresh {
        table.note(&format!("{what}: resident with the catalogue open"), "MB", megabytes(fresh.resident));
    }
    table.at_most(&format!("{what}: resident after the main job"), "MB", megabytes(memory.resident), target);
    table.note(&format!("{what}: of that heap and stacks"), "MB", megabytes(memory.anonymous));
    table.note(&format!("{what}: resident at most"), "MB", megabytes(memory.peak));
}

/// A backend in a process of its own, with a clerk. Dropping it ends it.
struct Backend {
    process: Child,
    url: String,
}

impl Backend {
    fn start(program: &Program, folder: &Path, site: &str, catalogue: Option<&Path>) -> Result<Self> {
        let path = program.path.with_file_name("onewindow-backend");
        let database = format!("sqlite:{}", folder.join("backend.sqlite").display());
        let password = folder.join("password");
        std::fs::write(&password, "practice makes perfect\n")?;
        let added = Command::new(&path)
            .args(["clerk", "add", "wang", "--site", site, "--display", "王经办", "--database", &database])
            .args(catalogue.iter().flat_map(|folder| [Path::new("--catalogue"), folder]))
            .arg("--password-file")
            .arg(&password)
            .status()
            .with_context(|| path.display().to_string())?;
        if !added.success() {
            bail!("no clerk was added");
        }
        let mut process = Command::new(&path)
            .args(["--listen", "127.0.0.1:0", "--database", &database])
            .args(catalogue.iter().flat_map(|folder| [Path::new("--catalogue"), folder]))
            .current_dir(folder)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let mut url = String::new();
        let output = process.stdout.take().context("no output")?;
        BufReader::new(output).read_line(&mut url)?;
        Ok(Self { process, url: url.trim().to_owned() })
    }
}

impl Drop for Backend {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
