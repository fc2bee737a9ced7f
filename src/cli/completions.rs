//! `onewindow completions`: a completion script.

use clap_complete::Shell;

use super::failure::Failure;
use super::output;

pub(super) fn run(shell: Shell, command: &mut clap::Command) -> Result<(), Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, command, "onewindow", &mut script);
    output::print(&String::from_utf8_lossy(&script))
}
