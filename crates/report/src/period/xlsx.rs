//! The report as a workbook: real numbers with formats, headings that stay, filters, a native chart, a print set-up. The
//! same figures give the same bytes.

use approval::statistics::{Figures, LimitSums};
use chrono::{Datelike, Timelike};
use rust_xlsxwriter::{
    Chart, ChartType, Color, DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder,
    Workbook, Worksheet, XlsxError,
};

use super::column::{COLUMNS, Cell, Column, Row};
use super::document::{Document, frame};
use super::fields::period_name;
use super::{Report, ReportError, english, ranking, xlsx_lists, xlsx_scores};
use crate::picture::Language;

/// Excel's number for A4.
const A4: u8 = 9;
/// Wide enough for the name of a unit, in characters of the sheet's font.
pub(super) const NAME_WIDTH: f64 = 26.0;
pub(super) const NUMBER_WIDTH: f64 = 11.0;
pub(super) const TEXT_WIDTH: f64 = 90.0;
/// The row of headings, below the title.
pub(super) const HEAD: u32 = 1;
/// Units in the chart: more can't be read.
const CHART_ROWS_MAX: u32 = 20;
/// Pixels of the chart.
const CHART_SIZE: (u32, u32) = (900, 420);

/// The formats of cells.
pub(super) struct Formats {
    title: Format,
    pub(super) head: Format,
    pub(super) text: Format,
    pub(super) whole: Format,
    tenths: Format,
    hundredths: Format,
    sum_text: Format,
    /// Days, and instants to the minute.
    pub(super) day: Format,
    pub(super) instant: Format,
}

impl Formats {
    fn new() -> Self {
        let base = Format::new()
            .set_border(FormatBorder::Thin)
            .set_border_color(Color::RGB(0x00D0_D7DE));
        Self {
            title: Format::new().set_bold().set_font_size(14),
            head: base
                .clone()
                .set_bold()
                .set_text_wrap()
                .set_align(FormatAlign::Center)
                .set_align(FormatAlign::VerticalCenter)
                .set_background_color(Color::RGB(0x00F6_F8FA)),
            text: base.clone(),
            whole: base.clone().set_num_format("#,##0"),
            tenths: base.clone().set_num_format("0.0"),
            hundredths: base.clone().set_num_format("0.00"),
            day: base.clone().set_num_format("yyyy-mm-dd"),
            instant: base.clone().set_num_format("yyyy-mm-dd hh:mm"),
            sum_text: base.set_bold(),
        }
    }

    fn of(&self, cell: &Cell) -> &Format {
        match cell {
            Cell::Decimal(_, 0) => &self.whole,
            Cell::Decimal(_, 1) => &self.tenths,
            Cell::Decimal(..) => &self.hundredths,
            Cell::Whole(_) => &self.whole,
            Cell::Empty => &self.text,
        }
    }
}

/// A workbook being written: what it is about, and the language of its words.
struct Writer<'a> {
    report: &'a Report<'a>,
    language: Language,
    title: String,
    formats: Formats,
}

