//! What inspectors enter (评分录入), what units object, and what inspectors decide: each act is appended in one
//! transaction with its entry of the audit log.

use std::sync::Arc;

use approval::Books;
use approval::command::Act;
use approval::ids::{PersonCode, UnitCode};
use approval::rights;
use approval::scoring::{Entry, EntryAct, EntryActKind, Points, Scheme, read_month};
use approval::statistics::Period;
use chrono::{DateTime, Utc};
use store::codec::{instant, micros};
use store::score::{ScoreActRow, ScoreEntryRow};
use store::{Conn, StoreError};

use crate::accounts::{Caller, Entry as LogEntry, append};
use crate::engine::{Engine, Inner};
use crate::error::EngineError;

/// No single entry gives or takes more than this: a slip of the finger is refused.
const POINTS_MAX: Points = Points::whole(100);

/// What an inspector enters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewScore {
    /// The unit.
    pub unit: String,
    /// The month that it counts in.
    pub month: Period,
    /// The key of a part of the scheme, or `total`.
    pub part: String,
    /// How many points; below zero to take them off.
    pub points: Points,
    /// Why.
    pub reason: String,
}

/// What an inspector decides about an objection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// The unit is right: the entry is withdrawn.
    Uphold,
    /// The entry stands.
    Reject,
}

impl Decision {
    const fn kind(self) -> EntryActKind {
        match self {
            Self::Uphold => EntryActKind::Upheld,
            Self::Reject => EntryActKind::Rejected,
        }
    }
}

impl Engine {
    /// Enters points for a unit and a month and gives the entry a number.
    ///
    /// # Errors
    /// Nobody but an inspector; an unknown unit or part, a month that hasn't begun, no points or too many, no reason;
    /// no scheme, or a wrong one; the database's.
    pub async fn enter_score(
        &self,
        new: NewScore,
        act: Act,
        caller: &Caller,
    ) -> Result<Entry, EngineError> {
        let inner = Arc::clone(&self.inner);
        let request = Arc::new((self.clone(), new, act, caller.clone()));
        self.inner
            .store
            .write(move |conn| {
                let (inner, request) = (Arc::clone(&inner), Arc::clone(&request));
                Box::pin(async move {
                    let (engine, new, act, caller) = &*request;
                    let scheme = engine.scheme_of(conn, &new.month).await?;
                    let scheme = scheme.ok_or_else(no_scheme)?;
                    enter(conn, &inner, new, act, caller, &scheme).await
                })
            })
            .await
    }

    /// A unit objects to an entry, within its term and once.
    ///
    /// # Errors
    /// An unknown entry, somebody of another unit, no reason, too late or again; the database's.
    pub async fn object_score(
        &self,
        entry: &str,
        reason: &str,
        act: Act,
        caller: &Caller,
    ) -> Result<Entry, EngineError> {
        self.act_on_score(entry, EntryActKind::Objected, reason, act, caller)
            .await
    }

    /// An inspector decides an objection.
    ///
    /// # Errors
    /// An unknown entry, nobody but an inspector, no reason, no objection that waits; the database's.
    pub async fn decide_score(
        &self,
        entry: &str,
        decision: Decision,
        reason: &str,
        act: Act,
        caller: &Caller,
    ) -> Result<Entry, EngineError> {
        self.act_on_score(entry, decision.kind(), reason, act, caller)
            .await
    }

    async fn act_on_score(
        &self,
        entry: &str,
        kind: EntryActKind,
        reason: &str,
        act: Act,
        caller: &Caller,
    ) -> Result<Entry, EngineError> {
        let inner = Arc::clone(&self.inner);
        let step = Step {
            entry: entry.trim().to_owned(),
            kind,
            reason: reason.trim().to_owned(),
            act,
            caller: caller.clone(),
        };
        let step = Arc::new(step);
        self.inner
            .store
            .write(move |conn| {
                let (inner, step) = (Arc::clone(&inner), Arc::clone(&step));
                Box::pin(async move { step.take(conn, &inner).await })
            })
            .await
    }

    /// An entry with its history.
    ///
    /// # Errors
    /// An unknown number; the database's.
    pub async fn score_entry(&self, entry: &str) -> Result<Entry, EngineError> {
        let mut conn = self.inner.store.read().await?;
        one(&mut conn, self.division(), entry.trim()).await
    }

