//! Daily facts on both databases: they are what a count of all histories gives, whoever counted, in whatever steps, and
//! whatever was corrected meanwhile; closed periods show what changed.

use crate::common::{DIVISION, Database, Office, at, calendar, inspector, on_both};
use approval::command::{Act, Command};
use approval::event::Event;
use approval::stage::{Outcome, Procedure, Stage};
use approval::statistics::{Period, Reason, Sheet, Window, count};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use engine::revise::RevisionMode;
use engine::{Application, Engine, Seen};
use sqlx::Connection;
use std::time::Duration;
use store::feed::FeedPosition;
use store::verify::DefectKind;

const START: &str = "2018-10-15T09:00:00+08:00";

/// Numbers that look as if they were drawn.
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (self.0 >> 33) % limit
    }
}

/// A step of an office's life: what doesn't fit is refused, and that is as good.
async fn step(office: &Office, chance: &mut Chance, cases: &mut Vec<String>) {
    let engine = &office.engine;
    if cases.len() < 14 && chance.below(4) == 0 {
        let item = ["GSJ-001", "HBJ-001"][usize::try_from(chance.below(2)).unwrap()];
        let application = Application {
            item: item.to_owned(),
            applicant: "焦作某某有限公司".to_owned(),
            ..Application::default()
        };
        let seen = engine.receive(application, Act::default()).await.unwrap();
        cases.push(seen.subject.id.as_str().to_owned());
        return;
    }
    let Some(case) = cases.get(usize::try_from(chance.below(14)).unwrap()) else {
        return;
    };
    let seen = engine.look(case).await.unwrap();
    let (command, act) = drawn(chance, &seen);
    let _ = engine.act(case, command, act).await;
}

fn drawn(chance: &mut Chance, seen: &Seen) -> (Command, Act) {
    let state = seen.subject.case().unwrap();
    let late = Act {
        at: Some(seen.subject.last_recorded_at().unwrap() + TimeDelta::hours(1)),
        late_reason: Some("系统故障".to_owned()),
        ..Act::default()
    };
    let stage = state.stage().unwrap_or(Stage::Handling);
    let complete = Command::Complete {
        stage,
        outcome: (stage == Stage::Approval).then_some(Outcome::Granted),
        reason: None,
        document: None,
    };
    let reason = || "测试".to_owned();
    let last = seen.subject.history.iter().rev();
    let last = last
        .filter(|e| {
            matches!(
                e.event,
                Event::StageCompleted { .. } | Event::Extended { .. }
            )
        })
        .map(|e| e.seq)
        .next();
    let command = match chance.below(14) {
        0..=2 => Command::Accept,
        3..=6 => complete,
        7 => return (complete, late),
        8 => Command::Stop {
            procedure: Procedure::ALL[0],
            notice: None,
            term: None,
            basis: None,
            approver: None,
        },
        9 => Command::Resume { stop: None },
        10 => Command::Extend {
            working_days: 3,
            approver: "孙局长".to_owned(),
            reason: reason(),
            notice: None,
        },
        11 => Command::SendBack {
            to: Stage::Handling,
            reason: reason(),
        },
        12 => match last {
            Some(seq) => Command::Annul {
                seq,
                reason: reason(),
            },
            None => Command::Correct {
                missing: vec!["章程".to_owned()],
            },
        },
        _ => match seen.subject.track.warnings.last() {
            Some(warning) => {
                let revoke = Command::RevokeWarning {
                    warning: warning.seq,
                    reason: reason(),
                };
                return (revoke, inspector());
            }
            None => Command::Close {
                outcome: Outcome::Withdrawn,
                reason: reason(),
                basis: None,
            },
        },
    };
    (command, Act::default())
}

/// The figures as a count of all histories gives them.
async fn counted(engine: &Engine, period: &Period, now: DateTime<Utc>) -> Sheet {
    let books = engine.books(DIVISION).await.unwrap();
    let window = Window::new(period, &books.calendar, now);
    let mut conn = engine.store().read().await.unwrap();
    let rows = store::subject::page(&mut conn, DIVISION, "", 1_000)
        .await
        .unwrap();
    drop(conn);
    let mut sheet = Sheet::default();
    for row in rows {
        let seen = engine.look(&row.subject).await.unwrap();
        count(&mut sheet, &seen.subject, &window, &books.calendar).unwrap();
    }
    sheet
}

fn period(text: &str) -> Period {
    Period::parse(text).unwrap()
}

/// Periods that begin and end within months and years.
fn periods() -> Vec<Period> {
    [
        "2018-10",
        "2018-11",
        "2018",
        "2018-W44",
        "2018-10-22..2018-12-05",
        "2018-12",
    ]
    .map(period)
    .to_vec()
}

