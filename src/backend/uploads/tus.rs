//! The header fields of tus 1.0 and its extensions creation, checksum, expiration and termination.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use jiff::tz;
use sha1::Sha1;
use sha2::{Digest as _, Sha256};

/// The version spoken.
pub(in crate::backend) const VERSION: &str = "1.0.0";

/// The extensions.
pub(in crate::backend) const EXTENSIONS: &str = "creation,checksum,expiration,termination";

/// The algorithms of `Upload-Checksum`, the preferred one first.
pub(in crate::backend) const ALGORITHMS: &str = "sha256,sha1";

/// Longest `Upload-Metadata`, in bytes. It is kept and given back.
const METADATA_LIMIT: usize = 2048;

/// A field that is not of its shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::backend) struct Malformed;

/// What `Upload-Metadata` says; pairs that mean nothing here are left alone.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(in crate::backend) struct Metadata {
    /// SHA-256 of the whole content, 64 lower-case hex digits (`sha256`).
    pub digest: Option<String>,
    /// Media type without parameters, lower case (`filetype`).
    pub media_type: Option<String>,
}

impl Metadata {
    /// Reads the field: pairs of key and base64, divided by commas.
    pub(in crate::backend) fn parse(field: &str) -> Result<Self, Malformed> {
        if field.len() > METADATA_LIMIT {
            return Err(Malformed);
        }
        let mut metadata = Self::default();
        for pair in field.split(',').map(str::trim).filter(|pair| !pair.is_empty()) {
            let (key, value) = pair.split_once(' ').unwrap_or((pair, ""));
            let value = STANDARD.decode(value.trim()).map_err(|_| Malformed)?;
            match key {
                "sha256" => {
                    let digest = String::from_utf8(value).map_err(|_| Malformed)?.to_ascii_lowercase();
                    let whole = digest.len() == 64 && digest.bytes().all(|byte| byte.is_ascii_hexdigit());
                    metadata.digest = Some(if whole { digest } else { return Err(Malformed) });
                }
                "filetype" => {
                    let text = String::from_utf8(value).map_err(|_| Malformed)?;
                    let kind = text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
                    metadata.media_type = (!kind.is_empty()).then_some(kind);
                }
                _ => {}
            }
        }
        Ok(metadata)
    }
}

/// What `Upload-Checksum` says of the bytes of one `PATCH`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::backend) enum Checksum {
    /// SHA-1, which every tus server must know.
    Sha1(Vec<u8>),
    /// SHA-256
    Sha256(Vec<u8>),
}

impl Checksum {
    /// Reads the field: algorithm and base64.
    pub(in crate::backend) fn parse(field: &str) -> Result<Self, Malformed> {
        let (algorithm, value) = field.trim().split_once(' ').ok_or(Malformed)?;
        let value = STANDARD.decode(value.trim()).map_err(|_| Malformed)?;
        match (algorithm, value.len()) {
            ("sha1", 20) => Ok(Self::Sha1(value)),
            ("sha256", 32) => Ok(Self::Sha256(value)),
            _ => Err(Malformed),
        }
    }
}

/// Digests of bytes as they come in.
pub(in crate::backend) struct Digests {
    sha1: Option<Sha1>,
    sha256: Sha256,
}

impl Digests {
    /// For bytes that must have a checksum, if any.
    pub(in crate::backend) fn expecting(checksum: Option<&Checksum>) -> Self {
        Self { sha1: matches!(checksum, Some(Checksum::Sha1(_))).then(Sha1::new), sha256: Sha256::new() }
    }

    pub(in crate::backend) fn update(&mut self, bytes: &[u8]) {
        self.sha256.update(bytes);
        if let Some(sha1) = &mut self.sha1 {
            sha1.update(bytes);
        }
    }

    /// SHA-256 in hex, and whether the bytes have the checksum.
    pub(in crate::backend) fn finish(self, checksum: Option<&Checksum>) -> (String, bool) {
        let sha256 = self.sha256.finalize();
        let agrees = match checksum {
            None => true,
            Some(Checksum::Sha256(wanted)) => sha256.as_slice() == wanted.as_slice(),
            Some(Checksum::Sha1(wanted)) => {
                self.sha1.is_some_and(|sha1| sha1.finalize().as_slice() == wanted.as_slice())
            }
        };
        (hex::encode(sha256), agrees)
    }
}

/// An instant as in `Upload-Expires` (RFC 9110, IMF-fixdate).
pub(in crate::backend) fn http_date(at: Timestamp) -> String {
    tz::offset(0).to_datetime(at).strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metadata_is_read_and_what_is_no_metadata_refused() {
        let digest = "ab".repeat(32);
        let field = format!(
            "filename 5omL5py6LmpwZw==, sha256 {},filetype {},relevant",
            STANDARD.encode(digest.to_uppercase()),
            STANDARD.encode("Image/JPEG; q=1")
        );
        let wanted = Metadata { digest: Some(digest), media_type: Some("image/jpeg".into()) };
        assert_eq!(Metadata::parse(&field), Ok(wanted));
        assert_eq!(Metadata::parse(""), Ok(Metadata::default()));
        let short = format!("sha256 {}", STANDARD.encode("abcd"));
        let long = format!("note {}", "A".repeat(4096));
        for bad in ["filename ???", &short, &long, "sha256 /w=="] {
            assert_eq!(Metadata::parse(bad), Err(Malformed), "{bad}");
        }
    }

    #[test]
    fn checksums_agree_with_their_bytes_only() {
        // FIPS 180: "abc"
        let sha1 = hex::decode("a9993e364706816aba3e25717850c26c9cd0d89d").unwrap();
        let sha256 = hex::decode("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad").unwrap();
        for field in [format!("sha1 {}", STANDARD.encode(sha1)), format!("sha256 {}", STANDARD.encode(&sha256))] {
            let checksum = Checksum::parse(&field).unwrap();
            for (bytes, right) in [("abc", true), ("abd", false)] {
                let mut digests = Digests::expecting(Some(&checksum));
                bytes.bytes().for_each(|byte| digests.update(&[byte]));
                assert_eq!(digests.finish(Some(&checksum)).1, right, "{field} {bytes}");
            }
        }
        for bad in ["", "sha1", "md5 AAAA", "sha256 AAAA", "sha1 ?"] {
            assert_eq!(Checksum::parse(bad), Err(Malformed), "{bad}");
        }
        assert_eq!(Digests::expecting(None).finish(None).0, crate::api::digest::sha256_hex(b""));
    }

    #[test]
    fn dates_are_those_of_http() {
        assert_eq!(http_date("2026-09-06T08:49:37Z".parse().unwrap()), "Sun, 06 Sep 2026 08:49:37 GMT");
    }
}
