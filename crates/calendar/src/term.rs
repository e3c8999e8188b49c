//! Terms: an amount with one of five units.

use std::fmt;

/// A limit: an amount and its unit. Natural days, months and hours are never
/// converted into working days.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Term {
    /// So many working days (行政许可法 art. 82); the start day isn't counted.
    WorkingDays(u32),
    /// So many calendar days; the end rolls to a working day (民法典 art. 203).
    NaturalDays(u32),
    /// So many months: same day number, or the month's last (民法典 art. 202).
    Months(u32),
    /// So many hours inside office hours.
    WorkingHours(u32),
    /// So many minutes inside office hours.
    WorkingMinutes(u32),
}

/// The unit of a [`Term`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TermUnit {
    /// 工作日
    WorkingDays,
    /// 自然日
    NaturalDays,
    /// 月
    Months,
    /// 工作小时
    WorkingHours,
    /// 工作分钟
    WorkingMinutes,
}

impl TermUnit {
    /// All units, in the order in which they are declared.
    pub const ALL: [TermUnit; 5] = [
        TermUnit::WorkingDays,
        TermUnit::NaturalDays,
        TermUnit::Months,
        TermUnit::WorkingHours,
        TermUnit::WorkingMinutes,
    ];

    /// The unit as files and wire formats write it, such as `working_days`.
    pub const fn as_str(self) -> &'static str {
        match self {
            TermUnit::WorkingDays => "working_days",
            TermUnit::NaturalDays => "natural_days",
            TermUnit::Months => "months",
            TermUnit::WorkingHours => "working_hours",
            TermUnit::WorkingMinutes => "working_minutes",
        }
    }

    /// The unit as people read it: 工作日, 自然日, 个月, 工作小时, 工作分钟.
    pub const fn zh(self) -> &'static str {
        match self {
            TermUnit::WorkingDays => "工作日",
            TermUnit::NaturalDays => "自然日",
            TermUnit::Months => "个月",
            TermUnit::WorkingHours => "工作小时",
            TermUnit::WorkingMinutes => "工作分钟",
        }
    }

    /// Reads what [`TermUnit::as_str`] writes; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|unit| unit.as_str() == text)
    }
}

impl fmt::Display for TermUnit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Term {
    /// The term of `amount` units.
    pub const fn new(amount: u32, unit: TermUnit) -> Term {
        match unit {
            TermUnit::WorkingDays => Term::WorkingDays(amount),
            TermUnit::NaturalDays => Term::NaturalDays(amount),
            TermUnit::Months => Term::Months(amount),
            TermUnit::WorkingHours => Term::WorkingHours(amount),
            TermUnit::WorkingMinutes => Term::WorkingMinutes(amount),
        }
    }

    /// How many units.
    pub const fn amount(self) -> u32 {
        match self {
            Term::WorkingDays(amount)
            | Term::NaturalDays(amount)
            | Term::Months(amount)
            | Term::WorkingHours(amount)
            | Term::WorkingMinutes(amount) => amount,
        }
    }

    /// Of which unit.
    pub const fn unit(self) -> TermUnit {
        match self {
            Term::WorkingDays(_) => TermUnit::WorkingDays,
            Term::NaturalDays(_) => TermUnit::NaturalDays,
            Term::Months(_) => TermUnit::Months,
            Term::WorkingHours(_) => TermUnit::WorkingHours,
            Term::WorkingMinutes(_) => TermUnit::WorkingMinutes,
        }
    }

    /// The term as people read it, such as "20个工作日" or "3个月".
    pub fn zh(self) -> String {
        let classifier = match self.unit() {
            TermUnit::Months => "",
            _ => "个",
        };
        format!("{}{classifier}{}", self.amount(), self.unit().zh())
    }
}

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.amount(), self.unit())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_read_as_they_are_written() {
        for unit in TermUnit::ALL {
            assert_eq!(TermUnit::parse(unit.as_str()), Some(unit));
            assert_eq!(Term::new(7, unit).unit(), unit);
            assert_eq!(Term::new(7, unit).amount(), 7);
        }
        assert_eq!(TermUnit::parse("days"), None);
        assert_eq!(TermUnit::parse("Working_Days"), None);
    }

    #[test]
    fn terms_read_like_the_field_writes_them() {
        assert_eq!(Term::WorkingDays(20).zh(), "20个工作日");
        assert_eq!(Term::Months(3).zh(), "3个月");
        assert_eq!(Term::WorkingHours(4).to_string(), "4 working_hours");
    }
}
