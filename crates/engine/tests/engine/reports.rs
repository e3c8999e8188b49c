//! What goes with reports, on both databases: lists that add up to the figures, letters with files that go out once, the
//! schedule's months.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use crate::common::{Database, Office, by, inspector, on_both, outbox};
use approval::command::{Act, Command};
use approval::ids::PersonCode;
use approval::rule::Level;
use approval::stage::{Outcome, Procedure, Stage};
use approval::statistics::{Details, Period};
use calendar::Term;
use engine::outbox::{Parcel, ParcelFile};
use engine::revise::RevisionMode;
use engine::schedule::{CatchUp, JobAction, JobSpec, Scheduler, Span, WorkingDay};
use engine::{Application, Engine, EngineError};
use notify::{MailSettings, Transport};
use testkit::smtp::{Behaviour, SmtpServer, Step};

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

    // What people did is read where it is asked for alone.
    assert_eq!(details.persons, []);

    // A month in which nothing happened names nothing.
    let (_, nothing) = office.engine.report(&period("2018-09")).await.unwrap();
    assert_eq!(nothing, approval::statistics::Details::default());
}

/// What each official did, with the numbers: accepted, visits, completed, sent back, on time, late, days of all visits.
fn told(details: &Details) -> Vec<(&str, &str, [u64; 7])> {
    let lines = details.persons.iter().map(|line| {
        let own = &line.figures;
        let numbers = [
            own.accepted,
            own.visits,
            own.completed,
            own.sent_back,
            own.on_time,
            own.late,
            own.used.days(),
        ];
        (line.unit.as_str(), line.person.as_str(), numbers)
    });
    lines.collect()
}

