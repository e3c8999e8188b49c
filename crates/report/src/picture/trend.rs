//! Figures over time: two or three lines or groups of bars over months or days.

use super::bars::{WIDTH, finish, nothing, scaled};
use super::legend::{Sign, legend};
use super::pens::{
    AXIS, FIRST, FIRST_LINE, OTHER, OTHER_LINE, OVER_LINES, Pen, RULE, SECOND, STRONG, Size, THIRD,
    THIRD_LINE,
};
use super::svg::{Anchor, Area, Drawing, Tenths, units};
use super::{Look, decimal, measure, round_step};

const EDGE: Tenths = units(2);
const TITLE: Tenths = units(28);
/// The height of the plot.
const PLOT: Tenths = units(180);
/// Above the highest value, for its number.
const HEAD: Tenths = units(14);
const LABELS: Tenths = units(18);
const STEPS: i64 = 4;
const GAP: Tenths = units(6);
/// Points closer than this are a line.
const POINT_ROOM: Tenths = units(16);
/// Half a point's sign.
const POINT: Tenths = units(3);

/// How the figures are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrendForm {
    /// For shares and means.
    Lines,
    /// For counts.
    Bars,
}

/// One row of figures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Series {
    /// Its name.
    pub name: String,
    /// A value for each label; `None` where there is none, as a share of nothing.
    pub values: Vec<Option<i64>>,
}

/// Figures over time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trend<'a> {
    /// What is shown.
    pub title: &'a str,
    /// The unit of the values.
    pub unit: &'a str,
    /// How many digits of each value stand behind the point.
    pub decimals: u32,
    /// Lines or bars.
    pub form: TrendForm,
    /// The months or days.
    pub labels: &'a [String],
    /// At most three are drawn: more can't be told apart without colours.
    pub series: &'a [Series],
}

/// The pens of the three: filled, line.
const PENS: [(Pen, Pen); 3] = [
    (FIRST, FIRST_LINE),
    (OTHER, OTHER_LINE),
    (THIRD, THIRD_LINE),
];

/// Where things stand.
struct Plot<'a> {
    chart: &'a Trend<'a>,
    left: Tenths,
    right: Tenths,
    lowest: i64,
    highest: i64,
}

/// Lowest and highest number of the scale, and the step between its lines. Bars begin at 0. Lines whose lowest point is
/// more than two thirds of the highest would be flat there; their scale begins higher, and the heading says so.
fn range(chart: &Trend<'_>) -> (i64, i64, i64) {
    let values = || chart.series.iter().flat_map(|series| &series.values);
    let most = values().flatten().copied().max().unwrap_or_default().max(1);
    let least = values().flatten().copied().min().unwrap_or_default().max(0);
    let flat = i128::from(least) * 3 > i128::from(most) * 2;
    let from = match chart.form {
        TrendForm::Lines if flat && least < most => least,
        _ => 0,
    };
    let step = round_step(most - from, STEPS);
    let lowest = from / step * step;
    let highest = (most.saturating_add(step - 1) / step).saturating_mul(step);
    (lowest, highest, step)
}

