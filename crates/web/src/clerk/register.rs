//! Registering an application at the window, without the mouse: all there, it is accepted at once; something missing, the
//! one notice goes out with the receipt; not this organ's, or nothing that needs a permit, and it is refused with reasons.

use std::sync::Arc;

use approval::Command;
use approval::command::Act;
use approval::ids::UnitCode;
use approval::item::Item;
use approval::people::Person;
use approval::rights::Right;
use approval::stage::Stage;
use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
// Several fields of one name, as ticks are.
use axum_extra::extract::Form;
use engine::EngineError;

use super::id;
use super::typed::{Decision, Typed};
use crate::assets;
use crate::frame::{self, Frame};
use crate::page::{PageError, draw_as};
use crate::site::Site;
use crate::texts::Texts;
use crate::visitor::{Here, Visitor};

/// The page.
pub(crate) const PATH: &str = "/register";
/// What stands between an item's code and its name where one is chosen.
const BETWEEN: char = ' ';

pub(super) fn routes() -> Router<Site> {
    Router::new().route(PATH, get(show).post(register))
}

/// An item that can be chosen.
struct Choice {
    code: String,
    /// Code and name.
    words: String,
    /// What it needs, one a line, for the script.
    materials: String,
}

/// A material of the chosen item.
struct Material {
    name: String,
    there: bool,
}

#[derive(Template)]
#[template(path = "register.html")]
struct RegisterPage {
    f: Frame,
    t: Texts,
    script: String,
    items: Vec<Choice>,
    /// The chosen item's.
    materials: Vec<Material>,
    listed: String,
    typed: Typed,
    error: Option<String>,
    /// What is asked before anything is written; no mistake.
    question: Option<&'static str>,
    /// The field that has the cursor.
    focus: &'static str,
    /// What the number says.
    told: String,
}

/// Why the form comes back: the field that has the cursor, and what is said.
enum Back {
    Mistake(&'static str, String),
    /// A question of the program's, by its key.
    Question(&'static str, &'static str),
}

/// Whether somebody receives applications.
pub(crate) fn may(visitor: &Visitor) -> bool {
    visitor.holds(Stage::Acceptance)
}

/// The items that the visitor may receive applications for, in force now.
fn items(visitor: &Visitor) -> Vec<&Arc<Item>> {
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
    mine.collect()
}

async fn show(State(site): State<Site>, visitor: Here) -> Result<Response, PageError> {
    page(&site, &visitor, Typed::default(), None)
}

fn page(
    site: &Site,
    visitor: &Visitor,
    typed: Typed,
    back: Option<Back>,
) -> Result<Response, PageError> {
    if !may(visitor) {
        return Err(PageError::Forbidden);
    }
    let t = visitor.texts;
    let (status, focus, error, question) = match back {
        None => (StatusCode::OK, "item", None, None),
        Some(Back::Mistake(field, words)) => {
            (StatusCode::UNPROCESSABLE_ENTITY, field, Some(words), None)
        }
        Some(Back::Question(field, key)) => (StatusCode::OK, field, None, Some(t.say(key))),
    };
    let chosen = item_of(visitor, &typed.item).ok();
    let page = RegisterPage {
        f: Frame::of(site, visitor, t.say("register.title")),
        t,
        script: assets::address("register.js"),
        items: items(visitor).iter().map(|item| choice(item)).collect(),
        materials: chosen.map(|i| materials(i, &typed)).unwrap_or_default(),
        listed: chosen.map_or_else(String::new, |i| i.code.as_str().to_owned()),
        told: id::told(t, &visitor.books.calendar, visitor.now, &typed.id).unwrap_or_default(),
        focus,
        error,
        question,
        typed,
    };
    draw_as(status, &page)
}

fn choice(item: &Item) -> Choice {
    let code = item.code.as_str();
    Choice {
        code: code.to_owned(),
        words: format!("{code}{BETWEEN}{}", item.name),
        materials: item.materials.join("\n"),
    }
}

/// The chosen item's materials, with the ticks that were made on this list.
fn materials(item: &Item, typed: &Typed) -> Vec<Material> {
    let same = typed.listed == item.code.as_str();
    let materials = item.materials.iter();
    materials
        .map(|name| Material {
            name: name.clone(),
            there: same && typed.has(name),
        })
        .collect()
}

/// The item that is meant: by its code, or by a part of code or name that only one has.
fn item_of<'v>(visitor: &'v Visitor, typed: &str) -> Result<&'v Arc<Item>, Back> {
    let t = visitor.texts;
    let typed = typed.trim();
    let items = items(visitor);
    let first = typed.split(BETWEEN).next().unwrap_or_default();
    let by_code = |item: &&&Arc<Item>| item.code.as_str().eq_ignore_ascii_case(first);
    if let Some(item) = items.iter().find(by_code) {
        return Ok(item);
    }
    let part = typed.to_ascii_uppercase();
    let named: Vec<_> = items
        .into_iter()
        .filter(|_| !typed.is_empty())
        .filter(|item| {
            item.name.contains(typed) || item.code.as_str().to_ascii_uppercase().contains(&part)
        })
        .collect();
    let words = match named.as_slice() {
        [item] => return Ok(item),
        [] => t.one("register.no_item", typed),
        [one, two, ..] => t.two("register.which_item", &one.name, &two.name),
    };
    Err(Back::Mistake("item", words))
}

