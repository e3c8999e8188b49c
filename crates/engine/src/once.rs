//! Acts that other systems ask for, each done once: the answer is kept under a key of the caller's, in the transaction
//! of the act, and given again to whoever asks again.

use std::sync::Arc;

use approval::command::{Act, Command, Opening};
use store::Conn;
use store::api_receipt::ApiReceiptRow;
use store::chain::{HashAlgorithm, chain_hash, hex, new_salt};

use crate::answer::subject_json;
use crate::clock::Clock;
use crate::commands::{Application, begin, go_on};
use crate::engine::{Engine, Inner};
use crate::error::EngineError;

/// How long an answer is kept: longer than any sensible repeating, and than a long weekend without anybody.
const KEPT_US: i64 = 7 * 24 * 60 * 60 * 1_000_000;
/// The kind of the error for a key that was used for something else.
pub const KEY_REUSED: &str = "idempotency_key_reused";

/// What the source key of an act begins with that came by the interface: the record says which token was used. Events
/// of feeds have no such keys.
pub const ACT_KEY_PREFIX: &str = "api:";
/// Random bytes that tell one such act from another.
const ACT_KEY_BYTES: usize = 8;

/// The source key of an act that a token asks for.
///
/// # Errors
/// If the system has no random numbers.
pub fn act_key(token: &str) -> Result<String, EngineError> {
    let salt = new_salt()?;
    let own = hex(salt.get(..ACT_KEY_BYTES).unwrap_or(&salt));
    Ok(format!("{ACT_KEY_PREFIX}{token}:{own}"))
}

/// A key of the caller's, and what was asked under it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OnceKey {
    /// The caller's token.
    pub token: String,
    /// The key.
    pub key: String,
    /// The digest of what is asked.
    pub request: String,
}

impl OnceKey {
    /// A key for a request: where it went, and what it said.
    pub fn new(token: &str, key: &str, path: &str, body: &str) -> Self {
        Self {
            token: token.to_owned(),
            key: key.to_owned(),
            request: chain_hash(HashAlgorithm::Sha256, &format!("{path}\n"), body),
        }
    }
}

/// What is asked for.
#[derive(Clone, Debug)]
pub enum Deed {
    /// A new case.
    Receive(Application),
    /// An act on a subject that was seen up to an event.
    Act {
        /// Its number.
        subject: String,
        /// The last event that the caller knows of; `i64::MAX` for whatever is there.
        seen_seq: i64,
        /// The command.
        command: Command,
    },
}

/// An answer, given now or kept from before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptAnswer {
    /// The status it was given with.
    pub status: u16,
    /// The JSON text.
    pub body: String,
    /// Whether it is the answer to an earlier request.
    pub repeated: bool,
}

/// What a write transaction runs again from.
enum Ready {
    Receive(Opening, String),
    Act(String, i64, Command),
}

impl Engine {
    /// Does something once for each key. A refusal is kept nowhere: nothing was done, and asked again it may be right.
    ///
    /// # Errors
    /// A refusal of the core, [`KEY_REUSED`]; the database's.
    pub async fn once(
        &self,
        deed: Deed,
        act: Act,
        key: Option<OnceKey>,
    ) -> Result<KeptAnswer, EngineError> {
        let ready = match deed {
            Deed::Receive(application) => {
                let (opening, personal) = application.opening()?;
                Ready::Receive(opening, personal)
            }
            Deed::Act {
                subject,
                seen_seq,
                command,
            } => Ready::Act(subject, seen_seq, command),
        };
        let inner = Arc::clone(&self.inner);
        let request = Arc::new((ready, act, key));
        let done = self
            .inner
            .store
            .write(move |conn| {
                let inner = Arc::clone(&inner);
                let request = Arc::clone(&request);
                Box::pin(async move {
                    let (ready, act, key) = &*request;
                    if let Some(kept) = kept(conn, &inner, key.as_ref()).await? {
                        return Ok(kept);
                    }
                    let answer = ready.run(conn, &inner, act).await?;
                    keep(conn, &inner, key.as_ref(), &answer).await?;
                    Ok(answer)
                })
            })
            .await;
        self.tell_recorded(done.as_ref().is_ok_and(|answer| !answer.repeated));
        done
    }

