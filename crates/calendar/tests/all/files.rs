//! Calendar files that can't be used, and what is said about them.

use crate::shipped::day;
use calendar::{Calendar, CalendarError, Problem, Span};

/// A head that is in order, for lists to follow.
const HEAD: &str = r#"version = "t"
zone = "Asia/Shanghai"
from = 2011-01-01
to = 2011-12-31
final_to = 2011-12-31
day_ends = "midnight"
rest_weekdays = ["sat", "sun"]
"#;

/// Hours for every day, on one line.
const HOURS: &str = r#"hours = [{ from = "01-01", to = "12-31", spans = ["09:00-12:00"] }]
"#;

fn error_of(text: &str) -> CalendarError {
    Calendar::parse("t.toml", text).expect_err("a file that can't be used")
}

/// What the file of the head and `rest` is told: the first line after the head
/// is line 8.
fn check(rest: &str, expected: &str) {
    let error = error_of(&format!("{HEAD}{rest}"));
    assert_eq!(error.to_string(), expected);
    let zh = error.message_zh();
    assert!(
        zh.starts_with(&format!("t.toml第{}行：", error.line)),
        "{zh}"
    );
    if let Some(date) = error.date {
        assert!(zh.contains(&date.to_string()), "{zh}");
    }
}

#[test]
fn dates_in_lists_are_checked() {
    check(
        &format!(
            "{HOURS}rest = [\n  {{ date = 2011-10-03, name = \"a\" }},\n  {{ date = 2011-10-03, name = \"b\" }},\n]\n"
        ),
        "t.toml:11: 2011-10-03: twice in `rest`, first at t.toml:10: delete one of the two",
    );
    check(
        &format!("{HOURS}make_up = [{{ date = 2012-01-07, name = \"a\" }}]\n"),
        "t.toml:9: 2012-01-07: not within 2011-01-01 to 2011-12-31: \
         widen the range or delete the entry from `make_up`",
    );
    check(
        &format!("{HOURS}closed = [{{ date = 2011-10-03T09:00:00, name = \"a\" }}]\n"),
        "t.toml:9: `2011-10-03T09:00:00` is no date: \
         write for example 2011-10-08, without quotes or a time",
    );
    check(
        &format!("{HOURS}rest = [{{ date = 2011-10-03, name = \"a\", notice = \"1\" }}]\n"),
        "t.toml:9: 2011-10-03: a `notice` needs a `source`: \
         say where the notice can be read, or drop it",
    );
    // One date in two lists is in order: the make-up day wins.
    let both = "rest = [{ date = 2011-10-08, name = \"a\" }]\nmake_up = [{ date = 2011-10-08, name = \"b\" }]\n";
    let calendar = Calendar::parse("t.toml", &format!("{HEAD}{HOURS}{both}"));
    let works = calendar.expect("a calendar").is_working(day("2011-10-08"));
    assert_eq!(works, Ok(true));
}

