//! Looking at all subjects that a revision may touch, without writing.

use std::collections::HashMap;
use std::sync::Arc;

use approval::{Books, Subject};
use store::subject::SubjectRow;
use store::{AsConflict, Conn};

use crate::engine::{Engine, Inner};
use crate::error::EngineError;
use crate::execute::replay;

/// Rows read at once.
const PAGE: i64 = 200;

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
            let books = revised(&*self.books(&division).await?);
            let mut after = String::new();
            loop {
                let mut conn = inner.store.snapshot().await?;
                let rows = store::subject::page_live(&mut conn, &division, &after, PAGE).await?;
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
