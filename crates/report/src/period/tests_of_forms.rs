//! Every form of one report with its lists, read back by somebody else's reader: the workbook by calamine, the paper by
//! poppler, CSV and JSON by their libraries.

use std::collections::BTreeMap;
use std::process::Command;

use approval::event::Defect;
use approval::ids::{PersonCode, SubjectId, UnitCode};
use approval::rule::Level;
use approval::stage::{Procedure, Stage};
use approval::statistics::{
    CardLine, CorrectionLine, Details, ExtensionLine, Figures, IrregularLine, Lists, OrderLine,
    PersonFigures, PersonLine, Place, Ratio, Statement, StopLine,
};
use approval::track::ClockKey;
use approval::warning::WarningState;
use calamine::{Data, Reader as _, Xlsx, open_workbook_from_rs};
use chrono::{DateTime, NaiveDate, Utc};
use serde_json::Value;

use super::tests::{figures, statement};
use super::{Format, Report, UnitPart, Wording};
use crate::paper::{FontPaths, Fonts};
use crate::picture::Language;

fn at(text: &str) -> DateTime<Utc> {
    text.parse().expect("an instant")
}

fn place(unit: &str, name: &str) -> Place {
    Place {
        unit: unit.to_owned(),
        unit_name: name.to_owned(),
        item: Some("HBJ-1".to_owned()),
        item_name: Some("排污许可".to_owned()),
    }
}

fn card(number: u32, level: Level) -> CardLine {
    CardLine {
        subject: SubjectId::new(format!("410800-HBJ-20111008-{number:04}")),
        seq: 9,
        place: place("HBJ", "环保局<b>"),
        level,
        clock: ClockKey::Stage(Stage::Review, 1),
        stage: Some(Stage::Review),
        due_on: NaiveDate::from_ymd_opt(2011, 10, 20),
        issued_at: at("2011-10-20T16:00:00Z"),
        over_working_days: Some(3),
        still_runs: false,
        persons: vec!["张审核".to_owned(), "李审核".to_owned()],
        state: WarningState::Issued,
        appeal: Some(SubjectId::from("SS-410800-20111021-0001")),
        appeal_state: Some("filed".to_owned()),
    }
}

fn person(unit: &str, code: &str, name: &str) -> PersonLine {
    let mut figures = PersonFigures {
        accepted: 0,
        visits: 3,
        completed: 1,
        sent_back: 1,
        on_time: 2,
        late: 1,
        ..PersonFigures::default()
    };
    for days in [2, 2, 3] {
        figures.used.add(days);
    }
    PersonLine {
        unit: unit.to_owned(),
        unit_name: unit.to_owned(),
        person: PersonCode::from(code),
        name: name.to_owned(),
        figures,
    }
}

pub(super) fn details() -> Details {
    let case = SubjectId::from("410800-HBJ-20111008-0001");
    Details {
        lists: Lists {
            cards: vec![card(1, Level::Red), card(2, Level::Yellow)],
            orders: vec![OrderLine {
                order: SubjectId::from("DB-410800-20111021-0001"),
                place: place("HBJ", "环保局<b>"),
                about: Some(case.clone()),
                text: "=请说明超期原因".to_owned(),
                issued_at: at("2011-10-21T01:00:00Z"),
                due_on: NaiveDate::from_ymd_opt(2011, 10, 28),
                replied_at: Some(at("2011-10-27T01:00:00Z")),
                in_time: Some(true),
                sent_back: 0,
                closed_at: None,
                state: "replied",
            }],
            corrections: vec![CorrectionLine {
                case: case.clone(),
                place: place("HBJ", "环保局<b>"),
                number: 2,
                notified_at: at("2011-10-10T01:00:00Z"),
                supplied_at: None,
            }],
            stops: vec![StopLine {
                case: case.clone(),
                place: place("WJJ", "物价局"),
                procedure: Procedure::Hearing,
                notice: None,
                from: at("2011-10-11T01:00:00Z"),
                to: None,
            }],
            extensions: vec![ExtensionLine {
                case,
                place: place("HBJ", "环保局<b>"),
                at: at("2011-10-12T01:00:00Z"),
                working_days: 10,
            }],
            irregular: vec![IrregularLine {
                subject: SubjectId::from("410800-HBJ-20111008-0002"),
                seq: 4,
                place: place("HBJ", "环保局<b>"),
                kind: "stage_completed",
                defect: Defect::LateRecording,
                occurred_at: at("2011-10-19T02:00:00Z"),
                recorded_at: at("2011-10-24T02:00:00Z"),
            }],
        },
        persons: vec![
            person("HBJ", "HBJ-H1", "李明"),
            person("WJJ", "WJJ-H1", "周文"),
        ],
        stage_limits: BTreeMap::from([(Stage::Handling, Ratio::new(9, 3))]),
    }
}

