//! Taking over from another system: running in its shadow, comparing the cards of both, and beginning at an instant.
//!
//! In the shadow everything is recorded and raised as ever, and nobody is told: no message item is written, so that
//! nothing old is mailed when the shadow ends. A beginning keeps what was over before it from raising anything.

use std::collections::BTreeMap;

use approval::event::Event;
use approval::rule::Level;
use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use store::Conn;
use store::codec::{instant, micros};
use store::warning::Filter;

use crate::engine::Engine;
use crate::error::EngineError;
use crate::library::new_edition;

/// Meta key: since when the database runs in the shadow of another system; empty or absent: it doesn't.
const SHADOW: &str = "shadow_since_us";
/// Meta key: from which instant on warnings are raised.
const BEGINS: &str = "begins_us";

/// Warnings read at once.
const PAGE: i64 = 500;

/// The columns of a file of another system's cards.
const COLUMNS: [&str; 3] = ["case", "level", "on"];

/// A card that only one of the two systems has.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Card {
    /// The case.
    pub case: String,
    /// `notice`, `yellow` or `red`.
    pub level: &'static str,
    /// The office day.
    pub on: NaiveDate,
}

/// A card that both have, on different days.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct OtherDay {
    /// The case.
    pub case: String,
    /// The level.
    pub level: &'static str,
    /// The day here.
    pub here: NaiveDate,
    /// The day there.
    pub there: NaiveDate,
}

/// What comparing the cards of both systems came to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Comparison {
    /// Cards that both have, on the same day.
    pub same: u64,
    /// Cards that both have, on different days.
    pub other_day: Vec<OtherDay>,
    /// Cards that only this program has.
    pub only_here: Vec<Card>,
    /// Cards that only the other system has.
    pub only_there: Vec<Card>,
}

impl Comparison {
    /// Whether both have the same cards.
    pub fn is_same(&self) -> bool {
        self.other_day.is_empty() && self.only_here.is_empty() && self.only_there.is_empty()
    }
}

