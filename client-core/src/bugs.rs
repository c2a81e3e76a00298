//! Planted faults, to show that the simulated world finds them. Without the feature `bugs` every question is
//! answered `false` while compiling, and nothing of this is left in the program.

/// A fault that can be planted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bug {
    /// Changes leave the outbox when they are sent, not when the server has them.
    OutboxClearedAtSend,
    /// The actor is kept in the file and used again by the next process, or by a restored copy.
    ActorReused,
    /// The declared hash of a received change is not compared with its bytes.
    HashNotCompared,
    /// The kept conflicts do not follow the rows.
    ConflictsNotKeptUp,
    /// Of a conflict that is kept, the first word stays: later decisions and facts do not replace it.
    FirstWordStays,
    /// After a request that failed the engine waits for its answer for ever.
    NeverAsksAgain,
    /// The message that belongs to a resolution is asked for twice.
    ResolutionTwice,
    /// Who was merged into another is gone, but nothing leads to who stays.
    RedirectLost,
    /// Who signs in again in a home begins with an empty outbox.
    SignInForgetsWork,
    /// Taking back what took something back says that it is done and writes nothing.
    UndoOfUndoLost,
    /// What was asked and not answered is asked anew, as something else.
    AskedAnew,
    /// Signing in anew queues what waits a second time.
    HandedOverTwice,
}

#[cfg(feature = "bugs")]
thread_local! {
    static PLANTED: std::cell::Cell<Option<Bug>> = const { std::cell::Cell::new(None) };
}

/// Plants a fault in this thread, or none.
#[cfg(feature = "bugs")]
pub fn plant(bug: Option<Bug>) {
    PLANTED.set(bug);
}

/// Whether a fault is planted.
#[cfg(feature = "bugs")]
#[must_use]
pub fn planted(bug: Bug) -> bool {
    PLANTED.get() == Some(bug)
}

/// Whether a fault is planted: never.
#[cfg(not(feature = "bugs"))]
#[must_use]
pub const fn planted(_: Bug) -> bool {
    false
}
