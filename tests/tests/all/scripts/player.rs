//! Plays a script on an engine whose clock stands until a line moves it.
//!
//! Whatever a line does, the transcript tells every event that came about with whom it tells, and every date that
//! changed; nothing can happen unseen.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use approval::command::{Act, Command};
use approval::event::Document;
use approval::event::Event;
use approval::ids::{PersonCode, UnitCode};
use approval::stage::{Outcome, Procedure, Stage};
use approval::subject::Subject;
use approval::{Books, term_text};
use calendar::{Calendar, Term};
use chrono::{DateTime, FixedOffset, NaiveDateTime, TimeDelta, TimeZone, Utc};
use engine::outbox::{LEASE_MS, Outbox, OutboxLine, OutboxSettings};
use engine::revise::RevisionMode;
use engine::{Application, Clock, Engine, EngineError, Settings, reference};
use notify::{Language, Mail, RetryPolicy, Templates, Transport};
use store::message_item::MessageItemRow;

use super::line::Line;
use super::{Database, folder, told, variant};

const DIVISION: &str = "410800";
/// Lines of a letter that a transcript shows.
const LETTER_LINES: usize = 9;

/// Whether sweeps come only when the script says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pace {
    AsWritten,
    /// At the instant of each alarm.
    Watching,
    /// In every minute of the last three days before an instant.
    EveryMinute,
}

/// What a script came to.
pub(super) struct Played {
    /// What it said.
    pub(super) transcript: String,
    /// All events, but for the instants of recording.
    pub(super) record: Vec<String>,
}

/// What a script says before its first instant.
struct Setup {
    calendar: Option<Calendar>,
    calendars: BTreeMap<String, Calendar>,
    rules: String,
}

pub(super) struct Player {
    setup: Setup,
    database: Database,
    pace: Pace,
    out: String,
    office: Option<Office>,
}

struct Office {
    engine: Engine,
    url: String,
    outbox: Outbox,
    letters: Arc<Mutex<Vec<Mail>>>,
    letters_shown: usize,
    /// The names that the script gives to numbers, in order of their appearance.
    names: Vec<(String, String)>,
    /// What was told of each subject: the last event, and its clocks.
    told: BTreeMap<String, (i64, BTreeMap<String, String>)>,
    orders: u32,
    folder: tempfile::TempDir,
}

impl Player {
    pub(super) async fn play(script: &str, database: Database, pace: Pace) -> Played {
        let mut player = Self {
            setup: Setup {
                calendar: None,
                calendars: BTreeMap::new(),
                rules: "limits".to_owned(),
            },
            database,
            pace,
            out: String::new(),
            office: None,
        };
        for text in script.lines() {
            let text = text.trim_end();
            if text.is_empty() || text.starts_with('#') {
                player.out += &format!("{text}\n");
                continue;
            }
            player.out += &format!("> {text}\n");
            player.line(text).await;
        }
        player.end().await
    }

    fn say(&mut self, text: &str) {
        self.out += &format!("  {text}\n");
    }

    fn office(&mut self) -> &mut Office {
        match &mut self.office {
            Some(office) => office,
            None => panic!("a script begins with `now`"),
        }
    }

    async fn line(&mut self, text: &str) {
        let mut line = Line::read(text);
        match line.verb() {
            "rules" => self.setup.rules = rules(&line.arg()),
            "calendar" => {
                let name = line.arg();
                let calendar = variant::calendar(&name, &line.args());
                self.setup.calendar = Some(calendar);
            }
            "notice" => {
                let name = line.arg();
                let calendar = variant::calendar(&name, &line.args());
                self.setup.calendars.insert(name, calendar);
            }
            "now" => {
                let instant = instant(&line.rest());
                self.go_to(instant).await;
            }
            "load" => {
                let tables = folder().join(line.arg());
                line.end();
                let report = reference::load(&self.office().engine, &tables)
                    .await
                    .unwrap();
                self.say(&format!(
                    "items {}, new versions {}",
                    report.items, report.item_versions
                ));
            }
            "receive" => self.receive(line).await,
            "order" => self.order(line).await,
            "sweep" => self.sweep(line).await,
            "show" => {
                let subject = line.arg();
                line.end();
                let shown = self.office().shown(&subject).await;
                self.say(&shown);
            }
            "warnings" => {
                let subject = line.arg();
                line.end();
                for shown in self.office().warnings(&subject).await {
                    self.say(&shown);
                }
            }
            "mailbox" => self.mailbox().await,
            "revise" => self.revise(line).await,
            "tally" => self.tally().await,
            _ => self.act(line).await,
        }
    }

