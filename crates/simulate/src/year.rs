//! How a city's year goes: what happens when, and how it comes to its end.

use anyhow::Result;
use futures_util::future::join_all;

use crate::auditor::Swept;
use crate::city::{FIRST_DAY, start_of};
use crate::mail::Mood;
use crate::plain::{DAY_US, HOUR_US, MINUTE_US};
use crate::process::Process;
use crate::world::{Which, World};

/// After the year the program has so many rounds to bring everything to its end.
const LAST_ROUNDS: usize = 40;

/// A piece of work of the program's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Chore {
    Sweep,
    Compose,
    Send,
    /// The operator queues anew what was given up or refused.
    Retry,
}

/// How a chore ended.
enum Done {
    Well,
    /// A sweep, and the clock it was made by.
    Swept(i64),
    Died,
    Badly(String),
}

impl World {
    /// The whole year.
    pub(crate) async fn live(&mut self) -> Result<()> {
        let end_us = start_of(FIRST_DAY + self.options.days);
        let mut revise_at = self.revisions();
        while self.now_us < end_us && self.troubles.is_empty() {
            self.tally.steps += 1;
            if self.options.verbose && self.tally.steps.is_multiple_of(50) {
                eprintln!("{}, turn {}", crate::plain::shown(self.now_us), self.turn);
            }
            let step_us = self.pause_us();
            self.advance(step_us);
            if self.dice.per_mille(8) {
                self.set_host_clock();
            }
            if self.dice.percent(6) {
                let mood = self.dice.one_of(&Mood::ALL).unwrap_or(Mood::Well);
                self.installation.mail.be(mood);
            }
            self.start_some().await?;
            self.people().await?;
            if revise_at.last().is_some_and(|at| *at <= self.now_us) {
                revise_at.pop();
                match self.dice.percent(50) {
                    true => self.revise_rules().await?,
                    false => self.revise_days().await?,
                }
            }
            self.chores().await?;
        }
        self.bring_to_an_end().await
    }

    /// The instants at which rules or days of rest are revised, the last one first.
    fn revisions(&mut self) -> Vec<i64> {
        let days = self.options.days_made_for();
        let mut instants: Vec<i64> = (0..self.dice.between(1, 5))
            .map(|_| start_of(FIRST_DAY) + self.dice.between(DAY_US, days * DAY_US))
            .collect();
        instants.sort_unstable_by(|a, b| b.cmp(a));
        instants
    }

    /// How long until the next thing happens: hours, and now and then weeks in which everything stands still.
    fn pause_us(&mut self) -> i64 {
        match self.dice.between(1, 1_000) {
            1..=3 => {
                self.tally.standstills += 1;
                self.dice.between(2, 25) * DAY_US
            }
            4..=300 => self.dice.between(1, 60) * MINUTE_US,
            _ => self.dice.between(1, 16) * HOUR_US + self.dice.between(0, HOUR_US),
        }
    }

    async fn start_some(&mut self) -> Result<()> {
        let living = self.living().await;
        for place in 0..self.slots.len() {
            if !living.contains(&place) && self.dice.percent(60) {
                self.start(place).await?;
            }
        }
        if self.fatal_per_mille > 0 && self.dice.percent(2) {
            let living = self.living().await;
            if let Some(place) = self.dice.one_of(&living) {
                self.kill(place);
            }
        }
        Ok(())
    }

    /// Everybody whose time has come does something, as long as there is a process to do it by.
    async fn people(&mut self) -> Result<()> {
        let due = |f: &crate::world::File| !f.over && f.next_us <= self.now_us;
        let mut todo: Vec<(i64, Which)> = Vec::new();
        for (position, file) in self.files.iter().enumerate().filter(|(_, f)| due(f)) {
            todo.push((file.next_us, Which::Case(position)));
        }
        for (number, file) in self.orders.iter().filter(|(_, f)| due(f)) {
            todo.push((file.next_us, Which::Order(number.clone())));
        }
        todo.sort_by_key(|(at, _)| *at);
        for (_, which) in todo {
            let living = self.living().await;
            let Some(place) = self.dice.one_of(&living) else {
                return Ok(());
            };
            self.look_at(&which, place).await?;
        }
        if self.dice.percent(4) {
            let living = self.living().await;
            let position = self.dice.place(self.files.len());
            if let Some(place) = self.dice.one_of(&living) {
                self.revoke_some(position, place).await?;
            }
        }
        if self.dice.percent(10) {
            let living = self.living().await;
            if let Some(place) = self.dice.one_of(&living) {
                self.meet_orders(place).await?;
            }
        }
        Ok(())
    }

