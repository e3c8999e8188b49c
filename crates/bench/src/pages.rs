//! Pages under load: to-do lists and cases' pages, read by a hundred people at once from a city with a million cases.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use engine::accounts::Token;
use hyper::StatusCode;
use testkit::postgres::Cluster;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};

use crate::city::{self, City};
use crate::figure::{Baseline, Figure, Goal, number};
use crate::measure::{Chance, percentile};
use crate::office;
use crate::served::{Browsers, Served};

pub(crate) const NAME_SQLITE: &str = "pages-sqlite";
pub(crate) const NAME_POSTGRES: &str = "pages-postgres";

/// Cases in the database.
const CASES: usize = 1_000_000;
/// People at their desks.
const CLERKS: usize = 100;
/// Pages a second that the goal is about.
const RATE: u32 = 500;
/// By how much the rate rises until it is too much.
const STEP: f64 = 1.25;
/// Rates beyond this aren't tried: the load itself would be what is measured.
const RATE_MAX: u32 = 20_000;
const GOAL_MS: f64 = 50.0;
/// Before anything counts: connections, the books, the database's cache.
const WARM_UP: Duration = Duration::from_secs(3);
const SEED: u64 = 20_110_801;

pub(crate) async fn sqlite(folder: &Path, seconds: u64) -> Result<Figure> {
    let url = format!("sqlite:{}", folder.join("city.db").display());
    measure(NAME_SQLITE, &url, seconds).await
}

pub(crate) async fn postgres(seconds: u64) -> Result<Figure> {
    let cluster = Cluster::start_large().context("PostgreSQL can't be measured")?;
    measure(NAME_POSTGRES, &cluster.fresh_database()?, seconds).await
}

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asked {
    /// To-do lists and cases' pages, one as often as the other.
    Pages,
    /// What answers without reading anything.
    Alive,
}

async fn measure(name: &'static str, url: &str, seconds: u64) -> Result<Figure> {
    let city = Arc::new(city::build(url, CASES, CLERKS).await?);
    let served = Served::start(url, &office::opening()?.to_rfc3339(), None).await?;
    let load = Load {
        client: served.client.clone(),
        city,
    };
    load.run(Asked::Pages, RATE / 2, WARM_UP).await?;
    let time = Duration::from_secs(seconds);
    let alive = load.run(Asked::Alive, RATE, time).await?;
    let pages = load.run(Asked::Pages, RATE, time).await?;
    let mut highest = (RATE, percentile(&pages, 99));
    let mut rate = f64::from(RATE) * STEP;
    while highest.1 <= GOAL_MS && rate < f64::from(RATE_MAX) {
        let tried = rate_of(rate);
        let p99 = percentile(&load.run(Asked::Pages, tried, time).await?, 99);
        if p99 > GOAL_MS {
            break;
        }
        highest = (tried, p99);
        rate *= STEP;
    }
    served.stop()?;
    let value = percentile(&pages, 99);
    let mut remarks = vec![format!(
        "{CLERKS} people, {CASES} cases, {RATE} pages/s for {seconds} s, from the instant at which each was to be asked \
         for; median {} ms",
        number(percentile(&pages, 50))
    )];
    if value <= GOAL_MS {
        remarks.push(format!(
            "the highest rate in steps of {STEP} with a p99 within the goal: {} pages/s ({} ms), on {} processors that the \
             load takes its part of",
            highest.0,
            number(highest.1),
            std::thread::available_parallelism().map_or(1, usize::from)
        ));
    } else {
        remarks
            .push("limited by: processor time of the pages and of what asks for them".to_owned());
    }
    Ok(Figure {
        name,
        value,
        unit: "ms (p99)",
        goal: Goal::ValueAtMost(GOAL_MS),
        baselines: vec![Baseline {
            name: "/healthz".to_owned(),
            value: percentile(&alive, 99),
            meaning: "the p99 of an answer that reads and draws nothing, from the same server at the same rate"
                .to_owned(),
        }],
        remarks,
    })
}

/// A whole rate.
fn rate_of(rate: f64) -> u32 {
    // Far below the limit of the type, and above nothing.
    format!("{rate:.0}").parse().unwrap_or(RATE)
}

struct Load {
    client: Browsers,
    city: Arc<City>,
}

impl Load {
    /// Asks at a rate, whether answers come or not; gives the milliseconds of each.
    async fn run(&self, asked: Asked, rate: u32, time: Duration) -> Result<Vec<f64>> {
        let mut chance = Chance::new(SEED);
        let mut under_way = JoinSet::new();
        let start = Instant::now();
        let every = Duration::from_secs(1) / rate;
        let mut at = start;
        let mut turn = 0;
        while at < start + time {
            sleep_until(at).await;
            let (path, session) = self.next(asked, turn, &mut chance)?;
            under_way.spawn(ask(self.client.clone(), path, session, at));
            turn += 1;
            at += every;
        }
        let mut took = Vec::with_capacity(turn);
        while let Some(answer) = under_way.join_next().await {
            took.push(answer??);
        }
        Ok(took)
    }

    /// The next page, and whose it is: the list, and the next time a case of it.
    fn next(&self, asked: Asked, turn: usize, chance: &mut Chance) -> Result<(String, Token)> {
        let clerks = &self.city.sessions;
        let (unit, session) = &clerks[turn / 2 % clerks.len()];
        let path = match (asked, turn % 2) {
            (Asked::Alive, _) => "/healthz".to_owned(),
            (Asked::Pages, 0) => "/todo".to_owned(),
            (Asked::Pages, _) => {
                let cases = &self.city.cases[*unit];
                ensure!(!cases.is_empty(), "a unit has no cases");
                let place = chance.below(u32::try_from(cases.len())?);
                format!("/case/{}", cases[usize::try_from(place)?])
            }
        };
        Ok((path, session.clone()))
    }
}

async fn ask(client: Browsers, path: String, session: Token, at: Instant) -> Result<f64> {
    let (status, bytes) = client.get(&path, Some(&session)).await?;
    ensure!(
        status == StatusCode::OK && bytes > 0,
        "{path} answered {status}"
    );
    Ok(at.elapsed().as_secs_f64() * 1e3)
}
