//! Revisions of calendar and rules on both databases: what they move, and that a crash or a second process changes
//! nothing about it.

use crate::common::{DIVISION, Database, Office, bend, calendar, on_both};
use approval::command::{Act, Command};
use approval::event::Event;
use approval::rule::Level;
use approval::stage::{Outcome, Stage};
use approval::track::ClockKey;
use approval::warning::WarningState;
use engine::accounts::Caller;
use engine::revise::{Progress, RevisionMode, RevisionReport};
use engine::{Application, Engine, EngineError};
use store::audit::Filter;
use store::calendar::CalendarRow;
use store::revision::{RevisionRow, RevisionTraceRow};

/// Two days more that rest: dates move back.
fn later() -> calendar::Calendar {
    calendar("test-later", &["2018-10-22", "2018-10-23"], &[])
}

/// A weekend that works: dates move forward.
fn earlier() -> calendar::Calendar {
    calendar("test-earlier", &[], &["2018-10-20", "2018-10-21"])
}

async fn revise(engine: &Engine, to: calendar::Calendar, mode: RevisionMode) -> RevisionReport {
    engine.revise_calendar(to, mode).await.unwrap()
}

fn numbers(report: &RevisionReport) -> (u64, u64, u64, u64) {
    (
        report.subjects_looked_at,
        report.dates_moved,
        report.warnings_annulled,
        report.warnings_raised,
    )
}

async fn revision(engine: &Engine, name: &str) -> Option<RevisionRow> {
    let mut conn = engine.store().read().await.unwrap();
    store::revision::get(&mut conn, name).await.unwrap()
}

async fn traces(engine: &Engine, name: &str) -> Vec<RevisionTraceRow> {
    let mut conn = engine.store().read().await.unwrap();
    store::revision::traces(&mut conn, DIVISION, name, ("", ""), 10_000)
        .await
        .unwrap()
}

async fn revised_events(engine: &Engine, case: &str) -> usize {
    let seen = engine.look(case).await.unwrap();
    let of_revision =
        |e: &&std::sync::Arc<approval::Recorded>| matches!(e.event, Event::DatesRevised { .. });
    seen.subject.history.iter().filter(of_revision).count()
}

/// What a process leaves that dies right after it put a calendar in force.
async fn begun(engine: &Engine, to: &calendar::Calendar) {
    let now_us = engine.clock().now().timestamp_micros();
    let row = CalendarRow {
        version: to.version().to_owned(),
        text: to.to_text(),
        in_force_from_us: now_us,
        loaded_at_us: now_us,
    };
    let from = engine.books(DIVISION).await.unwrap();
    let revision = RevisionRow {
        revision: format!("calendar:{}", to.version()),
        kind: "calendar".to_owned(),
        from_version: from.calendar.version().to_owned(),
        to_version: to.version().to_owned(),
        started_at_us: now_us,
        finished_at_us: None,
        cursor_division: None,
        cursor_subject: None,
        looked_at: 0,
        dates_moved: 0,
        annulled: 0,
        raised: 0,
    };
    engine
        .store()
        .write::<_, EngineError, _>(move |conn| {
            let (row, revision) = (row.clone(), revision.clone());
            Box::pin(async move {
                assert!(store::calendar::insert(conn, &row).await?);
                assert!(store::revision::insert(conn, &revision).await?);
                engine::library::new_edition(conn).await
            })
        })
        .await
        .unwrap();
}

