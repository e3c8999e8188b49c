//! What the administrators do with accounts at their desks: the system administrator makes them, closed; the security
//! administrator lets them in. Each act looks in its own transaction whether whoever asks may still ask.

use store::Conn;
use store::account::{AccountRow, StandingRow};

use super::audit::{Caller, Entry};
use super::{
    AccountRole, Limits, NewAccount, account_name, keep_one_security, known, new_password,
    passwords, sessions, unlocked,
};
use crate::clock::Clock;
use crate::engine::Engine;
use crate::error::EngineError;

/// An account that the system administrator asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Requested {
    /// The name that is typed.
    pub account: String,
    /// The name that people read; empty: the person's.
    pub name: String,
    /// What it is for.
    pub role: AccountRole,
    /// The person of a desk account.
    pub person: Option<String>,
}

/// What the security administrator does to an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccountAct {
    /// Lets it in; one that has no password of its own yet gets a first one.
    Open,
    /// Keeps it out and ends its sessions.
    Close,
    /// Takes the lock after wrong passwords away.
    Unlock,
    /// Gives it a first password again, ends its sessions.
    ResetPassword,
    /// Ends its sessions.
    EndSessions,
}

impl AccountAct {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 5] = [
        Self::Open,
        Self::Unlock,
        Self::ResetPassword,
        Self::EndSessions,
        Self::Close,
    ];

    /// The word in forms.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Close => "close",
            Self::Unlock => "unlock",
            Self::ResetPassword => "reset_password",
            Self::EndSessions => "end_sessions",
        }
    }

    /// Reads [`Self::as_str`] back.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|act| act.as_str() == word)
    }

    /// The word in the log, the same as that of the command line.
    const fn logged(self) -> &'static str {
        match self {
            Self::Open => "activated",
            Self::Close => "closed",
            Self::Unlock => "unlocked",
            Self::ResetPassword => "password",
            Self::EndSessions => "sessions",
        }
    }
}

impl Engine {
    /// Makes an account for the system administrator: closed, with a password that nobody knows. The security
    /// administrator opens it and hands the first password over, so that neither lets anybody in alone. Gives the
    /// account's name.
    ///
    /// # Errors
    /// A name that is taken or no name, an unknown person, one who has an account; whoever isn't the system
    /// administrator; the database's.
    pub async fn request_account(
        &self,
        new: Requested,
        caller: &Caller,
    ) -> Result<String, EngineError> {
        let account = account_name(&new.account)?;
        let new = NewAccount {
            account: account.clone(),
            name: new.name,
            role: new.role,
            person: new.person,
            password: passwords::made()?,
            must_change: true,
            active: false,
        };
        let name = self.name_of(&new).await?;
        let now_us = Clock::System.now().timestamp_micros();
        let row = AccountRow {
            division: self.division().to_owned(),
            account: account.clone(),
            name,
            role: new.role.as_str().to_owned(),
            person: new.person,
            password: passwords::digest(new.password).await?,
            must_change: true,
            failures: 0,
            locked_until_us: None,
            active: false,
            created_at_us: now_us,
            password_set_at_us: now_us,
        };
        let detail = match &row.person {
            Some(person) => format!("{} {person}", row.role),
            None => row.role.clone(),
        };
        let entry = Entry::done("account_added", account.clone()).with(detail);
        let request = (row, caller.account.clone());
        self.in_log(caller, entry, request, |conn, (row, by)| {
            Box::pin(async move {
                administrator(conn, &row.division, by, AccountRole::System).await?;
                one_for_each(conn, row).await?;
                if store::account::insert(conn, row).await? {
                    return Ok(());
                }
                Err(EngineError::invalid(
                    "account_exists",
                    format!("账号 {} 已存在 / the account exists already", row.account),
                ))
            })
        })
        .await?;
        Ok(account)
    }

