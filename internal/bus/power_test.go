package bus

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"go.uber.org/zap"

	"triage/internal/bus/cluster"
)

// In the environment of a child: the disk it writes to, and whether lazily.
const (
	childDisk = "TRIAGE_BUS_CHILD_DISK"
	childLazy = "TRIAGE_BUS_CHILD_LAZY"
)

// child makes this process one that publishes until it is killed and says what
// was acknowledged, if it was started for that.
func child() {
	disk := os.Getenv(childDisk)
	if disk == "" {
		return
	}
	b, err := Start(context.Background(), onDisk(disk, os.Getenv(childLazy) != ""))
	if err != nil {
		panic(err)
	}
	topic, err := NewTopic[event](context.Background(), b, "comments")
	for i := 0; err == nil; {
		n := 1
		if i%100 == 0 {
			n = 50 // some go as a batch
		}
		next := events(i, i+n)
		if err = topic.Publish(context.Background(), next); err == nil {
			for _, e := range next {
				fmt.Println(e.ID)
			}
		}
		i += n
	}
	panic(err)
}

// onDisk is the store on a disk, with marks so frequent that a cut meets one.
func onDisk(disk string, lazy bool) Options {
	o := Options{Dir: filepath.Join(disk, "store"), Key: []byte("k1"), Lazy: lazy, Log: zap.NewNop(), pulse: 60 * time.Millisecond}
	if !lazy {
		o.Water = filepath.Join(disk, "high-water.json")
	}
	return o
}

// A power cut at any instant loses nothing that was acknowledged. Without the
// sync of every write it does, or this test could not see it.
func TestPowerCut(t *testing.T) {
	cuts := 5
	if long {
		cuts = 60
	}
	image := newDisk(t)
	seed := rand.Uint64()
	random := rand.New(rand.NewPCG(seed, 0))
	wait := func() time.Duration {
		return 300*time.Millisecond + time.Duration(random.Int64N(int64(400*time.Millisecond)))
	}
	acked, lost, lazyAcked, lazyLost := 0, 0, 0, 0
	for range cuts {
		t.Run("cut", func(t *testing.T) { // gives its loop devices back at its end
			a, l := powerCut(t, image, wait(), false)
			acked, lost = acked+a, lost+l
		})
	}
	t.Run("control", func(t *testing.T) { lazyAcked, lazyLost = powerCut(t, image, wait(), true) })
	t.Logf("%d cuts (seed %d): %d of %d acknowledged events lost; without the sync %d of %d", cuts, seed, lost, acked, lazyLost, lazyAcked)
	if lost > 0 || acked == 0 {
		t.Errorf("lost %d of %d", lost, acked)
	}
	if lazyLost == 0 {
		t.Error("nothing was lost without the sync: the test is blind")
	}
}

// newDisk is the image of an empty disk of 64 MiB.
func newDisk(t *testing.T) (image string) {
	t.Helper()
	if os.Getuid() != 0 {
		t.Skip("needs root, to mount a disk image")
	}
	image = filepath.Join(t.TempDir(), "disk")
	f, err := os.Create(image)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Truncate(64 << 20); err != nil {
		t.Fatal(err)
	}
	_ = f.Close()
	if out, err := exec.Command("mkfs.ext4", "-q", image).CombinedOutput(); err != nil {
		t.Skipf("needs mkfs.ext4: %v: %s", err, out)
	}
	probe := t.TempDir()
	if out, err := exec.Command("mount", "-o", "loop", image, probe).CombinedOutput(); err != nil {
		t.Skipf("needs loop devices: %v: %s", err, out)
	}
	unmount(t, probe)
	return image
}

// mounted mounts a copy of the image until the test's end.
func mounted(t *testing.T, image string) (copied, disk string) {
	t.Helper()
	dir := t.TempDir()
	copied, disk = filepath.Join(dir, "disk"), filepath.Join(dir, "mounted")
	copyFile(t, image, copied)
	if err := os.Mkdir(disk, 0o700); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("mount", "-o", "loop", copied, disk).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	t.Cleanup(func() { unmount(t, disk) })
	return copied, disk
}

