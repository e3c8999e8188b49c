//! Events that another system sends as they happen: recorded as a log's are, with their defects, all or nothing per case.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use approval::books::Books;
use approval::command::{Act as CoreAct, Command, Origin};
use approval::event::{Defect, Event, Recorded};
use approval::ids::{ItemCode, PersonCode, UnitCode};
use approval::{Plan, Refusal, Subject, Work};
use chrono::{DateTime, Utc};
use store::Conn;
use store::subject::Seen;

use super::replace::{Known, VersionedKey, command_again, feed_from};
use super::run::{Feed, command_of, given_limit, personal_of};
use super::{Act, Applicant, DueSource, LoggedCase, LoggedRow};
use crate::commands::transact;
use crate::engine::{Engine, Inner};
use crate::error::EngineError;
use crate::execute::{Telling, execute};

/// Events in one transaction, but at least one whole case: what costs are events, and this many of them stay well under
/// 50 ms of write lock.
const BATCH_EVENTS: usize = 100;
/// The most later events that a correction may have recorded anew: a real case has a few dozen. Without a bound a case of
/// thousands of steps would be written twice for every corrected word, while everybody else waits.
const ANEW_MAX: usize = 200;

/// Who sends, and within which reach.
#[derive(Clone, Debug)]
pub struct Sender {
    /// The system's name, which its cases bear as their source.
    pub source: String,
    /// The unit whose cases it may report; none: all.
    pub unit: Option<UnitCode>,
    /// Whether the warnings that the events bring are told to anybody.
    pub telling: Telling,
}

/// What begins a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FedReceipt {
    /// The code of what was applied for.
    pub item: String,
    /// The unit that handles it; none means the item's own.
    pub unit: Option<String>,
    /// Who applied.
    pub applicant: Option<Applicant>,
    /// The limit that the other system states.
    pub due: DueSource,
}

/// An event as it was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FedEvent {
    /// Names the event within its case.
    pub key: String,
    /// Which version of what is said about it this is, from 1.
    pub version: u32,
    /// What happened. Its own source key isn't looked at.
    pub row: LoggedRow,
    /// What goes with a receipt.
    pub receipt: Option<FedReceipt>,
}

/// The events of one case in the order in which they were sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FedCase {
    /// Its number.
    pub number: String,
    /// Its events.
    pub events: Vec<FedEvent>,
}

/// What became of an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FedOutcome {
    /// It is in the record now.
    Added,
    /// It is in the record now, and what an earlier version of it said is annulled.
    Replaced,
    /// It was there already, in this version or a higher one.
    ThereAlready,
    /// Neither it nor any other event of its case was recorded.
    Rejected {
        /// A stable word.
        kind: &'static str,
        /// Why, Chinese first.
        reason: String,
    },
}

/// Records what another system sent. Gives for each case what became of each of its events.
///
/// # Errors
/// The database's. What is wrong with a case is no error: it is rejected.
pub async fn feed(
    engine: &Engine,
    sender: &Sender,
    cases: Vec<FedCase>,
) -> Result<Vec<Vec<FedOutcome>>, EngineError> {
    let cases: Vec<Arc<FedCase>> = cases.into_iter().map(Arc::new).collect();
    let mut outcomes = Vec::with_capacity(cases.len());
    for batch in batches(&cases) {
        let inner = Arc::clone(&engine.inner);
        let request: Arc<(Sender, Vec<Arc<FedCase>>)> = Arc::new((sender.clone(), batch.to_vec()));
        let done = engine
            .inner
            .store
            .write(move |conn| {
                let inner = Arc::clone(&inner);
                let request = Arc::clone(&request);
                Box::pin(async move {
                    let (sender, cases) = &*request;
                    let books = inner.library.books(conn, &inner.settings.division).await?;
                    let mut outcomes = Vec::new();
                    for case in cases {
                        outcomes.push(write_case(conn, &inner, &books, sender, case).await?);
                    }
                    Ok::<_, EngineError>(outcomes)
                })
            })
            .await;
        engine.tell_recorded(done.is_ok());
        outcomes.extend(done?);
    }
    Ok(outcomes)
}

