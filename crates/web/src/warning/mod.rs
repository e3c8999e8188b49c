//! A warning's page: the sentence first, then the picture, the rule and the law it rests on, the events that prove it,
//! what else the unit has, and what an inspector can do about it.

pub(crate) mod appeal;
mod paper;

use approval::Command;
use approval::command::Act;
use approval::event::Event;
use approval::people::Person;
use approval::rights;
use approval::rule::Rule;
use approval::track::{Clock, ClockKey};
use approval::warning::{Warning, WarningState};
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Form, Router};
use chrono::{DateTime, Months, TimeDelta, Utc};
use engine::{EngineError, Seen};
use notify::{Language, words};
use report::picture::case_picture;
use store::board::ListedRow;

use crate::board::{responsible, stage_of, what};
use crate::case::events::{EventLine, lines};
use crate::case::form::ActForm;
use crate::case::{self, clock_name};
use crate::frame::{self, Frame};
use crate::level::Mark;
use crate::listed::{self, Row};
use crate::page::{PageError, draw_as};
use crate::shown::{self, Limit};
use crate::site::Site;
use crate::texts::Texts;
use crate::visitor::{Here, Visitor};

/// Rows of the unit's history on the page; the numbers above them count all.
const HISTORY: usize = 10;
/// Rows of the history that are counted: a unit with more than that is beyond counting on one page.
const HISTORY_MAX: i64 = 1000;
/// How far back the history goes.
const HISTORY_MONTHS: u32 = 12;

pub(crate) fn routes() -> Router<Site> {
    Router::new()
        .route("/case/{number}/warning/{seq}", get(show))
        .route("/case/{number}/warning/{seq}/act", post(act))
        .route("/case/{number}/warning/{seq}/paper", get(paper::card))
        .route("/case/{number}/paper", get(paper::order))
        .merge(appeal::routes())
}

/// An article as it was in force on day 0.
struct Article {
    name: String,
    text: String,
}

/// A line of the facts: what, and what it is.
struct Fact {
    name: String,
    value: String,
}

/// What else the unit has had.
struct History {
    counts: Vec<(Mark, usize)>,
    rows: Vec<Row>,
}

/// What the visitor may do.
#[derive(Default)]
struct May {
    issue: bool,
    revoke: bool,
    order: bool,
    appeal: Option<appeal::Offer>,
}

#[derive(Template)]
#[template(path = "warning.html")]
struct WarningPage<'a> {
    f: Frame,
    t: Texts,
    number: &'a str,
    seq: i64,
    /// The last event that the visitor sees.
    seen: i64,
    mark: Mark,
    state: String,
    live: bool,
    unit: String,
    what: String,
    sentence: String,
    picture: String,
    /// What the card says, from its rule.
    text: String,
    facts: Vec<Fact>,
    articles: Vec<Article>,
    clock: String,
    limit: Limit,
    events: Vec<EventLine>,
    history: History,
    may: May,
    /// The appeal against it.
    appeal: Option<appeal::Shown>,
    /// Which act came back with its mistake, and what was typed.
    act: String,
    reason: String,
    stands_for: String,
    error: Option<String>,
}

async fn show(
    State(site): State<Site>,
    visitor: Here,
    Path((number, seq)): Path<(String, i64)>,
) -> Result<Response, PageError> {
    let seen = case::seen(&site, &visitor, &number).await?;
    let typed = ActForm::default();
    page(&site, &visitor, &seen, seq, (&typed, None)).await
}

/// A warning of a subject.
fn found(seen: &Seen, seq: i64) -> Result<&Warning, PageError> {
    let mut warnings = seen.subject.track.warnings.iter();
    warnings.find(|w| w.seq == seq).ok_or(PageError::NotFound)
}

async fn page(
    site: &Site,
    visitor: &Visitor,
    seen: &Seen,
    seq: i64,
    (typed, error): (&ActForm, Option<(StatusCode, String)>),
) -> Result<Response, PageError> {
    let t = visitor.texts;
    let warning = found(seen, seq)?;
    let (subject, books) = (&seen.subject, &seen.books);
    let number = subject.id.as_str();
    let stored = site.engine.events(number).await?;
    let (status, error) = match error {
        Some((status, error)) => (status, Some(error)),
        None => (StatusCode::OK, None),
    };
    let mark = Mark::of(t, warning.level());
    let clock = subject.track.clock(warning.clock());
    let limit = clock.map(|c| shown::limit(t.language(), &books.calendar, c, seen.now));
    let evidence = lines(t, seen, &stored);
    let page = WarningPage {
        f: Frame::of(site, visitor, &format!("{} {number}", mark.word)),
        t,
        number,
        seq,
        seen: subject.seq(),
        mark,
        state: t.word("warning_state", warning.state.as_str()).to_owned(),
        live: warning.is_live(),
        unit: crate::todo::unit_name(visitor, subject.unit().as_str()),
        what: what(t, &subject.body),
        sentence: sentence(t, seen, warning, seen.now),
        picture: case_picture(subject, books, seen.now, &case::look(t, "case")),
        text: rule_text(t, seen, warning),
        facts: facts(t, seen, warning),
        articles: articles(seen, warning),
        clock: clock_name(t, warning.clock()),
        limit: limit.unwrap_or_default(),
        events: evidence
            .into_iter()
            .filter(|line| proves(seen, warning, line.seq))
            .collect(),
        history: history(site, visitor, seen).await?,
        may: may(visitor, seen, warning),
        appeal: appeal::shown(site, visitor, warning).await?,
        act: typed.act.clone(),
        reason: typed.reason.clone(),
        stands_for: typed.stands_for.clone(),
        error,
    };
    draw_as(status, &page)
}