    /// Does what the security administrator asks to another's account. Gives the first password, if one was made: it
    /// is shown once and stored nowhere.
    ///
    /// # Errors
    /// One's own account, the last open security administrator, an unknown account; whoever isn't the security
    /// administrator; the database's.
    pub async fn account_act(
        &self,
        account: &str,
        act: AccountAct,
        caller: &Caller,
    ) -> Result<Option<String>, EngineError> {
        let account = account_name(account)?;
        if account == caller.account {
            return self.refused(&account, act, caller, own_account()).await;
        }
        let row = {
            let mut conn = self.inner.store.read().await?;
            known(&mut conn, self.division(), &account).await?
        };
        let makes_password = match act {
            AccountAct::ResetPassword => true,
            AccountAct::Open => row.must_change,
            _ => false,
        };
        let (password, digest) = if makes_password {
            let password = passwords::made()?;
            let digest = passwords::digest(password.clone()).await?;
            (Some(password), Some(digest))
        } else {
            (None, None)
        };
        let logged = match (act, &password) {
            (AccountAct::Open, Some(_)) => "activated password",
            _ => act.logged(),
        };
        let entry = Entry::done("account_changed", account.clone()).with(logged);
        let division = self.division().to_owned();
        let request = (
            division,
            account.clone(),
            act,
            digest,
            caller.account.clone(),
        );
        let done = self
            .in_log(caller, entry, request, |conn, request| {
                Box::pin(async move {
                    let (division, account, act, digest, by) = request;
                    administrator(conn, division, by, AccountRole::Security).await?;
                    change(conn, division, account, *act, digest.as_deref()).await
                })
            })
            .await;
        match done {
            Ok(()) => Ok(password),
            Err(error) => self.refused(&account, act, caller, error).await,
        }
    }

    /// What was refused stands in the log too; the transaction that it would have stood in was undone.
    async fn refused<T>(
        &self,
        account: &str,
        act: AccountAct,
        caller: &Caller,
        error: EngineError,
    ) -> Result<T, EngineError> {
        if error.is_refusal() {
            let why = format!("{} {}", act.logged(), error.kind());
            let entry = Entry::refused("account_changed", account, why);
            self.note(caller, entry).await?;
        }
        Err(error)
    }

    /// How the accounts from one to another stand: the last sign-in, the sessions that run.
    ///
    /// # Errors
    /// The database's.
    pub async fn account_standings(
        &self,
        first: &str,
        last: &str,
        limits: Limits,
    ) -> Result<Vec<StandingRow>, EngineError> {
        let now_us = Clock::System.now().timestamp_micros();
        let since = (
            now_us - sessions::micros(limits.idle),
            now_us - sessions::micros(limits.absolute),
        );
        let mut conn = self.inner.store.read().await?;
        let found =
            store::account::standings(&mut conn, self.division(), (first, last), since).await?;
        Ok(found)
    }
}

/// Whoever asks, as the database knows him in this transaction: his session may be older than his account's end.
async fn administrator(
    conn: &mut Conn,
    division: &str,
    account: &str,
    role: AccountRole,
) -> Result<(), EngineError> {
    let row = store::account::get(conn, division, account).await?;
    if row.is_some_and(|a| a.active && AccountRole::parse(&a.role) == Some(role)) {
        return Ok(());
    }
    Err(EngineError::invalid(
        "not_administrator",
        format!(
            "只有{}才能办理 / only another administrator may do this",
            role.zh()
        ),
    ))
}

/// A person signs in by one account: with two, the closing of one would keep nobody out.
async fn one_for_each(conn: &mut Conn, new: &AccountRow) -> Result<(), EngineError> {
    let Some(person) = &new.person else {
        return Ok(());
    };
    let all = store::account::list(conn, &new.division).await?;
    match all.iter().find(|a| a.person.as_ref() == Some(person)) {
        None => Ok(()),
        Some(other) => Err(EngineError::invalid(
            "person_has_account",
            format!(
                "该人员已有账号 {}，请由安全管理员启用 / this person has an account already",
                other.account
            ),
        )),
    }
}

async fn change(
    conn: &mut Conn,
    division: &str,
    account: &str,
    act: AccountAct,
    digest: Option<&str>,
) -> Result<(), EngineError> {
    let mut row = known(conn, division, account).await?;
    match act {
        AccountAct::Open => row.active = true,
        AccountAct::Close => {
            keep_one_security(conn, &row).await?;
            row.active = false;
        }
        AccountAct::Unlock => unlocked(&mut row),
        AccountAct::ResetPassword => {}
        AccountAct::EndSessions => {}
    }
    if let Some(digest) = digest {
        unlocked(&mut row);
        new_password(&mut row, digest);
    }
    store::account::update(conn, &row).await?;
    let stay = matches!(act, AccountAct::Unlock | AccountAct::Open) && digest.is_none();
    if !stay {
        store::account::end_others(conn, division, account, "").await?;
    }
    Ok(())
}

fn own_account() -> EngineError {
    EngineError::invalid(
        "own_account",
        "不能办理自己的账号，请由另一名安全管理员办理 / nobody may do this to an account of his own",
    )
}
