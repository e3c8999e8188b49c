//! Events of another system: recorded as a feed, each known by its key, corrected by versions.

use axum::body::Body;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use axum::http::{Request, StatusCode};
use engine::accounts::{ApiScope, Caller, NewApiToken};
use serde_json::{Value, json};

use crate::testing::{CASE, Trial, told};

/// A trial with a system of the first unit that reports.
struct Reported {
    trial: Trial,
    token: String,
}

impl Reported {
    async fn new() -> Self {
        let trial = Trial::new().await;
        trial.go_to("2011-10-12T10:00:00+08:00");
        let token = token(&trial, "oa", Some("FGW")).await;
        Self { trial, token }
    }

    async fn send_as(&self, token: &str, kind: &str, text: String) -> (StatusCode, Value) {
        let (status, _, value) = self.send_with(token, ("", ""), kind, text).await;
        (status, value)
    }

    /// Sends with a query and under a key; gives also whether the answer was kept from before.
    async fn send_with(
        &self,
        token: &str,
        (query, key): (&str, &str),
        kind: &str,
        text: String,
    ) -> (StatusCode, bool, Value) {
        let mut request = Request::post(format!("/api/v1/events{query}"))
            .header(AUTHORIZATION, format!("Bearer {token}"))
            .header(CONTENT_TYPE, kind);
        if !key.is_empty() {
            request = request.header("idempotency-key", key);
        }
        let request = request.body(Body::from(text)).unwrap();
        let (status, headers, text) = told(self.trial.ask(request).await).await;
        let repeated = headers.contains_key("idempotent-replayed");
        (status, repeated, serde_json::from_str(&text).unwrap())
    }

    /// Sends events; gives the counts and the results as words.
    async fn send(&self, events: Value) -> (String, Vec<String>) {
        let (status, value) = self
            .send_as(&self.token, "application/json", events.to_string())
            .await;
        assert_eq!(status, StatusCode::OK, "{value}");
        let count = |name: &str| value[name].as_u64().unwrap();
        let counts = format!(
            "{} {} {} {}",
            count("added"),
            count("replaced"),
            count("there_already"),
            count("rejected")
        );
        let word = |result: &Value| match result["kind"].as_str() {
            Some(kind) => kind.to_owned(),
            None => result["result"].as_str().unwrap().to_owned(),
        };
        (
            counts,
            value["results"]
                .as_array()
                .unwrap()
                .iter()
                .map(word)
                .collect(),
        )
    }

    /// The kinds of a case's events that stand, with the day on which they happened and their defects.
    async fn record(&self, case: &str) -> Vec<String> {
        let seen = self.trial.engine.look(case).await.unwrap();
        assert!(self.trial.engine.verify().await.unwrap().is_ok());
        let annulled = seen.subject.annulled();
        let history = seen.subject.history.iter();
        let standing = history.filter(|e| !annulled.contains(&e.seq) && e.source_key.is_some());
        standing
            .map(|e| {
                let day = e.occurred_at.format("%d");
                let marks: Vec<&str> = e.defects.iter().map(|d| d.as_str()).collect();
                format!("{} {day} {}", e.event.kind(), marks.join(" "))
                    .trim()
                    .to_owned()
            })
            .collect()
    }
}

async fn token(trial: &Trial, name: &str, unit: Option<&str>) -> String {
    let new = NewApiToken {
        name: name.to_owned(),
        unit: unit.map(str::to_owned),
        scopes: vec![ApiScope::Events],
        rate_per_minute: 600,
        days: 1,
    };
    let made = trial.engine.add_api_token(new, &Caller::default()).await;
    made.unwrap().0.as_str().to_owned()
}

fn event(case: &str, key: &str, act: &str, day: u32) -> Value {
    let at = format!("2011-10-{day:02}T10:00:00Z");
    let mut event = json!({"case": case, "key": key, "act": act, "at": at});
    if act == "receive" {
        event["item"] = json!("FGW-002");
        event["applicant"] = json!({"name": "张三"});
    }
    event
}

fn done(case: &str, key: &str, stage: &str, day: u32) -> Value {
    let mut event = event(case, key, "complete", day);
    event["stage"] = json!(stage);
    event
}

fn version(mut event: Value, version: u32) -> Value {
    event["data_version"] = json!(version);
    event
}

fn course(case: &str) -> Vec<Value> {
    vec![
        event(case, "e1", "receive", 8),
        event(case, "e2", "accept", 8),
        done(case, "e3", "handling", 9),
        done(case, "e4", "review", 10),
    ]
}

