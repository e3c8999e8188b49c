//! Pictures as SVG text, drawn on the server.
//!
//! Every picture stands for itself: no scripts, no fonts from elsewhere, no inline styles (a strict content security
//! policy forbids them). Colours are presentation attributes, which any style sheet overrides: each element has a class
//! `sx-…`, so that a page can give it a dark theme. What a colour says is said by a shape, a pattern or a word too, so
//! that a black-and-white print can be read. Each picture has a title and a description that tells the same in words.
//!
//! Coordinates are whole tenths of a unit, so that the same facts give the same text on every machine.
//!
//! Suggested reading order: [`Look`], `svg` (the drawing surface), `pens` (what things look like), [`case_picture`],
//! [`count_picture`], [`year_picture`], then the charts.

mod bars;
mod case;
mod count;
mod distribution;
mod legend;
mod measure;
mod month;
mod pens;
mod qr;
mod rows;
mod spark;
mod stages;
mod svg;
mod trend;
mod words;
mod year;

pub use bars::{BarRow, Bars, Mark, bars};
pub use case::case_picture;
pub use count::{Count, count_picture};
pub use distribution::{Distribution, distribution};
pub use qr::{QrError, qr};
pub use spark::{Part, Spark, parts as spark_parts, spark};
pub use stages::{StageRow, Stages, stages};
pub(crate) use svg::escaped;
pub use trend::{Series, Trend, TrendForm, trend};
pub use words::Language;
pub use year::year_picture;

/// How a picture is to be drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look<'a> {
    /// The language of its words.
    pub language: Language,
    /// A prefix that no other picture of the page has: ids of a page must be unique.
    /// Letters, digits, `-` and `_`; anything else is left out.
    pub id: &'a str,
}

impl<'a> Look<'a> {
    /// A look in Chinese.
    pub const fn zh(id: &'a str) -> Self {
        Self {
            language: Language::Zh,
            id,
        }
    }

    /// A look in English.
    pub const fn en(id: &'a str) -> Self {
        Self {
            language: Language::En,
            id,
        }
    }
}

/// A whole number with decimals behind a point: 9621 with two decimals is 96.21. Shares and means come as such numbers,
/// truncated by whoever counted them.
pub fn decimal(value: i64, decimals: u32) -> String {
    let Some(unit) = 10_u64.checked_pow(decimals).filter(|unit| *unit > 1) else {
        return value.to_string();
    };
    let sign = if value < 0 { "-" } else { "" };
    let (whole, rest) = (value.unsigned_abs() / unit, value.unsigned_abs() % unit);
    let digits = usize::try_from(decimals).unwrap_or_default();
    format!("{sign}{whole}.{rest:0digits$}")
}

/// The smallest number of the row 1, 2, 5, 10, 20, 50 … of which at most `steps` reach `value`.
fn round_step(value: i64, steps: i64) -> i64 {
    let mut power: i64 = 1;
    loop {
        for factor in [1, 2, 5] {
            let step = power.saturating_mul(factor);
            if step.saturating_mul(steps.max(1)) >= value {
                return step;
            }
        }
        power = power.saturating_mul(10);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_exact() {
        for (value, decimals, text) in [
            (9_621, 2, "96.21"),
            (299, 1, "29.9"),
            (5, 2, "0.05"),
            (-5, 2, "-0.05"),
            (3_634, 0, "3634"),
            (i64::MIN, 1, "-922337203685477580.8"),
        ] {
            assert_eq!(decimal(value, decimals), text);
        }
    }

    #[test]
    fn steps_are_round() {
        for (value, steps, step) in [
            (0, 4, 1),
            (4, 4, 1),
            (5, 4, 2),
            (9, 4, 5),
            (41, 4, 20),
            (3_777, 4, 1_000),
            (i64::MAX, 1, i64::MAX),
        ] {
            assert_eq!(round_step(value, steps), step, "{value}/{steps}");
        }
    }
}
