//! Scores (考核评分): points and ranks of a period, with every point that was taken off or added; a unit sees its own.
//! What is entered, objected to and decided has pages of its own in `entry`.

mod entry;
#[cfg(test)]
mod tests;

use approval::ids::UnitCode;
use approval::people::Role;
use approval::scoring::{Amount, Entry, Line, Placed, Scheme, Scores, TOTAL, Unranked, months_of};
use approval::statistics::Period;
use askama::Template;
use axum::Router;
use axum::extract::{Query, State};
use axum::response::Response;
use axum::routing::{get, post};
use chrono::Datelike;
use engine::EngineError;
use notify::Language;
use serde::Deserialize;

use crate::frame::Frame;
use crate::orders::whose;
use crate::page::{PageError, draw};
use crate::shown;
use crate::site::Site;
use crate::texts::Texts;
use crate::todo::unit_name;
use crate::visitor::{Here, Visitor};

/// Where the desk is.
pub(crate) const PATH: &str = "/scores";

pub(crate) fn routes() -> Router<Site> {
    Router::new()
        .route(PATH, get(list))
        .route("/scores/new", get(entry::form).post(entry::enter))
        .route("/scores/entries/{number}", get(entry::show))
        .route("/scores/entries/{number}/object", post(entry::object))
        .route("/scores/entries/{number}/decide", post(entry::decide))
}

/// Whether the desk is in somebody's menu.
pub(crate) fn may(visitor: &Visitor) -> bool {
    visitor.sees_all() || visitor.is(Role::Head)
}

/// What stands in the address.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    period: String,
    unit: String,
}

/// Another period.
struct Link {
    href: String,
    name: String,
    current: bool,
}

/// A unit's place.
struct Place {
    rank: String,
    href: String,
    unit: String,
    score: String,
    grade: String,
    volume: u64,
    /// Why it isn't ranked, or that it has been among the last for months.
    note: String,
}

/// A part of one unit.
struct PartRow {
    name: String,
    full: String,
    points: String,
    known: String,
}

/// Points that were taken off or added.
struct LineRow {
    month: String,
    part: String,
    text: String,
    /// The entry behind it.
    entry: Option<String>,
}

/// One unit by itself.
struct Detail {
    name: String,
    summary: String,
    /// Each month with its parts.
    months: Vec<(String, String, Vec<PartRow>)>,
    lines: Vec<LineRow>,
}

/// What was entered.
struct EntryRow {
    number: String,
    unit: String,
    month: String,
    part: String,
    points: String,
    reason: String,
    state: String,
    /// An inspector has to decide.
    waits: bool,
}

#[derive(Template)]
#[template(path = "scores.html")]
struct ScoresPage {
    f: Frame,
    t: Texts,
    period: String,
    /// The period isn't over: these are the scores as they are now.
    is_open: bool,
    links: Vec<Link>,
    scheme: Option<String>,
    volume: String,
    places: Vec<Place>,
    detail: Option<Detail>,
    entries: Vec<EntryRow>,
    may_enter: bool,
    several_units: bool,
}

async fn list(
    State(site): State<Site>,
    visitor: Here,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    let t = visitor.texts;
    let own = whose(&visitor)?;
    let several_units = own.is_none();
    let period = period(&visitor, &asked.period)?;
    let months = months_of(&period);
    let (Some(first), Some(last)) = (months.first(), months.last()) else {
        return Err(not_whole(&period).into());
    };
    let chosen = own.or_else(|| {
        let unit = Some(asked.unit.trim()).filter(|unit| !unit.is_empty());
        unit.map(UnitCode::from)
    });
    if let Some(unit) = &chosen
        && visitor.books.directory.unit(unit).is_none()
    {
        return Err(PageError::NotFound);
    }
    let statement = site.engine.statement(&period).await?;
    let code = chosen.as_ref().map(UnitCode::as_str);
    let found = site.engine.score_entries(code, (first, last)).await?;
    let scheme = statement.scores.as_ref().map(|scores| &*scores.scheme);
    let of_unit = statement.scores.as_ref().zip(chosen.as_ref());
    let detail = of_unit.and_then(|(scores, unit)| detail(&visitor, scores, unit));
    draw(&ScoresPage {
        f: Frame::of(&site, &visitor, t.say("scores.title")),
        t,
        period: period_name(t, &period),
        is_open: statement.is_open,
        links: links(&visitor, &period, code.filter(|_| several_units)),
        scheme: scheme.map(|s| t.language().pick(&s.title, &s.title_en).clone()),
        volume: scheme.map_or_else(String::new, |s| {
            t.word("score_volume", s.volume.as_str()).to_owned()
        }),
        places: match (&statement.scores, &chosen) {
            (Some(scores), None) => places(&visitor, scores, &period),
            _ => Vec::new(),
        },
        detail,
        entries: found
            .iter()
            .map(|entry| entry_row(&visitor, scheme, entry))
            .collect(),
        may_enter: visitor.is(Role::Inspector),
        several_units,
    })
}

