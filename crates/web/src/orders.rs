//! Supervision orders (督办单): the list by state and by the time that is left, and issuing one.

use approval::command::Act;
use approval::ids::UnitCode;
use approval::people::Role;
use askama::Template;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use axum::{Form, Router};
use serde::Deserialize;
use store::todo::NO_DATE_US;

use crate::case;
use crate::case::form::ActForm;
use crate::frame::{self, Frame};
use crate::listed::{self, Row};
use crate::page::{PageError, draw, draw_form};
use crate::paging;
use crate::site::Site;
use crate::texts::Texts;
use crate::visitor::{Here, Visitor};

/// Rows on a page.
const PAGE_ROWS: usize = 50;
/// The states, in the order in which they ask for somebody.
const STATES: [&str; 3] = ["issued", "replied", "closed"];
/// What a new order gives if nobody says otherwise: a week of work.
const TERM_WORKING_DAYS: &str = "5";

pub(crate) fn routes() -> Router<Site> {
    Router::new()
        .route("/orders", get(list))
        .route("/orders/new", get(form).post(issue))
}

/// Whose orders and warnings a visitor sees: all, or his unit's.
pub(crate) fn whose(visitor: &Visitor) -> Result<Option<UnitCode>, PageError> {
    if visitor.sees_all() {
        return Ok(None);
    }
    let unit = visitor.person.as_ref().and_then(|p| p.unit.clone());
    unit.map(Some).ok_or(PageError::Forbidden)
}

/// Whether the desk is in somebody's menu.
pub(crate) fn may(visitor: &Visitor) -> bool {
    whose(visitor).is_ok()
}

/// What stands in the address.
#[derive(Debug, Default, Deserialize)]
struct Asked {
    #[serde(default)]
    state: String,
    #[serde(default)]
    after: String,
}

struct Choice {
    word: &'static str,
    name: String,
    count: i64,
    current: bool,
}

#[derive(Template)]
#[template(path = "orders.html")]
struct OrdersPage {
    f: Frame,
    t: Texts,
    choices: Vec<Choice>,
    state: &'static str,
    rows: Vec<Row>,
    several_units: bool,
    may_issue: bool,
    next: Option<String>,
    first: bool,
}

async fn list(
    State(site): State<Site>,
    visitor: Here,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    let t = visitor.texts;
    let unit = whose(&visitor)?;
    let unit = unit.as_ref().map(UnitCode::as_str);
    let state = STATES.into_iter().find(|word| *word == asked.state);
    let state = state.unwrap_or(STATES[0]);
    let mut choices = Vec::new();
    for word in STATES {
        choices.push(Choice {
            word,
            name: t.say(name_of(word)).to_owned(),
            count: site.engine.order_count(word, unit).await?,
            current: word == state,
        });
    }
    let after = paging::parse(&asked.after);
    let limit = paging::wanted(PAGE_ROWS);
    let mut found = site
        .engine
        .orders(state, unit, after.unwrap_or((i64::MIN, "")), limit)
        .await?;
    let next = paging::cut(&mut found, PAGE_ROWS, |row| {
        paging::place(row.stage_due_at_us.unwrap_or(NO_DATE_US), &row.subject)
    });
    draw(&OrdersPage {
        f: Frame::of(&site, &visitor, t.say("orders.title")),
        t,
        choices,
        state,
        rows: listed::rows(&visitor, &found),
        several_units: unit.is_none(),
        may_issue: visitor.is(Role::Inspector),
        next,
        first: asked.after.is_empty(),
    })
}

/// A state's name in the list; the record's word for a case that is closed is another.
fn name_of(state: &str) -> &'static str {
    match state {
        "issued" => "state.issued",
        "replied" => "orders.replied",
        _ => "orders.closed",
    }
}

/// What a new order is about, when it comes from a case or a card.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct NewOrder {
    unit: String,
    /// The case.
    about: String,
    text: String,
    amount: String,
    unit_of_term: String,
}

