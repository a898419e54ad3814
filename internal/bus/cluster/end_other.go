//go:build !linux

package cluster

import "syscall"

// EndWithUs is known to Linux only: elsewhere the servers outlive a test process
// that is killed.
func EndWithUs() *syscall.SysProcAttr { return nil }
