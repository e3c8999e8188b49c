//! The ruler with its months, days and numbers, the flags above it and the cards below.

use calendar::DayKind;
use chrono::Datelike;

use super::facts::{Card, Flag, FlagKind};
use super::scale::{DAY_WITH_NUMBER, DAY_WITH_WEEKEND};
use super::{EDGE, ROW, Sheet, WIDTH};
use crate::picture::legend::triangle;
use crate::picture::measure;
use crate::picture::pens::{
    AXIS, EVENT, INK, LEADER, MAKE_UP, OVER_LINES, PROMISED, Pen, REST, RULE, SECOND, STATUTORY,
    STRUCK, Size, TODAY, TODAY_WORD, hollow, issued, level_word,
};
use crate::picture::rows::Poles;
use crate::picture::svg::{Anchor, Area, Drawing, Tenths, units};
use approval::rule::Level;
use approval::warning::WarningState;

/// The heights of the ruler's rows.
const MONTHS: Tenths = units(16);
const DAYS: Tenths = units(15);
const NUMBERS: Tenths = units(14);
/// Above the days, where make-up days have their triangles.
const MARKS: Tenths = units(6);
/// Between a pole and its label.
const BESIDE: Tenths = units(4);
/// Half the size of a card's shape.
const SHAPE: Tenths = units(5);
/// A number in the row of the count needs so much room.
const NUMBER_ROOM: Tenths = units(24);

/// Labels with their places.
pub(super) struct Labels {
    pub(super) rows: i64,
    /// In the order of the facts.
    placed: Vec<Label>,
}

struct Label {
    x: Tenths,
    /// Where its words start.
    start: Tenths,
    row: i64,
}

/// Places labels beside their poles, from the right to the left.
fn place<'a>(
    labels: impl Iterator<Item = (Tenths, &'a str)>,
    beside: Tenths,
    left: Tenths,
) -> Labels {
    let mut labels: Vec<(usize, Tenths, Tenths)> = labels
        .enumerate()
        .map(|(place, (x, words))| (place, x, measure::width(words, Size::Label)))
        .collect();
    // Poles with their words on the right go from the right to the left, the others after them and the other way
    // round: so a pole finds the labels that it might go through in their places.
    let fits = |x: Tenths, width: Tenths| x + beside + width <= WIDTH;
    labels.sort_by_key(|(place, x, width)| {
        let place = i64::try_from(*place).unwrap_or_default();
        if fits(*x, *width) {
            (false, -x, -place)
        } else {
            (true, *x, place)
        }
    });
    let mut poles = Poles::default();
    let mut placed: Vec<(usize, Label)> = Vec::new();
    for (place, x, width) in labels {
        let start = if fits(x, width) {
            x + beside
        } else {
            (x - beside - width).max(left)
        };
        // The shape of a card belongs to its label.
        let (from, to) = (start.min(x - beside), (start + width).max(x + beside));
        let row = poles.place(x, from, to);
        placed.push((place, Label { x, start, row }));
    }
    placed.sort_by_key(|(place, _)| *place);
    Labels {
        rows: poles.count(),
        placed: placed.into_iter().map(|(_, label)| label).collect(),
    }
}

