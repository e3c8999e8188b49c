//! Terms as people write and read them: `15wd`, "15个工作日", "15 working days".

use calendar::{Term, TermUnit};
use thiserror::Error;

/// Why a text isn't a term.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum TermTextError {
    /// It doesn't begin with a whole number.
    #[error("{text:?} isn't a term: it must begin with a whole number, as in 15wd")]
    NoNumber {
        /// The text as given.
        text: String,
    },
    /// The number doesn't fit.
    #[error("{text:?} isn't a term: the number must not exceed {}", u32::MAX)]
    TooLarge {
        /// The text as given.
        text: String,
    },
    /// The unit is missing or unknown.
    #[error(
        "{text:?} isn't a term: the number must be followed by wd (working days), d (natural days), m (months), h (working hours) or min (working minutes)"
    )]
    UnknownUnit {
        /// The text as given.
        text: String,
    },
}

impl TermTextError {
    /// The same in Chinese.
    #[must_use]
    pub fn message_zh(&self) -> String {
        match self {
            Self::NoNumber { text } => {
                format!("“{text}”不是时限：须以整数开头，例如15wd")
            }
            Self::TooLarge { text } => {
                format!("“{text}”不是时限：数字不得大于{}", u32::MAX)
            }
            Self::UnknownUnit { text } => format!(
                "“{text}”不是时限：数字后须写单位wd（工作日）、d（自然日）、m（月）、h（工作小时）或min（工作分钟）"
            ),
        }
    }
}

/// Reads `15wd`, `15d`, `1m`, `8h` or `30min`.
///
/// # Errors
/// If there is no number, it doesn't fit, or the unit isn't one of the five.
pub fn parse(text: &str) -> Result<Term, TermTextError> {
    let trimmed = text.trim();
    let unit = trimmed.trim_start_matches(|c: char| c.is_ascii_digit());
    let digits = trimmed.strip_suffix(unit).unwrap_or_default();
    let text = || text.to_owned();
    if digits.is_empty() {
        return Err(TermTextError::NoNumber { text: text() });
    }
    let amount: u32 = digits
        .parse()
        .map_err(|_| TermTextError::TooLarge { text: text() })?;
    match unit {
        "wd" => Ok(Term::WorkingDays(amount)),
        "d" => Ok(Term::NaturalDays(amount)),
        "m" => Ok(Term::Months(amount)),
        "h" => Ok(Term::WorkingHours(amount)),
        "min" => Ok(Term::WorkingMinutes(amount)),
        _ => Err(TermTextError::UnknownUnit { text: text() }),
    }
}

/// What [`parse`] reads back: `15wd`.
#[must_use]
pub fn short(term: Term) -> String {
    let unit = match term.unit() {
        TermUnit::WorkingDays => "wd",
        TermUnit::NaturalDays => "d",
        TermUnit::Months => "m",
        TermUnit::WorkingHours => "h",
        TermUnit::WorkingMinutes => "min",
    };
    format!("{}{unit}", term.amount())
}

/// The term in Chinese: 15个工作日, 1个月.
#[must_use]
pub fn zh(term: Term) -> String {
    term.zh()
}

/// The term in English: "15 working days", "1 month".
#[must_use]
pub fn en(term: Term) -> String {
    let unit = match term.unit() {
        TermUnit::WorkingDays => "working day",
        TermUnit::NaturalDays => "natural day",
        TermUnit::Months => "month",
        TermUnit::WorkingHours => "working hour",
        TermUnit::WorkingMinutes => "working minute",
    };
    let plural = if term.amount() == 1 { "" } else { "s" };
    format!("{} {unit}{plural}", term.amount())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_read_and_write() {
        for (text, term, in_zh, in_en) in [
            (
                "15wd",
                Term::WorkingDays(15),
                "15个工作日",
                "15 working days",
            ),
            ("1wd", Term::WorkingDays(1), "1个工作日", "1 working day"),
            ("0d", Term::NaturalDays(0), "0个自然日", "0 natural days"),
            ("1m", Term::Months(1), "1个月", "1 month"),
            (
                "8h",
                Term::WorkingHours(8),
                "8个工作小时",
                "8 working hours",
            ),
            (
                "30min",
                Term::WorkingMinutes(30),
                "30个工作分钟",
                "30 working minutes",
            ),
        ] {
            assert_eq!(parse(text), Ok(term), "{text}");
            assert_eq!(parse(&format!(" {text} ")), Ok(term), "{text}");
            assert_eq!(short(term), text);
            assert_eq!(zh(term), in_zh);
            assert_eq!(en(term), in_en);
        }
    }

    #[test]
    fn what_is_no_term_is_refused_with_its_reason() {
        for (text, reason) in [
            ("", "must begin"),
            ("wd", "must begin"),
            ("-5wd", "must begin"),
            ("十五wd", "must begin"),
            ("5000000000wd", "must not exceed"),
            ("15", "must be followed"),
            ("15 wd", "must be followed"),
            ("15WD", "must be followed"),
            ("1.5d", "must be followed"),
            ("15工作日", "must be followed"),
        ] {
            let error = parse(text).expect_err(text);
            assert!(error.to_string().contains(reason), "{error}");
            assert!(error.message_zh().contains("不是时限"), "{error}");
        }
    }
}
