package bus

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"go.uber.org/zap"
)

// edits are events of several comments: comment i has i%3+1 of them.
func edits(from, to int) (out []event) {
	for i := from; i < to; i++ {
		for n := range i%3 + 1 {
			out = append(out, event{ID: fmt.Sprintf("c%04d.%d", i, n), Body: fmt.Sprint("edit ", n)})
		}
	}
	return out
}

func prefixes(from, to int) (out []string) {
	for i := from; i < to; i++ {
		out = append(out, fmt.Sprintf("c%04d", i))
	}
	return out
}

func TestLastOfMany(t *testing.T) {
	each(t, func(t *testing.T, open func() *Bus) {
		topic, err := NewTopic[event](t.Context(), open(), "comments")
		if err != nil {
			t.Fatal(err)
		}
		if last, err := topic.LastOf(t.Context(), prefixes(0, 3)); err != nil || len(last) != 0 {
			t.Fatalf("%v, %v from an empty topic, want nothing", last, err)
		}
		if err := topic.Publish(t.Context(), edits(0, 600)); err != nil {
			t.Fatal(err)
		}
		last, err := topic.LastOf(t.Context(), prefixes(100, 700))
		if err != nil {
			t.Fatal(err)
		}
		if len(last) != 500 {
			t.Fatalf("found %d of 500", len(last))
		}
		for i, id := range prefixes(100, 600) {
			if want := fmt.Sprintf("%s.%d", id, (i+100)%3); last[id].ID != want {
				t.Fatalf("the newest of %s is %s, want %s", id, last[id].ID, want)
			}
		}
	})
}

// More events match than the engine answers for at once: 1,024.
func TestLastOfThoseEditedOften(t *testing.T) {
	topic, err := NewTopic[event](t.Context(), start(t, t.TempDir(), ""), "comments")
	if err != nil {
		t.Fatal(err)
	}
	var all []event
	for i := range 1100 {
		all = append(all, event{ID: fmt.Sprintf("often.%d", i)}, event{ID: fmt.Sprintf("other.%d", i)})
	}
	if err := topic.Publish(t.Context(), append(all, event{ID: "once.0"})); err != nil {
		t.Fatal(err)
	}
	last, err := topic.LastOf(t.Context(), []string{"often", "once", "other", "none"})
	if err != nil || len(last) != 3 || last["often"].ID != "often.1099" || last["other"].ID != "other.1099" || last["once"].ID != "once.0" {
		t.Fatalf("%v, %v", last, err)
	}
}

func BenchmarkLastOf250(b *testing.B) {
	bus, err := Start(b.Context(), Options{Dir: b.TempDir(), Log: zap.NewNop()})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = bus.Close() })
	topic, err := NewTopic[event](b.Context(), bus, "comments")
	if err != nil {
		b.Fatal(err)
	}
	if err := topic.Publish(b.Context(), edits(0, 5000)); err != nil {
		b.Fatal(err)
	}
	ids := prefixes(2000, 2250)
	b.Run("together", func(b *testing.B) {
		for b.Loop() {
			if last, err := topic.LastOf(b.Context(), ids); err != nil || len(last) != 250 {
				b.Fatal(len(last), err)
			}
		}
	})
	b.Run("singly", func(b *testing.B) {
		for b.Loop() {
			for _, id := range ids {
				if _, err := topic.Last(b.Context(), id); err != nil {
					b.Fatal(err)
				}
			}
		}
	})
}

func TestErasedEventsAreNotFound(t *testing.T) {
	each(t, func(t *testing.T, open func() *Bus) {
		b := open()
		topic, err := NewTopic[event](t.Context(), b, "comments")
		if err != nil {
			t.Fatal(err)
		}
		if err := topic.Publish(t.Context(), edits(0, 30)); err != nil {
			t.Fatal(err)
		}
		for _, id := range []string{"c0011", "c0029", "c0011", "none"} { // the 29th is the topic's end
			if err := topic.Erase(t.Context(), id); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := topic.Last(t.Context(), "c0011"); !errors.Is(err, ErrNotFound) {
			t.Fatalf("last of the erased: %v, want ErrNotFound", err)
		}
		for deadline := time.Now().Add(patience); ; { // replicas may lag
			last, err := topic.LastOf(t.Context(), prefixes(0, 30))
			if err == nil && len(last) == 28 {
				break
			}
			if err != nil || time.Now().After(deadline) {
				t.Fatalf("%d of 28 left, %v", len(last), err)
			}
		}
		var left []event
		if err := topic.Each(t.Context(), func(e event) error { left = append(left, e); return nil }); err != nil {
			t.Fatal(err)
		}
		want := slices.DeleteFunc(edits(0, 30), func(e event) bool { return e.ID[:5] == "c0011" || e.ID[:5] == "c0029" })
		if !slices.Equal(left, want) {
			t.Fatalf("left are %v", left)
		}
	})
}

func TestEachEndsWithItsFunction(t *testing.T) {
	topic, err := NewTopic[event](t.Context(), start(t, t.TempDir(), ""), "comments")
	if err != nil {
		t.Fatal(err)
	}
	if err := topic.Each(t.Context(), func(event) error { return errors.New("called") }); err != nil {
		t.Fatalf("empty: %v", err)
	}
	if err := topic.Publish(t.Context(), events(0, 30)); err != nil {
		t.Fatal(err)
	}
	stop, n := errors.New("stop"), 0
	err = topic.Each(t.Context(), func(event) error {
		if n++; n == 5 {
			return stop
		}
		return nil
	})
	if !errors.Is(err, stop) || n != 5 {
		t.Fatalf("%v after %d", err, n)
	}
}

func TestBlobsByPrefixAndAge(t *testing.T) {
	each(t, func(t *testing.T, open func() *Bus) {
		blobs, err := NewBlobs(t.Context(), open(), "texts")
		if err != nil {
			t.Fatal(err)
		}
		put := func(keys ...string) {
			for _, k := range keys {
				if _, err := blobs.Create(t.Context(), []Blob{{k, []byte("bytes of " + k)}}); err != nil {
					t.Fatal(err)
				}
			}
		}
		put("a.1", "a.2", "ab.1")
		var last time.Time
		if err := blobs.Names(t.Context(), time.Now().Add(time.Hour), func(_ string, at time.Time) error { last = at; return nil }); err != nil {
			t.Fatal(err)
		}
		put("a.3", "b.1")
		var names []string
		err = blobs.Names(t.Context(), last.Add(time.Nanosecond), func(key string, _ time.Time) error { names = append(names, key); return nil })
		if err != nil || !slices.Equal(names, []string{"a.1", "a.2", "ab.1"}) {
			t.Fatalf("older ones are %v, %v", names, err)
		}
		for _, want := range []int{3, 0} {
			if n, err := blobs.EraseAll(t.Context(), "a"); n != want || err != nil {
				t.Fatalf("erased %d, %v, want %d", n, err, want)
			}
		}
		if _, err := blobs.Get(t.Context(), "a.2"); !errors.Is(err, ErrNotFound) {
			t.Fatalf("get of the erased: %v", err)
		}
		if data, err := blobs.Get(t.Context(), "ab.1"); err != nil || string(data) != "bytes of ab.1" {
			t.Fatalf("get of the neighbour: %q, %v", data, err)
		}
	})
}
