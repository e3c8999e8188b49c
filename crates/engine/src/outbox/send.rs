//! Delivering what was composed.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use futures_util::future::join_all;
use notify::{Enclosure, Mail, SendError, SendErrorKind};
use store::codec::{instant, micros};
use store::enclosure::EnclosedFile;
use store::message::{Lease, MessageRow};
use store::{AsConflict, StoreError};

use super::{NO_ADDRESS, Outbox};
use crate::error::EngineError;

/// Deliveries under way at once: a mail server of an office takes a few connections, not dozens.
const WORKERS: usize = 4;

/// After so many failures in a row the round ends: the server is in trouble, and the messages behind wait without
/// having a try counted against them.
const FAILURES_IN_A_ROW_MAX: u32 = 8;

/// Whether another message may be taken in hand.
type GoOn<'a> = &'a (dyn Fn() -> bool + Sync);

/// What a round of sending did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SendReport {
    /// Messages handed over.
    pub sent: u64,
    /// Messages that are tried again later.
    pub retried: u64,
    /// Messages that the other side refused for good.
    pub failed: u64,
    /// Messages that were tried too often.
    pub given_up: u64,
    /// Messages whose lease ran out meanwhile: whoever holds them now says what became of them.
    pub lost: u64,
}

impl SendReport {
    fn add(&mut self, other: &Self) {
        self.sent += other.sent;
        self.retried += other.retried;
        self.failed += other.failed;
        self.given_up += other.given_up;
        self.lost += other.lost;
    }
}

/// What became of a message.
#[derive(Clone, Debug)]
enum Fate {
    Sent { at_us: i64 },
    Later { next_us: i64, error: String },
    Failed { error: String },
    GivenUp { error: String },
}

impl Outbox {
    /// Sends what is due, in all divisions, a few messages at a time.
    ///
    /// # Errors
    /// The database's. A mail that can't be delivered is no error: its row says so.
    pub async fn send_round(&self) -> Result<SendReport, EngineError> {
        self.send_while(&|| true).await
    }

    /// The same, but nothing more is taken in hand once `go_on` says no. What is in hand then is brought to its end: cut
    /// off it would wait for its lease to run out.
    ///
    /// # Errors
    /// The database's.
    pub(crate) async fn send_while(&self, go_on: GoOn<'_>) -> Result<SendReport, EngineError> {
        let mut report = SendReport::default();
        let failures = AtomicU32::new(0);
        for division in self.divisions().await? {
            let workers = (0..WORKERS).map(|_| self.send_some(&division, &failures, go_on));
            let mut trouble = None;
            for part in join_all(workers).await {
                match part {
                    Ok(part) => report.add(&part),
                    Err(error) => trouble = Some(error),
                }
            }
            if let Some(error) = trouble {
                return Err(error);
            }
        }
        metrics::counter!("shixian_messages_sent_total").increment(report.sent);
        metrics::counter!("shixian_messages_retried_total").increment(report.retried);
        metrics::counter!("shixian_messages_failed_total").increment(report.failed);
        metrics::counter!("shixian_messages_given_up_total").increment(report.given_up);
        Ok(report)
    }

    /// One worker: takes messages in hand until nothing is due or the server is in trouble.
    async fn send_some(
        &self,
        division: &str,
        failures: &AtomicU32,
        go_on: GoOn<'_>,
    ) -> Result<SendReport, EngineError> {
        let mut report = SendReport::default();
        while go_on() && failures.load(Ordering::Relaxed) < FAILURES_IN_A_ROW_MAX {
            let Some(row) = self.claim(division).await? else {
                break;
            };
            let fate = self.deliver(&row).await?;
            match &fate {
                Fate::Later { .. } | Fate::GivenUp { .. } => {
                    failures.fetch_add(1, Ordering::Relaxed);
                }
                // A refusal for good is about that mail: the server itself answers.
                Fate::Sent { .. } | Fate::Failed { .. } => failures.store(0, Ordering::Relaxed),
            }
            if !self.mark(&row, fate.clone()).await? {
                report.lost += 1;
                continue;
            }
            match fate {
                Fate::Sent { .. } => report.sent += 1,
                Fate::Later { .. } => report.retried += 1,
                Fate::Failed { .. } => report.failed += 1,
                Fate::GivenUp { .. } => report.given_up += 1,
            }
        }
        Ok(report)
    }

    /// Takes the message that is due longest in hand; `None` if nothing is due or others take everything.
    async fn claim(&self, division: &str) -> Result<Option<MessageRow>, EngineError> {
        let division = Arc::new(division.to_owned());
        let outbox = self.clone();
        let claimed = self.engine.inner.store.write(move |conn| {
            let (division, outbox) = (Arc::clone(&division), outbox.clone());
            Box::pin(async move {
                let now_us = micros(outbox.engine.clock().now());
                let row =
                    store::message::claim_due(conn, &division, now_us, outbox.taking()).await?;
                Ok::<_, EngineError>(row)
            })
        });
        match claimed.await {
            Err(error) if error.is_conflict() => Ok(None),
            other => other,
        }
    }

