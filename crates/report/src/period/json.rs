//! The report as JSON: the keys that programs rely on come first, all other counts after them.

use approval::scoring::Placed;
use approval::statistics::{Closed, Compared, Figures, LimitSums, Statement};
use serde_json::{Map, Value, json};

use super::Report;
use super::column::{COLUMNS, Row, other_counts};
use super::listing::listings;
use super::{ranking, revisions};

/// The JSON text, indented, with a line end.
pub(super) fn text(report: &Report<'_>) -> Result<String, serde_json::Error> {
    let mut text = serde_json::to_string_pretty(&value(report))?;
    text.push('\n');
    Ok(text)
}

fn value(report: &Report<'_>) -> Value {
    let statement = report.statement;
    let none = Figures::default();
    let beside = [
        ("before", statement.beside(statement.before.as_ref())),
        (
            "year_before",
            statement.beside(statement.year_before.as_ref()),
        ),
    ];
    let units: Vec<Value> = statement
        .units
        .iter()
        .map(|unit| {
            let mut object = Map::new();
            object.insert("code".to_owned(), json!(unit.code.as_str()));
            object.insert("name".to_owned(), json!(unit.name));
            let scores = statement.scores.as_ref();
            let placed = scores.and_then(|scores| scores.unit(&unit.code));
            add_figures(&mut object, &unit.figures, Some(&unit.limits), placed);
            for (key, others) in &beside {
                let figures = others.as_ref().map(|others| others.get(&unit.code));
                let told = figures.map(|figures| few_figures(figures.unwrap_or(&none)));
                object.insert((*key).to_owned(), told.unwrap_or_default());
            }
            Value::Object(object)
        })
        .collect();
    let items: Vec<Value> = statement
        .items
        .iter()
        .map(|item| {
            let mut object = Map::new();
            object.insert("code".to_owned(), json!(item.code.as_str()));
            object.insert("name".to_owned(), json!(item.name));
            object.insert("unit".to_owned(), json!(item.unit.as_str()));
            let kind = item.kind.map(approval::item::ItemKind::as_str);
            object.insert("kind".to_owned(), json!(kind));
            add_figures(&mut object, &item.figures, None, None);
            Value::Object(object)
        })
        .collect();
    let mut total = Map::new();
    add_figures(&mut total, &statement.total, Some(&statement.limits), None);
    let idle: Vec<&str> = statement
        .without_business()
        .map(|unit| unit.code.as_str())
        .collect();
    let mut value = json!({
        "period": statement.period.to_string(),
        "first_day": statement.period.first().to_string(),
        "last_day": statement.period.last().to_string(),
        "cut_off": statement.calendar.local(statement.cut_off).to_rfc3339(),
        "as_of": statement.is_open,
        "trial": statement.standing.trial,
        "synthetic": statement.standing.synthetic,
        "calendar_version": statement.calendar.version(),
        "rules_version": statement.rules_version,
        "closed": statement.closed.as_ref().map(|closed| closing(closed, statement)),
        "total": total,
        "units": units,
        "items": items,
        "halls": cut(statement.halls.iter().map(|hall| ("code", json!(hall.hall), &hall.figures))),
        "kinds": cut(statement.kinds.iter().map(|kind| {
            let word = kind.kind.map(approval::item::ItemKind::as_str);
            ("kind", json!(word), &kind.figures)
        })),
        "units_without_business": idle,
        "ranking": ranking::value(statement),
        "before": statement.before.as_ref().map(compared),
        "year_before": statement.year_before.as_ref().map(compared),
        "course": statement.course.iter().map(compared).collect::<Vec<_>>(),
        // Nothing records these yet: not recorded is not none.
        "irregularities": Value::Null,
        "admonitions": Value::Null,
    });
    if let Some(object) = value.as_object_mut() {
        add_details(object, report);
    }
    value
}

/// The figures of groups.
fn cut<'f>(groups: impl Iterator<Item = (&'static str, Value, &'f Figures)>) -> Vec<Value> {
    let group = |(key, code, figures): (&'static str, Value, &'f Figures)| {
        let mut object = Map::new();
        object.insert(key.to_owned(), code);
        add_figures(&mut object, figures, None, None);
        Value::Object(object)
    };
    groups.map(group).collect()
}

