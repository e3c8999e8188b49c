//! Closing a period: its figures and scores are stored with what they rest on, and chained. What changes afterwards (a late
//! recording, an annulment, a revised calendar) is stored as a further revision, and the report tells the differences.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use approval::ids::{ItemCode, UnitCode};
use approval::scoring::Scores;
use approval::statistics::{Changed, Closed, Period, Reason, Revision, Statement};
use serde::{Deserialize, Serialize};
use store::chain::{GENESIS, chain_hash};
use store::closing::{ClosingHead, ClosingRow};
use store::codec::{instant, micros};
use store::scheme::{ClosingSchemeRow, SchemeEditionRow};
use store::{AsConflict, Conn};

use super::told::{Digests, Told};
use crate::engine::Engine;
use crate::error::EngineError;

/// Revisions that a report tells of: who wants older ones reads the reports of then.
const REVISIONS_TOLD: usize = 12;
/// How often it is tried again when others store a revision meanwhile.
const TRIES: usize = 5;

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
    /// None where nobody was scored, or the period was closed before scores were stored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    scores: Option<ClosedScores>,
    figures: ClosedFigures,
}

/// The scores of a closed period.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct ClosedScores {
    /// By month: the edition of the scheme.
    schemes: BTreeMap<String, String>,
    /// By unit: its score, its rank, and its points by part, in hundredths but for the rank.
    units: BTreeMap<String, BTreeMap<String, i64>>,
}

impl ClosedScores {
    fn of(scores: &Scores) -> Self {
        let months = scores.months.iter().zip(&scores.schemes);
        let schemes = months.map(|(month, scheme)| (month.to_string(), scheme.edition.clone()));
        let units = scores.units.iter().filter_map(|placed| {
            let score = placed.score?.in_hundredths();
            let mut numbers = BTreeMap::from([("score".to_owned(), score)]);
            let rank = placed.rank.and_then(|rank| i64::try_from(rank).ok());
            numbers.extend(rank.map(|rank| ("rank".to_owned(), rank)));
            let parts = scores.part_means(placed).into_iter();
            numbers
                .extend(parts.map(|(key, mean)| (format!("points/{key}"), mean.in_hundredths())));
            Some((placed.unit.to_string(), numbers))
        });
        Self {
            schemes: schemes.collect(),
            units: units.collect(),
        }
    }
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
}

/// What a revision stores of a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Contents {
    scores: Option<ClosedScores>,
    figures: ClosedFigures,
}

impl Contents {
    fn of(statement: &Statement) -> Self {
        Self {
            scores: statement.scores.as_ref().map(ClosedScores::of),
            figures: ClosedFigures::of(statement),
        }
    }

    fn digests(&self) -> Result<Digests, EngineError> {
        Digests::of(&self.figures, self.scores.as_ref()).map_err(|error| unwritable(&error))
    }
}

impl Payload {
    fn changes_since(&self, before: &Self) -> Vec<Changed> {
        let whole = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
        let counted = |numbers: Option<&Numbers>, name: &String| {
            let number = numbers.and_then(|numbers| numbers.get(name));
            Some(number.copied().map_or(0, whole))
        };
        let (old, new) = (&before.figures, &self.figures);
        let mut changes = changed((None, None), Some(&old.limits), Some(&new.limits), counted);
        for unit in keys(&old.units, &new.units) {
            let place = (Some(unit.as_str()), None);
            changes.extend(changed(
                place,
                old.units.get(unit),
                new.units.get(unit),
                counted,
            ));
        }
        if let (Some(old), Some(new)) = (&before.scores, &self.scores) {
            let given = |numbers: Option<&BTreeMap<String, i64>>, name: &String| {
                numbers.and_then(|numbers| numbers.get(name)).copied()
            };
            for unit in keys(&old.units, &new.units) {
                let place = (Some(unit.as_str()), None);
                changes.extend(changed(
                    place,
                    old.units.get(unit),
                    new.units.get(unit),
                    given,
                ));
            }
        }
        let none = BTreeMap::new();
        for unit in keys(&old.items, &new.items) {
            let old = old.items.get(unit).unwrap_or(&none);
            let new = new.items.get(unit).unwrap_or(&none);
            for item in keys(old, new) {
                let place = (Some(unit.as_str()), Some(item.as_str()));
                changes.extend(changed(place, old.get(item), new.get(item), counted));
            }
        }
        changes
    }

