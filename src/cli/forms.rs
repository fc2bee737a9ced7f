//! `onewindow forms`: for form authors. A state a line in, what the engine makes of it a line out.

use std::cell::OnceCell;
use std::io::{self, BufRead, Read as _};
use std::path::PathBuf;
use std::sync::Arc;

use clap::Subcommand;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::context::Context;
use super::failure::{Exit, Failure};
use super::output;
use crate::backend::catalogue as folders;
use crate::catalogue::CatalogueFolder;
use crate::forms::{CodeList, CodeLists, Judge};
use crate::locale::Locale;

/// The longest line that is read, in bytes; more is skipped unread.
const MAX_LINE: u64 = 16 << 20;
/// How many compiled forms are kept, since the states of one form usually come together.
const KEPT: usize = 8;

#[derive(Debug, Subcommand)]
pub(super) enum Forms {
    /// Judge states of forms: one JSON object {"schema", "uischema", "data"} a line of standard input, one answer a line of standard output.
    Eval {
        /// Folder of the catalogue whose code lists `x-options` names; without it those of the sample catalogue.
        #[arg(long, value_name = "DIR")]
        catalogue: Option<PathBuf>,
    },
}

pub(super) fn run(command: Forms, context: &Context) -> Result<(), Failure> {
    let Forms::Eval { catalogue } = command;
    let folder = match catalogue {
        Some(dir) => {
            let unreadable = |error: &dyn std::fmt::Display| Failure::said(Exit::Usage, error.to_string());
            let folder = folders::read(&dir).map_err(|error| unreadable(&error))?;
            OnceCell::from(CatalogueFolder::load(&folder).0)
        }
        None => OnceCell::new(),
    };
    let today = output::local(Timestamp::now()).date();
    let mut author =
        Author { lists: Lists { folder }, today, locale: Arc::clone(&context.locale), kept: Vec::with_capacity(KEPT) };
    answer_all(io::stdin().lock(), io::stdout().lock(), &mut author)
}

/// Answers every line, one at a time.
fn answer_all(mut input: impl BufRead, mut output: impl io::Write, author: &mut Author) -> Result<(), Failure> {
    let mut line = Vec::new();
    loop {
        line.clear();
        let read = input.by_ref().take(MAX_LINE).read_until(b'\n', &mut line)?;
        if read == 0 {
            return Ok(());
        }
        let is_whole = line.last() == Some(&b'\n') || u64::try_from(read).is_ok_and(|read| read < MAX_LINE);
        let answer = if is_whole {
            author.answer(&line)
        } else {
            skip_line(&mut input)?;
            Answer::Refused { refused: format!("longer than {MAX_LINE} bytes") }
        };
        serde_json::to_writer(&mut output, &answer).map_err(io::Error::from)?;
        output.write_all(b"\n")?;
        output.flush()?;
        // One huge line must not be paid for until the end.
        line.shrink_to(1 << 16);
    }
}

fn skip_line(input: &mut impl BufRead) -> io::Result<()> {
    loop {
        let held = input.fill_buf()?;
        let end = held.iter().position(|byte| *byte == b'\n');
        let count = end.map_or(held.len(), |end| end + 1);
        input.consume(count);
        if end.is_some() || count == 0 {
            return Ok(());
        }
    }
}

