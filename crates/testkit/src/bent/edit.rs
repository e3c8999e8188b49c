//! One change to a file.

use std::ops::Range;

use proptest::prelude::*;
use proptest::sample::{Index, select};

/// What goes wrong in files, and what somebody may put there on purpose.
const PIECES: [&[u8]; 44] = [
    b"\0",
    b"\xef\xbb\xbf",
    b"\xff\xfe",
    // Half a character: of UTF-8, of GBK, and a surrogate.
    b"\xe4\xb8",
    b"\xb9",
    b"\x81\xff",
    b"\xed\xa0\x80",
    // 时限 in GBK, a character of GB 18030 with four bytes.
    b"\xca\xb1\xcf\xde",
    b"\x81\x30\x81\x30",
    "时限".as_bytes(),
    "\u{FFFD}".as_bytes(),
    "\u{E000}end of log".as_bytes(),
    "\u{202E}".as_bytes(),
    "\u{3000}".as_bytes(),
    "𠀀".as_bytes(),
    b"\r",
    b"\r\n",
    b"\n\n",
    b"\t",
    b"\x7f",
    b"\"",
    b"\"\"\"",
    b"'",
    b"\\",
    b"\\u0000",
    b"\\ud800",
    b"#",
    b",",
    b",,,,",
    b"=",
    b"[",
    b"]",
    b"[[a]]\n",
    b"{",
    b"}",
    b"{{",
    b"{%",
    b"${",
    b"%",
    b"/",
    b"../",
    b"a.b.c = 1\n",
    b"null",
    b"true",
];

/// Words in the place of others: the ends of what numbers, dates and times can be.
const WORDS: [&str; 40] = [
    "",
    "0",
    "-0",
    "-1",
    "1",
    "65535",
    "65536",
    "2147483647",
    "-2147483648",
    "4294967295",
    "4294967296",
    "9223372036854775807",
    "-9223372036854775808",
    "18446744073709551616",
    "99999999999999999999999999999999999999999",
    "0.1",
    "1e308",
    "1e-999",
    "nan",
    "inf",
    "0x7fffffff",
    "0000-01-01",
    "0001-01-01",
    "1582-10-10",
    "2012-02-29",
    "2011-02-29",
    "9999-12-31",
    "10000-01-01",
    "+262142-12-31",
    "-262143-01-01",
    "0000-01-01T00:00:00Z",
    "0001-01-01T00:00:00+23:59",
    "9999-12-31T23:59:59-23:59",
    "2016-12-31T23:59:60Z",
    "2011-09-26T10:00:00.123456789+08:00",
    "24:00",
    "00:00-24:00",
    "02-29",
    "Africa/Monrovia",
    "九",
];

/// How often a piece is repeated at most: as deep nesting, or as a line that never ends.
const REPEATED_MAX: usize = 20_000;
const LINES_DOUBLED_MAX: usize = 400;
const BYTES_MOVED_MAX: usize = 200;

