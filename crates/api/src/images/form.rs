//! The form of an upload (RFC 7578), read as it arrives: small fields first, then each file as a stream.
use super::{
    fields::{FieldErrors, NewImageFields},
    upload_request::body_error,
};
use actix_multipart::{Field, Multipart, MultipartError};
use actix_web::{
    HttpMessage, HttpRequest,
    error::PayloadError,
    http::header::{ContentDisposition, DispositionParam, HeaderMap},
    web::{self, Bytes},
};
use futures_util::{Stream, StreamExt, stream};
use infravault_images::{BodyError, Config, Error, FileName, NewImage, Tags, Visibility};
use infravault_kernel::FieldError;
use std::{cell::Cell, rc::Rc};

/// Maximum number of parts before the first file.
const MAX_PARTS: usize = 20;
/// Maximum size of the headers of a part in bytes.
const MAX_PART_HEADERS: usize = 8 << 10;
/// Maximum size of a text field in bytes.
const MAX_TEXT: usize = 16 << 10;
/// Maximum length of the boundary (RFC 2046 section 5.1.1).
const MAX_BOUNDARY: usize = 70;
/// Maximum size of a form without its first file in bytes.
pub(super) const MAX_OVERHEAD: u64 = (20 * (8 + 16)) << 10;
/// Bytes that the parser may read ahead. They may belong to the file already.
const READ_AHEAD: u64 = 256 << 10;
/// Generous size of the boundaries and headers that every form has.
const FRAME_BYTES: u64 = 16 << 10;

/// A form whose fields have been read, with its files one after the other.
pub(super) struct Form {
    parts: Multipart,
    position: Position,
    /// Metadata of every file, from the fields.
    metadata: NewImage,
    /// Estimated number of bytes of the body that do not belong to the first file; never less than in an ordinary form.
    pub(super) overhead: u64,
}

/// How far a form has been read.
enum Position {
    BeforeFile(Field),
    InFile(Field),
    /// The next part has not been read yet.
    AfterFile,
    /// At the end of the form, or after an error.
    End,
}

/// A file of the form, without its bytes.
pub(super) struct File {
    pub(super) image: NewImage,
    /// Media type that the part declares.
    pub(super) declared_type: String,
    /// Headers of the part.
    pub(super) headers: HeaderMap,
}

impl Form {
    /// Reads the fields before the first file.
    pub(super) async fn read(request: &HttpRequest, payload: web::Payload) -> Result<Self, Error> {
        check_boundary(request)?;
        let before_file = Rc::new(Cell::new(true));
        let mut form = Multipart::new(
            request.headers(),
            limit_before_file(payload, Rc::clone(&before_file)),
        );
        let mut fields = TextFields::default();
        for _ in 0..MAX_PARTS {
            let Some(part) = form.next().await else {
                return Err(invalid_field("file", "is missing"));
            };
            let mut part = part.map_err(|error| malformed(&error))?;
            check_headers(part.headers())?;
            let name = part.name().unwrap_or_default().to_owned();
            if name == "file" {
                before_file.set(false);
                return Ok(Self {
                    overhead: fields.bytes + FRAME_BYTES,
                    metadata: fields.parse()?,
                    position: Position::BeforeFile(part),
                    parts: form,
                });
            }
            let text = read_text(&name, &mut part).await?;
            fields.insert(&name, text)?;
        }
        Err(malformed_form(format!(
            "The form has more than {MAX_PARTS} parts before its file."
        )))
    }

    /// Returns the next file, or `None` at the end of the form and while another file is read.
    pub(super) fn next_file(&mut self) -> Option<File> {
        match std::mem::replace(&mut self.position, Position::End) {
            Position::BeforeFile(part) => {
                let sent_name = part.content_disposition().and_then(file_name).unwrap_or_default();
                let declared_type = part
                    .content_type()
                    .map_or("application/octet-stream", |mime| mime.essence_str());
                let file = File {
                    image: NewImage {
                        file_name: FileName::clean(&sent_name),
                        ..self.metadata.clone()
                    },
                    declared_type: declared_type.to_owned(),
                    headers: part.headers().clone(),
                };
                self.position = Position::InFile(part);
                Some(file)
            }
            other => {
                self.position = other;
                None
            }
        }
    }

