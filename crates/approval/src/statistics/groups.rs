//! Figures cut in other ways than by unit and item: by hall, by kind of item, for one unit alone; and how many cases a
//! share needs before it is compared.

use std::collections::BTreeMap;

use super::figures::{Figures, Leaf, Sheet};
use super::period::Period;
use super::ratio::Ratio;
use super::statement::{Changed, Compared, KindStatement, Statement, kinds};
use crate::books::Books;
use crate::ids::{ItemCode, UnitCode};
use crate::item::ItemKind;

/// Below so many cases in its denominator a share isn't compared or ranked: with fewer, one case moves it by more than
/// ten points. No published scheme says how many; the field's own advice is five at least, with the numerators shown.
pub const CASES_MIN: u64 = 10;

impl Ratio {
    /// Whether enough cases stand behind it for a comparison.
    pub const fn is_comparable(self) -> bool {
        self.denominator >= CASES_MIN
    }
}

impl Sheet {
    /// All figures of the leaves that fit, together.
    pub fn sum(&self, mut fits: impl FnMut(&Leaf) -> bool) -> Figures {
        let mut sum = Figures::default();
        for (leaf, figures) in self.leaves() {
            if fits(leaf) {
                sum.merge(figures);
            }
        }
        sum
    }

    /// The figures of groups that leaves fall into; a leaf without a group is in none.
    pub fn grouped<G: Ord>(
        &self,
        mut group: impl FnMut(&Leaf) -> Option<G>,
    ) -> BTreeMap<G, Figures> {
        let mut groups: BTreeMap<G, Figures> = BTreeMap::new();
        for (leaf, figures) in self.leaves() {
            if let Some(group) = group(leaf) {
                groups.entry(group).or_default().merge(figures);
            }
        }
        groups
    }

    /// By hall (办事大厅), as the units sit now; `None` are units without a window in one. All halls together are the
    /// division.
    pub fn halls(&self, books: &Books) -> BTreeMap<Option<String>, Figures> {
        self.grouped(|(unit, _)| Some(hall_of(books, unit)))
    }

    /// By the kind of item in its newest version; `None` is what has no item, as orders, or one that the books don't
    /// know any more. All kinds together are the division.
    pub fn kinds(&self, books: &Books) -> BTreeMap<Option<ItemKind>, Figures> {
        self.grouped(|(_, item)| Some(item.as_ref().and_then(|item| kind_of(books, item))))
    }
}

/// The hall of a unit.
pub fn hall_of(books: &Books, unit: &UnitCode) -> Option<String> {
    books.directory.unit(unit)?.hall.clone()
}

/// The kind of an item in its newest version.
pub fn kind_of(books: &Books, item: &ItemCode) -> Option<ItemKind> {
    let newest = books.items.get(item)?.last()?;
    Some(newest.item.kind)
}

impl Statement {
    /// The figures by unit and item of the period or of one beside it, if the record knows that.
    pub fn sheet(&self, period: &Period) -> Option<&Sheet> {
        let beside = [&self.before, &self.year_before].into_iter().flatten();
        let mut beside = beside.chain(&self.course);
        let known = beside.any(|other| other.period == *period && other.figures.is_some());
        let found = self.sheets.iter().find(|(other, _)| other == period);
        found
            .filter(|_| known || self.period == *period)
            .map(|(_, sheet)| sheet)
    }

    /// The figures of a unit in a period beside this one; `None` if the record doesn't know the period.
    pub fn beside(&self, other: Option<&Compared>) -> Option<BTreeMap<UnitCode, Figures>> {
        Some(self.sheet(&other?.period)?.units())
    }

    /// The kinds of the items that are told of, and of what has none.
    fn kinds_of_items(&self) -> Vec<KindStatement> {
        let mut by_kind: BTreeMap<Option<ItemKind>, Figures> = BTreeMap::new();
        for item in &self.items {
            by_kind.entry(item.kind).or_default().merge(&item.figures);
        }
        let sheet = self.sheet(&self.period);
        let without = sheet.map(|sheet| sheet.sum(|(_, item)| item.is_none()));
        if let Some(without) = without.filter(|figures| *figures != Figures::default()) {
            by_kind.entry(None).or_default().merge(&without);
        }
        kinds(by_kind)
    }

