//! The messages: their state, trying again, and a mail that shows whether mails go out. Addresses are masked.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Form, Router};
use engine::EngineError;
use engine::accounts::AccountRole;
use engine::outbox::{Outbox, masked};
use serde::Deserialize;
use store::codec::instant;
use store::message::MessageSummary;

use super::{Choice, only};
use crate::frame::{self, Frame};
use crate::page::{PageError, draw_form};
use crate::paging;
use crate::shown;
use crate::site::Site;
use crate::texts::Texts;
use crate::visitor::{Here, Visitor};

/// Rows on a page.
const PAGE_ROWS: usize = 50;
/// The states, those that ask for somebody first.
const STATES: [&str; 5] = ["failed", "given_up", "withheld", "queued", "sent"];

pub(super) fn routes() -> Router<Site> {
    Router::new()
        .route("/admin/outbox", get(list))
        .route("/admin/outbox/retry", post(retry))
        .route("/admin/outbox/test", post(test))
}

/// What stands in the address.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    state: String,
    before: String,
}

struct Line {
    id: String,
    recipient: String,
    address: String,
    state: String,
    bad: bool,
    sent: bool,
    attempts: i64,
    items: i64,
    created: String,
    next_try: String,
    error: String,
}

fn line(visitor: &Visitor, row: MessageSummary) -> Line {
    let (t, calendar) = (visitor.texts, &visitor.books.calendar);
    let brief = |us| shown::brief(t.language(), calendar, instant(us), visitor.now);
    let error = row.last_error.unwrap_or_default();
    Line {
        address: masked(&row.address),
        recipient: row.recipient,
        bad: matches!(row.state.as_str(), "failed" | "given_up"),
        sent: row.state == "sent",
        state: t.word("message_state", &row.state).to_owned(),
        attempts: row.attempts,
        items: row.items,
        created: brief(row.created_at_us),
        next_try: row.next_try_at_us.map_or_else(String::new, brief),
        error: frame::one_language(t, &error),
        id: row.message_id,
    }
}

#[derive(Template)]
#[template(path = "admin/outbox.html")]
struct OutboxPage {
    f: Frame,
    t: Texts,
    states: Vec<Choice>,
    state: &'static str,
    lines: Vec<Line>,
    next: Option<String>,
    first: bool,
    /// Whether anything can be sent.
    sends: bool,
    address: String,
    error: Option<String>,
}

async fn list(
    State(site): State<Site>,
    visitor: Here,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    only(&visitor, AccountRole::System)?;
    outbox_page(&site, &visitor, &asked, String::new(), None).await
}

async fn outbox_page(
    site: &Site,
    visitor: &Visitor,
    asked: &Asked,
    address: String,
    error: Option<String>,
) -> Result<Response, PageError> {
    let t = visitor.texts;
    let state = STATES.into_iter().find(|word| *word == asked.state);
    let limit = paging::wanted(PAGE_ROWS);
    let before = paging::parse(&asked.before).unwrap_or((i64::MAX, ""));
    let mut found = site.engine.messages(before, state, limit).await?;
    let next = paging::cut(&mut found, PAGE_ROWS, |row| {
        paging::place(row.created_at_us, &row.message_id)
    });
    let page = OutboxPage {
        f: Frame::of(site, visitor, t.say("outbox.title")),
        t,
        states: STATES
            .map(|word| Choice {
                value: word.to_owned(),
                name: t.word("message_state", word).to_owned(),
                chosen: state == Some(word),
            })
            .into(),
        state: state.unwrap_or_default(),
        lines: found.into_iter().map(|row| line(visitor, row)).collect(),
        next,
        first: asked.before.is_empty(),
        sends: site.outbox.is_some(),
        address,
        error,
    };
    draw_form(page.error.is_some(), &page)
}

/// What is to be tried again: one message, or all that aren't sent.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Retry {
    id: String,
}

fn outbox(site: &Site) -> Result<&Outbox, PageError> {
    // Without a way to send the page offers nothing.
    site.outbox.as_ref().ok_or(PageError::NotFound)
}

async fn retry(
    State(site): State<Site>,
    visitor: Here,
    Form(form): Form<Retry>,
) -> Result<Response, PageError> {
    only(&visitor, AccountRole::System)?;
    let id = Some(form.id.as_str()).filter(|id| !id.is_empty());
    match outbox(&site)?.retry_by(id, &visitor.caller()).await {
        Ok(_) => Ok(Redirect::to("/admin/outbox?done=outbox_retry").into_response()),
        Err(EngineError::Invalid { .. }) => Err(PageError::NotFound),
        Err(error) => Err(error.into()),
    }
}

/// Where the test mail goes.
#[derive(Debug, Deserialize)]
struct Test {
    address: String,
}

