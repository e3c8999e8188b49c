//! Items and messages, on both databases.

use crate::fixture::{DIVISION, contract, in_write, taking};
use store::message::{Lease, MessageRow};
use store::message_item::{MessageItemRow, Waiting};
use store::{AsConflict, StoreError, message, message_item};

fn item(subject: &str, seq: i64, recipient: &str) -> MessageItemRow {
    MessageItemRow {
        division: DIVISION.to_owned(),
        subject: subject.to_owned(),
        seq,
        recipient: recipient.to_owned(),
        channel: "mail".to_owned(),
        kind: "warning".to_owned(),
        level: Some("yellow".to_owned()),
        payload: "{}".to_owned(),
        state: "free".to_owned(),
        dropped_reason: None,
        message_id: None,
        created_at_us: 1,
    }
}

fn message(message_id: &str, next_try_at_us: i64) -> MessageRow {
    MessageRow {
        division: DIVISION.to_owned(),
        message_id: message_id.to_owned(),
        recipient: "zhang".to_owned(),
        address: "zhang@example.cn".to_owned(),
        channel: "mail".to_owned(),
        subject: "黄牌".to_owned(),
        body_text: "text".to_owned(),
        body_html: "<p>text</p>".to_owned(),
        state: "queued".to_owned(),
        attempts: 0,
        next_try_at_us: Some(next_try_at_us),
        last_error: None,
        lease_owner: None,
        lease_until_us: None,
        created_at_us: 1,
        sent_at_us: None,
    }
}

fn zhang() -> Waiting {
    Waiting {
        recipient: "zhang".to_owned(),
        channel: "mail".to_owned(),
    }
}

fn lease<'a>(message_id: &'a str, owner: &'a str) -> Lease<'a> {
    Lease {
        division: DIVISION,
        message_id,
        owner,
    }
}