/// One change.
#[derive(Clone, Debug)]
pub(super) enum Edit {
    Flip(Index, u8),
    Insert(Index, &'static [u8]),
    Overwrite(Index, &'static [u8]),
    Delete(Index, usize),
    Copy(Index, Index, usize),
    Cut(Index),
    Repeat(Index, &'static [u8], usize),
    LineOut(Index),
    LineDoubled(Index, usize),
    LinesSwapped(Index, Index),
    Word(Index, &'static str),
    WordByAnother(Index, Index),
}

/// Any change. Those that leave most of the file whole come more often: they get further into what reads it.
pub(super) fn edit() -> impl Strategy<Value = Edit> {
    let at = any::<Index>;
    let piece = || select(&PIECES[..]);
    prop_oneof![
        2 => (at(), any::<u8>()).prop_map(|(at, mask)| Edit::Flip(at, mask)),
        3 => (at(), piece()).prop_map(|(at, piece)| Edit::Insert(at, piece)),
        2 => (at(), piece()).prop_map(|(at, piece)| Edit::Overwrite(at, piece)),
        2 => (at(), 1..BYTES_MOVED_MAX).prop_map(|(at, count)| Edit::Delete(at, count)),
        2 => (at(), at(), 1..BYTES_MOVED_MAX).prop_map(|(from, to, count)| Edit::Copy(from, to, count)),
        1 => at().prop_map(Edit::Cut),
        1 => (at(), piece(), 1..REPEATED_MAX).prop_map(|(at, piece, times)| Edit::Repeat(at, piece, times)),
        3 => at().prop_map(Edit::LineOut),
        3 => (at(), 1..LINES_DOUBLED_MAX).prop_map(|(at, times)| Edit::LineDoubled(at, times)),
        2 => (at(), at()).prop_map(|(a, b)| Edit::LinesSwapped(a, b)),
        10 => (at(), select(&WORDS[..])).prop_map(|(at, word)| Edit::Word(at, word)),
        8 => (at(), at()).prop_map(|(at, other)| Edit::WordByAnother(at, other)),
    ]
}

impl Edit {
    /// Makes the change; one that finds nothing to change leaves the file as it is.
    pub(super) fn apply(&self, bytes: &mut Vec<u8>) {
        let place = |at: &Index| at.index(bytes.len() + 1);
        match self {
            Edit::Flip(at, mask) => {
                let at = place(at);
                if let Some(byte) = bytes.get_mut(at) {
                    *byte ^= mask;
                }
            }
            Edit::Insert(at, piece) => put(bytes, at_once(place(at)), piece),
            Edit::Overwrite(at, piece) => {
                let from = place(at);
                put(bytes, from..from.saturating_add(piece.len()), piece);
            }
            Edit::Delete(at, count) => {
                let from = place(at);
                put(bytes, from..from + count, b"");
            }
            Edit::Copy(from, to, count) => {
                let (from, to) = (place(from), place(to));
                let end = bytes.len().min(from + count);
                let copied = bytes[from..end].to_vec();
                put(bytes, at_once(to), &copied);
            }
            Edit::Cut(at) => bytes.truncate(place(at)),
            Edit::Repeat(at, piece, times) => put(bytes, at_once(place(at)), &piece.repeat(*times)),
            Edit::LineOut(at) => {
                if let Some(line) = pick(at, lines(bytes)) {
                    put(bytes, line, b"");
                }
            }
            Edit::LineDoubled(at, times) => {
                if let Some(line) = pick(at, lines(bytes)) {
                    let doubled = bytes[line.clone()].repeat(*times);
                    put(bytes, at_once(line.end), &doubled);
                }
            }
            Edit::LinesSwapped(a, b) => swap(bytes, a, b),
            Edit::Word(at, word) => {
                if let Some(place) = pick(at, words(bytes)) {
                    put(bytes, place, word.as_bytes());
                }
            }
            Edit::WordByAnother(at, other) => {
                let found = words(bytes);
                let other = pick(other, found.clone()).map(|other| bytes[other].to_vec());
                if let (Some(place), Some(other)) = (pick(at, found), other) {
                    put(bytes, place, &other);
                }
            }
        }
    }
}

const fn at_once(at: usize) -> Range<usize> {
    at..at
}

/// Puts something in the place of a range, as much of which is there.
fn put(bytes: &mut Vec<u8>, place: Range<usize>, new: &[u8]) {
    let end = place.end.min(bytes.len());
    bytes.splice(place.start.min(end)..end, new.iter().copied());
}

fn swap(bytes: &mut Vec<u8>, a: &Index, b: &Index) {
    let found = lines(bytes);
    let (Some(a), Some(b)) = (pick(a, found.clone()), pick(b, found)) else {
        return;
    };
    let (first, second) = if a.start <= b.start { (a, b) } else { (b, a) };
    if first == second {
        return;
    }
    let (earlier, later) = (
        bytes[first.clone()].to_vec(),
        bytes[second.clone()].to_vec(),
    );
    put(bytes, second, &earlier);
    put(bytes, first, &later);
}

fn pick(at: &Index, ranges: Vec<Range<usize>>) -> Option<Range<usize>> {
    (!ranges.is_empty()).then(|| ranges[at.index(ranges.len())].clone())
}

/// Lines with their ends.
fn lines(bytes: &[u8]) -> Vec<Range<usize>> {
    let mut start = 0;
    let pieces = bytes.split_inclusive(|byte| *byte == b'\n');
    pieces
        .map(|line| {
            let range = start..start + line.len();
            start = range.end;
            range
        })
        .collect()
}

/// Runs of what words, numbers, dates and times are made of. A character beyond ASCII is part of a word.
fn words(bytes: &[u8]) -> Vec<Range<usize>> {
    let is_word = |byte: u8| {
        byte.is_ascii_alphanumeric()
            || byte >= 0x80
            || matches!(byte, b'-' | b':' | b'.' | b'_' | b'+')
    };
    let mut found = Vec::new();
    let mut start = None;
    for (place, byte) in bytes.iter().enumerate() {
        match (start, is_word(*byte)) {
            (None, true) => start = Some(place),
            (Some(from), false) => {
                found.push(from..place);
                start = None;
            }
            _ => {}
        }
    }
    found.extend(start.map(|from| from..bytes.len()));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_lines_are_found_whole() {
        let text = "a = 2011-10-08\n名称 = \"x\"\n".as_bytes();
        let texts = |found: Vec<Range<usize>>| -> Vec<String> {
            let texts = found.into_iter().map(|range| text[range].to_vec());
            texts
                .map(|bytes| String::from_utf8(bytes).expect("whole characters"))
                .collect()
        };
        assert_eq!(texts(words(text)), ["a", "2011-10-08", "名称", "x"]);
        assert_eq!(texts(lines(text)), ["a = 2011-10-08\n", "名称 = \"x\"\n"]);
    }

    proptest! {
        #[test]
        fn any_change_fits_any_file(edits in proptest::collection::vec(edit(), 1..20), text in ".{0,40}") {
            let mut bytes = text.into_bytes();
            for edit in &edits {
                edit.apply(&mut bytes);
                bytes.truncate(4096);
            }
        }
    }
}
