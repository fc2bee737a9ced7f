//! `onewindow catalogue`: finding items, showing one, checking a folder for its author.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Subcommand;
use jiff::Timestamp;
use serde::Serialize;

use super::context::Context;
use super::failure::{Exit, Failure};
use super::output;
use crate::backend::catalogue as folders;
use crate::catalogue::{
    Catalogue as Index, CatalogueEntry, CatalogueFolder, Filter, Finding, Severity, Synonyms, check,
};
use crate::documents::{Notice, Paper, notice, to_text};
use crate::domain::item::{Item, SituationAnswers};
use crate::domain::site::{Admission, Elsewhere, Role, Site};
use crate::training::DEFAULT_SITE;

/// Most hits unless `--limit` says otherwise.
const USUAL_HITS: u32 = 20;

#[derive(Debug, Subcommand)]
pub(super) enum Catalogue {
    /// Find items by Chinese, pinyin, initials or code.
    Search {
        /// What to look for.
        #[arg(required = true)]
        words: Vec<String>,
    },
    /// Show an item by its code or id.
    Show {
        /// Implementation code (实施编码), catalogue code (基本编码) or id.
        code: String,
    },
    /// Check a catalogue folder: items, sites, forms, code lists.
    Check {
        /// The folder.
        dir: PathBuf,
    },
}

pub(super) fn run(command: Catalogue, context: &Context) -> Result<(), Failure> {
    match command {
        Catalogue::Search { words } => search(&words.join(" "), context),
        Catalogue::Show { code } => show(&code, context),
        Catalogue::Check { dir } => check_folder(&dir, context),
    }
}

/// The built-in sample catalogue as a site sees it.
fn built_in(context: &Context) -> Result<(CatalogueFolder, Site), Failure> {
    output::note(&context.text("cli-catalogue-built-in"));
    let (folder, _) = CatalogueFolder::load(&folders::built_in());
    let wanted = context.settings.site.as_deref();
    let site = match wanted {
        Some(id) => folder.site(id).ok_or_else(|| context.fail(Exit::Usage, "cli-no-site", &[("site", id)]))?,
        None => folder
            .site(DEFAULT_SITE)
            .ok_or_else(|| context.fail(Exit::Refused, "cli-no-site", &[("site", DEFAULT_SITE)]))?,
    };
    let site = site.clone();
    Ok((folder, site))
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
    elsewhere: &'a [Elsewhere],
    score: u32,
}

fn search(query: &str, context: &Context) -> Result<(), Failure> {
    let (folder, site) = built_in(context)?;
    let index = Index::new(folder.entries_for(&site), &Synonyms::built_in());
    let limit = usize::try_from(context.limit(USUAL_HITS)).unwrap_or(usize::MAX);
    let found: Vec<Found<'_>> = index
        .search(query, &Filter::default(), limit)
        .into_iter()
        .filter_map(|hit| {
            let CatalogueEntry { item, admission } = index.entries().get(hit.entry)?;
            Some(Found {
                code: &item.code,
                catalog_code: &item.catalog_code,
                name: &item.name,
                department: &item.department,
                domain: &item.domain,
                admission: admission.role,
                elsewhere: &admission.elsewhere,
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
        .map(|hit| [admission(hit.admission, context), hit.name.into(), hit.department.into(), hit.code.into()])
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

fn show(code: &str, context: &Context) -> Result<(), Failure> {
    let (folder, site) = built_in(context)?;
    let index = Index::new(folder.entries_for(&site), &Synonyms::none());
    let CatalogueEntry { item, admission } =
        index.get(code).ok_or_else(|| context.fail(Exit::Refused, "cli-catalogue-no-item", &[("code", code)]))?;
    let item = Arc::as_ref(item);
    if context.globals.json {
        return output::print_json(&Shown { item, admission });
    }
    let told = Notice {
        item,
        answers: &SituationAnswers::new(),
        admission,
        practice: false,
        site: &site.name,
        day: output::local(Timestamp::now()).date(),
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
        format!("{}{line}:{pointer} {severity} {}\n", self.file, self.message)
    }
}

fn check_folder(dir: &Path, context: &Context) -> Result<(), Failure> {
    let unreadable = |error: &dyn std::fmt::Display| Failure::said(Exit::Usage, error.to_string());
    if !dir.is_dir() {
        let error = io::Error::from(io::ErrorKind::NotADirectory);
        return Err(unreadable(&format_args!("{}: {error}", dir.display())));
    }
    let folder = folders::read(dir).map_err(|error| unreadable(&error))?;
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
