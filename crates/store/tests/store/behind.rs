//! What may stand behind a number of a report is found in its order and from any place on, on both databases.

use store::behind::{
    Among, accepted, ended, ended_before, first_accepted, happened, open_still, open_then,
    orders_open,
};
use store::board::ListedRow;
use store::subject::SubjectRow;
use store::{Conn, StoreError, feed};

use crate::fixture::{DIVISION, Fixture, contract, follow, in_write, subject};

/// Number, unit, accepted, ended, promised limit; an acceptance of 0 is none.
const CASES: [(&str, &str, i64, Option<i64>, i64); 7] = [
    ("A-1", "gtj", 8, Some(40), 100),
    ("A-2", "gtj", 20, Some(60), 50),
    ("B-1", "hbj", 20, None, 70),
    ("B-2", "hbj", 30, Some(25), 100),
    ("B-3", "hbj", 30, None, 100),
    ("B-4", "hbj", 0, Some(45), 100),
    ("B-5", "HBJ", 35, Some(90), 80),
];

async fn add(conn: &mut Conn, mut row: SubjectRow, kind: &str) -> Result<(), StoreError> {
    let mut event = follow(&mut row, None);
    kind.clone_into(&mut event.kind);
    store::event::append(conn, &[event]).await?;
    store::subject::insert(conn, &row).await
}

async fn fill(fixture: &Fixture) {
    in_write!(fixture.store, |conn| {
        for (number, unit, accepted, ended, due) in CASES {
            let row = SubjectRow {
                unit: unit.to_owned(),
                item: Some(format!("{unit}-01")),
                accepted_at_us: Some(accepted).filter(|at| *at > 0),
                completed_at_us: ended,
                promised_due_at_us: Some(due),
                statutory_due_at_us: Some(due + 5),
                ..subject(number)
            };
            let kind = if number.starts_with('A') {
                "stop_opened"
            } else {
                "extended"
            };
            add(conn, row, kind).await?;
        }
        for (number, state, ended) in [("DB-1", "issued", None), ("DB-2", "closed", Some(30))] {
            let row = SubjectRow {
                kind: "order".to_owned(),
                item: None,
                state: state.to_owned(),
                received_at_us: 5,
                accepted_at_us: None,
                completed_at_us: ended,
                ..subject(number)
            };
            add(conn, row, "order_issued").await?;
        }
        Ok(())
    })
    .await
    .unwrap();
}

fn among(from: i64, to: i64) -> Among<'static> {
    Among {
        span_us: (from, to),
        after: (i64::MIN, ""),
        limit: 10,
        ..Among::default()
    }
}

fn numbers(found: Result<Vec<ListedRow>, StoreError>) -> Vec<String> {
    found.unwrap().into_iter().map(|row| row.subject).collect()
}

