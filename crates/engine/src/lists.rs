//! What a report names one by one, and what each official did, read from the record.
//!
//! Indexes find the subjects to which something listed happened in the period, and the cases on which work was done in
//! it; each is replayed by itself, so the memory needed is that of the lists, and the time that of the period.
//!
//! What officials did takes replaying every case that was worked on, so it is read only where it is asked for, and after the
//! look at the record that the figures and lists come from: that look notes which cases there are and how many events each
//! has, and so many are replayed, whatever has been recorded since.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use approval::Books;
use approval::statistics::{Details, Lists, PersonLine, Persons, Statement, Window, stage_limits};
use store::Conn;
use store::behind::Among;
use store::board::ListedRow;
use store::codec::micros;
use store::event::EventRow;

use crate::engine::Engine;
use crate::error::EngineError;
use crate::execute::{load, replay};

/// Places of the list that are read at once.
const PAGE: i64 = 1000;
/// Cases that are looked for at once.
const PAGE_CASES: i64 = 1000;
/// Cases that are replayed at once.
const CASES_AT_ONCE: usize = 200;

impl Engine {
    /// What goes with a statement beyond its figures: of its period, in its division, as of its cut-off.
    ///
    /// # Errors
    /// The database's, or a history that doesn't hold.
    pub(crate) async fn details_in(
        &self,
        conn: &mut Conn,
        statement: &Statement,
    ) -> Result<Details, EngineError> {
        let division = self.division();
        let books = self.inner.library.books(conn, division).await?;
        let window = Window::new(&statement.period, &books.calendar, statement.cut_off);
        let mut lists = Lists::default();
        for id in listed(conn, division, &window).await? {
            let Some(row) = store::subject::get(conn, division, &id).await? else {
                continue;
            };
            let subject = load(conn, &self.inner, division, &id, &row.hash, &books).await?;
            lists.add(&subject, &window, &books);
        }
        let mut known: BTreeMap<String, String> = BTreeMap::new();
        for card in &mut lists.cards {
            let Some(appeal) = &card.appeal else { continue };
            let id = appeal.as_str();
            if !known.contains_key(id)
                && let Some(row) = store::subject::get(conn, division, id).await?
            {
                known.insert(id.to_owned(), row.state);
            }
            card.appeal_state = known.get(id).cloned();
        }
        lists.sort();
        Ok(Details {
            lists,
            persons: Vec::new(),
            stage_limits: stage_limits(statement, &books),
        })
    }

    /// The cases on which officials worked in a statement's period: those that ended in it, and those that were open at its
    /// end.
    ///
    /// # Errors
    /// The database's.
    pub(crate) async fn worked_on(
        &self,
        conn: &mut Conn,
        statement: &Statement,
    ) -> Result<WorkedOn, EngineError> {
        let books = self.inner.library.books(conn, self.division()).await?;
        let window = Window::new(&statement.period, &books.calendar, statement.cut_off);
        let mut cases = Vec::new();
        for step in [
            Worked::Ended,
            Worked::EndedBefore,
            Worked::OpenThen,
            Worked::OpenStill,
        ] {
            let mut after = (i64::MIN, String::new());
            loop {
                let rows = step.page(conn, self.division(), &window, &after).await?;
                let Some(last) = rows.last() else { break };
                after = (step.place_of(last), last.subject.clone());
                cases.extend(rows.into_iter().map(|row| (row.subject, row.seq)));
            }
        }
        Ok(WorkedOn {
            window,
            books,
            cases,
        })
    }

    /// What each official did to the cases, up to the events that were there when they were looked for.
    ///
    /// # Errors
    /// The database's, or a history that doesn't hold.
    pub(crate) async fn persons(&self, on: &WorkedOn) -> Result<Vec<PersonLine>, EngineError> {
        let mut persons = Persons::default();
        for cases in on.cases.chunks(CASES_AT_ONCE) {
            let known: BTreeMap<&str, i64> =
                cases.iter().map(|(id, seq)| (id.as_str(), *seq)).collect();
            let numbers: Vec<String> = cases.iter().map(|(id, _)| id.clone()).collect();
            let mut conn = self.store().read().await?;
            let events = store::event::of_subjects(&mut conn, self.division(), &numbers).await?;
            drop(conn);
            let was_there = |event: &EventRow| {
                let seq = known.get(event.subject.as_str());
                seq.is_some_and(|seq| event.seq <= *seq)
            };
            let events: Vec<EventRow> = events.into_iter().filter(was_there).collect();
            for history in events.chunk_by(|a, b| a.subject == b.subject) {
                let Some(first) = history.first() else {
                    continue;
                };
                let subject = replay(self.division(), &first.subject, history, &on.books)?;
                let counted = persons.add(&subject, &on.window, &on.books.calendar);
                counted.map_err(approval::Refusal::from)?;
            }
        }
        Ok(persons.lines(&on.books))
    }
}

/// The cases on which officials worked in a window, each with the number of its last event, as one look at the record found
/// them; and the books of then.
#[derive(Debug)]
pub(crate) struct WorkedOn {
    window: Window,
    books: Arc<Books>,
    cases: Vec<(String, i64)>,
}

