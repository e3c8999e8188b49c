//! What a request says: its JSON, its query, its key. What can't be read is answered as everything else is.

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest, FromRequestParts, Query, Request};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use engine::accounts::ApiCaller;
use engine::once::OnceKey;
use serde::de::DeserializeOwned;
use serde_json::Value;
use utoipa::IntoParams;

use super::problem::Problem;
use crate::site::Site;

/// The longest text of one field: more is no reason or opinion, but a file.
pub(crate) const TEXT_CHARS_MAX: usize = 4_000;
/// The longest key of a request, as others allow it.
const KEY_CHARS_MAX: usize = 255;
/// The header that a request's key is in.
pub(crate) const IDEMPOTENCY_KEY: &str = "idempotency-key";

/// A JSON body, and the text it was read from.
pub(crate) struct Told<T> {
    pub(crate) what: T,
    pub(crate) text: String,
}

impl<T: DeserializeOwned> FromRequest<Site> for Told<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, site: &Site) -> Result<Self, Problem> {
        if media_type(&request) != "application/json" {
            return Err(wrong_media_type("application/json"));
        }
        let text = text(request, site).await?;
        let what = read(&text)?;
        Ok(Self { what, text })
    }
}

/// The media type of a request's body, without its parameters.
pub(crate) fn media_type(request: &Request) -> String {
    let line = request.headers().get(CONTENT_TYPE);
    let line = line.and_then(|l| l.to_str().ok()).unwrap_or_default();
    let kind = line.split(';').next().unwrap_or_default();
    kind.trim().to_ascii_lowercase()
}

pub(crate) fn wrong_media_type(wanted: &str) -> Problem {
    let message = format!("请求内容须为 {wanted} / the body must be {wanted}");
    Problem::new(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "wrong_media_type",
        &message,
    )
}

/// The body as text.
pub(crate) async fn text(request: Request, site: &Site) -> Result<String, Problem> {
    let bytes = Bytes::from_request(request, site).await;
    let bytes = bytes.map_err(|error: BytesRejection| match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Problem::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "too_large",
            "请求内容过大 / the body is too large",
        ),
        _ => Problem::bad_request(
            "broken_body",
            "请求内容未能收全 / the body didn't come whole",
        ),
    })?;
    String::from_utf8(bytes.to_vec())
        .map_err(|_| Problem::bad_request("bad_json", "请求内容不是 UTF-8 / the body isn't UTF-8"))
}

/// Reads a JSON text: first as JSON, then as what it should say.
pub(crate) fn read<T: DeserializeOwned>(text: &str) -> Result<T, Problem> {
    read_value(parse(text)?)
}

/// Reads a JSON text as JSON of some form.
pub(crate) fn parse<T: DeserializeOwned>(text: &str) -> Result<T, Problem> {
    serde_json::from_str(text).map_err(|error: serde_json::Error| {
        let error = without_values(&error.to_string());
        let message = format!(
            "请求内容不是所需的 JSON({error}) / the body isn't the JSON that is needed: {error}"
        );
        Problem::bad_request("bad_json", &message)
    })
}

/// The same of a value that was read already.
pub(crate) fn read_value<T: DeserializeOwned>(mut value: Value) -> Result<T, Problem> {
    check(&mut value)?;
    serde_json::from_value(value).map_err(|error| {
        let error = without_values(&error.to_string());
        let message = format!("字段有误({error}) / a field is wrong: {error}");
        Problem::bad_request("bad_field", &message)
    })
}

/// What a reader's error says beyond what was sent. A number in the wrong field may be somebody's ID number; answers go
/// into other systems' logs, and some are kept here. Only what would have been right is told.
fn without_values(error: &str) -> String {
    const EXPECTED: &str = ", expected ";
    const NONE: &str = ", there are no ";
    if let Some((_, wanted)) = error.rsplit_once(EXPECTED) {
        return format!("expected {wanted}");
    }
    match error.rsplit_once(NONE) {
        Some((_, what)) => format!("there are no {what}"),
        // What is missing or written twice, or no JSON at all: that names no values.
        None => error.to_owned(),
    }
}

/// No text is endless, and none has zero bytes, which PostgreSQL can't store. A whole number may be written as `5.0`: to
/// JSON that is the same number.
fn check(value: &mut Value) -> Result<(), Problem> {
    match value {
        Value::String(text) => check_text(text),
        Value::Array(values) => values.iter_mut().try_for_each(check),
        Value::Object(fields) => fields.values_mut().try_for_each(check),
        Value::Number(number) => {
            if let Some(float) = number
                .as_f64()
                .filter(|f| number.is_f64() && f.fract() == 0.0)
                && let Ok(whole) = format!("{float:.0}").parse::<i64>()
            {
                *number = whole.into();
            }
            Ok(())
        }
        Value::Null | Value::Bool(_) => Ok(()),
    }
}