/// Cuts the cases where their events would become too many for one transaction.
fn batches(cases: &[Arc<FedCase>]) -> Vec<&[Arc<FedCase>]> {
    let mut batches = Vec::new();
    let mut rest = cases;
    while !rest.is_empty() {
        let mut events = 0;
        let fits = rest.iter().take_while(|case| {
            events += case.events.len();
            events <= BATCH_EVENTS
        });
        let (batch, others) = rest.split_at(fits.count().max(1));
        batches.push(batch);
        rest = others;
    }
    batches
}

/// Plans a case in the core, then writes it: a refusal in between leaves nothing of it behind.
async fn write_case(
    conn: &mut Conn,
    inner: &Inner,
    books: &Arc<Books>,
    sender: &Sender,
    case: &FedCase,
) -> Result<Vec<FedOutcome>, EngineError> {
    match try_case(conn, inner, books, sender, case).await {
        Ok(outcomes) => Ok(outcomes),
        Err(error) if error.is_of_one_subject() || error.is_refusal() => {
            let rejected = FedOutcome::Rejected {
                kind: error.kind(),
                reason: error.to_string(),
            };
            Ok(vec![rejected; case.events.len()])
        }
        Err(error) => Err(error),
    }
}

async fn try_case(
    conn: &mut Conn,
    inner: &Inner,
    books: &Arc<Books>,
    sender: &Sender,
    case: &FedCase,
) -> Result<Vec<FedOutcome>, EngineError> {
    let division = &inner.settings.division;
    let now = inner.clock.now();
    let row = store::subject::get(conn, division, &case.number).await?;
    let settled = match row {
        Some(row) => {
            let own = sender
                .unit
                .as_ref()
                .is_none_or(|unit| unit.as_str() == row.unit);
            if !own || row.kind != "case" {
                return Err(EngineError::NotFound {
                    subject: case.number.clone(),
                });
            }
            // What a desk recorded isn't another system's to go on with: it would pass by the desk's own checks.
            if row.source.as_deref() != Some(sender.source.as_str()) {
                return Err(EngineError::invalid(
                    "other_source",
                    format!(
                        "办件 {} 不是由本系统上报的,不能续报 / the case wasn't reported by this system",
                        case.number
                    ),
                ));
            }
            let settle = |work: &mut Work<'_>| Ok(work.settle()?);
            let number = &case.number;
            let told = Telling::Tell;
            Some(
                transact(conn, inner, division, number, now, told, settle)
                    .await?
                    .0,
            )
        }
        None => None,
    };
    let planned = Sent {
        case,
        sender,
        books,
        now,
    };
    let loaded = settled.as_ref().map(|s| &*s.subject);
    let (plan, personal, outcomes) = planned.plan(division, loaded)?;
    let seen = settled.as_ref().map(|settled| Seen {
        seq: settled.subject.seq(),
        hash: settled.hash.clone(),
    });
    if !plan.is_empty() {
        let (personal, seen) = (personal.as_deref(), seen.as_ref());
        execute(conn, inner, books, plan, seen, personal, sender.telling).await?;
    }
    Ok(outcomes)
}

/// One case on its way into the record.
struct Sent<'a> {
    case: &'a FedCase,
    sender: &'a Sender,
    books: &'a Books,
    now: DateTime<Utc>,
}

/// The plan, the applicant's data of a new case, and what becomes of each event.
type Planned = (Plan, Option<String>, Vec<FedOutcome>);

/// What is to be recorded, in the order in which it happened.
enum Next<'a> {
    Sent(Box<LoggedRow>),
    Again(&'a Recorded),
}

impl Next<'_> {
    fn at(&self) -> DateTime<Utc> {
        match self {
            Self::Sent(row) => row.occurred_at,
            Self::Again(event) => event.occurred_at,
        }
    }
}

