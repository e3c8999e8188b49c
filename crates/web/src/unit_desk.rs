//! A unit's own desk: what stands against it, what it must answer, how much its people have in hand, what falls due.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use approval::ids::UnitCode;
use approval::people::Unit;
use approval::rule::Level;
use approval::stage::Stage;
use askama::Template;
use axum::Router;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use axum::routing::get;
use chrono::{DateTime, TimeDelta, Utc};
use engine::Seen;
use notify::words;
use serde::Deserialize;
use store::codec::micros;
use store::count::StageLoad;
use store::warning::Filter;

use crate::appeals;
use crate::board::what;
use crate::case::clock_name;
use crate::frame::Frame;
use crate::level::Mark;
use crate::listed::{self, Row};
use crate::page::{PageError, draw};
use crate::shown;
use crate::site::Site;
use crate::texts::Texts;
use crate::visitor::{Here, Visitor};
use crate::warning::appeal::{open_to_appeal as open_to, until};

/// Rows of each list on the page; what is more is a link away.
const ROWS: i64 = 10;
/// Rows behind a number.
const LIST_ROWS: i64 = 500;
/// How far back cards are looked for that may still be appealed against. The period is a week or so; one that an
/// inspector issued long after it was raised is found on its own page.
const APPEAL_DAYS_BACK: i64 = 60;
/// The most that are looked at of each level: each costs a look at its case.
const APPEAL_ROWS: i64 = 20;
/// The words of the numbers.
const LOADS: [&str; 3] = ["open", "late", "near"];

pub(crate) fn routes() -> Router<Site> {
    Router::new()
        .route("/unit", get(show))
        .route("/unit/stage/{stage}", get(stage))
}

/// The visitor's unit.
fn own(visitor: &Visitor) -> Result<&Unit, PageError> {
    let code = visitor.person.as_ref().and_then(|p| p.unit.as_ref());
    let unit = code.and_then(|code: &UnitCode| visitor.books.directory.unit(code));
    unit.ok_or(PageError::Forbidden)
}

/// Whether the desk is in somebody's menu.
pub(crate) fn may(visitor: &Visitor) -> bool {
    own(visitor).is_ok()
}

/// A post with those who hold it and what waits there.
struct Post {
    stage: &'static str,
    name: String,
    people: String,
    load: StageLoad,
}

/// A card against which the unit may still appeal.
struct CardRow {
    number: String,
    seq: i64,
    mark: Mark,
    what: String,
    clock: String,
    until: shown::Limit,
}

#[derive(Template)]
#[template(path = "unit_desk.html")]
struct UnitPage {
    f: Frame,
    t: Texts,
    name: String,
    open: i64,
    late: i64,
    orders: Vec<Row>,
    order_count: i64,
    marked: Vec<Row>,
    /// Cards against which the unit may still appeal.
    cards: Vec<CardRow>,
    /// Appeals that wait for an answer.
    appeals: i64,
    posts: Vec<Post>,
    next: Vec<Row>,
}

async fn show(State(site): State<Site>, visitor: Here) -> Result<Response, PageError> {
    let t = visitor.texts;
    let unit = own(&visitor)?;
    let code = unit.code.as_str();
    let near = near(&visitor);
    let (loads, next) = site
        .engine
        .load_of_unit(code, visitor.now, near, ROWS)
        .await?;
    let orders = site
        .engine
        .orders("issued", Some(code), (i64::MIN, ""), ROWS);
    let orders = orders.await?;
    let marked = site.engine.lit(code, LIST_ROWS).await?;
    let posts: Vec<Post> = Stage::ALL
        .iter()
        .map(|stage| post(&visitor, unit, *stage, &loads))
        .collect();
    draw(&UnitPage {
        f: Frame::of(&site, &visitor, &unit.name),
        t,
        name: unit.name.clone(),
        open: posts.iter().map(|post| post.load.open).sum(),
        late: posts.iter().map(|post| post.load.late).sum(),
        orders: listed::rows(&visitor, &orders),
        order_count: site.engine.order_count("issued", Some(code)).await?,
        marked: listed::rows(&visitor, &marked),
        cards: open_to_appeal(&site, &visitor, code).await?,
        appeals: appeals::open(&site, Some(code)).await?,
        posts,
        next: listed::rows(&visitor, &next),
    })
}

/// The unit's cards within the period for an appeal, the newest first.
async fn open_to_appeal(
    site: &Site,
    visitor: &Visitor,
    unit: &str,
) -> Result<Vec<CardRow>, PageError> {
    let t = visitor.texts;
    let since = visitor.now - TimeDelta::days(APPEAL_DAYS_BACK);
    let mut cards = Vec::new();
    let mut subjects: BTreeMap<String, Seen> = BTreeMap::new();
    for level in [Level::Red, Level::Yellow] {
        let filter = Filter {
            span_us: (micros(since), i64::MAX),
            unit: Some(unit),
            level: Some(level.as_str()),
            state: Some("issued"),
            ..Filter::default()
        };
        let found = site
            .engine
            .warnings(&filter, (i64::MAX, "", 0), APPEAL_ROWS);
        for warning in found.await? {
            let event = &warning.row.event;
            let seen = match subjects.entry(event.subject.clone()) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(free) => free.insert(site.engine.look(&event.subject).await?),
            };
            let mut warnings = seen.subject.track.warnings.iter();
            let card = warnings.find(|w| w.seq == event.seq);
            let open = open_to(seen, event.seq);
            let until = card.and_then(|card| until(t, seen, card));
            cards.extend(until.filter(|_| open).map(|until| CardRow {
                number: event.subject.clone(),
                seq: event.seq,
                mark: Mark::of(t, level),
                what: what(t, &seen.subject.body),
                clock: clock_name(t, warning.alarm.raised.clock),
                until,
            }));
        }
    }
    Ok(cards)
}

