//! Cases: lists, single ones, and the step from one version to the next.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::de::IntoDeserializer;
use serde::{Deserialize as _, de::value::Error as ValueError};
use sqlx::Row as _;
use sqlx::any::AnyRow;

use super::{Store, StoreError, audit, counter, instant, stored_counter};
use crate::backend::audit::{Act, Action};
use crate::domain::case::{Case, CaseEvent, CaseStatus};
use crate::domain::course::Course;
use crate::domain::deadline::Deadline;
use crate::domain::item::{Limit, LimitUnit};
use crate::domain::procedure::{ActionDetails, CaseAction};

/// A case with what lists do not show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseRow {
    /// Site id.
    pub site: String,
    /// Department that decides.
    pub department: String,
    /// Where it stands on its way.
    pub course: Course,
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

/// The step of a case to its next version.
#[derive(Debug, Clone)]
pub struct CaseStep<'a> {
    /// The case as it was read; nothing happens when it is another by now.
    pub before: &'a CaseRow,
    /// Where it stands now.
    pub course: &'a Course,
    /// Promised day now.
    pub due: Option<Date>,
    /// What was done.
    pub action: CaseAction,
    /// What was said with it.
    pub details: &'a ActionDetails,
    /// Sign-in name of who did it; empty: the backend itself.
    pub by: &'a str,
    /// Who did it, for the log of the case.
    pub actor: &'a str,
    /// When.
    pub at: Timestamp,
    /// The day in Beijing.
    pub day: Date,
}

macro_rules! select_cases {
    ($rest:literal) => {
        concat!(
            "select site, department, case_no, request_no, item_code, item_name, applicant, status, version, received_at, \
             updated_at, due, limit_days, limit_unit, runs_from, paused_since, paused_days, tell_by, owing \
             from request_case ",
            $rest
        )
    };
}

