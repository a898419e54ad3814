package bus

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// briefly opens leases with a short term.
func briefly(t *testing.T, b *Bus) *Leases {
	t.Helper()
	l, err := NewLeases(t.Context(), b)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.bucket.Close() })
	l.term, l.renew, l.margin = 600*time.Millisecond, 100*time.Millisecond, 200*time.Millisecond
	return l
}

// paused opens leases that are never renewed.
func paused(t *testing.T, b *Bus) *Leases {
	l := briefly(t, b)
	l.renew = time.Hour
	return l
}

// hold starts a Hold that ends with the test.
func hold(t *testing.T, l *Leases, key string, work func(context.Context, uint64) error) (stop func() error) {
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- l.Hold(ctx, key, work) }()
	stop = sync.OnceValue(func() error {
		cancel()
		return <-done
	})
	t.Cleanup(func() { _ = stop() })
	return stop
}

// within fails if nothing comes.
func within[T any](t *testing.T, c <-chan T) T {
	t.Helper()
	select {
	case v := <-c:
		return v
	case <-time.After(patience):
		t.Fatalf("nothing for %v", patience)
		panic("not reached")
	}
}

// until is work that reports its token and goes on until it must end.
func until(begun chan<- uint64) func(context.Context, uint64) error {
	return func(ctx context.Context, token uint64) error {
		begun <- token
		<-ctx.Done()
		return ctx.Err()
	}
}

func TestLeaseGoesOnWhenGivenBack(t *testing.T) {
	each(t, func(t *testing.T, open func() *Bus) {
		b := open()
		a, c := briefly(t, b), briefly(t, b)
		a.term, c.term = time.Hour, time.Hour // nothing here waits for a term
		first, second := make(chan uint64, 1), make(chan uint64, 1)
		stop := hold(t, a, "poll/x", until(first))
		if token := within(t, first); token != 1 {
			t.Fatalf("token %d, want 1", token)
		}
		hold(t, c, "poll/x", until(second))
		other := make(chan uint64, 1)
		hold(t, a, "poll/y", until(other))
		within(t, other) // by now the rival waits as well
		if err := stop(); err != nil {
			t.Fatalf("hold ended with %v, want nil at the end of its ctx", err)
		}
		if token := within(t, second); token != 2 {
			t.Fatalf("token %d, want 2", token)
		}
	})
}

func TestHoldEndsWithTheWorksError(t *testing.T) {
	l := briefly(t, start(t, t.TempDir(), ""))
	broken, n := errors.New("broken"), 0
	err := l.Hold(t.Context(), "poll", func(context.Context, uint64) error {
		if n++; n == 3 {
			return broken
		}
		return nil
	})
	if !errors.Is(err, broken) || n != 3 {
		t.Fatalf("%v after %d turns, want the error of the third", err, n)
	}
	if err := l.Hold(t.Context(), "not a key", nil); err == nil {
		t.Fatal("a key that is none was held")
	}
}

func TestLeaseOfADeadProcess(t *testing.T) {
	each(t, func(t *testing.T, open func() *Bus) {
		b := open()
		l := briefly(t, b)
		dead := lease{Name: "poll", Token: 6, Process: "of old"}
		if _, err := l.take(t.Context(), dead, 0); err != nil {
			t.Fatal(err)
		}
		begun := make(chan uint64, 1)
		from := time.Now()
		hold(t, l, "poll", until(begun))
		if token := within(t, begun); token != 7 {
			t.Fatalf("token %d, want 7", token)
		}
		if waited := time.Since(from); b.Exclusive() != (waited < l.term) {
			t.Fatalf("began after %v; exclusive: %v", waited, b.Exclusive())
		}
	})
}

// A lease is kept without a write where nobody else could take it.
func TestOnlySharedLeasesAreRenewed(t *testing.T) {
	each(t, func(t *testing.T, open func() *Bus) {
		b := open()
		l := briefly(t, b)
		l.term, l.margin, l.renew = 2*patience, patience, 20*time.Millisecond
		begun, renewed := make(chan uint64, 1), make(chan struct{}, 1)
		hold(t, l, "poll", until(begun))
		within(t, begun)
		first, _ := l.bucket.Peek("poll")
		l.bucket.OnChange(func() {
			if now, _ := l.bucket.Peek("poll"); now.Revision != first.Revision && len(renewed) == 0 {
				renewed <- struct{}{}
			}
		})
		if !b.Exclusive() {
			within(t, renewed)
			return
		}
		select {
		case <-renewed:
			t.Error("the record was written again")
		case <-time.After(25 * l.renew):
		}
	})
}

// job is what a lease's owners work on.
type job struct {
	ID    string
	Token uint64
	By    string
}

func (j job) Key() string   { return j.ID }
func (j job) Fence() uint64 { return j.Token }

// contest is a job whose owner falls asleep until a rival has taken it over.
type contest struct {
	jobs           *Bucket[job]
	sleeper, rival *Leases
	took           time.Duration
	stale          error // what the owner's write met when it woke up
}

