//! Rust sources without what isn't code, so that a word in a comment or a string isn't taken for a call.

/// The source with comments, strings and characters blanked out; every line keeps its number.
pub(crate) fn code_of(source: &str) -> String {
    let text: Vec<char> = source.chars().collect();
    let mut code = String::with_capacity(source.len());
    let mut at = 0;
    while at < text.len() {
        let end = end_of_blank(&text, at);
        if end == at {
            code.push(text[at]);
            at += 1;
        } else {
            code.extend(
                text[at..end]
                    .iter()
                    .map(|c| if *c == '\n' { '\n' } else { ' ' }),
            );
            at = end;
        }
    }
    code
}

/// The code without its modules for tests; every line keeps its number.
pub(crate) fn without_tests(code: &str) -> String {
    const MARK: &str = "#[cfg(test)]";
    let mut rest = code;
    let mut kept = String::with_capacity(code.len());
    while let Some(start) = rest.find(MARK) {
        kept.push_str(&rest[..start]);
        let end = start + end_of_item(&rest[start..]);
        kept.extend(rest[start..end].chars().filter(|c| *c == '\n'));
        rest = &rest[end..];
    }
    kept + rest
}

/// The numbers of the lines on which the word stands by itself, not as a part of a longer one.
pub(crate) fn lines_with(code: &str, word: &str) -> Vec<usize> {
    code.lines()
        .enumerate()
        .filter(|(_, line)| has_word(line, word))
        .map(|(index, _)| index + 1)
        .collect()
}

/// Whether the word stands in the text with no letter, digit or underscore before it, nor after it if it ends in one.
pub(crate) fn has_word(text: &str, word: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(word).any(|(start, _)| {
        let ends_open = word.chars().next_back().is_some_and(|c| !is_part(c));
        let before = text[..start].chars().next_back();
        let after = text[start + word.len()..].chars().next();
        !before.is_some_and(is_part) && (ends_open || !after.is_some_and(is_part))
    })
}

fn end_of_blank(text: &[char], at: usize) -> usize {
    let next = text.get(at + 1).copied();
    match text[at] {
        '/' if next == Some('/') => find(text, at, '\n'),
        '/' if next == Some('*') => end_of_comment(text, at),
        '"' => end_of_quoted(text, at, '"'),
        '\'' => end_of_character(text, at),
        'r' if !follows_a_word(text, at) => end_of_raw(text, at),
        _ => at,
    }
}

fn find(text: &[char], from: usize, wanted: char) -> usize {
    text[from..]
        .iter()
        .position(|c| *c == wanted)
        .map_or(text.len(), |distance| from + distance)
}

/// Comments nest.
fn end_of_comment(text: &[char], start: usize) -> usize {
    let (mut at, mut depth) = (start, 0);
    while at < text.len() {
        match (text[at], text.get(at + 1)) {
            ('/', Some('*')) => {
                depth += 1;
                at += 2;
            }
            ('*', Some('/')) => {
                depth -= 1;
                at += 2;
                if depth == 0 {
                    return at;
                }
            }
            _ => at += 1,
        }
    }
    at
}

fn end_of_quoted(text: &[char], start: usize, quote: char) -> usize {
    let mut at = start + 1;
    while at < text.len() && text[at] != quote {
        at += if text[at] == '\\' { 2 } else { 1 };
    }
    (at + 1).min(text.len())
}

/// A quote is a character's, or a lifetime's, which ends nowhere.
fn end_of_character(text: &[char], start: usize) -> usize {
    match (text.get(start + 1), text.get(start + 2)) {
        (Some('\\'), _) | (Some(_), Some('\'')) => end_of_quoted(text, start, '\''),
        _ => start,
    }
}

fn end_of_raw(text: &[char], start: usize) -> usize {
    let hashes = text[start + 1..].iter().take_while(|c| **c == '#').count();
    let open = start + 1 + hashes;
    if text.get(open) != Some(&'"') {
        return start;
    }
    let is_end = |at: usize| {
        text[at] == '"'
            && text[at + 1..]
                .iter()
                .take(hashes)
                .filter(|c| **c == '#')
                .count()
                == hashes
    };
    (open + 1..text.len())
        .find(|at| is_end(*at))
        .map_or(text.len(), |at| at + 1 + hashes)
}

/// `br"…"` and `cr"…"` are raw strings too; an r that ends another word begins none.
fn follows_a_word(text: &[char], at: usize) -> bool {
    let is_part = |index: usize| text[index].is_alphanumeric() || text[index] == '_';
    match at {
        0 => false,
        _ if matches!(text[at - 1], 'b' | 'c') => at > 1 && is_part(at - 2),
        _ => is_part(at - 1),
    }
}

/// Where the item that begins here ends: with its closing brace, or with the semicolon of `mod tests;`.
fn end_of_item(code: &str) -> usize {
    let mut depth = 0_u32;
    for (at, c) in code.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth <= 1 => return at + 1,
            '}' => depth -= 1,
            ';' if depth == 0 => return at + 1,
            _ => {}
        }
    }
    code.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_code_is_blanked() {
        fn check(source: &str, expected: &str) {
            assert_eq!(code_of(source), expected, "{source}");
        }
        check("a // b\nc", "a     \nc");
        check("a /* b /* c */ d */ e", "a                   e");
        check("f(\"x\\\"y\", 1)", "f(      , 1)");
        check("f(r#\"a\"b\"#, 1)", "f(        , 1)");
        check("f(br\"a\\\", 1)", "f(b     , 1)");
        check("let c = '\\''; d", "let c =     ; d");
        check("fn f<'a>(x: &'a str) {}", "fn f<'a>(x: &'a str) {}");
        check("r#type + for\"x\"", "r#type + for   ");
        check("\"限\n时\"", "  \n  ");
        check("\"open", "     ");
    }

    #[test]
    fn words_stand_by_themselves() {
        fn check(text: &str, word: &str, expected: bool) {
            assert_eq!(has_word(text, word), expected, "{word} in {text}");
        }
        check("let x: f64 = y;", "f64", true);
        check("as_f64(x)", "f64", false);
        check("f64x", "f64", false);
        check("chrono::Utc::now()", "Utc::now", true);
        check("MyUtc::now()", "Utc::now", false);
        check("std::fs::read(x)", "fs::", true);
        check("dfs::search(x)", "fs::", false);
    }

    #[test]
    fn tests_are_left_out() {
        let code = "use a;\n#[cfg(test)]\nmod tests {\n    fn f() { g() }\n}\nuse b;\n#[cfg(test)]\nmod more;\nuse c;\n";
        assert_eq!(without_tests(code), "use a;\n\n\n\n\nuse b;\n\n\nuse c;\n");
        assert_eq!(lines_with(&without_tests(code), "c"), [9]);
    }
}
