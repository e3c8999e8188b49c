//! The audit log, for the audit administrator alone: what was done beside the cases, and whether the log is whole.

use askama::Template;
use axum::Router;
use axum::extract::{Query, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use calendar::Calendar;
use chrono::{Days, NaiveDate};
use engine::Engine;
use engine::accounts::{AccountRole, Entry, LogState};
use serde::Deserialize;
use store::audit::{AuditRow, Filter};
use store::codec::{instant, micros};

use super::{Choice, only};
use crate::frame::Frame;
use crate::page::{PageError, draw};
use crate::paging;
use crate::site::Site;
use crate::texts::Texts;
use crate::visitor::{Here, Visitor};
use crate::warnings::{BYTE_ORDER_MARK, failed, harmless};

/// Rows on a page.
const PAGE_ROWS: usize = 50;
/// Rows of an export: what a spreadsheet opens at once. Whoever needs more asks by period.
const EXPORT_ROWS: usize = 20_000;
/// Rows that are read at one time for it.
const EXPORT_PAGE: i64 = 1_000;
/// What may stand in the log, in the order in which one looks for it. A test reads the sources for others.
const ACTS: [&str; 24] = [
    "backup",
    "restored",
    "sign_in",
    "sign_out",
    "password",
    "account_added",
    "account_changed",
    "token_added",
    "token_revoked",
    "api",
    "reference",
    "calendar",
    "rules",
    "score_entered",
    "score_objected",
    "score_upheld",
    "score_rejected",
    "outbox_retry",
    "mail_test",
    "page",
    "act",
    "export",
    "file",
    "log_checked",
];

pub(super) fn routes() -> Router<Site> {
    Router::new()
        .route("/audit", get(list))
        .route("/audit/export", get(export))
        .route("/audit/check", post(check))
}

/// What stands in the address.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    account: String,
    act: String,
    from: String,
    to: String,
    before: String,
}

impl Asked {
    /// As far as it can be read.
    fn filter(&self, visitor: &Visitor) -> Filter {
        let calendar = &visitor.books.calendar;
        let account = self.account.trim().to_lowercase();
        let day = |text: &str| text.trim().parse::<NaiveDate>().ok();
        let start = |day: NaiveDate| micros(calendar.start_of(day));
        let from = day(&self.from).map(start);
        // The last day is meant with all its hours.
        let to = day(&self.to).and_then(|day| day.checked_add_days(Days::new(1)));
        let to = to.map(start);
        Filter {
            account: Some(account).filter(|account| !account.is_empty()),
            act: Some(self.act.clone()).filter(|act| ACTS.contains(&act.as_str())),
            before: self.before.parse().ok(),
            span_us: match (from, to) {
                (None, None) => None,
                (from, to) => Some((from.unwrap_or(i64::MIN), to.unwrap_or(i64::MAX))),
            },
        }
    }

    fn query(&self) -> String {
        form_urlencoded::Serializer::new(String::new())
            .append_pair("account", self.account.trim())
            .append_pair("act", &self.act)
            .append_pair("from", self.from.trim())
            .append_pair("to", self.to.trim())
            .finish()
    }
}

/// What the columns don't repeat.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Payload {
    address: String,
    detail: String,
}

/// An entry as it is shown.
struct Line {
    seq: i64,
    at: String,
    account: String,
    act: String,
    target: String,
    done: bool,
    address: String,
    detail: String,
    hash: String,
}

fn line(t: Texts, calendar: &Calendar, row: &AuditRow) -> Line {
    let local = calendar.local(instant(row.at_us));
    // A text that can't be read is what the check is for; the columns are shown all the same.
    let payload: Payload = serde_json::from_str(&row.payload).unwrap_or_default();
    Line {
        seq: row.seq,
        // To the second: what follows on what is what a log is read for.
        at: local.format("%Y-%m-%d %H:%M:%S").to_string(),
        account: row.account.clone(),
        act: t.word("audit_act", &row.act).to_owned(),
        target: row.target.clone(),
        done: row.done,
        address: payload.address,
        detail: payload.detail,
        hash: row.hash.clone(),
    }
}

#[derive(Template)]
#[template(path = "admin/audit.html")]
struct AuditPage {
    f: Frame,
    t: Texts,
    asked: Asked,
    acts: Vec<Choice>,
    lines: Vec<Line>,
    query: String,
    next: Option<i64>,
    first: bool,
    /// What the check found, after it was asked.
    whole: Option<String>,
    broken: Option<String>,
}

async fn list(
    State(site): State<Site>,
    visitor: Here,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    only(&visitor, AccountRole::Audit)?;
    draw(&audit_page(&site, &visitor, asked, None).await?)
}

