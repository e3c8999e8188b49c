//! What may stand behind a number of a report: cases accepted, ended or open, and subjects to which something happened.
//!
//! Each statement gives at least those that are counted; whoever asks replays them and keeps those that are. They are
//! read in an order that an index has, from a place on.

use crate::StoreError;
use crate::board::{ListedRow, listed_columns};
use crate::conn::{Conn, decode, fetch_all, fetch_value, on_db, statement_name, statements};

/// Which rows are looked at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Among<'a> {
    /// From the first instant, to before the second.
    pub span_us: (i64, i64),
    /// Of these units, as `,A,B,`.
    pub units: Option<&'a str>,
    /// For these items, likewise.
    pub items: Option<&'a str>,
    /// Behind the row of this instant and number.
    pub after: (i64, &'a str),
    /// At most so many.
    pub limit: i64,
}

// A unit or an item of a list. That LIKE takes letters of both kinds for one on SQLite, and `_` for any, gives more rows,
// never fewer.
macro_rules! among {
    ($units:literal, $items:literal) => {
        concat!(
            "(CAST(",
            $units,
            " AS TEXT) IS NULL OR CAST(",
            $units,
            " AS TEXT) LIKE '%,' || unit || ',%') \
             AND (CAST(",
            $items,
            " AS TEXT) IS NULL OR CAST(",
            $items,
            " AS TEXT) LIKE '%,' || item || ',%')"
        )
    };
}
// The kinds of the index, in its own words: so the databases see that they may use it.
macro_rules! counted_kinds {
    ($of:literal) => {
        concat!($of, "kind IN ('correction_notified', 'sent_back', 'stop_opened', 'extended', 'order_issued', 'order_replied', 'order_closed', \
         'appeal_filed', 'appeal_decided', 'warning_raised', 'warning_issued', 'warning_revoked', 'warning_annulled')")
    };
}

pub(crate) use counted_kinds;

macro_rules! happened {
    ($kind:literal) => {
        concat!(
            "SELECT subject AS chosen FROM event WHERE division = $1 AND ",
            counted_kinds!(""),
            " AND kind = ",
            $kind,
            " AND occurred_at_us >= $2 AND occurred_at_us < $3 AND subject || '' > $6"
        )
    };
}

statements! {
    ACCEPTED = concat!("SELECT ", listed_columns!(), " FROM subject WHERE division = $1 AND kind = 'case' \
        AND accepted_at_us >= $2 AND accepted_at_us < $3 AND ", among!("$4", "$5"), " \
        AND (accepted_at_us, subject) > ($6, $7) ORDER BY accepted_at_us, subject LIMIT $8");
    /// An end that was told to lie before the acceptance counts with the acceptance: see [`ENDED_BEFORE`].
    ENDED = concat!("SELECT ", listed_columns!(), " FROM subject WHERE division = $1 AND kind = 'case' \
        AND completed_at_us >= $2 AND completed_at_us < $3 AND ", among!("$4", "$5"), " \
        AND (accepted_at_us IS NULL OR accepted_at_us <= completed_at_us) \
        AND (CAST($9 AS TEXT) = 'any' OR ($9 = 'late' AND promised_due_at_us <= completed_at_us) \
        OR ($9 = 'statutory_late' AND statutory_due_at_us <= completed_at_us) \
        OR ($9 = 'same_day' AND completed_at_us - received_at_us < 86400000000) \
        OR ($9 = 'declined' AND accepted_at_us IS NULL)) \
        AND (completed_at_us, subject) > ($6, $7) ORDER BY completed_at_us, subject LIMIT $8");
    ENDED_BEFORE = concat!("SELECT ", listed_columns!(), " FROM subject WHERE division = $1 AND kind = 'case' \
        AND accepted_at_us >= $2 AND accepted_at_us < $3 AND completed_at_us < accepted_at_us AND ", among!("$4", "$5"), " \
        AND (accepted_at_us, subject) > ($6, $7) ORDER BY accepted_at_us, subject LIMIT $8");
    /// Open at the first instant of the span and ended since; late then only if the promised limit isn't later, or was
    /// moved since.
    OPEN_THEN = concat!("SELECT ", listed_columns!(), " FROM subject WHERE division = $1 AND kind = 'case' \
        AND completed_at_us >= $2 AND accepted_at_us < $2 AND ", among!("$3", "$4"), " \
        AND (CAST($8 AS BIGINT) IS NULL OR promised_due_at_us IS NULL OR promised_due_at_us <= $8 \
        OR EXISTS (SELECT 1 FROM event e WHERE e.division = $1 AND e.subject = subject.subject \
        AND e.kind IN ('extended', 'stop_opened', 'stop_closed') AND e.occurred_at_us >= $2)) \
        AND (completed_at_us, subject) > ($5, $6) ORDER BY completed_at_us, subject LIMIT $7");
    /// Open at an instant, and still so.
    OPEN_STILL = concat!("SELECT ", listed_columns!(), " FROM subject WHERE division = $1 AND kind = 'case' \
        AND completed_at_us IS NULL AND accepted_at_us < $2 AND ", among!("$3", "$4"), " \
        AND (CAST($8 AS BIGINT) IS NULL OR promised_due_at_us IS NULL OR promised_due_at_us <= $8 \
        OR EXISTS (SELECT 1 FROM event e WHERE e.division = $1 AND e.subject = subject.subject \
        AND e.kind IN ('extended', 'stop_opened', 'stop_closed') AND e.occurred_at_us >= $2)) \
        AND (accepted_at_us, subject) > ($5, $6) ORDER BY accepted_at_us, subject LIMIT $7");
    HAPPENED = concat!("SELECT ", listed_columns!(), " FROM subject JOIN (", happened!("$8"), " UNION ", happened!("$9"), ") happened \
        ON subject = chosen WHERE division = $1 AND ", among!("$4", "$5"), " ORDER BY subject LIMIT $7");
    /// By an expression, so that nobody walks all subjects in the order of their numbers to find the orders among them.
    ORDERS_OPEN = concat!("SELECT ", listed_columns!(), " FROM subject WHERE division = $1 AND kind = 'order' \
        AND state IN ('issued', 'replied', 'closed') AND received_at_us < $2 \
        AND (completed_at_us IS NULL OR completed_at_us >= $2) AND ", among!("$3", "$4"), " \
        AND subject || '' > $5 ORDER BY subject || '' LIMIT $6");
    FIRST_ACCEPTED = "SELECT MIN(accepted_at_us) FROM subject WHERE division = $1 AND accepted_at_us IS NOT NULL";
}