    async fn go_to(&mut self, instant: DateTime<Utc>) {
        if self.office.is_none() {
            self.office = Some(Office::open(&self.setup, self.database, instant).await);
            return;
        }
        match self.pace {
            Pace::AsWritten => {}
            Pace::Watching => self.office().watch_until(instant).await,
            Pace::EveryMinute => self.office().sweep_minutely_until(instant).await,
        }
        let engine = &self.office().engine;
        assert!(instant >= engine.clock().now(), "time goes on");
        engine.clock().advance_to(instant);
    }

    async fn receive(&mut self, mut line: Line) {
        let (name, item, applicant) = (line.arg(), line.arg(), line.arg());
        let application = Application {
            item,
            applicant,
            id_number: line.option("id"),
            missing: line.list("missing"),
        };
        let act = act(&mut line);
        line.end();
        let answer = self.office().engine.receive(application, act).await;
        let answer = answer.map(|seen| seen.subject.id.as_str().to_owned());
        self.opened(name, answer).await;
    }

    async fn order(&mut self, mut line: Line) {
        let (name, unit, text) = (line.arg(), line.arg(), line.arg());
        let about = line.option("about").map(|a| self.office().number(&a));
        let (term, act) = (term(&text), act(&mut line));
        let text = line.rest();
        line.end();
        let engine = &self.office().engine;
        let answer = engine
            .issue_order(&unit, &text, term, about.as_deref(), act)
            .await;
        let answer = answer.map(|seen| seen.subject.id.as_str().to_owned());
        self.opened(name, answer).await;
    }

    async fn opened(&mut self, name: String, answer: Result<String, EngineError>) {
        match answer {
            Ok(number) => {
                self.say(&format!("{name} is {number}"));
                self.office().names.push((name, number));
            }
            Err(error) => self.say(&told::refusal(&error)),
        }
        self.tell().await;
    }

    async fn sweep(&mut self, mut line: Line) {
        let rest = line.rest();
        let bound = rest.strip_prefix("as-of ").map(instant);
        match self.office().engine.sweep(bound).await {
            Ok(report) => {
                let calendar = self.office().books().await.calendar.clone();
                let next = report
                    .next_alarm_at
                    .map_or("none".to_owned(), |at| told::at(&calendar, at));
                self.say(&format!(
                    "taken {}: notice {}, yellow {}, red {}, deemed {}; next {next}",
                    report.taken, report.notice, report.yellow, report.red, report.deemed_accepted
                ));
                for (number, reason) in report.failed {
                    let name = self.office().name(&number);
                    self.say(&format!("{name} can't be settled: {reason}"));
                }
            }
            Err(error) => self.say(&told::refusal(&error)),
        }
        self.tell().await;
    }

    async fn act(&mut self, mut line: Line) {
        let name = line.arg();
        let command = command(&mut line);
        let act = act(&mut line);
        line.end();
        let office = self.office();
        let number = office.number(&name);
        if let Err(error) = office.engine.act(&number, command, act).await {
            self.say(&told::refusal(&error));
        }
        self.tell().await;
    }

