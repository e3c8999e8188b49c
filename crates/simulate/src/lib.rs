//! A seeded simulation of a whole city's year on the real engine and the real store, and an auditor.
//!
//! The city ([`Options`]) has units, people, items, rules and days of rest that follow from one number. Its processes
//! share one database, die between any two effects and come back; its mail server has its moods; its clocks drift and are
//! set. Time is moved by hand and nobody ever sleeps. From the acts that were acknowledged the auditor says, with a
//! naive model of its own, what there must be in the end, and compares.

mod auditor;
mod bend;
mod chance;
mod city;
mod clerk;
mod hands;
mod mail;
mod plain;
mod process;
mod record;
mod revisions;
mod shrink;
mod world;
mod year;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use chrono::{DateTime, Utc};
use engine::{Clock, Engine, Settings, reference};
use testkit::postgres::Cluster;

use crate::city::{City, FIRST_DAY, start_of};
use crate::mail::MailServer;
use crate::plain::Found;
use crate::process::{Installation, Place};
use crate::world::{FIRST_VERSION, World};

pub use bend::Bend;
pub use shrink::shrink;

/// Where the city keeps its record.
#[derive(Clone, Debug)]
pub enum Database {
    /// A file of its own in this folder.
    Sqlite(PathBuf),
    /// A database of its own in this cluster.
    Postgres(Arc<Cluster>),
}

/// Which city, and what befalls it.
#[derive(Clone, Debug)]
pub struct Options {
    /// All chance follows from it.
    pub seed: u64,
    /// The days after which everything comes to its end.
    pub days: i64,
    /// The days that the city was made for, if they are more: a shortened history is the beginning of the longer one.
    pub made_for_days: Option<i64>,
    /// The cases that are received.
    pub cases: usize,
    /// Only these of them.
    pub only: Option<BTreeSet<usize>>,
    /// Processes on the one database.
    pub processes: usize,
    /// Of a thousand points at which a process may die, so many are fatal.
    pub fatal_per_mille: i64,
    /// Where the record is kept.
    pub database: Database,
    /// Bends what is found before the auditor sees it, to show that he does.
    pub bend: Option<Bend>,
    /// Tells what was refused.
    pub verbose: bool,
}

impl Options {
    pub(crate) fn days_made_for(&self) -> i64 {
        self.made_for_days.unwrap_or(self.days)
    }

    /// The options as they are given to `cargo xtask simulate`.
    #[must_use]
    pub fn as_arguments(&self) -> String {
        let database = match self.database {
            Database::Sqlite(_) => "sqlite",
            Database::Postgres(_) => "postgres",
        };
        let mut text = format!(
            "--seed {} --database {database} --processes {} --cases {} --days {} --fatal {}",
            self.seed, self.processes, self.cases, self.days, self.fatal_per_mille
        );
        // Writing to a string can't fail.
        if let Some(days) = self.made_for_days.filter(|days| *days != self.days) {
            let _ = write!(text, " --made-for {days}");
        }
        if let Some(only) = &self.only {
            let only: Vec<String> = only.iter().map(ToString::to_string).collect();
            let _ = write!(text, " --only {}", only.join(","));
        }
        if let Some(bend) = self.bend {
            let _ = write!(text, " --bend {}", bend.word());
        }
        text
    }
}

/// What was counted in a city.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Steps of time.
    pub steps: u64,
    /// Standstills of everything for days.
    pub standstills: u64,
    /// Times that the host's clock was set wrong or right.
    pub clock_steps: u64,
    /// Processes started.
    pub starts: u64,
    /// Acts asked for.
    pub asked: u64,
    /// Acts acknowledged, at once or when their answer was found.
    pub acknowledged: u64,
    /// Acts refused.
    pub refused: u64,
    /// Acts that nobody answered.
    pub unanswered: u64,
    /// Of these, found to have been done.
    pub found_done: u64,
    /// Of these, found not to have been done.
    pub found_undone: u64,
    /// Requests of feeds that were sent twice and done once.
    pub repeated: u64,
    /// Pieces of work of the program's own.
    pub chores: u64,
    /// Times that all processes did the same at once.
    pub storms: u64,
    /// Rules and calendars put in force.
    pub revisions: u64,
    /// Mails that the server didn't take, or said that it didn't.
    pub mails_refused: u64,
    /// Warnings that were there as they must be.
    pub warnings: u64,
    /// Supervision orders.
    pub orders: u64,
    /// Deemed acceptances.
    pub deemed: u64,
    /// Message items.
    pub items: u64,
    /// Mails, by their Message-ID.
    pub mails: u64,
    /// Second copies of mails.
    pub copies: u64,
    /// Cases.
    pub cases: u64,
    /// Deaths of processes: reading, before a transaction, before and after a commit, before and after a mail, idle.
    pub deaths: [u64; Place::ALL.len()],
}

