package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// mount gives a small file system of its own, or skips the test where that is
// not allowed.
func mount(t *testing.T, size string) (dir string) {
	t.Helper()
	dir = t.TempDir()
	err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size="+size)
	if errors.Is(err, fs.ErrPermission) {
		t.Skip("1 file system skipped: only root may mount one")
	}
	if err != nil {
		t.Skipf("1 file system skipped: %v", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) })
	return dir
}

func remount(t *testing.T, dir string, flags uintptr, size string) {
	t.Helper()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", syscall.MS_REMOUNT|flags, "size="+size); err != nil {
		t.Fatal(err)
	}
}

const mendDirectory = "writable"

func TestDirectoryBelowAFileIsASentence(t *testing.T) {
	t.Parallel()
	file := textFile(t, "c.txt", "My rash is back\n")
	for _, below := range []string{filepath.Join(file, "data"), filepath.Join(file, "deep", "data")} {
		d := newPractice(t, "", fmt.Sprintf("[[file]]\npath = %q\n", file))
		d.edit(t, d.data, below)
		says(t, fails(t, "run", "--config", d.config), file, mendDirectory, "or name another with", "data.dir")
		says(t, fails(t, "demo", "--addr", "127.0.0.1:0", "--data", below), file, mendDirectory, "or name another with --data")
		says(t, fails(t, "sandbox", "--addr", "127.0.0.1:0", "--data", below), file, mendDirectory, "or name another with --data")
	}
}

func TestReadOnlyDiskTouchesNothing(t *testing.T) {
	t.Parallel()
	disk := mount(t, "64m")
	d := newPractice(t, "", fmt.Sprintf("[[file]]\npath = %q\n", textFile(t, "c.txt", "I had a hip replacement here in May\n")))
	d.edit(t, d.data, filepath.Join(disk, "data"))
	d.data = filepath.Join(disk, "data")
	d.once(t)
	remount(t, disk, syscall.MS_RDONLY, "64m")
	says(t, fails(t, "run", "--config", d.config), "read-only file system", mendDirectory, "or name another with")
	says(t, fails(t, "demo", "--addr", "127.0.0.1:0", "--data", filepath.Join(disk, "demo")), "read-only file system", mendDirectory, "or name another with")
	remount(t, disk, 0, "64m")
	p := start(t, "run", "--config", d.config)
	desk := d.signIn(t, p.value("page"))
	eventually(t, 20*time.Second, "the case, once it can be written again", func() bool { return len(desk.waiting()) == 1 })
}

// manyComments does not fit into what the test gives it.
func manyComments(n int) string {
	var text strings.Builder
	for i := range n {
		_, _ = fmt.Fprintf(&text, "comment %d: my knee hurts since the surgery%s\n", i, strings.Repeat(" and it does not end", 150))
	}
	return text.String()
}

// TestFullStoreLosesNothing fills the store's quota, and the disk itself: it
// says what to do, and with room everything is there once.
func TestFullStoreLosesNothing(t *testing.T) {
	for name, tt := range map[string]struct{ quota, want string }{
		"quota": {"max_store = \"3MiB\"\n", "raise data.max_store or free space on the disk"},
		"disk":  {"", "no space left on device"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			disk, n := mount(t, "8m"), 2500
			file := textFile(t, "c.txt", "Is there parking?\n")
			d := newPractice(t, "", fmt.Sprintf("[[file]]\npath = %q\n", file))
			d.edit(t, d.data, filepath.Join(disk, "data"), "[data]\n", "[data]\n"+tt.quota)
			d.data = filepath.Join(disk, "data")
			p := start(t, "run", "--config", d.config)
			desk := d.signIn(t, p.value("page"))
			appendTo(t, file, manyComments(n-1))
			eventually(t, 30*time.Second, "the end of the room", func() bool { return strings.Contains(p.output(), tt.want) })
			if code, _ := desk.get("/"); code != 200 {
				t.Errorf("the desk answers %d when the store is full", code)
			}
			p.kill() // a store that does not answer cannot be stopped soon
			noPanic(t, p.output())
			if strings.Contains(p.output(), "my knee") {
				t.Error("the errors hold comments")
			}

			remount(t, disk, 0, "256m")
			d.edit(t, `"3MiB"`, `"200MiB"`)
			p = start(t, "run", "--config", d.config)
			desk = d.signIn(t, p.value("page"))
			eventually(t, 60*time.Second, "everything judged with room", func() bool { _, v := desk.events(); return v >= n })
			if c, v := desk.events(); c != n || v != n {
				t.Errorf("%d comments, %d verdicts, want %d of each", c, v, n)
			}
			if code := p.stop(); code != 0 {
				t.Errorf("it stopped with %d:\n%.2000s", code, p.output())
			}
			noPanic(t, p.output())
		})
	}
}

func TestStopWhileStartingIsNoFailure(t *testing.T) {
	t.Parallel()
	d := newPractice(t, "", fmt.Sprintf("[[file]]\npath = %q\n", textFile(t, "c.txt", "My rash is back\n")))
	for range 5 {
		_ = os.Remove(filepath.Join(d.data, "store", "lock"))
		p := start(t, "run", "--config", d.config)
		eventually(t, 10*time.Second, "the beginning", func() bool {
			_, err := os.Stat(filepath.Join(d.data, "store", "lock"))
			return err == nil
		})
		if code := p.stop(); code != 0 {
			t.Errorf("it stopped with %d:\n%s", code, p.output())
		}
	}
}
