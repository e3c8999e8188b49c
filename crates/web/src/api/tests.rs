//! The interface asked within the process, each address also with tokens that may not.

use approval::command::Act;
use approval::ids::PersonCode;
use axum::body::Body;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use axum::http::{HeaderMap, Method, Request, StatusCode};
use engine::accounts::{ApiScope, Caller, NewApiToken};
use engine::attachments::Upload;
use serde_json::{Value, json};
use store::audit::Filter;

use super::answers::{CaseAnswer, OrderAnswer};
use super::cases::CasePage;
use super::problem::Problem;
use super::record::{EventsAnswer, ExplainAnswer};
use crate::testing::{CASE, Trial, told};

const ALL: [ApiScope; 3] = ApiScope::ALL;
const ORDER: &str = "DB-410800-FGW-20110926-0001";

impl Trial {
    /// A token that was made just now.
    async fn token(&self, unit: Option<&str>, scopes: &[ApiScope], rate: u32) -> String {
        let new = NewApiToken {
            name: unit.map_or("city", |_| "oa").to_owned(),
            unit: unit.map(str::to_owned),
            scopes: scopes.to_vec(),
            rate_per_minute: rate,
            days: 1,
        };
        let made = self.engine.add_api_token(new, &Caller::default()).await;
        made.unwrap().0.as_str().to_owned()
    }

    async fn api(
        &self,
        token: &str,
        method: Method,
        path: &str,
        body: Option<(&str, String)>,
        headers: &[(&str, &str)],
    ) -> (StatusCode, HeaderMap, Value) {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("/api/v1{path}"));
        if !token.is_empty() {
            request = request.header(AUTHORIZATION, format!("Bearer {token}"));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = match body {
            Some((kind, text)) => request.header(CONTENT_TYPE, kind).body(Body::from(text)),
            None => request.body(Body::empty()),
        };
        let (status, headers, text) = told(self.ask(request.unwrap()).await).await;
        let value = serde_json::from_str(&text).unwrap_or(Value::String(text));
        if status.is_client_error() || status.is_server_error() {
            let problem: Problem = serde_json::from_value(value.clone()).unwrap();
            assert_eq!(headers[CONTENT_TYPE], "application/problem+json");
            assert!(!problem.kind.is_empty());
        }
        (status, headers, value)
    }

    async fn get_api(&self, token: &str, path: &str) -> (StatusCode, Value) {
        let (status, _, value) = self.api(token, Method::GET, path, None, &[]).await;
        (status, value)
    }

    async fn post_api(&self, token: &str, path: &str, body: Value) -> (StatusCode, Value) {
        let body = Some(("application/json", body.to_string()));
        let (status, _, value) = self.api(token, Method::POST, path, body, &[]).await;
        (status, value)
    }

    async fn issue_order(&self) {
        let act = Act {
            by: Some(PersonCode::from("JC-1")),
            ..Act::default()
        };
        let term = calendar::Term::WorkingDays(3);
        let issued = self
            .engine
            .issue_order("FGW", "请说明原因", term, None, act);
        issued.await.unwrap();
    }
}

fn new_case() -> Value {
    json!({"by": "FGW-C1", "item": "FGW-002", "applicant": "张三"})
}

fn act(by: &str, act: Value) -> Value {
    json!({"by": by, "act": act})
}

