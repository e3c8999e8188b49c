//! What the core says, as the notes that texts are made from.

use approval::appeal::AppealDecision;
use approval::message::{AppealNews, AppealNotice, Notice, OrderNotice, WarningNotice};
use approval::rule::Level;
use approval::track::ClockKey;
use notify::{AppealKind, AppealNote, Note, OrderKind, OrderNote, WarningNote};

/// Who signs an order that no person issued.
const PROGRAM: &str = "电子监察系统";

/// The note of a notice about a subject.
pub fn of(subject: &str, notice: &Notice) -> Note {
    match notice {
        Notice::Warning(warning) => Note::Warning(warning_note(subject, warning)),
        Notice::Order(order) => Note::Order(order_note(subject, order)),
        Notice::Appeal(appeal) => Note::Appeal(appeal_note(subject, appeal)),
    }
}

fn warning_note(subject: &str, warning: &WarningNotice) -> WarningNote {
    let passed = warning.recorded_at >= warning.due_at;
    let counted = warning.evidence.is_none();
    WarningNote {
        level: level(warning.level),
        case_number: subject.to_owned(),
        item_name: warning
            .item_name
            .clone()
            .unwrap_or_else(|| nameless(warning.clock).to_owned()),
        unit_name: warning.unit_name.clone(),
        stage: warning.stage.map(|s| s.as_str().to_owned()),
        clock: warning.clock.zh(),
        due_on: warning.due_on,
        due_at: Some(warning.due_at),
        limit_at: warning.limit_at,
        left_working_days: (counted && !passed).then_some(warning.left),
        over_working_days: (counted && passed).then_some(warning.over),
        rule: warning.rule.clone(),
        rule_text: warning.rule_text.clone(),
        basis: warning.basis.clone(),
        persons: warning.responsible.clone(),
        evidence: warning.evidence.clone(),
        recorded_at: warning.recorded_at,
        path: None,
    }
}

/// What stands where an item's name would.
const fn nameless(clock: ClockKey) -> &'static str {
    match clock {
        ClockKey::Appeal(_) => "申诉",
        _ => "督办单",
    }
}

fn order_note(subject: &str, order: &OrderNotice) -> OrderNote {
    OrderNote {
        kind: if order.sent_back {
            OrderKind::SentBack
        } else {
            OrderKind::Issued
        },
        order_number: subject.to_owned(),
        case_number: order.about.as_ref().map(|a| a.as_str().to_owned()),
        item_name: None,
        unit_name: order.unit_name.clone(),
        demand: order.text.clone(),
        reason: order.reason.clone(),
        due_on: order.due_on.unwrap_or_default(),
        due_at: order.due_at,
        left_working_days: order.left,
        issued_by: order.by.clone().unwrap_or_else(|| PROGRAM.to_owned()),
        basis: Vec::new(),
        recorded_at: order.recorded_at,
        path: None,
    }
}

fn appeal_note(subject: &str, appeal: &AppealNotice) -> AppealNote {
    AppealNote {
        kind: match appeal.news {
            AppealNews::Filed => AppealKind::Filed,
            AppealNews::Decided(AppealDecision::Revoked) => AppealKind::Revoked,
            AppealNews::Decided(AppealDecision::Rejected) => AppealKind::Rejected,
            AppealNews::Decided(AppealDecision::Referred) => AppealKind::Referred,
            AppealNews::Lapsed => AppealKind::Lapsed,
        },
        appeal_number: subject.to_owned(),
        subject_number: appeal.about.as_str().to_owned(),
        item_name: appeal.item_name.clone(),
        level: level(appeal.level),
        unit_name: appeal.unit_name.clone(),
        grounds: appeal.grounds.clone(),
        reason: appeal.reason.clone(),
        due_on: appeal.due_on,
        due_at: appeal.due_at,
        left_working_days: appeal.left,
        by: appeal.by.clone().unwrap_or_else(|| PROGRAM.to_owned()),
        recorded_at: appeal.recorded_at,
        path: None,
    }
}

/// The level in the words of the texts.
pub fn level(level: Level) -> notify::Level {
    match level {
        Level::Notice => notify::Level::Notice,
        Level::Yellow => notify::Level::Yellow,
        Level::Red => notify::Level::Red,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use approval::stage::Stage;
    use notify::{Language, words};

    /// A letter's clock goes from the core's phrase through the words of letters; none is left out there.
    #[test]
    fn each_clock_has_an_english_name() {
        for number in [1, 2] {
            let mut keys = vec![
                ClockKey::Promised,
                ClockKey::Statutory,
                ClockKey::Acceptance(number),
                ClockKey::Stop(number),
                ClockKey::Suspension(number),
                ClockKey::Correction(number),
                ClockKey::Delivery(number),
                ClockKey::Partner(number),
                ClockKey::Order(number),
                ClockKey::Appeal(number),
                ClockKey::Manual(number),
            ];
            let stages = [
                Stage::Handling,
                Stage::Review,
                Stage::Approval,
                Stage::Completion,
            ];
            keys.extend(stages.map(|stage| ClockKey::Stage(stage, number)));
            for key in keys {
                let name = words::clock(Language::En, &key.zh());
                assert!(name.is_ascii(), "{key}: {name}");
                assert_eq!(words::clock(Language::Zh, &key.zh()), key.zh());
            }
        }
    }
}
