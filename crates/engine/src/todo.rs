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

impl Engine {
    /// What waits at some posts, the nearest date first, behind a place.
    ///
    /// # Errors
    /// The database's.
    pub async fn waiting(
        &self,
        posts: &[Post],
        after: &Place,
        sought: Sought<'_>,
        limit: i64,
    ) -> Result<Vec<TodoRow>, EngineError> {
        let mut conn = self.inner.store.snapshot().await?;
        let mut rows = Vec::new();
        for (unit, stage) in posts {
            let post = (unit.as_str(), stage.as_str());
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
        Ok(rows)
    }

    /// How many wait at each of some posts; [`store::todo::COUNTED_MAX`] stands for that or more.
    ///
    /// # Errors
    /// The database's.
    pub async fn waiting_counts(&self, posts: &[Post]) -> Result<Vec<i64>, EngineError> {
        let mut conn = self.inner.store.snapshot().await?;
        let mut counts = Vec::with_capacity(posts.len());
        for (unit, stage) in posts {
            let count =
                store::todo::count(&mut conn, self.division(), unit.as_str(), stage.as_str());
            counts.push(count.await?);
        }
        Ok(counts)
    }
}