#[tokio::test]
async fn events_are_recorded_and_known_again() {
    let reported = Reported::new().await;
    let all = json!(course("A1"));
    let (counts, _) = reported.send(all.clone()).await;
    assert_eq!(counts, "4 0 0 0");
    let (counts, results) = reported.send(all).await;
    assert_eq!(counts, "0 0 4 0");
    assert_eq!(results, ["there_already"; 4]);
    let text = format!("{}\n{{", event("A2", "e1", "receive", 8));
    let (_, value) = reported
        .send_as(&reported.token, "application/jsonl", text)
        .await;
    assert_eq!(
        value["results"][1]["kind"], "bad_json",
        "a broken line breaks no other: {value}"
    );
    assert_eq!(value["added"], 1);
    // More of the same case, as lines; the same one twice counts once.
    let more = done("A1", "e5", "approval", 11).to_string();
    let text = format!("{more}\n\n{more}\n");
    let (status, value) = reported
        .send_as(&reported.token, "application/x-ndjson", text)
        .await;
    assert_eq!(status, StatusCode::OK, "{value}");
    assert_eq!(
        (&value["added"], &value["there_already"]),
        (&json!(1), &json!(1))
    );
    assert_eq!(
        reported.record("A1").await,
        [
            "received 08",
            "accepted 08",
            "stage_completed 09",
            "stage_completed 10",
            "stage_completed 11"
        ]
    );
    let seen = reported.trial.engine.look("A1").await.unwrap();
    assert_eq!(seen.subject.case().unwrap().source.as_deref(), Some("oa"));
}

#[tokio::test]
async fn what_is_odd_is_kept_as_evidence() {
    let reported = Reported::new().await;
    let mut events = course("A1");
    events.push(done("A1", "odd", "review", 11));
    events.push(event("A1", "before", "step", 1));
    let (counts, _) = reported.send(json!(events)).await;
    assert_eq!(counts, "6 0 0 0");
    let record = reported.record("A1").await;
    assert!(
        record.contains(&"step 11 out_of_order".to_owned()),
        "{record:?}"
    );
    assert!(
        record.contains(&"step 01 before_start".to_owned()),
        "{record:?}"
    );
}

#[tokio::test]
async fn a_higher_version_annuls_what_was_said() {
    let reported = Reported::new().await;
    reported.send(json!(course("A1"))).await;
    // Handled a day earlier than was said; what came after it stands after it again.
    let (counts, _) = reported
        .send(json!([version(done("A1", "e3", "handling", 8), 2)]))
        .await;
    assert_eq!(counts, "0 1 0 0");
    assert_eq!(
        reported.record("A1").await,
        [
            "received 08",
            "accepted 08",
            "stage_completed 08",
            "stage_completed 10"
        ]
    );
    let seen = reported.trial.engine.look("A1").await.unwrap();
    let keys: Vec<&str> = seen
        .subject
        .history
        .iter()
        .filter_map(|e| e.source_key.as_deref())
        .collect();
    assert_eq!(keys, ["e1~1", "e2~1", "e3~1", "e4~1", "e3~2", "e4~1.1"]);
    assert_eq!(seen.subject.stage().unwrap().as_str(), "approval");
    // An older version, and a newer one that says the same, move nothing.
    for (number, wanted) in [
        (1, "there_already"),
        (2, "there_already"),
        (3, "there_already"),
    ] {
        let again = version(done("A1", "e3", "handling", 8), number);
        assert_eq!(reported.send(json!([again])).await.1, [wanted], "{number}");
    }
    // Two corrections at once, with something new between them.
    let events = json!([
        version(event("A1", "e2", "accept", 9), 2),
        version(done("A1", "e4", "review", 11), 2),
        done("A1", "e5", "approval", 12),
    ]);
    let (_, results) = reported.send(events).await;
    assert_eq!(
        results, ["in_future"; 3],
        "the clock stands before it: nothing of the case is recorded"
    );
    let events = json!([
        version(done("A1", "e3", "handling", 9), 3),
        version(done("A1", "e4", "review", 10), 2),
        done("A1", "e5", "approval", 11),
    ]);
    let (counts, _) = reported.send(events).await;
    assert_eq!(counts, "1 1 1 0", "the review says the same as before");
    assert_eq!(
        reported.record("A1").await,
        [
            "received 08",
            "accepted 08",
            "stage_completed 09",
            "stage_completed 10",
            "stage_completed 11"
        ]
    );
}

