//! The desks of the three administrators (三权分立): the system administrator makes accounts and keeps what the program
//! works with, the security administrator lets people in, the audit administrator reads what was done. None may do
//! another's act, and what one does stands in the audit log in the transaction that does it.

mod account;
mod account_new;
mod accounts;
mod audit;

use axum::Router;
use engine::accounts::AccountRole;

use crate::page::PageError;
use crate::site::Site;
use crate::visitor::Visitor;

pub(crate) use accounts::may as may_see_accounts;

pub(crate) fn routes() -> Router<Site> {
    Router::new()
        .merge(accounts::routes())
        .merge(account::routes())
        .merge(account_new::routes())
        .merge(audit::routes())
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
