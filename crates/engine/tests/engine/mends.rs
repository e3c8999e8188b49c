//! What one subject, one file or one clock can't do to the others.

use std::sync::Arc;

use crate::common::{DIVISION, Database, Office, at, bend, calendar, inspector, on_both};
use approval::command::{Act, Command};
use approval::event::Event;
use approval::stage::{Procedure, Stage};
use engine::import::run::{ImportOptions, ImportReport, import};
use engine::library::{Library, new_edition};
use engine::revise::RevisionMode;
use engine::{Application, Clock, Engine, EngineError, Settings, reference};
use store::Conn;

async fn row(engine: &Engine, subject: &str) -> store::subject::SubjectRow {
    let mut conn = engine.store().read().await.unwrap();
    let row = store::subject::get(&mut conn, DIVISION, subject).await;
    row.unwrap().unwrap()
}

async fn one_damaged_event_stops_nobody_else(database: Database) {
    let office = Office::new(database, "2018-10-15T10:00:00+08:00").await;
    let damaged = office.accepted("GSJ-001").await;
    let sound = office.accepted("GSJ-001").await;
    let text = format!("UPDATE event SET payload = '[]' WHERE subject = '{damaged}' AND seq = 2");
    bend(&office.engine, text).await;
    // An engine that hasn't read the case before.
    let second = office.second().await;
    office.go_to("2018-10-25T09:00:00+08:00");
    let report = second.sweep(None).await.unwrap();
    assert_eq!(report.yellow, 2, "of the sound one: stage and promise");
    let failed: Vec<&str> = report.failed.iter().map(|(s, _)| s.as_str()).collect();
    assert_eq!(failed, [damaged.as_str()]);

    let later = calendar("test-later", &["2018-10-23", "2018-10-24"], &[]);
    let report = second
        .revise_calendar(later, RevisionMode::Apply)
        .await
        .unwrap();
    assert_eq!(report.dates_moved, 2, "of the sound one");
    assert_eq!(report.subjects_looked_at, 2);
    assert!(second.resume_revisions().await.unwrap().is_empty());
    let seen = second.look(&sound).await.unwrap();
    assert!(
        seen.subject
            .history
            .iter()
            .any(|e| matches!(e.event, Event::DatesRevised { .. }))
    );
    let report = second.verify().await.unwrap();
    assert!(
        report.defects.iter().all(|d| d.subject == damaged),
        "{report:?}"
    );
}

async fn a_number_that_is_taken_is_passed_over(database: Database) {
    let office = Office::new(database, "2018-10-15T10:00:00+08:00").await;
    let folder = tempfile::tempdir().unwrap();
    let log = line(
        "1",
        "410800-GSJ-20181015-0001",
        "GSJ",
        "收件",
        "2018-10-12 10:00:00",
    );
    import_log(&office.engine, folder.path(), &log)
        .await
        .unwrap();
    assert_eq!(office.accepted("GSJ-001").await, "410800-GSJ-20181015-0002");
    office.verify().await;
}

const COLUMNS: &str = "流水号,办件编号,事项编码,单位编码,环节,结果,发生时间,经办人,经办部门,申请人,证件号码,申请方式,特别程序,时限,时限单位,延期天数,批准人,通知书文号,说明,文书文号,文书日期";

fn line(key: &str, case: &str, unit: &str, what: &str, when: &str) -> String {
    let (activity, result) = what.split_once('/').unwrap_or((what, ""));
    format!("L{key},{case},GSJ-001,{unit},{activity},{result},{when},,,甲某,,窗口,,,,,,,,,\n")
}

async fn import_log(
    engine: &Engine,
    folder: &std::path::Path,
    log: &str,
) -> Result<ImportReport, EngineError> {
    let mapping = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../config/mappings/five-stages.toml");
    let file = folder.join("log.csv");
    std::fs::write(&file, format!("{COLUMNS}\n{log}")).unwrap();
    import(engine, &mapping, &file, ImportOptions::default()).await
}

