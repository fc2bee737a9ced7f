//! The index of the desk's copy of the catalogue: kept beside the copy, and made anew when it does not fit it any more.

use std::fs;

use tokio::runtime::Handle;

use crate::catalogue::{Catalogue, Indexing, Synonyms};
use crate::vault::library::{Library, LibraryError};

/// The index of the copy: the one that was kept, while the copy is still the same, else a new one, which is kept.
pub(super) async fn of(library: &Library) -> Result<Catalogue, LibraryError> {
    let synonyms = Synonyms::built_in();
    let key = format!("{} {} {:x}\n", library.stamp().await?, env!("CARGO_PKG_VERSION"), synonyms.fingerprint());
    let path = library.path().with_extension("index");
    let (library, runtime) = (library.clone(), Handle::current());
    // A hundred thousand items take so long that the clerk would feel it.
    let indexing = tokio::task::spawn_blocking(move || {
        let kept = fs::read(&path).ok();
        if let Some(catalogue) = kept.and_then(|kept| Catalogue::from_image(kept.strip_prefix(key.as_bytes())?)) {
            return Ok(catalogue);
        }
        let mut indexing = Indexing::new(&synonyms);
        runtime.block_on(library.visit(|brief| indexing.add(&brief)))?;
        let catalogue = indexing.finish();
        let fresh = path.with_extension("index-new");
        // What cannot be kept is made again next time.
        let _ =
            fs::write(&fresh, [key.into_bytes(), catalogue.image()].concat()).and_then(|()| fs::rename(&fresh, &path));
        Ok(catalogue)
    });
    indexing.await.map_err(|_| LibraryError::Damaged)?
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::catalogue as folders;
    use crate::catalogue::CatalogueFolder;
    use crate::vault::library::{Aside, Pass, Stage};

    async fn keep(library: &Library, count: usize) {
        let (folder, _) = CatalogueFolder::load(&folders::built_in());
        let entries = folder.entries_for(folder.sites().next().unwrap());
        let briefs: Vec<_> = entries.iter().take(count).map(crate::catalogue::Brief::of).collect();
        let pass = Pass {
            stage: Stage::Entries,
            cursor: String::new(),
            next: None,
            total: 0,
            done: 0,
            aside: Aside::default(),
        };
        library.keep_briefs(&briefs, true, &pass).await.unwrap();
    }

    #[tokio::test]
    async fn it_is_kept_and_made_anew_when_it_is_damaged_or_old() {
        let folder = tempfile::tempdir().unwrap();
        let library = Library::open(folder.path(), true, "town").await.unwrap();
        keep(&library, 20).await;
        let path = library.path().with_extension("index");
        assert_eq!(of(&library).await.unwrap().len(), 20);
        let kept = fs::read(&path).unwrap();
        let written = fs::metadata(&path).unwrap().modified().unwrap();
        assert_eq!(of(&library).await.unwrap().len(), 20);
        assert_eq!(fs::metadata(&path).unwrap().modified().unwrap(), written, "the kept one does");

        let mut damaged = kept.clone();
        let middle = damaged.len() / 2;
        damaged[middle] ^= 1;
        for broken in [damaged, kept[..middle].to_vec(), Vec::new()] {
            fs::write(&path, broken).unwrap();
            assert_eq!(of(&library).await.unwrap().len(), 20);
            assert_eq!(fs::read(&path).unwrap(), kept, "made anew, and kept");
        }

        keep(&library, 5).await;
        assert_eq!(of(&library).await.unwrap().len(), 5, "an old one is another copy's");
        // Where it cannot be kept it is made every time.
        fs::remove_file(&path).unwrap();
        fs::create_dir(&path).unwrap();
        assert_eq!(of(&library).await.unwrap().len(), 5);
    }
}
