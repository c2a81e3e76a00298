//! The PIN of this home: kept stretched and inside the encrypted file, so that it can only be guessed here, and here guessing is
//! counted. A shell holds its window shut by it; this room only says whether a number is the one.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use domain::errors::{FieldErrors, FieldProblem};
use domain::pin;
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};

use super::{App, Result};
use crate::store::StoreError;
use crate::store::key::{self, Chance, Cost};

/// Meta: the PIN, and what was tried.
const PIN: &str = "pin";

#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Kept {
    cost: Cost,
    salt: String,
    stretched: String,
    idle_minutes: u32,
    /// Wrong ones in a row, of whatever kind.
    wrong: u32,
    /// When the last of them was tried, Unix seconds.
    last: i64,
}

/// What a shell may know of the PIN.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Pin {
    /// After how many minutes without her the window locks itself; nought is never.
    pub idle_minutes: u32,
    /// Whether it opens, or too many wrong ones were tried.
    pub opens: bool,
    /// How many seconds are left until the next one may be tried.
    pub wait: i64,
}

/// What came of a try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tried {
    /// It is the one.
    Right,
    /// It is not.
    Wrong,
    /// It was not looked at: wrong ones make wait.
    Wait,
    /// It was not looked at: too many were wrong.
    Closed,
}

impl App {
    /// The PIN, if there is one.
    pub fn pin(&self) -> Result<Option<Pin>> {
        let now = self.now().as_second();
        Ok(self.kept_pin()?.map(|kept| Pin {
            idle_minutes: kept.idle_minutes,
            opens: pin::opens(kept.wrong),
            wait: pin::wait(kept.wrong, kept.last, now),
        }))
    }

    /// Sets a new PIN in the place of whatever stood. Who may is the shell's to know.
    pub fn set_pin(&mut self, new: &SecretString, idle_minutes: u32, chance: Chance<'_>) -> Result<()> {
        let mut wrong = FieldErrors::new();
        if !pin::is_sound(new.expose_secret()) {
            wrong.add("pin", FieldProblem::Invalid);
        }
        if !pin::IDLE_MINUTES.contains(&idle_minutes) {
            wrong.add("idleMinutes", FieldProblem::Unknown);
        }
        wrong.into_result(())?;
        let mut salt = [0_u8; 32];
        chance(&mut salt);
        let stretched = key::stretched(new, &salt, key::COST)?;
        self.keep_pin(&Kept {
            cost: key::COST,
            salt: BASE64.encode(salt),
            stretched: BASE64.encode(stretched),
            idle_minutes,
            wrong: 0,
            last: 0,
        })
    }

    /// After how many minutes the window locks itself from now on.
    pub fn set_idle(&mut self, idle_minutes: u32) -> Result<()> {
        if !pin::IDLE_MINUTES.contains(&idle_minutes) {
            return Err(FieldErrors::one("idleMinutes", FieldProblem::Unknown).into());
        }
        match self.kept_pin()? {
            Some(kept) => self.keep_pin(&Kept { idle_minutes, ..kept }),
            None => Ok(()),
        }
    }

    /// Forgets the PIN. Who may is the shell's to know.
    pub fn remove_pin(&mut self) -> Result<()> {
        self.store.write(|tx| Ok(tx.clear_meta(PIN)?))
    }

    /// Holds a number against the PIN. It counts as wrong from its beginning: a program that is killed while it looks has tried, too.
    pub fn try_pin(&mut self, tried: &SecretString) -> Result<Tried> {
        let Some(kept) = self.kept_pin()? else { return Ok(Tried::Closed) };
        if !pin::opens(kept.wrong) {
            return Ok(Tried::Closed);
        }
        if !self.count_try()? {
            return Ok(Tried::Wait);
        }
        let salt = BASE64.decode(&kept.salt).map_err(|error| StoreError::KeyFile(error.to_string()))?;
        let stretched = BASE64.encode(key::stretched(tried, &salt, kept.cost)?);
        if stretched != kept.stretched {
            return Ok(Tried::Wrong);
        }
        self.keep_pin(&Kept { wrong: 0, last: 0, ..kept })?;
        Ok(Tried::Right)
    }