fn check_text(text: &str) -> Result<(), Problem> {
    if text.contains('\0') {
        let message = "文字中含有零字节 / a text has a zero byte in it";
        return Err(Problem::wrong("bad_text", message));
    }
    if text.chars().count() > TEXT_CHARS_MAX {
        let message = format!(
            "文字超过 {TEXT_CHARS_MAX} 个字符 / a text has more than {TEXT_CHARS_MAX} characters"
        );
        return Err(Problem::wrong("bad_text", &message));
    }
    Ok(())
}

/// What stands in the query.
pub(crate) struct Asked<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequestParts<Site> for Asked<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &Site) -> Result<Self, Problem> {
        let wrong = |error: &str| {
            let message = format!("查询参数有误({error}) / the query is wrong: {error}");
            Problem::bad_request("bad_query", &message)
        };
        let query = parts.uri.query().unwrap_or_default();
        if query.contains("%00") {
            return Err(Problem::wrong(
                "bad_text",
                "查询参数中含有零字节 / the query has a zero byte in it",
            ));
        }
        match Query::<T>::try_from_uri(&parts.uri) {
            Ok(Query(asked)) => Ok(Self(asked)),
            Err(error) => Err(wrong(&without_values(&error.body_text()))),
        }
    }
}

/// The header of a request's key, as the description has it.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "described, read by `Once`")]
pub(crate) struct KeyHeader {
    /// Asked again under the same key within 7 days, the same answer is given and nothing is done twice.
    #[param(
        rename = "Idempotency-Key", required = false, value_type = String,
        min_length = 1, max_length = 255, pattern = "^[!-~]+$"
    )]
    key: Option<String>,
}

/// The key under which a request is done once, if it has one.
pub(crate) struct Once(Option<String>);

impl FromRequestParts<Site> for Once {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &Site) -> Result<Self, Problem> {
        let Some(line) = parts.headers.get(IDEMPOTENCY_KEY) else {
            return Ok(Self(None));
        };
        let key = line.to_str().unwrap_or_default().trim();
        let visible = key.bytes().all(|b| b.is_ascii_graphic());
        if key.is_empty() || key.len() > KEY_CHARS_MAX || !visible {
            let message = format!(
                "Idempotency-Key 须为 1 至 {KEY_CHARS_MAX} 个可见 ASCII 字符 / an Idempotency-Key has 1 to {KEY_CHARS_MAX} visible characters"
            );
            return Err(Problem::bad_request("bad_idempotency_key", &message));
        }
        Ok(Self(Some(key.to_owned())))
    }
}

impl Once {
    /// The key for a request of a caller.
    pub(crate) fn key(self, who: &ApiCaller, path: &str, text: &str) -> Option<OnceKey> {
        self.0.map(|key| OnceKey::new(&who.token, &key, path, text))
    }
}

#[cfg(test)]
mod tests {
    use super::without_values;

    #[test]
    fn errors_say_what_is_wanted_and_never_what_was_sent() {
        for (error, wanted) in [
            (
                "invalid type: integer `410802`, expected a string",
                "expected a string",
            ),
            (
                "invalid type: string \"张三, expected \", expected u32 at line 1 column 9",
                "expected u32 at line 1 column 9",
            ),
            (
                "unknown field `张三`, expected `a` or `b`",
                "expected `a` or `b`",
            ),
            (
                "unknown field `a, there are no x`, there are no fields",
                "there are no fields",
            ),
            ("missing field `by`", "missing field `by`"),
            (
                "EOF while parsing a list at line 1 column 1",
                "EOF while parsing a list at line 1 column 1",
            ),
        ] {
            assert_eq!(without_values(error), wanted);
        }
    }

    #[test]
    fn bent_bodies_are_refused_or_read() {
        let good =
            r#"[{"key":"1","amount":5.0,"text":"受理","inner":{"a":[null,true,1e3]}},7,"x"]"#;
        testkit::bent::check(&[good.as_bytes()], |bytes| {
            let text = String::from_utf8_lossy(bytes);
            match super::read::<serde_json::Value>(&text) {
                Ok(read) => {
                    // A byte becomes six where it is written as \u0001.
                    assert!(read.to_string().len() <= 8 * text.len() + 64, "{read}");
                    true
                }
                Err(problem) => {
                    let said = format!("{problem:?}");
                    assert!(said.len() < 4096, "{said}");
                    false
                }
            }
        });
    }
}
