//! `serve`: pages, the scheduler and the outbox, until it is told to stop.

use std::future::IntoFuture;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use axum::serve::ListenerExt as _;
use clap::Args;
use engine::accounts::Limits;
use engine::checkup::SKEW_US_MAX;
use engine::schedule::{JobAction, JobSpec, Scheduler};
use engine::{Engine, Settings};
use serde_json::json;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use web::{Access, Demo, Pulse, Site, Title};

use crate::app::App;
use crate::commands::{outbox, report};
use crate::failure::Failure;
use crate::listen::{self, Listening};
use crate::output;

/// How long answers under way may take after the signal; every command is far shorter.
const DRAIN: Duration = Duration::from_secs(3);
/// How long the jobs may take to come to their next resting place after that.
const REST: Duration = Duration::from_secs(4);
/// How often a trial's time is written down while it runs, so that a crash doesn't send it back far.
const TRIAL_TIME_EVERY: Duration = Duration::from_secs(10);

/// How many times systemd is told within the time that it waits: one may be late.
const WATCHDOG_TIMES: u32 = 3;
/// How long the sweeps of a service may take no step before systemd isn't told any more. A database that is away or locked
/// fails a round within a minute, which is a step; a batch of alarms takes milliseconds.
const STANDSTILL_MAX: Duration = Duration::from_secs(10 * 60);

/// How often sessions that ran out and answers that are too old are removed: they are known as such without it.
const TIDY_EVERY: Duration = Duration::from_secs(60 * 60);

/// How it serves.
#[derive(Debug, Default, Args)]
pub(crate) struct Options {
    /// 监听地址,默认 127.0.0.1:8080;端口 0 由系统选 / Where to listen; port 0 lets the system choose
    #[arg(long, value_name = "ADDR")]
    listen: Option<String>,
    /// 试运行库的时间走多快(倍) / How many times as fast a trial's clock runs
    #[arg(long, value_name = "N")]
    speed: Option<u32>,
}

/// Serves until SIGTERM or SIGINT.
pub(crate) async fn run(app: &App, options: Options) -> Result<(), Failure> {
    let address = options
        .listen
        .as_deref()
        .unwrap_or(&app.config.service.listen);
    let listener = bind(app, address).await?;
    let settings = Settings {
        speed: Some(options.speed.unwrap_or(1)),
        ..app.settings()
    };
    let engine = app.engine_with(settings).await?;
    if options.speed.is_some() && !engine.standing().trial {
        return Err(Failure::cannot_run(app.pick(
            "只有试运行库才能使用 --speed(用 migrate --trial 建立)",
            "--speed works on a trial database only",
        )));
    }
    check_skew(app, &engine).await?;
    let part = Part {
        name: "listening",
        app: app.clone(),
        engine,
        listener,
        demo: None,
    };
    serve(app, vec![part]).await
}

/// Binds an address, or says why that can't be done.
pub(crate) async fn bind(app: &App, address: &str) -> Result<TcpListener, Failure> {
    TcpListener::bind(address).await.map_err(|error| {
        let words = app.pick(
            format!("无法监听 {address},请检查地址,端口是否已被占用"),
            format!(
                "cannot listen on {address}: see that the address is right and the port is free"
            ),
        );
        Failure::CannotRun(anyhow::Error::new(error).context(words))
    })
}

/// Binds the port beside one, or any that is free: for a demo's other set of data.
pub(crate) async fn bind_beside(app: &App, address: SocketAddr) -> Result<TcpListener, Failure> {
    let next = SocketAddr::new(address.ip(), address.port().saturating_add(1));
    if let Ok(listener) = TcpListener::bind(next).await {
        return Ok(listener);
    }
    bind(app, &SocketAddr::new(address.ip(), 0).to_string()).await
}

/// One service: an engine on a bound address. A demo has two of them in one process.
pub(crate) struct Part {
    /// What the line on standard output calls its address.
    pub(crate) name: &'static str,
    pub(crate) app: App,
    pub(crate) engine: Engine,
    pub(crate) listener: TcpListener,
    /// What only a demo has.
    pub(crate) demo: Option<Demo>,
}

/// A service that runs.
struct Running {
    engine: Engine,
    address: SocketAddr,
    scheme: &'static str,
    pages: JoinHandle<io::Result<()>>,
    jobs: JoinHandle<()>,
    keepers: [JoinHandle<()>; 2],
}

