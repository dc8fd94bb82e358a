//! Counting the rows that reference an object.
use crate::{
    Error,
    sql::{self, Params},
};
use infravault_db::Db;
use infravault_kernel::Id;
use infravault_objects::ObjectKey;

#[derive(Clone, Copy, Debug)]
pub(crate) struct References {
    pub(crate) total: i64,
    /// Rows whose object must exist.
    pub(crate) live: i64,
}

pub(crate) async fn count_references(db: &Db, key: &ObjectKey) -> Result<References, Error> {
    let tx = db.begin_system().await?;
    let (total, live) = match key {
        ObjectKey::Original { image, attempt } => {
            let params = sql::integrity::CountOriginalReferencesParams {
                key: image.uuid(),
                attempt: *attempt,
            };
            let count = sql::integrity::count_original_references()
                .params(&*tx, &params)
                .one()
                .await?;
            (count.total, count.live)
        }
        ObjectKey::Rendition { image, sha256 } => {
            let params = sql::integrity::CountRenditionReferencesParams {
                image: image.uuid(),
                sha256: sha256.bytes().as_slice(),
            };
            let count = sql::integrity::count_rendition_references()
                .params(&*tx, &params)
                .one()
                .await?;
            (count.total, count.live)
        }
        // Upload sessions have tables of their own.
        ObjectKey::Incoming { .. } => (0, 0),
    };
    tx.commit().await?;
    Ok(References { total, live })
}
