//! What a caller may use up.

/// Limits of a backend.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Largest uploaded file, in bytes.
    pub upload_bytes: u64,
    /// Media types of uploaded files.
    pub upload_types: Vec<String>,
}

impl Default for Limits {
    fn default() -> Self {
        let types =
            ["application/octet-stream", "application/ofd", "application/pdf", "image/jpeg", "image/png", "image/tiff"];
        Self { upload_bytes: 50 * 1024 * 1024, upload_types: types.map(str::to_owned).to_vec() }
    }
}
