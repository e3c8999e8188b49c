//! The one writer that a process has on SQLite: what waits together is committed together.
//!
//! A commit costs a flush to the disk, a case costs a few rows: 64 clerks who each waited for a flush of their own
//! would stand in a queue 64 flushes long. The writer takes the waiting work one by one, each inside a savepoint,
//! commits once and only then answers. Other processes on the same file get the lock between two batches.
//!
//! The writer has a thread to itself: it exchanges a few words with SQLite's thread for every row, and on the threads
//! that serve the clerks each of them would wait behind the clerks' own work.

use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use sqlx::SqliteConnection;
use tokio::sync::{Mutex, mpsc, oneshot};
// The age of a batch is measured with the runtime's own timer: it is no business time and is recorded nowhere.
use tokio::time::Instant;

use crate::conn::{Conn, on_db};
use crate::error::{AsConflict, StoreError};

/// A batch takes no more work after holding the write lock for this long (other processes wait for it).
const BATCH_AGE_MAX: Duration = Duration::from_millis(50);
/// A batch takes no more work than this, so that answers aren't held back for the last in a long queue.
const BATCH_JOBS_MAX: usize = 512;
/// Work that may wait in the queue; whoever comes then waits for a place.
const QUEUE_MAX: usize = 4096;
/// How long a batch waits for those whom the batch before has just answered; a fraction of a flush.
const LINGER_MAX: Duration = Duration::from_micros(300);
/// How long SQLite itself waits for the lock before the writer asks anew. Short, because SQLite sleeps longer each
/// time and would sleep through the moment between two batches of another process.
const LOCK_WAIT: &str = "PRAGMA busy_timeout = 5";
/// What a savepoint needs to be undone is kept in memory. It is the pages that one command has touched, and written to
/// a file they would be two dozen small writes for each command, three times as many as the record's own.
const UNDO_IN_MEMORY: &str = "PRAGMA temp_store = MEMORY";
/// After this long without the lock all waiting work is told that the database is busy.
const LOCK_WAIT_MAX: Duration = Duration::from_secs(10);

const BEGIN: &str = "BEGIN IMMEDIATE; SAVEPOINT job";
const NEXT: &str = "RELEASE job; SAVEPOINT job";
const UNDO: &str = "ROLLBACK TO job";
const COMMIT: &str = "COMMIT";
const ROLLBACK: &str = "ROLLBACK";

/// How the one writer on SQLite groups what waits together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grouping {
    /// A batch takes no more work after holding the write lock for this long.
    pub batch_age_max: Duration,
}

impl Default for Grouping {
    fn default() -> Self {
        Self {
            batch_age_max: BATCH_AGE_MAX,
        }
    }
}

/// The sending side of the queue, and the end of the thread behind it.
#[derive(Debug)]
pub(crate) struct Writer {
    queue: Mutex<Option<mpsc::Sender<Box<dyn Job>>>>,
    sender: mpsc::WeakSender<Box<dyn Job>>,
    ended: Mutex<Option<oneshot::Receiver<()>>>,
}

impl Writer {
    /// Starts the thread that owns the connection.
    pub(crate) async fn start(
        mut connection: SqliteConnection,
        grouping: Grouping,
    ) -> Result<Self, StoreError> {
        for setting in [LOCK_WAIT, UNDO_IN_MEMORY] {
            sqlx::query(setting)
                .execute(&mut connection)
                .await
                .map_err(|error| StoreError::from_driver("writer::start", error))?;
        }
        let (queue, waiting) = mpsc::channel(QUEUE_MAX);
        let loop_ = Loop {
            conn: Conn::sqlite_writer(connection),
            waiting,
            grouping,
            alone: Vec::new(),
            expected: 1,
        };
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| StoreError::from_driver("writer", sqlx::Error::Io(error)))?;
        let (ending, ended) = oneshot::channel();
        std::thread::Builder::new()
            .name("store-writer".to_owned())
            .spawn(move || {
                runtime.block_on(loop_.run());
                // Nobody may be waiting for the end.
                let _ = ending.send(());
            })
            .map_err(|error| StoreError::from_driver("writer", sqlx::Error::Io(error)))?;
        Ok(Self {
            sender: queue.downgrade(),
            queue: Mutex::new(Some(queue)),
            ended: Mutex::new(Some(ended)),
        })
    }

    /// Queues work and waits for its answer.
    pub(crate) async fn write<T, E, F>(&self, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + AsConflict + Send + 'static,
        F: for<'c> Fn(&'c mut Conn) -> BoxFuture<'c, Result<T, E>> + Send + Sync + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let queue = self.sender.upgrade().ok_or(StoreError::Closed)?;
        queue
            .send(Box::new(Work {
                work,
                result: None,
                reply,
            }))
            .await
            .map_err(|_| StoreError::Closed)?;
        drop(queue);
        answer.await.map_err(|_| StoreError::Closed)?
    }

    /// Lets the writer finish what waits and ends it.
    pub(crate) async fn close(&self) {
        drop(self.queue.lock().await.take());
        if let Some(ended) = self.ended.lock().await.take()
            && ended.await.is_err()
        {
            tracing::error!("the writer's thread ended badly");
        }
    }
}

