//! Commands: each one transaction, each settles its subject's alarms first (invariant 7).

use std::sync::Arc;

use approval::books::Books;
use approval::command::{Act, Command, Opening};
use approval::identity::IdNumber;
use approval::ids::{DivisionCode, ItemCode, SubjectId, UnitCode};
use approval::{Subject, Work};
use chrono::{DateTime, Utc};
use store::Conn;
use store::subject::SubjectRow;

use crate::engine::{Engine, Inner};
use crate::error::EngineError;
use crate::execute::{Numbers, Telling, Written, execute, free_number, load, refresh};
use crate::library::BOOKS_EDITION;

/// How many query passwords there are: all of six digits.
const QUERY_PASSWORDS: u64 = 1_000_000;
/// Bytes of chance in one: so many more than the passwords that none is likelier than another by more than 10^-13.
const QUERY_PASSWORD_CHANCE_BYTES: usize = 8;

/// A subject with the books it was decided by and the instant of the look.
#[derive(Clone, Debug)]
pub struct Seen {
    /// The subject.
    pub subject: Arc<Subject>,
    /// The hash of its last event.
    pub hash: String,
    /// The books.
    pub books: Arc<Books>,
    /// The instant.
    pub now: DateTime<Utc>,
}

/// An application as a clerk takes it.
#[derive(Clone, Debug, Default)]
pub struct Application {
    /// The item's code.
    pub item: String,
    /// The applicant's name.
    pub applicant: String,
    /// The applicant's ID number or credit code.
    pub id_number: Option<String>,
    /// Everything that is missing.
    pub missing: Vec<String>,
    /// Whom to ask about it, if that is somebody else.
    pub contact: Option<String>,
    /// Where a call reaches the applicant.
    pub phone: Option<String>,
}

impl Application {
    /// The personal data of the receipt: apart from the chain, erased with the applicant's other data. With the query
    /// password, which the receipt shows and nothing else does, the applicant asks after the case.
    fn personal(&self) -> Result<String, EngineError> {
        let password = query_password()?;
        let data = [
            ("applicant", Some(&self.applicant)),
            ("id_number", self.id_number.as_ref()),
            ("contact", self.contact.as_ref()),
            ("phone", self.phone.as_ref()),
            ("query_password", Some(&password)),
        ];
        let given = data
            .into_iter()
            .filter_map(|(key, value)| Some((key.to_owned(), value?.as_str().into())));
        Ok(serde_json::Value::Object(given.collect()).to_string())
    }
}

/// Six digits, as the exchange standards have them (PROJPWD).
fn query_password() -> Result<String, EngineError> {
    let chance = store::chain::new_salt()?;
    let number = chance
        .iter()
        .take(QUERY_PASSWORD_CHANCE_BYTES)
        .fold(0_u64, |number, byte| (number << 8) | u64::from(*byte));
    Ok(format!("{:06}", number % QUERY_PASSWORDS))
}

impl Application {
    /// The opening of its case, and the personal data that stand apart from it.
    pub(crate) fn opening(self) -> Result<(Opening, String), EngineError> {
        if self.applicant.trim().is_empty() {
            return Err(EngineError::invalid(
                "empty",
                "申请人不能为空,请填写姓名或单位名称 / the applicant is empty",
            ));
        }
        check_id(self.id_number.as_deref())?;
        let personal = self.personal()?;
        let opening = Opening::Receive {
            item: ItemCode::new(self.item),
            missing: self.missing,
            given_limit: None,
            source: None,
            unit: None,
        };
        Ok((opening, personal))
    }
}

impl Engine {
    /// Receives an application and gives it a number.
    ///
    /// # Errors
    /// A refusal of the core, a wrong ID number, an empty name; the database's.
    pub async fn receive(&self, application: Application, act: Act) -> Result<Seen, EngineError> {
        let (opening, personal) = application.opening()?;
        self.open_subject(opening, act, Some(personal)).await
    }

