//! Acts at the very instant of a bound, and acts that are said to have happened earlier: what each rests on.

use approval::attachment::Attachment;
use approval::event::{Event, RevokedOn};
use approval::ids::SubjectId;
use approval::rule::Level;
use approval::stage::{Outcome, Stage};
use approval::track::ClockKey;
use approval::{Act, Command, Refusal};
use calendar::Term;

use crate::appeals::carded;
use crate::fixtures::*;

const WHEN: &str = "2011-09-26 10:00";

/// HUAN in a stage at 10:00 of 2011-09-26.
fn in_stage(stage: Stage) -> Desk {
    Desk::in_stage("HUAN", stage, WHEN)
}

fn step() -> Command {
    Command::Step {
        activity: "现场勘查".to_owned(),
        stage: None,
        group: None,
        person: None,
        defect: None,
    }
}

/// Why an act is refused that is recorded at one time and said to have happened at another.
fn refusal(desk: &Desk, recorded: &str, occurred: &str, command: Command) -> Refusal {
    let shown = format!("{recorded} {occurred} {command:?}");
    let mut desk = desk.clone();
    match desk.try_as(at(recorded), command, &happened(occurred)) {
        Ok(_) => panic!("{shown} isn't refused"),
        Err(refusal) => refusal,
    }
}

#[test]
fn a_log_is_irregular_beyond_its_bounds_only() {
    let now = at("2011-09-30 10:00");
    let mut desk = Desk::receive(books("limits"), "HUAN", WHEN);
    let end = Command::ReportEnd { outcome: None };
    for (command, when, kind, defects) in [
        (step(), WHEN, "step", &[][..]),
        (step(), "2011-09-26 09:59", "step", &["before_start"]),
        (
            end.clone(),
            "2011-09-26 09:59",
            "end_reported",
            &["end_before_start"],
        ),
    ] {
        let mut desk = desk.clone();
        desk.try_as(now, command, &fed(when)).expect(when);
        assert_eq!(desk.defects(kind), defects, "{kind} at {when}");
    }
    desk.try_as(now, end, &fed("2011-09-28 10:00"))
        .expect("the end");
    for (when, defects) in [
        ("2011-09-28 10:00", &[][..]),
        ("2011-09-28 10:01", &["after_end"]),
    ] {
        let mut desk = desk.clone();
        desk.try_as(now, step(), &fed(when)).expect(when);
        assert_eq!(desk.defects("step"), defects, "{when}");
    }
}

/// A card is revoked when the inspector decided so, whatever the case did between his decision and its record.
#[test]
fn what_is_not_the_course_of_the_case_rests_on_no_stage() {
    let (mut desk, card) = carded();
    let at_once = desk.live(Level::Yellow, ClockKey::Promised);
    assert_eq!(
        at_once.first().and_then(|card| card.issued_at),
        Some(at("2011-10-18 10:00"))
    );
    desk.at("2011-10-20 10:00", complete(Stage::Handling));
    let decided = Act {
        at: Some(at("2011-10-19 10:00")),
        ..by("JC-1")
    };
    desk.try_as(at("2011-10-20 11:00"), revoke(card), &decided)
        .expect("revoked before the case moved on");
    assert!(desk.live(Level::Yellow, ClockKey::Promised).is_empty());
}

/// A completion isn't earlier than the end of the last stop, nor than the stage: the later of them is named.
#[test]
fn a_completion_rests_on_its_stage_and_on_the_last_stop() {
    let stopped = |approved: &str| {
        let mut desk = in_stage(Stage::Approval);
        desk.at("2011-09-27 10:00", stop(None));
        desk.at("2011-09-27 15:00", resume());
        desk.at(approved, complete(Stage::Approval));
        desk
    };
    let completion = || complete(Stage::Completion);
    // The stage began after the stop's end, and at it.
    for (approved, occurred) in [
        ("2011-09-27 16:00", "2011-09-27 15:30"),
        ("2011-09-27 15:00", "2011-09-27 14:59"),
    ] {
        let why = refusal(
            &stopped(approved),
            "2011-09-27 17:00",
            occurred,
            completion(),
        );
        assert_eq!(why.kind(), "before_start");
        assert!(why.to_string().contains("本环节开始时间"), "{why}");
    }
    // The stop was in the stage itself.
    let mut desk = in_stage(Stage::Completion);
    desk.at("2011-09-27 10:00", stop(None));
    desk.at("2011-09-27 15:00", resume());
    let why = refusal(&desk, "2011-09-27 17:00", "2011-09-27 14:59", completion());
    assert!(why.to_string().contains("特别程序结束时间"), "{why}");
    // What isn't the completion rests on the stage alone.
    desk.late(
        "2011-09-27 17:00",
        "2011-09-27 14:59",
        close(Outcome::Withdrawn),
    );
    // Nor does another stage's end wait for the stop's.
    let mut desk = in_stage(Stage::Review);
    desk.at("2011-09-27 10:00", stop(None));
    desk.at("2011-09-27 15:00", resume());
    desk.late(
        "2011-09-27 17:00",
        "2011-09-27 14:59",
        complete(Stage::Review),
    );
}