    async fn revise(&mut self, mut line: Line) {
        let (what, name) = (line.arg(), line.arg());
        let mode = match line.arg_if_any().as_deref() {
            Some("dry-run") => RevisionMode::DryRun,
            None => RevisionMode::Apply,
            Some(other) => panic!("`revise` doesn't know {other}"),
        };
        let engine = self.office().engine.clone();
        if what == "rules" {
            let (body, _) = engine::assets::rules(&rules(&name)).unwrap();
            match engine.revise_rules(&name, &body, mode).await {
                Ok(report) => self.say(&format!(
                    "rules v{} to v{}: looked at {}, alarms moved {}",
                    report.from_version,
                    report.to_version,
                    report.subjects_looked_at,
                    report.alarms_moved
                )),
                Err(error) => self.say(&told::refusal(&error)),
            }
            return self.tell().await;
        }
        let calendar = match self.setup.calendars.get(&name) {
            Some(calendar) => calendar.clone(),
            None => engine::assets::calendar(&name).unwrap(),
        };
        match engine.revise_calendar(calendar, mode).await {
            Ok(report) => {
                let deemed: Vec<String> = report
                    .deemed_touched
                    .iter()
                    .map(|id| self.office().name(id))
                    .collect();
                self.say(&format!(
                    "calendar {} to {}: looked at {}, dates moved {}, warnings annulled {}, raised {}, deemed touched [{}]",
                    report.from_version,
                    report.to_version,
                    report.subjects_looked_at,
                    report.dates_moved,
                    report.warnings_annulled,
                    report.warnings_raised,
                    deemed.join(" ")
                ));
            }
            Err(error) => self.say(&told::refusal(&error)),
        }
        self.tell().await;
    }

    async fn tally(&mut self) {
        let (t, _) = self.office().engine.tally().await.unwrap();
        self.say(&format!(
            "accepted {}, completed {} (on time {}, late {}), declined {}, deemed {}, corrections {}, stops {}, extensions {}, sent back {}",
            t.accepted, t.completed, t.completed_on_time, t.completed_late, t.declined, t.deemed_accepted,
            t.corrections, t.stops, t.extensions, t.sent_back
        ));
        self.say(&format!(
            "highest live card: red {}, yellow {}, notice {}",
            t.red_cards, t.yellow_cards, t.notices
        ));
    }

    /// Tells all events that weren't told yet, and the dates that they changed.
    async fn tell(&mut self) {
        for line in self.office().news().await {
            self.say(&line);
        }
    }

    /// Sends what waits and shows every letter that wasn't shown yet.
    async fn mailbox(&mut self) {
        let office = self.office();
        office.outbox.compose_round().await.unwrap();
        office.outbox.send_round().await.unwrap();
        let mut letters: Vec<Mail> =
            office.letters.lock().unwrap()[office.letters_shown..].to_vec();
        office.letters_shown += letters.len();
        letters.sort_by(|a, b| (&a.to, &a.subject, &a.text).cmp(&(&b.to, &b.subject, &b.text)));
        let mut lines = Vec::new();
        for letter in &letters {
            lines.push(format!("to {}: {}", letter.to, letter.subject));
            let text = letter.text.lines().filter(|l| !l.trim().is_empty());
            lines.extend(
                text.take_while(|l| *l != "--")
                    .take(LETTER_LINES)
                    .map(|l| format!("  {l}")),
            );
        }
        if letters.is_empty() {
            lines.push("nothing".to_owned());
        }
        let unsent = |row: OutboxLine| {
            if row.state != "sent" {
                lines.push(format!(
                    "{} to {}: {}",
                    row.state,
                    row.to,
                    row.last_error.unwrap_or_default()
                ));
            }
            Ok::<(), EngineError>(())
        };
        office.outbox.list(unsent).await.unwrap();
        for line in lines {
            self.say(&line);
        }
    }

    /// At the end of every script the record is whole, and reading it anew gives the state that was kept.
    async fn end(mut self) -> Played {
        let office = self.office();
        let report = store::verify::verify(office.engine.store()).await.unwrap();
        assert!(report.is_ok(), "{report:?}");
        let fresh = office.another().await;
        let mut record = Vec::new();
        for number in office.numbers().await {
            let kept = office.engine.look(&number).await.unwrap();
            let read = fresh.look(&number).await.unwrap();
            assert_eq!(kept.subject, read.subject, "{number} read anew");
            assert_eq!(kept.hash, read.hash);
            let row = {
                let mut conn = fresh.store().read().await.unwrap();
                store::subject::get(&mut conn, DIVISION, &number)
                    .await
                    .unwrap()
                    .unwrap()
            };
            let next = approval::alarm::next_alarm(&read.subject, &read.books);
            assert_eq!(
                engine::sweep::alarm_of(&row),
                next.map(|a| a.at),
                "{number}: its alarm"
            );
            record.extend(
                read.subject
                    .history
                    .iter()
                    .map(|e| told::record(&number, e)),
            );
        }
        fresh.close().await;
        office.engine.close().await;
        Played {
            transcript: self.out,
            record,
        }
    }
}

