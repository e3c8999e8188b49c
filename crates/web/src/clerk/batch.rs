//! Many at once: cases of one stage that were ticked in the to-do list, completed with one opinion. Each is an act of its
//! own; one that is refused keeps none of the others back, and the page after it says which went through and why the
//! others didn't.

use approval::Command;
use approval::command::Act;
use approval::people::Person;
use approval::rights;
use approval::stage::{Outcome, Stage};
use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::post;
// Several fields of one name, as ticks are.
use axum_extra::extract::Form;
use engine::Seen;
use serde::Deserialize;

use crate::case;
use crate::frame::{self, Frame};
use crate::page::{PageError, draw};
use crate::site::Site;
use crate::texts::Texts;
use crate::todo::{self, Asked};
use crate::visitor::{Here, Visitor};

/// Where the ticks go.
const PATH: &str = "/todo/complete";
/// What stands between the parts of a tick; no number has it.
const BETWEEN: char = '~';

pub(super) fn routes() -> Router<Site> {
    Router::new().route(PATH, post(complete))
}

/// What was ticked and typed, and the list in which it was.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(crate) struct Ticked {
    pub(crate) case: Vec<String>,
    pub(crate) reason: String,
    pub(crate) outcome: String,
    stage: String,
    q: String,
    after: String,
    due: String,
}

impl Ticked {
    /// The list that the ticks were made in.
    fn list(&self) -> Asked {
        Asked {
            stage: self.stage.clone(),
            q: self.q.clone(),
            after: self.after.clone(),
            due: self.due.clone(),
        }
    }
}

/// One tick: the case, its last event and its stage as the list showed them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Tick {
    pub(crate) number: String,
    pub(crate) seq: i64,
    pub(crate) stage: Stage,
}

impl Tick {
    fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split(BETWEEN);
        Some(Self {
            number: parts.next()?.to_owned(),
            seq: parts.next()?.parse().ok()?,
            stage: Stage::parse(parts.next()?)?,
        })
    }
}

impl std::fmt::Display for Tick {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let stage = self.stage.as_str();
        write!(f, "{}{BETWEEN}{}{BETWEEN}{stage}", self.number, self.seq)
    }
}

/// What became of one.
struct Line {
    number: String,
    item: String,
    /// Why it was refused; none: it went through.
    refused: Option<String>,
}

#[derive(Template)]
#[template(path = "batch.html")]
struct BatchPage {
    f: Frame,
    t: Texts,
    stage: String,
    done: usize,
    refused: usize,
    lines: Vec<Line>,
    back: String,
}

async fn complete(
    State(site): State<Site>,
    visitor: Here,
    Form(ticked): Form<Ticked>,
) -> Result<Response, PageError> {
    let t = visitor.texts;
    let person = visitor.desk()?;
    let read = read(t, &ticked);
    let (ticks, stage, outcome) = match read {
        Ok(read) => read,
        Err(mistake) => {
            let error = Some((StatusCode::UNPROCESSABLE_ENTITY, mistake));
            return todo::page(&site, &visitor, ticked.list(), ticked, error).await;
        }
    };
    let mut lines = Vec::new();
    for tick in &ticks {
        lines.push(one(&site, &visitor, person, tick, &ticked, outcome).await?);
    }
    let refused = lines.iter().filter(|line| line.refused.is_some()).count();
    draw(&BatchPage {
        f: Frame::of(&site, &visitor, t.say("batch.title")),
        t,
        stage: t.word("stage", stage.as_str()).to_owned(),
        done: lines.len() - refused,
        refused,
        lines,
        back: todo::address(&ticked.list()),
    })
}

type Read = (Vec<Tick>, Stage, Option<Outcome>);