/// Near is what falls due today or on the next working day.
fn near(visitor: &Visitor) -> DateTime<Utc> {
    let calendar = &visitor.books.calendar;
    let today = calendar.office_date(visitor.now);
    let last = calendar.add_working_days(today, 1).unwrap_or(today);
    calendar.start_of(last.succ_opt().unwrap_or(last))
}

fn post(visitor: &Visitor, unit: &Unit, stage: Stage, loads: &[StageLoad]) -> Post {
    let t = visitor.texts;
    let holders = visitor.books.directory.holders(&unit.code, stage);
    let names: Vec<String> = holders.iter().map(|p| p.name.clone()).collect();
    let load = loads.iter().find(|load| load.stage == stage.as_str());
    Post {
        stage: stage.as_str(),
        name: t.word("stage", stage.as_str()).to_owned(),
        people: words::list(t.language(), &names),
        load: load.cloned().unwrap_or(StageLoad {
            stage: stage.as_str().to_owned(),
            open: 0,
            late: 0,
            near: 0,
        }),
    }
}

/// What stands in the address.
#[derive(Debug, Default, Deserialize)]
struct Asked {
    #[serde(default)]
    only: String,
}

#[derive(Template)]
#[template(path = "unit_stage.html")]
struct StagePage {
    f: Frame,
    t: Texts,
    title: String,
    rows: Vec<Row>,
}

/// The cases behind a number of the load.
async fn stage(
    State(site): State<Site>,
    visitor: Here,
    Path(stage): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    let t = visitor.texts;
    let unit = own(&visitor)?;
    let stage = Stage::parse(&stage).ok_or(PageError::NotFound)?;
    let only = LOADS.into_iter().find(|word| *word == asked.only);
    let only = only.unwrap_or(LOADS[0]);
    let found = site.engine.in_stage(
        (unit.code.as_str(), stage.as_str()),
        visitor.now,
        near(&visitor),
        only,
        LIST_ROWS,
    );
    let found = found.await?;
    let stage = t.word("stage", stage.as_str());
    draw(&StagePage {
        f: Frame::of(&site, &visitor, &unit.name),
        t,
        title: format!("{} · {stage} · {}", unit.name, t.word("unit_desk", only)),
        rows: listed::rows(&visitor, &found),
    })
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;

    use crate::testing::{CASE, Trial};

    #[tokio::test]
    async fn it_is_each_units_own() {
        let trial = Trial::new().await;
        trial.receive().await;
        for (account, sees) in [
            ("head", Some(true)),
            ("clerk", Some(true)),
            ("handler", Some(true)),
            ("stranger", Some(false)),
            ("inspector", None),
            ("leader", None),
            ("system", None),
            ("security", None),
            ("audit", None),
        ] {
            for path in ["/unit", "/unit/stage/acceptance"] {
                let (status, _, body) = trial.get_as(account, path).await;
                let wanted = if sees.is_some() {
                    StatusCode::OK
                } else {
                    StatusCode::FORBIDDEN
                };
                assert_eq!(status, wanted, "{account} {path}");
                assert_eq!(body.contains(CASE), sees == Some(true), "{account} {path}");
            }
        }
        let (status, _, _) = trial.get_as("head", "/unit/stage/nowhere").await;
        assert_eq!(status, StatusCode::NOT_FOUND);
    }

    #[tokio::test]
    async fn loads_cards_and_orders_are_on_one_page() {
        let trial = Trial::new().await;
        trial.receive().await;
        let form = [("act", "accept"), ("seq", "1")];
        trial
            .post_as("clerk", &format!("/case/{CASE}/act"), &form)
            .await;
        trial.receive().await;
        trial.go_to("2011-10-10T09:00:00+08:00");
        trial.engine.sweep(None).await.unwrap();
        let order = [
            ("unit", "FGW"),
            ("text", "请办结"),
            ("amount", "3"),
            ("unit_of_term", "wd"),
        ];
        trial.post_as("inspector", "/orders/new", &order).await;
        let (_, _, body) = trial.get_as("head", "/unit").await;
        for words in [
            "高杰",
            "/unit/stage/handling?only=late\">1</a>",
            "◆ 黄牌",
            "DB-410800-FGW-20111010-0001",
            "剩 3 个工作日",
        ] {
            assert!(body.contains(words), "{words} in:\n{body}");
        }
        let (_, _, body) = trial.get_as("head", "/unit/stage/handling?only=late").await;
        assert!(body.contains(CASE), "{body}");
        let (_, _, body) = trial.get_as("head", "/unit/stage/handling?only=near").await;
        assert!(!body.contains(CASE), "{body}");
    }
}
