//! Planted damage that must be found exactly, and a backup that is restored elsewhere.

use super::migrations::{forget, fresh};
use crate::{
    Outcome,
    load::Acknowledged,
    report::Ran,
    world::{Variables, World},
};
use infravault_kernel::{Id as _, ImageId};
use infravault_objects::ObjectKey;
use reqwest::Method;
use std::{
    fs,
    path::PathBuf,
    process::{Command, Stdio},
    time::{Duration, Instant},
};
use tokio::time::sleep;
use uuid::Uuid;
use xtask_support::{port, process, service::Service};

const WAITING: &str = "SELECT count(*) FROM images.images WHERE state IN ('pending', 'stored', 'deleting')";

/// What `infravault integrity` counted, in this order: orphan, missing, mismatching; and whether it found all well.
fn integrity(world: &World, more: Variables<'_>, words: &[&str]) -> Outcome<([u64; 3], bool)> {
    let mut command: Command = world.product(more);
    let output = command
        .arg("integrity")
        .args(words)
        .stdin(Stdio::null())
        .output()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let mut counts = [0; 3];
    for (count, word) in counts.iter_mut().zip(["orphan", "missing", "mismatching"]) {
        let line = text.lines().find(|line| line.starts_with(word));
        let number = line.and_then(|line| line.split_whitespace().nth(1)?.parse().ok());
        let said = String::from_utf8_lossy(&output.stderr);
        *count =
            number.ok_or_else(|| format!("`infravault integrity` says nothing of {word}: {text}{said}"))?;
    }
    Ok((counts, output.status.success()))
}

/// The file of an image's original.
async fn original(world: &World, id: Uuid) -> Outcome<PathBuf> {
    let client = world.cluster.client("infravault").await?;
    let row = client
        .query_one("SELECT attempt FROM images.images WHERE id = $1", &[&id])
        .await?;
    let key = ObjectKey::Original {
        image: ImageId::from_uuid(id),
        attempt: row.try_get(0)?,
    };
    Ok(world.home.join("objects").join(key.path()))
}

/// Waits until nothing is under way.
async fn quiet(world: &World) -> Outcome {
    let client = world.cluster.client("infravault").await?;
    let began = Instant::now();
    while client.query_one(WAITING, &[]).await?.try_get::<_, i64>(0)? != 0 {
        if began.elapsed() > Duration::from_secs(30) {
            return Err("images still wait for their work".into());
        }
        sleep(Duration::from_millis(100)).await;
    }
    Ok(())
}

/// Removes, shortens and changes the originals of three images; their files.
async fn damage(world: &World, images: &[Acknowledged]) -> Outcome<Vec<PathBuf>> {
    let mut files = Vec::new();
    for (number, image) in images.iter().enumerate() {
        let file = original(world, image.id).await?;
        let mut bytes = fs::read(&file)?;
        match number {
            0 => fs::remove_file(&file)?,
            1 => fs::write(&file, bytes.get(..100).unwrap_or_default())?,
            _ => {
                if let Some(byte) = bytes.last_mut() {
                    *byte ^= 1;
                }
                fs::write(&file, &bytes)?;
            }
        }
        files.push(file);
    }
    Ok(files)
}

/// An object that no row names.
fn plant_orphan(world: &mut World) -> Outcome<PathBuf> {
    let unknown = Uuid::from_u64_pair(world.random.next(), world.random.next());
    let orphan = ObjectKey::Original {
        image: ImageId::from_uuid(unknown),
        attempt: unknown,
    };
    let orphan = world.home.join("objects").join(orphan.path());
    fs::create_dir_all(orphan.parent().ok_or("a key has a folder")?)?;
    fs::write(&orphan, "orphan")?;
    Ok(orphan)
}

