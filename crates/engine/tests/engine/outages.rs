//! Outages on both databases: which cards they touch, and that settling takes away those and no others.

use crate::common::{Database, Office, at, by, on_both};
use approval::command::{Act, Command};
use approval::event::{Event, RevokedOn};
use approval::ids::PersonCode;
use approval::rule::Level;
use approval::stage::Stage;
use engine::outage::{Declaration, Ticks, Touch, card_name};

fn declaration(from: &str, to: &str, units: &[&str]) -> Declaration {
    Declaration {
        from: at(from),
        to: at(to),
        units: units.iter().map(|u| (*u).to_owned()).collect(),
        reason: "机房停电".to_owned(),
        paper: Some("焦电〔2018〕3号".to_owned()),
    }
}

/// The night in which the promised limit of a case that was accepted on 2018-10-15 ends.
const FROM: &str = "2018-10-24T17:00:00+08:00";
const TO: &str = "2018-10-25T09:00:00+08:00";

/// Three cases with promised cards of that night, one of the other bureau; the office after it.
async fn carded(database: Database) -> (Office, Vec<String>) {
    let office = Office::new(database, "2018-10-15T10:00:00+08:00").await;
    let mut cases = Vec::new();
    for item in ["GSJ-001", "GSJ-001", "HBJ-001"] {
        cases.push(office.accepted(item).await);
    }
    office.sweep_at("2018-10-25T10:00:00+08:00").await;
    (office, cases)
}

async fn live(office: &Office, case: &str) -> Vec<String> {
    let seen = office.engine.look(case).await.unwrap();
    let warnings = seen.subject.track.warnings.iter();
    let cards = warnings.filter(|w| w.is_live() && w.level() != Level::Notice);
    cards.map(|w| w.clock().to_string()).collect()
}

async fn only_an_inspector_declares_what_is_over(database: Database) {
    let (office, _) = carded(database).await;
    for (from, to, units, who, kind) in [
        (FROM, TO, &[][..], "D1", "needs_inspector"),
        (FROM, TO, &[], "L1", "needs_inspector"),
        (FROM, TO, &["NO"], "I1", "unknown_code"),
        (TO, FROM, &[], "I1", "bad_span"),
        (FROM, FROM, &[], "I1", "bad_span"),
        (FROM, "2018-10-25T10:00:01+08:00", &[], "I1", "bad_span"),
    ] {
        let declared = office
            .engine
            .declare_outage(declaration(from, to, units), by(who))
            .await;
        assert_eq!(declared.unwrap_err().kind(), kind, "{from} {to} {who}");
    }
    let nobody = office
        .engine
        .declare_outage(declaration(FROM, TO, &[]), Act::default())
        .await;
    assert_eq!(nobody.unwrap_err().kind(), "needs_inspector");
    for number in ["GZ-410800-20181025-0001", "GZ-410800-20181025-0002"] {
        let row = office
            .engine
            .declare_outage(declaration(FROM, TO, &["GSJ"]), by("I1"))
            .await
            .unwrap();
        assert_eq!(row.outage, number, "refused ones took no number");
    }
    let listed = office.engine.outages((i64::MAX, ""), 10).await.unwrap();
    assert_eq!(listed.len(), 2);
    assert_eq!(listed[0].outage, "GZ-410800-20181025-0002");
}

