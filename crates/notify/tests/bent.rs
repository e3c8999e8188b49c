//! Bent letter templates: each is refused with its file and line, or makes letters.

use std::fs;

use notify::{TemplateError, Templates};

const TEXT: &str = include_str!("../../../config/templates/warning.zh.txt");
const HTML: &str = include_str!("../../../config/templates/warning.zh.html");

#[test]
fn bent_templates_are_refused_or_make_letters() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("warning.zh.txt");
    testkit::bent::check(&[TEXT.as_bytes(), HTML.as_bytes()], |bytes| {
        fs::write(&path, bytes).expect("a file");
        let checked = Templates::load(Some(folder.path())).and_then(|templates| templates.check());
        if let Err(error) = &checked {
            let said = error.to_string();
            assert!(
                said.contains("templates in") || said.contains("line"),
                "{said}"
            );
            assert!(said.len() < 4096 + 2 * bytes.len(), "{} bytes", said.len());
        }
        checked.is_ok()
    });
}

#[test]
fn a_template_that_never_ends_is_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("warning.zh.txt");
    let endless = "{% for a in range(90000) %}{% for b in range(90000) %}{% endfor %}{% endfor %}";
    for text in [endless, "{% include \"warning.zh.txt\" %}"] {
        fs::write(&path, text).expect("a file");
        let templates = Templates::load(Some(folder.path())).expect("templates");
        let error = templates.check().expect_err("no end");
        let TemplateError::Broken { file, line, .. } = error else {
            panic!("{error}");
        };
        assert_eq!((file, line), (path.display().to_string(), 1));
    }
}