/// An orphan, a missing, a short and a changed object: found exactly, and nothing that matters is deleted.
pub(super) async fn plant_damage(world: &mut World) -> Outcome<Ran> {
    let mut ran = Ran::default();
    for _ in 0..world.times(1) {
        let mut images = Vec::new();
        for _ in 0..3 {
            let seed = world.ledger.next();
            let id = world.ledger.upload(seed, Duration::from_secs(20)).await?;
            images.push(Acknowledged { seed, id });
        }
        quiet(world).await?;
        let sound = integrity(world, &[], &["--deep"])?;
        ran.expect(sound == ([0; 3], true), || {
            format!("before anything is planted: {sound:?}")
        });
        let files = damage(world, &images).await?;
        let orphan = plant_orphan(world)?;
        let shallow = integrity(world, &[], &[])?;
        ran.expect(shallow == ([1, 1, 1], false), || {
            format!("planted 1/1/1 and a changed byte: {shallow:?}")
        });
        let deep = integrity(world, &[], &["--deep"])?;
        ran.expect(deep == ([1, 1, 2], false), || format!("planted 1/1/2: {deep:?}"));
        integrity(world, &[], &["--deep", "--repair"])?;
        ran.expect(orphan.exists(), || "a young orphan was deleted".to_owned());
        let rest = files.iter().skip(1).all(|file| file.exists());
        ran.expect(rest, || "a damaged original was deleted".to_owned());
        sleep(Duration::from_millis(1200)).await;
        integrity(world, &[], &["--repair", "--orphan-age", "1s"])?;
        ran.expect(!orphan.exists(), || "an old orphan stays".to_owned());
        // The operator puts back what a backup has.
        for (file, image) in files.iter().zip(&images) {
            fs::write(file, world.ledger.image(image.seed))?;
        }
        integrity(world, &[], &["--deep", "--repair"])?;
        let healed = integrity(world, &[], &["--deep"])?;
        ran.expect(healed == ([0; 3], true), || {
            format!("after everything was put back: {healed:?}")
        });
        ran.cycles += 1;
    }
    "1 orphan, 1 missing, 2 mismatching: counted exactly".clone_into(&mut ran.note);
    Ok(ran)
}

/// A backup that is made under load becomes another installation, with everything that was acknowledged before.
pub(super) async fn restore_backup(world: &mut World) -> Outcome<Ran> {
    let mut ran = Ran::default();
    for cycle in 0..world.times(1) {
        let name = format!("restored_{cycle}");
        let backup = world.home.join("backup").to_string_lossy().into_owned();
        let bin = world.setup.postgres.bin.to_string_lossy().into_owned();
        let load = world.load(10);
        sleep(Duration::from_secs(2)).await;
        let before = world.ledger.acknowledged();
        let mut command = world.product(&[("DB_BIN_DIR", &bin)]);
        let made = process::capture(command.args(["backup", "--to", &backup]));
        load.stop().await;
        made?;
        let url = fresh(world, &name).await?;
        let folder = world.home.join(&name);
        let place = |part: &str| folder.join(part).to_string_lossy().into_owned();
        fs::create_dir_all(&folder)?;
        let port = port::free()?;
        let (bind, origin) = (format!("127.0.0.1:{port}"), format!("http://127.0.0.1:{port}"));
        let (objects, keys) = (place("objects"), place("keys"));
        let other: [(&str, &str); 8] = [
            ("DATABASE_URL", &url),
            ("HTTP_BIND", &bind),
            ("PUBLIC_ORIGIN", &origin),
            ("STORE_BACKEND", "fs"),
            ("STORE_DIR", &objects),
            ("STORE_MIN_FREE_BYTES", "0"),
            ("AUTH_KEY_DIR", &keys),
            ("DB_BIN_DIR", &bin),
        ];
        let since = Instant::now();
        process::capture(world.product(&other).args(["restore", "--from", &backup]))?;
        let looked = integrity(world, &other, &["--deep"])?;
        ran.expect(looked == ([0; 3], true), || {
            format!("what was restored: {looked:?}")
        });
        let server = world.beside("restored", &["serve"], &other)?;
        let lost = missing(world, &server, &origin, &before).await?;
        ran.expect(lost == 0, || {
            format!("{lost} of {} images are not in the backup", before.len())
        });
        ran.recovered(since.elapsed());
        ran.note = format!("{} images fetched from the restored installation", before.len());
        drop(server);
        forget(world, &name).await?;
        fs::remove_dir_all(&folder)?;
        ran.cycles += 1;
    }
    Ok(ran)
}

/// How many images another server does not give as they were sent.
async fn missing(world: &World, _server: &Service, origin: &str, images: &[Acknowledged]) -> Outcome<usize> {
    let began = Instant::now();
    let ready = format!("{origin}/health/ready");
    while !world
        .ledger
        .client
        .get(&ready)
        .send()
        .await
        .is_ok_and(|answer| answer.status().is_success())
    {
        if began.elapsed() > Duration::from_secs(20) {
            return Err("the restored server does not become ready".into());
        }
        sleep(Duration::from_millis(50)).await;
    }
    let mut missing = 0;
    for image in images {
        let url = format!("{origin}/api/v1/images/{}/download", image.id);
        let answer = world.ledger.request_at(Method::GET, url).send().await?;
        let whole = answer.status().as_u16() == 200;
        if !whole || answer.bytes().await? != world.ledger.image(image.seed) {
            missing += 1;
        }
    }
    Ok(missing)
}
