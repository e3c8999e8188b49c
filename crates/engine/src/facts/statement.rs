//! The statistics of a period, from the facts of its days. What isn't stored yet is added from the events themselves, and
//! limits that have passed without an event are looked at as they are now: the figures are exact at one instant.

use std::collections::{BTreeMap, BTreeSet};

use approval::Books;
use approval::statistics::{
    DailyFacts, Details, Fold, Grain, Measure, Period, Sheet, Standing, Statement, contribute,
    years_before,
};
use chrono::{DateTime, Datelike, NaiveDate, Utc};
use store::Conn;
use store::codec::micros;
use store::fact::{FactFold, FactRow};
use store::feed::FeedPosition;

use super::closing::Settled;
use super::rows::{damaged, day, leaf, month, number, year};
use super::{PAGE_EVENTS, contribute_as_recorded, differences, is_current, read};
use crate::engine::Engine;
use crate::error::EngineError;

/// How often it is tried again when the calendar changes meanwhile.
const TRIES: usize = 3;
/// Subjects that are read at once.
const PAGE_SUBJECTS: i64 = 400;

/// What is counted of a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wanted {
    Figures,
    /// What is named one by one too.
    Lists,
    /// And what each official did.
    Persons,
}

impl Engine {
    /// The statistics of a period of the engine's division, as of now. Of a closed period whose figures have changed, a
    /// further revision is stored.
    ///
    /// # Errors
    /// A period that hasn't begun, a division that doesn't exist, the database's, or a history that doesn't hold.
    pub async fn statement(&self, period: &Period) -> Result<Statement, EngineError> {
        let (statement, _) = self.count_at_once(period, Wanted::Figures).await?;
        Ok(statement)
    }

    /// The statistics of a period and what is named one by one beside them, both read from one snapshot: no list has what
    /// the figures don't count. What each official did isn't in it.
    ///
    /// # Errors
    /// As [`Engine::statement`].
    pub async fn report(&self, period: &Period) -> Result<(Statement, Details), EngineError> {
        let (statement, details) = self.count_at_once(period, Wanted::Lists).await?;
        Ok((statement, details.unwrap_or_default()))
    }

    /// The same with what each official did, as of the same instant. It takes as long as replaying each case that was worked
    /// on in the period.
    ///
    /// # Errors
    /// As [`Engine::statement`].
    pub async fn report_with_persons(
        &self,
        period: &Period,
    ) -> Result<(Statement, Details), EngineError> {
        let (statement, details) = self.count_at_once(period, Wanted::Persons).await?;
        Ok((statement, details.unwrap_or_default()))
    }

    async fn count_at_once(
        &self,
        period: &Period,
        wanted: Wanted,
    ) -> Result<(Statement, Option<Details>), EngineError> {
        for _ in 0..TRIES {
            self.keep_facts().await?;
            let mut conn = self.store().snapshot().await?;
            if let Some(mut statement) = self.statement_now(&mut conn, period).await? {
                let mut details = match wanted {
                    Wanted::Figures => None,
                    Wanted::Lists | Wanted::Persons => {
                        Some(self.details_in(&mut conn, &statement).await?)
                    }
                };
                let worked_on = match wanted {
                    Wanted::Persons => Some(self.worked_on(&mut conn, &statement).await?),
                    Wanted::Figures | Wanted::Lists => None,
                };
                drop(conn);
                if !statement.is_open {
                    statement.closed = match self.closing_of(&statement).await? {
                        Settled::Open => None,
                        Settled::Closed(closed) => Some(closed),
                        Settled::Overtaken => continue,
                    };
                }
                if let (Some(details), Some(on)) = (&mut details, &worked_on) {
                    details.persons = self.persons(on).await?;
                }
                return Ok((statement, details));
            }
        }
        Err(EngineError::invalid(
            "calendar_changes",
            "日历正在修订或记录刚有变化,请稍后再统计 / the calendar is being revised, or the record has just changed: count again later",
        ))
    }

