//! "Why this date?": the count of a clock as a calendar and day by day, with the stops and the articles it rests on.

use approval::event::{Event, Recorded};
use approval::term_text;
use approval::track::{ClockKey, ClockTerm, Stop};
use askama::Template;
use axum::Router;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use axum::routing::get;
use calendar::Term;
use engine::Seen;
use engine::explain::Count;
use notify::{Language, words};
use report::picture;
use serde::Deserialize;

use crate::case::{self, clock_name, look};
use crate::frame::Frame;
use crate::page::{PageError, draw};
use crate::shown;
use crate::site::Site;
use crate::texts::Texts;
use crate::visitor::{Here, Visitor};

pub(super) fn routes() -> Router<Site> {
    Router::new().route("/case/{number}/why", get(show))
}

/// Which clock, by the word of the record: `promised`, `review#1`.
#[derive(Debug, Default, Deserialize)]
struct Asked {
    #[serde(default)]
    clock: String,
}

/// Another clock of the same case.
struct Other {
    key: String,
    name: String,
    current: bool,
}

/// A day of the count.
struct Day {
    date: String,
    weekday: &'static str,
    counted: bool,
    why: String,
    number: i64,
}

/// An article as it was in force on day 0.
struct Article {
    name: String,
    text: String,
}

#[derive(Template)]
#[template(path = "why.html")]
struct WhyPage<'a> {
    f: Frame,
    t: Texts,
    number: &'a str,
    what: String,
    clock: String,
    others: Vec<Other>,
    sentence: String,
    /// The count as a calendar, an SVG drawn here.
    picture: String,
    stops: Vec<String>,
    extensions: Vec<String>,
    days: Vec<Day>,
    articles: Vec<Article>,
    calendar: String,
}

async fn show(
    State(site): State<Site>,
    visitor: Here,
    Path(number): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    let t = visitor.texts;
    let seen = case::seen(&site, &visitor, &number).await?;
    let key = match asked.clock.as_str() {
        "" => ClockKey::Promised,
        word => ClockKey::parse(word).ok_or(PageError::NotFound)?,
    };
    let count = site.engine.count(&number, key).await?;
    let count = count.ok_or(PageError::NotFound)?;
    let name = clock_name(t, key);
    let stops: Vec<String> = count.stops.iter().map(|stop| stop_name(t, stop)).collect();
    let title = format!("{name} {}", term_of(t, &count));
    let counted = picture::Count {
        title: title.trim(),
        days: &count.days,
        due_on: count.due.map(|due| due.on),
        stops: &stops,
        final_to: Some(count.calendar.final_to()),
    };
    let look = look(t, "count");
    let page = WhyPage {
        f: Frame::of(&site, &visitor, &t.two("why.title", &name, &number)),
        t,
        number: &number,
        what: crate::board::what(t, &seen.subject.body),
        others: others(t, &seen, key),
        sentence: sentence(t, &visitor, &count),
        picture: picture::count_picture(&counted, &look),
        days: days(t, &count, &counted),
        stops: count
            .stops
            .iter()
            .map(|s| stop_line(t, &count, s))
            .collect(),
        extensions: count
            .extensions
            .iter()
            .filter_map(|e| extension_line(t, &count, e))
            .collect(),
        articles: count
            .basis
            .iter()
            .map(|basis| Article {
                name: basis.article.clone(),
                text: basis.text.clone(),
            })
            .collect(),
        calendar: count.calendar.version().to_owned(),
        clock: name,
    };
    draw(&page)
}

/// All clocks of the case, to go from one count to another.
fn others(t: Texts, seen: &Seen, current: ClockKey) -> Vec<Other> {
    let clocks = seen.subject.track.clocks.iter();
    clocks
        .map(|clock| Other {
            key: clock.key.to_string(),
            name: clock_name(t, clock.key),
            current: clock.key == current,
        })
        .collect()
}

/// From when, how much, until when.
fn sentence(t: Texts, visitor: &Visitor, count: &Count) -> String {
    let language = t.language();
    let from = words::whole_day(language, count.day0);
    let start = match count.term {
        ClockTerm::Counted(_) => t.two("why.from", from, term_of(t, count)),
        ClockTerm::Given(_) => t.one("why.given", from),
    };
    let end = match (count.ended_at, count.due) {
        (Some(at), _) => {
            let due = count.due.map(|due| deadline(t, count, due));
            let at = shown::brief(language, &count.calendar, at, visitor.now);
            match due {
                Some(due) => t.two("why.ended", due, at),
                None => t.one("why.ended_undated", at),
            }
        }
        (None, Some(due)) => {
            let limit = shown::of_due(language, &count.calendar, due, visitor.now);
            t.two("why.due", deadline(t, count, due), limit.left)
        }
        (None, None) => words::standing_still(language).to_owned(),
    };
    format!("{start}{}{end}", language.pick("", " "))
}

fn deadline(t: Texts, count: &Count, due: calendar::Due) -> String {
    words::deadline(t.language(), due.on, Some(due.at), count.calendar.zone())
}

/// The term, with what was added.
fn term_of(t: Texts, count: &Count) -> String {
    let ClockTerm::Counted(term) = count.term else {
        return String::new();
    };
    match count.extension {
        Some(more) => t.two("why.extended_term", amount(t, term), amount(t, more)),
        None => amount(t, term),
    }
}

fn amount(t: Texts, term: Term) -> String {
    match t.language() {
        Language::Zh => term_text::zh(term),
        Language::En => term_text::en(term),
    }
}

