//! What fits into a line: characters with their widths, where a line may break, and how it is spread to its full width.

use std::cell::RefCell;
use std::collections::HashMap;

use skrifa::instance::{LocationRef, Size};
use skrifa::{GlyphId, MetadataProvider};

use super::{Face, Fonts};
use crate::table::is_wide;

/// Marks that don't begin a line (GB/T 15834—2011, 5.1).
const NOT_FIRST: &str = "，。、；：？！）》〉」』】〕％…—·”’,.;:?!)]}%°";
/// Marks that don't end a line.
const NOT_LAST: &str = "（《〈「『【〔“‘([{";
/// A line with more spaces is no Chinese.
const SPACES_MAX: usize = 3;
/// Between two letters at most so much of their size is added to spread a line.
const SPREAD_MAX: f32 = 0.25;

/// Words of a cell that are so short stay on one line: a name with its comma.
const SHORT_MAX: usize = 5;
/// What sums of widths may be off by.
const ROUNDING: f32 = 0.001;

/// How words are written.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Style {
    pub(crate) face: Face,
    /// Points.
    pub(crate) size: f32,
    /// From line to line, points.
    pub(crate) leading: f32,
}

/// A letter of a font.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Letter {
    pub(super) face: Face,
    pub(super) glyph: u32,
    /// How wide it is, in parts of its size.
    pub(super) advance: f32,
    pub(super) character: char,
}

/// A line of letters.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Line {
    pub(super) letters: Vec<Letter>,
    /// Added behind each letter, in parts of its size.
    pub(super) spread: f32,
}

impl Line {
    /// Its width in parts of the size, as it is spread.
    pub(super) fn width(&self) -> f32 {
        let gaps = self.letters.len().saturating_sub(1);
        let natural: f32 = self.letters.iter().map(|letter| letter.advance).sum();
        natural + self.spread * count(gaps)
    }
}

fn count(number: usize) -> f32 {
    f32::from(u16::try_from(number).unwrap_or(u16::MAX))
}

/// Finds letters and their widths, each once.
pub(super) struct Measure<'a> {
    fonts: &'a Fonts,
    known: RefCell<HashMap<(Face, char), Letter>>,
}

impl<'a> Measure<'a> {
    pub(super) fn new(fonts: &'a Fonts) -> Self {
        Self {
            fonts,
            known: RefCell::default(),
        }
    }

    /// A letter; one that the face hasn't got comes from the tables' face, else it is the font's own sign for that.
    pub(super) fn letter(&self, face: Face, character: char) -> Letter {
        if let Some(known) = self.known.borrow().get(&(face, character)) {
            return *known;
        }
        let found = self
            .look_up(face, character)
            .or_else(|| self.look_up(Face::Table, character))
            .unwrap_or(Letter {
                face,
                glyph: 0,
                advance: 1.0,
                character,
            });
        self.known.borrow_mut().insert((face, character), found);
        found
    }

    fn look_up(&self, face: Face, character: char) -> Option<Letter> {
        let font = self.fonts.face(face).font_ref()?;
        let glyph = font.charmap().map(character)?;
        let metrics = font.glyph_metrics(Size::unscaled(), LocationRef::default());
        let em = f32::from(metrics_em(&font)?);
        let advance = metrics.advance_width(glyph)? / em;
        Some(Letter {
            face,
            glyph: GlyphId::to_u32(glyph),
            advance,
            character,
        })
    }

    /// Words as letters, without what can't be seen.
    pub(super) fn letters(&self, face: Face, words: &str) -> Vec<Letter> {
        let visible = words.chars().filter(|c| !c.is_control());
        visible.map(|c| self.letter(face, c)).collect()
    }

    /// How wide words are on one line, in points.
    pub(super) fn width(&self, style: Style, words: &str) -> f32 {
        let letters = self.letters(style.face, words);
        letters.iter().map(|letter| letter.advance).sum::<f32>() * style.size
    }

    /// The widest part of a line that doesn't break, in points.
    pub(super) fn widest_part(&self, style: Style, words: &str) -> f32 {
        widest(&parts(self.letters(style.face, words)), style)
    }

    /// The same of a cell.
    pub(super) fn widest_of_cell(&self, style: Style, words: &str) -> f32 {
        widest(&self.cell_parts(style, words), style)
    }

    /// Words as lines of a width, the first one shorter by an indent. A part that is longer than a line breaks anywhere.
    pub(super) fn lines(&self, style: Style, words: &str, width: f32, indent: f32) -> Vec<Line> {
        let parts = parts(self.letters(style.face, words));
        filled(parts, style, width, indent)
    }

    /// The words of a cell as lines: names between commas stay whole.
    pub(super) fn cell(&self, style: Style, words: &str, width: f32) -> Vec<Line> {
        filled(self.cell_parts(style, words), style, width, 0.0)
    }

    /// The parts of a cell that don't break: short words as they are, such as a person's name or a state.
    fn cell_parts(&self, style: Style, words: &str) -> Vec<Vec<Letter>> {
        let names = || words.split_inclusive('、');
        if names().all(|name| name.chars().count() <= SHORT_MAX) {
            return names().map(|name| self.letters(style.face, name)).collect();
        }
        parts(self.letters(style.face, words))
    }

