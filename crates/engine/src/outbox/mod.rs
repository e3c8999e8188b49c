//! The outbox: from free message items to delivered mails (invariant 4).
//!
//! Composing fixes the text and the Message-ID in one transaction, before anything is sent. Sending takes a message
//! in hand by a lease, talks to the mail server outside any transaction, and then says what became of it. Whoever
//! dies in between leaves a lease that runs out, and the next one sends the same mail with the same Message-ID.

mod compose;
mod desk;
mod digest;
mod parcel;
mod send;

use std::sync::Arc;

use notify::{Language, Letterhead, RetryPolicy, Templates, Transport};
use serde::Serialize;
use store::codec::{instant, micros};
use store::message::{MessageSummary, Taking};

use crate::answer::instant_text;
use crate::engine::Engine;
use crate::error::EngineError;

pub use compose::ComposeReport;
pub use desk::masked;
pub use digest::DigestReport;
pub use parcel::{Parcel, ParcelFile, ParcelReport, Reader};
pub use send::SendReport;

/// How long a message stays in one sender's hand: longer than one delivery may ever take, so that nobody else takes
/// it while it is under way.
pub const LEASE_MS: u64 = 120_000;

/// Rows of a list that are read at once.
const PAGE: i64 = 500;

/// Why a message has no address; without any name, for it is shown to operators.
const NO_ADDRESS: &str = "收件人不在现职人员中或没有邮箱,请补充人员资料后执行 outbox retry / \
    the recipient isn't among the active people or has no address: complete the reference data, then `outbox retry`";

/// In whose name mails go out, and how hard they are tried.
#[derive(Clone, Debug)]
pub struct OutboxSettings {
    /// The sender, `name <address>` or an address alone.
    pub from: String,
    /// The organ above and below each letter.
    pub organ_name: String,
    /// The system's name.
    pub system_name: String,
    /// Where the pages are; none: letters have no links.
    pub base_url: Option<String>,
    /// The language of the letters.
    pub language: Language,
    /// What stands behind the @ of a Message-ID.
    pub message_id_domain: String,
    /// How long failed deliveries are tried again.
    pub retry: RetryPolicy,
    /// How long a sender may keep a message in hand, in milliseconds; more than the transport's own time-out.
    pub lease_ms: u64,
    /// Who holds the leases: another word for each process.
    pub owner: String,
}

/// The outbox of an engine. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Outbox {
    engine: Engine,
    inner: Arc<Parts>,
}

#[derive(Debug)]
struct Parts {
    transport: Transport,
    templates: Templates,
    settings: OutboxSettings,
}

/// A message as `outbox list` shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OutboxLine {
    /// Its Message-ID, without brackets.
    pub message_id: String,
    /// The address.
    pub to: String,
    /// The channel.
    pub channel: String,
    /// `queued`, `sent`, `failed` (refused for good) or `given_up` (tried too often).
    pub state: String,
    /// How often it was tried.
    pub attempts: i64,
    /// When it is tried next, in the calendar's zone.
    pub next_try_at: Option<String>,
    /// What went wrong last.
    pub last_error: Option<String>,
    /// How many items it tells.
    pub items: i64,
}

impl Outbox {
    /// An outbox that sends through a transport.
    pub fn new(
        engine: Engine,
        transport: Transport,
        templates: Templates,
        mut settings: OutboxSettings,
    ) -> Self {
        settings.message_id_domain = domain_of(&settings.message_id_domain);
        let inner = Arc::new(Parts {
            transport,
            templates,
            settings,
        });
        Self { engine, inner }
    }

    /// The engine whose items it tells.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// Shows all messages, division by division, the oldest first. They are read page by page, each page for itself: a
    /// long list is held neither in memory nor by a reader that keeps the write-ahead log from being emptied.
    ///
    /// # Errors
    /// The database's, or that of `show`, which ends the list.
    pub async fn list<E: From<EngineError>>(
        &self,
        mut show: impl FnMut(OutboxLine) -> Result<(), E>,
    ) -> Result<(), E> {
        for division in self.divisions().await? {
            let books = self.engine.books(&division).await?;
            let mut after = (i64::MIN, String::new());
            loop {
                let page = self.page(&division, &after).await?;
                let Some(last) = page.last() else { break };
                after = (last.created_at_us, last.message_id.clone());
                for row in page {
                    let at = |us: i64| instant_text(&books.calendar, instant(us));
                    let line = OutboxLine {
                        message_id: row.message_id,
                        to: row.address,
                        channel: row.channel,
                        state: row.state,
                        attempts: row.attempts,
                        next_try_at: row.next_try_at_us.map(at),
                        last_error: row.last_error,
                        items: row.items,
                    };
                    show(line)?;
                }
            }
        }
        Ok(())
    }

