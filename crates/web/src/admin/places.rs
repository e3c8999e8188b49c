//! Where approvals are handled: the division, the halls with their units, and who holds which post. What is shown comes
//! from the tables of units and people and is changed there.

use std::collections::BTreeMap;

use approval::people::Person;
use approval::stage::Stage;
use askama::Template;
use axum::Router;
use axum::extract::{Query, State};
use axum::response::Response;
use axum::routing::get;
use engine::accounts::AccountRole;
use notify::words;

use super::{Sought, only};
use crate::frame::Frame;
use crate::page::{PageError, draw};
use crate::site::Site;
use crate::texts::Texts;
use crate::visitor::{Here, Visitor};

/// People that are named at a post.
const NAMED_MAX: usize = 3;

pub(super) fn routes() -> Router<Site> {
    Router::new().route("/admin/places", get(page))
}

/// A division and what it has.
struct Division {
    code: String,
    name: String,
    units: usize,
    people: usize,
    items: usize,
}

/// A hall and its units.
struct Hall {
    name: String,
    units: Vec<String>,
}

/// A unit and who is at its posts.
struct Posts {
    code: String,
    name: String,
    hall: String,
    /// In the order of the stages.
    stages: Vec<Post>,
    head: String,
}

/// Who holds a post.
struct Post {
    names: String,
    /// Nobody, although the unit has items.
    missing: bool,
}

#[derive(Template)]
#[template(path = "admin/places.html")]
struct PlacesPage {
    f: Frame,
    t: Texts,
    division: Division,
    halls: Vec<Hall>,
    /// Those who sit at a hall's common windows: posts in every unit.
    common: String,
    stages: Vec<&'static str>,
    sought: Sought,
    total: usize,
    units: Vec<Posts>,
    next: Option<String>,
}

async fn page(
    State(site): State<Site>,
    visitor: Here,
    Query(sought): Query<Sought>,
) -> Result<Response, PageError> {
    only(&visitor, AccountRole::System)?;
    let t = visitor.texts;
    let directory = &visitor.books.directory;
    let mut units: Vec<Posts> = directory
        .units()
        .map(|unit| posts(&visitor, unit))
        .filter(|unit| sought.fits(&[&unit.code, &unit.name, &unit.hall]))
        .collect();
    units.sort_by(|a, b| a.code.cmp(&b.code));
    let total = units.len();
    let next = sought.page(&mut units, |unit| &unit.code);
    draw(&PlacesPage {
        f: Frame::of(&site, &visitor, t.say("places.title")),
        t,
        division: division(&site, &visitor).await?,
        halls: halls(&visitor),
        common: common(&visitor),
        stages: Stage::ALL
            .iter()
            .map(|s| t.word("stage", s.as_str()))
            .collect(),
        sought,
        total,
        units,
        next,
    })
}

async fn division(site: &Site, visitor: &Visitor) -> Result<Division, PageError> {
    let code = site.engine.division();
    let mut conn = site.engine.store().read().await?;
    let rows = store::reference::divisions(&mut conn).await?;
    let name = rows.into_iter().find(|row| row.division == code);
    Ok(Division {
        code: code.to_owned(),
        name: name.map_or_else(String::new, |row| row.name),
        units: visitor.books.directory.units().count(),
        people: visitor.books.directory.people().count(),
        items: visitor.books.items.len(),
    })
}

fn halls(visitor: &Visitor) -> Vec<Hall> {
    let mut halls: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for unit in visitor.books.directory.units() {
        let hall = unit.hall.as_deref().unwrap_or_default();
        if !hall.is_empty() {
            let told = match unit.windows.as_deref().filter(|told| !told.is_empty()) {
                Some(told) => visitor.texts.two("places.unit_windows", &unit.name, told),
                None => unit.name.clone(),
            };
            halls.entry(hall).or_default().push(told);
        }
    }
    let halls = halls.into_iter().map(|(name, units)| Hall {
        name: name.to_owned(),
        units,
    });
    halls.collect()
}

fn common(visitor: &Visitor) -> String {
    let people = visitor.books.directory.people();
    let names: Vec<String> = people
        .filter(|person| person.unit.is_none() && !person.posts.is_empty())
        .map(|person| person.name.clone())
        .collect();
    words::list(visitor.language(), &names)
}

fn posts(visitor: &Visitor, unit: &approval::people::Unit) -> Posts {
    let books = &visitor.books;
    let has_items = books
        .items
        .values()
        .filter_map(|versions| versions.last())
        .any(|version| version.item.unit == unit.code);
    let stages = Stage::ALL.iter().map(|stage| {
        let holders = books.directory.holders(&unit.code, *stage);
        let names: Vec<&str> = holders.iter().map(|person| person.name.as_str()).collect();
        Post {
            missing: names.is_empty() && has_items,
            names: named(&names),
        }
    });
    let is_head = |person: &&Person| {
        person.unit.as_ref() == Some(&unit.code) && person.role == approval::people::Role::Head
    };
    let heads: Vec<&str> = books
        .directory
        .people()
        .filter(is_head)
        .map(|person| person.name.as_str())
        .collect();
    Posts {
        code: unit.code.as_str().to_owned(),
        name: unit.name.clone(),
        hall: unit.hall.clone().unwrap_or_default(),
        stages: stages.collect(),
        head: named(&heads),
    }
}

fn named(names: &[&str]) -> String {
    let mut named = names[..names.len().min(NAMED_MAX)].join(" ");
    if names.len() > NAMED_MAX {
        named.push_str(&format!(" +{}", names.len() - NAMED_MAX));
    }
    named
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;

    use crate::testing::Trial;

    #[tokio::test]
    async fn posts_without_anybody_are_marked() {
        let trial = Trial::new().await;
        let (status, _, body) = trial.get_as("system", "/admin/places").await;
        assert_eq!(status, StatusCode::OK);
        assert!(body.contains("焦作市"), "{body}");
        assert!(body.contains("王辉娟"), "{body}");
        // The environment bureau has an item and nobody to handle, review or approve it.
        assert_eq!(body.matches("无人").count(), 3, "{body}");
        for who in ["security", "audit", "inspector", "head", "clerk"] {
            let (status, ..) = trial.get_as(who, "/admin/places").await;
            assert_eq!(status, StatusCode::FORBIDDEN, "{who}");
        }
    }
}
