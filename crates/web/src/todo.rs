//! The to-do list: the cases that wait at one's posts, by time left.

use approval::people::Person;
use approval::stage::Stage;
use askama::Template;
use axum::Router;
use axum::extract::{Query, State};
use axum::response::Response;
use axum::routing::get;
use calendar::{Calendar, Due};
use chrono::TimeDelta;
use engine::todo::{Place, Post, posts_of};
use notify::words;
use serde::Deserialize;
use store::codec::instant;
use store::todo::TodoRow;

use crate::applicant;
use crate::frame::Frame;
use crate::level::Mark;
use crate::page::{PageError, draw};
use crate::shown;
use crate::site::Site;
use crate::texts::Texts;
use crate::visitor::{Here, Visitor};

/// Rows on a page: what a screen shows with a little scrolling.
const PAGE_ROWS: usize = 50;

pub(crate) fn routes() -> Router<Site> {
    Router::new().route("/todo", get(show))
}

/// What stands in the address.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Asked {
    /// Only this stage.
    #[serde(default)]
    stage: String,
    /// Words in the number or the applicant's name.
    #[serde(default)]
    q: String,
    /// Behind this place.
    #[serde(default)]
    after: String,
    /// What was just done.
    #[serde(default)]
    done: String,
}

/// A stage that may be chosen, with how many wait.
struct Choice {
    word: &'static str,
    name: String,
    count: i64,
    current: bool,
}

/// A row of the list.
pub(crate) struct Line {
    pub(crate) number: String,
    pub(crate) applicant: String,
    pub(crate) item: String,
    pub(crate) unit: String,
    pub(crate) stage: String,
    pub(crate) since: String,
    pub(crate) limit: shown::Limit,
    pub(crate) mark: Option<Mark>,
}

#[derive(Template)]
#[template(path = "todo.html")]
struct TodoPage {
    f: Frame,
    t: Texts,
    choices: Vec<Choice>,
    stage: String,
    q: String,
    total: i64,
    lines: Vec<Line>,
    several_units: bool,
    next: Option<String>,
    first: bool,
}

/// The posts of a person and of those for whom he may act now, each once.
pub(crate) fn all_posts(visitor: &Visitor, person: &Person) -> Vec<Post> {
    let mut posts = posts_of(person, &visitor.books);
    for other in visitor.stood_for() {
        for post in posts_of(other, &visitor.books) {
            if !posts.contains(&post) {
                posts.push(post);
            }
        }
    }
    posts
}

async fn show(
    State(site): State<Site>,
    visitor: Here,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    let t = visitor.texts;
    let person = visitor.desk()?;
    let posts = all_posts(&visitor, person);
    let counts = site.engine.waiting_counts(&posts).await?;
    let chosen = Stage::parse(&asked.stage);
    let choices = choices(t, &posts, &counts, chosen);
    let total = choices.iter().map(|c| c.count).sum();
    let posts: Vec<Post> = posts
        .into_iter()
        .filter(|(_, stage)| chosen.is_none_or(|c| c == *stage))
        .collect();
    let word = Some(asked.q.trim()).filter(|q| !q.is_empty());
    let after = Place::parse(&asked.after).unwrap_or_default();
    let limit = i64::try_from(PAGE_ROWS).unwrap_or(i64::MAX) + 1;
    let mut rows = site.engine.waiting(&posts, &after, word, limit).await?;
    let more = rows.len() > PAGE_ROWS;
    rows.truncate(PAGE_ROWS);
    let mut units = posts.iter().map(|(unit, _)| unit);
    let first_unit = units.next();
    let page = TodoPage {
        f: Frame::of(&site, &visitor, t.say("todo.title")).with_done(Some(&asked.done)),
        t,
        several_units: units.any(|unit| Some(unit) != first_unit),
        next: rows
            .last()
            .filter(|_| more)
            .map(|row| Place::behind(row).to_string()),
        lines: rows.iter().map(|row| line(&visitor, row)).collect(),
        choices,
        stage: asked.stage,
        q: asked.q,
        total,
        first: asked.after.is_empty(),
    };
    draw(&page)
}

fn choices(t: Texts, posts: &[Post], counts: &[i64], chosen: Option<Stage>) -> Vec<Choice> {
    let stages = Stage::ALL.iter().copied();
    stages
        .filter(|stage| posts.iter().any(|(_, held)| held == stage))
        .map(|stage| Choice {
            word: stage.as_str(),
            name: t.word("stage", stage.as_str()).to_owned(),
            count: posts
                .iter()
                .zip(counts)
                .filter(|((_, held), _)| *held == stage)
                .map(|(_, count)| count)
                .sum(),
            current: chosen == Some(stage),
        })
        .collect()
}

