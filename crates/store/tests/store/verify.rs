//! Whatever is bent in the record is found, on both databases.

use crate::fixture::{DIVISION, Fixture, add_case, bend, contract, follow, in_write, subject};
use store::chain::{HashAlgorithm, new_salt, personal_digest};
use store::personal::PersonalRow;
use store::verify::{DefectKind, VerifyReport, verify};
use store::{event, personal, subject};

/// Three cases of four events each; the second event of the second one has personal data.
async fn fill(fixture: &Fixture) {
    in_write!(fixture.store, |conn| {
        add_case(conn, "A", 4).await?;
        add_case(conn, "C", 4).await?;
        let (salt, data) = (new_salt()?, "申请人张三".to_owned());
        let digest = personal_digest(HashAlgorithm::Sm3, &salt, &data);
        let mut row = subject("B");
        let events: Vec<_> = (1..=4)
            .map(|seq| follow(&mut row, (seq == 2).then_some(digest.as_str())))
            .collect();
        event::append(conn, &events).await?;
        personal::put(
            conn,
            &PersonalRow {
                division: DIVISION.to_owned(),
                subject: "B".to_owned(),
                seq: 2,
                salt,
                data,
            },
        )
        .await?;
        subject::insert(conn, &row).await
    })
    .await
    .unwrap();
}

async fn found(fixture: &Fixture) -> Vec<(String, i64, DefectKind)> {
    let report = verify(&fixture.store).await.unwrap();
    report
        .defects
        .into_iter()
        .map(|defect| (defect.subject, defect.seq, defect.kind))
        .collect()
}

/// Bends the record and says what verifying must find.
async fn check(fixture: &Fixture, sql: &'static str, expected: &[(&str, i64, DefectKind)]) {
    fill(fixture).await;
    assert!(bend(fixture, sql).await > 0, "nothing was bent");
    let expected: Vec<_> = expected
        .iter()
        .map(|(subject, seq, kind)| ((*subject).to_owned(), *seq, *kind))
        .collect();
    assert_eq!(found(fixture).await, expected);
}

