//! The page of a period: of the division, of a unit, of an item.

use approval::ids::{ItemCode, UnitCode};
use approval::statistics::{Figures, Period};
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::header::{HeaderName, HeaderValue};
use axum::response::{IntoResponse, Redirect, Response};
use notify::words;

use super::lines::{self, Cell, Lines};
use super::reach::Reach;
use super::tables::{self, Table};
use super::view::{self, Found, Scope, View, escaped, item_name, unit_name};
use super::{choose, download, pictures, revisions, summary};
use crate::frame::Frame;
use crate::level::Mark;
use crate::page::{PageError, draw, draw_as};
use crate::site::Site;
use crate::texts::Texts;
use crate::visitor::{Here, Visitor};

/// After so many seconds a browser asks again whether a period is counted.
const ASK_AGAIN: HeaderValue = HeaderValue::from_static("4");

/// A file to take away: what it is called, and its address.
pub(super) struct FileLink {
    pub(super) name: String,
    pub(super) path: String,
}

#[derive(Template)]
#[template(path = "report.html")]
struct ReportPage {
    f: Frame,
    t: Texts,
    /// Whose figures they are, and when.
    title: String,
    period: String,
    /// The way from the division down to here.
    way: Vec<(String, String)>,
    cut_off: String,
    /// First and last day.
    days: (String, String),
    /// The period isn't over.
    is_open: bool,
    /// The periods around it.
    earlier: Option<(String, String)>,
    later: Option<(String, String)>,
    files: Vec<FileLink>,
    sentences: Vec<String>,
    loud: Vec<(String, Cell, String)>,
    marks: Vec<(Mark, Cell)>,
    beside: Vec<String>,
    groups: Vec<Lines>,
    pictures: Vec<String>,
    tables: Vec<Table>,
    idle: Option<Vec<String>>,
    closed: Option<revisions::Told>,
    definitions: Vec<(&'static str, String, String)>,
    calendar: String,
    rules: String,
}

pub(super) async fn division(
    State(site): State<Site>,
    visitor: Here,
    Path(period): Path<String>,
) -> Result<Response, PageError> {
    let period = view::period(&period)?;
    match Reach::of(&visitor)? {
        Reach::Division => show(&site, &visitor, period, Scope::Division).await,
        // A head's report is his unit's.
        Reach::Unit(unit) => {
            let path = format!("/reports/{period}/unit/{}", escaped(unit.as_str()));
            Ok(Redirect::to(&path).into_response())
        }
    }
}

pub(super) async fn unit(
    State(site): State<Site>,
    visitor: Here,
    Path((period, unit)): Path<(String, String)>,
) -> Result<Response, PageError> {
    let unit = UnitCode::new(unit);
    Reach::of(&visitor)?.holds(&unit)?;
    show(&site, &visitor, view::period(&period)?, Scope::Unit(unit)).await
}

pub(super) async fn item(
    State(site): State<Site>,
    visitor: Here,
    Path((period, unit, item)): Path<(String, String, String)>,
) -> Result<Response, PageError> {
    let unit = UnitCode::new(unit);
    Reach::of(&visitor)?.holds(&unit)?;
    let scope = Scope::Item(unit, ItemCode::new(item));
    show(&site, &visitor, view::period(&period)?, scope).await
}

async fn show(
    site: &Site,
    visitor: &Visitor,
    period: Period,
    scope: Scope,
) -> Result<Response, PageError> {
    let counted = match view::find(site, visitor, period).await? {
        Found::Counted(counted) => counted,
        other => return without(site, visitor, period, &other).await,
    };
    let view = View {
        t: visitor.texts,
        books: &visitor.books,
        statement: &counted.statement,
        scope,
    };
    known(&view)?;
    draw(&page(site, visitor, &view))
}

/// Refuses units and items that nobody knows, but for those that have figures: the record outlives the directory.
fn known(view: &View<'_>) -> Result<(), PageError> {
    let books = view.books;
    let is_known = match &view.scope {
        Scope::Division => true,
        Scope::Unit(unit) => books.directory.unit(unit).is_some(),
        Scope::Item(unit, item) => {
            books.directory.unit(unit).is_some() && books.items.contains_key(item)
        }
    };
    if is_known || view.own() != Figures::default() {
        return Ok(());
    }
    Err(PageError::NotFound)
}

/// The page where there are no figures, or none yet.
pub(super) async fn without(
    site: &Site,
    visitor: &Visitor,
    period: Period,
    found: &Found,
) -> Result<Response, PageError> {
    let t = visitor.texts;
    let called = view::name(t, &period);
    match found {
        Found::Counting | Found::Counted(_) => {
            let page = CountingPage {
                f: Frame::of(site, visitor, t.say("reports.title")),
                t,
                period: called,
                path: visitor.path.clone(),
            };
            let mut response = draw_as(StatusCode::ACCEPTED, &page)?;
            let again = HeaderName::from_static("refresh");
            response.headers_mut().insert(again, ASK_AGAIN);
            Ok(response)
        }
        Found::Future => choose::with_problem(site, visitor, t.one("reports.future", called)).await,
        Found::BeforeRecord => {
            choose::with_problem(site, visitor, t.one("reports.before_record", called)).await
        }
    }
}

#[derive(Template)]
#[template(path = "report_counting.html")]
struct CountingPage {
    f: Frame,
    t: Texts,
    period: String,
    path: String,
}

fn page(site: &Site, visitor: &Visitor, view: &View<'_>) -> ReportPage {
    let (t, statement) = (view.t, view.statement);
    let own = view.own();
    let beside = lines::beside(view);
    let others: Vec<Figures> = beside.iter().map(|(_, figures)| figures.clone()).collect();
    let parts = match &view.scope {
        Scope::Division => Some(tables::by_unit(view)),
        Scope::Unit(unit) => Some(tables::by_item(view, unit)),
        Scope::Item(..) => None,
    };
    let parts = parts.filter(|table| !table.rows.is_empty());
    let title = title(view);
    let day = |day| words::whole_day(t.language(), day);
    ReportPage {
        f: Frame::of(
            site,
            visitor,
            &format!("{title} · {}", view::name(t, view.period())),
        ),
        t,
        period: view::name(t, view.period()),
        way: way(visitor, view),
        cut_off: words::moment(t.language(), statement.cut_off, statement.calendar.zone()),
        days: (day(view.period().first()), day(view.period().last())),
        is_open: statement.is_open,
        earlier: around(view, visitor, view.period().before()),
        later: around(view, visitor, view::after(view.period())),
        files: download::links(view),
        sentences: summary::sentences(view, &own, &beside),
        loud: tables::loud(view, &own),
        marks: marks(view, &own),
        beside: beside
            .iter()
            .map(|(period, _)| view::name(t, period))
            .collect(),
        groups: lines::groups(view, &own, &others),
        pictures: pictures::all(view, &own, parts.as_ref()),
        idle: tables::without_business(view),
        closed: revisions::told(view),
        tables: all_tables(view, &own, parts),
        definitions: lines::definitions(t),
        calendar: statement.calendar.version().to_owned(),
        rules: statement
            .rules_version
            .map_or_else(|| lines::NONE.to_owned(), |version| version.to_string()),
        title,
    }
}

fn all_tables(view: &View<'_>, own: &Figures, parts: Option<Table>) -> Vec<Table> {
    let cut = match view.scope {
        Scope::Division => [tables::by_hall(view), tables::by_kind(view)],
        Scope::Unit(_) => [None, tables::by_kind(view)],
        Scope::Item(..) => [None, None],
    };
    let rest = [
        tables::by_stage(view, own),
        Some(tables::warnings(view, own)),
        tables::outcomes(view, own),
        tables::defects(view.t, own),
    ];
    std::iter::once(parts)
        .chain(cut)
        .chain(rest)
        .flatten()
        .collect()
}

fn title(view: &View<'_>) -> String {
    match &view.scope {
        Scope::Division => view.statement.standing.division_name.clone(),
        Scope::Unit(unit) => unit_name(view.books, unit),
        Scope::Item(_, item) => item_name(view.books, item),
    }
}

/// What lies above, as far as the visitor may go there.
fn way(visitor: &Visitor, view: &View<'_>) -> Vec<(String, String)> {
    let period = view.period();
    let mut way = vec![(
        super::PATH.to_owned(),
        view.t.say("reports.title").to_owned(),
    )];
    if visitor.sees_all() && view.scope != Scope::Division {
        let name = view.statement.standing.division_name.clone();
        way.push((format!("/reports/{period}"), name));
    }
    if let Scope::Item(unit, _) = &view.scope {
        let path = format!("/reports/{period}/unit/{}", escaped(unit.as_str()));
        way.push((path, unit_name(view.books, unit)));
    }
    way
}

/// A period beside this one, if it has begun.
fn around(view: &View<'_>, visitor: &Visitor, other: Option<Period>) -> Option<(String, String)> {
    let other = other?;
    let today = visitor.books.calendar.office_date(visitor.now);
    let known = other.first() <= today
        && (other.first() > view.period().first() || view.statement.sheet(&other).is_some());
    known.then(|| (view.address(&other), view::name(view.t, &other)))
}

/// The cases by their highest warning.
fn marks(view: &View<'_>, own: &Figures) -> Vec<(Mark, Cell)> {
    let words = [
        ("red", "red_cards"),
        ("yellow", "yellow_cards"),
        ("notice", "notice_cases"),
    ];
    let mark = |(level, word): (&str, &str)| {
        let found = approval::statistics::Indicator::parse(word)?;
        let cell = Cell::count(found.value(own), view.door(found, ""));
        Some((Mark::parse(view.t, level)?, cell))
    };
    words.into_iter().filter_map(mark).collect()
}
