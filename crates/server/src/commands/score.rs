//! `score …`: points and ranks of the units; what inspectors enter, units object to, and inspectors decide.

use approval::scoring::{Entry, Points, read_month};
use approval::statistics::Period;
use clap::{Args, Subcommand};
use engine::accounts::Caller;
use engine::answer::instant_text;
use engine::scoring::{Decision, NewScore};
use engine::{Engine, EngineError};
use serde_json::{Value, json};

use crate::app::App;
use crate::commands::act_by;
use crate::failure::Failure;
use crate::output;

/// What is done about scores.
#[derive(Debug, Subcommand)]
pub(crate) enum Score {
    /// 得分和排名,逐项列出 / Points and ranks, with every point that was taken off or added
    Show {
        /// 统计期,须为整月:2011-10、2011-Q4、2011-H2、2011 / The period, of whole months
        #[arg(long, value_name = "P")]
        period: String,
        /// 只看一个单位 / One unit alone
        #[arg(long, value_name = "CODE")]
        unit: Option<String>,
    },
    /// 列出录入的评分和处理经过 / Lists what was entered, with what was done about it
    List {
        /// 统计期,须为整月 / The period, of whole months
        #[arg(long, value_name = "P")]
        period: String,
        /// 只看一个单位 / One unit alone
        #[arg(long, value_name = "CODE")]
        unit: Option<String>,
    },
    /// 监察人员录入评分 / An inspector enters points
    Enter {
        /// 单位 / The unit
        #[arg(long, value_name = "CODE")]
        unit: String,
        /// 计入的月份 / The month that it counts in
        #[arg(long, value_name = "YYYY-MM", value_parser = month)]
        month: Period,
        /// 评分项目的键,或 total(总分) / The key of a part of the scheme, or total
        #[arg(long, value_name = "KEY")]
        part: String,
        /// 分值,扣分写负数,最多两位小数 / Points; below zero to take them off
        #[arg(long, value_name = "POINTS", value_parser = points, allow_hyphen_values = true)]
        points: Points,
        /// 理由,勿写申请人信息 / The reason, without personal data of applicants
        #[arg(long, value_name = "TEXT")]
        reason: String,
        #[command(flatten)]
        who: Who,
    },
    /// 单位对录入的评分提出申诉 / A unit objects to an entry
    Object {
        /// 录入编号 / The entry's number
        entry: String,
        /// 理由 / The reason
        #[arg(long, value_name = "TEXT")]
        reason: String,
        #[command(flatten)]
        who: Who,
    },
    /// 监察人员处理申诉 / An inspector decides an objection
    Decide {
        /// 录入编号 / The entry's number
        entry: String,
        /// uphold(成立,撤回录入)、reject(不成立)
        #[arg(long, value_name = "WORD", value_parser = decision)]
        decision: Decision,
        /// 理由 / The reason
        #[arg(long, value_name = "TEXT")]
        reason: String,
        #[command(flatten)]
        who: Who,
    },
}

/// Who acts.
#[derive(Debug, Args)]
pub(crate) struct Who {
    /// 人员代码 / The person
    #[arg(long, value_name = "PERSON")]
    by: Option<String>,
    /// AB岗代谁办理 / For whom a stand-in acts
    #[arg(long = "for", value_name = "PERSON")]
    stands_for: Option<String>,
}

fn month(text: &str) -> Result<Period, String> {
    read_month(text).ok_or_else(|| "写作 2011-10 / write a month, as 2011-10".to_owned())
}

fn points(text: &str) -> Result<Points, String> {
    Points::parse(text).ok_or_else(|| {
        "写作 -2 或 1.5,最多两位小数 / write -2 or 1.5, two decimals at most".to_owned()
    })
}

/// Reads a decision: the command's word, the record's, or the Chinese one.
fn decision(text: &str) -> Result<Decision, String> {
    match text {
        "uphold" | "upheld" | "成立" => Ok(Decision::Uphold),
        "reject" | "rejected" | "不成立" => Ok(Decision::Reject),
        _ => Err("可用的有 / known are: uphold(成立), reject(不成立)".to_owned()),
    }
}

/// Runs one of them.
pub(crate) async fn run(app: &App, command: Score) -> Result<(), Failure> {
    let engine = app.engine().await?;
    let writes = !matches!(command, Score::Show { .. } | Score::List { .. });
    let ended = match answer(&engine, command).await {
        Ok(lines) if writes => engine.remember_trial_time().await.map(|()| lines),
        ended => ended,
    };
    engine.close().await;
    for line in ended? {
        output::json(&line)?;
    }
    Ok(())
}

