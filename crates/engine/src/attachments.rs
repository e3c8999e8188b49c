//! Attachments: what may be handed in, and binding it to the event that carries its digest.

use std::collections::BTreeMap;
use std::sync::Arc;

use approval::Subject;
use approval::attachment::{Attachment, safe_name};
use approval::books::Books;
use approval::command::{Act, Command};
use chrono::{DateTime, Utc};
use store::Conn;
use store::attachment::AttachmentRow;
use store::chain::HashAlgorithm;
use store::codec::micros;
use store::verify::{Defect, DefectKind, VerifyReport};

use crate::commands::{Seen, transact, unchanged_since};
use crate::engine::{Engine, Inner};
use crate::error::EngineError;
use crate::execute::Telling;

/// The longest file: a paper of some dozens of scanned pages, and still a row that a database moves in a moment.
pub const BYTES_MAX: usize = 10 * 1024 * 1024;
/// The most files of one act: a reply with its evidence, not an archive.
pub const FILES_MAX: usize = 10;

/// A file as it is handed in.
#[derive(Clone, PartialEq, Eq)]
pub struct Upload {
    /// Its name, as the other side gives it.
    pub name: String,
    /// Its bytes.
    pub data: Vec<u8>,
}

impl std::fmt::Debug for Upload {
    /// Without the bytes, which may be anybody's papers.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Upload({:?}, {} bytes)", self.name, self.data.len())
    }
}

/// A file that may be handed in.
#[derive(Clone, Debug)]
struct Checked {
    name: String,
    media_type: &'static str,
    data: Vec<u8>,
}

/// Files that may be handed in with one act.
#[derive(Clone, Debug, Default)]
pub(crate) struct CheckedFiles(Vec<Checked>);

/// What may be handed in, by the first bytes: PDF, PNG, JPEG, DOCX, XLSX, OFD, other archives of ZIP, plain text.
/// `None` for anything else, whatever its name says.
pub fn media_type(data: &[u8]) -> Option<&'static str> {
    const PDF: &[u8] = b"%PDF-";
    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";
    const JPEG: &[u8] = b"\xff\xd8\xff";
    const ZIP: &[u8] = b"PK\x03\x04";
    if data.starts_with(PDF) {
        return Some("application/pdf");
    }
    if data.starts_with(PNG) {
        return Some("image/png");
    }
    if data.starts_with(JPEG) {
        return Some("image/jpeg");
    }
    if data.starts_with(ZIP) {
        return Some(kind_of_zip(data));
    }
    is_text(data).then_some("text/plain")
}

/// Office documents and OFD (GB/T 33190) are archives with a part of a certain name.
fn kind_of_zip(data: &[u8]) -> &'static str {
    const KINDS: [(&[u8], &str); 3] = [
        (
            b"word/document.xml",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ),
        (
            b"xl/workbook.xml",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ),
        (b"OFD.xml", "application/ofd"),
    ];
    let names = zip_names(data);
    let found = KINDS
        .iter()
        .find(|(part, _)| names.iter().any(|name| name == part));
    found.map_or("application/zip", |(_, kind)| kind)
}

/// The names in an archive's directory (APPNOTE 4.3.12): a signature, 42 bytes of numbers, the name.
fn zip_names(data: &[u8]) -> Vec<&[u8]> {
    const ENTRY: &[u8] = b"PK\x01\x02";
    const HEAD: usize = 46;
    // Where in the entry the lengths of the name, of what is extra and of the comment stand.
    const LENGTHS: [usize; 3] = [28, 30, 32];
    let start = directory(data).unwrap_or(data.len());
    let mut rest = data.get(start..).unwrap_or_default();
    let mut names = Vec::new();
    while rest.starts_with(ENTRY) {
        let [name, extra, comment] = LENGTHS.map(|at| u16_at(rest, at).unwrap_or(usize::MAX));
        let Some(found) = rest.get(HEAD..HEAD.saturating_add(name)) else {
            break;
        };
        names.push(found);
        let next = HEAD
            .saturating_add(name)
            .saturating_add(extra)
            .saturating_add(comment);
        rest = rest.get(next..).unwrap_or_default();
    }
    names
}

