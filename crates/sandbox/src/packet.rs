//! Sends and receives packets with descriptors over a `SOCK_SEQPACKET` socket pair.

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

/// Maximum bytes of a packet. A request with a hundred recipes has 30 KiB.
pub(crate) const MAX_PACKET_BYTES: usize = 64 * 1024;

/// Maximum descriptors of a packet.
const MAX_FILES: usize = 2;

/// Sends one packet without blocking. Each end sends at most one packet at a time, so a full socket is an error.
pub(crate) fn send(socket: BorrowedFd<'_>, bytes: &[u8], files: &[BorrowedFd<'_>]) -> Result<(), Errno> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(MAX_FILES))];
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

/// Waits for one packet. `None` if the other end is closed. Appends the descriptors to `files`, or closes them.
pub(crate) fn receive(
    socket: BorrowedFd<'_>,
    files: Option<&mut Vec<OwnedFd>>,
) -> Result<Option<Vec<u8>>, Errno> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(MAX_FILES))];
    let mut control = if files.is_some() {
        RecvAncillaryBuffer::new(&mut space)
    } else {
        RecvAncillaryBuffer::new(&mut [])
    };
    let mut bytes = vec![0; MAX_PACKET_BYTES];
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
    use super::*;
    use rustix::net::{AddressFamily, SocketFlags, SocketType, socketpair};
    use std::os::fd::AsFd;

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
    fn packets_keep_boundaries_and_files() {
        let (one, other) = pair();
        send(one.as_fd(), b"first", &[one.as_fd(), one.as_fd()]).unwrap();
        send(one.as_fd(), &vec![7; MAX_PACKET_BYTES], &[]).unwrap();
        let mut files = Vec::new();
        assert_eq!(
            receive(other.as_fd(), Some(&mut files)).unwrap().unwrap(),
            b"first"
        );
        assert_eq!(files.len(), 2);
        assert_eq!(
            receive(other.as_fd(), None).unwrap().unwrap().len(),
            MAX_PACKET_BYTES
        );
        drop((files, one));
        assert_eq!(receive(other.as_fd(), None), Ok(None));
    }

    #[test]
    fn oversized_packet_is_an_error() {
        let (one, other) = pair();
        send(one.as_fd(), &vec![7; MAX_PACKET_BYTES + 1], &[]).unwrap();
        assert_eq!(receive(other.as_fd(), None), Err(Errno::MSGSIZE));
    }

    #[test]
    fn sending_to_a_closed_socket_is_an_error_without_signal() {
        let (one, other) = pair();
        drop(other);
        assert_eq!(send(one.as_fd(), b"x", &[]), Err(Errno::PIPE));
    }
}
