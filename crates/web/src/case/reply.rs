//! A unit's reply to a supervision order, with files.

use approval::people::Person;
use approval::{Command, rights};
use axum::Router;
use axum::extract::{DefaultBodyLimit, Path, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::post;

use super::acts;
use super::form::ActForm;
use crate::files::{self, Sent};
use crate::page::PageError;
use crate::site::Site;
use crate::visitor::Here;

/// The word of the act.
pub(super) const ACT: &str = "reply_order";
/// The end of the address that takes it.
pub(super) const TO: &str = "reply";

pub(super) fn routes() -> Router<Site> {
    let limit = DefaultBodyLimit::max(files::FORM_BYTES_MAX);
    Router::new().route("/case/{number}/reply", post(reply).layer(limit))
}

/// Replies. Refused, the page comes back with all that was typed; the files are chosen again.
async fn reply(
    State(site): State<Site>,
    visitor: Here,
    Path(number): Path<String>,
    request: Request,
) -> Result<Response, PageError> {
    let t = visitor.texts;
    let record = super::record(&site, &visitor, &number).await?;
    let seen = &record.seen;
    let person = visitor.desk()?;
    seen.subject.order().ok_or(PageError::NotFound)?;
    let command = Command::ReplyOrder {
        text: String::new(),
    };
    let may = |p: &Person| rights::may(p, &seen.subject, &command, &seen.books).is_ok();
    // Of whoever may not, nothing is read; the engine says why.
    let reads = may(person) || visitor.stood_for().any(may);
    let sent = if reads {
        Sent::of(request).await
    } else {
        Sent::default()
    };
    let form = ActForm {
        act: ACT.to_owned(),
        ..ActForm::beside(&sent)
    };
    // What wasn't read says nothing of what its writer saw.
    let seen_seq = if reads { form.seq } else { i64::MAX };
    let read = match sent.mistake(t) {
        Some(mistake) => Err(mistake),
        None => form
            .by(t, &person.code, &visitor.books.calendar)
            .map_err(|mistake| mistake.0),
    };
    let by = match read {
        Ok(by) => by,
        Err(told) => {
            let error = (StatusCode::UNPROCESSABLE_ENTITY, told);
            return super::page(&site, &visitor, &record, form, Some(error)).await;
        }
    };
    let replied = site
        .engine
        .reply_order((&number, seen_seq), &form.reason, sent.files, by)
        .await;
    match replied {
        Ok(_) => Ok(Redirect::to(&format!("/case/{number}?done={ACT}")).into_response()),
        Err(error) if error.is_refusal() => {
            acts::refused(&site, &visitor, &number, form, &error).await
        }
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests;
