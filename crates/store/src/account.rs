//! Accounts and their sessions: who signs in.

use crate::StoreError;
use crate::conn::{
    Conn, Table, decode, execute, fetch_all, fetch_optional, on_db, statement_name, statements,
};

/// An account.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct AccountRow {
    /// The division.
    pub division: String,
    /// The name that is typed at the sign-in.
    pub account: String,
    /// The name that people read.
    pub name: String,
    /// `desk`, or one of the three administrators: `system`, `security`, `audit`.
    pub role: String,
    /// The person that a desk account belongs to.
    pub person: Option<String>,
    /// The password's digest with its parameters, as argon2 writes it.
    pub password: String,
    /// Whether the password must be changed at the next sign-in.
    pub must_change: bool,
    /// Wrong passwords in a row.
    pub failures: i64,
    /// Nobody signs in before.
    pub locked_until_us: Option<i64>,
    /// Whether it may sign in at all.
    pub active: bool,
    /// When it was made.
    pub created_at_us: i64,
    /// When the password was set.
    pub password_set_at_us: i64,
}

impl Table for AccountRow {
    const TABLE: &'static str = "account";
    const KEY: &'static [&'static str] = &["division", "account"];
}

/// A session.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct SessionRow {
    /// The division.
    pub division: String,
    /// The digest of the token that the browser holds.
    pub token: String,
    /// Whose it is.
    pub account: String,
    /// Where it was begun from.
    pub address: String,
    /// When it was begun.
    pub created_at_us: i64,
    /// When it was last used, to the minute.
    pub seen_at_us: i64,
}

impl Table for SessionRow {
    const TABLE: &'static str = "session";
    const KEY: &'static [&'static str] = &["division", "token"];
}

/// An account by the session that it is used in.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct UsedAccountRow {
    /// The account.
    #[sqlx(flatten)]
    pub account: AccountRow,
    /// When the session was begun.
    pub begun_at_us: i64,
    /// When it was last used, to the minute.
    pub seen_at_us: i64,
    /// The value of a key of [`crate::meta`], read at the same moment.
    pub meta: Option<String>,
}

impl Table for UsedAccountRow {
    const TABLE: &'static str = "session";
    const KEY: &'static [&'static str] = &["division", "account"];
}

/// What lists of accounts tell beside the account itself.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct StandingRow {
    /// The account.
    pub account: String,
    /// When it last signed in, as the log says.
    pub signed_in_at_us: Option<i64>,
    /// Its sessions that run.
    pub sessions: i64,
}

impl Table for StandingRow {
    const TABLE: &'static str = "account";
    const KEY: &'static [&'static str] = &["account"];
}

macro_rules! account_columns {
    () => {
        account_columns!("")
    };
    ($of:literal) => {
        concat!(
            $of,
            "division, ",
            $of,
            "account, ",
            $of,
            "name, ",
            $of,
            "role, ",
            $of,
            "person, ",
            $of,
            "password, ",
            $of,
            "must_change, ",
            $of,
            "failures, ",
            $of,
            "locked_until_us, ",
            $of,
            "active, ",
            $of,
            "created_at_us, ",
            $of,
            "password_set_at_us"
        )
    };
}

macro_rules! session_columns {
    () => {
        "division, token, account, address, created_at_us, seen_at_us"
    };
}

statements! {
    INSERT = concat!("INSERT INTO account (", account_columns!(), ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) \
        ON CONFLICT DO NOTHING");
    UPDATE = "UPDATE account SET name = $3, role = $4, person = $5, password = $6, must_change = $7, failures = $8, \
        locked_until_us = $9, active = $10, password_set_at_us = $11 WHERE division = $1 AND account = $2";
    GET = concat!("SELECT ", account_columns!(), " FROM account WHERE division = $1 AND account = $2");
    LIST = concat!("SELECT ", account_columns!(), " FROM account WHERE division = $1 ORDER BY account");
    // The log is read backwards from the account's newest entry, and not further than its last sign-in.
    STANDINGS = "SELECT account.account, (SELECT audit.at_us FROM audit WHERE audit.division = $1 \
        AND audit.account = account.account AND audit.act = 'sign_in' AND audit.done ORDER BY audit.seq DESC LIMIT 1) AS signed_in_at_us, \
        (SELECT COUNT(*) FROM session WHERE session.division = $1 AND session.account = account.account \
        AND session.seen_at_us >= $4 AND session.created_at_us >= $5) AS sessions \
        FROM account WHERE account.division = $1 AND account.account >= $2 AND account.account <= $3 ORDER BY account.account";
    // Counted in the row, so that two who guess at once are counted twice.
    FAILED = "UPDATE account SET failures = failures + 1, \
        locked_until_us = CASE WHEN failures + 1 >= $3 THEN $4 ELSE locked_until_us END WHERE division = $1 AND account = $2";
    SUCCEEDED = "UPDATE account SET failures = 0, locked_until_us = NULL WHERE division = $1 AND account = $2 \
        AND (failures > 0 OR locked_until_us IS NOT NULL)";
    BEGIN_SESSION = concat!("INSERT INTO session (", session_columns!(), ") VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING");
    // Read with each page: one statement for both.
    USED = concat!("SELECT ", account_columns!("a."), ", s.created_at_us AS begun_at_us, s.seen_at_us, \
        (SELECT value FROM meta WHERE key = $3) AS meta FROM session s JOIN account a ON a.division = s.division AND a.account = s.account WHERE s.division = $1 AND s.token = $2");
    SESSIONS = concat!("SELECT ", session_columns!(), " FROM session WHERE division = $1 AND account = $2 ORDER BY token");
    SEEN = "UPDATE session SET seen_at_us = $3 WHERE division = $1 AND token = $2 AND seen_at_us < $3";
    END_SESSION = "DELETE FROM session WHERE division = $1 AND token = $2";
    END_OTHERS = "DELETE FROM session WHERE division = $1 AND account = $2 AND token <> $3";
    END_ALL = "DELETE FROM session WHERE division = $1";
    END_OLD = "DELETE FROM session WHERE division = $1 AND (seen_at_us < $2 OR created_at_us < $3)";
}

