//! The case picture in words: its title and its description.

use super::facts::{Bar, BarEnd, Facts, Reader};
use crate::picture::Language;

/// Title and description.
pub(super) fn tell(reader: &Reader<'_>, facts: &Facts) -> (String, String) {
    let language = reader.language;
    let id = reader.subject.id.as_str();
    let title = match reader.subject.case() {
        Some(case) => format!("{} {id} {}", language.pick("办件", "Case"), case.item.name),
        None if reader.subject.appeal().is_some() => {
            format!("{} {id}", language.pick("申诉", "Appeal"))
        }
        None => format!("{} {id}", language.pick("督办单", "Order")),
    };
    let mut sentences = Vec::new();
    let list = |words: Vec<String>| words.join(language.pick("，", ", "));
    sentences.push(list(facts.flags.iter().map(|f| f.words.clone()).collect()));
    for lane in &facts.lanes {
        if !lane.bars.is_empty() {
            let bars = lane.bars.iter().map(|bar| bar_told(reader, bar)).collect();
            sentences.push(format!("{}{} {}", lane.name, colon(language), list(bars)));
        }
        for (from, to) in &lane.waits {
            let span = span(reader, *from, *to);
            sentences.push(format!(
                "{} {span}",
                language.pick("等待补正", "Waiting for the applicant")
            ));
        }
    }
    for stop in &facts.stops {
        let span = span(reader, stop.from, stop.to);
        let words = language.pick("不计时", "Not counted");
        sentences.push(format!("{words}{} {} {span}", colon(language), stop.name));
    }
    for card in &facts.cards {
        let at = language.instant(card.at, reader.calendar());
        sentences.push(format!("{} {at}", card.words));
    }
    sentences.retain(|sentence| !sentence.is_empty());
    let end = language.pick("。", ". ");
    let description = sentences.join(end) + end.trim_end();
    (title, description)
}

fn colon(language: Language) -> &'static str {
    language.pick("：", ":")
}

fn span(
    reader: &Reader<'_>,
    from: chrono::DateTime<chrono::Utc>,
    to: chrono::DateTime<chrono::Utc>,
) -> String {
    let told = |at| reader.language.instant(at, reader.calendar());
    format!("{}–{}", told(from), told(to))
}

fn bar_told(reader: &Reader<'_>, bar: &Bar) -> String {
    let language = reader.language;
    let mut words = span(reader, bar.from, bar.to);
    if !bar.who.is_empty() {
        words += &format!(" {}", bar.who);
    }
    if let Some(used) = bar.used {
        let limit = bar.term.map(|term| language.term(term));
        words += &match limit {
            Some(limit) => language.pick(
                format!(" 已用{used}，时限{limit}"),
                format!(" used {used} of {limit}"),
            ),
            None => language.pick(
                format!(" 已用{}", language.working_days(used)),
                format!(" used {}", language.working_days(used)),
            ),
        };
    }
    if bar.late {
        words += language.pick(" 超期", " late");
    }
    words += match bar.end {
        BarEnd::Runs => language.pick(" 在办", " in hand"),
        BarEnd::Done => "",
        BarEnd::SentBack { .. } => language.pick(" 退回", " sent back"),
        BarEnd::Deemed => language.pick(" 视为受理", " deemed accepted"),
        BarEnd::Told => language.pick(" 告知补正", " correction notice"),
        BarEnd::BrokenOff => language.pick(" 中断", " broken off"),
    };
    words
}
