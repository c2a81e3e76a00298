//! Planting known faults into client and server, to see that the world finds them. Only with the feature `bugs`.

/// The names of the faults that can be planted.
pub const BUGS: [&str; 19] = [
    "cursor-without-lock",
    "outbox-cleared-at-send",
    "actor-reused",
    "hash-not-compared",
    "hash-not-compared-by-device",
    "conflicts-not-kept-up",
    "intent-runs-again",
    "first-word-stays",
    "tenant-not-in-key",
    "never-asks-again",
    "revoked-is-served",
    "resolution-twice",
    "redirect-lost",
    "undo-of-undo-lost",
    "sign-in-forgets-work",
    "known-again",
    "asked-anew",
    "handed-over-twice",
    "history-by-id-alone",
];

/// Plants a fault in this thread, and takes any other away; an empty name plants none.
pub fn plant(name: &str) -> Result<(), String> {
    use client_core::bugs as client;
    use sync_server::sync::bugs as server;
    client::plant(None);
    server::plant(None);
    match name {
        "" => {}
        "cursor-without-lock" => server::plant(Some(server::Bug::CursorWithoutLock)),
        "outbox-cleared-at-send" => client::plant(Some(client::Bug::OutboxClearedAtSend)),
        "actor-reused" => client::plant(Some(client::Bug::ActorReused)),
        "hash-not-compared" => server::plant(Some(server::Bug::HashNotCompared)),
        "hash-not-compared-by-device" => client::plant(Some(client::Bug::HashNotCompared)),
        "conflicts-not-kept-up" => client::plant(Some(client::Bug::ConflictsNotKeptUp)),
        "intent-runs-again" => server::plant(Some(server::Bug::IntentRunsAgain)),
        "first-word-stays" => client::plant(Some(client::Bug::FirstWordStays)),
        "tenant-not-in-key" => server::plant(Some(server::Bug::TenantNotInKey)),
        "never-asks-again" => client::plant(Some(client::Bug::NeverAsksAgain)),
        "revoked-is-served" => server::plant(Some(server::Bug::RevokedIsServed)),
        "resolution-twice" => client::plant(Some(client::Bug::ResolutionTwice)),
        "redirect-lost" => client::plant(Some(client::Bug::RedirectLost)),
        "undo-of-undo-lost" => client::plant(Some(client::Bug::UndoOfUndoLost)),
        "sign-in-forgets-work" => client::plant(Some(client::Bug::SignInForgetsWork)),
        "known-again" => server::plant(Some(server::Bug::KnownAgain)),
        "asked-anew" => client::plant(Some(client::Bug::AskedAnew)),
        "handed-over-twice" => client::plant(Some(client::Bug::HandedOverTwice)),
        "history-by-id-alone" => server::plant(Some(server::Bug::HistoryByIdAlone)),
        other => return Err(format!("there is no fault {other:?}; there are {}", BUGS.join(", "))),
    }
    Ok(())
}
