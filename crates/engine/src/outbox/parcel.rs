//! Letters with files, such as reports: written whole, with their files, in one transaction, and then sent as all
//! messages are.
//!
//! A letter's Message-ID comes from what it is and whom it goes to. Writing the same one again, by whichever process,
//! writes nothing.

use std::sync::Arc;

use approval::Books;
use approval::ids::{PersonCode, UnitCode};
use approval::people::{Person, Role};
use store::chain::{HashAlgorithm, chain_hash};
use store::codec::micros;
use store::enclosure::EnclosureRow;
use store::message::MessageRow;
use store::{AsConflict, Conn};

use super::compose::address_of;
use super::{NO_ADDRESS, Outbox};
use crate::attachments::sm3;
use crate::engine::Engine;
use crate::error::EngineError;
use crate::execute::MAIL;

/// Hexadecimal digits of a Message-ID: 128 bits.
const ID_DIGITS: usize = 32;

/// A file of a parcel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParcelFile {
    /// Its name.
    pub name: String,
    /// What it is: `application/pdf`.
    pub media_type: &'static str,
    /// Its bytes.
    pub data: Arc<Vec<u8>>,
}

/// A letter with files to one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parcel {
    /// What it is: the same words for the same thing, so that it goes to each person once.
    pub key: String,
    /// Who gets it.
    pub recipient: PersonCode,
    /// The subject line.
    pub subject: String,
    /// The body as plain text.
    pub text: String,
    /// The body as HTML.
    pub html: String,
    /// The files, in their order.
    pub files: Vec<ParcelFile>,
}

/// Somebody who gets reports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reader {
    /// The person.
    pub person: PersonCode,
    /// The name.
    pub name: String,
    /// The unit that the person heads; leaders have none.
    pub unit: Option<UnitCode>,
}

/// What became of parcels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ParcelReport {
    /// Messages written.
    pub written: u64,
    /// Messages that were there already.
    pub known: u64,
    /// Of those written, messages to people without an address: they stand as failed.
    pub undeliverable: u64,
}

impl Engine {
    /// Who gets the reports of the engine's division: its leaders, and the heads of its units.
    ///
    /// # Errors
    /// The database's.
    pub async fn report_readers(&self) -> Result<Vec<Reader>, EngineError> {
        let books = self.books(self.division()).await?;
        let reader = |person: &Person| {
            let unit = match person.role {
                Role::Leader => None,
                Role::Head => Some(person.unit.clone()?),
                Role::Clerk | Role::Staff | Role::Inspector => return None,
            };
            Some(Reader {
                person: person.code.clone(),
                name: person.name.clone(),
                unit,
            })
        };
        Ok(books.directory.people().filter_map(reader).collect())
    }
}

impl Outbox {
    /// Writes parcels for sending, all or none. Those whose letter was written before are left alone.
    ///
    /// # Errors
    /// The database's.
    pub async fn write_parcels(&self, parcels: Vec<Parcel>) -> Result<ParcelReport, EngineError> {
        let parcels = Arc::new(parcels);
        loop {
            let (outbox, parcels) = (self.clone(), Arc::clone(&parcels));
            let written = self.engine.inner.store.write(move |conn| {
                let (outbox, parcels) = (outbox.clone(), Arc::clone(&parcels));
                Box::pin(async move { write(conn, &outbox, &parcels).await })
            });
            match written.await {
                // Another process wrote one of them meanwhile; what it wrote is known by now.
                Err(error) if error.is_conflict() => {}
                other => return other,
            }
        }
    }
}

async fn write(
    conn: &mut Conn,
    outbox: &Outbox,
    parcels: &[Parcel],
) -> Result<ParcelReport, EngineError> {
    let mut report = ParcelReport::default();
    let division = outbox.engine.division();
    let books = outbox.engine.inner.library.books(conn, division).await?;
    for parcel in parcels {
        let row = message_of(outbox, &books, parcel);
        let known = store::message::get(conn, division, &row.message_id).await?;
        if known.is_some() {
            report.known += 1;
            continue;
        }
        store::message::insert(conn, &row).await?;
        for (place, file) in (0..).zip(&parcel.files) {
            let digest = sm3(&file.data);
            store::enclosure::put_file(conn, division, &digest, &file.data).await?;
            let enclosure = EnclosureRow {
                division: division.to_owned(),
                message_id: row.message_id.clone(),
                place,
                name: file.name.clone(),
                media_type: file.media_type.to_owned(),
                sm3: digest,
            };
            store::enclosure::enclose(conn, &enclosure).await?;
        }
        report.written += 1;
        report.undeliverable += u64::from(row.state == "failed");
    }
    Ok(report)
}

fn message_of(outbox: &Outbox, books: &Books, parcel: &Parcel) -> MessageRow {
    let now_us = micros(outbox.engine.clock().now());
    let recipient = parcel.recipient.as_str();
    let address = address_of(books, recipient);
    let queued = address.is_some();
    let division = books.division.as_str();
    let told = format!("{division}\n{}\n{recipient}\n{MAIL}\n", parcel.key);
    let mut digest = chain_hash(HashAlgorithm::Sm3, "", &told);
    digest.truncate(ID_DIGITS);
    let domain = &outbox.inner.settings.message_id_domain;
    MessageRow {
        division: division.to_owned(),
        message_id: format!("{digest}@{domain}"),
        recipient: recipient.to_owned(),
        address: address.unwrap_or_default().to_owned(),
        channel: MAIL.to_owned(),
        subject: parcel.subject.clone(),
        body_text: parcel.text.clone(),
        body_html: parcel.html.clone(),
        state: if queued { "queued" } else { "failed" }.to_owned(),
        attempts: 0,
        next_try_at_us: queued.then_some(now_us),
        last_error: (!queued).then(|| NO_ADDRESS.to_owned()),
        lease_owner: None,
        lease_until_us: None,
        created_at_us: now_us,
        sent_at_us: None,
    }
}
