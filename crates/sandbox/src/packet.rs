//! Packets of bytes with descriptors on a `SOCK_SEQPACKET` pair.

use rustix::{
    io::{Errno, retry_on_intr},
    net::{
        RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, ReturnFlags, SendAncillaryBuffer,
        SendAncillaryMessage, SendFlags, recvmsg, sendmsg,
    },
};
use std::{
    io::{IoSlice, IoSliceMut},
    mem::MaybeUninit,
    os::fd::{BorrowedFd, OwnedFd},
};

/// Bytes of the longest packet. An order with a hundred recipes has 30 KiB.
pub(crate) const LONGEST: usize = 64 * 1024;

/// Descriptors of a packet.
const FILES: usize = 2;

/// Sends one packet. It never waits: both ends have at most one packet on its way, so a full socket is a fault.
pub(crate) fn send(socket: BorrowedFd<'_>, bytes: &[u8], files: &[BorrowedFd<'_>]) -> Result<(), Errno> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(FILES))];
    let mut control = SendAncillaryBuffer::new(&mut space);
    if !files.is_empty() && !control.push(SendAncillaryMessage::ScmRights(files)) {
        return Err(Errno::INVAL);
    }
    let flags = SendFlags::NOSIGNAL | SendFlags::DONTWAIT;
    let sent = retry_on_intr(|| sendmsg(socket, &[IoSlice::new(bytes)], &mut control, flags))?;
    if sent == bytes.len() {
        Ok(())
    } else {
        Err(Errno::MSGSIZE)
    }
}

/// Waits for one packet; `None` when the other end is closed. Descriptors that come along are closed unless `files`
/// is given, which gets them.
pub(crate) fn receive(
    socket: BorrowedFd<'_>,
    files: Option<&mut Vec<OwnedFd>>,
) -> Result<Option<Vec<u8>>, Errno> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(FILES))];
    let mut control = if files.is_some() {
        RecvAncillaryBuffer::new(&mut space)
    } else {
        RecvAncillaryBuffer::new(&mut [])
    };
    let mut bytes = vec![0; LONGEST];
    let received = retry_on_intr(|| {
        let mut parts = [IoSliceMut::new(&mut bytes)];
        recvmsg(socket, &mut parts, &mut control, RecvFlags::CMSG_CLOEXEC)
    })?;
    if received.flags.contains(ReturnFlags::TRUNC) {
        return Err(Errno::MSGSIZE);
    }
    if let Some(files) = files {
        for message in control.drain() {
            if let RecvAncillaryMessage::ScmRights(rights) = message {
                files.extend(rights);
            }
        }
    }
    bytes.truncate(received.bytes);
    Ok(Some(bytes).filter(|bytes| !bytes.is_empty()))
}

#[cfg(test)]
mod tests {
    use std::os::fd::AsFd;

    use rustix::net::{AddressFamily, SocketFlags, SocketType, socketpair};

    use super::*;

    fn pair() -> (OwnedFd, OwnedFd) {
        socketpair(
            AddressFamily::UNIX,
            SocketType::SEQPACKET,
            SocketFlags::CLOEXEC,
            None,
        )
        .unwrap()
    }

    #[test]
    fn packets_keep_their_borders_and_their_files() {
        let (one, other) = pair();
        send(one.as_fd(), b"first", &[one.as_fd(), one.as_fd()]).unwrap();
        send(one.as_fd(), &vec![7; LONGEST], &[]).unwrap();
        let mut files = Vec::new();
        assert_eq!(
            receive(other.as_fd(), Some(&mut files)).unwrap().unwrap(),
            b"first"
        );
        assert_eq!(files.len(), 2);
        assert_eq!(receive(other.as_fd(), None).unwrap().unwrap().len(), LONGEST);
        drop((files, one));
        assert_eq!(receive(other.as_fd(), None), Ok(None));
    }

    #[test]
    fn a_packet_that_is_too_long_is_a_fault() {
        let (one, other) = pair();
        send(one.as_fd(), &vec![7; LONGEST + 1], &[]).unwrap();
        assert_eq!(receive(other.as_fd(), None), Err(Errno::MSGSIZE));
    }

    #[test]
    fn sending_to_nobody_is_an_error_and_no_signal() {
        let (one, other) = pair();
        drop(other);
        assert_eq!(send(one.as_fd(), b"x", &[]), Err(Errno::PIPE));
    }
}