    /// `None` if the facts were counted by another calendar.
    async fn statement_now(
        &self,
        conn: &mut Conn,
        period: &Period,
    ) -> Result<Option<Statement>, EngineError> {
        let division = self.division();
        let books = self.books_of(conn).await?;
        let divisions = store::reference::divisions(conn).await?;
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
        let Some(fold) = store::fact::fold(conn, division).await? else {
            return Ok(None);
        };
        if !is_current(&fold, &books) {
            return Ok(None);
        }
        let mut fresh = not_folded(conn, division, &fold, &books).await?;
        add_passed(&mut fresh, conn, division, now, &books).await?;
        let schemes = self.schemes(conn, period, &books, now).await?;
        let mut periods = Statement::periods(period);
        for (month, _) in schemes.iter().flat_map(|schemes| &schemes.months) {
            if !periods.contains(month) {
                periods.push(*month);
            }
        }
        let sheets = sheets(conn, division, &fold, &fresh, periods).await?;
        let began = store::fact::first_day(conn, division, fold.generation).await?;
        let began = began.and_then(day).into_iter();
        let began = began.chain(fresh.iter().map(|(day, ..)| day)).min();
        let standing = Standing {
            division_name: known.name,
            trial: self.standing().trial,
            synthetic: self.standing().synthetic.clone(),
        };
        let began = began.map(|day| books.calendar.start_of(day));
        let mut statement = Statement::new(*period, sheets, &books, standing, now, began);
        if let Some(schemes) = schemes {
            let (by, sheets) = ((period, schemes), &statement.sheets);
            statement.scores = self.scores(conn, &books, by, sheets, now).await?;
        }
        Ok(Some(statement))
    }
}

/// What events contribute that were recorded since the last fold: all that this snapshot sees, whatever else is under way.
async fn not_folded(
    conn: &mut Conn,
    division: &str,
    fold: &FactFold,
    books: &Books,
) -> Result<DailyFacts, EngineError> {
    let mut facts = DailyFacts::default();
    let mut from = fold.position();
    loop {
        let page = store::feed::page(conn, division, &from, i64::MAX, PAGE_EVENTS).await?;
        let Some(last) = page.last().map(FeedPosition::of) else {
            return Ok(facts);
        };
        facts.merge(&differences(conn, division, &page, &from, books).await?);
        from = last;
    }
}

/// What limits change that have passed since their subjects' last events: alarms that aren't taken yet, and orders, whose
/// terms pass in silence where no rule speaks of them.
async fn add_passed(
    facts: &mut DailyFacts,
    conn: &mut Conn,
    division: &str,
    now: DateTime<Utc>,
    books: &Books,
) -> Result<(), EngineError> {
    let mut subjects = BTreeSet::new();
    let mut after = (i64::MIN, String::new());
    loop {
        let at = (after.0, after.1.as_str());
        let due = store::subject::due(conn, division, micros(now), at, PAGE_SUBJECTS).await?;
        let Some(last) = due.last() else { break };
        after = (last.next_alarm_us.unwrap_or(i64::MAX), last.subject.clone());
        subjects.extend(due.into_iter().map(|row| row.subject));
    }
    let mut after = (i64::MIN, String::new());
    loop {
        let at = (after.0, after.1.as_str());
        let orders =
            store::board::orders(conn, division, "issued", None, at, PAGE_SUBJECTS).await?;
        let Some(last) = orders.last() else { break };
        let due_at = last.stage_due_at_us.unwrap_or(store::todo::NO_DATE_US);
        after = (due_at, last.subject.clone());
        subjects.extend(orders.into_iter().map(|row| row.subject));
    }
    let subjects: Vec<String> = subjects.into_iter().collect();
    for chunk in subjects.chunks(usize::try_from(PAGE_SUBJECTS).unwrap_or(1)) {
        let events = store::event::of_subjects(conn, division, chunk).await?;
        for history in events.chunk_by(|a, b| a.subject == b.subject) {
            let Some(subject) = read(division, history, books)? else {
                continue;
            };
            let mut stored = DailyFacts::default();
            contribute_as_recorded(&mut stored, &subject, books)?;
            facts.subtract(&stored);
            contribute(facts, &subject, &books.calendar, now).map_err(approval::Refusal::from)?;
        }
    }
    Ok(())
}

