//! `/api/v1/openapi.json`: what there is to call, made from the types that it speaks.

use std::sync::LazyLock;

use axum::Json;
use utoipa::openapi::OpenApi as Document;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};

use crate::api;

/// What the description says beyond the interface itself.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "shixian",
        description = "行政审批电子监察:各部门业务系统的接口。The interface for the departments' own systems: receiving cases, \
            acting on them, reporting what happened elsewhere, asking about limits. A token is made by `shixian token add`.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0")
    ),
    servers((url = "/")),
    paths(crate::health::alive, crate::health::ready, crate::metrics::scrape, document),
    security(("token" = [])),
    modifiers(&Token),
    tags(
        (name = "cases", description = "办件 Cases"),
        (name = "orders", description = "督办单 Supervision orders"),
        (name = "events", description = "上报 Events of other systems"),
        (name = "calendar", description = "日历与时限 The calendar and the clock"),
        (name = "reference", description = "事项与单位 Items and units"),
        (name = "service", description = "The service itself; without a token")
    )
)]
struct Service;

/// How a token is shown.
struct Token;

impl Modify for Token {
    fn modify(&self, openapi: &mut Document) {
        let scheme = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some("The token that `shixian token add` shows once"))
            .build();
        let components = openapi.components.get_or_insert_default();
        components.add_security_scheme("token", SecurityScheme::Http(scheme));
    }
}

static DOCUMENT: LazyLock<Document> = LazyLock::new(|| {
    let mut document = Service::openapi();
    document.merge(api::description());
    document
});

/// The description of the interface
#[utoipa::path(
    get,
    path = "/api/v1/openapi.json",
    tag = "service",
    security(()),
    responses((status = 200, description = "This document", body = Object))
)]
pub(crate) async fn document() -> Json<Document> {
    Json(DOCUMENT.clone())
}
