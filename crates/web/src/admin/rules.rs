//! The rules: those in force with their texts and legal bases, and other rules in two steps: what they would have raised
//! last month, then putting them in force.

use approval::Books;
use approval::books::RulesInForce;
use approval::rule::{IssueMode, Level, Rule, RuleSet, Threshold};
use askama::Template;
use axum::Router;
use axum::extract::{Multipart, Query, State};
use axum::http::StatusCode;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use calendar::{Term, TermUnit};
use chrono::NaiveDate;
use engine::accounts::AccountRole;
use engine::revise::{Progress, RevisionMode, RuleTrial, RulesTrial, TRIED_MAX};
use engine::{EngineError, assets, reference};
use notify::{Language, words};
use serde::Deserialize;

use super::only;
use super::revisions::{self, Revision};
use super::upload::{self, FILE_BYTES, Sent};
use crate::frame::{self, Frame};
use crate::level::Mark;
use crate::page::{PageError, draw_as};
use crate::site::Site;
use crate::texts::Texts;
use crate::visitor::{Here, Visitor};

pub(super) fn routes() -> Router<Site> {
    Router::new()
        .route("/admin/rules", get(page))
        .route("/admin/rules/file", get(file))
        .route("/admin/rules/preview", post(preview))
        .route("/admin/rules/apply", post(apply))
}

/// A rule as it is shown.
struct Line {
    id: String,
    level: Mark,
    element: String,
    threshold: String,
    tell: String,
    /// Whether it waits for an inspector.
    waits: bool,
    order: String,
    text: String,
    bases: Vec<String>,
}

/// A version of the rules, to choose from.
struct Version {
    number: i64,
    name: String,
    since: String,
    chosen: bool,
}

/// A rule that is tried, beside the one in force.
struct Tried {
    id: String,
    level: Mark,
    text: String,
    /// What is otherwise about it, if anything is.
    what: &'static str,
    now: String,
    then: String,
}

/// The sum of a level.
struct Sum {
    level: Mark,
    did: u64,
    now: u64,
    then: u64,
}

/// What other rules would do.
struct Found {
    name: String,
    month: String,
    subjects: u64,
    unreadable: u64,
    /// How many were tried, if that isn't all.
    only: Option<u64>,
    sums: Vec<Sum>,
    rules: Vec<Tried>,
    /// Rules that neither change nor raise anything.
    silent: usize,
    periods_change: bool,
    alarms_moved: u64,
    in_force: bool,
    text: String,
    seen: i64,
}

#[derive(Template)]
#[template(path = "admin/rules.html")]
struct RulesPage {
    f: Frame,
    t: Texts,
    version: i64,
    name: String,
    since: String,
    latest: bool,
    lines: Vec<Line>,
    periods: Vec<(&'static str, String)>,
    versions: Vec<Version>,
    presets: Vec<String>,
    revisions: Vec<Revision>,
    found: Option<Found>,
    error: Option<String>,
}

/// Which version.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    version: String,
}

async fn page(
    State(site): State<Site>,
    visitor: Here,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    only(&visitor, AccountRole::System)?;
    rules_page(&site, &visitor, asked.version.parse().ok(), None, None).await
}

async fn rules_page(
    site: &Site,
    visitor: &Visitor,
    version: Option<i64>,
    found: Option<Found>,
    error: Option<String>,
) -> Result<Response, PageError> {
    let t = visitor.texts;
    let rules = &visitor.books.rules;
    let chosen = rules
        .iter()
        .find(|rules| Some(rules.set.version) == version);
    let shown = chosen.or(rules.last()).ok_or(PageError::NotFound)?;
    let status = match error {
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
        None => StatusCode::OK,
    };
    let today = visitor.books.calendar.office_date(visitor.now);
    let page = RulesPage {
        f: Frame::of(site, visitor, t.say("rules.title")),
        t,
        version: shown.set.version,
        name: shown.set.name.clone(),
        since: since(visitor, shown),
        latest: rules
            .last()
            .is_some_and(|last| last.set.version == shown.set.version),
        lines: shown
            .set
            .rules
            .iter()
            .map(|rule| line(t, &visitor.books, rule, today))
            .collect(),
        periods: periods(t, &shown.set),
        versions: rules
            .iter()
            .rev()
            .map(|rules| Version {
                number: rules.set.version,
                name: rules.set.name.clone(),
                since: since(visitor, rules),
                chosen: rules.set.version == shown.set.version,
            })
            .collect(),
        presets: presets(),
        revisions: revisions::of(site, visitor, "rules").await?,
        found,
        error,
    };
    draw_as(status, &page)
}

