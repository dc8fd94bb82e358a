//! What a client announces with an upload.
use super::idempotency::IdempotencyKey;
use crate::{Title, model::NewImage};
use infravault_kernel::{Hasher, Sha256};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UploadRequest {
    pub image: NewImage,
    /// The media type that the client declared. The media type of the image is detected from its bytes.
    pub declared_type: String,
    /// Minimum number of bytes, reserved from the quota until the actual number is known.
    pub min_len: u64,
    /// Maximum number of bytes, if announced.
    pub max_len: Option<u64>,
    pub key: Option<IdempotencyKey>,
    /// The SHA-256 that the bytes must have.
    pub digest: Option<Sha256>,
}

impl UploadRequest {
    /// Identifies the request for idempotency: method, route, declared type, bytes and metadata.
    pub(super) fn fingerprint(&self, body: Sha256) -> Sha256 {
        let image = &self.image;
        let mut hasher = Sha256::hasher();
        let title = image.title.as_ref().map(Title::as_str);
        let texts = [
            "POST",
            "/images",
            self.declared_type.as_str(),
            image.file_name.as_str(),
            if title.is_some() { "titled" } else { "untitled" },
            title.unwrap_or_default(),
            image.description.as_str(),
            image.visibility.as_str(),
        ];
        for text in texts
            .into_iter()
            .chain(image.tags.as_slice().iter().map(String::as_str))
            // A tag cannot contain a comma.
            .chain(image.keep_location.then_some(",keep_location"))
        {
            add(&mut hasher, text.as_bytes());
        }
        add(&mut hasher, body.bytes());
        hasher.finish()
    }
}

/// Hashes each part with its length, so that different lists of parts never hash the same bytes.
fn add(hasher: &mut Hasher, part: &[u8]) {
    hasher.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
    hasher.update(part);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Description, FileName, Tags, Visibility};

    #[test]
    fn fingerprint_depends_on_every_field() {
        let request = UploadRequest {
            image: NewImage {
                file_name: FileName::clean("a.jpg"),
                title: None,
                description: Description::empty(),
                tags: Tags::default(),
                visibility: Visibility::Private,
                keep_location: false,
            },
            declared_type: "image/jpeg".to_owned(),
            min_len: 0,
            max_len: None,
            key: None,
            digest: None,
        };
        let mut all = vec![request.clone(); 8];
        all[1].image.title = Some(Title::parse("a").unwrap());
        all[2].image.description = Description::parse("a").unwrap();
        all[3].image.tags = Tags::parse(["a"]).unwrap();
        all[4].image.visibility = Visibility::Public;
        all[5].image.file_name = FileName::clean("b.jpg");
        all[6].declared_type = "image/png".to_owned();
        all[7].image.keep_location = true;
        let body = Sha256::digest(b"body");
        let mut fingerprints: Vec<String> = all
            .iter()
            .map(|request| request.fingerprint(body).to_string())
            .collect();
        fingerprints.push(request.fingerprint(Sha256::digest(b"other")).to_string());
        fingerprints.sort();
        fingerprints.dedup();
        assert_eq!(fingerprints.len(), 9);
        assert_eq!(request.fingerprint(body), request.clone().fingerprint(body));
    }
}
