//! Who sees reports, what stands on them, and that their numbers lead to as many rows.

use approval::Command;
use approval::command::Act;
use approval::ids::PersonCode;
use approval::stage::{Procedure, Stage};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::http::{HeaderMap, StatusCode};

use crate::testing::Trial;

/// How often a page has a row of a case.
fn rows(body: &str) -> usize {
    body.matches("<a href=\"/case/").count()
}

/// The number that a list says it has.
fn total(body: &str) -> &str {
    let told = body.split("共 ").nth(1).expect("a total");
    told.split([' ', '<']).next().expect("a number")
}

async fn act(trial: &Trial, place: u32, command: Command, by: &str) {
    let act = Act {
        by: Some(PersonCode::from(by)),
        ..Act::default()
    };
    let number = format!("410800-FGW-20110926-{place:04}");
    trial.engine.act(&number, command, act).await.unwrap();
}

fn complete(stage: Stage) -> Command {
    Command::Complete {
        stage,
        outcome: None,
        reason: Some("材料属实".to_owned()),
        document: None,
    }
}

/// Four cases of September: one completed in it, one stopped, one late in October, one completed late in October.
async fn office() -> Trial {
    let trial = Trial::new().await;
    for place in 1..=4 {
        trial.receive().await;
        act(&trial, place, Command::Accept, "FGW-C1").await;
    }
    trial.go_to("2011-09-28T10:00:00+08:00");
    let stop = Command::Stop {
        procedure: Procedure::Hearing,
        notice: Some("听证〔2011〕1号".to_owned()),
        term: None,
        basis: None,
        approver: None,
    };
    act(&trial, 2, stop, "FGW-H1").await;
    finish(&trial, 1).await;
    trial.go_to("2011-10-26T10:00:00+08:00");
    trial.engine.sweep(None).await.unwrap();
    finish(&trial, 4).await;
    trial.go_to("2011-11-02T09:00:00+08:00");
    trial.engine.sweep(None).await.unwrap();
    trial
}

async fn finish(trial: &Trial, place: u32) {
    for (stage, by) in [
        (Stage::Handling, "FGW-H1"),
        (Stage::Review, "FGW-R1"),
        (Stage::Approval, "FGW-A1"),
        (Stage::Completion, "FGW-C1"),
    ] {
        act(trial, place, complete(stage), by).await;
    }
}

const UNIT: &str = "/reports/2011-10/unit/FGW";

#[tokio::test]
async fn they_are_for_those_who_supervise_and_a_unit_s_for_its_head() {
    let trial = office().await;
    const ALL: &[&str] = &["leader", "inspector"];
    const UNITS: &[&str] = &["leader", "inspector", "head"];
    for (path, sees) in [
        ("/reports", UNITS),
        ("/reports/2011-10", ALL),
        (UNIT, UNITS),
        ("/reports/2011-10/unit/FGW/item/FGW-002", UNITS),
        ("/reports/2011-10/unit/HBJ", ALL),
        ("/reports/2011-10/unit/HBJ/item/HBJ-001", ALL),
        ("/reports/2011-10/cases?count=accepted", UNITS),
        ("/reports/2011-10/cases?count=accepted&unit=FGW", UNITS),
        ("/reports/2011-10/cases?count=accepted&unit=HBJ", ALL),
        ("/reports/2011-10/file/2011-10.json", ALL),
        ("/reports/2011-10/unit/FGW/file/2011-10.json", UNITS),
        ("/reports/2011-10/unit/HBJ/file/2011-10.json", ALL),
    ] {
        for account in [
            "leader",
            "inspector",
            "head",
            "clerk",
            "handler",
            "reviewer",
            "approver",
            "stranger",
            "system",
            "security",
            "audit",
        ] {
            let (status, headers, _) = trial.get_as(account, path).await;
            if sees.contains(&account) {
                assert_eq!(status, StatusCode::OK, "{account} {path}");
            } else if account == "head" {
                // The division's page leads a head to his unit's; of another unit he knows nothing.
                let known = [
                    StatusCode::SEE_OTHER,
                    StatusCode::NOT_FOUND,
                    StatusCode::FORBIDDEN,
                ];
                assert!(known.contains(&status), "{account} {path}: {status}");
                if status == StatusCode::SEE_OTHER {
                    assert_eq!(crate::testing::location(&headers), UNIT);
                }
            } else {
                assert_eq!(status, StatusCode::FORBIDDEN, "{account} {path}");
            }
        }
        let (status, ..) = trial.get(path).await;
        assert_eq!(status, StatusCode::SEE_OTHER, "nobody is signed in: {path}");
    }
    for wrong in [
        "/reports/2011-13",
        "/reports/October",
        "/reports/2011-10/unit/XYZ",
        "/reports/2011-10/unit/FGW/item/XYZ",
        "/reports/2011-10/cases?count=everything",
        "/reports/2011-10/cases",
        "/reports/2011-10/cases?count=accepted&kind=odd",
        "/reports/2011-10/file/2011-10.exe",
        "/reports/2011-10/file/2011-09.json",
        "/reports/2011-10/file/..%2F2011-10.json",
    ] {
        let (status, ..) = trial.get_as("leader", wrong).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{wrong}");
    }
}