async fn a_log_keeps_what_time_did_between_its_rows(database: Database) {
    let office = Office::new(database, "2018-12-03T10:00:00+08:00").await;
    let folder = tempfile::tempdir().unwrap();
    let log = [
        line("1", "A-1", "NEW", "收件", "2018-10-15 10:00:00"),
        line("2", "A-1", "NEW", "受理/受理", "2018-10-29 10:00:00"),
        // Nobody knows this item, and nothing says when it is due.
        line("3", "A-2", "NEW", "收件", "2018-10-15 10:00:00").replace("GSJ-001", "NO-SUCH"),
    ]
    .concat();
    let report = import_log(&office.engine, folder.path(), &log)
        .await
        .unwrap();
    assert_eq!((report.cases, report.cases_rejected), (1, 1));
    let seen = office.engine.look("A-1").await.unwrap();
    let deemed = seen
        .subject
        .history
        .iter()
        .find(|e| matches!(e.event, Event::DeemedAccepted { .. }));
    assert_eq!(deemed.unwrap().occurred_at, at("2018-10-23T00:00:00+08:00"));
    let books = office.engine.books(DIVISION).await.unwrap();
    assert!(books.directory.units().any(|u| u.code.as_str() == "NEW"));
    office.verify().await;
}

/// A term that a log states for its case is a term: stops hold it, and a second import changes nothing.
async fn a_term_that_a_log_states_is_held_by_stops(database: Database) {
    let office = Office::new(database, "2018-10-22T10:00:00+08:00").await;
    let folder = tempfile::tempdir().unwrap();
    let mapping = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../config/mappings/five-stages.toml");
    let item = "item = \"事项编码\"";
    let with_term = format!("{item}\nterm = {{ amount = 15, unit = \"working_days\" }}");
    let text = std::fs::read_to_string(mapping).unwrap();
    assert!(text.contains(item));
    let mapping = folder.path().join("with-term.toml");
    std::fs::write(&mapping, text.replace(item, &with_term)).unwrap();
    let log = [
        line("1", "A-1", "GSJ", "收件", "2018-10-15 10:00:00"),
        line("2", "A-1", "GSJ", "受理/受理", "2018-10-15 10:00:00"),
        line("3", "A-1", "GSJ", "特别程序开始", "2018-10-16 10:00:00")
            .replace(",窗口,,", ",窗口,听证,"),
        line("4", "A-1", "GSJ", "特别程序结束", "2018-10-18 10:00:00"),
    ]
    .concat();
    let file = folder.path().join("log.csv");
    std::fs::write(&file, format!("{COLUMNS}\n{log}")).unwrap();
    for events in [4, 0] {
        let options = ImportOptions::default();
        let report = import(&office.engine, &mapping, &file, options).await;
        assert_eq!(report.unwrap().events, events);
        let seen = office.engine.look("A-1").await.unwrap();
        let statutory = seen
            .subject
            .track
            .clock(approval::track::ClockKey::Statutory);
        let due = statutory.unwrap().due.unwrap().on;
        assert_eq!(due.to_string(), "2018-11-07", "15 and 2 working days");
    }
    office.verify().await;
}

async fn a_log_doesnt_silence_what_was_here(database: Database) {
    let office = Office::new(database, "2018-10-15T10:00:00+08:00").await;
    let case = office.accepted("GSJ-001").await;
    office.go_to("2018-10-30T10:00:00+08:00");
    let folder = tempfile::tempdir().unwrap();
    let log = [
        line("1", &case, "GSJ", "收件", "2018-10-15 10:00:00"),
        line("2", "A-1", "GSJ", "收件", "2018-10-15 10:00:00"),
        line("3", "A-1", "GSJ", "受理/受理", "2018-10-15 10:00:00"),
    ]
    .concat();
    import_log(&office.engine, folder.path(), &log)
        .await
        .unwrap();
    let mut conn = office.engine.store().read().await.unwrap();
    let told = store::message_item::of_subject(&mut conn, DIVISION, &case)
        .await
        .unwrap();
    assert!(told.iter().any(|i| i.level.as_deref() == Some("red")));
    let silent = store::message_item::of_subject(&mut conn, DIVISION, "A-1")
        .await
        .unwrap();
    assert!(silent.is_empty());
    drop(conn);
    office.verify().await;
}

