//! Reference data: units, items and people from CSV files, all or nothing.
//!
//! Columns: docs/REFERENCE.md. An item that changed becomes a new version from now on; cases that were accepted
//! under an older version keep it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use approval::ids::{ItemCode, UnitCode};
use approval::item::{Day0Rule, Item, ItemCategory, ItemKind, StageLimits, StatutoryEnd};
use approval::people::Role;
use approval::stage::Stage;
use calendar::{Term, TermUnit};
use chrono::{DateTime, Utc};
use serde::Serialize;
use store::codec::micros;
use store::reference::{ItemRow, PersonRow, UnitRow};

use crate::engine::Engine;
use crate::error::EngineError;
use crate::library::{ItemDetails, new_edition};

mod change;
mod table;

use crate::accounts::{Caller, Entry};
use table::{Line, Table};

pub use change::{Change, Field, Kind, Preview, apply, preview, read_upload, save};

/// Optional columns of units.csv.
const UNIT_OPTIONAL: &[&str] = &["kind", "vertical", "hall", "windows"];
/// Optional columns of people.csv.
const PERSON_OPTIONAL: &[&str] = &[
    "role",
    "email",
    "phone",
    "posts",
    "stand_in",
    "stand_in_from",
    "stand_in_to",
    "stand_in_paper",
    "active",
];
/// The columns of items.csv that must be there.
const ITEM_REQUIRED: &[&str] = &[
    "code",
    "name",
    "unit",
    "kind",
    "promised_amount",
    "promised_unit",
    "statutory_amount",
    "statutory_unit",
    "handling",
    "review",
    "approval",
    "completion",
    "basis",
];
/// Optional columns of items.csv.
const ITEM_OPTIONAL: &[&str] = &["category", "day0", "statutory_end", "materials"];
/// What stands between two materials in a cell, as it is typed with either keyboard.
const BETWEEN_MATERIALS: [char; 2] = [';', '；'];

/// What was loaded.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ReferenceReport {
    /// Units written.
    pub units: u64,
    /// Items in the file.
    pub items: u64,
    /// Of these, new or changed: each became a new version.
    pub item_versions: u64,
    /// People written.
    pub people: u64,
}

/// Loads `units.csv`, `items.csv` and `people.csv` of a folder; a file that isn't there is left out, but one must be.
///
/// # Errors
/// Every fault with file, line and column; nothing is written then.
pub async fn load(engine: &Engine, folder: &Path) -> Result<ReferenceReport, EngineError> {
    std::fs::read_dir(folder).map_err(|source| EngineError::File {
        path: folder.display().to_string(),
        source,
    })?;
    let mut texts = Vec::new();
    for name in ["units.csv", "items.csv", "people.csv"] {
        let path = folder.join(name);
        texts.push(if path.exists() {
            let bytes = std::fs::read(&path).map_err(|source| EngineError::File {
                path: path.display().to_string(),
                source,
            })?;
            Some((path.display().to_string(), table::decode(&path, &bytes)?))
        } else {
            None
        });
    }
    if texts.iter().all(Option::is_none) {
        return Err(EngineError::invalid(
            "no_reference",
            format!(
                "{}:没有 units.csv、items.csv 或 people.csv / none of the three files is there",
                folder.display()
            ),
        ));
    }
    let mut texts = texts.into_iter();
    let mut next = || texts.next().flatten();
    load_tables(engine, next(), next(), next()).await
}

/// The same from texts, as embedded scenarios have them.
///
/// # Errors
/// As [`load`].
pub async fn load_texts(
    engine: &Engine,
    units: &str,
    items: &str,
    people: &str,
) -> Result<ReferenceReport, EngineError> {
    let named = |name: &str, text: &str| Some((name.to_owned(), text.to_owned()));
    load_tables(
        engine,
        named("units.csv", units),
        named("items.csv", items),
        named("people.csv", people),
    )
    .await
}

/// A file's name, for faults, and its text.
type Named = Option<(String, String)>;

/// The rows of the tables that were given.
#[derive(Debug, Default)]
struct Rows {
    units: Vec<UnitRow>,
    items: Vec<ItemRow>,
    people: Vec<PersonRow>,
}

async fn load_tables(
    engine: &Engine,
    units: Named,
    items: Named,
    people: Named,
) -> Result<ReferenceReport, EngineError> {
    let rows = read_tables(engine, units, items, people).await?;
    write(engine, rows, None, None).await
}

