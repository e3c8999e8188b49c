//! Cards and supervision orders as papers: A4, with a number, a date and room for the seal.

use approval::order::Order;
use approval::term_text;
use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use engine::Seen;
use notify::words;

use super::{Article, articles, found, people, rule_text, sentence};
use crate::assets;
use crate::case;
use crate::level::Mark;
use crate::page::{PageError, draw};
use crate::site::Site;
use crate::texts::Texts;
use crate::visitor::Here;

#[derive(Template)]
#[template(path = "supervision_paper.html")]
struct Paper {
    t: Texts,
    lang: &'static str,
    style: String,
    /// What isn't real about the database stands on its papers, too.
    marks: Vec<String>,
    organ: String,
    title: String,
    number: String,
    to: String,
    /// The paragraphs.
    body: Vec<String>,
    articles: Vec<Article>,
    date: String,
    back: String,
    /// A paper that no longer holds says so.
    gone: Option<String>,
}

fn paper(site: &Site, t: Texts, seen: &Seen) -> Paper {
    let unit = seen.books.directory.unit(seen.subject.unit());
    Paper {
        t,
        lang: t.language().pick("zh-CN", "en"),
        style: assets::address("style.css"),
        marks: crate::frame::marks(site, t),
        organ: site.title.organ_name.clone(),
        title: String::new(),
        number: String::new(),
        to: unit.map_or_else(
            || seen.subject.unit().as_str().to_owned(),
            |u| u.name.clone(),
        ),
        body: Vec::new(),
        articles: Vec::new(),
        date: String::new(),
        back: format!("/case/{}", seen.subject.id.as_str()),
        gone: None,
    }
}

/// The paper of a notice or a card.
pub(super) async fn card(
    State(site): State<Site>,
    visitor: Here,
    Path((number, seq)): Path<(String, i64)>,
) -> Result<Response, PageError> {
    let t = visitor.texts;
    let seen = case::seen(&site, &visitor, &number).await?;
    let warning = found(&seen, seq)?;
    let mark = Mark::of(t, warning.level());
    let calendar = &seen.books.calendar;
    // A paper says how it stood on its day, whenever it is printed.
    let at = warning.recorded_at;
    let day = calendar.office_date(at);
    let names: Vec<String> = people(&seen, warning, at)
        .iter()
        .map(|p| p.name.clone())
        .collect();
    let what = t.two(
        "paper.about",
        crate::board::what(t, &seen.subject.body),
        &number,
    );
    let mut body = vec![what, sentence(t, &seen, warning, at)];
    body.push(rule_text(t, &seen, warning));
    if !names.is_empty() {
        body.push(t.one("paper.asked", words::list(t.language(), &names)));
    }
    body.retain(|paragraph| !paragraph.is_empty());
    let state = warning.state.as_str();
    draw(&Paper {
        title: t.one("paper.card_title", mark.word),
        number: t.two("paper.card_number", &number, seq),
        body,
        articles: articles(&seen, warning),
        date: words::whole_day(t.language(), day),
        back: format!("/case/{number}/warning/{seq}"),
        gone: (state != "issued").then(|| t.word("warning_state", state).to_owned()),
        ..paper(&site, t, &seen)
    })
}

/// The paper of a supervision order; a case has none.
pub(super) async fn order(
    State(site): State<Site>,
    visitor: Here,
    Path(number): Path<String>,
) -> Result<Response, PageError> {
    let t = visitor.texts;
    let seen = case::seen(&site, &visitor, &number).await?;
    let order = seen.subject.order().ok_or(PageError::NotFound)?;
    let day = seen.books.calendar.office_date(order.issued_at);
    draw(&Paper {
        title: t.say("paper.order_title").to_owned(),
        number: number.clone(),
        body: order_body(t, &seen, order),
        date: words::whole_day(t.language(), day),
        ..paper(&site, t, &seen)
    })
}

fn order_body(t: Texts, seen: &Seen, order: &Order) -> Vec<String> {
    let calendar = &seen.books.calendar;
    let mut body = Vec::new();
    if let Some(about) = &order.about {
        body.push(t.one("paper.order_about", about.as_str()));
    }
    body.push(order.text.clone());
    let term = match t.language() {
        notify::Language::Zh => term_text::zh(order.term),
        notify::Language::En => term_text::en(order.term),
    };
    let clock = seen.subject.track.clock(order.clock());
    let due = clock
        .and_then(|c| c.due)
        .map(|due| words::deadline(t.language(), due.on, Some(due.at), calendar.zone()));
    body.push(t.two("paper.order_term", term, due.unwrap_or_default()));
    body
}
