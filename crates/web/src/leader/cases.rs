//! The cases behind a number of the leader's page.

use approval::ids::{ItemCode, UnitCode};
use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use serde::Deserialize;
use store::codec::micros;
use store::count::{COUNTED, Listing};

use super::{Period, counts};
use crate::frame::Frame;
use crate::listed::{self, Row};
use crate::page::{PageError, draw};
use crate::paging;
use crate::site::Site;
use crate::texts::Texts;
use crate::visitor::{Here, Visitor};

/// Rows on a page.
const PAGE_ROWS: usize = 100;

/// What stands in the address. The period's fields stand here themselves: a query can't be read through two values.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    year: i32,
    month: u32,
    unit: String,
    item: String,
    only: String,
    after: String,
}

#[derive(Template)]
#[template(path = "leader_cases.html")]
struct CasesPage {
    f: Frame,
    t: Texts,
    /// What is listed: period, unit, item, and which of them.
    title: String,
    total: i64,
    rows: Vec<Row>,
    several_units: bool,
    query: String,
    back: String,
    next: Option<String>,
    first: bool,
}

pub(super) async fn show(
    State(site): State<Site>,
    visitor: Here,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    visitor.supervises()?;
    let t = visitor.texts;
    let only = COUNTED.into_iter().find(|word| *word == asked.only);
    let only = only.unwrap_or(COUNTED[0]);
    let period = Period {
        year: asked.year,
        month: asked.month,
    };
    let period = period.of(&visitor);
    let year = site.counted.year(&site, &visitor, period.year).await?;
    let (from, to) =
        counts::span(&visitor, period.year, period.month).ok_or(PageError::NotFound)?;
    let given = |text: &'_ str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let (unit, item) = (given(&asked.unit), given(&asked.item));
    let listing = Listing {
        span_us: (micros(from), micros(to)),
        now_us: micros(year.as_of),
        unit: unit.as_deref(),
        item: item.as_deref(),
        only,
    };
    let after = paging::parse(&asked.after);
    let limit = paging::wanted(PAGE_ROWS);
    let mut found = site
        .engine
        .counted(listing, after.unwrap_or((i64::MIN, "")), limit)
        .await?;
    let next = paging::cut(&mut found, PAGE_ROWS, |row| {
        paging::place(row.accepted_at_us.unwrap_or_default(), &row.subject)
    });
    let sum = year.sum(period.month, |row| {
        unit.as_ref().is_none_or(|unit| row.unit == *unit)
            && item.as_ref().is_none_or(|item| row.item == *item)
    });
    let filter = format!("&unit={}&item={}&only={only}", asked.unit, asked.item);
    let back = match &unit {
        Some(unit) => format!("/leader/unit/{unit}?{}", period.query()),
        None => format!("/leader?{}", period.query()),
    };
    draw(&CasesPage {
        f: Frame::of(&site, &visitor, t.say("leader.title")),
        t,
        title: title(&visitor, period, unit.as_deref(), item.as_deref(), only),
        total: of(&sum, only),
        rows: listed::rows(&visitor, &found),
        several_units: unit.is_none(),
        query: format!("{}{filter}", period.query()),
        back,
        next,
        first: asked.after.is_empty(),
    })
}

fn title(
    visitor: &Visitor,
    period: Period,
    unit: Option<&str>,
    item: Option<&str>,
    only: &str,
) -> String {
    let t = visitor.texts;
    let mut parts = vec![period.name(t)];
    if let Some(unit) = unit {
        let found = visitor.books.directory.unit(&UnitCode::new(unit));
        parts.push(found.map_or_else(|| unit.to_owned(), |unit| unit.name.clone()));
    }
    if let Some(item) = item {
        let versions = visitor.books.items.get(&ItemCode::new(item));
        let newest = versions.and_then(|versions| versions.last());
        parts.push(newest.map_or_else(|| item.to_owned(), |version| version.item.name.clone()));
    }
    parts.push(match only {
        "notice" | "yellow" | "red" => t.word("level", only).to_owned(),
        only => t.word("leader", only).to_owned(),
    });
    parts.join(" · ")
}

/// The number that led here.
fn of(sum: &store::count::ItemCounts, only: &str) -> i64 {
    match only {
        "completed" => sum.completed,
        "on_time" => sum.on_time,
        "late" => sum.late,
        "open" => sum.open,
        "late_open" => sum.late_open,
        "notice" => sum.notice,
        "yellow" => sum.yellow,
        "red" => sum.red,
        _ => sum.accepted,
    }
}