/// The days of cards, by case and level.
type Days = BTreeMap<(String, &'static str), Vec<NaiveDate>>;

/// Since when a database runs in the shadow.
pub(crate) async fn since(conn: &mut Conn) -> Result<Option<DateTime<Utc>>, EngineError> {
    let since = store::meta::get(conn, SHADOW).await?;
    Ok(since.and_then(|us| us.parse().ok()).map(instant))
}

/// From which instant on warnings are raised.
pub(crate) async fn begins(conn: &mut Conn) -> Result<Option<DateTime<Utc>>, EngineError> {
    let begins = store::meta::get(conn, BEGINS).await?;
    Ok(begins.and_then(|us| us.parse().ok()).map(instant))
}

impl Engine {
    /// Sets the instant from which warnings are raised, and whether it runs in the shadow from now on: before anything is
    /// recorded, so that what was raised never depends on when this was said.
    ///
    /// # Errors
    /// `has_record` where something is recorded already; the database's.
    pub async fn take_over(
        &self,
        begins: Option<DateTime<Utc>>,
        in_shadow: Option<InShadow>,
    ) -> Result<(), EngineError> {
        let now = self.clock().now();
        let done = self.inner.store.write(move |conn| {
            Box::pin(async move {
                for division in store::reference::divisions(conn).await? {
                    if store::event::count(conn, &division.division).await? > 0 {
                        return Err(EngineError::invalid(
                            "has_record",
                            "数据库已有记录,接管时间和影子运行须在此之前设定 / something is recorded already: this is said before",
                        ));
                    }
                }
                if let Some(begins) = begins {
                    store::meta::set(conn, BEGINS, &micros(begins).to_string()).await?;
                    new_edition(conn).await?;
                }
                if let Some(InShadow) = in_shadow {
                    store::meta::set(conn, SHADOW, &micros(now).to_string()).await?;
                    new_edition(conn).await?;
                }
                Ok(())
            })
        });
        done.await
    }

    /// Ends the shadow: people are told what is raised from now on, by services that are started anew.
    ///
    /// # Errors
    /// `no_shadow` where there is none; the database's.
    pub async fn end_shadow(&self) -> Result<(), EngineError> {
        let done = self.inner.store.write(move |conn| {
            Box::pin(async move {
                if since(conn).await?.is_none() {
                    return Err(EngineError::invalid(
                        "no_shadow",
                        "数据库不在影子运行 / it doesn't run in a shadow",
                    ));
                }
                store::meta::set(conn, SHADOW, "").await?;
                new_edition(conn).await?;
                Ok(())
            })
        });
        done.await
    }

    /// Compares the cards that were raised in `[from, to)` with those of another system, given as CSV with the columns
    /// `case`, `level` and `on`. A card's day is the office day on which its threshold was reached.
    ///
    /// # Errors
    /// `bad_cards` for a file that can't be read, with its line; the database's.
    pub async fn compare_cards(
        &self,
        csv: &[u8],
        (from, to): (NaiveDate, NaiveDate),
    ) -> Result<Comparison, EngineError> {
        let inside = |on: &NaiveDate| (from..to).contains(on);
        let there = cards_of(csv, inside)?;
        let here = self.cards(inside).await?;
        Ok(compared(here, there))
    }

    /// The days of all cards of cases that stand.
    async fn cards(&self, inside: impl Fn(&NaiveDate) -> bool) -> Result<Days, EngineError> {
        let books = self.books(self.division()).await?;
        let filter = Filter {
            span_us: (i64::MIN, i64::MAX),
            state: Some("issued"),
            ..Filter::default()
        };
        let mut days = Days::new();
        let mut after = (i64::MAX, String::new(), 0);
        loop {
            let mut conn = self.inner.store.read().await?;
            let place = (after.0, after.1.as_str(), after.2);
            let rows =
                store::warning::list(&mut conn, self.division(), &filter, place, PAGE).await?;
            let Some(last) = rows.last() else {
                return Ok(sorted(days));
            };
            after = (
                last.event.recorded_at_us,
                last.event.subject.clone(),
                last.event.seq,
            );
            for row in rows.iter().filter(|row| row.subject_kind == "case") {
                let Event::WarningRaised(raised) = store::codec::from_row(&row.event)?.event else {
                    continue;
                };
                let on = books.calendar.office_date(raised.limit_at);
                if inside(&on) {
                    let key = (row.event.subject.clone(), raised.level.as_str());
                    days.entry(key).or_default().push(on);
                }
            }
        }
    }
}

/// That a database runs in the shadow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InShadow;

/// Reads another system's cards.
fn cards_of(csv: &[u8], inside: impl Fn(&NaiveDate) -> bool) -> Result<Days, EngineError> {
    let wrong = |line: u64, why: &str| {
        EngineError::invalid(
            "bad_cards",
            format!("第 {line} 行:{why};列为 case,level,on / the columns are case, level, on"),
        )
    };
    let mut reader = csv::Reader::from_reader(csv.strip_prefix(b"\xef\xbb\xbf").unwrap_or(csv));
    let header = reader
        .headers()
        .map_err(|error| wrong(1, &error.to_string()))?
        .clone();
    let place = |name: &str| header.iter().position(|column| column.trim() == name);
    let places: Vec<usize> = COLUMNS.iter().filter_map(|name| place(name)).collect();
    let [case, level, on] = places[..] else {
        return Err(wrong(1, "缺少列 / a column is missing"));
    };
    let mut days = Days::new();
    for row in reader.records() {
        let row = row.map_err(|error| {
            let line = error.position().map_or(0, csv::Position::line);
            wrong(line, &error.to_string())
        })?;
        let line = row.position().map_or(0, csv::Position::line);
        let text = |column: usize| row.get(column).unwrap_or_default().trim();
        let level = level_of(text(level)).ok_or_else(|| wrong(line, text(level)))?;
        let day: NaiveDate = text(on).parse().map_err(|_| wrong(line, text(on)))?;
        if text(case).is_empty() {
            return Err(wrong(line, "没有办件编号 / no case"));
        }
        if inside(&day) {
            let key = (text(case).to_owned(), level.as_str());
            days.entry(key).or_default().push(day);
        }
    }
    Ok(sorted(days))
}

/// A level by its word, in English or as people say it.
fn level_of(word: &str) -> Option<Level> {
    match word {
        "预警" | "notice" => Some(Level::Notice),
        "黄牌" | "yellow" => Some(Level::Yellow),
        "红牌" | "red" => Some(Level::Red),
        _ => None,
    }
}

fn sorted(mut days: Days) -> Days {
    days.values_mut().for_each(|days| days.sort_unstable());
    days
}

/// Cards of one case and level are taken together in the order of their days: those of the same day first.
fn compared(mut here: Days, mut there: Days) -> Comparison {
    let mut comparison = Comparison::default();
    let mut keys: Vec<_> = here.keys().chain(there.keys()).cloned().collect();
    keys.sort_unstable();
    keys.dedup();
    for key in keys {
        let mut left = here.remove(&key).unwrap_or_default();
        let mut right = there.remove(&key).unwrap_or_default();
        left.retain(|day| {
            let same = right.iter().position(|other| other == day);
            if let Some(place) = same {
                right.remove(place);
                comparison.same += 1;
            }
            same.is_none()
        });
        let (case, level) = key;
        let pairs = left.len().min(right.len());
        for (here, there) in left.drain(..pairs).zip(right.drain(..pairs)) {
            let case = case.clone();
            comparison.other_day.push(OtherDay {
                case,
                level,
                here,
                there,
            });
        }
        let card = |on| Card {
            case: case.clone(),
            level,
            on,
        };
        comparison.only_here.extend(left.into_iter().map(card));
        comparison.only_there.extend(right.into_iter().map(card));
    }
    comparison
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days(csv: &str) -> Days {
        cards_of(csv.as_bytes(), |_| true).unwrap()
    }

    #[test]
    fn cards_are_compared_one_by_one() {
        let here = days(
            "case,level,on\nA,yellow,2018-10-25\nA,yellow,2018-11-05\nB,red,2018-10-30\nC,notice,2018-10-22\n",
        );
        let there = days(
            "on,case,level\n2018-10-25,A,黄牌\n2018-11-06,A,黄牌\n2018-10-30,D,红牌\n2018-10-22,C,预警\n",
        );
        let compared = compared(here, there);
        assert_eq!(compared.same, 2);
        let day = |d: &str| d.parse::<NaiveDate>().unwrap();
        assert_eq!(compared.other_day.len(), 1);
        assert_eq!(compared.other_day[0].here, day("2018-11-05"));
        assert_eq!(compared.other_day[0].there, day("2018-11-06"));
        assert_eq!(
            (
                compared.only_here[0].case.as_str(),
                compared.only_here.len()
            ),
            ("B", 1)
        );
        assert_eq!(
            (
                compared.only_there[0].case.as_str(),
                compared.only_there.len()
            ),
            ("D", 1)
        );
        assert!(!compared.is_same());
    }

    #[test]
    fn a_wrong_file_names_its_line() {
        for (csv, line) in [
            ("case,level\nA,red\n", "第 1 行"),
            (
                "case,level,on\nA,red,2018-10-25\nA,green,2018-10-25\n",
                "第 3 行",
            ),
            ("case,level,on\nA,red,25.10.2018\n", "第 2 行"),
            ("case,level,on\n,red,2018-10-25\n", "第 2 行"),
        ] {
            let error = cards_of(csv.as_bytes(), |_| true).unwrap_err().to_string();
            assert!(error.contains(line), "{error}");
        }
    }

    #[test]
    fn bent_cards_are_refused_or_read() {
        let good = "on,case,level\n2018-10-25,A,黄牌\n2018-11-06,A,yellow\n2018-10-30,D,红牌\n2018-10-22,\"C\",预警\n";
        testkit::bent::check(&[good.as_bytes()], |bytes| {
            match cards_of(bytes, |_| true) {
                Ok(days) => {
                    let read: usize = days.values().map(Vec::len).sum();
                    let compared = compared(days.clone(), days);
                    assert!(compared.is_same());
                    assert_eq!(compared.same, u64::try_from(read).unwrap());
                    true
                }
                Err(error) => {
                    assert!(error.to_string().len() < 4096 + 4 * bytes.len());
                    false
                }
            }
        });
    }
}
