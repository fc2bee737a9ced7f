//! A source file as the rules see it: its paths, its literals, its code without comments.

use std::collections::BTreeSet;
use std::fs;
use std::iter::Peekable;
use std::path::Path;
use std::sync::LazyLock;

/// One file under `src`.
pub struct Source {
    /// Path from the package's root, with `/` between its parts.
    pub file: String,
    /// As written.
    pub text: String,
    /// Everything but comments and the contents of literals.
    pub all_code: String,
    /// The same without what stands under `#[cfg(test)]`; empty for a file of tests.
    pub code: String,
    /// Contents of the literals in `code`.
    pub literals: Vec<String>,
    /// Every path in `code`, `use` trees taken apart: `std::fs::File`.
    pub paths: BTreeSet<String>,
}

/// Every file under `src`, by path.
pub fn sources() -> &'static [Source] {
    static SOURCES: LazyLock<Vec<Source>> = LazyLock::new(read);
    &SOURCES
}

fn read() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut sources = Vec::new();
    let mut folders = vec![root.join("src")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let parts = path.strip_prefix(root).unwrap().components();
                let parts: Vec<_> = parts.map(|part| part.as_os_str().to_string_lossy()).collect();
                sources.push(Source::of(parts.join("/"), fs::read_to_string(&path).unwrap()));
            }
        }
    }
    sources.sort_by(|a, b| a.file.cmp(&b.file));
    sources
}

impl Source {
    fn of(file: String, text: String) -> Self {
        let (all_code, all_literals) = blanked(&text);
        let (code, literals) =
            if is_test(&file) { (String::new(), Vec::new()) } else { without_tests(&all_code, &all_literals) };
        let paths = paths(&code);
        Self { file, text, all_code, code, literals, paths }
    }

    /// The module right below the crate's root: `forms` for `src/forms/load.rs`.
    pub fn module(&self) -> &str {
        let inside = self.file.trim_start_matches("src/");
        inside.split_once('/').map_or(inside, |(module, _)| module).trim_end_matches(".rs")
    }

    /// Whether the whole file stands under `#[cfg(test)]`.
    pub fn is_test(&self) -> bool {
        is_test(&self.file)
    }

    /// Lines without the tests.
    pub fn shipped_lines(&self) -> usize {
        self.code.lines().count()
    }
}

fn is_test(file: &str) -> bool {
    file.ends_with("/tests.rs") || file.contains("/tests/")
}

/// Stands in the code for a literal with its contents.
const MARK: char = '\u{1}';

fn marks(code: &str) -> usize {
    code.chars().filter(|c| *c == MARK).count()
}

/// Code without comments, each literal replaced by a mark (line breaks kept), and the literals.
fn blanked(text: &str) -> (String, Vec<String>) {
    let mut code = String::with_capacity(text.len());
    let mut literals = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let comment = if rest.starts_with("//") {
            Some(rest.find('\n').unwrap_or(rest.len()))
        } else if rest.starts_with("/*") {
            Some(rest.find("*/").map_or(rest.len(), |at| at + 2))
        } else {
            None
        };
        let literal = comment.is_none().then(|| literal(rest, code.chars().next_back())).flatten();
        let (piece, tail) = rest.split_at(comment.or(literal).unwrap_or(first.len_utf8()));
        if literal.is_some() {
            code.push(MARK);
            literals.push(piece.to_owned());
        }
        if comment.or(literal).is_some() {
            code.extend(piece.chars().filter(|c| *c == '\n'));
        } else {
            code.push(first);
        }
        rest = tail;
    }
    (code, literals)
}

/// Length of the string or character literal that stands here, if one does.
fn literal(rest: &str, before: Option<char>) -> Option<usize> {
    let body = rest.trim_start_matches(['b', 'c', 'r']);
    let (prefix, _) = rest.split_at(rest.len() - body.len());
    if !prefix.is_empty() && before.is_some_and(|c| c.is_alphanumeric() || c == '_') || prefix.len() > 2 {
        return None;
    }
    if prefix.ends_with('r') {
        let quoted = body.trim_start_matches('#');
        let hashes = body.len() - quoted.len();
        let end = format!("\"{}", "#".repeat(hashes));
        let inside = quoted.strip_prefix('"')?;
        return Some(prefix.len() + hashes + 1 + inside.find(&end)? + end.len());
    }
    let mut characters = body.chars();
    let quote = characters.next()?;
    let inside = characters.as_str();
    let opens = match quote {
        '"' => true,
        // A lifetime has no closing quote.
        '\'' => characters.next() == Some('\\') || characters.next() == Some('\''),
        _ => false,
    };
    if !opens {
        return None;
    }
    let mut escaped = false;
    for (at, c) in inside.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if c == quote => return Some(prefix.len() + 1 + at + 1),
            _ => {}
        }
    }
    None
}

