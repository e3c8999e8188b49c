//! An office to measure in: units, items, people, cases that are accepted, and what a transition writes.

use std::fmt::Write as _;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use approval::command::{Act, Command};
use approval::ids::PersonCode;
use approval::stage::Stage;
use chrono::{DateTime, TimeDelta, Utc};
use engine::{Application, Clock, Engine, Settings, reference};
use store::subject::SubjectRow;

/// As many units as Jiaozuo had; each has an item and its people.
pub(crate) const UNITS: usize = 48;
/// Clerks who work at once.
pub(crate) const CLERKS: usize = 64;
/// The stages that are measured, in their order, and at which event of a case each one ends.
pub(crate) const STAGES: [(Stage, i64); 3] = [
    (Stage::Handling, 3),
    (Stage::Review, 4),
    (Stage::Approval, 5),
];
/// The people of each unit, by the stages that they work in.
pub(crate) const POSTS: [(&str, &str); 4] = [
    ("H", "handling"),
    ("R", "review"),
    ("A", "approval"),
    ("C", "acceptance completion"),
];
/// Who sees the whole city.
pub(crate) const INSPECTOR: &str = "I1";
/// When the office opens; its clock runs on from there.
const OPENING: &str = "2026-03-02T09:00:00+08:00";

/// When the office opens.
pub(crate) fn opening() -> Result<DateTime<Utc>> {
    Ok(DateTime::parse_from_rfc3339(OPENING)?.to_utc())
}

/// An hour later, when whatever was prepared has been done.
pub(crate) fn later() -> Result<DateTime<Utc>> {
    Ok(opening()? + TimeDelta::hours(1))
}

/// Whose database it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// A trial's, so that the program serves it in the office's own time. Each act also notes how far that time has come.
    Trial,
    /// An office's in earnest.
    Earnest,
}

/// Makes the tables and the books of a trial in an empty database.
pub(crate) async fn build(url: &str) -> Result<Settings> {
    build_as(url, Standing::Trial).await
}

/// Makes the tables and the books in an empty database.
pub(crate) async fn build_as(url: &str, standing: Standing) -> Result<Settings> {
    let settings = settings()?;
    Engine::migrate(url, &settings, standing == Standing::Trial).await?;
    let office = open(url, &settings).await?;
    let mut items =
        "code,name,unit,kind,promised_amount,promised_unit,statutory_amount,statutory_unit,\
         handling,review,approval,completion,basis,category\n"
            .to_owned();
    for number in 0..UNITS {
        let unit = unit(number);
        writeln!(
            items,
            "{unit}-001,建设项目许可,{unit},committed,12,working_days,20,working_days,6,3,2,1,行政许可法第四十二条,approval"
        )?;
    }
    let (units, people) = units_and_people()?;
    reference::load_texts(&office, &units, &items, &people).await?;
    office.close().await;
    Ok(settings)
}

/// How the office is opened.
pub(crate) fn settings() -> Result<Settings> {
    Ok(Settings {
        now: Some(opening()?),
        ..Settings::default()
    })
}

/// The tables of units and people.
pub(crate) fn units_and_people() -> Result<(String, String)> {
    let (mut units, mut people) = (
        "code,name,kind,vertical,hall\n".to_owned(),
        "code,name,unit,role,email,phone,posts,stand_in,stand_in_from,stand_in_to,stand_in_paper\n"
            .to_owned(),
    );
    writeln!(
        people,
        "{INSPECTOR},监察员,,inspector,inspector@example.cn,,,,,,"
    )?;
    for number in 0..UNITS {
        let unit = unit(number);
        writeln!(units, "{unit},第{number}局,bureau,false,H01")?;
        for (post, stage) in POSTS {
            writeln!(
                people,
                "{unit}-{post}1,王{number},{unit},staff,{unit}.{post}@example.cn,,{stage},,,,"
            )?;
        }
    }
    Ok((units, people))
}

/// Opens the office with a clock that runs on from its opening. Nothing is kept in memory yet.
pub(crate) async fn open(url: &str, settings: &Settings) -> Result<Engine> {
    let clock = Clock::shifted_to(opening()?);
    Ok(Engine::open_at(url, settings.clone(), clock).await?)
}

/// The code of a unit.
pub(crate) fn unit(number: usize) -> String {
    format!("U{:02}", number % UNITS + 1)
}

/// The item of a unit.
pub(crate) fn item(number: usize) -> String {
    format!("{}-001", unit(number))
}

/// The people of the units one after the other: first one of each unit, then the next of each.
pub(crate) fn person(number: usize) -> String {
    let (post, _) = POSTS[number / UNITS % POSTS.len()];
    format!("{}-{post}1", unit(number))
}

/// The place of the unit that a case's number names.
pub(crate) fn place_of(case: &str) -> Option<usize> {
    let unit = case.split('-').nth(1)?;
    unit.strip_prefix('U')?
        .parse::<usize>()
        .ok()?
        .checked_sub(1)
}

/// Receives and accepts cases, so many for each clerk; gives their numbers.
pub(crate) async fn prepare(engine: &Engine, cases_each: usize) -> Result<Vec<Vec<String>>> {
    let clerks: Vec<_> = (0..CLERKS)
        .map(|clerk| {
            let engine = engine.clone();
            tokio::spawn(async move {
                let mut cases = Vec::with_capacity(cases_each);
                for _ in 0..cases_each {
                    cases.push(accepted(&engine, clerk).await?);
                }
                Ok::<_, anyhow::Error>(cases)
            })
        })
        .collect();
    let mut cases = Vec::new();
    for clerk in clerks {
        cases.push(clerk.await??);
    }
    Ok(cases)
}

/// Receives and accepts a case of the clerk's unit; gives its number.
pub(crate) async fn accepted(engine: &Engine, clerk: usize) -> Result<String> {
    let application = Application {
        item: item(clerk),
        applicant: "焦作某某建设有限公司".to_owned(),
        ..Application::default()
    };
    let seen = engine.receive(application, Act::default()).await?;
    let case = seen.subject.id.as_str().to_owned();
    engine.act(&case, Command::Accept, Act::default()).await?;
    Ok(case)
}

/// Completes a stage of a case, as the one who holds its post in the clerk's unit.
pub(crate) async fn complete(
    engine: &Engine,
    clerk: usize,
    case: &str,
    stage: Stage,
) -> Result<()> {
    let post = match stage {
        Stage::Handling => "H",
        Stage::Review => "R",
        _ => "A",
    };
    let command = Command::Complete {
        stage,
        outcome: None,
        reason: None,
        document: None,
    };
    let act = Act {
        by: Some(PersonCode::new(format!("{}-{post}1", unit(clerk)))),
        ..Act::default()
    };
    engine.act(case, command, act).await?;
    Ok(())
}

/// What the row of a case is before and after each measured transition; all cases' rows are alike but for their
/// number, their hash and the microsecond.
pub(crate) async fn rows_of_one(engine: &Engine) -> Result<Arc<[SubjectRow; 3]>> {
    let case = accepted(engine, 0).await?;
    let mut rows = Vec::new();
    for (stage, seq) in STAGES {
        complete(engine, 0, &case, stage).await?;
        let mut conn = engine.store().read().await?;
        let row = store::subject::get(&mut conn, engine.division(), &case).await?;
        let row = row.context("the case is gone")?;
        anyhow::ensure!(
            row.seq == seq,
            "a transition wrote more than one event: {row:?}"
        );
        rows.push(row);
    }
    let rows: [SubjectRow; 3] = rows
        .try_into()
        .map_err(|_| anyhow::anyhow!("three stages, three rows"))?;
    Ok(Arc::new(rows))
}
