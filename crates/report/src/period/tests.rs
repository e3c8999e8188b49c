//! The forms of one small statement agree with each other and keep what programs rely on.

use std::sync::Arc;

use approval::ids::{ItemCode, UnitCode};
use approval::item::ItemKind;
use approval::stage::{Outcome, Stage};
use approval::statistics::{
    Compared, Figures, HallStatement, ItemStatement, KindStatement, LimitSums, Period, Standing,
    Statement, UnitStatement,
};
use calendar::Calendar;
use serde_json::Value;

use super::{Format, files};

/// The keys of the total and of each unit, in the order in which they are promised.
const KEYS: [&str; 17] = [
    "accepted",
    "completed",
    "completion_rate_percent",
    "completed_on_time",
    "completed_late",
    "open_late",
    "yellow_cards",
    "red_cards",
    "average_working_days_used",
    "median_working_days_used",
    "p90_working_days_used",
    "statutory_days",
    "promised_days",
    "days_cut",
    "cut_percent",
    "score",
    "rank",
];

const CALENDAR: &str = r#"
version = "test-1"
zone = "Asia/Shanghai"
from = 2011-01-01
to = 2012-12-31
final_to = 2012-12-31
day_ends = "midnight"
rest_weekdays = ["sat", "sun"]
rest = []
make_up = []
closed = []
hours = [{ from = "01-01", to = "12-31", spans = ["08:30-12:00", "14:30-17:30"] }]
hours_on = []
"#;

pub(super) fn figures() -> Figures {
    let mut figures = Figures::default();
    figures.counts.received = 100_001;
    figures.counts.accepted = 100_000;
    figures.counts.completed = 99_996;
    figures.counts.completed_on_time = 99_995;
    figures.counts.completed_late = 1;
    figures.counts.timed = 99_996;
    figures.counts.open_at_end = 4;
    figures.counts.yellow_issued = 1;
    figures.counts.yellow_cards = 1;
    figures.outcomes.insert(Some(Outcome::Granted), 99_996);
    for days in [1, 2, 2] {
        figures.used.add(days);
        figures
            .stages
            .entry(Stage::Handling)
            .or_default()
            .used
            .add(days);
    }
    figures
}

pub(super) fn statement(figures: Figures) -> Statement {
    let calendar = Calendar::parse("test", CALENDAR).expect("a calendar");
    let period = Period::parse("2011-10").expect("a month");
    let limits = LimitSums {
        approval_items: 2,
        service_items: 1,
        statutory_days: 30,
        promised_days: 21,
    };
    let unit = |code: &str, name: &str, figures: Figures, limits: LimitSums| UnitStatement {
        code: UnitCode::from(code),
        name: name.to_owned(),
        figures,
        limits,
    };
    Statement {
        period,
        cut_off: calendar.start_of("2011-11-02".parse().expect("a day")),
        is_open: false,
        standing: Standing {
            division_name: "焦作市".to_owned(),
            trial: false,
            synthetic: None,
        },
        closed: None,
        rules_version: Some(1),
        total: figures.clone(),
        limits,
        units: vec![
            unit("HBJ", "环保局<b>", figures.clone(), limits),
            unit("WJJ", "=物价局", Figures::default(), limits),
        ],
        items: vec![ItemStatement {
            unit: UnitCode::from("HBJ"),
            code: ItemCode::from("HBJ-1"),
            name: "排污许可".to_owned(),
            kind: Some(ItemKind::Committed),
            figures: figures.clone(),
        }],
        halls: vec![HallStatement {
            hall: Some("H1".to_owned()),
            units: 1,
            figures: figures.clone(),
        }],
        kinds: vec![KindStatement {
            kind: Some(ItemKind::Committed),
            figures: figures.clone(),
        }],
        before: period.before().map(|period| Compared {
            period,
            figures: Some(figures.clone()),
        }),
        year_before: period.year_before().map(|period| Compared {
            period,
            figures: None,
        }),
        course: period
            .course()
            .into_iter()
            .map(|period| Compared {
                period,
                figures: Some(figures.clone()),
            })
            .collect(),
        scores: None,
        sheets: Vec::new(),
        calendar: Arc::new(calendar),
    }
}

pub(super) fn text(statement: &Statement, format: Format, place: usize) -> String {
    let mut made = files(statement, format).expect("a report");
    String::from_utf8(made.swap_remove(place).content).expect("text")
}

