//! Signing in and out, the language, and one's own password.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, Request, State};
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Extension, Form, RequestExt};
use axum_extra::extract::cookie::{Cookie, SameSite};
use engine::EngineError;
use engine::accounts::{LENGTH_MIN, SignedIn, Token};
use notify::Language;
use serde::Deserialize;

use crate::frame::{self, Frame};
use crate::page::{PageError, draw, draw_as};
use crate::site::{ShownAccount, Site};
use crate::texts::Texts;
use crate::visitor::{self, LANGUAGE, Visitor};

/// The sign-in.
pub(crate) const SIGN_IN: &str = "/sign-in";
/// The way out.
pub(crate) const SIGN_OUT: &str = "/sign-out";
/// One's own password.
pub(crate) const PASSWORD: &str = "/password";
/// The switch of the language.
pub(crate) const LANGUAGE_SWITCH: &str = "/language";

/// The sign-in that comes back to a path.
pub(crate) fn address_for(path: &str) -> String {
    if path == "/" {
        return SIGN_IN.to_owned();
    }
    let next: String = form_urlencoded::byte_serialize(path.as_bytes()).collect();
    format!("{SIGN_IN}?next={next}")
}

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignInPage {
    f: Frame,
    t: Texts,
    account: String,
    next: String,
    /// The form that was sent after the session's end, kept for later.
    kept: String,
    error: Option<String>,
    expired: bool,
    shown: Vec<Shown>,
    /// The other set of a demo's data: where, and what it is.
    other: Option<(String, String)>,
}

struct Shown {
    account: String,
    password: String,
    who: String,
}

/// The page as it is at first. On a trial or a demo the time isn't the machine's, so it is told here already.
async fn page(site: &Site, t: Texts) -> SignInPage {
    let who = |a: &ShownAccount| t.language().pick(a.zh.clone(), a.en.clone());
    let demo = site.access.demo.as_ref();
    let accounts = demo.map_or(&[][..], |demo| &demo.accounts);
    let shown = accounts.iter().map(|a| Shown {
        account: a.account.clone(),
        password: a.password.clone(),
        who: who(a),
    });
    let books = site.engine.books(site.engine.division()).await;
    let clock = books.map(|books| frame::clock(t, &books.calendar, site.engine.clock().now()));
    SignInPage {
        f: Frame {
            clock: clock.unwrap_or_default(),
            ..Frame::outside(site, t, t.say("sign_in.title"))
        },
        t,
        account: String::new(),
        next: "/".to_owned(),
        kept: String::new(),
        error: None,
        expired: false,
        shown: shown.collect(),
        other: demo.and_then(|d| d.other.as_ref()).map(|(url, zh, en)| {
            let what = t.language().pick(zh, en);
            (url.clone(), what.clone())
        }),
    }
}

/// What stands in the address.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Next {
    #[serde(default)]
    next: String,
}

/// The form.
pub(crate) async fn show(State(site): State<Site>, request: Request) -> Response {
    let t = Texts::of(visitor::language(&site, request.headers()));
    let Query(next) = Query::<Next>::try_from_uri(request.uri()).unwrap_or_default();
    let page = SignInPage {
        next: local(&next.next).to_owned(),
        ..page(&site, t).await
    };
    draw(&page).unwrap_or_else(|error| frame::failure(&site, t, &error))
}

/// The form after a session's end in the middle of something: what was typed comes along.
pub(crate) async fn after_expiry(site: &Site, t: Texts, path: &str, kept: &str) -> Response {
    let page = SignInPage {
        next: local(path).to_owned(),
        kept: kept.to_owned(),
        expired: true,
        ..page(site, t).await
    };
    let drawn = draw_as(StatusCode::UNAUTHORIZED, &page);
    drawn.unwrap_or_else(|error| frame::failure(site, t, &error))
}

/// What is typed.
#[derive(Deserialize)]
pub(crate) struct SignInForm {
    account: String,
    password: String,
    #[serde(default)]
    next: String,
    #[serde(default)]
    kept: String,
}

/// Begins a session and goes on where one was.
pub(crate) async fn sign_in(State(site): State<Site>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let t = Texts::of(visitor::language(&site, &parts.headers));
    let address = visitor::address(&site, &parts);
    let request = Request::from_parts(parts, body);
    let Ok(Form(form)) = request.extract::<Form<SignInForm>, _>().await else {
        return Redirect::to(SIGN_IN).into_response();
    };
    match site
        .engine
        .sign_in(&form.account, &form.password, &address)
        .await
    {
        Ok((token, who)) => {
            let mut response = onwards(&site, t, &form, &who);
            set_cookie(&mut response, session_cookie(&site, &token));
            response
        }
        Err(error @ EngineError::Invalid { .. }) => {
            let page = SignInPage {
                account: form.account,
                next: local(&form.next).to_owned(),
                kept: form.kept,
                error: Some(frame::one_language(t, &error.to_string())),
                ..page(&site, t).await
            };
            let drawn = draw_as(StatusCode::UNPROCESSABLE_ENTITY, &page);
            drawn.unwrap_or_else(|error| frame::failure(&site, t, &error))
        }
        Err(error) => frame::failure(&site, t, &error.into()),
    }
}

