//! `check`: what is wrong with an installation, in plain words.

use std::time::Duration;

use engine::checkup::{Findings, Grade};
use engine::{Engine, assets};
use notify::{Templates, Transport};
use serde_json::{Value, json};

use crate::app::{App, shown_url};
use crate::commands::report::Maker;
use crate::failure::{Failure, chain};
use crate::output;

/// A mail server that answers at all answers within this.
const MAIL_PATIENCE: Duration = Duration::from_secs(10);
/// What is wrong, beside the engine's own findings.
trait Failed {
    fn error(&mut self, what: &'static str, zh: &str, en: &str, error: impl Into<anyhow::Error>);
}

impl Failed for Findings {
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

const fn mark(grade: Grade) -> &'static str {
    match grade {
        Grade::Good => "正常 ok     ",
        Grade::Warning => "注意 warning",
        Grade::Wrong => "错误 error  ",
    }
}

/// Looks at everything; findings that are wrong make status 1, warnings don't.
pub(crate) async fn run(app: &App, as_json: bool) -> Result<(), Failure> {
    let mut findings = Findings::default();
    rules(app, &mut findings);
    templates(app, &mut findings);
    mail(app, &mut findings).await;
    reports(app, &mut findings);
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
            let mark = mark(finding.grade);
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
    let scheme = &app.config.scoring.scheme;
    if scheme != engine::scoring::NO_SCHEME
        && let Err(error) = assets::scheme(scheme)
    {
        findings.error(
            "scoring",
            "配置的评分办法有错",
            "the configured scheme of scoring is wrong",
            error,
        );
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

/// The words of reports, and the fonts without which there is no PDF.
fn reports(app: &App, findings: &mut Findings) {
    let maker = match Maker::new(app) {
        Ok(maker) => maker,
        Err(Failure::CannotRun(error)) => {
            return findings.error(
                "reports",
                "报告的文字有错",
                "the words of the reports are wrong",
                error,
            );
        }
        Err(Failure::Refused(_) | Failure::Found) => return,
    };
    match maker.fonts() {
        Ok(_) => findings.add(
            "reports",
            Grade::Good,
            "报告的文字和字体可用",
            "the words and the fonts of the reports work",
        ),
        // All else than a PDF is made without fonts.
        Err(error) => {
            let words = error.to_string();
            let (zh, en) = words.split_once(" / ").unwrap_or((&words, &words));
            findings.add("reports", Grade::Warning, zh, en);
        }
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
    match engine.touch().await {
        Ok(()) => findings.add(
            "database",
            Grade::Good,
            format!("数据库 {shown} 可以读写,数据表版本正确"),
            format!("the database {shown} can be read and written, its tables are right"),
        ),
        Err(error) => findings.error(
            "database",
            "数据库不能写入",
            "the database can't be written",
            error,
        ),
    }
    Some(engine)
}

async fn record(app: &App, engine: &Engine, findings: &mut Findings) {
    engine.check_record(findings).await;
    let books = engine.books(engine.division()).await;
    let configured = assets::calendar(&app.config.calendar.name);
    let (Ok(books), Ok(configured)) = (books, configured) else {
        return;
    };
    let (version, other) = (books.calendar.version(), configured.version());
    if other != version {
        findings.add(
            "calendar",
            Grade::Warning,
            format!("数据库使用日历 {version},配置的是 {other};换用请执行 calendar revise"),
            format!("the database uses calendar {version}, the configuration names {other}: `calendar revise` puts it in force"),
        );
    }
}
