//! Tokens of other systems: made and revoked with an entry in the log, and known again when they are shown.

use std::fmt;

use approval::ids::UnitCode;
use store::api_token::ApiTokenRow;
use store::chain::{HashAlgorithm, chain_hash, hex, new_salt};

use super::audit::{Caller, Entry};
use crate::clock::Clock;
use crate::engine::Engine;
use crate::error::EngineError;

/// What tokens begin with, so that one that lies about where it shouldn't is recognised.
const PREFIX: &str = "sx";
/// Bytes of what a token is called in the log: enough to be one of its own among a city's few dozen.
const NAME_BYTES: usize = 8;
/// The longest name of a system.
const SYSTEM_CHARS_MAX: usize = 64;
/// Microseconds of a day.
const DAY_US: i64 = 24 * 60 * 60 * 1_000_000;
/// The longest life of a token, ten years: what outlives its maker's memory must be asked for anew.
const DAYS_MAX: u32 = 3_653;
/// More requests in a minute than this are no department's: it would be the same as no limit.
const RATE_MAX: u32 = 60_000;

/// What a token may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ApiScope {
    /// Looks at cases, orders and reference data, and asks the clock.
    Read,
    /// Receives cases and acts on them, as a desk does.
    Cases,
    /// Reports what happened in a system of its own, which is recorded as a feed.
    Events,
}

impl ApiScope {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Read, Self::Cases, Self::Events];

    /// The stored word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Cases => "cases",
            Self::Events => "events",
        }
    }

    /// Reads [`Self::as_str`] back.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == word)
    }
}

/// A token to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewApiToken {
    /// The system that will hold it. Cases that it reports bear this name as their source.
    pub name: String,
    /// The unit whose cases it reaches; none: all of the division.
    pub unit: Option<String>,
    /// What it may.
    pub scopes: Vec<ApiScope>,
    /// Requests in a minute.
    pub rate_per_minute: u32,
    /// Days for which it is good.
    pub days: u32,
}

/// What the other system holds: `sx_NAME_SECRET`. Only the digest of the secret is in the database.
#[derive(Clone, PartialEq, Eq)]
pub struct ApiSecret(String);

impl ApiSecret {
    /// The text for its holder, shown once.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for ApiSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApiSecret(…)")
    }
}

/// A system that showed a good token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiCaller {
    /// What the token is called in the log.
    pub token: String,
    /// The system's name.
    pub name: String,
    /// The unit whose cases it reaches; none: all of the division.
    pub unit: Option<UnitCode>,
    /// What it may.
    pub scopes: Vec<ApiScope>,
    /// Requests in a minute.
    pub rate_per_minute: u32,
}

impl ApiCaller {
    /// Whether a unit's cases are within its reach.
    pub fn reaches(&self, unit: &UnitCode) -> bool {
        self.unit.as_ref().is_none_or(|own| own == unit)
    }

    /// For the log.
    pub fn caller(&self, address: &str) -> Caller {
        Caller {
            account: format!("token:{}", self.token),
            address: address.to_owned(),
        }
    }
}

impl Engine {
    /// Makes a token. Its text is in nobody's hands but the caller's afterwards.
    ///
    /// # Errors
    /// No name, no scope, an unknown unit, a rate or a life out of bounds; the database's.
    pub async fn add_api_token(
        &self,
        new: NewApiToken,
        caller: &Caller,
    ) -> Result<(ApiSecret, ApiTokenRow), EngineError> {
        self.check_new_token(&new).await?;
        let (called, secret) = (hex(&new_salt()?), hex(&new_salt()?));
        let called = called.get(..NAME_BYTES * 2).unwrap_or(&called).to_owned();
        let now_us = Clock::System.now().timestamp_micros();
        let algorithm = self.settings().hash;
        // Each once, in one order, however they were named.
        let scopes = ApiScope::ALL.into_iter().filter(|s| new.scopes.contains(s));
        let words: Vec<&str> = scopes.map(ApiScope::as_str).collect();
        let row = ApiTokenRow {
            division: self.division().to_owned(),
            token: called.clone(),
            name: new.name.trim().to_owned(),
            unit: new.unit,
            scopes: words.join(" "),
            rate_per_minute: i64::from(new.rate_per_minute),
            hash_algorithm: algorithm.as_str().to_owned(),
            digest: chain_hash(algorithm, "", &secret),
            created_at_us: now_us,
            created_by: caller.account.clone(),
            expires_at_us: now_us + i64::from(new.days) * DAY_US,
            revoked_at_us: None,
        };
        let reach = row.unit.clone().unwrap_or_else(|| "*".to_owned());
        let detail = format!("{} {reach} {}", row.name, row.scopes);
        let entry = Entry::done("token_added", called.clone()).with(detail);
        self.in_log(caller, entry, row.clone(), |conn, row| {
            Box::pin(async move { Ok(store::api_token::insert(conn, row).await?) })
        })
        .await?;
        Ok((ApiSecret(format!("{PREFIX}_{called}_{secret}")), row))
    }