#[tokio::test]
async fn a_case_goes_through_its_stages() {
    let trial = Trial::new().await;
    let token = trial.token(Some("FGW"), &ALL, 600).await;
    let body = Some(("application/json", new_case().to_string()));
    let (status, headers, value) = trial.api(&token, Method::POST, "/cases", body, &[]).await;
    assert_eq!(status, StatusCode::CREATED, "{value}");
    assert_eq!(headers["location"], format!("/api/v1/cases/{CASE}"));
    assert!(!value.to_string().contains("张三"));
    let path = format!("/cases/{CASE}/acts");
    for (by, what) in [
        ("FGW-C1", json!({"kind": "accept"})),
        (
            "FGW-H1",
            json!({"kind": "stop", "procedure": "hearing", "notice": "听〔2011〕1号", "term": {"amount": 5, "unit": "working_days"}}),
        ),
        ("FGW-H1", json!({"kind": "resume"})),
        ("FGW-H1", json!({"kind": "complete", "stage": "handling"})),
        ("FGW-R1", json!({"kind": "complete", "stage": "review"})),
        (
            "FGW-A1",
            json!({"kind": "complete", "stage": "approval", "outcome": "granted", "document": {"number": "准〔2011〕1号", "date": "2011-09-26"}}),
        ),
        ("FGW-C1", json!({"kind": "complete", "stage": "completion"})),
        ("FGW-C1", json!({"kind": "deliver"})),
    ] {
        let (status, value) = trial.post_api(&token, &path, act(by, what)).await;
        assert_eq!(status, StatusCode::OK, "{value}");
        serde_json::from_value::<CaseAnswer>(value).unwrap();
    }
    let (_, value) = trial.get_api(&token, &format!("/cases/{CASE}")).await;
    let case: CaseAnswer = serde_json::from_value(value.clone()).unwrap();
    assert_eq!(
        (case.state.as_str(), case.case.as_str()),
        ("completed", CASE)
    );
    assert_eq!(
        serde_json::to_value(&case).unwrap(),
        value,
        "all is described"
    );

    let (status, value) = trial
        .get_api(&token, &format!("/cases/{CASE}/events"))
        .await;
    assert_eq!(status, StatusCode::OK);
    let keys = value["events"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| &e["source_key"]);
    assert!(
        keys.filter(|k| k.as_str().is_some_and(|k| k.starts_with("api:")))
            .count()
            >= 9
    );
    serde_json::from_value::<EventsAnswer>(value).unwrap();
    let (status, value) = trial
        .get_api(&token, &format!("/cases/{CASE}/explain"))
        .await;
    assert_eq!(status, StatusCode::OK);
    serde_json::from_value::<ExplainAnswer>(value).unwrap();
    assert!(trial.engine.verify().await.unwrap().is_ok());
}

#[tokio::test]
async fn a_refusal_says_both_ends() {
    let trial = Trial::new().await;
    trial.receive().await;
    let token = trial.token(Some("FGW"), &ALL, 600).await;
    let path = format!("/cases/{CASE}/acts");
    let review = json!({"kind": "complete", "stage": "review"});
    let (status, value) = trial.post_api(&token, &path, act("FGW-R1", review)).await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert_eq!(
        (&value["kind"], &value["needed"], &value["found"]),
        (&json!("wrong_stage"), &json!("review"), &json!("received"))
    );
    let said = |field: &str| value[field].as_str().unwrap().to_owned();
    assert!(said("detail").contains("收件"));
    assert!(said("detail_en").contains("the act needs review"));
    let behind = json!({"by": "FGW-C1", "act": {"kind": "accept"}, "seen_seq": 0});
    let (status, value) = trial.post_api(&token, &path, behind).await;
    assert_eq!(
        (status, value["kind"].as_str()),
        (StatusCode::CONFLICT, Some("changed_meanwhile"))
    );
}

/// An act with something more in it.
fn accept(more: Value) -> Value {
    let mut body = act("FGW-C1", json!({"kind": "accept"}));
    let more = more.as_object().unwrap().clone();
    body.as_object_mut().unwrap().extend(more);
    body
}

