//! Spans of office hours within one day.

use std::fmt;

/// Minutes of a day: the latest end of a span, 24:00.
const MINUTES_PER_DAY: u16 = 24 * 60;

/// Office hours from one wall-clock time to another of the same day, such as
/// `08:30-12:00`. Never empty, and ends at 24:00 at the latest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    opens: u16,
    closes: u16,
}

impl Span {
    /// The span between two numbers of minutes after 00:00; `None` unless
    /// `opens < closes <= 1440`.
    pub const fn new(opens: u16, closes: u16) -> Option<Span> {
        if opens < closes && closes <= MINUTES_PER_DAY {
            Some(Span { opens, closes })
        } else {
            None
        }
    }

    /// Minutes after 00:00 at which it opens.
    pub const fn opens_minute(self) -> u16 {
        self.opens
    }

    /// Minutes after 00:00 at which it closes, at most 1440.
    pub const fn closes_minute(self) -> u16 {
        self.closes
    }

    /// Reads `HH:MM-HH:MM`, `24:00` allowed as the end; `None` for anything
    /// else.
    pub fn parse(text: &str) -> Option<Span> {
        let (opens, closes) = text.split_once('-')?;
        Span::new(minute_of_day(opens)?, minute_of_day(closes)?)
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Span { opens, closes } = self;
        write!(
            f,
            "{:02}:{:02}-{:02}:{:02}",
            opens / 60,
            opens % 60,
            closes / 60,
            closes % 60
        )
    }
}

/// Reads `HH:MM` as minutes after 00:00, up to `24:00`.
fn minute_of_day(text: &str) -> Option<u16> {
    let (hour, minute) = text.split_once(':')?;
    let (hour, minute) = (two_digits(hour)?, two_digits(minute)?);
    let of_day = hour * 60 + minute;
    (minute < 60 && of_day <= MINUTES_PER_DAY).then_some(of_day)
}

/// Reads exactly two ASCII digits.
pub(crate) fn two_digits(text: &str) -> Option<u16> {
    let written_in_full = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
    written_in_full.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_read_as_they_are_written() {
        for text in ["08:30-12:00", "00:00-24:00", "23:59-24:00"] {
            let span = Span::parse(text).expect(text);
            assert_eq!(span.to_string(), text);
        }
    }

    #[test]
    fn other_texts_are_no_spans() {
        for text in [
            "",
            "08:30",
            "8:30-12:00",
            "08:30-12",
            "12:00-08:30",
            "08:30-08:30",
            "08:60-09:30",
            "08:30-24:01",
            "08:30 - 12:00",
            "08:30-12:00-13:00",
            "+8:30-12:00",
            "08:30–12:00",
        ] {
            assert_eq!(Span::parse(text), None, "{text}");
        }
    }
}