#[tokio::test]
async fn the_receipt_is_the_beginning_and_stays() {
    let reported = Reported::new().await;
    reported.send(json!(course("A1"))).await;
    let (_, results) = reported
        .send(json!([version(event("A1", "e1", "receive", 8), 2)]))
        .await;
    assert_eq!(results, ["there_already"]);
    let events = json!([
        version(event("A1", "e1", "receive", 9), 2),
        done("A1", "e5", "approval", 11)
    ]);
    let (_, results) = reported.send(events).await;
    assert_eq!(results, ["not_annullable", "not_annullable"]);
    // A limit that was corrected isn't lost without a word; the item's own unit, named or not, is the same one.
    for (field, value, wanted) in [
        ("due_on", "2011-10-20", "not_annullable"),
        ("unit", "FGW", "there_already"),
        ("item", "FGW-003", "not_annullable"),
    ] {
        let mut receipt = version(event("A1", "e1", "receive", 8), 2);
        receipt[field] = json!(value);
        assert_eq!(reported.send(json!([receipt])).await.1, [wanted], "{field}");
    }
    let city = token(&reported.trial, "city", None).await;
    for (number, unit, due_on, wanted) in [
        (1, "HBJ", "2011-10-20", None),
        (2, "HBJ", "2011-10-20", None),
        (3, "HBJ", "2011-10-21", Some("not_annullable")),
        (3, "FGW", "2011-10-20", Some("not_annullable")),
    ] {
        let mut receipt = version(event("A2", "e1", "receive", 8), number);
        receipt["unit"] = json!(unit);
        receipt["due_on"] = json!(due_on);
        let text = json!([receipt]).to_string();
        let (_, value) = reported.send_as(&city, "application/json", text).await;
        assert_eq!(
            value["results"][0]["kind"].as_str(),
            wanted,
            "{number}: {value}"
        );
    }
    let text = json!([version(event("A2", "e1", "receive", 8), 4)]).to_string();
    let (_, value) = reported.send_as(&city, "application/json", text).await;
    assert_eq!(
        value["results"][0]["kind"], "not_annullable",
        "without unit and limit it says another thing"
    );
}

#[tokio::test]
async fn a_unit_reports_cases_of_its_own_items_only() {
    let trial = Trial::new().await;
    // An item that is another unit's from the tenth on.
    trial.go_to("2011-10-10T00:00:00Z");
    let folder = tempfile::tempdir().unwrap();
    let items = "code,name,unit,kind,promised_amount,promised_unit,statutory_amount,statutory_unit,\
        handling,review,approval,completion,basis,materials\n\
        HBJ-001,排污许可,FGW,committed,10,working_days,20,working_days,4,3,2,1,行政许可法第四十二条,\n";
    std::fs::write(folder.path().join("items.csv"), items).unwrap();
    let loaded = engine::reference::load(&trial.engine, folder.path()).await;
    loaded.unwrap();
    trial.go_to("2011-10-12T10:00:00+08:00");
    let own = token(&trial, "oa", Some("FGW")).await;
    let reported = Reported { trial, token: own };
    let hbj = token(&reported.trial, "hbj", Some("HBJ")).await;
    let city = token(&reported.trial, "city", None).await;
    let receive = |case: &str, key: &str, item: &str, unit: Option<&str>, day: u32| {
        let mut event = event(case, key, "receive", day);
        event["item"] = json!(item);
        event["unit"] = json!(unit);
        event
    };
    for (token, events, wanted) in [
        // Whose it was when the case was received, not whose it is now.
        (&hbj, vec![receive("B1", "e1", "HBJ-001", None, 8)], None),
        (
            &hbj,
            vec![receive("B2", "e1", "HBJ-001", None, 11)],
            Some("unknown_code"),
        ),
        (
            &reported.token,
            vec![receive("B3", "e1", "HBJ-001", None, 8)],
            Some("unknown_code"),
        ),
        (
            &reported.token,
            vec![receive("B4", "e1", "HBJ-001", None, 11)],
            None,
        ),
        // The earliest receipt opens the case, wherever it stands in the request.
        (
            &reported.token,
            vec![
                receive("B5", "e1", "FGW-002", None, 9),
                receive("B5", "e2", "HBJ-001", None, 8),
            ],
            Some("unknown_code"),
        ),
        // A unit names nobody but itself, and not to get at another's item.
        (
            &reported.token,
            vec![receive("B6", "e1", "FGW-002", Some("FGW"), 8)],
            None,
        ),
        (
            &reported.token,
            vec![receive("B7", "e1", "FGW-002", Some("HBJ"), 8)],
            Some("unknown_code"),
        ),
        (
            &reported.token,
            vec![receive("B8", "e1", "HBJ-001", Some("FGW"), 8)],
            Some("unknown_code"),
        ),
        (
            &city,
            vec![receive("B9", "e1", "HBJ-001", Some("FGW"), 8)],
            None,
        ),
        (
            &city,
            vec![receive("B0", "e1", "HBJ-001", Some("X"), 8)],
            Some("unknown_code"),
        ),
    ] {
        let text = json!(events).to_string();
        let (_, value) = reported
            .send_as(token, "application/json", text.clone())
            .await;
        assert_eq!(
            value["results"][0]["kind"].as_str(),
            wanted,
            "{text}: {value}"
        );
    }
}