/// Where the directory begins, as the archive's end says (APPNOTE 4.3.16); the end has a comment of 64 KiB at most.
fn directory(data: &[u8]) -> Option<usize> {
    const END: &[u8] = b"PK\x05\x06";
    const END_BYTES_MAX: usize = 22 + 65_535;
    let from = data.len().saturating_sub(END_BYTES_MAX);
    let tail = data.get(from..)?;
    let at = tail.windows(END.len()).rposition(|w| w == END)?;
    let offset = tail.get(at.checked_add(16)?..at.checked_add(20)?)?;
    let offset = u32::from_le_bytes(offset.try_into().ok()?);
    usize::try_from(offset).ok()
}

fn u16_at(data: &[u8], at: usize) -> Option<usize> {
    let bytes = data.get(at..at.checked_add(2)?)?;
    Some(usize::from(u16::from_le_bytes(bytes.try_into().ok()?)))
}

/// Text in UTF-8 or GB 18030, without what only programs write.
fn is_text(data: &[u8]) -> bool {
    let controls = |byte: &u8| *byte < b' ' && !matches!(byte, b'\t' | b'\n' | b'\r' | b'\x0c');
    if data.is_empty() || data.iter().any(controls) {
        return false;
    }
    std::str::from_utf8(data).is_ok()
        || encoding_rs::GB18030
            .decode_without_bom_handling_and_without_replacement(data)
            .is_some()
}

/// Whether files may be handed in.
///
/// # Errors
/// Too many, too long, empty, or of a kind that isn't taken; the message names the file.
pub(crate) fn check(files: Vec<Upload>) -> Result<CheckedFiles, EngineError> {
    if files.len() > FILES_MAX {
        let found = files.len();
        return Err(EngineError::invalid(
            "too_many_files",
            format!(
                "附件最多 {FILES_MAX} 个,现有 {found} 个 / at most {FILES_MAX} files, there are {found}"
            ),
        ));
    }
    let checked = files.into_iter().map(|file| {
        let name = safe_name(&file.name);
        let bytes = file.data.len();
        if bytes > BYTES_MAX {
            let (most, found) = (BYTES_MAX / 1024 / 1024, bytes / 1024 / 1024);
            return Err(EngineError::invalid(
                "file_too_long",
                format!("附件“{name}”超过 {most} MiB(现 {found} MiB),请压缩或拆分 / {name} is longer than {most} MiB"),
            ));
        }
        let media_type = media_type(&file.data).ok_or_else(|| {
            EngineError::invalid(
                "file_kind",
                format!(
                    "附件“{name}”不是 pdf、png、jpg、docx、xlsx、ofd、zip 或 txt 文件,或内容为空 / {name} is none of pdf, png, jpg, docx, xlsx, ofd, zip, txt, or empty"
                ),
            )
        })?;
        Ok(Checked {
            name,
            media_type,
            data: file.data,
        })
    });
    Ok(CheckedFiles(checked.collect::<Result<_, EngineError>>()?))
}

impl CheckedFiles {
    /// Numbers and stores the files of a subject, not yet bound to an event; gives what the event says of them.
    ///
    /// # Errors
    /// The database's.
    pub(crate) async fn put(
        &self,
        conn: &mut Conn,
        books: &Books,
        subject: &str,
        unit: &str,
        act: &Act,
        now: DateTime<Utc>,
    ) -> Result<Vec<Attachment>, EngineError> {
        let division = books.division.as_str();
        let day = books.calendar.office_date(now).format("%Y%m%d").to_string();
        let mut put = Vec::new();
        for file in &self.0 {
            let n = store::counter::take(conn, division, unit, &day, "attachment").await?;
            let size = i64::try_from(file.data.len()).unwrap_or(i64::MAX);
            let attachment = Attachment {
                id: format!("FJ-{division}-{unit}-{day}-{n:04}"),
                name: file.name.clone(),
                media_type: file.media_type.to_owned(),
                size,
                sm3: sm3(&file.data),
            };
            let row = AttachmentRow {
                division: division.to_owned(),
                attachment: attachment.id.clone(),
                subject: subject.to_owned(),
                seq: None,
                name: attachment.name.clone(),
                media_type: attachment.media_type.clone(),
                size,
                sm3: attachment.sm3.clone(),
                by_person: act.by.as_ref().map(|by| by.as_str().to_owned()),
                at_us: micros(now),
            };
            store::attachment::put(conn, &row, &file.data).await?;
            put.push(attachment);
        }
        Ok(put)
    }
}

