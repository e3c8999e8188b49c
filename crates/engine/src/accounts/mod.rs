//! Who signs in: accounts, passwords, sessions, and the log of what was done with them.
//!
//! An account is a person's at the desks, or one of three administrators (三权分立 of graded protection, GB/T 22239):
//! the system administrator makes accounts and keeps reference data, the security administrator lets them in and
//! unlocks them, the audit administrator reads the log. None can do another's act. What a person may do to a case is
//! the core's business (`approval::rights`).

mod admin;
mod audit;
mod passwords;
mod sessions;
mod tokens;

use std::sync::Arc;

use approval::ids::PersonCode;
use store::Conn;
use store::account::AccountRow;

use crate::clock::Clock;
use crate::engine::{Engine, Inner};
use crate::error::EngineError;

pub use admin::{AccountAct, Requested};
pub use audit::{Caller, Entry, LogState};
pub(crate) use audit::{append, append_to};
pub use passwords::{LENGTH_MAX, LENGTH_MIN, check as check_password, made as make_password};
pub use sessions::{Limits, SignedIn, Token};
pub use tokens::{ApiCaller, ApiScope, ApiSecret, NewApiToken};

/// What an account is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AccountRole {
    /// A person of the approvals: clerk, handler, reviewer, approver, head, inspector, leader.
    Desk,
    /// 系统管理员: reference data, calendars, rules, jobs, mail; makes accounts.
    System,
    /// 安全管理员: lets accounts in, unlocks them, ends sessions.
    Security,
    /// 审计管理员: reads the log.
    Audit,
}

impl AccountRole {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Desk, Self::System, Self::Security, Self::Audit];

    /// The stored word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Desk => "desk",
            Self::System => "system",
            Self::Security => "security",
            Self::Audit => "audit",
        }
    }

    /// The word that people read.
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Desk => "业务人员",
            Self::System => "系统管理员",
            Self::Security => "安全管理员",
            Self::Audit => "审计管理员",
        }
    }

    /// Reads [`Self::as_str`] back.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == word)
    }
}

/// An account to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewAccount {
    /// The name that is typed.
    pub account: String,
    /// The name that people read; empty: the person's.
    pub name: String,
    /// What it is for.
    pub role: AccountRole,
    /// The person of a desk account.
    pub person: Option<String>,
    /// The first password.
    pub password: String,
    /// Whether it must be changed at the first sign-in.
    pub must_change: bool,
    /// Whether it may sign in at once, or waits for the security administrator.
    pub active: bool,
}

/// A change to an account; `None` leaves what is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AccountChange {
    /// Lets it in or keeps it out.
    pub active: Option<bool>,
    /// Takes the lock after wrong passwords away.
    pub unlock: bool,
    /// A new first password, to be changed at the next sign-in.
    pub password: Option<String>,
}

impl Engine {
    /// Makes an account.
    ///
    /// # Errors
    /// A name that is taken or no name, an unknown person, a weak password; the database's.
    pub async fn add_account(&self, new: NewAccount, caller: &Caller) -> Result<(), EngineError> {
        let account = account_name(&new.account)?;
        passwords::check(&new.password, &account)?;
        let name = self.name_of(&new).await?;
        let now_us = Clock::System.now().timestamp_micros();
        let row = AccountRow {
            division: self.division().to_owned(),
            account,
            name,
            role: new.role.as_str().to_owned(),
            person: new.person,
            password: passwords::digest(new.password).await?,
            must_change: new.must_change,
            failures: 0,
            locked_until_us: None,
            active: new.active,
            created_at_us: now_us,
            password_set_at_us: now_us,
        };
        let entry = Entry::done("account_added", row.account.clone()).with(row.role.clone());
        self.in_log(caller, entry, row, |conn, row| {
            Box::pin(async move {
                if store::account::insert(conn, row).await? {
                    return Ok(());
                }
                Err(EngineError::invalid(
                    "account_exists",
                    format!("账号 {} 已存在 / the account exists already", row.account),
                ))
            })
        })
        .await
    }

    /// The name that people read; checks that a desk account has a person, and an administrator none.
    async fn name_of(&self, new: &NewAccount) -> Result<String, EngineError> {
        let books = self.books(self.division()).await?;
        let given = new.name.trim().to_owned();
        match (new.role, &new.person) {
            (AccountRole::Desk, Some(code)) => {
                let code = PersonCode::new(code.clone());
                let person = books.directory.person(&code).ok_or_else(|| {
                    EngineError::from(approval::Refusal::Unknown {
                        what: "人员",
                        code: code.as_str().to_owned(),
                    })
                })?;
                Ok(if given.is_empty() {
                    person.name.clone()
                } else {
                    given
                })
            }
            (AccountRole::Desk, None) => Err(EngineError::invalid(
                "no_person",
                "业务账号必须对应一名人员,请指明人员代码 / an account of the desks belongs to a person",
            )),
            (_, Some(_)) => Err(EngineError::invalid(
                "person_of_administrator",
                "管理员账号不对应业务人员 / an administrator is no person of the approvals",
            )),
            (role, None) => Ok(if given.is_empty() {
                role.zh().to_owned()
            } else {
                given
            }),
        }
    }

