//! The Ed25519 keys that sign access tokens: files in a folder, of which the newest signs and all verify.
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

/// Key files end so; a file that does not is none.
const ENDING: &str = "pem";
/// The key that is made where there is none. Files are ordered by name, so one named by its date comes after it.
const FIRST: &str = "0000-first.pem";
const HEAD: &str = "-----BEGIN PRIVATE KEY-----";
const FOOT: &str = "-----END PRIVATE KEY-----";
/// What the keys for signed addresses are derived for (RFC 5869, the parameter `info`).
const SIGNED_URLS: &[u8] = b"infravault signed urls";

/// The public half of a signing key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKey {
    /// Its RFC 7638 thumbprint, which names it.
    pub kid: String,
    /// The 32 bytes as base64url, as a JWK carries them (RFC 8037).
    pub x: String,
}

/// All keys, ordered by file name; the last signs.
pub(crate) struct KeyRing {
    signing: EncodingKey,
    verifying: Vec<DecodingKey>,
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
    /// Reads the keys of a folder; makes folder and key where there is none. Processes that start at once agree on
    /// one key.
    pub(crate) fn open(folder: &Path) -> Result<Self, Error> {
        let broken = |error: io::Error| {
            Error::setup(
                format!(
                    "the signing keys in {} (AUTH_KEY_DIR) cannot be used",
                    folder.display()
                ),
                error,
            )
        };
        let mut files = key_files(folder).map_err(broken)?;
        if files.is_empty() {
            make_first(folder).map_err(broken)?;
            files = key_files(folder).map_err(broken)?;
        }
        let mut ring: Option<Self> = None;
        for file in files {
            let (der, public) = read(&file).map_err(broken)?;
            let key = PublicKey::new(&public);
            let signing = EncodingKey::from_ed_der(&der);
            let verifying = DecodingKey::from_ed_der(&public);
            let url_key = derive(&der).map_err(broken)?;
            let (mut older, mut public, mut urls) = ring
                .map(|ring| (ring.verifying, ring.public, ring.urls))
                .unwrap_or_default();
            older.push(verifying);
            public.push(key);
            urls.push(url_key);
            ring = Some(Self {
                signing,
                verifying: older,
                public,
                urls,
            });
        }
        ring.ok_or_else(|| broken(io::Error::other("there is no key file")))
    }

    /// The key that signs.
    pub(crate) fn signing(&self) -> &EncodingKey {
        &self.signing
    }

    /// The name of the key that signs.
    pub(crate) fn newest_kid(&self) -> &str {
        self.public.last().map_or("", |key| &key.kid)
    }

    /// The key of this name: looked up among those that were loaded, nowhere else.
    pub(crate) fn verifying(&self, kid: &str) -> Option<&DecodingKey> {
        let at = self.public.iter().position(|key| key.kid == kid)?;
        self.verifying.get(at)
    }

    /// The public halves of all keys.
    pub(crate) fn public_keys(&self) -> &[PublicKey] {
        &self.public
    }

    /// A key for signed addresses from each key, in the same order, with its name.
    pub(crate) fn url_keys(&self) -> Vec<(String, Secret<[u8; 32]>)> {
        let names = self.public.iter().map(|key| key.kid.clone());
        names.zip(self.urls.iter().cloned()).collect()
    }
}

