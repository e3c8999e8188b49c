//! The numbers of a report behind which stand cases, orders or appeals: each by a word, with how it is read from
//! [`Figures`] and where those that it counts are to be looked for. A subject belongs to a number if what
//! [`super::count`] says of it alone isn't zero there, so a list made so always adds up to its number.

use std::fmt;

use super::figures::{Counts, Figures};
use crate::stage::{Outcome, Stage};

/// Where the subjects behind a number are to be looked for. Each names more than are counted, and never fewer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// Cases accepted in the period.
    Accepted,
    /// Cases that ended in the period.
    Ended(Ended),
    /// Accepted cases that were open when the period began.
    OpenAtStart,
    /// Accepted cases that were open when it ended.
    OpenAtEnd,
    /// Those of them whose promised limit may have been over then.
    OpenLate,
    /// Subjects to which one of two kinds of events happened in the period.
    Happened([&'static str; 2]),
    /// The same, but counted for the unit that a warning is raised against, which needn't be the case's own.
    Warned([&'static str; 2]),
    /// Orders that were open when the period ended.
    OrdersOpen,
}

/// Which of the cases that ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// All.
    Any,
    /// After their promised limit.
    Late,
    /// After their statutory limit, or decided so.
    StatutoryLate,
    /// Within a day of their receipt.
    SameDay,
    /// Without ever being accepted.
    Declined,
}

impl Ended {
    /// The word that a statement asks by.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Any => "any",
            Self::Late => "late",
            Self::StatutoryLate => "statutory_late",
            Self::SameDay => "same_day",
            Self::Declined => "declined",
        }
    }
}

/// A number with something behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Indicator {
    /// A plain count, by its place in the table of counts.
    Count(usize),
    /// Measured cases that aren't immediate.
    Measured,
    /// Measured immediate cases.
    Immediate,
    /// Cases that ended so; `None` where another system doesn't say how.
    Outcome(Option<Outcome>),
    /// Visits to a stage in the completed cases.
    Visits(Stage),
    /// Those that ended after the stage's own limit.
    LateVisits(Stage),
}

type Value = fn(&Counts) -> u64;

const ENDED: Source = Source::Ended(Ended::Any);
const RAISED: Source = Source::Warned(["warning_raised", "warning_issued"]);
const ANNULLED: Source = Source::Warned(["warning_annulled", "warning_annulled"]);
const REVOKED: Source = Source::Warned(["warning_revoked", "warning_revoked"]);

const fn happened(kind: &'static str) -> Source {
    Source::Happened([kind, kind])
}

