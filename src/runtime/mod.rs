//! The shell around the pure core: terminal, event loop, signals, effects.

pub mod screen;
pub mod terminal;
