//! `onewindow catalogue`: finding items, showing one, checking a folder for its author.

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};

use clap::Subcommand;
use jiff::Timestamp;
use serde::Serialize;

use super::context::Context;
use super::failure::{Exit, Failure};
use super::{output, server};
use crate::backend::catalogue as folders;
use crate::catalogue::{
    Brief, Catalogue as Index, CatalogueEntry, CatalogueFolder, Finding, Folder, Question, Severity, Synonyms, check,
    import,
};
use crate::documents::{Notice, Paper, notice, out_of_force, to_text};
use crate::domain::item::{Item, SituationAnswers};
use crate::domain::site::{Admission, Role};
use crate::sync::catalogue::{self as syncing, SyncError};
use crate::text::{Lines, sanitize};
use crate::training::DEFAULT_SITE;
use crate::vault::library::{Library, LibraryError, Stage, Stock};

/// Largest table that is imported, in bytes.
const LARGEST_TABLE: u64 = 256 << 20;

/// Most hits unless `--limit` says otherwise.
const USUAL_HITS: u32 = 20;

#[derive(Debug, Subcommand)]
pub(super) enum Catalogue {
    /// Find items by Chinese, pinyin, initials or code.
    Search {
        /// What to look for.
        #[arg(required = true)]
        words: Vec<String>,
        /// A catalogue folder in place of the built-in one.
        #[arg(long, value_name = "DIR")]
        catalogue: Option<PathBuf>,
    },
    /// Show an item by its code or id.
    Show {
        /// Implementation code (实施编码), catalogue code (基本编码) or id.
        code: String,
        /// A catalogue folder in place of the built-in one.
        #[arg(long, value_name = "DIR")]
        catalogue: Option<PathBuf>,
    },
    /// Check a catalogue folder: items, bundles, sites, forms, code lists.
    Check {
        /// The folder.
        dir: PathBuf,
    },
    /// Bring the copy of the catalogue on this machine up to date.
    Sync,
    /// Import items from a table (CSV) into a catalogue folder.
    ///
    /// UTF-8, UTF-16 or GB18030; rows with faults are told and left out.
    Import {
        /// The table.
        file: PathBuf,
        /// The folder; made when there is none.
        #[arg(long, value_name = "DIR")]
        into: PathBuf,
        /// Form of the items whose row names none, as id@version.
        #[arg(long, value_name = "FORM", default_value = "general-application@1")]
        form: String,
    },
}

pub(super) fn run(command: Catalogue, context: &Context) -> Result<(), Failure> {
    match command {
        Catalogue::Search { words, catalogue } => search(&words.join(" "), catalogue.as_deref(), context),
        Catalogue::Show { code, catalogue } => show(&code, catalogue.as_deref(), context),
        Catalogue::Check { dir } => check_folder(&dir, context),
        Catalogue::Sync => sync(context),
        Catalogue::Import { file, into, form } => import_table(&file, &into, &form, context),
    }
}

/// The items at hand.
struct AtHand {
    items: Vec<Brief>,
    /// Name of the site that they are for.
    site: String,
    whole: Whole,
}

/// Where whole items come from.
enum Whole {
    /// A folder's, in the order of the items.
    Folder(Vec<CatalogueEntry>),
    /// The copy that was synced.
    Copy(Library),
}

/// The items of a folder, else of the copy that was synced last, else of the built-in sample.
fn at_hand(dir: Option<&Path>, context: &Context) -> Result<AtHand, Failure> {
    let files = match dir {
        Some(dir) => read(dir)?,
        None => {
            if let Some(synced) = synced(context)? {
                return Ok(synced);
            }
            output::note(&context.text("cli-catalogue-built-in"));
            folders::built_in()
        }
    };
    let (folder, _) = CatalogueFolder::load(&files);
    let site = match context.settings.site.as_deref() {
        Some(id) => folder.site(id).ok_or_else(|| context.fail(Exit::Usage, "cli-no-site", &[("site", id)]))?,
        // A folder of one's own need not have the practice site; its first one does then.
        None => folder
            .site(DEFAULT_SITE)
            .or_else(|| folder.sites().next())
            .ok_or_else(|| context.fail(Exit::Refused, "cli-no-site", &[("site", DEFAULT_SITE)]))?,
    };
    let entries = folder.entries_for(site);
    let items = entries.iter().map(Brief::of).collect();
    Ok(AtHand { items, site: site.name.clone(), whole: Whole::Folder(entries) })
}