impl CaseRow {
    fn from_row(row: &AnyRow) -> Result<Self, StoreError> {
        let text = |column: &str| row.try_get::<String, _>(column);
        let number = |column: &str| row.try_get::<i64, _>(column);
        let status = status(&text("status")?)?;
        let received_at = instant(number("received_at")?)?;
        let days = u16::try_from(number("limit_days")?).ok();
        let unit = if text("limit_unit")? == "natural" { LimitUnit::Natural } else { LimitUnit::Working };
        let deadline = Deadline {
            limit: days.map(|days| Limit { days, unit }),
            from: day(&text("runs_from")?)?.unwrap_or_else(|| crate::backend::numbers::day(received_at)),
            paused_since: day(&text("paused_since")?)?,
            paused_days: u16::try_from(number("paused_days")?).map_err(|_| StoreError::Corrupt("days"))?,
        };
        Ok(Self {
            site: text("site")?,
            department: text("department")?,
            course: Course { status, owing: number("owing")? != 0, deadline, tell_by: day(&text("tell_by")?)? },
            case: Case {
                case_no: text("case_no")?,
                request_no: text("request_no")?,
                item_code: text("item_code")?,
                item_name: text("item_name")?,
                applicant: text("applicant")?,
                status,
                version: counter(number("version")?)?,
                received_at,
                updated_at: instant(number("updated_at")?)?,
                due: day(&text("due")?)?,
            },
        })
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
            select_cases!(
                "where site = $1 and ($2 = '' or status = $2) and ($3 = '' or item_code = $3) \
                 and ($4 = '' or case_no = $4 or request_no = $4) and updated_at >= $5 \
                 and (updated_at, case_no) < ($6, $7) order by updated_at desc, case_no desc limit $8"
            )
        } else {
            select_cases!(
                "where $1 = '' and ($2 = '' or status = $2) and ($3 = '' or item_code = $3) \
                 and ($4 = '' or case_no = $4 or request_no = $4) and updated_at >= $5 \
                 and (updated_at, case_no) < ($6, $7) order by updated_at desc, case_no desc limit $8"
            )
        };
        let (before, below) =
            query.after.as_ref().map_or((i64::MAX, ""), |(at, case_no)| (at.as_millisecond(), case_no.as_str()));
        let rows = sqlx::query(sql)
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
        rows.iter().map(CaseRow::from_row).collect()
    }

    /// The case of a number.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn case(&self, case_no: &str) -> Result<Option<CaseRow>, StoreError> {
        let row = sqlx::query(select_cases!("where case_no = $1")).bind(case_no).fetch_optional(&self.pool).await?;
        row.as_ref().map(CaseRow::from_row).transpose()
    }

    /// Cases whose last day to ask for a supplement is before a day, some of them.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn untold_cases(&self, today: Date) -> Result<Vec<CaseRow>, StoreError> {
        let rows = sqlx::query(select_cases!("where tell_by <> '' and tell_by < $1 order by tell_by limit 100"))
            .bind(today.to_string())
            .fetch_all(&self.pool)
            .await?;
        rows.iter().map(CaseRow::from_row).collect()
    }

    /// Cases with which something is still to happen and that changed at or after an instant, oldest change first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn unfinished_cases(&self, since: Timestamp, limit: u32) -> Result<Vec<CaseRow>, StoreError> {
        let rows = sqlx::query(select_cases!(
            "where status not in ('not-accepted', 'evaluated', 'withdrawn', 'returned', 'terminated') \
             and updated_at >= $2 order by updated_at, case_no limit $1"
        ))
        .bind(i64::from(limit))
        .bind(since.as_millisecond())
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(CaseRow::from_row).collect()
    }

    /// Takes a case a step further, with the entry in its log. False: it is no longer the version that was read, and nothing was done.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn step(&self, step: &CaseStep<'_>) -> Result<bool, StoreError> {
        let CaseStep { before, course, due, action, details, by, actor, at, day } = step;
        let version = before.case.version.saturating_add(1);
        let decided = course.status.is_decided() && !before.course.status.is_decided();
        let accepted = matches!(action, CaseAction::Accept | CaseAction::DeemAccepted);
        let mut transaction = self.pool.begin().await?;
        let done = sqlx::query(
            "update request_case set status = $3, closed = $4, version = $5, updated_at = $6, due = $7, runs_from = $8, \
             paused_since = $9, paused_days = $10, tell_by = $11, owing = $12, \
             decided_on = case when $13 = '' then decided_on else $13 end, \
             decided_at = case when $13 = '' then decided_at else $6 end, \
             accepted_on = case when $14 = '' then accepted_on else $14 end \
             where case_no = $1 and version = $2",
        )
        .bind(&before.case.case_no)
        .bind(stored_counter(before.case.version))
        .bind(course.status.name())
        .bind(i64::from(course.status.is_decided()))
        .bind(stored_counter(version))
        .bind(at.as_millisecond())
        .bind(stored_day(*due))
        .bind(course.deadline.from.to_string())
        .bind(stored_day(course.deadline.paused_since))
        .bind(i64::from(course.deadline.paused_days))
        .bind(stored_day(course.tell_by))
        .bind(i64::from(course.owing))
        .bind(stored_day(decided.then_some(*day)))
        .bind(stored_day(accepted.then_some(*day)))
        .execute(&mut *transaction)
        .await?;
        if done.rows_affected() != 1 {
            transaction.rollback().await?;
            return Ok(false);
        }
        let details_json =
            serde_json::to_string(&ActionDetails { note: String::new(), ..(*details).clone() }).unwrap_or_default();
        sqlx::query(
            "insert into case_event (case_no, seq, status, at, actor, note, action, details) \
             values ($1, $2, $3, $4, $5, $6, $7, $8)",
        )
        .bind(&before.case.case_no)
        .bind(stored_counter(version))
        .bind(course.status.name())
        .bind(at.as_millisecond())
        .bind(*actor)
        .bind(&details.note)
        .bind(action.name())
        .bind(details_json)
        .execute(&mut *transaction)
        .await?;
        let act = Act { at: *at, actor: by, action: Action::Case(*action), subject: &before.case.case_no };
        audit::note(&mut *transaction, &act).await?;
        transaction.commit().await?;
        Ok(true)
    }

    /// How many cases have each status.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn count_cases(&self) -> Result<Vec<(String, u64)>, StoreError> {
        let rows: Vec<(String, i64)> =
            sqlx::query_as("select status, count(*) from request_case group by status").fetch_all(&self.pool).await?;
        rows.into_iter().map(|(status, count)| Ok((status, counter(count)?))).collect()
    }

    /// The log of a case after an entry, oldest first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn events(&self, case_no: &str, after: u64) -> Result<Vec<CaseEvent>, StoreError> {
        let rows: Vec<(i64, String, i64, String, String, String, String)> = sqlx::query_as(
            "select seq, status, at, actor, note, action, details from case_event where case_no = $1 and seq > $2 \
             order by seq",
        )
        .bind(case_no)
        .bind(stored_counter(after))
        .fetch_all(&self.pool)
        .await?;
        rows.into_iter()
            .map(|(seq, name, at, actor, note, action, details)| {
                let action = CaseAction::from_name(&action).ok_or(StoreError::Corrupt("action"))?;
                let details: ActionDetails =
                    serde_json::from_str(&details).map_err(|_| StoreError::Corrupt("details"))?;
                Ok(CaseEvent {
                    seq: counter(seq)?,
                    action,
                    status: status(&name)?,
                    at: instant(at)?,
                    actor,
                    note,
                    materials: details.materials,
                })
            })
            .collect()
    }
}

fn status(name: &str) -> Result<CaseStatus, StoreError> {
    CaseStatus::deserialize(IntoDeserializer::<ValueError>::into_deserializer(name))
        .map_err(|_| StoreError::Corrupt("status"))
}

fn day(text: &str) -> Result<Option<Date>, StoreError> {
    if text.is_empty() { Ok(None) } else { text.parse().map(Some).map_err(|_| StoreError::Corrupt("day")) }
}

/// A day as it is stored; none is the empty text.
pub(super) fn stored_day(day: Option<Date>) -> String {
    day.map(|day| day.to_string()).unwrap_or_default()
}
