//! Which figures papers show: of the division beside earlier periods, of each unit, of each unit beside what it was.

use approval::statistics::Figures;

use super::words;

/// What is shown of figures.
pub(super) type Shown = fn(&Figures) -> String;

/// The rows of the comparison.
pub(super) const COMPARED: &[(&str, &str, Shown)] = &[
    ("受理(件)", "Accepted", |f| f.counts.accepted.to_string()),
    ("办结(件)", "Completed", |f| {
        f.counts.completed.to_string()
    }),
    ("办结率", "Completion rate", |f| {
        words::percent(f.completion_rate())
    }),
    (
        "本期受理办结率",
        "Completed of those accepted",
        |f| words::percent(f.cohort_rate()),
    ),
    ("在办办结率", "Completed of those open", |f| {
        words::percent(f.clearance_rate())
    }),
    ("期末在办(件)", "Open at the end", |f| {
        f.counts.open_at_end.to_string()
    }),
    ("其中超时(件)", "Of these late", |f| {
        f.counts.open_late.to_string()
    }),
    ("按时办结率", "On-time rate", |f| {
        words::percent(f.on_time_rate())
    }),
    ("提前办结率", "Early rate", |f| {
        words::percent(f.early_rate())
    }),
    ("平均用时(工作日)", "Average working days used", words::mean),
    ("法定提速率", "Saved of statutory limits", |f| {
        words::signed_percent(f.saved_of_statutory().percent(2))
    }),
    ("承诺提速率", "Saved of promised limits", |f| {
        words::signed_percent(f.saved_of_promised().percent(2))
    }),
    ("黄牌(件)", "Cases with a yellow card", |f| {
        f.counts.yellow_cards.to_string()
    }),
    ("红牌(件)", "Cases with a red card", |f| {
        f.counts.red_cards.to_string()
    }),
];

/// The columns of the table of units.
pub(super) const UNIT_COLUMNS: [(&str, &str, &str); 11] = [
    ("accepted", "受理", "Accepted"),
    ("completed", "办结", "Completed"),
    ("completion_rate_percent", "办结率%", "Rate %"),
    ("completed_on_time", "按时", "On time"),
    ("completed_late", "超时", "Late"),
    ("open_late", "超时在办", "Open, late"),
    ("on_time_rate_percent", "按时率%", "On time %"),
    ("average_working_days_used", "平均用时", "Average days"),
    ("median_working_days_used", "中位", "Median"),
    ("yellow_cards", "黄牌", "Yellow"),
    ("red_cards", "红牌", "Red"),
];

/// What is compared of each unit.
pub(super) const UNIT_COMPARED: [(&str, &str, Shown); 3] = [
    ("受理", "Accepted", |f| f.counts.accepted.to_string()),
    ("办结", "Completed", |f| f.counts.completed.to_string()),
    ("按时率%", "On time %", |f| {
        let rate = f.on_time_rate();
        match rate.is_comparable() {
            true => words::percent(rate).trim_end_matches('%').to_owned(),
            false => words::NONE.to_owned(),
        }
    }),
];
