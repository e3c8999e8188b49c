//! Messages: text and Message-ID are fixed before anything is sent; a sender holds a message by a lease.

use crate::StoreError;
use crate::conn::{
    Conn, Table, decode, execute, fetch_all, fetch_optional, fetch_value, on_db, statement_name,
    statements,
};

/// A message to one recipient.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct MessageRow {
    /// The division.
    pub division: String,
    /// The Message-ID.
    pub message_id: String,
    /// Who is told.
    pub recipient: String,
    /// Where to.
    pub address: String,
    /// By which channel.
    pub channel: String,
    /// The subject line.
    pub subject: String,
    /// The text.
    pub body_text: String,
    /// The same as HTML.
    pub body_html: String,
    /// `queued`, `sent`, `failed` (the other side refused for good), `given_up` (too many tries) or `withheld` (found
    /// unsent in a restored copy).
    pub state: String,
    /// How often it was taken in hand.
    pub attempts: i64,
    /// When it may be tried next.
    pub next_try_at_us: Option<i64>,
    /// What went wrong last.
    pub last_error: Option<String>,
    /// Who has it in hand.
    pub lease_owner: Option<String>,
    /// Until when.
    pub lease_until_us: Option<i64>,
    /// When it was composed.
    pub created_at_us: i64,
    /// When it was handed over.
    pub sent_at_us: Option<i64>,
}

impl Table for MessageRow {
    const TABLE: &'static str = "message";
    const KEY: &'static [&'static str] = &["division", "message_id"];
}

/// A message as a list shows it.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct MessageSummary {
    /// The Message-ID.
    pub message_id: String,
    /// Who is told.
    pub recipient: String,
    /// Where to.
    pub address: String,
    /// By which channel.
    pub channel: String,
    /// The subject line.
    pub subject: String,
    /// `queued`, `sent`, `failed`, `given_up` or `withheld`.
    pub state: String,
    /// How often it was taken in hand.
    pub attempts: i64,
    /// When it may be tried next.
    pub next_try_at_us: Option<i64>,
    /// What went wrong last.
    pub last_error: Option<String>,
    /// When it was composed.
    pub created_at_us: i64,
    /// When it was handed over.
    pub sent_at_us: Option<i64>,
    /// How many items it tells.
    pub items: i64,
}

impl Table for MessageSummary {
    const TABLE: &'static str = "message";
    const KEY: &'static [&'static str] = &["message_id"];
}

/// Taking something in hand. A lease guards against a process that died, so its instants are the machine's own time,
/// whatever time the record is written in: where that stands still, no lease would ever run out.
#[derive(Debug, Clone, Copy)]
pub struct Taking<'a> {
    /// Who takes it.
    pub owner: &'a str,
    /// When: what somebody else holds until then is free.
    pub at_us: i64,
    /// Until when nobody else may take it.
    pub until_us: i64,
}

/// A message in somebody's hand: only who holds the lease may say what became of it.
#[derive(Debug, Clone, Copy)]
pub struct Lease<'a> {
    /// The division.
    pub division: &'a str,
    /// The Message-ID.
    pub message_id: &'a str,
    /// Who holds it.
    pub owner: &'a str,
}

macro_rules! columns {
    () => {
        "division, message_id, recipient, address, channel, subject, body_text, body_html, state, attempts, next_try_at_us, \
         last_error, lease_owner, lease_until_us, created_at_us, sent_at_us"
    };
}

/// A message that may be taken in hand: due at $2, and at $3 in nobody's hand.
macro_rules! is_due {
    () => {
        "state = 'queued' AND next_try_at_us <= $2 AND (lease_until_us IS NULL OR lease_until_us <= $3)"
    };
}

macro_rules! summary {
    () => {
        "SELECT message_id, recipient, address, channel, subject, state, attempts, next_try_at_us, last_error, created_at_us, \
         sent_at_us, (SELECT COUNT(*) FROM message_item \
             WHERE message_item.division = $1 AND message_item.message_id = message.message_id) AS items FROM message "
    };
}

