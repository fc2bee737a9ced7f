//! A disk that forgets: what was written since the last sync of a file is kept, lost, or kept in part, when the power fails.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// What a program did to the files of a folder, in order.
pub struct History {
    acts: Vec<Act>,
}

enum Act {
    Made(String),
    Written(String, usize, Vec<u8>),
    Cut(String, usize),
    Synced(String),
    Renamed(String, String),
    Removed(String),
    FolderSynced,
    Told(String),
}

/// A file on the forgetful disk.
#[derive(Clone, Default)]
struct File {
    /// What is surely there.
    synced: Vec<u8>,
    /// What came since.
    pending: Vec<Change>,
}

#[derive(Clone)]
enum Change {
    Write(usize, Vec<u8>),
    Cut(usize),
}

impl Change {
    fn apply(&self, content: &mut Vec<u8>) {
        match self {
            Self::Write(at, bytes) => {
                if content.len() < at + bytes.len() {
                    content.resize(at + bytes.len(), 0);
                }
                content[*at..at + bytes.len()].copy_from_slice(bytes);
            }
            Self::Cut(length) => content.resize(*length, 0),
        }
    }
}

impl File {
    fn keeping(&self, kept: impl Fn(usize) -> bool) -> Vec<u8> {
        let mut content = self.synced.clone();
        let changes = self.pending.iter().enumerate().filter(|(number, _)| kept(*number));
        changes.for_each(|(_, change)| change.apply(&mut content));
        content
    }
}

/// The files as a power cut leaves them, and what had been told until then.
pub struct PowerCut {
    pub name: String,
    pub told: String,
    files: BTreeMap<String, Vec<u8>>,
}

impl PowerCut {
    pub fn write(&self, folder: &Path) {
        for (name, content) in &self.files {
            fs::write(folder.join(name), content).unwrap();
        }
    }
}

/// Undoes `-xx`.
fn unhex(text: &str) -> Vec<u8> {
    let inner = text.trim().trim_matches('"');
    inner.split("\\x").skip(1).map(|byte| u8::from_str_radix(byte, 16).unwrap()).collect()
}

impl History {
    /// Reads what `strace` wrote.
    pub fn read(log: &str, folder: &Path) -> Self {
        let mut open: BTreeMap<i32, String> = BTreeMap::new();
        let mut unfinished: BTreeMap<String, String> = BTreeMap::new();
        let mut acts = Vec::new();
        let name_in = |path: &str| {
            let path = String::from_utf8(unhex(path)).ok()?;
            let rest = path.strip_prefix(folder.to_str()?)?;
            Some(rest.trim_start_matches('/').to_owned())
        };
        for line in log.lines() {
            let Some((thread, call)) = line.split_once(' ') else { continue };
            let call = call.trim_start();
            // A call that another thread came between of is two lines.
            let call = if let Some((start, _)) = call.split_once(" <unfinished ...>") {
                unfinished.insert(thread.to_owned(), start.to_owned());
                continue;
            } else if let Some((_, rest)) = call.split_once(" resumed>") {
                unfinished.remove(thread).unwrap_or_default() + rest
            } else {
                call.to_owned()
            };
            let Some((call, result)) = call.rsplit_once(" = ") else { continue };
            let Some((what, arguments)) = call.trim_end().trim_end_matches(')').split_once('(') else { continue };
            let Some(result) = result.split(' ').next().and_then(|result| result.parse::<i64>().ok()) else { continue };
            if result < 0 {
                continue;
            }
            let arguments: Vec<&str> = arguments.split(", ").collect();
            let file = arguments[0].parse::<i32>().ok().and_then(|file| open.get(&file).cloned());
            match (what, file) {
                ("openat", _) => {
                    let file = i32::try_from(result).unwrap();
                    open.remove(&file);
                    if let Some(name) = name_in(arguments[1]) {
                        if arguments[2].contains("O_CREAT") {
                            acts.push(Act::Made(name.clone()));
                        }
                        if arguments[2].contains("O_TRUNC") {
                            acts.push(Act::Cut(name.clone(), 0));
                        }
                        open.insert(file, name);
                    }
                }
                ("close", _) => drop(open.remove(&arguments[0].parse().unwrap())),
                ("write", None) if arguments[0] == "1" => {
                    acts.push(Act::Told(String::from_utf8_lossy(&unhex(arguments[1])).into_owned()));
                }
                // Only files that are written from their start are written without a place: keys, lock.
                ("write", Some(name)) => acts.push(Act::Written(name, 0, unhex(arguments[1]))),
                ("pwrite64", Some(name)) => {
                    acts.push(Act::Written(name, arguments[3].parse().unwrap(), unhex(arguments[1])));
                }
                ("ftruncate", Some(name)) => acts.push(Act::Cut(name, arguments[1].parse().unwrap())),
                ("fsync" | "fdatasync", Some(name)) if name.is_empty() => acts.push(Act::FolderSynced),
                ("fsync" | "fdatasync", Some(name)) => acts.push(Act::Synced(name)),
                ("rename", _) => {
                    if let (Some(from), Some(to)) = (name_in(arguments[0]), name_in(arguments[1])) {
                        acts.push(Act::Renamed(from, to));
                    }
                }
                ("unlink", _) => acts.extend(name_in(arguments[0]).map(Act::Removed)),
                _ => {}
            }
        }
        Self { acts }
    }

