//! The lanes: one for each stage, with its visits, and the stops across all of them.

use calendar::TermUnit;

use super::facts::{Bar, BarEnd, Lane};
use super::{EDGE, ROW, Sheet, WIDTH};
use crate::picture::pens::{
    BACK, BACK_HEAD, HELD, LEADER, LIMIT, OVER, OVER_LINES, ROOM, RULE, SECOND, STOP, STRONG, Size,
    USED, WAITING,
};
use crate::picture::rows::{Rows, centred};
use crate::picture::svg::{Anchor, Area, Tenths, units};
use crate::picture::{Language, measure};

/// The height of a lane.
pub(super) const HEIGHT: Tenths = units(38);
/// Where the bar stands in its lane.
const BAR_TOP: Tenths = units(6);
const BAR: Tenths = units(13);
/// The base line of the words below it.
const WORDS: Tenths = units(31);
/// A bar is at least so wide: what was done within an hour shows too.
const BAR_MIN: Tenths = units(2);
/// How far a limit's tick stands out.
const TICK: Tenths = units(3);
/// Beside an arrow that comes up to a bar.
const ARROW: Tenths = units(6);
/// Between two labels of a lane.
const GAP: Tenths = units(5);

/// What stands below a bar, the fullest first; the first that fits is taken.
fn labels(bar: &Bar, language: Language) -> Vec<String> {
    let used = bar.used.map(|used| used_of(used, bar, language));
    let end = match bar.end {
        BarEnd::SentBack { .. } => language.pick("退回", "sent back"),
        BarEnd::Deemed => language.pick("视为受理", "deemed accepted"),
        BarEnd::Told => language.pick("告知补正", "correction notice"),
        BarEnd::BrokenOff => language.pick("中断", "broken off"),
        BarEnd::Runs => language.pick("在办", "in hand"),
        BarEnd::Done => "",
    };
    let late = if bar.late {
        language.pick("超期", "late")
    } else {
        ""
    };
    let used = used.unwrap_or_default();
    let join = |parts: &[&str]| {
        let parts: Vec<&str> = parts.iter().copied().filter(|p| !p.is_empty()).collect();
        parts.join(" ")
    };
    let mut labels = vec![
        join(&[&bar.who, &used, late, end]),
        join(&[&bar.who, &used, late]),
        join(&[&bar.who, &used]),
        join(&[&used, end]),
        bar.who.clone(),
        used,
    ];
    labels.retain(|label| !label.is_empty());
    labels
}

/// Used of the limit: 3/4日.
fn used_of(used: i64, bar: &Bar, language: Language) -> String {
    let unit = match bar.term.map_or(TermUnit::WorkingDays, calendar::Term::unit) {
        TermUnit::WorkingDays | TermUnit::NaturalDays | TermUnit::Months => {
            language.pick("日", " d")
        }
        TermUnit::WorkingHours => language.pick("时", " h"),
        TermUnit::WorkingMinutes => language.pick("分", " min"),
    };
    match bar.term {
        Some(term) => format!("{used}/{}{unit}", term.amount()),
        None => format!("{used}{unit}"),
    }
}

