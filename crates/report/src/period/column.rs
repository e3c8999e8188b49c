//! What is told of the division, a unit or an item: the same columns in every form. Here exact figures become shown
//! ones: shares with two decimals, truncated; what doesn't exist is empty, never 0.

use approval::statistics::{Figures, LimitSums};

/// A value as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Cell {
    /// A count.
    Whole(u64),
    /// A whole number of 10^-decimals.
    Decimal(i64, u32),
    /// There is none.
    Empty,
}

impl Cell {
    fn days(value: Option<u64>) -> Self {
        value.map_or(Self::Empty, Self::Whole)
    }

    fn share(value: Option<u64>, decimals: u32) -> Self {
        let value = value.and_then(|value| i64::try_from(value).ok());
        value.map_or(Self::Empty, |value| Self::Decimal(value, decimals))
    }

    /// As text with all its decimals; empty if there is nothing.
    pub(super) fn text(&self) -> String {
        match self {
            Self::Whole(value) => value.to_string(),
            Self::Decimal(value, decimals) => crate::picture::decimal(*value, *decimals),
            Self::Empty => String::new(),
        }
    }

    /// As a number for programs: the double next to the decimal number prints as that is written.
    pub(super) fn number(&self) -> Option<f64> {
        self.text().parse().ok()
    }

    /// As JSON.
    pub(super) fn json(&self) -> serde_json::Value {
        match self {
            Self::Whole(value) => (*value).into(),
            Self::Decimal(..) => self.number().into(),
            Self::Empty => serde_json::Value::Null,
        }
    }
}

/// What a row of figures is made of.
#[derive(Clone, Copy, Debug)]
pub(super) struct Row<'a> {
    pub(super) figures: &'a Figures,
    pub(super) limits: &'a LimitSums,
}

