//! An appeal from the card's page to the answer.

use axum::http::StatusCode;

use crate::testing::{CASE, Trial, location};

const APPEAL: &str = "SS-410800-FGW-20111011-0001";
const FIELDS: [(&str, &str); 2] = [("keep", "1"), ("reason", "系统<停机>，无法登记")];

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

fn card() -> String {
    format!("/case/{CASE}/warning/3")
}

async fn file(trial: &Trial) {
    let to = format!("{}/appeal", card());
    let (status, _, body) = trial.send_as("head", &to, &FIELDS, &[]).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{body}");
}

async fn answer(trial: &Trial, who: &str, act: &str) -> (StatusCode, String) {
    let form = [("act", act), ("seq", "9"), ("reason", "情况属实")];
    let (status, _, body) = trial
        .post_as(who, &format!("/case/{APPEAL}/act"), &form)
        .await;
    (status, body)
}

#[tokio::test]
async fn the_unit_appeals_within_the_term_and_nobody_else() {
    let trial = late().await;
    for (account, offered) in [
        ("head", true),
        ("clerk", true),
        ("handler", true),
        ("inspector", false),
        ("leader", false),
    ] {
        let (_, _, body) = trial.get_as(account, &card()).await;
        assert_eq!(body.contains("/warning/3/appeal"), offered, "{account}");
        assert!(
            body.contains("可申诉至"),
            "{account}: the term is no secret"
        );
    }
    let (_, _, body) = trial.get_as("head", &card()).await;
    assert!(
        body.contains("可在10月18日 周二 24:00前提出，剩 5 个工作日"),
        "{body}"
    );
    let (_, _, body) = trial.get_as("head", "/unit").await;
    assert!(
        body.contains("可以申诉的牌（1）") && body.contains(&card()),
        "{body}"
    );
    let to = format!("{}/appeal", card());
    for (account, wanted) in [
        ("inspector", StatusCode::UNPROCESSABLE_ENTITY),
        ("leader", StatusCode::UNPROCESSABLE_ENTITY),
        ("stranger", StatusCode::NOT_FOUND),
        ("system", StatusCode::NOT_FOUND),
    ] {
        let (status, _, _) = trial.send_as(account, &to, &FIELDS, &[]).await;
        assert_eq!(status, wanted, "{account}");
    }
    for (path, wanted) in [
        (
            format!("/case/{CASE}/warning/1/appeal"),
            StatusCode::NOT_FOUND,
        ),
        (to.clone(), StatusCode::UNPROCESSABLE_ENTITY),
    ] {
        let (status, _, _) = trial.send_as("head", &path, &[("reason", "")], &[]).await;
        assert_eq!(status, wanted, "{path}: no grounds");
    }
    let files: [(&str, &[u8]); 1] = [("说明.txt", "停机记录".as_bytes())];
    let (status, headers, body) = trial.send_as("head", &to, &FIELDS, &files).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{body}");
    assert_eq!(
        location(&headers),
        format!("/case/{APPEAL}?done=file_appeal")
    );

    // Its own page, the card's, the case's and the desk's tell of it.
    let (_, _, body) = trial.get_as("clerk", &format!("/case/{APPEAL}")).await;
    for words in [
        "系统&#60;停机&#62;，无法登记",
        "说明.txt",
        &card(),
        "待答复",
        "剩 5 个工作日",
    ] {
        assert!(body.contains(words), "{words} in:\n{body}");
    }
    for word in ["appeal_revoke", "raise_warning", "/paper\"", "act-annul"] {
        assert!(!body.contains(word), "{word} in:\n{body}");
    }
    let (_, _, body) = trial.get_as("head", &card()).await;
    assert!(
        body.contains(APPEAL) && body.contains("待答复") && !body.contains("/warning/3/appeal"),
        "{body}"
    );
    let (_, _, body) = trial.get_as("head", &format!("/case/{CASE}")).await;
    assert!(body.contains("已申诉"), "{body}");
    let (_, _, body) = trial.get_as("head", "/unit").await;
    assert!(body.contains("待答复 1 件"), "{body}");
    let (status, _, body) = trial.send_as("clerk", &to, &FIELDS, &[]).await;
    assert_eq!(
        status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "once only: {body}"
    );
    for account in ["stranger", "system", "audit"] {
        let (status, _, _) = trial.get_as(account, &format!("/case/{APPEAL}")).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{account}");
    }
}

