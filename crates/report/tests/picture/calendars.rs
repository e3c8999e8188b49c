//! Counts and years as calendars.

use calendar::{Calendar, Interval, Term};
use report::picture::{Count, Look, count_picture, year_picture};

use crate::fixtures::{at, calendar};
use crate::sound;

const LOOKS: [(&str, Look<'static>); 2] = [("zh", Look::zh("p")), ("en", Look::en("p"))];

/// A count of a term with stops, in both languages; the Chinese picture.
fn check(name: &str, start: &str, term: Term, stops: &[(&str, &str)]) -> String {
    let calendar = calendar();
    let intervals: Vec<Interval> = stops
        .iter()
        .map(|(from, to)| Interval {
            from: at(from),
            to: (!to.is_empty()).then(|| at(to)),
        })
        .collect();
    let names = vec!["专家评审 焦环告〔2011〕3号".to_owned(); stops.len()];
    let due = calendar
        .due(at(start), term, &intervals, None)
        .expect("a count");
    let due_on = due.map(|due| due.on);
    let through = due_on.unwrap_or_else(|| calendar.office_date(at("2011-10-20 09:00")));
    let days = calendar
        .explain(at(start), term, &intervals, None, through)
        .expect("days");
    let mut first = String::new();
    for (language, look) in LOOKS {
        let count = Count {
            title: &format!("法定时限 {}", term.zh()),
            days: &days,
            due_on,
            stops: &names,
            final_to: Some(calendar.final_to()),
        };
        let svg = count_picture(&count, &look);
        sound::check(&format!("count-{name}-{language}"), &svg);
        if first.is_empty() {
            first = svg;
        }
    }
    first
}

#[test]
fn counts_are_told_and_drawn() {
    let stop = [("2011-10-10 09:00", "2011-10-12 17:00")];
    let svg = check(
        "national-day",
        "2011-09-26 10:00",
        Term::WorkingDays(20),
        &stop,
    );
    let told = "2011年9月26日 起算当日，不计入；2011年9月27日–9月30日 计入，第1–4；2011年10月1日–10月7日 国庆节放假，不计入；\
        2011年10月8日 国庆节调休上班，计入，第5；2011年10月9日 国庆节调休上班，计入，第6；2011年10月10日 计入，第7；\
        2011年10月11日–10月12日 专家评审 焦环告〔2011〕3号，不计入；2011年10月13日–10月14日 计入，第8–9；\
        2011年10月15日–10月16日 周末，不计入；2011年10月17日–10月21日 计入，第10–14；2011年10月22日–10月23日 周末，不计入；\
        2011年10月24日–10月28日 计入，第15–19；2011年10月29日–10月30日 周末，不计入；2011年10月31日 计入，第20；\
        到期日 2011年10月31日。";
    assert!(svg.contains(told), "{svg}");
    check("spring", "2011-01-28 10:00", Term::WorkingDays(5), &[]);
    check(
        "open",
        "2011-09-26 10:00",
        Term::WorkingDays(20),
        &[("2011-10-10 09:00", "")],
    );
    check("long", "2026-05-06 10:00", Term::WorkingDays(180), &[]);
    check("hours", "2011-09-30 16:00", Term::WorkingHours(16), &[]);
    check("natural", "2011-09-02 10:00", Term::NaturalDays(29), &[]);
}

#[test]
fn a_count_without_days_says_so() {
    let count = Count {
        title: "法定时限",
        days: &[],
        due_on: None,
        stops: &[],
        final_to: None,
    };
    sound::check("count-none", &count_picture(&count, &Look::zh("p")));
}

/// The shipped calendar with two days closed.
fn closed() -> Calendar {
    let days = "closed = [{ date = 2011-07-26, name = \"防汛停办\" }, { date = 2011-07-27, name = \"防汛停办\" }]";
    let text = calendar().to_text().replacen("closed = []", days, 1);
    Calendar::parse("closed", &text).expect("the calendar reads")
}

#[test]
fn years_have_their_holidays() {
    for (year, words) in [
        (2011, "2月 2–8日春节，12日上班"),
        (2012, "9月 30日中秋节，29日上班"),
        (2026, "2026年11月30日之后为暂定"),
        (2003, "2003年 工作日0天"),
    ] {
        for (language, look) in LOOKS {
            let svg = year_picture(&calendar(), year, &look);
            sound::check(&format!("year-{year}-{language}"), &svg);
            assert!(
                language != "zh" || svg.contains(words),
                "{year} {words}: {svg}"
            );
        }
    }
    let svg = year_picture(&closed(), 2011, &Look::zh("p"));
    sound::check("year-closed", &svg);
    assert!(svg.contains("26、27日防汛停办"), "{svg}");
}
