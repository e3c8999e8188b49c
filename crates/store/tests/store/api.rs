//! Tokens of other systems and the answers that are kept for them.

use crate::fixture::{DIVISION, contract, in_write, subject};
use store::api_receipt::{self, ApiReceiptRow};
use store::api_token::{self, ApiTokenRow};

fn token(called: &str) -> ApiTokenRow {
    ApiTokenRow {
        division: DIVISION.to_owned(),
        token: called.to_owned(),
        name: "hbj".to_owned(),
        unit: None,
        scopes: "read events".to_owned(),
        rate_per_minute: 60,
        hash_algorithm: "sm3".to_owned(),
        digest: "d".to_owned(),
        created_at_us: 1,
        created_by: "system".to_owned(),
        expires_at_us: 9,
        revoked_at_us: None,
    }
}

fn receipt(key: &str, at_us: i64) -> ApiReceiptRow {
    ApiReceiptRow {
        division: DIVISION.to_owned(),
        token: "t".to_owned(),
        key: key.to_owned(),
        request: "r".to_owned(),
        status: 201,
        body: "{}".to_owned(),
        at_us,
    }
}

contract! {
    a_token_comes_back_and_is_revoked_once => |fixture| {
        let rows = [token("a"), ApiTokenRow { unit: Some("gtj".to_owned()), ..token("B") }];
        let stored = rows.clone();
        in_write!(fixture.store, [stored], |conn| {
            for row in &stored {
                api_token::insert(conn, row).await?;
            }
            Ok(())
        }).await.unwrap();
        let again = rows[0].clone();
        let refused = in_write!(fixture.store, [again], |conn| api_token::insert(conn, &again).await).await.unwrap_err();
        assert!(store::AsConflict::is_conflict(&refused), "{refused}");
        let revoke = || in_write!(fixture.store, |conn| api_token::revoke(conn, DIVISION, "a", 5).await);
        assert!(revoke().await.unwrap());
        assert!(!revoke().await.unwrap(), "the first instant stays");
        let mut conn = fixture.store.read().await.unwrap();
        let listed = api_token::list(&mut conn, DIVISION).await.unwrap();
        let revoked = ApiTokenRow { revoked_at_us: Some(5), ..token("a") };
        assert_eq!(listed, [rows[1].clone(), revoked.clone()]);
        assert_eq!(api_token::get(&mut conn, DIVISION, "a").await.unwrap(), Some(revoked));
        assert_eq!(api_token::get(&mut conn, "410801", "a").await.unwrap(), None);
    }

    an_answer_is_kept_under_its_key_until_it_is_old => |fixture| {
        for (key, at_us) in [("k1", 10), ("k2", 20)] {
            let row = receipt(key, at_us);
            in_write!(fixture.store, [row], |conn| api_receipt::insert(conn, &row).await).await.unwrap();
        }
        let again = receipt("k1", 30);
        let refused = in_write!(fixture.store, [again], |conn| api_receipt::insert(conn, &again).await).await.unwrap_err();
        assert!(store::AsConflict::is_conflict(&refused), "{refused}");
        let gone = in_write!(fixture.store, |conn| api_receipt::end_old_of(conn, DIVISION, "t", 20).await).await.unwrap();
        assert_eq!(gone, 1);
        let mut conn = fixture.store.read().await.unwrap();
        assert_eq!(api_receipt::get(&mut conn, DIVISION, "t", "k1").await.unwrap(), None);
        assert_eq!(api_receipt::get(&mut conn, DIVISION, "t", "k2").await.unwrap(), Some(receipt("k2", 20)));
        assert_eq!(api_receipt::get(&mut conn, DIVISION, "u", "k2").await.unwrap(), None);
        drop(conn);
        // Those of all tokens by age, and all of one token.
        for (token, key, at_us) in [("idle", "k1", 10), ("idle", "k2", 30), ("u", "k1", 10)] {
            let row = ApiReceiptRow { token: token.to_owned(), ..receipt(key, at_us) };
            in_write!(fixture.store, [row], |conn| api_receipt::insert(conn, &row).await).await.unwrap();
        }
        let gone = in_write!(fixture.store, |conn| api_receipt::end_old(conn, DIVISION, 20).await).await.unwrap();
        assert_eq!(gone, 2);
        let gone = in_write!(fixture.store, |conn| api_receipt::end_of_token(conn, DIVISION, "idle").await).await.unwrap();
        assert_eq!(gone, 1);
        let mut conn = fixture.store.read().await.unwrap();
        assert_eq!(api_receipt::get(&mut conn, DIVISION, "t", "k2").await.unwrap(), Some(receipt("k2", 20)));
    }

    cases_are_listed_by_number => |fixture| {
        let mut order = subject("A-2");
        order.kind = "order".to_owned();
        let mut done = subject("A-4");
        done.state = "completed".to_owned();
        let rows = vec![subject("A-1"), order, subject("A-3"), done];
        in_write!(fixture.store, [rows], |conn| {
            for row in &rows {
                store::subject::insert(conn, row).await?;
            }
            Ok(())
        }).await.unwrap();
        let mut conn = fixture.store.read().await.unwrap();
        let numbers = |rows: Vec<store::subject::SubjectRow>| rows.into_iter().map(|r| r.subject).collect::<Vec<_>>();
        let all = store::subject::cases(&mut conn, DIVISION, "", 2).await.unwrap();
        assert_eq!(numbers(all), ["A-1", "A-3"]);
        let rest = store::subject::cases(&mut conn, DIVISION, "A-3", 2).await.unwrap();
        assert_eq!(numbers(rest), ["A-4"]);
        let open = store::subject::cases_in_state(&mut conn, DIVISION, ("gtj", "open"), "A-1", 5).await.unwrap();
        assert_eq!(numbers(open), ["A-3"]);
    }
}
