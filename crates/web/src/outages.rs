//! Outages (故障登记): the list, and declaring one. Its own page is `outage`.

use approval::command::Act;
use approval::people::Role;
use askama::Template;
use axum::Router;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
// Several fields of one name, as ticks are.
use axum_extra::extract::Form;
use engine::outage::Declaration;
use notify::words;
use serde::Deserialize;
use store::codec::instant;
use store::outage::OutageRow;

use crate::case::form::instant as typed_instant;
use crate::frame::{self, Frame};
use crate::page::{PageError, draw, draw_as};
use crate::shown;
use crate::site::Site;
use crate::texts::Texts;
use crate::todo::unit_name;
use crate::visitor::{Here, Visitor};

/// Where the list is.
pub(crate) const PATH: &str = "/outages";
/// Rows on a page.
const PAGE_ROWS: usize = 50;

pub(crate) fn routes() -> Router<Site> {
    Router::new()
        .route(PATH, get(list))
        .route("/outages/new", get(form).post(declare))
}

/// Those who supervise see outages; what they do to a unit's cards stands on the cards' own pages.
pub(crate) fn seen_by(visitor: &Visitor) -> Result<(), PageError> {
    if visitor.sees_all() {
        Ok(())
    } else {
        Err(PageError::Forbidden)
    }
}

/// Only an inspector declares and settles.
pub(crate) fn inspector(visitor: &Visitor) -> Result<Act, PageError> {
    let person = visitor.desk()?;
    if person.role != Role::Inspector {
        return Err(PageError::Forbidden);
    }
    Ok(Act {
        by: Some(person.code.clone()),
        ..Act::default()
    })
}

/// An outage as pages show it.
pub(crate) struct Line {
    pub(crate) number: String,
    pub(crate) from: String,
    pub(crate) to: String,
    /// The units affected, or all.
    pub(crate) units: String,
    pub(crate) reason: String,
    pub(crate) paper: String,
    pub(crate) declared: String,
    /// Who went through its cards, and when; none as long as nobody has.
    pub(crate) settled: Option<String>,
}

/// Reads a row.
pub(crate) fn line(visitor: &Visitor, row: &OutageRow) -> Line {
    let t = visitor.texts;
    let language = t.language();
    let calendar = &visitor.books.calendar;
    let at = |us| shown::brief(language, calendar, instant(us), visitor.now);
    let name = |code: &str| {
        let person = visitor.books.directory.person(&code.into());
        person.map_or_else(|| code.to_owned(), |p| p.name.clone())
    };
    let units: Vec<String> = row
        .units
        .split_whitespace()
        .map(|code| unit_name(visitor, code))
        .collect();
    let settled = row.settled_by.as_deref().zip(row.settled_at_us);
    Line {
        number: row.outage.clone(),
        from: at(row.from_us),
        to: at(row.to_us),
        units: if units.is_empty() {
            t.say("outages.all_units").to_owned()
        } else {
            words::list(language, &units)
        },
        reason: row.reason.clone(),
        paper: row.paper.clone().unwrap_or_default(),
        declared: t.two(
            "outages.by_at",
            name(&row.declared_by),
            at(row.declared_at_us),
        ),
        settled: settled.map(|(by, us)| t.two("outages.by_at", name(by), at(us))),
    }
}

/// What stands in the address.
#[derive(Debug, Default, Deserialize)]
struct Asked {
    #[serde(default)]
    after: String,
}

#[derive(Template)]
#[template(path = "outages.html")]
struct OutagesPage {
    f: Frame,
    t: Texts,
    lines: Vec<Line>,
    may_declare: bool,
    first: bool,
    next: Option<String>,
}

async fn list(
    State(site): State<Site>,
    visitor: Here,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    seen_by(&visitor)?;
    let t = visitor.texts;
    let after = asked.after.split_once('~');
    let after = after.and_then(|(from, number)| Some((from.parse().ok()?, number)));
    let limit = i64::try_from(PAGE_ROWS).unwrap_or(i64::MAX) + 1;
    let found = site
        .engine
        .outages(after.unwrap_or((i64::MAX, "")), limit)
        .await?;
    let shown: Vec<&OutageRow> = found.iter().take(PAGE_ROWS).collect();
    let more = found.len() > PAGE_ROWS;
    let next = shown.last().filter(|_| more);
    draw(&OutagesPage {
        f: Frame::of(&site, &visitor, t.say("outages.title")),
        t,
        lines: shown.iter().map(|row| line(&visitor, row)).collect(),
        may_declare: visitor.is(Role::Inspector),
        first: asked.after.is_empty(),
        next: next.map(|row| format!("{}~{}", row.from_us, row.outage)),
    })
}

/// What is typed, kept as it was typed until it is right.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
struct Typed {
    from: String,
    to: String,
    unit: Vec<String>,
    reason: String,
    paper: String,
}

/// A unit that may be ticked.
struct Unit {
    code: String,
    name: String,
    ticked: bool,
}

#[derive(Template)]
#[template(path = "outage_new.html")]
struct NewPage {
    f: Frame,
    t: Texts,
    typed: Typed,
    units: Vec<Unit>,
    error: Option<String>,
}

async fn form(State(site): State<Site>, visitor: Here) -> Result<Response, PageError> {
    inspector(&visitor)?;
    new_page(&site, &visitor, Typed::default(), None)
}

fn new_page(
    site: &Site,
    visitor: &Visitor,
    typed: Typed,
    error: Option<String>,
) -> Result<Response, PageError> {
    let t = visitor.texts;
    let units = visitor.books.directory.units();
    let status = match error {
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
        None => StatusCode::OK,
    };
    let page = NewPage {
        f: Frame::of(site, visitor, t.say("outages.new")),
        t,
        units: units
            .map(|u| Unit {
                code: u.code.as_str().to_owned(),
                name: u.name.clone(),
                ticked: typed.unit.iter().any(|code| code == u.code.as_str()),
            })
            .collect(),
        typed,
        error,
    };
    draw_as(status, &page)
}

/// Declares one. Refused, the form comes back with all that was typed.
async fn declare(
    State(site): State<Site>,
    visitor: Here,
    Form(typed): Form<Typed>,
) -> Result<Response, PageError> {
    let act = inspector(&visitor)?;
    let t = visitor.texts;
    let calendar = &visitor.books.calendar;
    let read = |text: &str| typed_instant(text.trim(), calendar);
    let (Some(from), Some(to)) = (read(&typed.from), read(&typed.to)) else {
        let told = t.say("outages.no_span").to_owned();
        return new_page(&site, &visitor, typed, Some(told));
    };
    let paper = Some(typed.paper.trim()).filter(|paper| !paper.is_empty());
    let declaration = Declaration {
        from,
        to,
        units: typed.unit.clone(),
        reason: typed.reason.trim().to_owned(),
        paper: paper.map(str::to_owned),
    };
    match site.engine.declare_outage(declaration, act).await {
        Ok(row) => {
            let to = format!("{PATH}/{}?done=declare_outage", row.outage);
            Ok(Redirect::to(&to).into_response())
        }
        Err(error) if error.is_refusal() => {
            let told = frame::one_language(t, &error.to_string());
            new_page(&site, &visitor, typed, Some(told))
        }
        Err(error) => Err(error.into()),
    }
}
