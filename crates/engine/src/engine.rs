//! The engine: one store, one clock, the books, and the commands that stand on them.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use approval::books::Books;
use chrono::{DateTime, Utc};
use store::chain::HashAlgorithm;
use store::{Conn, Store};
use tokio::sync::{Semaphore, watch};

use crate::assets;
use crate::cache::SubjectCache;
use crate::clock::Clock;
use crate::copies::{self, Copied, Restored};
use crate::error::EngineError;
use crate::facts::ToldCache;
use crate::library::{Library, new_edition};
use crate::shadow;

/// Meta key: a trial database.
const TRIAL: &str = "trial";
/// Meta key: the last instant of a trial's clock.
const TRIAL_NOW: &str = "trial_now_us";
/// Meta key: the last instant that a trial was worked in by the machine's clock.
const TRIAL_FLOOR: &str = "trial_floor_us";
/// Meta key: microseconds by which a replayed database's clock is shifted.
const CLOCK_SHIFT: &str = "clock_shift_us";
/// Meta key: what is synthetic about a replayed database, said on every screen.
const SYNTHETIC: &str = "synthetic";

/// The first calendar and the first rules of a database are in force from ever: a trial's time, and what is imported,
/// lie before the day of the installation.
const FROM_EVER_US: i64 = 0;

/// What the engine needs to know beyond the database.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The division that commands without one work in.
    pub division: String,
    /// Its name, used when it is first written.
    pub division_name: String,
    /// The calendar that `migrate` installs: an embedded name or a path.
    pub calendar: String,
    /// The rules that `migrate` installs: an embedded preset or a path.
    pub rules: String,
    /// The scheme of scoring: an embedded preset or a path; `none`: nobody is scored.
    pub scoring: String,
    /// The digest of the event chain.
    pub hash: HashAlgorithm,
    /// The instant of a trial's clock, from `--now`.
    pub now: Option<DateTime<Utc>>,
    /// How fast a trial's clock runs while serving.
    pub speed: Option<u32>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            division: "410800".to_owned(),
            division_name: "焦作市".to_owned(),
            calendar: "cn".to_owned(),
            rules: "limits".to_owned(),
            scoring: "hundred".to_owned(),
            hash: HashAlgorithm::Sm3,
            now: None,
            speed: None,
        }
    }
}

/// What a database says about itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// A trial: its time is given by hand.
    pub trial: bool,
    /// The last instant of a trial's clock.
    pub trial_now: Option<DateTime<Utc>>,
    /// The last instant that a trial recorded by the machine's clock.
    pub trial_floor: Option<DateTime<Utc>>,
    /// Microseconds by which its clock is shifted.
    pub shift_us: Option<i64>,
    /// What is synthetic about it.
    pub synthetic: Option<String>,
    /// Since when it runs in the shadow of another system and mails nothing, if it does.
    pub shadow_since: Option<DateTime<Utc>>,
    /// A copy of another record that nobody has adopted yet.
    pub copy: Option<Copied>,
    /// It was restored from a copy.
    pub restored: Option<Restored>,
}

/// The engine. Cheap to clone: all clones share one store and one cache.
#[derive(Clone, Debug)]
pub struct Engine {
    pub(crate) inner: Arc<Inner>,
}

#[derive(Debug)]
pub(crate) struct Inner {
    pub(crate) store: Store,
    pub(crate) clock: Clock,
    pub(crate) settings: Settings,
    pub(crate) standing: Standing,
    pub(crate) library: Library,
    pub(crate) cache: SubjectCache,
    /// Revisions of closed periods as they are told.
    pub(crate) told: ToldCache,
    /// Turns whenever this process has recorded something.
    pub(crate) recorded: watch::Sender<()>,
    /// One trial of rules at a time: it reads a month's record.
    pub(crate) trying: Semaphore,
    /// Counts the steps of the schedule's sweeps.
    pub(crate) steps: AtomicU64,
}

impl Engine {
    /// Makes or updates the tables, and installs calendar, rules and division where there are none.
    ///
    /// # Errors
    /// The database's, or a wrong calendar or rule file.
    pub async fn migrate(url: &str, settings: &Settings, trial: bool) -> Result<(), EngineError> {
        let store = Store::open(url).await?;
        store.migrate().await?;
        let calendar = assets::calendar(&settings.calendar)?;
        let (rules, _) = assets::rules(&settings.rules)?;
        let now = settings.now.unwrap_or_else(|| Clock::System.now());
        let home = store::meta::home(&mut store.read().await?).await?;
        let installation = Arc::new(Installation {
            calendar: store::calendar::CalendarRow {
                version: calendar.version().to_owned(),
                text: calendar.to_text(),
                in_force_from_us: FROM_EVER_US,
                loaded_at_us: now.timestamp_micros(),
            },
            rules: store::ruleset::RulesetRow {
                version: 1,
                text: rules,
                in_force_from_us: FROM_EVER_US,
                loaded_at_us: now.timestamp_micros(),
            },
            division: settings.division.clone(),
            division_name: settings.division_name.clone(),
            trial,
            home,
        });
        store
            .write(move |conn| {
                let installation = Arc::clone(&installation);
                Box::pin(async move { installation.write(conn).await })
            })
            .await?;
        store.close().await;
        Ok(())
    }

