//! Passwords: which are taken, and their digests (argon2id).

use std::collections::HashSet;
use std::sync::OnceLock;

use argon2::{Argon2, PasswordHasher, PasswordVerifier};

use crate::assets;
use crate::error::EngineError;

/// Fewer characters are guessed too soon.
pub const LENGTH_MIN: usize = 10;
/// More aren't typed by anybody, and digesting a novel costs time.
pub const LENGTH_MAX: usize = 128;
/// Fewer different characters are a pattern, not a password.
const DIFFERENT_MIN: usize = 5;
/// Shorter names say nothing.
const NAME_MIN: usize = 4;

/// Characters that nobody takes for another one, 32 of them: five bits each.
const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
/// Characters of a password that the program makes, 80 bits: as many as an attacker can't try.
const MADE_CHARS: usize = 16;
/// Characters between two hyphens, as many as one keeps in mind while typing.
const MADE_GROUP: usize = 4;

/// A first password for somebody: told once, and changed at the sign-in.
///
/// # Errors
/// The operating system's, if it gives no random bytes.
pub fn made() -> Result<String, EngineError> {
    let bytes = store::chain::new_salt()?;
    let mut password = String::new();
    for (place, byte) in bytes.iter().take(MADE_CHARS).enumerate() {
        if place > 0 && place % MADE_GROUP == 0 {
            password.push('-');
        }
        let letter = ALPHABET.get(usize::from(byte % 32)).copied();
        password.push(char::from(letter.unwrap_or(b'x')));
    }
    Ok(password)
}

/// Why a password isn't taken.
///
/// # Errors
/// The reason, Chinese first.
pub fn check(password: &str, account: &str) -> Result<(), EngineError> {
    let weak = |message: &str| Err(EngineError::invalid("weak_password", message.to_owned()));
    let length = password.chars().count();
    if length < LENGTH_MIN {
        return weak("密码至少 10 个字符 / a password has at least 10 characters");
    }
    if length > LENGTH_MAX {
        return weak("密码最多 128 个字符 / a password has at most 128 characters");
    }
    let lower = password.to_lowercase();
    if lower.chars().collect::<HashSet<_>>().len() < DIFFERENT_MIN {
        return weak("密码中不同的字符太少 / the password has too few different characters");
    }
    if is_run(&lower) {
        return weak("密码不能是连续的字母或数字 / the password is a mere sequence");
    }
    if account.chars().count() >= NAME_MIN && lower.contains(&account.to_lowercase()) {
        return weak("密码不能包含账号 / the password contains the account's name");
    }
    let bare = lower.trim_matches(|c: char| c.is_ascii_digit() || c.is_ascii_punctuation());
    if common().contains(lower.as_str()) || common().contains(bare) {
        return weak("这个密码太常见,请换一个 / this password is too common");
    }
    Ok(())
}

/// Whether each character follows the one before it, up or down.
fn is_run(text: &str) -> bool {
    let codes: Vec<i64> = text.chars().map(|c| i64::from(u32::from(c))).collect();
    let steps = || codes.windows(2).map(|pair| pair[1] - pair[0]);
    [1, -1].iter().any(|step| steps().all(|s| s == *step))
}

fn common() -> &'static HashSet<String> {
    static COMMON: OnceLock<HashSet<String>> = OnceLock::new();
    COMMON.get_or_init(|| {
        let text = assets::text("passwords/common.txt").unwrap_or_default();
        let lines = text.lines().map(str::trim);
        lines
            .filter(|line| !line.is_empty() && !line.starts_with('#'))
            .map(str::to_owned)
            .collect()
    })
}

/// The digest of a password. Slow on purpose, so it runs beside the others.
///
/// # Errors
/// The system has no randomness.
pub(super) async fn digest(password: String) -> Result<String, EngineError> {
    let digested = tokio::task::spawn_blocking(move || {
        Argon2::default()
            .hash_password(password.as_bytes())
            .map(|digest| digest.to_string())
    });
    match digested.await {
        Ok(Ok(digest)) => Ok(digest),
        Ok(Err(error)) => Err(cannot(&error)),
        Err(error) => Err(cannot(&error)),
    }
}

/// Whether a password has this digest. An account that isn't there takes as long as one that is: `None` is compared
/// with the digest of nothing.
pub(super) async fn fits(password: String, digest: Option<String>) -> Result<bool, EngineError> {
    let compared = tokio::task::spawn_blocking(move || {
        let known = digest.is_some();
        let digest = digest.unwrap_or_else(|| nobody().to_owned());
        let fits = Argon2::default().verify_password(password.as_bytes(), digest.as_str());
        fits.is_ok() && known
    });
    compared.await.map_err(|error| cannot(&error))
}

/// A digest with the usual parameters that no password has.
fn nobody() -> &'static str {
    static NOBODY: OnceLock<String> = OnceLock::new();
    NOBODY.get_or_init(|| {
        let digest = Argon2::default().hash_password(b"");
        digest.map(|d| d.to_string()).unwrap_or_default()
    })
}

fn cannot(error: &dyn std::fmt::Display) -> EngineError {
    EngineError::NotReady {
        message: format!("无法校验密码 / passwords can't be digested: {error}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_that_are_guessed_are_refused() {
        for (password, taken) in [
            ("shixian", false),
            ("密码要长一点才行", false),
            ("窗口一号密码要长一点才行", true),
            ("aaaaaaaaaaaa", false),
            ("abcabcabcabc", false),
            ("abcdefghijkl", false),
            ("9876543210", false),
            ("woaini1314", false),
            ("Password123", false),
            ("2011password2011", false),
            ("xx-hbj-c1-xx", false),
            ("correct horse battery", true),
            ("三月的第七个工作日", false),
            ("Kx7!vmq2Zt", true),
        ] {
            assert_eq!(check(password, "HBJ-C1").is_ok(), taken, "{password}");
        }
        assert!(check(&"长".repeat(129), "a").is_err());
    }

    #[test]
    fn a_made_password_is_taken_and_never_the_same() {
        let (one, two) = (made().unwrap(), made().unwrap());
        assert_eq!(one.len(), 19, "{one}");
        assert!(one.split('-').all(|group| group.len() == 4), "{one}");
        assert_ne!(one, two);
        check(&one, "hbj-c1").unwrap();
    }

    #[tokio::test]
    async fn a_digest_fits_its_password_only() {
        let one = digest("correct horse battery".to_owned()).await.unwrap();
        let two = digest("correct horse battery".to_owned()).await.unwrap();
        assert!(one.starts_with("$argon2id$"), "{one}");
        assert_ne!(one, two, "salted");
        let fits = |password: &str, digest: Option<&String>| {
            fits(password.to_owned(), digest.map(ToOwned::to_owned))
        };
        assert!(fits("correct horse battery", Some(&one)).await.unwrap());
        assert!(!fits("correct horse", Some(&one)).await.unwrap());
        assert!(!fits("", None).await.unwrap());
        assert!(!fits("x", Some(&"broken".to_owned())).await.unwrap());
    }
}
