//! Files at the desks: a form that brings some, how they are listed, and handing them out.
//!
//! A form with files is read by hand, so that whoever may not send it is told before anything is read. What a file is, the
//! engine tells by its bytes; neither its name nor what the browser says of it counts.

use approval::attachment::Attachment;
use approval::event::Event;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::multipart::Field;
use axum::extract::{FromRequest, Multipart, Path, Request, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use engine::accounts::Entry;
use engine::attachments::{BYTES_MAX, FILES_MAX, Upload};

use crate::case;
use crate::page::PageError;
use crate::site::Site;
use crate::texts::Texts;
use crate::visitor::{Here, KEPT_FORM_BYTES};

/// The name of the field that files come in.
const FILE: &str = "file";
/// A form has this field if whoever takes it also takes it without its files.
const KEEP: &str = "keep";
/// Says that files were sent and couldn't be kept over a sign-in.
const LOST: &str = "files_lost";
/// The longest form: as many files as an act takes, each as long as one may be, and room for the text beside them.
pub(crate) const FORM_BYTES_MAX: usize = FILES_MAX * BYTES_MAX + 1024 * 1024;
/// The longest text of a field: more than anybody types.
const TEXT_BYTES_MAX: usize = 64 * 1024;
const KIB: i64 = 1024;

pub(crate) fn routes() -> Router<Site> {
    Router::new().route("/case/{number}/file/{file}", get(hand_out))
}

/// What a form brought.
#[derive(Debug, Default)]
pub(crate) struct Sent {
    fields: Vec<(String, String)>,
    pub(crate) files: Vec<Upload>,
    /// It ended before its end, or is too long.
    broken: bool,
    /// A text has a zero byte in it, which PostgreSQL can't store.
    zero: bool,
}

impl Sent {
    /// Reads a form, with files or without: one that was kept over a sign-in comes back without.
    pub(crate) async fn of(request: Request) -> Self {
        let with_files = request
            .headers()
            .get(CONTENT_TYPE)
            .is_some_and(|kind| kind.as_bytes().starts_with(b"multipart/form-data"));
        if !with_files {
            let Ok(bytes) = Bytes::from_request(request, &()).await else {
                return Self::unreadable();
            };
            return Self {
                fields: form_urlencoded::parse(&bytes).into_owned().collect(),
                ..Self::default()
            };
        }
        match Multipart::from_request(request, &()).await {
            Ok(form) => Self::of_parts(form).await,
            Err(_) => Self::unreadable(),
        }
    }

    fn unreadable() -> Self {
        Self {
            broken: true,
            ..Self::default()
        }
    }

    async fn of_parts(mut form: Multipart) -> Self {
        let mut sent = Self::default();
        loop {
            let taken = match form.next_field().await {
                Ok(Some(field)) => sent.take(field).await,
                Ok(None) => return sent,
                Err(_) => None,
            };
            if taken.is_none() {
                sent.broken = true;
                return sent;
            }
        }
    }

    /// Takes one part of the form; none if it can't be read.
    async fn take(&mut self, mut field: Field<'_>) -> Option<()> {
        let name = field.name().unwrap_or_default().to_owned();
        let Some(file_name) = field.file_name().map(str::to_owned) else {
            let bytes = bytes(&mut field, TEXT_BYTES_MAX).await?;
            if bytes.len() > TEXT_BYTES_MAX {
                return None;
            }
            let text = String::from_utf8(bytes).ok()?;
            self.zero |= text.contains('\0');
            self.fields.push((name, text));
            return Some(());
        };
        // One byte more than may be is enough to be told so, and none of a file that is one too many.
        let room = if self.files.len() < FILES_MAX {
            BYTES_MAX
        } else {
            0
        };
        let data = bytes(&mut field, room).await?;
        // A browser sends an empty part where nothing was chosen.
        let chosen = !(file_name.is_empty() && data.is_empty());
        if name == FILE && chosen {
            let name = file_name;
            self.files.push(Upload { name, data });
        }
        Some(())
    }

    /// What was typed into a field.
    pub(crate) fn text(&self, name: &str) -> String {
        let mut fields = self.fields.iter();
        let found = fields.find(|(field, _)| field == name);
        found.map(|(_, text)| text.clone()).unwrap_or_default()
    }

    /// Why it can't be gone on with: files that got lost over a sign-in, or more than may be sent.
    pub(crate) fn mistake(&self, t: Texts) -> Option<String> {
        if self.broken {
            return Some(t.one("files.too_much", FORM_BYTES_MAX / 1024 / 1024));
        }
        if self.zero {
            return Some(t.say("files.zero_byte").to_owned());
        }
        let lost = !self.text(LOST).is_empty();
        lost.then(|| t.say("files.lost").to_owned())
    }
}

/// A part's bytes, one more than the most that are wanted; the rest is read and forgotten, so that the browser hears an
/// answer and not a broken line.
async fn bytes(field: &mut Field<'_>, most: usize) -> Option<Vec<u8>> {
    let mut all = Vec::new();
    while let Some(chunk) = field.chunk().await.ok()? {
        let room = (most + 1).saturating_sub(all.len());
        all.extend_from_slice(chunk.get(..room.min(chunk.len()))?);
    }
    Some(all)
}

/// What was typed beside files, as a form without files, if the form may be sent so: the files themselves aren't kept over
/// a sign-in, and that is said.
pub(crate) async fn kept(parts: &Parts, body: Body) -> String {
    let mut request = Request::new(body);
    *request.headers_mut() = parts.headers.clone();
    let sent = Sent::of(request).await;
    if sent.text(KEEP).is_empty() {
        return String::new();
    }
    let mut kept = form_urlencoded::Serializer::new(String::new());
    kept.extend_pairs(&sent.fields);
    if sent.broken || !sent.files.is_empty() {
        kept.append_pair(LOST, "1");
    }
    let kept = kept.finish();
    // As much as of any other form: what is longer would come back too long to be sent again.
    if kept.len() > KEPT_FORM_BYTES {
        return String::new();
    }
    kept
}

/// What may be sent, said beside the field.
pub(crate) fn hint(t: Texts) -> String {
    t.two("files.hint", FILES_MAX, BYTES_MAX / 1024 / 1024)
}

/// A file as pages show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FileLine {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) size: String,
    /// The SM3 digest of its bytes.
    pub(crate) digest: String,
}