/// Serves until the process is told to stop, or one of the services ends by itself.
pub(crate) async fn serve(app: &App, parts: Vec<Part>) -> Result<(), Failure> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let (stop, stopped) = watch::channel(false);
    let mut running = Vec::new();
    let mut addresses = serde_json::Map::new();
    for part in parts {
        let name = part.name;
        let service = start(part, stopped.clone())?;
        let url = format!("{}://{}", service.scheme, service.address);
        addresses.insert(name.to_owned(), json!(url));
        tracing::info!(http.address = %service.address, database.dialect = ?service.engine.store().dialect(), "serving");
        running.push(service);
    }
    let listed: Vec<&str> = addresses.values().filter_map(|url| url.as_str()).collect();
    let listed = listed.join(" ");
    output::json(&serde_json::Value::Object(addresses))?;
    app.say(
        &format!("正在 {listed} 提供服务,按 Ctrl+C 停止"),
        &format!("serving on {listed}, stop with Ctrl+C"),
    );
    // Without systemd there is nobody to tell.
    sd_notify::notify(&[sd_notify::NotifyState::Ready]).unwrap_or_default();

    let engines = running.iter().map(|service| service.engine.clone());
    let watchdog = tokio::spawn(keep_watchdog(engines.collect()));
    let ended = tokio::select! {
        _ = terminate.recv() => Ok(()),
        _ = interrupt.recv() => Ok(()),
        what = one_ends(&mut running) => Err(Failure::cannot_run(what)),
    };
    tracing::info!("stopping");
    sd_notify::notify(&[sd_notify::NotifyState::Stopping]).unwrap_or_default();
    stop.send_replace(true);
    for service in running {
        service.end().await?;
    }
    watchdog.abort();
    ended
}

/// Tells systemd, where it asks for it, that this process still does something and its sweeps go on; one that hangs is
/// started anew.
async fn keep_watchdog(engines: Vec<Engine>) {
    let Some(patience) = sd_notify::watchdog_enabled() else {
        return;
    };
    let pause = patience / WATCHDOG_TIMES;
    let mut standstills = vec![Standstill::default(); engines.len()];
    let mut every = tokio::time::interval(pause);
    loop {
        every.tick().await;
        let seen = standstills.iter_mut().zip(&engines);
        let longest =
            seen.map(|(standstill, engine)| standstill.after(pause, engine.sweep_steps()));
        if longest.max().unwrap_or_default() > STANDSTILL_MAX {
            tracing::error!(
                "the sweeps have stood still for minutes: the watchdog isn't told any more"
            );
        } else {
            sd_notify::notify(&[sd_notify::NotifyState::Watchdog]).unwrap_or_default();
        }
    }
}

/// For how long the sweeps of a service have taken no step.
#[derive(Clone, Debug, Default)]
struct Standstill {
    steps: u64,
    lasted: Duration,
}

impl Standstill {
    /// What it comes to after another pause.
    fn after(&mut self, pause: Duration, steps: u64) -> Duration {
        self.lasted = if self.steps == steps {
            self.lasted + pause
        } else {
            Duration::ZERO
        };
        self.steps = steps;
        self.lasted
    }
}

/// Starts one of them.
fn start(part: Part, stopped: watch::Receiver<bool>) -> Result<Running, Failure> {
    let (app, engine) = (&part.app, part.engine);
    let (outbox, sends) = outbox::open(app, engine.clone())?;
    let pulse = Pulse::default();
    let title = Title {
        system_name: app.config.service.system_name.clone(),
        organ_name: app.config.service.organ_name.clone(),
        language: app.config.service.language,
    };
    // Without a way to send nothing is composed either: items wait until there is one.
    let outbox = sends.then_some(outbox);
    let mut planned = jobs(app, sends);
    planned.extend(report::jobs(app, outbox.as_ref())?);
    let scheduler =
        Scheduler::new(engine.clone(), outbox.clone(), planned).map_err(Failure::installation)?;
    let access = access(app, part.demo);
    let limits = access.limits;
    let site = Site::new(engine.clone(), title, pulse.clone(), web::recorder())
        .with_health(scheduler.health())
        .with_operations(scheduler.clone(), outbox)
        .with_access(access)
        .with_stop(stopped.clone());

    let address = part.listener.local_addr()?;
    let tls = tls(app)?;
    let scheme = if tls.is_some() { "https" } else { "http" };
    let listening = match tls {
        Some(acceptor) => Listening::tls(part.listener, acceptor)?,
        None => Listening::Plain(part.listener),
    };
    let mut until = stopped.clone();
    let service = web::router(site).into_make_service_with_connect_info::<SocketAddr>();
    let pages = axum::serve(listening.tap_io(|_| {}), service).with_graceful_shutdown(async move {
        // An error says that nobody is left to stop it, which is a reason to stop as well.
        until
            .wait_for(|stop| *stop)
            .await
            .map(drop)
            .unwrap_or_default();
    });
    let beat = pulse.start();
    Ok(Running {
        address,
        scheme,
        pages: tokio::spawn(pages.into_future()),
        jobs: tokio::spawn(async move {
            scheduler.run(stopped).await;
            drop(beat);
        }),
        keepers: [
            tokio::spawn(keep_trial_time(engine.clone())),
            tokio::spawn(keep_tidy(engine.clone(), limits)),
        ],
        engine,
    })
}

