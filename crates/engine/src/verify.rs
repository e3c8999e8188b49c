//! Verifying: the store looks at every event and its chain, the engine lets each subject happen again and compares the
//! row with what its events come to.

use std::collections::{BTreeSet, HashMap};

use approval::alarm::next_alarm;
use approval::{Books, Subject};
use store::codec::micros;
use store::event::EventRow;
use store::subject::SubjectRow;
use store::verify::{Defect, DefectKind, VerifyReport};

use crate::engine::Engine;
use crate::error::EngineError;
use crate::execute::{replay, subject_row};

/// Subjects that are in memory at once.
const PAGE: i64 = 100;

impl Engine {
    /// Verifies the whole record in bounded memory.
    ///
    /// # Errors
    /// The database's. What is wrong with the record is in the report.
    pub async fn verify(&self) -> Result<VerifyReport, EngineError> {
        let mut report = store::verify::verify(&self.inner.store).await?;
        let divisions = {
            let mut conn = self.inner.store.read().await?;
            store::reference::divisions(&mut conn).await?
        };
        for division in divisions {
            self.verify_rows(&division.division, &mut report).await?;
        }
        report.defects.sort();
        Ok(report)
    }

    async fn verify_rows(
        &self,
        division: &str,
        report: &mut VerifyReport,
    ) -> Result<(), EngineError> {
        // What the store found says enough about its subject.
        let known: BTreeSet<String> = report
            .defects
            .iter()
            .filter(|d| d.division == division)
            .map(|d| d.subject.clone())
            .collect();
        let mut after = String::new();
        loop {
            let mut conn = self.inner.store.snapshot().await?;
            let mut rows = store::subject::page(&mut conn, division, &after, PAGE).await?;
            let Some(last) = rows.last() else {
                return Ok(());
            };
            after.clone_from(&last.subject);
            rows.retain(|row| !known.contains(&row.subject));
            let books = self.inner.library.books(&mut conn, division).await?;
            let revising = !store::revision::unfinished(&mut conn).await?.is_empty();
            let names: Vec<String> = rows.iter().map(|row| row.subject.clone()).collect();
            let events = store::event::of_subjects(&mut conn, division, &names).await?;
            let first = rows.first().map_or(after.as_str(), |row| &row.subject);
            let files = store::attachment::between(&mut conn, division, first, &after).await?;
            drop(conn);
            let by_subject: HashMap<&str, &[EventRow]> = events
                .chunk_by(|a, b| a.subject == b.subject)
                .filter_map(|events| Some((events.first()?.subject.as_str(), events)))
                .collect();
            for row in &rows {
                let of_row = by_subject
                    .get(row.subject.as_str())
                    .copied()
                    .unwrap_or_default();
                let differs = match replay(division, &row.subject, of_row, &books) {
                    Ok(subject) => {
                        let of_row = files.iter().filter(|f| f.subject == row.subject);
                        self.verify_files(&subject, of_row, report).await?;
                        differing(row, &subject, &books, revising)
                    }
                    Err(error) => {
                        tracing::error!(subject.id = %row.subject, error = %error, "the events can't be replayed");
                        Some("events")
                    }
                };
                if let Some(column) = differs {
                    tracing::error!(subject.id = %row.subject, column, "the row isn't what its events come to");
                    report.defects.push(Defect {
                        division: division.to_owned(),
                        subject: row.subject.clone(),
                        seq: row.seq,
                        kind: DefectKind::SubjectDiffers,
                    });
                }
            }
        }
    }
}

/// The first column in which a row differs from what its events come to.
fn differing(
    row: &SubjectRow,
    subject: &Subject,
    books: &Books,
    revising: bool,
) -> Option<&'static str> {
    let alarm = next_alarm(subject, books).map(|alarm| alarm.at);
    let told = subject_row(subject, &row.hash, alarm, books);
    // A revision writes only the rows that it changes; the others keep the name of the version before.
    let of_these_books =
        row.calendar_version == told.calendar_version && row.rules_version == told.rules_version;
    let closed = row.completed_at_us.is_some() && row.highest_level.is_none();
    let not_visited = !of_these_books && closed && row.next_alarm_us.is_none();
    let known_versions = books.calendars.contains_key(&row.calendar_version)
        && (1..=told.rules_version).contains(&row.rules_version);
    let columns = [
        ("kind", row.kind == told.kind),
        ("unit", row.unit == told.unit),
        ("item", row.item == told.item),
        ("item_version", row.item_version == told.item_version),
        ("about", row.about == told.about),
        ("state", row.state == told.state),
        ("stage", row.stage == told.stage),
        ("outcome", row.outcome == told.outcome),
        ("handler", row.handler == told.handler),
        ("received_at_us", row.received_at_us == told.received_at_us),
        ("accepted_at_us", row.accepted_at_us == told.accepted_at_us),
        ("decided_at_us", row.decided_at_us == told.decided_at_us),
        (
            "completed_at_us",
            row.completed_at_us == told.completed_at_us,
        ),
        (
            "promised_due_at_us",
            row.promised_due_at_us == told.promised_due_at_us,
        ),
        (
            "statutory_due_at_us",
            row.statutory_due_at_us == told.statutory_due_at_us,
        ),
        (
            "stage_due_at_us",
            row.stage_due_at_us == told.stage_due_at_us,
        ),
        ("highest_level", row.highest_level == told.highest_level),
        ("seq", row.seq == told.seq),
        (
            "next_alarm_us",
            revising || not_visited || row.next_alarm_us == alarm.map(micros),
        ),
        ("calendar_version", known_versions),
        (
            "provisional",
            row.calendar_version != told.calendar_version || row.provisional == told.provisional,
        ),
        ("source", row.source == told.source),
    ];
    columns
        .into_iter()
        .find_map(|(name, same)| (!same).then_some(name))
}