async fn answer(engine: &Engine, command: Score) -> Result<Vec<Value>, EngineError> {
    let caller = Caller {
        account: super::COMMAND_LINE.to_owned(),
        address: String::new(),
    };
    let entry = match command {
        Score::Show { period, unit } => return Ok(vec![show(engine, &period, unit).await?]),
        Score::List { period, unit } => return list(engine, &period, unit).await,
        Score::Enter {
            unit,
            month,
            part,
            points,
            reason,
            who,
        } => {
            let new = NewScore {
                unit,
                month,
                part,
                points,
                reason,
            };
            let act = act_by(who.by, who.stands_for);
            engine.enter_score(new, act, &caller).await?
        }
        Score::Object { entry, reason, who } => {
            let act = act_by(who.by, who.stands_for);
            engine.object_score(&entry, &reason, act, &caller).await?
        }
        Score::Decide {
            entry,
            decision,
            reason,
            who,
        } => {
            let act = act_by(who.by, who.stands_for);
            let decided = engine.decide_score(&entry, decision, &reason, act, &caller);
            decided.await?
        }
    };
    let books = engine.books(engine.division()).await?;
    Ok(vec![entry_json(&books.calendar, &entry)])
}

fn read_period(text: &str) -> Result<Period, EngineError> {
    Period::parse(text).map_err(|error| EngineError::invalid("bad_period", error.to_string()))
}

fn whole_months(period: &Period) -> EngineError {
    EngineError::invalid(
        "not_whole_months",
        format!(
            "{period} 不是整月,评分按月进行,请写作 2011-10、2011-Q4、2011-H2 或 2011 / scores are of whole months"
        ),
    )
}

async fn show(engine: &Engine, period: &str, unit: Option<String>) -> Result<Value, EngineError> {
    let period = read_period(period)?;
    let statement = engine.statement(&period).await?;
    let mut value = report::period::ranking(&statement);
    let Some(units) = value.get_mut("units").and_then(Value::as_array_mut) else {
        return Err(match engine.scheme()? {
            Some(_) => whole_months(&period),
            None => EngineError::invalid(
                "no_scheme",
                "未启用评分,请在配置的 [scoring] scheme 中指定评分办法 / nobody is scored: name a scheme in the configuration",
            ),
        });
    };
    if let Some(code) = unit {
        units.retain(|unit| unit.get("code").and_then(Value::as_str) == Some(code.as_str()));
        if units.is_empty() {
            let what = "单位";
            return Err(approval::Refusal::Unknown { what, code }.into());
        }
    }
    value["period"] = json!(period.to_string());
    value["as_of"] = json!(statement.is_open);
    let cut_off = instant_text(&statement.calendar, statement.cut_off);
    value["cut_off"] = json!(cut_off);
    Ok(value)
}

async fn list(
    engine: &Engine,
    period: &str,
    unit: Option<String>,
) -> Result<Vec<Value>, EngineError> {
    let period = read_period(period)?;
    let months = approval::scoring::months_of(&period);
    let (Some(first), Some(last)) = (months.first(), months.last()) else {
        return Err(whole_months(&period));
    };
    let entries = engine.score_entries(unit.as_deref(), (first, last)).await?;
    let books = engine.books(engine.division()).await?;
    let lines = entries
        .iter()
        .map(|entry| entry_json(&books.calendar, entry));
    Ok(lines.collect())
}

fn entry_json(calendar: &calendar::Calendar, entry: &Entry) -> Value {
    let acts = entry.acts.iter().map(|act| {
        json!({
            "kind": act.kind.as_str(),
            "by": act.by.as_str(),
            "at": instant_text(calendar, act.at),
            "reason": act.reason,
        })
    });
    json!({
        "entry": entry.number,
        "unit": entry.unit.as_str(),
        "month": entry.month.to_string(),
        "part": entry.part,
        "points": entry.points.to_string(),
        "reason": entry.reason,
        "entered_by": entry.entered_by.as_str(),
        "entered_at": instant_text(calendar, entry.entered_at),
        "object_until": instant_text(calendar, entry.object_until),
        "state": entry.state().as_str(),
        "acts": acts.collect::<Vec<_>>(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read() {
        assert_eq!(decision("uphold"), Ok(Decision::Uphold));
        assert_eq!(decision("不成立"), Ok(Decision::Reject));
        assert!(decision("yes").unwrap_err().contains("uphold"));
        assert!(points("-1.234").unwrap_err().contains("1.5"));
        assert!(month("2011-Q4").is_err() && month("2011-10").is_ok());
    }
}
