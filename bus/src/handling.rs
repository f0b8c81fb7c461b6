//! One call of a handler, whatever it does: one outcome a message comes out, panics and missing answers included.

use std::panic::AssertUnwindSafe;

use futures::FutureExt;

use crate::metrics::Metrics;
use crate::passage::{self, InHand};
use crate::{Handler, Outcome, Work};

/// What becomes of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It is done with.
    Done,
    /// It comes back later, for this reason.
    ComeBack(String),
    /// It goes into quarantine, for this reason in a word and in full.
    SetAside(Reason, String),
}

/// Why a message is set aside, in a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reason {
    /// It is none of the messages that the queue is for.
    Undecodable,
    /// Its handler said that it can never succeed.
    Refused,
    /// It was tried as often as it may be.
    Attempts,
    /// Too many consumers went away while they held it.
    Lost,
}

impl Reason {
    /// Every reason.
    pub(crate) const ALL: [Self; 4] = [Self::Undecodable, Self::Refused, Self::Attempts, Self::Lost];

    /// Its label.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Undecodable => "undecodable",
            Self::Refused => "refused",
            Self::Attempts => "attempts",
            Self::Lost => "lost",
        }
    }
}

impl Verdict {
    /// Its label.
    pub(crate) fn label(&self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::ComeBack(_) => "retry",
            Self::SetAside(..) => "quarantined",
        }
    }

    /// Of a handler's outcome after `attempts` tries (this one included) of at most `limit`.
    pub(crate) fn of(outcome: Outcome, attempts: u32, limit: u32) -> Self {
        match outcome {
            Outcome::Done => Self::Done,
            Outcome::RetryLater(why) => Self::of_failure(why, Reason::Attempts, attempts, limit),
            Outcome::Quarantine(why) => Self::SetAside(Reason::Refused, why),
        }
    }

    /// Of a try that failed; `reason` is why it is set aside if that was the last.
    pub(crate) fn of_failure(why: String, reason: Reason, attempts: u32, limit: u32) -> Self {
        if attempts >= limit {
            Self::SetAside(reason, format!("given up after {attempts} attempts; the last: {why}"))
        } else {
            Self::ComeBack(why)
        }
    }
}

/// Handles `messages`, each of which is one of `hands`; answers one outcome for each, in their order.
pub(crate) async fn handle<M: Work, H: Handler<M>>(handler: &H, messages: Vec<M>, hands: &[InHand], metrics: &Metrics) -> Vec<Outcome> {
    let count = messages.len();
    let timed = metrics.handling(M::QUEUE, count);
    let answer = AssertUnwindSafe(passage::within(hands, handler.handle(messages))).catch_unwind().await;
    drop(timed);
    let (mut outcomes, missing) = match answer {
        Ok(outcomes) => {
            let missing = format!("the handler answered for {} of {count} messages", outcomes.len());
            (outcomes, missing)
        }
        Err(panic) => (Vec::new(), format!("the handler panicked: {}", panic_message(&*panic))),
    };
    outcomes.resize(count, Outcome::RetryLater(missing));
    outcomes
}

fn panic_message(panic: &(dyn std::any::Any + Send)) -> &str {
    panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("without a message")
}
