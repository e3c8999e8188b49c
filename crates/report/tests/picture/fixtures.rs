//! Books from the shipped calendar, rules and law, a small office with names, and a desk to act at.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use approval::books::{ItemVersion, RulesInForce};
use approval::command::Opening;
use approval::ids::{DivisionCode, ItemCode, PersonCode, SubjectId, UnitCode};
use approval::item::{Day0Rule, Item, ItemCategory, ItemKind, StageLimits, StatutoryEnd};
use approval::law::Law;
use approval::people::{Directory, Person, Role, Unit};
use approval::rule::RuleSet;
use approval::stage::{Procedure, Stage};
use approval::{Act, Books, Command, Subject, Work};
use calendar::{Calendar, Term};
use chrono::{DateTime, FixedOffset, NaiveDateTime, Utc};

const UNIT: &str = "HB";

fn config() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../config")
}

fn text(path: &str) -> String {
    fs::read_to_string(config().join(path)).expect("a file of the configuration")
}

/// The Chinese calendar as it is shipped.
pub(crate) fn calendar() -> Arc<Calendar> {
    static CALENDAR: OnceLock<Arc<Calendar>> = OnceLock::new();
    let read = || {
        let folder = fs::read_dir(config().join("calendars/cn")).expect("the calendar");
        let mut names: Vec<String> = folder
            .map(|entry| entry.expect("an entry").file_name())
            .map(|name| name.to_string_lossy().into_owned())
            .collect();
        names.sort();
        let parts: Vec<(String, String)> = names
            .into_iter()
            .map(|name| (name.clone(), text(&format!("calendars/cn/{name}"))))
            .collect();
        Arc::new(Calendar::parse_parts(&parts).expect("the calendar reads"))
    };
    Arc::clone(CALENDAR.get_or_init(read))
}

/// An instant in office time: `2011-09-26 10:00`.
pub(crate) fn at(text: &str) -> DateTime<Utc> {
    let zone = FixedOffset::east_opt(8 * 3600).expect("eight hours");
    let local = NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").expect(text);
    local
        .and_local_timezone(zone)
        .single()
        .expect(text)
        .to_utc()
}

fn item(code: &str, name: &str, promised: Term, statutory: Term, stages: [u32; 4]) -> Item {
    let [handling, review, approval, completion] = stages.map(|days| (days > 0).then_some(days));
    Item {
        code: ItemCode::from(code),
        version: 1,
        name: name.to_owned(),
        unit: UnitCode::from(UNIT),
        kind: ItemKind::Committed,
        category: ItemCategory::Approval,
        promised: Some(promised),
        statutory: Some(statutory),
        stages: StageLimits {
            handling,
            review,
            approval,
            completion,
        },
        basis: "行政许可法第四十二条".to_owned(),
        day0: Day0Rule::MaterialComplete,
        statutory_end: StatutoryEnd::Decision,
        materials: Vec::new(),
    }
}

fn items() -> Vec<Item> {
    let days = Term::WorkingDays;
    let hours = Term::WorkingHours;
    vec![
        item(
            "HUAN",
            "建设项目环境影响报告表审批",
            days(10),
            days(20),
            [4, 2, 2, 1],
        ),
        item("DUAN", "户外广告设置许可", days(2), days(5), [1, 0, 1, 0]),
        item(
            "CHANG",
            "危险废物经营许可证核发",
            days(120),
            days(180),
            [60, 30, 20, 5],
        ),
        item("SHI", "道路货物运输证补办", hours(8), hours(16), [0; 4]),
        Item {
            kind: ItemKind::Joint,
            ..item(
                "LIAN",
                "<人防> & \"消防\" 联合审批",
                days(30),
                days(45),
                [15, 5, 5, 2],
            )
        },
    ]
}

fn person(code: &str, name: &str, unit: Option<&str>, role: Role, posts: &[Stage]) -> Person {
    Person {
        code: PersonCode::from(code),
        name: name.to_owned(),
        unit: unit.map(UnitCode::from),
        role,
        email: format!("{}@jiaozuo.example", code.to_lowercase()),
        posts: posts.to_vec(),
        stand_in: None,
    }
}

fn directory() -> Directory {
    let unit = |code: &str, name: &str| Unit {
        code: UnitCode::from(code),
        name: name.to_owned(),
        kind: "局".to_owned(),
        vertical: false,
        hall: None,
        windows: None,
    };
    let window = [Stage::Acceptance, Stage::Completion];
    let own = Some(UNIT);
    Directory::new(
        [unit(UNIT, "市环保局"), unit("GA", "市公安局")],
        [
            person("C", "王丽", own, Role::Clerk, &window),
            person("H", "李建国", own, Role::Staff, &[Stage::Handling]),
            person("R", "赵敏", own, Role::Staff, &[Stage::Review]),
            person("A", "欧阳明远", own, Role::Staff, &[Stage::Approval]),
            person("D", "孙局", own, Role::Head, &[]),
            person("G", "周强", Some("GA"), Role::Staff, &[Stage::Handling]),
            person("J", "吴监察", None, Role::Inspector, &[]),
        ],
    )
}

