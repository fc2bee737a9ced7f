//! `/v1/statistics`

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use jiff::ToSpan as _;

use super::App;
use super::cases::may_see;
use crate::api::wire::{ProblemCode, Statistics, StatisticsBy, StatisticsFilter};
use crate::backend::auth::SignedIn;
use crate::backend::cases;
use crate::backend::extract::{Asked, json};
use crate::backend::numbers;
use crate::backend::problem::Answer;
use crate::backend::store::StatisticsQuery;

/// Days counted unless the caller says from when.
const USUAL_DAYS: i32 = 29;

pub(super) async fn show(
    State(app): State<Arc<App>>,
    signed_in: SignedIn,
    Asked(filter): Asked<StatisticsFilter>,
) -> Answer {
    cases::settle(&app).await?;
    let clerk = signed_in.clerk;
    let everywhere = may_see(&clerk, "");
    if !everywhere && filter.site.as_ref().is_some_and(|site| *site != clerk.site.id) {
        return Err(ProblemCode::OtherSite.into());
    }
    let today = numbers::day(app.now());
    let until = filter.until.unwrap_or(today);
    let from = filter.from.unwrap_or_else(|| until.saturating_sub(USUAL_DAYS.days()));
    let mut by = filter
        .by
        .as_deref()
        .into_iter()
        .flat_map(|names| names.split(','))
        .map(|name| StatisticsBy::from_name(name).ok_or(ProblemCode::Malformed))
        .collect::<Result<Vec<_>, _>>()?;
    by.sort();
    by.dedup();
    let site = if everywhere { filter.site } else { Some(clerk.site.id) };
    let rows = app.store.statistics(&StatisticsQuery { from, until, site, by, today }).await?;
    json(StatusCode::OK, &Statistics { from, until, rows })
}
