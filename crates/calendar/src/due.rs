//! When a limit ends.
//!
//! All five units follow one plan: the end without any stop, then the stops in
//! order of opening, each judged against the due instant that those before it
//! give. A stop opened at or after that instant changes nothing, and neither do
//! those after it.

use crate::calendar::date;
use crate::hours::Elapsed;
use crate::stops::{Placed, in_order};
use crate::working::WorkingDays;
use crate::{Calendar, DayNumber, Interval, NotCovered, Term};
use chrono::{DateTime, Datelike, Months, NaiveDate, TimeDelta, Utc};
use std::hint::select_unpredictable;

/// When a limit ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Due {
    /// The last day of the limit.
    pub on: NaiveDate,
    /// The end of that day, or in hours and minutes the instant at which the
    /// time has run out. On time is what happens before it.
    pub at: DateTime<Utc>,
}

/// A stop in day numbers: it opens on one day and the work resumes on another,
/// never an earlier one; `None` while it is open.
#[derive(Clone, Copy)]
pub(crate) struct Stretch {
    opens: i32,
    resumes: Option<i32>,
}

/// A count in days that came to its end, or to an open stop.
struct DayCounted {
    /// The last day of the limit.
    due_on: i32,
    /// The day on which the amount had run out; `due_on` is later if the work
    /// was stopped then, or if it is a rest day.
    ran_out: i32,
    /// How many of the stops count.
    stops: usize,
    /// Whether the last of them is still open.
    open: bool,
}

/// A count in days that runs past the calendar's end.
struct Beyond {
    /// The first stop that wasn't taken in full.
    stop: usize,
    /// The first day needed that isn't covered.
    day: i32,
}

/// How a count came out.
#[derive(Clone, Copy)]
pub(crate) enum Outcome {
    /// It has an end.
    Due(Due),
    /// It has none while a stop is open.
    Open,
    /// It needs this day, which the calendar doesn't cover.
    Beyond(NaiveDate),
}

/// A count with all that its explanation needs.
#[derive(Clone, Copy)]
pub(crate) struct Counted {
    pub(crate) outcome: Outcome,
    /// The day on which the amount had run out, if it did.
    pub(crate) ran_out: Option<NaiveDate>,
    /// How many of the stops in order count.
    pub(crate) stops: usize,
}

/// Where a count begins: a day, and an instant for terms in hours.
#[derive(Clone, Copy)]
pub(crate) struct Start {
    pub(crate) day0: NaiveDate,
    pub(crate) at: DateTime<Utc>,
}

impl Calendar {
    /// When a limit ends that starts at `start`, or `None` while a stop that
    /// counts is open.
    ///
    /// The day of the start isn't counted (民法典 art. 201), nor are the days
    /// of the stops (行政许可法 art. 45): of each those after the day on which
    /// it opens, up to and including the day on which it ends. Of a limit in
    /// working days, the end is the first working day by which the amount has
    /// been counted; limits in natural days and months end on a working day too
    /// (民法典 art. 202, 203). Work that is stopped when the amount has run out
    /// is due on the first working day on or after the end of the stop. Hours
    /// and minutes are counted inside office hours from the instant of the
    /// start; they end at a closing, not at the next opening.
    ///
    /// An extension in the term's own unit is added to the amount; in another
    /// it is counted from the end that the term has without it.
    ///
    /// # Errors
    ///
    /// The day of the start, or a day that the count needs, isn't covered.
    pub fn due(
        &self,
        start: DateTime<Utc>,
        term: Term,
        stops: &[Interval],
        extension: Option<Term>,
    ) -> Result<Option<Due>, NotCovered> {
        let stops = in_order(stops);
        let (term, second) = joined(term, extension);
        let start = self.start(start)?;
        let first = self.count(start, term, &stops);
        match (self.answer(first)?, second) {
            (Some(due), Some(second)) => {
                let from_due = Start {
                    day0: due.on,
                    at: due.at,
                };
                self.answer(self.count(from_due, second, &stops))
            }
            (due, _) => Ok(due),
        }
    }

