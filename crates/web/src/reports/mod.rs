//! The report of any period in the browser: figures with what they were before, each a door to the cases that it counts,
//! and the same figures as files.
//!
//! Suggested reading order: `reach` (who may see what), `kept` (how a period is counted once), `view` (a period, and the
//! part of the division that is looked at), `lines`, `tables` and `revisions` (what is told of it), `period` (the page), `cases` (what
//! stands behind a number), `choose`, `download`.

mod cases;
mod choose;
mod download;
mod kept;
mod lines;
mod period;
mod pictures;
mod reach;
mod revisions;
mod summary;
mod tables;
#[cfg(test)]
mod tests;
mod view;

use axum::Router;
use axum::routing::get;

use crate::site::Site;

pub(crate) use kept::Kept;
pub(crate) use reach::may;

/// Where a period is chosen.
pub(crate) const PATH: &str = "/reports";

pub(crate) fn routes() -> Router<Site> {
    Router::new()
        .route(PATH, get(choose::show))
        .route("/reports/{period}", get(period::division))
        .route("/reports/{period}/unit/{unit}", get(period::unit))
        .route(
            "/reports/{period}/unit/{unit}/item/{item}",
            get(period::item),
        )
        .route("/reports/{period}/cases", get(cases::show))
        .route("/reports/{period}/file/{name}", get(download::division))
        .route(
            "/reports/{period}/unit/{unit}/file/{name}",
            get(download::unit),
        )
}

/// Fewer cases than this aren't compared; the page says so.
pub(crate) const fn cases_min() -> u64 {
    approval::statistics::CASES_MIN
}