/// The files of an event.
pub(crate) fn lines(event: &Event) -> Vec<FileLine> {
    let files = event.attachments().iter();
    files.map(line).collect()
}

fn line(file: &Attachment) -> FileLine {
    FileLine {
        id: file.id.clone(),
        name: file.name.clone(),
        size: size(file.size),
        digest: file.sm3.clone(),
    }
}

/// A length that people can compare.
fn size(bytes: i64) -> String {
    let tenths = |unit: i64| format!("{}.{}", bytes / unit, bytes % unit * 10 / unit);
    match bytes {
        0..KIB => format!("{bytes} B"),
        b if b < KIB * KIB => format!("{} KiB", tenths(KIB)),
        _ => format!("{} MiB", tenths(KIB * KIB)),
    }
}

/// Hands a file to whoever may see what it belongs to: always to be saved, never shown as a page.
async fn hand_out(
    State(site): State<Site>,
    visitor: Here,
    Path((number, file)): Path<(String, String)>,
) -> Result<Response, PageError> {
    let seen = case::seen(&site, &visitor, &number).await?;
    let found = site.engine.attachment(&file).await?;
    let (row, data) = found
        .filter(|(row, _)| row.subject == seen.subject.id.as_str())
        .ok_or(PageError::NotFound)?;
    // What leaves the program in somebody's hands.
    let entry = Entry::done("file", format!("{} {}", row.subject, row.attachment));
    site.engine.note(&visitor.caller(), entry).await?;
    let headers = [
        (CONTENT_TYPE, row.media_type.clone()),
        (CONTENT_DISPOSITION, disposition(&row.attachment, &row.name)),
    ];
    Ok((headers, data).into_response())
}

/// To be saved under its name (RFC 6266); a program that knows ASCII only saves it under its number.
pub(crate) fn disposition(id: &str, name: &str) -> String {
    let ending = name.rsplit_once('.').map(|(_, ending)| ending);
    let ending = ending.filter(|e| e.chars().all(|c| c.is_ascii_alphanumeric()));
    let plain = match ending {
        Some(ending) => format!("{id}.{ending}"),
        None => id.to_owned(),
    };
    // Only the form's own sign for a blank isn't RFC 8187's.
    let encoded: String = form_urlencoded::byte_serialize(name.as_bytes()).collect();
    let encoded = encoded.replace('+', "%20");
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{encoded}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_told_in_two_ways() {
        assert_eq!(
            disposition("FJ-410800-FGW-20110926-0001", "回复 1.pdf"),
            "attachment; filename=\"FJ-410800-FGW-20110926-0001.pdf\"; filename*=UTF-8''%E5%9B%9E%E5%A4%8D%201.pdf"
        );
        assert_eq!(
            disposition("FJ-1", "a.b c"),
            "attachment; filename=\"FJ-1\"; filename*=UTF-8''a.b%20c"
        );
    }

    #[test]
    fn lengths_are_told_in_one_unit() {
        for (bytes, wanted) in [
            (0, "0 B"),
            (1023, "1023 B"),
            (1024, "1.0 KiB"),
            (1536, "1.5 KiB"),
            (10 * 1024 * 1024, "10.0 MiB"),
        ] {
            assert_eq!(size(bytes), wanted);
        }
    }
}
