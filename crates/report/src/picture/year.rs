//! A calendar's year as twelve small months.

use calendar::{Calendar, DayInfo, DayKind};
use chrono::{Datelike, NaiveDate};

use super::legend::{Sign, legend, triangle};
use super::month::{HEAD, Month};
use super::pens::{CLOSED, DOUBT, INK, MAKE_UP, OVER_LINES, REST, RULE, SECOND, STRONG, Size};
use super::svg::{Anchor, Area, Drawing, Tenths, Told, units};
use super::{Language, Look, measure};

/// A day.
const DAY_WIDTH: Tenths = units(25);
const DAY_HEIGHT: Tenths = units(20);
const MONTH: Tenths = 7 * DAY_WIDTH;
const GAP: Tenths = units(18);
/// Months side by side.
const COLUMNS: usize = 4;
const EDGE: Tenths = units(2);
const TITLE: Tenths = units(26);
/// A line of names below a month.
const LINE: Tenths = units(13);

/// What is told of one month below it.
struct Notes {
    month: Month,
    lines: Vec<String>,
}

/// Draws a year: which days rest, which make up, which are closed here alone, and which a notice may still change.
/// Days that the calendar doesn't cover have no ground, and it is said that they aren't covered.
pub fn year_picture(calendar: &Calendar, year: i32, look: &Look<'_>) -> String {
    let language = look.language;
    let months: Vec<Notes> = (1..=12)
        .filter_map(|month| NaiveDate::from_ymd_opt(year, month, 1))
        .map(|first| notes(calendar, Month::of(first), language))
        .collect();
    let mut drawing = Drawing::new(look);
    let wide = i64::try_from(COLUMNS).unwrap_or_default();
    let width = 2 * EDGE + wide * (MONTH + GAP) - GAP;
    let title = title(calendar, year, language);
    let at = (EDGE, units(15));
    drawing.text(at, Size::Name, Anchor::Start, STRONG, &title);
    let mut top = TITLE;
    for row in months.chunks(COLUMNS) {
        let weeks = row.iter().map(|notes| notes.month.weeks()).max();
        let lines = row.iter().map(|notes| notes.lines.len()).max();
        let below = HEAD + weeks.unwrap_or_default() * DAY_HEIGHT;
        let mut left = EDGE;
        for notes in row {
            draw_month(&mut drawing, calendar, notes.month, (left, top), language);
            let mut base = top + below + units(11);
            for line in &notes.lines {
                let at = (left, base);
                drawing.text(at, Size::Tiny, Anchor::Start, SECOND, line);
                base += LINE;
            }
            left += MONTH + GAP;
        }
        top += below + i64::try_from(lines.unwrap_or_default()).unwrap_or_default() * LINE + GAP;
    }
    let entries = entries(calendar, year, language);
    let bottom = legend(&mut drawing, &entries, (EDGE, width - EDGE, top));
    let told = Told {
        class: "sx-year",
        title: &title,
        description: &told(&months, calendar, language),
    };
    drawing.finish(width, bottom + units(2), &told)
}

/// The days of a year that the calendar covers.
fn covered(calendar: &Calendar, year: i32) -> impl Iterator<Item = DayInfo> {
    let first = NaiveDate::from_ymd_opt(year, 1, 1).unwrap_or_default();
    let days = first.iter_days().take_while(move |day| day.year() == year);
    days.filter_map(|day| calendar.day(day).ok())
}

/// 2011年 工作日250天 日历cn-2026.1
fn title(calendar: &Calendar, year: i32, language: Language) -> String {
    let working = covered(calendar, year).filter(|day| day.working).count();
    let version = calendar.version();
    language.pick(
        format!("{year}年 工作日{working}天 日历{version}"),
        format!("{year}, {working} working days, calendar {version}"),
    )
}

fn draw_month(
    drawing: &mut Drawing,
    calendar: &Calendar,
    month: Month,
    (left, top): (Tenths, Tenths),
    language: Language,
) {
    let name = language.month(month.first().month());
    month.draw_head(drawing, (left, top), DAY_WIDTH, &name, language);
    for date in month.days() {
        let (column, row) = month.place(date);
        let (x, y) = (left + column * DAY_WIDTH, top + HEAD + row * DAY_HEIGHT);
        let area = Area::between(x, x + DAY_WIDTH, y, DAY_HEIGHT);
        let number = date.day().to_string();
        let at = (x + DAY_WIDTH / 2, y + units(14));
        let Ok(day) = calendar.day(date) else {
            drawing.text(at, Size::Small, Anchor::Middle, SECOND, &number);
            continue;
        };
        let hint = format!(
            "{} {}",
            language.weekday_and_day(date),
            why(&day.kind, language)
        );
        match day.kind {
            DayKind::Weekend | DayKind::RestDay { .. } => drawing.rect(area, REST, &hint),
            DayKind::LocallyClosed { .. } => drawing.rect(area, CLOSED, &hint),
            DayKind::Workday | DayKind::MakeUp { .. } => {}
        }
        if day.provisional {
            drawing.rect(area, DOUBT, &hint);
        }
        drawing.rect(area, RULE, "");
        let is_lined = day.provisional || matches!(day.kind, DayKind::LocallyClosed { .. });
        let pen = if is_lined { OVER_LINES } else { INK };
        drawing.text(at, Size::Small, Anchor::Middle, pen, &number);
        if matches!(day.kind, DayKind::MakeUp { .. }) {
            let tip = (x + DAY_WIDTH - units(4), y + units(1));
            triangle(drawing, tip, MAKE_UP);
        }
    }
}