impl Sent<'_> {
    fn plan(&self, division: &str, loaded: Option<&Subject>) -> Result<Planned, EngineError> {
        match loaded {
            Some(subject) => self.plan_more(subject),
            None => self.plan_new(division),
        }
    }

    fn plan_new(&self, division: &str) -> Result<Planned, EngineError> {
        let number = &self.case.number;
        if number.starts_with(&format!("{division}-")) || number.starts_with("DB-") {
            return Err(EngineError::invalid(
                "reserved_number",
                format!(
                    "编号 {number} 与本系统自编的编号同形,请加来源前缀 / numbers of this form are given here"
                ),
            ));
        }
        let outcomes = self.fresh(&BTreeMap::new());
        let mut rows = self.rows(&outcomes);
        let Some((receipt, at)) = self.beginning(&outcomes) else {
            return Err(EngineError::invalid(
                "no_receipt",
                format!("办件 {number} 尚无收件(receive)事件 / the case has no receipt yet"),
            ));
        };
        self.check_reach(receipt, at)?;
        let logged = LoggedCase {
            number: number.clone(),
            first_line: 0,
            received_at: self.now,
            ended_at: None,
            planned_end_at: None,
            due: receipt.due,
            item: receipt.item.clone(),
            unit: receipt.unit.clone(),
            applicant: receipt.applicant.clone(),
            channel: None,
            defects: Vec::new(),
            rows: Vec::new(),
        };
        let met = BTreeSet::new();
        let feed = self.feed(&logged, &met);
        rows.sort_by_key(|row| row.occurred_at);
        let mut left: Vec<&LoggedRow> = rows.iter().collect();
        let mut work = feed.begin(division, &mut left)?;
        for row in left {
            work.settle_up_to(row.occurred_at)?;
            feed.row(&mut work, row)?;
        }
        work.settle()?;
        Ok((work.finish(), personal_of(&logged), outcomes))
    }

    /// The receipt that the case is opened with, and when that was: the earliest one; of several at one instant, the first
    /// that was sent. It must be the one that [`Feed::begin`] finds, for what is checked must be what is recorded.
    fn beginning(&self, outcomes: &[FedOutcome]) -> Option<(&FedReceipt, DateTime<Utc>)> {
        let sent = self.case.events.iter().zip(outcomes);
        let added = sent.filter(|(_, outcome)| **outcome == FedOutcome::Added);
        let receipts = added.filter(|(event, _)| event.row.act == Act::Receive);
        let (first, _) = receipts.min_by_key(|(event, _)| event.row.occurred_at)?;
        Some((first.receipt.as_ref()?, first.row.occurred_at))
    }

    /// A new case lies within the sender's reach at the instant of its receipt: that rules which version of the item the
    /// case is under, and so whose it is. A unit reports cases of its own items only, and a unit that it names must be
    /// itself: otherwise it could choose among all units' limits, or put its cases down to another. What lies beyond is
    /// as if it weren't there.
    fn check_reach(&self, receipt: &FedReceipt, at: DateTime<Utc>) -> Result<(), EngineError> {
        let unknown = |what: &'static str, code: &str| Refusal::Unknown {
            what,
            code: code.to_owned(),
        };
        let own = self.sender.unit.as_ref();
        let item = ItemCode::new(receipt.item.clone());
        let item = self.books.item_in_force(&item, at)?;
        if own.is_some_and(|own| *own != item.unit) {
            return Err(unknown("事项", &receipt.item).into());
        }
        if let Some(code) = &receipt.unit {
            let unit = UnitCode::new(code.clone());
            let there = self.books.directory.unit(&unit).is_some();
            if !there || own.is_some_and(|own| *own != unit) {
                return Err(unknown("单位", code).into());
            }
        }
        Ok(())
    }

    fn plan_more(&self, subject: &Subject) -> Result<Planned, EngineError> {
        let known = Known::of(subject);
        let mut outcomes = self.fresh(&known.versions);
        // What says the same in a higher version moves nothing.
        let mut replaced: Option<i64> = None;
        for (event, outcome) in self.case.events.iter().zip(&mut outcomes) {
            let Some(standing) = known.standing.get(&event.key) else {
                continue;
            };
            if *outcome != FedOutcome::Added {
                continue;
            }
            if self.says_the_same(standing, event)? {
                *outcome = FedOutcome::ThereAlready;
                continue;
            }
            if !standing.event.can_be_annulled() {
                let (seq, kind) = (standing.seq, standing.event.kind());
                return Err(Refusal::NotAnnullable { seq, kind }.into());
            }
            *outcome = FedOutcome::Replaced;
            replaced = Some(replaced.map_or(standing.seq, |seq| seq.min(standing.seq)));
        }
        let anew = replaced.map_or_else(Vec::new, |seq| feed_from(subject, seq));
        let kept = self.kept(&anew, &outcomes);
        if kept.len() > ANEW_MAX {
            let number = &self.case.number;
            return Err(EngineError::invalid(
                "too_long",
                format!(
                    "更正办件 {number} 的这一事件须重新记录其后 {} 个事件,超过 {ANEW_MAX} 个,不予更正 / the correction would have \
                    more than {ANEW_MAX} later events recorded anew",
                    kept.len()
                ),
            ));
        }
        let mut work = Work::resume(subject.clone(), self.books, self.now);
        for event in anew.iter().rev() {
            let annul = Command::Annul {
                seq: event.seq,
                reason: format!(
                    "来源系统 {} 更正重报 / reported anew by its system",
                    self.sender.source
                ),
            };
            work.act(annul, &feed_act(self.now, None, None))?;
        }
        let mut next: Vec<Next<'_>> = kept.into_iter().map(Next::Again).collect();
        let sent = self.rows(&outcomes).into_iter().map(Box::new);
        next.extend(sent.map(Next::Sent));
        next.sort_by_key(Next::at);
        self.record(&mut work, &next)?;
        Ok((work.finish(), None, outcomes))
    }

    /// Those of the events that fall with a corrected one that aren't corrected themselves: they are recorded again.
    fn kept<'e>(&self, anew: &[&'e Recorded], outcomes: &[FedOutcome]) -> Vec<&'e Recorded> {
        let sent = self.case.events.iter().zip(outcomes);
        let replaced = sent.filter(|(_, outcome)| **outcome == FedOutcome::Replaced);
        let replaced: BTreeSet<&str> = replaced.map(|(event, _)| event.key.as_str()).collect();
        let is_kept = |event: &&&Recorded| {
            let key = event.source_key.as_deref().map(VersionedKey::parse);
            key.is_none_or(|key| !replaced.contains(key.key.as_str()))
        };
        anew.iter().filter(is_kept).copied().collect()
    }

    /// Whether an event that stands and one that was sent are the same matter at the same time. Who applied isn't compared:
    /// it stands apart from the record and is never replaced.
    fn says_the_same(&self, standing: &Recorded, sent: &FedEvent) -> Result<bool, EngineError> {
        let row = &sent.row;
        let by = standing.by.as_ref().map(PersonCode::as_str);
        if standing.occurred_at != row.occurred_at || by != row.person.as_deref() {
            return Ok(false);
        }
        Ok(match row.act {
            Act::Receive => match &sent.receipt {
                Some(receipt) => self.is_of(standing, receipt)?,
                None => false,
            },
            Act::Ignore => true,
            Act::Step => command_again(standing) == Some(super::run::step(row, None)),
            _ => command_of(row).is_some_and(|command| command_again(standing) == Some(command)),
        })
    }

    /// Whether the receipt that stands says what was sent: the item, whose case it is, the limit. A limit or a unit that
    /// was corrected and passed for the same would be lost without a word.
    fn is_of(&self, standing: &Recorded, sent: &FedReceipt) -> Result<bool, EngineError> {
        let Event::Received {
            item,
            item_version,
            unit,
            given_limit: limit,
            ..
        } = &standing.event
        else {
            return Ok(false);
        };
        // Without a name it is the unit of the item as it stood then, whatever was said before.
        let of_item = &self.books.item_version(item, *item_version)?.unit;
        let sent_unit = sent.unit.as_deref().unwrap_or(of_item.as_str());
        Ok(item.as_str() == sent.item
            && unit.as_str() == sent_unit
            && *limit == given_limit(&sent.due))
    }

    fn record(&self, work: &mut Work<'_>, next: &[Next<'_>]) -> Result<(), EngineError> {
        let met = BTreeSet::new();
        let logged = LoggedCase {
            number: self.case.number.clone(),
            first_line: 0,
            received_at: self.now,
            ended_at: None,
            planned_end_at: None,
            due: DueSource::None,
            item: String::new(),
            unit: None,
            applicant: None,
            channel: None,
            defects: Vec::new(),
            rows: Vec::new(),
        };
        let feed = self.feed(&logged, &met);
        for next in next {
            work.settle_up_to(next.at())?;
            match next {
                Next::Sent(row) => feed.row(work, row)?,
                Next::Again(event) => again(work, event)?,
            }
        }
        Ok(work.settle()?)
    }

    fn feed<'b>(&'b self, case: &'b LoggedCase, met: &'b BTreeSet<String>) -> Feed<'b> {
        Feed {
            case,
            source: &self.sender.source,
            met,
            books: self.books,
            now: self.now,
        }
    }

    /// What is new by keys and versions alone. Of one key sent twice the higher version counts, else the first.
    fn fresh(&self, versions: &BTreeMap<String, u32>) -> Vec<FedOutcome> {
        let events = &self.case.events;
        let outcome = |(place, event): (usize, &FedEvent)| {
            let known = versions
                .get(&event.key)
                .is_some_and(|v| *v >= event.version);
            let better = events.iter().enumerate().any(|(other_place, other)| {
                other.key == event.key
                    && (other.version > event.version
                        || (other.version == event.version && other_place < place))
            });
            if known || better {
                FedOutcome::ThereAlready
            } else {
                FedOutcome::Added
            }
        };
        events.iter().enumerate().map(outcome).collect()
    }

    /// The rows to be recorded, under the keys that are stored.
    fn rows(&self, outcomes: &[FedOutcome]) -> Vec<LoggedRow> {
        let fresh = self.case.events.iter().zip(outcomes);
        fresh
            .filter(|(_, o)| matches!(o, FedOutcome::Added | FedOutcome::Replaced))
            .map(|(event, _)| {
                let key = VersionedKey {
                    key: event.key.clone(),
                    version: event.version,
                    repeat: 0,
                };
                LoggedRow {
                    source_key: key.stored(),
                    ..event.row.clone()
                }
            })
            .collect()
    }
}

