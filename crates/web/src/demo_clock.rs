//! The clock bar of a demo: a newcomer moves its time and watches cards appear. No other service has it.

use axum::Form;
use axum::Router;
use axum::extract::State;
use axum::response::Redirect;
use axum::routing::post;
use calendar::Calendar;
use chrono::{DateTime, Days, NaiveTime, TimeDelta, Utc};
use engine::accounts::Entry;
use serde::Deserialize;

use crate::page::PageError;
use crate::sign_in;
use crate::site::Site;
use crate::visitor::Here;

/// Offices open at nine at the latest.
const MORNING: NaiveTime = match NaiveTime::from_hms_opt(9, 0, 0) {
    Some(nine) => nine,
    None => NaiveTime::MIN,
};
/// A card is there a moment after its instant.
const MOMENT_S: i64 = 1;

pub(crate) fn routes() -> Router<Site> {
    Router::new().route("/demo/clock", post(move_on))
}

/// Where to.
#[derive(Debug, Deserialize)]
struct Wish {
    to: String,
    #[serde(default)]
    next: String,
}

async fn move_on(
    State(site): State<Site>,
    visitor: Here,
    Form(wish): Form<Wish>,
) -> Result<Redirect, PageError> {
    if site.access.demo.is_none() {
        return Err(PageError::NotFound);
    }
    let engine = &site.engine;
    let now = engine.clock().now();
    let to = match wish.to.as_str() {
        "hour" => Some(now + TimeDelta::hours(1)),
        "morning" => next_morning(&visitor.books.calendar, now),
        "due" => next_due(&site, now).await?,
        _ => None,
    };
    if let Some(to) = to {
        engine.move_replayed_time(to).await?;
        // At once, and not when the schedule next wakes: whoever moved the clock looks for what it does.
        engine.sweep(None).await?;
        let entry = Entry::done("demo_clock", to.to_rfc3339());
        engine.note(&visitor.caller(), entry).await?;
    }
    Ok(Redirect::to(sign_in::local(&wish.next)))
}

/// Nine o'clock of the next working day; none where the calendar ends.
fn next_morning(calendar: &Calendar, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let nine = |day| calendar.start_of(day) + (MORNING - NaiveTime::MIN);
    let mut day = calendar.local(now).date_naive();
    while nine(day) <= now || !calendar.is_working(day).ok()? {
        day = day.checked_add_days(Days::new(1))?;
    }
    Some(nine(day))
}

/// The instant of the next limit or threshold, and a moment.
async fn next_due(site: &Site, now: DateTime<Utc>) -> Result<Option<DateTime<Utc>>, PageError> {
    let mut conn = site.engine.store().read().await?;
    let next = store::subject::next_alarm(&mut conn, site.engine.division()).await?;
    let at = next.map(store::codec::instant);
    Ok(at.map(|at| at.max(now) + TimeDelta::seconds(MOMENT_S)))
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;

    use super::*;
    use crate::testing::Trial;

    #[tokio::test]
    async fn only_a_demo_has_a_clock_that_can_be_moved() {
        let trial = Trial::new().await;
        let form = [("to", "hour")];
        let (status, _, _) = trial.post_as("clerk", "/demo/clock", &form).await;
        assert_eq!(status, StatusCode::NOT_FOUND);
        let (_, _, body) = trial.get_as("clerk", "/todo").await;
        assert!(!body.contains("/demo/clock"));
    }

    #[tokio::test]
    async fn the_next_morning_is_a_working_days() {
        let trial = Trial::new().await;
        let books = trial.engine.books("410800").await.unwrap();
        for (now, morning) in [
            ("2011-09-26T08:59:00+08:00", "2011-09-26T09:00:00+08:00"),
            ("2011-09-26T09:00:00+08:00", "2011-09-27T09:00:00+08:00"),
            ("2011-09-30T17:00:00+08:00", "2011-10-08T09:00:00+08:00"),
        ] {
            let morning: DateTime<Utc> = morning.parse().unwrap();
            let found = next_morning(&books.calendar, now.parse().unwrap());
            assert_eq!(found, Some(morning), "{now}");
        }
    }
}
