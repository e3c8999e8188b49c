//! The board and its line, asked within the process.

use std::time::Duration;

use axum::body::{Body, BodyDataStream};
use axum::http::header::COOKIE;
use axum::http::{Request, StatusCode};
use engine::accounts::{Caller, Token};
use futures_util::StreamExt;
use tokio::time::Instant;

use super::live::Live;
use super::stream::Pace;
use crate::testing::{CASE, Trial};

/// Longer than anything here takes, so that a test that waits in vain ends.
const PATIENCE: Duration = Duration::from_secs(20);

/// A line that is read event by event.
struct Line {
    body: BodyDataStream,
    text: String,
}

impl Line {
    async fn open(trial: &Trial, account: &str, path: &str, last: Option<&str>) -> Self {
        let mut request = Request::get(path).header(COOKIE, trial.cookie(account).await);
        if let Some(last) = last {
            request = request.header("last-event-id", last);
        }
        let response = trial.ask(request.body(Body::empty()).unwrap()).await;
        assert_eq!(response.status(), StatusCode::OK);
        let kind = response.headers()["content-type"].to_str().unwrap();
        assert_eq!(kind, "text/event-stream");
        Self {
            body: response.into_body().into_data_stream(),
            text: String::new(),
        }
    }

    /// The next event of a kind: its id and its data.
    async fn next(&mut self, kind: &str) -> (String, String) {
        loop {
            while let Some((event, rest)) = self.text.split_once("\n\n") {
                let field = |name: &str| {
                    let lines = event.lines().filter_map(|line| line.strip_prefix(name));
                    lines.map(str::trim_start).collect::<Vec<_>>().join("\n")
                };
                let found = (field("event:"), field("id:"), field("data:"));
                self.text = rest.to_owned();
                if found.0 == kind {
                    return (found.1, found.2);
                }
            }
            let chunk = tokio::time::timeout(PATIENCE, self.body.next()).await;
            let chunk = chunk.expect("the event comes").expect("the line is open");
            self.text
                .push_str(std::str::from_utf8(&chunk.unwrap()).unwrap());
        }
    }

    /// Lets the line come to rest, so that what is told then was recorded then.
    async fn rests(&mut self) {
        let a_while = Duration::from_millis(1200);
        while let Ok(Some(chunk)) = tokio::time::timeout(a_while, self.body.next()).await {
            let told = String::from_utf8(chunk.unwrap().to_vec()).unwrap();
            assert!(!told.contains("event: card"), "{told}");
        }
    }

    /// Whether the line ends without another event.
    async fn ends(&mut self) -> bool {
        let chunk = tokio::time::timeout(PATIENCE, self.body.next()).await;
        chunk.is_ok_and(|chunk| chunk.is_none())
    }
}

