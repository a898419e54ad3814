package bus

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"
)

// long is whether the long form of a test is asked for.
var long = os.Getenv("TRIAGE_LONG") != ""

// watered opens a store that keeps its marks beside it.
func watered(dir string, accept bool, log *zap.Logger) (*Bus, error) {
	return Start(context.Background(), Options{
		Dir: filepath.Join(dir, "store"), Water: filepath.Join(dir, "high-water.json"),
		Key: []byte("k1"), AcceptLoss: accept, Log: log,
	})
}

func mustWatered(t *testing.T, dir string) *Bus {
	t.Helper()
	b, err := watered(dir, false, zap.NewNop())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.Close() })
	return b
}

// filled is an open store of n events on one topic, and its marks.
func filled(t *testing.T, n int) (b *Bus, dir string) {
	t.Helper()
	dir = t.TempDir()
	b = mustWatered(t, dir)
	topic, err := NewTopic[event](t.Context(), b, "comments")
	if err == nil {
		err = topic.Publish(t.Context(), events(0, n))
	}
	if err = errors.Join(err, pulse(b)); err != nil {
		t.Fatal(err)
	}
	return b, dir
}

// closed is filled and closed.
func closed(t *testing.T, n int) (dir string) {
	t.Helper()
	b, dir := filled(t, n)
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	return dir
}

// pulse sets the marks now.
func pulse(b *Bus) error {
	states, err := b.states()
	return errors.Join(err, b.water.raise(states))
}

// snapshot copies a store as it is at this moment, as if the process had died.
func snapshot(t *testing.T, dir string) (copied string) {
	t.Helper()
	copied = t.TempDir()
	if err := os.CopyFS(copied, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	return copied
}

// A loss is refused every time, until it is accepted, once.
func TestLossIsRefusedUntilAccepted(t *testing.T) {
	dir := closed(t, 500)
	if err := os.RemoveAll(filepath.Join(dir, "store/jetstream")); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		_, err := watered(dir, false, zap.NewNop())
		var loss *LossError
		if !errors.As(err, &loss) || *loss != (LossError{Stream: "comments", Had: Level{Last: 500, Messages: 500}}) {
			t.Fatalf("%v, want a loss of 500", err)
		}
		if !strings.Contains(err.Error(), "restore a backup") {
			t.Fatalf("%v does not say what to do", err)
		}
	}
	core, logs := observer.New(zap.ErrorLevel)
	b, err := watered(dir, true, zap.New(core))
	if err != nil {
		t.Fatal(err)
	}
	_ = b.Close()
	if logs.FilterMessage("loss accepted").Len() != 1 {
		t.Fatalf("logged %v, want the accepted loss", logs.All())
	}
	mustWatered(t, dir)
}