async fn settling_takes_the_touched_cards_and_no_others(database: Database) {
    let (office, cases) = carded(database).await;
    let engine = &office.engine;
    let row = engine
        .declare_outage(declaration(FROM, TO, &["GSJ"]), by("I1"))
        .await
        .unwrap();
    let review = engine.review_outage(&row.outage).await.unwrap();
    let touched: Vec<(&str, &str)> = review
        .cards
        .iter()
        .map(|c| (c.subject.as_str(), c.unit.as_str()))
        .collect();
    assert_eq!(
        touched,
        [(cases[1].as_str(), "GSJ"), (cases[0].as_str(), "GSJ")]
    );
    assert!(review.cards.iter().all(|c| c.touch == Touch::LimitInside));
    assert!(
        review
            .cards
            .iter()
            .all(|c| c.clock.to_string() == "promised")
    );
    let before = live(&office, &cases[0]).await;
    assert!(before.len() > 1, "the stage's card lies before: {before:?}");

    let kept = [(cases[1].clone(), review.cards[0].seq)];
    for (reason, keep, who, kind) in [
        ("", &kept[..], "I1", "empty"),
        ("停电", &kept, "D1", "needs_inspector"),
        ("停电", &[(cases[2].clone(), 4)], "I1", "not_touched"),
    ] {
        let refused = engine
            .settle_outage(&row.outage, keep, reason, by(who))
            .await;
        assert_eq!(refused.unwrap_err().kind(), kind);
    }
    let settled = engine
        .settle_outage(&row.outage, &kept, "停电", by("I1"))
        .await
        .unwrap();
    let revoked = [(cases[0].clone(), review.cards[1].seq)];
    assert_eq!(
        (settled.revoked.as_slice(), settled.kept.as_slice()),
        (&revoked[..], &kept[..])
    );
    let after = live(&office, &cases[0]).await;
    assert_eq!(after.len(), before.len() - 1);
    assert!(!after.contains(&"promised".to_owned()));
    let seen = engine.look(&cases[0]).await.unwrap();
    let on = RevokedOn::Outage(row.outage.clone());
    assert!(seen.subject.history.iter().any(|e| {
        e.by == Some(PersonCode::from("I1"))
            && matches!(&e.event, Event::WarningRevoked { on: found, .. } if *found == on)
    }));
    assert!(
        live(&office, &cases[1])
            .await
            .contains(&"promised".to_owned())
    );
    assert!(
        live(&office, &cases[2])
            .await
            .contains(&"promised".to_owned())
    );

    // The same again finds nothing left, and remembers what stays.
    let again = engine
        .settle_outage(&row.outage, &[], "停电", by("I1"))
        .await
        .unwrap();
    assert_eq!((again.revoked.len(), again.kept.as_slice()), (0, &kept[..]));
    let listed = engine.outages((i64::MAX, ""), 10).await.unwrap();
    assert_eq!(listed[0].settled_by.as_deref(), Some("I1"));
    office.verify().await;
}

/// What wasn't before the inspector is left alone; what was to stay may go later.
async fn only_ticked_cards_are_decided(database: Database) {
    let (office, cases) = carded(database).await;
    let engine = &office.engine;
    let row = engine
        .declare_outage(declaration(FROM, TO, &[]), by("I1"))
        .await
        .unwrap();
    let review = engine.review_outage(&row.outage).await.unwrap();
    let card = |n: usize| {
        let card = review.cards.iter().find(|c| c.subject == cases[n]).unwrap();
        (card.subject.clone(), card.seq)
    };
    let ticks = Ticks {
        revoke: vec![card(0), ("410800-GSJ-20181015-9999".to_owned(), 3)],
        keep: vec![card(1)],
    };
    for (reason, who, kind) in [(" ", "I1", "empty"), ("停电", "D1", "needs_inspector")] {
        let refused = engine
            .settle_outage_ticked(&row.outage, &ticks, reason, by(who))
            .await;
        assert_eq!(refused.unwrap_err().kind(), kind);
    }
    let settled = engine
        .settle_outage_ticked(&row.outage, &ticks, "停电", by("I1"))
        .await
        .unwrap();
    assert_eq!(
        (settled.revoked, settled.kept),
        (vec![card(0)], vec![card(1)])
    );
    let review_after = engine.review_outage(&row.outage).await.unwrap();
    let kept: Vec<(&str, bool)> = review_after
        .cards
        .iter()
        .map(|c| (c.subject.as_str(), c.kept))
        .collect();
    assert!(kept.contains(&(cases[1].as_str(), true)), "{kept:?}");
    assert!(kept.contains(&(cases[2].as_str(), false)), "{kept:?}");
    let revoked: Vec<&str> = review_after
        .revoked
        .iter()
        .map(|c| c.subject.as_str())
        .collect();
    assert_eq!(revoked, [cases[0].as_str()]);
    // What was to stay is ticked after all.
    let ticks = Ticks {
        revoke: vec![card(1)],
        keep: Vec::new(),
    };
    let settled = engine
        .settle_outage_ticked(&row.outage, &ticks, "停电", by("I1"))
        .await
        .unwrap();
    assert_eq!(settled.revoked, vec![card(1)]);
    assert!(
        live(&office, &cases[2])
            .await
            .contains(&"promised".to_owned())
    );
    office.verify().await;
}

