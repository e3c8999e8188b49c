//! Planner properties by the calendar alone, and a replay through the real engine.

use std::collections::BTreeMap;
use std::sync::Arc;

use approval::books::Books;
use approval::command::Command;
use approval::event::Event;
use approval::ids::ItemCode;
use approval::stage::Stage;
use chrono::{DateTime, Utc};

use super::files::Files;
use super::plan::{Deed, Plan, PlannedSubject};
use super::{plan_lapses, plan_quiet, run};
use crate::engine::Engine;

fn files() -> Files {
    Files::embedded("jiaozuo-2011").expect("the scenario reads")
}

async fn prepared(files: &Files, folder: &tempfile::TempDir) -> (Engine, Arc<Books>) {
    let url = format!("sqlite:{}", folder.path().join("replay.db").display());
    let calendar = crate::assets::calendar(&files.scenario.calendar).expect("a calendar");
    let at = calendar.start_of(files.scenario.from);
    let engine = files.prepare(&url, at).await.expect("an empty database");
    let books = engine.books(engine.division()).await.expect("books");
    (engine, books)
}

fn completed_stage(subject: &PlannedSubject, stage: Stage) -> Option<DateTime<Utc>> {
    let is = |c: &Command| matches!(c, Command::Complete { stage: s, .. } if *s == stage);
    let found = subject.steps.iter().find(|s| s.command().is_some_and(is));
    found.map(|s| s.occurred_at)
}

fn accepted(subject: &PlannedSubject) -> Option<DateTime<Utc>> {
    let is = |c: &Command| matches!(c, Command::Accept);
    let found = subject.steps.iter().find(|s| s.command().is_some_and(is));
    found.map(|s| s.occurred_at)
}

/// Counts the limits by `add_working_days` alone, another way than the planner's.
fn check_in_time(books: &Books, plan: &Plan, subject: &PlannedSubject) {
    let calendar = &books.calendar;
    let first = subject.steps.first().expect("a receipt");
    let Deed::Receive { item, .. } = &first.deed else {
        panic!("a case begins with its receipt");
    };
    let item = books
        .item_in_force(&ItemCode::new(item.clone()), first.occurred_at)
        .expect("a known item");
    let day = |at: DateTime<Utc>| calendar.office_date(at);
    let within = |start: DateTime<Utc>, days: u32, end: Option<DateTime<Utc>>| {
        let due = calendar
            .add_working_days(day(start), days)
            .expect("covered");
        let end = end.map_or(day(plan.until).succ_opt().expect("a day"), day);
        assert!(
            end <= due,
            "{item:?}: from {start}, {days} working days, ended {end}"
        );
    };
    let at = accepted(subject).expect("accepted");
    let promised = super::lapses::promised_days(item);
    let statutory = super::lapses::statutory_days(item);
    within(first.occurred_at, 5, Some(at));
    within(
        first.occurred_at,
        promised,
        completed_stage(subject, Stage::Completion),
    );
    within(
        first.occurred_at,
        statutory,
        completed_stage(subject, Stage::Approval),
    );
    let mut start = at;
    for stage in [
        Stage::Handling,
        Stage::Review,
        Stage::Approval,
        Stage::Completion,
    ] {
        let end = completed_stage(subject, stage);
        within(start, item.stages.of(stage).unwrap_or(0), end);
        let Some(end) = end else { break };
        assert!(end >= start, "stages follow each other");
        start = end;
    }
}

fn check_office_hours(books: &Books, plan: &Plan) {
    for step in plan.subjects.iter().flat_map(|s| &s.steps) {
        let at = step.occurred_at;
        let info = books
            .calendar
            .day(books.calendar.office_date(at))
            .expect("covered");
        let minute = u16::try_from((at - books.calendar.start_of(info.date)).num_minutes())
            .expect("a minute of the day");
        let open = info
            .hours
            .iter()
            .any(|s| s.opens_minute() <= minute && minute < s.closes_minute());
        assert!(open, "{at} is outside the office hours: {step:?}");
        assert!(at <= step.recorded_at);
    }
}

#[tokio::test]
async fn quiet_plan_meets_the_counts_and_keeps_every_limit() {
    let files = files();
    let folder = tempfile::tempdir().expect("a folder");
    let (engine, books) = prepared(&files, &folder).await;
    let plan = plan_quiet(&files.scenario, &books).expect("a plan");
    let expected = plan.expected();
    assert_eq!(expected.accepted, 3_777);
    assert_eq!(expected.completed, 3_634);
    check_office_hours(&books, &plan);
    for subject in &plan.subjects {
        check_in_time(&books, &plan, subject);
    }
    assert_eq!(plan, plan_quiet(&files.scenario, &books).expect("a plan"));
    let mut other = files.scenario.clone();
    other.seed += 1;
    let second = plan_quiet(&other, &books).expect("a plan");
    assert_ne!(plan, second);
    assert_eq!(
        second.expected(),
        expected,
        "the counts are met with any seed"
    );
    engine.close().await;
}