/// The plain counts that lead somewhere. Sums of days and irregular records don't: there is nothing to look them up by.
const COUNTS: &[(&str, Value, Source)] = &[
    ("accepted", |c| c.accepted, Source::Accepted),
    ("deemed_accepted", |c| c.deemed_accepted, Source::Accepted),
    ("completed", |c| c.completed, ENDED),
    ("declined", |c| c.declined, Source::Ended(Ended::Declined)),
    ("cohort_completed", |c| c.cohort_completed, Source::Accepted),
    ("open_at_start", |c| c.open_at_start, Source::OpenAtStart),
    ("open_at_end", |c| c.open_at_end, Source::OpenAtEnd),
    ("open_late", |c| c.open_late, Source::OpenLate),
    ("completed_on_time", |c| c.completed_on_time, ENDED),
    ("completed_early", |c| c.completed_early, ENDED),
    (
        "completed_late",
        |c| c.completed_late,
        Source::Ended(Ended::Late),
    ),
    ("statutory_on_time", |c| c.statutory_on_time, ENDED),
    (
        "statutory_late",
        |c| c.statutory_late,
        Source::Ended(Ended::StatutoryLate),
    ),
    ("timed", |c| c.timed, ENDED),
    ("same_day", |c| c.same_day, Source::Ended(Ended::SameDay)),
    ("stops", |c| c.stops, happened("stop_opened")),
    (
        "stops_without_notice",
        |c| c.stops_without_notice,
        happened("stop_opened"),
    ),
    ("suspensions", |c| c.suspensions, happened("stop_opened")),
    (
        "stops_open_at_end",
        |c| c.stops_open_at_end,
        Source::OpenAtEnd,
    ),
    (
        "corrections",
        |c| c.corrections,
        happened("correction_notified"),
    ),
    (
        "second_corrections",
        |c| c.second_corrections,
        happened("correction_notified"),
    ),
    ("extensions", |c| c.extensions, happened("extended")),
    ("sent_back", |c| c.sent_back, happened("sent_back")),
    ("notices_issued", |c| c.notices_issued, RAISED),
    ("notices_annulled", |c| c.notices_annulled, ANNULLED),
    ("notices_revoked", |c| c.notices_revoked, REVOKED),
    ("notices_pending", |c| c.notices_pending, RAISED),
    ("yellow_issued", |c| c.yellow_issued, RAISED),
    ("yellow_annulled", |c| c.yellow_annulled, ANNULLED),
    ("yellow_revoked", |c| c.yellow_revoked, REVOKED),
    ("yellow_pending", |c| c.yellow_pending, RAISED),
    ("red_issued", |c| c.red_issued, RAISED),
    ("red_annulled", |c| c.red_annulled, ANNULLED),
    ("red_revoked", |c| c.red_revoked, REVOKED),
    ("red_pending", |c| c.red_pending, RAISED),
    ("notice_cases", |c| c.notice_cases, RAISED),
    ("yellow_cards", |c| c.yellow_cards, RAISED),
    ("red_cards", |c| c.red_cards, RAISED),
    (
        "orders_issued",
        |c| c.orders_issued,
        happened("order_issued"),
    ),
    (
        "order_replies_in_time",
        |c| c.order_replies_in_time,
        happened("order_replied"),
    ),
    (
        "order_replies_late",
        |c| c.order_replies_late,
        happened("order_replied"),
    ),
    ("orders_overdue", |c| c.orders_overdue, Source::OrdersOpen),
    (
        "orders_closed",
        |c| c.orders_closed,
        happened("order_closed"),
    ),
    (
        "appeals_filed",
        |c| c.appeals_filed,
        happened("appeal_filed"),
    ),
    (
        "appeals_upheld",
        |c| c.appeals_upheld,
        happened("appeal_decided"),
    ),
    (
        "appeals_rejected",
        |c| c.appeals_rejected,
        happened("appeal_decided"),
    ),
];

/// The word of an outcome that isn't told.
const UNKNOWN: &str = "unknown";

impl Indicator {
    /// All plain counts.
    pub fn counts() -> impl Iterator<Item = Self> {
        (0..COUNTS.len()).map(Self::Count)
    }

    /// Reads the text of `Display` back.
    pub fn parse(word: &str) -> Option<Self> {
        if let Some((family, word)) = word.split_once('.') {
            return match family {
                "outcome" if word == UNKNOWN => Some(Self::Outcome(None)),
                "outcome" => Outcome::parse(word).map(|outcome| Self::Outcome(Some(outcome))),
                "visits" => Stage::parse(word).map(Self::Visits),
                "late_visits" => Stage::parse(word).map(Self::LateVisits),
                _ => None,
            };
        }
        match word {
            "measured" => Some(Self::Measured),
            "immediate" => Some(Self::Immediate),
            word => COUNTS
                .iter()
                .position(|(name, ..)| *name == word)
                .map(Self::Count),
        }
    }

    /// The number.
    pub fn value(self, figures: &Figures) -> u64 {
        let stage = |stage| figures.stages.get(&stage);
        match self {
            Self::Count(place) => COUNTS
                .get(place)
                .map_or(0, |(_, value, _)| value(&figures.counts)),
            Self::Measured => figures.used.cases(),
            Self::Immediate => figures.used_immediate.cases(),
            Self::Outcome(outcome) => figures.outcomes.get(&outcome).copied().unwrap_or_default(),
            Self::Visits(of) => stage(of).map_or(0, |found| found.visits),
            Self::LateVisits(of) => stage(of).map_or(0, |found| found.late_visits),
        }
    }