pub(super) fn made(
    statement: &Statement,
    details: &Details,
    language: Language,
    format: Format,
) -> Vec<u8> {
    let wording = Wording::built_in(language).expect("words");
    let report = Report::new(statement, &wording).with_details(details);
    let mut files = report.files(format).expect("a report");
    files.swap_remove(0).content
}

/// The words of a paper in reading order, by poppler.
pub(super) fn words_of(paper: &[u8]) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("paper.pdf");
    std::fs::write(&path, paper).expect("a file");
    let read = Command::new("pdftotext")
        .args(["-layout", "-enc", "UTF-8"])
        .arg(&path)
        .arg("-")
        .output()
        .expect("pdftotext: install poppler-utils");
    assert!(
        read.status.success(),
        "{}",
        String::from_utf8_lossy(&read.stderr)
    );
    String::from_utf8(read.stdout).expect("text")
}

#[test]
fn a_paper_tells_the_figures_and_numbers_its_pages() {
    let paper = made(&statement(figures()), &details(), Language::Zh, Format::Pdf);
    let text = words_of(&paper);
    let plain: String = text.split_whitespace().collect();
    for words in [
        "焦作市行政审批电子监察情况通报",
        "（2011年10月）",
        "共受理办件100000件，办结99996件，办结率99.99%",
        "一、总体情况",
        "410800-HBJ-20111008-0001",
        "■红牌",
        "待答",
        "DB-410800-20111021-0001",
        "未录入。",
        "口径说明",
        "—1—",
        "第1页共",
        "环保局<b>",
    ] {
        let wanted: String = words.split_whitespace().collect();
        assert!(plain.contains(&wanted), "{words} in {text}");
    }
    assert!(!text.contains('\u{FFFD}'), "every character has a letter");
}

#[test]
fn organ_and_date_stand_under_text_wherever_a_page_ends() {
    // Each correction adds a row, so that the text ends at every height of a page.
    for rows in 1..=45 {
        let mut details = details();
        let line = details.lists.corrections[0].clone();
        details.lists.corrections = vec![line; rows];
        let paper = made(&statement(figures()), &details, Language::Zh, Format::Pdf);
        let text = words_of(&paper);
        let last = text.trim_end_matches('\u{c}').rsplit('\u{c}').next();
        let last = last.expect("a page");
        assert!(
            last.contains("日历版本") && last.contains("焦作市"),
            "{rows} rows: {last}"
        );
    }
}

#[test]
fn heads_of_tables_repeat_on_each_page_and_sums_do_not() {
    let mut details = details();
    details.lists.cards = (1..=150)
        .map(|number| card(number, Level::Yellow))
        .collect();
    let text = words_of(&made(
        &statement(figures()),
        &details,
        Language::Zh,
        Format::Pdf,
    ));
    let pages: Vec<&str> = text.split('\u{C}').collect();
    let with_cards: Vec<&&str> = pages.iter().filter(|page| page.contains("◆黄牌")).collect();
    assert!(with_cards.len() > 3, "{} pages", with_cards.len());
    for page in &with_cards {
        assert!(
            page.contains("等级"),
            "the head stands on each page: {page}"
        );
    }
    assert!(text.contains("（续）"));
    assert_eq!(text.matches("410800-HBJ-20111008-0150").count(), 1);
}