// Deletions that were announced are no loss after a crash, others are.
func TestOnlyAnnouncedDeletionsAreNoLoss(t *testing.T) {
	b, dir := filled(t, 500)
	stream, err := b.js.Stream(t.Context(), "comments")
	if err != nil {
		t.Fatal(err)
	}
	erase := func(from, to uint64) {
		for seq := from; seq <= to; seq++ {
			if err := stream.SecureDeleteMsg(t.Context(), seq); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := b.willDelete("comments", 20); err != nil {
		t.Fatal(err)
	}
	if err := pulse(b); err != nil { // a mark between the announcement and the act
		t.Fatal(err)
	}
	erase(1, 20)
	_ = mustWatered(t, snapshot(t, dir)).Close()
	for range 2 {
		if err := pulse(b); err != nil {
			t.Fatal(err)
		}
	}
	erase(21, 21)
	if _, err := watered(snapshot(t, dir), false, zap.NewNop()); !errors.As(err, new(*LossError)) {
		t.Fatalf("one message gone unannounced: %v, want a loss", err)
	}
	if err := pulse(b); !errors.As(err, new(*LossError)) {
		t.Fatalf("while running: %v, want a loss", err)
	}
	if err := b.Healthy(); !errors.As(err, new(*LossError)) {
		t.Fatalf("healthy: %v, want the loss", err)
	}
	if err := b.Close(); !errors.As(err, new(*LossError)) {
		t.Fatalf("stopping: %v, want a loss", err)
	}
	if _, err := watered(dir, false, zap.NewNop()); !errors.As(err, new(*LossError)) {
		t.Fatalf("after a clean stop: %v, want the loss still", err)
	}
}

// A deletion that was sent may come after the store was looked at for the last
// time. Those that were done by then are not allowed for once more.
func TestDeletionUnderWayAtTheCloseIsNoLoss(t *testing.T) {
	b, dir := filled(t, 500)
	if err := b.willDelete("comments", 20); err != nil {
		t.Fatal(err)
	}
	remove := func(b *Bus, from, to uint64) {
		stream, err := b.js.Stream(t.Context(), "comments")
		for seq := from; err == nil && seq <= to; seq++ {
			err = stream.SecureDeleteMsg(t.Context(), seq)
		}
		if err = errors.Join(err, b.Close()); err != nil {
			t.Fatal(err)
		}
	}
	remove(b, 1, 5)
	beyond := snapshot(t, dir)
	remove(start(t, filepath.Join(dir, "store"), "k1"), 6, 20)
	if err := mustWatered(t, dir).Close(); err != nil {
		t.Fatal(err)
	}
	remove(start(t, filepath.Join(beyond, "store"), "k1"), 6, 21)
	if _, err := watered(beyond, false, zap.NewNop()); !errors.As(err, new(*LossError)) {
		t.Fatalf("one more than announced: %v, want a loss", err)
	}
}

// What could not be announced was not: the next deletion is announced again.
func TestAnnouncementThatFailedIsForgotten(t *testing.T) {
	b, _ := filled(t, 10)
	inTheWay := b.water.path + ".new"
	if err := os.Mkdir(inTheWay, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := b.willDelete("comments", 1); err == nil {
		t.Fatal("announced without a word in the file")
	}
	if err := errors.Join(os.Remove(inTheWay), b.willDelete("comments", 1)); err != nil {
		t.Fatal(err)
	}
	if w, err := readWater(b.water.path); err != nil || w.known.Marks["comments"].Deleted != 1+allowance {
		t.Fatalf("the file says %+v, %v", w.known.Marks["comments"], err)
	}
}

// Erasing one by one does not cost a write of the file each.
func TestAnnouncingIsCheap(t *testing.T) {
	b, _ := filled(t, 10)
	writes, last := 0, ""
	for range 1000 {
		if err := b.willDelete("comments", 1); err != nil {
			t.Fatal(err)
		}
		content, err := os.ReadFile(b.water.path)
		if err != nil {
			t.Fatal(err)
		}
		if string(content) != last {
			writes++
			last = string(content)
		}
	}
	if writes < 1000/allowance || writes > 1000/allowance+2 {
		t.Fatalf("%d writes for 1000 announcements of one", writes)
	}
}

// A bucket overwrites, so it is held to its last number only.
func TestOverwritingIsNoLoss(t *testing.T) {
	dir := t.TempDir()
	for range 2 {
		b := mustWatered(t, dir)
		bucket, err := NewBucket[event](t.Context(), b, "cases")
		if err != nil {
			t.Fatal(err)
		}
		for i := range 50 {
			if _, err := bucket.Put(t.Context(), event{ID: "same", Body: fmt.Sprint(i)}); err != nil {
				t.Fatal(err)
			}
		}
		if err := errors.Join(bucket.Close(), b.Close()); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.RemoveAll(filepath.Join(dir, "store/jetstream")); err != nil {
		t.Fatal(err)
	}
	if _, err := watered(dir, false, zap.NewNop()); !errors.As(err, new(*LossError)) {
		t.Fatalf("the bucket is gone: %v, want a loss", err)
	}
}

func TestDamagedMarksAreSaid(t *testing.T) {
	dir := closed(t, 10)
	path := filepath.Join(dir, "high-water.json")
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for i := range good {
		bad := append([]byte{}, good...)
		bad[i] ^= 1
		if err := os.WriteFile(path, bad, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := readWater(path); err == nil || !strings.Contains(err.Error(), "delete the file") {
			t.Fatalf("bit of byte %d flipped: %v, want to hear of it", i, err)
		}
	}
	if _, err := watered(dir, false, zap.NewNop()); err == nil {
		t.Fatal("started on damaged marks")
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if n, err := readable(t, mustWatered(t, dir), 10); n != 10 {
		t.Fatalf("%d of 10 events, %v: the store changed", n, err)
	}
}
