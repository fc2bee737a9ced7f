//! Signing in: Argon2id passwords; opaque tokens of 256 bits, kept as digests; a short access token and a refresh token that is spent once.

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use jiff::{SignedDuration, Timestamp};
use tokio::sync::Semaphore;
use uuid::Uuid;

use super::App;
use super::problem::{Answer, Fault};
use super::store::{ClerkRow, SessionRow};
use crate::api::digest::sha256_hex;
use crate::api::wire::{Clerk, ClerkSite, ProblemCode, Session};

const ACCESS: SignedDuration = SignedDuration::from_mins(15);
const REFRESH: SignedDuration = SignedDuration::from_hours(12);

/// How long the refresh token before the last may still be used: its answer may have been lost on a bad line.
const ROTATION_GRACE: SignedDuration = SignedDuration::from_secs(60);

/// Failed tries that cost nothing: everybody mistypes.
const FREE_FAILURES: u32 = 2;
/// Failed tries that lock the account.
const LOCKING_FAILURES: u32 = 5;
const LOCKED: SignedDuration = SignedDuration::from_mins(15);

/// Passwords checked at once: each costs 19 MiB and a core.
const PASSWORDS_AT_ONCE: usize = 2;

/// A hash that no password has, so that an unknown name takes as long as a wrong password.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Why a password could not be hashed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("it could not be hashed: {0}")]
pub struct PasswordError(String);

/// Lets a few passwords through at a time.
pub(super) struct Gate(Semaphore);

impl Gate {
    pub(super) const fn new() -> Self {
        Self(Semaphore::const_new(PASSWORDS_AT_ONCE))
    }
}

/// A clerk with a valid token.
pub(super) struct SignedIn {
    pub clerk: Clerk,
    pub session: String,
}

/// Argon2id of a password, as a PHC string.
pub(super) async fn hash(password: String) -> Result<String, PasswordError> {
    tokio::task::spawn_blocking(move || {
        Argon2::default().hash_password(password.as_bytes()).map(|hash| hash.to_string())
    })
    .await
    .map_err(|error| PasswordError(error.to_string()))?
    .map_err(|error| PasswordError(error.to_string()))
}

async fn verify(password: String, hash: String) -> bool {
    tokio::task::spawn_blocking(move || {
        PasswordHash::new(&hash)
            .is_ok_and(|parsed| Argon2::default().verify_password(password.as_bytes(), &parsed).is_ok())
    })
    .await
    .unwrap_or(false)
}

/// Signs in. Wrong tries are answered more and more slowly, then lock the account for a while.
pub(super) async fn sign_in(app: &App, name: &str, password: String) -> Answer<Session> {
    // Checked and counted while holding a place, so that guesses sent at once gain nothing.
    let _place = app.gate.0.acquire().await.map_err(|_| ProblemCode::Unavailable)?;
    let now = app.now();
    let row = app.store.clerk(name).await?.filter(|row| !row.disabled);
    if let Some(row) = &row
        && row.not_before > now
    {
        return Err(held_back(row.not_before, now));
    }
    let expected = row.as_ref().map_or_else(|| NOBODY.to_owned(), |row| row.password.clone());
    let right = verify(password, expected).await;
    let Some(row) = row else { return Err(ProblemCode::WrongPassword.into()) };
    if !right {
        let failures = app.store.count_failure(name).await?;
        let until = now.saturating_add(delay(failures)).unwrap_or(now);
        app.store.hold_back(name, until).await?;
        tracing::warn!(clerk = name, failures, "wrong password");
        return Err(if failures >= LOCKING_FAILURES {
            held_back(until, now)
        } else {
            ProblemCode::WrongPassword.into()
        });
    }
    if row.failures > 0 {
        app.store.clear_failures(name).await?;
    }
    let clerk = clerk_of(app, &row)?;
    let tokens = Tokens::mint(app.practice)?;
    app.store.add_session(&tokens.row(Uuid::now_v7().to_string(), row.name, String::new(), now)).await?;
    Ok(tokens.session(clerk, now))
}

fn delay(failures: u32) -> SignedDuration {
    if failures >= LOCKING_FAILURES {
        LOCKED
    } else {
        SignedDuration::from_secs(i64::from(failures.saturating_sub(FREE_FAILURES)) * 2)
    }
}

fn held_back(until: Timestamp, now: Timestamp) -> Fault {
    let seconds = u64::try_from(until.duration_since(now).as_secs()).unwrap_or(0).saturating_add(1);
    Fault { retry_after: Some(seconds), ..Fault::new(ProblemCode::LockedOut) }
}

