//! What stands around every page: the desks that this person has, the search box, the person, the clock.

use approval::people::Role;
use approval::stage::Stage;
use askama::Template;
use axum::response::{IntoResponse, Response};
use calendar::Calendar;
use chrono::{DateTime, Utc};
use engine::accounts::AccountRole;
use notify::{Language, words};

use crate::assets;
use crate::page::{PageError, draw_as};
use crate::site::Site;
use crate::texts::Texts;
use crate::visitor::Visitor;

/// A desk: a page that stands in the menu of those who may enter it.
struct Desk {
    path: &'static str,
    /// The key of its name.
    name: &'static str,
    may: fn(&Visitor) -> bool,
}

/// All desks. The first that a visitor may enter is where the sign-in leads; one that is the first for some only stands
/// here twice.
const DESKS: [Desk; 25] = [
    Desk {
        path: "/leader",
        name: "frame.leader",
        may: |v| v.is(Role::Leader),
    },
    Desk {
        path: "/board",
        name: "frame.board",
        may: Visitor::sees_all,
    },
    Desk {
        path: "/unit",
        name: "frame.unit",
        may: |v| v.is(Role::Head),
    },
    Desk {
        path: "/todo",
        name: "frame.todo",
        may: works,
    },
    Desk {
        path: crate::clerk::register::PATH,
        name: "register.title",
        may: crate::clerk::register::may,
    },
    Desk {
        path: "/unit",
        name: "frame.unit",
        may: |v| !v.is(Role::Head) && crate::unit_desk::may(v),
    },
    Desk {
        path: "/warnings",
        name: "frame.warnings",
        may: crate::orders::may,
    },
    Desk {
        path: "/orders",
        name: "frame.orders",
        may: crate::orders::may,
    },
    Desk {
        path: crate::appeals::PATH,
        name: "appeals.title",
        may: crate::orders::may,
    },
    Desk {
        path: crate::outages::PATH,
        name: "outages.title",
        may: Visitor::sees_all,
    },
    Desk {
        path: crate::scores::PATH,
        name: "scores.title",
        may: crate::scores::may,
    },
    Desk {
        path: "/leader",
        name: "frame.leader",
        may: |v| v.is(Role::Inspector),
    },
    Desk {
        path: crate::reports::PATH,
        name: "reports.title",
        may: crate::reports::may,
    },
    Desk {
        path: "/accounts",
        name: "accounts.title",
        may: crate::admin::may_see_accounts,
    },
    Desk {
        path: "/admin/units",
        name: "units.title",
        may: |v| v.administers(AccountRole::System),
    },
    Desk {
        path: "/admin/people",
        name: "people.title",
        may: |v| v.administers(AccountRole::System),
    },
    Desk {
        path: "/admin/items",
        name: "items.title",
        may: |v| v.administers(AccountRole::System),
    },
    Desk {
        path: "/admin/places",
        name: "places.title",
        may: |v| v.administers(AccountRole::System),
    },
    Desk {
        path: "/admin/calendar",
        name: "calendar.title",
        may: |v| v.administers(AccountRole::System),
    },
    Desk {
        path: "/admin/rules",
        name: "rules.title",
        may: |v| v.administers(AccountRole::System),
    },
    Desk {
        path: "/admin/outbox",
        name: "outbox.title",
        may: |v| v.administers(AccountRole::System),
    },
    Desk {
        path: "/admin/jobs",
        name: "jobs.title",
        may: |v| v.administers(AccountRole::System),
    },
    Desk {
        path: "/admin/health",
        name: "health.title",
        may: |v| v.administers(AccountRole::System),
    },
    Desk {
        path: "/audit",
        name: "audit.title",
        may: |v| v.administers(AccountRole::Audit),
    },
    Desk {
        path: "/status",
        name: "frame.status",
        may: |v| v.sees_all() || v.administers(AccountRole::System),
    },
];

/// Whether somebody handles cases.
fn works(visitor: &Visitor) -> bool {
    Stage::ALL.iter().any(|stage| visitor.holds(*stage)) || visitor.is(Role::Head)
}

/// Where a visitor begins.
pub(crate) fn home(visitor: &Visitor) -> &'static str {
    let mut desks = DESKS.iter();
    desks
        .find(|d| (d.may)(visitor))
        .map_or(crate::sign_in::PASSWORD, |d| d.path)
}

/// An entry of the menu.
pub(crate) struct MenuItem {
    pub(crate) path: &'static str,
    pub(crate) name: &'static str,
    pub(crate) current: bool,
}

/// What the layout needs to know.
pub(crate) struct Frame {
    pub(crate) t: Texts,
    pub(crate) lang: &'static str,
    pub(crate) title: String,
    pub(crate) system_name: String,
    pub(crate) style: String,
    pub(crate) script: String,
    /// What isn't real about this database.
    pub(crate) marks: Vec<String>,
    pub(crate) menu: Vec<MenuItem>,
    /// The person's name; none on the sign-in page.
    pub(crate) name: Option<String>,
    /// The unit, or what the account is for.
    pub(crate) place: String,
    /// Those for whom the person may act now.
    pub(crate) stands_for: String,
    pub(crate) clock: String,
    /// Whether the clock can be moved, as a demo's.
    pub(crate) movable: bool,
    pub(crate) path: String,
    /// What was just done, told once.
    pub(crate) done: Option<String>,
}

impl Frame {
    /// Around a page without anybody signed in.
    pub(crate) fn outside(site: &Site, t: Texts, title: &str) -> Self {
        Self {
            t,
            lang: t.language().pick("zh-CN", "en"),
            title: title.to_owned(),
            system_name: site.title.system_name.clone(),
            style: assets::address("style.css"),
            script: assets::address("desk.js"),
            marks: marks(site, t),
            menu: Vec::new(),
            name: None,
            place: site.title.organ_name.clone(),
            stands_for: String::new(),
            clock: String::new(),
            movable: false,
            path: "/".to_owned(),
            done: None,
        }
    }

