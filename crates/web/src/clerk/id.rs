//! A number is checked while it is typed: what it says of its bearer shows a slip of the hand before anything is written.

use approval::identity::{IdNumber, Sex};
use axum::routing::post;
use axum::{Form, Json, Router};
use calendar::Calendar;
use chrono::{DateTime, Utc};
use notify::words;
use serde::{Deserialize, Serialize};

use super::register;
use crate::frame;
use crate::page::PageError;
use crate::site::Site;
use crate::texts::Texts;
use crate::visitor::Here;

/// A number goes there in the body, never in an address: addresses are logged on the way.
const PATH: &str = "/register/id";

pub(super) fn routes() -> Router<Site> {
    Router::new().route(PATH, post(check))
}

/// What is asked.
#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    id: String,
}

/// What the script is told.
#[derive(Serialize)]
struct Answer {
    good: bool,
    words: String,
}

async fn check(visitor: Here, Form(asked): Form<Asked>) -> Result<Json<Answer>, PageError> {
    if !register::may(&visitor) {
        return Err(PageError::Forbidden);
    }
    let told = told(
        visitor.texts,
        &visitor.books.calendar,
        visitor.now,
        &asked.id,
    );
    Ok(Json(match told {
        Ok(words) => Answer { good: true, words },
        Err(words) => Answer { good: false, words },
    }))
}

/// What a number says of itself, or what is wrong with it; nothing of a number that isn't there.
pub(super) fn told(
    t: Texts,
    calendar: &Calendar,
    now: DateTime<Utc>,
    typed: &str,
) -> Result<String, String> {
    if typed.trim().is_empty() {
        return Ok(String::new());
    }
    let number = IdNumber::parse(typed).map_err(|error| {
        // Neither message repeats the number.
        frame::one_language(t, &format!("{} / {error}", error.message_zh()))
    })?;
    let (Some(born), Some(sex)) = (number.born_on(), number.sex()) else {
        return Ok(t.say("register.organisation").to_owned());
    };
    if born > calendar.office_date(now) {
        return Err(t.say("register.not_born").to_owned());
    }
    let sex = match sex {
        Sex::Female => t.say("register.female"),
        Sex::Male => t.say("register.male"),
    };
    let day = words::whole_day(t.language(), born);
    Ok(t.two("register.person", sex, day))
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;

    use super::*;
    use crate::testing::Trial;

    #[tokio::test]
    async fn a_number_tells_of_its_bearer_or_what_is_wrong() {
        let trial = Trial::new().await;
        for (id, wanted) in [
            (
                "11010519491231002X",
                r#"{"good":true,"words":"女，1949年12月31日出生"}"#,
            ),
            (
                "91350100M000100Y43",
                r#"{"good":true,"words":"单位代码，校验无误"}"#,
            ),
            ("", r#"{"good":true,"words":""}"#),
            ("110105194912310021", r#"{"good":false,"#),
            ("12345", r#"{"good":false,"#),
            // Right by its check character, born in 2049.
            ("110105204912310020", r#"{"good":false,"#),
        ] {
            let (status, _, body) = trial.post_as("clerk", PATH, &[("id", id)]).await;
            assert_eq!(status, StatusCode::OK);
            assert!(body.starts_with(wanted), "{id}: {body}");
            assert!(id.is_empty() || !body.contains(id), "{body}");
        }
    }

    #[tokio::test]
    async fn it_is_for_those_who_register() {
        let trial = Trial::new().await;
        for account in ["handler", "head", "inspector", "leader", "system", "audit"] {
            let (status, _, _) = trial.post_as(account, PATH, &[("id", "1")]).await;
            assert_eq!(status, StatusCode::FORBIDDEN, "{account}");
        }
    }
}
