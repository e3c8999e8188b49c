//! The picture of one case: what happened in each stage, on a ruler of working days.

mod facts;
mod lanes;
mod ruler;
mod scale;
mod sentences;

use approval::{Books, Subject};
use chrono::{DateTime, Utc};

use self::facts::{BarEnd, Facts, Reader};
use self::scale::Scale;
use super::legend::{Sign, legend};
use super::pens::{BACK, LIMIT, MAKE_UP, OVER, REST, ROOM, STOP, Size, USED, WAITING};
use super::svg::{Drawing, Tenths, Told, units};
use super::{Language, Look, measure};

/// The width of the picture: an A4 page's type area at a size of words that can still be read there.
const WIDTH: Tenths = units(760);
/// Between the names of the lanes and the ruler.
const GUTTER: Tenths = units(10);
/// Right of the ruler.
const MARGIN: Tenths = units(4);
/// Left of everything, so that no edge is cut.
const EDGE: Tenths = units(2);
/// A row of labels.
const ROW: Tenths = units(16);

/// Where the parts of the picture stand, from the top down.
struct Places {
    /// The ruler's upper edge; the flags stand above.
    ruler: Tenths,
    /// The ruler's lower edge; the cards hang below.
    cards: Tenths,
    /// The upper edge of the first lane.
    lanes: Tenths,
    /// The lower edge of the last.
    bottom: Tenths,
}

/// The picture while it is drawn.
struct Sheet<'a> {
    drawing: Drawing,
    facts: &'a Facts,
    scale: Scale<'a>,
    places: Places,
    language: Language,
}

/// Draws a case, a supervision order or an appeal as its events make it, at `now`.
///
/// The ruler runs from the receipt or day 0 to the latest of the statutory due date, the last thing that happened and,
/// while the subject is open, today. An order has one lane, its terms, and so has an appeal.
pub fn case_picture(
    subject: &Subject,
    books: &Books,
    now: DateTime<Utc>,
    look: &Look<'_>,
) -> String {
    let reader = Reader {
        subject,
        books,
        now,
        language: look.language,
    };
    let facts = reader.read();
    let names = facts.lanes.iter();
    let widest = names
        .map(|lane| measure::width(&lane.name, Size::Name))
        .max();
    let left = EDGE + widest.unwrap_or_default() + GUTTER;
    let scale = Scale::new(
        &books.calendar,
        facts.first,
        facts.last,
        left,
        WIDTH - MARGIN,
    );
    let mut sheet = Sheet {
        drawing: Drawing::new(look),
        facts: &facts,
        scale,
        places: Places {
            ruler: 0,
            cards: 0,
            lanes: 0,
            bottom: 0,
        },
        language: look.language,
    };
    let flags = sheet.place_flags();
    let cards = sheet.place_cards();
    sheet.places = Places::of(&sheet, flags.rows, cards.rows);
    sheet.draw_ground();
    sheet.draw_ruler();
    sheet.draw_stops();
    sheet.draw_lanes();
    sheet.draw_flags(&flags);
    sheet.draw_backs();
    // Words come last: the lines go behind them.
    sheet.draw_labels();
    sheet.draw_cards(&cards);
    let below = sheet.name_stops();
    let entries = entries(&facts, &sheet.scale, look.language);
    let bottom = legend(
        &mut sheet.drawing,
        &entries,
        (EDGE, WIDTH, below + units(6)),
    );
    let (title, description) = sentences::tell(&reader, &facts);
    let told = Told {
        class: "sx-case",
        title: &title,
        description: &description,
    };
    sheet.drawing.finish(WIDTH, bottom + units(2), &told)
}

impl Places {
    fn of(sheet: &Sheet<'_>, flag_rows: i64, card_rows: i64) -> Self {
        let ruler = flag_rows * ROW + units(4);
        let cards = ruler + sheet.ruler_height();
        let lanes = cards + card_rows * ROW + units(6);
        let count = i64::try_from(sheet.facts.lanes.len()).unwrap_or_default();
        Self {
            ruler,
            cards,
            lanes,
            bottom: lanes + count * lanes::HEIGHT,
        }
    }
}

/// The signs that occur; lines have their names on them.
fn entries(facts: &Facts, scale: &Scale<'_>, language: Language) -> Vec<(Sign, String)> {
    let bars = || facts.lanes.iter().flat_map(|lane| &lane.bars);
    let late = bars().any(|bar| bar.late);
    let stopped = !facts.stops.is_empty();
    let has_limit = bars().any(|bar| bar.due_at.is_some());
    let sent_back =
        facts.lanes.len() > 1 && bars().any(|bar| matches!(bar.end, BarEnd::SentBack { .. }));
    let waits = facts.lanes.iter().any(|lane| !lane.waits.is_empty());
    let rests = !scale.rests().is_empty();
    let made_up = scale
        .days
        .iter()
        .any(|day| matches!(day.kind, calendar::DayKind::MakeUp { .. }));
    let signs = [
        (true, Sign::Box(USED), "已用", "used"),
        (has_limit, Sign::Box(ROOM), "剩余", "left"),
        (has_limit, Sign::Tick(LIMIT), "时限", "limit"),
        (late, Sign::Box(OVER), "超出时限", "beyond the limit"),
        (stopped, Sign::Box(STOP), "不计时", "not counted"),
        (waits, Sign::Box(WAITING), "等待申请人", "applicant's turn"),
        (sent_back, Sign::Line(BACK), "退回", "sent back"),
        (rests, Sign::Box(REST), "休息日", "rest days"),
        (made_up, Sign::Triangle(MAKE_UP), "调休上班", "make-up day"),
    ];
    let occurring = signs.into_iter().filter(|(occurs, ..)| *occurs);
    occurring
        .map(|(_, sign, zh, en)| (sign, language.pick(zh, en).to_owned()))
        .collect()
}
