//! The desks of the three administrators (三权分立): the system administrator makes accounts and keeps what the program
//! works with, the security administrator lets people in, the audit administrator reads what was done. None may do
//! another's act, and what one does stands in the audit log in the transaction that does it.

mod account;
mod account_new;
mod accounts;
mod audit;
mod calendar;
mod health;
mod import;
mod items;
mod jobs;
mod outbox;
mod people;
mod places;
mod revisions;
mod rules;
mod units;
mod upload;

use axum::Router;
use engine::accounts::AccountRole;

use crate::frame;
use crate::page::PageError;
use crate::site::Site;
use crate::texts::Texts;
use crate::visitor::Visitor;

pub(crate) use accounts::may as may_see_accounts;

pub(crate) fn routes() -> Router<Site> {
    Router::new()
        .merge(accounts::routes())
        .merge(account::routes())
        .merge(account_new::routes())
        .merge(audit::routes())
        .merge(units::routes())
        .merge(people::routes())
        .merge(items::routes())
        .merge(import::routes())
        .merge(jobs::routes())
        .merge(outbox::routes())
        .merge(places::routes())
        .merge(calendar::routes())
        .merge(rules::routes())
        .merge(health::routes())
}

/// Refuses everybody but one of the administrators; the refusal is noted in the log.
fn only(visitor: &Visitor, role: AccountRole) -> Result<(), PageError> {
    if visitor.administers(role) {
        Ok(())
    } else {
        Err(PageError::Forbidden)
    }
}

/// A choice of a list in a form.
struct Choice {
    value: String,
    name: String,
    chosen: bool,
}

/// Rows on a page of reference data.
const PAGE_ROWS: usize = 50;

/// What stands in the address of a list of reference data.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(default)]
struct Sought {
    q: String,
    after: String,
}

impl Sought {
    /// Whether one of a row's texts has what is sought.
    fn fits(&self, texts: &[&str]) -> bool {
        let q = self.q.trim().to_lowercase();
        q.is_empty() || texts.iter().any(|text| text.to_lowercase().contains(&q))
    }

    /// One page of rows in the order of their codes, and where the next begins. A division has some hundreds of each
    /// kind: they are read whole.
    fn page<T>(&self, rows: &mut Vec<T>, code: fn(&T) -> &str) -> Option<String> {
        rows.retain(|row| code(row) > self.after.as_str());
        let more = rows.len() > PAGE_ROWS;
        rows.truncate(PAGE_ROWS);
        rows.last().filter(|_| more).map(|row| code(row).to_owned())
    }
}

/// A fault of a form's field: the engine names the column, the page the field.
fn fault(t: Texts, message: &str) -> String {
    let named = message
        .split_once(": ")
        .and_then(|(column, what)| Some((t.known(&format!("column.{column}"))?, what)));
    match named {
        Some((field, what)) => t.two("reference.fault", field, frame::one_language(t, what)),
        None => frame::one_language(t, message),
    }
}
