//! The outbox against a model: any acts of clerk, worker and power cuts, in any order.

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use tempfile::TempDir;

use super::*;
use crate::vault::tests::{at, draft, open, receipt, request};
use crate::vault::{Acceptance, Draft, Imported, Reason, Retry, Saved};

/// Requests are named by small numbers; acts on one that is not there must be refused, too.
const MOST: usize = 5;

#[derive(Debug, Clone)]
enum Act {
    Save(usize),
    Delete(usize),
    Import(usize),
    Submit(usize),
    SubmitOther(usize),
    Begin(usize),
    PutOff(usize, bool),
    Accept(usize),
    Refuse(usize),
    Withdraw(usize),
    Reopen(usize),
    /// The power fails, and the program starts again.
    Crash,
}

fn act() -> impl Strategy<Value = Act> {
    let n = || 0..MOST;
    prop_oneof![
        2 => n().prop_map(Act::Save),
        1 => n().prop_map(Act::Delete),
        2 => n().prop_map(Act::Import),
        4 => n().prop_map(Act::Submit),
        1 => n().prop_map(Act::SubmitOther),
        5 => n().prop_map(Act::Begin),
        3 => (n(), any::<bool>()).prop_map(|(n, in_doubt)| Act::PutOff(n, in_doubt)),
        2 => n().prop_map(Act::Accept),
        2 => n().prop_map(Act::Refuse),
        2 => n().prop_map(Act::Withdraw),
        2 => n().prop_map(Act::Reopen),
        1 => Just(Act::Crash),
    ]
}

/// Where a request stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Nowhere,
    Draft {
        imported: bool,
    },
    /// A draft that was deleted never comes back.
    Deleted,
    Outbox {
        state: OutboxState,
        in_doubt: bool,
    },
}

struct World {
    folder: TempDir,
    vault: Vault,
    ids: Vec<Uuid>,
    places: Vec<Place>,
    /// Everything that was ever submitted: it must be in the list for good.
    submitted: BTreeMap<Uuid, String>,
}