// unmount gives the loop device back too.
func unmount(t *testing.T, disk string) {
	t.Helper()
	if out, err := exec.Command("umount", disk).CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, out)
	}
}

// copyFile leaves holes where there are zeros: a disk is mostly empty.
func copyFile(t *testing.T, from, to string) {
	t.Helper()
	if out, err := exec.Command("cp", "--sparse=always", from, to).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
}

// powerCut lets a child publish for a while and takes the disk as it then is.
// It returns how many events were acknowledged and how many of them the disk,
// its journal replayed, does not hold.
func powerCut(t *testing.T, image string, after time.Duration, lazy bool) (acked, lost int) {
	t.Helper()
	disk, mount := mounted(t, image)
	c := publishing(t, mount, lazy)
	<-c.first
	<-time.After(after)
	// Stopped, the child writes nothing more, so that the copy is of one
	// instant, and what it said it said before.
	freeze(t, c.cmd.Process.Pid)
	cut := filepath.Join(t.TempDir(), "disk")
	copyFile(t, disk, cut)
	keys := c.kill()
	if len(keys) == 0 {
		t.Fatalf("the child acknowledged nothing: %s", c.failed.String())
	}
	_, mount = mounted(t, cut)
	return len(keys), missing(t, mount, keys, lazy)
}

// publisherProcess is a child that publishes to a disk.
type publisherProcess struct {
	cmd    *exec.Cmd
	failed bytes.Buffer
	first  chan struct{} // closed at the first acknowledgement
	lines  chan []string
	once   sync.Once
	acked  []string
}

func publishing(t *testing.T, disk string, lazy bool) *publisherProcess {
	t.Helper()
	c := &publisherProcess{cmd: exec.Command(os.Args[0]), first: make(chan struct{}), lines: make(chan []string, 1)}
	c.cmd.Env = append(os.Environ(), childDisk+"="+disk)
	if lazy {
		c.cmd.Env = append(c.cmd.Env, childLazy+"=yes")
	}
	c.cmd.SysProcAttr = cluster.EndWithUs()
	c.cmd.Stderr = &c.failed
	said, err := c.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { c.lines <- read(said, c.first) }()
	t.Cleanup(func() { c.kill() })
	return c
}

// kill ends the child and returns what it acknowledged.
func (c *publisherProcess) kill() []string {
	c.once.Do(func() {
		_ = c.cmd.Process.Kill()
		c.acked = <-c.lines
		_ = c.cmd.Wait() // says that it was killed
	})
	return c.acked
}

// read collects the lines until the end, and closes first at the first one or
// the end.
func read(from io.Reader, first chan<- struct{}) (lines []string) {
	for s := bufio.NewScanner(from); s.Scan(); lines = append(lines, s.Text()) {
		if len(lines) == 0 {
			close(first)
		}
	}
	if len(lines) == 0 {
		close(first)
	}
	return lines
}

// freeze returns once no thread of the process runs any more.
func freeze(t *testing.T, pid int) {
	t.Helper()
	if err := syscall.Kill(pid, syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	var status syscall.WaitStatus
	if _, err := syscall.Wait4(pid, &status, syscall.WUNTRACED, nil); err != nil || !status.Stopped() {
		t.Fatalf("the child did not stop: %v, %v", status, err)
	}
}

// missing is how many of the events the store on the disk does not hold.
func missing(t *testing.T, disk string, keys []string, lazy bool) (n int) {
	t.Helper()
	b, err := Start(t.Context(), onDisk(disk, lazy))
	if err != nil {
		if lazy {
			return len(keys)
		}
		t.Fatal(err)
	}
	defer func() { _ = b.Close() }()
	stream, err := b.js.Stream(t.Context(), "comments")
	if err != nil {
		return len(keys)
	}
	for _, key := range keys {
		m, err := stream.GetLastMsgForSubject(t.Context(), "comments."+key)
		if err != nil || !strings.Contains(string(m.Data), key) {
			n++
		}
	}
	return n
}
