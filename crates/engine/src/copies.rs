//! Copies of a record: made while it is written, and adopted where the record is lost.
//!
//! Of two copies of a record only one may mail and raise cards. So a copy is marked, and a PostgreSQL database knows the
//! place where it was made: neither is opened for work until somebody adopts it. Adopting withholds what the copy found
//! unsent, since the record that it was made of has most likely sent it; what falls due from then on, and what fell due
//! since the copy was made, is raised and mailed as ever.

use std::sync::Arc;

use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Deserialize, Serialize};
use store::codec::{instant, micros};
use store::feed::FeedPosition;
use store::{Conn, Store};

use crate::accounts::{Caller, Entry, append_to};
use crate::engine::Engine;
use crate::error::EngineError;

/// Meta key: the instant at which a copy was made, in microseconds; empty or absent: it is none.
const COPY: &str = "copy";
/// Meta key: the last restoring.
const RESTORED: &str = "restored";
/// Meta key: where a PostgreSQL database was made.
pub(crate) const HOME: &str = "home";

/// What stands in the audit log as the account of whoever runs a command.
pub const COMMAND_LINE: &str = "(command line)";

/// Why an item that a copy found unsent is dropped.
const DROPPED: &str = "restored";
/// Why a message that a copy found unsent isn't sent.
const WITHHELD: &str = "从备份恢复:原库可能已发出,不再自动发送;确需发送请逐封执行 outbox retry / restored from a copy: the record \
    that it was made of has perhaps sent it; `outbox retry ID` sends it";

/// What makes a database a copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Copied {
    /// A file that was written as a copy.
    Backup {
        /// When.
        at: DateTime<Utc>,
    },
    /// A PostgreSQL database that lies elsewhere than where it was made.
    Moved,
}

/// How a restored record came about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Restored {
    /// When it was adopted.
    pub at: DateTime<Utc>,
    /// What it was restored from, as the operator named it.
    pub from: String,
    /// When the copy was made, where it says so.
    pub copied_at: Option<DateTime<Utc>>,
    /// When the last event in it was recorded: its record goes on from there.
    pub record_until: Option<DateTime<Utc>>,
    /// Whether unsent mail was withheld.
    pub mail_withheld: bool,
}

/// What becomes of mail that a copy finds unsent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OldMail {
    /// It is withheld: the record that the copy was made of has perhaps sent it.
    Withheld,
    /// It is sent: nothing ran on that record after the copy was made.
    Sent,
}

/// What adopting did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Adopted {
    /// What is remembered.
    pub restored: Restored,
    /// Messages that are withheld.
    pub messages: i64,
    /// Message items that are dropped.
    pub items: i64,
    /// Sessions that were ended.
    pub sessions: i64,
}

impl Copied {
    /// Why it isn't opened, and what to do.
    pub(crate) fn not_adopted(self) -> EngineError {
        let message = match self {
            Self::Backup { at } => format!(
                "这是 {at} 所做的备份,不能直接使用;请用 shixian restore 恢复,或在确认原库不再使用后执行 shixian restore --adopt / \
                 this is a copy made at {at}: restore it with `shixian restore`, or `shixian restore --adopt` once the record that it \
                 was made of is out of use",
                at = text(at)
            ),
            Self::Moved => "这个数据库是从别处的转储恢复的;请确认原库不再使用后执行 shixian restore --adopt / this database was \
                restored from a dump of another one: `shixian restore --adopt` once that one is out of use"
                .to_owned(),
        };
        EngineError::NotReady { message }
    }
}

/// Whether a database is a copy that nobody has adopted.
pub(crate) async fn copied(conn: &mut Conn) -> Result<Option<Copied>, EngineError> {
    let marked = store::meta::get(conn, COPY).await?;
    if let Some(at_us) = marked.and_then(|at| at.parse().ok()) {
        return Ok(Some(Copied::Backup { at: instant(at_us) }));
    }
    let made = store::meta::get(conn, HOME).await?;
    let lies = store::meta::home(conn).await?;
    let moved = made.zip(lies).is_some_and(|(made, lies)| made != lies);
    Ok(moved.then_some(Copied::Moved))
}

/// The last restoring.
pub(crate) async fn restored(conn: &mut Conn) -> Result<Option<Restored>, EngineError> {
    let text = store::meta::get(conn, RESTORED).await?;
    Ok(text.and_then(|text| serde_json::from_str(&text).ok()))
}

impl Engine {
    /// Writes a copy of the record as it is now into a new SQLite file, and marks it as one.
    ///
    /// # Errors
    /// The database's; on PostgreSQL, which has means of its own.
    pub async fn copy_to(&self, path: &str) -> Result<DateTime<Utc>, EngineError> {
        let at = self.clock().now();
        self.inner.store.copy_to(path).await?;
        let copy = Store::open(&format!("sqlite:{path}")).await?;
        let marked = copy
            .write(move |conn| {
                Box::pin(async move {
                    store::meta::set(conn, COPY, &micros(at).to_string()).await?;
                    Ok::<(), EngineError>(())
                })
            })
            .await;
        copy.close().await;
        marked.map(|()| at)
    }

