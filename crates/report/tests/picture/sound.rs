//! What every picture must be: well-formed, inside its view box, without scripts and styles, told in words, and with no
//! words that cover others.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use roxmltree::{Document, Node};

/// Left, top, right, bottom.
type Box4 = [f64; 4];

/// Coordinates are whole tenths; sums of them may differ in the last bit.
const SLACK: f64 = 0.05;

/// Checks a picture and keeps it under the build's own folder, to be looked at.
pub(crate) fn check(name: &str, svg: &str) {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("pictures");
    fs::create_dir_all(&folder).expect("a folder");
    fs::write(folder.join(format!("{name}.svg")), svg).expect("a picture on the disk");
    let document = Document::parse(svg).unwrap_or_else(|error| panic!("{name}: {error}\n{svg}"));
    let root = document.root_element();
    let size = view_box(&root);
    check_root(name, &root, size);
    let mut ids = BTreeSet::new();
    let mut words: Vec<(String, Box4)> = Vec::new();
    for node in root.descendants().filter(Node::is_element) {
        let tag = node.tag_name().name();
        assert!(tag != "script" && tag != "style", "{name}: <{tag}>");
        for attribute in node.attributes() {
            let (key, value) = (attribute.name(), attribute.value());
            assert!(
                key != "style" && !key.starts_with("on"),
                "{name}: {key}={value}"
            );
            assert!(
                !value.contains("NaN") && !value.contains("inf"),
                "{name}: {value}"
            );
        }
        if let Some(id) = node.attribute("id") {
            assert!(
                id.starts_with("sxp-") && ids.insert(id.to_owned()),
                "{name}: id {id}"
            );
        }
        if node.ancestors().any(|n| n.tag_name().name() == "pattern") {
            continue;
        }
        if let Some(extent) = extent(&node) {
            let inside = extent[0] >= -SLACK
                && extent[1] >= -SLACK
                && extent[2] <= size[2] + SLACK
                && extent[3] <= size[3] + SLACK;
            assert!(inside, "{name}: {extent:?} of {size:?}: {}", told(&node));
            if tag == "text" {
                words.push((told(&node), extent));
            }
        }
    }
    for use_of in svg.split("url(#").skip(1) {
        let id = use_of.split(')').next().expect("an id");
        assert!(ids.contains(id), "{name}: nothing has the id {id}");
    }
    check_words(name, &words);
}

fn view_box(root: &Node<'_, '_>) -> Box4 {
    let text = root.attribute("viewBox").expect("a view box");
    let numbers: Vec<f64> = text.split(' ').map(|n| n.parse().expect(n)).collect();
    numbers.try_into().expect("four numbers")
}

fn check_root(name: &str, root: &Node<'_, '_>, size: Box4) {
    assert!(size[2] > 0.0 && size[3] > 0.0, "{name}: {size:?}");
    assert_eq!(root.attribute("role"), Some("img"), "{name}");
    let Some(labelled) = root.attribute("aria-labelledby") else {
        // A small one among many: its title is its first child.
        let title = root.first_element_child().expect("a title");
        let text = title.text().unwrap_or_default();
        assert!(
            title.tag_name().name() == "title" && !text.trim().is_empty(),
            "{name}: says nothing"
        );
        return;
    };
    for id in labelled.split(' ') {
        let label = root.children().find(|n| n.attribute("id") == Some(id));
        let label = label.unwrap_or_else(|| panic!("{name}: no {id}"));
        let text = label.text().unwrap_or_default();
        assert!(!text.trim().is_empty(), "{name}: {id} says nothing");
    }
}

fn told(node: &Node<'_, '_>) -> String {
    let text = node.text().unwrap_or_default();
    format!("<{}> {text}", node.tag_name().name())
}

/// What a shape covers; for words an estimate that knows nothing of the program's own.
fn extent(node: &Node<'_, '_>) -> Option<Box4> {
    let number = |key: &str| -> f64 {
        let text = node.attribute(key).unwrap_or_else(|| panic!("{key}"));
        text.parse().expect(text)
    };
    Some(match node.tag_name().name() {
        "rect" => {
            let (x, y) = (number("x"), number("y"));
            let (width, height) = (number("width"), number("height"));
            [x, y, x + width, y + height]
        }
        "line" => {
            let (x, y) = ([number("x1"), number("x2")], [number("y1"), number("y2")]);
            [
                x[0].min(x[1]),
                y[0].min(y[1]),
                x[0].max(x[1]),
                y[0].max(y[1]),
            ]
        }
        "circle" => {
            let (x, y, r) = (number("cx"), number("cy"), number("r"));
            [x - r, y - r, x + r, y + r]
        }
        "polygon" | "polyline" => {
            let points = node.attribute("points").expect("points");
            let all: Vec<f64> = points
                .split([' ', ','])
                .map(|n| n.parse().expect(n))
                .collect();
            let x = || all.iter().step_by(2).copied();
            let y = || all.iter().skip(1).step_by(2).copied();
            [
                x().fold(f64::MAX, f64::min),
                y().fold(f64::MAX, f64::min),
                x().fold(f64::MIN, f64::max),
                y().fold(f64::MIN, f64::max),
            ]
        }
        "text" => {
            let (x, y, size) = (number("x"), number("y"), number("font-size"));
            let ems: f64 = node.text().unwrap_or_default().chars().map(em).sum();
            let width = ems * size;
            let left = match node.attribute("text-anchor") {
                Some("middle") => x - width / 2.0,
                Some("end") => x - width,
                _ => x,
            };
            [left, y - 0.8 * size, left + width, y + 0.1 * size]
        }
        _ => return None,
    })
}

fn em(c: char) -> f64 {
    match c {
        '\u{2E80}'..='\u{FFEF}' => 1.0,
        '.' | ',' | ':' | 'i' | 'l' | ' ' => 0.27,
        _ => 0.55,
    }
}

/// No words cover others.
fn check_words(name: &str, words: &[(String, Box4)]) {
    for (place, (text, one)) in words.iter().enumerate() {
        for (other_text, other) in words.iter().skip(place + 1) {
            let meet = one[0] < other[2] - SLACK
                && other[0] < one[2] - SLACK
                && one[1] < other[3] - SLACK
                && other[1] < one[3] - SLACK;
            assert!(!meet, "{name}: {text} {one:?} meets {other_text} {other:?}");
        }
    }
}