    fn reasons_since(&self, before: &Self) -> Vec<Reason> {
        let mut reasons = Vec::new();
        if self.calendar != before.calendar {
            reasons.push(Reason::Calendar);
        }
        if self.rules != before.rules {
            reasons.push(Reason::Rules);
        }
        // What was recorded meanwhile may have a part in it; without another reason it is the only one.
        if reasons.is_empty() {
            reasons.push(Reason::Recorded);
        }
        reasons
    }

    /// What a report tells of the revision that has this payload.
    fn told(&self, head: &ClosingHead, before: Option<&Self>) -> Result<Told, EngineError> {
        let digests = Digests::of(&self.figures, self.scores.as_ref());
        Ok(Told {
            digests: digests.map_err(|error| unwritable(&error))?,
            revision: Revision {
                number: head.revision,
                closed_at: instant(head.closed_at_us),
                cut_off: instant(self.cut_off_us),
                hash: head.hash.clone(),
                reasons: before.map_or_else(Vec::new, |before| self.reasons_since(before)),
                changes: before.map_or_else(Vec::new, |before| self.changes_since(before)),
            },
        })
    }
}

fn keys<'m, V>(
    one: &'m BTreeMap<String, V>,
    other: &'m BTreeMap<String, V>,
) -> BTreeSet<&'m String> {
    one.keys().chain(other.keys()).collect()
}

/// The numbers of a place that differ.
fn changed<V>(
    (unit, item): (Option<&str>, Option<&str>),
    before: Option<&BTreeMap<String, V>>,
    after: Option<&BTreeMap<String, V>>,
    number: impl Fn(Option<&BTreeMap<String, V>>, &String) -> Option<i64>,
) -> Vec<Changed> {
    let none = BTreeMap::new();
    keys(before.unwrap_or(&none), after.unwrap_or(&none))
        .into_iter()
        .map(|name| Changed {
            unit: unit.map(UnitCode::new),
            item: item.map(ItemCode::new),
            name: name.clone(),
            before: number(before, name),
            after: number(after, name),
        })
        .filter(|changed| changed.before != changed.after)
        .collect()
}

/// What a statement's figures are of a closing.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Settled {
    /// Of none: the period isn't closed.
    Open,
    /// Of its newest revision.
    Closed(Closed),
    /// Of none any more: a later look has stored other ones meanwhile.
    Overtaken,
}

