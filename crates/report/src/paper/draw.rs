//! From marks on pages to the PDF's bytes.

use chrono::{Datelike, Timelike};
use krilla::geom::{PathBuilder, Point, Rect, Size, Transform};
use krilla::metadata::{DateTime, Metadata};
use krilla::num::NormalizedF32;
use krilla::outline::{Outline, OutlineNode};
use krilla::page::PageSettings;
use krilla::paint::{Fill, FillRule, Stroke};
use krilla::surface::Surface;
use krilla::text::{GlyphId, KrillaGlyph};
use krilla::{Document, color::luma};
use krilla_svg::{SurfaceExt, SvgSettings};

use super::PaperError;
use super::fonts::Fonts;
use super::line::{Letter, Line};
use super::sheet::{About, Align, Mark, PAGE, Sheet};

/// The grey of lines.
const RULE: u8 = 60;
/// Page numbers: 四号 (GB/T 9704—2012, 7.5).
const NUMBER_SIZE: f32 = 14.0;
const FOOT_SIZE: f32 = 9.0;

impl Sheet<'_> {
    /// The PDF. The same marks give the same bytes.
    ///
    /// # Errors
    /// What the PDF's library says.
    pub(crate) fn finish(mut self, about: &About) -> Result<Vec<u8>, PaperError> {
        let total = self.pages.len();
        let pages = std::mem::take(&mut self.pages);
        let mut document = Document::new();
        document.set_metadata(metadata(about));
        for (number, marks) in (1_usize..).zip(&pages) {
            let settings = PageSettings::from_wh(PAGE.0, PAGE.1)
                .ok_or_else(|| PaperError::Pdf("the page has no size".to_owned()))?;
            let mut page = document.start_page_with(settings);
            let mut surface = page.surface();
            for mark in marks {
                draw(&mut surface, self.fonts, mark)?;
            }
            let of_all = if about.language == "en" {
                format!("Page {number} of {total}")
            } else {
                format!("第{number}页 共{total}页")
            };
            for foot in [
                self.foot(&about.foot, FOOT_SIZE, Align::Left),
                self.foot(&format!("— {number} —"), NUMBER_SIZE, Align::Middle),
                self.foot(&of_all, FOOT_SIZE, Align::Right),
            ] {
                draw(&mut surface, self.fonts, &foot)?;
            }
            surface.finish();
            page.finish();
        }
        let mut outline = Outline::new();
        for (words, page, y) in &self.outline {
            let to = krilla::destination::XyzDestination::new(*page, Point::from_xy(0.0, *y));
            outline.push_child(OutlineNode::new(words.clone(), to));
        }
        document.set_outline(outline);
        document
            .finish()
            .map_err(|error| PaperError::Pdf(format!("{error:?}")))
    }
}

fn metadata(about: &About) -> Metadata {
    let made = about.made;
    let small = |number: u32| u8::try_from(number).unwrap_or_default();
    let date = DateTime::new(u16::try_from(made.year()).unwrap_or_default())
        .month(small(made.month()))
        .day(small(made.day()))
        .hour(small(made.hour()))
        .minute(small(made.minute()))
        .second(small(made.second()))
        .utc_offset_hour(0);
    Metadata::new()
        .title(about.title.clone())
        .authors(vec![about.organ.clone()])
        .language(about.language.to_owned())
        .creator("shixian".to_owned())
        .creation_date(date)
}

fn draw(surface: &mut Surface<'_>, fonts: &Fonts, mark: &Mark) -> Result<(), PaperError> {
    match mark {
        Mark::Words(x, y, line, size, shade) => {
            words(surface, fonts, (*x, *y), line, (*size, *shade))
        }
        Mark::Rule(from, to, width) => {
            let mut path = PathBuilder::new();
            path.move_to(from.0, from.1);
            path.line_to(to.0, to.1);
            surface.set_fill(None);
            surface.set_stroke(Some(Stroke {
                paint: luma::Color::new(RULE).into(),
                width: *width,
                ..Stroke::default()
            }));
            if let Some(path) = path.finish() {
                surface.draw_path(&path);
            }
        }
        Mark::Box([x, y, width, height], shade) => {
            let mut path = PathBuilder::new();
            if let Some(rect) = Rect::from_xywh(*x, *y, *width, *height) {
                path.push_rect(rect);
            }
            surface.set_stroke(None);
            surface.set_fill(Some(grey(*shade)));
            if let Some(path) = path.finish() {
                surface.draw_path(&path);
            }
        }
        Mark::Picture([x, y, width, height], tree) => {
            surface.push_transform(&Transform::from_translate(*x, *y));
            let size = Size::from_wh(*width, *height)
                .ok_or_else(|| PaperError::Pdf("a picture has no size".to_owned()))?;
            let drawn = surface.draw_svg(tree, size, SvgSettings::default());
            surface.pop();
            drawn.ok_or_else(|| PaperError::Pdf("a picture can't be drawn".to_owned()))?;
        }
    }
    Ok(())
}

fn grey(shade: u8) -> Fill {
    Fill {
        paint: luma::Color::new(shade).into(),
        opacity: NormalizedF32::ONE,
        rule: FillRule::NonZero,
    }
}

/// A line, in one run for each stretch of letters of one font.
fn words(
    surface: &mut Surface<'_>,
    fonts: &Fonts,
    at: (f32, f32),
    line: &Line,
    (size, shade): (f32, u8),
) {
    surface.set_stroke(None);
    surface.set_fill(Some(grey(shade)));
    let mut x = at.0;
    for run in line.letters.chunk_by(|a, b| a.face == b.face) {
        let Some(first) = run.first() else { continue };
        let mut text = String::new();
        let mut glyphs = Vec::new();
        for Letter {
            glyph,
            advance,
            character,
            ..
        } in run
        {
            let from = text.len();
            text.push(*character);
            let advance = advance + line.spread;
            glyphs.push(KrillaGlyph::new(
                GlyphId::new(*glyph),
                advance,
                0.0,
                0.0,
                0.0,
                from..text.len(),
                None,
            ));
        }
        let font = fonts.face(first.face).font.clone();
        surface.draw_glyphs(Point::from_xy(x, at.1), &glyphs, font, &text, size, false);
        x += glyphs.iter().map(|glyph| glyph.x_advance).sum::<f32>() * size;
    }
}
