//! Sign-in, sessions, and the password that one changes oneself.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use approval::Books;
use approval::ids::PersonCode;
use store::account::{AccountRow, SessionRow, UsedAccountRow};
use store::chain::{HashAlgorithm, chain_hash, hex, new_salt};

use super::audit::{Caller, Entry};
use super::{AccountRole, account_name, known, passwords};
use crate::clock::Clock;
use crate::engine::Engine;
use crate::error::EngineError;
use crate::library::BOOKS_EDITION;

/// Wrong passwords in a row that lock an account.
const FAILURES_MAX: i64 = 5;
/// How long it stays locked: long enough that guessing is hopeless, short enough that a clerk isn't sent home.
const LOCKED_US: i64 = 15 * 60 * 1_000_000;
/// How often `seen_at` is written: reading pages must not cost a write each.
const SEEN_EVERY_US: i64 = 60 * 1_000_000;

/// How long sessions last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Without a request.
    pub idle: Duration,
    /// In all.
    pub absolute: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            // A clerk who serves one applicant without touching the screen stays signed in.
            idle: Duration::from_secs(30 * 60),
            // A working day with its lunch.
            absolute: Duration::from_secs(12 * 60 * 60),
        }
    }
}

/// What the browser holds. Its digest is in the database, so that a copy of the database opens no session.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// Reads what a browser sent.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text for the browser.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The digest that is stored.
    fn digest(&self) -> String {
        chain_hash(HashAlgorithm::Sha256, "", &self.0)
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

/// Who is signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedIn {
    /// The account.
    pub account: String,
    /// The name that people read.
    pub name: String,
    /// What the account is for.
    pub role: AccountRole,
    /// The person of a desk account.
    pub person: Option<PersonCode>,
    /// Whether the password must be changed before anything else.
    pub must_change: bool,
}

impl Engine {
    /// Begins a session. Which of name and password is wrong isn't told.
    ///
    /// # Errors
    /// `sign_in` for a wrong name or password, `locked` after too many of them; the database's.
    pub async fn sign_in(
        &self,
        typed: &str,
        password: &str,
        address: &str,
    ) -> Result<(Token, SignedIn), EngineError> {
        let name = account_name(typed).unwrap_or_default();
        let row = {
            let mut conn = self.inner.store.read().await?;
            store::account::get(&mut conn, self.division(), &name).await?
        };
        let now_us = Clock::System.now().timestamp_micros();
        let locked = row
            .as_ref()
            .and_then(|r| r.locked_until_us)
            .is_some_and(|until| now_us < until);
        let active = row.as_ref().is_some_and(|r| r.active);
        // Compared in every case: how long it takes tells nothing.
        let length_fits = password.len() <= passwords::LENGTH_MAX * 4;
        let typed_password = if length_fits { password } else { "" };
        let digest = row.as_ref().map(|r| r.password.clone());
        let fits = passwords::fits(typed_password.to_owned(), digest).await?;
        let caller = Caller {
            account: row.as_ref().map(|r| r.account.clone()).unwrap_or_default(),
            address: address.to_owned(),
        };
        match row {
            Some(row) if fits && active && !locked => self.begin_session(row, caller).await,
            _ => {
                self.refuse_sign_in(&name, &caller, locked, fits).await?;
                Err(if locked {
                    EngineError::invalid(
                        "locked",
                        "密码多次输错,账号已锁定 15 分钟,请稍后再试或联系安全管理员 / locked for 15 minutes after wrong passwords",
                    )
                } else {
                    EngineError::invalid("sign_in", "账号或密码不正确 / wrong account or password")
                })
            }
        }
    }

