//! The clerk's terminal, the practice room and the command line: see [`onewindow::cli`].

use std::process::ExitCode;

fn main() -> ExitCode {
    onewindow::cli::main()
}
