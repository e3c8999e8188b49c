//! Reference data from a CSV file in two steps: what it would change, and then doing that. The text goes along with the
//! page of the first step, so that nothing is kept on the server, and the second step refuses if the table was changed
//! in between.

use askama::Template;
use axum::Router;
use axum::extract::{Multipart, Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use engine::EngineError;
use engine::accounts::AccountRole;
use engine::reference::{self, Change, Kind};

use super::only;
use super::upload::{self, FILE_BYTES, Sent};
use crate::frame::{self, Frame};
use crate::page::{PageError, draw_as};
use crate::site::Site;
use crate::texts::Texts;
use crate::visitor::{Here, Visitor};

/// Changes that are shown one by one.
const SHOWN_MAX: usize = 300;

pub(super) fn routes() -> Router<Site> {
    Router::new()
        .route("/admin/import/{kind}", get(form).post(preview))
        .route("/admin/import/{kind}/apply", post(apply))
}

/// What the first step found.
struct Found {
    added: usize,
    changed: usize,
    unchanged: usize,
    shown: Vec<Change>,
    /// Changes that aren't shown one by one.
    more: usize,
    name: String,
    text: String,
    seen: String,
}

#[derive(Template)]
#[template(path = "admin/import.html")]
struct ImportPage {
    f: Frame,
    t: Texts,
    kind: &'static str,
    title: &'static str,
    found: Option<Found>,
    error: Option<String>,
}

impl ImportPage {
    /// A column as people call it.
    fn column(&self, column: &'static str) -> &'static str {
        self.t.known(&format!("column.{column}")).unwrap_or(column)
    }

    /// A cell as people read it: words of the record in the reader's language.
    fn cell(&self, column: &str, text: &str) -> String {
        let t = self.t;
        match (column, self.kind) {
            _ if text.is_empty() => t.say("import.empty").to_owned(),
            ("role", _) => t.word("role", text).to_owned(),
            ("kind", "items") => t.word("item_kind", text).to_owned(),
            ("posts", _) => {
                let posts = text.split_whitespace().map(|post| t.word("stage", post));
                posts.collect::<Vec<_>>().join(" ")
            }
            ("active" | "vertical", _) => match text {
                "true" => t.say("reference.yes").to_owned(),
                _ => t.say("reference.no").to_owned(),
            },
            _ => text.to_owned(),
        }
    }
}

fn import_page(
    site: &Site,
    visitor: &Visitor,
    kind: Kind,
    found: Option<Found>,
    error: Option<String>,
) -> Result<Response, PageError> {
    let t = visitor.texts;
    let title = match kind {
        Kind::Units => t.say("import.units"),
        Kind::People => t.say("import.people"),
        Kind::Items => t.say("import.items"),
    };
    let status = match error {
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
        None => StatusCode::OK,
    };
    let page = ImportPage {
        f: Frame::of(site, visitor, title),
        t,
        kind: kind.as_str(),
        title,
        found,
        error,
    };
    draw_as(status, &page)
}

fn kind_of(word: &str) -> Result<Kind, PageError> {
    Kind::parse(word).ok_or(PageError::NotFound)
}

async fn form(
    State(site): State<Site>,
    visitor: Here,
    Path(kind): Path<String>,
) -> Result<Response, PageError> {
    only(&visitor, AccountRole::System)?;
    import_page(&site, &visitor, kind_of(&kind)?, None, None)
}

/// The text, with line ends as a form sends them back: what is confirmed is what was shown.
fn text(sent: &Sent) -> Result<String, EngineError> {
    Ok(reference::read_upload(&sent.name, &sent.bytes)?.replace("\r\n", "\n"))
}

async fn preview(
    State(site): State<Site>,
    visitor: Here,
    Path(kind): Path<String>,
    form: Multipart,
) -> Result<Response, PageError> {
    only(&visitor, AccountRole::System)?;
    let kind = kind_of(&kind)?;
    let t = visitor.texts;
    let again = |error: String| import_page(&site, &visitor, kind, None, Some(error));
    let Some(sent) = upload::sent(form).await else {
        return again(t.one("import.too_long", FILE_BYTES / 1024));
    };
    if sent.bytes.is_empty() {
        return again(t.say("import.no_file").to_owned());
    }
    match look(&site, kind, &sent).await {
        Ok(found) => import_page(&site, &visitor, kind, Some(found), None),
        Err(error @ EngineError::Invalid { .. }) => {
            again(frame::one_language(t, &error.to_string()))
        }
        Err(error) => Err(error.into()),
    }
}

async fn look(site: &Site, kind: Kind, sent: &Sent) -> Result<Found, EngineError> {
    let text = text(sent)?;
    let preview = reference::preview(&site.engine, kind, &sent.name, &text).await?;
    let mut shown = preview.changes;
    let added = shown
        .iter()
        .filter(|change| change.fields.is_none())
        .count();
    let changed = shown.len() - added;
    let more = shown.len().saturating_sub(SHOWN_MAX);
    shown.truncate(SHOWN_MAX);
    Ok(Found {
        added,
        changed,
        unchanged: preview.unchanged,
        shown,
        more,
        name: sent.name.clone(),
        text,
        seen: preview.seen,
    })
}

async fn apply(
    State(site): State<Site>,
    visitor: Here,
    Path(kind): Path<String>,
    form: Multipart,
) -> Result<Response, PageError> {
    only(&visitor, AccountRole::System)?;
    let kind = kind_of(&kind)?;
    let t = visitor.texts;
    let Some(sent) = upload::sent(form).await else {
        let told = t.one("import.too_long", FILE_BYTES / 1024);
        return import_page(&site, &visitor, kind, None, Some(told));
    };
    let text = text(&sent)?;
    let named = (sent.name.as_str(), text.as_str());
    let done = reference::apply(&site.engine, kind, named, &sent.seen, &visitor.caller()).await;
    match done {
        Ok(_) => {
            let to = format!("/admin/{}?done=reference", kind.as_str());
            Ok(Redirect::to(&to).into_response())
        }
        Err(error @ EngineError::Invalid { .. }) => {
            // Another look at what it would change now, if it still can be read.
            let found = look(&site, kind, &sent).await.ok();
            let told = frame::one_language(t, &error.to_string());
            import_page(&site, &visitor, kind, found, Some(told))
        }
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use store::audit::Filter;

    use super::super::upload::testing::{seen, send};
    use super::*;
    use crate::testing::Trial;

    const ITEMS: &str = "code,name,unit,kind,promised_amount,promised_unit,statutory_amount,statutory_unit,\
        handling,review,approval,completion,basis\n\
        FGW-002,企业投资项目核准,FGW,committed,8,working_days,20,working_days,4,2,1,1,行政许可法第四十二条\n\
        FGW-004,节能审查,FGW,committed,5,working_days,20,working_days,2,1,1,1,节约能源法\n\
        HBJ-001,排污许可,HBJ,committed,10,working_days,20,working_days,4,3,2,1,行政许可法第四十二条\n";

    #[tokio::test]
    async fn a_table_is_previewed_and_then_written() {
        let trial = Trial::new().await;
        trial.receive().await;
        let (status, body) = send(
            &trial,
            "system",
            "/admin/import/items",
            &[("file", ITEMS.as_bytes())],
        )
        .await;
        assert_eq!(status, StatusCode::OK, "{body}");
        assert!(body.contains("新增 1 条，变更 1 条，不变 1 条"), "{body}");
        assert!(body.contains("承诺时限"), "the field: {body}");
        assert!(body.contains("1 件在办的办件沿用第 1 版"), "{body}");
        let books = trial.engine.books("410800").await.unwrap();
        assert!(
            books.item_version(&"FGW-002".into(), 2).is_err(),
            "nothing was written"
        );
        let seen = seen(&body);
        let parts: [(&str, &[u8]); 3] = [
            ("name", b"items.csv"),
            ("text", ITEMS.as_bytes()),
            ("seen", seen.as_bytes()),
        ];
        for who in ["security", "audit", "inspector", "head"] {
            let (status, _) = send(&trial, who, "/admin/import/items/apply", &parts).await;
            assert_eq!(status, StatusCode::FORBIDDEN, "{who}");
        }
        let (status, body) = send(&trial, "system", "/admin/import/items/apply", &parts).await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{body}");
        let books = trial.engine.books("410800").await.unwrap();
        assert!(books.item_version(&"FGW-002".into(), 2).is_ok());
        assert!(books.item_version(&"HBJ-001".into(), 2).is_err());
        let filter = Filter {
            act: Some("reference".to_owned()),
            ..Filter::default()
        };
        let log = trial.engine.audit_log(&filter, 10).await.unwrap();
        assert_eq!(log.len(), 1);
        assert!(
            log[0].payload.contains("added 1 changed 1"),
            "{}",
            log[0].payload
        );
        let (_, _, page) = trial.get_as("system", "/admin/items/FGW-002").await;
        assert!(page.contains("1 件在办"), "{page}");
        // The same confirmation once more rests on what isn't any more.
        let (status, body) = send(&trial, "system", "/admin/import/items/apply", &parts).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(body.contains("刚刚被他人更改"), "{body}");
    }

    #[tokio::test]
    async fn what_cannot_be_read_is_told_and_nothing_is_written() {
        let trial = Trial::new().await;
        let long = vec![b'x'; FILE_BYTES + 1];
        for (file, what) in [
            (&b""[..], "请选择"),
            (&long[..], "1024"),
            (&b"\xff\xff\xff,\n"[..], "UTF-8"),
            ("code,name\nFGW,\n".as_bytes(), "列 name"),
            ("code,nome\nFGW,x\n".as_bytes(), "不认识的列"),
            ("code,name\nA,x\nA,y\n".as_bytes(), "代码重复"),
        ] {
            let (status, body) =
                send(&trial, "system", "/admin/import/units", &[("file", file)]).await;
            assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{what}");
            assert!(body.contains(what), "{what}: {body}");
        }
        let (status, _) = send(&trial, "system", "/admin/import/nonsense", &[]).await;
        assert_eq!(status, StatusCode::NOT_FOUND);
        for who in ["security", "audit", "inspector", "clerk"] {
            let (status, _) = send(
                &trial,
                who,
                "/admin/import/units",
                &[("file", b"code,name\nA,x\n")],
            )
            .await;
            assert_eq!(status, StatusCode::FORBIDDEN, "{who}");
        }
    }
}
