package bus

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"go.uber.org/zap"
)

// ErrStale: somebody who took the lease over has written since.
var ErrStale = errors.New("the lease went to another")

// Leases let one of several at a time do a piece of work, in whatever process
// they are. No clocks are compared: a rival takes over when it has seen the
// record unchanged for the whole term by its own clock, and the holder stops
// believing before that by its own. A holder that was paused may wake up and
// not know: what it writes is therefore fenced, see PutFenced.
//
// Where nobody else can use the store, its lock is the lease, and the record a
// copy of it, which is not renewed: a full store takes the lease from nobody.
type Leases struct {
	bucket  *Bucket[lease]
	log     *zap.Logger
	process string
	// sole: a holder that is not of this process is dead.
	sole bool
	// doors let one of this process at a time hold a key, or wait for it.
	doors sync.Map // of chan struct{}, by key
	// term is how long a lease lasts without being renewed, renew how often it
	// is, margin by how much earlier the holder stops: for clocks that do not
	// run equally fast.
	term, renew, margin time.Duration
}

// lease is what is stored of one. Each renewal gives it another revision.
type lease struct {
	Name    string `json:"name"`
	Token   uint64 `json:"token"` // how often it was taken
	Process string `json:"process"`
	Free    bool   `json:"free,omitempty"`
}

// Key implements Keyed.
func (l lease) Key() string { return l.Name }

// process tells this process from those before it.
var process = rand.Text()

// NewLeases opens the leases.
func NewLeases(ctx context.Context, b *Bus) (*Leases, error) {
	bucket, err := NewBucket[lease](ctx, b, "leases")
	if err != nil {
		return nil, err
	}
	return &Leases{
		bucket: bucket, log: b.log, process: process, sole: b.Exclusive(),
		term: 15 * time.Second, renew: 5 * time.Second, margin: 3 * time.Second,
	}, nil
}

// Hold waits for the lease, has the work done, gives the lease back when it
// returns, and waits again, until ctx ends; then it returns nil. The work's ctx
// ends also when the lease is lost. Its token is higher than that of every
// holder before. An error of the work while it holds the lease ends Hold.
func (l *Leases) Hold(ctx context.Context, key string, work func(ctx context.Context, token uint64) error) error {
	door, _ := l.doors.LoadOrStore(key, make(chan struct{}, 1))
	for ctx.Err() == nil {
		if err := l.once(ctx, key, door.(chan struct{}), work); err != nil {
			return err
		}
		select { // others' turn
		case <-ctx.Done():
		case <-time.After(l.renew):
		}
	}
	return nil
}

// once waits for the lease and has the work done once.
func (l *Leases) once(ctx context.Context, key string, door chan struct{}, work func(context.Context, uint64) error) error {
	select {
	case door <- struct{}{}:
		defer func() { <-door }()
	case <-ctx.Done():
		return nil
	}
	t, err := l.wait(ctx, key)
	switch {
	case err == nil:
		return l.serve(ctx, t, work)
	case errors.Is(err, jetstream.ErrInvalidKey):
		return fmt.Errorf("hold %s: %w", key, err)
	case ctx.Err() == nil:
		l.log.Warn("lease", zap.String("key", key), zap.Error(err))
	}
	return nil
}

// turn is a lease that we hold.
type turn struct {
	lease
	revision uint64
	until    time.Time // we believe that
	unsaved  bool      // the store did not take the record
}

// wait returns when the lease is ours.
func (l *Leases) wait(ctx context.Context, key string) (*turn, error) {
	w, err := l.bucket.kv.Watch(ctx, key)
	if err != nil {
		return nil, err
	}
	defer func() { _ = w.Stop() }()
	var seen sight
	unchanged := time.NewTimer(l.term)
	defer unchanged.Stop()
	for {
		free := true
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case e, ok := <-w.Updates():
			if !ok {
				return nil, errors.New("the watch ended")
			}
			if err := seen.see(e); err != nil {
				return nil, err
			}
			free = seen.complete && (seen.revision == 0 || seen.Free || l.sole && seen.Process != l.process)
		case <-unchanged.C:
		}
		unchanged.Reset(l.term)
		if !free {
			continue
		}
		t, err := l.take(ctx, lease{Name: key, Token: seen.Token + 1, Process: l.process}, seen.revision)
		if !errors.Is(err, ErrConflict) && !errors.Is(err, ErrExists) {
			return t, err
		}
	}
}

// sight is what a watch has shown of a lease.
type sight struct {
	lease
	revision uint64 // 0: nothing yet
	complete bool   // what was stored at the beginning was seen
}