#[derive(Template)]
#[template(path = "go_on.html")]
struct GoOnPage {
    f: Frame,
    t: Texts,
    action: String,
    fields: Vec<(String, String)>,
}

/// To the page that was asked for; a form that was kept is shown to be sent once more, never sent by itself.
fn onwards(site: &Site, t: Texts, form: &SignInForm, who: &SignedIn) -> Response {
    let next = local(&form.next);
    if form.kept.is_empty() || who.must_change {
        return Redirect::to(next).into_response();
    }
    let fields = form_urlencoded::parse(form.kept.as_bytes());
    let page = GoOnPage {
        f: Frame::outside(site, t, t.say("sign_in.go_on_title")),
        t,
        action: next.to_owned(),
        fields: fields
            .map(|(k, v)| (k.into_owned(), v.into_owned()))
            .collect(),
    };
    draw(&page).unwrap_or_else(|error| frame::failure(site, t, &error))
}

/// Ends the session.
pub(crate) async fn sign_out(
    State(site): State<Site>,
    Extension(visitor): Extension<Arc<Visitor>>,
) -> Result<Response, PageError> {
    site.engine
        .sign_out(&visitor.token, &visitor.caller())
        .await?;
    let mut response = Redirect::to(SIGN_IN).into_response();
    let mut gone = plain_cookie(&site, visitor::session_cookie(&site), String::new());
    gone.make_removal();
    set_cookie(&mut response, gone);
    Ok(response)
}

/// The language that is chosen.
#[derive(Debug, Deserialize)]
pub(crate) struct LanguageForm {
    language: String,
    #[serde(default)]
    next: String,
}

/// Switches the language and comes back.
pub(crate) async fn language(State(site): State<Site>, Form(form): Form<LanguageForm>) -> Response {
    let mut response = Redirect::to(local(&form.next)).into_response();
    if let Ok(language) = form.language.parse::<Language>() {
        let mut cookie = plain_cookie(&site, LANGUAGE, language.code().to_owned());
        cookie.make_permanent();
        set_cookie(&mut response, cookie);
    }
    response
}

#[derive(Template)]
#[template(path = "password.html")]
struct PasswordPage {
    f: Frame,
    t: Texts,
    must: bool,
    error: Option<String>,
    length_min: usize,
}

fn password_page(site: &Site, visitor: &Visitor, error: Option<String>) -> PasswordPage {
    let t = visitor.texts;
    PasswordPage {
        f: Frame::of(site, visitor, t.say("password.title")),
        t,
        must: visitor.who.must_change,
        error,
        length_min: LENGTH_MIN,
    }
}

/// One's own password.
pub(crate) async fn show_password(
    State(site): State<Site>,
    Extension(visitor): Extension<Arc<Visitor>>,
) -> Result<Response, PageError> {
    draw(&password_page(&site, &visitor, None))
}

/// What is typed.
#[derive(Deserialize)]
pub(crate) struct PasswordForm {
    old: String,
    new: String,
    again: String,
}

/// Changes it.
pub(crate) async fn change_password(
    State(site): State<Site>,
    Extension(visitor): Extension<Arc<Visitor>>,
    Form(form): Form<PasswordForm>,
) -> Result<Response, PageError> {
    let t = visitor.texts;
    let again = |error: String| {
        let page = password_page(&site, &visitor, Some(error));
        draw_as(StatusCode::UNPROCESSABLE_ENTITY, &page)
    };
    if form.new != form.again {
        return again(t.say("password.differ").to_owned());
    }
    let changed = site
        .engine
        .change_password(&visitor.token, &form.old, &form.new, &visitor.caller())
        .await;
    match changed {
        Ok(()) => {
            let home = frame::home(&visitor);
            Ok(Redirect::to(&format!("{home}?done=password")).into_response())
        }
        Err(error @ EngineError::Invalid { .. }) => {
            again(frame::one_language(t, &error.to_string()))
        }
        Err(error) => Err(error.into()),
    }
}

/// A path of our own; anything else would lead a reader astray after signing in.
pub(crate) fn local(path: &str) -> &str {
    let ours = path.starts_with('/')
        && !path.starts_with("//")
        && !path.starts_with(SIGN_IN)
        && !path.contains(['\\', '\r', '\n']);
    if ours { path } else { "/" }
}

