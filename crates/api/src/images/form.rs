//! The form of an upload (RFC 7578), read as it comes: small fields first, then each file as a stream.
use super::{replace_image::keep, upload_image::broken};
use actix_multipart::{Field, Multipart, MultipartError};
use actix_web::{
    HttpMessage, HttpRequest,
    error::PayloadError,
    http::header::{ContentDisposition, DispositionParam, HeaderMap},
    web::{self, Bytes},
};
use futures_util::{Stream, StreamExt, stream};
use infravault_images::{BodyError, Config, Description, Error, FileName, NewImage, Tags, Title, Visibility};
use infravault_kernel::FieldError;
use std::{cell::Cell, rc::Rc};

/// Most parts of a form before its first file.
const MAX_PARTS: usize = 20;
/// Most bytes of the headers of a part.
const MAX_PART_HEADERS: usize = 8 << 10;
/// Most bytes of a text field.
const MAX_TEXT: usize = 16 << 10;
/// The longest boundary (RFC 2046 section 5.1.1).
const MAX_BOUNDARY: usize = 70;
/// Most bytes that a form may have besides its first file.
pub(super) const MAX_OVERHEAD: u64 = (20 * (8 + 16)) << 10;
/// What the reader of the form may take ahead, so that the bytes of the file are not counted as the form's.
const READ_AHEAD: u64 = 256 << 10;
/// The boundaries and headers that are always there, generously.
const FRAME: u64 = 16 << 10;

/// A form whose fields have been read, and whose files come one after the other.
pub(super) struct Form {
    parts: Multipart,
    at: At,
    /// What the fields say about every file.
    said: NewImage,
    /// About how many bytes of the body are not the first file's; never fewer than there are in an ordinary form.
    pub(super) overhead: u64,
}

/// How far a form has been read.
enum At {
    /// Before the bytes of a file.
    Before(Field),
    /// Within them.
    Within(Field),
    /// Behind them, and what comes next is not known yet.
    Behind,
    /// At its end, or where it broke.
    End,
}

/// What is known of a file before its bytes.
pub(super) struct File {
    /// What is said about the image.
    pub(super) image: NewImage,
    /// The type that its part declares.
    pub(super) declared_type: String,
    /// The headers of its part.
    pub(super) headers: HeaderMap,
}

impl Form {
    /// Reads the fields before the first file.
    pub(super) async fn read(request: &HttpRequest, payload: web::Payload) -> Result<Self, Error> {
        check_boundary(request)?;
        let before_file = Rc::new(Cell::new(true));
        let mut form = Multipart::new(request.headers(), limited(payload, Rc::clone(&before_file)));
        let mut texts = Texts::default();
        for _ in 0..MAX_PARTS {
            let Some(part) = form.next().await else {
                return Err(missing_file());
            };
            let mut part = part.map_err(|error| malformed(&error))?;
            check_headers(part.headers())?;
            let name = part.name().unwrap_or_default().to_owned();
            if name == "file" {
                before_file.set(false);
                return Ok(Self {
                    overhead: texts.bytes + FRAME,
                    said: texts.parse()?,
                    at: At::Before(part),
                    parts: form,
                });
            }
            let text = read_text(&name, &mut part).await?;
            texts.take(&name, text)?;
        }
        Err(fault(format!(
            "The form has more than {MAX_PARTS} parts before its file."
        )))
    }

    /// The file that comes next; none at the end of the form, or before the end of another file.
    pub(super) fn next_file(&mut self) -> Option<File> {
        match std::mem::replace(&mut self.at, At::End) {
            At::Before(part) => {
                let sent_name = part.content_disposition().and_then(name_of).unwrap_or_default();
                let declared_type = part
                    .content_type()
                    .map_or("application/octet-stream", |mime| mime.essence_str());
                let file = File {
                    image: NewImage {
                        file_name: FileName::clean(&sent_name),
                        ..self.said.clone()
                    },
                    declared_type: declared_type.to_owned(),
                    headers: part.headers().clone(),
                };
                self.at = At::Within(part);
                Some(file)
            }
            other => {
                self.at = other;
                None
            }
        }
    }

    /// The bytes of the file that has begun. They end well only where the form ends behind them, or another file follows.
    pub(super) fn bytes(&mut self) -> impl Stream<Item = Result<Bytes, BodyError>> + '_ {
        stream::try_unfold(self, async |form: &mut Self| {
            let bytes = form.next_bytes().await?;
            Ok(bytes.map(|bytes| (bytes, form)))
        })
    }

    async fn next_bytes(&mut self) -> Result<Option<Bytes>, BodyError> {
        if let At::Within(file) = &mut self.at {
            match file.next().await {
                Some(Ok(bytes)) => return Ok(Some(bytes)),
                Some(Err(error)) => return Err(self.break_off(fault_of(&error))),
                None => self.at = At::Behind,
            }
        }
        if matches!(self.at, At::Behind) {
            match self.parts.next().await {
                None => self.at = At::End,
                Some(Err(error)) => return Err(self.break_off(fault_of(&error))),
                Some(Ok(part)) if part.name() == Some("file") => {
                    check_headers(part.headers()).map_err(|fault| self.break_off(fault))?;
                    self.at = At::Before(part);
                }
                Some(Ok(_)) => {
                    let detail = "Behind a file only further files may stand, in fields of the name `file`.";
                    return Err(self.break_off(BodyError::Malformed(detail.to_owned())));
                }
            }
        }
        Ok(None)
    }

    /// Whether another file follows.
    pub(super) fn has_more(&self) -> bool {
        matches!(self.at, At::Before(_))
    }

    /// Takes nothing more of it.
    pub(super) fn give_up(&mut self) {
        self.at = At::End;
    }

    fn break_off(&mut self, fault: BodyError) -> BodyError {
        self.at = At::End;
        fault
    }

    /// Reads on to the end of a file that nobody wants any more: at the pace that an upload must keep, and no more than
    /// one may have.
    pub(super) async fn skip_file(&mut self, config: &Config) -> Result<(), BodyError> {
        let (mut left, limit) = (config.max_upload_bytes, config.max_upload_bytes);
        let window = config.min_rate.saturating_mul(config.rate_window.as_secs());
        loop {
            let skip = tokio::time::timeout(config.rate_window, self.skip(window));
            match skip.await.map_err(|_| BodyError::TooSlow)?? {
                None => return Ok(()),
                Some(skipped) => left = left.checked_sub(skipped).ok_or(BodyError::TooLarge { limit })?,
            }
        }
    }

    /// Throws away so many bytes of the file, or all that is left of it: none then.
    async fn skip(&mut self, at_least: u64) -> Result<Option<u64>, BodyError> {
        let mut skipped = 0;
        while let Some(bytes) = self.next_bytes().await? {
            skipped += u64::try_from(bytes.len()).unwrap_or(u64::MAX);
            if skipped >= at_least {
                return Ok(Some(skipped));
            }
        }
        Ok(None)
    }
}

