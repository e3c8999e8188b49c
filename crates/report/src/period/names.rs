//! What the numbers are called that a closed period keeps: those of `Figures::named`, of the limits and of the scores.

use approval::event::Defect;
use approval::scoring::Scores;
use approval::stage::{Outcome, Stage};

use super::{english, words};
use crate::picture::Language;

/// The plain counts and the limits, each in both languages.
const COUNTED: &[(&str, &str, &str)] = &[
    ("received", "收件", "received"),
    ("accepted", "受理", "accepted"),
    ("deemed_accepted", "视为受理", "deemed accepted"),
    ("completed", "办结", "completed"),
    ("declined", "未受理即告结束", "ended without acceptance"),
    (
        "cohort_completed",
        "本期受理且办结",
        "accepted and completed in the period",
    ),
    ("open_at_start", "期初在办", "open at the start"),
    ("open_at_end", "期末在办", "open at the end"),
    ("open_late", "期末超时在办", "open and late at the end"),
    ("completed_on_time", "按时办结", "completed on time"),
    ("completed_early", "提前办结", "completed early"),
    ("completed_late", "超时办结", "completed late"),
    (
        "statutory_on_time",
        "法定时限内办结",
        "within the statutory limit",
    ),
    (
        "statutory_late",
        "超过法定时限",
        "beyond the statutory limit",
    ),
    ("timed", "计时的办结", "completed that count for time"),
    ("same_day", "当日办结", "completed the same day"),
    ("unmeasured", "无法计算用时", "without days used"),
    (
        "statutory_limit_days",
        "法定时限合计(工作日)",
        "statutory limits (working days)",
    ),
    (
        "statutory_used_days",
        "对应法定时限的用时(工作日)",
        "used of statutory limits (working days)",
    ),
    (
        "promised_limit_days",
        "承诺时限合计(工作日)",
        "promised limits (working days)",
    ),
    (
        "promised_used_days",
        "对应承诺时限的用时(工作日)",
        "used of promised limits (working days)",
    ),
    ("stops", "特别程序", "stops"),
    (
        "stops_without_notice",
        "无书面告知的特别程序",
        "stops without a written notice",
    ),
    ("suspensions", "中止", "suspensions"),
    ("stops_open_at_end", "期末仍停止计时", "stopped at the end"),
    ("corrections", "补正告知", "correction notices"),
    (
        "second_corrections",
        "第二次及以后补正告知",
        "correction notices after the first",
    ),
    ("extensions", "延期", "extensions"),
    ("sent_back", "退回上一环节", "sent back"),
    ("notices_issued", "预警发出", "notices issued"),
    ("notices_annulled", "预警取消", "notices annulled"),
    ("notices_revoked", "预警撤销", "notices revoked"),
    ("notices_pending", "预警待发", "notices pending"),
    ("yellow_issued", "黄牌发出", "yellow cards issued"),
    ("yellow_annulled", "黄牌取消", "yellow cards annulled"),
    ("yellow_revoked", "黄牌撤销", "yellow cards revoked"),
    ("yellow_pending", "黄牌待发", "yellow cards pending"),
    ("red_issued", "红牌发出", "red cards issued"),
    ("red_annulled", "红牌取消", "red cards annulled"),
    ("red_revoked", "红牌撤销", "red cards revoked"),
    ("red_pending", "红牌待发", "red cards pending"),
    (
        "notice_cases",
        "以预警为最高一级的办件",
        "cases with a notice as the highest",
    ),
    (
        "yellow_cards",
        "以黄牌为最高一级的办件",
        "cases with a yellow card as the highest",
    ),
    (
        "red_cards",
        "以红牌为最高一级的办件",
        "cases with a red card as the highest",
    ),
    ("orders_issued", "督办单发出", "orders issued"),
    (
        "order_replies_in_time",
        "督办按期回复",
        "orders answered in time",
    ),
    ("order_replies_late", "督办逾期回复", "orders answered late"),
    ("orders_overdue", "督办逾期未回复", "orders overdue"),
    ("orders_closed", "督办销号", "orders closed"),
    ("appeals_filed", "申诉", "appeals filed"),
    ("appeals_upheld", "申诉撤牌", "appeals upheld"),
    ("appeals_rejected", "申诉打回", "appeals rejected"),
    ("approval_items", "审批事项", "approval items"),
    ("service_items", "服务事项", "service items"),
    (
        "statutory_days",
        "事项法定时限合计(工作日)",
        "statutory limits of items (working days)",
    ),
    (
        "promised_days",
        "事项承诺时限合计(工作日)",
        "promised limits of items (working days)",
    ),
    ("score", "得分", "score"),
    ("rank", "名次", "rank"),
];

