//! "Why this date?": a count day by day, as the months of a calendar.

use calendar::{DayCount, DayWhy};
use chrono::{Datelike, NaiveDate};

use super::legend::{Sign, legend, triangle};
use super::month::{HEAD, Month};
use super::pens::{
    CLOSED, DOUBT, INK, MAKE_UP, OVER_LINES, Pen, REST, RING, RING_START, RULE, SECOND, STOP,
    STRONG, Size,
};
use super::svg::{Anchor, Area, Drawing, Tenths, Told, units};
use super::{Language, Look, measure};

/// A day's square: wide enough for the name of a procedure of four characters.
const SIDE: Tenths = units(36);
/// Between two months.
const GAP: Tenths = units(14);
/// Months side by side: as many as a page is wide.
const COLUMNS_MAX: usize = 3;
/// The words above and below need the width of two months.
const COLUMNS_MIN: usize = 2;
/// Around everything.
const EDGE: Tenths = units(2);
/// The line above the months.
const TITLE: Tenths = units(24);
/// From one line of words to the next.
const LINE: Tenths = units(16);

/// A count as [`calendar::Calendar::explain`] tells it.
#[derive(Clone, Copy, Debug)]
pub struct Count<'a> {
    /// What is counted: 法定时限 20个工作日.
    pub title: &'a str,
    /// The days in order, the first of them the day of the start.
    pub days: &'a [DayCount],
    /// The day on which it is due; `None` while there is none.
    pub due_on: Option<NaiveDate>,
    /// The names of the stops in the order of their opening, as [`DayWhy::Stopped`] counts them: 专家评审 焦环告〔2011〕3号.
    pub stops: &'a [String],
    /// The last day that no notice will change, if that matters.
    pub final_to: Option<NaiveDate>,
}

impl Count<'_> {
    fn stop(&self, place: usize) -> &str {
        self.stops.get(place).map_or("", String::as_str)
    }

    /// Why a day is counted or not, with its number.
    fn why(&self, day: &DayCount, language: Language) -> String {
        let no = language.pick("不计入", "not counted");
        match &day.why {
            DayWhy::StartDay => language
                .pick("起算当日，不计入", "day of the start, not counted")
                .to_owned(),
            DayWhy::Counted => language.pick(
                format!("计入，第{}", day.number),
                format!("counted, no. {}", day.number),
            ),
            DayWhy::MakeUp { name } => {
                let name = language.holiday(name);
                language.pick(
                    format!("{name}调休上班，计入，第{}", day.number),
                    format!("works for {name}, counted, no. {}", day.number),
                )
            }
            DayWhy::Weekend => language.pick(format!("周末，{no}"), format!("weekend, {no}")),
            DayWhy::RestDay { name } => {
                let name = language.holiday(name);
                language.pick(format!("{name}放假，{no}"), format!("{name}, {no}"))
            }
            DayWhy::LocallyClosed { name } => language.pick(
                format!("本地放假：{name}，{no}"),
                format!("closed ({name}), {no}"),
            ),
            DayWhy::Stopped { stop } => {
                let stop = self.stop(*stop);
                language.pick(format!("{stop}，{no}"), format!("{stop}, {no}"))
            }
            DayWhy::Rolled => language.pick(
                "已届满，顺延".to_owned(),
                "the amount has run out, the day moves on".to_owned(),
            ),
            _ => no.to_owned(),
        }
    }

    /// The same in sentences: stretches of days with the same reason are told once.
    fn told(&self, language: Language) -> String {
        let mut stretches: Vec<(&DayCount, &DayCount)> = Vec::new();
        for day in self.days {
            match stretches.last_mut() {
                Some((first, last)) if first.why == day.why && !is_alone(&day.why) => *last = day,
                _ => stretches.push((day, day)),
            }
        }
        let stretches = stretches.into_iter().map(|(first, last)| {
            let day = language.whole_day(first.date);
            if first.date == last.date {
                return format!("{day} {}", self.why(first, language));
            }
            let to = language.day(last.date);
            let mut why = self.why(first, language);
            if first.counted {
                why += &format!("–{}", last.number);
            }
            format!("{day}–{to} {why}")
        });
        let mut sentences: Vec<String> = stretches.collect();
        if let Some(due) = self.due_on {
            let due = language.whole_day(due);
            sentences.push(language.pick(format!("到期日 {due}"), format!("Due on {due}")));
        }
        if sentences.is_empty() {
            sentences.push(
                language
                    .pick("没有逐日计数", "Not counted day by day")
                    .to_owned(),
            );
        }
        sentences.join(language.pick("；", "; ")) + language.pick("。", ".")
    }
}

