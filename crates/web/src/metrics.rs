//! `/metrics` for Prometheus: the process's counters, and gauges read from the database. No personal data.

use std::fmt::Write;

use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};

use crate::figures::{DivisionFigures, figures, of_word};
use crate::site::Site;

/// The text format that Prometheus reads.
const FORMAT: &str = "text/plain; version=0.0.4; charset=utf-8";
/// Microseconds in a second.
const US_PER_S: f64 = 1e6;

/// States that are always told, so that one that empties goes to 0 and doesn't vanish.
pub(crate) const STATES: [(&str, &[&str]); 3] = [
    (
        "case",
        &["received", "awaiting_supply", "open", "completed", "closed"],
    ),
    ("order", &["issued", "replied", "closed"]),
    (
        "appeal",
        &["filed", "referred", "revoked", "rejected", "lapsed"],
    ),
];
/// The levels of warnings.
pub(crate) const LEVELS: [&str; 3] = ["notice", "yellow", "red"];
/// The states of messages.
pub(crate) const MESSAGES: [&str; 5] = ["queued", "sent", "failed", "given_up", "withheld"];

/// Makes this process keep counters; gives none if somebody else does already.
pub fn recorder() -> Option<PrometheusHandle> {
    PrometheusBuilder::new().install_recorder().ok()
}

/// All figures as they are now.
#[utoipa::path(get, path = "/metrics", tag = "service", security(()), responses(
    (status = 200, description = "Figures for Prometheus", body = String, content_type = "text/plain"),
    (status = 503, description = "The database doesn't answer", body = String, content_type = "text/plain")))]
pub(crate) async fn scrape(State(site): State<Site>) -> Response {
    let mut out = String::new();
    if let Some(recorded) = &site.recorded {
        recorded.run_upkeep();
        out = recorded.render();
    }
    gauge(&mut out, "shixian_build_info", "The version that runs.");
    line(
        &mut out,
        "shixian_build_info",
        &[("version", env!("CARGO_PKG_VERSION"))],
        1.0,
    );
    gauge(
        &mut out,
        "shixian_scheduler_up",
        "Whether the scheduler lives.",
    );
    let beats = if site.pulse.beats() { 1.0 } else { 0.0 };
    line(&mut out, "shixian_scheduler_up", &[], beats);
    let found = figures(&site).await;
    gauge(
        &mut out,
        "shixian_database_up",
        "Whether the database answers.",
    );
    let up = if found.is_ok() { 1.0 } else { 0.0 };
    line(&mut out, "shixian_database_up", &[], up);
    match found {
        Ok(figures) => write_figures(&mut out, &figures.divisions, site.engine.clock().now()),
        Err(error) => tracing::warn!(error = %error, "the figures can't be read"),
    }
    ([(CONTENT_TYPE, FORMAT)], out).into_response()
}

fn write_figures(out: &mut String, divisions: &[DivisionFigures], now: DateTime<Utc>) {
    let name = "shixian_subjects";
    gauge(out, name, "Cases, supervision orders and appeals by state.");
    for division in divisions {
        for (kind, states) in STATES {
            for state in states {
                let labels = [
                    ("division", &*division.division),
                    ("kind", kind),
                    ("state", *state),
                ];
                line(out, name, &labels, whole(division.in_state(kind, state)));
            }
        }
    }
    let name = "shixian_cases_by_level";
    gauge(out, name, "Cases by the highest level issued.");
    for division in divisions {
        for level in LEVELS {
            let labels = [("division", &*division.division), ("level", level)];
            line(out, name, &labels, whole(of_word(&division.levels, level)));
        }
    }
    let name = "shixian_messages";
    gauge(out, name, "Messages of the outbox by state.");
    for division in divisions {
        for state in MESSAGES {
            let labels = [("division", &*division.division), ("state", state)];
            line(
                out,
                name,
                &labels,
                whole(of_word(&division.messages, state)),
            );
        }
    }
    let name = "shixian_message_items_free";
    gauge(out, name, "Message items that no message tells yet.");
    for division in divisions {
        let labels = [("division", &*division.division)];
        line(out, name, &labels, whole(division.items_free));
    }
    let name = "shixian_next_alarm_timestamp_seconds";
    gauge(out, name, "When time does something next.");
    for division in divisions {
        if let Some(at) = division.next_alarm {
            let labels = [("division", &*division.division)];
            line(out, name, &labels, whole(at.timestamp_micros()) / US_PER_S);
        }
    }
    let name = "shixian_alarm_lag_seconds";
    gauge(
        out,
        name,
        "How long the oldest due alarm waits, 0 if none is due.",
    );
    for division in divisions {
        let lag_us = division
            .next_alarm
            .map_or(0, |at| now.timestamp_micros() - at.timestamp_micros());
        let labels = [("division", &*division.division)];
        line(out, name, &labels, whole(lag_us.max(0)) / US_PER_S);
    }
}

/// Counts are far below 2^53, up to which every whole number has its float.
#[expect(
    clippy::cast_precision_loss,
    reason = "counts and microseconds of this century fit in 53 bits"
)]
fn whole(number: i64) -> f64 {
    number as f64
}

fn gauge(out: &mut String, name: &str, help: &str) {
    // Writing to a string doesn't fail.
    writeln!(out, "# HELP {name} {help}\n# TYPE {name} gauge").unwrap_or_default();
}

fn line(out: &mut String, name: &str, labels: &[(&str, &str)], value: f64) {
    let labels: Vec<String> = labels
        .iter()
        .map(|(key, value)| {
            let value = value.replace('\\', "\\\\").replace('"', "\\\"");
            format!("{key}=\"{}\"", value.replace('\n', "\\n"))
        })
        .collect();
    let labels = match labels.as_slice() {
        [] => String::new(),
        labels => format!("{{{}}}", labels.join(",")),
    };
    writeln!(out, "{name}{labels} {value}").unwrap_or_default();
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;

    use crate::testing::Trial;

    #[tokio::test]
    async fn gauges_say_what_is_there() {
        let trial = Trial::new().await;
        trial.receive().await;
        let (status, headers, body) = trial.get("/metrics").await;
        assert_eq!(status, StatusCode::OK);
        assert!(
            headers["content-type"]
                .to_str()
                .unwrap()
                .starts_with("text/plain")
        );
        for line in [
            "shixian_database_up 1",
            "shixian_scheduler_up 1",
            "shixian_subjects{division=\"410800\",kind=\"case\",state=\"received\"} 1",
            "shixian_subjects{division=\"410800\",kind=\"case\",state=\"open\"} 0",
            "shixian_messages{division=\"410800\",state=\"queued\"} 0",
            "shixian_next_alarm_timestamp_seconds{division=\"410800\"} 1318089600",
            "shixian_alarm_lag_seconds{division=\"410800\"} 0",
        ] {
            assert!(body.lines().any(|l| l == line), "{line} in:\n{body}");
        }
        assert!(!body.contains("张三"), "personal data");
    }

    #[tokio::test]
    async fn a_dead_database_is_told() {
        let trial = Trial::new().await;
        trial.engine.close().await;
        let (status, _, body) = trial.get("/metrics").await;
        assert_eq!(status, StatusCode::OK);
        assert!(body.contains("shixian_database_up 0"), "{body}");
    }
}
