//! Values that a caller names.

/// The values that a caller names, or all values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Selection<T> {
    All,
    OneOf(Vec<T>),
}

impl<T: PartialEq> Selection<T> {
    #[must_use]
    pub fn contains(&self, value: &T) -> bool {
        match self {
            Self::All => true,
            Self::OneOf(values) => values.contains(value),
        }
    }
}

impl<T: Clone> Selection<T> {
    pub(crate) fn to_vec(&self) -> Vec<T> {
        match self {
            Self::All => Vec::new(),
            Self::OneOf(values) => values.clone(),
        }
    }
}