async fn read_tables(
    engine: &Engine,
    units: Named,
    items: Named,
    people: Named,
) -> Result<Rows, EngineError> {
    let division = engine.division().to_owned();
    let books = engine.books(&division).await?;
    let mut known: BTreeSet<String> = books
        .directory
        .units()
        .map(|u| u.code.as_str().to_owned())
        .collect();
    let mut rows = Rows::default();
    if let Some((name, text)) = units {
        let table = Table::read(&name, &text, &["code", "name"], UNIT_OPTIONAL)?;
        for line in table.lines() {
            let row = unit_row(&division, &line)?;
            known.insert(row.unit.clone());
            rows.units.push(row);
        }
    }
    let now = engine.clock().now();
    if let Some((name, text)) = items {
        let table = Table::read(&name, &text, ITEM_REQUIRED, ITEM_OPTIONAL)?;
        let kept = if table.has("materials") {
            BTreeMap::new()
        } else {
            newest_details(engine).await?
        };
        for line in table.lines() {
            let mut row = item_row(&division, &line, &known, now)?;
            // A table that doesn't speak of materials doesn't take them away.
            if let Some(details) = kept.get(&row.item) {
                row.details.clone_from(details);
            }
            rows.items.push(row);
        }
    }
    if let Some((name, text)) = people {
        let table = Table::read(&name, &text, &["code", "name", "unit"], PERSON_OPTIONAL)?;
        let left = people_who_left(engine).await?;
        for line in table.lines() {
            let mut row = person_row(&division, &line, &known)?;
            // Whoever has left doesn't come back because a table says nothing of it.
            row.active &= !line.get("active").is_empty() || !left.contains(&row.person);
            rows.people.push(row);
        }
        check_stand_ins(&name, &rows.people, &books)?;
    }
    Ok(rows)
}

/// What else is known of each item in its newest version.
async fn newest_details(engine: &Engine) -> Result<BTreeMap<String, String>, EngineError> {
    let mut conn = engine.store().read().await?;
    // Versions come oldest first.
    let rows = store::reference::items(&mut conn, engine.division()).await?;
    Ok(rows.into_iter().map(|r| (r.item, r.details)).collect())
}

/// Those who are known and don't work here any more.
async fn people_who_left(engine: &Engine) -> Result<BTreeSet<String>, EngineError> {
    let mut conn = engine.store().read().await?;
    let rows = store::reference::people(&mut conn, engine.division()).await?;
    let left = rows.into_iter().filter(|row| !row.active);
    Ok(left.map(|row| row.person).collect())
}

/// Writes all rows or none. With a caller the act stands in the audit log of the same transaction; with a digest of a
/// table as somebody saw it, nothing is written if the table isn't that any more.
async fn write(
    engine: &Engine,
    rows: Rows,
    logged: Option<(Caller, Entry)>,
    seen: Option<(Kind, String)>,
) -> Result<ReferenceReport, EngineError> {
    let division = engine.division().to_owned();
    let request = Arc::new((division, rows, logged, seen));
    let inner = Arc::clone(&engine.inner);
    engine
        .store()
        .write(move |conn| {
            let inner = Arc::clone(&inner);
            let request = Arc::clone(&request);
            Box::pin(async move {
                let (division, rows, logged, seen) = &*request;
                // From here on nobody decides by the old books, and no instant of the clock is handed out before.
                store::meta::hold_books(conn).await?;
                if let Some((kind, digest)) = seen {
                    change::unchanged(conn, division, *kind, digest).await?;
                }
                let now_us = micros(inner.clock.now());
                let report = put(conn, division, rows, now_us).await?;
                new_edition(conn).await?;
                if let Some((caller, entry)) = logged {
                    crate::accounts::append(conn, &inner, caller, entry).await?;
                }
                Ok::<_, EngineError>(report)
            })
        })
        .await
}

async fn put(
    conn: &mut store::Conn,
    division: &str,
    rows: &Rows,
    now_us: i64,
) -> Result<ReferenceReport, EngineError> {
    let mut report = ReferenceReport::default();
    for unit in &rows.units {
        store::reference::put_unit(conn, unit).await?;
        report.units += 1;
    }
    let present = store::reference::items(conn, division).await?;
    for item in &rows.items {
        report.items += 1;
        let newest = present.iter().rev().find(|p| p.item == item.item);
        if newest.is_some_and(|p| same_item(p, item)) {
            continue;
        }
        let row = ItemRow {
            version: newest.map_or(1, |p| p.version + 1),
            valid_from_us: newest.map_or(now_us, |p| now_us.max(p.valid_from_us.saturating_add(1))),
            ..item.clone()
        };
        store::reference::insert_item(conn, &row).await?;
        report.item_versions += 1;
    }
    for person in &rows.people {
        store::reference::put_person(conn, person).await?;
        report.people += 1;
    }
    Ok(report)
}