/// The workbook's bytes.
pub(super) fn workbook(report: &Report<'_>) -> Result<Vec<u8>, ReportError> {
    // Its sections are for papers: the sheets have more.
    let document = frame(report)?;
    let language = document.language;
    let writer = Writer {
        report,
        language,
        title: document.title.clone() + &document.subtitle,
        formats: Formats::new(),
    };
    let mut book = Workbook::new();
    // The format wants UTC; the instant of the count, so that the same figures give the same bytes.
    let cut_off = report.statement.cut_off;
    let year = u16::try_from(cut_off.year()).unwrap_or_default();
    let made = ExcelDateTime::from_ymd(year, small(cut_off.month()), small(cut_off.day()))?;
    let hour = u16::try_from(cut_off.hour()).unwrap_or_default();
    let made = made.and_hms(hour, small(cut_off.minute()), f64::from(cut_off.second()))?;
    book.set_properties(
        &DocProperties::new()
            .set_title(&writer.title)
            .set_creation_datetime(&made),
    );
    writer.summary(book.add_worksheet())?;
    writer.units(book.add_worksheet())?;
    if let Some(scores) = &report.statement.scores {
        let formats = &writer.formats;
        let about = (writer.title.as_str(), language);
        xlsx_scores::ranking(book.add_worksheet(), scores, about, formats)?;
        xlsx_scores::lines(book.add_worksheet(), scores, about, formats)?;
    }
    writer.items(book.add_worksheet())?;
    for cut in super::groups::cuts(report.statement, language) {
        writer.cut(book.add_worksheet(), &cut)?;
    }
    let compared = super::groups::compared(report.statement, language);
    let changes = super::revisions::listing(report.statement, language);
    let formats = &writer.formats;
    let calendar = &report.statement.calendar;
    let lists = report.details.map(|details| &details.lists);
    let lists = lists.map(|lists| super::listing::listings(lists, language));
    for listing in compared
        .into_iter()
        .chain(lists.into_iter().flatten())
        .chain(changes)
    {
        // A list may be long: its rows wait in a file, not in memory.
        let sheet = book.add_worksheet_with_low_memory()?;
        set_up(sheet, listing.title(language), &writer.title, formats)?;
        xlsx_lists::fill(sheet, listing, language, (calendar, formats))?;
    }
    writer.definitions(book.add_worksheet(), &document)?;
    Ok(book.save_to_buffer()?)
}

/// A number of a date: below 60.
fn small(number: u32) -> u8 {
    u8::try_from(number).unwrap_or_default()
}

pub(super) fn write(
    sheet: &mut Worksheet,
    at: (u32, u16),
    cell: &Cell,
    formats: &Formats,
) -> Result<(), XlsxError> {
    let format = formats.of(cell);
    match cell.number() {
        Some(number) => sheet.write_number_with_format(at.0, at.1, number, format)?,
        None => sheet.write_blank(at.0, at.1, format)?,
    };
    Ok(())
}

pub(super) fn set_up(
    sheet: &mut Worksheet,
    name: &str,
    title: &str,
    formats: &Formats,
) -> Result<(), XlsxError> {
    sheet.set_name(name)?;
    sheet.set_paper_size(A4);
    sheet.set_landscape();
    sheet.set_print_fit_to_pages(1, 0);
    sheet.set_footer("&C— &P —");
    sheet.write_string_with_format(0, 0, title, &formats.title)?;
    Ok(())
}

