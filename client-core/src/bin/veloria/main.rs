//! `veloria`: a real device on the command line. Parses, calls the app, prints; every rule lives in the library.

mod account;
mod appointments;
mod clients;
mod conflicts;
mod devices;
mod export;
mod failed;
mod fields;
mod history;
mod home;
mod import;
mod intents;
mod media;
mod notes;
mod output;
mod payments;
mod proof;
mod secrets;
mod services;
mod settings;
mod slots;
mod status;
mod stdio;
mod sync;
mod words;

use std::ffi::OsString;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use domain::lang::Lang;

use crate::failed::{Exit, Failed};
use crate::output::Output;

/// Automerge makes and drops many small things; with glibc's allocator a third of a sync goes into that.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// VeloriaCRM on this device: clients, visits, notes and services, with or without a network.
#[derive(Debug, Parser)]
#[command(version, after_long_help = failed::EXIT_CODES)]
struct Cli {
    /// The folder where this device lives [default: veloria in the user's data folder].
    #[arg(long, global = true, env = "VELORIA_HOME", value_name = "DIR")]
    home: Option<PathBuf>,
    /// Print one JSON value, and nothing else, to standard output.
    #[arg(long, global = true)]
    json: bool,
    /// The language of messages: ru or en [default: that of LANG, or else ru].
    #[arg(long, global = true, value_name = "LANG")]
    lang: Option<Lang>,
    /// A file with the passphrase of the home [or: `VELORIA_PASSPHRASE`, or a prompt].
    #[arg(long, global = true, env = "VELORIA_PASSPHRASE_FILE", value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make an account and connect this device; needs the server.
    Register(account::Register),
    /// Connect this device to an account; needs the server.
    Login(account::Login),
    /// Disconnect this device; what is written here stays; needs the server.
    Logout(account::Logout),
    /// Clients.
    #[command(subcommand)]
    Clients(clients::Clients),
    /// Visits and blocks of personal time.
    #[command(subcommand)]
    Appointments(appointments::Appointments),
    /// Notes and formulas.
    #[command(subcommand)]
    Notes(notes::Notes),
    /// Pictures of clients and visits.
    #[command(subcommand)]
    Media(media::Media),
    /// The price list.
    #[command(subcommand)]
    Services(services::Services),
    /// Working hours, policies, notifications, branding.
    #[command(subcommand)]
    Settings(settings::Settings),
    /// Free hours for a service.
    Slots(slots::Slots),
    /// Payments and refunds.
    #[command(subcommand)]
    Payments(payments::Payments),
    /// What the server is asked to do, and what became of it.
    #[command(subcommand)]
    Intents(intents::Intents),
    /// Take over the files of another program.
    #[command(subcommand)]
    Import(import::Import),
    /// What needs you: visits that share an hour, clients with one number, and the like.
    #[command(subcommand)]
    Conflicts(conflicts::Conflicts),
    /// What happened to a client, visit or note: who, where, when, what.
    History(history::History),
    /// Take back what was done, as a new edit.
    #[command(subcommand)]
    Undo(history::Undo),
    /// Look at everything as it was at a moment.
    At(history::At),
    /// Exchange everything with the server; needs the server.
    Sync(sync::Sync),
    /// Keep this device open and serve it over standard input and output, one JSON object a line.
    #[command(after_long_help = stdio::HELP)]
    Stdio,
    /// How this device stands: what waits, what was put aside, what you should know.
    Status(status::Status),
    /// Open every document, compare rows and sums.
    Verify,
    /// Everything, as JSON, CSV, contact cards or a calendar.
    Export(export::Export),
    /// The devices of the account; needs the server.
    #[command(subcommand)]
    Devices(devices::Devices),
}

/// What every command needs to know.
#[derive(Debug)]
struct Session {
    home: client_core::app::Home,
    lang: Lang,
    passphrase_file: Option<PathBuf>,
}

fn main() -> ExitCode {
    // The default provider is taken by whoever comes first; there is nobody else in this process.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let arguments: Vec<OsString> = std::env::args_os().collect();
    let wants_json = arguments.iter().any(|argument| argument == "--json");
    let cli = match Cli::try_parse_from(&arguments) {
        Ok(cli) => cli,
        Err(error) if wants_json && error.use_stderr() => {
            let text = error.render().to_string();
            let line = text.lines().next().unwrap_or_default().trim_start_matches("error: ");
            return finish(Err(Failed::usage(line)), true, Lang::default());
        }
        Err(error) => error.exit(),
    };
    let lang = cli.lang.unwrap_or_else(language);
    let done = run(cli.command, cli.home, cli.passphrase_file, lang);
    finish(done, cli.json, lang)
}

fn run(
    command: Command,
    home: Option<PathBuf>,
    passphrase_file: Option<PathBuf>,
    lang: Lang,
) -> Result<Output, Failed> {
    let session = Session { home: client_core::app::Home::new(home::folder(home)?), lang, passphrase_file };
    match command {
        Command::Register(command) => command.run(&session),
        Command::Login(command) => command.run(&session),
        Command::Logout(command) => command.run(&session),
        Command::Clients(command) => command.run(&mut session.open()?),
        Command::Appointments(command) => command.run(&mut session.open()?),
        Command::Notes(command) => command.run(&mut session.open()?),
        Command::Media(command) => command.run(&session),
        Command::Services(command) => command.run(&mut session.open()?),
        Command::Settings(command) => command.run(&mut session.open()?),
        Command::Slots(command) => command.run(&session.open()?),
        Command::Payments(command) => command.run(&mut session.open()?),
        Command::Intents(command) => command.run(&mut session.open()?, lang),
        Command::Import(command) => command.run(&mut session.open()?, lang),
        Command::Conflicts(command) => command.run(&mut session.open()?, lang),
        Command::History(command) => command.run(&session.open()?),
        Command::Undo(command) => command.run(&mut session.open()?),
        Command::At(command) => command.run(&session.open()?),
        Command::Sync(command) => command.run(&session),
        Command::Stdio => stdio::serve(&session),
        Command::Status(command) => command.run(&session, lang),
        Command::Verify => status::verify(&mut session.open()?),
        Command::Export(command) => command.run(&session.open()?, lang),
        Command::Devices(command) => command.run(&session),
    }
}

fn finish(done: Result<Output, Failed>, json: bool, lang: Lang) -> ExitCode {
    let mut out = std::io::stdout().lock();
    let (text, exit) = match done {
        Ok(output) if json => (output.json(), output.exit()),
        Ok(output) => (output.table(lang), output.exit()),
        Err(failed) if json => (failed.json(lang), failed.exit()),
        Err(failed) => {
            eprintln!("{}", failed.text(lang));
            return failed.exit().into();
        }
    };
    match writeln!(out, "{text}") {
        Ok(()) => exit.into(),
        // The reader has gone (`| head`): nothing is wrong with what was done.
        Err(_) => Exit::Ok.into(),
    }
}

/// The language of the environment, as other programs find it.
fn language() -> Lang {
    let named = ["LC_ALL", "LC_MESSAGES", "LANG"]
        .iter()
        .find_map(|name| std::env::var(name).ok().filter(|v| !v.is_empty()));
    named.and_then(|tag| tag.parse().ok()).unwrap_or_default()
}
