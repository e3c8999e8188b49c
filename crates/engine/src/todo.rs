//! To-do lists of a person: the cases that wait at the posts that he holds.

use approval::Books;
use approval::ids::UnitCode;
use approval::people::Person;
use approval::rights::Right;
use approval::stage::Stage;
use store::todo::{NO_DATE_US, Sought, TodoRow};

use crate::engine::Engine;
use crate::error::EngineError;

/// A post: a stage in a unit.
pub type Post = (UnitCode, Stage);

/// A place in a list: the date and the number of the row before it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// The stage's due instant in microseconds; [`NO_DATE_US`] where time stands still.
    pub due_us: i64,
    /// The number.
    pub subject: String,
}

impl Place {
    /// The place behind a row.
    pub fn behind(row: &TodoRow) -> Self {
        Self {
            due_us: row.stage_due_at_us.unwrap_or(NO_DATE_US),
            subject: row.subject.clone(),
        }
    }

    /// Reads the text of `Display` back.
    pub fn parse(text: &str) -> Option<Self> {
        let (due, subject) = text.split_once('~')?;
        Some(Self {
            due_us: due.parse().ok()?,
            subject: subject.to_owned(),
        })
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}~{}", self.due_us, self.subject)
    }
}

/// The posts that a person holds, those of whom he is the stand-in aside. A person of the division itself, at a hall's
/// common window, holds his posts in every unit.
pub fn posts_of(person: &Person, books: &Books) -> Vec<Post> {
    let units: Vec<&UnitCode> = match &person.unit {
        Some(unit) => vec![unit],
        None if person.posts.is_empty() => Vec::new(),
        None => books.directory.units().map(|u| &u.code).collect(),
    };
    let mut posts = Vec::new();
    for unit in units {
        for stage in Stage::ALL {
            let post = Right::Post(unit.clone(), *stage);
            if person.has(&post, &books.directory) {
                posts.push((unit.clone(), *stage));
            }
        }
    }
    posts
}

/// What waits at some posts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Waiting {
    /// How many wait at each post, in the order asked for; [`store::todo::COUNTED_MAX`] stands for that or more.
    pub counts: Vec<i64>,
    /// Those that are listed, the nearest date first.
    pub rows: Vec<TodoRow>,
}

impl Engine {
    /// What waits at some posts: how many at each, and a page of those in a stage (in all, if none is chosen) behind a
    /// place.
    ///
    /// # Errors
    /// The database's.
    pub async fn waiting(
        &self,
        posts: &[Post],
        chosen: Option<Stage>,
        after: &Place,
        sought: Sought<'_>,
        limit: i64,
    ) -> Result<Waiting, EngineError> {
        // No snapshot: that a case moves between two of these statements does no harm, and lists are opened all day.
        let mut conn = self.inner.store.read().await?;
        let mut waiting = Waiting::default();
        let rows = &mut waiting.rows;
        for (unit, stage) in posts {
            let post = (unit.as_str(), stage.as_str());
            let count = store::todo::count(&mut conn, self.division(), post.0, post.1).await?;
            waiting.counts.push(count);
            if count == 0 || chosen.is_some_and(|chosen| chosen != *stage) {
                continue;
            }
            let place = (after.due_us, after.subject.as_str());
            rows.extend(
                store::todo::page(&mut conn, self.division(), post, place, sought, limit).await?,
            );
        }
        rows.sort_by(|a, b| {
            let key = |row: &TodoRow| row.stage_due_at_us.unwrap_or(NO_DATE_US);
            (key(a), &a.subject).cmp(&(key(b), &b.subject))
        });
        rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        Ok(waiting)
    }
}