    /// The answer that was kept under a key, for work that takes several transactions.
    ///
    /// # Errors
    /// [`KEY_REUSED`]; the database's.
    pub async fn kept_answer(&self, key: &OnceKey) -> Result<Option<KeptAnswer>, EngineError> {
        let mut conn = self.inner.store.read().await?;
        kept(&mut conn, &self.inner, Some(key)).await
    }

    /// Keeps an answer after the last of its transactions. What was recorded is known again by keys of its own.
    ///
    /// # Errors
    /// [`KEY_REUSED`] if another request took the key meanwhile; the database's.
    pub async fn keep_answer(&self, key: OnceKey, answer: KeptAnswer) -> Result<(), EngineError> {
        let inner = Arc::clone(&self.inner);
        let request = Arc::new((key, answer));
        self.inner
            .store
            .write(move |conn| {
                let inner = Arc::clone(&inner);
                let request = Arc::clone(&request);
                Box::pin(async move {
                    let (key, answer) = &*request;
                    // Two that did the same at once: the first answer stays.
                    match kept(conn, &inner, Some(key)).await? {
                        Some(_) => Ok(()),
                        None => keep(conn, &inner, Some(key), answer).await,
                    }
                })
            })
            .await
    }

    /// Removes the answers of all tokens that are too old to be given again; gives how many. What a token keeps goes when
    /// it keeps the next, so this is for those that ask no more.
    ///
    /// # Errors
    /// The database's.
    pub async fn end_old_answers(&self) -> Result<i64, EngineError> {
        let before_us = Clock::System.now().timestamp_micros() - KEPT_US;
        let request = Arc::new((self.division().to_owned(), before_us));
        self.inner
            .store
            .write(move |conn| {
                let request = Arc::clone(&request);
                Box::pin(async move {
                    let (division, before_us) = &*request;
                    Ok(store::api_receipt::end_old(conn, division, *before_us).await?)
                })
            })
            .await
    }
}

impl Ready {
    async fn run(
        &self,
        conn: &mut Conn,
        inner: &Inner,
        act: &Act,
    ) -> Result<KeptAnswer, EngineError> {
        /// Made, and done.
        const CREATED: u16 = 201;
        const OK: u16 = 200;
        let (status, seen) = match self {
            Self::Receive(opening, personal) => {
                let seen = begin(conn, inner, opening, act, Some(personal)).await?;
                (CREATED, seen)
            }
            Self::Act(subject, seen_seq, command) => {
                let seen = go_on(conn, inner, (subject, *seen_seq), command, act).await?;
                (OK, seen)
            }
        };
        Ok(KeptAnswer {
            status,
            body: subject_json(&seen).to_string(),
            repeated: false,
        })
    }
}

async fn kept(
    conn: &mut Conn,
    inner: &Inner,
    key: Option<&OnceKey>,
) -> Result<Option<KeptAnswer>, EngineError> {
    let Some(key) = key else {
        return Ok(None);
    };
    let division = inner.settings.division.as_str();
    let row = store::api_receipt::get(conn, division, &key.token, &key.key).await?;
    let since_us = Clock::System.now().timestamp_micros() - KEPT_US;
    let Some(row) = row.filter(|row| row.at_us >= since_us) else {
        return Ok(None);
    };
    if row.request != key.request {
        return Err(EngineError::invalid(
            KEY_REUSED,
            "该 Idempotency-Key 已用于另一请求 / the key was used for another request",
        ));
    }
    Ok(Some(KeptAnswer {
        status: u16::try_from(row.status).unwrap_or_default(),
        body: row.body,
        repeated: true,
    }))
}

/// Keeps an answer, and lets go of the token's old ones, so that there is no more of them than a week brings.
async fn keep(
    conn: &mut Conn,
    inner: &Inner,
    key: Option<&OnceKey>,
    answer: &KeptAnswer,
) -> Result<(), EngineError> {
    let Some(key) = key else {
        return Ok(());
    };
    let division = inner.settings.division.as_str();
    let now_us = Clock::System.now().timestamp_micros();
    store::api_receipt::end_old_of(conn, division, &key.token, now_us - KEPT_US).await?;
    let row = ApiReceiptRow {
        division: division.to_owned(),
        token: key.token.clone(),
        key: key.key.clone(),
        request: key.request.clone(),
        status: i64::from(answer.status),
        body: answer.body.clone(),
        at_us: now_us,
    };
    Ok(store::api_receipt::insert(conn, &row).await?)
}
