//! What the process leaves behind of its memory: no core dump, and nothing that another process may look into.

use rustix::process::{DumpableBehavior, Resource, Rlimit, set_dumpable_behavior, setrlimit};

/// Turns core dumps off, and lets no other process of this user read the memory.
///
/// A system that refuses either has nothing better to offer; what is freed is wiped all the same.
pub fn keep_private() {
    let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
    let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
}
