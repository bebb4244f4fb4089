//! The binary `playhouse`: what operators type. Exit codes: 0 done, 1 failed, 2 wrong usage.

mod command;

use std::process::ExitCode;

use clap::Parser;

/// Gives back what a backup or a reconciling took, within a second; see `docs/decisions/007-memory-goes-back.md`.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    let cli = command::Cli::parse();
    // Database, keys and backups are for their owner's eyes, whatever the shell's umask is.
    rustix::process::umask(rustix::fs::Mode::RWXG | rustix::fs::Mode::RWXO);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build();
    let done = match runtime {
        Ok(runtime) => runtime.block_on(command::run(cli)),
        Err(error) => Err(command::Failure::new(error.to_string())),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            failure.tell();
            ExitCode::FAILURE
        }
    }
}
