//! `cargo xtask demo`: three people and thirty images, through the public API only.
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

/// Signs three people in and uploads thirty generated images, so that there is something to look at.
#[derive(Debug, Parser)]
struct Arguments {
    /// Where InfraVault runs, with the development provider `dev`.
    #[arg(long, default_value = "http://127.0.0.1:8080")]
    url: Url,
}

const PEOPLE: [&str; 3] = ["alice@example.com", "bob@example.com", "carol@example.com"];
const VISIBILITIES: [&str; 3] = ["public", "private", "unlisted"];
const SIZES: [(u32, u32); 5] = [(1200, 800), (800, 1200), (640, 640), (1600, 900), (320, 240)];
/// Title and tags; every person uploads all of them, each in other colors.
const WORKS: [(&str, &str); 10] = [
    ("Morning over the dunes", "nature,landscape,morning"),
    ("Blue hour at the harbour", "city,water,evening"),
    ("Café tables in the rain", "city,rain"),
    ("Rings on a still pond", "nature,water,abstract"),
    ("Checkered floor", "architecture,interior,abstract"),
    ("Living room, before", "interior,staging"),
    ("Living room, after", "interior,staging"),
    ("Stripes of a market tent", "city,market,abstract"),
    ("Grandmother's quilt", "family,textile"),
    ("Snow on the pass", "nature,winter,landscape"),
];

/// What went wrong and what to do about it, in one line.
struct Failed(String);

/// One person's signed-in browser.
struct Browser {
    client: Client,
    url: Url,
    email: &'static str,
}

/// One image with what is said about it.
struct Work {
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
        Err(Failed(message)) => {
            // Nobody is left to tell when this cannot be written either.
            let _ = writeln!(io::stderr(), "demo: {message}");
            ExitCode::FAILURE
        }
    }
}

async fn run(url: &Url) -> Result<(), Failed> {
    let mut count = 0;
    for (person, email) in PEOPLE.into_iter().enumerate() {
        let browser = Browser::sign_in(url, email).await?;
        say(&format!("{email} is signed in"))?;
        for number in 0..WORKS.len() {
            // Drawing takes longer than uploading, so each image is drawn when it is needed.
            if let Some(work) = draw(person, number) {
                say(&format!("  {}", browser.upload(work).await?))?;
                count += 1;
            }
        }
    }
    let base = url.as_str().trim_end_matches('/');
    let alice = format!("{base}/api/v1/auth/dev?login_hint=alice@example.com&return_to=/api/v1/auth/me");
    say(&format!(
        "\n{count} images of {} people. Try:\n\n  \
         public gallery   {base}/api/v1/images/public\n  \
         search in it     {base}/api/v1/images/public?q=harbour\n  \
         API in browser   {base}/docs\n\n  \
         curl -sL -c jar -b jar '{alice}'\n  \
         curl -s -b jar '{base}/api/v1/images?tag=interior'",
        PEOPLE.len()
    ))
}

impl Browser {
    /// Goes to the development provider and comes back with the session's cookies.
    async fn sign_in(url: &Url, email: &'static str) -> Result<Self, Failed> {
        let client = Client::builder()
            .cookie_store(true)
            .no_proxy()
            .connect_timeout(Duration::from_secs(5))
            .timeout(Duration::from_mins(1))
            .build()
            .map_err(|error| Failed(format!("no HTTP client can be made: {error}")))?;
        let mut start = at(url, "/api/v1/auth/dev")?;
        start
            .query_pairs_mut()
            .append_pair("login_hint", email)
            .append_pair("return_to", "/api/v1/auth/me");
        let response = client
            .get(start)
            .send()
            .await
            .map_err(|error| no_answer(url, &error))?;
        answer(response, &format!("{email} cannot sign in")).await?;
        Ok(Self {
            client,
            url: url.clone(),
            email,
        })
    }

    /// Uploads one image and describes it in a line.
    async fn upload(&self, work: Work) -> Result<String, Failed> {
        let (title, visibility, media_type) = (work.title.clone(), work.visibility, work.media_type);
        let file = Part::bytes(work.bytes)
            .file_name(work.file_name)
            .mime_str(media_type)
            .map_err(|error| Failed(format!("{media_type} is no media type: {error}")))?;
        // The file comes last: everything about it is known before its first byte arrives.
        let form = Form::new()
            .text("title", work.title)
            .text("tags", work.tags)
            .text("visibility", visibility)
            .part("file", file);
        let request = self
            .client
            .post(at(&self.url, "/api/v1/images")?)
            .header("X-IV-CSRF", "1")
            .header("Origin", self.url.origin().ascii_serialization())
            .multipart(form);
        let response = request
            .send()
            .await
            .map_err(|error| no_answer(&self.url, &error))?;
        let image = answer(response, &format!("{} cannot upload `{title}`", self.email)).await?;
        let id = image.get("id").and_then(Value::as_str).unwrap_or("without an id");
        Ok(format!("{id}  {visibility:8}  {media_type:10}  {title}"))
    }
}

fn draw(person: usize, number: usize) -> Option<Work> {
    let (title, tags) = *WORKS.get(number)?;
    // Each person begins elsewhere, so that formats, sizes and visibilities fall differently.
    let turn = person + number;
    let format = samples::FORMATS.get(turn % samples::FORMATS.len())?;
    let (width, height) = *SIZES.get((turn + person) % SIZES.len())?;
    let visibility = *VISIBILITIES.get(turn % VISIBILITIES.len())?;
    let seed = u64::try_from(person * WORKS.len() + number).ok()?;
    let bytes = if format.media_type == "image/gif" {
        samples::gif(320, 240, 4, seed)
    } else {
        (format.make)(width, height, seed)
    };
    Some(Work {
        title: title.to_owned(),
        tags,
        visibility,
        file_name: format!("IMG_{:04}.{}", 1000 + seed, format.extension),
        media_type: format.media_type,
        bytes,
    })
}

/// The JSON of a good answer; a bad one becomes what its problem document says.
async fn answer(response: Response, what: &str) -> Result<Value, Failed> {
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
            Err(Failed(format!(
                "{what}: {path} answered {status}: {detail} (the server's log knows more; `cargo xtask dev` says where it is)"
            )))
        }
    }
}

fn no_answer(url: &Url, error: &reqwest::Error) -> Failed {
    let why = if error.is_connect() {
        "nothing listens there"
    } else {
        "the answer did not come"
    };
    let at = error.url().unwrap_or(url).origin().ascii_serialization();
    let cause = innermost(error);
    Failed(format!("{at}: {why} ({cause}); is `cargo xtask dev` running?"))
}

/// The innermost cause, which is what the operating system said.
fn innermost(error: &dyn std::error::Error) -> String {
    let all = std::iter::successors(Some(error), |error| error.source());
    all.last().map(ToString::to_string).unwrap_or_default()
}

fn at(url: &Url, path: &str) -> Result<Url, Failed> {
    url.join(path)
        .map_err(|error| Failed(format!("{url} cannot be the address of a server: {error}")))
}

fn say(line: &str) -> Result<(), Failed> {
    writeln!(io::stdout(), "{line}").map_err(|error| Failed(format!("the output cannot be written: {error}")))
}
