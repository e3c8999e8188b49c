//! The sheets of points and ranks.

use approval::scoring::{Amount, Scores, TOTAL, Unranked};
use rust_xlsxwriter::{Worksheet, XlsxError};

use super::column::Cell;
use super::ranking::{self, part_mean, points_cell, score_cell};
use super::xlsx::{Formats, HEAD, NAME_WIDTH, NUMBER_WIDTH, TEXT_WIDTH, set_up, write};
use crate::picture::Language;

/// What a cell of these sheets holds.
enum Value {
    Text(String),
    Number(Cell),
}

/// Writes the headings with the widths of their columns.
fn headings(
    sheet: &mut Worksheet,
    heads: &[(String, f64)],
    formats: &Formats,
) -> Result<(), XlsxError> {
    for (place, (head, width)) in (0_u16..).zip(heads) {
        sheet.set_column_width(place, *width)?;
        sheet.write_string_with_format(HEAD, place, head, &formats.head)?;
    }
    Ok(())
}

/// Writes the rows below the headings, with filters, headings that stay and are printed on each page.
fn rows(
    sheet: &mut Worksheet,
    rows: Vec<Vec<Value>>,
    (columns, frozen): (usize, u16),
    formats: &Formats,
) -> Result<(), XlsxError> {
    let mut at = HEAD;
    for row in rows {
        at += 1;
        for (place, value) in (0_u16..).zip(row) {
            match value {
                Value::Text(text) => {
                    sheet.write_string_with_format(at, place, text, &formats.text)?;
                }
                Value::Number(cell) => write(sheet, (at, place), &cell, formats)?,
            }
        }
    }
    let last = u16::try_from(columns).unwrap_or(u16::MAX).saturating_sub(1);
    sheet.autofilter(HEAD, 0, at.max(HEAD + 1), last)?;
    sheet.set_freeze_panes(HEAD + 1, frozen)?;
    sheet.set_repeat_rows(HEAD, HEAD)?;
    Ok(())
}

fn head(text: &str, width: f64) -> (String, f64) {
    (text.to_owned(), width)
}

/// 排名: a row for each unit, those that aren't ranked last, with the reason.
pub(super) fn ranking(
    sheet: &mut Worksheet,
    scores: &Scores,
    (title, language): (&str, Language),
    formats: &Formats,
) -> Result<(), XlsxError> {
    set_up(sheet, language.pick("排名", "Ranking"), title, formats)?;
    let scheme = &scores.scheme;
    let mut heads = vec![
        head(language.pick("名次", "Rank"), NUMBER_WIDTH),
        head(language.pick("代码", "Code"), NUMBER_WIDTH),
        head(language.pick("单位", "Unit"), NAME_WIDTH),
        head(language.pick("得分", "Score"), NUMBER_WIDTH),
        head(language.pick("等次", "Grade"), NUMBER_WIDTH),
        head(
            language.pick(scheme.volume.zh(), scheme.volume.as_str()),
            NUMBER_WIDTH,
        ),
    ];
    let parts = scheme.parts.iter();
    heads.extend(parts.map(|part| {
        let name = language.pick(
            format!("{}（{}）", part.name, part.points),
            format!("{} ({})", part.name_en, part.points),
        );
        (name, NUMBER_WIDTH)
    }));
    heads.push(head(language.pick("不排名原因", "Not ranked"), NAME_WIDTH));
    heads.push(head(language.pick("连续靠后", "Last in a row"), NAME_WIDTH));
    headings(sheet, &heads, formats)?;
    let table = scores.units.iter().map(|placed| {
        let grade = placed.grade.as_ref();
        let grade = grade.map(|grade| language.pick(&grade.name, &grade.name_en).clone());
        let why = placed.unranked.map(|unranked| match unranked {
            Unranked::NoBusiness => language.pick("本期无业务", "no business").to_owned(),
            Unranked::FewCases { min, .. } => {
                language.pick(format!("不足{min}件"), format!("fewer than {min} cases"))
            }
        });
        let in_row = placed.in_row.as_ref();
        let in_row = in_row.map(|(from, to)| format!("{from}..{to}"));
        let mut row = vec![
            Value::Number(placed.rank.map_or(Cell::Empty, Cell::Whole)),
            Value::Text(placed.unit.as_str().to_owned()),
            Value::Text(placed.name.clone()),
            Value::Number(placed.score.map_or(Cell::Empty, score_cell)),
            Value::Text(grade.unwrap_or_default()),
            Value::Number(Cell::Whole(placed.volume)),
        ];
        row.extend(scheme.parts.iter().map(|part| {
            let mean = part_mean(scores, placed, &part.key);
            Value::Number(mean.map_or(Cell::Empty, score_cell))
        }));
        row.push(Value::Text(why.unwrap_or_default()));
        row.push(Value::Text(in_row.unwrap_or_default()));
        row
    });
    rows(sheet, table.collect(), (heads.len(), 3), formats)
}

/// 加扣分: every point that was taken off or added.
pub(super) fn lines(
    sheet: &mut Worksheet,
    scores: &Scores,
    (title, language): (&str, Language),
    formats: &Formats,
) -> Result<(), XlsxError> {
    set_up(sheet, language.pick("加扣分", "Points"), title, formats)?;
    let heads = [
        head(language.pick("月份", "Month"), NUMBER_WIDTH),
        head(language.pick("单位", "Unit"), NAME_WIDTH),
        head(language.pick("项目", "Part"), NUMBER_WIDTH),
        head(language.pick("事由", "For"), TEXT_WIDTH),
        head(language.pick("录入编号", "Entry"), NAME_WIDTH),
        head(language.pick("分值", "Points"), NUMBER_WIDTH),
    ];
    headings(sheet, &heads, formats)?;
    let mut table = Vec::new();
    for placed in &scores.units {
        for (month, part, line) in ranking::lines(placed) {
            let part = part.unwrap_or(TOTAL);
            let name = scores
                .scheme_of(month)
                .part(part)
                .map_or(language.pick("总分", "Sum"), |part| {
                    language.pick(&*part.name, &*part.name_en)
                });
            let number = match &line.amount {
                Amount::Entered { number, .. } => number.clone(),
                Amount::Count(_) | Amount::Share(_) => String::new(),
            };
            table.push(vec![
                Value::Text(month.to_string()),
                Value::Text(placed.name.clone()),
                Value::Text(name.to_owned()),
                Value::Text(language.pick(line.zh(), line.en())),
                Value::Text(number),
                Value::Number(points_cell(line.points)),
            ]);
        }
    }
    rows(sheet, table, (heads.len(), 2), formats)
}
