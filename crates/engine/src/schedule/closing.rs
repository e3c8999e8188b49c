//! Closing months by the schedule: each month that has fallen due since the job ran first and isn't closed yet, so that what
//! failed, or fell on a day that a revised calendar made another, is made good by the next run.

use approval::statistics::{Closed, Period};
use calendar::Calendar;
use chrono::{Months, NaiveDate};
use store::codec::instant;

use super::working_day::{Span, WorkingDay};
use crate::engine::Engine;
use crate::error::EngineError;

impl Engine {
    /// Closes the months that are due by a run of a job on a day: each on the so manieth working day after it, not before the
    /// job's first run. One that is closed stays as it is; one that can't be closed keeps none of the others waiting.
    ///
    /// # Errors
    /// The first one of those of [`Engine::close_period`], after all other months were tried.
    pub async fn close_due_months(
        &self,
        job: &str,
        number: u32,
        on: NaiveDate,
    ) -> Result<Vec<(Period, Closed)>, EngineError> {
        let mut conn = self.store().read().await?;
        let calendar = self.books_of(&mut conn).await?.calendar.clone();
        let first = store::job::first_run(&mut conn, job).await?;
        let first = first.map_or(on, |us| calendar.office_date(instant(us)));
        let mut open = Vec::new();
        for month in due(number, (first.min(on), on), &calendar)? {
            let period = month.to_string();
            if !store::closing::exists(&mut conn, self.division(), &period).await? {
                open.push(month);
            }
        }
        drop(conn);
        let (mut closed, mut failed) = (Vec::new(), None);
        for month in open {
            match self.close_period(&month).await {
                Ok(closing) => closed.push((month, closing)),
                Err(error) => {
                    tracing::error!(closing.period = %month, error = %error, "a month can't be closed now");
                    failed.get_or_insert(error);
                }
            }
        }
        failed.map_or(Ok(closed), Err)
    }
}

/// The months that are to be closed on a day from `first` to `last`, the earliest first.
fn due(
    number: u32,
    (first, last): (NaiveDate, NaiveDate),
    calendar: &Calendar,
) -> Result<Vec<Period>, EngineError> {
    let wanted = WorkingDay {
        number,
        of: Span::Month,
    };
    let mut due = Vec::new();
    let mut day = first;
    loop {
        let closes = wanted.within(day, calendar)?;
        if closes.is_some_and(|closes| first <= closes && closes <= last) {
            due.extend(Span::Month.period_before(day));
        }
        let next = Span::Month
            .first_day(day)
            .checked_add_months(Months::new(1));
        match next {
            Some(next) if next <= last => day = next,
            _ => return Ok(due),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_are_due_once_their_working_day_has_come() {
        let calendar = crate::assets::calendar("cn").unwrap();
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        for (first, last, months) in [
            // The third working day of October 2011 was the 10th; of November the 3rd; of December the 5th.
            ("2011-10-10", "2011-10-10", &["2011-09"][..]),
            ("2011-10-11", "2011-11-02", &[]),
            ("2011-10-11", "2011-11-03", &["2011-10"]),
            (
                "2011-10-01",
                "2011-12-31",
                &["2011-09", "2011-10", "2011-11"],
            ),
            ("2011-12-31", "2012-01-31", &["2011-12"]),
        ] {
            let due = due(3, (day(first), day(last)), &calendar).unwrap();
            let due: Vec<String> = due.iter().map(Period::to_string).collect();
            assert_eq!(due, months, "{first}..{last}");
        }
    }
}
