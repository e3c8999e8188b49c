//! Scores on the desks: who sees what, who enters, objects and decides.

use axum::http::StatusCode;

use crate::testing::{CASE, Trial, location};

const ENTRY: &str = "PF-410800-20110926-0001";
const PATH: &str = "/scores/entries/PF-410800-20110926-0001";
const NEW: [(&str, &str); 5] = [
    ("unit", "FGW"),
    ("month", "2011-09"),
    ("part", "attitude"),
    ("points", "-2.5"),
    ("reason", "投诉<查实>"),
];

async fn entered() -> Trial {
    let trial = Trial::new().await;
    trial.receive().await;
    let (status, headers, body) = trial.post_as("inspector", "/scores/new", &NEW).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{body}");
    assert_eq!(location(&headers), format!("{PATH}?done=score_enter"));
    trial
}

#[tokio::test]
async fn an_inspector_enters_and_nobody_else() {
    let trial = entered().await;
    for (account, may) in [
        ("inspector", true),
        ("leader", false),
        ("head", false),
        ("clerk", false),
        ("stranger", false),
        ("system", false),
        ("security", false),
        ("audit", false),
    ] {
        let (form, _, _) = trial.get_as(account, "/scores/new").await;
        assert_eq!(form == StatusCode::OK, may, "{account}");
        let (sent, _, _) = trial.post_as(account, "/scores/new", &NEW).await;
        assert_eq!(sent == StatusCode::SEE_OTHER, may, "{account}");
        if !may {
            assert_eq!((form, sent), (StatusCode::FORBIDDEN, StatusCode::FORBIDDEN));
        }
    }
}

#[tokio::test]
async fn what_is_wrong_comes_back_as_it_was_typed() {
    let trial = Trial::new().await;
    for (field, value, wanted) in [
        ("unit", "XXX", "没有单位"),
        ("month", "2011-Q3", "请填写月份"),
        ("month", "2011-10", "尚未开始"),
        ("part", "nothing", "没有“nothing”这一项"),
        ("points", "0", "不为 0"),
        ("points", "-100.01", "-100 至 100"),
        ("points", "many", "最多两位小数"),
        ("reason", " ", "理由"),
    ] {
        let mut form = NEW.to_vec();
        form.retain(|(name, _)| *name != field);
        form.push((field, value));
        let (status, _, body) = trial.post_as("inspector", "/scores/new", &form).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{field} {value}");
        assert!(body.contains(wanted), "{wanted} in:\n{body}");
        if field != "reason" {
            assert!(body.contains("投诉&#60;查实&#62;"), "{body}");
        }
    }
}

