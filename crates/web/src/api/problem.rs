//! Errors as RFC 9457 has them: a stable word for programs, the words for people in both languages.

use std::num::NonZeroU32;
use std::sync::Arc;

use axum::Json;
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use engine::EngineError;
use engine::accounts::ApiScope;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What every error's type begins with; the kind follows.
const TYPE: &str = "urn:shixian:problem:";

/// An error (RFC 9457). It goes through many hands, so it is kept small.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "type": "urn:shixian:problem:wrong_stage",
    "title": "Conflict",
    "status": 409,
    "detail": "本件现处“承办”环节,该操作须在“审核”环节办理",
    "detail_en": "the case is in stage handling, the act needs review",
    "kind": "wrong_stage",
    "needed": "review",
    "found": "handling"
}))]
pub(crate) struct Problem {
    /// The kind as a name that is unique in the world.
    #[serde(rename = "type")]
    type_: Box<str>,
    /// What the status means.
    title: Box<str>,
    /// The status once more.
    status: u16,
    /// What is wrong and what to do, in Chinese.
    detail: Box<str>,
    /// The same in English.
    detail_en: Box<str>,
    /// The stable word for programs.
    pub(crate) kind: Box<str>,
    /// What the act needs, if the matter is in another place.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    needed: Option<Box<str>>,
    /// Where the matter is.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    found: Option<Box<str>>,
    /// Seconds after which to try again.
    #[schema(value_type = Option<u32>)]
    #[serde(skip_serializing_if = "Option::is_none", default)]
    retry_after: Option<NonZeroU32>,
}

impl Problem {
    /// An error of the interface itself; the message is Chinese first, ` / `, English second.
    pub(crate) fn new(status: StatusCode, kind: &str, message: &str) -> Self {
        let (zh, en) = message.split_once(" / ").unwrap_or((message, message));
        Self {
            type_: format!("{TYPE}{kind}").into(),
            title: status.canonical_reason().unwrap_or_default().into(),
            status: status.as_u16(),
            detail: zh.into(),
            detail_en: en.into(),
            kind: kind.into(),
            needed: None,
            found: None,
            retry_after: None,
        }
    }

    /// The request can't be read.
    pub(crate) fn bad_request(kind: &str, message: &str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, kind, message)
    }

    /// It can be read and says something that can't be.
    pub(crate) fn wrong(kind: &str, message: &str) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, kind, message)
    }

    /// Nothing of that name, or nothing that this token may know of: both answer alike.
    pub(crate) fn not_found(subject: &str) -> Self {
        let subject = subject.to_owned();
        EngineError::NotFound { subject }.into()
    }

    /// No such route.
    pub(crate) fn nowhere() -> Self {
        let message = "没有这个接口地址 / there is no such address";
        Self::new(StatusCode::NOT_FOUND, "no_route", message)
    }

    /// A token that is missing, unknown, run out or revoked.
    pub(crate) fn unauthorized() -> Self {
        let message = "缺少令牌,或令牌无效、已过期、已撤销 / the token is missing, unknown, run out or revoked";
        Self::new(StatusCode::UNAUTHORIZED, "unauthorized", message)
    }

    /// A token that may do other things.
    pub(crate) fn needs(scope: ApiScope) -> Self {
        let scope = scope.as_str();
        let message = format!("该令牌没有 {scope} 权限 / the token lacks the scope {scope}");
        Self {
            needed: Some(scope.into()),
            ..Self::new(StatusCode::FORBIDDEN, "missing_scope", &message)
        }
    }

    /// Too many requests.
    pub(crate) fn too_many(retry_after: NonZeroU32) -> Self {
        let message = format!(
            "请求过于频繁,请 {retry_after} 秒后再试 / too many requests, try again in {retry_after} s"
        );
        Self {
            retry_after: Some(retry_after),
            ..Self::new(StatusCode::TOO_MANY_REQUESTS, "too_many_requests", &message)
        }
    }

    /// The words for people, Chinese first.
    pub(crate) fn words(&self) -> String {
        format!("{} / {}", self.detail, self.detail_en)
    }

    /// Whether a right was refused, which goes into the log.
    pub(crate) fn is_forbidden(&self) -> bool {
        self.status == StatusCode::FORBIDDEN.as_u16()
    }
}

/// What the status of a refusal says: whose right it isn't, where the matter isn't, or what is wrong in the request.
fn status_of(error: &EngineError) -> StatusCode {
    match error {
        EngineError::NotFound { .. } => StatusCode::NOT_FOUND,
        EngineError::Exists { .. } => StatusCode::CONFLICT,
        error if !error.is_refusal() => StatusCode::SERVICE_UNAVAILABLE,
        error => match error.kind() {
            "foreign_post" | "not_stand_in" | "needs_inspector" => StatusCode::FORBIDDEN,
            "wrong_stage"
            | "wrong_subject"
            | "stop_open"
            | "no_open_stop"
            | "which_stop"
            | "nothing_to_supply"
            | "already_extended"
            | "extension_too_late"
            | "not_decided"
            | "already_done"
            | "not_earlier"
            | "partner_outstanding"
            | "not_joint"
            | "no_open_partner"
            | "no_such_event"
            | "not_annullable"
            | "does_not_replay"
            | "no_such_warning"
            | "changed_meanwhile" => StatusCode::CONFLICT,
            _ => StatusCode::UNPROCESSABLE_ENTITY,
        },
    }
}

impl From<EngineError> for Problem {
    fn from(error: EngineError) -> Self {
        let status = status_of(&error);
        if status.is_server_error() {
            // What belongs to the installation goes to the log, not to who asks.
            tracing::error!(error.kind = error.kind(), error = %error, "a request can't be answered");
            let message = "系统暂时无法处理,请稍后再试 / the system can't answer at the moment";
            return Self::new(status, "unavailable", message);
        }
        let mut problem = Self::new(status, error.kind(), &error.to_string());
        if let EngineError::Refused(refusal) = &error
            && let Some((needed, found)) = refusal.ends()
        {
            problem.needed = Some(needed.into());
            problem.found = Some(found.into());
        }
        problem
    }
}

impl From<approval::Refusal> for Problem {
    fn from(refusal: approval::Refusal) -> Self {
        EngineError::from(refusal).into()
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, Json(&self)).into_response();
        let headers = response.headers_mut();
        headers.insert(
            CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        if status == StatusCode::UNAUTHORIZED {
            let value =
                HeaderValue::from_static("Bearer realm=\"shixian\", error=\"invalid_token\"");
            headers.insert(WWW_AUTHENTICATE, value);
        }
        if let Some(seconds) = self.retry_after {
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds.get()));
        }
        response.extensions_mut().insert(Arc::new(self));
        response
    }
}
