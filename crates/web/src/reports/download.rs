//! The report as files, made of the same statistics as the page. A head's file has nothing of other units in it.

use std::borrow::Cow;

use approval::ids::UnitCode;
use approval::statistics::Statement;
use axum::extract::{Path, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use report::period::{Format, ReportFile, files};

use super::period::{FileLink, without};
use super::reach::Reach;
use super::view::{self, Found, Scope, View};
use crate::files::disposition;
use crate::page::PageError;
use crate::site::Site;
use crate::texts::Texts;
use crate::visitor::{Here, Visitor};

/// The files of a page, of the division or of a unit. Of an item there are none: its figures stand in its unit's.
pub(super) fn links(view: &View<'_>) -> Vec<FileLink> {
    let unit = match &view.scope {
        Scope::Division => None,
        Scope::Unit(unit) => Some(unit),
        Scope::Item(..) => return Vec::new(),
    };
    let Some(statement) = told_in(view.statement, unit) else {
        return Vec::new();
    };
    let folder = format!("{}/file", view.address(view.period()));
    let link = |name: String, label: String| FileLink {
        path: format!("{folder}/{name}"),
        name: label,
    };
    let mut links = Vec::new();
    for format in Format::ALL {
        let word = format.as_str();
        // Only tables come in several files.
        let parts = match format {
            Format::Csv => files(&statement, format).unwrap_or_default(),
            _ => Vec::new(),
        };
        let period = view.period();
        if parts.is_empty() {
            links.push(link(format!("{period}.{word}"), word.to_uppercase()));
        }
        for part in parts {
            let label = part_of(view.t, &part.name, &period.to_string(), word);
            links.push(link(part.name.clone(), label));
        }
    }
    links
}

/// What the files are made of: a unit's has fewer tables than the division's, and nothing of others. `None` if there is no such
/// unit.
fn told_in<'s>(statement: &'s Statement, unit: Option<&UnitCode>) -> Option<Cow<'s, Statement>> {
    match unit {
        None => Some(Cow::Borrowed(statement)),
        Some(unit) => statement.of_unit(unit).map(Cow::Owned),
    }
}

/// CSV, CSV 事项: what a part is called beside others of its form.
fn part_of(t: Texts, name: &str, period: &str, word: &str) -> String {
    let rest = name.strip_prefix(period).unwrap_or(name);
    let part = rest.strip_suffix(&format!(".{word}")).unwrap_or_default();
    let part = part.trim_matches('-');
    match part {
        "" => word.to_uppercase(),
        part => format!("{} {}", word.to_uppercase(), t.word("report_table", part)),
    }
}

pub(super) async fn division(
    State(site): State<Site>,
    visitor: Here,
    Path((period, name)): Path<(String, String)>,
) -> Result<Response, PageError> {
    visitor.supervises()?;
    send(&site, &visitor, &period, None, name).await
}

pub(super) async fn unit(
    State(site): State<Site>,
    visitor: Here,
    Path((period, unit, name)): Path<(String, String, String)>,
) -> Result<Response, PageError> {
    let unit = UnitCode::new(unit);
    Reach::of(&visitor)?.holds(&unit)?;
    send(&site, &visitor, &period, Some(unit), name).await
}

async fn send(
    site: &Site,
    visitor: &Visitor,
    period: &str,
    unit: Option<UnitCode>,
    name: String,
) -> Result<Response, PageError> {
    let period = view::period(period)?;
    let ending = name.rsplit_once('.').map(|(_, ending)| ending);
    let format = ending.and_then(Format::parse).ok_or(PageError::NotFound)?;
    let counted = match view::find(site, visitor, period).await? {
        Found::Counted(counted) => counted,
        other => return without(site, visitor, period, &other).await,
    };
    let of = unit.as_ref().map_or_else(
        || site.engine.division().to_owned(),
        |unit| format!("{}-{unit}", site.engine.division()),
    );
    let made = tokio::task::spawn_blocking(move || {
        let statement = told_in(&counted.statement, unit.as_ref()).ok_or(PageError::NotFound)?;
        let title = statement.standing.division_name.clone();
        let made = files(&statement, format).map_err(|error| {
            tracing::error!(error = %error, report.format = format.as_str(), "a report can't be made");
            PageError::Broken
        })?;
        let file = made.into_iter().find(|file| file.name == name);
        Ok::<_, PageError>((file.ok_or(PageError::NotFound)?, title))
    });
    let (file, title) = made.await.map_err(|error| {
        tracing::error!(error = %error, "a report can't be made");
        PageError::Broken
    })??;
    Ok(as_file(file, format, &of, &title))
}

/// To be saved under a name that says whose it is and what it is of.
fn as_file(file: ReportFile, format: Format, of: &str, title: &str) -> Response {
    // Two dots belong to a range of days, and to the folder above for careless programs.
    let name = file.name.replace("..", "_");
    let stem = name.strip_suffix(&format!(".{}", format.as_str()));
    let plain: String = format!("{of}-{}", stem.unwrap_or(&name))
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
        .collect();
    let headers = [
        (CONTENT_TYPE, media_type(format).to_owned()),
        (
            CONTENT_DISPOSITION,
            disposition(&plain, &format!("{title}-{name}")),
        ),
    ];
    (headers, file.content).into_response()
}

/// What a form is for browsers.
fn media_type(format: Format) -> &'static str {
    match format.as_str() {
        "json" => "application/json",
        "csv" => "text/csv; charset=utf-8",
        "html" => "text/html; charset=utf-8",
        "xlsx" => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "pdf" => "application/pdf",
        _ => "application/octet-stream",
    }
}