    /// Opens a database whose tables are there.
    ///
    /// # Errors
    /// The database's, missing tables, `--now` outside a trial or before its time.
    pub async fn open(url: &str, settings: Settings) -> Result<Self, EngineError> {
        let store = Store::open(url).await?;
        store.check_schema().await?;
        let standing = read_standing(&mut store.read().await?).await?;
        if let Some(copied) = &standing.copy {
            let refused = copied.not_adopted();
            store.close().await;
            return Err(refused);
        }
        let clock = clock_of(&standing, &settings)?;
        Self::with_clock(store, clock, settings, standing)
    }

    /// The same, also for a copy that nobody has adopted: for looking at it, and for adopting it.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub async fn open_copy(url: &str, settings: Settings) -> Result<Self, EngineError> {
        let store = Store::open(url).await?;
        store.check_schema().await?;
        let standing = read_standing(&mut store.read().await?).await?;
        let clock = clock_of(&standing, &settings)?;
        Self::with_clock(store, clock, settings, standing)
    }

    /// Opens a database with a clock of the caller's: replays and tests.
    ///
    /// # Errors
    /// The database's.
    pub async fn open_at(url: &str, settings: Settings, clock: Clock) -> Result<Self, EngineError> {
        Self::open_on(Store::open(url).await?, settings, clock).await
    }

    /// The same on a store that the caller opened: simulations, whose processes may die.
    ///
    /// # Errors
    /// The database's.
    pub async fn open_on(
        store: Store,
        settings: Settings,
        clock: Clock,
    ) -> Result<Self, EngineError> {
        store.check_schema().await?;
        let standing = read_standing(&mut store.read().await?).await?;
        Self::with_clock(store, clock, settings, standing)
    }

    fn with_clock(
        store: Store,
        clock: Clock,
        settings: Settings,
        standing: Standing,
    ) -> Result<Self, EngineError> {
        Ok(Self {
            inner: Arc::new(Inner {
                store,
                clock,
                settings,
                standing,
                library: Library::default(),
                cache: SubjectCache::default(),
                told: ToldCache::default(),
                recorded: watch::Sender::new(()),
                trying: Semaphore::new(1),
                steps: AtomicU64::new(0),
            }),
        })
    }

    /// How many steps the sweeps of this process have taken: rounds, also those that failed, and batches of alarms and of
    /// revisions. A number that stands still for long says that they hang.
    pub fn sweep_steps(&self) -> u64 {
        self.inner.steps.load(Ordering::Relaxed)
    }

    /// Counts a step.
    pub(crate) fn stepped(&self) {
        self.inner.steps.fetch_add(1, Ordering::Relaxed);
    }

    /// The clock.
    pub fn clock(&self) -> &Clock {
        &self.inner.clock
    }

    /// The store, for what only reads.
    pub fn store(&self) -> &Store {
        &self.inner.store
    }

    /// The settings.
    pub fn settings(&self) -> &Settings {
        &self.inner.settings
    }

    /// What the database says about itself.
    pub fn standing(&self) -> &Standing {
        &self.inner.standing
    }

    /// The division that commands work in.
    pub fn division(&self) -> &str {
        &self.inner.settings.division
    }

    /// The books of a division as they are now.
    ///
    /// # Errors
    /// The database's.
    pub async fn books(&self, division: &str) -> Result<Arc<Books>, EngineError> {
        {
            let mut conn = self.inner.store.read().await?;
            if let Some(books) = self.inner.library.kept(&mut conn, division).await? {
                return Ok(books);
            }
        }
        // The edition and what stands in it are read at one moment.
        let mut conn = self.inner.store.snapshot().await?;
        self.inner.library.books(&mut conn, division).await
    }

    /// Remembers how far a trial's clock has come, after a command that wrote.
    ///
    /// # Errors
    /// The database's.
    pub async fn remember_trial_time(&self) -> Result<(), EngineError> {
        // By the machine's clock only a record raises the trial's floor: loading tables must not end the past.
        if !self.inner.standing.trial || !self.inner.clock.is_virtual() {
            return Ok(());
        }
        let inner = Arc::clone(&self.inner);
        self.inner
            .store
            .write(move |conn| {
                let inner = Arc::clone(&inner);
                Box::pin(async move { raise_trial_time(conn, &inner.clock).await })
            })
            .await
    }

    /// Marks a replayed database: from here on its clock goes on from `at`, and screens say what is synthetic.
    ///
    /// # Errors
    /// The database's.
    pub async fn mark_replayed(
        &self,
        at: DateTime<Utc>,
        synthetic: &str,
    ) -> Result<(), EngineError> {
        let shift = at.timestamp_micros() - Clock::System.now().timestamp_micros();
        let synthetic = synthetic.to_owned();
        self.inner
            .store
            .write(move |conn| {
                let synthetic = synthetic.clone();
                Box::pin(async move {
                    store::meta::set(conn, CLOCK_SHIFT, &shift.to_string()).await?;
                    store::meta::set(conn, SYNTHETIC, &synthetic).await?;
                    Ok::<(), EngineError>(())
                })
            })
            .await
    }

    /// Moves the time of a replayed database forward, for those who look at a demo: what falls due meanwhile is taken
    /// by the next sweep, as after a standstill. A database with a time of its own, or the machine's, is never moved.
    ///
    /// # Errors
    /// `no_demo_clock` for any other database; the database's.
    pub async fn move_replayed_time(&self, to: DateTime<Utc>) -> Result<(), EngineError> {
        let clock = &self.inner.clock;
        if self.inner.standing.shift_us.is_none() || clock.shift_us().is_none() {
            return Err(EngineError::invalid(
                "no_demo_clock",
                "只有演示数据的时间可以拨动 / only a demo's time can be moved",
            ));
        }
        clock.advance_to(to);
        let shift = clock.shift_us().unwrap_or_default();
        self.inner
            .store
            .write(move |conn| {
                Box::pin(async move {
                    store::meta::set(conn, CLOCK_SHIFT, &shift.to_string()).await?;
                    Ok::<(), EngineError>(())
                })
            })
            .await
    }

    /// Ends the writer after what waits for it, and closes all connections.
    pub async fn close(&self) {
        self.inner.store.close().await;
    }
}

