//! The Ed25519 keys of access tokens: files in one folder. The newest signs, all verify.
use crate::Error;
use aws_lc_rs::{
    encoding::{AsDer, Pkcs8V1Der},
    hkdf::{HKDF_SHA256, Salt},
    signature::{Ed25519KeyPair, KeyPair},
};
use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use infravault_kernel::{Secret, Sha256};
use jsonwebtoken::{DecodingKey, EncodingKey};
use std::{
    fmt, fs,
    io::{self, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

const EXTENSION: &str = "pem";
/// Keys are ordered by file name, so a key named by its date is newer than this one.
const FIRST_KEY: &str = "0000-first.pem";
const PEM_HEADER: &str = "-----BEGIN PRIVATE KEY-----";
const PEM_FOOTER: &str = "-----END PRIVATE KEY-----";
/// HKDF `info` of the keys for signed URLs (RFC 5869).
const URL_KEY_INFO: &[u8] = b"infravault signed urls";

/// The public half of a signing key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKey {
    /// RFC 7638 thumbprint.
    pub kid: String,
    /// The 32 bytes in base64url, as in a JWK (RFC 8037).
    pub x: String,
}

/// All keys, ordered by file name. The last one signs.
pub(crate) struct KeyRing {
    signing: EncodingKey,
    verification: Vec<DecodingKey>,
    public: Vec<PublicKey>,
    urls: Vec<Secret<[u8; 32]>>,
}

impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyRing")
            .field("public", &self.public)
            .finish_non_exhaustive()
    }
}

impl KeyRing {
    /// Reads the keys of a folder. Creates the folder and the first key if there is none; processes that start at the
    /// same time use the same key.
    pub(crate) fn open(folder: &Path) -> Result<Self, Error> {
        Self::load(folder).map_err(|error| {
            let message = format!(
                "cannot use the signing keys in {} (AUTH_KEY_DIR)",
                folder.display()
            );
            Error::setup(message, error)
        })
    }

    fn load(folder: &Path) -> io::Result<Self> {
        let mut files = list_key_files(folder)?;
        if files.is_empty() {
            create_first_key(folder)?;
            files = list_key_files(folder)?;
        }
        let mut signing = None;
        let (mut verification, mut public, mut urls) = (Vec::new(), Vec::new(), Vec::new());
        for file in files {
            let (der, public_bytes) = read_key_file(&file)?;
            signing = Some(EncodingKey::from_ed_der(&der));
            verification.push(DecodingKey::from_ed_der(&public_bytes));
            public.push(PublicKey::new(&public_bytes));
            urls.push(derive_url_key(&der)?);
        }
        Ok(Self {
            signing: signing.ok_or_else(|| io::Error::other("no key file found"))?,
            verification,
            public,
            urls,
        })
    }

    pub(crate) fn signing_key(&self) -> &EncodingKey {
        &self.signing
    }

    /// Returns the ID of the key that signs.
    pub(crate) fn signing_kid(&self) -> &str {
        self.public.last().map_or("", |key| &key.kid)
    }

    /// Returns a loaded key by its ID.
    pub(crate) fn verification_key(&self, kid: &str) -> Option<&DecodingKey> {
        let at = self.public.iter().position(|key| key.kid == kid)?;
        self.verification.get(at)
    }

    pub(crate) fn public_keys(&self) -> &[PublicKey] {
        &self.public
    }

    /// Returns one key for signed URLs per signing key, in the same order, with its key ID.
    pub(crate) fn url_keys(&self) -> Vec<(String, Secret<[u8; 32]>)> {
        let kids = self.public.iter().map(|key| key.kid.clone());
        kids.zip(self.urls.iter().cloned()).collect()
    }
}

/// Derives a key from a private key with HKDF-SHA256 (RFC 5869).
fn derive_url_key(der: &[u8]) -> io::Result<Secret<[u8; 32]>> {
    let mut key = [0; 32];
    Salt::new(HKDF_SHA256, &[])
        .extract(der)
        .expand(&[URL_KEY_INFO], HKDF_SHA256)
        .and_then(|derived| derived.fill(&mut key))
        .map_err(|_| io::Error::other("cannot derive a key"))?;
    Ok(Secret::new(key))
}

impl PublicKey {
    fn new(public: &[u8]) -> Self {
        let x = URL_SAFE_NO_PAD.encode(public);
        let canonical = format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}"#);
        let kid = URL_SAFE_NO_PAD.encode(Sha256::digest(canonical.as_bytes()).bytes());
        Self { kid, x }
    }
}

