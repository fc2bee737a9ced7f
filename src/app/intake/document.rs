//! A request document that was made elsewhere, one of `PUT /v1/requests/{uuid}`: read, checked by the same engine as an intake, and kept
//! as a draft. It stays whole: as long as nothing is changed at the desk, what is submitted is the document as it came.

use std::sync::Arc;

use jiff::Timestamp;
use serde::Deserialize as _;
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};
use uuid::{Builder, Uuid};

use crate::api::digest;
use crate::app::shared::{BuiltInForms, local};
use crate::domain::item::FormRef;
use crate::domain::request::{Request, is_digest};
use crate::forms::{FieldError, Form, pointer};
use crate::locale::{Arg, Locale};
use crate::text::mask;
use crate::vault::{Draft, DraftBody};

/// A request document: as it came, and as it was understood.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    /// What it says.
    pub request: Request,
    /// How it came; with an id where it had none.
    pub value: Value,
}

/// Why a text is no request document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DocumentError {
    /// Not JSON: what the parser said.
    Syntax(String),
    /// Not of the shape of a request: what is missing, unknown or of the wrong kind.
    Shape(String),
    /// No item is applied for.
    NoItem,
    /// The id is none, or names no request.
    Id,
    /// A text with control characters, by its place.
    ControlCharacter(String),
}

/// Something in a document that the backend would refuse.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// JSON pointer into the document.
    pub pointer: String,
    what: What,
}

#[derive(Debug, Clone, PartialEq)]
enum What {
    /// The form engine's own.
    Field(FieldError),
    /// Not what the form makes of the rest: hidden, or computed otherwise.
    NotRelevant,
}

impl DocumentError {
    /// What is wrong, and what to do.
    pub fn sentence(&self, locale: &Locale) -> String {
        let with = |key: &str, detail: &str| locale.format(key, &[("detail", Arg::from(detail))]);
        match self {
            Self::Syntax(detail) => with("document-syntax", detail),
            Self::Shape(detail) => with("document-shape", detail),
            Self::NoItem => locale.text("document-no-item"),
            Self::Id => locale.text("document-id"),
            Self::ControlCharacter(at) => with("document-control-character", at),
        }
    }
}

impl Finding {
    /// What is wrong, and what to do.
    pub fn sentence(&self, locale: &Locale) -> String {
        match &self.what {
            What::Field(error) => error.sentence(locale),
            What::NotRelevant => locale.text("document-not-relevant"),
        }
    }
}

impl Document {
    /// Reads a document. One without an id gets one that follows from its content, so that the same document always has the same.
    ///
    /// # Errors
    /// When it is no request document; its values are not judged yet.
    pub fn parse(text: &str) -> Result<Self, DocumentError> {
        let value: Value = serde_json::from_str(text).map_err(|error| DocumentError::Syntax(error.to_string()))?;
        Self::new(value)
    }

    /// As [`Self::parse`], from JSON.
    ///
    /// # Errors
    /// As [`Self::parse`].
    pub fn new(mut value: Value) -> Result<Self, DocumentError> {
        let shape = |error: serde_json::Error| DocumentError::Shape(error.to_string());
        let Some(members) = value.as_object_mut() else { return Err(DocumentError::Shape("{}".to_owned())) };
        let nameless = !members.contains_key("id");
        if nameless {
            members.insert("id".to_owned(), json!(Uuid::nil()));
        }
        if let Some(at) = pointer::control_characters(&value, "").into_iter().next() {
            return Err(DocumentError::ControlCharacter(at));
        }
        let mut request = Request::deserialize(&value).map_err(shape)?;
        if nameless {
            request.id = id_of(&value, request.submitted_at).map_err(shape)?;
            pointer::set(&mut value, "/id", json!(request.id));
        }
        if request.id.is_nil() || request.supersedes == Some(request.id) {
            return Err(DocumentError::Id);
        }
        // What has no canonical form could never be sent.
        digest::canonical(&value).map_err(shape)?;
        if request.items.is_empty() { Err(DocumentError::NoItem) } else { Ok(Self { request, value }) }
    }

    /// The files that the document names by their path: what stands among the uploads of a material and is no digest. Each with its place.
    pub fn files(&self) -> Vec<(String, String)> {
        let mut files = Vec::new();
        for (item, wanted) in self.request.items.iter().enumerate() {
            for (material, line) in wanted.materials.iter().enumerate() {
                for (place, upload) in line.uploads.iter().enumerate().filter(|(_, upload)| !is_digest(upload)) {
                    files.push((format!("/items/{item}/materials/{material}/uploads/{place}"), upload.clone()));
                }
            }
        }
        files
    }

