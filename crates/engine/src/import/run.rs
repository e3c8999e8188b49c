//! Writes a log's cases into the record: through the same core as everything else, marked with their defects.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use approval::books::Books;
use approval::command::{self, Command, Opening, Origin};
use approval::event::Defect;
use approval::ids::{DivisionCode, ItemCode, PersonCode, SubjectId, UnitCode};
use approval::track::{ClockKey, ClockTerm};
use approval::{Plan, Refusal, Subject, Work};
use calendar::Term;
use serde::Serialize;
use store::Conn;
use store::subject::Seen;

use super::{
    Act, DueSource, LogFile, LoggedCase, LoggedRow, LoggedTerm, Mapping, Reject, read_log,
    write_rejects,
};
use crate::commands::{check_id, transact};
use crate::engine::{Engine, Inner};
use crate::error::EngineError;
use crate::execute::{Telling, execute};
use crate::library::{NO_LIMIT, new_edition};

/// Cases in one transaction: their rows together stay well under 50 ms of write lock.
const BATCH: usize = 20;

/// How an import is done.
#[derive(Clone, Debug, Default)]
pub struct ImportOptions {
    /// Where rejected rows go.
    pub rejects: Option<PathBuf>,
    /// Whether the warnings that the cases bring are mailed.
    pub mail: bool,
}

/// What an import did. Counts of this run, then the state of all cases in the file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ImportReport {
    /// Cases added.
    pub cases: u64,
    /// Events added.
    pub events: u64,
    /// Events that were there already.
    pub already_there: u64,
    /// Cases rejected, each whole.
    pub cases_rejected: u64,
    /// Cases of the file that are over.
    pub completed: u64,
    /// Cases of the file that are open.
    pub open: u64,
    /// Of those that are over, those that ended on or after their due instant.
    pub late: u64,
}

/// Imports a log.
///
/// Idempotent: a case and an event are known again by their keys. All or nothing per case.
///
/// # Errors
/// A wrong mapping or file, a calendar that isn't this database's, the database's. Wrong rows are no error:
/// they are rejected with line and reason.
pub async fn import(
    engine: &Engine,
    mapping: &Path,
    file: &Path,
    options: ImportOptions,
) -> Result<ImportReport, EngineError> {
    let mapping = Mapping::load(mapping).map_err(wrong)?;
    let check = |id: &str| check_id(Some(id)).map_err(|e| e.to_string());
    let mut log = read_log(file, &mapping, &check).map_err(wrong)?;
    let rejected = log.cases_rejected();
    adopt_calendar(engine, &mapping).await?;
    adopt_codes(engine, &log).await?;
    let mut report = ImportReport {
        cases_rejected: u64::try_from(rejected).unwrap_or(u64::MAX),
        ..ImportReport::default()
    };
    let telling = if options.mail {
        Telling::Tell
    } else {
        Telling::Silent
    };
    let cases: Vec<Arc<LoggedCase>> = log.cases.drain(..).map(Arc::new).collect();
    let source: Arc<str> = mapping.name().into();
    for batch in cases.chunks(BATCH) {
        let done = write_batch(engine, batch, &source, telling).await?;
        for outcome in done {
            report.count(outcome, &mut log);
        }
    }
    if let Some(path) = &options.rejects {
        write_rejects(path, &log.rejects).map_err(wrong)?;
    }
    tracing::info!(
        import.cases = report.cases,
        import.events = report.events,
        import.rejected = report.cases_rejected,
        "log imported"
    );
    Ok(report)
}

/// A file that can't be used is no fault of the command's; what stands in it is.
fn wrong(error: super::ImportError) -> EngineError {
    match error {
        super::ImportError::Read { path, source } | super::ImportError::Write { path, source } => {
            EngineError::File {
                path: path.display().to_string(),
                source,
            }
        }
        error => EngineError::invalid("bad_import", error.to_string()),
    }
}

/// What became of one case.
enum Outcome {
    Written {
        new: bool,
        events: u64,
        met: u64,
        state: State,
    },
    Rejected(Vec<Reject>),
}

/// The state of a case after the import.
struct State {
    over: bool,
    late: bool,
}

