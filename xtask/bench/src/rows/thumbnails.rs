//! Small images of 12-megapixel photographs, made in this process and in the sandbox, beside sharp, vipsthumbnail and
//! what turbojpeg and a resizer do by hand: speed for each core, size and likeness.

use crate::{
    Outcome,
    bench::{Bench, median},
    load::real,
    machine,
    making::{self, QUALITY, THREE, Throughput},
    peers::Wanted,
    quality::{self, Likeness, Luma, Space},
    table::{Goal, Row},
};
use infravault_imaging::{Format, ProcessRequest};
use infravault_sandbox::{Queue, Sandbox};
use std::{fs::File, process, sync::Arc, time::Instant};
use tokio::{
    task::{JoinSet, block_in_place},
    time::Duration,
};

const SIDE: u32 = 512;
/// The default of `RENDITION_QUALITY_AVIF`.
const AVIF_QUALITY: u8 = 60;

pub(super) async fn measure(bench: &mut Bench, table: &mut Vec<Row>) -> Outcome {
    block_in_place(|| jpeg(bench, table))?;
    in_the_sandbox(bench, table).await?;
    block_in_place(|| {
        likeness(bench, table)?;
        three_sizes(bench, table)?;
        other_formats(bench, table)
    })
}

/// What one measurement gives, or why it cannot be made.
type Measured = Outcome<Throughput>;

/// Runs the measurements in turn, as often as asked for; medians.
fn rounds<const N: usize>(repeats: u8, measurements: [&dyn Fn() -> Measured; N]) -> [Measured; N] {
    let mut all: [Vec<Measured>; N] = std::array::from_fn(|_| Vec::new());
    for _ in 0..repeats {
        for (measurement, runs) in measurements.iter().zip(&mut all) {
            // What is not there will not be there the next time.
            if runs.iter().all(Result::is_ok) {
                runs.push(measurement());
            }
        }
    }
    all.map(|runs| {
        let runs = runs.into_iter().collect::<Outcome<Vec<Throughput>>>()?;
        let of = |pick: fn(&Throughput) -> f64| median(runs.iter().map(pick).collect());
        Ok(Throughput {
            rate: of(|made| made.rate),
            cpu_ms: of(|made| made.cpu_ms),
            bytes: of(|made| made.bytes),
        })
    })
}

const fn wanted(format: Format, quality: u8) -> Wanted {
    Wanted {
        format,
        quality,
        side: SIDE,
    }
}

fn jpeg(bench: &Bench, table: &mut Vec<Row>) -> Outcome {
    let (photos, files, time) = (&bench.photos.camera, &bench.photos.files, bench.duration);
    let order = making::request(&[SIDE], Format::Jpeg, QUALITY);
    let ours = |threads| making::run(threads, time, photos, &order);
    let sharp = |threads| {
        bench
            .peers
            .sharp(threads, time, files, wanted(Format::Jpeg, QUALITY))
    };
    let vips = |processes| bench.peers.vips(processes, files, SIDE);
    let [ours_one, sharp_one, vips_one, ours_two, sharp_two, vips_two] = rounds(
        bench.repeats,
        [
            &|| ours(1),
            &|| sharp(1),
            &|| vips(1),
            &|| ours(2),
            &|| sharp(2),
            &|| vips(2),
        ],
    );
    let (one, two) = (ours_one?, ours_two?);
    let made = |name: &str, ours, peer, goal| Row::made("8", name, ours, peer, goal);
    let least = Goal::RatioAtLeast;
    table.extend([
        made(
            "512 px JPEG of 12 megapixels, one core, against sharp",
            one,
            &sharp_one,
            least(1.0),
        ),
        made(
            "512 px JPEG, one core, against vipsthumbnail",
            one,
            &vips_one,
            Goal::Nothing,
        ),
        made(
            "512 px JPEG, two cores, against sharp",
            two,
            &sharp_two,
            Goal::Nothing,
        ),
        made(
            "512 px JPEG, two cores, against vipsthumbnail",
            two,
            &vips_two,
            Goal::Nothing,
        ),
        made(
            "512 px JPEG, two cores, against our one",
            two,
            &Ok(one),
            least(1.85),
        ),
    ]);
    table.extend(size("512 px JPEG, against sharp's", one, &sharp_one));
    Ok(())
}