/// The ways to find the cases on which work may have been done in a window. A case is found by one of them.
#[derive(Clone, Copy)]
enum Worked {
    /// Ended in it.
    Ended,
    /// Accepted in it, and ended before that, as another system says.
    EndedBefore,
    /// Open at its end, and ended since.
    OpenThen,
    /// Open at its end, and still so.
    OpenStill,
}

impl Worked {
    async fn page(
        self,
        conn: &mut Conn,
        division: &str,
        window: &Window,
        after: &(i64, String),
    ) -> Result<Vec<ListedRow>, EngineError> {
        let (from_us, to_us) = (micros(window.from), micros(window.to));
        let span_us = match self {
            Self::Ended | Self::EndedBefore => (from_us.max(after.0), to_us),
            Self::OpenThen | Self::OpenStill => (to_us, i64::MAX),
        };
        let among = Among {
            span_us,
            after: (after.0, &after.1),
            limit: PAGE_CASES,
            ..Among::default()
        };
        Ok(match self {
            Self::Ended => store::behind::ended(conn, division, &among, "any").await?,
            Self::EndedBefore => store::behind::ended_before(conn, division, &among).await?,
            Self::OpenThen => store::behind::open_then(conn, division, &among, None).await?,
            Self::OpenStill => store::behind::open_still(conn, division, &among, None).await?,
        })
    }

    /// The instant by which the way orders its rows.
    fn place_of(self, row: &ListedRow) -> i64 {
        match self {
            Self::Ended | Self::OpenThen => row.completed_at_us,
            Self::EndedBefore | Self::OpenStill => row.accepted_at_us,
        }
        .unwrap_or_default()
    }
}

/// The subjects to which something listed happened in the window, by their numbers.
async fn listed(
    conn: &mut Conn,
    division: &str,
    window: &Window,
) -> Result<BTreeSet<String>, EngineError> {
    let to_us = micros(window.to);
    let mut found = BTreeSet::new();
    for irregular in [false, true] {
        let mut after = (micros(window.from), String::new(), 0);
        loop {
            let place = (after.0, after.1.as_str(), after.2);
            let page = match irregular {
                false => store::listed::page(conn, division, place, to_us, PAGE).await?,
                true => store::listed::irregular(conn, division, place, to_us, PAGE).await?,
            };
            let Some(last) = page.last() else { break };
            after = (last.occurred_at_us, last.subject.clone(), last.seq);
            found.extend(page.into_iter().map(|row| row.subject));
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use approval::command::{Act, Command};
    use approval::ids::PersonCode;
    use approval::stage::Stage;
    use approval::statistics::Period;

    use super::*;
    use crate::clock::Clock;
    use crate::commands::Application;
    use crate::engine::Settings;
    use crate::reference;

    const UNITS: &str = "code,name,kind,vertical,hall\nGSJ,工商局,bureau,true,H01\n";
    const ITEMS: &str = "code,name,unit,kind,promised_amount,promised_unit,statutory_amount,statutory_unit,handling,review,approval,completion,basis,category\n\
GSJ-001,企业登记,GSJ,committed,7,working_days,10,working_days,3,2,1,1,行政许可法第四十二条,approval\n";
    const PEOPLE: &str = "code,name,unit,role,email,phone,posts,stand_in,stand_in_from,stand_in_to,stand_in_paper\n\
H1,张承办,GSJ,staff,h1@example.cn,,handling review,,,,\n";

    #[tokio::test]
    async fn what_people_did_is_told_as_of_the_look_at_the_record() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("one.db").display());
        let start = "2018-10-08T02:00:00Z".parse().unwrap();
        let settings = Settings {
            now: Some(start),
            ..Settings::default()
        };
        Engine::migrate(&url, &settings, false).await.unwrap();
        let clock = Clock::standing(start);
        let engine = Engine::open_at(&url, settings, clock).await.unwrap();
        reference::load_texts(&engine, UNITS, ITEMS, PEOPLE)
            .await
            .unwrap();
        let application = Application {
            item: "GSJ-001".to_owned(),
            applicant: "某某有限公司".to_owned(),
            ..Application::default()
        };
        let seen = engine.receive(application, Act::default()).await.unwrap();
        let case = seen.subject.id.to_string();
        let accept = engine.act(&case, Command::Accept, Act::default());
        accept.await.unwrap();
        let complete = async |stage| {
            let command = Command::Complete {
                stage,
                outcome: None,
                reason: None,
                document: None,
            };
            let act = Act {
                by: Some(PersonCode::from("H1")),
                ..Act::default()
            };
            engine.act(&case, command, act).await.unwrap();
        };
        complete(Stage::Handling).await;
        let month = Period::parse("2018-10").unwrap();
        let statement = engine.statement(&month).await.unwrap();
        let mut conn = engine.store().snapshot().await.unwrap();
        let on = engine.worked_on(&mut conn, &statement).await.unwrap();
        drop(conn);
        complete(Stage::Review).await;
        let visits = async |on: &WorkedOn| {
            let persons = engine.persons(on).await.unwrap();
            persons.iter().map(|line| line.figures.visits).sum::<u64>()
        };
        assert_eq!(visits(&on).await, 1, "the second visit ended afterwards");
        let mut conn = engine.store().snapshot().await.unwrap();
        let on = engine.worked_on(&mut conn, &statement).await.unwrap();
        drop(conn);
        assert_eq!(visits(&on).await, 2);
    }
}
