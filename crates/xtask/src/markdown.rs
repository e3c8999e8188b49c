//! What of Markdown the structure check must understand: headings and links.

/// A link as it is written, and the number of its line.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Link {
    pub(crate) line: usize,
    pub(crate) target: String,
}

/// How many headings a text has.
pub(crate) fn headings(text: &str) -> usize {
    prose(text).filter(|(_, line)| is_heading(line)).count()
}

/// All links and pictures of a text, also those written as HTML and as reference definitions.
pub(crate) fn links(text: &str) -> Vec<Link> {
    let mut links = Vec::new();
    for (number, line) in prose(text) {
        let line = without_code(line);
        let definition = line
            .trim_start()
            .strip_prefix('[')
            .and_then(|rest| rest.split_once("]: "));
        let defined = definition.map(|(_, target)| target);
        let inline = after_each(&line, "](").map(|rest| rest.split(')').next().unwrap_or(rest));
        let html = ["src=\"", "href=\""]
            .into_iter()
            .flat_map(|mark| after_each(&line, mark));
        let html = html.map(|rest| rest.split('"').next().unwrap_or(rest));
        // A title may follow the target, and the target may stand in angle brackets.
        let bare = |text: &str| {
            text.split_whitespace()
                .next()
                .unwrap_or("")
                .trim_matches(['<', '>'])
                .to_owned()
        };
        let targets = defined.into_iter().chain(inline).chain(html).map(bare);
        links.extend(targets.map(|target| Link {
            line: number,
            target,
        }));
    }
    links
}

/// The path from the root that a link in `file` leads to; none if it leads elsewhere or stays on the page.
pub(crate) fn path_of(file: &str, target: &str) -> Option<String> {
    if target.starts_with('#') || target.contains("://") || target.starts_with("mailto:") {
        return None;
    }
    let path = decoded(target.split(['#', '?']).next().unwrap_or(target));
    let mut parts: Vec<&str> = match path.strip_prefix('/') {
        Some(_) => Vec::new(),
        None => file
            .rsplit_once('/')
            .map(|(folder, _)| folder.split('/').collect())
            .unwrap_or_default(),
    };
    for part in path.split('/') {
        match part {
            "" | "." => {}
            // Above the root there is nothing of ours: the path stays one that doesn't exist.
            ".." if parts.last().is_none_or(|last| *last == "..") => parts.push(".."),
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// The lines outside code blocks, with their numbers.
fn prose(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut fence = None;
    text.lines().enumerate().filter_map(move |(index, line)| {
        let start = line.trim_start();
        let mark = ["```", "~~~"]
            .into_iter()
            .find(|mark| start.starts_with(mark));
        match (fence, mark) {
            (None, Some(_)) => fence = mark,
            (Some(open), Some(mark)) if open == mark => fence = None,
            (None, None) => return Some((index + 1, line)),
            _ => {}
        }
        None
    })
}

fn is_heading(line: &str) -> bool {
    let signs = line.chars().take_while(|c| *c == '#').count();
    (1..=6).contains(&signs) && line[signs..].starts_with(' ')
}

/// The line without what stands between backticks.
fn without_code(line: &str) -> String {
    let parts: Vec<_> = line.split('`').collect();
    // An odd backtick at the end opens nothing.
    let is_text = |index: usize| index.is_multiple_of(2) || index + 1 == parts.len();
    parts
        .iter()
        .enumerate()
        .filter(|(index, _)| is_text(*index))
        .map(|(_, part)| *part)
        .collect()
}

fn after_each<'t>(line: &'t str, mark: &'t str) -> impl Iterator<Item = &'t str> {
    line.match_indices(mark)
        .map(move |(start, _)| &line[start + mark.len()..])
}

/// %E6%97%B6 as 时.
fn decoded(path: &str) -> String {
    let bytes = path.as_bytes();
    let mut plain = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let code = bytes
            .get(at + 1..at + 3)
            .and_then(|digits| std::str::from_utf8(digits).ok());
        match code.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) if bytes[at] == b'%' => {
                plain.push(byte);
                at += 3;
            }
            _ => {
                plain.push(bytes[at]);
                at += 1;
            }
        }
    }
    String::from_utf8(plain).unwrap_or_else(|_| path.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_are_counted_outside_code() {
        assert_eq!(
            headings("# A\ntext\n## B\n```sh\n# a comment\n```\n#hashtag\n####### seven\n"),
            2
        );
    }

    #[test]
    fn links_are_found() {
        fn check(text: &str, expected: &[&str]) {
            let targets: Vec<_> = links(text).into_iter().map(|link| link.target).collect();
            assert_eq!(targets, expected, "{text}");
        }
        check(
            "see [a](docs/A.md) and ![b](b.png \"title\")",
            &["docs/A.md", "b.png"],
        );
        check("`[a](b)` [c](<d>)", &["d"]);
        check("```\n[a](b)\n```\n[c]: d.md", &["d.md"]);
        check(
            "<img src=\"x.svg\" alt=\"\"> [![badge](y.svg)](z.md)",
            &["y.svg", "z.md", "x.svg"],
        );
        check("no link (here)", &[]);
        assert_eq!(links("a\n[b](c)")[0].line, 2);
    }

    #[test]
    fn links_lead_to_paths() {
        fn check(file: &str, target: &str, expected: Option<&str>) {
            assert_eq!(
                path_of(file, target).as_deref(),
                expected,
                "{target} in {file}"
            );
        }
        check("README.md", "docs/A.md#part", Some("docs/A.md"));
        check("docs/A.md", "../README.md", Some("README.md"));
        check("docs/A.md", "./pictures/", Some("docs/pictures"));
        check("docs/A.md", "/README.md", Some("README.md"));
        check("README.md", "../outside.md", Some("../outside.md"));
        check("README.md", "docs/%E6%97%B6.md", Some("docs/时.md"));
        check("README.md", "#part", None);
        check("README.md", "https://example.org/a.md", None);
        check("README.md", "mailto:a@example.org", None);
    }
}
