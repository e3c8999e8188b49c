//! One account, and what the security administrator does to it. A first password is shown once, on the answer to the
//! act itself.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Form, Router};
use engine::EngineError;
use engine::accounts::{AccountAct, AccountRole};
use serde::Deserialize;
use store::account::AccountRow;

use super::accounts::{Shown, see, segment, shown};
use super::only;
use crate::frame::{self, Frame};
use crate::page::{PageError, draw, draw_as};
use crate::site::Site;
use crate::texts::Texts;
use crate::visitor::{Here, Visitor};

pub(super) fn routes() -> Router<Site> {
    Router::new()
        .route("/accounts/{account}", get(page))
        .route("/accounts/{account}/act", post(act))
}

/// An act as it is offered.
struct Offered {
    word: &'static str,
    name: String,
    note: String,
}

#[derive(Template)]
#[template(path = "admin/account.html")]
struct AccountPage {
    f: Frame,
    t: Texts,
    a: Shown,
    offered: Vec<Offered>,
    /// Why nothing is offered.
    nothing: Option<&'static str>,
    error: Option<String>,
}

async fn page(
    State(site): State<Site>,
    visitor: Here,
    Path(account): Path<String>,
) -> Result<Response, PageError> {
    see(&visitor)?;
    let row = known(&site, &account).await?;
    draw(&account_page(&site, &visitor, &row, None).await?)
}

async fn known(site: &Site, account: &str) -> Result<AccountRow, PageError> {
    let all = site.engine.accounts().await?;
    let found = all.into_iter().find(|row| row.account == account);
    found.ok_or(PageError::NotFound)
}

async fn account_page(
    site: &Site,
    visitor: &Visitor,
    row: &AccountRow,
    error: Option<String>,
) -> Result<AccountPage, PageError> {
    let t = visitor.texts;
    let limits = site.access.limits;
    let standings = site
        .engine
        .account_standings(&row.account, &row.account, limits)
        .await?;
    let a = shown(visitor, row, standings.first());
    let nothing = if !visitor.administers(AccountRole::Security) {
        Some("account.not_yours")
    } else if row.account == visitor.who.account {
        Some("account.own")
    } else {
        None
    };
    let offered = AccountAct::ALL
        .into_iter()
        .filter(|act| nothing.is_none() && fits(*act, row, &a))
        .map(|act| Offered {
            word: act.as_str(),
            name: t.word("account_act", act.as_str()).to_owned(),
            note: t.word("account_note", note(act, row)).to_owned(),
        });
    Ok(AccountPage {
        f: Frame::of(site, visitor, &row.account),
        t,
        offered: offered.collect(),
        nothing: nothing.map(|key| t.say(key)),
        a,
        error,
    })
}

/// Whether an act would change anything.
fn fits(act: AccountAct, row: &AccountRow, a: &Shown) -> bool {
    match act {
        AccountAct::Open => !row.active,
        AccountAct::Close => row.active,
        AccountAct::Unlock => a.state == "locked",
        AccountAct::ResetPassword => row.active,
        AccountAct::EndSessions => a.sessions > 0,
    }
}

/// What an act brings with it.
fn note(act: AccountAct, row: &AccountRow) -> &'static str {
    match act {
        AccountAct::Open if row.must_change => "open_first",
        other => other.as_str(),
    }
}

/// What is asked.
#[derive(Debug, Deserialize)]
struct ActForm {
    act: String,
}

#[derive(Template)]
#[template(path = "admin/account_password.html")]
struct PasswordPage {
    f: Frame,
    t: Texts,
    account: String,
    segment: String,
    name: String,
    password: String,
}