impl Office {
    async fn open(setup: &Setup, database: Database, start: DateTime<Utc>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = match database {
            Database::Sqlite => format!("sqlite:{}", folder.path().join("one.db").display()),
            Database::Postgres => tokio::task::spawn_blocking(testkit::postgres::fresh_database)
                .await
                .unwrap(),
        };
        let calendar = match &setup.calendar {
            None => "cn".to_owned(),
            Some(calendar) => {
                let path = folder.path().join("calendar.toml");
                std::fs::write(&path, calendar.to_text()).unwrap();
                path.display().to_string()
            }
        };
        let settings = Settings {
            now: Some(start),
            calendar,
            rules: setup.rules.clone(),
            ..Settings::default()
        };
        Engine::migrate(&url, &settings, false).await.unwrap();
        let engine = Engine::open_at(&url, settings, Clock::standing(start))
            .await
            .unwrap();
        reference::load(&engine, &super::folder().join("office"))
            .await
            .unwrap();
        let (transport, letters) = Transport::memory();
        let outbox = Outbox::new(
            engine.clone(),
            transport,
            Templates::load(None).unwrap(),
            outbox_settings(),
        );
        Self {
            engine,
            url,
            outbox,
            letters,
            letters_shown: 0,
            names: Vec::new(),
            told: BTreeMap::new(),
            orders: 0,
            folder,
        }
    }

    /// Sweeps at the instant of each alarm up to an instant.
    async fn watch_until(&self, instant: DateTime<Utc>) {
        loop {
            let next = {
                let mut conn = self.engine.store().read().await.unwrap();
                store::subject::next_alarm(&mut conn, DIVISION)
                    .await
                    .unwrap()
            };
            let Some(next) = next
                .map(store::codec::instant)
                .filter(|next| *next <= instant)
            else {
                return;
            };
            self.engine.clock().advance_to(next);
            let report = self.engine.sweep(None).await.unwrap();
            if report.taken == 0 {
                // One that can't be taken; the script's own sweep tells why.
                assert!(!report.failed.is_empty(), "an alarm at {next} stays");
                return;
            }
        }
    }

    /// Sweeps in every minute up to an instant, as the program does; of a longer time only in the last three days.
    async fn sweep_minutely_until(&self, instant: DateTime<Utc>) {
        let mut at = self.engine.clock().now().max(instant - TimeDelta::days(3));
        while at < instant {
            self.engine.clock().advance_to(at);
            self.engine.sweep(None).await.unwrap();
            at += TimeDelta::minutes(1);
        }
    }

    /// Another process on the same database: it knows only what is written there.
    async fn another(&self) -> Engine {
        assert!(self.folder.path().exists());
        let settings = self.engine.settings().clone();
        Engine::open_at(&self.url, settings, self.engine.clock().clone())
            .await
            .unwrap()
    }

    async fn books(&self) -> Arc<Books> {
        self.engine.books(DIVISION).await.unwrap()
    }

    /// The number behind a name; a name that nobody gave is taken as a number.
    fn number(&self, name: &str) -> String {
        let known = self.names.iter().find(|(n, _)| n == name);
        known.map_or_else(|| name.to_owned(), |(_, number)| number.clone())
    }

    fn name(&self, number: &str) -> String {
        let known = self.names.iter().find(|(_, n)| n == number);
        known.map_or_else(|| number.to_owned(), |(name, _)| name.clone())
    }

    async fn numbers(&self) -> Vec<String> {
        let mut conn = self.engine.store().read().await.unwrap();
        let rows = store::subject::page(&mut conn, DIVISION, "", 1000)
            .await
            .unwrap();
        rows.into_iter().map(|r| r.subject).collect()
    }