/// Makes an account; false if the name is taken.
pub async fn insert(conn: &mut Conn, row: &AccountRow) -> Result<bool, StoreError> {
    let inserted = execute!(
        conn,
        INSERT,
        &row.division,
        &row.account,
        &row.name,
        &row.role,
        &row.person,
        &row.password,
        row.must_change,
        row.failures,
        row.locked_until_us,
        row.active,
        row.created_at_us,
        row.password_set_at_us
    )?;
    Ok(inserted == 1)
}

/// Stores an account as it is now; false if there is none.
pub async fn update(conn: &mut Conn, row: &AccountRow) -> Result<bool, StoreError> {
    let updated = execute!(
        conn,
        UPDATE,
        &row.division,
        &row.account,
        &row.name,
        &row.role,
        &row.person,
        &row.password,
        row.must_change,
        row.failures,
        row.locked_until_us,
        row.active,
        row.password_set_at_us
    )?;
    Ok(updated == 1)
}

/// An account by its name.
pub async fn get(
    conn: &mut Conn,
    division: &str,
    account: &str,
) -> Result<Option<AccountRow>, StoreError> {
    fetch_optional!(conn, AccountRow, GET, division, account)
}

/// A division's accounts in the order of their names.
pub async fn list(conn: &mut Conn, division: &str) -> Result<Vec<AccountRow>, StoreError> {
    fetch_all!(conn, AccountRow, LIST, division)
}

/// How the accounts from one to another stand. Sessions run that were used and begun since two instants.
pub async fn standings(
    conn: &mut Conn,
    division: &str,
    (first, last): (&str, &str),
    (seen_since_us, created_since_us): (i64, i64),
) -> Result<Vec<StandingRow>, StoreError> {
    fetch_all!(
        conn,
        StandingRow,
        STANDINGS,
        division,
        first,
        last,
        seen_since_us,
        created_since_us
    )
}

/// Counts a wrong password; from `limit` in a row on the account is locked until an instant.
pub async fn failed(
    conn: &mut Conn,
    division: &str,
    account: &str,
    limit: i64,
    locked_until_us: i64,
) -> Result<(), StoreError> {
    execute!(conn, FAILED, division, account, limit, locked_until_us).map(|_| ())
}

/// Forgets the wrong passwords after a right one.
pub async fn succeeded(conn: &mut Conn, division: &str, account: &str) -> Result<(), StoreError> {
    execute!(conn, SUCCEEDED, division, account).map(|_| ())
}

/// Begins a session.
pub async fn begin_session(conn: &mut Conn, row: &SessionRow) -> Result<(), StoreError> {
    match execute!(
        conn,
        BEGIN_SESSION,
        &row.division,
        &row.token,
        &row.account,
        &row.address,
        row.created_at_us,
        row.seen_at_us
    )? {
        1 => Ok(()),
        _ => Err(StoreError::Conflict {
            table: "session",
            key: row.division.clone(),
        }),
    }
}

/// The account that a session is of, by the digest of its token, with the value of a key of [`crate::meta`].
pub async fn of_session(
    conn: &mut Conn,
    division: &str,
    token: &str,
    meta_key: &str,
) -> Result<Option<UsedAccountRow>, StoreError> {
    fetch_optional!(conn, UsedAccountRow, USED, division, token, meta_key)
}

/// An account's sessions.
pub async fn sessions(
    conn: &mut Conn,
    division: &str,
    account: &str,
) -> Result<Vec<SessionRow>, StoreError> {
    fetch_all!(conn, SessionRow, SESSIONS, division, account)
}

/// Notes that a session was used.
pub async fn seen(
    conn: &mut Conn,
    division: &str,
    token: &str,
    at_us: i64,
) -> Result<(), StoreError> {
    execute!(conn, SEEN, division, token, at_us).map(|_| ())
}

/// Ends a session; false if it was over.
pub async fn end_session(conn: &mut Conn, division: &str, token: &str) -> Result<bool, StoreError> {
    Ok(execute!(conn, END_SESSION, division, token)? == 1)
}

/// Ends an account's sessions but one; an empty token spares none. Gives how many.
pub async fn end_others(
    conn: &mut Conn,
    division: &str,
    account: &str,
    spared: &str,
) -> Result<i64, StoreError> {
    execute!(conn, END_OTHERS, division, account, spared)
}

/// Removes sessions that ran out; gives how many.
pub async fn end_old(
    conn: &mut Conn,
    division: &str,
    seen_before_us: i64,
    created_before_us: i64,
) -> Result<i64, StoreError> {
    execute!(conn, END_OLD, division, seen_before_us, created_before_us)
}

/// Ends all sessions of a division; gives how many.
pub async fn end_all(conn: &mut Conn, division: &str) -> Result<i64, StoreError> {
    execute!(conn, END_ALL, division)
}
