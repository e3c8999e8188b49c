//! What handlers give back: a page, or why there is none.

use std::sync::Arc;

use askama::Template;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use engine::EngineError;

/// Why there is no page. `visitor::require` draws it with the frame around it.
#[derive(Debug)]
pub(crate) enum PageError {
    /// Nothing of that name, or nothing that this visitor may know of: both answer alike.
    NotFound,
    /// Not this visitor's.
    Forbidden,
    /// The engine says no, or can't.
    Engine(EngineError),
    /// A template failed, which is a bug.
    Template(askama::Error),
    /// Something else in the program failed; what, is in the log.
    Broken,
}

impl PageError {
    /// The status of the answer.
    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Engine(EngineError::NotFound { .. }) => StatusCode::NOT_FOUND,
            Self::Forbidden => StatusCode::FORBIDDEN,
            Self::Engine(error) if error.is_refusal() => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Engine(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Template(_) | Self::Broken => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

impl From<EngineError> for PageError {
    fn from(error: EngineError) -> Self {
        match error {
            EngineError::NotFound { .. } => Self::NotFound,
            other => Self::Engine(other),
        }
    }
}

impl From<store::StoreError> for PageError {
    fn from(error: store::StoreError) -> Self {
        Self::Engine(error.into())
    }
}

impl From<askama::Error> for PageError {
    fn from(error: askama::Error) -> Self {
        Self::Template(error)
    }
}

impl IntoResponse for PageError {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(Arc::new(self));
        response
    }
}

/// Draws a template.
pub(crate) fn draw(template: &impl Template) -> Result<Response, PageError> {
    Ok(Html(template.render()?).into_response())
}

/// Draws a form: as one that can't be taken where a mistake is told on it, so that nobody takes it for done.
pub(crate) fn draw_form(mistaken: bool, template: &impl Template) -> Result<Response, PageError> {
    let status = match mistaken {
        true => StatusCode::UNPROCESSABLE_ENTITY,
        false => StatusCode::OK,
    };
    draw_as(status, template)
}

/// Draws a template with another status than 200.
pub(crate) fn draw_as(status: StatusCode, template: &impl Template) -> Result<Response, PageError> {
    Ok((status, Html(template.render()?)).into_response())
}
