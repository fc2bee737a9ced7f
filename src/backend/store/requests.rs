//! Requests: kept once, in one transaction with their cases, first events and the idempotency record.

use std::time::Instant;

use jiff::Timestamp;
use jiff::civil::Date;
use sqlx::{Any, Transaction};

use super::cases::stored_day;
use super::{Store, StoreError, Timer, Timing};
use crate::domain::case::Case;
use crate::domain::course::Course;
use crate::domain::item::LimitUnit;

/// A request that was accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestRow {
    /// Digest of the content.
    pub digest: String,
    /// Site that took it.
    pub site: String,
    /// The answer given, JSON.
    pub answer: String,
}

/// A request to keep.
#[derive(Clone)]
pub struct NewRequest<'a> {
    /// Id that the client minted.
    pub id: &'a str,
    /// Official number.
    pub request_no: &'a str,
    /// Site id.
    pub site: &'a str,
    /// Sign-in name of the clerk.
    pub clerk: &'a str,
    /// When it was received.
    pub received_at: Timestamp,
    /// Canonical JSON, as submitted.
    pub document: &'a str,
    /// The answer, JSON.
    pub answer: &'a str,
}

/// A case to open, with its first event.
#[derive(Clone)]
pub struct NewCase<'a> {
    /// The case.
    pub case: &'a Case,
    /// Where its way begins.
    pub course: Course,
    /// Site id.
    pub site: &'a str,
    /// Sign-in name of the clerk who took it.
    pub clerk: &'a str,
    /// The clerk's name, for the log.
    pub actor: &'a str,
    /// Department that decides.
    pub department: &'a str,
    /// Digest of the applicant's identity; empty: not known.
    pub applicant_key: &'a str,
    /// The day in Beijing.
    pub day: Date,
    /// What is counted about it.
    pub figures: Figures,
}

/// What is counted about a case (四减).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Figures {
    /// Materials on the item's list for these situations.
    pub materials_listed: usize,
    /// Materials that the citizen handed in or promised.
    pub materials_taken: usize,
    /// Legal limit in working days; none is set, or it is in other days.
    pub legal_days: Option<u16>,
    /// Steps of handling.
    pub steps: usize,
    /// How often the citizen must come.
    pub trips: u8,
}

/// What became of a claim to an id.
pub enum Claim {
    /// The id was free.
    Ours(Submission),
    /// A submission of this id is kept already.
    Taken,
    /// Another attempt has held the id for so long that it may come to nothing yet.
    UnderWay,
}

/// A submission under way: nothing of it is kept until [`Submission::commit`].
pub struct Submission {
    pub(super) transaction: Transaction<'static, Any>,
    timing: Option<Timing>,
}

impl Store {
    /// The accepted request of an id.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn request(&self, id: &str) -> Result<Option<RequestRow>, StoreError> {
        let row: Option<(String, String, String)> = sqlx::query_as(
            "select idempotency.digest, request.site, request.answer from request \
             join idempotency on idempotency.request_id = request.id where request.id = $1",
        )
        .bind(id)
        .fetch_optional(&self.pool)
        .await?;
        Ok(row.map(|(digest, site, answer)| RequestRow { digest, site, answer }))
    }

    /// The accepted request of an official number.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn request_by_number(&self, request_no: &str) -> Result<Option<RequestRow>, StoreError> {
        let row: Option<(String, String, String)> = sqlx::query_as(
            "select idempotency.digest, request.site, request.answer from request \
             join idempotency on idempotency.request_id = request.id where request.request_no = $1",
        )
        .bind(request_no)
        .fetch_optional(&self.pool)
        .await?;
        Ok(row.map(|(digest, site, answer)| RequestRow { digest, site, answer }))
    }

    /// Claims an id for a submission.
    ///
    /// The claim is the first statement of the transaction, and a write: of two attempts at once one waits for the other here, holding
    /// nothing.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn claim(&self, id: &str, digest: &str, now: Timestamp) -> Result<Claim, StoreError> {
        let _timer = self.time("claim");
        let mut transaction = self.pool.begin().await?;
        let done = sqlx::query(
            "insert into idempotency (request_id, digest, claimed_at) values ($1, $2, $3) on conflict do nothing",
        )
        .bind(id)
        .bind(digest)
        .bind(now.as_millisecond())
        .execute(&mut *transaction)
        .await;
        match done {
            Ok(done) if done.rows_affected() == 1 => {
                Ok(Claim::Ours(Submission { transaction, timing: self.timing.clone() }))
            }
            Err(error) if !is_lock_timeout(&error) => Err(error.into()),
            done => {
                transaction.rollback().await?;
                Ok(if done.is_ok() { Claim::Taken } else { Claim::UnderWay })
            }
        }
    }
}

