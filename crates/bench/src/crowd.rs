//! A crowd: open cases that are alike, accepted on one day, so that their limits pass at one instant.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use chrono::{DateTime, Utc};
use engine::outbox::{ComposeReport, LEASE_MS, Outbox, OutboxSettings};
use engine::{Clock, Engine, Settings};
use notify::{Language, RetryPolicy, Templates, Transport};
use sqlx::{AssertSqlSafe, Connection as _, SqliteConnection};
use testkit::postgres::Cluster;

use crate::copies;
use crate::office::{self, CLERKS, Standing};

/// Alarms of a case until its red card.
const ALARMS_MAX: usize = 40;
/// How often a database is tried to be copied while connections to it are still ending, and how long it is waited.
const COPIES_TRIED: usize = 100;
const COPY_PAUSE: Duration = Duration::from_millis(50);

/// Where databases are made.
#[derive(Clone, Debug)]
pub(crate) enum Ground {
    /// Files of a folder.
    Sqlite(PathBuf),
    /// Databases of a server.
    Postgres(Arc<Cluster>),
}

impl Ground {
    pub(crate) fn sqlite(folder: &Path) -> Self {
        Self::Sqlite(folder.to_owned())
    }

    pub(crate) fn postgres() -> Result<Self> {
        let cluster = Cluster::start_large().context("PostgreSQL can't be measured")?;
        for setting in ["fsync", "synchronous_commit"] {
            let value = cluster.psql(&format!("SHOW {setting}"))?;
            ensure!(value.trim() == "on", "{setting} is {value}");
        }
        Ok(Self::Postgres(Arc::new(cluster)))
    }

    /// Which of the two, as it is read.
    pub(crate) fn word(&self) -> &'static str {
        match self {
            Self::Sqlite(_) => "SQLite",
            Self::Postgres(_) => "PostgreSQL",
        }
    }

    /// The address of an empty database; the name is used where there are names.
    pub(crate) fn fresh(&self, name: &str) -> Result<String> {
        Ok(match self {
            Self::Sqlite(folder) => format!("sqlite:{}", folder.join(name).display()),
            Self::Postgres(cluster) => cluster.fresh_database()?,
        })
    }

    /// The address of a copy of a database that nobody works in.
    pub(crate) async fn copy(&self, url: &str, name: &str) -> Result<String> {
        let copy = self.fresh(name)?;
        match self {
            Self::Sqlite(_) => {
                let mut connection = SqliteConnection::connect(url).await?;
                sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)")
                    .execute(&mut connection)
                    .await?;
                connection.close().await?;
                fs::copy(file(url), file(&copy)).context("a database can't be copied")?;
                // Else the kernel writes gigabytes out beside what is measured, whose commits wait for the same disk.
                fs::File::open(file(&copy))?.sync_all()?;
            }
            Self::Postgres(cluster) => {
                let (from, to) = (database(url), database(&copy));
                cluster.psql(&format!("DROP DATABASE {to}"))?;
                let sql = format!("CREATE DATABASE {to} TEMPLATE {from}");
                let mut tries = 0;
                while let Err(error) = cluster.psql(&sql) {
                    tries += 1;
                    ensure!(tries < COPIES_TRIED, "{error}");
                    tokio::time::sleep(COPY_PAUSE).await;
                }
                cluster.psql("CHECKPOINT")?;
            }
        }
        Ok(copy)
    }

    /// Removes a database that nobody works in any more.
    pub(crate) fn remove(&self, url: &str) -> Result<()> {
        match self {
            Self::Sqlite(_) => {
                for end in ["", "-wal", "-shm"] {
                    let path = format!("{}{end}", file(url));
                    if Path::new(&path).exists() {
                        fs::remove_file(&path)?;
                    }
                }
            }
            Self::Postgres(cluster) => {
                cluster.psql(&format!("DROP DATABASE {} WITH (FORCE)", database(url)))?;
            }
        }
        Ok(())
    }

    /// Tells the planner what there is, as autovacuum does within minutes.
    pub(crate) async fn settle(&self, url: &str) -> Result<()> {
        if let Self::Postgres(_) = self {
            let mut connection = sqlx::PgConnection::connect(url).await?;
            for statement in ["VACUUM ANALYZE", "CHECKPOINT"] {
                sqlx::query(AssertSqlSafe(statement.to_owned()))
                    .execute(&mut connection)
                    .await?;
            }
            connection.close().await?;
        }
        Ok(())
    }
}

fn file(url: &str) -> &str {
    url.trim_start_matches("sqlite:")
}

fn database(url: &str) -> &str {
    url.rsplit_once('/').map_or(url, |(_, name)| name)
}

