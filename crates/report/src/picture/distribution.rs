//! How long cases took: how many were done in so many working days, against the limits.

use super::bars::{WIDTH, finish, nothing, scaled};
use super::legend::{Sign, legend};
use super::pens::{
    AXIS, FIRST, INK, OTHER, OVER, OVER_LINES, PROMISED, Pen, RULE, SECOND, STATUTORY, STRONG, Size,
};
use super::rows::Poles;
use super::svg::{Anchor, Area, Drawing, Tenths, units};
use super::{Look, measure, round_step};

const EDGE: Tenths = units(2);
const TITLE: Tenths = units(28);
/// A row of a limit's name.
const ROW: Tenths = units(16);
const PLOT: Tenths = units(160);
/// Above the highest bar, for its number.
const HEAD: Tenths = units(14);
const LABELS: Tenths = units(18);
const GAP: Tenths = units(6);
const STEPS: i64 = 4;
/// More bars than this are joined.
const BARS_MAX: i64 = 40;

/// How many cases took how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Distribution<'a> {
    /// What is shown.
    pub title: &'a str,
    /// Working days and how many cases took so many; in any order, a number of days may come more than once.
    pub counts: &'a [(u32, u64)],
    /// The promised limit.
    pub promised: Option<u32>,
    /// The statutory limit.
    pub statutory: Option<u32>,
}

/// A bar: from and to how many days, both included, and how many cases.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Bin {
    from: i64,
    to: i64,
    cases: u64,
}

/// Bars of so many days that a limit never lies within one that could be drawn otherwise: they end with multiples of
/// their step.
fn bins(chart: &Distribution<'_>) -> Vec<Bin> {
    let days = chart.counts.iter().map(|(days, _)| *days);
    let limits = [chart.promised, chart.statutory].into_iter().flatten();
    let last = i64::from(days.chain(limits).max().unwrap_or_default()) + 1;
    let step = round_step(last, BARS_MAX);
    let count = |from: i64, to: i64| -> u64 {
        let within = chart.counts.iter();
        let within = within.filter(|(days, _)| (from..=to).contains(&i64::from(*days)));
        within.map(|(_, cases)| *cases).fold(0, u64::saturating_add)
    };
    let mut bins = vec![(0, 0)];
    while let Some((_, to)) = bins.last().copied().filter(|(_, to)| *to < last) {
        bins.push((to + 1, to + step));
    }
    let bins = bins.into_iter().map(|(from, to)| Bin {
        from,
        to,
        cases: count(from, to),
    });
    bins.collect()
}

/// Where things stand.
struct Plot<'a> {
    chart: &'a Distribution<'a>,
    look: &'a Look<'a>,
    bins: Vec<Bin>,
    left: Tenths,
    /// The width of a bar's place.
    width: Tenths,
    top: Tenths,
    highest: i64,
}

/// A limit's line and its words.
struct Limit {
    x: Tenths,
    start: Tenths,
    row: i64,
    words: String,
    pen: Pen,
}

/// Draws how many cases took how long. What kept the promise, what kept the law alone and what kept neither differ in
/// their patterns.
pub fn distribution(chart: &Distribution<'_>, look: &Look<'_>) -> String {
    let mut drawing = Drawing::new(look);
    let title = measure::fitted(chart.title, Size::Name, WIDTH - 2 * EDGE).unwrap_or_default();
    let at = (EDGE, units(15));
    drawing.text(at, Size::Name, Anchor::Start, STRONG, &title);
    if chart.counts.is_empty() {
        return nothing(drawing, look, ("sx-distribution", chart.title));
    }
    let bins = bins(chart);
    let highest = bins.iter().map(|bin| bin.cases).max().unwrap_or_default();
    let highest = i64::try_from(highest).unwrap_or(i64::MAX).max(1);
    let left = EDGE + measure::width(&highest.to_string(), Size::Tiny) + GAP;
    let count = i64::try_from(bins.len()).unwrap_or(1).max(1);
    let mut plot = Plot {
        chart,
        look,
        bins,
        left,
        width: (WIDTH - EDGE - left) / count,
        top: TITLE,
        highest,
    };
    let limits = plot.limits();
    let rows = limits.iter().map(|limit| limit.row + 1).max();
    plot.top += rows.unwrap_or_default() * ROW;
    plot.draw_scale(&mut drawing);
    plot.draw_bins(&mut drawing);
    for limit in &limits {
        let from = plot.top - (limit.row + 1) * ROW + units(2);
        drawing.line((limit.x, from), (limit.x, plot.bottom()), limit.pen);
        let at = (limit.start, from + units(10));
        drawing.text(at, Size::Label, Anchor::Start, OVER_LINES, &limit.words);
    }
    let entries = entries(chart, &plot.bins, look);
    let below = plot.bottom() + LABELS + units(4);
    let below = legend(&mut drawing, &entries, (left, WIDTH, below));
    let told = told(chart, &plot.bins, look);
    finish(
        drawing,
        look,
        below,
        ("sx-distribution", chart.title, &told),
    )
}

