//! The cases, orders and appeals behind a number of a report.
//!
//! Rows that may be counted are found by an index, replayed, and counted alone by what counts the report
//! (`approval::statistics::count`); those that make the number are listed. So a list adds up to its number, and reading
//! one page costs what lies on it, whatever the history.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use approval::Subject;
use approval::ids::{ItemCode, UnitCode};
use approval::statistics::{Ended, Indicator, Leaf, Sheet, Source, Window, count};
use calendar::Calendar;
use chrono::{DateTime, Utc};
use store::Conn;
use store::behind::Among;
use store::board::ListedRow;
use store::codec::{instant, micros};

use crate::engine::Engine;
use crate::error::EngineError;
use crate::execute::replay;
use crate::library::BOOKS_EDITION;

/// Rows that are replayed at once.
const CHUNK: i64 = 200;
/// The most rows that one question looks at: about a second's work. A number that is rare among many is found in several.
const LOOKED_AT_MAX: usize = 6_000;

/// A number of a report.
#[derive(Clone, Copy, Debug)]
pub struct Number<'a> {
    /// What is counted.
    pub indicator: Indicator,
    /// When.
    pub window: Window,
    /// For these units; all if it isn't told.
    pub units: Option<&'a BTreeSet<UnitCode>>,
    /// For these items; all, and what has none, if it isn't told.
    pub items: Option<&'a BTreeSet<ItemCode>>,
}

impl Number<'_> {
    fn holds(&self, (unit, item): &Leaf) -> bool {
        self.units.is_none_or(|units| units.contains(unit))
            && self
                .items
                .is_none_or(|items| item.as_ref().is_some_and(|item| items.contains(item)))
    }

    /// How often a subject is counted in it.
    fn times(&self, subject: &Subject, calendar: &Calendar) -> Result<u64, EngineError> {
        let mut own = Sheet::default();
        count(&mut own, subject, &self.window, calendar).map_err(approval::Refusal::from)?;
        let figures = own.sum(|leaf| self.holds(leaf));
        Ok(self.indicator.value(&figures))
    }
}

/// A place in such a list: which of the number's sources, and behind which of its rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BehindPlace {
    step: usize,
    at_us: i64,
    subject: String,
}

impl BehindPlace {
    /// Where a list begins.
    pub fn start() -> Self {
        Self {
            at_us: i64::MIN,
            ..Self::default()
        }
    }

    /// Reads the text of `Display` back.
    pub fn parse(text: &str) -> Option<Self> {
        let (step, rest) = text.split_once('~')?;
        let (at, subject) = rest.split_once('~')?;
        Some(Self {
            step: step.parse().ok()?,
            at_us: at.parse().ok()?,
            subject: subject.to_owned(),
        })
    }
}

impl fmt::Display for BehindPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}~{}~{}", self.step, self.at_us, self.subject)
    }
}

/// A subject that is counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BehindRow {
    /// Its row.
    pub row: ListedRow,
    /// How often: a case may have two stops.
    pub times: u64,
}

/// A page of the list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BehindPage {
    /// The subjects.
    pub rows: Vec<BehindRow>,
    /// Where the next page begins.
    pub next: Option<BehindPlace>,
    /// Whether the page was ended because much was looked at, not because it is full.
    pub is_cut: bool,
}

