package bus

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"go.uber.org/zap"
)

func openBucket(t testing.TB, b *Bus) *Bucket[event] {
	t.Helper()
	k, err := NewBucket[event](t.Context(), b, "cases")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = k.Close() })
	return k
}

// catchUp waits until the watch has told everything up to the revision.
func catchUp(t *testing.T, k *Bucket[event], revision uint64) {
	t.Helper()
	news := make(chan struct{}, 1)
	k.OnChange(func() {
		select {
		case news <- struct{}{}:
		default:
		}
	})
	late := time.After(patience)
	for {
		k.mu.RLock()
		seen := k.seen
		k.mu.RUnlock()
		if seen >= revision {
			return
		}
		select {
		case <-news:
		case <-late:
			t.Fatalf("the watch stands at %d, want %d", seen, revision)
		}
	}
}

// shown is what the index holds, traces of the deleted included.
func shown(k *Bucket[event]) map[string]Revised[event] {
	k.mu.RLock()
	defer k.mu.RUnlock()
	out := map[string]Revised[event]{}
	for key, r := range k.index {
		out[key] = *r
	}
	return out
}

// stored is what the stream holds.
func stored(t *testing.T, k *Bucket[event]) map[string]Revised[event] {
	t.Helper()
	out := map[string]Revised[event]{}
	w := walk{stream: k.leader, filter: k.subject(">")}
	err := k.bus.walk(t.Context(), w, func(m jetstream.Msg, meta *jetstream.MsgMetadata) error {
		key := strings.TrimPrefix(m.Subject(), k.subject(""))
		delete(out, key)
		if m.Headers().Get(headerOperation) != "" {
			return nil
		}
		r := Revised[event]{Revision: meta.Sequence.Stream}
		out[key] = r
		err := json.Unmarshal(m.Data(), &r.Value)
		out[key] = r
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// change does one random thing. What another changed first is no failure.
func change(ctx context.Context, k *Bucket[event], r *rand.Rand) error {
	e := event{ID: fmt.Sprint("k", r.IntN(20)), Body: fmt.Sprint(r.Uint64())}
	var err error
	switch r.IntN(6) {
	case 0:
		err = k.Create(ctx, []event{e, {ID: e.ID + "b", Body: e.Body}})
	case 1:
		_, err = k.Insert(ctx, e)
	case 2:
		_, err = k.Put(ctx, e)
	case 3:
		err = k.Delete(ctx, e.ID)
	default:
		var old Revised[event]
		if old, err = k.Get(ctx, e.ID); err == nil {
			_, err = k.Update(ctx, e, old.Revision)
		}
	}
	for _, harmless := range []error{ErrExists, ErrConflict, ErrNotFound} {
		if errors.Is(err, harmless) {
			return nil
		}
	}
	return err
}

// backwards returns a key that is shown in an older revision than newest says,
// and brings newest up to date.
func backwards(k *Bucket[event], newest map[string]uint64) (key string, older bool) {
	for _, r := range k.All() {
		if r.Revision < newest[r.Value.ID] {
			return r.Value.ID, true
		}
		newest[r.Value.ID] = r.Revision
	}
	return "", false
}

// Whatever two processes do to a bucket at once, and a third one that comes
// later: each shows in the end what is stored, and nothing older than before.
func TestIndexEqualsTheStreamAfterRandomChanges(t *testing.T) {
	each(t, func(t *testing.T, open func() *Bus) {
		seed := rand.Uint64()
		t.Logf("seed %d", seed)
		b := open()
		buckets := []*Bucket[event]{openBucket(t, b), openBucket(t, b)}
		var changing sync.WaitGroup
		for i, k := range buckets {
			r := rand.New(rand.NewPCG(seed, uint64(i)))
			changing.Go(func() {
				newest := map[string]uint64{}
				for range 400 {
					if err := change(t.Context(), k, r); err != nil {
						t.Error(err)
					}
					if key, older := backwards(k, newest); older {
						t.Errorf("%s went back to an older revision", key)
					}
				}
			})
		}
		buckets = append(buckets, openBucket(t, b))
		changing.Wait()
		last, err := buckets[0].Put(t.Context(), event{ID: "last"})
		if err != nil {
			t.Fatal(err)
		}
		want := stored(t, buckets[0])
		for i, k := range buckets {
			catchUp(t, k, last)
			if got := shown(k); !maps.Equal(got, want) || k.Len() != len(want) || len(k.All()) != len(want) {
				t.Errorf("index %d differs from the stream:\n%v\n%v", i, got, want)
			}
		}
	})
}

// What comes by two ways, our own answer and the watch, may come in any order.
func TestNothingOlderComesBack(t *testing.T) {
	k := openBucket(t, start(t, t.TempDir(), ""))
	v := func(revision uint64, deleted bool) *Revised[event] {
		return &Revised[event]{Value: event{ID: "a", Body: fmt.Sprint(revision)}, Revision: revision, deleted: deleted}
	}
	for _, step := range []struct {
		what string
		do   func()
		want uint64 // 0: nothing is shown
	}{
		{"our own write", func() { k.wrote(event{ID: "a"}, 9) }, 9},
		{"the watch, behind it", func() { k.see("a", 8, v(8, false)) }, 9},
		{"a deletion behind it", func() { k.see("a", 8, v(8, true)) }, 9},
		{"the deletion after it", func() { k.see("a", 10, v(10, true)) }, 0},
		{"our own older write, answered late", func() { k.wrote(event{ID: "a"}, 9) }, 0},
		{"a new one", func() { k.see("a", 11, v(11, false)) }, 11},
		{"an unreadable one", func() { k.see("a", 12, nil) }, 11},
	} {
		step.do()
		if r, found := k.Peek("a"); r.Revision != step.want || found != (step.want > 0) {
			t.Fatalf("after %s revision %d is shown, want %d", step.what, r.Revision, step.want)
		}
	}
}

func TestDeletedKeysLeaveNoTrace(t *testing.T) {
	defer func(life time.Duration) { markerLife = life }(markerLife)
	markerLife = time.Second
	k := openBucket(t, start(t, t.TempDir(), ""))
	if err := k.Create(t.Context(), events(0, 50)); err != nil {
		t.Fatal(err)
	}
	catchUp(t, k, 50)
	for _, e := range events(0, 50) {
		if err := k.Delete(t.Context(), e.ID); err != nil {
			t.Fatal(err)
		}
		if _, found := k.Peek(e.ID); found {
			t.Fatalf("%s is shown after it was deleted", e.ID)
		}
	}
	last, err := k.Insert(t.Context(), event{ID: "e00007", Body: "again"})
	if err != nil {
		t.Fatalf("a deleted key: %v, want it free", err)
	}
	catchUp(t, k, last)
	if got := shown(k); len(got) != 1 || k.Len() != 1 {
		t.Fatalf("the index holds %v, want the new value alone", got)
	}
	look := time.NewTicker(50 * time.Millisecond)
	defer look.Stop()
	for late := time.After(patience); ; {
		info, err := k.stream.Info(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if info.State.Msgs == 1 {
			return
		}
		select {
		case <-look.C:
		case <-late:
			t.Fatalf("%d messages are left, want the new value alone", info.State.Msgs)
		}
	}
}

// A listener that takes its time holds up neither the index nor the other
// process, and hears of changes that were made meanwhile.
func TestListenersDoNotHoldUpTheIndex(t *testing.T) {
	b := start(t, t.TempDir(), "")
	here, there := openBucket(t, b), openBucket(t, b)
	called, release := make(chan int, 10), make(chan struct{})
	here.OnChange(func() {
		called <- here.Len()
		<-release
	})
	put := func(id string) uint64 {
		revision, err := there.Put(t.Context(), event{ID: id})
		if err != nil {
			t.Fatal(err)
		}
		return revision
	}
	put("a")
	if n := <-called; n != 1 {
		t.Fatalf("the listener saw %d values, want the one that it was called for", n)
	}
	last := max(put("b"), put("c"))
	for late := time.Now().Add(patience); here.Len() < 3; {
		if time.Now().After(late) {
			t.Fatalf("the index waits for the listener at %d values, want 3", here.Len())
		}
	}
	close(release)
	if n := <-called; n != 3 {
		t.Fatalf("the listener saw %d values, want 3", n)
	}
	catchUp(t, here, last)
}

// The watch lost its place, as after a connection that broke for long.
func TestWatchGoesOnWhereItWasCutOff(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: the client waits 10 s before it gives a watch up")
	}
	b := start(t, t.TempDir(), "")
	k := openBucket(t, b)
	if _, err := k.Put(t.Context(), event{ID: "before"}); err != nil {
		t.Fatal(err)
	}
	watches := k.stream.ListConsumers(t.Context())
	for c := range watches.Info() {
		if err := k.stream.DeleteConsumer(t.Context(), c.Name); err != nil {
			t.Fatal(err)
		}
	}
	other := openBucket(t, b)
	if err := other.Delete(t.Context(), "before"); err != nil {
		t.Fatal(err)
	}
	last, err := other.Put(t.Context(), event{ID: "after"})
	if err != nil {
		t.Fatal(err)
	}
	catchUp(t, k, last)
	if got, want := shown(k), stored(t, k); !maps.Equal(got, want) {
		t.Fatalf("the index holds %v, want %v", got, want)
	}
}

// BenchmarkFill opens a bucket of 100,000 values of 1 KB and says how many times
// as long as only reading them that takes.
func BenchmarkFill(b *testing.B) {
	bus, err := Start(b.Context(), Options{Dir: b.TempDir(), Key: []byte("k1"), Lazy: true, Log: zap.NewNop()})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = bus.Close() })
	values := events(0, 100_000)
	for i := range values {
		values[i].Body = strings.Repeat("x", 1000)
	}
	k := openBucket(b, bus)
	if err := k.Create(b.Context(), values); err != nil {
		b.Fatal(err)
	}
	var reading, filling time.Duration
	for b.Loop() {
		begun := time.Now()
		err := bus.walk(b.Context(), walk{stream: k.leader, filter: k.subject(">")}, func(jetstream.Msg, *jetstream.MsgMetadata) error { return nil })
		if err != nil {
			b.Fatal(err)
		}
		reading += time.Since(begun)
		begun = time.Now()
		if n := openBucket(b, bus).Len(); n != len(values) {
			b.Fatalf("%d values, want %d", n, len(values))
		}
		filling += time.Since(begun)
	}
	b.ReportMetric(filling.Seconds()/reading.Seconds(), "x/read")
}
