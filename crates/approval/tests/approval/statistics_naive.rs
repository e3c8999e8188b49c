//! The statistics of random histories against a second, naive count: from the events alone, day by day.

use std::collections::{BTreeMap, BTreeSet};

use approval::event::Event;
use approval::item::ItemKind;
use approval::stage::{Outcome, Stage};
use approval::statistics::{Counts, Figures, Period, Sheet, Window, count};
use approval::track::ClockKey;
use approval::warning::WarningState;
use approval::{Books, Recorded, Subject};
use chrono::{DateTime, NaiveDate, Utc};
use proptest::prelude::*;

use crate::fixtures::{at, calendar};
use crate::properties::{begin, config, rule_books, run, step};

const LATER: &str = "2016-01-01 00:00";

fn counted(subject: &Subject, window: &Window) -> Figures {
    let mut sheet = Sheet::default();
    count(&mut sheet, subject, window, &calendar()).expect("covered days");
    sheet.total()
}

fn day(at: DateTime<Utc>) -> NaiveDate {
    calendar().office_date(at)
}

/// Walks from day to day.
fn walked(
    start: DateTime<Utc>,
    end: DateTime<Utc>,
    stops: &[(DateTime<Utc>, DateTime<Utc>)],
) -> u64 {
    let mut used = 0;
    let mut today = day(start);
    while today < day(end) {
        today = today.succ_opt().expect("a day");
        let held = stops
            .iter()
            .any(|(from, to)| day(*from) < today && today <= day(*to));
        if calendar().is_working(today).expect("covered") && !held {
            used += 1;
        }
    }
    used
}

/// What stands of the events, in order.
fn standing(subject: &Subject) -> Vec<&Recorded> {
    let fallen: BTreeSet<i64> = subject
        .history
        .iter()
        .filter_map(|e| match e.event {
            Event::EventAnnulled { target, .. } => Some(target),
            _ => None,
        })
        .collect();
    let events = subject.history.iter().map(|e| &**e);
    events
        .filter(|e| !fallen.contains(&e.seq) && !matches!(e.event, Event::EventAnnulled { .. }))
        .collect()
}

/// How a case went, from its events.
#[derive(Default)]
struct Course {
    accepted: Option<(DateTime<Utc>, bool)>,
    over: Option<(DateTime<Utc>, Option<Outcome>)>,
    supplied: Option<DateTime<Utc>>,
    stops: Vec<(DateTime<Utc>, Option<DateTime<Utc>>)>,
    /// Stage, start, end.
    visits: Vec<(Stage, DateTime<Utc>, DateTime<Utc>)>,
}

fn course(subject: &Subject, forwarded: bool) -> Course {
    let mut course = Course::default();
    let mut decided = None;
    let mut stage = Some(Stage::Acceptance);
    let mut since = subject.history[0].occurred_at;
    let mut numbers: BTreeMap<u32, usize> = BTreeMap::new();
    for event in standing(subject) {
        let at = event.occurred_at;
        let mut enter = |to: Option<Stage>, course: &mut Course| {
            if let Some(stage) = stage {
                course.visits.push((stage, since, at));
            }
            stage = to;
            since = at;
        };
        match &event.event {
            Event::Accepted { .. } | Event::DeemedAccepted { .. } => {
                enter(Some(Stage::Handling), &mut course);
                course.accepted = Some((at, matches!(event.event, Event::DeemedAccepted { .. })));
            }
            Event::CorrectionNotified { .. } => enter(None, &mut course),
            Event::Supplied => {
                enter(Some(Stage::Acceptance), &mut course);
                course.supplied = course.supplied.or(Some(at));
            }
            Event::StageCompleted {
                stage: done,
                outcome,
                ..
            } => {
                if *done == Stage::Approval {
                    decided = *outcome;
                }
                enter(done.next(), &mut course);
                if *done == Stage::Completion {
                    let usual = if forwarded {
                        Outcome::Forwarded
                    } else {
                        Outcome::Granted
                    };
                    course.over = Some((at, Some(outcome.or(decided).unwrap_or(usual))));
                }
            }
            Event::SentBack { to, .. } => enter(Some(*to), &mut course),
            Event::NotAccepted { .. } => course.over = Some((at, Some(Outcome::NotAccepted))),
            Event::NotNeeded { .. } => course.over = Some((at, Some(Outcome::NotNeeded))),
            Event::Closed { outcome, .. } => {
                enter(None, &mut course);
                course.over = Some((at, Some(*outcome)));
            }
            Event::StopOpened { stop, .. } => {
                numbers.insert(*stop, course.stops.len());
                course.stops.push((at, None));
            }
            Event::StopClosed { stop } => course.stops[numbers[stop]].1 = Some(at),
            _ => {}
        }
    }
    course
}

