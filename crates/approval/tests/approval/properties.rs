//! Random histories, and a second, naive model of the cards of simple ones.

use std::collections::{BTreeMap, BTreeSet};

use approval::event::Event;
use approval::ids::UnitCode;
use approval::rule::Level;
use approval::stage::{Outcome, Procedure, Stage};
use approval::track::{Clock, ClockKey, ClockTerm, Track};
use approval::trial::try_rules;
use approval::warning::WarningState;
use approval::{Act, Books, Command, Subject, Work};
use calendar::Term;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::RngSeed;

use crate::fixtures::*;

/// One step of a random history: how long nothing happens, then what is tried.
#[derive(Clone, Debug)]
pub(crate) struct Step {
    gap_minutes: i64,
    back_minutes: i64,
    pick: usize,
    wild: bool,
}

pub(crate) fn step() -> impl Strategy<Value = Step> {
    let gap = prop_oneof![
        3 => 0..600_i64,
        4 => 600..6_000_i64,
        2 => 6_000..30_000_i64,
    ];
    let back = prop_oneof![4 => Just(0_i64), 1 => 0..6_000_i64];
    (gap, back, any::<u16>(), prop::bool::weighted(0.25)).prop_map(
        |(gap_minutes, back_minutes, pick, wild)| Step {
            gap_minutes,
            back_minutes,
            pick: usize::from(pick),
            wild,
        },
    )
}

fn reason() -> String {
    "情况属实".to_owned()
}

/// Everything that can be tried, sensible or not.
fn anything(subject: &Subject, pick: usize) -> Command {
    let last = subject.seq();
    let seq = i64::try_from(pick / 16).expect("small") % (last + 1);
    let stage = Stage::ALL[pick / 16 % 5];
    let warning = subject
        .track
        .warnings
        .get(pick / 16 % 5)
        .map_or(1, |w| w.seq);
    match pick % 16 {
        0 => Command::Accept,
        1 => correct(),
        2 => Command::Supply,
        3 => complete(stage),
        4 => send_back(stage),
        5 => Command::Stop {
            procedure: Procedure::Suspension,
            notice: None,
            term: Some(Term::NaturalDays(30)),
            basis: Some(reason()),
            approver: Some(reason()),
        },
        6 => stop(Some(Term::WorkingDays(3))),
        7 => Command::Resume { stop: Some(1) },
        8 => extend(5),
        9 => Command::AnswerPartner {
            partner: 1,
            opinion: reason(),
        },
        10 => Command::Deliver,
        11 => Command::ReplyOrder { text: reason() },
        12 => annul(seq),
        13 => revoke(warning),
        14 => Command::IssueWarning { warning },
        _ => close(Outcome::Withdrawn),
    }
}

/// What a desk would do next, so that histories get somewhere.
fn plausible(subject: &Subject, pick: usize) -> Command {
    let annul_last = subject
        .history
        .iter()
        .rev()
        .find(|e| e.event.can_be_annulled() && !subject.annulled().contains(&e.seq))
        .map(|e| annul(e.seq));
    let reply = Command::ReplyOrder { text: reason() };
    let back = Command::SendBackOrder {
        reason: reason(),
        term: None,
    };
    let mut choices = match (subject.state(), subject.stage()) {
        ("received", _) => vec![Command::Accept, correct(), Command::Accept],
        ("awaiting_supply", _) => vec![Command::Supply, Command::Supply, correct()],
        ("open", Some(stage)) => {
            let mut choices = vec![complete(stage), complete(stage), stop(None), extend(5)];
            let open = subject.track.open_stops().next().map(|s| s.number);
            if open.is_some() {
                choices.extend([
                    Command::Resume { stop: open },
                    Command::Resume { stop: open },
                ]);
            }
            if stage > Stage::Handling {
                choices.push(send_back(Stage::ALL[1 + pick / 7 % 3]));
            } else {
                choices.push(Command::AskPartner {
                    unit: UnitCode::from(PARTNER_UNIT),
                    term: Some(Term::WorkingDays(4)),
                });
                let partners = subject.case().map(|c| c.partners.as_slice());
                let asked = partners.unwrap_or_default().iter();
                choices.extend(asked.map(|p| Command::AnswerPartner {
                    partner: p.number,
                    opinion: reason(),
                }));
            }
            choices
        }
        ("issued", _) => vec![reply],
        ("replied", _) => vec![back, Command::CloseOrder { remark: None }],
        _ => vec![Command::Deliver],
    };
    choices.extend(annul_last);
    choices.swap_remove(pick % choices.len())
}

