//! Registering an application at the window: all there, it is accepted at once; something missing, the one notice goes
//! out with the receipt.

use approval::Command;
use approval::command::Act;
use approval::identity::IdNumber;
use approval::ids::ItemCode;
use approval::item::Item;
use approval::rights::Right;
use approval::stage::Stage;
use askama::Template;
use axum::Form;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use engine::Application;
use notify::words;
use serde::Deserialize;

use crate::frame::{self, Frame};
use crate::page::{PageError, draw_as};
use crate::site::Site;
use crate::texts::Texts;
use crate::visitor::{Here, Visitor};

/// The page.
pub(crate) const PATH: &str = "/register";
/// What stands between an item's code and its name where one is chosen.
const BETWEEN: char = ' ';

pub(crate) fn routes() -> Router<Site> {
    Router::new().route(PATH, get(show).post(register))
}

/// What is typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Typed {
    /// The item's code, or code and name as they are chosen, or any part of the name.
    item: String,
    applicant: String,
    id: String,
    /// What is missing, one a line; nothing: all is there.
    missing: String,
}

#[derive(Template)]
#[template(path = "register.html")]
struct RegisterPage {
    f: Frame,
    t: Texts,
    /// What can be chosen: code and name.
    items: Vec<String>,
    typed: Typed,
    error: Option<String>,
    /// The field with the mistake.
    wrong: &'static str,
    /// What the number says: a person and the date of birth, or an organisation.
    told: String,
}

/// A mistake: the field, and what is wrong.
struct Mistake {
    field: &'static str,
    words: String,
}

/// Whether somebody receives applications.
pub(crate) fn may(visitor: &Visitor) -> bool {
    visitor.holds(Stage::Acceptance)
}

/// The items that the visitor may receive applications for, in force now.
fn items(visitor: &Visitor) -> Vec<&Item> {
    let books = &visitor.books;
    let people: Vec<_> = visitor.person.iter().chain(visitor.stood_for()).collect();
    let in_force = books
        .items
        .keys()
        .filter_map(|code| books.item_in_force(code, visitor.now).ok());
    let mine = in_force.filter(|item| {
        let post = Right::Post(item.unit.clone(), Stage::Acceptance);
        people.iter().any(|p| p.has(&post, &books.directory))
    });
    mine.map(AsRef::as_ref).collect()
}

async fn show(State(site): State<Site>, visitor: Here) -> Result<Response, PageError> {
    page(&site, &visitor, Typed::default(), None)
}

fn page(
    site: &Site,
    visitor: &Visitor,
    typed: Typed,
    mistake: Option<Mistake>,
) -> Result<Response, PageError> {
    if !may(visitor) {
        return Err(PageError::Forbidden);
    }
    let t = visitor.texts;
    let status = match mistake {
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
        None => StatusCode::OK,
    };
    let page = RegisterPage {
        f: Frame::of(site, visitor, t.say("register.title")),
        t,
        items: items(visitor)
            .iter()
            .map(|item| format!("{}{BETWEEN}{}", item.code.as_str(), item.name))
            .collect(),
        told: told(t, &typed.id),
        wrong: mistake.as_ref().map_or("item", |m| m.field),
        error: mistake.map(|m| m.words),
        typed,
    };
    draw_as(status, &page)
}

/// What a number says of itself, so that a slip of the hand is seen.
fn told(t: Texts, id: &str) -> String {
    match IdNumber::parse(id) {
        Ok(number) => match number.born_on() {
            Some(day) => t.one("register.born", words::whole_day(t.language(), day)),
            None => t.say("register.organisation").to_owned(),
        },
        Err(_) => String::new(),
    }
}

/// The item that is meant: by its code, or by a part of the name that only one has.
fn item_of(visitor: &Visitor, typed: &str) -> Result<ItemCode, Mistake> {
    let t = visitor.texts;
    let typed = typed.trim();
    let items = items(visitor);
    let first = typed.split(BETWEEN).next().unwrap_or_default();
    let by_code = |item: &&&Item| item.code.as_str().eq_ignore_ascii_case(first);
    if let Some(item) = items.iter().find(by_code) {
        return Ok(item.code.clone());
    }
    let named: Vec<&&Item> = items
        .iter()
        .filter(|item| !typed.is_empty() && item.name.contains(typed))
        .collect();
    let words = match named.as_slice() {
        [item] => return Ok(item.code.clone()),
        [] => t.one("register.no_item", typed),
        [one, two, ..] => t.two("register.which_item", &one.name, &two.name),
    };
    Err(Mistake {
        field: "item",
        words,
    })
}

