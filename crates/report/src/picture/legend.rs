//! What signs mean: those that occur, on as many lines as they need.

use super::measure;
use super::pens::{Pen, SECOND, Size};
use super::svg::{Anchor, Area, Drawing, Tenths, units};

/// The size of a sign.
const SIGN_WIDTH: Tenths = units(18);
const SIGN_HEIGHT: Tenths = units(10);
const SIGN_GAP: Tenths = units(5);
const ENTRY_GAP: Tenths = units(16);
/// From one line to the next.
const LINE: Tenths = units(18);

/// A sign.
#[derive(Clone, Copy)]
pub(crate) enum Sign {
    /// A filled box.
    Box(Pen),
    /// A line.
    Line(Pen),
    /// An upright line.
    Tick(Pen),
    /// The triangle of a make-up day.
    Triangle(Pen),
    /// A ring.
    Ring(Pen),
}

/// Draws signs with their words from `left` to at most `right`; the lower edge.
pub(crate) fn legend(
    drawing: &mut Drawing,
    entries: &[(Sign, String)],
    (left, right, top): (Tenths, Tenths, Tenths),
) -> Tenths {
    if entries.is_empty() {
        return top;
    }
    let (mut x, mut y) = (left, top);
    for (sign, words) in entries {
        let width = SIGN_WIDTH + SIGN_GAP + measure::width(words, Size::Small);
        if x > left && x + width > right {
            x = left;
            y += LINE;
        }
        draw_sign(drawing, *sign, x, y + units(2));
        let at = (x + SIGN_WIDTH + SIGN_GAP, y + units(11));
        drawing.text(at, Size::Small, Anchor::Start, SECOND, words);
        x += width + ENTRY_GAP;
    }
    y + LINE
}

fn draw_sign(drawing: &mut Drawing, sign: Sign, x: Tenths, y: Tenths) {
    let middle = (x + SIGN_WIDTH / 2, y + SIGN_HEIGHT / 2);
    match sign {
        Sign::Box(pen) => {
            drawing.rect(Area::between(x, x + SIGN_WIDTH, y, SIGN_HEIGHT), pen, "");
        }
        Sign::Line(pen) => drawing.line((x, middle.1), (x + SIGN_WIDTH, middle.1), pen),
        Sign::Tick(pen) => drawing.line((middle.0, y), (middle.0, y + SIGN_HEIGHT), pen),
        Sign::Triangle(pen) => triangle(drawing, (middle.0, y + units(2)), pen),
        Sign::Ring(pen) => {
            let half = SIGN_HEIGHT / 2;
            let area = Area::between(middle.0 - half, middle.0 + half, y, SIGN_HEIGHT);
            drawing.rect(area, pen, "");
        }
    }
}

/// The triangle of a make-up day, its tip up at `tip`.
pub(crate) fn triangle(drawing: &mut Drawing, tip: (Tenths, Tenths), pen: Pen) {
    let (half, height) = (units(3), units(5));
    let base = tip.1 + height;
    drawing.polygon(&[tip, (tip.0 + half, base), (tip.0 - half, base)], pen, "");
}
