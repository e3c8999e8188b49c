//! What goes with reports, on both databases: lists that add up to the figures, letters with files that go out once, the
//! schedule's months.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use crate::common::{Database, Office, inspector, on_both};
use approval::command::Command;
use approval::ids::PersonCode;
use approval::rule::Level;
use approval::stage::{Procedure, Stage};
use approval::statistics::Period;
use calendar::Term;
use engine::outbox::{LEASE_MS, Outbox, OutboxSettings, Parcel, ParcelFile};
use engine::schedule::{CatchUp, JobAction, JobSpec, Scheduler, Span, WorkingDay};
use engine::{Engine, EngineError};
use notify::{Language, MailSettings, RetryPolicy, Templates, Transport};
use testkit::smtp::{Behaviour, SmtpServer, Step};

fn outbox(engine: &Engine, transport: &Transport, owner: &str) -> Outbox {
    let settings = OutboxSettings {
        from: "电子监察系统 <jiancha@example.cn>".to_owned(),
        organ_name: "焦作市行政效能电子监察中心".to_owned(),
        system_name: "行政审批电子监察系统".to_owned(),
        base_url: None,
        language: Language::Zh,
        message_id_domain: "shixian.example.cn".to_owned(),
        retry: RetryPolicy { attempts_max: 3 },
        lease_ms: LEASE_MS,
        owner: owner.to_owned(),
    };
    let templates = Templates::load(None).unwrap();
    Outbox::new(engine.clone(), transport.clone(), templates, settings)
}

fn period(text: &str) -> Period {
    Period::parse(text).unwrap()
}

async fn lists_name_what_the_figures_count(database: Database) {
    let office = Office::new(database, "2018-10-08T10:00:00+08:00").await;
    let late = office.accepted("GSJ-001").await;
    let stopped = office.accepted("HBJ-001").await;
    let open = Command::Stop {
        procedure: Procedure::Hearing,
        notice: None,
        term: Some(Term::WorkingDays(10)),
        basis: None,
        approver: None,
    };
    office.act(&stopped, open).await;
    office.sweep_at("2018-10-31T09:00:00+08:00").await;
    let issue = office
        .engine
        .issue_order(
            "GSJ",
            "请说明超期原因",
            Term::WorkingDays(3),
            Some(&late),
            inspector(),
        )
        .await
        .unwrap();
    let order = issue.subject.id.to_string();

    let (statement, details) = office.engine.report(&period("2018-10")).await.unwrap();
    let (counts, lists) = (&statement.total.counts, &details.lists);
    let of = |level: Level| {
        let of_level = lists.cards.iter().filter(|card| card.level == level);
        u64::try_from(of_level.count()).unwrap()
    };
    assert!(
        counts.yellow_issued > 0 && counts.red_issued > 0,
        "{counts:?}"
    );
    assert_eq!(of(Level::Yellow), counts.yellow_issued);
    assert_eq!(of(Level::Red), counts.red_issued);
    assert_eq!(u64::try_from(lists.stops.len()).unwrap(), counts.stops);
    assert_eq!(
        u64::try_from(lists.orders.len()).unwrap(),
        counts.orders_issued
    );
    assert_eq!(lists.cards[0].level, Level::Red, "the gravest comes first");
    let card = lists
        .cards
        .iter()
        .find(|card| card.subject.as_str() == late)
        .unwrap();
    assert_eq!(card.place.unit_name, "工商行政管理局");
    assert_eq!(card.place.item_name.as_deref(), Some("企业设立登记"));
    assert!(
        card.still_runs && card.over_working_days.unwrap() > 0,
        "{card:?}"
    );
    let handling = lists
        .cards
        .iter()
        .find(|card| card.stage == Some(Stage::Handling));
    assert_eq!(handling.unwrap().persons, ["张承办"]);
    let listed: Vec<&str> = lists
        .orders
        .iter()
        .map(|line| line.order.as_str())
        .collect();
    assert!(listed.contains(&order.as_str()), "{listed:?}");
    assert_eq!(lists.stops[0].case.as_str(), stopped);
    assert_eq!(lists.stops[0].notice, None);
    let own = lists.of_unit(&"HBJ".into());
    assert!(own.orders.is_empty() && own.stops.len() == 1);

    // A month in which nothing happened names nothing.
    let (_, nothing) = office.engine.report(&period("2018-09")).await.unwrap();
    assert_eq!(nothing, approval::statistics::Details::default());
}

fn parcel(recipient: &str, files: &[(&str, &[u8])]) -> Parcel {
    let file = |(name, data): &(&str, &[u8])| ParcelFile {
        name: (*name).to_owned(),
        media_type: "application/pdf",
        data: Arc::new(data.to_vec()),
    };
    Parcel {
        key: "report/2018-10".to_owned(),
        recipient: PersonCode::from(recipient),
        subject: "2018年10月通报".to_owned(),
        text: "见附件。\n".to_owned(),
        html: "<p>见附件。</p>\n".to_owned(),
        files: files.iter().map(file).collect(),
    }
}

