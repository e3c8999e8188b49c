//! The report's fixed words in English: names of periods and columns, marks of records, what each figure means.

use approval::event::Defect;
use approval::stage::Outcome;
use approval::statistics::{Period, Ratio};

use super::words;
use crate::picture::Language;

/// A period: October 2011, Q4 2011, the year 2011.
pub(super) fn period(period: &Period) -> String {
    let text = period.to_string();
    let (first, last) = (period.first(), period.last());
    if text.contains("..") {
        return format!(
            "{} to {}",
            Language::En.whole_day(first),
            Language::En.whole_day(last)
        );
    }
    match text.split_once('-') {
        None => format!("the year {text}"),
        Some((year, "H1")) => format!("the first half of {year}"),
        Some((year, "H2")) => format!("the second half of {year}"),
        Some((year, quarter)) if quarter.starts_with('Q') => format!("{quarter} {year}"),
        Some((year, week)) if week.starts_with('W') => {
            format!("week {} of {year}", week.trim_start_matches('W'))
        }
        Some(_) => first.format("%B %Y").to_string(),
    }
}

/// How a count stands to the same one of another period: 12 (3.45%) more than the period before.
pub(super) fn change(now: u64, then: u64, what: &str) -> String {
    let (word, by) = match now.cmp(&then) {
        std::cmp::Ordering::Less => ("fewer", then - now),
        std::cmp::Ordering::Equal => return format!("as many as in {what}"),
        std::cmp::Ordering::Greater => ("more", now - then),
    };
    let share = Ratio::new(by, then);
    match share.percent(2) {
        Some(_) => format!("{by} ({}) {word} than in {what}", words::percent(share)),
        None => format!("{by} {word} than in {what}"),
    }
}

/// The heading of a column by its key; a key without one is its own heading.
pub(super) fn column(key: &str) -> String {
    let known = match key {
        "accepted" => "Accepted",
        "completed" => "Completed",
        "completion_rate_percent" => "Completion rate (%)",
        "completed_on_time" => "Completed on time",
        "completed_late" => "Completed late",
        "open_late" => "Open and late",
        "yellow_cards" => "Yellow cards",
        "red_cards" => "Red cards",
        "average_working_days_used" => "Average days used",
        "median_working_days_used" => "Median days used",
        "p90_working_days_used" => "90th percentile of days used",
        "statutory_days" => "Statutory limits (days)",
        "promised_days" => "Promised limits (days)",
        "days_cut" => "Days cut",
        "cut_percent" => "Cut (%)",
        "score" => "Score",
        "rank" => "Rank",
        "cohort_rate_percent" => "Completed of those accepted (%)",
        "clearance_rate_percent" => "Completed of those open (%)",
        "on_time_rate_percent" => "On time (%)",
        "early_rate_percent" => "Early (%)",
        "same_day_rate_percent" => "Same day (%)",
        "saved_of_statutory_percent" => "Saved of statutory (%)",
        "saved_of_promised_percent" => "Saved of promised (%)",
        "measured_cases" => "Measured cases",
        "immediate_cases" => "Immediate cases",
        "average_working_days_used_immediate" => "Average days of immediate cases",
        "approval_items" => "Approval items",
        "service_items" => "Service items",
        other => return other.replace('_', " "),
    };
    known.to_owned()
}

/// An outcome.
pub(super) fn outcome(outcome: Outcome) -> String {
    outcome.as_str().replace('_', " ")
}

/// What is irregular about an event.
pub(super) const fn defect(defect: Defect) -> &'static str {
    match defect {
        Defect::LateRecording => "recorded after a limit, happened before it",
        Defect::NoLateReason => "recorded a day or more later without a reason",
        Defect::StopWithoutNotice => "stop without a written notice",
        Defect::SecondCorrection => "second correction notice",
        Defect::ExtensionWithoutNotice => "extension without notice to the applicant",
        Defect::BeforeStart => "before the receipt",
        Defect::EndBeforeStart => "end before start",
        Defect::AfterEnd => "after completion",
        Defect::OutOfOrder => "out of order",
    }
}

/// What each figure means, with numerator and denominator; the same as [`words::DEFINITIONS`].
pub(super) const DEFINITIONS: &[(&str, &str)] = &[
    (
        "Accepted, completed",
        "Counted by when it happened, not by when it was recorded; annulled acts don't count. Completed means any outcome; \
         what ended without ever being accepted is listed apart and isn't completed.",
    ),
    (
        "Completion rate",
        "Cases completed in the period ÷ cases accepted in it. What was completed may have been accepted earlier, so it can pass 100 %.",
    ),
    (
        "Completed of those accepted",
        "Cases accepted in the period and completed by its end ÷ cases accepted in it.",
    ),
    (
        "Completed of those open",
        "Cases completed in the period ÷ (open at its start + accepted in it).",
    ),
    (
        "On-time rate",
        "Completed within the promised limit ÷ (within it + late + open and late at the end). Delay never improves it.",
    ),
    (
        "Early rate",
        "Completed on a working day before the last one of the promised limit ÷ completed cases with a promised limit.",
    ),
    (
        "Same-day rate",
        "Completed on the day of receipt ÷ completed cases that count for time.",
    ),
    (
        "Days used",
        "Working days from the day after the material was complete, without stops and suspensions. Void, deleted, returned and \
         withdrawn cases are left out; immediate cases are apart. The median is the lower middle, the 90th percentile the \
         nearest rank, averages are cut after two decimals.",
    ),
    (
        "Saved",
        "(limits − days used) ÷ limits, of cases that aren't immediate and whose limit is in working days; extensions aren't part \
         of a limit.",
    ),
    (
        "Limits cut",
        "Of the approval items in force on the last day of the period: statutory limits less promised limits, where they are in \
         working days.",
    ),
    (
        "Cases with a yellow or red card",
        "By the highest level that was issued in the period and stands at the cut-off, each case once. Issued, annulled and revoked \
         cards are counted by when that happened.",
    ),
    (
        "Score, rank",
        "What the program knows is scored by itself under the scheme, the rest is entered by inspectors; what isn't recorded stands \
         at full points. Half-years and years are the mean of their months. Units without business or with too few cases aren't \
         ranked; equal scores stand by their number of cases, and share a rank if that is equal too.",
    ),
    (
        "Rates",
        "Always cut, never rounded; “—” where the denominator is zero.",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_have_names() {
        for (text, name) in [
            ("2011", "the year 2011"),
            ("2011-H2", "the second half of 2011"),
            ("2011-Q4", "Q4 2011"),
            ("2011-10", "October 2011"),
            ("2011-W40", "week 40 of 2011"),
            ("2011-10-08..2011-10-31", "8 Oct 2011 to 31 Oct 2011"),
        ] {
            let found = period(&Period::parse(text).expect("a period"));
            assert_eq!(found, name);
        }
    }

    #[test]
    fn every_definition_is_told_in_both_languages() {
        assert_eq!(DEFINITIONS.len(), words::DEFINITIONS.len());
    }
}
