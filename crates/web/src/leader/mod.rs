//! The leader's page: one screen of figures, each a door to the rows that it counts, and those rows add up to it.
//!
//! What is counted are the cases accepted in a month, as they stand now. So accepted is completed and open together, and
//! division, units, items and cases are the same rows cut differently.

mod cases;
mod counts;

use approval::ids::{ItemCode, UnitCode};
use askama::Template;
use axum::Router;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use axum::routing::get;
use chrono::Datelike;
use notify::words;
use report::picture::{Series, Trend, TrendForm, trend};
use serde::Deserialize;

use crate::case::look;
use crate::frame::Frame;
use crate::level::Mark;
use crate::page::{PageError, draw};
use crate::site::Site;
use crate::texts::Texts;
use crate::visitor::{Here, Visitor};

pub(crate) use counts::Counted;

use counts::{Year, add, none};
use store::count::ItemCounts;

/// With fewer cases a unit's share says nothing: one late case of three isn't a third.
const CASES_MIN: i64 = 10;
/// Units named as the best and as the worst.
const NAMED: usize = 3;

pub(crate) fn routes() -> Router<Site> {
    Router::new()
        .route("/leader", get(show))
        .route("/leader/unit/{code}", get(unit))
        .route("/leader/cases", get(cases::show))
}

/// The period that is asked for: a year, or a month of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
struct Period {
    /// 0 is this year.
    year: i32,
    /// 0 is the whole year.
    month: u32,
}

impl Period {
    /// The period with its year filled in, and a month that doesn't exist left out.
    fn of(self, visitor: &Visitor) -> Self {
        let today = visitor.books.calendar.office_date(visitor.now);
        Self {
            year: if self.year == 0 {
                today.year()
            } else {
                self.year
            },
            month: if self.month <= 12 { self.month } else { 0 },
        }
    }

    /// As it stands in addresses.
    fn query(self) -> String {
        format!("year={}&month={}", self.year, self.month)
    }

    /// The report of the same period, which counts by when things happened.
    fn report(self) -> String {
        match self.month {
            0 => format!("/reports/{:04}", self.year),
            month => format!("/reports/{:04}-{month:02}", self.year),
        }
    }

    fn name(self, t: Texts) -> String {
        match self.month {
            0 => t.one("leader.year", self.year),
            month => t.two("leader.month", self.year, month),
        }
    }
}

/// A row of figures: a unit, an item, or all together.
struct Line {
    name: String,
    /// Where the name leads.
    link: String,
    /// What the figures' links say beside the period.
    filter: String,
    counts: ItemCounts,
    /// Completed of accepted.
    rate: String,
    /// On time of what is or should be over.
    on_time_rate: String,
}

impl Line {
    fn new(name: String, link: String, filter: String, counts: ItemCounts) -> Self {
        Self {
            rate: percent(counts.completed, counts.accepted),
            on_time_rate: percent(counts.on_time, timed(&counts)),
            name,
            link,
            filter,
            counts,
        }
    }
}

/// The cases whose time can be judged: over, or late already.
fn timed(counts: &ItemCounts) -> i64 {
    counts.on_time + counts.late + counts.late_open
}

/// A share, truncated: 96.21%. Nothing where there is nothing to share.
fn percent(part: i64, of: i64) -> String {
    let Some(basis_points) = (part * 10_000).checked_div(of) else {
        return String::new();
    };
    format!("{}.{:02}%", basis_points / 100, basis_points % 100)
}

