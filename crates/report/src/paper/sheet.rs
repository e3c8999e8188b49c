//! What goes onto which page: words, tables and pictures from the top down, a new page where one is full.

use super::fonts::Fonts;
use super::line::{Line, Measure, Style};
use super::{Face, PaperError};

/// Points of a millimetre.
const MM: f32 = 72.0 / 25.4;
/// A4.
pub(super) const PAGE: (f32, f32) = (210.0 * MM, 297.0 * MM);
/// GB/T 9704—2012, 5.2.1.
pub(super) const TOP: f32 = 37.0 * MM;
pub(super) const LEFT: f32 = 28.0 * MM;
pub(super) const WIDTH: f32 = 156.0 * MM;
pub(super) const BOTTOM: f32 = TOP + 225.0 * MM;
/// The page's number stands 7 mm below the type area (7.5).
pub(super) const FOOT: f32 = BOTTOM + 7.0 * MM + 10.0;

/// Where words stand in their width.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Align {
    Left,
    Middle,
    Right,
    /// Right, but for the width of two letters: where an organ signs (GB/T 9704—2012, 7.3.5).
    Signed,
}

/// What is on a page.
pub(super) enum Mark {
    /// A line of letters from a point on its base line; the size; from black (0) to white.
    Words(f32, f32, Line, f32, u8),
    /// A straight line; its width.
    Rule((f32, f32), (f32, f32), f32),
    /// A filled box: left, top, width, height; from black (0) to white.
    Box([f32; 4], u8),
    /// A picture: left, top, width, height.
    Picture([f32; 4], Box<usvg::Tree>),
}

/// What a paper is about, for those who look for it.
#[derive(Clone, Debug)]
pub(crate) struct About {
    pub(crate) title: String,
    pub(crate) organ: String,
    /// As pages name it: zh-CN, en.
    pub(crate) language: &'static str,
    pub(crate) made: chrono::DateTime<chrono::Utc>,
    /// At the foot of each page, beside its number.
    pub(crate) foot: String,
}

/// The pages of a paper, being filled.
pub(crate) struct Sheet<'a> {
    pub(super) fonts: &'a Fonts,
    pub(super) measure: Measure<'a>,
    pub(super) pages: Vec<Vec<Mark>>,
    /// The headings with their page and height, for the outline.
    pub(super) outline: Vec<(String, usize, f32)>,
    /// Where the next thing goes.
    pub(super) y: f32,
}

impl<'a> Sheet<'a> {
    pub(crate) fn new(fonts: &'a Fonts) -> Self {
        Self {
            fonts,
            measure: Measure::new(fonts),
            pages: vec![Vec::new()],
            outline: Vec::new(),
            y: TOP,
        }
    }

    pub(super) fn put(&mut self, mark: Mark) {
        if let Some(page) = self.pages.last_mut() {
            page.push(mark);
        }
    }

    pub(crate) fn next_page(&mut self) {
        self.pages.push(Vec::new());
        self.y = TOP;
    }

    /// A new page, unless there is so much room on this one.
    pub(crate) fn need(&mut self, height: f32) {
        if self.y + height > BOTTOM && self.y > TOP {
            self.next_page();
        }
    }

    /// Space, but not at the top of a page.
    pub(crate) fn space(&mut self, height: f32) {
        if self.y > TOP {
            self.y += height;
        }
    }

    /// A paragraph, its first line indented, its lines spread to the full width.
    pub(crate) fn paragraph(&mut self, style: Style, words: &str, indent: f32) {
        let mut lines = self.measure.lines(style, words, WIDTH, indent);
        Measure::spread(&mut lines, style, WIDTH, indent);
        for (place, line) in lines.into_iter().enumerate() {
            let left = if place == 0 { LEFT + indent } else { LEFT };
            self.line(style, line, left, 0);
        }
    }

    /// Lines that stand left, right or in the middle.
    pub(crate) fn aligned(&mut self, style: Style, words: &str, align: Align) {
        for line in self.measure.lines(style, words, WIDTH, 0.0) {
            let free = WIDTH - line.width() * style.size;
            let left = match align {
                Align::Left => 0.0,
                Align::Middle => free / 2.0,
                Align::Right => free,
                Align::Signed => free - 2.0 * style.size,
            };
            self.line(style, line, LEFT + left, 0);
        }
    }

    /// A heading: never alone at the foot of a page.
    pub(crate) fn heading(&mut self, style: Style, words: &str, indent: f32) {
        self.need(style.leading * 4.0);
        self.outline
            .push((words.to_owned(), self.pages.len() - 1, self.y));
        self.paragraph(style, words, indent);
    }

    /// A note in a frame of its own, in small words.
    pub(crate) fn note(&mut self, style: Style, words: &str) {
        const PAD: f32 = 6.0;
        let inner = WIDTH - 2.0 * PAD - 6.0;
        let lines = self.measure.lines(style, words, inner, 0.0);
        let height = style.leading * count(lines.len()) + 2.0 * PAD;
        self.need(height);
        let top = self.y;
        self.put(Mark::Box([LEFT, top, 3.0, height], 90));
        self.put(Mark::Rule((LEFT, top), (LEFT + WIDTH, top), 0.4));
        self.put(Mark::Rule(
            (LEFT, top + height),
            (LEFT + WIDTH, top + height),
            0.4,
        ));
        self.y += PAD;
        for line in lines {
            self.line(style, line, LEFT + PAD + 6.0, 40);
        }
        self.y = top + height + PAD;
    }

    /// A picture over the whole width.
    ///
    /// # Errors
    /// A picture that is no SVG.
    pub(crate) fn picture(&mut self, svg: &str) -> Result<(), PaperError> {
        let options = usvg::Options {
            fontdb: std::sync::Arc::clone(&self.fonts.pictures),
            ..usvg::Options::default()
        };
        let tree = usvg::Tree::from_str(svg, &options).map_err(PaperError::Picture)?;
        let size = tree.size();
        let height = WIDTH / size.width() * size.height();
        self.need(height.min(BOTTOM - TOP));
        let area = [LEFT, self.y, WIDTH, height];
        self.put(Mark::Picture(area, Box::new(tree)));
        self.y += height;
        Ok(())
    }

    fn line(&mut self, style: Style, line: Line, left: f32, shade: u8) {
        self.need(style.leading);
        let y = self.y + base_line(style);
        self.put(Mark::Words(left, y, line, style.size, shade));
        self.y += style.leading;
    }

    /// A line at the foot of a page.
    pub(super) fn foot(&self, words: &str, size: f32, align: Align) -> Mark {
        let line = Line {
            letters: self.measure.letters(Face::Text, words),
            spread: 0.0,
        };
        let free = WIDTH - line.width() * size;
        let left = match align {
            Align::Left => 0.0,
            Align::Middle => free / 2.0,
            Align::Right | Align::Signed => free,
        };
        Mark::Words(LEFT + left, FOOT, line, size, 0)
    }
}

/// From the top of a line's room down to its base line: Chinese letters stand 0.88 of their size above it.
pub(super) fn base_line(style: Style) -> f32 {
    (style.leading - style.size) / 2.0 + style.size * 0.86
}

pub(super) fn count(number: usize) -> f32 {
    f32::from(u16::try_from(number).unwrap_or(u16::MAX))
}
