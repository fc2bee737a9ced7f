//! The command line: arguments, languages, exit codes. One file a command.
//!
//! Results go to standard output, everything said about them to standard error, so that `--json` stays pure.

mod cases;
mod catalogue;
mod completions;
mod config;
mod context;
mod demo;
mod doctor;
mod drafts;
mod failure;
mod forms;
mod kept;
mod outbox;
mod output;
mod password;
mod screen;
mod server;
mod store;
mod terminal;
mod vault;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, CommandFactory as _, Parser, Subcommand};
use clap_complete::Shell;

use crate::locale::{Language, Locale};
use crate::settings::{Inputs, Settings};
use context::Context;
use failure::{Exit, Failure};

#[derive(Debug, Parser)]
#[command(name = "onewindow", version, about, max_term_width = 100)]
struct Arguments {
    #[command(flatten)]
    globals: Globals,
    #[command(subcommand)]
    command: Option<Command>,
}

/// What every command takes. A flag wins over the settings.
#[derive(Debug, Default, Args)]
struct Globals {
    /// Language; without it that of the settings, then of the locale.
    #[arg(long, global = true, value_parser = ["zh-CN", "en"])]
    lang: Option<String>,
    /// Address of the backend.
    #[arg(long, global = true, value_name = "URL")]
    server: Option<String>,
    /// Folder of the clerks' local stores; of everything, in the practice room.
    #[arg(long, global = true, value_name = "DIR")]
    data_dir: Option<PathBuf>,
    /// The clerk's sign-in name.
    #[arg(long, global = true, value_name = "NAME")]
    user: Option<String>,
    /// File with the clerk's password in its first line.
    #[arg(long, global = true, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
    /// Print JSON, for programs.
    #[arg(long, global = true)]
    json: bool,
    /// Borders and marks of ASCII only.
    #[arg(long, global = true)]
    ascii: bool,
    /// List no more than this.
    #[arg(long, global = true, value_name = "N")]
    limit: Option<u32>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Open the practice room: a whole backend inside the program, nothing real.
    Demo(demo::Demo),
    /// Search, show and check service items.
    #[command(subcommand)]
    Catalogue(catalogue::Catalogue),
    /// Try forms, for their authors.
    #[command(subcommand)]
    Forms(forms::Forms),
    /// List, show, import, submit and export the clerk's drafts.
    #[command(subcommand)]
    Drafts(drafts::Drafts),
    /// List, show and send what the clerk submitted.
    #[command(subcommand)]
    Outbox(outbox::Outbox),
    /// List and show the cases on the backend.
    #[command(subcommand)]
    Cases(cases::Cases),
    /// Check the clerk's local store, change its password, open it by the recovery key.
    #[command(subcommand)]
    Vault(vault::Vault),
    /// Show the settings in force and where they come from.
    #[command(subcommand)]
    Config(config::Config),
    /// Say what on this machine would get in the way.
    Doctor,
    /// Print a completion script for a shell.
    Completions {
        /// The shell.
        shell: Shell,
    },
}

impl Globals {
    /// The flags that are settings.
    fn settings(&self) -> Vec<(&'static str, String)> {
        let path = |path: &PathBuf| path.display().to_string();
        [
            ("lang", self.lang.clone()),
            ("server", self.server.clone()),
            ("data-dir", self.data_dir.as_ref().map(path)),
            ("user", self.user.clone()),
            ("borders", self.ascii.then(|| "ascii".to_owned())),
        ]
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)))
        .collect()
    }
}

/// Runs the program.
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}

fn run(Arguments { globals, command }: Arguments) -> Result<(), Failure> {
    if let Some(Command::Completions { shell }) = command {
        return completions::run(shell, &mut Arguments::command());
    }
    let settings = Settings::load(&Inputs::of_this_machine(globals.settings()));
    if matches!(command, Some(Command::Doctor)) {
        return doctor::run(settings, &globals);
    }
    let settings = settings.map_err(|error| {
        let locale = Locale::of(context::language(globals.lang.as_deref().map(Language::from_tag)));
        Failure::said(Exit::Usage, error.sentence(&locale))
    })?;
    let context = Context::new(settings, globals);
    match command {
        None => screen::run(&context),
        Some(Command::Demo(demo)) => demo::run(&demo, &context),
        Some(Command::Catalogue(command)) => catalogue::run(command, &context),
        Some(Command::Forms(command)) => forms::run(command, &context),
        Some(Command::Drafts(command)) => drafts::run(command, &context),
        Some(Command::Outbox(command)) => outbox::run(command, &context),
        Some(Command::Cases(command)) => cases::run(command, &context),
        Some(Command::Vault(command)) => vault::run(command, &context),
        Some(Command::Config(command)) => config::run(&command, &context),
        // Both were run above: they must work when the settings do not.
        Some(Command::Doctor | Command::Completions { .. }) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_arguments_make_sense() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn flags_become_settings() {
        let arguments = Arguments::try_parse_from([
            "onewindow",
            "doctor",
            "--server",
            "https://a.example",
            "--ascii",
            "--lang",
            "en",
        ])
        .unwrap();
        let expected = [("lang", "en"), ("server", "https://a.example"), ("borders", "ascii")];
        assert_eq!(arguments.globals.settings(), expected.map(|(name, value)| (name, value.to_owned())));
        let wrong = Arguments::try_parse_from(["onewindow", "--lang", "fr"]).unwrap_err();
        assert_eq!(wrong.exit_code(), 2);
    }
}
