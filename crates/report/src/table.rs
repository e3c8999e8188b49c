//! Columns on a terminal: Chinese characters are two cells wide.

/// Whether a character is twice as wide as a letter (Unicode's East Asian Width: wide and full width).
pub(crate) const fn is_wide(c: char) -> bool {
    matches!(
        c,
        '\u{1100}'..='\u{115F}'
        | '\u{2E80}'..='\u{303E}'
        | '\u{3041}'..='\u{A4CF}'
        | '\u{AC00}'..='\u{D7A3}'
        | '\u{F900}'..='\u{FAFF}'
        | '\u{FE30}'..='\u{FE6F}'
        | '\u{FF00}'..='\u{FF60}'
        | '\u{FFE0}'..='\u{FFE6}'
        | '\u{20000}'..='\u{3FFFD}'
    )
}

/// The cells that a text takes.
pub fn cells(text: &str) -> usize {
    text.chars().map(|c| if is_wide(c) { 2 } else { 1 }).sum()
}

/// Lays out rows under a heading, the first column to the left, the others to the right.
pub fn lay_out(heading: &[&str], rows: &[Vec<String>]) -> String {
    let mut widths: Vec<usize> = heading.iter().map(|h| cells(h)).collect();
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cells(cell));
        }
    }
    let heading: Vec<String> = heading.iter().map(|&h| h.to_owned()).collect();
    let mut text = line(&heading, &widths);
    let rule: usize = widths.iter().sum::<usize>() + 2 * widths.len().saturating_sub(1);
    text.push_str(&"-".repeat(rule));
    text.push('\n');
    for row in rows {
        text.push_str(&line(row, &widths));
    }
    text
}

fn line(row: &[String], widths: &[usize]) -> String {
    let mut text = String::new();
    for (place, (cell, width)) in row.iter().zip(widths).enumerate() {
        let pad = " ".repeat(width.saturating_sub(cells(cell)));
        if place == 0 {
            text.push_str(cell);
            text.push_str(&pad);
        } else {
            text.push_str("  ");
            text.push_str(&pad);
            text.push_str(cell);
        }
    }
    text.truncate(text.trim_end().len());
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chinese_takes_two_cells() {
        assert_eq!(cells("办件 A"), 6);
        assert_eq!(cells("(时限)"), 6);
    }

    #[test]
    fn columns_align() {
        let rows = [
            vec!["办件".to_owned(), "3777".to_owned()],
            vec!["x".to_owned(), "—".to_owned()],
        ];
        let text = lay_out(&["指标", "公布"], &rows);
        let ends: Vec<usize> = text.lines().map(cells).collect();
        assert_eq!(ends, [10, 10, 10, 10], "{text}");
    }
}