/// One of the ways to find rows. A row is found by one way of a source only.
#[derive(Clone, Copy)]
enum Step {
    Accepted,
    Ended(Ended),
    EndedBefore,
    OpenThen {
        late: bool,
    },
    OpenStill {
        late: bool,
    },
    Happened {
        kinds: [&'static str; 2],
        anywhere: bool,
    },
    OrdersOpen,
}

fn steps(source: Source) -> Vec<Step> {
    let open = |late| vec![Step::OpenThen { late }, Step::OpenStill { late }];
    match source {
        Source::Accepted => vec![Step::Accepted],
        Source::Ended(Ended::Declined) => vec![Step::Ended(Ended::Declined)],
        Source::Ended(which) => vec![Step::Ended(which), Step::EndedBefore],
        Source::OpenAtStart | Source::OpenAtEnd => open(false),
        Source::OpenLate => open(true),
        Source::Happened(kinds) => vec![Step::Happened {
            kinds,
            anywhere: false,
        }],
        Source::Warned(kinds) => vec![Step::Happened {
            kinds,
            anywhere: true,
        }],
        Source::OrdersOpen => vec![Step::OrdersOpen],
    }
}

/// The instant by which a way orders its rows; none where it is their number.
fn place_of(step: Step, row: &ListedRow) -> i64 {
    match step {
        Step::Accepted | Step::EndedBefore | Step::OpenStill { .. } => row.accepted_at_us,
        Step::Ended(_) | Step::OpenThen { .. } => row.completed_at_us,
        Step::Happened { .. } | Step::OrdersOpen => None,
    }
    .unwrap_or_default()
}

/// Codes as the statements take them; none where a code can't stand in a pattern, which gives more rows and no fewer.
fn codes<'c>(codes: impl Iterator<Item = &'c str>) -> Option<String> {
    let mut list = String::from(",");
    for code in codes {
        if code.contains([',', '\\']) {
            return None;
        }
        list.push_str(code);
        list.push(',');
    }
    Some(list)
}

impl Engine {
    /// A page of those that a number counts, at most `most`, from a place on.
    ///
    /// # Errors
    /// The database's, a history that doesn't hold, a day that no calendar has.
    pub async fn behind(
        &self,
        number: &Number<'_>,
        from: &BehindPlace,
        most: usize,
    ) -> Result<BehindPage, EngineError> {
        let mut conn = self.store().snapshot().await?;
        let books = self.inner.library.books(&mut conn, self.division()).await?;
        let units = number
            .units
            .and_then(|u| codes(u.iter().map(UnitCode::as_str)));
        let items = number
            .items
            .and_then(|i| codes(i.iter().map(ItemCode::as_str)));
        let steps = steps(number.indicator.source());
        let mut page = BehindPage::default();
        let mut at = from.clone();
        let mut looked_at = 0;
        while let Some(step) = steps.get(at.step).copied() {
            let among = Among {
                units: units.as_deref(),
                items: items.as_deref(),
                after: (at.at_us, &at.subject),
                limit: CHUNK,
                ..Among::default()
            };
            let found = self.candidates(&mut conn, step, number, among).await?;
            let is_last = i64::try_from(found.len()).is_ok_and(|len| len < CHUNK);
            looked_at += found.len();
            let subjects = self.histories(&mut conn, &found, &books).await?;
            for row in found {
                let here = BehindPlace {
                    step: at.step,
                    at_us: place_of(step, &row),
                    subject: row.subject.clone(),
                };
                let times = match subjects.get(&row.subject) {
                    Some(subject) => number.times(subject, &books.calendar)?,
                    None => 0,
                };
                if times > 0 && page.rows.len() == most {
                    // One more than the page holds: the next begins before it.
                    page.next = Some(at);
                    return Ok(page);
                }
                if times > 0 {
                    page.rows.push(BehindRow { row, times });
                }
                at = here;
            }
            if is_last {
                at = BehindPlace {
                    step: at.step + 1,
                    ..BehindPlace::start()
                };
            } else if looked_at >= LOOKED_AT_MAX {
                page.next = Some(at);
                page.is_cut = true;
                return Ok(page);
            }
        }
        Ok(page)
    }

