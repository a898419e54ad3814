package control

import (
	"net"

	"golang.org/x/sys/unix"
)

// peerID asks the kernel who is at the other end; -1 where it does not tell.
func peerID(c *net.UnixConn) int {
	uid := -1
	raw, err := c.SyscallConn()
	if err != nil {
		return uid
	}
	_ = raw.Control(func(fd uintptr) {
		if cred, err := unix.GetsockoptUcred(int(fd), unix.SOL_SOCKET, unix.SO_PEERCRED); err == nil {
			uid = int(cred.Uid)
		}
	})
	return uid
}
