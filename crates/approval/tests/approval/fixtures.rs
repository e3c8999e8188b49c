//! Books from the real calendar and the presets, a few units, people and items, and a desk to act at.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use approval::books::{ItemVersion, RulesInForce};
use approval::command::{Opening, Origin};
use approval::event::Event;
use approval::ids::{DivisionCode, ItemCode, PersonCode, SubjectId, UnitCode};
use approval::item::{Day0Rule, Item, ItemCategory, ItemKind, StageLimits, StatutoryEnd};
use approval::law::Law;
use approval::people::{Directory, Person, Role, StandIn, Unit};
use approval::rule::{Level, RuleSet};
use approval::stage::{Outcome, Procedure, Stage};
use approval::statistics::{Period, Window};
use approval::track::{Clock, ClockKey, ClockTerm};
use approval::view::{ClockView, clock_view};
use approval::warning::{Warning, WarningState};
use approval::{Act, Books, Command, Plan, Recorded, Refusal, Subject, Work};
use calendar::{Calendar, Term};
use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, Utc};

/// The unit of most items here.
pub(crate) const UNIT: &str = "HB";
/// A unit that gives opinions.
pub(crate) const PARTNER_UNIT: &str = "GA";
/// A unit without any people.
pub(crate) const EMPTY_UNIT: &str = "KONG";

/// Long after all that happens to the subjects here.
pub(crate) const LATER: &str = "2012-06-01 09:00";

fn config() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../config")
}

/// The parts of the Chinese calendar as they are shipped.
pub(crate) fn calendar_parts() -> Vec<(String, String)> {
    let mut paths: Vec<PathBuf> = fs::read_dir(config().join("calendars/cn"))
        .expect("the calendar's directory")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    paths.sort();
    paths
        .into_iter()
        .map(|path| {
            let name = path.file_name().expect("a name").to_string_lossy();
            let text = fs::read_to_string(&path).expect("a readable part");
            (name.into_owned(), text)
        })
        .collect()
}

/// The Chinese calendar.
pub(crate) fn calendar() -> Arc<Calendar> {
    static CALENDAR: OnceLock<Arc<Calendar>> = OnceLock::new();
    Arc::clone(CALENDAR.get_or_init(|| {
        Arc::new(Calendar::parse_parts(&calendar_parts()).expect("the calendar reads"))
    }))
}

/// The Chinese calendar under another version, with more days closed.
pub(crate) fn calendar_closed(version: &str, days: &[&str]) -> Arc<Calendar> {
    let days: Vec<String> = days
        .iter()
        .map(|day| format!("{{ date = {day}, name = \"防汛停办\" }}"))
        .collect();
    let list = format!("closed = [{}]", days.join(", "));
    calendar_changed(version, &[("closed = []", &list)])
}

/// The Chinese calendar under another version, with a rest day that works after all.
pub(crate) fn calendar_working(version: &str, day: &str) -> Arc<Calendar> {
    let made_up = format!("make_up = [\n  {{ date = {day}, name = \"调休\" }},");
    calendar_changed(version, &[("make_up = [", &made_up)])
}

/// The Chinese calendar under another version, with weekdays closed and rest days that work after all.
pub(crate) fn calendar_shifted(version: &str, closed: &[&str], working: &[&str]) -> Arc<Calendar> {
    let list = |days: &[&str], name: &str| {
        let days = days
            .iter()
            .map(|day| format!("{{ date = {day}, name = \"{name}\" }}"));
        days.collect::<Vec<_>>().join(", ")
    };
    let closed = format!("closed = [{}]", list(closed, "防汛停办"));
    let made_up = format!("make_up = [\n  {},", list(working, "调休"));
    let changes = [
        ("closed = []", closed.as_str()),
        ("make_up = [", made_up.as_str()),
    ];
    calendar_changed(version, &changes)
}

/// The Chinese calendar with days that end at the close of business.
pub(crate) fn calendar_of_close() -> Arc<Calendar> {
    let ends = ("day_ends = \"midnight\"", "day_ends = \"close\"");
    calendar_changed("cn-close", &[ends])
}