async fn act(
    State(site): State<Site>,
    visitor: Here,
    Path(account): Path<String>,
    Form(form): Form<ActForm>,
) -> Result<Response, PageError> {
    only(&visitor, AccountRole::Security)?;
    let t = visitor.texts;
    let row = known(&site, &account).await?;
    let Some(act) = AccountAct::parse(&form.act) else {
        return Err(PageError::NotFound);
    };
    let done = site
        .engine
        .account_act(&account, act, &visitor.caller())
        .await;
    match done {
        Ok(Some(password)) => draw(&PasswordPage {
            f: Frame::of(&site, &visitor, t.say("account.password_title")),
            t,
            segment: segment(&row.account),
            account: row.account,
            name: row.name,
            password,
        }),
        Ok(None) => {
            let to = format!(
                "/accounts/{}?done=account_{}",
                segment(&account),
                act.as_str()
            );
            Ok(Redirect::to(&to).into_response())
        }
        Err(error @ EngineError::Invalid { .. }) => {
            let told = frame::one_language(t, &error.to_string());
            let page = account_page(&site, &visitor, &row, Some(told)).await?;
            draw_as(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use engine::accounts::{Caller, NewAccount};
    use store::audit::{AuditRow, Filter};

    use super::*;
    use crate::testing::{PASSWORD, Trial, location};

    async fn row(trial: &Trial, account: &str) -> AccountRow {
        known(&trial.site, account).await.unwrap()
    }

    async fn last_entry(trial: &Trial, act: &str) -> AuditRow {
        let filter = Filter {
            act: Some(act.to_owned()),
            ..Filter::default()
        };
        let found = trial.engine.audit_log(&filter, 1).await.unwrap();
        found.into_iter().next().unwrap()
    }

    async fn do_as(trial: &Trial, who: &str, account: &str, act: &str) -> (StatusCode, String) {
        let path = format!("/accounts/{account}/act");
        let (status, _, body) = trial.post_as(who, &path, &[("act", act)]).await;
        (status, body)
    }

    /// A second security administrator.
    async fn second_security(trial: &Trial) {
        let new = NewAccount {
            account: "anquan2".to_owned(),
            name: String::new(),
            role: AccountRole::Security,
            person: None,
            password: PASSWORD.to_owned(),
            must_change: false,
            active: true,
        };
        trial
            .engine
            .add_account(new, &Caller::default())
            .await
            .unwrap();
    }

    #[tokio::test]
    async fn nobody_but_the_security_administrator_changes_an_account() {
        let trial = Trial::new().await;
        trial.cookie("clerk").await;
        let before = row(&trial, "clerk").await;
        for who in ["system", "audit", "inspector", "leader", "head", "clerk"] {
            for act in AccountAct::ALL {
                let (status, _) = do_as(&trial, who, "clerk", act.as_str()).await;
                assert_eq!(status, StatusCode::FORBIDDEN, "{who} {act:?}");
            }
            let entry = last_entry(&trial, "page").await;
            assert_eq!((entry.account.as_str(), entry.done), (who, false));
        }
        assert_eq!(row(&trial, "clerk").await, before);
        let (_, _, body) = trial.get_as("system", "/accounts/clerk").await;
        assert!(!body.contains("/accounts/clerk/act"), "nothing is offered");
    }

    #[tokio::test]
    async fn an_account_is_closed_and_opened_and_its_sessions_end() {
        let trial = Trial::new().await;
        let cookie = trial.cookie("clerk").await;
        let (status, body) = do_as(&trial, "security", "clerk", "close").await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{body}");
        assert!(!row(&trial, "clerk").await.active);
        let entry = last_entry(&trial, "account_changed").await;
        assert_eq!(entry.account, "security");
        assert_eq!((entry.target.as_str(), entry.done), ("clerk", true));
        assert!(entry.payload.contains("closed"));
        let (status, headers, _) = trial.get_with(&cookie, "/todo").await;
        assert_eq!(status, StatusCode::SEE_OTHER);
        assert!(location(&headers).starts_with("/sign-in"));
        let (status, _) = do_as(&trial, "security", "clerk", "open").await;
        assert_eq!(status, StatusCode::SEE_OTHER);
        let form = [("account", "clerk"), ("password", PASSWORD)];
        let response = trial.post_raw("", "/sign-in", &form).await;
        assert_eq!(
            response.status(),
            StatusCode::SEE_OTHER,
            "its own password stays"
        );
    }

    #[tokio::test]
    async fn a_new_password_is_shown_once_and_must_be_changed() {
        let trial = Trial::new().await;
        let cookie = trial.cookie("clerk").await;
        let (status, body) = do_as(&trial, "security", "clerk", "reset_password").await;
        assert_eq!(status, StatusCode::OK);
        let password = body.split("class=\"secret\">").nth(1).unwrap();
        let password = password.split('<').next().unwrap();
        assert_eq!(password.len(), 19, "{body}");
        assert!(row(&trial, "clerk").await.must_change);
        let (status, ..) = trial.get_with(&cookie, "/todo").await;
        assert_eq!(status, StatusCode::SEE_OTHER, "sessions ended");
        let old = [("account", "clerk"), ("password", PASSWORD)];
        let refused = trial.post_raw("", "/sign-in", &old).await;
        assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
        let new = [("account", "clerk"), ("password", password)];
        let taken = trial.post_raw("", "/sign-in", &new).await;
        assert_eq!(taken.status(), StatusCode::SEE_OTHER);
        let (_, _, body) = trial.get_as("security", "/accounts/clerk").await;
        assert!(!body.contains(password), "shown once");
        let log = trial
            .engine
            .audit_log(&Filter::default(), 100)
            .await
            .unwrap();
        assert!(log.iter().all(|entry| !entry.payload.contains(password)));
    }

    #[tokio::test]
    async fn a_lock_is_taken_away_and_sessions_are_ended() {
        let trial = Trial::new().await;
        let cookie = trial.cookie("clerk").await;
        let wrong = [("account", "clerk"), ("password", "not this one")];
        for _ in 0..5 {
            trial.post_raw("", "/sign-in", &wrong).await;
        }
        let (_, _, body) = trial.get_as("security", "/accounts/clerk").await;
        assert!(body.contains("value=\"unlock\""), "{body}");
        let (status, _) = do_as(&trial, "security", "clerk", "unlock").await;
        assert_eq!(status, StatusCode::SEE_OTHER);
        assert_eq!(row(&trial, "clerk").await.locked_until_us, None);
        let (status, ..) = trial.get_with(&cookie, "/todo").await;
        assert_eq!(status, StatusCode::OK, "unlocking ends no session");
        let (status, _) = do_as(&trial, "security", "clerk", "end_sessions").await;
        assert_eq!(status, StatusCode::SEE_OTHER);
        let (status, ..) = trial.get_with(&cookie, "/todo").await;
        assert_eq!(status, StatusCode::SEE_OTHER);
        assert!(row(&trial, "clerk").await.active);
    }

    #[tokio::test]
    async fn nobody_changes_an_account_of_his_own_nor_closes_the_last_security_administrator() {
        let trial = Trial::new().await;
        trial.cookie("security").await;
        let before = row(&trial, "security").await;
        for act in AccountAct::ALL {
            let (status, body) = do_as(&trial, "security", "security", act.as_str()).await;
            assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{act:?}");
            assert!(body.contains("不能办理自己的账号"), "{body}");
        }
        let entry = last_entry(&trial, "account_changed").await;
        assert!(!entry.done, "refusals stand in the log");
        assert!(entry.payload.contains("own_account"));
        assert_eq!(row(&trial, "security").await, before);
        // On the command line neither.
        let close = engine::accounts::AccountChange {
            active: Some(false),
            ..Default::default()
        };
        let closed = trial
            .engine
            .change_account("security", close.clone(), &Caller::default())
            .await;
        assert_eq!(closed.unwrap_err().kind(), "last_security");
        second_security(&trial).await;
        let (status, _) = do_as(&trial, "security", "anquan2", "close").await;
        assert_eq!(status, StatusCode::SEE_OTHER, "there is another one");
        assert!(!row(&trial, "anquan2").await.active);
    }

    #[tokio::test]
    async fn one_who_was_closed_meanwhile_does_nothing_more() {
        let trial = Trial::new().await;
        second_security(&trial).await;
        let closed = Caller {
            account: "anquan2".to_owned(),
            address: String::new(),
        };
        do_as(&trial, "security", "anquan2", "close").await;
        let refused = trial
            .engine
            .account_act("security", AccountAct::Close, &closed)
            .await;
        assert_eq!(refused.unwrap_err().kind(), "not_administrator");
        assert!(row(&trial, "security").await.active);
    }

    #[tokio::test]
    async fn unknown_accounts_and_acts_are_not_found() {
        let trial = Trial::new().await;
        trial.add("clerk").await;
        for (account, act) in [("nobody", "close"), ("clerk", "nonsense")] {
            let (status, _) = do_as(&trial, "security", account, act).await;
            assert_eq!(status, StatusCode::NOT_FOUND, "{account} {act}");
        }
        let (status, ..) = trial.get_as("security", "/accounts/nobody").await;
        assert_eq!(status, StatusCode::NOT_FOUND);
    }
}
