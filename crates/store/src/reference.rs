//! Reference data: divisions, units, people, items.

use crate::StoreError;
use crate::conn::{
    Conn, Table, decode, execute, fetch_all, fetch_optional, on_db, statement_name, statements,
};

/// A division.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct DivisionRow {
    /// Its code of GB/T 2260.
    pub division: String,
    /// Its name.
    pub name: String,
}

impl Table for DivisionRow {
    const TABLE: &'static str = "division";
    const KEY: &'static [&'static str] = &["division"];
}

/// A unit.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct UnitRow {
    /// The division.
    pub division: String,
    /// Its code.
    pub unit: String,
    /// Its name.
    pub name: String,
    /// What kind of unit it is.
    pub kind: String,
    /// Whether it is under provincial line management.
    pub vertical: bool,
    /// The hall it sits in.
    pub hall: Option<String>,
    /// Its windows there, as papers name them.
    pub windows: Option<String>,
}

impl Table for UnitRow {
    const TABLE: &'static str = "unit";
    const KEY: &'static [&'static str] = &["division", "unit"];
}

/// A person.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct PersonRow {
    /// The division.
    pub division: String,
    /// Their code.
    pub person: String,
    /// Their name.
    pub name: String,
    /// Their unit.
    pub unit: String,
    /// Their role.
    pub role: String,
    /// Where mail reaches them.
    pub email: Option<String>,
    /// Where a call reaches them.
    pub phone: Option<String>,
    /// Their posts, as the reference data writes them.
    pub posts: String,
    /// Who acts for them.
    pub stand_in: Option<String>,
    /// From when on.
    pub stand_in_from_us: Option<i64>,
    /// Until when.
    pub stand_in_to_us: Option<i64>,
    /// By which paper.
    pub stand_in_paper: Option<String>,
    /// Whether they work here now.
    pub active: bool,
}

impl Table for PersonRow {
    const TABLE: &'static str = "person";
    const KEY: &'static [&'static str] = &["division", "person"];
}

/// One version of an item.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct ItemRow {
    /// The division.
    pub division: String,
    /// Its code.
    pub item: String,
    /// The version, from 1.
    pub version: i64,
    /// From when on it is in force.
    pub valid_from_us: i64,
    /// Its name.
    pub name: String,
    /// The unit that handles it.
    pub unit: String,
    /// How it is handled.
    pub kind: String,
    /// Approval or service.
    pub category: String,
    /// The promised term's number.
    pub promised_amount: i64,
    /// The promised term's unit.
    pub promised_unit: String,
    /// The statutory term's number.
    pub statutory_amount: Option<i64>,
    /// The statutory term's unit.
    pub statutory_unit: Option<String>,
    /// Working days for handling.
    pub handling: Option<i64>,
    /// Working days for review.
    pub review: Option<i64>,
    /// Working days for approval.
    pub approval: Option<i64>,
    /// Working days for completion.
    pub completion: Option<i64>,
    /// The legal basis.
    pub basis: String,
    /// Which day counts as day 0.
    pub day0_rule: String,
    /// What ends the statutory clock.
    pub statutory_end: String,
    /// Whatever else belongs to the item, a JSON object.
    pub details: String,
}

impl Table for ItemRow {
    const TABLE: &'static str = "item";
    const KEY: &'static [&'static str] = &["division", "item", "version"];
}

/// How many cases run under a version of an item.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct RunningRow {
    /// The item.
    pub item: String,
    /// The version that rules them.
    pub item_version: i64,
    /// The cases.
    pub cases: i64,
}

impl Table for RunningRow {
    const TABLE: &'static str = "subject";
    const KEY: &'static [&'static str] = &["item", "item_version"];
}

macro_rules! person_columns {
    () => {
        "division, person, name, unit, role, email, phone, posts, stand_in, stand_in_from_us, stand_in_to_us, stand_in_paper, active"
    };
}

macro_rules! item_columns {
    () => {
        "division, item, version, valid_from_us, name, unit, kind, category, promised_amount, promised_unit, statutory_amount, \
         statutory_unit, handling, review, approval, completion, basis, day0_rule, statutory_end, details"
    };
}