/// Waits until a service ends without having been told to; gives what ended.
async fn one_ends(running: &mut [Running]) -> String {
    let ends = running.iter_mut().map(|service| {
        Box::pin(async {
            tokio::select! {
                ended = &mut service.pages => format!("the HTTP side ended by itself: {ended:?}"),
                ended = &mut service.jobs => format!("the scheduler ended by itself: {ended:?}"),
            }
        })
    });
    futures_util::future::select_all(ends).await.0
}

impl Running {
    /// Ends it: answers under way first, then the jobs, then the connections.
    async fn end(mut self) -> Result<(), Failure> {
        if !self.pages.is_finished() && timeout(DRAIN, &mut self.pages).await.is_err() {
            tracing::warn!("some connections didn't end in time and are cut");
            self.pages.abort();
        }
        if !self.jobs.is_finished() && timeout(REST, &mut self.jobs).await.is_err() {
            tracing::warn!("a job didn't end in time; it is taken up again at the next start");
            self.jobs.abort();
        }
        for keeper in &self.keepers {
            keeper.abort();
        }
        self.engine.remember_trial_time().await?;
        // Writes under way end before the connections do.
        self.engine.close().await;
        Ok(())
    }
}

/// TLS, if a certificate is configured.
fn tls(app: &App) -> Result<Option<TlsAcceptor>, Failure> {
    let web = &app.config.web;
    match (&web.tls_certificate, &web.tls_key) {
        (Some(certificate), Some(key)) => Ok(Some(listen::acceptor(certificate, key)?)),
        (None, None) => Ok(None),
        _ => Err(Failure::cannot_run(app.pick(
            "[web] tls_certificate 和 tls_key 须同时设置",
            "[web] tls_certificate and tls_key go together",
        ))),
    }
}

/// How people sign in, as configured.
fn access(app: &App, demo: Option<Demo>) -> Access {
    let web = &app.config.web;
    let base_url = app.config.service.base_url.as_deref().unwrap_or_default();
    Access {
        limits: Limits {
            idle: Duration::from_secs(60 * u64::from(web.idle_minutes)),
            absolute: Duration::from_secs(60 * 60 * u64::from(web.session_hours)),
        },
        secure_cookies: web
            .secure_cookies
            .unwrap_or_else(|| web.tls_key.is_some() || base_url.starts_with("https://")),
        trusted_proxies: web.trusted_proxies.clone(),
        demo,
        base_url: app.config.service.base_url.clone(),
    }
}

/// The jobs that the configuration asks for.
fn jobs(app: &App, sends: bool) -> Vec<JobSpec> {
    let schedule = &app.config.schedule;
    let mut jobs = Vec::new();
    if sends && !schedule.morning_digest.trim().is_empty() {
        jobs.push(JobSpec {
            name: "morning_digest".to_owned(),
            cron: schedule.morning_digest.clone(),
            working_days_only: true,
            on: None,
            catch_up: schedule.morning_digest_catch_up.into(),
            action: JobAction::MorningDigest,
        });
    }
    if !schedule.verify.trim().is_empty() {
        jobs.push(JobSpec {
            name: "verify".to_owned(),
            cron: schedule.verify.clone(),
            working_days_only: false,
            on: None,
            catch_up: schedule.verify_catch_up.into(),
            action: JobAction::Verify,
        });
    }
    jobs
}

async fn check_skew(app: &App, engine: &Engine) -> Result<(), Failure> {
    match engine.skew_us().await? {
        Some(skew_us) if skew_us > SKEW_US_MAX => {
            let seconds = skew_us / 1_000_000;
            Err(Failure::cannot_run(app.pick(
                format!("本机时钟与数据库服务器相差 {seconds} 秒,超过 2 秒,请先校时(NTP)"),
                format!("this machine's clock differs from the database server's by {seconds} s, more than 2: set the clocks first"),
            )))
        }
        _ => Ok(()),
    }
}

/// Removes what nobody can use any more. A failure is tried again with the next round.
async fn keep_tidy(engine: Engine, limits: Limits) {
    let mut every = tokio::time::interval(TIDY_EVERY);
    loop {
        every.tick().await;
        let sessions = engine.end_old_sessions(limits).await;
        let answers = engine.end_old_answers().await;
        for error in [sessions.err(), answers.err()].into_iter().flatten() {
            tracing::warn!(error = %error, "old sessions and answers can't be removed");
        }
    }
}

async fn keep_trial_time(engine: Engine) {
    if !engine.standing().trial {
        return;
    }
    let mut every = tokio::time::interval(TRIAL_TIME_EVERY);
    loop {
        every.tick().await;
        if let Err(error) = engine.remember_trial_time().await {
            tracing::warn!(error = %error, "the trial's time can't be written down");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_standstill_grows_until_the_next_step() {
        let mut standstill = Standstill::default();
        let pause = Duration::from_secs(20);
        let lasted = [0, 0, 5, 5, 5, 6, 6].map(|steps| standstill.after(pause, steps).as_secs());
        assert_eq!(lasted, [20, 40, 0, 20, 40, 0, 20]);
    }
}
