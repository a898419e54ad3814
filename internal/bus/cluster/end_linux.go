package cluster

import "syscall"

// EndWithUs has the kernel end a process with ours, however that ends. It goes by
// the thread that started it: Go ends one only under a goroutine that returns
// locked to it, and none here is.
func EndWithUs() *syscall.SysProcAttr { return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} }
