//! Signing receipts: Ed25519 (RFC 8032) over the RFC 8785 canonical JSON, with a key that all replicas share.
//!
//! Whoever has the receipt and the key that `/v1/meta` publishes can tell that the backend wrote it and nobody changed it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::rand::SystemRandom;
use ring::signature::{Ed25519KeyPair, KeyPair as _};
use serde::Serialize;

use super::StartError;
use super::store::Store;
use crate::api::digest;
use crate::api::wire::{ReceiptKey, ReceiptSignature};

/// Digits of a key's name.
const NAME_LENGTH: usize = 16;

/// The backend's key.
pub(super) struct Signer {
    pair: Ed25519KeyPair,
    name: String,
}

impl Signer {
    /// The key of a database; the first replica makes it.
    pub(super) async fn load(store: &Store) -> Result<Self, StartError> {
        let fresh = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).map_err(|_| StartError::SigningKey)?;
        let kept = store.signing_key(&hex::encode(fresh)).await?;
        let kept = hex::decode(kept).map_err(|_| StartError::SigningKey)?;
        let pair = Ed25519KeyPair::from_pkcs8(&kept).map_err(|_| StartError::SigningKey)?;
        let name = digest::sha256_hex(pair.public_key().as_ref()).chars().take(NAME_LENGTH).collect();
        Ok(Self { pair, name })
    }

    /// What to check signatures with.
    pub(super) fn public(&self) -> ReceiptKey {
        ReceiptKey {
            algorithm: ALGORITHM.to_owned(),
            key: self.name.clone(),
            public_key: STANDARD.encode(self.pair.public_key().as_ref()),
        }
    }

    /// The signature of a record. `None`: it has no canonical form.
    pub(super) fn sign<T: Serialize>(&self, record: &T) -> Option<ReceiptSignature> {
        let bytes = digest::canonical(record).ok()?;
        let value = STANDARD.encode(self.pair.sign(&bytes).as_ref());
        Some(ReceiptSignature { algorithm: ALGORITHM.to_owned(), key: self.name.clone(), value })
    }
}

const ALGORITHM: &str = "Ed25519";
