//! `tg run`

use crate::config::Span;
use clap::Args;

/// What `tg help run` adds.
pub(crate) const LONG: &str = "\
One engine per home. SIGINT or SIGTERM stops it gracefully: messages in flight finish within run.grace, and it ends \
with 130; a second signal ends it at once. Nothing is lost or sent twice either way. Pauses, cancellations and \
suppressions made in another terminal hold from the next message on.

With --output json one event per line (tg.event/1), then a summary (tg.run/1).

Examples:
  tg run
  tg run --until-idle --max-wait 2h";

/// How to run.
#[derive(Args, Debug)]
pub(crate) struct Run {
    /// End when no started campaign has work due
    #[arg(long)]
    pub(crate) until_idle: bool,
    /// With --until-idle: how far ahead to wait for work, such as 90s, 5m, 2h [default: any time]
    #[arg(long, value_name = "SPAN", requires = "until_idle")]
    pub(crate) max_wait: Option<Span>,
    /// With work due, how long to wait for a first connection [env: TG_RUN_CONNECT_DEADLINE] [default: 60s]
    #[arg(long, value_name = "SPAN")]
    pub(crate) connect_deadline: Option<Span>,
}