/// Receives, and accepts if nothing is missing.
async fn register(
    State(site): State<Site>,
    visitor: Here,
    Form(typed): Form<Typed>,
) -> Result<Response, PageError> {
    if !may(&visitor) {
        return Err(PageError::Forbidden);
    }
    let person = visitor.desk()?;
    let item = match item_of(&visitor, &typed.item) {
        Ok(item) => item,
        Err(mistake) => return page(&site, &visitor, typed, Some(mistake)),
    };
    let missing: Vec<String> = typed
        .missing
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .map(str::to_owned)
        .collect();
    let complete = missing.is_empty();
    let application = Application {
        item: item.as_str().to_owned(),
        applicant: typed.applicant.trim().to_owned(),
        id_number: Some(typed.id.trim().to_owned()).filter(|id| !id.is_empty()),
        missing,
    };
    let act = acting(&visitor, person, &item);
    let seen = match site.engine.receive(application, act.clone()).await {
        Ok(seen) => seen,
        Err(error) if error.is_refusal() => {
            let field = match error.kind() {
                "empty" => "applicant",
                "bad_id" => "id",
                _ => "item",
            };
            let words = frame::one_language(visitor.texts, &error.to_string());
            return page(&site, &visitor, typed, Some(Mistake { field, words }));
        }
        Err(error) => return Err(error.into()),
    };
    let number = seen.subject.id.as_str();
    if !complete {
        return Ok(Redirect::to(&format!("/case/{number}?done=correct")).into_response());
    }
    // The application is received whatever happens now: if it can't be accepted the case's page offers it again.
    let accepted = site.engine.act(number, Command::Accept, act).await;
    let done = if accepted.is_ok() {
        "accept"
    } else {
        "received"
    };
    Ok(Redirect::to(&format!("/case/{number}?done={done}")).into_response())
}

/// The visitor at his own post, or for the one whose post it is.
fn acting(visitor: &Visitor, person: &approval::people::Person, item: &ItemCode) -> Act {
    let books = &visitor.books;
    let unit = books
        .item_in_force(item, visitor.now)
        .map(|i| i.unit.clone());
    let post = unit.ok().map(|unit| Right::Post(unit, Stage::Acceptance));
    let holds = |p: &approval::people::Person| {
        post.as_ref()
            .is_some_and(|post| p.has(post, &books.directory))
    };
    let other = visitor.stood_for().find(|p| holds(p));
    Act {
        by: Some(person.code.clone()),
        stands_for: other.filter(|_| !holds(person)).map(|p| p.code.clone()),
        ..Act::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{CASE, Trial, location};

    #[tokio::test]
    async fn a_complete_application_is_accepted_at_once() {
        let trial = Trial::new().await;
        let form = [
            ("item", "核准"),
            ("applicant", "张三"),
            ("id", "11010519491231002x"),
        ];
        let (status, headers, body) = trial.post_as("clerk", PATH, &form).await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{body}");
        assert_eq!(location(&headers), format!("/case/{CASE}?done=accept"));
        let (_, _, body) = trial.get_as("handler", "/todo").await;
        assert!(body.contains(CASE));
    }

    #[tokio::test]
    async fn what_is_missing_goes_into_the_one_notice() {
        let trial = Trial::new().await;
        let form = [
            ("item", "FGW-002 企业投资项目核准"),
            ("applicant", "张三"),
            ("missing", "项目申请报告\r\n\r\n 土地证明 "),
        ];
        let (_, headers, _) = trial.post_as("clerk", PATH, &form).await;
        assert_eq!(location(&headers), format!("/case/{CASE}?done=correct"));
        let (_, _, body) = trial.get_as("clerk", &format!("/case/{CASE}")).await;
        assert!(
            body.contains("项目申请报告、土地证明") && body.contains("待补正"),
            "{body}"
        );
    }

    #[tokio::test]
    async fn mistakes_keep_what_was_typed() {
        let trial = Trial::new().await;
        for (item, applicant, id, wanted, field) in [
            ("XXX", "张三", "", "没有可受理的事项“XXX”", "item"),
            ("HBJ-001", "张三", "", "没有可受理的事项", "item"),
            ("fgw-002", " ", "", "申请人不能为空", "applicant"),
            ("fgw-002", "张三", "110105194912310021", "校验码", "id"),
        ] {
            let form = [("item", item), ("applicant", applicant), ("id", id)];
            let (status, _, body) = trial.post_as("clerk", PATH, &form).await;
            assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{wanted}");
            assert!(body.contains(wanted), "{wanted} in:\n{body}");
            assert!(body.contains(&format!("value=\"{id}\"")), "{body}");
            let focused = format!("id=\"{field}\"");
            let after = body.split(&focused).nth(1).unwrap();
            assert!(
                after.split('>').next().unwrap().contains("autofocus"),
                "{field}"
            );
        }
    }

    #[tokio::test]
    async fn only_who_holds_the_post_registers() {
        let trial = Trial::new().await;
        let form = [("item", "FGW-002"), ("applicant", "张三")];
        for account in ["handler", "head", "inspector", "leader", "system", "audit"] {
            let (status, _, _) = trial.get_as(account, PATH).await;
            assert_eq!(status, StatusCode::FORBIDDEN, "{account}");
            let (status, _, _) = trial.post_as(account, PATH, &form).await;
            assert_eq!(status, StatusCode::FORBIDDEN, "{account}");
        }
        let (status, _, body) = trial.post_as("stranger", PATH, &form).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{body}");
        let (status, _, _) = trial.get_as("clerk", &format!("/case/{CASE}")).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "nothing was written");
    }
}