/// The ticks, all of one stage, and the outcome where that stage states one.
fn read(t: Texts, ticked: &Ticked) -> Result<Read, String> {
    let ticks: Option<Vec<Tick>> = ticked.case.iter().map(|c| Tick::parse(c)).collect();
    let ticks = ticks.ok_or_else(|| t.say("batch.unreadable").to_owned())?;
    let Some(first) = ticks.first() else {
        return Err(t.say("batch.none").to_owned());
    };
    let stage = first.stage;
    if ticks.iter().any(|tick| tick.stage != stage) {
        return Err(t.say("batch.mixed").to_owned());
    }
    if ticks.len() > todo::PAGE_ROWS {
        return Err(t.one("batch.too_many", todo::PAGE_ROWS));
    }
    if stage != Stage::Approval {
        return Ok((ticks, stage, None));
    }
    let outcome = Outcome::parse(&ticked.outcome).filter(|o| o.is_of_completion());
    let outcome = outcome.ok_or_else(|| t.say("batch.outcome_needed").to_owned())?;
    if outcome.needs_reason() && ticked.reason.trim().is_empty() {
        return Err(t.say("batch.reason_needed").to_owned());
    }
    Ok((ticks, stage, Some(outcome)))
}

/// Completes one. What the core refuses is told in its line; only what is wrong with the installation ends the batch.
async fn one(
    site: &Site,
    visitor: &Visitor,
    person: &Person,
    tick: &Tick,
    ticked: &Ticked,
    outcome: Option<Outcome>,
) -> Result<Line, PageError> {
    let t = visitor.texts;
    let mut line = Line {
        number: tick.number.clone(),
        item: String::new(),
        refused: None,
    };
    let seen = match case::seen(site, visitor, &tick.number).await {
        Ok(seen) => seen,
        // A foreign case and none at all are told alike.
        Err(PageError::NotFound) => {
            line.refused = Some(t.say("batch.not_found").to_owned());
            return Ok(line);
        }
        Err(error) => return Err(error),
    };
    line.item = crate::board::what(t, &seen.subject.body);
    let command = match tick.stage {
        Stage::Acceptance => Command::Accept,
        stage => Command::Complete {
            stage,
            outcome,
            reason: Some(ticked.reason.trim().to_owned()).filter(|r| !r.is_empty()),
            document: None,
        },
    };
    let act = acting(visitor, person, &seen, &command);
    let done = site
        .engine
        .act_seen(&tick.number, tick.seq, command, act)
        .await;
    match done {
        Ok(_) => {}
        Err(error) if error.is_refusal() => {
            case::note_foreign(site, visitor, &tick.number, &error).await;
            line.refused = Some(frame::one_language(t, &error.to_string()));
        }
        Err(error) => return Err(error.into()),
    }
    Ok(line)
}