/// A database with a crowd that nobody works in.
#[derive(Debug)]
pub(crate) struct Crowd {
    pub(crate) url: String,
    pub(crate) settings: Settings,
    /// The numbers of the cases, clerk by clerk.
    pub(crate) cases: Vec<Vec<String>>,
}

impl Crowd {
    /// Accepts at least so many cases, as many for each clerk.
    pub(crate) async fn accepted(
        ground: &Ground,
        name: &str,
        count: usize,
        standing: Standing,
    ) -> Result<Self> {
        let url = ground.fresh(name)?;
        let settings = office::build_as(&url, standing).await?;
        let engine = office::open(&url, &settings).await?;
        let cases = office::prepare(&engine, count.div_ceil(CLERKS)).await?;
        engine.close().await;
        ground.settle(&url).await?;
        Ok(Self {
            url,
            settings,
            cases,
        })
    }

    /// How many cases there are.
    pub(crate) fn count(&self) -> usize {
        self.cases.iter().map(Vec::len).sum()
    }

    /// Adds copies of the cases until there are so many. Message items aren't copied.
    pub(crate) async fn multiplied(mut self, ground: &Ground, count: usize) -> Result<Self> {
        let clerks = self.cases.iter().enumerate();
        let clerk_of: BTreeMap<String, usize> = clerks
            .flat_map(|(clerk, cases)| cases.iter().map(move |case| (case.clone(), clerk)))
            .collect();
        let count = count.max(self.count());
        copies::multiply(&self.url, count, |template, copy| {
            let clerk = clerk_of.get(template).context("nobody has this case")?;
            self.cases[*clerk].push(copy);
            Ok(())
        })
        .await?;
        ground.settle(&self.url).await?;
        Ok(self)
    }

    /// The same crowd in a copy of its database.
    pub(crate) async fn copied(&self, ground: &Ground, name: &str) -> Result<Self> {
        Ok(Self {
            url: ground.copy(&self.url, name).await?,
            settings: self.settings.clone(),
            cases: self.cases.clone(),
        })
    }

    /// Takes all alarms before the red one, as a service that ran all the time has done.
    pub(crate) async fn bring_to(&self, ground: &Ground, limits: Limits) -> Result<()> {
        let clock = Clock::standing(limits.before_red);
        let engine = Engine::open_at(&self.url, self.settings.clone(), clock).await?;
        let report = engine.sweep(None).await?;
        ensure!(
            report.red == 0 && report.failed.is_empty(),
            "not as on the trial: {report:?}"
        );
        engine.close().await;
        ground.settle(&self.url).await
    }

    /// Makes letters of all that waits to be told before the red cards.
    pub(crate) async fn tell(&self, limits: Limits) -> Result<()> {
        let clock = Clock::standing(limits.before_red);
        let engine = Engine::open_at(&self.url, self.settings.clone(), clock).await?;
        letters(&engine).await?;
        engine.close().await;
        Ok(())
    }
}

/// When the alarms of a case come.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// The last alarm before the red card.
    pub(crate) before_red: DateTime<Utc>,
    /// The instant of the red card.
    pub(crate) red: DateTime<Utc>,
}

impl Limits {
    /// Tries them with one case.
    pub(crate) async fn of_one(folder: &Path) -> Result<Self> {
        let path = tempfile::Builder::new()
            .prefix("limits-")
            .tempdir_in(folder)?;
        let url = format!("sqlite:{}", path.path().join("one.db").display());
        let settings = office::build(&url).await?;
        let clock = Clock::standing(office::opening()?);
        let engine = Engine::open_at(&url, settings, clock.clone()).await?;
        office::accepted(&engine, 0).await?;
        let mut before_red = clock.now();
        for _ in 0..ALARMS_MAX {
            let report = engine.sweep(None).await?;
            if report.red > 0 {
                engine.close().await;
                let red = clock.now();
                ensure!(before_red < red, "nothing comes before the red card");
                return Ok(Self { before_red, red });
            }
            before_red = clock.now();
            clock.advance_to(report.next_alarm_at.context("no alarm waits")?);
        }
        anyhow::bail!("no red card comes")
    }
}

/// Composes all that waits into letters; they stay where they are.
pub(crate) async fn letters(engine: &Engine) -> Result<ComposeReport> {
    let settings = OutboxSettings {
        from: "电子监察系统 <jiancha@example.cn>".to_owned(),
        organ_name: "焦作市行政效能电子监察中心".to_owned(),
        system_name: "行政审批电子监察系统".to_owned(),
        base_url: None,
        language: Language::Zh,
        message_id_domain: "example.cn".to_owned(),
        retry: RetryPolicy { attempts_max: 3 },
        lease_ms: LEASE_MS,
        owner: "bench".to_owned(),
    };
    let (transport, _) = Transport::memory();
    let outbox = Outbox::new(engine.clone(), transport, Templates::load(None)?, settings);
    Ok(outbox.compose_round().await?)
}
