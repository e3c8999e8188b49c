//! The stored form of what was counted at a place on a day: pairs of a measure's code and a signed number, each as a
//! variable-length integer (LEB128, the number in zigzag), in the order of the codes.

use approval::statistics::{Counted, Measure};

/// Writes what was counted.
pub fn to_bytes(counted: &Counted) -> Vec<u8> {
    let mut pairs: Vec<(u64, i64)> = counted.iter().map(|(m, n)| (m.code(), *n)).collect();
    pairs.sort_unstable();
    let mut bytes = Vec::with_capacity(pairs.len() * 3);
    for (code, n) in pairs {
        put(&mut bytes, code);
        put(&mut bytes, zigzag(n));
    }
    bytes
}

/// Reads [`to_bytes`] back, pair by pair. The last item is an error if the bytes are none that it wrote.
pub fn read(bytes: &[u8]) -> impl Iterator<Item = Result<(Measure, i64), BadFacts>> + '_ {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let pair = take(&mut rest).zip(take(&mut rest));
        let pair = pair.and_then(|(code, n)| Some((Measure::of_code(code)?, unzigzag(n))));
        if pair.is_none() {
            rest = &[];
        }
        Some(pair.ok_or(BadFacts))
    })
}

/// Stored facts that can't be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the facts are damaged")]
pub struct BadFacts;

const fn zigzag(n: i64) -> u64 {
    (n.cast_unsigned() << 1) ^ (n >> 63).cast_unsigned()
}

const fn unzigzag(n: u64) -> i64 {
    (n >> 1).cast_signed() ^ -((n & 1).cast_signed())
}

fn put(bytes: &mut Vec<u8>, mut value: u64) {
    loop {
        let low = u8::try_from(value & 0x7f).unwrap_or(0);
        value >>= 7;
        if value == 0 {
            bytes.push(low);
            return;
        }
        bytes.push(low | 0x80);
    }
}

fn take(rest: &mut &[u8]) -> Option<u64> {
    let mut value = 0_u64;
    for shift in (0..64).step_by(7) {
        let (first, others) = rest.split_first()?;
        *rest = others;
        let low = u64::from(first & 0x7f);
        // What doesn't fit was never written.
        value |= low.checked_shl(shift).filter(|v| v >> shift == low)?;
        if first & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use approval::statistics::{Balance, Count};

    use super::*;

    #[test]
    fn facts_are_read_back() {
        let counted: Counted = [
            (Measure::Count(Count::Received), 3),
            (Measure::Count(Count::RedCards), i64::MIN),
            (Measure::Used(40_000), i64::MAX),
            (Measure::Change(Balance::Open), -1),
            (Measure::CompletedAfter(u32::MAX), 128),
        ]
        .into_iter()
        .collect();
        let bytes = to_bytes(&counted);
        let back: Result<Counted, BadFacts> = read(&bytes).collect();
        assert_eq!(back, Ok(counted));
        assert_eq!(read(&[]).count(), 0);
    }

    #[test]
    fn damaged_facts_are_an_error_and_end() {
        let mut bytes = to_bytes(&[(Measure::Used(5), 1)].into_iter().collect());
        bytes.push(0x80);
        let all: Vec<_> = read(&bytes).collect();
        assert_eq!(all, [Ok((Measure::Used(5), 1)), Err(BadFacts)]);
        for bad in [&[0x0f, 0][..], &[0], &[0xff; 20], &[0, 0xff, 0xff]] {
            assert!(read(bad).any(|pair| pair.is_err()), "{bad:?}");
            assert!(read(bad).count() <= bad.len(), "{bad:?}");
        }
    }

    #[test]
    fn bent_facts_are_damaged_or_read() {
        let measures = (0..200).filter_map(Measure::of_code);
        let counted: Counted = measures
            .zip([1, -1, 300, i64::MIN, i64::MAX].into_iter().cycle())
            .collect();
        testkit::bent::check(&[&to_bytes(&counted)], |bytes| {
            let pairs: Vec<_> = read(bytes).collect();
            assert!(pairs.len() <= bytes.len());
            pairs.iter().all(Result::is_ok)
        });
    }
}
