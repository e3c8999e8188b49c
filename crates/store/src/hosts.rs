//! Several hosts of one PostgreSQL: a primary and those that may take its place.
//!
//! `postgres://USER@ONE:5432,TWO:5432/DATABASE` names them all. The one that isn't in recovery is used; when it goes away,
//! the others are asked, and whoever was promoted is used from then on. That there is never more than one is the business
//! of whoever promotes.

use std::str::FromStr;
use std::time::Duration;

use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, Connection, PgConnection, PgPool};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::StoreError;
use crate::conn::statements;

/// How often it is looked whether the primary is still there.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// How long a host may take to answer.
const ANSWER: Duration = Duration::from_secs(3);

statements! {
    IN_RECOVERY_POSTGRES = "SELECT pg_is_in_recovery()";
}

/// The options for each host of an address, in its order; `None` if it isn't understood.
pub(crate) fn of_address(url: &str) -> Option<Vec<PgConnectOptions>> {
    let (scheme, rest) = url.split_once("://")?;
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, place) = rest.split_at(end);
    let (account, hosts) = match authority.rsplit_once('@') {
        Some((account, hosts)) => (format!("{account}@"), hosts),
        None => (String::new(), authority),
    };
    hosts
        .split(',')
        .map(|host| PgConnectOptions::from_str(&format!("{scheme}://{account}{host}{place}")).ok())
        .collect()
}

/// Whether a server takes no writes because it follows another one.
pub(crate) async fn in_recovery(connection: &mut PgConnection) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar(IN_RECOVERY_POSTGRES)
        .fetch_one(connection)
        .await
}

/// The first host that answers and takes writes; the error of the last one if there is none.
pub(crate) async fn primary(
    hosts: &[PgConnectOptions],
) -> Result<Option<&PgConnectOptions>, sqlx::Error> {
    let mut last = None;
    for host in hosts {
        match timeout(ANSWER, is_primary(host)).await {
            Ok(Ok(true)) => return Ok(Some(host)),
            Ok(Ok(false)) => {}
            Ok(Err(error)) => last = Some(error),
            Err(_) => last = Some(sqlx::Error::Io(std::io::ErrorKind::TimedOut.into())),
        }
    }
    last.map_or(Ok(None), Err)
}

async fn is_primary(host: &PgConnectOptions) -> Result<bool, sqlx::Error> {
    let mut connection = host.connect().await?;
    let standby = in_recovery(&mut connection).await;
    // Whatever becomes of it, it isn't used any more.
    drop(connection.close().await);
    standby.map(|standby| !standby)
}

/// Watches over which host is the primary, and points new connections of a pool to it. Connections to one that died break
/// by themselves and are replaced.
#[derive(Debug)]
pub(crate) struct Watch(JoinHandle<()>);

impl Watch {
    /// Begins to watch.
    pub(crate) fn begin(pool: PgPool, hosts: Vec<PgConnectOptions>) -> Self {
        Self(tokio::spawn(async move {
            let mut every = tokio::time::interval(LOOK_EVERY);
            while !pool.is_closed() {
                every.tick().await;
                let used = pool.connect_options();
                if matches!(timeout(ANSWER, is_primary(&used)).await, Ok(Ok(true))) {
                    continue;
                }
                if let Ok(Some(host)) = primary(&hosts).await {
                    tracing::warn!(
                        database.host = host.get_host(),
                        database.port = host.get_port(),
                        "the database is another host from here on"
                    );
                    pool.set_connect_options(host.clone());
                }
            }
        }))
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// No host takes writes, but one of them answers: all follow another one.
pub(crate) fn all_follow(url: String) -> StoreError {
    StoreError::NoPrimary { url }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(url: &str) -> Option<Vec<(String, u16)>> {
        let hosts = of_address(url)?;
        Some(
            hosts
                .iter()
                .map(|host| (host.get_host().to_owned(), host.get_port()))
                .collect(),
        )
    }

    #[test]
    fn an_address_may_name_several_hosts() {
        let one = |host: &str, port| (host.to_owned(), port);
        assert_eq!(
            read("postgres://ann:a,b@db1:5433,db2/x?sslmode=disable"),
            Some(vec![one("db1", 5433), one("db2", 5432)])
        );
        assert_eq!(read("postgres://db/x"), Some(vec![one("db", 5432)]));
        assert_eq!(read("postgres://ann@db1:x,db2/x"), None);
        assert_eq!(read("nothing"), None);
    }
}
