//! The listing of the store, sorted by path, page by page.
use crate::Error;
use infravault_objects::{ListedObject, Objects, Prefix};
use std::collections::VecDeque;

const PAGE: usize = 1000;

pub(super) struct StoredObjects {
    area: Prefix,
    page: VecDeque<ListedObject>,
    after: Option<String>,
    ended: bool,
}

impl StoredObjects {
    pub(super) fn new(area: Prefix) -> Self {
        Self {
            area,
            page: VecDeque::new(),
            after: None,
            ended: false,
        }
    }

    pub(super) async fn next(&mut self, objects: &Objects) -> Result<Option<ListedObject>, Error> {
        while self.page.is_empty() && !self.ended {
            let listing = objects.list(self.area, self.after.take(), PAGE).await?;
            self.page = listing.items.into();
            self.after = listing.next;
            self.ended = self.after.is_none();
        }
        Ok(self.page.pop_front())
    }
}
