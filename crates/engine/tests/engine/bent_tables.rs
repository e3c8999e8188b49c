//! Bent tables of units, items and people: each is refused with its line and column, or compared with what is there.

use crate::common::{Database, ITEMS, Office, PEOPLE, UNITS, on_both};
use engine::reference::{self, Kind};

#[test]
fn bent_tables_are_refused_or_compared() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let office = runtime.block_on(Office::new(Database::Sqlite, "2011-09-26T10:00:00+08:00"));
    // 单位 in GBK.
    let gbk = [b"code,name\nGSJ,".as_slice(), b"\xb5\xa5\xce\xbb", b"\n"].concat();
    let good = [UNITS.as_bytes(), ITEMS.as_bytes(), PEOPLE.as_bytes(), &gbk];
    testkit::bent::check(&good, |bytes| {
        let Ok(text) = reference::read_upload("t.csv", bytes) else {
            return false;
        };
        assert!(text.len() <= 3 * bytes.len());
        let previews = Kind::ALL
            .map(|kind| runtime.block_on(reference::preview(&office.engine, kind, "t.csv", &text)));
        for refused in previews.iter().filter_map(|preview| preview.as_ref().err()) {
            let refused = refused.to_string();
            assert!(refused.contains("t.csv"), "{refused}");
            assert!(
                refused.len() < 4096 + 4 * text.len(),
                "{} bytes",
                refused.len()
            );
        }
        previews.iter().any(Result::is_ok)
    });
}

/// PostgreSQL can't keep zero bytes: such a table is refused before anything is written.
async fn a_zero_byte_is_named(database: Database) {
    let office = Office::new(database, "2011-09-26T10:00:00+08:00").await;
    let text = UNITS.replace("环境", "环\0境");
    let refused = reference::preview(&office.engine, Kind::Units, "t.csv", &text).await;
    let refused = refused.expect_err("a zero byte");
    assert_eq!(refused.kind(), "bad_csv");
    assert!(refused.to_string().contains("t.csv:3"), "{refused}");
}

on_both!(a_zero_byte_is_named);