impl State {
    fn of(subject: &Subject) -> Self {
        let over = subject.case().is_some_and(|c| c.over_at().is_some());
        let late = [ClockKey::Promised, ClockKey::Statutory]
            .into_iter()
            .filter_map(|key| subject.track.clock(key))
            .any(|clock| clock.was_late());
        Self { over, late }
    }
}

impl ImportReport {
    fn count(&mut self, outcome: Outcome, log: &mut LogFile) {
        match outcome {
            Outcome::Written {
                new,
                events,
                met,
                state,
            } => {
                self.cases += u64::from(new);
                self.events += events;
                self.already_there += met;
                self.completed += u64::from(state.over);
                self.open += u64::from(!state.over);
                self.late += u64::from(state.over && state.late);
            }
            Outcome::Rejected(rejects) => {
                self.cases_rejected += 1;
                log.rejects.extend(rejects);
            }
        }
    }
}

/// A log that is counted by another calendar needs a database of its own: an empty one takes the calendar over.
async fn adopt_calendar(engine: &Engine, mapping: &Mapping) -> Result<(), EngineError> {
    let Some(name) = mapping.calendar() else {
        return Ok(());
    };
    let wanted = crate::assets::calendar(name)?;
    let division = engine.division().to_owned();
    let now_us = engine.clock().now().timestamp_micros();
    let row = Arc::new(store::calendar::CalendarRow {
        version: wanted.version().to_owned(),
        text: wanted.to_text(),
        in_force_from_us: now_us,
        loaded_at_us: now_us,
    });
    engine
        .store()
        .write(move |conn| {
            let row = Arc::clone(&row);
            let division = division.clone();
            Box::pin(async move {
                let newest = store::calendar::list(conn).await?.pop();
                if newest.as_ref().is_some_and(|n| n.version == row.version) {
                    return Ok(());
                }
                if !store::subject::page(conn, &division, "", 1).await?.is_empty() {
                    let found = newest.map(|n| n.version).unwrap_or_default();
                    return Err(EngineError::invalid(
                        "other_calendar",
                        format!(
                            "该日志按日历 {} 计算,而本库使用 {found} 且已有办件;请导入到新的数据库 / the log is counted by another calendar: import it into a database of its own",
                            row.version
                        ),
                    ));
                }
                store::calendar::insert(conn, &row).await?;
                new_edition(conn).await
            })
        })
        .await
}

/// Units and items that only the log knows are written down, so that its cases have something to hang on.
/// An item without limits of its own serves only cases whose due dates the log states.
async fn adopt_codes(engine: &Engine, log: &LogFile) -> Result<(), EngineError> {
    let books = engine.books(engine.division()).await?;
    let mut units: BTreeSet<String> = BTreeSet::new();
    let mut items: BTreeMap<String, String> = BTreeMap::new();
    for case in &log.cases {
        let known = books.items.contains_key(&ItemCode::new(case.item.clone()));
        // Without the item's own limits and without a due date a case can't be counted: it is rejected.
        let unit = match &case.unit {
            Some(unit) if known || case.due != DueSource::None => unit.clone(),
            None if !known && case.due != DueSource::None => case.item.clone(),
            _ => continue,
        };
        if books.directory.unit(&UnitCode::new(unit.clone())).is_none() {
            units.insert(unit.clone());
        }
        if !known {
            items.entry(case.item.clone()).or_insert(unit);
        }
    }
    if units.is_empty() && items.is_empty() {
        return Ok(());
    }
    let division = engine.division().to_owned();
    let now_us = engine.clock().now().timestamp_micros();
    let request = Arc::new((division, units, items));
    engine
        .store()
        .write(move |conn| {
            let request = Arc::clone(&request);
            Box::pin(async move {
                let (division, units, items) = &*request;
                for unit in units {
                    store::reference::put_unit(conn, &unit_row(division, unit)).await?;
                }
                for (item, unit) in items {
                    let row = item_row(division, item, unit, now_us);
                    store::reference::insert_item(conn, &row).await?;
                }
                new_edition(conn).await
            })
        })
        .await
}

fn unit_row(division: &str, unit: &str) -> store::reference::UnitRow {
    store::reference::UnitRow {
        division: division.to_owned(),
        unit: unit.to_owned(),
        name: unit.to_owned(),
        kind: "imported".to_owned(),
        vertical: false,
        hall: None,
        windows: None,
    }
}

