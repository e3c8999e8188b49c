//! Message items: what a recipient must be told, written in the transaction of the event that is the reason.

use crate::StoreError;
use crate::conn::{Conn, Table, decode, execute, fetch_all, on_db, statement_name, statements};

/// One fact for one recipient.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct MessageItemRow {
    /// The division.
    pub division: String,
    /// The subject it is about.
    pub subject: String,
    /// The event that is the reason.
    pub seq: i64,
    /// Who must be told.
    pub recipient: String,
    /// By which channel.
    pub channel: String,
    /// `warning`, `order`, `appeal` or `digest`.
    pub kind: String,
    /// The warning's level.
    pub level: Option<String>,
    /// What the text is made from.
    pub payload: String,
    /// `free`, `composed` or `dropped`.
    pub state: String,
    /// Why it was dropped.
    pub dropped_reason: Option<String>,
    /// The message it went into.
    pub message_id: Option<String>,
    /// When it was written.
    pub created_at_us: i64,
}

impl Table for MessageItemRow {
    const TABLE: &'static str = "message_item";
    const KEY: &'static [&'static str] = &["division", "subject", "seq", "recipient", "channel"];
}

/// A recipient on a channel who has free items.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, sqlx::FromRow)]
pub struct Waiting {
    /// Who must be told.
    pub recipient: String,
    /// By which channel.
    pub channel: String,
}

impl Table for Waiting {
    const TABLE: &'static str = "message_item";
    const KEY: &'static [&'static str] = &["recipient", "channel"];
}

macro_rules! columns {
    () => {
        "division, subject, seq, recipient, channel, kind, level, payload, state, dropped_reason, message_id, created_at_us"
    };
}

statements! {
    INSERT = concat!("INSERT INTO message_item (", columns!(), ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) \
        ON CONFLICT DO NOTHING");
    INSERT_TWO = concat!("INSERT INTO message_item (", columns!(), ") VALUES \
        ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12), \
        ($1, $2, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22) ON CONFLICT DO NOTHING");
    WAITING = "SELECT DISTINCT recipient, channel FROM message_item WHERE division = $1 AND state = 'free' \
        AND (recipient, channel) > ($2, $3) ORDER BY recipient, channel LIMIT $4";
    FREE = concat!("SELECT ", columns!(), " FROM message_item \
        WHERE division = $1 AND state = 'free' AND recipient = $2 AND channel = $3 ORDER BY subject, seq LIMIT $4");
    COMPOSE = "UPDATE message_item SET state = 'composed', message_id = $4 \
        WHERE division = $1 AND state = 'free' AND recipient = $2 AND channel = $3 AND (subject, seq) <= ($5, $6)";
    DROP = "UPDATE message_item SET state = 'dropped', dropped_reason = $4 \
        WHERE division = $1 AND subject = $2 AND seq = $3 AND state = 'free'";
    DROP_ONE = "UPDATE message_item SET state = 'dropped', dropped_reason = $6 \
        WHERE division = $1 AND subject = $2 AND seq = $3 AND recipient = $4 AND channel = $5 AND state = 'free'";
    DROP_ALL = "UPDATE message_item SET state = 'dropped', dropped_reason = $2 WHERE division = $1 AND state = 'free'";
    OF_SUBJECT = concat!("SELECT ", columns!(), " FROM message_item WHERE division = $1 AND subject = $2 \
        ORDER BY seq, recipient, channel");
    OF_MESSAGE = concat!("SELECT ", columns!(), " FROM message_item WHERE division = $1 AND message_id = $2 \
        ORDER BY subject, seq, recipient, channel");
}

/// Writes an item; false if this recipient is told of this event on this channel already.
pub async fn insert(conn: &mut Conn, row: &MessageItemRow) -> Result<bool, StoreError> {
    let inserted = execute!(
        conn,
        INSERT,
        &row.division,
        &row.subject,
        row.seq,
        &row.recipient,
        &row.channel,
        &row.kind,
        &row.level,
        &row.payload,
        &row.state,
        &row.dropped_reason,
        &row.message_id,
        row.created_at_us
    )?;
    Ok(inserted == 1)
}