/// Two inspectors decide about their own cards of one outage at the same time: what either keeps stays kept.
async fn what_two_keep_at_once_is_kept(database: Database) {
    let (office, cases) = carded(database).await;
    let engine = &office.engine;
    let row = engine
        .declare_outage(declaration(FROM, TO, &[]), by("I1"))
        .await
        .unwrap();
    let review = engine.review_outage(&row.outage).await.unwrap();
    let ticks: Vec<Ticks> = cases
        .iter()
        .map(|case| {
            let card = review.cards.iter().find(|c| c.subject == *case).unwrap();
            Ticks {
                revoke: Vec::new(),
                keep: vec![(card.subject.clone(), card.seq)],
            }
        })
        .collect();
    let settle = |n: usize| engine.settle_outage_ticked(&row.outage, &ticks[n], "停电", by("I1"));
    let (one, two, three) = tokio::join!(settle(0), settle(1), settle(2));
    for settled in [one, two, three] {
        settled.unwrap();
    }
    let review = engine.review_outage(&row.outage).await.unwrap();
    let kept = |case: &String| review.cards.iter().any(|c| c.subject == *case && c.kept);
    assert!(cases.iter().all(kept), "{:?}", review.outage.kept);
}

/// What was done inside an outage and recorded after the limit: the limit itself lies behind the outage.
async fn late_recordings_of_an_outage_are_touched(database: Database) {
    let office = Office::new(database, "2018-10-15T10:00:00+08:00").await;
    let case = office.accepted("GSJ-001").await;
    let other = office.accepted("GSJ-001").await;
    // The handling stage has three days: to the end of 2018-10-18.
    office.sweep_at("2018-10-19T09:00:00+08:00").await;
    let late = Act {
        at: Some(at("2018-10-18T15:00:00+08:00")),
        late_reason: Some("停电".to_owned()),
        ..by("H1")
    };
    let complete = Command::Complete {
        stage: Stage::Handling,
        outcome: None,
        reason: None,
        document: None,
    };
    office.engine.act(&case, complete, late).await.unwrap();
    let declared = declaration(
        "2018-10-18T14:00:00+08:00",
        "2018-10-18T18:00:00+08:00",
        &[],
    );
    let row = office
        .engine
        .declare_outage(declared, by("I1"))
        .await
        .unwrap();
    let review = office.engine.review_outage(&row.outage).await.unwrap();
    let touched: Vec<(&str, Touch)> = review
        .cards
        .iter()
        .map(|c| (c.subject.as_str(), c.touch))
        .collect();
    assert_eq!(touched, [(case.as_str(), Touch::RecordedLate)]);
    office
        .engine
        .settle_outage(&row.outage, &[], "停电", by("I1"))
        .await
        .unwrap();
    assert!(live(&office, &case).await.is_empty());
    assert_eq!(live(&office, &other).await, ["handling#1"]);
    office.verify().await;
}

#[test]
fn cards_are_named_by_subject_and_number() {
    for (text, card) in [
        ("A-1:7", Some(("A-1", 7))),
        ("A:1:7", Some(("A:1", 7))),
        (":7", None),
        ("A-1", None),
        ("A-1:x", None),
    ] {
        let read = card_name(text);
        let read = read.as_ref().map(|(subject, seq)| (subject.as_str(), *seq));
        assert_eq!(read, card, "{text}");
    }
}

on_both!(
    only_an_inspector_declares_what_is_over,
    settling_takes_the_touched_cards_and_no_others,
    only_ticked_cards_are_decided,
    what_two_keep_at_once_is_kept,
    late_recordings_of_an_outage_are_touched,
);
