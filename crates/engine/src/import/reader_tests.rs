//! The logs under tests/data, read; tests/data/README.md says what is in them.

use super::super::{Outcome, Procedure};
use super::*;

const WABO: &str = include_str!("../../../../config/mappings/wabo-receipt.toml");
const FIVE: &str = include_str!("../../../../config/mappings/five-stages.toml");
const SMALL_LOG: &[u8] = include_bytes!("../../../../tests/data/small-receipt.csv");
const FIVE_UTF8: &[u8] = include_bytes!("../../../../tests/data/five-stages-utf8.csv");
const FIVE_GBK: &[u8] = include_bytes!("../../../../tests/data/five-stages-gbk.csv");
const FIVE_JSON: &[u8] = include_bytes!("../../../../tests/data/five-stages.jsonl");
const BROKEN: &[u8] = include_bytes!("../../../../tests/data/broken.csv");

fn mapping(text: &str) -> Mapping {
    Mapping::parse(text, Path::new("m.toml")).unwrap()
}

/// GB 11643, for the ids of the test data.
fn check_id(id: &str) -> Result<(), String> {
    let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = id
        .chars()
        .zip(weights)
        .map(|(c, w)| c.to_digit(10).unwrap() * w)
        .sum();
    let wanted = "10X98765432".chars().nth((sum % 11) as usize);
    if id.chars().last() == wanted {
        Ok(())
    } else {
        Err(format!("{id} is wrong"))
    }
}

fn read(bytes: &[u8], mapping_text: &str) -> LogFile {
    read_log_bytes(Path::new("log"), bytes, &mapping(mapping_text), &check_id).unwrap()
}

fn of<'a>(log: &'a LogFile, number: &str) -> &'a LoggedCase {
    log.cases.iter().find(|case| case.number == number).unwrap()
}

/// cases, events, without end, late by the office day, late by the instant, event before start, event after end,
/// end before start
fn counts(log: &LogFile, mapping: &Mapping) -> [usize; 8] {
    let count =
        |wanted: &dyn Fn(&LoggedCase) -> bool| log.cases.iter().filter(|c| wanted(c)).count();
    let has =
        |defect| move |case: &LoggedCase| case.rows.iter().any(|r| r.defects.contains(&defect));
    let late_by_day = |case: &LoggedCase| {
        let ended_on = case
            .ended_at
            .map(|at| at.with_timezone(&mapping.zone()).date_naive());
        ended_on
            .zip(case.due.due_on())
            .is_some_and(|(ended, due)| ended > due)
    };
    let late_by_instant = |case: &LoggedCase| match case.due {
        DueSource::Instant { at, .. } => case.ended_at.is_some_and(|ended| ended > at),
        _ => false,
    };
    [
        log.cases.len(),
        log.events(),
        count(&|c| c.ended_at.is_none()),
        count(&late_by_day),
        count(&late_by_instant),
        count(&has(RowDefect::BeforeStart)),
        count(&has(RowDefect::AfterEnd)),
        count(&|c| c.defects.contains(&CaseDefect::EndBeforeStart)),
    ]
}

#[test]
fn the_small_receipt_log_is_counted() {
    let mapping = mapping(WABO);
    let log = read(SMALL_LOG, WABO);
    assert_eq!(log.rejects, []);
    assert_eq!((log.rows, log.ignored, log.repeated), (60, 0, 0));
    assert_eq!(counts(&log, &mapping), [12, 60, 2, 3, 5, 1, 2, 0]);
    let third = of(&log, "WABO-case-503");
    assert_eq!(third.item, "WABO-RECEIPT");
    assert_eq!(third.unit.as_deref(), Some("WABO-GENERAL"));
    assert_eq!(third.channel.as_deref(), Some("post"));
    assert_eq!(third.applicant, None);
    assert_eq!(
        third.rows.iter().map(|r| r.line).collect::<Vec<_>>(),
        [13, 15, 17, 19, 21]
    );
    assert_eq!(third.rows[0].source_key, "event:task-7012:complete");
    assert!(
        log.cases
            .iter()
            .flat_map(|c| &c.rows)
            .any(|r| r.group.is_none()),
        "EMPTY is no group"
    );
}

