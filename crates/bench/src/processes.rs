//! One, two and four processes on one PostgreSQL: what they do together, and that nothing is done twice.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};
use sqlx::{Connection as _, PgConnection};
use tokio::runtime::Runtime;

use crate::crowd::{Crowd, Ground, Limits};
use crate::figure::{Baseline, Figure, Goal, number};
use crate::measure::{self, median, now};
use crate::office::Standing;
use crate::{Effort, count_f64, office, papers, served, transitions};

pub(crate) const NAME_ACTS: &str = "processes-transitions";
pub(crate) const NAME_SWEEP: &str = "processes-red-line";

/// How many there are.
const PROCESSES: [usize; 3] = [1, 2, 4];
/// Cases of each clerk: enough for what he does in the time.
const CASES_EACH: usize = 150;
/// Cases whose limit passes for all processes at once.
const CASES: usize = 20_000;

/// Both figures.
pub(crate) async fn measure(folder: &Path, effort: Effort) -> Result<[Figure; 2]> {
    let ground = Ground::postgres()?;
    let acts = acts(&ground, effort).await?;
    let sweep = sweep(&ground, folder, effort).await?;
    Ok([acts, sweep])
}

/// 64 clerks, dealt out to the processes, who take their cases from stage to stage.
async fn acts(ground: &Ground, effort: Effort) -> Result<Figure> {
    let name = "processes.db";
    let crowd = Crowd::accepted(
        ground,
        name,
        effort.cases(CASES_EACH * office::CLERKS),
        Standing::Earnest,
    )
    .await?;
    let mut rates = vec![Vec::new(); PROCESSES.len()];
    for _ in 0..effort.rounds {
        for (place, processes) in PROCESSES.into_iter().enumerate() {
            let url = ground.copy(&crowd.url, name).await?;
            let work = Work {
                url: url.clone(),
                crowd: &crowd,
                processes,
                seconds: effort.seconds,
            };
            let (done, seconds) = tokio::task::block_in_place(|| work.run())?;
            let recorded = count(&url, TRANSITIONS).await?;
            ensure!(
                recorded == i64::from(done),
                "{done} transitions were acknowledged, {recorded} are in the record"
            );
            ground.remove(&url)?;
            rates[place].push(f64::from(done) / seconds);
        }
    }
    ground.remove(&crowd.url)?;
    let mut figure = figure(NAME_ACTS, "transitions/s", &rates);
    figure.remarks.push(format!(
        "{} clerks dealt out to the processes, median of {} rounds; as many transitions are in the record as were \
         acknowledged, each once",
        office::CLERKS,
        effort.rounds
    ));
    Ok(figure)
}

/// Stages completed; the key of an event lets none be there twice.
const TRANSITIONS: &str =
    "SELECT COUNT(*) FROM event WHERE division = '410800' AND kind = 'stage_completed' AND seq > 2";

/// What processes do together.
struct Work<'a> {
    url: String,
    crowd: &'a Crowd,
    processes: usize,
    seconds: u64,
}

impl Work<'_> {
    /// Transitions, and the seconds that the slowest needed for its part.
    fn run(&self) -> Result<(u32, f64)> {
        let mut workers = Vec::with_capacity(self.processes);
        for number in 0..self.processes {
            let clerks = self.crowd.cases.iter().enumerate();
            let own = clerks.filter(|(clerk, _)| clerk % self.processes == number);
            let order = json!({
                "url": self.url,
                "seconds": self.seconds,
                "clerks": own.collect::<Vec<_>>(),
            });
            workers.push(Worker::start(&order)?);
        }
        for worker in &mut workers {
            worker.say("")?;
        }
        let (mut done, mut seconds) = (0, 0.0_f64);
        for worker in workers {
            let answer = worker.end()?;
            let part = answer["done"].as_u64().context("a worker did nothing")?;
            done += u32::try_from(part)?;
            seconds = seconds.max(answer["seconds"].as_f64().context("no time")?);
        }
        Ok((done, seconds))
    }
}

/// This program in another process.
pub(crate) struct Worker {
    process: Child,
    out: BufReader<std::process::ChildStdout>,
}