/// What a number is called; by its name if nothing else is known of it.
pub fn figure_name(name: &str, scores: Option<&Scores>, language: Language) -> String {
    if let Some((_, zh, en)) = COUNTED.iter().find(|(known, ..)| *known == name) {
        return language.pick(*zh, *en).to_owned();
    }
    let told = name.split_once('/');
    let told = told.and_then(|(kind, of)| with_part(kind, of, scores, language));
    told.unwrap_or_else(|| name.to_owned())
}

/// A number that is told by something: an outcome, days, a stage, a mark, a part of the scores.
fn with_part(kind: &str, of: &str, scores: Option<&Scores>, language: Language) -> Option<String> {
    let stage = |word: &str| {
        let stage = Stage::ALL.iter().find(|stage| stage.as_str() == word)?;
        Some(language.stage(*stage).to_owned())
    };
    Some(match kind {
        "outcome" => {
            let mut all = Outcome::ALL.iter();
            let outcome = all.find(|outcome| outcome.as_str() == of).copied();
            let (zh, en) = match outcome {
                Some(outcome) => (outcome.zh().to_owned(), english::outcome(outcome)),
                None => ("未说明".to_owned(), "not stated".to_owned()),
            };
            language.pick(format!("办结结果：{zh}"), format!("outcome: {en}"))
        }
        "used_working_days" => language.pick(
            format!("用时{of}个工作日的办件"),
            format!("cases that took {of} working days"),
        ),
        "used_working_days_immediate" => language.pick(
            format!("用时{of}个工作日的即办件"),
            format!("immediate cases that took {of} working days"),
        ),
        "stage_visits" => {
            let stage = stage(of)?;
            language.pick(format!("{stage}环节次数"), format!("visits to {stage}"))
        }
        "stage_late_visits" => {
            let stage = stage(of)?;
            language.pick(
                format!("{stage}环节超时次数"),
                format!("late visits to {stage}"),
            )
        }
        "stage_used_working_days" => {
            let (stage_word, days) = of.split_once('/')?;
            let stage = stage(stage_word)?;
            language.pick(
                format!("{stage}环节用时{days}个工作日的办件"),
                format!("cases that took {days} working days in {stage}"),
            )
        }
        "irregular" => {
            let mut all = Defect::ALL.iter();
            let defect = all.find(|defect| defect.as_str() == of).copied()?;
            let word = language.pick(words::defect(defect), english::defect(defect));
            language.pick(
                format!("带标记的记录：{word}"),
                format!("marked records: {word}"),
            )
        }
        "points" => {
            let schemes = scores
                .into_iter()
                .flat_map(|s| s.schemes.iter().chain([&s.scheme]));
            let mut parts = schemes.filter_map(|scheme| scheme.part(of));
            let part = parts.next();
            let part = part.map_or(of, |part| language.pick(&*part.name, &*part.name_en));
            language.pick(format!("{part}得分"), format!("points for {part}"))
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use approval::statistics::Counts;

    use super::*;

    #[test]
    fn every_number_has_a_name_in_both_languages() {
        let mut names: Vec<String> = Counts::NAMES.iter().map(|&name| name.to_owned()).collect();
        names.extend(
            Outcome::ALL
                .iter()
                .map(|o| format!("outcome/{}", o.as_str())),
        );
        names.extend(
            Defect::ALL
                .iter()
                .map(|d| format!("irregular/{}", d.as_str())),
        );
        for stage in Stage::ALL {
            names.push(format!("stage_visits/{stage}"));
            names.push(format!("stage_late_visits/{stage}"));
            names.push(format!("stage_used_working_days/{stage}/3"));
        }
        let others = [
            "outcome/unstated",
            "used_working_days/4",
            "used_working_days_immediate/0",
        ];
        names.extend(others.map(str::to_owned));
        names.extend(["score", "rank", "points/limits", "promised_days"].map(str::to_owned));
        for name in names {
            let zh = figure_name(&name, None, Language::Zh);
            let en = figure_name(&name, None, Language::En);
            assert!(
                zh != name && en != zh && zh.chars().any(|c| c > '\u{7f}'),
                "{name}: {zh} {en}"
            );
        }
        assert_eq!(figure_name("unheard_of", None, Language::Zh), "unheard_of");
    }
}
