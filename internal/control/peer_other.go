//go:build !linux

package control

import (
	"net"
	"os"
)

// peerID is our own user: nobody else but root can open the socket.
func peerID(*net.UnixConn) int { return os.Getuid() }
