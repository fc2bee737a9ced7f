//! The client of the backend.
//!
//! A practice client and a live client are made by different constructors, and each refuses the other's backend before it sends
//! anything: [`ApiError::OtherWorld`].

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, Once, PoisonError};
use std::time::Duration;

use reqwest::header;
use reqwest::{Method, StatusCode, Url};
use serde::Serialize;

use super::answer::{Answer, unanswered};
use super::error::{AddressError, ApiError};
use super::wire::{Meta, Refresh, Session, SignIn};
use super::{digest, packing};
use crate::locale::Language;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
const READ_TIMEOUT: Duration = Duration::from_secs(10);
const TOTAL_TIMEOUT: Duration = Duration::from_secs(30);

/// A client of one backend. Cheap to call from many tasks; share it in an `Arc`.
#[derive(Debug)]
pub struct Client {
    http: reqwest::Client,
    base: Url,
    practice: bool,
    language: Language,
    /// The backend has said to be of the same world.
    proven: AtomicBool,
    session: Mutex<Option<Session>>,
    /// Held while tokens are renewed, so that one refresh token is spent once.
    renewing: tokio::sync::Mutex<()>,
}

impl Client {
    /// A client for the practice room inside this machine.
    ///
    /// # Errors
    /// [`AddressError::NotLoopback`] for any other machine.
    pub fn practice(addr: SocketAddr) -> Result<Self, AddressError> {
        if !addr.ip().is_loopback() {
            return Err(AddressError::NotLoopback(addr));
        }
        let text = format!("http://{addr}/");
        let base = Url::parse(&text).map_err(|_| AddressError::NotAUrl(text))?;
        Self::new(base, true)
    }

    /// A client for a real backend. Plain `http` is for a backend on this machine only.
    ///
    /// # Errors
    /// When the URL is none, or names another machine without `https`.
    pub fn live(url: &str) -> Result<Self, AddressError> {
        let mut base = Url::parse(url.trim()).map_err(|_| AddressError::NotAUrl(url.to_owned()))?;
        match base.scheme() {
            "https" => {}
            "http" if is_loopback(&base) => {}
            "http" => return Err(AddressError::NotEncrypted(url.to_owned())),
            _ => return Err(AddressError::NotAUrl(url.to_owned())),
        }
        if !base.path().ends_with('/') {
            base.set_path(&format!("{}/", base.path()));
        }
        Self::new(base, false)
    }