fn same_item(present: &ItemRow, new: &ItemRow) -> bool {
    let aligned = ItemRow {
        version: present.version,
        valid_from_us: present.valid_from_us,
        ..new.clone()
    };
    aligned == *present
}

fn unit_row(division: &str, line: &Line<'_>) -> Result<UnitRow, EngineError> {
    let vertical = yes_or_no(line, "vertical")?.unwrap_or(false);
    Ok(UnitRow {
        division: division.to_owned(),
        unit: line.required("code")?.to_owned(),
        name: line.required("name")?.to_owned(),
        kind: line.get("kind").to_owned(),
        vertical,
        hall: line.optional("hall"),
        windows: line.optional("windows"),
    })
}

/// Yes, no, or nothing said.
fn yes_or_no(line: &Line<'_>, column: &str) -> Result<Option<bool>, EngineError> {
    match line.get(column) {
        "" => Ok(None),
        "false" | "0" | "否" => Ok(Some(false)),
        "true" | "1" | "是" => Ok(Some(true)),
        _ => Err(line.wrong(column, "请填 true 或 false / write true or false")),
    }
}

fn known_unit<'l>(line: &'l Line<'_>, known: &BTreeSet<String>) -> Result<&'l str, EngineError> {
    let unit = line.required("unit")?;
    if known.contains(unit) {
        return Ok(unit);
    }
    Err(line.wrong(
        "unit",
        &format!("没有单位“{unit}”,请先在 units.csv 中登记 / unknown unit"),
    ))
}

fn item_row(
    division: &str,
    line: &Line<'_>,
    known: &BTreeSet<String>,
    now: DateTime<Utc>,
) -> Result<ItemRow, EngineError> {
    let item = item_of(line, known)?;
    item.check()
        .map_err(|e| line.wrong("promised_amount", &e.to_string()))?;
    let promised = item.promised.unwrap_or(Term::WorkingDays(0));
    let details = ItemDetails {
        materials: item.materials,
    };
    Ok(ItemRow {
        division: division.to_owned(),
        item: item.code.as_str().to_owned(),
        version: 1,
        valid_from_us: micros(now),
        name: item.name,
        unit: item.unit.as_str().to_owned(),
        kind: item.kind.as_str().to_owned(),
        category: item.category.as_str().to_owned(),
        promised_amount: i64::from(promised.amount()),
        promised_unit: promised.unit().as_str().to_owned(),
        statutory_amount: item.statutory.map(|t| i64::from(t.amount())),
        statutory_unit: item.statutory.map(|t| t.unit().as_str().to_owned()),
        handling: item.stages.handling.map(i64::from),
        review: item.stages.review.map(i64::from),
        approval: item.stages.approval.map(i64::from),
        completion: item.stages.completion.map(i64::from),
        basis: item.basis,
        day0_rule: item.day0.as_str().to_owned(),
        statutory_end: item.statutory_end.as_str().to_owned(),
        details: details.to_text(),
    })
}

fn item_of(line: &Line<'_>, known: &BTreeSet<String>) -> Result<Item, EngineError> {
    let word = |column: &str, default: &'static str| -> String {
        match line.get(column) {
            "" => default.to_owned(),
            given => given.to_owned(),
        }
    };
    let kind = ItemKind::parse(line.required("kind")?).ok_or_else(|| {
        line.wrong(
            "kind",
            "请填 immediate、committed、joint 或 forwarded / unknown kind",
        )
    })?;
    let category = ItemCategory::parse(&word("category", "approval"))
        .ok_or_else(|| line.wrong("category", "请填 approval 或 service / unknown category"))?;
    let day0 = Day0Rule::parse(&word("day0", "material_complete")).ok_or_else(|| {
        line.wrong(
            "day0",
            "请填 material_complete 或 acceptance_paper / unknown rule",
        )
    })?;
    let statutory_end = StatutoryEnd::parse(&word("statutory_end", "decision"))
        .ok_or_else(|| line.wrong("statutory_end", "请填 decision 或 completion / unknown end"))?;
    let materials = line.get("materials").split(BETWEEN_MATERIALS);
    Ok(Item {
        code: ItemCode::new(line.required("code")?),
        version: 1,
        name: line.required("name")?.to_owned(),
        unit: UnitCode::new(known_unit(line, known)?),
        kind,
        category,
        promised: term(line, "promised_amount", "promised_unit")?,
        statutory: term(line, "statutory_amount", "statutory_unit")?,
        stages: StageLimits {
            handling: days(line, "handling")?,
            review: days(line, "review")?,
            approval: days(line, "approval")?,
            completion: days(line, "completion")?,
        },
        basis: line.get("basis").to_owned(),
        day0,
        statutory_end,
        materials: materials
            .map(str::trim)
            .filter(|material| !material.is_empty())
            .map(str::to_owned)
            .collect(),
    })
}

