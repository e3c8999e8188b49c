//! Items: the list, and one item with its versions and the cases that run under each.

use std::collections::BTreeMap;

use approval::ids::ItemCode;
use askama::Template;
use axum::Router;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use axum::routing::get;
use engine::accounts::AccountRole;
use notify::words;
use store::codec::instant;
use store::reference::ItemRow;

use super::{Sought, only};
use crate::frame::Frame;
use crate::page::{PageError, draw};
use crate::site::Site;
use crate::texts::Texts;
use crate::todo::unit_name;
use crate::visitor::{Here, Visitor};

pub(super) fn routes() -> Router<Site> {
    Router::new()
        .route("/admin/items", get(list))
        .route("/admin/items/{code}", get(page))
}

/// A version of an item as it is shown.
struct Line {
    code: String,
    segment: String,
    version: i64,
    since: String,
    name: String,
    unit: String,
    kind: String,
    promised: String,
    statutory: String,
    /// The stages' limits, in the order of the stages.
    stages: String,
    basis: String,
    /// What an application must contain.
    materials: Vec<String>,
    /// Cases that run under it.
    running: i64,
}

fn line(visitor: &Visitor, row: &ItemRow, running: i64) -> Line {
    let t = visitor.texts;
    let zone = visitor.books.calendar.zone();
    let term = |amount: i64, unit: &str| t.one(&format!("term_of.{unit}"), amount);
    let stages = [row.handling, row.review, row.approval, row.completion];
    let stages = stages.map(|days| days.map_or_else(|| "–".to_owned(), |days| days.to_string()));
    let statutory = row.statutory_amount.zip(row.statutory_unit.as_deref());
    Line {
        code: row.item.clone(),
        segment: form_urlencoded::byte_serialize(row.item.as_bytes()).collect(),
        version: row.version,
        since: words::moment(t.language(), instant(row.valid_from_us), zone),
        name: row.name.clone(),
        unit: unit_name(visitor, &row.unit),
        kind: t.word("item_kind", &row.kind).to_owned(),
        promised: term(row.promised_amount, &row.promised_unit),
        statutory: statutory.map_or_else(String::new, |(amount, unit)| term(amount, unit)),
        stages: stages.join(" / "),
        basis: row.basis.clone(),
        materials: materials(visitor, row),
        running,
    }
}

fn materials(visitor: &Visitor, row: &ItemRow) -> Vec<String> {
    let code = ItemCode::new(row.item.clone());
    let item = visitor.books.item_version(&code, row.version);
    item.map_or_else(|_| Vec::new(), |item| item.materials.clone())
}

#[derive(Template)]
#[template(path = "admin/items.html")]
struct ItemsPage {
    f: Frame,
    t: Texts,
    sought: Sought,
    total: usize,
    lines: Vec<Line>,
    next: Option<String>,
}

async fn rows(site: &Site) -> Result<Vec<ItemRow>, PageError> {
    let mut conn = site.engine.store().read().await?;
    Ok(store::reference::items(&mut conn, site.engine.division()).await?)
}

async fn list(
    State(site): State<Site>,
    visitor: Here,
    Query(sought): Query<Sought>,
) -> Result<Response, PageError> {
    only(&visitor, AccountRole::System)?;
    let t = visitor.texts;
    // Versions come oldest first; the newest of each item stays.
    let newest: BTreeMap<String, ItemRow> = rows(&site)
        .await?
        .into_iter()
        .map(|row| (row.item.clone(), row))
        .collect();
    let mut rows: Vec<ItemRow> = newest.into_values().collect();
    rows.retain(|row| {
        let unit = unit_name(&visitor, &row.unit);
        sought.fits(&[&row.item, &row.name, &row.unit, &unit])
    });
    let total = rows.len();
    let next = sought.page(&mut rows, |row| &row.item);
    draw(&ItemsPage {
        f: Frame::of(&site, &visitor, t.say("items.title")),
        t,
        sought,
        total,
        lines: rows.iter().map(|row| line(&visitor, row, 0)).collect(),
        next,
    })
}

#[derive(Template)]
#[template(path = "admin/item.html")]
struct ItemPage {
    f: Frame,
    t: Texts,
    code: String,
    name: String,
    versions: Vec<Line>,
}

async fn page(
    State(site): State<Site>,
    visitor: Here,
    Path(code): Path<String>,
) -> Result<Response, PageError> {
    only(&visitor, AccountRole::System)?;
    let t = visitor.texts;
    let mut rows = rows(&site).await?;
    rows.retain(|row| row.item == code);
    let newest = rows.last().ok_or(PageError::NotFound)?;
    let title = format!("{} {}", newest.item, newest.name);
    let name = newest.name.clone();
    // An item may have gone from one unit to another; its cases stayed where they were received.
    let mut units: Vec<&str> = rows.iter().map(|row| row.unit.as_str()).collect();
    units.sort_unstable();
    units.dedup();
    let mut running: BTreeMap<i64, i64> = BTreeMap::new();
    let mut conn = site.engine.store().read().await?;
    for unit in units {
        let found = store::reference::running(&mut conn, site.engine.division(), unit).await?;
        for row in found.into_iter().filter(|row| row.item == code) {
            *running.entry(row.item_version).or_default() += row.cases;
        }
    }
    let of = |version: i64| running.get(&version).copied().unwrap_or(0);
    draw(&ItemPage {
        f: Frame::of(&site, &visitor, &title),
        t,
        name,
        versions: rows
            .iter()
            .rev()
            .map(|row| line(&visitor, row, of(row.version)))
            .collect(),
        code,
    })
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;

    use crate::testing::Trial;

    #[tokio::test]
    async fn items_are_listed_and_each_shows_its_versions_and_running_cases() {
        let trial = Trial::new().await;
        trial.receive().await;
        let (status, _, body) = trial.get_as("system", "/admin/items?q=环境").await;
        assert_eq!(status, StatusCode::OK);
        assert_eq!(body.matches("href=\"/admin/items/").count(), 1, "{body}");
        assert!(body.contains("10 个工作日"), "{body}");
        let (_, _, body) = trial.get_as("system", "/admin/items/FGW-002").await;
        assert!(body.contains("1 件在办"), "{body}");
        assert!(body.contains("行政许可法第四十二条"), "{body}");
        let (_, _, body) = trial.get_as("system", "/admin/items/FGW-003").await;
        assert!(body.contains("选址意见书"), "{body}");
        let (status, ..) = trial.get_as("system", "/admin/items/NONE").await;
        assert_eq!(status, StatusCode::NOT_FOUND);
    }
}
