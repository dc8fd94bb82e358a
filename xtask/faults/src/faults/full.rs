//! Full disks. They need small file systems of their own, which only root can mount.

use crate::{
    Outcome,
    load::Tried,
    postgres::Cluster,
    report::Ran,
    world::{Kind, Setup, World},
};
use std::{
    fs::{self, File},
    io::Write as _,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};
use tokio::time::sleep;
use xtask_support::process;

/// A small file system in memory; it is unmounted when this is dropped.
#[derive(Debug)]
pub(crate) struct Small(PathBuf);

impl Small {
    /// Mounts one.
    pub(crate) fn mount(at: &Path, mebibytes: u32) -> Outcome<Self> {
        fs::create_dir_all(at)?;
        let mut mount = Command::new("mount");
        mount
            .args(["-t", "tmpfs", "-o"])
            .arg(format!("size={mebibytes}m"))
            .arg("tmpfs")
            .arg(at);
        process::capture(&mut mount)?;
        Ok(Self(at.to_owned()))
    }

    /// Leaves no byte free.
    fn fill(&self) -> Outcome {
        let mut ballast = File::create(self.ballast())?;
        for size in [1 << 20, 4 << 10, 1] {
            let piece = vec![1_u8; size];
            while ballast.write_all(&piece).is_ok() {}
        }
        Ok(())
    }

    fn free(&self) -> Outcome {
        Ok(fs::remove_file(self.ballast())?)
    }

    fn ballast(&self) -> PathBuf {
        self.0.join("ballast")
    }
}

impl Drop for Small {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

/// An installation of which one part lies on a small file system.
pub(crate) async fn start_world(of: &Setup, fault: &str) -> Outcome<(World, Small)> {
    let home = of.home.join(fault);
    let small = Small::mount(
        &home.join("small"),
        if fault == "postgres-disk-full" { 160 } else { 48 },
    )?;
    let folder = home.join(if fault == "postgres-disk-full" {
        "small/pg"
    } else {
        "pg"
    });
    let cluster = Cluster::make(&of.postgres, &folder).await?;
    let place = home.join(if fault == "postgres-disk-full" {
        "product"
    } else {
        "small/product"
    });
    fs::create_dir_all(&place)?;
    Ok((World::on(of, Kind::Folder, place, cluster).await?, small))
}

/// Nothing can be written where PostgreSQL keeps data and log.
pub(super) async fn fill_database_disk(world: &mut World) -> Outcome<Ran> {
    let small = mounted(world, "postgres-disk-full");
    let mut ran = Ran::default();
    for _ in 0..world.times(2) {
        let load = world.load(20);
        sleep(Duration::from_secs(1)).await;
        small.fill()?;
        sleep(Duration::from_secs(6)).await;
        let refused = world.ledger.take_failures().0;
        ran.note = format!("while full: {refused:?}");
        small.free()?;
        world.cluster.wait(Duration::from_secs(40)).await?;
        ran.recovered(world.recovered(Instant::now()).await?);
        load.stop().await;
        ran.cycles += 1;
    }
    std::mem::forget(small);
    Ok(ran)
}

/// Nothing can be written where uploads wait and objects lie.
pub(super) async fn fill_store_disk(world: &mut World) -> Outcome<Ran> {
    let small = mounted(world, "store-disk-full");
    let mut ran = Ran::default();
    for _ in 0..world.times(3) {
        let id = world
            .ledger
            .upload(world.ledger.next(), Duration::from_secs(20))
            .await?;
        small.fill()?;
        let red = world.unready(Duration::from_secs(5)).await;
        ran.expect(red.is_ok(), || "readiness stays green without room".to_owned());
        for _ in 0..8 {
            let seed = world.ledger.next();
            let tried = world.ledger.try_once(seed).await;
            world.ledger.leave(seed);
            ran.expect(matches!(tried, Tried::Again), || {
                "an image was taken without room".to_owned()
            });
        }
        let path = format!("/api/v1/images/{id}/download");
        let answer = world.ledger.request(reqwest::Method::GET, &path).send().await?;
        let status = answer.status();
        ran.expect(status.is_success(), || {
            format!("a download is answered with {status}")
        });
        small.free()?;
        ran.recovered(world.recovered(Instant::now()).await?);
        ran.cycles += 1;
    }
    ran.note = format!("while full: {:?}", world.ledger.take_failures().0);
    let longest = ran.recovery;
    ran.expect(longest < Duration::from_secs(5), || {
        format!("it takes {longest:?} after there is room")
    });
    std::mem::forget(small);
    Ok(ran)
}

/// The file system of this world; `start_world` mounted it, and its guard unmounts it.
fn mounted(world: &World, fault: &str) -> Small {
    Small(world.setup.home.join(fault).join("small"))
}
