//! The catalogue of a whole province at one desk: its memory, and how it comes over a village's line. `ITEMS` says how many, 100,000 without it.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use tempfile::TempDir;

use super::job::{self, BACKSPACE};
use super::line::SlowLine;
use super::process::Memory;
use super::table::Table;
use super::{Backend, Program, SETTLED, province, show_memory};

/// A line that was silent for so long has brought everything.
const QUIET: Duration = Duration::from_secs(10);

/// A backend with as many items.
struct Province {
    home: TempDir,
    items: usize,
    backend: Backend,
}

impl Province {
    fn of(program: &Program) -> Result<Self> {
        let items = std::env::var("ITEMS").ok().and_then(|text| text.parse().ok()).unwrap_or(100_000);
        let home = tempfile::tempdir()?;
        let catalogue = home.path().join("province");
        province::write(&catalogue, items);
        let backend = Backend::start(program, home.path(), "town", Some(&catalogue))?;
        Ok(Self { home, items, backend })
    }

    fn named(&self, what: &str) -> String {
        format!("province of {} items: {what}", self.items)
    }

    /// Where the desk's password is, and its data.
    fn paths(&self) -> Result<(String, String)> {
        let utf_8 = |path: PathBuf| path.into_os_string().into_string().ok().context("a folder in UTF-8");
        let home: &Path = self.home.path();
        Ok((utf_8(home.join("password"))?, utf_8(home.join("data"))?))
    }
}

/// The client with the copy of all of it, after a search: its memory.
pub fn memory(program: &Program, table: &mut Table) -> Result<()> {
    let province = Province::of(program)?;
    let (password, data) = province.paths()?;
    let url = &province.backend.url;
    let arguments = ["--server", url, "--user", "wang", "--passphrase-file", &password, "--data-dir", &data];
    let begun = Instant::now();
    let synced = Command::new(&program.path).args(["catalogue", "sync"]).args(arguments).output()?;
    if !synced.status.success() {
        bail!("{}", String::from_utf8_lossy(&synced.stderr));
    }
    table.note(&province.named("copied on this machine, every item whole"), "s", begun.elapsed().as_secs_f64());
    let target = if province.items > 100_000 { 80.0 } else { 25.0 };
    for what in ["index made", "index kept"] {
        let mut session = program.open(&arguments, province.home.path())?;
        if what == "index made" {
            session.shows("恢复密钥")?;
            session.send(job::F9)?;
        }
        let shown = session.shows("优待证")?;
        table.note(&province.named(&format!("{what}, rows after the start")), "ms", shown.as_secs_f64() * 1_000.0);
        for query in ["gljt", "养老bx", "hulibutie"] {
            session.expect(query, query)?;
            session.rest(Duration::from_secs(1));
            session.send(&BACKSPACE.repeat(query.chars().count()))?;
        }
        if what == "index kept" {
            thread::sleep(SETTLED);
            show_memory(&province.named(what), None, Memory::of(session.process()?)?, target, table);
        }
    }
    Ok(())
}

/// A desk that has nothing yet, behind a line of 256 kbit/s and 300 ms: when its own items can be searched, and when nothing more comes.
pub fn slow_line(program: &Program, table: &mut Table) -> Result<()> {
    let province = Province::of(program)?;
    let (password, data) = province.paths()?;
    let address = province.backend.url.trim_start_matches("http://").trim_end_matches('/');
    let line = SlowLine::to(address)?;
    let arguments = ["--server", &line.url, "--user", "wang", "--passphrase-file", &password, "--data-dir", &data];
    let started = Instant::now();
    let mut session = program.open(&arguments, province.home.path())?;
    session.shows("恢复密钥")?;
    session.send(job::F9)?;
    session.shows("优待证")?;
    session.expect("gljt", "高龄津贴")?;
    let usable = started.elapsed().as_secs_f64();
    table.at_most(&province.named("slow line: searched after"), "s", usable, 30.0);
    table.note(&province.named("slow line: by then"), "kB", line.carried() as f64 / 1e3);
    // The copy comes in the order of codes: the last county goes last. A row shows by what of its code it was found.
    let last = (0..province.items).map(province::code).max().unwrap_or_default();
    session.send(&BACKSPACE.repeat("gljt".len()))?;
    session.send(&last)?;
    session.shows("(11420149")?;
    table.at_most(
        &province.named("slow line: the last of all found after"),
        "s",
        started.elapsed().as_secs_f64(),
        30.0,
    );
    table.note(&province.named("slow line: by then"), "kB", line.carried() as f64 / 1e3);
    let complete = line.falls_silent(started, QUIET);
    table.note(&province.named("slow line: all there after"), "s", complete.as_secs_f64());
    table.note(&province.named("slow line: in all"), "kB", line.carried() as f64 / 1e3);
    Ok(())
}
