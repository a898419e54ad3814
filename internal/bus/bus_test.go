package bus

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/nats-io/nats.go/jetstream"
	"go.uber.org/zap"
)

type event struct {
	ID   string `json:"id"`
	Body string `json:"body"`
}

func (e event) Key() string { return e.ID }

func events(from, to int) []event {
	var out []event
	for i := from; i < to; i++ {
		out = append(out, event{ID: fmt.Sprintf("e%05d", i), Body: strings.Repeat("x", i%300)})
	}
	return out
}

// consume reads until n events were handled, then stops the reader.
func consume(t *testing.T, topic *Topic[event], name string, n int, h func([]event) error) []event {
	t.Helper()
	ctx, heard, cancel := listen(t)
	defer cancel()
	var got []event
	err := topic.Consume(ctx, Reader[event]{Name: name, Handle: func(_ context.Context, batch []event) error {
		heard()
		if err := h(batch); err != nil {
			return err
		}
		if got = append(got, batch...); len(got) >= n {
			cancel()
		}
		return nil
	}})
	if err == nil && len(got) < n {
		err = context.Cause(ctx)
	}
	if err != nil {
		t.Fatalf("after %d of %d events: %v", len(got), n, err)
	}
	return got
}

func all([]event) error { return nil }

func TestPublishingTwiceIsHarmless(t *testing.T) {
	each(t, func(t *testing.T, open func() *Bus) {
		topic, err := NewTopic[event](t.Context(), open(), "comments")
		if err != nil {
			t.Fatal(err)
		}
		for _, part := range [][]event{events(0, 1000), events(500, 1500), events(0, 3), events(1490, 1510)} {
			if err := topic.Publish(t.Context(), part); err != nil {
				t.Fatal(err)
			}
		}
		got := consume(t, topic, "reader", 1510, all)
		for i, e := range got {
			if want := fmt.Sprintf("e%05d", i); e.ID != want {
				t.Fatalf("event %d is %s, want %s: order or number is wrong", i, e.ID, want)
			}
		}
		if len(got) != 1510 {
			t.Fatalf("got %d events, want 1510", len(got))
		}
	})
}

func TestFailingEventComesAgainAndHoldsUpNobody(t *testing.T) {
	t.Parallel() // it mostly waits
	each(t, func(t *testing.T, open func() *Bus) {
		topic, err := NewTopic[event](t.Context(), open(), "comments")
		if err != nil {
			t.Fatal(err)
		}
		if err := topic.Publish(t.Context(), events(0, 50)); err != nil {
			t.Fatal(err)
		}
		tries := 0
		got := consume(t, topic, "reader", 50, func(batch []event) error {
			for _, e := range batch {
				if e.ID == "e00007" {
					if tries++; tries < 4 {
						return errors.New("not this time")
					}
				}
			}
			return nil
		})
		if len(got) != 50 || got[49].ID != "e00007" {
			t.Fatalf("got %d events, last %s; want 50 with the failing one last", len(got), got[len(got)-1].ID)
		}
	})
}

func TestReaderGoesOnAfterRestart(t *testing.T) {
	t.Parallel() // it mostly waits
	each(t, func(t *testing.T, open func() *Bus) {
		b := open()
		topic, err := NewTopic[event](t.Context(), b, "comments")
		if err != nil {
			t.Fatal(err)
		}
		if err := topic.Publish(t.Context(), events(0, 600)); err != nil {
			t.Fatal(err)
		}
		first := consume(t, topic, "reader", 100, all)
		if err := b.Close(); err != nil {
			t.Fatal(err)
		}
		topic, err = NewTopic[event](t.Context(), open(), "comments")
		if err != nil {
			t.Fatal(err)
		}
		seen := map[string]bool{}
		for _, e := range append(first, consume(t, topic, "reader", 600-len(first), all)...) {
			seen[e.ID] = true
		}
		if len(seen) != 600 {
			t.Fatalf("saw %d of 600 events", len(seen))
		}
	})
}

func TestOneOf32RacersWinsEachKey(t *testing.T) {
	each(t, func(t *testing.T, open func() *Bus) {
		bucket, err := NewBucket[event](t.Context(), open(), "cases")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = bucket.Close() })
		const keys, racers = 50, 32
		if err := bucket.Create(t.Context(), events(0, keys)); err != nil {
			t.Fatal(err)
		}
		for _, e := range events(0, keys) {
			old, err := bucket.Get(t.Context(), e.ID)
			if err != nil {
				t.Fatal(err)
			}
			var wins, losses int
			var mu sync.Mutex
			var wg sync.WaitGroup
			for r := range racers {
				wg.Go(func() {
					_, err := bucket.Update(t.Context(), event{ID: e.ID, Body: fmt.Sprint(r)}, old.Revision)
					mu.Lock()
					defer mu.Unlock()
					switch {
					case err == nil:
						wins++
					case errors.Is(err, ErrConflict):
						losses++
					default:
						t.Error(err)
					}
				})
			}
			wg.Wait()
			if wins != 1 || losses != racers-1 {
				t.Fatalf("%s: %d winners and %d losers, want 1 and %d", e.ID, wins, losses, racers-1)
			}
		}
	})
}