async fn a_letter_with_files_is_written_once_and_arrives_whole(database: Database) {
    let office = Office::new(database, "2018-11-01T08:00:00+08:00").await;
    let server = SmtpServer::start(Default::default()).await;
    let transport = Transport::from_url(&server.url("smtp"), &MailSettings::default()).unwrap();
    let one = outbox(&office.engine, &transport, "one");
    let two = outbox(&office.second().await, &transport, "two");
    let data: Vec<u8> = (0..=255).cycle().take(70_000).collect();
    let parcels = || {
        vec![
            parcel("L1", &[("2018-10.pdf", &data)]),
            parcel("D1", &[("2018-10-GSJ.pdf", b"own"), ("2018-10.pdf", &data)]),
            // X1 has no address.
            parcel("X1", &[("2018-10.pdf", &data)]),
        ]
    };
    let (a, b) = tokio::join!(one.write_parcels(parcels()), two.write_parcels(parcels()));
    let (a, b) = (a.unwrap(), b.unwrap());
    assert_eq!(
        (a.written + b.written, a.known + b.known),
        (3, 3),
        "{a:?} {b:?}"
    );
    assert_eq!(a.undeliverable + b.undeliverable, 1);
    let (a, b) = tokio::join!(one.send_round(), two.send_round());
    assert_eq!(a.unwrap().sent + b.unwrap().sent, 2);
    let received = server.received();
    assert_eq!(received.len(), 2, "once each");
    let ids: BTreeSet<String> = received.iter().map(|mail| mail.message_id()).collect();
    assert_eq!(ids.len(), 2);
    for mail in &received {
        use mail_parser::MimeHeaders;
        assert_eq!(mail.subject(), "2018年10月通报");
        assert_eq!(mail.text(), "见附件。\n");
        let parsed = mail.parse();
        let names: Vec<&str> = parsed
            .attachments()
            .filter_map(|file| file.attachment_name())
            .collect();
        let whole = parsed.attachments().last().unwrap().contents() == data;
        assert!(whole, "the file arrives as it was");
        let is_head = mail.to == ["d1@example.cn"];
        let expected: &[&str] = if is_head {
            &["2018-10-GSJ.pdf", "2018-10.pdf"]
        } else {
            &["2018-10.pdf"]
        };
        assert_eq!(names, expected);
    }
    assert_eq!(
        one.write_parcels(parcels()).await.unwrap().known,
        3,
        "nothing is mailed twice"
    );
    assert_eq!(one.send_round().await.unwrap().sent, 0);
}

async fn a_server_that_refuses_files_is_told_of_in_the_outbox(database: Database) {
    let office = Office::new(database, "2018-11-01T08:00:00+08:00").await;
    let server = SmtpServer::start(Default::default()).await;
    let transport = Transport::from_url(&server.url("smtp"), &MailSettings::default()).unwrap();
    let outbox = outbox(&office.engine, &transport, "one");
    let data = vec![7; 3000];
    outbox
        .write_parcels(vec![parcel("L1", &[("2018-10.pdf", &data)])])
        .await
        .unwrap();
    server.script(Behaviour::Answer(
        Step::Content,
        "552 5.3.4 message size exceeds fixed limit".to_owned(),
    ));
    assert_eq!(outbox.send_round().await.unwrap().failed, 1);
    let mut lines = Vec::new();
    let show = |line| {
        lines.push(line);
        Ok::<(), EngineError>(())
    };
    outbox.list(show).await.unwrap();
    let line = &lines[0];
    assert_eq!((line.state.as_str(), line.items), ("failed", 0));
    let error = line.last_error.as_deref().unwrap();
    for words in ["552", "附件1个,共3 KiB", "outbox retry"] {
        assert!(error.contains(words), "{words}: {error}");
    }
    // Nothing is lost: once the server takes it, the same letter goes out whole.
    server.behave();
    assert_eq!(outbox.retry(None).await.unwrap(), 1);
    assert_eq!(outbox.send_round().await.unwrap().sent, 1);
    let received = server.received();
    assert_eq!(received.len(), 1);
    assert_eq!(received[0].message_id(), line.message_id);
}

async fn three_silent_months_make_three_reports(database: Database) {
    let office = Office::new(database, "2018-10-15T07:00:00+08:00").await;
    let made: Arc<Mutex<Vec<String>>> = Arc::default();
    let job = |made: &Arc<Mutex<Vec<String>>>| {
        let made = Arc::clone(made);
        JobSpec {
            name: "report_month".to_owned(),
            cron: "0 0 8 * * *".to_owned(),
            working_days_only: true,
            on: Some(WorkingDay::first(Span::Month)),
            catch_up: CatchUp::All,
            action: JobAction::Custom(Arc::new(move |_, run| {
                let period = Span::Month.period_before(run.date).unwrap();
                made.lock()
                    .unwrap()
                    .push(format!("{period} on {}", run.date));
                Box::pin(async { Ok(()) })
            })),
        }
    };
    let one = Scheduler::new(office.engine.clone(), None, vec![job(&made)]).unwrap();
    let two = Scheduler::new(office.second().await, None, vec![job(&made)]).unwrap();
    one.run_due_jobs().await.unwrap();
    // New Year's Day 2019 rests.
    office.go_to("2019-01-20T12:00:00+08:00");
    let (a, b) = tokio::join!(one.run_due_jobs(), two.run_due_jobs());
    assert_eq!(a.unwrap().done + b.unwrap().done, 3);
    let mut made = made.lock().unwrap().clone();
    made.sort();
    assert_eq!(
        made,
        [
            "2018-10 on 2018-11-01",
            "2018-11 on 2018-12-03",
            "2018-12 on 2019-01-02"
        ]
    );
}

on_both!(
    lists_name_what_the_figures_count,
    a_letter_with_files_is_written_once_and_arrives_whole,
    a_server_that_refuses_files_is_told_of_in_the_outbox,
    three_silent_months_make_three_reports,
);