#[tokio::test]
async fn each_refusal_has_its_status_and_its_kind() {
    let trial = Trial::new().await;
    trial.receive().await;
    let token = trial.token(Some("FGW"), &ALL, 600).await;
    let path = format!("/cases/{CASE}/acts");
    let plain = json!({"kind": "accept"});
    let missing = |text: &str| act("FGW-C1", json!({"kind": "correct", "missing": [text]}));
    let annul = json!({"kind": "annul", "seq": 1, "reason": "x"});
    for (what, status, kind) in [
        (act("FGW-H1", plain.clone()), 403, "foreign_post"),
        (act("HBJ-C1", plain.clone()), 422, "unknown_code"),
        (act("JC-1", plain.clone()), 422, "unknown_code"),
        (act("FGW-X9", plain.clone()), 422, "unknown_code"),
        (
            accept(json!({"at": "2031-09-26T10:00:00+08:00"})),
            422,
            "in_future",
        ),
        (accept(json!({"at": "2011-09-26"})), 400, "bad_field"),
        (
            accept(json!({"act": {"kind": "accept", "typo": 1}})),
            400,
            "bad_field",
        ),
        (accept(json!({"typo": 1})), 400, "bad_field"),
        (json!({"act": plain}), 400, "bad_field"),
        (missing("a\u{0}"), 422, "bad_text"),
        (missing(&"长".repeat(4001)), 422, "bad_text"),
        (act("FGW-D1", annul), 409, "not_annullable"),
    ] {
        let (found, value) = trial.post_api(&token, &path, what.clone()).await;
        assert_eq!(
            (found.as_u16(), value["kind"].as_str().unwrap()),
            (status, kind),
            "{what}"
        );
    }
    // A right that was refused stands in the log.
    let filter = Filter {
        act: Some("api".to_owned()),
        ..Filter::default()
    };
    let log = trial.engine.audit_log(&filter, 9).await.unwrap();
    assert_eq!(log.len(), 1);
    assert!(!log[0].done && log[0].account.starts_with("token:"));
    assert_eq!(log[0].target, format!("POST /cases/{CASE}/acts"));
}

#[tokio::test]
async fn errors_tell_nothing_of_what_was_sent() {
    let trial = Trial::new().await;
    let token = trial.token(Some("FGW"), &ALL, 600).await;
    let id = 410_802_197_001_011_234_i64;
    for body in [
        json!({"by": "FGW-C1", "item": "FGW-002", "applicant": id}),
        json!({"by": "FGW-C1", "item": "FGW-002", "applicant": "张三", id.to_string(): 1}),
        json!(id.to_string()),
    ] {
        let (status, value) = trial.post_api(&token, "/cases", body).await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
        assert_eq!(value["kind"], "bad_field");
        assert!(value["detail"].as_str().unwrap().contains("expected"));
        assert!(!value.to_string().contains("410802"), "{value}");
    }
    let path = format!("/cases?state={id}");
    let (status, value) = trial.get_api(&token, &path).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert!(!value.to_string().contains("410802"), "{value}");
}

#[tokio::test]
async fn whoever_shows_no_good_token_learns_nothing() {
    let trial = Trial::new().await;
    trial.receive().await;
    let good = trial.token(Some("FGW"), &ALL, 600).await;
    let revoked = trial.token(Some("FGW"), &ALL, 600).await;
    let called = revoked.split('_').nth(1).unwrap();
    trial
        .engine
        .revoke_api_token(called, &Caller::default())
        .await
        .unwrap();
    let again = trial
        .engine
        .revoke_api_token(called, &Caller::default())
        .await;
    assert_eq!(again.unwrap_err().kind(), "unknown_token");
    let bent = format!("{}0", &good[..good.len() - 1]);
    let bent = if bent == good {
        format!("{}1", &good[..good.len() - 1])
    } else {
        bent
    };
    let wrong = [
        "",
        "x",
        "sx_",
        "sx_a_b",
        "sx_\u{e4}_b",
        bent.as_str(),
        revoked.as_str(),
    ];
    for token in wrong {
        for path in ["/cases", &format!("/cases/{CASE}"), "/items", "/nowhere"] {
            let (status, headers, _) = trial.api(token, Method::GET, path, None, &[]).await;
            assert_eq!(status, StatusCode::UNAUTHORIZED, "{token} {path}");
            assert!(
                headers["www-authenticate"]
                    .to_str()
                    .unwrap()
                    .starts_with("Bearer")
            );
        }
    }
    // A session's cookie opens nothing here.
    let cookie = trial.cookie("inspector").await;
    let (status, _, _) = trial.get_with(&cookie, "/api/v1/cases").await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
    let (status, _) = trial.get_api(&good, "/nowhere").await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    let (status, headers, _) = trial.api(&good, Method::DELETE, "/cases", None, &[]).await;
    assert_eq!(status, StatusCode::METHOD_NOT_ALLOWED);
    assert!(headers.contains_key("allow"));
    // Neither the secret nor its digest is told in the list or in the log.
    let secret = good.rsplit('_').next().unwrap();
    let log = trial
        .engine
        .audit_log(&Filter::default(), 50)
        .await
        .unwrap();
    assert!(log.iter().any(|e| e.act == "token_added" && e.done));
    assert!(log.iter().any(|e| e.act == "token_revoked" && e.done));
    assert!(log.iter().all(|e| !e.payload.contains(secret)));
}

