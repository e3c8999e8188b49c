//! Two services on one database: what one has done the other doesn't do again.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::place::{Look, Place, START};
use super::wait_for;
use crate::scripts::Database;

/// Time enough for fifteen days to pass at [`SPEED`], on a loaded machine.
const SECONDS: u32 = 60;
/// Two days in a second.
pub(super) const SPEED: &str = "172800";
const CASES: usize = 40;

#[test]
fn two_services_raise_each_card_once_and_make_one_letter_of_it() {
    let place = Place::new(Database::Postgres);
    let start: DateTime<Utc> = START.parse().unwrap();
    let cases = place.accepted("GSJ-001", &[start; CASES]);
    let folders = [place.path("mails-1"), place.path("mails-2")];
    let services = folders.each_ref().map(|folder| {
        let url = format!("file:{}", folder.display());
        place.serve(&["--speed", SPEED], &[("SHIXIAN_MAIL__URL", &url)])
    });
    let look = wait_for("the red cards and all letters", SECONDS, || {
        let look = place.look();
        let red = |row: &&store::subject::SubjectRow| row.highest_level.as_deref() == Some("red");
        let done = look.subjects.iter().filter(red).count() == CASES && look.all_told();
        done.then_some(look)
    });
    for service in services {
        service.stop();
    }
    place.verify();
    let cards = cards(&look);
    for case in &cases {
        let of_case: BTreeSet<&str> = cards
            .keys()
            .filter(|k| k.0 == *case)
            .map(|k| k.1.as_str())
            .collect();
        assert_eq!(
            of_case.into_iter().collect::<Vec<_>>(),
            [
                "limit promised",
                "limit statutory",
                "notice promised",
                "red statutory",
                "yellow handling#1",
                "yellow promised"
            ],
            "{case}"
        );
    }
    assert!(cards.values().all(|times| *times == 1), "{cards:?}");
    assert_eq!(
        letters_in(&folders[0])
            .intersection(&letters_in(&folders[1]))
            .count(),
        0
    );
    let written: BTreeSet<String> = folders.iter().flat_map(|f| letters_in(f)).collect();
    check_letters(&look, &written);
    assert!(
        look.messages.iter().all(|m| m.attempts == 1),
        "{:?}",
        look.messages
    );
}

/// How often each limit was recorded and each card raised for each date of each clock.
pub(super) fn cards(look: &Look) -> BTreeMap<(String, String, i64), u32> {
    let mut cards = BTreeMap::new();
    for event in &look.events {
        let payload: Value = serde_json::from_str(&event.payload).unwrap();
        let data = &payload["data"];
        let text = |key: &str| data[key].as_str().unwrap().to_owned();
        let what = match event.kind.as_str() {
            "warning_raised" => format!("{} {}", text("level"), text("clock")),
            "limit_passed" => format!("limit {}", text("clock")),
            _ => continue,
        };
        let key = (
            event.subject.clone(),
            what,
            data["occurrence"].as_i64().unwrap(),
        );
        *cards.entry(key).or_default() += 1;
    }
    cards
}

/// Every item is in one letter or dropped, and every letter lies in one file.
pub(super) fn check_letters(look: &Look, written: &BTreeSet<String>) {
    let known: BTreeSet<String> = look.messages.iter().map(|m| m.message_id.clone()).collect();
    assert_eq!(&known, written);
    for item in &look.items {
        let letter = item.message_id.as_ref();
        assert!(
            item.state == "dropped" || letter.is_some_and(|id| known.contains(id)),
            "{item:?}"
        );
    }
    for message in &look.messages {
        let of_letter = |i: &&store::message_item::MessageItemRow| {
            i.message_id.as_ref() == Some(&message.message_id)
        };
        let count = look.items.iter().filter(of_letter).count();
        assert_eq!(i64::try_from(count).unwrap(), message.items, "{message:?}");
        assert!(
            look.items
                .iter()
                .filter(of_letter)
                .all(|i| i.recipient == message.recipient)
        );
    }
}

/// The Message-IDs of the letters in a folder.
pub(super) fn letters_in(folder: &Path) -> BTreeSet<String> {
    let Ok(files) = fs::read_dir(folder) else {
        return BTreeSet::new();
    };
    let names = files.map(|file| file.unwrap().file_name().into_string().unwrap());
    names
        .filter_map(|name| name.strip_suffix(".eml").map(str::to_owned))
        .collect()
}
