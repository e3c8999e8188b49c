//! The list of all notices and cards with filters, and the same as a table for other programs.

use approval::rule::Level;
use approval::stage::Stage;
use askama::Template;
use axum::Router;
use axum::extract::{Query, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use chrono::{DateTime, Months, TimeDelta, Utc};
use engine::EngineError;
use engine::accounts::Entry;
use engine::supervise::ListedWarning;
use notify::words;
use serde::Deserialize;
use store::codec::micros;
use store::warning::Filter;

use crate::case::clock_name;
use crate::frame::Frame;
use crate::level::Mark;
use crate::orders::whose;
use crate::page::{PageError, draw};
use crate::shown;
use crate::site::Site;
use crate::texts::Texts;
use crate::todo::{item_name, unit_name};
use crate::visitor::{Here, Visitor};

/// Rows on a page.
const PAGE_ROWS: usize = 50;
/// Rows of an export: what a spreadsheet opens at once. Whoever needs more asks by period.
const EXPORT_ROWS: i64 = 20_000;
/// Rows that are read at one time for it.
const EXPORT_PAGE: i64 = 1_000;
/// The periods, the shortest first.
const PERIODS: [&str; 5] = ["today", "week", "month", "year", "all"];
/// The clocks that may be chosen beside the stages.
const CLOCKS: [&str; 5] = ["promised", "statutory", "order", "appeal", "manual"];
/// The states.
const STATES: [&str; 4] = ["pending", "issued", "annulled", "revoked"];
/// What makes a spreadsheet take a cell for a formula.
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];
/// Tells spreadsheets that the file is UTF-8.
pub(crate) const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

pub(crate) fn routes() -> Router<Site> {
    Router::new()
        .route("/warnings", get(list))
        .route("/warnings/export", get(export))
}

/// What stands in the address.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    level: String,
    unit: String,
    item: String,
    clock: String,
    state: String,
    period: String,
    after: String,
}

/// What was asked for, as far as it is known and the visitor may ask it.
struct Chosen {
    level: Option<&'static str>,
    unit: Option<String>,
    item: Option<String>,
    clock: Option<&'static str>,
    state: Option<&'static str>,
    period: &'static str,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
}

impl Chosen {
    fn of(visitor: &Visitor, asked: &Asked) -> Result<Self, PageError> {
        let own = whose(visitor)?.map(|unit| unit.as_str().to_owned());
        let given = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        let period = PERIODS.into_iter().find(|word| *word == asked.period);
        let period = period.unwrap_or("month");
        let (from, to) = span(visitor, period);
        Ok(Self {
            level: Level::parse(&asked.level).map(Level::as_str),
            // A unit's people see their own, whatever they ask for.
            unit: own.or_else(|| given(&asked.unit)),
            item: given(&asked.item),
            clock: clocks().find(|word| *word == asked.clock),
            state: STATES.into_iter().find(|word| *word == asked.state),
            period,
            from,
            to,
        })
    }

    fn filter(&self) -> Filter<'_> {
        Filter {
            span_us: (micros(self.from), micros(self.to)),
            unit: self.unit.as_deref(),
            item: self.item.as_deref(),
            level: self.level,
            clock: self.clock,
            state: self.state,
        }
    }

    /// As it stands in addresses.
    fn query(&self) -> String {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        form_urlencoded::Serializer::new(String::new())
            .append_pair("level", self.level.unwrap_or_default())
            .append_pair("unit", &text(&self.unit))
            .append_pair("item", &text(&self.item))
            .append_pair("clock", self.clock.unwrap_or_default())
            .append_pair("state", self.state.unwrap_or_default())
            .append_pair("period", self.period)
            .finish()
    }
}

fn clocks() -> impl Iterator<Item = &'static str> {
    let stages = Stage::ALL.iter().map(|stage| stage.as_str());
    CLOCKS.into_iter().chain(stages)
}

