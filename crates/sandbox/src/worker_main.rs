//! The worker process: confines itself, then serves requests until the parent closes the socket.

use crate::{
    confine::{ConfineError, confine_process, set_cpu_limit},
    packet::{receive, send},
    wire::{MAX_OUTPUT_BYTES, RenditionRange, Reply, Request, Setup},
};
use infravault_imaging::{DecodeError, DecodeErrorKind, ProcessRequest, process};
use rustix::{
    fs::fstat,
    io::{Errno, pread, pwrite, retry_on_intr},
    process::{Signal, set_parent_process_death_signal},
};
use std::{
    io,
    os::fd::{AsFd, BorrowedFd, OwnedFd},
    process::ExitCode,
};

/// Why a worker exits.
#[derive(Debug, thiserror::Error)]
enum WorkerError {
    #[error("communication with the parent failed")]
    Socket(#[from] Errno),
    #[error("the parent sent an invalid message")]
    Message(#[from] serde_json::Error),
    #[error("the process cannot be confined")]
    Confine(#[from] ConfineError),
    #[error("the files of a request are missing")]
    MissingFiles,
}

/// Runs a sandbox worker, which serves requests on standard input until the parent closes it. `main` must call this for
/// the first argument `sandbox-worker`, before it starts a thread or opens a file.
pub fn worker_main() -> ExitCode {
    match serve_requests() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            write_error(&error);
            ExitCode::FAILURE
        }
    }
}

fn serve_requests() -> Result<(), WorkerError> {
    let parent = rustix::stdio::stdin();
    set_parent_process_death_signal(Some(Signal::KILL))?;
    rustix::thread::set_name(c"sandbox-worker")?;
    let Some(first) = receive(parent, None)? else {
        return Ok(());
    };
    let setup: Setup = serde_json::from_slice(&first)?;
    send_reply(parent, &Reply::Ready(confine_process(&setup)?))?;
    loop {
        let mut files = Vec::new();
        let Some(packet) = receive(parent, Some(&mut files))? else {
            return Ok(());
        };
        let request = serde_json::from_slice(&packet)?;
        set_cpu_limit(setup.cpu_seconds)?;
        let reply = match request {
            Request::Ping => Reply::Pong,
            Request::Process(request) => process_image(&request, &files)?,
            #[cfg(feature = "probes")]
            Request::Probe(probe) => Reply::Probed(probe.execute(files)),
        };
        send_reply(parent, &reply)?;
    }
}

fn send_reply(parent: BorrowedFd<'_>, reply: &Reply) -> Result<(), WorkerError> {
    Ok(send(parent, &serde_json::to_vec(reply)?, &[])?)
}

/// Processes the image in the first file and writes the renditions to the second file.
fn process_image(request: &ProcessRequest, files: &[OwnedFd]) -> Result<Reply, WorkerError> {
    let [image, output] = files else {
        return Err(WorkerError::MissingFiles);
    };
    let Some(bytes) = read_file(image.as_fd())? else {
        let message = "the file does not fit into the memory of the sandbox";
        return Ok(failed(DecodeErrorKind::OutOfMemory, message));
    };
    let processed = match process(&bytes, request) {
        Ok(processed) => processed,
        Err(error) => return Ok(Reply::Failed(error)),
    };
    drop(bytes);
    let mut offset: u64 = 0;
    let mut renditions = Vec::new();
    for rendition in processed.renditions {
        let length = u64::try_from(rendition.bytes.len()).unwrap_or(u64::MAX);
        if offset.saturating_add(length) > MAX_OUTPUT_BYTES {
            let message = "the renditions exceed the size limit";
            return Ok(failed(DecodeErrorKind::TooLarge, message));
        }
        write_at(output.as_fd(), &rendition.bytes, offset)?;
        renditions.push(RenditionRange {
            width: rendition.width,
            height: rendition.height,
            format: rendition.format,
            offset,
            length,
        });
        offset += length;
    }
    Ok(Reply::Processed {
        description: processed.description.map(Box::new),
        renditions,
    })
}

fn failed(kind: DecodeErrorKind, message: &str) -> Reply {
    Reply::Failed(DecodeError::new(kind, message))
}

/// Reads a whole file, independent of its position. `None` if there is not enough memory.
fn read_file(file: BorrowedFd<'_>) -> Result<Option<Vec<u8>>, Errno> {
    let Ok(size) = usize::try_from(fstat(file)?.st_size) else {
        return Ok(None);
    };
    let mut bytes: Vec<u8> = Vec::new();
    if bytes.try_reserve_exact(size).is_err() {
        return Ok(None);
    }
    while bytes.len() < size {
        let offset = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        let buffer = rustix::buffer::spare_capacity(&mut bytes);
        match pread(file, buffer, offset) {
            Ok(0) => break,
            Ok(_) | Err(Errno::INTR) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(Some(bytes))
}

fn write_at(file: BorrowedFd<'_>, mut bytes: &[u8], mut offset: u64) -> Result<(), Errno> {
    while !bytes.is_empty() {
        let written = retry_on_intr(|| pwrite(file, bytes, offset))?;
        if written == 0 {
            return Err(Errno::NOSPC);
        }
        bytes = bytes.get(written..).unwrap_or_default();
        offset += u64::try_from(written).unwrap_or(0);
    }
    Ok(())
}

/// Writes an error and its causes to standard error, which the parent logs.
fn write_error(error: &WorkerError) {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    let _closed = io::Write::write_all(&mut io::stderr(), text.as_bytes());
}
