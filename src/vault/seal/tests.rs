//! The suites against the standards' own vectors, and what a seal promises.

use proptest::prelude::*;
use sm4::cipher::{Block, BlockCipherDecrypt as _, BlockCipherEncrypt as _};

use super::*;

const NAME: RecordName<'_> = RecordName { place: "drafts.body", id: &[7], version: 1 };

fn bytes<const N: usize>(text: &str) -> [u8; N] {
    hex::decode(text).unwrap().try_into().unwrap()
}

/// GB/T 32905-2016, examples 1 and 2.
#[test]
fn sm3_is_the_standards() {
    assert_eq!(hex::encode(Sm3::digest(b"abc")), "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0");
    assert_eq!(
        hex::encode(Sm3::digest(b"abcd".repeat(16))),
        "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"
    );
}

/// GB/T 32907-2016, appendix A: one block, and one block a million times.
#[test]
fn sm4_is_the_standards() {
    let cipher = Sm4::new(&bytes("0123456789abcdeffedcba9876543210").into());
    let plain: Block<Sm4> = bytes("0123456789abcdeffedcba9876543210").into();
    let mut block = plain;
    cipher.encrypt_block(&mut block);
    assert_eq!(hex::encode(block), "681edf34d206965e86b3e94f536e4246");
    cipher.decrypt_block(&mut block);
    assert_eq!(block, plain);
    for _ in 0..1_000_000 {
        cipher.encrypt_block(&mut block);
    }
    assert_eq!(hex::encode(block), "595298c7c6fd271f0402f804c33d3f66");
}

/// RFC 8998, appendix A.1.
#[test]
fn sm4_gcm_is_the_standards() {
    let cipher = Sm4Gcm::new(&bytes("0123456789abcdeffedcba9876543210").into());
    let nonce = Nonce::from(bytes("00001234567800000000abcd"));
    let associated: [u8; 20] = bytes("feedfacedeadbeeffeedfacedeadbeefabaddad2");
    let mut text: [u8; 64] = bytes(
        "aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbccccccccccccccccdddddddddddddddd\
         eeeeeeeeeeeeeeeeffffffffffffffffeeeeeeeeeeeeeeeeaaaaaaaaaaaaaaaa",
    );
    let tag = cipher.encrypt_inout_detached(&nonce, &associated, text.as_mut_slice().into()).unwrap();
    assert_eq!(
        hex::encode(text),
        "17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735\
         d82710ca5c22f0ccfa7cbf93d496ac15a56834cbcf98c397b4024a2691233b8d"
    );
    assert_eq!(hex::encode(tag), "83de3541e4c2b58177e065a9bf7b62ec");
}

/// NIST's GCM test case 16.
#[test]
fn aes_256_gcm_is_the_standards() {
    let cipher = Aes256Gcm::new(&bytes("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308").into());
    let nonce = Nonce::from(bytes("cafebabefacedbaddecaf888"));
    let associated: [u8; 20] = bytes("feedfacedeadbeeffeedfacedeadbeefabaddad2");
    let mut text: [u8; 60] = bytes(
        "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72\
         1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
    );
    let tag = cipher.encrypt_inout_detached(&nonce, &associated, text.as_mut_slice().into()).unwrap();
    assert_eq!(
        hex::encode(text),
        "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa\
         8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"
    );
    assert_eq!(hex::encode(tag), "76fc6ece0f4e1768cddf8853bb2d551b");
}

fn seal(suite: Suite) -> Seal {
    Seal::throw_away(suite).unwrap()
}

proptest! {
    #[test]
    fn what_is_sealed_opens_and_shows_nothing(body: Vec<u8>) {
        for suite in Suite::ALL {
            let seal = seal(suite);
            let sealed = seal.seal(NAME, &body).unwrap();
            prop_assert_eq!(sealed.len(), 1 + NONCE + body.len() + TAG);
            prop_assert_eq!(seal.open(NAME, &sealed), Ok(body.clone()));
            prop_assert!(body.len() < 8 || !sealed.windows(body.len()).any(|window| window == body));
        }
    }

    #[test]
    fn no_changed_byte_goes_unseen(body: Vec<u8>, at: prop::sample::Index, change in 1u8..) {
        for suite in Suite::ALL {
            let seal = seal(suite);
            let mut sealed = seal.seal(NAME, &body).unwrap();
            let at = at.index(sealed.len());
            sealed[at] ^= change;
            prop_assert!(seal.open(NAME, &sealed).is_err());
            sealed.truncate(at);
            prop_assert!(seal.open(NAME, &sealed).is_err());
        }
    }

    #[test]
    fn a_foreign_suite_is_named(suite in 3u8.., mut body: Vec<u8>) {
        body.insert(0, suite);
        prop_assert_eq!(seal(Suite::Sm4Gcm).open(NAME, &body), Err(SealError::UnknownSuite(suite)));
    }
}

#[test]
fn no_record_passes_for_another() {
    let others = [
        RecordName { place: "drafts.summary", ..NAME },
        RecordName { id: &[8], ..NAME },
        RecordName { id: &[], ..NAME },
        RecordName { version: 2, ..NAME },
    ];
    for suite in Suite::ALL {
        let seal = seal(suite);
        let sealed = seal.seal(NAME, b"text").unwrap();
        for other in others {
            assert_eq!(seal.open(other, &sealed), Err(SealError::Broken), "{other:?}");
        }
        assert_eq!(Seal::throw_away(suite).unwrap().open(NAME, &sealed), Err(SealError::Broken), "another key");
    }
}

#[test]
fn both_suites_open_under_one_key_and_an_unsealed_body_under_none() {
    let key = fresh_key().unwrap();
    let sealed = Seal::new(key.clone(), Suite::Aes256Gcm).seal(NAME, b"text").unwrap();
    let seal = Seal::new(key, Suite::Sm4Gcm);
    assert_eq!(seal.open(NAME, &sealed), Ok(b"text".to_vec()));
    // A forger without the key may write what schema 1 would have read.
    assert_eq!(seal.open(NAME, b"\0text"), Err(SealError::UnknownSuite(0)));
    assert_eq!(open_plain(b"\0text"), Ok(b"text".as_slice()));
    assert_eq!(open_plain(&sealed), Err(SealError::UnknownSuite(2)));
    assert_eq!(seal.open(NAME, &[]), Err(SealError::Empty));
}

#[test]
fn equal_bodies_are_sealed_differently() {
    let seal = seal(Suite::Sm4Gcm);
    assert_ne!(seal.seal(NAME, b"text").unwrap(), seal.seal(NAME, b"text").unwrap());
}

#[test]
fn nothing_shows_a_key() {
    assert_eq!(format!("{:?}", seal(Suite::Sm4Gcm)), "Seal { suite: Sm4Gcm, .. }");
}