#[derive(Template)]
#[template(path = "leader.html")]
struct LeaderPage {
    f: Frame,
    t: Texts,
    title: String,
    period: String,
    query: String,
    /// The report of the period.
    report: String,
    /// Where another period is asked for.
    action: String,
    year: i32,
    years: Vec<i32>,
    /// The months that may be chosen, with 0 for all.
    months: Vec<(u32, String, bool)>,
    as_of: String,
    all: Line,
    marks: Vec<(&'static str, Mark, i64)>,
    trend: Option<String>,
    best: Vec<Line>,
    worst: Vec<Line>,
    lines: Vec<Line>,
    /// The heading of the first column.
    of: String,
    /// Of one unit, not of the division.
    unit: bool,
}

async fn show(
    State(site): State<Site>,
    visitor: Here,
    Query(period): Query<Period>,
) -> Result<Response, PageError> {
    visitor.supervises()?;
    let t = visitor.texts;
    let period = period.of(&visitor);
    let year = site.counted.year(&site, &visitor, period.year).await?;
    let mut lines = Vec::new();
    for unit in visitor.books.directory.units() {
        let code = unit.code.as_str();
        let counts = year.sum(period.month, |row| row.unit == code);
        if counts.accepted > 0 {
            let link = format!("/leader/unit/{code}?{}", period.query());
            lines.push(Line::new(
                unit.name.clone(),
                link,
                format!("&unit={code}"),
                counts,
            ));
        }
    }
    let (best, worst) = named(&lines);
    let all = year.sum(period.month, |_| true);
    let page = LeaderPage {
        best,
        worst,
        trend: Some(picture(t, &year, |_| true)),
        of: t.say("listed.unit").to_owned(),
        unit: false,
        ..page(
            &site,
            &visitor,
            (period, &year),
            t.say("leader.title"),
            all,
            lines,
        )
    };
    draw(&page)
}

async fn unit(
    State(site): State<Site>,
    visitor: Here,
    Path(code): Path<String>,
    Query(period): Query<Period>,
) -> Result<Response, PageError> {
    visitor.supervises()?;
    let t = visitor.texts;
    let unit = visitor.books.directory.unit(&UnitCode::new(code.clone()));
    let unit = unit.ok_or(PageError::NotFound)?;
    let period = period.of(&visitor);
    let year = site.counted.year(&site, &visitor, period.year).await?;
    let mut lines = Vec::new();
    for item in year.items(period.month, &code) {
        let counts = year.sum(period.month, |row| row.unit == code && row.item == item);
        let versions = visitor.books.items.get(&ItemCode::new(item.clone()));
        let newest = versions.and_then(|versions| versions.last());
        let name = newest.map_or_else(|| item.clone(), |version| version.item.name.clone());
        let filter = format!("&unit={code}&item={item}");
        let link = format!("/leader/cases?{}{filter}&only=accepted", period.query());
        lines.push(Line::new(name, link, filter, counts));
    }
    let all = year.sum(period.month, |row| row.unit == code);
    let mut page = page(&site, &visitor, (period, &year), &unit.name, all, lines);
    page.all.filter = format!("&unit={code}");
    page.report = format!("{}/unit/{code}", page.report);
    page.trend = Some(picture(t, &year, |row| row.unit == code));
    t.say("listed.what").clone_into(&mut page.of);
    page.unit = true;
    draw(&page)
}

/// What both pages have.
fn page(
    site: &Site,
    visitor: &Visitor,
    (period, year): (Period, &Year),
    title: &str,
    all: ItemCounts,
    lines: Vec<Line>,
) -> LeaderPage {
    let t = visitor.texts;
    let calendar = &visitor.books.calendar;
    let this_year = calendar.office_date(visitor.now).year();
    let months = (0..=12).map(|month| {
        let name = match month {
            0 => t.say("leader.whole_year").to_owned(),
            month => t.one("leader.month_short", month),
        };
        (month, name, month == period.month)
    });
    let marks = [
        ("red", all.red),
        ("yellow", all.yellow),
        ("notice", all.notice),
    ];
    LeaderPage {
        f: Frame::of(site, visitor, title),
        t,
        title: title.to_owned(),
        period: period.name(t),
        query: period.query(),
        report: period.report(),
        action: visitor
            .path
            .split('?')
            .next()
            .unwrap_or_default()
            .to_owned(),
        year: period.year,
        years: (this_year - 4..=this_year).rev().collect(),
        months: months.collect(),
        as_of: words::moment(t.language(), year.as_of, calendar.zone()),
        marks: marks
            .into_iter()
            .filter_map(|(word, count)| Some((word, Mark::parse(t, word)?, count)))
            .collect(),
        all: Line::new(
            t.say("leader.all").to_owned(),
            String::new(),
            String::new(),
            all,
        ),
        trend: None,
        best: Vec::new(),
        worst: Vec::new(),
        lines,
        of: String::new(),
        unit: false,
    }
}

/// The units with the highest and the lowest share on time, each in one list only.
fn named(lines: &[Line]) -> (Vec<Line>, Vec<Line>) {
    let mut enough: Vec<&Line> = lines
        .iter()
        .filter(|line| timed(&line.counts) >= CASES_MIN)
        .collect();
    // a / b < c / d without fractions; of two alike the one with more cases counts for more.
    enough.sort_by(|a, b| {
        let (at, bt) = (timed(&a.counts), timed(&b.counts));
        let share = (b.counts.on_time * at).cmp(&(a.counts.on_time * bt));
        share.then(bt.cmp(&at)).then(a.name.cmp(&b.name))
    });
    let again = |line: &&Line| {
        Line::new(
            line.name.clone(),
            line.link.clone(),
            line.filter.clone(),
            line.counts.clone(),
        )
    };
    let half = NAMED.min(enough.len() / 2);
    let best = enough.iter().take(half).map(again).collect();
    let worst = enough.iter().rev().take(half);
    // Nobody is named as bad who has nothing late.
    let worst = worst.filter(|line| line.counts.late + line.counts.late_open > 0);
    (best, worst.map(again).collect())
}

/// Accepted and completed, month by month.
fn picture(t: Texts, year: &Year, which: impl Fn(&ItemCounts) -> bool) -> String {
    let months: Vec<ItemCounts> = (1..=year.last_month)
        .map(|month| year.sum(month, &which))
        .collect();
    let labels: Vec<String> = (1..=year.last_month)
        .map(|m| t.one("leader.month_short", m))
        .collect();
    let series = |key: &str, value: fn(&ItemCounts) -> i64| Series {
        name: t.say(key).to_owned(),
        values: months.iter().map(|m| Some(value(m))).collect(),
    };
    let series = [
        series("leader.accepted", |m| m.accepted),
        series("leader.completed", |m| m.completed),
        series("leader.late_all", |m| m.late + m.late_open),
    ];
    let chart = Trend {
        title: t.say("leader.trend"),
        unit: t.say("leader.cases"),
        decimals: 0,
        form: TrendForm::Bars,
        labels: &labels,
        series: &series,
    };
    trend(&chart, &look(t, "trend"))
}

/// The counts of several rows together.
fn total<'r>(rows: impl Iterator<Item = &'r ItemCounts>) -> ItemCounts {
    rows.fold(none(), |mut sum, row| {
        add(&mut sum, row);
        sum
    })
}

#[cfg(test)]
mod tests;