    /// Every way in which the power may fail: before each act, with all that is unsynced lost, kept, or kept in every second piece; and with
    /// the folder's unsynced names old or new.
    pub fn cuts(&self) -> Vec<PowerCut> {
        let (mut files, mut names): (Vec<File>, BTreeMap<String, usize>) = (Vec::new(), BTreeMap::new());
        // The names as the folder's last sync left them.
        let mut synced_names = names.clone();
        let (mut told, mut cuts) = (String::new(), Vec::new());
        for (number, act) in self.acts.iter().enumerate() {
            match act {
                Act::Told(text) => {
                    told.push_str(text);
                    continue;
                }
                Act::Made(name) => {
                    if !names.contains_key(name) {
                        files.push(File::default());
                        names.insert(name.clone(), files.len() - 1);
                    }
                }
                Act::Written(name, at, bytes) => files[names[name]].pending.push(Change::Write(*at, bytes.clone())),
                Act::Cut(name, length) => files[names[name]].pending.push(Change::Cut(*length)),
                Act::Synced(name) => {
                    let file = &mut files[names[name]];
                    file.synced = file.keeping(|_| true);
                    file.pending.clear();
                    // A file that was synced has its own name on the disk, as ext4, XFS and btrfs have it.
                    synced_names.entry(name.clone()).or_insert(names[name]);
                }
                Act::Renamed(from, to) => {
                    let file = names.remove(from).unwrap();
                    names.insert(to.clone(), file);
                }
                Act::Removed(name) => drop(names.remove(name)),
                Act::FolderSynced => synced_names.clone_from(&names),
            }
            for (way, kept) in [
                ("lost", (|_| false) as fn(usize) -> bool),
                ("kept", |_| true),
                ("even", |number| number % 2 == 0),
                ("odd", |number| number % 2 == 1),
            ] {
                for (folder, names) in [("new names", &names), ("old names", &synced_names)] {
                    let content = |file: &usize| files[*file].keeping(kept);
                    let files = names
                        .iter()
                        // What only speeds opening up is made anew.
                        .filter(|(name, _)| !name.ends_with("-shm"))
                        .map(|(name, file)| (name.clone(), content(file)))
                        .collect();
                    let name = format!("after act {number}, unsynced {way}, {folder}");
                    cuts.push(PowerCut { name, told: told.clone(), files });
                }
            }
        }
        cuts
    }
}