/// Cases accepted in a span, by that instant.
pub async fn accepted(
    conn: &mut Conn,
    division: &str,
    among: &Among<'_>,
) -> Result<Vec<ListedRow>, StoreError> {
    fetch_all!(
        conn,
        ListedRow,
        ACCEPTED,
        division,
        among.span_us.0,
        among.span_us.1,
        among.units,
        among.items,
        among.after.0,
        among.after.1,
        among.limit
    )
}

/// Cases that ended in a span, by that instant. `which` is a word of the core's `Ended`.
pub async fn ended(
    conn: &mut Conn,
    division: &str,
    among: &Among<'_>,
    which: &str,
) -> Result<Vec<ListedRow>, StoreError> {
    fetch_all!(
        conn,
        ListedRow,
        ENDED,
        division,
        among.span_us.0,
        among.span_us.1,
        among.units,
        among.items,
        among.after.0,
        among.after.1,
        among.limit,
        which
    )
}

/// Cases accepted in a span whose end was told to lie before, by the instant of the acceptance.
pub async fn ended_before(
    conn: &mut Conn,
    division: &str,
    among: &Among<'_>,
) -> Result<Vec<ListedRow>, StoreError> {
    fetch_all!(
        conn,
        ListedRow,
        ENDED_BEFORE,
        division,
        among.span_us.0,
        among.span_us.1,
        among.units,
        among.items,
        among.after.0,
        among.after.1,
        among.limit
    )
}

/// Cases that were open at the span's first instant and ended since, by their end. With `late_us` only those that may
/// have been late at that instant.
pub async fn open_then(
    conn: &mut Conn,
    division: &str,
    among: &Among<'_>,
    late_us: Option<i64>,
) -> Result<Vec<ListedRow>, StoreError> {
    fetch_all!(
        conn,
        ListedRow,
        OPEN_THEN,
        division,
        among.span_us.0,
        among.units,
        among.items,
        among.after.0,
        among.after.1,
        among.limit,
        late_us
    )
}

/// Cases that were open at the span's first instant and still are, by their acceptance. With `late_us` as
/// [`open_then`].
pub async fn open_still(
    conn: &mut Conn,
    division: &str,
    among: &Among<'_>,
    late_us: Option<i64>,
) -> Result<Vec<ListedRow>, StoreError> {
    fetch_all!(
        conn,
        ListedRow,
        OPEN_STILL,
        division,
        among.span_us.0,
        among.units,
        among.items,
        among.after.0,
        among.after.1,
        among.limit,
        late_us
    )
}

/// Subjects to which something of two kinds happened in a span, by their numbers. The kinds are those of the index.
pub async fn happened(
    conn: &mut Conn,
    division: &str,
    among: &Among<'_>,
    kinds: [&str; 2],
) -> Result<Vec<ListedRow>, StoreError> {
    let [first, second] = kinds;
    fetch_all!(
        conn,
        ListedRow,
        HAPPENED,
        division,
        among.span_us.0,
        among.span_us.1,
        among.units,
        among.items,
        among.after.1,
        among.limit,
        first,
        second
    )
}

/// Orders that were open at the span's first instant, by their numbers.
pub async fn orders_open(
    conn: &mut Conn,
    division: &str,
    among: &Among<'_>,
) -> Result<Vec<ListedRow>, StoreError> {
    fetch_all!(
        conn,
        ListedRow,
        ORDERS_OPEN,
        division,
        among.span_us.0,
        among.units,
        among.items,
        among.after.1,
        among.limit
    )
}

/// When the first case of all was accepted.
pub async fn first_accepted(conn: &mut Conn, division: &str) -> Result<Option<i64>, StoreError> {
    fetch_value!(conn, Option<i64>, FIRST_ACCEPTED, division)
}
