//! Calendars that differ from the shipped one by a few days, as it was before a notice came.

use std::collections::BTreeMap;

use calendar::Calendar;

/// The calendar of China under another name, with days that work or rest otherwise, or with another end.
pub(super) fn calendar(version: &str, words: &[String]) -> Calendar {
    let mut lists: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    let mut lead = "";
    for word in words {
        if ["work", "rest", "to"].contains(&word.as_str()) {
            lead = word;
        } else {
            lists.entry(lead).or_default().push(word.clone());
        }
    }
    let mut days = |lead: &str| lists.remove(lead).unwrap_or_default();
    let (work, rest, to) = (days("work"), days("rest"), days("to"));
    assert!(lists.is_empty(), "no calendar knows {lists:?}");
    let text = engine::assets::calendar("cn").unwrap().to_text();
    let mut table: toml::Table = text.parse().unwrap();
    table.insert("version".to_owned(), version.into());
    for day in &to {
        let date: toml::value::Datetime = day.parse().unwrap();
        table.insert("to".to_owned(), date.into());
    }
    for day in work.iter().chain(&rest) {
        for key in ["rest", "make_up"] {
            list(&mut table, key).retain(|entry| date_of(entry) != *day);
        }
    }
    for (key, days) in [("make_up", &work), ("rest", &rest)] {
        for day in days {
            let mut entry = toml::Table::new();
            let date: toml::value::Datetime = day.parse().unwrap();
            entry.insert("date".to_owned(), date.into());
            entry.insert("name".to_owned(), "春节".into());
            list(&mut table, key).push(entry.into());
        }
        list(&mut table, key).sort_by_key(date_of);
    }
    Calendar::parse(version, &table.to_string()).unwrap()
}

fn list<'t>(table: &'t mut toml::Table, key: &str) -> &'t mut Vec<toml::Value> {
    table.get_mut(key).unwrap().as_array_mut().unwrap()
}

fn date_of(entry: &toml::Value) -> String {
    entry.get("date").unwrap().to_string()
}
