//! Logs of other systems, read into the record: counted, idempotent, kept with their defects.

use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use engine::import::run::{ImportOptions, ImportReport, import};
use engine::{Clock, Engine, Settings, reference};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn at(text: &str) -> DateTime<Utc> {
    DateTime::parse_from_rfc3339(text).unwrap().to_utc()
}

async fn open(url: &str, now: &str) -> Engine {
    let settings = Settings {
        now: Some(at(now)),
        ..Settings::default()
    };
    Engine::migrate(url, &settings, false).await.unwrap();
    Engine::open_at(url, settings, Clock::standing(at(now)))
        .await
        .unwrap()
}

async fn run(engine: &Engine, mapping: &str, file: &str) -> ImportReport {
    let mapping = root().join("config/mappings").join(mapping);
    let file = root().join("tests/data").join(file);
    import(engine, &mapping, &file, ImportOptions::default())
        .await
        .unwrap()
}

async fn defects(engine: &Engine, word: &str) -> usize {
    let (mut n, mut after) = (0, String::new());
    let mut conn = engine.store().read().await.unwrap();
    loop {
        let rows = store::subject::page(&mut conn, engine.division(), &after, 100)
            .await
            .unwrap();
        let Some(last) = rows.last() else { break n };
        after.clone_from(&last.subject);
        for row in &rows {
            let events =
                store::event::of_subject(&mut conn, engine.division(), &row.subject, 0, 1000)
                    .await
                    .unwrap();
            let has = |e: &store::event::EventRow| {
                store::codec::from_row(e)
                    .unwrap()
                    .defects
                    .iter()
                    .any(|d| d.as_str() == word)
            };
            n += usize::from(events.iter().any(has));
        }
    }
}

async fn receipt_log(url: &str) {
    let engine = open(url, "2013-06-03T10:00:00+02:00").await;
    let first = run(&engine, "wabo-receipt.toml", "small-receipt.csv").await;
    assert_eq!(
        first,
        ImportReport {
            cases: 12,
            events: 60,
            already_there: 0,
            cases_rejected: 0,
            completed: 10,
            open: 2,
            late: 3,
        }
    );
    let again = run(&engine, "wabo-receipt.toml", "small-receipt.csv").await;
    assert_eq!((again.cases, again.events, again.already_there), (0, 0, 60));
    assert_eq!((again.completed, again.open, again.late), (10, 2, 3));
    assert_eq!(defects(&engine, "before_start").await, 1);
    assert_eq!(defects(&engine, "after_end").await, 2);
    let report = store::verify::verify(engine.store()).await.unwrap();
    assert!(report.is_ok(), "{report:?}");
    assert_eq!(report.subjects, 12);
    let mut conn = engine.store().read().await.unwrap();
    let waiting = store::message_item::waiting(&mut conn, engine.division(), ("", ""), 10)
        .await
        .unwrap();
    assert!(waiting.is_empty(), "no mail unless it is asked for");
    drop(conn);
    engine.close().await;
}

#[tokio::test]
async fn sqlite_receipt_log() {
    let folder = tempfile::tempdir().unwrap();
    receipt_log(&format!(
        "sqlite:{}",
        folder.path().join("log.db").display()
    ))
    .await;
}

#[tokio::test]
async fn postgres_receipt_log() {
    receipt_log(&testkit::postgres::fresh_database()).await;
}

/// One log as UTF-8, as GBK and as JSON lines.
#[tokio::test]
async fn five_stage_logs_read_the_same_in_all_three_forms() {
    let mut reports = Vec::new();
    for file in [
        "five-stages-utf8.csv",
        "five-stages-gbk.csv",
        "five-stages.jsonl",
    ] {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("log.db").display());
        let engine = open(&url, "2012-03-01T10:00:00+08:00").await;
        let (units, items) = five_stage_reference();
        reference::load_texts(&engine, &units, &items, "code,name,unit\n")
            .await
            .unwrap();
        let mapping = if file.ends_with("jsonl") {
            jsonl_mapping(folder.path())
        } else {
            root().join("config/mappings/five-stages.toml")
        };
        let file = root().join("tests/data").join(file);
        let report = import(&engine, &mapping, &file, ImportOptions::default())
            .await
            .unwrap();
        let (tally, _) = engine.tally().await.unwrap();
        reports.push((report, tally));
        engine.close().await;
    }
    let (first, tally) = &reports[0];
    assert_eq!(
        (first.cases, first.events, first.cases_rejected),
        (6, 32, 0)
    );
    assert!(tally.accepted > 0 && first.completed > 0);
    assert!(reports.iter().all(|r| r == &reports[0]), "{reports:#?}");
}

fn jsonl_mapping(folder: &Path) -> PathBuf {
    let text = std::fs::read_to_string(root().join("config/mappings/five-stages.toml")).unwrap();
    let path = folder.join("jsonl.toml");
    std::fs::write(
        &path,
        text.replace("format = \"csv\"", "format = \"jsonl\""),
    )
    .unwrap();
    path
}

/// Units and items that the five-stage log speaks of.
fn five_stage_reference() -> (String, String) {
    let log = std::fs::read_to_string(root().join("tests/data/five-stages-utf8.csv")).unwrap();
    let log = log.trim_start_matches('\u{feff}');
    let mut reader = csv_lines(log);
    let header = reader.remove(0);
    let column = header.iter().position(|c| c == "事项编码").unwrap();
    let mut codes: Vec<String> = reader
        .iter()
        .filter_map(|r| r.get(column).cloned())
        .filter(|c| !c.is_empty())
        .collect();
    codes.sort();
    codes.dedup();
    let mut items = "code,name,unit,kind,promised_amount,promised_unit,statutory_amount,statutory_unit,handling,review,approval,completion,basis\n".to_owned();
    for code in codes {
        items.push_str(&format!(
            "{code},事项{code},U1,committed,10,working_days,20,working_days,4,3,2,1,\n"
        ));
    }
    ("code,name\nU1,某局\n".to_owned(), items)
}

fn csv_lines(text: &str) -> Vec<Vec<String>> {
    text.lines()
        .map(|l| {
            l.split(',')
                .map(|c| c.trim_matches('"').to_owned())
                .collect()
        })
        .collect()
}