async fn dates_that_move_back_annul_cards(database: Database) {
    let office = Office::new(database, "2018-10-15T10:00:00+08:00").await;
    let case = office.accepted("GSJ-001").await;
    office.sweep_at("2018-10-25T09:00:00+08:00").await;
    let before = office.engine.look(&case).await.unwrap();
    let dry = revise(&office.engine, later(), RevisionMode::DryRun).await;
    assert_eq!(
        numbers(&dry),
        (1, 2, 2, 1),
        "notice and yellow fall, the notice is due again"
    );
    let untouched = office.engine.look(&case).await.unwrap();
    assert_eq!(untouched.hash, before.hash, "a dry run writes nothing");

    let applied = revise(&office.engine, later(), RevisionMode::Apply).await;
    assert_eq!(applied, dry);
    let json = serde_json::to_string(&applied).unwrap();
    assert!(json.starts_with(r#"{"from_version":"cn-"#), "{json}");
    let seen = office.engine.look(&case).await.unwrap();
    let live: Vec<&str> = seen
        .subject
        .track
        .warnings
        .iter()
        .filter(|w| w.state == WarningState::Issued)
        .map(|w| w.raised.rule.as_str())
        .collect();
    assert_eq!(live, ["stage-yellow", "promised-notice"]);
    let traces = traces(&office.engine, "calendar:test-later").await;
    let clocks: Vec<&str> = traces.iter().map(|t| t.clock.as_str()).collect();
    assert_eq!(clocks, ["promised", "statutory"]);
    assert!(traces.iter().all(|t| t.due_before_us < t.due_after_us));

    // The same again changes nothing and says the same.
    let again = revise(&office.engine, later(), RevisionMode::Apply).await;
    assert_eq!(numbers(&again), numbers(&applied));
    assert_eq!(office.engine.look(&case).await.unwrap().hash, seen.hash);
    assert_eq!(office.sweep_at("2018-10-27T00:00:00+08:00").await.yellow, 1);
    office.verify().await;
}

/// The order that came with a card falls with it while both are revised: no batch meets what it changed itself, and waits
/// for somebody else who isn't there.
async fn an_order_falls_with_the_card_that_a_new_date_takes_away(database: Database) {
    let office = Office::with(database, "2018-10-15T10:00:00+08:00", "cn", "escalation").await;
    let case = office.accepted("GSJ-001").await;
    office.sweep_at("2018-10-25T09:00:00+08:00").await;
    let order = "DB-410800-GSJ-20181025-0001";
    office.go_to("2018-10-25T10:00:00+08:00");
    let before = office.engine.sweep_steps();
    // The order's own term moves, too.
    let to = calendar(
        "test-later",
        &["2018-10-22", "2018-10-23", "2018-10-29"],
        &[],
    );
    let report = revise(&office.engine, to, RevisionMode::Apply).await;
    assert_eq!(report.subjects_looked_at, 2);
    let steps = office.engine.sweep_steps() - before;
    assert!(steps < 10, "{steps} steps for two subjects");
    let seen = office.engine.look(&case).await.unwrap();
    let cards = seen.subject.track.warnings.iter();
    let cards = cards.filter(|w| w.clock() == ClockKey::Promised && w.level() == Level::Yellow);
    let states: Vec<WarningState> = cards.map(|w| w.state).collect();
    assert_eq!(states, [WarningState::Annulled]);
    let mut conn = office.engine.store().read().await.unwrap();
    let row = store::subject::get(&mut conn, DIVISION, order)
        .await
        .unwrap();
    assert_eq!(row.unwrap().state, "closed");
    office.verify().await;
}

/// Each clock of a subject: the calendar it is explained by, its due day, and the last day of the count.
async fn explained(engine: &Engine, case: &str) -> Vec<String> {
    let explained = engine.explain(case).await.unwrap();
    let line = |clock: &serde_json::Value| {
        let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
        let last = clock["days"].as_array().unwrap().last().unwrap();
        format!(
            "{} by {} until {}: {} on {}",
            text(&clock["clock"]),
            text(&clock["calendar"]),
            text(&clock["due_on"]),
            last["number"],
            text(&last["date"]),
        )
    };
    explained["clocks"]
        .as_array()
        .unwrap()
        .iter()
        .map(line)
        .collect()
}

async fn a_count_is_explained_by_the_calendar_that_set_it(database: Database) {
    let office = Office::new(database, "2018-10-15T10:00:00+08:00").await;
    let case = office.accepted("GSJ-001").await;
    let books = office.engine.books(DIVISION).await.unwrap();
    let old = books.calendar.version();
    let by_the_old_one = [
        format!("acceptance#1 by {old} until 2018-10-22: 5 on 2018-10-22"),
        format!("promised by {old} until 2018-10-24: 7 on 2018-10-24"),
        format!("statutory by {old} until 2018-10-29: 10 on 2018-10-29"),
        format!("handling#1 by {old} until 2018-10-18: 3 on 2018-10-18"),
    ];
    begun(&office.engine, &later()).await;
    assert_eq!(
        explained(&office.engine, &case).await,
        by_the_old_one,
        "in force, but not come to this case yet"
    );
    office.engine.resume_revisions().await.unwrap();
    assert_eq!(
        explained(&office.engine, &case).await,
        [
            by_the_old_one[0].as_str(),
            "promised by test-later until 2018-10-26: 7 on 2018-10-26",
            "statutory by test-later until 2018-10-31: 10 on 2018-10-31",
            "handling#1 by test-later until 2018-10-18: 3 on 2018-10-18",
        ],
        "what has ended keeps its own"
    );
}

/// An ended clock that a revision moved in somebody's favour is explained by the calendar of that revision.
async fn a_favour_is_explained_by_its_own_calendar(database: Database) {
    let office = Office::new(database, "2018-10-15T10:00:00+08:00").await;
    let case = office.accepted("GSJ-001").await;
    office.go_to("2018-10-25T09:00:00+08:00");
    let close = Command::Close {
        outcome: Outcome::Withdrawn,
        reason: "申请人撤回".to_owned(),
        basis: None,
    };
    office.act(&case, close).await;
    revise(&office.engine, later(), RevisionMode::Apply).await;
    let lines = explained(&office.engine, &case).await;
    assert_eq!(
        lines[1],
        "promised by test-later until 2018-10-26: 7 on 2018-10-26"
    );
    assert!(lines[2].starts_with("statutory by cn-"), "{lines:?}");
}

async fn dates_that_move_forward_raise_cards(database: Database) {
    let office = Office::new(database, "2018-10-15T10:00:00+08:00").await;
    office.accepted("GSJ-001").await;
    office.sweep_at("2018-10-23T09:00:00+08:00").await;
    let dry = revise(&office.engine, earlier(), RevisionMode::DryRun).await;
    let applied = revise(&office.engine, earlier(), RevisionMode::Apply).await;
    assert_eq!(applied, dry);
    assert_eq!(
        numbers(&applied),
        (1, 2, 1, 2),
        "a new notice and a yellow card"
    );
    assert_eq!(office.sweep_at("2018-10-26T00:00:00+08:00").await.red, 1);
    office.verify().await;
}

async fn a_threshold_moves_where_no_date_does(database: Database) {
    let office = Office::new(database, "2018-10-15T10:00:00+08:00").await;
    let case = office.accepted("GSJ-001").await;
    office.sweep_at("2018-10-19T09:00:00+08:00").await;
    let hash = office.engine.look(&case).await.unwrap().hash;
    // Saturday works for Tuesday: the due day stays, two working days before it is another day.
    let swapped = calendar("test-swap", &["2018-10-23"], &["2018-10-20"]);
    let report = revise(&office.engine, swapped, RevisionMode::Apply).await;
    assert_eq!(numbers(&report), (1, 0, 0, 0));
    assert_eq!(
        office.engine.look(&case).await.unwrap().hash,
        hash,
        "nothing is recorded"
    );
    assert_eq!(office.sweep_at("2018-10-20T00:00:00+08:00").await.notice, 1);
}

/// Takes a case through all its stages, at one instant.
async fn complete(office: &Office, case: &str) {
    for stage in [
        Stage::Handling,
        Stage::Review,
        Stage::Approval,
        Stage::Completion,
    ] {
        let outcome =
            matches!(stage, Stage::Approval | Stage::Completion).then_some(Outcome::Granted);
        let command = Command::Complete {
            stage,
            outcome,
            reason: None,
            document: None,
        };
        office.act(case, command).await;
    }
}

async fn an_ended_case_with_a_card_is_visited(database: Database) {
    let office = Office::new(database, "2018-10-15T10:00:00+08:00").await;
    let case = office.accepted("GSJ-001").await;
    office.sweep_at("2018-10-25T10:00:00+08:00").await;
    complete(&office, &case).await;
    let applied = revise(&office.engine, later(), RevisionMode::Apply).await;
    assert_eq!(
        (applied.warnings_annulled, applied.warnings_raised),
        (1, 0),
        "{applied:?}"
    );
    let seen = office.engine.look(&case).await.unwrap();
    let fallen: Vec<&str> = seen
        .subject
        .track
        .warnings
        .iter()
        .filter(|w| w.state == WarningState::Annulled)
        .map(|w| w.raised.rule.as_str())
        .collect();
    assert_eq!(
        fallen,
        ["promised-yellow"],
        "it was on time under the notice"
    );
}

/// Late by the calendar of then, its cards taken back by the inspector: no lamp is lit and no alarm waits, but the new
/// calendar makes it on time, and whoever counts it must find that.
async fn an_ended_case_without_a_card_is_visited(database: Database) {
    let office = Office::new(database, "2018-10-15T10:00:00+08:00").await;
    let case = office.accepted("GSJ-001").await;
    office.go_to("2018-10-25T09:00:00+08:00");
    let close = Command::Close {
        outcome: Outcome::Withdrawn,
        reason: "申请人撤回".to_owned(),
        basis: None,
    };
    let seen = office.act(&case, close).await;
    for warning in &seen.subject.track.warnings {
        let revoke = Command::RevokeWarning {
            warning: warning.seq,
            reason: "系统故障".to_owned(),
        };
        office.act(&case, revoke).await;
    }
    let late = |seen: &engine::Seen| {
        let clock = seen.subject.track.clock(ClockKey::Promised).unwrap();
        clock.was_late()
    };
    assert!(late(&office.engine.look(&case).await.unwrap()));
    // Days that come after all its limits, also after one for a delivery, don't touch what is over.
    let to_come = calendar("test-to-come", &["2019-03-04"], &[]);
    let report = revise(&office.engine, to_come, RevisionMode::Apply).await;
    assert_eq!(numbers(&report), (0, 0, 0, 0));
    let dry = revise(&office.engine, later(), RevisionMode::DryRun).await;
    let applied = revise(&office.engine, later(), RevisionMode::Apply).await;
    assert_eq!(applied, dry);
    assert_eq!(numbers(&applied), (1, 1, 0, 0));
    assert!(!late(&office.engine.look(&case).await.unwrap()));
    office.verify().await;
}

/// The time for delivering a permit runs on when its case is over, also where no rule watches it.
async fn a_delivery_that_runs_is_visited(database: Database) {
    let start = "2018-10-15T10:00:00+08:00";
    let office = Office::with(database, start, "cn", "two-colour").await;
    let case = office.accepted("GSJ-001").await;
    office.go_to("2018-10-15T16:00:00+08:00");
    complete(&office, &case).await;
    let due = |seen: &engine::Seen| {
        let clock = seen.subject.track.clock(ClockKey::Delivery(1)).unwrap();
        clock.due.unwrap().on.to_string()
    };
    assert_eq!(due(&office.engine.look(&case).await.unwrap()), "2018-10-29");
    let applied = revise(&office.engine, later(), RevisionMode::Apply).await;
    assert_eq!(numbers(&applied), (1, 1, 0, 0));
    assert_eq!(due(&office.engine.look(&case).await.unwrap()), "2018-10-31");
}

/// A case that wasn't near its limit when it was over gets no notice by a calendar under which it would have been, though
/// the revision comes to it for its delivery.
async fn what_is_over_comes_near_no_limit(database: Database) {
    let office = Office::new(database, "2018-10-15T10:00:00+08:00").await;
    let case = office.accepted("GSJ-001").await;
    office.sweep_at("2018-10-21T16:00:00+08:00").await;
    complete(&office, &case).await;
    let raised = |seen: &engine::Seen| {
        let raised = seen.subject.track.warnings.iter();
        let raised: Vec<String> = raised.map(|w| w.raised.rule.clone()).collect();
        raised
    };
    let before = raised(&office.engine.look(&case).await.unwrap());
    assert!(
        !before.contains(&"promised-notice".to_owned()),
        "{before:?}"
    );
    // Saturday works for Monday: the 24th stays, two working days before it is the 20th now and not the 22nd.
    let swapped = calendar("test-swap", &["2018-10-22"], &["2018-10-20"]);
    let report = revise(&office.engine, swapped, RevisionMode::Apply).await;
    assert_eq!(numbers(&report), (1, 1, 0, 0), "the delivery");
    office.sweep_at("2018-10-26T09:00:00+08:00").await;
    office.act(&case, Command::Deliver).await;
    assert_eq!(raised(&office.engine.look(&case).await.unwrap()), before);
    office.verify().await;
}

async fn deemed_acceptances_are_listed(database: Database) {
    let office = Office::new(database, "2018-10-15T10:00:00+08:00").await;
    let application = Application {
        item: "GSJ-001".to_owned(),
        applicant: "焦作某某有限公司".to_owned(),
        ..Application::default()
    };
    let seen = office
        .engine
        .receive(application, Act::default())
        .await
        .unwrap();
    office.sweep_at("2018-10-23T00:00:00+08:00").await;
    let report = revise(&office.engine, later(), RevisionMode::Apply).await;
    assert_eq!(report.deemed_touched, [seen.subject.id.as_str()]);
}

async fn a_crash_in_the_middle_is_made_good(database: Database) {
    let office = Office::new(database, "2018-10-15T10:00:00+08:00").await;
    let mut cases = Vec::new();
    for _ in 0..100 {
        cases.push(office.accepted("GSJ-001").await);
    }
    office.sweep_at("2018-10-25T09:00:00+08:00").await;
    let dry = revise(&office.engine, later(), RevisionMode::DryRun).await;
    assert_eq!(numbers(&dry), (100, 200, 200, 100));
    let dying = office.second().await;
    let task = tokio::spawn({
        let dying = dying.clone();
        async move { dying.revise_calendar(later(), RevisionMode::Apply).await }
    });
    loop {
        let row = revision(&office.engine, "calendar:test-later").await;
        if row.is_some_and(|r| r.looked_at > 0) {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(1)).await;
    }
    task.abort();
    let _ = task.await;
    dying.close().await;
    let other = office.second().await;
    let applied = revise(&other, later(), RevisionMode::Apply).await;
    assert_eq!(numbers(&applied), numbers(&dry));
    for case in &cases {
        assert_eq!(revised_events(&office.engine, case).await, 1);
    }
    assert_eq!(
        traces(&office.engine, "calendar:test-later").await.len(),
        200
    );
    assert!(other.resume_revisions().await.unwrap().is_empty());
    office.verify().await;
}

async fn two_processes_and_a_command_share_a_revision(database: Database) {
    let office = Office::new(database, "2018-10-15T10:00:00+08:00").await;
    let mut cases = Vec::new();
    for _ in 0..90 {
        cases.push(office.accepted("GSJ-001").await);
    }
    office.sweep_at("2018-10-25T09:00:00+08:00").await;
    let dry = revise(&office.engine, later(), RevisionMode::DryRun).await;
    begun(&office.engine, &later()).await;
    // A command comes to its subject before the batches do.
    let command = Command::Complete {
        stage: Stage::Handling,
        outcome: None,
        reason: None,
        document: None,
    };
    office.act(&cases[50], command).await;
    let other = office.second().await;
    let (a, b) = tokio::join!(office.engine.resume_revisions(), other.resume_revisions());
    assert_eq!(a.unwrap().len() + b.unwrap().len(), 2);
    let row = revision(&office.engine, "calendar:test-later")
        .await
        .unwrap();
    assert!(row.finished_at_us.is_some());
    assert_eq!(
        (row.looked_at, row.dates_moved, row.annulled, row.raised),
        (90, 180, 180, 90)
    );
    assert_eq!(numbers(&dry), (90, 180, 180, 90));
    for case in &cases {
        assert_eq!(revised_events(&office.engine, case).await, 1);
    }
    office.verify().await;
}

/// Of the cases of one batch some get new dates and nothing else, some lose cards, one a command brought up to date.
async fn a_batch_moves_dates_and_cards(database: Database) {
    let office = Office::new(database, "2018-10-15T10:00:00+08:00").await;
    let mut cases = Vec::new();
    for _ in 0..4 {
        cases.push(office.accepted("GSJ-001").await);
    }
    office.sweep_at("2018-10-25T09:00:00+08:00").await;
    for _ in 0..5 {
        cases.push(office.accepted("GSJ-001").await);
    }
    let to = calendar(
        "test-later",
        &["2018-10-22", "2018-10-23", "2018-10-29"],
        &[],
    );
    let dry = revise(&office.engine, to.clone(), RevisionMode::DryRun).await;
    begun(&office.engine, &to).await;
    let command = Command::Complete {
        stage: Stage::Handling,
        outcome: None,
        reason: None,
        document: None,
    };
    office.act(&cases[6], command).await;
    office.engine.resume_revisions().await.unwrap();
    let row = revision(&office.engine, "calendar:test-later")
        .await
        .unwrap();
    let done = [row.looked_at, row.dates_moved, row.annulled, row.raised];
    let (looked_at, moved, annulled, raised) = numbers(&dry);
    assert_eq!(
        done,
        [looked_at, moved, annulled, raised].map(|n| i64::try_from(n).unwrap())
    );
    // The first ones have passed their stage's limit already.
    assert_eq!((looked_at, moved), (9, 4 * 2 + 5 * 3));
    assert!(annulled >= 4, "each of the first cases had cards");
    let traced = traces(&office.engine, "calendar:test-later").await;
    let mut of_cases: Vec<&str> = traced.iter().map(|t| t.subject.as_str()).collect();
    of_cases.dedup();
    assert_eq!(of_cases, cases);
    assert_eq!(traced.len(), 23);
    for case in &cases {
        assert_eq!(revised_events(&office.engine, case).await, 1);
        let seen = office.engine.look(case).await.unwrap();
        let due = seen.subject.track.clock(ClockKey::Promised).unwrap().due;
        let trace = traced
            .iter()
            .find(|t| t.subject == *case && t.clock == "promised");
        assert_eq!(
            trace.unwrap().due_after_us,
            due.map(|due| due.at.timestamp_micros())
        );
    }
    // What was written at once is what a sweep finds.
    let red = office.sweep_at("2018-12-01T00:00:00+08:00").await.red;
    assert!(red >= 9, "{red}");
    office.verify().await;
}

/// Two processes meet a damaged case at the same time: it is passed over, and no other one is.
async fn only_the_damaged_one_is_passed_over(database: Database) {
    let office = Office::new(database, "2018-10-15T10:00:00+08:00").await;
    let mut cases = Vec::new();
    for _ in 0..7 {
        cases.push(office.accepted("GSJ-001").await);
    }
    let text = format!(
        "UPDATE event SET payload = '[]' WHERE subject = '{}' AND seq = 2",
        cases[3]
    );
    bend(&office.engine, text).await;
    begun(&office.engine, &later()).await;
    let (one, other) = (office.second().await, office.second().await);
    let (a, b) = tokio::join!(one.resume_revisions(), other.resume_revisions());
    a.unwrap();
    b.unwrap();
    let mut of_cases: Vec<String> = traces(&one, "calendar:test-later")
        .await
        .into_iter()
        .map(|trace| trace.subject)
        .collect();
    of_cases.dedup();
    cases.remove(3);
    assert_eq!(of_cases, cases);
}

async fn a_wrong_calendar_is_refused_and_changes_nothing(database: Database) {
    let office = Office::new(database, "2018-10-15T10:00:00+08:00").await;
    let case = office.accepted("GSJ-001").await;
    let current = office
        .engine
        .books(DIVISION)
        .await
        .unwrap()
        .calendar
        .clone();
    let refused = async |to: calendar::Calendar| {
        let answer = office.engine.revise_calendar(to, RevisionMode::Apply).await;
        answer.unwrap_err()
    };
    let same_name = calendar(current.version(), &["2018-10-22"], &[]);
    assert_eq!(refused(same_name).await.kind(), "calendar_version_taken");
    let text = later().to_text();
    let moved = text.replace("Asia/Shanghai", "Asia/Tokyo");
    let moved = calendar::Calendar::parse("tokyo", &moved).unwrap();
    assert_eq!(refused(moved).await.kind(), "calendar_zone");
    let mut table: toml::Table = text.parse().unwrap();
    for key in ["rest", "make_up"] {
        let cut: toml::value::Datetime = "2018-10-20".parse().unwrap();
        let list = table.get_mut(key).unwrap().as_array_mut().unwrap();
        list.retain(|e| e.get("date").unwrap().to_string() < cut.to_string());
    }
    for key in ["to", "final_to"] {
        let last: toml::value::Datetime = "2018-10-20".parse().unwrap();
        table.insert(key.to_owned(), toml::Value::Datetime(last));
    }
    let short = calendar::Calendar::parse("short", &table.to_string()).unwrap();
    let error = refused(short).await;
    assert_eq!(error.kind(), "calendar_not_covering");
    assert!(error.to_string().contains(&case), "{error}");
    let books = office.engine.books(DIVISION).await.unwrap();
    assert_eq!(books.calendar.version(), current.version());
    let first = revise(&office.engine, later(), RevisionMode::Apply).await;
    assert_eq!(first.from_version, current.version());
    revise(&office.engine, earlier(), RevisionMode::Apply).await;
    assert_eq!(refused(later()).await.kind(), "calendar_superseded");
}

async fn new_rules_hold_from_now_on(database: Database) {
    let office = Office::new(database, "2018-10-15T10:00:00+08:00").await;
    office.accepted("GSJ-001").await;
    let rules = engine::assets::text("rules/limits.toml").unwrap();
    let four = rules.replacen("before_working_days = 2", "before_working_days = 4", 1);
    let engine = &office.engine;
    let dry = engine
        .revise_rules("four", &four, RevisionMode::DryRun)
        .await
        .unwrap();
    let applied = engine
        .revise_rules("four", &four, RevisionMode::Apply)
        .await
        .unwrap();
    assert_eq!(applied, dry);
    assert_eq!(
        (
            applied.from_version,
            applied.to_version,
            applied.subjects_looked_at,
            applied.alarms_moved
        ),
        (1, 2, 1, 1)
    );
    let again = engine
        .revise_rules("four", &four, RevisionMode::Apply)
        .await
        .unwrap();
    assert_eq!((again.to_version, again.alarms_moved), (2, 0));
    assert_eq!(office.sweep_at("2018-10-18T00:00:00+08:00").await.notice, 1);
    // Five before was on the 17th: rules that come into force on the 18th raise nothing for it.
    let five = rules.replacen("before_working_days = 2", "before_working_days = 5", 1);
    let applied = engine
        .revise_rules("five", &five, RevisionMode::Apply)
        .await
        .unwrap();
    assert_eq!(applied.to_version, 3);
    let report = office.sweep_at("2018-10-24T00:00:00+08:00").await;
    assert_eq!(
        (report.notice, report.yellow),
        (0, 1),
        "only the stage's card"
    );
    let wrong = engine
        .revise_rules("bad.toml", "[[rule]]", RevisionMode::Apply)
        .await;
    assert_eq!(wrong.unwrap_err().kind(), "bad_rules");
    office.verify().await;
}

/// What a desk puts in force stands in the audit log of the same transaction, and only once.
async fn a_desk_puts_both_in_force(database: Database) {
    let office = Office::new(database, "2018-10-15T10:00:00+08:00").await;
    let case = office.accepted("GSJ-001").await;
    office.sweep_at("2018-11-02T09:00:00+08:00").await;
    let engine = &office.engine;
    let caller = Caller {
        account: "xitong".to_owned(),
        address: "10.0.0.1".to_owned(),
    };
    let rules = engine::assets::text("rules/limits.toml").unwrap();
    let four = rules.replacen("before_working_days = 2", "before_working_days = 4", 1);
    let trial = engine.try_rules("four", &four).await.unwrap();
    assert_eq!((trial.subjects, trial.complete), (1, true));
    let notice = trial.rules.iter().find(|r| r.id == "promised-notice");
    let notice = notice.unwrap();
    assert_ne!(notice.now, notice.then);
    assert_eq!((notice.raised_now, notice.raised_then), (1, 1));
    assert_eq!(trial.did.values().sum::<u64>(), 4, "{:?}", trial.did);

    let before = engine.books(DIVISION).await.unwrap();
    let seen = before.calendar.version().to_owned();
    let preview = engine.preview_calendar(&later()).await.unwrap();
    assert_eq!(preview.dates_moved, 2);
    let put = engine.put_calendar_in_force(&later(), &seen, &caller).await;
    assert_eq!(put.unwrap(), Progress::Done);
    let stale = engine
        .put_calendar_in_force(&earlier(), &seen, &caller)
        .await;
    assert_eq!(stale.unwrap_err().kind(), "calendar_changed");
    assert_eq!(revised_events(engine, &case).await, 1);

    let put = engine.put_rules_in_force("four", &four, 1, &caller).await;
    assert_eq!(put.unwrap(), Progress::Done);
    let stale = engine
        .put_rules_in_force("limits", &rules, 1, &caller)
        .await;
    assert_eq!(stale.unwrap_err().kind(), "rules_changed");
    assert_eq!(engine.rules_in_force().await.unwrap().version, 2);
    let log = engine.audit_log(&Filter::default(), 10).await.unwrap();
    let told: Vec<_> = log
        .iter()
        .map(|e| (e.act.as_str(), e.target.as_str()))
        .collect();
    assert_eq!(told, [("rules", "limits 2"), ("calendar", "test-later")]);
    let done = engine.revisions().await.unwrap();
    assert!(done.len() == 2 && done.iter().all(|row| row.finished_at_us.is_some()));

    begun(engine, &earlier()).await;
    let meanwhile = engine
        .put_rules_in_force("limits", &rules, 2, &caller)
        .await;
    assert_eq!(meanwhile.unwrap_err().kind(), "revision_under_way");
    engine.resume_revisions().await.unwrap();
    office.verify().await;
}

on_both!(
    dates_that_move_back_annul_cards,
    an_order_falls_with_the_card_that_a_new_date_takes_away,
    a_count_is_explained_by_the_calendar_that_set_it,
    a_favour_is_explained_by_its_own_calendar,
    dates_that_move_forward_raise_cards,
    a_threshold_moves_where_no_date_does,
    an_ended_case_with_a_card_is_visited,
    an_ended_case_without_a_card_is_visited,
    a_delivery_that_runs_is_visited,
    what_is_over_comes_near_no_limit,
    deemed_acceptances_are_listed,
    a_crash_in_the_middle_is_made_good,
    two_processes_and_a_command_share_a_revision,
    a_batch_moves_dates_and_cards,
    only_the_damaged_one_is_passed_over,
    a_wrong_calendar_is_refused_and_changes_nothing,
    new_rules_hold_from_now_on,
    a_desk_puts_both_in_force,
);
