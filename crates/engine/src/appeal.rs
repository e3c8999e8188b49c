//! Appeals: filing one against a card, and what an answer or a fallen card does to the other subject, always in one
//! transaction.

use std::sync::Arc;

use approval::books::Books;
use approval::command::{Act, Command, Opening, Origin};
use approval::event::RevokedOn;
use approval::ids::SubjectId;
use approval::message::RevocationRequest;
use approval::warning::WarningState;
use approval::{Subject, Work};
use store::Conn;
use store::subject::{Seen as SeenRow, SubjectRow};

use crate::attachments::{self, CheckedFiles, Upload};
use crate::commands::{Seen, begin_numbered, transact};
use crate::engine::{Engine, Inner};
use crate::error::EngineError;
use crate::execute::{Numbers, Telling, execute, free_number, load};

impl Engine {
    /// Files a unit's appeal (申诉) against a card of a case or an order, and gives it a number. The card is marked in
    /// the same transaction, so that it is appealed once.
    ///
    /// # Errors
    /// A file that isn't taken; a refusal of the core: no such issued card, a notice, appealed already, too late, somebody of another unit, no
    /// grounds; an unknown number; the database's.
    pub async fn file_appeal(
        &self,
        subject: &str,
        warning: i64,
        grounds: &str,
        files: Vec<Upload>,
        act: Act,
    ) -> Result<Seen, EngineError> {
        let files = attachments::check(files)?;
        let inner = Arc::clone(&self.inner);
        let filing = Filing {
            subject: subject.to_owned(),
            warning,
            grounds: grounds.to_owned(),
            files,
            act,
        };
        let filing = Arc::new(filing);
        let done = self
            .inner
            .store
            .write(move |conn| {
                let inner = Arc::clone(&inner);
                let filing = Arc::clone(&filing);
                Box::pin(async move { file(conn, &inner, &filing).await })
            })
            .await;
        self.tell_recorded(done.is_ok());
        done
    }
}

/// What a unit hands in.
struct Filing {
    subject: String,
    warning: i64,
    grounds: String,
    files: CheckedFiles,
    act: Act,
}

async fn file(conn: &mut Conn, inner: &Inner, filing: &Filing) -> Result<Seen, EngineError> {
    let (subject, warning, act) = (&filing.subject, filing.warning, &filing.act);
    let division = &inner.settings.division;
    let now = inner.clock.now();
    let mut card = None;
    let look = |work: &mut Work<'_>| {
        work.settle()?;
        card = Some(work.appealed_card(warning)?);
        Ok(())
    };
    let (_, books) = transact(conn, inner, division, subject, now, Telling::Tell, look).await?;
    let card = card.ok_or_else(|| EngineError::NotFound {
        subject: subject.to_owned(),
    })?;
    // A refused appeal takes no number: all of this is undone then.
    let unit = card.unit.as_str();
    let at = act.at.unwrap_or(now);
    let number = free_number(conn, &books, unit, at, Numbers::Appeal).await?;
    let mark = |work: &mut Work<'_>| {
        let appeal = SubjectId::new(number.clone());
        work.act(Command::AppealWarning { warning, appeal }, act)?;
        work.settle()?;
        Ok(())
    };
    transact(conn, inner, division, subject, now, Telling::Tell, mark).await?;
    let files = &filing.files;
    let unit = card.unit.as_str();
    let attachments = files.put(conn, &books, &number, unit, act, now).await?;
    let opening = Opening::FileAppeal {
        card: card.clone(),
        grounds: filing.grounds.clone(),
        attachments: attachments.clone(),
    };
    let begun = begin_numbered(conn, inner, &books, number.clone(), &opening, act, None).await?;
    // Its filing is the first event.
    attachments::bind(conn, inner, &number, 1, &attachments).await?;
    Ok(begun)
}

/// Takes up another subject in a transaction that is under way: under the calendar in force, its alarms taken.
async fn take_up<'b>(
    conn: &mut Conn,
    inner: &Inner,
    books: &'b Books,
    row: &SubjectRow,
) -> Result<Work<'b>, EngineError> {
    let subject = load(conn, inner, &row.division, &row.subject, &row.hash, books).await?;
    let mut work = Work::resume(Subject::clone(&subject), books, inner.clock.now());
    if row.calendar_version != books.calendar.version() {
        work.revise_calendar(&row.calendar_version)?;
    }
    work.settle()?;
    Ok(work)
}

/// Closes the open appeals against cards that have fallen, in the same transaction.
pub(crate) async fn close_appeals(
    conn: &mut Conn,
    inner: &Inner,
    books: &Books,
    fallen: &[(SubjectId, WarningState)],
    telling: Telling,
) -> Result<u64, EngineError> {
    let division = books.division.as_str();
    let mut items = 0;
    for (appeal, card) in fallen {
        let row = store::subject::get(conn, division, appeal.as_str()).await?;
        let Some(row) = row.filter(|row| row.completed_at_us.is_none()) else {
            continue;
        };
        let mut work = take_up(conn, inner, books, &row).await?;
        work.act(Command::LapseAppeal { card: *card }, &Act::program())?;
        let (plan, seen) = (work.finish(), SeenRow::of(&row));
        let written = execute(conn, inner, books, plan, Some(&seen), None, telling);
        items += Box::pin(written).await?.items;
    }
    Ok(items)
}

/// Takes away the cards that answers to appeals revoke, in the same transaction.
pub(crate) async fn revoke_cards(
    conn: &mut Conn,
    inner: &Inner,
    books: &Books,
    requests: &[RevocationRequest],
    telling: Telling,
) -> Result<u64, EngineError> {
    let division = books.division.as_str();
    let mut items = 0;
    for request in requests {
        let number = request.subject.as_str();
        let row = store::subject::get(conn, division, number)
            .await?
            .ok_or_else(|| EngineError::NotFound {
                subject: number.to_owned(),
            })?;
        let mut work = take_up(conn, inner, books, &row).await?;
        let mut cards = work.subject().track.warnings.iter();
        // A calendar that came in between may have taken the card away already.
        if cards.any(|w| w.seq == request.warning && w.is_live()) {
            let command = Command::RevokeOn {
                warning: request.warning,
                reason: request.reason.clone(),
                on: RevokedOn::Appeal(request.appeal.clone()),
            };
            // Whoever may answer the appeal takes the card away by it.
            let act = Act {
                origin: Origin::Program,
                source_key: None,
                ..request.act.clone()
            };
            work.act(command, &act)?;
            work.settle()?;
        }
        let (plan, seen) = (work.finish(), SeenRow::of(&row));
        if plan.is_empty() {
            continue;
        }
        let written = execute(conn, inner, books, plan, Some(&seen), None, telling);
        items += Box::pin(written).await?.items;
    }
    Ok(items)
}
