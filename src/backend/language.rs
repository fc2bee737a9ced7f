//! The language of the request under way.

use std::cell::OnceCell;

use super::problem::Answer;
use crate::api::wire::ProblemCode;
use crate::locale::{Arg, Language, Locale};

tokio::task_local! {
    static LANGUAGE: Language;
}

thread_local! {
    static CHINESE: OnceCell<Locale> = const { OnceCell::new() };
    static ENGLISH: OnceCell<Locale> = const { OnceCell::new() };
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
pub(super) fn with_locale<T>(use_it: impl FnOnce(&Locale) -> T) -> T {
    let language = LANGUAGE.try_with(|language| *language).unwrap_or_default();
    let of_thread = match language {
        Language::Chinese => &CHINESE,
        Language::English => &ENGLISH,
    };
    of_thread.with(|locale| use_it(locale.get_or_init(|| Locale::new(language))))
}

/// A sentence.
pub(super) fn say(key: &str, args: &[(&str, Arg<'_>)]) -> String {
    with_locale(|locale| locale.format(key, args))
}