#[tokio::test]
async fn every_number_leads_to_as_many_rows() {
    let trial = office().await;
    let (status, _, page) = trial.get_as("leader", "/reports/2011-10").await;
    assert_eq!(status, StatusCode::OK, "{page}");
    for (month, count, wanted) in [
        ("2011-09", "accepted", 4),
        ("2011-09", "completed", 1),
        ("2011-09", "completed_on_time", 1),
        ("2011-09", "completed_late", 0),
        ("2011-09", "open_at_end", 3),
        ("2011-09", "open_late", 0),
        ("2011-09", "stops", 1),
        ("2011-09", "stops_open_at_end", 1),
        ("2011-10", "accepted", 0),
        ("2011-10", "open_at_start", 3),
        ("2011-10", "completed", 1),
        ("2011-10", "completed_late", 1),
        ("2011-10", "open_at_end", 2),
        ("2011-10", "open_late", 1),
        ("2011-10", "late_visits.handling", 1),
        ("2011-10", "outcome.granted", 1),
        ("2011-10", "red_cards", 1),
        ("2011-Q4", "completed", 1),
        ("2011-H2", "accepted", 4),
        ("2011", "completed", 2),
    ] {
        for part in [
            "",
            "&unit=FGW",
            "&unit=FGW&item=FGW-002",
            "&kind=committed",
            "&hall=%E5%B8%82%E6%94%BF%E5%8A%A1%E5%A4%A7%E5%8E%85",
        ] {
            let path = format!("/reports/{month}/cases?count={count}{part}");
            let (status, _, list) = trial.get_as("leader", &path).await;
            assert_eq!(status, StatusCode::OK, "{path}");
            assert_eq!(rows(&list), wanted, "{path}\n{list}");
            assert_eq!(total(&list), wanted.to_string(), "{path}\n{list}");
        }
        let elsewhere = format!("/reports/{month}/cases?count={count}&unit=HBJ");
        let (_, _, list) = trial.get_as("leader", &elsewhere).await;
        assert_eq!((rows(&list), total(&list)), (0, "0"), "{elsewhere}");
    }
    for link in [
        "/reports/2011-10/cases?count=completed_late\">1</a>",
        "/reports/2011-10/cases?count=open_late&amp;unit=FGW\">1</a>",
        "/reports/2011-10/unit/FGW\">发展和改革委员会</a>",
    ] {
        assert!(
            page.replace("&#38;", "&amp;").contains(link),
            "{link} in:\n{page}"
        );
    }
    // What is zero leads nowhere.
    assert!(!page.contains("count=declined\""), "{page}");
}

#[tokio::test]
async fn a_period_says_what_it_was_before_and_what_each_figure_means() {
    let trial = office().await;
    let (_, _, page) = trial.get_as("leader", "/reports/2011-10").await;
    for words in [
        "2011年10月共受理 0 件，办结 1 件，办结率 —",
        "与2011年9月相比，受理 −4 件，办结 ±0 件",
        "0 ÷ 2",
        "id=\"d-on_time_rate\"",
        "href=\"#d-on_time_rate\"",
        "拖而不办不会使比率变好",
        "样本不足",
        "本系统尚未登记",
        "环境保护局",
        "数据截止",
        "<svg",
        "2011-10-items.csv",
        "2011-10.xlsx",
    ] {
        assert!(page.contains(words), "{words} in:\n{page}");
    }
    assert!(!page.contains("统计期尚未结束"), "October is over");
    // The month that runs says so, an empty unit too.
    let (_, _, page) = trial.get_as("leader", "/reports/2011-11").await;
    assert!(
        page.contains("截至 2011年11月2日") && page.contains("不是最终结果"),
        "{page}"
    );
    let (_, _, page) = trial.get_as("leader", "/reports/2011-10/unit/HBJ").await;
    assert!(page.contains("没有收件、受理和办结"), "{page}");
    // An item has its limits in the picture of its days, a unit its items.
    let (_, _, page) = trial.get_as("head", UNIT).await;
    assert!(
        page.contains("企业投资项目核准") && !page.contains("/unit/HBJ"),
        "{page}"
    );
    let (_, _, page) = trial.get_as("head", &format!("{UNIT}/item/FGW-002")).await;
    assert!(
        page.contains("承诺") && page.contains("共受理 0 件，办结 1 件"),
        "{page}"
    );
}