    async fn check_new_token(&self, new: &NewApiToken) -> Result<(), EngineError> {
        let name = new.name.trim();
        let plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
        let length = name.chars().count();
        if length == 0 || length > SYSTEM_CHARS_MAX || !name.chars().all(plain) {
            return Err(EngineError::invalid(
                "bad_name",
                "系统名称由字母、数字和 - _ . 组成,最多 64 个字符 / a system's name is of letters, digits and - _ .",
            ));
        }
        if new.scopes.is_empty() {
            return Err(EngineError::invalid(
                "no_scope",
                "令牌没有任何权限,请指明 read、cases、events / a token needs a scope",
            ));
        }
        if new.rate_per_minute == 0 || new.rate_per_minute > RATE_MAX {
            return Err(EngineError::invalid(
                "bad_rate",
                format!("每分钟请求数为 1 至 {RATE_MAX} / requests in a minute: 1 to {RATE_MAX}"),
            ));
        }
        if new.days == 0 || new.days > DAYS_MAX {
            return Err(EngineError::invalid(
                "bad_days",
                format!("有效天数为 1 至 {DAYS_MAX} / days of validity: 1 to {DAYS_MAX}"),
            ));
        }
        let books = self.books(self.division()).await?;
        match &new.unit {
            Some(code) if books.directory.unit(&UnitCode::new(code.clone())).is_none() => {
                Err(EngineError::from(approval::Refusal::Unknown {
                    what: "单位",
                    code: code.clone(),
                }))
            }
            _ => Ok(()),
        }
    }

    /// Revokes a token: it is good for nothing from the next request on. The answers that were kept for it go with it:
    /// nobody can ask for them again.
    ///
    /// # Errors
    /// `unknown_token` if there is none that is still good; the database's.
    pub async fn revoke_api_token(&self, called: &str, caller: &Caller) -> Result<(), EngineError> {
        let now_us = Clock::System.now().timestamp_micros();
        let entry = Entry::done("token_revoked", called);
        let request = (self.division().to_owned(), called.to_owned(), now_us);
        self.in_log(
            caller,
            entry,
            request,
            |conn, (division, called, now_us)| {
                Box::pin(async move {
                    if store::api_token::revoke(conn, division, called, *now_us).await? {
                        store::api_receipt::end_of_token(conn, division, called).await?;
                        return Ok(());
                    }
                    Err(EngineError::invalid(
                        "unknown_token",
                        format!(
                            "没有令牌 {called},或已撤销 / no such token, or it is revoked already"
                        ),
                    ))
                })
            },
        )
        .await
    }

    /// All tokens, also those that are good no more.
    ///
    /// # Errors
    /// The database's.
    pub async fn api_tokens(&self) -> Result<Vec<ApiTokenRow>, EngineError> {
        let mut conn = self.inner.store.read().await?;
        Ok(store::api_token::list(&mut conn, self.division()).await?)
    }

    /// Who shows a token; none if it is unknown, revoked or run out, or its unit is gone. Which of these isn't told.
    ///
    /// # Errors
    /// The database's.
    pub async fn api_caller(&self, shown: &str) -> Result<Option<ApiCaller>, EngineError> {
        let mut parts = shown.splitn(3, '_');
        let (Some(PREFIX), Some(called), Some(secret)) = (parts.next(), parts.next(), parts.next())
        else {
            return Ok(None);
        };
        // What isn't of our making isn't looked for: a zero byte would be PostgreSQL's error.
        let is_hex = |text: &str| text.bytes().all(|b| b.is_ascii_hexdigit());
        if !is_hex(called) || !is_hex(secret) {
            return Ok(None);
        }
        let row = {
            let mut conn = self.inner.store.read().await?;
            store::api_token::get(&mut conn, self.division(), called).await?
        };
        let now_us = Clock::System.now().timestamp_micros();
        Ok(row
            .filter(|row| row.revoked_at_us.is_none() && now_us < row.expires_at_us)
            .filter(|row| {
                HashAlgorithm::parse(&row.hash_algorithm)
                    .is_some_and(|algorithm| chain_hash(algorithm, "", secret) == row.digest)
            })
            .map(|row| ApiCaller {
                token: row.token,
                name: row.name,
                unit: row.unit.map(UnitCode::new),
                scopes: row.scopes.split(' ').filter_map(ApiScope::parse).collect(),
                rate_per_minute: u32::try_from(row.rate_per_minute).unwrap_or(1).max(1),
            }))
    }
}
