//! The pictures of a period: how it came to this, who has most to do, how long cases took, what the stages took of it.

use approval::statistics::Figures;
use calendar::Term;
use report::picture::{
    BarRow, Bars, Distribution, Series, Trend, TrendForm, bars, distribution, trend,
};

use super::tables::Table;
use super::view::{Scope, View};
use crate::case::look;

/// More bars than this are no picture any more; the table has them all.
const BARS_MAX: usize = 20;

/// All that say something.
pub(super) fn all(view: &View<'_>, own: &Figures, parts: Option<&Table>) -> Vec<String> {
    let pictures = [
        course(view),
        parts.and_then(|parts| volumes(view, parts)),
        days(view, own),
        stages(view, own),
    ];
    pictures.into_iter().flatten().collect()
}

/// Accepted and completed month by month, if there is more than one.
fn course(view: &View<'_>) -> Option<String> {
    let t = view.t;
    let mut labels = Vec::new();
    let mut known = Vec::new();
    for other in &view.statement.course {
        if let Some(figures) = view.figures(&other.period) {
            labels.push(other.period.to_string());
            known.push(figures);
        }
    }
    if known.len() < 2 {
        return None;
    }
    let series = |key: &str, value: fn(&Figures) -> u64| Series {
        name: t.say(key).to_owned(),
        values: known
            .iter()
            .map(|figures| i64::try_from(value(figures)).ok())
            .collect(),
    };
    let series = [
        series("counted.accepted", |f| f.counts.accepted),
        series("counted.completed", |f| f.counts.completed),
    ];
    let chart = Trend {
        title: t.say("reports.course"),
        unit: t.say("leader.cases"),
        decimals: 0,
        form: TrendForm::Bars,
        labels: &labels,
        series: &series,
    };
    Some(trend(&chart, &look(t, "course")))
}

/// The units or items with most cases, as the table has them.
fn volumes(view: &View<'_>, parts: &Table) -> Option<String> {
    let t = view.t;
    let row = |row: &super::tables::Row| {
        let accepted: i64 = row.cells.first()?.text.parse().ok()?;
        let completed = &row.cells.get(2)?.text;
        (accepted > 0).then(|| BarRow {
            name: row.name.text.clone(),
            value: accepted,
            note: t.one("reports.bar_completed", completed),
        })
    };
    let rows: Vec<BarRow> = parts.rows.iter().take(BARS_MAX).filter_map(row).collect();
    if rows.len() < 2 {
        return None;
    }
    let chart = Bars {
        title: &t.one("reports.volumes", rows.len()),
        unit: t.say("leader.cases"),
        decimals: 0,
        rows: &rows,
        mark: None,
    };
    Some(bars(&chart, &look(t, "volumes")))
}

/// How long the completed cases took; of one item against its limits.
fn days(view: &View<'_>, own: &Figures) -> Option<String> {
    let t = view.t;
    let short = |days| u32::try_from(days).unwrap_or(u32::MAX);
    let counts: Vec<(u32, u64)> = own.used.iter().map(|(days, n)| (short(days), n)).collect();
    if counts.is_empty() {
        return None;
    }
    let (promised, statutory) = limits(view);
    let chart = Distribution {
        title: t.say("reports.days"),
        counts: &counts,
        promised,
        statutory,
    };
    Some(distribution(&chart, &look(t, "days")))
}

/// The limits of an item as it is now, where they are in working days.
fn limits(view: &View<'_>) -> (Option<u32>, Option<u32>) {
    let Scope::Item(_, item) = &view.scope else {
        return (None, None);
    };
    let versions = view.books.items.get(item);
    let Some(newest) = versions.and_then(|versions| versions.last()) else {
        return (None, None);
    };
    let days = |term: Option<Term>| match term {
        Some(Term::WorkingDays(days)) => Some(days),
        _ => None,
    };
    (days(newest.item.promised), days(newest.item.statutory))
}

/// What the stages took on an average.
fn stages(view: &View<'_>, own: &Figures) -> Option<String> {
    let t = view.t;
    let row = |(stage, found): (&approval::stage::Stage, &approval::statistics::StageFigures)| {
        let mean = found.used.mean().truncated(2)?;
        Some(BarRow {
            name: t.word("stage", stage.as_str()).to_owned(),
            value: i64::try_from(mean).ok()?,
            note: t.one("reports.bar_late", found.late_visits),
        })
    };
    let rows: Vec<BarRow> = own.stages.iter().filter_map(row).collect();
    if rows.is_empty() {
        return None;
    }
    let chart = Bars {
        title: t.say("reports.stage_days"),
        unit: t.say("reports.working_days"),
        decimals: 2,
        rows: &rows,
        mark: None,
    };
    Some(bars(&chart, &look(t, "stages")))
}
