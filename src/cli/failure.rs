//! How a command ends when it does not succeed.

use std::io;
use std::process::ExitCode;

/// Exit codes, for scripts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Exit {
    /// Refused or invalid.
    Refused = 1,
    /// Wrong usage, or a place in which the program cannot work.
    Usage = 2,
    /// The backend is out of reach.
    Unreachable = 3,
    /// The vault is locked, or the password is wrong or missing.
    Locked = 4,
}

/// Why a command did not succeed.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Failure {
    /// To be said on standard error.
    Said(Exit, String),
    /// What there is to say was said.
    Silent(Exit),
    /// Whoever read the output has enough: no failure of ours.
    PipeClosed,
}

impl Failure {
    /// A failure with its sentence.
    pub(super) fn said(exit: Exit, sentence: impl Into<String>) -> Self {
        Self::Said(exit, sentence.into())
    }

    /// What there is to say.
    pub(super) fn sentence(self) -> String {
        match self {
            Self::Said(_, sentence) => sentence,
            Self::Silent(_) | Self::PipeClosed => String::new(),
        }
    }

    /// Says what there is to say.
    pub(super) fn report(self) -> ExitCode {
        match self {
            Self::Said(exit, sentence) => {
                super::output::note(&format!("onewindow: {sentence}"));
                ExitCode::from(exit as u8)
            }
            Self::Silent(exit) => ExitCode::from(exit as u8),
            Self::PipeClosed => ExitCode::SUCCESS,
        }
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self::PipeClosed,
            _ => Self::said(Exit::Refused, error.to_string()),
        }
    }
}
