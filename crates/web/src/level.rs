//! A warning's level: always colour, word and shape together.

use notify::{Level, words};

use crate::texts::Texts;

/// A level as pages show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mark {
    /// The class of the style sheet: `notice`, `yellow`, `red`.
    pub(crate) class: &'static str,
    /// ● ◆ ■
    pub(crate) shape: &'static str,
    /// 预警 黄牌 红牌
    pub(crate) word: &'static str,
}

impl Mark {
    /// Reads the record's word.
    pub(crate) fn parse(t: Texts, word: &str) -> Option<Self> {
        let (class, level) = match word {
            "notice" => ("notice", Level::Notice),
            "yellow" => ("yellow", Level::Yellow),
            "red" => ("red", Level::Red),
            _ => return None,
        };
        Some(Self {
            class,
            shape: words::shape(level),
            word: words::level(t.language(), level),
        })
    }
}
