//! The calendar itself: its range, its days and plain counting.

use crate::definition::{DayEnds, Definition};
use crate::hours::OfficeHours;
use crate::working::WorkingDays;
use crate::{CalendarError, DayInfo, NotCovered, file, text, zone};
use chrono::{DateTime, Datelike, NaiveDate, NaiveTime, TimeDelta, Utc};
use chrono_tz::Tz;
use std::fmt;
use std::sync::Arc;

/// Which days work, from when to when, and when the office is open.
///
/// Immutable; two with equal definitions are equal, whatever files they came
/// from.
#[derive(Clone)]
pub struct Calendar {
    pub(crate) definition: Definition,
    version: Arc<str>,
    pub(crate) working: WorkingDays,
    pub(crate) office: OfficeHours,
}

impl PartialEq for Calendar {
    fn eq(&self, other: &Calendar) -> bool {
        self.definition == other.definition
    }
}

impl Eq for Calendar {}

impl fmt::Debug for Calendar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Calendar({self})")
    }
}

impl fmt::Display for Calendar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (from, to) = (self.from(), self.to());
        write!(f, "{}, {}, {from}..{to}", self.version, self.zone())
    }
}

impl Calendar {
    /// Reads a calendar from the text of one file; `name` is what errors call
    /// the file.
    ///
    /// # Errors
    ///
    /// The first thing that is wrong with the file, with line and date.
    pub fn parse(name: &str, text: &str) -> Result<Calendar, CalendarError> {
        file::read(&[(name, text)]).map(Calendar::new)
    }

    /// Reads a calendar from the files of a directory, given as (name, text):
    /// one with the head keys (`version` and so on) and lists of its own, and
    /// others that hold only lists, such as one for each year.
    ///
    /// # Errors
    ///
    /// The first thing that is wrong with the files, with file, line and date.
    pub fn parse_parts(parts: &[(String, String)]) -> Result<Calendar, CalendarError> {
        let parts: Vec<(&str, &str)> = parts
            .iter()
            .map(|(name, text)| (name.as_str(), text.as_str()))
            .collect();
        file::read(&parts).map(Calendar::new)
    }

    fn new(definition: Definition) -> Calendar {
        let works = definition.dates().map(|date| definition.works(date));
        Calendar {
            version: definition.version.as_str().into(),
            working: WorkingDays::new(definition.from.num_days_from_ce(), works),
            office: OfficeHours::new(&definition),
            definition,
        }
    }

    /// The calendar as one file that [`Calendar::parse`] reads back as an equal
    /// calendar. Comments and the division into files are lost.
    pub fn to_text(&self) -> String {
        text::write(&self.definition)
    }

    /// The version, such as `cn-2026.1`. It stands on whatever was computed.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The zone whose clocks decide which date an instant has.
    pub fn zone(&self) -> Tz {
        self.definition.zone
    }

    /// The first day covered.
    pub fn from(&self) -> NaiveDate {
        self.definition.from
    }

    /// The last day covered.
    pub fn to(&self) -> NaiveDate {
        self.definition.to
    }

    /// The last day that no notice still to come will change.
    pub fn final_to(&self) -> NaiveDate {
        self.definition.final_to
    }

    /// Whether a notice still to come may change whether a day works.
    pub fn is_provisional(&self, day: NaiveDate) -> bool {
        day > self.definition.final_to
    }

    /// When a day of a limit ends.
    pub fn day_ends(&self) -> DayEnds {
        self.definition.day_ends
    }

    /// Whether a day is covered.
    pub fn covers(&self, day: NaiveDate) -> bool {
        self.from() <= day && day <= self.to()
    }

    /// The date that the office's own clocks and calendars show at an instant.
    /// The one place where an instant becomes a date.
    pub fn office_date(&self, at: DateTime<Utc>) -> NaiveDate {
        self.local(at).date_naive()
    }

    /// An instant as the office's clocks show it.
    pub fn local(&self, at: DateTime<Utc>) -> DateTime<Tz> {
        zone::local(self.zone(), at)
    }

    /// When a day begins: 00:00 in the calendar's zone or, where the clocks
    /// skip that, the first instant after. The day needn't be covered.
    pub fn start_of(&self, day: NaiveDate) -> DateTime<Utc> {
        zone::instant(self.zone(), day.and_time(NaiveTime::MIN))
    }

    /// When a day of a limit ends: at midnight or, if the calendar says so, at
    /// the close of business (民法典 art. 203). A day without office hours ends
    /// at midnight. What happens at that very instant is late.
    ///
    /// # Errors
    ///
    /// The day isn't covered.
    pub fn end_of(&self, day: NaiveDate) -> Result<DateTime<Utc>, NotCovered> {
        self.covered(day)?;
        let close = match self.day_ends() {
            DayEnds::Midnight => None,
            DayEnds::Close => self.office.close(day),
        };
        Ok(close.unwrap_or_else(|| self.end_at_midnight(day)))
    }

    /// The midnight at the end of a day, whatever a limit's day ends at.
    pub(crate) fn end_at_midnight(&self, day: NaiveDate) -> DateTime<Utc> {
        self.start_of(day.succ_opt().unwrap_or(day))
    }

    /// Whether a day works, why, and its office hours.
    ///
    /// # Errors
    ///
    /// The day isn't covered.
    pub fn day(&self, day: NaiveDate) -> Result<DayInfo, NotCovered> {
        self.covered(day)?;
        let kind = self.definition.kind(day);
        let mark = self.definition.mark(day);
        Ok(DayInfo {
            date: day,
            working: kind.works(),
            why: kind.zh(),
            kind,
            hours: self.office.spans(day).to_vec(),
            provisional: self.is_provisional(day),
            notice: mark.and_then(|mark| mark.notice.clone()),
            source: mark.and_then(|mark| mark.source.clone()),
        })
    }

