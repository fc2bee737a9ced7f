//! `onewindow config`: the settings in force.

use clap::Subcommand;

use super::context::Context;
use super::failure::Failure;
use super::output;
use crate::settings::{self, Source};

#[derive(Debug, Subcommand)]
pub(super) enum Config {
    /// Every setting, its value, and where that comes from.
    Show,
    /// The settings files that are looked for, the weaker first.
    Path,
}

pub(super) fn run(config: &Config, context: &Context) -> Result<(), Failure> {
    match config {
        Config::Show => {
            let shown = context.settings.show();
            if context.globals.json {
                return output::print_json(&shown);
            }
            let rows: Vec<[String; 3]> = shown
                .into_iter()
                .map(|line| {
                    let source = match line.source {
                        Source::BuiltIn => context.text("cli-config-built-in"),
                        source => source.to_string(),
                    };
                    [line.name.to_owned(), line.value, source]
                })
                .collect();
            output::print_table(&rows)
        }
        Config::Path => {
            let paths = settings::paths();
            if context.globals.json {
                return output::print_json(&paths);
            }
            output::print(&paths.iter().fold(String::new(), |text, path| format!("{text}{}\n", path.display())))
        }
    }
}
