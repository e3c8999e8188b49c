//! What is wrong with an installation, in plain words: for `shixian check`, and for the system administrator's page.

use approval::Books;
use approval::stage::Stage;

use crate::clock::Clock;
use crate::engine::Engine;
use crate::error::EngineError;

/// How far the machine's clock may differ from the database's: several machines write into one record, and its order
/// in time must stay true to a blink.
pub const SKEW_US_MAX: i64 = 2_000_000;
/// Next year's notice comes in autumn; by this many days before the end of what is final it should be there.
const FINAL_DAYS_MIN: i64 = 30;
/// Limits reach this far ahead: 20 working days with extension, and the delivery, with the long holidays between.
const COVERED_DAYS_MIN: i64 = 120;
/// How many codes are named of a long list.
const NAMED_MAX: usize = 5;

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Grade {
    /// As it should be.
    Good,
    /// Somebody should look.
    Warning,
    /// It doesn't work.
    Wrong,
}

impl Grade {
    /// The word for programs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Good => "ok",
            Self::Warning => "warning",
            Self::Wrong => "error",
        }
    }
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What: a stable word.
    pub what: &'static str,
    /// How bad it is.
    pub grade: Grade,
    /// For people, in Chinese.
    pub zh: String,
    /// The same in English.
    pub en: String,
}

/// All that was looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Findings(pub Vec<Finding>);

impl Findings {
    /// Adds one.
    pub fn add(
        &mut self,
        what: &'static str,
        grade: Grade,
        zh: impl Into<String>,
        en: impl Into<String>,
    ) {
        self.0.push(Finding {
            what,
            grade,
            zh: zh.into(),
            en: en.into(),
        });
    }

    /// Adds an error with its sources.
    pub fn failed(
        &mut self,
        what: &'static str,
        zh: &str,
        en: &str,
        error: &(dyn std::error::Error + 'static),
    ) {
        let mut told = error.to_string();
        let mut source = error.source();
        while let Some(error) = source {
            let line = error.to_string();
            if !told.contains(&line) {
                told = format!("{told}: {line}");
            }
            source = error.source();
        }
        let told = told.replace('\n', " ");
        self.add(
            what,
            Grade::Wrong,
            format!("{zh}:{told}"),
            format!("{en}: {told}"),
        );
    }
}

impl Engine {
    /// Writes to the database without changing a row: it takes the lock and the permission of a change.
    ///
    /// # Errors
    /// The database's.
    pub async fn touch(&self) -> Result<(), EngineError> {
        let touched = self.inner.store.write(|conn| {
            Box::pin(async move {
                store::meta::replace(conn, "check", "", "").await?;
                Ok::<(), EngineError>(())
            })
        });
        touched.await
    }

    /// The difference between this machine's clock and the database server's, in microseconds; none on SQLite.
    ///
    /// # Errors
    /// The database's.
    pub async fn skew_us(&self) -> Result<Option<i64>, EngineError> {
        let before = Clock::System.now().timestamp_micros();
        let Some(server) = self.inner.store.server_clock_us().await? else {
            return Ok(None);
        };
        let after = Clock::System.now().timestamp_micros();
        // What lies between question and answer is no difference.
        Ok(Some(if server < before {
            before - server
        } else {
            (server - after).max(0)
        }))
    }