#[derive(Template)]
#[template(path = "order_new.html")]
struct NewPage {
    f: Frame,
    t: Texts,
    typed: NewOrder,
    units: Vec<(String, String)>,
    terms: Vec<(&'static str, String)>,
    error: Option<String>,
}

async fn form(
    State(site): State<Site>,
    visitor: Here,
    Query(mut asked): Query<NewOrder>,
) -> Result<Response, PageError> {
    visitor.inspector()?;
    if !asked.about.is_empty() {
        // The case says whose it is.
        let seen = case::seen(&site, &visitor, &asked.about).await?;
        seen.subject.unit().as_str().clone_into(&mut asked.unit);
    }
    if asked.amount.is_empty() {
        TERM_WORKING_DAYS.clone_into(&mut asked.amount);
    }
    new_page(&site, &visitor, asked, None)
}

fn new_page(
    site: &Site,
    visitor: &Visitor,
    typed: NewOrder,
    error: Option<String>,
) -> Result<Response, PageError> {
    let t = visitor.texts;
    let units = visitor.books.directory.units();
    let page = NewPage {
        f: Frame::of(site, visitor, t.say("orders.new")),
        t,
        typed,
        units: units
            .map(|u| (u.code.as_str().to_owned(), u.name.clone()))
            .collect(),
        terms: ["wd", "d"]
            .map(|word| (word, t.word("term", word).to_owned()))
            .into(),
        error,
    };
    draw_form(page.error.is_some(), &page)
}

/// Issues one. Refused, the form comes back with all that was typed.
async fn issue(
    State(site): State<Site>,
    visitor: Here,
    Form(typed): Form<NewOrder>,
) -> Result<Response, PageError> {
    visitor.inspector()?;
    let t = visitor.texts;
    let person = visitor.desk()?;
    let term = ActForm {
        amount: typed.amount.clone(),
        unit_of_term: typed.unit_of_term.clone(),
        ..ActForm::default()
    };
    let term = match term.term(t) {
        Ok(Some(term)) => term,
        Ok(None) => {
            let told = t.say("orders.no_term").to_owned();
            return new_page(&site, &visitor, typed, Some(told));
        }
        Err(mistake) => return new_page(&site, &visitor, typed, Some(mistake.0)),
    };
    let text = typed.text.trim();
    if text.is_empty() {
        let told = t.say("orders.no_text").to_owned();
        return new_page(&site, &visitor, typed, Some(told));
    }
    let act = Act {
        by: Some(person.code.clone()),
        ..Act::default()
    };
    let about = Some(typed.about.trim()).filter(|about| !about.is_empty());
    let issued = site
        .engine
        .issue_order(typed.unit.trim(), text, term, about, act)
        .await;
    match issued {
        Ok(seen) => {
            let to = format!("/case/{}?done=issue_order", seen.subject.id.as_str());
            Ok(Redirect::to(&to).into_response())
        }
        Err(error)
            if error.is_refusal() || matches!(error, engine::EngineError::NotFound { .. }) =>
        {
            let told = frame::one_language(t, &error.to_string());
            new_page(&site, &visitor, typed, Some(told))
        }
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;

    use crate::testing::{CASE, Trial, location};

    const NEW: [(&str, &str); 4] = [
        ("unit", "FGW"),
        ("text", "请说明<原因>并于期限内办结"),
        ("amount", "3"),
        ("unit_of_term", "wd"),
    ];

    #[tokio::test]
    async fn an_inspector_orders_and_the_unit_answers() {
        let trial = Trial::new().await;
        for other in [
            "leader", "clerk", "handler", "head", "stranger", "system", "security", "audit",
        ] {
            let (status, _, _) = trial.get_as(other, "/orders/new").await;
            assert_eq!(status, StatusCode::FORBIDDEN, "{other}");
            let (status, _, _) = trial.post_as(other, "/orders/new", &NEW).await;
            assert_eq!(status, StatusCode::FORBIDDEN, "{other}");
        }
        let (status, headers, body) = trial.post_as("inspector", "/orders/new", &NEW).await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{body}");
        let number = "DB-410800-FGW-20110926-0001";
        assert_eq!(
            location(&headers),
            format!("/case/{number}?done=issue_order")
        );

        for (account, sees) in [
            ("inspector", Some(true)),
            ("leader", Some(true)),
            ("head", Some(true)),
            ("clerk", Some(true)),
            ("stranger", Some(false)),
            ("system", None),
            ("audit", None),
        ] {
            let (status, _, body) = trial.get_as(account, "/orders").await;
            let wanted = if sees.is_some() {
                StatusCode::OK
            } else {
                StatusCode::FORBIDDEN
            };
            assert_eq!(status, wanted, "{account}");
            assert_eq!(body.contains(number), sees == Some(true), "{account}");
        }
        let (_, _, body) = trial.get_as("head", "/orders").await;
        assert!(
            body.contains("剩 3 个工作日") && body.contains("9月29日 周四 24:00前"),
            "{body}"
        );
        let reply = [("act", "reply_order"), ("seq", "1"), ("reason", "已整改")];
        let (status, _, _) = trial
            .post_as("head", &format!("/case/{number}/act"), &reply)
            .await;
        assert_eq!(status, StatusCode::SEE_OTHER);
        let (_, _, body) = trial.get_as("inspector", "/orders?state=replied").await;
        assert!(body.contains(number), "{body}");
        let (_, _, body) = trial.get_as("inspector", "/orders?state=issued").await;
        assert!(!body.contains(number), "{body}");
    }

    #[tokio::test]
    async fn a_refused_order_keeps_what_was_typed() {
        let trial = Trial::new().await;
        for (field, value, wanted) in [
            ("amount", "", "请填写时限"),
            ("amount", "x", "时限请填写整数"),
            ("text", " ", "请写明要求"),
            ("about", "410800-FGW-20110926-9999", "9999"),
        ] {
            let mut form: Vec<(&str, &str)> = NEW.to_vec();
            form.retain(|(name, _)| *name != field);
            form.push((field, value));
            let (status, _, body) = trial.post_as("inspector", "/orders/new", &form).await;
            assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{field}");
            assert!(body.contains(wanted), "{wanted} in:\n{body}");
            if field != "text" {
                assert!(body.contains("请说明&#60;原因&#62;"), "{body}");
            }
        }
    }

    #[tokio::test]
    async fn an_order_about_a_case_goes_to_the_unit_of_the_case() {
        let trial = Trial::new().await;
        trial.receive().await;
        let (_, _, body) = trial
            .get_as("inspector", &format!("/orders/new?about={CASE}"))
            .await;
        assert!(
            body.contains("value=\"FGW\" selected") && body.contains(CASE),
            "{body}"
        );
        let (status, _, _) = trial.get_as("inspector", "/orders/new?about=X").await;
        assert_eq!(status, StatusCode::NOT_FOUND);
    }

    #[tokio::test]
    async fn an_order_is_printed_as_a_paper() {
        let trial = Trial::new().await;
        trial.post_as("inspector", "/orders/new", &NEW).await;
        let path = "/case/DB-410800-FGW-20110926-0001/paper";
        for (account, may) in [
            ("inspector", true),
            ("head", true),
            ("stranger", false),
            ("audit", false),
        ] {
            let (status, _, _) = trial.get_as(account, path).await;
            assert_eq!(status == StatusCode::OK, may, "{account}");
        }
        let (_, _, body) = trial.get_as("inspector", path).await;
        for words in [
            "督办单",
            "发展和改革委员会",
            "3个工作日",
            "2011年9月26日",
            "试运行",
        ] {
            assert!(body.contains(words), "{words} in:\n{body}");
        }
        trial.receive().await;
        let (status, _, _) = trial
            .get_as("inspector", &format!("/case/{CASE}/paper"))
            .await;
        assert_eq!(status, StatusCode::NOT_FOUND, "a case is no order");
    }
}
