//! Style sheets and scripts, inside the binary. Their addresses carry a digest of what is in them, so browsers keep them.

use axum::extract::Path;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use rust_embed::RustEmbed;
use store::chain::hex;

/// A year: what has another content has another address.
const FOR_GOOD: &str = "public, max-age=31536000, immutable";
/// A day: what browsers ask for by a name of their own.
const FOR_A_DAY: &str = "public, max-age=86400";
/// Bytes of the digest in an address.
const DIGEST_BYTES: usize = 6;

#[derive(RustEmbed)]
#[folder = "assets"]
struct Assets;

/// The address of an asset.
pub(crate) fn address(name: &str) -> String {
    match Assets::get(name) {
        Some(file) => {
            let digest = file.metadata.sha256_hash();
            format!("/assets/{}/{name}", hex(&digest[..DIGEST_BYTES]))
        }
        None => format!("/assets/-/{name}"),
    }
}

/// The icon that browsers ask for unasked, before anybody is signed in.
pub(crate) async fn icon() -> Response {
    let mut response = serve(Path((String::new(), "icon.svg".to_owned()))).await;
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(FOR_A_DAY));
    response
}

/// Serves one. The digest in the address only keeps old copies from being used.
pub(crate) async fn serve(Path((_, name)): Path<(String, String)>) -> Response {
    let Some(file) = Assets::get(&name) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let kind = match name.rsplit('.').next() {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        _ => "application/octet-stream",
    };
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static(kind)),
        (CACHE_CONTROL, HeaderValue::from_static(FOR_GOOD)),
    ];
    (headers, file.data.into_owned()).into_response()
}
