//! Forms with a file. What was sent goes along with the page that shows what it would do, so that nothing is kept on the
//! server between the two steps.

use axum::extract::Multipart;
use axum::extract::multipart::Field;

/// The largest file: ten thousand people take less.
pub(super) const FILE_BYTES: usize = 1024 * 1024;
/// Files of one form: a calendar comes in one for each year.
const FILES_MAX: usize = 100;

/// What was sent.
#[derive(Debug, Default)]
pub(super) struct Sent {
    /// The first file, or the text that went along, and its name.
    pub(super) name: String,
    pub(super) bytes: Vec<u8>,
    /// What the preview was compared with.
    pub(super) seen: String,
    /// A choice instead of a file.
    pub(super) choice: String,
    /// Further files.
    pub(super) more: Vec<(String, Vec<u8>)>,
}

/// Reads a form with a file; none if it is too long or broken.
pub(super) async fn sent(mut form: Multipart) -> Option<Sent> {
    let mut sent = Sent::default();
    while let Some(mut field) = form.next_field().await.ok()? {
        match field.name().unwrap_or_default() {
            "file" => {
                let name = field.file_name().unwrap_or_default().to_owned();
                let bytes = bytes(&mut field).await?;
                if sent.bytes.is_empty() {
                    (sent.name, sent.bytes) = (name, bytes);
                } else if sent.more.len() < FILES_MAX {
                    sent.more.push((name, bytes));
                } else {
                    return None;
                }
            }
            "text" => sent.bytes = bytes(&mut field).await?,
            "name" => sent.name = String::from_utf8(bytes(&mut field).await?).ok()?,
            "choice" => sent.choice = String::from_utf8(bytes(&mut field).await?).ok()?,
            "seen" => sent.seen = String::from_utf8(bytes(&mut field).await?).ok()?,
            _ => {}
        }
    }
    Some(sent)
}

/// A field's bytes, as long as they aren't too many.
async fn bytes(field: &mut Field<'_>) -> Option<Vec<u8>> {
    let mut all = Vec::new();
    while let Some(chunk) = field.chunk().await.ok()? {
        if all.len() + chunk.len() > FILE_BYTES {
            return None;
        }
        all.extend_from_slice(&chunk);
    }
    Some(all)
}

#[cfg(test)]
pub(super) mod testing {
    use axum::body::Body;
    use axum::http::header::{CONTENT_TYPE, COOKIE};
    use axum::http::{Request, StatusCode};

    use crate::testing::{Trial, told};

    /// Sends parts of a form with a file.
    pub(crate) async fn send(
        trial: &Trial,
        who: &str,
        path: &str,
        parts: &[(&str, &[u8])],
    ) -> (StatusCode, String) {
        let mut body = Vec::new();
        for (name, bytes) in parts {
            let file = if *name == "file" {
                "; filename=\"表.csv\""
            } else {
                ""
            };
            let head =
                format!("--X\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n");
            body.extend_from_slice(head.as_bytes());
            body.extend_from_slice(bytes);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(b"--X--\r\n");
        let cookie = trial.cookie(who).await;
        let request = Request::post(path)
            .header(COOKIE, cookie)
            .header(CONTENT_TYPE, "multipart/form-data; boundary=X")
            .body(Body::from(body))
            .unwrap();
        let (status, _, body) = told(trial.ask(request).await).await;
        (status, body)
    }

    /// What a page of a preview sends back of what it saw.
    pub(crate) fn seen(body: &str) -> String {
        let seen = body.split("name=\"seen\" value=\"").nth(1).unwrap();
        seen.split('"').next().unwrap().to_owned()
    }
}
