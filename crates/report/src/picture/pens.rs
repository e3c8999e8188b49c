//! What things look like: the tokens of all pictures, in one place.
//!
//! Yellow and red are for cards alone. Whatever differs in colour differs in shape or pattern too.

use std::fmt::Write as _;

use approval::rule::Level;

use super::svg::Tenths;

/// The fonts that a page uses; none is fetched.
pub(crate) const FONT: &str =
    "system-ui, 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', sans-serif";

/// How something is painted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Pen {
    /// By which a style sheet finds it.
    pub(crate) class: &'static str,
    /// Presentation attributes; patterns as `url(#name)`.
    pub(crate) paint: &'static str,
}

macro_rules! pens {
    ($($(#[$doc:meta])* $name:ident = $class:literal, $paint:literal;)+) => {
        $($(#[$doc])* pub(crate) const $name: Pen = Pen { class: $class, paint: $paint };)+
    };
}

pens! {
    /// Words that are read first.
    INK = "sx-ink", r##"fill="#1b1f24""##;
    /// Words that stand out.
    STRONG = "sx-ink sx-strong", r##"fill="#1b1f24" font-weight="600""##;
    /// Words that are read second.
    SECOND = "sx-second", r##"fill="#57606a""##;
    /// Words that lines may go behind.
    OVER_LINES = "sx-ink sx-halo", r##"fill="#1b1f24" stroke="#ffffff" stroke-width="3" stroke-linejoin="round" paint-order="stroke""##;
    /// The paper below a picture's own ground.
    PAPER = "sx-paper", r##"fill="#ffffff""##;
    /// Lines that only part things.
    RULE = "sx-rule", r##"fill="none" stroke="#d0d7de" stroke-width="1""##;
    /// Lines that things stand on.
    AXIS = "sx-axis", r##"fill="none" stroke="#57606a" stroke-width="1""##;
    /// From a label to what it names.
    LEADER = "sx-leader", r##"fill="none" stroke="#57606a" stroke-width="0.6""##;
    /// Days that rest.
    REST = "sx-rest", r##"fill="#e4e8ec""##;
    /// Days on which the office alone is closed.
    CLOSED = "sx-closed", r##"fill="url(#closed)" stroke="#57606a" stroke-width="0.6""##;
    /// Days that a notice still to come may change.
    DOUBT = "sx-doubt", r##"fill="url(#doubt)""##;
    /// A rest day that works.
    MAKE_UP = "sx-make-up", r##"fill="#1b1f24""##;
    /// What may be used: the room up to a limit.
    ROOM = "sx-room", r##"fill="#ffffff" stroke="#57606a" stroke-width="0.8""##;
    /// What has been used.
    USED = "sx-used", r##"fill="#0b4f9e""##;
    /// What has been used beyond a limit.
    OVER = "sx-over", r##"fill="url(#over)" stroke="#1b1f24" stroke-width="1""##;
    /// Waiting for somebody else, such as the applicant.
    WAITING = "sx-waiting", r##"fill="none" stroke="#57606a" stroke-width="1" stroke-dasharray="2 2""##;
    /// A limit.
    LIMIT = "sx-limit", r##"fill="none" stroke="#1b1f24" stroke-width="2""##;
    /// Time that isn't counted.
    STOP = "sx-stop", r##"fill="url(#stop)" stroke="#57606a" stroke-width="0.8""##;
    /// The same on a bar.
    HELD = "sx-held", r##"fill="url(#held)""##;
    /// The way back of what is sent back.
    BACK = "sx-back", r##"fill="none" stroke="#1b1f24" stroke-width="1" stroke-dasharray="3 2""##;
    /// Its head.
    BACK_HEAD = "sx-back-head", r##"fill="#1b1f24""##;
    /// The receipt, day 0 and the like.
    EVENT = "sx-event", r##"fill="none" stroke="#57606a" stroke-width="1""##;
    /// The promised date.
    PROMISED = "sx-promised", r##"fill="none" stroke="#1b1f24" stroke-width="1.4" stroke-dasharray="6 3""##;
    /// The statutory date.
    STATUTORY = "sx-statutory", r##"fill="none" stroke="#1b1f24" stroke-width="1.8""##;
    /// Today.
    TODAY = "sx-today", r##"fill="none" stroke="#0b4f9e" stroke-width="1.4" stroke-dasharray="1.5 2.5""##;
    /// The word of today.
    TODAY_WORD = "sx-today-word", r##"fill="#0b4f9e" font-weight="600""##;
    /// Around a day that matters.
    RING = "sx-ring", r##"fill="none" stroke="#1b1f24" stroke-width="2""##;
    /// Around the day on which a count begins.
    RING_START = "sx-ring-start", r##"fill="none" stroke="#1b1f24" stroke-width="1.4" stroke-dasharray="3 2""##;
    /// The first of several things.
    FIRST = "sx-first", r##"fill="#0b4f9e" stroke="#0b4f9e" stroke-width="1""##;
    /// The second.
    OTHER = "sx-other", r##"fill="url(#stop)" stroke="#1b1f24" stroke-width="1""##;
    /// The third.
    THIRD = "sx-third", r##"fill="#ffffff" stroke="#1b1f24" stroke-width="1.4""##;
    /// The line of the first.
    FIRST_LINE = "sx-first-line", r##"fill="none" stroke="#0b4f9e" stroke-width="2""##;
    /// The line of the second.
    OTHER_LINE = "sx-other-line", r##"fill="none" stroke="#1b1f24" stroke-width="1.6" stroke-dasharray="5 3""##;
    /// The line of the third.
    THIRD_LINE = "sx-third-line", r##"fill="none" stroke="#57606a" stroke-width="1.6" stroke-dasharray="1.5 2.5""##;
    /// Struck out.
    STRUCK = "sx-struck", r##"fill="none" stroke="#1b1f24" stroke-width="1.2""##;
    /// The dark squares of a code that machines read: never restyled.
    CODE = "sx-code", r##"fill="#000000""##;
    /// Its light ground, which machines need as much.
    CODE_GROUND = "sx-code-ground", r##"fill="#ffffff""##;
}

/// A card that was issued.
pub(crate) const fn issued(level: Level) -> Pen {
    match level {
        Level::Notice => Pen {
            class: "sx-notice",
            paint: r##"fill="#0b4f9e" stroke="#0b4f9e" stroke-width="1""##,
        },
        Level::Yellow => Pen {
            class: "sx-yellow",
            paint: r##"fill="#f5c400" stroke="#8a6100" stroke-width="1.2""##,
        },
        Level::Red => Pen {
            class: "sx-red",
            paint: r##"fill="#a3121f" stroke="#a3121f" stroke-width="1""##,
        },
    }
}

/// A card that waits, or was taken away: its outline only.
pub(crate) const fn hollow(level: Level) -> Pen {
    match level {
        Level::Notice => Pen {
            class: "sx-notice-hollow",
            paint: r##"fill="#ffffff" stroke="#0b4f9e" stroke-width="1.2""##,
        },
        Level::Yellow => Pen {
            class: "sx-yellow-hollow",
            paint: r##"fill="#ffffff" stroke="#8a6100" stroke-width="1.2""##,
        },
        Level::Red => Pen {
            class: "sx-red-hollow",
            paint: r##"fill="#ffffff" stroke="#a3121f" stroke-width="1.2""##,
        },
    }
}

/// The words of a card.
pub(crate) const fn level_word(level: Level) -> Pen {
    match level {
        Level::Notice => Pen {
            class: "sx-notice-word sx-halo",
            paint: r##"fill="#0b4f9e" stroke="#ffffff" stroke-width="3" stroke-linejoin="round" paint-order="stroke""##,
        },
        Level::Yellow => Pen {
            class: "sx-yellow-word sx-halo",
            paint: r##"fill="#8a6100" stroke="#ffffff" stroke-width="3" stroke-linejoin="round" paint-order="stroke""##,
        },
        Level::Red => Pen {
            class: "sx-red-word sx-halo",
            paint: r##"fill="#a3121f" stroke="#ffffff" stroke-width="3" stroke-linejoin="round" paint-order="stroke""##,
        },
    }
}

/// The sizes of words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Size {
    /// What can be done without.
    Tiny,
    /// Days, names, values.
    Small,
    /// Labels.
    Label,
    /// Names of lanes and months.
    Name,
    /// The one number of a day.
    Number,
}

impl Size {
    pub(crate) const fn tenths(self) -> Tenths {
        match self {
            Self::Tiny => 90,
            Self::Small => 105,
            Self::Label => 115,
            Self::Name => 125,
            Self::Number => 150,
        }
    }
}

/// Name, side of the square that repeats, turned by how many degrees, what is in it.
const PATTERNS: [(&str, u32, u32, &str); 5] = [
    (
        "stop",
        6,
        45,
        r##"<rect class="sx-stop-stripe" fill="#8c959f" width="0.9" height="6"/>"##,
    ),
    (
        "held",
        6,
        45,
        r##"<rect class="sx-held-stripe" fill="#ffffff" width="2.6" height="6"/>"##,
    ),
    (
        "over",
        4,
        135,
        r##"<rect class="sx-over-ground" fill="#ffffff" width="4" height="4"/><rect class="sx-over-stripe" fill="#1b1f24" width="2.2" height="4"/>"##,
    ),
    (
        "closed",
        4,
        0,
        r##"<rect class="sx-rest" fill="#e4e8ec" width="4" height="4"/><rect class="sx-closed-stripe" fill="#57606a" width="4" height="1"/>"##,
    ),
    (
        "doubt",
        5,
        0,
        r##"<circle class="sx-doubt-dot" fill="#57606a" cx="2.5" cy="2.5" r="0.7"/>"##,
    ),
];

/// The patterns that a drawing uses.
pub(crate) fn patterns(id: &str, body: &str) -> String {
    let mut defs = String::new();
    if !body.contains("url(#") {
        return defs;
    }
    for (name, side, turned, inside) in PATTERNS {
        if body.contains(&format!("url(#{id}-{name})")) {
            let _ = writeln!(
                defs,
                "<pattern id=\"{id}-{name}\" width=\"{side}\" height=\"{side}\" patternUnits=\"userSpaceOnUse\" \
                 patternTransform=\"rotate({turned})\">{inside}</pattern>"
            );
        }
    }
    if defs.is_empty() {
        return defs;
    }
    format!("<defs>\n{defs}</defs>\n")
}
