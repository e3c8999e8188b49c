//! A warning in one line: what, whose, and what it rests on. It says nothing that turns with the time, so that a line
//! which stands on a board for hours stays true.

use approval::people::Person;
use approval::stage::Stage;
use approval::subject::Body;
use approval::track::ClockKey;
use askama::Template;
use chrono::{DateTime, Utc};
use engine::Seen;
use engine::supervise::Alarm;
use notify::{Language, words};
use store::feed::FeedPosition;

use crate::case::clock_name;
use crate::level::Mark;
use crate::page::PageError;
use crate::site::Site;
use crate::texts::Texts;

/// A warning as every board shows it, drawn once in each language.
#[derive(Clone, Debug)]
pub(crate) struct Card {
    /// Where it stands in the feed.
    pub(crate) position: FeedPosition,
    zh: String,
    en: String,
}

impl Card {
    /// The line in a language.
    pub(crate) fn text(&self, t: Texts) -> &str {
        t.language().pick(&self.zh, &self.en)
    }
}

#[derive(Template)]
#[template(path = "board_card.html")]
struct CardLine {
    t: Texts,
    number: String,
    seq: i64,
    mark: Mark,
    unit: String,
    what: String,
    clock: String,
    evidence: String,
    at: String,
    /// 待发, 撤销 …; nothing for one that was issued and stands.
    state: String,
    live: bool,
}

/// Draws a warning.
pub(crate) async fn draw(site: &Site, alarm: &Alarm) -> Result<Card, PageError> {
    let seen = site.engine.look(&alarm.position.subject).await?;
    let line = |language| line(Texts::of(language), &seen, alarm).render();
    Ok(Card {
        position: alarm.position.clone(),
        zh: line(Language::Zh)?,
        en: line(Language::En)?,
    })
}

fn line(t: Texts, seen: &Seen, alarm: &Alarm) -> CardLine {
    let (subject, books) = (&seen.subject, &seen.books);
    let zone = books.calendar.zone();
    let warnings = &subject.track.warnings;
    let warning = warnings.iter().find(|w| w.seq == alarm.position.seq);
    let state = warning.map_or("annulled", |w| w.state.as_str());
    let unit = books.directory.unit(subject.unit());
    CardLine {
        t,
        number: subject.id.as_str().to_owned(),
        seq: alarm.position.seq,
        mark: Mark::of(t, alarm.raised.level),
        unit: unit.map_or_else(|| subject.unit().as_str().to_owned(), |u| u.name.clone()),
        what: what(t, &subject.body),
        clock: clock_name(t, alarm.raised.clock),
        evidence: evidence(t, seen, alarm),
        at: words::moment(t.language(), alarm.recorded_at, zone),
        state: match state {
            "issued" => String::new(),
            state => t.word("warning_state", state).to_owned(),
        },
        live: warning.is_some_and(approval::warning::Warning::is_live),
    }
}

/// The item, or that it is an order or an appeal.
pub(crate) fn what(t: Texts, body: &Body) -> String {
    match body {
        Body::Case(case) => case.item.name.clone(),
        Body::Order(_) => t.say("case.order").to_owned(),
        Body::Appeal(_) => t.say("case.appeal").to_owned(),
    }
}

fn evidence(t: Texts, seen: &Seen, alarm: &Alarm) -> String {
    let calendar = &seen.books.calendar;
    let due_at = alarm.raised.due_at;
    // The due instant is the end of the due day: midnight belongs to the day before.
    let on = calendar.office_date(due_at - chrono::TimeDelta::microseconds(1));
    let due = words::deadline(t.language(), on, Some(due_at), calendar.zone());
    let stage = stage_of(seen, alarm.raised.clock, alarm.recorded_at);
    let mut parts = vec![t.one("board.due", due)];
    if let Some(stage) = stage {
        parts.push(t.one("board.in_stage", t.word("stage", stage.as_str())));
    }
    let responsible = responsible(seen, stage);
    if !responsible.is_empty() {
        let names: Vec<String> = responsible.iter().map(|p| p.name.clone()).collect();
        parts.push(t.one("board.responsible", words::list(t.language(), &names)));
    }
    parts.join(t.language().pick("，", ", "))
}

/// The stage that a clock measures; for those of the whole case the one in which it rested at an instant.
pub(crate) fn stage_of(seen: &Seen, clock: ClockKey, at: DateTime<Utc>) -> Option<Stage> {
    match clock {
        ClockKey::Stage(stage, _) => Some(stage),
        ClockKey::Delivery(_) => Some(Stage::Completion),
        _ => seen.subject.case().map(|case| {
            let mut visits = case.visits.iter().rev();
            let then = visits.find(|visit| visit.started_at <= at);
            then.map_or(Stage::Acceptance, |visit| visit.stage)
        }),
    }
}

/// Who answers for it: the holders of the stage's post, else the unit's head.
pub(crate) fn responsible(seen: &Seen, stage: Option<Stage>) -> Vec<&Person> {
    let directory = &seen.books.directory;
    let unit = seen.subject.unit();
    let holders = stage.map(|stage| directory.holders(unit, stage));
    let holders = holders.unwrap_or_default();
    if !holders.is_empty() {
        return holders;
    }
    let people = directory.people();
    people
        .filter(|p| p.role == approval::people::Role::Head && p.unit.as_ref() == Some(unit))
        .collect()
}