/// Notes how far a trial's time has come, in the transaction of what was recorded at it: a later `--now` may not lie
/// before it. A trial that is worked in by the machine's clock keeps that clock, and has a mark of its own.
pub(crate) async fn raise_trial_time(conn: &mut Conn, clock: &Clock) -> Result<(), EngineError> {
    let key = if clock.is_virtual() {
        TRIAL_NOW
    } else {
        TRIAL_FLOOR
    };
    let now_us = clock.now().timestamp_micros();
    let last = number(store::meta::get(conn, key).await?);
    if last.is_none_or(|last| last < now_us) {
        store::meta::set(conn, key, &now_us.to_string()).await?;
    }
    Ok(())
}

/// What `migrate` puts into an empty database.
struct Installation {
    calendar: store::calendar::CalendarRow,
    rules: store::ruleset::RulesetRow,
    division: String,
    division_name: String,
    trial: bool,
    home: Option<String>,
}

impl Installation {
    async fn write(&self, conn: &mut Conn) -> Result<(), EngineError> {
        let mut changed = false;
        if store::calendar::list(conn).await?.is_empty() {
            changed |= store::calendar::insert(conn, &self.calendar).await?;
        }
        if store::ruleset::list(conn).await?.is_empty() {
            changed |= store::ruleset::insert(conn, &self.rules).await?;
        }
        let divisions = store::reference::divisions(conn).await?;
        if !divisions.iter().any(|d| d.division == self.division) {
            let row = store::reference::DivisionRow {
                division: self.division.clone(),
                name: self.division_name.clone(),
            };
            store::reference::put_division(conn, &row).await?;
        }
        if self.trial {
            store::meta::set(conn, TRIAL, "1").await?;
        }
        if let Some(home) = &self.home {
            store::meta::set_if_absent(conn, copies::HOME, home).await?;
        }
        if changed {
            new_edition(conn).await?;
        }
        Ok(())
    }
}

async fn read_standing(conn: &mut Conn) -> Result<Standing, EngineError> {
    Ok(Standing {
        trial: store::meta::get(conn, TRIAL).await?.as_deref() == Some("1"),
        trial_now: number(store::meta::get(conn, TRIAL_NOW).await?).map(store::codec::instant),
        trial_floor: number(store::meta::get(conn, TRIAL_FLOOR).await?).map(store::codec::instant),
        shift_us: number(store::meta::get(conn, CLOCK_SHIFT).await?),
        synthetic: store::meta::get(conn, SYNTHETIC).await?,
        shadow_since: shadow::since(conn).await?,
        copy: copies::copied(conn).await?,
        restored: copies::restored(conn).await?,
    })
}

fn number(text: Option<String>) -> Option<i64> {
    text.and_then(|t| t.parse().ok())
}

/// In a trial time is given by hand and stands still between commands; a replayed database goes on
/// from the replay's own time; every other database has the machine's.
fn clock_of(standing: &Standing, settings: &Settings) -> Result<Clock, EngineError> {
    let Some(asked) = settings.now else {
        return Ok(
            match (standing.trial, standing.trial_now, standing.shift_us) {
                (true, Some(last), _) => match settings.speed {
                    Some(speed) => Clock::scaled(last, speed),
                    None => Clock::standing(last),
                },
                (_, _, Some(by_us)) => Clock::shifted_by(by_us),
                _ => Clock::System,
            },
        );
    };
    if !standing.trial {
        return Err(EngineError::NotATrial);
    }
    if let Some(last) = standing.trial_now.max(standing.trial_floor)
        && asked < last
    {
        return Err(EngineError::ClockGoesBack { asked, last });
    }
    Ok(match settings.speed {
        Some(speed) => Clock::scaled(asked, speed),
        None => Clock::standing(asked),
    })
}