fn why(kind: &DayKind, language: Language) -> String {
    match kind {
        kind if language == Language::Zh => kind.zh(),
        DayKind::Workday => "working day".to_owned(),
        DayKind::Weekend => "weekend".to_owned(),
        DayKind::RestDay { name } => language.holiday(name),
        DayKind::MakeUp { name } => format!("works for {}", language.holiday(name)),
        DayKind::LocallyClosed { name } => format!("closed ({name})"),
    }
}

/// What stands below a month: its holidays and closures with their days, then the days that make up.
fn notes(calendar: &Calendar, month: Month, language: Language) -> Notes {
    let mut rests: Vec<(String, Vec<u32>)> = Vec::new();
    let mut made_up: Vec<u32> = Vec::new();
    for date in month.days() {
        let name = match calendar.day(date).map(|day| day.kind) {
            Ok(DayKind::RestDay { name }) => language.holiday(&name),
            Ok(DayKind::LocallyClosed { name }) => name,
            Ok(DayKind::MakeUp { .. }) => {
                made_up.push(date.day());
                continue;
            }
            _ => continue,
        };
        match rests.iter_mut().find(|(known, _)| *known == name) {
            Some((_, days)) => days.push(date.day()),
            None => rests.push((name, vec![date.day()])),
        }
    }
    let rests = rests.into_iter().map(|(name, days)| {
        let days = spans(&days, language);
        language.pick(format!("{days}日{name}"), format!("{days} {name}"))
    });
    let mut parts: Vec<String> = rests.collect();
    if !made_up.is_empty() {
        let days = spans(&made_up, language);
        parts.push(language.pick(format!("{days}日上班"), format!("{days} work")));
    }
    let between = language.pick("，", ", ");
    let lines = measure::lines(&parts, between, Size::Tiny, MONTH);
    Notes { month, lines }
}

/// Days of a month, those in a row as a span: 1–3、8.
fn spans(days: &[u32], language: Language) -> String {
    let mut spans: Vec<(u32, u32)> = Vec::new();
    for day in days {
        match spans.last_mut() {
            Some((_, last)) if *last + 1 == *day => *last = *day,
            _ => spans.push((*day, *day)),
        }
    }
    let spans = spans.into_iter().map(|(first, last)| match last - first {
        0 => first.to_string(),
        1 => format!("{first}{}{last}", language.comma()),
        _ => format!("{first}–{last}"),
    });
    spans.collect::<Vec<_>>().join(language.comma())
}

fn told(months: &[Notes], calendar: &Calendar, language: Language) -> String {
    let told = months.iter().filter(|notes| !notes.lines.is_empty());
    let mut sentences: Vec<String> = told
        .map(|notes| {
            let month = language.month(notes.month.first().month());
            let between = language.pick("，", ", ");
            format!("{month} {}", notes.lines.join(between))
        })
        .collect();
    let final_to = language.whole_day(calendar.final_to());
    sentences.push(language.pick(
        format!("{final_to}之后为暂定"),
        format!("Provisional after {final_to}"),
    ));
    sentences.join(language.pick("；", "; ")) + language.pick("。", ".")
}

/// The signs that occur.
fn entries(calendar: &Calendar, year: i32, language: Language) -> Vec<(Sign, String)> {
    let has = |is: fn(&DayInfo) -> bool| covered(calendar, year).any(|day| is(&day));
    let closed = has(|day| matches!(day.kind, DayKind::LocallyClosed { .. }));
    let made_up = has(|day| matches!(day.kind, DayKind::MakeUp { .. }));
    let doubtful = has(|day| day.provisional);
    let first = NaiveDate::from_ymd_opt(year, 1, 1);
    let last = NaiveDate::from_ymd_opt(year, 12, 31);
    let misses = |day: Option<NaiveDate>| day.is_none_or(|day| !calendar.covers(day));
    let signs = [
        (true, Sign::Box(REST), "休息日", "rest days"),
        (made_up, Sign::Triangle(MAKE_UP), "调休上班", "make-up day"),
        (closed, Sign::Box(CLOSED), "本地放假", "locally closed"),
        (
            doubtful,
            Sign::Box(DOUBT),
            "暂定，待放假通知",
            "provisional",
        ),
        (
            misses(first) || misses(last),
            Sign::Box(super::pens::PAPER),
            "无底色：日历未覆盖",
            "no frame: not covered",
        ),
    ];
    let occurring = signs.into_iter().filter(|(occurs, ..)| *occurs);
    occurring
        .map(|(_, sign, zh, en)| (sign, language.pick(zh, en).to_owned()))
        .collect()
}