/// Whether PostgreSQL gave up waiting for another's lock (`lock_not_available`). On SQLite the lock is everybody's, and says nothing
/// about the id.
fn is_lock_timeout(error: &sqlx::Error) -> bool {
    error.as_database_error().and_then(|error| error.code()).is_some_and(|code| code == "55P03")
}

/// Digits of an applicant's key, in hexadecimal, that say where it waits its turn.
const PLACE_DIGITS: usize = 3;

impl Submission {
    /// Waits for the submissions about the same applicant that are under way; those that come later wait for this one. Others may stand
    /// at the same one of a few thousand places.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn take_turn(&mut self, applicant_key: &str) -> Result<(), StoreError> {
        let place = applicant_key.get(..PLACE_DIGITS).and_then(|digits| i64::from_str_radix(digits, 16).ok());
        sqlx::query("insert into turn (place) values ($1) on conflict (place) do update set place = excluded.place")
            .bind(place.unwrap_or(0))
            .execute(&mut *self.transaction)
            .await?;
        Ok(())
    }

    /// The number of an open case of the same applicant and item at the same site.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn open_case(
        &mut self,
        applicant_key: &str,
        item_code: &str,
        site: &str,
    ) -> Result<Option<String>, StoreError> {
        let row: Option<(String,)> = sqlx::query_as(
            "select case_no from request_case where applicant_key = $1 and item_code = $2 and site = $3 and closed = 0 \
             order by received_at desc limit 1",
        )
        .bind(applicant_key)
        .bind(item_code)
        .bind(site)
        .fetch_optional(&mut *self.transaction)
        .await?;
        Ok(row.map(|(case_no,)| case_no))
    }

    /// Writes the request.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn insert_request(&mut self, request: &NewRequest<'_>) -> Result<(), StoreError> {
        sqlx::query(
            "insert into request (id, request_no, site, clerk, received_at, document, answer) \
             values ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(request.id)
        .bind(request.request_no)
        .bind(request.site)
        .bind(request.clerk)
        .bind(request.received_at.as_millisecond())
        .bind(request.document)
        .bind(request.answer)
        .execute(&mut *self.transaction)
        .await?;
        Ok(())
    }

    /// Writes a case and its first event.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn insert_case(&mut self, case: &NewCase<'_>) -> Result<(), StoreError> {
        let Case { case_no, request_no, item_code, item_name, applicant, status, received_at, due, .. } = case.case;
        let Course { owing, deadline, tell_by, .. } = &case.course;
        let Figures { materials_listed, materials_taken, legal_days, steps, trips } = case.figures;
        let at = received_at.as_millisecond();
        let limit_unit =
            if deadline.limit.is_some_and(|limit| limit.unit == LimitUnit::Natural) { "natural" } else { "working" };
        let count = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        sqlx::query(
            "insert into request_case (case_no, request_no, item_code, item_name, site, applicant, applicant_key, \
             status, closed, version, received_at, updated_at, due, department, clerk, limit_days, limit_unit, runs_from, \
             tell_by, owing, received_on, materials_listed, materials_taken, legal_days, steps, trips) \
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 1, $10, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, \
             $21, $22, $23, $24)",
        )
        .bind(case_no)
        .bind(request_no)
        .bind(item_code)
        .bind(item_name)
        .bind(case.site)
        .bind(applicant)
        .bind(case.applicant_key)
        .bind(status.name())
        .bind(i64::from(status.is_decided()))
        .bind(at)
        .bind(stored_day(*due))
        .bind(case.department)
        .bind(case.clerk)
        .bind(deadline.limit.map_or(-1, |limit| i64::from(limit.days)))
        .bind(limit_unit)
        .bind(deadline.from.to_string())
        .bind(stored_day(*tell_by))
        .bind(i64::from(*owing))
        .bind(case.day.to_string())
        .bind(count(materials_listed))
        .bind(count(materials_taken))
        .bind(legal_days.map_or(-1, i64::from))
        .bind(count(steps))
        .bind(i64::from(trips))
        .execute(&mut *self.transaction)
        .await?;
        sqlx::query("insert into case_event (case_no, seq, status, at, actor, note) values ($1, 1, $2, $3, $4, '')")
            .bind(case_no)
            .bind(status.name())
            .bind(at)
            .bind(case.actor)
            .execute(&mut *self.transaction)
            .await?;
        Ok(())
    }

    /// Keeps it all, durably.
    ///
    /// # Errors
    /// When the database does not answer; then nothing is kept.
    pub async fn commit(self) -> Result<(), StoreError> {
        let _timer = Timer { what: "commit", begun: Instant::now(), timing: self.timing };
        self.transaction.commit().await?;
        Ok(())
    }
}
