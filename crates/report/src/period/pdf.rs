//! The report as a paper, laid out as official notices are.

use super::document::{Document, Section, Table, document};
use super::{Report, ReportError};
use crate::paper::{About, Align, Face, Fonts, Grid, PaperError, Sheet, Style};
use crate::picture::Language;

/// 二号.
const TITLE: Style = style(Face::Head, 22.0, 32.0);
/// 三号: 22 lines a page.
const TEXT: Style = style(Face::Text, 16.0, 28.9);
const HEADING: Style = style(Face::Head, 16.0, 28.9);
/// 小四, for what is looked up rather than read.
const SMALL: Style = style(Face::Text, 12.0, 19.0);
const NOTE: Style = style(Face::Table, 10.5, 16.0);
/// What organ and date take, with the room before them.
const SEAL: f32 = TEXT.leading * 4.0;
/// So many of the last lines of text go with organ and date to a new page, on which those must not stand alone
/// (GB/T 9704—2012, 7.3.5).
const KEPT: usize = 2;
/// See [`KEPT`].
const KEPT_LINES: f32 = 2.0;
/// Two letters.
const INDENT: f32 = 2.0;

const fn style(face: Face, size: f32, leading: f32) -> Style {
    Style {
        face,
        size,
        leading,
    }
}

/// The paper.
pub(super) fn paper(report: &Report<'_>, fonts: &Fonts) -> Result<Vec<u8>, ReportError> {
    let document = document(report)?;
    let mut sheet = Sheet::new(fonts);
    head(&mut sheet, &document);
    for section in &document.sections {
        add(&mut sheet, section, document.language)?;
    }
    definitions(&mut sheet, &document);
    seal(&mut sheet, &document);
    Ok(sheet.finish(&About {
        title: document.title.clone() + &document.subtitle,
        organ: document.organ.clone(),
        language: document.language.tag(),
        made: report.statement.cut_off,
        foot: document.period.clone(),
    })?)
}

fn head(sheet: &mut Sheet<'_>, document: &Document) {
    sheet.aligned(TITLE, &document.title, Align::Middle);
    sheet.aligned(TEXT, document.subtitle.trim(), Align::Middle);
    if !document.number.is_empty() {
        sheet.aligned(TEXT, &document.number, Align::Middle);
    }
    sheet.space(6.0);
    for mark in &document.marks {
        sheet.note(NOTE, mark);
    }
    sheet.space(8.0);
}

fn add(sheet: &mut Sheet<'_>, section: &Section, language: Language) -> Result<(), PaperError> {
    sheet.heading(HEADING, &section.title, INDENT * HEADING.size);
    for sentence in &section.sentences {
        sheet.paragraph(TEXT, sentence, INDENT * TEXT.size);
    }
    for picture in &section.pictures {
        sheet.space(6.0);
        sheet.picture(picture)?;
        sheet.space(6.0);
    }
    for table in &section.tables {
        add_table(sheet, table, language);
    }
    Ok(())
}

fn add_table(sheet: &mut Sheet<'_>, table: &Table, language: Language) {
    let continued = table.caption.clone() + language.pick("（续）", " (continued)");
    sheet.table(&Grid {
        caption: &table.caption,
        continued: &continued,
        head: &table.head,
        rows: &table.rows,
        foot: &table.foot,
        is_words: &|place| table.has_words(place),
    });
}

fn definitions(sheet: &mut Sheet<'_>, document: &Document) {
    sheet.heading(HEADING, &document.definitions_title, INDENT * HEADING.size);
    for (name, text) in &document.definitions {
        sheet.paragraph(
            SMALL,
            &format!("{name}{}{text}", document.language.pick("：", ": ")),
            INDENT * SMALL.size,
        );
    }
    sheet.space(4.0);
    for (place, line) in document.basis.iter().enumerate() {
        if place + KEPT == document.basis.len() {
            // Two lines at most, each.
            sheet.need(SEAL + SMALL.leading * 2.0 * KEPT_LINES);
        }
        sheet.paragraph(SMALL, line, INDENT * SMALL.size);
    }
}

/// Organ and date stand on the page on which the text ends.
fn seal(sheet: &mut Sheet<'_>, document: &Document) {
    sheet.need(SEAL);
    sheet.space(TEXT.leading);
    for words in [&document.organ, &document.date] {
        sheet.aligned(TEXT, words, Align::Signed);
    }
}
