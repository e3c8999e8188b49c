//! Appeals on both databases: filed with a number, watched, answered; what falls with what.

use crate::common::{DIVISION, Database, Office, by, on_both};
use approval::appeal::AppealDecision;
use approval::command::Command;
use approval::event::{Event, RevokedOn};
use approval::ids::{PersonCode, SubjectId};
use approval::rule::Level;
use approval::warning::WarningState;
use engine::Seen;
use engine::answer::subject_json;

fn decide(decision: AppealDecision) -> Command {
    Command::DecideAppeal {
        decision,
        reason: "经核实".to_owned(),
    }
}

/// A case with a red card, with an order by the preset `escalation` a yellow one; the card's number.
async fn carded(office: &Office, level: Level) -> (String, i64) {
    let case = office.accepted("GSJ-001").await;
    office.sweep_at("2018-10-30T09:00:00+08:00").await;
    let seen = office.engine.look(&case).await.unwrap();
    let warnings = &seen.subject.track.warnings;
    let card = warnings.iter().rev().find(|w| w.level() == level).unwrap();
    (case, card.seq)
}

async fn row(office: &Office, subject: &str) -> store::subject::SubjectRow {
    let mut conn = office.engine.store().read().await.unwrap();
    let row = store::subject::get(&mut conn, DIVISION, subject).await;
    row.unwrap().unwrap()
}

async fn told(office: &Office, subject: &str) -> Vec<(i64, String, String)> {
    let mut conn = office.engine.store().read().await.unwrap();
    let items = store::message_item::of_subject(&mut conn, DIVISION, subject).await;
    let items = items.unwrap().into_iter();
    items.map(|i| (i.seq, i.kind, i.recipient)).collect()
}

async fn file(office: &Office, case: &str, card: i64) -> Seen {
    let engine = &office.engine;
    engine
        .file_appeal(case, card, "网络故障,当日无法登记", Vec::new(), by("D1"))
        .await
        .unwrap()
}

async fn a_granted_appeal_takes_the_card_and_its_order(database: Database) {
    let office = Office::with(database, "2018-10-15T10:00:00+08:00", "cn", "escalation").await;
    let (case, card) = carded(&office, Level::Yellow).await;
    let order = "DB-410800-GSJ-20181030-0001";
    assert_eq!(row(&office, order).await.state, "issued");
    let appeal = file(&office, &case, card).await;
    let number = "SS-410800-GSJ-20181030-0001";
    let answer = subject_json(&appeal);
    assert_eq!(answer["case"], number);
    assert_eq!(answer["about"], case.as_str());
    assert_eq!(answer["stage_clock"]["due_on"], "2018-11-06");
    let filed = row(&office, number).await;
    assert_eq!(
        (
            filed.kind.as_str(),
            filed.about.as_deref(),
            filed.item.as_deref()
        ),
        ("appeal", Some(case.as_str()), Some("GSJ-001"))
    );
    assert!(filed.next_alarm_us.is_some());
    let first = (i64::MIN, "");
    for (state, unit, count) in [
        ("filed", None, 1),
        ("filed", Some("GSJ"), 1),
        ("filed", Some("HBJ"), 0),
        ("revoked", None, 0),
    ] {
        let listed = office.engine.appeals(state, unit, first, 10).await.unwrap();
        let counted = office.engine.appeal_count(state, unit).await.unwrap();
        assert_eq!(
            (listed.len(), counted),
            (count, i64::try_from(count).unwrap()),
            "{state} {unit:?}"
        );
    }
    assert_eq!(
        told(&office, number).await,
        [(1, "appeal".to_owned(), "I1".to_owned())]
    );

    office.go_to("2018-10-31T09:00:00+08:00");
    let command = decide(AppealDecision::Revoked);
    office.engine.act(number, command, by("I1")).await.unwrap();
    let seen = office.engine.look(&case).await.unwrap();
    let last = seen.subject.history.last().unwrap();
    let on = RevokedOn::Appeal(SubjectId::from(number));
    assert!(
        matches!(&last.event, Event::WarningRevoked { warning, on: found, .. } if *warning == card && *found == on),
        "{last:?}"
    );
    assert_eq!(last.by, Some(PersonCode::from("I1")));
    assert_eq!(row(&office, order).await.state, "closed");
    let decided = row(&office, number).await;
    assert_eq!(decided.state, "revoked");
    assert!(decided.completed_at_us.is_some() && decided.next_alarm_us.is_none());
    assert_eq!(told(&office, number).await.len(), 2);
    office.verify().await;
    office.engine.explain(number).await.unwrap();
    assert_eq!(office.engine.tally().await.unwrap().0.accepted, 1);
}