    /// Spreads all lines but the last to the full width, as far as that doesn't tear them.
    pub(super) fn spread(lines: &mut [Line], style: Style, width: f32, indent: f32) {
        let last = lines.len().saturating_sub(1);
        for (place, line) in lines.iter_mut().enumerate().take(last) {
            // Words of Latin letters aren't torn apart: such lines end where they end.
            let spaces = line.letters.iter().filter(|l| l.character == ' ');
            if spaces.count() > SPACES_MAX {
                continue;
            }
            let room = if place == 0 { width - indent } else { width };
            let room = room / style.size;
            let gaps = line.letters.len().saturating_sub(1);
            let spread = (room - line.width()) / count(gaps.max(1));
            if (0.0..=SPREAD_MAX).contains(&spread) {
                line.spread = spread;
            }
        }
    }
}

/// Parts as lines of a width, the first one shorter by an indent.
fn filled(parts: Vec<Vec<Letter>>, style: Style, width: f32, indent: f32) -> Vec<Line> {
    let room_of = |place: usize| {
        let room = if place == 0 { width - indent } else { width };
        (room / style.size).max(1.0) + ROUNDING
    };
    let mut lines: Vec<Line> = Vec::new();
    let mut line = Line::default();
    let mut used = 0.0;
    for part in parts {
        let mut waiting = Some(part);
        while let Some(part) = waiting.take() {
            let room = room_of(lines.len());
            let wide = width_of(&part);
            if used + wide <= room {
                used += wide;
                line.letters.extend(part);
            } else if !line.letters.is_empty() {
                lines.push(std::mem::take(&mut line));
                used = 0.0;
                waiting = Some(trimmed(part));
            } else {
                let (head, rest) = torn(part, room);
                used = width_of(&head);
                line.letters.extend(head);
                waiting = Some(rest).filter(|rest| !rest.is_empty());
            }
        }
    }
    lines.push(line);
    for line in &mut lines {
        while line.letters.last().is_some_and(|l| l.character == ' ') {
            line.letters.pop();
        }
    }
    lines
}

fn metrics_em(font: &skrifa::FontRef<'_>) -> Option<u16> {
    let em = font
        .metrics(Size::unscaled(), LocationRef::default())
        .units_per_em;
    (em > 0).then_some(em)
}

fn widest(parts: &[Vec<Letter>], style: Style) -> f32 {
    let widths = parts.iter().map(|part| width_of(part) * style.size);
    widths.fold(0.0, f32::max)
}

fn width_of(part: &[Letter]) -> f32 {
    part.iter().map(|letter| letter.advance).sum()
}

/// A part that doesn't fit into a whole line: as much of it as does, one letter at least, and the rest.
fn torn(mut part: Vec<Letter>, room: f32) -> (Vec<Letter>, Vec<Letter>) {
    let (mut fits, mut sum) = (0, 0.0);
    for letter in &part {
        sum += letter.advance;
        if sum > room {
            break;
        }
        fits += 1;
    }
    let rest = part.split_off(fits.clamp(1, part.len().max(1)).min(part.len()));
    (part, rest)
}

/// A line doesn't begin with a space.
fn trimmed(mut part: Vec<Letter>) -> Vec<Letter> {
    let spaces = part.iter().take_while(|l| l.character == ' ').count();
    part.drain(..spaces);
    part
}

/// Parts between which a line may break: between any two Chinese characters, after a space, never before a mark that
/// doesn't begin a line or after one that doesn't end it.
fn parts(letters: Vec<Letter>) -> Vec<Vec<Letter>> {
    let mut parts: Vec<Vec<Letter>> = Vec::new();
    for letter in letters {
        let before = parts.last().and_then(|part| part.last()).copied();
        let joined = before.is_some_and(|before| {
            let (before, after) = (before.character, letter.character);
            let is_word = |c: char| !is_wide(c) && c != ' ';
            NOT_FIRST.contains(after)
                || NOT_LAST.contains(before)
                || after == ' '
                || (is_word(before) && is_word(after) && before != '/')
        });
        match parts.last_mut() {
            Some(part) if joined => part.push(letter),
            _ => parts.push(vec![letter]),
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(words: &str) -> Vec<String> {
        let letters = words.chars().map(|character| Letter {
            face: Face::Text,
            glyph: 0,
            advance: 1.0,
            character,
        });
        let parts = parts(letters.collect());
        let text = |part: &Vec<Letter>| part.iter().map(|l| l.character).collect::<String>();
        parts.iter().map(text).collect()
    }

    #[test]
    fn lines_break_where_they_may() {
        assert_eq!(shown("办结3777件。"), ["办", "结", "3777", "件。"]);
        assert_eq!(shown("（甲）乙"), ["（甲）", "乙"]);
        assert_eq!(shown("96.21%，减"), ["96.21%，", "减"]);
        assert_eq!(shown("on time rate"), ["on ", "time ", "rate"]);
    }
}
