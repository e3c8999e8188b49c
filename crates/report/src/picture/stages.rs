//! How long the stages took against their limits, a row each: the mean as a bar, the limit as a frame with a bold end, nine
//! cases in ten as a thin line.

use super::bars::{WIDTH, finish, nothing, scaled};
use super::legend::{Sign, legend};
use super::pens::{
    AXIS, INK, LEADER, LIMIT, OVER, OVER_LINES, Pen, ROOM, RULE, SECOND, STRONG, Size, USED,
};
use super::svg::{Anchor, Area, Drawing, Tenths, units};
use super::{Look, decimal, measure, round_step};

const EDGE: Tenths = units(2);
const TITLE: Tenths = units(28);
const ROW: Tenths = units(42);
const FRAME: Tenths = units(18);
const BAR: Tenths = units(10);
/// The row of the scale's numbers.
const SCALE: Tenths = units(16);
const GAP: Tenths = units(8);
const NAME_MAX: Tenths = units(160);
/// Numbers on the scale.
const STEPS: i64 = 6;
/// Values are hundredths of a working day.
const DECIMALS: u32 = 2;
const DAY: i64 = 100;

/// A stage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StageRow {
    /// Its name.
    pub name: String,
    /// The mean of the days used, in hundredths of a working day.
    pub mean_hundredths: Option<i64>,
    /// The working days that nine cases in ten didn't exceed.
    pub p90_days: Option<u64>,
    /// The mean of the limits, in hundredths of a working day; `None` for a stage without a limit.
    pub limit_hundredths: Option<i64>,
    /// Visits to the stage.
    pub visits: u64,
    /// Of these, past their limit.
    pub late_visits: u64,
}

/// The stages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stages<'a> {
    /// What is shown.
    pub title: &'a str,
    /// The stages in their order.
    pub rows: &'a [StageRow],
}

impl StageRow {
    fn p90_hundredths(&self) -> Option<i64> {
        let days = i64::try_from(self.p90_days?).ok()?;
        days.checked_mul(DAY)
    }

    /// All of it, in words.
    fn told(&self, look: &Look<'_>) -> String {
        let language = look.language;
        let mut parts = Vec::new();
        if let Some(mean) = self.mean_hundredths {
            let mean = decimal(mean, DECIMALS);
            parts.push(language.pick(format!("平均{mean}"), format!("mean {mean}")));
        }
        if let Some(limit) = self.limit_hundredths {
            let limit = decimal(limit, DECIMALS);
            parts.push(language.pick(format!("时限{limit}"), format!("limit {limit}")));
        }
        if let Some(days) = self.p90_days {
            parts.push(language.pick(format!("九成不超过{days}"), format!("90% within {days}")));
        }
        let (late, visits) = (self.late_visits, self.visits);
        parts.push(language.pick(
            format!("超时{late}/{visits}次"),
            format!("late {late} of {visits}"),
        ));
        parts.join(language.comma())
    }
}

/// Draws the stages. What lies beyond a limit is hatched, so that a black-and-white print shows it.
pub fn stages(chart: &Stages<'_>, look: &Look<'_>) -> String {
    let mut drawing = Drawing::new(look);
    let unit = look.language.pick("工作日", "working days");
    let heading = format!("{} ({unit})", chart.title);
    let heading = measure::fitted(&heading, Size::Name, WIDTH - 2 * EDGE).unwrap_or_default();
    let at = (EDGE, units(15));
    drawing.text(at, Size::Name, Anchor::Start, STRONG, &heading);
    if chart.rows.is_empty() {
        return nothing(drawing, look, ("sx-stages", chart.title));
    }
    let names = chart
        .rows
        .iter()
        .map(|row| measure::width(&row.name, Size::Label));
    let left = EDGE + names.max().unwrap_or_default().min(NAME_MAX) + GAP;
    let right = WIDTH - EDGE - units(6);
    let values = chart.rows.iter().flat_map(|row| {
        [
            row.mean_hundredths,
            row.p90_hundredths(),
            row.limit_hundredths,
        ]
    });
    let longest = values.flatten().max().unwrap_or_default().max(DAY);
    let x = |value: i64| left + scaled(right - left, value, longest);
    let bottom = TITLE + i64::try_from(chart.rows.len()).unwrap_or_default() * ROW;
    draw_scale(&mut drawing, longest, (&x, bottom));
    for (row, place) in chart.rows.iter().zip(0..) {
        draw_row(&mut drawing, look, row, (&x, TITLE + place * ROW));
    }
    drawing.line((left, TITLE), (left, bottom), AXIS);
    let entries = entries(chart, look);
    let below = legend(
        &mut drawing,
        &entries,
        (left, WIDTH, bottom + SCALE + units(4)),
    );
    let told: Vec<String> = chart
        .rows
        .iter()
        .map(|row| format!("{} {}", row.name, row.told(look)))
        .collect();
    finish(drawing, look, below, ("sx-stages", chart.title, &told))
}