fn calendar_changed(version: &str, changes: &[(&str, &str)]) -> Arc<Calendar> {
    let mut text = calendar().to_text();
    let old = format!("version = \"{}\"", calendar().version());
    let new = format!("version = \"{version}\"");
    for (from, to) in [(old.as_str(), new.as_str())].iter().chain(changes) {
        assert!(text.contains(from), "{from}");
        text = text.replacen(from, to, 1);
    }
    Arc::new(Calendar::parse(version, &text).expect("the changed calendar reads"))
}

/// A preset by its name, as version `version`.
pub(crate) fn preset(name: &str, version: i64) -> Arc<RuleSet> {
    let path = config().join(format!("rules/{name}.toml"));
    let text = fs::read_to_string(&path).expect("a preset");
    rules(name, &text, version)
}

/// A rule set from its text.
pub(crate) fn rules(name: &str, text: &str, version: i64) -> Arc<RuleSet> {
    let mut set = RuleSet::parse(name, text).expect("rules that read");
    set.version = version;
    Arc::new(set)
}

/// A rule's text; `more` are further keys, `issue` among them.
pub(crate) fn rule_text(
    (id, element, level): (&str, &str, &str),
    when: &str,
    tell: &str,
    more: &str,
) -> String {
    format!(
        "[[rule]]\nid = \"{id}\"\nelement = \"{element}\"\nlevel = \"{level}\"\n{when}\ntell = [\"{tell}\"]\n\
         {more}\nbasis = [\"permit-law-42-1\"]\ntext = \"到期\"\ntext_en = \"due\"\n"
    )
}

/// A set of one rule, besides the periods of the law.
pub(crate) fn one_rule(id: &str, element: &str, when: &str, more: &str) -> String {
    let rule = rule_text((id, element, "yellow"), when, "handler", more);
    format!("name = \"one\"\n{rule}")
}

/// An instant in office time: `2011-09-26 10:00`, with seconds and fractions if they are given.
pub(crate) fn at(text: &str) -> DateTime<Utc> {
    let zone = FixedOffset::east_opt(8 * 3600).expect("eight hours");
    ["%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S%.f"]
        .iter()
        .find_map(|form| NaiveDateTime::parse_from_str(text, form).ok())
        .and_then(|local| local.and_local_timezone(zone).single())
        .unwrap_or_else(|| panic!("{text} isn't an instant"))
        .to_utc()
}

/// An instant as [`at`] reads it.
pub(crate) fn shown(instant: DateTime<Utc>) -> String {
    let local = calendar().local(instant);
    let form = if instant.timestamp_subsec_nanos() > 0 {
        "%Y-%m-%d %H:%M:%S%.6f"
    } else if instant.timestamp() % 60 > 0 {
        "%Y-%m-%d %H:%M:%S"
    } else {
        "%Y-%m-%d %H:%M"
    };
    local.format(form).to_string()
}

