//! Annulment: the history read without an event, and the warnings that rest on it.

use approval::event::Event;
use approval::rule::Level;
use approval::stage::{Outcome, Stage};
use approval::track::ClockKey;
use approval::warning::WarningState;
use approval::{Act, Books, Command, Refusal};
use calendar::Term;

use crate::fixtures::*;

const PROMISED: ClockKey = ClockKey::Promised;
const STATUTORY: ClockKey = ClockKey::Statutory;
const HANDLING: ClockKey = ClockKey::Stage(Stage::Handling, 1);
const REVIEW: ClockKey = ClockKey::Stage(Stage::Review, 1);

fn accepted(item: &str, when: &str) -> Desk {
    Desk::accepted(books("limits"), item, when)
}

fn seven_of_ten(mut books: Books, when: &str) -> Desk {
    put(&mut books, item("QI", 7, 10), "2004-01-01 00:00");
    let mut desk = Desk::receive(books, "QI", when);
    desk.at(when, Command::Accept);
    desk
}

/// Annuls the last event of a kind.
fn annul_last(desk: &mut Desk, when: &str, kind: &str) -> i64 {
    let seq = desk.seq_of(kind);
    desk.at(when, annul(seq));
    desk.seq_of("event_annulled")
}

/// Invariant 5: events stay; the history is read without the annulled one.
#[test]
fn the_history_is_read_without_the_annulled_event() {
    let mut desk = accepted("HUAN", "2011-10-17 10:00");
    let before = desk.subject.clone();
    desk.at("2011-10-18 10:00", complete(Stage::Handling));
    annul_last(&mut desk, "2011-10-18 11:00", "stage_completed");
    assert_eq!(desk.subject.body, before.body);
    assert_eq!(desk.subject.history.len(), 4);
    assert!(desk.subject.annulled().contains(&3));
    assert!(desk.subject.track.clock(REVIEW).is_none());
    desk.check_due(HANDLING, "2011-10-21");
    desk.at("2011-10-19 10:00", complete(Stage::Handling));
    desk.check_due(REVIEW, "2011-10-21");
}

/// Refused when the rest doesn't hold, naming the event that breaks; nothing changes.
#[test]
fn what_others_rest_on_cant_be_annulled_first() {
    let mut desk = accepted("HUAN", "2011-10-17 10:00");
    desk.at("2011-10-18 10:00", complete(Stage::Handling));
    desk.at("2011-10-19 10:00", complete(Stage::Review));
    let refusal = desk.refusal("2011-10-19 11:00", annul(3));
    let Refusal::DoesNotReplay { seq, broken, why } = refusal else {
        panic!("{refusal}");
    };
    assert_eq!((seq, broken), (3, 4));
    assert!(why.contains("审核") && why.contains("承办"), "{why}");
    desk.at("2011-10-19 12:00", annul(4));
    desk.at("2011-10-19 12:00", annul(3));
    assert_eq!(desk.subject.stage(), Some(Stage::Handling));
    let mut early = accepted("HUAN", "2011-10-17 10:00");
    early.at("2011-10-18 10:00", complete(Stage::Handling));
    let refusal = early.refusal("2011-10-19 10:00", annul(2));
    assert_eq!(refusal.kind(), "does_not_replay");
}

#[test]
fn annulling_twice_or_without_a_reason_is_refused() {
    let mut desk = accepted("HUAN", "2011-10-17 10:00");
    desk.at("2011-10-18 10:00", complete(Stage::Handling));
    let unreasoned = Command::Annul {
        seq: 3,
        reason: String::new(),
    };
    assert_eq!(desk.refusal("2011-10-18 11:00", unreasoned).kind(), "empty");
    desk.at("2011-10-18 11:00", annul(3));
    let again = desk.refusal("2011-10-18 12:00", annul(3));
    assert_eq!(again, Refusal::NoSuchEvent { seq: 3 });
    let the_annulment = desk.refusal("2011-10-18 12:00", annul(4));
    assert_eq!(the_annulment.kind(), "not_annullable");
}

/// What the program or an inspector recorded has ways of its own.
#[test]
fn records_of_the_program_cant_be_annulled() {
    let mut desk = Desk::receive(books("limits"), "DUAN", "2011-10-17 10:00");
    desk.sweep("2011-10-25 00:00");
    desk.at("2011-10-25 10:00", revoke(desk.seq_of("warning_raised")));
    desk.revise("2011-10-26 10:00", calendar_closed("cn-x", &["2011-10-19"]));
    let kinds = desk.kinds();
    for kind in [
        "received",
        "deemed_accepted",
        "limit_passed",
        "warning_raised",
        "warning_revoked",
        "warning_annulled",
        "dates_revised",
    ] {
        assert!(kinds.contains(&kind), "{kind} in {kinds:?}");
        let seq = desk.seq_of(kind);
        let refusal = desk.refusal("2011-10-27 10:00", annul(seq));
        assert_eq!(refusal, Refusal::NotAnnullable { seq, kind });
    }
}