/// The period that was asked for; this month by default.
fn period(visitor: &Visitor, asked: &str) -> Result<Period, PageError> {
    if !asked.trim().is_empty() {
        let read = Period::parse(asked);
        let refused = |e: approval::statistics::PeriodError| {
            PageError::from(EngineError::invalid("bad_period", e.to_string()))
        };
        return read.map_err(refused);
    }
    let today = visitor.books.calendar.office_date(visitor.now);
    Period::month(today.year(), today.month()).ok_or(PageError::NotFound)
}

fn not_whole(period: &Period) -> EngineError {
    EngineError::invalid(
        "not_whole_months",
        format!(
            "{period} 不是整月，评分按月进行 / {period} isn't made of whole months, as scores are"
        ),
    )
}

fn period_name(t: Texts, period: &Period) -> String {
    match t.language() {
        Language::Zh => period.zh(),
        Language::En => period.to_string(),
    }
}

/// The period before and after, and the month, half-year and year around it.
fn links(visitor: &Visitor, period: &Period, unit: Option<&str>) -> Vec<Link> {
    let t = visitor.texts;
    let today = visitor.books.calendar.office_date(visitor.now);
    let first = period.first();
    let half = match first.month() {
        1..=6 => 1,
        _ => 2,
    };
    let around = [
        format!("{}-{:02}", first.year(), first.month()),
        format!("{}-H{half}", first.year()),
        first.year().to_string(),
    ];
    let around = around.iter().filter_map(|text| Period::parse(text).ok());
    let mut periods: Vec<Period> = period.before().into_iter().collect();
    periods.extend(around.filter(|other| other != period));
    periods.push(*period);
    // The next one of the same kind: its period before is this one.
    let next = months_of(period).len();
    let after = period
        .last()
        .succ_opt()
        .and_then(|day| following(period, day, next));
    periods.extend(after.filter(|after| after.first() <= today));
    periods.sort_by_key(|p| (p.first(), p.last()));
    periods.dedup();
    let href = |other: &Period| {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("period", &other.to_string());
        if let Some(unit) = unit {
            query.append_pair("unit", unit);
        }
        format!("{PATH}?{}", query.finish())
    };
    let links = periods.iter().map(|other| Link {
        href: href(other),
        name: period_name(t, other),
        current: other == period,
    });
    links.collect()
}

/// The period of so many months that begins on a day.
fn following(period: &Period, day: chrono::NaiveDate, months: usize) -> Option<Period> {
    let text = match months {
        1 => format!("{}-{:02}", day.year(), day.month()),
        3 => format!("{}-Q{}", day.year(), day.month().div_ceil(3)),
        6 => format!("{}-H{}", day.year(), day.month().div_ceil(6)),
        12 => day.year().to_string(),
        _ => return None,
    };
    let next = Period::parse(&text).ok()?;
    (next.before() == Some(*period)).then_some(next)
}

fn places(visitor: &Visitor, scores: &Scores, period: &Period) -> Vec<Place> {
    let t = visitor.texts;
    let href = |placed: &Placed| {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("period", &period.to_string());
        query.append_pair("unit", placed.unit.as_str());
        format!("{PATH}?{}", query.finish())
    };
    let rows = scores.units.iter().map(|placed| Place {
        rank: placed
            .rank
            .map_or_else(String::new, |rank| rank.to_string()),
        href: href(placed),
        unit: placed.name.clone(),
        score: placed.score.map_or_else(String::new, |s| s.to_string()),
        grade: grade(t, placed),
        volume: placed.volume,
        note: note(t, placed),
    });
    rows.collect()
}

fn grade(t: Texts, placed: &Placed) -> String {
    let grade = placed.grade.as_ref();
    grade.map_or_else(String::new, |g| {
        t.language().pick(&g.name, &g.name_en).clone()
    })
}