fn item_row(division: &str, item: &str, unit: &str, now_us: i64) -> store::reference::ItemRow {
    store::reference::ItemRow {
        division: division.to_owned(),
        item: item.to_owned(),
        version: 1,
        valid_from_us: now_us,
        name: item.to_owned(),
        unit: unit.to_owned(),
        kind: "committed".to_owned(),
        category: "approval".to_owned(),
        promised_amount: 0,
        promised_unit: NO_LIMIT.to_owned(),
        statutory_amount: None,
        statutory_unit: None,
        handling: None,
        review: None,
        approval: None,
        completion: None,
        basis: String::new(),
        day0_rule: "material_complete".to_owned(),
        statutory_end: "completion".to_owned(),
        details: "{}".to_owned(),
    }
}

async fn write_batch(
    engine: &Engine,
    batch: &[Arc<LoggedCase>],
    source: &Arc<str>,
    telling: Telling,
) -> Result<Vec<Outcome>, EngineError> {
    let inner = Arc::clone(&engine.inner);
    let batch: Arc<[Arc<LoggedCase>]> = batch.into();
    let source = Arc::clone(source);
    engine
        .inner
        .store
        .write(move |conn| {
            let inner = Arc::clone(&inner);
            let batch = Arc::clone(&batch);
            let source = Arc::clone(&source);
            Box::pin(async move {
                let books = inner.library.books(conn, &inner.settings.division).await?;
                let mut outcomes = Vec::new();
                for case in batch.iter() {
                    outcomes.push(write_case(conn, &inner, &books, case, &source, telling).await?);
                }
                Ok::<_, EngineError>(outcomes)
            })
        })
        .await
}

/// Plans a case in the core, then writes it: a refusal in between leaves nothing behind.
async fn write_case(
    conn: &mut Conn,
    inner: &Inner,
    books: &Arc<Books>,
    case: &LoggedCase,
    source: &str,
    telling: Telling,
) -> Result<Outcome, EngineError> {
    let division = &inner.settings.division;
    let row = store::subject::get(conn, division, &case.number).await?;
    let met = match &row {
        Some(_) => store::event::source_keys(conn, division, &case.number).await?,
        None => Vec::new(),
    };
    let met: BTreeSet<String> = met.into_iter().collect();
    let known = case
        .rows
        .iter()
        .filter(|r| met.contains(&r.source_key))
        .count();
    let now = inner.clock.now();
    // What time did to a case that is here already is told as ever; only what the log brings is told as it was asked.
    let settled = match &row {
        Some(_) => {
            let settle = |work: &mut Work<'_>| Ok(work.settle()?);
            match transact(
                conn,
                inner,
                division,
                &case.number,
                now,
                Telling::Tell,
                settle,
            )
            .await
            {
                Ok((written, _)) => Some(written),
                Err(error) if error.is_of_one_subject() => {
                    return Ok(Outcome::Rejected(rejects_of(case, &error)));
                }
                Err(error) => return Err(error),
            }
        }
        None => None,
    };
    let feed = Feed {
        case,
        source,
        met: &met,
        books,
        now,
    };
    let plan = match feed.plan(division, settled.as_ref().map(|s| &*s.subject)) {
        Ok(plan) => plan,
        Err(refusal) => return Ok(Outcome::Rejected(rejects_of(case, &refusal.into()))),
    };
    let seen = settled.as_ref().map(|settled| Seen {
        seq: settled.subject.seq(),
        hash: settled.hash.clone(),
    });
    let state = State::of(&plan.subject);
    if !plan.is_empty() {
        let personal = personal_of(case);
        execute(
            conn,
            inner,
            books,
            plan,
            seen.as_ref(),
            personal.as_deref(),
            telling,
        )
        .await?;
    }
    let total = u64::try_from(case.rows.len()).unwrap_or(u64::MAX);
    let known = u64::try_from(known).unwrap_or(u64::MAX);
    Ok(Outcome::Written {
        new: row.is_none(),
        events: total.saturating_sub(known),
        met: known,
        state,
    })
}

pub(super) fn personal_of(case: &LoggedCase) -> Option<String> {
    let applicant = case.applicant.as_ref()?;
    let personal = serde_json::json!({
        "applicant": applicant.name,
        "id_number": applicant.id_number,
    });
    Some(personal.to_string())
}