    /// The document with digests in the place of the files' paths.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn with_digests(mut self, digests: impl IntoIterator<Item = (String, String)>) -> Result<Self, DocumentError> {
        for (place, digest) in digests {
            pointer::set(&mut self.value, &place, digest.into());
        }
        Self::new(self.value)
    }

    /// What the engine has to say of the parts whose forms are at hand: applicant, agent and delivery always, of the items those that
    /// `form_of` knows. Judged as of the day of submission, as the backend does.
    pub fn check(
        &self,
        built_in: &BuiltInForms,
        form_of: impl Fn(&FormRef) -> Option<Arc<Form>>,
        now: Timestamp,
    ) -> Vec<Finding> {
        let day = local(self.request.submitted_at.min(now)).date();
        let mut findings = Vec::new();
        let mut judge = |form: &Form, data: &Value, base: &str| {
            let evaluation = form.evaluate(data, day);
            if evaluation.errors.is_empty() {
                let places = pointer::differences(data, &evaluation.relevant, "").into_iter();
                findings
                    .extend(places.map(|place| Finding { pointer: format!("{base}{place}"), what: What::NotRelevant }));
            }
            // What is computed of a wrong value is wrong as well: the value is what to mend.
            findings.extend(
                evaluation
                    .errors
                    .into_iter()
                    .map(|error| Finding { pointer: format!("{base}{}", error.pointer), what: What::Field(error) }),
            );
        };
        let particulars = [
            (&built_in.applicant, Some(&self.request.applicant), "/applicant"),
            (&built_in.agent, self.request.agent.as_ref(), "/agent"),
            (&built_in.delivery, Some(&self.request.delivery), "/delivery"),
        ];
        for (form, data, base) in particulars {
            if let Some(data) = data {
                judge(form, &Value::Object(data.clone()), base);
            }
        }
        for (index, item) in self.request.items.iter().enumerate() {
            if let Some(form) = form_of(&item.form) {
                judge(&form, &item.answers, &format!("/items/{index}/answers"));
            }
        }
        findings
    }

    /// The document as a draft. `item_name` is the name of the first item applied for, where it is known.
    pub fn into_draft(self, item_name: Option<String>, at: Timestamp) -> Option<Draft> {
        let Self { request, value } = self;
        let (id, applicant) = (request.id, applicant_name(&request.applicant));
        let body = DraftBody::of_request(request, value)?;
        let item_code = body.item_code.clone();
        let item_name = item_name.unwrap_or_else(|| item_code.clone());
        Some(Draft { id, item_code, item_name, applicant, updated_at: at, body })
    }
}

/// As lists show it: an organisation's name is public, a person's is masked.
fn applicant_name(applicant: &Map<String, Value>) -> String {
    let text = |name: &str| applicant.get(name).and_then(Value::as_str).unwrap_or_default();
    if text("kind") == "organisation" { text("organisation").to_owned() } else { mask::name(text("name")) }
}

