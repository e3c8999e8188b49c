//! Replies with files: who may send them, what is taken, and who gets them back.

use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, COOKIE};
use axum::http::{Request, StatusCode};

use crate::testing::{CASE, Trial, WITH_FILES, location, told, with_files};

const ORDER: &str = "DB-410800-FGW-20110926-0001";
const FIELDS: [(&str, &str); 4] = [
    ("keep", "1"),
    ("act", "reply_order"),
    ("seq", "1"),
    ("reason", "已<整改>"),
];
const PDF: &[u8] = b"%PDF-1.4\nwords\n";
const PAGE: &[u8] = b"<script>alert(1)</script>";

/// A trial with an order to a unit.
async fn ordered() -> Trial {
    let trial = Trial::new().await;
    let form = [
        ("unit", "FGW"),
        ("text", "请说明原因"),
        ("amount", "3"),
        ("unit_of_term", "wd"),
    ];
    let (status, _, body) = trial.post_as("inspector", "/orders/new", &form).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{body}");
    trial
}

fn path() -> String {
    format!("/case/{ORDER}/reply")
}

#[tokio::test]
async fn files_go_with_a_reply_and_come_back_to_be_saved() {
    let trial = ordered().await;
    let (_, _, body) = trial.get_as("head", &format!("/case/{ORDER}")).await;
    assert!(
        body.contains("multipart/form-data") && body.contains("最多 10 个，每个不超过 10 MiB"),
        "{body}"
    );
    let files: [(&str, &[u8]); 3] = [
        ("../../回复 1.pdf", PDF),
        ("情况.html", PAGE),
        // Nothing chosen in another field.
        ("", b""),
    ];
    for (account, wanted) in [
        ("stranger", StatusCode::NOT_FOUND),
        ("system", StatusCode::NOT_FOUND),
        ("inspector", StatusCode::UNPROCESSABLE_ENTITY),
        ("leader", StatusCode::UNPROCESSABLE_ENTITY),
    ] {
        let (status, _, _) = trial.send_as(account, &path(), &FIELDS, &files).await;
        assert_eq!(status, wanted, "{account}");
    }
    assert!(trial.engine.attachments(ORDER).await.unwrap().is_empty());
    let (status, headers, body) = trial.send_as("head", &path(), &FIELDS, &files).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{body}");
    assert_eq!(
        location(&headers),
        format!("/case/{ORDER}?done=reply_order")
    );

    let rows = trial.engine.attachments(ORDER).await.unwrap();
    assert_eq!(rows.len(), 2);
    let (_, _, body) = trial.get_as("inspector", &format!("/case/{ORDER}")).await;
    for words in [
        "回复 1.pdf",
        "情况.html",
        "25 B",
        &rows[0].sm3,
        &format!("/case/{ORDER}/file/{}", rows[1].attachment),
    ] {
        assert!(body.contains(words), "{words} in:\n{body}");
    }
    for (row, kind, content) in [
        (&rows[0], "application/pdf", PDF),
        (&rows[1], "text/plain", PAGE),
    ] {
        let path = format!("/case/{ORDER}/file/{}", row.attachment);
        for account in ["inspector", "leader", "head", "clerk"] {
            let (status, headers, body) = trial.get_as(account, &path).await;
            assert_eq!(status, StatusCode::OK, "{account}");
            assert_eq!(body.as_bytes(), content);
            assert_eq!(headers["content-type"], kind);
            assert_eq!(headers["x-content-type-options"], "nosniff");
            let disposition = headers["content-disposition"].to_str().unwrap();
            assert!(disposition.starts_with("attachment; "), "{disposition}");
            assert!(disposition.is_ascii(), "{disposition}");
        }
        for account in ["stranger", "system", "security", "audit"] {
            let (status, _, _) = trial.get_as(account, &path).await;
            assert_eq!(status, StatusCode::NOT_FOUND, "{account}");
        }
    }
    // Neither under another number nor one that isn't there.
    trial.receive().await;
    for path in [
        format!("/case/{CASE}/file/{}", rows[0].attachment),
        format!("/case/{ORDER}/file/FJ-410800-FGW-20110926-9999"),
    ] {
        let (status, _, _) = trial.get_as("head", &path).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn what_isnt_taken_is_told_and_the_text_is_kept() {
    let trial = ordered().await;
    let long = [PDF, &vec![b' '; 10 * 1024 * 1024]].concat();
    let many = vec![("a.txt", &b"x"[..]); 12];
    for (files, wanted) in [
        (vec![("回复.pdf", &b"MZ\x90\0"[..])], "附件“回复.pdf”不是"),
        (vec![("空.txt", &b""[..])], "附件“空.txt”不是"),
        (vec![("扫描.pdf", long.as_slice())], "超过 10 MiB"),
        (many, "附件最多 10 个，现有 12 个"),
    ] {
        let (status, _, body) = trial.send_as("head", &path(), &FIELDS, &files).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{wanted}");
        let told = body.replace(',', "，");
        assert!(told.contains(wanted), "{wanted} in:\n{body}");
        assert!(
            body.contains(">已&#60;整改&#62;</textarea>") && body.contains("附件没有保留"),
            "{body}"
        );
    }
    let empty = [("act", "reply_order"), ("seq", "1"), ("reason", " ")];
    let (status, _, _) = trial
        .send_as("head", &path(), &empty, &[("a.pdf", PDF)])
        .await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        trial.engine.attachments(ORDER).await.unwrap().is_empty(),
        "a refused reply leaves no file"
    );
}

#[tokio::test]
async fn a_form_with_files_is_a_form_like_any_other() {
    let trial = ordered().await;
    let ask = |cookie: String, site: &'static str| {
        let request = Request::post(path())
            .header(COOKIE, cookie)
            .header("sec-fetch-site", site)
            .header(CONTENT_TYPE, WITH_FILES)
            .body(Body::from(with_files(&FIELDS, &[("a.pdf", PDF)])));
        trial.ask(request.unwrap())
    };
    let response = ask(trial.cookie("head").await, "cross-site").await;
    assert_eq!(response.status(), StatusCode::FORBIDDEN);
    // The session has ended: the text is kept, the files aren't, and nobody replies without them by mistake.
    let (status, _, body) = told(ask(String::new(), "same-origin").await).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
    assert!(body.contains("files_lost=1"), "{body}");
    let kept = [&FIELDS[..], &[("files_lost", "1")]].concat();
    let (status, _, body) = trial.post_as("head", &path(), &kept).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        body.contains("请重新选择附件后提交") && body.contains(">已&#60;整改&#62;</textarea>"),
        "{body}"
    );
    // More than may be sent, in however many parts.
    let mut endless = with_files(&FIELDS, &[]);
    endless.truncate(endless.len() - "--X-between-X--\r\n".len());
    let request = Request::post(path())
        .header(COOKIE, trial.cookie("head").await)
        .header(CONTENT_TYPE, WITH_FILES)
        .body(Body::from(endless));
    let (status, _, body) = told(trial.ask(request.unwrap()).await).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(body.contains("提交的内容不完整"), "{body}");
}

#[tokio::test]
async fn a_reply_to_what_was_asked_before_isnt_taken_for_one_to_the_new_demand() {
    let trial = ordered().await;
    let file = [("a.pdf", PDF)];
    let (status, _, body) = trial.send_as("head", &path(), &FIELDS, &file).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{body}");
    let back = [
        ("act", "send_back_order"),
        ("seq", "2"),
        ("reason", "请补充整改时限"),
    ];
    let (status, _, body) = trial
        .post_as("inspector", &format!("/case/{ORDER}/act"), &back)
        .await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{body}");
    // The page of the first demand was still open somewhere.
    let (status, _, body) = trial.send_as("head", &path(), &FIELDS, &file).await;
    assert_ne!(status, StatusCode::SEE_OTHER);
    assert!(body.contains("请看过现在的情况再提交"), "{body}");
    assert!(
        body.contains(">已&#60;整改&#62;</textarea>"),
        "nothing typed is lost"
    );
}