func TestBucketShowsWhatIsStored(t *testing.T) {
	each(t, func(t *testing.T, open func() *Bus) {
		b := open()
		bucket, err := NewBucket[event](t.Context(), b, "cases")
		if err != nil {
			t.Fatal(err)
		}
		if err := bucket.Create(t.Context(), events(0, 300)); err != nil {
			t.Fatal(err)
		}
		if err := bucket.Create(t.Context(), []event{{ID: "e00001", Body: "other"}}); err != nil {
			t.Fatal(err)
		}
		r, err := bucket.Get(t.Context(), "e00001")
		if err != nil || r.Value.Body != "x" {
			t.Fatalf("got %q, %v; creating over a key must leave it alone", r.Value.Body, err)
		}
		if _, err := bucket.Insert(t.Context(), event{ID: "e00001"}); !errors.Is(err, ErrExists) {
			t.Fatalf("insert over a key: %v, want ErrExists", err)
		}
		if _, err := bucket.Get(t.Context(), "none"); !errors.Is(err, ErrNotFound) {
			t.Fatalf("get of nothing: %v, want ErrNotFound", err)
		}
		if err := bucket.Delete(t.Context(), "e00002"); err != nil {
			t.Fatal(err)
		}
		_ = bucket.Close()
		_ = b.Close()

		bucket, err = NewBucket[event](t.Context(), open(), "cases")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = bucket.Close() })
		if n := len(bucket.All()); n != 299 {
			t.Fatalf("%d values after a restart, want 299", n)
		}
	})
}

func TestWrongKeyTouchesNothing(t *testing.T) {
	dir := t.TempDir()
	b := start(t, dir, "right")
	topic, err := NewTopic[event](t.Context(), b, "comments")
	if err != nil {
		t.Fatal(err)
	}
	if err := topic.Publish(t.Context(), events(0, 10)); err != nil {
		t.Fatal(err)
	}
	_ = b.Close()
	before := sizes(t, dir)
	for _, key := range []string{"wrong", ""} {
		if _, err := Start(t.Context(), Options{Dir: dir, Key: []byte(key), Log: zap.NewNop()}); err == nil || !strings.Contains(err.Error(), "key_file") {
			t.Fatalf("key %q: %v, want a refusal that names the key file", key, err)
		}
	}
	if after := sizes(t, dir); after != before {
		t.Fatalf("the store changed:\n%s\n%s", before, after)
	}
}

// sizes lists the store's files with their content hashes' stand-in, the bytes.
func sizes(t *testing.T, dir string) string {
	var s strings.Builder
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || d.Name() == "lock" {
			return err
		}
		data, err := os.ReadFile(path)
		fmt.Fprintf(&s, "%s %x\n", path, data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return s.String()
}

func TestDirectoryInUseSaysByWhom(t *testing.T) {
	dir := t.TempDir()
	start(t, dir, "")
	_, err := Start(t.Context(), Options{Dir: dir, Log: zap.NewNop()})
	if err == nil || !strings.Contains(err.Error(), fmt.Sprintf("in use by process %d", os.Getpid())) {
		t.Fatalf("got %v, want who holds it", err)
	}
}

func TestFullQuotaRefusesAndRecovers(t *testing.T) {
	b, err := Start(t.Context(), Options{Dir: t.TempDir(), MaxStore: 1 << 20, Log: zap.NewNop()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.Close() })
	bucket, err := NewBucket[event](t.Context(), b, "texts")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = bucket.Close() })
	var full error
	n := 0
	for ; full == nil && n < 200; n++ {
		_, full = bucket.Put(t.Context(), event{ID: fmt.Sprint("k", n), Body: strings.Repeat("y", 20_000)})
	}
	if full == nil || !strings.Contains(full.Error(), "data.max_store") {
		t.Fatalf("after %d writes: %v, want a refusal that says what to do", n, full)
	}
	stream, err := b.js.Stream(t.Context(), "KV_texts")
	if err != nil {
		t.Fatal(err)
	}
	if err := stream.Purge(t.Context(), jetstream.WithPurgeSubject("$KV.texts.k1")); err != nil {
		t.Fatal(err)
	}
	if _, err := bucket.Put(t.Context(), event{ID: "after"}); err != nil {
		t.Fatalf("after room was made: %v", err)
	}
}
