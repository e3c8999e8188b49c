//! Each phase × command pair: accepted, or refused with both ends; and what a desk refuses besides.

use approval::ids::{PersonCode, UnitCode};
use approval::stage::{Outcome, Procedure, Stage};
use approval::{Act, Command, Refusal};
use calendar::Term;

use crate::fixtures::*;

const PHASES: [&str; 11] = [
    "received",
    "awaiting_supply",
    "handling",
    "review",
    "approval",
    "completion",
    "completed",
    "closed",
    "issued",
    "replied",
    "closed",
];

fn order_command(word: &str) -> Command {
    match word {
        "reply" => Command::ReplyOrder {
            text: "已办结".to_owned(),
        },
        "close" => Command::CloseOrder { remark: None },
        _ => Command::SendBackOrder {
            reason: "未说明原因".to_owned(),
            term: None,
        },
    }
}

/// A subject in each phase, all of a joint item, all at 10:00 of 2011-09-26.
fn in_each_phase() -> Vec<Desk> {
    const WHEN: &str = "2011-09-26 10:00";
    let mut desks = Vec::new();
    let mut desk = Desk::receive(books("limits"), "LIAN", WHEN);
    desks.push(desk.clone());
    let mut awaiting = desk.clone();
    awaiting.at(WHEN, correct());
    desks.push(awaiting);
    desk.at(WHEN, Command::Accept);
    desks.push(desk.clone());
    let mut withdrawn = desk.clone();
    withdrawn.at(WHEN, close(Outcome::Withdrawn));
    for stage in [
        Stage::Handling,
        Stage::Review,
        Stage::Approval,
        Stage::Completion,
    ] {
        desk.at(WHEN, complete(stage));
        desks.push(desk.clone());
    }
    desks.push(withdrawn);
    let mut order = Desk::order(books("limits"), Term::WorkingDays(5), WHEN);
    desks.push(order.clone());
    order.at(WHEN, order_command("reply"));
    desks.push(order.clone());
    order.at(WHEN, order_command("close"));
    desks.push(order);
    desks
}

fn commands() -> Vec<(&'static str, Command)> {
    let why = || "不属本机关职权".to_owned();
    let mut commands = vec![
        ("accept", Command::Accept),
        ("correct", correct()),
        ("supply", Command::Supply),
        ("refuse", Command::RefuseAcceptance { reason: why() }),
        ("not-needed", Command::NotNeeded { reason: why() }),
    ];
    for (name, stage) in [
        ("complete acceptance", Stage::Acceptance),
        ("complete handling", Stage::Handling),
        ("complete review", Stage::Review),
        ("complete approval", Stage::Approval),
        ("complete completion", Stage::Completion),
    ] {
        commands.push((name, complete(stage)));
    }
    for (name, stage) in [
        ("back to acceptance", Stage::Acceptance),
        ("back to handling", Stage::Handling),
        ("back to review", Stage::Review),
        ("back to approval", Stage::Approval),
        ("back to completion", Stage::Completion),
    ] {
        commands.push((name, send_back(stage)));
    }
    commands.extend([
        ("stop", stop(None)),
        ("resume", resume()),
        ("resume 1", Command::Resume { stop: Some(1) }),
        ("extend", extend(15)),
        (
            "ask partner",
            Command::AskPartner {
                unit: UnitCode::from(PARTNER_UNIT),
                term: None,
            },
        ),
        (
            "answer partner",
            Command::AnswerPartner {
                partner: 1,
                opinion: "同意".to_owned(),
            },
        ),
        ("withdraw", close(Outcome::Withdrawn)),
        ("deliver", Command::Deliver),
        (
            "step",
            Command::Step {
                activity: "Receive".to_owned(),
                stage: None,
                group: None,
                person: None,
                defect: None,
            },
        ),
        ("report end", Command::ReportEnd { outcome: None }),
        ("annul 1", annul(1)),
        ("annul 99", annul(99)),
        ("issue 1", Command::IssueWarning { warning: 1 }),
        ("revoke 1", revoke(1)),
        ("reply order", order_command("reply")),
        ("close order", order_command("close")),
        ("send back order", order_command("back")),
    ]);
    commands
}