impl Writer<'_> {
    fn pick<T>(&self, zh: T, en: T) -> T {
        self.language.pick(zh, en)
    }

    /// The heading of a column of figures.
    fn heading(&self, column: &Column) -> String {
        self.pick(column.zh.to_owned(), english::column(column.key))
    }

    fn summary(&self, sheet: &mut Worksheet) -> Result<(), XlsxError> {
        let (statement, formats) = (self.report.statement, &self.formats);
        set_up(sheet, self.pick("汇总", "Summary"), &self.title, formats)?;
        sheet.set_column_width(0, NAME_WIDTH)?;
        let none = LimitSums::default();
        let mut columns: Vec<(String, Option<&Figures>, &LimitSums)> = vec![(
            period_name(&statement.period, self.language),
            Some(&statement.total),
            &statement.limits,
        )];
        for compared in [&statement.before, &statement.year_before]
            .into_iter()
            .flatten()
        {
            columns.push((
                period_name(&compared.period, self.language),
                compared.figures.as_ref(),
                &none,
            ));
        }
        sheet.write_string_with_format(HEAD, 0, self.pick("指标", "Figure"), &formats.head)?;
        for (column, (heading, ..)) in (1..).zip(&columns) {
            sheet.set_column_width(column, NUMBER_WIDTH * 2.0)?;
            sheet.write_string_with_format(HEAD, column, heading, &formats.head)?;
        }
        for (row, told) in (HEAD + 1..).zip(COLUMNS) {
            sheet.write_string_with_format(row, 0, self.heading(told), &formats.text)?;
            for (column, (_, figures, limits)) in (1..).zip(&columns) {
                // Limits are those of the period that is reported.
                let known = told.of_items || column == 1;
                let cell = match figures {
                    Some(figures) if known => (told.value)(Row { figures, limits }),
                    _ => Cell::Empty,
                };
                write(sheet, (row, column), &cell, formats)?;
            }
        }
        sheet.set_freeze_panes(HEAD + 1, 1)?;
        Ok(())
    }

    /// Headings from a column on; gives the column after the last one.
    fn headings(
        &self,
        sheet: &mut Worksheet,
        names: &[&str],
        columns: &[&Column],
    ) -> Result<u16, XlsxError> {
        let formats = &self.formats;
        let mut place: u16 = 0;
        let names = names.iter().map(|name| ((*name).to_owned(), true));
        let told = columns.iter().map(|column| (self.heading(column), false));
        for (heading, is_name) in names.chain(told) {
            let width = match (is_name, heading.as_str()) {
                (true, "单位" | "事项" | "名称" | "Unit" | "Item") => NAME_WIDTH,
                _ => NUMBER_WIDTH,
            };
            sheet.set_column_width(place, width)?;
            sheet.write_string_with_format(HEAD, place, heading, &formats.head)?;
            place += 1;
        }
        Ok(place)
    }

    fn units(&self, sheet: &mut Worksheet) -> Result<(), XlsxError> {
        let (statement, formats) = (self.report.statement, &self.formats);
        let name = self.pick("各单位", "Units");
        set_up(sheet, name, &self.title, formats)?;
        let columns: Vec<&Column> = COLUMNS.iter().collect();
        let after = self.headings(
            sheet,
            &self.pick(["代码", "单位"], ["Code", "Unit"]),
            &columns,
        )?;
        // Those with most business first: that is how the chart is read.
        let mut units: Vec<_> = statement.units.iter().collect();
        units.sort_by_key(|unit| std::cmp::Reverse(unit.figures.counts.accepted));
        let mut row = HEAD;
        for unit in units {
            row += 1;
            sheet.write_string_with_format(row, 0, unit.code.as_str(), &formats.text)?;
            sheet.write_string_with_format(row, 1, &unit.name, &formats.text)?;
            let told = Row {
                figures: &unit.figures,
                limits: &unit.limits,
            };
            let scores = statement.scores.as_ref();
            let placed = scores.and_then(|scores| scores.unit(&unit.code));
            for (place, column) in (2..).zip(&columns) {
                let cell = ranking::cell(column, told, placed);
                write(sheet, (row, place), &cell, formats)?;
            }
        }
        sheet.autofilter(HEAD, 0, row.max(HEAD + 1), after - 1)?;
        let last = row;
        row += 1;
        sheet.write_string_with_format(row, 1, self.pick("合计", "Total"), &formats.sum_text)?;
        let told = Row {
            figures: &statement.total,
            limits: &statement.limits,
        };
        for (place, column) in (2..).zip(&columns) {
            write(sheet, (row, place), &(column.value)(told), formats)?;
        }
        sheet.set_freeze_panes(HEAD + 1, 2)?;
        sheet.set_repeat_rows(HEAD, HEAD)?;
        if last > HEAD {
            let to = last.min(HEAD + CHART_ROWS_MAX);
            let mut chart = Chart::new(ChartType::Column);
            let period = period_name(&statement.period, self.language);
            let heading = self.pick(
                format!("受理和办结（件）{period}"),
                format!("Accepted and completed, {period}"),
            );
            chart.title().set_name(&heading);
            for (place, series) in [
                (2, self.pick("受理", "Accepted")),
                (3, self.pick("办结", "Completed")),
            ] {
                chart
                    .add_series()
                    .set_name(series)
                    .set_categories((name, HEAD + 1, 1, to, 1))
                    .set_values((name, HEAD + 1, place, to, place));
            }
            chart.set_width(CHART_SIZE.0).set_height(CHART_SIZE.1);
            sheet.insert_chart(row + 2, 1, &chart)?;
        }
        Ok(())
    }

    fn items(&self, sheet: &mut Worksheet) -> Result<(), XlsxError> {
        let (statement, formats) = (self.report.statement, &self.formats);
        set_up(sheet, self.pick("各事项", "Items"), &self.title, formats)?;
        let columns: Vec<&Column> = COLUMNS.iter().filter(|column| column.of_items).collect();
        let after = self.headings(
            sheet,
            &self.pick(["单位", "代码", "事项"], ["Unit", "Code", "Item"]),
            &columns,
        )?;
        let mut row = HEAD;
        let none = LimitSums::default();
        for item in &statement.items {
            row += 1;
            let unit = statement.units.iter().find(|unit| unit.code == item.unit);
            let unit = unit.map_or(item.unit.as_str(), |unit| unit.name.as_str());
            sheet.write_string_with_format(row, 0, unit, &formats.text)?;
            sheet.write_string_with_format(row, 1, item.code.as_str(), &formats.text)?;
            sheet.write_string_with_format(row, 2, &item.name, &formats.text)?;
            let told = Row {
                figures: &item.figures,
                limits: &none,
            };
            for (place, column) in (3..).zip(&columns) {
                write(sheet, (row, place), &(column.value)(told), formats)?;
            }
        }
        sheet.autofilter(HEAD, 0, row.max(HEAD + 1), after - 1)?;
        sheet.set_freeze_panes(HEAD + 1, 3)?;
        sheet.set_repeat_rows(HEAD, HEAD)?;
        Ok(())
    }

    /// The figures of halls or kinds.
    fn cut(&self, sheet: &mut Worksheet, cut: &super::groups::Cut<'_>) -> Result<(), XlsxError> {
        let formats = &self.formats;
        set_up(sheet, cut.title(self.language), &self.title, formats)?;
        let columns: Vec<&Column> = COLUMNS.iter().filter(|column| column.of_items).collect();
        let after = self.headings(sheet, &[cut.heading(self.language)], &columns)?;
        sheet.set_column_width(0, NAME_WIDTH)?;
        let none = LimitSums::default();
        let mut row = HEAD;
        for group in &cut.rows {
            row += 1;
            sheet.write_string_with_format(row, 0, &group.name, &formats.text)?;
            let told = Row {
                figures: group.figures,
                limits: &none,
            };
            for (place, column) in (1..).zip(&columns) {
                write(sheet, (row, place), &(column.value)(told), formats)?;
            }
        }
        sheet.autofilter(HEAD, 0, row.max(HEAD + 1), after - 1)?;
        sheet.set_freeze_panes(HEAD + 1, 1)?;
        sheet.set_repeat_rows(HEAD, HEAD)?;
        Ok(())
    }

    fn definitions(&self, sheet: &mut Worksheet, document: &Document) -> Result<(), XlsxError> {
        let formats = &self.formats;
        let name = self.pick("口径说明", "Definitions");
        set_up(sheet, name, name, formats)?;
        sheet.set_column_width(0, NAME_WIDTH)?;
        sheet.set_column_width(1, TEXT_WIDTH)?;
        let wrapped = formats.text.clone().set_text_wrap();
        let note = self.pick("说明", "Note");
        let definitions = document.definitions.iter();
        let lines = definitions.map(|(name, text)| (name.as_str(), text.as_str()));
        let beside = document.basis.iter().chain(&document.marks);
        let lines = lines.chain(beside.map(|text| (note, text.as_str())));
        for (row, (name, text)) in (HEAD..).zip(lines) {
            sheet.write_string_with_format(row, 0, name, &wrapped)?;
            sheet.write_string_with_format(row, 1, text, &wrapped)?;
        }
        Ok(())
    }
}
