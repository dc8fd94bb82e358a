//! The sign-in provider is down; signed-in users are not affected.

use crate::{Outcome, report::Ran, world::World};
use infravault_testkit::issuer::{Issuer, IssuerDefect};
use reqwest::{Client, Method, redirect::Policy};
use serde_json::Value;
use std::time::{Duration, Instant};
use tokio::time::sleep;

/// A provider that is back is used again by then.
const AGAIN: Duration = Duration::from_secs(5);

/// Discovery, then the key set are down; then everything works again.
pub(super) async fn stop_provider(world: &mut World) -> Outcome<Ran> {
    let mut ran = Ran::default();
    let issuer = Issuer::start().await;
    let url = issuer.url().to_owned();
    let settings: [(&str, &str); 4] = [
        ("OIDC_PROVIDERS", "dev"),
        ("OIDC_DEV_ISSUER", &url),
        ("OIDC_DEV_CLIENT_ID", "infravault"),
        ("OIDC_DEV_CLIENT_SECRET", "dev-secret"),
    ];
    for _ in 0..world.times(2) {
        for lie in [IssuerDefect::DiscoveryDown, IssuerDefect::JwksDown] {
            // A new process knows nothing of the provider yet.
            world.restart(&settings).await?;
            issuer.inject_defect(lie.clone());
            let (status, code) = sign_in(world).await?;
            ran.expect((status, code.as_str()) == (503, "sign-in-unavailable"), || {
                format!("{lie:?}: a sign-in is answered with {status} {code}")
            });
            let answer = world.ledger.request(Method::GET, "/api/v1/images").send().await?;
            let status = answer.status();
            ran.expect(status.is_success(), || {
                format!("{lie:?}: a token is answered with {status}")
            });
            issuer.clear_defect();
            let since = Instant::now();
            // A provider that failed is not asked again for a moment.
            let (mut status, mut code) = sign_in(world).await?;
            while status == 503 && since.elapsed() < AGAIN {
                sleep(Duration::from_millis(100)).await;
                (status, code) = sign_in(world).await?;
            }
            ran.expect(status == 303, || {
                format!("after {lie:?}: a sign-in is answered with {status} {code}")
            });
            ran.recovered(since.elapsed());
            ran.cycles += 1;
        }
    }
    world.restart(&[]).await?;
    issuer.stop().await;
    Ok(ran)
}

/// Signs in as a browser does, as far as that goes; the status and the code of the last answer.
async fn sign_in(world: &World) -> Outcome<(u16, String)> {
    let browser = Client::builder()
        .redirect(Policy::none())
        .cookie_store(true)
        .build()?;
    let mut url = format!(
        "{}/api/v1/auth/dev?login_hint=faults@example.com",
        world.ledger.origin
    );
    for step in 0..3 {
        let answer = browser.get(&url).send().await?;
        let status = answer.status().as_u16();
        let next = answer
            .headers()
            .get("location")
            .and_then(|value| value.to_str().ok())
            .map(str::to_owned);
        if step == 2 || next.is_none() {
            let body: Value = answer.json().await.unwrap_or_default();
            let code = body.get("code").and_then(Value::as_str).unwrap_or_default();
            return Ok((status, code.to_owned()));
        }
        url = next.unwrap_or_default();
    }
    Err("the sign-in leads nowhere".into())
}