#[tokio::test]
async fn lapses_plan_has_every_group() {
    let files = files();
    let folder = tempfile::tempdir().expect("a folder");
    let (engine, books) = prepared(&files, &folder).await;
    let plan = plan_lapses(&files.scenario, &files.lapses, &books).expect("a plan");
    check_office_hours(&books, &plan);
    let mut groups: BTreeMap<&str, usize> = BTreeMap::new();
    for subject in &plan.subjects {
        *groups.entry(subject.group).or_default() += 1;
    }
    assert_eq!(groups.remove("orders"), Some(5));
    assert_eq!(groups.values().sum::<usize>(), 300);
    assert_eq!(groups.remove("quiet"), Some(111));
    assert_eq!(groups["late_stage"], 18);
    assert_eq!(groups["stops"], 33);
    assert_eq!(plan.expected().stops, 33);
    assert_eq!(plan.expected().extensions, 6);
    assert_eq!(plan.expected().corrections, 28);
    let again = plan_lapses(&files.scenario, &files.lapses, &books).expect("a plan");
    assert_eq!(plan, again);
    engine.close().await;
}

#[tokio::test]
async fn replay_counts_back_what_was_planned() {
    let mut files = files();
    files.scenario.accepted = 60;
    files.scenario.completed = 58;
    files.scenario.fit.open_at_end = 2;
    let folder = tempfile::tempdir().expect("a folder");
    let (engine, books) = prepared(&files, &folder).await;
    let plan = plan_quiet(&files.scenario, &books).expect("a plan");
    let report = run(&engine, &plan, None, &|_| {}).await.expect("a replay");
    assert_eq!(usize::try_from(report.steps), Ok(plan.steps()));
    let (tally, sums) = engine.tally().await.expect("a count");
    assert_eq!((tally.accepted, tally.completed), (60, 58));
    assert_eq!((tally.yellow_cards, tally.red_cards), (0, 0));
    assert_eq!(tally.completed_late, 0);
    assert_eq!((sums.approval_items, sums.service_items), (339, 26));
    assert_eq!((sums.statutory_days, sums.promised_days), (8_743, 6_128));
    engine.close().await;
}

#[tokio::test]
async fn lapses_replay_shows_the_cards_that_were_meant() {
    let files = files();
    let folder = tempfile::tempdir().expect("a folder");
    let (engine, books) = prepared(&files, &folder).await;
    let plan = plan_lapses(&files.scenario, &files.lapses, &books).expect("a plan");
    let expected = plan.expected();
    run(&engine, &plan, None, &|_| {}).await.expect("a replay");
    let (tally, _) = engine.tally().await.expect("a count");
    assert_eq!(tally.accepted, expected.accepted);
    assert_eq!(tally.completed, expected.completed);
    assert_eq!(tally.yellow_cards, expected.yellow_cards);
    assert_eq!(tally.red_cards, expected.red_cards);
    assert_eq!(tally.corrections, expected.corrections);
    assert_eq!(tally.stops, expected.stops);
    assert_eq!(tally.extensions, expected.extensions);
    assert_eq!(tally.sent_back, expected.sent_back);
    assert_eq!(tally.deemed_accepted, 6);
    check_instants(&engine, &plan).await;
    engine.close().await;
}

/// Each act is recorded at its own minute, and no alarm is taken later than at its own instant.
async fn check_instants(engine: &Engine, plan: &Plan) {
    let mut planned: Vec<DateTime<Utc>> = Vec::new();
    planned.extend(
        plan.subjects
            .iter()
            .flat_map(|s| &s.steps)
            .map(|s| s.recorded_at),
    );
    planned.sort_unstable();
    let mut conn = engine.store().snapshot().await.expect("a reader");
    let rows = store::subject::page(&mut conn, engine.division(), "", 1_000).await;
    for row in rows.expect("subjects") {
        let seen = engine.look(&row.subject).await.expect("a subject");
        for event in &seen.subject.history {
            let effective = match &event.event {
                Event::WarningRaised(raised) => Some(raised.effective_at),
                Event::LimitPassed { effective_at, .. } => Some(*effective_at),
                Event::DeemedAccepted { .. } => Some(event.occurred_at),
                _ => None,
            };
            match effective {
                Some(at) => assert_eq!(event.recorded_at, at, "{}", row.subject),
                None => assert!(planned.binary_search(&event.recorded_at).is_ok()),
            }
        }
    }
}