fn synced(context: &Context) -> Result<Option<AtHand>, Failure> {
    let site = context.settings.site.as_deref();
    let found = server::runtime()?.block_on(async {
        let Some(library) = Library::last(&context.settings.data_dir, site).await? else { return Ok(None) };
        let mut items = Vec::new();
        library.visit(|brief| items.push(brief)).await?;
        Ok(Some((items, library)))
    });
    let found = found.map_err(|error: LibraryError| copy_failed(&error))?;
    Ok(found.map(|(items, library)| AtHand { items, site: library.site().to_owned(), whole: Whole::Copy(library) }))
}

fn read(dir: &Path) -> Result<Folder, Failure> {
    let unreadable = |error: &dyn std::fmt::Display| Failure::said(Exit::Usage, error.to_string());
    if !dir.is_dir() {
        let error = io::Error::from(io::ErrorKind::NotADirectory);
        return Err(unreadable(&format_args!("{}: {error}", dir.display())));
    }
    folders::read(dir).map_err(|error| unreadable(&error))
}

fn copy_failed(error: &LibraryError) -> Failure {
    Failure::said(Exit::Refused, error.to_string())
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Synced {
    site: String,
    path: String,
    #[serde(flatten)]
    stock: Stock,
    cursor: Option<String>,
}

/// Brings the copy up to date, and says how far it is while that takes.
fn sync(context: &Context) -> Result<(), Failure> {
    let runtime = server::runtime()?;
    runtime.block_on(async {
        let client = server::sign_in(context).await?;
        let site = client.session().map(|session| session.clerk.site.id).unwrap_or_default();
        let open = Library::open(&context.settings.data_dir, client.is_practice(), &site).await;
        let library = open.map_err(|error| copy_failed(&error))?;
        let outcome = syncing::sync(&client, &library, |progress| {
            let key = match progress.stage {
                Stage::Briefs => "cli-sync-briefs",
                Stage::Entries => "cli-sync-entries",
                Stage::Changes => "cli-sync-changes",
            };
            let (done, total) = (progress.done.to_string(), progress.total.to_string());
            output::note(&context.format(key, &[("done", &done), ("total", &total)]));
        })
        .await;
        outcome.map_err(|error| match error {
            SyncError::Api(error) => server::failure(error, context),
            SyncError::Library(error) => copy_failed(&error),
        })?;
        let failed = |error: LibraryError| copy_failed(&error);
        let stock = library.stock().await.map_err(failed)?;
        let cursor = library.cursor().await.map_err(failed)?;
        let path = library.path().display().to_string();
        library.close().await.map_err(failed)?;
        if context.globals.json {
            return output::print_json(&Synced { site, path, stock, cursor });
        }
        let count = |number: u64| number.to_string();
        let (items, whole, documents) = (count(stock.items), count(stock.whole), count(stock.documents));
        let args = [("items", items.as_str()), ("whole", &whole), ("documents", &documents), ("path", &path)];
        output::print(&format!("{}\n", context.format("cli-sync-done", &args)))
    })
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ImportedRows<'a> {
    items: usize,
    rejected: usize,
    files: Vec<&'a String>,
    findings: Vec<Objection<'a>>,
}

/// Imports a table into a folder. Exit 1 when a row was left out.
fn import_table(file: &Path, into: &Path, form: &str, context: &Context) -> Result<(), Failure> {
    let wrong =
        |path: &Path, error: &dyn std::fmt::Display| Failure::said(Exit::Usage, format!("{}: {error}", path.display()));
    let size = std::fs::metadata(file).map_err(|error| wrong(file, &error))?.len();
    if size > LARGEST_TABLE {
        return Err(context.fail(Exit::Usage, "cli-import-too-large", &[("file", &file.display().to_string())]));
    }
    let bytes = std::fs::read(file).map_err(|error| wrong(file, &error))?;
    let text = import::decode(&bytes);
    std::fs::create_dir_all(into).map_err(|error| wrong(into, &error))?;
    let folder = folders::read(into).map_err(|error| wrong(into, &error))?;
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let imported = import::import(&name, &text, &folder, form);
    for (path, text) in &imported.files {
        let path = into.join(path);
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent).map_err(|error| wrong(parent, &error))?;
        }
        // What is there is never written over.
        let mut options = std::fs::OpenOptions::new();
        let mut file = options.write(true).create_new(true).open(&path).map_err(|error| wrong(&path, &error))?;
        io::Write::write_all(&mut file, text.as_bytes()).map_err(|error| wrong(&path, &error))?;
    }
    let findings: Vec<Objection<'_>> =
        imported.findings.iter().map(|finding| Objection::of(finding, context)).collect();
    if context.globals.json {
        let files = imported.files.keys().collect();
        output::print_json(&ImportedRows { items: imported.items, rejected: imported.rejected, files, findings })?;
    } else {
        output::print(&findings.iter().map(|finding| finding.line(context)).collect::<String>())?;
    }
    let (items, rejected) = (imported.items.to_string(), imported.rejected.to_string());
    output::note(&context.format("cli-import-summary", &[("items", &items), ("rejected", &rejected)]));
    let failed = imported.findings.iter().any(|finding| finding.severity == Severity::Error);
    if failed { Err(Failure::Silent(Exit::Refused)) } else { Ok(()) }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Found<'a> {
    code: &'a str,
    catalog_code: &'a str,
    name: &'a str,
    department: &'a str,
    domain: &'a str,
    /// What the site does for it; null when it is not admitted there.
    admission: Option<Role>,
    /// Name of the nearest other site that takes it.
    elsewhere: Option<&'a str>,
    /// Whether it is offered today.
    in_force: bool,
    /// What a table shows for it if it is not.
    #[serde(skip)]
    out_of_force: Option<&'static str>,
    score: u32,
}

