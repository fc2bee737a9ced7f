//! `onewindow-backend`: the reference backend on its own.

use std::fs;
use std::io::{self, BufRead as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use clap::{Args, Parser, Subcommand};
use onewindow::api::wire::ClerkRole;
use onewindow::backend::audit::ChainEnd;
use onewindow::backend::config::Config;
use onewindow::backend::settings::{Inputs, Settings};
use onewindow::backend::{self, Backend, ListedClerk, NewClerk, logging, upkeep};
use onewindow::catalogue::{Severity, check};
use onewindow::locale::{Language, Locale};
use serde_json::json;

/// The reference backend of the one-window counter. Flags win over the environment (ONEWINDOW_BACKEND_…), that over a settings file.
#[derive(Debug, Parser)]
#[command(name = "onewindow-backend", version, about, max_term_width = 100)]
struct Cli {
    #[command(flatten)]
    flags: Flags,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Args)]
struct Flags {
    /// The settings file. Without it /etc/onewindow/backend.toml, when it is there.
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Where to listen. Without TLS only an address of this machine.
    #[arg(long, global = true, value_name = "ADDR")]
    listen: Option<String>,
    /// The database: sqlite:FILE or postgres://USER@HOST/DATABASE.
    #[arg(long, global = true, value_name = "DATABASE")]
    database: Option<String>,
    /// Where uploaded files are kept: a folder, or s3://BUCKET.
    #[arg(long, global = true, value_name = "PLACE")]
    attachments: Option<String>,
    /// Folder of the catalogue. Without it the built-in sample is served.
    #[arg(long, global = true, value_name = "DIR")]
    catalogue: Option<String>,
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
    #[arg(long, global = true, value_name = "SECONDS")]
    practice_day: Option<String>,
    /// Practice: what the department's script follows from.
    #[arg(long, global = true, value_name = "N")]
    seed: Option<String>,
    /// The certificate in PEM, followed by those that sign it.
    #[arg(long, global = true, value_name = "FILE")]
    tls_certificate: Option<String>,
    /// The private key of the certificate, in PEM.
    #[arg(long, global = true, value_name = "FILE")]
    tls_key: Option<String>,
    /// A proxy that speaks TLS stands before this backend, and nothing else can reach it.
    #[arg(long, global = true)]
    behind_tls_proxy: bool,
    /// How the log is written: text or json.
    #[arg(long, global = true, value_name = "FORMAT")]
    log_format: Option<String>,
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
    /// The sites of the catalogue.
    #[command(subcommand)]
    Site(SiteCommand),
    /// The audit log.
    #[command(subcommand)]
    Audit(AuditCommand),
    /// Make the database's tables, or bring them up to date.
    Migrate,
    /// Copy an SQLite database and the uploaded files into a new folder, while the backend is at work.
    Backup {
        /// The folder; it must not be there yet.
        folder: PathBuf,
    },
}

#[derive(Debug, Subcommand)]
enum ClerkCommand {
    /// Add a clerk.
    Add(AddClerk),
    /// Set a clerk's password and end the clerk's sessions.
    Passwd {
        /// Sign-in name.
        name: String,
        /// File with the password in its first line. Without it the password is read from standard input.
        #[arg(long, value_name = "FILE")]
        password_file: Option<PathBuf>,
    },
    /// Keep a clerk out, at once.
    Disable {
        /// Sign-in name.
        name: String,
    },
    /// Let a clerk who was kept out in again.
    Enable {
        /// Sign-in name.
        name: String,
    },
    /// List the clerks.
    List {
        /// Print JSON, for programs.
        #[arg(long)]
        json: bool,
    },
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

#[derive(Debug, Subcommand)]
enum CatalogueCommand {
    /// Check a catalogue folder and publish it into the database; backends at work on it follow within a moment.
    Push {
        /// The folder.
        dir: PathBuf,
    },
}

#[derive(Debug, Subcommand)]
enum SiteCommand {
    /// List the sites.
    List {
        /// Print JSON, for programs.
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, Subcommand)]
enum AuditCommand {
    /// Find any entry that was changed, removed or inserted. Prints the end of the log, to be written down elsewhere.
    Verify {
        /// An end that was printed before; the log must go through it.
        #[arg(long, value_name = "PLACE:HASH")]
        through: Option<String>,
    },
}

fn main() -> ExitCode {
    let Cli { flags, command } = Cli::parse();
    backend::use_postgres();
    let settings = Settings::load(&flags.inputs());
    let result = settings.context("settings").and_then(|settings| {
        logging::init(settings.log_format, settings.log_level);
        let config = settings.config()?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().context("no runtime")?;
        runtime.block_on(run(config, command))
    });
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("onewindow-backend: {error:#}");
            ExitCode::FAILURE
        }
    }
}

impl Flags {
    fn inputs(self) -> Inputs {
        let yes = |flag: bool| flag.then(|| "true".to_owned());
        let flags = [
            ("listen", self.listen),
            ("database", self.database),
            ("attachments", self.attachments),
            ("catalogue", self.catalogue),
            ("practice", yes(self.practice)),
            ("number-prefix", self.number_prefix),
            ("number-pattern", self.number_pattern),
            ("practice-day", self.practice_day),
            ("practice-seed", self.seed),
            ("tls-certificate", self.tls_certificate),
            ("tls-key", self.tls_key),
            ("behind-tls-proxy", yes(self.behind_tls_proxy)),
            ("log-format", self.log_format),
        ];
        Inputs {
            file: self.config,
            environment: std::env::vars_os().collect(),
            flags: flags.into_iter().filter_map(|(name, value)| Some((name, value?))).collect(),
        }
    }
}