contract! {
    an_item_is_written_once_and_composed_once => |fixture| {
        in_write!(fixture.store, |conn| {
            assert!(message_item::insert(conn, &item("B", 2, "zhang")).await?);
            assert!(!message_item::insert(conn, &item("B", 2, "zhang")).await?);
            let of_a = [item("A", 9, "zhang"), item("A", 9, "li"), item("B", 2, "zhang")];
            assert_eq!(message_item::insert_all(conn, &of_a).await?, 2);
            assert_eq!(message_item::insert_all(conn, &of_a).await?, 0);
            assert!(message_item::insert(conn, &item("C", 1, "zhang")).await?);
            assert_eq!(message_item::drop_free(conn, DIVISION, "C", 1, "annulled").await?, 1);
            let waiting = message_item::waiting(conn, DIVISION, ("", ""), 10).await?;
            assert_eq!(waiting.iter().map(|who| who.recipient.as_str()).collect::<Vec<_>>(), ["li", "zhang"]);
            let free = message_item::free(conn, DIVISION, &zhang(), 10).await?;
            assert_eq!(free.iter().map(|row| row.subject.as_str()).collect::<Vec<_>>(), ["A", "B"]);
            message_item::mark_composed(conn, DIVISION, &zhang(), "m1@x", &free).await?;
            message::insert(conn, &message("m1@x", 1)).await
        }).await.unwrap();
        let again = in_write!(fixture.store, |conn| {
            message_item::mark_composed(conn, DIVISION, &zhang(), "m2@x", &[item("A", 9, "zhang")]).await
        }).await.unwrap_err();
        assert!(again.is_conflict());
        let mut conn = fixture.store.read().await.unwrap();
        assert_eq!(message_item::free(&mut conn, DIVISION, &zhang(), 10).await.unwrap(), []);
        assert_eq!(message_item::of_message(&mut conn, DIVISION, "m1@x").await.unwrap().len(), 2);
        let of_c = message_item::of_subject(&mut conn, DIVISION, "C").await.unwrap();
        assert_eq!((of_c[0].state.as_str(), of_c[0].dropped_reason.as_deref()), ("dropped", Some("annulled")));
        let list = message::list(&mut conn, DIVISION, None, "", 10).await.unwrap();
        assert_eq!((list[0].message_id.as_str(), list[0].items), ("m1@x", 2));
    }

    an_item_that_came_between_is_a_conflict => |fixture| {
        let refused = in_write!(fixture.store, |conn| {
            message_item::insert(conn, &item("A", 1, "zhang")).await?;
            message_item::insert(conn, &item("C", 1, "zhang")).await?;
            let free = message_item::free(conn, DIVISION, &zhang(), 10).await?;
            message_item::insert(conn, &item("B", 1, "zhang")).await?;
            message_item::mark_composed(conn, DIVISION, &zhang(), "m1@x", &free).await
        }).await.unwrap_err();
        assert!(refused.is_conflict(), "{refused}");
    }

    items_beyond_the_limit_wait_for_the_next_message => |fixture| {
        in_write!(fixture.store, |conn| {
            for seq in 1..=5 {
                message_item::insert(conn, &item("A", seq, "zhang")).await?;
            }
            let free = message_item::free(conn, DIVISION, &zhang(), 3).await?;
            message_item::mark_composed(conn, DIVISION, &zhang(), "m1@x", &free).await?;
            let rest = message_item::free(conn, DIVISION, &zhang(), 3).await?;
            assert_eq!(rest.iter().map(|row| row.seq).collect::<Vec<_>>(), [4, 5]);
            Ok(())
        }).await.unwrap();
    }

    a_message_goes_from_hand_to_hand_by_leases => |fixture| {
        in_write!(fixture.store, |conn| {
            message::insert(conn, &message("b@x", 5)).await?;
            message::insert(conn, &message("a@x", 7)).await?;
            assert_eq!(message::next_try(conn, DIVISION).await?, Some(5));
            assert_eq!(message::claim_due(conn, DIVISION, 4, taking("p1", 4, 10)).await?, None);
            let first = message::claim_due(conn, DIVISION, 6, taking("p1", 6, 10)).await?.expect("b is due");
            assert_eq!((first.message_id.as_str(), first.attempts), ("b@x", 1));
            assert_eq!(message::claim_due(conn, DIVISION, 6, taking("p2", 6, 10)).await?, None);
            // The first one's lease runs out and another process takes over; then the first may not speak any more.
            let second = message::claim_due(conn, DIVISION, 10, taking("p2", 10, 20)).await?.expect("the lease ran out");
            assert_eq!((second.message_id.as_str(), second.attempts), ("b@x", 2));
            assert!(matches!(message::mark_sent(conn, lease("b@x", "p1"), 11).await, Err(StoreError::Missing { .. })));
            message::mark_sent(conn, lease("b@x", "p2"), 12).await?;
            let third = message::claim_due(conn, DIVISION, 12, taking("p1", 12, 20)).await?.expect("a is due");
            assert_eq!(third.message_id, "a@x");
            message::mark_retry(conn, lease("a@x", "p1"), 30, "451 later").await?;
            assert_eq!(message::claim_due(conn, DIVISION, 29, taking("p1", 29, 40)).await?, None);
            assert!(message::claim_due(conn, DIVISION, 30, taking("p1", 30, 40)).await?.is_some());
            message::mark_failed(conn, lease("a@x", "p1"), "550 unknown").await
        }).await.unwrap();
        let mut conn = fixture.store.read().await.unwrap();
        let sent = message::get(&mut conn, DIVISION, "b@x").await.unwrap().unwrap();
        assert_eq!((sent.state.as_str(), sent.sent_at_us, sent.lease_owner), ("sent", Some(12), None));
        let failed = message::list(&mut conn, DIVISION, Some("failed"), "", 10).await.unwrap();
        assert_eq!((failed[0].message_id.as_str(), failed[0].last_error.as_deref()), ("a@x", Some("550 unknown")));
        assert_eq!(message::list(&mut conn, DIVISION, None, "a@x", 10).await.unwrap().len(), 1);
    }

    a_lease_runs_out_by_the_machines_time => |fixture| {
        in_write!(fixture.store, |conn| {
            message::insert(conn, &message("a@x", 5)).await?;
            // The record's time stands at 5 throughout.
            assert!(message::claim_due(conn, DIVISION, 5, taking("dead", 1000, 1100)).await?.is_some());
            assert_eq!(message::claim_due(conn, DIVISION, 5, taking("p", 1099, 1200)).await?, None);
            assert_eq!(message::retry_all(conn, DIVISION, 5, 1099).await?, 0);
            assert!(!message::retry(conn, DIVISION, "a@x", 5, 1099).await?);
            assert!(!message::redirect(conn, DIVISION, "a@x", "li@example.cn", 1099).await?);
            assert!(message::redirect(conn, DIVISION, "a@x", "li@example.cn", 1100).await?);
            assert!(message::claim_due(conn, DIVISION, 5, taking("p", 1100, 1200)).await?.is_some());
            assert!(message::retry(conn, DIVISION, "a@x", 5, 1200).await?);
            Ok(())
        }).await.unwrap();
    }

    messages_are_read_by_their_age_page_by_page => |fixture| {
        in_write!(fixture.store, |conn| {
            for (message_id, created_at_us) in [("c@x", 1), ("a@x", 2), ("d@x", 2), ("b@x", 2), ("0@x", 3)] {
                message::insert(conn, &MessageRow { created_at_us, ..message(message_id, 1) }).await?;
            }
            Ok(())
        }).await.unwrap();
        let mut conn = fixture.store.read().await.unwrap();
        let (mut after, mut pages) = ((i64::MIN, String::new()), Vec::new());
        loop {
            let page = message::by_age(&mut conn, DIVISION, (after.0, &after.1), 2).await.unwrap();
            let Some(last) = page.last() else { break };
            after = (last.created_at_us, last.message_id.clone());
            pages.push(page.iter().map(|row| row.message_id.clone()).collect::<Vec<_>>().concat());
        }
        assert_eq!(pages, ["c@xa@x", "b@xd@x", "0@x"]);
    }

    a_failed_message_can_be_queued_anew_but_not_a_sent_one => |fixture| {
        in_write!(fixture.store, |conn| {
            for message_id in ["a@x", "b@x", "c@x"] {
                message::insert(conn, &message(message_id, 1)).await?;
                message::claim_due(conn, DIVISION, 1, taking("p", 1, 10)).await?;
            }
            message::mark_sent(conn, lease("a@x", "p"), 2).await?;
            message::mark_given_up(conn, lease("b@x", "p"), "too often").await?;
            message::mark_failed(conn, lease("c@x", "p"), "550").await?;
            assert!(!message::retry(conn, DIVISION, "a@x", 3, 3).await?);
            assert!(message::retry(conn, DIVISION, "b@x", 3, 3).await?);
            assert_eq!(message::retry_all(conn, DIVISION, 4, 4).await?, 2);
            assert!(message::insert(conn, &message("a@x", 1)).await.is_err_and(|error| error.is_conflict()));
            Ok(())
        }).await.unwrap();
    }

    many_senders_take_each_message_once => |fixture| {
        in_write!(fixture.store, |conn| {
            for number in 0..60 {
                message::insert(conn, &message(&format!("{number:02}@x"), 1)).await?;
            }
            Ok(())
        }).await.unwrap();
        let tasks: Vec<_> = (0..6).map(|sender| {
            let store = fixture.store.clone();
            tokio::spawn(async move {
                let owner = format!("p{sender}");
                let mut taken = Vec::new();
                loop {
                    let name = owner.clone();
                    match in_write!(store, [name], |conn| message::claim_due(conn, DIVISION, 1, taking(&name, 1, 99)).await).await {
                        Ok(Some(row)) => taken.push(row.message_id),
                        Ok(None) => return taken,
                        Err(error) if error.is_conflict() => {}
                        Err(error) => panic!("{error}"),
                    }
                }
            })
        }).collect();
        let mut all = Vec::new();
        for task in tasks {
            all.extend(task.await.unwrap());
        }
        all.sort();
        assert_eq!(all, (0..60).map(|number| format!("{number:02}@x")).collect::<Vec<_>>());
    }
}
