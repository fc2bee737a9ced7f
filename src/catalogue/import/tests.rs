use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::locale::{Language, Locale};

const HEAD: &str =
    "序号,事项名称*,实施编码,实施主体,事项类型,行使层级,承诺办结时限（工作日）,申请材料,服务对象,领域,备注";
const CLEAN: &str = "1,高龄津贴发放,11429006MB999999X64420511008001,天门市民政局,行政给付,县级,15个工作日,\"1.身份证;2.户口簿\",自然人,民政,";

fn table(rows: &[&str]) -> String {
    let mut text = format!("{HEAD}\n");
    for row in rows {
        text.push_str(row);
        text.push('\n');
    }
    text
}

fn run(text: &str) -> Imported {
    import("事项.csv", text, &Folder::default(), "general-application@1")
}

fn keys(imported: &Imported) -> Vec<(&'static str, Option<u32>)> {
    imported
        .findings
        .iter()
        .map(|finding| (finding.key.trim_start_matches("catalogue-import-"), finding.line))
        .collect()
}

#[test]
fn a_clean_row_becomes_an_item_file() {
    let imported = run(&table(&[CLEAN]));
    assert_eq!((imported.items, imported.rejected), (1, 0), "{:?}", imported.findings);
    assert_eq!(keys(&imported), [("unknown-column", Some(1))], "备注 means nothing here");
    let folder: Folder = imported.files.clone().into_iter().collect();
    let (loaded, findings) = CatalogueFolder::load(&folder);
    assert_eq!(findings, []);
    let item = loaded.items().next().unwrap();
    assert_eq!((item.name.as_str(), item.catalog_code.as_str()), ("高龄津贴发放", "420511008001"));
    assert_eq!(item.promised_limit.unwrap().days, 15);
    let materials: Vec<(&str, &str)> =
        item.materials.iter().map(|material| (material.code.as_str(), material.name.as_str())).collect();
    assert_eq!(materials, [("id-card", "身份证"), ("household-register", "户口簿")]);
    assert_eq!(loaded.manifest.domains[0].id, "civil-affairs");
}

#[test]
fn encodings_and_delimiters_of_every_office() {
    let text = table(&[CLEAN]);
    let whole = run(&text);
    let (gb, ..) = encoding_rs::GB18030.encode(&text);
    for bytes in [text.as_bytes().to_vec(), [b"\xef\xbb\xbf", text.as_bytes()].concat(), gb.into_owned()] {
        assert_eq!(run(&decode(&bytes)), whole);
    }
    let mut wide = vec![0xff, 0xfe];
    wide.extend(text.encode_utf16().flat_map(u16::to_le_bytes));
    assert_eq!(run(&decode(&wide)), whole, "what a spreadsheet calls Unicode text");
    let padded = format!("\n,,\n{text}\n,,,,,,,,,,\r\n  \n");
    assert_eq!((run(&padded).items, run(&padded).rejected), (1, 0), "{:?}", run(&padded).findings);
    let tabs: String = text.replace(',', "\t");
    assert_eq!(run(&tabs).items, 1);
    assert_eq!(run(&text.replace('\n', "\r\n")).items, 1);
}

#[test]
fn dirty_rows_are_told_by_line_and_the_clean_ones_come_in() {
    let replaced = |from: &str, to: &str| {
        assert!(CLEAN.contains(from), "{from}");
        CLEAN.replacen(from, to, 1)
    };
    let dirty = [
        ("empty", replaced("高龄津贴发放", " ")),
        ("code-length", replaced("X64420511008001", "X6442051100800")),
        ("body", replaced("MB999999X6", "MB999999X5")),
        ("level", replaced("县级", "市级")),
        ("catalog-code", replaced("420511008001,", "42051100800A,")),
        ("type", replaced("行政给付", "行政许可")),
        ("no-choice", replaced("行政给付", "行政什么")),
        ("no-choice", replaced("自然人", "谁都行")),
        ("limit", replaced("15个工作日", "尽快")),
        ("domain", replaced(",民政,", ",天文,")),
    ];
    let mut rows: Vec<&str> = dirty.iter().map(|(_, row)| row.as_str()).collect();
    rows.push(CLEAN);
    rows.push(CLEAN);
    let imported = run(&table(&rows));
    assert_eq!((imported.items, imported.rejected), (1, dirty.len() + 1));
    let found = keys(&imported);
    for (line, (key, row)) in (2..).zip(&dirty) {
        assert!(found.contains(&(*key, Some(line))), "{key} at {line}: {row}: {found:?}");
    }
    let last = u32::try_from(rows.len() + 1).unwrap();
    assert!(found.contains(&("code-twice", Some(last))), "{found:?}");
}

#[test]
fn what_typists_leave_in_is_mended_and_told() {
    let typed = CLEAN
        .replace("11429006MB999999X64420511008001", "１１429006mb999999x64420511008001 ")
        .replace("15个工作日", "１５");
    let imported = run(&table(&[&typed]));
    assert_eq!((imported.items, imported.rejected), (1, 0), "{:?}", imported.findings);
    assert!(keys(&imported).contains(&("mended", Some(2))));
    assert!(imported.files.values().any(|text| text.contains("11429006MB999999X64420511008001")));
}

