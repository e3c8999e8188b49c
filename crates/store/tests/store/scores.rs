//! What inspectors enter, and what is done about it: appended, and found by month and unit.

use crate::fixture::{DIVISION, contract, in_write};
use store::score::{self, ScoreActRow, ScoreEntryRow};
use store::{AsConflict, StoreError};

fn entry(number: &str, unit: &str, month: &str) -> ScoreEntryRow {
    ScoreEntryRow {
        division: DIVISION.to_owned(),
        entry: number.to_owned(),
        unit: unit.to_owned(),
        month: month.to_owned(),
        part: "attitude".to_owned(),
        points: -250,
        reason: "投诉查实".to_owned(),
        entered_by: "JC-1".to_owned(),
        entered_at_us: 1,
        object_until_us: 2,
    }
}

fn act(number: &str, seq: i64, kind: &str) -> ScoreActRow {
    ScoreActRow {
        division: DIVISION.to_owned(),
        entry: number.to_owned(),
        seq,
        kind: kind.to_owned(),
        by_person: "D-1".to_owned(),
        at_us: seq,
        reason: "不是".to_owned(),
    }
}

contract! {
    entries_are_found_by_month_and_unit => |fixture| {
        in_write!(fixture.store, |conn| {
            for (number, unit, month) in [
                ("PF-3", "a", "2011-10"), ("PF-1", "b", "2011-10"), ("PF-2", "a", "2011-10"), ("PF-4", "a", "2011-12"),
            ] {
                score::insert(conn, &entry(number, unit, month)).await?;
            }
            score::append(conn, &act("PF-3", 1, "objected")).await?;
            score::append(conn, &act("PF-3", 2, "upheld")).await?;
            score::append(conn, &act("PF-1", 1, "objected")).await?;
            Ok::<_, StoreError>(())
        }).await.unwrap();
        let mut conn = fixture.store.read().await.unwrap();
        let numbers = |rows: Vec<ScoreEntryRow>| rows.into_iter().map(|row| row.entry).collect::<Vec<_>>();
        for (unit, span, wanted) in [
            (None, ("2011-10", "2011-10"), &["PF-2", "PF-3", "PF-1"][..]),
            (None, ("2011-01", "2011-12"), &["PF-2", "PF-3", "PF-1", "PF-4"]),
            (Some("a"), ("2011-10", "2011-11"), &["PF-2", "PF-3"]),
            (Some("c"), ("2011-10", "2011-11"), &[]),
        ] {
            let rows = score::of_months(&mut conn, DIVISION, unit, span).await.unwrap();
            assert_eq!(numbers(rows), wanted, "{unit:?} {span:?}");
        }
        assert_eq!(score::of_months(&mut conn, "410801", None, ("2011-10", "2011-10")).await.unwrap(), []);
        let acts = score::acts_of_months(&mut conn, DIVISION, None, ("2011-10", "2011-10")).await.unwrap();
        let acts: Vec<_> = acts.iter().map(|a| (a.entry.as_str(), a.seq, a.kind.as_str())).collect();
        assert_eq!(acts, [("PF-1", 1, "objected"), ("PF-3", 1, "objected"), ("PF-3", 2, "upheld")]);
        let own = score::acts_of_months(&mut conn, DIVISION, Some("b"), ("2011-10", "2011-10")).await.unwrap();
        assert_eq!(own, [act("PF-1", 1, "objected")]);
        assert_eq!(score::get(&mut conn, DIVISION, "PF-1").await.unwrap(), Some(entry("PF-1", "b", "2011-10")));
        assert_eq!(score::get(&mut conn, "410801", "PF-1").await.unwrap(), None);
        assert_eq!(score::acts(&mut conn, DIVISION, "PF-1").await.unwrap(), [act("PF-1", 1, "objected")]);
    }

    an_act_is_taken_once => |fixture| {
        in_write!(fixture.store, |conn| {
            score::insert(conn, &entry("PF-1", "a", "2011-10")).await?;
            score::append(conn, &act("PF-1", 1, "objected")).await
        }).await.unwrap();
        let refused = in_write!(fixture.store, |conn| {
            let mut other = act("PF-1", 1, "objected");
            other.by_person = "D-2".to_owned();
            let act = score::append(conn, &other).await.unwrap_err();
            let entry = score::insert(conn, &entry("PF-1", "b", "2011-11")).await.unwrap_err();
            Ok::<_, StoreError>((act.is_conflict(), entry.is_conflict()))
        });
        assert_eq!(refused.await.unwrap(), (true, true));
        let mut conn = fixture.store.read().await.unwrap();
        assert_eq!(score::acts(&mut conn, DIVISION, "PF-1").await.unwrap(), [act("PF-1", 1, "objected")]);
    }
}