/// Sums the facts of each period: every row is read once.
async fn sheets(
    conn: &mut Conn,
    division: &str,
    fold: &FactFold,
    fresh: &DailyFacts,
    periods: Vec<Period>,
) -> Result<Vec<(Period, Sheet)>, EngineError> {
    let days = periods.iter().map(|period| (period.first(), period.last()));
    let days: Vec<(NaiveDate, NaiveDate)> = days.collect();
    let spans = wanted(&days);
    let mut sums = Fold::new(days);
    sums.add_all(fresh);
    for (grain, first, last) in spans {
        let span = (number(first), number(last));
        let rows = store::fact::between(conn, division, fold.generation, grain, span).await?;
        for row in rows {
            add(&mut sums, grain, &row)?;
        }
    }
    if let Some(leaf) = sums.negative() {
        return Err(EngineError::invalid(
            "facts_damaged",
            format!(
                "{} 的统计数据与记录不符,请运行 shixian stats rebuild / the facts don't fit the record: rebuild them",
                leaf.0
            ),
        ));
    }
    Ok(periods.into_iter().zip(sums.sheets()).collect())
}

fn add(sums: &mut Fold, grain: &str, row: &FactRow) -> Result<(), EngineError> {
    let Some(start) = day(row.day) else {
        return Ok(());
    };
    let counted = store::codec::facts::read(&row.body).collect::<Result<Vec<(Measure, i64)>, _>>();
    let counted = counted.map_err(|error| damaged(row, error))?;
    // Of years only what is open is told, whatever its grain.
    let told = match grain {
        "day" => Grain::Day,
        _ => Grain::Month,
    };
    sums.add(told, start, &leaf(row), &counted, |first, last| {
        takes((first, last), grain, start)
    });
    Ok(())
}

/// The spans to be read: the months of the periods and those of their year before them, the years before those; of periods
/// that begin or end within a month, their days and those of the month before them.
fn wanted(periods: &[(NaiveDate, NaiveDate)]) -> Vec<(&'static str, NaiveDate, NaiveDate)> {
    let mut spans: BTreeMap<(&'static str, NaiveDate), NaiveDate> = BTreeMap::new();
    let mut years = BTreeSet::new();
    for (first, last) in periods.iter().copied() {
        let mut span = |grain, from, to: NaiveDate| {
            let end = spans.entry((grain, from)).or_insert(to);
            *end = to.max(*end);
        };
        if consists_of_months(first, last) {
            span("month", year(first), month(last));
        } else {
            span("month", year(first), month(first));
            span("day", month(first), last);
        }
        years.extend(years_before(first));
    }
    let mut joined: Vec<(&'static str, NaiveDate, NaiveDate)> = Vec::new();
    for ((grain, first), last) in spans {
        match joined.last_mut() {
            Some((g, _, until)) if *g == grain && first <= *until => *until = last.max(*until),
            _ => joined.push((grain, first, last)),
        }
    }
    joined.extend(years.into_iter().map(|year| ("year", year, year)));
    joined
}

fn consists_of_months(first: NaiveDate, last: NaiveDate) -> bool {
    let next = last.succ_opt();
    first.day() == 1 && next.is_some_and(|next| next.day() == 1)
}

/// Whether a period takes the facts of a span into account: its own, and everything before them once.
fn takes((first, last): (NaiveDate, NaiveDate), grain: &str, start: NaiveDate) -> bool {
    let months = consists_of_months(first, last);
    match grain {
        "day" => !months && month(first) <= start && start <= last,
        "month" if months => year(first) <= start && start <= last,
        "month" => year(first) <= start && start < month(first),
        _ => years_before(first).any(|year| year == start),
    }
}

#[cfg(test)]
mod tests {
    use approval::statistics::years_of;

    use super::*;

    #[test]
    fn every_day_before_and_within_a_period_is_taken_once() {
        for text in [
            "2011-10",
            "2011",
            "2011-Q3",
            "2012-W01",
            "2012-01-15..2012-03-02",
        ] {
            let period = Period::parse(text).unwrap();
            let days = (period.first(), period.last());
            let spans = wanted(&[days]);
            let first = NaiveDate::from_ymd_opt(2008, 2, 27).unwrap();
            for date in first.iter_days().take_while(|day| *day <= period.last()) {
                let taken = [("day", date), ("month", month(date))];
                let years = years_of(date).map(|year| ("year", year));
                let taken = taken.into_iter().chain(years).filter(|(grain, start)| {
                    takes(days, grain, *start)
                        && spans
                            .iter()
                            .any(|(g, from, to)| g == grain && from <= start && start <= to)
                });
                assert_eq!(taken.count(), 1, "{text}: {date}");
            }
        }
    }
}