#[test]
fn the_five_stage_log_reads_the_same_in_every_form() {
    let json = FIVE.replace("format = \"csv\"", "format = \"jsonl\"");
    let log = read(FIVE_UTF8, FIVE);
    assert_eq!(log.rejects, []);
    assert_eq!(log, read(FIVE_GBK, FIVE));
    let without_lines = |mut log: LogFile| {
        for case in &mut log.cases {
            case.first_line = 0;
            case.rows.iter_mut().for_each(|row| row.line = 0);
        }
        log
    };
    assert_eq!(without_lines(log), without_lines(read(FIVE_JSON, &json)));
}

#[test]
fn the_five_stage_log_means_what_it_says() {
    let log = read(FIVE_UTF8, FIVE);
    assert_eq!(
        (log.cases.len(), log.rows, log.events(), log.ignored),
        (6, 33, 32, 1)
    );
    let first = of(&log, "WJ-2011-0001");
    assert_eq!(first.received_at.to_rfc3339(), "2011-09-26T01:00:00+00:00");
    assert_eq!(
        first.ended_at.unwrap().to_rfc3339(),
        "2011-10-10T01:30:00+00:00"
    );
    assert_eq!(first.due, DueSource::None);
    assert!(
        first.rows.iter().all(|row| row.defects.is_empty()),
        "a delivery after the end is as it should be"
    );
    let end = &first.rows[6];
    assert_eq!(
        (end.act, end.stage, end.outcome),
        (
            Act::Complete,
            Some(Stage::Completion),
            Some(Outcome::Granted)
        )
    );
    assert_eq!(
        end.document.as_ref().unwrap().date.unwrap().to_string(),
        "2011-10-08"
    );
    assert_eq!(format!("{:?}", first.applicant), "Some(Applicant(..))");
}

#[test]
fn stops_send_backs_and_extensions_are_read_from_their_columns() {
    let log = read(FIVE_UTF8, FIVE);
    let second = of(&log, "WJ-2011-0002");
    let stop = &second.rows[1];
    assert_eq!(
        (stop.act, stop.procedure),
        (Act::Stop, Some(Procedure::Hearing))
    );
    assert_eq!(
        stop.term,
        Some(LoggedTerm {
            amount: 15,
            unit: TermUnit::WorkingDays
        })
    );
    assert_eq!(stop.notice.as_deref(), Some("听字〔2011〕2号"));
    let back = &second.rows[4];
    assert_eq!(
        (back.act, back.stage),
        (Act::SendBack, Some(Stage::Handling))
    );
    assert_eq!(back.reason.as_deref(), Some("缺图,\n请补"));
    assert_eq!(
        second.rows[5].line,
        back.line + 2,
        "a quoted cell over two lines"
    );
    assert_eq!(second.rows[7].working_days, Some(10));
    assert_eq!(second.rows.last().unwrap().outcome, Some(Outcome::Refused));
}

#[test]
fn ends_units_channels_and_ties_of_the_five_stage_log() {
    let log = read(FIVE_UTF8, FIVE);
    assert_eq!(of(&log, "WJ-2011-0003").ended_at, None);
    assert_eq!(of(&log, "WJ-2011-0004").unit, None);
    assert_eq!(of(&log, "WJ-2011-0004").rows[1].act, Act::Refuse);
    assert_eq!(of(&log, "WJ-2011-0005").channel.as_deref(), Some("other"));
    let ties: Vec<&str> = of(&log, "WJ-2011-0006")
        .rows
        .iter()
        .map(|r| r.activity.as_str())
        .collect();
    assert_eq!(
        ties,
        [
            "受理/受理",
            "承办/同意",
            "审核/同意",
            "批准/同意",
            "办结/出证办结"
        ]
    );
}