/// One column.
pub(super) struct Column {
    /// Its key in JSON and CSV.
    pub(super) key: &'static str,
    /// Its heading.
    pub(super) zh: &'static str,
    /// Whether figures of items have it: limits and ranks belong to units.
    pub(super) of_items: bool,
    pub(super) value: fn(Row<'_>) -> Cell,
}

impl Column {
    const fn new(key: &'static str, zh: &'static str, value: fn(Row<'_>) -> Cell) -> Self {
        Self {
            key,
            zh,
            of_items: true,
            value,
        }
    }

    const fn of_units(key: &'static str, zh: &'static str, value: fn(Row<'_>) -> Cell) -> Self {
        Self {
            key,
            zh,
            of_items: false,
            value,
        }
    }
}

/// The columns that everybody relies on, in their order.
pub(super) const COLUMNS: &[Column] = &[
    Column::new("accepted", "受理", |r| {
        Cell::Whole(r.figures.counts.accepted)
    }),
    Column::new("completed", "办结", |r| {
        Cell::Whole(r.figures.counts.completed)
    }),
    Column::new("completion_rate_percent", "办结率(%)", |r| {
        Cell::share(r.figures.completion_rate().percent(2), 2)
    }),
    Column::new("completed_on_time", "按时办结", |r| {
        Cell::Whole(r.figures.counts.completed_on_time)
    }),
    Column::new("completed_late", "超时办结", |r| {
        Cell::Whole(r.figures.counts.completed_late)
    }),
    Column::new("open_late", "超时在办", |r| {
        Cell::Whole(r.figures.counts.open_late)
    }),
    Column::new("yellow_cards", "黄牌", |r| {
        Cell::Whole(r.figures.counts.yellow_cards)
    }),
    Column::new("red_cards", "红牌", |r| {
        Cell::Whole(r.figures.counts.red_cards)
    }),
    Column::new(
        "average_working_days_used",
        "平均用时(工作日)",
        |r| mean(&r.figures.used),
    ),
    Column::new(
        "median_working_days_used",
        "用时中位数(工作日)",
        |r| Cell::days(r.figures.used.median()),
    ),
    Column::new("p90_working_days_used", "用时九成位(工作日)", |r| {
        Cell::days(r.figures.used.percentile(90))
    }),
    Column::of_units("statutory_days", "法定时限(工作日)", |r| {
        Cell::Whole(r.limits.statutory_days)
    }),
    Column::of_units("promised_days", "承诺时限(工作日)", |r| {
        Cell::Whole(r.limits.promised_days)
    }),
    Column::of_units("days_cut", "压缩(工作日)", |r| {
        Cell::Whole(r.limits.days_cut())
    }),
    Column::of_units("cut_percent", "压缩率(%)", |r| {
        Cell::share(r.limits.cut_permille(), 1)
    }),
    // No figures lead to these two: `ranking::cell` fills them in where units are scored.
    Column::of_units("score", "得分", |_| Cell::Empty),
    Column::of_units("rank", "名次", |_| Cell::Empty),
    Column::new("cohort_rate_percent", "本期受理办结率(%)", |r| {
        Cell::share(r.figures.cohort_rate().percent(2), 2)
    }),
    Column::new("clearance_rate_percent", "在办办结率(%)", |r| {
        Cell::share(r.figures.clearance_rate().percent(2), 2)
    }),
    Column::new("on_time_rate_percent", "按时办结率(%)", |r| {
        Cell::share(r.figures.on_time_rate().percent(2), 2)
    }),
    Column::new("early_rate_percent", "提前办结率(%)", |r| {
        Cell::share(r.figures.early_rate().percent(2), 2)
    }),
    Column::new("same_day_rate_percent", "当日办结率(%)", |r| {
        Cell::share(r.figures.same_day_rate().percent(2), 2)
    }),
    Column::new("saved_of_statutory_percent", "法定提速率(%)", |r| {
        let saved = r.figures.saved_of_statutory().percent(2);
        saved.map_or(Cell::Empty, |saved| Cell::Decimal(saved, 2))
    }),
    Column::new("saved_of_promised_percent", "承诺提速率(%)", |r| {
        let saved = r.figures.saved_of_promised().percent(2);
        saved.map_or(Cell::Empty, |saved| Cell::Decimal(saved, 2))
    }),
    Column::new("measured_cases", "计时办件", |r| {
        Cell::Whole(r.figures.used.cases())
    }),
    Column::new("immediate_cases", "即办件", |r| {
        Cell::Whole(r.figures.used_immediate.cases())
    }),
    Column::new(
        "average_working_days_used_immediate",
        "即办件平均用时(工作日)",
        |r| mean(&r.figures.used_immediate),
    ),
    Column::of_units("approval_items", "审批事项", |r| {
        Cell::Whole(r.limits.approval_items)
    }),
    Column::of_units("service_items", "服务事项", |r| {
        Cell::Whole(r.limits.service_items)
    }),
];

/// The mean of days used.
pub(super) fn mean(used: &approval::statistics::Histogram) -> Cell {
    quotient(used.mean())
}

/// A sum over a number, with two decimals.
pub(super) fn quotient(ratio: approval::statistics::Ratio) -> Cell {
    Cell::share(ratio.truncated(2), 2)
}

/// A column by its key.
pub(super) fn column(key: &str) -> Option<&'static Column> {
    COLUMNS.iter().find(|column| column.key == key)
}

/// The plain counts that aren't among the columns already, with their names.
pub(super) fn other_counts(figures: &Figures) -> impl Iterator<Item = (&'static str, u64)> {
    use approval::statistics::Counts;
    let all = Counts::NAMES.iter().copied().zip(figures.counts.values());
    all.filter(|(name, _)| column(name).is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shown_numbers_are_as_written() {
        for (cell, text) in [
            (Cell::Decimal(9_621, 2), "96.21"),
            (Cell::Decimal(9_600, 2), "96.00"),
            (Cell::Decimal(-3_333, 2), "-33.33"),
            (Cell::Whole(7), "7"),
            (Cell::Empty, ""),
        ] {
            assert_eq!(cell.text(), text);
        }
        assert_eq!(Cell::Decimal(9_621, 2).json().to_string(), "96.21");
        assert_eq!(Cell::Decimal(299, 1).json().to_string(), "29.9");
        assert_eq!(Cell::Empty.json().to_string(), "null");
    }

    #[test]
    fn keys_are_unique_and_nothing_has_no_rates() {
        let (figures, limits) = (Figures::default(), LimitSums::default());
        let row = Row {
            figures: &figures,
            limits: &limits,
        };
        for (place, column) in COLUMNS.iter().enumerate() {
            assert!(
                COLUMNS
                    .iter()
                    .skip(place + 1)
                    .all(|other| other.key != column.key)
            );
            let empty = (column.value)(row) == Cell::Empty;
            let has_none = ["percent", "used", "score", "rank"];
            let expected = has_none.iter().any(|word| column.key.contains(word));
            assert_eq!(empty, expected, "{}", column.key);
        }
    }
}
