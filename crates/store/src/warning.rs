//! The list of warnings: read from the events that raised them, with what became of each.
//!
//! The facts of a warning are in its event's text, which both databases keep as it was hashed; patterns on that text are
//! made in one place, here.

use crate::StoreError;
use crate::behind::counted_kinds;
use crate::conn::{Conn, Table, decode, fetch_all, fetch_value, on_db, statement_name, statements};
use crate::event::EventRow;

/// A warning with the subject that it stands against.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct WarningRow {
    /// The event that raised it.
    #[sqlx(flatten)]
    pub event: EventRow,
    /// `case` or `order`.
    pub subject_kind: String,
    /// The unit.
    pub unit: String,
    /// The item.
    pub item: Option<String>,
    /// The item's version that rules it.
    pub item_version: Option<i64>,
    /// `pending`, `issued`, `annulled` or `revoked`.
    pub state: String,
}

impl Table for WarningRow {
    const TABLE: &'static str = "event";
    const KEY: &'static [&'static str] = &["subject", "seq"];
}

/// Which warnings are listed; what isn't given isn't asked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Filter<'a> {
    /// Recorded in `[from, to)`.
    pub span_us: (i64, i64),
    /// Against this unit.
    pub unit: Option<&'a str>,
    /// Against cases of this item.
    pub item: Option<&'a str>,
    /// Of this level.
    pub level: Option<&'a str>,
    /// On this clock: a clock of the whole case, or a stage's, whichever visit.
    pub clock: Option<&'a str>,
    /// In this state.
    pub state: Option<&'a str>,
}

impl Filter<'_> {
    fn level(&self) -> Option<String> {
        self.level.map(|level| format!("%\"level\":\"{level}\"%"))
    }

    /// `promised` stands alone, a stage has its visit's number behind it.
    fn clock(&self) -> Option<String> {
        self.clock.map(|clock| match clock {
            "promised" | "statutory" => format!("%\"clock\":\"{clock}\"%"),
            clock => format!("%\"clock\":\"{clock}#%"),
        })
    }
}

// What was done to a warning names it by its number, first or alone in the event's facts.
macro_rules! done {
    ($kind:literal) => {
        concat!(
            "EXISTS (SELECT 1 FROM event x WHERE x.division = e.division AND x.subject = e.subject AND x.seq > e.seq AND x.kind = '",
            $kind,
            "' AND (x.payload LIKE '%\"data\":{\"warning\":' || CAST(e.seq AS TEXT) || ',%' \
             OR x.payload LIKE '%\"data\":{\"warning\":' || CAST(e.seq AS TEXT) || '}%'))"
        )
    };
}
macro_rules! state {
    () => {
        concat!(
            "CASE WHEN ",
            done!("warning_revoked"),
            " THEN 'revoked' WHEN ",
            done!("warning_annulled"),
            " THEN 'annulled' WHEN e.payload LIKE '%\"pending\":true%' AND NOT ",
            done!("warning_issued"),
            " THEN 'pending' ELSE 'issued' END"
        )
    };
}
macro_rules! filtered {
    () => {
        concat!(
            " FROM event e JOIN subject s ON s.division = e.division AND s.subject = e.subject \
             WHERE e.division = $1 AND e.kind = 'warning_raised' AND e.recorded_at_us >= $2 AND e.recorded_at_us < $3 \
             AND (CAST($4 AS TEXT) IS NULL OR s.unit = $4) AND (CAST($5 AS TEXT) IS NULL OR s.item = $5) \
             AND (CAST($6 AS TEXT) IS NULL OR e.payload LIKE $6) AND (CAST($7 AS TEXT) IS NULL OR e.payload LIKE $7) \
             AND (CAST($8 AS TEXT) IS NULL OR ",
            state!(),
            " = $8)"
        )
    };
}

statements! {
    LIST = concat!("SELECT e.division, e.subject, e.seq, e.kind, e.occurred_at_us, e.recorded_at_us, e.payload, \
        e.hash_algorithm, e.previous_hash, e.hash, e.feed_group, e.source_key, s.kind AS subject_kind, s.unit, s.item, s.item_version, ",
        state!(), " AS state", filtered!(), " AND (e.recorded_at_us, e.subject, e.seq) < ($9, $10, $11) \
        ORDER BY e.recorded_at_us DESC, e.subject DESC, e.seq DESC LIMIT $12");
    COUNT = concat!("SELECT COUNT(*)", filtered!());
    /// Issued and neither annulled nor revoked, against cases.
    STANDING = concat!("SELECT e.division, e.subject, e.seq, e.kind, e.occurred_at_us, e.recorded_at_us, e.payload, \
        e.hash_algorithm, e.previous_hash, e.hash, e.feed_group, e.source_key, s.kind AS subject_kind, s.unit, s.item, s.item_version, \
        'issued' AS state FROM event e JOIN subject s ON s.division = e.division AND s.subject = e.subject \
        WHERE e.division = $1 AND ", counted_kinds!("e."), " AND e.kind = 'warning_raised' \
        AND e.occurred_at_us >= $2 AND e.occurred_at_us < $3 AND s.kind = 'case' AND (e.occurred_at_us, e.subject, e.seq) > ($4, $5, $6) AND ",
        state!(), " = 'issued' ORDER BY e.occurred_at_us, e.subject, e.seq LIMIT $7");
}

/// The warnings that fit, the newest first, behind a place in the list: instant, subject and number of the row before
/// it; `(i64::MAX, "", 0)` is the beginning.
pub async fn list(
    conn: &mut Conn,
    division: &str,
    filter: &Filter<'_>,
    after: (i64, &str, i64),
    limit: i64,
) -> Result<Vec<WarningRow>, StoreError> {
    fetch_all!(
        conn,
        WarningRow,
        LIST,
        division,
        filter.span_us.0,
        filter.span_us.1,
        filter.unit,
        filter.item,
        filter.level(),
        filter.clock(),
        filter.state,
        after.0,
        after.1,
        after.2,
        limit
    )
}

/// How many warnings fit.
pub async fn count(
    conn: &mut Conn,
    division: &str,
    filter: &Filter<'_>,
) -> Result<i64, StoreError> {
    fetch_value!(
        conn,
        i64,
        COUNT,
        division,
        filter.span_us.0,
        filter.span_us.1,
        filter.unit,
        filter.item,
        filter.level(),
        filter.clock(),
        filter.state
    )
}

/// The warnings against cases that were raised in `[from, to)`, issued, and stand: by when they were raised, behind a
/// place in the list; `(i64::MIN, "", 0)` is the beginning.
pub async fn standing(
    conn: &mut Conn,
    division: &str,
    (from_us, to_us): (i64, i64),
    after: (i64, &str, i64),
    limit: i64,
) -> Result<Vec<WarningRow>, StoreError> {
    fetch_all!(
        conn, WarningRow, STANDING, division, from_us, to_us, after.0, after.1, after.2, limit
    )
}