/// Records an event again that fell with one before it. What no longer fits is kept as a step, as evidence.
fn again(work: &mut Work<'_>, event: &Recorded) -> Result<(), EngineError> {
    let Some(command) = command_again(event) else {
        return Ok(());
    };
    let key = event.source_key.as_deref().map(VersionedKey::parse);
    let key = key.map(|key| key.again().stored());
    let act = feed_act(event.occurred_at, event.by.clone(), key);
    match work.act(command, &act) {
        Ok(()) => Ok(()),
        Err(refusal @ (Refusal::InFuture { .. } | Refusal::NotCovered { .. })) => {
            Err(refusal.into())
        }
        Err(_) => {
            let step = Command::Step {
                activity: event.event.kind().to_owned(),
                stage: None,
                group: None,
                person: None,
                defect: Some(Defect::OutOfOrder),
            };
            Ok(work.act(step, &act)?)
        }
    }
}

fn feed_act(at: DateTime<Utc>, by: Option<PersonCode>, source_key: Option<String>) -> CoreAct {
    CoreAct {
        by,
        stands_for: None,
        at: Some(at),
        late_reason: None,
        source_key,
        origin: Origin::Feed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_transaction_holds_a_hundred_events_or_one_case() {
        let event = FedEvent {
            key: String::new(),
            version: 1,
            row: LoggedRow {
                line: 0,
                occurred_at: DateTime::UNIX_EPOCH,
                activity: String::new(),
                lifecycle: None,
                act: Act::Step,
                stage: None,
                outcome: None,
                procedure: None,
                term: None,
                working_days: None,
                approver: None,
                notice: None,
                reason: None,
                document: None,
                person: None,
                group: None,
                source_key: String::new(),
                defects: Vec::new(),
            },
            receipt: None,
        };
        for (lengths, wanted) in [
            (&[][..], &[][..]),
            (&[1], &[1]),
            (&[60, 40, 1], &[2, 1]),
            (&[60, 41, 59], &[1, 2]),
            (&[1000, 1, 1000], &[1, 1, 1]),
            (&[0, 100, 0, 1], &[3, 1]),
        ] {
            let case = |length: &usize| {
                Arc::new(FedCase {
                    number: String::new(),
                    events: vec![event.clone(); *length],
                })
            };
            let cases: Vec<Arc<FedCase>> = lengths.iter().map(case).collect();
            let found: Vec<usize> = batches(&cases).iter().map(|batch| batch.len()).collect();
            assert_eq!(found, wanted, "{lengths:?}");
        }
    }
}
