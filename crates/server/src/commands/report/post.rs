//! To whom a report goes: leaders get it as it is, heads of units with their unit's own part beside it.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::Context;
use approval::ids::UnitCode;
use approval::statistics::Statement;
use engine::Engine;
use engine::outbox::{Outbox, Parcel, ParcelFile, ParcelReport, Reader};
use report::period::{Report, ReportFile, UnitPart, Wording};
use tokio::task::spawn_blocking;

use super::Maker;
use super::make::Made;
use crate::failure::Failure;

/// The media types of files that are mailed, by the ends of their names.
const MEDIA_TYPES: [(&str, &str); 5] = [
    ("pdf", "application/pdf"),
    (
        "xlsx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
    ("html", "text/html"),
    ("csv", "text/csv"),
    ("json", "application/json"),
];

/// What people read; tables for programs are mailed only where there is nothing else.
const FOR_PEOPLE: [&str; 3] = ["pdf", "xlsx", "html"];

/// The end of the name of the table of persons.
const PERSONS: &str = "-persons.csv";

/// Writes the letters. Those that were written before are left alone.
pub(super) async fn post(
    maker: &Maker,
    engine: &Engine,
    outbox: &Outbox,
    made: Made,
) -> Result<ParcelReport, Failure> {
    let readers = engine.report_readers().await?;
    let wording = Arc::clone(&maker.wording);
    let parcels = spawn_blocking(move || parcels(&wording, &made, &readers));
    let parcels = parcels.await.map_err(anyhow::Error::from)??;
    Ok(outbox.write_parcels(parcels).await?)
}

fn parcels(
    wording: &Wording,
    made: &Made,
    readers: &[Reader],
) -> Result<Vec<Parcel>, anyhow::Error> {
    let fonts = made
        .fonts
        .as_ref()
        .context("no fonts for the units' own parts")?;
    let (statement, details) = (&made.statement, &made.details);
    let report = Report::new(statement, wording)
        .with_details(details)
        .with_fonts(fonts);
    let common = for_people(&made.files);
    let mut parts: BTreeMap<UnitCode, Option<(String, ParcelFile)>> = BTreeMap::new();
    let mut parcels = Vec::new();
    for reader in readers {
        let mut files = common.clone();
        if reader.unit.is_some() {
            // What people did is for their own head, who has it in his part.
            files.retain(|file| !file.name.ends_with(PERSONS));
        }
        let mut unit_name = String::new();
        if let Some(unit) = &reader.unit {
            if !parts.contains_key(unit) {
                let part = UnitPart::of(statement, details, unit).filter(UnitPart::has_something);
                let part = part.map(|part| {
                    let paper = part.paper(&report, fonts)?;
                    Ok::<_, anyhow::Error>((part.name().to_owned(), parcel_file(&paper)))
                });
                parts.insert(unit.clone(), part.transpose()?);
            }
            if let Some(Some((name, file))) = parts.get(unit) {
                unit_name.clone_from(name);
                files.insert(0, file.clone());
            }
        }
        let letter = report.letter(&reader.name, &unit_name)?;
        parcels.push(Parcel {
            key: key(statement),
            recipient: reader.person.clone(),
            subject: letter.subject.clone(),
            text: letter.text(),
            html: letter.html(),
            files,
        });
    }
    Ok(parcels)
}

/// The same report goes to each person once. One of a period that isn't over is another one on another day.
fn key(statement: &Statement) -> String {
    let period = statement.period;
    if statement.is_open {
        let day = statement.calendar.office_date(statement.cut_off);
        format!("report/{period}/{day}")
    } else {
        format!("report/{period}")
    }
}

fn for_people(files: &[ReportFile]) -> Vec<ParcelFile> {
    let is_for_people = |file: &&ReportFile| {
        FOR_PEOPLE
            .iter()
            .any(|end| file.name.ends_with(&format!(".{end}")))
    };
    let chosen: Vec<ParcelFile> = files
        .iter()
        .filter(is_for_people)
        .map(parcel_file)
        .collect();
    if chosen.is_empty() {
        files.iter().map(parcel_file).collect()
    } else {
        chosen
    }
}

fn parcel_file(file: &ReportFile) -> ParcelFile {
    let end = file.name.rsplit('.').next().unwrap_or_default();
    let known = MEDIA_TYPES.iter().find(|(known, _)| *known == end);
    ParcelFile {
        name: file.name.clone(),
        media_type: known.map_or("application/octet-stream", |(_, media_type)| media_type),
        data: Arc::new(file.content.clone()),
    }
}
