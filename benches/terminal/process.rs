//! What the system tells of a process: its memory, what its threads were woken for, the writes to its terminal.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

/// Resident memory.
#[derive(Debug, Clone, Copy)]
pub struct Memory {
    /// All of it, in KiB.
    pub resident: u64,
    /// What belongs to no file, in KiB: heap and stacks.
    pub anonymous: u64,
    /// The most that was resident at any time, in KiB.
    pub peak: u64,
}

impl Memory {
    /// The memory of a process now.
    pub fn of(process: u32) -> Result<Self> {
        let status = fs::read_to_string(format!("/proc/{process}/status"))?;
        let figure = |name: &str| field(&status, name).with_context(|| format!("no {name}"));
        Ok(Self { resident: figure("VmRSS")?, anonymous: figure("RssAnon")?, peak: figure("VmHWM")? })
    }
}

/// How often each thread was put on a processor again after it had left it, by thread id and name.
pub fn switches(process: u32) -> Result<BTreeMap<(u32, String), u64>> {
    let mut threads = BTreeMap::new();
    for task in fs::read_dir(format!("/proc/{process}/task"))? {
        let path = task?.path();
        // A thread may end between the two.
        let Ok(status) = fs::read_to_string(path.join("status")) else { continue };
        let id = path.file_name().and_then(|name| name.to_str()).and_then(|name| name.parse().ok());
        let name = status.lines().next().and_then(|line| line.split_whitespace().nth(1)).unwrap_or_default();
        let count = field(&status, "voluntary_ctxt_switches")
            .zip(field(&status, "nonvoluntary_ctxt_switches"))
            .map(|(own, forced)| own + forced);
        if let (Some(id), Some(count)) = (id, count) {
            threads.insert((id, name.to_owned()), count);
        }
    }
    Ok(threads)
}

fn field(status: &str, name: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
    line.split_whitespace().next()?.parse().ok()
}

/// A trace of a program's writes, made by `strace`.
pub struct Trace {
    file: PathBuf,
}

impl Trace {
    /// Whether `strace` is there and may trace.
    pub fn is_possible() -> bool {
        std::process::Command::new("strace")
            .args(["-qq", "-o", "/dev/null", "true"])
            .status()
            .is_ok_and(|status| status.success())
    }

    /// A trace into a folder.
    pub fn into(folder: &Path) -> Self {
        Self { file: folder.join("writes") }
    }

    /// The arguments of `strace` that make this trace of a program.
    pub fn arguments<'a>(&'a self, program: &'a Path) -> Result<Vec<&'a str>> {
        let file = self.file.to_str().context("a folder in UTF-8")?;
        let program = program.to_str().context("a program in UTF-8")?;
        Ok(vec!["-qq", "-f", "-y", "-s0", "-e", "trace=write,writev", "-e", "signal=none", "-o", file, program])
    }

    /// How often the program has written to its terminal.
    pub fn writes(&self) -> usize {
        let trace = fs::read_to_string(&self.file).unwrap_or_default();
        trace.lines().filter(|line| line.contains("</dev/pts/") && !line.contains(" resumed>")).count()
    }
}