    /// Hands a message over, outside any transaction. The transport has a time-out of its own.
    async fn deliver(&self, row: &MessageRow) -> Result<Fate, EngineError> {
        if row.address.is_empty() {
            return Ok(Fate::Failed {
                error: NO_ADDRESS.to_owned(),
            });
        }
        let enclosures = self.enclosures(row).await?;
        let mail = Mail {
            message_id: row.message_id.clone(),
            from: self.inner.settings.from.clone(),
            to: row.address.clone(),
            subject: row.subject.clone(),
            text: row.body_text.clone(),
            html: row.body_html.clone(),
            date: instant(row.created_at_us),
            enclosures,
        };
        let outcome = self.inner.transport.send(&mail).await;
        let now_us = micros(self.engine.clock().now());
        Ok(match outcome {
            Ok(()) => Fate::Sent { at_us: now_us },
            Err(mut error) => {
                if error.kind == SendErrorKind::Permanent && !mail.enclosures.is_empty() {
                    error.message += &about_enclosures(&mail);
                }
                self.fate_of(row, &error, now_us)
            }
        })
    }

    /// The files that go with a message.
    async fn enclosures(&self, row: &MessageRow) -> Result<Vec<Enclosure>, EngineError> {
        let mut conn = self.engine.inner.store.read().await?;
        let files = store::enclosure::of_message(&mut conn, &row.division, &row.message_id).await?;
        let enclosure = |file: EnclosedFile| Enclosure {
            name: file.name,
            media_type: file.media_type,
            data: file.data.into(),
        };
        Ok(files.into_iter().map(enclosure).collect())
    }

    fn fate_of(&self, row: &MessageRow, error: &SendError, now_us: i64) -> Fate {
        tracing::warn!(
            message.id = %row.message_id,
            message.attempts = row.attempts,
            mail.error = %error,
            "a mail wasn't delivered"
        );
        let message = error.message.clone();
        if error.kind == SendErrorKind::Permanent {
            return Fate::Failed { error: message };
        }
        let attempts = u32::try_from(row.attempts).unwrap_or(u32::MAX);
        let policy = &self.inner.settings.retry;
        match policy.next_try(attempts, seed(&row.message_id)) {
            Some(wait) => Fate::Later {
                next_us: now_us.saturating_add(i64::try_from(wait.as_micros()).unwrap_or(i64::MAX)),
                error: message,
            },
            None => Fate::GivenUp { error: message },
        }
    }

    /// Says what became of a message; false if it is in somebody else's hand by now.
    async fn mark(&self, row: &MessageRow, fate: Fate) -> Result<bool, EngineError> {
        let key = (row.division.clone(), row.message_id.clone());
        let request = Arc::new((key, fate));
        let outbox = self.clone();
        let marked = self.engine.inner.store.write(move |conn| {
            let (request, outbox) = (Arc::clone(&request), outbox.clone());
            Box::pin(async move {
                let ((division, message_id), fate) = &*request;
                let lease = Lease {
                    division,
                    message_id,
                    owner: &outbox.inner.settings.owner,
                };
                match fate {
                    Fate::Sent { at_us } => store::message::mark_sent(conn, lease, *at_us).await?,
                    Fate::Later { next_us, error } => {
                        store::message::mark_retry(conn, lease, *next_us, error).await?;
                    }
                    Fate::Failed { error } => {
                        store::message::mark_failed(conn, lease, error).await?;
                    }
                    Fate::GivenUp { error } => {
                        store::message::mark_given_up(conn, lease, error).await?;
                    }
                }
                Ok::<_, EngineError>(())
            })
        });
        match marked.await {
            Ok(()) => Ok(true),
            Err(EngineError::Store(StoreError::Missing { .. })) => Ok(false),
            Err(error) => Err(error),
        }
    }
}

/// What operators should look at when a mail with files is refused for good: servers bound the size of mails, and some
/// take none with attachments.
fn about_enclosures(mail: &Mail) -> String {
    let (files, kib) = (mail.enclosures.len(), mail.enclosed_bytes().div_ceil(1024));
    format!(
        ";此信带附件{files}个,共{kib} KiB,请核对邮件服务器是否限制附件或邮件大小,放宽后执行 outbox retry / it carries {files} \
         attachments of {kib} KiB: see whether the mail server bounds attachments or the size of mails, then `outbox retry`"
    )
}

/// Spreads the next tries: messages that failed together don't come back together.
fn seed(message_id: &str) -> u64 {
    message_id
        .get(..16)
        .and_then(|digits| u64::from_str_radix(digits, 16).ok())
        .unwrap_or(0)
}
