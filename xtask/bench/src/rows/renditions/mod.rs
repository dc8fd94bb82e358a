//! Renditions by the server: after uploads, on request, from the store, and the memory that all of it takes.

mod after_upload;
mod cold;
mod lanes;
mod memory;
mod queue;
mod similar;
mod uploads;
mod warm;

use crate::{Outcome, bench::Bench, http::Request, product::Jobs, table::Row};
use std::net::SocketAddr;

/// Measures everything. What fails takes nothing else with it.
pub(super) async fn measure(bench: &mut Bench, table: &mut Vec<Row>) {
    let mut keep = |name: &str, rows: Outcome<Vec<Row>>| match rows {
        Ok(rows) => table.extend(rows),
        Err(error) => table.push(Row::failed(name, crate::whole(&*error))),
    };
    keep("upload to rendition", after_upload::measure(bench).await);
    keep("renditions by the queue", queue::measure(bench).await);
    keep("waiting beside AVIF", lanes::measure(bench).await);
    keep("cold renditions", cold::measure(bench).await);
    keep("one decode for a hundred", cold::once(bench).await);
    keep("warm renditions", warm::measure(bench).await);
    keep("similar images", similar::measure(bench).await);
    keep("memory of renditions", memory::measure(bench).await);
    let restored = async {
        bench.forget_uploads().await?;
        bench.restart(Jobs::Wait).await?;
        Ok(Vec::new())
    };
    keep("restart", restored.await);
}

/// Asks for a rendition.
fn rendition(host: SocketAddr, id: &str, preset: &str, accept: &str, token: Option<&str>) -> Request {
    let path = format!("/api/v1/images/{id}/renditions/{preset}");
    Request::get(host, &path, token).with(&format!("Accept: {accept}"))
}
