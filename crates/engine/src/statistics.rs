//! The statistics of a period, counted from the record.
//!
//! All subjects of the division are read page by page and replayed, so the memory needed is that of a page, and the
//! time that of the whole record. The period and those that it is compared with are counted in one pass over one
//! snapshot.

use approval::statistics::{Period, Sheet, Standing, Statement, Window, count};
use chrono::{DateTime, Utc};
use store::codec::instant;

use crate::engine::Engine;
use crate::error::EngineError;
use crate::execute::replay;

/// Subjects whose events are read at once.
const PAGE: i64 = 400;

impl Engine {
    /// The statistics of a period of the engine's division, as of now.
    ///
    /// # Errors
    /// A period that hasn't begun, a division that doesn't exist, the database's, or a history that doesn't hold.
    pub async fn statement(&self, period: &Period) -> Result<Statement, EngineError> {
        let division = self.division();
        let mut conn = self.store().snapshot().await?;
        let books = self.inner.library.books(&mut conn, division).await?;
        let divisions = store::reference::divisions(&mut conn).await?;
        let known = divisions.into_iter().find(|row| row.division == division);
        let Some(known) = known else {
            return Err(EngineError::invalid(
                "unknown_division",
                format!("没有行政区划 {division},请核对 --division / no such division"),
            ));
        };
        let now = self.clock().now();
        let today = books.calendar.office_date(now);
        if period.first() > today {
            return Err(EngineError::invalid(
                "future_period",
                format!("统计期 {period} 尚未开始,今天是 {today} / the period has not begun"),
            ));
        }
        let mut periods = Statement::periods(period);
        for month in self.scored_months(period, &books, now)? {
            if !periods.contains(&month) {
                periods.push(month);
            }
        }
        let mut counted: Vec<(Period, Window, Sheet)> = periods
            .into_iter()
            .map(|period| {
                let window = Window::new(&period, &books.calendar, now);
                (period, window, Sheet::default())
            })
            .collect();
        let until = counted.iter().map(|(_, window, _)| window.to).max();
        let mut began: Option<DateTime<Utc>> = None;
        let mut after = String::new();
        loop {
            let rows = store::subject::page(&mut conn, division, &after, PAGE).await?;
            let Some(last) = rows.last() else { break };
            after.clone_from(&last.subject);
            let first = rows.iter().map(|row| instant(row.received_at_us)).min();
            began = began.into_iter().chain(first).min();
            let wanted: Vec<&str> = rows
                .iter()
                .filter(|row| until.is_some_and(|until| instant(row.received_at_us) < until))
                .map(|row| row.subject.as_str())
                .collect();
            let (Some(first), Some(last)) = (wanted.first(), wanted.last()) else {
                continue;
            };
            let events = store::event::between(&mut conn, division, first, last).await?;
            for history in events.chunk_by(|a, b| a.subject == b.subject) {
                let Some(one) = history.first() else { continue };
                if wanted.binary_search(&one.subject.as_str()).is_err() {
                    continue;
                }
                let subject = replay(division, &one.subject, history, &books)?;
                for (_, window, sheet) in &mut counted {
                    count(sheet, &subject, window, &books.calendar)
                        .map_err(approval::Refusal::from)?;
                }
            }
        }
        let standing = Standing {
            division_name: known.name,
            trial: self.standing().trial,
            synthetic: self.standing().synthetic.clone(),
        };
        let sheets: Vec<(Period, Sheet)> = counted
            .into_iter()
            .map(|(period, _, sheet)| (period, sheet))
            .collect();
        let mut statement = Statement::new(*period, &sheets, &books, standing, now, began);
        statement.scores = self.scores(&mut conn, &books, period, &sheets, now).await?;
        Ok(statement)
    }
}