pub(super) fn json(statement: &Statement) -> Value {
    serde_json::from_str(&text(statement, Format::Json, 0)).expect("JSON")
}

#[test]
fn json_has_the_promised_keys_in_their_order() {
    let value = json(&statement(figures()));
    let units = value["units"].as_array().expect("units").iter();
    for object in units.chain([&value["total"]]) {
        let keys: Vec<&str> = object
            .as_object()
            .expect("an object")
            .keys()
            .map(String::as_str)
            .collect();
        let start = keys
            .iter()
            .position(|key| *key == KEYS[0])
            .expect("the first key");
        assert_eq!(keys[start..start + KEYS.len()], KEYS);
    }
    assert_eq!(value["period"], "2011-10");
    assert_eq!(value["cut_off"], "2011-11-02T00:00:00+08:00");
    let total = &value["total"];
    assert_eq!(
        total["completion_rate_percent"].to_string(),
        "99.99",
        "99.996 isn't rounded up"
    );
    assert_eq!(total["average_working_days_used"].to_string(), "1.66");
    assert_eq!(total["median_working_days_used"], 2);
    assert_eq!(total["cut_percent"].to_string(), "30.0");
    assert_eq!(value["units_without_business"], serde_json::json!(["WJJ"]));
    assert_eq!(value["irregularities"], Value::Null);
}

#[test]
fn an_empty_period_has_no_rates() {
    let mut empty = statement(Figures::default());
    empty.units.clear();
    empty.items.clear();
    empty.limits = LimitSums::default();
    let value = json(&empty);
    for key in [
        "completion_rate_percent",
        "average_working_days_used",
        "p90_working_days_used",
        "cut_percent",
    ] {
        assert_eq!(value["total"][key], Value::Null, "{key}");
    }
    let page = text(&empty, Format::Html, 0);
    assert!(page.contains("本期没有办件") && !page.contains("NaN"));
    assert!(!files(&empty, Format::Xlsx).expect("a workbook").is_empty());
}

#[test]
fn csv_says_what_json_says() {
    let statement = statement(figures());
    let value = json(&statement);
    let table = text(&statement, Format::Csv, 0);
    let mut reader = csv::Reader::from_reader(table.as_bytes());
    let heading = reader.headers().expect("a heading").clone();
    let rows: Vec<csv::StringRecord> = reader.records().map(|r| r.expect("a row")).collect();
    assert_eq!(rows.len(), 3);
    assert_eq!((&rows[0][0], &rows[2][2]), ("total", "'=物价局"));
    for (name, cell) in heading.iter().zip(&rows[0]).skip(3) {
        let number = &value["total"][name];
        let shown = cell.parse::<f64>().ok();
        assert_eq!(number.as_f64(), shown, "{name}");
    }
    let items = text(&statement, Format::Csv, 1);
    assert_eq!(items.lines().count(), 2);
    assert!(
        !items
            .lines()
            .next()
            .unwrap_or_default()
            .contains("statutory_days,")
    );
}

#[test]
fn the_page_stands_for_itself() {
    let mut statement = statement(figures());
    statement.is_open = true;
    statement.standing.trial = true;
    let page = text(&statement, Format::Html, 0);
    assert!(
        page.contains("环保局&#60;b&#62;") || page.contains("环保局&lt;b&gt;"),
        "names are escaped"
    );
    // The pictures' own hatchings are found within the page.
    let elsewhere = page.replace("url(#", "");
    for outside in ["<script", "src=", "href=\"http", "@import", "url("] {
        assert!(!elsewhere.contains(outside), "{outside}");
    }
    assert_eq!(page.matches("<svg").count(), 3, "course, units, days");
    let idle = "本期没有收件、受理和办结的单位1个";
    for words in [
        "截至2011年11月2日 00:00",
        "试运行",
        "99.99%",
        "口径说明",
        idle,
        "2011年9月",
    ] {
        assert!(page.contains(words), "{words}");
    }
}

#[test]
fn the_same_figures_give_the_same_bytes() {
    for format in Format::ALL {
        let (one, other) = (statement(figures()), statement(figures()));
        let (one, other) = (files(&one, format), files(&other, format));
        assert_eq!(
            one.expect("a report"),
            other.expect("a report"),
            "{format:?}"
        );
    }
}

#[test]
fn words_of_forms_read_back() {
    for format in Format::ALL {
        assert_eq!(Format::parse(format.as_str()), Some(format));
    }
    assert_eq!(Format::parse("doc"), None);
}