/// The books, with the full preset.
pub(crate) fn books() -> Books {
    static LAW: OnceLock<Arc<Law>> = OnceLock::new();
    let law = || Arc::new(Law::parse("law/cn.toml", &text("law/cn.toml")).expect("the law"));
    let mut set = RuleSet::parse("limits", &text("rules/limits.toml")).expect("the rules");
    set.version = 1;
    let from = at("2004-01-01 00:00");
    let items = items().into_iter().map(|item| {
        let item = Arc::new(item);
        (item.code.clone(), vec![ItemVersion { from, item }])
    });
    Books {
        division: DivisionCode::from("410800"),
        calendar: calendar(),
        calendars: BTreeMap::new(),
        rules: vec![RulesInForce {
            from,
            set: Arc::new(set),
        }],
        items: items.collect(),
        directory: directory(),
        law: Arc::clone(LAW.get_or_init(law)),
        begins: None,
        in_shadow: false,
    }
}

/// One subject.
pub(crate) struct Desk {
    pub(crate) books: Books,
    pub(crate) subject: Subject,
}

impl Desk {
    /// Receives an application.
    pub(crate) fn receive(item: &str, when: &str) -> Self {
        Self::open(
            Opening::Receive {
                item: ItemCode::from(item),
                missing: Vec::new(),
                given_limit: None,
                source: None,
                unit: None,
            },
            "C",
            when,
        )
    }

    /// Issues an order.
    pub(crate) fn order(term: Term, when: &str) -> Self {
        Self::open(
            Opening::IssueOrder {
                unit: UnitCode::from(UNIT),
                text: "限期办结".to_owned(),
                term,
                about: None,
                warning: None,
            },
            "J",
            when,
        )
    }

    fn open(opening: Opening, who: &str, when: &str) -> Self {
        let books = books();
        let division = DivisionCode::from("410800");
        let id = SubjectId::from("410800HB1109260001");
        let plan = {
            let mut work = Work::begin(division, id, opening, &by(who), &books, at(when))
                .expect("a beginning");
            work.settle().expect("settled");
            work.finish()
        };
        Self {
            books,
            subject: plan.subject,
        }
    }

    /// Does something; `None` only looks at what is due.
    fn work(&mut self, when: &str, command: Option<Command>, act: &Act) {
        let plan = {
            let mut work = Work::resume(self.subject.clone(), &self.books, at(when));
            work.settle().expect(when);
            if let Some(command) = command {
                let shown = format!("{when} {command:?}");
                let done = work.act(command, act);
                done.unwrap_or_else(|refusal| panic!("{shown}: {refusal}"));
            }
            work.settle().expect(when);
            work.finish()
        };
        self.subject = plan.subject;
    }

    /// Somebody tries something; a refusal changes nothing.
    pub(crate) fn try_at(&mut self, now: DateTime<Utc>, who: &str, command: Command) {
        let plan = {
            let mut work = Work::resume(self.subject.clone(), &self.books, now);
            work.settle().expect("settled");
            let _ = work.act(command, &by(who));
            work.settle().expect("settled");
            work.finish()
        };
        self.subject = plan.subject;
    }

    /// Somebody does something.
    pub(crate) fn at(mut self, when: &str, who: &str, command: Command) -> Self {
        self.work(when, Some(command), &by(who));
        self
    }

    /// Completes a stage, by its usual person.
    pub(crate) fn done(self, when: &str, stage: Stage) -> Self {
        let who = match stage {
            Stage::Acceptance | Stage::Completion => "C",
            Stage::Handling => "H",
            Stage::Review => "R",
            Stage::Approval => "A",
        };
        let command = Command::Complete {
            stage,
            outcome: None,
            reason: None,
            document: None,
        };
        self.at(when, who, command)
    }

    /// A sweep finds the subject.
    pub(crate) fn sweep(mut self, when: &str) -> Self {
        self.work(when, None, &Act::default());
        self
    }
}

fn by(who: &str) -> Act {
    Act {
        by: Some(PersonCode::from(who)),
        ..Act::default()
    }
}

pub(crate) fn send_back(to: Stage) -> Command {
    Command::SendBack {
        to,
        reason: "材料矛盾".to_owned(),
    }
}

pub(crate) fn stop(procedure: Procedure, notice: &str, term: Option<Term>) -> Command {
    Command::Stop {
        procedure,
        notice: Some(notice.to_owned()),
        term,
        basis: None,
        approver: None,
    }
}

pub(crate) fn resume() -> Command {
    Command::Resume { stop: None }
}

pub(crate) fn extend(working_days: u32) -> Command {
    Command::Extend {
        working_days,
        approver: "孙局".to_owned(),
        reason: "情况复杂".to_owned(),
        notice: Some("焦环延〔2011〕1号".to_owned()),
    }
}
