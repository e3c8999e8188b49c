//! Papers: who sees which, and what stands on them.

use axum::http::StatusCode;

use crate::testing::{CASE, Trial};

async fn act(trial: &Trial, account: &str, form: &[(&str, &str)]) {
    let (status, _, body) = trial
        .post_as(account, &format!("/case/{CASE}/act"), form)
        .await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{form:?}: {body}");
}

async fn paper(trial: &Trial, account: &str, kind: &str) -> (StatusCode, String) {
    let path = format!("/case/{CASE}/paper/{kind}");
    let (status, _, body) = trial.get_as(account, &path).await;
    (status, body)
}

async fn accepted() -> Trial {
    let trial = Trial::new().await;
    trial.receive().await;
    act(&trial, "clerk", &[("act", "accept"), ("seq", "1")]).await;
    trial
}

/// The papers that the case's page offers, by the words of their addresses.
async fn offered(trial: &Trial, query: &str) -> (Vec<String>, String) {
    let path = format!("/case/{CASE}{query}");
    let (_, _, body) = trial.get_as("clerk", &path).await;
    let start = format!("/case/{CASE}/paper/");
    let found = body.split(&start).skip(1);
    let words = found.map(|part| part.split('"').next().unwrap().to_owned());
    (words.collect(), body)
}

#[tokio::test]
async fn the_receipt_is_for_those_who_may_see_the_case_and_its_password_for_those_who_hand_it_out()
{
    let trial = accepted().await;
    let stored = trial.engine.personal(CASE).await.unwrap().unwrap();
    let stored: serde_json::Value = serde_json::from_str(&stored).unwrap();
    let password = stored["query_password"].as_str().unwrap();
    for (account, sees, with_password) in [
        ("clerk", true, true),
        ("handler", true, true),
        ("head", true, true),
        ("inspector", true, false),
        ("leader", true, false),
        ("stranger", false, false),
        ("system", false, false),
        ("security", false, false),
        ("audit", false, false),
    ] {
        let (status, body) = paper(&trial, account, "receipt").await;
        let wanted = if sees {
            StatusCode::OK
        } else {
            StatusCode::NOT_FOUND
        };
        assert_eq!(status, wanted, "{account}");
        let cell = format!("class=\"loud-fact\">{password}</td>");
        assert_eq!(body.contains(&cell), with_password, "{account}");
        assert_eq!(body.contains("张三："), sees, "{account}");
    }
    let (_, body) = paper(&trial, "clerk", "receipt").await;
    for wanted in [
        "受理通知书",
        CASE,
        // Twelve and twenty working days after a Monday, a week of holidays and a Saturday that works between them.
        "2011年10月17日前（12个工作日）",
        "2011年10月27日前（20个工作日）",
        "sx-qr\"",
        "发展和改革委员会",
        "2011年9月26日",
        "市政务大厅 3、4号窗口",
    ] {
        assert!(body.contains(wanted), "{wanted} in:\n{body}");
    }
    assert!(!body.contains("class=\"menu\"") && !body.contains("11010519491231002X"));
}

#[tokio::test]
async fn only_what_the_events_justify_is_offered() {
    let trial = Trial::new().await;
    trial.receive().await;
    assert_eq!(offered(&trial, "").await.0, [""; 0]);
    for kind in [
        "receipt",
        "correction",
        "decision",
        "stop",
        "nothing",
        "receipt-1",
    ] {
        let (status, _) = paper(&trial, "clerk", kind).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{kind}");
    }
    let missing = [
        ("act", "correct"),
        ("seq", "1"),
        ("missing", "土地证明\n环评批复"),
    ];
    act(&trial, "clerk", &missing).await;
    let (words, body) = offered(&trial, "?done=correct").await;
    assert_eq!(words, ["correction-2"]);
    assert!(body.contains("autofocus"), "Enter opens it: {body}");
    let (_, body) = paper(&trial, "clerk", "correction").await;
    assert!(
        body.contains("一次性补正告知书") && body.contains("<li>土地证明</li>\n<li>环评批复</li>"),
        "{body}"
    );
    act(&trial, "clerk", &[("act", "supply"), ("seq", "2")]).await;
    act(&trial, "clerk", &[("act", "accept"), ("seq", "3")]).await;
    let (words, body) = offered(&trial, "").await;
    assert_eq!(words, ["correction-2", "receipt-4"]);
    assert!(!body.contains("autofocus"), "{body}");
    let annul = [
        ("act", "annul"),
        ("seq", "4"),
        ("target", "4"),
        ("reason", "误操作"),
    ];
    act(&trial, "clerk", &annul).await;
    assert_eq!(offered(&trial, "").await.0, ["correction-2"]);
    let (status, _) = paper(&trial, "clerk", "receipt-4").await;
    assert_eq!(status, StatusCode::NOT_FOUND, "its event was annulled");
}

