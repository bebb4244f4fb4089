//! The commands, one file each; here is what they are called and what they share on the command line.
//!
//! To add a command: a variant of [`Command`], a file beside this one, a line in [`run`].

mod account;
mod api_key;
mod backup;
mod check;
mod demo;
mod export;
mod failure;
mod key;
mod log;
mod migrate;
mod openapi;
mod passphrase;
mod place;
mod record;
mod restore;
mod say;
mod serve;
mod standins;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

pub use failure::{Failure, Outcome};

/// The front office of people who run media: memberships of media servers, sold and looked after.
#[derive(Debug, Parser)]
#[command(
    name = "playhouse",
    version,
    propagate_version = true,
    arg_required_else_help = true
)]
pub struct Cli {
    #[command(flatten)]
    shared: Shared,
    #[command(subcommand)]
    command: Command,
}

/// What all commands that work on an installation take.
#[derive(Debug, Args)]
struct Shared {
    /// Configuration file; /etc/playhouse/playhouse.toml if there is one
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Folder of the embedded database, the key file and backups
    #[arg(long, global = true, value_name = "DIR")]
    data: Option<PathBuf>,
    /// sqlite://PATH or postgres://…
    #[arg(long, global = true, value_name = "URL")]
    database: Option<String>,
    /// Print for programs
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the site
    Serve(serve::ServeArgs),
    /// Run the demo house: everything in one process, nothing to set up
    Demo(demo::DemoArgs),
    /// Run the stand-ins of outside systems alone, for trying out
    Standins(standins::StandinsArgs),
    /// Say what is found, what is missing, and what to do
    Check,
    /// Make sign-ins, and links into them
    #[command(subcommand)]
    Account(account::AccountCommand),
    /// Make keys for programs
    #[command(subcommand)]
    ApiKey(api_key::ApiKeyCommand),
    /// Bring the database up to date, after a backup
    Migrate,
    /// Write everything into one file
    Backup(backup::BackupArgs),
    /// Fill an empty database, of either kind, from a backup
    Restore(restore::RestoreArgs),
    /// Look after the key that seals secrets
    #[command(subcommand)]
    Key(key::KeyCommand),
    /// Write people, plans and payments as JSON lines, one file for each kind of thing
    Export(export::ExportArgs),
    /// Save what a media server says, with nobody in it, for whoever looks for a fault
    Record(record::RecordArgs),
    /// Print the OpenAPI document of the REST interface
    Openapi,
}

/// Does what was typed.
pub async fn run(cli: Cli) -> Outcome {
    let shared = cli.shared;
    match cli.command {
        Command::Serve(args) => serve::run(shared, args).await,
        Command::Demo(args) => demo::run(&shared, &args).await,
        Command::Standins(args) => standins::run(&args).await,
        Command::Check => check::run(shared).await,
        Command::Account(command) => account::run(shared, command).await,
        Command::ApiKey(command) => api_key::run(shared, command).await,
        Command::Migrate => migrate::run(shared).await,
        Command::Backup(args) => backup::run(shared, args).await,
        Command::Restore(args) => restore::run(shared, args).await,
        Command::Key(command) => key::run(shared, command).await,
        Command::Export(args) => export::run(shared, args).await,
        Command::Record(args) => record::run(shared, args).await,
        Command::Openapi => openapi::run(),
    }
}
