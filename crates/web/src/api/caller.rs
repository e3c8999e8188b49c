//! Which system is asking: the token of a request. Never a cookie, so that no page of another site can use it.

use std::sync::Arc;

use approval::Books;
use approval::ids::{PersonCode, UnitCode};
use axum::extract::{FromRequestParts, Request, State};
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use engine::Seen;
use engine::accounts::{ApiCaller, ApiScope, Entry};

use super::problem::Problem;
use crate::site::Site;
use crate::visitor;

/// A system that showed a good token, with the books and the instant of the request.
pub(crate) struct Asker {
    pub(crate) who: ApiCaller,
    pub(crate) books: Arc<Books>,
    pub(crate) now: DateTime<Utc>,
}

impl Asker {
    /// A subject within the token's reach: of its unit, or one in which its opinion was asked. To all others it is as if
    /// it weren't there.
    pub(crate) async fn look(&self, site: &Site, number: &str) -> Result<Seen, Problem> {
        // PostgreSQL has no texts with zero bytes, so there is no such number either.
        if number.contains('\0') {
            return Err(Problem::not_found(""));
        }
        let seen = site.engine.look(number).await?;
        let partners = seen.subject.case().map(|c| c.partners.as_slice());
        let mut partners = partners.unwrap_or_default().iter();
        if self.who.reaches(seen.subject.unit())
            || partners.any(|p| self.who.unit.as_ref() == Some(&p.unit))
        {
            Ok(seen)
        } else {
            Err(Problem::not_found(number))
        }
    }

    /// A person in whose name the token may act: of its unit. Others are as unknown as those that nobody loaded.
    pub(crate) fn person(&self, code: &str) -> Result<PersonCode, Problem> {
        let code = PersonCode::new(code);
        let person = self.books.directory.person(&code);
        let own = |unit: &Option<UnitCode>| self.who.unit.is_none() || *unit == self.who.unit;
        match person.filter(|p| own(&p.unit)) {
            Some(_) => Ok(code),
            None => Err(Problem::from(approval::Refusal::Unknown {
                what: "人员",
                code: code.as_str().to_owned(),
            })),
        }
    }
}

/// Lets a request through if its token is good and its holder hasn't asked too often. Writes refused rights into the log.
pub(crate) async fn require(State(site): State<Site>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let who = match bearer(&parts) {
        Some(shown) => site.engine.api_caller(shown).await,
        None => Ok(None),
    };
    let who = match who {
        Ok(Some(who)) => who,
        Ok(None) => return Problem::unauthorized().into_response(),
        Err(error) => return Problem::from(error).into_response(),
    };
    if let Err(seconds) = site.limits.check(&who) {
        return Problem::too_many(seconds).into_response();
    }
    let books = match site.engine.books(site.engine.division()).await {
        Ok(books) => books,
        Err(error) => return Problem::from(error).into_response(),
    };
    let caller = who.caller(&visitor::address(&site, &parts));
    let target = format!("{} {}", parts.method, parts.uri.path());
    parts.extensions.insert(Arc::new(Asker {
        who,
        books,
        now: site.engine.clock().now(),
    }));
    let response = next.run(Request::from_parts(parts, body)).await;
    let refused = response.extensions().get::<Arc<Problem>>();
    if let Some(problem) = refused.filter(|problem| problem.is_forbidden()) {
        let entry = Entry::refused("api", target, problem.kind.as_ref());
        if let Err(error) = site.engine.note(&caller, entry).await {
            tracing::error!(error = %error, "a refusal can't be written into the audit log");
        }
    }
    response
}

fn bearer(parts: &Parts) -> Option<&str> {
    let line = parts.headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = line.split_once(' ')?;
    let fits = scheme.eq_ignore_ascii_case("bearer");
    fits.then(|| token.trim())
}

/// The asker, if the token has a scope.
macro_rules! with_scope {
    ($(#[$doc:meta])* $name:ident, $scope:expr) => {
        $(#[$doc])*
        #[derive(Clone)]
        pub(crate) struct $name(pub(crate) Arc<Asker>);

        impl FromRequestParts<Site> for $name {
            type Rejection = Problem;

            async fn from_request_parts(parts: &mut Parts, _: &Site) -> Result<Self, Problem> {
                let asker = parts.extensions.get::<Arc<Asker>>();
                let asker = asker.ok_or_else(Problem::unauthorized)?;
                if asker.who.scopes.contains(&$scope) {
                    Ok(Self(Arc::clone(asker)))
                } else {
                    Err(Problem::needs($scope))
                }
            }
        }
    };
}

with_scope!(
    /// May look.
    Reader,
    ApiScope::Read
);
with_scope!(
    /// May act.
    Actor,
    ApiScope::Cases
);
with_scope!(
    /// May report.
    Reporter,
    ApiScope::Events
);