/// The text fields of a form.
#[derive(Default)]
struct Texts {
    title: Option<String>,
    description: Option<String>,
    visibility: Option<String>,
    keep_location: Option<String>,
    tags: Vec<String>,
    bytes: u64,
}

impl Texts {
    fn take(&mut self, name: &str, text: String) -> Result<(), Error> {
        self.bytes += u64::try_from(text.len()).unwrap_or_default();
        let place = match name {
            "tags" => {
                self.tags.push(text);
                return Ok(());
            }
            "title" => &mut self.title,
            "description" => &mut self.description,
            "visibility" => &mut self.visibility,
            "keep_location" => &mut self.keep_location,
            other => return Err(invalid(other, "is not a field here")),
        };
        if place.replace(text).is_some() {
            return Err(invalid(name, "is given twice"));
        }
        Ok(())
    }

    /// What the fields say; the file's name is the file's matter.
    fn parse(self) -> Result<NewImage, Error> {
        let mut faults = Vec::new();
        // An empty field is what a browser sends of an input that was left empty.
        let title = self
            .title
            .filter(|title| !title.is_empty())
            .map(|title| Title::parse(&title));
        let description = Description::parse(&self.description.unwrap_or_default());
        let visibility = self
            .visibility
            .filter(|word| !word.is_empty())
            .map(|word| word.parse::<Visibility>());
        let keep_location = match self.keep_location.as_deref() {
            None | Some("" | "false") => false,
            Some("true") => true,
            Some(_) => {
                faults.push(FieldError::new("keep_location", "must be `true` or `false`"));
                false
            }
        };
        let tags = Tags::parse_list(self.tags.iter().map(String::as_str));
        let image = NewImage {
            file_name: FileName::clean(""),
            title: title.and_then(|title| keep(&mut faults, "title", title)),
            description: keep(&mut faults, "description", description).unwrap_or_else(Description::empty),
            tags: keep(&mut faults, "tags", tags).unwrap_or_default(),
            visibility: visibility
                .and_then(|word| keep(&mut faults, "visibility", word))
                .unwrap_or_default(),
            keep_location,
        };
        if faults.is_empty() {
            Ok(image)
        } else {
            Err(Error::Invalid(faults))
        }
    }
}

/// The file name that a disposition gives; the extended form first (RFC 6266 section 4.3).
pub(super) fn name_of(disposition: &ContentDisposition) -> Option<String> {
    let extended = disposition
        .parameters
        .iter()
        .find_map(|parameter| match parameter {
            DispositionParam::FilenameExt(name) => String::from_utf8(name.value.clone()).ok(),
            _ => None,
        });
    extended.or_else(|| disposition.get_filename().map(str::to_owned))
}

/// Bounds what may come before the file, which nothing else does.
fn limited(
    payload: web::Payload,
    before_file: Rc<Cell<bool>>,
) -> impl Stream<Item = Result<Bytes, PayloadError>> + 'static {
    let mut left = MAX_OVERHEAD + READ_AHEAD;
    payload.map(move |bytes| {
        let bytes = bytes?;
        if before_file.get() {
            let len = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
            left = left.checked_sub(len).ok_or(PayloadError::Overflow)?;
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
    Err(fault(format!(
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
            return Err(invalid(name, "must have at most 16 KiB"));
        }
        text.extend_from_slice(&bytes);
    }
    String::from_utf8(text).map_err(|_| invalid(name, "must be UTF-8"))
}

fn missing_file() -> Error {
    invalid("file", "is missing")
}

fn invalid(field: &str, detail: &str) -> Error {
    let field: String = field
        .chars()
        .filter(|char| !char.is_control())
        .take(100)
        .collect();
    Error::Invalid(vec![FieldError::new(field, detail)])
}

fn fault(detail: String) -> Error {
    BodyError::Malformed(detail).into()
}

fn malformed(error: &MultipartError) -> Error {
    fault_of(error).into()
}

fn fault_of(error: &MultipartError) -> BodyError {
    match error {
        MultipartError::Payload(error) => broken(error),
        MultipartError::Incomplete => {
            BodyError::Malformed("The form ends before its last boundary.".to_owned())
        }
        other => BodyError::Malformed(format!("The form is broken: {other}.")),
    }
}
