//! What every noun promises, on both databases.

use crate::fixture::{DIVISION, add_case, contract, follow, in_write, settled, subject, taking};
use store::calendar::CalendarRow;
use store::event::NewEvent;
use store::personal::PersonalRow;
use store::record::Followed;
use store::reference::{DivisionRow, ItemRow, PersonRow, UnitRow};
use store::revision::{RevisionRow, RevisionTraceRow};
use store::ruleset::RulesetRow;
use store::subject::{Seen, SubjectRow};
use store::{
    AsConflict, StoreError, calendar, counter, event, feed, job, meta, personal, record, reference,
    revision, ruleset, subject,
};

fn item(version: i64, valid_from_us: i64) -> ItemRow {
    ItemRow {
        division: DIVISION.to_owned(),
        item: "gtj-01".to_owned(),
        version,
        valid_from_us,
        name: "建设用地审批".to_owned(),
        unit: "gtj".to_owned(),
        kind: "committed".to_owned(),
        category: "approval".to_owned(),
        promised_amount: 15,
        promised_unit: "wd".to_owned(),
        statutory_amount: Some(20),
        statutory_unit: Some("wd".to_owned()),
        handling: Some(8),
        review: None,
        approval: None,
        completion: Some(2),
        basis: "土地管理法".to_owned(),
        day0_rule: "complete".to_owned(),
        statutory_end: "decision".to_owned(),
        details: "{}".to_owned(),
    }
}

