//! The clerk's terminal, the practice room and the command line: see [`onewindow::cli`].

use std::alloc::System;
use std::process::ExitCode;

use zeroizing_alloc::ZeroAlloc;

/// Wipes memory when it is freed: what a citizen said, and every password and key, is gone from the process with its last owner.
#[global_allocator]
static ALLOCATOR: ZeroAlloc<System> = ZeroAlloc(System);

fn main() -> ExitCode {
    onewindow::runtime::memory::keep_private();
    onewindow::cli::main()
}