    /// Where to look for those that it counts.
    pub fn source(self) -> Source {
        match self {
            Self::Count(place) => COUNTS.get(place).map_or(ENDED, |(.., source)| *source),
            Self::Measured
            | Self::Immediate
            | Self::Outcome(_)
            | Self::Visits(_)
            | Self::LateVisits(_) => ENDED,
        }
    }
}

impl fmt::Display for Indicator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Count(place) => f.write_str(COUNTS.get(*place).map_or("", |(name, ..)| name)),
            Self::Measured => f.write_str("measured"),
            Self::Immediate => f.write_str("immediate"),
            Self::Outcome(None) => write!(f, "outcome.{UNKNOWN}"),
            Self::Outcome(Some(outcome)) => write!(f, "outcome.{}", outcome.as_str()),
            Self::Visits(stage) => write!(f, "visits.{}", stage.as_str()),
            Self::LateVisits(stage) => write!(f, "late_visits.{}", stage.as_str()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_read_back() {
        let of_stages = Stage::ALL
            .iter()
            .flat_map(|stage| [Indicator::Visits(*stage), Indicator::LateVisits(*stage)]);
        let others = [
            Indicator::Measured,
            Indicator::Immediate,
            Indicator::Outcome(None),
            Indicator::Outcome(Some(Outcome::Granted)),
        ];
        for indicator in Indicator::counts().chain(of_stages).chain(others) {
            assert_eq!(Indicator::parse(&indicator.to_string()), Some(indicator));
        }
        for wrong in [
            "",
            "statutory_used_days",
            "outcome.",
            "visits.x",
            "x.y",
            "received.",
        ] {
            assert_eq!(Indicator::parse(wrong), None, "{wrong}");
        }
    }

    /// Each word reads the count of its own name: the table can't be out of step with the counts.
    #[test]
    fn every_count_is_read_by_its_own_name() {
        for (place, (name, value, _)) in COUNTS.iter().enumerate() {
            assert!(Counts::NAMES.contains(name), "{name}");
            let mut figures = Figures::default();
            assert_eq!(value(&figures.counts), 0, "{name}");
            figures.counts = counts_with(name);
            assert_eq!(Indicator::Count(place).value(&figures), 1, "{name}");
        }
    }

    /// Counts of which only one isn't zero. Its place in the values is that of its name.
    fn counts_with(name: &str) -> Counts {
        let mut found = None;
        for candidate in single_counts() {
            let place = Counts::NAMES.iter().position(|other| *other == name);
            if place.and_then(|place| candidate.values().get(place).copied()) == Some(1) {
                found = Some(candidate);
            }
        }
        found.unwrap_or_else(|| panic!("no count {name}"))
    }

    fn single_counts() -> Vec<Counts> {
        macro_rules! singles {
            ($($name:ident),+ $(,)?) => {
                vec![$(Counts { $name: 1, ..Counts::default() }),+]
            };
        }
        singles![
            received,
            accepted,
            deemed_accepted,
            completed,
            declined,
            cohort_completed,
            open_at_start,
            open_at_end,
            open_late,
            completed_on_time,
            completed_early,
            completed_late,
            statutory_on_time,
            statutory_late,
            timed,
            same_day,
            unmeasured,
            stops,
            stops_without_notice,
            suspensions,
            stops_open_at_end,
            corrections,
            second_corrections,
            extensions,
            sent_back,
            notices_issued,
            notices_annulled,
            notices_revoked,
            notices_pending,
            yellow_issued,
            yellow_annulled,
            yellow_revoked,
            yellow_pending,
            red_issued,
            red_annulled,
            red_revoked,
            red_pending,
            notice_cases,
            yellow_cards,
            red_cards,
            orders_issued,
            order_replies_in_time,
            order_replies_late,
            orders_overdue,
            orders_closed,
            appeals_filed,
            appeals_upheld,
            appeals_rejected,
        ]
    }
}
