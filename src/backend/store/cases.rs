//! Cases and their logs.

use jiff::Timestamp;
use serde::de::IntoDeserializer;
use serde::{Deserialize as _, de::value::Error as ValueError};

use super::{Store, StoreError, counter, instant, stored_counter};
use crate::domain::case::{Case, CaseEvent, CaseStatus};

/// A case with the site that took it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseRow {
    /// Site id.
    pub site: String,
    /// The case.
    pub case: Case,
}

/// Which cases to list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CaseQuery {
    /// Only of this site. None: of every site.
    pub site: Option<String>,
    /// Only this status.
    pub status: Option<CaseStatus>,
    /// Only this item.
    pub item: Option<String>,
    /// Only this case number, or the cases of this request number.
    pub number: Option<String>,
    /// Only changed at or after this instant.
    pub updated_since: Option<Timestamp>,
    /// Only what comes after this place: instant of the last change, case number.
    pub after: Option<(Timestamp, String)>,
    /// At most so many.
    pub limit: u32,
}

type CaseTuple = (String, String, String, String, String, String, String, i64, i64, i64, String);

impl CaseRow {
    fn from_tuple(tuple: CaseTuple) -> Result<Self, StoreError> {
        let (
            site,
            case_no,
            request_no,
            item_code,
            item_name,
            applicant,
            case_status,
            version,
            received_at,
            updated_at,
            due,
        ) = tuple;
        let due =
            if due.is_empty() { None } else { Some(due.parse().map_err(|_| StoreError::Corrupt("promised day"))?) };
        let case = Case {
            case_no,
            request_no,
            item_code,
            item_name,
            applicant,
            status: status(&case_status)?,
            version: counter(version)?,
            received_at: instant(received_at)?,
            updated_at: instant(updated_at)?,
            due,
        };
        Ok(Self { site, case })
    }
}

impl Store {
    /// Cases, last changed first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn cases(&self, query: &CaseQuery) -> Result<Vec<CaseRow>, StoreError> {
        // One site and all sites go by different indexes.
        let sql = if query.site.is_some() {
            "select site, case_no, request_no, item_code, item_name, applicant, status, version, received_at, \
             updated_at, due from request_case where site = $1 \
             and ($2 = '' or status = $2) and ($3 = '' or item_code = $3) \
             and ($4 = '' or case_no = $4 or request_no = $4) and updated_at >= $5 \
             and (updated_at, case_no) < ($6, $7) order by updated_at desc, case_no desc limit $8"
        } else {
            "select site, case_no, request_no, item_code, item_name, applicant, status, version, received_at, \
             updated_at, due from request_case where $1 = '' \
             and ($2 = '' or status = $2) and ($3 = '' or item_code = $3) \
             and ($4 = '' or case_no = $4 or request_no = $4) and updated_at >= $5 \
             and (updated_at, case_no) < ($6, $7) order by updated_at desc, case_no desc limit $8"
        };
        let (before, below) =
            query.after.as_ref().map_or((i64::MAX, ""), |(at, case_no)| (at.as_millisecond(), case_no.as_str()));
        let rows: Vec<CaseTuple> = sqlx::query_as(sql)
            .bind(query.site.as_deref().unwrap_or_default())
            .bind(query.status.map_or("", CaseStatus::name))
            .bind(query.item.as_deref().unwrap_or_default())
            .bind(query.number.as_deref().unwrap_or_default())
            .bind(query.updated_since.map_or(i64::MIN, Timestamp::as_millisecond))
            .bind(before)
            .bind(below)
            .bind(i64::from(query.limit))
            .fetch_all(&self.pool)
            .await?;
        rows.into_iter().map(CaseRow::from_tuple).collect()
    }

    /// The case of a number.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn case(&self, case_no: &str) -> Result<Option<CaseRow>, StoreError> {
        sqlx::query_as(
            "select site, case_no, request_no, item_code, item_name, applicant, status, version, received_at, \
             updated_at, due from request_case where case_no = $1",
        )
        .bind(case_no)
        .fetch_optional(&self.pool)
        .await?
        .map(CaseRow::from_tuple)
        .transpose()
    }

    /// The log of a case after an entry, oldest first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn events(&self, case_no: &str, after: u64) -> Result<Vec<CaseEvent>, StoreError> {
        let rows: Vec<(i64, String, i64, String, String)> = sqlx::query_as(
            "select seq, status, at, actor, note from case_event where case_no = $1 and seq > $2 order by seq",
        )
        .bind(case_no)
        .bind(stored_counter(after))
        .fetch_all(&self.pool)
        .await?;
        rows.into_iter()
            .map(|(seq, name, at, actor, note)| {
                Ok(CaseEvent { seq: counter(seq)?, status: status(&name)?, at: instant(at)?, actor, note })
            })
            .collect()
    }
}

fn status(name: &str) -> Result<CaseStatus, StoreError> {
    CaseStatus::deserialize(IntoDeserializer::<ValueError>::into_deserializer(name))
        .map_err(|_| StoreError::Corrupt("status"))
}