async fn test(
    State(site): State<Site>,
    visitor: Here,
    Form(form): Form<Test>,
) -> Result<Response, PageError> {
    only(&visitor, AccountRole::System)?;
    let t = visitor.texts;
    let outbox = outbox(&site)?;
    let asked = Asked::default();
    if !form.address.contains('@') {
        let told = t.say("outbox.no_address").to_owned();
        return outbox_page(&site, &visitor, &asked, form.address, Some(told)).await;
    }
    match outbox.send_test(&form.address, &visitor.caller()).await {
        Ok(()) => Ok(Redirect::to("/admin/outbox?done=mail_test").into_response()),
        Err(error @ EngineError::Invalid { .. }) => {
            let told = frame::one_language(t, &error.to_string());
            outbox_page(&site, &visitor, &asked, form.address, Some(told)).await
        }
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;
    use std::sync::{Arc, Mutex};

    use engine::outbox::OutboxSettings;
    use engine::schedule::Scheduler;
    use notify::{Language, Mail, RetryPolicy, Templates, Transport};
    use store::audit::Filter;
    use store::message::MessageRow;

    use super::*;
    use crate::testing::Trial;

    /// A trial that sends into memory, with one message that was refused.
    async fn sending() -> (Trial, Arc<Mutex<Vec<Mail>>>) {
        let mut trial = Trial::new().await;
        let (transport, sent) = Transport::memory();
        let settings = OutboxSettings {
            from: "shixian@example.gov.cn".to_owned(),
            organ_name: "监察中心".to_owned(),
            system_name: "电子监察系统".to_owned(),
            base_url: None,
            language: Language::Zh,
            message_id_domain: "example.gov.cn".to_owned(),
            retry: RetryPolicy { attempts_max: 3 },
            lease_ms: 1000,
            owner: "test".to_owned(),
        };
        let templates = Templates::load(None).unwrap();
        let outbox = Outbox::new(trial.engine.clone(), transport, templates, settings);
        let scheduler = Scheduler::new(trial.engine.clone(), None, Vec::new()).unwrap();
        trial.site = trial.site.clone().with_operations(scheduler, Some(outbox));
        let row = MessageRow {
            division: "410800".to_owned(),
            message_id: "0001@example.gov.cn".to_owned(),
            recipient: "FGW-H1".to_owned(),
            address: "gao.jie@example.gov.cn".to_owned(),
            channel: "mail".to_owned(),
            subject: "预警".to_owned(),
            body_text: "…".to_owned(),
            body_html: "…".to_owned(),
            state: "failed".to_owned(),
            attempts: 3,
            next_try_at_us: None,
            last_error: Some("550".to_owned()),
            lease_owner: None,
            lease_until_us: None,
            created_at_us: 1,
            sent_at_us: None,
        };
        let store = trial.engine.store().clone();
        let row = Arc::new(row);
        store
            .write(move |conn| {
                let row = Arc::clone(&row);
                Box::pin(async move {
                    store::message::insert(conn, &row).await?;
                    Ok::<(), EngineError>(())
                })
            })
            .await
            .unwrap();
        (trial, sent)
    }

    async fn log(trial: &Trial, act: &str) -> Vec<store::audit::AuditRow> {
        let filter = Filter {
            act: Some(act.to_owned()),
            ..Filter::default()
        };
        trial.engine.audit_log(&filter, 10).await.unwrap()
    }

    #[tokio::test]
    async fn messages_are_listed_without_addresses_and_tried_again() {
        let (trial, _) = sending().await;
        let (status, _, body) = trial.get_as("system", "/admin/outbox?state=failed").await;
        assert_eq!(status, StatusCode::OK);
        assert!(body.contains("g***@example.gov.cn"), "{body}");
        assert!(!body.contains("gao.jie"), "{body}");
        let (_, _, body) = trial.get_as("system", "/admin/outbox?state=sent").await;
        assert!(!body.contains("FGW-H1"), "{body}");
        for id in ["0001@example.gov.cn", ""] {
            let form = [("id", id)];
            let (status, ..) = trial.post_as("system", "/admin/outbox/retry", &form).await;
            assert_eq!(status, StatusCode::SEE_OTHER, "{id}");
        }
        assert_eq!(log(&trial, "outbox_retry").await.len(), 2);
        let queued = trial
            .engine
            .messages((i64::MAX, ""), Some("queued"), 10)
            .await
            .unwrap();
        assert_eq!(queued.len(), 1);
        let (status, ..) = trial
            .post_as("system", "/admin/outbox/retry", &[("id", "nobody@x")])
            .await;
        assert_eq!(status, StatusCode::NOT_FOUND);
    }

    #[tokio::test]
    async fn a_test_mail_goes_out_at_once() {
        let (trial, sent) = sending().await;
        let form = [("address", "xitong@example.gov.cn")];
        let (status, _, body) = trial.post_as("system", "/admin/outbox/test", &form).await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{body}");
        let sent = sent.lock().unwrap().clone();
        assert_eq!(sent.len(), 1);
        assert_eq!(sent[0].to, "xitong@example.gov.cn");
        let log = log(&trial, "mail_test").await;
        assert_eq!(log[0].target, "x***@example.gov.cn");
        let wrong = [("address", "nowhere")];
        let (status, _, body) = trial.post_as("system", "/admin/outbox/test", &wrong).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(body.contains("value=\"nowhere\""), "{body}");
    }

    #[tokio::test]
    async fn nobody_else_looks_after_the_outbox() {
        let (trial, sent) = sending().await;
        for who in ["security", "audit", "inspector", "leader", "head", "clerk"] {
            let (status, ..) = trial.get_as(who, "/admin/outbox").await;
            assert_eq!(status, StatusCode::FORBIDDEN, "{who}");
            let form = [("address", "a@example.gov.cn"), ("id", "")];
            for path in ["/admin/outbox/retry", "/admin/outbox/test"] {
                let (status, ..) = trial.post_as(who, path, &form).await;
                assert_eq!(status, StatusCode::FORBIDDEN, "{who} {path}");
            }
        }
        assert!(sent.lock().unwrap().is_empty());
    }
}