/// The first decision granted; the second refused with its reason, and was annulled with what led to it.
#[test]
fn the_reason_of_an_annulled_decision_serves_nothing() {
    let mut desk = in_stage(Stage::Approval);
    let refused = |stage, reason| complete_with(stage, Some(Outcome::Refused), reason);
    desk.at("2011-09-26 11:00", complete(Stage::Approval));
    desk.at("2011-09-26 12:00", send_back(Stage::Approval));
    desk.at(
        "2011-09-26 13:00",
        refused(Stage::Approval, Some("不符合规划")),
    );
    desk.at("2011-09-26 14:00", annul(desk.seq_of("stage_completed")));
    desk.at("2011-09-26 15:00", annul(desk.seq_of("sent_back")));
    assert_eq!(desk.subject.stage(), Some(Stage::Completion));
    let why = desk.refusal("2011-09-26 16:00", refused(Stage::Completion, None));
    assert_eq!(why.kind(), "missing_reason");
}

/// The completion says what the decision said, or that the case is returned; nothing else.
#[test]
fn a_completion_ends_as_it_was_decided() {
    let ends = |decided, said| {
        let mut desk = in_stage(Stage::Approval);
        let reason = Some("不符合规划");
        desk.at(WHEN, complete_with(Stage::Approval, Some(decided), reason));
        let done = complete_with(Stage::Completion, Some(said), reason);
        let done = desk.try_at(WHEN, done).map(|_| ());
        done.map_err(|refusal| refusal.kind())
    };
    let (granted, refused, returned) = (Outcome::Granted, Outcome::Refused, Outcome::Returned);
    assert_eq!(ends(granted, granted), Ok(()));
    assert_eq!(ends(refused, refused), Ok(()));
    assert_eq!(ends(granted, returned), Ok(()));
    assert_eq!(ends(granted, refused), Err("wrong_outcome"));
    assert_eq!(ends(refused, granted), Err("wrong_outcome"));
}

#[test]
fn a_revocation_says_what_it_rests_on() {
    for on in [
        RevokedOn::Outage("GZ-1".to_owned()),
        RevokedOn::Appeal(SubjectId::from("SS-1")),
    ] {
        let (mut desk, card) = carded();
        let command = Command::RevokeOn {
            warning: card,
            reason: "网络故障".to_owned(),
            on: on.clone(),
        };
        desk.try_as(at("2011-10-19 10:00"), command, &by("JC-1"))
            .expect("revoked");
        let seq = desk.seq_of("warning_revoked");
        let event = &desk.subject.event(seq).expect("the event").event;
        let Event::WarningRevoked {
            warning, on: noted, ..
        } = event
        else {
            panic!("{event:?}");
        };
        assert_eq!((*warning, noted), (card, &on));
    }
}