#[test]
fn hours_are_checked() {
    check(
        "",
        "t.toml:3: 2011-01-03: works but has no spans: \
               add it to `hours` or `hours_on`, or let it rest",
    );
    let weekdays = r#"hours = [{ from = "01-01", to = "12-31", weekdays = ["mon", "tue", "wed", "thu", "fri"], spans = ["09:00-12:00"] }]"#;
    check(
        &format!("{weekdays}\nmake_up = [{{ date = 2011-10-08, name = \"a\" }}]\n"),
        "t.toml:9: 2011-10-08: works but has no spans: \
         add it to `hours` or `hours_on`, or let it rest",
    );
    check(
        &format!("{HOURS}hours_on = [{{ date = 2011-10-10, spans = [] }}]\n"),
        "t.toml:9: 2011-10-10: works but has no spans: \
         add it to `hours` or `hours_on`, or let it rest",
    );
    let season = |spans: &str| {
        format!("hours = [\n  {{ from = \"01-01\", to = \"12-31\", spans = [{spans}] }},\n]\n")
    };
    check(
        &season(r#""09:00-12:00", "11:59-15:00""#),
        "t.toml:9: the spans 09:00-12:00 and 11:59-15:00 overlap: shorten one of them",
    );
    check(
        &season(r#""9-12""#),
        "t.toml:9: `9-12` is no span: write HH:MM-HH:MM, for example \"08:30-12:00\", up to 24:00",
    );
    check(
        &season(r#""22:00-24:01""#),
        "t.toml:9: `22:00-24:01` is no span: \
         write HH:MM-HH:MM, for example \"08:30-12:00\", up to 24:00",
    );
    let seasons = "hours = [\n  { from = \"01-01\", to = \"12-31\", spans = [\"09:00-12:00\"] },\n  { from = \"06-01\", to = \"06-30\", spans = [\"11:00-13:00\"] },\n]\n";
    check(
        seasons,
        "t.toml:10: 2011-06-01: the spans 09:00-12:00 and 11:00-13:00 overlap: \
         shorten one of them",
    );
    check(
        &season(r#""09:00-12:00""#).replace("12-31", "02-30"),
        "t.toml:9: `02-30` is no day of a year: write MM-DD, for example \"06-01\"",
    );
}

#[test]
fn the_head_is_checked() {
    let check_head = |from: &str, to: &str, expected: &str| {
        let text = format!("{HEAD}{HOURS}").replacen(from, to, 1);
        assert_eq!(error_of(&text).to_string(), expected);
    };
    check_head(
        "Asia/Shanghai",
        "Asia/Jiaozuo",
        "t.toml:2: `Asia/Jiaozuo` is no time zone: write an IANA name such as Asia/Shanghai",
    );
    check_head(
        "from = 2011-01-01",
        "from = 2012-01-01",
        "t.toml:3: 2012-01-01: `from` is later than `to` (2011-12-31): exchange them",
    );
    check_head(
        "final_to = 2011-12-31",
        "final_to = 2012-01-01",
        "t.toml:5: 2012-01-01: `final_to` is outside 2011-01-01 to 2011-12-31: \
         choose a day within",
    );
    check_head(
        "\"midnight\"",
        "\"evening\"",
        "t.toml:6: `evening` is no end of a day: write \"midnight\" or \"close\"",
    );
    check_head(
        "\"sun\"",
        "\"sunday\"",
        "t.toml:7: `sunday` is no weekday: write mon, tue, wed, thu, fri, sat or sun",
    );
    check_head(
        "version = \"t\"",
        "version = \" \"",
        "t.toml:1: `version` is empty: name this calendar, for example \"cn-2026.1\"",
    );
    check_head(
        "version = \"t\"\n",
        "",
        "t.toml:1: no file says `version`: give one file the head keys",
    );
    check_head(
        "zone = \"Asia/Shanghai\"\n",
        "",
        "t.toml:1: `zone` is missing: add it",
    );
    check_head(
        "rest_weekdays = [\"sat\", \"sun\"]\n",
        "",
        "t.toml:1: `rest_weekdays` is missing: add it",
    );
    check_head(
        "from = 2011-01-01",
        "from = 1700-01-01",
        "t.toml:3: 1700-01-01: 113955 days are covered, more than 65534: choose a shorter range",
    );
}

#[test]
fn the_bounds_of_the_head_are_within() {
    let of = |from: &str, to: &str, final_to: &str| {
        let text = format!("{HEAD}{HOURS}")
            .replacen("2011-01-01", from, 1)
            .replacen("to = 2011-12-31", &format!("to = {to}"), 1)
            .replacen(
                "final_to = 2011-12-31",
                &format!("final_to = {final_to}"),
                1,
            );
        Calendar::parse("t.toml", &text)
    };
    // A calendar of one day, which is final.
    let one = of("2011-01-03", "2011-01-03", "2011-01-03").expect("a calendar");
    assert_eq!(one.is_working(day("2011-01-03")), Ok(true));
    assert_eq!(one.final_to(), day("2011-01-03"));
    assert!(of("2011-01-03", "2011-01-31", "2011-01-03").is_ok());
    let error = of("2011-01-03", "2011-01-31", "2011-01-02").expect_err("no day within");
    assert!(
        matches!(error.problem, Problem::FinalToOutside { .. }),
        "{error}"
    );
    // From 1900-01-01 on, the longest that there is and one day more.
    let long = of("1900-01-01", "2079-06-04", "2079-06-04");
    assert_eq!(long.expect("a calendar").to(), day("2079-06-04"));
    let error = of("1900-01-01", "2079-06-05", "2079-06-05").expect_err("too long");
    assert!(
        matches!(error.problem, Problem::RangeTooLong { days: 65_535, .. }),
        "{error}"
    );
}

#[test]
fn what_is_wrong_is_said_in_chinese_too() {
    let (first, last) = (day("2011-01-01"), day("2011-12-31"));
    let text = |text: &str| text.to_owned();
    for (problem, zh) in [
        (
            Problem::Format(text("expected `=`")),
            "不符合日历文件格式（键未知、缺少或写法不对）：expected `=`",
        ),
        (
            Problem::NoHead,
            "没有文件写明version，请在一个文件中写明日历的各项基本设置",
        ),
        (
            Problem::TwoHeads {
                other: text("a.toml"),
            },
            "a.toml中已有version，基本设置只能写在一个文件中",
        ),
        (
            Problem::HeadKeyElsewhere("zone"),
            "“zone”应写在有version的文件中，请移过去",
        ),
        (Problem::MissingKey("to"), "缺少“to”，请补上"),
        (
            Problem::EmptyVersion,
            "version为空，请写明日历版本，例如\"cn-2026.1\"",
        ),
        (
            Problem::BadZone(text("Jiaozuo")),
            "“Jiaozuo”不是时区名，请写IANA名称，例如Asia/Shanghai",
        ),
        (
            Problem::BadDate(text("2011-13-01")),
            "“2011-13-01”不是日期，请写成2011-10-08，不加引号和时刻",
        ),
        (
            Problem::FromAfterTo { to: last },
            "from晚于to（2011-12-31），请对调",
        ),
        (
            Problem::RangeTooLong {
                days: 9,
                days_max: 8,
            },
            "共9天，超过8天，请缩短范围",
        ),
        (
            Problem::FinalToOutside {
                from: first,
                to: last,
            },
            "final_to不在2011-01-01至2011-12-31之内，请改为其中一天",
        ),
        (
            Problem::BadDayEnds(text("noon")),
            "“noon”不能用作day_ends，请写\"midnight\"或\"close\"",
        ),
        (
            Problem::BadWeekday(text("sunday")),
            "“sunday”不是星期，请写mon、tue、wed、thu、fri、sat或sun",
        ),
        (
            Problem::BadMonthDay(text("6-1")),
            "“6-1”不是月日，请写成\"06-01\"",
        ),
        (
            Problem::BadSpan(text("9-12")),
            "“9-12”不是时段，请写成\"08:30-12:00\"，最晚到24:00",
        ),
        (
            Problem::NoticeWithoutSource,
            "写了notice就要写source（通知的出处），否则请删去notice",
        ),
        (
            Problem::OutsideRange {
                list: "rest",
                from: first,
                to: last,
            },
            "不在2011-01-01至2011-12-31之内，请扩大范围，或从rest中删去",
        ),
        (
            Problem::Twice {
                list: "rest",
                first_file: text("a.toml"),
                first_line: 7,
            },
            "在rest中重复，前一处在a.toml第7行，请删去一处",
        ),
        (
            Problem::OverlappingSpans {
                first: text("09:00-12:00"),
                second: text("11:00-13:00"),
            },
            "时段09:00-12:00与11:00-13:00重叠，请改短其中一段",
        ),
        (
            Problem::TooManySeasons { seasons_max: 366 },
            "hours超过366条，请合并内容相同的条目",
        ),
        (
            Problem::NoSpans,
            "是工作日却没有办公时间，请写入hours或hours_on，或改为休息日",
        ),
    ] {
        assert_eq!(problem.message_zh(), zh);
    }
}

#[test]
fn spans_may_touch() {
    let hours =
        r#"hours = [{ from = "01-01", to = "12-31", spans = ["12:00-15:00", "09:00-12:00"] }]"#;
    let calendar = Calendar::parse("t.toml", &format!("{HEAD}{hours}\n")).expect("a calendar");
    let hours = calendar
        .day(day("2011-10-10"))
        .expect("a day covered")
        .hours;
    let spans = ["09:00-12:00", "12:00-15:00"].map(|text| Span::parse(text).expect("a span"));
    assert_eq!(hours, spans);
}

#[test]
fn what_is_not_in_the_format_is_found_on_its_line() {
    for (rest, line) in [
        ("holidays = []\n", 8),
        (
            "\nrest = [\n  { date = 2011-10-03, name = \"a\", kind = \"b\" },\n]\n",
            10,
        ),
        ("rest = [{ date = 2011-10-03 }]\n", 8),
        ("rest = [{ date = \"2011-10-03\", name = \"a\" }]\n", 8),
        ("rest = [{ date = 2011-02-30, name = \"a\" }]\n", 8),
        ("rest = [\n", 8),
    ] {
        let error = error_of(&format!("{HEAD}{rest}"));
        assert!(matches!(error.problem, Problem::Format(_)), "{error}");
        assert_eq!(
            (error.file.as_str(), error.line),
            ("t.toml", line),
            "{error}"
        );
    }
}

#[test]
fn a_directory_has_one_head_and_files_with_lists() {
    let part = |name: &str, text: &str| (name.to_owned(), text.to_owned());
    let head = part("calendar.toml", &format!("{HEAD}{HOURS}"));
    let list = "rest = [{ date = 2011-10-03, name = \"a\" }]\n";
    let one = Calendar::parse("t.toml", &format!("{HEAD}{HOURS}{list}")).expect("a calendar");
    let parts = Calendar::parse_parts(&[part("2011.toml", list), head.clone()]);
    assert_eq!(parts, Ok(one));
    let error = |parts: &[(String, String)]| {
        let error = Calendar::parse_parts(parts).expect_err("files that can't be used");
        error.to_string()
    };
    assert_eq!(
        error(&[
            head.clone(),
            part("2011.toml", list),
            part("more.toml", list)
        ]),
        "more.toml:1: 2011-10-03: twice in `rest`, first at 2011.toml:1: delete one of the two",
    );
    assert_eq!(
        error(&[head.clone(), part("2011.toml", "\nzone = \"UTC\"\n")]),
        "2011.toml:2: `zone` belongs into the file that says `version`: move it there",
    );
    assert_eq!(
        error(&[head.clone(), part("other.toml", HEAD)]),
        "other.toml:1: `version` is also in calendar.toml: keep the head keys in one file",
    );
    assert_eq!(
        error(&[part("2011.toml", list)]),
        "2011.toml:1: no file says `version`: give one file the head keys",
    );
    assert!(Calendar::parse_parts(&[]).is_err());
}

#[test]
fn a_text_of_everything_reads_back_as_itself() {
    let text = r#"
version = "a \"b\" \\ c"
zone = "Europe/Amsterdam"
from = 2011-01-01
to = 2012-12-31
final_to = 2012-06-30
day_ends = "close"
rest_weekdays = ["sun"]
rest = [{ date = 2011-10-03, name = "国庆节\t\"\u0007\u007F", notice = "n", source = "s" }]
make_up = [{ date = 2011-10-09, name = "国庆节" }]
closed = [{ date = 2012-07-30, name = "停电", source = "s" }]
hours = [
  { from = "11-01", to = "02-29", spans = ["13:00-24:00", "00:00-12:00"] },
  { from = "03-01", to = "10-31", weekdays = ["sat", "sun"], spans = ["09:00-12:00"] },
  { from = "03-01", to = "10-31", weekdays = ["mon", "tue", "wed", "thu", "fri"], spans = ["09:00-17:00"] },
]
hours_on = [{ date = 2011-10-09, spans = ["10:00-11:00"] }]
"#;
    let calendar = Calendar::parse("t.toml", text).expect("a calendar");
    let again = Calendar::parse("stored", &calendar.to_text()).expect("its own text");
    assert_eq!(again, calendar);
    let info = again.day(day("2011-10-03")).expect("a day covered");
    assert_eq!(info.notice.as_deref(), Some("n"));
    assert_eq!(info.source.as_deref(), Some("s"));
    let hours = |date| again.day(day(date)).expect("a day covered").hours;
    let whole = |text| Span::parse(text).expect("a span");
    assert_eq!(
        hours("2012-02-29"),
        [whole("00:00-12:00"), whole("13:00-24:00")]
    );
    assert_eq!(hours("2011-10-09"), [whole("10:00-11:00")]);
    assert_eq!(hours("2011-10-08"), [whole("09:00-12:00")]);
    assert!(hours("2011-10-16").is_empty());
}

#[test]
fn calendars_differ_from_a_day_on() {
    let of = |from: &str, to: &str, more: &str| {
        let text = format!("{HEAD}{HOURS}{more}").replacen(from, to, 1);
        Calendar::parse("t.toml", &text).expect("a calendar")
    };
    let base = of("", "", "");
    let first = |other: &Calendar, expected: Option<&str>| {
        assert_eq!(base.first_difference(other), expected.map(day));
        assert_eq!(other.first_difference(&base), expected.map(day));
    };
    first(&base, None);
    // Another zone, or days that end elsewhere: from the first day on.
    first(&of("Asia/Shanghai", "Asia/Urumqi", ""), Some("2011-01-01"));
    first(&of("\"midnight\"", "\"close\"", ""), Some("2011-01-01"));
    // A day that rests, other hours of a day that works, a day that only one covers, be it a Sunday.
    first(
        &of("", "", "closed = [{ date = 2011-06-01, name = \"a\" }]\n"),
        Some("2011-06-01"),
    );
    first(
        &of(
            "",
            "",
            "hours_on = [{ date = 2011-05-04, spans = [\"09:00-11:00\"] }]\n",
        ),
        Some("2011-05-04"),
    );
    first(
        &of("to = 2011-12-31", "to = 2012-06-30", ""),
        Some("2012-01-01"),
    );
    first(
        &of("from = 2011-01-01", "from = 2011-01-03", ""),
        Some("2011-01-01"),
    );
    // Another version that says the same.
    first(&of("version = \"t\"", "version = \"u\"", ""), None);
}