#[test]
fn a_workbook_read_back_has_the_figures_of_the_json() {
    let (statement, details) = (statement(figures()), details());
    let book = made(&statement, &details, Language::Zh, Format::Xlsx);
    let json = made(&statement, &details, Language::Zh, Format::Json);
    let json: Value = serde_json::from_slice(&json).expect("JSON");
    let mut book: Xlsx<_> = open_workbook_from_rs(std::io::Cursor::new(book)).expect("a workbook");
    let names = book.sheet_names();
    assert_eq!(
        names,
        [
            "汇总",
            "各单位",
            "各事项",
            "各办事大厅",
            "各办件类型",
            "黄牌、红牌明细",
            "督办单",
            "补正告知",
            "特别程序和中止",
            "延期",
            "带标记的记录",
            "口径说明"
        ]
    );
    let summary = book.worksheet_range("汇总").expect("a sheet");
    let mut compared = 0;
    for column in super::column::COLUMNS {
        let row = summary
            .rows()
            .find(|row| row[0] == Data::String(column.zh.to_owned()));
        let cell = &row.expect("a row")[1];
        let number = &json["total"][column.key];
        match number.as_f64() {
            Some(number) => {
                assert_eq!(
                    calamine::DataType::get_float(cell),
                    Some(number),
                    "{}",
                    column.key
                );
                compared += 1;
            }
            None => assert_eq!(*cell, Data::Empty, "{}", column.key),
        }
    }
    assert!(compared > 20);
    let units = book.worksheet_range("各单位").expect("a sheet");
    let sum = units
        .rows()
        .find(|row| row[1] == Data::String("合计".to_owned()));
    assert_eq!(sum.expect("a sum")[2], Data::Float(100_000.0));
}

#[test]
fn lists_of_a_workbook_have_real_dates() {
    let book = made(
        &statement(figures()),
        &details(),
        Language::Zh,
        Format::Xlsx,
    );
    let mut book: Xlsx<_> = open_workbook_from_rs(std::io::Cursor::new(book)).expect("a workbook");
    let cards = book.worksheet_range("黄牌、红牌明细").expect("a sheet");
    let rows: Vec<&[Data]> = cards.rows().collect();
    let place = |name: &str| {
        let head = rows[1].iter();
        let mut head = head.map(|cell| cell.to_string());
        head.position(|heading| heading == name).expect("a column")
    };
    let red = rows[2];
    assert_eq!(red[place("等级")], Data::String("■红牌".to_owned()));
    let Data::DateTime(due) = &red[place("到期日")] else {
        panic!("{:?} is no date", red[place("到期日")]);
    };
    assert_eq!(due.as_f64(), 40_836.0, "2011-10-20");
    let Data::DateTime(issued) = &red[place("发出时间")] else {
        panic!("{:?} is no date", red[place("发出时间")]);
    };
    assert_eq!(
        issued.as_f64(),
        40_837.0,
        "2011-10-21 00:00 on the office's clocks"
    );
    assert_eq!(red[place("超期(工作日)")], Data::Float(3.0));
    let orders = book.worksheet_range("督办单").expect("a sheet");
    let text = orders.rows().nth(2).expect("an order")[4].clone();
    assert_eq!(
        text,
        Data::String("=请说明超期原因".to_owned()),
        "no formula"
    );
}

#[test]
fn a_long_list_is_whole_in_the_workbook_and_counted_on_paper() {
    let mut details = details();
    details.lists.cards = (1..=250).map(|n| card(n, Level::Yellow)).collect();
    let statement = statement(figures());
    let book = made(&statement, &details, Language::Zh, Format::Xlsx);
    let mut book: Xlsx<_> = open_workbook_from_rs(std::io::Cursor::new(book)).expect("a workbook");
    let cards = book.worksheet_range("黄牌、红牌明细").expect("a sheet");
    let rows: Vec<&[Data]> = cards.rows().collect();
    assert_eq!(rows.len(), 2 + 250, "title, heading, and each card");
    let last = &details.lists.cards[249];
    assert_eq!(rows[251][0], Data::String(last.subject.to_string()));
    let page = made(&statement, &details, Language::Zh, Format::Html);
    let page = String::from_utf8(page).expect("text");
    assert!(
        page.contains("共250条，此处列前200条"),
        "the rest is in the workbook"
    );
    assert!(page.contains(details.lists.cards[199].subject.as_str()));
    assert!(!page.contains(details.lists.cards[200].subject.as_str()));
}

