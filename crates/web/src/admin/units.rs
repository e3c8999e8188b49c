//! Units: the list, and one unit in a form.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use axum::{Form, Router};
use engine::accounts::AccountRole;
use engine::reference::Kind;
use serde::Deserialize;
use store::reference::UnitRow;

use super::{Sought, Which, only, put, taken};
use crate::frame::Frame;
use crate::page::{PageError, draw, draw_form};
use crate::site::Site;
use crate::texts::Texts;
use crate::visitor::{Here, Visitor};

pub(super) fn routes() -> Router<Site> {
    Router::new()
        .route("/admin/units", get(list))
        .route("/admin/units/edit", get(form).post(change))
}

#[derive(Template)]
#[template(path = "admin/units.html")]
struct UnitsPage {
    f: Frame,
    t: Texts,
    sought: Sought,
    total: usize,
    rows: Vec<UnitRow>,
    next: Option<String>,
}

async fn rows(site: &Site) -> Result<Vec<UnitRow>, PageError> {
    let mut conn = site.engine.store().read().await?;
    Ok(store::reference::units(&mut conn, site.engine.division()).await?)
}

async fn list(
    State(site): State<Site>,
    visitor: Here,
    Query(sought): Query<Sought>,
) -> Result<Response, PageError> {
    only(&visitor, AccountRole::System)?;
    let t = visitor.texts;
    let mut rows = rows(&site).await?;
    rows.retain(|row| sought.fits(&[&row.unit, &row.name, row.hall.as_deref().unwrap_or("")]));
    let total = rows.len();
    let next = sought.page(&mut rows, |row| &row.unit);
    draw(&UnitsPage {
        f: Frame::of(&site, &visitor, t.say("units.title")),
        t,
        sought,
        total,
        rows,
        next,
    })
}

/// A unit as it is typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Typed {
    code: String,
    name: String,
    kind: String,
    vertical: String,
    hall: String,
    windows: String,
    /// Whether the unit is there already: its code can't be changed then.
    known: String,
}

#[derive(Template)]
#[template(path = "admin/unit.html")]
struct UnitPage {
    f: Frame,
    t: Texts,
    typed: Typed,
    error: Option<String>,
}

fn unit_page(
    site: &Site,
    visitor: &Visitor,
    typed: Typed,
    error: Option<String>,
) -> Result<Response, PageError> {
    let t = visitor.texts;
    let title = if typed.known.is_empty() {
        "units.new"
    } else {
        "units.edit"
    };
    let page = UnitPage {
        f: Frame::of(site, visitor, t.say(title)),
        t,
        typed,
        error,
    };
    draw_form(page.error.is_some(), &page)
}

async fn form(
    State(site): State<Site>,
    visitor: Here,
    Query(which): Query<Which>,
) -> Result<Response, PageError> {
    only(&visitor, AccountRole::System)?;
    if which.code.is_empty() {
        return unit_page(&site, &visitor, Typed::default(), None);
    }
    let found = rows(&site)
        .await?
        .into_iter()
        .find(|row| row.unit == which.code);
    let row = found.ok_or(PageError::NotFound)?;
    let typed = Typed {
        code: row.unit,
        name: row.name,
        kind: row.kind,
        vertical: row.vertical.to_string(),
        hall: row.hall.unwrap_or_default(),
        windows: row.windows.unwrap_or_default(),
        known: "yes".to_owned(),
    };
    unit_page(&site, &visitor, typed, None)
}