/// Warnings that rest on the annulled event fall, as Annulled and not Revoked; the others stay.
#[test]
fn warnings_fall_with_what_they_rest_on() {
    let mut desk = accepted("HUAN", "2011-10-17 10:00");
    desk.sweep("2011-10-22 00:00");
    desk.at("2011-10-24 10:00", complete(Stage::Handling));
    desk.sweep("2011-10-28 10:00");
    desk.check_warnings(&[
        "yellow handling#1/2 2011-10-22 00:00",
        "notice promised/2 2011-10-27 00:00",
        "yellow review#1/4 2011-10-27 00:00",
    ]);
    let review_card = desk.live(Level::Yellow, REVIEW)[0].seq;
    let cause = annul_last(&mut desk, "2011-10-28 11:00", "stage_completed");
    desk.check_warnings(&[
        "yellow handling#1/2 2011-10-22 00:00",
        "notice promised/2 2011-10-27 00:00",
        "yellow review#1/4 2011-10-27 00:00 annulled",
    ]);
    let plan = desk.plans.last().expect("a plan");
    assert_eq!(plan.fallen, [review_card]);
    let annulled = desk.subject.event(desk.seq_of("warning_annulled"));
    let expected = Event::WarningAnnulled {
        warning: review_card,
        cause,
    };
    assert_eq!(annulled.map(|e| &e.event), Some(&expected));
    // The handling clock runs again: its card stays and isn't raised a second time.
    desk.sweep("2011-10-31 10:00");
    assert_eq!(desk.live(Level::Yellow, HANDLING).len(), 1);
}

/// A date that comes out differently is set by the annulment; its warnings take effect with it.
#[test]
fn a_date_that_changes_is_the_annulments() {
    let mut desk = seven_of_ten(books("limits"), "2018-10-15 10:00");
    desk.at("2018-10-16 10:00", extend(5));
    desk.sweep("2018-11-01 00:00");
    desk.check_warnings(&[
        "notice promised/3 2018-10-29 00:00",
        "yellow promised/3 2018-11-01 00:00",
    ]);
    let cause = annul_last(&mut desk, "2018-11-02 10:00", "extended");
    desk.check_due(PROMISED, "2018-10-24");
    desk.check_warnings(&[
        "notice promised/3 2018-10-29 00:00 annulled",
        "yellow promised/3 2018-11-01 00:00 annulled",
        &format!("notice promised/{cause} 2018-10-22 00:00 effective 2018-11-02 10:00"),
        &format!("yellow promised/{cause} 2018-10-25 00:00 effective 2018-11-02 10:00"),
        &format!("red statutory/{cause} 2018-10-30 00:00 effective 2018-11-02 10:00"),
    ]);
    // And may be extended again, since the first time never was.
    desk.at("2018-11-02 11:00", close(Outcome::Withdrawn));
}

/// A date that comes back has its live card already: none is raised again for it.
#[test]
fn a_date_that_comes_back_keeps_its_card() {
    let mut desk = seven_of_ten(books("limits"), "2018-10-15 10:00");
    desk.sweep("2018-10-22 10:00");
    desk.at("2018-10-22 11:00", extend(5));
    desk.at("2018-10-23 11:00", annul(desk.seq_of("extended")));
    desk.sweep("2018-10-24 10:00");
    desk.check_warnings(&["notice promised/2 2018-10-22 00:00"]);
    desk.sweep("2018-10-25 00:00");
    assert_eq!(desk.live(Level::Yellow, PROMISED).len(), 1);
    // Recorded late against a card that is out: the card stays, whatever becomes of the act.
    desk.late("2018-10-26 10:00", "2018-10-24 10:00", stop(None));
    assert_eq!(desk.due(PROMISED), None);
    desk.at("2018-10-26 11:00", annul(desk.seq_of("stop_opened")));
    desk.sweep("2018-10-29 10:00");
    assert_eq!(desk.live(Level::Yellow, PROMISED).len(), 1);
}

