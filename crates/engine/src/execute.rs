//! Writes a plan: events, subject row, message items, orders, in the caller's transaction. It has no choice to make.

use std::sync::Arc;

use approval::books::Books;
use approval::command::{Act, Opening};
use approval::ids::{DivisionCode, SubjectId};
use approval::message::{MessageItem, Notice, OrderRequest};
use approval::order::{Order, OrderPhase};
use approval::statistics::highest_issued;
use approval::subject::Body;
use approval::track::ClockKey;
use approval::{Plan, Subject, Work};
use chrono::{DateTime, Utc};
use store::Conn;
use store::chain::{GENESIS, new_salt, personal_digest};
use store::codec::micros;
use store::event::NewEvent;
use store::message_item::MessageItemRow;
use store::personal::PersonalRow;
use store::record::Followed;
use store::subject::{Seen, SubjectRow};

use crate::appeal::{close_appeals, revoke_cards};
use crate::engine::{Inner, raise_trial_time};
use crate::error::EngineError;
use crate::notes;

/// The only channel so far; the column is there for others.
pub const MAIL: &str = "mail";

/// Whether a plan's message items are written: imported cases warn without mail unless it is asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Telling {
    /// The items are written.
    #[default]
    Tell,
    /// They aren't.
    Silent,
}

/// What was written.
#[derive(Clone, Debug)]
pub struct Written {
    /// The subject as it is now.
    pub subject: Arc<Subject>,
    /// Its last hash.
    pub hash: String,
    /// Message items written.
    pub items: u64,
}

/// Loads a subject whose last event has this hash: kept, or replayed from its events.
///
/// # Errors
/// The database's, or a history that doesn't hold.
pub(crate) async fn load(
    conn: &mut Conn,
    inner: &Inner,
    division: &str,
    subject: &str,
    hash: &str,
    books: &Books,
) -> Result<Arc<Subject>, EngineError> {
    if let Some(kept) = inner.cache.get(division, subject, hash) {
        return Ok(kept);
    }
    let rows = store::event::of_subject(conn, division, subject, 0, i64::MAX).await?;
    // Between the two statements another command may have committed: then the row is old, and the whole is read again.
    if rows.last().is_none_or(|last| last.hash != hash) {
        return Err(moved_on(division, subject));
    }
    replay_and_keep(inner, division, subject, &rows, books)
}

/// Reads a subject from all its stored events, and keeps it.
///
/// # Errors
/// As [`replay`].
pub(crate) fn replay_and_keep(
    inner: &Inner,
    division: &str,
    subject: &str,
    rows: &[store::event::EventRow],
    books: &Books,
) -> Result<Arc<Subject>, EngineError> {
    let read = Arc::new(replay(division, subject, rows, books)?);
    if let Some(last) = rows.last() {
        inner.cache.put(last.hash.clone(), Arc::clone(&read));
    }
    Ok(read)
}

fn moved_on(division: &str, subject: &str) -> EngineError {
    EngineError::Store(store::StoreError::Conflict {
        table: "subject",
        key: format!("{division}/{subject}"),
    })
}

/// Reads a subject from its stored events.
///
/// # Errors
/// A damaged event, or a history that doesn't hold.
pub fn replay(
    division: &str,
    subject: &str,
    rows: &[store::event::EventRow],
    books: &Books,
) -> Result<Subject, EngineError> {
    let events = rows
        .iter()
        .map(store::codec::from_row)
        .collect::<Result<Vec<_>, _>>()?;
    Subject::replay(
        DivisionCode::new(division),
        SubjectId::new(subject),
        events,
        books,
    )?
    .ok_or_else(|| EngineError::NotFound {
        subject: subject.to_owned(),
    })
}

