//! Revisions: a new calendar or new rules come into force, and the open subjects follow in batches.
//!
//! The transaction that puts the new version in force also writes a revision row; its cursor moves in the
//! transaction of each batch, so that whoever goes on after a crash, or beside another process, goes on exactly there.
//! Until the batches have come to a subject, its own next command brings it up to date first
//! ([`crate::commands`]); the trace of that is written when the batches pass it.
//!
//! A subject is revised first and settled then. Settling first would give the same cards in the end, since a card
//! that rests on a date which moves falls with it; it would only leave a card and its annulment in the record.

mod calendar;
mod desk;
mod rules;
mod survey;
mod trial;

use std::sync::Arc;
use std::time::Duration;

use approval::Books;
use store::codec::micros;
use store::revision::RevisionRow;
use store::subject::SubjectRow;
use store::{AsConflict, Conn};

use self::calendar::Gathered;
use self::survey::Reach;
use crate::engine::{Engine, Inner};
use crate::error::EngineError;

pub use calendar::RevisionReport;
pub use desk::{InForce, Progress};
pub use rules::RulesReport;
pub use trial::{RuleTrial, RulesTrial, TRIED_MAX};

/// Subjects in one transaction, as in the sweep: a batch holds the write lock for well under 50 ms.
const BATCH: i64 = 40;

/// How long to wait after meeting another process that works on the same revision.
const MET_PAUSE: Duration = Duration::from_millis(20);

/// How often in a row that may happen: two seconds.
const MET_MAX: u32 = 100;

/// Whether a revision is written or only counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RevisionMode {
    /// Written.
    Apply,
    /// Counted.
    DryRun,
}

/// How far a step has brought a revision.
enum Step {
    /// There may be more.
    More,
    /// It is through.
    Done,
}

/// How many subjects a step looks at.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Stride {
    /// A whole batch.
    Batch,
    /// The one behind this place, because the batch met one that can't be revised.
    Single(Place),
    /// The one behind this place, which is passed over. If another process has come further meanwhile it isn't the next
    /// one any more, and the next one is well.
    PassOver(Place),
}

/// The last subject that a revision is through with.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Place {
    division: Option<String>,
    subject: Option<String>,
}

impl Place {
    fn of(row: &RevisionRow) -> Self {
        Self {
            division: row.cursor_division.clone(),
            subject: row.cursor_subject.clone(),
        }
    }
}

impl Engine {
    /// Goes on with revisions that aren't through: after a crash, or beside the process that began them. One that can't
    /// be finished doesn't keep the next one waiting.
    ///
    /// # Errors
    /// The database's: the first, after all were tried.
    pub async fn resume_revisions(&self) -> Result<Vec<String>, EngineError> {
        let unfinished = {
            let mut conn = self.inner.store.read().await?;
            store::revision::unfinished(&mut conn).await?
        };
        let mut done = Vec::new();
        let mut failed = None;
        for row in unfinished {
            match self.finish_revision(&row.revision).await {
                Ok(_) => done.push(row.revision),
                Err(error) => {
                    tracing::error!(revision.name = %row.revision, error.kind = error.kind(), error = %error, "a revision can't be finished");
                    metrics::counter!("shixian_revision_failures_total").increment(1);
                    failed = failed.or(Some(error));
                }
            }
        }
        failed.map_or(Ok(done), Err)
    }

    /// Works off a revision, batch by batch, and gives its row as it is in the end.
    async fn finish_revision(&self, revision: &str) -> Result<RevisionRow, EngineError> {
        let mut stride = Stride::Batch;
        let mut met = 0;
        loop {
            self.stepped();
            let error = match self.revision_step(revision, &stride).await {
                Ok(Step::Done) => break,
                Ok(Step::More) => {
                    (stride, met) = (Stride::Batch, 0);
                    continue;
                }
                Err(error) => error,
            };
            if error.is_conflict() && met < MET_MAX {
                met += 1;
                tokio::time::sleep(MET_PAUSE).await;
                continue;
            }
            // A row that never agrees with its events is damaged, too.
            if !error.is_of_one_subject() && !error.is_conflict() {
                return Err(error);
            }
            met = 0;
            stride = match stride {
                Stride::Batch => Stride::Single(Place::of(&self.revision_row(revision).await?)),
                Stride::Single(place) => {
                    tracing::error!(revision.name = revision, error.kind = error.kind(), error = %error, "a subject can't be revised");
                    metrics::counter!("shixian_subjects_not_revised_total").increment(1);
                    Stride::PassOver(place)
                }
                Stride::PassOver(_) => return Err(error),
            };
        }
        self.revision_row(revision).await
    }

    async fn revision_row(&self, revision: &str) -> Result<RevisionRow, EngineError> {
        let mut conn = self.inner.store.read().await?;
        let row = store::revision::get(&mut conn, revision).await?;
        row.ok_or_else(|| missing(revision))
    }

    async fn revision_step(&self, revision: &str, stride: &Stride) -> Result<Step, EngineError> {
        let inner = Arc::clone(&self.inner);
        let request = Arc::new((revision.to_owned(), stride.clone()));
        self.inner
            .store
            .write(move |conn| {
                let inner = Arc::clone(&inner);
                let request = Arc::clone(&request);
                Box::pin(async move { step(conn, &inner, &request.0, &request.1).await })
            })
            .await
    }
}

