//! One line of a script: a verb, its arguments, and what words such as `by` and `at` lead in.

use std::collections::BTreeMap;

/// The words that lead in an option; what follows, up to the next of them, is its value.
const LEADS: [&str; 14] = [
    "by",
    "for",
    "at",
    "late-reason",
    "reason",
    "notice",
    "basis",
    "approver",
    "outcome",
    "document",
    "dated",
    "missing",
    "about",
    "id",
];

/// A line, taken apart.
#[derive(Debug)]
pub(super) struct Line {
    verb: String,
    args: std::vec::IntoIter<String>,
    options: BTreeMap<String, Vec<String>>,
}

impl Line {
    pub(super) fn read(text: &str) -> Self {
        let mut words = words(text).into_iter();
        let verb = words.next().unwrap_or_default();
        let mut args = Vec::new();
        let mut options: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let mut lead: Option<String> = None;
        for (word, quoted) in words.map(|w| (w.trim_matches('"').to_owned(), w.starts_with('"'))) {
            if !quoted && LEADS.contains(&word.as_str()) {
                options.insert(word.clone(), Vec::new());
                lead = Some(word);
            } else if let Some(values) = lead.as_ref().and_then(|l| options.get_mut(l)) {
                values.push(word);
            } else {
                args.push(word);
            }
        }
        Self {
            verb: verb.trim_matches('"').to_owned(),
            args: args.into_iter(),
            options,
        }
    }

    pub(super) fn verb(&self) -> &str {
        &self.verb
    }

    /// The next argument, which must be there.
    pub(super) fn arg(&mut self) -> String {
        match self.args.next() {
            Some(arg) => arg,
            None => panic!("`{}` needs one argument more", self.verb),
        }
    }

    /// The next argument, if there is one.
    pub(super) fn arg_if_any(&mut self) -> Option<String> {
        self.args.next()
    }

    /// All arguments that are left, as one text.
    pub(super) fn rest(&mut self) -> String {
        self.args.by_ref().collect::<Vec<_>>().join(" ")
    }

    /// All arguments that are left.
    pub(super) fn args(&mut self) -> Vec<String> {
        self.args.by_ref().collect()
    }

    /// The value of an option.
    pub(super) fn option(&mut self, lead: &str) -> Option<String> {
        self.options.remove(lead).map(|words| words.join(" "))
    }

    /// The value of an option as a list.
    pub(super) fn list(&mut self, lead: &str) -> Vec<String> {
        self.options.remove(lead).unwrap_or_default()
    }

    /// Everything was understood, or the script is wrong.
    pub(super) fn end(mut self) {
        let left = self.args();
        assert!(
            left.is_empty() && self.options.is_empty(),
            "`{}` doesn't know {left:?} {:?}",
            self.verb,
            self.options
        );
    }
}

/// Words are parted by blanks; a quoted text is one word and keeps its quotes.
fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut quoted = false;
    for c in text.chars() {
        if c == '"' {
            quoted = !quoted;
        }
        if c.is_whitespace() && !quoted {
            words.push(std::mem::take(&mut word));
        } else {
            word.push(c);
        }
    }
    words.push(word);
    words.retain(|w| !w.is_empty());
    words
}