pub(crate) fn date(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

/// A period, looked at long after all that happens here.
pub(crate) fn window(period: &str) -> Window {
    let period = Period::parse(period).expect("a period");
    Window::new(&period, &calendar(), at(LATER))
}

/// An item with the limits that most tests need; change what is special.
pub(crate) fn item(code: &str, promised: u32, statutory: u32) -> Item {
    Item {
        code: ItemCode::from(code),
        version: 1,
        name: format!("事项{code}"),
        unit: UnitCode::from(UNIT),
        kind: ItemKind::Committed,
        category: ItemCategory::Approval,
        promised: Some(Term::WorkingDays(promised)),
        statutory: Some(Term::WorkingDays(statutory)),
        stages: StageLimits::default(),
        basis: "行政许可法第四十二条".to_owned(),
        day0: Day0Rule::MaterialComplete,
        statutory_end: StatutoryEnd::Decision,
        materials: Vec::new(),
    }
}

/// `HUAN` 10/20 with stages 4, 2, 2, 1 · `LIAN` joint 30/45 · `SHANG` forwarded 15/20 · `FUWU` service 5 ·
/// `ZHI` with its acceptance paper as day 0 and Completion as the statutory end · `DUAN` 3/5 ·
/// `RI` natural days 29/29 · `YUE` months 1/2 · `SHI` working hours 8/16 · `RIZHI` without limits.
fn items() -> Vec<Item> {
    let stages = StageLimits {
        handling: Some(4),
        review: Some(2),
        approval: Some(2),
        completion: Some(1),
    };
    let with = |promised, statutory, item: Item| Item {
        promised,
        statutory,
        ..item
    };
    vec![
        Item {
            stages,
            ..item("HUAN", 10, 20)
        },
        Item {
            kind: ItemKind::Joint,
            ..item("LIAN", 30, 45)
        },
        Item {
            kind: ItemKind::Forwarded,
            ..item("SHANG", 15, 20)
        },
        Item {
            category: ItemCategory::Service,
            statutory: None,
            ..item("FUWU", 5, 0)
        },
        Item {
            day0: Day0Rule::AcceptancePaper,
            statutory_end: StatutoryEnd::Completion,
            ..item("ZHI", 10, 20)
        },
        item("DUAN", 3, 5),
        with(
            Some(Term::NaturalDays(29)),
            Some(Term::NaturalDays(29)),
            item("RI", 0, 0),
        ),
        with(
            Some(Term::Months(1)),
            Some(Term::Months(2)),
            item("YUE", 0, 0),
        ),
        with(
            Some(Term::WorkingHours(8)),
            Some(Term::WorkingHours(16)),
            item("SHI", 0, 0),
        ),
        with(None, None, item("RIZHI", 0, 0)),
    ]
}

fn person(code: &str, unit: Option<&str>, role: Role, posts: &[Stage]) -> Person {
    Person {
        code: PersonCode::from(code),
        name: format!("人员{code}"),
        unit: unit.map(UnitCode::from),
        role,
        email: format!("{}@jiaozuo.example", code.to_lowercase()),
        posts: posts.to_vec(),
        stand_in: None,
    }
}

/// Of HB: clerk, handler (HB-B stands in 10-01 to 10-09 00:00), reviewer, approver, head.
/// Of GA: a handler and no head. Of KONG: nobody. An inspector and a leader.
fn directory() -> Directory {
    let unit = |code: &str| Unit {
        code: UnitCode::from(code),
        name: format!("单位{code}"),
        kind: "局".to_owned(),
        vertical: false,
        hall: None,
        windows: None,
    };
    let mut handler = person("HB-H", Some(UNIT), Role::Staff, &[Stage::Handling]);
    handler.stand_in = Some(StandIn {
        person: PersonCode::from("HB-B"),
        from: Some(at("2011-10-01 00:00")),
        to: Some(at("2011-10-09 00:00")),
        paper: Some("环人〔2011〕7号".to_owned()),
    });
    let clerk = [Stage::Acceptance, Stage::Completion];
    Directory::new(
        [unit(UNIT), unit(PARTNER_UNIT), unit(EMPTY_UNIT)],
        [
            person("HB-C", Some(UNIT), Role::Clerk, &clerk),
            handler,
            person("HB-B", Some(UNIT), Role::Staff, &[]),
            person("HB-R", Some(UNIT), Role::Staff, &[Stage::Review]),
            person("HB-A", Some(UNIT), Role::Staff, &[Stage::Approval]),
            person("HB-D", Some(UNIT), Role::Head, &[]),
            person("GA-H", Some(PARTNER_UNIT), Role::Staff, &[Stage::Handling]),
            person("JC-1", None, Role::Inspector, &[]),
            person("LD-1", None, Role::Leader, &[]),
        ],
    )
}

/// Books with a preset in force from ever.
pub(crate) fn books(rules: &str) -> Books {
    books_of(preset(rules, 1))
}

/// Books with a rule set in force from ever.
pub(crate) fn books_of(set: Arc<RuleSet>) -> Books {
    static LAW: OnceLock<Arc<Law>> = OnceLock::new();
    let law = LAW.get_or_init(|| {
        let text = fs::read_to_string(config().join("law/cn.toml")).expect("the law");
        Arc::new(Law::parse("config/law/cn.toml", &text).expect("the law reads"))
    });
    let mut books = Books {
        division: DivisionCode::from("410800"),
        calendar: calendar(),
        calendars: BTreeMap::new(),
        rules: vec![RulesInForce {
            from: at("2004-01-01 00:00"),
            set,
        }],
        items: BTreeMap::new(),
        directory: directory(),
        law: Arc::clone(law),
        begins: None,
        in_shadow: false,
    };
    for item in items() {
        put(&mut books, item, "2004-01-01 00:00");
    }
    books
}

/// Puts a version of an item in force.
pub(crate) fn put(books: &mut Books, item: Item, from: &str) {
    let versions = books.items.entry(item.code.clone()).or_default();
    versions.push(ItemVersion {
        from: at(from),
        item: Arc::new(item),
    });
}

/// Puts a calendar in force, keeping the one before.
pub(crate) fn put_calendar(books: &mut Books, calendar: Arc<Calendar>) {
    let old = std::mem::replace(&mut books.calendar, calendar);
    books.calendars.insert(old.version().to_owned(), old);
}

/// One subject and all that was planned for it. Each step checks what must always hold.
#[derive(Clone)]
pub(crate) struct Desk {
    pub(crate) books: Books,
    pub(crate) subject: Subject,
    /// The plans so far, the latest last.
    pub(crate) plans: Vec<Plan>,
}

impl Desk {
    /// Receives an application.
    pub(crate) fn receive(books: Books, item: &str, when: &str) -> Self {
        Self::receive_as(books, item, when, &Act::default(), &[], None)
    }

    /// Receives an application and accepts it at once.
    pub(crate) fn accepted(books: Books, item: &str, when: &str) -> Self {
        let mut desk = Self::receive(books, item, when);
        desk.at(when, Command::Accept);
        desk
    }

    /// Completes all stages at one instant.
    pub(crate) fn finish(&mut self, when: &str) {
        for stage in [
            Stage::Handling,
            Stage::Review,
            Stage::Approval,
            Stage::Completion,
        ] {
            self.at(when, complete(stage));
        }
    }

    /// Receives an application with all that can be said about it.
    pub(crate) fn receive_as(
        books: Books,
        item: &str,
        when: &str,
        act: &Act,
        missing: &[&str],
        given_limit: Option<ClockTerm>,
    ) -> Self {
        let opening = Opening::Receive {
            item: ItemCode::from(item),
            missing: missing.iter().map(|m| (*m).to_owned()).collect(),
            given_limit,
            source: None,
            unit: None,
        };
        Self::open(books, opening, act, at(when)).expect("a case that begins")
    }

    /// An accepted case in a stage, all at one instant.
    pub(crate) fn in_stage(item: &str, stage: Stage, when: &str) -> Self {
        let mut desk = Self::accepted(books("limits"), item, when);
        for earlier in [Stage::Handling, Stage::Review, Stage::Approval] {
            if earlier < stage {
                desk.at(when, complete(earlier));
            }
        }
        desk
    }

    /// Issues an order to the unit.
    pub(crate) fn order(books: Books, term: Term, when: &str) -> Self {
        let opening = Opening::IssueOrder {
            unit: UnitCode::from(UNIT),
            text: "限期办结".to_owned(),
            term,
            about: None,
            warning: None,
        };
        Self::open(books, opening, &by("JC-1"), at(when)).expect("an order that begins")
    }

    pub(crate) fn open(
        books: Books,
        opening: Opening,
        act: &Act,
        now: DateTime<Utc>,
    ) -> Result<Self, Refusal> {
        let division = DivisionCode::from("410800");
        let id = SubjectId::from("410800HB1109260001");
        let mut work = Work::begin(division, id, opening, act, &books, now)?;
        work.settle()?;
        let plan = work.finish();
        let subject = plan.subject.clone();
        let desk = Self {
            books,
            subject,
            plans: vec![plan],
        };
        desk.check_replay();
        Ok(desk)
    }

    /// One work: settled, done, settled, written.
    pub(crate) fn work(
        &mut self,
        now: DateTime<Utc>,
        act: impl FnOnce(&mut Work<'_>) -> Result<(), Refusal>,
    ) -> Result<&Plan, Refusal> {
        let plan = {
            let mut work = Work::resume(self.subject.clone(), &self.books, now);
            work.settle()?;
            act(&mut work)?;
            work.settle()?;
            work.finish()
        };
        self.subject = plan.subject.clone();
        self.plans.push(plan);
        self.check_replay();
        Ok(self.plans.last().expect("the plan just kept"))
    }

    /// Does something at an instant.
    pub(crate) fn try_at(&mut self, when: &str, command: Command) -> Result<&Plan, Refusal> {
        let act = someone(&command);
        self.try_as(at(when), command, &act)
    }

    pub(crate) fn try_as(
        &mut self,
        now: DateTime<Utc>,
        command: Command,
        act: &Act,
    ) -> Result<&Plan, Refusal> {
        self.work(now, |work| work.act(command, act))
    }

    /// Does something that isn't refused.
    pub(crate) fn at(&mut self, when: &str, command: Command) -> &Plan {
        let shown = format!("{when} {command:?}");
        match self.try_at(when, command) {
            Ok(plan) => plan,
            Err(refusal) => panic!("{shown}: {refusal}"),
        }
    }

    /// Does something that happened earlier than it is recorded.
    pub(crate) fn late(&mut self, recorded: &str, occurred: &str, command: Command) -> &Plan {
        let shown = format!("{recorded} {command:?}");
        match self.try_as(at(recorded), command, &happened(occurred)) {
            Ok(plan) => plan,
            Err(refusal) => panic!("{shown}: {refusal}"),
        }
    }

    /// A sweep that finds this subject.
    pub(crate) fn sweep(&mut self, when: &str) -> &Plan {
        self.sweep_at(at(when))
    }

    pub(crate) fn sweep_at(&mut self, now: DateTime<Utc>) -> &Plan {
        self.work(now, |_| Ok(())).expect("a sweep")
    }

    /// Why a command is refused; nothing changes.
    pub(crate) fn refusal(&mut self, when: &str, command: Command) -> Refusal {
        let before = self.subject.clone();
        let shown = format!("{when} {command:?}");
        let refusal = match self.try_at(when, command) {
            Ok(_) => panic!("{shown} isn't refused"),
            Err(refusal) => refusal,
        };
        assert_eq!(self.subject, before);
        refusal
    }

    /// Brings the subject to a calendar; the names of the clocks that moved.
    pub(crate) fn revise(&mut self, when: &str, calendar: Arc<Calendar>) -> Vec<String> {
        let from = self.books.calendar.version().to_owned();
        put_calendar(&mut self.books, calendar);
        let mut moved = Vec::new();
        self.work(at(when), |work| {
            moved = work.revise_calendar(&from)?;
            Ok(())
        })
        .expect("a revision");
        moved.iter().map(|m| m.clock.to_string()).collect()
    }

    /// Invariant 1: the events alone give the same.
    pub(crate) fn check_replay(&self) {
        let events = self.subject.history.iter().map(|e| Recorded::clone(e));
        let (division, id) = (self.subject.division.clone(), self.subject.id.clone());
        let replayed = Subject::replay(division, id, events, &self.books).expect("it replays");
        assert_eq!(replayed.as_ref(), Some(&self.subject));
    }

    pub(crate) fn clock(&self, key: ClockKey) -> &Clock {
        let clock = self.subject.track.clock(key);
        clock.unwrap_or_else(|| panic!("no clock {key}"))
    }

    /// The due day of a clock.
    pub(crate) fn due(&self, key: ClockKey) -> Option<NaiveDate> {
        self.clock(key).due.map(|due| due.on)
    }

    pub(crate) fn check_due(&self, key: ClockKey, due_on: &str) {
        assert_eq!(self.due(key), Some(date(due_on)), "{key}");
    }

    pub(crate) fn view(&self, key: ClockKey, now: &str) -> ClockView {
        clock_view(self.clock(key), at(now), &self.books.calendar)
    }

    /// The warnings, one a line: level, clock, occurrence, limit, effect, record, state.
    pub(crate) fn warnings(&self) -> String {
        let lines = self.subject.track.warnings.iter().map(|w| {
            let r = &w.raised;
            let mut line = format!(
                "{} {}/{} {}",
                r.level.as_str(),
                r.clock,
                r.occurrence,
                shown(r.limit_at)
            );
            if r.effective_at != r.limit_at {
                line += &format!(" effective {}", shown(r.effective_at));
            }
            if w.state != WarningState::Issued {
                line += &format!(" {}", w.state.as_str());
            }
            line
        });
        lines.collect::<Vec<_>>().join("\n")
    }

    pub(crate) fn check_warnings(&self, expected: &[&str]) {
        assert_eq!(self.warnings(), expected.join("\n"));
    }

    /// The live cards of a clock at a level.
    pub(crate) fn live(&self, level: Level, key: ClockKey) -> Vec<&Warning> {
        let warnings = self.subject.track.warnings.iter();
        warnings
            .filter(|w| w.is_live() && w.level() == level && w.clock() == key)
            .collect()
    }

    /// The kinds of the events, in order.
    pub(crate) fn kinds(&self) -> Vec<&'static str> {
        self.subject
            .history
            .iter()
            .map(|e| e.event.kind())
            .collect()
    }

    /// The sequence number of the last event of a kind.
    pub(crate) fn seq_of(&self, kind: &str) -> i64 {
        let found = self.subject.history.iter().rev();
        let found = found
            .map(|e| (e.event.kind(), e.seq))
            .find(|(k, _)| *k == kind);
        found.unwrap_or_else(|| panic!("no {kind}")).1
    }

    /// Who was told of an event, over all plans.
    pub(crate) fn told(&self, seq: i64) -> Vec<&str> {
        let items = self.plans.iter().flat_map(|plan| &plan.items);
        items
            .filter(|item| item.seq == seq)
            .map(|item| item.recipient.as_str())
            .collect()
    }

    /// The defects of the last event of a kind.
    pub(crate) fn defects(&self, kind: &str) -> Vec<&'static str> {
        let event = self.subject.event(self.seq_of(kind)).expect("the event");
        event.defects.iter().map(|d| d.as_str()).collect()
    }

    /// The limits recorded as passed: clock, limit, effect.
    pub(crate) fn limits_passed(&self) -> Vec<String> {
        let events = self.subject.history.iter();
        events
            .filter_map(|e| match &e.event {
                Event::LimitPassed {
                    clock,
                    limit_at,
                    effective_at,
                    ..
                } => Some(format!(
                    "{clock} {} effective {}",
                    shown(*limit_at),
                    shown(*effective_at)
                )),
                _ => None,
            })
            .collect()
    }
}