#[test]
fn every_kind_of_wrong_row_rejects_its_case_whole() {
    let log = read(BROKEN, FIVE);
    let numbers: Vec<&str> = log.cases.iter().map(|c| c.number.as_str()).collect();
    assert_eq!(numbers, ["HJ-2011-0001", "HJ-2011-0007", "HJ-2011-0018"]);
    assert_eq!((log.rows, log.events(), log.rejects.len()), (35, 5, 30));
    let kinds: Vec<String> = log
        .rejects
        .iter()
        .map(|r| {
            let kinds: Vec<&str> = r
                .reason
                .split("; ")
                .filter_map(|one| one.split(':').next())
                .collect();
            format!(
                "{} {} {}",
                r.line,
                r.case.as_deref().map_or("-", |c| &c[8..]),
                kinds.join(" ")
            )
        })
        .collect();
    assert_eq!(
        kinds,
        [
            "4 0002 other_row",
            "5 0002 bad_time",
            "6 0003 other_row",
            "7 0003 missing",
            "8 0004 other_row",
            "9 0004 unknown_activity",
            "10 0005 other_row",
            "11 0005 contradiction",
            "12 0006 bad_id_number",
            "14 - no_case_number",
            "15 0008 other_row",
            "16 0008 unknown_value",
            "17 0009 other_row",
            "18 0009 bad_number",
            "19 0010 other_row",
            "20 0010 event_twice",
            "21 0011 other_row",
            "22 0011 no_activity",
            "23 0012 other_row",
            "24 0012 missing",
            "25 0013 missing",
            "26 0014 control_character",
            "27 0015 wrong_field_count",
            "28 0016 other_row",
            "29 0016 broken_text",
            "30 0017 other_row",
            "31 0017 bad_time bad_time",
            "34 0019 other_row",
            "35 0019 open_quote",
            "36 0020 open_quote",
        ]
    );
}

#[test]
fn reasons_hold_nothing_personal() {
    for reject in read(BROKEN, FIVE).rejects {
        for secret in ["庚某", "辛某", "410800197001010", "昨天下午", "莫名其妙"] {
            assert!(!reject.reason.contains(secret), "{}", reject.reason);
            assert!(!format!("{reject:?}").contains(secret));
        }
    }
}

const PLAIN: &str = r#"
name = "plain"
format = "csv"
zone = "Asia/Shanghai"
lifecycles = ["complete"]
unknown_activity = "step"
[columns]
case = "c"
activity = "a"
occurred_at = "t"
lifecycle = "l"
person = "p"
event = "e"
[case]
item = { constant = "X" }
term = { amount_column = "n", unit_column = "u" }
"#;

fn plain(rows: &str) -> LogFile {
    read(format!("c,a,t,l,p,e,n,u\n{rows}").as_bytes(), PLAIN)
}

#[test]
fn events_without_a_number_are_known_by_what_they_say() {
    let row = "1,踏勘,2011-10-10 09:00:00,complete,钱二,,20,工作日\n";
    let log = plain(&row.repeat(2));
    let keys: Vec<&str> = log.cases[0]
        .rows
        .iter()
        .map(|r| r.source_key.as_str())
        .collect();
    assert_eq!(
        keys,
        [
            "row:1d98cfc2cd6493ddbfe67f09ececce2b:1",
            "row:1d98cfc2cd6493ddbfe67f09ececce2b:2"
        ]
    );
    let more = plain(&format!(
        "1,受理,2011-10-09 09:00:00,complete,钱二,,,\n{row}"
    ));
    assert_eq!(
        more.cases[0].rows[1].source_key, keys[0],
        "rows before it don't change it"
    );
    assert_eq!(
        log.cases[0].due,
        DueSource::Term(LoggedTerm {
            amount: 20,
            unit: TermUnit::WorkingDays
        })
    );
}

#[test]
fn the_same_event_twice_is_one_event() {
    let log = plain(
        "1,踏勘,2011-10-10 09:00:00,complete,钱二,E1,,\n1,踏勘,2011-10-10 09:00:00,complete,钱二,E1,,\n",
    );
    assert_eq!(
        (log.rows, log.events(), log.repeated, log.rejects.len()),
        (2, 1, 1, 0)
    );
    let log = plain(
        "1,踏勘,2011-10-10 09:00:00,complete,钱二,E1,,\n1,踏勘,2011-10-10 09:00:01,complete,钱二,E1,,\n",
    );
    assert_eq!((log.cases.len(), log.rejects.len()), (0, 2));
}

