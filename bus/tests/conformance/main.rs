//! What every bus does, as cases that run against both backends; then what only one of them can be asked.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests fail by panicking")]

mod broker;
mod cases;
mod fixture;
mod in_process;
mod outage;
mod rabbit;
mod strained;

use broker::OnBroker;
use in_process::InOneProcess;

/// Runs each case as a test of its own, on a bus of its own.
macro_rules! conforms {
    ($backend:ident as $fixture:ty: $($case:ident)+) => {
        mod $backend {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $case() {
                let fixture = <$fixture as crate::fixture::Fixture>::start().await;
                crate::cases::$case(&fixture).await;
                crate::fixture::Fixture::end(fixture).await;
            })+
        }
    };
}

macro_rules! every_case {
    ($($case:ident)+) => {
        conforms!(on_the_broker as crate::OnBroker: $($case)+);
        conforms!(in_one_process as crate::InOneProcess: $($case)+);
    };
}

every_case! {
    everything_published_is_handled_once
    what_is_to_be_retried_comes_back_after_the_delay
    after_the_last_attempt_it_is_set_aside_with_a_notice
    what_can_never_succeed_is_set_aside_at_once
    a_handler_that_panics_or_answers_too_little_is_tried_again
    batches_fill_up_and_never_overflow
    workers_run_at_once
    messages_may_be_finished_in_any_order
    shutdown_finishes_what_was_begun_and_loses_nothing
    what_a_killed_consumer_held_is_delivered_again
    an_event_reaches_every_listener
    a_closed_bus_takes_nothing
}
