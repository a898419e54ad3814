//go:build unix

package board

import (
	"os"
	"syscall"
)

// lock takes the log for this process, until it ends in whatever way.
func lock(f *os.File) error {
	return syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
}
