//! Identity numbers of applicants, checked by their own check characters.
//!
//! Persons have a citizen number (GB 11643: 18 characters, 15 digits in the old form),
//! organisations a social credit code (GB 32100, since 2015-10-01) or, before it, an organisation
//! code (GB 11714). These are personal data: no message and no `Debug` shows a number in full.

use std::fmt;

use chrono::NaiveDate;
use thiserror::Error;

/// The alphabet of GB 32100: digits and capitals without I, O, S, V, Z, in the order of their values.
const SOCIAL_CREDIT_ALPHABET: &str = "0123456789ABCDEFGHJKLMNPQRTUWXY";
/// GB 32100: the i-th weight is 3^(i−1) mod 31.
const SOCIAL_CREDIT_WEIGHTS: [u32; 17] = [
    1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28,
];
/// GB 11643: the i-th weight from the right, check character excluded, is 2^i mod 11.
const CITIZEN_WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
/// GB 11643: the check character for each remainder modulo 11.
const CITIZEN_CHECKS: &str = "10X98765432";
/// GB 11714.
const ORGANISATION_WEIGHTS: [u32; 8] = [3, 7, 9, 10, 5, 8, 4, 2];
/// Nobody who files an application was born before; a year like 0199 is a slip.
const BIRTH_YEAR_MIN: &str = "1800";

/// A number whose checks have passed. Its `Debug` is masked.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Checked(String);

impl fmt::Debug for Checked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kept = self.0.len() / 5;
        f.write_str(&mask(&self.0, kept, 0))
    }
}

/// An identity number that is valid by its own check characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum IdNumber {
    /// 公民身份号码, GB 11643: 18 characters, the last a digit or X.
    Citizen(Checked),
    /// The old citizen number of 15 digits, without check character; issued until 1999 and out
    /// of use since 2013, still met in old records.
    Citizen15(Checked),
    /// 统一社会信用代码, GB 32100: 18 characters.
    SocialCredit(Checked),
    /// 组织机构代码, GB 11714: 9 characters, without the hyphen before the last.
    OrganisationCode(Checked),
}

/// What a citizen number says of its bearer's sex.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sex {
    /// 女
    Female,
    /// 男
    Male,
}

/// Which standard a number was checked by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum IdKind {
    /// GB 11643, 18 characters.
    Citizen,
    /// The old 15 digits.
    Citizen15,
    /// GB 32100.
    SocialCredit,
    /// GB 11714.
    OrganisationCode,
}

impl IdKind {
    /// The Chinese name.
    #[must_use]
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Citizen => "公民身份号码",
            Self::Citizen15 => "15位身份号码",
            Self::SocialCredit => "统一社会信用代码",
            Self::OrganisationCode => "组织机构代码",
        }
    }
}

impl fmt::Display for IdKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Citizen => "citizen number",
            Self::Citizen15 => "15-digit citizen number",
            Self::SocialCredit => "social credit code",
            Self::OrganisationCode => "organisation code",
        })
    }
}

/// Which check an identity number failed. `masked` shows enough to find the line, never the number.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum IdError {
    /// There is nothing in it.
    #[error("the identity number is empty; enter it, or leave the field out")]
    Empty,
    /// No kind of number has this length.
    #[error(
        "an identity number has 9, 15 or 18 characters, this one has {found}; compare it with the document"
    )]
    WrongLength {
        /// Its length in characters.
        found: usize,
    },
    /// A character that can't stand there.
    #[error(
        "{kind} {masked}: {found:?} can't stand at position {position}; compare it with the document"
    )]
    WrongCharacter {
        /// What it was checked as.
        kind: IdKind,
        /// Counted from 1.
        position: usize,
        /// The character.
        found: char,
        /// The number, masked.
        masked: String,
    },
    /// The birth date inside isn't a day of the calendar.
    #[error(
        "{kind} {masked}: positions 7 to {last_position} must be a date of birth and aren't; compare it with the document"
    )]
    BirthDate {
        /// What it was checked as.
        kind: IdKind,
        /// Where the date ends, counted from 1.
        last_position: usize,
        /// The number, masked.
        masked: String,
    },
    /// The last character doesn't fit the others.
    #[error(
        "{kind} {masked}: the check character should be {expected} and is {found}; one character is mistyped, compare it with the document"
    )]
    CheckCharacter {
        /// What it was checked as.
        kind: IdKind,
        /// What the others call for.
        expected: char,
        /// What stands there.
        found: char,
        /// The number, masked.
        masked: String,
    },
    /// The organisation code inside a social credit code (positions 9 to 17) fails its own check.
    #[error(
        "social credit code {masked}: the organisation code inside should end in {expected} (position 17) and ends in {found}; compare it with the document"
    )]
    InnerOrganisationCode {
        /// What the eight characters before it call for.
        expected: char,
        /// What stands there.
        found: char,
        /// The number, masked.
        masked: String,
    },
}

