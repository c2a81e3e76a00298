//! What happens in a world: a plain list of steps, so that it can be cut, kept in a file and played again.

use serde::{Deserialize, Serialize};

/// A whole history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct History {
    /// Where ids and jitter come from, and what the history was made from.
    pub seed: u64,
    /// How many devices the first tenant has at the start.
    pub devices: u8,
    /// Whether there is a second tenant with a device of its own.
    pub neighbour: bool,
    /// Whether devices ask for rows and open documents later.
    pub lazy: bool,
    /// Whether a device syncs by itself after each edit.
    pub eager: bool,
    /// What happens.
    pub steps: Vec<Step>,
}

/// One thing that happens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// Milliseconds since the step before.
    pub wait: u32,
    /// What it is.
    pub what: What,
}

/// What happens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum What {
    /// Somebody does something.
    Act(Act),
    /// A device's engine is woken.
    Sync(u8),
    /// Something goes wrong.
    Fault(Fault),
}

/// Something that a person does on a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Act {
    /// On which device.
    pub device: u8,
    /// What.
    pub kind: ActKind,
    /// Chooses the target, the place, the hour.
    pub pick: u32,
    /// The unique value that is written.
    pub token: u32,
}

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name { $($(#[$vdoc])* $variant),* }

        impl $name {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$variant),*];
        }
    };
}

words! {
    /// What people do.
    ActKind {
        /// A new client.
        AddClient,
        /// One field of a client.
        EditClient,
        /// Letters into the free text about a client.
        WriteAboutClient,
        /// One more tag.
        Tag,
        /// One tag less.
        Untag,
        /// A client is removed.
        RemoveClient,
        /// A visit is booked.
        Book,
        /// A visit is moved.
        Move,
        /// She will come.
        Confirm,
        /// It is called off.
        Cancel,
        /// It is done.
        Complete,
        /// A new note.
        AddNote,
        /// Letters into a note.
        EditNote,
        /// Several documents in one action.
        Group,
        /// A new service.
        AddService,
        /// Another price and name.
        EditService,
        /// A service less.
        RemoveService,
        /// A conflict is settled by one of its choices.
        Resolve,
        /// Two clients become one.
        Merge,
        /// A change is taken back.
        Undo,
        /// Everything that a device did since a moment is taken back.
        UndoDevice,
        /// She was paid in hand.
        TakePayment,
        /// She changes how she is called; another device may have been faster.
        ChangeSetting,
        /// The server is asked for something that it must do soon or not at all.
        AskInTime,
        /// What the server was asked and not told yet is taken back.
        CancelIntent,
        /// What the server has answered is asked once more.
        AskAgain,
        /// Another device is disconnected, with what it has not sent.
        Revoke,
        /// She signs in again on a disconnected device, which hands over what it had not sent.
        Enrol,
        /// Somebody asks for what belongs to a neighbour.
        Trespass,
        /// Somebody asks for the changes of a record that belongs to a neighbour.
        TrespassHistory,
    }
}

impl ActKind {
    /// Whether the server is asked for what it writes.
    #[must_use]
    pub const fn asks(self) -> bool {
        matches!(
            self,
            Self::AddService
                | Self::EditService
                | Self::RemoveService
                | Self::TakePayment
                | Self::ChangeSetting
                | Self::AskInTime
        )
    }

    /// Whether it leaves something behind that a fault can touch. What comes too late or is taken back in time does not.
    #[must_use]
    pub const fn writes(self) -> bool {
        !matches!(
            self,
            Self::AskInTime
                | Self::CancelIntent
                | Self::AskAgain
                | Self::Revoke
                | Self::Enrol
                | Self::Trespass
                | Self::TrespassHistory
        )
    }
}

/// Something that goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// For which device.
    pub device: u8,
    /// What.
    pub kind: FaultKind,
    /// Chooses how long, which bit, which copy.
    pub pick: u32,
}

words! {
    /// What goes wrong.
    FaultKind {
        /// The next request does not arrive.
        LoseRequest,
        /// The answer to the next request does not arrive; the server has done what it says.
        LoseAnswer,
        /// The next request arrives once more, later.
        Repeat,
        /// The next request takes long, others overtake it.
        Delay,
        /// Nothing passes for a while.
        Cut,
        /// The device dies and starts again.
        Kill,
        /// The server dies in the middle of the next request's transaction.
        CrashServer,
        /// The next request's transaction stays open for long.
        SlowTransaction,
        /// The server's database is restored from an older dump.
        RestoreServer,
        /// The device's home is copied, and the copy runs too.
        CloneHome,
        /// The device's home is replaced by an older copy of it.
        RestoreHome,
        /// The device's clock jumps, by up to a year.
        ClockOff,
        /// A chunk of the next request is damaged.
        DamageRequest,
        /// A chunk of the next answer is damaged.
        DamageAnswer,
        /// A document in the device's file is damaged.
        DamageFile,
        /// With the next request comes a change that is whole, but of a bad shape.
        Poison,
        /// The server folds its log.
        Fold,
        /// The next answers are as small as can be.
        TinyPages,
        /// A new device begins from nothing.
        Join,
    }
}

impl FaultKind {
    /// Whether it happens to the device's next request rather than now.
    #[must_use]
    pub const fn waits_for_request(self) -> bool {
        matches!(
            self,
            Self::LoseRequest
                | Self::LoseAnswer
                | Self::Repeat
                | Self::Delay
                | Self::CrashServer
                | Self::SlowTransaction
                | Self::DamageRequest
                | Self::DamageAnswer
                | Self::Poison
        )
    }

    /// Whether it can touch what such an act has written.
    #[must_use]
    pub const fn can_touch(self, act: ActKind) -> bool {
        // A device's file holds what it has asked for in another table than documents.
        act.writes() && !(act.asks() && matches!(self, Self::DamageFile))
    }
}
