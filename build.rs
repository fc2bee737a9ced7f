//! Packs the sample catalogue (`config/demo`), a megabyte and a half of text, into one tenth of it.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

use flate2::Compression;
use flate2::write::GzEncoder;
use tar::{Builder, HeaderMode};

const DEMO: &str = "config/demo";

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed={DEMO}");
    let out = env::var_os("OUT_DIR").map(PathBuf::from).ok_or(io::ErrorKind::NotFound)?;
    let packed = GzEncoder::new(File::create(out.join("demo.tar.gz"))?, Compression::best());
    let mut archive = Builder::new(packed);
    // The same sources give the same bytes on every machine.
    archive.mode(HeaderMode::Deterministic);
    append(&mut archive, Path::new(DEMO))?;
    archive.into_inner()?.finish()?;
    Ok(())
}

/// Adds the files of a folder and of those inside it, in the order of their names.
fn append(archive: &mut Builder<impl io::Write>, folder: &Path) -> io::Result<()> {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<io::Result<_>>()?;
    paths.sort();
    for path in paths {
        if path.is_dir() {
            append(archive, &path)?;
        } else {
            let inside = path.strip_prefix(DEMO).map_err(io::Error::other)?;
            archive.append_path_with_name(&path, inside)?;
        }
    }
    Ok(())
}