    /// Returns the bytes of the current file. The stream fails unless the form ends after the file or another file follows.
    pub(super) fn bytes(&mut self) -> impl Stream<Item = Result<Bytes, BodyError>> + '_ {
        stream::try_unfold(self, async |form: &mut Self| {
            let bytes = form.next_bytes().await?;
            Ok(bytes.map(|bytes| (bytes, form)))
        })
    }

    async fn next_bytes(&mut self) -> Result<Option<Bytes>, BodyError> {
        if let Position::InFile(file) = &mut self.position {
            match file.next().await {
                Some(Ok(bytes)) => return Ok(Some(bytes)),
                Some(Err(error)) => return Err(self.fail(body_error_of(&error))),
                None => self.position = Position::AfterFile,
            }
        }
        if matches!(self.position, Position::AfterFile) {
            match self.parts.next().await {
                None => self.position = Position::End,
                Some(Err(error)) => return Err(self.fail(body_error_of(&error))),
                Some(Ok(part)) if part.name() == Some("file") => {
                    check_headers(part.headers()).map_err(|error| self.fail(error))?;
                    self.position = Position::BeforeFile(part);
                }
                Some(Ok(_)) => {
                    let detail = "Only further parts named `file` may follow a file.";
                    return Err(self.fail(BodyError::Malformed(detail.to_owned())));
                }
            }
        }
        Ok(None)
    }

    pub(super) fn has_more(&self) -> bool {
        matches!(self.position, Position::BeforeFile(_))
    }

    /// Ignores the rest of the form.
    pub(super) fn give_up(&mut self) {
        self.position = Position::End;
    }

    fn fail(&mut self, error: BodyError) -> BodyError {
        self.position = Position::End;
        error
    }

    /// Discards the rest of the current file. The rate and size limits of uploads apply.
    pub(super) async fn skip_file(&mut self, config: &Config) -> Result<(), BodyError> {
        let (mut remaining, limit) = (config.max_upload_bytes, config.max_upload_bytes);
        let window = config.min_rate.saturating_mul(config.rate_window.as_secs());
        loop {
            let skip = tokio::time::timeout(config.rate_window, self.skip_bytes(window));
            match skip.await.map_err(|_| BodyError::TooSlow)?? {
                None => return Ok(()),
                Some(skipped) => {
                    remaining = remaining
                        .checked_sub(skipped)
                        .ok_or(BodyError::TooLarge { limit })?;
                }
            }
        }
    }

    /// Discards at least this many bytes of the file. Returns `None` at its end.
    async fn skip_bytes(&mut self, min_len: u64) -> Result<Option<u64>, BodyError> {
        let mut skipped = 0;
        while let Some(bytes) = self.next_bytes().await? {
            skipped += u64::try_from(bytes.len()).unwrap_or(u64::MAX);
            if skipped >= min_len {
                return Ok(Some(skipped));
            }
        }
        Ok(None)
    }
}

/// The text fields of a form.
#[derive(Default)]
struct TextFields {
    title: Option<String>,
    description: Option<String>,
    visibility: Option<String>,
    keep_location: Option<String>,
    tags: Vec<String>,
    bytes: u64,
}

impl TextFields {
    fn insert(&mut self, name: &str, text: String) -> Result<(), Error> {
        self.bytes += u64::try_from(text.len()).unwrap_or_default();
        let field = match name {
            "tags" => {
                self.tags.push(text);
                return Ok(());
            }
            "title" => &mut self.title,
            "description" => &mut self.description,
            "visibility" => &mut self.visibility,
            "keep_location" => &mut self.keep_location,
            other => return Err(invalid_field(other, "is not a field here")),
        };
        if field.replace(text).is_some() {
            return Err(invalid_field(name, "is given twice"));
        }
        Ok(())
    }

