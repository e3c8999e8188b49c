//! The store on both databases: one contract list, the schema, group commit, errors, the feed and verifying.

#[cfg(test)]
mod api;
#[cfg(test)]
mod audit;
#[cfg(test)]
mod behind;
#[cfg(test)]
mod books;
#[cfg(test)]
mod contract;
#[cfg(test)]
mod division;
#[cfg(test)]
mod errors;
#[cfg(test)]
mod feed;
#[cfg(test)]
mod fixture;
#[cfg(test)]
mod group_commit;
#[cfg(test)]
mod messages;
#[cfg(test)]
mod schema;
#[cfg(test)]
mod scores;
#[cfg(test)]
mod two_processes;
#[cfg(test)]
mod upgrade;
#[cfg(test)]
mod verify;
