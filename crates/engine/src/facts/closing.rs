//! Closing a period: its figures are stored with what they rest on, and chained. What changes afterwards (a late
//! recording, an annulment, a revised calendar) is stored as a further revision, and the report tells the differences.

use std::collections::{BTreeMap, BTreeSet};

use approval::ids::{ItemCode, UnitCode};
use approval::statistics::{Changed, Closed, Period, Statement};
use serde::{Deserialize, Serialize};
use store::chain::{GENESIS, chain_hash};
use store::closing::ClosingRow;
use store::codec::{instant, micros};

use crate::engine::Engine;
use crate::error::EngineError;

/// The numbers of a place by their names.
type Numbers = BTreeMap<String, u64>;

/// What is stored of a closed period; everything in the order of its keys, so that equal figures are equal texts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Payload {
    period: String,
    revision: i64,
    /// When this was counted: what was recorded later isn't in it.
    cut_off_us: i64,
    calendar: String,
    rules: Option<i64>,
    figures: ClosedFigures,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct ClosedFigures {
    /// Items in force, their limits and what the promises cut, by the names of the report.
    limits: Numbers,
    units: BTreeMap<String, Numbers>,
    /// By unit and item.
    items: BTreeMap<String, BTreeMap<String, Numbers>>,
}

impl ClosedFigures {
    fn of(statement: &Statement) -> Self {
        let limits = &statement.limits;
        let mut figures = Self {
            limits: [
                ("approval_items", limits.approval_items),
                ("service_items", limits.service_items),
                ("statutory_days", limits.statutory_days),
                ("promised_days", limits.promised_days),
            ]
            .map(|(name, n)| (name.to_owned(), n))
            .into(),
            ..Self::default()
        };
        for unit in &statement.units {
            let named = unit.figures.named();
            if !named.is_empty() {
                figures.units.insert(unit.code.to_string(), named);
            }
        }
        for item in &statement.items {
            let of_unit = figures.items.entry(item.unit.to_string()).or_default();
            of_unit.insert(item.code.to_string(), item.figures.named());
        }
        figures
    }

    fn changes_since(&self, before: &Self) -> Vec<Changed> {
        let mut changes = Vec::new();
        for unit in keys(&before.units, &self.units) {
            let code = UnitCode::new(unit.as_str());
            let (old, new) = (before.units.get(unit), self.units.get(unit));
            changes.extend(changed(&code, None, old, new));
        }
        let none = BTreeMap::new();
        for unit in keys(&before.items, &self.items) {
            let code = UnitCode::new(unit.as_str());
            let old = before.items.get(unit).unwrap_or(&none);
            let new = self.items.get(unit).unwrap_or(&none);
            for item in keys(old, new) {
                let item_code = ItemCode::new(item.as_str());
                changes.extend(changed(
                    &code,
                    Some(&item_code),
                    old.get(item),
                    new.get(item),
                ));
            }
        }
        changes
    }
}

fn keys<'m, V>(
    one: &'m BTreeMap<String, V>,
    other: &'m BTreeMap<String, V>,
) -> BTreeSet<&'m String> {
    one.keys().chain(other.keys()).collect()
}

fn changed(
    unit: &UnitCode,
    item: Option<&ItemCode>,
    before: Option<&Numbers>,
    after: Option<&Numbers>,
) -> Vec<Changed> {
    let none = Numbers::new();
    let (before, after) = (before.unwrap_or(&none), after.unwrap_or(&none));
    let number = |numbers: &Numbers, name: &String| numbers.get(name).copied().unwrap_or(0);
    keys(before, after)
        .into_iter()
        .map(|name| Changed {
            unit: unit.clone(),
            item: item.cloned(),
            name: name.clone(),
            before: number(before, name),
            after: number(after, name),
        })
        .filter(|changed| changed.before != changed.after)
        .collect()
}

impl Engine {
    /// Closes a period: stores its figures. A closed one gets a further revision only if its figures have changed.
    ///
    /// # Errors
    /// A period that isn't over, and those of [`Engine::statement`].
    pub async fn close_period(&self, period: &Period) -> Result<Closed, EngineError> {
        let statement = self.statement(period).await?;
        if statement.is_open {
            return Err(EngineError::invalid(
                "period_open",
                format!(
                    "统计期 {period} 尚未结束,不能封存 / the period isn't over: it can't be closed"
                ),
            ));
        }
        match statement.closed {
            Some(closed) => Ok(closed),
            None => self.store_closing(&statement, None).await,
        }
    }

    /// The closing that a statement's figures belong to, if its period is closed. Figures that have changed since are
    /// stored as a further revision first.
    pub(super) async fn closing_of(
        &self,
        statement: &Statement,
    ) -> Result<Option<Closed>, EngineError> {
        let period = statement.period.to_string();
        let mut conn = self.store().read().await?;
        let rows = store::closing::of_period(&mut conn, self.division(), &period, 2).await?;
        drop(conn);
        let Some(last) = rows.first() else {
            return Ok(None);
        };
        let stored = payload(last)?;
        if stored.figures != ClosedFigures::of(statement) {
            return Ok(Some(self.store_closing(statement, Some(last)).await?));
        }
        let before = rows.get(1).map(payload).transpose()?;
        Ok(Some(Closed {
            revision: last.revision,
            closed_at: instant(last.closed_at_us),
            hash: last.hash.clone(),
            changes: before.map_or_else(Vec::new, |before| {
                stored.figures.changes_since(&before.figures)
            }),
        }))
    }

    async fn store_closing(
        &self,
        statement: &Statement,
        last: Option<&ClosingRow>,
    ) -> Result<Closed, EngineError> {
        let revision = last.map_or(1, |last| last.revision + 1);
        let payload = Payload {
            period: statement.period.to_string(),
            revision,
            cut_off_us: micros(statement.cut_off),
            calendar: statement.calendar.version().to_owned(),
            rules: statement.rules_version,
            figures: ClosedFigures::of(statement),
        };
        let text = serde_json::to_string(&payload).map_err(|error| unwritable(&error))?;
        let algorithm = self.settings().hash;
        let previous = last.map_or(GENESIS, |last| last.hash.as_str());
        let row = ClosingRow {
            division: self.division().to_owned(),
            period: payload.period.clone(),
            revision,
            closed_at_us: micros(self.clock().now()),
            hash: chain_hash(algorithm, previous, &text),
            payload: text,
            hash_algorithm: algorithm.as_str().to_owned(),
            previous_hash: previous.to_owned(),
        };
        let written = row.clone();
        self.store()
            .write(move |conn| {
                let row = written.clone();
                Box::pin(async move {
                    store::closing::insert(conn, &row).await?;
                    Ok::<(), EngineError>(())
                })
            })
            .await?;
        let before = last.map(self::payload).transpose()?;
        Ok(Closed {
            revision,
            closed_at: instant(row.closed_at_us),
            hash: row.hash,
            changes: before.map_or_else(Vec::new, |before| {
                payload.figures.changes_since(&before.figures)
            }),
        })
    }
}

fn payload(row: &ClosingRow) -> Result<Payload, EngineError> {
    serde_json::from_str(&row.payload).map_err(|_| {
        let key = format!("{}/{}/{}", row.division, row.period, row.revision);
        EngineError::Store(store::StoreError::corrupt_value("closing", "payload", key))
    })
}

fn unwritable(error: &serde_json::Error) -> EngineError {
    EngineError::invalid(
        "unwritable_closing",
        format!("统计结果不能保存 / the figures can't be stored: {error}"),
    )
}