/// The code and its literals without what stands under `#[cfg(test)]`.
fn without_tests(code: &str, literals: &[String]) -> (String, Vec<String>) {
    let mut literals = literals.iter();
    let (mut kept, mut kept_literals) = (String::new(), Vec::new());
    let mut rest = code;
    while let Some((before, tests)) = rest.split_once("#[cfg(test)]") {
        kept.push_str(before);
        kept_literals.extend(literals.by_ref().take(marks(before)).cloned());
        rest = after_item(tests);
        literals.by_ref().take(marks(tests) - marks(rest)).for_each(drop);
    }
    kept.push_str(rest);
    kept_literals.extend(literals.cloned());
    (kept, kept_literals)
}

/// What stands behind the item at the beginning: it ends with its own closing brace, or a semicolon outside of braces.
fn after_item(code: &str) -> &str {
    let mut depth = 0_usize;
    for (at, c) in code.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 && matches!(c, '}' | ';') {
            return code.split_at(at + 1).1;
        }
    }
    ""
}

/// Every path in the code, `use` trees taken apart.
fn paths(code: &str) -> BTreeSet<String> {
    let mut tokens = tokens(code).into_iter().peekable();
    let mut paths = BTreeSet::new();
    while let Some(token) = tokens.next() {
        if token == "use" {
            tree("", &mut tokens, &mut paths);
        } else if is_name(token) {
            let mut path = token.to_owned();
            while tokens.next_if_eq(&"::").is_some() {
                let Some(name) = tokens.next_if(|token| is_name(token)) else { break };
                path = format!("{path}::{name}");
            }
            paths.insert(path);
        }
    }
    paths
}

/// Reads one tree of a `use`, whose paths begin with `stem`.
fn tree<'a>(stem: &str, tokens: &mut Peekable<impl Iterator<Item = &'a str>>, paths: &mut BTreeSet<String>) {
    let mut path = stem.to_owned();
    loop {
        match tokens.next() {
            None => return,
            Some("{") => {
                while tokens.peek().is_some_and(|token| *token != "}") {
                    tree(&path, tokens, paths);
                    tokens.next_if_eq(&",");
                }
                tokens.next();
                return;
            }
            Some("self") if !path.is_empty() => {}
            Some(name) if path.is_empty() => path = name.to_owned(),
            Some(name) => path = format!("{path}::{name}"),
        }
        if tokens.next_if_eq(&"::").is_none() {
            break;
        }
    }
    if tokens.next_if_eq(&"as").is_some() {
        tokens.next();
    }
    paths.insert(path);
}

fn is_name(token: &str) -> bool {
    token.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

fn tokens(code: &str) -> Vec<&str> {
    let mut tokens = Vec::new();
    let mut rest = code.trim_start();
    while let Some(first) = rest.chars().next() {
        let length = if first.is_alphanumeric() || first == '_' {
            rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len())
        } else if rest.starts_with("::") {
            2
        } else {
            first.len_utf8()
        };
        let (token, tail) = rest.split_at(length);
        tokens.push(token);
        rest = tail.trim_start();
    }
    tokens
}

#[test]
fn a_source_is_taken_apart() {
    let source = Source::of(
        "src/forms/load.rs".into(),
        concat!(
            "//! Doc with \"quotes\".\n",
            "use std::{fs::{self, File}, io as disk};\nuse super::*;\n",
            "fn f<'a>(c: &'a str) -> char { let _ = r#\"raw \" inside\"#; let _ = \"a \\\" b\"; tokio::spawn(c); '\\'' }\n",
            "#[cfg(test)]\nmod early;\n#[cfg(test)]\nmod tests { const X: &str = \"only here\"; sqlx::query(); }\nconst LAST: char = 'é';\n",
        )
        .into(),
    );
    assert_eq!(source.module(), "forms");
    for path in ["std::fs", "std::fs::File", "std::io", "super::*", "tokio::spawn"] {
        assert!(source.paths.contains(path), "{path} in {:?}", source.paths);
    }
    assert!(!source.paths.iter().any(|path| path.contains("sqlx") || path.contains("raw") || path == "Doc"));
    assert_eq!(source.literals, ["r#\"raw \" inside\"#", "\"a \\\" b\"", "'\\''", "'é'"]);
}
