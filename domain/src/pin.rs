//! The short number that keeps the window shut while she is away from it: what it may be, how long wrong ones make wait, and when it
//! no longer opens. Pure: the hour is an argument.

/// The fewest digits.
pub const LEAST: usize = 4;
/// The most digits.
pub const MOST: usize = 12;
/// So many wrong ones are tried without a wait: a slip of the finger is no attack.
pub const FREE: u32 = 3;
/// So many wrong ones in a row, and only the passphrase or the password opens: of ten thousand numbers nobody gets to try more.
pub const LAST: u32 = 10;
/// After how many minutes without her the window may lock itself; nought is never.
pub const IDLE_MINUTES: [u32; 6] = [0, 1, 5, 15, 30, 60];
/// The choice of a new PIN.
pub const USUAL_IDLE: u32 = 5;

/// The first wait, in seconds; it doubles with every wrong one more.
const FIRST_WAIT: i64 = 30;
const LONGEST_WAIT: i64 = 15 * 60;

/// Whether a text may be a PIN.
#[must_use]
pub fn is_sound(pin: &str) -> bool {
    (LEAST..=MOST).contains(&pin.len()) && pin.bytes().all(|byte| byte.is_ascii_digit())
}

/// How many seconds are left until the next one may be tried, after so many wrong ones in a row, the last of them then.
///
/// A clock that was put back makes nobody wait for the day it came from: the number of tries is bounded whatever a clock says.
#[must_use]
pub fn wait(wrong: u32, last: i64, now: i64) -> i64 {
    let Some(over) = wrong.checked_sub(FREE) else { return 0 };
    let whole =
        FIRST_WAIT.checked_shl(over).filter(|wait| *wait > 0).map_or(LONGEST_WAIT, |w| w.min(LONGEST_WAIT));
    let gone = now - last;
    if gone < 0 { 0 } else { (whole - gone).max(0) }
}

/// Whether the PIN still opens after so many wrong ones in a row.
#[must_use]
pub const fn opens(wrong: u32) -> bool {
    wrong < LAST
}

/// Whether she has been away for as long as she chose. A clock that was put back says nothing.
#[must_use]
pub fn is_away(minutes: u32, seen: i64, now: i64) -> bool {
    minutes > 0 && now - seen >= i64::from(minutes) * 60
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pin_is_four_to_twelve_digits() {
        for good in ["0000", "1234", "123456789012"] {
            assert!(is_sound(good), "{good}");
        }
        for bad in ["", "123", "1234567890123", "12a4", " 1234", "１２３４"] {
            assert!(!is_sound(bad), "{bad}");
        }
    }

    #[test]
    fn wrong_ones_make_wait_ever_longer_and_never_more_than_a_quarter_of_an_hour() {
        assert_eq!([0, 1, 2].map(|wrong| wait(wrong, 0, 0)), [0, 0, 0]);
        assert_eq!([3, 4, 5, 6, 7].map(|wrong| wait(wrong, 0, 0)), [30, 60, 120, 240, 480]);
        assert_eq!([8, 9, 60, 70, u32::MAX].map(|wrong| wait(wrong, 0, 0)), [900; 5]);
        assert_eq!((wait(3, 100, 110), wait(3, 100, 130), wait(3, 100, 900)), (20, 0, 0));
        assert_eq!(wait(3, 100, 40), 0, "a clock that was put back");
    }

    #[test]
    fn after_the_last_one_only_a_stronger_word_opens() {
        assert!(opens(0) && opens(LAST - 1) && !opens(LAST));
    }

    #[test]
    fn she_is_away_after_the_minutes_that_she_chose() {
        assert!(
            !is_away(5, 0, 299) && is_away(5, 0, 300) && !is_away(0, 0, 1_000_000) && !is_away(5, 900, 0)
        );
    }
}
