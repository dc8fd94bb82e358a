//! The life of a child: close the sandbox, then serve one order after the other until the parent hangs up.

use crate::{
    answer::MOST_OUTPUT,
    confine::{Breach, confine, grant_cpu},
    packet::{receive, send},
    wire::{Placed, Reply, Request, Setup},
};
use infravault_imaging::{Order, Undecodable, Work};
use rustix::{
    fs::fstat,
    io::{pread, pwrite, retry_on_intr},
    process::{Signal, set_parent_process_death_signal},
};
use std::{
    io,
    os::fd::{AsFd, BorrowedFd, OwnedFd},
    process::ExitCode,
};

/// What is done with an image.
type Imaging = fn(&[u8], &Order) -> Result<Work, Undecodable>;

/// Why a child gives up.
#[derive(Debug, thiserror::Error)]
enum Fault {
    #[error("the parent cannot be reached")]
    Socket(#[from] rustix::io::Errno),
    #[error("the parent is not understood")]
    Text(#[from] serde_json::Error),
    #[error("the sandbox does not close")]
    Open(#[from] Breach),
    #[error("an order came without its files")]
    Files,
}

/// Serves orders on standard input until the parent hangs up. The program's `main` calls it for its first argument
/// `sandbox-worker`, before it starts a thread or opens anything.
pub fn child() -> ExitCode {
    run(infravault_imaging::work)
}

/// Like [`child`], with something else in the place of imaging.
#[cfg(feature = "probes")]
pub fn child_with(imaging: fn(&[u8], &Order) -> Result<Work, Undecodable>) -> ExitCode {
    run(imaging)
}

fn run(imaging: Imaging) -> ExitCode {
    match serve(imaging) {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            last_words(&fault);
            ExitCode::FAILURE
        }
    }
}

fn serve(imaging: Imaging) -> Result<(), Fault> {
    let parent = rustix::stdio::stdin();
    set_parent_process_death_signal(Some(Signal::KILL))?;
    rustix::thread::set_name(c"infravault-sandbox")?;
    let Some(first) = receive(parent, None)? else {
        return Ok(());
    };
    let setup: Setup = serde_json::from_slice(&first)?;
    let ready = Reply::Ready(confine(&setup)?);
    answer(parent, &ready)?;
    loop {
        let mut files = Vec::new();
        let Some(packet) = receive(parent, Some(&mut files))? else {
            return Ok(());
        };
        let request = serde_json::from_slice(&packet)?;
        grant_cpu(setup.cpu_seconds)?;
        let reply = match request {
            Request::Nothing => Reply::Nothing,
            Request::Order(order) => obey(&order, &files, imaging)?,
            #[cfg(feature = "probes")]
            Request::Probe(probe) => Reply::Probed(probe.attempt(files)),
        };
        answer(parent, &reply)?;
    }
}

fn answer(parent: BorrowedFd<'_>, reply: &Reply) -> Result<(), Fault> {
    Ok(send(parent, &serde_json::to_vec(reply)?, &[])?)
}

/// Works on one image: the first file is the image, the second takes the renditions.
fn obey(order: &Order, files: &[OwnedFd], imaging: Imaging) -> Result<Reply, Fault> {
    let [image, output] = files else {
        return Err(Fault::Files);
    };
    let Some(bytes) = read(image.as_fd())? else {
        return Ok(Reply::Undecodable(
            "The file does not fit into memory.".to_owned(),
        ));
    };
    let work = match imaging(&bytes, order) {
        Ok(work) => work,
        Err(Undecodable(text)) => return Ok(Reply::Undecodable(text)),
    };
    drop(bytes);
    let mut offset: u64 = 0;
    let mut renditions = Vec::new();
    for made in work.renditions {
        let length = u64::try_from(made.bytes.len()).unwrap_or(u64::MAX);
        if offset.saturating_add(length) > MOST_OUTPUT {
            return Ok(Reply::Undecodable(
                "What was made of the image is too large.".to_owned(),
            ));
        }
        write(output.as_fd(), &made.bytes, offset)?;
        renditions.push(Placed {
            width: made.width,
            height: made.height,
            format: made.format,
            offset,
            length,
        });
        offset += length;
    }
    Ok(Reply::Done {
        description: work.description.map(Box::new),
        renditions,
    })
}

/// Reads a whole file wherever its position is; `None` when there is no memory for it.
fn read(file: BorrowedFd<'_>) -> Result<Option<Vec<u8>>, rustix::io::Errno> {
    let Ok(size) = usize::try_from(fstat(file)?.st_size) else {
        return Ok(None);
    };
    let mut bytes: Vec<u8> = Vec::new();
    if bytes.try_reserve_exact(size).is_err() {
        return Ok(None);
    }
    while bytes.len() < size {
        let at = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        let room = rustix::buffer::spare_capacity(&mut bytes);
        match pread(file, room, at) {
            Ok(0) => break,
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(Some(bytes))
}

/// Writes all bytes at an offset.
fn write(file: BorrowedFd<'_>, mut bytes: &[u8], mut offset: u64) -> Result<(), rustix::io::Errno> {
    while !bytes.is_empty() {
        let written = retry_on_intr(|| pwrite(file, bytes, offset))?;
        if written == 0 {
            return Err(rustix::io::Errno::NOSPC);
        }
        bytes = bytes.get(written..).unwrap_or_default();
        offset += u64::try_from(written).unwrap_or(0);
    }
    Ok(())
}

/// Tells the parent's log why this child ends: the error and what caused it.
fn last_words(fault: &Fault) {
    let mut text = fault.to_string();
    let mut cause = std::error::Error::source(fault);
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    let _nobody_listens = io::Write::write_all(&mut io::stderr(), text.as_bytes());
}
