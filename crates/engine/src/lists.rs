//! What a report names one by one, and what each official did, read from the record.
//!
//! Indexes find the subjects to which something listed happened in the period, and the cases on which work was done in
//! it; each is replayed by itself, so the memory needed is that of the lists, and the time that of the period.

use std::collections::{BTreeMap, BTreeSet};

use approval::Books;
use approval::statistics::{Details, Lists, PersonLine, Persons, Statement, Window, stage_limits};
use store::Conn;
use store::behind::Among;
use store::board::ListedRow;
use store::codec::micros;

use crate::engine::Engine;
use crate::error::EngineError;
use crate::execute::{load, replay};

/// Places of the list that are read at once.
const PAGE: i64 = 1000;
/// Cases that are replayed at once.
const PAGE_CASES: i64 = 200;

impl Engine {
    /// What goes with a statement beyond its figures: of its period, in its division, as of its cut-off.
    ///
    /// # Errors
    /// The database's, or a history that doesn't hold.
    pub(crate) async fn details_in(
        &self,
        conn: &mut Conn,
        statement: &Statement,
    ) -> Result<Details, EngineError> {
        let division = self.division();
        let books = self.inner.library.books(conn, division).await?;
        let window = Window::new(&statement.period, &books.calendar, statement.cut_off);
        let mut lists = Lists::default();
        for id in listed(conn, division, &window).await? {
            let Some(row) = store::subject::get(conn, division, &id).await? else {
                continue;
            };
            let subject = load(conn, &self.inner, division, &id, &row.hash, &books).await?;
            lists.add(&subject, &window, &books);
        }
        let mut known: BTreeMap<String, String> = BTreeMap::new();
        for card in &mut lists.cards {
            let Some(appeal) = &card.appeal else { continue };
            let id = appeal.as_str();
            if !known.contains_key(id)
                && let Some(row) = store::subject::get(conn, division, id).await?
            {
                known.insert(id.to_owned(), row.state);
            }
            card.appeal_state = known.get(id).cloned();
        }
        lists.sort();
        let persons = self.persons(conn, &window, &books).await?;
        Ok(Details {
            lists,
            persons,
            stage_limits: stage_limits(statement, &books),
        })
    }

    /// What each official did in the window: of the cases that ended in it, and those that were open at its end.
    async fn persons(
        &self,
        conn: &mut Conn,
        window: &Window,
        books: &Books,
    ) -> Result<Vec<PersonLine>, EngineError> {
        let mut persons = Persons::default();
        for step in [
            Worked::Ended,
            Worked::EndedBefore,
            Worked::OpenThen,
            Worked::OpenStill,
        ] {
            let mut after = (i64::MIN, String::new());
            loop {
                let rows = step.page(conn, self.division(), window, &after).await?;
                let Some(last) = rows.last() else { break };
                after = (step.place_of(last), last.subject.clone());
                let numbers: Vec<String> = rows.into_iter().map(|row| row.subject).collect();
                let events = store::event::of_subjects(conn, self.division(), &numbers).await?;
                for history in events.chunk_by(|a, b| a.subject == b.subject) {
                    let Some(first) = history.first() else {
                        continue;
                    };
                    let subject = replay(self.division(), &first.subject, history, books)?;
                    let counted = persons.add(&subject, window, books);
                    counted.map_err(approval::Refusal::from)?;
                }
            }
        }
        Ok(persons.lines(books))
    }
}

/// The ways to find the cases on which work may have been done in a window. A case is found by one of them.
#[derive(Clone, Copy)]
enum Worked {
    /// Ended in it.
    Ended,
    /// Accepted in it, and ended before that, as another system says.
    EndedBefore,
    /// Open at its end, and ended since.
    OpenThen,
    /// Open at its end, and still so.
    OpenStill,
}

impl Worked {
    async fn page(
        self,
        conn: &mut Conn,
        division: &str,
        window: &Window,
        after: &(i64, String),
    ) -> Result<Vec<ListedRow>, EngineError> {
        let (from_us, to_us) = (micros(window.from), micros(window.to));
        let span_us = match self {
            Self::Ended | Self::EndedBefore => (from_us.max(after.0), to_us),
            Self::OpenThen | Self::OpenStill => (to_us, i64::MAX),
        };
        let among = Among {
            span_us,
            after: (after.0, &after.1),
            limit: PAGE_CASES,
            ..Among::default()
        };
        Ok(match self {
            Self::Ended => store::behind::ended(conn, division, &among, "any").await?,
            Self::EndedBefore => store::behind::ended_before(conn, division, &among).await?,
            Self::OpenThen => store::behind::open_then(conn, division, &among, None).await?,
            Self::OpenStill => store::behind::open_still(conn, division, &among, None).await?,
        })
    }

    /// The instant by which the way orders its rows.
    fn place_of(self, row: &ListedRow) -> i64 {
        match self {
            Self::Ended | Self::OpenThen => row.completed_at_us,
            Self::EndedBefore | Self::OpenStill => row.accepted_at_us,
        }
        .unwrap_or_default()
    }
}

/// The subjects to which something listed happened in the window, by their numbers.
async fn listed(
    conn: &mut Conn,
    division: &str,
    window: &Window,
) -> Result<BTreeSet<String>, EngineError> {
    let to_us = micros(window.to);
    let mut found = BTreeSet::new();
    for irregular in [false, true] {
        let mut after = (micros(window.from), String::new(), 0);
        loop {
            let place = (after.0, after.1.as_str(), after.2);
            let page = match irregular {
                false => store::listed::page(conn, division, place, to_us, PAGE).await?,
                true => store::listed::irregular(conn, division, place, to_us, PAGE).await?,
            };
            let Some(last) = page.last() else { break };
            after = (last.occurred_at_us, last.subject.clone(), last.seq);
            found.extend(page.into_iter().map(|row| row.subject));
        }
    }
    Ok(found)
}
