//! The ledger's story, told to both databases: what is committed is found, whatever order it came in.

#![cfg(test)]

mod commits;
mod databases;
mod files;
mod intake;
mod lists;
mod random;
mod sample;
mod search;
mod servers;
mod service;

/// Tells each story to an SQLite file and to a PostgreSQL database of its own.
macro_rules! stories {
    ($($part:ident: $($story:ident),+;)+) => {
        mod sqlite {
            $($(#[tokio::test(flavor = "multi_thread")]
            async fn $story() {
                crate::databases::on_sqlite(crate::$part::$story).await;
            })+)+
        }

        mod postgres {
            $($(#[tokio::test(flavor = "multi_thread")]
            async fn $story() {
                crate::databases::on_postgres(crate::$part::$story).await;
            })+)+
        }
    };
}

stories! {
    commits: an_article_is_kept_as_it_was_sent, committing_twice_changes_nothing, the_order_of_arrival_leaves_no_trace,
        another_reading_replaces_the_claims, versions_are_counted_by_date, two_writers_at_once_lose_nothing,
        a_reading_that_cannot_be_kept_is_refused_alone;
    lists: articles_newest_first, articles_by_each_filter, claims_by_each_filter, pages_joined_are_the_list, sources_and_counts,
        the_export_is_everything_by_id,
        readings_by_each_filter;
    search: articles_are_found_by_their_words, claims_are_found_by_content_and_source, a_huge_text_is_kept_and_found, words_without_letters_find_nothing;
    service: extractions_are_committed_and_announced, the_ledger_is_counted_by_act_stance_and_kind,
        one_that_cannot_be_kept_is_set_aside_alone;
    intake: a_feed_is_polled_by_one, entries_are_seen_once, an_import_goes_on_where_it_was;
}
