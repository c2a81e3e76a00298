//! Who may bring a picture now. A file is large and making a picture of it is slow, so whoever brings one takes a ticket before
//! anything of it is read: there are a few for all and fewer for each business, and who gets none is told at once to come again.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use domain::errors::ErrorCode;
use domain::ids::TenantId;
use tokio::sync::Semaphore;

use crate::http::Problem;

/// Files of all businesses that are in memory at the same time.
const MOST: usize = 16;
/// Files of one business. One of them is being made, the other is being read meanwhile.
const MOST_OF_ONE: usize = 2;
/// When to come again.
const LATER: Duration = Duration::from_secs(2);

/// Who brings pictures now. Clones share it.
#[derive(Clone, Debug, Default)]
pub(super) struct Queue(Arc<Mutex<HashMap<TenantId, Standing>>>);

/// What one business brings.
#[derive(Clone, Debug)]
struct Standing {
    tickets: usize,
    /// One picture of a business is made at a time, so a bad one keeps its own business waiting.
    turn: Arc<Semaphore>,
}

/// The right to bring one picture; given back when dropped.
#[derive(Debug)]
pub(super) struct Ticket {
    queue: Queue,
    tenant: TenantId,
    /// For the turn of its business.
    pub(super) turn: Arc<Semaphore>,
}

impl Queue {
    /// A ticket, or when to come again.
    pub(super) fn enter(&self, tenant: TenantId) -> Result<Ticket, Problem> {
        let mut standing = self.standing();
        let of_all: usize = standing.values().map(|one| one.tickets).sum();
        let own = standing
            .entry(tenant)
            .or_insert_with(|| Standing { tickets: 0, turn: Arc::new(Semaphore::new(1)) });
        let has_room = of_all < MOST && own.tickets < MOST_OF_ONE;
        if has_room {
            own.tickets += 1;
            return Ok(Ticket { queue: self.clone(), tenant, turn: own.turn.clone() });
        }
        if own.tickets == 0 {
            standing.remove(&tenant);
        }
        Err(Problem::new(ErrorCode::Unavailable).after(LATER))
    }

    fn standing(&self) -> MutexGuard<'_, HashMap<TenantId, Standing>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        let mut standing = self.queue.standing();
        if let Some(own) = standing.get_mut(&self.tenant) {
            own.tickets -= 1;
            if own.tickets == 0 {
                standing.remove(&self.tenant);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_business_has_two_tickets_and_all_have_sixteen() {
        let queue = Queue::default();
        let enter = |n| queue.enter(TenantId(Uuid::from_u128(n)));
        let mut tickets: Vec<_> = [1, 1].into_iter().map(|n| enter(n).unwrap()).collect();
        assert_eq!(enter(1).unwrap_err().code(), ErrorCode::Unavailable);
        tickets.extend((2..).take(MOST - 2).map(|n| enter(n).unwrap()));
        assert!(enter(100).is_err(), "all are taken");
        tickets.pop();
        assert!(enter(100).is_ok());
        drop(tickets);
        assert!(queue.standing().is_empty());
    }
}
