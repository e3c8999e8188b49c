//! How wide words are, without a font: a Chinese character is one em, others are taken a little too wide than too narrow.

use super::pens::Size;
use super::svg::Tenths;
use crate::table::is_wide;

/// A hundredth of an em for each kind of character.
const fn hundredths(c: char) -> i64 {
    match c {
        c if is_wide(c) => 100,
        // Signs that Chinese fonts draw in a full square.
        '\u{2010}'..='\u{27BF}' | '·' | '×' => 100,
        'm' | 'w' | 'M' | 'W' | '%' | '@' | '&' => 92,
        'A'..='H' | 'J'..='Z' | '+' | '=' | '<' | '>' | '~' => 68,
        'i' | 'j' | 'l' | 'I' | '.' | ',' | ':' | ';' | '\'' | '|' | '!' => 32,
        ' ' | 'f' | 't' | 'r' | '(' | ')' | '[' | ']' | '/' | '-' => 40,
        _ => 60,
    }
}

/// The width of words at a size.
pub(crate) fn width(words: &str, size: Size) -> Tenths {
    let sum: i64 = words.chars().map(hundredths).sum();
    (sum * size.tenths() + 99) / 100
}

/// The words, cut with an ellipsis to what fits; none if not even two characters do.
pub(crate) fn fitted(words: &str, size: Size, room: Tenths) -> Option<String> {
    if width(words, size) <= room {
        return Some(words.to_owned());
    }
    let mut cut: Vec<char> = words.chars().collect();
    while cut.len() > 2 {
        cut.pop();
        let shorter: String = cut.iter().collect::<String>().trim_end().to_owned() + "…";
        if width(&shorter, size) <= room {
            return Some(shorter);
        }
    }
    None
}

/// The words as lines, broken where a list has its commas; a part that is too long for a line is cut.
pub(crate) fn lines(parts: &[String], between: &str, size: Size, room: Tenths) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for part in parts {
        if let Some(last) = lines.last_mut() {
            let longer = format!("{last}{between}{part}");
            if width(&longer, size) <= room {
                *last = longer;
                continue;
            }
        }
        lines.push(fitted(part, size, room).unwrap_or_default());
    }
    lines
}

/// Whether XML can carry a character: XML 1.0 § 2.2, without the control characters that nobody sees.
pub(crate) const fn is_printable(c: char) -> bool {
    !c.is_ascii_control() && !matches!(c, '\u{7F}'..='\u{9F}' | '\u{FFFE}' | '\u{FFFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chinese_is_an_em_wide() {
        assert_eq!(width("办件", Size::Small), 2 * Size::Small.tenths());
        assert!(width("12", Size::Small) < width("办", Size::Small) * 2);
    }

    #[test]
    fn what_is_too_long_is_cut() {
        let room = width("四个字…", Size::Small);
        assert_eq!(
            fitted("四个字的", Size::Small, room).as_deref(),
            Some("四个字的")
        );
        assert_eq!(
            fitted("四个字的话", Size::Small, room).as_deref(),
            Some("四个字…")
        );
        assert_eq!(fitted("四个字", Size::Small, 10), None);
    }

    #[test]
    fn lists_break_between_their_parts() {
        let parts = ["甲乙丙", "丁戊", "己"].map(str::to_owned);
        let room = width("甲乙丙，丁", Size::Small);
        assert_eq!(
            lines(&parts, "，", Size::Small, room),
            ["甲乙丙", "丁戊，己"]
        );
    }
}
