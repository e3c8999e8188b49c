//! Appeals (申诉): the list by state and by the time that is left. One is filed on its card's page and answered on its own.

use approval::ids::UnitCode;
use askama::Template;
use axum::Router;
use axum::extract::{Query, State};
use axum::response::Response;
use axum::routing::get;
use serde::Deserialize;
use store::todo::NO_DATE_US;

use crate::frame::Frame;
use crate::listed::{self, Row};
use crate::orders::whose;
use crate::page::{PageError, draw};
use crate::site::Site;
use crate::texts::Texts;
use crate::visitor::Here;

/// Where the list is.
pub(crate) const PATH: &str = "/appeals";
/// Rows on a page.
const PAGE_ROWS: usize = 50;
/// The states, those that ask for an answer first.
const STATES: [&str; 5] = ["filed", "referred", "revoked", "rejected", "lapsed"];
/// How many of them ask for an answer.
const OPEN_STATES: usize = 2;

pub(crate) fn routes() -> Router<Site> {
    Router::new().route(PATH, get(list))
}

/// How many appeals of a unit, or of all, wait for an answer.
pub(crate) async fn open(site: &Site, unit: Option<&str>) -> Result<i64, PageError> {
    let mut open = 0;
    for state in STATES.iter().take(OPEN_STATES) {
        open += site.engine.appeal_count(state, unit).await?;
    }
    Ok(open)
}

/// What stands in the address.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    state: String,
    unit: String,
    after: String,
}

struct Choice {
    href: String,
    name: String,
    count: i64,
    current: bool,
}

#[derive(Template)]
#[template(path = "appeals.html")]
struct AppealsPage {
    f: Frame,
    t: Texts,
    choices: Vec<Choice>,
    state: &'static str,
    /// The units to choose from; none for a unit's own people.
    units: Vec<(String, String)>,
    unit: String,
    several_units: bool,
    rows: Vec<Row>,
    first: Option<String>,
    next: Option<String>,
}

async fn list(
    State(site): State<Site>,
    visitor: Here,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    let t = visitor.texts;
    let own = whose(&visitor)?;
    let asked_unit = Some(asked.unit.trim()).filter(|unit| !unit.is_empty());
    // A unit's people see their own, whatever they ask for.
    let unit = own.as_ref().map(UnitCode::as_str).or(asked_unit);
    let state = STATES.into_iter().find(|word| *word == asked.state);
    let state = state.unwrap_or(STATES[0]);
    let mut choices = Vec::new();
    for word in STATES {
        choices.push(Choice {
            href: address(word, asked_unit, None),
            name: t.word("state", word).to_owned(),
            count: site.engine.appeal_count(word, unit).await?,
            current: word == state,
        });
    }
    let after = asked.after.split_once('~');
    let after = after.and_then(|(due, number)| Some((due.parse().ok()?, number)));
    let limit = i64::try_from(PAGE_ROWS).unwrap_or(i64::MAX) + 1;
    let mut found = site
        .engine
        .appeals(state, unit, after.unwrap_or((i64::MIN, "")), limit)
        .await?;
    let more = found.len() > PAGE_ROWS;
    found.truncate(PAGE_ROWS);
    let next = found.last().filter(|_| more).map(|row| {
        let due = row.stage_due_at_us.unwrap_or(NO_DATE_US);
        let place = format!("{due}~{}", row.subject);
        address(state, asked_unit, Some(&place))
    });
    let units = visitor.books.directory.units().filter(|_| own.is_none());
    draw(&AppealsPage {
        f: Frame::of(&site, &visitor, t.say("appeals.title")),
        t,
        choices,
        state,
        units: units
            .map(|u| (u.code.as_str().to_owned(), u.name.clone()))
            .collect(),
        unit: asked.unit.trim().to_owned(),
        several_units: unit.is_none(),
        rows: listed::rows(&visitor, &found),
        first: (!asked.after.is_empty()).then(|| address(state, asked_unit, None)),
        next,
    })
}

/// The address of a part of the list.
fn address(state: &str, unit: Option<&str>, after: Option<&str>) -> String {
    let mut pairs = form_urlencoded::Serializer::new(String::new());
    pairs.append_pair("state", state);
    for (name, value) in [("unit", unit), ("after", after)] {
        if let Some(value) = value {
            pairs.append_pair(name, value);
        }
    }
    format!("{PATH}?{}", pairs.finish())
}

#[cfg(test)]
mod tests;
