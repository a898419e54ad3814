package bus

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

func TestRekeyWithoutRoom(t *testing.T) {
	dir := t.TempDir()
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, "size=18m"); err != nil {
		t.Skip("this user may not mount: the refusal of a full disk was not tried")
	}
	t.Cleanup(func() { _ = unix.Unmount(dir, unix.MNT_DETACH) })
	want := fillStore(t, dir, "one", 600)
	if err := os.WriteFile(filepath.Join(dir, "ballast"), make([]byte, 3<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := Rekey(t.Context(), rekeying(dir, "one", "two")); err == nil || !strings.Contains(err.Error(), "MB are free") {
		t.Fatalf("got %v, want the room that is needed", err)
	}
	storeHolds(t, dir, "one", want)
}
