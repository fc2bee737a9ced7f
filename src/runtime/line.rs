//! The line to the terminal: whether somebody still holds its other end.
//!
//! A hang-up signals the leader of the session only. Where a shell in between stays alive the program is told nothing, and crossterm's event
//! stream never reports the end of its input but reads it over and over.

use std::fs::File;
use std::io;
use std::os::fd::AsFd;

use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

/// The terminal's input, watched and never read.
#[derive(Debug)]
pub struct Line(AsyncFd<File>);

impl Line {
    /// Watches standard input.
    ///
    /// # Errors
    /// When it cannot be watched.
    #[expect(
        deprecated,
        reason = "its successor is unsafe, for descriptors whose owner may swap them; a file never does"
    )]
    pub fn watch() -> io::Result<Self> {
        let input = File::from(io::stdin().as_fd().try_clone_to_owned()?);
        Ok(Self(AsyncFd::with_interest(input, Interest::READABLE)?))
    }

    /// Comes back when the terminal is gone.
    pub async fn hung_up(&self) {
        while let Ok(mut input) = self.0.readable().await {
            if input.ready().is_read_closed() {
                return;
            }
            // A key: the event stream reads it.
            input.clear_ready();
        }
    }
}
