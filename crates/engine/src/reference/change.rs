//! Reference data changed at a desk: what a table would change, told before it does; a single row from a form. Both go
//! through the reader and the checks of the files.

use std::collections::HashMap;
use std::path::Path;

use calendar::Calendar;
use store::Conn;
use store::chain::{HashAlgorithm, chain_hash};
use store::codec::instant;
use store::reference::{ItemRow, PersonRow, UnitRow};

use super::table;
use super::{Named, ReferenceReport, Rows, read_tables, write};
use crate::accounts::{Caller, Entry};
use crate::engine::Engine;
use crate::error::EngineError;
use crate::library::ItemDetails;

/// One of the three tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// 单位
    Units,
    /// 人员
    People,
    /// 事项
    Items,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Units, Self::People, Self::Items];

    /// The word in addresses and in the log.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Units => "units",
            Self::People => "people",
            Self::Items => "items",
        }
    }

    /// Reads [`Self::as_str`] back.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }
}

/// A cell that changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// The column's name in the file.
    pub column: &'static str,
    /// What stands there now.
    pub before: String,
    /// What would stand there.
    pub after: String,
}

/// A row that is new, or changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The code.
    pub code: String,
    /// The name in the file.
    pub name: String,
    /// What changes; `None` for a row that is new.
    pub fields: Option<Vec<Field>>,
    /// Of an item that changes: the version that runs now, and how many cases keep it.
    pub keeps: Option<(i64, i64)>,
}

/// What a table would do.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct Preview {
    /// Rows that are new or change, in the order of the file.
    pub changes: Vec<Change>,
    /// Rows that are as they are.
    pub unchanged: usize,
    /// The state of the table that this was compared with.
    pub seen: String,
}

/// Rows that an entry of the log names.
const NAMED_MAX: usize = 50;

/// Columns that say who may do what.
const RIGHTS: [&str; 5] = ["unit", "role", "posts", "stand_in", "active"];

