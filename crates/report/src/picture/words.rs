//! The words of the pictures in two languages.

use approval::rule::Level;
use approval::stage::{Procedure, Stage};
use approval::term_text;
use approval::track::ClockKey;
use approval::warning::WarningState;
use calendar::{Calendar, Term};
use chrono::{DateTime, Datelike, NaiveDate, Timelike, Utc, Weekday};

/// A language that pictures are written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum Language {
    /// Chinese.
    #[default]
    Zh,
    /// English.
    En,
}

impl Language {
    /// One of two.
    pub(crate) fn pick<T>(self, zh: T, en: T) -> T {
        match self {
            Self::Zh => zh,
            Self::En => en,
        }
    }

    /// The language as pages name it.
    pub(crate) const fn tag(self) -> &'static str {
        match self {
            Self::Zh => "zh-CN",
            Self::En => "en",
        }
    }

    /// Between the parts of a list.
    pub(crate) fn comma(self) -> &'static str {
        self.pick("、", ", ")
    }

    /// A day without its year: 10月8日, 8 Oct.
    pub(crate) fn day(self, date: NaiveDate) -> String {
        match self {
            Self::Zh => format!("{}月{}日", date.month(), date.day()),
            Self::En => format!("{} {}", date.day(), short_month(date.month())),
        }
    }

    /// A day with its year: 2011年10月8日, 8 Oct 2011.
    pub(crate) fn whole_day(self, date: NaiveDate) -> String {
        match self {
            Self::Zh => format!("{}年{}", date.year(), self.day(date)),
            Self::En => format!("{} {}", self.day(date), date.year()),
        }
    }

    /// A day as it stands by a date: 10月8日 周六, Sat 8 Oct.
    pub(crate) fn weekday_and_day(self, date: NaiveDate) -> String {
        let (day, weekday) = (self.day(date), self.weekday(date.weekday()));
        self.pick(format!("{day} {weekday}"), format!("{weekday} {day}"))
    }

    /// A weekday: 周六, Sat.
    pub(crate) fn weekday(self, weekday: Weekday) -> &'static str {
        match weekday {
            Weekday::Mon => self.pick("周一", "Mon"),
            Weekday::Tue => self.pick("周二", "Tue"),
            Weekday::Wed => self.pick("周三", "Wed"),
            Weekday::Thu => self.pick("周四", "Thu"),
            Weekday::Fri => self.pick("周五", "Fri"),
            Weekday::Sat => self.pick("周六", "Sat"),
            Weekday::Sun => self.pick("周日", "Sun"),
        }
    }

    /// The heads of the columns of a month, Monday first.
    pub(crate) const fn weekday_heads(self) -> [&'static str; 7] {
        match self {
            Self::Zh => ["一", "二", "三", "四", "五", "六", "日"],
            Self::En => ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"],
        }
    }

    /// A month alone: 10月, Oct.
    pub(crate) fn month(self, month: u32) -> String {
        self.pick(format!("{month}月"), short_month(month).to_owned())
    }

    /// A month with its year: 2011年10月, Oct 2011.
    pub(crate) fn month_and_year(self, date: NaiveDate) -> String {
        let (year, month) = (date.year(), self.month(date.month()));
        self.pick(format!("{year}年{month}"), format!("{month} {year}"))
    }

    /// An instant on the office's clocks: 2011年10月8日 15:00.
    pub(crate) fn instant(self, at: DateTime<Utc>, calendar: &Calendar) -> String {
        let local = calendar.local(at);
        let (hour, minute) = (local.hour(), local.minute());
        format!(
            "{} {hour:02}:{minute:02}",
            self.whole_day(local.date_naive())
        )
    }

    /// A term: 20个工作日, 20 working days.
    pub(crate) fn term(self, term: Term) -> String {
        self.pick(term_text::zh as fn(Term) -> String, term_text::en)(term)
    }

    /// A number of working days: 3个工作日, 3 working days.
    pub(crate) fn working_days(self, days: i64) -> String {
        match self {
            Self::Zh => format!("{days}个工作日"),
            Self::En if days == 1 => "1 working day".to_owned(),
            Self::En => format!("{days} working days"),
        }
    }

    /// A stage.
    pub(crate) fn stage(self, stage: Stage) -> &'static str {
        let en = match stage {
            Stage::Acceptance => "Acceptance",
            Stage::Handling => "Handling",
            Stage::Review => "Review",
            Stage::Approval => "Approval",
            Stage::Completion => "Completion",
        };
        self.pick(stage.zh(), en)
    }

    /// What a stop is for.
    pub(crate) fn procedure(self, procedure: Procedure) -> &'static str {
        let en = match procedure {
            Procedure::ExpertReview => "expert review",
            other => other.as_str(),
        };
        self.pick(procedure.zh(), en)
    }

    /// The word of a level.
    pub(crate) fn level(self, level: Level) -> &'static str {
        let en = match level {
            Level::Notice => "Notice",
            Level::Yellow => "Yellow card",
            Level::Red => "Red card",
        };
        self.pick(level.zh(), en)
    }

    /// Where a warning stands, if it isn't simply issued.
    pub(crate) fn state(self, state: WarningState) -> Option<&'static str> {
        match state {
            WarningState::Pending => Some(self.pick("待发", "pending")),
            WarningState::Issued => None,
            WarningState::Annulled => Some(self.pick("已取消", "annulled")),
            WarningState::Revoked => Some(self.pick("已撤销", "revoked")),
        }
    }

    /// The name of a clock.
    pub(crate) fn clock(self, key: ClockKey) -> String {
        if self == Self::Zh {
            return key.zh();
        }
        let (name, number) = match key {
            ClockKey::Promised => return "promised limit".to_owned(),
            ClockKey::Statutory => return "statutory limit".to_owned(),
            ClockKey::Acceptance(n) => ("acceptance period".to_owned(), n),
            ClockKey::Stage(stage, n) => (format!("{} limit", self.stage(stage).to_lowercase()), n),
            ClockKey::Stop(n) => ("limit of the special procedure".to_owned(), n),
            ClockKey::Suspension(n) => ("limit of the suspension".to_owned(), n),
            ClockKey::Correction(n) => ("correction period".to_owned(), n),
            ClockKey::Delivery(n) => ("delivery period".to_owned(), n),
            ClockKey::Partner(n) => ("partner's limit".to_owned(), n),
            ClockKey::Order(n) => ("limit of the order".to_owned(), n),
            ClockKey::Appeal(n) => ("limit for answering the appeal".to_owned(), n),
            ClockKey::Manual(n) => ("card by hand".to_owned(), n),
        };
        if number > 1 {
            format!("{name} ({number})")
        } else {
            name
        }
    }

    /// A holiday. Calendars name them in Chinese; the seven of the national rules have English names.
    pub(crate) fn holiday(self, name: &str) -> String {
        let en = match name {
            _ if self == Self::Zh => name,
            "元旦" => "New Year",
            "春节" => "Spring Festival",
            "清明节" => "Qingming",
            "劳动节" => "Labour Day",
            "端午节" => "Dragon Boat",
            "中秋节" => "Mid-Autumn",
            "国庆节" => "National Day",
            other => other,
        };
        en.to_owned()
    }
}

fn short_month(month: u32) -> &'static str {
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let index = usize::try_from(month.saturating_sub(1)).unwrap_or_default();
    MONTHS.get(index).copied().unwrap_or_default()
}