statements! {
    PUT_DIVISION = "INSERT INTO division (division, name) VALUES ($1, $2) ON CONFLICT (division) DO UPDATE SET name = excluded.name";
    DIVISIONS = "SELECT division, name FROM division ORDER BY division";
    PUT_UNIT = "INSERT INTO unit (division, unit, name, kind, vertical, hall, windows) VALUES ($1, $2, $3, $4, $5, $6, $7) \
        ON CONFLICT (division, unit) DO UPDATE SET name = excluded.name, kind = excluded.kind, vertical = excluded.vertical, \
        hall = excluded.hall, windows = excluded.windows";
    UNITS = "SELECT division, unit, name, kind, vertical, hall, windows FROM unit WHERE division = $1 ORDER BY unit";
    PUT_PERSON = concat!("INSERT INTO person (", person_columns!(), ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) \
        ON CONFLICT (division, person) DO UPDATE SET name = excluded.name, unit = excluded.unit, role = excluded.role, \
        email = excluded.email, phone = excluded.phone, posts = excluded.posts, stand_in = excluded.stand_in, \
        stand_in_from_us = excluded.stand_in_from_us, stand_in_to_us = excluded.stand_in_to_us, \
        stand_in_paper = excluded.stand_in_paper, active = excluded.active");
    PEOPLE = concat!("SELECT ", person_columns!(), " FROM person WHERE division = $1 ORDER BY person");
    PERSON = concat!("SELECT ", person_columns!(), " FROM person WHERE division = $1 AND person = $2");
    INSERT_ITEM = concat!("INSERT INTO item (", item_columns!(), ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, \
        $14, $15, $16, $17, $18, $19, $20) ON CONFLICT DO NOTHING");
    ITEMS = concat!("SELECT ", item_columns!(), " FROM item WHERE division = $1 ORDER BY item, version");
    ITEM = concat!("SELECT ", item_columns!(), " FROM item WHERE division = $1 AND item = $2 AND version = $3");
    ITEM_IN_FORCE = concat!("SELECT ", item_columns!(), " FROM item WHERE division = $1 AND item = $2 AND valid_from_us <= $3 \
        ORDER BY valid_from_us DESC, version DESC LIMIT 1");
    RUNNING = "SELECT item, item_version, COUNT(*) AS cases FROM subject WHERE division = $1 AND unit = $2 \
        AND state IN ('received', 'awaiting_supply', 'open') AND item IS NOT NULL AND item_version IS NOT NULL \
        GROUP BY item, item_version ORDER BY item, item_version";
}

/// Stores a division or its new name.
pub async fn put_division(conn: &mut Conn, row: &DivisionRow) -> Result<(), StoreError> {
    execute!(conn, PUT_DIVISION, &row.division, &row.name).map(|_| ())
}

/// All divisions in the order of their codes.
pub async fn divisions(conn: &mut Conn) -> Result<Vec<DivisionRow>, StoreError> {
    fetch_all!(conn, DivisionRow, DIVISIONS)
}

/// Stores a unit as it is now.
pub async fn put_unit(conn: &mut Conn, row: &UnitRow) -> Result<(), StoreError> {
    execute!(
        conn,
        PUT_UNIT,
        &row.division,
        &row.unit,
        &row.name,
        &row.kind,
        row.vertical,
        &row.hall,
        &row.windows
    )
    .map(|_| ())
}

/// A division's units in the order of their codes.
pub async fn units(conn: &mut Conn, division: &str) -> Result<Vec<UnitRow>, StoreError> {
    fetch_all!(conn, UnitRow, UNITS, division)
}

/// Stores a person as they are now.
pub async fn put_person(conn: &mut Conn, row: &PersonRow) -> Result<(), StoreError> {
    execute!(
        conn,
        PUT_PERSON,
        &row.division,
        &row.person,
        &row.name,
        &row.unit,
        &row.role,
        &row.email,
        &row.phone,
        &row.posts,
        &row.stand_in,
        row.stand_in_from_us,
        row.stand_in_to_us,
        &row.stand_in_paper,
        row.active
    )
    .map(|_| ())
}

/// A division's people in the order of their codes.
pub async fn people(conn: &mut Conn, division: &str) -> Result<Vec<PersonRow>, StoreError> {
    fetch_all!(conn, PersonRow, PEOPLE, division)
}

/// A person by their code.
pub async fn person(
    conn: &mut Conn,
    division: &str,
    person: &str,
) -> Result<Option<PersonRow>, StoreError> {
    fetch_optional!(conn, PersonRow, PERSON, division, person)
}

/// Stores a version of an item; versions are never changed: false if there is one of this number.
pub async fn insert_item(conn: &mut Conn, row: &ItemRow) -> Result<bool, StoreError> {
    let inserted = execute!(
        conn,
        INSERT_ITEM,
        &row.division,
        &row.item,
        row.version,
        row.valid_from_us,
        &row.name,
        &row.unit,
        &row.kind,
        &row.category,
        row.promised_amount,
        &row.promised_unit,
        row.statutory_amount,
        &row.statutory_unit,
        row.handling,
        row.review,
        row.approval,
        row.completion,
        &row.basis,
        &row.day0_rule,
        &row.statutory_end,
        &row.details
    )?;
    Ok(inserted == 1)
}

/// All versions of a division's items, item by item and oldest first.
pub async fn items(conn: &mut Conn, division: &str) -> Result<Vec<ItemRow>, StoreError> {
    fetch_all!(conn, ItemRow, ITEMS, division)
}

/// One version of an item.
pub async fn item(
    conn: &mut Conn,
    division: &str,
    item: &str,
    version: i64,
) -> Result<Option<ItemRow>, StoreError> {
    fetch_optional!(conn, ItemRow, ITEM, division, item, version)
}

/// The version of an item that is in force at an instant.
pub async fn item_in_force(
    conn: &mut Conn,
    division: &str,
    item: &str,
    at_us: i64,
) -> Result<Option<ItemRow>, StoreError> {
    fetch_optional!(conn, ItemRow, ITEM_IN_FORCE, division, item, at_us)
}

/// The cases of a unit that run, counted by item and version.
pub async fn running(
    conn: &mut Conn,
    division: &str,
    unit: &str,
) -> Result<Vec<RunningRow>, StoreError> {
    fetch_all!(conn, RunningRow, RUNNING, division, unit)
}
