//! The outbox (invariant 4) on both databases: one letter per recipient, whoever composes, whoever dies.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use crate::common::{DIVISION, Database, Office, at, on_both, outbox};
use approval::command::Command;
use chrono::NaiveDate;
use engine::outbox::{LEASE_MS, Outbox, OutboxLine};
use engine::{Engine, EngineError};
use notify::{Mail, MailSettings, Transport};
use store::message::{MessageRow, Taking};
use store::message_item::MessageItemRow;
use testkit::smtp::{Behaviour, SmtpServer, Step};

fn smtp(server: &SmtpServer) -> Transport {
    Transport::from_url(&server.url("smtp"), &MailSettings::default()).unwrap()
}

fn mails(memory: &Arc<Mutex<Vec<Mail>>>) -> Vec<Mail> {
    memory.lock().unwrap().clone()
}

async fn items(engine: &Engine, case: &str) -> Vec<MessageItemRow> {
    let mut conn = engine.store().read().await.unwrap();
    store::message_item::of_subject(&mut conn, DIVISION, case)
        .await
        .unwrap()
}

/// One line of the list, by its address.
async fn line(outbox: &Outbox, to: &str) -> OutboxLine {
    let lines = lines(outbox).await;
    lines.into_iter().find(|l| l.to == to).unwrap()
}

async fn lines(outbox: &Outbox) -> Vec<OutboxLine> {
    let mut lines = Vec::new();
    let show = |line| {
        lines.push(line);
        Ok::<(), EngineError>(())
    };
    outbox.list(show).await.unwrap();
    lines
}

async fn two_processes_make_one_mail_per_recipient(database: Database) {
    let office = Office::new(database, "2018-10-15T10:00:00+08:00").await;
    let mut cases = Vec::new();
    for _ in 0..5 {
        cases.push(office.accepted("GSJ-001").await);
    }
    office.sweep_at("2018-10-30T00:00:00+08:00").await;
    let (transport, memory) = Transport::memory();
    let one = outbox(&office.engine, &transport, "one");
    let two = outbox(&office.second().await, &transport, "two");

    let (a, b) = tokio::join!(one.compose_round(), two.compose_round());
    let (a, b) = (a.unwrap(), b.unwrap());
    assert_eq!(a.messages + b.messages, 5, "H1 H2 D1 I1 L1: {a:?} {b:?}");
    let mut of_message = BTreeSet::new();
    let mut count = 0;
    for case in &cases {
        for item in items(&office.engine, case).await {
            assert_eq!(item.state, "composed");
            of_message.insert((item.recipient, item.message_id.unwrap()));
            count += 1;
        }
    }
    assert_eq!(a.items + b.items, count);
    assert_eq!(
        of_message.len(),
        5,
        "each recipient has one message: {of_message:?}"
    );

    let (a, b) = tokio::join!(one.send_round(), two.send_round());
    assert_eq!(a.unwrap().sent + b.unwrap().sent, 5);
    let sent = mails(&memory);
    let to: BTreeSet<&str> = sent.iter().map(|m| m.to.as_str()).collect();
    assert_eq!((sent.len(), to.len()), (5, 5));
    assert!(
        sent.iter()
            .all(|m| cases.iter().all(|c| m.text.contains(c.as_str())))
    );
    assert_eq!(one.send_round().await.unwrap().sent, 0);
    assert!(lines(&one).await.iter().all(|l| l.state == "sent"));
}

async fn a_crash_between_composing_and_sending_loses_nothing(database: Database) {
    let office = Office::new(database, "2018-10-15T10:00:00+08:00").await;
    office.accepted("GSJ-001").await;
    office.sweep_at("2018-10-19T00:00:00+08:00").await;
    let (transport, memory) = Transport::memory();
    let dying = office.second().await;
    let composed = outbox(&dying, &transport, "dying").compose_round().await;
    assert_eq!(composed.unwrap().messages, 3, "H1, H2 and D1");
    dying.close().await;
    let other = outbox(&office.engine, &transport, "other");
    assert_eq!(other.compose_round().await.unwrap().messages, 0);
    assert_eq!(other.send_round().await.unwrap().sent, 3);
    assert_eq!(mails(&memory).len(), 3);
}

