//! The terminal guard: what is turned on at start is turned off again, whatever ends the program.
//!
//! One list of undo commands serves the normal end, a panic and a suspension. No mouse capture, no keyboard enhancement, no query.

use std::fs::File;
use std::io::{self, IsTerminal, Write};
use std::os::fd::AsFd;
use std::sync::atomic::{AtomicBool, Ordering};

use crossterm::terminal::{disable_raw_mode, enable_raw_mode};

/// Alternate screen, bracketed paste.
const ENTER: &[u8] = b"\x1b[?1049h\x1b[?2004h";
/// Plain pen, nothing left of the work (a bare console has no alternate screen), no bracketed paste, cursor shown, main screen.
const LEAVE: &[u8] = b"\x1b[m\x1b[2J\x1b[H\x1b[?2004l\x1b[?25h\x1b[?1049l";

static ENTERED: AtomicBool = AtomicBool::new(false);

/// Holds the terminal in raw mode on the alternate screen; gives it back when dropped.
#[derive(Debug)]
pub struct TerminalGuard(());

impl TerminalGuard {
    /// Takes the terminal.
    ///
    /// # Errors
    /// When standard output is no terminal, or the terminal refuses raw mode.
    pub fn enter() -> io::Result<Self> {
        if !io::stdout().is_terminal() || !io::stdin().is_terminal() {
            return Err(io::Error::new(io::ErrorKind::NotConnected, "not a terminal"));
        }
        enable_raw_mode()?;
        ENTERED.store(true, Ordering::SeqCst);
        let guard = Self(());
        output()?.write_all(ENTER)?;
        Ok(guard)
    }
}

impl Drop for TerminalGuard {
    fn drop(&mut self) {
        restore();
    }
}

/// Standard output without a buffer of its own, so that a frame is one write.
///
/// # Errors
/// When the descriptor cannot be duplicated.
pub fn output() -> io::Result<File> {
    Ok(File::from(io::stdout().as_fd().try_clone_to_owned()?))
}

/// Gives the terminal back. May be called any number of times, from anywhere.
pub fn restore() {
    if ENTERED.swap(false, Ordering::SeqCst) {
        // The terminal may be gone; there is nobody left to tell.
        let _ = output().and_then(|mut terminal| terminal.write_all(LEAVE));
        let _ = disable_raw_mode();
    }
}

/// Gives the terminal back before a panic is reported, so that the report can be read and the shell is usable.
pub fn restore_on_panic() {
    let report = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        restore();
        report(panic);
    }));
}