/// Until when, how much over, in whose stage, who answers for it, as it stood at an instant.
fn sentence(t: Texts, seen: &Seen, warning: &Warning, now: DateTime<Utc>) -> String {
    let calendar = &seen.books.calendar;
    let language = t.language();
    if let Some(evidence) = &warning.raised.evidence {
        return evidence.clone();
    }
    let due_at = warning.raised.due_at;
    // The due instant is the end of the due day: midnight belongs to the day before.
    let on = calendar.office_date(due_at - TimeDelta::microseconds(1));
    let clock = seen.subject.track.clock(warning.clock());
    let ended = clock.and_then(|c| c.ended_at).filter(|at| *at <= now);
    let due = calendar::Due { on, at: due_at };
    let limit = shown::of_due(language, calendar, due, ended.unwrap_or(now));
    let mut parts = vec![t.two(
        "warning.until",
        clock_name(t, warning.clock()),
        words::deadline(language, on, Some(due_at), calendar.zone()),
    )];
    match ended {
        Some(at) => {
            let at = words::moment(language, at, calendar.zone());
            let late = if limit.late {
                limit.left.clone()
            } else {
                t.say("case.in_time").to_owned()
            };
            parts.push(t.two("warning.ended", at, late));
        }
        None => parts.push(limit.left.clone()),
    }
    // Where it rests at last says nothing of who was late: that is where it rested when the limit passed.
    let (key, at) = match ended {
        Some(_) => ("warning.was_in_stage", due_at),
        None => ("warning.in_stage", now),
    };
    if ended.is_some() && !limit.late {
        return sentence_of(language, &parts);
    }
    if let Some(stage) = stage_of(seen, warning.clock(), at) {
        parts.push(t.one(key, t.word("stage", stage.as_str())));
    }
    let names: Vec<String> = people(seen, warning, at)
        .iter()
        .map(|p| p.name.clone())
        .collect();
    if !names.is_empty() {
        parts.push(t.one("board.responsible", words::list(language, &names)));
    }
    sentence_of(language, &parts)
}

fn sentence_of(language: Language, parts: &[String]) -> String {
    let sentence = parts.join(language.pick("，", ", "));
    format!("{sentence}{}", language.pick("。", "."))
}

/// Who answers for the stage that the clock measures.
fn people<'s>(seen: &'s Seen, warning: &Warning, at: DateTime<Utc>) -> Vec<&'s Person> {
    responsible(seen, stage_of(seen, warning.clock(), at))
}

/// The rule that raised it, in the version that held then.
fn rule<'s>(seen: &'s Seen, warning: &Warning) -> Option<&'s Rule> {
    seen.books.rule_of(&warning.raised)
}

fn rule_text(t: Texts, seen: &Seen, warning: &Warning) -> String {
    let text = rule(seen, warning).map(|rule| t.language().pick(&rule.text, &rule.text_en));
    text.cloned().unwrap_or_default()
}

fn facts(t: Texts, seen: &Seen, warning: &Warning) -> Vec<Fact> {
    let calendar = &seen.books.calendar;
    let at = |at| words::moment(t.language(), at, calendar.zone());
    let raised = &warning.raised;
    let fact = |name: &str, value: String| Fact {
        name: t.say(name).to_owned(),
        value,
    };
    let mut facts = vec![
        fact("warning.limit_at", at(raised.limit_at)),
        fact("warning.effective_at", at(raised.effective_at)),
        fact("warning.recorded_at", at(warning.recorded_at)),
        fact(
            "warning.rule",
            t.two("warning.rule_version", &raised.rule, raised.rules_version),
        ),
    ];
    // A card by hand has no date that an event could have set.
    if !matches!(raised.clock, ClockKey::Manual(_)) {
        let set_by = t.one("warning.event_number", raised.occurrence);
        facts.push(fact("warning.set_by", set_by));
    }
    let until = appeal::until(t, seen, warning);
    facts.extend(until.map(|limit| {
        let told = format!("{} {}", limit.due, limit.left);
        fact("warning.appeal_until", told)
    }));
    facts
}

/// The articles of the rule as they were in force on the day on which the clock began.
fn articles(seen: &Seen, warning: &Warning) -> Vec<Article> {
    let calendar = &seen.books.calendar;
    let clock = seen.subject.track.clock(warning.clock());
    let day0 = calendar.office_date(clock.map_or(warning.raised.limit_at, |c: &Clock| c.start));
    let keys = rule(seen, warning).map(|rule| rule.basis.as_slice());
    let keys = keys.unwrap_or_default().iter();
    keys.filter_map(|key| seen.books.law.basis(key, day0))
        .map(|basis| Article {
            name: basis.article.clone(),
            text: basis.text.clone(),
        })
        .collect()
}