    /// Counts a try, of the PIN or of what stands above it, unless it comes too soon; whether it may go on.
    pub fn count_try(&mut self) -> Result<bool> {
        let now = self.now().as_second();
        let Some(kept) = self.kept_pin()? else { return Ok(true) };
        if pin::wait(kept.wrong, kept.last, now) > 0 {
            return Ok(false);
        }
        self.keep_pin(&Kept { wrong: kept.wrong.saturating_add(1), last: now, ..kept })?;
        Ok(true)
    }

    fn kept_pin(&self) -> Result<Option<Kept>> {
        self.store.read(|tx| Ok(tx.meta(PIN)?))
    }

    fn keep_pin(&mut self, kept: &Kept) -> Result<()> {
        self.store.write(|tx| Ok(tx.set_meta(PIN, kept)?))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicI64, Ordering};

    use domain::ids::Clock;
    use jiff::Timestamp;

    use super::*;
    use crate::app::AppError;
    use crate::store::Store;
    use crate::testing::{CountingIds, NOW};

    struct Moved(AtomicI64);

    impl Clock for Moved {
        fn now(&self) -> Timestamp {
            Timestamp::from_second(self.0.load(Ordering::Relaxed)).unwrap()
        }
    }

    fn home() -> (App, Arc<Moved>) {
        let clock = Arc::new(Moved(AtomicI64::new(NOW)));
        let store = Store::in_memory().unwrap();
        (App::new(store, clock.clone(), Box::new(CountingIds::of(1))).unwrap(), clock)
    }

    fn pin(text: &str) -> SecretString {
        text.to_owned().into()
    }

    #[test]
    fn the_right_one_opens_and_what_is_kept_does_not_say_it() {
        let (mut app, _) = home();
        assert_eq!(app.pin().unwrap(), None);
        app.set_pin(&pin("4821"), 5, &mut |bytes| bytes.fill(7)).unwrap();
        assert_eq!(app.try_pin(&pin("4822")).unwrap(), Tried::Wrong);
        assert_eq!(app.try_pin(&pin("4821")).unwrap(), Tried::Right);
        assert_eq!(app.pin().unwrap(), Some(Pin { idle_minutes: 5, opens: true, wait: 0 }));
        let kept = app.kept_pin().unwrap().unwrap();
        assert_eq!(kept.wrong, 0);
        assert!(!serde_json::to_string(&kept).unwrap().contains("4821"));
        app.remove_pin().unwrap();
        assert_eq!(app.pin().unwrap(), None);
    }

    #[test]
    fn wrong_ones_make_wait_and_the_tenth_was_the_last() {
        let (mut app, clock) = home();
        app.set_pin(&pin("4821"), 0, &mut |bytes| bytes.fill(7)).unwrap();
        for _ in 0..pin::FREE {
            assert_eq!(app.try_pin(&pin("0000")).unwrap(), Tried::Wrong);
        }
        assert_eq!(app.try_pin(&pin("4821")).unwrap(), Tried::Wait, "not even the right one is looked at");
        assert_eq!(app.pin().unwrap().unwrap().wait, 30);
        for _ in pin::FREE..pin::LAST {
            clock.0.fetch_add(15 * 60, Ordering::Relaxed);
            assert_eq!(app.try_pin(&pin("0000")).unwrap(), Tried::Wrong);
        }
        clock.0.fetch_add(86_400, Ordering::Relaxed);
        assert_eq!(app.try_pin(&pin("4821")).unwrap(), Tried::Closed);
        assert!(!app.pin().unwrap().unwrap().opens);
    }

    #[test]
    fn what_is_no_pin_is_not_taken() {
        let (mut app, _) = home();
        for (text, idle) in [("12", 5), ("12345a", 5), ("4821", 7)] {
            assert!(
                matches!(app.set_pin(&pin(text), idle, &mut |_| ()), Err(AppError::Invalid(_))),
                "{text}"
            );
        }
        assert_eq!(app.pin().unwrap(), None);
    }
}