/// The digest of a file, always SM3.
pub(crate) fn sm3(data: &[u8]) -> String {
    store::chain::file_digest(HashAlgorithm::Sm3, data)
}

/// Binds files to the event that says what they are.
pub(crate) async fn bind(
    conn: &mut Conn,
    inner: &Inner,
    subject: &str,
    seq: i64,
    files: &[Attachment],
) -> Result<(), EngineError> {
    for file in files {
        let division = &inner.settings.division;
        store::attachment::bind(conn, division, &file.id, subject, seq).await?;
    }
    Ok(())
}

impl Engine {
    /// A unit's reply to an order, with files, from somebody who saw the order up to an event; `i64::MAX` for whatever is
    /// there.
    ///
    /// # Errors
    /// A file that isn't taken; a refusal of the core, an unknown number; the database's.
    pub async fn reply_order(
        &self,
        (order, seen_seq): (&str, i64),
        text: &str,
        files: Vec<Upload>,
        act: Act,
    ) -> Result<Seen, EngineError> {
        let files = check(files)?;
        let inner = Arc::clone(&self.inner);
        let request = Arc::new((order.to_owned(), text.to_owned(), files, act));
        let done = self
            .inner
            .store
            .write(move |conn| {
                let (inner, request) = (Arc::clone(&inner), Arc::clone(&request));
                Box::pin(async move {
                    let (order, text, files, act) = &*request;
                    let (division, now) = (&inner.settings.division, inner.clock.now());
                    let books = inner.library.books(conn, division).await?;
                    let row = crate::commands::row_of(conn, division, order).await?;
                    let put = files.put(conn, &books, order, &row.unit, act, now).await?;
                    let command = Command::ReplyOrderWith {
                        text: text.clone(),
                        attachments: put.clone(),
                    };
                    let mut seq = 0;
                    let reply = |work: &mut approval::Work<'_>| {
                        unchanged_since(work.subject(), seen_seq)?;
                        work.settle()?;
                        work.act(command, act)?;
                        seq = work.subject().seq();
                        work.settle()?;
                        Ok(())
                    };
                    let telling = Telling::Tell;
                    let (written, books) =
                        transact(conn, &inner, division, order, now, telling, reply).await?;
                    bind(conn, &inner, order, seq, &put).await?;
                    Ok(Seen {
                        subject: written.subject,
                        hash: written.hash,
                        books,
                        now,
                    })
                })
            })
            .await;
        self.tell_recorded(done.is_ok());
        done
    }

    /// The files of a subject.
    ///
    /// # Errors
    /// The database's.
    pub async fn attachments(&self, subject: &str) -> Result<Vec<AttachmentRow>, EngineError> {
        let mut conn = self.inner.store.read().await?;
        Ok(store::attachment::of_subject(&mut conn, self.division(), subject).await?)
    }

    /// A file with its bytes, if there is one of this number.
    ///
    /// # Errors
    /// The database's; bytes that aren't those that were handed in.
    pub async fn attachment(
        &self,
        attachment: &str,
    ) -> Result<Option<(AttachmentRow, Vec<u8>)>, EngineError> {
        let division = self.division();
        let mut conn = self.inner.store.read().await?;
        let Some(row) = store::attachment::get(&mut conn, division, attachment).await? else {
            return Ok(None);
        };
        let data = store::attachment::data(&mut conn, division, attachment).await?;
        let data = data.filter(|data| sm3(data) == row.sm3).ok_or_else(|| {
            let key = format!("{division}/{attachment}");
            store::StoreError::corrupt_value("attachment", "data", key)
        })?;
        Ok(Some((row, data)))
    }
}

