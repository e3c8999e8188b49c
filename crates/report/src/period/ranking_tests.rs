//! Points and ranks in every form say the same.

use std::collections::BTreeMap;
use std::sync::Arc;

use approval::ids::{PersonCode, UnitCode};
use approval::scoring::{Entry, MonthInput, Points, Scheme, Scores, UnitInput, read_month};
use approval::statistics::{Figures, Period, Statement};
use calamine::{Data, Reader, Xlsx};
use serde_json::{Value, json};

use super::tests::{figures, json, statement, text};
use super::{Format, files};
use crate::picture::Language;

const HUNDRED: &str = include_str!("../../../../config/scoring/hundred.toml");

fn entry(at: chrono::DateTime<chrono::Utc>) -> Entry {
    Entry {
        number: "PF-410800-20111102-0001".to_owned(),
        unit: UnitCode::from("HBJ"),
        month: read_month("2011-10").expect("a month"),
        part: "attitude".to_owned(),
        points: Points::parse("-2.5").expect("points"),
        reason: "=投诉<查实>".to_owned(),
        entered_by: PersonCode::from("JC-1"),
        entered_at: at,
        object_until: at,
        acts: Vec::new(),
    }
}

/// 环保局 with a yellow card and an entry, 物价局 without business.
fn scored(period: &str, months: &[&str]) -> Statement {
    let mut statement = statement(figures());
    statement.period = Period::parse(period).expect("a period");
    let scheme = Arc::new(Scheme::parse("hundred", HUNDRED).expect("a scheme"));
    let inputs: Vec<MonthInput> = months
        .iter()
        .map(|month| {
            let unit = |figures: Figures, entries: Vec<Entry>| UnitInput {
                figures,
                has_items: true,
                entries,
                ..UnitInput::default()
            };
            let entered = match *month {
                "2011-10" => vec![entry(statement.cut_off)],
                _ => Vec::new(),
            };
            let units = [
                ("HBJ", unit(figures(), entered)),
                ("WJJ", unit(Figures::default(), Vec::new())),
            ];
            let units = units.map(|(code, unit)| (UnitCode::from(code), unit));
            MonthInput {
                month: read_month(month).expect("a month"),
                scheme: Arc::clone(&scheme),
                units: BTreeMap::from(units),
            }
        })
        .collect();
    let names = statement.units.clone();
    let name = |code: &UnitCode| {
        let mut units = names.iter();
        units
            .find(|unit| unit.code == *code)
            .map(|unit| unit.name.clone())
            .unwrap_or_default()
    };
    statement.scores = Scores::new(scheme, &statement.period, &inputs, name);
    statement
}

#[test]
fn json_has_score_and_rank_of_each_unit_and_the_ranking() {
    let value = json(&scored("2011-10", &["2011-10"]));
    assert_eq!(
        value["units"][0]["score"].to_string(),
        "92.5",
        "100 − 5 − 2.5"
    );
    assert_eq!(value["units"][0]["rank"], 1);
    assert_eq!(value["units"][1]["score"], Value::Null);
    assert_eq!(value["units"][1]["rank"], Value::Null);
    assert_eq!(
        (&value["total"]["score"], &value["total"]["rank"]),
        (&Value::Null, &Value::Null)
    );
    assert_eq!(value["items"][0].get("score"), None);
    let ranking = &value["ranking"];
    assert_eq!(ranking["scheme"], "hundred");
    assert_eq!(ranking["first"], json!(["HBJ"]));
    assert_eq!(ranking["last"], json!([]), "of one unit nobody is the last");
    let (one, other) = (&ranking["units"][0], &ranking["units"][1]);
    assert_eq!(
        (&one["grade"], &one["volume"]),
        (&json!("优秀"), &json!(99_996))
    );
    assert_eq!(other["not_ranked"], "no_business");
    let parts = one["months"][0]["parts"].as_array().expect("parts");
    let of = |key: &str| {
        parts
            .iter()
            .find(|part| part["part"] == key)
            .expect("a part")
    };
    assert_eq!(
        of("limits"),
        &json!({"part": "limits", "points": 9.0, "full": 14.0, "known": "counted"})
    );
    assert_eq!(of("attitude")["points"].to_string(), "7.5");
    assert_eq!(of("fees")["known"], "not_recorded");
    let lines = one["lines"].as_array().expect("lines");
    assert_eq!(lines.len(), 2);
    assert_eq!(lines[0]["count"], 1);
    assert_eq!(lines[1]["entry"], "PF-410800-20111102-0001");
    // Without scores there is no ranking, and the keys stay.
    let bare = json(&statement(figures()));
    assert_eq!(bare["ranking"], Value::Null);
    assert_eq!(bare["units"][0]["score"], Value::Null);
}

