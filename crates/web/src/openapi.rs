//! `/api/v1/openapi.json`: what there is to call.

use axum::Json;
use serde_json::{Value, json};

/// The description of the routes that exist.
pub(crate) async fn document() -> Json<Value> {
    let answer = |description: &str, kind: &str| {
        let content = match kind {
            "application/json" => json!({kind: {"schema": {"type": "object"}}}),
            kind => json!({kind: {"schema": {"type": "string"}}}),
        };
        json!({"description": description, "content": content})
    };
    let json_kind = "application/json";
    Json(json!({
        "openapi": "3.1.0",
        "info": {
            "title": "shixian",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Electronic supervision of administrative approvals: health and figures of the service.",
        },
        "paths": {
            "/healthz": {"get": {
                "summary": "Whether the process lives",
                "responses": {"200": answer("It lives.", json_kind)},
            }},
            "/readyz": {"get": {
                "summary": "Whether database and scheduler work",
                "responses": {
                    "200": answer("They do.", json_kind),
                    "503": answer("They don't; `reasons` says why.", json_kind),
                },
            }},
            "/metrics": {"get": {
                "summary": "Figures for Prometheus",
                "responses": {"200": answer("The figures.", "text/plain")},
            }},
            "/api/v1/openapi.json": {"get": {
                "summary": "This document",
                "responses": {"200": answer("The document.", json_kind)},
            }},
        },
    }))
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;

    use crate::testing::Trial;

    #[tokio::test]
    async fn every_described_route_is_there() {
        let trial = Trial::new().await;
        let (_, _, body) = trial.get("/api/v1/openapi.json").await;
        let document: serde_json::Value = serde_json::from_str(&body).unwrap();
        let paths = document["paths"].as_object().unwrap();
        assert_eq!(paths.len(), 4);
        for path in paths.keys() {
            assert_eq!(trial.get(path).await.0, StatusCode::OK, "{path}");
        }
    }
}