/// The first rules count from ever.
fn since(visitor: &Visitor, rules: &RulesInForce) -> String {
    let t = visitor.texts;
    if rules.from.timestamp_micros() == 0 {
        return t.say("rules.from_ever").to_owned();
    }
    let zone = visitor.books.calendar.zone();
    t.one(
        "items.since",
        words::instant(t.language(), rules.from, zone),
    )
}

/// The rules that come with the program.
fn presets() -> Vec<String> {
    let paths = assets::list("rules/");
    let names = paths.iter().filter_map(|path| {
        let name = path.strip_prefix("rules/")?.strip_suffix(".toml")?;
        Some(name.to_owned())
    });
    names.collect()
}

fn line(t: Texts, books: &Books, rule: &Rule, today: NaiveDate) -> Line {
    let tell: Vec<String> = rule
        .tell
        .iter()
        .map(|audience| t.word("audience", audience.as_str()).to_owned())
        .collect();
    let bases = rule
        .basis
        .iter()
        .map(|key| match books.law.basis(key, today) {
            Some(basis) => basis.article.clone(),
            None => key.clone(),
        });
    Line {
        id: rule.id.clone(),
        level: Mark::of(t, rule.level),
        element: t.word("element", rule.element.as_str()).to_owned(),
        threshold: threshold(t, rule.threshold),
        tell: words::list(t.language(), &tell),
        waits: rule.issue == IssueMode::WaitForInspector,
        order: rule.order.as_ref().map_or_else(String::new, |order| {
            t.two("rules.order", term(t, order.term), &order.text)
        }),
        text: text(t, rule).to_owned(),
        bases: bases.collect(),
    }
}

fn text(t: Texts, rule: &Rule) -> &str {
    match t.language() {
        Language::Zh => &rule.text,
        Language::En => &rule.text_en,
    }
}

fn threshold(t: Texts, threshold: Threshold) -> String {
    match threshold {
        Threshold::WorkingDaysBefore(days) => t.one("rules.before", days),
        Threshold::ShareUsed { percent } => t.one("rules.share", percent),
        Threshold::Earlier {
            working_days,
            percent,
        } => t.two("rules.earlier", working_days, percent),
        Threshold::WorkingDaysAfter(0) => t.say("rules.at_due").to_owned(),
        Threshold::WorkingDaysAfter(days) => t.one("rules.after", days),
        Threshold::ByHand => t.say("rules.by_hand").to_owned(),
    }
}

fn term(t: Texts, term: Term) -> String {
    let unit: TermUnit = term.unit();
    t.one(&format!("term_of.{}", unit.as_str()), term.amount())
}

fn periods(t: Texts, set: &RuleSet) -> Vec<(&'static str, String)> {
    let periods = &set.periods;
    let days = |days: u32| t.one("term_of.working_days", days);
    let or_none = |given: Option<Term>| {
        given.map_or_else(
            || t.say("rules.no_period").to_owned(),
            |given| term(t, given),
        )
    };
    vec![
        (
            t.say("rules.period_acceptance"),
            term(t, periods.acceptance),
        ),
        (
            t.say("rules.period_correction"),
            or_none(periods.correction),
        ),
        (t.say("rules.period_delivery"), term(t, periods.delivery)),
        (t.say("rules.period_forwarded"), term(t, periods.forwarded)),
        (t.say("rules.period_partner"), or_none(periods.partner)),
        (t.say("rules.period_extension"), days(periods.extension_cap)),
        (
            t.say("rules.period_joint"),
            days(periods.joint_extension_cap),
        ),
        (t.say("rules.period_filing"), term(t, periods.appeal_filing)),
        (t.say("rules.period_appeal"), term(t, periods.appeal)),
    ]
}

