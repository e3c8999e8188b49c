//! What every command has at hand: the configuration, and how to reach the engine and the reader.

use std::path::Path;

use chrono::{DateTime, Utc};
use engine::{Engine, Settings};
use notify::Language;

use crate::config::Config;
use crate::failure::Failure;

/// The scheme of addresses that name a file.
const SQLITE: &str = "sqlite:";

/// One run of the program.
#[derive(Clone)]
pub(crate) struct App {
    /// File, environment and flags together.
    pub(crate) config: Config,
    /// The instant of a trial's clock.
    pub(crate) now: Option<DateTime<Utc>>,
    /// Whether messages for people are left out.
    pub(crate) quiet: bool,
}

impl App {
    /// What the engine needs to know.
    pub(crate) fn settings(&self) -> Settings {
        let config = &self.config;
        Settings {
            division: config.service.division.clone(),
            division_name: config.service.division_name.clone(),
            calendar: config.calendar.name.clone(),
            rules: config.rules.preset.clone(),
            scoring: config.scoring.scheme.clone(),
            hash: config.record.hash.into(),
            now: self.now,
            speed: None,
        }
    }

    /// The database's address.
    pub(crate) fn database(&self) -> &str {
        &self.config.database.url
    }

    /// The engine on a database that `migrate` has made.
    pub(crate) async fn engine(&self) -> Result<Engine, Failure> {
        self.engine_with(self.settings()).await
    }

    /// The same with settings of the caller's.
    pub(crate) async fn engine_with(&self, settings: Settings) -> Result<Engine, Failure> {
        self.check_file()?;
        Ok(Engine::open(self.database(), settings).await?)
    }

    /// The engine also on a copy that nobody has adopted, for looking at it.
    pub(crate) async fn engine_of_copy(&self) -> Result<Engine, Failure> {
        self.check_file()?;
        Ok(Engine::open_copy(self.database(), self.settings()).await?)
    }

    /// Refuses a file that isn't there: opening would make an empty one, in the wrong place if the path is misspelt.
    pub(crate) fn check_file(&self) -> Result<(), Failure> {
        let Some(path) = sqlite_path(self.database()) else {
            return Ok(());
        };
        if Path::new(path).exists() {
            return Ok(());
        }
        Err(Failure::cannot_run(self.pick(
            format!("数据库 {path} 不存在,请先运行 shixian migrate,或用 --database 指明位置"),
            format!("the database {path} doesn't exist: run `shixian migrate` first, or name another one with --database"),
        )))
    }

    /// The words in the reader's language.
    pub(crate) fn pick<T>(&self, zh: T, en: T) -> T {
        match self.config.service.language {
            Language::Zh => zh,
            Language::En => en,
        }
    }

    /// Tells people something, unless they want it quiet.
    pub(crate) fn say(&self, zh: &str, en: &str) {
        if !self.quiet {
            eprintln!("{}", self.pick(zh, en));
        }
    }
}

/// The path of a SQLite address.
pub(crate) fn sqlite_path(url: &str) -> Option<&str> {
    let path = url.strip_prefix(SQLITE)?;
    Some(path.strip_prefix("//").unwrap_or(path))
}

/// The address as it may be shown: without a password.
pub(crate) fn shown_url(url: &str) -> String {
    match (url.split_once("://"), url.rsplit_once('@')) {
        (Some((scheme, rest)), Some((_, server))) if rest.contains('@') => {
            let user = rest.split([':', '@']).next().unwrap_or_default();
            format!("{scheme}://{user}@{server}")
        }
        _ => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_and_shown_without_passwords() {
        assert_eq!(sqlite_path("sqlite:a.db"), Some("a.db"));
        assert_eq!(sqlite_path("sqlite:///tmp/a.db"), Some("/tmp/a.db"));
        assert_eq!(sqlite_path("postgres://h/d"), None);
        assert_eq!(
            shown_url("postgres://ann:se@cret@db:5432/x"),
            "postgres://ann@db:5432/x"
        );
        assert_eq!(shown_url("sqlite:a@b.db"), "sqlite:a@b.db");
    }
}