#[test]
fn a_table_without_its_columns_is_refused_as_a_whole() {
    for text in ["", "\n", "甲,乙\n1,2\n", &HEAD.replace("实施编码", "代号")] {
        let imported = run(text);
        assert_eq!(imported.items, 0);
        assert_eq!(imported.findings[0].key, "catalogue-import-no-column", "{text}");
    }
}

#[test]
fn what_is_in_the_folder_stays() {
    let first = run(&table(&[CLEAN]));
    let folder: Folder = first.files.into_iter().collect();
    let again = import("事项.csv", &table(&[CLEAN]), &folder, "general-application@1");
    assert_eq!((again.items, again.rejected, again.files.len()), (0, 1, 0));
}

#[test]
fn every_finding_has_its_sentence() {
    let dirty = CLEAN.replace("行政给付", "行政许可").replace("15个工作日", "尽快");
    let text = table(&[&dirty, CLEAN, CLEAN, "x,\"y\nz"]).replacen("备注", "主题", 1);
    let imported = run(&text);
    let mut seen = BTreeSet::new();
    for language in Language::ALL {
        let locale = Locale::of(language);
        for finding in &imported.findings {
            seen.insert(finding.key);
            assert!(locale.has(finding.key), "{}", finding.key);
            assert!(!finding.sentence(&locale).contains("{$"), "{}", finding.key);
        }
    }
    assert!(seen.len() > 3, "{seen:?}");
}

/// A clean row with another number, id, limit, fee and list of materials.
fn row(number: u32, id: &str, limit: &str, fee: &str, materials: &str) -> String {
    format!("事项{number},11429006MB999999X64420511008{number:03},天门市民政局,{limit},{fee},{id},{materials}\n")
}

const ROW_HEAD: &str = "事项名称,实施编码,实施主体,承诺办结时限,是否收费,编号,申请材料\n";

#[test]
fn a_limit_is_a_number_of_days_or_is_told() {
    let of = |limit: &str| {
        let text = format!("{ROW_HEAD}{}", row(1, "", limit, "", ""));
        let imported = import("t.csv", &text, &Folder::default(), "general-application@1");
        match imported.findings.as_slice() {
            [] => imported.files.values().find_map(|file| {
                let table: toml::Table = file.parse().ok()?;
                let limit = table.get("promised-limit")?;
                Some((limit.get("days")?.as_integer()?, limit.get("unit")?.as_str()?.to_owned()))
            }),
            findings => {
                assert!(
                    findings.iter().all(|finding| finding.key == "catalogue-import-limit"),
                    "{limit}: {findings:?}"
                );
                assert_eq!(imported.items, 0);
                None
            }
        }
    };
    for (limit, days, unit) in [
        ("20", 20, "working"),
        ("20个工作日", 20, "working"),
        ("２０ 工作日内", 20, "working"),
        ("15日", 15, "natural"),
        ("15天以内", 15, "natural"),
        ("7个自然日", 7, "natural"),
    ] {
        assert_eq!(of(limit), Some((days, unit.to_owned())), "{limit}");
    }
    for limit in ["2个月", "1年", "2小时", "1.5个工作日", "-3", "10-15个工作日", "五个工作日", "99999", "个工作日"]
    {
        assert_eq!(of(limit), None, "{limit}");
    }
}

#[test]
fn no_row_takes_the_place_of_another() {
    let rows = [row(1, "same-id", "", "", ""), row(2, "same-id", "", "", ""), row(3, "there", "", "", "")];
    let text = format!("{ROW_HEAD}{}", rows.concat());
    let mut folder = Folder::default();
    let domain = import("t.csv", &text, &folder, "general-application@1")
        .files
        .into_keys()
        .find_map(|path| path.strip_prefix("items/").and_then(|path| Some(path.split_once('/')?.0.to_owned())));
    folder.files.insert(format!("items/{}/there.toml", domain.unwrap()), "broken".into());
    let imported = import("t.csv", &text, &folder, "general-application@1");
    assert_eq!(keys(&imported), [("id-twice", Some(3)), ("id-twice", Some(4))]);
    assert_eq!((imported.items, imported.rejected), (1, 2));
}

#[test]
fn the_same_paper_has_one_code_in_every_row() {
    let rows = [row(1, "a", "", "", "银行存折;残疾人证"), row(2, "b", "", "", "申请表;残疾人证;身份证")];
    let imported =
        import("t.csv", &format!("{ROW_HEAD}{}", rows.concat()), &Folder::default(), "general-application@1");
    assert!(imported.findings.is_empty(), "{:?}", imported.findings);
    let mut codes: std::collections::BTreeMap<String, BTreeSet<String>> = std::collections::BTreeMap::new();
    for table in imported.files.values().filter_map(|file| file.parse::<toml::Table>().ok()) {
        for material in table.get("materials").and_then(toml::Value::as_array).into_iter().flatten() {
            let text = |key| material.get(key).and_then(toml::Value::as_str).unwrap().to_owned();
            codes.entry(text("code")).or_default().insert(text("name"));
        }
    }
    assert_eq!(codes.len(), 4);
    assert!(codes.values().all(|names| names.len() == 1), "{codes:?}");
}