fn rejects_of(case: &LoggedCase, refusal: &EngineError) -> Vec<Reject> {
    case.rows
        .iter()
        .map(|row| Reject {
            line: row.line,
            case: Some(case.number.clone()),
            reason: format!("{}: {refusal}", refusal.kind()),
            row: String::new(),
        })
        .collect()
}

/// One case of a log on its way into the record.
pub(super) struct Feed<'a> {
    pub(super) case: &'a LoggedCase,
    pub(super) source: &'a str,
    pub(super) met: &'a BTreeSet<String>,
    pub(super) books: &'a Books,
    pub(super) now: chrono::DateTime<chrono::Utc>,
}

/// The key of the receipt that a log states in a column of its own.
const START: &str = "case:start";
/// The key of the acceptance that goes with it.
const ACCEPTED: &str = "case:accepted";
/// The key of the end that a log states in a column of its own.
const END: &str = "case:end";

impl Feed<'_> {
    fn plan(&self, division: &str, loaded: Option<&Subject>) -> Result<Plan, Refusal> {
        // A log whose rows are all steps tells start and end in columns; its cases are open from their start.
        let steps_only = self
            .case
            .rows
            .iter()
            .all(|r| matches!(r.act, Act::Step | Act::Ignore));
        let mut rows: Vec<&LoggedRow> = self.case.rows.iter().collect();
        let mut work = match loaded {
            Some(subject) => Work::resume(subject.clone(), self.books, self.now),
            None => self.begin(division, &mut rows)?,
        };
        if steps_only && !self.is_met(ACCEPTED) {
            work.act(
                Command::Accept,
                &self.act(self.case.received_at, ACCEPTED, None),
            )?;
        }
        let ended_at = self.case.ended_at.filter(|_| steps_only);
        let end_known = self.is_met(END);
        let split = rows.partition_point(|r| ended_at.is_none_or(|end| r.occurred_at <= end));
        let (before, after) = rows.split_at(split.min(rows.len()));
        // What time did before a row comes before it: silence ends in a deemed acceptance, a notice precedes the stop. A
        // log of steps with due dates of its own has nothing between its start and its end that time could change.
        let time_acts = !(steps_only && self.case.due != DueSource::None);
        for row in before {
            if time_acts && !self.is_met(&row.source_key) {
                work.settle_up_to(row.occurred_at)?;
            }
            self.row(&mut work, row)?;
        }
        if let Some(end) = ended_at
            && !end_known
        {
            let act = self.act(end, END, None);
            work.act(Command::ReportEnd { outcome: None }, &act)?;
        }
        for row in after {
            self.row(&mut work, row)?;
        }
        work.settle()?;
        Ok(work.finish())
    }

    fn is_met(&self, key: &str) -> bool {
        self.met.contains(key)
    }

    pub(super) fn begin<'b>(
        &'b self,
        division: &str,
        rows: &mut Vec<&LoggedRow>,
    ) -> Result<Work<'b>, Refusal> {
        // A row that is itself the receipt begins the case; otherwise the log's start does.
        let receipt = rows.iter().position(|r| r.act == Act::Receive);
        let (at, key, by) = match receipt {
            Some(index) => {
                let row = rows.remove(index);
                (row.occurred_at, row.source_key.clone(), row.person.clone())
            }
            None => (self.case.received_at, START.to_owned(), None),
        };
        let opening = Opening::Receive {
            item: ItemCode::new(self.case.item.clone()),
            missing: Vec::new(),
            given_limit: given_limit(&self.case.due),
            source: Some(self.source.to_owned()),
            unit: self.case.unit.clone().map(UnitCode::new),
        };
        Work::begin(
            DivisionCode::new(division),
            SubjectId::new(self.case.number.clone()),
            opening,
            &self.act(at, &key, by),
            self.books,
            self.now,
        )
    }

    fn act(
        &self,
        at: chrono::DateTime<chrono::Utc>,
        key: &str,
        by: Option<String>,
    ) -> command::Act {
        command::Act {
            by: by.map(PersonCode::new),
            stands_for: None,
            at: Some(at),
            late_reason: None,
            source_key: Some(key.to_owned()),
            origin: Origin::Feed,
        }
    }

    /// A row that the case's state doesn't allow is kept as a step, marked out of order: it is evidence.
    pub(super) fn row(&self, work: &mut Work<'_>, row: &LoggedRow) -> Result<(), Refusal> {
        if self.is_met(&row.source_key) || row.act == Act::Ignore {
            return Ok(());
        }
        let act = self.act(row.occurred_at, &row.source_key, row.person.clone());
        let Some(command) = command_of(row) else {
            return work.act(step(row, None), &act);
        };
        match work.act(command, &act) {
            Err(refusal @ (Refusal::InFuture { .. } | Refusal::NotCovered { .. })) => Err(refusal),
            Err(_) => work.act(step(row, Some(Defect::OutOfOrder)), &act),
            Ok(()) => Ok(()),
        }
    }
}

