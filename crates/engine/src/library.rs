//! The books of each division, read from the database and kept until somebody changes them.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use approval::books::{Books, ItemVersion, RulesInForce};
use approval::ids::{DivisionCode, ItemCode, PersonCode, UnitCode};
use approval::item::{Day0Rule, Item, ItemCategory, ItemKind, StageLimits, StatutoryEnd};
use approval::people::{Directory, Person, Role, StandIn, Unit};
use approval::stage::Stage;
use calendar::{Calendar, Term, TermUnit};
use serde::{Deserialize, Serialize};
use store::chain::{hex, new_salt};
use store::codec::instant;
use store::reference::{ItemRow, PersonRow, UnitRow};
use store::{Conn, StoreError};

use crate::assets;
use crate::error::EngineError;
use crate::shadow;

/// The meta key that every change of calendars, rules, items or people counts up: `7-` and a mark of its own.
pub const BOOKS_EDITION: &str = "books_edition";

/// Random bytes in an edition's mark: two of one number meet by chance once in 2^64.
const MARK_BYTES: usize = 8;

/// The unit of a promised limit that doesn't exist: the item of a log that states due dates itself.
pub const NO_LIMIT: &str = "none";

/// The cache of books. Books may be read, and kept, in a transaction that is undone later: what they are kept under
/// must never name anything else.
#[derive(Debug, Default)]
pub struct Library {
    /// By division: the edition and its books.
    shelves: Mutex<HashMap<String, (String, Arc<Books>)>>,
    /// By version: the text, since a version that was undone may come again with another one, and what it says.
    calendars: Mutex<HashMap<String, (String, Arc<Calendar>)>>,
}

impl Library {
    /// The books of a division as the database has them now. One look at the edition; read anew only when it changed.
    ///
    /// # Errors
    /// The database's, or a stored text that can't be read.
    pub async fn books(&self, conn: &mut Conn, division: &str) -> Result<Arc<Books>, EngineError> {
        let edition = store::meta::get(conn, BOOKS_EDITION)
            .await?
            .unwrap_or_default();
        self.edition(conn, division, edition).await
    }

    /// The books of a division if those that are kept are still the newest.
    ///
    /// # Errors
    /// The database's.
    pub(crate) async fn kept(
        &self,
        conn: &mut Conn,
        division: &str,
    ) -> Result<Option<Arc<Books>>, EngineError> {
        let edition = store::meta::get(conn, BOOKS_EDITION)
            .await?
            .unwrap_or_default();
        Ok(self.on_shelf(division, &edition))
    }

    pub(crate) fn on_shelf(&self, division: &str, edition: &str) -> Option<Arc<Books>> {
        let shelves = self.shelves.lock().unwrap_or_else(PoisonError::into_inner);
        let (kept, books) = shelves.get(division)?;
        (kept == edition).then(|| Arc::clone(books))
    }

    /// The books of a division, for callers who have looked at the value of [`BOOKS_EDITION`] already.
    ///
    /// # Errors
    /// As [`Library::books`].
    pub(crate) async fn edition(
        &self,
        conn: &mut Conn,
        division: &str,
        edition: String,
    ) -> Result<Arc<Books>, EngineError> {
        if let Some(books) = self.on_shelf(division, &edition) {
            return Ok(books);
        }
        let books = Arc::new(self.read(conn, division).await?);
        let mut shelves = self.shelves.lock().unwrap_or_else(PoisonError::into_inner);
        shelves.insert(division.to_owned(), (edition, Arc::clone(&books)));
        Ok(books)
    }

    async fn read(&self, conn: &mut Conn, division: &str) -> Result<Books, EngineError> {
        let mut calendars = BTreeMap::new();
        let mut newest = None;
        for row in store::calendar::list(conn).await? {
            let calendar = self.calendar(&row.version, &row.text)?;
            calendars.insert(row.version.clone(), Arc::clone(&calendar));
            newest = Some(calendar);
        }
        let calendar = newest.ok_or_else(|| EngineError::NotReady {
            message: "数据库中没有日历,请先运行 shixian migrate / no calendar in the database: run `shixian migrate`"
                .to_owned(),
        })?;
        let mut rules = Vec::new();
        for row in store::ruleset::list(conn).await? {
            let mut set = assets::parse_rules(&format!("ruleset {}", row.version), &row.text)?;
            set.version = row.version;
            rules.push(RulesInForce {
                from: instant(row.in_force_from_us),
                set: Arc::new(set),
            });
        }
        let units = store::reference::units(conn, division).await?;
        let people = store::reference::people(conn, division).await?;
        let directory = Directory::new(
            units.into_iter().map(unit_of),
            people
                .into_iter()
                .filter(|p| p.active)
                .map(person_of)
                .collect::<Result<Vec<_>, _>>()?,
        );
        let mut items: BTreeMap<ItemCode, Vec<ItemVersion>> = BTreeMap::new();
        for row in store::reference::items(conn, division).await? {
            let from = instant(row.valid_from_us);
            let item = Arc::new(item_of(&row)?);
            items
                .entry(item.code.clone())
                .or_default()
                .push(ItemVersion { from, item });
        }
        Ok(Books {
            division: DivisionCode::new(division),
            calendar,
            calendars,
            rules,
            items,
            directory,
            law: assets::law()?,
            begins: shadow::begins(conn).await?,
            in_shadow: shadow::since(conn).await?.is_some(),
        })
    }