#[tokio::test]
async fn after_the_term_it_is_too_late_and_what_was_typed_is_kept() {
    let trial = late().await;
    trial.go_to("2011-10-19T09:00:00+08:00");
    let (_, _, body) = trial.get_as("head", &card()).await;
    assert!(!body.contains("/warning/3/appeal"), "{body}");
    let (_, _, body) = trial.get_as("head", "/unit").await;
    assert!(!body.contains(&card()), "{body}");
    let to = format!("{}/appeal", card());
    let (status, _, body) = trial.send_as("head", &to, &FIELDS, &[]).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(body.contains("申诉"), "{body}");
}

#[tokio::test]
async fn a_mistake_keeps_the_grounds() {
    let trial = late().await;
    let to = format!("{}/appeal", card());
    let files: [(&str, &[u8]); 1] = [("程序.pdf", b"MZ\x90\0")];
    let (status, _, body) = trial.send_as("head", &to, &FIELDS, &files).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        body.contains(">系统&#60;停机&#62;，无法登记</textarea>")
            && body.contains("附件没有保留，请重新选择"),
        "{body}"
    );
}

#[tokio::test]
async fn an_inspector_answers() {
    for (act, state, card_stays) in [
        ("appeal_revoke", "revoked", false),
        ("appeal_reject", "rejected", true),
    ] {
        let trial = late().await;
        file(&trial).await;
        for account in ["leader", "head", "clerk"] {
            let (status, _) = answer(&trial, account, act).await;
            assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{account}");
        }
        let (status, _) = answer(&trial, "stranger", act).await;
        assert_eq!(status, StatusCode::NOT_FOUND);
        let (_, _, body) = trial.get_as("inspector", &format!("/case/{APPEAL}")).await;
        for word in ["appeal_revoke", "appeal_reject", "appeal_refer"] {
            assert!(body.contains(word), "{word} in:\n{body}");
        }
        let (status, body) = answer(&trial, "inspector", act).await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{body}");
        let path = format!("/appeals?state={state}");
        let (_, _, body) = trial.get_as("head", &path).await;
        assert!(body.contains(APPEAL), "{body}");
        let (_, _, body) = trial.get_as("head", &card()).await;
        assert!(body.contains("答复：情况属实"), "{body}");
        assert_eq!(!body.contains("已撤销"), card_stays, "{body}");
        let (_, _, body) = trial.get_as("inspector", &format!("/case/{APPEAL}")).await;
        assert!(!body.contains("appeal_revoke"), "it is over: {body}");
    }
}

#[tokio::test]
async fn what_was_referred_is_for_somebody_else() {
    let trial = late().await;
    file(&trial).await;
    let (status, body) = answer(&trial, "inspector", "appeal_refer").await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{body}");
    let path = format!("/case/{APPEAL}");
    let (_, _, body) = trial.get_as("inspector", &path).await;
    assert!(
        !body.contains("appeal_revoke") && body.contains("由周监察上报"),
        "{body}"
    );
    let (status, _) = answer(&trial, "inspector", "appeal_reject").await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    let (_, _, body) = trial.get_as("leader", &path).await;
    assert!(
        body.contains("appeal_revoke") && !body.contains("act-appeal_refer"),
        "{body}"
    );
    let (status, body) = answer(&trial, "leader", "appeal_reject").await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{body}");
}

#[tokio::test]
async fn the_list_is_all_for_those_who_supervise_and_each_units_own() {
    let trial = late().await;
    file(&trial).await;
    for (account, sees) in [
        ("inspector", Some(true)),
        ("leader", Some(true)),
        ("head", Some(true)),
        ("clerk", Some(true)),
        ("stranger", Some(false)),
        ("system", None),
        ("security", None),
        ("audit", None),
    ] {
        let (status, _, body) = trial.get_as(account, "/appeals?unit=FGW").await;
        let wanted = if sees.is_some() {
            StatusCode::OK
        } else {
            StatusCode::FORBIDDEN
        };
        assert_eq!(status, wanted, "{account}");
        assert_eq!(body.contains(APPEAL), sees == Some(true), "{account}");
    }
    for (query, found) in [
        ("", true),
        ("state=filed", true),
        ("state=nonsense", true),
        ("state=referred", false),
        ("unit=HBJ", false),
        ("unit=FGW&state=filed", true),
    ] {
        let path = format!("/appeals?{query}");
        let (_, _, body) = trial.get_as("inspector", &path).await;
        assert_eq!(body.contains(APPEAL), found, "{query}");
    }
    let cookie = trial.cookie("inspector").await;
    let english = format!("{cookie}; shixian_language=en");
    let (_, _, body) = trial.get_with(&english, "/appeals").await;
    assert!(body.contains("Appeals") && body.contains(APPEAL), "{body}");
}