async fn run(config: Config, command: Option<Command>) -> anyhow::Result<()> {
    match command {
        None => serve(config).await,
        Some(Command::Clerk(command)) => clerk(&config, command).await,
        Some(Command::Openapi) => {
            print!("{}", backend::openapi::text());
            Ok(())
        }
        Some(Command::Catalogue(CatalogueCommand::Push { dir })) => push(&config, &dir).await,
        Some(Command::Site(SiteCommand::List { json })) => list_sites(&config, json).await,
        Some(Command::Audit(AuditCommand::Verify { through })) => verify(&config, through.as_deref()).await,
        Some(Command::Migrate) => Ok(upkeep::migrate(&config).await?),
        Some(Command::Backup { folder }) => Ok(upkeep::back_up(&config, &folder).await?),
    }
}

async fn serve(config: Config) -> anyhow::Result<()> {
    let mut signals = Signals::listen()?;
    let running = Backend::start(config).await?;
    println!("{}", running.url());
    while let Told::Reload = signals.next().await {
        match running.reload_certificate().await {
            Ok(()) => tracing::info!("certificate read again"),
            Err(error) => tracing::error!(%error, "the certificate before stays in use"),
        }
    }
    running.shutdown().await;
    Ok(())
}

async fn clerk(config: &Config, command: ClerkCommand) -> anyhow::Result<()> {
    let known = |known: bool, name: &str| if known { Ok(()) } else { bail!("there is no clerk {name}") };
    match command {
        ClerkCommand::Add(AddClerk { name, site, display, window, role, password_file }) => {
            let password = password(password_file)?;
            let shown = name.clone();
            if !backend::add_clerk(config, NewClerk { name, display, site, window, role }, password).await? {
                bail!("there is a clerk {shown} already");
            }
            Ok(())
        }
        ClerkCommand::Passwd { name, password_file } => {
            known(backend::set_password(config, &name, password(password_file)?).await?, &name)
        }
        ClerkCommand::Disable { name } => known(backend::disable_clerk(config, &name, true).await?, &name),
        ClerkCommand::Enable { name } => known(backend::disable_clerk(config, &name, false).await?, &name),
        ClerkCommand::List { json } => {
            let clerks = backend::clerks(config).await?;
            list_clerks(&clerks, json);
            Ok(())
        }
    }
}

fn list_clerks(clerks: &[ListedClerk], as_json: bool) {
    if as_json {
        let entries = clerks.iter().map(|ListedClerk { clerk, disabled }| {
            json!({
                "name": clerk.name, "display": clerk.display, "site": clerk.site, "window": clerk.window,
                "role": clerk.role.name(), "disabled": disabled,
            })
        });
        println!("{}", serde_json::Value::Array(entries.collect()));
        return;
    }
    for ListedClerk { clerk, disabled } in clerks {
        let disabled = if *disabled { "\tdisabled" } else { "" };
        println!(
            "{}\t{}\t{}\t{}\t{}{disabled}",
            clerk.name,
            clerk.role.name(),
            clerk.site,
            clerk.window,
            clerk.display
        );
    }
}

async fn push(config: &Config, dir: &Path) -> anyhow::Result<()> {
    let folder = backend::catalogue::read(dir)?;
    let locale = Locale::of(Language::English);
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

async fn list_sites(config: &Config, as_json: bool) -> anyhow::Result<()> {
    let sites = upkeep::sites(config).await?;
    if as_json {
        let entries = sites
            .iter()
            .map(|site| json!({"id": site.id, "name": site.name, "area": site.area, "windows": site.windows}));
        println!("{}", serde_json::Value::Array(entries.collect()));
        return Ok(());
    }
    for site in sites {
        println!("{}\t{}\t{}\t{}", site.id, site.area, site.name, site.windows.join(","));
    }
    Ok(())
}

async fn verify(config: &Config, through: Option<&str>) -> anyhow::Result<()> {
    let noted = through.map(read_end).transpose()?;
    let ChainEnd { seq, hash } = upkeep::verify_audit(config, noted.as_ref()).await?.context("the audit log")?;
    println!("{seq}:{hash}");
    Ok(())
}

/// An end of the log as `audit verify` prints it.
fn read_end(text: &str) -> anyhow::Result<ChainEnd> {
    let end =
        text.split_once(':').and_then(|(seq, hash)| Some(ChainEnd { seq: seq.parse().ok()?, hash: hash.to_owned() }));
    end.with_context(|| format!("not an end of the log, PLACE:HASH: {text}"))
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

/// What the outside tells the process to do.
enum Told {
    Stop,
    Reload,
}

#[cfg(unix)]
struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
    hang_up: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn listen() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};

        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            hang_up: signal(SignalKind::hangup())?,
        })
    }

    async fn next(&mut self) -> Told {
        tokio::select! {
            _ = self.interrupt.recv() => Told::Stop,
            _ = self.terminate.recv() => Told::Stop,
            _ = self.hang_up.recv() => Told::Reload,
        }
    }
}

#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn listen() -> io::Result<Self> {
        Ok(Self)
    }

    async fn next(&mut self) -> Told {
        // An error means that no signal can come any more.
        let _ = tokio::signal::ctrl_c().await;
        Told::Stop
    }
}