async fn same_as_counted(engine: &Engine) {
    let now = engine.clock().now();
    for period in periods() {
        if period.first()
            > engine
                .books(DIVISION)
                .await
                .unwrap()
                .calendar
                .office_date(now)
        {
            continue;
        }
        let statement = engine.statement(&period).await.unwrap();
        let sheet = counted(engine, &period, now).await;
        assert_eq!(statement.total, sheet.total(), "{period}");
        let units = sheet.units();
        for unit in &statement.units {
            let expected = units.get(&unit.code).cloned().unwrap_or_default();
            assert_eq!(unit.figures, expected, "{period} {}", unit.code);
        }
    }
}

async fn facts_are_what_a_count_of_all_histories_gives(database: Database) {
    let office = Office::new(database, START).await;
    let second = office.second().await;
    let mut chance = Chance(20_181_015);
    let mut cases = Vec::new();
    for turn in 0..260_i64 {
        let now = at(START) + TimeDelta::hours(4 * turn);
        office.clock.advance_to(now);
        step(&office, &mut chance, &mut cases).await;
        match chance.below(6) {
            0 => drop(office.engine.sweep(None).await.unwrap()),
            1 => drop(office.engine.keep_facts().await.unwrap()),
            2 => drop(second.keep_facts().await.unwrap()),
            _ => {}
        }
        if turn % 65 == 64 {
            same_as_counted(&second).await;
        }
    }
    assert!(cases.len() > 10);
    office.engine.sweep(None).await.unwrap();
    same_as_counted(&office.engine).await;
    // A calendar that is revised makes other days of the same events.
    let revised = calendar("test-later", &["2018-10-22", "2018-10-23"], &[]);
    let mode = RevisionMode::Apply;
    office.engine.revise_calendar(revised, mode).await.unwrap();
    same_as_counted(&office.engine).await;
    let year = period("2018");
    let kept = office.engine.exported_facts(&year).await.unwrap();
    assert!(kept.len() > 100, "{}", kept.len());
    let statement = office.engine.statement(&year).await.unwrap();
    let report = office.engine.rebuild_facts().await.unwrap();
    assert!(report.rebuilt && report.events > 100, "{report:?}");
    assert_eq!(second.exported_facts(&year).await.unwrap(), kept);
    assert_eq!(
        second.statement(&year).await.unwrap().total,
        statement.total
    );
    office.verify().await;
}

async fn an_event_is_counted_once_whoever_is_faster(database: Database) {
    let office = Office::new(database, START).await;
    let second = office.second().await;
    for _ in 0..12 {
        office.accepted("GSJ-001").await;
        let both = tokio::join!(office.engine.keep_facts(), second.keep_facts());
        both.0.unwrap();
        both.1.unwrap();
    }
    let both = tokio::join!(office.engine.rebuild_facts(), second.rebuild_facts());
    both.0.unwrap();
    both.1.unwrap();
    office.accepted("HBJ-001").await;
    let statement = second.statement(&period("2018-10")).await.unwrap();
    assert_eq!(statement.total.counts.accepted, 13);
    assert_eq!(statement.total.counts.open_at_end, 13);
}

async fn limits_that_passed_in_silence_are_seen(database: Database) {
    let office = Office::new(database, START).await;
    office.accepted("GSJ-001").await;
    let open_late = |engine: Engine| async move {
        let statement = engine.statement(&period("2018-10")).await.unwrap();
        statement.total.counts.open_late
    };
    assert_eq!(open_late(office.engine.clone()).await, 0);
    // Due on the 24th; nobody sweeps.
    office.go_to("2018-10-24T23:59:59+08:00");
    assert_eq!(open_late(office.engine.clone()).await, 0);
    office.go_to("2018-10-25T00:00:00+08:00");
    assert_eq!(open_late(office.engine.clone()).await, 1);
    office.engine.sweep(None).await.unwrap();
    assert_eq!(open_late(office.engine.clone()).await, 1);
    let facts = office.engine.exported_facts(&period("2018-10")).await;
    let late: Vec<NaiveDate> = facts
        .unwrap()
        .into_iter()
        .filter(|fact| fact.measure.name().0 == "open_late_change")
        .map(|fact| fact.day)
        .collect();
    assert_eq!(late, [NaiveDate::from_ymd_opt(2018, 10, 24).unwrap()]);
}