    /// The entries of some months, both included, of one unit or of all: by month, unit and number.
    ///
    /// # Errors
    /// The database's.
    pub async fn score_entries(
        &self,
        unit: Option<&str>,
        months: (&Period, &Period),
    ) -> Result<Vec<Entry>, EngineError> {
        let mut conn = self.inner.store.snapshot().await?;
        of_months(&mut conn, self.division(), unit, months).await
    }
}

fn no_scheme() -> EngineError {
    EngineError::invalid(
        "no_scheme",
        "未启用评分,请在配置的 [scoring] scheme 中指定评分办法 / nobody is scored: name a scheme in the configuration",
    )
}

async fn enter(
    conn: &mut Conn,
    inner: &Inner,
    new: &NewScore,
    act: &Act,
    caller: &Caller,
    scheme: &Scheme,
) -> Result<Entry, EngineError> {
    let division = &inner.settings.division;
    let now = inner.clock.now();
    let books = inner.library.books(conn, division).await?;
    let by = rights::inspector(&books, act, now)?.code.clone();
    check(new, &books, scheme, now)?;
    let due = books.calendar.due(now, scheme.objection, &[], None);
    // Without stops there is always a date.
    let until = due
        .map_err(approval::Refusal::from)?
        .map_or(now, |due| due.at);
    let day = books.calendar.office_date(now).format("%Y%m%d").to_string();
    let n = store::counter::take(conn, division, "", &day, "score").await?;
    let row = ScoreEntryRow {
        division: division.clone(),
        entry: format!("PF-{division}-{day}-{n:04}"),
        unit: new.unit.clone(),
        month: new.month.to_string(),
        part: new.part.clone(),
        points: new.points.in_hundredths(),
        reason: new.reason.trim().to_owned(),
        entered_by: by.as_str().to_owned(),
        entered_at_us: micros(now),
        object_until_us: micros(until),
    };
    store::score::insert(conn, &row).await?;
    // The reason may speak of an applicant, so that it isn't for the log.
    let told = format!(
        "{by}: {} {} {} {}",
        row.unit, row.month, row.part, new.points
    );
    let entry = LogEntry::done("score_entered", row.entry.clone()).with(told);
    append(conn, inner, caller, &entry).await?;
    read(row, Vec::new())
}

fn check(
    new: &NewScore,
    books: &Books,
    scheme: &Scheme,
    now: DateTime<Utc>,
) -> Result<(), EngineError> {
    if new.reason.trim().is_empty() {
        return Err(approval::Refusal::Empty { field: "理由" }.into());
    }
    if books
        .directory
        .unit(&UnitCode::new(new.unit.clone()))
        .is_none()
    {
        return Err(approval::Refusal::Unknown {
            what: "单位",
            code: new.unit.clone(),
        }
        .into());
    }
    if !scheme.takes(&new.part) {
        let known = scheme.parts.iter().map(|part| part.key.as_str());
        let known: Vec<&str> = known.chain([approval::scoring::TOTAL]).collect();
        let known = known.join("、");
        return Err(EngineError::invalid(
            "unknown_part",
            format!(
                "评分办法没有“{}”这一项,可用:{known} / no such part of the scheme",
                new.part
            ),
        ));
    }
    if new.points == Points::ZERO || new.points.size() > POINTS_MAX {
        return Err(EngineError::invalid(
            "bad_points",
            format!(
                "分值应在 -{POINTS_MAX} 至 {POINTS_MAX} 之间且不为 0,扣分写负数 / points must be -{POINTS_MAX} to {POINTS_MAX} and not 0; write what is taken off with a minus"
            ),
        ));
    }
    let today = books.calendar.office_date(now);
    if new.month.first() > today {
        return Err(EngineError::invalid(
            "future_month",
            format!(
                "{} 尚未开始,不能录入评分 / the month hasn't begun",
                new.month
            ),
        ));
    }
    Ok(())
}

/// An act on an entry.
struct Step {
    entry: String,
    kind: EntryActKind,
    reason: String,
    act: Act,
    caller: Caller,
}