/// Writes a plan. `seen` is what the subject's row was when it was read, `None` for a new subject.
///
/// # Errors
/// The database's; [`store::StoreError::Conflict`] when somebody else was faster.
pub(crate) async fn execute(
    conn: &mut Conn,
    inner: &Inner,
    books: &Books,
    plan: Plan,
    seen: Option<&Seen>,
    personal: Option<&str>,
    telling: Telling,
) -> Result<Written, EngineError> {
    // In the shadow of another system nobody is told of anything, then or later. The books say so rather than what stood
    // when the database was opened: every process sees at once that the shadow has ended.
    let telling = match books.in_shadow {
        true => Telling::Silent,
        false => telling,
    };
    let division = plan.subject.division.as_str().to_owned();
    let id = plan.subject.id.as_str().to_owned();
    let before = seen.map_or(GENESIS, |s| &s.hash);
    let Entry {
        row,
        events,
        personal,
        recorded_at,
    } = entry(inner, books, &plan, before, personal)?;
    if let Some(personal) = personal {
        store::personal::put(conn, &personal).await?;
    }
    match seen {
        None => {
            store::subject::insert(conn, &row).await?;
            store::event::append(conn, &events).await?;
        }
        Some(seen) => store::record::follow(conn, &row, seen, &events).await?,
    }
    for warning in &plan.fallen {
        store::message_item::drop_free(conn, &division, &id, *warning, "warning_fell").await?;
    }
    for told in &plan.untold {
        store::message_item::drop_free(conn, &division, &id, *told, "order_fell").await?;
    }
    if !plan.orders_fallen.is_empty() {
        close_orders(conn, inner, books, &id, &plan.orders_fallen, telling).await?;
    }
    let mut items = close_appeals(conn, inner, books, &plan.appeals_fallen, telling).await?;
    items += revoke_cards(conn, inner, books, &plan.revocations, telling).await?;
    if telling == Telling::Tell {
        let rows = plan.items.iter();
        let rows = rows.map(|item| item_row(&plan.subject, item, recorded_at));
        let rows = rows.collect::<Result<Vec<_>, _>>()?;
        items += store::message_item::insert_all(conn, &rows).await?;
    }
    for order in &plan.orders {
        items += match issue_order(conn, inner, books, order, recorded_at, telling).await {
            Ok(items) => items,
            // The card stands all the same.
            Err(EngineError::Refused(refusal)) => {
                tracing::error!(subject.id = %id, refusal.kind = refusal.kind(), refusal = %refusal, "the order of a card can't be issued");
                metrics::counter!("shixian_orders_failed_total").increment(1);
                0
            }
            Err(error) => return Err(error),
        };
    }
    if inner.standing.trial {
        raise_trial_time(conn, &inner.clock).await?;
    }
    let subject = Arc::new(plan.subject);
    inner.cache.put(row.hash.clone(), Arc::clone(&subject));
    Ok(Written {
        subject,
        hash: row.hash,
        items,
    })
}

/// A plan that is one event and the row that it leads to, and moves nothing else.
#[derive(Debug)]
pub(crate) struct PlainPlan(Plan);

impl PlainPlan {
    /// The plan, or itself back if there is more to it.
    pub(crate) fn of(plan: Plan) -> Result<Self, Box<Plan>> {
        if is_plain(&plan) {
            Ok(Self(plan))
        } else {
            Err(Box::new(plan))
        }
    }
}

fn is_plain(plan: &Plan) -> bool {
    let Plan {
        subject: _,
        loaded_seq: _,
        items,
        orders,
        fallen,
        orders_fallen,
        appeals_fallen,
        revocations,
        untold,
        next_alarm: _,
    } = plan;
    plan.loaded_seq > 0
        && plan.new_events().count() == 1
        && items.is_empty()
        && orders.is_empty()
        && [fallen, orders_fallen, untold]
            .iter()
            .all(|seqs| seqs.is_empty())
        && appeals_fallen.is_empty()
        && revocations.is_empty()
}

/// Writes many plain plans of different subjects with few statements; as [`execute`] does one by one.
///
/// # Errors
/// The database's; [`store::StoreError::Conflict`] when somebody else was faster with one of them.
pub(crate) async fn execute_plain(
    conn: &mut Conn,
    inner: &Inner,
    books: &Books,
    plans: Vec<(PlainPlan, Seen)>,
) -> Result<(), EngineError> {
    if plans.is_empty() {
        return Ok(());
    }
    let mut followed = Vec::new();
    let mut subjects = Vec::new();
    for (PlainPlan(plan), seen) in plans {
        let Entry {
            row, mut events, ..
        } = entry(inner, books, &plan, &seen.hash, None)?;
        if let Some(event) = events.pop() {
            subjects.push((row.hash.clone(), Arc::new(plan.subject)));
            followed.push(Followed { row, seen, event });
        }
    }
    store::record::follow_each(conn, &followed).await?;
    if inner.standing.trial {
        raise_trial_time(conn, &inner.clock).await?;
    }
    for (hash, subject) in subjects {
        inner.cache.put(hash, subject);
    }
    Ok(())
}

/// What a plan comes to in the tables that bear the record.
struct Entry {
    row: SubjectRow,
    events: Vec<NewEvent>,
    personal: Option<PersonalRow>,
    /// When its last event was recorded.
    recorded_at: DateTime<Utc>,
}