statements! {
    INSERT = concat!("INSERT INTO message (", columns!(), ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, \
        $14, $15, $16) ON CONFLICT DO NOTHING");
    GET = concat!("SELECT ", columns!(), " FROM message WHERE division = $1 AND message_id = $2");
    // The condition stands outside too: on PostgreSQL another transaction may change the row between choosing and updating it.
    CLAIM = concat!("UPDATE message SET lease_owner = $4, lease_until_us = $5, attempts = attempts + 1 \
        WHERE division = $1 AND message_id = (SELECT message_id FROM message WHERE division = $1 AND ", is_due!(),
        " ORDER BY next_try_at_us, message_id LIMIT 1) AND ", is_due!(), " RETURNING ", columns!());
    ANY_DUE = concat!("SELECT COUNT(*) FROM (SELECT 1 FROM message WHERE division = $1 AND ", is_due!(), " LIMIT 1) AS due");
    SENT = "UPDATE message SET state = 'sent', sent_at_us = $4, lease_owner = NULL, lease_until_us = NULL, \
        next_try_at_us = NULL, last_error = NULL WHERE division = $1 AND message_id = $2 AND lease_owner = $3 AND state = 'queued'";
    LATER = "UPDATE message SET next_try_at_us = $4, last_error = $5, lease_owner = NULL, lease_until_us = NULL \
        WHERE division = $1 AND message_id = $2 AND lease_owner = $3 AND state = 'queued'";
    ENDED = "UPDATE message SET state = $4, last_error = $5, lease_owner = NULL, lease_until_us = NULL, next_try_at_us = NULL \
        WHERE division = $1 AND message_id = $2 AND lease_owner = $3 AND state = 'queued'";
    LIST = concat!(summary!(), "WHERE division = $1 AND (CAST($2 AS TEXT) IS NULL OR state = $2) AND message_id > $3 \
        ORDER BY message_id LIMIT $4");
    BY_AGE = concat!(summary!(), "WHERE division = $1 AND (created_at_us, message_id) > ($2, $3) \
        ORDER BY created_at_us, message_id LIMIT $4");
    NEWEST = concat!(summary!(), "WHERE division = $1 AND (created_at_us, message_id) < ($2, $3) \
        ORDER BY created_at_us DESC, message_id DESC LIMIT $4");
    NEWEST_SENT = concat!(summary!(), "WHERE division = $1 AND (created_at_us, message_id) < ($2, $3) \
        AND state = 'sent' ORDER BY created_at_us DESC, message_id DESC LIMIT $4");
    // As its index has it: nearly all messages are sent, and those that aren't are what is looked for.
    NEWEST_OF_STATE = concat!(summary!(), "WHERE division = $1 AND state = $2 AND state <> 'sent' \
        AND (created_at_us, message_id) < ($3, $4) ORDER BY created_at_us DESC, message_id DESC LIMIT $5");
    RETRY_ONE = "UPDATE message SET state = 'queued', attempts = 0, next_try_at_us = $3, lease_owner = NULL, lease_until_us = NULL \
        WHERE division = $1 AND message_id = $2 AND state <> 'sent' AND (lease_until_us IS NULL OR lease_until_us <= $4)";
    RETRY_ALL = "UPDATE message SET state = 'queued', attempts = 0, next_try_at_us = $2, lease_owner = NULL, lease_until_us = NULL \
        WHERE division = $1 AND state NOT IN ('sent', 'withheld') AND (lease_until_us IS NULL OR lease_until_us <= $3)";
    // Whatever lease there is belongs to a process that knows another record.
    WITHHOLD = "UPDATE message SET state = 'withheld', last_error = $2, next_try_at_us = NULL, lease_owner = NULL, \
        lease_until_us = NULL WHERE division = $1 AND state = 'queued'";
    REDIRECT = "UPDATE message SET address = $3 WHERE division = $1 AND message_id = $2 AND state <> 'sent' \
        AND (lease_until_us IS NULL OR lease_until_us <= $4)";
    NEXT_TRY = "SELECT MIN(next_try_at_us) FROM message WHERE division = $1 AND state = 'queued'";
}

/// Stores a composed message; one of the same Message-ID is a [`StoreError::Conflict`].
pub async fn insert(conn: &mut Conn, row: &MessageRow) -> Result<(), StoreError> {
    let inserted = execute!(
        conn,
        INSERT,
        &row.division,
        &row.message_id,
        &row.recipient,
        &row.address,
        &row.channel,
        &row.subject,
        &row.body_text,
        &row.body_html,
        &row.state,
        row.attempts,
        row.next_try_at_us,
        &row.last_error,
        &row.lease_owner,
        row.lease_until_us,
        row.created_at_us,
        row.sent_at_us
    )?;
    match inserted {
        1 => Ok(()),
        _ => Err(StoreError::Conflict {
            table: "message",
            key: format!("{}/{}", row.division, row.message_id),
        }),
    }
}

/// A message by its Message-ID.
pub async fn get(
    conn: &mut Conn,
    division: &str,
    message_id: &str,
) -> Result<Option<MessageRow>, StoreError> {
    fetch_optional!(conn, MessageRow, GET, division, message_id)
}

/// Takes the message that is due longest in hand. `None`: nothing is due. If others took the chosen one first, it is a
/// [`StoreError::Conflict`] and the transaction is run again.
pub async fn claim_due(
    conn: &mut Conn,
    division: &str,
    now_us: i64,
    taking: Taking<'_>,
) -> Result<Option<MessageRow>, StoreError> {
    let claimed = fetch_optional!(
        conn,
        MessageRow,
        CLAIM,
        division,
        now_us,
        taking.at_us,
        taking.owner,
        taking.until_us
    )?;
    if claimed.is_none() && fetch_value!(conn, i64, ANY_DUE, division, now_us, taking.at_us)? > 0 {
        return Err(StoreError::Conflict {
            table: "message",
            key: division.to_owned(),
        });
    }
    Ok(claimed)
}

