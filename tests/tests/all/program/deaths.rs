//! Services that are killed again and again under load, on both databases; the database's own death; a file that is locked
//! for long; a disk that is full for a while. Afterwards nothing that was answered is lost, nothing was done twice, and
//! everything goes on by itself.
//!
//! `SHIXIAN_DEATHS=200` makes it many deaths: `cargo xtask deaths`.

use std::collections::BTreeSet;
use std::process::Command;
use std::sync::Mutex;
use std::thread;
use std::time::Duration;

use sqlx::{Connection, SqliteConnection};
use testkit::failover::Server;

use super::load::Load;
use super::place::{Look, Place, Serving};
use super::together::{check_letters, letters_in};
use super::{block_on, wait_for};
use crate::scripts::Database;

/// Deaths in a run of all tests, for each database.
const DEATHS: u32 = 10;
/// Departments at work at once.
const DEPARTMENTS: usize = 3;
/// Time enough for a round of work on a loaded machine.
const SECONDS: u32 = 180;
/// Whoever waits for a lock gives up before this.
const LOCKED: Duration = Duration::from_secs(12);

/// While departments are at work: an answer is kept for some days, which is longer than anybody asks again.
const AS_IT_IS: &str = "1";
/// Eight days in a second: what a run waits for its next alarm is short beside its start.
const FAST: &str = "691200";

/// Numbers that look random and are the same each time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        // Knuth's MMIX.
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

fn deaths() -> u32 {
    let asked = std::env::var("SHIXIAN_DEATHS").ok();
    asked.map_or(DEATHS, |number| number.parse().unwrap())
}

/// Services on one database, and those who use them.
struct Scene {
    place: Place,
    load: Load,
    services: Mutex<Vec<Option<Serving>>>,
    speed: Mutex<&'static str>,
}

impl Scene {
    fn new(place: Place, services: usize) -> Self {
        let load = Load::new(&place);
        let scene = Self {
            place,
            load,
            services: Mutex::new((0..services).map(|_| None).collect()),
            speed: Mutex::new(AS_IT_IS),
        };
        for number in 0..services {
            scene.start(number);
        }
        scene
    }

    /// Starts a service and says where it listens.
    fn start(&self, number: usize) {
        let mail = format!("file:{}", self.place.path("mails").display());
        let service = self.place.serve(
            &["--speed", *self.speed.lock().unwrap()],
            &[("SHIXIAN_MAIL__URL", &mail)],
        );
        let mut services = self.services.lock().unwrap();
        services[number] = Some(service);
        let addresses = services.iter().flatten().map(|s| s.address.clone());
        *self.load.addresses.lock().unwrap() = addresses.collect();
    }

    /// Kills a service like a power cut.
    fn kill(&self, number: usize) {
        let service = self.services.lock().unwrap()[number].take();
        service.unwrap().kill();
    }

    /// Days pass: limits, cards and letters.
    fn time_passes(&self) {
        let number = {
            *self.speed.lock().unwrap() = FAST;
            let mut services = self.services.lock().unwrap();
            services
                .iter_mut()
                .filter_map(Option::take)
                .for_each(Serving::stop);
            services.len()
        };
        (0..number).for_each(|number| self.start(number));
    }

    /// Services die again and again.
    fn die(&self, dice: &mut Dice, times: u32) {
        let services = self.services.lock().unwrap().len();
        for _ in 0..times {
            // The moment of death is what is tried out here; nothing is waited for.
            thread::sleep(Duration::from_millis(dice.roll(300)));
            let number = usize::try_from(dice.roll(2)).unwrap() % services;
            self.kill(number);
            self.start(number);
        }
    }

    /// Departments at work, while something happens; then they end what they have begun.
    fn under_load(&self, happens: impl FnOnce()) {
        thread::scope(|scope| {
            for number in 0..DEPARTMENTS {
                scope.spawn(move || self.load.work(&format!("oa{number}")));
            }
            // Nothing waits for departments that never end, if something goes wrong.
            let _ended = Ended(&self.load);
            self.more_answers();
            happens();
            self.more_answers();
        });
    }

    /// Waits until several more acts are answered: everything goes on.
    fn more_answers(&self) {
        let before = self.load.answered();
        wait_for("more answers", SECONDS, || {
            (self.load.answered() >= before + 2 * DEPARTMENTS).then_some(())
        });
    }

    /// Time goes on until every case has its red card and everybody is told; then all is looked at.
    fn check(self) -> Look {
        if *self.speed.lock().unwrap() == AS_IT_IS {
            self.time_passes();
        }
        let look = wait_for("red cards and letters", SECONDS, || {
            let look = self.place.look();
            let red = |s: &store::subject::SubjectRow| s.highest_level.as_deref() == Some("red");
            (look.subjects.iter().all(red) && look.all_told()).then_some(look)
        });
        for service in self.services.into_inner().unwrap().into_iter().flatten() {
            service.stop();
        }
        self.place.verify();
        self.load.check(&look);
        check_letters(&look, &letters_in(&self.place.path("mails")));
        look
    }
}