    /// Issues a supervision order.
    ///
    /// # Errors
    /// A refusal of the core; the database's.
    pub async fn issue_order(
        &self,
        unit: &str,
        text: &str,
        term: calendar::Term,
        about: Option<&str>,
        act: Act,
    ) -> Result<Seen, EngineError> {
        if let Some(case) = about {
            self.look(case).await?;
        }
        let opening = Opening::IssueOrder {
            unit: UnitCode::new(unit),
            text: text.to_owned(),
            term,
            about: about.map(SubjectId::new),
            warning: None,
        };
        self.open_subject(opening, act, None).await
    }

    async fn open_subject(
        &self,
        opening: Opening,
        act: Act,
        personal: Option<String>,
    ) -> Result<Seen, EngineError> {
        let inner = Arc::clone(&self.inner);
        let request = Arc::new((opening, act, personal));
        let done = self
            .inner
            .store
            .write(move |conn| {
                let inner = Arc::clone(&inner);
                let request = Arc::clone(&request);
                Box::pin(async move {
                    let (opening, act, personal) = &*request;
                    begin(conn, &inner, opening, act, personal.as_deref()).await
                })
            })
            .await;
        self.tell_recorded(done.is_ok());
        done
    }

    /// Does one act on a subject.
    ///
    /// # Errors
    /// A refusal of the core, an unknown number; the database's.
    pub async fn act(
        &self,
        subject: &str,
        command: Command,
        act: Act,
    ) -> Result<Seen, EngineError> {
        self.act_seen(subject, i64::MAX, command, act).await
    }

    /// The same for somebody who saw the subject up to an event: if a person has done something since, he is told
    /// instead. What the program did since, a card raised in time, changes nothing about the act.
    ///
    /// # Errors
    /// As [`Engine::act`]; `changed_meanwhile`.
    pub async fn act_seen(
        &self,
        subject: &str,
        seen_seq: i64,
        command: Command,
        act: Act,
    ) -> Result<Seen, EngineError> {
        let inner = Arc::clone(&self.inner);
        let request = Arc::new((subject.to_owned(), seen_seq, command, act));
        let done = self
            .inner
            .store
            .write(move |conn| {
                let inner = Arc::clone(&inner);
                let request = Arc::clone(&request);
                Box::pin(async move {
                    let (subject, seen_seq, command, act) = &*request;
                    go_on(conn, &inner, (subject, *seen_seq), command, act).await
                })
            })
            .await;
        self.tell_recorded(done.is_ok());
        done
    }
}

/// Whether nobody has done anything since an event.
pub(crate) fn unchanged_since(subject: &Subject, seen_seq: i64) -> Result<(), EngineError> {
    let mut later = subject.history.iter().rev().filter(|e| e.seq > seen_seq);
    let Some(other) = later.find(|e| e.by.is_some()) else {
        return Ok(());
    };
    let by = other.by.as_ref().map_or("", |by| by.as_str());
    Err(EngineError::invalid(
        "changed_meanwhile",
        format!(
            "本件刚由 {by} 办理(第 {} 号记录),请看过现在的情况再提交 / {by} has just recorded event {}: look at the case as it is now",
            other.seq, other.seq
        ),
    ))
}

/// Checks a number by its own check characters; the message never repeats it.
///
/// # Errors
/// What is wrong with it.
pub fn check_id(number: Option<&str>) -> Result<(), EngineError> {
    let Some(number) = number.filter(|n| !n.trim().is_empty()) else {
        return Ok(());
    };
    IdNumber::parse(number)
        .map(|_| ())
        .map_err(|e| EngineError::invalid("bad_id", format!("{} / {e}", e.message_zh())))
}

pub(crate) async fn row_of(
    conn: &mut Conn,
    division: &str,
    subject: &str,
) -> Result<SubjectRow, EngineError> {
    store::subject::get(conn, division, subject)
        .await?
        .ok_or_else(|| not_found(subject))
}

pub(crate) fn not_found(subject: &str) -> EngineError {
    EngineError::NotFound {
        subject: subject.to_owned(),
    }
}