fn days(line: &Line<'_>, column: &str) -> Result<Option<u32>, EngineError> {
    match line.get(column) {
        "" => Ok(None),
        text => text.parse().map(Some).map_err(|_| {
            line.wrong(
                column,
                "请填工作日数(非负整数) / a whole number of working days",
            )
        }),
    }
}

fn term(line: &Line<'_>, amount: &str, unit: &str) -> Result<Option<Term>, EngineError> {
    let Some(number) = days(line, amount)? else {
        return Ok(None);
    };
    let unit = TermUnit::parse(line.get(unit)).ok_or_else(|| {
        line.wrong(
            unit,
            "请填 working_days、natural_days、months、working_hours 或 working_minutes / unknown unit",
        )
    })?;
    Ok(Some(Term::new(number, unit)))
}

fn person_row(
    division: &str,
    line: &Line<'_>,
    known: &BTreeSet<String>,
) -> Result<PersonRow, EngineError> {
    let unit = match line.get("unit") {
        "" | "*" => "*",
        _ => known_unit(line, known)?,
    };
    let role = match line.get("role") {
        "" => "staff",
        word if Role::parse(word).is_some() => word,
        _ => {
            return Err(line.wrong(
                "role",
                "请填 clerk、staff、head、inspector 或 leader / unknown role",
            ));
        }
    };
    let posts: Vec<&str> = line.get("posts").split_whitespace().collect();
    if posts.iter().any(|p| Stage::parse(p).is_none()) {
        return Err(line.wrong(
            "posts",
            "请用空格分开 acceptance、handling、review、approval、completion / unknown post",
        ));
    }
    let email = line.optional("email");
    if email.as_deref().is_some_and(|e| !e.contains('@')) {
        return Err(line.wrong("email", "不是邮件地址 / not a mail address"));
    }
    let (from, to) = (
        instant(line, "stand_in_from")?,
        instant(line, "stand_in_to")?,
    );
    if let (Some(from), Some(to)) = (from, to)
        && to <= from
    {
        return Err(line.wrong(
            "stand_in_to",
            "须晚于 stand_in_from / must be after stand_in_from",
        ));
    }
    if line.optional("stand_in").as_deref() == Some(line.get("code")) {
        return Err(line.wrong("stand_in", "不能是本人 / nobody stands in for himself"));
    }
    Ok(PersonRow {
        division: division.to_owned(),
        person: line.required("code")?.to_owned(),
        name: line.required("name")?.to_owned(),
        unit: unit.to_owned(),
        role: role.to_owned(),
        email,
        phone: line.optional("phone"),
        posts: posts.join(" "),
        stand_in: line.optional("stand_in"),
        stand_in_from_us: from,
        stand_in_to_us: to,
        stand_in_paper: line.optional("stand_in_paper"),
        active: yes_or_no(line, "active")?.unwrap_or(true),
    })
}

fn instant(line: &Line<'_>, column: &str) -> Result<Option<i64>, EngineError> {
    match line.get(column) {
        "" => Ok(None),
        text => DateTime::parse_from_rfc3339(text)
            .map(|at| Some(at.timestamp_micros()))
            .map_err(|_| {
                line.wrong(
                    column,
                    "请填带时区的时间,如 2011-09-26T08:30:00+08:00 / an instant with its offset",
                )
            }),
    }
}

/// A stand-in must be somebody.
fn check_stand_ins(
    name: &str,
    people: &[PersonRow],
    books: &approval::Books,
) -> Result<(), EngineError> {
    let here: BTreeSet<&str> = people.iter().map(|p| p.person.as_str()).collect();
    for person in people {
        let Some(stand_in) = &person.stand_in else {
            continue;
        };
        let known = here.contains(stand_in.as_str())
            || books
                .directory
                .person(&approval::ids::PersonCode::new(stand_in.clone()))
                .is_some();
        if !known {
            // A form has no file to name; its column is its field.
            let place = match name {
                "" => "stand_in: ".to_owned(),
                name => format!("{name}:人员 {} 的 AB 岗", person.person),
            };
            return Err(EngineError::invalid(
                "unknown_code",
                format!("{place}“{stand_in}”不存在,请核对 / unknown stand-in"),
            ));
        }
    }
    Ok(())
}