    /// The last day of a limit in working days, for callers that keep day
    /// numbers: constant time for each stop, and no allocation.
    ///
    /// `stops` are pairs of the day on which a stop opens and the day on which
    /// the work resumes, in order of opening, none of them open. A stop counts
    /// if it opens on or before the due day that those before it give, which is
    /// what [`Calendar::due`] says of a calendar whose days end at midnight.
    ///
    /// # Errors
    ///
    /// `day0`, or a day that the count needs, isn't covered.
    #[inline]
    pub fn due_day(
        &self,
        day0: DayNumber,
        working_days: u32,
        stops: &[(DayNumber, DayNumber)],
    ) -> Result<DayNumber, NotCovered> {
        if !self.working.covers(day0.0) {
            return Err(self.not_covered(day0.date()));
        }
        if let [(opens, resumes)] = stops
            && let Some(due_on) =
                with_one_stop(&self.working, day0.0, working_days, opens.0, resumes.0)
        {
            return Ok(DayNumber(due_on));
        }
        let stretches = stops.iter().map(|(opens, resumes)| Stretch {
            opens: opens.0,
            resumes: Some(resumes.0.max(opens.0)),
        });
        match count_working_days(
            &self.working,
            day0.0,
            working_days,
            stretches,
            |_, stop, due_on| stop.opens <= due_on,
        ) {
            Ok(counted) => Ok(DayNumber(counted.due_on)),
            Err(_) => Err(self.not_covered_after()),
        }
    }

    pub(crate) fn start(&self, at: DateTime<Utc>) -> Result<Start, NotCovered> {
        let day0 = self.office_date(at);
        self.covered(day0)?;
        Ok(Start { day0, at })
    }

    fn answer(&self, counted: Counted) -> Result<Option<Due>, NotCovered> {
        match counted.outcome {
            Outcome::Due(due) => Ok(Some(due)),
            Outcome::Open => Ok(None),
            Outcome::Beyond(day) => Err(self.not_covered(day)),
        }
    }

    /// Counts one term from a start that is covered.
    pub(crate) fn count(&self, start: Start, term: Term, stops: &[Placed]) -> Counted {
        let day0 = start.day0;
        match term {
            Term::WorkingDays(n) => self.count_days(stops, |stretches, counts| {
                count_working_days(&self.working, day0.num_days_from_ce(), n, stretches, counts)
            }),
            Term::NaturalDays(n) => {
                let raw = i64::from(day0.num_days_from_ce()) + i64::from(n);
                let raw = i32::try_from(raw).unwrap_or(i32::MAX);
                self.count_raw(day0, raw, stops)
            }
            // 民法典 art. 202: the same day number, or the month's last.
            Term::Months(n) => {
                let raw = day0.checked_add_months(Months::new(n));
                self.count_raw(
                    day0,
                    raw.map_or(i32::MAX, |raw| raw.num_days_from_ce()),
                    stops,
                )
            }
            Term::WorkingHours(n) => {
                self.count_office_time(start, TimeDelta::hours(i64::from(n)), stops)
            }
            Term::WorkingMinutes(n) => {
                self.count_office_time(start, TimeDelta::minutes(i64::from(n)), stops)
            }
        }
    }

    fn count_raw(&self, day0: NaiveDate, raw: i32, stops: &[Placed]) -> Counted {
        self.count_days(stops, |stretches, counts| {
            count_natural_days(
                &self.working,
                day0.num_days_from_ce(),
                raw,
                stretches,
                counts,
            )
        })
    }

    /// Runs a count in days over stops given as instants.
    fn count_days(
        &self,
        stops: &[Placed],
        count: impl FnOnce(
            &mut dyn Iterator<Item = Stretch>,
            &mut dyn FnMut(usize, Stretch, i32) -> bool,
        ) -> Result<DayCounted, Beyond>,
    ) -> Counted {
        let number = |at| self.office_date(at).num_days_from_ce();
        let mut stretches = stops.iter().map(|stop| Stretch {
            opens: number(stop.from),
            resumes: stop.to.map(number),
        });
        // A stop opened at or after the due instant changes nothing.
        let mut counts = |place: usize, _, due_on: i32| {
            let due_at = date(due_on).and_then(|due_on| self.end_of(due_on).ok());
            let stop = stops.get(place);
            stop.zip(due_at)
                .is_some_and(|(stop, due_at)| stop.from < due_at)
        };
        match count(&mut stretches, &mut counts) {
            Ok(counted) => self.day_counted(&counted),
            Err(Beyond { stop, day }) => {
                self.beyond(stops, stop, date(day).unwrap_or(NaiveDate::MAX))
            }
        }
    }