/// What must be right, or asked, before anything is written.
fn check(visitor: &Visitor, typed: &Typed) -> Result<Arc<Item>, Back> {
    let t = visitor.texts;
    let item = item_of(visitor, &typed.item)?;
    if typed.applicant.trim().is_empty() {
        let words = t.say("register.no_applicant").to_owned();
        return Err(Back::Mistake("applicant", words));
    }
    id::told(t, &visitor.books.calendar, visitor.now, &typed.id)
        .map_err(|words| Back::Mistake("id", words))?;
    if typed.decision() != Decision::Accept {
        if typed.reason.trim().is_empty() {
            let words = t.say("register.no_reason").to_owned();
            return Err(Back::Mistake("reason", words));
        }
        return Ok(Arc::clone(item));
    }
    let unseen = typed.listed != item.code.as_str();
    if !item.materials.is_empty() && unseen {
        return Err(Back::Question("all", "register.tick"));
    }
    // A notice that asks for everything is more often a forgotten tick.
    let none = !item.materials.iter().any(|m| typed.has(m));
    if !item.materials.is_empty() && none && typed.sure.is_empty() {
        return Err(Back::Question("all", "register.none_ticked"));
    }
    Ok(Arc::clone(item))
}

/// Receives, and decides at once.
async fn register(
    State(site): State<Site>,
    visitor: Here,
    Form(typed): Form<Typed>,
) -> Result<Response, PageError> {
    if !may(&visitor) {
        return Err(PageError::Forbidden);
    }
    let person = visitor.desk()?;
    let item = match check(&visitor, &typed) {
        Ok(item) => item,
        Err(back) => return page(&site, &visitor, typed, Some(back)),
    };
    let act = acting(&visitor, person, &item.unit);
    let application = typed.application(&item);
    let complete = application.missing.is_empty();
    let seen = match site.engine.receive(application, act.clone()).await {
        Ok(seen) => seen,
        Err(error) if error.is_refusal() => {
            let back = Back::Mistake(
                field_of(&error),
                frame::one_language(visitor.texts, &error.to_string()),
            );
            return page(&site, &visitor, typed, Some(back));
        }
        Err(error) => return Err(error.into()),
    };
    let reason = typed.reason.trim().to_owned();
    let (command, done) = match typed.decision() {
        Decision::Accept if complete => (Some(Command::Accept), "accept"),
        Decision::Accept => (None, "correct"),
        Decision::NotAccepted => (Some(Command::RefuseAcceptance { reason }), "refuse"),
        Decision::NotNeeded => (Some(Command::NotNeeded { reason }), "not_needed"),
    };
    let number = seen.subject.id.as_str();
    // The application is received whatever happens now: if it can't be decided the case's page says so and offers it again.
    let done = match command {
        Some(command) => match site.engine.act(number, command, act).await {
            Ok(_) => done,
            Err(_) => "received",
        },
        None => done,
    };
    Ok(Redirect::to(&format!("/case/{number}?done={done}")).into_response())
}

/// The field that a refusal is about.
fn field_of(error: &EngineError) -> &'static str {
    match error.kind() {
        "empty" => "applicant",
        "bad_id" => "id",
        _ => "item",
    }
}

