//! The objects that rows reference, in the order in which a store lists them, page by page.
use crate::{
    Error, FailureCode,
    sql::{self, Params, number},
};
use infravault_db::{Client, Db, Tx};
use infravault_kernel::{Id, ImageId, Sha256};
use infravault_objects::{ObjectKey, ObjectMeta, Prefix};
use std::collections::VecDeque;
use uuid::Uuid;

const PAGE: i64 = 1000;

/// An object that must exist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReferencedObject {
    pub key: ObjectKey,
    /// Length in bytes.
    pub len: u64,
    pub sha256: Sha256,
    pub media_type: String,
}

impl ReferencedObject {
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

/// An object and what its rows require.
#[derive(Clone, Debug)]
pub(crate) struct Reference {
    pub(crate) key: ObjectKey,
    /// `None` if the object may not exist yet or may be deleted already.
    pub(crate) live: Option<ReferencedObject>,
    /// An image is marked as `original-missing` or `original-damaged`.
    pub(crate) marked: bool,
}

pub(crate) enum RowSource<'a> {
    /// Every page is read in a transaction of its own.
    Db(&'a Db),
    /// All pages are read in one transaction.
    Tx(&'a Tx),
}

pub(crate) struct ReferenceCursor {
    area: Prefix,
    after: LastRow,
    page: VecDeque<Reference>,
    ended: bool,
}

struct LastRow {
    shard: i32,
    image: Uuid,
    attempt: Uuid,
    row: Uuid,
    sha256: Vec<u8>,
    variant: Vec<u8>,
}

impl ReferenceCursor {
    /// Supports originals and renditions.
    pub(crate) fn new(area: Prefix) -> Self {
        Self {
            area,
            after: LastRow {
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

    /// Returns the next object. Merges the rows that reference the same one.
    pub(crate) async fn next(&mut self, source: &RowSource<'_>) -> Result<Option<Reference>, Error> {
        self.fill(source).await?;
        let Some(mut reference) = self.page.pop_front() else {
            return Ok(None);
        };
        loop {
            self.fill(source).await?;
            let Some(other) = self.page.pop_front_if(|other| other.key == reference.key) else {
                return Ok(Some(reference));
            };
            reference.live = reference.live.or(other.live);
            reference.marked |= other.marked;
        }
    }

    async fn fill(&mut self, source: &RowSource<'_>) -> Result<(), Error> {
        if self.ended || !self.page.is_empty() {
            return Ok(());
        }
        match source {
            RowSource::Tx(tx) => self.read_page(tx).await?,
            RowSource::Db(db) => {
                let tx = db.begin_system().await?;
                self.read_page(&tx).await?;
                tx.commit().await?;
            }
        }
        self.ended = self.page.len() < usize::try_from(PAGE).unwrap_or_default();
        Ok(())
    }

    async fn read_page(&mut self, client: &Client) -> Result<(), Error> {
        match self.area {
            Prefix::Renditions => self.read_renditions(client).await,
            _ => self.read_originals(client).await,
        }
    }

    async fn read_originals(&mut self, client: &Client) -> Result<(), Error> {
        let params = sql::integrity::ListOriginalsParams {
            after_shard: self.after.shard,
            after_key: self.after.image,
            after_attempt: self.after.attempt,
            after_id: self.after.row,
            max: PAGE,
        };
        let page = sql::integrity::list_originals()
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
        let params = sql::integrity::ListRenditionsParams {
            after_shard: self.after.shard,
            after_image: self.after.image,
            after_sha256: self.after.sha256.as_slice(),
            after_variant: self.after.variant.as_slice(),
            max: PAGE,
        };
        let page = sql::integrity::list_renditions()
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

fn original(row: sql::integrity::OriginalRow) -> Result<Reference, Error> {
    let key = ObjectKey::Original {
        image: ImageId::from_uuid(row.stored_as),
        attempt: row.attempt,
    };
    let live = match (row.live, row.byte_size, row.sha256, row.media_type) {
        (true, Some(len), Some(sha256), Some(media_type)) => Some(ReferencedObject {
            key,
            len: number(len)?,
            sha256: sql::digest(&sha256)?,
            media_type: sql::media_type(&media_type)?.as_str().to_owned(),
        }),
        _ => None,
    };
    let failure = row.failure_code.as_deref().map(sql::failure_code).transpose()?;
    Ok(Reference {
        key,
        live,
        marked: failure.is_some_and(FailureCode::is_integrity_failure),
    })
}

fn rendition(row: &sql::integrity::ListRenditions) -> Result<Reference, Error> {
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
    Ok(Reference {
        key,
        live: row.live.then_some(live),
        marked: false,
    })
}
