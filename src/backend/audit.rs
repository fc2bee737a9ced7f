//! The audit log (审计日志): who did what, when. Append-only, each entry chained to the one before by SM3 (GB/T 32905).
//!
//! An act and its entry are one transaction; the entries are linked into one chain right after, many at a time, so that acts need not
//! wait for each other. What the log tells is ids and sign-in names, never personal data.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use sm3::{Digest as _, Sm3};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::store::{Store, StoreError};
use crate::domain::procedure::CaseAction;

/// How long entries gather before they are linked.
const GATHERING: Duration = Duration::from_millis(100);

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Somebody signed in.
    SignIn,
    /// A wrong password.
    SignInRefused,
    /// Too many wrong passwords.
    LockedOut,
    /// Somebody signed out.
    SignOut,
    /// A refresh token came a second time; its session was ended.
    TokenReused,
    /// A clerk was added.
    ClerkAdded,
    /// A password was set.
    PasswordSet,
    /// A clerk may not sign in any more.
    ClerkDisabled,
    /// A clerk may sign in again.
    ClerkEnabled,
    /// A request was accepted.
    RequestAccepted,
    /// A case was taken further.
    Case(CaseAction),
    /// A file was uploaded.
    Uploaded,
    /// A clerk pushed a catalogue.
    CataloguePushed,
    /// An edition of the catalogue came into force.
    CataloguePublished,
}

impl Action {
    /// The stable name, as stored.
    pub const fn name(self) -> &'static str {
        match self {
            Self::SignIn => "sign-in",
            Self::SignInRefused => "sign-in-refused",
            Self::LockedOut => "locked-out",
            Self::SignOut => "sign-out",
            Self::TokenReused => "token-reused",
            Self::ClerkAdded => "clerk-added",
            Self::PasswordSet => "password-set",
            Self::ClerkDisabled => "clerk-disabled",
            Self::ClerkEnabled => "clerk-enabled",
            Self::RequestAccepted => "request-accepted",
            Self::Case(action) => action.name(),
            Self::Uploaded => "uploaded",
            Self::CataloguePushed => "catalogue-pushed",
            Self::CataloguePublished => "catalogue-published",
        }
    }
}

/// An entry to write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Act<'a> {
    /// When.
    pub at: Timestamp,
    /// Sign-in name of who did it; empty: whoever has the machine.
    pub actor: &'a str,
    /// What.
    pub action: Action,
    /// To what or whom: an id, an official number, a sign-in name.
    pub subject: &'a str,
}

/// An entry as it is in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditRow {
    /// Place in the chain, from 1.
    pub seq: u64,
    /// Id.
    pub id: String,
    /// When, in milliseconds.
    pub at: i64,
    /// Who.
    pub actor: String,
    /// What.
    pub action: String,
    /// To what.
    pub subject: String,
}

/// The last place of the chain and its hash; an empty chain has place 0 and no hash.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ChainEnd {
    /// Place.
    pub seq: u64,
    /// SM3, hex.
    pub hash: String,
}

/// The chain from `before` on with one more entry.
pub fn link(before: &ChainEnd, entry: &AuditRow) -> ChainEnd {
    let mut sm3 = Sm3::new();
    // Each field with its length before it, so that no two entries are the same bytes.
    for field in [
        before.hash.as_bytes(),
        &entry.seq.to_be_bytes(),
        entry.id.as_bytes(),
        &entry.at.to_be_bytes(),
        entry.actor.as_bytes(),
        entry.action.as_bytes(),
        entry.subject.as_bytes(),
    ] {
        sm3.update((field.len() as u64).to_be_bytes());
        sm3.update(field);
    }
    ChainEnd { seq: entry.seq, hash: hex::encode(sm3.finalize()) }
}

/// What is wrong with the log.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Tampering {
    /// An entry was changed, or put there.
    #[error("entry {0} is not what was written")]
    Changed(u64),
    /// Entries were removed.
    #[error("entry {0} is missing")]
    Missing(u64),
    /// The chain goes on after its end.
    #[error("entry {0} stands after the end of the log")]
    Inserted(u64),
    /// The end that somebody wrote down is not in the chain.
    #[error("the log does not go through the end that was written down: {0}")]
    OtherChain(u64),
}

/// Follows a chain entry by entry.
#[derive(Debug, Clone, Default)]
pub struct Follower {
    end: ChainEnd,
}

impl Follower {
    /// Takes the next entry with the hash stored for it.
    ///
    /// # Errors
    /// When it is not the next one, or not as it was written.
    pub fn follow(&mut self, entry: &AuditRow, hash: &str) -> Result<&ChainEnd, Tampering> {
        let next = self.end.seq.saturating_add(1);
        if entry.seq != next {
            return Err(if entry.seq > next { Tampering::Missing(next) } else { Tampering::Changed(entry.seq) });
        }
        let end = link(&self.end, entry);
        if end.hash != hash {
            return Err(Tampering::Changed(entry.seq));
        }
        self.end = end;
        Ok(&self.end)
    }

