package bus

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"sync"
	"testing"
)

// follower is what somebody makes of a feed.
type follower struct {
	feed  *Feed[event]
	holds map[string]event
}

func (f *follower) take() {
	for _, c := range f.feed.Take() {
		if c.Value == nil {
			delete(f.holds, c.Key)
		} else {
			f.holds[c.Key] = *c.Value
		}
	}
}

func values(all map[string]Revised[event]) map[string]event {
	out := map[string]event{}
	for key, r := range all {
		out[key] = r.Value
	}
	return out
}

// Whoever takes now and then what a feed tells holds in the end what is stored, also
// where another process changes it, and where the feed began in the middle.
func TestFeedTellsWhatChanged(t *testing.T) {
	each(t, func(t *testing.T, open func() *Bus) {
		seed := rand.Uint64()
		t.Logf("seed %d", seed)
		b := open()
		k, other := openBucket(t, b), openBucket(t, b)
		if err := k.Create(t.Context(), events(0, 30)); err != nil {
			t.Fatal(err)
		}
		follow := &follower{k.Feed(), map[string]event{}}
		var changing sync.WaitGroup
		for i, k := range []*Bucket[event]{k, other} {
			r := rand.New(rand.NewPCG(seed, uint64(i)))
			changing.Go(func() {
				for range 200 {
					if err := change(t.Context(), k, r); err != nil {
						t.Error(err)
					}
				}
			})
		}
		for range 50 {
			follow.take()
		}
		late := &follower{k.Feed(), map[string]event{}}
		changing.Wait()
		last, err := other.Put(t.Context(), event{ID: "last"})
		if err != nil {
			t.Fatal(err)
		}
		catchUp(t, k, last)
		want := values(stored(t, k))
		for _, f := range []*follower{follow, late} {
			if f.take(); !maps.Equal(f.holds, want) {
				t.Errorf("the feed's reader holds\n%v, stored are\n%v", f.holds, want)
			}
			if again := f.feed.Take(); again != nil {
				t.Errorf("nothing changed, and the feed tells %v", again)
			}
		}
	})
}

// What a process itself wrote is in its feed when the write returns.
func TestFeedKnowsOurOwnWriteAtOnce(t *testing.T) {
	k := openBucket(t, start(t, t.TempDir(), ""))
	f := &follower{k.Feed(), map[string]event{}}
	for i := range 50 {
		e := event{ID: "a", Body: fmt.Sprint(i)}
		if _, err := k.Put(t.Context(), e); err != nil {
			t.Fatal(err)
		}
		if f.take(); f.holds["a"] != e {
			t.Fatalf("after writing %v the feed's reader holds %v", e, f.holds)
		}
	}
	if err := k.Delete(t.Context(), "a"); err != nil {
		t.Fatal(err)
	}
	if f.take(); len(f.holds) > 0 {
		t.Errorf("after deleting it the feed's reader holds %v", f.holds)
	}
}

// The watch lost its place, as after a connection that broke for long.
func TestFeedGoesOnAfterTheWatchWasCutOff(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: the client waits 10 s before it gives a watch up")
	}
	b := start(t, t.TempDir(), "")
	k := openBucket(t, b)
	if err := k.Create(t.Context(), events(0, 20)); err != nil {
		t.Fatal(err)
	}
	f := &follower{k.Feed(), map[string]event{}}
	f.take()
	watches := k.stream.ListConsumers(t.Context())
	for c := range watches.Info() {
		if err := k.stream.DeleteConsumer(t.Context(), c.Name); err != nil {
			t.Fatal(err)
		}
	}
	other := openBucket(t, b)
	if err := other.Delete(t.Context(), "e00003"); err != nil {
		t.Fatal(err)
	}
	last, err := other.Put(t.Context(), event{ID: "e00004", Body: "after"})
	if err != nil {
		t.Fatal(err)
	}
	catchUp(t, k, last)
	if f.take(); !maps.Equal(f.holds, values(stored(t, k))) {
		t.Errorf("the feed's reader holds %v", f.holds)
	}
}
