//! The figures one below the other, each with what it was before: counts lead to their cases, shares say what is divided
//! by what. Exact figures become shown ones here: truncated, and “—” where there is none.

use approval::statistics::{Figures, Histogram, Indicator, Period, Ratio, Saved};
use report::picture::decimal;

use super::view::View;
use crate::texts::Texts;

/// What stands where nothing can be said.
pub(super) const NONE: &str = "—";

/// How a figure is read.
#[derive(Clone, Copy)]
enum Read {
    /// A count, by its word.
    Count,
    Share(fn(&Figures) -> Ratio),
    /// Days that limits gave and cases didn't use; shown as a share.
    Saved(fn(&Figures) -> Saved),
    /// A place in a distribution of working days.
    Days(fn(&Figures) -> &Histogram, fn(&Histogram) -> Option<u64>),
    Mean(fn(&Figures) -> &Histogram),
}

/// Figures that belong together: the key of their heading, and each with its word. A line's word is the key of its name
/// and of what it means.
type Group = (&'static str, &'static [(&'static str, Read)]);

const fn used(figures: &Figures) -> &Histogram {
    &figures.used
}

const fn used_immediate(figures: &Figures) -> &Histogram {
    &figures.used_immediate
}

const GROUPS: &[Group] = &[
    (
        "reports.of_cases",
        &[
            ("accepted", Read::Count),
            ("deemed_accepted", Read::Count),
            ("completed", Read::Count),
            ("completion_rate", Read::Share(Figures::completion_rate)),
            ("cohort_completed", Read::Count),
            ("cohort_rate", Read::Share(Figures::cohort_rate)),
            ("clearance_rate", Read::Share(Figures::clearance_rate)),
            ("declined", Read::Count),
            ("open_at_start", Read::Count),
            ("open_at_end", Read::Count),
            ("open_late", Read::Count),
        ],
    ),
    (
        "reports.of_time",
        &[
            ("completed_on_time", Read::Count),
            ("completed_late", Read::Count),
            ("on_time_rate", Read::Share(Figures::on_time_rate)),
            ("completed_early", Read::Count),
            ("early_rate", Read::Share(Figures::early_rate)),
            ("statutory_on_time", Read::Count),
            ("statutory_late", Read::Count),
            ("same_day", Read::Count),
            ("same_day_rate", Read::Share(Figures::same_day_rate)),
            ("measured", Read::Count),
            ("used_mean", Read::Mean(used)),
            ("used_median", Read::Days(used, Histogram::median)),
            ("used_p90", Read::Days(used, |days| days.percentile(90))),
            ("immediate", Read::Count),
            ("immediate_mean", Read::Mean(used_immediate)),
            (
                "saved_of_statutory",
                Read::Saved(Figures::saved_of_statutory),
            ),
            ("saved_of_promised", Read::Saved(Figures::saved_of_promised)),
        ],
    ),
    (
        "reports.of_procedure",
        &[
            ("corrections", Read::Count),
            ("second_corrections", Read::Count),
            ("stops", Read::Count),
            ("stops_without_notice", Read::Count),
            ("suspensions", Read::Count),
            ("stops_open_at_end", Read::Count),
            ("extensions", Read::Count),
            ("sent_back", Read::Count),
        ],
    ),
    (
        "reports.of_supervision",
        &[
            ("notice_cases", Read::Count),
            ("yellow_cards", Read::Count),
            ("red_cards", Read::Count),
            ("orders_issued", Read::Count),
            ("order_replies_in_time", Read::Count),
            ("order_replies_late", Read::Count),
            ("orders_overdue", Read::Count),
            ("orders_closed", Read::Count),
            ("appeals_filed", Read::Count),
            ("appeals_upheld", Read::Count),
            ("appeals_rejected", Read::Count),
        ],
    ),
];

/// A figure as it is shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Cell {
    pub(super) text: String,
    /// Where it leads.
    pub(super) link: Option<String>,
    /// What is divided by what.
    pub(super) of: String,
}

impl Cell {
    /// A text that leads nowhere.
    pub(super) fn plain(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            ..Self::default()
        }
    }

    /// A count that leads to its cases, if there are any.
    pub(super) fn count(count: u64, link: String) -> Self {
        Self {
            text: count.to_string(),
            link: Some(link).filter(|_| count > 0),
            of: String::new(),
        }
    }

    /// A share with its numerator and denominator.
    pub(super) fn share(ratio: Ratio) -> Self {
        Self {
            text: percent(ratio),
            of: match ratio.denominator {
                0 => String::new(),
                _ => format!("{} ÷ {}", ratio.numerator, ratio.denominator),
            },
            ..Self::default()
        }
    }
}

/// A figure in another period, and how it stands to it.
pub(super) struct Beside {
    pub(super) value: String,
    pub(super) change: String,
}

/// A line.
pub(super) struct Line {
    /// Its word, by which its meaning is found.
    pub(super) word: &'static str,
    pub(super) name: String,
    pub(super) value: Cell,
    /// In the other periods, in the order of their columns.
    pub(super) beside: Vec<Beside>,
}

/// Lines under a heading.
pub(super) struct Lines {
    pub(super) heading: String,
    pub(super) lines: Vec<Line>,
}

/// All lines; `others` are the figures of the periods beside.
pub(super) fn groups(view: &View<'_>, own: &Figures, others: &[Figures]) -> Vec<Lines> {
    let t = view.t;
    let line = |(word, read): &(&'static str, Read)| Line {
        word,
        name: t.word("counted", word).to_owned(),
        value: match read {
            Read::Count => count(view, word, own),
            Read::Share(share) => Cell::share(share(own)),
            _ => Cell::plain(shown(word, *read, own)),
        },
        beside: others
            .iter()
            .map(|then| Beside {
                value: shown(word, *read, then),
                change: change(t, word, *read, (own, then)),
            })
            .collect(),
    };
    GROUPS
        .iter()
        .map(|(heading, lines)| Lines {
            heading: t.say(heading).to_owned(),
            lines: lines.iter().map(line).collect(),
        })
        .collect()
}

/// What all lines mean: the word, the name and the definition of each.
pub(super) fn definitions(t: Texts) -> Vec<(&'static str, String, String)> {
    let words = GROUPS.iter().flat_map(|(_, lines)| lines.iter());
    words
        .map(|(word, _)| {
            let defined = t.word("defined", word);
            (
                *word,
                t.word("counted", word).to_owned(),
                defined.to_owned(),
            )
        })
        .collect()
}

fn count(view: &View<'_>, word: &str, own: &Figures) -> Cell {
    match Indicator::parse(word) {
        Some(indicator) => Cell::count(indicator.value(own), view.door(indicator, "")),
        None => Cell::plain(NONE),
    }
}

fn counted(word: &str, figures: &Figures) -> u64 {
    Indicator::parse(word).map_or(0, |indicator| indicator.value(figures))
}

fn shown(word: &str, read: Read, figures: &Figures) -> String {
    match read {
        Read::Count => counted(word, figures).to_string(),
        Read::Share(share) => percent(share(figures)),
        Read::Saved(saved) => signed_percent(saved(figures).percent(2)),
        Read::Days(days, place) => days_of(place(days(figures))),
        Read::Mean(days) => mean(days(figures)),
    }
}

/// How a figure stands to what it was, in its own unit: cases with their share, points of a percent, days.
fn change(t: Texts, word: &str, read: Read, (now, then): (&Figures, &Figures)) -> String {
    let few = || t.say("reports.few").to_owned();
    match read {
        Read::Count => change_of_count(counted(word, now), counted(word, then)),
        Read::Share(share) => {
            let (now, then) = (share(now), share(then));
            match (now.percent(2), then.percent(2)) {
                (Some(_), Some(_)) if !now.is_comparable() || !then.is_comparable() => few(),
                (now, then) => points(t, now.map(i128::from), then.map(i128::from)),
            }
        }
        Read::Saved(saved) => {
            let known = |figures: &Figures| saved(figures).percent(2).map(i128::from);
            match (known(now), known(then)) {
                (Some(_), Some(_)) if !many(&now.used) || !many(&then.used) => few(),
                (now, then) => points(t, now, then),
            }
        }
        Read::Days(days, place) => {
            let (now, then) = (days(now), days(then));
            let known = |days| place(days).map(i128::from);
            match (known(now), known(then)) {
                (Some(_), Some(_)) if !many(now) || !many(then) => few(),
                (now, then) => difference(now, then, 0),
            }
        }
        Read::Mean(days) => {
            let (now, then) = (days(now).mean(), days(then).mean());
            let known = |mean: Ratio| mean.truncated(2).map(i128::from);
            match (known(now), known(then)) {
                (Some(_), Some(_)) if !now.is_comparable() || !then.is_comparable() => few(),
                (now, then) => difference(now, then, 2),
            }
        }
    }
}

/// Whether there are enough cases for a comparison.
fn many(days: &Histogram) -> bool {
    days.mean().is_comparable()
}

/// +12（+3.45%）: the share only of what was enough to be shared.
pub(super) fn change_of_count(now: u64, then: u64) -> String {
    let by = i128::from(now) - i128::from(then);
    let share = Ratio::new(now.abs_diff(then), then);
    match share
        .percent(2)
        .filter(|_| share.is_comparable() && by != 0)
    {
        Some(share) => {
            let sign = if by < 0 { "−" } else { "+" };
            let share = decimal(i64::try_from(share).unwrap_or(i64::MAX), 2);
            format!("{} ({sign}{share}%)", signed(by, 0))
        }
        None => signed(by, 0),
    }
}

fn points(t: Texts, now: Option<i128>, then: Option<i128>) -> String {
    match difference(now, then, 2) {
        none if none == NONE => none,
        by => t.one("reports.points", by),
    }
}

fn difference(now: Option<i128>, then: Option<i128>, decimals: u32) -> String {
    match now.zip(then) {
        Some((now, then)) => signed(now - then, decimals),
        None => NONE.to_owned(),
    }
}

/// A number with its sign, as it is printed: a minus isn't a hyphen.
fn signed(value: i128, decimals: u32) -> String {
    let magnitude = i64::try_from(value.unsigned_abs()).unwrap_or(i64::MAX);
    let sign = match value {
        0 => "±",
        value if value < 0 => "−",
        _ => "+",
    };
    format!("{sign}{}", decimal(magnitude, decimals))
}

/// A share in percent with two decimals.
pub(super) fn percent(ratio: Ratio) -> String {
    signed_percent(ratio.percent(2).and_then(|value| i64::try_from(value).ok()))
}

/// A share that may be below zero.
pub(super) fn signed_percent(value: Option<i64>) -> String {
    value.map_or(NONE.to_owned(), |value| decimal(value, 2) + "%")
}

/// The mean of days with two decimals.
pub(super) fn mean(days: &Histogram) -> String {
    let mean = days.mean().truncated(2);
    mean.and_then(|mean| i64::try_from(mean).ok())
        .map_or(NONE.to_owned(), |mean| decimal(mean, 2))
}

/// A number of days.
pub(super) fn days_of(days: Option<u64>) -> String {
    days.map_or(NONE.to_owned(), |days| days.to_string())
}

/// The periods beside: the one before and that of the year before, as far as the record knows them.
pub(super) fn beside(view: &View<'_>) -> Vec<(Period, Figures)> {
    let statement = view.statement;
    let others = [&statement.before, &statement.year_before]
        .into_iter()
        .flatten();
    others
        .filter_map(|other| Some((other.period, view.figures(&other.period)?)))
        .collect()
}

#[cfg(test)]
mod tests {
    use approval::statistics::CASES_MIN;
    use notify::Language;

    use super::*;

    #[test]
    fn every_line_has_a_name_a_meaning_and_counts_that_lead_somewhere() {
        let mut words = std::collections::BTreeSet::new();
        for (word, read) in GROUPS.iter().flat_map(|(_, lines)| lines.iter()) {
            assert!(words.insert(word), "{word} twice");
            for language in [Language::Zh, Language::En] {
                let t = Texts::of(language);
                for family in ["counted", "defined"] {
                    assert!(
                        t.known(&format!("{family}.{word}")).is_some(),
                        "{family}.{word}"
                    );
                }
            }
            let counts = matches!(read, Read::Count);
            assert_eq!(Indicator::parse(word).is_some(), counts, "{word}");
        }
    }

    #[test]
    fn changes_say_their_sign() {
        for (now, then, told) in [
            (12, 12, "±0"),
            (5, 0, "+5"),
            (3, 9, "−6"),
            (15, 10, "+5 (+50.00%)"),
            (10, 15, "−5 (−33.33%)"),
            (0, 0, "±0"),
            (u64::MAX, 0, "+9223372036854775807"),
        ] {
            assert_eq!(change_of_count(now, then), told, "{now} {then}");
        }
    }

    #[test]
    fn shares_of_few_are_not_compared() {
        let t = Texts::of(Language::Zh);
        let figures = |accepted, completed| {
            let mut figures = Figures::default();
            figures.counts.accepted = accepted;
            figures.counts.completed = completed;
            figures
        };
        let read = Read::Share(Figures::completion_rate);
        for (now, then, told) in [
            (figures(10, 9), figures(10, 8), "+10.00 个百分点"),
            (figures(10, 9), figures(CASES_MIN - 1, 3), "样本不足"),
            (figures(10, 9), figures(0, 3), NONE),
            (figures(0, 0), figures(0, 0), NONE),
        ] {
            assert_eq!(change(t, "completion_rate", read, (&now, &then)), told);
        }
        assert_eq!(percent(Ratio::new(99_996, 100_000)), "99.99%");
        assert_eq!(percent(Ratio::new(0, 0)), NONE);
    }
}
