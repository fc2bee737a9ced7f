//! What stands beside the screen: each device is an external command or a folder that the settings name.

pub mod command;
pub mod files;
pub mod print;
pub mod reader;
pub mod scans;
