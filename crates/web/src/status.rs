//! `/status`: how the service stands, for whoever runs it and whoever answers for it.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use calendar::Calendar;
use chrono::{DateTime, NaiveTime, Utc};
use engine::accounts::AccountRole;
use notify::{Language, words};

use crate::figures::{DivisionFigures, figures, of_word};
use crate::frame::Frame;
use crate::metrics::{LEVELS, MESSAGES, STATES};
use crate::page::{PageError, draw};
use crate::site::Site;
use crate::visitor::Here;

#[derive(Template)]
#[template(path = "status.html")]
struct StatusPage {
    f: Frame,
    /// Drawn below, escaped there.
    body: String,
}

/// The page.
pub(crate) async fn page(State(site): State<Site>, visitor: Here) -> Result<Response, PageError> {
    if !visitor.sees_all() && !visitor.administers(AccountRole::System) {
        return Err(PageError::Forbidden);
    }
    let figures = figures(&site).await?;
    let mut body = body(&site, &figures.divisions, &visitor.books.calendar);
    body.push_str(&foot(&site));
    draw(&StatusPage {
        f: Frame::of(&site, &visitor, visitor.texts.say("frame.status")),
        body,
    })
}

fn body(site: &Site, divisions: &[DivisionFigures], calendar: &Calendar) -> String {
    let now = site.engine.clock().now();
    let mut out = format!(
        "<div class=\"head\"><h1>{}</h1><p class=\"second\">{} · {}</p>\n{}</div>\n",
        escaped(&site.title.system_name),
        escaped(&site.title.organ_name),
        site.pick(
            "时限（shixian）：盯住每一件审批的时限，到期前预警，超期发牌",
            "shixian watches the time limits of every approval, warns before them and shows cards after them",
        ),
        clock(site, now, calendar),
    );
    for division in divisions {
        out.push_str(&division_part(site, division, now, calendar));
    }
    out
}

fn clock(site: &Site, now: DateTime<Utc>, calendar: &Calendar) -> String {
    let language = site.title.language;
    let local = calendar.local(now);
    let date = local.date_naive();
    let day = format!(
        "{} {}",
        words::whole_day(language, date),
        words::weekday(language, date)
    );
    let working = match calendar.day(date) {
        Ok(info) if info.working => site.pick("工作日", "working day").to_owned(),
        Ok(info) => match language {
            Language::Zh => info.why,
            Language::En => "rest day".to_owned(),
        },
        Err(_) => site
            .pick(
                "日历不含今天，请载入新日历",
                "the calendar doesn't cover today",
            )
            .to_owned(),
    };
    format!(
        "<div class=\"clock\"><p>{day} {}</p><p class=\"second\">{} · {} {} · {} {}</p></div>\n",
        local.format("%H:%M:%S"),
        escaped(&working),
        site.pick("日历", "calendar"),
        escaped(calendar.version()),
        site.pick("确定至", "final to"),
        calendar.final_to(),
    )
}