fn session_cookie(site: &Site, token: &Token) -> Cookie<'static> {
    plain_cookie(
        site,
        visitor::session_cookie(site),
        token.as_str().to_owned(),
    )
}

/// For this site alone, not for scripts, gone with the browser.
fn plain_cookie(site: &Site, name: impl Into<String>, value: String) -> Cookie<'static> {
    Cookie::build((name.into(), value))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(site.access.secure_cookies)
        .build()
}

fn set_cookie(response: &mut Response, cookie: Cookie<'static>) {
    if let Ok(value) = HeaderValue::from_str(&cookie.to_string()) {
        response.headers_mut().append(SET_COOKIE, value);
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::http::header::{CONTENT_TYPE, COOKIE, HOST, ORIGIN, SET_COOKIE};
    use axum::http::{Request, StatusCode};

    use super::*;
    use crate::testing::{PASSWORD as RIGHT, Trial, location};

    #[tokio::test]
    async fn nobody_gets_in_without_signing_in() {
        let trial = Trial::new().await;
        trial.receive().await;
        for path in [
            "/",
            "/todo",
            "/case/410800-FGW-20110926-0001",
            "/status",
            "/nowhere",
        ] {
            let (status, headers, body) = trial.get(path).await;
            assert_eq!(status, StatusCode::SEE_OTHER, "{path}");
            assert!(location(&headers).starts_with("/sign-in"), "{path}");
            assert!(body.is_empty(), "{path}");
        }
        let (status, headers, _) = trial
            .get_with("shixian_session=0123", "/todo?stage=review")
            .await;
        assert_eq!(status, StatusCode::SEE_OTHER);
        assert_eq!(location(&headers), "/sign-in?next=%2Ftodo%3Fstage%3Dreview");
    }

    #[tokio::test]
    async fn the_cookie_is_for_this_site_alone_and_the_way_leads_back() {
        let trial = Trial::new().await;
        trial.add("clerk").await;
        let form = [
            ("account", " Clerk "),
            ("password", RIGHT),
            ("next", "/todo?stage=acceptance"),
        ];
        let response = trial.post_raw("", SIGN_IN, &form).await;
        assert_eq!(response.status(), StatusCode::SEE_OTHER);
        assert_eq!(location(response.headers()), "/todo?stage=acceptance");
        let cookie = response.headers()[SET_COOKIE].to_str().unwrap();
        assert!(
            cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"),
            "{cookie}"
        );
        assert!(
            !cookie.contains("Secure"),
            "plain HTTP by configuration: {cookie}"
        );
        // Elsewhere than here nobody is led.
        for next in [
            "https://evil.example/",
            "//evil.example/",
            "/\\evil.example",
        ] {
            let form = [("account", "clerk"), ("password", RIGHT), ("next", next)];
            let response = trial.post_raw("", SIGN_IN, &form).await;
            assert_eq!(location(response.headers()), "/", "{next}");
        }
    }

    #[tokio::test]
    async fn a_wrong_password_tells_nothing_and_five_lock_the_account() {
        let trial = Trial::new().await;
        trial.add("clerk").await;
        let sign_in = async |account: &str, password: &str| {
            let form = [("account", account), ("password", password)];
            let response = trial.post_raw("", SIGN_IN, &form).await;
            let (status, _, body) = crate::testing::told(response).await;
            (status, body)
        };
        let (status, unknown) = sign_in("nobody", "x").await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(unknown.contains("账号或密码不正确"));
        for turn in 1..=5 {
            let (status, body) = sign_in("clerk", "wrong").await;
            assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{turn}");
            assert!(body.contains("账号或密码不正确"), "{turn}");
            assert!(
                body.contains("value=\"clerk\"") && !body.contains("wrong"),
                "{turn}"
            );
        }
        let (_, body) = sign_in("clerk", RIGHT).await;
        assert!(body.contains("已锁定"), "the right one too: {body}");
        let log = trial
            .engine
            .audit_log(&store::audit::Filter::default(), 10)
            .await
            .unwrap();
        assert_eq!(log[0].act, "sign_in");
        assert!(!log[0].done && log[0].payload.contains("locked"));
        assert!(
            log.iter().all(|row| !row.payload.contains("wrong\"")),
            "no password in the log"
        );
        let unlock = engine::accounts::AccountChange {
            unlock: true,
            ..Default::default()
        };
        trial
            .engine
            .change_account("clerk", unlock, &Default::default())
            .await
            .unwrap();
        let (status, _) = sign_in("clerk", RIGHT).await;
        assert_eq!(status, StatusCode::SEE_OTHER);
    }

    #[tokio::test]
    async fn what_was_typed_outlives_the_session() {
        let trial = Trial::new().await;
        trial.receive().await;
        trial.add("clerk").await;
        let path = "/case/410800-FGW-20110926-0001/act";
        let typed = [("act", "refuse"), ("reason", "不属于<本机关>职权")];
        let response = trial.post_raw("shixian_session=gone", path, &typed).await;
        let (status, _, body) = crate::testing::told(response).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED);
        assert!(body.contains("登录已超时"));
        let kept = body
            .split("name=\"kept\" value=\"")
            .nth(1)
            .unwrap()
            .split('"')
            .next()
            .unwrap();
        let kept = kept.replace("&#38;", "&").replace("&amp;", "&");
        let form = [
            ("account", "clerk"),
            ("password", RIGHT),
            ("next", path),
            ("kept", &kept),
        ];
        let response = trial.post_raw("", SIGN_IN, &form).await;
        assert!(response.headers().contains_key(SET_COOKIE));
        let (status, _, body) = crate::testing::told(response).await;
        assert_eq!(status, StatusCode::OK);
        assert!(
            body.contains("action=\"/case/410800-FGW-20110926-0001/act\""),
            "{body}"
        );
        assert!(body.contains("不属于&#60;本机关&#62;职权"), "{body}");
    }

    #[tokio::test]
    async fn another_site_cannot_act() {
        let trial = Trial::new().await;
        let cookie = trial.cookie("clerk").await;
        let request = Request::post(SIGN_OUT)
            .header(COOKIE, cookie.as_str())
            .header(HOST, "shixian.example")
            .header(ORIGIN, "https://evil.example")
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::empty())
            .unwrap();
        assert_eq!(trial.ask(request).await.status(), StatusCode::FORBIDDEN);
        let (status, _, _) = trial.get_with(&cookie, "/todo").await;
        assert_eq!(status, StatusCode::OK, "still signed in");
        let response = trial.post_raw(&cookie, SIGN_OUT, &[]).await;
        assert_eq!(location(response.headers()), SIGN_IN);
        let (status, _, _) = trial.get_with(&cookie, "/todo").await;
        assert_eq!(status, StatusCode::SEE_OTHER, "the session is over");
    }

    #[tokio::test]
    async fn a_first_password_is_changed_before_anything_else() {
        let trial = Trial::new().await;
        let cookie = trial.cookie("clerk").await;
        let reset = engine::accounts::AccountChange {
            password: Some("three small brown hens".to_owned()),
            ..Default::default()
        };
        trial
            .engine
            .change_account("clerk", reset, &Default::default())
            .await
            .unwrap();
        let (status, _, _) = trial.get_with(&cookie, "/todo").await;
        assert_eq!(
            status,
            StatusCode::SEE_OTHER,
            "sessions end with the password"
        );
        let form = [("account", "clerk"), ("password", "three small brown hens")];
        let response = trial.post_raw("", SIGN_IN, &form).await;
        let cookie = response.headers()[SET_COOKIE].to_str().unwrap().to_owned();
        let cookie = cookie.split(';').next().unwrap();
        let (_, headers, _) = trial.get_with(cookie, "/todo").await;
        assert_eq!(location(&headers), PASSWORD);
        for (old, new, again, wanted) in [
            (
                "wrong",
                "a new and better one",
                "a new and better one",
                "原密码不正确",
            ),
            ("three small brown hens", "short", "short", "至少 10 个字符"),
            (
                "three small brown hens",
                "a new and better one",
                "another",
                "不一致",
            ),
        ] {
            let form = [("old", old), ("new", new), ("again", again)];
            let (status, _, body) =
                crate::testing::told(trial.post_raw(cookie, PASSWORD, &form).await).await;
            assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(body.contains(wanted), "{wanted}");
        }
        let form = [
            ("old", "three small brown hens"),
            ("new", "a new and better one"),
            ("again", "a new and better one"),
        ];
        let response = trial.post_raw(cookie, PASSWORD, &form).await;
        assert_eq!(location(response.headers()), "/todo?done=password");
        let (status, _, body) = trial.get_with(cookie, "/todo?done=password").await;
        assert_eq!(status, StatusCode::OK);
        assert!(body.contains("密码已修改"));
    }

    #[tokio::test]
    async fn the_language_is_switched_and_kept() {
        let trial = Trial::new().await;
        let response = trial
            .post_raw(
                "",
                LANGUAGE_SWITCH,
                &[("language", "en"), ("next", "/todo")],
            )
            .await;
        assert_eq!(location(response.headers()), "/todo");
        let cookie = response.headers()[SET_COOKIE].to_str().unwrap();
        assert!(cookie.starts_with("shixian_language=en"), "{cookie}");
        let (_, _, body) = trial.get_with("shixian_language=en", SIGN_IN).await;
        assert!(body.contains("<html lang=\"en\">") && body.contains("Sign in"));
    }
}
