//! What changed in a closed period since it was closed.

use approval::statistics::{Changed, Closed, Revision};
use notify::Language;
use notify::words;
use report::period::figure_name;
use report::picture::decimal;

use super::lines::NONE;
use super::view::{Scope, View, item_name, unit_name};

/// Numbers of one revision that a page shows: who wants more takes the workbook.
const ROWS_MAX: usize = 100;

/// A number before and after.
pub(super) struct Row {
    pub(super) place: String,
    pub(super) figure: String,
    pub(super) before: String,
    pub(super) after: String,
}

/// A revision as it is shown.
pub(super) struct Shown {
    pub(super) title: String,
    pub(super) why: String,
    pub(super) rows: Vec<Row>,
    /// Numbers that aren't shown.
    pub(super) more: usize,
}

/// The closing of a period as a page tells it.
pub(super) struct Told {
    /// When it was closed, which revision is shown, and by which code it is checked.
    pub(super) sentence: String,
    pub(super) revisions: Vec<Shown>,
}

/// What there is to tell of what is looked at; none where the period isn't closed.
pub(super) fn told(view: &View<'_>) -> Option<Told> {
    let closed = view.statement.closed.as_ref()?;
    let revisions = closed.revisions().filter(|revision| revision.number > 1);
    Some(Told {
        sentence: sentence(view, closed),
        revisions: revisions.map(|revision| shown(view, revision)).collect(),
    })
}

fn when(view: &View<'_>, revision: &Revision) -> String {
    let zone = view.statement.calendar.zone();
    words::moment(view.t.language(), revision.closed_at, zone)
}

fn sentence(view: &View<'_>, closed: &Closed) -> String {
    let t = view.t;
    let (last, at) = (&closed.last, when(view, &closed.last));
    match last.number {
        1 => t.two("reports.closed", at, &last.hash),
        number => t.fill("reports.closed_revised", &[&number, &at, &last.hash]),
    }
}

fn shown(view: &View<'_>, revision: &Revision) -> Shown {
    let t = view.t;
    let mut reasons = Vec::new();
    for reason in &revision.reasons {
        reasons.push(t.word("reports.revised_why", reason.as_str()).to_owned());
    }
    let changes = revision
        .changes
        .iter()
        .filter(|changed| belongs(view, changed));
    let mut rows: Vec<Row> = changes.map(|changed| row(view, changed)).collect();
    let more = rows.len().saturating_sub(ROWS_MAX);
    rows.truncate(ROWS_MAX);
    let at = when(view, revision);
    Shown {
        title: t.two("reports.revision", revision.number, at),
        why: reasons.join(match t.language() {
            Language::Zh => "；",
            Language::En => "; ",
        }),
        rows,
        more,
    }
}

/// Whether a change is one of what is looked at: of the division's units as wholes, of a unit with its items, of an item.
/// A rank tells of others, and isn't shown to a unit.
fn belongs(view: &View<'_>, changed: &Changed) -> bool {
    match &view.scope {
        Scope::Division => changed.item.is_none(),
        Scope::Unit(unit) => changed.unit.as_ref() == Some(unit) && changed.name != "rank",
        Scope::Item(unit, item) => {
            changed.unit.as_ref() == Some(unit) && changed.item.as_ref() == Some(item)
        }
    }
}

fn row(view: &View<'_>, changed: &Changed) -> Row {
    let t = view.t;
    let unit = changed
        .unit
        .as_ref()
        .map(|unit| unit_name(view.books, unit));
    let item = changed
        .item
        .as_ref()
        .map(|item| item_name(view.books, item));
    let language = match t.language() {
        Language::Zh => report::picture::Language::Zh,
        Language::En => report::picture::Language::En,
    };
    let number = |value: Option<i64>| {
        value.map_or_else(
            || NONE.to_owned(),
            |value| decimal(value, changed.decimals()),
        )
    };
    Row {
        place: match (&view.scope, item) {
            (Scope::Unit(_) | Scope::Item(..), Some(item)) => item,
            _ => unit.unwrap_or_else(|| view.statement.standing.division_name.clone()),
        },
        figure: figure_name(&changed.name, view.statement.scores.as_ref(), language),
        before: number(changed.before),
        after: number(changed.after),
    }
}
