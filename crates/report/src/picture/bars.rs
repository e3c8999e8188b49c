//! Bars side by side by their names: units, items, halls.

use super::legend::{Sign, legend};
use super::pens::{AXIS, FIRST, INK, LEADER, LIMIT, OVER_LINES, RULE, SECOND, STRONG, Size};
use super::svg::{Anchor, Area, Drawing, Tenths, Told, units};
use super::{Look, decimal, measure, round_step};

pub(super) const WIDTH: Tenths = units(760);
const EDGE: Tenths = units(2);
/// A row with its bar.
const ROW: Tenths = units(22);
const BAR: Tenths = units(14);
const TITLE: Tenths = units(28);
/// The row of the scale's numbers.
const SCALE: Tenths = units(16);
/// Names longer than this are cut: the bars need room too.
const NAME_MAX: Tenths = units(240);
const GAP: Tenths = units(8);
/// Numbers on the scale.
const STEPS: i64 = 5;

/// One bar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BarRow {
    /// Whose it is.
    pub name: String,
    /// How long it is; what is below 0 is drawn as 0, with its number.
    pub value: i64,
    /// What stands behind the value: 3/47件.
    pub note: String,
}

/// A limit across all bars.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Where, in the bars' own numbers.
    pub value: i64,
    /// What it is.
    pub name: String,
}

/// Bars with their values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bars<'a> {
    /// What is shown.
    pub title: &'a str,
    /// The unit of the values: %, 件, 个工作日.
    pub unit: &'a str,
    /// How many digits of each value stand behind the point.
    pub decimals: u32,
    /// The bars, in the order in which they are to be read.
    pub rows: &'a [BarRow],
    /// A limit.
    pub mark: Option<&'a Mark>,
}

impl Bars<'_> {
    /// A value with its unit and what stands behind it.
    fn number(&self, row: &BarRow) -> String {
        let value = self.with_unit(row.value);
        match row.note.as_str() {
            "" => value,
            note => format!("{value} {note}"),
        }
    }

    fn with_unit(&self, value: i64) -> String {
        decimal(value, self.decimals) + self.unit
    }

    /// All that is shown, in words.
    fn told(&self) -> Vec<String> {
        let rows = self.rows.iter();
        let rows = rows.map(|row| format!("{} {}", row.name, self.number(row)));
        let mark = self.mark.iter();
        let mark = mark.map(|mark| format!("{} {}", mark.name, self.with_unit(mark.value)));
        rows.chain(mark).collect()
    }
}

/// Draws bars with their names on the left and their values at their ends.
pub fn bars(chart: &Bars<'_>, look: &Look<'_>) -> String {
    let mut drawing = Drawing::new(look);
    let title = measure::fitted(chart.title, Size::Name, WIDTH - 2 * EDGE).unwrap_or_default();
    let at = (EDGE, units(15));
    drawing.text(at, Size::Name, Anchor::Start, STRONG, &title);
    let rows = || chart.rows.iter();
    let names = rows().map(|row| measure::width(&row.name, Size::Label));
    let values = rows().map(|row| measure::width(&chart.number(row), Size::Small));
    let left = EDGE + names.max().unwrap_or_default().min(NAME_MAX) + GAP;
    let right = WIDTH - EDGE - values.max().unwrap_or_default().min(WIDTH / 3) - GAP;
    let marked = chart.mark.map_or(0, |mark| mark.value);
    let longest = rows().map(|row| row.value).max();
    let longest = longest.unwrap_or_default().max(marked).max(1);
    let x = |value: i64| left + scaled(right - left, value, longest);
    if chart.rows.is_empty() {
        return nothing(drawing, look, ("sx-bars", chart.title));
    }
    let bottom = TITLE + i64::try_from(chart.rows.len()).unwrap_or_default() * ROW;
    draw_scale(&mut drawing, chart, longest, (&x, bottom));
    for (row, place) in rows().zip(0..) {
        let top = TITLE + place * ROW;
        let bar = Area::between(left, x(row.value), top + (ROW - BAR) / 2, BAR);
        drawing.rect(bar, FIRST, &format!("{} {}", row.name, chart.number(row)));
    }
    if let Some(mark) = chart.mark {
        let at = x(mark.value);
        drawing.line((at, TITLE), (at, bottom), LIMIT);
    }
    // Words come last: the line of the limit goes behind them.
    for (row, place) in rows().zip(0..) {
        let top = TITLE + place * ROW;
        draw_words(&mut drawing, chart, row, (left, x(row.value), top));
    }
    drawing.line((left, TITLE), (left, bottom), AXIS);
    let mut below = bottom + SCALE + units(4);
    if let Some(mark) = chart.mark {
        let words = format!("{} {}", mark.name, chart.with_unit(mark.value));
        let entry = [(Sign::Tick(LIMIT), words)];
        below = legend(&mut drawing, &entry, (left, WIDTH, below));
    }
    finish(
        drawing,
        look,
        below,
        ("sx-bars", chart.title, &chart.told()),
    )
}