    /// Looks at the record: whether it is a real one, the clocks, the calendar, items and people.
    pub async fn check_record(&self, findings: &mut Findings) {
        if self.standing().trial {
            findings.add(
                "trial",
                Grade::Warning,
                "这是试运行库,不能用作正式记录",
                "this is a trial database, not for a real record",
            );
        }
        if let Some(synthetic) = &self.standing().synthetic {
            findings.add("synthetic", Grade::Warning, synthetic, synthetic);
        }
        match self.skew_us().await {
            Ok(Some(skew)) if skew > SKEW_US_MAX => findings.add(
                "clock",
                Grade::Wrong,
                format!(
                    "本机时钟与数据库服务器相差 {} 毫秒,请校时(NTP)",
                    skew / 1000
                ),
                format!(
                    "this machine's clock differs from the database server's by {} ms: set the clocks",
                    skew / 1000
                ),
            ),
            Ok(_) => {}
            Err(error) => findings.failed(
                "clock",
                "读不到服务器时钟",
                "the server's clock can't be read",
                &error,
            ),
        }
        match self.books(self.division()).await {
            Err(error) => findings.failed(
                "books",
                "数据库中的日历、规则或事项有错",
                "calendar, rules or items in the database are wrong",
                &error,
            ),
            Ok(books) => {
                calendar(self, &books, findings);
                people(&books, findings);
            }
        }
    }
}

fn calendar(engine: &Engine, books: &Books, findings: &mut Findings) {
    let calendar = &books.calendar;
    let now = engine.clock().now();
    let today = calendar.office_date(now);
    let local = calendar.local(now).format("%Y-%m-%d %H:%M");
    findings.add(
        "time_zone",
        Grade::Good,
        format!("时区 {},现在是 {local}", calendar.zone()),
        format!("zone {}, it is {local}", calendar.zone()),
    );
    let version = calendar.version();
    let to = calendar.to();
    let covered = (to - today).num_days();
    if !calendar.covers(today) {
        findings.add(
            "calendar",
            Grade::Wrong,
            format!("日历 {version} 不含今天({today}),请载入新日历"),
            format!("calendar {version} doesn't cover today ({today}): load a newer one"),
        );
    } else if covered < COVERED_DAYS_MIN {
        findings.add(
            "calendar",
            Grade::Wrong,
            format!("日历 {version} 只到 {to},较长的时限已无法计算,请载入下一年的日历"),
            format!(
                "calendar {version} ends on {to}, longer limits can't be counted: load next year's"
            ),
        );
    } else if (calendar.final_to() - today).num_days() < FINAL_DAYS_MIN {
        let day = calendar.final_to();
        findings.add(
            "calendar",
            Grade::Warning,
            format!("日历 {version} 只确定到 {day},之后的日期是暂定的;放假通知公布后请执行 calendar revise"),
            format!("calendar {version} is final to {day} only, later dates are provisional: `calendar revise` when the notice is out"),
        );
    } else {
        findings.add(
            "calendar",
            Grade::Good,
            format!("日历 {version} 到 {to},确定至 {}", calendar.final_to()),
            format!(
                "calendar {version} to {to}, final to {}",
                calendar.final_to()
            ),
        );
    }
}

fn people(books: &Books, findings: &mut Findings) {
    if books.items.is_empty() {
        return findings.add(
            "items",
            Grade::Warning,
            "还没有事项,请执行 reference load",
            "there are no items yet: `reference load`",
        );
    }
    let stages = [
        Stage::Handling,
        Stage::Review,
        Stage::Approval,
        Stage::Completion,
    ];
    let mut lonely: Vec<&str> = Vec::new();
    for (code, versions) in &books.items {
        let Some(version) = versions.last() else {
            continue;
        };
        let unit = &version.item.unit;
        let missing = |stage: &Stage| books.directory.holders(unit, *stage).is_empty();
        if stages.iter().any(missing) {
            lonely.push(code.as_str());
        }
    }
    list(
        findings,
        "items",
        &lonely,
        "个事项有环节无人负责",
        "items have a stage without a person",
    );
    let silent: Vec<&str> = books
        .directory
        .people()
        .filter(|person| person.email.trim().is_empty())
        .map(|person| person.code.as_str())
        .collect();
    list(
        findings,
        "people",
        &silent,
        "人没有邮箱,收不到预警",
        "people have no address and get no warnings",
    );
    if lonely.is_empty() && silent.is_empty() {
        let items = books.items.len();
        let people = books.directory.people().count();
        findings.add(
            "reference",
            Grade::Good,
            format!("{items} 个事项各环节有人,{people} 人都有邮箱"),
            format!("{items} items with people for every stage, {people} people with addresses"),
        );
    }
}

fn list(findings: &mut Findings, what: &'static str, codes: &[&str], zh: &str, en: &str) {
    if codes.is_empty() {
        return;
    }
    let count = codes.len();
    let mut named = codes[..count.min(NAMED_MAX)].join(" ");
    if count > NAMED_MAX {
        named.push_str(" …");
    }
    findings.add(
        what,
        Grade::Warning,
        format!("{count} {zh}:{named}"),
        format!("{count} {en}: {named}"),
    );
}