/// Draws the figures; values stand at their points as far as they have room.
pub fn trend(chart: &Trend<'_>, look: &Look<'_>) -> String {
    let mut drawing = Drawing::new(look);
    let (lowest, highest, step) = range(chart);
    let mut heading = chart.title.to_owned();
    if !chart.unit.is_empty() {
        heading += &format!(" ({})", chart.unit);
    }
    if lowest > 0 {
        let from = decimal(lowest, chart.decimals);
        heading += &look
            .language
            .pick(format!(" 纵轴自{from}起"), format!(", scale from {from}"));
    }
    let heading = measure::fitted(&heading, Size::Name, WIDTH - 2 * EDGE).unwrap_or_default();
    let at = (EDGE, units(15));
    drawing.text(at, Size::Name, Anchor::Start, STRONG, &heading);
    if chart.labels.is_empty() || chart.series.is_empty() {
        return nothing(drawing, look, ("sx-trend", chart.title));
    }
    let widest = measure::width(&decimal(highest, chart.decimals), Size::Tiny);
    let mut plot = Plot {
        chart,
        left: EDGE + widest + GAP,
        right: WIDTH - EDGE,
        lowest,
        highest,
    };
    // The last label is centred below its point like the others.
    let last = chart.labels.last().map_or("", String::as_str);
    plot.right -= (measure::width(last, Size::Small) - plot.slot()).max(0) / 2;
    plot.draw_scale(&mut drawing, step);
    plot.draw_labels(&mut drawing);
    match chart.form {
        TrendForm::Lines => plot.draw_lines(&mut drawing),
        TrendForm::Bars => plot.draw_bars(&mut drawing),
    }
    plot.draw_values(&mut drawing);
    let entries: Vec<(Sign, String)> = chart
        .series
        .iter()
        .zip(PENS)
        .map(|(series, (filled, line))| {
            let sign = match chart.form {
                TrendForm::Lines => Sign::Line(line),
                TrendForm::Bars => Sign::Box(filled),
            };
            (sign, series.name.clone())
        })
        .collect();
    let top = TITLE + PLOT + LABELS + units(4);
    let bottom = legend(&mut drawing, &entries, (plot.left, WIDTH, top));
    let told = told(chart, look);
    finish(drawing, look, bottom, ("sx-trend", chart.title, &told))
}

fn told(chart: &Trend<'_>, look: &Look<'_>) -> Vec<String> {
    let none = look.language.pick("无", "none");
    let rows = chart.series.iter().map(|series| {
        let points = chart.labels.iter().zip(&series.values);
        let points = points.map(|(label, value)| {
            let value = value.map(|value| decimal(value, chart.decimals) + chart.unit);
            format!("{label} {}", value.unwrap_or(none.to_owned()))
        });
        let points: Vec<String> = points.collect();
        format!("{} {}", series.name, points.join(look.language.comma()))
    });
    rows.collect()
}