    /// Compares where the chain stops with where it should.
    ///
    /// # Errors
    /// When entries are missing at the end, or there are more.
    pub fn finish(self, stored: &ChainEnd) -> Result<ChainEnd, Tampering> {
        if self.end == *stored {
            Ok(self.end)
        } else if self.end.seq < stored.seq {
            Err(Tampering::Missing(self.end.seq.saturating_add(1)))
        } else if self.end.seq > stored.seq {
            Err(Tampering::Inserted(stored.seq.saturating_add(1)))
        } else {
            Err(Tampering::Changed(stored.seq))
        }
    }
}

/// Why a log could not be found in order.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// It is not.
    #[error(transparent)]
    Tampering(#[from] Tampering),
    /// It could not be read.
    #[error("database: {0}")]
    Store(#[from] StoreError),
}

/// Walks the whole log. Gives its end, to be written down elsewhere: whoever can write to the database could also write a new chain, but
/// none that goes through `noted`, an end written down before.
///
/// # Errors
/// With the first entry that was changed, removed or inserted; or when the database does not answer.
pub async fn verify(store: &Store, noted: Option<&ChainEnd>) -> Result<ChainEnd, VerifyError> {
    store.link_audit().await?;
    let mut follower = Follower::default();
    let mut met = noted.is_none_or(|noted| *noted == ChainEnd::default());
    loop {
        let page = store.audit_page(follower.end.seq).await?;
        for (entry, hash) in &page {
            let end = follower.follow(entry, hash)?;
            met |= noted.is_some_and(|noted| noted == end);
        }
        if !page.is_empty() {
            continue;
        }
        let stored = store.audit_end().await?;
        // More may have been linked between the two readings.
        if stored.seq > follower.end.seq && !store.audit_page(follower.end.seq).await?.is_empty() {
            continue;
        }
        let end = follower.finish(&stored)?;
        return if met { Ok(end) } else { Err(Tampering::OtherChain(noted.map_or(0, |noted| noted.seq)).into()) };
    }
}

/// Wakes the one who links.
#[derive(Debug, Clone, Default)]
pub(super) struct Bell(Arc<Notify>);

impl Bell {
    /// There is something to link.
    pub(super) fn ring(&self) {
        self.0.notify_one();
    }
}

/// Links what waits whenever the bell rings, until told to stop; then once more.
pub(super) async fn keep_linking(store: Store, bell: Bell, stopping: CancellationToken) {
    loop {
        if let Err(error) = store.link_audit().await {
            tracing::error!(%error, "audit entries wait to be linked");
        }
        tokio::select! {
            () = bell.0.notified() => {}
            () = stopping.cancelled() => break,
        }
        tokio::select! {
            () = tokio::time::sleep(GATHERING) => {}
            () = stopping.cancelled() => {}
        }
    }
    if let Err(error) = store.link_audit().await {
        tracing::error!(%error, "audit entries wait to be linked by the next start");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chain(length: u64) -> (Vec<(AuditRow, String)>, ChainEnd) {
        let mut end = ChainEnd::default();
        let mut rows = Vec::new();
        for seq in 1..=length {
            let row = AuditRow {
                seq,
                id: format!("id-{seq}"),
                at: 1_000 + i64::try_from(seq).unwrap(),
                actor: "wang".into(),
                action: Action::SignIn.name().into(),
                subject: String::new(),
            };
            end = link(&end, &row);
            rows.push((row, end.hash.clone()));
        }
        (rows, end)
    }

    fn walk(rows: &[(AuditRow, String)], end: &ChainEnd) -> Result<ChainEnd, Tampering> {
        let mut follower = Follower::default();
        for (row, hash) in rows {
            follower.follow(row, hash)?;
        }
        follower.finish(end)
    }

    #[test]
    fn a_chain_that_nobody_touched_is_in_order() {
        let (rows, end) = chain(5);
        assert_eq!(walk(&rows, &end), Ok(end));
        assert_eq!(walk(&[], &ChainEnd::default()), Ok(ChainEnd::default()));
    }

    #[test]
    fn every_change_is_found_where_it_is() {
        type Change = fn(&mut AuditRow);
        let changes: [Change; 6] = [
            |row| row.id.push('x'),
            |row| row.at += 1,
            |row| row.actor = "li".into(),
            |row| row.action = Action::SignOut.name().into(),
            |row| row.subject = "x".into(),
            // Moved over the border of two fields.
            |row| (row.actor, row.action) = ("wangsign".into(), "-in".into()),
        ];
        let (rows, end) = chain(5);
        for place in 0..5 {
            for change in changes {
                let mut changed = rows.clone();
                change(&mut changed[place].0);
                assert_eq!(walk(&changed, &end), Err(Tampering::Changed(place as u64 + 1)));
            }
            let mut removed = rows.clone();
            removed.remove(place);
            assert_eq!(walk(&removed, &end), Err(Tampering::Missing(place as u64 + 1)));
            let mut hashed_anew = rows.clone();
            hashed_anew[place].0.actor = "li".into();
            let before = if place == 0 {
                ChainEnd::default()
            } else {
                ChainEnd { seq: place as u64, hash: rows[place - 1].1.clone() }
            };
            hashed_anew[place].1 = link(&before, &hashed_anew[place].0).hash;
            assert!(walk(&hashed_anew, &end).is_err(), "the next entry, or the end, tells");
        }
        let (longer, _) = chain(6);
        assert_eq!(walk(&longer, &end), Err(Tampering::Inserted(6)));
    }
}
