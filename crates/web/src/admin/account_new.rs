//! Making an account: the system administrator's act. It stays closed until the security administrator opens it.

use std::collections::BTreeSet;

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use axum::{Form, Router};
use engine::EngineError;
use engine::accounts::{AccountRole, Requested};
use serde::Deserialize;

use super::accounts::segment;
use super::{Choice, only};
use crate::frame::{self, Frame};
use crate::page::{PageError, draw_form};
use crate::site::Site;
use crate::texts::Texts;
use crate::todo::unit_name;
use crate::visitor::{Here, Visitor};

pub(super) fn routes() -> Router<Site> {
    Router::new().route("/accounts/new", get(form).post(add))
}

/// What is typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Typed {
    account: String,
    role: String,
    person: String,
    name: String,
}

#[derive(Template)]
#[template(path = "admin/account_new.html")]
struct NewPage {
    f: Frame,
    t: Texts,
    typed: Typed,
    roles: Vec<Choice>,
    /// People without an account: the code, the name and the unit.
    people: Vec<(String, String)>,
    error: Option<String>,
}

async fn form(State(site): State<Site>, visitor: Here) -> Result<Response, PageError> {
    only(&visitor, AccountRole::System)?;
    new_page(&site, &visitor, Typed::default(), None).await
}

async fn new_page(
    site: &Site,
    visitor: &Visitor,
    typed: Typed,
    error: Option<String>,
) -> Result<Response, PageError> {
    let t = visitor.texts;
    let accounts = site.engine.accounts().await?;
    let having: BTreeSet<&str> = accounts
        .iter()
        .filter_map(|a| a.person.as_deref())
        .collect();
    let chosen = AccountRole::parse(&typed.role).unwrap_or(AccountRole::Desk);
    let people = visitor.books.directory.people();
    let people = people.filter(|p| !having.contains(p.code.as_str()));
    let page = NewPage {
        f: Frame::of(site, visitor, t.say("account_new.title")),
        t,
        typed,
        roles: AccountRole::ALL
            .map(|role| Choice {
                value: role.as_str().to_owned(),
                name: t.word("account_role", role.as_str()).to_owned(),
                chosen: role == chosen,
            })
            .into(),
        people: people
            .map(|p| {
                let unit = p
                    .unit
                    .as_ref()
                    .map(|unit| unit_name(visitor, unit.as_str()));
                let told = format!("{} {}", p.name, unit.unwrap_or_default());
                (p.code.as_str().to_owned(), told.trim_end().to_owned())
            })
            .collect(),
        error,
    };
    draw_form(page.error.is_some(), &page)
}

async fn add(
    State(site): State<Site>,
    visitor: Here,
    Form(typed): Form<Typed>,
) -> Result<Response, PageError> {
    only(&visitor, AccountRole::System)?;
    let t = visitor.texts;
    let Some(role) = AccountRole::parse(&typed.role) else {
        let told = t.say("account_new.no_role").to_owned();
        return new_page(&site, &visitor, typed, Some(told)).await;
    };
    let person = Some(typed.person.trim().to_owned()).filter(|code| !code.is_empty());
    let new = Requested {
        account: typed.account.clone(),
        name: typed.name.clone(),
        role,
        person,
    };
    match site.engine.request_account(new, &visitor.caller()).await {
        Ok(account) => {
            let to = format!("/accounts/{}?done=account_added", segment(&account));
            Ok(Redirect::to(&to).into_response())
        }
        Err(error @ (EngineError::Invalid { .. } | EngineError::Refused(_))) => {
            let told = frame::one_language(t, &error.to_string());
            new_page(&site, &visitor, typed, Some(told)).await
        }
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;
    use store::audit::Filter;

    use crate::testing::{Trial, location};

    #[tokio::test]
    async fn nobody_but_the_system_administrator_makes_accounts() {
        let trial = Trial::new().await;
        let form = [("account", "new"), ("role", "audit")];
        for who in ["security", "audit", "inspector", "leader", "head", "clerk"] {
            let (status, ..) = trial.post_as(who, "/accounts/new", &form).await;
            assert_eq!(status, StatusCode::FORBIDDEN, "{who}");
            let (status, ..) = trial.get_as(who, "/accounts/new").await;
            assert_eq!(status, StatusCode::FORBIDDEN, "{who}");
        }
        let accounts = trial.engine.accounts().await.unwrap();
        assert!(accounts.iter().all(|a| a.account != "new"));
    }

    /// Neither of the two lets anybody in alone: one makes the account, the other opens it and has the password.
    #[tokio::test]
    async fn a_new_account_waits_for_the_security_administrator() {
        let trial = Trial::new().await;
        let form = [
            ("account", "FGW-C1"),
            ("role", "desk"),
            ("person", "FGW-C1"),
        ];
        let (status, headers, body) = trial.post_as("system", "/accounts/new", &form).await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{body}");
        assert_eq!(location(&headers), "/accounts/fgw-c1?done=account_added");
        let filter = Filter {
            act: Some("account_added".to_owned()),
            account: Some("system".to_owned()),
            ..Filter::default()
        };
        let log = trial.engine.audit_log(&filter, 10).await.unwrap();
        assert_eq!(log.len(), 1);
        let accounts = trial.engine.accounts().await.unwrap();
        let made = accounts.iter().find(|a| a.account == "fgw-c1").unwrap();
        assert!(!made.active && made.must_change);
        assert_eq!(made.name, "韩霞琪");
        let (_, _, body) = trial
            .post_as("security", "/accounts/fgw-c1/act", &[("act", "open")])
            .await;
        let password = body.split("class=\"secret\">").nth(1).unwrap();
        let password = password.split('<').next().unwrap();
        let form = [("account", "fgw-c1"), ("password", password)];
        let signed_in = trial.post_raw("", "/sign-in", &form).await;
        assert_eq!(signed_in.status(), StatusCode::SEE_OTHER);
    }

    #[tokio::test]
    async fn what_is_wrong_comes_back_with_what_was_typed() {
        let trial = Trial::new().await;
        trial.add("clerk").await;
        for (account, role, person, told) in [
            ("new", "desk", "", "业务账号必须对应一名人员"),
            ("new", "desk", "NOBODY", "NOBODY"),
            ("new", "audit", "FGW-H1", "管理员账号不对应业务人员"),
            ("new", "desk", "FGW-C1", "该人员已有账号 clerk"),
            ("clerk", "audit", "", "账号 clerk 已存在"),
            ("no space", "audit", "", "账号由字母"),
            ("new", "root", "", "请选择"),
        ] {
            let form = [
                ("account", account),
                ("role", role),
                ("person", person),
                ("name", "某甲"),
            ];
            let (status, _, body) = trial.post_as("system", "/accounts/new", &form).await;
            assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{told}");
            assert!(body.contains(told), "{told}: {body}");
            assert!(body.contains("value=\"某甲\""), "{told}");
            assert!(body.contains(&format!("value=\"{account}\"")), "{told}");
        }
    }
}