    async fn candidates(
        &self,
        conn: &mut Conn,
        step: Step,
        number: &Number<'_>,
        among: Among<'_>,
    ) -> Result<Vec<ListedRow>, EngineError> {
        let (division, window) = (self.division(), number.window);
        let span_us = (micros(window.from), micros(window.to));
        // What lies before the place isn't read again.
        let among = Among {
            span_us: (span_us.0.max(among.after.0), span_us.1),
            ..among
        };
        let moment_us = match number.indicator.source() {
            Source::OpenAtStart => span_us.0,
            _ => span_us.1,
        };
        let then = Among {
            span_us: (moment_us, i64::MAX),
            ..among
        };
        let late_us = |late: bool| late.then(|| micros(window.as_of));
        Ok(match step {
            Step::Accepted => store::behind::accepted(conn, division, &among).await?,
            Step::Ended(which) => {
                store::behind::ended(conn, division, &among, which.as_str()).await?
            }
            Step::EndedBefore => store::behind::ended_before(conn, division, &among).await?,
            Step::OpenThen { late } => {
                store::behind::open_then(conn, division, &then, late_us(late)).await?
            }
            Step::OpenStill { late } => {
                store::behind::open_still(conn, division, &then, late_us(late)).await?
            }
            Step::Happened { kinds, anywhere } => {
                // What a warning is raised against needn't be the unit of the case.
                let among = match anywhere {
                    true => Among {
                        units: None,
                        ..among
                    },
                    false => among,
                };
                store::behind::happened(conn, division, &among, kinds).await?
            }
            Step::OrdersOpen => store::behind::orders_open(conn, division, &then).await?,
        })
    }

    /// The subjects of some rows, replayed.
    async fn histories(
        &self,
        conn: &mut Conn,
        rows: &[ListedRow],
        books: &approval::Books,
    ) -> Result<BTreeMap<String, Subject>, EngineError> {
        let numbers: Vec<String> = rows.iter().map(|row| row.subject.clone()).collect();
        let events = store::event::of_subjects(conn, self.division(), &numbers).await?;
        let mut subjects = BTreeMap::new();
        for history in events.chunk_by(|a, b| a.subject == b.subject) {
            if let Some(one) = history.first() {
                let subject = replay(self.division(), &one.subject, history, books)?;
                subjects.insert(one.subject.clone(), subject);
            }
        }
        Ok(subjects)
    }

    /// When the first case of all was accepted: where the record begins, as far as reports go.
    ///
    /// # Errors
    /// The database's.
    pub async fn first_accepted(&self) -> Result<Option<DateTime<Utc>>, EngineError> {
        let mut conn = self.store().read().await?;
        let first = store::behind::first_accepted(&mut conn, self.division()).await?;
        Ok(first.map(instant))
    }

    /// A mark that changes with the record: while it is the same, nothing was recorded, no book changed, no points were
    /// entered or decided on and nothing was closed.
    ///
    /// # Errors
    /// The database's.
    pub async fn record_mark(&self) -> Result<String, EngineError> {
        let mut conn = self.store().snapshot().await?;
        let feed = store::feed::mark(&mut conn, self.division()).await?;
        let edition = store::meta::get(&mut conn, BOOKS_EDITION).await?;
        let closed = store::closing::count(&mut conn, self.division()).await?;
        let points = store::score::count(&mut conn, self.division()).await?;
        let edition = edition.unwrap_or_default();
        Ok(format!("{feed} {edition} {closed} {points}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_read_back() {
        for place in [
            BehindPlace::start(),
            BehindPlace {
                step: 1,
                at_us: 42,
                subject: "410800-FGW-20110926-0001".to_owned(),
            },
        ] {
            assert_eq!(BehindPlace::parse(&place.to_string()), Some(place));
        }
        for wrong in ["", "1", "1~2", "x~2~A", "1~x~A"] {
            assert_eq!(BehindPlace::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn codes_that_no_pattern_holds_are_not_asked_for() {
        assert_eq!(codes(["A", "B"].into_iter()).as_deref(), Some(",A,B,"));
        assert_eq!(codes(["A\\", "B"].into_iter()), None);
        assert_eq!(codes(["A,B"].into_iter()), None);
    }
}