fn search(query: &str, dir: Option<&Path>, context: &Context) -> Result<(), Failure> {
    let AtHand { items, .. } = at_hand(dir, context)?;
    let index = Index::new(&items, &Synonyms::built_in());
    let limit = usize::try_from(context.limit(USUAL_HITS)).unwrap_or(usize::MAX);
    let by_code: HashMap<&str, &Brief> = items.iter().map(|item| (item.code.as_str(), item)).collect();
    let today = output::local(Timestamp::now()).date();
    let question = Question { query: query.to_owned(), limit, day: Some(today), ..Question::default() };
    let found: Vec<Found<'_>> = index
        .answer(&question, usize::MAX)
        .hits
        .into_iter()
        .filter_map(|hit| {
            let item = *by_code.get(index.row(hit.entry)?.code.as_str())?;
            let out_of_force = out_of_force(item.offered.validity(today)).map(|(word, _)| word);
            Some(Found {
                code: &item.code,
                catalog_code: &item.catalog_code,
                name: &item.name,
                department: &item.department,
                domain: &item.domain,
                admission: item.role,
                elsewhere: item.elsewhere.as_deref(),
                in_force: out_of_force.is_none(),
                out_of_force,
                score: hit.score,
            })
        })
        .collect();
    if context.globals.json {
        return output::print_json(&found);
    }
    if found.is_empty() {
        output::note(&context.format("cli-catalogue-nothing", &[("query", query)]));
    }
    let rows: Vec<[String; 4]> = found
        .iter()
        .map(|hit| {
            let place = hit.out_of_force.map_or_else(|| admission(hit.admission, context), |word| context.text(word));
            [place, hit.name.into(), hit.department.into(), hit.code.into()]
        })
        .collect();
    output::print_table(&rows)
}

fn admission(role: Option<Role>, context: &Context) -> String {
    context.text(match role {
        Some(Role::Direct) => "doc-role-direct",
        Some(Role::Agency) => "doc-role-agency",
        Some(Role::Assist) => "doc-role-assist",
        Some(Role::Inform) => "doc-role-inform",
        None => "cli-catalogue-not-admitted",
    })
}

#[derive(Serialize)]
struct Shown<'a> {
    #[serde(flatten)]
    item: &'a Item,
    admission: &'a Admission,
}

