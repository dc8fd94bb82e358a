//! Renditions made of images: by name or by a signed address, made once, kept, served.
mod choice;
mod keep;
mod once;
mod presets;
mod process;
mod prune;
mod serve;
mod signing;
mod source;
mod transform;
mod used;

pub use choice::{AcceptedFormats, Choice};
pub use presets::{Preset, Quality, RenditionLink};
pub use prune::{FormatCount, Prune, Pruned};
pub use serve::{Ask, Rendered, Served, SignedUrl};
pub(crate) use source::{Source, SourceRow, source_traits};
pub use transform::{SignedTransform, Transform};

use crate::{Config, Library};
use bytes::Bytes;
use infravault_db::Db;
use infravault_imaging::{Format, Recipe};
use infravault_kernel::{ImageId, Secret, Sha256};
use infravault_objects::Objects;
use infravault_sandbox::Sandbox;
use once::Once;
use presets::{digest, variant};
use quick_cache::{Weighter, sync::Cache};
pub(crate) use signing::Signer;
use std::{fmt, sync::Arc};
use time::Date;
use used::Used;

/// Makes and serves renditions; cheap to clone.
#[derive(Clone)]
pub struct Renditions {
    db: Db,
    objects: Objects,
    /// The only place where images are decoded.
    sandbox: Sandbox,
    library: Library,
    state: Arc<RenditionState>,
    config: Arc<Config>,
}

impl Renditions {
    pub(crate) fn new(library: Library, sandbox: Sandbox, url_keys: Vec<(String, Secret<[u8; 32]>)>) -> Self {
        let config = Arc::clone(&library.config);
        Self {
            db: library.db.clone(),
            objects: library.objects.clone(),
            sandbox,
            library,
            state: Arc::new(RenditionState::new(url_keys, &config)),
            config,
        }
    }

    pub(crate) fn signer(&self) -> Arc<Signer> {
        Arc::clone(&self.state.signer)
    }
}

impl fmt::Debug for Renditions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Renditions").finish_non_exhaustive()
    }
}

/// A rendition up to so many bytes is kept at hand and checked before it is served; a larger one is streamed.
const SMALL: u64 = 256 << 10;
/// What an image at hand costs besides its bytes.
const OVERHEAD: u64 = 128;

/// Which rendition of which image: 16 bytes of the digest of its recipe.
pub(crate) type Key = (ImageId, Vec<u8>);

/// What is known of renditions in this process.
#[derive(Debug)]
pub(crate) struct RenditionState {
    presets: Vec<Prepared>,
    at_hand: Cache<(ImageId, Sha256), Bytes, Weight>,
    once: Once,
    used: Used,
    signer: Arc<Signer>,
}

#[derive(Clone, Debug)]
struct Weight;

impl Weighter<(ImageId, Sha256), Bytes> for Weight {
    fn weight(&self, _: &(ImageId, Sha256), bytes: &Bytes) -> u64 {
        u64::try_from(bytes.len())
            .unwrap_or(u64::MAX)
            .saturating_add(OVERHEAD)
    }
}

/// A preset with what follows from it alone, so that no request works it out again.
#[derive(Debug)]
pub(crate) struct Prepared {
    pub(crate) preset: Preset,
    pub(crate) digest: String,
    wanted: Vec<Wanted>,
}

/// A rendition that is asked for.
#[derive(Clone, Debug)]
pub(crate) struct Wanted {
    recipe: Recipe,
    variant: Vec<u8>,
}

/// A rendition that is stored.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rendition {
    pub(crate) format: Format,
    pub(crate) len: u64,
    pub(crate) used_on: Date,
    pub(crate) sha256: Sha256,
}

impl Wanted {
    fn of(recipe: Recipe) -> Self {
        Self {
            recipe,
            variant: variant(&recipe),
        }
    }
}

impl RenditionState {
    pub(crate) fn new(url_keys: Vec<(String, Secret<[u8; 32]>)>, config: &Config) -> Self {
        let prepare = |preset: &Preset| Prepared {
            preset: preset.clone(),
            digest: digest(preset, config.quality),
            wanted: Format::ALL
                .map(|format| Wanted::of(preset.recipe(format, config.quality)))
                .into(),
        };
        // About as many as fit at the usual size of a thumbnail.
        let expected = usize::try_from(config.rendition_cache / (16 << 10))
            .unwrap_or(1024)
            .max(16);
        Self {
            presets: config.presets.iter().map(prepare).collect(),
            at_hand: Cache::with_weighter(expected, config.rendition_cache, Weight),
            once: Once::default(),
            used: Used::default(),
            signer: Arc::new(Signer::new(url_keys)),
        }
    }

    pub(crate) fn presets(&self) -> &[Prepared] {
        &self.presets
    }

    fn preset(&self, name: &str) -> Option<&Prepared> {
        self.presets.iter().find(|prepared| prepared.preset.name == name)
    }

    /// Keeps a small rendition at hand.
    fn put(&self, image: ImageId, sha256: Sha256, bytes: &Bytes) {
        if u64::try_from(bytes.len()).is_ok_and(|len| len <= SMALL) {
            self.at_hand.insert((image, sha256), bytes.clone());
        }
    }
}