contract! {
    a_whole_record_has_no_defects => |fixture| {
        fill(fixture).await;
        let report = verify(&fixture.store).await.unwrap();
        assert_eq!(report, VerifyReport { subjects: 3, events: 12, erased: 0, audit_entries: 0, defects: vec![] });
        assert!(report.is_ok());
    }
    erased_personal_data_leave_the_chain_whole => |fixture| {
        fill(fixture).await;
        in_write!(fixture.store, |conn| personal::erase(conn, DIVISION, "B").await).await.unwrap();
        let report = verify(&fixture.store).await.unwrap();
        assert_eq!((report.erased, report.defects), (1, vec![]));
    }
    an_edited_payload_is_found => |fixture| {
        check(fixture, "UPDATE event SET payload = replace(payload, '受理', '办结') WHERE subject = 'B' AND seq = 2",
            &[("B", 2, DefectKind::HashMismatch), ("B", 2, DefectKind::ColumnDiffers)]).await;
    }
    an_edited_payload_with_a_new_hash_is_found => |fixture| {
        check(fixture, "UPDATE event SET hash = previous_hash WHERE subject = 'B' AND seq = 2",
            &[("B", 2, DefectKind::HashMismatch), ("B", 3, DefectKind::BrokenLink)]).await;
    }
    a_payload_that_is_no_object_is_found => |fixture| {
        check(fixture, "UPDATE event SET payload = '[]' WHERE subject = 'A' AND seq = 1",
            &[("A", 1, DefectKind::HashMismatch), ("A", 1, DefectKind::UnreadablePayload)]).await;
    }
    edited_columns_are_found => |fixture| {
        check(fixture, "UPDATE event SET occurred_at_us = occurred_at_us - 1 WHERE subject = 'A' AND seq = 3",
            &[("A", 3, DefectKind::ColumnDiffers)]).await;
        bend(fixture, "UPDATE event SET recorded_at_us = 0 WHERE subject = 'C' AND seq = 2").await;
        assert_eq!(found(fixture).await[1..], [("C".to_owned(), 2, DefectKind::ColumnDiffers), ("C".to_owned(), 2, DefectKind::RecordedBackwards)]);
    }
    a_deleted_event_in_the_middle_is_found => |fixture| {
        check(fixture, "DELETE FROM event WHERE subject = 'A' AND seq IN (1, 3)",
            &[("A", 1, DefectKind::MissingEvent), ("A", 3, DefectKind::MissingEvent)]).await;
    }
    a_deleted_last_event_is_found => |fixture| {
        check(fixture, "DELETE FROM event WHERE subject = 'C' AND seq = 4", &[("C", 4, DefectKind::TailMissing)]).await;
    }
    a_cut_tail_with_its_subject_set_back_is_found => |fixture| {
        fill(fixture).await;
        bend(fixture, "DELETE FROM event WHERE subject = 'C' AND seq = 4").await;
        bend(fixture, "UPDATE subject SET seq = 3 WHERE subject = 'C'").await;
        assert_eq!(found(fixture).await, [("C".to_owned(), 3, DefectKind::SubjectDiffers)]);
    }
    swapped_events_are_found => |fixture| {
        fill(fixture).await;
        for sql in [
            "UPDATE event SET seq = 99 WHERE subject = 'A' AND seq = 2",
            "UPDATE event SET seq = 2 WHERE subject = 'A' AND seq = 3",
            "UPDATE event SET seq = 3 WHERE subject = 'A' AND seq = 99",
        ] {
            assert_eq!(bend(fixture, sql).await, 1);
        }
        let kinds = found(fixture).await;
        for expected in [(2, DefectKind::BrokenLink), (2, DefectKind::ColumnDiffers), (3, DefectKind::ColumnDiffers), (3, DefectKind::RecordedBackwards)] {
            assert!(kinds.contains(&("A".to_owned(), expected.0, expected.1)), "{expected:?} in {kinds:?}");
        }
    }
    an_event_moved_to_another_case_is_found => |fixture| {
        fill(fixture).await;
        bend(fixture, "DELETE FROM event WHERE subject = 'A' AND seq = 4").await;
        bend(fixture, "UPDATE event SET subject = 'A' WHERE subject = 'B' AND seq = 4").await;
        assert_eq!(found(fixture).await, [
            ("A".to_owned(), 4, DefectKind::BrokenLink),
            ("A".to_owned(), 4, DefectKind::ColumnDiffers),
            ("A".to_owned(), 4, DefectKind::SubjectDiffers),
            ("B".to_owned(), 4, DefectKind::TailMissing),
        ]);
    }
    changed_personal_data_are_found => |fixture| {
        check(fixture, "UPDATE personal SET data = '申请人李四'", &[("B", 2, DefectKind::PersonalDiffers)]).await;
        bend(fixture, "UPDATE personal SET seq = 9").await;
        assert_eq!(found(fixture).await, [("B".to_owned(), 9, DefectKind::PersonalWithoutEvent)]);
    }
    subjects_and_events_without_each_other_are_found => |fixture| {
        fill(fixture).await;
        bend(fixture, "DELETE FROM subject WHERE subject = 'A'").await;
        bend(fixture, "DELETE FROM event WHERE subject = 'C'").await;
        assert_eq!(found(fixture).await, [("A".to_owned(), 4, DefectKind::SubjectMissing), ("C".to_owned(), 1, DefectKind::EventsMissing)]);
    }
    a_long_record_is_read_in_pages => |fixture| {
        in_write!(fixture.store, |conn| {
            for number in 0..450 {
                add_case(conn, &format!("S{number:03}"), 5).await?;
            }
            Ok(())
        }).await.unwrap();
        let report = verify(&fixture.store).await.unwrap();
        assert_eq!((report.subjects, report.events, report.defects), (450, 2250, vec![]));
    }
}
