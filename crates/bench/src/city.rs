//! A city's database with a great many cases, for what is read from it. Some thousand cases are made by the engine, in
//! every stage and on four days; the others are copies of them.

use anyhow::{Context as _, Result};
use approval::command::{Act, Command};
use chrono::TimeDelta;
use engine::accounts::{AccountRole, Caller, NewAccount, Token};
use engine::{Application, Clock, Engine, Settings};

use crate::copies;
use crate::office::{self, STAGES, UNITS};

/// The days on which the cases were received, before the office's opening.
const DAYS: i64 = 4;
/// How far a case goes: received, accepted, after each of the stages, completed.
const DEPTHS: usize = STAGES.len() + 3;
/// Every so many cases one is looked at by the load.
const SAMPLE_EVERY: usize = 20;
/// Hours of a day.
const DAY_HOURS: i64 = 24;
/// The password of everybody here.
const PASSWORD: &str = "bench-2026-caihong";

/// What the load needs to know of a city.
#[derive(Debug, Default)]
pub(crate) struct City {
    /// Sessions of people, with the places of their units.
    pub(crate) sessions: Vec<(usize, Token)>,
    /// Some of the cases of each unit.
    pub(crate) cases: Vec<Vec<String>>,
}

/// Makes a city with `count` cases in an empty database, and signs in `clerks` of its people.
pub(crate) async fn build(url: &str, count: usize, clerks: usize) -> Result<City> {
    let settings = office::build(url).await?;
    templates(url, &settings).await?;
    let mut city = City {
        cases: vec![Vec::new(); UNITS],
        ..City::default()
    };
    let mut copied = 0;
    copies::multiply(url, count, |_, copy| {
        if copied % SAMPLE_EVERY == 0 {
            let unit = office::place_of(&copy).context("a number names its unit")?;
            city.cases[unit].push(copy);
        }
        copied += 1;
        Ok(())
    })
    .await?;
    let engine = office::open(url, &settings).await?;
    // As a service that has been running for long would have it: what is counted afterwards is what comes in afterwards.
    engine.rebuild_facts().await?;
    engine.close().await;
    city.sessions = sign_in(url, &settings, clerks).await?;
    Ok(city)
}

/// Makes accounts for people of the office and signs them in.
pub(crate) async fn sign_in(
    url: &str,
    settings: &Settings,
    clerks: usize,
) -> Result<Vec<(usize, Token)>> {
    let engine = office::open(url, settings).await?;
    let mut sessions = Vec::with_capacity(clerks);
    for clerk in 0..clerks {
        let token = enter(&engine, &office::person(clerk)).await?;
        sessions.push((clerk % UNITS, token));
    }
    engine.close().await;
    Ok(sessions)
}

/// Makes an account for a person and signs it in.
pub(crate) async fn enter(engine: &Engine, person: &str) -> Result<Token> {
    const ADDRESS: &str = "127.0.0.1";
    let caller = Caller {
        account: String::new(),
        address: ADDRESS.to_owned(),
    };
    let account = person.to_lowercase();
    let new = NewAccount {
        account: account.clone(),
        name: String::new(),
        role: AccountRole::Desk,
        person: Some(person.to_owned()),
        password: PASSWORD.to_owned(),
        must_change: false,
        active: true,
    };
    engine.add_account(new, &caller).await?;
    let (token, _) = engine.sign_in(&account, PASSWORD, ADDRESS).await?;
    Ok(token)
}

/// Cases of each unit, of each day, each gone as far as another.
async fn templates(url: &str, settings: &Settings) -> Result<()> {
    for day in 0..DAYS {
        let at = office::opening()? - TimeDelta::hours(DAY_HOURS * (DAYS - day));
        let engine = Engine::open_at(url, settings.clone(), Clock::shifted_to(at)).await?;
        for unit in 0..UNITS {
            for depth in 0..DEPTHS {
                template(&engine, unit, depth).await?;
            }
        }
        engine.close().await;
    }
    settle(url, settings).await
}

/// Raises what is due at the opening: a service that has been running for long has nothing behind it.
async fn settle(url: &str, settings: &Settings) -> Result<()> {
    let clock = Clock::standing(office::opening()?);
    let engine = Engine::open_at(url, settings.clone(), clock).await?;
    while engine.sweep(None).await?.taken > 0 {}
    engine.close().await;
    Ok(())
}

async fn template(engine: &Engine, unit: usize, depth: usize) -> Result<()> {
    let application = Application {
        item: office::item(unit),
        applicant: "焦作某某建设有限公司".to_owned(),
        ..Application::default()
    };
    let seen = engine.receive(application, Act::default()).await?;
    let case = seen.subject.id.as_str().to_owned();
    if depth > 0 {
        engine.act(&case, Command::Accept, Act::default()).await?;
    }
    for (stage, _) in STAGES.into_iter().take(depth.saturating_sub(1)) {
        office::complete(engine, unit, &case, stage).await?;
    }
    if depth + 1 == DEPTHS {
        let command = Command::Complete {
            stage: approval::stage::Stage::Completion,
            outcome: None,
            reason: None,
            document: None,
        };
        engine.act(&case, command, Act::default()).await?;
    }
    Ok(())
}
