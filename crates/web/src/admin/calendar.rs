//! The calendar: a year as a picture, and another calendar in two steps: which days and how many dates it would move, then
//! putting it in force.

use approval::Books;
use askama::Template;
use axum::Router;
use axum::extract::{Multipart, Query, State};
use axum::http::StatusCode;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use calendar::{Calendar, DayInfo, DayKind};
use chrono::{Datelike, NaiveDate};
use engine::accounts::AccountRole;
use engine::revise::{Progress, RevisionReport};
use engine::{EngineError, reference};
use notify::{Language, words};
use report::picture::year_picture;
use serde::Deserialize;

use super::only;
use super::revisions::{self, Revision};
use super::upload::{self, FILE_BYTES, Sent};
use crate::case::look;
use crate::frame::{self, Frame};
use crate::page::{PageError, draw_as};
use crate::site::Site;
use crate::texts::Texts;
use crate::visitor::{Here, Visitor};

/// Days that are shown one by one.
const SHOWN_MAX: usize = 200;
/// Years that a preview draws: a notice moves days of its year and of the December before.
const DRAWN_MAX: usize = 2;
/// Deemed acceptances that are named.
const NAMED_MAX: usize = 20;

pub(super) fn routes() -> Router<Site> {
    Router::new()
        .route("/admin/calendar", get(page))
        .route("/admin/calendar/file", get(file))
        .route("/admin/calendar/preview", post(preview))
        .route("/admin/calendar/apply", post(apply))
}

/// A day that another calendar says otherwise.
struct Changed {
    day: String,
    before: String,
    after: String,
}

/// What another calendar would do.
struct Found {
    version: String,
    /// What it covers and up to when it is final, if that is otherwise.
    range: Vec<String>,
    days: Vec<Changed>,
    /// Days that aren't shown one by one.
    more: usize,
    report: RevisionReport,
    deemed: String,
    pictures: Vec<String>,
    /// Whether it is in force already.
    in_force: bool,
    text: String,
    seen: String,
}

#[derive(Template)]
#[template(path = "admin/calendar.html")]
struct CalendarPage {
    f: Frame,
    t: Texts,
    year: i32,
    before: Option<i32>,
    after: Option<i32>,
    picture: String,
    version: String,
    zone: String,
    range: String,
    final_to: String,
    day_ends: &'static str,
    revisions: Vec<Revision>,
    found: Option<Found>,
    error: Option<String>,
}

/// Which year.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    year: String,
}

async fn page(
    State(site): State<Site>,
    visitor: Here,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    only(&visitor, AccountRole::System)?;
    let year = asked.year.parse().ok();
    calendar_page(&site, &visitor, year, None, None).await
}

async fn calendar_page(
    site: &Site,
    visitor: &Visitor,
    year: Option<i32>,
    found: Option<Found>,
    error: Option<String>,
) -> Result<Response, PageError> {
    let t = visitor.texts;
    let calendar = &visitor.books.calendar;
    let (first, last) = (calendar.from().year(), calendar.to().year());
    let today = calendar.office_date(visitor.now).year();
    let year = year.unwrap_or(today).clamp(first, last);
    let day = |date| words::whole_day(t.language(), date);
    let status = match error {
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
        None => StatusCode::OK,
    };
    let page = CalendarPage {
        f: Frame::of(site, visitor, t.say("calendar.title")),
        t,
        year,
        before: Some(year - 1).filter(|year| *year >= first),
        after: Some(year + 1).filter(|year| *year <= last),
        picture: year_picture(calendar, year, &look(t, "year")),
        version: calendar.version().to_owned(),
        zone: calendar.zone().to_string(),
        range: t.two("calendar.from_to", day(calendar.from()), day(calendar.to())),
        final_to: day(calendar.final_to()),
        day_ends: match calendar.day_ends() {
            calendar::DayEnds::Midnight => t.say("calendar.ends_midnight"),
            calendar::DayEnds::Close => t.say("calendar.ends_close"),
        },
        revisions: revisions::of(site, visitor, "calendar").await?,
        found,
        error,
    };
    draw_as(status, &page)
}