    async fn begin_session(
        &self,
        row: AccountRow,
        caller: Caller,
    ) -> Result<(Token, SignedIn), EngineError> {
        let token = Token(hex(&new_salt()?));
        let now_us = Clock::System.now().timestamp_micros();
        let session = SessionRow {
            division: row.division.clone(),
            token: token.digest(),
            account: row.account.clone(),
            address: caller.address.clone(),
            created_at_us: now_us,
            seen_at_us: now_us,
        };
        let entry = Entry::done("sign_in", row.account.clone());
        self.in_log(&caller, entry, session, |conn, session| {
            Box::pin(async move {
                store::account::succeeded(conn, &session.division, &session.account).await?;
                store::account::begin_session(conn, session).await?;
                Ok(())
            })
        })
        .await?;
        Ok((token, signed_in(&row)?))
    }

    /// Counts the wrong password and notes it; a locked account isn't locked for longer by more of them.
    async fn refuse_sign_in(
        &self,
        name: &str,
        caller: &Caller,
        locked: bool,
        fits: bool,
    ) -> Result<(), EngineError> {
        let why = match (locked, fits, caller.account.is_empty()) {
            (true, ..) => "locked",
            (_, _, true) => "unknown account",
            (_, true, _) => "account closed",
            (_, false, _) => "wrong password",
        };
        let counts = !locked && !fits && !caller.account.is_empty();
        let until_us = Clock::System.now().timestamp_micros() + LOCKED_US;
        // A name that is no account's may be a password typed into the wrong field: it isn't written down.
        let target = if caller.account.is_empty() { "" } else { name };
        let entry = Entry::refused("sign_in", target, why);
        let request = (
            self.division().to_owned(),
            name.to_owned(),
            counts,
            until_us,
        );
        self.in_log(caller, entry, request, |conn, request| {
            Box::pin(async move {
                let (division, name, counts, until_us) = request;
                if *counts {
                    store::account::failed(conn, division, name, FAILURES_MAX, *until_us).await?;
                }
                Ok(())
            })
        })
        .await
    }

    /// Who holds a token, if its session still runs, and the books in force.
    ///
    /// # Errors
    /// The database's.
    pub async fn session(
        &self,
        token: &Token,
        limits: Limits,
    ) -> Result<Option<(SignedIn, Arc<Books>)>, EngineError> {
        let Some((who, edition)) = self.signed_in(token, limits).await? else {
            return Ok(None);
        };
        let books = match self.inner.library.on_shelf(self.division(), &edition) {
            Some(books) => books,
            None => self.books(self.division()).await?,
        };
        Ok(Some((who, books)))
    }

    /// Who holds a token, and which edition of the books is in force.
    async fn signed_in(
        &self,
        token: &Token,
        limits: Limits,
    ) -> Result<Option<(SignedIn, String)>, EngineError> {
        let digest = token.digest();
        let now_us = Clock::System.now().timestamp_micros();
        let (row, edition) = {
            let mut conn = self.inner.store.read().await?;
            let used =
                store::account::of_session(&mut conn, self.division(), &digest, BOOKS_EDITION)
                    .await?;
            let Some(used) = used.filter(|used| runs(used, limits, now_us)) else {
                return Ok(None);
            };
            let edition = used.meta.unwrap_or_default();
            if now_us - used.seen_at_us < SEEN_EVERY_US {
                return Ok(Some((signed_in(&used.account)?, edition)));
            }
            (used.account, edition)
        };
        let request = Arc::new((self.division().to_owned(), digest));
        self.inner
            .store
            .write(move |conn| {
                let request = Arc::clone(&request);
                Box::pin(async move {
                    store::account::seen(conn, &request.0, &request.1, now_us).await?;
                    Ok::<(), EngineError>(())
                })
            })
            .await?;
        Ok(Some((signed_in(&row)?, edition)))
    }

    /// Whether a session still runs, without counting as a request: an open board that moves by itself is nobody who works.
    ///
    /// # Errors
    /// The database's.
    pub async fn session_runs(&self, token: &Token, limits: Limits) -> Result<bool, EngineError> {
        let now_us = Clock::System.now().timestamp_micros();
        let mut conn = self.inner.store.read().await?;
        let used =
            store::account::of_session(&mut conn, self.division(), &token.digest(), BOOKS_EDITION)
                .await?;
        Ok(used.is_some_and(|used| runs(&used, limits, now_us)))
    }