/// The bytes of what was made, where there is something to compare them with.
fn size(name: &str, ours: Throughput, peer: &Measured) -> Option<Row> {
    let peer = peer.as_ref().ok()?;
    Some(Row {
        baseline: Some(peer.bytes),
        ..Row::value(
            "8",
            &format!("bytes of a {name}"),
            "bytes",
            ours.bytes,
            Goal::Nothing,
        )
    })
}

/// The same through pools of one and of two children.
async fn in_the_sandbox(bench: &Bench, table: &mut Vec<Row>) -> Outcome {
    let order = Arc::new(making::request(&[SIDE], Format::Jpeg, QUALITY));
    let mut all = [Vec::new(), Vec::new()];
    for _ in 0..bench.repeats {
        for (children, runs) in (1..).zip(&mut all) {
            runs.push(sandboxd(bench, children, &order).await?);
        }
    }
    let [one, two] = all.map(|runs: Vec<Throughput>| Throughput {
        rate: median(runs.iter().map(|made| made.rate).collect()),
        cpu_ms: median(runs.iter().map(|made| made.cpu_ms).collect()),
        bytes: median(runs.iter().map(|made| made.bytes).collect()),
    });
    let name = "512 px JPEG in the sandbox, two children, against one";
    table.push(Row::made("8", name, two, &Ok(one), Goal::RatioAtLeast(1.85)));
    Ok(())
}

async fn sandboxd(bench: &Bench, children: usize, order: &Arc<ProcessRequest>) -> Measured {
    let config = infravault_sandbox::Config {
        program: bench.product.program().to_owned(),
        workers: children,
        ..infravault_sandbox::Config::default()
    };
    let sandbox = Sandbox::new(config, &slog::Logger::root(slog::Discard, slog::o!()));
    sandbox.warm_up().await;
    let (pid, started) = (process::id(), Instant::now());
    let (before, end) = (machine::family_cpu_seconds(pid), started + bench.duration);
    let mut tasks = JoinSet::new();
    for first in 0..=children {
        let (sandbox, order, files) = (sandbox.clone(), Arc::clone(order), bench.photos.files.clone());
        tasks.spawn(async move {
            let (mut count, mut bytes) = (0, 0);
            for file in files.iter().cycle().skip(first) {
                if Instant::now() >= end {
                    break;
                }
                let answer = sandbox
                    .process(File::open(file)?, &order, Queue::Background)
                    .await?;
                bytes += answer.renditions.iter().map(|one| one.bytes.len()).sum::<usize>();
                count += 1;
            }
            Outcome::Ok((count, bytes))
        });
    }
    let (mut count, mut bytes) = (0, 0);
    while let Some(part) = tasks.join_next().await {
        let (some, more) = part??;
        (count, bytes) = (count + some, bytes + more);
    }
    let made = Throughput::of(
        count,
        bytes,
        started.elapsed(),
        machine::family_cpu_seconds(pid) - before,
    );
    sandbox.stop().await;
    Ok(made)
}