/// The text of the rules in force, to be changed and handed in again.
async fn file(State(site): State<Site>, visitor: Here) -> Result<Response, PageError> {
    only(&visitor, AccountRole::System)?;
    let rules = site.engine.rules_in_force().await?;
    let headers = [
        (CONTENT_TYPE, "application/toml; charset=utf-8"),
        (CONTENT_DISPOSITION, "attachment; filename=\"rules.toml\""),
    ];
    Ok((headers, rules.text).into_response())
}

async fn preview(
    State(site): State<Site>,
    visitor: Here,
    form: Multipart,
) -> Result<Response, PageError> {
    only(&visitor, AccountRole::System)?;
    let t = visitor.texts;
    let told = match upload::sent(form).await {
        None => t.one("import.too_long", FILE_BYTES / 1024),
        Some(sent) if sent.bytes.is_empty() && sent.choice.is_empty() => {
            t.say("import.no_file").to_owned()
        }
        Some(sent) => match look_at(&site, t, &sent).await {
            Ok(found) => return rules_page(&site, &visitor, None, Some(found), None).await,
            Err(error) if error.is_refusal() => frame::one_language(t, &error.to_string()),
            Err(error) => return Err(error.into()),
        },
    };
    rules_page(&site, &visitor, None, None, Some(told)).await
}

async fn apply(
    State(site): State<Site>,
    visitor: Here,
    form: Multipart,
) -> Result<Response, PageError> {
    only(&visitor, AccountRole::System)?;
    let t = visitor.texts;
    let Some(sent) = upload::sent(form).await else {
        let told = t.one("import.too_long", FILE_BYTES / 1024);
        return rules_page(&site, &visitor, None, None, Some(told)).await;
    };
    let caller = visitor.caller();
    let done = match read(&sent) {
        Ok((name, text)) => {
            let seen = sent.seen.parse().unwrap_or(0);
            let engine = &site.engine;
            engine.put_rules_in_force(&name, &text, seen, &caller).await
        }
        Err(error) => Err(error),
    };
    match done {
        Ok(Progress::Done) => Ok(Redirect::to("/admin/rules?done=rules").into_response()),
        Ok(Progress::UnderWay) => {
            Ok(Redirect::to("/admin/rules?done=revision_goes_on").into_response())
        }
        Err(error) if error.is_refusal() => {
            let told = frame::one_language(t, &error.to_string());
            rules_page(&site, &visitor, None, None, Some(told)).await
        }
        Err(error) => Err(error.into()),
    }
}

/// The name and the text of what was sent: a preset, or a file. Line ends as a form sends them back: what is confirmed is
/// what was shown.
fn read(sent: &Sent) -> Result<(String, String), EngineError> {
    if !sent.bytes.is_empty() {
        let text = reference::read_upload(&sent.name, &sent.bytes)?;
        return Ok((sent.name.clone(), text.replace("\r\n", "\n")));
    }
    let path = format!("rules/{}.toml", sent.choice);
    match assets::text(&path) {
        Some(text) if presets().contains(&sent.choice) => Ok((sent.choice.clone(), text)),
        _ => Err(EngineError::invalid(
            "bad_rules",
            "没有这套预置规则 / there is no such preset",
        )),
    }
}