/// Work in the queue, whatever its types.
trait Job: Send {
    /// Runs the work and keeps its result; true if its changes are to be kept.
    fn run<'c>(&'c mut self, conn: &'c mut Conn) -> BoxFuture<'c, bool>;
    /// Answers with the result, or with the batch's failure in place of a success.
    fn answer(self: Box<Self>, batch: Result<(), StoreError>);
}

struct Work<T, E, F> {
    work: F,
    result: Option<Result<T, E>>,
    reply: oneshot::Sender<Result<T, E>>,
}

impl<T, E, F> Job for Work<T, E, F>
where
    T: Send,
    E: From<StoreError> + Send,
    F: for<'c> Fn(&'c mut Conn) -> BoxFuture<'c, Result<T, E>> + Send + Sync,
{
    fn run<'c>(&'c mut self, conn: &'c mut Conn) -> BoxFuture<'c, bool> {
        Box::pin(async move {
            let result = guarded(&self.work, conn).await;
            self.result.insert(result).is_ok()
        })
    }

    fn answer(self: Box<Self>, batch: Result<(), StoreError>) {
        let answer = match (self.result, batch) {
            // A refusal stands, whatever becomes of the batch: nothing of it was to be kept.
            (Some(Err(refusal)), _) => Err(refusal),
            (_, Err(error)) => Err(E::from(error)),
            (Some(Ok(value)), Ok(())) => Ok(value),
            (None, Ok(())) => Err(E::from(StoreError::Closed)),
        };
        // Nobody may be waiting any more; what is recorded stays recorded.
        drop(self.reply.send(answer));
    }
}

/// Runs work so that neither a panic nor a failed statement it passed over can end in a commit.
pub(crate) async fn guarded<T, E, F>(work: &F, conn: &mut Conn) -> Result<T, E>
where
    E: From<StoreError>,
    F: for<'c> Fn(&'c mut Conn) -> BoxFuture<'c, Result<T, E>>,
{
    let outcome = AssertUnwindSafe(async { work(conn).await })
        .catch_unwind()
        .await;
    match (outcome, conn.take_failure()) {
        (Err(panic), _) => Err(E::from(StoreError::Panicked {
            reason: reason(&*panic),
        })),
        (Ok(Ok(_)), Some(failure)) => Err(E::from(failure)),
        (Ok(result), _) => result,
    }
}

fn reason(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "no reason given".to_owned())
}

/// What the thread behind the queue owns.
struct Loop {
    conn: Conn,
    waiting: mpsc::Receiver<Box<dyn Job>>,
    grouping: Grouping,
    /// Work whose batch broke through no fault of its own: run again, one to a batch.
    alone: Vec<Box<dyn Job>>,
    /// The size of the batch before: as many are likely to come again at once.
    expected: usize,
}

/// How the work of a batch ended before its commit.
enum Filled {
    /// Ready to commit.
    Whole(Vec<Box<dyn Job>>),
    /// The database gave the whole transaction up, under the hands of `culprit` if one is named.
    Broken {
        jobs: Vec<Box<dyn Job>>,
        culprit: Option<Box<dyn Job>>,
    },
}

