//! Where a process may die around a write. A simulation lets it die there; no configuration can.
//!
//! Between these points a process has no effect on the record that its death could cut in two: what a transaction did
//! before its commit is undone by the database, and what follows the commit is only the answer.

use std::fmt;

use futures_util::future::BoxFuture;

use crate::conn::Conn;
use crate::error::{AsConflict, StoreError};
use crate::store::Store;

/// A point at which a process may die.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Point {
    /// Before something is read.
    Reading,
    /// Before the work of a write is begun.
    Beginning,
    /// The work is done, and nothing of it is durable.
    BeforeCommit,
    /// The work is durable, and nobody was told.
    AfterCommit,
}

/// Decides at each point whether the process lives on. Once it has said no, it says no for good.
pub trait Faults: fmt::Debug + Send + Sync {
    /// Whether the process lives on past this point.
    fn lives_past(&self, point: Point) -> bool;
}

impl Store {
    /// Goes on, or tells that the process is dead: its store is closed to it.
    pub(crate) fn live_past(&self, point: Point) -> Result<(), StoreError> {
        match self.faults() {
            Some(faults) if !faults.lives_past(point) => Err(StoreError::Closed),
            _ => Ok(()),
        }
    }

    /// [`Store::write`] of a process that may die.
    pub(crate) async fn write_mortal<T, E, F>(&self, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + AsConflict + Send + 'static,
        F: for<'c> Fn(&'c mut Conn) -> BoxFuture<'c, Result<T, E>> + Send + Sync + 'static,
    {
        self.live_past(Point::Beginning)?;
        let mortal = self.clone();
        let done = self
            .write_through::<T, E, _>(move |conn| {
                let (mortal, doing) = (mortal.clone(), work(conn));
                Box::pin(async move {
                    let done = doing.await?;
                    mortal.live_past(Point::BeforeCommit)?;
                    Ok::<T, E>(done)
                })
            })
            .await?;
        self.live_past(Point::AfterCommit)?;
        Ok(done)
    }
}