    /// Whether a day works (行政许可法 art. 82).
    ///
    /// # Errors
    ///
    /// The day isn't covered.
    pub fn is_working(&self, day: NaiveDate) -> Result<bool, NotCovered> {
        let works = self.working.works(day.num_days_from_ce());
        works.ok_or_else(|| self.not_covered(day))
    }

    /// The first day on which a count with another calendar may differ: one that works, or is covered, in one of the two
    /// only, or has other office hours. No limit that ends before it ends on another day with the other one.
    pub fn first_difference(&self, other: &Calendar) -> Option<NaiveDate> {
        let from = self.from().min(other.from());
        if self.zone() != other.zone() || self.day_ends() != other.day_ends() {
            return Some(from);
        }
        let to = self.to().max(other.to());
        let differs = |day: &NaiveDate| {
            self.is_working(*day).ok() != other.is_working(*day).ok()
                || self.office.spans(*day) != other.office.spans(*day)
        };
        from.iter_days().take_while(|day| *day <= to).find(differs)
    }

    /// W(through) − W(after): the working days after `after` up to and
    /// including `through`; negative if `through` is the earlier of the two.
    ///
    /// # Errors
    ///
    /// One of the two isn't covered. The day before the calendar's first is
    /// allowed, for it isn't counted itself.
    pub fn working_days_between(
        &self,
        after: NaiveDate,
        through: NaiveDate,
    ) -> Result<i64, NotCovered> {
        Ok(i64::from(self.working_days_through(through)?)
            - i64::from(self.working_days_through(after)?))
    }

    /// W(day), from the calendar's first day.
    pub(crate) fn working_days_through(&self, day: NaiveDate) -> Result<u32, NotCovered> {
        let through = self.working.through(day.num_days_from_ce());
        through.ok_or_else(|| self.not_covered(day))
    }

    /// The n-th working day after a day, which isn't counted itself (民法典
    /// art. 201); with n = 0 the day itself or, if it rests, the next that
    /// works.
    ///
    /// # Errors
    ///
    /// The day isn't covered, or the calendar ends before the count does.
    pub fn add_working_days(&self, day: NaiveDate, n: u32) -> Result<NaiveDate, NotCovered> {
        self.covered(day)?;
        if n == 0 {
            return self.roll(day);
        }
        let nth = self.working_days_through(day)?.saturating_add(n);
        let found = self.working.nth(nth).and_then(date);
        found.ok_or_else(|| self.not_covered_after())
    }

    /// The first working day on or after a day (民法典 art. 203).
    ///
    /// # Errors
    ///
    /// The day isn't covered, or the calendar ends before the next working day.
    pub fn roll(&self, day: NaiveDate) -> Result<NaiveDate, NotCovered> {
        self.covered(day)?;
        let found = self.working.roll(day.num_days_from_ce()).and_then(date);
        found.ok_or_else(|| self.not_covered_after())
    }

    /// The first day on which at most `n` working days are left up to and
    /// including `due_on`: the first with W(due_on) − W(day) ≤ n. At 00:00 of
    /// that day, "n before" fires.
    ///
    /// # Errors
    ///
    /// `due_on` isn't covered, or that day would lie before the calendar.
    pub fn first_day_with_left(&self, due_on: NaiveDate, n: u32) -> Result<NaiveDate, NotCovered> {
        self.covered(due_on)?;
        let nth = self.working_days_through(due_on)?.checked_sub(n);
        // Working day 0 would be the last before the calendar, if any.
        let found = nth.and_then(|nth| self.working.nth(nth)).and_then(date);
        found.ok_or_else(|| self.not_covered(self.from().pred_opt().unwrap_or(NaiveDate::MIN)))
    }

    pub(crate) fn covered(&self, day: NaiveDate) -> Result<(), NotCovered> {
        if self.covers(day) {
            Ok(())
        } else {
            Err(self.not_covered(day))
        }
    }

    /// Every day up to `day` is needed: the first one that isn't covered is named.
    pub(crate) fn covered_through(&self, day: NaiveDate) -> Result<(), NotCovered> {
        if day > self.to() {
            Err(self.not_covered_after())
        } else {
            self.covered(day)
        }
    }

    /// The error for a day outside the calendar.
    #[cold]
    pub(crate) fn not_covered(&self, date: NaiveDate) -> NotCovered {
        NotCovered {
            date,
            version: Arc::clone(&self.version),
            from: self.from(),
            to: self.to(),
        }
    }

    /// The error for a count that runs past the calendar's end: it names the
    /// first day that would be needed.
    #[cold]
    pub(crate) fn not_covered_after(&self) -> NotCovered {
        self.not_covered(self.to().succ_opt().unwrap_or(NaiveDate::MAX))
    }

    /// Office time, really elapsed, between two instants; none if they are
    /// reversed.
    ///
    /// # Errors
    ///
    /// The day of one of the two isn't covered.
    pub fn office_time_between(
        &self,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
    ) -> Result<TimeDelta, NotCovered> {
        self.covered(self.office_date(from))?;
        self.covered(self.office_date(to))?;
        let elapsed = self.office.between(from, to);
        elapsed.ok_or_else(|| self.not_covered(self.office_date(to)))
    }
}

/// The date with a day number.
pub(crate) fn date(number: i32) -> Option<NaiveDate> {
    NaiveDate::from_num_days_from_ce_opt(number)
}
