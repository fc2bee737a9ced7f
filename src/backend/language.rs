//! The language of the request under way.

use std::sync::Arc;

use super::problem::Answer;
use crate::api::wire::ProblemCode;
use crate::locale::{Arg, Language, Locale};

tokio::task_local! {
    static LANGUAGE: Language;
}

/// Runs a request in the language that it asks for (`Accept-Language`).
pub(super) async fn scope<F: Future>(accept_language: Option<&str>, request: F) -> F::Output {
    let language = accept_language.map_or_else(Language::default, Language::from_tag);
    LANGUAGE.scope(language, request).await
}

/// Runs what takes a core for a while on a thread for such work, in the language of the request under way.
pub(super) async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Answer<T> {
    let language = LANGUAGE.try_with(|language| *language).unwrap_or_default();
    let done = tokio::task::spawn_blocking(move || LANGUAGE.sync_scope(language, work)).await;
    done.map_err(|_| ProblemCode::Internal.into())
}

/// The sentences of the request under way; outside of one, the Chinese ones.
pub(super) fn locale() -> Arc<Locale> {
    Locale::of(LANGUAGE.try_with(|language| *language).unwrap_or_default())
}

/// A sentence.
pub(super) fn say(key: &str, args: &[(&str, Arg<'_>)]) -> String {
    locale().format(key, args)
}