/// The calendar in force as one file, to be changed and handed in again.
async fn file(State(site): State<Site>, visitor: Here) -> Result<Response, PageError> {
    only(&visitor, AccountRole::System)?;
    let books = site.engine.books(site.engine.division()).await?;
    let headers = [
        (CONTENT_TYPE, "application/toml; charset=utf-8"),
        (
            CONTENT_DISPOSITION,
            "attachment; filename=\"calendar.toml\"",
        ),
    ];
    Ok((headers, books.calendar.to_text()).into_response())
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
        Some(sent) if sent.bytes.is_empty() => t.say("import.no_file").to_owned(),
        Some(sent) => match look_at(&site, &visitor, &sent).await {
            Ok(found) => return calendar_page(&site, &visitor, None, Some(found), None).await,
            Err(error) if error.is_refusal() => frame::one_language(t, &error.to_string()),
            Err(error) => return Err(error.into()),
        },
    };
    calendar_page(&site, &visitor, None, None, Some(told)).await
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
        return calendar_page(&site, &visitor, None, None, Some(told)).await;
    };
    let done = match read(&sent) {
        Ok(calendar) => {
            let (engine, caller) = (&site.engine, visitor.caller());
            engine
                .put_calendar_in_force(&calendar, &sent.seen, &caller)
                .await
        }
        Err(error) => Err(error),
    };
    match done {
        Ok(Progress::Done) => Ok(Redirect::to("/admin/calendar?done=calendar").into_response()),
        Ok(Progress::UnderWay) => {
            Ok(Redirect::to("/admin/calendar?done=revision_goes_on").into_response())
        }
        Err(error) if error.is_refusal() => {
            // Another look at what it would do now, if it still can be read.
            let found = look_at(&site, &visitor, &sent).await.ok();
            let told = frame::one_language(t, &error.to_string());
            calendar_page(&site, &visitor, None, found, Some(told)).await
        }
        Err(error) => Err(error.into()),
    }
}

/// A calendar from one file, or from one for each year.
fn read(sent: &Sent) -> Result<Calendar, EngineError> {
    let first = (sent.name.clone(), sent.bytes.clone());
    let parts = std::iter::once(&first).chain(&sent.more);
    let parts: Vec<(String, String)> = parts
        .map(|(name, bytes)| Ok((name.clone(), reference::read_upload(name, bytes)?)))
        .collect::<Result<_, EngineError>>()?;
    Calendar::parse_parts(&parts).map_err(|error| {
        EngineError::invalid("bad_calendar", format!("{} / {error}", error.message_zh()))
    })
}

async fn look_at(site: &Site, visitor: &Visitor, sent: &Sent) -> Result<Found, EngineError> {
    let t = visitor.texts;
    let new = read(sent)?;
    let report = site.engine.preview_calendar(&new).await?;
    let books = site.engine.books(site.engine.division()).await?;
    let now = &books.calendar;
    let differing = differing(now, &new);
    let mut years: Vec<i32> = differing.iter().map(|(day, _, _)| day.year()).collect();
    years.dedup();
    let mut days: Vec<Changed> = differing
        .into_iter()
        .map(|(day, before, after)| changed(t, day, before, after))
        .collect();
    let more = days.len().saturating_sub(SHOWN_MAX);
    days.truncate(SHOWN_MAX);
    let drawn = years.iter().take(DRAWN_MAX);
    Ok(Found {
        version: new.version().to_owned(),
        range: range(t, &books, &new),
        days,
        more,
        deemed: named(&report.deemed_touched),
        in_force: report.from_version == report.to_version,
        pictures: drawn
            .map(|year| year_picture(&new, *year, &look(t, &format!("new{year}"))))
            .collect(),
        report,
        text: new.to_text(),
        seen: now.version().to_owned(),
    })
}

fn named(cases: &[String]) -> String {
    let mut named = cases[..cases.len().min(NAMED_MAX)].join(" ");
    if cases.len() > NAMED_MAX {
        named.push_str(" …");
    }
    named
}

/// What a calendar covers, and up to when it is final, where that is otherwise than now.
fn range(t: Texts, books: &Books, new: &Calendar) -> Vec<String> {
    let now = &books.calendar;
    let day = |date| words::whole_day(t.language(), date);
    let mut told = Vec::new();
    if (now.from(), now.to()) != (new.from(), new.to()) {
        let span = |c: &Calendar| t.two("calendar.from_to", day(c.from()), day(c.to()));
        told.push(t.two("calendar.range_changes", span(now), span(new)));
    }
    if now.final_to() != new.final_to() {
        let (before, after) = (day(now.final_to()), day(new.final_to()));
        told.push(t.two("calendar.final_changes", before, after));
    }
    if now.day_ends() != new.day_ends() {
        told.push(t.say("calendar.ends_change").to_owned());
    }
    told
}