/// Chains a plan's events to the hash before them. `personal` goes with the first event of a subject.
fn entry(
    inner: &Inner,
    books: &Books,
    plan: &Plan,
    before: &str,
    personal: Option<&str>,
) -> Result<Entry, EngineError> {
    let division = plan.subject.division.as_str();
    let id = plan.subject.id.as_str();
    let mut hash = before.to_owned();
    let mut events = Vec::new();
    let mut apart = None;
    let mut recorded_at = inner.clock.now();
    for recorded in plan.new_events() {
        recorded_at = recorded.recorded_at;
        let mut digest = None;
        if let (1, Some(data)) = (recorded.seq, personal) {
            let salt = new_salt()?;
            digest = Some(personal_digest(inner.settings.hash, &salt, data));
            apart = Some(PersonalRow {
                division: division.to_owned(),
                subject: id.to_owned(),
                seq: recorded.seq,
                salt,
                data: data.to_owned(),
            });
        }
        let event =
            store::codec::to_row(division, id, recorded, digest, inner.settings.hash, &hash)?;
        hash.clone_from(&event.hash);
        events.push(event);
    }
    Ok(Entry {
        row: subject_row(&plan.subject, &hash, plan.next_alarm, books),
        events,
        personal: apart,
        recorded_at,
    })
}

/// What is said of an order whose card fell.
const CARD_FELL: &str = "所依据的牌已撤销 / the card that brought it fell";

/// Closes the open orders that cards brought which have fallen, with what was raised on them, in the same transaction.
async fn close_orders(
    conn: &mut Conn,
    inner: &Inner,
    books: &Books,
    case: &str,
    fallen: &[i64],
    telling: Telling,
) -> Result<(), EngineError> {
    let division = books.division.as_str();
    for row in store::subject::about(conn, division, case).await? {
        if row.kind != "order" || row.completed_at_us.is_some() {
            continue;
        }
        let order = load(conn, inner, division, &row.subject, &row.hash, books).await?;
        let warning = order.order().and_then(|o| o.warning);
        if !order.is_open() || !warning.is_some_and(|w| fallen.contains(&w)) {
            continue;
        }
        let mut work = Work::resume(Subject::clone(&order), books, inner.clock.now());
        if row.calendar_version != books.calendar.version() {
            work.revise_calendar(&row.calendar_version)?;
        }
        work.settle()?;
        work.let_order_fall(CARD_FELL)?;
        let (plan, seen) = (work.finish(), Seen::of(&row));
        Box::pin(execute(
            conn,
            inner,
            books,
            plan,
            Some(&seen),
            None,
            telling,
        ))
        .await?;
    }
    Ok(())
}

/// Opens the order that a card brings with it, in the same transaction.
async fn issue_order(
    conn: &mut Conn,
    inner: &Inner,
    books: &Books,
    order: &OrderRequest,
    at: DateTime<Utc>,
    telling: Telling,
) -> Result<u64, EngineError> {
    let opening = Opening::IssueOrder {
        unit: order.unit.clone(),
        text: order.text.clone(),
        term: order.term,
        about: Some(order.about.clone()),
        warning: order.warning,
    };
    let act = Act {
        at: Some(order.occurred_at),
        ..Act::program()
    };
    let begin = |id: &str| {
        let (division, id) = (books.division.clone(), SubjectId::new(id));
        Work::begin(division, id, opening.clone(), &act, books, at)
    };
    // A refused order takes no number: numbers have no gaps.
    begin("?")?;
    let id = free_number(conn, books, order.unit.as_str(), at, Numbers::Order).await?;
    let work = begin(&id)?;
    let written = Box::pin(execute(
        conn,
        inner,
        books,
        work.finish(),
        None,
        None,
        telling,
    ))
    .await?;
    Ok(written.items)
}

/// Writes a subject's row anew when nothing happened to it but the books changed.
pub(crate) async fn refresh(
    conn: &mut Conn,
    plan: &Plan,
    seen: &Seen,
    books: &Books,
) -> Result<(), EngineError> {
    let row = subject_row(&plan.subject, &seen.hash, plan.next_alarm, books);
    store::subject::update(conn, &row, seen).await?;
    Ok(())
}

/// Which numbers: those of cases, of orders and of appeals are counted apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Numbers {
    Case,
    Order,
    Appeal,
}

/// The next number of a unit and day: division, unit, day, four digits, without gaps. One that an imported subject
/// bears already is passed over.
///
/// # Errors
/// The database's.
pub(crate) async fn free_number(
    conn: &mut Conn,
    books: &Books,
    unit: &str,
    at: DateTime<Utc>,
    numbers: Numbers,
) -> Result<String, EngineError> {
    let day = books.calendar.office_date(at).format("%Y%m%d").to_string();
    let division = books.division.as_str();
    let (purpose, prefix) = match numbers {
        Numbers::Case => ("case", ""),
        Numbers::Order => ("order", "DB-"),
        Numbers::Appeal => ("appeal", "SS-"),
    };
    loop {
        let n = store::counter::take(conn, division, unit, &day, purpose).await?;
        let number = format!("{prefix}{division}-{unit}-{day}-{n:04}");
        if store::subject::get(conn, division, &number)
            .await?
            .is_none()
        {
            return Ok(number);
        }
    }
}