    async fn news(&mut self) -> Vec<String> {
        for number in self.numbers().await {
            if self.name(&number) == number {
                self.orders += 1;
                self.names.push((format!("O{}", self.orders), number));
            }
        }
        let mut lines = Vec::new();
        for (name, number) in self.names.clone() {
            let seen = self.engine.look(&number).await.unwrap();
            let calendar = &seen.books.calendar;
            let (told_seq, told_clocks) = self.told.remove(&number).unwrap_or_default();
            let items = self.items(&number).await;
            for recorded in seen.subject.history.iter().filter(|e| e.seq > told_seq) {
                let mut line = format!("{name}{}", told::event(calendar, recorded));
                for (other, other_number) in &self.names {
                    line = line.replace(other_number, other);
                }
                line += &tells(&items, recorded.seq, &recorded.event);
                lines.push(line);
            }
            let clocks = clocks(calendar, &seen.subject);
            for (key, text) in &clocks {
                if told_clocks.get(key) != Some(text) {
                    lines.push(format!("  {name} {text}"));
                }
            }
            for key in told_clocks.keys().filter(|key| !clocks.contains_key(*key)) {
                lines.push(format!("  {name} {key} never was"));
            }
            self.told.insert(number, (seen.subject.seq(), clocks));
        }
        lines
    }

    async fn items(&self, number: &str) -> Vec<MessageItemRow> {
        let mut conn = self.engine.store().read().await.unwrap();
        store::message_item::of_subject(&mut conn, DIVISION, number)
            .await
            .unwrap()
    }

    async fn shown(&self, name: &str) -> String {
        let seen = match self.engine.look(&self.number(name)).await {
            Ok(seen) => seen,
            Err(error) => return told::refusal(&error),
        };
        told::state(&seen.books.calendar, &seen.subject, seen.now)
    }

    async fn warnings(&self, name: &str) -> Vec<String> {
        let seen = self.engine.look(&self.number(name)).await.unwrap();
        let lines: Vec<String> = seen
            .subject
            .track
            .warnings
            .iter()
            .map(|w| {
                let limit = told::at(&seen.books.calendar, w.raised.limit_at);
                let (level, state) = (w.raised.level.as_str(), w.state.as_str());
                format!("#{} {level} {} at {limit}: {state}", w.seq, w.raised.clock)
            })
            .collect();
        if lines.is_empty() {
            vec!["none".to_owned()]
        } else {
            lines
        }
    }
}

fn clocks(calendar: &Calendar, subject: &Subject) -> BTreeMap<String, String> {
    let clocks = subject.track.clocks.iter();
    clocks
        .map(|c| (c.key.to_string(), told::clock(calendar, c)))
        .collect()
}

/// Whom an event is told, or whom not any more.
fn tells(items: &[MessageItemRow], seq: i64, event: &Event) -> String {
    let (warning, dropped) = match event {
        Event::WarningAnnulled { warning, .. } | Event::WarningRevoked { warning, .. } => {
            (*warning, true)
        }
        Event::WarningIssued { warning } => (*warning, false),
        _ => (seq, false),
    };
    let items = items
        .iter()
        .filter(|i| i.seq == warning && (!dropped || i.state == "dropped"));
    let names: Vec<&str> = items.map(|i| i.recipient.as_str()).collect();
    match (names.is_empty(), dropped) {
        (true, _) => String::new(),
        (_, true) => format!(" | not told any more: {}", names.join(" ")),
        (_, false) => format!(" | told {}", names.join(" ")),
    }
}

fn outbox_settings() -> OutboxSettings {
    OutboxSettings {
        from: "电子监察系统 <jiancha@example.cn>".to_owned(),
        organ_name: "焦作市行政效能电子监察中心".to_owned(),
        system_name: "行政审批电子监察系统".to_owned(),
        base_url: None,
        language: Language::Zh,
        message_id_domain: "shixian.example.cn".to_owned(),
        retry: RetryPolicy { attempts_max: 3 },
        lease_ms: LEASE_MS,
        owner: "script".to_owned(),
    }
}

