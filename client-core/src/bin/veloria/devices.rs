//! `devices list|revoke`.

use clap::Subcommand;
use client_core::driver::account::Accounts;
use domain::ids::DeviceId;
use serde_json::json;

use crate::account::signed_in;
use crate::failed::Failed;
use crate::output::{Column, Output};
use crate::{Session, sync};

#[derive(Debug, Subcommand)]
pub(crate) enum Devices {
    /// All devices of the account, also the disconnected ones.
    List,
    /// Disconnect a device: it reads nothing from then on.
    Revoke {
        /// The device.
        id: DeviceId,
    },
}

const COLUMNS: &[Column] = &[
    Column { ru: "Устройство", en: "Device", key: "name" },
    Column { ru: "Система", en: "Platform", key: "platform" },
    Column { ru: "Было на связи", en: "Last seen", key: "lastSeenAt" },
    Column { ru: "Не отдано", en: "Not handed over", key: "pending" },
    Column { ru: "Отключено", en: "Disconnected", key: "revokedAt" },
    Column { ru: "Номер", en: "Id", key: "id" },
];

impl Devices {
    pub(crate) fn run(self, session: &Session) -> Result<Output, Failed> {
        let (server, token) = signed_in(&session.open()?)?;
        let accounts = Accounts::new(&server, session.lang.as_str())?;
        match self {
            Self::List => Output::list(sync::block_on(accounts.devices(&token))??, COLUMNS),
            Self::Revoke { id } => {
                sync::block_on(accounts.revoke(&token, id))??;
                Output::one(&json!({ "id": id, "revoked": true }))
            }
        }
    }
}