/// Trades a refresh token for a new pair.
pub(super) async fn refresh(app: &App, token: &str) -> Answer<Session> {
    same_world(app, token)?;
    let digest = sha256_hex(token.as_bytes());
    let now = app.now();
    let before = app.store.session_by_refresh(&digest).await?.ok_or(ProblemCode::Unauthorised)?;
    let spent = before.refresh != digest;
    if spent && now.duration_since(before.rotated_at) > ROTATION_GRACE {
        // Spent long ago: somebody else may hold the tokens.
        app.store.end_session(&before.id).await?;
        tracing::warn!(session = before.id, "refresh token used twice");
        return Err(ProblemCode::Unauthorised.into());
    }
    if before.refresh_until <= now {
        return Err(ProblemCode::Unauthorised.into());
    }
    let clerk = clerk_of(app, &active(app, &before.clerk).await?)?;
    let tokens = Tokens::mint(app.practice)?;
    let after = tokens.row(before.id.clone(), before.clerk.clone(), digest, now);
    if app.store.rotate_session(&before, &after).await? {
        Ok(tokens.session(clerk, now))
    } else {
        Err(Fault { retry_after: Some(1), ..Fault::new(ProblemCode::Unavailable) })
    }
}

/// Who holds an access token.
pub(super) async fn authenticate(app: &App, token: &str) -> Answer<SignedIn> {
    same_world(app, token)?;
    let session = app
        .store
        .session_by_access(&sha256_hex(token.as_bytes()))
        .await?
        .filter(|session| session.access_until > app.now())
        .ok_or(ProblemCode::Unauthorised)?;
    let clerk = clerk_of(app, &active(app, &session.clerk).await?)?;
    Ok(SignedIn { clerk, session: session.id })
}

async fn active(app: &App, name: &str) -> Answer<ClerkRow> {
    app.store.clerk(name).await?.filter(|row| !row.disabled).ok_or_else(|| ProblemCode::Unauthorised.into())
}

fn clerk_of(app: &App, row: &ClerkRow) -> Answer<Clerk> {
    // A site that left the catalogue: the clerk belongs nowhere.
    let catalogue = app.catalogue();
    let site = catalogue.site(&row.site).ok_or(ProblemCode::OtherSite)?;
    Ok(Clerk {
        name: row.name.clone(),
        display: row.display.clone(),
        site: ClerkSite { id: site.id.clone(), name: site.name.clone(), level: site.level, area: site.area.clone() },
        window: row.window.clone(),
        role: row.role,
    })
}

/// Tokens say of which world they are, so that each world can refuse the other's by name.
const fn marker(practice: bool) -> &'static str {
    if practice { "practice_" } else { "live_" }
}

fn same_world(app: &App, token: &str) -> Answer<()> {
    if token.starts_with(marker(!app.practice)) { Err(ProblemCode::OtherWorld.into()) } else { Ok(()) }
}

struct Tokens {
    access: String,
    refresh: String,
}

impl Tokens {
    fn mint(practice: bool) -> Answer<Self> {
        let token = || -> Answer<String> {
            let mut secret = [0; 32];
            getrandom::fill(&mut secret).map_err(|_| ProblemCode::Internal)?;
            Ok(format!("{}{}", marker(practice), hex::encode(secret)))
        };
        Ok(Self { access: token()?, refresh: token()? })
    }

    fn row(&self, id: String, clerk: String, previous: String, now: Timestamp) -> SessionRow {
        SessionRow {
            id,
            clerk,
            access: sha256_hex(self.access.as_bytes()),
            access_until: end(now, ACCESS),
            refresh: sha256_hex(self.refresh.as_bytes()),
            refresh_until: end(now, REFRESH),
            previous,
            rotated_at: now,
        }
    }

    fn session(self, clerk: Clerk, now: Timestamp) -> Session {
        Session { access_token: self.access, refresh_token: self.refresh, expires_at: end(now, ACCESS), clerk }
    }
}

fn end(now: Timestamp, after: SignedDuration) -> Timestamp {
    now.saturating_add(after).unwrap_or(now)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tries_slow_down_then_lock() {
        let delays: Vec<i64> = (1..=6).map(|failures| delay(failures).as_secs()).collect();
        assert_eq!(delays, [0, 0, 2, 4, 900, 900]);
    }

    #[tokio::test]
    async fn passwords() {
        let hash = hash("practice".into()).await.unwrap();
        assert!(hash.starts_with("$argon2id$"));
        assert!(verify("practice".into(), hash.clone()).await);
        assert!(!verify("Practice".into(), hash).await);
        assert!(PasswordHash::new(NOBODY).is_ok(), "an unparsable hash would answer at once");
        assert!(!verify(String::new(), NOBODY.to_owned()).await);
    }
}