/// The days that both cover and say otherwise: whether and why they work, and their hours. That a day isn't provisional
/// any more is told once, by the date up to which all are final.
fn differing(now: &Calendar, new: &Calendar) -> Vec<(NaiveDate, DayInfo, DayInfo)> {
    let first = now.from().max(new.from());
    let last = now.to().min(new.to());
    let days = first.iter_days().take_while(|day| *day <= last);
    days.filter_map(|day| Some((day, now.day(day).ok()?, new.day(day).ok()?)))
        .filter(|(_, before, after)| {
            (before.working, &before.kind, &before.hours)
                != (after.working, &after.kind, &after.hours)
        })
        .collect()
}

fn changed(t: Texts, day: NaiveDate, before: DayInfo, after: DayInfo) -> Changed {
    let language = t.language();
    // Where the words are the same, the hours aren't.
    let hours = why(t, &before.kind) == why(t, &after.kind);
    let told = |info: &DayInfo| {
        let why = why(t, &info.kind);
        if !hours || info.hours.is_empty() {
            return why;
        }
        let spans: Vec<String> = info.hours.iter().map(ToString::to_string).collect();
        format!("{why} {}", spans.join(" "))
    };
    Changed {
        day: format!(
            "{} {}",
            words::whole_day(language, day),
            words::weekday(language, day)
        ),
        before: told(&before),
        after: told(&after),
    }
}

fn why(t: Texts, kind: &DayKind) -> String {
    match (t.language(), kind) {
        (Language::Zh, kind) => kind.zh(),
        (Language::En, DayKind::Workday) => t.say("calendar.workday").to_owned(),
        (Language::En, DayKind::Weekend) => t.say("calendar.weekend").to_owned(),
        (Language::En, DayKind::RestDay { name }) => t.one("calendar.rests", name),
        (Language::En, DayKind::MakeUp { name }) => t.one("calendar.makes_up", name),
        (Language::En, DayKind::LocallyClosed { name }) => t.one("calendar.closed", name),
    }
}

#[cfg(test)]
mod tests {
    use store::audit::Filter;

    use super::super::upload::testing::{seen, send};
    use super::*;
    use crate::testing::Trial;

    const PREVIEW: &str = "/admin/calendar/preview";
    const APPLY: &str = "/admin/calendar/apply";

    /// The calendar in force under another version, with a day on which the office is closed.
    async fn closed(trial: &Trial, version: &str) -> String {
        let books = trial.engine.books("410800").await.unwrap();
        let text = books.calendar.to_text();
        let before = format!("version = \"{}\"", books.calendar.version());
        assert!(text.contains(&before) && text.contains("closed = []"));
        text.replacen(&before, &format!("version = \"{version}\""), 1)
            .replacen(
                "closed = []",
                "closed = [{ date = 2011-09-28, name = \"防汛停办\" }]",
                1,
            )
    }

    async fn version(trial: &Trial) -> String {
        let books = trial.engine.books("410800").await.unwrap();
        books.calendar.version().to_owned()
    }

    #[tokio::test]
    async fn a_year_is_a_picture() {
        let trial = Trial::new().await;
        let (status, _, body) = trial.get_as("system", "/admin/calendar").await;
        assert_eq!(status, StatusCode::OK);
        assert!(body.contains("2011年 工作日"), "{body}");
        assert!(body.contains("调休上班"), "{body}");
        let (_, _, body) = trial.get_as("system", "/admin/calendar?year=2012").await;
        assert!(body.contains("2012年 工作日") && body.contains("?year=2013"));
        for year in ["1900", "9999", "nonsense"] {
            let path = format!("/admin/calendar?year={year}");
            let (status, ..) = trial.get_as("system", &path).await;
            assert_eq!(status, StatusCode::OK, "{year}");
        }
        let (_, headers, text) = trial.get_as("system", "/admin/calendar/file").await;
        assert!(
            headers["content-disposition"]
                .to_str()
                .unwrap()
                .contains("calendar.toml")
        );
        assert!(Calendar::parse("calendar.toml", &text).is_ok());
    }