impl IdError {
    /// The message in Chinese.
    #[must_use]
    pub fn message_zh(&self) -> String {
        match self {
            Self::Empty => "证件号码为空，请填写或不填此项".into(),
            Self::WrongLength { found } => {
                format!("证件号码应为9位、15位或18位，现为{found}位，请对照证件核对")
            }
            Self::WrongCharacter {
                kind,
                position,
                found,
                masked,
            } => format!(
                "{}{masked}第{position}位不能是“{found}”，请对照证件核对",
                kind.zh()
            ),
            Self::BirthDate {
                kind,
                last_position,
                masked,
            } => format!(
                "{}{masked}第7至{last_position}位不是正确的出生日期，请对照证件核对",
                kind.zh()
            ),
            Self::CheckCharacter {
                kind,
                expected,
                found,
                masked,
            } => format!(
                "{}{masked}的校验码应为{expected}，现为{found}，有一位输错，请对照证件核对",
                kind.zh()
            ),
            Self::InnerOrganisationCode {
                expected,
                found,
                masked,
            } => format!(
                "统一社会信用代码{masked}中的组织机构代码校验码（第17位）应为{expected}，现为{found}，请对照证件核对"
            ),
        }
    }
}

impl IdNumber {
    /// Reads a number as people type it: small letters, full-width characters, spaces around it
    /// and the hyphen of an organisation code are accepted.
    ///
    /// Eighteen digits may be a citizen number or a social credit code: whichever passes all its
    /// checks, the citizen number first. If neither does, the error is that of the code for
    /// numbers that begin with 9 (registered by the market regulator), else that of the citizen number.
    ///
    /// # Errors
    /// Which check failed and what was expected, with the number masked.
    pub fn parse(text: &str) -> Result<Self, IdError> {
        let number = normalise(text);
        match number.chars().count() {
            0 => Err(IdError::Empty),
            9 => organisation_code(number),
            15 => citizen_15(number),
            18 => eighteen(number),
            found => Err(IdError::WrongLength { found }),
        }
    }

    /// The number in full, in capitals and without hyphen: personal data, for the store and the
    /// printed receipt only.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Citizen(number)
            | Self::Citizen15(number)
            | Self::SocialCredit(number)
            | Self::OrganisationCode(number) => &number.0,
        }
    }

    /// Which standard it follows.
    #[must_use]
    pub const fn kind(&self) -> IdKind {
        match self {
            Self::Citizen(_) => IdKind::Citizen,
            Self::Citizen15(_) => IdKind::Citizen15,
            Self::SocialCredit(_) => IdKind::SocialCredit,
            Self::OrganisationCode(_) => IdKind::OrganisationCode,
        }
    }

    /// Whether it names a person, not an organisation.
    #[must_use]
    pub const fn is_person(&self) -> bool {
        matches!(self, Self::Citizen(_) | Self::Citizen15(_))
    }

    /// The date of birth inside a citizen number. The caller, who has a clock, checks that it
    /// doesn't lie in the future.
    #[must_use]
    pub fn born_on(&self) -> Option<NaiveDate> {
        match self {
            Self::Citizen(number) => birth_18(&number.0),
            Self::Citizen15(number) => birth_15(&number.0),
            Self::SocialCredit(_) | Self::OrganisationCode(_) => None,
        }
    }

    /// The sex that a citizen number states: its order number is odd for men, even for women (GB 11643).
    #[must_use]
    pub fn sex(&self) -> Option<Sex> {
        let order = match self {
            Self::Citizen(number) => number.0.chars().rev().nth(1),
            Self::Citizen15(number) => number.0.chars().next_back(),
            Self::SocialCredit(_) | Self::OrganisationCode(_) => None,
        };
        order.and_then(|c| c.to_digit(10)).map(|digit| {
            if digit.is_multiple_of(2) {
                Sex::Female
            } else {
                Sex::Male
            }
        })
    }

    /// For display: the ends of the number, stars between. Of a person neither birth date nor
    /// order is shown.
    #[must_use]
    pub fn masked(&self) -> String {
        masked(self.kind(), self.as_str())
    }
}