#[test]
fn other_lifecycles_are_left_out() {
    let log = plain(
        "1,踏勘,2011-10-10 09:00:00,start,钱二,E1,,\n1,踏勘,2011-10-10 10:00:00,complete,钱二,E1,,\n",
    );
    assert_eq!((log.rows, log.events(), log.ignored), (2, 1, 1));
    let log = plain("1,踏勘,2011-10-10 09:00:00,start,钱二,E1,,\n");
    assert!(
        log.rejects[0].reason.starts_with("no_start"),
        "nothing tells when the case began"
    );
}

#[test]
fn terms_need_a_unit() {
    let log = plain(
        "1,踏勘,2011-10-10 09:00:00,complete,钱二,,20,\n2,踏勘,2011-10-10 09:00:00,complete,钱二,,20,旬\n",
    );
    let reasons: Vec<&str> = log
        .rejects
        .iter()
        .map(|r| r.reason.split(':').next().unwrap())
        .collect();
    assert_eq!(reasons, ["missing", "unknown_value"]);
}

#[test]
fn blank_rows_and_line_ends_are_no_rows() {
    let log = plain(
        "\r\n,,,,,,,\r\n1,踏勘,2011-10-10 09:00:00,complete,钱二,,,\r\n\r\n1,\"踏\r\n勘\",2011-10-10 10:00:00,complete,钱二,,,\r\n1,踏勘,2011-10-10 11:00:00,complete,钱二,,,",
    );
    assert_eq!(log.rows, 3);
    assert_eq!(
        log.cases[0].rows.iter().map(|r| r.line).collect::<Vec<_>>(),
        [4, 6, 8]
    );
}

#[test]
fn a_quote_that_swallows_rows_rejects_them_all() {
    let log = plain(
        "1,\"踏勘,2011-10-10 09:00:00,complete,钱二,,,\n2,踏勘,2011-10-10 09:00:00,complete,钱二,,,\n3,\"踏勘\",2011-10-10 09:00:00,complete,钱二,,,\n4,踏勘,2011-10-10 09:00:00,complete,钱二,,,\n",
    );
    assert_eq!(
        log.cases
            .iter()
            .map(|c| c.number.as_str())
            .collect::<Vec<_>>(),
        ["4"]
    );
    let told: Vec<_> = log
        .rejects
        .iter()
        .map(|r| (r.line, r.case.as_deref().unwrap()))
        .collect();
    assert_eq!(told, [(2, "1"), (3, "2"), (4, "3")]);
}

#[test]
fn what_is_no_log_is_an_error() {
    let mapping = mapping(PLAIN);
    let fails = |bytes: &[u8]| {
        read_log_bytes(Path::new("x.csv"), bytes, &mapping, &|_| Ok(()))
            .unwrap_err()
            .to_string()
    };
    assert!(fails(b"").starts_with("x.csv: 文件没有表头"));
    assert!(fails(b"c,a,t,l,p,e\n").contains("n, u"));
    assert!(fails(b"c,c,a,t,l,p,e,n,u\n").contains("出现两次"));
    assert!(fails(b"c,a,t,l,p,e,n,u\xFF\n").contains("字节 15"));
    let lost = read_log(Path::new("/no/such/log.csv"), &mapping, &|_| Ok(())).unwrap_err();
    assert!(matches!(lost, ImportError::Read { .. }));
}

#[test]
fn broken_json_lines_cost_their_own_line() {
    let text = PLAIN
        .replace("format = \"csv\"", "format = \"jsonl\"")
        .replace("case = \"c\"", "case = \"/case/id\"");
    let rows = "{\"case\":{\"id\":12},\"a\":\"踏勘\",\"t\":\"20111010T090000\",\"l\":\"complete\"}\n\n{\"case\":\n[1]\n{\"case\":{\"id\":13},\"a\":[1],\"t\":\"20111010T090000\"}\n{\"case\":{\"id\":1.5}}\n";
    let log = read(rows.as_bytes(), &text);
    assert_eq!(
        (log.rows, log.cases.len(), log.cases[0].number.as_str()),
        (5, 1, "12")
    );
    let told: Vec<_> = log
        .rejects
        .iter()
        .map(|r| (r.line, r.reason.split(':').next().unwrap()))
        .collect();
    assert_eq!(
        told,
        [
            (3, "bad_json"),
            (4, "bad_json"),
            (5, "bad_json_value"),
            (6, "bad_json_value")
        ]
    );
}

