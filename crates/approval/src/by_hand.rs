//! Cards by hand (人工发牌): an inspector raises what no clock can, under a written rule and with his evidence.

use chrono::{DateTime, Utc};

use crate::acts::required;
use crate::command::Act;
use crate::event::{Event, WarningRaised};
use crate::refusal::Refusal;
use crate::rule::{Element, IssueMode};
use crate::track::ClockKey;
use crate::work::Work;

impl Work<'_> {
    /// Raises a warning under a rule of element `manual`. It takes effect when it is recorded, and is a warning like
    /// any other from then on: told, revoked, appealed against.
    pub(crate) fn raise_by_hand(
        &mut self,
        rule: &str,
        evidence: String,
        at: DateTime<Utc>,
        act: &Act,
    ) -> Result<(), Refusal> {
        required(&evidence, "事实与证据")?;
        let unknown = || Refusal::Unknown {
            what: "监察规则",
            code: rule.to_owned(),
        };
        let set = self.books.rules_at(self.now).ok_or_else(unknown)?;
        let found = set.rule(rule).ok_or_else(unknown)?.clone();
        if found.element != Element::Manual {
            return Err(Refusal::NotByHand {
                rule: found.id,
                found: found.element,
            });
        }
        let rules_version = set.version;
        // Each card has a clock of its own, so that no two are one occurrence.
        let before = self.subject.history.iter();
        let before = before.filter(|e| match &e.event {
            Event::WarningRaised(raised) => matches!(raised.clock, ClockKey::Manual(_)),
            _ => false,
        });
        let number = u32::try_from(before.count()).unwrap_or(u32::MAX);
        let seq = self.subject.seq().saturating_add(1);
        let pending = found.issue == IssueMode::WaitForInspector;
        let raised = WarningRaised {
            rule: found.id.clone(),
            rules_version,
            level: found.level,
            clock: ClockKey::Manual(number.saturating_add(1)),
            occurrence: seq,
            due_at: at,
            limit_at: at,
            effective_at: self.now,
            pending,
            evidence: Some(evidence),
        };
        // What an inspector finds has no limit that it could be late for.
        self.record(at, act, Vec::new(), Event::WarningRaised(raised))?;
        if !pending {
            self.issue(seq, &found);
        }
        Ok(())
    }
}