fn in_window(window: &Window, at: DateTime<Utc>) -> u64 {
    u64::from(window.from <= at && at < window.to)
}

/// The case as it stood at the end of the window: the events that had happened, replayed. `None` if they don't replay
/// without the later ones, since acts may be told in another order than they happened in.
fn then(subject: &Subject, window: &Window, books: &Books) -> Option<Subject> {
    let events = standing(subject).into_iter().filter(|e| {
        let of_warnings = matches!(
            e.event,
            Event::LimitPassed { .. }
                | Event::WarningRaised(_)
                | Event::WarningIssued { .. }
                | Event::WarningRevoked { .. }
                | Event::WarningAnnulled { .. }
                | Event::WarningAppealed { .. }
        );
        !of_warnings && e.occurred_at < window.to
    });
    let events = events.cloned();
    let (division, id) = (subject.division.clone(), subject.id.clone());
    Subject::replay(division, id, events, books).ok().flatten()
}

fn check_case(subject: &Subject, window: &Window, books: &Books) {
    let case = subject.case().expect("a case");
    let found = counted(subject, window);
    let counts = &found.counts;
    let course = course(subject, case.item.kind == ItemKind::Forwarded);
    let now = |at| in_window(window, at);
    assert_eq!(counts.received, now(case.received_at));
    let accepted = course.accepted.map_or(0, |(at, _)| now(at));
    assert_eq!(counts.accepted, accepted);
    assert_eq!(
        counts.deemed_accepted,
        course.accepted.map_or(0, |(at, d)| now(at) * u64::from(d))
    );
    let over = course.over.map_or(0, |(at, _)| now(at));
    match course.accepted {
        Some(_) => assert_eq!((counts.completed, counts.declined), (over, 0)),
        None => assert_eq!((counts.completed, counts.declined), (0, over)),
    }
    let sum = counts.open_at_start + counts.accepted - counts.completed;
    assert_eq!(
        counts.open_at_end, sum,
        "what was open, came and went adds up"
    );
    assert!(counts.open_late <= counts.open_at_end);
    if over == 1 {
        let outcome = course.over.and_then(|(_, outcome)| outcome);
        assert_eq!(found.outcomes, BTreeMap::from([(outcome, 1)]));
    } else {
        assert!(found.outcomes.is_empty());
    }
    check_times(
        &found,
        &course,
        case.item.kind == ItemKind::Immediate,
        case.received_at,
        over == 1,
    );
    if let Some(then) = then(subject, window, books)
        && counts.open_at_end == 1
    {
        let due = then
            .track
            .clock(ClockKey::Promised)
            .and_then(|clock| clock.due);
        let late = due.is_some_and(|due| due.at <= window.as_of);
        assert_eq!(
            counts.open_late,
            u64::from(late),
            "{due:?} at {}",
            window.as_of
        );
        let open = then.case().is_some_and(|case| case.over_at().is_none());
        assert!(open);
    }
    let kinds = |wanted: &str| {
        let events = standing(subject).into_iter();
        let events = events.filter(|e| e.event.kind() == wanted);
        events.map(|e| now(e.occurred_at)).sum::<u64>()
    };
    assert_eq!(counts.corrections, kinds("correction_notified"));
    assert_eq!(counts.extensions, kinds("extended"));
    assert_eq!(counts.sent_back, kinds("sent_back"));
    assert_eq!(counts.stops + counts.suspensions, kinds("stop_opened"));
    check_cards(subject, window, counts);
}

fn check_times(
    found: &Figures,
    course: &Course,
    immediate: bool,
    received: DateTime<Utc>,
    over_now: bool,
) {
    let counts = &found.counts;
    let timed = match (course.accepted, course.over) {
        (Some(_), Some((at, Some(outcome)))) if over_now && outcome.counts_for_time() => Some(at),
        _ => None,
    };
    let Some(end) = timed else {
        assert_eq!(
            (
                counts.timed,
                found.used.cases(),
                found.used_immediate.cases()
            ),
            (0, 0, 0)
        );
        return;
    };
    assert_eq!(counts.timed, 1);
    assert_eq!(counts.same_day, u64::from(day(end) == day(received)));
    let stops: Vec<_> = course
        .stops
        .iter()
        .map(|(from, to)| (*from, to.unwrap_or(end)))
        .collect();
    if immediate {
        assert_eq!(found.used.cases(), 0);
        return;
    }
    // The item whose clocks count from the acceptance paper is told by its own test.
    let starts = [
        Some(course.supplied.unwrap_or(received)),
        course.accepted.map(|(at, _)| at),
    ];
    let days: Vec<u64> = starts
        .into_iter()
        .flatten()
        .map(|start| walked(start, end, &stops))
        .collect();
    let used = found.used.median().expect("a case with days");
    assert!(days.contains(&used), "{used} of {days:?}");
    let mut stages: BTreeMap<Stage, (u64, u64)> = BTreeMap::new();
    for (stage, start, end) in &course.visits {
        let sum = stages.entry(*stage).or_default();
        sum.0 += 1;
        sum.1 += walked(*start, *end, &stops);
    }
    let found: BTreeMap<Stage, (u64, u64)> = found
        .stages
        .iter()
        .map(|(stage, s)| (*stage, (s.visits, s.used.days())))
        .collect();
    assert_eq!(found, stages);
}

