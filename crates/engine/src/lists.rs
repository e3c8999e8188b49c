//! What a report names one by one, read from the record.
//!
//! An index finds the subjects to which something listed happened in the period; each is replayed by itself, so the
//! memory needed is that of the lists, and the time that of the period.

use std::collections::{BTreeMap, BTreeSet};

use approval::statistics::{Details, Lists, Statement, Window, stage_limits};
use store::Conn;
use store::codec::micros;

use crate::engine::Engine;
use crate::error::EngineError;
use crate::execute::load;

/// Places of the list that are read at once.
const PAGE: i64 = 1000;

impl Engine {
    /// What goes with a statement beyond its figures: of its period, in its division, as of its cut-off.
    ///
    /// # Errors
    /// The database's, or a history that doesn't hold.
    pub async fn details(&self, statement: &Statement) -> Result<Details, EngineError> {
        let division = self.division();
        let mut conn = self.store().snapshot().await?;
        let books = self.inner.library.books(&mut conn, division).await?;
        let window = Window::new(&statement.period, &books.calendar, statement.cut_off);
        let mut lists = Lists::default();
        for id in listed(&mut conn, division, &window).await? {
            let Some(row) = store::subject::get(&mut conn, division, &id).await? else {
                continue;
            };
            let subject = load(&mut conn, &self.inner, division, &id, &row.hash, &books).await?;
            lists.add(&subject, &window, &books);
        }
        let mut known: BTreeMap<String, String> = BTreeMap::new();
        for card in &mut lists.cards {
            let Some(appeal) = &card.appeal else { continue };
            let id = appeal.as_str();
            if !known.contains_key(id)
                && let Some(row) = store::subject::get(&mut conn, division, id).await?
            {
                known.insert(id.to_owned(), row.state);
            }
            card.appeal_state = known.get(id).cloned();
        }
        lists.sort();
        Ok(Details {
            lists,
            stage_limits: stage_limits(statement, &books),
        })
    }
}

/// The subjects to which something listed happened in the window, by their numbers.
async fn listed(
    conn: &mut Conn,
    division: &str,
    window: &Window,
) -> Result<BTreeSet<String>, EngineError> {
    let to_us = micros(window.to);
    let mut after = (micros(window.from), String::new(), 0);
    let mut found = BTreeSet::new();
    loop {
        let place = (after.0, after.1.as_str(), after.2);
        let page = store::listed::page(conn, division, place, to_us, PAGE).await?;
        let Some(last) = page.last() else {
            return Ok(found);
        };
        after = (last.occurred_at_us, last.subject.clone(), last.seq);
        found.extend(page.into_iter().map(|row| row.subject));
    }
}
