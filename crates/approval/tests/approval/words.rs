//! Words that stand in databases, files and answers, and those that people read: none changes by chance, each is read
//! back as what it was written from, and any other is refused.

use std::fmt::Debug;

use approval::appeal::AppealDecision;
use approval::event::{Defect, RevokedOn};
use approval::identity::IdKind;
use approval::ids::SubjectId;
use approval::item::{Day0Rule, ItemCategory, ItemKind, StatutoryEnd};
use approval::people::Role;
use approval::rule::{Audience, Element, IssueMode, Level};
use approval::scoring::{EntryActKind, EntryState, Known, Measure, Share, Unranked, Volume};
use approval::stage::Stage;
use approval::statistics::{Ended, Reason};
use approval::track::ClockKey;
use approval::warning::WarningState;

/// The words of all values, in their order; each of them is read back, others are not.
fn check<T: Copy + PartialEq + Debug>(
    all: &[T],
    word: impl Fn(T) -> &'static str,
    parse: impl Fn(&str) -> Option<T>,
    expected: &str,
) {
    let words: Vec<&str> = all.iter().map(|value| word(*value)).collect();
    assert_eq!(words.join(" "), expected);
    for (value, word) in all.iter().zip(&words) {
        assert_eq!(parse(word), Some(*value), "{word}");
    }
    for other in ["", "other", "Other"] {
        assert_eq!(parse(other), None, "{other}");
    }
}

#[test]
fn the_words_of_rules_are_read_back() {
    check(
        &Level::ALL,
        Level::as_str,
        Level::parse,
        "notice yellow red",
    );
    check(
        &Element::ALL,
        Element::as_str,
        Element::parse,
        "acceptance promised statutory stage stage-handling stage-review stage-approval stage-completion stop \
         suspension correction delivery partner order appeal complaint manual",
    );
    check(
        &Audience::ALL,
        Audience::as_str,
        Audience::parse,
        "handler stand-in head inspector leader",
    );
    check(
        &IssueMode::ALL,
        IssueMode::as_str,
        IssueMode::parse,
        "at-once wait-for-inspector",
    );
    // A word for answers only: no rule is written for the acceptance stage.
    let acceptance = Element::StageOf(Stage::Acceptance);
    assert_eq!(acceptance.as_str(), "stage-acceptance");
    assert_eq!(Element::parse("stage-acceptance"), None);
}

#[test]
fn the_words_of_items_and_people_are_read_back() {
    check(
        &[
            ItemKind::Immediate,
            ItemKind::Committed,
            ItemKind::Joint,
            ItemKind::Forwarded,
        ],
        ItemKind::as_str,
        ItemKind::parse,
        "immediate committed joint forwarded",
    );
    check(
        &[ItemCategory::Approval, ItemCategory::Service],
        ItemCategory::as_str,
        ItemCategory::parse,
        "approval service",
    );
    check(
        &[Day0Rule::MaterialComplete, Day0Rule::AcceptancePaper],
        Day0Rule::as_str,
        Day0Rule::parse,
        "material_complete acceptance_paper",
    );
    check(
        &[StatutoryEnd::Decision, StatutoryEnd::Completion],
        StatutoryEnd::as_str,
        StatutoryEnd::parse,
        "decision completion",
    );
    check(
        &[
            Role::Clerk,
            Role::Staff,
            Role::Head,
            Role::Inspector,
            Role::Leader,
        ],
        Role::as_str,
        Role::parse,
        "clerk staff head inspector leader",
    );
}

#[test]
fn the_words_of_the_record_are_read_back() {
    check(
        Defect::ALL,
        Defect::as_str,
        Defect::parse,
        "late_recording no_late_reason stop_without_notice second_correction extension_without_notice before_start \
         end_before_start after_end out_of_order",
    );
    check(
        WarningState::ALL,
        WarningState::as_str,
        WarningState::parse,
        "pending issued annulled revoked",
    );
    check(
        AppealDecision::ALL,
        AppealDecision::as_str,
        AppealDecision::parse,
        "revoked rejected referred",
    );
    let appeal = SubjectId::from("SS-1");
    let on = RevokedOn::Appeal(appeal.clone());
    assert_eq!((on.appeal(), on.outage()), (Some(&appeal), None));
    let on = RevokedOn::Outage("GZ-1".to_owned());
    assert_eq!((on.appeal(), on.outage()), (None, Some("GZ-1")));
    let on = RevokedOn::Decision;
    assert_eq!((on.appeal(), on.outage()), (None, None));
}

