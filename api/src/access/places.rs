//! Places that are held for a while, such as connections: so many in all, and no client more than a quarter of them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::Client;

/// The places of one kind. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Places {
    all: usize,
    each: usize,
    held: Arc<Mutex<Held>>,
}

#[derive(Debug, Default)]
struct Held {
    all: usize,
    /// Absent is none.
    by_client: HashMap<Client, usize>,
}

/// Why there is no place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Full {
    /// All are taken.
    ForAll,
    /// This client has as many as one may have.
    ForThisClient,
}

impl Places {
    pub(crate) fn new(all: usize) -> Self {
        Self { all, each: all.div_ceil(4), held: Arc::default() }
    }

    /// Takes a place for `client`, or for somebody who may have any number.
    pub(crate) fn take(&self, client: Option<Client>) -> Result<Place, Full> {
        let mut held = self.lock();
        if held.all >= self.all {
            return Err(Full::ForAll);
        }
        if let Some(client) = &client {
            let of_client = held.by_client.entry(client.clone()).or_default();
            if *of_client >= self.each {
                return Err(Full::ForThisClient);
            }
            *of_client += 1;
        }
        held.all += 1;
        drop(held);
        Ok(Place { places: self.clone(), client })
    }

    fn lock(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A place, until dropped.
#[derive(Debug)]
pub(crate) struct Place {
    places: Places,
    client: Option<Client>,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut held = self.places.lock();
        held.all -= 1;
        if let Some(client) = &self.client
            && let Some(of_client) = held.by_client.get_mut(client)
        {
            *of_client -= 1;
            if *of_client == 0 {
                held.by_client.remove(client);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_client_takes_all_places_and_nothing_is_left_of_those_that_went() {
        let places = Places::new(8);
        let client = |n| Some(Client::V4([192, 0, 2, n].into()));
        let first: Vec<Place> = (0..2).map(|_| places.take(client(1)).unwrap()).collect();
        assert_eq!(places.take(client(1)).unwrap_err(), Full::ForThisClient);
        let proxied: Vec<Place> = (0..6).map(|_| places.take(None).unwrap()).collect();
        assert_eq!(places.take(client(2)).unwrap_err(), Full::ForAll);
        drop(first);
        assert!(places.take(client(1)).is_ok());
        drop(proxied);
        let held = places.lock();
        assert_eq!((held.all, held.by_client.len()), (0, 0));
    }
}
