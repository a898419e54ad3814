package bus

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
)

func journal(t *testing.T, b *Bus) *Journal {
	t.Helper()
	j, err := NewJournal(t.Context(), b, "audit")
	if err != nil {
		t.Fatal(err)
	}
	return j
}

func records(t *testing.T, j *Journal, from uint64) (all []Record) {
	t.Helper()
	err := j.Each(t.Context(), from, func(seq uint64, r Record) error {
		if want := max(from, 1) + uint64(len(all)); seq != want {
			t.Fatalf("record %d, want %d", seq, want)
		}
		all = append(all, r)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestJournalAppendsAllOrNone(t *testing.T) {
	each(t, func(t *testing.T, open func() *Bus) {
		b := open()
		j := journal(t, b)
		if seq, _, err := j.Last(t.Context()); seq != 0 || err != nil {
			t.Fatalf("last of the empty one: %d, %v", seq, err)
		}
		add := func(after uint64, n int, want error) (last uint64) {
			t.Helper()
			var rs []Record
			for i := range n {
				rs = append(rs, Record{Key: fmt.Sprintf("case.%d", i%2), Data: fmt.Appendf(nil, "%d+%d", after, i)})
			}
			last, err := j.Append(t.Context(), after, rs)
			if !errors.Is(err, want) {
				t.Fatalf("append of %d after %d: %v, want %v", n, after, err, want)
			}
			return last
		}
		last := add(0, 1, nil)
		add(0, 1, ErrConflict)
		add(0, 30, ErrConflict)
		add(7, 2, ErrConflict)
		last = add(last, 30, nil)
		last = add(last, 2, nil)
		last = add(last, 1000, nil)
		if last != 1033 {
			t.Fatalf("last is %d, want 1033", last)
		}
		if n := len(records(t, j, 0)); n != 1033 {
			t.Fatalf("%d records, want 1033", n)
		}
		if n := len(records(t, j, 1030)); n != 4 {
			t.Fatalf("%d records from the 1030th, want 4", n)
		}
		seq, r, err := j.Last(t.Context())
		if err != nil || seq != last || string(r.Data) != "33+999" || r.Key != "case.1" || r.At.IsZero() {
			t.Fatalf("last: %d, %+v, %v", seq, r, err)
		}
		if r, err := j.LastOf(t.Context(), "case.0"); err != nil || string(r.Data) != "33+998" {
			t.Fatalf("last of a key: %q, %v", r.Data, err)
		}
		if _, err := j.LastOf(t.Context(), "case.9"); !errors.Is(err, ErrNotFound) {
			t.Fatalf("last of nothing: %v", err)
		}
		s, err := b.js.Stream(t.Context(), "audit")
		if err != nil {
			t.Fatal(err)
		}
		if s.DeleteMsg(t.Context(), 5) == nil || s.SecureDeleteMsg(t.Context(), 5) == nil || s.Purge(t.Context()) == nil {
			t.Fatal("something could be removed from a journal")
		}
	})
}

func TestEightWritersForkNoJournal(t *testing.T) {
	each(t, func(t *testing.T, open func() *Bus) {
		j := journal(t, open())
		const writers, each = 8, 8
		var mu sync.Mutex
		placed := map[uint64]string{} // by number, what an Append said to be there
		var wg sync.WaitGroup
		for w := range writers {
			wg.Go(func() {
				random := rand.New(rand.NewPCG(uint64(w), 1))
				for n := 0; n < each; {
					after, _, err := j.Last(t.Context())
					if err != nil {
						t.Error(err)
						return
					}
					var rs []Record
					for i := range 1 + random.IntN(4) {
						rs = append(rs, Record{Key: fmt.Sprint("w", w), Data: fmt.Appendf(nil, "%d %d %d after %d", w, n, i, after)})
					}
					last, err := j.Append(t.Context(), after, rs)
					if errors.Is(err, ErrConflict) {
						continue
					}
					if err != nil {
						t.Error(err)
						return
					}
					mu.Lock()
					for i, r := range rs {
						placed[after+1+uint64(i)] = string(r.Data)
					}
					mu.Unlock()
					if last != after+uint64(len(rs)) {
						t.Errorf("%d records after %d end at %d", len(rs), after, last)
					}
					n++
				}
			})
		}
		wg.Wait()
		all := records(t, j, 0)
		if len(all) != len(placed) {
			t.Fatalf("%d records, %d were confirmed", len(all), len(placed))
		}
		for i, r := range all {
			if want := placed[uint64(i)+1]; string(r.Data) != want {
				t.Fatalf("record %d is %q, confirmed was %q", i+1, r.Data, want)
			}
		}
	})
}