fn division_part(
    site: &Site,
    division: &DivisionFigures,
    now: DateTime<Utc>,
    calendar: &Calendar,
) -> String {
    let open: i64 = ["received", "awaiting_supply", "open"]
        .iter()
        .map(|state| division.in_state("case", state))
        .sum();
    let mut out = format!(
        "<h2 class=\"division\">{} <span class=\"second\">{}</span></h2>\n<div class=\"grid\">\n",
        escaped(&division.name),
        escaped(&division.division)
    );
    out.push_str(&format!(
        "<section><h2>{}</h2><p class=\"loud\">{open}</p><p class=\"second\">{}</p></section>\n",
        site.pick("在办办件", "Open cases"),
        next_alarm(site, division.next_alarm, now, calendar),
    ));
    let levels = LEVELS.map(|level| {
        let name = format!(
            "<span class=\"level {level}\">{} {}</span>",
            shape(level),
            level_word(site, level)
        );
        (name, of_word(&division.levels, level))
    });
    out.push_str(&table(
        site.pick("按最高级别的办件", "Cases by their highest level"),
        site.pick(["级别", "件"], ["Level", "Cases"]),
        &levels,
    ));
    for (kind, states) in STATES {
        let rows: Vec<(String, i64)> = states
            .iter()
            .map(|state| {
                let word = state_word(site, kind, state).to_owned();
                (word, division.in_state(kind, state))
            })
            .collect();
        let (title, unit) = match kind {
            "case" => site.pick(("办件", "件"), ("Cases", "Cases")),
            _ => site.pick(("督办单", "份"), ("Supervision orders", "Orders")),
        };
        out.push_str(&table(title, [site.pick("状态", "State"), unit], &rows));
    }
    let mut rows = vec![(
        site.pick("待汇总的事项", "Items not told yet").to_owned(),
        division.items_free,
    )];
    rows.extend(MESSAGES.map(|state| {
        let word = message_word(site, state).to_owned();
        (word, of_word(&division.messages, state))
    }));
    out.push_str(&table(
        site.pick("发件箱", "Outbox"),
        site.pick(["状态", "封"], ["State", "Messages"]),
        &rows,
    ));
    out.push_str("</div>\n");
    out
}

/// Time is told twice: the date, and what is left until then.
fn next_alarm(
    site: &Site,
    at: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
    calendar: &Calendar,
) -> String {
    let Some(at) = at else {
        return site
            .pick("没有待处理的时限", "No limit is waiting")
            .to_owned();
    };
    let language = site.title.language;
    // Midnight is told as the end of the day before, which is the last day of the limit.
    let local = calendar.local(at);
    let (date, time) = match local.date_naive().pred_opt() {
        Some(before) if local.time() == NaiveTime::MIN => (before, "24:00".to_owned()),
        _ => (local.date_naive(), local.format("%H:%M").to_string()),
    };
    let told = format!(
        "{} {} {time}",
        words::day(language, date),
        words::weekday(language, date),
    );
    if at <= now {
        return match language {
            Language::Zh => format!("下一个时限 {told}，已到，等待处理"),
            Language::En => format!("Next limit {told}: due, about to be taken"),
        };
    }
    let today = calendar.office_date(now);
    match (calendar.working_days_between(today, date), language) {
        (Ok(0), Language::Zh) => format!("下一个时限 {told}，下一个工作日之前"),
        (Ok(0), Language::En) => format!("Next limit {told}, before the next working day"),
        (Ok(left), Language::Zh) => format!("下一个时限 {told}，还有 {left} 个工作日"),
        (Ok(left), Language::En) => format!("Next limit {told}, in {left} working days"),
        (Err(_), Language::Zh) => format!("下一个时限 {told}"),
        (Err(_), Language::En) => format!("Next limit {told}"),
    }
}

fn table(title: &str, columns: [&str; 2], rows: &[(String, i64)]) -> String {
    let rows: String = rows
        .iter()
        .map(|(name, count)| {
            format!("<tr><th scope=\"row\">{name}</th><td class=\"end\">{count}</td></tr>\n")
        })
        .collect();
    let [first, second] = columns;
    format!(
        "<section><h2>{title}</h2>\n<table><thead><tr><th scope=\"col\">{first}</th>\
         <th scope=\"col\" class=\"end\">{second}</th></tr></thead>\n<tbody>\n{rows}</tbody></table></section>\n"
    )
}

fn foot(site: &Site) -> String {
    let links: String = ["/healthz", "/readyz", "/metrics", "/api/v1/openapi.json"]
        .iter()
        .map(|path| format!("<li><a href=\"{path}\">{path}</a></li>"))
        .collect();
    let pulse = if site.pulse.beats() {
        format!(
            "<span class=\"level good\">{}</span>",
            site.pick("定时任务运行中", "scheduler running")
        )
    } else {
        format!(
            "<span class=\"flag\">{}</span>",
            site.pick("定时任务未运行", "scheduler not running")
        )
    };
    format!(
        "<footer class=\"second\"><p>{pulse} shixian {}</p><ul>{links}</ul></footer>\n",
        env!("CARGO_PKG_VERSION")
    )
}