/// A UUIDv7 of the time of submission, its random bits taken from the content.
fn id_of(value: &Value, submitted_at: Timestamp) -> serde_json::Result<Uuid> {
    let digest = Sha256::digest(digest::canonical(value)?);
    let mut bits = [0; 10];
    bits.iter_mut().zip(digest).for_each(|(bit, byte)| *bit = byte);
    let millis = u64::try_from(submitted_at.as_millisecond()).unwrap_or_default();
    Ok(Builder::from_unix_timestamp_millis(millis, &bits).into_uuid())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::locale::Language;

    fn sample() -> Value {
        json!({
            "id": "019b0000-0000-7000-8000-000000000001", "mode": "each", "channel": "window", "site": "town", "window": "1",
            "openedAt": "2026-11-23T01:00:00Z", "submittedAt": "2026-11-23T01:05:00Z",
            "applicant": {
                "kind": "person", "name": "张秀兰", "idType": "111", "idNumber": "429006190001010011",
                "birthDate": "1900-01-01", "sex": "male", "mobile": "13800000000", "address": "天门市岳口镇柳堤村",
                "handler": "self",
            },
            "delivery": {"method": "pickup"},
            "items": [{
                "code": "X", "version": 1, "form": "f@1", "answers": {"a": 1},
                "materials": [{"code": "id-card", "received": "paper", "copies": 1}],
            }],
        })
    }

    fn with(at: &str, value: Value) -> Value {
        let mut document = sample();
        assert!(pointer::set(&mut document, at, value));
        document
    }

    fn built_in() -> BuiltInForms {
        crate::runtime::built_in(&Locale::of(Language::Chinese)).unwrap()
    }

    fn findings(document: Value) -> Vec<String> {
        let now = "2026-11-24T00:00:00Z".parse().unwrap();
        let checked = Document::new(document).unwrap().check(&built_in(), |_| None, now);
        checked.into_iter().map(|finding| finding.pointer).collect()
    }

    #[test]
    fn what_is_no_request_is_told_apart() {
        let error = |value: Value| Document::new(value).unwrap_err();
        assert!(matches!(Document::parse("{\"id\": "), Err(DocumentError::Syntax(_))));
        assert!(matches!(error(json!([])), DocumentError::Shape(_)));
        assert!(matches!(error(with("/mode", json!("some"))), DocumentError::Shape(_)));
        assert!(matches!(error(with("/unheardOf", json!(1))), DocumentError::Shape(_)));
        assert_eq!(error(with("/items", json!([]))), DocumentError::NoItem);
        assert_eq!(error(with("/id", json!(Uuid::nil()))), DocumentError::Id);
        assert_eq!(error(with("/supersedes", sample()["id"].clone())), DocumentError::Id);
        assert_eq!(
            error(with("/applicant/name", json!("a\u{1b}[2J"))),
            DocumentError::ControlCharacter("/applicant/name".to_owned())
        );
        for locale in Language::ALL.map(Locale::of) {
            let errors = [
                DocumentError::Syntax("x".to_owned()),
                DocumentError::Shape("x".to_owned()),
                DocumentError::NoItem,
                DocumentError::Id,
                DocumentError::ControlCharacter("/x".to_owned()),
            ];
            assert!(errors.iter().all(|error| !error.sentence(&locale).starts_with("document-")));
        }
    }

    #[test]
    fn the_same_document_without_an_id_always_has_the_same() {
        let mut document = sample();
        pointer::remove(&mut document, "/id");
        let first = Document::new(document.clone()).unwrap();
        assert_eq!(Document::new(document.clone()).unwrap(), first);
        assert_eq!(first.request.id.get_version_num(), 7);
        assert_eq!(first.value["id"], json!(first.request.id));
        pointer::set(&mut document, "/window", json!("2"));
        assert_ne!(Document::new(document).unwrap().request.id, first.request.id);
    }

    #[test]
    fn the_engine_judges_what_it_knows() {
        assert_eq!(findings(sample()), Vec::<String>::new());
        assert_eq!(findings(with("/applicant/idNumber", json!("429006190001010012"))), ["/applicant/idNumber"]);
        assert_eq!(findings(with("/applicant/birthDate", json!("1901-01-01"))), ["/applicant/birthDate"]);
        assert_eq!(findings(with("/delivery/postcode", json!("431700"))), ["/delivery/postcode"]);
    }

    #[test]
    fn files_are_named_by_path_and_become_digests() {
        let digest = "ab".repeat(32);
        let document = with("/items/0/materials/0/uploads", json!(["scans/a.jpg", digest]));
        let document = Document::new(document).unwrap();
        let at = "/items/0/materials/0/uploads/0".to_owned();
        assert_eq!(document.files(), [(at.clone(), "scans/a.jpg".to_owned())]);
        let document = document.with_digests([(at, "cd".repeat(32))]).unwrap();
        assert_eq!(document.files(), []);
        assert_eq!(document.request.items[0].materials[0].uploads, ["cd".repeat(32), digest]);
    }

    #[test]
    fn a_draft_keeps_the_document_and_fills_the_pages() {
        let document = Document::new(sample()).unwrap();
        let at = "2026-11-24T00:00:00Z".parse().unwrap();
        let draft = document.clone().into_draft(None, at).unwrap();
        assert_eq!((draft.id, draft.applicant.as_str(), draft.item_name.as_str()), (document.request.id, "张*兰", "X"));
        assert_eq!(draft.body.document, Some(sample()));
        assert_eq!(draft.body.parts["form"], json!({"a": 1}));
        assert_eq!(draft.body.parts["materials"]["materials"]["id-card"]["received"], "paper");
    }
}