contract! {
    migrating_twice_changes_nothing => |fixture| {
        fixture.store.check_schema().await.unwrap();
        fixture.store.migrate().await.unwrap();
        assert!(fixture.store.schema_version().await.unwrap() >= 2);
    }

    a_subject_comes_back_as_it_went => |fixture| {
        let row = in_write!(fixture.store, |conn| add_case(conn, "A-1", 3).await).await.unwrap();
        let mut conn = fixture.store.read().await.unwrap();
        assert_eq!(subject::get(&mut conn, DIVISION, "A-1").await.unwrap(), Some(row));
        assert_eq!(subject::get(&mut conn, "410801", "A-1").await.unwrap(), None);
        let events = event::of_subject(&mut conn, DIVISION, "A-1", 0, 10).await.unwrap();
        assert_eq!(events.iter().map(|event| event.seq).collect::<Vec<_>>(), [1, 2, 3]);
        assert_eq!(event::of_subject(&mut conn, DIVISION, "A-1", 1, 1).await.unwrap()[0].seq, 2);
    }

    a_head_is_what_the_row_says => |fixture| {
        let row = in_write!(fixture.store, |conn| {
            meta::set(conn, "edition", "7").await?;
            add_case(conn, "A-1", 2).await
        }).await.unwrap();
        let mut conn = fixture.store.read().await.unwrap();
        for (key, value) in [("edition", Some("7")), ("unknown", None)] {
            let head = subject::head(&mut conn, DIVISION, "A-1", key).await.unwrap().unwrap();
            assert_eq!((head.seen, head.meta.as_deref()), (Seen::of(&row), value));
            assert_eq!(head.calendar_version, row.calendar_version);
        }
        assert_eq!(subject::head(&mut conn, DIVISION, "A-2", "edition").await.unwrap(), None);
    }

    a_second_subject_of_the_same_number_is_a_conflict => |fixture| {
        in_write!(fixture.store, |conn| subject::insert(conn, &subject("A-1")).await).await.unwrap();
        let refused = in_write!(fixture.store, |conn| subject::insert(conn, &subject("A-1")).await).await.unwrap_err();
        assert!(refused.is_conflict(), "{refused}");
    }

    an_update_goes_through_only_on_what_was_seen => |fixture| {
        let row = in_write!(fixture.store, |conn| add_case(conn, "A-1", 1).await).await.unwrap();
        let seen = Seen::of(&row);
        let mut later = row.clone();
        let event = follow(&mut later, None);
        later.next_alarm_us = None;
        later.provisional = true;
        let (first, first_event, first_seen) = (later.clone(), event.clone(), seen.clone());
        in_write!(fixture.store, [first, first_event, first_seen], |conn| {
            event::append(conn, &[first_event]).await?;
            subject::update(conn, &first, &first_seen).await
        }).await.unwrap();
        let mut conn = fixture.store.read().await.unwrap();
        assert_eq!(subject::get(&mut conn, DIVISION, "A-1").await.unwrap(), Some(later.clone()));
        let refused = in_write!(fixture.store, [later, seen], |conn| subject::update(conn, &later, &seen).await).await.unwrap_err();
        assert!(matches!(refused, StoreError::Conflict { table: "subject", .. }), "{refused}");
    }

    a_row_and_its_events_go_on_together_or_not_at_all => |fixture| {
        let row = in_write!(fixture.store, |conn| add_case(conn, "A-1", 1).await).await.unwrap();
        let state = async |case: &str| {
            let mut conn = fixture.store.read().await.unwrap();
            let row = subject::get(&mut conn, DIVISION, case).await.unwrap();
            let events = event::of_subject(&mut conn, DIVISION, case, 0, 10).await.unwrap();
            (row.unwrap(), events)
        };
        let write = async |row: &SubjectRow, seen: &Seen, events: &[NewEvent]| {
            let (row, seen, events) = (row.clone(), seen.clone(), events.to_vec());
            in_write!(fixture.store, [row, seen, events], |conn| record::follow(conn, &row, &seen, &events).await).await
        };
        // One event, several, none.
        let (mut later, mut length) = (row.clone(), 1);
        for count in [1, 3, 1, 0, 2] {
            let seen = Seen::of(&later);
            let events: Vec<NewEvent> = (0..count).map(|_| follow(&mut later, None)).collect();
            later.next_alarm_us = Some(count);
            later.handler = Some(format!("H{count}"));
            write(&later, &seen, &events).await.unwrap();
            length += events.len();
            let (row, written) = state("A-1").await;
            assert_eq!((&row, written.len()), (&later, length));
            let last = written.last().unwrap();
            assert_eq!((last.seq, &last.hash), (later.seq, &later.hash));
            if let Some(event) = events.last() {
                assert_eq!((&last.payload, &last.kind, last.recorded_at_us), (&event.payload, &event.kind, event.recorded_at_us));
                assert_eq!((&last.previous_hash, &last.hash_algorithm), (&event.previous_hash, &event.hash_algorithm));
            }
        }
        settled(&fixture.store).await;
        let mut conn = fixture.store.read().await.unwrap();
        let (sorted, bound) = (event::of_subject(&mut conn, DIVISION, "A-1", 0, 99).await.unwrap(), feed::bound(&mut conn).await.unwrap());
        assert!(sorted.iter().all(|event| event.feed_group > 0 && event.feed_group < bound));
        drop(conn);
        // Somebody else was faster.
        let before = state("A-1").await;
        let mut stale = row.clone();
        let event = follow(&mut stale, None);
        let refused = write(&stale, &Seen::of(&row), &[event]).await.unwrap_err();
        assert!(matches!(refused, StoreError::Conflict { table: "subject", .. }), "{refused}");
        assert_eq!(state("A-1").await, before);
        // The event's number is taken although the row didn't move: the row stays as well.
        let row = in_write!(fixture.store, |conn| {
            let mut row = add_case(conn, "A-2", 1).await?;
            let seen = row.clone();
            event::append(conn, &[follow(&mut row, Some("another"))]).await?;
            Ok(seen)
        }).await.unwrap();
        let (mut later, before) = (row.clone(), state("A-2").await);
        let event = follow(&mut later, None);
        assert!(write(&later, &Seen::of(&row), &[event]).await.unwrap_err().is_conflict());
        assert_eq!(state("A-2").await, before);
    }

    many_subjects_go_on_together_or_not_at_all => |fixture| {
        let before = in_write!(fixture.store, |conn| {
            let mut rows = Vec::new();
            for number in 0..5_i64 {
                rows.push(add_case(conn, &format!("M-{number}"), 1 + usize::try_from(number).unwrap()).await?);
            }
            Ok(rows)
        }).await.unwrap();
        // Each column of each row has a value of its own; of some there is none.
        let filled = |at: i64, row: &SubjectRow| {
            let text = |column: &str| format!("{column}-{at}");
            let number = |column: i64| 1_000 * column + at;
            let some = |column: i64| (column % 5 != at).then(|| number(column));
            let word = |column: i64, name: &str| (column % 5 != at).then(|| text(name));
            SubjectRow {
                kind: if at % 2 == 0 { "order" } else { "appeal" }.to_owned(), unit: text("unit"), item: word(1, "item"), item_version: some(2), about: word(3, "about"),
                state: text("state"), stage: word(4, "stage"), outcome: word(5, "outcome"), handler: word(6, "handler"),
                received_at_us: number(7), accepted_at_us: some(8), decided_at_us: some(9), completed_at_us: some(10),
                promised_due_at_us: some(11), statutory_due_at_us: some(12), stage_due_at_us: some(13),
                highest_level: word(14, "level"), next_alarm_us: some(15), calendar_version: text("calendar"),
                rules_version: number(16), provisional: at % 2 == 0, source: word(17, "source"), ..row.clone()
            }
        };
        let followed: Vec<Followed> = before.iter().zip(0..).map(|(seen, at)| {
            let mut row = filled(at, seen);
            let mut event = follow(&mut row, None);
            event.source_key = (at % 2 == 1).then(|| format!("key-{at}"));
            Followed { row, seen: Seen::of(seen), event }
        }).collect();
        let state = async || {
            let mut conn = fixture.store.read().await.unwrap();
            let rows = subject::page(&mut conn, DIVISION, "", 99).await.unwrap();
            (rows, event::between(&mut conn, DIVISION, "", "Z").await.unwrap())
        };
        // One of them isn't what was seen; one isn't there at all.
        let untouched = state().await;
        for bend in [
            |one: &mut Followed| one.seen.seq -= 1,
            |one: &mut Followed| one.row.subject = "M-9".to_owned(),
        ] {
            let mut bent = followed.clone();
            bend(&mut bent[3]);
            let refused = in_write!(fixture.store, [bent], |conn| record::follow_each(conn, &bent).await).await.unwrap_err();
            assert!(refused.is_conflict(), "{refused}");
            assert_eq!(state().await, untouched);
        }
        let all = followed.clone();
        in_write!(fixture.store, [all], |conn| record::follow_each(conn, &all).await).await.unwrap();
        let (rows, events) = state().await;
        assert_eq!(rows, followed.iter().map(|one| one.row.clone()).collect::<Vec<_>>());
        assert_eq!(events.len(), 15 + 5);
        for one in &followed {
            let written = events.iter().find(|event| (&event.subject, event.seq) == (&one.row.subject, one.row.seq)).unwrap();
            let event = NewEvent {
                division: written.division.clone(), subject: written.subject.clone(), seq: written.seq, kind: written.kind.clone(),
                occurred_at_us: written.occurred_at_us, recorded_at_us: written.recorded_at_us, payload: written.payload.clone(),
                hash_algorithm: written.hash_algorithm.clone(), previous_hash: written.previous_hash.clone(),
                hash: written.hash.clone(), source_key: written.source_key.clone(),
            };
            assert_eq!(event, one.event);
        }
        // None at all is fine.
        in_write!(fixture.store, |conn| record::follow_each(conn, &[]).await).await.unwrap();
    }

    due_subjects_come_by_alarm_then_number => |fixture| {
        in_write!(fixture.store, |conn| {
            for (number, alarm) in [("C", Some(10)), ("B", Some(20)), ("A", Some(20)), ("D", None), ("E", Some(30))] {
                let mut row = subject(number);
                row.next_alarm_us = alarm;
                subject::insert(conn, &row).await?;
            }
            Ok(())
        }).await.unwrap();
        let mut conn = fixture.store.read().await.unwrap();
        let mut names = Vec::new();
        let mut after = (i64::MIN, String::new());
        loop {
            let page = subject::due(&mut conn, DIVISION, 20, (after.0, &after.1), 2).await.unwrap();
            let Some(last) = page.last() else { break };
            after = (last.next_alarm_us.unwrap(), last.subject.clone());
            names.extend(page.into_iter().map(|row| row.subject));
        }
        assert_eq!(names, ["C", "A", "B"]);
        assert_eq!(subject::next_alarm(&mut conn, DIVISION).await.unwrap(), Some(10));
        assert_eq!(subject::next_alarm(&mut conn, "000000").await.unwrap(), None);
    }

    pages_counts_and_lists_of_subjects => |fixture| {
        in_write!(fixture.store, |conn| {
            for (number, due, done) in [("a", Some(5), None), ("B", None, None), ("甲", Some(1), None), ("z", Some(0), Some(9))] {
                let mut row = subject(number);
                row.promised_due_at_us = due;
                row.completed_at_us = done;
                row.state = if done.is_some() { "completed" } else { "open" }.to_owned();
                row.about = (number == "甲").then(|| "a".to_owned());
                subject::insert(conn, &row).await?;
            }
            Ok(())
        }).await.unwrap();
        let mut conn = fixture.store.read().await.unwrap();
        let names = |rows: Vec<store::subject::SubjectRow>| rows.into_iter().map(|row| row.subject).collect::<Vec<_>>();
        // By code point: capitals before small letters, Chinese after both.
        assert_eq!(names(subject::page(&mut conn, DIVISION, "", 10).await.unwrap()), ["B", "a", "z", "甲"]);
        assert_eq!(names(subject::page(&mut conn, DIVISION, "a", 1).await.unwrap()), ["z"]);
        assert_eq!(names(subject::page_open(&mut conn, DIVISION, "", 10).await.unwrap()), ["B", "a", "甲"]);
        // What has no date comes last.
        assert_eq!(names(subject::open_of_unit(&mut conn, DIVISION, "gtj", 10, 0).await.unwrap()), ["甲", "a", "B"]);
        assert_eq!(names(subject::of_unit(&mut conn, DIVISION, "gtj", "open", 2, 1).await.unwrap()), ["a", "B"]);
        assert_eq!(names(subject::about(&mut conn, DIVISION, "a").await.unwrap()), ["甲"]);
        let counts = subject::counts(&mut conn, DIVISION).await.unwrap();
        assert_eq!(counts.iter().map(|row| (row.state.as_str(), row.count)).collect::<Vec<_>>(), [("completed", 1), ("open", 3)]);
    }

    many_events_at_once_and_of_many_subjects => |fixture| {
        let appended = in_write!(fixture.store, |conn| {
            for number in 0..20 {
                add_case(conn, &format!("S{number:02}"), 7).await?;
            }
            event::count(conn, DIVISION).await
        }).await.unwrap();
        assert_eq!(appended, 140);
        let mut conn = fixture.store.read().await.unwrap();
        let wanted: Vec<String> = (0..20).step_by(2).map(|number| format!("S{number:02}")).collect();
        let events = event::of_subjects(&mut conn, DIVISION, &wanted).await.unwrap();
        assert_eq!(events.len(), 70);
        assert!(events.is_sorted_by_key(|event| (event.subject.clone(), event.seq)));
        assert_eq!(event::of_subjects(&mut conn, DIVISION, &[]).await.unwrap(), []);
        assert_eq!(event::between(&mut conn, DIVISION, "S03", "S05").await.unwrap().len(), 21);
        assert_eq!(event::page(&mut conn, DIVISION, ("S00", 6), 3).await.unwrap()[1].subject, "S01");
    }

    an_event_number_or_source_key_is_taken_once => |fixture| {
        let mut row = subject("A-1");
        let mut first = follow(&mut row, None);
        first.source_key = Some("BASICINFO-7".to_owned());
        let mut again = follow(&mut row, None);
        again.source_key = first.source_key.clone();
        let same_number = first.clone();
        in_write!(fixture.store, [first], |conn| event::append(conn, &[first]).await).await.unwrap();
        for event in [again, same_number] {
            let refused = in_write!(fixture.store, [event], |conn| event::append(conn, &[event]).await).await.unwrap_err();
            assert!(matches!(refused, StoreError::Conflict { table: "event", .. }), "{refused}");
        }
        let mut conn = fixture.store.read().await.unwrap();
        assert_eq!(event::source_keys(&mut conn, DIVISION, "A-1").await.unwrap(), ["BASICINFO-7"]);
        assert_eq!(event::count(&mut conn, DIVISION).await.unwrap(), 1);
    }

    personal_data_can_be_erased => |fixture| {
        let row = PersonalRow {
            division: DIVISION.to_owned(),
            subject: "A-1".to_owned(),
            seq: 1,
            salt: vec![0, 255, 7],
            data: "张三".to_owned(),
        };
        let stored = row.clone();
        in_write!(fixture.store, [stored], |conn| personal::put(conn, &stored).await).await.unwrap();
        let mut conn = fixture.store.read().await.unwrap();
        assert_eq!(personal::get(&mut conn, DIVISION, "A-1", 1).await.unwrap(), Some(row.clone()));
        assert_eq!(personal::of_subject(&mut conn, DIVISION, "A-1").await.unwrap(), std::slice::from_ref(&row));
        let refused = in_write!(fixture.store, [row], |conn| personal::put(conn, &row).await).await.unwrap_err();
        assert!(refused.is_conflict());
        assert_eq!(in_write!(fixture.store, |conn| personal::erase(conn, DIVISION, "A-1").await).await.unwrap(), 1);
        assert_eq!(personal::get(&mut conn, DIVISION, "A-1", 1).await.unwrap(), None);
    }

    numbers_have_no_gaps => |fixture| {
        let tasks: Vec<_> = (0..30).map(|turn| {
            let store = fixture.store.clone();
            tokio::spawn(async move {
                in_write!(store, |conn| {
                    let number = counter::take(conn, DIVISION, "gtj", "2011-08-01", "case").await?;
                    if turn % 3 == 0 { Err(StoreError::Missing { table: "item", key: "none".to_owned() }) } else { Ok(number) }
                }).await
            })
        }).collect();
        let mut numbers = Vec::new();
        for task in tasks {
            numbers.extend(task.await.unwrap().ok());
        }
        numbers.sort_unstable();
        assert_eq!(numbers, (1..=20).collect::<Vec<i64>>());
        let other = in_write!(fixture.store, |conn| counter::take(conn, DIVISION, "gtj", "2011-08-02", "case").await).await.unwrap();
        assert_eq!(other, 1);
    }

    meta_is_set_once_or_replaced => |fixture| {
        in_write!(fixture.store, |conn| {
            assert!(meta::set_if_absent(conn, "calendar", "a").await?);
            assert!(!meta::set_if_absent(conn, "calendar", "b").await?);
            assert!(!meta::replace(conn, "calendar", "b", "c").await?);
            assert!(meta::replace(conn, "calendar", "a", "c").await?);
            meta::set(conn, "rules", "1").await?;
            meta::set(conn, "rules", "2").await
        }).await.unwrap();
        let mut conn = fixture.store.read().await.unwrap();
        assert_eq!(meta::get(&mut conn, "calendar").await.unwrap().as_deref(), Some("c"));
        assert_eq!(meta::get(&mut conn, "rules").await.unwrap().as_deref(), Some("2"));
        assert_eq!(meta::get(&mut conn, "none").await.unwrap(), None);
    }

    calendars_and_rules_keep_their_versions => |fixture| {
        let calendar_row = |version: &str, from| CalendarRow { version: version.to_owned(), text: "[2011]".to_owned(), in_force_from_us: from, loaded_at_us: 3 };
        let ruleset_row = |version| RulesetRow { version, text: "rules".to_owned(), in_force_from_us: 1, loaded_at_us: 2 };
        in_write!(fixture.store, |conn| {
            assert!(calendar::insert(conn, &calendar_row("2012.1", 9)).await?);
            assert!(calendar::insert(conn, &calendar_row("2011.1", 1)).await?);
            assert!(!calendar::insert(conn, &calendar_row("2011.1", 2)).await?);
            assert!(ruleset::insert(conn, &ruleset_row(10)).await?);
            assert!(ruleset::insert(conn, &ruleset_row(2)).await?);
            assert!(!ruleset::insert(conn, &ruleset_row(2)).await?);
            Ok(())
        }).await.unwrap();
        let mut conn = fixture.store.read().await.unwrap();
        assert_eq!(calendar::list(&mut conn).await.unwrap(), [calendar_row("2011.1", 1), calendar_row("2012.1", 9)]);
        assert_eq!(ruleset::list(&mut conn).await.unwrap(), [ruleset_row(2), ruleset_row(10)]);
    }

    reference_data_is_replaced_and_items_are_versions => |fixture| {
        let unit = UnitRow { division: DIVISION.to_owned(), unit: "gtj".to_owned(), name: "国土局".to_owned(), kind: "bureau".to_owned(), vertical: true, hall: None, windows: Some("3号".to_owned()) };
        let person = PersonRow {
            division: DIVISION.to_owned(), person: "zhang".to_owned(), name: "张监察".to_owned(), unit: "gtj".to_owned(),
            role: "inspector".to_owned(), email: Some("zhang@example.cn".to_owned()), phone: None, posts: "[]".to_owned(),
            stand_in: Some("li".to_owned()), stand_in_from_us: Some(1), stand_in_to_us: Some(2), stand_in_paper: None, active: true,
        };
        let (stored_unit, stored_person) = (unit.clone(), person.clone());
        in_write!(fixture.store, [stored_unit, stored_person], |conn| {
            reference::put_division(conn, &DivisionRow { division: DIVISION.to_owned(), name: "焦作".to_owned() }).await?;
            reference::put_division(conn, &DivisionRow { division: DIVISION.to_owned(), name: "焦作市".to_owned() }).await?;
            reference::put_unit(conn, &UnitRow { name: "?".to_owned(), vertical: false, ..stored_unit.clone() }).await?;
            reference::put_unit(conn, &stored_unit).await?;
            reference::put_person(conn, &PersonRow { active: false, ..stored_person.clone() }).await?;
            reference::put_person(conn, &stored_person).await?;
            assert!(reference::insert_item(conn, &item(1, 0)).await?);
            assert!(reference::insert_item(conn, &item(2, 100)).await?);
            assert!(!reference::insert_item(conn, &item(2, 200)).await?);
            Ok(())
        }).await.unwrap();
        let mut conn = fixture.store.read().await.unwrap();
        assert_eq!(reference::divisions(&mut conn).await.unwrap()[0].name, "焦作市");
        assert_eq!(reference::units(&mut conn, DIVISION).await.unwrap(), [unit]);
        assert_eq!(reference::people(&mut conn, DIVISION).await.unwrap(), std::slice::from_ref(&person));
        assert_eq!(reference::person(&mut conn, DIVISION, "zhang").await.unwrap(), Some(person));
        assert_eq!(reference::items(&mut conn, DIVISION).await.unwrap(), [item(1, 0), item(2, 100)]);
        assert_eq!(reference::item(&mut conn, DIVISION, "gtj-01", 2).await.unwrap(), Some(item(2, 100)));
        for (at, version) in [(-1, None), (0, Some(1)), (99, Some(1)), (100, Some(2))] {
            let found = reference::item_in_force(&mut conn, DIVISION, "gtj-01", at).await.unwrap();
            assert_eq!(found.map(|row| row.version), version, "at {at}");
        }
    }

    a_run_is_claimed_once_until_its_lease_ends => |fixture| {
        in_write!(fixture.store, |conn| {
            assert!(job::claim(conn, "sweep", 100, 1, taking("a", 1, 10)).await?);
            assert!(!job::claim(conn, "sweep", 100, 9, taking("b", 9, 20)).await?);
            assert!(job::extend(conn, "sweep", 100, "a", 15).await?);
            assert!(!job::claim(conn, "sweep", 100, 14, taking("b", 14, 20)).await?);
            assert!(job::claim(conn, "sweep", 100, 15, taking("b", 15, 25)).await?);
            assert!(!job::finish(conn, "sweep", 100, "a", 16, "done", None).await?);
            assert_eq!(job::unfinished(conn, "sweep", 10).await?.len(), 1);
            assert!(job::finish(conn, "sweep", 100, "b", 16, "failed", Some("no mail")).await?);
            assert!(!job::claim(conn, "sweep", 100, 99, taking("c", 99, 199)).await?);
            job::set_watermark(conn, "sweep", 100).await?;
            job::set_watermark(conn, "sweep", 50).await
        }).await.unwrap();
        let mut conn = fixture.store.read().await.unwrap();
        assert_eq!(job::watermark(&mut conn, "sweep").await.unwrap(), Some(100));
        assert_eq!(job::watermark(&mut conn, "none").await.unwrap(), None);
        let runs = job::runs(&mut conn, "sweep", 10).await.unwrap();
        assert_eq!((runs[0].owner.as_str(), runs[0].error.as_deref()), ("b", Some("no mail")));
    }

    a_revision_goes_forward_by_its_cursor => |fixture| {
        let row = RevisionRow {
            revision: "calendar 2012.1".to_owned(), kind: "calendar".to_owned(), from_version: "2011.1".to_owned(),
            to_version: "2012.1".to_owned(), started_at_us: 1, finished_at_us: None, cursor_division: None, cursor_subject: None,
            looked_at: 0, dates_moved: 0, annulled: 0, raised: 0,
        };
        let after = RevisionRow { cursor_division: Some(DIVISION.to_owned()), cursor_subject: Some("A".to_owned()), looked_at: 5, dates_moved: 2, ..row.clone() };
        let trace = |clock: &str| RevisionTraceRow {
            division: DIVISION.to_owned(), revision: "calendar 2012.1".to_owned(), subject: "A".to_owned(), clock: clock.to_owned(),
            due_before_us: Some(1), due_after_us: None,
        };
        let (begun, moved) = (row.clone(), after.clone());
        in_write!(fixture.store, [begun, moved], |conn| {
            assert!(revision::insert(conn, &begun).await?);
            assert!(!revision::insert(conn, &begun).await?);
            revision::trace_all(conn, &[trace("promised")]).await?;
            revision::trace_all(conn, &[RevisionTraceRow { due_before_us: Some(9), ..trace("promised") }]).await?;
            assert_eq!(revision::traces(conn, DIVISION, "calendar 2012.1", ("", ""), 10).await?, [trace("promised")]);
            let mut all = ["promised", "statutory", "handling#1", "review#1"].map(trace).to_vec();
            for (number, subject) in (2..).zip(["B", "B", "C"]) {
                let clock = format!("handling#{number}");
                all.push(RevisionTraceRow { subject: subject.to_owned(), due_before_us: None, due_after_us: Some(number), ..trace(&clock) });
            }
            revision::trace_all(conn, &all).await?;
            let traced = revision::traces(conn, DIVISION, "calendar 2012.1", ("", ""), 10).await?;
            assert_eq!(traced.len(), all.len());
            assert!(all.iter().all(|moved| traced.contains(moved)));
            revision::update(conn, &moved, 0).await
        }).await.unwrap();
        let stale = after.clone();
        let refused = in_write!(fixture.store, [stale], |conn| revision::update(conn, &stale, 0).await).await.unwrap_err();
        assert!(refused.is_conflict());
        let mut conn = fixture.store.read().await.unwrap();
        assert_eq!(revision::get(&mut conn, "calendar 2012.1").await.unwrap(), Some(after.clone()));
        assert_eq!(revision::unfinished(&mut conn).await.unwrap(), std::slice::from_ref(&after));
        assert_eq!(revision::list(&mut conn).await.unwrap(), [after]);
        assert_eq!(revision::traces(&mut conn, DIVISION, "calendar 2012.1", ("A", "promised"), 2).await.unwrap(), [trace("review#1"), trace("statutory")]);
    }

    an_error_undoes_what_the_work_wrote => |fixture| {
        let refused = in_write!(fixture.store, |conn| {
            subject::insert(conn, &subject("A-1")).await?;
            Err::<(), _>(StoreError::Missing { table: "item", key: "x".to_owned() })
        }).await.unwrap_err();
        assert!(matches!(refused, StoreError::Missing { .. }));
        let mut conn = fixture.store.read().await.unwrap();
        assert_eq!(subject::get(&mut conn, DIVISION, "A-1").await.unwrap(), None);
    }

    /// PostgreSQL answers the commit of a failed transaction with a silent rollback; the store must not call that done.
    work_that_passes_over_a_failed_statement_is_not_acknowledged => |fixture| {
        let answer = in_write!(fixture.store, |conn| {
            subject::insert(conn, &subject("A-1")).await?;
            let mut bad = subject("A-2");
            bad.kind = "neither case nor order".to_owned();
            assert!(subject::insert(conn, &bad).await.is_err());
            Ok(())
        }).await;
        assert!(matches!(answer, Err(StoreError::Statement { .. })), "{answer:?}");
        let mut conn = fixture.store.read().await.unwrap();
        assert_eq!(subject::get(&mut conn, DIVISION, "A-1").await.unwrap(), None);
    }

    a_panic_is_an_error_and_the_store_goes_on => |fixture| {
        let answer = in_write!(fixture.store, |conn| {
            subject::insert(conn, &subject("A-1")).await?;
            let found = subject::get(conn, DIVISION, "A-1").await?;
            if found.is_some() { panic!("out of luck") }
            Ok(())
        }).await;
        assert!(matches!(&answer, Err(StoreError::Panicked { reason }) if reason == "out of luck"), "{answer:?}");
        in_write!(fixture.store, |conn| add_case(conn, "A-2", 1).await).await.unwrap();
        let mut conn = fixture.store.read().await.unwrap();
        assert_eq!(subject::get(&mut conn, DIVISION, "A-1").await.unwrap(), None);
    }

    a_snapshot_sees_one_state => |fixture| {
        in_write!(fixture.store, |conn| add_case(conn, "A-1", 1).await).await.unwrap();
        let mut snapshot = fixture.store.snapshot().await.unwrap();
        assert_eq!(event::count(&mut snapshot, DIVISION).await.unwrap(), 1);
        in_write!(fixture.store, |conn| add_case(conn, "A-2", 1).await).await.unwrap();
        assert_eq!(event::count(&mut snapshot, DIVISION).await.unwrap(), 1);
        drop(snapshot);
        let mut conn = fixture.store.read().await.unwrap();
        assert_eq!(event::count(&mut conn, DIVISION).await.unwrap(), 2);
    }

    a_closed_store_says_so => |fixture| {
        fixture.store.close().await;
        let answer = in_write!(fixture.store, |conn| add_case(conn, "A-1", 1).await).await;
        assert!(matches!(answer, Err(StoreError::Closed | StoreError::Unreachable { .. })), "{answer:?}");
        assert!(fixture.store.read().await.is_err());
    }
}
