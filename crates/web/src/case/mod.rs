//! A case's page: where it stands, its limits, what can be done now, and its events.

mod acts;
mod appeal;
pub(crate) mod events;
pub(crate) mod form;
mod reply;

use approval::Subject;
use approval::case::Case;
use approval::subject::Body;
use approval::track::{Clock, ClockKey, Stopping};
use askama::Template;
use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use engine::Seen;
use engine::look::Record;
use notify::{Language, words};
use report::picture::{Look, case_picture};
use serde::Deserialize;

use crate::applicant;
use crate::clerk::papers::{self, Link};
use crate::frame::Frame;
use crate::level::Mark;
use crate::page::{PageError, draw_as};
use crate::shown::{self, Limit};
use crate::site::Site;
use crate::texts::Texts;
use crate::visitor::{Here, Visitor};

pub(crate) use acts::note_foreign;

use acts::Offer;
use events::EventLine;
use form::ActForm;

pub(crate) fn routes() -> Router<Site> {
    Router::new()
        .route("/search", get(search))
        .route("/case/{number}", get(show))
        .route("/case/{number}/act", post(acts::act))
        .merge(reply::routes())
}

/// What is typed into the search box, or read by a scanner.
#[derive(Debug, Default, Deserialize)]
struct Sought {
    #[serde(default)]
    q: String,
}

/// Opens whatever has the number.
async fn search(
    State(site): State<Site>,
    visitor: Here,
    Query(sought): Query<Sought>,
) -> Result<axum::response::Redirect, PageError> {
    // A scanner types the address that stands in a paper's code; the number is its end.
    let number = sought.q.trim().rsplit('/').next().unwrap_or_default();
    let number = number.to_uppercase();
    let seen = site.engine.look(&number).await?;
    if !may_see(&visitor, &seen.subject) {
        return Err(PageError::NotFound);
    }
    Ok(axum::response::Redirect::to(&format!("/case/{number}")))
}

/// Inspectors and leaders see every case; a unit's people those of their unit, and those in which their opinion was
/// asked; a common window those of all units. To all others a case is as if it weren't there.
pub(crate) fn may_see(visitor: &Visitor, subject: &Subject) -> bool {
    let Some(person) = &visitor.person else {
        return false;
    };
    let Some(own) = &person.unit else {
        return visitor.sees_all() || !person.posts.is_empty();
    };
    let asked = subject.case().map(|c| c.partners.as_slice());
    let mut asked = asked.unwrap_or_default().iter();
    subject.unit() == own || asked.any(|p| p.unit == *own) || visitor.sees_all()
}

async fn show(
    State(site): State<Site>,
    visitor: Here,
    Path(number): Path<String>,
) -> Result<Response, PageError> {
    let record = record(&site, &visitor, &number).await?;
    let typed = ActForm::default();
    page(&site, &visitor, &record, typed, None).await
}

/// The same with its events.
async fn record(site: &Site, visitor: &Visitor, number: &str) -> Result<Record, PageError> {
    let record = site.engine.look_at_record(number).await?;
    if may_see(visitor, &record.seen.subject) {
        Ok(record)
    } else {
        Err(PageError::NotFound)
    }
}

/// A subject that the visitor may see.
pub(crate) async fn seen(site: &Site, visitor: &Visitor, number: &str) -> Result<Seen, PageError> {
    let seen = site.engine.look(number).await?;
    if may_see(visitor, &seen.subject) {
        Ok(seen)
    } else {
        Err(PageError::NotFound)
    }
}

/// A clock as the page shows it.
pub(crate) struct ClockLine {
    /// The word of the record, which the page of its count is found by.
    key: String,
    pub(crate) name: String,
    start: String,
    pub(crate) limit: Limit,
    pub(crate) ended: Option<String>,
    /// Whether it is one of the two of the whole case.
    pub(crate) chief: bool,
}

/// A warning as the page shows it.
struct WarningLine {
    seq: i64,
    mark: Mark,
    clock: String,
    state: String,
    limit_at: String,
    recorded_at: String,
    live: bool,
    /// The number of the appeal against it.
    appeal: Option<String>,
}

