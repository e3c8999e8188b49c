//! Anchors: one digest over all events of a division up to a place in their order, to be kept where the database's
//! administrators can't reach.
//!
//! ```text
//! head of no event = 64 zeros
//! head of n events = H( head of n - 1 events ‖ hash of the nth event )
//! ```
//!
//! The order is that of followers ([`crate::feed`]). Each event's hash covers its payload and the subject's events before
//! it, so that a head covers everything that the events say, which of them there are, and their order.

use crate::StoreError;
use crate::audit;
use crate::chain::{GENESIS, HashAlgorithm, chain_hash};
use crate::conn::{Conn, Table, decode, fetch_all, on_db, statement_name, statements};
use crate::feed::{self, FeedPosition};

/// Events read at once.
const PAGE: i64 = 5_000;

statements! {
    PAGE_OF_HASHES = "SELECT feed_group, subject, seq, hash FROM event \
        WHERE division = $1 AND (feed_group, subject, seq) > ($2, $3, $4) AND feed_group < $5 \
        ORDER BY feed_group, subject, seq LIMIT $6";
}

/// How the events of a division stood at a place in their order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// How many events there were.
    pub events: i64,
    /// The last of them; the beginning if there was none.
    pub position: FeedPosition,
    /// The digest over all of them.
    pub head: String,
}

/// How the audit log of a division stood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogHead {
    /// The number of its last entry, 0 if there was none.
    pub seq: i64,
    /// The hash of that entry.
    pub hash: String,
}

/// The hash of an event at its place.
#[derive(Debug, sqlx::FromRow)]
struct HashRow {
    feed_group: i64,
    subject: String,
    seq: i64,
    hash: String,
}

impl Table for HashRow {
    const TABLE: &'static str = "event";
    const KEY: &'static [&'static str] = &["subject", "seq"];
}

/// A walk over all events of a division in their order, that can be asked on the way.
#[derive(Debug)]
pub struct Walk {
    division: String,
    algorithm: HashAlgorithm,
    bound: i64,
    head: Head,
    page: std::vec::IntoIter<HashRow>,
    next: Option<HashRow>,
}

impl Walk {
    /// Begins before the first event. Ask on a connection whose statements see one state ([`crate::Store::snapshot`]).
    pub async fn begin(
        conn: &mut Conn,
        division: &str,
        algorithm: HashAlgorithm,
    ) -> Result<Self, StoreError> {
        Ok(Self {
            division: division.to_owned(),
            algorithm,
            bound: feed::bound(conn).await?,
            head: Head {
                events: 0,
                position: FeedPosition::default(),
                head: GENESIS.to_owned(),
            },
            page: Vec::new().into_iter(),
            next: None,
        })
    }

    /// Goes on up to and including a place, or to the end; gives how the events stand there.
    pub async fn to(
        &mut self,
        conn: &mut Conn,
        place: Option<&FeedPosition>,
    ) -> Result<&Head, StoreError> {
        while self.look_ahead(conn).await? {
            let Some(row) = self.next.take_if(|row| {
                place.is_none_or(|place| {
                    (row.feed_group, row.subject.as_str(), row.seq)
                        <= (place.group, place.subject.as_str(), place.seq)
                })
            }) else {
                break;
            };
            self.head = Head {
                events: self.head.events + 1,
                head: chain_hash(self.algorithm, &self.head.head, &row.hash),
                position: FeedPosition {
                    group: row.feed_group,
                    subject: row.subject,
                    seq: row.seq,
                },
            };
        }
        Ok(&self.head)
    }

    /// Reads the next event if it isn't known yet; false at the end.
    async fn look_ahead(&mut self, conn: &mut Conn) -> Result<bool, StoreError> {
        if self.next.is_none() {
            self.next = self.page.next();
        }
        if self.next.is_none() {
            let after = &self.head.position;
            let rows = fetch_all!(
                conn,
                HashRow,
                PAGE_OF_HASHES,
                &self.division,
                after.group,
                &after.subject,
                after.seq,
                self.bound,
                PAGE
            )?;
            self.page = rows.into_iter();
            self.next = self.page.next();
        }
        Ok(self.next.is_some())
    }
}

/// How the audit log stands.
pub async fn log_head(conn: &mut Conn, division: &str) -> Result<LogHead, StoreError> {
    let last = audit::last(conn, division).await?;
    Ok(last.map_or_else(
        || LogHead {
            seq: 0,
            hash: GENESIS.to_owned(),
        },
        |row| LogHead {
            seq: row.seq,
            hash: row.hash,
        },
    ))
}

/// Whether the audit log still has an entry as it was; `None` if it has no entry of that number.
pub async fn log_holds(
    conn: &mut Conn,
    division: &str,
    log: &LogHead,
) -> Result<Option<bool>, StoreError> {
    if log.seq == 0 {
        return Ok(Some(log.hash == GENESIS));
    }
    let row = audit::get(conn, division, log.seq).await?;
    Ok(row.map(|row| row.hash == log.hash))
}