impl Tally {
    /// All deaths.
    #[must_use]
    pub fn deaths_in_all(&self) -> u64 {
        self.deaths.iter().sum()
    }

    /// The places of [`Self::deaths`] in words.
    #[must_use]
    pub fn places() -> Vec<&'static str> {
        Place::ALL.iter().map(|place| place.words()).collect()
    }

    /// The sums of two.
    #[must_use]
    pub fn and(mut self, other: &Self) -> Self {
        macro_rules! add {
            ($($field:ident)*) => { $(self.$field += other.$field;)* };
        }
        add!(steps standstills clock_steps starts asked acknowledged refused unanswered found_done found_undone repeated
            chores storms revisions mails_refused warnings orders deemed items mails copies cases);
        for (sum, more) in self.deaths.iter_mut().zip(other.deaths) {
            *sum += more;
        }
        self
    }
}

/// How a city fared.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// What was counted.
    pub tally: Tally,
    /// What isn't as it must be; empty if all is well.
    pub differences: Vec<String>,
    /// The cases that they are about.
    pub cases: BTreeSet<usize>,
    /// What the record has of the first of these cases, line by line.
    pub history: Vec<String>,
}

/// A number that nobody chose: the milliseconds of now.
#[must_use]
pub fn fresh_seed() -> u64 {
    let now_us = Clock::System.now().timestamp_micros();
    u64::try_from(now_us / 1_000).unwrap_or(0)
}

/// Lets a city live, and audits it.
///
/// # Errors
/// What keeps the simulation itself from going on: no disk, no server.
pub async fn run(options: &Options) -> Result<Outcome> {
    let folder = match &options.database {
        Database::Sqlite(folder) => Some(tempfile::tempdir_in(folder)?),
        Database::Postgres(_) => None,
    };
    let url = match (&options.database, &folder) {
        (Database::Postgres(cluster), _) => fresh(cluster).await?,
        (_, Some(folder)) => format!("sqlite:{}", folder.path().join("city.db").display()),
        (Database::Sqlite(_), None) => unreachable!("a file has its folder"),
    };
    let outcome = in_database(options, &url).await;
    if let Database::Postgres(cluster) = &options.database {
        let name = url.rsplit('/').next().unwrap_or_default().to_owned();
        let cluster = Arc::clone(cluster);
        let drop = move || cluster.psql(&format!("DROP DATABASE {name} WITH (FORCE)"));
        tokio::task::spawn_blocking(drop).await??;
    }
    outcome
}

async fn fresh(cluster: &Arc<Cluster>) -> Result<String> {
    let cluster = Arc::clone(cluster);
    Ok(tokio::task::spawn_blocking(move || cluster.fresh_database()).await??)
}

async fn in_database(options: &Options, url: &str) -> Result<Outcome> {
    let lived = live(options, url).await?;
    let mut found = lived.found.clone();
    if let Some(bend) = options.bend {
        bend.apply(&mut found);
    }
    Ok(lived.outcome(&found))
}

/// A city that has come to its end.
struct Lived {
    world: World,
    found: Found,
}

async fn live(options: &Options, url: &str) -> Result<Lived> {
    let city = City::new(options.seed);
    let installation = install(options, &city, url).await?;
    let mail = Arc::clone(&installation.mail);
    let mut world = World::new(options, &city, installation);
    world.live().await.context("the city can't go on")?;
    let place = world.somebody().await?;
    let process = world.process(place)?;
    let found = record::read(&process.engine, mail.letters()).await?;
    process.engine.close().await;
    Ok(Lived { world, found })
}