/// One cell: `ok`, the kind of the refusal, or what the act would need, when both ends are named.
fn cell(desk: &Desk, phase: &str, command: Command) -> String {
    let mut desk = desk.clone();
    let before = desk.subject.clone();
    match desk.try_at("2011-09-26 11:00", command) {
        Ok(_) => "ok".to_owned(),
        Err(refusal) => {
            assert_eq!(desk.subject, before, "a refused command leaves no trace");
            match (&refusal, refusal.ends()) {
                (Refusal::WrongStage { .. }, Some((needed, found))) => {
                    assert_eq!(found, phase, "the end that was found");
                    assert_ne!(needed, found, "{refusal}");
                    format!("needs {needed}")
                }
                (Refusal::WrongSubject { .. }, Some((needed, found))) => {
                    assert_eq!(found, desk.subject.kind());
                    format!("needs {needed}")
                }
                _ => refusal.kind().to_owned(),
            }
        }
    }
}

#[test]
fn each_pair_of_phase_and_command() {
    let desks = in_each_phase();
    let mut lines = Vec::new();
    for (name, command) in commands() {
        let mut runs: Vec<(Vec<&str>, String)> = Vec::new();
        for (desk, phase) in desks.iter().zip(PHASES) {
            let found = cell(desk, phase, command.clone());
            match runs.last_mut() {
                Some((phases, last)) if *last == found => phases.push(phase),
                _ => runs.push((vec![phase], found)),
            }
        }
        let runs: Vec<String> = runs
            .iter()
            .map(|(phases, found)| match phases.as_slice() {
                [first, .., last] => format!("{first}..{last} {found}"),
                _ => format!("{} {found}", phases.concat()),
            })
            .collect();
        lines.push(format!("{name}: {}", runs.join(" · ")));
    }
    insta::assert_snapshot!(lines.join("\n"), @"
    accept: received ok · awaiting_supply..closed needs received · issued..closed needs case
    correct: received..awaiting_supply ok · handling..closed needs received · issued..closed needs case
    supply: received nothing_to_supply · awaiting_supply ok · handling..closed nothing_to_supply · issued..closed needs case
    refuse: received..awaiting_supply ok · handling..closed needs received · issued..closed needs case
    not-needed: received..awaiting_supply ok · handling..closed needs received · issued..closed needs case
    complete acceptance: received ok · awaiting_supply..closed needs received · issued..closed needs case
    complete handling: received..awaiting_supply needs handling · handling ok · review..closed needs handling · issued..closed needs case
    complete review: received..handling needs review · review ok · approval..closed needs review · issued..closed needs case
    complete approval: received..review needs approval · approval ok · completion..closed needs approval · issued..closed needs case
    complete completion: received..approval needs completion · completion ok · completed..closed needs completion · issued..closed needs case
    back to acceptance: received..awaiting_supply needs open · handling..completion not_earlier · completed..closed needs open · issued..closed needs case
    back to handling: received..awaiting_supply needs open · handling not_earlier · review..completion ok · completed..closed needs open · issued..closed needs case
    back to review: received..awaiting_supply needs open · handling..review not_earlier · approval..completion ok · completed..closed needs open · issued..closed needs case
    back to approval: received..awaiting_supply needs open · handling..approval not_earlier · completion ok · completed..closed needs open · issued..closed needs case
    back to completion: received..awaiting_supply needs open · handling..completion not_earlier · completed..closed needs open · issued..closed needs case
    stop: received..awaiting_supply needs open · handling..completion ok · completed..closed needs open · issued..closed needs case
    resume: received..completion no_open_stop · completed..closed needs open · issued..closed needs case
    resume 1: received..completion no_open_stop · completed..closed needs open · issued..closed needs case
    extend: received..awaiting_supply needs open · handling..approval ok · completion extension_too_late · completed..closed needs open · issued..closed needs case
    ask partner: received..awaiting_supply needs handling · handling ok · review..closed needs handling · issued..closed needs case
    answer partner: received..completion no_open_partner · completed..closed needs handling · issued..closed needs case
    withdraw: received..completion ok · completed..closed needs open · issued..closed needs case
    deliver: received..approval not_decided · completion..completed ok · closed needs completed · issued..closed needs case
    step: received..closed ok · issued..closed needs case
    report end: received..completion ok · completed..closed needs open · issued..closed needs case
    annul 1: received..closed not_annullable
    annul 99: received..closed no_such_event
    issue 1: received..closed no_such_warning
    revoke 1: received..closed no_such_warning
    reply order: received..closed needs order · issued ok · replied..closed needs issued
    close order: received..closed needs order · issued..replied ok · closed needs replied
    send back order: received..closed needs order · issued needs replied · replied ok · closed needs replied
    ");
}

#[test]
fn both_ends_are_named_in_words_that_people_read() {
    let mut desk = in_each_phase().remove(2);
    let refusal = desk.refusal("2011-09-26 11:00", complete(Stage::Review));
    assert_eq!(refusal.ends(), Some(("review", "handling")));
    let text = refusal.to_string();
    assert!(text.contains("“承办”") && text.contains("“审核”"), "{text}");
    let refusal = desk.refusal("2011-09-26 11:00", order_command("reply"));
    assert_eq!(refusal.ends(), Some(("order", "case")));
    let text = refusal.to_string();
    assert!(
        text.contains("办件不能") && text.contains("督办单"),
        "{text}"
    );
}

/// Design §4.14: desks refuse what is wrong. Each line: the phase's number, the command, the refusal.
#[test]
fn desks_refuse_what_is_wrong() {
    let blank = || " ".to_owned();
    let suspension = |basis: Option<&str>, approver: Option<&str>| Command::Stop {
        procedure: Procedure::Suspension,
        notice: None,
        term: None,
        basis: basis.map(str::to_owned),
        approver: approver.map(str::to_owned),
    };
    let extension = |working_days, approver: &str, reason: &str| Command::Extend {
        working_days,
        approver: approver.to_owned(),
        reason: reason.to_owned(),
        notice: None,
    };
    let missing = |text: &str| Command::Correct {
        missing: vec![text.to_owned()],
    };
    let unknown = Command::AskPartner {
        unit: UnitCode::from("XX"),
        term: None,
    };
    let with = |stage, outcome, reason| complete_with(stage, Some(outcome), reason);
    let cases = [
        (0, missing(""), "empty"),
        (0, Command::Correct { missing: vec![] }, "empty"),
        (
            0,
            Command::RefuseAcceptance { reason: blank() },
            "missing_reason",
        ),
        (0, Command::NotNeeded { reason: blank() }, "missing_reason"),
        (
            2,
            with(Stage::Handling, Outcome::Granted, None),
            "wrong_outcome",
        ),
        (2, suspension(None, Some("局长")), "empty"),
        (2, suspension(Some("某法第三条"), Some(" ")), "empty"),
        (2, extension(0, "局长", "复杂"), "extension_above_cap"),
        (2, extension(16, "局长", "复杂"), "extension_above_cap"),
        (2, extension(15, "", "复杂"), "empty"),
        (2, extension(15, "局长", ""), "empty"),
        (2, unknown, "unknown_code"),
        (2, close(Outcome::Granted), "wrong_outcome"),
        (2, close(Outcome::NotAccepted), "wrong_outcome"),
        (
            3,
            Command::SendBack {
                to: Stage::Handling,
                reason: blank(),
            },
            "empty",
        ),
        (
            4,
            with(Stage::Approval, Outcome::Refused, None),
            "missing_reason",
        ),
        (
            4,
            with(Stage::Approval, Outcome::Refused, Some("")),
            "missing_reason",
        ),
        (
            4,
            with(Stage::Approval, Outcome::Withdrawn, Some("撤")),
            "wrong_outcome",
        ),
        (
            4,
            with(Stage::Approval, Outcome::Forwarded, Some("报")),
            "wrong_outcome",
        ),
        (
            5,
            with(Stage::Completion, Outcome::Refused, None),
            "missing_reason",
        ),
        (
            5,
            with(Stage::Completion, Outcome::Forwarded, Some("报")),
            "wrong_outcome",
        ),
        (8, Command::ReplyOrder { text: blank() }, "empty"),
        (
            9,
            Command::SendBackOrder {
                reason: blank(),
                term: None,
            },
            "empty",
        ),
    ];
    let desks = in_each_phase();
    for (phase, command, kind) in cases {
        let mut desk = desks[phase].clone();
        let shown = format!("{}: {command:?}", PHASES[phase]);
        let refusal = desk.refusal("2011-09-26 11:00", command);
        assert_eq!(refusal.kind(), kind, "{shown}");
    }
}

/// Who is in the wrong place is told so, also with a time before everything: another time wouldn't help.
#[test]
fn the_wrong_place_is_told_before_the_wrong_time() {
    let desks = in_each_phase();
    let mut told = 0;
    for (desk, phase) in desks.iter().zip(PHASES) {
        for (name, command) in commands() {
            let mut early = someone(&command);
            early.at = Some(at("2011-09-20 10:00"));
            let now = at("2011-09-26 11:00");
            let by_place = desk
                .clone()
                .try_as(now, command.clone(), &someone(&command))
                .err();
            if by_place.is_some_and(|refusal| refusal.kind() == "wrong_stage") {
                let refusal = desk.clone().try_as(now, command, &early).err();
                let kind = refusal.map(|refusal| refusal.kind());
                assert_eq!(kind, Some("wrong_stage"), "{phase}: {name}");
                told += 1;
            }
        }
    }
    assert!(told > 100, "{told}");
}

/// Acts lie neither in the future nor before what they rest on.
#[test]
fn acts_are_in_the_order_of_time() {
    let kind = |desk: &Desk, when: &str, command: Command| {
        let mut desk = desk.clone();
        let act = Act {
            at: Some(at(when)),
            ..someone(&command)
        };
        match desk.try_as(at("2011-10-21 16:00"), command, &act) {
            Ok(_) => "ok",
            Err(refusal) => refusal.kind(),
        }
    };
    let mut desk = Desk::receive(books("limits"), "LIAN", "2011-10-17 10:00");
    for (when, expected) in [
        ("2011-10-21 16:00:00.000001", "in_future"),
        ("2011-10-21 16:00", "ok"),
        ("2011-10-17 10:00", "ok"),
        ("2011-10-17 09:59:59.999999", "before_start"),
    ] {
        assert_eq!(kind(&desk, when, Command::Accept), expected, "{when}");
    }
    desk.at("2011-10-18 10:00", correct());
    assert_eq!(
        kind(&desk, "2011-10-18 09:00", Command::Supply),
        "before_start"
    );
    desk.at("2011-10-19 10:00", Command::Supply);
    for command in [Command::Accept, correct(), close(Outcome::Withdrawn)] {
        assert_eq!(kind(&desk, "2011-10-19 09:00", command), "before_start");
    }
    desk.at("2011-10-19 11:00", Command::Accept);
    let ask = Command::AskPartner {
        unit: UnitCode::from(PARTNER_UNIT),
        term: None,
    };
    for command in [
        complete(Stage::Handling),
        stop(None),
        extend(5),
        ask.clone(),
        close(Outcome::Ended),
    ] {
        assert_eq!(kind(&desk, "2011-10-19 10:59", command), "before_start");
    }
    desk.at("2011-10-19 12:00", ask);
    let answer = Command::AnswerPartner {
        partner: 1,
        opinion: "同意".to_owned(),
    };
    assert_eq!(
        kind(&desk, "2011-10-19 11:30", answer.clone()),
        "before_start"
    );
    desk.at("2011-10-19 13:00", answer);
    desk.at("2011-10-19 14:00", stop(None));
    assert_eq!(kind(&desk, "2011-10-19 13:30", resume()), "before_start");
    for stage in [Stage::Handling, Stage::Review, Stage::Approval] {
        desk.at("2011-10-19 15:00", complete(stage));
    }
    assert_eq!(
        kind(&desk, "2011-10-19 14:30", Command::Deliver),
        "before_start"
    );
    // Time stood still until 10-20 10:00: nothing can have been completed before.
    desk.at("2011-10-20 10:00", resume());
    let done = complete(Stage::Completion);
    assert_eq!(
        kind(&desk, "2011-10-19 16:00", done.clone()),
        "before_start"
    );
    assert_eq!(kind(&desk, "2011-10-20 10:00", done), "ok");
    let mut order = Desk::order(books("limits"), Term::WorkingDays(5), "2011-10-17 10:00");
    order.at("2011-10-18 10:00", order_command("reply"));
    let back = order_command("back");
    assert_eq!(
        kind(&order, "2011-10-18 09:00", back.clone()),
        "before_start"
    );
    order.at("2011-10-19 10:00", back);
    let reply = order_command("reply");
    assert_eq!(kind(&order, "2011-10-19 09:00", reply), "before_start");
}

/// People read instants off the office's own clock, in both halves of the text.
#[test]
fn refusals_tell_instants_in_office_time() {
    let mut desk = Desk::receive(books("limits"), "HUAN", "2011-09-26 10:00:30");
    desk.at("2011-09-26 11:00", Command::Accept);
    for (when, expected) in [
        (
            "2011-09-27 08:30",
            "发生时间 2011-09-27 08:30 晚于当前时间 2011-09-26 16:00:05.250,请核对 \
             / 2011-09-27 08:30 is in the future (now 2011-09-26 16:00:05.250)",
        ),
        (
            "2011-09-26 10:00",
            "发生时间 2011-09-26 10:00 早于收件时间 2011-09-26 10:00:30,请核对 \
             / 2011-09-26 10:00 is before 2011-09-26 10:00:30",
        ),
        (
            "2011-09-26 10:59",
            "发生时间 2011-09-26 10:59 早于本环节开始时间 2011-09-26 11:00,请核对 \
             / 2011-09-26 10:59 is before 2011-09-26 11:00",
        ),
    ] {
        let mut desk = desk.clone();
        let now = at("2011-09-26 16:00:05.25");
        let refused = desk.try_as(now, complete(Stage::Handling), &happened(when));
        assert_eq!(refused.expect_err(when).to_string(), expected);
    }
}

/// Who comes too late is told where the case is, not that the time is wrong: no other time would help.
/// Each line: when the act is said to have happened, the act, both ends.
#[test]
fn the_wrong_stage_comes_before_the_wrong_time() {
    let mut deemed = Desk::receive(books("limits"), "HUAN", "2011-10-17 10:00");
    deemed.sweep("2011-10-25 10:00");
    assert_eq!(deemed.kinds(), ["received", "deemed_accepted"]);
    let mut reviewed = deemed.clone();
    reviewed.at("2011-10-25 11:00", complete(Stage::Handling));
    let mut order = Desk::order(books("limits"), Term::WorkingDays(5), "2011-10-17 10:00");
    order.at("2011-10-18 10:00", order_command("reply"));
    let reason = || "不属本机关职权".to_owned();
    for (desk, when, command, needed, found) in [
        (
            &deemed,
            "2011-10-20 10:00",
            Command::Accept,
            "received",
            "handling",
        ),
        (
            &deemed,
            "2011-10-16 10:00",
            Command::Accept,
            "received",
            "handling",
        ),
        (
            &deemed,
            "2011-10-20 10:00",
            correct(),
            "received",
            "handling",
        ),
        (
            &deemed,
            "2011-10-20 10:00",
            Command::NotNeeded { reason: reason() },
            "received",
            "handling",
        ),
        (
            &deemed,
            "2011-10-20 10:00",
            complete(Stage::Review),
            "review",
            "handling",
        ),
        (
            &reviewed,
            "2011-10-24 10:00",
            complete(Stage::Handling),
            "handling",
            "review",
        ),
        (
            &order,
            "2011-10-17 11:00",
            order_command("reply"),
            "issued",
            "replied",
        ),
    ] {
        let mut desk = desk.clone();
        let shown = format!("{when} {command:?}");
        let refused = desk.try_as(at("2011-10-25 12:00"), command, &happened(when));
        let refusal = refused.expect_err(&shown);
        assert_eq!(refusal.ends(), Some((needed, found)), "{shown}: {refusal}");
    }
    // In its stage the time is what is wrong.
    let done = complete(Stage::Handling);
    let refused = deemed.try_as(at("2011-10-25 12:00"), done, &happened("2011-10-24 10:00"));
    assert_eq!(refused.expect_err("too early").kind(), "before_start");
}

/// Of several open stops one must be named; numbers are never used twice.
#[test]
fn stops_are_resumed_by_their_number() {
    let mut desk = Desk::receive(books("limits"), "HUAN", "2011-10-17 10:00");
    desk.at("2011-10-17 11:00", Command::Accept);
    desk.at("2011-10-18 10:00", stop(None));
    desk.at("2011-10-18 11:00", stop(None));
    assert_eq!(
        desk.refusal("2011-10-18 12:00", resume()).kind(),
        "which_stop"
    );
    desk.at("2011-10-18 13:00", Command::Resume { stop: Some(1) });
    let again = Command::Resume { stop: Some(1) };
    assert_eq!(
        desk.refusal("2011-10-18 14:00", again).kind(),
        "no_open_stop"
    );
    desk.at("2011-10-18 15:00", resume());
    desk.at("2011-10-19 10:00", stop(None));
    desk.at("2011-10-19 11:00", annul(desk.seq_of("stop_opened")));
    desk.at("2011-10-19 12:00", stop(None));
    let numbers: Vec<u32> = desk.subject.track.stops.iter().map(|s| s.number).collect();
    assert_eq!(numbers, [1, 2, 4]);
}

/// A permit that was handed over can't be taken back by sending the case back.
#[test]
fn a_delivered_case_is_not_sent_back() {
    let mut desk = in_each_phase().remove(5);
    // At the instant of the decision it may be handed over, before it not.
    let early = desk
        .clone()
        .try_as(
            at("2011-09-26 11:00"),
            Command::Deliver,
            &happened("2011-09-26 09:59"),
        )
        .map(|_| ());
    assert_eq!(early.expect_err("undecided").kind(), "before_start");
    desk.late("2011-09-26 11:00", "2011-09-26 10:00", Command::Deliver);
    let refusal = desk.refusal("2011-09-26 12:00", send_back(Stage::Handling));
    assert_eq!(refusal.kind(), "already_done");
    let refusal = desk.refusal("2011-09-26 12:00", Command::Deliver);
    assert_eq!(refusal.kind(), "already_done");
}

/// A second refusal needs a reason of its own; the completion inherits that of its decision.
#[test]
fn a_reason_serves_its_own_decision_only() {
    let refused = |reason| complete_with(Stage::Approval, Some(Outcome::Refused), reason);
    let mut desk = in_each_phase().remove(4);
    desk.at("2011-09-26 11:00", refused(Some("不符合规划")));
    desk.at("2011-09-26 11:10", send_back(Stage::Approval));
    let again = desk.refusal("2011-09-26 11:20", refused(None));
    assert_eq!(again.kind(), "missing_reason");
    desk.at("2011-09-26 11:20", refused(Some("不符合规划")));
    desk.at("2011-09-26 11:30", complete(Stage::Completion));
    let case = desk.subject.case().expect("a case");
    assert_eq!(case.outcome(), Some(Outcome::Refused));
}

/// Whoever acts is known; a stand-in acts while the authorisation runs, and only for that person.
#[test]
fn stand_ins_act_while_they_are_authorised() {
    let act = |by: &str, stands_for: &str, when: &str| Act {
        by: Some(PersonCode::from(by)),
        stands_for: Some(PersonCode::from(stands_for)),
        ..happened(when)
    };
    let mut desk = Desk::receive(books("limits"), "HUAN", "2011-09-30 10:00");
    desk.at("2011-09-30 10:00", Command::Accept);
    for (by, stands_for, when, expected) in [
        ("HB-B", "HB-H", "2011-10-08 23:59", "ok"),
        ("HB-B", "HB-H", "2011-10-01 00:00", "ok"),
        ("HB-B", "HB-H", "2011-09-30 23:59", "not_stand_in"),
        ("HB-B", "HB-H", "2011-10-09 00:00", "not_stand_in"),
        ("HB-B", "HB-R", "2011-10-08 10:00", "not_stand_in"),
        ("HB-R", "HB-H", "2011-10-08 10:00", "not_stand_in"),
        ("HB-X", "HB-H", "2011-10-08 10:00", "unknown_code"),
        ("HB-B", "HB-X", "2011-10-08 10:00", "unknown_code"),
    ] {
        let mut desk = desk.clone();
        let act = act(by, stands_for, when);
        let done = complete(Stage::Handling);
        let found = match desk.try_as(at("2011-10-09 10:00"), done, &act) {
            Ok(_) => "ok",
            Err(refusal) => refusal.kind(),
        };
        assert_eq!(found, expected, "{by} for {stands_for} at {when}");
    }
}

/// Feeds are recorded with their defects where desks refuse (design §4.14).
#[test]
fn feeds_are_recorded_with_their_defects() {
    let mut desk = Desk::receive(books("limits"), "HUAN", "2011-09-26 10:00");
    let step = |name: &str| Command::Step {
        activity: name.to_owned(),
        stage: None,
        group: None,
        person: None,
        defect: None,
    };
    let now = at("2011-09-30 10:00");
    desk.try_as(now, step("A"), &fed("2011-09-26 09:00"))
        .expect("before the start, kept as evidence");
    assert_eq!(desk.defects("step"), ["before_start"]);
    let end = Command::ReportEnd { outcome: None };
    desk.try_as(now, end, &fed("2011-09-28 10:00"))
        .expect("the end");
    assert_eq!(desk.defects("end_reported"), [""; 0]);
    desk.try_as(now, step("B"), &fed("2011-09-29 10:00"))
        .expect("after the end, kept as evidence");
    assert_eq!(desk.defects("step"), ["after_end"]);
    assert_eq!(desk.subject.case().expect("a case").steps, 2);
}