impl Plot<'_> {
    /// The width of one label's place.
    fn slot(&self) -> Tenths {
        let count = i64::try_from(self.chart.labels.len()).unwrap_or_default();
        (self.right - self.left) / count.max(1)
    }

    fn middle(&self, place: usize) -> Tenths {
        let place = i64::try_from(place).unwrap_or_default();
        self.left + self.slot() * place + self.slot() / 2
    }

    fn y(&self, value: i64) -> Tenths {
        let part = scaled(PLOT - HEAD, value - self.lowest, self.highest - self.lowest);
        TITLE + PLOT - part
    }

    fn draw_scale(&self, drawing: &mut Drawing, step: i64) {
        let mut value = self.lowest;
        while value <= self.highest {
            let y = self.y(value);
            let pen = if value == self.lowest { AXIS } else { RULE };
            drawing.line((self.left, y), (self.right, y), pen);
            let words = decimal(value, self.chart.decimals);
            let at = (self.left - GAP, y + units(3));
            drawing.text(at, Size::Tiny, Anchor::End, SECOND, &words);
            value = value.saturating_add(step);
        }
    }

    /// The labels: all of them, or every second, third … from the last one back, since the last is asked for first.
    fn draw_labels(&self, drawing: &mut Drawing) {
        let labels = self.chart.labels;
        let widths = labels
            .iter()
            .map(|label| measure::width(label, Size::Small));
        let widest = widths.max().unwrap_or_default() + GAP;
        let every = usize::try_from(widest / self.slot().max(1) + 1).unwrap_or(1);
        let every = if widest <= self.slot() { 1 } else { every };
        for (place, label) in labels.iter().enumerate() {
            if (labels.len() - 1 - place).is_multiple_of(every) {
                let half = measure::width(label, Size::Small) / 2;
                let x = self.middle(place);
                let at = (x, TITLE + PLOT + units(13));
                if x >= half && x + half <= WIDTH {
                    drawing.text(at, Size::Small, Anchor::Middle, SECOND, label);
                }
            }
        }
    }

    fn draw_lines(&self, drawing: &mut Drawing) {
        // The first is drawn last: it is what the chart is about.
        for (number, (series, (filled, line))) in
            self.chart.series.iter().zip(PENS).enumerate().rev()
        {
            let mut stretch: Vec<(Tenths, Tenths)> = Vec::new();
            for (place, value) in series.values.iter().enumerate() {
                match value {
                    Some(value) => stretch.push((self.middle(place), self.y(*value))),
                    None => self.draw_stretch(drawing, &mut stretch, (number, filled, line)),
                }
            }
            self.draw_stretch(drawing, &mut stretch, (number, filled, line));
        }
    }

    /// A line through points without a gap, and the points where they have room; each series has its own shape.
    fn draw_stretch(
        &self,
        drawing: &mut Drawing,
        stretch: &mut Vec<(Tenths, Tenths)>,
        (number, filled, line): (usize, Pen, Pen),
    ) {
        if stretch.len() > 1 {
            drawing.polyline(stretch, line);
            if self.slot() < POINT_ROOM {
                stretch.clear();
            }
        }
        for (x, y) in stretch.drain(..) {
            match number {
                0 => drawing.circle((x, y), POINT, filled, ""),
                1 => {
                    let area = Area::between(x - POINT, x + POINT, y - POINT, 2 * POINT);
                    drawing.rect(area, filled, "");
                }
                _ => {
                    let points = [
                        (x, y - POINT),
                        (x + POINT, y + POINT),
                        (x - POINT, y + POINT),
                    ];
                    drawing.polygon(&points, filled, "");
                }
            }
        }
    }

    /// Groups of bars: left end and width of one bar of a group.
    fn bar(&self, place: usize, number: usize) -> (Tenths, Tenths) {
        let count = i64::try_from(self.chart.series.len().min(PENS.len())).unwrap_or(1);
        let width = (self.slot() * 7 / 10 / count.max(1)).clamp(units(1), units(28));
        let number = i64::try_from(number).unwrap_or_default();
        let left = self.middle(place) - width * count / 2 + width * number;
        (left, width)
    }

    fn draw_bars(&self, drawing: &mut Drawing) {
        for (number, (series, (filled, _))) in self.chart.series.iter().zip(PENS).enumerate() {
            let points = self.chart.labels.iter().zip(&series.values).enumerate();
            for (place, (label, value)) in points {
                let Some(value) = value else { continue };
                let (left, width) = self.bar(place, number);
                let y = self.y(*value);
                let area = Area::between(left, left + width, y, TITLE + PLOT - y);
                let value = decimal(*value, self.chart.decimals);
                let hint = format!("{label} {} {value}{}", series.name, self.chart.unit);
                drawing.rect(area, filled, &hint);
            }
        }
    }

    /// The values as words: no two of them meet, and the first series goes first. Where lines cross, the words of the
    /// second stand below its points.
    fn draw_values(&self, drawing: &mut Drawing) {
        let mut taken: Vec<[Tenths; 4]> = Vec::new();
        for (number, series) in self.chart.series.iter().take(PENS.len()).enumerate() {
            let points = self.chart.labels.iter().zip(&series.values).enumerate();
            for (place, (_, value)) in points.rev() {
                let Some(value) = value else { continue };
                let words = decimal(*value, self.chart.decimals);
                let half = measure::width(&words, Size::Tiny) / 2 + units(1);
                let x = match self.chart.form {
                    TrendForm::Lines => self.middle(place),
                    TrendForm::Bars => {
                        let (left, width) = self.bar(place, number);
                        left + width / 2
                    }
                };
                let above = self.y(*value) - units(5);
                let below = self.y(*value) + units(13);
                let is_below = number == 1
                    && self.chart.form == TrendForm::Lines
                    && below + units(2) < TITLE + PLOT;
                let base = if is_below { below } else { above };
                let area = [x - half, base - units(9), x + half, base + units(2)];
                if area[2] <= WIDTH && !taken.iter().any(|other| meet(area, *other)) {
                    let at = (x, base);
                    drawing.text(at, Size::Tiny, Anchor::Middle, OVER_LINES, &words);
                    taken.push(area);
                }
            }
        }
    }
}

/// Whether two areas, as left, top, right, bottom, have something in common.
fn meet(one: [Tenths; 4], other: [Tenths; 4]) -> bool {
    one[0] < other[2] && other[0] < one[2] && one[1] < other[3] && other[1] < one[3]
}
