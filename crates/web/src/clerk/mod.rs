//! The clerk's desk: registering, and what goes with it.
//!
//! Suggested reading order: `register` (the form and what it leads to), `typed` (what is typed), `id` (a number is
//! checked while it is typed), `papers` (what the applicant gets),
//! `batch` (many at once), `why` (a limit's count).

pub(crate) mod batch;
mod id;
pub(crate) mod papers;
pub(crate) mod register;
mod typed;
mod why;

use axum::Router;

use crate::site::Site;

pub(crate) fn routes() -> Router<Site> {
    Router::new()
        .merge(register::routes())
        .merge(id::routes())
        .merge(papers::routes())
        .merge(batch::routes())
        .merge(why::routes())
}
