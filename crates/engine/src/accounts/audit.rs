//! What goes into the audit log, and how it is read.

use store::Conn;
use store::audit::{AuditRow, Filter, NewEntry};

pub use store::audit::LogState;

use crate::engine::{Engine, Inner};
use crate::error::EngineError;

/// Who is at the other end: the account, if anybody is signed in, and the address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Caller {
    /// The account; empty where nobody is signed in.
    pub account: String,
    /// Where the request came from.
    pub address: String,
}

/// An act for the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// What, a word that stays: `sign_in`, `account_added`, `refused` …
    pub act: &'static str,
    /// To what: an account, a case, a path.
    pub target: String,
    /// Whether it was done; false for what was refused.
    pub done: bool,
    /// What else is worth knowing; never personal data of an applicant, never a password.
    pub detail: String,
}

impl Entry {
    /// What was done.
    pub fn done(act: &'static str, target: impl Into<String>) -> Self {
        Self {
            act,
            target: target.into(),
            done: true,
            detail: String::new(),
        }
    }

    /// What was refused.
    pub fn refused(act: &'static str, target: impl Into<String>, why: impl Into<String>) -> Self {
        Self {
            act,
            target: target.into(),
            done: false,
            detail: why.into(),
        }
    }

    /// The same with more to know.
    pub fn with(mut self, detail: impl Into<String>) -> Self {
        self.detail = detail.into();
        self
    }
}

/// Appends within a transaction, so that an act and its entry stand or fall together.
pub(crate) async fn append(
    conn: &mut Conn,
    inner: &Inner,
    caller: &Caller,
    entry: &Entry,
) -> Result<(), EngineError> {
    append_to(conn, inner, &inner.settings.division, caller, entry).await
}

/// The same in the log of a named division.
pub(crate) async fn append_to(
    conn: &mut Conn,
    inner: &Inner,
    division: &str,
    caller: &Caller,
    entry: &Entry,
) -> Result<(), EngineError> {
    let at = inner.clock.now();
    let payload = serde_json::json!({
        "at": at.to_rfc3339(),
        "account": caller.account,
        "address": caller.address,
        "act": entry.act,
        "target": entry.target,
        "done": entry.done,
        "detail": entry.detail,
    });
    let row = NewEntry {
        division: division.to_owned(),
        at_us: at.timestamp_micros(),
        account: caller.account.clone(),
        act: entry.act.to_owned(),
        target: entry.target.clone(),
        done: entry.done,
        payload: payload.to_string(),
    };
    store::audit::append(conn, &row, inner.settings.hash).await?;
    Ok(())
}

impl Engine {
    /// Writes an entry of its own, for what has no other transaction: refusals, mostly.
    ///
    /// # Errors
    /// The database's.
    pub async fn note(&self, caller: &Caller, entry: Entry) -> Result<(), EngineError> {
        let inner = std::sync::Arc::clone(&self.inner);
        let request = std::sync::Arc::new((caller.clone(), entry));
        self.inner
            .store
            .write(move |conn| {
                let inner = std::sync::Arc::clone(&inner);
                let request = std::sync::Arc::clone(&request);
                Box::pin(async move { append(conn, &inner, &request.0, &request.1).await })
            })
            .await
    }

    /// The newest entries that fit.
    ///
    /// # Errors
    /// The database's.
    pub async fn audit_log(
        &self,
        filter: &Filter,
        limit: i64,
    ) -> Result<Vec<AuditRow>, EngineError> {
        let mut conn = self.inner.store.read().await?;
        Ok(store::audit::newest(&mut conn, self.division(), filter, limit).await?)
    }

    /// Reads the whole log and says whether it is what was written. That it was asked stands in the log, too.
    ///
    /// # Errors
    /// The database's. What is wrong with the log is in the answer.
    pub async fn check_log(&self, caller: &Caller) -> Result<LogState, EngineError> {
        let state = {
            let mut conn = self.inner.store.snapshot().await?;
            store::audit::check(&mut conn, self.division()).await?
        };
        let told = match state.defect {
            None => "whole".to_owned(),
            Some((seq, kind)) => format!("{} {seq}", kind.as_str()),
        };
        let entry = Entry::done("log_checked", "").with(told);
        self.note(caller, entry).await?;
        Ok(state)
    }
}