#[test]
fn lists_in_csv_say_what_json_says() {
    let (statement, details) = (statement(figures()), details());
    let json = made(&statement, &details, Language::Zh, Format::Json);
    let json: Value = serde_json::from_slice(&json).expect("JSON");
    let wording = Wording::built_in(Language::Zh).expect("words");
    let report = Report::new(&statement, &wording).with_details(&details);
    let files = report.files(Format::Csv).expect("a report");
    for key in ["cards", "orders", "corrections", "stops", "extensions"] {
        let name = format!("2011-10-{key}.csv");
        let file = files.iter().find(|file| file.name == name).expect("a file");
        let mut reader = csv::Reader::from_reader(file.content.as_slice());
        let heading = reader.headers().expect("a heading").clone();
        let rows: Vec<csv::StringRecord> = reader.records().map(|r| r.expect("a row")).collect();
        let lines = json[key].as_array().expect("a list");
        assert_eq!((rows.len(), rows.is_empty()), (lines.len(), false), "{key}");
        for (row, line) in rows.iter().zip(lines) {
            for (name, cell) in heading.iter().zip(row) {
                let value = match &line[name] {
                    Value::Null => String::new(),
                    Value::String(text) => text.clone(),
                    other => other.to_string(),
                };
                // A text that a spreadsheet would take for a formula has a quote before it.
                assert_eq!(cell.trim_start_matches('\''), value, "{key}.{name}");
            }
        }
    }
    assert_eq!(json["cards"][0]["level"], "red");
    assert_eq!(json["cards"][0]["due_on"], "2011-10-20");
    assert_eq!(json["cards"][0]["issued_at"], "2011-10-21T00:00:00+08:00");
    assert_eq!(json["average_stage_limits"]["handling"], 3.0);
    assert_eq!(json["admonitions"], Value::Null, "not recorded isn't none");
}

#[test]
fn the_page_has_the_lists_and_the_stages() {
    let page = made(
        &statement(figures()),
        &details(),
        Language::Zh,
        Format::Html,
    );
    let page = String::from_utf8(page).expect("text");
    assert_eq!(
        page.matches("<svg").count(),
        4,
        "course, units, days, stages"
    );
    for words in [
        "sx-stages",
        "410800-HBJ-20111008-0002",
        "第二次及以后（1条）",
        "未录入",
    ] {
        assert!(page.contains(words), "{words}");
    }
}

#[test]
fn english_reports_have_no_chinese_words_of_ours() {
    let mut details = details();
    details.lists.orders.clear();
    let mut figures = figures();
    figures
        .defects
        .insert(approval::event::Defect::LateRecording, 2);
    let mut statement = statement(figures);
    statement.standing.division_name = "Jiaozuo".to_owned();
    for unit in &mut statement.units {
        unit.name = unit.code.to_string();
    }
    for item in &mut statement.items {
        item.name = item.code.to_string();
    }
    let lists = &mut details.lists;
    let places = lists.cards.iter_mut().map(|line| &mut line.place);
    let places = places.chain(lists.corrections.iter_mut().map(|line| &mut line.place));
    let places = places.chain(lists.stops.iter_mut().map(|line| &mut line.place));
    let places = places.chain(lists.extensions.iter_mut().map(|line| &mut line.place));
    let places = places.chain(lists.irregular.iter_mut().map(|line| &mut line.place));
    for place in places {
        place.unit_name = place.unit.clone();
        place.item_name = place.item.clone();
    }
    for card in &mut lists.cards {
        card.persons = vec!["Zhang".to_owned()];
    }
    let page = String::from_utf8(made(&statement, &details, Language::En, Format::Html));
    let page = page.expect("text");
    let body = page.split("<body>").nth(1).expect("a body");
    let chinese: String = body
        .chars()
        .filter(|c| ('\u{4E00}'..='\u{9FFF}').contains(c))
        .collect();
    assert_eq!(chinese, "", "fonts are named in the pictures alone");
    assert!(body.contains("completion rate of 99.99%"), "{body}");
    let paper = words_of(&made(&statement, &details, Language::En, Format::Pdf));
    assert!(
        paper.contains("Page 1 of") && paper.contains("Red card"),
        "{paper}"
    );
    let book = made(&statement, &details, Language::En, Format::Xlsx);
    let book: Xlsx<_> = open_workbook_from_rs(std::io::Cursor::new(book)).expect("a workbook");
    assert_eq!(book.sheet_names()[0], "Summary");
}

