//! What all handlers share.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use engine::Engine;
use engine::accounts::Limits as SessionLimits;
use engine::outbox::Outbox;
use engine::schedule::{HealthHandle, Scheduler};
use metrics_exporter_prometheus::PrometheusHandle;
use notify::Language;
use tokio::sync::{Mutex, watch};

use crate::board::Live;
use crate::figures::Figures;
use crate::leader::Counted;
use crate::measures::Measures;
use crate::reports::Kept;

/// What stands on top of the pages.
#[derive(Clone, Debug)]
pub struct Title {
    /// What the system calls itself.
    pub system_name: String,
    /// Who runs it.
    pub organ_name: String,
    /// The language of the pages.
    pub language: Language,
}

/// How people sign in.
#[derive(Clone, Debug, Default)]
pub struct Access {
    /// How long sessions last.
    pub limits: SessionLimits,
    /// Cookies go over TLS only. Off where the service itself speaks plain HTTP to browsers, as on a trial's loopback.
    pub secure_cookies: bool,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpAddr>,
    /// What only a demo has.
    pub demo: Option<Demo>,
    /// Where the pages are found from outside; papers carry it in their codes.
    pub base_url: Option<String>,
}

/// What a demo shows beyond a service: its accounts, a clock that can be moved, and the other set of data.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Demo {
    /// The word that keeps its sessions apart from another demo's on the same host: cookies know no ports.
    pub name: String,
    /// Accounts that the sign-in page shows.
    pub accounts: Vec<ShownAccount>,
    /// Where the other set of data is served, and what it is, in Chinese and English.
    pub other: Option<(String, String, String)>,
}

/// An account of a demo.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShownAccount {
    /// What is typed.
    pub account: String,
    /// The password.
    pub password: String,
    /// Who that is, in Chinese.
    pub zh: String,
    /// The same in English.
    pub en: String,
}

/// The service as handlers see it. Cheap to clone.
#[derive(Clone)]
pub struct Site {
    pub(crate) engine: Engine,
    pub(crate) title: Arc<Title>,
    pub(crate) access: Arc<Access>,
    pub(crate) pulse: Pulse,
    pub(crate) health: HealthHandle,
    pub(crate) recorded: Option<PrometheusHandle>,
    pub(crate) kept: Arc<Mutex<Option<Figures>>>,
    pub(crate) live: Live,
    pub(crate) counted: Counted,
    pub(crate) reports: Kept,
    /// How often tokens ask, and applicants after their cases.
    pub(crate) limits: Measures,
    pub(crate) tries: Measures,
    /// Turns true when the service ends: open boards are closed then.
    pub(crate) stopping: Option<watch::Receiver<bool>>,
    /// The schedule, for the page of its jobs.
    pub(crate) scheduler: Option<Scheduler>,
    /// The outbox; none where nothing can be sent.
    pub(crate) outbox: Option<Outbox>,
}

impl Site {
    /// A site on an engine. `recorded` are the process's own counters, if it keeps any.
    pub fn new(
        engine: Engine,
        title: Title,
        pulse: Pulse,
        recorded: Option<PrometheusHandle>,
    ) -> Self {
        Self {
            engine,
            title: Arc::new(title),
            access: Arc::default(),
            pulse,
            health: HealthHandle::default(),
            recorded,
            kept: Arc::default(),
            live: Live::default(),
            counted: Counted::default(),
            reports: Kept::default(),
            limits: Measures::default(),
            tries: Measures::default(),
            stopping: None,
            scheduler: None,
            outbox: None,
        }
    }

    /// The same with a view of how the schedule is doing.
    pub fn with_health(mut self, health: HealthHandle) -> Self {
        self.health = health;
        self
    }

    /// The same with what the system administrator looks after.
    pub fn with_operations(mut self, scheduler: Scheduler, outbox: Option<Outbox>) -> Self {
        self.scheduler = Some(scheduler);
        self.outbox = outbox;
        self
    }

    /// The same with a way to sign in.
    pub fn with_access(mut self, access: Access) -> Self {
        self.access = Arc::new(access);
        self
    }

    /// The same with a word that the service ends: what is sent to open boards ends then, too.
    pub fn with_stop(mut self, stopping: watch::Receiver<bool>) -> Self {
        self.stopping = Some(stopping);
        self
    }

    /// The words in the language of the pages.
    pub(crate) fn pick<T>(&self, zh: T, en: T) -> T {
        match self.title.language {
            Language::Zh => zh,
            Language::En => en,
        }
    }
}

/// Whether the scheduler lives: it holds the beating half, and when that is dropped, however it ended, the pulse is gone.
#[derive(Clone, Debug, Default)]
pub struct Pulse {
    beating: Arc<AtomicBool>,
}

/// The half that the scheduler holds.
#[derive(Debug)]
pub struct Beat {
    beating: Arc<AtomicBool>,
}

impl Pulse {
    /// Starts it.
    pub fn start(&self) -> Beat {
        self.beating.store(true, Ordering::SeqCst);
        Beat {
            beating: Arc::clone(&self.beating),
        }
    }

    /// Whether it beats.
    pub fn beats(&self) -> bool {
        self.beating.load(Ordering::SeqCst)
    }
}

impl Drop for Beat {
    fn drop(&mut self) {
        self.beating.store(false, Ordering::SeqCst);
    }
}