/// A case that was received and accepted.
async fn accepted(trial: &Trial, number: &str) {
    trial.receive().await;
    let form = [("act", "accept"), ("seq", "1")];
    let path = format!("/case/{number}/act");
    let (status, _, _) = trial.post_as("clerk", &path, &form).await;
    assert_eq!(status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn it_is_for_those_who_supervise_the_whole_division() {
    let trial = Trial::new().await;
    for path in ["/board", "/board/unit/FGW"] {
        for (account, may) in [
            ("inspector", true),
            ("leader", true),
            ("clerk", false),
            ("handler", false),
            ("head", false),
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
    let (status, _, _) = trial.get_as("clerk", "/board/events").await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    let (status, _, _) = trial.get("/board/events").await;
    assert_eq!(status, StatusCode::SEE_OTHER, "nobody is signed in");
    let (status, _, _) = trial.get_as("inspector", "/board/unit/XYZ").await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_page_shows_lamps_cards_and_what_falls_due() {
    let trial = Trial::new().await;
    let (_, _, body) = trial.get_as("inspector", "/board").await;
    assert!(
        body.contains("还没有预警和牌") && body.contains("没有将要到期的办件"),
        "{body}"
    );
    accepted(&trial, CASE).await;
    trial.go_to("2011-10-09T09:00:00+08:00");
    tokio::time::sleep(Duration::from_millis(1100)).await;
    let (_, _, body) = trial.get_as("inspector", "/board").await;
    assert!(
        body.contains("10月9日 周日 24:00前到期，共 1 件") && body.contains("当日到期"),
        "{body}"
    );
    trial.go_to("2011-10-10T09:00:00+08:00");
    trial.engine.sweep(None).await.unwrap();
    trial.go_to("2011-10-10T09:00:02+08:00");
    tokio::time::sleep(Duration::from_millis(1100)).await;
    let (_, _, body) = trial.get_as("leader", "/board").await;
    for words in [
        // The lamp of the unit, with colour, word, shape and number; the other stays dark.
        "<span class=\"level yellow\">◆ 黄牌 1</span>",
        "id=\"lamp-HBJ\" class=\"dark\"",
        "承办环节时限：10月9日 周日 24:00前到期，承办环节，责任人 高杰",
        "href=\"/case/410800-FGW-20110926-0001/warning/",
        "href=\"/warnings?level=yellow&amp;period=today\"",
    ] {
        let words = words.replace("&amp;", "&");
        assert!(body.contains(&words), "{words} in:\n{body}");
    }
    assert!(!body.contains("张三"), "a board shows no applicants");
    let (_, _, body) = trial.get_as("leader", "/board/unit/FGW").await;
    assert!(body.contains("共 1 件") && body.contains(CASE), "{body}");
    let (_, _, body) = trial.get_as("leader", "/board/unit/HBJ").await;
    assert!(body.contains("没有带预警或牌的在办件"), "{body}");
}

#[tokio::test]
async fn a_card_is_on_every_open_board_and_a_broken_line_goes_on() {
    let trial = Trial::new().await;
    accepted(&trial, CASE).await;
    accepted(&trial, "410800-FGW-20110926-0002").await;
    let mut line = Line::open(&trial, "inspector", "/board/events", None).await;
    let mut other = Line::open(&trial, "leader", "/board/events", None).await;
    let (_, now) = line.next("moment").await;
    assert!(now.contains("\"FGW\":null"), "{now}");
    line.rests().await;
    trial.go_to("2011-10-10T09:00:00+08:00");
    trial.engine.sweep(None).await.unwrap();
    let swept = Instant::now();
    let (first, card) = line.next("card").await;
    let took = swept.elapsed();
    assert!(took < Duration::from_secs(2), "{took:?}");
    println!("from the sweep's end to the event: {took:?}");
    assert!(
        card.contains("黄牌") && card.contains("发展和改革委员会"),
        "{card}"
    );
    let (second, _) = line.next("card").await;
    assert_ne!(first, second);
    assert_eq!(
        other.next("card").await.0,
        first,
        "both boards are told the same"
    );
    let (_, now) = line.next("moment").await;
    assert!(now.contains("◆ 黄牌 2"), "{now}");
    drop(line);

    // What was missed comes after the position that the browser gives back, and nothing twice.
    let mut again = Line::open(
        &trial,
        "inspector",
        "/board/events?after=0~0~",
        Some(&first),
    )
    .await;
    let (id, _) = again.next("card").await;
    assert_eq!(id, second);
    trial.go_to("2011-10-13T09:00:00+08:00");
    trial.engine.sweep(None).await.unwrap();
    let (id, card) = again.next("card").await;
    assert!(id != second && id != first, "{id}");
    assert!(card.contains("预警"), "{card}");

    // The page's own position does the same for what was raised while it was drawn.
    let mut late = Line::open(
        &trial,
        "leader",
        &format!("/board/events?after={first}"),
        None,
    )
    .await;
    assert_eq!(late.next("card").await.0, second);
    assert_eq!(late.next("card").await.0, id);
}

#[tokio::test]
async fn what_another_process_records_is_found_in_the_feed() {
    let trial = Trial::new().await;
    accepted(&trial, CASE).await;
    let mut line = Line::open(&trial, "inspector", "/board/events", None).await;
    line.rests().await;
    trial.go_to("2011-10-10T09:00:00+08:00");
    let other = trial.another_process().await;
    other.sweep(None).await.unwrap();
    let swept = Instant::now();
    line.next("card").await;
    let took = swept.elapsed();
    assert!(took < Duration::from_secs(2), "{took:?}");
    println!("from another process's sweep to the event: {took:?}");
    other.close().await;
}

#[tokio::test]
async fn a_quiet_line_says_that_it_is_alive_and_ends_with_its_session() {
    let mut trial = Trial::new().await;
    trial.site.live = Live::at(Pace {
        heartbeat: Duration::from_millis(20),
        session: Duration::from_millis(200),
    });
    let mut line = Line::open(&trial, "inspector", "/board/events", None).await;
    line.next("moment").await;
    let beat = line.body.next().await.unwrap().unwrap();
    assert!(beat.starts_with(b":"), "{beat:?}");
    let cookie = trial.cookie("inspector").await;
    let token = Token::new(cookie.split_once('=').unwrap().1);
    let caller = Caller {
        account: "inspector".to_owned(),
        ..Caller::default()
    };
    trial.engine.sign_out(&token, &caller).await.unwrap();
    let (_, why) = line.next("ended").await;
    assert_eq!(why, "session");
    assert!(line.ends().await);
}

#[tokio::test]
async fn open_lines_end_with_the_service() {
    let mut trial = Trial::new().await;
    let (stop, stopping) = tokio::sync::watch::channel(false);
    trial.site = trial.site.clone().with_stop(stopping);
    let mut line = Line::open(&trial, "inspector", "/board/events", None).await;
    line.next("moment").await;
    stop.send_replace(true);
    assert!(line.ends().await);
}

#[tokio::test]
async fn two_hundred_boards_are_told_within_two_seconds() {
    let trial = Trial::new().await;
    accepted(&trial, CASE).await;
    let mut lines = Vec::new();
    for _ in 0..200 {
        let mut line = Line::open(&trial, "inspector", "/board/events", None).await;
        line.next("moment").await;
        lines.push(line);
    }
    trial.go_to("2011-10-10T09:00:00+08:00");
    trial.engine.sweep(None).await.unwrap();
    let swept = Instant::now();
    for line in &mut lines {
        line.next("card").await;
    }
    let took = swept.elapsed();
    assert!(took < Duration::from_secs(2), "{took:?}");
    println!("from the sweep's end until all 200 boards have it: {took:?}");
}
