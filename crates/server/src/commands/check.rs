//! `check`: what is wrong with an installation, in plain words.

use std::time::Duration;

use approval::Books;
use approval::stage::Stage;
use engine::{Engine, assets};
use notify::{Templates, Transport};
use serde_json::{Value, json};

use crate::app::{App, shown_url};
use crate::commands::serve::{SKEW_US_MAX, skew_us};
use crate::failure::{Failure, chain};
use crate::output;

/// A mail server that answers at all answers within this.
const MAIL_PATIENCE: Duration = Duration::from_secs(10);
/// Next year's notice comes in autumn; by this many days before the end of what is final it should be there.
const FINAL_DAYS_MIN: i64 = 30;
/// Limits reach this far ahead: 20 working days with extension, and the delivery, with the long holidays between.
const COVERED_DAYS_MIN: i64 = 120;
/// How many codes are named of a long list.
const NAMED_MAX: usize = 5;

/// How bad a finding is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Grade {
    Good,
    Warning,
    Wrong,
}

impl Grade {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Good => "ok",
            Self::Warning => "warning",
            Self::Wrong => "error",
        }
    }

    const fn mark(self) -> &'static str {
        match self {
            Self::Good => "正常 ok     ",
            Self::Warning => "注意 warning",
            Self::Wrong => "错误 error  ",
        }
    }
}

/// One thing that was looked at.
struct Finding {
    what: &'static str,
    grade: Grade,
    zh: String,
    en: String,
}

#[derive(Default)]
struct Findings(Vec<Finding>);

