//! The schedule on both databases: each run once, caught up after a standstill, never earlier than the installation.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::common::{Database, Office, at, on_both, outbox};
use engine::copies::OldMail;
use engine::schedule::{CatchUp, JobAction, JobRun, JobSpec, Scheduler};
use engine::{Clock, Engine, EngineError};
use notify::Transport;
use store::StoreError;
use store::job::JobRunRow;
use store::message::Taking;

type Runs = Arc<Mutex<Vec<JobRun>>>;

/// A job that notes its runs, at eight every morning.
fn noting(name: &str, catch_up: CatchUp, runs: &Runs) -> JobSpec {
    let runs = Arc::clone(runs);
    JobSpec {
        name: name.to_owned(),
        cron: "0 0 8 * * *".to_owned(),
        working_days_only: false,
        on: None,
        catch_up,
        action: JobAction::Custom(Arc::new(move |_, run| {
            runs.lock().unwrap().push(run);
            Box::pin(async { Ok(()) })
        })),
    }
}

fn days(runs: &Runs, job: &str) -> Vec<String> {
    let runs = runs.lock().unwrap();
    let of_job = runs.iter().filter(|run| run.job == job);
    of_job.map(|run| run.date.to_string()).collect()
}

async fn rows(engine: &Engine, job: &str) -> Vec<JobRunRow> {
    let mut conn = engine.store().read().await.unwrap();
    store::job::runs(&mut conn, job, 100).await.unwrap()
}

async fn a_standstill_is_caught_up_by_policy(database: Database) {
    let office = Office::new(database, "2018-10-15T07:00:00+08:00").await;
    let runs = Runs::default();
    let mut rested = noting("rested", CatchUp::All, &runs);
    rested.working_days_only = true;
    let jobs = vec![
        noting("all", CatchUp::All, &runs),
        noting("latest", CatchUp::Latest, &runs),
        noting("skip", CatchUp::Skip, &runs),
        rested,
    ];
    let scheduler = Scheduler::new(office.engine.clone(), None, jobs).unwrap();
    let first = scheduler.run_due_jobs().await.unwrap();
    assert_eq!(
        first.done, 0,
        "nothing of the past is run on a fresh installation"
    );
    assert_eq!(first.next_at, Some(at("2018-10-15T08:00:00+08:00")));

    office.go_to("2018-10-18T09:00:00+08:00");
    scheduler.run_due_jobs().await.unwrap();
    let four = ["2018-10-15", "2018-10-16", "2018-10-17", "2018-10-18"];
    assert_eq!(days(&runs, "all"), four);
    assert_eq!(days(&runs, "latest"), ["2018-10-18"]);
    assert!(days(&runs, "skip").is_empty());
    assert_eq!(
        scheduler.run_due_jobs().await.unwrap().done,
        0,
        "once is enough"
    );

    office.go_to("2018-10-19T08:00:00+08:00");
    scheduler.run_due_jobs().await.unwrap();
    assert_eq!(days(&runs, "skip"), ["2018-10-19"]);
    office.go_to("2018-10-22T12:00:00+08:00");
    scheduler.run_due_jobs().await.unwrap();
    assert_eq!(
        days(&runs, "rested")[4..],
        ["2018-10-19", "2018-10-22"],
        "no weekend"
    );
    assert_eq!(days(&runs, "all").len(), 8);

    office.go_to("2019-03-01T12:00:00+08:00");
    scheduler.run_due_jobs().await.unwrap();
    let all = days(&runs, "all");
    assert_eq!(all.len(), 8 + 31, "a month at most");
    assert_eq!(all.last().unwrap(), "2019-03-01");
}

