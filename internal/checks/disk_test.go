package checks

import (
	"errors"
	"path/filepath"
	"testing"

	"triage/internal/alert"
)

// Little room is told, and hardly any pages; a tenth of a big disk is not little.
func TestDiskThatRunsFullIsTold(t *testing.T) {
	const mib = 1 << 20
	for _, tt := range []struct {
		free, size uint64
		key        string
		want       alert.Severity
	}{
		{gib, 4 * gib, "", ""}, {gib - 1, 4 * gib, "disk/low", alert.Tell}, // in bytes
		{10 * gib, 100 * gib, "", ""}, {10*gib - 1, 100 * gib, "disk/low", alert.Tell}, // as a share
		{3 * gib, 100 * gib, "disk/low", alert.Tell}, {3*gib - 1, 100 * gib, "disk/full", alert.Page},
		{200 * mib, 4 * gib, "disk/low", alert.Tell}, {200*mib - 1, 4 * gib, "disk/full", alert.Page}, {0, 4 * gib, "disk/full", alert.Page},
		{20 * gib, 4000 * gib, "", ""}, {20*gib - 1, 4000 * gib, "disk/low", alert.Tell}, {5*gib - 1, 4000 * gib, "disk/full", alert.Page}, // a big one
		{gib, gib, "", ""}, // a small one that is empty
	} {
		k := Disk{room: func(string) (uint64, uint64, error) { return tt.free, tt.size, nil }}
		found, err := k.Look(t.Context())
		if err != nil || (tt.want == "") != (len(found) == 0) || tt.want != "" && (found[0].Key != tt.key || found[0].Severity != tt.want || found[0].Count != 1) {
			t.Errorf("%d of %d: %+v, %v", tt.free, tt.size, found, err)
		}
	}
	if _, err := (Disk{Dir: filepath.Join(t.TempDir(), "nowhere")}).Look(t.Context()); err == nil {
		t.Error("a directory that is not there is no trouble")
	}
	broken := errors.New("broken")
	if _, err := (Disk{room: func(string) (uint64, uint64, error) { return 0, 0, broken }}).Look(t.Context()); !errors.Is(err, broken) {
		t.Errorf("%v", err)
	}
}

func TestRealDiskHasASize(t *testing.T) {
	free, size, err := statfs(t.TempDir())
	if err != nil || size < 1<<20 || free > size {
		t.Errorf("%d of %d, %v", free, size, err)
	}
}