#[tokio::test]
async fn a_token_does_what_its_scopes_say() {
    let trial = Trial::new().await;
    trial.receive().await;
    trial.issue_order().await;
    let event = json!([{"case": "X1", "key": "1", "act": "receive", "at": "2011-09-26T09:00:00+08:00", "item": "FGW-002"}]);
    let due =
        json!({"start": "2011-09-26T10:00:00+08:00", "term": {"amount": 1, "unit": "months"}});
    let asked = [
        (ApiScope::Read, "/cases".to_owned(), None),
        (ApiScope::Read, format!("/cases/{CASE}"), None),
        (ApiScope::Read, format!("/cases/{CASE}/events"), None),
        (ApiScope::Read, format!("/cases/{CASE}/explain"), None),
        (ApiScope::Read, "/orders".to_owned(), None),
        (ApiScope::Read, format!("/orders/{ORDER}"), None),
        (ApiScope::Read, "/items".to_owned(), None),
        (ApiScope::Read, "/units".to_owned(), None),
        (ApiScope::Read, "/calendar/days/2011-10-08".to_owned(), None),
        (ApiScope::Read, "/clock/due".to_owned(), Some(due)),
        (ApiScope::Cases, "/cases".to_owned(), Some(new_case())),
        (
            ApiScope::Cases,
            format!("/cases/{CASE}/acts"),
            Some(act("FGW-C1", json!({"kind": "accept"}))),
        ),
        (
            ApiScope::Cases,
            format!("/orders/{ORDER}/replies"),
            Some(json!({"by": "FGW-D1", "text": "已整改"})),
        ),
        (ApiScope::Events, "/events".to_owned(), Some(event)),
    ];
    for scope in ALL {
        let others: Vec<ApiScope> = ALL.into_iter().filter(|other| *other != scope).collect();
        let without = trial.token(Some("FGW"), &others, 600).await;
        let with = trial.token(Some("FGW"), &[scope], 600).await;
        for (_, path, body) in asked.iter().filter(|(needed, ..)| *needed == scope) {
            let ask = async |token: &str| match body {
                Some(body) => trial.post_api(token, path, body.clone()).await,
                None => trial.get_api(token, path).await,
            };
            let (status, value) = ask(&without).await;
            assert_eq!(status, StatusCode::FORBIDDEN, "{path}");
            assert_eq!(
                (value["kind"].as_str(), value["needed"].as_str()),
                (Some("missing_scope"), Some(scope.as_str()))
            );
            let (status, value) = ask(&with).await;
            assert!(status.is_success(), "{path}: {value}");
        }
    }
    let filter = Filter {
        act: Some("api".to_owned()),
        ..Filter::default()
    };
    assert_eq!(
        trial.engine.audit_log(&filter, 99).await.unwrap().len(),
        asked.len()
    );
}