/// Half-width, in capitals, without blanks around it and without the hyphen of `12345678-9`.
fn normalise(text: &str) -> String {
    const FULL_WIDTH_OFFSET: u32 = 0xFEE0;
    let half_width = |c: char| match c {
        '！'..='～' => u32::from(c)
            .checked_sub(FULL_WIDTH_OFFSET)
            .and_then(char::from_u32)
            .unwrap_or(c),
        _ => c,
    };
    let mut number: String = text
        .trim()
        .chars()
        .map(|c| half_width(c).to_ascii_uppercase())
        .collect();
    if let Some((body, check)) = number.split_once('-')
        && body.chars().count() == 8
        && check.chars().count() == 1
    {
        number = format!("{body}{check}");
    }
    number
}

fn mask(number: &str, first: usize, last: usize) -> String {
    let length = number.chars().count();
    let hidden = |position: usize| position >= first && position < length.saturating_sub(last);
    number
        .chars()
        .enumerate()
        .map(|(position, c)| if hidden(position) { '*' } else { c })
        .collect()
}

fn masked(kind: IdKind, number: &str) -> String {
    match kind {
        IdKind::Citizen | IdKind::Citizen15 => mask(number, 3, 2),
        IdKind::SocialCredit => mask(number, 4, 4),
        IdKind::OrganisationCode => mask(number, 2, 2),
    }
}

/// Refuses the first character that `fits` doesn't accept at its position (from 1).
fn characters(
    kind: IdKind,
    number: &str,
    fits: impl Fn(usize, char) -> bool,
) -> Result<(), IdError> {
    let wrong = number
        .chars()
        .zip(1_usize..)
        .find(|(c, position)| !fits(*position, *c));
    match wrong {
        None => Ok(()),
        Some((found, position)) => Err(IdError::WrongCharacter {
            kind,
            position,
            found,
            masked: masked(kind, number),
        }),
    }
}

/// Σ value × weight over the first characters of `number`.
fn weighted_sum(number: &str, weights: &[u32], value: impl Fn(char) -> Option<u32>) -> u32 {
    number
        .chars()
        .zip(weights)
        .map(|(c, weight)| value(c).unwrap_or(0) * weight)
        .sum()
}

fn nth(text: &str, index: u32) -> char {
    let index = usize::try_from(index).unwrap_or(usize::MAX);
    text.chars().nth(index).unwrap_or('?')
}

fn last(number: &str) -> char {
    number.chars().next_back().unwrap_or('?')
}

fn eighteen(number: String) -> Result<IdNumber, IdError> {
    let letters_before_last = number.chars().take(17).any(|c| !c.is_ascii_digit());
    if letters_before_last {
        return social_credit(number);
    }
    let looks_registered = number.starts_with('9');
    let citizen_error = match citizen(number.clone()) {
        Ok(citizen) => return Ok(citizen),
        Err(error) => error,
    };
    match social_credit(number) {
        Ok(code) => Ok(code),
        Err(error) if looks_registered => Err(error),
        Err(_) => Err(citizen_error),
    }
}

fn citizen(number: String) -> Result<IdNumber, IdError> {
    let kind = IdKind::Citizen;
    characters(kind, &number, |position, c| {
        c.is_ascii_digit() || (position == 18 && c == 'X')
    })?;
    if birth_18(&number).is_none() {
        return Err(IdError::BirthDate {
            kind,
            last_position: 14,
            masked: masked(kind, &number),
        });
    }
    let sum = weighted_sum(&number, &CITIZEN_WEIGHTS, |c| c.to_digit(10));
    check_last(kind, &number, nth(CITIZEN_CHECKS, sum % 11))?;
    Ok(IdNumber::Citizen(Checked(number)))
}

fn citizen_15(number: String) -> Result<IdNumber, IdError> {
    let kind = IdKind::Citizen15;
    characters(kind, &number, |_, c| c.is_ascii_digit())?;
    if birth_15(&number).is_none() {
        return Err(IdError::BirthDate {
            kind,
            last_position: 12,
            masked: masked(kind, &number),
        });
    }
    Ok(IdNumber::Citizen15(Checked(number)))
}

