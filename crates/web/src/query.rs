//! The applicant's own question: how does my case stand? Asked without an account, by the number and the query password
//! of the receipt. It says nothing of a person, neither of the applicant nor of who handles the case.

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use approval::event::Event;
use askama::Template;
use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use axum::{Form, RequestExt, Router};
use engine::Seen;
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use serde::Deserialize;

use crate::applicant;
use crate::case::{self, ClockLine};
use crate::frame::{self, Frame};
use crate::page::{PageError, draw, draw_as};
use crate::site::Site;
use crate::texts::Texts;
use crate::visitor;

/// Where it is asked. The receipt's code leads here, with the number behind it.
pub(crate) const PATH: &str = "/query";

/// How often may be asked: so many questions at one time, then one in so many seconds.
#[derive(Clone, Copy)]
struct Measure {
    at_once: NonZeroU32,
    again_s: u64,
}

/// About one case. A password has six digits: whoever tries them through needs years.
const OF_CASE: Measure = Measure {
    at_once: NonZeroU32::new(10).expect("ten is no zero"),
    again_s: 300,
};
/// From one address, behind which a whole hall may sit.
const OF_ADDRESS: Measure = Measure {
    at_once: NonZeroU32::new(60).expect("sixty is no zero"),
    again_s: 5,
};
/// Measures that are kept; beyond it those that are full again are forgotten.
const KEPT_MAX: usize = 10_000;

pub(crate) fn routes() -> Router<Site> {
    Router::new()
        .route(PATH, get(show).post(ask))
        .route("/query/{number}", get(show_number))
}

/// How often was asked, about each case and from each address. Each process counts for itself.
#[derive(Clone, Default)]
pub(crate) struct Tries {
    kept: Arc<Mutex<HashMap<String, (NonZeroU32, DefaultDirectRateLimiter)>>>,
}

impl Tries {
    /// Counts a question; false if it is one too many.
    fn allow(&self, what: &str, measure: Measure) -> bool {
        let Some(quota) = Quota::with_period(Duration::from_secs(measure.again_s)) else {
            return false;
        };
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= KEPT_MAX {
            // What is full again wasn't asked for long.
            kept.retain(|_, (most, of)| of.check_n(*most).is_ok_and(|fits| fits.is_err()));
        }
        let (_, of) = kept.entry(what.to_owned()).or_insert_with(|| {
            let limiter = RateLimiter::direct(quota.allow_burst(measure.at_once));
            (measure.at_once, limiter)
        });
        of.check().is_ok()
    }
}

/// What is typed.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    number: String,
    password: String,
}

#[derive(Template)]
#[template(path = "query.html")]
struct QueryPage {
    f: Frame,
    t: Texts,
    number: String,
    error: Option<&'static str>,
    answer: Option<Answer>,
}

/// How a case stands, as its applicant may know it.
struct Answer {
    item: String,
    unit: String,
    sentence: String,
    clocks: Vec<ClockLine>,
    /// What is still missing, while that is waited for.
    missing: Vec<String>,
}

fn page(site: &Site, t: Texts, number: &str) -> QueryPage {
    QueryPage {
        f: Frame {
            path: PATH.to_owned(),
            ..Frame::outside(site, t, t.say("query.title"))
        },
        t,
        number: number.to_owned(),
        error: None,
        answer: None,
    }
}

async fn show(State(site): State<Site>, request: Request) -> Result<Response, PageError> {
    let t = Texts::of(visitor::language(&site, request.headers()));
    draw(&page(&site, t, ""))
}

/// As the receipt's code asks: the number is there already.
async fn show_number(
    State(site): State<Site>,
    Path(number): Path<String>,
    request: Request,
) -> Result<Response, PageError> {
    let t = Texts::of(visitor::language(&site, request.headers()));
    draw(&page(&site, t, &number))
}

async fn ask(State(site): State<Site>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let t = Texts::of(visitor::language(&site, &parts.headers));
    let address = visitor::address(&site, &parts);
    let request = Request::from_parts(parts, body);
    let asked = request.extract::<Form<Asked>, _>().await;
    let asked = asked.map(|Form(asked)| asked).unwrap_or_default();
    answer(&site, t, &asked, &address)
        .await
        .unwrap_or_else(|error| frame::failure(&site, t, &error))
}

