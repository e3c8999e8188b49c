//! Health: what works and what doesn't, in plain words, as `/readyz` and `shixian check` know it.

use std::time::Duration;

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use chrono::TimeDelta;
use engine::accounts::AccountRole;
use engine::checkup::{Finding, Findings, Grade};
use notify::{Language, words};

use super::only;
use crate::figures::{figures, of_word};
use crate::frame::{self, Frame};
use crate::page::{PageError, draw};
use crate::shown;
use crate::site::Site;
use crate::texts::Texts;
use crate::visitor::{Here, Visitor};

/// A database that answers at all answers within this.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long an alarm may wait: the schedule sleeps half a minute at most.
const LATE: TimeDelta = TimeDelta::minutes(5);

pub(super) fn routes() -> Router<Site> {
    Router::new().route("/admin/health", get(page))
}

/// A finding as it is shown.
struct Line {
    name: String,
    /// ✓ △ ✕: a shape and a word, no colour of a card.
    shape: &'static str,
    grade: &'static str,
    bad: bool,
    told: String,
}

#[derive(Template)]
#[template(path = "admin/health.html")]
struct HealthPage {
    f: Frame,
    t: Texts,
    version: &'static str,
    wrong: usize,
    warnings: usize,
    lines: Vec<Line>,
}

async fn page(State(site): State<Site>, visitor: Here) -> Result<Response, PageError> {
    only(&visitor, AccountRole::System)?;
    let t = visitor.texts;
    let mut findings = Findings::default();
    database(&site, &mut findings).await;
    schedule(&site, &visitor, &mut findings);
    mail(&site, &visitor, &mut findings).await;
    site.engine.check_record(&mut findings).await;
    let mut found = findings.0;
    // What needs somebody first; otherwise in the order in which things rest on each other.
    found.sort_by_key(|finding| std::cmp::Reverse(finding.grade));
    let of = |grade| found.iter().filter(|f| f.grade == grade).count();
    draw(&HealthPage {
        f: Frame::of(&site, &visitor, t.say("health.title")),
        t,
        version: env!("CARGO_PKG_VERSION"),
        wrong: of(Grade::Wrong),
        warnings: of(Grade::Warning),
        lines: found.iter().map(|finding| line(t, finding)).collect(),
    })
}

fn line(t: Texts, finding: &Finding) -> Line {
    let told = match t.language() {
        Language::Zh => &finding.zh,
        Language::En => &finding.en,
    };
    let (shape, grade) = match finding.grade {
        Grade::Good => ("✓", t.say("health.good")),
        Grade::Warning => ("△", t.say("health.warning")),
        Grade::Wrong => ("✕", t.say("health.wrong")),
    };
    Line {
        name: t.word("health_of", finding.what).to_owned(),
        shape,
        grade,
        bad: finding.grade != Grade::Good,
        told: frame::one_language(t, told),
    }
}

async fn database(site: &Site, findings: &mut Findings) {
    let looked = async {
        site.engine.store().check_schema().await?;
        site.engine.touch().await
    };
    match tokio::time::timeout(PATIENCE, looked).await {
        Ok(Ok(())) => findings.add(
            "database",
            Grade::Good,
            "数据库可以读写，数据表版本正确",
            "the database can be read and written, its tables are right",
        ),
        Ok(Err(error)) => findings.failed(
            "database",
            "数据库不能读写，或数据表版本不对",
            "the database can't be read or written, or its tables are of another version",
            &error,
        ),
        Err(_) => findings.add(
            "database",
            Grade::Wrong,
            "数据库 5 秒内没有回答",
            "the database didn't answer within 5 s",
        ),
    }
}

