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
        approval::rule::Level::parse(word).map(|level| Self::of(t, level))
    }

    /// A level of the core.
    pub(crate) fn of(t: Texts, level: approval::rule::Level) -> Self {
        let (class, level) = match level {
            approval::rule::Level::Notice => ("notice", Level::Notice),
            approval::rule::Level::Yellow => ("yellow", Level::Yellow),
            approval::rule::Level::Red => ("red", Level::Red),
        };
        Self {
            class,
            shape: words::shape(level),
            word: words::level(t.language(), level),
        }
    }
}
