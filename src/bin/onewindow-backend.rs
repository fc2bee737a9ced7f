//! `onewindow-backend`: the reference backend on its own.

use std::fs;
use std::io::{self, BufRead as _, Write as _};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context as _, bail};
use clap::{Args, Parser, Subcommand};
use jiff::Timestamp;
use onewindow::api::wire::ClerkRole;
use onewindow::backend::config::{Attachments, CatalogueSource, Config, Database, Department, Limits};
use onewindow::backend::{self, Backend, NewClerk};
use onewindow::catalogue::{Severity, check};
use onewindow::locale::{Language, Locale};
use tracing_subscriber::filter::LevelFilter;

/// The reference backend of the one-window counter.
#[derive(Debug, Parser)]
#[command(name = "onewindow-backend", version, about)]
struct Cli {
    #[command(flatten)]
    place: Place,
    /// Where to listen. Without TLS only an address of this machine.
    #[arg(long, default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Args)]
struct Place {
    /// The database: sqlite:FILE or postgres://USER@HOST/DATABASE.
    #[arg(long, global = true, default_value = "sqlite:onewindow-backend.sqlite")]
    database: Database,
    /// Folder of the uploaded files.
    #[arg(long, global = true, value_name = "DIR", default_value = "onewindow-attachments")]
    attachments: PathBuf,
    /// Folder of the catalogue. Without it the built-in sample is served.
    #[arg(long, global = true, value_name = "DIR")]
    catalogue: Option<PathBuf>,
    /// Practice: numbers and tokens are worth nothing elsewhere; a clerk "practice" with password "practice" exists.
    #[arg(long, global = true)]
    practice: bool,
    /// What official numbers begin with: 1 to 8 capital letters.
    #[arg(long, global = true, value_name = "LETTERS")]
    number_prefix: Option<String>,
    /// How official numbers are made: {prefix}, then capital letters, digits, -, {area}, {day}, {date}, {year}, then {sequence:DIGITS}.
    #[arg(long, global = true, value_name = "PATTERN")]
    number_pattern: Option<String>,
    /// Practice: a scripted department moves cases on, and this is how long its working day lasts. 0: it does not work.
    #[arg(long, global = true, value_name = "SECONDS", default_value_t = 0)]
    practice_day: u64,
    /// Practice: what the department's script follows from.
    #[arg(long, global = true, value_name = "N", default_value_t = 0)]
    seed: u64,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Manage the clerks who may sign in.
    #[command(subcommand)]
    Clerk(ClerkCommand),
    /// Print the OpenAPI document.
    Openapi,
    /// Manage the catalogue that is served.
    #[command(subcommand)]
    Catalogue(CatalogueCommand),
}

#[derive(Debug, Subcommand)]
enum CatalogueCommand {
    /// Check a catalogue folder and publish it into the database; backends at work on it follow within a moment.
    Push {
        /// The folder.
        dir: PathBuf,
    },
}

#[derive(Debug, Subcommand)]
enum ClerkCommand {
    /// Add a clerk.
    Add(AddClerk),
}

#[derive(Debug, Args)]
struct AddClerk {
    /// Sign-in name.
    name: String,
    /// Id of the site where the clerk works.
    #[arg(long)]
    site: String,
    /// Name on receipts.
    #[arg(long)]
    display: String,
    /// Window at the site. Without it the site's first.
    #[arg(long, default_value = "")]
    window: String,
    /// clerk, supervisor, back-office or administrator.
    #[arg(long, default_value = "clerk")]
    role: ClerkRole,
    /// File with the password in its first line. Without it the password is read from standard input.
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    backend::use_postgres();
    tracing_subscriber::fmt().with_writer(io::stderr).with_max_level(LevelFilter::INFO).init();
    let result = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("no runtime")
        .and_then(|runtime| runtime.block_on(run(cli)));
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("onewindow-backend: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(cli: Cli) -> anyhow::Result<()> {
    let Cli { place, listen, command } = cli;
    let config = Config {
        listen,
        database: place.database,
        attachments: Attachments::Folder(place.attachments),
        catalogue: place.catalogue.map_or(CatalogueSource::BuiltIn, CatalogueSource::Folder),
        practice: place.practice,
        number_prefix: place.number_prefix,
        number_pattern: place.number_pattern,
        department: (place.practice_day > 0)
            .then(|| Department { day: Duration::from_secs(place.practice_day), seed: place.seed }),
        limits: Limits::default(),
        clock: Timestamp::now,
    };
    match command {
        None => serve(config).await,
        Some(Command::Clerk(ClerkCommand::Add(clerk))) => add(&config, clerk).await,
        Some(Command::Openapi) => {
            print!("{}", backend::openapi::text());
            Ok(())
        }
        Some(Command::Catalogue(CatalogueCommand::Push { dir })) => push(&config, &dir).await,
    }
}

async fn serve(config: Config) -> anyhow::Result<()> {
    let running = Backend::start(config).await?;
    println!("http://{}", running.addr());
    told_to_stop().await?;
    running.shutdown().await;
    Ok(())
}

async fn add(config: &Config, clerk: AddClerk) -> anyhow::Result<()> {
    let password = password(clerk.password_file)?;
    let AddClerk { name, site, display, window, role, .. } = clerk;
    let shown = name.clone();
    if !backend::add_clerk(config, NewClerk { name, display, site, window, role }, password).await? {
        bail!("there is a clerk {shown} already");
    }
    Ok(())
}

async fn push(config: &Config, dir: &Path) -> anyhow::Result<()> {
    let folder = backend::catalogue::read(dir)?;
    let locale = Locale::new(Language::English);
    let findings = check::check(&folder).1;
    let errors: Vec<_> = findings.iter().filter(|finding| finding.severity == Severity::Error).collect();
    for error in &errors {
        let line = error.line.map(|line| format!(":{line}")).unwrap_or_default();
        eprintln!("{}{line}: {}", error.file, error.sentence(&locale));
    }
    if !errors.is_empty() {
        bail!("{} errors in {}; nothing was published", errors.len(), dir.display());
    }
    let published = backend::push_catalogue(config, dir).await?;
    println!("{}", serde_json::to_string(&published)?);
    Ok(())
}

/// The password: first line of the file, or of standard input.
fn password(file: Option<PathBuf>) -> anyhow::Result<String> {
    let text = match file {
        Some(path) => fs::read_to_string(&path).with_context(|| path.display().to_string())?,
        None => {
            eprint!("Password: ");
            io::stderr().flush()?;
            let mut line = String::new();
            io::stdin().lock().read_line(&mut line)?;
            line
        }
    };
    let password = text.lines().next().unwrap_or_default().to_owned();
    if password.is_empty() {
        bail!("the password is empty");
    }
    Ok(password)
}

#[cfg(unix)]
async fn told_to_stop() -> io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};

    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        result = tokio::signal::ctrl_c() => result,
        _ = terminate.recv() => Ok(()),
    }
}

#[cfg(not(unix))]
async fn told_to_stop() -> io::Result<()> {
    tokio::signal::ctrl_c().await
}