async fn change(
    State(site): State<Site>,
    visitor: Here,
    Form(typed): Form<Typed>,
) -> Result<Response, PageError> {
    only(&visitor, AccountRole::System)?;
    let t = visitor.texts;
    let code = typed.code.trim();
    let there = rows(&site).await?.iter().any(|row| row.unit == code);
    if let Some(told) = taken(t, &typed.known, code, there)? {
        return unit_page(&site, &visitor, typed, Some(told));
    }
    let cells = [
        ("code", code),
        ("name", typed.name.trim()),
        ("kind", typed.kind.trim()),
        ("vertical", typed.vertical.as_str()),
        ("hall", typed.hall.trim()),
        ("windows", typed.windows.trim()),
    ];
    match put(&site, &visitor, Kind::Units, &cells).await? {
        None => Ok(Redirect::to("/admin/units?done=reference").into_response()),
        Some(told) => unit_page(&site, &visitor, typed, Some(told)),
    }
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;
    use store::audit::Filter;

    use super::*;
    use crate::testing::Trial;

    #[tokio::test]
    async fn nobody_but_the_system_administrator_keeps_reference_data() {
        let trial = Trial::new().await;
        let form = [("code", "NEW"), ("name", "新单位"), ("role", "head")];
        for who in ["security", "audit", "inspector", "leader", "head", "clerk"] {
            for path in [
                "/admin/units",
                "/admin/units/edit?code=FGW",
                "/admin/people",
                "/admin/people/edit?code=FGW-C1",
                "/admin/items",
                "/admin/items/FGW-002",
                "/admin/import/units",
            ] {
                let (status, _, body) = trial.get_as(who, path).await;
                assert_eq!(status, StatusCode::FORBIDDEN, "{who} {path}");
                assert!(!body.contains("href=\"/admin/"), "{who}: the menu");
            }
            for path in ["/admin/units/edit", "/admin/people/edit"] {
                let (status, ..) = trial.post_as(who, path, &form).await;
                assert_eq!(status, StatusCode::FORBIDDEN, "{who} {path}");
            }
        }
        assert_eq!(rows(&trial.site).await.unwrap().len(), 2);
    }

    #[tokio::test]
    async fn a_unit_is_made_and_changed_and_it_stands_in_the_log() {
        let trial = Trial::new().await;
        let form = [
            ("code", "GTJ"),
            ("name", "国土资源局"),
            ("vertical", "true"),
        ];
        let (status, _, body) = trial.post_as("system", "/admin/units/edit", &form).await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{body}");
        let again = trial.post_as("system", "/admin/units/edit", &form).await;
        assert_eq!(
            again.0,
            StatusCode::UNPROCESSABLE_ENTITY,
            "the code is taken"
        );
        let form = [
            ("code", "GTJ"),
            ("name", "国土局"),
            ("hall", "市政务大厅"),
            ("windows", "3、4号"),
            ("known", "yes"),
        ];
        trial.post_as("system", "/admin/units/edit", &form).await;
        let found = rows(&trial.site).await.unwrap();
        let unit = found.iter().find(|row| row.unit == "GTJ").unwrap();
        assert_eq!(unit.name, "国土局");
        assert_eq!(unit.hall.as_deref(), Some("市政务大厅"));
        assert_eq!(unit.windows.as_deref(), Some("3、4号"));
        assert!(!unit.vertical);
        let books = trial.engine.books("410800").await.unwrap();
        assert_eq!(books.directory.unit(&"GTJ".into()).unwrap().name, "国土局");
        let filter = Filter {
            act: Some("reference".to_owned()),
            account: Some("system".to_owned()),
            ..Filter::default()
        };
        let log = trial.engine.audit_log(&filter, 10).await.unwrap();
        let told: Vec<_> = log.iter().map(|row| row.target.as_str()).collect();
        assert_eq!(told, ["units GTJ", "units GTJ"]);
        let (_, _, body) = trial.get_as("system", "/admin/units?q=国土").await;
        assert_eq!(body.matches("/admin/units/edit?code=").count(), 1, "{body}");
    }

    #[tokio::test]
    async fn a_fault_names_the_field_and_keeps_what_was_typed() {
        let trial = Trial::new().await;
        let form = [("code", "GTJ"), ("name", " "), ("hall", "市政务大厅")];
        let (status, _, body) = trial.post_as("system", "/admin/units/edit", &form).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(body.contains("名称：不能为空"), "{body}");
        assert!(body.contains("value=\"市政务大厅\""), "{body}");
        let form = [("code", "NOBODY"), ("name", "x"), ("known", "yes")];
        let (status, ..) = trial.post_as("system", "/admin/units/edit", &form).await;
        assert_eq!(status, StatusCode::NOT_FOUND);
        let (status, ..) = trial
            .get_as("system", "/admin/units/edit?code=NOBODY")
            .await;
        assert_eq!(status, StatusCode::NOT_FOUND);
    }
}