async fn a_trials_time_is_raised_with_what_was_written(database: Database) {
    let office = Office::new(database, "2018-10-15T10:00:00+08:00").await;
    let settings = |now: Option<&str>| Settings {
        now: now.map(at),
        ..Settings::default()
    };
    let (url, none) = (office.url.as_str(), settings(None));
    Engine::migrate(url, &none, true).await.unwrap();
    let open = |now: &'static str| Engine::open(url, settings(Some(now)));
    let engine = open("2018-10-16T10:00:00+08:00").await.unwrap();
    let application = || Application {
        item: "GSJ-001".to_owned(),
        applicant: "甲".to_owned(),
        ..Application::default()
    };
    engine.receive(application(), Act::default()).await.unwrap();
    let error = open("2018-10-16T09:00:00+08:00").await.unwrap_err();
    assert!(
        matches!(error, EngineError::ClockGoesBack { .. }),
        "{error}"
    );

    // By the machine's clock.
    let engine = Engine::open_at(url, none.clone(), Clock::System)
        .await
        .unwrap();
    engine.receive(application(), Act::default()).await.unwrap();
    let error = open("2018-10-17T09:00:00+08:00").await.unwrap_err();
    assert!(
        matches!(error, EngineError::ClockGoesBack { .. }),
        "{error}"
    );
}

async fn rows_say_what_their_events_come_to(database: Database) {
    let office = Office::new(database, "2018-10-15T10:00:00+08:00").await;
    let application = Application {
        item: "GSJ-001".to_owned(),
        applicant: "甲".to_owned(),
        ..Application::default()
    };
    let seen = office
        .engine
        .receive(application, Act::default())
        .await
        .unwrap();
    let case = seen.subject.id.as_str().to_owned();
    let due = row(&office.engine, &case).await.stage_due_at_us.unwrap();
    assert_eq!(due, at("2018-10-23T00:00:00+08:00").timestamp_micros());

    let term = calendar::Term::new(3, calendar::TermUnit::WorkingDays);
    let order = office
        .engine
        .issue_order("GSJ", "请说明", term, Some(&case), inspector())
        .await
        .unwrap();
    let order = order.subject.id.as_str().to_owned();
    assert_eq!(row(&office.engine, &order).await.completed_at_us, None);
    office
        .act(
            &order,
            Command::CloseOrder {
                remark: Some("已办".to_owned()),
            },
        )
        .await;
    let closed = at("2018-10-15T10:00:00+08:00").timestamp_micros();
    assert_eq!(
        row(&office.engine, &order).await.completed_at_us,
        Some(closed)
    );
    office.verify().await;

    for bent in [
        "next_alarm_us = NULL",
        "stage_due_at_us = stage_due_at_us + 1",
        "state = 'completed'",
        "completed_at_us = 1",
    ] {
        let before = row(&office.engine, &case).await;
        bend(
            &office.engine,
            format!("UPDATE subject SET {bent} WHERE subject = '{case}'"),
        )
        .await;
        let report = office.engine.verify().await.unwrap();
        let kinds: Vec<&str> = report.defects.iter().map(|d| d.kind.as_str()).collect();
        assert_eq!(kinds, ["subject_differs"], "{bent}");
        office
            .engine
            .store()
            .write::<_, EngineError, _>(move |conn| {
                let before = before.clone();
                Box::pin(async move {
                    let seen = store::subject::Seen::of(&before);
                    Ok(store::subject::update(conn, &before, &seen).await?)
                })
            })
            .await
            .unwrap();
    }
    bend(
        &office.engine,
        format!("UPDATE event SET source_key = 'x' WHERE subject = '{case}'"),
    )
    .await;
    let report = office.engine.verify().await.unwrap();
    assert_eq!(report.defects[0].kind.as_str(), "column_differs");
}

