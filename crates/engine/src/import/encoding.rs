//! Bytes to text: UTF-8 and GBK, line by line, so that one broken line doesn't cost the file.

use std::borrow::Cow;
use std::collections::BTreeMap;

use encoding_rs::{DecoderResult, GBK};

const BOM: &[u8] = b"\xEF\xBB\xBF";

/// Which encoding a file is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Deserialize)]
pub(super) enum Encoding {
    /// UTF-8 if that is what most lines are, else GBK.
    #[default]
    #[serde(rename = "auto")]
    Auto,
    /// UTF-8, with or without a byte order mark.
    #[serde(rename = "utf-8")]
    Utf8,
    /// GBK; what GB 18030 adds is read as well.
    #[serde(rename = "gbk")]
    Gbk,
}

/// A file as text.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Text {
    /// The text; what is broken in it reads U+FFFD.
    pub(super) text: String,
    /// The broken lines, counted from 1, each with the offset of the first broken byte in the file.
    pub(super) broken: BTreeMap<u64, u64>,
}

/// A file that isn't text in any encoding that is read.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct NoText {
    pub(super) offset: u64,
    pub(super) what: &'static str,
}

/// Decodes a file. Newlines stay where they are, so that line numbers are those of the file.
pub(super) fn decode(bytes: &[u8], encoding: Encoding) -> Result<Text, NoText> {
    if bytes.starts_with(b"\xFF\xFE") || bytes.starts_with(b"\xFE\xFF") {
        return Err(NoText {
            offset: 0,
            what: "UTF-16",
        });
    }
    let marked = bytes.starts_with(BOM);
    let skipped = if marked { BOM.len() } else { 0 };
    let body = &bytes[skipped..];
    let gbk = match encoding {
        Encoding::Gbk if marked => {
            return Err(NoText {
                offset: 0,
                what: "UTF-8 BOM, encoding = \"gbk\"",
            });
        }
        Encoding::Gbk => true,
        Encoding::Utf8 => false,
        Encoding::Auto => !marked && looks_like_gbk(body),
    };
    let mut text = String::with_capacity(body.len());
    let mut broken = BTreeMap::new();
    let mut start = skipped;
    for (number, line) in (1..).zip(body.split_inclusive(|b| *b == b'\n')) {
        let (decoded, damage) = if gbk {
            decode_gbk(line)
        } else {
            decode_utf8(line)
        };
        if let Some(at) = damage {
            broken.insert(number, position(start + at));
        }
        text.push_str(&decoded);
        start += line.len();
    }
    Ok(Text { text, broken })
}

/// GBK text is hardly ever UTF-8 by chance, while UTF-8 text with a broken byte may well be GBK by chance. So the
/// lines that aren't ASCII vote: GBK only if most of them aren't UTF-8 and most of them are GBK.
fn looks_like_gbk(body: &[u8]) -> bool {
    if std::str::from_utf8(body).is_ok() {
        return false;
    }
    let (mut lines, mut utf8, mut gbk) = (0_u64, 0_u64, 0_u64);
    for line in body.split(|b| *b == b'\n').filter(|line| !line.is_ascii()) {
        lines += 1;
        utf8 += u64::from(std::str::from_utf8(line).is_ok());
        gbk += u64::from(decode_gbk(line).1.is_none());
    }
    utf8 * 2 <= lines && gbk * 2 > lines
}

fn decode_utf8(line: &[u8]) -> (Cow<'_, str>, Option<usize>) {
    match std::str::from_utf8(line) {
        Ok(text) => (Cow::Borrowed(text), None),
        Err(fault) => (String::from_utf8_lossy(line), Some(fault.valid_up_to())),
    }
}

fn decode_gbk(line: &[u8]) -> (Cow<'_, str>, Option<usize>) {
    if let Some(text) = GBK.decode_without_bom_handling_and_without_replacement(line) {
        return (text, None);
    }
    (
        GBK.decode_without_bom_handling(line).0,
        Some(first_damage(line)),
    )
}

fn first_damage(line: &[u8]) -> usize {
    let mut decoder = GBK.new_decoder_without_bom_handling();
    let room = decoder
        .max_utf8_buffer_length(line.len())
        .unwrap_or(line.len() * 4);
    let mut sink = String::with_capacity(room);
    match decoder.decode_to_string_without_replacement(line, &mut sink, true) {
        (DecoderResult::Malformed(bad, after), read) => {
            read.saturating_sub(usize::from(bad) + usize::from(after))
        }
        _ => 0,
    }
}

fn position(offset: usize) -> u64 {
    u64::try_from(offset).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gbk(text: &str) -> Vec<u8> {
        GBK.encode(text).0.into_owned()
    }

    #[test]
    fn both_encodings_read_the_same() {
        let text = "办件编号,环节\r\nA-1,受理\n";
        let marked = [BOM, text.as_bytes()].concat();
        for bytes in [text.as_bytes().to_vec(), gbk(text), marked] {
            let read = decode(&bytes, Encoding::Auto).unwrap();
            assert_eq!(read.text, text);
            assert!(read.broken.is_empty());
        }
        assert_eq!(decode(&gbk(text), Encoding::Gbk).unwrap().text, text);
    }

    #[test]
    fn a_broken_byte_costs_one_line_only() {
        let mut bytes = "编号,环节\n甲一,受理\n乙,承办\n".as_bytes().to_vec();
        let at = bytes.iter().rposition(|b| *b == b',').unwrap();
        bytes[at - 1] = 0xFF;
        let read = decode(&bytes, Encoding::Auto).unwrap();
        assert_eq!(read.broken.keys().copied().collect::<Vec<_>>(), [3]);
        assert!(read.text.starts_with("编号,环节\n甲一,受理\n"));

        let mut bytes = gbk("编号,环节\n甲一,受理\n乙,承办\n");
        let at = bytes.iter().rposition(|b| *b == b',').unwrap();
        bytes[at - 1] = 0xFF;
        let read = decode(&bytes, Encoding::Auto).unwrap();
        assert_eq!(
            read.broken
                .iter()
                .map(|(l, o)| (*l, *o))
                .collect::<Vec<_>>(),
            [(3, position(at - 2))]
        );
    }

    #[test]
    fn a_cut_character_stays_within_its_line() {
        let mut bytes = gbk("甲,受理\n");
        let cut = bytes.len() - 2;
        bytes.remove(cut);
        bytes.extend(gbk("乙,承办\n"));
        let read = decode(&bytes, Encoding::Gbk).unwrap();
        assert_eq!(read.broken.keys().copied().collect::<Vec<_>>(), [1]);
        assert!(read.text.ends_with("乙,承办\n"));
    }

    #[test]
    fn what_is_no_text_is_refused() {
        assert_eq!(
            decode(b"\xFF\xFEa\0", Encoding::Auto).unwrap_err().what,
            "UTF-16"
        );
        assert!(decode(b"\xEF\xBB\xBFa", Encoding::Gbk).is_err());
    }

    #[test]
    fn an_ascii_file_with_a_stray_byte_is_broken_utf8() {
        let read = decode(b"a,b\n1,\xFF\n", Encoding::Auto).unwrap();
        assert_eq!(read.broken.get(&2), Some(&6));
    }
}
