//! A count told day by day, so that it can be checked by hand.

use crate::due::{Counted, Outcome, Start, joined};
use crate::stops::{Placed, in_order};
use crate::{Calendar, DayKind, Interval, NotCovered, Term};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

/// One day of a count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DayCount {
    /// The day.
    pub date: NaiveDate,
    /// Whether it is counted; in hours and minutes, whether any time of it is.
    pub counted: bool,
    /// Why, or why not.
    pub why: DayWhy,
    /// What has been counted by the end of this day, in the term's unit: days,
    /// whole hours or whole minutes; days for months. After the due day it goes
    /// on, so that what is over can be read off.
    pub number: i64,
    /// For hours and minutes, the office seconds counted by the end of this
    /// day.
    pub elapsed_seconds: Option<i64>,
    /// Whether the day belongs to an extension that is counted on its own,
    /// because its unit isn't the term's; `number` begins anew there.
    pub in_extension: bool,
}

/// Why a day is counted or not.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DayWhy {
    /// The day of the start, which isn't counted (民法典 art. 201).
    StartDay,
    /// Counted: an ordinary working day, or any day where all are counted.
    Counted,
    /// Counted: a holiday notice makes it a working day.
    MakeUp {
        /// The holiday that it makes up for.
        name: String,
    },
    /// Not counted: its weekday rests.
    Weekend,
    /// Not counted: a holiday (行政许可法 art. 82).
    RestDay {
        /// The holiday.
        name: String,
    },
    /// Not counted: the office is closed.
    LocallyClosed {
        /// The reason in the calendar file.
        name: String,
    },
    /// Not counted: the work is stopped (行政许可法 art. 45).
    Stopped {
        /// The stop's place in the list that was given.
        stop: usize,
    },
    /// Not counted: the amount has run out, and the due day moves on to the end
    /// of a stop or of a rest (民法典 art. 203).
    Rolled,
    /// Not counted, for terms in hours and minutes: a working day, but outside
    /// the time that counts.
    OutsideHours,
}

impl DayWhy {
    /// The reason as people read it. A stop is named by its number, from 1; who
    /// knows its procedure and notice says more.
    pub fn zh(&self) -> String {
        match self {
            DayWhy::StartDay => "起算当日不计入".to_owned(),
            DayWhy::Counted => "计入".to_owned(),
            DayWhy::MakeUp { name } => format!("{name}调休上班，计入"),
            DayWhy::Weekend => "周末，不计入".to_owned(),
            DayWhy::RestDay { name } => format!("{name}放假，不计入"),
            DayWhy::LocallyClosed { name } => format!("本地放假：{name}，不计入"),
            DayWhy::Stopped { stop } => format!("第{}次停时，不计入", stop + 1),
            DayWhy::Rolled => "已届满，顺延".to_owned(),
            DayWhy::OutsideHours => "不在计时时段内".to_owned(),
        }
    }
}

/// One count: a term from a start, with the stops in order, and how it came
/// out.
struct Telling<'a> {
    start: Start,
    term: Term,
    stops: &'a [Placed],
    counted: Counted,
    in_extension: bool,
}

impl Telling<'_> {
    /// The stops that count, in order of opening.
    fn stops(&self) -> &[Placed] {
        self.stops.get(..self.counted.stops).unwrap_or(self.stops)
    }
}

impl Calendar {
    /// Tells a count day by day, from the day of the start to `through`: what
    /// [`Calendar::due`] counts, and why it leaves out the rest. Of each day
    /// that is left out for several reasons the first is told: the week or the
    /// holiday, then the stop.
    ///
    /// A limit that ends after the calendar can be told as far as the calendar
    /// goes.
    ///
    /// # Errors
    ///
    /// The day of the start or `through` isn't covered.
    pub fn explain(
        &self,
        start: DateTime<Utc>,
        term: Term,
        stops: &[Interval],
        extension: Option<Term>,
        through: NaiveDate,
    ) -> Result<Vec<DayCount>, NotCovered> {
        let stops = in_order(stops);
        let start = self.start(start)?;
        self.covered(through)?;
        let (term, second) = joined(term, extension);
        let counted = self.count(start, term, &stops);
        let first = Telling {
            start,
            term,
            counted,
            stops: &stops,
            in_extension: false,
        };
        let (Some(second), Outcome::Due(due)) = (second, counted.outcome) else {
            return Ok(self.tell(&first, start.day0, through));
        };
        let mut days = self.tell(&first, start.day0, through.min(due.on));
        let from_due = Start {
            day0: due.on,
            at: due.at,
        };
        let second = Telling {
            start: from_due,
            term: second,
            counted: self.count(from_due, second, &stops),
            stops: &stops,
            in_extension: true,
        };
        // The due day itself is told by the first count.
        days.extend(self.tell(&second, due.on.succ_opt().unwrap_or(due.on), through));
        Ok(days)
    }

