//! The morning's list: what lies open with whom, and what is left of it.

use std::collections::BTreeMap;
use std::sync::Arc;

use approval::Books;
use approval::ids::ItemCode;
use approval::item::StatutoryEnd;
use approval::people::{Person, Role};
use approval::refusal::Refusal;
use approval::stage::Stage;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use notify::{DigestLine, DigestNote, Note};
use store::codec::{instant, micros};
use store::message_item::MessageItemRow;
use store::subject::SubjectRow;

use super::{Outbox, PAGE};
use crate::error::EngineError;
use crate::execute::MAIL;

/// Lines that one person is shown; beyond that nobody reads, and the number of the others is told.
const LINES_MAX: usize = 200;

/// Items written in one transaction.
const BATCH: usize = 40;

/// What a morning's lists came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DigestReport {
    /// People who have a list.
    pub people: u64,
    /// Of these, those for whom it was written now; the others had it already.
    pub written: u64,
}

/// One open case with the instant at which the first of its limits ends.
struct OpenCase {
    stage: Option<Stage>,
    due_at: Option<DateTime<Utc>>,
    line: DigestLine,
}

impl Outbox {
    /// Writes the morning's list of a date for everybody who holds a post or heads a unit and has anything open.
    /// Running it again changes nothing; on a rest day there is none.
    ///
    /// # Errors
    /// The database's, or a date that the calendar doesn't cover.
    pub async fn digest_for(&self, date: NaiveDate) -> Result<DigestReport, EngineError> {
        let mut report = DigestReport::default();
        for division in self.divisions().await? {
            let books = self.engine.books(&division).await?;
            if !books.calendar.is_working(date).map_err(Refusal::from)? {
                continue;
            }
            let items = self.lists_of(&books, date).await?;
            report.people += u64::try_from(items.len()).unwrap_or(u64::MAX);
            for batch in items.chunks(BATCH) {
                let batch = Arc::new(batch.to_vec());
                let written = self.engine.inner.store.write(move |conn| {
                    let batch = Arc::clone(&batch);
                    Box::pin(async move {
                        let mut written = 0;
                        for item in &*batch {
                            written += u64::from(store::message_item::insert(conn, item).await?);
                        }
                        Ok::<u64, EngineError>(written)
                    })
                });
                report.written += written.await?;
            }
        }
        Ok(report)
    }

    async fn lists_of(
        &self,
        books: &Books,
        date: NaiveDate,
    ) -> Result<Vec<MessageItemRow>, EngineError> {
        let created_at_us = micros(self.engine.clock().now());
        let mut by_unit: BTreeMap<&str, Vec<&Person>> = BTreeMap::new();
        for person in books.directory.people() {
            if let Some(unit) = &person.unit
                && (person.role == Role::Head || !person.posts.is_empty())
            {
                by_unit.entry(unit.as_str()).or_default().push(person);
            }
        }
        let mut items = Vec::new();
        for (unit, people) in by_unit {
            let cases = self.open_cases(books, unit, date).await?;
            for person in people {
                let Some(note) = list_of(person, &cases, date) else {
                    continue;
                };
                items.push(item_of(books, person, &note, created_at_us)?);
            }
        }
        Ok(items)
    }

    /// A unit's open cases, those with the least time left first.
    async fn open_cases(
        &self,
        books: &Books,
        unit: &str,
        date: NaiveDate,
    ) -> Result<Vec<OpenCase>, EngineError> {
        let division = books.division.as_str();
        let mut conn = self.engine.inner.store.snapshot().await?;
        let mut cases = Vec::new();
        let mut offset = 0;
        loop {
            let rows =
                store::subject::open_of_unit(&mut conn, division, unit, PAGE, offset).await?;
            if rows.is_empty() {
                break;
            }
            offset += PAGE;
            let of_cases = rows.iter().filter(|row| row.kind == "case");
            cases.extend(of_cases.map(|row| open_case(books, row, date)));
        }
        cases.sort_by(|a, b| {
            let key = |case: &OpenCase| (case.due_at.is_none(), case.due_at);
            (key(a), &a.line.case_number).cmp(&(key(b), &b.line.case_number))
        });
        Ok(cases)
    }
}

fn open_case(books: &Books, row: &SubjectRow, date: NaiveDate) -> OpenCase {
    let calendar = &books.calendar;
    let item = row
        .item
        .as_ref()
        .zip(row.item_version)
        .and_then(|(code, version)| {
            let code = ItemCode::new(code.clone());
            books.item_version(&code, version).ok()
        });
    // The law's limit may have ended with the decision, before the case is over.
    let decided = row.decided_at_us.is_some()
        && item
            .as_ref()
            .is_none_or(|item| item.statutory_end == StatutoryEnd::Decision);
    let due_at = [
        row.stage_due_at_us,
        row.promised_due_at_us,
        row.statutory_due_at_us.filter(|_| !decided),
    ]
    .into_iter()
    .flatten()
    .min()
    .map(instant);
    // A limit that ends at midnight ends with the day before.
    let due_on = due_at.map(|at| calendar.office_date(at - TimeDelta::microseconds(1)));
    let between = |after, through| calendar.working_days_between(after, through).ok();
    let (left, over) = match due_on {
        Some(due) if date <= due => (between(date, due), None),
        Some(due) => (None, between(due, date)),
        None => (None, None),
    };
    let item_name = item.map_or_else(
        || row.item.clone().unwrap_or_default(),
        |item| item.name.clone(),
    );
    OpenCase {
        stage: row.stage.as_deref().and_then(Stage::parse),
        due_at,
        line: DigestLine {
            case_number: row.subject.clone(),
            item_name,
            stage: row.stage.clone(),
            due_on,
            left,
            over,
            level: row.highest_level.as_deref().and_then(|l| l.parse().ok()),
            path: None,
        },
    }
}

/// A person's list: a head sees the whole unit, the others the stages of their posts.
fn list_of(person: &Person, cases: &[OpenCase], date: NaiveDate) -> Option<DigestNote> {
    let mine = |case: &&OpenCase| {
        person.role == Role::Head || case.stage.is_some_and(|s| person.posts.contains(&s))
    };
    let lines: Vec<DigestLine> = cases
        .iter()
        .filter(mine)
        .take(LINES_MAX)
        .map(|case| case.line.clone())
        .collect();
    if lines.is_empty() {
        return None;
    }
    let all = cases.iter().filter(mine).count();
    Some(DigestNote {
        date,
        omitted: u64::try_from(all.saturating_sub(lines.len())).unwrap_or(0),
        lines,
    })
}

fn item_of(
    books: &Books,
    person: &Person,
    note: &DigestNote,
    created_at_us: i64,
) -> Result<MessageItemRow, EngineError> {
    let payload =
        serde_json::to_string(&Note::Digest(note.clone())).map_err(|e| EngineError::Mail {
            message: e.to_string(),
        })?;
    Ok(MessageItemRow {
        division: books.division.as_str().to_owned(),
        subject: format!("digest:{}", note.date),
        seq: 1,
        recipient: person.code.as_str().to_owned(),
        channel: MAIL.to_owned(),
        kind: "digest".to_owned(),
        level: None,
        payload,
        state: "free".to_owned(),
        dropped_reason: None,
        message_id: None,
        created_at_us,
    })
}
