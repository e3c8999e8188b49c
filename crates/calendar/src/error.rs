//! What can be wrong with a calendar file, and a day that it doesn't cover.

use chrono::NaiveDate;
use std::fmt;
use std::sync::Arc;

/// A question needs a day that the calendar doesn't cover. Nothing is assumed
/// about such a day; a calendar with a wider range answers.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{date} is outside calendar {version}, which covers {from} to {to}")]
pub struct NotCovered {
    /// The first day needed that isn't covered.
    pub date: NaiveDate,
    /// The calendar's version.
    pub version: Arc<str>,
    /// The first day that it covers.
    pub from: NaiveDate,
    /// The last day that it covers.
    pub to: NaiveDate,
}

impl NotCovered {
    /// The message in Chinese.
    pub fn message_zh(&self) -> String {
        let NotCovered {
            date,
            version,
            from,
            to,
        } = self;
        format!("{date}不在日历{version}的范围（{from}至{to}）之内，请更新日历")
    }
}

/// A calendar file can't be used: what is wrong, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct CalendarError {
    /// The file as it was named to the parser.
    pub file: String,
    /// The line, counted from 1.
    pub line: usize,
    /// The date concerned, if there is one.
    pub date: Option<NaiveDate>,
    /// What is wrong.
    pub problem: Problem,
}

impl fmt::Display for CalendarError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: ", self.file, self.line)?;
        if let Some(date) = self.date {
            write!(f, "{date}: ")?;
        }
        self.problem.fmt(f)
    }
}

impl CalendarError {
    /// The message in Chinese: file, line, date, what is wrong and what to do.
    pub fn message_zh(&self) -> String {
        let date = self.date.map_or(String::new(), |date| format!("{date}："));
        format!(
            "{}第{}行：{date}{}",
            self.file,
            self.line,
            self.problem.message_zh()
        )
    }
}

