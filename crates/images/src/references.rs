//! How many rows reference an object of the store.
use crate::{
    Error,
    sql::{self, Params},
};
use infravault_db::Db;
use infravault_kernel::Id;
use infravault_objects::ObjectKey;

/// How many rows name an object.
#[derive(Clone, Copy, Debug)]
pub(crate) struct References {
    pub(crate) named: i64,
    pub(crate) live: i64,
}

/// How many rows name an object now.
pub(crate) async fn count_references(db: &Db, key: &ObjectKey) -> Result<References, Error> {
    let tx = db.begin_system().await?;
    let (named, live) = match key {
        ObjectKey::Original { image, attempt } => {
            let params = sql::integrity::CountOriginalsParams {
                key: image.uuid(),
                attempt: *attempt,
            };
            let count = sql::integrity::count_originals()
                .params(&*tx, &params)
                .one()
                .await?;
            (count.named, count.live)
        }
        ObjectKey::Rendition { image, sha256 } => {
            let params = sql::integrity::CountRenditionsParams {
                image: image.uuid(),
                sha256: sha256.bytes().as_slice(),
            };
            let count = sql::integrity::count_renditions()
                .params(&*tx, &params)
                .one()
                .await?;
            (count.named, count.live)
        }
        // The pieces of uploads under way are the sweeper's.
        ObjectKey::Incoming { .. } => (0, 0),
    };
    tx.commit().await?;
    Ok(References { named, live })
}
