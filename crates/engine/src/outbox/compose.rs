//! One letter from all free items of a recipient.

use std::fmt::Write as _;
use std::sync::Arc;

use approval::Books;
use approval::ids::PersonCode;
use chrono::{DateTime, Utc};
use notify::Note;
use store::chain::{HashAlgorithm, chain_hash};
use store::codec::micros;
use store::message::MessageRow;
use store::message_item::{MessageItemRow, Waiting};
use store::{AsConflict, Conn};

use super::{NO_ADDRESS, Outbox};
use crate::error::EngineError;
use crate::execute::MAIL;

/// Items in one letter: a reader takes no more, and composing them stays a matter of milliseconds inside the
/// transaction. The rest goes into the next letter.
const ITEMS_MAX: i64 = 500;

/// Recipients that are read ahead.
const RECIPIENTS: i64 = 100;

/// Hexadecimal digits of a Message-ID: 128 bits.
const ID_DIGITS: usize = 32;

/// What a round of composing did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ComposeReport {
    /// Messages written.
    pub messages: u64,
    /// Items that went into them.
    pub items: u64,
    /// Items dropped because they can't be read.
    pub dropped: u64,
    /// Of the messages, those that have no address and stand as failed.
    pub undeliverable: u64,
    /// Recipients left for the next round: their letter couldn't be made, or others were at it.
    pub left_over: u64,
}

impl ComposeReport {
    fn add(&mut self, other: &Self) {
        self.messages += other.messages;
        self.items += other.items;
        self.dropped += other.dropped;
        self.undeliverable += other.undeliverable;
        self.left_over += other.left_over;
    }
}

/// What became of one recipient's items.
#[derive(Default)]
struct Composed {
    report: ComposeReport,
    /// More items may wait than one letter takes.
    more: bool,
}

impl Outbox {
    /// Composes one message for each recipient who has free items, in all divisions. Any number of processes may do
    /// so at once: each item goes into exactly one message.
    ///
    /// # Errors
    /// The database's.
    pub async fn compose_round(&self) -> Result<ComposeReport, EngineError> {
        let mut report = ComposeReport::default();
        for division in self.divisions().await? {
            let mut after = (String::new(), String::new());
            loop {
                let waiting = {
                    let mut conn = self.engine.inner.store.read().await?;
                    let after = (after.0.as_str(), after.1.as_str());
                    store::message_item::waiting(&mut conn, &division, after, RECIPIENTS).await?
                };
                let Some(last) = waiting.last() else { break };
                after = (last.recipient.clone(), last.channel.clone());
                for who in waiting.into_iter().filter(|who| who.channel == MAIL) {
                    self.compose_for(&division, who, &mut report).await?;
                }
            }
        }
        metrics::counter!("shixian_messages_composed_total").increment(report.messages);
        metrics::counter!("shixian_message_items_dropped_total").increment(report.dropped);
        Ok(report)
    }

    async fn compose_for(
        &self,
        division: &str,
        who: Waiting,
        report: &mut ComposeReport,
    ) -> Result<(), EngineError> {
        let request = Arc::new((division.to_owned(), who));
        loop {
            let (request, outbox) = (Arc::clone(&request), self.clone());
            let composed = self.engine.inner.store.write(move |conn| {
                let (request, outbox) = (Arc::clone(&request), outbox.clone());
                Box::pin(async move {
                    let (division, who) = &*request;
                    compose_one(conn, &outbox, division, who).await
                })
            });
            match composed.await {
                Ok(composed) => {
                    report.add(&composed.report);
                    if !composed.more {
                        return Ok(());
                    }
                }
                Err(error @ EngineError::Mail { .. }) => {
                    tracing::error!(mail.error = %error, division.code = division, "a letter can't be made");
                    report.left_over += 1;
                    return Ok(());
                }
                Err(error) if error.is_conflict() => {
                    report.left_over += 1;
                    return Ok(());
                }
                Err(error) => return Err(error),
            }
        }
    }
}