#[tokio::test]
async fn only_what_was_recorded_whole_is_kept_under_a_key() {
    let reported = Reported::new().await;
    let kind = "application/json";
    let send = async |key: &str, events: &Value| {
        let text = events.to_string();
        reported
            .send_with(&reported.token, ("", key), kind, text)
            .await
    };
    let wrong = json!([
        event("A1", "e1", "receive", 8),
        event("A2", "e2", "accept", 8)
    ]);
    let (_, _, value) = send("k1", &wrong).await;
    assert_eq!(
        (&value["added"], &value["rejected"]),
        (&json!(1), &json!(1))
    );
    // What was refused becomes right meanwhile: under the same key it is recorded now.
    reported
        .send(json!([event("A2", "e1", "receive", 8)]))
        .await;
    let (_, repeated, value) = send("k1", &wrong).await;
    assert!(!repeated);
    assert_eq!(
        (&value["added"], &value["there_already"]),
        (&json!(1), &json!(1))
    );
    let (_, repeated, again) = send("k1", &wrong).await;
    assert!(repeated, "nothing was rejected, so that is kept");
    assert_eq!(again, value);
    let (status, _, value) = send("k1", &json!(course("A3"))).await;
    assert_eq!(
        (status.as_u16(), value["kind"].as_str()),
        (422, Some("idempotency_key_reused"))
    );
    // With a token, what was kept for it is gone.
    let called = reported.token.split('_').nth(1).unwrap();
    let engine = &reported.trial.engine;
    let text = wrong.to_string();
    let key = engine::once::OnceKey::new(called, "k1", "POST /events", &text);
    assert!(engine.kept_answer(&key).await.unwrap().is_some());
    assert_eq!(engine.end_old_answers().await.unwrap(), 0, "it isn't old");
    engine
        .revoke_api_token(called, &Caller::default())
        .await
        .unwrap();
    assert!(engine.kept_answer(&key).await.unwrap().is_none());
}

#[tokio::test]
async fn who_is_supervised_silences_no_warnings() {
    let reported = Reported::new().await;
    let city = token(&reported.trial, "city", None).await;
    let kind = "application/json";
    let text = json!(course("A1")).to_string();
    let own = &reported.token;
    for (token, query, status) in [
        (own, "?quiet=true", 403),
        (own, "?quiet=false", 200),
        (&city, "?quiet=true", 200),
    ] {
        let (found, _, value) = reported
            .send_with(token, (query, ""), kind, text.clone())
            .await;
        assert_eq!(found.as_u16(), status, "{value}");
        if status == 403 {
            assert_eq!(value["kind"], "needs_all_units");
            assert!(
                reported.trial.engine.look("A1").await.is_err(),
                "nothing is recorded"
            );
        }
    }
    // Loud and quiet are two requests.
    let text = json!(course("A2")).to_string();
    let (status, _, _) = reported
        .send_with(&city, ("?quiet=true", "k"), kind, text.clone())
        .await;
    assert_eq!(status, StatusCode::OK);
    let (status, _, value) = reported
        .send_with(&city, ("", "k"), kind, text.clone())
        .await;
    assert_eq!(
        (status.as_u16(), value["kind"].as_str()),
        (422, Some("idempotency_key_reused"))
    );
    let (_, repeated, _) = reported
        .send_with(&city, ("?quiet=true", "k"), kind, text)
        .await;
    assert!(repeated);
}