/// A message that somebody took in hand so long ago, by the machine's clock, and died.
async fn taken_by_the_dead(office: &Office, ms_ago: i64) -> MessageRow {
    let now_us = office.clock.now().timestamp_micros();
    let at_us = office.clock.lease_us() - ms_ago * 1000;
    let until_us = at_us + i64::try_from(LEASE_MS).unwrap() * 1000;
    office
        .engine
        .store()
        .write::<_, EngineError, _>(move |conn| {
            Box::pin(async move {
                let taking = Taking {
                    owner: "dead",
                    at_us,
                    until_us,
                };
                let row = store::message::claim_due(conn, DIVISION, now_us, taking).await?;
                Ok(row.unwrap())
            })
        })
        .await
        .unwrap()
}

/// In a trial time may stand still: what a killed process held is free again all the same.
async fn a_lease_runs_out_while_time_stands_still(database: Database) {
    let office = Office::new(database, "2018-10-15T10:00:00+08:00").await;
    office.accepted("GSJ-001").await;
    office.sweep_at("2018-10-19T00:00:00+08:00").await;
    let (transport, memory) = Transport::memory();
    let other = outbox(&office.engine, &transport, "other");
    assert_eq!(other.compose_round().await.unwrap().messages, 3);
    let lease_ms = i64::try_from(LEASE_MS).unwrap();
    let free = taken_by_the_dead(&office, lease_ms).await;
    let held = taken_by_the_dead(&office, lease_ms / 2).await;
    assert_ne!(free.message_id, held.message_id);
    assert_eq!(other.send_round().await.unwrap().sent, 2);
    let sent: Vec<String> = mails(&memory).into_iter().map(|m| m.message_id).collect();
    assert!(sent.contains(&free.message_id) && !sent.contains(&held.message_id));
}

async fn a_crash_between_sending_and_marking_sends_the_same_again(database: Database) {
    let office = Office::new(database, "2018-10-15T10:00:00+08:00").await;
    office.accepted("GSJ-001").await;
    office.sweep_at("2018-10-22T00:00:00+08:00").await;
    let (transport, memory) = Transport::memory();
    let other = outbox(&office.engine, &transport, "other");
    other.compose_round().await.unwrap();

    // Somebody takes a message, hands it over and dies.
    let taken = taken_by_the_dead(&office, 0).await;
    let first = Mail {
        message_id: taken.message_id.clone(),
        from: "jiancha@example.cn".to_owned(),
        to: taken.address.clone(),
        subject: taken.subject.clone(),
        text: taken.body_text.clone(),
        html: taken.body_html.clone(),
        date: office.clock.now(),
        enclosures: Vec::new(),
    };
    transport.send(&first).await.unwrap();

    assert_eq!(
        other.send_round().await.unwrap().sent,
        2,
        "the third is in hand"
    );
    office.go_to("2018-10-22T00:02:00+08:00");
    assert_eq!(other.send_round().await.unwrap().sent, 1);
    let copies: Vec<Mail> = mails(&memory)
        .into_iter()
        .filter(|m| m.message_id == taken.message_id)
        .collect();
    assert_eq!(copies.len(), 2);
    assert_eq!(copies[0].text, copies[1].text);
    assert_eq!(line(&other, &taken.address).await.attempts, 2);
}

async fn a_lost_answer_brings_the_same_message_id_again(database: Database) {
    let office = Office::new(database, "2018-10-15T10:00:00+08:00").await;
    office.accepted("GSJ-001").await;
    office.sweep_at("2018-10-19T00:00:00+08:00").await;
    let server = SmtpServer::plain().await;
    let outbox = outbox(&office.engine, &smtp(&server), "one");
    outbox.compose_round().await.unwrap();
    server.script_times(Behaviour::AcceptSilently, 1);
    let report = outbox.send_round().await.unwrap();
    assert_eq!((report.sent, report.retried), (2, 1));
    office.go_to("2018-10-19T00:02:00+08:00");
    assert_eq!(outbox.send_round().await.unwrap().sent, 1);
    let received = server.received();
    let ids: BTreeSet<String> = received.iter().map(|r| r.message_id()).collect();
    assert_eq!((received.len(), ids.len()), (4, 3));
}

