//! Working days as tables: how many up to a day, and which is the n-th. Both
//! are one look-up, so counting takes the same time for a day and for a decade.

/// A calendar covers at most as many days as 16 bits can count: 179 years. That
/// keeps both tables of 25 years within 40 KB, near enough to the processor.
pub(crate) const DAYS_MAX: i64 = 65_534;

/// The working days of a calendar. Days are given by their numbers
/// ([`crate::DayNumber`]).
#[derive(Clone)]
pub(crate) struct WorkingDays {
    /// The number of the first day covered.
    first: i32,
    /// At i, how many of the first i days work; one entry more than days.
    before: Box<[u16]>,
    /// At k, how many days after the first the (k+1)-th working day is.
    nth: Box<[u16]>,
}

impl WorkingDays {
    /// Makes the tables of the days from `first` on.
    pub(crate) fn new(first: i32, works: impl Iterator<Item = bool>) -> WorkingDays {
        let mut before = vec![0];
        let mut nth = Vec::new();
        let mut count: u16 = 0;
        // The zip ends what DAYS_MAX bounds already.
        for (day, works) in (0..u16::MAX).zip(works) {
            if works {
                nth.push(day);
                count += 1;
            }
            before.push(count);
        }
        WorkingDays {
            first,
            before: before.into_boxed_slice(),
            nth: nth.into_boxed_slice(),
        }
    }

    /// W(day), the working days up to and including a day. Answers for the day
    /// before the first too, where it is 0; `None` for any other day outside.
    #[inline]
    pub(crate) fn through(&self, day: i32) -> Option<u32> {
        // A day before the first wraps to a place far beyond the table's end.
        let place = day.wrapping_sub(self.first).wrapping_add(1).cast_unsigned();
        let place = usize::try_from(place).ok()?;
        self.before.get(place).map(|count| u32::from(*count))
    }

    /// The k-th working day, from 1; `None` if the calendar ends before it.
    #[inline]
    pub(crate) fn nth(&self, k: u32) -> Option<i32> {
        let place = usize::try_from(k.wrapping_sub(1)).ok()?;
        let days = self.nth.get(place)?;
        Some(self.first + i32::from(*days))
    }

    /// The working days after one day up to and including a later one.
    #[inline]
    pub(crate) fn between(&self, after: i32, through: i32) -> Option<u32> {
        Some(self.through(through)? - self.through(after)?)
    }

    /// The first working day on or after a day that is covered.
    #[inline]
    pub(crate) fn roll(&self, day: i32) -> Option<i32> {
        self.nth(self.through(day.wrapping_sub(1))? + 1)
    }

    /// Whether a day works; `None` outside.
    #[inline]
    pub(crate) fn works(&self, day: i32) -> Option<bool> {
        if !self.covers(day) {
            return None;
        }
        Some(self.through(day)? > self.through(day.wrapping_sub(1))?)
    }

    /// Whether a day is covered.
    #[inline]
    pub(crate) fn covers(&self, day: i32) -> bool {
        day >= self.first && self.through(day).is_some()
    }

    /// The first day after the calendar.
    #[cold]
    pub(crate) fn end(&self) -> i32 {
        let days = i32::try_from(self.before.len() - 1).unwrap_or(i32::MAX);
        self.first.saturating_add(days)
    }
}