impl Sheet<'_> {
    fn lane_top(&self, lane: usize) -> Tenths {
        self.places.lanes + i64::try_from(lane).unwrap_or_default() * HEIGHT
    }

    pub(super) fn draw_lanes(&mut self) {
        for (place, lane) in self.facts.lanes.iter().enumerate() {
            let top = self.lane_top(place);
            self.drawing.line((0, top), (self.scale.right, top), RULE);
            let at = (EDGE, top + units(20));
            self.drawing
                .text(at, Size::Name, Anchor::Start, STRONG, &lane.name);
            for (from, to) in &lane.waits {
                let (left, right) = (self.scale.x(*from), self.scale.x(*to));
                let area = Area::between(left, right.max(left + BAR_MIN), top + BAR_TOP, BAR);
                let hint = self.language.pick("等待申请人补正", "the applicant's turn");
                self.drawing.rect(area, WAITING, hint);
            }
            for (place, bar) in lane.bars.iter().enumerate() {
                let next = lane.bars.get(place + 1).map(|next| self.scale.x(next.from));
                let until = next.unwrap_or(self.scale.right);
                self.draw_bar(bar, &lane.name, (top + BAR_TOP, until));
            }
        }
        let bottom = self.places.bottom;
        self.drawing
            .line((0, bottom), (self.scale.right, bottom), RULE);
    }

    /// A bar with its limit, as far as there is room before the next one.
    fn draw_bar(&mut self, bar: &Bar, lane: &str, (top, until): (Tenths, Tenths)) {
        let (left, right) = (self.scale.x(bar.from), self.bar_end(bar));
        let hint = labels(bar, self.language).into_iter().next();
        let hint = format!("{lane} {}", hint.unwrap_or_default());
        let limit = bar.due_at.map(|due| self.scale.x(due).max(left));
        if let Some(limit) = limit.filter(|limit| *limit > right) {
            let area = Area::between(left, limit.min(until), top, BAR);
            self.drawing.rect(area, ROOM, "");
        }
        let over_from = limit.filter(|_| bar.late).map(|limit| limit.min(right));
        let used = Area::between(left, over_from.unwrap_or(right), top, BAR);
        self.drawing.rect(used, USED, &hint);
        if let Some(from) = over_from {
            let over = Area::between(from, right, top, BAR);
            self.drawing.rect(over, OVER, &hint);
        }
        self.draw_held(bar, top);
        let limit = limit.filter(|limit| *limit <= until);
        if let Some(limit) = limit.filter(|_| bar.due_at.is_some_and(|due| self.scale.reaches(due)))
        {
            let (from, to) = ((limit, top - TICK), (limit, top + BAR + TICK));
            self.drawing.line(from, to, LIMIT);
        }
    }

    /// The parts of a bar that aren't counted.
    fn draw_held(&mut self, bar: &Bar, top: Tenths) {
        for stop in &self.facts.stops {
            let (from, to) = (stop.from.max(bar.from), stop.to.min(bar.to));
            if from < to {
                let area = Area::between(self.scale.x(from), self.scale.x(to), top, BAR);
                self.drawing.rect(area, HELD, &stop.name);
            }
        }
    }

    fn bar_end(&self, bar: &Bar) -> Tenths {
        let left = self.scale.x(bar.from);
        self.scale
            .x(bar.to)
            .max(left + BAR_MIN)
            .min(self.scale.right)
    }

    /// Words below the bars.
    pub(super) fn draw_labels(&mut self) {
        for (place, lane) in self.facts.lanes.iter().enumerate() {
            self.draw_lane_labels(place, lane);
        }
    }

    fn draw_lane_labels(&mut self, number: usize, lane: &Lane) {
        let base = self.lane_top(number) + WORDS;
        let mut free = self.scale.left;
        for (place, bar) in lane.bars.iter().enumerate() {
            let left = self.scale.x(bar.from);
            let next = lane.bars.get(place + 1);
            let until = next.map_or(WIDTH, |next| self.scale.x(next.from) - GAP);
            let right = self.bar_end(bar).max(left + GAP).min(until.max(left));
            let beside = if self.comes_back(number, bar) {
                ARROW
            } else {
                0
            };
            let start = (left + beside).max(free);
            let mut placed = None;
            for words in labels(bar, self.language) {
                let width = measure::width(&words, Size::Small);
                if start + width <= until {
                    placed = Some((start, width, words));
                } else if right - width >= free {
                    placed = Some((right - width, width, words));
                } else {
                    continue;
                }
                break;
            }
            if let Some((start, width, words)) = placed {
                let (at, pen) = ((start, base), OVER_LINES);
                self.drawing
                    .text(at, Size::Small, Anchor::Start, pen, &words);
                free = start + width + GAP;
            }
        }
    }

    /// Whether an arrow comes up to the beginning of this bar.
    fn comes_back(&self, number: usize, bar: &Bar) -> bool {
        let mut bars = self.facts.lanes.iter().flat_map(|lane| &lane.bars);
        bars.any(|other| other.end == BarEnd::SentBack { lane: number } && other.to == bar.from)
    }

    /// The stops across the lanes.
    pub(super) fn draw_stops(&mut self) {
        let (top, bottom) = (self.places.lanes, self.places.bottom);
        for stop in &self.facts.stops {
            let left = self.scale.x(stop.from);
            let right = self.scale.x(stop.to).max(left + BAR_MIN);
            let area = Area::between(left, right.min(self.scale.right), top, bottom - top);
            self.drawing.rect(area, STOP, &stop.name);
        }
    }

    /// The names of the stops below the lanes; their lower edge.
    pub(super) fn name_stops(&mut self) -> Tenths {
        let bottom = self.places.bottom;
        let mut rows = Rows::default();
        for stop in &self.facts.stops {
            let (left, right) = (self.scale.x(stop.from), self.scale.x(stop.to));
            let mut words = stop.name.clone();
            if stop.open {
                words += self.language.pick("(未结束)", " (open)");
            }
            let words = measure::fitted(&words, Size::Small, WIDTH).unwrap_or_default();
            let width = measure::width(&words, Size::Small);
            let middle = (left + right) / 2;
            let start = centred(middle, width, 0, WIDTH);
            let row = rows.place(start, start + width);
            let base = bottom + row * ROW + units(14);
            let leader = ((middle, bottom), (middle, base - units(10)));
            self.drawing.line(leader.0, leader.1, LEADER);
            let (at, pen) = ((start, base), SECOND);
            self.drawing
                .text(at, Size::Small, Anchor::Start, pen, &words);
        }
        bottom + rows.count() * ROW
    }

    /// The ways back: from the end of what was sent back to the lane that it went to.
    pub(super) fn draw_backs(&mut self) {
        for (place, lane) in self.facts.lanes.iter().enumerate() {
            for bar in &lane.bars {
                let BarEnd::SentBack { lane: to } = bar.end else {
                    continue;
                };
                let x = self.bar_end(bar);
                let from = self.lane_top(place) + BAR_TOP;
                let tip = self.lane_top(to) + BAR_TOP + BAR + units(1);
                if tip < from {
                    self.drawing.line((x, from), (x, tip + units(5)), BACK);
                    let (half, base) = (units(3), tip + units(6));
                    let head = [(x, tip), (x + half, base), (x - half, base)];
                    self.drawing.polygon(&head, BACK_HEAD, "");
                }
            }
        }
    }
}