/// Of a record that was lost nobody knows what it mailed after the copy: runs of that time are made up for without mail.
#[tokio::test]
async fn runs_between_a_copy_and_its_restoring_mail_nothing() {
    let office = Office::new(Database::Sqlite, "2018-10-15T07:00:00+08:00").await;
    let runs = Runs::default();
    let job = || vec![noting("all", CatchUp::All, &runs)];
    let scheduler = Scheduler::new(office.engine.clone(), None, job()).unwrap();
    scheduler.run_due_jobs().await.unwrap();
    office.go_to("2018-10-15T09:00:00+08:00");
    scheduler.run_due_jobs().await.unwrap();
    for (mail, withheld) in [(OldMail::Withheld, 2), (OldMail::Sent, 0)] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("copy.db").display().to_string();
        office.engine.copy_to(&path).await.unwrap();
        let (url, settings) = (format!("sqlite:{path}"), office.engine.settings().clone());
        // The copy lay there for two mornings.
        let restored_at = Clock::standing(at("2018-10-17T10:00:00+08:00"));
        let opened = Engine::open_at(&url, settings.clone(), restored_at.clone());
        let copy = opened.await.unwrap();
        copy.adopt("copy.db", mail).await.unwrap();
        copy.close().await;
        runs.lock().unwrap().clear();
        let engine = Engine::open_at(&url, settings, restored_at.clone())
            .await
            .unwrap();
        let scheduler = Scheduler::new(engine, None, job()).unwrap();
        scheduler.run_due_jobs().await.unwrap();
        restored_at.advance_to(at("2018-10-18T09:00:00+08:00"));
        scheduler.run_due_jobs().await.unwrap();
        assert_eq!(
            days(&runs, "all"),
            ["2018-10-16", "2018-10-17", "2018-10-18"]
        );
        let runs = runs.lock().unwrap();
        let mails: Vec<OldMail> = runs.iter().map(|run| run.mail).collect();
        assert_eq!(
            mails
                .iter()
                .filter(|mail| **mail == OldMail::Withheld)
                .count(),
            withheld
        );
        assert_eq!(mails[2], OldMail::Sent);
    }
}

async fn two_schedulers_run_each_run_once(database: Database) {
    let office = Office::new(database, "2018-10-15T07:00:00+08:00").await;
    let runs = Runs::default();
    let job = || vec![noting("all", CatchUp::All, &runs)];
    let one = Scheduler::new(office.engine.clone(), None, job()).unwrap();
    let two = Scheduler::new(office.second().await, None, job()).unwrap();
    let (a, b) = tokio::join!(one.run_due_jobs(), two.run_due_jobs());
    assert_eq!(a.unwrap().done + b.unwrap().done, 0);
    office.go_to("2018-10-25T09:00:00+08:00");
    let (a, b) = tokio::join!(one.run_due_jobs(), two.run_due_jobs());
    assert_eq!(a.unwrap().done + b.unwrap().done, 11);
    let days = days(&runs, "all");
    let different: BTreeSet<&String> = days.iter().collect();
    assert_eq!((days.len(), different.len()), (11, 11));
    assert!(
        rows(&office.engine, "all")
            .await
            .iter()
            .all(|r| r.outcome.as_deref() == Some("done"))
    );
}

async fn a_run_whose_runner_died_is_taken_over(database: Database) {
    let office = Office::new(database, "2018-10-15T07:00:00+08:00").await;
    let runs = Runs::default();
    let job = vec![noting("latest", CatchUp::Latest, &runs)];
    let scheduler = Scheduler::new(office.engine.clone(), None, job).unwrap();
    scheduler.run_due_jobs().await.unwrap();
    office.go_to("2018-10-15T08:00:00+08:00");
    let now_us = office.clock.now().timestamp_micros();
    let at_us = office.clock.lease_us();
    office
        .engine
        .store()
        .write::<_, EngineError, _>(move |conn| {
            Box::pin(async move {
                let taking = Taking {
                    owner: "dead",
                    at_us,
                    until_us: at_us + 60_000_000,
                };
                Ok(store::job::claim(conn, "latest", now_us, now_us, taking).await?)
            })
        })
        .await
        .unwrap();
    assert_eq!(scheduler.run_due_jobs().await.unwrap().done, 0);
    office.go_to("2018-10-15T08:01:00+08:00");
    assert_eq!(scheduler.run_due_jobs().await.unwrap().done, 1);
    assert_eq!(
        runs.lock().unwrap()[0].scheduled_at,
        at("2018-10-15T08:00:00+08:00")
    );
}

async fn failures_are_seen_and_tried_again_if_that_helps(database: Database) {
    let office = Office::new(database, "2018-10-15T07:00:00+08:00").await;
    let runs = Runs::default();
    let mut busy = noting("busy", CatchUp::Latest, &runs);
    let tries = Arc::new(Mutex::new(0));
    busy.action = JobAction::Custom(Arc::new(move |_, _| {
        let mut tries = tries.lock().unwrap();
        *tries += 1;
        let first = *tries == 1;
        Box::pin(async move {
            let busy = StoreError::Busy {
                statement: "test",
                source: None,
            };
            if first { Err(busy.into()) } else { Ok(()) }
        })
    }));
    let mut wrong = noting("wrong", CatchUp::Latest, &runs);
    wrong.action = JobAction::Custom(Arc::new(|_, _| {
        Box::pin(async { Err(EngineError::invalid("wrong", "没有这个目录")) })
    }));
    let scheduler = Scheduler::new(office.engine.clone(), None, vec![busy, wrong]).unwrap();
    scheduler.run_due_jobs().await.unwrap();
    office.go_to("2018-10-15T08:00:00+08:00");
    let report = scheduler.run_due_jobs().await.unwrap();
    assert_eq!((report.done, report.postponed, report.failed), (0, 1, 1));
    let row = rows(&office.engine, "busy").await.remove(0);
    assert!(row.finished_at_us.is_none() && row.error.unwrap().contains("busy"));
    let row = rows(&office.engine, "wrong").await.remove(0);
    assert_eq!(
        (row.outcome.as_deref(), row.error.as_deref()),
        (Some("failed"), Some("没有这个目录"))
    );
    assert_eq!(
        scheduler.run_due_jobs().await.unwrap().done,
        0,
        "not at once"
    );
    office.go_to("2018-10-15T08:01:00+08:00");
    let report = scheduler.run_due_jobs().await.unwrap();
    assert_eq!((report.done, report.failed), (1, 0));
}