pub(crate) fn rule_books(preset: usize) -> Books {
    let presets = ["limits", "limits-full", "escalation", "two-colour"];
    let mut set = (*crate::fixtures::preset(presets[preset % 4], 1)).clone();
    // Every other set lets its cards wait for an inspector, and watches the applicant's time.
    if preset >= 4 {
        set.periods.correction = Some(Term::NaturalDays(30));
        for rule in &mut set.rules {
            rule.issue = approval::rule::IssueMode::WaitForInspector;
        }
    }
    books_of(std::sync::Arc::new(set))
}

pub(crate) fn begin(books: Books, item: usize, minute: i64) -> Desk {
    let items = [
        "HUAN", "LIAN", "SHANG", "FUWU", "ZHI", "DUAN", "RI", "YUE", "SHI", "RIZHI",
    ];
    let when = at("2011-09-01 08:30") + TimeDelta::minutes(minute);
    let shown = shown(when);
    match items.get(item) {
        Some(&"RIZHI") => {
            let day = (when + TimeDelta::days(30)).date_naive();
            let given = Some(ClockTerm::Given(day));
            Desk::receive_as(books, "RIZHI", &shown, &Act::default(), &[], given)
        }
        Some(item) => Desk::receive(books, item, &shown),
        None => Desk::order(books, Term::WorkingDays(3), &shown),
    }
}

type Key = (String, ClockKey, i64, DateTime<Utc>, DateTime<Utc>);

fn keys(subject: &Subject) -> BTreeSet<Key> {
    let warnings = subject.track.warnings.iter().map(|w| &w.raised);
    warnings
        .map(|r| {
            (
                r.rule.clone(),
                r.clock,
                r.occurrence,
                r.limit_at,
                r.effective_at,
            )
        })
        .collect()
}

fn settled(subject: &Subject, books: &Books, now: DateTime<Utc>) -> approval::Plan {
    let mut work = Work::resume(subject.clone(), books, now);
    work.settle().expect("it settles");
    work.finish()
}

/// (c): swept at every alarm instant, or once after a standstill: the same but for `recorded_at`.
fn check_standstill(subject: &Subject, books: &Books, now: DateTime<Utc>) {
    let once = settled(subject, books, now);
    let mut often = subject.clone();
    let mut next = settled(&often, books, DateTime::<Utc>::MIN_UTC).next_alarm;
    while let Some(alarm) = next.filter(|alarm| *alarm <= now) {
        let plan = settled(&often, books, alarm);
        assert!(!plan.is_empty() && plan.next_alarm > Some(alarm) || plan.next_alarm.is_none());
        often = plan.subject;
        next = plan.next_alarm;
    }
    assert_eq!(keys(&often), keys(&once.subject));
    assert_eq!(often.body, once.subject.body);
    let kinds = |s: &Subject| {
        let all = s.history.iter().map(|e| (e.event.clone(), e.occurred_at));
        all.collect::<Vec<_>>()
    };
    assert_eq!(kinds(&often), kinds(&once.subject));
}

/// What holds of every subject at every moment: (a) replays, (e) no card twice, (f) none early, (b) and
/// (g) settled is settled.
fn check_subject(desk: &Desk, now: DateTime<Utc>) {
    desk.check_replay();
    let mut seen = BTreeSet::new();
    for warning in &desk.subject.track.warnings {
        let raised = &warning.raised;
        let key = (raised.rule.clone(), raised.clock, raised.occurrence);
        assert!(seen.insert(key.clone()), "twice: {key:?}");
        assert!(raised.limit_at <= warning.recorded_at, "early: {raised:?}");
        assert!(raised.limit_at <= raised.effective_at);
        assert!(raised.effective_at <= warning.recorded_at, "{raised:?}");
    }
    let mut live = BTreeSet::new();
    for warning in desk.subject.track.warnings.iter().filter(|w| w.is_live()) {
        let raised = &warning.raised;
        let key = (raised.rule.clone(), raised.clock, raised.due_at);
        assert!(live.insert(key.clone()), "two live for one date: {key:?}");
    }
    let again = settled(&desk.subject, &desk.books, now);
    assert!(again.is_empty(), "settled twice");
    assert!(again.next_alarm.is_none_or(|next| next > now));
    let records = desk.subject.history.windows(2);
    assert!(
        records
            .into_iter()
            .all(|w| w[0].recorded_at <= w[1].recorded_at)
    );
    for clock in &desk.subject.track.clocks {
        assert_eq!(
            clock.setting().map(|s| s.due),
            clock.due,
            "a date has its event"
        );
    }
}

