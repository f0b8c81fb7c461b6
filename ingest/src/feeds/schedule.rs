//! When a feed is asked again: pure arithmetic, so that every ingest comes to the same time.

use std::time::Duration;

use crate::fetch::Freshness;

/// The longest that a feed is left alone, whatever it says and however often it failed.
const LONGEST: Duration = Duration::from_hours(24);

/// How long to leave the feed at `url` alone after a poll: `interval`, longer if the server asked for it, doubled with each of
/// `failures` in a row, and spread a little, so that feeds added together are not asked together.
pub(super) fn pause(url: &str, interval: Duration, failures: u32, freshness: Freshness) -> Duration {
    let backed_off = interval.saturating_mul(2u32.saturating_pow(failures.min(20)));
    let asked_for = freshness.max_age.max(freshness.retry_after).unwrap_or_default();
    let pause = backed_off.max(asked_for).min(LONGEST);
    pause + pause.mul_f64(spread(url))
}

/// From nothing to a tenth, by the address alone.
fn spread(url: &str) -> f64 {
    let [first, second, ..] = *blake3::hash(url.as_bytes()).as_bytes();
    f64::from(u16::from_be_bytes([first, second])) / f64::from(u16::MAX) / 10.0
}

#[cfg(test)]
mod tests {
    use super::*;

    const URL: &str = "https://outlet.example/feed";
    const QUARTER: Duration = Duration::from_mins(15);

    /// The pause in whole minutes, the spread taken off.
    fn minutes(failures: u32, max_age: u64, retry_after: u64) -> String {
        let freshness = Freshness { max_age: Some(Duration::from_secs(max_age)), retry_after: Some(Duration::from_secs(retry_after)) };
        let minutes = pause(URL, QUARTER, failures, freshness).as_secs_f64() / 60.0 / (1.0 + spread(URL));
        format!("{minutes:.0}")
    }

    #[test]
    fn failures_double_the_pause_up_to_a_day() {
        assert_eq!([0, 1, 3, 7, 40].map(|failures| minutes(failures, 0, 0)), ["15", "30", "120", "1440", "1440"]);
    }

    #[test]
    fn the_server_may_ask_for_more_time_within_bounds() {
        assert_eq!(minutes(0, 60, 0), "15");
        assert_eq!(minutes(0, 3_600, 0), "60");
        assert_eq!(minutes(0, 0, 7_200), "120");
        assert_eq!(minutes(0, u64::MAX, u64::MAX), "1440");
    }

    #[test]
    fn the_spread_is_the_addresss_own() {
        assert_eq!(pause(URL, QUARTER, 0, Freshness::default()), pause(URL, QUARTER, 0, Freshness::default()));
        let other = "https://outlet.example/other";
        assert!((spread(URL) - spread(other)).abs() > 1e-6);
        assert!((0.0..=0.1).contains(&spread(other)));
    }
}
