//! Which subjects a revision may touch, and looking at all of them without writing.

use std::collections::HashMap;
use std::sync::Arc;

use approval::{Books, Subject};
use calendar::{Calendar, Term};
use chrono::{DateTime, Days, Utc};
use store::codec::micros;
use store::subject::SubjectRow;
use store::{AsConflict, Conn};

use crate::engine::{Engine, Inner};
use crate::error::EngineError;
use crate::execute::replay;

/// Rows read at once.
const PAGE: i64 = 200;

/// Which subjects a revision may touch.
#[derive(Clone, Copy, Debug)]
pub(super) enum Reach {
    /// Those that are open, that time may still do something to, or that have a card.
    Live,
    /// These, and with them those that are over with a limit in days that count otherwise now: one that was missed, whether or
    /// not a card stands for it, or that of a permit's delivery.
    Touched {
        /// Limits that end before this instant end as before.
        due_from: DateTime<Utc>,
        /// What was over before this instant has no other limit that ends later.
        over_from: DateTime<Utc>,
    },
}

impl Reach {
    /// That of a calendar which takes the place of another one.
    pub(super) fn of(books: &Books, from: &Calendar, to: &Calendar) -> Self {
        let Some(day) = from.first_difference(to) else {
            return Self::Live;
        };
        // A limit that was missed ended before its case did. Only the time for delivering a permit runs on after it, and
        // that began before.
        let deliveries = books.rules.iter().map(|r| r.set.periods.delivery);
        let days = deliveries.map(days_at_most).max().unwrap_or_default();
        let due_from = to.start_of(day);
        Self::Touched {
            due_from,
            over_from: due_from
                .checked_sub_days(Days::new(days))
                .unwrap_or(DateTime::<Utc>::MIN_UTC),
        }
    }

    /// The subjects after one of them, in the order of their numbers.
    pub(super) async fn page(
        self,
        conn: &mut Conn,
        division: &str,
        after: &str,
        limit: i64,
    ) -> Result<Vec<SubjectRow>, EngineError> {
        let rows = match self {
            Self::Live => store::subject::page_live(conn, division, after, limit).await?,
            Self::Touched {
                due_from,
                over_from,
            } => {
                let from = (micros(due_from), micros(over_from));
                store::subject::page_touched(conn, division, after, from, limit).await?
            }
        };
        Ok(rows)
    }
}

/// The days that a term takes at most: a month of rest in one piece, and beyond it at least every second day works.
fn days_at_most(term: Term) -> u64 {
    const REST: u64 = 31;
    let days = match term {
        Term::WorkingDays(days) => u64::from(days).saturating_mul(2),
        Term::NaturalDays(days) => u64::from(days),
        Term::Months(months) => u64::from(months).saturating_mul(31),
        // An office is open for some hours of a working day; one is enough here.
        Term::WorkingHours(hours) => u64::from(hours).saturating_mul(2),
        Term::WorkingMinutes(minutes) => u64::from(minutes.div_ceil(60)).saturating_mul(2),
    };
    days.saturating_add(REST)
}

/// Loads the subjects of rows, in their order, with few statements.
pub(super) async fn load_all(
    conn: &mut Conn,
    inner: &Inner,
    books: &Books,
    rows: &[SubjectRow],
) -> Result<Vec<Arc<Subject>>, EngineError> {
    let mut known: HashMap<&str, Arc<Subject>> = HashMap::new();
    let mut wanted = Vec::new();
    for row in rows {
        match inner.cache.get(&row.division, &row.subject, &row.hash) {
            Some(kept) => {
                known.insert(&row.subject, kept);
            }
            None => wanted.push(row.subject.clone()),
        }
    }
    let events = match rows.first() {
        Some(row) if !wanted.is_empty() => {
            store::event::of_subjects(conn, &row.division, &wanted).await?
        }
        _ => Vec::new(),
    };
    let by_subject: HashMap<&str, &[store::event::EventRow]> = events
        .chunk_by(|a, b| a.subject == b.subject)
        .filter_map(|events| Some((events.first()?.subject.as_str(), events)))
        .collect();
    let mut loaded = Vec::new();
    for row in rows {
        if let Some(kept) = known.get(row.subject.as_str()) {
            loaded.push(Arc::clone(kept));
            continue;
        }
        let events = by_subject
            .get(row.subject.as_str())
            .copied()
            .unwrap_or_default();
        // Between the two statements another command may have committed: then all is read again.
        if events.last().is_none_or(|last| last.hash != row.hash) {
            return Err(EngineError::Store(store::StoreError::Conflict {
                table: "subject",
                key: format!("{}/{}", row.division, row.subject),
            }));
        }
        let subject = replay(&row.division, &row.subject, events, books)?;
        loaded.push(Arc::new(subject));
    }
    Ok(loaded)
}

/// The same without those whose record can't be read: one damaged case doesn't keep the others from a new calendar.
pub(super) async fn load_readable<'r>(
    conn: &mut Conn,
    inner: &Inner,
    books: &Books,
    rows: &'r [SubjectRow],
) -> Result<Vec<(&'r SubjectRow, Arc<Subject>)>, EngineError> {
    let damaged = |error: &EngineError| error.is_of_one_subject() || error.is_conflict();
    match load_all(conn, inner, books, rows).await {
        Ok(subjects) => return Ok(rows.iter().zip(subjects).collect()),
        Err(error) if damaged(&error) => {}
        Err(error) => return Err(error),
    }
    let mut readable = Vec::new();
    for row in rows {
        match load_all(conn, inner, books, std::slice::from_ref(row)).await {
            Ok(subjects) => readable.extend(subjects.into_iter().map(|s| (row, s))),
            Err(error) if damaged(&error) => {
                tracing::error!(subject.id = %row.subject, error.kind = error.kind(), error = %error, "a subject can't be read");
            }
            Err(error) => return Err(error),
        }
    }
    Ok(readable)
}

impl Engine {
    /// Shows `look` every subject that a revision may touch, with the books that `revised` makes of its division's.
    pub(super) async fn survey(
        &self,
        reach: impl Fn(&Books) -> Reach,
        revised: impl Fn(&Books) -> Books,
        mut look: impl FnMut(&Books, &SubjectRow, &Subject) -> Result<(), EngineError>,
    ) -> Result<(), EngineError> {
        let inner = &self.inner;
        let divisions = {
            let mut conn = inner.store.read().await?;
            store::reference::divisions(&mut conn).await?
        };
        for division in divisions {
            let division = division.division;
            let before = self.books(&division).await?;
            let (reach, books) = (reach(&before), revised(&before));
            let mut after = String::new();
            loop {
                let mut conn = inner.store.snapshot().await?;
                let rows = reach.page(&mut conn, &division, &after, PAGE).await?;
                let Some(last) = rows.last() else { break };
                after.clone_from(&last.subject);
                let subjects = load_readable(&mut conn, inner, &books, &rows).await?;
                drop(conn);
                for (row, subject) in subjects {
                    look(&books, row, &subject)?;
                }
            }
        }
        Ok(())
    }
}