    /// Changes an account.
    ///
    /// # Errors
    /// An unknown account, a weak password; the database's.
    pub async fn change_account(
        &self,
        account: &str,
        change: AccountChange,
        caller: &Caller,
    ) -> Result<(), EngineError> {
        let account = account_name(account)?;
        let digest = match change.password {
            Some(password) => {
                passwords::check(&password, &account)?;
                Some(passwords::digest(password).await?)
            }
            None => None,
        };
        let mut words: Vec<&str> = Vec::new();
        words.extend(
            change
                .active
                .map(|on| if on { "activated" } else { "closed" }),
        );
        words.extend(change.unlock.then_some("unlocked"));
        words.extend(digest.as_ref().map(|_| "password"));
        let entry = Entry::done("account_changed", account.clone()).with(words.join(" "));
        let division = self.division().to_owned();
        let request = (division, account, change.active, change.unlock, digest);
        self.in_log(caller, entry, request, |conn, request| {
            Box::pin(async move {
                let (division, account, active, unlock, digest) = request;
                let mut row = known(conn, division, account).await?;
                if *active == Some(false) {
                    keep_one_security(conn, &row).await?;
                }
                let ends_sessions = digest.is_some() || *active == Some(false);
                row.active = active.unwrap_or(row.active);
                if *unlock || digest.is_some() {
                    unlocked(&mut row);
                }
                if let Some(digest) = digest {
                    new_password(&mut row, digest);
                }
                store::account::update(conn, &row).await?;
                if ends_sessions {
                    store::account::end_others(conn, division, account, "").await?;
                }
                Ok(())
            })
        })
        .await
    }

    /// All accounts.
    ///
    /// # Errors
    /// The database's.
    pub async fn accounts(&self) -> Result<Vec<AccountRow>, EngineError> {
        let mut conn = self.inner.store.read().await?;
        Ok(store::account::list(&mut conn, self.division()).await?)
    }

    /// Runs an act and its entry of the log in one transaction. The entry comes first: whoever appends at the same time
    /// waits for this transaction, so that what the act looks at doesn't change under it.
    pub(crate) async fn in_log<R, F>(
        &self,
        caller: &Caller,
        entry: Entry,
        request: R,
        act: F,
    ) -> Result<(), EngineError>
    where
        R: Send + Sync + 'static,
        F: for<'c> Fn(&'c mut Conn, &'c R) -> store::BoxFuture<'c, Result<(), EngineError>>
            + Send
            + Sync
            + 'static,
    {
        let inner: Arc<Inner> = Arc::clone(&self.inner);
        let all = Arc::new((caller.clone(), entry, request, act));
        self.inner
            .store
            .write(move |conn| {
                let inner = Arc::clone(&inner);
                let all = Arc::clone(&all);
                Box::pin(async move {
                    let (caller, entry, request, act) = &*all;
                    audit::append(conn, &inner, caller, entry).await?;
                    act(conn, request).await
                })
            })
            .await
    }
}

/// Takes the lock after wrong passwords away.
fn unlocked(row: &mut AccountRow) {
    row.failures = 0;
    row.locked_until_us = None;
}

/// Sets a first password, to be changed at the next sign-in.
fn new_password(row: &mut AccountRow, digest: &str) {
    digest.clone_into(&mut row.password);
    row.must_change = true;
    row.password_set_at_us = Clock::System.now().timestamp_micros();
}

/// Refuses to close the last open security administrator: nobody could let anybody in any more.
async fn keep_one_security(conn: &mut Conn, row: &AccountRow) -> Result<(), EngineError> {
    let is_open =
        |a: &AccountRow| a.active && AccountRole::parse(&a.role) == Some(AccountRole::Security);
    if !is_open(row) {
        return Ok(());
    }
    let all = store::account::list(conn, &row.division).await?;
    if all.iter().any(|a| a.account != row.account && is_open(a)) {
        return Ok(());
    }
    Err(EngineError::invalid(
        "last_security",
        "这是最后一个启用的安全管理员账号，不能停用 / the last open security administrator can't be closed",
    ))
}

async fn known(conn: &mut Conn, division: &str, account: &str) -> Result<AccountRow, EngineError> {
    store::account::get(conn, division, account)
        .await?
        .ok_or_else(|| {
            EngineError::invalid(
                "unknown_account",
                format!("没有账号 {account} / no such account"),
            )
        })
}

/// An account's name as it is stored: lower case, so that nobody is kept out by a capital letter.
fn account_name(typed: &str) -> Result<String, EngineError> {
    let name = typed.trim().to_lowercase();
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '@');
    if name.is_empty() || name.chars().count() > 64 || !name.chars().all(plain) {
        return Err(EngineError::invalid(
            "bad_account",
            "账号由字母、数字和 - _ . @ 组成,最多 64 个字符 / an account is of letters, digits and - _ . @",
        ));
    }
    Ok(name)
}