#[tokio::test]
async fn refusals_state_reason_and_remedies_as_the_law_stood() {
    for (command, kind, title) in [
        ("refuse", "not-accepted", "不予受理决定书"),
        ("not_needed", "not-needed", "不受理告知书"),
    ] {
        let trial = Trial::new().await;
        trial.receive().await;
        let form = [
            ("act", command),
            ("seq", "1"),
            ("reason", "应向省发改委申请"),
        ];
        act(&trial, "clerk", &form).await;
        let (_, body) = paper(&trial, "clerk", kind).await;
        for wanted in [title, "理由：应向省发改委申请", "六十日内", "三个月内"] {
            assert!(body.contains(wanted), "{wanted} in:\n{body}");
        }
    }
}

#[tokio::test]
async fn stops_extensions_and_decisions_have_their_papers() {
    let trial = accepted().await;
    let stop = [
        ("act", "stop"),
        ("seq", "2"),
        ("procedure", "expert_review"),
        ("notice", "焦发改告〔2011〕3号"),
        ("amount", "10"),
        ("unit_of_term", "wd"),
    ];
    act(&trial, "handler", &stop).await;
    let (_, body) = paper(&trial, "clerk", "stop").await;
    for wanted in [
        "特别程序告知书",
        "专家评审",
        "编号：焦发改告〔2011〕3号",
        "10个工作日",
    ] {
        assert!(body.contains(wanted), "{wanted} in:\n{body}");
    }
    act(
        &trial,
        "handler",
        &[("act", "resume"), ("seq", "3"), ("stop", "1")],
    )
    .await;
    let extend = [
        ("act", "extend"),
        ("seq", "4"),
        ("working_days", "5"),
        ("approver", "李局长"),
        ("reason", "材料复杂"),
    ];
    act(&trial, "handler", &extend).await;
    let (_, body) = paper(&trial, "clerk", "extension").await;
    for wanted in [
        "延长5个工作日",
        "理由：材料复杂",
        "批准人：李局长",
        "2011年11月3日",
    ] {
        assert!(body.contains(wanted), "{wanted} in:\n{body}");
    }
    for (account, stage, seq) in [("handler", "handling", "5"), ("reviewer", "review", "6")] {
        act(
            &trial,
            account,
            &[("act", "complete"), ("stage", stage), ("seq", seq)],
        )
        .await;
    }
    let refused = [
        ("act", "complete"),
        ("stage", "approval"),
        ("seq", "7"),
        ("outcome", "refused"),
        ("reason", "不符合产业政策"),
        ("document", "焦发改许〔2011〕9号"),
        ("document_date", "2011-09-26"),
    ];
    act(&trial, "approver", &refused).await;
    assert_eq!(
        offered(&trial, "").await.0,
        ["receipt-2", "stop-3", "extension-5", "decision-8"]
    );
    let (_, body) = paper(&trial, "clerk", "decision").await;
    for wanted in [
        "不予行政许可决定书",
        "编号：焦发改许〔2011〕9号",
        "理由：不符合产业政策",
        "行政复议",
    ] {
        assert!(body.contains(wanted), "{wanted} in:\n{body}");
    }
}

#[tokio::test]
async fn the_frame_is_the_readers_and_the_paper_is_chinese() {
    let trial = accepted().await;
    let cookie = format!("{}; shixian_language=en", trial.cookie("clerk").await);
    let path = format!("/case/{CASE}/paper/receipt");
    let (_, _, body) = trial.get_with(&cookie, &path).await;
    assert!(
        body.contains("受理通知书") && body.contains(">Print</button>"),
        "{body}"
    );
}

#[tokio::test]
async fn a_code_that_is_read_by_a_scanner_finds_the_case() {
    let trial = accepted().await;
    let path = format!("/search?q=http%3A%2F%2Fsp.example.cn%2Fcase%2F{CASE}");
    let (status, headers, _) = trial.get_as("clerk", &path).await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    assert_eq!(crate::testing::location(&headers), format!("/case/{CASE}"));
}
