//! What wakes an account that rests. The orders change with every commit of anybody: an account that
//! looked for work each time would, in a fleet, cost as much as all that the others send.

use crate::worker::Worker;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tg_core::ids::{CampaignId, ProxyId};
use tg_core::time::Timestamp;

/// What of the orders concerns one account.
#[derive(Debug, PartialEq, Eq)]
struct Concern {
    may_run: bool,
    running: Vec<CampaignId>,
    proxy: Option<ProxyId>,
    /// Its proxy was found to work when somebody looked last.
    proxy_works: bool,
    exit_from: Option<Timestamp>,
}

impl Worker {
    fn concern(&self) -> Concern {
        let running = self.running();
        let control = self.control.borrow();
        let exit = control.exit(self.account.id);
        Concern {
            may_run: control.may_run(self.account.id),
            running,
            proxy: exit.proxy_id(),
            proxy_works: exit.proxy.is_none_or(|proxy| proxy.health.fault.is_none()),
            exit_from: exit.not_before,
        }
    }

    /// Whether the orders have a row, or an answer, of this account that it does not know of.
    fn has_new_work(&self) -> bool {
        let control = self.control.borrow();
        let id = self.account.id;
        let earlier =
            control.due.get(&id).is_some_and(|due| self.known_due.is_none_or(|k| *due < k));
        earlier || control.replying.contains(&id)
    }

    /// Waits for `span`, for the end of the run, or for a change that concerns this account; with
    /// `for_work` new work is one.
    pub(crate) async fn sleep(&mut self, span: Duration, for_work: bool) {
        let clock = Arc::clone(&self.shared.clock);
        let mut over = pin!(async move {
            if span == Duration::MAX {
                std::future::pending::<()>().await;
            } else {
                clock.sleep(span).await;
            }
        });
        let before = self.concern();
        let (stop, trouble) = (self.shared.stop.clone(), Arc::clone(&self.trouble));
        loop {
            tokio::select! {
                () = &mut over => return,
                () = stop.begun() => return,
                // The sender lives as long as the run.
                _ = self.control.changed() => {
                    if (for_work && self.has_new_work()) || self.concern() != before {
                        return;
                    }
                }
                () = trouble.met() => return,
            }
        }
    }
}
