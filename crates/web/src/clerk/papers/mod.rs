//! The papers that a case's applicant gets: which of them its events justify, and each as an A4 page. They are official
//! and in Chinese in both languages; only what stands around them on the screen is the reader's.

mod kind;
mod sheet;

use approval::Subject;
use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::get;
use engine::Seen;
use notify::{Language, words};
use report::picture::{Look, qr};

use crate::applicant;
use crate::assets;
use crate::case;
use crate::page::{PageError, draw};
use crate::site::Site;
use crate::texts::Texts;
use crate::visitor::{Here, Visitor};

use kind::Kind;
use sheet::{Sheet, Writer};

pub(super) fn routes() -> Router<Site> {
    Router::new().route("/case/{number}/paper/{kind}", get(show))
}

/// A paper that can be printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Link {
    pub(crate) href: String,
    pub(crate) name: String,
    /// Made by the act that led here: it has the cursor, so that Enter opens it.
    pub(crate) fresh: bool,
}

/// The papers that a case's events justify, in their order. `done` is the act that led here.
pub(crate) fn links(t: Texts, seen: &Seen, done: Option<&str>) -> Vec<Link> {
    let kinds = Kind::of(&seen.subject);
    let fresh = kinds.iter().rposition(|kind| done == Some(kind.act()));
    let link = |(place, kind): (usize, &Kind)| Link {
        href: format!("/case/{}/paper/{kind}", seen.subject.id.as_str()),
        name: name(t, seen, kind, &kinds),
        fresh: fresh == Some(place),
    };
    kinds.iter().enumerate().map(link).collect()
}

/// A paper's name, with its day where there are several of its kind.
fn name(t: Texts, seen: &Seen, kind: &Kind, all: &[Kind]) -> String {
    let name = t.say(kind.key());
    let others = all.iter().filter(|k| k.key() == kind.key()).count();
    match seen.subject.event(kind.seq()) {
        Some(event) if others > 1 => {
            let day = seen.books.calendar.office_date(event.occurred_at);
            t.two("papers.of_day", name, words::day(t.language(), day))
        }
        _ => name.to_owned(),
    }
}

#[derive(Template)]
#[template(path = "clerk_paper.html")]
struct PaperPage<'a> {
    /// What stands around the paper.
    t: Texts,
    /// The paper itself.
    zh: Texts,
    style: String,
    script: String,
    /// What isn't real about the database stands on its papers, too.
    marks: Vec<String>,
    back: String,
    organ: String,
    sheet: Sheet<'a>,
    qr: Option<String>,
}

/// A paper. What no event justifies isn't there.
async fn show(
    State(site): State<Site>,
    visitor: Here,
    Path((number, kind)): Path<(String, String)>,
) -> Result<Response, PageError> {
    let seen = case::seen(&site, &visitor, &number).await?;
    let kind = Kind::find(&seen.subject, &kind).ok_or(PageError::NotFound)?;
    let stored = site.engine.personal(&number).await?;
    let applicant = applicant::of(stored.as_deref());
    let zh = Texts::of(Language::Zh);
    let unit = crate::todo::unit_name(&visitor, seen.subject.unit().as_str());
    let password = may_hand_out(&visitor, &seen.subject)
        .then(|| applicant.query_password())
        .flatten();
    let writer = Writer {
        t: zh,
        seen: &seen,
        applicant: applicant.name(zh),
        password,
    };
    let sheet = writer.sheet(kind).ok_or(PageError::NotFound)?;
    let code = address(&site, &number);
    draw(&PaperPage {
        t: visitor.texts,
        zh,
        style: assets::address("style.css"),
        script: assets::address("desk.js"),
        marks: crate::frame::marks(&site, zh),
        back: format!("/case/{number}"),
        organ: unit,
        // A number too long for a code can't be: what is read with the eye is on the paper anyway.
        qr: sheet
            .half
            .then(|| qr(&code, &Look::zh("qr")).ok())
            .flatten(),
        sheet,
    })
}

/// What the code says: where the applicant asks after the case, if the service knows its own address; else its number. The
/// search box takes both.
fn address(site: &Site, number: &str) -> String {
    match &site.access.base_url {
        Some(base) => format!(
            "{}{}/{number}",
            base.trim_end_matches('/'),
            crate::query::PATH
        ),
        None => number.to_owned(),
    }
}

/// Whether somebody hands papers to the applicant: the case's own unit, and a common window. Others who may see the case
/// see its papers without the query password.
fn may_hand_out(visitor: &Visitor, subject: &Subject) -> bool {
    visitor.person.as_ref().is_some_and(|p| match &p.unit {
        Some(own) => own == subject.unit(),
        None => !p.posts.is_empty(),
    })
}

#[cfg(test)]
mod tests;
