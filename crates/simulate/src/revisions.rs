//! Rules and days of rest are revised, by processes that die over it.

use anyhow::{Result, bail};
use engine::revise::RevisionMode;

use crate::auditor::Revision;
use crate::city::{City, FIRST_DAY, RestDays, When, start_of};
use crate::plain::DAY_US;
use crate::world::World;

/// After so many deaths over one revision something else is wrong.
const TRIES_MAX: usize = 1_000;

impl World {
    /// Other thresholds come into force; whoever puts them there goes on until it is done.
    pub(crate) async fn revise_rules(&mut self) -> Result<()> {
        let mut rules = self.law.newest_rules().to_vec();
        for rule in &mut rules {
            let more = self.dice.between(0, 1);
            rule.when = match rule.when {
                When::Before(days) => When::Before((days + more).clamp(1, 4)),
                When::After(days) => When::After((days + more).clamp(0, 3)),
            };
        }
        let text = City::rules_toml(&rules);
        self.turn += 1;
        for tries in 0..TRIES_MAX {
            if self.options.verbose {
                eprintln!("revision, try {tries}");
            }
            let place = self.somebody().await?;
            let engine = &self.process(place)?.engine;
            let revised = engine
                .revise_rules("city.toml", &text, RevisionMode::Apply)
                .await;
            let sets = match engine.store().read().await {
                Ok(mut conn) => store::ruleset::list(&mut conn).await.ok(),
                Err(_) => None,
            };
            if self.process(place)?.life.is_dead() {
                continue;
            }
            if let Err(error) = revised {
                self.trouble(None, format!("rules can't be revised: {error}"));
            }
            let newest = sets.unwrap_or_default().pop();
            if let Some(set) = newest.filter(|set| set.text == text && set.version > 1) {
                self.tally.revisions += 1;
                // Who acted before can't have known them, whatever the clocks showed.
                self.law
                    .revise_rules(set.in_force_from_us, self.turn, rules);
            }
            return Ok(());
        }
        bail!("{TRIES_MAX} processes died over one revision")
    }

    /// A notice changes which days work: some that were counted on, and now and then some that are over.
    pub(crate) async fn revise_days(&mut self) -> Result<()> {
        let today = (self.now_us - start_of(FIRST_DAY)) / DAY_US + FIRST_DAY;
        let mut rest = self.law.newest_days().clone();
        for _ in 0..self.dice.between(1, 5) {
            let day = today + self.dice.between(-15, 50);
            if !rest.days.remove(&day) {
                rest.days.insert(day);
            }
        }
        self.turn += 1;
        let version = format!("city-at-{}", self.turn);
        let text = rest.calendar_toml(&version);
        for tries in 0..TRIES_MAX {
            if self.options.verbose {
                eprintln!("revision, try {tries}");
            }
            let place = self.somebody().await?;
            let engine = &self.process(place)?.engine;
            let calendar = calendar::Calendar::parse(&version, &text)?;
            let revised = engine.revise_calendar(calendar, RevisionMode::Apply).await;
            let rows = match engine.store().read().await {
                Ok(mut conn) => store::calendar::list(&mut conn).await.ok(),
                Err(_) => None,
            };
            if self.process(place)?.life.is_dead() {
                continue;
            }
            if let Err(error) = revised {
                self.trouble(None, format!("days of rest can't be revised: {error}"));
            }
            let newest = rows.unwrap_or_default().pop();
            let Some(row) = newest.filter(|row| row.version == version) else {
                return Ok(());
            };
            let revised = (version.clone(), rest.clone(), row.in_force_from_us);
            return self.days_revised(revised, place).await;
        }
        bail!("{TRIES_MAX} processes died over one revision")
    }

    /// Takes in that other days hold.
    async fn days_revised(
        &mut self,
        (version, rest, in_force_us): (String, RestDays, i64),
        place: usize,
    ) -> Result<()> {
        let swept = self.sweeps.iter().map(|s| s.clock_us);
        let swept_us = swept.max().unwrap_or(i64::MIN).min(in_force_us);
        self.law.revise_days(Revision {
            version,
            rest,
            in_force_us,
            turn: self.turn,
            swept_us,
        });
        self.turn += 1;
        self.process(place)?.life.risk(0);
        self.think_anew(place).await?;
        self.process(place)?.life.risk(self.fatal_per_mille);
        self.tally.revisions += 1;
        Ok(())
    }
}
