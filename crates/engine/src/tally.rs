//! Counting a division back from its events.

use approval::statistics::{LimitSums, Tally};

use crate::engine::Engine;
use crate::error::EngineError;
use crate::execute::replay;

/// Subjects whose events are read at once.
const PAGE: i64 = 400;

impl Engine {
    /// Counts all cases of the division by replaying their events, and sums the limits of its items.
    ///
    /// # Errors
    /// The database's, or a history that doesn't hold.
    pub async fn tally(&self) -> Result<(Tally, LimitSums), EngineError> {
        let division = self.division();
        let mut conn = self.store().snapshot().await?;
        let books = self.inner.library.books(&mut conn, division).await?;
        let mut tally = Tally::default();
        let mut after = String::new();
        loop {
            let rows = store::subject::page(&mut conn, division, &after, PAGE).await?;
            let (Some(first), Some(last)) = (rows.first(), rows.last()) else {
                break;
            };
            let events =
                store::event::between(&mut conn, division, &first.subject, &last.subject).await?;
            for history in events.chunk_by(|a, b| a.subject == b.subject) {
                if let Some(one) = history.first() {
                    tally.add(&replay(division, &one.subject, history, &books)?);
                }
            }
            after.clone_from(&last.subject);
        }
        Ok((tally, LimitSums::of(&books)))
    }
}