    async fn page(
        &self,
        division: &str,
        after: &(i64, String),
    ) -> Result<Vec<MessageSummary>, EngineError> {
        let mut conn = self.engine.inner.store.read().await?;
        let (created_at_us, message_id) = after;
        let after = (*created_at_us, message_id.as_str());
        Ok(store::message::by_age(&mut conn, division, after, PAGE).await?)
    }

    /// Queues one message anew, or all that aren't sent, each to the address that its recipient has now; gives their
    /// number. One that was sent or is being sent stays as it is.
    ///
    /// # Errors
    /// An unknown Message-ID; the database's.
    pub async fn retry(&self, id: Option<&str>) -> Result<u64, EngineError> {
        let id = id.map(|id| id.trim().trim_start_matches('<').trim_end_matches('>'));
        let mut queued = 0;
        let mut known = id.is_none();
        for division in self.divisions().await? {
            let request = Arc::new((division, id.map(str::to_owned)));
            let outbox = self.clone();
            let found = self.engine.inner.store.write(move |conn| {
                let (request, outbox) = (Arc::clone(&request), outbox.clone());
                Box::pin(async move {
                    let (division, id) = &*request;
                    outbox.queue_anew(conn, division, id.as_deref()).await
                })
            });
            if let Some(number) = found.await? {
                known = true;
                queued += number;
            }
        }
        if known {
            return Ok(queued);
        }
        Err(EngineError::invalid(
            "no_message",
            format!(
                "没有 Message-ID 为 {} 的邮件,请用 outbox list 核对 / no such message",
                id.unwrap_or_default()
            ),
        ))
    }

    /// The number of messages queued anew; `None` if the division has none of this Message-ID.
    async fn queue_anew(
        &self,
        conn: &mut store::Conn,
        division: &str,
        id: Option<&str>,
    ) -> Result<Option<u64>, EngineError> {
        let now_us = micros(self.engine.clock().now());
        let machine_us = self.engine.clock().lease_us();
        let books = self.engine.inner.library.books(conn, division).await?;
        if let Some(id) = id {
            let Some(row) = store::message::get(conn, division, id).await? else {
                return Ok(None);
            };
            if let Some(address) = compose::address_of(&books, &row.recipient) {
                store::message::redirect(conn, division, id, address, machine_us).await?;
            }
            let queued = store::message::retry(conn, division, id, now_us, machine_us).await?;
            return Ok(Some(u64::from(queued)));
        }
        for state in ["failed", "given_up"] {
            let mut after = String::new();
            loop {
                let page = store::message::list(conn, division, Some(state), &after, PAGE).await?;
                let Some(last) = page.last() else { break };
                after.clone_from(&last.message_id);
                for row in &page {
                    if let Some(address) = compose::address_of(&books, &row.recipient)
                        && *address != row.address
                    {
                        let id = row.message_id.as_str();
                        store::message::redirect(conn, division, id, address, machine_us).await?;
                    }
                }
            }
        }
        let queued = store::message::retry_all(conn, division, now_us, machine_us).await?;
        Ok(Some(u64::try_from(queued).unwrap_or(0)))
    }

    async fn divisions(&self) -> Result<Vec<String>, EngineError> {
        let mut conn = self.engine.inner.store.read().await?;
        let rows = store::reference::divisions(&mut conn).await?;
        Ok(rows.into_iter().map(|row| row.division).collect())
    }

    fn letterhead(&self, zone: chrono_tz::Tz) -> Letterhead {
        let settings = &self.inner.settings;
        Letterhead {
            organ_name: settings.organ_name.clone(),
            system_name: settings.system_name.clone(),
            zone,
            trial: self.engine.standing().trial,
            base_url: settings.base_url.clone(),
        }
    }

    /// A lease taken now.
    fn taking(&self) -> Taking<'_> {
        let settings = &self.inner.settings;
        let at_us = self.engine.clock().lease_us();
        let lease_us = i64::try_from(settings.lease_ms)
            .unwrap_or(i64::MAX)
            .saturating_mul(1000);
        Taking {
            owner: &settings.owner,
            at_us,
            until_us: at_us.saturating_add(lease_us),
        }
    }
}

/// The part of a text that can stand behind the @ of a Message-ID.
fn domain_of(text: &str) -> String {
    let domain: String = text
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-'))
        .collect();
    if domain.is_empty() {
        "shixian.localdomain".to_owned()
    } else {
        domain
    }
}