/// The limit that another system states, as the core takes it.
pub(super) fn given_limit(due: &DueSource) -> Option<ClockTerm> {
    match *due {
        DueSource::Date(on) | DueSource::Instant { on, .. } => Some(ClockTerm::Given(on)),
        DueSource::Term(limit) => Some(ClockTerm::Counted(term(limit))),
        DueSource::None => None,
    }
}

pub(super) fn step(row: &LoggedRow, defect: Option<Defect>) -> Command {
    Command::Step {
        activity: row.activity.clone(),
        stage: row.stage.and_then(stage),
        group: row.group.clone(),
        person: row.person.clone(),
        defect,
    }
}

fn stage(stage: super::Stage) -> Option<approval::stage::Stage> {
    approval::stage::Stage::parse(stage.as_str())
}

fn outcome(row: &LoggedRow) -> Option<approval::stage::Outcome> {
    row.outcome
        .and_then(|o| approval::stage::Outcome::parse(o.as_str()))
}

fn term(limit: LoggedTerm) -> Term {
    let unit =
        calendar::TermUnit::parse(limit.unit.as_str()).unwrap_or(calendar::TermUnit::WorkingDays);
    Term::new(limit.amount, unit)
}

/// What a reason says when the log gives none.
const NO_REASON: &str = "(来源系统未说明)";

/// The command of a row; `None` for a step.
pub(super) fn command_of(row: &LoggedRow) -> Option<Command> {
    let reason = || row.reason.clone().unwrap_or_else(|| NO_REASON.to_owned());
    Some(match row.act {
        Act::Step | Act::Ignore | Act::Receive => return None,
        Act::Accept => Command::Accept,
        Act::Refuse => Command::RefuseAcceptance { reason: reason() },
        Act::NotNeeded => Command::NotNeeded { reason: reason() },
        Act::Correct => Command::Correct {
            missing: vec![reason()],
        },
        Act::Supply => Command::Supply,
        Act::Complete => Command::Complete {
            stage: stage(row.stage?)?,
            outcome: outcome(row),
            reason: row.reason.clone(),
            document: row.document.as_ref().and_then(|d| {
                Some(approval::event::Document {
                    number: d.number.clone()?,
                    date: d.date,
                })
            }),
        },
        Act::SendBack => Command::SendBack {
            to: stage(row.stage?)?,
            reason: reason(),
        },
        Act::Stop => Command::Stop {
            procedure: row
                .procedure
                .and_then(|p| approval::stage::Procedure::parse(p.as_str()))?,
            notice: row.notice.clone(),
            term: row.term.map(term),
            basis: Some(reason()),
            approver: Some(row.approver.clone().unwrap_or_else(|| NO_REASON.to_owned())),
        },
        Act::Resume => Command::Resume { stop: None },
        Act::Extend => Command::Extend {
            working_days: row.working_days?,
            approver: row.approver.clone().unwrap_or_else(|| NO_REASON.to_owned()),
            reason: reason(),
            notice: row.notice.clone(),
        },
        Act::Withdraw => Command::Close {
            outcome: approval::stage::Outcome::Withdrawn,
            reason: reason(),
            basis: None,
        },
        Act::End => match outcome(row) {
            Some(how) if how.is_of_closing() => Command::Close {
                outcome: how,
                reason: reason(),
                basis: None,
            },
            how => Command::ReportEnd { outcome: how },
        },
        Act::Deliver => Command::Deliver,
    })
}