    fn tell(&self, telling: &Telling<'_>, from: NaiveDate, through: NaiveDate) -> Vec<DayCount> {
        let days = from.iter_days().take_while(|day| *day <= through);
        match telling.term {
            Term::WorkingDays(_) | Term::NaturalDays(_) | Term::Months(_) => {
                self.tell_days(telling, days)
            }
            Term::WorkingHours(_) => self.tell_office_time(telling, TimeDelta::hours(1), days),
            Term::WorkingMinutes(_) => self.tell_office_time(telling, TimeDelta::minutes(1), days),
        }
    }

    fn tell_days(
        &self,
        telling: &Telling<'_>,
        days: impl Iterator<Item = NaiveDate>,
    ) -> Vec<DayCount> {
        let mut number = 0;
        days.map(|date| {
            let why = self.why_day(telling, date);
            let counted = matches!(why, DayWhy::Counted | DayWhy::MakeUp { .. });
            number += i64::from(counted);
            DayCount {
                date,
                counted,
                why,
                number,
                elapsed_seconds: None,
                in_extension: telling.in_extension,
            }
        })
        .collect()
    }

    fn why_day(&self, telling: &Telling<'_>, date: NaiveDate) -> DayWhy {
        if date == telling.start.day0 {
            return DayWhy::StartDay;
        }
        let why = match telling.term {
            Term::WorkingDays(_) => self.why_by_kind(date),
            _ => DayWhy::Counted,
        };
        if !matches!(why, DayWhy::Counted | DayWhy::MakeUp { .. }) {
            return why;
        }
        if let Some(stop) = self.stop_on(telling, date) {
            return DayWhy::Stopped { stop };
        }
        match (telling.counted.ran_out, telling.counted.outcome) {
            (Some(ran_out), Outcome::Due(due)) if ran_out < date && date <= due.on => {
                DayWhy::Rolled
            }
            _ => why,
        }
    }

    fn why_by_kind(&self, date: NaiveDate) -> DayWhy {
        match self.definition.kind(date) {
            DayKind::Workday => DayWhy::Counted,
            DayKind::MakeUp { name } => DayWhy::MakeUp { name },
            DayKind::Weekend => DayWhy::Weekend,
            DayKind::RestDay { name } => DayWhy::RestDay { name },
            DayKind::LocallyClosed { name } => DayWhy::LocallyClosed { name },
        }
    }

    /// The first stop that counts and covers a day, by its place in the
    /// caller's list: after the day on which it opens, up to and including the
    /// day on which it ends.
    fn stop_on(&self, telling: &Telling<'_>, date: NaiveDate) -> Option<usize> {
        let mut stops = telling.stops().iter();
        let covering = stops.find(|stop| {
            let ended = stop.to.is_some_and(|to| self.office_date(to) < date);
            self.office_date(stop.from) < date && !ended
        });
        covering.map(|stop| stop.place)
    }

    fn tell_office_time(
        &self,
        telling: &Telling<'_>,
        unit: TimeDelta,
        days: impl Iterator<Item = NaiveDate>,
    ) -> Vec<DayCount> {
        let mut elapsed = TimeDelta::zero();
        days.map(|date| {
            let from = self.start_of(date).max(telling.start.at);
            let on_day = self
                .office
                .outside(from, self.end_at_midnight(date), telling.stops());
            let on_day = on_day.unwrap_or_default();
            elapsed += on_day;
            let counted = !on_day.is_zero();
            DayCount {
                date,
                counted,
                why: self.why_office_time(telling, date, counted),
                number: elapsed.num_seconds() / unit.num_seconds(),
                elapsed_seconds: Some(elapsed.num_seconds()),
                in_extension: telling.in_extension,
            }
        })
        .collect()
    }

    fn why_office_time(&self, telling: &Telling<'_>, date: NaiveDate, counted: bool) -> DayWhy {
        let why = self.why_by_kind(date);
        if counted || !matches!(why, DayWhy::Counted | DayWhy::MakeUp { .. }) {
            return why;
        }
        let (from, to) = (self.start_of(date), self.end_at_midnight(date));
        let mut on_day = telling.stops().iter();
        let on_day =
            on_day.find(|stop| stop.from < to && stop.to.is_none_or(|resumes| from < resumes));
        match on_day {
            Some(stop) => DayWhy::Stopped { stop: stop.place },
            None if date == telling.start.day0 => DayWhy::StartDay,
            None => DayWhy::OutsideHours,
        }
    }
}