impl Findings {
    fn add(
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

    fn error(&mut self, what: &'static str, zh: &str, en: &str, error: impl Into<anyhow::Error>) {
        let told = chain(&error.into());
        self.add(
            what,
            Grade::Wrong,
            format!("{zh}:{told}"),
            format!("{en}: {told}"),
        );
    }
}

/// Looks at everything; findings that are wrong make status 1, warnings don't.
pub(crate) async fn run(app: &App, as_json: bool) -> Result<(), Failure> {
    let mut findings = Findings::default();
    rules(app, &mut findings);
    templates(app, &mut findings);
    mail(app, &mut findings).await;
    if let Some(engine) = database(app, &mut findings).await {
        record(app, &engine, &mut findings).await;
        engine.close().await;
    }
    let wrong = findings.0.iter().any(|f| f.grade == Grade::Wrong);
    if as_json {
        let list: Vec<Value> = findings
            .0
            .iter()
            .map(|f| json!({"what": f.what, "level": f.grade.as_str(), "zh": f.zh, "en": f.en}))
            .collect();
        output::json(&json!({"ok": !wrong, "findings": list}))?;
    } else {
        for finding in &findings.0 {
            let mark = finding.grade.mark();
            output::text(&format!("{mark} {} / {}\n", finding.zh, finding.en))?;
        }
    }
    if wrong { Err(Failure::Found) } else { Ok(()) }
}

fn rules(app: &App, findings: &mut Findings) {
    let preset = &app.config.rules.preset;
    match assets::rules(preset) {
        Ok(_) => findings.add(
            "rules",
            Grade::Good,
            format!("配置的监察规则 {preset} 可用"),
            format!("the configured rules {preset} can be used"),
        ),
        Err(error) => findings.error(
            "rules",
            "配置的监察规则有错",
            "the configured rules are wrong",
            error,
        ),
    }
    let name = &app.config.calendar.name;
    if let Err(error) = assets::calendar(name) {
        findings.error(
            "calendar",
            "配置的日历有错",
            "the configured calendar is wrong",
            error,
        );
    }
}

fn templates(app: &App, findings: &mut Findings) {
    let folder = app.config.mail.templates.as_deref();
    let checked = Templates::load(folder).and_then(|t| t.check().map(|()| t.replaced().count()));
    match checked {
        Ok(replaced) => findings.add(
            "templates",
            Grade::Good,
            format!("邮件模板可用,其中自定 {replaced} 个"),
            format!("the mail templates work, {replaced} of them replaced"),
        ),
        Err(error) => findings.error(
            "templates",
            "邮件模板有错",
            "the mail templates are wrong",
            error,
        ),
    }
}

async fn mail(app: &App, findings: &mut Findings) {
    let settings = app.config.mail.settings();
    let transport = match Transport::from_settings(&settings) {
        Err(error) => {
            return findings.error("mail", "邮件配置有错", "the mail settings are wrong", error);
        }
        Ok(None) => {
            return findings.add(
                "mail",
                Grade::Warning,
                "没有配置发信方式([mail] url),预警只留在发件箱",
                "no way to send mail is configured ([mail] url): warnings stay in the outbox",
            );
        }
        Ok(Some(transport)) => transport,
    };
    match tokio::time::timeout(MAIL_PATIENCE, transport.check()).await {
        Ok(Ok(())) => findings.add("mail", Grade::Good, "邮件可以发出", "mail can be sent"),
        Ok(Err(error)) => {
            findings.error("mail", "邮件发不出去", "mail can't be sent", error);
        }
        Err(_) => findings.add(
            "mail",
            Grade::Wrong,
            "邮件服务器 10 秒内没有回答",
            "the mail server didn't answer within 10 s",
        ),
    }
}

async fn database(app: &App, findings: &mut Findings) -> Option<Engine> {
    let shown = shown_url(app.database());
    let engine = match app.engine().await {
        Ok(engine) => engine,
        Err(failure) => {
            let error = match failure {
                Failure::CannotRun(error) => error,
                Failure::Refused(error) => error.into(),
                Failure::Found => return None,
            };
            findings.error(
                "database",
                &format!("数据库 {shown} 不能用"),
                &format!("the database {shown} can't be used"),
                error,
            );
            return None;
        }
    };
    // Changes no row, but takes the lock and the permission of one that does.
    let touched = engine
        .store()
        .write(|conn| Box::pin(async move { store::meta::replace(conn, "check", "", "").await }));
    match touched.await {
        Ok(_) => findings.add(
            "database",
            Grade::Good,
            format!("数据库 {shown} 可以读写,数据表版本正确"),
            format!("the database {shown} can be read and written, its tables are right"),
        ),
        Err(store) => findings.error(
            "database",
            "数据库不能写入",
            "the database can't be written",
            store,
        ),
    }
    Some(engine)
}

async fn record(app: &App, engine: &Engine, findings: &mut Findings) {
    if engine.standing().trial {
        findings.add(
            "trial",
            Grade::Warning,
            "这是试运行库,不能用作正式记录",
            "this is a trial database, not for a real record",
        );
    }
    if let Some(synthetic) = &engine.standing().synthetic {
        findings.add("synthetic", Grade::Warning, synthetic, synthetic);
    }
    match skew_us(engine).await {
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
        Err(error) => findings.error(
            "clock",
            "读不到服务器时钟",
            "the server's clock can't be read",
            error,
        ),
    }
    match engine.books(engine.division()).await {
        Err(error) => findings.error(
            "books",
            "数据库中的日历、规则或事项有错",
            "calendar, rules or items in the database are wrong",
            error,
        ),
        Ok(books) => {
            calendar(app, engine, &books, findings);
            people(&books, findings);
        }
    }
}

fn calendar(app: &App, engine: &Engine, books: &Books, findings: &mut Findings) {
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
    if let Ok(configured) = assets::calendar(&app.config.calendar.name)
        && configured.version() != version
    {
        let other = configured.version();
        findings.add(
            "calendar",
            Grade::Warning,
            format!("数据库使用日历 {version},配置的是 {other};换用请执行 calendar revise"),
            format!("the database uses calendar {version}, the configuration names {other}: `calendar revise` puts it in force"),
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