/// An act of a person.
pub(crate) fn by(person: &str) -> Act {
    Act {
        by: Some(PersonCode::from(person)),
        ..Act::default()
    }
}

/// Somebody who may do it: the inspector where only he may, else nobody in particular.
pub(crate) fn someone(command: &Command) -> Act {
    match command {
        Command::IssueWarning { .. }
        | Command::RevokeWarning { .. }
        | Command::DecideAppeal { .. }
        | Command::CloseOrder { .. }
        | Command::SendBackOrder { .. } => by("JC-1"),
        _ => Act::default(),
    }
}

/// An act that happened at an instant.
pub(crate) fn happened(when: &str) -> Act {
    Act {
        at: Some(at(when)),
        ..Act::default()
    }
}

/// An act of another system's log.
pub(crate) fn fed(when: &str) -> Act {
    Act {
        origin: Origin::Feed,
        ..happened(when)
    }
}

pub(crate) fn complete(stage: Stage) -> Command {
    complete_with(stage, None, None)
}

pub(crate) fn complete_with(
    stage: Stage,
    outcome: Option<Outcome>,
    reason: Option<&str>,
) -> Command {
    Command::Complete {
        stage,
        outcome,
        reason: reason.map(str::to_owned),
        document: None,
    }
}

pub(crate) fn correct() -> Command {
    Command::Correct {
        missing: vec!["营业执照".to_owned()],
    }
}