/// (j): the rules in force, tried on what they ruled, raise what they raised. A card that was revoked may come again
/// for a date that another event sets; no trial knows of revocations.
fn check_trial(desk: &Desk, now: DateTime<Utc>) {
    let warnings = &desk.subject.track.warnings;
    if warnings.iter().any(|w| w.state == WarningState::Revoked) {
        return;
    }
    let sets: Vec<_> = desk.books.rules.iter().map(|r| r.set.clone()).collect();
    let tried = try_rules(&desk.subject, &desk.books, &sets, now).expect("it reads");
    let keys = |raised: &[approval::event::WarningRaised]| -> BTreeSet<Key> {
        let raised = raised.iter();
        raised
            .map(|r| {
                (
                    r.rule.clone(),
                    r.clock,
                    r.occurrence,
                    r.limit_at,
                    r.effective_at,
                )
            })
            .collect()
    };
    assert_eq!(keys(&tried.would[0]), keys(&tried.did));
}

fn dates(track: &Track) -> Vec<(ClockKey, Option<calendar::Due>, Option<DateTime<Utc>>)> {
    let clock = |c: &Clock| (c.key, c.due, c.ended_at);
    track.clocks.iter().map(clock).collect()
}

/// (i): annulling what was just done brings back the matter and its dates.
fn check_annulment(before: &Subject, done: &Work<'_>) {
    let last = done.subject().history.last().expect("an event");
    if !last.event.can_be_annulled() {
        return;
    }
    let mut work = done.clone();
    work.act(annul(last.seq), &Act::default())
        .expect("the last event can be annulled");
    let after = work.subject();
    assert_eq!(after.body, before.body);
    assert_eq!(dates(&after.track), dates(&before.track));
    assert_eq!(after.track.stops, before.track.stops);
}

/// (d): when a stop is closed, no date lies before what it was when the stop opened.
#[derive(Default)]
struct StopWatch {
    opened: BTreeMap<u32, BTreeMap<ClockKey, DateTime<Utc>>>,
}

impl StopWatch {
    fn follow(&mut self, before: &Subject, after: &Subject) {
        // What the act itself recorded, before the warnings that fall with it.
        let act = after.history.iter().find(|e| e.seq > before.seq());
        match act.map(|e| &e.event) {
            Some(Event::StopOpened { stop, .. }) => {
                let dues = before.track.clocks.iter();
                let dues = dues.filter_map(|c| Some((c.key, c.due?.at))).collect();
                self.opened.insert(*stop, dues);
            }
            Some(Event::StopClosed { stop }) => {
                for (key, due) in self.opened.get(stop).into_iter().flatten() {
                    let now = after.track.clock(*key).and_then(|c| c.due);
                    assert!(
                        now.is_none_or(|now| now.at >= *due),
                        "{key} was shortened from {due}: {:?}",
                        after.track.clock(*key)
                    );
                }
            }
            // Whatever was annulled may have made a date later before.
            Some(Event::EventAnnulled { .. }) => self.opened.clear(),
            _ => {}
        }
    }
}

pub(crate) fn run(desk: &mut Desk, steps: &[Step]) -> u32 {
    let mut now = desk.subject.last_recorded_at().expect("a receipt");
    let mut stops = StopWatch::default();
    let mut done = 0;
    for step in steps {
        now += TimeDelta::minutes(step.gap_minutes);
        check_standstill(&desk.subject, &desk.books, now);
        desk.sweep_at(now);
        check_subject(desk, now);
        let command = if step.wild {
            anything(&desk.subject, step.pick)
        } else {
            plausible(&desk.subject, step.pick)
        };
        let act = match step.back_minutes {
            0 => someone(&command),
            back => Act {
                at: Some(now - TimeDelta::minutes(back)),
                ..someone(&command)
            },
        };
        let before = desk.subject.clone();
        let plan = {
            let mut work = Work::resume(before.clone(), &desk.books, now);
            if work.act(command, &act).is_err() {
                // (h)
                assert_eq!(work.subject(), &before);
                continue;
            }
            check_annulment(&before, &work);
            work
        };
        stops.follow(&before, plan.subject());
        let mut work = plan;
        work.settle().expect("it settles");
        desk.subject = work.finish().subject;
        check_subject(desk, now);
        check_trial(desk, now);
        done += 1;
    }
    done
}