    /// Makes a copy the record that is worked on. What it found unsent is withheld or sent, everybody signs in anew, and
    /// that it was done stands in the audit log of each division.
    ///
    /// # Errors
    /// The database's. Adopting that broke off is begun again.
    pub async fn adopt(&self, from: &str, mail: OldMail) -> Result<Adopted, EngineError> {
        let divisions = {
            let mut conn = self.inner.store.read().await?;
            store::reference::divisions(&mut conn).await?
        };
        let copied_at = match self.standing().copy {
            Some(Copied::Backup { at }) => Some(at),
            Some(Copied::Moved) | None => None,
        };
        let mut adopted = Adopted {
            restored: Restored {
                at: self.clock().now(),
                from: from.to_owned(),
                copied_at,
                record_until: None,
                mail_withheld: mail == OldMail::Withheld,
            },
            messages: 0,
            items: 0,
            sessions: 0,
        };
        for division in divisions {
            self.adopt_division(division.division, mail, &mut adopted)
                .await?;
        }
        self.adopt_whole(adopted.restored.clone()).await?;
        Ok(adopted)
    }

    async fn adopt_division(
        &self,
        division: String,
        mail: OldMail,
        adopted: &mut Adopted,
    ) -> Result<(), EngineError> {
        let request = Arc::new((division, adopted.restored.from.clone()));
        let engine = self.clone();
        let done = self.inner.store.write(move |conn| {
            let (request, engine) = (Arc::clone(&request), engine.clone());
            Box::pin(async move {
                let (division, from) = &*request;
                adopt_one(conn, &engine, division, from, mail).await
            })
        });
        let of_division = done.await?;
        adopted.restored.record_until = adopted
            .restored
            .record_until
            .max(of_division.record_until_us.map(instant));
        adopted.messages += of_division.messages;
        adopted.items += of_division.items;
        adopted.sessions += of_division.sessions;
        Ok(())
    }

    /// The last step, after which it is no copy any more.
    async fn adopt_whole(&self, restored: Restored) -> Result<(), EngineError> {
        let told = serde_json::to_string(&restored).map_err(|error| EngineError::NotReady {
            message: error.to_string(),
        })?;
        let home = {
            let mut conn = self.inner.store.read().await?;
            store::meta::home(&mut conn).await?
        };
        let request = Arc::new((told, home));
        let done = self.inner.store.write(move |conn| {
            let request = Arc::clone(&request);
            Box::pin(async move {
                let (told, home) = &*request;
                store::meta::set(conn, RESTORED, told).await?;
                store::meta::set(conn, COPY, "").await?;
                if let Some(home) = home {
                    store::meta::set(conn, HOME, home).await?;
                }
                Ok::<(), EngineError>(())
            })
        });
        done.await
    }
}

/// What adopting came to in one division.
struct OfDivision {
    record_until_us: Option<i64>,
    messages: i64,
    items: i64,
    sessions: i64,
}

async fn adopt_one(
    conn: &mut Conn,
    engine: &Engine,
    division: &str,
    from: &str,
    mail: OldMail,
) -> Result<OfDivision, EngineError> {
    // Nobody else is at work on a copy: what is visible is complete.
    let end = store::feed::last(conn, division, i64::MAX).await?;
    let last = last_event(conn, division, &end).await?;
    let mut done = OfDivision {
        record_until_us: last.as_ref().map(|event| event.recorded_at_us),
        messages: 0,
        items: 0,
        sessions: store::account::end_all(conn, division).await?,
    };
    if mail == OldMail::Withheld {
        done.messages = store::message::withhold(conn, division, WITHHELD).await?;
        done.items = store::message_item::drop_all_free(conn, division, DROPPED).await?;
    }
    let until = last.map_or_else(
        || "no event".to_owned(),
        |event| {
            let at = text(instant(event.recorded_at_us));
            format!("{} {} of {at}", event.subject, event.seq)
        },
    );
    let detail = format!(
        "record until {until}, {} messages withheld, {} items dropped, {} sessions ended",
        done.messages, done.items, done.sessions
    );
    let entry = Entry::done("restored", from).with(detail);
    let caller = Caller {
        account: COMMAND_LINE.to_owned(),
        address: String::new(),
    };
    append_to(conn, &engine.inner, division, &caller, &entry).await?;
    Ok(done)
}

/// The event at the end of the feed.
async fn last_event(
    conn: &mut Conn,
    division: &str,
    end: &FeedPosition,
) -> Result<Option<store::event::EventRow>, EngineError> {
    let before = end.seq - 1;
    let events = store::event::of_subject(conn, division, &end.subject, before, 1).await?;
    Ok(events.into_iter().next())
}

fn text(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}
