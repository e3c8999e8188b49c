//! HTTP: the desks in the browser, the interface for other systems, health and metrics.
//!
//! Suggested reading order: `site` (what the handlers share), `visitor` (who is asking), `frame` (what stands around a
//! page), `texts` (what pages say), `sign_in`; then a desk each: `todo`, `case`, `board`; `api` is what other systems speak to.

mod admin;
mod api;
mod appeals;
mod applicant;
mod assets;
mod board;
mod case;
mod clerk;
mod demo_clock;
mod figures;
mod files;
mod frame;
mod headers;
mod health;
mod leader;
mod level;
mod listed;
mod measures;
mod metrics;
mod openapi;
mod orders;
mod outage;
mod outages;
mod page;
mod paging;
mod query;
mod reports;
mod scores;
mod shown;
mod sign_in;
mod site;
mod status;
#[cfg(test)]
mod testing;
mod texts;
mod todo;
mod unit_desk;
mod visitor;
mod warning;
mod warnings;

use axum::Router;
use axum::http::StatusCode;
use axum::middleware;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use tower_http::CompressionLevel;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::csrf::CsrfLayer;

pub use metrics::recorder;
pub use site::{Access, Beat, Demo, Pulse, ShownAccount, Site, Title};

/// All routes of the service.
pub fn router(site: Site) -> Router {
    let open = Router::new()
        .route(sign_in::SIGN_IN, get(sign_in::show).post(sign_in::sign_in))
        .merge(query::routes())
        .route(sign_in::LANGUAGE_SWITCH, post(sign_in::language))
        .route("/assets/{digest}/{name}", get(assets::serve))
        .route("/favicon.ico", get(assets::icon))
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(metrics::scrape))
        .route("/api/v1/openapi.json", get(openapi::document));
    open.merge(desks(&site))
        .layer(middleware::from_fn_with_state(
            site.clone(),
            visitor::no_zero_bytes,
        ))
        .layer(CompressionLayer::new().quality(CompressionLevel::Fastest))
        .layer(CsrfLayer::new())
        .layer(CatchPanicLayer::custom(|_| broken()))
        .merge(api::routes(&site))
        .layer(middleware::from_fn(headers::add))
        .with_state(site)
}

/// What is behind the sign-in: whatever isn't listed in [`router`] as open.
fn desks(site: &Site) -> Router<Site> {
    Router::new()
        .route("/", get(home))
        .route(sign_in::SIGN_OUT, post(sign_in::sign_out))
        .route(
            sign_in::PASSWORD,
            get(sign_in::show_password).post(sign_in::change_password),
        )
        .route("/status", get(status::page))
        .merge(board::routes())
        .merge(leader::routes())
        .merge(reports::routes())
        .merge(unit_desk::routes())
        .merge(warning::routes())
        .merge(warnings::routes())
        .merge(orders::routes())
        .merge(appeals::routes())
        .merge(outages::routes())
        .merge(outage::routes())
        .merge(scores::routes())
        .merge(files::routes())
        .merge(todo::routes())
        .merge(clerk::routes())
        .merge(case::routes())
        .merge(admin::routes())
        .merge(demo_clock::routes())
        .fallback(nowhere)
        .layer(middleware::from_fn_with_state(
            site.clone(),
            visitor::require,
        ))
}

/// To the first desk of whoever asks.
async fn home(visitor: visitor::Here) -> Redirect {
    Redirect::to(frame::home(&visitor))
}

async fn nowhere() -> page::PageError {
    page::PageError::NotFound
}

/// The panic itself is in the log; a page never shows it.
fn broken() -> Response {
    let words = "程序出错,请联系管理员 / The program failed, please tell the administrator\n";
    (StatusCode::INTERNAL_SERVER_ERROR, words).into_response()
}