type Cells = Vec<(&'static str, String)>;

/// The text of a file that was handed in: UTF-8 or GBK.
///
/// # Errors
/// Neither of the two.
pub fn read_upload(name: &str, bytes: &[u8]) -> Result<String, EngineError> {
    table::decode(Path::new(name), bytes)
}

/// What a table would change. Nothing is written.
///
/// # Errors
/// Every fault with line and column; the database's.
pub async fn preview(
    engine: &Engine,
    kind: Kind,
    name: &str,
    text: &str,
) -> Result<Preview, EngineError> {
    compare(engine, kind, &read(engine, kind, name, text).await?).await
}

/// What rows would change.
async fn compare(engine: &Engine, kind: Kind, rows: &Rows) -> Result<Preview, EngineError> {
    let calendar = engine.books(engine.division()).await?;
    let calendar = &calendar.calendar;
    let mut conn = engine.store().snapshot().await?;
    let present = Present::read(&mut conn, engine.division(), kind).await?;
    let mut preview = Preview {
        changes: Vec::new(),
        unchanged: 0,
        seen: present.digest(),
    };
    let now = present.cells(calendar);
    for (code, name, cells) in cells_of(rows, calendar) {
        let fields = now.get(&code).map(|before| differing(before, &cells));
        if fields.as_ref().is_some_and(Vec::is_empty) {
            preview.unchanged += 1;
            continue;
        }
        preview.changes.push(Change {
            keeps: None,
            code,
            name,
            fields,
        });
    }
    if kind == Kind::Items {
        keep(&mut conn, engine.division(), &present, &mut preview.changes).await?;
    }
    Ok(preview)
}

/// Says of each item that changes how many cases run under the version that it has now.
async fn keep(
    conn: &mut Conn,
    division: &str,
    present: &Present,
    changes: &mut [Change],
) -> Result<(), EngineError> {
    let mut by_unit = HashMap::new();
    for change in changes.iter_mut().filter(|c| c.fields.is_some()) {
        let newest = present.items.iter().rev().find(|i| i.item == change.code);
        let Some(newest) = newest else { continue };
        if !by_unit.contains_key(&newest.unit) {
            let running = store::reference::running(conn, division, &newest.unit).await?;
            by_unit.insert(newest.unit.clone(), running);
        }
        let running = by_unit.get(&newest.unit).into_iter().flatten();
        let mut running =
            running.filter(|r| r.item == newest.item && r.item_version == newest.version);
        change.keeps = Some((newest.version, running.next().map_or(0, |r| r.cases)));
    }
    Ok(())
}

/// Writes what was previewed, if the table is still the one that the preview was compared with.
///
/// # Errors
/// As [`preview`]; `reference_changed` if somebody changed the table meanwhile.
pub async fn apply(
    engine: &Engine,
    kind: Kind,
    (name, text): (&str, &str),
    seen: &str,
    caller: &Caller,
) -> Result<ReferenceReport, EngineError> {
    let rows = read(engine, kind, name, text).await?;
    let told = compare(engine, kind, &rows).await?;
    let entry = Entry::done("reference", kind.as_str()).with(summary(&told.changes));
    let logged = Some((caller.clone(), entry));
    write(engine, rows, logged, Some((kind, seen.to_owned()))).await
}

/// Writes one unit or person as a form has it.
///
/// # Errors
/// What is wrong with a field, beginning with its name; the database's.
pub async fn save(
    engine: &Engine,
    kind: Kind,
    cells: &[(&str, &str)],
    caller: &Caller,
) -> Result<(), EngineError> {
    let text = as_table(cells)?;
    let rows = read(engine, kind, "", &text).await?;
    let code = cells.iter().find(|(column, _)| *column == "code");
    let code = code.map_or("", |(_, code)| code.trim());
    let told = compare(engine, kind, &rows).await?;
    let entry =
        Entry::done("reference", format!("{} {code}", kind.as_str())).with(summary(&told.changes));
    write(engine, rows, Some((caller.clone(), entry)), None)
        .await
        .map(drop)
}

/// What a change does, for the log: how many rows, and of each its code and the columns that change; of those that say
/// who may do what, the cells too. Nothing personal.
fn summary(changes: &[Change]) -> String {
    let added = changes.iter().filter(|c| c.fields.is_none()).count();
    let mut told = format!("added {added} changed {}", changes.len() - added);
    for change in changes.iter().take(NAMED_MAX) {
        let fields = change.fields.iter().flatten();
        let columns: Vec<String> = fields
            .map(|field| match RIGHTS.contains(&field.column) {
                true => format!("{}: {} > {}", field.column, field.before, field.after),
                false => field.column.to_owned(),
            })
            .collect();
        let columns = match change.fields {
            Some(_) => columns.join(", "),
            None => "new".to_owned(),
        };
        told.push_str(&format!("; {} {columns}", change.code));
    }
    if changes.len() > NAMED_MAX {
        told.push_str("; …");
    }
    told
}

/// A table of one line.
fn as_table(cells: &[(&str, &str)]) -> Result<String, EngineError> {
    let broken = |error: String| EngineError::invalid("bad_reference", error);
    let mut out = csv::Writer::from_writer(Vec::new());
    for record in [
        cells.iter().map(|(column, _)| *column).collect::<Vec<_>>(),
        cells.iter().map(|(_, cell)| *cell).collect(),
    ] {
        out.write_record(record)
            .map_err(|e| broken(e.to_string()))?;
    }
    let bytes = out.into_inner().map_err(|e| broken(e.to_string()))?;
    String::from_utf8(bytes).map_err(|e| broken(e.to_string()))
}

async fn read(engine: &Engine, kind: Kind, name: &str, text: &str) -> Result<Rows, EngineError> {
    let named: Named = Some((name.to_owned(), text.to_owned()));
    match kind {
        Kind::Units => read_tables(engine, named, None, None).await,
        Kind::Items => read_tables(engine, None, named, None).await,
        Kind::People => read_tables(engine, None, None, named).await,
    }
}

/// Refuses if a table isn't any more what somebody saw.
pub(super) async fn unchanged(
    conn: &mut Conn,
    division: &str,
    kind: Kind,
    seen: &str,
) -> Result<(), EngineError> {
    if Present::read(conn, division, kind).await?.digest() == seen {
        return Ok(());
    }
    Err(EngineError::invalid(
        "reference_changed",
        "基础数据刚刚被他人更改，请重新预览 / somebody has just changed these data: look at the preview again",
    ))
}

/// A table as it is.
#[derive(Debug, Default)]
struct Present {
    units: Vec<UnitRow>,
    people: Vec<PersonRow>,
    items: Vec<ItemRow>,
}

impl Present {
    async fn read(conn: &mut Conn, division: &str, kind: Kind) -> Result<Self, EngineError> {
        let mut present = Self::default();
        match kind {
            Kind::Units => present.units = store::reference::units(conn, division).await?,
            Kind::People => present.people = store::reference::people(conn, division).await?,
            Kind::Items => present.items = store::reference::items(conn, division).await?,
        }
        Ok(present)
    }

    fn digest(&self) -> String {
        chain_hash(HashAlgorithm::Sha256, "", &format!("{self:?}"))
    }

    /// The cells of each row; of an item those of its newest version.
    fn cells(&self, calendar: &Calendar) -> HashMap<String, Cells> {
        let rows = Rows {
            units: self.units.clone(),
            people: self.people.clone(),
            items: self.items.clone(),
        };
        let cells = cells_of(&rows, calendar);
        cells
            .into_iter()
            .map(|(code, _, cells)| (code, cells))
            .collect()
    }
}

/// Code, name and cells of each row, as a file has them.
fn cells_of(rows: &Rows, calendar: &Calendar) -> Vec<(String, String, Cells)> {
    let units = rows
        .units
        .iter()
        .map(|r| (r.unit.clone(), r.name.clone(), unit_cells(r)));
    let people = rows
        .people
        .iter()
        .map(|r| (r.person.clone(), r.name.clone(), person_cells(r, calendar)));
    let items = rows
        .items
        .iter()
        .map(|r| (r.item.clone(), r.name.clone(), item_cells(r)));
    units.chain(people).chain(items).collect()
}

fn differing(before: &Cells, after: &Cells) -> Vec<Field> {
    let pairs = before.iter().zip(after);
    pairs
        .filter(|(b, a)| b.1 != a.1)
        .map(|(b, a)| Field {
            column: b.0,
            before: b.1.clone(),
            after: a.1.clone(),
        })
        .collect()
}

fn unit_cells(row: &UnitRow) -> Cells {
    vec![
        ("name", row.name.clone()),
        ("kind", row.kind.clone()),
        ("vertical", row.vertical.to_string()),
        ("hall", row.hall.clone().unwrap_or_default()),
        ("windows", row.windows.clone().unwrap_or_default()),
    ]
}

fn person_cells(row: &PersonRow, calendar: &Calendar) -> Cells {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let at = |us: Option<i64>| {
        us.map_or_else(String::new, |us| calendar.local(instant(us)).to_rfc3339())
    };
    vec![
        ("name", row.name.clone()),
        ("unit", row.unit.clone()),
        ("role", row.role.clone()),
        ("email", text(&row.email)),
        ("phone", text(&row.phone)),
        ("posts", row.posts.clone()),
        ("stand_in", text(&row.stand_in)),
        ("stand_in_from", at(row.stand_in_from_us)),
        ("stand_in_to", at(row.stand_in_to_us)),
        ("stand_in_paper", text(&row.stand_in_paper)),
        ("active", row.active.to_string()),
    ]
}

fn item_cells(row: &ItemRow) -> Cells {
    let number = |n: Option<i64>| n.map_or_else(String::new, |n| n.to_string());
    vec![
        ("name", row.name.clone()),
        ("unit", row.unit.clone()),
        ("kind", row.kind.clone()),
        ("promised_amount", row.promised_amount.to_string()),
        ("promised_unit", row.promised_unit.clone()),
        ("statutory_amount", number(row.statutory_amount)),
        (
            "statutory_unit",
            row.statutory_unit.clone().unwrap_or_default(),
        ),
        ("handling", number(row.handling)),
        ("review", number(row.review)),
        ("approval", number(row.approval)),
        ("completion", number(row.completion)),
        ("basis", row.basis.clone()),
        ("category", row.category.clone()),
        ("day0", row.day0_rule.clone()),
        ("statutory_end", row.statutory_end.clone()),
        ("materials", materials(row)),
    ]
}

/// The materials as a file has them. Whatever else stands in the details makes a new version too: then all is shown.
fn materials(row: &ItemRow) -> String {
    match ItemDetails::parse(&row.details) {
        Some(details) => details.materials.join("；"),
        None => row.details.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::same_item;
    use super::*;

    type Edit = fn(&mut ItemRow);

    #[test]
    fn an_item_differs_where_its_cells_do() {
        let row = ItemRow {
            division: "410800".to_owned(),
            item: "A".to_owned(),
            version: 1,
            valid_from_us: 1,
            name: "甲".to_owned(),
            unit: "U".to_owned(),
            kind: "committed".to_owned(),
            category: "approval".to_owned(),
            promised_amount: 10,
            promised_unit: "working_days".to_owned(),
            statutory_amount: Some(20),
            statutory_unit: Some("working_days".to_owned()),
            handling: Some(4),
            review: None,
            approval: None,
            completion: None,
            basis: "行政许可法".to_owned(),
            day0_rule: "material_complete".to_owned(),
            statutory_end: "decision".to_owned(),
            details: "{}".to_owned(),
        };
        assert!(differing(&item_cells(&row), &item_cells(&row)).is_empty());
        // Whatever makes a new version is told in the preview.
        let edits: [(&str, Edit); 6] = [
            ("name", |row| row.name = "乙".to_owned()),
            ("promised_amount", |row| row.promised_amount = 9),
            ("statutory_amount", |row| row.statutory_amount = None),
            ("review", |row| row.review = Some(3)),
            ("materials", |row| {
                row.details = r#"{"materials":["申请书"]}"#.to_owned()
            }),
            ("day0", |row| row.day0_rule = "acceptance_paper".to_owned()),
        ];
        for (column, edit) in edits {
            let mut changed = row.clone();
            edit(&mut changed);
            let found = differing(&item_cells(&row), &item_cells(&changed));
            let columns: Vec<_> = found.iter().map(|f| f.column).collect();
            assert_eq!(columns, [column]);
            assert!(!same_item(&row, &changed));
        }
    }
}