fn check_cards(subject: &Subject, window: &Window, counts: &Counts) {
    let mut issued = [0; 3];
    let mut highest = None;
    for warning in &subject.track.warnings {
        let is_issue =
            |e: &Event| matches!(e, Event::WarningIssued { warning: w } if *w == warning.seq);
        let mut events = subject.history.iter();
        let issue =
            events.find(|e| is_issue(&e.event) || !warning.raised.pending && e.seq == warning.seq);
        let Some(issue) = issue else { continue };
        if in_window(window, issue.occurred_at) == 0 {
            continue;
        }
        let place = approval::rule::Level::ALL
            .iter()
            .position(|l| *l == warning.level());
        issued[place.expect("a level")] += 1;
        if warning.state == WarningState::Issued {
            highest = highest.max(place);
        }
    }
    assert_eq!(
        [
            counts.notices_issued,
            counts.yellow_issued,
            counts.red_issued
        ],
        issued
    );
    let mut cases = [0; 3];
    if let Some(place) = highest {
        cases[place] = 1;
    }
    assert_eq!(
        [counts.notice_cases, counts.yellow_cards, counts.red_cards],
        cases
    );
}

/// Counts that a range has as the sum of its parts; states and each case's highest card aren't such.
fn flows(counts: &Counts) -> Vec<(&'static str, u64)> {
    let states = [
        "cohort_completed",
        "open_at_start",
        "open_at_end",
        "open_late",
        "stops_open_at_end",
        "notice_cases",
        "yellow_cards",
        "red_cards",
        "orders_overdue",
    ];
    let all = Counts::NAMES.iter().copied().zip(counts.values());
    all.filter(|(name, _)| !states.contains(name)).collect()
}

/// Months add up to the range, and each month begins with what the one before left.
fn check_months(subject: &Subject, months: &[Period]) {
    let calendar = calendar();
    let mut sum = Figures::default();
    let mut left = 0;
    for month in months {
        let found = counted(subject, &Window::new(month, &calendar, at(LATER)));
        assert_eq!(found.counts.open_at_start, left, "{month}");
        left = found.counts.open_at_end;
        sum.merge(&found);
    }
    let first = months.first().expect("a month").first();
    let last = months.last().expect("a month").last();
    let range = Period::parse(&format!("{first}..{last}")).expect("a range");
    let found = counted(subject, &Window::new(&range, &calendar, at(LATER)));
    assert_eq!(flows(&sum.counts), flows(&found.counts));
    assert_eq!(
        (&sum.used, &sum.used_immediate),
        (&found.used, &found.used_immediate)
    );
    assert_eq!(
        (&sum.outcomes, &sum.stages, &sum.defects),
        (&found.outcomes, &found.stages, &found.defects)
    );
}

proptest! {
    #![proptest_config(config())]

    /// Both counts agree on every month, and on halves of months.
    #[test]
    fn statistics_agree_with_a_naive_count(
        preset in 0..8_usize,
        item in 0..11_usize,
        minute in 0..200_000_i64,
        steps in prop::collection::vec(step(), 1..20),
    ) {
        let mut desk = begin(rule_books(preset), item, minute);
        run(&mut desk, &steps);
        let first = Period::parse("2011-07").expect("a month");
        let months: Vec<Period> = (0..18)
            .filter_map(|back| Period::month(2011 + back / 12, u32::try_from(back % 12 + 1).ok()?))
            .filter(|month| month.first() >= first.first())
            .collect();
        check_months(&desk.subject, &months);
        if desk.subject.case().is_some() {
            for month in &months {
                let calendar = calendar();
                check_case(&desk.subject, &Window::new(month, &calendar, at(LATER)), &desk.books);
                let middle = month.first().succ_opt().expect("a day");
                let part = format!("{}..{}", middle, month.last().pred_opt().expect("a day"));
                let part = Period::parse(&part).expect("a range");
                check_case(&desk.subject, &Window::new(&part, &calendar, at(LATER)), &desk.books);
            }
        }
    }
}
