//! What changed since a period was closed, in every form; groups, earlier periods and persons beside it.

use approval::ids::{ItemCode, UnitCode};
use approval::statistics::{
    Changed, Closed, Compared, Figures, Period, Reason, Revision, Sheet, Statement,
};
use calamine::{Data, Reader as _, Xlsx, open_workbook_from_rs};
use serde_json::{Value, json};

use super::tests::{figures, statement};
use super::tests_of_forms::{details, made, words_of};
use super::{Format, Report, UnitPart, Wording};
use crate::paper::{FontPaths, Fonts};
use crate::picture::Language;

fn changed(
    unit: Option<&str>,
    item: Option<&str>,
    name: &str,
    values: [Option<i64>; 2],
) -> Changed {
    Changed {
        unit: unit.map(UnitCode::from),
        item: item.map(ItemCode::from),
        name: name.to_owned(),
        before: values[0],
        after: values[1],
    }
}

/// A month that was closed, revised for a late record and again for a calendar.
fn closed() -> Statement {
    let mut statement = statement(figures());
    let revision = |number: i64, reasons: Vec<Reason>, changes: Vec<Changed>| Revision {
        number,
        closed_at: statement.cut_off + chrono::TimeDelta::days(number),
        cut_off: statement.cut_off,
        hash: format!("{number}f0e1d2c3b4a5968778695a4b3c2d1e0f"),
        reasons,
        changes,
    };
    let recorded = vec![
        changed(Some("HBJ"), None, "completed", [Some(10), Some(11)]),
        changed(Some("HBJ"), None, "score", [Some(9_500), None]),
        changed(
            Some("HBJ"),
            Some("HBJ-1"),
            "outcome/granted",
            [Some(9), Some(10)],
        ),
        changed(Some("WJJ"), None, "accepted", [Some(0), Some(1)]),
    ];
    let limits = vec![changed(None, None, "promised_days", [Some(20), Some(21)])];
    statement.closed = Some(Closed {
        last: revision(3, vec![Reason::Calendar], limits),
        earlier: vec![
            revision(2, vec![Reason::Recorded], recorded),
            revision(1, Vec::new(), Vec::new()),
        ],
    });
    statement
}

#[test]
fn json_and_csv_have_every_change() {
    let statement = closed();
    let report = made(&statement, &details(), Language::Zh, Format::Json);
    let report: Value = serde_json::from_slice(&report).expect("JSON");
    let told = &report["closed"];
    assert_eq!(told["revision"], 3);
    assert_eq!(told["reasons"], json!(["calendar"]));
    assert_eq!(told["changes"].as_array().map(Vec::len), Some(1));
    let second = &told["revisions"][1];
    assert_eq!(second["changes"][1]["before"].to_string(), "95.0");
    assert_eq!(second["changes"][1]["after"], Value::Null);
    assert_eq!(second["changes"][2]["item"], "HBJ-1");

    let wording = Wording::built_in(Language::Zh).expect("words");
    let report = Report::new(&statement, &wording);
    let files = report.files(Format::Csv).expect("files");
    let table = files.iter().find(|file| file.name == "2011-10-changes.csv");
    let mut table = csv::Reader::from_reader(table.expect("a table").content.as_slice());
    let rows: Vec<csv::StringRecord> = table.records().map(|row| row.expect("a row")).collect();
    assert_eq!(rows.len(), 5);
    let row = |place: usize| -> Vec<&str> { rows[place].iter().collect() };
    assert_eq!(row(0)[..4], ["3", "2011-11-05T00:00:00+08:00", "", ""]);
    assert_eq!(
        row(0)[6..],
        [
            "promised_days",
            "事项承诺时限合计(工作日)",
            "20",
            "21",
            "日历已修订"
        ]
    );
    assert_eq!(row(2)[6..10], ["score", "得分", "95.00", ""]);
    assert_eq!(row(3)[3..6], ["环保局<b>", "HBJ-1", "排污许可"]);
    // A period that isn't closed has no such table.
    let open = self::statement(figures());
    let files = Report::new(&open, &wording)
        .files(Format::Csv)
        .expect("files");
    assert!(files.iter().all(|file| !file.name.contains("changes")));
}

#[test]
fn readers_are_told_what_changed_and_why() {
    let statement = closed();
    let page = made(&statement, &details(), Language::Zh, Format::Html);
    let page = String::from_utf8(page).expect("text");
    let paper = words_of(&made(&statement, &details(), Language::Zh, Format::Pdf));
    let paper: String = paper.split_whitespace().collect();
    for words in [
        "封存和修订",
        "本期数据于2011年11月3日00:00封存，为第1号",
        "修订第2号（2011年11月4日00:00）：封存后补录、更正、取消，或撤牌、评分有变动；涉及2个单位的3项数字",
        "修订第3号（2011年11月5日00:00）：日历已修订",
        "本报告按修订第3号的数据编制",
    ] {
        let plain: String = page.split_whitespace().collect();
        assert!(plain.contains(words), "{words} on the page");
        assert!(paper.contains(words), "{words} on paper: {paper}");
    }
    assert!(page.contains("<td class=\"w\">得分</td>"), "{page}");
    let english = made(&statement, &details(), Language::En, Format::Html);
    let english = String::from_utf8(english).expect("text");
    assert!(
        english.contains("Closing and revisions") && english.contains("the calendar was revised")
    );

    let book = made(&statement, &details(), Language::Zh, Format::Xlsx);
    let mut book: Xlsx<_> = open_workbook_from_rs(std::io::Cursor::new(book)).expect("a workbook");
    let sheet = book.worksheet_range("封存后的修订").expect("a sheet");
    // Title and headings are above.
    assert_eq!(sheet.get((4, 8)), Some(&Data::Float(95.0)));
    assert_eq!(sheet.height(), 2 + 5);
}

