//! Labels side by side: each in the first row where it meets no other.

use super::svg::{Tenths, units};

/// Between two labels of one row.
const GAP: Tenths = units(6);

/// Rows that fill up.
#[derive(Default)]
pub(crate) struct Rows {
    taken: Vec<Vec<(Tenths, Tenths)>>,
}

impl Rows {
    /// Takes the span for a label in the first row where it is free; the row's number, from 0.
    pub(crate) fn place(&mut self, from: Tenths, to: Tenths) -> i64 {
        let free = |row: &Vec<(Tenths, Tenths)>| {
            let mut others = row.iter();
            !others.any(|(start, end)| from < *end + GAP && *start < to + GAP)
        };
        let number = self.taken.iter().position(free).unwrap_or_else(|| {
            self.taken.push(Vec::new());
            self.taken.len() - 1
        });
        if let Some(row) = self.taken.get_mut(number) {
            row.push((from, to));
        }
        i64::try_from(number).unwrap_or(i64::MAX)
    }

    /// How many rows there are.
    pub(crate) fn count(&self) -> i64 {
        i64::try_from(self.taken.len()).unwrap_or(i64::MAX)
    }
}

/// A label beside a pole: the pole stands at `pole` and reaches from the label's row down to row 0 and beyond.
#[derive(Clone, Copy)]
struct Poled {
    pole: Tenths,
    from: Tenths,
    to: Tenths,
    row: i64,
}

/// Rows of labels with poles: no two labels meet, and no pole goes through a label where that can be avoided.
#[derive(Default)]
pub(crate) struct Poles {
    placed: Vec<Poled>,
}

impl Poles {
    /// Takes the span for a label; the row's number, from 0.
    pub(crate) fn place(&mut self, pole: Tenths, from: Tenths, to: Tenths) -> i64 {
        let above = self.count();
        let row = (0..above)
            .find(|row| self.is_free(pole, from, to, *row))
            .unwrap_or(above);
        self.placed.push(Poled {
            pole,
            from,
            to,
            row,
        });
        row
    }

    fn is_free(&self, pole: Tenths, from: Tenths, to: Tenths, row: i64) -> bool {
        self.placed.iter().all(|other| {
            let meets = other.row == row && from < other.to + GAP && other.from < to + GAP;
            let pierces = other.row < row && other.from < pole && pole < other.to;
            let is_pierced = other.row > row && from < other.pole && other.pole < to;
            !(meets || pierces || is_pierced)
        })
    }

    /// How many rows there are.
    pub(crate) fn count(&self) -> i64 {
        let rows = self.placed.iter().map(|placed| placed.row + 1);
        rows.max().unwrap_or_default()
    }
}

/// Where a label of this width stands that should be centred on `x` and stay between the edges: its left end.
pub(crate) fn centred(x: Tenths, width: Tenths, left: Tenths, right: Tenths) -> Tenths {
    (x - width / 2).min(right - width).max(left)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_that_would_meet_get_rows_of_their_own() {
        let mut rows = Rows::default();
        assert_eq!(rows.place(0, 100), 0);
        assert_eq!(rows.place(100, 200), 1);
        assert_eq!(rows.place(160, 200), 0);
        assert_eq!(rows.place(0, 300), 2);
        assert_eq!(rows.count(), 3);
    }

    #[test]
    fn no_pole_goes_through_a_label() {
        let mut poles = Poles::default();
        assert_eq!(poles.place(300, 310, 400), 0);
        assert_eq!(
            poles.place(200, 210, 320),
            1,
            "its label would meet the first"
        );
        assert_eq!(
            poles.place(250, 120, 240),
            2,
            "its label would be pierced, its pole would pierce"
        );
        assert_eq!(poles.place(50, 60, 100), 0);
        assert_eq!(poles.count(), 3);
    }

    #[test]
    fn labels_stay_between_the_edges() {
        assert_eq!(centred(50, 40, 0, 100), 30);
        assert_eq!(centred(5, 40, 0, 100), 0);
        assert_eq!(centred(95, 40, 0, 100), 60);
    }
}