impl Engine {
    /// Closes a period: stores its figures and scores. A closed one gets a further revision only if they have changed.
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
        if let Some(closed) = &statement.closed {
            return Ok(closed.clone());
        }
        match self.closing_as(&statement, true).await? {
            Settled::Closed(closed) => Ok(closed),
            Settled::Open | Settled::Overtaken => Err(contended()),
        }
    }

    /// The closing that a statement's figures belong to, if its period is closed. Figures that have changed since are
    /// stored as a further revision first.
    pub(super) async fn closing_of(&self, statement: &Statement) -> Result<Settled, EngineError> {
        self.closing_as(statement, false).await
    }

    /// The same; a period that isn't closed is closed if that is wanted.
    async fn closing_as(
        &self,
        statement: &Statement,
        wants_first: bool,
    ) -> Result<Settled, EngineError> {
        let period = statement.period.to_string();
        let mut contents = None;
        for _ in 0..TRIES {
            let mut conn = self.store().snapshot().await?;
            let limit = i64::try_from(REVISIONS_TOLD + 1).unwrap_or(i64::MAX);
            let heads = store::closing::heads(&mut conn, self.division(), &period, limit).await?;
            let told = self.told(&mut conn, &heads).await?;
            drop(conn);
            if heads.is_empty() && !wants_first {
                return Ok(Settled::Open);
            }
            let (contents, digests) = match &mut contents {
                Some(known) => known,
                none => {
                    let counted = Contents::of(statement);
                    let digests = counted.digests()?;
                    none.insert((counted, digests))
                }
            };
            let newest = told.first();
            // Who counted before the newest revision was counted has nothing new to tell, and must not bear its number.
            let newer = newest.is_none_or(|told| told.revision.cut_off <= statement.cut_off);
            if newest.is_none_or(|told| !digests.are(&told.digests)) {
                if !newer {
                    return Ok(Settled::Overtaken);
                }
                let stored = self.store_closing(statement, heads.first(), contents);
                match stored.await {
                    Err(error) if error.is_conflict() => {}
                    other => other?,
                }
                // It is read again with those before it, or what another process stored meanwhile.
                continue;
            }
            return Ok(closed(&told).map_or(Settled::Open, Settled::Closed));
        }
        Err(contended())
    }

    /// What a report tells of revisions, the newest first; of the oldest that was read only what changed afterwards. Each
    /// is worked out from the figures of two once, and kept.
    async fn told(
        &self,
        conn: &mut Conn,
        heads: &[ClosingHead],
    ) -> Result<Vec<Arc<Told>>, EngineError> {
        let kept = &self.inner.told;
        let mut all = Vec::new();
        let mut earlier: Option<(i64, Payload)> = None;
        for (place, head) in heads.iter().enumerate().take(REVISIONS_TOLD).rev() {
            if let Some(told) = kept.get(head) {
                all.push(told);
                continue;
            }
            let before = match (heads.get(place + 1), earlier.take()) {
                (None, _) => None,
                (Some(before), Some((revision, payload))) if before.revision == revision => {
                    Some(payload)
                }
                (Some(before), _) => Some(payload(conn, before).await?),
            };
            let own = payload(conn, head).await?;
            let told = Arc::new(own.told(head, before.as_ref())?);
            kept.put(Arc::clone(&told));
            all.push(told);
            earlier = Some((head.revision, own));
        }
        all.reverse();
        Ok(all)
    }

    async fn store_closing(
        &self,
        statement: &Statement,
        last: Option<&ClosingHead>,
        contents: &Contents,
    ) -> Result<(), EngineError> {
        let revision = last.map_or(1, |last| last.revision + 1);
        let payload = Payload {
            period: statement.period.to_string(),
            revision,
            cut_off_us: micros(statement.cut_off),
            calendar: statement.calendar.version().to_owned(),
            rules: statement.rules_version,
            scores: contents.scores.clone(),
            figures: contents.figures.clone(),
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
        let (editions, scored_by) = self.editions(&row, contents).await?;
        self.store()
            .write(move |conn| {
                let (row, editions) = (row.clone(), editions.clone());
                let scored_by = scored_by.clone();
                Box::pin(async move {
                    store::closing::insert(conn, &row).await?;
                    for edition in &editions {
                        store::scheme::keep(conn, edition).await?;
                    }
                    for month in &scored_by {
                        store::scheme::scored_by(conn, month).await?;
                    }
                    Ok::<(), EngineError>(())
                })
            })
            .await
    }

    /// The editions of schemes that go with a closing: their texts where they aren't stored, and which scored which month.
    async fn editions(
        &self,
        row: &ClosingRow,
        contents: &Contents,
    ) -> Result<(Vec<SchemeEditionRow>, Vec<ClosingSchemeRow>), EngineError> {
        let schemes = contents.scores.iter().flat_map(|scores| &scores.schemes);
        let scored_by: Vec<ClosingSchemeRow> = schemes
            .map(|(month, edition)| ClosingSchemeRow {
                division: row.division.clone(),
                period: row.period.clone(),
                month: month.clone(),
                edition: edition.clone(),
            })
            .collect();
        let digests: BTreeSet<&str> = scored_by.iter().map(|row| row.edition.as_str()).collect();
        let mut conn = self.store().read().await?;
        let mut editions = Vec::new();
        for digest in digests {
            editions.extend(
                self.edition_to_keep(&mut conn, digest, row.closed_at_us)
                    .await?,
            );
        }
        Ok((editions, scored_by))
    }
}

fn closed(told: &[Arc<Told>]) -> Option<Closed> {
    let mut revisions = told.iter().map(|told| told.revision.clone());
    Some(Closed {
        last: revisions.next()?,
        earlier: revisions.collect(),
    })
}

/// The figures of a revision that was just seen.
async fn payload(conn: &mut Conn, head: &ClosingHead) -> Result<Payload, EngineError> {
    let (division, period, revision) = (&head.division, &head.period, head.revision);
    let row = store::closing::get(conn, division, period, revision).await?;
    let read = row.and_then(|row| serde_json::from_str(&row.payload).ok());
    read.ok_or_else(|| {
        let key = format!("{division}/{period}/{revision}");
        EngineError::Store(store::StoreError::corrupt_value("closing", "payload", key))
    })
}

fn contended() -> EngineError {
    EngineError::Store(store::StoreError::Busy {
        statement: "closing",
        source: None,
    })
}

fn unwritable(error: &serde_json::Error) -> EngineError {
    EngineError::invalid(
        "unwritable_closing",
        format!("统计结果不能保存 / the figures can't be stored: {error}"),
    )
}
