//! One process of the program: an engine and an outbox on the city's database, a clock of its own, and its death.

use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context as _, Result};
use engine::outbox::{LEASE_MS, Outbox, OutboxSettings};
use engine::{Clock, Engine, Settings};
use notify::{Language, RetryPolicy, Templates, Transport};
use store::Store;
use store::fault::{Faults, Point};

use crate::chance::Dice;
use crate::mail::{MailServer, Postman};

/// Deaths, by where they happened.
#[derive(Debug, Default)]
pub(crate) struct Deaths {
    counts: [AtomicU64; Place::ALL.len()],
}

/// Where a process dies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Reading,
    Beginning,
    BeforeCommit,
    AfterCommit,
    BeforeMail,
    AfterMail,
    Idle,
}

impl Place {
    pub(crate) const ALL: [Self; 7] = [
        Self::Reading,
        Self::Beginning,
        Self::BeforeCommit,
        Self::AfterCommit,
        Self::BeforeMail,
        Self::AfterMail,
        Self::Idle,
    ];

    /// The words of the table.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::Reading => "reading",
            Self::Beginning => "before a transaction",
            Self::BeforeCommit => "before a commit",
            Self::AfterCommit => "after a commit, unanswered",
            Self::BeforeMail => "before a mail is taken",
            Self::AfterMail => "after a mail is taken, unrecorded",
            Self::Idle => "between two pieces of work",
        }
    }
}

impl Deaths {
    fn count(&self, place: Place) {
        if let Some(count) = self.counts.get(place as usize) {
            count.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// How many died where.
    pub(crate) fn all(&self) -> [u64; Place::ALL.len()] {
        std::array::from_fn(|place| self.counts[place].load(Ordering::Relaxed))
    }
}

/// Whether a process lives, and the chance by which it dies.
#[derive(Debug)]
pub(crate) struct Life {
    dead: AtomicBool,
    /// Of a thousand points that are passed, so many are fatal.
    per_mille: AtomicI64,
    dice: Mutex<Dice>,
    deaths: Arc<Deaths>,
}

impl Life {
    pub(crate) fn new(dice: Dice, per_mille: i64, deaths: &Arc<Deaths>) -> Arc<Self> {
        Arc::new(Self {
            dead: AtomicBool::new(false),
            per_mille: AtomicI64::new(per_mille),
            dice: Mutex::new(dice),
            deaths: Arc::clone(deaths),
        })
    }

    pub(crate) fn is_dead(&self) -> bool {
        self.dead.load(Ordering::SeqCst)
    }

    /// Draws its chances anew for a piece of work: how often chance was asked before, in a race with others, has no
    /// part in what comes later.
    pub(crate) fn begin(&self, dice: Dice) {
        *self.dice.lock().unwrap_or_else(PoisonError::into_inner) = dice;
    }

    /// Another chance to die from here on: none while the simulation itself looks at the record.
    pub(crate) fn risk(&self, per_mille: i64) {
        self.per_mille.store(per_mille, Ordering::Relaxed);
    }

    /// Ends it for good.
    pub(crate) fn end(&self, place: Place) {
        if !self.dead.swap(true, Ordering::SeqCst) {
            self.deaths.count(place);
        }
    }

    /// Whether it lives on past a place.
    pub(crate) fn passes(&self, place: Place) -> bool {
        if self.is_dead() {
            return false;
        }
        let share = self.per_mille.load(Ordering::Relaxed);
        let mut dice = self.dice.lock().unwrap_or_else(PoisonError::into_inner);
        if share > 0 && dice.per_mille(share) {
            self.end(place);
        }
        !self.is_dead()
    }
}

impl Faults for Life {
    fn lives_past(&self, point: Point) -> bool {
        self.passes(match point {
            Point::Reading => Place::Reading,
            Point::Beginning => Place::Beginning,
            Point::BeforeCommit => Place::BeforeCommit,
            Point::AfterCommit => Place::AfterCommit,
        })
    }
}

/// What all processes of a city have in common.
#[derive(Clone, Debug)]
pub(crate) struct Installation {
    pub(crate) url: String,
    pub(crate) settings: Settings,
    pub(crate) mail: Arc<MailServer>,
    /// The instant at which all clocks began to be moved by hand.
    pub(crate) from_us: i64,
}

/// A process.
#[derive(Debug)]
pub(crate) struct Process {
    pub(crate) life: Arc<Life>,
    pub(crate) engine: Engine,
    pub(crate) outbox: Outbox,
    clock_us: Arc<AtomicI64>,
    /// By how much its clock is ahead of the host's.
    pub(crate) ahead_us: i64,
}

impl Process {
    /// Starts a process; it may die at once.
    pub(crate) async fn start(
        installation: &Installation,
        life: Arc<Life>,
        name: String,
        now_us: i64,
        ahead_us: i64,
    ) -> Result<Self> {
        let clock_us = Arc::new(AtomicI64::new(now_us + ahead_us));
        let clock = Clock::Manual {
            us: Arc::clone(&clock_us),
            from_us: installation.from_us,
        };
        let faults: Arc<dyn Faults> = Arc::<Life>::clone(&life);
        let store = Store::open(&installation.url).await?.with_faults(faults);
        let opened = Engine::open_on(store.clone(), installation.settings.clone(), clock).await;
        let engine = match opened {
            Ok(engine) => engine,
            Err(error) => {
                store.close().await;
                return Err(error).context("a process can't start");
            }
        };
        let postman = Postman {
            server: Arc::clone(&installation.mail),
            life: Arc::clone(&life),
        };
        let outbox = Outbox::new(
            engine.clone(),
            Transport::Played(Arc::new(postman)),
            Templates::load(None)?,
            OutboxSettings {
                from: "jiancha@example.cn".to_owned(),
                organ_name: "监察中心".to_owned(),
                system_name: "监察系统".to_owned(),
                base_url: None,
                language: Language::Zh,
                message_id_domain: "city.example.cn".to_owned(),
                retry: RetryPolicy::default(),
                lease_ms: LEASE_MS,
                owner: name,
            },
        );
        Ok(Self {
            life,
            engine,
            outbox,
            clock_us,
            ahead_us,
        })
    }

    /// Sets its clock to the host's time and its own drift.
    pub(crate) fn set_clock(&self, host_us: i64) {
        self.clock_us
            .store(host_us + self.ahead_us, Ordering::SeqCst);
    }

    /// What its clock shows.
    pub(crate) fn now_us(&self) -> i64 {
        self.clock_us.load(Ordering::SeqCst)
    }
}
