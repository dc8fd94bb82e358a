//! The handle for renditions: by preset or by signed URL, computed once, stored, served.
mod claim;
mod format_choice;
mod last_used;
mod presets;
mod process;
mod prune;
mod render;
mod serve;
mod signing;
mod single_flight;
mod source;
mod store;
mod transform;

pub use format_choice::{AcceptedFormats, FormatChoice};
pub use presets::{Preset, Quality, RenditionLink};
pub use prune::{FormatUsage, PruneOptions, PruneReport};
pub use serve::{RenditionBody, RenditionRequest, RenditionResponse};
pub use signing::SignedUrl;
pub use transform::{SignedTransform, Transform};

use crate::{Config, Library, signer::Signer};
use bytes::Bytes;
use infravault_db::Db;
use infravault_imaging::{Format, Recipe};
use infravault_kernel::{ImageId, Secret, Sha256};
use infravault_objects::Objects;
use infravault_sandbox::Sandbox;
use last_used::LastUsed;
use presets::{preset_digest, variant_id};
use quick_cache::{Weighter, sync::Cache};
use single_flight::SingleFlight;
use std::{fmt, sync::Arc};
use time::Date;

/// Computes and serves renditions. Cheap to clone.
#[derive(Clone)]
pub struct Renditions {
    db: Db,
    objects: Objects,
    /// Images are decoded only there.
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

/// Maximum size of a rendition in memory, in bytes. Larger ones are streamed from the store.
const MAX_CACHED: u64 = 256 << 10;
/// Estimated memory of a cache entry besides its bytes.
const CACHE_OVERHEAD: u64 = 128;

/// An image and the id of a variant.
type RenditionKey = (ImageId, Vec<u8>);

/// What this process shares between requests.
#[derive(Debug)]
struct RenditionState {
    presets: Vec<PresetVariants>,
    cache: Cache<(ImageId, Sha256), Bytes, CacheWeight>,
    single_flight: Arc<SingleFlight>,
    last_used: LastUsed,
    signer: Arc<Signer>,
}

#[derive(Clone, Debug)]
struct CacheWeight;

impl Weighter<(ImageId, Sha256), Bytes> for CacheWeight {
    fn weight(&self, _: &(ImageId, Sha256), bytes: &Bytes) -> u64 {
        u64::try_from(bytes.len())
            .unwrap_or(u64::MAX)
            .saturating_add(CACHE_OVERHEAD)
    }
}

/// A preset with its digest and its variants, computed once.
#[derive(Debug)]
struct PresetVariants {
    preset: Preset,
    digest: String,
    variants: Vec<Variant>,
}

/// A recipe and its id.
#[derive(Clone, Debug)]
struct Variant {
    recipe: Recipe,
    id: Vec<u8>,
}

impl From<Recipe> for Variant {
    fn from(recipe: Recipe) -> Self {
        Self {
            id: variant_id(&recipe),
            recipe,
        }
    }
}

/// A stored rendition.
#[derive(Clone, Copy, Debug)]
struct Rendition {
    format: Format,
    len: u64,
    last_used: Date,
    sha256: Sha256,
}

/// A rendition, with its bytes if this process has just computed it.
#[derive(Clone, Debug)]
struct FreshRendition {
    rendition: Rendition,
    bytes: Option<Bytes>,
}

impl From<Rendition> for FreshRendition {
    fn from(rendition: Rendition) -> Self {
        Self {
            rendition,
            bytes: None,
        }
    }
}

impl RenditionState {
    fn new(url_keys: Vec<(String, Secret<[u8; 32]>)>, config: &Config) -> Self {
        let prepare = |preset: &Preset| PresetVariants {
            preset: preset.clone(),
            digest: preset_digest(preset, config.quality),
            variants: Format::ALL
                .map(|format| Variant::from(preset.recipe(format, config.quality)))
                .into(),
        };
        // About as many as fit at the usual size of a thumbnail.
        let expected = usize::try_from(config.rendition_cache / (16 << 10))
            .unwrap_or(1024)
            .max(16);
        Self {
            presets: config.presets.iter().map(prepare).collect(),
            cache: Cache::with_weighter(expected, config.rendition_cache, CacheWeight),
            single_flight: Arc::default(),
            last_used: LastUsed::default(),
            signer: Arc::new(Signer::new(url_keys)),
        }
    }

    fn preset(&self, name: &str) -> Option<&PresetVariants> {
        self.presets.iter().find(|prepared| prepared.preset.name == name)
    }

    fn cache_small(&self, image: ImageId, sha256: Sha256, bytes: &Bytes) {
        if u64::try_from(bytes.len()).is_ok_and(|len| len <= MAX_CACHED) {
            self.cache.insert((image, sha256), bytes.clone());
        }
    }
}