impl World {
    async fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let vault = open(folder.path()).await;
        let ids = (0..MOST).map(|_| Uuid::now_v7()).collect();
        Self { folder, vault, ids, places: vec![Place::Nowhere; MOST], submitted: BTreeMap::new() }
    }

    /// The document of an import and of a submission.
    fn document(&self, n: usize) -> Request {
        request(self.ids[n], at(30))
    }

    fn imported(&self, n: usize) -> Draft {
        let mut draft = draft(self.ids[n], 0);
        draft.body.document = Some(serde_json::to_value(self.document(n)).unwrap());
        draft
    }

    async fn perform(mut self, act: Act) -> Self {
        match act {
            Act::Save(n) => {
                let saved = self.vault.save_draft(&draft(self.ids[n], 1)).await.unwrap();
                let fits = matches!(self.places[n], Place::Nowhere | Place::Draft { .. });
                assert_eq!(saved, if fits { Saved::Written } else { Saved::Stale });
                if fits {
                    self.places[n] = Place::Draft { imported: false };
                }
            }
            Act::Delete(n) => {
                let there = matches!(self.places[n], Place::Draft { .. });
                assert_eq!(self.vault.delete_draft(self.ids[n]).await.unwrap(), there);
                if there {
                    self.places[n] = Place::Deleted;
                }
            }
            Act::Import(n) => {
                let expected = match self.places[n] {
                    Place::Nowhere => Imported::Stored,
                    Place::Draft { imported: true } | Place::Outbox { .. } => Imported::Unchanged,
                    Place::Draft { imported: false } => Imported::Conflict,
                    Place::Deleted => Imported::Deleted,
                };
                let outcome = self.vault.import_drafts(&[self.imported(n)]).await.unwrap();
                assert_eq!(outcome, [expected]);
                if expected == Imported::Stored {
                    self.places[n] = Place::Draft { imported: true };
                }
            }
            Act::Submit(n) => {
                let result = self.vault.freeze(self.ids[n], &self.document(n)).await;
                match self.places[n] {
                    Place::Draft { .. } => {
                        let entry = result.unwrap();
                        let state = OutboxState::Queued;
                        assert_eq!((entry.state, entry.attempts, entry.in_doubt), (state, 0, false));
                        self.submitted.insert(entry.id, entry.digest);
                        self.places[n] = Place::Outbox { state, in_doubt: false };
                    }
                    Place::Outbox { .. } => drop(result.unwrap()),
                    Place::Nowhere | Place::Deleted => assert!(matches!(result, Err(VaultError::NotFound(_)))),
                }
            }
            Act::SubmitOther(n) => {
                if let Place::Outbox { .. } = self.places[n] {
                    let other = Request { window: "other".to_owned(), ..self.document(n) };
                    let result = self.vault.freeze(self.ids[n], &other).await;
                    assert!(matches!(result, Err(VaultError::State { .. })), "what is frozen stays");
                }
            }
            Act::Begin(n) => {
                let result = self.vault.begin_sending(self.ids[n]).await;
                self.to(n, &[OutboxState::Queued], OutboxState::Sending, None, result.map(drop));
            }
            Act::PutOff(n, in_doubt) => {
                let retry = Retry { reason: Reason::of("x"), next_at: Some(at(90)), counts: true, in_doubt };
                let result = self.vault.record_attempt(self.ids[n], &retry).await;
                let from = [OutboxState::Queued, OutboxState::Sending];
                let doubt = in_doubt.then_some(true);
                self.to(n, &from, OutboxState::Queued, doubt, result);
            }
            Act::Accept(n) => {
                let result = self.vault.record_accepted(self.ids[n], &Acceptance::whole(receipt(self.ids[n]))).await;
                self.to(n, &[OutboxState::Sending], OutboxState::Accepted, Some(false), result);
            }
            Act::Refuse(n) => {
                let result = self.vault.record_refused(self.ids[n], &Reason::of("invalid")).await;
                let from = [OutboxState::Queued, OutboxState::Sending];
                self.to(n, &from, OutboxState::Refused, Some(false), result);
            }
            Act::Withdraw(n) => {
                let result = self.vault.withdraw(self.ids[n]).await;
                match self.places[n] {
                    Place::Outbox { state: OutboxState::Queued, in_doubt: true, .. } => {
                        assert!(matches!(result, Err(VaultError::InDoubt(_))));
                    }
                    _ => {
                        let from = [OutboxState::Queued, OutboxState::Refused];
                        self.to(n, &from, OutboxState::Withdrawn, None, result);
                    }
                }
            }
            Act::Reopen(n) => {
                let result = self.vault.reopen(self.ids[n], at(70)).await;
                match self.places[n] {
                    Place::Outbox { state: OutboxState::Refused | OutboxState::Withdrawn, .. } => {
                        let again = result.unwrap().remove(0);
                        assert_eq!(again.body.supersedes, Some(self.ids[n]));
                        assert_eq!(self.vault.draft(again.id).await.unwrap().as_ref(), Some(&again));
                    }
                    _ => assert!(result.is_err()),
                }
            }
            Act::Crash => {
                let Self { folder, vault, ids, mut places, submitted } = self;
                drop(vault);
                let vault = open(folder.path()).await;
                for place in &mut places {
                    if let Place::Outbox { state, in_doubt, .. } = place
                        && *state == OutboxState::Sending
                    {
                        (*state, *in_doubt) = (OutboxState::Queued, true);
                    }
                }
                return Self { folder, vault, ids, places, submitted };
            }
        }
        self
    }

    /// A change of state in the outbox must succeed from these states, and be refused from any other.
    fn to(
        &mut self,
        n: usize,
        from: &[OutboxState],
        to: OutboxState,
        doubt: Option<bool>,
        result: Result<(), VaultError>,
    ) {
        match &mut self.places[n] {
            Place::Outbox { state, in_doubt, .. } if from.contains(state) => {
                result.unwrap();
                *state = to;
                *in_doubt = doubt.unwrap_or(*in_doubt);
            }
            Place::Outbox { .. } => assert!(matches!(result, Err(VaultError::State { .. }))),
            _ => assert!(matches!(result, Err(VaultError::NotFound(_)))),
        }
    }

    /// Everything is where the model has it, once, and what was submitted is what it was.
    async fn compare(&self) {
        let listed = self.vault.outbox(100).await.unwrap();
        assert_eq!(listed.len(), self.submitted.len(), "each that was submitted is in the list, once");
        for entry in &listed {
            assert_eq!(self.submitted.get(&entry.id), Some(&entry.digest));
        }
        let pending: Vec<Uuid> = self.vault.pending(100).await.unwrap().into_iter().map(|one| one.id).collect();
        for (id, place) in self.ids.iter().zip(&self.places) {
            let is_draft = self.vault.draft(*id).await.unwrap().is_some();
            assert_eq!(is_draft, matches!(place, Place::Draft { .. }));
            let entry = listed.iter().find(|entry| entry.id == *id);
            let found = entry.map(|entry| (entry.state, entry.in_doubt));
            let expected = match place {
                Place::Outbox { state, in_doubt, .. } => Some((*state, *in_doubt)),
                _ => None,
            };
            assert_eq!(found, expected);
            assert_eq!(pending.contains(id), expected.is_some_and(|(state, _)| state == OutboxState::Queued));
            let accepted = expected.is_some_and(|(state, _)| state == OutboxState::Accepted);
            assert_eq!(self.vault.receipt(*id).await.unwrap().is_some(), accepted);
        }
    }
}

#[test]
fn the_outbox_does_what_its_model_does() {
    let cases = if std::env::var_os("TEST_LONG").is_some() { 600 } else { 12 };
    let mut runner = TestRunner::new(Config { cases, failure_persistence: None, ..Config::default() });
    let acts = prop::collection::vec(act(), 1..60);
    runner
        .run(&acts, |acts| {
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            runtime.block_on(async {
                let mut world = World::new().await;
                for act in acts {
                    world = world.perform(act).await;
                    world.compare().await;
                }
                world.vault.check().await.unwrap();
            });
            Ok(())
        })
        .unwrap();
}

#[tokio::test]
async fn one_that_corrects_another_waits_until_that_one_is_final() {
    let folder = TempDir::new().unwrap();
    let vault = open(folder.path()).await;
    let (first, second) = (Uuid::now_v7(), Uuid::now_v7());
    for (id, supersedes) in [(first, None), (second, Some(first))] {
        vault.save_draft(&draft(id, 1)).await.unwrap();
        vault.freeze(id, &Request { supersedes, ..request(id, at(30)) }).await.unwrap();
    }
    let pending = async || -> Vec<Uuid> { vault.pending(9).await.unwrap().into_iter().map(|one| one.id).collect() };
    assert_eq!(pending().await, [first]);
    vault.begin_sending(first).await.unwrap();
    assert!(pending().await.is_empty());
    vault.record_refused(first, &Reason::of("invalid")).await.unwrap();
    assert_eq!(pending().await, [second]);
}