/// A period that ends with today.
fn span(visitor: &Visitor, period: &str) -> (DateTime<Utc>, DateTime<Utc>) {
    let calendar = &visitor.books.calendar;
    let today = calendar.office_date(visitor.now);
    let to = calendar.start_of(today.succ_opt().unwrap_or(today));
    let days_back = |days| today.checked_sub_signed(TimeDelta::days(days));
    let from = match period {
        "today" => Some(today),
        "week" => days_back(6),
        "year" => today.checked_sub_months(Months::new(12)),
        "all" => return (DateTime::<Utc>::UNIX_EPOCH, to),
        _ => days_back(29),
    };
    (calendar.start_of(from.unwrap_or(today)), to)
}

/// A row of the list.
struct Line {
    number: String,
    seq: i64,
    mark: Mark,
    unit: String,
    what: String,
    clock: String,
    /// With the year, for the table that leaves the house.
    due: String,
    recorded: String,
    due_short: String,
    recorded_short: String,
    state: String,
    live: bool,
}

fn line(visitor: &Visitor, warning: &ListedWarning) -> Line {
    let t = visitor.texts;
    let calendar = &visitor.books.calendar;
    let (alarm, row) = (&warning.alarm, &warning.row);
    let what = match row.subject_kind.as_str() {
        "case" => item_name(visitor, row.item.as_deref(), row.item_version),
        "appeal" => t.say("case.appeal").to_owned(),
        _ => t.say("case.order").to_owned(),
    };
    Line {
        number: row.event.subject.clone(),
        seq: row.event.seq,
        mark: Mark::of(t, alarm.raised.level),
        unit: unit_name(visitor, &row.unit),
        what,
        clock: clock_name(t, alarm.raised.clock),
        due_short: words::deadline(
            t.language(),
            calendar.office_date(alarm.raised.due_at - TimeDelta::microseconds(1)),
            Some(alarm.raised.due_at),
            calendar.zone(),
        ),
        recorded_short: shown::brief(t.language(), calendar, alarm.recorded_at, visitor.now),
        due: words::instant(t.language(), alarm.raised.due_at, calendar.zone()),
        recorded: words::moment(t.language(), alarm.recorded_at, calendar.zone()),
        state: t.word("warning_state", &row.state).to_owned(),
        live: matches!(row.state.as_str(), "pending" | "issued"),
    }
}

/// Something that may be chosen.
struct Choice {
    value: String,
    name: String,
    chosen: bool,
}

#[derive(Template)]
#[template(path = "warnings.html")]
struct WarningsPage {
    f: Frame,
    t: Texts,
    levels: Vec<Choice>,
    units: Vec<Choice>,
    clocks: Vec<Choice>,
    states: Vec<Choice>,
    periods: Vec<Choice>,
    item: String,
    total: i64,
    lines: Vec<Line>,
    query: String,
    next: Option<String>,
    first: bool,
}

async fn list(
    State(site): State<Site>,
    visitor: Here,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    let t = visitor.texts;
    let chosen = Chosen::of(&visitor, &asked)?;
    let limit = i64::try_from(PAGE_ROWS).unwrap_or(i64::MAX) + 1;
    let place = place(&asked.after);
    let after = place
        .as_ref()
        .map_or((i64::MAX, "", 0), |p| (p.0, p.1, p.2));
    let mut found = site.engine.warnings(&chosen.filter(), after, limit).await?;
    let more = found.len() > PAGE_ROWS;
    found.truncate(PAGE_ROWS);
    let choice = |word: &'static str, family: &str, chosen: Option<&str>| Choice {
        value: word.to_owned(),
        name: t.word(family, word).to_owned(),
        chosen: chosen == Some(word),
    };
    let all_units = whose(&visitor)?.is_none();
    let units = visitor.books.directory.units().filter(|_| all_units);
    draw(&WarningsPage {
        f: Frame::of(&site, &visitor, t.say("warnings.title")),
        t,
        levels: ["red", "yellow", "notice"]
            .map(|word| choice(word, "level", chosen.level))
            .into(),
        units: units
            .map(|unit| Choice {
                value: unit.code.as_str().to_owned(),
                name: unit.name.clone(),
                chosen: chosen.unit.as_deref() == Some(unit.code.as_str()),
            })
            .collect(),
        clocks: clocks()
            .map(|word| Choice {
                value: word.to_owned(),
                name: words::clock(t.language(), word),
                chosen: chosen.clock == Some(word),
            })
            .collect(),
        states: STATES
            .map(|word| choice(word, "warning_state", chosen.state))
            .into(),
        periods: PERIODS
            .map(|word| choice(word, "warnings.period", Some(chosen.period)))
            .into(),
        item: chosen.item.clone().unwrap_or_default(),
        total: site.engine.warning_count(&chosen.filter()).await?,
        lines: found
            .iter()
            .map(|warning| line(&visitor, warning))
            .collect(),
        query: chosen.query(),
        next: found.last().filter(|_| more).map(|last| {
            let event = &last.row.event;
            format!("{}~{}~{}", event.recorded_at_us, event.seq, event.subject)
        }),
        first: asked.after.is_empty(),
    })
}

