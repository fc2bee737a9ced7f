//! Signing in: Argon2id passwords; opaque tokens of 256 bits, kept as digests; a short access token and a refresh token that is spent once.

use jiff::{SignedDuration, Timestamp};
use tokio::sync::{Mutex, MutexGuard, Semaphore, SemaphorePermit};
use uuid::Uuid;

use super::App;
use super::audit::{Act, Action};
use super::password::{Checks, NOBODY};
use super::problem::{Answer, Fault};
use super::store::{ClerkRow, RefreshToken, SessionRow};
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
/// How long failed tries are remembered after the last.
const TRIES_KEPT: SignedDuration = SignedDuration::from_hours(24);

/// Passwords that may wait to be checked; more are told to come again.
const PASSWORDS_WAITING: usize = 500;
/// Names share so many lanes.
const LANES: usize = 64;

/// Lets passwords through to be checked, of one name one after the other, so that guesses sent at once gain nothing.
pub(super) struct Gate {
    waiting: Semaphore,
    lanes: [Mutex<()>; LANES],
    checks: Checks,
}

impl Gate {
    pub(super) fn new() -> Self {
        Self {
            waiting: Semaphore::new(PASSWORDS_WAITING),
            lanes: std::array::from_fn(|_| Mutex::const_new(())),
            checks: Checks::new(),
        }
    }

    /// Waits for a place, until it is dropped; none when too many wait already. `name` is a digest.
    async fn enter(&self, name: &str) -> Answer<Place<'_>> {
        let busy = || Fault { retry_after: Some(2), ..Fault::new(ProblemCode::Unavailable) };
        let waiting = self.waiting.try_acquire().map_err(|_| busy())?;
        let number = name.bytes().fold(0_usize, |sum, byte| sum.wrapping_mul(31).wrapping_add(usize::from(byte)));
        let lane = self.lanes.get(number % LANES).ok_or_else(busy)?.lock().await;
        Ok(Place { _waiting: waiting, _lane: lane })
    }
}

/// A place at the gate.
struct Place<'a> {
    _waiting: SemaphorePermit<'a>,
    _lane: MutexGuard<'a, ()>,
}

/// A clerk with a valid token.
pub(super) struct SignedIn {
    pub clerk: Clerk,
    pub session: String,
}

/// Signs in. Wrong tries are answered more and more slowly, then lock the account for a while. A name that nobody has is treated as
/// one that somebody has.
pub(super) async fn sign_in(app: &App, name: &str, password: String) -> Answer<Session> {
    let tries = sha256_hex(name.as_bytes());
    let _place = app.gate.enter(&tries).await?;
    let now = app.now();
    let held = app.store.held_until(&tries).await?;
    if held > now {
        return Err(held_back(held, now));
    }
    let row = app.store.clerk(name).await?;
    // Disabled or nobody's: as slow as any other, and never right.
    let expected = row.as_ref().filter(|row| !row.disabled).map_or(NOBODY, |row| &row.password).to_owned();
    if !app.gate.checks.verify(password, expected).await {
        return Err(refused(app, &tries, row.as_ref(), now).await?);
    }
    let row = row.ok_or(ProblemCode::WrongPassword)?;
    let clerk = clerk_of(app, &row)?;
    let tokens = Tokens::mint(app.practice)?;
    let session = tokens.row(Uuid::now_v7().to_string(), row.name, String::new(), now);
    if !app.store.add_session(&session, &tries).await? {
        return Err(held_back(app.store.held_until(&tries).await?, now));
    }
    app.bell.ring();
    Ok(tokens.session(clerk, now))
}

/// Counts a try that was wrong.
async fn refused(app: &App, tries: &str, row: Option<&ClerkRow>, now: Timestamp) -> Answer<Fault> {
    app.store.forget_tries(now.saturating_sub(TRIES_KEPT).unwrap_or(now)).await?;
    let failures = app.store.count_failure(tries, |failures| end(now, delay(failures))).await?;
    let locked = failures >= LOCKING_FAILURES;
    // A name that nobody has is not written down: it may be a password in the wrong field.
    let subject = row.map_or("", |row| row.name.as_str());
    let action = if locked { Action::LockedOut } else { Action::SignInRefused };
    app.store.audit(&Act { at: now, actor: "", action, subject }).await?;
    app.bell.ring();
    tracing::warn!(failures, "wrong name or password");
    Ok(if locked { held_back(end(now, LOCKED), now) } else { Fault::new(ProblemCode::WrongPassword) })
}

/// How long after so many failed tries the next one waits.
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

/// Trades a refresh token for a new pair. One that was traded in before ends the session for whoever holds it: somebody else may have
/// the tokens. Only the one just before may come again for a short while, for its answer may have been lost.
pub(super) async fn refresh(app: &App, token: &str) -> Answer<Session> {
    same_world(app, token)?;
    let digest = sha256_hex(token.as_bytes());
    let now = app.now();
    let before = match app.store.refresh_token(&digest).await?.ok_or(ProblemCode::Unauthorised)? {
        RefreshToken::Of(session) => session,
        RefreshToken::Spent(session) => return reused(app, &session, now).await,
    };
    if before.refresh != digest && now.duration_since(before.rotated_at) > ROTATION_GRACE {
        return reused(app, &before.id, now).await;
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

async fn reused(app: &App, session: &str, now: Timestamp) -> Answer<Session> {
    app.store.end_session(&Act { at: now, actor: "", action: Action::TokenReused, subject: session }).await?;
    app.bell.ring();
    tracing::warn!(session, "refresh token used twice");
    Err(ProblemCode::Unauthorised.into())
}

/// Ends the session of a clerk.
pub(super) async fn sign_out(app: &App, signed_in: &SignedIn) -> Answer<()> {
    let SignedIn { clerk, session } = signed_in;
    let act = Act { at: app.now(), actor: &clerk.name, action: Action::SignOut, subject: session };
    app.store.end_session(&act).await?;
    app.bell.ring();
    Ok(())
}

/// Who holds an access token.
pub(super) async fn authenticate(app: &App, token: &str) -> Answer<SignedIn> {
    same_world(app, token)?;
    let (session, row) = app
        .store
        .session_by_access(&sha256_hex(token.as_bytes()))
        .await?
        .filter(|(session, row)| session.access_until > app.now() && !row.disabled)
        .ok_or(ProblemCode::Unauthorised)?;
    app.pace.clerk(&row.name)?;
    Ok(SignedIn { clerk: clerk_of(app, &row)?, session: session.id })
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
}