#[test]
fn rejected_cases_are_counted_once() {
    assert_eq!(read(BROKEN, FIVE).cases_rejected(), 18);
}

/// No identity number is wrong: a bent one needn't be told apart here.
fn any_id(_: &str) -> Result<(), String> {
    Ok(())
}

#[test]
fn bent_logs_are_refused_or_read_row_by_row() {
    let json = FIVE.replace("\"csv\"", "\"jsonl\"");
    let mappings = [mapping(FIVE), mapping(WABO), mapping(&json)];
    let good = [FIVE_UTF8, FIVE_GBK, SMALL_LOG, BROKEN, FIVE_JSON];
    testkit::bent::check(&good, |bytes| {
        let mut taken = false;
        for mapping in &mappings {
            match read_log_bytes(Path::new("log"), bytes, mapping, &any_id) {
                Ok(log) => {
                    let lines = bytes.iter().filter(|byte| **byte == b'\n').count() + 1;
                    let rejects = &log.rejects;
                    assert!(log.rows <= u64::try_from(lines).unwrap());
                    assert!(log.rows >= u64::try_from(rejects.len()).unwrap());
                    // What is decoded anew may take three bytes for one.
                    let told: usize = rejects.iter().map(|reject| reject.row.len()).sum();
                    assert!(told <= 3 * bytes.len(), "{told} bytes of rejected rows");
                    assert!(rejects.iter().all(|reject| reject.reason.len() < 8192));
                    taken |= !log.cases.is_empty();
                }
                Err(error) => assert!(error.to_string().len() < 4096 + bytes.len()),
            }
        }
        taken
    });
}

#[test]
fn bent_mappings_are_refused_or_read_a_log() {
    testkit::bent::check(&[FIVE.as_bytes(), WABO.as_bytes()], |bytes| {
        let text = String::from_utf8_lossy(bytes);
        match Mapping::parse(&text, Path::new("m.toml")) {
            Ok(mapping) => {
                for log in [FIVE_UTF8, FIVE_GBK, SMALL_LOG, FIVE_JSON] {
                    let _ = read_log_bytes(Path::new("log"), log, &mapping, &any_id);
                }
                true
            }
            Err(error) => {
                assert!(error.to_string().len() < 4096 + 4 * text.len());
                false
            }
        }
    });
}

/// A row that looks like the mark behind the last row is a row: what follows it isn't left out in silence.
#[test]
fn no_row_ends_a_log_before_its_end() {
    let text = String::from_utf8(FIVE_UTF8.to_vec()).unwrap();
    let mark = text.replacen("\nL0005", "\n\u{E000}end of log\nL0005", 1);
    assert_ne!(mark, text);
    let (whole, marked) = (read(text.as_bytes(), FIVE), read(mark.as_bytes(), FIVE));
    assert_eq!(marked.rows, whole.rows + 1);
    assert_eq!(marked.cases.len(), whole.cases.len());
    assert_eq!(marked.rejects.len(), whole.rejects.len() + 1);
}

#[test]
fn instants_at_the_ends_of_time_are_no_times() {
    let text = String::from_utf8(FIVE_UTF8.to_vec()).unwrap();
    for at in ["+262142-12-31T23:59:59Z", "-262143-01-01T00:00:00-08:00"] {
        let log = read(text.replacen("2011-09-26 09:00:00", at, 1).as_bytes(), FIVE);
        assert_eq!(log.rejects[0].line, 2, "{at}");
        assert!(
            log.rejects[0].reason.contains("发生时间"),
            "{}",
            log.rejects[0].reason
        );
    }
}
