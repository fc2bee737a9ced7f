//! The backend, for commands without a screen.

use std::net::{SocketAddr, ToSocketAddrs as _};

use reqwest::Url;
use tokio::runtime::Runtime;

use super::context::Context;
use super::failure::{Exit, Failure};
use super::{output, password};
use crate::api::{AddressError, ApiError, Client};
use crate::training::{PASSWORD, PRACTICE_CLERK};

/// A runtime for one command.
pub(super) fn runtime() -> Result<Runtime, Failure> {
    Ok(tokio::runtime::Builder::new_current_thread().enable_all().build()?)
}

/// A client of a backend, whether it answers or not.
///
/// A practice backend on this machine gets a practice client; no other practice backend is spoken to.
pub(super) async fn reach(url: &str) -> Result<Client, AddressError> {
    match find(url).await? {
        Ok(client) => Ok(client),
        // Whatever is wrong will be said when something is asked for.
        Err(_) => Client::live(url),
    }
}

/// A client of a backend that answers, or why none does.
async fn find(url: &str) -> Result<Result<Client, ApiError>, AddressError> {
    let client = Client::live(url)?;
    Ok(match (loopback(url), client.meta().await) {
        (Some(addr), Err(ApiError::OtherWorld { backend_practice: true })) => {
            let client = Client::practice(addr)?;
            client.meta().await.map(|_| client)
        }
        (_, answer) => answer.map(|_| client),
    })
}

/// Name and password of a clerk.
pub(super) struct Account {
    pub(super) user: String,
    pub(super) password: String,
}

/// A client of the backend in the settings, or why it cannot be spoken to now. That a backend is for practice only is said.
pub(super) async fn reach_now(context: &Context) -> Result<Result<Client, ApiError>, Failure> {
    let url = context.settings.server.as_deref().ok_or_else(|| context.fail(Exit::Usage, "cli-no-server", &[]))?;
    let found = find(url).await.map_err(|error| Failure::said(Exit::Usage, error.to_string()))?;
    if found.as_ref().is_ok_and(Client::is_practice) {
        output::note(&context.text("cli-practice-backend"));
    }
    Ok(found.map(|client| client.with_language(context.locale.language())))
}

/// Who signs in: by the settings; on a practice backend the practice clerk unless another is named.
pub(super) fn account(client: &Client, context: &Context) -> Result<Account, Failure> {
    let user = match (&context.settings.user, client.is_practice()) {
        (Some(user), _) => user.clone(),
        (None, true) => PRACTICE_CLERK.to_owned(),
        (None, false) => return Err(context.fail(Exit::Usage, "cli-no-user", &[])),
    };
    let known = client.is_practice().then_some(PASSWORD);
    let password = password::ask(context, &user, known)?;
    Ok(Account { user, password })
}

/// Connects and signs the clerk in.
pub(super) async fn sign_in(context: &Context) -> Result<Client, Failure> {
    // No clerk should type a password in vain.
    let client = reach_now(context).await?.map_err(|error| failure(error, context))?;
    let Account { user, password } = account(&client, context)?;
    client.sign_in(&user, &password).await.map_err(|error| failure(error, context))?;
    Ok(client)
}

/// What a call's failure means for a command.
pub(super) fn failure(error: ApiError, context: &Context) -> Failure {
    let problem = error.problem().map(|problem| {
        if problem.detail.is_empty() { problem.title.clone() } else { format!("{}: {}", problem.title, problem.detail) }
    });
    let (exit, key) = match &error {
        ApiError::Offline(_) | ApiError::CutOff(_) => (Exit::Unreachable, "cli-api-offline"),
        ApiError::CaptivePortal => (Exit::Unreachable, "cli-api-captive-portal"),
        ApiError::Retry { .. } => (Exit::Unreachable, "cli-api-retry"),
        ApiError::Unauthorised(_) => (Exit::Locked, "cli-api-unauthorised"),
        ApiError::TooOld(_) => (Exit::Refused, "sync-reason-client-too-old"),
        ApiError::OtherWorld { .. } => (Exit::Usage, "cli-api-other-world"),
        ApiError::Refused(_) | ApiError::Unsendable(_) => (Exit::Refused, "cli-api-refused"),
    };
    match (problem, &error) {
        (Some(problem), _) => Failure::said(exit, problem),
        (None, ApiError::Offline(detail) | ApiError::CutOff(detail) | ApiError::Unsendable(detail)) => {
            context.fail(exit, key, &[("detail", detail)])
        }
        (None, _) => context.fail(exit, key, &[("detail", "")]),
    }
}

/// The address of a URL that names this machine.
fn loopback(url: &str) -> Option<SocketAddr> {
    let url = Url::parse(url).ok()?;
    let host = url.host_str()?.trim_matches(['[', ']']);
    let port = url.port_or_known_default()?;
    let mut addresses = match host {
        "localhost" => (host, port).to_socket_addrs().ok()?,
        host => vec![SocketAddr::new(host.parse().ok()?, port)].into_iter(),
    };
    addresses.find(|addr| addr.ip().is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_is_this_machine() {
        assert_eq!(loopback("http://127.0.0.1:8080/"), Some("127.0.0.1:8080".parse().unwrap()));
        assert_eq!(loopback("http://[::1]:8080"), Some("[::1]:8080".parse().unwrap()));
        assert!(loopback("http://localhost:8080").is_some_and(|addr| addr.port() == 8080));
        for elsewhere in ["https://acceptance.example", "http://192.0.2.7:80", "nonsense"] {
            assert_eq!(loopback(elsewhere), None, "{elsewhere}");
        }
    }
}