fn organisation_code(number: String) -> Result<IdNumber, IdError> {
    let kind = IdKind::OrganisationCode;
    characters(kind, &number, |position, c| {
        c.is_ascii_digit()
            || (position < 9 && c.is_ascii_uppercase())
            || (position == 9 && c == 'X')
    })?;
    check_last(kind, &number, organisation_check(&number))?;
    Ok(IdNumber::OrganisationCode(Checked(number)))
}

fn social_credit(number: String) -> Result<IdNumber, IdError> {
    let kind = IdKind::SocialCredit;
    characters(kind, &number, |position, c| {
        // Positions 3 to 8 are the division code of the registering organ.
        let digits_only = (3..=8).contains(&position);
        SOCIAL_CREDIT_ALPHABET.contains(c) && (!digits_only || c.is_ascii_digit())
    })?;
    let value = |c| {
        let index = SOCIAL_CREDIT_ALPHABET.chars().position(|known| known == c);
        index.and_then(|index| u32::try_from(index).ok())
    };
    let sum = weighted_sum(&number, &SOCIAL_CREDIT_WEIGHTS, value);
    let expected = nth(SOCIAL_CREDIT_ALPHABET, (31 - sum % 31) % 31);
    check_last(kind, &number, expected)?;
    let inner: String = number.chars().skip(8).take(9).collect();
    let (expected, found) = (organisation_check(&inner), last(&inner));
    if expected != found {
        return Err(IdError::InnerOrganisationCode {
            expected,
            found,
            masked: masked(kind, &number),
        });
    }
    Ok(IdNumber::SocialCredit(Checked(number)))
}

fn check_last(kind: IdKind, number: &str, expected: char) -> Result<(), IdError> {
    let found = last(number);
    if found == expected {
        return Ok(());
    }
    Err(IdError::CheckCharacter {
        kind,
        expected,
        found,
        masked: masked(kind, number),
    })
}

/// GB 11714: 11 − Σ mod 11, where 10 is X and 11 is 0; letters count A = 10 … Z = 35.
fn organisation_check(number: &str) -> char {
    let sum = weighted_sum(number, &ORGANISATION_WEIGHTS, |c| c.to_digit(36));
    nth("0123456789X0", 11 - sum % 11)
}

fn birth_18(number: &str) -> Option<NaiveDate> {
    let digits: String = number.chars().skip(6).take(8).collect();
    if digits.as_str() < BIRTH_YEAR_MIN {
        return None;
    }
    date(&digits)
}

/// The old numbers have two digits for the year, all of the 20th century.
fn birth_15(number: &str) -> Option<NaiveDate> {
    let digits: String = "19".chars().chain(number.chars().skip(6).take(6)).collect();
    date(&digits)
}

