//! Records that came: whole rows of the server, taken as they are.

use domain::sync::RecordItem;

use crate::store::{Result, Tx};

pub(super) fn receive(tx: &Tx<'_>, item: &RecordItem) -> Result<()> {
    tx.put_record(&item.record, item.id, item.body.as_ref(), item.seq)?;
    tx.unwant(item.id)
}
