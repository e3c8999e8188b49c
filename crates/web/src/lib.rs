//! HTTP: health, metrics, and a page that says how the service stands.
//!
//! Suggested reading order: `site` (what the handlers share), `health`, `metrics`, `status`.

mod figures;
mod headers;
mod health;
mod metrics;
mod openapi;
mod site;
mod status;
#[cfg(test)]
mod testing;

use axum::Router;
use axum::http::StatusCode;
use axum::middleware;
use axum::response::{IntoResponse, Response};
use axum::routing::get;

pub use metrics::recorder;
pub use site::{Beat, Pulse, Site, Title};

/// All routes of the service.
pub fn router(site: Site) -> Router {
    Router::new()
        .route("/", get(status::page))
        .route("/assets/status.css", get(status::style))
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(metrics::scrape))
        .route("/api/v1/openapi.json", get(openapi::document))
        .fallback(nowhere)
        .layer(middleware::from_fn(headers::add))
        .with_state(site)
}

async fn nowhere() -> Response {
    let words = "没有这个页面 / There is no such page\n";
    (StatusCode::NOT_FOUND, words).into_response()
}
