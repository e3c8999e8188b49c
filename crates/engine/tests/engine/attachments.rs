//! Files with replies and appeals on both databases: stored with their event, checked by verify.

use crate::common::{Database, Office, bend, by, on_both};
use engine::answer::subject_json;
use engine::attachments::Upload;

fn file(name: &str, data: &[u8]) -> Upload {
    Upload {
        name: name.to_owned(),
        data: data.to_vec(),
    }
}

async fn order(office: &Office) -> String {
    let term = calendar::Term::new(3, calendar::TermUnit::WorkingDays);
    let order = office
        .engine
        .issue_order("GSJ", "请说明", term, None, by("I1"))
        .await
        .unwrap();
    order.subject.id.as_str().to_owned()
}

async fn files_are_bound_to_their_reply(database: Database) {
    let office = Office::new(database, "2018-10-15T10:00:00+08:00").await;
    let order = order(&office).await;
    let files = vec![
        file("../说明.pdf", b"%PDF-1.7\nx"),
        file("照片.png", b"\x89PNG\r\n\x1a\n\0"),
    ];
    let seen = office
        .engine
        .reply_order((&order, i64::MAX), "已整改", files, by("D1"))
        .await
        .unwrap();
    let answer = &subject_json(&seen)["attachments"];
    assert_eq!(answer[0]["name"], "说明.pdf");
    assert_eq!(answer[0]["id"], "FJ-410800-GSJ-20181015-0001");
    assert_eq!(answer[1]["media_type"], "image/png");
    let rows = office.engine.attachments(&order).await.unwrap();
    assert_eq!(rows.len(), 2);
    assert!(rows.iter().all(|row| row.seq == Some(2)));
    assert_eq!(rows[0].by_person.as_deref(), Some("D1"));
    let (row, data) = office
        .engine
        .attachment(&rows[0].attachment)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (row, data.as_slice()),
        (rows[0].clone(), &b"%PDF-1.7\nx"[..])
    );
    assert!(office.engine.attachment("FJ-0").await.unwrap().is_none());
    office.verify().await;
}

/// Of an act that is refused nothing stays, not even a number.
async fn refused_acts_leave_no_file(database: Database) {
    let office = Office::new(database, "2018-10-15T10:00:00+08:00").await;
    let order = order(&office).await;
    for (text, files, who, kind) in [
        ("已整改", vec![file("a.pdf", b"MZ\0")], "D1", "file_kind"),
        (
            "已整改",
            vec![file("a.txt", b"x"); 11],
            "D1",
            "too_many_files",
        ),
        (" ", vec![file("a.txt", b"x")], "D1", "empty"),
        ("已整改", vec![file("a.txt", b"x")], "X1", "foreign_post"),
    ] {
        let refused = office
            .engine
            .reply_order((&order, i64::MAX), text, files, by(who))
            .await;
        assert_eq!(refused.unwrap_err().kind(), kind);
        assert!(office.engine.attachments(&order).await.unwrap().is_empty());
    }
    let files = vec![file("a.txt", "情况".as_bytes())];
    let seen = office
        .engine
        .reply_order((&order, i64::MAX), "已整改", files, by("D1"))
        .await
        .unwrap();
    let answer = &subject_json(&seen)["attachments"];
    assert_eq!(answer[0]["id"], "FJ-410800-GSJ-20181015-0001");
}

async fn verify_finds_files_that_were_bent(database: Database) {
    let office = Office::new(database, "2018-10-15T10:00:00+08:00").await;
    let case = office.accepted("GSJ-001").await;
    office.sweep_at("2018-10-30T09:00:00+08:00").await;
    let seen = office.engine.look(&case).await.unwrap();
    let red = seen.subject.track.warnings.last().unwrap().seq;
    let files = vec![file("故障.txt", "停电".as_bytes())];
    let appeal = office
        .engine
        .file_appeal(&case, red, "网络故障", files, by("D1"))
        .await
        .unwrap();
    let number = appeal.subject.id.as_str().to_owned();
    assert_eq!(office.engine.attachments(&number).await.unwrap().len(), 1);
    office.verify().await;
    for (bent, back, kind) in [
        (
            "UPDATE attachment SET name = 'x.txt'",
            "UPDATE attachment SET name = '故障.txt'",
            "attachment_differs",
        ),
        (
            "UPDATE attachment SET seq = 2",
            "UPDATE attachment SET seq = 1",
            "attachment_differs",
        ),
        (
            "UPDATE attachment SET data = data || data",
            "UPDATE attachment SET seq = 1",
            "attachment_differs",
        ),
        (
            "DELETE FROM attachment",
            "DELETE FROM attachment",
            "attachment_missing",
        ),
    ] {
        bend(&office.engine, bent).await;
        let report = office.engine.verify().await.unwrap();
        let found: Vec<(&str, &str)> = report
            .defects
            .iter()
            .map(|d| (d.subject.as_str(), d.kind.as_str()))
            .collect();
        assert_eq!(found, [(number.as_str(), kind)], "{bent}");
        bend(&office.engine, back).await;
    }
}

on_both!(
    files_are_bound_to_their_reply,
    refused_acts_leave_no_file,
    verify_finds_files_that_were_bent,
);