func (s *sight) see(e jetstream.KeyValueEntry) error {
	if e == nil {
		s.complete = true
		return nil
	}
	s.lease, s.revision = lease{}, e.Revision()
	return json.Unmarshal(e.Value(), &s.lease)
}

// take stores the lease as ours, if nobody was faster.
func (l *Leases) take(ctx context.Context, ours lease, over uint64) (*turn, error) {
	ctx, cancel := context.WithTimeout(ctx, l.term)
	defer cancel()
	asked := time.Now() // the term begins no later than this
	store := func() (uint64, error) { return l.bucket.Update(ctx, ours, over) }
	if over == 0 {
		store = func() (uint64, error) { return l.bucket.Insert(ctx, ours) }
	}
	t := &turn{lease: ours, until: asked.Add(l.term - l.margin)}
	var err error
	if t.revision, err = store(); l.full(err) {
		l.log.Warn("lease held in memory only", zap.String("key", ours.Name), zap.Error(err))
		t.revision, t.unsaved, err = over, true, nil
	}
	return t, err
}

// full reports that only the store, full or failing, refused the record of a lease
// that is ours all the same.
func (l *Leases) full(err error) bool {
	return l.sole && isAPI(err, codeNoSpace, codeStoreFailed)
}

// serve does the work while the lease is ours.
func (l *Leases) serve(ctx context.Context, t *turn, work func(context.Context, uint64) error) error {
	working, lose := context.WithCancel(ctx)
	defer lose()
	expiry := time.AfterFunc(time.Until(t.until), lose)
	defer expiry.Stop()
	done := make(chan error, 1)
	go func() { done <- work(working, t.Token) }()
	ticks := time.NewTicker(l.renew)
	defer ticks.Stop()
	for {
		select {
		case err := <-done:
			if working.Err() != nil {
				err = nil // the work was told to stop
			}
			l.giveBack(t)
			return err
		case <-ticks.C: // also while the work comes to its end
			if l.extend(t) && expiry.Stop() {
				expiry.Reset(time.Until(t.until))
			} else {
				lose()
			}
		}
	}
}

// extend renews the lease and reports whether it is still ours.
func (l *Leases) extend(t *turn) bool {
	asked := time.Now()
	if !asked.Before(t.until) {
		return false
	}
	if l.sole && !t.unsaved { // nobody looks at the record, and each write is one to the disk
		t.until = asked.Add(l.term - l.margin)
		return true
	}
	ctx, cancel := context.WithTimeout(context.Background(), min(l.renew, t.until.Sub(asked)))
	defer cancel()
	revision, err := l.bucket.Update(ctx, t.lease, t.revision)
	switch {
	case err == nil:
		t.revision, t.until, t.unsaved = revision, asked.Add(l.term-l.margin), false
	case l.full(err):
		t.until = asked.Add(l.term - l.margin)
	case errors.Is(err, ErrConflict):
		t.until = asked
	default:
		l.log.Warn("lease not renewed", zap.String("key", t.Name), zap.Error(err))
	}
	return time.Now().Before(t.until)
}

// giveBack lets the next one begin at once. If it fails, that one waits for
// the term.
func (l *Leases) giveBack(t *turn) {
	ctx, cancel := context.WithTimeout(context.Background(), l.term)
	defer cancel()
	t.Free = true
	if _, err := l.bucket.Update(ctx, t.lease, t.revision); err != nil && !errors.Is(err, ErrConflict) {
		l.log.Warn("lease not given back", zap.String("key", t.Name), zap.Error(err))
	}
}

// Fenced is a value that tells under which token of a lease it was written.
type Fenced interface {
	Keyed
	Fence() uint64
}

// PutFenced stores v, unless what is stored was written under a higher token:
// then it returns ErrStale. A new holder is safe from the one before from its
// first write on.
func PutFenced[T Fenced](ctx context.Context, bucket *Bucket[T], v T) (revision uint64, err error) {
	for {
		old, err := bucket.Get(ctx, v.Key())
		switch {
		case errors.Is(err, ErrNotFound):
			revision, err = bucket.Insert(ctx, v)
		case err != nil:
			return 0, err
		case old.Value.Fence() > v.Fence():
			return 0, ErrStale
		default:
			revision, err = bucket.Update(ctx, v, old.Revision)
		}
		if !errors.Is(err, ErrConflict) && !errors.Is(err, ErrExists) || ctx.Err() != nil {
			return revision, err
		}
	}
}
