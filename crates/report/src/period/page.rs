//! The report as one page that stands for itself: no script, no file beside it, pictures drawn in it; it prints on A4.

use askama::Template;

use super::document::{Document, document};
use super::{Report, ReportError};

#[derive(Template)]
#[template(path = "period.html")]
struct Page<'a> {
    d: &'a Document,
    language: &'static str,
}

/// The page.
pub(super) fn page(report: &Report<'_>) -> Result<String, ReportError> {
    let document = document(report)?;
    let page = Page {
        d: &document,
        language: document.language.tag(),
    };
    Ok(page.render()?)
}
