//! `demo`: replays the scenario "Jiaozuo 2011" and the run with lapses, shows what was counted back, and serves it.

use std::fs;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use clap::Args;
use engine::Engine;
use engine::outbox::OutboxLine;
use engine::replay::{Files, Plan, plan_lapses, plan_quiet, run as replay};
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use report::{DemoReport, Figures, LapseFigures, Published};
use tokio::net::TcpListener;
use web::Demo;

use crate::app::App;
use crate::commands::{demo_accounts, outbox, serve};
use crate::failure::Failure;
use crate::output;

/// The scenario's name in `config/scenarios`.
const SCENARIO: &str = "jiaozuo-2011";
/// Says that a folder was made by this command, so that it may be made anew.
const MARKER: &str = ".shixian-demo";
/// What stands in it.
const MARKER_TEXT: &str = "本文件夹由 shixian demo 建立,再次运行时其中的 jiaozuo.db、lapses.db 和 mail 会重新生成。\n\
    Made by `shixian demo`, which makes jiaozuo.db, lapses.db and mail anew each time.\n";
/// The database of the first run.
const FIRST: &str = "jiaozuo.db";
/// The database of the run with lapses.
const LAPSES: &str = "lapses.db";
/// What SQLite keeps beside a database.
const BESIDE: [&str; 3] = ["-wal", "-shm", "-journal"];
/// The mails of the run with lapses.
const MAIL: &str = "mail";
/// Below them those of the first run, so that the two aren't mixed up.
const MAIL_FIRST: &str = "jiaozuo";
/// Who writes the mails: an address that can't exist.
const SENDER: &str = "焦作市行政效能电子监察中心 <jiancha@jiaozuo.example>";

/// Where it goes, and what happens then.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// 演示数据的文件夹,每次重新生成 / The folder of the demo's data, made anew
    #[arg(long, value_name = "DIR", default_value = "shixian-demo")]
    data: PathBuf,
    /// 只演示,不提供服务 / Don't serve afterwards
    #[arg(long)]
    no_serve: bool,
    /// 输出 JSON / As JSON
    #[arg(long)]
    json: bool,
    /// 监听地址,默认同 serve / Where to listen, as `serve` does
    #[arg(long, value_name = "ADDR")]
    listen: Option<String>,
}

/// Replays both runs, prints what was counted back, and serves the first.
pub(crate) async fn run(app: &App, options: Options) -> Result<(), Failure> {
    make_folder(app, &options.data)?;
    let files = Files::embedded(SCENARIO)?;
    let bars = Bars::new(app.quiet);
    let (report, published) = both_runs(app, &files, &options.data, &bars).await?;
    bars.clear();
    if options.json {
        let line = report.to_json().map_err(anyhow::Error::from)?;
        output::text(&format!("{line}\n"))?;
    } else {
        output::text(&report.to_text(&published))?;
    }
    if !report.agrees(&published) {
        app.say(
            "重放结果与公布数字不一致,请报告此问题",
            "the replay doesn't come to the published figures: please report this",
        );
        return Err(Failure::Found);
    }
    if options.no_serve {
        return Ok(());
    }
    serve_both(app, &options, &files).await
}

/// One run: its database, its mails, its plan.
struct Run {
    engine: Engine,
    app: App,
    plan: Plan,
}

async fn both_runs(
    app: &App,
    files: &Files,
    folder: &Path,
    bars: &Bars,
) -> Result<(DemoReport, Published), Failure> {
    let calendar = engine::assets::calendar(&files.scenario.calendar)?;
    let mail = folder.join(MAIL);
    let first = {
        let at = calendar.start_of(files.scenario.from);
        let engine = files.prepare(&url(folder, FIRST), at).await?;
        let books = engine.books(engine.division()).await?;
        Run {
            plan: plan_quiet(&files.scenario, &books)?,
            app: with_mail(app, files, &folder.join(FIRST), &mail.join(MAIL_FIRST)),
            engine,
        }
    };
    let second = {
        let at = calendar.start_of(files.lapses.from);
        let engine = files.prepare(&url(folder, LAPSES), at).await?;
        let books = engine.books(engine.division()).await?;
        Run {
            plan: plan_lapses(&files.scenario, &files.lapses, &books)?,
            app: with_mail(app, files, &folder.join(LAPSES), &mail),
            engine,
        }
    };
    let published = &files.scenario.published;
    let synthetic = &published.statement;
    // Each run has its own database and its own writer; together they keep two cores busy.
    let (of_first, of_second) = tokio::try_join!(
        one_run(&first, synthetic, bars.add("焦作 2011", first.plan.steps())),
        one_run(
            &second,
            synthetic,
            bars.add("差错情形", second.plan.steps())
        ),
    )?;
    let report = DemoReport {
        figures: Figures::of(of_first.units, &of_first.tally, &of_first.sums),
        lapses: LapseFigures::of(
            of_second.units,
            &of_second.tally,
            &of_second.sums,
            of_second.mails,
            files.lapses.seed,
        ),
        seed: files.scenario.seed,
    };
    Ok((report, figures_of(published)))
}

