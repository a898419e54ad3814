package audit

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/zap"
)

func TestActsAreRecordedInOrder(t *testing.T) {
	m := &memory{}
	l, _ := openLog(t, m)
	if err := l.Append(t.Context(), acts(3)...); err != nil {
		t.Fatal(err)
	}
	before := time.Now()
	if err := l.Append(t.Context(), Act{By: "triage", OS: "root", Do: "started", From: "service", Note: "1.0"}); err != nil {
		t.Fatal(err)
	}
	records := m.records(t)
	for i, want := range acts(3) {
		if got := records[i]; got.N != uint64(i+1) || got.On != want.On || !got.At.Equal(want.At) || got.Ref != "" {
			t.Errorf("record %d is %+v", i+1, got)
		}
	}
	if got := records[3]; got.OS != "root" || got.Note != "1.0" || !got.At.Equal(got.Logged) || got.Logged.Before(before.Truncate(0)) {
		t.Errorf("the last record is %+v", got)
	}
	if r := verify(t, m, nil); !r.OK() || r.Records != 4 || r.Head != records[3].MAC {
		t.Errorf("report %+v", r)
	}
}

func TestProjectDoublesNothing(t *testing.T) {
	m := &memory{}
	l, path := openLog(t, m)
	history := acts(10)
	project := func(l *Log, id string, from, to int) {
		t.Helper()
		if err := l.Project(t.Context(), id, from, history[from:to]); err != nil {
			t.Fatal(err)
		}
	}
	project(l, "a", 0, 3)
	project(l, "b", 0, 1)
	project(l, "a", 0, 3)
	project(l, "a", 1, 5)
	project(reopen(t, m, path), "a", 0, 7) // as after a crash, or another process
	project(l, "a", 5, 8)                  // whose memory ends at 5
	if err := l.Project(t.Context(), "a", 9, history[9:]); !errors.Is(err, ErrGap) {
		t.Errorf("with a gap: %v, want ErrGap", err)
	}
	if err := l.Project(t.Context(), "new", 1, history[1:2]); !errors.Is(err, ErrGap) {
		t.Errorf("a new case with a gap: %v, want ErrGap", err)
	}
	project(l, "a", 0, 10)
	wantEach(t, m, map[string]int{"a": 10, "b": 1})
	appends := m.appends
	project(l, "a", 0, 10)
	if m.appends != appends {
		t.Error("nothing new was written nevertheless")
	}
}

// wantEach checks that of each case the first so many are recorded once each,
// in order, and that the chain holds.
func wantEach(t *testing.T, m *memory, want map[string]int) {
	t.Helper()
	got := map[string]int{}
	for _, r := range m.records(t) {
		if r.Ref == "" {
			continue
		}
		if i, err := r.index(); err != nil || i != got[r.key()] {
			t.Fatalf("record %d is %s, want index %d", r.N, r.Ref, got[r.key()])
		}
		got[r.key()]++
	}
	for id, n := range want {
		if got[id] != n {
			t.Errorf("case %s: %d acts recorded, want %d", id, got[id], n)
		}
	}
	if r := verify(t, m, nil); !r.OK() {
		t.Errorf("faults: %v", r.Faults)
	}
}

var errUnclear = errors.New("no answer")

// doubtful is a journal whose answers say little of what it did: they are lost,
// half is written, or its own repeat meets its first attempt.
func doubtful() *memory {
	rnd := rand.New(rand.NewPCG(1, 2))
	return &memory{fail: func(entries []Entry) (int, error) {
		switch rnd.IntN(4) {
		case 0:
			return rnd.IntN(len(entries) + 1), errUnclear
		case 1:
			return rnd.IntN(len(entries) + 1), ErrConflict
		case 2:
			return len(entries), ErrConflict
		}
		return len(entries), nil
	}}
}

func TestUnclearAnswersLoseAndDoubleNothing(t *testing.T) {
	m := doubtful()
	l, _ := openLog(t, m)
	history, failed, direct := acts(400), 0, 0
	for n := 1; n <= len(history); {
		from := max(0, n-5)
		err := l.Project(t.Context(), "a", from, history[from:n])
		switch {
		case err == nil:
			n += 2
		case errors.Is(err, errUnclear):
			failed++
		default:
			t.Fatal(err)
		}
		if l.Append(t.Context(), acts(1)...) == nil {
			direct++
		}
	}
	m.fail = nil
	if err := l.Project(t.Context(), "a", 0, history); err != nil {
		t.Fatal(err)
	}
	wantEach(t, m, map[string]int{"a": 400})
	if recorded := len(m.entries) - 400; failed == 0 || recorded != direct {
		t.Errorf("%d failed; %d single acts acknowledged, %d recorded", failed, direct, recorded)
	}
}

