//! What a key costs in a list of choices, by the length of the list: opening it, the first character typed, one more, a step of the cursor.
//!
//! `cargo bench --bench choices`
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a benchmark that cannot run has failed")]

use std::alloc::System;
use std::sync::Arc;

use divan::{Bencher, black_box};
use onewindow::app::intake::picker::Picker;
use onewindow::forms::{CodeEntry, CodeList, CodeLists, Control, Form};
use onewindow::keymap::Action;
use serde_json::json;
use zeroizing_alloc::ZeroAlloc;

const SIZES: [usize; 3] = [5, 5_000, 50_000];

/// As the client has it: memory is wiped when it is freed.
#[global_allocator]
static ALLOCATOR: ZeroAlloc<System> = ZeroAlloc(System);

fn main() {
    divan::main();
}

struct One(Arc<CodeList>);

impl CodeLists for One {
    fn get(&self, _: &str, _: u32) -> Option<Arc<CodeList>> {
        Some(Arc::clone(&self.0))
    }
}

/// An area field over a tree of so many areas: provinces, cities, counties, towns, villages, some ten below each.
fn control(size: usize) -> Control {
    const SYLLABLES: [&str; 10] = ["岳", "口", "天", "门", "多", "宝", "横", "林", "竟", "陵"];
    const KINDS: [&str; 5] = ["省", "市", "区", "镇", "村"];
    let entries = (0..size).map(|index| {
        let depth = (index + 1).to_string().len().min(5) - 1;
        let syllable = |divisor: usize| SYLLABLES[index / divisor % 10];
        CodeEntry {
            code: format!("{index:012}"),
            name: format!("{}{}{}", syllable(1), syllable(7), KINDS[depth]),
            parent: (depth > 0).then(|| format!("{:012}", index / 10)),
        }
    });
    let list = CodeList { id: "l".to_owned(), version: 1, name: "区划".to_owned(), entries: entries.collect() };
    let property =
        json!({"title": "户籍地", "type": "string", "format": "area-cn", "x-options": {"list": "l", "version": 1}});
    let form = Form::load(&json!({"type": "object", "properties": {"a": property}}), None, &One(Arc::new(list)));
    form.unwrap().controls()[0].clone()
}

#[divan::bench(args = SIZES)]
fn open(bencher: Bencher<'_, '_>, size: usize) {
    let control = control(size);
    bencher.bench(|| Picker::of(black_box(&control), None));
}

#[divan::bench(args = SIZES)]
fn first_character(bencher: Bencher<'_, '_>, size: usize) {
    let control = control(size);
    bencher.with_inputs(|| Picker::of(&control, None).unwrap()).bench_local_refs(|picker| picker.typed(black_box("y")));
}

#[divan::bench(args = SIZES)]
fn one_more_character(bencher: Bencher<'_, '_>, size: usize) {
    let control = control(size);
    let begun = || {
        let mut picker = Picker::of(&control, None).unwrap();
        picker.typed("yk");
        picker
    };
    bencher.with_inputs(begun).bench_local_refs(|picker| picker.typed(black_box("t")));
}

#[divan::bench(args = SIZES)]
fn one_step(bencher: Bencher<'_, '_>, size: usize) {
    let control = control(size);
    bencher.with_inputs(|| Picker::of(&control, None).unwrap()).bench_local_refs(|picker| {
        picker.action(Action::Down);
        picker.matching_from(picker.selected).take(12).map(|option| option.label.len()).sum::<usize>()
    });
}