/// The same histories on every run; `PROPTEST_CASES` and `PROPTEST_RNG_SEED` ask for others.
pub(crate) fn config() -> ProptestConfig {
    let given = |name| std::env::var_os(name).is_some();
    let mut config = ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    if !given("PROPTEST_CASES") {
        config.cases = 256;
    }
    if !given("PROPTEST_RNG_SEED") {
        config.rng_seed = RngSeed::Fixed(20_110_801);
    }
    config
}

proptest! {
    #![proptest_config(config())]

    /// (a) to (i) of random histories, after each step.
    #[test]
    fn random_histories_keep_the_invariants(
        preset in 0..8_usize,
        item in 0..11_usize,
        minute in 0..200_000_i64,
        steps in prop::collection::vec(step(), 1..25),
    ) {
        let mut desk = begin(rule_books(preset), item, minute);
        run(&mut desk, &steps);
    }

    /// The cards of simple histories, against a model that walks from day to day.
    #[test]
    fn no_card_is_missed_or_invented(
        minute in 0..200_000_i64,
        promised in 0..15_u32,
        stops in prop::collection::vec((0..8_000_i64, 0..12_000_i64), 0..4),
        finish in 0..60_000_i64,
        sweeps in prop::collection::vec(0..80_000_i64, 0..6),
    ) {
        check_against_naive(minute, promised, &stops, finish, &sweeps);
    }
}

/// Histories do get somewhere: most kinds of events come up.
#[test]
fn histories_get_somewhere() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let strategy = prop::collection::vec(step(), 20..25);
    let mut kinds = BTreeSet::new();
    for round in 0..60 {
        let steps = strategy.new_tree(&mut runner).expect("a history").current();
        let mut desk = begin(rule_books(round % 8), round % 11, 1_440);
        run(&mut desk, &steps);
        kinds.extend(desk.kinds());
    }
    for kind in [
        "deemed_accepted",
        "supplied",
        "sent_back",
        "stop_closed",
        "extended",
        "partner_answered",
        "delivered",
        "order_sent_back",
        "limit_passed",
        "warning_raised",
        "warning_issued",
        "warning_revoked",
        "warning_annulled",
        "event_annulled",
    ] {
        assert!(kinds.contains(kind), "{kind} never came up: {kinds:?}");
    }
}

/// One stop as the naive model keeps it.
#[derive(Clone, Copy)]
struct Stopped {
    from: DateTime<Utc>,
    to: DateTime<Utc>,
}

fn day_of(instant: DateTime<Utc>) -> NaiveDate {
    calendar().office_date(instant)
}

fn midnight_after(day: NaiveDate) -> DateTime<Utc> {
    at(&format!("{} 00:00", day.succ_opt().expect("a day")))
}

fn works(day: NaiveDate) -> bool {
    calendar().is_working(day).expect("a covered day")
}

/// Design §5, literally and day by day: stops in order, each counted if it opens before the due
/// instant of those before it.
fn naive_due(start: DateTime<Utc>, days: u32, stops: &[Stopped]) -> NaiveDate {
    let day0 = day_of(start);
    let mut counted: Vec<Stopped> = Vec::new();
    let mut due = naive_due_of(day0, days, &counted);
    for stop in stops {
        if stop.from >= midnight_after(due) {
            break;
        }
        counted.push(*stop);
        due = naive_due_of(day0, days, &counted);
    }
    due
}

fn naive_due_of(day0: NaiveDate, days: u32, counted: &[Stopped]) -> NaiveDate {
    let mut day = day0;
    let mut used = 0;
    loop {
        let inside = |s: &Stopped| day_of(s.from) < day && day <= day_of(s.to);
        if day > day0 && works(day) && !counted.iter().any(inside) {
            used += 1;
        }
        if works(day) && used >= days {
            break;
        }
        day = day.succ_opt().expect("a day");
    }
    let opened_on_or_after = counted.iter().filter(|s| day_of(s.from) >= day);
    let rolled = opened_on_or_after.map(|s| {
        let mut resumed = day_of(s.to);
        while !works(resumed) {
            resumed = resumed.succ_opt().expect("a day");
        }
        resumed
    });
    rolled.fold(day, NaiveDate::max)
}