/// A row as a list shows it.
pub(crate) fn line(visitor: &Visitor, row: &TodoRow) -> Line {
    let (t, books) = (visitor.texts, &visitor.books);
    let calendar = &books.calendar;
    let state = match row.state.as_str() {
        "open" => row.stage.as_deref().map(|stage| t.word("stage", stage)),
        state => Some(t.word("state", state)),
    };
    Line {
        number: row.subject.clone(),
        applicant: applicant::of(row.personal.as_deref()).name(t),
        item: item_name(visitor, row.item.as_deref(), row.item_version),
        unit: unit_name(visitor, &row.unit),
        stage: state.unwrap_or_default().to_owned(),
        since: shown::brief(
            t.language(),
            calendar,
            instant(row.accepted_at_us.unwrap_or(row.received_at_us)),
            visitor.now,
        ),
        limit: stage_limit(visitor, calendar, row.stage_due_at_us),
        mark: row.highest_level.as_deref().and_then(|l| Mark::parse(t, l)),
    }
}

/// The stage's date and what is left, from the row alone: a list must not read the events of each case.
pub(crate) fn stage_limit(
    visitor: &Visitor,
    calendar: &Calendar,
    due_at_us: Option<i64>,
) -> shown::Limit {
    let language = visitor.language();
    let Some(at) = due_at_us.map(instant) else {
        return shown::Limit {
            left: words::standing_still(language).to_owned(),
            ..shown::Limit::default()
        };
    };
    // The due instant is the end of the due day: midnight belongs to the day before.
    let on = calendar.office_date(at - TimeDelta::microseconds(1));
    shown::of_due(language, calendar, Due { on, at }, visitor.now)
}

/// An item's name in a version.
pub(crate) fn item_name(visitor: &Visitor, item: Option<&str>, version: Option<i64>) -> String {
    let Some(code) = item else {
        return String::new();
    };
    let key = approval::ids::ItemCode::new(code);
    let found = visitor.books.item_version(&key, version.unwrap_or(1));
    found.map_or_else(|_| code.to_owned(), |item| item.name.clone())
}

/// A unit's name.
pub(crate) fn unit_name(visitor: &Visitor, code: &str) -> String {
    let found = visitor.books.directory.unit(&code.into());
    found.map_or_else(|| code.to_owned(), |unit| unit.name.clone())
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;

    use crate::testing::{CASE, Trial};

    #[tokio::test]
    async fn each_sees_what_waits_at_his_post() {
        let trial = Trial::new().await;
        trial.receive().await;
        for (account, sees) in [
            ("clerk", true),
            ("handler", false),
            ("head", false),
            ("stranger", false),
        ] {
            let (status, _, body) = trial.get_as(account, "/todo").await;
            assert_eq!(status, StatusCode::OK, "{account}");
            assert_eq!(body.contains(CASE), sees, "{account}");
            assert_eq!(body.contains("张三"), sees, "{account}");
        }
        let (status, _, _) = trial.get_as("audit", "/todo").await;
        assert_eq!(
            status,
            StatusCode::FORBIDDEN,
            "an administrator handles no cases"
        );
        let (_, _, body) = trial.get_as("clerk", "/todo").await;
        assert!(
            body.contains("10月8日 周六 24:00前") && body.contains("剩 5 个工作日"),
            "{body}"
        );
        assert!(
            !body.contains("11010519491231002X"),
            "no ID number in a list"
        );
    }

    #[tokio::test]
    async fn a_stand_in_sees_the_cases_of_the_other_while_he_may() {
        let trial = Trial::new().await;
        trial.receive().await;
        let form = [("act", "accept"), ("seq", "1")];
        trial
            .post_as("clerk", &format!("/case/{CASE}/act"), &form)
            .await;
        for (account, sees) in [("handler", true), ("second", true), ("reviewer", false)] {
            let (_, _, body) = trial.get_as(account, "/todo").await;
            assert_eq!(body.contains(CASE), sees, "{account}");
        }
        let (_, _, body) = trial.get_as("second", "/todo").await;
        assert!(body.contains("AB岗：正代 高杰"), "{body}");
        trial.go_to("2011-09-28T09:00:00+08:00");
        let (_, _, body) = trial.get_as("second", "/todo").await;
        assert!(!body.contains(CASE), "the authorisation is over");
    }

    #[tokio::test]
    async fn lists_are_filtered_and_turned_by_page() {
        let trial = Trial::new().await;
        for _ in 0..51 {
            trial.receive().await;
        }
        let (_, _, body) = trial.get_as("clerk", "/todo").await;
        assert!(
            body.contains("共 51 件") && body.contains("0926-0050</a>"),
            "{body}"
        );
        assert!(!body.contains("0926-0051</a>"));
        let next = body
            .split("&after=")
            .nth(1)
            .unwrap()
            .split('"')
            .next()
            .unwrap();
        let (_, _, body) = trial.get_as("clerk", &format!("/todo?after={next}")).await;
        assert!(
            body.contains("0926-0051</a>") && !body.contains("0926-0050</a>"),
            "{body}"
        );
        let (_, _, body) = trial.get_as("clerk", "/todo?q=0017").await;
        assert!(
            body.contains("0926-0017</a>") && !body.contains("0926-0018</a>"),
            "{body}"
        );
        let (_, _, body) = trial.get_as("clerk", "/todo?q=%E6%9D%8E%E5%9B%9B").await;
        assert!(body.contains("没有符合条件的办件"), "{body}");
    }
}
