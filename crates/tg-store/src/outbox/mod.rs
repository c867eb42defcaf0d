//! The port of deliveries, one file per step of their way.

mod attached;
mod bulk;
mod claim;
mod counts;
mod decide;
mod epoch;
pub(crate) mod facts;
mod listing;
mod moves;
mod plan;
mod port;
mod repeat;
mod stage;
mod timeline;
mod totals;

#[cfg(test)]
pub(crate) use {
    claim::CANDIDATES, counts::NEXT_DUES, counts::OPEN, counts::next_due_sql, decide::FAILED,
    decide::UNKNOWN, moves::OWNER, repeat::REPEATS, timeline::SLICES,
};