impl Loop {
    async fn run(mut self) {
        loop {
            let (first, jobs_max) = match self.alone.pop() {
                Some(job) => (job, 1),
                None => match self.waiting.recv().await {
                    Some(job) => (job, BATCH_JOBS_MAX),
                    None => break,
                },
            };
            self.batch(first, jobs_max).await;
        }
        if let Err(error) = self.conn.close().await {
            tracing::warn!(error = %error, "closing the database failed");
        }
    }

    async fn batch(&mut self, first: Box<dyn Job>, jobs_max: usize) {
        if let Err(error) = self.begin().await {
            self.refuse_all(first, &error);
            return;
        }
        match self.fill(first, jobs_max).await {
            Filled::Whole(jobs) => {
                self.expected = jobs.len();
                let committed = self
                    .statement(COMMIT)
                    .await
                    .map_err(StoreError::from_commit);
                if committed.is_err() {
                    self.roll_back().await;
                }
                for job in jobs {
                    job.answer(committed.clone());
                }
            }
            Filled::Broken { mut jobs, culprit } => {
                self.roll_back().await;
                if let Some(culprit) = culprit {
                    culprit.answer(Ok(()));
                }
                jobs.reverse();
                self.alone.extend(jobs);
            }
        }
    }

    /// Takes the write lock, waiting for other processes.
    async fn begin(&mut self) -> Result<(), StoreError> {
        let started = Instant::now();
        loop {
            match self.statement(BEGIN).await {
                Ok(()) => return Ok(()),
                Err(error) => match StoreError::from_driver("BEGIN IMMEDIATE", error) {
                    StoreError::Busy { .. } if started.elapsed() < LOCK_WAIT_MAX => {}
                    error => {
                        self.roll_back().await;
                        return Err(error);
                    }
                },
            }
        }
    }

    /// Runs one piece of work after the other while any waits and the batch is young.
    async fn fill(&mut self, first: Box<dyn Job>, jobs_max: usize) -> Filled {
        let started = Instant::now();
        let mut jobs = Vec::with_capacity(self.expected);
        let mut job = first;
        loop {
            let keep = job.run(&mut self.conn).await;
            if !keep && self.statement(UNDO).await.is_err() {
                return Filled::Broken {
                    jobs,
                    culprit: Some(job),
                };
            }
            jobs.push(job);
            if jobs.len() >= jobs_max || started.elapsed() >= self.grouping.batch_age_max {
                return Filled::Whole(jobs);
            }
            let Some(next) = self.next(jobs.len()).await else {
                return Filled::Whole(jobs);
            };
            job = next;
            // An undone savepoint is still open and serves the next job.
            if keep && let Err(error) = self.statement(NEXT).await {
                tracing::error!(error = %error, "a savepoint couldn't be set, the batch is run again one by one");
                jobs.push(job);
                return Filled::Broken {
                    jobs,
                    culprit: None,
                };
            }
        }
    }

    /// The next work in the queue; waits a moment if the batch before was larger than this one.
    async fn next(&mut self, taken: usize) -> Option<Box<dyn Job>> {
        if let Ok(job) = self.waiting.try_recv() {
            return Some(job);
        }
        if taken >= self.expected {
            return None;
        }
        let started = Instant::now();
        while started.elapsed() < LINGER_MAX {
            // The clerks who were just answered may need this processor to come back.
            std::thread::yield_now();
            if let Ok(job) = self.waiting.try_recv() {
                return Some(job);
            }
        }
        None
    }

    /// Tells everybody who waits that the lock didn't come.
    fn refuse_all(&mut self, first: Box<dyn Job>, error: &StoreError) {
        // All who waited are taken out before the first is answered: what comes after an answer hasn't waited.
        let mut waited = vec![first];
        waited.append(&mut self.alone);
        while let Ok(job) = self.waiting.try_recv() {
            waited.push(job);
        }
        for job in waited {
            job.answer(Err(error.clone()));
        }
    }

    async fn statement(&mut self, sql: &'static str) -> Result<(), sqlx::Error> {
        on_db!(&mut self.conn, |c| sqlx::query(sql)
            .execute(c)
            .await
            .map(|_| ()))
    }

    /// Ends whatever is open; the database may have done so already.
    async fn roll_back(&mut self) {
        if let Err(error) = self.statement(ROLLBACK).await {
            tracing::debug!(error = %error, "nothing to roll back");
        }
    }
}