/// Whether an event is part of the proof: what set the date, what passed, and what was done to the warning itself.
fn proves(seen: &Seen, warning: &Warning, seq: i64) -> bool {
    let Some(recorded) = seen.subject.event(seq) else {
        return false;
    };
    if seq == warning.seq || seq == warning.raised.occurrence {
        return true;
    }
    match &recorded.event {
        Event::LimitPassed {
            clock, occurrence, ..
        } => *clock == warning.clock() && *occurrence == warning.raised.occurrence,
        Event::WarningIssued { warning: of }
        | Event::WarningRevoked { warning: of, .. }
        | Event::WarningAppealed { warning: of, .. }
        | Event::WarningAnnulled { warning: of, .. } => *of == warning.seq,
        // How it came to rest where it rests, and what held it.
        Event::Received { .. }
        | Event::Accepted { .. }
        | Event::DeemedAccepted { .. }
        | Event::StageCompleted { .. }
        | Event::SentBack { .. }
        | Event::StopOpened { .. }
        | Event::StopClosed { .. }
        | Event::Extended { .. }
        | Event::OrderIssued { .. }
        | Event::OrderReplied { .. }
        | Event::OrderSentBack { .. } => true,
        _ => false,
    }
}

async fn history(site: &Site, visitor: &Visitor, seen: &Seen) -> Result<History, PageError> {
    let t = visitor.texts;
    let since = seen.now.checked_sub_months(Months::new(HISTORY_MONTHS));
    let unit = seen.subject.unit().as_str();
    let found = site
        .engine
        .marked(unit, since.unwrap_or(seen.now), HISTORY_MAX);
    let found: Vec<ListedRow> = found.await?;
    let levels = [
        approval::rule::Level::Red,
        approval::rule::Level::Yellow,
        approval::rule::Level::Notice,
    ];
    let counts = levels.map(|level| {
        let of_level = |row: &&ListedRow| row.highest_level.as_deref() == Some(level.as_str());
        (Mark::of(t, level), found.iter().filter(of_level).count())
    });
    let mut others = found;
    others.retain(|row| row.subject != seen.subject.id.as_str());
    others.truncate(HISTORY);
    Ok(History {
        counts: counts.into(),
        rows: listed::rows(visitor, &others),
    })
}

fn may(visitor: &Visitor, seen: &Seen, warning: &Warning) -> May {
    let Some(person) = &visitor.person else {
        return May::default();
    };
    let may = |command: &Command| rights::may(person, &seen.subject, command, &seen.books).is_ok();
    let issue = Command::IssueWarning {
        warning: warning.seq,
    };
    let revoke = Command::RevokeWarning {
        warning: warning.seq,
        reason: String::new(),
    };
    May {
        issue: warning.state == WarningState::Pending && may(&issue),
        revoke: warning.is_live() && may(&revoke),
        order: person.role == approval::people::Role::Inspector,
        appeal: appeal::offer(visitor, seen, warning),
    }
}

/// Issues or revokes. Refused, the page comes back with all that was typed.
async fn act(
    State(site): State<Site>,
    visitor: Here,
    Path((number, seq)): Path<(String, i64)>,
    Form(form): Form<ActForm>,
) -> Result<Response, PageError> {
    let seen = case::seen(&site, &visitor, &number).await?;
    found(&seen, seq)?;
    let person = visitor.desk()?;
    let command = match form.act.as_str() {
        "issue_warning" => Command::IssueWarning { warning: seq },
        "revoke_warning" => Command::RevokeWarning {
            warning: seq,
            reason: form.reason.clone(),
        },
        _ => return Err(PageError::NotFound),
    };
    let by = Act {
        by: Some(person.code.clone()),
        ..Act::default()
    };
    match site.engine.act_seen(&number, form.seq, command, by).await {
        Ok(_) => {
            let to = format!("/case/{number}/warning/{seq}?done={}", form.act);
            Ok(Redirect::to(&to).into_response())
        }
        Err(error) if error.is_refusal() => {
            refused(&site, &visitor, (&number, seq), &form, &error).await
        }
        Err(error) => Err(error.into()),
    }
}

/// The page again with all that was typed and why it is refused.
async fn refused(
    site: &Site,
    visitor: &Visitor,
    (number, seq): (&str, i64),
    form: &ActForm,
    error: &EngineError,
) -> Result<Response, PageError> {
    let status = match error.kind() {
        "changed_meanwhile" => StatusCode::CONFLICT,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    };
    case::note_foreign(site, visitor, number, error).await;
    let told = frame::one_language(visitor.texts, &error.to_string());
    let seen = case::seen(site, visitor, number).await?;
    page(site, visitor, &seen, seq, (form, Some((status, told)))).await
}

#[cfg(test)]
mod tests;