    fn new(base: Url, practice: bool) -> Result<Self, AddressError> {
        install_crypto();
        let mut builder = reqwest::Client::builder()
            .user_agent(concat!("onewindow/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(CONNECT_TIMEOUT)
            .read_timeout(READ_TIMEOUT)
            .timeout(TOTAL_TIMEOUT)
            // A sweep of idle connections would wake an idle program.
            .pool_idle_timeout(None)
            // The backend never redirects; a captive portal does.
            .redirect(reqwest::redirect::Policy::none());
        if is_loopback(&base) {
            builder = builder.no_proxy();
        }
        if base.scheme() == "http" {
            // No certificate will be looked at, so a machine without any must do.
            builder = builder.tls_certs_only([]);
        }
        let http = builder.build().map_err(|error| AddressError::Unavailable(error.to_string()))?;
        Ok(Self {
            http,
            base,
            practice,
            language: Language::default(),
            proven: AtomicBool::new(false),
            session: Mutex::new(None),
            renewing: tokio::sync::Mutex::new(()),
        })
    }

    /// The same client, asking for messages in this language.
    #[must_use]
    pub fn with_language(mut self, language: Language) -> Self {
        self.language = language;
        self
    }

    /// Whether this is a practice client.
    pub const fn is_practice(&self) -> bool {
        self.practice
    }

    /// The session, when signed in.
    pub fn session(&self) -> Option<Session> {
        self.session.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Goes on with a session kept from before, or forgets the session.
    pub fn set_session(&self, session: Option<Session>) {
        *self.session.lock().unwrap_or_else(PoisonError::into_inner) = session;
    }

    /// What the backend says of itself.
    ///
    /// # Errors
    /// [`ApiError::OtherWorld`] when practice and live meet; else as every call.
    pub async fn meta(&self) -> Result<Meta, ApiError> {
        let answer = self.send(Method::GET, self.url("v1/meta")?, None, None, &[]).await?;
        let meta: Meta = answer.whose()?;
        if meta.practice != self.practice {
            return Err(ApiError::OtherWorld { backend_practice: meta.practice });
        }
        self.proven.store(true, Ordering::Relaxed);
        Ok(meta)
    }

    /// Signs in and keeps the session.
    ///
    /// # Errors
    /// [`ApiError::Unauthorised`] for a wrong name or password, [`ApiError::Retry`] after too many tries.
    pub async fn sign_in(&self, name: &str, password: &str) -> Result<Session, ApiError> {
        self.prove().await?;
        let body = SignIn { name: name.to_owned(), password: password.to_owned() };
        let answer = self.send(Method::POST, self.url("v1/sessions")?, None, Some(json(&body)?), &[]).await?;
        let session: Session = answer.expect(StatusCode::CREATED)?;
        self.set_session(Some(session.clone()));
        Ok(session)
    }

    /// Signs out. The session is forgotten here even when the backend cannot be told.
    ///
    /// # Errors
    /// When the backend was not told.
    pub async fn sign_out(&self) -> Result<(), ApiError> {
        let Some(session) = self.session() else { return Ok(()) };
        self.set_session(None);
        let url = self.url("v1/sessions")?;
        let answer = self.send(Method::DELETE, url, Some(&session.access_token), None, &[]).await?;
        match answer.status {
            StatusCode::NO_CONTENT | StatusCode::UNAUTHORIZED => Ok(()),
            _ => Err(answer.into_error()),
        }
    }

    async fn prove(&self) -> Result<(), ApiError> {
        if !self.proven.load(Ordering::Relaxed) {
            self.meta().await?;
        }
        Ok(())
    }

    /// A call in the clerk's name. Tokens that are over are renewed once.
    pub(super) async fn call(
        &self,
        method: Method,
        url: Url,
        body: Option<Vec<u8>>,
        headers: &[(header::HeaderName, String)],
    ) -> Result<Answer, ApiError> {
        self.prove().await.map_err(ApiError::before_the_call)?;
        let Some(session) = self.session() else { return Err(ApiError::Unauthorised(None)) };
        let answer = self.send(method.clone(), url.clone(), Some(&session.access_token), body.clone(), headers).await?;
        if answer.status != StatusCode::UNAUTHORIZED {
            return Ok(answer);
        }
        // Only the backend itself may end a session, not a proxy that asks for a password.
        let refusal = answer.into_error();
        if !matches!(refusal, ApiError::Unauthorised(_)) {
            return Err(refusal);
        }
        let token = self.renew(&session).await.map_err(ApiError::before_the_call)?;
        let answer = self.send(method, url, Some(&token), body, headers).await?;
        if answer.status == StatusCode::UNAUTHORIZED { Err(answer.into_error()) } else { Ok(answer) }
    }

    /// A fresh access token in place of a stale session's.
    async fn renew(&self, stale: &Session) -> Result<String, ApiError> {
        let _turn = self.renewing.lock().await;
        let session = self.session().ok_or(ApiError::Unauthorised(None))?;
        if session.access_token != stale.access_token {
            return Ok(session.access_token);
        }
        let body = Refresh { refresh_token: session.refresh_token };
        let answer = self.send(Method::POST, self.url("v1/sessions/refresh")?, None, Some(json(&body)?), &[]).await?;
        let session: Session = match answer.expect(StatusCode::OK) {
            Err(error @ ApiError::Unauthorised(_)) => {
                self.set_session(None);
                return Err(error);
            }
            other => other?,
        };
        let token = session.access_token.clone();
        self.set_session(Some(session));
        Ok(token)
    }

    async fn send(
        &self,
        method: Method,
        url: Url,
        token: Option<&str>,
        body: Option<Vec<u8>>,
        headers: &[(header::HeaderName, String)],
    ) -> Result<Answer, ApiError> {
        let mut request = self
            .http
            .request(method, url)
            .header(header::ACCEPT, "application/json")
            .header(header::ACCEPT_ENCODING, packing::GZIP)
            .header(header::ACCEPT_LANGUAGE, self.language.tag());
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        for (name, value) in headers {
            request = request.header(name, value);
        }
        if let Some(body) = body {
            if headers.iter().all(|(name, _)| name != header::CONTENT_TYPE) {
                request = request
                    .header(header::CONTENT_TYPE, "application/json")
                    .header("content-digest", digest::field(&body));
            }
            request = request.body(body);
        }
        let response = request.send().await.map_err(|error| unanswered(&error))?;
        let (status, headers) = (response.status(), response.headers().clone());
        let body: Vec<u8> = response.bytes().await.map_err(|error| unanswered(&error))?.into();
        if headers.get(header::CONTENT_ENCODING).is_some_and(|coding| coding.as_bytes() == packing::GZIP.as_bytes()) {
            let unpacked = packing::unpack(&body).ok_or_else(|| ApiError::CutOff("damaged on the way".to_owned()))?;
            return Ok(Answer { status, headers, body: unpacked, packed: Some(body) });
        }
        Ok(Answer { status, headers, body, packed: None })
    }

    pub(super) fn url(&self, path: &str) -> Result<Url, ApiError> {
        // A path from an answer must not lead to another host with the clerk's token.
        self.base
            .join(path.trim_start_matches('/'))
            .ok()
            .filter(|url| url.origin() == self.base.origin())
            .ok_or(ApiError::CaptivePortal)
    }

    pub(super) fn url_of(&self, segments: &[&str]) -> Result<Url, ApiError> {
        let mut url = self.base.clone();
        url.path_segments_mut()
            .map_err(|()| ApiError::Unsendable("address without a path".to_owned()))?
            .pop_if_empty()
            .extend(segments);
        Ok(url)
    }
}

pub(super) fn json<T: Serialize>(body: &T) -> Result<Vec<u8>, ApiError> {
    digest::canonical(body).map_err(|error| ApiError::Unsendable(error.to_string()))
}

fn is_loopback(url: &Url) -> bool {
    url.host_str().is_some_and(|host| {
        let host = host.trim_start_matches('[').trim_end_matches(']');
        host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
    })
}

fn install_crypto() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // An error means that a provider is installed already, which will do as well.
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn addresses() {
        for (url, good) in [
            ("https://acceptance.example", true),
            ("https://acceptance.example/api", true),
            ("http://127.0.0.1:8080", true),
            ("http://[::1]:8080", true),
            ("http://localhost:8080/", true),
            ("http://acceptance.example", false),
            ("http://192.0.2.7:8080", false),
            ("ftp://127.0.0.1", false),
            ("acceptance.example", false),
        ] {
            // A machine without root certificates makes no https client; that is not what is tested.
            let made = Client::live(url);
            assert_eq!(made.is_ok() || matches!(made, Err(AddressError::Unavailable(_))), good, "{url}: {made:?}");
        }
        assert!(Client::practice("127.0.0.1:1".parse().unwrap()).is_ok());
        assert!(matches!(Client::practice("192.0.2.7:1".parse().unwrap()), Err(AddressError::NotLoopback(_))));
    }

    #[tokio::test]
    async fn paths_stay_on_the_host() {
        let client = Client::live("http://127.0.0.1:9/api").unwrap();
        assert_eq!(client.url("/v1/meta").unwrap().as_str(), "http://127.0.0.1:9/api/v1/meta");
        assert_eq!(client.url_of(&["v1", "cases", "a/b"]).unwrap().as_str(), "http://127.0.0.1:9/api/v1/cases/a%2Fb");
        assert_eq!(client.url("http://192.0.2.7/v1/catalogue"), Err(ApiError::CaptivePortal));
    }
}
