//! Looking at a subject without touching it.

use std::sync::Arc;

use approval::books::Books;
use store::event::EventRow;
use store::subject::SubjectRow;
use store::{AsConflict as _, Conn};

use crate::commands::{Seen, not_found, row_of};
use crate::engine::Engine;
use crate::error::EngineError;
use crate::execute::{load, replay_and_keep};
use crate::library::BOOKS_EDITION;

/// A subject with its stored events, as its own page shows it.
#[derive(Clone, Debug)]
pub struct Record {
    /// The subject.
    pub seen: Seen,
    /// All its events with their hashes, in order.
    pub rows: Vec<EventRow>,
}

impl Engine {
    /// Looks at a subject without touching it.
    ///
    /// # Errors
    /// An unknown number; the database's.
    pub async fn look(&self, subject: &str) -> Result<Seen, EngineError> {
        {
            let mut conn = self.inner.store.read().await?;
            if let Some((hash, books)) = self.head(&mut conn, subject).await? {
                let division = self.division();
                match load(&mut conn, &self.inner, division, subject, &hash, &books).await {
                    Ok(read) => return Ok(self.seen(read, hash, books)),
                    // Somebody acts on it just now.
                    Err(error) if error.is_conflict() => {}
                    Err(error) => return Err(error),
                }
            }
        }
        let (seen, _) = self.look_at_row(subject).await?;
        Ok(seen)
    }

    /// The same with the stored events. Without a snapshot, for pages are opened all day: that the events are those of
    /// the row is seen by the hash.
    ///
    /// # Errors
    /// As [`Engine::look`].
    pub async fn look_at_record(&self, subject: &str) -> Result<Record, EngineError> {
        let division = self.division();
        {
            let mut conn = self.inner.store.read().await?;
            if let Some((hash, books)) = self.head(&mut conn, subject).await? {
                let rows =
                    store::event::of_subject(&mut conn, division, subject, 0, i64::MAX).await?;
                if rows.last().is_some_and(|last| last.hash == hash) {
                    let read = match self.inner.cache.get(division, subject, &hash) {
                        Some(kept) => kept,
                        None => replay_and_keep(&self.inner, division, subject, &rows, &books)?,
                    };
                    let seen = self.seen(read, hash, books);
                    return Ok(Record { seen, rows });
                }
            }
        }
        // Somebody acts on it, or the books have changed.
        let mut conn = self.inner.store.snapshot().await?;
        let (seen, _) = self.look_within(&mut conn, subject).await?;
        let rows = store::event::of_subject(&mut conn, division, subject, 0, i64::MAX).await?;
        Ok(Record { seen, rows })
    }

    /// The same as [`Engine::look`], with the row that stood beside the events.
    pub(crate) async fn look_at_row(
        &self,
        subject: &str,
    ) -> Result<(Seen, SubjectRow), EngineError> {
        let mut conn = self.inner.store.snapshot().await?;
        self.look_within(&mut conn, subject).await
    }

    /// The stored events of a subject, with their hashes.
    ///
    /// # Errors
    /// The database's.
    pub async fn events(&self, subject: &str) -> Result<Vec<EventRow>, EngineError> {
        let mut conn = self.inner.store.read().await?;
        Ok(store::event::of_subject(&mut conn, self.division(), subject, 0, i64::MAX).await?)
    }

    /// The personal data of a subject, for papers that need them: the stored JSON text, if it wasn't erased.
    ///
    /// # Errors
    /// The database's.
    pub async fn personal(&self, subject: &str) -> Result<Option<String>, EngineError> {
        let mut conn = self.inner.store.read().await?;
        let row = store::personal::get(&mut conn, self.division(), subject, 1).await?;
        Ok(row.map(|r| r.data))
    }

    /// The hash of a subject's last event, and the books if those that are kept are still the newest: one statement.
    async fn head(
        &self,
        conn: &mut Conn,
        subject: &str,
    ) -> Result<Option<(String, Arc<Books>)>, EngineError> {
        let division = self.division();
        let head = store::subject::head(conn, division, subject, BOOKS_EDITION)
            .await?
            .ok_or_else(|| not_found(subject))?;
        let edition = head.meta.unwrap_or_default();
        let books = self.inner.library.on_shelf(division, &edition);
        Ok(books.map(|books| (head.seen.hash, books)))
    }

    async fn look_within(
        &self,
        conn: &mut Conn,
        subject: &str,
    ) -> Result<(Seen, SubjectRow), EngineError> {
        let division = self.division();
        let row = row_of(conn, division, subject).await?;
        let books = self.inner.library.books(conn, division).await?;
        let read = load(conn, &self.inner, division, subject, &row.hash, &books).await?;
        Ok((self.seen(read, row.hash.clone(), books), row))
    }

    fn seen(&self, subject: Arc<approval::Subject>, hash: String, books: Arc<Books>) -> Seen {
        Seen {
            subject,
            hash,
            books,
            now: self.inner.clock.now(),
        }
    }
}
