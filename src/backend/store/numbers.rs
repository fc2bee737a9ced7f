//! Official numbers are counted apart from the submissions that take them: those of one area need not wait for each other.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use tokio::sync::Mutex;

use super::{Store, StoreError, counter, stored_counter};

/// Values that a process takes from a sequence at a time. A process that is killed leaves a gap of so many at most.
const BLOCK: u64 = 32;

/// Sequences whose values are kept at hand. A new day begins new ones.
const SEQUENCES: usize = 1_000;

/// The values that this process has taken and not given out, by sequence.
#[derive(Debug, Clone, Default)]
pub(super) struct Numbers(Arc<Mutex<BTreeMap<String, BTreeSet<u64>>>>);

impl Store {
    /// The next value of a sequence, from 1. No other submission gets it, here or in another process.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn next_number(&self, sequence: &str) -> Result<u64, StoreError> {
        let mut at_hand = self.numbers.0.lock().await;
        if let Some(value) = at_hand.get_mut(sequence).and_then(BTreeSet::pop_first) {
            return Ok(value);
        }
        let (last,): (i64,) = sqlx::query_as(
            "insert into sequence (name, value) values ($1, $2) \
             on conflict (name) do update set value = sequence.value + $2 returning value",
        )
        .bind(sequence)
        .bind(stored_counter(BLOCK))
        .fetch_one(&self.pool)
        .await?;
        let last = counter(last)?;
        let mut block = last.saturating_sub(BLOCK - 1)..=last;
        let value = block.next().ok_or(StoreError::Corrupt("sequence"))?;
        if at_hand.len() >= SEQUENCES {
            at_hand.clear();
        }
        at_hand.insert(sequence.to_owned(), block.collect());
        Ok(value)
    }

    /// Gives a value back that came to nothing.
    pub async fn return_number(&self, sequence: &str, value: u64) {
        self.numbers.0.lock().await.entry(sequence.to_owned()).or_default().insert(value);
    }

    /// Gives back what nobody took, where no other process has counted on since.
    pub(super) async fn return_numbers(&self) -> Result<(), StoreError> {
        for (sequence, mut values) in std::mem::take(&mut *self.numbers.0.lock().await) {
            let Some(last) = values.last().copied() else { continue };
            let mut before = last;
            while values.pop_last().is_some_and(|value| value == before) {
                before = before.saturating_sub(1);
            }
            sqlx::query("update sequence set value = $1 where name = $2 and value = $3")
                .bind(stored_counter(before))
                .bind(&sequence)
                .bind(stored_counter(last))
                .execute(&self.pool)
                .await?;
        }
        Ok(())
    }
}