#[test]
fn csv_says_what_json_says() {
    let scored = scored("2011-10", &["2011-10"]);
    let rows = |place: usize| -> Vec<csv::StringRecord> {
        let table = text(&scored, Format::Csv, place);
        let mut reader = csv::Reader::from_reader(table.as_bytes());
        reader.records().map(|row| row.expect("a row")).collect()
    };
    let table = text(&scored, Format::Csv, 0);
    let mut reader = csv::Reader::from_reader(table.as_bytes());
    let heading = reader.headers().expect("a heading").clone();
    let place = |name: &str| {
        heading
            .iter()
            .position(|key| key == name)
            .expect("a column")
    };
    let units: Vec<csv::StringRecord> = reader.records().map(|row| row.expect("a row")).collect();
    let shown = |row: usize| (&units[row][place("score")], &units[row][place("rank")]);
    assert_eq!(
        [shown(0), shown(1), shown(2)],
        [("", ""), ("92.50", "1"), ("", "")]
    );
    let points = rows(4);
    assert_eq!(points.len(), 10, "nine parts and their sum");
    assert_eq!(
        points[9].iter().collect::<Vec<_>>(),
        ["2011-10", "HBJ", "环保局<b>", "total", "", "92.5", ""]
    );
    let lines = rows(5);
    assert_eq!(lines.len(), 2);
    assert_eq!(
        (&lines[1][4], &lines[1][10]),
        ("'=投诉<查实>", "-2.5"),
        "no formula"
    );
    let names: Vec<String> = files(&scored, Format::Csv)
        .expect("tables")
        .into_iter()
        .map(|f| f.name)
        .collect();
    assert_eq!(
        names,
        [
            "2011-10.csv",
            "2011-10-items.csv",
            "2011-10-halls.csv",
            "2011-10-kinds.csv",
            "2011-10-scores.csv",
            "2011-10-score-lines.csv"
        ]
    );
}

#[test]
fn the_page_tells_every_point() {
    let page = text(&scored("2011-10", &["2011-10"]), Format::Html, 0);
    for words in [
        "三、考核得分和排名",
        "十一、口径说明",
        "1个单位参加排名，1个单位不排名",
        "前1名：环保局",
        "92.50分",
        "没有连续3个月位于后3名的单位",
        "政务公开、收费合理、满意度、法律责任、廉洁行政未录入",
        "黄牌1件次，扣5分",
        "（PF-410800-20111102-0001），扣2.5分",
        "本期无业务",
        "10.00*",
        "《绩效量化评估（百分制）》",
    ] {
        assert!(page.contains(words), "{words}");
    }
    assert!(!page.contains("投诉<查实>") && !page.contains("后1名"));
    let page = text(&statement(figures()), Format::Html, 0);
    assert!(page.contains("十、口径说明") && page.contains("本期不评分、不排名"));
}

#[test]
fn a_quarter_is_the_mean_and_shows_its_months() {
    let scored = scored("2011-Q4", &["2011-10", "2011-11"]);
    // 92.5 and 95.
    assert_eq!(json(&scored)["units"][0]["score"].to_string(), "93.75");
    let page = text(&scored, Format::Html, 0);
    for words in [
        "得分为2个月中有评分各月的平均",
        "各月得分",
        "93.75",
        "92.50",
        "95.00",
    ] {
        assert!(page.contains(words), "{words}");
    }
}

#[test]
fn english_is_told_too() {
    let scored = scored("2011-10", &["2011-10"]);
    let told = super::ranking::told(&scored, Language::En).expect("scores");
    let all = told.sentences.join(" ");
    for words in [
        "1 units are ranked, 1 are not",
        "First 1:",
        "Publicity, Fees",
    ] {
        assert!(all.contains(words), "{words} in {all}");
    }
    let lines = &told.tables[2];
    assert_eq!(lines.rows[0][3], "yellow cards: 1, -5");
}

#[test]
fn the_workbook_has_numbers_of_it() {
    let scored = scored("2011-10", &["2011-10"]);
    let content = files(&scored, Format::Xlsx)
        .expect("a workbook")
        .remove(0)
        .content;
    let mut book = Xlsx::new(std::io::Cursor::new(content)).expect("a workbook that opens");
    let sheet = book.worksheet_range("排名").expect("a sheet");
    let at = |row: u32, column: u32| sheet.get_value((row, column)).cloned().unwrap_or_default();
    assert_eq!(at(1, 3), Data::String("得分".to_owned()));
    assert_eq!((at(2, 0), at(2, 3)), (Data::Float(1.0), Data::Float(92.5)));
    assert_eq!(at(2, 8), Data::Float(9.0), "期限合法");
    assert_eq!(
        (at(3, 0), at(3, 15)),
        (Data::Empty, Data::String("本期无业务".to_owned()))
    );
    let lines = book.worksheet_range("加扣分").expect("a sheet");
    let points: Vec<Option<&Data>> = (2..4).map(|row| lines.get_value((row, 5))).collect();
    assert_eq!(points, [Some(&Data::Float(-5.0)), Some(&Data::Float(-2.5))]);
    let units = book.worksheet_range("各单位").expect("a sheet");
    let mut cells = units.rows().nth(2).expect("a row").iter();
    assert!(cells.any(|cell| *cell == Data::Float(92.5)));
}