impl Plot<'_> {
    fn bottom(&self) -> Tenths {
        self.top + PLOT
    }

    fn right(&self) -> Tenths {
        self.left + self.width * i64::try_from(self.bins.len()).unwrap_or_default()
    }

    /// A limit stands at the right edge of its last day; within a joined bar, at its part.
    fn x(&self, days: u32) -> Tenths {
        let days = i64::from(days);
        let bin = self.bins.iter().zip(0..).find(|(bin, _)| days <= bin.to);
        bin.map_or(self.right(), |(bin, place)| {
            let long = bin.to - bin.from + 1;
            self.left + self.width * place + self.width * (days - bin.from + 1) / long
        })
    }

    fn y(&self, cases: i64) -> Tenths {
        self.bottom() - scaled(PLOT - HEAD, cases, self.highest)
    }

    fn limits(&self) -> Vec<Limit> {
        let language = self.look.language;
        let limits = [
            (self.chart.statutory, "法定", "statutory", STATUTORY),
            (self.chart.promised, "承诺", "promised", PROMISED),
        ];
        let mut poles = Poles::default();
        let limits = limits.into_iter().filter_map(|(limit, zh, en, pen)| {
            let limit = limit?;
            let days = language.working_days(i64::from(limit));
            let words = format!("{} {days}", language.pick(zh, en));
            let (x, wide) = (self.x(limit), measure::width(&words, Size::Label));
            let beside = x + units(4);
            let start = if beside + wide <= WIDTH {
                beside
            } else {
                x - units(4) - wide
            };
            let row = poles.place(x, start.min(x), (start + wide).max(x));
            Some(Limit {
                x,
                start,
                row,
                words,
                pen,
            })
        });
        limits.collect()
    }

    fn draw_scale(&self, drawing: &mut Drawing) {
        let step = round_step(self.highest, STEPS);
        let mut value = 0;
        while value <= self.highest {
            let y = self.y(value);
            let pen = if value == 0 { AXIS } else { RULE };
            drawing.line((self.left, y), (self.right(), y), pen);
            let at = (self.left - GAP, y + units(3));
            drawing.text(at, Size::Tiny, Anchor::End, SECOND, &value.to_string());
            value = value.saturating_add(step);
        }
    }

    fn draw_bins(&self, drawing: &mut Drawing) {
        let names = self.bins.iter().map(name);
        let widths = names.map(|name| measure::width(&name, Size::Tiny));
        let widest = widths.max().unwrap_or_default() + units(4);
        let every = widest / self.width.max(1) + 1;
        for (bin, place) in self.bins.iter().zip(0..) {
            let from = self.left + self.width * place;
            let middle = from + self.width / 2;
            if place % every == 0 && middle + widest / 2 <= WIDTH {
                let at = (middle, self.bottom() + units(12));
                drawing.text(at, Size::Tiny, Anchor::Middle, SECOND, &name(bin));
            }
            if bin.cases == 0 {
                continue;
            }
            let top = self.y(i64::try_from(bin.cases).unwrap_or(i64::MAX));
            let inset = (self.width / 10).max(1);
            let (left, right) = (from + inset, from + self.width - inset);
            let area = Area::between(left, right, top, self.bottom() - top);
            let pen = PENS.get(kind(self.chart, bin)).copied().unwrap_or(FIRST);
            drawing.rect(area, pen, &told_bin(bin, self.look));
            let words = bin.cases.to_string();
            if measure::width(&words, Size::Tiny) < self.width {
                let at = (middle, top - units(4));
                drawing.text(at, Size::Tiny, Anchor::Middle, INK, &words);
            }
        }
    }
}

/// Of a bar, by its last day: kept the promise, kept the law alone, kept neither.
fn kind(chart: &Distribution<'_>, bin: &Bin) -> usize {
    let beyond = |limit: Option<u32>| limit.is_some_and(|limit| bin.to > i64::from(limit));
    match (beyond(chart.promised), beyond(chart.statutory)) {
        (_, true) => 2,
        (true, false) => 1,
        (false, false) => 0,
    }
}

const PENS: [Pen; 3] = [FIRST, OTHER, OVER];

/// 5, or 5–9.
fn name(bin: &Bin) -> String {
    if bin.from == bin.to {
        bin.from.to_string()
    } else {
        format!("{}–{}", bin.from, bin.to)
    }
}

fn told_bin(bin: &Bin, look: &Look<'_>) -> String {
    let (name, cases) = (name(bin), bin.cases);
    look.language.pick(
        format!("{name}个工作日 {cases}件"),
        format!("{name} working days: {cases}"),
    )
}

fn entries(chart: &Distribution<'_>, bins: &[Bin], look: &Look<'_>) -> Vec<(Sign, String)> {
    let words = [
        ("承诺期限内", "within the promise"),
        ("超承诺、法定期限内", "beyond the promise, within the law"),
        ("超法定期限", "beyond the statutory limit"),
    ];
    let signs = PENS.into_iter().zip(words).enumerate();
    let occurring = signs.filter(|(number, _)| {
        bins.iter()
            .any(|bin| bin.cases > 0 && kind(chart, bin) == *number)
    });
    let has_limit = chart.promised.is_some() || chart.statutory.is_some();
    occurring
        .filter(|_| has_limit)
        .map(|(_, (pen, (zh, en)))| (Sign::Box(pen), look.language.pick(zh, en).to_owned()))
        .collect()
}

fn told(chart: &Distribution<'_>, bins: &[Bin], look: &Look<'_>) -> Vec<String> {
    let bins = bins.iter().filter(|bin| bin.cases > 0);
    let mut told: Vec<String> = bins.map(|bin| told_bin(bin, look)).collect();
    let language = look.language;
    for (limit, zh, en) in [
        (chart.promised, "承诺时限", "promised limit"),
        (chart.statutory, "法定时限", "statutory limit"),
    ] {
        if let Some(limit) = limit {
            let days = language.working_days(i64::from(limit));
            told.push(format!("{} {days}", language.pick(zh, en)));
        }
    }
    told
}
