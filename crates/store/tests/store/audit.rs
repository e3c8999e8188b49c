//! The audit log: its order, its filters, and that whatever is bent in it is found, on both databases.

use store::audit::{self, Filter, NewEntry};
use store::chain::HashAlgorithm;
use store::verify::{AUDIT_LOG, DefectKind};

use crate::fixture::{DIVISION, Fixture, bend, contract, in_write};

/// Days of the entries: one a day, but for the fourth, for which the clock had been set back a little.
const DAY_US: i64 = 24 * 60 * 60 * 1_000_000;

fn at_us(seq: i64) -> i64 {
    if seq == 4 {
        3 * DAY_US - 1_000_000
    } else {
        seq * DAY_US
    }
}

/// Six entries: odd ones are sign-ins of `a`, even ones changes by `b`.
async fn fill(fixture: &Fixture) {
    for seq in 1..=6 {
        let (account, act) = if seq % 2 == 1 {
            ("a", "sign_in")
        } else {
            ("b", "account_changed")
        };
        let at = chrono::DateTime::from_timestamp_micros(at_us(seq)).unwrap();
        let payload = serde_json::json!({
            "at": at.to_rfc3339(), "account": account, "address": "10.1.1.1", "act": act, "target": "t",
            "done": true, "detail": "",
        });
        let entry = NewEntry {
            division: DIVISION.to_owned(),
            at_us: at_us(seq),
            account: account.to_owned(),
            act: act.to_owned(),
            target: "t".to_owned(),
            done: true,
            payload: payload.to_string(),
        };
        let given = in_write!(fixture.store, [entry], |conn| {
            audit::append(conn, &entry, HashAlgorithm::Sm3).await
        })
        .await
        .unwrap();
        assert_eq!(given, seq);
    }
}

async fn found(fixture: &Fixture, filter: &Filter, limit: i64) -> Vec<i64> {
    let mut conn = fixture.store.read().await.unwrap();
    let rows = audit::newest(&mut conn, DIVISION, filter, limit)
        .await
        .unwrap();
    rows.iter().map(|row| row.seq).collect()
}

async fn check(fixture: &Fixture, sql: &'static str, expected: (i64, DefectKind)) {
    fill(fixture).await;
    assert!(bend(fixture, sql).await > 0, "nothing was bent");
    let state = {
        let mut conn = fixture.store.read().await.unwrap();
        audit::check(&mut conn, DIVISION).await.unwrap()
    };
    assert_eq!(state.defect, Some(expected));
    let report = store::verify::verify(&fixture.store).await.unwrap();
    let told: Vec<_> = report
        .defects
        .iter()
        .map(|d| (d.subject.as_str(), d.seq, d.kind))
        .collect();
    assert_eq!(told, [(AUDIT_LOG, expected.0, expected.1)]);
}

contract! {
    the_newest_come_first_and_filters_hold => |fixture| {
        fill(fixture).await;
        let of = |account: Option<&str>, act: Option<&str>| Filter {
            account: account.map(str::to_owned),
            act: act.map(str::to_owned),
            ..Filter::default()
        };
        let before = |seq| Filter { before: Some(seq), ..Filter::default() };
        let span = |from, to| Filter { span_us: Some((from, to)), ..Filter::default() };
        for (filter, limit, expected) in [
            (Filter::default(), 10, vec![6, 5, 4, 3, 2, 1]),
            (Filter::default(), 2, vec![6, 5]),
            (before(5), 2, vec![4, 3]),
            (before(1), 2, vec![]),
            (of(Some("a"), None), 10, vec![5, 3, 1]),
            (of(None, Some("account_changed")), 10, vec![6, 4, 2]),
            (of(Some("a"), Some("account_changed")), 10, vec![]),
            (of(Some("b"), Some("account_changed")), 2, vec![6, 4]),
            (span(2 * DAY_US, 4 * DAY_US), 10, vec![4, 3, 2]),
            (span(3 * DAY_US, 6 * DAY_US), 10, vec![5, 3]),
            (span(0, DAY_US), 10, vec![]),
            (span(7 * DAY_US, 9 * DAY_US), 10, vec![]),
            (span(0, i64::MAX), 10, vec![6, 5, 4, 3, 2, 1]),
        ] {
            assert_eq!(found(fixture, &filter, limit).await, expected, "{filter:?}");
        }
    }
    a_whole_log_has_no_defect => |fixture| {
        let mut conn = fixture.store.read().await.unwrap();
        assert_eq!(audit::check(&mut conn, DIVISION).await.unwrap().defect, None, "an empty one");
        drop(conn);
        fill(fixture).await;
        let mut conn = fixture.store.read().await.unwrap();
        let state = audit::check(&mut conn, DIVISION).await.unwrap();
        assert_eq!((state.entries, state.defect), (6, None));
        drop(conn);
        let report = store::verify::verify(&fixture.store).await.unwrap();
        assert!(report.is_ok());
        assert_eq!(report.audit_entries, 6);
    }
    an_edited_entry_is_found => |fixture| {
        check(fixture, "UPDATE audit SET payload = replace(payload, '10.1.1.1', '10.1.1.2') WHERE seq = 3", (3, DefectKind::HashMismatch)).await;
    }
    a_column_that_says_something_else_is_found => |fixture| {
        check(fixture, "UPDATE audit SET account = 'a' WHERE seq = 2", (2, DefectKind::ColumnDiffers)).await;
    }
    a_moved_instant_is_found => |fixture| {
        check(fixture, "UPDATE audit SET at_us = at_us + 1 WHERE seq = 2", (2, DefectKind::ColumnDiffers)).await;
    }
    a_refusal_made_to_look_done_is_found => |fixture| {
        check(fixture, "UPDATE audit SET done = FALSE WHERE seq = 6", (6, DefectKind::ColumnDiffers)).await;
    }
    a_removed_entry_is_found => |fixture| {
        check(fixture, "DELETE FROM audit WHERE seq = 4", (4, DefectKind::MissingEvent)).await;
    }
    a_removed_beginning_is_found => |fixture| {
        check(fixture, "DELETE FROM audit WHERE seq < 3", (1, DefectKind::MissingEvent)).await;
    }
    a_removed_end_is_found => |fixture| {
        check(fixture, "DELETE FROM audit WHERE seq > 4", (5, DefectKind::TailMissing)).await;
    }
    a_removed_log_is_found => |fixture| {
        fill(fixture).await;
        bend(fixture, "DELETE FROM audit").await;
        let mut conn = fixture.store.read().await.unwrap();
        let state = audit::check(&mut conn, DIVISION).await.unwrap();
        assert_eq!(state.defect, Some((1, DefectKind::TailMissing)));
    }
}