impl Lived {
    /// What the auditor says of what is found, bent or not.
    fn outcome(&self, found: &Found) -> Outcome {
        let world = &self.world;
        let (audited, differences) = auditor::audit(&world.known(), found);
        let mut tally = world.tally;
        tally.warnings = audited.warnings;
        tally.orders = audited.orders;
        tally.deemed = audited.deemed;
        tally.items = audited.items;
        tally.mails = audited.mails;
        tally.copies = audited.copies;
        tally.mails_refused = world.installation.mail.refused();
        let received = world.files.iter().filter(|f| f.number.is_some()).count();
        tally.cases = u64::try_from(received).unwrap_or(u64::MAX);
        tally.deaths = world.deaths.all();
        let troubles = world.troubles.iter();
        let mut texts: Vec<String> = troubles.clone().map(|(_, text)| text.clone()).collect();
        texts.extend(differences.iter().map(ToString::to_string));
        let cases = troubles.filter_map(|(case, _)| *case);
        let cases: BTreeSet<usize> = cases
            .chain(differences.iter().filter_map(|d| d.case))
            .collect();
        Outcome {
            tally,
            differences: texts,
            history: cases
                .first()
                .map(|case| self.history(found, *case))
                .unwrap_or_default(),
            cases,
        }
    }

    /// The record of a case, and the turns in which its acts were done.
    fn history(&self, found: &Found, case: usize) -> Vec<String> {
        let file = self.world.files.iter().find(|file| file.index == case);
        let number = file
            .and_then(|file| file.number.as_deref())
            .unwrap_or_default();
        let mut lines = vec![format!("the record of case {case}, {number}:")];
        let matter = found.matters.iter().filter(|m| m.number == number);
        lines.extend(matter.flat_map(|m| &m.entries).map(|e| {
            let (occurred, recorded) = (plain::shown(e.occurred_us), plain::shown(e.recorded_us));
            format!(
                "  {:>3} {:<20} of {occurred}, recorded {recorded} {}",
                e.seq, e.kind, e.data
            )
        }));
        lines.push("what was acknowledged:".to_owned());
        lines.extend(file.into_iter().flat_map(|f| &f.told).map(|told| {
            let recorded = plain::shown(told.recorded_us);
            format!(
                "  {:?} recorded {recorded}, in turn {}",
                told.deed, told.turn
            )
        }));
        lines
    }
}

/// Lets a city live once, and bends what is found in every way: what the auditor sees each time.
///
/// # Errors
/// As [`run`]; a city that differs unbent, or has nothing that could be bent.
pub async fn bend_all(options: &Options) -> Result<Vec<(Bend, Vec<String>)>> {
    let Database::Sqlite(folder) = &options.database else {
        anyhow::bail!("bending needs no server");
    };
    let folder = tempfile::tempdir_in(folder)?;
    let url = format!("sqlite:{}", folder.path().join("city.db").display());
    let lived = live(options, &url).await?;
    let unbent = lived.outcome(&lived.found).differences;
    anyhow::ensure!(unbent.is_empty(), "{}", unbent.join("\n"));
    let mut seen = Vec::new();
    for bend in Bend::ALL {
        let mut found = lived.found.clone();
        let word = bend.word();
        anyhow::ensure!(
            bend.apply(&mut found),
            "there is nothing to {word} in this city"
        );
        seen.push((bend, lived.outcome(&found).differences));
    }
    Ok(seen)
}

/// Makes the tables, and loads the city's days, rules, units, items and people.
async fn install(options: &Options, city: &City, url: &str) -> Result<Installation> {
    let files = tempfile::tempdir()?;
    let (calendar, rules) = (
        files.path().join("city.toml"),
        files.path().join("rules.toml"),
    );
    std::fs::write(&calendar, city.rest.calendar_toml(FIRST_VERSION))?;
    std::fs::write(&rules, City::rules_toml(&city.rules))?;
    let from_us = start_of(FIRST_DAY);
    let start: DateTime<Utc> = store::codec::instant(from_us);
    let mut settings = Settings {
        calendar: calendar.display().to_string(),
        rules: rules.display().to_string(),
        now: Some(start),
        ..Settings::default()
    };
    Engine::migrate(url, &settings, false).await?;
    settings.now = None;
    let engine = Engine::open_at(url, settings.clone(), Clock::standing(start)).await?;
    let (units, items, people) = (city.units_csv(), city.items_csv(), city.people_csv());
    reference::load_texts(&engine, &units, &items, &people).await?;
    engine.close().await;
    Ok(Installation {
        url: url.to_owned(),
        settings,
        mail: MailServer::new(options.seed),
        from_us,
    })
}
