//! The commands, a file for each family.

mod anchor;
pub(crate) mod appeal;
mod backup;
pub(crate) mod case;
mod check;
mod clock;
pub(crate) mod demo;
mod demo_accounts;
mod explain;
pub(crate) mod export;
pub(crate) mod import;
pub(crate) mod migrate;
pub(crate) mod order;
pub(crate) mod outage;
pub(crate) mod outbox;
mod reference;
pub(crate) mod report;
pub(crate) mod restore;
pub(crate) mod revise;
pub(crate) mod score;
pub(crate) mod serve;
pub(crate) mod shadow;
pub(crate) mod stats;
mod sweep;
pub(crate) mod token;
pub(crate) mod user;
mod verify;
pub(crate) mod warning;

use std::io::{self, Read};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use approval::command::{Act, Origin};
use approval::ids::PersonCode;
use engine::Engine;
use engine::answer::{error_json, subject_json};
use engine::attachments::{BYTES_MAX, Upload};
use engine::commands::Seen;

use crate::app::App;
use crate::cli::{ActOptions, Cli, Command, Globals, Reference};
use crate::failure::{Failure, chain};
use crate::{config, logs, output};

pub(crate) use engine::copies::COMMAND_LINE;

/// Runs one command and gives its exit status.
pub(crate) fn run(cli: Cli) -> ExitCode {
    let ended = app(&cli.globals).and_then(|app| dispatch(&app, cli.command));
    let Err(failure) = ended else {
        return ExitCode::SUCCESS;
    };
    match &failure {
        Failure::Refused(error) => {
            // If nobody takes the answer there is nobody to tell that it was lost.
            drop(output::json(&error_json(error)));
        }
        Failure::Found => {}
        // The reader of the answer has closed its end: `shixian … | head -1` has all that it wants.
        Failure::CannotRun(error) if is_broken_pipe(error) => return ExitCode::SUCCESS,
        Failure::CannotRun(error) => eprintln!("shixian: {}", chain(error)),
    }
    failure.exit_code()
}

/// Whether standard output is closed. The database's broken connections have an error of their own around them.
fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error
        .downcast_ref::<io::Error>()
        .is_some_and(|e| e.kind() == io::ErrorKind::BrokenPipe)
}

fn app(globals: &Globals) -> Result<App, Failure> {
    let mut config =
        config::load(globals.config.as_deref()).map_err(|e| Failure::CannotRun(e.into()))?;
    if let Some(url) = &globals.database {
        config.database.url.clone_from(url);
    }
    if let Some(division) = &globals.division {
        config.service.division.clone_from(division);
    }
    if let Some(language) = globals.lang {
        config.service.language = language;
    }
    Ok(App {
        config,
        now: globals.now,
        quiet: globals.quiet,
    })
}

fn dispatch(app: &App, command: Command) -> Result<(), Failure> {
    let default_level = match command {
        Command::Serve(_) => "info",
        _ => "warn",
    };
    logs::start(&app.config.log, default_level)?;
    let command = match command {
        Command::Clock { calendar } => return clock::run(app, calendar.as_deref()),
        command => command,
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        match command {
            Command::Clock { .. } => Ok(()),
            Command::Migrate(options) => migrate::run(app, &options).await,
            Command::Shadow(command) => shadow::run(app, command).await,
            Command::Reference(Reference::Load { dir }) => reference::load(app, &dir).await,
            Command::Case(command) => case::run(app, command).await,
            Command::Order(command) => order::run(app, command).await,
            Command::Appeal(command) => appeal::run(app, command).await,
            Command::Warning(command) => warning::run(app, command).await,
            Command::Outage(command) => outage::run(app, command).await,
            Command::Score(command) => score::run(app, command).await,
            Command::Sweep { as_of } => sweep::run(app, as_of).await,
            Command::Calendar(command) => revise::calendar(app, command).await,
            Command::Rules(command) => revise::rules(app, command).await,
            Command::Serve(options) => serve::run(app, options).await,
            Command::Check { json } => check::run(app, json).await,
            Command::Explain { subject, json } => explain::run(app, &subject, json).await,
            Command::Import(options) => import::run(app, options).await,
            Command::Outbox(command) => outbox::run(app, command).await,
            Command::Token(command) => token::run(app, command).await,
            Command::User(command) => user::run(app, command).await,
            Command::Verify { against } => verify::run(app, against.as_deref()).await,
            Command::Anchor => anchor::run(app).await,
            Command::Backup { file } => backup::run(app, &file).await,
            Command::Restore(options) => restore::run(app, options).await,
            Command::Report(options) => report::run(app, options).await,
            Command::Stats(command) => stats::run(app, command).await,
            Command::Export(options) => export::run(app, options).await,
            Command::Demo(options) => demo::run(app, options).await,
        }
    })
}

/// The act that the common options describe.
fn act(options: ActOptions) -> Act {
    Act {
        by: options.by.map(PersonCode::new),
        stands_for: options.stands_for.map(PersonCode::new),
        at: options.at,
        late_reason: options.late_reason,
        source_key: None,
        origin: Origin::Desk,
    }
}

/// The act of somebody, now.
fn act_by(by: Option<String>, stands_for: Option<String>) -> Act {
    act(ActOptions {
        by,
        stands_for,
        ..ActOptions::default()
    })
}

/// Reads the files that go with an act. One that can't be read, or is longer than any that is taken, ends here.
fn uploads(paths: &[PathBuf]) -> Result<Vec<Upload>, Failure> {
    let read = paths.iter().map(|path| {
        let unreadable = || {
            format!(
                "附件 {} 不能读取 / {} can't be read",
                path.display(),
                path.display()
            )
        };
        let file = std::fs::File::open(path).with_context(unreadable)?;
        let mut data = Vec::new();
        // One byte more than is taken, so that a longer file is refused by its length and not cut.
        let most = u64::try_from(BYTES_MAX)
            .unwrap_or(u64::MAX)
            .saturating_add(1);
        file.take(most)
            .read_to_end(&mut data)
            .with_context(unreadable)?;
        let name = path.file_name().unwrap_or_default();
        Ok(Upload {
            name: name.to_string_lossy().into_owned(),
            data,
        })
    });
    read.collect()
}

/// Ends a command that wrote: remembers a trial's time, closes, and answers with the subject.
async fn answer_subject(
    engine: Engine,
    seen: Result<Seen, engine::EngineError>,
) -> Result<(), Failure> {
    let ended = match seen {
        Ok(seen) => engine.remember_trial_time().await.map(|()| seen),
        Err(error) => Err(error),
    };
    engine.close().await;
    output::json(&subject_json(&ended?))?;
    Ok(())
}