async fn audit_page(
    site: &Site,
    visitor: &Visitor,
    asked: Asked,
    state: Option<LogState>,
) -> Result<AuditPage, PageError> {
    let t = visitor.texts;
    let filter = asked.filter(visitor);
    let limit = paging::wanted(PAGE_ROWS);
    let mut found = site.engine.audit_log(&filter, limit).await?;
    let next = paging::cut(&mut found, PAGE_ROWS, |row| row.seq);
    let defect = state.and_then(|s| s.defect);
    Ok(AuditPage {
        f: Frame::of(site, visitor, t.say("audit.title")),
        t,
        acts: ACTS
            .map(|word| Choice {
                value: word.to_owned(),
                name: t.word("audit_act", word).to_owned(),
                chosen: filter.act.as_deref() == Some(word),
            })
            .into(),
        lines: found
            .iter()
            .map(|row| line(visitor.texts, &visitor.books.calendar, row))
            .collect(),
        query: asked.query(),
        next,
        first: asked.before.is_empty(),
        asked,
        whole: state
            .filter(|s| s.defect.is_none())
            .map(|s| t.one("audit.whole", s.entries)),
        broken: defect
            .map(|(seq, kind)| t.two("audit.broken", seq, t.word("audit_defect", kind.as_str()))),
    })
}

/// Reads the whole log anew. It costs as much as the log is long, so it is done when it is asked for.
async fn check(State(site): State<Site>, visitor: Here) -> Result<Response, PageError> {
    only(&visitor, AccountRole::Audit)?;
    let state = site.engine.check_log(&visitor.caller()).await?;
    draw(&audit_page(&site, &visitor, Asked::default(), Some(state)).await?)
}

/// The log as CSV: UTF-8 with its mark, and no cell that would be taken for a formula.
async fn export(
    State(site): State<Site>,
    visitor: Here,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    only(&visitor, AccountRole::Audit)?;
    let entry = Entry::done("export", format!("audit {}", asked.query()));
    site.engine.note(&visitor.caller(), entry).await?;
    let (t, calendar) = (visitor.texts, &visitor.books.calendar);
    let bytes = table(
        &site.engine,
        t,
        calendar,
        asked.filter(&visitor),
        EXPORT_ROWS,
    )
    .await?;
    let headers = [
        (CONTENT_TYPE, "text/csv; charset=utf-8"),
        (CONTENT_DISPOSITION, "attachment; filename=\"audit.csv\""),
    ];
    Ok((headers, bytes).into_response())
}

