//! Counting cases.

use jiff::civil::Date;
use sqlx::any::AnyRow;
use sqlx::{AssertSqlSafe, Row as _};

use super::{Store, StoreError, counter};
use crate::api::wire::{StatisticsBy, StatisticsRow};

/// Which cases are counted, and how they are grouped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatisticsQuery {
    /// Received on this day or later.
    pub from: Date,
    /// Received on this day or before.
    pub until: Date,
    /// Only of this site. None: of every site.
    pub site: Option<String>,
    /// What the rows are told apart by. Empty: one row in all.
    pub by: Vec<StatisticsBy>,
    /// The day on which is counted: what is due before it and not decided is late.
    pub today: Date,
}

/// Most rows of an answer.
const MOST_ROWS: i64 = 10_000;

const FIGURES: &str = "count(*) as received, \
    cast(sum(case when accepted_on <> '' then 1 else 0 end) as bigint) as accepted, \
    cast(sum(closed) as bigint) as concluded, \
    cast(sum(case when status in ('granted', 'ready-for-issue', 'delivered', 'evaluated') then 1 else 0 end) as bigint) as granted, \
    cast(sum(case when status in ('refused', 'not-accepted') then 1 else 0 end) as bigint) as refused, \
    cast(sum(case when status = 'withdrawn' then 1 else 0 end) as bigint) as withdrawn, \
    cast(sum(case when status in ('delivered', 'evaluated') then 1 else 0 end) as bigint) as delivered, \
    cast(sum(case when closed = 1 and due <> '' then 1 else 0 end) as bigint) as with_due, \
    cast(sum(case when closed = 1 and due <> '' and decided_on <= due then 1 else 0 end) as bigint) as on_time, \
    cast(sum(case when closed = 0 and due <> '' and due < $4 and paused_since = '' then 1 else 0 end) as bigint) as overdue, \
    cast(sum(case when closed = 1 then decided_at - received_at else 0 end) as bigint) as spent, \
    cast(sum(materials_listed) as bigint) as materials_listed, \
    cast(sum(materials_taken) as bigint) as materials_taken, \
    cast(sum(steps) as bigint) as steps, \
    cast(sum(trips) as bigint) as trips, \
    cast(sum(case when legal_days > 0 and limit_days >= 0 and limit_unit = 'working' then legal_days else 0 end) as bigint) as legal_days, \
    cast(sum(case when legal_days > 0 and limit_days >= 0 and limit_unit = 'working' then limit_days else 0 end) as bigint) as promised_days";

impl Store {
    /// Counts cases.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn statistics(&self, query: &StatisticsQuery) -> Result<Vec<StatisticsRow>, StoreError> {
        let columns: Vec<&str> = query.by.iter().map(|by| column(*by)).collect();
        let group = columns.join(", ");
        let (select, grouping) = if group.is_empty() {
            (String::new(), "having count(*) > 0".to_owned())
        } else {
            (format!("{group}, "), format!("group by {group} order by {group}"))
        };
        let sql = format!(
            "select {select}{FIGURES} from request_case where received_on >= $1 and received_on <= $2 \
             and ($3 = '' or site = $3) {grouping} limit {MOST_ROWS}"
        );
        let rows = sqlx::query(AssertSqlSafe(sql))
            .bind(query.from.to_string())
            .bind(query.until.to_string())
            .bind(query.site.as_deref().unwrap_or_default())
            .bind(query.today.to_string())
            .fetch_all(&self.pool)
            .await?;
        rows.iter().map(|row| statistics_row(row, &query.by)).collect()
    }
}

/// The column of a grouping; nothing that a caller wrote gets into the query.
const fn column(by: StatisticsBy) -> &'static str {
    match by {
        StatisticsBy::Site => "site",
        StatisticsBy::Item => "item_code",
        StatisticsBy::Clerk => "clerk",
        StatisticsBy::Day => "received_on",
    }
}

fn statistics_row(row: &AnyRow, by: &[StatisticsBy]) -> Result<StatisticsRow, StoreError> {
    let key = |wanted: StatisticsBy| -> Result<Option<String>, StoreError> {
        if by.contains(&wanted) { Ok(Some(row.try_get(column(wanted))?)) } else { Ok(None) }
    };
    let number = |column: &str| -> Result<u64, StoreError> { counter(row.try_get(column)?) };
    let (concluded, with_due, on_time) = (number("concluded")?, number("with_due")?, number("on_time")?);
    let share = |part: u64, whole: u64| (whole > 0).then(|| part as f64 / whole as f64);
    Ok(StatisticsRow {
        site: key(StatisticsBy::Site)?,
        item: key(StatisticsBy::Item)?,
        clerk: key(StatisticsBy::Clerk)?,
        day: key(StatisticsBy::Day)?.and_then(|day| day.parse().ok()),
        received: number("received")?,
        accepted: number("accepted")?,
        concluded,
        granted: number("granted")?,
        refused: number("refused")?,
        withdrawn: number("withdrawn")?,
        delivered: number("delivered")?,
        overdue: number("overdue")?,
        on_time_share: share(on_time, with_due),
        mean_hours: share(number("spent")?, concluded).map(|milliseconds| milliseconds / 3_600_000.0),
        steps: number("steps")?,
        materials_listed: number("materials_listed")?,
        materials_taken: number("materials_taken")?,
        legal_days: number("legal_days")?,
        promised_days: number("promised_days")?,
        trips: number("trips")?,
    })
}
