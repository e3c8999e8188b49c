//! A scenario's files, and an empty database that is ready for its replay.

use chrono::{DateTime, Utc};

use super::lapses_file::Lapses;
use super::scenario::Scenario;
use crate::assets;
use crate::clock::Clock;
use crate::engine::{Engine, Settings};
use crate::error::EngineError;
use crate::reference;

/// The files of a scenario.
#[derive(Clone, Debug)]
pub struct Files {
    /// The first run.
    pub scenario: Scenario,
    /// The second run.
    pub lapses: Lapses,
    units: String,
    items: String,
    people: String,
}

impl Files {
    /// A scenario that ships with the program, by its name.
    ///
    /// # Errors
    /// An unknown name, or what is wrong in a file.
    pub fn embedded(name: &str) -> Result<Self, EngineError> {
        let read = |file: &str| {
            let path = format!("scenarios/{name}/{file}");
            assets::text(&path).ok_or_else(|| EngineError::NotReady {
                message: format!(
                    "程序中没有情景文件 {path} / no scenario file {path} in the program"
                ),
            })
        };
        Ok(Self {
            scenario: Scenario::parse("scenario.toml", &read("scenario.toml")?)?,
            lapses: Lapses::parse("lapses.toml", &read("lapses.toml")?)?,
            units: read("units.csv")?,
            items: read("items.csv")?,
            people: read("people.csv")?,
        })
    }

    /// Makes the tables of an empty database, with the scenario's units, items and people, and opens it
    /// with a clock that stands at an instant. Everything in it is in force from then on.
    ///
    /// # Errors
    /// The database's, or what is wrong in a file.
    pub async fn prepare(&self, url: &str, at: DateTime<Utc>) -> Result<Engine, EngineError> {
        let settings = Settings {
            division: self.scenario.division.clone(),
            division_name: self.scenario.division_name.clone(),
            calendar: self.scenario.calendar.clone(),
            now: Some(at),
            ..Settings::default()
        };
        Engine::migrate(url, &settings, false).await?;
        let settings = Settings {
            now: None,
            ..settings
        };
        let engine = Engine::open_at(url, settings, Clock::standing(at)).await?;
        reference::load_texts(&engine, &self.units, &self.items, &self.people).await?;
        Ok(engine)
    }
}
