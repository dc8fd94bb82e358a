//! Renditions on their first request: two concurrently, beside ipx; and the same one a hundred times on two servers.

use super::{rendition, uploads};
use crate::{
    Outcome,
    bench::{Bench, Runs, Side, median},
    http::{Connection, Request},
    load::Load,
    making::QUALITY,
    peers::Wanted,
    product::Jobs,
    server,
    table::{Goal, Row},
};
use infravault_imaging::Format;
use tokio::task::{JoinSet, block_in_place};

const AT_ONCE: u32 = 2;
/// Photographs for each second of a measurement.
const PHOTOS: usize = 20;
/// Clients that request the same one.
const ALL_AT_ONCE: usize = 100;

pub(super) async fn measure(bench: &mut Bench) -> Outcome<Vec<Row>> {
    bench.restart(Jobs::Wait).await?;
    let path = |number| format!("/f_jpeg,q_{QUALITY},s_512x512,fit_inside/camera{number}.jpg");
    let folder = bench.photos.files.first().and_then(|file| file.parent());
    let folder = folder.ok_or("no photograph")?;
    let ipx = bench.peers.ipx(folder, &path(0)).await;
    let (mut ours, mut theirs) = (Runs::default(), Vec::new());
    let wanted = Wanted {
        format: Format::Jpeg,
        quality: QUALITY,
        side: 512,
    };
    for _ in 0..bench.repeats {
        ours.push(fresh(bench).await?);
        theirs.push(if let Ok(server) = &ipx {
            let photos = 0..bench.photos.files.len();
            let get = |number| Request::get(server.address, &path(number), None);
            let load = Load::closed(server.address, photos.map(get).collect(), AT_ONCE, bench.duration);
            load.run().await?.rate()
        } else {
            let (files, time) = (&bench.photos.files, bench.duration);
            block_in_place(|| bench.peers.sharp(2, time, files, wanted))?.rate
        });
    }
    let peer = match &ipx {
        Ok(_) => "ipx".to_owned(),
        Err(why) => format!("sharp in process (not measured: ipx, {why})"),
    };
    let mut row = Row::rate(
        "11",
        &format!("cold 512 px JPEG on request, two at once, against {peer}"),
        &ours,
        &ours,
        Goal::RatioAtLeast(1.1),
    );
    row.baseline = Some(median(theirs));
    row.baseline_cpu = None;
    Ok(vec![row])
}

/// Asks once for a rendition of each of many photographs that were just uploaded.
async fn fresh(bench: &mut Bench) -> Outcome<crate::bench::Run> {
    let seconds = usize::try_from(bench.duration.as_secs())?;
    let ids = uploads::many(bench, PHOTOS * seconds).await?;
    let (address, token) = (bench.ours.address, uploads::token(bench)?);
    let requests = ids
        .iter()
        .map(|id| rendition(address, id, "small", "image/jpeg", Some(token)));
    let load = Load::closed(address, requests.collect(), AT_ONCE, bench.duration).each_once();
    let run = bench.run(Side::Ours, &load).await?;
    bench.forget_uploads().await?;
    Ok(run)
}

/// How often a rendition is made that a hundred ask for at once, at two servers of one database.
pub(super) async fn once(bench: &mut Bench) -> Outcome<Vec<Row>> {
    let second = bench
        .product
        .serve(&bench.database.product_url, server::free_address()?, Jobs::Wait)
        .await?;
    let mut most: f64 = 0.0;
    for _ in 0..bench.repeats {
        let ids = uploads::many(bench, 1).await?;
        let id = ids.first().ok_or("an upload brought no id")?;
        let token = uploads::token(bench)?;
        let mut tasks = JoinSet::new();
        for number in 0..ALL_AT_ONCE {
            let host = if number % 2 == 0 {
                bench.ours.address
            } else {
                second.address
            };
            let request = rendition(host, id, "small", "image/jpeg", Some(token));
            tasks.spawn(async move { Connection::open(host).await?.ask(&request).await });
        }
        while let Some(answered) = tasks.join_next().await {
            answered??;
        }
        let query =
            "SELECT coalesce(sum(render_count), 0)::float8 FROM images.renditions WHERE image_id = $1";
        let id: uuid::Uuid = id.parse()?;
        let made: f64 = bench.database.client.query_one(query, &[&id]).await?.try_get(0)?;
        if made < 1.0 {
            return Err("a rendition was answered and none is recorded".into());
        }
        most = most.max(made);
    }
    bench.forget_uploads().await?;
    let name =
        "100 at once ask two servers for one cold rendition: how often it is made, the most of all repeats";
    Ok(vec![Row::value("11", name, "", most, Goal::AtMost(1.0))])
}