    fn calendar(&self, version: &str, text: &str) -> Result<Arc<Calendar>, EngineError> {
        let mut known = self
            .calendars
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some((read, calendar)) = known.get(version)
            && read == text
        {
            return Ok(Arc::clone(calendar));
        }
        let parsed = Calendar::parse(version, text).map_err(|e| {
            EngineError::invalid("bad_calendar", format!("{} / {e}", e.message_zh()))
        })?;
        let parsed = Arc::new(parsed);
        let kept = (text.to_owned(), Arc::clone(&parsed));
        known.insert(version.to_owned(), kept);
        Ok(parsed)
    }
}

/// Counts the edition up, so that every process reads its books anew. Called after the change, in its transaction.
///
/// A number alone wouldn't do: if the transaction is undone, the next one counts to the same number, and whoever has
/// read the books in between would take those that never came to be for those of the next one. So each edition also
/// bears a mark that no other has.
///
/// # Errors
/// The database's.
pub async fn new_edition(conn: &mut Conn) -> Result<(), EngineError> {
    store::meta::hold_books(conn).await?;
    let edition = store::meta::get(conn, BOOKS_EDITION)
        .await?
        .and_then(|e| e.split('-').next()?.parse::<u64>().ok())
        .unwrap_or(0);
    let salt = new_salt()?;
    let mark = hex(salt.get(..MARK_BYTES).unwrap_or(&salt));
    store::meta::set(conn, BOOKS_EDITION, &format!("{}-{mark}", edition + 1)).await?;
    Ok(())
}

/// What an item's `details` column holds. What isn't known here is another version's, and is passed over.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct ItemDetails {
    /// What an application must contain.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) materials: Vec<String>,
}

impl ItemDetails {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    /// The text of the column: `{}` where there is nothing to say.
    pub(crate) fn to_text(&self) -> String {
        serde_json::json!(self).to_string()
    }
}

fn unit_of(row: UnitRow) -> Unit {
    Unit {
        code: UnitCode::new(row.unit),
        name: row.name,
        kind: row.kind,
        vertical: row.vertical,
        hall: row.hall,
        windows: row.windows,
    }
}

fn person_of(row: PersonRow) -> Result<Person, StoreError> {
    let corrupt = |column: &str| {
        StoreError::corrupt_value("person", column, format!("{}/{}", row.division, row.person))
    };
    let posts = row
        .posts
        .split_whitespace()
        .map(|word| Stage::parse(word).ok_or_else(|| corrupt("posts")))
        .collect::<Result<Vec<_>, _>>()?;
    let stand_in = row.stand_in.as_ref().map(|person| StandIn {
        person: PersonCode::new(person.clone()),
        from: row.stand_in_from_us.map(instant),
        to: row.stand_in_to_us.map(instant),
        paper: row.stand_in_paper.clone(),
    });
    Ok(Person {
        role: Role::parse(&row.role).ok_or_else(|| corrupt("role"))?,
        unit: (row.unit != "*").then(|| UnitCode::new(row.unit.clone())),
        code: PersonCode::new(row.person),
        name: row.name,
        email: row.email.unwrap_or_default(),
        posts,
        stand_in,
    })
}

fn item_of(row: &ItemRow) -> Result<Item, StoreError> {
    let corrupt = |column: &str| {
        let key = format!("{}/{}/{}", row.division, row.item, row.version);
        StoreError::corrupt_value("item", column, key)
    };
    let details = ItemDetails::parse(&row.details).ok_or_else(|| corrupt("details"))?;
    let term = |amount: i64, unit: &str, column: &str| -> Result<Term, StoreError> {
        let amount = u32::try_from(amount).map_err(|_| corrupt(column))?;
        let unit = TermUnit::parse(unit).ok_or_else(|| corrupt(column))?;
        Ok(Term::new(amount, unit))
    };
    let promised = match row.promised_unit.as_str() {
        NO_LIMIT => None,
        unit => Some(term(row.promised_amount, unit, "promised_amount")?),
    };
    let statutory = match (row.statutory_amount, &row.statutory_unit) {
        (Some(amount), Some(unit)) => Some(term(amount, unit, "statutory_amount")?),
        _ => None,
    };
    let days = |value: Option<i64>, column: &str| -> Result<Option<u32>, StoreError> {
        value
            .map(|v| u32::try_from(v).map_err(|_| corrupt(column)))
            .transpose()
    };
    Ok(Item {
        code: ItemCode::new(row.item.clone()),
        version: row.version,
        name: row.name.clone(),
        unit: UnitCode::new(row.unit.clone()),
        kind: ItemKind::parse(&row.kind).ok_or_else(|| corrupt("kind"))?,
        category: ItemCategory::parse(&row.category).ok_or_else(|| corrupt("category"))?,
        promised,
        statutory,
        stages: StageLimits {
            handling: days(row.handling, "handling")?,
            review: days(row.review, "review")?,
            approval: days(row.approval, "approval")?,
            completion: days(row.completion, "completion")?,
        },
        basis: row.basis.clone(),
        day0: Day0Rule::parse(&row.day0_rule).ok_or_else(|| corrupt("day0_rule"))?,
        statutory_end: StatutoryEnd::parse(&row.statutory_end)
            .ok_or_else(|| corrupt("statutory_end"))?,
        materials: details.materials,
    })
}
