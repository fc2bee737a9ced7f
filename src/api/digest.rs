//! Digests of what goes over the wire: SHA-256 over canonical JSON (RFC 8785), and the `Repr-Digest` field (RFC 9530).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use sha2::{Digest as _, Sha256};

/// The canonical JSON (RFC 8785) of a value: one byte string for one content.
///
/// # Errors
/// When the value has no JSON form, for example a map whose keys are no strings.
pub fn canonical<T: Serialize>(value: &T) -> serde_json::Result<Vec<u8>> {
    serde_json_canonicalizer::to_vec(value)
}

/// SHA-256 of the canonical JSON of a value, lower-case hexadecimal: what makes two submissions the same.
///
/// # Errors
/// As [`canonical`].
pub fn of<T: Serialize>(value: &T) -> serde_json::Result<String> {
    Ok(sha256_hex(&canonical(value)?))
}

/// SHA-256 of bytes, lower-case hexadecimal.
pub fn sha256_hex(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

/// SHA-256 of bytes as the value of a `Repr-Digest` or `Content-Digest` field: `sha-256=:…:`.
pub fn field(bytes: &[u8]) -> String {
    format!("sha-256=:{}:", STANDARD.encode(Sha256::digest(bytes)))
}

/// Whether a digest field does not contradict the bytes. A field without a SHA-256 says nothing about them.
pub fn field_agrees(field_value: &str, bytes: &[u8]) -> bool {
    let wanted = field(bytes);
    field_value.split(',').map(str::trim).filter(|entry| entry.starts_with("sha-256=")).all(|entry| entry == wanted)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn order_and_spelling_do_not_change_the_digest() {
        let typed = json!({"b": 1.0, "a": "\u{e9}"});
        let resent: serde_json::Value = serde_json::from_str(r#"{ "a": "\u00e9", "b": 1 }"#).unwrap();
        assert_eq!(of(&typed).unwrap(), of(&resent).unwrap());
        assert_ne!(of(&typed).unwrap(), of(&json!({"a": "e", "b": 1})).unwrap());
    }

    #[test]
    fn known_digests() {
        // FIPS 180-2, the empty message; RFC 9530 writes the same in base64.
        assert_eq!(sha256_hex(b""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        assert_eq!(field(b""), "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:");
    }

    #[test]
    fn a_field_speaks_for_sha_256_only() {
        assert!(field_agrees(&field(b"x"), b"x"));
        assert!(field_agrees(&format!("sha-512=:AAAA:, {}", field(b"x")), b"x"));
        assert!(field_agrees("sha-512=:AAAA:", b"x"));
        assert!(!field_agrees(&field(b"x"), b"y"));
    }
}