/// What is wrong with a calendar file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// No TOML, an unknown key, a missing key of an entry, or a value of the
    /// wrong type; the text is the TOML reader's.
    #[error("not in the calendar format: {0}")]
    Format(String),
    /// No file has a `version`, so none is the head.
    #[error("no file says `version`: give one file the head keys")]
    NoHead,
    /// Two files have a `version`.
    #[error("`version` is also in {other}: keep the head keys in one file")]
    TwoHeads {
        /// The file met first.
        other: String,
    },
    /// A key of the head in a file that isn't the head.
    #[error("`{0}` belongs into the file that says `version`: move it there")]
    HeadKeyElsewhere(&'static str),
    /// A key that a head must have isn't there.
    #[error("`{0}` is missing: add it")]
    MissingKey(&'static str),
    /// `version` is empty.
    #[error("`version` is empty: name this calendar, for example \"cn-2026.1\"")]
    EmptyVersion,
    /// `zone` isn't in the zone data.
    #[error("`{0}` is no time zone: write an IANA name such as Asia/Shanghai")]
    BadZone(String),
    /// A value where a plain date is needed.
    #[error("`{0}` is no date: write for example 2011-10-08, without quotes or a time")]
    BadDate(String),
    /// `from` is later than `to`.
    #[error("`from` is later than `to` ({to}): exchange them")]
    FromAfterTo {
        /// The last day as given.
        to: NaiveDate,
    },
    /// The range is longer than the tables hold.
    #[error("{days} days are covered, more than {days_max}: choose a shorter range")]
    RangeTooLong {
        /// How many days the file asks for.
        days: i64,
        /// How many are possible.
        days_max: i64,
    },
    /// `final_to` lies outside `from` to `to`.
    #[error("`final_to` is outside {from} to {to}: choose a day within")]
    FinalToOutside {
        /// The first day covered.
        from: NaiveDate,
        /// The last day covered.
        to: NaiveDate,
    },
    /// `day_ends` is another word.
    #[error("`{0}` is no end of a day: write \"midnight\" or \"close\"")]
    BadDayEnds(String),
    /// A weekday is another word.
    #[error("`{0}` is no weekday: write mon, tue, wed, thu, fri, sat or sun")]
    BadWeekday(String),
    /// The end of a season is no day of a year.
    #[error("`{0}` is no day of a year: write MM-DD, for example \"06-01\"")]
    BadMonthDay(String),
    /// A span isn't written as one, is empty or ends after 24:00.
    #[error("`{0}` is no span: write HH:MM-HH:MM, for example \"08:30-12:00\", up to 24:00")]
    BadSpan(String),
    /// A `notice` without the `source` at which it was verified.
    #[error("a `notice` needs a `source`: say where the notice can be read, or drop it")]
    NoticeWithoutSource,
    /// An entry for a day that the calendar doesn't cover.
    #[error("not within {from} to {to}: widen the range or delete the entry from `{list}`")]
    OutsideRange {
        /// The list with the entry.
        list: &'static str,
        /// The first day covered.
        from: NaiveDate,
        /// The last day covered.
        to: NaiveDate,
    },
    /// The same day twice in one list.
    #[error("twice in `{list}`, first at {first_file}:{first_line}: delete one of the two")]
    Twice {
        /// The list with both entries.
        list: &'static str,
        /// The file with the first of the two.
        first_file: String,
        /// The line of the first of the two.
        first_line: usize,
    },
    /// Two spans that apply to one day overlap.
    #[error("the spans {first} and {second} overlap: shorten one of them")]
    OverlappingSpans {
        /// The earlier span.
        first: String,
        /// The later span.
        second: String,
    },
    /// More entries in `hours` than a year has days.
    #[error("more than {seasons_max} entries in `hours`: put those that say the same together")]
    TooManySeasons {
        /// How many are possible.
        seasons_max: usize,
    },
    /// A day works but has no office hours.
    #[error("works but has no spans: add it to `hours` or `hours_on`, or let it rest")]
    NoSpans,
}

impl Problem {
    /// What is wrong and what to do, in Chinese.
    pub fn message_zh(&self) -> String {
        match self {
            Problem::Format(text) => {
                format!("不符合日历文件格式（键未知、缺少或写法不对）：{text}")
            }
            Problem::NoHead => {
                "没有文件写明version，请在一个文件中写明日历的各项基本设置".to_owned()
            }
            Problem::TwoHeads { other } => {
                format!("{other}中已有version，基本设置只能写在一个文件中")
            }
            Problem::HeadKeyElsewhere(key) => {
                format!("“{key}”应写在有version的文件中，请移过去")
            }
            Problem::MissingKey(key) => format!("缺少“{key}”，请补上"),
            Problem::EmptyVersion => "version为空，请写明日历版本，例如\"cn-2026.1\"".to_owned(),
            Problem::BadZone(zone) => {
                format!("“{zone}”不是时区名，请写IANA名称，例如Asia/Shanghai")
            }
            Problem::BadDate(text) => {
                format!("“{text}”不是日期，请写成2011-10-08，不加引号和时刻")
            }
            Problem::FromAfterTo { to } => format!("from晚于to（{to}），请对调"),
            Problem::RangeTooLong { days, days_max } => {
                format!("共{days}天，超过{days_max}天，请缩短范围")
            }
            Problem::FinalToOutside { from, to } => {
                format!("final_to不在{from}至{to}之内，请改为其中一天")
            }
            Problem::BadDayEnds(word) => {
                format!("“{word}”不能用作day_ends，请写\"midnight\"或\"close\"")
            }
            Problem::BadWeekday(word) => {
                format!("“{word}”不是星期，请写mon、tue、wed、thu、fri、sat或sun")
            }
            Problem::BadMonthDay(text) => format!("“{text}”不是月日，请写成\"06-01\""),
            Problem::BadSpan(text) => {
                format!("“{text}”不是时段，请写成\"08:30-12:00\"，最晚到24:00")
            }
            Problem::NoticeWithoutSource => {
                "写了notice就要写source（通知的出处），否则请删去notice".to_owned()
            }
            Problem::OutsideRange { list, from, to } => {
                format!("不在{from}至{to}之内，请扩大范围，或从{list}中删去")
            }
            Problem::Twice {
                list,
                first_file,
                first_line,
            } => format!("在{list}中重复，前一处在{first_file}第{first_line}行，请删去一处"),
            Problem::OverlappingSpans { first, second } => {
                format!("时段{first}与{second}重叠，请改短其中一段")
            }
            Problem::TooManySeasons { seasons_max } => {
                format!("hours超过{seasons_max}条，请合并内容相同的条目")
            }
            Problem::NoSpans => {
                "是工作日却没有办公时间，请写入hours或hours_on，或改为休息日".to_owned()
            }
        }
    }
}
