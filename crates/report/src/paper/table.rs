//! Tables: columns as wide as their words need, heads that repeat on each page, rows that stay together.

use super::Face;
use super::line::{Line, Style};
use super::sheet::{BOTTOM, LEFT, Mark, Sheet, TOP, WIDTH, base_line, count};

/// Sizes of a table's words, the first at which all fits being taken, points.
const SIZES: [f32; 5] = [10.5, 9.5, 9.0, 8.0, 7.0];
/// Words that wrap keep so many letters side by side at least, sentences some more.
const WRAPPED: f32 = 4.0;
const WRAPPED_LONG: f32 = 7.0;
/// From so many letters on words are a sentence.
const LONG: f32 = 16.0;
/// Down to this size words are made smaller before they wrap.
const READ_EASILY: f32 = 9.0;
/// A table whose words ask for so many times its width is set in smaller ones.
const CROWDED: f32 = 1.25;
/// What a table without sizes would have.
const SMALLEST: Style = Style {
    face: Face::Table,
    size: 7.0,
    leading: 9.5,
};
/// Left and right of the words of a cell.
const PAD: f32 = 3.0;
/// Above and below.
const PAD_TALL: f32 = 2.2;
const THIN: f32 = 0.4;
const THICK: f32 = 1.0;
/// The ground of heads, from black (0) to white.
const GROUND: u8 = 238;
/// Words of a cell may ask for so much of the width at most before they wrap.
const NATURAL_MAX: f32 = WIDTH * 0.4;

/// A table.
pub(crate) struct Grid<'a> {
    pub(crate) caption: &'a str,
    /// Behind the caption where the table goes on.
    pub(crate) continued: &'a str,
    pub(crate) head: &'a [String],
    pub(crate) rows: &'a [Vec<String>],
    pub(crate) foot: &'a [String],
    /// Whether the cells of a column are words, which stand left; numbers stand right.
    pub(crate) is_words: &'a dyn Fn(usize) -> bool,
}

/// A row that was broken into lines.
struct Broken {
    cells: Vec<Vec<Line>>,
    height: f32,
}

struct Layout {
    widths: Vec<f32>,
    body: Style,
    head: Style,
}