/// The message was handed over. All of these refuse with [`StoreError::Missing`] if the lease is somebody else's by now.
pub async fn mark_sent(
    conn: &mut Conn,
    lease: Lease<'_>,
    sent_at_us: i64,
) -> Result<(), StoreError> {
    held(
        execute!(
            conn,
            SENT,
            lease.division,
            lease.message_id,
            lease.owner,
            sent_at_us
        )?,
        lease,
    )
}

/// The message couldn't be handed over now and is tried again.
pub async fn mark_retry(
    conn: &mut Conn,
    lease: Lease<'_>,
    next_try_at_us: i64,
    error: &str,
) -> Result<(), StoreError> {
    held(
        execute!(
            conn,
            LATER,
            lease.division,
            lease.message_id,
            lease.owner,
            next_try_at_us,
            error
        )?,
        lease,
    )
}

/// The other side refused the message for good.
pub async fn mark_failed(conn: &mut Conn, lease: Lease<'_>, error: &str) -> Result<(), StoreError> {
    held(
        execute!(
            conn,
            ENDED,
            lease.division,
            lease.message_id,
            lease.owner,
            "failed",
            error
        )?,
        lease,
    )
}

/// The message was tried too often.
pub async fn mark_given_up(
    conn: &mut Conn,
    lease: Lease<'_>,
    error: &str,
) -> Result<(), StoreError> {
    held(
        execute!(
            conn,
            ENDED,
            lease.division,
            lease.message_id,
            lease.owner,
            "given_up",
            error
        )?,
        lease,
    )
}

fn held(touched: i64, lease: Lease<'_>) -> Result<(), StoreError> {
    match touched {
        1 => Ok(()),
        _ => Err(StoreError::Missing {
            table: "message",
            key: format!(
                "{}/{} in the hand of {}",
                lease.division, lease.message_id, lease.owner
            ),
        }),
    }
}

/// Messages in the order of their Message-IDs, after one of them ("" is before all), in one state or in all.
pub async fn list(
    conn: &mut Conn,
    division: &str,
    state: Option<&str>,
    after: &str,
    limit: i64,
) -> Result<Vec<MessageSummary>, StoreError> {
    fetch_all!(conn, MessageSummary, LIST, division, state, after, limit)
}

/// The oldest messages after one of them, by when it was composed and its Message-ID.
pub async fn by_age(
    conn: &mut Conn,
    division: &str,
    after: (i64, &str),
    limit: i64,
) -> Result<Vec<MessageSummary>, StoreError> {
    fetch_all!(
        conn,
        MessageSummary,
        BY_AGE,
        division,
        after.0,
        after.1,
        limit
    )
}

/// The newest messages before one of them, by when it was composed and its Message-ID, in one state or in all.
pub async fn newest(
    conn: &mut Conn,
    division: &str,
    before: (i64, &str),
    state: Option<&str>,
    limit: i64,
) -> Result<Vec<MessageSummary>, StoreError> {
    let (at_us, id) = before;
    match state {
        None => fetch_all!(conn, MessageSummary, NEWEST, division, at_us, id, limit),
        Some("sent") => fetch_all!(
            conn,
            MessageSummary,
            NEWEST_SENT,
            division,
            at_us,
            id,
            limit
        ),
        Some(state) => fetch_all!(
            conn,
            MessageSummary,
            NEWEST_OF_STATE,
            division,
            state,
            at_us,
            id,
            limit
        ),
    }
}

/// Queues a message anew unless it was sent or is in hand at `machine_us` ([`Taking`]); false if there is none such.
pub async fn retry(
    conn: &mut Conn,
    division: &str,
    message_id: &str,
    now_us: i64,
    machine_us: i64,
) -> Result<bool, StoreError> {
    Ok(execute!(conn, RETRY_ONE, division, message_id, now_us, machine_us)? == 1)
}

/// Queues all messages anew that are neither sent nor withheld and, at `machine_us`, not in hand; gives their number.
pub async fn retry_all(
    conn: &mut Conn,
    division: &str,
    now_us: i64,
    machine_us: i64,
) -> Result<i64, StoreError> {
    execute!(conn, RETRY_ALL, division, now_us, machine_us)
}

/// Withholds every message that waits, with the reason: for a copy of a record that has perhaps sent them. One by one
/// they can be queued anew ([`retry`]). Gives their number.
pub async fn withhold(conn: &mut Conn, division: &str, reason: &str) -> Result<i64, StoreError> {
    execute!(conn, WITHHOLD, division, reason)
}

/// Gives a message another address unless it was sent or is in hand at `machine_us`; false if there is none such.
pub async fn redirect(
    conn: &mut Conn,
    division: &str,
    message_id: &str,
    address: &str,
    machine_us: i64,
) -> Result<bool, StoreError> {
    Ok(execute!(conn, REDIRECT, division, message_id, address, machine_us)? == 1)
}

/// When the next message may be tried.
pub async fn next_try(conn: &mut Conn, division: &str) -> Result<Option<i64>, StoreError> {
    fetch_value!(conn, Option<i64>, NEXT_TRY, division)
}