/// Writes the items of a subject, two with a statement; how many were written. Whoever is told of an event on a channel
/// already isn't told again.
pub async fn insert_all(conn: &mut Conn, rows: &[MessageItemRow]) -> Result<u64, StoreError> {
    let mut written = 0;
    for rows in rows.chunks(2) {
        match rows {
            [a, b] if (&a.division, &a.subject) == (&b.division, &b.subject) => {
                written += insert_two(conn, a, b).await?;
            }
            _ => {
                for row in rows {
                    written += u64::from(insert(conn, row).await?);
                }
            }
        }
    }
    Ok(written)
}

async fn insert_two(
    conn: &mut Conn,
    a: &MessageItemRow,
    b: &MessageItemRow,
) -> Result<u64, StoreError> {
    let inserted = execute!(
        conn,
        INSERT_TWO,
        &a.division,
        &a.subject,
        a.seq,
        &a.recipient,
        &a.channel,
        &a.kind,
        &a.level,
        &a.payload,
        &a.state,
        &a.dropped_reason,
        &a.message_id,
        a.created_at_us,
        b.seq,
        &b.recipient,
        &b.channel,
        &b.kind,
        &b.level,
        &b.payload,
        &b.state,
        &b.dropped_reason,
        &b.message_id,
        b.created_at_us
    )?;
    Ok(inserted.unsigned_abs())
}

/// Recipients who have free items, after one of them; ("", "") is before all.
pub async fn waiting(
    conn: &mut Conn,
    division: &str,
    after: (&str, &str),
    limit: i64,
) -> Result<Vec<Waiting>, StoreError> {
    fetch_all!(conn, Waiting, WAITING, division, after.0, after.1, limit)
}

/// A recipient's free items in the order of their subjects.
pub async fn free(
    conn: &mut Conn,
    division: &str,
    who: &Waiting,
    limit: i64,
) -> Result<Vec<MessageItemRow>, StoreError> {
    fetch_all!(
        conn,
        MessageItemRow,
        FREE,
        division,
        &who.recipient,
        &who.channel,
        limit
    )
}

/// Marks the items that [`free`] gave in this transaction as composed into a message. If another process took one of
/// them, or one was added between them, it is a [`StoreError::Conflict`].
pub async fn mark_composed(
    conn: &mut Conn,
    division: &str,
    who: &Waiting,
    message_id: &str,
    items: &[MessageItemRow],
) -> Result<(), StoreError> {
    let Some(last) = items.last() else {
        return Ok(());
    };
    let marked = execute!(
        conn,
        COMPOSE,
        division,
        &who.recipient,
        &who.channel,
        message_id,
        &last.subject,
        last.seq
    )?;
    if usize::try_from(marked) == Ok(items.len()) {
        Ok(())
    } else {
        Err(StoreError::Conflict {
            table: "message_item",
            key: format!("{division}/{}/{}", who.recipient, who.channel),
        })
    }
}

/// Drops the free items of an event whose warning has fallen away; gives their number.
pub async fn drop_free(
    conn: &mut Conn,
    division: &str,
    subject: &str,
    seq: i64,
    reason: &str,
) -> Result<i64, StoreError> {
    execute!(conn, DROP, division, subject, seq, reason)
}

/// Drops one recipient's free item; false if it isn't free any more.
pub async fn drop_one(
    conn: &mut Conn,
    item: &MessageItemRow,
    reason: &str,
) -> Result<bool, StoreError> {
    let dropped = execute!(
        conn,
        DROP_ONE,
        &item.division,
        &item.subject,
        item.seq,
        &item.recipient,
        &item.channel,
        reason
    )?;
    Ok(dropped == 1)
}

/// Drops every free item: for a copy of a record that has perhaps told of them. Gives their number.
pub async fn drop_all_free(
    conn: &mut Conn,
    division: &str,
    reason: &str,
) -> Result<i64, StoreError> {
    execute!(conn, DROP_ALL, division, reason)
}

/// All items about a subject.
pub async fn of_subject(
    conn: &mut Conn,
    division: &str,
    subject: &str,
) -> Result<Vec<MessageItemRow>, StoreError> {
    fetch_all!(conn, MessageItemRow, OF_SUBJECT, division, subject)
}

/// The items that went into a message.
pub async fn of_message(
    conn: &mut Conn,
    division: &str,
    message_id: &str,
) -> Result<Vec<MessageItemRow>, StoreError> {
    fetch_all!(conn, MessageItemRow, OF_MESSAGE, division, message_id)
}