/// What was counted back from a database.
struct Counted {
    units: u64,
    tally: approval::statistics::Tally,
    sums: approval::statistics::LimitSums,
    mails: u64,
}

async fn one_run(run: &Run, synthetic: &str, bar: ProgressBar) -> Result<Counted, Failure> {
    let engine = &run.engine;
    let (outbox, _) = outbox::open(&run.app, engine.clone())?;
    replay(engine, &run.plan, Some(&outbox), &|done| {
        bar.set_position(done);
    })
    .await?;
    bar.finish();
    let (tally, sums) = engine.tally().await?;
    let books = engine.books(engine.division()).await?;
    let mut mails = 0;
    let count_sent = |line: OutboxLine| {
        mails += u64::from(line.state == "sent");
        Ok::<(), Failure>(())
    };
    outbox.list(count_sent).await?;
    engine.mark_replayed(run.plan.until, synthetic).await?;
    engine.close().await;
    Ok(Counted {
        units: count(books.directory.units()),
        tally,
        sums,
        mails,
    })
}

fn count<T>(things: impl Iterator<Item = T>) -> u64 {
    things.fold(0, |n, _| n + 1)
}

fn figures_of(published: &engine::replay::scenario::Published) -> Published {
    Published {
        figures: [
            published.units.to_string(),
            published.approval_items.to_string(),
            published.service_items.to_string(),
            published.accepted.to_string(),
            published.completed.to_string(),
            published.completion_rate_percent.clone(),
            published.yellow_cards.to_string(),
            published.red_cards.to_string(),
            published.statutory_days.to_string(),
            published.promised_days.to_string(),
            published.days_cut.to_string(),
            published.cut_percent.clone(),
        ],
        statement: published.statement.clone(),
        statement_en: published.statement_en.clone(),
    }
}

fn url(folder: &Path, name: &str) -> String {
    format!("sqlite:{}", folder.join(name).display())
}

/// The program's settings with the demo's division and database, and its mail in a folder: nobody outside gets any.
fn with_mail(app: &App, files: &Files, database: &Path, mail: &Path) -> App {
    let mut config = app.config.clone();
    let scenario = &files.scenario;
    config.service.division.clone_from(&scenario.division);
    config
        .service
        .division_name
        .clone_from(&scenario.division_name);
    config.calendar.name.clone_from(&scenario.calendar);
    config.database.url = format!("sqlite:{}", database.display());
    config.database.url_file = None;
    config.mail.url = Some(format!("file:{}", mail.display()));
    config.mail.from = SENDER.to_owned();
    config.mail.username = None;
    config.mail.password = None;
    config.mail.starttls = None;
    config.mail.ca_file = None;
    App {
        config,
        now: None,
        quiet: app.quiet,
    }
}

/// Serves both runs, each with a clock that goes on from its replay's own time.
async fn serve_both(app: &App, options: &Options, files: &Files) -> Result<(), Failure> {
    let mail = options.data.join(MAIL);
    let mut first = with_mail(
        app,
        files,
        &options.data.join(FIRST),
        &mail.join(MAIL_FIRST),
    );
    if let Some(listen) = &options.listen {
        first.config.service.listen.clone_from(listen);
    }
    let listener = serve::bind(&first, &first.config.service.listen).await?;
    let beside = serve::bind_beside(&first, listener.local_addr()?).await?;
    let to = files.scenario.to;
    app.say(
        &format!("服务中的时间从重放结束时({to} 下班时)继续走,不是现在的时间"),
        &format!("the clock that is served goes on from the end of the replay ({to}, close of business), it isn't the present time"),
    );
    let (of_first, of_lapses) = (listener.local_addr()?, beside.local_addr()?);
    let second = with_mail(app, files, &options.data.join(LAPSES), &mail);
    let parts = vec![
        part(first, listener, "listening", (of_lapses, OTHER_LAPSES)).await?,
        part(second, beside, "lapses", (of_first, OTHER_FIRST)).await?,
    ];
    serve::serve(app, parts).await
}