#[test]
fn the_part_of_a_unit_is_its_own() {
    let (statement, details) = (statement(figures()), details());
    let wording = Wording::built_in(Language::Zh).expect("words");
    let report = Report::new(&statement, &wording).with_details(&details);
    let fonts = Fonts::load(&FontPaths::default()).expect("fonts");
    let part = UnitPart::of(&statement, &details, &UnitCode::from("HBJ")).expect("a part");
    assert!(part.has_something());
    let paper = part.paper(&report, &fonts).expect("a paper");
    assert_eq!(paper.name, "2011-10-HBJ.pdf");
    let text = words_of(&paper.content);
    assert!(text.contains("410800-HBJ-20111008-0002"), "{text}");
    assert!(
        !text.contains("物价局"),
        "other units' lines stay away: {text}"
    );
    assert!(text.contains("经办人") && text.contains("2.33"), "{text}");
    assert!(
        !text.contains("周文"),
        "people of other units stay away: {text}"
    );
    let idle = UnitPart::of(&statement, &details, &UnitCode::from("XXX"));
    assert!(idle.is_none());
    let letter = report.letter("孙局长", part.name()).expect("a letter");
    assert!(
        letter.subject.contains("通报（2011年10月）"),
        "{}",
        letter.subject
    );
    assert!(letter.text().starts_with("孙局长：") && letter.text().contains("分报告"));
    assert!(
        letter.html().contains("环保局&lt;b&gt;"),
        "{}",
        letter.html()
    );
}

#[test]
fn an_empty_period_makes_every_form() {
    let mut empty = statement(Figures::default());
    empty.units.clear();
    empty.items.clear();
    for format in Format::ALL {
        let content = made(&empty, &Details::default(), Language::Zh, format);
        assert!(!content.is_empty(), "{format:?}");
    }
    let text = words_of(&made(
        &empty,
        &Details::default(),
        Language::Zh,
        Format::Pdf,
    ));
    assert!(
        text.contains("本期没有办件") && !text.contains("NaN"),
        "{text}"
    );
}

#[test]
fn titles_numbers_and_organs_are_the_citys() {
    let head = super::Letterhead {
        organ: Some("焦作市行政效能电子监察中心".to_owned()),
        title: Some("{{ division }}效能月报".to_owned()),
        number: Some("焦效监〔{{ year }}〕{{ month }}号".to_owned()),
    };
    let wording = Wording::load(Language::Zh, None, &head).expect("words");
    let statement = statement(figures());
    let report = Report::new(&statement, &wording);
    let mut files = report.files(Format::Html).expect("a report");
    let page = String::from_utf8(files.swap_remove(0).content).expect("text");
    for words in [
        "焦作市效能月报",
        "焦效监〔2011〕10号",
        "焦作市行政效能电子监察中心",
    ] {
        assert!(page.contains(words), "{words}");
    }
    let wrong = super::Letterhead {
        number: Some("{{ jear }}".to_owned()),
        ..head
    };
    let error = Wording::load(Language::Zh, None, &wrong)
        .expect_err("unknown")
        .to_string();
    assert!(
        error.contains("[report]") && error.contains("jear"),
        "{error}"
    );
}