func (c *contest) run(t *testing.T, key string) {
	asleep, over, woken := make(chan time.Time, 1), make(chan struct{}), make(chan struct{})
	put := func(ctx context.Context, token uint64, by string) error {
		_, err := PutFenced(context.WithoutCancel(ctx), c.jobs, job{key, token, by})
		return err
	}
	hold(t, c.sleeper, key, func(ctx context.Context, token uint64) error {
		err := put(ctx, token, "owner")
		asleep <- time.Now()
		<-over // it does not see that its ctx ends
		if ctx.Err() == nil || err != nil {
			t.Errorf("the owner still believes, or could not write: %v", err)
		}
		c.stale = put(ctx, token, "stale")
		close(woken)
		return nil
	})
	from := <-asleep
	var first sync.Once // a busy machine may cost the rival its lease as well
	hold(t, c.rival, key, func(ctx context.Context, token uint64) error {
		first.Do(func() {
			c.took = time.Since(from)
			if err := put(ctx, token, "rival"); err != nil {
				t.Error(err)
			}
			close(over)
		})
		<-ctx.Done()
		return nil
	})
	<-woken
}

func TestStaleOwnersWriteNothing(t *testing.T) {
	each(t, func(t *testing.T, open func() *Bus) {
		b := open()
		jobs, err := NewBucket[job](t.Context(), b, "jobs")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = jobs.Close() })
		sleeper, rival := paused(t, b), briefly(t, b)
		contests := make([]contest, 40)
		var wg sync.WaitGroup
		for i := range contests {
			contests[i] = contest{jobs: jobs, sleeper: sleeper, rival: rival}
			wg.Go(func() { contests[i].run(t, fmt.Sprint("job", i)) })
		}
		wg.Wait()
		var took []time.Duration
		for i, c := range contests {
			took = append(took, c.took)
			if r, err := jobs.Get(t.Context(), fmt.Sprint("job", i)); !errors.Is(c.stale, ErrStale) || err != nil || r.Value.By != "rival" {
				t.Errorf("job %d: the stale write met %v, stored is %+v, %v", i, c.stale, r.Value, err)
			}
		}
		slices.Sort(took)
		t.Logf("%d contests, taken over after p50 %v, max %v, with a term of %v", len(took), took[len(took)/2], took[len(took)-1], rival.term)
	})
}

func TestWorkNeverOverlaps(t *testing.T) {
	each(t, func(t *testing.T, open func() *Bus) {
		b := open()
		holders := []*Leases{briefly(t, b), briefly(t, b), paused(t, b)}
		holders[2].renew = 450 * time.Millisecond // too late: it believes for 400 ms
		const keys = 8
		var at [keys]atomic.Int32
		var tokens [keys]atomic.Uint64
		var turns, lost atomic.Int32
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		var wg sync.WaitGroup
		for k := range keys {
			for _, l := range holders {
				wg.Go(func() {
					err := l.Hold(ctx, fmt.Sprint("key", k), func(ctx context.Context, token uint64) error {
						if n := at[k].Add(1); n != 1 {
							t.Errorf("%d at work on key %d", n, k)
						}
						if old := tokens[k].Swap(token); old >= token {
							t.Errorf("token %d after %d", token, old)
						}
						select {
						case <-ctx.Done():
							lost.Add(1)
						case <-time.After(rand.N(500 * time.Millisecond)):
						}
						at[k].Add(-1)
						turns.Add(1)
						return nil
					})
					if err != nil {
						t.Error(err)
					}
				})
			}
		}
		wg.Wait()
		t.Logf("%d turns, %d of them lost", turns.Load(), lost.Load())
		if turns.Load() < 3*keys || lost.Load() == 0 {
			t.Fatal("too little happened to tell")
		}
	})
}

func TestOneOf32RacersWinsEachOf1000Keys(t *testing.T) {
	each(t, func(t *testing.T, open func() *Bus) {
		b := open()
		bucket, err := NewBucket[event](t.Context(), b, "cases")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = bucket.Close() })
		keys := 1000
		if !b.Exclusive() {
			keys = 100
		}
		if err := bucket.Create(t.Context(), events(0, keys)); err != nil {
			t.Fatal(err)
		}
		wins := make([]atomic.Int32, keys)
		var wg sync.WaitGroup
		for r := range 32 {
			wg.Go(func() {
				for i, e := range events(0, keys) {
					old, err := bucket.Get(t.Context(), e.ID)
					if err != nil {
						t.Error(err)
						return
					}
					if old.Value.Body != e.Body {
						continue // somebody won already
					}
					_, err = bucket.Update(t.Context(), event{ID: e.ID, Body: fmt.Sprint("racer ", r)}, old.Revision)
					switch {
					case err == nil:
						wins[i].Add(1)
					case !errors.Is(err, ErrConflict):
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		for i := range wins {
			if n := wins[i].Load(); n != 1 {
				t.Fatalf("key %d has %d winners", i, n)
			}
		}
	})
}