/// What is told of a unit in another period.
fn few_figures(figures: &Figures) -> Value {
    const KEYS: [&str; 8] = [
        "accepted",
        "completed",
        "completion_rate_percent",
        "on_time_rate_percent",
        "average_working_days_used",
        "open_late",
        "yellow_cards",
        "red_cards",
    ];
    let none = LimitSums::default();
    let row = Row {
        figures,
        limits: &none,
    };
    let columns = KEYS.iter().filter_map(|key| super::column::column(key));
    let told = columns.map(|column| (column.key.to_owned(), (column.value)(row).json()));
    Value::Object(told.collect())
}

/// The lists by their keys, each line an object, and the limits of the stages.
fn add_details(object: &mut Map<String, Value>, report: &Report<'_>) {
    let Some(details) = report.details else {
        return;
    };
    let calendar = &report.statement.calendar;
    for listing in listings(&details.lists, report.wording.language()) {
        let line = |row: Vec<super::listing::Value>| {
            let cells = listing.columns.iter().zip(row);
            let cells = cells.map(|(column, cell)| (column.key.to_owned(), cell.json(calendar)));
            Value::Object(cells.collect())
        };
        let lines: Vec<Value> = listing.rows.map(line).collect();
        object.insert(listing.key.to_owned(), Value::Array(lines));
    }
    let limits: Map<String, Value> = details
        .stage_limits
        .iter()
        .map(|(stage, sum)| {
            let mean = super::column::quotient(*sum).json();
            (stage.as_str().to_owned(), mean)
        })
        .collect();
    object.insert("average_stage_limits".to_owned(), Value::Object(limits));
}

/// The closing of the period, and what is different from the revision before.
fn closing(closed: &Closed, statement: &Statement) -> Value {
    let local = |at| statement.calendar.local(at).to_rfc3339();
    revisions::value(closed, |revision| {
        [local(revision.closed_at), local(revision.cut_off)]
    })
}

fn compared(compared: &Compared) -> Value {
    let mut object = Map::new();
    object.insert("period".to_owned(), json!(compared.period.to_string()));
    let figures = compared.figures.as_ref().map(|figures| {
        let mut object = Map::new();
        add_figures(&mut object, figures, None, None);
        object
    });
    object.insert("total".to_owned(), json!(figures));
    Value::Object(object)
}

fn add_figures(
    object: &mut Map<String, Value>,
    figures: &Figures,
    limits: Option<&LimitSums>,
    placed: Option<&Placed>,
) {
    let none = LimitSums::default();
    let row = Row {
        figures,
        limits: limits.unwrap_or(&none),
    };
    for column in COLUMNS.iter().filter(|c| c.of_items || limits.is_some()) {
        let cell = ranking::cell(column, row, placed);
        object.insert(column.key.to_owned(), cell.json());
    }
    for (name, count) in other_counts(figures) {
        object.insert(name.to_owned(), json!(count));
    }
    let outcomes: Map<String, Value> = figures
        .outcomes
        .iter()
        .map(|(outcome, cases)| {
            let word = outcome.map_or("unknown", approval::stage::Outcome::as_str);
            (word.to_owned(), json!(cases))
        })
        .collect();
    object.insert("outcomes".to_owned(), Value::Object(outcomes));
    let stages: Map<String, Value> = figures
        .stages
        .iter()
        .map(|(stage, s)| {
            let mean = super::column::mean(&s.used).json();
            let value = json!({
                "cases": s.used.cases(),
                "visits": s.visits,
                "late_visits": s.late_visits,
                "average_working_days_used": mean,
                "median_working_days_used": s.used.median(),
                "p90_working_days_used": s.used.percentile(90),
            });
            (stage.as_str().to_owned(), value)
        })
        .collect();
    object.insert("stages".to_owned(), Value::Object(stages));
    let defects: Map<String, Value> = figures
        .defects
        .iter()
        .map(|(defect, events)| (defect.as_str().to_owned(), json!(events)))
        .collect();
    object.insert("defects".to_owned(), Value::Object(defects));
    let days: Vec<Value> = figures
        .used
        .iter()
        .map(|(days, cases)| json!([days, cases]))
        .collect();
    object.insert("working_days_used".to_owned(), Value::Array(days));
}
