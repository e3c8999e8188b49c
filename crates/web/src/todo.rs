//! The to-do list: the cases that wait at one's posts, by time left.

use approval::people::Person;
use approval::stage::{Outcome, Stage};
use askama::Template;
use axum::Router;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use calendar::{Calendar, Due};
use chrono::TimeDelta;
use engine::todo::{Place, Post, posts_of};
use notify::words;
use report::picture::{Part, Spark, spark};
use serde::Deserialize;
use store::codec::{instant, micros};
use store::todo::{COUNTED_MAX, NO_DATE_US, Sought, TodoRow};

use crate::applicant;
use crate::clerk::batch::{Tick, Ticked};
use crate::frame::Frame;
use crate::level::Mark;
use crate::page::{PageError, draw_as};
use crate::paging;
use crate::shown;
use crate::site::Site;
use crate::texts::Texts;
use crate::visitor::{Here, Visitor};

/// Rows on a page: what a screen shows with a little scrolling.
pub(crate) const PAGE_ROWS: usize = 50;

pub(crate) fn routes() -> Router<Site> {
    Router::new().route("/todo", get(show))
}

/// What stands in the address.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    /// Only this stage.
    pub(crate) stage: String,
    /// Words in the number or the applicant's name.
    pub(crate) q: String,
    /// Behind this place.
    pub(crate) after: String,
    /// `near`: what is over or will be by the end of the next working day; `late`: what is over.
    pub(crate) due: String,
}

/// The address of a list.
pub(crate) fn address(asked: &Asked) -> String {
    let mut pairs = form_urlencoded::Serializer::new(String::new());
    for (name, value) in [
        ("stage", &asked.stage),
        ("q", &asked.q),
        ("due", &asked.due),
        ("after", &asked.after),
    ] {
        if !value.is_empty() {
            pairs.append_pair(name, value);
        }
    }
    match pairs.finish() {
        query if query.is_empty() => "/todo".to_owned(),
        query => format!("/todo?{query}"),
    }
}

/// The instant by which a case must be due to be listed: the list goes by it, so that it is a part of an index.
fn until_us(visitor: &Visitor, due: &str) -> i64 {
    let calendar = &visitor.books.calendar;
    match due {
        "late" => micros(visitor.now),
        "near" => {
            let today = calendar.office_date(visitor.now);
            let last = calendar.add_working_days(today, 1);
            // Where the calendar ends nothing is known to be far.
            last.and_then(|day| calendar.end_of(day))
                .map_or(NO_DATE_US - 1, micros)
        }
        _ => NO_DATE_US,
    }
}

/// A stage that may be chosen, with how many wait.
struct Choice {
    href: String,
    name: String,
    count: Count,
    current: bool,
}

/// How many wait: exactly, or at least so many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Count {
    known: i64,
    or_more: bool,
}

impl Count {
    fn of(counted: i64) -> Self {
        Self {
            known: counted,
            or_more: counted >= COUNTED_MAX,
        }
    }
}

impl std::iter::Sum for Count {
    fn sum<I: Iterator<Item = Self>>(counts: I) -> Self {
        counts.fold(Self::default(), |all, one| Self {
            known: all.known + one.known,
            or_more: all.or_more || one.or_more,
        })
    }
}

impl std::fmt::Display for Count {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.known)?;
        f.write_str(if self.or_more { "+" } else { "" })
    }
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
    /// What completes it together with others, where its stage can be completed.
    tick: Option<String>,
    ticked: bool,
    /// Used against the promised limit, an SVG drawn here.
    bar: String,
}

/// A filter by time left.
struct Filter {
    href: String,
    name: &'static str,
    current: bool,
}

