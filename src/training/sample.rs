//! Cases that a new practice room has already, so that the list of cases is not empty: requests of invented citizens, sent by the same
//! client and checked by the same backend as any other.

use std::net::SocketAddr;

use jiff::Timestamp;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::citizens::{Citizen, citizens};
use super::{PASSWORD, PracticeError};
use crate::api::wire::Session;
use crate::api::{ApiError, CatalogueAnswer, Client};
use crate::backend::catalogue::PracticeClerk;
use crate::domain::item::{Item, Necessity};
use crate::domain::request::{Channel, Mode, Received, ReceivedMaterial, Request, RequestItem};

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
fn samples() -> [(&'static str, Value); 2] {
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
    ]
}

/// Fills a new room with cases in the clerk's name.
pub(super) async fn fill(addr: SocketAddr, clerk: &PracticeClerk, seed: u64) -> Result<(), SampleError> {
    let client = Client::practice(addr).map_err(PracticeError::from)?;
    let session = client.sign_in(&clerk.name, PASSWORD).await?;
    if let CatalogueAnswer::Full { items, .. } = client.catalogue(None).await? {
        let samples = samples();
        for (citizen, (id, answers)) in citizens(seed).zip(samples.iter().cycle()).take(COUNT) {
            if let Some(entry) = items.iter().find(|entry| entry.item.id == *id) {
                client.put_request(&request(&citizen, &entry.item, answers, &session)).await?;
            }
        }
    }
    Ok(client.sign_out().await?)
}

fn request(citizen: &Citizen, item: &Item, answers: &Value, session: &Session) -> Request {
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
    let now = Timestamp::now();
    Request {
        id: Uuid::now_v7(),
        mode: Mode::Each,
        channel: Channel::Window,
        site: session.clerk.site.id.clone(),
        window: session.clerk.window.clone(),
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

    #[tokio::test]
    async fn the_backend_takes_every_sample_at_every_site() {
        for clerk in built_in_clerks().unwrap() {
            let folder = tempfile::tempdir().unwrap();
            let running = Backend::start(Config::practice(folder.path())).await.unwrap();
            if let Err(error) = fill(running.addr(), &clerk, 7).await {
                panic!("{}: {error:?}", clerk.site);
            }
            let client = Client::practice(running.addr()).unwrap();
            client.sign_in(&clerk.name, PASSWORD).await.unwrap();
            assert_eq!(client.cases(&CaseFilter::default()).await.unwrap().cases.len(), COUNT);
            running.shutdown().await;
        }
    }
}
