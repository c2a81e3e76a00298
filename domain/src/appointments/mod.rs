//! Appointments: visits, and blocks of personal time.
//!
//! A slice of the shared room: the typed edit, the status rule, overlaps, the row and the JSON. Pure. The time of a
//! visit is one scalar, so a move is atomic; its status is a rule over events, so what was done beats what was
//! planned, whatever the clocks say.

mod clash;
mod edit;
mod facts;
mod list;
mod overlap;
mod promises;
mod row;
mod status;

pub use clash::{Overlap, allowing_overlap, clash, wanted};
pub use edit::{
    AppointmentEdit, BookContext, Step, book, edit, import, named_service, read_time, remove, reschedule,
    say, take_step,
};
pub use list::LIST;
pub use overlap::{Busy, overlapping};
pub use promises::{CONFIRMATION, DEPOSIT, Promise, Promises, REMINDER, SEEN_OFF, SEEN_TIME, is_off};
pub use row::{Appointment, AppointmentRow, Item};
pub use status::{Event, Status, current_status, moment_of};
