//! The drawing surface: shapes and words as SVG text.

use std::fmt::Write as _;

use super::pens::{FONT, Pen, Size, patterns};
use super::{Look, measure};

/// A coordinate or a length: tenths of a unit. A unit is a pixel where the picture isn't scaled.
pub(crate) type Tenths = i64;

/// Whole units as tenths.
pub(crate) const fn units(n: i64) -> Tenths {
    n * 10
}

/// A rectangle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Area {
    pub(crate) x: Tenths,
    pub(crate) y: Tenths,
    pub(crate) width: Tenths,
    pub(crate) height: Tenths,
}

impl Area {
    /// From the left to the right edge, from the top down.
    pub(crate) const fn between(left: Tenths, right: Tenths, top: Tenths, height: Tenths) -> Self {
        Self {
            x: left,
            y: top,
            width: right - left,
            height,
        }
    }
}

/// Which part of a text stands at its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Anchor {
    Start,
    Middle,
    End,
}

/// What a picture is, for those who don't see it.
pub(crate) struct Told<'a> {
    /// A class of the root element.
    pub(crate) class: &'a str,
    /// One line.
    pub(crate) title: &'a str,
    /// The same as the picture, in sentences.
    pub(crate) description: &'a str,
}

/// A drawing that grows from the back to the front.
pub(crate) struct Drawing {
    id: String,
    lang: &'static str,
    body: String,
}

impl Drawing {
    pub(crate) fn new(look: &Look<'_>) -> Self {
        let id = look.id.chars();
        let id: String = id
            .filter(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
            .collect();
        Self {
            // An id begins with a letter.
            id: format!("sx{id}"),
            lang: look.language.tag(),
            body: String::new(),
        }
    }

    /// A rectangle; `hint` is shown where a pointer rests on it.
    pub(crate) fn rect(&mut self, area: Area, pen: Pen, hint: &str) {
        let shape = format!(
            r#"x="{}" y="{}" width="{}" height="{}""#,
            number(area.x),
            number(area.y),
            number(area.width.max(0)),
            number(area.height.max(0)),
        );
        self.shape("rect", &shape, pen, hint);
    }

    pub(crate) fn line(&mut self, from: (Tenths, Tenths), to: (Tenths, Tenths), pen: Pen) {
        let shape = format!(
            r#"x1="{}" y1="{}" x2="{}" y2="{}""#,
            number(from.0),
            number(from.1),
            number(to.0),
            number(to.1),
        );
        self.shape("line", &shape, pen, "");
    }

    pub(crate) fn circle(&mut self, at: (Tenths, Tenths), radius: Tenths, pen: Pen, hint: &str) {
        let shape = format!(
            r#"cx="{}" cy="{}" r="{}""#,
            number(at.0),
            number(at.1),
            number(radius),
        );
        self.shape("circle", &shape, pen, hint);
    }

    pub(crate) fn polygon(&mut self, points: &[(Tenths, Tenths)], pen: Pen, hint: &str) {
        self.shape("polygon", &points_text(points), pen, hint);
    }

    pub(crate) fn polyline(&mut self, points: &[(Tenths, Tenths)], pen: Pen) {
        self.shape("polyline", &points_text(points), pen, "");
    }

    /// A path whose commands the caller wrote.
    pub(crate) fn path(&mut self, commands: &str, pen: Pen) {
        self.shape("path", &format!(r#"d="{commands}""#), pen, "");
    }

    /// Words on one line; `at` is on their base line.
    pub(crate) fn text(
        &mut self,
        at: (Tenths, Tenths),
        size: Size,
        anchor: Anchor,
        pen: Pen,
        words: &str,
    ) {
        if words.is_empty() {
            return;
        }
        let anchor = match anchor {
            Anchor::Start => "",
            Anchor::Middle => r#" text-anchor="middle""#,
            Anchor::End => r#" text-anchor="end""#,
        };
        let shape = format!(
            r#"x="{}" y="{}" font-size="{}"{anchor}"#,
            number(at.0),
            number(at.1),
            number(size.tenths()),
        );
        let start = self.tag("text", &shape, pen);
        let _ = writeln!(self.body, "{start}>{}</text>", escaped(words));
    }

    fn shape(&mut self, name: &str, shape: &str, pen: Pen, hint: &str) {
        let start = self.tag(name, shape, pen);
        let _ = if hint.is_empty() {
            writeln!(self.body, "{start}/>")
        } else {
            let hint = escaped(hint);
            writeln!(self.body, "{start}><title>{hint}</title></{name}>")
        };
    }

    fn tag(&self, name: &str, shape: &str, pen: Pen) -> String {
        let class = pen.class;
        match pen.paint.split_once("url(#") {
            None => format!(r#"<{name} class="{class}" {} {shape}"#, pen.paint),
            Some((before, after)) => {
                format!(
                    r#"<{name} class="{class}" {before}url(#{}-{after} {shape}"#,
                    self.id
                )
            }
        }
    }

    /// The whole picture where it is one of many on a page, so that each byte counts: a title says all, and the fonts and
    /// the language are the page's.
    pub(crate) fn finish_small(
        self,
        width: Tenths,
        height: Tenths,
        class: &str,
        title: &str,
    ) -> String {
        let Self { id, body, .. } = self;
        let (width, height, title) = (number(width), number(height), escaped(title));
        let defs = patterns(&id, &body);
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"sx-picture {class}\" role=\"img\" width=\"{width}\" \
             height=\"{height}\" viewBox=\"0 0 {width} {height}\"><title>{title}</title>\n{defs}{body}</svg>"
        )
    }

    /// The whole picture. It has the size at which its words are as large as a page's; a style sheet may scale it, since
    /// it has a view box.
    pub(crate) fn finish(self, width: Tenths, height: Tenths, told: &Told<'_>) -> String {
        let Self { id, lang, body } = self;
        let (width, height) = (number(width), number(height));
        let (title, description) = (escaped(told.title), escaped(told.description));
        let defs = patterns(&id, &body);
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"sx-picture {class}\" role=\"img\" lang=\"{lang}\" \
             width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" \
             aria-labelledby=\"{id}-title {id}-desc\" font-family=\"{FONT}\">\n\
             <title id=\"{id}-title\">{title}</title>\n<desc id=\"{id}-desc\">{description}</desc>\n{defs}{body}</svg>\n",
            class = told.class,
        )
    }
}

fn points_text(points: &[(Tenths, Tenths)]) -> String {
    let points: Vec<String> = points
        .iter()
        .map(|(x, y)| format!("{},{}", number(*x), number(*y)))
        .collect();
    format!(r#"points="{}""#, points.join(" "))
}

/// Tenths as a decimal number.
pub(crate) fn number(tenths: Tenths) -> String {
    if tenths % 10 == 0 {
        (tenths / 10).to_string()
    } else {
        super::decimal(tenths, 1)
    }
}

/// Text as it may stand in an element or an attribute. Characters that XML knows no way to write are replaced.
pub(crate) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c if measure::is_printable(c) => out.push(c),
            '\t' | '\n' | '\r' => out.push(' '),
            _ => out.push('\u{FFFD}'),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tenths_are_written_as_numbers() {
        for (tenths, text) in [(0, "0"), (125, "12.5"), (120, "12"), (-5, "-0.5")] {
            assert_eq!(number(tenths), text);
        }
    }

    #[test]
    fn nothing_escapes() {
        assert_eq!(
            escaped("<script>'&\"\u{0}\u{FFFE}\n</script>"),
            "&lt;script&gt;&#39;&amp;&quot;\u{FFFD}\u{FFFD} &lt;/script&gt;"
        );
    }
}
