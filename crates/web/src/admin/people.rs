//! People: the list, and one person in a form, with the stand-in (AB岗): who, from when, until when, by which paper.

use approval::people::Role;
use approval::stage::Stage;
use askama::Template;
use axum::Router;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use axum_extra::extract::Form;
use engine::accounts::AccountRole;
use engine::reference::Kind;
use serde::Deserialize;
use store::reference::PersonRow;

use super::{Choice, Sought, Which, only, put, taken};
use crate::case::form::instant;
use crate::frame::Frame;
use crate::page::{PageError, draw, draw_form};
use crate::site::Site;
use crate::texts::Texts;
use crate::todo::unit_name;
use crate::visitor::{Here, Visitor};

/// The roles, from the window up.
const ROLES: [Role; 5] = [
    Role::Clerk,
    Role::Staff,
    Role::Head,
    Role::Inspector,
    Role::Leader,
];
/// The unit of those who have none.
const NO_UNIT: &str = "*";

pub(super) fn routes() -> Router<Site> {
    Router::new()
        .route("/admin/people", get(list))
        .route("/admin/people/edit", get(form).post(change))
}

/// A person as the list shows him: no address and no telephone, which nobody needs there.
struct Line {
    code: String,
    name: String,
    unit: String,
    role: String,
    posts: String,
    stand_in: String,
    active: bool,
}

#[derive(Template)]
#[template(path = "admin/people.html")]
struct PeoplePage {
    f: Frame,
    t: Texts,
    sought: Sought,
    total: usize,
    lines: Vec<Line>,
    next: Option<String>,
}

async fn rows(site: &Site) -> Result<Vec<PersonRow>, PageError> {
    let mut conn = site.engine.store().read().await?;
    Ok(store::reference::people(&mut conn, site.engine.division()).await?)
}

fn line(visitor: &Visitor, row: &PersonRow) -> Line {
    let t = visitor.texts;
    let posts = row
        .posts
        .split_whitespace()
        .map(|word| t.word("stage", word));
    Line {
        code: row.person.clone(),
        name: row.name.clone(),
        unit: match row.unit.as_str() {
            NO_UNIT => String::new(),
            unit => unit_name(visitor, unit),
        },
        role: t.word("role", &row.role).to_owned(),
        posts: posts.collect::<Vec<_>>().join(" "),
        stand_in: row.stand_in.clone().unwrap_or_default(),
        active: row.active,
    }
}

async fn list(
    State(site): State<Site>,
    visitor: Here,
    Query(sought): Query<Sought>,
) -> Result<Response, PageError> {
    only(&visitor, AccountRole::System)?;
    let t = visitor.texts;
    let mut rows = rows(&site).await?;
    rows.retain(|row| {
        let unit = unit_name(&visitor, &row.unit);
        sought.fits(&[&row.person, &row.name, &row.unit, &unit])
    });
    let total = rows.len();
    let next = sought.page(&mut rows, |row| &row.person);
    draw(&PeoplePage {
        f: Frame::of(&site, &visitor, t.say("people.title")),
        t,
        sought,
        total,
        lines: rows.iter().map(|row| line(&visitor, row)).collect(),
        next,
    })
}

/// A person as it is typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Typed {
    code: String,
    name: String,
    unit: String,
    role: String,
    email: String,
    phone: String,
    posts: Vec<String>,
    stand_in: String,
    /// A local date and time, as the browser's field writes it.
    from: String,
    to: String,
    paper: String,
    active: String,
    /// Whether the person is there already: the code can't be changed then.
    known: String,
}

#[derive(Template)]
#[template(path = "admin/person.html")]
struct PersonPage {
    f: Frame,
    t: Texts,
    typed: Typed,
    units: Vec<Choice>,
    roles: Vec<Choice>,
    posts: Vec<Choice>,
    /// Those who may stand in: the code and the name.
    others: Vec<(String, String)>,
    error: Option<String>,
}

