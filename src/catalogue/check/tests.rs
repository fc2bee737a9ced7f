mod consequences;
mod forms;

use std::collections::BTreeSet;

use super::*;
use crate::catalogue::CatalogueFolder;
use crate::locale::{Language, Locale, Word};

const ITEM: &str = r#"code = "11429006MB999999X64420511008001"
catalog-code = "420511008001"
version = 1
name = "80周岁以上老年人高龄津贴发放"
aliases = ["高龄津贴", "80岁补贴"]
item-type = "05"
domain = "civil-affairs"
department = "民政局"
audience = ["person"]
use-level = "county"
project-type = "promised"
legal-limit = { days = 20, unit = "working" }
promised-limit = { days = 15, unit = "working" }
conditions = ["年满80周岁"]
trips = 1
handle-area = "county"
basis = ["老年人权益保障法"]
place = "政务服务大厅"
hours = "工作日 9:00-17:00"
form = "allowance@1"
sample = ["place", "hours"]

[[situations]]
id = "handler"
question = "本人办理还是他人代办？"
options = [{ id = "self", label = "本人办理" }, { id = "agent", label = "他人代办" }]

[[materials]]
code = "id-card"
name = "居民身份证"

[[materials]]
code = "power-of-attorney"
name = "授权委托书"
when = ["handler=agent"]
"#;

const BUNDLE: &str = r#"code = "YJS-1"
version = 1
name = "老有所养一件事"
department = "民政局"
conditions = ["年满80周岁"]

[[situations]]
id = "card"
question = "要不要办优待证？"
options = [{ id = "yes", label = "要" }, { id = "no", label = "不要" }]

[[items]]
item = "elderly-allowance"

[[items]]
item = "courtesy-card"
when = ["card=yes"]
after = ["elderly-allowance"]

[[links]]
from = "elderly-allowance"
output = "高龄津贴核准表"
to = "courtesy-card"
material = "id-card"
"#;

const BUNDLE_PATH: &str = "bundles/old-age.toml";
const ITEM_PATH: &str = "items/civil-affairs/elderly-allowance.toml";
const SITE_PATH: &str = "sites/jingling.toml";
const SCHEMA_PATH: &str = "forms/allowance@1.schema.json";
const UI_PATH: &str = "forms/allowance@1.ui.json";
const LIST_PATH: &str = "codelists/bank@1.json";

