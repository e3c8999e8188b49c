//! A small bar for the rows of a list: used against a limit, with what stopped the clock.

use calendar::{DayCount, DayWhy};
use chrono::NaiveDate;

use super::Look;
use super::pens::{LIMIT, OVER, ROOM, STOP, USED};
use super::svg::{Area, Drawing, Tenths, units};

const WIDTH: Tenths = units(120);
const HEIGHT: Tenths = units(14);
const BAR_TOP: Tenths = units(3);
const BAR: Tenths = units(8);
/// Room for half the tick of a limit at the end.
const EDGE: Tenths = units(1);
/// A day shows, however long the limit is.
const PART_MIN: Tenths = units(1);

/// A stretch of working days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Days that are counted.
    Counted(u32),
    /// Days in a stop or a suspension.
    Stopped(u32),
}

/// What has passed of a limit, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spark<'a> {
    /// What has passed, the oldest first.
    pub parts: &'a [Part],
    /// The limit; `None` where none is set.
    pub limit: Option<u32>,
}

/// The parts of a count as [`calendar::Calendar::explain`] tells it, through a day: rest days have no width.
pub fn parts(days: &[DayCount], through: NaiveDate) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    for day in days.iter().take_while(|day| day.date <= through) {
        let stopped = matches!(day.why, DayWhy::Stopped { .. });
        match parts.last_mut() {
            Some(Part::Counted(days)) if day.counted => *days += 1,
            Some(Part::Stopped(days)) if stopped => *days += 1,
            _ if day.counted => parts.push(Part::Counted(1)),
            _ if stopped => parts.push(Part::Stopped(1)),
            _ => {}
        }
    }
    parts
}

/// Draws a spark. All sparks are equally wide: the longer of limit and passed days fills the width, so that a full bar
/// is a limit that is used up.
pub fn spark(spark: &Spark<'_>, look: &Look<'_>) -> String {
    let sum = |stopped: bool| -> i64 {
        let parts = spark.parts.iter().map(|part| match part {
            Part::Counted(days) if !stopped => i64::from(*days),
            Part::Stopped(days) if stopped => i64::from(*days),
            _ => 0,
        });
        parts.sum()
    };
    let (used, stopped) = (sum(false), sum(true));
    let limit = spark.limit.map(i64::from);
    let whole = (limit.unwrap_or(0).max(used) + stopped).max(1);
    let x = |days: i64| EDGE + (WIDTH - 2 * EDGE) * days / whole;
    let mut drawing = Drawing::new(look);
    if limit.is_some() {
        drawing.rect(Area::between(x(0), x(whole), BAR_TOP, BAR), ROOM, "");
    }
    // Where the limit stands: after so many counted days, and after the stops among them.
    let (mut at, mut counted, mut tick) = (0, 0, None);
    for part in spark.parts {
        match part {
            Part::Counted(days) => {
                let days = i64::from(*days);
                let within = limit.map_or(days, |limit| (limit - counted).clamp(0, days));
                if limit.is_some_and(|limit| counted + days >= limit) && tick.is_none() {
                    tick = Some(at + within);
                }
                block(&mut drawing, (x(at), x(at + within)), USED);
                block(&mut drawing, (x(at + within), x(at + days)), OVER);
                counted += days;
                at += days;
            }
            Part::Stopped(days) => {
                let days = i64::from(*days);
                block(&mut drawing, (x(at), x(at + days)), STOP);
                at += days;
            }
        }
    }
    if let Some(limit) = limit {
        let tick = x(tick.unwrap_or(at + limit - counted)).min(WIDTH - EDGE);
        drawing.line((tick, units(1)), (tick, HEIGHT - units(1)), LIMIT);
    }
    let words = told(used, stopped, limit, look);
    drawing.finish_small(WIDTH, HEIGHT, "sx-spark", &words)
}

fn block(drawing: &mut Drawing, (left, right): (Tenths, Tenths), pen: super::pens::Pen) {
    if left < right {
        let right = right.max(left + PART_MIN).min(WIDTH - EDGE);
        drawing.rect(Area::between(left, right, BAR_TOP, BAR), pen, "");
    }
}

fn told(used: i64, stopped: i64, limit: Option<i64>, look: &Look<'_>) -> String {
    let language = look.language;
    let mut words = match limit {
        Some(limit) => language.pick(
            format!("已用{used}，时限{}", language.working_days(limit)),
            format!("{used} used of {}", language.working_days(limit)),
        ),
        None => language.pick(
            format!("已用{}", language.working_days(used)),
            format!("{} used", language.working_days(used)),
        ),
    };
    if let Some(over) = limit.map(|limit| used - limit).filter(|over| *over > 0) {
        words += &language.pick(format!("，超{over}"), format!(", {over} over"));
    }
    if stopped > 0 {
        words += &language.pick(
            format!("，停止计时{stopped}"),
            format!(", {stopped} not counted"),
        );
    }
    words
}