fn person_page(
    site: &Site,
    visitor: &Visitor,
    typed: Typed,
    error: Option<String>,
) -> Result<Response, PageError> {
    let t = visitor.texts;
    let directory = &visitor.books.directory;
    let title = if typed.known.is_empty() {
        "people.new"
    } else {
        "people.edit"
    };
    let choice = |family: &str, word: &'static str, chosen: bool| Choice {
        value: word.to_owned(),
        name: t.word(family, word).to_owned(),
        chosen,
    };
    let others = directory.people().filter(|p| p.code.as_str() != typed.code);
    let page = PersonPage {
        f: Frame::of(site, visitor, t.say(title)),
        t,
        units: directory
            .units()
            .map(|unit| Choice {
                value: unit.code.as_str().to_owned(),
                name: unit.name.clone(),
                chosen: unit.code.as_str() == typed.unit,
            })
            .collect(),
        roles: ROLES
            .map(|role| choice("role", role.as_str(), role.as_str() == typed.role))
            .into(),
        posts: Stage::ALL
            .iter()
            .map(|stage| {
                let word = stage.as_str();
                choice("stage", word, typed.posts.iter().any(|post| post == word))
            })
            .collect(),
        others: others
            .map(|p| (p.code.as_str().to_owned(), p.name.clone()))
            .collect(),
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
        let typed = Typed {
            active: "true".to_owned(),
            role: Role::Staff.as_str().to_owned(),
            ..Typed::default()
        };
        return person_page(&site, &visitor, typed, None);
    }
    let mut rows = rows(&site).await?.into_iter();
    let found = rows.find(|row| row.person == which.code);
    let row = found.ok_or(PageError::NotFound)?;
    let calendar = &visitor.books.calendar;
    let local = |us: Option<i64>| {
        us.map_or_else(String::new, |us| {
            let at = calendar.local(store::codec::instant(us));
            at.format("%Y-%m-%dT%H:%M").to_string()
        })
    };
    let typed = Typed {
        from: local(row.stand_in_from_us),
        to: local(row.stand_in_to_us),
        code: row.person,
        name: row.name,
        unit: Some(row.unit)
            .filter(|unit| unit != NO_UNIT)
            .unwrap_or_default(),
        role: row.role,
        email: row.email.unwrap_or_default(),
        phone: row.phone.unwrap_or_default(),
        posts: row.posts.split_whitespace().map(str::to_owned).collect(),
        stand_in: row.stand_in.unwrap_or_default(),
        paper: row.stand_in_paper.unwrap_or_default(),
        active: row.active.to_string(),
        known: "yes".to_owned(),
    };
    person_page(&site, &visitor, typed, None)
}

