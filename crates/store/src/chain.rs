//! The chain of events: each event's hash covers the hash before it and the event's own stored text.
//!
//! Anybody can recompute it: `printf '%s%s' "$previous_hash" "$payload" | openssl dgst -sm3`.

use sm3::{Digest, Sm3};

use crate::StoreError;

/// The hash before a subject's first event: 64 zeros.
pub const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// Length of a salt in bytes: as long as the digest, so that guessing the data by trying is hopeless while the salt is unknown.
pub const SALT_BYTES: usize = 32;

/// The digest that a chain uses; it is stored with each event, so that a record outlives a change of the setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum HashAlgorithm {
    /// GB/T 32905, the national digest.
    #[default]
    Sm3,
    /// SHA-256, for checkers that know no SM3.
    Sha256,
}

impl HashAlgorithm {
    /// The word stored with an event.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sm3 => "sm3",
            Self::Sha256 => "sha256",
        }
    }

    /// Reads the stored word.
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "sm3" => Some(Self::Sm3),
            "sha256" => Some(Self::Sha256),
            _ => None,
        }
    }

    /// The digest of two pieces one after the other, in lower-case hexadecimal.
    fn digest(self, first: &[u8], second: &[u8]) -> String {
        match self {
            Self::Sm3 => hex(&Sm3::new()
                .chain_update(first)
                .chain_update(second)
                .finalize()),
            Self::Sha256 => hex(&sha2::Sha256::new()
                .chain_update(first)
                .chain_update(second)
                .finalize()),
        }
    }
}

/// The hash of an event: over the previous hash as it is written and the payload's bytes.
pub fn chain_hash(algorithm: HashAlgorithm, previous_hash: &str, payload: &str) -> String {
    algorithm.digest(previous_hash.as_bytes(), payload.as_bytes())
}

/// The digest that an event carries of its personal data: H(salt ‖ data).
pub fn personal_digest(algorithm: HashAlgorithm, salt: &[u8], data: &str) -> String {
    algorithm.digest(salt, data.as_bytes())
}

/// The digest of a file's bytes.
pub fn file_digest(algorithm: HashAlgorithm, data: &[u8]) -> String {
    algorithm.digest(&[], data)
}

/// A fresh salt from the system's own source of randomness.
pub fn new_salt() -> Result<Vec<u8>, StoreError> {
    let mut salt = vec![0; SALT_BYTES];
    getrandom::fill(&mut salt).map_err(|source| StoreError::Random { source })?;
    Ok(salt)
}

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .map(|nibble| char::from(DIGITS[usize::from(nibble)]))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// GB/T 32905-2016, appendix A.1.
    #[test]
    fn sm3_of_abc_is_the_standards() {
        assert_eq!(
            HashAlgorithm::Sm3.digest(b"a", b"bc"),
            "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
        );
    }

    #[test]
    fn sha256_of_abc_is_the_standards() {
        assert_eq!(
            HashAlgorithm::Sha256.digest(b"ab", b"c"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }

    #[test]
    fn the_chain_covers_what_came_before() {
        let first = chain_hash(HashAlgorithm::Sm3, GENESIS, "{}");
        assert_ne!(chain_hash(HashAlgorithm::Sm3, &first, "{}"), first);
        assert_eq!(first.len(), GENESIS.len());
    }

    #[test]
    fn salts_differ() {
        assert_ne!(new_salt().unwrap(), new_salt().unwrap());
    }
}