#[tokio::test]
async fn a_foreign_units_cases_are_as_unknown_as_none() {
    let trial = Trial::new().await;
    trial.receive().await;
    trial.issue_order().await;
    let token = trial.token(Some("HBJ"), &ALL, 600).await;
    let acts = act("HBJ-C1", json!({"kind": "accept"}));
    for number in [CASE, "410800-FGW-20110926-9999", "%00"] {
        for part in ["", "/events", "/explain"] {
            let (status, value) = trial
                .get_api(&token, &format!("/cases/{number}{part}"))
                .await;
            assert_eq!(
                (status, value["kind"].as_str()),
                (StatusCode::NOT_FOUND, Some("not_found"))
            );
        }
        let (status, _) = trial
            .post_api(&token, &format!("/cases/{number}/acts"), acts.clone())
            .await;
        assert_eq!(status, StatusCode::NOT_FOUND);
    }
    let reply = json!({"by": "HBJ-C1", "text": "x"});
    for number in [ORDER, "DB-410800-FGW-20110926-0009"] {
        assert_eq!(
            trial.get_api(&token, &format!("/orders/{number}")).await.0,
            StatusCode::NOT_FOUND
        );
        let (status, _) = trial
            .post_api(&token, &format!("/orders/{number}/replies"), reply.clone())
            .await;
        assert_eq!(status, StatusCode::NOT_FOUND);
    }
    // Nor is there an item or a list of another unit.
    let foreign = json!({"by": "HBJ-C1", "item": "FGW-002", "applicant": "张三"});
    let unknown = json!({"by": "HBJ-C1", "item": "FGW-999", "applicant": "张三"});
    for body in [foreign, unknown] {
        let (status, value) = trial.post_api(&token, "/cases", body).await;
        assert_eq!(
            (status.as_u16(), value["kind"].as_str()),
            (422, Some("unknown_code"))
        );
    }
    for unit in ["FGW", "NOWHERE"] {
        for list in ["cases", "orders"] {
            let path = format!("/{list}?unit={unit}");
            let (status, _) = trial.get_api(&token, &path).await;
            assert_eq!(status, StatusCode::NOT_FOUND, "{path}");
        }
    }
    let (_, value) = trial.get_api(&token, "/cases").await;
    assert_eq!(value, json!({"cases": [], "next": null}));
    let (_, value) = trial.get_api(&token, "/items").await;
    assert_eq!(value["items"].as_array().unwrap().len(), 1);
    // A case is no order, and an order no case.
    let own = trial.token(Some("FGW"), &ALL, 600).await;
    assert_eq!(
        trial.get_api(&own, &format!("/orders/{CASE}")).await.0,
        StatusCode::NOT_FOUND
    );
    assert_eq!(
        trial.get_api(&own, &format!("/cases/{ORDER}")).await.0,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn lists_go_on_where_they_left_off() {
    let trial = Trial::new().await;
    for _ in 0..5 {
        trial.receive().await;
    }
    trial.issue_order().await;
    let token = trial.token(Some("FGW"), &ALL, 600).await;
    let city = trial.token(None, &ALL, 600).await;
    let path = format!("/cases/{CASE}/acts");
    trial
        .post_api(&token, &path, act("FGW-C1", json!({"kind": "accept"})))
        .await;
    for (token, query) in [(&token, ""), (&city, ""), (&city, "&unit=FGW")] {
        let (mut after, mut numbers) = (String::new(), Vec::new());
        loop {
            let path = format!("/cases?limit=2&after={after}{query}");
            let (status, value) = trial.get_api(token, &path).await;
            assert_eq!(status, StatusCode::OK, "{value}");
            serde_json::from_value::<CasePage>(value.clone()).unwrap();
            let cases = value["cases"].as_array().unwrap();
            numbers.extend(cases.iter().map(|c| c["case"].as_str().unwrap().to_owned()));
            match value["next"].as_str() {
                Some(next) => after = next.to_owned(),
                None => break,
            }
        }
        assert_eq!(numbers.len(), 5, "{query}");
        assert!(numbers.is_sorted());
    }
    let (_, value) = trial.get_api(&token, "/cases?state=open").await;
    assert_eq!(value["cases"].as_array().unwrap().len(), 1);
    for (token, query, wanted) in [
        (&city, "state=open", 422),
        (&token, "state=nothing", 400),
        (&token, "limit=0", 400),
        (&token, "limit=501", 400),
        (&token, "limit=x", 400),
        (&token, "typo=1", 400),
        (&token, "after=%00", 422),
    ] {
        let (status, value) = trial.get_api(token, &format!("/cases?{query}")).await;
        assert_eq!(status.as_u16(), wanted, "{query}: {value}");
    }
    let (_, value) = trial.get_api(&token, "/orders").await;
    assert_eq!(value["orders"][0]["order"], ORDER);
    let (status, value) = trial.get_api(&token, "/orders?after=x").await;
    assert_eq!(
        (status, value["kind"].as_str()),
        (StatusCode::UNPROCESSABLE_ENTITY, Some("bad_query"))
    );
}

#[tokio::test]
async fn an_order_is_described_with_the_files_of_its_replies() {
    let trial = Trial::new().await;
    trial.issue_order().await;
    let token = trial.token(Some("FGW"), &ALL, 600).await;
    for files in [0, 1] {
        if files > 0 {
            let file = Upload {
                name: "整改情况.txt".to_owned(),
                data: "已补办".as_bytes().to_vec(),
            };
            let by = Act {
                by: Some(PersonCode::from("FGW-D1")),
                ..Act::default()
            };
            let order = (ORDER, i64::MAX);
            let replied = trial.engine.reply_order(order, "已整改", vec![file], by);
            replied.await.unwrap();
        }
        let (_, value) = trial.get_api(&token, &format!("/orders/{ORDER}")).await;
        let order: OrderAnswer = serde_json::from_value(value.clone()).unwrap();
        assert_eq!(order.attachments.as_ref().map_or(0, Vec::len), files);
        assert_eq!(serde_json::to_value(order).unwrap(), value);
    }
}

#[tokio::test]
async fn a_warning_is_described_with_its_appeal_and_its_evidence() {
    let trial = Trial::new().await;
    trial.receive().await;
    let form = [
        ("act", "raise_warning"),
        ("seq", "1"),
        ("rule", "manual-notice-yellow"),
        ("reason", "窗口录像"),
    ];
    let path = format!("/case/{CASE}/act");
    let (status, _, page) = trial.post_as("inspector", &path, &form).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{page}");
    let by = Act {
        by: Some(PersonCode::from("FGW-D1")),
        ..Act::default()
    };
    let filed = trial
        .engine
        .file_appeal(CASE, 2, "录像不是本窗口", Vec::new(), by);
    filed.await.unwrap();
    let token = trial.token(Some("FGW"), &ALL, 600).await;
    let (_, value) = trial.get_api(&token, &format!("/cases/{CASE}")).await;
    let warning = &value["warnings"][0];
    assert_eq!(warning["evidence"], "窗口录像");
    assert!(warning["appeal"].is_string(), "{warning}");
    let case: CaseAnswer = serde_json::from_value(value.clone()).unwrap();
    assert_eq!(serde_json::to_value(case).unwrap(), value);
}

#[tokio::test]
async fn a_key_does_a_thing_once() {
    let trial = Trial::new().await;
    let token = trial.token(Some("FGW"), &ALL, 600).await;
    let other = trial.token(Some("FGW"), &ALL, 600).await;
    let post = async |token: &str, key: &str, body: Value| {
        let body = Some(("application/json", body.to_string()));
        let headers = [("idempotency-key", key)];
        trial
            .api(token, Method::POST, "/cases", body, &headers)
            .await
    };
    let (status, headers, first) = post(&token, "k-1", new_case()).await;
    assert_eq!(status, StatusCode::CREATED);
    assert!(!headers.contains_key("idempotent-replayed"));
    let (status, headers, again) = post(&token, "k-1", new_case()).await;
    assert_eq!((status, &again), (StatusCode::CREATED, &first));
    assert_eq!(headers["idempotent-replayed"], "true");
    assert_eq!(headers["location"], format!("/api/v1/cases/{CASE}"));
    let another = json!({"by": "FGW-C1", "item": "FGW-002", "applicant": "李四"});
    let (status, _, value) = post(&token, "k-1", another).await;
    assert_eq!(
        (status.as_u16(), value["kind"].as_str()),
        (422, Some("idempotency_key_reused"))
    );
    let (status, _, value) = post(&other, "k-1", new_case()).await;
    assert_eq!(
        status,
        StatusCode::CREATED,
        "another token's key is another key"
    );
    assert_ne!(value["case"], first["case"]);
    let (status, _, value) = post(&token, "not one", new_case()).await;
    assert_eq!(
        (status.as_u16(), value["kind"].as_str()),
        (400, Some("bad_idempotency_key"))
    );
    // What was refused is asked anew.
    let wrong = json!({"by": "FGW-C1", "item": "FGW-002", "applicant": " "});
    for _ in 0..2 {
        let (status, _, _) = post(&token, "k-2", wrong.clone()).await;
        assert_eq!(status.as_u16(), 422);
    }
    assert_eq!(post(&token, "k-2", new_case()).await.0, StatusCode::CREATED);
    let (_, value) = trial.get_api(&token, "/cases").await;
    assert_eq!(value["cases"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn who_asks_too_often_is_told_when_to_come_back() {
    let trial = Trial::new().await;
    let token = trial.token(Some("FGW"), &ALL, 2).await;
    let other = trial.token(Some("FGW"), &ALL, 2).await;
    for wanted in [200, 200, 429] {
        let (status, headers, _) = trial.api(&token, Method::GET, "/units", None, &[]).await;
        assert_eq!(status.as_u16(), wanted);
        if wanted == 429 {
            let seconds: u64 = headers["retry-after"].to_str().unwrap().parse().unwrap();
            assert!((1..=31).contains(&seconds), "{seconds}");
        }
    }
    assert_eq!(trial.get_api(&other, "/units").await.0, StatusCode::OK);
}

#[tokio::test]
async fn the_clock_answers_as_on_the_command_line() {
    let trial = Trial::new().await;
    let token = trial.token(None, &ALL, 600).await;
    let question = json!({
        "start": "2011-09-26T10:00:00+08:00", "term": {"amount": 20, "unit": "working_days"},
        "stops": [{"from": "2011-10-10T09:00:00+08:00", "to": "2011-10-12T09:00:00+08:00"}]
    });
    let (status, value) = trial.post_api(&token, "/clock/due", question).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(
        value,
        json!({"due_on": "2011-10-31", "due_at": "2011-11-01T00:00:00+08:00"})
    );
    let whole = json!({"start": "2011-09-26T10:00:00+08:00", "term": {"amount": 5.0, "unit": "working_days"}});
    let (status, value) = trial.post_api(&token, "/clock/due", whole).await;
    assert_eq!(
        (status, value["due_on"].as_str()),
        (StatusCode::OK, Some("2011-10-08"))
    );
    for (question, status, kind) in [
        (
            json!({"start": "2011-09-26", "term": {"amount": 1, "unit": "months"}}),
            422,
            "bad_instant",
        ),
        (
            json!({"start": "2031-09-26T10:00:00+08:00", "term": {"amount": 1, "unit": "months"}}),
            422,
            "not_covered",
        ),
        (
            json!({"start": "2011-09-26T10:00:00+08:00", "term": {"amount": -1, "unit": "months"}}),
            400,
            "bad_field",
        ),
    ] {
        let (found, value) = trial.post_api(&token, "/clock/due", question).await;
        assert_eq!(
            (found.as_u16(), value["kind"].as_str()),
            (status, Some(kind))
        );
    }
    let (_, value) = trial.get_api(&token, "/calendar/days/2011-10-08").await;
    assert_eq!(value["working"], true);
    assert_eq!(value["why"], "国庆节调休上班");
    for date in ["1999-01-01", "yesterday", "2011-02-30"] {
        let (status, value) = trial
            .get_api(&token, &format!("/calendar/days/{date}"))
            .await;
        assert_eq!(
            (status.as_u16(), value["kind"].as_str()),
            (404, Some("not_covered")),
            "{date}"
        );
    }
}

#[tokio::test]
async fn bodies_that_cannot_be_read_are_told_so() {
    let trial = Trial::new().await;
    let token = trial.token(Some("FGW"), &ALL, 600).await;
    for (kind, text, status, wanted) in [
        ("application/json", "{".to_owned(), 400, "bad_json"),
        ("application/json", "[]".to_owned(), 400, "bad_field"),
        (
            "text/plain",
            new_case().to_string(),
            415,
            "wrong_media_type",
        ),
        (
            "application/json",
            "x".repeat(3 * 1024 * 1024),
            413,
            "too_large",
        ),
    ] {
        let (found, _, value) = trial
            .api(&token, Method::POST, "/cases", Some((kind, text)), &[])
            .await;
        assert_eq!(
            (found.as_u16(), value["kind"].as_str()),
            (status, Some(wanted)),
            "{value}"
        );
    }
}
