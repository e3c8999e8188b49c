//! `explain`: the whole count of a subject's dates, as JSON or as a table to put on the desk.

use std::fmt::Write;

use chrono::{Datelike, NaiveDate};
use serde_json::Value;

use crate::app::App;
use crate::failure::Failure;
use crate::output;

/// Days of the week from Monday.
const WEEKDAYS: [&str; 7] = ["周一", "周二", "周三", "周四", "周五", "周六", "周日"];
/// The width of the column that numbers the counted days.
const NUMBER_WIDTH: usize = 10;

/// Explains every clock of a subject.
pub(crate) async fn run(app: &App, subject: &str, json: bool) -> Result<(), Failure> {
    let engine = app.engine().await?;
    let explained = engine.explain(subject).await;
    engine.close().await;
    let explained = explained?;
    if json {
        output::json(&explained)?;
    } else {
        output::text(&table(&explained).map_err(anyhow::Error::from)?)?;
    }
    Ok(())
}

fn table(explained: &Value) -> Result<String, std::fmt::Error> {
    let mut out = format!("{} 的时限计算\n", text(&explained["case"]));
    for clock in list(&explained["clocks"]) {
        clock_table(&mut out, clock)?;
    }
    Ok(out)
}

fn clock_table(out: &mut String, clock: &Value) -> std::fmt::Result {
    let term = approval::term_text::parse(text(&clock["term"])).map_or_else(
        |_| text(&clock["term"]).replace("given", "对方系统给定"),
        approval::term_text::zh,
    );
    let due = match clock["due_on"].as_str() {
        Some(due) => format!("{due} {} 到期", weekday(due)),
        None => "停计中,暂无到期日".to_owned(),
    };
    writeln!(out)?;
    writeln!(
        out,
        "【{}】{term},自 {} 起算(当日不计),{due}",
        text(&clock["name"]),
        text(&clock["day0"]),
    )?;
    writeln!(out, "  按日历 {} 计算", text(&clock["calendar"]))?;
    if let Some(ended) = clock["ended_at"].as_str() {
        writeln!(out, "  已于 {ended} 结束")?;
    }
    for day in list(&clock["days"]) {
        let date = text(&day["date"]);
        let number = match day["number"].as_u64() {
            Some(number) if day["counted"] == true => format!("第 {number} 日"),
            _ => "不计".to_owned(),
        };
        let number = pad(&number, NUMBER_WIDTH);
        writeln!(
            out,
            "  {date} {}  {number}{}",
            weekday(date),
            text(&day["why"])
        )?;
    }
    for extension in list(&clock["extensions"]) {
        let notice = extension["notice"].as_str().unwrap_or("未登记书面通知");
        writeln!(
            out,
            "  延期:{},{} 批准,批准人 {},理由:{},通知:{notice}",
            text(&extension["term"]),
            text(&extension["approved_at"]),
            text(&extension["approver"]),
            text(&extension["reason"]),
        )?;
    }
    for stop in list(&clock["stops"]) {
        writeln!(
            out,
            "  停计:第 {} 次 {},{} 至 {},通知:{}",
            stop["stop"],
            text(&stop["name"]),
            text(&stop["from"]),
            stop["to"].as_str().unwrap_or("今"),
            stop["notice"].as_str().unwrap_or("未登记书面通知"),
        )?;
    }
    for basis in list(&clock["basis"]) {
        writeln!(
            out,
            "  依据:{}:{}",
            text(&basis["article"]),
            text(&basis["text"])
        )?;
    }
    Ok(())
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn weekday(date: &str) -> &'static str {
    date.parse::<NaiveDate>().map_or("", |date| {
        let index = date.weekday().num_days_from_monday();
        usize::try_from(index).map_or("", |index| WEEKDAYS[index])
    })
}

/// Pads to a width on the screen, where a Chinese character takes two places.
fn pad(text: &str, width: usize) -> String {
    let taken: usize = text.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum();
    format!("{text}{}", " ".repeat(width.saturating_sub(taken)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_reads_like_a_table() {
        let explained = serde_json::json!({"case": "X-1", "clocks": [{
            "clock": "promised", "name": "承诺时限", "term": "2wd", "day0": "2011-09-30", "due_on": "2011-10-09",
            "calendar": "cn-2011",
            "days": [
                {"date": "2011-10-07", "counted": false, "why": "国庆节放假", "number": null},
                {"date": "2011-10-08", "counted": true, "why": "国庆节调休上班", "number": 1},
            ],
            "extensions": [], "stops": [],
            "basis": [{"article": "行政许可法第八十二条", "text": "工作日"}],
        }]});
        assert_eq!(
            table(&explained).unwrap(),
            "X-1 的时限计算\n\n【承诺时限】2个工作日,自 2011-09-30 起算(当日不计),2011-10-09 周日 到期\n  \
             按日历 cn-2011 计算\n  \
             2011-10-07 周五  不计      国庆节放假\n  2011-10-08 周六  第 1 日   国庆节调休上班\n  \
             依据:行政许可法第八十二条:工作日\n"
        );
    }
}