async fn change(
    State(site): State<Site>,
    visitor: Here,
    Form(typed): Form<Typed>,
) -> Result<Response, PageError> {
    only(&visitor, AccountRole::System)?;
    let t = visitor.texts;
    let code = typed.code.trim();
    let there = rows(&site).await?.iter().any(|row| row.person == code);
    if let Some(told) = taken(t, &typed.known, code, there)? {
        return person_page(&site, &visitor, typed, Some(told));
    }
    // What can't be read as a local time goes on as it is, and is refused with the field's name.
    let zoned = |text: &str| {
        let at = instant(text.trim(), &visitor.books.calendar);
        at.map_or_else(|| text.trim().to_owned(), |at| at.to_rfc3339())
    };
    let (from, to) = (zoned(&typed.from), zoned(&typed.to));
    let posts = typed.posts.join(" ");
    let active = if typed.active == "true" {
        "true"
    } else {
        "false"
    };
    let cells = [
        ("code", code),
        ("name", typed.name.trim()),
        ("unit", typed.unit.trim()),
        ("role", typed.role.trim()),
        ("email", typed.email.trim()),
        ("phone", typed.phone.trim()),
        ("posts", posts.as_str()),
        ("stand_in", typed.stand_in.trim()),
        ("stand_in_from", from.as_str()),
        ("stand_in_to", to.as_str()),
        ("stand_in_paper", typed.paper.trim()),
        ("active", active),
    ];
    match put(&site, &visitor, Kind::People, &cells).await? {
        None => Ok(Redirect::to("/admin/people?done=reference").into_response()),
        Some(told) => person_page(&site, &visitor, typed, Some(told)),
    }
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;

    use super::*;
    use crate::testing::Trial;

    const EDIT: &str = "/admin/people/edit";

    async fn row(trial: &Trial, code: &str) -> PersonRow {
        let rows = rows(&trial.site).await.unwrap();
        rows.into_iter().find(|row| row.person == code).unwrap()
    }

    #[tokio::test]
    async fn a_stand_in_is_named_and_may_act_from_then_on() {
        let trial = Trial::new().await;
        let (_, _, body) = trial
            .get_as("system", "/admin/people/edit?code=FGW-H1")
            .await;
        assert!(body.contains("value=\"2011-09-26T00:00\""), "{body}");
        assert!(body.contains("发改人〔2011〕3号"), "{body}");
        let form = [
            ("known", "yes"),
            ("code", "FGW-R1"),
            ("name", "王辉娟"),
            ("unit", "FGW"),
            ("role", "staff"),
            ("posts", "review"),
            ("posts", "handling"),
            ("stand_in", "FGW-H2"),
            ("from", "2011-09-26T08:00"),
            ("to", "2011-09-30T18:00"),
            ("paper", "发改人〔2011〕4号"),
            ("active", "true"),
        ];
        let (status, _, body) = trial.post_as("system", EDIT, &form).await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{body}");
        let row = row(&trial, "FGW-R1").await;
        assert_eq!(row.posts, "review handling");
        let from: chrono::DateTime<chrono::Utc> = "2011-09-26T08:00:00+08:00".parse().unwrap();
        assert_eq!(row.stand_in_from_us, Some(from.timestamp_micros()));
        let (_, _, body) = trial.get_as("second", "/todo").await;
        assert!(body.contains("王辉娟"), "the stand-in is told: {body}");
    }

    #[tokio::test]
    async fn one_who_left_signs_in_no_more() {
        let trial = Trial::new().await;
        let cookie = trial.cookie("reviewer").await;
        let form = [
            ("known", "yes"),
            ("code", "FGW-R1"),
            ("name", "王辉娟"),
            ("unit", "FGW"),
            ("role", "staff"),
        ];
        let (status, _, body) = trial.post_as("system", EDIT, &form).await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{body}");
        assert!(!row(&trial, "FGW-R1").await.active);
        let (status, ..) = trial.get_with(&cookie, "/todo").await;
        assert_eq!(status, StatusCode::SEE_OTHER);
        let (_, _, body) = trial.get_as("system", "/admin/people?q=fgw-r1").await;
        assert!(body.contains("已离岗"), "{body}");
    }

    #[tokio::test]
    async fn faults_name_their_field() {
        let trial = Trial::new().await;
        for (field, typed, told) in [
            ("name", "", "姓名或名称：不能为空"),
            ("email", "nowhere", "邮箱：不是邮件地址"),
            ("unit", "NOWHERE", "单位：没有单位"),
            ("stand_in", "FGW-R1", "AB岗：不能是本人"),
            ("stand_in", "NOBODY", "不存在"),
            ("from", "nonsense", "AB岗开始："),
            ("to", "2011-09-25T00:00", "AB岗结束：须晚于"),
        ] {
            let mut form = vec![
                ("known", "yes"),
                ("code", "FGW-R1"),
                ("name", "王辉娟"),
                ("unit", "FGW"),
                ("role", "staff"),
                ("stand_in", "FGW-H2"),
                ("from", "2011-09-26T00:00"),
                ("paper", "发改人〔2011〕9号"),
                ("active", "true"),
            ];
            form.retain(|(name, _)| *name != field);
            form.push((field, typed));
            let (status, _, body) = trial.post_as("system", EDIT, &form).await;
            assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{field} {typed}");
            assert!(body.contains(told), "{told}: {body}");
            assert!(body.contains("发改人〔2011〕9号"), "{field}");
        }
        let new = [("code", "FGW-R1"), ("name", "x"), ("role", "staff")];
        let (status, _, body) = trial.post_as("system", EDIT, &new).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{body}");
    }

    #[tokio::test]
    async fn the_list_shows_no_address() {
        let trial = Trial::new().await;
        let form = [
            ("code", "FGW-X1"),
            ("name", "某甲"),
            ("unit", "FGW"),
            ("role", "clerk"),
            ("email", "mou@example.gov.cn"),
            ("active", "true"),
        ];
        trial.post_as("system", EDIT, &form).await;
        let (_, _, body) = trial.get_as("system", "/admin/people").await;
        assert!(body.contains("FGW-X1"));
        assert!(!body.contains("mou@example"), "{body}");
    }
}