#[derive(Template)]
#[template(path = "case.html")]
struct CasePage<'a> {
    f: Frame,
    t: Texts,
    number: &'a str,
    seq: i64,
    heading: String,
    code: String,
    unit: String,
    applicant: String,
    id_number: String,
    sentence: String,
    worst: Option<Mark>,
    /// The five stages as one picture, an SVG drawn here.
    picture: String,
    clocks: Vec<ClockLine>,
    warnings: Vec<WarningLine>,
    offers: Vec<Offer>,
    typed: ActForm,
    error: Option<String>,
    /// Whether it is an order, which has a paper of its own.
    order: bool,
    /// The card that an appeal is against.
    appeal: Option<appeal::Appealed>,
    events: Vec<EventLine>,
    stop_open: Option<String>,
    /// What can be printed for the applicant.
    papers: Vec<Link>,
}

/// Draws the page; with what was typed and the mistake, when an act was refused.
async fn page(
    site: &Site,
    visitor: &Visitor,
    record: &Record,
    typed: ActForm,
    error: Option<(StatusCode, String)>,
) -> Result<Response, PageError> {
    let t = visitor.texts;
    let seen = &record.seen;
    let subject = &seen.subject;
    let number = subject.id.as_str();
    let stored = site.engine.personal(number).await?;
    let applicant = applicant::of(stored.as_deref());
    let (status, error) = match error {
        Some((status, error)) => (status, Some(error)),
        None => (StatusCode::OK, None),
    };
    let (heading, code) = heading(t, subject);
    let warnings = warnings(t, seen);
    let page = CasePage {
        f: Frame::of(site, visitor, number),
        t,
        number,
        seq: subject.seq(),
        heading,
        code,
        unit: crate::todo::unit_name(visitor, subject.unit().as_str()),
        applicant: subject
            .case()
            .map(|_| applicant.name(t))
            .unwrap_or_default(),
        id_number: applicant.masked_number(),
        sentence: sentence(t, seen),
        worst: worst(t, subject),
        picture: case_picture(subject, &seen.books, seen.now, &look(t, "case")),
        clocks: clocks(t, seen),
        warnings,
        offers: acts::offers(visitor, seen, &typed),
        typed,
        error,
        order: subject.order().is_some(),
        appeal: appeal::of(site, visitor, seen).await?,
        events: events::lines(t, seen, &record.rows),
        stop_open: open_stop(t, subject),
        papers: papers::links(t, seen, crate::frame::done_word(&visitor.path).as_deref()),
    };
    draw_as(status, &page)
}

/// How pictures are drawn on a page; `id` keeps several on one page apart.
pub(crate) fn look(t: Texts, id: &str) -> Look<'_> {
    match t.language() {
        Language::Zh => Look::zh(id),
        Language::En => Look::en(id),
    }
}

/// The item and its code; an order's demand.
fn heading(t: Texts, subject: &Subject) -> (String, String) {
    match &subject.body {
        Body::Case(case) => (case.item.name.clone(), case.item.code.as_str().to_owned()),
        Body::Order(_) => (t.say("case.order").to_owned(), String::new()),
        Body::Appeal(_) => (t.say("case.appeal").to_owned(), String::new()),
    }
}

/// The sentence that says it all: where it stands, until when, how much is left.
pub(crate) fn sentence(t: Texts, seen: &Seen) -> String {
    let subject = &seen.subject;
    let calendar = &seen.books.calendar;
    let place = match (subject.stage(), subject.state()) {
        (Some(stage), "open") => t.one("case.in_stage", t.word("stage", stage.as_str())),
        (_, state) => t.word("state", state).to_owned(),
    };
    let chief = match &subject.body {
        Body::Case(case) => chief_clock(subject, case),
        _ => subject.track.clocks.last(),
    };
    let Some(clock) = chief.filter(|c| c.ended_at.is_none()) else {
        return match subject.case().and_then(Case::outcome) {
            Some(outcome) => t.two("case.over", place, t.word("outcome", outcome.as_str())),
            None => place,
        };
    };
    let limit = shown::limit(t.language(), calendar, clock, seen.now);
    if limit.due.is_empty() {
        return t.two("case.standing", place, limit.left);
    }
    let until = format!("{} {}", clock_name(t, clock.key), limit.due);
    let whole = format!("{} {}", t.two("case.until", place, until), limit.left);
    match pressing_stage(t, seen) {
        Some(left) => t.two("case.stage_presses", whole, left),
        None => whole,
    }
}

/// What is left of the stage that runs, if that asks for somebody now: the whole may have days left and its stage none.
fn pressing_stage(t: Texts, seen: &Seen) -> Option<String> {
    let mut clocks = seen.subject.track.clocks.iter();
    let stage = clocks.find(|c| matches!(c.key, ClockKey::Stage(..)) && c.ended_at.is_none())?;
    let limit = shown::limit(t.language(), &seen.books.calendar, stage, seen.now);
    (limit.late || limit.near).then_some(limit.left)
}