contract! {
    cases_are_found_by_what_became_of_them => |fixture| {
        fill(fixture).await;
        let conn = &mut fixture.store.read().await.unwrap();
        let span = among(20, 31);
        assert_eq!(numbers(accepted(conn, DIVISION, &span).await), ["A-2", "B-1", "B-2", "B-3"]);
        assert_eq!(numbers(accepted(conn, "410801", &span).await), [""; 0]);
        // An end that lies before the acceptance is found by that.
        let span = among(20, 61);
        assert_eq!(numbers(ended(conn, DIVISION, &span, "any").await), ["A-1", "B-4", "A-2"]);
        assert_eq!(numbers(ended(conn, DIVISION, &span, "late").await), ["A-2"]);
        assert_eq!(numbers(ended(conn, DIVISION, &span, "statutory_late").await), ["A-2"]);
        assert_eq!(numbers(ended(conn, DIVISION, &span, "same_day").await), ["A-1", "B-4", "A-2"]);
        assert_eq!(numbers(ended(conn, DIVISION, &span, "declined").await), ["B-4"]);
        assert_eq!(numbers(ended_before(conn, DIVISION, &span).await), ["B-2"]);
        assert_eq!(first_accepted(conn, DIVISION).await.unwrap(), Some(8));
        assert_eq!(first_accepted(conn, "410801").await.unwrap(), None);
    }

    what_was_open_is_found_though_it_ended_since => |fixture| {
        fill(fixture).await;
        let conn = &mut fixture.store.read().await.unwrap();
        let then = among(50, i64::MAX);
        assert_eq!(numbers(open_then(conn, DIVISION, &then, None).await), ["A-2", "B-5"]);
        assert_eq!(numbers(open_still(conn, DIVISION, &then, None).await), ["B-1", "B-3"]);
        assert_eq!(numbers(open_then(conn, DIVISION, &then, Some(50)).await), ["A-2"]);
        assert_eq!(numbers(open_still(conn, DIVISION, &then, Some(75)).await), ["B-1"]);
        // What was stopped or extended since may have been late then.
        let before = among(9, i64::MAX);
        assert_eq!(numbers(open_then(conn, DIVISION, &before, Some(1)).await), ["A-1"]);
        let after = among(11, i64::MAX);
        assert_eq!(numbers(open_then(conn, DIVISION, &after, Some(1)).await), [""; 0]);
        let first = among(5, i64::MAX);
        assert_eq!(numbers(orders_open(conn, DIVISION, &first).await), [""; 0]);
        let later = among(20, i64::MAX);
        assert_eq!(numbers(orders_open(conn, DIVISION, &later).await), ["DB-1", "DB-2"]);
        assert_eq!(numbers(orders_open(conn, DIVISION, &then).await), ["DB-1"]);
    }

    what_happened_is_found_once_by_either_kind => |fixture| {
        fill(fixture).await;
        let conn = &mut fixture.store.read().await.unwrap();
        let span = among(10, 11);
        let stops = ["stop_opened", "stop_opened"];
        assert_eq!(numbers(happened(conn, DIVISION, &span, stops).await), ["A-1", "A-2"]);
        let both = ["stop_opened", "extended"];
        assert_eq!(numbers(happened(conn, DIVISION, &span, both).await).len(), CASES.len());
        let outside = among(11, 20);
        assert_eq!(numbers(happened(conn, DIVISION, &outside, both).await), [""; 0]);
        let behind = Among { after: (0, "A-1"), ..span };
        assert_eq!(numbers(happened(conn, DIVISION, &behind, stops).await), ["A-2"]);
    }

    units_and_items_limit_what_is_found_and_places_turn_its_pages => |fixture| {
        fill(fixture).await;
        let conn = &mut fixture.store.read().await.unwrap();
        let span = among(0, 100);
        let of_unit = Among { units: Some(",gtj,"), ..span };
        assert_eq!(numbers(accepted(conn, DIVISION, &of_unit).await), ["A-1", "A-2"]);
        let of_items = Among { items: Some(",gtj-01,x,"), ..span };
        assert_eq!(numbers(ended(conn, DIVISION, &of_items, "any").await), ["A-1", "A-2"]);
        let nothing = Among { units: Some(","), ..span };
        assert_eq!(numbers(accepted(conn, DIVISION, &nothing).await), [""; 0]);
        let mut met = Vec::new();
        let mut after = (i64::MIN, String::new());
        loop {
            let page = Among { after: (after.0, &after.1), limit: 2, ..span };
            let found = accepted(conn, DIVISION, &page).await.unwrap();
            let Some(last) = found.last() else { break };
            after = (last.accepted_at_us.unwrap(), last.subject.clone());
            met.extend(found.into_iter().map(|row| row.subject));
        }
        assert_eq!(met, ["A-1", "A-2", "B-1", "B-2", "B-3", "B-5"]);
    }

    the_mark_changes_with_each_event => |fixture| {
        let before = feed::mark(&mut fixture.store.read().await.unwrap(), DIVISION).await.unwrap();
        fill(fixture).await;
        crate::fixture::settled(&fixture.store).await;
        let conn = &mut fixture.store.read().await.unwrap();
        let after = feed::mark(conn, DIVISION).await.unwrap();
        assert_ne!(before, after);
        assert_eq!(feed::mark(conn, DIVISION).await.unwrap(), after);
        assert_eq!(feed::mark(conn, "410801").await.unwrap(), before, "another division's");
    }
}
