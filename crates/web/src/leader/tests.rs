//! The leader's page: who sees it, and that its rows add up.

use axum::http::StatusCode;

use crate::testing::{CASE, Trial};

#[tokio::test]
async fn it_is_for_leaders_and_inspectors() {
    let trial = Trial::new().await;
    for path in ["/leader", "/leader/unit/FGW", "/leader/cases"] {
        for (account, may) in [
            ("leader", true),
            ("inspector", true),
            ("head", false),
            ("clerk", false),
            ("stranger", false),
            ("system", false),
            ("security", false),
            ("audit", false),
        ] {
            let (status, _, _) = trial.get_as(account, path).await;
            let wanted = if may {
                StatusCode::OK
            } else {
                StatusCode::FORBIDDEN
            };
            assert_eq!(status, wanted, "{account} {path}");
        }
    }
    let (status, _, _) = trial.get_as("leader", "/leader/unit/XYZ").await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    let (status, _, _) = trial.get_as("leader", "/leader?year=999999999").await;
    assert_eq!(status, StatusCode::NOT_FOUND, "a year that no calendar has");
    let (_, headers, _) = trial.get_as("leader", "/").await;
    assert_eq!(crate::testing::location(&headers), "/leader");
    let (_, headers, _) = trial.get_as("inspector", "/").await;
    assert_eq!(crate::testing::location(&headers), "/board");
    let (_, headers, _) = trial.get_as("head", "/").await;
    assert_eq!(crate::testing::location(&headers), "/unit");
    let (_, headers, _) = trial.get_as("clerk", "/").await;
    assert_eq!(crate::testing::location(&headers), "/todo");
}

/// How often a page has a row of a case.
fn rows(body: &str) -> usize {
    body.matches("<a href=\"/case/").count()
}

#[tokio::test]
async fn every_number_leads_to_rows_that_add_up_to_it() {
    let trial = Trial::new().await;
    for n in 1..=4 {
        trial.receive().await;
        let path = format!("/case/410800-FGW-20110926-000{n}/act");
        trial
            .post_as("clerk", &path, &[("act", "accept"), ("seq", "1")])
            .await;
    }
    let withdraw = [("act", "withdraw"), ("seq", "2"), ("reason", "不办了")];
    trial
        .post_as("clerk", &format!("/case/{CASE}/act"), &withdraw)
        .await;
    // In November three are late by the promised limit, and a card stands against each.
    trial.go_to("2011-11-02T09:00:00+08:00");
    trial.engine.sweep(None).await.unwrap();
    let (_, _, body) = trial.get_as("leader", "/leader").await;
    for words in [
        "按受理时间统计",
        "截至 2011年11月2日 09:00",
        "25.00%",
        "<svg",
    ] {
        assert!(body.contains(words), "{words} in:\n{body}");
    }
    for (only, count) in [
        ("accepted", 4),
        ("completed", 1),
        ("on_time", 0),
        ("late", 0),
        ("open", 3),
        ("late_open", 3),
        ("red", 3),
        ("yellow", 0),
        ("notice", 0),
    ] {
        for place in ["", "&unit=FGW", "&unit=FGW&item=FGW-002"] {
            let path = format!("/leader/cases?year=2011&month=9{place}&only={only}");
            let (status, _, list) = trial.get_as("leader", &path).await;
            assert_eq!(status, StatusCode::OK, "{path}");
            assert_eq!(rows(&list), count, "{path}");
            assert!(list.contains(&format!("共 {count} 件")), "{path}:\n{list}");
        }
        let link = format!("month=0&only={only}\">{count}</a>");
        assert!(body.contains(&link) || count == 0, "{link} in:\n{body}");
    }
    let (_, _, list) = trial
        .get_as("leader", "/leader/cases?year=2011&month=10&only=accepted")
        .await;
    assert_eq!(rows(&list), 0, "nothing was accepted in October");
    let (_, _, list) = trial
        .get_as("leader", "/leader/cases?year=2011&unit=HBJ&only=accepted")
        .await;
    assert_eq!(rows(&list), 0);
    let (_, _, unit) = trial.get_as("leader", "/leader/unit/FGW?year=2011").await;
    assert!(
        unit.contains("企业投资项目核准") && unit.contains("item=FGW-002&only=late_open\">3</a>"),
        "{unit}"
    );
}

#[tokio::test]
async fn long_lists_are_turned_by_page() {
    let trial = Trial::new().await;
    for n in 1..=101 {
        trial.receive().await;
        let act = approval::command::Act {
            by: Some("FGW-C1".into()),
            ..approval::command::Act::default()
        };
        let number = format!("410800-FGW-20110926-{n:04}");
        trial
            .engine
            .act(&number, approval::Command::Accept, act)
            .await
            .unwrap();
    }
    let (_, _, body) = trial.get_as("leader", "/leader/cases").await;
    assert_eq!(rows(&body), 100);
    let next = body
        .split("after=")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap();
    let (_, _, body) = trial
        .get_as("leader", &format!("/leader/cases?after={next}"))
        .await;
    assert_eq!(rows(&body), 1);
    assert!(body.contains("共 101 件"), "{body}");
}