/// Days that are told one by one.
fn is_alone(why: &DayWhy) -> bool {
    matches!(why, DayWhy::StartDay | DayWhy::MakeUp { .. })
}

/// Draws a count as months: each day that is counted with its number, each other with the reason.
pub fn count_picture(count: &Count<'_>, look: &Look<'_>) -> String {
    let language = look.language;
    let mut drawing = Drawing::new(look);
    let ends = [count.days.last().map(|day| day.date), count.due_on];
    let months = match (count.days.first(), ends.into_iter().flatten().max()) {
        (Some(first), Some(last)) => Month::through(first.date, last),
        _ => Vec::new(),
    };
    let columns = months.len().clamp(COLUMNS_MIN, COLUMNS_MAX);
    let wide = i64::try_from(columns).unwrap_or_default();
    let width = 2 * EDGE + wide * (7 * SIDE + GAP) - GAP;
    let title = measure::fitted(count.title, Size::Name, width - 2 * EDGE).unwrap_or_default();
    drawing.text((EDGE, units(15)), Size::Name, Anchor::Start, STRONG, &title);
    let mut top = TITLE;
    for row in months.chunks(columns) {
        let mut left = EDGE;
        for month in row {
            draw_month(&mut drawing, count, *month, (left, top), language);
            left += 7 * SIDE + GAP;
        }
        let weeks = row.iter().map(|month| month.weeks()).max();
        top += HEAD + weeks.unwrap_or_default() * SIDE + GAP;
    }
    for stop in count.stops {
        let words = language.pick("停止计时：", "Not counted: ").to_owned() + stop;
        let words = measure::fitted(&words, Size::Small, width - 2 * EDGE).unwrap_or_default();
        let at = (EDGE, top + units(10));
        drawing.text(at, Size::Small, Anchor::Start, SECOND, &words);
        top += LINE;
    }
    let entries = entries(count, language);
    let bottom = legend(&mut drawing, &entries, (EDGE, width - EDGE, top));
    let told = Told {
        class: "sx-count",
        title: count.title,
        description: &count.told(language),
    };
    drawing.finish(width, bottom + units(2), &told)
}

fn draw_month(
    drawing: &mut Drawing,
    count: &Count<'_>,
    month: Month,
    (left, top): (Tenths, Tenths),
    language: Language,
) {
    let name = language.month_and_year(month.first());
    month.draw_head(drawing, (left, top), SIDE, &name, language);
    let at = |date: NaiveDate| {
        let (column, row) = month.place(date);
        let (x, y) = (left + column * SIDE, top + HEAD + row * SIDE);
        Area::between(x, x + SIDE, y, SIDE)
    };
    for date in month.days() {
        let place = count.days.binary_search_by_key(&date, |day| day.date);
        let day = place.ok().and_then(|place| count.days.get(place));
        draw_day(drawing, count, (date, day), at(date), language);
    }
    // Rings come last, over the lines of the days beside them.
    for date in month.days() {
        let start = count.days.first().is_some_and(|day| day.date == date);
        for (rings, pen) in [(start, RING_START), (count.due_on == Some(date), RING)] {
            if rings {
                let inset = units(1);
                let area = at(date);
                let area = Area {
                    x: area.x + inset,
                    y: area.y + inset,
                    width: area.width - 2 * inset,
                    height: area.height - 2 * inset,
                };
                drawing.rect(area, pen, "");
            }
        }
    }
}