impl Step {
    async fn take(&self, conn: &mut Conn, inner: &Inner) -> Result<Entry, EngineError> {
        let division = &inner.settings.division;
        let now = inner.clock.now();
        let books = inner.library.books(conn, division).await?;
        let mut entry = one(conn, division, &self.entry).await?;
        let by = match self.kind {
            EntryActKind::Objected => rights::member(&books, &self.act, &entry.unit, now)?,
            EntryActKind::Upheld | EntryActKind::Rejected => {
                rights::inspector(&books, &self.act, now)?
            }
        };
        let by = by.code.clone();
        if self.reason.is_empty() {
            return Err(approval::Refusal::Empty { field: "理由" }.into());
        }
        let checked = entry.check(self.kind, now);
        checked.map_err(|refusal| EngineError::invalid(refusal.kind(), refusal.to_string()))?;
        let seq = i64::try_from(entry.acts.len()).unwrap_or(i64::MAX);
        let row = ScoreActRow {
            division: division.clone(),
            entry: entry.number.clone(),
            seq: seq.saturating_add(1),
            kind: self.kind.as_str().to_owned(),
            by_person: by.as_str().to_owned(),
            at_us: micros(now),
            reason: self.reason.clone(),
        };
        // Whoever acted meanwhile took the number: then all is looked at once more.
        store::score::append(conn, &row).await?;
        let number = entry.number.clone();
        let logged = match self.kind {
            EntryActKind::Objected => LogEntry::done("score_objected", number),
            EntryActKind::Upheld => LogEntry::done("score_upheld", number),
            EntryActKind::Rejected => LogEntry::done("score_rejected", number),
        };
        // Who acted stands beside the account: on the command line they differ.
        let logged = logged.with(by.to_string());
        append(conn, inner, &self.caller, &logged).await?;
        entry.acts.push(read_act(row)?);
        Ok(entry)
    }
}

async fn one(conn: &mut Conn, division: &str, number: &str) -> Result<Entry, EngineError> {
    let Some(row) = store::score::get(conn, division, number).await? else {
        return Err(EngineError::invalid(
            "unknown_entry",
            format!("没有编号为 {number} 的评分录入,请核对 / no score entry {number}"),
        ));
    };
    let acts = store::score::acts(conn, division, number).await?;
    read(row, acts)
}

/// The entries of some months with their acts.
pub(super) async fn of_months(
    conn: &mut Conn,
    division: &str,
    unit: Option<&str>,
    (first, last): (&Period, &Period),
) -> Result<Vec<Entry>, EngineError> {
    let (first, last) = (first.to_string(), last.to_string());
    let span = (first.as_str(), last.as_str());
    let rows = store::score::of_months(conn, division, unit, span).await?;
    let mut acts: Vec<ScoreActRow> = match rows.is_empty() {
        true => Vec::new(),
        false => store::score::acts_of_months(conn, division, unit, span).await?,
    };
    let mut entries = Vec::new();
    for row in rows {
        let (own, others) = acts.into_iter().partition(|act| act.entry == row.entry);
        acts = others;
        entries.push(read(row, own)?);
    }
    Ok(entries)
}

/// A row as an entry, or which row is damaged.
fn read(row: ScoreEntryRow, acts: Vec<ScoreActRow>) -> Result<Entry, EngineError> {
    let Some(month) = read_month(&row.month) else {
        return Err(damaged("score_entry", &row.entry, "month"));
    };
    Ok(Entry {
        number: row.entry,
        unit: UnitCode::new(row.unit),
        month,
        part: row.part,
        points: Points::hundredths(row.points),
        reason: row.reason,
        entered_by: PersonCode::new(row.entered_by),
        entered_at: instant(row.entered_at_us),
        object_until: instant(row.object_until_us),
        acts: acts.into_iter().map(read_act).collect::<Result<_, _>>()?,
    })
}

fn read_act(row: ScoreActRow) -> Result<EntryAct, EngineError> {
    let Some(kind) = EntryActKind::parse(&row.kind) else {
        return Err(damaged("score_act", &row.entry, "kind"));
    };
    Ok(EntryAct {
        kind,
        by: PersonCode::new(row.by_person),
        at: instant(row.at_us),
        reason: row.reason,
    })
}

fn damaged(table: &'static str, entry: &str, column: &'static str) -> EngineError {
    StoreError::corrupt_value(table, column, entry).into()
}