async fn answer(
    site: &Site,
    t: Texts,
    asked: &Asked,
    address: &str,
) -> Result<Response, PageError> {
    let number = asked.number.trim().to_uppercase();
    let refused = |status: StatusCode, why: &'static str| {
        let page = QueryPage {
            error: Some(t.say(why)),
            ..page(site, t, &asked.number)
        };
        draw_as(status, &page)
    };
    // Within the process nobody has an address.
    if !address.is_empty() && !site.tries.allow(address, OF_ADDRESS) {
        return refused(StatusCode::TOO_MANY_REQUESTS, "query.too_often");
    }
    let stored = match number.contains('\0') {
        true => None,
        false => site.engine.personal(&number).await?,
    };
    // A number that isn't there, one without a password and a wrong password answer alike.
    let stored = applicant::of(stored.as_deref());
    let Some(password) = stored.query_password() else {
        return refused(StatusCode::UNPROCESSABLE_ENTITY, "query.wrong");
    };
    if !site.tries.allow(&number, OF_CASE) {
        return refused(StatusCode::TOO_MANY_REQUESTS, "query.too_often");
    }
    if asked.password.trim() != password {
        return refused(StatusCode::UNPROCESSABLE_ENTITY, "query.wrong");
    }
    let seen = site.engine.look(&number).await?;
    draw(&QueryPage {
        answer: stands(t, &seen),
        ..page(site, t, &number)
    })
}

/// How it stands; nothing for what is no case.
fn stands(t: Texts, seen: &Seen) -> Option<Answer> {
    let case = seen.subject.case()?;
    let unit = seen.books.directory.unit(seen.subject.unit());
    let mut clocks = case::clocks(t, seen);
    clocks.retain(|clock| clock.chief);
    let waits = seen.subject.state() == "awaiting_supply";
    let mut told = seen.subject.history.iter().rev();
    let missing = told.find_map(|recorded| match &recorded.event {
        Event::CorrectionNotified { missing } => Some(missing.clone()),
        _ => None,
    });
    Some(Answer {
        item: case.item.name.clone(),
        unit: unit.map_or_else(String::new, |unit| unit.name.clone()),
        sentence: case::sentence(t, seen),
        clocks,
        missing: missing.filter(|_| waits).unwrap_or_default(),
    })
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;

    use super::{OF_CASE, PATH};
    use crate::testing::{CASE, Trial, told};

    async fn password(trial: &Trial) -> String {
        let stored = trial.engine.personal(CASE).await.unwrap().unwrap();
        let stored: serde_json::Value = serde_json::from_str(&stored).unwrap();
        stored["query_password"].as_str().unwrap().to_owned()
    }

    async fn ask(trial: &Trial, number: &str, password: &str) -> (StatusCode, String) {
        let form = [("number", number), ("password", password)];
        let (status, _, body) = told(trial.post_raw("", PATH, &form).await).await;
        (status, body)
    }

    #[tokio::test]
    async fn the_applicant_sees_where_the_case_stands_and_nobody_s_name() {
        let trial = Trial::new().await;
        trial.receive().await;
        let form = [("act", "accept"), ("seq", "1")];
        trial
            .post_as("clerk", &format!("/case/{CASE}/act"), &form)
            .await;
        let (status, _, body) = trial.get(&format!("/query/{CASE}")).await;
        assert_eq!(status, StatusCode::OK);
        assert!(body.contains(&format!("value=\"{CASE}\"")), "{body}");
        assert!(
            !body.contains("承办"),
            "a number alone says nothing: {body}"
        );

        let (status, body) = ask(&trial, &CASE.to_lowercase(), &password(&trial).await).await;
        assert_eq!(status, StatusCode::OK);
        for words in [
            "企业投资项目核准",
            "发展和改革委员会",
            "承办",
            "承诺时限",
            "法定时限",
        ] {
            assert!(body.contains(words), "{words} in:\n{body}");
        }
        for name in ["张三", "高杰", "韩霞琪", "11010519491231002X"] {
            assert!(!body.contains(name), "{name} in:\n{body}");
        }
    }

    #[tokio::test]
    async fn what_is_wrong_answers_alike_and_passwords_cannot_be_tried_through() {
        let trial = Trial::new().await;
        trial.receive().await;
        let right = password(&trial).await;
        let wrong = if right == "000000" {
            "000001"
        } else {
            "000000"
        };
        let (first, unknown) = ask(&trial, "410800-FGW-20110926-0002", &right).await;
        let (second, refused) = ask(&trial, CASE, wrong).await;
        assert_eq!(first, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(second, first);
        assert_eq!(
            unknown.replace("410800-FGW-20110926-0002", ""),
            refused.replace(CASE, ""),
            "whether a number exists isn't told"
        );
        for _ in 0..OF_CASE.at_once.get() {
            ask(&trial, CASE, wrong).await;
        }
        let (status, body) = ask(&trial, CASE, &right).await;
        assert_eq!(status, StatusCode::TOO_MANY_REQUESTS, "even the right one");
        assert!(body.contains("查询过于频繁"), "{body}");
    }
}
