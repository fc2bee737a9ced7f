//! `onewindow demo`: the practice room.

use std::path::PathBuf;

use clap::Args;
use jiff::tz::offset;
use jiff::{Span, Timestamp};
use serde::Serialize;

use super::context::Context;
use super::failure::{Exit, Failure};
use super::{catalogue, output, screen, terminal};
use crate::domain::identity::Sex;
use crate::training::citizens::{Citizen, citizens};
use crate::training::{Options, PASSWORD, PracticeError, PracticeRoom, sample};

/// People on the list unless `--limit` says otherwise.
const USUAL_PEOPLE: u32 = 10;

#[derive(Debug, Args)]
pub(super) struct Demo {
    /// Make the invented people and cases repeatable.
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Work at this site; of the sample catalogue: yuekou-town, yuekou-village or jingling-street.
    #[arg(long, value_name = "ID")]
    site: Option<String>,
    /// Work with the catalogue in this folder instead of the sample.
    #[arg(long, value_name = "DIR")]
    catalogue: Option<PathBuf>,
    /// Print invented people to practise with, and leave.
    #[arg(long)]
    people: bool,
    /// Print so many invented request documents, one a line, for `drafts import`, and leave.
    #[arg(long, value_name = "N", conflicts_with = "people")]
    requests: Option<usize>,
}

pub(super) fn run(demo: &Demo, context: &Context) -> Result<(), Failure> {
    if demo.people {
        return people(demo.seed, context);
    }
    if let Some(count) = demo.requests {
        return requests(demo, count);
    }
    if let Some(dir) = &demo.catalogue {
        catalogue::must_be_sound(dir, context)?;
    }
    terminal::check(context)?;
    let options = Options {
        data_dir: context.globals.data_dir.clone(),
        seed: demo.seed,
        site: demo.site.clone(),
        day: context.settings.practice_day,
        catalogue: demo.catalogue.clone(),
    };
    let mut room = PracticeRoom::start(options).map_err(failure)?;
    let client = room.client();
    let language = context.locale.language();
    let client = async move { Ok(client.await?.with_language(language)) };
    let credentials = (room.clerk().to_owned(), PASSWORD.to_owned());
    screen::start(context, Box::pin(client), room.folder().to_owned(), Some(credentials), true)
}

fn failure(error: PracticeError) -> Failure {
    match error {
        PracticeError::NoSite { .. } => Failure::said(Exit::Usage, error.to_string()),
        _ => Failure::said(Exit::Refused, error.to_string()),
    }
}

/// Request documents of yesterday's invented citizens: on one day a seed always gives the same.
fn requests(demo: &Demo, count: usize) -> Result<(), Failure> {
    let since = (output::local(Timestamp::now()).date() - Span::new().days(1)).at(8, 0, 0, 0);
    let since = offset(8).to_timestamp(since).map_err(|error| Failure::said(Exit::Refused, error.to_string()))?;
    let seed = demo.seed.unwrap_or_else(|| fastrand::u64(..));
    for request in sample::requests(seed, count, demo.site.as_deref(), since).map_err(failure)? {
        let line = serde_json::to_string(&request).map_err(std::io::Error::from)?;
        output::print(&format!("{line}\n"))?;
    }
    Ok(())
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Person {
    name: String,
    id_number: String,
    birth_date: String,
    sex: Sex,
    mobile: String,
    address: String,
}

impl From<Citizen> for Person {
    fn from(citizen: Citizen) -> Self {
        Self {
            name: citizen.name,
            birth_date: citizen.id_number.birth_date().to_string(),
            sex: citizen.id_number.sex(),
            id_number: citizen.id_number.into(),
            mobile: citizen.mobile,
            address: citizen.address,
        }
    }
}

/// The invented people of a seed, for the clerk to type.
fn people(seed: Option<u64>, context: &Context) -> Result<(), Failure> {
    let count = usize::try_from(context.limit(USUAL_PEOPLE)).unwrap_or(usize::MAX);
    let people = citizens(seed.unwrap_or_else(|| fastrand::u64(..))).take(count).map(Person::from);
    if context.globals.json {
        return output::print_json(&people.collect::<Vec<_>>());
    }
    output::note(&context.text("cli-people"));
    let rows: Vec<[String; 4]> =
        people.map(|person| [person.name, person.id_number, person.mobile, person.address]).collect();
    output::print_table(&rows)
}