fn draw_day(
    drawing: &mut Drawing,
    count: &Count<'_>,
    (date, day): (NaiveDate, Option<&DayCount>),
    area: Area,
    language: Language,
) {
    let number = date.day().to_string();
    let corner = (area.x + units(3), area.y + units(10));
    let Some(day) = day else {
        drawing.rect(area, RULE, "");
        drawing.text(corner, Size::Tiny, Anchor::Start, SECOND, &number);
        return;
    };
    let hint = format!(
        "{} {}",
        language.weekday_and_day(date),
        count.why(day, language)
    );
    if let Some(ground) = ground(&day.why) {
        drawing.rect(area, ground, &hint);
    }
    let doubtful = count.final_to.is_some_and(|final_to| date > final_to);
    if doubtful {
        drawing.rect(area, DOUBT, &hint);
    }
    drawing.rect(area, RULE, "");
    let is_lined = doubtful || matches!(ground(&day.why), Some(pen) if pen != REST);
    let pen = if is_lined { OVER_LINES } else { INK };
    drawing.text(corner, Size::Tiny, Anchor::Start, pen, &number);
    let middle = area.x + SIDE / 2;
    if matches!(day.why, DayWhy::MakeUp { .. }) {
        let tip = (area.x + SIDE - units(6), area.y + units(4));
        triangle(drawing, tip, MAKE_UP);
    }
    if day.counted || day.why == DayWhy::StartDay {
        let plus = if day.in_extension { "+" } else { "" };
        let words = format!("{plus}{}", day.number);
        let pen = match count.due_on {
            Some(due) if date > due => SECOND,
            _ => pen,
        };
        let at = (middle, area.y + units(28));
        drawing.text(at, Size::Number, Anchor::Middle, pen, &words);
        return;
    }
    let words = short(count, &day.why, language);
    if let Some(words) = measure::fitted(&words, Size::Tiny, SIDE) {
        let at = (middle, area.y + units(30));
        drawing.text(at, Size::Tiny, Anchor::Middle, pen, &words);
    }
}

/// What stands behind a day.
fn ground(why: &DayWhy) -> Option<Pen> {
    match why {
        DayWhy::Weekend | DayWhy::RestDay { .. } => Some(REST),
        DayWhy::LocallyClosed { .. } => Some(CLOSED),
        DayWhy::Stopped { .. } => Some(STOP),
        _ => None,
    }
}

/// The reason in the few characters that a day has room for.
fn short(count: &Count<'_>, why: &DayWhy, language: Language) -> String {
    match why {
        DayWhy::RestDay { name } => language.pick(name.as_str(), "holiday").to_owned(),
        DayWhy::LocallyClosed { name } => language.pick(name.as_str(), "closed").to_owned(),
        DayWhy::Stopped { stop } => {
            let name = count.stop(*stop).split(' ').next();
            language
                .pick(name.unwrap_or_default(), "stopped")
                .to_owned()
        }
        DayWhy::Rolled => language.pick("顺延", "rolled").to_owned(),
        DayWhy::OutsideHours => "–".to_owned(),
        _ => String::new(),
    }
}

/// The signs that occur.
fn entries(count: &Count<'_>, language: Language) -> Vec<(Sign, String)> {
    let has = |is: fn(&DayWhy) -> bool| count.days.iter().any(|day| is(&day.why));
    let rests = has(|why| matches!(why, DayWhy::Weekend | DayWhy::RestDay { .. }));
    let closed = has(|why| matches!(why, DayWhy::LocallyClosed { .. }));
    let stopped = has(|why| matches!(why, DayWhy::Stopped { .. }));
    let made_up = has(|why| matches!(why, DayWhy::MakeUp { .. }));
    let starts = !count.days.is_empty();
    let last = count.days.last().map(|day| day.date);
    let doubtful = count.final_to.is_some_and(|final_to| last > Some(final_to));
    let signs = [
        (starts, Sign::Ring(RING_START), "起算日", "start"),
        (
            count.due_on.is_some(),
            Sign::Ring(RING),
            "到期日",
            "due day",
        ),
        (rests, Sign::Box(REST), "休息日", "rest days"),
        (made_up, Sign::Triangle(MAKE_UP), "调休上班", "make-up day"),
        (closed, Sign::Box(CLOSED), "本地放假", "locally closed"),
        (stopped, Sign::Box(STOP), "停止计时", "stopped"),
        (
            doubtful,
            Sign::Box(DOUBT),
            "暂定，待放假通知",
            "provisional",
        ),
    ];
    let occurring = signs.into_iter().filter(|(occurs, ..)| *occurs);
    occurring
        .map(|(_, sign, zh, en)| (sign, language.pick(zh, en).to_owned()))
        .collect()
}