    /// Parses the metadata. Browsers send empty fields for inputs that were left empty.
    fn parse(self) -> Result<NewImage, Error> {
        let mut errors = FieldErrors::default();
        let visibility = self.visibility.filter(|text| !text.is_empty());
        let visibility = visibility.and_then(|text| errors.check("visibility", text.parse::<Visibility>()));
        let keep_location = errors.check(
            "keep_location",
            parse_keep_location(self.keep_location.as_deref()),
        );
        let image = NewImageFields {
            file_name: "",
            title: self.title.as_deref().filter(|title| !title.is_empty()),
            description: self.description.as_deref(),
            tags: Tags::parse_list(self.tags.iter().map(String::as_str)),
            visibility,
            keep_location: keep_location.unwrap_or_default(),
        };
        let image = image.parse(&mut errors);
        errors.into_result(image)
    }
}

pub(crate) fn parse_keep_location(text: Option<&str>) -> Result<bool, &'static str> {
    match text {
        None | Some("" | "false") => Ok(false),
        Some("true") => Ok(true),
        Some(_) => Err("must be `true` or `false`"),
    }
}

/// Returns the file name of a disposition; the extended form takes precedence (RFC 6266 section 4.3).
pub(super) fn file_name(disposition: &ContentDisposition) -> Option<String> {
    let extended = disposition
        .parameters
        .iter()
        .find_map(|parameter| match parameter {
            DispositionParam::FilenameExt(name) => String::from_utf8(name.value.clone()).ok(),
            _ => None,
        });
    extended.or_else(|| disposition.get_filename().map(str::to_owned))
}

/// Limits the bytes before the file. No other limit applies to them.
fn limit_before_file(
    payload: web::Payload,
    before_file: Rc<Cell<bool>>,
) -> impl Stream<Item = Result<Bytes, PayloadError>> + 'static {
    let mut remaining = MAX_OVERHEAD + READ_AHEAD;
    payload.map(move |bytes| {
        let bytes = bytes?;
        if before_file.get() {
            let len = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
            remaining = remaining.checked_sub(len).ok_or(PayloadError::Overflow)?;
        }
        Ok(bytes)
    })
}

fn check_boundary(request: &HttpRequest) -> Result<(), Error> {
    let mime = request.mime_type().ok().flatten();
    let boundary = mime
        .as_ref()
        .and_then(|mime| mime.get_param("boundary"))
        .map(|boundary| boundary.as_str().len());
    if boundary.is_some_and(|len| (1..=MAX_BOUNDARY).contains(&len)) {
        return Ok(());
    }
    Err(malformed_form(format!(
        "The boundary of the form must have 1 to {MAX_BOUNDARY} characters."
    )))
}

fn check_headers(headers: &HeaderMap) -> Result<(), BodyError> {
    let len: usize = headers
        .iter()
        .map(|(name, value)| name.as_str().len() + value.len() + 4)
        .sum();
    if len > MAX_PART_HEADERS {
        let detail = format!("The headers of a part have more than {MAX_PART_HEADERS} bytes.");
        return Err(BodyError::Malformed(detail));
    }
    Ok(())
}

async fn read_text(name: &str, part: &mut Field) -> Result<String, Error> {
    let mut text = Vec::new();
    while let Some(bytes) = part.next().await {
        let bytes = bytes.map_err(|error| malformed(&error))?;
        if text.len() + bytes.len() > MAX_TEXT {
            return Err(invalid_field(name, "must have at most 16 KiB"));
        }
        text.extend_from_slice(&bytes);
    }
    String::from_utf8(text).map_err(|_| invalid_field(name, "must be UTF-8"))
}

fn invalid_field(field: &str, detail: &str) -> Error {
    let field: String = field
        .chars()
        .filter(|char| !char.is_control())
        .take(100)
        .collect();
    Error::Invalid(vec![FieldError::new(field, detail)])
}

fn malformed_form(detail: String) -> Error {
    BodyError::Malformed(detail).into()
}

fn malformed(error: &MultipartError) -> Error {
    body_error_of(error).into()
}

fn body_error_of(error: &MultipartError) -> BodyError {
    match error {
        MultipartError::Payload(error) => body_error(error),
        MultipartError::Incomplete => {
            BodyError::Malformed("The form ends before its last boundary.".to_owned())
        }
        other => BodyError::Malformed(format!("The form is broken: {other}.")),
    }
}
