//! The canonical record of an accepted request: what notices are rendered from.

use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::{Map, Value};

use super::catalogue::Catalogue;
use super::check::Checked;
use super::numbers;
use super::store::Figures;
use crate::api::digest::sha256_hex;
use crate::api::wire::{Accepted, Clerk, RefusedItem};
use crate::domain::calendar::WorkCalendar;
use crate::domain::case::{Case, CaseStatus};
use crate::domain::course::Course;
use crate::domain::deadline::Deadline;
use crate::domain::item::{Item, LimitUnit, SituationAnswers};
use crate::domain::receipt::{OwedMaterial, Receipt, ReceiptCase};
use crate::domain::request::{Received, ReceivedMaterial, Request, RequestItem};
use crate::text::mask;

/// What a receipt is made of beside the request.
pub(super) struct Issue<'a> {
    pub request_no: &'a str,
    pub query_code: String,
    pub practice: bool,
    pub clerk: &'a Clerk,
    pub received_at: Timestamp,
    pub calendar: &'a WorkCalendar,
    pub catalogue: &'a Catalogue,
}

/// Where a new case of an item begins.
pub(super) fn course(item: &Item, wanted: &RequestItem, day: Date, calendar: &WorkCalendar) -> Course {
    let deadline = Deadline::new(item.promised_limit.or(item.legal_limit), day);
    let owing = wanted.materials.iter().any(|line| line.received == Received::Owed);
    Course::received(day, deadline, owing, calendar)
}

/// What is counted about a new case.
pub(super) fn figures(item: &Item, wanted: &RequestItem) -> Figures {
    let taken = |line: &&ReceivedMaterial| matches!(line.received, Received::Paper | Received::Scan | Received::Owed);
    Figures {
        materials_listed: item.materials_for(&wanted.situations).count(),
        materials_taken: wanted.materials.iter().filter(taken).count(),
        legal_days: item.legal_limit.filter(|limit| limit.unit == LimitUnit::Working).map(|limit| limit.days),
        steps: item.flow.len(),
        trips: item.trips,
    }
}

/// The answer to an accepted request: number, one case an item, receipt.
pub(super) fn issue(request: &Request, checked: Checked, issue: Issue<'_>) -> Accepted {
    let applicant = masked_name(&request.applicant);
    let mut cases = Vec::with_capacity(checked.taken.len());
    let mut lines = Vec::with_capacity(checked.taken.len());
    for (index, item) in &checked.taken {
        let Some(wanted) = request.items.get(*index) else { continue };
        let case_no = numbers::case_no(issue.request_no, *index);
        let due = course(item, wanted, numbers::day(issue.received_at), issue.calendar).deadline.due(issue.calendar);
        cases.push(Case {
            case_no: case_no.clone(),
            request_no: issue.request_no.to_owned(),
            item_code: item.code.clone(),
            item_name: item.name.clone(),
            applicant: applicant.clone(),
            status: CaseStatus::Received,
            version: 1,
            received_at: issue.received_at,
            updated_at: issue.received_at,
            due,
        });
        let (received, owed) = ledger(item, wanted, &wanted.situations);
        lines.push(ReceiptCase {
            case_no,
            item_code: item.code.clone(),
            item_name: item.name.clone(),
            department: item.department.clone(),
            due,
            received,
            owed,
        });
    }
    let receipt = Receipt {
        request_id: request.id,
        request_no: issue.request_no.to_owned(),
        query_code: issue.query_code,
        practice: issue.practice,
        site: issue.clerk.site.name.clone(),
        window: request.window.clone(),
        clerk: issue.clerk.display.clone(),
        applicant,
        agent: request.agent.as_ref().map(masked_name),
        received_at: issue.received_at,
        cases: lines,
    };
    let refused = checked.refused.into_iter().filter_map(|(index, fault)| {
        let item_code = request.items.get(index)?.code.clone();
        let item_name = issue.catalogue.item(&item_code).map(|item| item.name.clone()).unwrap_or_default();
        Some(RefusedItem { item_code, item_name, problem: fault.problem() })
    });
    Accepted { request_no: issue.request_no.to_owned(), cases, refused: refused.collect(), receipt }
}

/// Names of the materials received, and what is owed, materials and answers.
fn ledger(item: &Item, wanted: &RequestItem, situations: &SituationAnswers) -> (Vec<String>, Vec<OwedMaterial>) {
    let mut received = Vec::new();
    let mut owed = Vec::new();
    for material in item.materials_for(situations) {
        let Some(line) = wanted.materials.iter().find(|line| line.code == material.code) else { continue };
        match line.received {
            Received::Paper | Received::Scan | Received::Shared => received.push(material.name.clone()),
            Received::Owed => owed.push(OwedMaterial { name: material.name.clone(), until: line.owed_until }),
            Received::None => {}
        }
    }
    owed.extend(wanted.owed.iter().map(|answer| OwedMaterial { name: answer.name.clone(), until: Some(answer.until) }));
    (received, owed)
}

fn member<'a>(person: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    person.get(name).and_then(Value::as_str).filter(|text| !text.is_empty())
}

/// A person's name, masked. The name of an organisation is public.
fn masked_name(party: &Map<String, Value>) -> String {
    match (member(party, "name"), member(party, "organisation")) {
        (Some(name), _) => mask::name(name),
        (None, Some(organisation)) => organisation.to_owned(),
        (None, None) => String::new(),
    }
}

/// What makes two applicants the same: a digest of the number that identifies them. Empty when there is none.
pub(super) fn applicant_key(applicant: &Map<String, Value>) -> String {
    ["creditCode", "idNumber", "passNumber"]
        .into_iter()
        .find_map(|name| Some(sha256_hex(format!("{name} {}", member(applicant, name)?).as_bytes())))
        .unwrap_or_default()
}