/// Against a full decode, once in the light that each program means, once in the other.
fn likeness(bench: &Bench, table: &mut Vec<Row>) -> Outcome {
    let order = making::request(&[SIDE], Format::Jpeg, QUALITY);
    let photos = &bench.photos.camera;
    let make = |photo: &bytes::Bytes| -> Outcome<Vec<u8>> {
        let made = infravault_imaging::process(photo, &order)?
            .renditions
            .into_iter()
            .next();
        Ok(made.ok_or("processing returned no rendition")?.bytes.into())
    };
    let ours: Vec<Vec<u8>> = photos.iter().map(make).collect::<Outcome<_>>()?;
    let files = &bench.photos.files;
    let peers = [
        ("vipsthumbnail", bench.peers.vips_images(files, SIDE)),
        (
            "sharp",
            bench.peers.sharp_images(files, wanted(Format::Jpeg, QUALITY)),
        ),
    ];
    let [ours_gamma, ours_linear] = both(bench, &ours)?;
    for (name, originals) in peers {
        let originals = match originals {
            Ok(originals) => originals,
            Err(why) => {
                table.push(Row::failed(
                    &format!("likeness of a thumbnail by {name}"),
                    why.to_string(),
                ));
                continue;
            }
        };
        let [gamma, linear] = both(bench, &originals)?;
        let mut row = |what: &str, unit: &str, ours: f64, theirs: f64, goal| {
            table.push(Row {
                baseline: Some(theirs),
                ..Row::value("8", &format!("{what}, against {name}"), unit, ours, goal)
            });
        };
        let goal = if name == "sharp" {
            Goal::Nothing
        } else {
            Goal::AtMostBelow(0.3)
        };
        let own = "each to the reference of its own light";
        row(&format!("PSNR, {own}"), "dB", ours_linear.psnr, gamma.psnr, goal);
        row(
            &format!("SSIM, {own}"),
            "",
            ours_linear.ssim,
            gamma.ssim,
            Goal::Nothing,
        );
        let linear_name = "PSNR to a reference resized in linear light";
        row(linear_name, "dB", ours_linear.psnr, linear.psnr, Goal::Nothing);
        let gamma_name = "PSNR to a reference resized in gamma space";
        row(gamma_name, "dB", ours_gamma.psnr, gamma.psnr, Goal::Nothing);
    }
    Ok(())
}

/// Means over all photographs: to the reference in gamma space, and to that in linear light.
fn both(bench: &Bench, originals: &[Vec<u8>]) -> Outcome<[Likeness; 2]> {
    let mut sums = [Likeness::default(); 2];
    for (photo, original) in bench.photos.camera.iter().zip(originals) {
        let whole = image::load_from_memory(photo)?;
        let small = image::load_from_memory(original)?;
        let luma = Luma::of(original)?;
        for (sum, space) in sums.iter_mut().zip([Space::Gamma, Space::Linear]) {
            let reference = quality::reference(&whole, (small.width(), small.height()), space)?;
            let found = quality::likeness(&reference, &luma)?;
            sum.psnr += found.psnr;
            sum.ssim += found.ssim;
        }
    }
    let count = real(originals.len());
    Ok(sums.map(|sum| Likeness {
        psnr: sum.psnr / count,
        ssim: sum.ssim / count,
    }))
}

fn three_sizes(bench: &Bench, table: &mut Vec<Row>) -> Outcome {
    let (photos, time) = (&bench.photos.camera, bench.duration);
    let order = making::request(&THREE, Format::Jpeg, QUALITY);
    let [ours, hand] = rounds(
        bench.repeats,
        [&|| making::run(2, time, photos, &order), &|| {
            making::run_by_hand(2, time, photos)
        }],
    );
    let name = "JPEGs of 1600, 800 and 320 px of one decode, two threads, against turbojpeg by hand";
    table.push(Row::made("9", name, ours?, &hand, Goal::RatioAtLeast(0.85)));
    Ok(())
}

fn other_formats(bench: &Bench, table: &mut Vec<Row>) -> Outcome {
    let (photos, files, time) = (&bench.photos.camera, &bench.photos.files, bench.duration);
    let cases = [
        ("512 px WebP", Format::Webp, QUALITY, Goal::RatioAtLeast(0.9)),
        ("512 px AVIF", Format::Avif, AVIF_QUALITY, Goal::Nothing),
    ];
    for (name, format, quality, goal) in cases {
        // AVIF takes long: fewer of them are a worse mean.
        let time = time.max(Duration::from_secs(2));
        let order = making::request(&[SIDE], format, quality);
        let [ours, sharp] = rounds(
            bench.repeats,
            [&|| making::run(1, time, photos, &order), &|| {
                bench.peers.sharp(1, time, files, wanted(format, quality))
            }],
        );
        let ours = ours?;
        let line = format!("{name}, quality {quality}, one core, against sharp");
        table.push(Row::made("10", &line, ours, &sharp, goal));
        table.extend(size(&format!("{name}, against sharp's"), ours, &sharp));
    }
    Ok(())
}
