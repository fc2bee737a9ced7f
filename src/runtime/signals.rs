//! The signals of a terminal program: told to stop, hung up, suspended, continued.

use std::io;

use tokio::signal::unix::{Signal, SignalKind, signal};

/// What a signal asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// Save and leave: SIGTERM, SIGINT, SIGHUP.
    Stop,
    /// Give the terminal back and sleep: SIGTSTP.
    Suspend,
    /// Awake again: SIGCONT.
    Resume,
}

/// The signals that are listened to.
#[derive(Debug)]
pub struct Signals {
    terminate: Signal,
    interrupt: Signal,
    hang_up: Signal,
    suspend: Signal,
    resume: Signal,
}

impl Signals {
    /// Listens from now on.
    ///
    /// # Errors
    /// When the system refuses a handler.
    pub fn listen() -> io::Result<Self> {
        let suspend = SignalKind::from_raw(signal_hook::consts::SIGTSTP);
        let resume = SignalKind::from_raw(signal_hook::consts::SIGCONT);
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            hang_up: signal(SignalKind::hangup())?,
            suspend: signal(suspend)?,
            resume: signal(resume)?,
        })
    }

    /// The next order.
    pub async fn next(&mut self) -> Order {
        tokio::select! {
            biased;
            _ = self.hang_up.recv() => Order::Stop,
            _ = self.terminate.recv() => Order::Stop,
            _ = self.interrupt.recv() => Order::Stop,
            _ = self.suspend.recv() => Order::Suspend,
            _ = self.resume.recv() => Order::Resume,
        }
    }
}

/// Sleeps as the shell's job control wants it; returns when continued.
///
/// # Errors
/// When the signal cannot be raised.
pub fn sleep() -> io::Result<()> {
    signal_hook::low_level::emulate_default_handler(signal_hook::consts::SIGTSTP)
}