async fn what_is_over_has_no_open_stop(database: Database) {
    let office = Office::new(database, "2018-10-15T10:00:00+08:00").await;
    let case = office.accepted("GSJ-001").await;
    let stop = Command::Stop {
        procedure: Procedure::Hearing,
        notice: Some("听字1号".to_owned()),
        term: Some(calendar::Term::new(15, calendar::TermUnit::WorkingDays)),
        basis: Some("行政许可法第四十五条".to_owned()),
        approver: Some("D1".to_owned()),
    };
    let seen = office.act(&case, stop).await;
    assert!(engine::answer::subject_json(&seen)["open_stop"].is_object());
    let close = Command::Close {
        outcome: approval::stage::Outcome::Withdrawn,
        reason: "申请人撤回".to_owned(),
        basis: None,
    };
    let seen = office.act(&case, close).await;
    assert!(engine::answer::subject_json(&seen)["open_stop"].is_null());
}

/// The instant of a notice is when it became due, not the limit that it warns of.
async fn a_notice_says_when_its_threshold_was_reached(database: Database) {
    let office = Office::new(database, "2018-10-15T10:00:00+08:00").await;
    let case = office.accepted("GSJ-001").await;
    office.sweep_at("2018-10-30T00:00:00+08:00").await;
    let mut conn = office.engine.store().read().await.unwrap();
    let items = store::message_item::of_subject(&mut conn, DIVISION, &case).await;
    let mut reached: Vec<String> = items
        .unwrap()
        .iter()
        .map(|item| {
            let note: serde_json::Value = serde_json::from_str(&item.payload).unwrap();
            let limit_at = note["limit_at"].as_str().unwrap();
            format!("{} {limit_at}", item.level.as_deref().unwrap())
        })
        .collect();
    reached.dedup();
    assert_eq!(
        reached,
        [
            "yellow 2018-10-18T16:00:00Z",
            "notice 2018-10-21T16:00:00Z",
            "yellow 2018-10-24T16:00:00Z",
            "red 2018-10-29T16:00:00Z",
        ]
    );
}

/// An order falls with its card: its own cards fall, and nobody is told of any of it.
async fn an_order_that_falls_leaves_nothing_to_tell(database: Database) {
    let office = Office::with(database, "2018-10-15T10:00:00+08:00", "cn", "escalation").await;
    let case = office.accepted("GSJ-001").await;
    office.sweep_at("2018-10-25T00:00:00+08:00").await;
    office.sweep_at("2018-10-31T00:00:00+08:00").await;
    let order = "DB-410800-GSJ-20181025-0001";
    let red = row(&office.engine, order).await.highest_level;
    assert_eq!(red.as_deref(), Some("red"));
    let items = async || {
        let mut conn = office.engine.store().read().await.unwrap();
        let of_order = store::message_item::of_subject(&mut conn, DIVISION, order).await;
        let mut of_order: Vec<(i64, String)> = of_order
            .unwrap()
            .into_iter()
            .map(|i| (i.seq, i.dropped_reason.unwrap_or(i.state)))
            .collect();
        of_order.dedup();
        of_order
    };
    let told = |seq: i64, word: &str| (seq, word.to_owned());
    assert_eq!(
        items().await,
        [told(1, "free"), told(2, "free"), told(3, "free")]
    );

    let seen = office.engine.look(&case).await.unwrap();
    let card = seen.subject.track.warnings.iter();
    let warning = card
        .filter(|w| w.level() == approval::rule::Level::Yellow)
        .map(|w| w.seq)
        .next()
        .unwrap();
    let reason = "系统停运".to_owned();
    office
        .act(&case, Command::RevokeWarning { warning, reason })
        .await;
    let fallen = row(&office.engine, order).await;
    assert_eq!(
        (fallen.state.as_str(), fallen.highest_level),
        ("closed", None)
    );
    let seen = office.engine.look(order).await.unwrap();
    assert!(
        seen.subject
            .track
            .warnings
            .iter()
            .all(|w| w.state == approval::warning::WarningState::Annulled)
    );
    assert_eq!(
        items().await,
        [
            told(1, "order_fell"),
            told(2, "warning_fell"),
            told(3, "warning_fell")
        ]
    );
    office.verify().await;
}