/// Reads a recipient's free items, writes the message and marks them, in the caller's transaction.
async fn compose_one(
    conn: &mut Conn,
    outbox: &Outbox,
    division: &str,
    who: &Waiting,
) -> Result<Composed, EngineError> {
    let engine = &outbox.engine;
    let now = engine.clock().now();
    let free = store::message_item::free(conn, division, who, ITEMS_MAX).await?;
    let mut composed = Composed {
        more: i64::try_from(free.len()).is_ok_and(|n| n >= ITEMS_MAX),
        ..Composed::default()
    };
    let mut items: Vec<MessageItemRow> = Vec::new();
    let mut notes: Vec<Note> = Vec::new();
    for item in free {
        match serde_json::from_str(&item.payload) {
            Ok(note) => {
                notes.push(note);
                items.push(item);
            }
            Err(error) => {
                tracing::error!(subject.id = %item.subject, event.seq = item.seq, item.error = %error, "a message item can't be read");
                store::message_item::drop_one(conn, &item, "unreadable").await?;
                composed.report.dropped += 1;
            }
        }
    }
    if items.is_empty() {
        return Ok(composed);
    }
    let books = engine.inner.library.books(conn, division).await?;
    let row = message_of(outbox, &books, who, &items, &notes, now)?;
    store::message::insert(conn, &row).await?;
    store::message_item::mark_composed(conn, division, who, &row.message_id, &items).await?;
    composed.report.messages = 1;
    composed.report.items = u64::try_from(items.len()).unwrap_or(u64::MAX);
    composed.report.undeliverable = u64::from(row.state == "failed");
    Ok(composed)
}

fn message_of(
    outbox: &Outbox,
    books: &Books,
    who: &Waiting,
    items: &[MessageItemRow],
    notes: &[Note],
    now: DateTime<Utc>,
) -> Result<MessageRow, EngineError> {
    let settings = &outbox.inner.settings;
    let person = books
        .directory
        .person(&PersonCode::new(who.recipient.clone()));
    let name = person.map_or(who.recipient.as_str(), |p| p.name.as_str());
    let head = outbox.letterhead(books.calendar.zone());
    let letter = outbox
        .inner
        .templates
        .compose(settings.language, name, notes, &head)
        .map_err(|e| EngineError::Mail {
            message: e.to_string(),
        })?;
    let address = address_of(books, &who.recipient);
    let queued = address.is_some();
    Ok(MessageRow {
        division: books.division.as_str().to_owned(),
        message_id: message_id(who, items, &settings.message_id_domain),
        recipient: who.recipient.clone(),
        address: address.unwrap_or_default().to_owned(),
        channel: who.channel.clone(),
        subject: letter.subject,
        body_text: letter.text,
        body_html: letter.html,
        state: if queued { "queued" } else { "failed" }.to_owned(),
        attempts: 0,
        next_try_at_us: queued.then(|| micros(now)),
        last_error: (!queued).then(|| NO_ADDRESS.to_owned()),
        lease_owner: None,
        lease_until_us: None,
        created_at_us: micros(now),
        sent_at_us: None,
    })
}

/// Where mail reaches a person who works here now.
pub(super) fn address_of<'b>(books: &'b Books, recipient: &str) -> Option<&'b str> {
    let person = books.directory.person(&PersonCode::new(recipient))?;
    let address = person.email.trim();
    (!address.is_empty()).then_some(address)
}

/// The Message-ID: a function of what is told to whom, so that the same letter composed again after a restored
/// backup carries the same one.
fn message_id(who: &Waiting, items: &[MessageItemRow], domain: &str) -> String {
    let mut told = format!("{}\n{}\n", who.recipient, who.channel);
    for item in items {
        // Writing to a string can't fail.
        let _ = writeln!(
            told,
            "{}/{}/{}/{}",
            item.division, item.subject, item.seq, item.created_at_us
        );
    }
    let mut digest = chain_hash(HashAlgorithm::Sm3, "", &told);
    digest.truncate(ID_DIGITS);
    format!("{digest}@{domain}")
}
