//! How fast each client may ask, reading and writing apart.

use std::num::NonZeroU32;
use std::time::Duration;

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota};

use super::Client;

/// Clients that are told apart at once: some megabytes of memory. Beyond it addresses share what one has; keys never do.
const MAX_CLIENTS: usize = 100_000;

/// So many requests a second, and so many at once after a rest.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rate {
    pub(crate) per_s: NonZeroU32,
    pub(crate) burst: NonZeroU32,
}

/// One rate, kept for each client.
#[derive(Debug)]
pub(super) struct Rates {
    clients: DefaultKeyedRateLimiter<Client>,
    rate: Rate,
}

impl Rates {
    pub(super) fn of(rate: Rate) -> Self {
        Self { clients: DefaultKeyedRateLimiter::keyed(Quota::per_second(rate.per_s).allow_burst(rate.burst)), rate }
    }

    /// Counts one request; how long to wait where it is one too many.
    pub(super) fn count(&self, client: &Client) -> Result<(), Duration> {
        let crowded = !matches!(client, Client::Key(_)) && self.clients.len() >= MAX_CLIENTS;
        let client = if crowded { &Client::Crowd } else { client };
        self.clients.check_key(client).map_err(|until| until.wait_time_from(DefaultClock::default().now()))
    }

    /// "100 a second, 1000 at once".
    pub(super) fn in_words(&self) -> String {
        format!("{} a second, {} at once", self.rate.per_s, self.rate.burst)
    }

    /// Forgets those who have rested long enough to begin anew.
    pub(super) fn forget_rested(&self) {
        self.clients.retain_recent();
        self.clients.shrink_to_fit();
    }
}

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv4Addr};

    use super::*;

    fn rates(per_s: u32, burst: u32) -> Rates {
        Rates::of(Rate { per_s: per_s.try_into().unwrap(), burst: burst.try_into().unwrap() })
    }

    #[test]
    fn each_client_has_its_own_and_is_told_how_long_to_wait() {
        let rates = rates(1, 3);
        let (one, other) = (Client::from(IpAddr::from([192, 0, 2, 1])), Client::Key("feeds".into()));
        for _ in 0..3 {
            assert_eq!(rates.count(&one), Ok(()));
        }
        let wait = rates.count(&one).unwrap_err();
        assert!(wait > Duration::from_millis(900) && wait <= Duration::from_secs(1), "{wait:?}");
        assert_eq!(rates.count(&other), Ok(()));
    }

    #[test]
    fn memory_is_bounded_and_the_rested_are_forgotten() {
        let quick = rates(1_000_000, 1);
        for n in 0..1_000 {
            let _counted = quick.count(&Client::V4(Ipv4Addr::from_bits(n)));
        }
        std::thread::sleep(Duration::from_millis(5));
        quick.forget_rested();
        assert_eq!(quick.clients.len(), 0);

        let slow = rates(1, 1);
        for n in 0..u32::try_from(MAX_CLIENTS).unwrap() + 500 {
            let _counted = slow.count(&Client::V4(Ipv4Addr::from_bits(n)));
        }
        assert!(slow.clients.len() <= MAX_CLIENTS + 1, "{}", slow.clients.len());
        assert!(slow.count(&Client::V4(Ipv4Addr::BROADCAST)).is_err(), "the crowd shares one bucket");
        assert_eq!(slow.count(&Client::Key("feeds".into())), Ok(()));
    }
}
