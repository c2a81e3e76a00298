//! The command line of `sync-server admin`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use domain::lang::Lang;
use domain::plans::Plan;

/// What an operator wants, and how to say what came of it.
#[derive(Clone, Debug, Args)]
pub struct Admin {
    /// Print one JSON value, and nothing else, to standard output
    #[arg(long, global = true)]
    pub json: bool,
    /// The language of messages: ru or en [default: that of LANG, or else ru]
    #[arg(long, global = true, value_name = "LANG")]
    pub lang: Option<Lang>,
    /// What to do.
    #[command(subcommand)]
    pub act: Act,
}

/// What to do. WHO is the e-mail of a person or the id of a business.
#[derive(Clone, Debug, Subcommand)]
pub enum Act {
    /// Make an account with a business; without a password a code is printed with which one is chosen
    CreateUser(NewAccount),
    /// Put a business on a plan, for nothing
    SetPlan {
        /// The e-mail of a person of it, or its id
        who: String,
        /// ivory, veloria or imperium
        #[arg(value_parser = plan)]
        plan: Plan,
    },
    /// Let a business read and take everything away, and change nothing
    Suspend {
        /// The e-mail of a person of it, or its id
        who: String,
    },
    /// Let a suspended business work again
    Resume {
        /// The e-mail of a person of it, or its id
        who: String,
    },
    /// End sign-ins, tokens and devices of a person or of a whole business; all three unless some are named
    Revoke {
        /// The e-mail of a person, or the id of a business
        who: String,
        #[command(flatten)]
        what: What,
    },
    /// Show everybody who is there
    List {
        /// users or tenants
        #[arg(value_enum)]
        what: Everybody,
    },
    /// Print a code with which a person chooses a new password; it works once, within an hour
    ResetPassword {
        /// Whose
        email: String,
        /// Send it by letter, too, to the address that signs in
        #[arg(long)]
        mail: bool,
    },
}

/// An account to be made.
#[derive(Clone, Debug, Args)]
pub struct NewAccount {
    /// The address that signs in
    #[arg(long)]
    pub email: String,
    /// How the person is called
    #[arg(long)]
    pub name: String,
    /// How the business is called [default: the person's name]
    #[arg(long)]
    pub tenant_name: Option<String>,
    /// A telephone number
    #[arg(long)]
    pub phone: Option<String>,
    /// The time zone of the business, such as Europe/Moscow
    #[arg(long)]
    pub timezone: Option<String>,
    /// ru or en
    #[arg(long)]
    pub locale: Option<String>,
    /// The plan of the business, for nothing [default: ivory]
    #[arg(long, value_parser = plan)]
    pub plan: Option<Plan>,
    /// A file with the password
    #[arg(long, value_name = "FILE")]
    pub password_file: Option<PathBuf>,
}

/// What is ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Args)]
pub struct What {
    /// Sessions of browsers and sign-ins of programs
    #[arg(long)]
    pub sessions: bool,
    /// Personal access tokens
    #[arg(long)]
    pub tokens: bool,
    /// Phones and laptops; what was not sent stays on them
    #[arg(long)]
    pub devices: bool,
}

impl What {
    /// The same, with all three if none was named.
    #[must_use]
    pub const fn or_all(self) -> Self {
        match self {
            Self { sessions: false, tokens: false, devices: false } => {
                Self { sessions: true, tokens: true, devices: true }
            }
            some => some,
        }
    }
}

/// Who is listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Everybody {
    /// People who sign in.
    Users,
    /// Businesses.
    Tenants,
}

fn plan(text: &str) -> Result<Plan, domain::plans::UnknownPlanError> {
    text.parse()
}
