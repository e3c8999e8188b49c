//! A unit's objection to a card, filed on the card's page; and what the card's page says of it.

use approval::appeal::Appeal;
use approval::people::Person;
use approval::rule::Level;
use approval::warning::{Warning, WarningState};
use approval::{Command, Subject, Work, rights};
use axum::Router;
use axum::extract::{DefaultBodyLimit, Path, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::post;
use engine::Seen;

use super::{found, page, refused};
use crate::case;
use crate::case::form::ActForm;
use crate::files::{self, Sent};
use crate::page::PageError;
use crate::shown::{self, Limit};
use crate::site::Site;
use crate::texts::Texts;
use crate::visitor::{Here, Visitor};

/// The word of the act.
const ACT: &str = "file_appeal";

pub(super) fn routes() -> Router<Site> {
    let limit = DefaultBodyLimit::max(files::FORM_BYTES_MAX);
    Router::new().route(
        "/case/{number}/warning/{seq}/appeal",
        post(file).layer(limit),
    )
}

/// What the visitor needs to know before he appeals.
pub(super) struct Offer {
    pub(super) until: Limit,
    /// For whom: empty, for himself.
    pub(super) stand_ins: Vec<(String, String)>,
    pub(super) hint: String,
}

/// The appeal against a card, as the card's page tells of it.
pub(super) struct Shown {
    pub(super) number: String,
    pub(super) state: String,
    pub(super) limit: Option<Limit>,
    /// What was answered.
    pub(super) answer: Option<String>,
}

/// The visitor himself and those for whom he stands in, as far as they may appeal against a card.
fn appellants<'v>(visitor: &'v Visitor, seen: &Seen, warning: i64) -> Vec<&'v Person> {
    let command = Command::AppealWarning {
        warning,
        appeal: seen.subject.id.clone(),
    };
    let own = visitor.person.iter().chain(visitor.stood_for());
    own.filter(|p| rights::may(p, &seen.subject, &command, &seen.books).is_ok())
        .collect()
}

/// Whether a card can be appealed against now, whoever asks.
pub(crate) fn open_to_appeal(seen: &Seen, warning: i64) -> bool {
    let work = Work::resume(Subject::clone(&seen.subject), &seen.books, seen.now);
    work.appealed_card(warning).is_ok()
}

/// Until when a card can be appealed against: one that was issued, against which there is no appeal yet.
pub(crate) fn until(t: Texts, seen: &Seen, warning: &Warning) -> Option<Limit> {
    let card = warning.state == WarningState::Issued && warning.level() != Level::Notice;
    if !card || warning.appeal.is_some() || seen.subject.appeal().is_some() {
        return None;
    }
    let work = Work::resume(Subject::clone(&seen.subject), &seen.books, seen.now);
    let due = work.appeal_until(warning).ok()??;
    let calendar = &seen.books.calendar;
    Some(shown::of_due(t.language(), calendar, due, seen.now))
}

/// What is offered to the unit's people within the term.
pub(super) fn offer(visitor: &Visitor, seen: &Seen, warning: &Warning) -> Option<Offer> {
    let t = visitor.texts;
    let appellants = appellants(visitor, seen, warning.seq);
    if appellants.is_empty() || !open_to_appeal(seen, warning.seq) {
        return None;
    }
    let own = visitor.person.as_ref().map(|p| &p.code);
    let stand_ins: Vec<(String, String)> = appellants
        .iter()
        .map(|p| {
            if Some(&p.code) == own {
                (String::new(), p.name.clone())
            } else {
                (p.code.as_str().to_owned(), t.one("form.for", &p.name))
            }
        })
        .collect();
    let himself = stand_ins.len() == 1 && stand_ins.iter().all(|(code, _)| code.is_empty());
    Some(Offer {
        until: until(t, seen, warning)?,
        stand_ins: if himself { Vec::new() } else { stand_ins },
        hint: files::hint(t),
    })
}

/// The appeal against a card.
pub(super) async fn shown(
    site: &Site,
    visitor: &Visitor,
    warning: &Warning,
) -> Result<Option<Shown>, PageError> {
    let t = visitor.texts;
    let Some(number) = &warning.appeal else {
        return Ok(None);
    };
    let seen = site.engine.look(number.as_str()).await?;
    let Some(appeal) = seen.subject.appeal() else {
        return Ok(None);
    };
    Ok(Some(Shown {
        number: number.as_str().to_owned(),
        state: t.word("state", appeal.phase.as_str()).to_owned(),
        limit: limit(t, &seen, appeal),
        answer: appeal.reason.clone(),
    }))
}

/// How long the answer may still take.
fn limit(t: Texts, seen: &Seen, appeal: &Appeal) -> Option<Limit> {
    let clock = seen.subject.track.clock(appeal.clock());
    let clock = clock.filter(|c| c.ended_at.is_none())?;
    let calendar = &seen.books.calendar;
    Some(shown::limit(t.language(), calendar, clock, seen.now))
}

/// Files an appeal. Refused, the card's page comes back with all that was typed; the files are chosen again.
async fn file(
    State(site): State<Site>,
    visitor: Here,
    Path((number, seq)): Path<(String, i64)>,
    request: Request,
) -> Result<Response, PageError> {
    let t = visitor.texts;
    let seen = case::seen(&site, &visitor, &number).await?;
    found(&seen, seq)?;
    let person = visitor.desk()?;
    // Of whoever may not, nothing is read; the engine says why.
    let sent = if appellants(&visitor, &seen, seq).is_empty() {
        Sent::default()
    } else {
        Sent::of(request).await
    };
    let form = ActForm {
        act: ACT.to_owned(),
        ..ActForm::beside(&sent)
    };
    let read = match sent.mistake(t) {
        Some(mistake) => Err(mistake),
        None => form
            .by(t, &person.code, &visitor.books.calendar)
            .map_err(|mistake| mistake.0),
    };
    let by = match read {
        Ok(by) => by,
        Err(told) => {
            let error = Some((StatusCode::UNPROCESSABLE_ENTITY, told));
            return page(&site, &visitor, &seen, seq, (&form, error)).await;
        }
    };
    let filed = site
        .engine
        .file_appeal(&number, seq, &form.reason, sent.files, by)
        .await;
    match filed {
        Ok(filed) => {
            let to = format!("/case/{}?done={ACT}", filed.subject.id.as_str());
            Ok(Redirect::to(&to).into_response())
        }
        Err(error) if error.is_refusal() => {
            refused(&site, &visitor, (&number, seq), &form, &error).await
        }
        Err(error) => Err(error.into()),
    }
}