async fn a_dead_server_is_backed_off_and_given_up_in_sight(database: Database) {
    let office = Office::new(database, "2018-10-15T10:00:00+08:00").await;
    office.accepted("GSJ-001").await;
    office.sweep_at("2018-10-19T00:00:00+08:00").await;
    let server = SmtpServer::plain().await;
    server.script(Behaviour::Drop(Step::Greeting));
    let outbox = outbox(&office.engine, &smtp(&server), "one");
    outbox.compose_round().await.unwrap();
    assert_eq!(outbox.send_round().await.unwrap().retried, 3);
    assert_eq!(
        outbox.send_round().await.unwrap().retried,
        0,
        "not before its time"
    );
    let waiting = line(&outbox, "h1@example.cn").await;
    assert_eq!((waiting.state.as_str(), waiting.attempts), ("queued", 1));
    let next = at(waiting.next_try_at.as_deref().unwrap());
    assert!(next > office.clock.now() && next < at("2018-10-19T00:01:10+08:00"));
    let error = waiting.last_error.unwrap();
    assert!(!error.contains("h1@") && !error.contains("张"), "{error}");

    office.go_to("2018-10-19T00:02:00+08:00");
    assert_eq!(outbox.send_round().await.unwrap().retried, 3);
    office.go_to("2018-10-19T00:10:00+08:00");
    assert_eq!(outbox.send_round().await.unwrap().given_up, 3);
    assert_eq!(line(&outbox, "d1@example.cn").await.state, "given_up");
    office.go_to("2018-10-20T00:00:00+08:00");
    assert_eq!(outbox.send_round().await.unwrap(), Default::default());

    server.behave();
    assert_eq!(outbox.retry(None).await.unwrap(), 3);
    assert_eq!(outbox.send_round().await.unwrap().sent, 3);
    let sent = line(&outbox, "h1@example.cn").await;
    assert_eq!((sent.state.as_str(), sent.last_error), ("sent", None));
    assert_eq!(outbox.retry(None).await.unwrap(), 0);
}

async fn a_refusal_for_good_ends_a_message(database: Database) {
    let office = Office::new(database, "2018-10-15T10:00:00+08:00").await;
    office.accepted("GSJ-001").await;
    office.sweep_at("2018-10-19T00:00:00+08:00").await;
    let server = SmtpServer::plain().await;
    server.script(Behaviour::Answer(Step::Rcpt, "550 no such user".to_owned()));
    let outbox = outbox(&office.engine, &smtp(&server), "one");
    outbox.compose_round().await.unwrap();
    assert_eq!(outbox.send_round().await.unwrap().failed, 3);
    let refused = line(&outbox, "h1@example.cn").await;
    assert_eq!((refused.state.as_str(), refused.attempts), ("failed", 1));
    assert!(refused.next_try_at.is_none() && refused.last_error.is_some());
    server.behave();
    let bracketed = format!("<{}>", refused.message_id);
    assert_eq!(outbox.retry(Some(&bracketed)).await.unwrap(), 1);
    assert_eq!(outbox.send_round().await.unwrap().sent, 1);
    assert_eq!(server.received()[0].message_id(), refused.message_id);
    let unknown = outbox.retry(Some("nobody@example.cn")).await.unwrap_err();
    assert_eq!(unknown.kind(), "no_message");
}

async fn items_of_a_fallen_warning_are_dropped(database: Database) {
    let office = Office::new(database, "2018-10-15T10:00:00+08:00").await;
    let case = office.accepted("GSJ-001").await;
    let kept = office.accepted("GSJ-001").await;
    office.sweep_at("2018-10-19T00:00:00+08:00").await;
    let warning = office.engine.look(&case).await.unwrap().subject.seq();
    office
        .act(
            &case,
            Command::RevokeWarning {
                warning,
                reason: "系统停运".to_owned(),
            },
        )
        .await;
    let (transport, memory) = Transport::memory();
    let outbox = outbox(&office.engine, &transport, "one");
    assert_eq!(outbox.compose_round().await.unwrap().items, 3);
    outbox.send_round().await.unwrap();
    assert!(
        items(&office.engine, &case).await.iter().all(|i| {
            i.state == "dropped" && i.dropped_reason.as_deref() == Some("warning_fell")
        })
    );
    let sent = mails(&memory);
    assert!(
        sent.iter()
            .all(|m| m.text.contains(&kept) && !m.text.contains(&case))
    );
}