fn schedule(site: &Site, visitor: &Visitor, findings: &mut Findings) {
    if !site.pulse.beats() {
        findings.add(
            "scheduler",
            Grade::Wrong,
            "定时任务没有运行：到期不会发牌，邮件不会发出。请重启服务并查看日志",
            "the schedule doesn't run: no card is raised and no mail sent. Restart the service and look at its log",
        );
        return;
    }
    let health = site.health.get();
    let at = |language| {
        let at = health.last_sweep_at?;
        let calendar = &visitor.books.calendar;
        Some(shown::brief(language, calendar, at, visitor.now))
    };
    match (at(Language::Zh), at(Language::En)) {
        (Some(zh), Some(en)) => findings.add(
            "scheduler",
            Grade::Good,
            format!("定时任务在运行，最近一次检查到期办件：{zh}"),
            format!("the schedule runs; it last looked at what is due: {en}"),
        ),
        _ => findings.add(
            "scheduler",
            Grade::Warning,
            "定时任务已启动，还没有完成第一次检查",
            "the schedule has begun and hasn't looked at what is due yet",
        ),
    }
    if health.subjects_failed > 0 {
        let failed = health.subjects_failed;
        findings.add(
            "sweep",
            Grade::Wrong,
            format!("{failed} 件办件的到期提醒无法处理，编号见服务日志"),
            format!("alarms of {failed} cases can't be taken; their numbers are in the log"),
        );
    }
    for (what, zh, en, error) in [
        (
            "sweep",
            "最近一次检查到期办件失败",
            "the last look at what is due failed",
            &health.sweep_error,
        ),
        (
            "mail",
            "最近一次发信失败",
            "the last round of mail failed",
            &health.mail_error,
        ),
        ("jobs", "定时任务出错", "a job failed", &health.job_error),
        (
            "facts",
            "统计数据没有跟上记录",
            "the figures don't follow the record",
            &health.facts_error,
        ),
    ] {
        if let Some(error) = error {
            let grade = if what == "sweep" {
                Grade::Wrong
            } else {
                Grade::Warning
            };
            findings.add(
                what,
                grade,
                format!("{zh}：{error}"),
                format!("{en}: {error}"),
            );
        }
    }
}

async fn mail(site: &Site, visitor: &Visitor, findings: &mut Findings) {
    match &site.outbox {
        None => findings.add(
            "mail",
            Grade::Warning,
            "没有配置发信方式（配置文件 [mail] url），预警只留在发件箱",
            "no way to send is configured ([mail] url): warnings stay in the outbox",
        ),
        Some(outbox) => match outbox.check().await {
            Ok(()) => findings.add("mail", Grade::Good, "邮件可以发出", "mails can go out"),
            Err(error) => findings.add(
                "mail",
                Grade::Wrong,
                format!("邮件发不出去：{}", words_of(&error, Language::Zh)),
                format!("mail can't be sent: {}", words_of(&error, Language::En)),
            ),
        },
    }
    // A dead database is told above; there is nothing to count then.
    let Ok(figures) = figures(site).await else {
        return;
    };
    let division = figures
        .divisions
        .iter()
        .find(|d| d.division == site.engine.division());
    let unsent = division.map_or(0, |division| {
        of_word(&division.messages, "failed") + of_word(&division.messages, "given_up")
    });
    if unsent > 0 {
        findings.add(
            "outbox",
            Grade::Warning,
            format!("{unsent} 封邮件被拒收或已放弃，请在“邮件”页处理"),
            format!("{unsent} mails were refused or given up: see the page of mails"),
        );
    }
    let late = division.and_then(|division| division.next_alarm);
    if let Some(at) = late.filter(|at| *at + LATE < visitor.now) {
        let calendar = &visitor.books.calendar;
        let instant = |language| words::instant(language, at, calendar.zone());
        findings.add(
            "sweep",
            Grade::Wrong,
            format!("{} 到期的提醒还没有处理", instant(Language::Zh)),
            format!(
                "what was due at {} hasn't been taken yet",
                instant(Language::En)
            ),
        );
    }
}

/// One language of a message that has both.
fn words_of(message: &str, language: Language) -> &str {
    match message.split_once(" / ") {
        Some((zh, en)) => language.pick(zh, en),
        None => message,
    }
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;

    use crate::testing::Trial;

    #[tokio::test]
    async fn what_works_and_what_does_not_is_told_to_the_system_administrator() {
        let mut trial = Trial::new().await;
        let (status, _, body) = trial.get_as("system", "/admin/health").await;
        assert_eq!(status, StatusCode::OK);
        for told in [
            "数据库可以读写",
            "还没有完成第一次检查",
            "没有配置发信方式",
            "试运行库",
            "个事项有环节无人负责",
        ] {
            assert!(body.contains(told), "{told}: {body}");
        }
        trial.beat = None;
        let (_, _, body) = trial.get_as("system", "/admin/health").await;
        assert!(body.contains("定时任务没有运行"), "{body}");
        for who in ["security", "audit", "inspector", "leader", "head", "clerk"] {
            let (status, ..) = trial.get_as(who, "/admin/health").await;
            assert_eq!(status, StatusCode::FORBIDDEN, "{who}");
        }
    }
}
