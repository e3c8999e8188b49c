//! Acts that come over HTTP: stages completed through the form, and events that a department's system reports. The
//! service has one processor, the load another, and beside them stands the engine alone on one processor.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use engine::accounts::{ApiScope, Caller, NewApiToken, Token};
use hyper::StatusCode;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::city;
use crate::figure::{Baseline, Figure, Goal, number};
use crate::measure::{median, now};
use crate::office::{self, CLERKS, POSTS, STAGES, UNITS};
use crate::served::{Browsers, Served};
use crate::{Effort, transitions};

pub(crate) const NAME_FORM: &str = "form-completion";
pub(crate) const NAME_EVENTS: &str = "api-events";

/// The service's processor; the load has the next one.
const SERVICE: usize = 0;
const GOAL: f64 = 0.5;
/// Cases of each clerk: more than any machine gets through in a round.
const CASES_EACH: usize = 150;
/// Cases that a request of the other system tells of, with their events.
const CASES_A_REQUEST: usize = 200;
/// Requests of that system at one time.
const SENDERS: usize = 4;

/// What the engine does by itself on one processor: the figure of transitions, measured by this program in a process
/// that has no other.
#[derive(Debug, Clone, Copy)]
pub(crate) struct EngineAlone {
    per_s: f64,
}

impl EngineAlone {
    pub(crate) fn measure(folder: &Path, effort: Effort) -> Result<Self> {
        let output = Command::new("taskset")
            .args(["-c", &SERVICE.to_string()])
            .arg(std::env::current_exe()?)
            .args([transitions::NAME_SQLITE, "--json"])
            .args(["--rounds", &effort.rounds.to_string()])
            .args(["--seconds", &effort.seconds.to_string()])
            .arg("--folder")
            .arg(folder)
            .output()
            .context("taskset isn't there (util-linux)")?;
        ensure!(output.status.success(), "the engine alone: {output:?}");
        let figures: Value = serde_json::from_slice(&output.stdout)?;
        let per_s = figures[0]["value"].as_f64().context("no figure")?;
        Ok(Self { per_s })
    }

    fn baseline(self, unit: &str) -> Baseline {
        Baseline {
            name: "the engine alone".to_owned(),
            value: self.per_s,
            meaning: format!(
                "{} on one processor, in {unit}: {CLERKS} clerks in the same process, nothing but the engine",
                transitions::NAME_SQLITE
            ),
        }
    }
}

/// Where the threads of this process run.
fn run_on(processors: &str) -> Result<()> {
    let own = std::process::id().to_string();
    let done = Command::new("taskset")
        .args(["-apc", processors, &own])
        .output()?;
    ensure!(done.status.success(), "taskset: {done:?}");
    Ok(())
}

/// The load goes to its own processor while this value lives.
struct Apart {
    all: String,
}

impl Apart {
    fn begin() -> Result<Self> {
        let status = std::fs::read_to_string("/proc/self/status")?;
        let all = status
            .lines()
            .find_map(|line| line.strip_prefix("Cpus_allowed_list:"))
            .context("the system doesn't say where this process may run")?;
        run_on(&(SERVICE + 1).to_string()).context("there must be two processors")?;
        Ok(Self {
            all: all.trim().to_owned(),
        })
    }
}

impl Drop for Apart {
    fn drop(&mut self) {
        if let Err(error) = run_on(&self.all) {
            eprintln!("{error:#}");
        }
    }
}

/// Stages completed through the form of a case's page.
pub(crate) async fn form(folder: &Path, alone: EngineAlone, effort: Effort) -> Result<Figure> {
    let mut rates = Vec::new();
    for round in 0..effort.rounds {
        let url = format!(
            "sqlite:{}",
            folder.join(format!("form-{round}.db")).display()
        );
        let settings = office::build(&url).await?;
        let engine = office::open(&url, &settings).await?;
        let cases = office::prepare(&engine, CASES_EACH).await?;
        engine.close().await;
        let sessions = city::sign_in(&url, &settings, UNITS * (POSTS.len() - 1)).await?;
        let sessions: Arc<[Token]> = sessions.into_iter().map(|(_, token)| token).collect();
        // The office's clock has run on while the cases were accepted, and never goes back.
        let served = Served::start(&url, &office::later()?.to_rfc3339(), Some(SERVICE)).await?;
        let apart = Apart::begin()?;
        rates.push(forms(&served.client, &sessions, cases, effort).await?);
        drop(apart);
        served.stop()?;
    }
    Ok(figure(
        NAME_FORM,
        &rates,
        alone.baseline("transitions a second"),
        "transitions/s",
        format!(
            "{CLERKS} clerks, each with a browser's connection, a form a transition, answered when it is durable"
        ),
    ))
}

/// Completions a second.
async fn forms(
    client: &Browsers,
    sessions: &Arc<[Token]>,
    cases: Vec<Vec<String>>,
    effort: Effort,
) -> Result<f64> {
    let over = bell(effort);
    let mut clerks = JoinSet::new();
    let started = now();
    for (clerk, cases) in cases.into_iter().enumerate() {
        let (client, sessions, over) = (client.clone(), Arc::clone(sessions), Arc::clone(&over));
        clerks.spawn(async move {
            let mut done = 0_u32;
            for case in cases {
                for (place, (stage, seq)) in STAGES.into_iter().enumerate() {
                    if over.load(Ordering::Relaxed) {
                        return Ok(done);
                    }
                    let session = &sessions[place * UNITS + clerk % UNITS];
                    let form = format!("act=complete&stage={}&seq={}", stage.as_str(), seq - 1);
                    let path = format!("/case/{case}/act");
                    let status = client.submit(&path, session, form).await?;
                    ensure!(status == StatusCode::SEE_OTHER, "{path}: {status}");
                    done += 1;
                }
            }
            over.store(true, Ordering::Relaxed);
            Ok::<u32, anyhow::Error>(done)
        });
    }
    let mut done = 0;
    while let Some(clerk) = clerks.join_next().await {
        done += clerk??;
    }
    Ok(f64::from(done) / started.elapsed().as_secs_f64())
}