/// The clock that counts for the case as a whole; before acceptance the period for accepting.
fn chief_clock<'s>(subject: &'s Subject, case: &Case) -> Option<&'s Clock> {
    let whole = subject.track.clock(ClockKey::Promised);
    let whole = whole.or_else(|| subject.track.clock(ClockKey::Statutory));
    whole.or_else(|| subject.track.clock(case.acceptance_clock()))
}

fn worst(t: Texts, subject: &Subject) -> Option<Mark> {
    let live = subject.track.warnings.iter().filter(|w| w.is_live());
    live.map(|w| w.level())
        .max()
        .and_then(|level| Mark::parse(t, level.as_str()))
}

/// A clock's name, with its number from the second on.
pub(crate) fn clock_name(t: Texts, key: ClockKey) -> String {
    words::clock(t.language(), &key.zh())
}

/// The clocks as pages show them.
pub(crate) fn clocks(t: Texts, seen: &Seen) -> Vec<ClockLine> {
    let calendar = &seen.books.calendar;
    let brief = |at| shown::brief(t.language(), calendar, at, seen.now);
    let clocks = seen.subject.track.clocks.iter();
    clocks
        .map(|clock| ClockLine {
            key: clock.key.to_string(),
            name: clock_name(t, clock.key),
            start: brief(clock.start),
            limit: shown::limit(t.language(), calendar, clock, seen.now),
            ended: clock.ended_at.map(brief),
            chief: matches!(clock.key, ClockKey::Promised | ClockKey::Statutory),
        })
        .collect()
}

fn warnings(t: Texts, seen: &Seen) -> Vec<WarningLine> {
    let calendar = &seen.books.calendar;
    let brief = |at| shown::brief(t.language(), calendar, at, seen.now);
    let warnings = seen.subject.track.warnings.iter().rev();
    warnings
        .filter_map(|w| {
            Some(WarningLine {
                seq: w.seq,
                mark: Mark::parse(t, w.level().as_str())?,
                clock: clock_name(t, w.clock()),
                state: t.word("warning_state", w.state.as_str()).to_owned(),
                limit_at: brief(w.raised.limit_at),
                recorded_at: brief(w.recorded_at),
                live: w.is_live(),
                appeal: w.appeal.as_ref().map(|a| a.as_str().to_owned()),
            })
        })
        .collect()
}