impl Worker {
    /// Gives it its order and waits until it is ready.
    pub(crate) fn start(order: &Value) -> Result<Self> {
        let mut process = Command::new(std::env::current_exe()?)
            .arg("--worker")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let out = BufReader::new(process.stdout.take().context("no output")?);
        let mut worker = Self { process, out };
        worker.say(&order.to_string())?;
        let line = worker.line()?;
        ensure!(line.trim() == "ready", "a worker said {line:?}");
        Ok(worker)
    }

    /// Says a line to it.
    pub(crate) fn say(&mut self, line: &str) -> Result<()> {
        let input = self.process.stdin.as_mut().context("no input")?;
        writeln!(input, "{line}")?;
        Ok(input.flush()?)
    }

    fn line(&mut self) -> Result<String> {
        let mut line = String::new();
        self.out.read_line(&mut line)?;
        Ok(line)
    }

    /// Its answer, when it has done its work.
    pub(crate) fn end(mut self) -> Result<Value> {
        let line = self.line()?;
        let status = self.process.wait()?;
        ensure!(status.success(), "a worker ended with {status}");
        Ok(serde_json::from_str(&line)?)
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        // It may have ended already.
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

/// What a worker does: reads its order, says that it is ready, waits for a line, lets its clerks work.
pub(crate) fn work() -> Result<String> {
    let mut line = String::new();
    std::io::stdin().read_line(&mut line)?;
    let order: Value = serde_json::from_str(&line).context("no order")?;
    if let Some(paper) = order["paper"].as_str() {
        return papers::work(paper, &order);
    }
    let url = order["url"].as_str().context("no address")?.to_owned();
    let seconds = order["seconds"].as_u64().context("no time")?;
    let clerks: Vec<(usize, Vec<String>)> = order["clerks"]
        .as_array()
        .context("no clerks")?
        .iter()
        .map(clerk_of)
        .collect::<Option<_>>()
        .context("a clerk has no cases")?;
    let runtime = Runtime::new()?;
    let opening = url.clone();
    let engine = measure::on(&runtime, async move {
        let engine = office::open(&opening, &office::settings()?).await?;
        engine.books(engine.division()).await?;
        Ok(engine)
    })?;
    ready()?;
    measure::on(&runtime, async move {
        let started = now();
        let done = transitions::work_of(&engine, clerks, Duration::from_secs(seconds)).await?;
        let seconds = started.elapsed().as_secs_f64();
        engine.close().await;
        Ok(json!({ "done": done, "seconds": seconds }).to_string())
    })
}

/// Says that a worker is ready, and waits until it is told to begin.
pub(crate) fn ready() -> Result<()> {
    let mut out = std::io::stdout();
    writeln!(out, "ready")?;
    out.flush()?;
    let mut line = String::new();
    let read = std::io::stdin().read_line(&mut line)?;
    ensure!(read > 0, "nobody said to begin");
    Ok(())
}

fn clerk_of(pair: &Value) -> Option<(usize, Vec<String>)> {
    let number = usize::try_from(pair[0].as_u64()?).ok()?;
    let cases = pair[1].as_array()?.iter();
    let cases = cases.map(|case| case.as_str().map(str::to_owned));
    Some((number, cases.collect::<Option<_>>()?))
}

/// The red line for all processes at once: the program's own `sweep`.
async fn sweep(ground: &Ground, folder: &Path, effort: Effort) -> Result<Figure> {
    let limits = Limits::of_one(folder).await?;
    let name = "processes.db";
    let red_us = limits.red.timestamp_micros();
    let mut rates = vec![Vec::new(); PROCESSES.len()];
    let (mut shares, mut cases) = (Vec::new(), 0);
    for _ in 0..effort.rounds.min(3) {
        for (place, processes) in PROCESSES.into_iter().enumerate() {
            // Each time a database of its own: the program doesn't take a copy for the original, and only a trial's for one
            // of another time.
            let crowd = Crowd::accepted(ground, name, effort.cases(CASES), Standing::Trial).await?;
            crowd.bring_to(ground, limits).await?;
            cases = crowd.count();
            let url = crowd.url.clone();
            let at = limits.red.to_rfc3339();
            let (seconds, cards) = tokio::task::block_in_place(|| sweeps(&url, &at, processes))?;
            let expected = i64::try_from(crowd.count())?;
            for (what, sql) in CARDS {
                let found = count(&url, &sql.replace("$1", &red_us.to_string())).await?;
                ensure!(found == expected, "{found} {what} of {expected} cases");
            }
            ensure!(
                cards.iter().sum::<i64>() == expected,
                "the processes tell of {cards:?} cards, there are {expected}"
            );
            shares = cards;
            ground.remove(&url)?;
            rates[place].push(count_f64(crowd.count())? / seconds);
        }
    }
    let mut figure = figure(NAME_SWEEP, "cards/s", &rates);
    figure.remarks.push(format!(
        "{cases} cases at one instant, each process a `shixian sweep` from its start to its end; one red card and one \
         limit_passed for each case every time; of four processes they raised {shares:?}"
    ));
    Ok(figure)
}

/// What must be there once for each case, however many processes raised it.
const CARDS: [(&str, &str); 4] = [
    (
        "cards",
        "SELECT COUNT(*) FROM event WHERE division = '410800' AND kind = 'warning_raised' AND recorded_at_us >= $1",
    ),
    (
        "cases with a card",
        "SELECT COUNT(DISTINCT subject) FROM event WHERE division = '410800' AND kind = 'warning_raised' \
         AND recorded_at_us >= $1",
    ),
    (
        "passed limits",
        "SELECT COUNT(*) FROM event WHERE division = '410800' AND kind = 'limit_passed' AND recorded_at_us >= $1",
    ),
    (
        "cases whose items are one for each recipient",
        "SELECT COUNT(*) FROM (SELECT subject FROM message_item WHERE division = '410800' AND created_at_us >= $1 \
         GROUP BY subject HAVING COUNT(*) = COUNT(DISTINCT recipient)) AS told",
    ),
];

async fn count(url: &str, sql: &str) -> Result<i64> {
    let mut connection = PgConnection::connect(url).await?;
    let found = sqlx::query_scalar(sqlx::AssertSqlSafe(sql.to_owned()))
        .fetch_one(&mut connection)
        .await?;
    connection.close().await?;
    Ok(found)
}

/// Seconds until all processes have ended, and how many cards each raised.
fn sweeps(url: &str, at: &str, processes: usize) -> Result<(f64, Vec<i64>)> {
    let program = served::program()?;
    let folder = tempfile::tempdir()?;
    let started = now();
    let mut running = Vec::with_capacity(processes);
    for _ in 0..processes {
        running.push(
            Command::new(&program)
                .args(["--quiet", "--database", url, "--now", at, "sweep"])
                .env("SHIXIAN_LOG__LEVEL", "error")
                .current_dir(folder.path())
                .stdin(Stdio::null())
                .stdout(Stdio::piped())
                .spawn()
                .context("can't start a sweep")?,
        );
    }
    let mut cards = Vec::with_capacity(processes);
    for process in running {
        let output = process.wait_with_output()?;
        ensure!(output.status.success(), "a sweep: {output:?}");
        let report: Value = serde_json::from_slice(&output.stdout)?;
        cards.push(report["warnings"]["red"].as_i64().context("no cards")?);
    }
    Ok((started.elapsed().as_secs_f64(), cards))
}

fn figure(name: &'static str, unit: &'static str, rates: &[Vec<f64>]) -> Figure {
    let of = |place: usize| rates.get(place).map_or(f64::NAN, |rates| median(rates));
    Figure {
        name,
        value: of(2),
        unit,
        goal: Goal::Shown,
        baselines: vec![
            Baseline {
                name: "1 process".to_owned(),
                value: of(0),
                meaning: "one process on the same database alone".to_owned(),
            },
            Baseline {
                name: "2 processes".to_owned(),
                value: of(1),
                meaning: "the sum of two".to_owned(),
            },
        ],
        remarks: vec![format!(
            "the sum of four processes on one PostgreSQL with fsync and synchronous_commit on; all of them, the server and \
             what measures share {} processors: {} a second with one, {} with two, {} with four",
            std::thread::available_parallelism().map_or(1, usize::from),
            number(of(0)),
            number(of(1)),
            number(of(2))
        )],
    }
}