async fn what_people_did_counts_for_the_unit_in_which_they_did_it(database: Database) {
    let office = Office::new(database, "2018-10-08T10:00:00+08:00").await;
    let complete = |stage| Command::Complete {
        stage,
        outcome: None,
        reason: None,
        document: None,
    };
    let act = async |case: &str, command, person: &str| {
        office.engine.act(case, command, by(person)).await.unwrap();
    };
    let mut cases = Vec::new();
    for item in ["GSJ-001", "GSJ-001", "HBJ-001"] {
        let application = Application {
            item: item.to_owned(),
            applicant: "某某有限公司".to_owned(),
            ..Application::default()
        };
        let seen = office.engine.receive(application, Act::default()).await;
        let case = seen.unwrap().subject.id.to_string();
        // Who accepted the case of the other bureau isn't said.
        match item {
            "GSJ-001" => act(&case, Command::Accept, "C1").await,
            _ => drop(office.act(&case, Command::Accept).await),
        }
        cases.push(case);
    }
    // The first one goes through all stages: handled in two working days of three, reviewed on the same day.
    office.go_to("2018-10-10T10:00:00+08:00");
    act(&cases[0], complete(Stage::Handling), "H1").await;
    act(&cases[0], complete(Stage::Review), "R1").await;
    act(&cases[0], complete(Stage::Approval), "A1").await;
    let grant = Command::Complete {
        stage: Stage::Completion,
        outcome: Some(Outcome::Granted),
        reason: None,
        document: None,
    };
    act(&cases[0], grant, "C1").await;
    // The second one is handled after its limit, and sent back by the reviewer.
    office.sweep_at("2018-10-15T10:00:00+08:00").await;
    act(&cases[1], complete(Stage::Handling), "H1").await;
    let back = Command::SendBack {
        to: Stage::Handling,
        reason: "材料不清".to_owned(),
    };
    act(&cases[1], back, "R1").await;
    // The third one, of the other bureau, is handled by its own official.
    act(&cases[2], complete(Stage::Handling), "X1").await;
    let (statement, details) = office
        .engine
        .report_with_persons(&period("2018-10"))
        .await
        .unwrap();
    let wanted = [
        ("GSJ", "A1", [0, 1, 0, 0, 1, 0, 0]),
        ("GSJ", "C1", [2, 1, 1, 0, 1, 0, 0]),
        ("GSJ", "H1", [0, 2, 0, 0, 1, 1, 7]),
        ("GSJ", "R1", [0, 2, 0, 1, 2, 0, 0]),
        ("HBJ", "X1", [0, 1, 0, 0, 0, 1, 5]),
    ];
    assert_eq!(told(&details), wanted);
    assert_eq!(statement.total.counts.completed, 1);

    // 张承办 goes to the other bureau: what he did before remains the first one's.
    let people = crate::common::PEOPLE.replace("H1,张承办,GSJ", "H1,张承办,HBJ");
    let people = people.replace("handling,H2", "handling,");
    engine::reference::load_texts(
        &office.engine,
        crate::common::UNITS,
        crate::common::ITEMS,
        &people,
    )
    .await
    .unwrap();
    let report = office.engine.report_with_persons(&period("2018-10")).await;
    let (_, details) = report.unwrap();
    assert_eq!(told(&details), wanted);
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

/// A job that closes each month on the third working day after it, as the program's own does.
fn closing() -> JobSpec {
    JobSpec {
        name: "close_month".to_owned(),
        cron: "0 0 8 * * *".to_owned(),
        working_days_only: true,
        on: None,
        catch_up: CatchUp::Latest,
        action: JobAction::Custom(Arc::new(|engine: Engine, run| {
            Box::pin(async move {
                engine.close_due_months(&run.job, 3, run.date).await?;
                Ok(())
            })
        })),
    }
}

/// The closed periods with their revisions.
async fn closed(engine: &Engine) -> Vec<(String, i64)> {
    let mut conn = engine.store().read().await.unwrap();
    let rows = store::closing::page(&mut conn, ("", "", 0), 100).await;
    let rows = rows.unwrap().into_iter();
    rows.map(|row| (row.period, row.revision)).collect()
}

async fn months_are_closed_until_they_are(database: Database) {
    let office = Office::new(database, "2018-10-31T07:00:00+08:00").await;
    office.accepted("GSJ-001").await;
    // The scheme's file isn't there yet.
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mine.toml");
    let mut settings = office.engine.settings().clone();
    settings.scoring = path.display().to_string();
    let open = || Engine::open_at(&office.url, settings.clone(), office.clock.clone());
    let (one, two) = (open().await.unwrap(), open().await.unwrap());
    let schedule = |engine: &Engine| Scheduler::new(engine.clone(), None, vec![closing()]).unwrap();
    let (first, second) = (schedule(&one), schedule(&two));
    let run = async || {
        let (a, b) = tokio::join!(first.run_due_jobs(), second.run_due_jobs());
        let (a, b) = (a.unwrap(), b.unwrap());
        (
            a.done + b.done,
            a.failed + a.postponed + b.failed + b.postponed,
        )
    };
    assert_eq!(run().await, (0, 0));
    // September was over before the job was set up; October falls due on Monday 5 November.
    office.go_to("2018-11-02T08:00:00+08:00");
    assert_eq!(run().await, (1, 0));
    assert_eq!(closed(&one).await, []);
    office.go_to("2018-11-05T08:00:00+08:00");
    assert_eq!(run().await, (0, 1), "no scheme");
    office.go_to("2018-11-15T08:00:00+08:00");
    assert_eq!(run().await.0, 0, "still none");
    assert_eq!(closed(&one).await, []);
    let scheme = engine::assets::text("scoring/plain.toml").unwrap();
    std::fs::write(&path, scheme).unwrap();
    // Whatever else is tried again: of two processes one closes, once.
    office.go_to("2018-11-16T08:00:00+08:00");
    run().await;
    let october = ("2018-10".to_owned(), 1);
    assert_eq!(closed(&one).await, std::slice::from_ref(&october));
    office.go_to("2018-11-19T08:00:00+08:00");
    run().await;
    assert_eq!(closed(&one).await, std::slice::from_ref(&october));

    // The third working day of December was to be Wednesday the 5th. A calendar that is loaded on the 4th lets the 1st work,
    // a Saturday: by it the 4th was the day, and at eight of that day nobody knew.
    office.go_to("2018-12-04T08:00:00+08:00");
    run().await;
    assert_eq!(closed(&one).await, std::slice::from_ref(&october));
    office.go_to("2018-12-04T10:00:00+08:00");
    let to = crate::common::calendar("test-saturday", &[], &["2018-12-01"]);
    one.revise_calendar(to, RevisionMode::Apply).await.unwrap();
    office.go_to("2018-12-05T08:00:00+08:00");
    run().await;
    let both = [october, ("2018-11".to_owned(), 1)];
    assert_eq!(closed(&one).await, both);
    // After a standstill all that fell due meanwhile is closed by one run.
    office.go_to("2019-02-20T12:00:00+08:00");
    run().await;
    let periods: Vec<String> = closed(&one).await.into_iter().map(|(p, _)| p).collect();
    assert_eq!(periods, ["2018-10", "2018-11", "2018-12", "2019-01"]);
    office.verify().await;
}

on_both!(
    lists_name_what_the_figures_count,
    what_people_did_counts_for_the_unit_in_which_they_did_it,
    months_are_closed_until_they_are,
    a_letter_with_files_is_written_once_and_arrives_whole,
    a_server_that_refuses_files_is_told_of_in_the_outbox,
    three_silent_months_make_three_reports,
);
