//! Making images in this process for a while: our recipes, and the fastest way known to do the same by hand.

use crate::{Outcome, load::real, machine};
use bytes::Bytes;
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer, images::Image};
use infravault_imaging::{Fit, Format, Gravity, Limits, ProcessRequest, Recipe, Resize, process};
use std::{
    thread,
    time::{Duration, Instant},
};
use turbojpeg::{Compressor, Decompressor, PixelFormat, ScalingFactor, Subsamp};

/// Quality of JPEG and WebP here and everywhere it is compared.
pub(crate) const QUALITY: u8 = 80;

/// The sides of a job of three sizes, the larger ones first.
pub(crate) const THREE: [u32; 3] = [1600, 800, 320];

/// What making images for a while gave.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Throughput {
    /// Orders per second.
    pub(crate) rate: f64,
    /// Milliseconds of CPU per order.
    pub(crate) cpu_ms: f64,
    /// Bytes of what one order brought.
    pub(crate) bytes: f64,
}

/// The order of images that fit into these squares.
pub(crate) fn request(sides: &[u32], format: Format, quality: u8) -> ProcessRequest {
    let recipe = |side: &u32| Recipe {
        resize: Some(Resize {
            width: Some(*side),
            height: Some(*side),
            fit: Fit::Inside,
            gravity: Gravity::Center,
        }),
        ..Recipe::new(format, quality)
    };
    ProcessRequest {
        limits: Limits::default(),
        describe: false,
        recipes: sides.iter().map(recipe).collect(),
    }
}

/// Does an order as often as the time allows, on as many threads, with one photograph after the other.
pub(crate) fn run(
    threads: usize,
    duration: Duration,
    photos: &[Bytes],
    request: &ProcessRequest,
) -> Outcome<Throughput> {
    measure(threads, duration, photos, |photo| {
        let made = process(photo, request)?;
        Ok(made.renditions.iter().map(|one| one.bytes.len()).sum())
    })
}

/// The same by hand: one decode at half the size, every size made of the one before.
pub(crate) fn run_by_hand(threads: usize, duration: Duration, photos: &[Bytes]) -> Outcome<Throughput> {
    measure(threads, duration, photos, by_hand)
}

fn measure(
    threads: usize,
    duration: Duration,
    photos: &[Bytes],
    make: impl Fn(&[u8]) -> Outcome<usize> + Sync,
) -> Outcome<Throughput> {
    // Once before it counts: memory is mapped, tables are made.
    make(photos.first().ok_or("no photograph")?)?;
    let (pid, started) = (std::process::id(), Instant::now());
    let before = machine::cpu_seconds(pid);
    let drive = |first: usize| -> Outcome<(usize, usize)> {
        let (mut count, mut bytes) = (0, 0);
        for photo in photos.iter().cycle().skip(first) {
            if started.elapsed() >= duration {
                break;
            }
            bytes += make(photo)?;
            count += 1;
        }
        Ok((count, bytes))
    };
    let drive = &drive;
    let parts: Vec<Outcome<(usize, usize)>> = thread::scope(|scope| {
        let running: Vec<_> = (0..threads)
            .map(|number| scope.spawn(move || drive(number)))
            .collect();
        let join = |thread: thread::ScopedJoinHandle<'_, _>| {
            thread
                .join()
                .unwrap_or_else(|_| Err("making images panicked".into()))
        };
        running.into_iter().map(join).collect()
    });
    let (elapsed, used) = (started.elapsed(), machine::cpu_seconds(pid) - before);
    let (mut count, mut bytes) = (0, 0);
    for part in parts {
        let (some, more) = part?;
        (count, bytes) = (count + some, bytes + more);
    }
    Ok(Throughput::of(count, bytes, elapsed, used))
}

impl Throughput {
    /// So many orders that brought so many bytes in this time, for so many seconds of CPU.
    pub(crate) fn of(count: usize, bytes: usize, elapsed: Duration, cpu_seconds: f64) -> Self {
        let count = real(count);
        Self {
            rate: count / elapsed.as_secs_f64(),
            cpu_ms: cpu_seconds * 1000.0 / count,
            bytes: real(bytes) / count,
        }
    }
}

fn by_hand(photo: &[u8]) -> Outcome<usize> {
    let (mut pixels, mut width, mut height) = half(photo)?;
    let mut bytes = 0;
    for side in THREE {
        let largest = width.max(height);
        let scaled = |length: u32| (length * side + largest / 2) / largest;
        let mut smaller = Image::new(scaled(width), scaled(height), PixelType::U8x3);
        let larger = Image::from_vec_u8(width, height, pixels, PixelType::U8x3)?;
        let lanczos = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::Lanczos3));
        Resizer::new().resize(&larger, &mut smaller, &lanczos)?;
        (width, height) = (smaller.width(), smaller.height());
        pixels = smaller.into_vec();
        let mut compressor = Compressor::new()?;
        compressor.set_quality(i32::from(QUALITY))?;
        compressor.set_subsamp(Subsamp::Sub2x2)?;
        let (columns, rows) = (usize::try_from(width)?, usize::try_from(height)?);
        bytes += compressor
            .compress_to_vec(turbojpeg::Image {
                pixels: pixels.as_slice(),
                width: columns,
                pitch: 3 * columns,
                height: rows,
                format: PixelFormat::RGB,
            })?
            .len();
    }
    Ok(bytes)
}

/// Decodes a photograph at half its size: pixels, width, height.
fn half(photo: &[u8]) -> Outcome<(Vec<u8>, u32, u32)> {
    let mut decompressor = Decompressor::new()?;
    let header = decompressor.read_header(photo)?;
    decompressor.set_scaling_factor(ScalingFactor::ONE_HALF)?;
    let scaled = header.scaled(ScalingFactor::ONE_HALF);
    let mut pixels = vec![0; 3 * scaled.width * scaled.height];
    decompressor.decompress(
        photo,
        turbojpeg::Image {
            pixels: pixels.as_mut_slice(),
            width: scaled.width,
            pitch: 3 * scaled.width,
            height: scaled.height,
            format: PixelFormat::RGB,
        },
    )?;
    Ok((
        pixels,
        u32::try_from(scaled.width)?,
        u32::try_from(scaled.height)?,
    ))
}