/// A later annulment of something else leaves alone what rests on an earlier annulment's date.
#[test]
fn a_second_annulment_leaves_the_first_ones_dates() {
    let mut desk = seven_of_ten(books("limits"), "2018-10-15 10:00");
    desk.at("2018-10-16 10:00", stop(None));
    desk.at("2018-10-18 10:00", resume());
    desk.check_due(PROMISED, "2018-10-26");
    desk.at("2018-10-19 10:00", annul(desk.seq_of("stop_closed")));
    desk.at("2018-10-19 10:00", annul(desk.seq_of("stop_opened")));
    desk.check_due(PROMISED, "2018-10-24");
    desk.sweep("2018-10-22 10:00");
    let notice = desk.warnings();
    desk.at("2018-10-22 11:00", extend(3));
    desk.at("2018-10-22 12:00", complete(Stage::Handling));
    desk.at("2018-10-22 13:00", annul(desk.seq_of("stage_completed")));
    assert_eq!(desk.warnings(), notice, "the notice stays");
    desk.check_due(PROMISED, "2018-10-29");
}

/// A revoked card doesn't come back with an annulment that leaves its date alone.
#[test]
fn a_revoked_card_doesnt_come_back() {
    let mut desk = accepted("HUAN", "2011-10-17 10:00");
    desk.at("2011-10-18 10:00", complete(Stage::Handling));
    desk.sweep("2011-11-01 00:00");
    let card = desk.live(Level::Yellow, PROMISED)[0].seq;
    desk.at("2011-11-01 10:00", revoke(card));
    desk.at("2011-11-01 11:00", annul(3));
    desk.sweep("2011-11-02 10:00");
    assert!(desk.live(Level::Yellow, PROMISED).is_empty());
}

/// A completion that never was: the clock runs on, and its card takes effect with the annulment.
#[test]
fn an_annulled_end_lets_the_clock_run_on() {
    let mut desk = seven_of_ten(books("limits"), "2018-10-15 10:00");
    desk.finish("2018-10-19 10:00");
    desk.sweep("2018-10-26 10:00");
    desk.check_warnings(&[]);
    annul_last(&mut desk, "2018-10-26 11:00", "stage_completed");
    let cause = desk.seq_of("event_annulled");
    desk.check_warnings(&[
        &format!("notice promised/{cause} 2018-10-22 00:00 effective 2018-10-26 11:00"),
        &format!("yellow promised/{cause} 2018-10-25 00:00 effective 2018-10-26 11:00"),
    ]);
    assert!(desk.subject.is_open());
}

/// What runs again has the dates of the calendar in force, also if that moved nothing while it was over.
#[test]
fn a_clock_that_runs_again_follows_the_calendar_in_force() {
    let mut desk = seven_of_ten(books("limits"), "2018-10-15 10:00");
    desk.finish("2018-10-16 10:00");
    desk.at("2018-10-16 11:00", Command::Deliver);
    let newer = calendar_closed("cn-x", &["2018-10-23"]);
    assert_eq!(desk.revise("2018-10-17 10:00", newer), [""; 0]);
    annul_last(&mut desk, "2018-10-18 10:00", "delivered");
    annul_last(&mut desk, "2018-10-18 11:00", "stage_completed");
    desk.check_due(PROMISED, "2018-10-25");
    desk.sweep("2018-10-25 10:00");
    assert!(desk.live(Level::Yellow, PROMISED).is_empty(), "never early");
    desk.sweep("2018-10-26 00:00");
    assert_eq!(desk.live(Level::Yellow, PROMISED).len(), 1);
}

/// A red card that falls because the clock had ended is raised when that end falls too.
#[test]
fn a_card_that_fell_comes_back_when_its_end_falls() {
    let mut desk = seven_of_ten(books("limits"), "2018-10-15 10:00");
    for stage in [Stage::Handling, Stage::Review, Stage::Approval] {
        desk.at("2018-10-29 10:00", complete(stage));
    }
    desk.at("2018-10-29 11:00", send_back(Stage::Approval));
    desk.sweep("2018-10-30 10:00");
    assert_eq!(desk.live(Level::Red, STATUTORY).len(), 1);
    annul_last(&mut desk, "2018-10-31 10:00", "sent_back");
    assert!(
        desk.live(Level::Red, STATUTORY).is_empty(),
        "decided in time after all"
    );
    annul_last(&mut desk, "2018-10-31 11:00", "stage_completed");
    let red = desk.live(Level::Red, STATUTORY);
    assert_eq!(red.len(), 1, "never decided");
    assert_eq!(red[0].raised.effective_at, at("2018-10-31 11:00"));
}