#[tokio::test]
async fn periods_without_figures_say_why() {
    let trial = office().await;
    for (path, words) in [
        ("/reports/2012-01", "2012年1月尚未开始"),
        ("/reports/2011-08", "早于第一件受理"),
        ("/reports/0001", "早于第一件受理"),
        ("/reports/9999-12", "尚未开始"),
        ("/reports/2011-08/cases?count=accepted", "早于第一件受理"),
        ("/reports/2012-01/file/2012-01.json", "尚未开始"),
        ("/reports?period=October", "不是统计期"),
        ("/reports?from=2011-10-31&to=2011-10-08", "早于起日"),
        ("/reports?from=2011-10-31", "不是统计期"),
    ] {
        let (status, _, page) = trial.get_as("leader", path).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{path}");
        assert!(page.contains(words), "{path}: {words} in:\n{page}");
    }
    let (_, _, page) = trial.get_as("leader", "/reports").await;
    for link in [
        "/reports/2011-09\"",
        "/reports/2011-10\"",
        "/reports/2011-11\"",
        "/reports/2011-Q3\"",
        "/reports/2011\"",
    ] {
        assert!(page.contains(link), "{link} in:\n{page}");
    }
    assert!(
        !page.contains("/reports/2011-08\"") && !page.contains("/reports/2011-12\""),
        "{page}"
    );
    for (asked, leads) in [
        ("?period=2011-W40", "/reports/2011-W40"),
        (
            "?from=2011-10-08&to=2011-10-31",
            "/reports/2011-10-08..2011-10-31",
        ),
    ] {
        let (status, headers, _) = trial.get_as("head", &format!("/reports{asked}")).await;
        assert_eq!(status, StatusCode::SEE_OTHER);
        assert_eq!(crate::testing::location(&headers), leads);
    }
    // Nothing was ever accepted.
    let empty = Trial::new().await;
    let (status, _, page) = empty.get_as("leader", "/reports").await;
    assert_eq!(status, StatusCode::OK);
    assert!(page.contains("还没有受理过办件"), "{page}");
    let (status, _, page) = empty.get_as("leader", "/reports/2011-09").await;
    assert_eq!(status, StatusCode::OK);
    assert!(
        page.contains("没有收件、受理和办结") && page.contains("—"),
        "{page}"
    );
}

/// The kind of a file and the name that it is to be saved under.
fn headers_of(headers: &HeaderMap) -> (String, String) {
    let text = |name| headers[name].to_str().unwrap().to_owned();
    (text(CONTENT_TYPE), text(CONTENT_DISPOSITION))
}

#[tokio::test]
async fn files_have_safe_names_and_a_head_s_has_his_unit_alone() {
    let trial = office().await;
    let (status, headers, body) = trial
        .get_as("leader", "/reports/2011-10/file/2011-10.json")
        .await;
    assert_eq!(status, StatusCode::OK);
    let (kind, name) = headers_of(&headers);
    assert_eq!(kind, "application/json");
    assert!(
        name.starts_with("attachment; filename=\"410800-2011-10.json\"; filename*=UTF-8''"),
        "{name}"
    );
    assert_eq!(headers["cache-control"], "no-store");
    let told: serde_json::Value = serde_json::from_str(&body).unwrap();
    assert_eq!(told["total"]["completed_late"], 1);
    assert_eq!(told["units"].as_array().unwrap().len(), 2);

    let own = "/reports/2011-10/unit/FGW/file/2011-10.json";
    let (_, headers, body) = trial.get_as("head", own).await;
    let (_, name) = headers_of(&headers);
    assert!(
        name.contains("filename=\"410800-FGW-2011-10.json\""),
        "{name}"
    );
    assert!(
        !body.contains("HBJ") && !body.contains("环境保护局"),
        "{body}"
    );
    let told: serde_json::Value = serde_json::from_str(&body).unwrap();
    assert_eq!(told["total"]["completed_late"], 1);
    assert_eq!(told["before"]["total"]["accepted"], 4);

    let range = "2011-10-08..2011-10-31";
    let path = format!("/reports/{range}/file/{range}.csv");
    let (status, headers, body) = trial.get_as("leader", &path).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    let (kind, name) = headers_of(&headers);
    assert_eq!(kind, "text/csv; charset=utf-8");
    assert!(!name.contains("..") && !name.contains('\n'), "{name}");
}