/// One state of a form.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct State {
    schema: Value,
    #[serde(default)]
    uischema: Option<Value>,
    data: Value,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Answer {
    Judged(Box<Judged>),
    Refused { refused: String },
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Judged {
    controls: Vec<Control>,
    relevant: Value,
    valid: bool,
    relevant_valid: bool,
    errors: Vec<Error>,
}

#[derive(Serialize)]
struct Control {
    scope: String,
    visible: bool,
    enabled: bool,
}

#[derive(Serialize)]
struct Error {
    path: String,
    keyword: String,
    message: String,
}

/// What the answers depend on besides the lines themselves.
struct Author {
    lists: Lists,
    today: Date,
    locale: Arc<Locale>,
    /// The forms last compiled; the newest last.
    kept: Vec<Kept>,
}

/// A form, or why there is none, by the digest of its documents.
struct Kept {
    digest: Vec<u8>,
    form: Result<Arc<Judge>, String>,
}

impl Author {
    fn answer(&mut self, line: &[u8]) -> Answer {
        let line = line.strip_prefix("\u{feff}".as_bytes()).unwrap_or(line);
        // A list of three would do for a struct.
        let is_object = line.trim_ascii_start().starts_with(b"{");
        let state: State = match serde_json::from_slice(if is_object { line } else { b"null" }) {
            Ok(state) => state,
            Err(error) => {
                return Answer::Refused {
                    refused: format!("not an object with `schema`, `uischema`, `data`: {error}"),
                };
            }
        };
        let judged = self
            .form(&state.schema, state.uischema.as_ref())
            .and_then(|form| form.judge(&state.data, self.today).map_err(|error| error.to_string()));
        match judged {
            Err(refused) => Answer::Refused { refused },
            Ok(judgement) => Answer::Judged(Box::new(Judged {
                controls: judgement
                    .controls
                    .into_iter()
                    .map(|control| Control { scope: control.scope, visible: control.visible, enabled: control.enabled })
                    .collect(),
                relevant: judgement.relevant,
                valid: judgement.valid,
                relevant_valid: judgement.relevant_valid,
                errors: judgement
                    .errors
                    .into_iter()
                    .map(|error| Error {
                        message: error.sentence(&self.locale),
                        path: error.pointer,
                        keyword: error.keyword,
                    })
                    .collect(),
            })),
        }
    }

    /// The form of two documents, compiled once for as long as it is among the last few.
    fn form(&mut self, schema: &Value, uischema: Option<&Value>) -> Result<Arc<Judge>, String> {
        // By their text, since the order of properties is that of a generated layout.
        let mut writer = DigestWriter(Sha256::new());
        serde_json::to_writer(&mut writer, &(schema, uischema)).map_err(|error| error.to_string())?;
        let digest = writer.0.finalize().to_vec();
        if let Some(place) = self.kept.iter().position(|kept| kept.digest == digest) {
            let known = self.kept.remove(place);
            let form = known.form.clone();
            self.kept.push(known);
            return form;
        }
        let form = Judge::load(schema, uischema, &self.lists).map(Arc::new);
        let form = form.map_err(|error| error.phrase().text(&self.locale));
        if self.kept.len() == KEPT {
            drop(self.kept.remove(0));
        }
        self.kept.push(Kept { digest, form: form.clone() });
        form
    }
}

struct DigestWriter(Sha256);

impl io::Write for DigestWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The code lists of a catalogue; the sample's is read when the first is asked for.
struct Lists {
    folder: OnceCell<CatalogueFolder>,
}

impl CodeLists for Lists {
    fn get(&self, id: &str, version: u32) -> Option<Arc<CodeList>> {
        self.folder.get_or_init(|| CatalogueFolder::load(&folders::built_in()).0).get(id, version)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::locale::Language;

    fn answers(input: &[u8]) -> Vec<Value> {
        let lists = Lists { folder: OnceCell::from(CatalogueFolder::default()) };
        let locale = Locale::of(Language::Chinese);
        let mut author = Author { lists, today: jiff::civil::date(2026, 11, 23), locale, kept: Vec::new() };
        let mut output = Vec::new();
        answer_all(input, &mut output, &mut author).unwrap();
        assert!(author.kept.len() <= KEPT);
        String::from_utf8(output).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    #[test]
    fn a_line_is_answered_by_a_line() {
        let schema = json!({"type": "object", "required": ["a", "b"], "properties": {
            "a": {"type": "string", "maxLength": 2}, "b": {"type": "string"}}});
        let rule = json!({"effect": "SHOW", "condition": {"scope": "#/properties/a", "schema": {"const": "x"}}});
        let uischema = json!({"type": "VerticalLayout", "elements": [
            {"type": "Control", "scope": "#/properties/a"},
            {"type": "Control", "scope": "#/properties/b", "rule": rule}]});
        let state = json!({"schema": schema, "uischema": uischema, "data": {"a": "xyz", "b": "1"}});
        let generated = json!({"schema": schema, "uischema": null, "data": {"a": "x"}});
        let found = answers(format!("{state}\n\nnot json\n{generated}").as_bytes());
        assert_eq!(
            found[0],
            json!({
                "controls": [
                    {"scope": "#/properties/a", "visible": true, "enabled": true},
                    {"scope": "#/properties/b", "visible": false, "enabled": true}],
                "relevant": {"a": "xyz"}, "valid": false, "relevantValid": false,
                "errors": [{"path": "/a", "keyword": "maxLength", "message": "最多 2 个字，现在 3 个字"}]})
        );
        assert!(found[1]["refused"].is_string() && found[2]["refused"].is_string(), "{found:?}");
        assert_eq!(found[3]["controls"].as_array().unwrap().len(), 2);
        assert_eq!(found[3]["errors"][0]["path"], "/b");
        assert_eq!(found.len(), 4);
    }

    #[test]
    fn the_same_properties_in_another_order_are_another_form() {
        let line = |first: &str, second: &str| {
            format!(
                r#"{{"schema":{{"type":"object","properties":{{"{first}":{{"type":"string"}},"{second}":{{"type":"string"}}}}}},"uischema":null,"data":{{}}}}"#
            )
        };
        let found = answers(format!("{}\n{}\n{}", line("a", "b"), line("b", "a"), line("a", "b")).as_bytes());
        let first = |answer: &Value| answer["controls"][0]["scope"].clone();
        assert_eq!(found.iter().map(first).collect::<Vec<_>>(), ["#/properties/a", "#/properties/b", "#/properties/a"]);
    }

    proptest::proptest! {
        #[test]
        fn every_line_has_one_answer(
            lines in proptest::collection::vec((0_usize..3, proptest::collection::vec((proptest::prelude::any::<usize>(), proptest::prelude::any::<u8>()), 0..4)), 0..4),
            noise in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..200),
        ) {
            let good = [
                r#"{"schema":{"type":"object","properties":{"a":{"type":"string"}}},"uischema":null,"data":{"a":"x"}}"#,
                r##"{"schema":{"type":"object","properties":{"a":{"type":"number","x-calc":{"sum":[{"var":"m"},"b"]}},"m":{"type":"array","items":{"properties":{"b":{"type":"integer","minimum":1}}}}}},"uischema":{"type":"Group","elements":[{"type":"Control","scope":"#/properties/m"},{"type":"Control","scope":"#/properties/a"}]},"data":{"m":[{"b":1},{"b":0}]}}"##,
                r##"{"schema":{"type":"object","properties":{"a":{"$ref":"#/$defs/s"},"b":{"type":"boolean"}},"$defs":{"s":{"type":"string","pattern":"^x+$"}}},"uischema":{"type":"Group","elements":[{"type":"Control","scope":"#/properties/a","rule":{"effect":"HIDE","condition":{"scope":"#/properties/b","schema":{"const":true}}}}]},"data":{"a":"xy","b":true}}"##,
            ];
            let mut input = Vec::new();
            for (which, edits) in lines {
                let mut line = good[which].as_bytes().to_vec();
                for (place, byte) in edits {
                    let place = place % line.len();
                    line[place] = byte;
                }
                input.extend(line);
                input.push(b'\n');
            }
            input.extend_from_slice(&noise);
            let lines = input.split(|byte| *byte == b'\n').count() - usize::from(input.is_empty() || input.ends_with(b"\n"));
            proptest::prop_assert_eq!(answers(&input).len(), lines);
        }
    }

    #[test]
    fn what_cannot_be_judged_is_refused_and_the_next_line_answered() {
        let good = r#"{"schema":{"type":"object"},"uischema":null,"data":{}}"#;
        let deep = "[".repeat(100_000);
        let huge = "x".repeat(usize::try_from(MAX_LINE).unwrap() + 5);
        let nested = format!(r#"{{"schema":{{"type":"object"}},"data":{}1{}}}"#, "[".repeat(80), "]".repeat(80));
        let number = r#"{"schema":{"type":"object"},"data":1e999}"#;
        let unknown = r#"{"schema":{"type":"object"},"uiSchema":{},"data":{}}"#;
        let recursive = r##"{"schema":{"type":"object","$ref":"#"},"data":{}}"##;
        for bad in [
            &deep,
            &huge,
            &nested,
            number,
            unknown,
            recursive,
            "\u{1}",
            "[]",
            r#"[{"type": "object"}, null, {}]"#,
            "null",
            "{}",
            r#"{"schema":1,"data":1}"#,
        ] {
            let found = answers(format!("{bad}\n{good}\n").as_bytes());
            assert_eq!(found.len(), 2);
            assert!(found[0]["refused"].as_str().is_some_and(|reason| !reason.is_empty()), "{}", found[0]);
            assert_eq!(found[1]["valid"], true);
        }
        let found = answers(&[b"\xff\xfe\n".as_slice(), good.as_bytes()].concat());
        assert!(found[0]["refused"].is_string() && found[1]["valid"] == true);
    }
}
