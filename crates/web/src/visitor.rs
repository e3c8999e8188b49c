//! Who is asking: the session behind a request. Everything but the sign-in goes through [`require`].

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use approval::Books;
use approval::people::{Person, Role};
use approval::stage::Stage;
use axum::body::{Body, to_bytes};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::header::{CONTENT_TYPE, COOKIE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use chrono::{DateTime, Utc};
use engine::accounts::{AccountRole, Caller, Entry, SignedIn, Token};
use notify::Language;

use crate::files;
use crate::frame;
use crate::page::PageError;
use crate::sign_in;
use crate::site::Site;
use crate::texts::Texts;

/// The cookie of the session.
const SESSION: &str = "shixian_session";
/// The cookie of the language.
pub(crate) const LANGUAGE: &str = "shixian_language";
/// The largest form that is read at all, as the extractors have it.
const FORM_BYTES_MAX: usize = 2 * 1024 * 1024;
/// The largest form that is kept over a sign-in.
pub(crate) const KEPT_FORM_BYTES: usize = 64 * 1024;

/// Somebody who is signed in, with the books and the instant of the request.
#[derive(Clone)]
pub(crate) struct Visitor {
    pub(crate) who: SignedIn,
    /// The person of a desk account.
    pub(crate) person: Option<Person>,
    pub(crate) token: Token,
    pub(crate) address: String,
    pub(crate) texts: Texts,
    pub(crate) books: Arc<Books>,
    pub(crate) now: DateTime<Utc>,
    /// The path and query that were asked for, to come back to.
    pub(crate) path: String,
}

/// What the middleware puts into requests.
pub(crate) type Here = axum::Extension<Arc<Visitor>>;

impl Visitor {
    /// The language of the pages.
    pub(crate) fn language(&self) -> Language {
        self.texts.language()
    }

    /// For the log.
    pub(crate) fn caller(&self) -> Caller {
        Caller {
            account: self.who.account.clone(),
            address: self.address.clone(),
        }
    }

    /// The person, for acts of the approvals; administrators have none.
    pub(crate) fn desk(&self) -> Result<&Person, PageError> {
        self.person.as_ref().ok_or(PageError::Forbidden)
    }

    /// Whether it is a person of this role.
    pub(crate) fn is(&self, role: Role) -> bool {
        self.person.as_ref().is_some_and(|p| p.role == role)
    }

    /// Whether the account is this administrator's.
    pub(crate) fn administers(&self, role: AccountRole) -> bool {
        self.who.role == role
    }

    /// Whether the person holds the post of a stage, or stands in for somebody who does.
    pub(crate) fn holds(&self, stage: Stage) -> bool {
        let own = self.person.iter();
        own.chain(self.stood_for())
            .any(|p| p.posts.contains(&stage))
    }

    /// Those for whom the person may act now (AB岗).
    pub(crate) fn stood_for(&self) -> impl Iterator<Item = &Person> {
        let own = self.person.iter();
        let named = own.flat_map(|own| self.books.directory.stood_for(&own.code));
        named.filter(|p| p.stand_in.as_ref().is_some_and(|s| s.runs_at(self.now)))
    }

    /// The person, for what only inspectors do.
    pub(crate) fn inspector(&self) -> Result<&Person, PageError> {
        let person = self.desk()?;
        match person.role {
            Role::Inspector => Ok(person),
            _ => Err(PageError::Forbidden),
        }
    }

    /// Refuses everybody but those who supervise the whole division.
    pub(crate) fn supervises(&self) -> Result<(), PageError> {
        match self.sees_all() {
            true => Ok(()),
            false => Err(PageError::Forbidden),
        }
    }

    /// Inspectors and leaders see the whole division, others their unit.
    pub(crate) fn sees_all(&self) -> bool {
        self.is(Role::Inspector) || self.is(Role::Leader)
    }
}

/// Lets a request through if its session runs; otherwise the sign-in, which comes back here, with the form if one was
/// sent. Draws the page of an error that a handler gave.
pub(crate) async fn require(State(site): State<Site>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let visitor = match visitor(&site, &parts).await {
        Ok(Some(visitor)) => Arc::new(visitor),
        Ok(None) => return to_sign_in(&site, &parts, body).await,
        Err(error) => {
            let texts = Texts::of(language(&site, &parts.headers));
            return frame::failure(&site, texts, &PageError::from(error));
        }
    };
    if visitor.who.must_change && parts.uri.path() != sign_in::PASSWORD && !always(&parts) {
        return Redirect::to(sign_in::PASSWORD).into_response();
    }
    // PostgreSQL has no texts with zero bytes, so nothing is called so either.
    let asked = parts.uri.path_and_query().map_or("", |p| p.as_str());
    if asked.contains("%00") {
        return frame::error_page(&site, &visitor, &PageError::NotFound);
    }
    parts.extensions.insert(Arc::clone(&visitor));
    let method = parts.method.clone();
    let mut response = next.run(Request::from_parts(parts, body)).await;
    let Some(error) = response.extensions_mut().remove::<Arc<PageError>>() else {
        return response;
    };
    note_refusal(&site, &visitor, &method, &error).await;
    frame::error_page(&site, &visitor, &error)
}

/// Refuses forms with zero bytes, which PostgreSQL can't store: here once, before any of them is read. No browser lets
/// anybody type one. Forms with files are looked at where they are taken apart.
pub(crate) async fn no_zero_bytes(
    State(site): State<Site>,
    request: Request,
    next: Next,
) -> Response {
    const FORM: &[u8] = b"application/x-www-form-urlencoded";
    let kind = request.headers().get(CONTENT_TYPE).map(|k| k.as_bytes());
    let head = kind.and_then(|kind| kind.get(..FORM.len()));
    if !head.is_some_and(|head| head.eq_ignore_ascii_case(FORM)) {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    let Ok(bytes) = to_bytes(body, FORM_BYTES_MAX).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    if bytes.contains(&0) || bytes.windows(3).any(|part| part == b"%00") {
        let texts = Texts::of(language(&site, &parts.headers));
        let error = engine::EngineError::invalid(
            "bad_text",
            "填写的文字中含有零字节,请重新填写 / what was typed has a zero byte in it, please type it anew",
        );
        return frame::failure(&site, texts, &PageError::from(error));
    }
    next.run(Request::from_parts(parts, Body::from(bytes)))
        .await
}

/// What goes on with a password that must be changed: signing out.
fn always(parts: &Parts) -> bool {
    parts.uri.path() == sign_in::SIGN_OUT
}

/// Refused acts go into the log; an unknown page or a wrong number doesn't.
async fn note_refusal(site: &Site, visitor: &Visitor, method: &Method, error: &PageError) {
    if !matches!(error, PageError::Forbidden) {
        return;
    }
    let path = visitor.path.split('?').next().unwrap_or_default();
    let entry = Entry::refused("page", format!("{method} {path}"), "not allowed");
    if let Err(error) = site.engine.note(&visitor.caller(), entry).await {
        tracing::error!(error = %error, "a refusal can't be written into the audit log");
    }
}

async fn visitor(site: &Site, parts: &Parts) -> Result<Option<Visitor>, engine::EngineError> {
    let Some(token) = cookie(&parts.headers, &session_cookie(site)) else {
        return Ok(None);
    };
    let token = Token::new(token);
    let Some((who, books)) = site.engine.session(&token, site.access.limits).await? else {
        return Ok(None);
    };
    let person = match &who.person {
        // A person who left: the account is good for nothing.
        Some(code) => match books.directory.person(code) {
            Some(person) => Some(person.clone()),
            None => return Ok(None),
        },
        None => None,
    };
    Ok(Some(Visitor {
        who,
        person,
        token,
        address: address(site, parts),
        texts: Texts::of(language(site, &parts.headers)),
        now: site.engine.clock().now(),
        books,
        path: parts
            .uri
            .path_and_query()
            .map_or("/", |p| p.as_str())
            .to_owned(),
    }))
}

async fn to_sign_in(site: &Site, parts: &Parts, body: Body) -> Response {
    let path = parts.uri.path_and_query().map_or("/", |p| p.as_str());
    if parts.method == Method::GET || parts.method == Method::HEAD {
        return Redirect::to(&sign_in::address_for(path)).into_response();
    }
    let kind = parts.headers.get(CONTENT_TYPE);
    let is = |word: &str| kind.is_some_and(|kind| kind.as_bytes().starts_with(word.as_bytes()));
    let kept = if is("multipart/form-data") {
        files::kept(parts, body).await
    } else {
        // A form that is too long is sent again by hand.
        match to_bytes(body, KEPT_FORM_BYTES).await {
            Ok(bytes) if is("application/x-www-form-urlencoded") => {
                String::from_utf8(bytes.to_vec()).unwrap_or_default()
            }
            _ => String::new(),
        }
    };
    let texts = Texts::of(language(site, &parts.headers));
    sign_in::after_expiry(site, texts, path, &kept).await
}

/// The name of the session's cookie; a demo has one of its own.
pub(crate) fn session_cookie(site: &Site) -> String {
    match &site.access.demo {
        Some(demo) if !demo.name.is_empty() => format!("{SESSION}_{}", demo.name),
        _ => SESSION.to_owned(),
    }
}

/// A cookie's value.
pub(crate) fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    let lines = headers.get_all(COOKIE).iter();
    let mut pairs = lines
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='));
    pairs
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value.to_owned())
}