fn draw_row(
    drawing: &mut Drawing,
    look: &Look<'_>,
    row: &StageRow,
    (x, top): (&dyn Fn(i64) -> Tenths, Tenths),
) {
    let left = x(0);
    let bar = top + units(23);
    let middle = bar + BAR / 2;
    if let Some(limit) = row.limit_hundredths {
        let area = Area::between(left, x(limit), middle - FRAME / 2, FRAME);
        drawing.rect(area, ROOM, "");
    }
    let hint = format!("{} {}", row.name, row.told(look));
    if let Some(mean) = row.mean_hundredths {
        let within = row.limit_hundredths.map_or(mean, |limit| mean.min(limit));
        let part = |from: i64, to: i64| Area::between(x(from), x(to), bar, BAR);
        drawing.rect(part(0, within), USED, &hint);
        if mean > within {
            drawing.rect(part(within, mean), OVER, &hint);
        }
    }
    if let Some(p90) = row.p90_hundredths() {
        let from = x(row.mean_hundredths.unwrap_or_default().min(p90));
        drawing.line((from, middle), (x(p90), middle), AXIS);
        drawing.line(
            (x(p90), middle - units(5)),
            (x(p90), middle + units(5)),
            AXIS,
        );
    }
    if let Some(limit) = row.limit_hundredths {
        let (from, to) = (middle - FRAME / 2, middle + FRAME / 2);
        drawing.line((x(limit), from), (x(limit), to), LIMIT);
    }
    let name = measure::fitted(&row.name, Size::Label, NAME_MAX).unwrap_or_default();
    let at = (left - GAP, middle + units(4));
    drawing.text(at, Size::Label, Anchor::End, INK, &name);
    let at = (left + units(4), top + units(13));
    drawing.text(at, Size::Small, Anchor::Start, OVER_LINES, &row.told(look));
}

fn entries(chart: &Stages<'_>, look: &Look<'_>) -> Vec<(Sign, String)> {
    let rows = || chart.rows.iter();
    let is_over = |row: &StageRow| {
        let both = row.mean_hundredths.zip(row.limit_hundredths);
        both.is_some_and(|(mean, limit)| mean > limit)
    };
    let has_limit = rows().any(|row| row.limit_hundredths.is_some());
    let mut entries: Vec<(Sign, String)> = Vec::new();
    let mut add = |sign: fn(Pen) -> Sign, pen: Pen, zh: &str, en: &str| {
        let words = look.language.pick(zh, en).to_owned();
        entries.push((sign(pen), words));
    };
    add(Sign::Box, USED, "平均用时", "mean of days used");
    if rows().any(is_over) {
        add(Sign::Box, OVER, "其中超过时限的", "beyond the limit");
    }
    if has_limit {
        add(Sign::Tick, LIMIT, "平均时限", "mean of the limits");
    }
    add(
        Sign::Line,
        AXIS,
        "九成办件不超过",
        "nine cases in ten within",
    );
    entries
}

/// The lines behind the bars with their numbers below: whole days.
fn draw_scale(drawing: &mut Drawing, longest: i64, (x, bottom): (&dyn Fn(i64) -> Tenths, Tenths)) {
    let step = round_step(longest / DAY, STEPS).max(1);
    let mut days = 0;
    while days * DAY <= longest {
        let at = x(days * DAY);
        drawing.line((at, TITLE), (at, bottom), RULE);
        let words = (at, bottom + units(12));
        drawing.text(words, Size::Tiny, Anchor::Middle, SECOND, &days.to_string());
        drawing.line((at, bottom), (at, bottom + units(3)), LEADER);
        days = days.saturating_add(step);
    }
}