async fn the_loops_sweep_and_mail_by_a_clock_moved_by_hand(database: Database) {
    let office = Office::new(database, "2018-10-15T07:00:00+08:00").await;
    let case = office.accepted("GSJ-001").await;
    let (transport, memory) = Transport::memory();
    let outbox = outbox(&office.engine, &transport, "one");
    let morning = JobSpec {
        name: "morning".to_owned(),
        cron: "0 0 8 * * *".to_owned(),
        working_days_only: true,
        on: None,
        catch_up: CatchUp::Latest,
        action: JobAction::MorningDigest,
    };
    let check = JobSpec {
        name: "check".to_owned(),
        action: JobAction::Verify,
        ..morning.clone()
    };
    let jobs = vec![morning, check];
    let scheduler = Scheduler::new(office.engine.clone(), Some(outbox), jobs).unwrap();
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let running = tokio::spawn({
        let scheduler = scheduler.clone();
        async move { scheduler.run(stopped).await }
    });
    let within = async |what: &str, reached: &dyn Fn() -> bool| {
        for _ in 0..1000 {
            if reached() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("{what}: {:?}", scheduler.health().get());
    };
    let health = scheduler.health();
    within("a first sweep", &|| health.get().last_sweep_at.is_some()).await;
    // The jobs' first look sets their watermarks; the clock stands until then.
    while rows_of_watermark(&office.engine).await.is_none() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    office.go_to("2018-10-15T08:00:00+08:00");
    within("the morning's lists", &|| memory.lock().unwrap().len() == 2).await;
    office.go_to("2018-10-19T00:00:00+08:00");
    within("the mails of the card", &|| {
        memory.lock().unwrap().len() >= 5
    })
    .await;
    stop.send(true).unwrap();
    tokio::time::timeout(Duration::from_secs(5), running)
        .await
        .unwrap()
        .unwrap();
    assert!(
        memory
            .lock()
            .unwrap()
            .iter()
            .all(|m| m.text.contains(&case))
    );
    let health = scheduler.health().get();
    assert_eq!(
        (health.sweep_error, health.mail_error, health.job_error),
        (None, None, None)
    );
}

async fn rows_of_watermark(engine: &Engine) -> Option<i64> {
    let mut conn = engine.store().read().await.unwrap();
    store::job::watermark(&mut conn, "check").await.unwrap()
}

async fn a_wrong_schedule_is_refused_at_the_start(database: Database) {
    let office = Office::new(database, "2018-10-15T07:00:00+08:00").await;
    let runs = Runs::default();
    let refused = |jobs: Vec<JobSpec>| {
        let error = Scheduler::new(office.engine.clone(), None, jobs).unwrap_err();
        (error.kind(), error.to_string())
    };
    let mut never = noting("never", CatchUp::All, &runs);
    never.cron = "0 0 8 30 2 *".to_owned();
    assert_eq!(refused(vec![never]).0, "bad_cron");
    let mut wrong = noting("wrong", CatchUp::All, &runs);
    wrong.cron = "0 61 8 * * *".to_owned();
    let (kind, message) = refused(vec![wrong]);
    assert!(
        kind == "bad_cron" && message.contains("第2栏(分)"),
        "{message}"
    );
    let twice = vec![
        noting("a", CatchUp::All, &runs),
        noting("a", CatchUp::Skip, &runs),
    ];
    assert_eq!(refused(twice).0, "job_twice");
}

on_both!(
    a_standstill_is_caught_up_by_policy,
    two_schedulers_run_each_run_once,
    a_run_whose_runner_died_is_taken_over,
    failures_are_seen_and_tried_again_if_that_helps,
    the_loops_sweep_and_mail_by_a_clock_moved_by_hand,
    a_wrong_schedule_is_refused_at_the_start,
);
