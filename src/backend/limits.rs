//! What a caller may use up.

use std::time::Duration;

/// Limits of a backend.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Largest uploaded file, in bytes.
    pub upload_bytes: u64,
    /// Media types of uploaded files.
    pub upload_types: Vec<String>,
    /// Connections at once.
    pub connections: usize,
    /// Connections at once from one address.
    pub connections_per_address: usize,
    /// How long a connection may be without a whole request head: at its beginning, and between two requests. None: for ever.
    pub header_timeout: Option<Duration>,
    /// Requests a second of one clerk; 0: any number.
    pub requests_per_clerk: u32,
    /// Requests a second from one address; 0: any number.
    pub requests_per_address: u32,
    /// Tries to sign in a second from one address; 0: any number.
    pub sign_ins_per_address: u32,
}

impl Default for Limits {
    /// Of a practice room: nobody is kept out, and nothing wakes an idle backend.
    fn default() -> Self {
        let types =
            ["application/octet-stream", "application/ofd", "application/pdf", "image/jpeg", "image/png", "image/tiff"];
        Self {
            upload_bytes: 50 * 1024 * 1024,
            upload_types: types.map(str::to_owned).to_vec(),
            connections: 10_000,
            connections_per_address: 10_000,
            header_timeout: None,
            requests_per_clerk: 0,
            requests_per_address: 0,
            sign_ins_per_address: 0,
        }
    }
}
