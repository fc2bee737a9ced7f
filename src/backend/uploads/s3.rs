//! Attachments in an S3-compatible store. Reached from `onewindow-backend` only: the clerk's program must not carry it.

use std::sync::Arc;

use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey};

use super::objects::ObjectError;
use crate::backend::config::Attachments;

/// A bucket of an S3-compatible store.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Bucket {
    /// Name of the bucket.
    pub name: String,
    /// Address of the store; empty: Amazon's own.
    pub endpoint: String,
    /// Region; empty: the store's usual one.
    pub region: String,
}

/// The attachments of a bucket. The keys are taken from the environment (`AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, …), never from a
/// file of ours or a flag.
///
/// # Errors
/// When the bucket cannot be described; nothing is sent yet.
pub fn attachments(bucket: &Bucket) -> Result<Attachments, ObjectError> {
    // An error means that a provider is installed already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut builder = AmazonS3Builder::from_env().with_bucket_name(&bucket.name);
    if !bucket.endpoint.is_empty() {
        builder = builder
            .with_config(AmazonS3ConfigKey::Endpoint, &bucket.endpoint)
            .with_allow_http(bucket.endpoint.starts_with("http://"));
    }
    if !bucket.region.is_empty() {
        builder = builder.with_region(&bucket.region);
    }
    Ok(Attachments::Store(Arc::new(builder.build()?)))
}
