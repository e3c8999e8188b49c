//! Notes to try templates with: one of each shape that they can meet.

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Asia::Shanghai;

use crate::{
    AppealKind, AppealNote, DigestLine, DigestNote, Letterhead, Level, Note, OrderKind, OrderNote,
    WarningNote,
};

/// 2011-10-08, a Saturday that works.
const DUE_ON: NaiveDate = NaiveDate::from_ymd_opt(2011, 10, 8).expect("a date");
/// The midnight after it in Shanghai.
const LIMIT_AT: DateTime<Utc> = DateTime::from_timestamp(1_318_089_600, 0).expect("an instant");

/// With all that is optional, and without.
pub(crate) fn letterheads() -> [Letterhead; 2] {
    let full = Letterhead {
        organ_name: "焦作市行政效能电子监察中心".to_owned(),
        system_name: "行政审批电子监察系统".to_owned(),
        zone: Shanghai,
        trial: true,
        base_url: Some("http://shixian.example.cn".to_owned()),
    };
    let bare = Letterhead {
        trial: false,
        base_url: None,
        ..full.clone()
    };
    [full, bare]
}

/// The groups of notes that take different ways through the templates.
pub(crate) fn sets() -> Vec<Vec<Note>> {
    let mut sets: Vec<Vec<Note>> = notes().into_iter().map(|note| vec![note]).collect();
    sets.push(notes());
    sets.push(warnings());
    let orders = notes().into_iter().filter(|n| matches!(n, Note::Order(_)));
    sets.push(orders.collect());
    // More than can be listed.
    sets.push(warnings().into_iter().cycle().take(120).collect());
    sets.push(vec![Note::Digest(DigestNote {
        date: DUE_ON,
        lines: Vec::new(),
        omitted: 0,
    })]);
    sets
}

/// One of each shape.
pub(crate) fn notes() -> Vec<Note> {
    let mut notes = warnings();
    notes.extend([
        Note::Order(order(OrderKind::Issued)),
        Note::Order(OrderNote {
            reason: Some("答复未说明超期原因".to_owned()),
            case_number: None,
            item_name: None,
            due_at: None,
            left_working_days: None,
            basis: Vec::new(),
            path: None,
            ..order(OrderKind::SentBack)
        }),
        Note::Appeal(appeal(AppealKind::Filed)),
        Note::Digest(morning()),
    ]);
    let answers = [
        AppealKind::Revoked,
        AppealKind::Rejected,
        AppealKind::Referred,
        AppealKind::Lapsed,
    ];
    notes.extend(answers.map(|kind| Note::Appeal(appeal(kind))));
    notes
}

fn warnings() -> Vec<Note> {
    [
        (Level::Red, "statutory", None, Some(3)),
        (Level::Yellow, "承诺时限", None, Some(0)),
        (Level::Notice, "review", Some(2), None),
        (Level::Notice, "stop", Some(0), None),
        (Level::Yellow, "order", None, None),
        (Level::Red, "manual", None, None),
    ]
    .into_iter()
    .enumerate()
    .map(|(n, (level, clock, left, over))| {
        let full = n == 0;
        Note::Warning(WarningNote {
            level,
            case_number: format!("410800-0107-20110926-{:04}", n + 1),
            item_name: "企业设立登记".to_owned(),
            unit_name: "焦作市工商行政管理局".to_owned(),
            stage: full.then(|| "review".to_owned()),
            clock: clock.to_owned(),
            due_on: DUE_ON,
            due_at: full.then_some(LIMIT_AT),
            limit_at: LIMIT_AT,
            left_working_days: left,
            over_working_days: over,
            rule: "statutory-red".to_owned(),
            rule_text: "超过法定时限，发红牌".to_owned(),
            basis: if full {
                vec!["《中华人民共和国行政许可法》第四十二条".to_owned()]
            } else {
                Vec::new()
            },
            persons: if full {
                vec!["李审核".to_owned(), "王承办".to_owned()]
            } else {
                Vec::new()
            },
            evidence: (clock == "manual").then(|| "窗口未出具补正告知书".to_owned()),
            recorded_at: LIMIT_AT,
            path: full.then(|| "/warnings/1".to_owned()),
        })
    })
    .collect()
}

fn order(kind: OrderKind) -> OrderNote {
    OrderNote {
        kind,
        order_number: "焦监督〔2011〕12号".to_owned(),
        case_number: Some("410800-0107-20110926-0001".to_owned()),
        item_name: Some("企业设立登记".to_owned()),
        unit_name: "焦作市工商行政管理局".to_owned(),
        demand: "说明超期原因，并于期限内办结".to_owned(),
        reason: None,
        due_on: DUE_ON,
        due_at: Some(LIMIT_AT),
        left_working_days: Some(3),
        issued_by: "焦作市监察局".to_owned(),
        basis: vec!["《中华人民共和国行政许可法》第七十四条".to_owned()],
        recorded_at: LIMIT_AT,
        path: Some("/orders/12".to_owned()),
    }
}

fn appeal(kind: AppealKind) -> AppealNote {
    let waits = matches!(kind, AppealKind::Filed | AppealKind::Referred);
    let filed = kind == AppealKind::Filed;
    AppealNote {
        kind,
        appeal_number: "SS-410800-0107-20110928-0001".to_owned(),
        subject_number: "410800-0107-20110926-0001".to_owned(),
        item_name: filed.then(|| "企业设立登记".to_owned()),
        level: Level::Yellow,
        unit_name: "焦作市工商行政管理局".to_owned(),
        grounds: "网络故障，当日无法登记".to_owned(),
        reason: (!filed && kind != AppealKind::Lapsed).then(|| "故障属实".to_owned()),
        due_on: waits.then_some(DUE_ON),
        due_at: filed.then_some(LIMIT_AT),
        left_working_days: waits.then_some(5),
        by: "孙局长".to_owned(),
        recorded_at: LIMIT_AT,
        path: filed.then(|| "/appeals/1".to_owned()),
    }
}

fn morning() -> DigestNote {
    let line = |n: u32, left, over, level| DigestLine {
        case_number: format!("410800-0107-20110926-{n:04}"),
        item_name: "企业设立登记".to_owned(),
        stage: Some("handling".to_owned()),
        due_on: Some(DUE_ON),
        left,
        over,
        level,
        path: Some(format!("/cases/{n}")),
    };
    DigestNote {
        date: DUE_ON,
        lines: vec![
            line(1, None, Some(3), Some(Level::Red)),
            line(2, Some(0), None, Some(Level::Notice)),
            line(3, Some(5), None, None),
            DigestLine {
                due_on: None,
                stage: None,
                path: None,
                ..line(4, None, None, None)
            },
        ],
        omitted: 2,
    }
}
