//! Requests of invented citizens: the cases that a new practice room has already, so that the list of cases is not empty, and documents
//! to practise importing with. Sent by the same client and checked by the same backend as any other.

use std::collections::HashSet;
use std::net::SocketAddr;

use fastrand::Rng;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};
use uuid::{Builder, Uuid};

use super::citizens::{Citizen, citizens};
use super::{PASSWORD, PracticeError, clerk_at};
use crate::api::{ApiError, CatalogueAnswer, Client};
use crate::backend::catalogue::Catalogue;
use crate::backend::config::CatalogueSource;
use crate::domain::item::{Item, Necessity};
use crate::domain::request::{Channel, Mode, Received, ReceivedMaterial, Request, RequestItem};
use crate::domain::site::Role;

/// How many there are.
pub(super) const COUNT: usize = 4;

/// Why there are no sample cases.
#[derive(Debug, thiserror::Error)]
pub(super) enum SampleError {
    #[error(transparent)]
    Room(#[from] PracticeError),
    #[error(transparent)]
    Api(#[from] ApiError),
}

/// Items that every site takes applications for, by id, with what their forms hold.
fn samples() -> [(&'static str, Value); 3] {
    [
        (
            "legal-consultation",
            json!({
                "subject": "宅基地相邻通行咨询",
                "reason": "邻居在共用通道上堆放木料，进出不便，想了解可以怎样处理。",
                "urgency": "normal",
                "resultForm": "paper",
                "resultCopies": 1,
                "truthful": true,
            }),
        ),
        (
            "elderly-courtesy-card",
            json!({
                "forWhom": "self",
                "kind": "first",
                "startDate": "2026-01-01",
                "content": "首次申领老年人优待证",
                "registeredArea": "429006107000",
                "residenceArea": "429006107000",
                "truthful": true,
            }),
        ),
        (
            "career-guidance",
            json!({
                "subject": "求职方向咨询",
                "reason": "从外地返乡，想了解本地招工和技能培训的情况。",
                "urgency": "normal",
                "resultForm": "electronic",
                "truthful": true,
            }),
        ),
    ]
}

/// Valid requests of as many invented citizens at the site of a practice clerk, the same for the same seed and time. No citizen applies
/// for anything twice.
///
/// # Errors
/// When no practice clerk works at the site.
pub fn requests(
    seed: u64,
    count: usize,
    site: Option<&str>,
    since: Timestamp,
) -> Result<impl Iterator<Item = Request>, PracticeError> {
    let clerk = clerk_at(site)?;
    let catalogue = Catalogue::load(&CatalogueSource::BuiltIn)?;
    let place = catalogue.site(&clerk.site);
    let window = Some(clerk.window).filter(|window| !window.is_empty());
    let window = window.or_else(|| place?.windows.first().cloned()).unwrap_or_default();
    let admitted = |id: &str| place.and_then(|site| site.role_for(id)).is_some_and(Role::takes_applications);
    let items: Vec<(Item, Value)> = samples()
        .into_iter()
        .filter(|(id, _)| admitted(id))
        .filter_map(|(id, answers)| Some((catalogue.items().find(|item| item.id == id)?.as_ref().clone(), answers)))
        .collect();
    let mut random = Rng::with_seed(seed);
    let mut known = HashSet::new();
    let people = citizens(seed).filter(move |citizen| known.insert(citizen.id_number.as_str().to_owned()));
    Ok(people.zip((0..items.len()).cycle()).zip(0_i64..).take(count).filter_map(move |((citizen, which), number)| {
        let (item, answers) = items.get(which)?;
        let at = since + SignedDuration::from_millis(100 * number);
        let mut bits = [0; 10];
        random.fill(&mut bits);
        let millis = u64::try_from(at.as_millisecond()).unwrap_or_default();
        let request = request(&citizen, item, answers, (&clerk.site, &window), at);
        Some(Request { id: Builder::from_unix_timestamp_millis(millis, &bits).into_uuid(), ..request })
    }))
}

/// Fills a new room with cases in the clerk's name.
pub(super) async fn fill(addr: SocketAddr, clerk: &str, seed: u64) -> Result<(), SampleError> {
    let client = Client::practice(addr).map_err(PracticeError::from)?;
    let session = client.sign_in(clerk, PASSWORD).await?;
    if let CatalogueAnswer::Full { items, .. } = client.catalogue(None).await? {
        let samples = samples();
        for (citizen, (id, answers)) in citizens(seed).zip(samples.iter().cycle()).take(COUNT) {
            if let Some(entry) = items.iter().find(|entry| entry.item.id == *id) {
                let place = (session.clerk.site.id.as_str(), session.clerk.window.as_str());
                client.put_request(&request(&citizen, &entry.item, answers, place, Timestamp::now())).await?;
            }
        }
    }
    Ok(client.sign_out().await?)
}

/// A request at a site and window.
fn request(citizen: &Citizen, item: &Item, answers: &Value, (site, window): (&str, &str), now: Timestamp) -> Request {
    let situations = item.first_answers();
    let materials = item
        .materials_for(&situations)
        .filter(|material| material.necessity == Necessity::Required)
        .map(|material| ReceivedMaterial {
            code: material.code.clone(),
            received: Received::Paper,
            copies: u16::from(material.originals) + u16::from(material.copies),
            original_checked: material.originals > 0,
            owed_until: None,
            owed_reason: None,
            uploads: Vec::new(),
        })
        .collect();
    Request {
        id: Uuid::now_v7(),
        mode: Mode::Each,
        channel: Channel::Window,
        site: site.to_owned(),
        window: window.to_owned(),
        opened_at: now,
        submitted_at: now,
        applicant: applicant(citizen),
        agent: None,
        delivery: Map::from_iter([("method".to_owned(), "pickup".into())]),
        items: vec![RequestItem {
            code: item.code.clone(),
            version: item.version,
            form: item.form.clone(),
            situations,
            answers: answers.clone(),
            materials,
            owed: Vec::new(),
            competent_area: None,
        }],
        bundle: None,
        supersedes: None,
        acknowledge_duplicate: false,
    }
}

fn applicant(citizen: &Citizen) -> Map<String, Value> {
    let id = &citizen.id_number;
    let members: [(&str, Value); 9] = [
        ("kind", "person".into()),
        ("name", citizen.name.as_str().into()),
        ("idType", "111".into()),
        ("idNumber", id.as_str().into()),
        ("birthDate", id.birth_date().to_string().into()),
        ("sex", json!(id.sex())),
        ("mobile", citizen.mobile.as_str().into()),
        ("address", citizen.address.as_str().into()),
        ("handler", "self".into()),
    ];
    members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::wire::CaseFilter;
    use crate::backend::Backend;
    use crate::backend::catalogue::built_in_clerks;
    use crate::backend::config::Config;

    #[test]
    fn documents_are_the_same_for_the_same_seed_and_all_valid() {
        let since = "2026-11-23T00:00:00Z".parse().unwrap();
        let documents = |seed, site| requests(seed, 60, site, since).unwrap().collect::<Vec<_>>();
        for site in [None, Some("yuekou-village"), Some("jingling-street")] {
            let first = documents(5, site);
            assert_eq!(documents(5, site), first);
            assert_ne!(documents(6, site), first);
            assert_eq!(first.len(), 60);
            let people: HashSet<_> = first.iter().map(|request| request.applicant["idNumber"].to_string()).collect();
            assert_eq!(people.len(), 60);
        }
        assert!(requests(5, 1, Some("nowhere"), since).is_err());
    }

    #[tokio::test]
    async fn the_backend_takes_every_sample_at_every_site() {
        for clerk in built_in_clerks().unwrap() {
            let folder = tempfile::tempdir().unwrap();
            let running = Backend::start(Config::practice(folder.path())).await.unwrap();
            if let Err(error) = fill(running.addr(), &clerk.name, 7).await {
                panic!("{}: {error:?}", clerk.site);
            }
            let client = Client::practice(running.addr()).unwrap();
            client.sign_in(&clerk.name, PASSWORD).await.unwrap();
            for request in requests(11, 6, Some(&clerk.site), Timestamp::now()).unwrap() {
                client.put_request(&request).await.unwrap();
            }
            assert_eq!(client.cases(&CaseFilter::default()).await.unwrap().cases.len(), COUNT + 6);
            running.shutdown().await;
        }
    }
}
