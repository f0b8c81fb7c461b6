//! Politeness: one request at a time to a host, and a pause between two.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::OwnedMutexGuard;
use tokio::time::Instant;
use url::Url;

/// When each host may be asked next.
#[derive(Debug)]
pub(crate) struct Hosts {
    pause: Duration,
    free_at: Mutex<HashMap<String, Arc<tokio::sync::Mutex<Instant>>>>,
}

/// The turn to ask one host; it ends when this is dropped.
#[derive(Debug)]
pub(crate) struct Turn {
    free_at: OwnedMutexGuard<Instant>,
    pause: Duration,
}

impl Hosts {
    pub(crate) fn new(pause: Duration) -> Self {
        Self { pause, free_at: Mutex::default() }
    }

    /// Waits until the host of `url` may be asked.
    pub(crate) async fn turn(&self, url: &Url) -> Turn {
        let host = url.host_str().unwrap_or_default().to_owned();
        let slot = {
            let mut hosts = self.free_at.lock().unwrap_or_else(PoisonError::into_inner);
            // Hosts that nobody waits for and that are free need not be remembered.
            if hosts.len() > 1_000 {
                hosts.retain(|_, slot| slot.try_lock().map_or(true, |free_at| *free_at > Instant::now()));
            }
            hosts.entry(host).or_insert_with(|| Arc::new(tokio::sync::Mutex::new(Instant::now()))).clone()
        };
        let free_at = slot.lock_owned().await;
        tokio::time::sleep_until(*free_at).await;
        Turn { free_at, pause: self.pause }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        *self.free_at = Instant::now() + self.pause;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn one_host_waits_and_another_does_not() {
        let hosts = Hosts::new(Duration::from_secs(1));
        let (one, other) = (Url::parse("https://one.example/a").unwrap(), Url::parse("https://two.example/").unwrap());
        let begun = Instant::now();
        drop(hosts.turn(&one).await);
        drop(hosts.turn(&other).await);
        assert_eq!(begun.elapsed(), Duration::ZERO);
        drop(hosts.turn(&one.join("/b").unwrap()).await);
        assert!(begun.elapsed() >= Duration::from_secs(1) && begun.elapsed() < Duration::from_secs(2));
    }
}