/// Turns true when the round is over.
fn bell(effort: Effort) -> Arc<AtomicBool> {
    let over = Arc::new(AtomicBool::new(false));
    let bell = Arc::clone(&over);
    tokio::spawn(async move {
        tokio::time::sleep(Duration::from_secs(effort.seconds)).await;
        bell.store(true, Ordering::Relaxed);
    });
    over
}

/// Events that another system reports, a thousand in a request.
pub(crate) async fn events(folder: &Path, alone: EngineAlone, effort: Effort) -> Result<Figure> {
    let mut rates = Vec::new();
    for round in 0..effort.rounds {
        let url = format!(
            "sqlite:{}",
            folder.join(format!("events-{round}.db")).display()
        );
        let settings = office::build(&url).await?;
        let engine = office::open(&url, &settings).await?;
        let token = NewApiToken {
            name: "bench".to_owned(),
            unit: None,
            scopes: vec![ApiScope::Events],
            rate_per_minute: 60_000,
            days: 1,
        };
        let caller = Caller {
            account: String::new(),
            address: "127.0.0.1".to_owned(),
        };
        let (secret, _) = engine.add_api_token(token, &caller).await?;
        engine.close().await;
        let served = Served::start(&url, &office::later()?.to_rfc3339(), Some(SERVICE)).await?;
        let apart = Apart::begin()?;
        rates.push(reports(&served.client, secret.as_str(), effort).await?);
        drop(apart);
        served.stop()?;
    }
    let each = CASES_A_REQUEST * EVENTS_A_CASE;
    Ok(figure(
        NAME_EVENTS,
        &rates,
        alone.baseline("transitions a second; each of them writes one event"),
        "events/s",
        format!(
            "{SENDERS} requests at once, {each} events in each, answered when they are durable"
        ),
    ))
}

/// Events of each case: received, accepted, three stages.
const EVENTS_A_CASE: usize = STAGES.len() + 2;

async fn reports(client: &Browsers, secret: &str, effort: Effort) -> Result<f64> {
    let over = bell(effort);
    let mut senders = JoinSet::new();
    let started = now();
    for sender in 0..SENDERS {
        let (client, secret, over) = (client.clone(), secret.to_owned(), Arc::clone(&over));
        senders.spawn(async move {
            let mut done = 0_u32;
            let mut request = 0;
            while !over.load(Ordering::Relaxed) {
                let body = report(sender, request)?;
                let (status, answer) = client.report("/api/v1/events", &secret, body).await?;
                ensure!(status == StatusCode::OK, "/events: {status}");
                done += added(&answer)?;
                request += 1;
            }
            Ok::<u32, anyhow::Error>(done)
        });
    }
    let mut done = 0;
    while let Some(sender) = senders.join_next().await {
        done += sender??;
    }
    Ok(f64::from(done) / started.elapsed().as_secs_f64())
}

/// How many events a request brought: all of them, or the measurement is worth nothing.
fn added(answer: &[u8]) -> Result<u32> {
    let answer: Value = serde_json::from_slice(answer)?;
    let results = answer["results"].as_array().context("no results")?;
    let wrong = results.iter().find(|result| result["result"] != "added");
    ensure!(wrong.is_none(), "an event wasn't added: {wrong:?}");
    Ok(u32::try_from(results.len())?)
}

/// A request's events.
fn report(sender: usize, request: usize) -> Result<String> {
    let at = office::opening()?.to_rfc3339();
    let mut events = Vec::with_capacity(CASES_A_REQUEST * EVENTS_A_CASE);
    for case in 0..CASES_A_REQUEST {
        let number = format!("B{sender}-{request}-{case}");
        events.push(json!({
            "case": number, "key": "e1", "act": "receive", "at": at, "item": office::item(case),
            "applicant": { "name": "焦作某某建设有限公司" },
        }));
        events.push(json!({ "case": number, "key": "e2", "act": "accept", "at": at }));
        for (stage, seq) in STAGES {
            events.push(json!({
                "case": number, "key": format!("e{seq}"), "act": "complete", "stage": stage.as_str(), "at": at,
            }));
        }
    }
    Ok(serde_json::to_string(&events)?)
}

fn figure(
    name: &'static str,
    rates: &[f64],
    baseline: Baseline,
    unit: &'static str,
    how: String,
) -> Figure {
    let shown: Vec<String> = rates.iter().map(|rate| number(*rate)).collect();
    let mut figure = Figure {
        name,
        value: median(rates),
        unit,
        goal: Goal::RatioAtLeast(GOAL),
        baselines: vec![baseline],
        remarks: vec![format!(
            "{how}; the service on processor {SERVICE}, the load on processor {}; rounds: {}",
            SERVICE + 1,
            shown.join(", ")
        )],
    };
    if !figure.is_met() {
        figure.remarks.push(
            "limited by: processor time of the service, which reads the request, the session and the case before the \
             engine does its own part"
                .to_owned(),
        );
    }
    figure
}