async fn look_at(site: &Site, t: Texts, sent: &Sent) -> Result<Found, EngineError> {
    let (name, text) = read(sent)?;
    let engine = &site.engine;
    let trial = engine.try_rules(&name, &text).await?;
    let dry = RevisionMode::DryRun;
    let report = engine.revise_rules(&name, &text, dry).await?;
    let in_force = engine.books(engine.division()).await?;
    let new = assets::parse_rules(&name, &text)?;
    let periods_change = in_force
        .rules
        .last()
        .is_some_and(|now| now.set.periods != new.periods);
    let told: Vec<&RuleTrial> = trial.rules.iter().filter(|rule| is_told(rule)).collect();
    let silent = trial.rules.len() - told.len();
    Ok(Found {
        name: new.name,
        month: month(t, &trial),
        subjects: trial.subjects,
        unreadable: trial.unreadable,
        only: (!trial.complete).then_some(TRIED_MAX),
        sums: Level::ALL
            .iter()
            .map(|level| sum(t, &trial, *level))
            .collect(),
        rules: told.into_iter().filter_map(|rule| tried(t, rule)).collect(),
        silent,
        periods_change,
        alarms_moved: report.alarms_moved,
        in_force: report.from_version == report.to_version,
        text,
        seen: report.from_version,
    })
}

/// Whether a rule changes, or raises anything.
fn is_told(rule: &RuleTrial) -> bool {
    rule.now != rule.then || rule.raised_now > 0 || rule.raised_then > 0
}

fn tried(t: Texts, trial: &RuleTrial) -> Option<Tried> {
    let rule = trial.then.as_ref().or(trial.now.as_ref())?;
    let count = |rule: &Option<Rule>, count: u64| match rule {
        Some(_) => count.to_string(),
        None => "–".to_owned(),
    };
    Some(Tried {
        id: trial.id.clone(),
        level: Mark::of(t, rule.level),
        text: text(t, rule).to_owned(),
        what: match (&trial.now, &trial.then) {
            (None, _) => t.say("rules.new"),
            (_, None) => t.say("rules.left_out"),
            (now, then) if now != then => t.say("rules.changed"),
            _ => "",
        },
        now: count(&trial.now, trial.raised_now),
        then: count(&trial.then, trial.raised_then),
    })
}

fn sum(t: Texts, trial: &RulesTrial, level: Level) -> Sum {
    let (now, then) = trial.of_level(level);
    Sum {
        level: Mark::of(t, level),
        did: trial.did.get(level.as_str()).copied().unwrap_or(0),
        now,
        then,
    }
}

fn month(t: Texts, trial: &RulesTrial) -> String {
    let day = |date| words::whole_day(t.language(), date);
    t.two("calendar.from_to", day(trial.from), day(trial.to))
}

#[cfg(test)]
mod tests {
    use store::audit::Filter;

    use super::super::upload::testing::{seen, send};
    use super::*;
    use crate::testing::Trial;

    const PREVIEW: &str = "/admin/rules/preview";
    const APPLY: &str = "/admin/rules/apply";

    fn preset(name: &str) -> String {
        assets::text(&format!("rules/{name}.toml")).unwrap()
    }

    async fn version(trial: &Trial) -> i64 {
        trial.engine.rules_in_force().await.unwrap().version
    }

    #[tokio::test]
    async fn rules_are_shown_with_texts_and_bases() {
        let trial = Trial::new().await;
        let (status, _, body) = trial.get_as("system", "/admin/rules").await;
        assert_eq!(status, StatusCode::OK);
        for told in [
            "limits，第 1 版",
            "自建库起适用",
            "承诺时限",
            "到期前 2 个工作日",
            "行政许可法",
        ] {
            assert!(body.contains(told), "{told}: {body}");
        }
        let (_, _, text) = trial.get_as("system", "/admin/rules/file").await;
        assert_eq!(text, preset("limits"));
    }

