//! `cargo xtask demo`: three users and thirty images, through the public API.
use clap::Parser;
use infravault_testkit::{install_crypto, samples};
use reqwest::{
    Client, Response,
    multipart::{Form, Part},
};
use serde_json::Value;
use std::{
    io::{self, Write},
    process::ExitCode,
    time::Duration,
};
use url::Url;

/// Sign in three users and upload thirty generated images.
#[derive(Debug, Parser)]
struct Arguments {
    /// URL of an InfraVault server with the development provider `dev`.
    #[arg(long, default_value = "http://127.0.0.1:8080")]
    url: Url,
}

const USERS: [&str; 3] = ["alice@example.com", "bob@example.com", "carol@example.com"];
const VISIBILITIES: [&str; 3] = ["public", "private", "unlisted"];
const SIZES: [(u32, u32); 5] = [(1200, 800), (800, 1200), (640, 640), (1600, 900), (320, 240)];
/// Titles and tags. Every user uploads all of them, in different colors.
const IMAGES: [(&str, &str); 10] = [
    ("Morning over the dunes", "nature,landscape,morning"),
    ("Blue hour at the harbor", "city,water,evening"),
    ("Café tables in the rain", "city,rain"),
    ("Rings on a still pond", "nature,water,abstract"),
    ("Checkered floor", "architecture,interior,abstract"),
    ("Living room, before", "interior,staging"),
    ("Living room, after", "interior,staging"),
    ("Stripes of a market tent", "city,market,abstract"),
    ("Grandmother's quilt", "family,textile"),
    ("Snow on the pass", "nature,winter,landscape"),
];

/// A one-line message with the problem and a hint.
struct DemoError(String);

/// The signed-in browser of a user.
struct Browser {
    client: Client,
    url: Url,
    email: &'static str,
}

/// An image with its metadata.
struct DemoImage {
    title: String,
    tags: &'static str,
    visibility: &'static str,
    file_name: String,
    media_type: &'static str,
    bytes: Vec<u8>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    install_crypto();
    let Arguments { url } = Arguments::parse();
    match run(&url).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(DemoError(message)) => {
            // This is the only way to report this error.
            let _ = writeln!(io::stderr(), "demo: {message}");
            ExitCode::FAILURE
        }
    }
}

async fn run(url: &Url) -> Result<(), DemoError> {
    let mut count = 0;
    for (user, email) in USERS.into_iter().enumerate() {
        let browser = Browser::sign_in(url, email).await?;
        print_line(&format!("{email} is signed in"))?;
        for number in 0..IMAGES.len() {
            // Generating takes longer than uploading, so each image is generated when it is needed.
            if let Some(work) = generate_image(user, number) {
                print_line(&format!("  {}", browser.upload(work).await?))?;
                count += 1;
            }
        }
    }
    let base = url.as_str().trim_end_matches('/');
    let alice = format!("{base}/api/v1/auth/dev?login_hint=alice@example.com&return_to=/api/v1/auth/me");
    print_line(&format!(
        "\n{count} images of {} users. Try:\n\n  \
         public gallery   {base}/api/v1/images/public\n  \
         search in it     {base}/api/v1/images/public?q=harbor\n  \
         API in browser   {base}/docs\n\n  \
         curl -sL -c jar -b jar '{alice}'\n  \
         curl -s -b jar '{base}/api/v1/images?tag=interior'",
        USERS.len()
    ))
}

impl Browser {
    /// Signs in with the development provider and keeps the session's cookies.
    async fn sign_in(url: &Url, email: &'static str) -> Result<Self, DemoError> {
        let client = Client::builder()
            .cookie_store(true)
            .no_proxy()
            .connect_timeout(Duration::from_secs(5))
            .timeout(Duration::from_mins(1))
            .build()
            .map_err(|error| DemoError(format!("cannot create an HTTP client: {error}")))?;
        let mut start = join_url(url, "/api/v1/auth/dev")?;
        start
            .query_pairs_mut()
            .append_pair("login_hint", email)
            .append_pair("return_to", "/api/v1/auth/me");
        let response = client
            .get(start)
            .send()
            .await
            .map_err(|error| connection_error(url, &error))?;
        read_json(response, &format!("{email} cannot sign in")).await?;
        Ok(Self {
            client,
            url: url.clone(),
            email,
        })
    }

