//! Set-up of each test: its own database, folder store and accounts.
use bytes::Bytes;
use futures_util::{Stream, stream};
use infravault_images::{
    BodyError, Config, Description, Error, FileName, Image, Images, NewImage, SweepReport, Tags, Title,
    UploadRequest, Uploaded, Visibility,
};
use infravault_kernel::{AccountId, Clock, Credential, Ctx, DomainError, Id, ImageId, config::Env};
use infravault_objects::{FsConfig, Objects, StoreConfig};
use infravault_sandbox::Sandbox;
use infravault_testkit::{db::TestDb, samples};
use std::{
    path::PathBuf,
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

pub(crate) struct World {
    pub(crate) images: Images,
    pub(crate) objects: Objects,
    pub(crate) db: TestDb,
    pub(crate) folder: PathBuf,
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::with(Config::default()).await
    }

    pub(crate) async fn with(config: Config) -> Self {
        let db = TestDb::new().await;
        let name = db.url().rsplit('/').next().unwrap().to_owned();
        let folder = std::env::temp_dir().join(format!("infravault-images-{name}"));
        let store = infravault_objects::Config {
            store: StoreConfig::Fs(FsConfig {
                dir: folder.clone(),
                min_free: 0,
            }),
            // Named spool files can be counted.
            unnamed_spool: false,
            ..infravault_objects::Config::from_env(&mut Env::default())
        };
        let objects = Objects::open(&store, &infravault_testkit::log()).unwrap();
        objects.setup().await.unwrap();
        // These tests make no renditions: the sandbox needs the program itself.
        let sandbox = Sandbox::new(infravault_sandbox::Config::default(), &infravault_testkit::log());
        Self {
            images: Images::new(
                db.db_with_max_conns(8),
                objects.clone(),
                sandbox,
                Vec::new(),
                config,
            ),
            objects,
            db,
            folder,
        }
    }

    /// A signed-in account.
    pub(crate) async fn person(&self, name: &str) -> Ctx {
        let account = self.db.account(name).await;
        self.db.ctx(self.db.session(account).await)
    }

    pub(crate) fn anonymous(&self) -> Ctx {
        self.db.ctx(Credential::Anonymous)
    }

    /// The process itself, with its clock advanced by `later`.
    pub(crate) fn system_in(&self, later: Duration) -> Ctx {
        let ctx = self.db.ctx(Credential::System);
        let now = ctx.now() + later;
        Ctx {
            clock: Clock::fixed(now),
            ..ctx
        }
    }

    pub(crate) async fn upload(&self, ctx: &Ctx, bytes: Vec<u8>) -> Result<Image, Error> {
        self.upload_new(ctx, bytes).await.map(|uploaded| uploaded.image)
    }

    /// Like `upload`, and returns the duplicate, too.
    pub(crate) async fn upload_new(&self, ctx: &Ctx, bytes: Vec<u8>) -> Result<Uploaded, Error> {
        self.send(ctx, announced(&bytes), bytes).await
    }

    /// Uploads a small unique image.
    pub(crate) async fn add_image(
        &self,
        ctx: &Ctx,
        title: &str,
        visibility: Visibility,
        tags: &[&str],
    ) -> Image {
        static SEED: AtomicU64 = AtomicU64::new(1);
        let bytes = samples::jpeg(16, 12, SEED.fetch_add(1, Ordering::Relaxed));
        let mut upload = announced(&bytes);
        upload.image.title = Some(Title::parse(title).unwrap());
        upload.image.visibility = visibility;
        upload.image.tags = Tags::parse(tags.iter().copied()).unwrap();
        self.send(ctx, upload, bytes).await.unwrap().image
    }

    pub(crate) async fn send(
        &self,
        ctx: &Ctx,
        request: UploadRequest,
        body: Vec<u8>,
    ) -> Result<Uploaded, Error> {
        self.images.uploads.upload(ctx, request, whole(body)).await
    }

    pub(crate) async fn sweep(&self, later: Duration) -> SweepReport {
        let ctx = self.system_in(later);
        self.images.maintenance.sweep(&ctx).await.unwrap()
    }

    /// Deletes and purges.
    pub(crate) async fn remove(&self, ctx: &Ctx, id: ImageId) {
        self.images.library.delete(ctx, id, None).await.unwrap();
        self.images.library.purge(ctx, id).await.unwrap();
    }

    /// Used bytes, reserved bytes, number of images.
    pub(crate) async fn usage(&self, ctx: &Ctx) -> (i64, i64, i64) {
        let usage = self.images.library.usage(ctx).await.unwrap();
        (usage.used_bytes, usage.reserved_bytes, usage.image_count)
    }

    pub(crate) async fn count(&self, what: &str) -> i64 {
        let query = format!("SELECT count(*) FROM {what}");
        self.db
            .superuser()
            .await
            .query_one(&query, &[])
            .await
            .unwrap()
            .get(0)
    }

    pub(crate) async fn run(&self, statement: &str) {
        self.db.superuser().await.batch_execute(statement).await.unwrap();
    }

    /// Asserts that no rows, keys, reserved bytes or files exist.
    pub(crate) async fn assert_nothing_left(&self, ctx: &Ctx) {
        assert_eq!(self.usage(ctx).await, (0, 0, 0));
        assert_eq!(self.count("images.images").await, 0);
        assert_eq!(self.count("images.idempotency_keys").await, 0);
        assert_eq!(self.files(), Vec::<PathBuf>::new());
    }

    /// All files in the store and its spool.
    pub(crate) fn files(&self) -> Vec<PathBuf> {
        let mut folders = vec![self.folder.clone()];
        let mut files = Vec::new();
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    files.push(path);
                }
            }
        }
        files
    }
}

impl Drop for World {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// The request of a client that sends these bytes as a plain body.
pub(crate) fn announced(bytes: &[u8]) -> UploadRequest {
    let len = u64::try_from(bytes.len()).unwrap();
    UploadRequest {
        image: NewImage {
            file_name: FileName::clean("photo.jpg"),
            title: None,
            description: Description::empty(),
            tags: Tags::default(),
            visibility: Visibility::Private,
            keep_location: false,
        },
        declared_type: "image/jpeg".to_owned(),
        min_len: len,
        max_len: Some(len),
        key: None,
        digest: None,
    }
}

pub(crate) fn whole(bytes: Vec<u8>) -> impl Stream<Item = Result<Bytes, BodyError>> {
    stream::iter([Ok(Bytes::from(bytes))])
}

pub(crate) fn code<T>(outcome: &Result<T, Error>) -> &'static str {
    outcome.as_ref().err().map_or("ok", DomainError::code)
}

pub(crate) fn account(ctx: &Ctx) -> AccountId {
    match ctx.credential {
        Credential::Session { account, .. } => account,
        _ => AccountId::from_uuid(uuid::Uuid::nil()),
    }
}

/// Waits until a condition holds.
pub(crate) async fn eventually(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    for _ in 0..1200 {
        if holds().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("condition not reached in 30 seconds: {what}");
}
