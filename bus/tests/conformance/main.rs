//! What every bus does, as cases that run against both backends; then what only one of them can be asked.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests fail by panicking")]

mod broker;
mod cases;
mod fixture;
mod in_process;
mod outage;
mod passage;
mod queues;
mod rabbit;
mod strained;

use broker::OnBroker;
use in_process::InOneProcess;

/// Runs each case as a test of its own, on a bus of its own.
macro_rules! conforms {
    ($backend:ident as $fixture:ty: $($module:ident::$case:ident)+) => {
        mod $backend {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $case() {
                let fixture = <$fixture as crate::fixture::Fixture>::start().await;
                crate::$module::$case(&fixture).await;
                crate::fixture::Fixture::end(fixture).await;
            })+
        }
    };
}

macro_rules! every_case {
    ($($module:ident::$case:ident)+) => {
        conforms!(on_the_broker as crate::OnBroker: $($module::$case)+);
        conforms!(in_one_process as crate::InOneProcess: $($module::$case)+);
    };
}

every_case! {
    cases::everything_published_is_handled_once
    cases::what_is_to_be_retried_comes_back_after_the_delay
    cases::after_the_last_attempt_it_is_set_aside_with_a_notice
    cases::what_can_never_succeed_is_set_aside_at_once
    cases::a_handler_that_panics_or_answers_too_little_is_tried_again
    cases::batches_fill_up_and_never_overflow
    cases::workers_run_at_once
    cases::messages_may_be_finished_in_any_order
    cases::shutdown_finishes_what_was_begun_and_loses_nothing
    cases::what_a_killed_consumer_held_is_delivered_again
    cases::an_event_reaches_every_listener
    cases::a_closed_bus_takes_nothing
    passage::a_passage_outlasts_retries_and_is_kept_in_quarantine
    passage::each_article_of_a_batch_goes_on_with_its_own_passage
    passage::an_article_that_is_offered_again_was_taken_in_once
    passage::what_becomes_of_messages_is_counted
    queues::looking_at_quarantine_changes_nothing
    queues::what_is_replayed_begins_anew_and_the_rest_stays
    queues::what_fails_again_is_set_aside_again
    queues::what_is_discarded_is_gone_and_the_rest_stays
}
