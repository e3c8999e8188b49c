//! Lists that are read page by page: how many rows to ask for, where the next page begins, and its place in an address.

/// Rows to ask for: one more than a page shows, which says whether there is a next page.
pub(crate) fn wanted(most: usize) -> i64 {
    i64::try_from(most).unwrap_or(i64::MAX).saturating_add(1)
}

/// Cuts what was found to a page; where the next one begins, if there is one, by the last row that stays.
pub(crate) fn cut<T, P>(found: &mut Vec<T>, most: usize, place: impl FnOnce(&T) -> P) -> Option<P> {
    let more = found.len() > most;
    found.truncate(most);
    found.last().filter(|_| more).map(place)
}

/// The place behind a row, as it stands in an address: the instant that the list goes by, and the row's number.
pub(crate) fn place(at_us: i64, number: &str) -> String {
    format!("{at_us}~{number}")
}

/// Reads [`place`] back; none if it is none.
pub(crate) fn parse(place: &str) -> Option<(i64, &str)> {
    let (at, number) = place.split_once('~')?;
    Some((at.parse().ok()?, number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_page_begins_behind_the_last_row_that_is_shown() {
        for (found, shown, next) in [
            (vec![], vec![], None),
            (vec![1, 2], vec![1, 2], None),
            (vec![1, 2, 3], vec![1, 2], Some(2)),
        ] {
            let mut rows = found;
            assert_eq!(cut(&mut rows, 2, |row| *row), next);
            assert_eq!(rows, shown);
        }
        assert_eq!(wanted(2), 3);
    }

    #[test]
    fn a_place_is_read_back() {
        let told = place(-5, "410800-FGW-20110926-0001");
        assert_eq!(parse(&told), Some((-5, "410800-FGW-20110926-0001")));
        for wrong in ["", "5", "x~1"] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }
}
