//! Readiness: what a service needs to do its work, and whether it has it now.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// Why each need is not met; absent needs are met. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Readiness {
    needs: Arc<Mutex<BTreeMap<&'static str, Result<(), String>>>>,
}

impl Readiness {
    /// Adds a need that is not met until [`Need::met`] says so. Services of one process may share a need.
    pub fn need(&self, name: &'static str) -> Need {
        self.lock().entry(name).or_insert_with(|| Err("starting".to_owned()));
        Need { readiness: self.clone(), name }
    }

    /// Adds a need that is met whenever `state` says so, until `shutdown`.
    pub fn follow(&self, name: &'static str, mut state: watch::Receiver<Result<(), String>>, shutdown: CancellationToken) {
        let need = self.need(name);
        tokio::spawn(async move {
            loop {
                need.set(state.borrow_and_update().clone());
                tokio::select! {
                    changed = state.changed() => if changed.is_err() { return },
                    () = shutdown.cancelled() => return,
                }
            }
        });
    }

    /// The needs that are not met, with reasons; empty when ready.
    pub fn missing(&self) -> BTreeMap<&'static str, String> {
        let needs = self.lock();
        needs.iter().filter_map(|(name, state)| state.as_ref().err().map(|why| (*name, why.clone()))).collect()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<&'static str, Result<(), String>>> {
        self.needs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One thing that a service needs: its broker, its database.
#[derive(Clone, Debug)]
pub struct Need {
    readiness: Readiness,
    name: &'static str,
}

impl Need {
    /// It is there.
    pub fn met(&self) {
        self.set(Ok(()));
    }

    /// It is not there.
    pub fn missing(&self, why: &str) {
        self.set(Err(why.to_owned()));
    }

    /// Logs each change once.
    fn set(&self, state: Result<(), String>) {
        let now_missing = state.as_ref().err().cloned();
        let before = self.readiness.lock().insert(self.name, state);
        match (before, now_missing) {
            (Some(Err(_)), None) => tracing::info!(need = self.name, "{} is there", self.name),
            (Some(Ok(())), Some(why)) => tracing::warn!(need = self.name, %why, "{} is not there: {why}", self.name),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ready_once_every_need_is_met() {
        let readiness = Readiness::default();
        let (bus, database) = (readiness.need("bus"), readiness.need("database"));
        bus.met();
        assert_eq!(readiness.missing(), BTreeMap::from([("database", "starting".to_owned())]));
        database.met();
        assert!(readiness.missing().is_empty());
        let _shared = readiness.need("bus");
        assert!(readiness.missing().is_empty());
        bus.missing("connection refused");
        assert_eq!(readiness.missing(), BTreeMap::from([("bus", "connection refused".to_owned())]));
    }
}