fn draw_words(
    drawing: &mut Drawing,
    chart: &Bars<'_>,
    row: &BarRow,
    (left, right, top): (Tenths, Tenths, Tenths),
) {
    let base = top + units(15);
    let name = measure::fitted(&row.name, Size::Label, NAME_MAX).unwrap_or_default();
    drawing.text((left - GAP, base), Size::Label, Anchor::End, INK, &name);
    let words = chart.number(row);
    let start = right + units(5);
    let words = measure::fitted(&words, Size::Small, WIDTH - EDGE - start).unwrap_or_default();
    let at = (start, base);
    drawing.text(at, Size::Small, Anchor::Start, OVER_LINES, &words);
}

/// A chart of nothing says that there is nothing.
pub(super) fn nothing(
    mut drawing: Drawing,
    look: &Look<'_>,
    (class, title): (&str, &str),
) -> String {
    let words = look.language.pick("没有数据", "No data");
    let at = (EDGE, TITLE + units(10));
    drawing.text(at, Size::Small, Anchor::Start, SECOND, words);
    finish(drawing, look, TITLE + units(14), (class, title, &[]))
}

/// A chart's end: what it shows as a list, or that there is nothing to show.
pub(super) fn finish(
    drawing: Drawing,
    look: &Look<'_>,
    bottom: Tenths,
    (class, title, told): (&str, &str, &[String]),
) -> String {
    let language = look.language;
    let description = if told.is_empty() {
        language.pick("没有数据", "No data").to_owned()
    } else {
        told.join(language.pick("；", "; "))
    };
    let title = if title.is_empty() {
        &description
    } else {
        title
    };
    let told = Told {
        class,
        title,
        description: &description,
    };
    drawing.finish(WIDTH, bottom + units(2), &told)
}

/// The part of a length that a value has of the longest.
pub(super) fn scaled(length: Tenths, value: i64, longest: i64) -> Tenths {
    let part =
        i128::from(length) * i128::from(value.clamp(0, longest)) / i128::from(longest.max(1));
    i64::try_from(part).unwrap_or_default()
}

/// The lines behind the bars with their numbers below.
fn draw_scale(
    drawing: &mut Drawing,
    chart: &Bars<'_>,
    longest: i64,
    (x, bottom): (&dyn Fn(i64) -> Tenths, Tenths),
) {
    // Halves of a unit are no numbers that anybody reads off: steps are whole where values are.
    let step = round_step(longest, STEPS);
    let mut value = 0;
    while value <= longest {
        drawing.line((x(value), TITLE), (x(value), bottom), RULE);
        let words = decimal(value, chart.decimals);
        let at = (x(value), bottom + units(12));
        drawing.text(at, Size::Tiny, Anchor::Middle, SECOND, &words);
        drawing.line((x(value), bottom), (x(value), bottom + units(3)), LEADER);
        value = value.saturating_add(step);
    }
}