/// What holds the clocks now.
fn open_stop(t: Texts, subject: &Subject) -> Option<String> {
    let over = subject.case().and_then(Case::over_at).is_some();
    let held = subject
        .track
        .clocks
        .iter()
        .any(|c| c.ended_at.is_none() && c.stopping == Stopping::HeldByStops);
    let stop = subject
        .track
        .open_stops()
        .next()
        .filter(|_| held && !over)?;
    let notice = match &stop.notice {
        Some(notice) => notice.clone(),
        None => t.say("case.no_notice").to_owned(),
    };
    let procedure = t.word("procedure", stop.procedure.as_str());
    Some(t.two("case.stopped", procedure, notice))
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;

    use crate::testing::{CASE, Trial, location};

    fn act_path() -> String {
        format!("/case/{CASE}/act")
    }

    #[tokio::test]
    async fn a_case_is_there_for_its_unit_and_for_those_who_supervise() {
        let trial = Trial::new().await;
        trial.receive().await;
        let path = format!("/case/{CASE}");
        for (account, sees) in [
            ("clerk", true),
            ("handler", true),
            ("head", true),
            ("inspector", true),
            ("leader", true),
            ("stranger", false),
            ("system", false),
            ("security", false),
            ("audit", false),
        ] {
            let (status, _, body) = trial.get_as(account, &path).await;
            assert_eq!(status == StatusCode::OK, sees, "{account}: {status}");
            assert_eq!(body.contains("企业投资项目核准"), sees, "{account}");
        }
        // A foreign unit's case and none at all answer alike.
        let (foreign, _, one) = trial.get_as("stranger", &path).await;
        let (unknown, _, two) = trial
            .get_as("stranger", "/case/410800-FGW-20110926-9999")
            .await;
        assert_eq!(
            (foreign, unknown),
            (StatusCode::NOT_FOUND, StatusCode::NOT_FOUND)
        );
        assert_eq!(
            one.replace(CASE, "X"),
            two.replace("410800-FGW-20110926-9999", "X")
        );
        let (_, _, body) = trial.get_as("handler", &path).await;
        assert!(body.contains("张三") && !body.contains("11010519491231002X"));
    }

    #[tokio::test]
    async fn the_search_box_takes_a_number() {
        let trial = Trial::new().await;
        trial.receive().await;
        let path = format!("/search?q=+{}+", CASE.to_lowercase());
        let (status, headers, _) = trial.get_as("clerk", &path).await;
        assert_eq!(status, StatusCode::SEE_OTHER);
        assert_eq!(location(&headers), format!("/case/{CASE}"));
        let (status, _, _) = trial.get_as("stranger", &path).await;
        assert_eq!(status, StatusCode::NOT_FOUND);
    }

    #[tokio::test]
    async fn a_case_goes_through_its_stages_by_those_who_hold_the_posts() {
        let trial = Trial::new().await;
        trial.receive().await;
        let path = act_path();
        let steps: [(&str, &[(&str, &str)]); 5] = [
            ("clerk", &[("act", "accept"), ("seq", "1")]),
            (
                "handler",
                &[("act", "complete"), ("stage", "handling"), ("seq", "2")],
            ),
            (
                "reviewer",
                &[("act", "complete"), ("stage", "review"), ("seq", "3")],
            ),
            (
                "approver",
                &[
                    ("act", "complete"),
                    ("stage", "approval"),
                    ("outcome", "granted"),
                    ("seq", "4"),
                ],
            ),
            (
                "clerk",
                &[("act", "complete"), ("stage", "completion"), ("seq", "5")],
            ),
        ];
        for (turn, (account, form)) in steps.iter().enumerate() {
            for other in ["head", "stranger", "inspector", "leader", "audit"] {
                let (status, _, _) = trial.post_as(other, &path, form).await;
                assert!(status.is_client_error(), "{other} at {turn}: {status}");
            }
            let (status, headers, body) = trial.post_as(account, &path, form).await;
            assert_eq!(status, StatusCode::SEE_OTHER, "{account}: {body}");
            assert!(location(&headers).starts_with(&format!("/case/{CASE}?done=")));
        }
        let (_, _, body) = trial
            .get_as("clerk", &format!("/case/{CASE}?done=complete"))
            .await;
        assert!(
            body.contains("本环节已完成") && body.contains("已办结，结果：准予许可"),
            "{body}"
        );
        let log = trial
            .engine
            .audit_log(&store::audit::Filter::default(), 100)
            .await
            .unwrap();
        let refused = log
            .iter()
            .filter(|row| row.act == "act" && !row.done)
            .count();
        // The head has no such post five times, the inspector neither.
        assert_eq!(refused, 10 + 5, "head, inspector and leader are noted");
    }

    #[tokio::test]
    async fn a_refused_act_keeps_what_was_typed() {
        let trial = Trial::new().await;
        trial.receive().await;
        trial
            .post_as("clerk", &act_path(), &[("act", "accept"), ("seq", "1")])
            .await;
        let form = [
            ("act", "extend"),
            ("seq", "2"),
            ("working_days", "11"),
            ("approver", "李局长"),
            ("reason", "材料复杂"),
        ];
        let (status, _, body) = trial.post_as("handler", &act_path(), &form).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        for kept in [
            "延期最多 10 个工作日",
            "value=\"11\"",
            "value=\"李局长\"",
            ">材料复杂</textarea>",
        ] {
            assert!(body.contains(kept), "{kept} in:\n{body}");
        }
        let (_, _, body) = trial
            .get_with(
                &format!("{}; shixian_language=en", trial.cookie("handler").await),
                &format!("/case/{CASE}"),
            )
            .await;
        assert!(body.contains("Complete this stage"), "{body}");
    }

    #[tokio::test]
    async fn who_comes_second_is_told() {
        let trial = Trial::new().await;
        trial.receive().await;
        trial
            .post_as("clerk", &act_path(), &[("act", "accept"), ("seq", "1")])
            .await;
        let form = [
            ("act", "withdraw"),
            ("seq", "1"),
            ("reason", "申请人不办了"),
        ];
        let (status, _, body) = trial.post_as("clerk", &act_path(), &form).await;
        assert_eq!(status, StatusCode::CONFLICT);
        assert!(
            body.contains("刚由 FGW-C1 办理") && body.contains(">申请人不办了</textarea>"),
            "{body}"
        );
        // A card that the program raised meanwhile is no reason to refuse.
        trial.go_to("2011-10-31T09:00:00+08:00");
        trial.engine.sweep(None).await.unwrap();
        let form = [("act", "complete"), ("stage", "handling"), ("seq", "2")];
        let (status, _, body) = trial.post_as("handler", &act_path(), &form).await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{body}");
    }

    #[tokio::test]
    async fn a_stand_in_acts_for_the_other_and_it_shows() {
        let trial = Trial::new().await;
        trial.receive().await;
        trial
            .post_as("clerk", &act_path(), &[("act", "accept"), ("seq", "1")])
            .await;
        let form = [("act", "complete"), ("stage", "handling"), ("seq", "2")];
        let (status, _, _) = trial.post_as("second", &act_path(), &form).await;
        assert_eq!(
            status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "in his own name he may not"
        );
        let form = [
            ("act", "complete"),
            ("stage", "handling"),
            ("seq", "2"),
            ("stands_for", "FGW-H1"),
        ];
        let (status, _, _) = trial.post_as("second", &act_path(), &form).await;
        assert_eq!(status, StatusCode::SEE_OTHER);
        let (_, _, body) = trial.get_as("head", &format!("/case/{CASE}")).await;
        assert!(body.contains("陈洋建（代高杰）"), "{body}");
    }

    #[tokio::test]
    async fn what_happened_earlier_needs_a_time_that_can_be_read() {
        let trial = Trial::new().await;
        trial.receive().await;
        trial.go_to("2011-09-27T09:00:00+08:00");
        for (at, wanted) in [
            ("yesterday", "发生时间无法识别"),
            ("2011-09-27T09:01", "晚于当前时间"),
            ("2011-09-26T09:00", "早于收件时间"),
        ] {
            let form = [("act", "accept"), ("seq", "1"), ("at", at)];
            let (status, _, body) = trial.post_as("clerk", &act_path(), &form).await;
            assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{at}");
            assert!(
                body.contains(wanted) && body.contains(at),
                "{wanted} in:\n{body}"
            );
        }
        let form = [
            ("act", "accept"),
            ("seq", "1"),
            ("at", "2011-09-26T16:00"),
            ("late_reason", "断网"),
        ];
        let (status, _, body) = trial.post_as("clerk", &act_path(), &form).await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{body}");
        let (_, _, body) = trial.get_as("clerk", &format!("/case/{CASE}")).await;
        assert!(
            body.contains("9月26日 16:00 · 9月27日 09:00 记录 · 断网"),
            "{body}"
        );
    }

    #[tokio::test]
    async fn an_inspector_raises_a_card_by_hand() {
        let trial = Trial::new().await;
        trial.receive().await;
        let (_, _, body) = trial.get_as("inspector", &format!("/case/{CASE}")).await;
        let offer = body.split("act-raise_warning\"").nth(1).unwrap();
        let offer = offer.split("</form>").next().unwrap();
        assert!(
            offer.contains("value=\"manual-notice-yellow\"") && offer.contains("◆ 黄牌 · "),
            "{offer}"
        );
        assert_eq!(offer.matches("<option").count(), 3, "written rules only");
        let form = [
            ("act", "raise_warning"),
            ("seq", "1"),
            ("rule", "manual-notice-yellow"),
            ("reason", "窗口录像<3>"),
        ];
        for other in ["leader", "head", "clerk", "stranger", "system"] {
            let (_, _, body) = trial.get_as(other, &format!("/case/{CASE}")).await;
            assert!(!body.contains("raise_warning"), "{other}");
            let (status, _, _) = trial.post_as(other, &act_path(), &form).await;
            assert!(status.is_client_error(), "{other}: {status}");
        }
        for (rule, reason) in [("manual-notice-yellow", " "), ("stage-yellow", "录像")] {
            let wrong = [
                ("act", "raise_warning"),
                ("seq", "1"),
                ("rule", rule),
                ("reason", reason),
            ];
            let (status, _, _) = trial.post_as("inspector", &act_path(), &wrong).await;
            assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{rule}");
        }
        let (status, headers, body) = trial.post_as("inspector", &act_path(), &form).await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{body}");
        let to = location(&headers);
        assert_eq!(to, format!("/case/{CASE}/warning/2?done=raise_warning"));
        let (_, _, body) = trial.get_as("head", to).await;
        assert!(
            body.contains("窗口录像&#60;3&#62;") && body.contains("/warning/2/appeal"),
            "{body}"
        );
    }
}
