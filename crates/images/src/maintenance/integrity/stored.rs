//! The objects of an area of the store, in the order of their paths.
use crate::Error;
use infravault_objects::{ListedObject, Objects, Prefix};
use std::collections::VecDeque;

const PAGE: usize = 1000;

/// Walks over an area, a page at a time.
pub(super) struct Stored {
    area: Prefix,
    page: VecDeque<ListedObject>,
    after: Option<String>,
    ended: bool,
}

impl Stored {
    pub(super) fn of(area: Prefix) -> Self {
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