/// 00:00 of the first day with at most two working days left, if the term is longer than two.
fn naive_notice(start: DateTime<Utc>, days: u32, due: NaiveDate) -> Option<DateTime<Utc>> {
    if days <= 2 {
        return None;
    }
    let mut day = due;
    let mut left = 0;
    loop {
        let more = left + u32::from(works(day));
        if more > 2 {
            break;
        }
        left = more;
        day = day.pred_opt().expect("a day");
    }
    // `day` is a working day with two left after it, or fewer where rest days lie between.
    Some(at(&format!("{day} 00:00")).max(start))
}

fn check_against_naive(
    minute: i64,
    promised: u32,
    gaps: &[(i64, i64)],
    finish: i64,
    sweeps: &[i64],
) {
    let mut books = books("limits");
    put(&mut books, item("N", promised, 500), "2004-01-01 00:00");
    let start = at("2011-09-01 08:30") + TimeDelta::minutes(minute);
    // The acts in order: accept, stops one after the other, all stages at once.
    let mut stops = Vec::new();
    let mut from = start;
    for (gap, length) in gaps {
        let opened = from + TimeDelta::minutes(*gap);
        from = opened + TimeDelta::minutes(*length);
        stops.push(Stopped {
            from: opened,
            to: from,
        });
    }
    let end = from + TimeDelta::minutes(finish);
    let mut acts: Vec<(DateTime<Utc>, Command)> = vec![(start, Command::Accept)];
    for s in &stops {
        acts.push((s.from, stop(None)));
        acts.push((s.to, resume()));
    }
    for stage in [
        Stage::Handling,
        Stage::Review,
        Stage::Approval,
        Stage::Completion,
    ] {
        acts.push((end, complete(stage)));
    }
    let mut moments: Vec<(DateTime<Utc>, usize, Option<Command>)> = acts
        .into_iter()
        .enumerate()
        .map(|(place, (when, command))| (when, place, Some(command)))
        .collect();
    moments.extend(
        sweeps
            .iter()
            .map(|minutes| (start + TimeDelta::minutes(*minutes), usize::MAX, None)),
    );
    moments.sort_by_key(|(when, place, _)| (*when, *place));
    let mut desk = Desk::receive(books, "N", &shown(start));
    for (when, _, command) in moments {
        desk.sweep_at(when);
        if let Some(command) = command {
            desk.try_as(when, command, &Act::default()).expect("an act");
        }
    }
    desk.sweep_at(end + TimeDelta::days(90));

    let expected = naive_cards(start, promised, &stops, end);
    let found: BTreeSet<(Level, DateTime<Utc>, DateTime<Utc>)> = desk
        .subject
        .track
        .warnings
        .iter()
        .map(|w| (w.level(), w.raised.limit_at, w.raised.effective_at))
        .collect();
    assert_eq!(found, expected);
    assert_eq!(found.len(), desk.subject.track.warnings.len());
}

/// Each date holds from the act that sets it to the next that moves it or the end; what it reaches in
/// that time gives a card, once for each date.
fn naive_cards(
    start: DateTime<Utc>,
    promised: u32,
    stops: &[Stopped],
    end: DateTime<Utc>,
) -> BTreeSet<(Level, DateTime<Utc>, DateTime<Utc>)> {
    let mut cards = BTreeSet::new();
    let mut carded: BTreeSet<(Level, NaiveDate)> = BTreeSet::new();
    let mut known_at = start;
    let mut last_due = None;
    for closed in 0..=stops.len() {
        let (before, rest) = stops.split_at(closed);
        let due = naive_due(start, promised, before);
        if let Some(last) = before.last()
            && last_due != Some(due)
        {
            known_at = last.to;
        }
        last_due = Some(due);
        // A stop that opens before the due instant takes the date away until it is closed.
        let until = rest.first().map_or(end, |next| next.from);
        let mut card = |level, limit_at: Option<DateTime<Utc>>| {
            if let Some(limit_at) = limit_at.filter(|limit| *limit <= until)
                && carded.insert((level, due))
            {
                cards.insert((level, limit_at, limit_at.max(known_at)));
            }
        };
        card(Level::Notice, naive_notice(start, promised, due));
        card(Level::Yellow, Some(midnight_after(due)));
    }
    cards
}
