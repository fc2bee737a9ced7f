//! Bodies made small for a village's line: gzip, on both sides of the wire.

use std::io::{Read as _, Write as _};

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;

/// Name of the coding.
pub const GZIP: &str = "gzip";

/// Bodies below this many bytes are sent as they are: packed they would fill as many packets.
const WORTH_IT: usize = 1_000;

/// Most bytes that a packed body may become: what comes from a network may be made to fill the memory.
const MOST: u64 = 64 << 20;

/// The body packed, when that makes it smaller.
pub fn pack(body: &[u8]) -> Option<Vec<u8>> {
    if body.len() < WORTH_IT {
        return None;
    }
    let mut encoder = GzEncoder::new(Vec::with_capacity(body.len() / 4), Compression::new(6));
    encoder.write_all(body).ok()?;
    encoder.finish().ok().filter(|packed| packed.len() < body.len())
}

/// The body unpacked. `None`: it is damaged, or too large for anything that a backend sends.
pub fn unpack(packed: &[u8]) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    let read = GzDecoder::new(packed).take(MOST + 1).read_to_end(&mut body).ok()?;
    (u64::try_from(read).ok()? <= MOST).then_some(body)
}

/// Whether a list of codings (`Accept-Encoding`) allows gzip.
pub fn accepts(field: &str) -> bool {
    field.split(',').any(|coding| {
        let mut parts = coding.split(';').map(str::trim);
        let named = parts.next().is_some_and(|name| name.eq_ignore_ascii_case(GZIP));
        let refused = parts.any(|part| part.strip_prefix("q=").is_some_and(|q| q.trim().parse() == Ok(0.0)));
        named && !refused
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_packed_comes_out_again() {
        let body = "高龄津贴".repeat(1_000).into_bytes();
        let packed = pack(&body).unwrap();
        assert!(packed.len() * 20 < body.len());
        assert_eq!(unpack(&packed), Some(body));
        assert_eq!((pack(b"short"), unpack(b"no gzip"), unpack(packed.get(..20).unwrap())), (None, None, None));
    }

    #[test]
    fn a_small_packet_does_not_fill_the_memory() {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        let zeros = vec![0; 1 << 20];
        for _ in 0..=(MOST >> 20) {
            encoder.write_all(&zeros).unwrap();
        }
        assert_eq!(unpack(&encoder.finish().unwrap()), None);
    }

    #[test]
    fn codings_are_read_as_they_are_written() {
        for yes in ["gzip", "br, gzip;q=0.5", "GZIP", "deflate,gzip ; q=1"] {
            assert!(accepts(yes), "{yes}");
        }
        for no in ["", "identity", "br", "gzip;q=0", "gzip; q=0.0"] {
            assert!(!accepts(no), "{no}");
        }
    }
}