#[derive(Template)]
#[template(path = "todo.html")]
struct TodoPage {
    f: Frame,
    t: Texts,
    choices: Vec<Choice>,
    filters: Vec<Filter>,
    asked: Asked,
    all: String,
    total: Count,
    lines: Vec<Line>,
    several_units: bool,
    next: Option<String>,
    first: Option<String>,
    /// What was ticked and typed for all of them.
    ticked: Ticked,
    error: Option<String>,
    /// Whether any of them can be ticked.
    ticks: bool,
    /// The outcomes to choose from, where somebody approves.
    outcomes: Vec<(&'static str, String)>,
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
    page(&site, &visitor, asked, Ticked::default(), None).await
}

/// Draws the list; with what was ticked and the mistake, when an act on several cases was refused.
pub(crate) async fn page(
    site: &Site,
    visitor: &Visitor,
    asked: Asked,
    ticked: Ticked,
    error: Option<(StatusCode, String)>,
) -> Result<Response, PageError> {
    let t = visitor.texts;
    let person = visitor.desk()?;
    let posts = all_posts(visitor, person);
    let chosen = Stage::parse(&asked.stage);
    let sought = Sought {
        word: Some(asked.q.trim()).filter(|q| !q.is_empty()),
        until_us: until_us(visitor, &asked.due),
    };
    let after = Place::parse(&asked.after).unwrap_or_default();
    let limit = paging::wanted(PAGE_ROWS);
    let waiting = site
        .engine
        .waiting(&posts, chosen, &after, sought, limit)
        .await?;
    let choices = choices(t, &asked, &posts, &waiting.counts, chosen);
    let total = choices.iter().map(|c| c.count).sum();
    let mut rows = waiting.rows;
    let shown = |post: &&Post| chosen.is_none_or(|chosen| chosen == post.1);
    let mut units = posts.iter().filter(shown).map(|(unit, _)| unit);
    let first_unit = units.next();
    let at = |after: String| Asked {
        after,
        ..asked.clone()
    };
    let next = paging::cut(&mut rows, PAGE_ROWS, |row| {
        address(&at(Place::behind(row).to_string()))
    });
    let lines = rows.iter().enumerate();
    let lines: Vec<Line> = lines
        .map(|(place, row)| line(visitor, row, place, &ticked))
        .collect();
    let (status, error) = match error {
        Some((status, error)) => (status, Some(error)),
        None => (StatusCode::OK, None),
    };
    let approves = posts
        .iter()
        .filter(shown)
        .any(|(_, stage)| *stage == Stage::Approval);
    let page = TodoPage {
        f: Frame::of(site, visitor, t.say("todo.title")),
        t,
        several_units: units.any(|unit| Some(unit) != first_unit),
        next,
        first: (!asked.after.is_empty()).then(|| address(&at(String::new()))),
        ticks: lines.iter().any(|line| line.tick.is_some()),
        lines,
        choices,
        filters: filters(t, &asked),
        all: address(&Asked {
            stage: String::new(),
            ..at(String::new())
        }),
        outcomes: if approves { outcomes(t) } else { Vec::new() },
        asked,
        total,
        ticked,
        error,
    };
    draw_as(status, &page)
}

/// The outcomes of the approval stage.
fn outcomes(t: Texts) -> Vec<(&'static str, String)> {
    let outcomes = Outcome::ALL.iter().filter(|o| o.is_of_completion());
    outcomes
        .map(|o| (o.as_str(), t.word("outcome", o.as_str()).to_owned()))
        .collect()
}

fn filters(t: Texts, asked: &Asked) -> Vec<Filter> {
    let filter = |due: &str, name: &'static str| Filter {
        href: address(&Asked {
            due: due.to_owned(),
            after: String::new(),
            ..asked.clone()
        }),
        name,
        current: asked.due == due,
    };
    vec![
        filter("", t.say("todo.any_time")),
        filter("near", t.say("todo.near")),
        filter("late", t.say("todo.late")),
    ]
}

fn choices(
    t: Texts,
    asked: &Asked,
    posts: &[Post],
    counts: &[i64],
    chosen: Option<Stage>,
) -> Vec<Choice> {
    let stages = Stage::ALL.iter().copied();
    stages
        .filter(|stage| posts.iter().any(|(_, held)| held == stage))
        .map(|stage| Choice {
            href: address(&Asked {
                stage: stage.as_str().to_owned(),
                after: String::new(),
                ..asked.clone()
            }),
            name: t.word("stage", stage.as_str()).to_owned(),
            count: posts
                .iter()
                .zip(counts)
                .filter(|((_, held), _)| *held == stage)
                .map(|(_, count)| Count::of(*count))
                .sum(),
            current: chosen == Some(stage),
        })
        .collect()
}

