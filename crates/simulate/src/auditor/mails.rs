//! The mails: each item reached its reader at least once, by one letter, whose copies are alike.

use std::collections::{BTreeMap, BTreeSet};

use super::Audit;
use crate::city::address_of;
use crate::plain::{Found, Letter};

impl Audit<'_> {
    /// Compares the letters that the mail server took with the items.
    pub(super) fn mails(&mut self, found: &Found) {
        let mut by_id: BTreeMap<&str, Vec<&Letter>> = BTreeMap::new();
        for letter in &found.letters {
            by_id.entry(&letter.message_id).or_default().push(letter);
        }
        let mut told: BTreeSet<&str> = BTreeSet::new();
        for matter in &found.matters {
            for item in matter.items.iter().filter(|i| i.state == "composed") {
                let id = item.message_id.as_deref().unwrap_or_default();
                told.insert(id);
                let about = format!("{}, {} for {}", matter.number, item.seq, item.recipient);
                let Some(letter) = by_id.get(id).and_then(|copies| copies.first()) else {
                    self.differ(None, format!("never mailed: {about} ({id})"));
                    continue;
                };
                if letter.to != address_of(&item.recipient) {
                    self.differ(None, format!("mailed to {}: {about}", letter.to));
                }
                if !letter.text.contains(&matter.number) {
                    self.differ(None, format!("mailed without being named: {about} ({id})"));
                }
            }
        }
        for (id, copies) in &by_id {
            self.audited.mails += 1;
            self.audited.copies += u64::try_from(copies.len()).unwrap_or(1) - 1;
            if copies.iter().any(|copy| *copy != copies[0]) {
                self.differ(None, format!("copies of {id} aren't alike"));
            }
            if !told.contains(id) {
                let to = &copies[0].to;
                self.differ(
                    None,
                    format!("a mail that nothing is told by: {id} to {to}"),
                );
            }
        }
    }
}