fn date(yyyymmdd: &str) -> Option<NaiveDate> {
    let all: u32 = yyyymmdd.parse().ok()?;
    let year = i32::try_from(all / 10_000).ok()?;
    NaiveDate::from_ymd_opt(year, all / 100 % 100, all % 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn good_numbers_pass() {
        for (text, kind, masked, born) in [
            // GB 11643's own example.
            (
                "11010519491231002X",
                IdKind::Citizen,
                "110*************2X",
                Some("1949-12-31"),
            ),
            (
                " 11010519491231002x ",
                IdKind::Citizen,
                "110*************2X",
                Some("1949-12-31"),
            ),
            (
                "１１０１０５１９４９１２３１００２Ｘ",
                IdKind::Citizen,
                "110*************2X",
                Some("1949-12-31"),
            ),
            (
                "110105491231002",
                IdKind::Citizen15,
                "110**********02",
                Some("1949-12-31"),
            ),
            // GB 32100's worked example, and the organ inside an item code.
            (
                "91350100M000100Y43",
                IdKind::SocialCredit,
                "9135**********0Y43",
                None,
            ),
            (
                "91350100m000100y43",
                IdKind::SocialCredit,
                "9135**********0Y43",
                None,
            ),
            (
                "11450721MB15580811",
                IdKind::SocialCredit,
                "1145**********0811",
                None,
            ),
            ("M000100Y4", IdKind::OrganisationCode, "M0*****Y4", None),
            ("M000100Y-4", IdKind::OrganisationCode, "M0*****Y4", None),
            ("MB1558081", IdKind::OrganisationCode, "MB*****81", None),
            // Check characters that stand for 10 and 11.
            ("MA000004X", IdKind::OrganisationCode, "MA*****4X", None),
            ("MA0000090", IdKind::OrganisationCode, "MA*****90", None),
        ] {
            let id = IdNumber::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
            assert_eq!(id.kind(), kind, "{text}");
            assert_eq!(id.is_person(), born.is_some(), "{text}");
            assert_eq!(
                id.born_on().map(|day| day.to_string()).as_deref(),
                born,
                "{text}"
            );
            assert_eq!(id.masked(), masked, "{text}");
            // Both persons' order number is 002.
            assert_eq!(id.sex(), born.map(|_| Sex::Female), "{text}");
            assert_eq!(IdNumber::parse(id.as_str()), Ok(id.clone()), "{text}");
            // A log shows the first characters at most: of a person nothing that says when or in which order he was born.
            let debug = format!("{id:?}");
            let kept: String = id.as_str().chars().take(id.as_str().len() / 5).collect();
            let stars = "*".repeat(id.as_str().len() - kept.len());
            assert!(debug.contains(&format!("({kept}{stars})")), "{debug}");
        }
    }

    #[test]
    fn each_failed_check_is_named_and_the_number_is_not_repeated() {
        for (text, expected) in [
            ("  ", "the identity number is empty"),
            (
                "1101051949123100",
                "9, 15 or 18 characters, this one has 16",
            ),
            (
                "110105194912310021",
                "citizen number 110*************21: the check character should be X and is 1",
            ),
            (
                "110105194902301002",
                "citizen number 110*************02: positions 7 to 14 must be a date of birth",
            ),
            (
                "110105017012310029",
                "citizen number 110*************29: positions 7 to 14",
            ),
            (
                "110105491331002",
                "15-digit citizen number 110**********02: positions 7 to 12",
            ),
            (
                "11010549123100X",
                "15-digit citizen number 110**********0X: 'X' can't stand at position 15",
            ),
            (
                "11010519491231002A",
                "citizen number 110*************2A: 'A' can't stand at position 18",
            ),
            (
                "91350100M000100Y4I",
                "social credit code 9135**********0Y4I: 'I' can't stand at position 18",
            ),
            (
                "91350100M000100Y44",
                "social credit code 9135**********0Y44: the check character should be 3 and is 4",
            ),
            (
                "9135O100M000100Y43",
                "social credit code 9135**********0Y43: 'O' can't stand at position 5",
            ),
            (
                "9135A100M000100Y43",
                "social credit code 9135**********0Y43: 'A' can't stand at position 5",
            ),
            (
                "913501000000000001",
                "social credit code 9135**********0001: the check character should be",
            ),
            (
                "M000100Y5",
                "organisation code M0*****Y5: the check character should be 4 and is 5",
            ),
            (
                "M000100YZ",
                "organisation code M0*****YZ: 'Z' can't stand at position 9",
            ),
            (
                "身000100Y4",
                "organisation code 身0*****Y4: '身' can't stand at position 1",
            ),
        ] {
            let error = IdNumber::parse(text).expect_err(text);
            let message = error.to_string();
            assert!(message.contains(expected), "{message}\n{expected}");
            let zh = error.message_zh();
            assert!(zh.contains('请'), "{zh}");
            if !text.trim().is_empty() {
                assert!(!message.contains(text) && !zh.contains(text), "{message}");
            }
        }
    }

    /// A social credit code whose own check passes but whose inner organisation code doesn't.
    #[test]
    fn the_inner_organisation_code_is_checked_too() {
        let codes = SOCIAL_CREDIT_ALPHABET
            .chars()
            .map(|check| format!("91350100M000100Y5{check}"));
        let inner = codes
            .filter_map(|code| IdNumber::parse(&code).err())
            .filter(|error| {
                matches!(
                    error,
                    IdError::InnerOrganisationCode {
                        expected: '4',
                        found: '5',
                        ..
                    }
                )
            });
        assert_eq!(inner.count(), 1);
    }

    /// One wrong digit never passes: what the check character is for.
    #[test]
    fn every_single_slip_is_caught() {
        for (good, alphabet) in [
            ("11010519491231002X", "0123456789"),
            ("91350100M000100Y43", SOCIAL_CREDIT_ALPHABET),
            ("123456788", "0123456789"), // letters 11 or 22 above a digit weigh the same, as in the standard
        ] {
            for position in 0..good.len() {
                for slip in alphabet.chars() {
                    let bad: String = good
                        .chars()
                        .enumerate()
                        .map(|(at, c)| if at == position { slip } else { c })
                        .collect();
                    assert_eq!(IdNumber::parse(&bad).is_ok(), bad == good, "{bad}");
                }
            }
        }
    }
}
