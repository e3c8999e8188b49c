//! Outages: declaring one, and going through the cards that it touches.

use axum::http::StatusCode;

use crate::testing::{CASE, Trial, location};

const SECOND: &str = "410800-FGW-20110926-0002";
const OUTAGE: &str = "GZ-410800-20111011-0001";
/// The night in which the limits of handling end.
const NEW: [(&str, &str); 5] = [
    ("from", "2011-10-09T17:00"),
    ("to", "2011-10-10T08:30"),
    ("reason", "机房<停电>"),
    ("paper", "焦电〔2011〕3号"),
    ("unit", "FGW"),
];

/// A trial with two yellow cards of that night, each event 3 of its case.
async fn late() -> Trial {
    let trial = Trial::new().await;
    for number in [CASE, SECOND] {
        trial.receive().await;
        let form = [("act", "accept"), ("seq", "1")];
        trial
            .post_as("clerk", &format!("/case/{number}/act"), &form)
            .await;
    }
    trial.go_to("2011-10-11T09:00:00+08:00");
    trial.engine.sweep(None).await.unwrap();
    trial
}

async fn declared() -> Trial {
    let trial = late().await;
    let (status, headers, body) = trial.post_as("inspector", "/outages/new", &NEW).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{body}");
    assert_eq!(
        location(&headers),
        format!("/outages/{OUTAGE}?done=declare_outage")
    );
    trial
}

#[tokio::test]
async fn an_inspector_declares_and_nobody_else() {
    let trial = declared().await;
    for (account, sees) in [
        ("inspector", true),
        ("leader", true),
        ("head", false),
        ("clerk", false),
        ("stranger", false),
        ("system", false),
        ("security", false),
        ("audit", false),
    ] {
        for path in ["/outages".to_owned(), format!("/outages/{OUTAGE}")] {
            let (status, _, body) = trial.get_as(account, &path).await;
            let wanted = if sees {
                StatusCode::OK
            } else {
                StatusCode::FORBIDDEN
            };
            assert_eq!(status, wanted, "{account} {path}");
            assert_eq!(
                body.contains("机房&#60;停电&#62;"),
                sees,
                "{account} {path}"
            );
        }
        if account == "inspector" {
            continue;
        }
        let settle = [("keep_all", "1"), ("reason", "x")];
        let path = format!("/outages/{OUTAGE}/settle");
        for (path, form) in [("/outages/new", &NEW[..]), (&path, &settle)] {
            let (status, _, _) = trial.post_as(account, path, form).await;
            assert_eq!(status, StatusCode::FORBIDDEN, "{account} {path}");
        }
        let (status, _, _) = trial.get_as(account, "/outages/new").await;
        assert_eq!(status, StatusCode::FORBIDDEN, "{account}");
    }
    let (_, _, body) = trial.get_as("leader", &format!("/outages/{OUTAGE}")).await;
    assert!(
        body.contains(CASE) && !body.contains("checkbox"),
        "a leader looks: {body}"
    );
    for (path, wanted) in [
        ("/outages/GZ-410800-20111011-0009", StatusCode::NOT_FOUND),
        ("/outages/x", StatusCode::NOT_FOUND),
    ] {
        let (status, _, _) = trial.get_as("inspector", path).await;
        assert_eq!(status, wanted, "{path}");
    }
}

#[tokio::test]
async fn a_refused_declaration_keeps_what_was_typed() {
    let trial = late().await;
    for (field, value, wanted) in [
        ("from", "", "请填写开始和结束时间"),
        ("to", "yesterday", "请填写开始和结束时间"),
        ("to", "2011-10-09T16:00", "须先后有序"),
        ("to", "2011-10-12T16:00", "须先后有序"),
        ("reason", " ", "故障原因"),
        ("unit", "NO", "NO"),
    ] {
        let mut form = NEW.to_vec();
        form.retain(|(name, _)| *name != field);
        form.push((field, value));
        let (status, _, body) = trial.post_as("inspector", "/outages/new", &form).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{field} {value}");
        assert!(
            body.contains(wanted) && body.contains("value=\"焦电〔2011〕3号\""),
            "{wanted} in:\n{body}"
        );
        if field != "unit" {
            assert!(body.contains("value=\"FGW\" checked"), "{body}");
        }
    }
}

#[tokio::test]
async fn what_is_ticked_goes_and_the_rest_stays() {
    let trial = declared().await;
    let path = format!("/outages/{OUTAGE}");
    let settle = format!("{path}/settle");
    let (_, _, body) = trial.get_as("inspector", &path).await;
    for words in [
        "受影响的牌（2）",
        &format!("name=\"card\" value=\"{CASE}:3\""),
        "期限落在故障时段内",
        "10月9日",
    ] {
        assert!(body.contains(words), "{words} in:\n{body}");
    }
    assert!(!body.contains("checked"), "nobody ticks for the inspector");
    let (_, _, body) = trial.get_as("inspector", &format!("{path}?all=1")).await;
    assert_eq!(body.matches(" checked").count(), 2, "{body}");

    let (first, second) = (format!("{CASE}:3"), format!("{SECOND}:3"));
    let shown = [("shown", first.as_str()), ("shown", &second)];
    for (more, wanted) in [
        (vec![("reason", "停电")], "没有勾选任何牌"),
        (vec![("card", first.as_str()), ("reason", " ")], "撤牌理由"),
    ] {
        let form = [&shown[..], &more].concat();
        let (status, _, body) = trial.post_as("inspector", &settle, &form).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(body.contains(wanted), "{wanted} in:\n{body}");
        if wanted == "撤牌理由" {
            assert!(
                body.contains(&format!("value=\"{first}\" checked")),
                "{body}"
            );
        }
    }
    // A card that the outage doesn't touch can't be slipped in.
    let ticks = [
        ("card", first.as_str()),
        ("card", "410800-HBJ-20110926-0001:3"),
        ("reason", "停电属实"),
    ];
    let form = [&shown[..], &ticks].concat();
    let (status, headers, body) = trial.post_as("inspector", &settle, &form).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{body}");
    let (_, _, body) = trial.get_as("inspector", location(&headers)).await;
    for words in [
        "复核已完成",
        "受影响的牌（1）",
        "已决定保留",
        "已因本次故障撤销的牌（1）",
        "停电属实",
    ] {
        assert!(body.contains(words), "{words} in:\n{body}");
    }
    for (number, gone) in [(CASE, true), (SECOND, false)] {
        let (_, _, body) = trial
            .get_as("head", &format!("/case/{number}/warning/3"))
            .await;
        assert_eq!(body.contains("停电属实"), gone, "{number}");
    }
    let (_, _, body) = trial.get_as("leader", "/outages").await;
    assert!(!body.contains("待复核"), "{body}");
}