/// The visitor at his own post, or for the one whose post it is.
fn acting(visitor: &Visitor, person: &Person, seen: &Seen, command: &Command) -> Act {
    let may = |p: &Person| rights::may(p, &seen.subject, command, &seen.books).is_ok();
    let other = visitor.stood_for().find(|p| may(p));
    Act {
        by: Some(person.code.clone()),
        stands_for: other.filter(|_| !may(person)).map(|p| p.code.clone()),
        ..Act::default()
    }
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;

    use super::*;
    use crate::testing::Trial;

    fn number(n: u32) -> String {
        format!("410800-FGW-20110926-{n:04}")
    }

    fn tick(n: u32, seq: i64, stage: Stage) -> String {
        let number = number(n);
        Tick { number, seq, stage }.to_string()
    }

    /// Three cases that wait for the handler.
    async fn three() -> Trial {
        let trial = Trial::new().await;
        let mut form = Vec::new();
        for n in 1..=3 {
            trial.receive().await;
            form.push(tick(n, 1, Stage::Acceptance));
        }
        let form: Vec<(&str, &str)> = form.iter().map(|t| ("case", t.as_str())).collect();
        let (status, _, body) = trial.post_as("clerk", PATH, &form).await;
        assert_eq!(status, StatusCode::OK, "{body}");
        assert!(body.contains("3 件已完成"), "{body}");
        trial
    }

    #[tokio::test]
    async fn one_that_is_refused_keeps_none_of_the_others_back() {
        let trial = three().await;
        // Somebody has done something with the second one since the list was drawn.
        let path = format!("/case/{}/act", number(2));
        let stop = [
            ("act", "stop"),
            ("seq", "2"),
            ("procedure", "hearing"),
            ("notice", "焦发改听〔2011〕1号"),
        ];
        trial.post_as("handler", &path, &stop).await;
        let ticks: Vec<String> = [(1, 2), (2, 2), (3, 2), (9, 1)]
            .map(|(n, seq)| tick(n, seq, Stage::Handling))
            .to_vec();
        let mut form: Vec<(&str, &str)> = ticks.iter().map(|t| ("case", t.as_str())).collect();
        form.push(("reason", "材料属实"));
        let (status, _, body) = trial.post_as("handler", PATH, &form).await;
        assert_eq!(status, StatusCode::OK);
        for wanted in [
            "2 件已完成",
            "2 件未完成",
            "没有这个编号",
            "刚由 FGW-H1 办理",
        ] {
            assert!(body.contains(wanted), "{wanted} in:\n{body}");
        }
        let (_, _, list) = trial.get_as("reviewer", "/todo").await;
        for (n, through) in [(1, true), (2, false), (3, true)] {
            assert_eq!(list.contains(&number(n)), through, "{n}");
        }
        let (_, _, body) = trial.get_as("head", &format!("/case/{}", number(3))).await;
        assert!(body.contains("材料属实"), "{body}");
        // Sent again, nothing happens twice.
        let (_, _, body) = trial.post_as("handler", PATH, &form).await;
        assert!(body.contains("4 件未完成"), "{body}");
    }

    #[tokio::test]
    async fn a_form_with_a_mistake_keeps_ticks_and_opinion() {
        let trial = three().await;
        let (one, two) = (tick(1, 2, Stage::Handling), tick(2, 2, Stage::Review));
        let none = [("reason", "同意")];
        let mixed = [("case", one.as_str()), ("case", &two), ("reason", "同意")];
        let unreadable = [("case", "x"), ("reason", "同意")];
        for (form, wanted) in [
            (&none[..], "没有勾选"),
            (&mixed, "同一环节"),
            (&unreadable, "无法识别"),
        ] {
            let (status, _, body) = trial.post_as("handler", PATH, form).await;
            assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(
                body.contains(wanted) && body.contains("value=\"同意\""),
                "{body}"
            );
            let ticked = body.contains(&format!("value=\"{one}\" checked"));
            assert_eq!(ticked, form.len() == 3, "{body}");
        }
    }

    #[tokio::test]
    async fn approvers_say_what_they_decide() {
        let trial = three().await;
        let steps = [
            ("handler", Stage::Handling, 2),
            ("reviewer", Stage::Review, 3),
        ];
        for (account, stage, seq) in steps {
            let ticks = [tick(1, seq, stage), tick(2, seq, stage)];
            let form = [("case", ticks[0].as_str()), ("case", &ticks[1])];
            let (_, _, body) = trial.post_as(account, PATH, &form).await;
            assert!(body.contains("2 件已完成"), "{body}");
        }
        let ticks = [tick(1, 4, Stage::Approval), tick(2, 4, Stage::Approval)];
        let cases = [("case", ticks[0].as_str()), ("case", &ticks[1])];
        for (more, wanted) in [
            (&[][..], "请选择结果"),
            (&[("outcome", "refused")], "请写明理由"),
            (&[("outcome", "granted")], "2 件已完成"),
        ] {
            let form: Vec<_> = cases.iter().chain(more).copied().collect();
            let (_, _, body) = trial.post_as("approver", PATH, &form).await;
            assert!(body.contains(wanted), "{wanted} in:\n{body}");
        }
    }

    #[tokio::test]
    async fn only_who_holds_the_post_completes() {
        let trial = three().await;
        let one = tick(1, 2, Stage::Handling);
        let form = [("case", one.as_str())];
        for account in [
            "clerk",
            "reviewer",
            "head",
            "stranger",
            "inspector",
            "leader",
        ] {
            let (_, _, body) = trial.post_as(account, PATH, &form).await;
            assert!(body.contains("1 件未完成"), "{account}: {body}");
        }
        for account in ["system", "security", "audit"] {
            let (status, _, _) = trial.post_as(account, PATH, &form).await;
            assert_eq!(status, StatusCode::FORBIDDEN, "{account}");
        }
        let (_, _, body) = trial.post_as("second", PATH, &form).await;
        assert!(body.contains("1 件已完成"), "the stand-in: {body}");
        let (_, _, body) = trial.get_as("head", &format!("/case/{}", number(1))).await;
        assert!(body.contains("陈洋建（代高杰）"), "{body}");
    }
}