/// A small folder in which nothing is wrong.
fn sound() -> Folder {
    [
        (
            MANIFEST,
            "id = \"demo\"\nversion = 1\ntitle = \"示例目录\"\n\n[[domains]]\nid = \"civil-affairs\"\nname = \"民政\"\nname_en = \"Civil affairs\"\n",
        ),
        ("clerks.toml", ""),
        (
            SITE_PATH,
            "name = \"竟陵街道便民服务中心\"\nlevel = \"town\"\narea = \"429006001000\"\naddress = \"示例路1号\"\nhours = \"9:00-17:00\"\nwindows = [\"1\"]\nagency = [\"elderly-allowance\"]\n",
        ),
        (ITEM_PATH, ITEM),
        (
            SCHEMA_PATH,
            r#"{"type": "object", "title": "申请表", "properties": {"bank": {"type": "string", "title": "开户银行"}}}"#,
        ),
        (UI_PATH, r##"{"type": "VerticalLayout", "elements": [{"type": "Control", "scope": "#/properties/bank"}]}"##),
        (
            LIST_PATH,
            "{\"id\": \"bank\", \"version\": 1, \"name\": \"银行\", \"entries\": [\n{\"code\": \"1\", \"name\": \"甲\"},\n{\"code\": \"2\", \"name\": \"乙\", \"parent\": \"1\"}]}",
        ),
    ]
    .into_iter()
    .collect()
}

/// The folder with the first occurrence of a text in a file changed.
fn changed(path: &str, from: &str, to: &str) -> Folder {
    let mut folder = sound();
    let text = folder.files.get_mut(path).unwrap();
    assert!(text.contains(from), "{path} has no {from}");
    *text = text.replacen(from, to, 1).into();
    folder
}

/// The same with two.
fn changed_twice(path: &str, one: (&str, &str), other: (&str, &str)) -> Folder {
    let mut folder = changed(path, one.0, one.1);
    let text = folder.files.get_mut(path).unwrap();
    *text = text.replacen(other.0, other.1, 1).into();
    folder
}

fn with(path: &str, text: &str) -> Folder {
    let mut folder = sound();
    folder.files.insert(path.to_owned(), text.to_owned().into());
    folder
}

#[test]
fn a_bundle_without_fault_has_no_findings() {
    assert_eq!(check(&bundled("YJS-1", "YJS-1")).1, []);
}

fn without(path: &str) -> Folder {
    let mut folder = sound();
    folder.files.remove(path);
    folder
}

#[test]
fn a_sound_folder_has_no_findings() {
    let (loaded, findings) = check(&sound());
    assert_eq!(findings, []);
    assert_eq!(loaded.items().map(|item| item.id.as_str()).collect::<Vec<_>>(), ["elderly-allowance"]);
    assert_eq!(loaded.manifest.title, "示例目录");
    assert!(loaded.forms[0].value.documents().unwrap().1.is_some() && loaded.clerks.is_some());
    let site = loaded.site("jingling").unwrap();
    let entries = loaded.entries_for(site);
    assert!(entries[0].admission.takes_applications() && entries[0].admission.elsewhere.is_empty());
}

/// The sound folder with a bundle of two items, of which this is changed.
fn bundled(from: &str, to: &str) -> Folder {
    assert!(BUNDLE.contains(from), "{from}");
    let second =
        ITEM.replace("420511008001", "420511009001").replace("80周岁以上老年人高龄津贴发放", "老年人优待证申领");
    let mut folder = changed(SITE_PATH, "[\"elderly-allowance\"]", "[\"elderly-allowance\", \"courtesy-card\"]");
    folder.files.insert("items/civil-affairs/courtesy-card.toml".to_owned(), second.into());
    folder.files.insert(BUNDLE_PATH.to_owned(), BUNDLE.replacen(from, to, 1).into());
    folder
}

/// Each finding: what provokes it, where it is reported.
fn provoked() -> Vec<(&'static str, Folder, &'static str, Option<u32>)> {
    let item = |from: &str, to: &str| changed(ITEM_PATH, from, to);
    let site = |from: &str, to: &str| changed(SITE_PATH, from, to);
    let other = "items/civil-affairs/other.toml";
    let refused = |path: &str, why: &'static str| {
        let mut folder = sound();
        folder.files.remove(path);
        folder.refuse(path.to_owned(), why);
        folder
    };
    let unknown: String = (0..150).map(|n| format!(", \"x{n}\"")).collect();
    let many =
        sound().files[SITE_PATH].replace("[\"elderly-allowance\"]", &format!("[\"elderly-allowance\"{unknown}]"));
    let mut twice = bundled("YJS-1", "YJS-1");
    twice.files.insert("bundles/other.toml".to_owned(), BUNDLE.into());
    let double = |from: &str, to: &str| with(other, &ITEM.replace(from, to));
    let fresh =
        ITEM.replace("420511008001", "420511009001").replace("80周岁以上老年人高龄津贴发放", "老年人优待证申领");
    let again =
        "\n[[situations]]\nid = \"handler\"\nquestion = \"？\"\noptions = [{ id = \"self\", label = \"本人\" }]\n";
    let mut linked = with(other, &fresh.replace("allowance@1", "x@1"));
    for (path, text) in [
        (SCHEMA_PATH, r#"{"type": "object", "properties": {"bank": {"type": "string", "x-term": "bank.name"}}}"#),
        (
            "forms/x@1.schema.json",
            r#"{"type": "object", "properties": {"b": {"type": "integer", "x-term": "bank.name"}}}"#,
        ),
        (
            "bundles/both.toml",
            "code = \"B-1\"\nversion = 1\nname = \"一件事\"\ndepartment = \"民政局\"\nconditions = [\"无\"]\nitems = [{ item = \"elderly-allowance\" }, { item = \"other\" }]\n",
        ),
    ] {
        linked.files.insert(path.to_owned(), text.to_owned().into());
    }
    let mut custom = linked.clone();
    for path in [SCHEMA_PATH, "forms/x@1.schema.json"] {
        let text = custom.files[path].replace("bank.name", "county.custom");
        custom.files.insert(path.to_owned(), text.into());
    }
    vec![
        ("no-plain-file", refused("forms/pipe", "catalogue-check-no-plain-file"), "forms/pipe", None),
        ("not-utf8", refused(ITEM_PATH, "catalogue-check-not-utf8"), ITEM_PATH, None),
        ("and-more", with(SITE_PATH, &many), SITE_PATH, None),
        ("domain-untranslated", changed(MANIFEST, "\"Civil affairs\"", "\"\""), MANIFEST, Some(6)),
        ("domain-untranslated", changed(MANIFEST, "name_en = \"Civil affairs\"\n", ""), MANIFEST, Some(6)),
        ("unseen", item("高龄津贴\",", "高\u{200b}龄津贴\","), ITEM_PATH, Some(5)),
        ("unseen", item("政务服务大厅", "政务\\u202E服务大厅"), ITEM_PATH, Some(18)),
        ("unseen", changed(LIST_PATH, "乙", "乙\\u0007"), LIST_PATH, Some(3)),
        ("unseen", changed(UI_PATH, "\"Control\",", "\"Control\", \"label\": \"户\u{ad}口\","), UI_PATH, Some(1)),
        (
            "list-missing",
            changed(SCHEMA_PATH, "\"title\": \"开户银行\"", "\n\"x-options\": {\"list\": \"bank\", \"version\": 2}"),
            SCHEMA_PATH,
            Some(2),
        ),
        (
            "untranslated",
            changed(SCHEMA_PATH, "\"开户银行\"", "\"开户银行\", \"x-message\": {\"type\": {\"zh-CN\": \"错\"}}"),
            SCHEMA_PATH,
            Some(1),
        ),
        (
            "dates-reversed",
            item("version = 1", "effective-date = \"2026-09-18\"\ncancel-date = \"2026-09-17\"\nversion = 1"),
            ITEM_PATH,
            Some(4),
        ),
        ("no-cross-mode", item("handle-area = \"county\"", "handle-area = \"nation\""), ITEM_PATH, Some(16)),
        ("cross-without-area", item("trips = 1", "cross-modes = [\"online\"]\ntrips = 1"), ITEM_PATH, Some(15)),
        ("replaces-present", item("trips = 1", "replaces = [\"elderly-allowance\"]\ntrips = 1"), ITEM_PATH, Some(15)),
        ("bundle-code", bundled("YJS-1", "yjs 1"), BUNDLE_PATH, Some(1)),
        ("bundle-code-twice", twice, "bundles/other.toml", Some(1)),
        ("bundle-item-unknown", bundled("item = \"courtesy-card\"", "item = \"nothing\""), BUNDLE_PATH, Some(16)),
        (
            "bundle-item-twice",
            bundled("item = \"courtesy-card\"", "item = \"elderly-allowance\""),
            BUNDLE_PATH,
            Some(13),
        ),
        ("bundle-when-unknown", bundled("card=yes", "card=maybe"), BUNDLE_PATH, Some(17)),
        (
            "bundle-after-unknown",
            bundled("after = [\"elderly-allowance\"]", "after = [\"birth\"]"),
            BUNDLE_PATH,
            Some(18),
        ),
        (
            "bundle-ring",
            bundled("item = \"elderly-allowance\"", "item = \"elderly-allowance\"\nafter = [\"courtesy-card\"]"),
            BUNDLE_PATH,
            Some(14),
        ),
        ("link-item", bundled("to = \"courtesy-card\"", "to = \"birth\""), BUNDLE_PATH, Some(23)),
        ("link-nowhere", bundled("material = \"id-card\"\n", ""), BUNDLE_PATH, Some(22)),
        ("link-material", bundled("material = \"id-card\"", "material = \"photo\""), BUNDLE_PATH, Some(24)),
        ("link-term", bundled("material = \"id-card\"", "term = \"bank.code\""), BUNDLE_PATH, Some(24)),
        ("missing", bundled("conditions = [\"年满80周岁\"]", "conditions = []"), BUNDLE_PATH, Some(5)),
        ("no-manifest", without(MANIFEST), MANIFEST, None),
        ("bundle-conflict", linked.clone(), "bundles/both.toml", Some(6)),
        ("term-conflict", custom, "forms/x@1.schema.json", Some(1)),
        ("form-warning", linked, "forms/x@1.schema.json", Some(1)),
        ("unreadable", item("trips = 1", "trips = many"), ITEM_PATH, Some(15)),
        ("unreadable", item("trips = 1", "trip = 1"), ITEM_PATH, Some(15)),
        ("unreadable", site("level = \"town\"", "level = \"hall\""), SITE_PATH, Some(2)),
        ("unreadable", changed(LIST_PATH, "{\"code\": \"2\"", "{\"code\": 2"), LIST_PATH, Some(3)),
        ("unreadable", changed(UI_PATH, "]", ""), UI_PATH, Some(1)),
        ("file-name", with("forms/Form.schema.json", "{}"), "forms/Form.schema.json", None),
        ("ui-without-schema", with("forms/x@1.ui.json", "{}"), "forms/x@1.ui.json", None),
        ("id-not-stem", item("version = 1", "id = \"x\"\nversion = 1"), ITEM_PATH, Some(3)),
        ("id-not-stem", changed(LIST_PATH, "\"version\": 1", "\"version\": 2"), LIST_PATH, Some(1)),
        ("stray-file", with("items/stray.toml", ""), "items/stray.toml", None),
        (
            "domain-twice",
            changed(MANIFEST, "\n[[", "\n[[domains]]\nid = \"civil-affairs\"\nname = \"\"\nname_en = \"\"\n\n[["),
            MANIFEST,
            Some(6),
        ),
        (
            "domain-empty",
            changed(MANIFEST, "\n[[", "\n[[domains]]\nid = \"health\"\nname = \"\"\nname_en = \"\"\n\n[["),
            MANIFEST,
            Some(6),
        ),
        ("missing", item("[\"年满80周岁\"]", "[\" \"]"), ITEM_PATH, Some(14)),
        ("missing", item("[\"person\"]", "[]"), ITEM_PATH, Some(9)),
        ("missing", item("version = 1", "version = 0"), ITEM_PATH, Some(3)),
        ("missing", site("[\"1\"]", "[]"), SITE_PATH, Some(6)),
        ("sample-unknown", item("\"hours\"]", "\"hour\"]"), ITEM_PATH, Some(21)),
        ("sample-unknown", site("windows", "sample = [\"promised-limit\"]\nwindows"), SITE_PATH, Some(6)),
        ("catalog-code", double("420511008001", "42051100900A"), other, Some(2)),
        ("type-digits", item("\"05\"", "\"20\""), ITEM_PATH, Some(2)),
        ("code-length", item("X64", "X6"), ITEM_PATH, Some(1)),
        ("code-length", item("X64420511", "省"), ITEM_PATH, Some(1)),
        ("code-body", item("999999X64", "999999X54"), ITEM_PATH, Some(1)),
        ("code-body", item("MB", "mb"), ITEM_PATH, Some(1)),
        ("code-level", item("X64", "X65"), ITEM_PATH, Some(1)),
        ("code-level", item("X64", "X63"), ITEM_PATH, Some(1)),
        ("code-tail", item("= \"420511008001", "= \"420511008002"), ITEM_PATH, Some(1)),
        ("id-twice", with("items/health/elderly-allowance.toml", &fresh), "items/health/elderly-allowance.toml", None),
        ("code-twice", double("80周岁以上老年人高龄津贴发放", "x"), other, Some(1)),
        ("name-twice", double("420511008001", "420511009001"), other, Some(4)),
        ("alias-twice", item("\"高龄津贴\",", "\"80岁补贴\","), ITEM_PATH, Some(5)),
        ("alias-twice", item("\"高龄津贴\",", "\"80周岁以上老年人高龄津贴发放\","), ITEM_PATH, Some(5)),
        ("domain-unknown", item("\"civil-affairs\"", "\"civil\""), ITEM_PATH, Some(7)),
        ("domain-folder", with("items/health/other.toml", &fresh), "items/health/other.toml", Some(7)),
        ("promised-over-legal", item("days = 15", "days = 21"), ITEM_PATH, Some(13)),
        ("promised-over-legal", item("15, unit = \"working\"", "29, unit = \"natural\""), ITEM_PATH, Some(13)),
        ("no-promised-limit", item("promised-limit = { days = 15, unit = \"working\" }\n", ""), ITEM_PATH, Some(11)),
        ("instant-with-limit", item("\"promised\"", "\"instant\""), ITEM_PATH, Some(13)),
        ("form-missing", item("allowance@1", "allowance@2"), ITEM_PATH, Some(20)),
        (
            "accepted-form-missing",
            item("trips = 1", "accepted-forms = [\"allowance@9\"]\ntrips = 1"),
            ITEM_PATH,
            Some(15),
        ),
        ("limit-long", item("legal-limit = { days = 20", "legal-limit = { days = 60000"), ITEM_PATH, Some(12)),
        ("trips", item("trips = 1", "trips = 99"), ITEM_PATH, Some(15)),
        ("trips", item("trips = 1", "trips = 5\nfour-ways = { once = true }"), ITEM_PATH, Some(15)),
        ("missing", item("trips = 1", "fee = { standard = \" \", basis = \"\" }\ntrips = 1"), ITEM_PATH, Some(15)),
        ("situation-blank", item("\"本人办理还是他人代办？\"", "\"\""), ITEM_PATH, Some(24)),
        ("situation-blank", item("\"他人代办\"", "\" \""), ITEM_PATH, Some(24)),
        ("replaces-code", item("trips = 1", "replaces = [\"hmm 空格\"]\ntrips = 1"), ITEM_PATH, Some(15)),
        (
            "material-none",
            item("\"授权委托书\"", "\"授权委托书\"\nform = \"paper\"\noriginals = 0\ncopies = 0"),
            ITEM_PATH,
            Some(33),
        ),
        (
            "material-deferrable",
            changed_twice(
                ITEM_PATH,
                ("\"promised\"", "\"instant\""),
                ("\"授权委托书\"", "\"授权委托书\"\ndeferrable = true"),
            ),
            ITEM_PATH,
            Some(33),
        ),
        ("when-unknown", item("\"handler=agent\"", "\"handler\""), ITEM_PATH, Some(35)),
        ("form-refused", changed(UI_PATH, "properties/bank", "properties/bench"), UI_PATH, Some(1)),
        ("form-warning", changed(UI_PATH, "}]", ", \"options\": {\"colour\": \"red\"}}]"), UI_PATH, Some(1)),
        ("form-unused", with("forms/x@1.schema.json", r#"{"type": "object"}"#), "forms/x@1.schema.json", None),
        ("situation-twice", item("\n[[materials]]", &format!("{again}\n[[materials]]")), ITEM_PATH, Some(29)),
        (
            "no-options",
            item(
                "options = [{ id = \"self\", label = \"本人办理\" }, { id = \"agent\", label = \"他人代办\" }]",
                "options = []",
            ),
            ITEM_PATH,
            Some(24),
        ),
        ("option-twice", item("\"self\"", "\"agent\""), ITEM_PATH, Some(26)),
        ("situation-unused", item("when = [\"handler=agent\"]", ""), ITEM_PATH, Some(24)),
        ("material-twice", item("\"power-of-attorney\"", "\"id-card\""), ITEM_PATH, Some(33)),
        ("material-nameless", item("\"居民身份证\"", "\"\""), ITEM_PATH, Some(29)),
        ("material-two-names", with(other, &fresh.replace("居民身份证", "身份证")), other, Some(30)),
        ("when-unknown", item("\"handler=agent\"", "\"handler=agency\""), ITEM_PATH, Some(35)),
        ("when-unknown", item("\"handler=agent\"", "\"handler:agent\""), ITEM_PATH, Some(35)),
        ("admitted-nowhere", with(other, &fresh), other, None),
        ("admitted-twice", site("agency", "direct = [\"elderly-allowance\"]\nagency"), SITE_PATH, Some(7)),
        ("admitted-unknown", site("[\"elderly-allowance\"]", "[\"elderly-allowance\", \"x\"]"), SITE_PATH, Some(7)),
        ("area", site("429006001000", "429006"), SITE_PATH, Some(3)),
        (
            "code-list-empty",
            with(LIST_PATH, r#"{"id": "bank", "version": 1, "name": "", "entries": []}"#),
            LIST_PATH,
            Some(1),
        ),
        ("code-list-twice", changed(LIST_PATH, "\"code\": \"2\"", "\"code\": \"1\""), LIST_PATH, Some(2)),
        ("code-list-parent", changed(LIST_PATH, "\"parent\": \"1\"", "\"parent\": \"9\""), LIST_PATH, Some(3)),
    ]
}

#[test]
fn each_slip_is_found_where_it_is() {
    for (key, folder, file, line) in provoked() {
        let (_, findings) = check(&folder);
        let key = format!("catalogue-check-{key}");
        let found: Vec<_> = findings.iter().map(|finding| (finding.key, finding.file.as_str(), finding.line)).collect();
        assert!(found.contains(&(key.as_str(), file, line)), "{key} {line:?}: {found:?}");
        assert!(findings.is_sorted_by(|a, b| (&a.file, a.line) <= (&b.file, b.line)));
    }
}

#[test]
fn each_finding_has_its_sentence_with_its_values() {
    for language in Language::ALL {
        let locale = Locale::of(language);
        for (key, folder, ..) in provoked() {
            for finding in check(&folder).1 {
                let sentence = finding.sentence(&locale);
                assert!(locale.has(finding.key), "{key}: {}", finding.key);
                assert!(!sentence.contains("{$"), "{key}: {sentence}");
                for (name, word) in &finding.args {
                    let value = match word {
                        Word::Text(text) => text.clone(),
                        Word::Count(count) => count.to_string(),
                        Word::Phrase(phrase) => phrase.text(&locale),
                    };
                    assert!(sentence.contains(&value), "{key}: {name} is not in: {sentence}");
                }
            }
        }
    }
}

/// A form with about everything that can be wrong with one.
fn faulty_form() -> Vec<(&'static str, Folder)> {
    let schemas = [
        r##"{"$schema": "urn:other", "type": "object", "required": ["none"], "minProperties": "two", "properties": {
            "a": {"type": "strin", "x-soft": 1, "x-colour": "red"}, "b": {"$ref": "#/$defs/none"}, "c": {"$ref": "other.json"},
            "d": {"x-calc": {"log": 1}}, "e": {"x-check": [{"rule": {"+": 1}}]}, "f": {"format": "colour", "type": "string"},
            "g": {"pattern": "("}, "h": {"x-options": {"list": "none"}}, "i": {"x-message": {"required": {"zh-CN": 1}}},
            "j": {"enum": [], "enums": []}, "k": {"x-term": "one"}, "l": {"type": "array", "items": 3}, "m": {"$ref": "#"}}}"##,
        r##"{"type": "object", "required": ["none"], "properties": {"a": {"type": "string", "x-term": "person.sex", "enum": ["x"]},
            "a": {"type": "string", "format": "colour", "x-calc": {"var": "nowhere"}, "word": 1}, "n": {"type": "null"}, "v": {}}}"##,
        r#"{"type": "object", "properties": {"a": {"pattern": "("}}}"#,
        r#"{"type": "array"}"#,
    ];
    let layouts = [
        r##"{"type": "VerticalLayout", "elements": [{"type": "Control", "scope": "#/properties/z"}, {"type": "Slider"}, {}, 1,
            {"type": "Label", "rule": {"effect": "FADE", "condition": {"type": "NAND"}}}, {"type": "Category"}, {"type": "Group"}]}"##,
        r##"{"type": "VerticalLayout", "colour": 1, "elements": [{"type": "Control", "scope": "#/properties/a", "label": 3,
            "options": {"colour": 1, "format": "radio"}, "rule": {"effect": "SHOW", "condition": {"scope": "#/properties/z", "schema": {}}}}]}"##,
    ];
    let pairs = schemas.iter().flat_map(|schema| layouts.iter().map(move |layout| (schema, layout)));
    let folder = |(schema, layout): (&&str, &&str)| {
        let mut folder = with("forms/x@1.schema.json", schema);
        folder.files.insert("forms/x@1.ui.json".to_owned(), (*layout).to_owned().into());
        ("faulty-form", folder)
    };
    pairs.map(folder).collect()
}