#[test]
fn what_a_cell_does_not_say_is_not_guessed() {
    let with = |fee: &str| {
        let text = format!("{ROW_HEAD}{}", row(1, "", "", fee, ""));
        keys(&import("t.csv", &text, &Folder::default(), "general-application@1"))
    };
    assert_eq!(with("是"), [("fee", Some(2))]);
    assert_eq!(with("否"), []);
    assert_eq!(with("每件 10 元"), []);
    let shifted = format!("{ROW_HEAD}{}", row(1, "", "", "", "身份证,户口簿"));
    let imported = import("t.csv", &shifted, &Folder::default(), "general-application@1");
    assert_eq!(keys(&imported), [("cells", Some(2))]);
}

#[test]
fn a_bad_byte_costs_its_row_only() {
    let rows = [row(1, "a", "", "", ""), row(2, "b", "", "", ""), row(3, "c", "", "", "")];
    let text = format!("{ROW_HEAD}{}", rows.concat());
    let gb = encoding_rs::GB18030.encode(&text).0.into_owned();
    for bytes in [text.into_bytes(), gb] {
        let second = bytes.iter().enumerate().filter(|(_, byte)| **byte == b'\n').nth(1).unwrap().0;
        let mut damaged = bytes;
        damaged[second + 1] = 0xff;
        let imported = import("t.csv", &decode(&damaged), &Folder::default(), "general-application@1");
        assert_eq!((imported.items, imported.rejected), (2, 1), "{:?}", imported.findings);
        assert!(keys(&imported).contains(&("encoding", Some(3))), "{:?}", imported.findings);
    }
}

#[test]
fn a_quotation_mark_that_is_not_closed_costs_its_own_row_only() {
    let at = |number: u32| CLEAN.replacen("008001", &format!("008{number:03}"), 1);
    let rows: Vec<String> = (1..=5).map(at).collect();
    for broken in 0..rows.len() {
        for open in [",天门市", "户口簿\""] {
            let mut rows = rows.clone();
            let place = if open == ",天门市" { ",\"天门市" } else { "户口簿" };
            rows[broken] = rows[broken].replacen(open, place, 1);
            let imported = run(&table(&rows.iter().map(String::as_str).collect::<Vec<_>>()));
            assert_eq!((imported.items, imported.rejected), (4, 1), "{broken} {open}: {:?}", imported.findings);
            let line = u32::try_from(broken + 2).unwrap();
            let found: Vec<_> = keys(&imported).into_iter().filter(|(key, _)| *key != "unknown-column").collect();
            assert_eq!(found, [("quote", Some(line))], "{open}");
        }
    }
    let imported = run("事项名称,\"实施编码,实施主体\n");
    assert_eq!(keys(&imported), [("quote", Some(1))]);
}

#[test]
fn a_row_of_too_few_cells_is_told_and_so_is_a_column_that_is_there_twice() {
    let short = CLEAN.split(",自然人").next().unwrap();
    assert_eq!(keys(&run(&table(&[short, CLEAN])))[1..], [("cells", Some(2))]);
    let without_remark = CLEAN.trim_end_matches(',');
    assert_eq!(run(&table(&[without_remark])).items, 1, "what nobody reads may be missing");
    let twice = table(&[CLEAN]).replacen("备注", "名称", 1);
    let imported = run(&twice);
    assert_eq!(keys(&imported), [("column-twice", Some(1))]);
    assert_eq!(imported.findings[0].args, [("column", "名称".into()), ("first", "2".into())]);
    assert_eq!(imported.items, 1);
}

proptest! {
    /// Whatever a typist does to the rows, each becomes an item or is told.
    #[test]
    fn no_row_is_lost(cuts in prop::collection::vec((any::<prop::sample::Index>(), "[\",甲]{0,2}"), 1..6)) {
        let mut lines = Vec::new();
        for (number, (at, put)) in (1..).zip(cuts) {
            let row = CLEAN.replacen("008001", &format!("008{number:03}"), 1);
            let mut row: Vec<char> = row.chars().collect();
            let at = at.index(row.len());
            row.splice(at..=at, put.chars());
            lines.push(row.into_iter().collect::<String>());
        }
        let imported = run(&table(&lines.iter().map(String::as_str).collect::<Vec<_>>()));
        prop_assert_eq!(imported.items + imported.rejected, lines.len(), "{:?} {:?}", lines, imported.findings);
        let told: BTreeSet<Option<u32>> = imported
            .findings
            .iter()
            .filter(|finding| finding.severity == Severity::Error)
            .map(|finding| finding.line)
            .collect();
        prop_assert_eq!(told.len(), imported.rejected);
    }
}