fn shape(level: &str) -> &'static str {
    match level {
        "yellow" => "◆",
        "red" => "■",
        _ => "●",
    }
}

fn level_word(site: &Site, level: &str) -> &'static str {
    let level = match level {
        "yellow" => notify::Level::Yellow,
        "red" => notify::Level::Red,
        _ => notify::Level::Notice,
    };
    words::level(site.title.language, level)
}

fn state_word<'a>(site: &Site, kind: &str, state: &'a str) -> &'a str {
    match (kind, state) {
        (_, "received") => site.pick("已收件，待受理", "received"),
        (_, "awaiting_supply") => site.pick("待补正", "waiting for corrections"),
        (_, "open") => site.pick("在办", "in work"),
        (_, "completed") => site.pick("已办结", "completed"),
        ("order", "closed") => site.pick("已销号", "closed"),
        (_, "closed") => site.pick("已终结", "closed without a decision"),
        (_, "issued") => site.pick("待回复", "waiting for a reply"),
        ("appeal", "filed") => site.pick("待答复", "waiting for an answer"),
        ("appeal", "referred") => site.pick("已上报", "referred"),
        ("appeal", "revoked") => site.pick("已撤牌", "card revoked"),
        ("appeal", "rejected") => site.pick("已打回", "rejected"),
        ("appeal", "lapsed") => site.pick("已终结", "closed with its card"),
        (_, "replied") => site.pick("已回复", "replied"),
        (_, other) => other,
    }
}

fn message_word<'a>(site: &Site, state: &'a str) -> &'a str {
    match state {
        "queued" => site.pick("待发", "queued"),
        "sent" => site.pick("已发", "sent"),
        "failed" => site.pick("被拒收", "refused"),
        "given_up" => site.pick("多次未成，已停发", "given up"),
        "withheld" => site.pick("恢复时扣下", "withheld"),
        other => other,
    }
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;

    use crate::testing::Trial;

    #[tokio::test]
    async fn the_page_says_how_things_stand() {
        let trial = Trial::new().await;
        trial.receive().await;
        let (status, headers, body) = trial.get_as("inspector", "/status").await;
        assert_eq!(status, StatusCode::OK);
        assert!(
            headers["content-type"]
                .to_str()
                .unwrap()
                .starts_with("text/html")
        );
        for words in [
            "试运行",
            "焦作市&lt;监察&gt;中心",
            "2011年9月26日 周一 10:00:00",
            "<p class=\"loud\">1</p>",
            "10月8日 周六 24:00，还有 5 个工作日",
            "■ 红牌",
        ] {
            assert!(body.contains(words), "{words} in:\n{body}");
        }
        assert!(!body.contains("张三"), "personal data");
        assert!(!body.contains("<script>") && !body.contains("style="));
    }

    #[tokio::test]
    async fn it_is_for_those_who_answer_for_the_service() {
        let trial = Trial::new().await;
        for (account, may) in [
            ("inspector", true),
            ("leader", true),
            ("system", true),
            ("clerk", false),
            ("head", false),
            ("audit", false),
            ("security", false),
        ] {
            let (status, _, _) = trial.get_as(account, "/status").await;
            assert_eq!(status == StatusCode::OK, may, "{account}: {status}");
        }
    }

    #[tokio::test]
    async fn a_dead_database_still_gives_a_page() {
        let trial = Trial::new().await;
        let cookie = trial.cookie("inspector").await;
        trial.engine.close().await;
        let (status, _, body) = trial.get_with(&cookie, "/status").await;
        assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(body.contains("现在读不到数据库"), "{body}");
    }
}
