//! `onewindow`: the terminal of a clerk at a one-window counter (综合窗口), and the reference backend beside it.
//!
//! A functional core inside an imperative shell. The map:
//!
//! | module | what it is | pure |
//! |---|---|---|
//! | [`domain`] | the words of the trade: item, material, identity numbers, request, case, working days | yes |
//! | [`forms`] | the form engine: dialect, layout, rules, relevance, validation | yes |
//! | [`catalogue`] | the items at hand: files, index, pinyin, ranking, admission | yes |
//! | [`text`] | graphemes, width, line editing, wrapping, masking, sanitising | yes |
//! | [`locale`] | the sentences of `config/locales`, by key | yes |
//! | [`keymap`] | keys and actions as data | yes |
//! | [`app`] | `Model`, `Msg`, `update`, `Effect`; one module a screen | yes |
//! | [`ui`] | `view(&Model, &mut Frame)`; widgets; theme | yes |
//! | [`documents`] | receipts and notices: one record, several renderings | yes |
//! | [`vault`] | the clerk's local store: drafts, outbox, receipts, cache | |
//! | [`api`] | the contract: wire types, client, errors | |
//! | [`sync`] | the outbox: pure planner, and the worker; the catalogue syncer | |
//! | [`devices`] | printer and other peripherals, each an external command named in the settings | |
//! | [`training`] | the practice room | |
//! | [`backend`] | the reference backend: routes, sign-in, store, cases | |
//! | [`runtime`] | the shell: terminal guard, event loop, signals, effects | |
//! | [`settings`] | layered settings | |
//! | [`cli`] | the command line | |
//!
//! `ARCHITECTURE.md` has the invariants.

pub mod api;
pub mod app;
pub mod backend;
pub mod catalogue;
pub mod cli;
pub mod devices;
pub mod documents;
pub mod domain;
pub mod forms;
pub mod keymap;
pub mod locale;
pub mod runtime;
pub mod settings;
pub mod sync;
pub mod text;
pub mod training;
pub mod ui;
pub mod vault;