/// One batch: the subjects after the cursor, and the cursor itself.
async fn step(
    conn: &mut Conn,
    inner: &Inner,
    revision: &str,
    stride: &Stride,
) -> Result<Step, EngineError> {
    let Some(mut row) = store::revision::get(conn, revision).await? else {
        return Err(missing(revision));
    };
    if row.finished_at_us.is_some() {
        return Ok(Step::Done);
    }
    let looked_at_before = row.looked_at;
    let limit = match stride {
        Stride::Batch => BATCH,
        Stride::Single(place) | Stride::PassOver(place) if *place != Place::of(&row) => {
            return Ok(Step::More);
        }
        Stride::Single(_) | Stride::PassOver(_) => 1,
    };
    let Some((books, subjects)) = next_page(conn, inner, &mut row, limit).await? else {
        row.finished_at_us = Some(micros(inner.clock.now()));
        store::revision::update(conn, &row, looked_at_before).await?;
        return Ok(Step::Done);
    };
    row.cursor_subject = subjects.last().map(|last| last.subject.clone());
    if matches!(stride, Stride::PassOver(_)) {
        row.looked_at += 1;
    } else {
        let loaded = survey::load_all(conn, inner, &books, &subjects).await?;
        let mut gathered = Gathered::default();
        for (subject_row, subject) in subjects.iter().zip(loaded) {
            match row.kind.as_str() {
                "rules" => rules::visit(conn, &books, subject_row, &subject, &mut row).await?,
                _ => {
                    let gathered = &mut gathered;
                    calendar::visit(
                        conn,
                        inner,
                        &books,
                        subject_row,
                        &subject,
                        &mut row,
                        gathered,
                    )
                    .await?;
                }
            }
        }
        gathered.write(conn, inner, &books).await?;
    }
    store::revision::update(conn, &row, looked_at_before).await?;
    Ok(Step::More)
}

/// The subjects after the cursor, with their division's books; the cursor moves on to the next division where one has no
/// more. None when all are through.
async fn next_page(
    conn: &mut Conn,
    inner: &Inner,
    row: &mut RevisionRow,
    limit: i64,
) -> Result<Option<Page>, EngineError> {
    if let Some(division) = row.cursor_division.clone() {
        let after = row.cursor_subject.clone().unwrap_or_default();
        let page = page_of(conn, inner, row, (&division, &after), limit).await?;
        if page.is_some() {
            return Ok(page);
        }
    }
    row.cursor_subject = None;
    // An emptied division stays behind the cursor even if a subject is added to it meanwhile: new ones are
    // counted with what is in force.
    for division in store::reference::divisions(conn).await? {
        let division = division.division;
        if row
            .cursor_division
            .as_ref()
            .is_some_and(|at| division <= *at)
        {
            continue;
        }
        let page = page_of(conn, inner, row, (&division, ""), limit).await?;
        row.cursor_division = Some(division);
        if page.is_some() {
            return Ok(page);
        }
    }
    Ok(None)
}

/// Subjects of a division, and its books.
type Page = (Arc<Books>, Vec<SubjectRow>);

/// The subjects of a division after one of them.
async fn page_of(
    conn: &mut Conn,
    inner: &Inner,
    row: &RevisionRow,
    (division, after): (&str, &str),
    limit: i64,
) -> Result<Option<Page>, EngineError> {
    let books = inner.library.books(conn, division).await?;
    let reach = match row.kind.as_str() {
        "rules" => Reach::Live,
        _ => Reach::of(
            &books,
            books.calendar_version(&row.from_version)?,
            books.calendar_version(&row.to_version)?,
        ),
    };
    let mut subjects = reach.page(conn, division, after, limit).await?;
    // The card that a new date takes away from a case takes its order with it, and that of an order its appeal: they
    // are read when the cases are done.
    subjects.truncate(alike(&subjects));
    Ok((!subjects.is_empty()).then_some((books, subjects)))
}

/// How many subjects of one kind a page begins with.
fn alike(subjects: &[SubjectRow]) -> usize {
    let mut pages = subjects.chunk_by(|a, b| a.kind == b.kind);
    pages.next().map_or(0, <[SubjectRow]>::len)
}

/// One for a subject that was there when the revision began. Those opened since are counted with the new version, among
/// them the orders that its own cards bring.
fn counts(subject: &SubjectRow, started_at_us: i64) -> i64 {
    let since = subject.received_at_us - started_at_us;
    i64::from(since < 0 || (since == 0 && subject.kind == "case"))
}

/// A row whose next alarm alone is set anew. Nothing happened to the subject, so there is no event; the update goes
/// through only if there has been none meanwhile either.
async fn set_alarm(
    conn: &mut Conn,
    row: &SubjectRow,
    next_alarm_us: Option<i64>,
) -> Result<(), EngineError> {
    let next = SubjectRow {
        next_alarm_us,
        ..row.clone()
    };
    store::subject::update(conn, &next, &store::subject::Seen::of(row)).await?;
    Ok(())
}

fn missing(revision: &str) -> EngineError {
    EngineError::Store(store::StoreError::Missing {
        table: "revision",
        key: revision.to_owned(),
    })
}

/// A number of the record as reports have it.
fn number(count: i64) -> u64 {
    u64::try_from(count).unwrap_or(0)
}

/// When a new version comes into force: now, but after the version before it, whose place it takes even if the clock
/// stands.
fn in_force_from(now_us: i64, before_us: i64) -> i64 {
    now_us.max(before_us.saturating_add(1))
}