    /// The program's own work: one process after the other, or all at once.
    async fn chores(&mut self) -> Result<()> {
        let living = self.living().await;
        if living.len() > 1 && self.dice.percent(30) {
            self.tally.storms += 1;
            let chore = [Chore::Sweep, Chore::Compose, Chore::Send];
            let chore = self.dice.one_of(&chore).unwrap_or(Chore::Sweep);
            return self.storm(chore, &living).await;
        }
        for place in living {
            for (chore, share) in [
                (Chore::Sweep, 55),
                (Chore::Compose, 35),
                (Chore::Send, 40),
                (Chore::Retry, 1),
            ] {
                if self.dice.percent(share) {
                    self.chore(chore, place).await?;
                }
            }
        }
        Ok(())
    }

    async fn storm(&mut self, chore: Chore, living: &[usize]) -> Result<()> {
        self.begin_turn();
        let processes = living
            .iter()
            .filter_map(|place| self.slots[*place].as_ref());
        let all = join_all(processes.map(|process| do_chore(process, chore))).await;
        for done in all {
            self.note(chore, done);
        }
        Ok(())
    }

    async fn chore(&mut self, chore: Chore, place: usize) -> Result<()> {
        self.begin_turn();
        let process = self.process(place)?;
        if !process.life.is_dead() {
            let done = do_chore(process, chore).await;
            self.note(chore, done);
        }
        Ok(())
    }

    fn note(&mut self, chore: Chore, done: Done) {
        self.tally.chores += 1;
        match done {
            Done::Swept(clock_us) => self.sweeps.push(Swept {
                turn: self.turn,
                clock_us,
            }),
            Done::Badly(why) => self.trouble(None, format!("{chore:?}: {why}")),
            Done::Well | Done::Died => {}
        }
    }

    /// Nobody dies any more and the mail server is well: everything must come to its end.
    async fn bring_to_an_end(&mut self) -> Result<()> {
        self.fatal_per_mille = 0;
        self.step_us = 0;
        for process in self.slots.iter_mut().filter_map(Option::take) {
            process.engine.close().await;
        }
        self.installation.mail.be(Mood::Well);
        self.advance(DAY_US);
        let place = self.somebody().await?;
        self.meet_orders(place).await?;
        for _ in 0..3 {
            let doubtful: Vec<Which> = self.doubtful();
            for which in doubtful {
                self.look_at(&which, place).await?;
            }
        }
        let doubts = self.doubtful().len();
        if doubts > 0 {
            self.trouble(None, format!("{doubts} answers stay unknown"));
        }
        for _ in 0..LAST_ROUNDS {
            for chore in [Chore::Sweep, Chore::Compose, Chore::Retry, Chore::Send] {
                self.chore(chore, place).await?;
            }
            self.advance(2 * HOUR_US);
            let outbox = &self.process(place)?.outbox;
            let mut waiting = 0_u64;
            let count = |line: engine::outbox::OutboxLine| {
                waiting += u64::from(line.state != "sent");
                Ok::<(), engine::EngineError>(())
            };
            outbox.list(count).await?;
            if waiting == 0 {
                break;
            }
        }
        self.chore(Chore::Sweep, place).await?;
        self.chore(Chore::Compose, place).await?;
        self.chore(Chore::Send, place).await
    }

    fn doubtful(&self) -> Vec<Which> {
        let cases = self.files.iter().enumerate();
        let cases = cases.filter(|(_, f)| f.doubt.is_some());
        let mut doubtful: Vec<Which> = cases.map(|(position, _)| Which::Case(position)).collect();
        let orders = self.orders.iter().filter(|(_, f)| f.doubt.is_some());
        doubtful.extend(orders.map(|(number, _)| Which::Order(number.clone())));
        doubtful
    }
}

async fn do_chore(process: &Process, chore: Chore) -> Done {
    let done = match chore {
        Chore::Sweep => process.engine.sweep(None).await.map(|report| {
            if report.failed.is_empty() {
                Done::Swept(process.now_us())
            } else {
                Done::Badly(format!("{:?}", report.failed))
            }
        }),
        Chore::Compose => process.outbox.compose_round().await.map(|_| Done::Well),
        Chore::Send => process.outbox.send_round().await.map(|_| Done::Well),
        Chore::Retry => process.outbox.retry(None).await.map(|_| Done::Well),
    };
    match done {
        _ if process.life.is_dead() => Done::Died,
        Ok(done) => done,
        Err(error) => Done::Badly(error.to_string()),
    }
}