fn command(line: &mut Line) -> Command {
    let reason = line.option("reason").unwrap_or_default();
    match line.verb().to_owned().as_str() {
        "accept" => Command::Accept,
        "supply" => Command::Supply,
        "deliver" => Command::Deliver,
        "correct" => Command::Correct {
            missing: line.args(),
        },
        "refuse" => Command::RefuseAcceptance { reason },
        "not-needed" => Command::NotNeeded { reason },
        "complete" => {
            let stage = stage(&line.arg());
            let date = line.option("dated").map(|d| d.parse().unwrap());
            let document = line
                .option("document")
                .map(|number| Document { number, date });
            let outcome = line.option("outcome").map(|o| Outcome::parse(&o).unwrap());
            let reason = Some(reason).filter(|r| !r.is_empty());
            Command::Complete {
                stage,
                outcome,
                reason,
                document,
            }
        }
        "send-back" => Command::SendBack {
            to: stage(&line.arg()),
            reason,
        },
        "stop" => {
            let procedure = Procedure::parse(&line.arg()).unwrap();
            Command::Stop {
                procedure,
                term: line.arg_if_any().as_deref().map(term),
                notice: line.option("notice"),
                basis: line.option("basis"),
                approver: line.option("approver"),
            }
        }
        "resume" => Command::Resume {
            stop: line.arg_if_any().map(|n| n.parse().unwrap()),
        },
        "extend" => Command::Extend {
            working_days: line.arg().parse().unwrap(),
            approver: line.arg(),
            reason,
            notice: line.option("notice"),
        },
        "ask-partner" => Command::AskPartner {
            unit: UnitCode::new(line.arg()),
            term: line.arg_if_any().as_deref().map(term),
        },
        "answer-partner" => Command::AnswerPartner {
            partner: line.arg().parse().unwrap(),
            opinion: line.rest(),
        },
        "withdraw" => Command::Close {
            outcome: Outcome::Withdrawn,
            reason,
            basis: line.option("basis"),
        },
        "end" => Command::Close {
            outcome: Outcome::parse(&line.arg()).unwrap(),
            reason,
            basis: line.option("basis"),
        },
        "annul" => Command::Annul {
            seq: line.arg().parse().unwrap(),
            reason,
        },
        "issue" => Command::IssueWarning {
            warning: line.arg().parse().unwrap(),
        },
        "revoke" => Command::RevokeWarning {
            warning: line.arg().parse().unwrap(),
            reason,
        },
        "reply" => Command::ReplyOrder { text: line.rest() },
        "close" => Command::CloseOrder {
            remark: line.arg_if_any(),
        },
        "return" => Command::SendBackOrder {
            reason,
            term: line.arg_if_any().as_deref().map(term),
        },
        other => panic!("no script knows `{other}`"),
    }
}

fn act(line: &mut Line) -> Act {
    Act {
        by: line.option("by").map(PersonCode::new),
        stands_for: line.option("for").map(PersonCode::new),
        at: line.option("at").map(|text| instant(&text)),
        late_reason: line.option("late-reason"),
        ..Act::default()
    }
}

fn stage(word: &str) -> Stage {
    match Stage::parse(word) {
        Some(stage) => stage,
        None => panic!("{word} is no stage"),
    }
}

fn term(text: &str) -> Term {
    term_text::parse(text).unwrap()
}

/// Rules by name, or by a file beside the scripts.
fn rules(name: &str) -> String {
    let beside = folder().join(name);
    if beside.is_file() {
        beside.display().to_string()
    } else {
        name.to_owned()
    }
}

/// Office time: `2011-09-26 10:00`, with seconds if need be. No script lies in a summer time of the eighties.
fn instant(text: &str) -> DateTime<Utc> {
    let zone = FixedOffset::east_opt(8 * 3600).unwrap();
    let forms = ["%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%d %H:%M"];
    let read = forms
        .iter()
        .find_map(|form| NaiveDateTime::parse_from_str(text, form).ok());
    match read {
        Some(local) => zone.from_local_datetime(&local).unwrap().to_utc(),
        None => panic!("{text} is no instant"),
    }
}