/// The visitor at his own post, or for the one whose post it is.
fn acting(visitor: &Visitor, person: &Person, unit: &UnitCode) -> Act {
    let post = Right::Post(unit.clone(), Stage::Acceptance);
    let holds = |p: &Person| p.has(&post, &visitor.books.directory);
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

    /// The materials of an item that has some.
    const LISTED: [(&str, &str); 3] = [
        ("item", "fgw-003"),
        ("applicant", "张三"),
        ("listed", "FGW-003"),
    ];

    fn with<'a>(more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
        LISTED.iter().chain(more).copied().collect()
    }

    #[tokio::test]
    async fn the_materials_are_shown_before_anything_is_written() {
        let trial = Trial::new().await;
        let form = [
            ("item", "建议书"),
            ("applicant", "张三"),
            ("phone", "0391-1"),
        ];
        let (status, _, body) = trial.post_as("clerk", PATH, &form).await;
        assert_eq!(status, StatusCode::OK, "a question, no mistake");
        for wanted in [
            "value=\"选址意见书\"> 选址意见书",
            "name=\"listed\" value=\"FGW-003\"",
            "value=\"0391-1\"",
            "请核对申请材料",
        ] {
            assert!(body.contains(wanted), "{wanted} in:\n{body}");
        }
        assert!(!body.contains("name=\"sure\""));
        let (status, _, body) = trial.post_as("clerk", PATH, &LISTED).await;
        assert_eq!(status, StatusCode::OK);
        assert!(
            body.contains("一项材料都没有勾选") && body.contains("name=\"sure\""),
            "{body}"
        );
        let (status, _, _) = trial.get_as("clerk", &format!("/case/{CASE}")).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "nothing was written");
        let (_, headers, _) = trial.post_as("clerk", PATH, &with(&[("sure", "1")])).await;
        assert_eq!(location(&headers), format!("/case/{CASE}?done=correct"));
        let (_, _, body) = trial.get_as("clerk", &format!("/case/{CASE}")).await;
        assert!(body.contains("项目建议书、选址意见书、资金证明"), "{body}");
    }

    #[tokio::test]
    async fn ticks_decide() {
        let trial = Trial::new().await;
        for (ticks, done) in [
            (&[("all", "1")][..], "accept"),
            (
                &[
                    ("have", "项目建议书"),
                    ("have", "选址意见书"),
                    ("have", "资金证明"),
                ],
                "accept",
            ),
            (
                &[("have", "项目建议书"), ("missing", "法人授权书")],
                "correct",
            ),
            (&[("all", "1"), ("missing", "法人授权书")], "correct"),
        ] {
            let (status, headers, body) = trial.post_as("clerk", PATH, &with(ticks)).await;
            assert_eq!(status, StatusCode::SEE_OTHER, "{body}");
            let to = location(&headers);
            assert!(to.ends_with(&format!("?done={done}")), "{ticks:?}: {to}");
        }
        let (_, _, body) = trial
            .get_as("clerk", "/case/410800-FGW-20110926-0003")
            .await;
        assert!(body.contains("选址意见书、资金证明、法人授权书"), "{body}");
    }

    #[tokio::test]
    async fn ticks_outlive_a_mistake() {
        let trial = Trial::new().await;
        let form = with(&[("have", "选址意见书"), ("id", "123"), ("contact", "李四")]);
        let (status, _, body) = trial.post_as("clerk", PATH, &form).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        for wanted in [
            "value=\"选址意见书\" checked",
            "value=\"项目建议书\">",
            "value=\"李四\"",
        ] {
            assert!(body.contains(wanted), "{wanted} in:\n{body}");
        }
    }

    #[tokio::test]
    async fn what_is_refused_needs_a_reason() {
        let trial = Trial::new().await;
        for (turn, (decision, done, state)) in [
            ("not_accepted", "refuse", "不予受理"),
            ("not_needed", "not_needed", "不受理"),
        ]
        .into_iter()
        .enumerate()
        {
            let form = with(&[("decision", decision)]);
            let (status, _, body) = trial.post_as("clerk", PATH, &form).await;
            assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(body.contains("请写明理由"), "{body}");
            let form = with(&[("decision", decision), ("reason", "不属于本机关职权范围")]);
            let (_, headers, _) = trial.post_as("clerk", PATH, &form).await;
            let number = format!("/case/410800-FGW-20110926-000{}", turn + 1);
            assert_eq!(location(&headers), format!("{number}?done={done}"));
            let (_, _, body) = trial.get_as("clerk", &number).await;
            assert!(
                body.contains(state) && body.contains("不属于本机关职权范围"),
                "{body}"
            );
        }
    }

    #[tokio::test]
    async fn the_query_password_is_kept_with_the_applicants_data_and_shown_in_no_list() {
        let trial = Trial::new().await;
        let form = with(&[
            ("all", "1"),
            ("contact", "李四"),
            ("phone", " 0391-3569001 "),
        ]);
        trial.post_as("clerk", PATH, &form).await;
        let stored = trial.engine.personal(CASE).await.unwrap().unwrap();
        let stored: serde_json::Value = serde_json::from_str(&stored).unwrap();
        let password = stored["query_password"].as_str().unwrap();
        assert!(password.len() == 6 && password.bytes().all(|b| b.is_ascii_digit()));
        assert_eq!(stored["phone"], "0391-3569001");
        assert_eq!(stored["contact"], "李四");
        for (account, path) in [
            ("clerk", format!("/case/{CASE}")),
            ("handler", "/todo".to_owned()),
        ] {
            let (_, _, body) = trial.get_as(account, &path).await;
            assert!(body.contains("张三"), "{body}");
            assert!(!body.contains(password) && !body.contains("0391"), "{body}");
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
