//! A warning's page and its paper.

use axum::http::StatusCode;
use engine::revise::RevisionMode;

use crate::testing::{CASE, Trial, location};

/// A trial in which a case is over the limit of its handling: yellow is event 3.
async fn late() -> Trial {
    let trial = Trial::new().await;
    trial.receive().await;
    let form = [("act", "accept"), ("seq", "1")];
    trial
        .post_as("clerk", &format!("/case/{CASE}/act"), &form)
        .await;
    trial.go_to("2011-10-11T09:00:00+08:00");
    trial.engine.sweep(None).await.unwrap();
    trial
}

#[tokio::test]
async fn the_sentence_comes_first_and_what_it_rests_on_after() {
    let trial = late().await;
    let path = format!("/case/{CASE}/warning/3");
    for (account, sees) in [
        ("inspector", true),
        ("leader", true),
        ("head", true),
        ("handler", true),
        ("stranger", false),
        ("system", false),
        ("audit", false),
    ] {
        let (status, _, _) = trial.get_as(account, &path).await;
        let wanted = if sees {
            StatusCode::OK
        } else {
            StatusCode::NOT_FOUND
        };
        assert_eq!(status, wanted, "{account}");
    }
    let (_, _, body) = trial.get_as("inspector", &path).await;
    for words in [
        "承办环节时限为10月9日 周日 24:00前，已超 2 个工作日，停在“承办”环节，责任人 高杰。",
        "◆ 黄牌",
        "行政许可法",
        "stage-yellow",
        "<svg",
        "撤牌",
    ] {
        assert!(body.contains(words), "{words} in:\n{body}");
    }
    assert!(!body.contains("11010519491231002X"));
    let (_, _, body) = trial.get_as("leader", &path).await;
    assert!(!body.contains("revoke_warning"), "a leader looks");
    for seq in ["1", "99", "x"] {
        let path = format!("/case/{CASE}/warning/{seq}");
        let (status, _, _) = trial.get_as("inspector", &path).await;
        assert!(status.is_client_error(), "{seq}: {status}");
    }
}

#[tokio::test]
async fn what_is_over_tells_where_it_was_late_and_not_where_it_rests() {
    let trial = late().await;
    let (_, _, body) = trial.get_as("handler", &format!("/case/{CASE}")).await;
    assert!(body.contains("，本环节已超 2 个工作日"), "{body}");
    let form = [("act", "complete"), ("stage", "handling"), ("seq", "3")];
    let acts = format!("/case/{CASE}/act");
    let (status, _, body) = trial.post_as("handler", &acts, &form).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{body}");
    let path = format!("/case/{CASE}/warning/3");
    let (_, _, body) = trial.get_as("inspector", &path).await;
    let words =
        "已于2011年10月11日 09:00结束（已超 2 个工作日），到限时在“承办”环节，责任人 高杰。";
    assert!(body.contains(words), "{words} in:\n{body}");
}

#[tokio::test]
async fn an_inspector_revokes_and_nobody_else() {
    let trial = late().await;
    let path = format!("/case/{CASE}/warning/3/act");
    let form = [
        ("act", "revoke_warning"),
        ("seq", "3"),
        ("reason", "系统停电"),
    ];
    for (account, wanted) in [
        ("leader", StatusCode::UNPROCESSABLE_ENTITY),
        ("head", StatusCode::UNPROCESSABLE_ENTITY),
        ("handler", StatusCode::UNPROCESSABLE_ENTITY),
        ("stranger", StatusCode::NOT_FOUND),
        ("system", StatusCode::NOT_FOUND),
    ] {
        let (status, _, _) = trial.post_as(account, &path, &form).await;
        assert_eq!(status, wanted, "{account}");
    }
    let empty = [("act", "revoke_warning"), ("seq", "3"), ("reason", "")];
    let (status, _, body) = trial.post_as("inspector", &path, &empty).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{body}");
    let (status, headers, body) = trial.post_as("inspector", &path, &form).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{body}");
    let (_, _, body) = trial.get_as("inspector", location(&headers)).await;
    for words in ["已撤牌", "已撤销", "系统停电"] {
        assert!(body.contains(words), "{words} in:\n{body}");
    }
}

#[tokio::test]
async fn a_card_is_printed_as_a_paper() {
    let trial = late().await;
    let path = format!("/case/{CASE}/warning/3/paper");
    let (_, _, body) = trial.get_as("head", &path).await;
    for words in [
        "黄牌通知书",
        "410800-FGW-20110926-0001-3",
        "发展和改革委员会",
        "2011年10月11日",
        "试运行",
    ] {
        assert!(body.contains(words), "{words} in:\n{body}");
    }
    let (status, _, _) = trial.get_as("stranger", &path).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}

/// A card that waits is the inspector's alone to let out, and the unit's period for an appeal begins then.
#[tokio::test]
async fn a_card_that_waits_is_issued_by_an_inspector() {
    let trial = Trial::new().await;
    let (rules, _) = engine::assets::rules("limits").unwrap();
    let rules = rules.replace("\"at-once\"", "\"wait-for-inspector\"");
    trial
        .engine
        .revise_rules("waiting", &rules, RevisionMode::Apply)
        .await
        .unwrap();
    trial.receive().await;
    let form = [("act", "accept"), ("seq", "1")];
    trial
        .post_as("clerk", &format!("/case/{CASE}/act"), &form)
        .await;
    trial.go_to("2011-10-11T09:00:00+08:00");
    trial.engine.sweep(None).await.unwrap();
    trial.go_to("2011-10-12T09:00:00+08:00");
    let path = format!("/case/{CASE}/warning/3");
    let (_, _, body) = trial.get_as("head", &path).await;
    assert!(
        body.contains("待发") && !body.contains("/warning/3/appeal") && !body.contains("可申诉至"),
        "{body}"
    );
    let form = [("act", "issue_warning"), ("seq", "3")];
    let to = format!("{path}/act");
    for (account, wanted) in [
        ("leader", StatusCode::UNPROCESSABLE_ENTITY),
        ("head", StatusCode::UNPROCESSABLE_ENTITY),
        ("stranger", StatusCode::NOT_FOUND),
    ] {
        let (status, _, _) = trial.post_as(account, &to, &form).await;
        assert_eq!(status, wanted, "{account}");
    }
    let (status, headers, body) = trial.post_as("inspector", &to, &form).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{body}");
    let (_, _, body) = trial.get_as("inspector", location(&headers)).await;
    assert!(!body.contains("发出后，按规则通知"), "once: {body}");
    let (_, _, body) = trial.get_as("head", &path).await;
    assert!(
        body.contains("可在10月19日 周三 24:00前提出，剩 5 个工作日"),
        "{body}"
    );
}
