//! The JSON interface for the departments' own systems, `/api/v1`.
//!
//! Who asks shows a token (`caller`); what goes wrong is told in one form (`problem`). One file for each noun. Routes and
//! their description are registered in one go, so that neither is without the other.

mod acts;
mod answers;
mod body;
mod calendar;
mod caller;
mod cases;
#[cfg(test)]
mod event_tests;
mod events;
mod orders;
mod problem;
mod record;
mod reference;
#[cfg(test)]
mod tests;
mod words;

use axum::Router;
use axum::http::StatusCode;
use axum::middleware;
use axum::response::{IntoResponse, Response};
use tower_http::CompressionLevel;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::site::Site;

pub(crate) use cases::CaseState;
pub(crate) use problem::Problem;

/// What the addresses begin with.
pub(crate) const BASE: &str = "/api/v1";

fn described() -> OpenApiRouter<Site> {
    OpenApiRouter::new()
        .routes(routes!(cases::list, cases::receive))
        .routes(routes!(cases::show))
        .routes(routes!(acts::act))
        .routes(routes!(record::events))
        .routes(routes!(record::explain))
        .routes(routes!(orders::list))
        .routes(routes!(orders::show))
        .routes(routes!(orders::reply))
        .routes(routes!(reference::items))
        .routes(routes!(reference::units))
        .routes(routes!(calendar::day))
        .routes(routes!(calendar::due))
        .merge(events::routes())
}

/// The routes of the interface. They know no cookies, so that no page of another site can use them.
pub(crate) fn routes(site: &Site) -> Router<Site> {
    let (routes, _) = described().split_for_parts();
    let routes = routes
        .fallback(nowhere)
        .method_not_allowed_fallback(no_method)
        .layer(middleware::from_fn_with_state(
            site.clone(),
            caller::require,
        ));
    Router::new()
        .nest(BASE, routes)
        .layer(CompressionLayer::new().quality(CompressionLevel::Fastest))
        .layer(CatchPanicLayer::custom(|_| broken()))
}

/// The description of [`routes`].
pub(crate) fn description() -> OpenApi {
    let (_, description) = OpenApiRouter::<Site>::new()
        .nest(BASE, described())
        .split_for_parts();
    description
}

async fn nowhere() -> Problem {
    Problem::nowhere()
}

async fn no_method() -> Problem {
    Problem::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "no_method",
        "该地址不支持此方法 / the address doesn't know this method",
    )
}

/// The panic itself is in the log.
fn broken() -> Response {
    Problem::new(
        StatusCode::INTERNAL_SERVER_ERROR,
        "broken",
        "程序出错,请联系管理员 / the program failed, please tell the administrator",
    )
    .into_response()
}
