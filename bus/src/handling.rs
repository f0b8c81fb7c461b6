//! One call of a handler, whatever it does: one outcome a message comes out, panics and missing answers included.

use std::panic::AssertUnwindSafe;

use futures::FutureExt;

use crate::metrics::Metrics;
use crate::{Handler, Outcome, Work};

/// Handles `messages`; answers one outcome for each, in their order.
pub(crate) async fn handle<M: Work, H: Handler<M>>(handler: &H, messages: Vec<M>, metrics: &Metrics) -> Vec<Outcome> {
    let count = messages.len();
    let timed = metrics.handling(M::QUEUE, count);
    let answer = AssertUnwindSafe(handler.handle(messages)).catch_unwind().await;
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

/// What becomes of a message after `attempts` tries (this one included) of at most `limit`.
pub(crate) fn verdict(outcome: Outcome, attempts: u32, limit: u32) -> Outcome {
    match outcome {
        Outcome::RetryLater(why) if attempts >= limit => {
            Outcome::Quarantine(format!("given up after {attempts} attempts; the last: {why}"))
        }
        other => other,
    }
}

fn panic_message(panic: &(dyn std::any::Any + Send)) -> &str {
    panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("without a message")
}
