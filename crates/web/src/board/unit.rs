//! Behind a lamp: everything of a unit that is open and has a warning that stands.

use approval::ids::UnitCode;
use approval::rule::Level;
use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;

use crate::frame::Frame;
use crate::listed::{self, Row};
use crate::page::{PageError, draw};
use crate::site::Site;
use crate::texts::Texts;
use crate::visitor::Here;

/// Rows on the page; a unit with more than that has another trouble than a list.
const ROWS: i64 = 500;

#[derive(Template)]
#[template(path = "board_unit.html")]
struct UnitPage {
    f: Frame,
    t: Texts,
    name: String,
    rows: Vec<Row>,
}

pub(super) async fn show(
    State(site): State<Site>,
    visitor: Here,
    Path(code): Path<String>,
) -> Result<Response, PageError> {
    visitor.supervises()?;
    let t = visitor.texts;
    let unit = visitor.books.directory.unit(&UnitCode::new(code));
    let unit = unit.ok_or(PageError::NotFound)?;
    let mut found = site.engine.lit(unit.code.as_str(), ROWS).await?;
    // The worst first, and among equals as they came: by date.
    found.sort_by_key(|row| {
        let level = row.highest_level.as_deref().and_then(Level::parse);
        std::cmp::Reverse(level)
    });
    let page = UnitPage {
        f: Frame::of(&site, &visitor, &unit.name),
        t,
        name: unit.name.clone(),
        rows: listed::rows(&visitor, &found),
    };
    draw(&page)
}
