//! The objects that rows name, in the order in which a store lists them, a page at a time.
use crate::{
    Error, FailureCode,
    sql::{self, Params, number},
};
use infravault_db::{Client, Db, Tx};
use infravault_imaging::MediaType;
use infravault_kernel::{Id, ImageId, Sha256};
use infravault_objects::{ObjectKey, ObjectMeta, Prefix};
use std::collections::VecDeque;
use uuid::Uuid;

/// Rows of one page.
const PAGE: i64 = 1000;

/// An object that rows name and whose bytes must be there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReferencedObject {
    /// Where it lies.
    pub key: ObjectKey,
    /// Its length in bytes.
    pub len: u64,
    /// The SHA-256 of its bytes.
    pub sha256: Sha256,
    /// Its media type.
    pub media_type: String,
}

impl ReferencedObject {
    /// What its bytes must be, wherever they are copied.
    #[must_use]
    pub fn described(&self) -> ObjectMeta<'_> {
        ObjectMeta {
            key: &self.key,
            len: self.len,
            sha256: self.sha256,
            media_type: &self.media_type,
        }
    }
}

/// An object as the rows know it.
#[derive(Clone, Debug)]
pub(crate) struct Referenced {
    pub(crate) key: ObjectKey,
    /// What must be there; none while it may be on its way in or out.
    pub(crate) live: Option<ReferencedObject>,
    /// Whether an image says that it is missing or damaged.
    pub(crate) marked: bool,
}

/// Where the rows are read.
pub(crate) enum Rows<'a> {
    /// Each page as it is at that moment.
    Now(&'a Db),
    /// All pages as one transaction sees them.
    In(&'a Tx),
}

/// Walks over the rows of an area.
pub(crate) struct ReferencedObjects {
    area: Prefix,
    after: After,
    page: VecDeque<Referenced>,
    ended: bool,
}

/// The last row read.
struct After {
    shard: i32,
    image: Uuid,
    attempt: Uuid,
    row: Uuid,
    sha256: Vec<u8>,
    variant: Vec<u8>,
}

impl ReferencedObjects {
    /// From the first one. Only originals and renditions are named by rows of images.
    pub(crate) fn of(area: Prefix) -> Self {
        Self {
            area,
            after: After {
                shard: -1,
                image: Uuid::nil(),
                attempt: Uuid::nil(),
                row: Uuid::nil(),
                sha256: Vec::new(),
                variant: Vec::new(),
            },
            page: VecDeque::new(),
            ended: false,
        }
    }

    /// The next object; the rows that name the same one are taken together.
    pub(crate) async fn next(&mut self, rows: &Rows<'_>) -> Result<Option<Referenced>, Error> {
        self.fill(rows).await?;
        let Some(mut named) = self.page.pop_front() else {
            return Ok(None);
        };
        loop {
            self.fill(rows).await?;
            let Some(twin) = self.page.pop_front_if(|twin| twin.key == named.key) else {
                return Ok(Some(named));
            };
            named.live = named.live.or(twin.live);
            named.marked |= twin.marked;
        }
    }

    async fn fill(&mut self, rows: &Rows<'_>) -> Result<(), Error> {
        if self.ended || !self.page.is_empty() {
            return Ok(());
        }
        match rows {
            Rows::In(tx) => self.read(tx).await?,
            Rows::Now(db) => {
                let tx = db.begin_system().await?;
                self.read(&tx).await?;
                tx.commit().await?;
            }
        }
        self.ended = self.page.len() < usize::try_from(PAGE).unwrap_or_default();
        Ok(())
    }

    async fn read(&mut self, client: &Client) -> Result<(), Error> {
        match self.area {
            Prefix::Renditions => self.read_renditions(client).await,
            _ => self.read_originals(client).await,
        }
    }

    async fn read_originals(&mut self, client: &Client) -> Result<(), Error> {
        let params = sql::integrity::PageOriginalsParams {
            after_shard: self.after.shard,
            after_key: self.after.image,
            after_attempt: self.after.attempt,
            after_id: self.after.row,
            max: PAGE,
        };
        let page = sql::integrity::page_originals()
            .params(client, &params)
            .all()
            .await?;
        if let Some(last) = page.last() {
            self.after.shard = last.shard;
            (self.after.image, self.after.attempt, self.after.row) = (last.stored_as, last.attempt, last.id);
        }
        for row in page {
            self.page.push_back(original(row)?);
        }
        Ok(())
    }

    async fn read_renditions(&mut self, client: &Client) -> Result<(), Error> {
        let params = sql::integrity::PageRenditionsParams {
            after_shard: self.after.shard,
            after_image: self.after.image,
            after_sha256: self.after.sha256.as_slice(),
            after_variant: self.after.variant.as_slice(),
            max: PAGE,
        };
        let page = sql::integrity::page_renditions()
            .params(client, &params)
            .all()
            .await?;
        if let Some(last) = page.last() {
            (self.after.shard, self.after.image) = (last.shard, last.image_id);
            (self.after.sha256, self.after.variant) = (last.sha256.clone(), last.variant.clone());
        }
        for row in page {
            self.page.push_back(rendition(&row)?);
        }
        Ok(())
    }
}

fn original(row: sql::integrity::NamedOriginal) -> Result<Referenced, Error> {
    let key = ObjectKey::Original {
        image: ImageId::from_uuid(row.stored_as),
        attempt: row.attempt,
    };
    let live = match (row.live, row.byte_size, row.sha256, row.media_type) {
        (true, Some(len), Some(sha256), Some(media_type)) => Some(ReferencedObject {
            key,
            len: number(len)?,
            sha256: sql::digest(&sha256)?,
            media_type: MediaType::parse(&media_type)
                .map_err(|_| Error::inconsistent("a media type"))?
                .as_str()
                .to_owned(),
        }),
        _ => None,
    };
    let failure = row.failure_code.as_deref().map(sql::failure_code).transpose()?;
    Ok(Referenced {
        key,
        live,
        marked: failure.is_some_and(FailureCode::is_integrity_failure),
    })
}

fn rendition(row: &sql::integrity::PageRenditions) -> Result<Referenced, Error> {
    let sha256 = sql::digest(&row.sha256)?;
    let key = ObjectKey::Rendition {
        image: ImageId::from_uuid(row.image_id),
        sha256,
    };
    let live = ReferencedObject {
        key,
        len: number(row.byte_size)?,
        sha256,
        media_type: sql::format(row.format).media_type().to_owned(),
    };
    Ok(Referenced {
        key,
        live: row.live.then_some(live),
        marked: false,
    })
}