impl Sheet<'_> {
    pub(super) fn place_flags(&self) -> Labels {
        let flags = self.facts.flags.iter();
        place(
            flags.map(|flag| (self.scale.x(flag.at), flag.words.as_str())),
            BESIDE,
            0,
        )
    }

    pub(super) fn place_cards(&self) -> Labels {
        let cards = self.facts.cards.iter();
        place(
            cards.map(|card| (self.scale.x(card.at), card.words.as_str())),
            SHAPE + BESIDE,
            0,
        )
    }

    pub(super) fn ruler_height(&self) -> Tenths {
        let numbers = if self.facts.numbers.is_empty() {
            0
        } else {
            NUMBERS
        };
        MONTHS + MARKS + self.days_height() + numbers
    }

    /// Days have a row while there is room for their numbers, or at least for one a week.
    fn days_height(&self) -> Tenths {
        if self.scale.working * 5 >= NUMBER_ROOM {
            DAYS
        } else {
            0
        }
    }

    /// Rest days, from the ruler through the lanes.
    pub(super) fn draw_ground(&mut self) {
        let top = self.places.ruler + MONTHS;
        let height = self.places.bottom - top;
        for (first, last) in self.scale.rests() {
            let days = self.scale.days.get(first..=last).unwrap_or_default();
            let (Some(from), Some(to)) = (days.first(), days.last()) else {
                continue;
            };
            let is_weekend = days.iter().all(|day| day.kind == DayKind::Weekend);
            if is_weekend && self.scale.working < DAY_WITH_WEEKEND {
                continue;
            }
            let mut names: Vec<String> = Vec::new();
            for day in days {
                if let DayKind::RestDay { name } | DayKind::LocallyClosed { name } = &day.kind {
                    let name = self.language.holiday(name);
                    if !names.contains(&name) {
                        names.push(name);
                    }
                }
            }
            let mut hint = self.language.day(from.date);
            if from.date != to.date {
                hint += &format!("–{}", self.language.day(to.date));
            }
            if names.is_empty() {
                names.push(self.language.pick("周末", "weekend").to_owned());
            }
            let names = &names.join(self.language.comma());
            hint = format!("{hint} {names}");
            let area = Area::between(from.left, to.right, top, height);
            self.drawing.rect(area, REST, &hint);
            let narrow = from.right - from.left < DAY_WITH_NUMBER;
            let width = measure::width(names, Size::Tiny);
            if narrow && !is_weekend && self.days_height() > 0 && width < to.right - from.left {
                let at = ((from.left + to.right) / 2, top + MARKS + units(11));
                self.drawing
                    .text(at, Size::Tiny, Anchor::Middle, SECOND, names);
            }
        }
    }

    pub(super) fn draw_ruler(&mut self) {
        let (left, right) = (self.scale.left, self.scale.right);
        let (top, bottom) = (self.places.ruler, self.places.cards);
        self.draw_months(top);
        let marks = top + MONTHS;
        self.drawing.line((left, marks), (right, marks), RULE);
        self.draw_days(marks);
        if !self.facts.numbers.is_empty() {
            let base = bottom - units(4);
            self.draw_numbers(base);
        }
        self.drawing.line((left, bottom), (right, bottom), AXIS);
    }

    /// The months as far as their names have room; the first that has one is told with its year.
    fn draw_months(&mut self, top: Tenths) {
        let mut months: Vec<(chrono::NaiveDate, Tenths, Tenths)> = Vec::new();
        for day in &self.scale.days {
            match months.last_mut() {
                Some((first, _, right))
                    if (first.year(), first.month()) == (day.date.year(), day.date.month()) =>
                {
                    *right = day.right;
                }
                _ => months.push((day.date, day.left, day.right)),
            }
        }
        let mut year = None;
        let mut free = self.scale.left;
        for (first, left, right) in months {
            if left > self.scale.left {
                let to = (left, self.places.cards);
                self.drawing.line((left, top), to, RULE);
            }
            let full = self.language.month_and_year(first);
            let short = self.language.month(first.month());
            let words = if year == Some(first.year()) {
                short.clone()
            } else {
                full
            };
            let room = right - left - BESIDE;
            let fits = |words: &str| measure::width(words, Size::Small) <= room;
            let words = if fits(&words) { words } else { short };
            if !fits(&words) || left < free {
                continue;
            }
            if words != self.language.month(first.month()) {
                year = Some(first.year());
            }
            free = left + BESIDE + measure::width(&words, Size::Small);
            let at = (left + units(3), top + units(12));
            self.drawing
                .text(at, Size::Small, Anchor::Start, SECOND, &words);
        }
    }

    /// Each day's number, or that of each week's first working day; make-up days with a triangle.
    fn draw_days(&mut self, top: Tenths) {
        let every_day = self.scale.working >= DAY_WITH_NUMBER;
        let with_numbers = self.days_height() > 0;
        let base = top + MARKS + units(11);
        let mut week = None;
        for day in &self.scale.days {
            let middle = (day.left + day.right) / 2;
            if matches!(day.kind, DayKind::MakeUp { .. }) {
                triangle(&mut self.drawing, (middle, top + units(1)), MAKE_UP);
            }
            let this_week = Some(day.date.iso_week());
            let begins_week = day.kind.works() && week != this_week;
            if begins_week {
                week = this_week;
            }
            let wanted = if every_day {
                day.kind.works() || day.right - day.left >= DAY_WITH_NUMBER
            } else {
                begins_week && with_numbers
            };
            let number = day.date.day().to_string();
            let half = measure::width(&number, Size::Small) / 2;
            if wanted && middle + half <= self.scale.right {
                let pen = if day.kind.works() { INK } else { SECOND };
                let at = (middle, base);
                self.drawing
                    .text(at, Size::Small, Anchor::Middle, pen, &number);
            }
        }
        if with_numbers {
            self.draw_head(self.language.pick("日期", "date"), base);
        }
    }

    /// The numbers of the count: all of them, or every fifth, tenth …
    fn draw_numbers(&mut self, base: Tenths) {
        let steps = [1, 5, 10, 20, 50, 100, 200];
        let step = steps.into_iter().find(|step| {
            let room = if *step == 1 {
                DAY_WITH_NUMBER
            } else {
                NUMBER_ROOM
            };
            self.scale.working * step >= room
        });
        let step = step.unwrap_or(500);
        for (date, number) in &self.facts.numbers {
            let Some(day) = self.scale.day(*date).filter(|_| number % step == 0) else {
                continue;
            };
            let at = ((day.left + day.right) / 2, base);
            let words = number.to_string();
            if at.0 + measure::width(&words, Size::Tiny) / 2 <= self.scale.right {
                self.drawing
                    .text(at, Size::Tiny, Anchor::Middle, SECOND, &words);
            }
        }
        self.draw_head(self.language.pick("计数", "count"), base);
    }

    fn draw_head(&mut self, words: &str, base: Tenths) {
        self.drawing
            .text((EDGE, base), Size::Tiny, Anchor::Start, SECOND, words);
    }

    /// The labelled lines.
    pub(super) fn draw_flags(&mut self, labels: &Labels) {
        for (flag, label) in self.facts.flags.iter().zip(&labels.placed) {
            let top = self.places.ruler - units(4) - (label.row + 1) * ROW;
            let (line, words) = pens_of(flag);
            let (ruler, cards) = (self.places.ruler, self.places.cards);
            let from = (label.x, top + units(3));
            if flag.kind == FlagKind::Event {
                // What only happened is marked on the ruler's edges and leaves its numbers alone.
                self.drawing.line(from, (label.x, ruler), line);
                let tick = (label.x, cards - units(3));
                self.drawing.line(tick, (label.x, cards), line);
            } else if self.scale.working < DAY_WITH_NUMBER {
                // Where days are narrow, a line would go through the numbers of its neighbours.
                self.drawing.line(from, (label.x, ruler), line);
                let below = (label.x, self.places.bottom);
                self.drawing.line((label.x, cards), below, line);
            } else {
                self.drawing.line(from, (label.x, self.places.bottom), line);
            }
            let at = (label.start, top + units(12));
            self.drawing
                .text(at, Size::Label, Anchor::Start, words, &flag.words);
        }
    }

    /// The cards, each on the instant at which it took effect.
    pub(super) fn draw_cards(&mut self, labels: &Labels) {
        for (card, label) in self.facts.cards.iter().zip(&labels.placed) {
            let middle = self.places.cards + units(3) + label.row * ROW + ROW / 2;
            let from = (label.x, self.places.cards);
            self.drawing.line(from, (label.x, middle), LEADER);
            draw_shape(&mut self.drawing, card, (label.x, middle));
            let at = (label.start, middle + units(4));
            let pen = level_word(card.level);
            self.drawing
                .text(at, Size::Label, Anchor::Start, pen, &card.words);
        }
    }
}