/// A row as a list shows it.
fn line(visitor: &Visitor, row: &TodoRow, place: usize, ticked: &Ticked) -> Line {
    let (t, books) = (visitor.texts, &visitor.books);
    let calendar = &books.calendar;
    let state = match row.state.as_str() {
        "open" => row.stage.as_deref().map(|stage| t.word("stage", stage)),
        state => Some(t.word("state", state)),
    };
    let tick = tick(row);
    Line {
        ticked: tick.as_ref().is_some_and(|tick| ticked.case.contains(tick)),
        tick,
        bar: bar(visitor, row, place),
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

/// What completes a case's stage together with others; what waits for the applicant can't be.
fn tick(row: &TodoRow) -> Option<String> {
    let stage = row.stage.as_deref().and_then(Stage::parse)?;
    let tick = Tick {
        number: row.subject.clone(),
        seq: row.seq,
        stage,
    };
    matches!(row.state.as_str(), "open" | "received").then(|| tick.to_string())
}

/// Used against the promised limit, from the row alone; nothing while it stands still or before it runs. What stood still
/// in between is a part of both.
fn bar(visitor: &Visitor, row: &TodoRow, place: usize) -> String {
    let calendar = &visitor.books.calendar;
    let (Some(from), Some(due)) = (row.accepted_at_us, row.promised_due_at_us) else {
        return String::new();
    };
    let day = |us| calendar.office_date(instant(us));
    let days = |to| {
        let days = calendar.working_days_between(day(from), to).ok();
        days.and_then(|days| u32::try_from(days).ok())
    };
    // The due instant is the end of the due day: midnight belongs to the day before.
    let (Some(limit), Some(used)) = (days(day(due - 1)), days(calendar.office_date(visitor.now)))
    else {
        return String::new();
    };
    let id = format!("{place}");
    let parts = [Part::Counted(used)];
    let drawn = Spark {
        parts: &parts,
        limit: Some(limit),
    };
    spark(&drawn, &crate::case::look(visitor.texts, &id))
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
    use store::todo::COUNTED_MAX;

    use super::Count;
    use crate::testing::{CASE, Trial};

    #[test]
    fn a_count_that_ended_early_says_so() {
        let few: Count = [3, 4].map(Count::of).into_iter().sum();
        assert_eq!(few.to_string(), "7");
        let many: Count = [3, COUNTED_MAX].map(Count::of).into_iter().sum();
        assert_eq!(many.to_string(), "303+");
    }

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
            .split("/todo?after=")
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

    #[tokio::test]
    async fn what_is_near_or_over_can_be_seen_alone() {
        let trial = Trial::new().await;
        trial.receive().await;
        // Due on Saturday 8 October, which works; one that is received later is due later.
        trial.go_to("2011-09-30T10:00:00+08:00");
        trial.receive().await;
        let second = "410800-FGW-20110930-0001";
        for (at, near, late) in [
            ("2011-09-30T10:00:00+08:00", [true, false], [false, false]),
            ("2011-10-08T10:00:00+08:00", [true, false], [false, false]),
            ("2011-10-12T10:00:00+08:00", [true, true], [true, false]),
        ] {
            trial.go_to(at);
            for (due, wanted) in [("near", near), ("late", late), ("", [true, true])] {
                let path = format!("/todo?due={due}");
                let (_, _, body) = trial.get_as("clerk", &path).await;
                let seen = [CASE, second].map(|number| body.contains(&format!("{number}</a>")));
                assert_eq!(seen, wanted, "{due} at {at}");
            }
        }
    }

    #[tokio::test]
    async fn a_bar_shows_what_is_used_of_the_promised_limit() {
        let trial = Trial::new().await;
        trial.receive().await;
        let (_, _, body) = trial.get_as("clerk", "/todo").await;
        assert!(!body.contains("sx-spark"), "nothing runs yet: {body}");
        let form = [("act", "accept"), ("seq", "1")];
        trial
            .post_as("clerk", &format!("/case/{CASE}/act"), &form)
            .await;
        trial.go_to("2011-09-28T10:00:00+08:00");
        let (_, _, body) = trial.get_as("handler", "/todo").await;
        assert!(body.contains("已用2，时限12个工作日"), "{body}");
    }
}
