//! Files attached to materials (附件): chosen from the scan folder, kept by the vault as soon as they are chosen, named by their digest.

use std::sync::Arc;

use serde_json::{Value, json};

use super::ledger::FileChoice;
use super::{Intake, Part, PartId, ledger};
use crate::app::Step;
use crate::app::effect::{Effect, Files};
use crate::app::shared::Shared;
use crate::forms::pointer;
use crate::sync::words;
use crate::text::{Lines, sanitize};
use crate::vault::Attachment;

/// Marks a file that is chosen and not kept yet.
const CHOSEN: &str = "scan:";

impl Intake {
    /// Asks for the files in the scan folder and for those that the draft has.
    pub(in crate::app) fn look_for_files(&self, shared: &mut Shared) -> Effect {
        Effect::ListFiles(shared.ask(), self.id)
    }

    /// Takes in what files there are; the ledger offers them.
    pub fn take_files(&mut self, files: Files, shared: &Shared) {
        self.files = files;
        self.rebuild_ledger(shared);
    }

    /// What brings chosen files into the vault.
    pub(super) fn keep_chosen(&self) -> Step {
        let chosen = self.uploads().into_iter().filter_map(|(_, value)| value.strip_prefix(CHOSEN).map(str::to_owned));
        chosen.fold(Step::none(), |step, name| step.and(Effect::Attach { draft: self.id, name }))
    }

    /// Whether a chosen file is not in the vault yet.
    pub(super) fn has_chosen(&self) -> bool {
        self.uploads().iter().any(|(_, value)| value.starts_with(CHOSEN))
    }

    /// A chosen file is in the vault: its digest takes the place of its name. Or it could not be kept, and is no longer chosen.
    pub(super) fn kept(&mut self, name: &str, attachment: Option<Attachment>, shared: &Shared) {
        let chosen = format!("{CHOSEN}{name}");
        let digest = attachment.as_ref().map(|attachment| Value::from(attachment.digest.as_str()));
        if let Some(attachment) =
            attachment.filter(|new| self.files.attached.iter().all(|one| one.digest != new.digest))
        {
            self.files.attached.push(attachment);
        }
        let places: Vec<String> = self.uploads().into_iter().map(|(at, _)| at).collect();
        for at in places {
            let Some(part) = self.part_mut(PartId::Materials) else { return };
            let Some(Value::Array(values)) = pointer::get(&part.data, &at).cloned() else { continue };
            let mut changed: Vec<Value> = Vec::with_capacity(values.len());
            for value in values {
                let value = if value == json!(chosen) { digest.clone() } else { Some(value) };
                changed.extend(value.filter(|value| !changed.contains(value)));
            }
            pointer::set(&mut part.data, &at, Value::Array(changed));
        }
        self.rebuild_ledger(shared);
        self.changed(shared);
    }

    /// Every upload in the ledger as typed: the place of its list, and what it is.
    fn uploads(&self) -> Vec<(String, String)> {
        let lines = self.part(PartId::Materials).and_then(|part| part.data.get("materials")?.as_object());
        lines
            .into_iter()
            .flatten()
            .flat_map(|(code, line)| {
                let at = format!("{}/uploads", pointer::join("/materials", code));
                let values = line.get("uploads").and_then(Value::as_array).into_iter().flatten();
                values.filter_map(move |value| Some((at.clone(), value.as_str()?.to_owned())))
            })
            .collect()
    }

    /// The files that a material may be given, and those that it has.
    pub(super) fn file_choices(&self) -> Vec<FileChoice> {
        let label = |name: &str, size: u64| format!("{}  {}", sanitize(name, Lines::Join), words::bytes(size));
        let attached = self.files.attached.iter();
        let mut choices: Vec<FileChoice> = attached
            .map(|file| FileChoice { value: file.digest.clone(), label: label(&file.name, file.size) })
            .collect();
        choices.extend(
            self.files.scans.iter().map(|scan| FileChoice {
                value: format!("{CHOSEN}{}", scan.name),
                label: label(&scan.name, scan.size),
            }),
        );
        // What a draft has stays there, even before anybody has said what it is called.
        for (_, value) in self.uploads() {
            if choices.iter().all(|choice| choice.value != value) {
                let short = value.chars().take(8).collect();
                choices.push(FileChoice { value, label: short });
            }
        }
        choices
    }

    /// The ledger anew, with what was typed.
    pub(super) fn rebuild_ledger(&mut self, shared: &Shared) {
        let typed = self.part(PartId::Materials).map(|part| part.data.clone());
        let data = ledger::data(&self.item, &self.situations, typed.as_ref());
        // The same item made a form of its texts when the intake was opened.
        if let Ok(form) = ledger::form(&self.item, &self.situations, &self.file_choices(), &shared.locale)
            && let Some(part) = self.part_mut(PartId::Materials)
        {
            *part = Part::new(PartId::Materials, Arc::new(form), Some(data), shared.today());
        }
    }
}
