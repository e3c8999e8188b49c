//! The lists of a report as tables of a paper: the lines and columns that it has room for.

use super::document::{Section, Table, Writer};
use super::groups;
use super::listing::{Column, Listing, Value, listings};

/// More lines of a list than this go into the workbook and the CSV alone.
const LINES_MAX: usize = 200;

impl Writer<'_> {
    /// What each official of the unit did, in the unit's own part: it isn't for others.
    pub(super) fn persons(&self) -> Option<Table> {
        self.report.unit?;
        let listing = groups::persons(&self.report.details?.persons);
        self.table_of(listing, &|_| true)
    }

    /// A list as a table, with the lines that are wanted, as many as a reader takes.
    pub(super) fn add_list(
        &self,
        section: &mut Section,
        key: &str,
        wanted: &dyn Fn(&Line<'_>) -> bool,
    ) {
        let Some(details) = self.report.details else {
            return;
        };
        let all = listings(&details.lists, self.language);
        if let Some(listing) = all.into_iter().find(|listing| listing.key == key) {
            section.tables.extend(self.table_of(listing, wanted));
        }
    }

    /// The wanted lines, counted all of them and shown as many as there is room for; none where there are none.
    fn table_of(
        &self,
        mut listing: Listing<'_>,
        wanted: &dyn Fn(&Line<'_>) -> bool,
    ) -> Option<Table> {
        let columns = listing.columns;
        let shown = || columns.iter().enumerate().filter(|(_, c)| c.on_paper);
        let mut table = Table::new("", &[]);
        table.head = shown()
            .map(|(_, column)| column.heading(self.language).to_owned())
            .collect();
        table.is_words = shown().map(|(_, column)| column.is_words).collect();
        let mut lines = 0;
        for row in &mut listing.rows {
            if !wanted(&Line { columns, row: &row }) {
                continue;
            }
            lines += 1;
            if lines > LINES_MAX {
                continue;
            }
            let cells = shown().map(|(place, _)| {
                let cell = row.get(place);
                cell.map_or_else(String::new, |cell| {
                    cell.shown(self.language, &self.report.statement.calendar)
                })
            });
            table.rows.push(cells.collect());
        }
        table.caption = self.list_caption(&listing, lines);
        (lines > 0).then_some(table)
    }

    fn list_caption(&self, listing: &Listing<'_>, lines: usize) -> String {
        let title = listing.title(self.language);
        let flagged = match listing.key {
            "corrections" => self.pick("：第二次及以后", ": second and later ones"),
            "stops" => self.pick("：无书面告知", ": without a written notice"),
            _ => "",
        };
        if lines > LINES_MAX {
            self.pick(
                format!("{title}{flagged}（共{lines}条，此处列前{LINES_MAX}条，其余见工作簿）"),
                format!("{title}{flagged} ({lines} in all, {LINES_MAX} shown; the workbook has the rest)"),
            )
        } else {
            self.pick(
                format!("{title}{flagged}（{lines}条）"),
                format!("{title}{flagged} ({lines})"),
            )
        }
    }
}

/// A line of a list.
pub(super) struct Line<'a> {
    columns: &'static [Column],
    row: &'a [Value],
}

impl Line<'_> {
    fn cell(&self, key: &str) -> Option<&Value> {
        let mut columns = self.columns.iter();
        self.row.get(columns.position(|column| column.key == key)?)
    }

    pub(super) fn number(&self, key: &str) -> Option<i64> {
        match self.cell(key)? {
            Value::Number(number) => Some(*number),
            _ => None,
        }
    }

    pub(super) fn is_empty(&self, key: &str) -> bool {
        matches!(self.cell(key), Some(Value::None))
    }
}