/// What a page offers can be had: a unit's has no table of halls, and none of kinds where it had no cases.
#[tokio::test]
async fn each_file_that_a_page_offers_is_there() {
    let trial = office().await;
    for (account, page, tables) in [
        ("leader", "/reports/2011-10", true),
        ("head", "/reports/2011-10/unit/FGW", true),
        ("leader", "/reports/2011-10/unit/HBJ", false),
        ("head", "/reports/2011-W43/unit/FGW", true),
    ] {
        let (_, _, body) = trial.get_as(account, page).await;
        let links = body
            .split("href=\"")
            .skip(1)
            .filter_map(|rest| rest.split('"').next());
        let files: Vec<&str> = links.filter(|link| link.contains("/file/")).collect();
        assert!(files.len() > report::period::Format::ALL.len(), "{files:?}");
        let kinds = files.iter().any(|file| file.ends_with("-kinds.csv"));
        assert_eq!(kinds, tables, "{files:?}");
        let cookie = trial.cookie(account).await;
        for file in files {
            let request = axum::http::Request::get(file).header("cookie", &cookie);
            let response = trial
                .ask(request.body(axum::body::Body::empty()).unwrap())
                .await;
            assert_eq!(response.status(), StatusCode::OK, "{file}");
        }
    }
}

#[tokio::test]
async fn long_lists_are_turned_by_page() {
    let trial = Trial::new().await;
    for place in 1..=101 {
        trial.receive().await;
        act(&trial, place, Command::Accept, "FGW-C1").await;
    }
    let (_, _, body) = trial
        .get_as("head", "/reports/2011-09/cases?count=accepted")
        .await;
    assert_eq!((rows(&body), total(&body)), (100, "101"));
    let next = body
        .split("after=")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap();
    let path = format!("/reports/2011-09/cases?count=accepted&unit=FGW&after={next}");
    let (_, _, body) = trial.get_as("head", &path).await;
    assert_eq!(rows(&body), 1, "{body}");
    assert!(!body.contains("下一页"), "{body}");
}

/// What is recorded shows once the figures that were kept are too old; until then all pages say the same.
#[tokio::test]
async fn figures_are_kept_and_counted_anew() {
    let trial = office().await;
    let september = "/reports/2011-09";
    let (_, _, first) = trial.get_as("leader", september).await;
    let (_, _, second) = trial.get_as("inspector", september).await;
    let cut_off = |page: &str| {
        page.split("数据截止 ")
            .nth(1)
            .unwrap()
            .split('，')
            .next()
            .unwrap()
            .to_owned()
    };
    assert_eq!(cut_off(&first), cut_off(&second));
    // A quarter of an hour later nothing was recorded: the figures are those that were counted.
    trial.go_to("2011-11-02T09:15:00+08:00");
    let (_, _, page) = trial.get_as("leader", september).await;
    assert_eq!(cut_off(&page), cut_off(&first));
    // Something is recorded.
    finish(&trial, 3).await;
    trial.go_to("2011-11-02T09:30:00+08:00");
    let (_, _, page) = trial.get_as("leader", september).await;
    assert_ne!(cut_off(&page), cut_off(&first));
    let (_, _, page) = trial.get_as("leader", "/reports/2011-11").await;
    assert!(page.contains("办结 1 件"), "{page}");
    // The month that runs is counted anew by the time alone.
    trial.go_to("2011-11-02T09:45:00+08:00");
    let (_, _, page) = trial.get_as("leader", "/reports/2011-11").await;
    assert!(page.contains("截至 2011年11月2日 09:45"), "{page}");
}

/// What changed since a month was closed stands on its pages: all units for those who supervise, its own for a head.
#[tokio::test]
async fn a_closed_month_says_what_changed_since() {
    let trial = office().await;
    let month = approval::statistics::Period::parse("2011-10").expect("a month");
    trial.engine.close_period(&month).await.unwrap();
    let path = "/reports/2011-10";
    let (_, _, body) = trial.get_as("leader", path).await;
    assert!(
        body.contains("此后没有变动") && !body.contains("修订第"),
        "{body}"
    );
    // That the third case ended in October is told in November.
    let late = Act {
        by: Some(PersonCode::from("FGW-C1")),
        at: Some("2011-10-28T10:00:00+08:00".parse().unwrap()),
        late_reason: Some("补录".to_owned()),
        ..Act::default()
    };
    let withdraw = Command::Close {
        outcome: approval::stage::Outcome::Withdrawn,
        reason: "申请人撤回".to_owned(),
        basis: None,
    };
    let case = "410800-FGW-20110926-0003";
    trial.engine.act(case, withdraw, late).await.unwrap();
    trial.go_to("2011-11-02T09:10:00+08:00");
    for (who, path) in [("leader", path), ("leader", UNIT), ("head", UNIT)] {
        let (status, _, body) = trial.get_as(who, path).await;
        assert_eq!(status, StatusCode::OK, "{who} {path}");
        assert!(body.contains("以上为修订第 2 号"), "{who} {path}: {body}");
        assert!(body.contains("封存后有补录"), "{who} {path}");
        assert!(
            body.contains("<td>办结结果：撤回</td>"),
            "{who} {path}: {body}"
        );
    }
    let (status, ..) = trial.get_as("clerk", path).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
}