async fn a_rejected_card_stands_and_isnt_appealed_twice(database: Database) {
    let office = Office::new(database, "2018-10-15T10:00:00+08:00").await;
    let (case, card) = carded(&office, Level::Red).await;
    let number = file(&office, &case, card).await;
    let number = number.subject.id.as_str().to_owned();
    let again = office
        .engine
        .file_appeal(&case, card, "再次申诉", Vec::new(), by("D1"))
        .await
        .unwrap_err();
    assert_eq!(again.kind(), "already_appealed");
    let command = decide(AppealDecision::Rejected);
    office.engine.act(&number, command, by("I1")).await.unwrap();
    assert_eq!(
        row(&office, &case).await.highest_level.as_deref(),
        Some("red")
    );
    let again = office
        .engine
        .file_appeal(&case, card, "再次申诉", Vec::new(), by("D1"))
        .await
        .unwrap_err();
    assert_eq!(again.kind(), "already_appealed");
    // A refused appeal takes no number.
    let (other, yellow) = (case, carded_before(&office, card).await);
    let next = file(&office, &other, yellow).await;
    assert_eq!(next.subject.id.as_str(), "SS-410800-GSJ-20181030-0002");
    office.verify().await;
}

/// Another card of the same case.
async fn carded_before(office: &Office, card: i64) -> i64 {
    let case = "410800-GSJ-20181015-0001";
    let seen = office.engine.look(case).await.unwrap();
    let warnings = &seen.subject.track.warnings;
    let other = |w: &&approval::warning::Warning| w.seq != card && w.level() == Level::Yellow;
    warnings.iter().find(other).unwrap().seq
}

async fn an_open_appeal_falls_with_its_card(database: Database) {
    let office = Office::new(database, "2018-10-15T10:00:00+08:00").await;
    let (case, card) = carded(&office, Level::Red).await;
    let number = file(&office, &case, card).await;
    let number = number.subject.id.as_str().to_owned();
    let revoke = Command::RevokeWarning {
        warning: card,
        reason: "系统停运".to_owned(),
    };
    office.engine.act(&case, revoke, by("I1")).await.unwrap();
    let seen = office.engine.look(&number).await.unwrap();
    let last = &seen.subject.history.last().unwrap().event;
    let card = WarningState::Revoked;
    assert_eq!(*last, Event::AppealLapsed { card });
    assert_eq!(row(&office, &number).await.state, "lapsed");
    let error = office
        .engine
        .act(&number, decide(AppealDecision::Revoked), by("I1"))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), "wrong_stage");
    office.verify().await;
}

async fn late_or_foreign_appeals_are_refused(database: Database) {
    let office = Office::new(database, "2018-10-15T10:00:00+08:00").await;
    let (case, card) = carded(&office, Level::Red).await;
    for (person, when, kind) in [
        ("X1", "2018-10-30T10:00:00+08:00", "foreign_post"),
        ("I1", "2018-10-30T10:00:00+08:00", "foreign_post"),
        ("D1", "2018-11-07T00:00:00+08:00", "appeal_too_late"),
    ] {
        office.go_to(when);
        let refused = office
            .engine
            .file_appeal(&case, card, "网络故障", Vec::new(), by(person))
            .await
            .unwrap_err();
        assert_eq!(refused.kind(), kind);
    }
    let unknown = office
        .engine
        .file_appeal("NO", 1, "x", Vec::new(), by("D1"))
        .await;
    assert_eq!(unknown.unwrap_err().kind(), "not_found");
    office.verify().await;
}

async fn a_card_by_hand_is_told_and_revoked_by_an_appeal(database: Database) {
    let office = Office::new(database, "2018-10-15T10:00:00+08:00").await;
    let case = office.accepted("GSJ-001").await;
    let raise = Command::RaiseWarning {
        rule: "manual-notice-yellow".to_owned(),
        evidence: "窗口未出具补正告知书".to_owned(),
    };
    let seen = office.engine.act(&case, raise, by("I1")).await.unwrap();
    let card = seen.subject.seq();
    let warning = &subject_json(&seen)["warnings"][0];
    assert_eq!(warning["clock"], "manual#1");
    assert_eq!(warning["evidence"], "窗口未出具补正告知书");
    let told: Vec<String> = told(&office, &case)
        .await
        .into_iter()
        .map(|t| t.2)
        .collect();
    assert_eq!(told, ["D1", "H1", "H2"]);
    assert_eq!(
        row(&office, &case).await.highest_level.as_deref(),
        Some("yellow")
    );
    let appeal = file(&office, &case, card).await;
    let command = decide(AppealDecision::Revoked);
    let number = appeal.subject.id.as_str();
    office.engine.act(number, command, by("I1")).await.unwrap();
    assert_eq!(row(&office, &case).await.highest_level, None);
    office.verify().await;
}

on_both!(
    a_card_by_hand_is_told_and_revoked_by_an_appeal,
    a_granted_appeal_takes_the_card_and_its_order,
    a_rejected_card_stands_and_isnt_appealed_twice,
    an_open_appeal_falls_with_its_card,
    late_or_foreign_appeals_are_refused,
);
