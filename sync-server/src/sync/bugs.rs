//! Planted faults, for proving that the simulated world can find them. Compiled only with the feature `bugs`; without
//! it every question is answered `false` at compile time.

/// A fault that can be switched on in a test build.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bug {
    /// A writing transaction does not lock the tenant first, so numbers are not in commit order.
    CursorWithoutLock,
    /// The declared hash of a change is not compared with its bytes.
    HashNotCompared,
    /// An intent that was answered before runs once more.
    IntentRunsAgain,
    /// What is looked for by its id is looked for in every tenant.
    TenantNotInKey,
    /// A change that the log has is appended to it once more when it is handed over again.
    KnownAgain,
    /// A revoked device is served like any other.
    RevokedIsServed,
    /// Who asks for the changes of a record is taken for one of the record's business.
    HistoryByIdAlone,
}

#[cfg(feature = "bugs")]
thread_local! {
    static ON: std::cell::Cell<Option<Bug>> = const { std::cell::Cell::new(None) };
}

/// Switches one fault on for this thread, or all off.
#[cfg(feature = "bugs")]
pub fn plant(bug: Option<Bug>) {
    ON.set(bug);
}

#[cfg(feature = "bugs")]
pub(crate) fn on(bug: Bug) -> bool {
    ON.get() == Some(bug)
}

#[cfg(not(feature = "bugs"))]
pub(crate) const fn on(_: Bug) -> bool {
    false
}