/// The newest entries as a table. If there are more than `most`, its last line says so and from where to go on.
async fn table(
    engine: &Engine,
    t: Texts,
    calendar: &Calendar,
    mut filter: Filter,
    most: usize,
) -> Result<Vec<u8>, PageError> {
    let mut out = csv::Writer::from_writer(BYTE_ORDER_MARK.to_vec());
    let heads = [
        "audit.seq",
        "audit.at",
        "audit.account",
        "audit.address",
        "audit.act",
        "audit.target",
        "audit.outcome",
        "audit.detail",
        "audit.hash",
    ];
    out.write_record(heads.map(|key| t.say(key)))
        .map_err(failed)?;
    let mut left = most;
    loop {
        let found = engine.audit_log(&filter, EXPORT_PAGE).await?;
        let Some(last) = found.get(..left).map_or(found.last(), <[_]>::last) else {
            break;
        };
        for row in found.iter().take(left) {
            let line = line(t, calendar, row);
            let seq = line.seq.to_string();
            let outcome = if line.done {
                "audit.done"
            } else {
                "audit.refused"
            };
            let cells = [
                &seq,
                &line.at,
                &line.account,
                &line.address,
                &line.act,
                &line.target,
                t.say(outcome),
                &line.detail,
                &line.hash,
            ];
            out.write_record(cells.map(harmless)).map_err(failed)?;
        }
        filter.before = Some(last.seq);
        left = left.saturating_sub(found.len());
        if left == 0 {
            if !engine.audit_log(&filter, 1).await?.is_empty() {
                let note = t.two("audit.cut", most, last.seq);
                let mut cells = [""; 9];
                cells[8] = &note;
                out.write_record(cells).map_err(failed)?;
            }
            break;
        }
    }
    out.into_inner()
        .map_err(|error| failed(error.into_error().into()))
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;

    use super::*;
    use crate::testing::Trial;

    fn rows(body: &str) -> usize {
        body.matches("<tr class=\"entry").count()
    }

    #[tokio::test]
    async fn the_audit_administrator_reads_the_log_and_nobody_else() {
        let trial = Trial::new().await;
        for who in ["system", "security", "inspector", "leader", "head", "clerk"] {
            for path in ["/audit", "/audit/export"] {
                let (status, _, body) = trial.get_as(who, path).await;
                assert_eq!(status, StatusCode::FORBIDDEN, "{who} {path}");
                assert!(!body.contains("href=\"/audit\""), "{who}: the menu");
            }
            let (status, ..) = trial.post_as(who, "/audit/check", &[]).await;
            assert_eq!(status, StatusCode::FORBIDDEN, "{who}");
        }
        let (status, _, body) = trial.get_as("audit", "/audit").await;
        assert_eq!(status, StatusCode::OK);
        assert!(
            body.contains("GET /audit/export"),
            "refusals stand there: {body}"
        );
        assert!(body.contains("href=\"/audit\""));
        let (status, headers, _) = trial.get_as("audit", "/").await;
        assert_eq!(status, StatusCode::SEE_OTHER);
        assert_eq!(crate::testing::location(&headers), "/audit");
    }

    #[tokio::test]
    async fn filters_hold_and_pages_are_turned() {
        let trial = Trial::new().await;
        trial.cookie("clerk").await;
        trial.get_as("clerk", "/audit").await;
        trial.go_to("2011-09-28T09:00:00+08:00");
        for (query, count) in [
            ("account=clerk", 2),
            ("account=CLERK&act=sign_in", 1),
            ("act=page", 1),
            ("act=sign_in&account=nobody", 0),
            ("account=clerk&from=2011-09-26&to=2011-09-26", 2),
            ("account=clerk&from=2011-09-27", 0),
            ("account=clerk&to=2011-09-25", 0),
            ("account=clerk&from=nonsense", 2),
            ("account=clerk&before=1", 0),
        ] {
            let (_, _, body) = trial.get_as("audit", &format!("/audit?{query}")).await;
            assert_eq!(rows(&body), count, "{query}: {body}");
        }
        for n in 0..60 {
            let entry = Entry::done("export", format!("=HYPERLINK(\"{n}\")"));
            trial.engine.note(&Default::default(), entry).await.unwrap();
        }
        let (_, _, body) = trial.get_as("audit", "/audit?act=export").await;
        assert_eq!(rows(&body), 50);
        let next = body.split("before=").nth(1).unwrap();
        let next = next.split('"').next().unwrap();
        let path = format!("/audit?act=export&before={next}");
        let (_, _, body) = trial.get_as("audit", &path).await;
        assert_eq!(rows(&body), 10);
        let (_, headers, body) = trial.get_as("audit", "/audit/export?act=export").await;
        assert_eq!(headers["content-type"], "text/csv; charset=utf-8");
        assert_eq!(body.lines().count(), 62, "its own entry is in it, too");
        assert!(body.contains(",\"'=HYPERLINK"), "{body}");
    }

    #[tokio::test]
    async fn an_export_that_ends_early_says_so() {
        let trial = Trial::new().await;
        for n in 0..12 {
            let entry = Entry::done("export", format!("case {n}"));
            trial.engine.note(&Default::default(), entry).await.unwrap();
        }
        let t = Texts::of(notify::Language::Zh);
        let books = trial.engine.books(trial.engine.division()).await.unwrap();
        for (most, lines, cut) in [(10, 12, true), (12, 13, false), (100, 13, false)] {
            let filter = Filter {
                act: Some("export".to_owned()),
                ..Filter::default()
            };
            let bytes = table(&trial.engine, t, &books.calendar, filter, most)
                .await
                .unwrap();
            let text = String::from_utf8(bytes).unwrap();
            assert_eq!(text.lines().count(), lines, "{most}: {text}");
            assert_eq!(text.contains("只含最近 10 条"), cut, "{text}");
        }
    }

    #[tokio::test]
    async fn the_check_says_whether_the_log_is_whole() {
        let trial = Trial::new().await;
        let (status, _, body) = trial.post_as("audit", "/audit/check", &[]).await;
        assert_eq!(status, StatusCode::OK);
        assert!(body.contains("日志完整"), "{body}");
        let (_, _, body) = trial.get_as("audit", "/audit?act=log_checked").await;
        assert_eq!(rows(&body), 1, "that it was asked stands in the log");
    }

    /// What the sources write into the log.
    fn written(folder: &std::path::Path, out: &mut Vec<String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                written(&path, out);
            } else if path.extension().is_some_and(|x| x == "rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                for call in ["done", "refused"].map(|word| format!("Entry::{word}(")) {
                    let acts = text.split(&call).skip(1);
                    let acts = acts.filter_map(|after| after.trim_start().strip_prefix('"'));
                    out.extend(acts.map(|act| act.split('"').next().unwrap().to_owned()));
                }
            }
        }
    }

    #[test]
    fn every_act_of_the_log_has_a_name_and_can_be_asked_for() {
        let t = Texts::of(notify::Language::Zh);
        let crates = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
            .parent()
            .unwrap();
        let mut acts = Vec::new();
        for name in ["engine/src", "web/src", "server/src"] {
            written(&crates.join(name), &mut acts);
        }
        assert!(acts.len() > 10, "{acts:?}");
        for act in acts.iter().map(String::as_str) {
            assert!(t.known(&format!("audit_act.{act}")).is_some(), "{act}");
            // A demo alone has a clock that is moved.
            assert!(ACTS.contains(&act) || act == "demo_clock", "{act}");
        }
    }
}