/// What stood still after a clock had ended never held it.
async fn a_stop_after_its_end_isnt_explained_with_a_clock(database: Database) {
    let office = Office::new(database, "2018-10-15T10:00:00+08:00").await;
    let case = office.accepted("GSJ-001").await;
    for stage in [Stage::Handling, Stage::Review, Stage::Approval] {
        let complete = Command::Complete {
            stage,
            outcome: None,
            reason: None,
            document: None,
        };
        office.act(&case, complete).await;
    }
    office.go_to("2018-10-16T10:00:00+08:00");
    let stop = Command::Stop {
        procedure: Procedure::Hearing,
        notice: Some("听字1号".to_owned()),
        term: None,
        basis: None,
        approver: None,
    };
    office.act(&case, stop).await;
    office.go_to("2018-10-18T10:00:00+08:00");
    office.act(&case, Command::Resume { stop: None }).await;
    let explained = office.engine.explain(&case).await.unwrap();
    let told = |name: &str| {
        let clocks = explained["clocks"].as_array().unwrap();
        let clock = clocks.iter().find(|c| c["clock"] == name).unwrap();
        let days = clock["days"].as_array().unwrap();
        let last = days.last().unwrap()["number"].as_u64();
        (clock["stops"].as_array().unwrap().len(), last)
    };
    assert_eq!(told("promised"), (1, Some(7)));
    assert_eq!(told("statutory"), (0, Some(10)), "ended with the decision");
}

async fn a_new_version_comes_after_the_one_before(database: Database) {
    let office = Office::new(database, "2018-10-15T10:00:00+08:00").await;
    let items = crate::common::ITEMS.replace("企业设立登记", "企业设立");
    reference::load_texts(
        &office.engine,
        crate::common::UNITS,
        &items,
        crate::common::PEOPLE,
    )
    .await
    .unwrap();
    let mut conn = office.engine.store().read().await.unwrap();
    let rows = store::reference::items(&mut conn, DIVISION).await.unwrap();
    let from: Vec<i64> = rows
        .iter()
        .filter(|r| r.item == "GSJ-001")
        .map(|r| r.valid_from_us)
        .collect();
    assert_eq!(from.len(), 2);
    assert!(from[0] < from[1], "{from:?}");
}

async fn what_a_table_says_nothing_of_stays(database: Database) {
    let office = Office::new(database, "2018-10-15T10:00:00+08:00").await;
    // The first columns of the table are enough; a column at its end says what this is about.
    let with = |table: &str, column: &str, code: &str, value: &str| {
        let lines = table.lines().enumerate().map(|(n, line)| match n {
            0 => format!("{line},{column}\n"),
            _ if line.starts_with(code) => format!("{line},{value}\n"),
            _ => format!("{line},\n"),
        });
        lines.collect::<String>()
    };
    let items = with(crate::common::ITEMS, "materials", "GSJ-001", "申请书；章程");
    let people = with(crate::common::PEOPLE, "active", "H2,", "false");
    for (items, people) in [
        (items.as_str(), people.as_str()),
        // The usual tables, which have no such columns.
        (crate::common::ITEMS, crate::common::PEOPLE),
    ] {
        reference::load_texts(&office.engine, crate::common::UNITS, items, people)
            .await
            .unwrap();
        let mut conn = office.engine.store().read().await.unwrap();
        let person = store::reference::person(&mut conn, DIVISION, "H2").await;
        assert!(!person.unwrap().unwrap().active, "H2 has left");
        let rows = store::reference::items(&mut conn, DIVISION).await.unwrap();
        let newest = rows.iter().rev().find(|r| r.item == "GSJ-001").unwrap();
        assert_eq!(newest.version, 2, "no version for nothing");
        assert!(newest.details.contains("章程"), "{}", newest.details);
    }
    // Said with a word, it changes.
    let back = with(crate::common::PEOPLE, "active", "H2,", "true");
    reference::load_texts(
        &office.engine,
        crate::common::UNITS,
        crate::common::ITEMS,
        &back,
    )
    .await
    .unwrap();
    let mut conn = office.engine.store().read().await.unwrap();
    let person = store::reference::person(&mut conn, DIVISION, "H2").await;
    assert!(person.unwrap().unwrap().active);
}

