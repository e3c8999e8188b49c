//! Scoring (绩效量化评估): the scheme in force, the scores that go with a statement, and what inspectors enter.

mod entries;
mod schemes;

use std::collections::BTreeMap;
use std::sync::Arc;

use approval::Books;
use approval::event::Event;
use approval::ids::{SubjectId, UnitCode};
use approval::scoring::{
    Entry, MonthInput, Scheme, Scores, StandingWarning, UnitInput, least_cuts, notice_runs,
};
use approval::statistics::{LimitSums, Period, Sheet, Window};
use chrono::{DateTime, Utc};
use store::Conn;
use store::codec::micros;

use crate::engine::Engine;
use crate::error::EngineError;

pub use entries::{Decision, NewScore};
pub(crate) use schemes::Schemes;

/// Warnings that are read at once.
const PAGE: i64 = 1_000;
/// The name of no scheme: nobody is scored.
pub const NO_SCHEME: &str = "none";

impl Engine {
    /// The scores of a period from the figures of its months; `None` if it isn't made of whole months.
    ///
    /// # Errors
    /// The database's.
    pub(crate) async fn scores(
        &self,
        conn: &mut Conn,
        books: &Books,
        (period, schemes): (&Period, Schemes),
        sheets: &[(Period, Sheet)],
        now: DateTime<Utc>,
    ) -> Result<Option<Scores>, EngineError> {
        let months = &schemes.months;
        let (Some((first, _)), Some((last, _))) = (months.first(), months.last()) else {
            return Ok(None);
        };
        let entries = entries::of_months(conn, self.division(), None, (first, last)).await?;
        let mut inputs = Vec::new();
        for (month, scheme) in months {
            let Some((_, sheet)) = sheets.iter().find(|(period, _)| period == month) else {
                continue;
            };
            let window = Window::new(month, &books.calendar, now);
            let runs = self.runs(conn, &window).await?;
            let month = (*month, Arc::clone(scheme));
            inputs.push(input(month, sheet, books, &window, runs, &entries));
        }
        let name = |code: &UnitCode| {
            let unit = books.directory.unit(code);
            unit.map_or_else(|| code.to_string(), |unit| unit.name.clone())
        };
        Ok(Scores::new(schemes.of_period, period, &inputs, name))
    }

    /// By unit, the rows of notices among the warnings that were raised in a span and stand.
    async fn runs(
        &self,
        conn: &mut Conn,
        window: &Window,
    ) -> Result<BTreeMap<UnitCode, Vec<u64>>, EngineError> {
        let span = (micros(window.from), micros(window.to));
        let mut after = (i64::MIN, String::new(), 0);
        let mut warnings: BTreeMap<UnitCode, Vec<StandingWarning>> = BTreeMap::new();
        loop {
            let place = (after.0, after.1.as_str(), after.2);
            let page = store::warning::standing(conn, self.division(), span, place, PAGE).await?;
            let Some(last) = page.last() else { break };
            let last = &last.event;
            after = (last.occurred_at_us, last.subject.clone(), last.seq);
            for row in page {
                let recorded = store::codec::from_row(&row.event)?;
                let Event::WarningRaised(raised) = recorded.event else {
                    continue;
                };
                let own = warnings.entry(UnitCode::new(row.unit)).or_default();
                own.push(StandingWarning {
                    subject: SubjectId::new(row.event.subject),
                    level: raised.level,
                    at: recorded.occurred_at,
                });
            }
        }
        let runs = warnings.into_iter();
        Ok(runs.map(|(unit, own)| (unit, notice_runs(own))).collect())
    }
}

/// What the units bring to a month: those of the directory, those with items, and whatever else has figures or entries.
fn input(
    (month, scheme): (Period, Arc<Scheme>),
    sheet: &Sheet,
    books: &Books,
    window: &Window,
    mut runs: BTreeMap<UnitCode, Vec<u64>>,
    entries: &[Entry],
) -> MonthInput {
    let mut units: BTreeMap<UnitCode, UnitInput> = BTreeMap::new();
    for (unit, figures) in sheet.units() {
        units.entry(unit).or_default().figures = figures;
    }
    for (unit, limits) in LimitSums::in_force(books, window.to) {
        let items = limits.approval_items + limits.service_items;
        units.entry(unit).or_default().has_items = items > 0;
    }
    for (unit, cut) in least_cuts(books, window.to) {
        units.entry(unit).or_default().least_cut = Some(cut);
    }
    for entry in entries.iter().filter(|entry| entry.month == month) {
        let own = units.entry(entry.unit.clone()).or_default();
        own.entries.push(entry.clone());
    }
    for (unit, own) in &mut units {
        own.notice_runs = runs.remove(unit).unwrap_or_default();
    }
    MonthInput {
        month,
        scheme,
        units,
    }
}