/// Names, which stand in backticks, apart.
#[test]
fn what_is_said_in_chinese_is_chinese() {
    let locale = Locale::of(Language::Chinese);
    // What the reader of a file says of it is its own.
    let provoked = provoked().into_iter().filter(|(key, ..)| *key != "unreadable");
    let folders = provoked.map(|(key, folder, ..)| (key, folder)).chain(faulty_form());
    for (key, folder) in folders {
        for finding in check(&folder).1 {
            let sentence = finding.sentence(&locale);
            let outside: String = sentence.split('`').step_by(2).collect();
            let words: Vec<&str> = outside.split(|c: char| !c.is_ascii_alphabetic() && c != ' ').collect();
            let is_english = |words: &&str| words.split_whitespace().count() > 1;
            assert!(!words.iter().any(is_english), "{key}: {sentence}");
        }
    }
}

#[test]
fn each_sentence_has_its_provocation() {
    let provoked: BTreeSet<String> = provoked().iter().map(|(key, ..)| format!("catalogue-check-{key}")).collect();
    let written: BTreeSet<String> = include_str!("../../../config/locales/en/catalogue-check.ftl")
        .lines()
        .filter_map(|line| line.split_once(" = ").map(|(key, _)| key.to_owned()))
        .collect();
    assert_eq!(written, provoked);
}