#[test]
fn the_words_of_scores_and_statistics_are_read_back() {
    check(
        &EntryActKind::ALL,
        EntryActKind::as_str,
        EntryActKind::parse,
        "objected upheld rejected",
    );
    check(
        &Measure::ALL,
        Measure::as_str,
        Measure::parse,
        "notices notices_in_row yellow_cards red_cards late_completed open_late statutory_late late_visits \
         deemed_accepted second_corrections stops_without_notice late_orders irregular",
    );
    check(
        &Share::ALL,
        Share::as_str,
        Share::parse,
        "early promise_cut incomplete late",
    );
    check(
        &Volume::ALL,
        Volume::as_str,
        Volume::parse,
        "accepted completed",
    );
    let few = Unranked::FewCases { cases: 1, min: 5 };
    let words = [
        EntryState::Standing.as_str(),
        EntryState::Contested.as_str(),
        EntryState::Confirmed.as_str(),
        EntryState::Withdrawn.as_str(),
        Unranked::NoBusiness.as_str(),
        few.as_str(),
        Known::Counted.as_str(),
        Known::Entered.as_str(),
        Known::NotRecorded.as_str(),
        Reason::Recorded.as_str(),
        Reason::Calendar.as_str(),
        Reason::Rules.as_str(),
        Ended::Any.as_str(),
        Ended::Late.as_str(),
        Ended::StatutoryLate.as_str(),
        Ended::SameDay.as_str(),
        Ended::Declined.as_str(),
    ];
    let expected = "standing contested confirmed withdrawn no_business few_cases counted entered not_recorded recorded \
                    calendar rules any late statutory_late same_day declined";
    assert_eq!(words.join(" "), expected);
}

#[test]
fn people_read_the_terms_of_the_field() {
    let zh = |words: Vec<&'static str>| words.join(" ");
    let levels = Level::ALL.map(Level::zh).to_vec();
    assert_eq!(zh(levels), "预警 黄牌 红牌");
    let elements = Element::ALL.map(Element::zh).to_vec();
    assert_eq!(
        zh(elements),
        "受理期限 承诺时限 法定时限 环节时限 承办环节时限 审核环节时限 批准环节时限 办结环节时限 特别程序时限 中止时限 \
         补正期限 送达期限 协办意见时限 督办时限 申诉答复时限 投诉答复期限 人工发牌"
    );
    assert_eq!(Element::StageOf(Stage::Acceptance).zh(), "受理环节时限");
    let states = WarningState::ALL.iter().map(|state| state.zh());
    assert_eq!(zh(states.collect()), "待发 已发 取消 撤销");
    let answers = AppealDecision::ALL.iter().map(|answer| answer.zh());
    assert_eq!(zh(answers.collect()), "撤销 打回 上报");
    assert_eq!(zh(Volume::ALL.map(Volume::zh).to_vec()), "受理 办结");
    let kinds = [
        IdKind::Citizen,
        IdKind::Citizen15,
        IdKind::SocialCredit,
        IdKind::OrganisationCode,
    ];
    assert_eq!(
        zh(kinds.map(IdKind::zh).to_vec()),
        "公民身份号码 15位身份号码 统一社会信用代码 组织机构代码"
    );
    let english = kinds.map(|kind| kind.to_string()).join(", ");
    assert_eq!(
        english,
        "citizen number, 15-digit citizen number, social credit code, organisation code"
    );
}

#[test]
fn a_clock_is_named_with_the_time_that_it_runs() {
    for (clock, name, word) in [
        (ClockKey::Promised, "承诺时限", "promised"),
        (ClockKey::Statutory, "法定时限", "statutory"),
        (ClockKey::Acceptance(1), "受理期限", "acceptance#1"),
        (ClockKey::Acceptance(2), "受理期限(第2次)", "acceptance#2"),
        (
            ClockKey::Stage(Stage::Review, 3),
            "审核环节时限(第3次)",
            "review#3",
        ),
        (ClockKey::Stop(1), "特别程序时限", "stop#1"),
        (ClockKey::Suspension(1), "中止时限", "suspension#1"),
        (ClockKey::Correction(1), "补正期限", "correction#1"),
        (ClockKey::Delivery(1), "送达期限", "delivery#1"),
        (ClockKey::Partner(1), "协办意见时限", "partner#1"),
        (ClockKey::Order(2), "督办时限(第2次)", "order#2"),
        (ClockKey::Appeal(1), "申诉答复时限", "appeal#1"),
        (ClockKey::Manual(1), "人工发牌", "manual#1"),
    ] {
        assert_eq!(
            (clock.zh().as_str(), clock.to_string().as_str()),
            (name, word)
        );
        assert_eq!(ClockKey::parse(word), Some(clock));
    }
    for other in ["", "promised#1", "stop", "stop#", "stop#x", "other#1"] {
        assert_eq!(ClockKey::parse(other), None, "{other}");
    }
}
