package main

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// What root makes in the directory of another user belongs to that user, also
// where the directory is reached by a link, as systemd's is.
func TestRootGivesBackWhatItMade(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root makes files for another user")
	}
	const owner = 12345
	dir, link := filepath.Join(t.TempDir(), "private"), filepath.Join(t.TempDir(), "data")
	made := filepath.Join(dir, "store", "lock")
	for _, err := range []error{
		os.MkdirAll(filepath.Dir(made), 0o700), os.WriteFile(made, nil, 0o600), os.Chown(dir, owner, owner), os.Symlink(dir, link), handBack(link),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, path := range []string{made, filepath.Dir(made)} {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if got := info.Sys().(*syscall.Stat_t).Uid; got != owner {
			t.Errorf("%s belongs to %d, want %d", path, got, owner)
		}
	}
}