async fn a_closed_month_tells_what_changed(database: Database) {
    let office = Office::new(database, START).await;
    let case = office.accepted("GSJ-001").await;
    let month = period("2018-10");
    let open = office.engine.close_period(&month).await.unwrap_err();
    assert_eq!(open.kind(), "period_open");
    office.go_to("2018-11-01T08:00:00+08:00");
    office.engine.sweep(None).await.unwrap();
    let first = office.engine.close_period(&month).await.unwrap();
    assert_eq!((first.last.number, first.last.changes.len()), (1, 0));
    let again = office.engine.close_period(&month).await.unwrap();
    assert_eq!(again, first, "nothing changed");
    // What happened in October is told in November.
    let act = Act {
        at: Some(at("2018-10-30T10:00:00+08:00")),
        late_reason: Some("补录".to_owned()),
        ..Act::default()
    };
    let withdraw = Command::Close {
        outcome: Outcome::Withdrawn,
        reason: "申请人撤回".to_owned(),
        basis: None,
    };
    office.engine.act(&case, withdraw, act).await.unwrap();
    let statement = office.engine.statement(&month).await.unwrap();
    let closed = statement.closed.unwrap();
    assert_eq!(closed.last.number, 2);
    assert_eq!(closed.last.reasons, [Reason::Recorded]);
    assert_eq!(closed.earlier, [first.last]);
    let changed = |name: &str| -> Vec<(Option<i64>, Option<i64>)> {
        let changes = closed.last.changes.iter();
        let of_unit = changes.filter(|change| change.item.is_none() && change.name == name);
        let of_unit = of_unit.inspect(|change| assert_eq!(change.unit, Some("GSJ".into())));
        of_unit.map(|c| (c.before, c.after)).collect()
    };
    // Another process tells the same, though it has read none of it before.
    let second = office.second().await;
    let told = second.statement(&month).await.unwrap().closed;
    assert_eq!(told.as_ref(), Some(&closed));
    let again = office.engine.statement(&month).await.unwrap().closed;
    assert_eq!(again, told, "and so does the first one when asked again");
    assert_eq!(changed("completed"), [(Some(0), Some(1))]);
    assert_eq!(changed("open_at_end"), [(Some(1), Some(0))]);
    assert!(changed("received").is_empty());
    office.verify().await;
    // Whoever changes a closed figure is found.
    office
        .engine
        .store()
        .write::<_, engine::EngineError, _>(|conn| {
            Box::pin(async move {
                let mut rows = store::closing::of_period(conn, DIVISION, "2018-10", 1).await?;
                let mut row = rows.pop().unwrap();
                row.revision = 4;
                row.payload = row.payload.replace("\"completed\":1", "\"completed\":2");
                store::closing::insert(conn, &row).await?;
                Ok(())
            })
        })
        .await
        .unwrap();
    let report = office.engine.verify().await.unwrap();
    let found: Vec<_> = report
        .defects
        .iter()
        .map(|defect| (defect.subject.as_str(), defect.seq, defect.kind))
        .collect();
    assert_eq!(found, [("closing/2018-10", 4, DefectKind::HashMismatch)]);
}

/// On PostgreSQL an older transaction that writes holds followers back. An export without what came after it would look whole.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_export_waits_for_older_transactions() {
    let office = Office::new(Database::Postgres, START).await;
    let mut older = sqlx::PgConnection::connect(&office.url).await.unwrap();
    let begin = "BEGIN; SELECT pg_current_xact_id()";
    sqlx::raw_sql(begin).execute(&mut older).await.unwrap();
    office.accepted("GSJ-001").await;
    let engine = office.engine.clone();
    let export = tokio::spawn(async move { engine.exported_facts(&period("2018-10")).await });
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert!(
        !export.is_finished(),
        "the case isn't among what may be read"
    );
    sqlx::raw_sql("COMMIT").execute(&mut older).await.unwrap();
    let facts = export.await.unwrap().unwrap();
    assert!(
        facts
            .iter()
            .any(|fact| fact.measure.name().0 == "accepted" && fact.n == 1),
        "{facts:?}"
    );
    sqlx::raw_sql(begin).execute(&mut older).await.unwrap();
    office.accepted("GSJ-001").await;
    let (month, beginning) = (period("2018-10"), FeedPosition::default());
    let refused = tokio::join!(
        office.engine.exported_facts(&month),
        office.engine.exported_events(&month, &beginning)
    );
    assert_eq!(refused.0.unwrap_err().kind(), "not_ready");
    assert_eq!(refused.1.unwrap_err().kind(), "not_ready");
}

on_both!(
    facts_are_what_a_count_of_all_histories_gives,
    an_event_is_counted_once_whoever_is_faster,
    limits_that_passed_in_silence_are_seen,
    a_closed_month_tells_what_changed,
);