#[test]
fn a_unit_reads_its_own_changes_and_no_ranks() {
    let mut statement = closed();
    if let Some(closed) = &mut statement.closed {
        let rank = changed(Some("HBJ"), None, "rank", [Some(1), Some(2)]);
        closed.earlier[0].changes.push(rank);
    }
    let own = statement.of_unit(&UnitCode::from("HBJ")).expect("a unit");
    let closed = own.closed.expect("a closing");
    assert!(closed.last.changes.is_empty(), "limits are the division's");
    let names = closed.earlier[0].changes.iter();
    let names: Vec<&str> = names.map(|changed| changed.name.as_str()).collect();
    assert_eq!(names, ["completed", "score", "outcome/granted"]);
}

/// October beside September, of which 环保局 alone had business; the year before isn't known.
fn beside() -> Statement {
    let mut statement = statement(figures());
    let september = Period::parse("2011-09").expect("a month");
    let mut then = Figures::default();
    then.counts.accepted = 40;
    then.counts.completed = 30;
    then.counts.completed_on_time = 27;
    then.counts.completed_late = 3;
    let mut sheet = Sheet::default();
    sheet.at(&UnitCode::from("HBJ"), None).merge(&then);
    statement.sheets.push((september, sheet));
    statement.before = Some(Compared {
        period: september,
        figures: Some(then),
    });
    statement
}

#[test]
fn units_stand_beside_what_they_were() {
    let statement = beside();
    let report = made(&statement, &details(), Language::Zh, Format::Json);
    let report: Value = serde_json::from_slice(&report).expect("JSON");
    let unit = &report["units"][0];
    assert_eq!(unit["before"]["accepted"], 40);
    assert_eq!(unit["before"]["on_time_rate_percent"].to_string(), "90.0");
    assert_eq!(
        unit["year_before"],
        Value::Null,
        "the record doesn't know it"
    );
    assert_eq!(report["units"][1]["before"]["accepted"], 0);
    assert_eq!(report["halls"][0]["code"], "H1");
    assert_eq!(report["kinds"][0]["kind"], "committed");
    assert_eq!(report["kinds"][0]["accepted"], report["total"]["accepted"]);

    let wording = Wording::built_in(Language::Zh).expect("words");
    let details = details();
    let report = Report::new(&statement, &wording).with_details(&details);
    let files = report.files(Format::Csv).expect("files");
    let text = |name: &str| {
        let file = files
            .iter()
            .find(|file| file.name == format!("2011-10-{name}.csv"));
        String::from_utf8(file.expect("a file").content.clone()).expect("text")
    };
    let compared = text("compared");
    assert!(
        compared.contains("HBJ,环保局<b>,before,2011-09,40,30,75.00,90.00,,0,0,0"),
        "{compared}"
    );
    assert_eq!(compared.lines().count(), 1 + 2 * 2);
    assert!(text("kinds").contains("\ncommitted,承诺件,"));
    assert!(text("halls").contains("\nH1,H1,"));
    let irregular = text("irregular");
    assert!(
        irregular.contains("late_recording,stage_completed,2011-10-19T10:00:00+08:00"),
        "{irregular}"
    );
    assert!(
        !irregular.contains("李明"),
        "who it was stands on the case's page: {irregular}"
    );
    assert!(text("persons").contains("HBJ,HBJ,HBJ-H1,李明,0,3,1,1,2,1,2.33"));
    // What people did stands in no other file of the division.
    for format in [Format::Json, Format::Html, Format::Xlsx] {
        let content = made(&statement, &details, Language::Zh, format);
        assert!(
            !String::from_utf8_lossy(&content).contains("周文"),
            "{format:?}"
        );
    }
    let page = made(&statement, &details, Language::Zh, Format::Html);
    let page = String::from_utf8(page).expect("text");
    assert!(
        page.contains("受理 2011-09") && page.contains("<td>90.00</td>"),
        "{page}"
    );

    let fonts = Fonts::load(&FontPaths::default()).expect("fonts");
    let part = UnitPart::of(&statement, &details, &UnitCode::from("HBJ")).expect("a part");
    let paper = part.paper(&report, &fonts).expect("a paper");
    let words: String = words_of(&paper.content).split_whitespace().collect();
    assert!(words.contains("2011年9月"), "its own September: {words}");
}