    fn day_counted(&self, counted: &DayCounted) -> Counted {
        let due_on = date(counted.due_on).unwrap_or(NaiveDate::MAX);
        let outcome = match self.end_of(due_on) {
            _ if counted.open => Outcome::Open,
            Ok(at) => Outcome::Due(Due { on: due_on, at }),
            Err(error) => Outcome::Beyond(error.date),
        };
        Counted {
            outcome,
            ran_out: date(counted.ran_out).filter(|_| !counted.open),
            stops: counted.stops,
        }
    }

    /// A count that runs past the calendar's end. Every stop that opens on a
    /// day covered opens before such an end; so if one of them is open, there
    /// is no end yet that could be missed.
    fn beyond(&self, stops: &[Placed], first_untaken: usize, day: NaiveDate) -> Counted {
        let in_calendar = stops.partition_point(|stop| self.office_date(stop.from) <= self.to());
        let untaken = stops
            .iter()
            .enumerate()
            .take(in_calendar)
            .skip(first_untaken);
        let mut open = untaken.filter(|(_, stop)| stop.to.is_none());
        let (outcome, stops) = match open.next() {
            Some((place, _)) => (Outcome::Open, place + 1),
            None => (Outcome::Beyond(day), in_calendar),
        };
        Counted {
            outcome,
            ran_out: None,
            stops,
        }
    }

    fn count_office_time(&self, start: Start, amount: TimeDelta, stops: &[Placed]) -> Counted {
        let beyond = |stop| {
            let after = self.to().succ_opt().unwrap_or(NaiveDate::MAX);
            self.beyond(stops, stop, after)
        };
        let Some(elapsed_before) = self.office.until(start.at) else {
            return beyond(0);
        };
        let mut runs_out = elapsed_before + amount;
        let mut due = if amount.is_zero() {
            // Nothing has to elapse, so it has elapsed at the start.
            Elapsed {
                on: start.day0,
                at: start.at,
            }
        } else {
            match self.office.after(runs_out) {
                Some(due) => due,
                None => return beyond(0),
            }
        };
        let mut covered = start.at;
        let mut counted = 0;
        for stop in stops {
            if stop.from >= due.at {
                break;
            }
            let Some(to) = stop.to else {
                return Counted {
                    outcome: Outcome::Open,
                    ran_out: None,
                    stops: counted + 1,
                };
            };
            let from = stop.from.max(covered);
            if !amount.is_zero() && from < to {
                let stopped = self.office.between(from, to);
                let later = stopped.and_then(|stopped| {
                    runs_out += stopped;
                    self.office.after(runs_out)
                });
                match later {
                    Some(later) => due = later,
                    None => return beyond(counted),
                }
            }
            covered = covered.max(to);
            counted += 1;
        }
        Counted {
            outcome: Outcome::Due(Due {
                on: due.on,
                at: due.at,
            }),
            ran_out: Some(due.on),
            stops: counted,
        }
    }
}

/// A term with its extension: one term if both count the same, or the term and
/// then the extension as a count of its own.
pub(crate) fn joined(term: Term, extension: Option<Term>) -> (Term, Option<Term>) {
    // Nothing added is nothing to count: the due instant stays, also where days would round it up.
    let Some(extension) = extension.filter(|e| e.amount() > 0) else {
        return (term, None);
    };
    if term.unit() == extension.unit() {
        let amount = term.amount().saturating_add(extension.amount());
        return (Term::new(amount, term.unit()), None);
    }
    // Hours are sixty minutes in every office: one count of minutes says the
    // same as two counts in a row.
    match (office_minutes(term), office_minutes(extension)) {
        (Some(first), Some(second)) => (Term::WorkingMinutes(first.saturating_add(second)), None),
        _ => (term, Some(extension)),
    }
}

fn office_minutes(term: Term) -> Option<u32> {
    match term {
        Term::WorkingHours(n) => Some(n.saturating_mul(60)),
        Term::WorkingMinutes(n) => Some(n),
        Term::WorkingDays(_) | Term::NaturalDays(_) | Term::Months(_) => None,
    }
}