fn pens_of(flag: &Flag) -> (Pen, Pen) {
    match flag.kind {
        FlagKind::Event => (EVENT, OVER_LINES),
        FlagKind::Promised => (PROMISED, OVER_LINES),
        FlagKind::Statutory => (STATUTORY, OVER_LINES),
        FlagKind::Today => (TODAY, TODAY_WORD),
    }
}

/// ● ◆ ■, filled once issued; what was taken away is struck through.
fn draw_shape(drawing: &mut Drawing, card: &Card, (x, y): (Tenths, Tenths)) {
    let pen = match card.state {
        WarningState::Issued => issued(card.level),
        _ => hollow(card.level),
    };
    match card.level {
        Level::Notice => drawing.circle((x, y), SHAPE - units(1), pen, &card.words),
        Level::Yellow => {
            let points = [
                (x, y - SHAPE - 5),
                (x + SHAPE + 5, y),
                (x, y + SHAPE + 5),
                (x - SHAPE - 5, y),
            ];
            drawing.polygon(&points, pen, &card.words);
        }
        Level::Red => {
            let side = SHAPE - 5;
            let area = Area::between(x - side, x + side, y - side, 2 * side);
            drawing.rect(area, pen, &card.words);
        }
    }
    if matches!(card.state, WarningState::Revoked | WarningState::Annulled) {
        drawing.line((x - SHAPE, y + SHAPE), (x + SHAPE, y - SHAPE), STRUCK);
    }
}