pub(crate) fn send_back(to: Stage) -> Command {
    Command::SendBack {
        to,
        reason: "材料矛盾".to_owned(),
    }
}

/// A stop with its notice.
pub(crate) fn stop(term: Option<Term>) -> Command {
    Command::Stop {
        procedure: Procedure::ExpertReview,
        notice: Some("焦环告〔2011〕3号".to_owned()),
        term,
        basis: None,
        approver: None,
    }
}

pub(crate) fn resume() -> Command {
    Command::Resume { stop: None }
}

/// An extension with its notice.
pub(crate) fn extend(working_days: u32) -> Command {
    Command::Extend {
        working_days,
        approver: "局长".to_owned(),
        reason: "情况复杂".to_owned(),
        notice: Some("焦环延〔2011〕1号".to_owned()),
    }
}

pub(crate) fn close(outcome: Outcome) -> Command {
    Command::Close {
        outcome,
        reason: "申请人要求".to_owned(),
        basis: None,
    }
}

pub(crate) fn annul(seq: i64) -> Command {
    Command::Annul {
        seq,
        reason: "录入错误".to_owned(),
    }
}

pub(crate) fn revoke(warning: i64) -> Command {
    Command::RevokeWarning {
        warning,
        reason: "系统故障".to_owned(),
    }
}
