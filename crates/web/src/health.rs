//! `/healthz`: the process lives. `/readyz`: it can do its work.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::site::Site;

/// A balancer asks every few seconds and gives up after about as long.
const PATIENCE: Duration = Duration::from_secs(2);

/// What `/readyz` answers.
#[derive(Serialize, ToSchema)]
pub(crate) struct Readiness {
    ready: bool,
    reasons: Vec<Reason>,
}

/// What doesn't work.
#[derive(Serialize, ToSchema)]
pub(crate) struct Reason {
    /// `database`, `scheduler` or `sweep`.
    kind: &'static str,
    /// Chinese first.
    message: String,
}

/// The process answers; nothing else is looked at, so that a dead database doesn't get it restarted.
#[utoipa::path(get, path = "/healthz", tag = "service", security(()),
    responses((status = 200, description = "The process lives", body = Object)))]
pub(crate) async fn alive() -> Json<Value> {
    Json(json!({"status": "ok", "version": env!("CARGO_PKG_VERSION")}))
}

/// The database answers, its tables are right, the scheduler lives; otherwise 503 with the reasons.
#[utoipa::path(get, path = "/readyz", tag = "service", security(()), responses(
    (status = 200, description = "It can do its work", body = Readiness),
    (status = 503, description = "It can't; `reasons` says why", body = Readiness)))]
pub(crate) async fn ready(State(site): State<Site>) -> Response {
    let mut reasons = Vec::new();
    match tokio::time::timeout(PATIENCE, site.engine.store().check_schema()).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => reasons.push(Reason {
            kind: "database",
            message: error.to_string(),
        }),
        Err(_) => reasons.push(Reason {
            kind: "database",
            message: "数据库在两秒内没有回答 / the database didn't answer within two seconds"
                .to_owned(),
        }),
    }
    if !site.pulse.beats() {
        reasons.push(Reason {
            kind: "scheduler",
            message: "定时任务没有运行 / the scheduler doesn't run".to_owned(),
        });
    }
    if let Some(error) = site.health.get().sweep_error {
        reasons.push(Reason {
            kind: "sweep",
            message: error,
        });
    }
    let status = if reasons.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    let answer = Readiness {
        ready: reasons.is_empty(),
        reasons,
    };
    (status, Json(answer)).into_response()
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;

    use crate::testing::Trial;

    #[tokio::test]
    async fn ready_while_the_database_answers_and_the_scheduler_lives() {
        let mut trial = Trial::new().await;
        let (status, _, body) = trial.get("/readyz").await;
        assert_eq!(
            (status, &*body),
            (StatusCode::OK, r#"{"ready":true,"reasons":[]}"#)
        );
        trial.beat = None;
        let (status, _, body) = trial.get("/readyz").await;
        assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(body.contains(r#""kind":"scheduler""#), "{body}");
        trial.engine.close().await;
        let (status, _, body) = trial.get("/readyz").await;
        assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(body.contains(r#""kind":"database""#), "{body}");
        let (status, _, body) = trial.get("/healthz").await;
        assert_eq!(status, StatusCode::OK);
        assert!(body.contains(r#""status":"ok""#), "{body}");
    }
}