/// Returns the key files of a folder in order, or none if the folder does not exist.
fn list_key_files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut files = Vec::new();
    for entry in entries {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == EXTENSION) {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// Reads the DER and the public half of a PEM file as `openssl genpkey -algorithm ed25519` writes it.
fn read_key_file(file: &Path) -> io::Result<(Vec<u8>, Vec<u8>)> {
    let invalid =
        |what: &str| io::Error::new(io::ErrorKind::InvalidData, format!("{}: {what}", file.display()));
    let text = fs::read_to_string(file).map_err(|error| invalid(&error.to_string()))?;
    let body: String = text
        .trim()
        .strip_prefix(PEM_HEADER)
        .and_then(|rest| rest.strip_suffix(PEM_FOOTER))
        .ok_or_else(|| invalid("not a PEM `PRIVATE KEY`"))?
        .split_whitespace()
        .collect();
    let der = STANDARD.decode(body).map_err(|_| invalid("invalid base64"))?;
    let pair = Ed25519KeyPair::from_pkcs8(&der).or_else(|_| Ed25519KeyPair::from_pkcs8_maybe_unchecked(&der));
    let pair = pair.map_err(|_| invalid("not an Ed25519 key (PKCS#8)"))?;
    // The signer needs version 1, without the public half, whichever version the file has.
    let der: Pkcs8V1Der<'_> = pair.as_der().map_err(|_| invalid("cannot encode as PKCS#8"))?;
    Ok((der.as_ref().to_vec(), pair.public_key().as_ref().to_vec()))
}

/// Creates the first key by linking a complete file to its final name, so that no process reads a partial key and
/// the first of two processes wins.
fn create_first_key(folder: &Path) -> io::Result<()> {
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    let pair = Ed25519KeyPair::generate().map_err(|_| io::Error::other("cannot generate a key"))?;
    let der: Pkcs8V1Der<'_> = pair
        .as_der()
        .map_err(|_| io::Error::other("cannot encode the key"))?;
    let text = format!("{PEM_HEADER}\n{}\n{PEM_FOOTER}\n", STANDARD.encode(der.as_ref()));
    let name = URL_SAFE_NO_PAD.encode(pair.public_key().as_ref());
    let temporary = folder.join(format!(".{name}.new"));
    let mut file = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&temporary)?;
    let written = file.write_all(text.as_bytes()).and_then(|()| file.sync_all());
    let linked = written.and_then(|()| fs::hard_link(&temporary, folder.join(FIRST_KEY)));
    fs::remove_file(&temporary)?;
    match linked {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        _ => fs::File::open(folder)?.sync_all(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Self {
            let path = std::env::temp_dir().join(format!("infravault-keys-{}-{name}", std::process::id()));
            let _ = fs::remove_dir_all(&path);
            Self(path)
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn kid_is_the_jwk_thumbprint() {
        // RFC 8037 appendix A.
        let x = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
        let key = PublicKey::new(&URL_SAFE_NO_PAD.decode(x).unwrap());
        assert_eq!(key.kid, "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
        assert_eq!(key.x, x);
    }

    #[test]
    fn concurrent_starts_create_one_key() {
        let folder = Folder::new("race");
        let kids: Vec<String> = std::thread::scope(|scope| {
            let open = || KeyRing::open(&folder.0).unwrap().signing_kid().to_owned();
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(open)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert!(kids.iter().all(|kid| *kid == kids[0]), "{kids:?}");
        let files: Vec<_> = fs::read_dir(&folder.0)
            .unwrap()
            .map(|entry| entry.unwrap())
            .collect();
        assert_eq!(files.len(), 1);
        assert_eq!(files[0].metadata().unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(
            fs::metadata(&folder.0).unwrap().permissions().mode() & 0o777,
            0o700
        );
    }

    #[test]
    fn newest_key_signs_and_older_keys_verify() {
        let folder = Folder::new("rotation");
        let other = Folder::new("rotation-other");
        let old = KeyRing::open(&folder.0).unwrap().signing_kid().to_owned();
        KeyRing::open(&other.0).unwrap();
        fs::copy(other.0.join(FIRST_KEY), folder.0.join("2026-10-01.pem")).unwrap();
        fs::write(folder.0.join("README.txt"), "no key").unwrap();
        let ring = KeyRing::open(&folder.0).unwrap();
        assert_ne!(ring.signing_kid(), old);
        assert!(ring.verification_key(&old).is_some() && ring.verification_key(ring.signing_kid()).is_some());
        assert!(ring.verification_key("../../dev/null").is_none());
        assert_eq!(ring.public_keys().len(), 2);
        let url_keys = ring.url_keys();
        assert_eq!(url_keys.last().unwrap().0, ring.signing_kid());
        assert_eq!(url_keys[0].0, old);
        assert!(
            url_keys[0].1 != url_keys[1].1,
            "each signing key has its own URL key"
        );
        assert_eq!(
            KeyRing::open(&folder.0).unwrap().url_keys(),
            url_keys,
            "a restart derives the same keys"
        );
    }

    #[test]
    fn error_names_the_invalid_key_file() {
        let folder = Folder::new("broken");
        fs::create_dir_all(&folder.0).unwrap();
        for content in [
            "",
            "hello",
            "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
        ] {
            fs::write(folder.0.join("a.pem"), content).unwrap();
            let error = KeyRing::open(&folder.0).unwrap_err();
            let cause = std::error::Error::source(&error).unwrap().to_string();
            assert!(
                error.to_string().contains("AUTH_KEY_DIR") && cause.contains("a.pem"),
                "{error}: {cause}"
            );
        }
    }
}
