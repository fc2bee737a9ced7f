//! The materials of imported items.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalogue::files::CatalogueFolder;
use crate::domain::item::{Material, MaterialForm, Necessity, Source};

/// The codes of materials: the same paper has the same code in every item, whichever table it came with.
pub(super) struct MaterialCodes {
    by_name: BTreeMap<String, String>,
    /// Codes that were there before.
    taken: BTreeSet<String>,
    /// The number of the last code that was given out.
    last: u32,
}

impl MaterialCodes {
    /// Those of a folder, and the usual ones.
    pub(super) fn of(known: &CatalogueFolder) -> Self {
        const USUAL: [(&str, &str); 5] = [
            ("居民身份证", "id-card"),
            ("身份证", "id-card"),
            ("户口簿", "household-register"),
            ("授权委托书", "power-of-attorney"),
            ("结婚证", "marriage-certificate"),
        ];
        let mut by_name: BTreeMap<String, String> =
            USUAL.iter().map(|(name, code)| ((*name).to_owned(), (*code).to_owned())).collect();
        let own = known.items().flat_map(|item| &item.materials);
        by_name.extend(own.map(|material| (material.name.clone(), material.code.clone())));
        let taken = by_name.values().cloned().collect();
        Self { by_name, taken, last: 0 }
    }

    fn code(&mut self, name: &str) -> String {
        if let Some(code) = self.by_name.get(name) {
            return code.clone();
        }
        let mut codes = std::iter::repeat_with(|| {
            self.last += 1;
            format!("material-{}", self.last)
        });
        let code = codes.find(|code| !self.taken.contains(code)).unwrap_or_default();
        self.by_name.insert(name.to_owned(), code.clone());
        code
    }

    /// The material of this name.
    pub(super) fn material(&mut self, name: String) -> Material {
        Material {
            code: self.code(&name),
            name,
            necessity: Necessity::default(),
            form: MaterialForm::default(),
            originals: 1,
            copies: 0,
            source: Source::default(),
            deferrable: false,
            exempt: None,
            when: Vec::new(),
            note: String::new(),
            example: Vec::new(),
        }
    }
}