fn show(code: &str, dir: Option<&Path>, context: &Context) -> Result<(), Failure> {
    let AtHand { items, site, whole } = at_hand(dir, context)?;
    let unknown = || context.fail(Exit::Refused, "cli-catalogue-no-item", &[("code", code)]);
    let keys: [fn(&Brief) -> &str; 3] = [|item| &item.code, |item| &item.catalog_code, |item| &item.id];
    let is_it = |key: fn(&Brief) -> &str, item: &Brief| key(item).eq_ignore_ascii_case(code.trim());
    let at = keys.into_iter().find_map(|key| items.iter().position(|item| is_it(key, item)));
    let entry = match &whole {
        Whole::Folder(entries) => at.and_then(|at| entries.get(at)).cloned(),
        Whole::Copy(library) => {
            let wanted = at.and_then(|at| items.get(at)).map_or(code, |item| &item.code);
            let entry = server::runtime()?.block_on(library.entry(wanted)).map_err(|error| copy_failed(&error))?;
            if entry.is_none() && at.is_some() {
                return Err(context.fail(Exit::Refused, "cli-catalogue-brief-only", &[("code", code)]));
            }
            entry
        }
    };
    let CatalogueEntry { item, admission } = entry.ok_or_else(unknown)?;
    let (item, admission) = (item.as_ref(), &admission);
    if context.globals.json {
        return output::print_json(&Shown { item, admission });
    }
    let told = Notice {
        item,
        answers: &SituationAnswers::new(),
        admission,
        practice: false,
        site: &site,
        day: output::local(Timestamp::now()).date(),
        known: None,
        under_questions: false,
    };
    let paper = Paper { width: usize::from(context.settings.print_width), ascii: context.ascii() };
    output::print(&to_text(&notice(&told, &context.locale, paper)))
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Objection<'a> {
    severity: &'static str,
    file: &'a str,
    line: Option<u32>,
    pointer: Option<&'a str>,
    code: &'static str,
    message: String,
}

impl<'a> Objection<'a> {
    fn of(finding: &'a Finding, context: &Context) -> Self {
        Self {
            severity: match finding.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
            },
            file: &finding.file,
            line: finding.line,
            pointer: finding.pointer.as_deref(),
            code: finding.key,
            message: finding.sentence(&context.locale),
        }
    }

    fn line(&self, context: &Context) -> String {
        let severity = context.text(match self.severity {
            "error" => "cli-check-error",
            _ => "cli-check-warning",
        });
        let line = self.line.map(|line| format!(":{line}")).unwrap_or_default();
        let pointer = self.pointer.map(|pointer| format!(" {pointer}")).unwrap_or_default();
        let line = format!("{}{line}:{pointer} {severity} {}", self.file, self.message);
        // Whoever wrote the file wrote part of it.
        sanitize(&line, Lines::Join) + "\n"
    }
}

/// Holds a folder that is to be worked with to the check: its errors are said on standard error.
pub(super) fn must_be_sound(dir: &Path, context: &Context) -> Result<(), Failure> {
    let (_, mut findings) = check::check(&read(dir)?);
    findings.retain(|finding| finding.severity == Severity::Error);
    if findings.is_empty() {
        return Ok(());
    }
    for finding in &findings {
        output::note(Objection::of(finding, context).line(context).trim_end());
    }
    Err(context.fail(Exit::Refused, "cli-demo-catalogue", &[("dir", &dir.display().to_string())]))
}

fn check_folder(dir: &Path, context: &Context) -> Result<(), Failure> {
    let folder = read(dir)?;
    let (loaded, findings) = check::check(&folder);
    let errors = findings.iter().filter(|finding| finding.severity == Severity::Error).count();
    let objections: Vec<Objection<'_>> = findings.iter().map(|finding| Objection::of(finding, context)).collect();
    if context.globals.json {
        output::print_json(&objections)?;
    } else {
        output::print(&objections.iter().map(|objection| objection.line(context)).collect::<String>())?;
    }
    let count = |number: usize| number.to_string();
    let warnings = count(findings.len() - errors);
    output::note(&context.format(
        "cli-check-summary",
        &[
            ("items", &count(loaded.items.len())),
            ("forms", &count(loaded.forms.len())),
            ("sites", &count(loaded.sites.len())),
            ("errors", &count(errors)),
            ("warnings", &warnings),
        ],
    ));
    if errors == 0 { Ok(()) } else { Err(Failure::Silent(Exit::Refused)) }
}
