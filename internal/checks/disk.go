package checks

import (
	"context"
	"fmt"

	"golang.org/x/sys/unix"

	"triage/internal/alert"
)

// Disk says when the file system of a directory runs full, whoever fills it: the store's
// own quota does not see that.
type Disk struct {
	Dir string

	room func(dir string) (free, size uint64, err error) // nil: the system's
}

// Name implements alert.Check.
func (Disk) Name() string { return "disk" }

const gib = 1 << 30

// below is when little is free, in bytes or as a share, which counts up to so many bytes:
// a tenth of a big disk is no little.
type below struct {
	bytes, most uint64
	share       float64
}

var (
	diskLow  = below{bytes: gib, most: 20 * gib, share: 0.10}
	diskFull = below{bytes: 200 << 20, most: 5 * gib, share: 0.03}
)

func (b below) holds(free, size uint64) bool {
	return free < b.bytes || free < b.most && float64(free) < b.share*float64(size)
}

// Look implements alert.Check.
func (k Disk) Look(context.Context) ([]alert.Alert, error) {
	room := k.room
	if room == nil {
		room = statfs
	}
	free, size, err := room(k.Dir)
	if err != nil {
		return nil, fmt.Errorf("look at the disk of the data directory: %w", err)
	}
	a := alert.Alert{Key: "disk/low", Severity: alert.Tell, Count: 1, Calm: calm,
		What: fmt.Sprintf("the disk of the data directory has %d MB left: free space on it, or give it a bigger one", free>>20)}
	switch {
	case diskFull.holds(free, size):
		a.Key, a.Severity = "disk/full", alert.Page
	case !diskLow.holds(free, size):
		return nil, nil
	}
	return []alert.Alert{a}, nil
}

func statfs(dir string) (free, size uint64, err error) {
	var st unix.Statfs_t
	err = unix.Statfs(dir, &st)
	block := uint64(st.Bsize) // of other types elsewhere
	return uint64(st.Bavail) * block, uint64(st.Blocks) * block, err
}