/// The language that was chosen, else the service's.
pub(crate) fn language(site: &Site, headers: &HeaderMap) -> Language {
    cookie(headers, LANGUAGE)
        .and_then(|code| code.parse().ok())
        .unwrap_or(site.title.language)
}

/// Where a request comes from. What a proxy says is believed only of proxies that are trusted: the last address in the
/// list that isn't one of them.
pub(crate) fn address(site: &Site, parts: &Parts) -> String {
    let peer = parts
        .extensions
        .get::<ConnectInfo<SocketAddr>>()
        .map(|info| info.0.ip());
    let Some(peer) = peer else {
        return String::new();
    };
    let trusted = |ip: &IpAddr| site.access.trusted_proxies.contains(ip);
    if !trusted(&peer) {
        return peer.to_string();
    }
    let forwarded = parts.headers.get_all("x-forwarded-for").iter();
    let told: Vec<IpAddr> = forwarded
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(','))
        .filter_map(|part| part.trim().parse().ok())
        .collect();
    let client = told.into_iter().rev().find(|ip| !trusted(ip));
    client.unwrap_or(peer).to_string()
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;

    use crate::testing::{CASE, Trial};

    #[tokio::test]
    async fn zero_bytes_come_to_no_database() {
        let trial = Trial::new().await;
        trial.receive().await;
        for path in [
            "/case/%00",
            "/todo?unit=%00",
            &format!("/case/{CASE}?done=%00"),
        ] {
            let (status, _, page) = trial.get_as("inspector", path).await;
            assert_eq!(status, StatusCode::NOT_FOUND, "{path}");
            assert!(page.contains("<nav"), "with the frame around it: {page}");
        }
        let typed = [("account", "a\0"), ("password", "x")];
        let response = trial.post_raw("", "/sign-in", &typed).await;
        assert_eq!(response.status(), StatusCode::UNPROCESSABLE_ENTITY);
        let (status, _, page) = trial.post_as("inspector", "/password", &typed).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.contains("零字节"), "{page}");
        // What only looks like one is a text like any other.
        let typed = [("account", "%00"), ("password", "x")];
        let response = trial.post_raw("", "/sign-in", &typed).await;
        let (_, _, page) = crate::testing::told(response).await;
        assert!(!page.contains("零字节"), "{page}");
        // A form with files.
        let fields = [("text", "已\0整改")];
        let path = "/case/DB-410800-FGW-20110926-0001/reply";
        let order = trial.engine.issue_order(
            "FGW",
            "请说明原因",
            calendar::Term::WorkingDays(3),
            None,
            approval::command::Act {
                by: Some(approval::ids::PersonCode::from("JC-1")),
                ..Default::default()
            },
        );
        order.await.unwrap();
        let (status, _, page) = trial.send_as("head", path, &fields, &[]).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{page}");
        assert!(page.contains("零字节"), "{page}");
    }
}