/// Does one act on a subject that exists, within the caller's transaction.
pub(crate) async fn go_on(
    conn: &mut Conn,
    inner: &Inner,
    (subject, seen_seq): (&str, i64),
    command: &Command,
    act: &Act,
) -> Result<Seen, EngineError> {
    let division = inner.settings.division.as_str();
    let now = inner.clock.now();
    let work = |work: &mut Work<'_>| {
        unchanged_since(work.subject(), seen_seq)?;
        work.settle()?;
        work.act(command.clone(), act)?;
        work.settle()?;
        Ok(())
    };
    let (written, books) =
        transact(conn, inner, division, subject, now, Telling::Tell, work).await?;
    Ok(Seen {
        subject: written.subject,
        hash: written.hash,
        books,
        now,
    })
}

/// Begins a subject, within the caller's transaction.
pub(crate) async fn begin(
    conn: &mut Conn,
    inner: &Inner,
    opening: &Opening,
    act: &Act,
    personal: Option<&str>,
) -> Result<Seen, EngineError> {
    let now = inner.clock.now();
    let books = inner.library.books(conn, &inner.settings.division).await?;
    let at = act.at.unwrap_or(now);
    let id = match opening {
        Opening::Receive { item, unit, .. } => {
            let unit = match unit {
                Some(unit) => unit.clone(),
                None => books.item_in_force(item, at)?.unit.clone(),
            };
            free_number(conn, &books, unit.as_str(), at, Numbers::Case).await?
        }
        Opening::IssueOrder { unit, .. } => {
            free_number(conn, &books, unit.as_str(), at, Numbers::Order).await?
        }
        Opening::FileAppeal { card, .. } => {
            free_number(conn, &books, card.unit.as_str(), at, Numbers::Appeal).await?
        }
    };
    begin_numbered(conn, inner, &books, id, opening, act, personal).await
}

/// Begins a subject under a number that was taken for it.
pub(crate) async fn begin_numbered(
    conn: &mut Conn,
    inner: &Inner,
    books: &Arc<Books>,
    id: String,
    opening: &Opening,
    act: &Act,
    personal: Option<&str>,
) -> Result<Seen, EngineError> {
    let now = inner.clock.now();
    let mut work = Work::begin(
        DivisionCode::new(inner.settings.division.clone()),
        SubjectId::new(id),
        opening.clone(),
        act,
        books,
        now,
    )?;
    work.settle()?;
    let plan = work.finish();
    let written = execute(conn, inner, books, plan, None, personal, Telling::Tell).await?;
    Ok(Seen {
        subject: written.subject,
        hash: written.hash,
        books: Arc::clone(books),
        now,
    })
}

/// Loads a subject, lets `work` decide, writes what it planned.
pub(crate) async fn transact(
    conn: &mut Conn,
    inner: &Inner,
    division: &str,
    subject: &str,
    now: DateTime<Utc>,
    telling: Telling,
    work: impl FnOnce(&mut Work<'_>) -> Result<(), EngineError>,
) -> Result<(Written, Arc<Books>), EngineError> {
    let head = store::subject::head(conn, division, subject, BOOKS_EDITION)
        .await?
        .ok_or_else(|| not_found(subject))?;
    let edition = head.meta.unwrap_or_default();
    let books = inner.library.edition(conn, division, edition).await?;
    let seen = head.seen;
    let loaded = load(conn, inner, division, subject, &seen.hash, &books).await?;
    let mut at_work = Work::resume(Subject::clone(&loaded), &books, now);
    if head.calendar_version != books.calendar.version() {
        // A revision that hasn't come to this subject yet: the command brings it up to date first.
        at_work.revise_calendar(&head.calendar_version)?;
    }
    work(&mut at_work)?;
    let plan = at_work.finish();
    if plan.is_empty() {
        if head.calendar_version != books.calendar.version() {
            // No date moved, but a threshold may have.
            refresh(conn, &plan, &seen, &books).await?;
        }
        let unchanged = Written {
            subject: loaded,
            hash: seen.hash,
            items: 0,
        };
        return Ok((unchanged, books));
    }
    let written = execute(conn, inner, &books, plan, Some(&seen), None, telling).await?;
    Ok((written, books))
}
