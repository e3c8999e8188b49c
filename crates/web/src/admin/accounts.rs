//! The accounts: who signs in, and how each account stands.

use std::collections::HashMap;

use approval::ids::PersonCode;
use askama::Template;
use axum::Router;
use axum::extract::{Query, State};
use axum::response::Response;
use axum::routing::get;
use engine::Clock;
use engine::accounts::AccountRole;
use serde::Deserialize;
use store::account::{AccountRow, StandingRow};
use store::codec::{instant, micros};

use super::Choice;
use crate::frame::Frame;
use crate::page::{PageError, draw};
use crate::paging;
use crate::shown;
use crate::site::Site;
use crate::texts::Texts;
use crate::todo::unit_name;
use crate::visitor::{Here, Visitor};

/// Rows on a page.
const PAGE_ROWS: usize = 50;
/// How an account may stand; the first that is true is shown.
const STATES: [&str; 4] = ["closed", "locked", "first_password", "open"];

pub(super) fn routes() -> Router<Site> {
    Router::new().route("/accounts", get(list))
}

/// Whoever makes accounts sees them, and whoever lets them in.
pub(crate) fn may(visitor: &Visitor) -> bool {
    visitor.administers(AccountRole::Security) || visitor.administers(AccountRole::System)
}

/// The same as a guard.
pub(super) fn see(visitor: &Visitor) -> Result<(), PageError> {
    if may(visitor) {
        Ok(())
    } else {
        Err(PageError::Forbidden)
    }
}

/// What stands in the address.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    q: String,
    role: String,
    state: String,
    after: String,
}

/// An account as the lists and its own page show it.
pub(super) struct Shown {
    pub(super) account: String,
    /// For addresses: an account's name may have letters of any alphabet.
    pub(super) segment: String,
    pub(super) name: String,
    pub(super) role: String,
    /// The person and the unit, of a desk account.
    pub(super) person: String,
    pub(super) unit: String,
    /// One of [`STATES`].
    pub(super) state: &'static str,
    pub(super) signed_in: Option<String>,
    pub(super) sessions: i64,
}

/// How an account stands by the machine's time, in which it is locked.
pub(super) fn state(row: &AccountRow) -> &'static str {
    let now_us = micros(Clock::System.now());
    if !row.active {
        "closed"
    } else if row.locked_until_us.is_some_and(|until| now_us < until) {
        "locked"
    } else if row.must_change {
        "first_password"
    } else {
        "open"
    }
}

/// An account with what the log and its sessions say of it.
pub(super) fn shown(visitor: &Visitor, row: &AccountRow, standing: Option<&StandingRow>) -> Shown {
    let t = visitor.texts;
    let directory = &visitor.books.directory;
    let code = row.person.clone().map(PersonCode::new);
    let person = code.as_ref().and_then(|code| directory.person(code));
    let unit = person.and_then(|p| p.unit.as_ref());
    let at = standing.and_then(|s| s.signed_in_at_us);
    Shown {
        account: row.account.clone(),
        segment: segment(&row.account),
        name: row.name.clone(),
        role: t.word("account_role", &row.role).to_owned(),
        person: row.person.clone().unwrap_or_default(),
        unit: match unit {
            Some(unit) => unit_name(visitor, unit.as_str()),
            None => person.map_or_else(String::new, |p| t.word("role", p.role.as_str()).to_owned()),
        },
        state: state(row),
        signed_in: at.map(|us| {
            shown::brief(
                t.language(),
                &visitor.books.calendar,
                instant(us),
                visitor.now,
            )
        }),
        sessions: standing.map_or(0, |s| s.sessions),
    }
}

/// A name as a part of an address.
pub(super) fn segment(account: &str) -> String {
    // A space would be written as "+"; an account has none.
    form_urlencoded::byte_serialize(account.as_bytes()).collect()
}

#[derive(Template)]
#[template(path = "admin/accounts.html")]
struct AccountsPage {
    f: Frame,
    t: Texts,
    q: String,
    roles: Vec<Choice>,
    states: Vec<Choice>,
    total: usize,
    lines: Vec<Shown>,
    may_add: bool,
    query: String,
    next: Option<String>,
    first: bool,
}