/// 专家评审 焦环告〔2011〕3号
fn stop_name(t: Texts, stop: &Stop) -> String {
    let procedure = t.word("procedure", stop.procedure.as_str());
    match &stop.notice {
        Some(notice) => format!("{procedure} {notice}"),
        None => procedure.to_owned(),
    }
}

/// A stop with its span and its notice.
fn stop_line(t: Texts, count: &Count, stop: &Stop) -> String {
    let moment = |at| words::moment(t.language(), at, count.calendar.zone());
    let span = match stop.to {
        Some(to) => t.two("why.span", moment(stop.from), moment(to)),
        None => t.one("why.open_span", moment(stop.from)),
    };
    let notice = match &stop.notice {
        Some(notice) => notice.clone(),
        None => t.say("case.no_notice").to_owned(),
    };
    let procedure = t.word("procedure", stop.procedure.as_str());
    t.two("why.stop", format!("{procedure} {span}"), notice)
}

fn extension_line(t: Texts, count: &Count, recorded: &Recorded) -> Option<String> {
    let Event::Extended {
        working_days,
        approver,
        reason,
        ..
    } = &recorded.event
    else {
        return None;
    };
    let days = words::working_days(t.language(), i64::from(*working_days));
    let at = words::moment(t.language(), recorded.occurred_at, count.calendar.zone());
    let by = t.two("why.approved", approver, at);
    Some(format!("{} {by} {reason}", t.one("why.more", days)))
}

fn days(t: Texts, count: &Count, counted: &picture::Count<'_>) -> Vec<Day> {
    let language = t.language();
    let drawn = match language {
        Language::Zh => picture::Language::Zh,
        Language::En => picture::Language::En,
    };
    let days = count.days.iter();
    days.map(|day| Day {
        date: words::whole_day(language, day.date),
        weekday: words::weekday(language, day.date),
        counted: day.counted,
        why: counted.why(day, drawn),
        number: day.number,
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;

    use crate::testing::{CASE, Trial};

    async fn accepted() -> Trial {
        let trial = Trial::new().await;
        trial.receive().await;
        let path = format!("/case/{CASE}/act");
        let form = [("act", "accept"), ("seq", "1")];
        trial.post_as("clerk", &path, &form).await;
        trial
    }

    #[tokio::test]
    async fn the_count_is_told_day_by_day() {
        let trial = accepted().await;
        let path = format!("/case/{CASE}/why?clock=promised");
        let (status, _, body) = trial.get_as("inspector", &path).await;
        assert_eq!(status, StatusCode::OK);
        for wanted in [
            "承诺时限",
            "12个工作日",
            "10月17日 周一 24:00前",
            // A holiday, a Saturday that works, and the last day.
            "国庆节放假，不计入",
            "国庆节调休上班，计入，第5",
            "计入，第12",
            "sx-count\"",
            "行政许可法第四十二条第一款",
        ] {
            assert!(body.contains(wanted), "{wanted} in:\n{body}");
        }
        let (_, _, body) = trial.get_as("clerk", &format!("/case/{CASE}")).await;
        assert!(body.contains("/why?clock=handling%231\""), "{body}");
        let cookie = format!("{}; shixian_language=en", trial.cookie("clerk").await);
        let (_, _, body) = trial.get_with(&cookie, &path).await;
        assert!(body.contains("counted, no. 12"), "{body}");
    }

    #[tokio::test]
    async fn stops_and_extensions_are_told_with_their_papers() {
        let trial = accepted().await;
        let act = format!("/case/{CASE}/act");
        let stop = [
            ("act", "stop"),
            ("seq", "2"),
            ("procedure", "hearing"),
            ("notice", "焦发改听〔2011〕1号"),
        ];
        trial.post_as("handler", &act, &stop).await;
        let path = format!("/case/{CASE}/why?clock=statutory");
        let (_, _, body) = trial.get_as("head", &path).await;
        assert!(
            body.contains("焦发改听〔2011〕1号") && body.contains("第四十五条"),
            "{body}"
        );
        trial.go_to("2011-09-29T10:00:00+08:00");
        let resume = [("act", "resume"), ("seq", "3"), ("stop", "1")];
        trial.post_as("handler", &act, &resume).await;
        let extend = [
            ("act", "extend"),
            ("seq", "4"),
            ("working_days", "5"),
            ("approver", "李局长"),
            ("reason", "材料复杂"),
        ];
        trial.post_as("handler", &act, &extend).await;
        let (_, _, body) = trial.get_as("head", &path).await;
        for wanted in [
            "听证 焦发改听〔2011〕1号，不计入",
            "另加5个工作日",
            "李局长",
        ] {
            assert!(body.contains(wanted), "{wanted} in:\n{body}");
        }
    }

    #[tokio::test]
    async fn a_count_is_for_those_who_may_see_the_case() {
        let trial = accepted().await;
        let path = format!("/case/{CASE}/why");
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
            let (status, _, _) = trial.get_as(account, &path).await;
            let wanted = if sees {
                StatusCode::OK
            } else {
                StatusCode::NOT_FOUND
            };
            assert_eq!(status, wanted, "{account}");
        }
        for clock in ["nothing", "review%239", "order%231"] {
            let (status, _, _) = trial
                .get_as("clerk", &format!("{path}?clock={clock}"))
                .await;
            assert_eq!(status, StatusCode::NOT_FOUND, "{clock}");
        }
    }
}