func TestAJournalThatIsDownIsSaid(t *testing.T) {
	m := &memory{}
	l, path := openLog(t, m)
	for range 2 {
		m.down = errUnclear
		if err := l.Project(t.Context(), "a", 0, acts(2)); !errors.Is(err, errUnclear) {
			t.Errorf("the case cannot be looked up: %v", err)
		}
		if err := l.Append(t.Context(), acts(1)...); !errors.Is(err, errUnclear) {
			t.Errorf("the end cannot be looked up: %v", err)
		}
		if _, err := l.Checkpoint(t.Context()); !errors.Is(err, errUnclear) || l.Trouble() == nil {
			t.Errorf("no checkpoint can be made: %v", err)
		}
		m.down = nil
		if err := l.Project(t.Context(), "a", 0, acts(2)); err != nil {
			t.Fatal(err)
		}
		l = reopen(t, m, path)
	}
	wantEach(t, m, map[string]int{"a": 2})
	if len(m.entries) != 2 {
		t.Errorf("%d records, want 2", len(m.entries))
	}
}

func TestManyWritersAtOnce(t *testing.T) {
	const logs, writers, each = 8, 4, 25
	m := &memory{}
	history := acts(each)
	var wg sync.WaitGroup
	for range logs {
		l, _ := openLog(t, m)
		for w := range writers {
			wg.Go(func() {
				for i := range each {
					if err := l.Append(t.Context(), history[i]); err != nil {
						t.Error(err)
					}
					// Every log is given every case.
					if err := l.Project(t.Context(), fmt.Sprint("case", w), 0, history[:i+1]); err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Go(func() {
			if _, err := l.Checkpoint(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	wantEach(t, m, map[string]int{"case0": each, "case1": each, "case2": each, "case3": each})
	if want := logs*writers*each + writers*each; len(m.entries) != want {
		t.Errorf("%d records, want %d", len(m.entries), want)
	}
	t.Logf("%d records of %d logs in %d appends", len(m.entries), logs, m.appends)
}

// slow is a journal whose appends wait until they are let go.
type slow struct {
	*memory
	entered, letGo chan struct{}
}

func (s *slow) Append(ctx context.Context, after uint64, entries []Entry) (uint64, error) {
	s.entered <- struct{}{}
	<-s.letGo
	return s.memory.Append(ctx, after, entries)
}

func TestWhoWaitsIsWrittenTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &memory{}
		s := &slow{m, make(chan struct{}), make(chan struct{})}
		l, err := Open(t.Context(), Options{Journal: s, Key: testKey, Log: zap.NewNop()})
		if err != nil {
			t.Fatal(err)
		}
		results := make(chan error, 101)
		do := func(ctx context.Context) { results <- l.Append(ctx, acts(1)...) }
		go do(t.Context())
		<-s.entered
		leaving, leave := context.WithCancel(t.Context())
		go do(leaving)
		for range 99 {
			go do(t.Context())
		}
		synctest.Wait()
		if len(results) > 0 {
			t.Fatal("told before it was durable")
		}
		leave()
		if err := <-results; !errors.Is(err, context.Canceled) {
			t.Fatalf("who left was told %v", err)
		}
		s.letGo <- struct{}{}
		<-s.entered
		s.letGo <- struct{}{}
		for range 100 {
			if err := <-results; err != nil {
				t.Error(err)
			}
		}
		if m.appends != 2 || len(m.entries) != 100 {
			t.Errorf("%d records in %d appends, want 100 in 2", len(m.entries), m.appends)
		}
	})
}

func TestMemoryForCasesIsBounded(t *testing.T) {
	m := &memory{}
	l, _ := openLog(t, m)
	act := acts(1)
	for i := range 3 {
		l.chain.seen = map[string]int{}
		for n := range seenMost + 1 {
			l.chain.seen[fmt.Sprint("other", n)] = 0
		}
		if err := l.Project(t.Context(), "a", i, act); err != nil {
			t.Fatal(err)
		}
		if n := len(l.chain.seen); n != 1 {
			t.Fatalf("%d cases are remembered", n)
		}
	}
	wantEach(t, m, map[string]int{"a": 3})
}
