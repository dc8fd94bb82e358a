//! Fields of a request that are parsed together, so that one response names all that are invalid.
use infravault_images::{Description, Error, FileName, NewImage, Tags, Title, ValidationError, Visibility};
use infravault_kernel::FieldError;
use std::fmt::Display;

/// The invalid fields found so far.
#[derive(Default)]
pub(crate) struct FieldErrors(Vec<FieldError>);

impl FieldErrors {
    pub(crate) fn push(&mut self, field: &str, detail: impl Display) {
        self.0.push(FieldError::new(field, detail));
    }

    /// Returns the parsed value, or records why it is invalid.
    pub(crate) fn check<T>(&mut self, field: &str, parsed: Result<T, impl Display>) -> Option<T> {
        parsed.map_err(|error| self.push(field, error)).ok()
    }

    pub(crate) fn first(self) -> Option<FieldError> {
        self.0.into_iter().next()
    }

    /// Returns the value if no field is invalid.
    pub(crate) fn into_result<T>(self, value: T) -> Result<T, Error> {
        if self.0.is_empty() {
            Ok(value)
        } else {
            Err(self.into_error())
        }
    }

    pub(crate) fn into_error(self) -> Error {
        Error::Invalid(self.0)
    }
}

/// Metadata of a new image as a client sends it.
pub(crate) struct NewImageFields<'a> {
    pub(crate) file_name: &'a str,
    pub(crate) title: Option<&'a str>,
    pub(crate) description: Option<&'a str>,
    pub(crate) tags: Result<Tags, ValidationError>,
    pub(crate) visibility: Option<Visibility>,
    pub(crate) keep_location: bool,
}

impl NewImageFields<'_> {
    pub(crate) fn parse(self, errors: &mut FieldErrors) -> NewImage {
        let description = Description::parse(self.description.unwrap_or_default());
        NewImage {
            file_name: FileName::clean(self.file_name),
            title: self
                .title
                .and_then(|title| errors.check("title", Title::parse(title))),
            description: errors
                .check("description", description)
                .unwrap_or_else(Description::empty),
            tags: errors.check("tags", self.tags).unwrap_or_default(),
            visibility: self.visibility.unwrap_or_default(),
            keep_location: self.keep_location,
        }
    }
}
