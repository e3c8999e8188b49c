//! The lists of a report as sheets of its workbook: real dates and numbers, heads that stay, filters.

use calendar::Calendar;
use chrono::{DateTime, Datelike, NaiveDate, Timelike, Utc};
use rust_xlsxwriter::{ExcelDateTime, Worksheet, XlsxError};

use super::column::Cell;
use super::listing::{Listing, Value};
use super::xlsx::{Formats, HEAD, NAME_WIDTH, NUMBER_WIDTH};
use crate::picture::Language;

/// A day with its time needs more room than a number.
const INSTANT_WIDTH: f64 = 17.0;
/// Excel's last row.
const ROW_MAX: u32 = 1_048_575;

/// Fills a sheet that was set up, row after row: none is gone back to.
pub(super) fn fill(
    sheet: &mut Worksheet,
    listing: Listing<'_>,
    language: Language,
    (calendar, formats): (&Calendar, &Formats),
) -> Result<(), XlsxError> {
    let mut last: u16 = 0;
    for (place, column) in (0..).zip(listing.columns) {
        let width = match column.key {
            "unit_name" | "item_name" | "text" | "figure" | "why" | "case" | "subject"
            | "defect" | "reason" | "order" | "about" | "appeal" => NAME_WIDTH,
            key if key.ends_with("_at") || matches!(key, "from" | "to") => INSTANT_WIDTH,
            _ => NUMBER_WIDTH,
        };
        sheet.set_column_width(place, width)?;
        let heading = column.heading(language);
        sheet.write_string_with_format(HEAD, place, heading, &formats.head)?;
        last = place;
    }
    let mut row = HEAD;
    for line in listing.rows {
        if row == ROW_MAX {
            break;
        }
        row += 1;
        for (place, cell) in (0..).zip(&line) {
            write(sheet, (row, place), cell, language, (calendar, formats))?;
        }
    }
    sheet.autofilter(HEAD, 0, row.max(HEAD + 1), last)?;
    sheet.set_freeze_panes(HEAD + 1, 1)?;
    sheet.set_repeat_rows(HEAD, HEAD)?;
    Ok(())
}

fn write(
    sheet: &mut Worksheet,
    (row, column): (u32, u16),
    cell: &Value,
    language: Language,
    (calendar, formats): (&Calendar, &Formats),
) -> Result<(), XlsxError> {
    match cell {
        Value::None => sheet.write_blank(row, column, &formats.text)?,
        Value::Number(number) => {
            // Counts are far below what a double holds exactly.
            let number = number.to_string().parse::<f64>().unwrap_or_default();
            sheet.write_number_with_format(row, column, number, &formats.whole)?
        }
        Value::Decimal(value, decimals) => {
            let cell = Cell::Decimal(*value, *decimals);
            return super::xlsx::write(sheet, (row, column), &cell, formats);
        }
        Value::Day(day) => {
            sheet.write_datetime_with_format(row, column, day_of(*day)?, &formats.day)?
        }
        Value::At(at) => {
            let at = instant_of(*at, calendar)?;
            sheet.write_datetime_with_format(row, column, at, &formats.instant)?
        }
        Value::Text(_) | Value::Word(..) | Value::Flag(_) => {
            let text = cell.shown(language, calendar);
            sheet.write_string_with_format(row, column, text, &formats.text)?
        }
    };
    Ok(())
}

fn day_of(day: NaiveDate) -> Result<ExcelDateTime, XlsxError> {
    let small = |number: u32| u8::try_from(number).unwrap_or_default();
    let year = u16::try_from(day.year()).unwrap_or_default();
    ExcelDateTime::from_ymd(year, small(day.month()), small(day.day()))
}

/// On the office's clocks, to the minute.
fn instant_of(at: DateTime<Utc>, calendar: &Calendar) -> Result<ExcelDateTime, XlsxError> {
    let local = calendar.local(at);
    let day = day_of(local.date_naive())?;
    let hour = u16::try_from(local.hour()).unwrap_or_default();
    day.and_hms(hour, u8::try_from(local.minute()).unwrap_or_default(), 0.0)
}