/// Two rules that wait for the inspector: who is told is the issued one's matter.
#[test]
fn the_card_that_is_issued_is_the_one_that_was_named() {
    let waits = "issue = \"wait-for-inspector\"";
    let yellow = ("first", "promised", "yellow");
    let red = ("second", "promised", "red");
    let text = format!(
        "name = \"two\"\n{}{}",
        rule_text(yellow, "after_working_days = 1", "handler", waits),
        rule_text(red, "after_working_days = 2", "head", waits)
    );
    let mut desk = Desk::receive(books_of(rules("two", &text, 1)), "HUAN", WHEN);
    desk.at(WHEN, Command::Accept);
    desk.sweep("2011-10-20 10:00");
    let seqs: Vec<i64> = desk.subject.track.warnings.iter().map(|w| w.seq).collect();
    let [yellow, red] = seqs[..] else {
        panic!("{}", desk.warnings())
    };
    assert!(
        desk.subject
            .track
            .warnings
            .iter()
            .all(|w| w.issued_at.is_none())
    );
    desk.at("2011-10-20 11:00", Command::IssueWarning { warning: red });
    let issued: Vec<_> = desk
        .subject
        .track
        .warnings
        .iter()
        .map(|w| w.issued_at)
        .collect();
    assert_eq!(issued, [None, Some(at("2011-10-20 11:00"))]);
    assert_eq!(desk.told(red), ["HB-D"]);
    let again = desk.refusal("2011-10-20 12:00", Command::IssueWarning { warning: red });
    assert_eq!(again.kind(), "no_such_warning");
    desk.at(
        "2011-10-20 12:00",
        Command::IssueWarning { warning: yellow },
    );
    assert_eq!(desk.told(yellow), ["HB-H"]);
}

/// A decision at the very instant of the threshold is late: what led past it was annulled, and the card stays.
#[test]
fn a_card_stays_whose_clock_turns_out_to_end_at_its_threshold() {
    for (decided, live) in [("2011-10-27 23:59:59", 0), ("2011-10-28 00:00", 1)] {
        let mut desk = in_stage(Stage::Approval);
        desk.sweep("2011-10-28 10:00");
        let cards = desk.live(Level::Red, ClockKey::Statutory);
        let card = (*cards.first().expect("a card")).clone();
        assert_eq!(shown(card.raised.limit_at), "2011-10-28 00:00");
        desk.late("2011-10-28 11:00", decided, complete(Stage::Approval));
        desk.at("2011-10-28 12:00", send_back(Stage::Approval));
        assert_eq!(desk.live(Level::Red, ClockKey::Statutory).len(), 1);
        desk.at("2011-10-28 13:00", annul(desk.seq_of("sent_back")));
        // The very card: not that it fell and another was raised.
        let cards = desk.live(Level::Red, ClockKey::Statutory);
        let stayed = cards.iter().filter(|live| live.seq == card.seq).count();
        assert_eq!((cards.len(), stayed), (live, live), "decided at {decided}");
    }
}

/// What isn't there to be supplied isn't a matter of time; and an order is open until it is closed.
#[test]
fn where_a_subject_stands_comes_before_the_time() {
    let desk = Desk::receive(books("limits"), "HUAN", WHEN);
    let why = refusal(
        &desk,
        "2011-09-26 11:00",
        "2011-09-26 09:00",
        Command::Supply,
    );
    assert_eq!(why.kind(), "nothing_to_supply");
    let mut order = Desk::order(books("limits"), Term::WorkingDays(5), WHEN);
    let reply = Command::ReplyOrder {
        text: "已办结".to_owned(),
    };
    order.at("2011-09-27 10:00", reply);
    assert!(order.subject.is_open());
    order.at("2011-09-27 11:00", Command::CloseOrder { remark: None });
    assert!(!order.subject.is_open());
}

#[test]
fn a_reply_keeps_the_files_handed_in_with_it() {
    let mut desk = Desk::order(books("limits"), Term::WorkingDays(5), WHEN);
    let file = Attachment {
        id: "1".to_owned(),
        name: "回复.pdf".to_owned(),
        media_type: "application/pdf".to_owned(),
        size: 9,
        sm3: "00".repeat(32),
    };
    let reply = Command::ReplyOrderWith {
        text: "已办结".to_owned(),
        attachments: vec![file.clone()],
    };
    desk.at("2011-09-27 10:00", reply);
    let event = desk.subject.event(desk.seq_of("order_replied"));
    let files = event.expect("the reply").event.attachments();
    assert_eq!(files, [file]);
}

/// A row is imported once: its key is of the receipt, not of the notice that goes out with it.
#[test]
fn the_key_of_a_row_is_its_receipts_alone() {
    let act = Act {
        source_key: Some("R-1".to_owned()),
        ..Act::default()
    };
    let desk = Desk::receive_as(books("limits"), "HUAN", WHEN, &act, &["营业执照"], None);
    let keys: Vec<Option<&str>> = desk
        .subject
        .history
        .iter()
        .map(|event| event.source_key.as_deref())
        .collect();
    assert_eq!(keys, [Some("R-1"), None]);
}
