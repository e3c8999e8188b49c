//! Reads the record as it is stored, into plain values.

use anyhow::{Context as _, Result};
use engine::Engine;
use store::event::EventRow;

use crate::plain::{Entry, Found, Item, Letter, Matter};

/// Subjects in one page.
const PAGE: i64 = 200;

/// An event from its row: the text that the hash covers says all.
pub(crate) fn entry(row: &EventRow) -> Result<Entry> {
    let stored: serde_json::Value = serde_json::from_str(&row.payload)
        .with_context(|| format!("event {} of {} can't be read", row.seq, row.subject))?;
    let number = |key: &str| stored.get(key).and_then(serde_json::Value::as_i64);
    let word = |key: &str| stored.get(key).and_then(serde_json::Value::as_str);
    Ok(Entry {
        seq: number("seq").unwrap_or(-1),
        kind: word("kind").unwrap_or_default().to_owned(),
        occurred_us: number("occurred_at_us").unwrap_or(-1),
        recorded_us: number("recorded_at_us").unwrap_or(-1),
        by: word("by").map(str::to_owned),
        data: stored.get("data").cloned().unwrap_or_default(),
    })
}

/// The numbers of all subjects.
pub(crate) async fn numbers(engine: &Engine) -> Result<Vec<String>> {
    let mut numbers: Vec<String> = Vec::new();
    let mut conn = engine.store().read().await?;
    loop {
        let after = numbers.last().cloned().unwrap_or_default();
        let page = store::subject::page(&mut conn, engine.division(), &after, PAGE).await?;
        if page.is_empty() {
            return Ok(numbers);
        }
        numbers.extend(page.into_iter().map(|row| row.subject));
    }
}

/// The events of a subject.
pub(crate) async fn entries(engine: &Engine, number: &str) -> Result<Vec<Entry>> {
    engine.events(number).await?.iter().map(entry).collect()
}

/// The whole record, and what `verify` says of it.
pub(crate) async fn read(engine: &Engine, letters: Vec<Letter>) -> Result<Found> {
    let mut matters = Vec::new();
    for number in numbers(engine).await? {
        let entries = entries(engine, &number).await?;
        let mut conn = engine.store().read().await?;
        let rows = store::message_item::of_subject(&mut conn, engine.division(), &number).await?;
        let item = |row: store::message_item::MessageItemRow| Item {
            seq: row.seq,
            recipient: row.recipient,
            state: row.state,
            message_id: row.message_id,
        };
        matters.push(Matter {
            number,
            entries,
            items: rows.into_iter().map(item).collect(),
        });
    }
    let report = engine.verify().await?;
    let defects = report.defects.iter().map(|d| format!("{d:?}"));
    Ok(Found {
        matters,
        letters,
        defects: defects.collect(),
    })
}