/// Why a unit isn't ranked, or how long it has been among the last.
fn note(t: Texts, placed: &Placed) -> String {
    let row = placed.in_row.as_ref().map(|(from, to)| {
        let (from, to) = (period_name(t, from), period_name(t, to));
        t.two("scores.in_row", from, to)
    });
    match placed.unranked {
        Some(Unranked::NoBusiness) => t.say("scores.no_business").to_owned(),
        Some(Unranked::FewCases { min, .. }) => t.one("scores.few_cases", min),
        None => row.unwrap_or_default(),
    }
}

fn detail(visitor: &Visitor, scores: &Scores, unit: &UnitCode) -> Option<Detail> {
    let t = visitor.texts;
    let placed = scores.unit(unit)?;
    let ranked = scores.ranked().count();
    let place = match placed.rank {
        Some(rank) => t.two("scores.rank_of", rank, ranked),
        None => note(t, placed),
    };
    let score = placed.score.map_or_else(
        || t.say("scores.not_scored").to_owned(),
        |score| t.two("scores.score_and_grade", score, grade(t, placed)),
    );
    let months = placed.months.iter().rev().filter_map(|(month, score)| {
        let score = score.as_ref()?;
        let scheme = scores.scheme_of(month);
        let parts = score.parts.iter().map(|own| PartRow {
            name: part_name(t, Some(scheme), &own.key),
            full: scheme
                .part(&own.key)
                .map_or_else(String::new, |part| part.points.to_string()),
            points: own.points.to_string(),
            known: t.word("score_known", own.known.as_str()).to_owned(),
        });
        let points = score.points.to_string();
        Some((period_name(t, month), points, parts.collect()))
    });
    let lines = placed.months.iter().rev().flat_map(|(month, score)| {
        let score = score.iter();
        score.flat_map(move |score| {
            let parts = score.parts.iter();
            let parts = parts.flat_map(|p| p.lines.iter().map(move |l| (p.key.as_str(), l)));
            let rest = score.lines.iter().map(|line| (TOTAL, line));
            parts
                .chain(rest)
                .map(move |(part, line)| (month, part, line))
        })
    });
    Some(Detail {
        name: placed.name.clone(),
        summary: format!("{score} · {place}"),
        months: months.collect(),
        lines: lines
            .map(|(month, part, line)| line_row(t, scores.scheme_of(month), month, part, line))
            .collect(),
    })
}

fn line_row(t: Texts, scheme: &Scheme, month: &Period, part: &str, line: &Line) -> LineRow {
    LineRow {
        month: period_name(t, month),
        part: part_name(t, Some(scheme), part),
        text: match t.language() {
            Language::Zh => line.zh(),
            Language::En => line.en(),
        },
        entry: match &line.amount {
            Amount::Entered { number, .. } => Some(number.clone()),
            Amount::Count(_) | Amount::Share(_) => None,
        },
    }
}

/// The name of a part; of one that the scheme doesn't have any more, its key.
fn part_name(t: Texts, scheme: Option<&Scheme>, key: &str) -> String {
    if key == TOTAL {
        return t.say("scores.total").to_owned();
    }
    let part = scheme.and_then(|scheme| scheme.part(key));
    part.map_or_else(
        || key.to_owned(),
        |p| t.language().pick(&p.name, &p.name_en).clone(),
    )
}

fn entry_row(visitor: &Visitor, scheme: Option<&Scheme>, entry: &Entry) -> EntryRow {
    let t = visitor.texts;
    let state = entry.state();
    EntryRow {
        number: entry.number.clone(),
        unit: unit_name(visitor, entry.unit.as_str()),
        month: period_name(t, &entry.month),
        part: part_name(t, scheme, &entry.part),
        points: entry.points.to_string(),
        reason: entry.reason.clone(),
        state: t.word("score_state", state.as_str()).to_owned(),
        waits: state == approval::scoring::EntryState::Contested,
    }
}

/// Somebody and when, for a history.
fn by_at(visitor: &Visitor, by: &str, at: chrono::DateTime<chrono::Utc>) -> String {
    let t = visitor.texts;
    let person = visitor.books.directory.person(&by.into());
    let name = person.map_or(by, |person| person.name.as_str());
    let at = shown::brief(t.language(), &visitor.books.calendar, at, visitor.now);
    t.two("scores.by_at", name, at)
}
