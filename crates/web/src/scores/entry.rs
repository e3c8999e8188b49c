//! One entry: what an inspector enters, what the unit objects, what an inspector decides.

use approval::command::Act;
use approval::scoring::{EntryActKind, Points, TOTAL, read_month};
use askama::Template;
use axum::Form;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use engine::EngineError;
use engine::scoring::{Decision, NewScore};
use serde::Deserialize;

use super::{PATH, by_at, entry_row, part_name};
use crate::frame::{self, Frame};
use crate::page::{PageError, draw_form};
use crate::shown;
use crate::site::Site;
use crate::texts::Texts;
use crate::visitor::{Here, Visitor};

/// What is typed, kept as it was typed until it is right.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(super) struct Typed {
    unit: String,
    month: String,
    part: String,
    points: String,
    reason: String,
}

/// A part that points may be entered for, with what belongs there.
struct Choice {
    key: String,
    name: String,
    hint: String,
}

#[derive(Template)]
#[template(path = "score_new.html")]
struct NewPage {
    f: Frame,
    t: Texts,
    typed: Typed,
    units: Vec<(String, String)>,
    parts: Vec<Choice>,
    error: Option<String>,
}

/// The act of whoever is signed in.
fn act(visitor: &Visitor) -> Result<Act, PageError> {
    Ok(Act {
        by: Some(visitor.desk()?.code.clone()),
        ..Act::default()
    })
}

pub(super) async fn form(
    State(site): State<Site>,
    visitor: Here,
    Query(mut typed): Query<Typed>,
) -> Result<Response, PageError> {
    visitor.inspector()?;
    if typed.month.is_empty() {
        let today = visitor.books.calendar.office_date(visitor.now);
        typed.month = today.format("%Y-%m").to_string();
    }
    new_page(&site, &visitor, typed, None)
}

fn new_page(
    site: &Site,
    visitor: &Visitor,
    typed: Typed,
    error: Option<String>,
) -> Result<Response, PageError> {
    let t = visitor.texts;
    let scheme = site.engine.scheme()?;
    let parts = scheme.iter().flat_map(|scheme| &scheme.parts);
    let mut parts: Vec<Choice> = parts
        .map(|part| Choice {
            key: part.key.clone(),
            name: t.language().pick(&part.name, &part.name_en).clone(),
            hint: part
                .hint
                .as_ref()
                .map_or_else(String::new, |(zh, en)| t.language().pick(zh, en).clone()),
        })
        .collect();
    parts.push(Choice {
        key: TOTAL.to_owned(),
        name: part_name(t, None, TOTAL),
        hint: String::new(),
    });
    let units = visitor.books.directory.units();
    let page = NewPage {
        f: Frame::of(site, visitor, t.say("scores.new")),
        t,
        typed,
        units: units
            .map(|unit| (unit.code.as_str().to_owned(), unit.name.clone()))
            .collect(),
        parts,
        error,
    };
    draw_form(page.error.is_some(), &page)
}

/// Enters points. Refused, the form comes back with all that was typed.
pub(super) async fn enter(
    State(site): State<Site>,
    visitor: Here,
    Form(typed): Form<Typed>,
) -> Result<Response, PageError> {
    visitor.inspector()?;
    let t = visitor.texts;
    let Some(month) = read_month(&typed.month) else {
        let told = t.say("scores.no_month").to_owned();
        return new_page(&site, &visitor, typed, Some(told));
    };
    let Some(points) = Points::parse(&typed.points) else {
        let told = t.say("scores.no_points").to_owned();
        return new_page(&site, &visitor, typed, Some(told));
    };
    let new = NewScore {
        unit: typed.unit.clone(),
        month,
        part: typed.part.clone(),
        points,
        reason: typed.reason.clone(),
    };
    let entered = site
        .engine
        .enter_score(new, act(&visitor)?, &visitor.caller())
        .await;
    match entered {
        Ok(entry) => {
            let to = format!("{PATH}/entries/{}?done=score_enter", entry.number);
            Ok(Redirect::to(&to).into_response())
        }
        Err(error) if error.is_refusal() => {
            let told = frame::one_language(t, &error.to_string());
            new_page(&site, &visitor, typed, Some(told))
        }
        Err(error) => Err(error.into()),
    }
}

/// An act in the history of an entry.
struct Past {
    what: String,
    by_at: String,
    reason: String,
}

#[derive(Template)]
#[template(path = "score_entry.html")]
struct EntryPage {
    f: Frame,
    t: Texts,
    entry: super::EntryRow,
    /// The page of the month's scores.
    back: String,
    until: String,
    history: Vec<Past>,
    may_object: bool,
    may_decide: bool,
    reason: String,
    error: Option<String>,
}

pub(super) async fn show(
    State(site): State<Site>,
    visitor: Here,
    Path(number): Path<String>,
) -> Result<Response, PageError> {
    page(&site, &visitor, &number, "", None).await
}