    /// Uploads one image and returns a line that describes it.
    async fn upload(&self, work: DemoImage) -> Result<String, DemoError> {
        let (title, visibility, media_type) = (work.title.clone(), work.visibility, work.media_type);
        let file = Part::bytes(work.bytes)
            .file_name(work.file_name)
            .mime_str(media_type)
            .map_err(|error| DemoError(format!("{media_type} is not a media type: {error}")))?;
        // The file comes last, so that the server knows all metadata before its first byte.
        let form = Form::new()
            .text("title", work.title)
            .text("tags", work.tags)
            .text("visibility", visibility)
            .part("file", file);
        let request = self
            .client
            .post(join_url(&self.url, "/api/v1/images")?)
            .header("X-IV-CSRF", "1")
            .header("Origin", self.url.origin().ascii_serialization())
            .multipart(form);
        let response = request
            .send()
            .await
            .map_err(|error| connection_error(&self.url, &error))?;
        let image = read_json(response, &format!("{} cannot upload `{title}`", self.email)).await?;
        let id = image.get("id").and_then(Value::as_str).unwrap_or("without an id");
        Ok(format!("{id}  {visibility:8}  {media_type:10}  {title}"))
    }
}

fn generate_image(user: usize, number: usize) -> Option<DemoImage> {
    let (title, tags) = *IMAGES.get(number)?;
    // Each user starts at another offset, so that formats, sizes and visibilities vary.
    let turn = user + number;
    let format = samples::FORMATS.get(turn % samples::FORMATS.len())?;
    let (width, height) = *SIZES.get((turn + user) % SIZES.len())?;
    let visibility = *VISIBILITIES.get(turn % VISIBILITIES.len())?;
    let seed = u64::try_from(user * IMAGES.len() + number).ok()?;
    let bytes = if format.media_type == "image/gif" {
        samples::gif(320, 240, 4, seed)
    } else {
        (format.generate)(width, height, seed)
    };
    Some(DemoImage {
        title: title.to_owned(),
        tags,
        visibility,
        file_name: format!("IMG_{:04}.{}", 1000 + seed, format.extension),
        media_type: format.media_type,
        bytes,
    })
}

/// The JSON of a successful response, or the detail of its problem document.
async fn read_json(response: Response, what: &str) -> Result<Value, DemoError> {
    let (status, url) = (response.status(), response.url().clone());
    let text = response.text().await.unwrap_or_default();
    let json: Result<Value, _> = serde_json::from_str(&text);
    match json {
        Ok(json) if status.is_success() => Ok(json),
        json => {
            let detail = json
                .ok()
                .and_then(|json| Some(json.get("detail")?.as_str()?.to_owned()));
            let (path, detail) = (
                url.path(),
                detail.unwrap_or_else(|| text.chars().take(200).collect()),
            );
            Err(DemoError(format!(
                "{what}: {path} responded with {status}: {detail} (see the server's log; `cargo xtask dev` prints its path)"
            )))
        }
    }
}

fn connection_error(url: &Url, error: &reqwest::Error) -> DemoError {
    let why = if error.is_connect() {
        "no server is listening"
    } else {
        "the response was interrupted"
    };
    let at = error.url().unwrap_or(url).origin().ascii_serialization();
    let cause = root_cause(error);
    DemoError(format!("{at}: {why} ({cause}); is `cargo xtask dev` running?"))
}

/// The innermost cause, usually the error of the operating system.
fn root_cause(error: &dyn std::error::Error) -> String {
    let all = std::iter::successors(Some(error), |error| error.source());
    all.last().map(ToString::to_string).unwrap_or_default()
}

fn join_url(url: &Url, path: &str) -> Result<Url, DemoError> {
    url.join(path)
        .map_err(|error| DemoError(format!("{url} is not a server URL: {error}")))
}

fn print_line(line: &str) -> Result<(), DemoError> {
    writeln!(io::stdout(), "{line}").map_err(|error| DemoError(format!("cannot write the output: {error}")))
}