/// What one of the two says of the other, in Chinese and English.
type Other = (&'static str, &'static str);

const OTHER_LAPSES: Other = (
    "另一套演示数据：差错情形，有超时、预警、黄牌、红牌和督办",
    "The other set of data: a run with lapses, with warnings, yellow and red cards and supervision orders",
);
const OTHER_FIRST: Other = (
    "另一套演示数据：焦作 2011，按公布的合计数重放，没有超时",
    "The other set of data: Jiaozuo 2011, replayed by the published totals, nothing late",
);

/// One of the two services, with its accounts.
async fn part(
    app: App,
    listener: TcpListener,
    name: &'static str,
    (other, (zh, en)): (SocketAddr, Other),
) -> Result<serve::Part, Failure> {
    let engine = app.engine().await?;
    let demo = Demo {
        name: name.to_owned(),
        accounts: demo_accounts::make(&engine).await?,
        other: Some((format!("http://{other}/"), zh.to_owned(), en.to_owned())),
    };
    Ok(serve::Part {
        name,
        app,
        engine,
        listener,
        demo: Some(demo),
    })
}

/// Makes the folder, or empties one that this command made.
fn make_folder(app: &App, folder: &Path) -> Result<(), Failure> {
    fs::create_dir_all(folder)?;
    let ours = folder.join(MARKER).is_file();
    if !ours && fs::read_dir(folder)?.next().is_some() {
        let shown = folder.display();
        return Err(Failure::cannot_run(app.pick(
            format!("文件夹 {shown} 中有别的内容,演示不会覆盖它;请用 --data 指明空文件夹"),
            format!("the folder {shown} holds something else, which the demo won't touch: name an empty one with --data"),
        )));
    }
    for name in [FIRST, LAPSES] {
        remove(&folder.join(name))?;
        for suffix in BESIDE {
            remove(&folder.join(format!("{name}{suffix}")))?;
        }
    }
    let mail = folder.join(MAIL);
    remove_mails(&mail.join(MAIL_FIRST))?;
    remove_mails(&mail)?;
    fs::write(folder.join(MARKER), MARKER_TEXT)?;
    fs::create_dir_all(mail)?;
    Ok(())
}

fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Removes the mails of a folder and nothing else in it.
fn remove_mails(folder: &Path) -> io::Result<()> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    for entry in entries {
        let path = entry?.path();
        if path.extension().is_some_and(|x| x == "eml" || x == "tmp") {
            remove(&path)?;
        }
    }
    Ok(())
}

/// Progress on the terminal; nothing where there is none.
struct Bars {
    all: Option<MultiProgress>,
}

impl Bars {
    fn new(quiet: bool) -> Self {
        Self {
            all: (!quiet).then(MultiProgress::new),
        }
    }

    fn add(&self, name: &'static str, steps: usize) -> ProgressBar {
        let Some(all) = &self.all else {
            return ProgressBar::hidden();
        };
        let bar = all.add(ProgressBar::new(u64::try_from(steps).unwrap_or(0)));
        if let Ok(style) = ProgressStyle::with_template("{prefix} {wide_bar} {pos}/{len}") {
            bar.set_style(style);
        }
        bar.set_prefix(name);
        bar
    }

    fn clear(&self) {
        if let Some(all) = &self.all {
            // What can't be cleared from a terminal does no harm.
            drop(all.clear());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    fn app() -> App {
        App {
            config: Config::default(),
            now: None,
            quiet: true,
        }
    }

    #[test]
    fn a_folder_with_other_content_is_left_alone() {
        let folder = tempfile::tempdir().expect("a folder");
        let theirs = folder.path().join("jiaozuo.db");
        fs::write(&theirs, "theirs").expect("a file");
        assert!(make_folder(&app(), folder.path()).is_err());
        assert_eq!(fs::read_to_string(&theirs).expect("the file"), "theirs");
    }

    #[test]
    fn the_demos_own_folder_is_made_anew() {
        let folder = tempfile::tempdir().expect("a folder");
        let data = folder.path().join("demo");
        make_folder(&app(), &data).expect("a new folder");
        for name in ["jiaozuo.db", "jiaozuo.db-wal", "mail/a.eml", "notes.txt"] {
            fs::write(data.join(name), "x").expect("a file");
        }
        make_folder(&app(), &data).expect("the same folder");
        assert!(!data.join("jiaozuo.db").exists());
        assert!(!data.join("jiaozuo.db-wal").exists());
        assert!(!data.join("mail/a.eml").exists());
        assert!(data.join("notes.txt").exists(), "not the demo's own");
    }
}