/// Whether the visitor is of a unit.
fn is_of(visitor: &Visitor, unit: &approval::ids::UnitCode) -> bool {
    let person = visitor.person.as_ref();
    person.is_some_and(|person| person.unit.as_ref() == Some(unit))
}

async fn page(
    site: &Site,
    visitor: &Visitor,
    number: &str,
    reason: &str,
    error: Option<String>,
) -> Result<Response, PageError> {
    visitor.desk()?;
    let t = visitor.texts;
    let entry = site.engine.score_entry(number).await.map_err(hidden)?;
    // What was entered for other units is nobody's business but theirs and the inspectors'.
    if !visitor.sees_all() && !is_of(visitor, &entry.unit) {
        return Err(PageError::NotFound);
    }
    let scheme = site.engine.scheme()?;
    let entered = Past {
        what: t.say("scores.entered").to_owned(),
        by_at: by_at(visitor, entry.entered_by.as_str(), entry.entered_at),
        reason: entry.reason.clone(),
    };
    let acts = entry.acts.iter().map(|act| Past {
        what: t.word("score_act", act.kind.as_str()).to_owned(),
        by_at: by_at(visitor, act.by.as_str(), act.at),
        reason: act.reason.clone(),
    });
    let can = |kind| entry.check(kind, visitor.now).is_ok();
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("period", &entry.month.to_string());
    if visitor.sees_all() {
        query.append_pair("unit", entry.unit.as_str());
    }
    let calendar = &visitor.books.calendar;
    let page = EntryPage {
        f: Frame::of(
            site,
            visitor,
            &format!("{} {number}", t.say("scores.entry")),
        ),
        t,
        back: format!("{PATH}?{}", query.finish()),
        until: shown::brief(t.language(), calendar, entry.object_until, visitor.now),
        history: std::iter::once(entered).chain(acts).collect(),
        may_object: is_of(visitor, &entry.unit) && can(EntryActKind::Objected),
        may_decide: visitor.inspector().is_ok() && can(EntryActKind::Upheld),
        entry: entry_row(visitor, scheme.as_deref(), &entry),
        reason: reason.to_owned(),
        error,
    };
    draw_form(page.error.is_some(), &page)
}

/// An unknown number is no page.
fn hidden(error: EngineError) -> PageError {
    match error.kind() {
        "unknown_entry" => PageError::NotFound,
        _ => error.into(),
    }
}

/// Why somebody acts, and what he decides.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(super) struct Said {
    reason: String,
    decision: String,
}

/// A unit objects. Refused, the page comes back with what was typed.
pub(super) async fn object(
    State(site): State<Site>,
    visitor: Here,
    Path(number): Path<String>,
    Form(said): Form<Said>,
) -> Result<Response, PageError> {
    let act = act(&visitor)?;
    let entry = site.engine.score_entry(&number).await.map_err(hidden)?;
    if !is_of(&visitor, &entry.unit) {
        return Err(match visitor.sees_all() {
            true => PageError::Forbidden,
            false => PageError::NotFound,
        });
    }
    let caller = visitor.caller();
    let objected = site
        .engine
        .object_score(&number, &said.reason, act, &caller);
    let objected = objected.await.map(|_| "score_object");
    done(&site, &visitor, &number, &said, objected).await
}

/// An inspector decides. Refused, the page comes back with what was typed.
pub(super) async fn decide(
    State(site): State<Site>,
    visitor: Here,
    Path(number): Path<String>,
    Form(said): Form<Said>,
) -> Result<Response, PageError> {
    visitor.inspector()?;
    let decision = match said.decision.as_str() {
        "uphold" => Decision::Uphold,
        "reject" => Decision::Reject,
        _ => return Err(PageError::NotFound),
    };
    let (act, caller) = (act(&visitor)?, visitor.caller());
    let engine = &site.engine;
    let decided = engine.decide_score(&number, decision, &said.reason, act, &caller);
    let decided = decided.await.map(|_| match decision {
        Decision::Uphold => "score_uphold",
        Decision::Reject => "score_reject",
    });
    done(&site, &visitor, &number, &said, decided).await
}

async fn done(
    site: &Site,
    visitor: &Visitor,
    number: &str,
    said: &Said,
    done: Result<&'static str, EngineError>,
) -> Result<Response, PageError> {
    match done {
        Ok(word) => {
            let to = format!("{PATH}/entries/{number}?done={word}");
            Ok(Redirect::to(&to).into_response())
        }
        Err(error) if error.is_refusal() && error.kind() != "unknown_entry" => {
            let told = frame::one_language(visitor.texts, &error.to_string());
            page(site, visitor, number, &said.reason, Some(told)).await
        }
        Err(error) => Err(hidden(error)),
    }
}