/// HKDF-SHA256 (RFC 5869) of a private key: another key, from which the first cannot be told.
fn derive(der: &[u8]) -> io::Result<Secret<[u8; 32]>> {
    let refused = |_| io::Error::other("no key can be derived");
    let mut key = [0; 32];
    Salt::new(HKDF_SHA256, &[])
        .extract(der)
        .expand(&[SIGNED_URLS], HKDF_SHA256)
        .and_then(|derived| derived.fill(&mut key))
        .map_err(refused)?;
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

/// The key files of a folder in order; none where there is no folder.
fn key_files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut files = Vec::new();
    for entry in entries {
        let path = entry?.path();
        if path.extension().is_some_and(|ending| ending == ENDING) {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// The DER and the public half of a PEM file as `openssl genpkey -algorithm ed25519` makes it.
fn read(file: &Path) -> io::Result<(Vec<u8>, Vec<u8>)> {
    let wrong =
        |what: &str| io::Error::new(io::ErrorKind::InvalidData, format!("{}: {what}", file.display()));
    let text = fs::read_to_string(file).map_err(|error| wrong(&error.to_string()))?;
    let body: String = text
        .trim()
        .strip_prefix(HEAD)
        .and_then(|rest| rest.strip_suffix(FOOT))
        .ok_or_else(|| wrong("holds no `PRIVATE KEY` in PEM"))?
        .split_whitespace()
        .collect();
    let der = STANDARD.decode(body).map_err(|_| wrong("is no base64"))?;
    let pair = Ed25519KeyPair::from_pkcs8(&der).or_else(|_| Ed25519KeyPair::from_pkcs8_maybe_unchecked(&der));
    let pair = pair.map_err(|_| wrong("holds no Ed25519 key (PKCS#8)"))?;
    // Version 1 without the public half, whichever version the file has: the signer takes that form.
    let der: Pkcs8V1Der<'_> = pair.as_der().map_err(|_| wrong("cannot be written as PKCS#8"))?;
    Ok((der.as_ref().to_vec(), pair.public_key().as_ref().to_vec()))
}

/// Makes the first key under its final name in one step, so that nobody reads half of it and of two processes one
/// wins.
fn make_first(folder: &Path) -> io::Result<()> {
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    let pair = Ed25519KeyPair::generate().map_err(|_| io::Error::other("no key can be made"))?;
    let der: Pkcs8V1Der<'_> = pair
        .as_der()
        .map_err(|_| io::Error::other("no key can be written"))?;
    let text = format!("{HEAD}\n{}\n{FOOT}\n", STANDARD.encode(der.as_ref()));
    let name = URL_SAFE_NO_PAD.encode(pair.public_key().as_ref());
    let unfinished = folder.join(format!(".{name}.new"));
    let mut file = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&unfinished)?;
    let written = file.write_all(text.as_bytes()).and_then(|()| file.sync_all());
    let linked = written.and_then(|()| fs::hard_link(&unfinished, folder.join(FIRST)));
    fs::remove_file(&unfinished)?;
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
    fn names_a_key_by_its_thumbprint() {
        // RFC 8037 appendix A.
        let x = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
        let key = PublicKey::new(&URL_SAFE_NO_PAD.decode(x).unwrap());
        assert_eq!(key.kid, "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
        assert_eq!(key.x, x);
    }

    #[test]
    fn makes_one_key_however_many_start_at_once() {
        let folder = Folder::new("race");
        let kids: Vec<String> = std::thread::scope(|scope| {
            let open = || KeyRing::open(&folder.0).unwrap().newest_kid().to_owned();
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
    fn the_newest_signs_and_older_ones_verify() {
        let folder = Folder::new("rotation");
        let other = Folder::new("rotation-other");
        let old = KeyRing::open(&folder.0).unwrap().newest_kid().to_owned();
        KeyRing::open(&other.0).unwrap();
        fs::copy(other.0.join(FIRST), folder.0.join("2026-10-01.pem")).unwrap();
        fs::write(folder.0.join("README.txt"), "no key").unwrap();
        let ring = KeyRing::open(&folder.0).unwrap();
        assert_ne!(ring.newest_kid(), old);
        assert!(ring.verifying(&old).is_some() && ring.verifying(ring.newest_kid()).is_some());
        assert!(ring.verifying("../../dev/null").is_none());
        assert_eq!(ring.public_keys().len(), 2);
        let url_keys = ring.url_keys();
        assert_eq!(url_keys.last().unwrap().0, ring.newest_kid());
        assert_eq!(url_keys[0].0, old);
        assert!(url_keys[0].1 != url_keys[1].1, "every key has its own");
        assert_eq!(
            KeyRing::open(&folder.0).unwrap().url_keys(),
            url_keys,
            "a restart derives the same"
        );
    }

    #[test]
    fn names_the_file_that_holds_no_key() {
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