#[tokio::test]
async fn a_correction_moves_two_hundred_events_at_the_most() {
    let reported = Reported::new().await;
    let mut events = course("A1");
    let steps = (0..199).map(|n| event("A1", &format!("s{n}"), "step", 11));
    events.extend(steps);
    let (counts, _) = reported.send(json!(events)).await;
    assert_eq!(counts, "203 0 0 0");
    let correction = |key: &str| json!([version(done("A1", key, "handling", 8), 2)]);
    assert_eq!(
        reported.send(correction("e3")).await.0,
        "0 1 0 0",
        "200 come after it"
    );
    let more = event("A1", "s199", "step", 11);
    reported.send(json!([more])).await;
    let again = json!([version(done("A1", "e3", "handling", 9), 3)]);
    assert_eq!(reported.send(again).await.1, ["too_long"]);
    // What is corrected along with it isn't recorded anew.
    let both = json!([
        version(done("A1", "e3", "handling", 9), 3),
        version(event("A1", "s199", "step", 10), 2),
    ]);
    assert_eq!(reported.send(both).await.0, "0 2 0 0");
}

#[tokio::test]
async fn one_wrong_event_and_nothing_of_its_case_is_recorded() {
    let reported = Reported::new().await;
    for (wrong, kind) in [
        (json!({"case": "B1", "key": "x"}), "bad_field"),
        (
            json!({"case": "B1", "key": "x", "act": "accept", "at": "2011-10-08T10:00:00Z", "typo": 1}),
            "bad_field",
        ),
        (event("B1", "x", "complete", 9), "missing_field"),
        (event("B1", "x", "stop", 9), "missing_field"),
        (event("B1", "api:x", "accept", 9), "bad_event"),
        (event("B1", "", "accept", 9), "bad_event"),
        (version(event("B1", "x", "accept", 9), 0), "bad_event"),
    ] {
        let events = json!([
            event("B1", "e1", "receive", 8),
            wrong,
            event("C1", "e1", "receive", 8)
        ]);
        let (_, results) = reported.send(events).await;
        assert_eq!(results[..2], ["other_event", kind], "{wrong}");
    }
    assert!(reported.trial.engine.look("B1").await.is_err());
    assert!(
        reported.trial.engine.look("C1").await.is_ok(),
        "another case is another matter"
    );
    let mut unknown = event("B1", "e1", "receive", 8);
    unknown["item"] = json!("X-1");
    let mut id = event("B1", "e1", "receive", 8);
    id["applicant"] = json!({"id_number": "110105194912310021"});
    for (events, kind) in [
        (json!([unknown]), "unknown_code"),
        (json!([id]), "bad_id"),
        (json!([event("B1", "e2", "accept", 8)]), "no_receipt"),
        (json!([event("B1", "e1", "receive", 30)]), "in_future"),
        (
            json!([event("410800-FGW-20111012-0001", "e1", "receive", 8)]),
            "reserved_number",
        ),
        (json!([event("B 1", "e1", "receive", 8)]), "bad_event"),
    ] {
        assert_eq!(reported.send(events).await.1, [kind]);
    }
    for (kind, text, status) in [
        ("application/json", "[]".to_owned(), 422),
        ("application/json", "{}".to_owned(), 400),
        ("application/x-ndjson", "\n".to_owned(), 422),
        ("text/csv", "a".to_owned(), 415),
        (
            "application/json",
            json!(vec![Value::Null; 1001]).to_string(),
            422,
        ),
        // Wrong lines are counted before any of them is read.
        ("application/x-ndjson", "{\n".repeat(1001), 422),
        ("application/x-ndjson", "{\n".repeat(1000), 200),
    ] {
        let (found, value) = reported.send_as(&reported.token, kind, text).await;
        assert_eq!(found.as_u16(), status, "{value}");
    }
}

#[tokio::test]
async fn a_system_reports_its_own_cases_only() {
    let reported = Reported::new().await;
    reported.trial.receive().await;
    reported.send(json!(course("A1"))).await;
    // A desk's case isn't a system's to go on with, nor is another system's.
    let at_desk = "410800-FGW-20111012-0001";
    assert_ne!(at_desk, CASE);
    let (_, results) = reported
        .send(json!([event(at_desk, "x", "accept", 12)]))
        .await;
    assert_eq!(results, ["other_source"]);
    let other = token(&reported.trial, "other", Some("FGW")).await;
    let foreign = token(&reported.trial, "oa", Some("HBJ")).await;
    let more = json!([done("A1", "e5", "approval", 11)]).to_string();
    let begun = json!([event("A2", "e1", "receive", 8)]).to_string();
    for (token, text, kind) in [
        (&other, &more, "other_source"),
        (&foreign, &more, "not_found"),
        (&foreign, &begun, "unknown_code"),
    ] {
        let (_, value) = reported
            .send_as(token, "application/json", text.clone())
            .await;
        assert_eq!(value["results"][0]["kind"], kind, "{value}");
    }
}