async fn who_has_no_address_is_seen_in_the_list(database: Database) {
    let office = Office::new(database, "2018-10-15T10:00:00+08:00").await;
    office.accepted("HBJ-001").await;
    office.sweep_at("2018-10-19T00:00:00+08:00").await;
    let (transport, memory) = Transport::memory();
    let outbox = outbox(&office.engine, &transport, "one");
    let report = outbox.compose_round().await.unwrap();
    assert_eq!(report.undeliverable, 1, "X1 has no address: {report:?}");
    let stuck = line(&outbox, "").await;
    assert_eq!((stuck.state.as_str(), stuck.items), ("failed", 1));
    assert!(stuck.last_error.unwrap().contains("邮箱"));
    outbox.send_round().await.unwrap();
    assert!(
        mails(&memory)
            .iter()
            .all(|m| m.message_id != stuck.message_id)
    );

    let people = crate::common::PEOPLE.replace("HBJ,staff,,", "HBJ,staff,x1@example.cn,");
    engine::reference::load_texts(
        &office.engine,
        crate::common::UNITS,
        crate::common::ITEMS,
        &people,
    )
    .await
    .unwrap();
    assert_eq!(outbox.retry(Some(&stuck.message_id)).await.unwrap(), 1);
    assert_eq!(outbox.send_round().await.unwrap().sent, 1);
    assert_eq!(mails(&memory).last().unwrap().to, "x1@example.cn");
}

async fn an_unreadable_item_is_dropped_with_a_mark(database: Database) {
    let office = Office::new(database, "2018-10-15T10:00:00+08:00").await;
    let case = office.accepted("GSJ-001").await;
    office.sweep_at("2018-10-19T00:00:00+08:00").await;
    let mut broken = items(&office.engine, &case).await.remove(0);
    broken.subject = "410800-GSJ-20181014-0001".to_owned();
    broken.payload = r#"{"note":"warning"}"#.to_owned();
    let row = broken.clone();
    office
        .engine
        .store()
        .write::<_, EngineError, _>(move |conn| {
            let row = row.clone();
            Box::pin(async move { Ok(store::message_item::insert(conn, &row).await?) })
        })
        .await
        .unwrap();
    let (transport, _) = Transport::memory();
    let report = outbox(&office.engine, &transport, "one")
        .compose_round()
        .await
        .unwrap();
    assert_eq!((report.dropped, report.items, report.messages), (1, 3, 3));
    let dropped = items(&office.engine, &broken.subject).await;
    assert_eq!(dropped[0].dropped_reason.as_deref(), Some("unreadable"));
}

async fn the_mornings_list_is_written_once(database: Database) {
    let office = Office::new(database, "2018-10-15T10:00:00+08:00").await;
    let case = office.accepted("GSJ-001").await;
    let (transport, memory) = Transport::memory();
    let one = outbox(&office.engine, &transport, "one");
    let two = outbox(&office.second().await, &transport, "two");
    let day = |text: &str| text.parse::<NaiveDate>().unwrap();
    let (a, b) = tokio::join!(
        one.digest_for(day("2018-10-16")),
        two.digest_for(day("2018-10-16"))
    );
    let (a, b) = (a.unwrap(), b.unwrap());
    assert_eq!(
        (a.people, b.people),
        (2, 2),
        "H1 by the post and D1 as the head"
    );
    assert_eq!(a.written + b.written, 2);
    assert_eq!(one.digest_for(day("2018-10-16")).await.unwrap().written, 0);
    assert_eq!(
        one.digest_for(day("2018-10-20")).await.unwrap().people,
        0,
        "a Saturday"
    );
    let rest = one.digest_for(day("2099-01-01")).await.unwrap_err();
    assert!(rest.to_string().contains("2099"), "{rest}");
    one.compose_round().await.unwrap();
    one.send_round().await.unwrap();
    let sent = mails(&memory);
    assert_eq!(sent.len(), 2);
    assert!(
        sent[0].text.contains(&case) && sent[0].text.contains("2018"),
        "{}",
        sent[0].text
    );
}

on_both!(
    two_processes_make_one_mail_per_recipient,
    a_crash_between_composing_and_sending_loses_nothing,
    a_crash_between_sending_and_marking_sends_the_same_again,
    a_lease_runs_out_while_time_stands_still,
    a_lost_answer_brings_the_same_message_id_again,
    a_dead_server_is_backed_off_and_given_up_in_sight,
    a_refusal_for_good_ends_a_message,
    items_of_a_fallen_warning_are_dropped,
    who_has_no_address_is_seen_in_the_list,
    an_unreadable_item_is_dropped_with_a_mark,
    the_mornings_list_is_written_once,
);
