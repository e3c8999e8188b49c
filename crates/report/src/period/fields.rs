//! The fields that the words of a report may name, and their values.

use std::collections::{BTreeMap, BTreeSet};

use approval::statistics::{Compared, Counts, Figures, Statement};
use chrono::Datelike;
use minijinja::Value;

use super::column::{self, Cell, Row};
use super::english;
use super::wording::Wording;
use super::words;
use crate::picture::Language;

/// The fields beside the plain counts.
const FIELDS: [&str; 42] = [
    "division",
    "organ",
    "title",
    "period",
    "year",
    "month",
    "first_day",
    "last_day",
    "cut_off",
    "date",
    "calendar_version",
    "rules_version",
    "has_business",
    "is_open",
    "trial",
    "recipient",
    "unit",
    "unit_count",
    "idle_count",
    "idle_units",
    "defects",
    "measured_cases",
    "immediate_cases",
    "average_days",
    "median_days",
    "p90_days",
    "completion_rate",
    "cohort_rate",
    "clearance_rate",
    "on_time_rate",
    "early_rate",
    "same_day_rate",
    "saved_of_statutory",
    "saved_of_promised",
    "approval_items",
    "service_items",
    "statutory_days",
    "promised_days",
    "days_cut",
    "cut",
    "before",
    "year_before",
];

/// The fields of a period beside the one that is reported.
const COMPARED: [&str; 5] = [
    "period",
    "accepted",
    "completed",
    "accepted_change",
    "completed_change",
];

/// All names that a template may use.
pub(super) fn names() -> BTreeSet<String> {
    let nested = ["before", "year_before"].into_iter();
    let nested = nested.flat_map(|of| COMPARED.map(|name| format!("{of}.{name}")));
    let plain = FIELDS
        .iter()
        .chain(Counts::NAMES)
        .map(|name| (*name).to_owned());
    plain.chain(nested).collect()
}

/// Whom a letter is written to.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Reader<'a> {
    pub(super) recipient: &'a str,
    /// The unit whose part goes with the letter, or that the part is of.
    pub(super) unit: &'a str,
}

/// The values of all fields.
pub(super) fn values(
    statement: &Statement,
    wording: &Wording,
    reader: Reader<'_>,
) -> Result<Value, minijinja::Error> {
    let mut fields = plain(statement, wording);
    let names = Counts::NAMES.iter().zip(statement.total.counts.values());
    fields.extend(names.map(|(name, count)| (*name, Value::from(count))));
    fields.extend(shares(statement));
    fields.insert("recipient", reader.recipient.into());
    fields.insert("unit", reader.unit.into());
    fields.insert("title", "".into());
    let title = if reader.unit.is_empty() || !reader.recipient.is_empty() {
        "head.title"
    } else {
        "head.unit_title"
    };
    let title = wording.line(title, &Value::from(fields.clone()))?;
    fields.insert("title", title.into());
    Ok(Value::from(fields))
}

fn plain(statement: &Statement, wording: &Wording) -> BTreeMap<&'static str, Value> {
    let language = wording.language();
    let standing = &statement.standing;
    let idle: Vec<&str> = statement
        .without_business()
        .map(|unit| unit.name.as_str())
        .collect();
    let local = statement.calendar.local(statement.cut_off).date_naive();
    let organ = wording.organ().unwrap_or(&standing.division_name);
    let rules = statement
        .rules_version
        .map_or(words::NONE.to_owned(), |v| v.to_string());
    let change = |compared: &Option<Compared>, zh: &str, en: &str| match compared {
        Some(Compared {
            period,
            figures: Some(then),
        }) => {
            let (now, what) = (&statement.total.counts, language.pick(zh, en));
            Value::from(BTreeMap::from([
                ("period", Value::from(period_name(period, language))),
                ("accepted", then.counts.accepted.into()),
                ("completed", then.counts.completed.into()),
                (
                    "accepted_change",
                    changed(now.accepted, then.counts.accepted, what, language).into(),
                ),
                (
                    "completed_change",
                    changed(now.completed, then.counts.completed, what, language).into(),
                ),
            ]))
        }
        _ => Value::from(()),
    };
    let first = statement.period.first();
    BTreeMap::from([
        ("division", standing.division_name.as_str().into()),
        ("organ", organ.into()),
        ("period", period_name(&statement.period, language).into()),
        ("year", first.year().into()),
        ("month", first.month().into()),
        ("first_day", language.whole_day(first).into()),
        (
            "last_day",
            language.whole_day(statement.period.last()).into(),
        ),
        (
            "cut_off",
            language
                .instant(statement.cut_off, &statement.calendar)
                .into(),
        ),
        ("date", language.whole_day(local).into()),
        ("calendar_version", statement.calendar.version().into()),
        ("rules_version", rules.into()),
        ("has_business", statement.total.has_business().into()),
        ("is_open", statement.is_open.into()),
        ("trial", standing.trial.into()),
        ("unit_count", statement.units.len().into()),
        ("idle_count", idle.len().into()),
        ("idle_units", idle.join(language.comma()).into()),
        (
            "defects",
            statement.total.defects.values().sum::<u64>().into(),
        ),
        ("approval_items", statement.limits.approval_items.into()),
        ("service_items", statement.limits.service_items.into()),
        ("statutory_days", statement.limits.statutory_days.into()),
        ("promised_days", statement.limits.promised_days.into()),
        ("days_cut", statement.limits.days_cut().into()),
        (
            "before",
            change(
                &statement.before,
                statement.period.zh_before(),
                "the period before",
            ),
        ),
        (
            "year_before",
            change(
                &statement.year_before,
                "上年同期",
                "the same period of the year before",
            ),
        ),
    ])
}

fn shares(statement: &Statement) -> [(&'static str, Value); 14] {
    let total: &Figures = &statement.total;
    let row = Row {
        figures: total,
        limits: &statement.limits,
    };
    let cut = match column::column("cut_percent").map(|column| (column.value)(row)) {
        None | Some(Cell::Empty) => words::NONE.to_owned(),
        Some(cell) => cell.text() + "%",
    };
    [
        ("measured_cases", total.used.cases().into()),
        ("immediate_cases", total.used_immediate.cases().into()),
        ("average_days", words::mean(total).into()),
        ("median_days", words::days(total.used.median()).into()),
        ("p90_days", words::days(total.used.percentile(90)).into()),
        (
            "completion_rate",
            words::percent(total.completion_rate()).into(),
        ),
        ("cohort_rate", words::percent(total.cohort_rate()).into()),
        (
            "clearance_rate",
            words::percent(total.clearance_rate()).into(),
        ),
        ("on_time_rate", words::percent(total.on_time_rate()).into()),
        ("early_rate", words::percent(total.early_rate()).into()),
        (
            "same_day_rate",
            words::percent(total.same_day_rate()).into(),
        ),
        (
            "saved_of_statutory",
            words::signed_percent(total.saved_of_statutory().percent(2)).into(),
        ),
        (
            "saved_of_promised",
            words::signed_percent(total.saved_of_promised().percent(2)).into(),
        ),
        ("cut", cut.into()),
    ]
}

/// A period as papers call it.
pub(super) fn period_name(period: &approval::statistics::Period, language: Language) -> String {
    match language {
        Language::Zh => period.zh(),
        Language::En => english::period(period),
    }
}

fn changed(now: u64, then: u64, what: &str, language: Language) -> String {
    match language {
        Language::Zh => words::change(now, then, what),
        Language::En => english::change(now, then, what),
    }
}
