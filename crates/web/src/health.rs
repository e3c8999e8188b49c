//! `/healthz`: the process lives. `/readyz`: it can do its work.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::site::Site;

/// A balancer asks every few seconds and gives up after about as long.
const PATIENCE: Duration = Duration::from_secs(2);

/// The process answers; nothing else is looked at, so that a dead database doesn't get it restarted.
pub(crate) async fn alive() -> Json<Value> {
    Json(json!({"status": "ok", "version": env!("CARGO_PKG_VERSION")}))
}

/// The database answers, its tables are right, the scheduler lives; otherwise 503 with the reasons.
pub(crate) async fn ready(State(site): State<Site>) -> Response {
    let mut reasons = Vec::new();
    match tokio::time::timeout(PATIENCE, site.engine.store().check_schema()).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => reasons.push(json!({"kind": "database", "message": error.to_string()})),
        Err(_) => reasons.push(json!({
            "kind": "database",
            "message": "数据库在两秒内没有回答 / the database didn't answer within two seconds",
        })),
    }
    if !site.pulse.beats() {
        reasons.push(json!({
            "kind": "scheduler",
            "message": "定时任务没有运行 / the scheduler doesn't run",
        }));
    }
    if let Some(error) = site.health.get().sweep_error {
        reasons.push(json!({"kind": "sweep", "message": error}));
    }
    let status = if reasons.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    let answer = json!({"ready": reasons.is_empty(), "reasons": reasons});
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