#[test]
fn a_broken_file_does_not_stop_the_rest() {
    let mut folder = sound();
    folder.files.insert("items/civil-affairs/broken.toml".to_owned(), "name = ".into());
    folder.files.insert("sites/broken.toml".to_owned(), "\u{0}".into());
    let (loaded, findings) = CatalogueFolder::load(&folder);
    assert_eq!((loaded.items.len(), loaded.sites.len(), findings.len()), (1, 1, 2));
}

#[test]
fn other_sites_are_listed_from_the_same_level_upward() {
    let site = |name: &str, level: &str, list: &str| {
        format!(
            "name = \"{name}\"\nlevel = \"{level}\"\narea = \"429006001000\"\naddress = \"a\"\nhours = \"h\"\nwindows = [\"1\"]\n{list} = [\"elderly-allowance\"]\n"
        )
    };
    let mut folder = sound();
    for (id, level, list) in [
        ("city", "county", "direct"),
        ("village", "village", "agency"),
        ("town", "town", "assist"),
        ("board", "town", "inform"),
    ] {
        folder.files.insert(format!("sites/{id}.toml"), site(id, level, list).into());
    }
    let (loaded, _) = CatalogueFolder::load(&folder);
    let entries = loaded.entries_for(loaded.site("jingling").unwrap());
    let names: Vec<&str> = entries[0].admission.elsewhere.iter().map(|elsewhere| elsewhere.name.as_str()).collect();
    assert_eq!(names, ["town", "city", "village"]);
}