impl Engine {
    /// Compares the files of a subject with what its events say of them.
    pub(crate) async fn verify_files(
        &self,
        subject: &Subject,
        stored: impl Iterator<Item = &AttachmentRow>,
        report: &mut VerifyReport,
    ) -> Result<(), EngineError> {
        let division = subject.division.as_str();
        let mut wrong = |seq, kind| {
            report.defects.push(Defect {
                division: division.to_owned(),
                subject: subject.id.as_str().to_owned(),
                seq,
                kind,
            });
        };
        let mut named: BTreeMap<&str, (i64, &Attachment)> = BTreeMap::new();
        for event in &subject.history {
            let files = event.event.attachments().iter();
            named.extend(files.map(|file| (file.id.as_str(), (event.seq, file))));
        }
        for row in stored {
            let told = named.remove(row.attachment.as_str());
            let same = told.is_some_and(|(seq, file)| {
                (row.seq, &row.name, &row.media_type, row.size, &row.sm3)
                    == (
                        Some(seq),
                        &file.name,
                        &file.media_type,
                        file.size,
                        &file.sm3,
                    )
            });
            let mut conn = self.inner.store.read().await?;
            let data = store::attachment::data(&mut conn, division, &row.attachment).await?;
            if !same || data.is_none_or(|data| sm3(&data) != row.sm3) {
                wrong(row.seq.unwrap_or(1), DefectKind::AttachmentDiffers);
            }
        }
        for (seq, _) in named.into_values() {
            wrong(seq, DefectKind::AttachmentMissing);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An archive with one stored part of this name.
    fn zip(part: &str) -> Vec<u8> {
        let n = u16::try_from(part.len()).unwrap().to_le_bytes();
        let mut out = b"PK\x03\x04".to_vec();
        out.extend([0; 22]);
        out.extend(n);
        out.extend([0; 2]);
        out.extend(part.as_bytes());
        let start = u32::try_from(out.len()).unwrap().to_le_bytes();
        out.extend(b"PK\x01\x02");
        out.extend([0; 24]);
        out.extend(n);
        out.extend([0; 16]);
        out.extend(part.as_bytes());
        out.extend(b"PK\x05\x06");
        out.extend([0; 12]);
        out.extend(start);
        out.extend([0; 2]);
        out
    }

    #[test]
    fn kinds_are_told_by_their_bytes() {
        let word = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
        let sheet = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
        for (data, kind) in [
            (b"%PDF-1.7\n".to_vec(), Some("application/pdf")),
            (b"\x89PNG\r\n\x1a\n\0".to_vec(), Some("image/png")),
            (b"\xff\xd8\xff\xe0".to_vec(), Some("image/jpeg")),
            (zip("word/document.xml"), Some(word)),
            (zip("xl/workbook.xml"), Some(sheet)),
            (zip("OFD.xml"), Some("application/ofd")),
            (zip("readme.txt"), Some("application/zip")),
            (b"PK\x03\x04".to_vec(), Some("application/zip")),
            ("情况说明\r\n".into(), Some("text/plain")),
            (b"\xc7\xe9\xbf\xf6".to_vec(), Some("text/plain")),
            (b"MZ\x90\0".to_vec(), None),
            (b"\x7fELF\x02\x01".to_vec(), None),
            (b"GIF89a\x01\0".to_vec(), None),
            (Vec::new(), None),
        ] {
            assert_eq!(media_type(&data), kind, "{data:?}");
        }
    }

    #[test]
    fn what_isnt_taken_is_named() {
        let file = |name: &str, data: &[u8]| Upload {
            name: name.to_owned(),
            data: data.to_vec(),
        };
        let kind = |files| check(files).map(|_| ()).map_err(|e| e.kind());
        assert_eq!(kind(vec![file("a.txt", b"x"); FILES_MAX]), Ok(()));
        let many = vec![file("a.txt", b"x"); FILES_MAX + 1];
        assert_eq!(kind(many), Err("too_many_files"));
        let exe = vec![file("a.pdf", b"MZ\0")];
        assert_eq!(kind(exe), Err("file_kind"));
        let mut long = b"%PDF-".to_vec();
        long.resize(BYTES_MAX, b' ');
        assert_eq!(kind(vec![file("a.pdf", &long)]), Ok(()));
        long.push(b' ');
        assert_eq!(kind(vec![file("a.pdf", &long)]), Err("file_too_long"));
    }
}