    #[tokio::test]
    async fn a_trial_of_the_rules_in_force_says_what_was_raised() {
        let trial = Trial::new().await;
        trial.receive().await;
        trial.go_to("2011-11-02T09:00:00+08:00");
        trial.engine.sweep(None).await.unwrap();
        let same = trial.engine.try_rules("limits", &preset("limits")).await;
        let same = same.unwrap();
        assert_eq!(
            (same.subjects, same.unreadable, same.complete),
            (1, 0, true)
        );
        assert_eq!(same.from.to_string(), "2011-10-01");
        assert_eq!(same.to.to_string(), "2011-10-31");
        let mut all = 0;
        for level in Level::ALL {
            let did = same.did.get(level.as_str()).copied().unwrap_or(0);
            assert_eq!(same.of_level(level), (did, did), "{level:?}");
            all += did;
        }
        assert!(all > 1, "{same:?}");
        // Rules that warn on the last day alone raise their notice on another day, and nothing else changes.
        let later = preset("limits").replace("before_working_days = 2", "before_working_days = 1");
        let later = trial.engine.try_rules("later", &later).await.unwrap();
        assert!(later.rules.iter().any(|rule| rule.now != rule.then));
        assert_eq!(later.of_level(Level::Yellow), same.of_level(Level::Yellow));
    }

    #[tokio::test]
    async fn other_rules_are_tried_and_then_put_in_force() {
        let trial = Trial::new().await;
        trial.receive().await;
        trial.go_to("2011-11-02T09:00:00+08:00");
        trial.engine.sweep(None).await.unwrap();
        let (status, body) = send(&trial, "system", PREVIEW, &[("choice", b"two-colour")]).await;
        assert_eq!(status, StatusCode::OK, "{body}");
        assert!(body.contains("2011年10月1日至2011年10月31日"), "{body}");
        assert!(body.contains("试算了 1 件"), "{body}");
        assert_eq!(version(&trial).await, 1, "nothing was written");
        let (text, seen) = (preset("two-colour"), seen(&body));
        let parts = [
            ("name", &b"two-colour"[..]),
            ("text", text.as_bytes()),
            ("seen", seen.as_bytes()),
        ];
        for who in ["security", "audit", "inspector", "leader", "head", "clerk"] {
            for path in ["/admin/rules", "/admin/rules/file"] {
                let (status, ..) = trial.get_as(who, path).await;
                assert_eq!(status, StatusCode::FORBIDDEN, "{who} {path}");
            }
            for path in [PREVIEW, APPLY] {
                let (status, _) = send(&trial, who, path, &parts).await;
                assert_eq!(status, StatusCode::FORBIDDEN, "{who} {path}");
            }
        }
        let (status, body) = send(&trial, "system", APPLY, &parts).await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{body}");
        assert_eq!(version(&trial).await, 2);
        let filter = Filter {
            act: Some("rules".to_owned()),
            ..Filter::default()
        };
        let log = trial.engine.audit_log(&filter, 10).await.unwrap();
        assert_eq!(log.len(), 1);
        assert_eq!(
            (log[0].account.as_str(), log[0].target.as_str()),
            ("system", "two-colour 2")
        );
        let (_, _, page) = trial.get_as("system", "/admin/rules").await;
        assert!(page.contains("two-colour，第 2 版"), "{page}");
        let (_, _, page) = trial.get_as("system", "/admin/rules?version=1").await;
        assert!(page.contains("已被新版取代"), "{page}");
        let (status, body) = send(&trial, "system", APPLY, &parts).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(body.contains("规则刚刚被更换"), "{body}");
    }

    #[tokio::test]
    async fn wrong_rules_are_told_with_line_and_key() {
        let trial = Trial::new().await;
        let basis = preset("limits").replacen("permit-law-42-1", "no-such-law", 1);
        for (parts, told) in [
            (("file", &b""[..]), "请选择"),
            (("file", &b"name = 1"[..]), "name"),
            (("file", basis.as_bytes()), "no-such-law"),
            (("choice", &b"../law/cn"[..]), "没有这套预置规则"),
        ] {
            let (status, body) = send(&trial, "system", PREVIEW, &[parts]).await;
            assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{told}");
            assert!(body.contains(told), "{told}: {body}");
        }
        assert_eq!(version(&trial).await, 1);
    }
}