    /// Ends a session.
    ///
    /// # Errors
    /// The database's.
    pub async fn sign_out(&self, token: &Token, caller: &Caller) -> Result<(), EngineError> {
        let request = (self.division().to_owned(), token.digest());
        let entry = Entry::done("sign_out", caller.account.clone());
        self.in_log(caller, entry, request, |conn, request| {
            Box::pin(async move {
                store::account::end_session(conn, &request.0, &request.1).await?;
                Ok(())
            })
        })
        .await
    }

    /// Changes one's own password; all other sessions of the account end.
    ///
    /// # Errors
    /// `wrong_password` if the old one doesn't fit, `weak_password`; the database's.
    pub async fn change_password(
        &self,
        token: &Token,
        old: &str,
        new: &str,
        caller: &Caller,
    ) -> Result<(), EngineError> {
        let row = {
            let mut conn = self.inner.store.read().await?;
            known(&mut conn, self.division(), &caller.account).await?
        };
        if !passwords::fits(old.to_owned(), Some(row.password.clone())).await? {
            self.note(
                caller,
                Entry::refused("password", row.account, "wrong password"),
            )
            .await?;
            return Err(EngineError::invalid(
                "wrong_password",
                "原密码不正确 / the old password is wrong",
            ));
        }
        passwords::check(new, &row.account)?;
        if old == new {
            return Err(EngineError::invalid(
                "weak_password",
                "新密码不能与原密码相同 / the new password is the old one",
            ));
        }
        let row = AccountRow {
            password: passwords::digest(new.to_owned()).await?,
            must_change: false,
            password_set_at_us: Clock::System.now().timestamp_micros(),
            ..row
        };
        let entry = Entry::done("password", row.account.clone());
        self.in_log(caller, entry, (row, token.digest()), |conn, request| {
            Box::pin(async move {
                let (row, token) = request;
                store::account::update(conn, row).await?;
                store::account::end_others(conn, &row.division, &row.account, token).await?;
                Ok(())
            })
        })
        .await
    }

    /// Removes sessions that ran out.
    ///
    /// # Errors
    /// The database's.
    pub async fn end_old_sessions(&self, limits: Limits) -> Result<i64, EngineError> {
        let now_us = Clock::System.now().timestamp_micros();
        let request = Arc::new((
            self.division().to_owned(),
            now_us - micros(limits.idle),
            now_us - micros(limits.absolute),
        ));
        self.inner
            .store
            .write(move |conn| {
                let request = Arc::clone(&request);
                Box::pin(async move {
                    let (division, seen, created) = &*request;
                    Ok(store::account::end_old(conn, division, *seen, *created).await?)
                })
            })
            .await
    }
}

/// Whether a session runs, of an account that may be used.
fn runs(used: &UsedAccountRow, limits: Limits, now_us: i64) -> bool {
    used.account.active
        && now_us - used.seen_at_us < micros(limits.idle)
        && now_us - used.begun_at_us < micros(limits.absolute)
}

/// A span in the record's unit.
pub(super) fn micros(span: Duration) -> i64 {
    i64::try_from(span.as_micros()).unwrap_or(i64::MAX)
}

fn signed_in(row: &AccountRow) -> Result<SignedIn, EngineError> {
    let role = AccountRole::parse(&row.role).ok_or_else(|| {
        store::StoreError::corrupt_value(
            "account",
            "role",
            format!("{}/{}", row.division, row.account),
        )
    })?;
    Ok(SignedIn {
        account: row.account.clone(),
        name: row.name.clone(),
        role,
        person: row.person.clone().map(PersonCode::new),
        must_change: row.must_change,
    })
}