/// What [`count_working_days`] gives for the most frequent question: one stop,
/// everything covered. `None` leaves the question to it.
///
/// Whether the stop counts can't be foreseen, and each wrong guess of the
/// processor costs as much as the whole count; so both ends are looked up and
/// one is chosen.
#[inline]
fn with_one_stop(
    working: &WorkingDays,
    day0: i32,
    n: u32,
    opens: i32,
    resumes: i32,
) -> Option<i32> {
    let nth = working.through(day0)?.saturating_add(n);
    let due_on = working.nth(nth)?;
    let from = opens.max(day0);
    let stopped = working.between(from, resumes.max(from))?;
    let counted = select_unpredictable(opens < due_on, stopped, 0);
    let moved = working.nth(nth.saturating_add(counted))?;
    // With n = 0 nothing is counted, and a stop that opens on the due day rolls.
    (n > 0 && opens != due_on).then_some(moved)
}

/// Counts `n` working days from `day0`, which must be covered: the first
/// working day d ≥ day0 with W(d) − W(day0) − stopped(d) ≥ n, and the roll of
/// stops that open on or after d.
///
/// Stops come in order of opening. One that opens before d is passed in full
/// before the count can end, so d moves by just the working days of it that no
/// stop before it covers; one that opens on or after d leaves d where it is.
#[inline]
fn count_working_days(
    working: &WorkingDays,
    day0: i32,
    n: u32,
    stops: impl Iterator<Item = Stretch>,
    mut counts: impl FnMut(usize, Stretch, i32) -> bool,
) -> Result<DayCounted, Beyond> {
    let beyond = |stop| Beyond {
        stop,
        day: working.end(),
    };
    let before = working.through(day0).ok_or_else(|| beyond(0))?;
    let mut nth = before.saturating_add(n);
    let ran_out = if n == 0 {
        working.roll(day0)
    } else {
        working.nth(nth)
    };
    let mut ran_out = ran_out.ok_or_else(|| beyond(0))?;
    let mut due_on = ran_out;
    let mut covered = day0;
    let mut counted = 0;
    for stop in stops {
        if !counts(counted, stop, due_on) {
            break;
        }
        let Some(resumes) = stop.resumes else {
            return Ok(DayCounted {
                due_on,
                ran_out,
                stops: counted + 1,
                open: true,
            });
        };
        if stop.opens >= ran_out {
            let rolled = working.roll(resumes).ok_or_else(|| beyond(counted))?;
            due_on = due_on.max(rolled);
        } else if n > 0 {
            let from = stop.opens.max(covered);
            if from < resumes {
                let stopped = working.between(from, resumes);
                nth = nth.saturating_add(stopped.ok_or_else(|| beyond(counted))?);
                ran_out = working.nth(nth).ok_or_else(|| beyond(counted))?;
                due_on = ran_out;
            }
        }
        covered = covered.max(resumes);
        counted += 1;
    }
    Ok(DayCounted {
        due_on,
        // Nothing is counted of a term of none.
        ran_out: if n == 0 { day0 } else { ran_out },
        stops: counted,
        open: false,
    })
}

/// Counts natural days from `day0` to `raw`, moved by the stops, and then rolls
/// once to a working day.
fn count_natural_days(
    working: &WorkingDays,
    day0: i32,
    raw: i32,
    stops: impl Iterator<Item = Stretch>,
    mut counts: impl FnMut(usize, Stretch, i32) -> bool,
) -> Result<DayCounted, Beyond> {
    let rolled = |raw: i32, stop| {
        working.roll(raw).ok_or(Beyond {
            stop,
            day: working.end().max(raw),
        })
    };
    let mut raw = raw;
    let mut due_on = rolled(raw, 0)?;
    let mut ran_out = None;
    let mut covered = day0;
    let mut counted = 0;
    for stop in stops {
        if !counts(counted, stop, due_on) {
            break;
        }
        let Some(resumes) = stop.resumes else {
            return Ok(DayCounted {
                due_on,
                ran_out: ran_out.unwrap_or(raw),
                stops: counted + 1,
                open: true,
            });
        };
        if stop.opens < raw {
            let from = stop.opens.max(covered);
            raw = raw.saturating_add((resumes - from).max(0));
        } else {
            // The amount has run out; what remains is to wait for the work.
            ran_out.get_or_insert(raw);
            raw = raw.max(resumes);
        }
        due_on = rolled(raw, counted)?;
        covered = covered.max(resumes);
        counted += 1;
    }
    Ok(DayCounted {
        due_on,
        ran_out: ran_out.unwrap_or(raw),
        stops: counted,
        open: false,
    })
}