    /// Around a visitor's page.
    pub(crate) fn of(site: &Site, visitor: &Visitor, title: &str) -> Self {
        let t = visitor.texts;
        let at = visitor.path.split('?').next().unwrap_or_default();
        let desks = DESKS.iter().filter(|desk| (desk.may)(visitor));
        let stood_for: Vec<String> = visitor.stood_for().map(|p| p.name.clone()).collect();
        Self {
            menu: desks
                .map(|desk| MenuItem {
                    path: desk.path,
                    name: desk.name,
                    current: at == desk.path || at.starts_with(&format!("{}/", desk.path)),
                })
                .collect(),
            name: Some(visitor.who.name.clone()),
            place: place(visitor),
            stands_for: words::list(t.language(), &stood_for),
            clock: clock(t, &visitor.books.calendar, visitor.now),
            movable: site.access.demo.is_some() && site.engine.standing().shift_us.is_some(),
            path: visitor.path.clone(),
            done: done(t, &visitor.path),
            ..Self::outside(site, t, title)
        }
    }
}

/// What was just done, by the address that an act led to: a key of `act.`, whatever page it is.
fn done(t: Texts, path: &str) -> Option<String> {
    let word = done_word(path)?;
    t.known(&format!("act.{word}")).map(str::to_owned)
}

/// The word of what was just done, by the address that the act led to.
pub(crate) fn done_word(path: &str) -> Option<String> {
    let (_, query) = path.split_once('?')?;
    let (_, word) = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "done")?;
    Some(word.into_owned())
}

/// The unit, or what the account is for.
fn place(visitor: &Visitor) -> String {
    let directory = &visitor.books.directory;
    let person = visitor.person.as_ref();
    let unit = person.and_then(|p| p.unit.as_ref());
    let word = match person.map(|p| p.role) {
        Some(role) => role.as_str(),
        None => visitor.who.role.as_str(),
    };
    match unit.and_then(|code| directory.unit(code)) {
        Some(unit) => unit.name.clone(),
        None => visitor.texts.word("role", word).to_owned(),
    }
}

/// What isn't real about a database stands above everything else.
pub(crate) fn marks(site: &Site, t: Texts) -> Vec<String> {
    let standing = site.engine.standing();
    let mut marks = Vec::new();
    if standing.trial {
        marks.push(t.say("frame.trial").to_owned());
    }
    if standing.shadow_since.is_some() {
        marks.push(t.say("frame.shadow").to_owned());
    }
    marks.extend(standing.synthetic.clone());
    if standing.shift_us.is_some() && !standing.trial {
        marks.push(t.say("frame.shifted").to_owned());
    }
    marks
}

/// Today, and whether it works.
pub(crate) fn clock(t: Texts, calendar: &Calendar, now: DateTime<Utc>) -> String {
    let language = t.language();
    let local = calendar.local(now);
    let date = local.date_naive();
    let why = match (calendar.day(date), language) {
        (Ok(day), _) if day.working => t.say("frame.working_day").to_owned(),
        (Ok(day), Language::Zh) => day.why,
        (Ok(_), Language::En) => t.say("frame.rest_day").to_owned(),
        (Err(_), _) => t.say("frame.not_covered").to_owned(),
    };
    format!(
        "{} {} {} {why}",
        words::whole_day(language, date),
        words::weekday(language, date),
        local.format("%H:%M"),
    )
}

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage {
    f: Frame,
    t: Texts,
    what: String,
    home: &'static str,
}

/// The page of an error, with the visitor's frame around it.
pub(crate) fn error_page(site: &Site, visitor: &Visitor, error: &PageError) -> Response {
    let title = visitor.texts.say("error.title");
    drawn(
        Frame::of(site, visitor, title),
        visitor.texts,
        error,
        home(visitor),
    )
}

/// The page of an error where nobody is signed in.
pub(crate) fn failure(site: &Site, t: Texts, error: &PageError) -> Response {
    drawn(Frame::outside(site, t, t.say("error.title")), t, error, "/")
}

fn drawn(f: Frame, t: Texts, error: &PageError, home: &'static str) -> Response {
    let what = error_text(t, error);
    let status = error.status();
    let page = ErrorPage { f, t, what, home };
    // If even this page fails there is only the status left.
    draw_as(status, &page).unwrap_or_else(|_| status.into_response())
}

/// What went wrong, in the reader's language. What belongs to the installation goes to the log, not to the page.
pub(crate) fn error_text(t: Texts, error: &PageError) -> String {
    match error {
        PageError::NotFound => t.say("error.not_found").to_owned(),
        PageError::Forbidden => t.say("error.forbidden").to_owned(),
        PageError::Engine(error) if error.is_refusal() => one_language(t, &error.to_string()),
        PageError::Engine(error) => {
            tracing::error!(error.kind = error.kind(), error = %error, "a page can't be filled");
            t.say("error.unavailable").to_owned()
        }
        PageError::Template(error) => {
            tracing::error!(error = %error, "a template failed");
            t.say("error.broken").to_owned()
        }
        PageError::Broken => t.say("error.broken").to_owned(),
    }
}

/// Messages of the engine are Chinese first, ` / `, English second.
pub(crate) fn one_language(t: Texts, message: &str) -> String {
    match (message.split_once(" / "), t.language()) {
        (Some((zh, _)), Language::Zh) => zh.to_owned(),
        (Some((_, en)), Language::En) => en.to_owned(),
        (None, _) => message.to_owned(),
    }
}