/// Reads a place in the list back.
fn place(text: &str) -> Option<(i64, &str, i64)> {
    let (at, rest) = text.split_once('~')?;
    let (seq, subject) = rest.split_once('~')?;
    Some((at.parse().ok()?, subject, seq.parse().ok()?))
}

/// The list as CSV, for spreadsheets: UTF-8 with its mark, and no cell that would be taken for a formula.
async fn export(
    State(site): State<Site>,
    visitor: Here,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    let t = visitor.texts;
    let chosen = Chosen::of(&visitor, &asked)?;
    let entry = Entry::done("export", format!("warnings {}", chosen.query()));
    site.engine.note(&visitor.caller(), entry).await?;
    let mut out = csv::Writer::from_writer(BYTE_ORDER_MARK.to_vec());
    let heads = [
        "warnings.level",
        "warnings.state",
        "warnings.number",
        "warnings.unit",
        "warnings.what",
        "warnings.clock",
        "warnings.due",
        "warnings.recorded",
    ];
    out.write_record(heads.map(|key| t.say(key)))
        .map_err(failed)?;
    let mut after = (i64::MAX, String::new(), 0);
    let mut written = 0;
    while written < EXPORT_ROWS {
        let from = (after.0, after.1.as_str(), after.2);
        let found = site
            .engine
            .warnings(&chosen.filter(), from, EXPORT_PAGE)
            .await?;
        for warning in &found {
            let line = line(&visitor, warning);
            let cells = [
                line.mark.word,
                &line.state,
                &line.number,
                &line.unit,
                &line.what,
                &line.clock,
                &line.due,
                &line.recorded,
            ];
            out.write_record(cells.map(harmless)).map_err(failed)?;
            written += 1;
        }
        let Some(last) = found.last() else { break };
        let event = &last.row.event;
        after = (event.recorded_at_us, event.subject.clone(), event.seq);
    }
    let bytes = out
        .into_inner()
        .map_err(|error| failed(error.into_error().into()))?;
    let headers = [
        (CONTENT_TYPE, "text/csv; charset=utf-8"),
        (CONTENT_DISPOSITION, "attachment; filename=\"warnings.csv\""),
    ];
    Ok((headers, bytes).into_response())
}

/// A cell that a spreadsheet shows and doesn't reckon with.
pub(crate) fn harmless(cell: &str) -> String {
    if cell.starts_with(FORMULA) {
        format!("'{cell}")
    } else {
        cell.to_owned()
    }
}

