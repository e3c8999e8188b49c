//! Where a period is chosen: the months that the record knows, or any other by its dates.

use approval::statistics::Period;
use askama::Template;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use chrono::{Datelike, NaiveDate};
use serde::Deserialize;

use super::reach::Reach;
use super::view::name;
use crate::frame::Frame;
use crate::page::{PageError, draw_form};
use crate::site::Site;
use crate::texts::Texts;
use crate::visitor::{Here, Visitor};

/// Years whose months stand on the page; earlier ones are asked for by the form.
const YEARS_MAX: i32 = 12;

/// What stands in the address.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    period: String,
    from: String,
    to: String,
}

/// A period that may be chosen; without an address where the record has nothing of it.
struct Choice {
    name: String,
    path: Option<String>,
    /// It runs.
    runs: bool,
}

/// A year with all that lies in it.
struct Year {
    whole: Choice,
    halves: Vec<Choice>,
    quarters: Vec<Choice>,
    months: Vec<Choice>,
}

#[derive(Template)]
#[template(path = "reports.html")]
struct ChoosePage {
    f: Frame,
    t: Texts,
    problem: Option<String>,
    asked: Asked,
    years: Vec<Year>,
    /// Last week, this week, last month, this month.
    near: Vec<Choice>,
}

pub(super) async fn show(
    State(site): State<Site>,
    visitor: Here,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    Reach::of(&visitor)?;
    let text = match (asked.period.trim(), asked.from.trim(), asked.to.trim()) {
        ("", "", "") => None,
        ("", from, to) => Some(format!("{from}..{to}")),
        (period, ..) => Some(period.to_owned()),
    };
    let problem = match text.as_deref().map(Period::parse) {
        None => None,
        Some(Ok(period)) => {
            return Ok(Redirect::to(&format!("/reports/{period}")).into_response());
        }
        Some(Err(error)) => Some(crate::frame::one_language(
            visitor.texts,
            &error.to_string(),
        )),
    };
    draw_form(
        problem.is_some(),
        &page(&site, &visitor, asked, problem).await?,
    )
}

/// The page, telling why a period has no report.
pub(super) async fn with_problem(
    site: &Site,
    visitor: &Visitor,
    problem: String,
) -> Result<Response, PageError> {
    let page = page(site, visitor, Asked::default(), Some(problem)).await?;
    draw_form(true, &page)
}

async fn page(
    site: &Site,
    visitor: &Visitor,
    asked: Asked,
    problem: Option<String>,
) -> Result<ChoosePage, PageError> {
    let t = visitor.texts;
    let calendar = &visitor.books.calendar;
    let today = calendar.office_date(visitor.now);
    let began = site.engine.first_accepted().await?;
    let began = began
        .map(|at| calendar.office_date(at))
        .filter(|day| *day <= today);
    let years = match began {
        Some(began) => {
            let first = began.year().max(today.year() - YEARS_MAX + 1);
            let years = (first..=today.year()).rev();
            years.map(|year| of_year(t, year, (began, today))).collect()
        }
        None => Vec::new(),
    };
    Ok(ChoosePage {
        f: Frame::of(site, visitor, t.say("reports.title")),
        t,
        problem,
        asked,
        near: match began {
            Some(began) => near(t, (began, today)),
            None => Vec::new(),
        },
        years,
    })
}

fn of_year(t: Texts, year: i32, known: (NaiveDate, NaiveDate)) -> Year {
    let one = |text: String, name: String| {
        let period = Period::parse(&text).ok();
        choice(period, name, known)
    };
    Year {
        whole: one(format!("{year:04}"), format!("{year}")),
        halves: (1..=2)
            .map(|half| one(format!("{year:04}-H{half}"), half_name(t, half)))
            .collect(),
        quarters: (1..=4)
            .map(|quarter| {
                one(
                    format!("{year:04}-Q{quarter}"),
                    t.one("reports.quarter", quarter),
                )
            })
            .collect(),
        months: (1..=12)
            .map(|month| {
                one(
                    format!("{year:04}-{month:02}"),
                    t.one("reports.month", month),
                )
            })
            .collect(),
    }
}

/// What a half-year is called within its year.
fn half_name(t: Texts, half: u32) -> String {
    match half {
        1 => t.say("reports.first_half").to_owned(),
        _ => t.say("reports.second_half").to_owned(),
    }
}

/// A period by a name, with its address if the record has something of it.
fn choice(period: Option<Period>, name: String, (began, today): (NaiveDate, NaiveDate)) -> Choice {
    let period = period.filter(|p| p.last() >= began && p.first() <= today);
    Choice {
        name,
        runs: period.is_some_and(|p| p.last() >= today),
        path: period.map(|period| format!("/reports/{period}")),
    }
}

/// What is asked for most: the month and the week that are over, and those that run.
fn near(t: Texts, known: (NaiveDate, NaiveDate)) -> Vec<Choice> {
    let (_, today) = known;
    let month = Period::month(today.year(), today.month());
    let week = today.iso_week();
    let week = Period::parse(&format!("{:04}-W{:02}", week.year(), week.week())).ok();
    let before = |period: Option<Period>| period.and_then(|period| period.before());
    let periods = [before(month), month, before(week), week];
    let named = periods
        .into_iter()
        .flatten()
        .map(|period| choice(Some(period), name(t, &period), known));
    named.filter(|choice| choice.path.is_some()).collect()
}