impl Sheet<'_> {
    /// A table over the whole width.
    pub(crate) fn table(&mut self, grid: &Grid<'_>) {
        let layout = self.lay_out(grid);
        let caption = Style {
            face: Face::Head,
            size: 10.5,
            leading: 17.0,
        };
        let head = self.broken(&layout, layout.head, grid.head, Kind::Head);
        let rows: Vec<Broken> = grid
            .rows
            .iter()
            .map(|row| self.broken(&layout, layout.body, row, Kind::Body))
            .collect();
        let foot = (!grid.foot.is_empty()).then(|| {
            let style = Style {
                face: Face::Head,
                ..layout.body
            };
            self.broken(&layout, style, grid.foot, Kind::Foot)
        });
        // Caption, head and the first rows stay together.
        let first: f32 = rows.iter().take(2).map(|row| row.height).sum();
        self.need(caption.leading + head.height + first);
        self.space(4.0);
        self.paragraph(caption, grid.caption, 0.0);
        self.row(grid, &layout, &head, layout.head, Kind::Head);
        let last = rows.len().saturating_sub(1);
        for (place, row) in rows.iter().enumerate() {
            // A sum never stands alone on a page.
            let with_sum = match &foot {
                Some(foot) if place == last => foot.height,
                _ => 0.0,
            };
            if self.y + row.height + with_sum > BOTTOM && self.y > TOP {
                self.next_page();
                self.paragraph(caption, grid.continued, 0.0);
                self.row(grid, &layout, &head, layout.head, Kind::Head);
            }
            self.row(grid, &layout, row, layout.body, Kind::Body);
        }
        if let Some(foot) = &foot {
            self.row(grid, &layout, foot, layout.body, Kind::Foot);
        }
        self.y += 8.0;
    }

    /// The widths of the columns at the largest size at which no word must be torn and not too many must wrap.
    fn lay_out(&self, grid: &Grid<'_>) -> Layout {
        let tried: Vec<(Style, Vec<f32>, Vec<f32>)> = SIZES
            .into_iter()
            .map(|size| {
                let body = Style {
                    face: Face::Table,
                    size,
                    leading: size * 1.35,
                };
                let (least, natural) = self.wishes(grid, body);
                (body, least, natural)
            })
            .collect();
        let fits = |least: &[f32]| least.iter().sum::<f32>() <= WIDTH;
        let asks = |natural: &[f32], times: f32| natural.iter().sum::<f32>() <= WIDTH * times;
        // Best nothing wraps; then little does; then no word is torn at least.
        let mut whole = tried.iter();
        let mut crowded = tried.iter();
        let mut tight = tried.iter();
        let chosen = whole
            .find(|(body, _, natural)| body.size >= READ_EASILY && asks(natural, 1.0))
            .or_else(|| crowded.find(|(_, least, natural)| fits(least) && asks(natural, CROWDED)))
            .or_else(|| tight.find(|(_, least, _)| fits(least)))
            .or(tried.last());
        let (widths, body) = chosen.map_or((Vec::new(), SMALLEST), |(body, least, natural)| {
            (shared_out(least, natural), *body)
        });
        Layout {
            widths,
            body,
            head: Style {
                face: Face::Head,
                ..body
            },
        }
    }

    /// How wide each column must be, and would like to be.
    fn wishes(&self, grid: &Grid<'_>, body: Style) -> (Vec<f32>, Vec<f32>) {
        let bold = Style {
            face: Face::Head,
            ..body
        };
        let mut least = vec![0.0_f32; grid.head.len()];
        let mut natural = least.clone();
        let mut wish = |place: usize, part: f32, whole: f32| {
            if let (Some(least), Some(natural)) = (least.get_mut(place), natural.get_mut(place)) {
                *least = least.max(part + 2.0 * PAD);
                *natural = natural
                    .max((whole + 2.0 * PAD).min(NATURAL_MAX))
                    .max(*least);
            }
        };
        for (place, words) in grid.head.iter().enumerate() {
            // A head may wrap between any two characters, but two at least stay side by side.
            let part = self.measure.widest_part(bold, words).max(body.size * 2.0);
            let whole = self.measure.width(bold, words).min(body.size * 4.0);
            wish(place, part, whole.max(part));
        }
        let rows = grid.rows.iter().map(|row| (row.as_slice(), body));
        for (row, style) in rows.chain([(grid.foot, bold)]) {
            for (place, words) in row.iter().enumerate() {
                let whole = self.measure.width(style, words);
                // A column of single letters can't be read, one of half sentences can.
                let letters = if whole > style.size * LONG {
                    WRAPPED_LONG
                } else {
                    WRAPPED
                };
                let part = self.measure.widest_of_cell(style, words);
                wish(place, part.max(whole.min(style.size * letters)), whole);
            }
        }
        (least, natural)
    }

    fn broken(&self, layout: &Layout, style: Style, row: &[String], kind: Kind) -> Broken {
        let cells: Vec<Vec<Line>> = layout
            .widths
            .iter()
            .enumerate()
            .map(|(place, width)| {
                let words = row.get(place).map_or("", String::as_str);
                let room = width - 2.0 * PAD;
                match kind {
                    Kind::Head => self.measure.lines(style, words, room, 0.0),
                    Kind::Body | Kind::Foot => self.measure.cell(style, words, room),
                }
            })
            .collect();
        let lines = cells.iter().map(Vec::len).max().unwrap_or(1);
        Broken {
            cells,
            height: count(lines) * style.leading + 2.0 * PAD_TALL,
        }
    }

    fn row(&mut self, grid: &Grid<'_>, layout: &Layout, row: &Broken, style: Style, kind: Kind) {
        let top = self.y;
        let bottom = top + row.height;
        if kind == Kind::Head {
            self.put(Mark::Box([LEFT, top, WIDTH, row.height], GROUND));
        }
        let rule = if kind == Kind::Body { THIN } else { THICK };
        self.put(Mark::Rule((LEFT, top), (LEFT + WIDTH, top), rule));
        let mut left = LEFT;
        for (place, (cell, width)) in row.cells.iter().zip(&layout.widths).enumerate() {
            self.put(Mark::Rule((left, top), (left, bottom), THIN));
            let lines = count(cell.len()) * style.leading;
            let mut y = top + (row.height - lines) / 2.0;
            for line in cell {
                let free = width - 2.0 * PAD - line.width() * style.size;
                let shift = match kind {
                    Kind::Head => free / 2.0,
                    _ if (grid.is_words)(place) => 0.0,
                    _ => free,
                };
                let at = y + base_line(style);
                let mark = Mark::Words(left + PAD + shift, at, line.clone(), style.size, 0);
                self.put(mark);
                y += style.leading;
            }
            left += width;
        }
        self.put(Mark::Rule((left, top), (left, bottom), THIN));
        let rule = if kind == Kind::Body { THIN } else { THICK };
        self.put(Mark::Rule((LEFT, bottom), (LEFT + WIDTH, bottom), rule));
        self.y = bottom;
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Head,
    Body,
    Foot,
}

/// The whole width among the columns: each gets what it needs, the rest goes where words would still like to spread.
fn shared_out(least: &[f32], natural: &[f32]) -> Vec<f32> {
    let needed: f32 = least.iter().sum();
    if needed >= WIDTH {
        return least.iter().map(|width| width * WIDTH / needed).collect();
    }
    let asked: f32 = natural.iter().sum();
    if asked <= WIDTH {
        return natural.iter().map(|width| width * WIDTH / asked).collect();
    }
    let part = (WIDTH - needed) / (asked - needed);
    let pairs = least.iter().zip(natural);
    pairs
        .map(|(least, natural)| least + (natural - least) * part)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_fill_the_width() {
        for (least, natural) in [
            ([10.0, 20.0, 30.0], [10.0, 20.0, 30.0]),
            ([10.0, 20.0, 30.0], [400.0, 20.0, 300.0]),
            ([300.0, 300.0, 30.0], [300.0, 300.0, 30.0]),
        ] {
            let widths = shared_out(&least, &natural);
            let sum: f32 = widths.iter().sum();
            assert!((sum - WIDTH).abs() < 0.01, "{widths:?}");
            assert!(widths.iter().all(|width| *width > 0.0));
        }
    }
}
