//! `/api/v1/openapi.json`: what there is to call, made from the types that it speaks.

use std::sync::LazyLock;

use axum::Json;
use utoipa::openapi::schema::{AdditionalProperties, Schema};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{OpenApi as Document, RefOr};
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
    components(schemas(api::Problem, api::CaseState)),
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
    close_choices(&mut document);
    document
});

/// Objects of which one is chosen by a field take no fields that they don't name: the derive says so of plain objects only.
fn close_choices(document: &mut Document) {
    let schemas = document.components.iter_mut().flat_map(|c| &mut c.schemas);
    for (_, schema) in schemas {
        let RefOr::T(Schema::OneOf(choice)) = schema else {
            continue;
        };
        for object in &mut choice.items {
            if let RefOr::T(Schema::Object(object)) = object
                && !object.properties.is_empty()
            {
                let closed = AdditionalProperties::FreeForm(false);
                object.additional_properties = Some(Box::new(closed));
            }
        }
    }
}

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

#[cfg(test)]
mod tests {
    use axum::http::{Method, Request, StatusCode};
    use engine::accounts::{ApiScope, Caller, NewApiToken};
    use serde_json::Value;

    use crate::testing::{Trial, told};

    async fn described(trial: &Trial) -> Value {
        let (status, _, body) = trial.get("/api/v1/openapi.json").await;
        assert_eq!(status, StatusCode::OK);
        serde_json::from_str(&body).unwrap()
    }

    /// Routes and descriptions of the interface are registered in one go; here is seen that they lead somewhere.
    #[tokio::test]
    async fn every_described_address_is_there() {
        let trial = Trial::new().await;
        let new = NewApiToken {
            name: "all".to_owned(),
            unit: None,
            scopes: ApiScope::ALL.to_vec(),
            rate_per_minute: 600,
            days: 1,
        };
        let made = trial.engine.add_api_token(new, &Caller::default()).await;
        let token = made.unwrap().0.as_str().to_owned();
        let document = described(&trial).await;
        assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
        let mut count = 0;
        for (path, operations) in document["paths"].as_object().unwrap() {
            for (method, operation) in operations.as_object().unwrap() {
                let filled = path
                    .replace("{number}", "X")
                    .replace("{date}", "2011-10-08");
                let method: Method = method.to_uppercase().parse().unwrap();
                let request = Request::builder()
                    .method(method.clone())
                    .uri(filled)
                    .header("authorization", format!("Bearer {token}"));
                let response = trial
                    .ask(request.body(axum::body::Body::empty()).unwrap())
                    .await;
                let (status, headers, body) = told(response).await;
                let told = format!("{method} {path}: {status} {body}");
                assert!(
                    status != StatusCode::METHOD_NOT_ALLOWED && !body.contains("no_route"),
                    "{told}"
                );
                let answers = operation["responses"].as_object().unwrap();
                let answer = answers
                    .get(status.as_str())
                    .unwrap_or_else(|| panic!("{told} isn't described"));
                let kind = headers["content-type"]
                    .to_str()
                    .unwrap()
                    .split(';')
                    .next()
                    .unwrap()
                    .to_owned();
                assert!(
                    answer["content"].get(&kind).is_some(),
                    "{told} as {kind} isn't described"
                );
                count += 1;
            }
        }
        assert_eq!(count, 18);
        let acts = document["components"]["schemas"]["Doing"]["oneOf"].as_array();
        for act in acts.unwrap() {
            assert_eq!(act["additionalProperties"], false, "{act}");
        }
        let text = document.to_string();
        for reference in text.split("\"#/components/schemas/").skip(1) {
            let name = reference.split('"').next().unwrap();
            assert!(
                document["components"]["schemas"].get(name).is_some(),
                "{name}"
            );
        }
    }

    #[tokio::test]
    async fn what_needs_a_token_says_so() {
        let document = described(&Trial::new().await).await;
        assert_eq!(
            document["components"]["securitySchemes"]["token"]["scheme"],
            "bearer"
        );
        for (path, operations) in document["paths"].as_object().unwrap() {
            for operation in operations.as_object().unwrap().values() {
                let open = operation
                    .get("security")
                    .is_some_and(|s| *s == serde_json::json!([{}]));
                let of_service = operation["tags"] == serde_json::json!(["service"]);
                assert_eq!(open, of_service, "{path}");
                if !open {
                    for status in ["401", "403", "429"] {
                        assert!(
                            operation["responses"].get(status).is_some(),
                            "{path} {status}"
                        );
                    }
                }
            }
        }
    }
}