#[tokio::test]
async fn a_unit_sees_its_own_scores_and_inspectors_all() {
    let trial = entered().await;
    for (account, list, entry) in [
        ("inspector", StatusCode::OK, StatusCode::OK),
        ("leader", StatusCode::OK, StatusCode::OK),
        ("head", StatusCode::OK, StatusCode::OK),
        ("clerk", StatusCode::OK, StatusCode::OK),
        ("stranger", StatusCode::OK, StatusCode::NOT_FOUND),
        ("system", StatusCode::FORBIDDEN, StatusCode::FORBIDDEN),
        ("security", StatusCode::FORBIDDEN, StatusCode::FORBIDDEN),
        ("audit", StatusCode::FORBIDDEN, StatusCode::FORBIDDEN),
    ] {
        let (status, _, body) = trial.get_as(account, "/scores").await;
        assert_eq!(status, list, "{account}");
        let sees = body.contains(ENTRY);
        assert_eq!(sees, entry == StatusCode::OK, "{account}");
        let (status, _, body) = trial.get_as(account, PATH).await;
        assert_eq!(status, entry, "{account}");
        assert_eq!(body.contains("投诉&#60;查实&#62;"), entry == StatusCode::OK);
    }
    let (_, _, body) = trial.get_as("inspector", "/scores").await;
    for words in [
        "2011年9月",
        "不足 5 件，不排名",
        "本期无业务，不排名",
        "101.50",
    ] {
        assert!(body.contains(words), "{words} in:\n{body}");
    }
    let (_, _, body) = trial.get_as("head", "/scores?unit=HBJ").await;
    for words in ["101.50 分（优秀）", "服务态度", "人工录入", "未录入"] {
        assert!(body.contains(words), "{words} in:\n{body}");
    }
    assert!(!body.contains("环境保护局"), "a unit asks for itself alone");
    let (status, _, body) = trial.get_as("leader", "/scores?period=2011&unit=FGW").await;
    assert_eq!(status, StatusCode::OK);
    assert!(body.contains("2011年9月") && body.contains("投诉&#60;查实&#62;"));
    for (path, wanted) in [
        ("/scores?period=2011-W39", "不是整月"),
        ("/scores?period=2012-01", "尚未开始"),
        ("/scores?period=x", "不是统计期"),
    ] {
        let (status, _, body) = trial.get_as("leader", path).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{path}");
        assert!(body.contains(wanted), "{body}");
    }
    let (status, _, _) = trial.get_as("leader", "/scores?unit=XXX").await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_unit_objects_and_an_inspector_decides() {
    let trial = entered().await;
    let object = format!("{PATH}/object");
    let decide = format!("{PATH}/decide");
    let why = [("reason", "并非<本单位>")];
    for (account, wanted) in [
        ("stranger", StatusCode::NOT_FOUND),
        ("inspector", StatusCode::FORBIDDEN),
        ("leader", StatusCode::FORBIDDEN),
        ("audit", StatusCode::FORBIDDEN),
        ("head", StatusCode::SEE_OTHER),
        ("clerk", StatusCode::UNPROCESSABLE_ENTITY), // it comes once
    ] {
        let (status, _, _) = trial.post_as(account, &object, &why).await;
        assert_eq!(status, wanted, "{account}");
    }
    let uphold = [("reason", "属实"), ("decision", "uphold")];
    for (account, wanted) in [
        ("head", StatusCode::FORBIDDEN),
        ("leader", StatusCode::FORBIDDEN),
        ("stranger", StatusCode::FORBIDDEN),
        ("security", StatusCode::FORBIDDEN),
        ("inspector", StatusCode::SEE_OTHER),
        ("inspector", StatusCode::UNPROCESSABLE_ENTITY),
    ] {
        let (status, _, _) = trial.post_as(account, &decide, &uphold).await;
        assert_eq!(status, wanted, "{account}");
    }
    let (_, _, body) = trial.get_as("head", PATH).await;
    for words in ["已撤回", "并非&#60;本单位&#62;", "属实", "周监察", "赵主任"] {
        assert!(body.contains(words), "{words} in:\n{body}");
    }
    assert!(!body.contains("<form method=\"post\" action=\"/scores"));
    let (_, _, body) = trial.get_as("head", "/scores").await;
    assert!(
        body.contains("104.00 分") && !body.contains("101.50"),
        "{body}"
    );
}

#[tokio::test]
async fn forms_are_there_for_whom_they_are_meant() {
    let trial = entered().await;
    let has = |body: &str, act: &str| body.contains(&format!("action=\"{PATH}/{act}\""));
    let (_, _, body) = trial.get_as("clerk", PATH).await;
    assert!(has(&body, "object") && !has(&body, "decide"), "{body}");
    let (_, _, body) = trial.get_as("inspector", PATH).await;
    assert!(
        !has(&body, "object") && !has(&body, "decide"),
        "nothing to decide yet"
    );
    let (status, _, body) = trial.post_as("head", &format!("{PATH}/object"), &[]).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(body.contains("理由"), "{body}");
    // Five working days from Monday the 26th, over the holiday: until the end of October 8.
    trial.go_to("2011-10-09T00:00:00+08:00");
    let (_, _, body) = trial.get_as("head", PATH).await;
    assert!(!has(&body, "object"), "too late");
    let why = [("reason", "晚了")];
    let (status, _, body) = trial.post_as("head", &format!("{PATH}/object"), &why).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(body.contains("期限已过"), "{body}");
    let (status, _, _) = trial.get_as("head", "/scores/entries/PF-1").await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    let (status, _, _) = trial
        .get_as("head", &format!("/scores/entries/{CASE}"))
        .await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn pages_speak_english() {
    let trial = entered().await;
    let cookie = trial.cookie("inspector").await;
    let cookie = format!("{cookie}; shixian_language=en");
    let (_, _, body) = trial.get_with(&cookie, "/scores?unit=FGW").await;
    for words in [
        "Attitude",
        "not recorded",
        "101.50 points (excellent)",
        "fewer than 5 cases",
    ] {
        assert!(body.contains(words), "{words} in:\n{body}");
    }
}