async fn list(
    State(site): State<Site>,
    visitor: Here,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    see(&visitor)?;
    let t = visitor.texts;
    let q = asked.q.trim().to_lowercase();
    let role = AccountRole::parse(&asked.role);
    let wanted = STATES.into_iter().find(|word| *word == asked.state);
    // A division has some hundreds of accounts: they are read whole and filtered here.
    let mut found = site.engine.accounts().await?;
    found.retain(|row| {
        let named = q.is_empty()
            || row.account.contains(&q)
            || row.name.to_lowercase().contains(&q)
            || row
                .person
                .as_ref()
                .is_some_and(|p| p.to_lowercase().contains(&q));
        named
            && role.is_none_or(|role| role.as_str() == row.role)
            && wanted.is_none_or(|word| word == state(row))
    });
    let total = found.len();
    found.retain(|row| row.account.as_str() > asked.after.as_str());
    let next = paging::cut(&mut found, PAGE_ROWS, |row| row.account.clone());
    let standings = match (found.first(), found.last()) {
        (Some(first), Some(last)) => {
            let limits = site.access.limits;
            let (first, last) = (&first.account, &last.account);
            site.engine.account_standings(first, last, limits).await?
        }
        _ => Vec::new(),
    };
    let standings: HashMap<&str, &StandingRow> =
        standings.iter().map(|s| (s.account.as_str(), s)).collect();
    let query = form_urlencoded::Serializer::new(String::new())
        .append_pair("q", asked.q.trim())
        .append_pair("role", role.map(AccountRole::as_str).unwrap_or_default())
        .append_pair("state", wanted.unwrap_or_default())
        .finish();
    let choice = |family: &str, word: &'static str, chosen: Option<&str>| Choice {
        value: word.to_owned(),
        name: t.word(family, word).to_owned(),
        chosen: chosen == Some(word),
    };
    draw(&AccountsPage {
        f: Frame::of(&site, &visitor, t.say("accounts.title")),
        t,
        q: asked.q.trim().to_owned(),
        roles: AccountRole::ALL
            .map(|r| choice("account_role", r.as_str(), role.map(AccountRole::as_str)))
            .into(),
        states: STATES
            .map(|word| choice("account_state", word, wanted))
            .into(),
        total,
        lines: found
            .iter()
            .map(|row| shown(&visitor, row, standings.get(row.account.as_str()).copied()))
            .collect(),
        may_add: visitor.administers(AccountRole::System),
        query,
        next,
        first: asked.after.is_empty(),
    })
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;

    use crate::testing::Trial;

    #[tokio::test]
    async fn those_who_make_and_those_who_open_accounts_see_them_and_nobody_else() {
        let trial = Trial::new().await;
        trial.add("clerk").await;
        for (account, wanted) in [
            ("security", StatusCode::OK),
            ("system", StatusCode::OK),
            ("audit", StatusCode::FORBIDDEN),
            ("inspector", StatusCode::FORBIDDEN),
            ("leader", StatusCode::FORBIDDEN),
            ("head", StatusCode::FORBIDDEN),
        ] {
            for path in ["/accounts", "/accounts/clerk"] {
                let (status, _, body) = trial.get_as(account, path).await;
                assert_eq!(status, wanted, "{account} {path}");
                let menu = body.contains("href=\"/accounts\"");
                assert_eq!(menu, wanted == StatusCode::OK, "{account}: the menu");
            }
        }
        let (_, _, body) = trial.get_as("security", "/accounts").await;
        assert!(
            !body.contains("/accounts/new"),
            "making them is another's act"
        );
        let (_, _, body) = trial.get_as("system", "/accounts").await;
        assert!(body.contains("href=\"/accounts/new\""));
    }

    #[tokio::test]
    async fn filters_hold_and_the_last_sign_in_is_told() {
        let trial = Trial::new().await;
        for account in ["clerk", "handler"] {
            trial.cookie(account).await;
        }
        trial.add("audit").await;
        let (_, _, body) = trial.get_as("security", "/accounts").await;
        assert_eq!(body.matches("href=\"/accounts/").count(), 4, "{body}");
        assert!(body.contains("9月26日 10:00"), "the last sign-in: {body}");
        assert!(body.contains("从未登录"), "{body}");
        for (query, count) in [
            ("q=CLERK", 1),
            ("q=fgw-h", 1),
            ("q=nobody", 0),
            ("role=desk", 2),
            ("role=audit", 1),
            ("role=nonsense", 4),
            ("state=open", 4),
            ("state=closed", 0),
            ("after=clerk", 2),
        ] {
            let (_, _, body) = trial
                .get_as("security", &format!("/accounts?{query}"))
                .await;
            assert_eq!(body.matches("href=\"/accounts/").count(), count, "{query}");
        }
    }
}
