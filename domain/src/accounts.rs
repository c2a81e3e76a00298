//! Accounts: what a person and a business may be, and the letters that people who sign in get. Part of the shared room; pure.

use core::net::IpAddr;
use std::fmt;

use crate::errors::wire_enum;
use crate::lang::{Lang, fill, text};

wire_enum! {
    /// What somebody is in a business.
    pub enum Role {
        /// It is hers. The only one today.
        Owner = "owner",
    }
}

wire_enum! {
    /// Whether a business may change anything.
    pub enum TenantStatus {
        /// It may.
        Active = "active",
        /// It may read and take everything away, and write nothing.
        Suspended = "suspended",
    }
}

wire_enum! {
    /// What a letter tells somebody who signs in.
    pub enum Notice {
        /// The code for a new password.
        ResetPassword = "reset_password",
        /// The password was replaced by such a code.
        PasswordReset = "password_reset",
        /// The password was changed by somebody who knew it.
        PasswordChanged = "password_changed",
        /// The code that proves a new address; sent there.
        ConfirmEmail = "confirm_email",
        /// Another address signs in from now on; sent to the old one.
        EmailChanged = "email_changed",
        /// The code that proves a new phone; by mail as long as there are no messages.
        ConfirmPhone = "confirm_phone",
        /// Codes are asked for at sign-in from now on.
        TwoFactorOn = "two_factor_on",
        /// They are no longer.
        TwoFactorOff = "two_factor_off",
        /// The provider of payments does not accept the key of her shop any more.
        PaymentsRefused = "payments_refused",
    }
}

impl Notice {
    /// What the letter is about.
    #[must_use]
    pub fn subject(self, lang: Lang) -> String {
        text(lang, &format!("mail.{self}.subject")).to_owned()
    }

    /// What it says; `code` is put where the text has one.
    #[must_use]
    pub fn text(self, lang: Lang, code: &str) -> String {
        fill(lang, &format!("mail.{self}.text"), &[("code", code)])
    }

    /// The keys of its texts.
    #[must_use]
    pub fn keys(self) -> [String; 2] {
        [format!("mail.{self}.subject"), format!("mail.{self}.text")]
    }
}

/// An address of the internet of which only the beginning is shown: enough to say "that was not me", too little to find a home.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MaskedAddress(IpAddr);

impl From<IpAddr> for MaskedAddress {
    fn from(address: IpAddr) -> Self {
        Self(address.to_canonical())
    }
}

impl fmt::Display for MaskedAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            IpAddr::V4(address) => {
                let [a, b, c, _] = address.octets();
                write!(f, "{a}.{b}.{c}.x")
            }
            IpAddr::V6(address) => {
                let [a, b, c, ..] = address.segments();
                write!(f, "{a:x}:{b:x}:{c:x}:x")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_says_its_code_in_both_languages_and_leaves_no_hole() {
        for &notice in Notice::ALL {
            let has_code =
                matches!(notice, Notice::ResetPassword | Notice::ConfirmEmail | Notice::ConfirmPhone);
            for &lang in Lang::ALL {
                let code = "vlr_one_X";
                let said = notice.text(lang, code);
                assert_eq!(said.contains(code), has_code, "{notice} {lang}");
                assert!(!said.contains('{') && !notice.subject(lang).contains('{'), "{notice} {lang}");
                assert!(!notice.subject(lang).starts_with("mail."), "{notice} {lang}");
            }
        }
    }

    #[test]
    fn an_address_shows_its_beginning_alone() {
        let masked = |text: &str| MaskedAddress::from(text.parse::<IpAddr>().unwrap()).to_string();
        assert_eq!(masked("203.0.113.77"), "203.0.113.x");
        assert_eq!(masked("2001:db8:1:2::77"), "2001:db8:1:x");
        assert_eq!(masked("::ffff:203.0.113.77"), "203.0.113.x");
    }
}