fn item_row(
    subject: &Subject,
    item: &MessageItem,
    created_at: DateTime<Utc>,
) -> Result<MessageItemRow, EngineError> {
    let (kind, level) = match &item.notice {
        Notice::Warning(warning) => ("warning", Some(warning.level.as_str().to_owned())),
        Notice::Order(_) => ("order", None),
        Notice::Appeal(_) => ("appeal", None),
    };
    let note = notes::of(subject.id.as_str(), &item.notice);
    let payload = serde_json::to_string(&note).map_err(|e| EngineError::Mail {
        message: e.to_string(),
    })?;
    Ok(MessageItemRow {
        division: subject.division.as_str().to_owned(),
        subject: subject.id.as_str().to_owned(),
        seq: item.seq,
        recipient: item.recipient.as_str().to_owned(),
        channel: MAIL.to_owned(),
        kind: kind.to_owned(),
        level,
        payload,
        state: "free".to_owned(),
        dropped_reason: None,
        message_id: None,
        created_at_us: micros(created_at),
    })
}

fn closed_at(order: &Order) -> Option<DateTime<Utc>> {
    match order.phase {
        OrderPhase::Closed { at } => Some(at),
        OrderPhase::Issued | OrderPhase::Replied => None,
    }
}

/// The row that a subject's events come to.
pub(crate) fn subject_row(
    subject: &Subject,
    hash: &str,
    next_alarm: Option<DateTime<Utc>>,
    books: &Books,
) -> SubjectRow {
    let due = |key: ClockKey| {
        subject
            .track
            .clock(key)
            .and_then(|c| c.due)
            .map(|d| micros(d.at))
    };
    let final_to = books.calendar.final_to();
    let provisional = subject
        .track
        .clocks
        .iter()
        .any(|c| c.ended_at.is_none() && c.due.is_some_and(|d| d.on > final_to));
    let case = subject.case();
    let order = subject.order();
    let appeal = subject.appeal();
    let visit_clock = match &subject.body {
        Body::Case(case) if case.acceptance.is_none() && case.over_at().is_none() => {
            Some(case.acceptance_clock())
        }
        Body::Case(case) => case.visit_clock(),
        Body::Order(order) => Some(order.clock()),
        Body::Appeal(appeal) => Some(appeal.clock()),
    };
    SubjectRow {
        division: subject.division.as_str().to_owned(),
        subject: subject.id.as_str().to_owned(),
        kind: subject.kind().to_owned(),
        unit: subject.unit().as_str().to_owned(),
        item: case
            .map(|c| &c.item.code)
            .or_else(|| appeal?.card.item.as_ref())
            .map(|code| code.as_str().to_owned()),
        item_version: case.map(|c| c.item.version),
        about: order
            .and_then(|o| o.about.as_ref())
            .or_else(|| Some(&appeal?.card.about))
            .map(|a| a.as_str().to_owned()),
        state: subject.state().to_owned(),
        stage: subject.stage().map(|s| s.as_str().to_owned()),
        outcome: case
            .and_then(|c| c.outcome())
            .map(|o| o.as_str().to_owned()),
        handler: case
            .and_then(|c| c.visits.iter().rev().find_map(|v| v.by.as_ref()))
            .map(|by| by.as_str().to_owned()),
        received_at_us: subject.history.first().map_or(0, |e| micros(e.occurred_at)),
        accepted_at_us: case.and_then(|c| c.acceptance).map(|a| micros(a.at)),
        decided_at_us: case.and_then(|c| c.decision.as_ref()).map(|d| micros(d.at)),
        completed_at_us: case
            .and_then(|c| c.over_at())
            .or_else(|| order.and_then(closed_at))
            .or_else(|| appeal?.phase.over_at())
            .map(micros),
        promised_due_at_us: due(ClockKey::Promised),
        statutory_due_at_us: due(ClockKey::Statutory),
        stage_due_at_us: visit_clock.and_then(due),
        // What is raised on an appeal is the inspectors' delay and no mark against the unit that filed it.
        highest_level: highest_issued(subject)
            .filter(|_| appeal.is_none())
            .map(|l| l.as_str().to_owned()),
        seq: subject.seq(),
        hash: hash.to_owned(),
        next_alarm_us: next_alarm.map(micros),
        calendar_version: books.calendar.version().to_owned(),
        rules_version: books.rules.last().map_or(0, |r| r.set.version),
        provisional,
        source: case.and_then(|c| c.source.clone()),
    }
}