/// A table that can't be written.
pub(crate) fn failed(error: csv::Error) -> PageError {
    PageError::Engine(EngineError::NotReady {
        message: error.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;

    use super::*;
    use crate::testing::{CASE, Trial};

    /// Two cases with a yellow card each, the first with a notice later, which is revoked.
    async fn late() -> Trial {
        let trial = Trial::new().await;
        for n in 1..=2 {
            trial.receive().await;
            let path = format!("/case/410800-FGW-20110926-000{n}/act");
            trial
                .post_as("clerk", &path, &[("act", "accept"), ("seq", "1")])
                .await;
        }
        trial.go_to("2011-10-10T09:00:00+08:00");
        trial.engine.sweep(None).await.unwrap();
        trial.go_to("2011-10-13T09:00:00+08:00");
        trial.engine.sweep(None).await.unwrap();
        let form = [("act", "revoke_warning"), ("seq", "4"), ("reason", "停电")];
        let path = format!("/case/{CASE}/warning/4/act");
        let (status, _, body) = trial.post_as("inspector", &path, &form).await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{body}");
        trial
    }

    fn rows(body: &str) -> usize {
        body.matches("/warning/").count()
    }

    #[tokio::test]
    async fn all_for_those_who_supervise_and_each_unit_its_own() {
        let trial = late().await;
        for (account, count) in [
            ("inspector", Some(4)),
            ("leader", Some(4)),
            ("head", Some(4)),
            ("clerk", Some(4)),
            ("stranger", Some(0)),
            ("system", None),
            ("security", None),
            ("audit", None),
        ] {
            for path in ["/warnings?unit=FGW", "/warnings/export?unit=FGW"] {
                let (status, _, body) = trial.get_as(account, path).await;
                let wanted = if count.is_some() {
                    StatusCode::OK
                } else {
                    StatusCode::FORBIDDEN
                };
                assert_eq!(status, wanted, "{account} {path}");
                let found = if path.contains("export") {
                    body.matches("410800-FGW-").count()
                } else {
                    rows(&body)
                };
                assert_eq!(
                    Some(found).filter(|_| count.is_some()),
                    count,
                    "{account} {path}"
                );
            }
        }
    }

    #[tokio::test]
    async fn filters_hold_and_their_count_is_that_of_the_rows() {
        let trial = late().await;
        for (query, count) in [
            ("", 4),
            ("level=yellow", 2),
            ("level=notice", 2),
            ("level=red", 0),
            ("level=nonsense", 4),
            ("state=revoked", 1),
            ("state=issued", 3),
            ("state=pending", 0),
            ("clock=handling", 2),
            ("clock=promised", 2),
            ("clock=statutory", 0),
            ("item=FGW-002", 4),
            ("item=HBJ-001", 0),
            ("unit=HBJ", 0),
            ("period=today", 2),
            (
                "period=today&level=notice&state=issued&clock=promised&unit=FGW",
                1,
            ),
            ("period=all", 4),
        ] {
            let path = format!("/warnings?{query}");
            let (_, _, body) = trial.get_as("inspector", &path).await;
            assert_eq!(rows(&body), count, "{query}");
            assert!(body.contains(&format!("共 {count} 条")), "{query}:\n{body}");
        }
    }

    #[tokio::test]
    async fn long_lists_are_turned_by_page_and_exported_whole() {
        let trial = Trial::new().await;
        for n in 1..=51 {
            trial.receive().await;
            let act = approval::command::Act {
                by: Some("FGW-C1".into()),
                ..approval::command::Act::default()
            };
            let number = format!("410800-FGW-20110926-{n:04}");
            trial
                .engine
                .act(&number, approval::Command::Accept, act)
                .await
                .unwrap();
        }
        trial.go_to("2011-10-10T09:00:00+08:00");
        trial.engine.sweep(None).await.unwrap();
        let (_, _, body) = trial.get_as("inspector", "/warnings").await;
        assert_eq!(rows(&body), 50);
        let next = body
            .split("after=")
            .nth(1)
            .unwrap()
            .split('"')
            .next()
            .unwrap();
        let (_, _, body) = trial
            .get_as("inspector", &format!("/warnings?after={next}"))
            .await;
        assert_eq!(rows(&body), 1);
        let (_, headers, body) = trial.get_as("inspector", "/warnings/export").await;
        assert_eq!(headers["content-type"], "text/csv; charset=utf-8");
        assert!(body.starts_with("\u{feff}级别,状态,编号"), "{body}");
        assert_eq!(body.lines().count(), 52);
        let log = trial
            .engine
            .audit_log(&store::audit::Filter::default(), 10)
            .await
            .unwrap();
        assert!(
            log.iter().any(|row| row.act == "export"),
            "who took a copy is in the log"
        );
    }

    #[test]
    fn no_cell_is_a_formula() {
        for (cell, wanted) in [
            ("=1+1", "'=1+1"),
            ("+86", "'+86"),
            ("-1", "'-1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "'\t=1"),
            ("企业投资项目核准", "企业投资项目核准"),
            ("", ""),
        ] {
            assert_eq!(harmless(cell), wanted);
        }
    }
}