    /// The same statement of one unit alone: nothing of another unit is left in it. `None` if there is no such unit.
    pub fn of_unit(&self, code: &UnitCode) -> Option<Self> {
        let unit = self.units.iter().find(|unit| unit.code == *code)?.clone();
        let mut alone = self.clone();
        for (_, sheet) in &mut alone.sheets {
            *sheet = sheet.only(code);
        }
        let own = |mut compared: Compared| {
            let mut sheets = alone.sheets.iter();
            let sheet = sheets.find(|(period, _)| *period == compared.period);
            let figures = sheet.map_or_else(Figures::default, |(_, sheet)| sheet.total());
            compared.figures = compared.figures.map(|_| figures);
            compared
        };
        alone.before = alone.before.map(own);
        alone.year_before = alone.year_before.map(own);
        alone.course = alone.course.into_iter().map(own).collect();
        alone.standing.division_name = format!("{}{}", alone.standing.division_name, unit.name);
        alone.total = unit.figures.clone();
        alone.limits = unit.limits;
        alone.items.retain(|item| item.unit == *code);
        alone.units = vec![unit];
        // A unit is in one hall, and knows it.
        alone.halls.clear();
        alone.kinds = alone.kinds_of_items();
        // What others scored isn't the unit's business.
        alone.scores = alone.scores.map(|scores| scores.only(code));
        if let Some(closed) = &mut alone.closed {
            for revision in std::iter::once(&mut closed.last).chain(&mut closed.earlier) {
                // Its own numbers, without a rank, which tells of the others.
                let is_own = |change: &Changed| change.unit.as_ref() == Some(code);
                let changes = &mut revision.changes;
                changes.retain(|change| is_own(change) && change.name != "rank");
            }
        }
        Some(alone)
    }
}

impl Sheet {
    /// What one unit has of it.
    fn only(&self, code: &UnitCode) -> Self {
        let mut own = Self::default();
        for ((unit, item), figures) in self.leaves() {
            if unit == code {
                own.at(unit, item.as_ref()).merge(figures);
            }
        }
        own
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_add_up_and_sums_take_what_fits() {
        let mut sheet = Sheet::default();
        for (unit, item, accepted) in [
            ("A", Some("A-1"), 3),
            ("A", Some("A-2"), 4),
            ("B", Some("B-1"), 5),
            ("B", None, 0),
        ] {
            let item = item.map(ItemCode::from);
            let figures = sheet.at(&UnitCode::from(unit), item.as_ref());
            figures.counts.accepted = accepted;
            figures.counts.orders_issued = u64::from(item.is_none());
        }
        let of_a = sheet.sum(|(unit, _)| unit.as_str() == "A");
        assert_eq!(of_a.counts.accepted, 7);
        let groups = sheet.grouped(|(_, item)| item.is_none().then_some("no item"));
        assert_eq!(groups.len(), 1);
        assert_eq!(
            groups.get("no item").map(|f| f.counts.orders_issued),
            Some(1)
        );
        let groups = sheet.grouped(|(unit, _)| Some(unit.clone()));
        let mut total = Figures::default();
        groups.values().for_each(|figures| total.merge(figures));
        assert_eq!(total, sheet.total());
        let own = sheet.only(&UnitCode::from("B"));
        assert_eq!(own.total().counts.accepted, 5);
        assert!(own.leaves().all(|((unit, _), _)| unit.as_str() == "B"));
    }

    #[test]
    fn a_share_of_few_is_not_compared() {
        for (denominator, comparable) in [(0, false), (CASES_MIN - 1, false), (CASES_MIN, true)] {
            assert_eq!(Ratio::new(0, denominator).is_comparable(), comparable);
        }
    }
}