    #[tokio::test]
    async fn another_calendar_is_previewed_and_then_put_in_force() {
        let trial = Trial::new().await;
        trial.receive().await;
        let text = closed(&trial, "test-closed").await;
        let (status, body) = send(&trial, "system", PREVIEW, &[("file", text.as_bytes())]).await;
        assert_eq!(status, StatusCode::OK, "{body}");
        assert!(body.contains("查看 1 件未了结的办件，其中 1 个"), "{body}");
        assert!(body.contains("2011年9月28日 周三"), "{body}");
        assert!(body.contains("防汛停办"), "{body}");
        assert_ne!(version(&trial).await, "test-closed", "nothing was written");
        let seen = seen(&body);
        let parts = [
            ("name", &b"calendar.toml"[..]),
            ("text", text.as_bytes()),
            ("seen", seen.as_bytes()),
        ];
        let (status, body) = send(&trial, "system", APPLY, &parts).await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{body}");
        assert_eq!(version(&trial).await, "test-closed");
        let filter = Filter {
            act: Some("calendar".to_owned()),
            ..Filter::default()
        };
        let log = trial.engine.audit_log(&filter, 10).await.unwrap();
        assert_eq!(log.len(), 1);
        assert_eq!(
            (log[0].account.as_str(), log[0].target.as_str()),
            ("system", "test-closed")
        );
        assert!(log[0].payload.contains("dates 1"), "{}", log[0].payload);
        let (_, _, page) = trial.get_as("system", "/admin/calendar").await;
        assert!(
            page.contains("→ test-closed") && page.contains("已完成"),
            "{page}"
        );
        // The confirmation once more, and another preview that is older than what is in force.
        let other = text.replacen("test-closed", "test-other", 1);
        let stale = [parts[0], ("text", other.as_bytes()), parts[2]];
        for parts in [&parts, &stale] {
            let (status, body) = send(&trial, "system", APPLY, parts).await;
            assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(body.contains("日历刚刚被更换"), "{body}");
        }
        assert_eq!(version(&trial).await, "test-closed");
        let (_, body) = send(&trial, "system", PREVIEW, &[("file", text.as_bytes())]).await;
        assert!(body.contains("这份日历已在使用"), "{body}");
    }

    #[tokio::test]
    async fn what_cannot_be_a_calendar_is_told_with_its_line() {
        let trial = Trial::new().await;
        let before = version(&trial).await;
        let broken = closed(&trial, "x")
            .await
            .replace("2011-09-28", "1999-09-28");
        let zone = closed(&trial, "x")
            .await
            .replace("Asia/Shanghai", "Asia/Tokyo");
        let changed = closed(&trial, &before).await;
        for (text, told) in [
            ("", "请选择"),
            ("version = ", "calendar"),
            (broken.as_str(), "1999-09-28"),
            (zone.as_str(), "时区"),
            (changed.as_str(), "已存在且内容不同"),
        ] {
            let (status, body) =
                send(&trial, "system", PREVIEW, &[("file", text.as_bytes())]).await;
            assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{told}");
            assert!(body.contains(told) || told == "calendar", "{told}: {body}");
        }
        assert_eq!(version(&trial).await, before);
    }

    #[tokio::test]
    async fn a_calendar_comes_in_files_of_its_years_too() {
        let trial = Trial::new().await;
        let head = "version = \"test-parts\"\nzone = \"Asia/Shanghai\"\nfrom = 2004-01-01\nto = 2028-12-31\n\
            final_to = 2011-12-31\nday_ends = \"midnight\"\nrest_weekdays = [\"sat\", \"sun\"]\n\
            [[hours]]\nfrom = \"01-01\"\nto = \"12-31\"\nspans = [\"08:00-12:00\", \"14:00-18:00\"]\n";
        let year = "rest = [{ date = 2011-10-03, name = \"国庆节\" }]\n";
        let parts = [("file", head.as_bytes()), ("file", year.as_bytes())];
        let (status, body) = send(&trial, "system", PREVIEW, &parts).await;
        assert_eq!(status, StatusCode::OK, "{body}");
        assert!(body.contains("test-parts"), "{body}");
    }

    #[tokio::test]
    async fn nobody_else_keeps_the_calendar() {
        let trial = Trial::new().await;
        let before = version(&trial).await;
        let text = closed(&trial, "test-closed").await;
        let parts = [
            ("name", &b"calendar.toml"[..]),
            ("text", text.as_bytes()),
            ("seen", before.as_bytes()),
        ];
        for who in ["security", "audit", "inspector", "leader", "head", "clerk"] {
            for path in ["/admin/calendar", "/admin/calendar/file"] {
                let (status, ..) = trial.get_as(who, path).await;
                assert_eq!(status, StatusCode::FORBIDDEN, "{who} {path}");
            }
            for path in [PREVIEW, APPLY] {
                let (status, _) = send(&trial, who, path, &parts).await;
                assert_eq!(status, StatusCode::FORBIDDEN, "{who} {path}");
            }
        }
        assert_eq!(version(&trial).await, before);
    }
}