/// Invariant 7: a card that a late recording left in place isn't taken away by annulling something else.
#[test]
fn a_card_stays_when_the_annulment_left_its_clock_alone() {
    let mut desk = accepted("HUAN", "2011-10-17 10:00");
    desk.sweep("2011-10-22 00:00");
    let cards = ["yellow handling#1/2 2011-10-22 00:00"];
    desk.check_warnings(&cards);
    desk.late(
        "2011-10-24 10:00",
        "2011-10-21 10:00",
        complete(Stage::Handling),
    );
    desk.at("2011-10-24 11:00", stop(None));
    annul_last(&mut desk, "2011-10-24 12:00", "stop_opened");
    desk.check_warnings(&cards);
    // Nor by annulling the late recording itself, which lets the clock run on.
    annul_last(&mut desk, "2011-10-24 13:00", "stage_completed");
    desk.check_warnings(&cards);
}

/// An order that was to go with a card falls with it, while it isn't written yet.
#[test]
fn an_order_falls_with_its_card() {
    let mut desk = seven_of_ten(books("escalation"), "2018-10-15 10:00");
    desk.at("2018-10-16 10:00", extend(2));
    desk.check_due(PROMISED, "2018-10-26");
    desk.at("2018-10-16 10:00", stop(None));
    desk.at("2018-10-18 10:00", resume());
    desk.check_due(PROMISED, "2018-10-30");
    let resumed = desk.seq_of("stop_closed");
    // The stop still ran: the sweep raises the card on the resumed date, the annulment takes it away.
    let plan = desk.at("2018-10-31 10:00", annul(resumed));
    assert!(plan.orders.is_empty() && plan.items.is_empty());
    assert_eq!(plan.fallen.len(), 2, "the notice and the yellow card");
    assert_eq!(desk.due(PROMISED), None);
}

/// An acceptance that never was leaves the receipt: silence may have become acceptance meanwhile.
#[test]
fn an_annulled_acceptance_may_have_become_silence() {
    let mut desk = accepted("DUAN", "2011-10-17 10:00");
    desk.sweep("2011-10-21 00:00");
    assert_eq!(desk.live(Level::Yellow, PROMISED).len(), 1);
    let mut in_time = desk.clone();
    in_time.at("2011-10-24 10:00", annul(2));
    assert_eq!(in_time.subject.state(), "received");
    in_time.check_due(ClockKey::Acceptance(1), "2011-10-24");
    assert!(in_time.subject.track.warnings.iter().all(|w| !w.is_live()));
    desk.at("2011-10-26 10:00", annul(2));
    let case = desk.subject.case().expect("a case");
    let acceptance = case.acceptance.expect("an acceptance");
    assert!(acceptance.deemed);
    assert_eq!(acceptance.at, at("2011-10-25 00:00"));
    let yellow = desk.live(Level::Yellow, PROMISED);
    assert_eq!(yellow.len(), 1);
    assert_eq!(yellow[0].raised.effective_at, at("2011-10-26 10:00"));
}

/// Orders are read without their annulled events as cases are.
#[test]
fn orders_are_annulled_alike() {
    let mut order = Desk::order(books("limits"), Term::WorkingDays(3), "2018-10-15 10:00");
    let reply = Command::ReplyOrder {
        text: "已办结".to_owned(),
    };
    order.at("2018-10-16 10:00", reply);
    order.at("2018-10-22 10:00", annul(2));
    assert_eq!(order.subject.state(), "issued");
    assert_eq!(order.live(Level::Yellow, ClockKey::Order(1)).len(), 1);
}

/// Every state that a warning can have is counted apart, and only once it is reached.
#[test]
fn the_four_states_keep_apart() {
    let mut desk = accepted("HUAN", "2011-10-17 10:00");
    desk.at("2011-10-18 10:00", complete(Stage::Handling));
    desk.sweep("2011-10-21 00:00");
    let card = desk.live(Level::Yellow, REVIEW)[0].seq;
    desk.at("2011-10-21 10:00", revoke(card));
    desk.at("2011-10-21 11:00", annul(3));
    let states: Vec<WarningState> = desk
        .subject
        .track
        .warnings
        .iter()
        .map(|w| w.state)
        .collect();
    assert_eq!(states, [WarningState::Revoked], "an inspector's word stays");
    let act = Act {
        source_key: Some("7".to_owned()),
        ..fed("2011-10-21 12:00")
    };
    desk.try_as(at("2011-10-21 12:00"), complete(Stage::Handling), &act)
        .expect("a feed goes on");
}