struct Ended<'l>(&'l Load);

impl Drop for Ended<'_> {
    fn drop(&mut self) {
        self.0.stop();
    }
}

fn services_that_are_killed(database: Database, services: usize, seed: u64) {
    let scene = Scene::new(Place::new(database), services);
    let mut dice = Dice(seed);
    scene.under_load(|| scene.die(&mut dice, deaths()));
    let unanswered: u32 = scene.load.unanswered.lock().unwrap().values().sum();
    assert!(unanswered > 0, "nobody was at work when a service died");
    scene.time_passes();
    scene.die(&mut dice, deaths());
    scene.check();
}

#[test]
fn a_service_that_is_killed_again_and_again_on_sqlite() {
    services_that_are_killed(Database::Sqlite, 1, 2011);
}

#[test]
fn two_services_that_are_killed_again_and_again_on_postgres() {
    services_that_are_killed(Database::Postgres, 2, 2012);
}

#[test]
fn connections_that_are_cut_under_load() {
    let place = Place::new(Database::Postgres);
    let (_, name) = place.url.rsplit_once('/').unwrap();
    let sessions =
        format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'");
    let scene = Scene::new(place, 2);
    let cluster = testkit::postgres::Cluster::shared().unwrap();
    scene.under_load(|| {
        for _ in 0..deaths() {
            scene.more_answers();
            cluster.psql(&sessions).unwrap();
        }
    });
    scene.check();
}

#[test]
fn a_file_that_is_locked_for_long_under_load() {
    let scene = Scene::new(Place::new(Database::Sqlite), 1);
    scene.under_load(|| {
        block_on(async {
            let mut other = SqliteConnection::connect(&scene.place.url).await.unwrap();
            let lock = "BEGIN IMMEDIATE; UPDATE meta SET value = value";
            sqlx::raw_sql(lock).execute(&mut other).await.unwrap();
            // Longer than anybody waits for a lock: that is what is tried out here.
            tokio::time::sleep(LOCKED).await;
            let busy = scene.load.unanswered.lock().unwrap().get(&503).copied();
            assert!(
                busy > Some(0),
                "{:?}",
                scene.load.unanswered.lock().unwrap()
            );
            sqlx::raw_sql("ROLLBACK").execute(&mut other).await.unwrap();
            other.close().await.unwrap();
        });
    });
    scene.check();
}

/// The process identifiers of the services on a database.
fn processes(scene: &Scene) -> BTreeSet<u32> {
    let services = scene.services.lock().unwrap();
    services.iter().flatten().map(Serving::id).collect()
}

#[test]
fn a_disk_that_is_full_for_a_while_under_load() {
    let scene = Scene::new(Place::new(Database::Sqlite), 1);
    let limit = |bytes: &str| {
        for process in processes(&scene) {
            let set = Command::new("prlimit")
                .args([
                    "--pid",
                    &process.to_string(),
                    &format!("--fsize={bytes}:unlimited"),
                ])
                .status()
                .unwrap();
            assert!(set.success());
        }
    };
    scene.under_load(|| {
        // No file may grow any more, which is what a full disk says.
        limit("4096");
        wait_for("refusals", SECONDS, || {
            let refused = scene.load.unanswered.lock().unwrap();
            (refused.get(&503) > Some(&3) || refused.get(&500) > Some(&3)).then_some(())
        });
        limit("unlimited");
    });
    scene.check();
}

/// A place in a server of the test's own.
fn place_in(url: impl Fn(&str) -> String, server: &Server) -> Place {
    server
        .psql("CREATE DATABASE deaths ENCODING 'UTF8' TEMPLATE template0")
        .unwrap();
    Place::at(url("deaths"))
}

#[test]
fn a_database_that_is_killed_under_load() {
    let mut server = Server::start(&[]).unwrap();
    let scene = Scene::new(place_in(|name| server.url(name), &server), 2);
    scene.under_load(|| {
        for _ in 0..deaths().div_ceil(4) {
            scene.more_answers();
            server.kill().unwrap();
            server.begin().unwrap();
        }
    });
    scene.check();
}

/// The primary dies for good and the standby takes its place. What was acknowledged is on the standby's disk, and the
/// services, which know both hosts, find it by themselves.
#[test]
fn a_standby_that_is_promoted_under_load() {
    let mut primary = Server::start(&["synchronous_standby_names=*"]).unwrap();
    let standby = primary.standby().unwrap();
    let both = |name: &str| testkit::failover::url(&[&primary, &standby], name);
    let scene = Scene::new(place_in(both, &primary), 2);
    let follows = "SELECT COUNT(*) FROM pg_stat_replication WHERE sync_state = 'sync'";
    assert_eq!(primary.psql(follows).unwrap().trim(), "1");
    scene.under_load(|| {
        scene.more_answers();
        primary.kill().unwrap();
        standby.promote().unwrap();
    });
    scene.check();
}
