//! Looks for the shortest history that still differs: fewer cases, less time, no deaths.

use std::collections::BTreeSet;

use anyhow::Result;

use crate::{Options, Outcome, run};

/// How many histories are tried.
const TRIES_MAX: u32 = 40;

/// The shortest history that was found to differ, and how it does.
///
/// # Errors
/// As [`run`].
pub async fn shrink(options: &Options, outcome: Outcome) -> Result<(Options, Outcome)> {
    let mut best = (options.clone(), outcome);
    best.0.made_for_days = Some(options.days_made_for());
    let mut tries = 0;
    loop {
        let mut shorter = None;
        for candidate in candidates(&best.0, &best.1) {
            if tries >= TRIES_MAX {
                return Ok(best);
            }
            tries += 1;
            let outcome = run(&candidate).await?;
            if !outcome.differences.is_empty() {
                shorter = Some((candidate, outcome));
                break;
            }
        }
        match shorter {
            Some(found) => best = found,
            None => return Ok(best),
        }
    }
}

/// Shorter histories, the shortest first.
fn candidates(options: &Options, outcome: &Outcome) -> Vec<Options> {
    let mut candidates = Vec::new();
    let present: Vec<usize> = match &options.only {
        Some(only) => only.iter().copied().collect(),
        None => (0..options.cases).collect(),
    };
    let mut keep = |cases: BTreeSet<usize>| {
        if !cases.is_empty() && cases.len() < present.len() {
            candidates.push(Options {
                only: Some(cases),
                ..options.clone()
            });
        }
    };
    if let Some(first) = outcome.cases.first() {
        keep(BTreeSet::from([*first]));
    }
    keep(outcome.cases.clone());
    let (front, back) = present.split_at(present.len() / 2);
    keep(front.iter().copied().collect());
    keep(back.iter().copied().collect());
    for days in [
        options.days / 2,
        options.days * 3 / 4,
        options.days * 9 / 10,
    ] {
        if days > 0 && days < options.days {
            candidates.push(Options {
                days,
                ..options.clone()
            });
        }
    }
    if options.fatal_per_mille > 0 {
        candidates.push(Options {
            fatal_per_mille: 0,
            ..options.clone()
        });
    }
    if options.processes > 1 {
        candidates.push(Options {
            processes: options.processes - 1,
            ..options.clone()
        });
    }
    candidates
}