/// A unit and a calendar as one transaction writes them.
async fn write_books(
    conn: &mut Conn,
    unit: &str,
    closed: &'static str,
    now: &str,
) -> Result<(), EngineError> {
    let row = store::reference::UnitRow {
        division: DIVISION.to_owned(),
        unit: unit.to_owned(),
        name: unit.to_owned(),
        kind: String::new(),
        vertical: false,
        hall: None,
        windows: None,
    };
    store::reference::put_unit(conn, &row).await?;
    let now_us = at(now).timestamp_micros();
    let row = store::calendar::CalendarRow {
        version: "test-next".to_owned(),
        text: calendar("test-next", &[closed], &[]).to_text(),
        in_force_from_us: now_us,
        loaded_at_us: now_us,
    };
    store::calendar::insert(conn, &row).await?;
    new_edition(conn).await
}

/// What was read in a transaction that was undone isn't taken for what the next one writes.
async fn books_that_were_undone_are_never_served(database: Database) {
    const NOW: &str = "2018-10-15T10:00:00+08:00";
    let office = Office::new(database, NOW).await;
    let library = Arc::new(Library::default());
    let store = office.engine.store();
    let undone = store.write::<(), EngineError, _>({
        let library = Arc::clone(&library);
        move |conn| {
            let library = Arc::clone(&library);
            Box::pin(async move {
                write_books(conn, "UNDONE", "2018-10-23", NOW).await?;
                let books = library.books(conn, DIVISION).await?;
                assert!(books.directory.unit(&"UNDONE".into()).is_some());
                assert_eq!(books.calendar.version(), "test-next");
                Err(EngineError::invalid("undone", "undone"))
            })
        }
    });
    assert_eq!(undone.await.unwrap_err().kind(), "undone");
    let done = store
        .write::<_, EngineError, _>(|conn| Box::pin(write_books(conn, "DONE", "2018-10-24", NOW)));
    done.await.unwrap();
    let mut conn = store.snapshot().await.unwrap();
    let books = library.books(&mut conn, DIVISION).await.unwrap();
    let units: Vec<&str> = books.directory.units().map(|u| u.code.as_str()).collect();
    assert_eq!(units, ["DONE", "GSJ", "HBJ"]);
    let works = |day: &str| books.calendar.is_working(day.parse().unwrap()).unwrap();
    assert!(works("2018-10-23") && !works("2018-10-24"));
}

/// What can't be read is no refusal.
#[tokio::test]
async fn files_that_arent_there_are_no_refusals() {
    let office = Office::new(Database::Sqlite, "2018-10-15T10:00:00+08:00").await;
    let folder = tempfile::tempdir().unwrap();
    let nowhere = folder.path().join("nowhere");
    let error = import(&office.engine, &nowhere, &nowhere, ImportOptions::default()).await;
    assert!(matches!(error, Err(EngineError::File { .. })), "{error:?}");
    let error = reference::load(&office.engine, &nowhere).await;
    assert!(matches!(error, Err(EngineError::File { .. })), "{error:?}");
}

on_both!(
    one_damaged_event_stops_nobody_else,
    a_number_that_is_taken_is_passed_over,
    a_log_keeps_what_time_did_between_its_rows,
    a_term_that_a_log_states_is_held_by_stops,
    a_log_doesnt_silence_what_was_here,
    a_trials_time_is_raised_with_what_was_written,
    rows_say_what_their_events_come_to,
    what_is_over_has_no_open_stop,
    books_that_were_undone_are_never_served,
    a_notice_says_when_its_threshold_was_reached,
    an_order_that_falls_leaves_nothing_to_tell,
    a_stop_after_its_end_isnt_explained_with_a_clock,
    a_new_version_comes_after_the_one_before,
    what_a_table_says_nothing_of_stays,
);
