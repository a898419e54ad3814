package bus

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"runtime"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"go.uber.org/zap"
	"golang.org/x/sync/errgroup"
)

// portionRead is how many values are decoded at a time: enough that handing
// them over costs nothing, few enough that all processors have work.
const portionRead = 128

// fill reads what is stored into the index: what was saved of it, if that fits,
// and what came after it; else everything.
func (k *Bucket[T]) fill(ctx context.Context) error {
	saved := k.recall(ctx)
	if saved {
		if err := k.read(ctx, jetstream.ResumeFromRevision(k.seen+1)); err != nil {
			return err
		}
		if saved = k.fits(ctx); !saved {
			k.unwatch()
		}
	}
	if !saved {
		k.forget(ctx)
		if err := k.read(ctx); err != nil {
			return err
		}
	}
	maps.DeleteFunc(k.index, func(_ string, r *Revised[T]) bool { return r.deleted })
	return nil
}

// read begins the watch and takes everything that is stored from there on.
func (k *Bucket[T]) read(ctx context.Context, from ...jetstream.WatchOpt) (err error) {
	watching, ended := context.WithCancel(context.WithoutCancel(ctx))
	if err = justMade(ctx, func() error { k.watch, err = k.kv.WatchAll(watching, from...); return err }); err != nil {
		ended()
		return err
	}
	k.ended = ended
	if err = k.readStored(ctx); err != nil {
		k.unwatch()
	}
	return err
}

// unwatch ends a watch that nobody follows: what is on its way would keep it
// from ending.
func (k *Bucket[T]) unwatch() {
	go func(w jetstream.KeyWatcher, ended context.CancelFunc) {
		defer ended()
		for range w.Updates() {
		}
	}(k.watch, k.ended)
	_ = k.watch.Stop()
}

// readStored takes what the watch tells until that is all that was stored.
// Decoding takes longer than reading, so it is done beside it, on all processors.
func (k *Bucket[T]) readStored(ctx context.Context) error {
	var decoding errgroup.Group
	decoding.SetLimit(runtime.GOMAXPROCS(0))
	silence := time.NewTimer(startTimeout)
	defer silence.Stop()
	for batch := []jetstream.KeyValueEntry{}; ; {
		select {
		case e, ok := <-k.watch.Updates():
			if !ok {
				return errors.New("ended")
			}
			if e != nil {
				batch = append(batch, e)
			}
			if full := batch; e == nil || len(full) == portionRead {
				decoding.Go(func() error { k.add(full); return nil })
				batch = make([]jetstream.KeyValueEntry, 0, portionRead)
			}
			if e == nil {
				return errors.Join(decoding.Wait(), k.catchUp(ctx))
			}
			silence.Reset(startTimeout)
		case <-silence.C:
			return fmt.Errorf("nothing came for %v", startTimeout)
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// longestLag is for how long a replica is waited for that tells the watch less than is
// stored; whatever it lacks then comes with the watch.
const longestLag = 5 * time.Second

// catchUp reads on where the watch was told everything by a replica that lags: what was
// acknowledged before would be missing in the index, such as an order to erase.
func (k *Bucket[T]) catchUp(ctx context.Context) error {
	if !mayLag(k.stream) {
		return nil
	}
	last, err := k.leader.GetLastMsgForSubject(ctx, k.subject(">"))
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	lag := time.NewTimer(longestLag)
	defer lag.Stop()
	for k.seen < last.Sequence {
		select {
		case e, ok := <-k.watch.Updates():
			if !ok {
				return errors.New("ended")
			}
			if e != nil {
				k.add([]jetstream.KeyValueEntry{e})
			}
		case <-lag.C:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// add puts entries into the index that is being filled, in any order.
func (k *Bucket[T]) add(entries []jetstream.KeyValueEntry) {
	values := make([]*Revised[T], len(entries))
	for i, e := range entries {
		values[i] = k.decode(e)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	for i, r := range values {
		k.seen = max(k.seen, entries[i].Revision())
		if r != nil {
			k.keep(entries[i].Key(), r)
		}
	}
}

// decode returns nil for a value that cannot be read.
func (k *Bucket[T]) decode(e jetstream.KeyValueEntry) *Revised[T] {
	r := &Revised[T]{Revision: e.Revision(), deleted: e.Operation() != jetstream.KeyValuePut}
	if r.deleted {
		return r
	}
	if err := json.Unmarshal(e.Value(), &r.Value); err != nil {
		k.bus.log.Error("unreadable value left in the store", zap.String("bucket", k.name), zap.Uint64("revision", e.Revision()))
		return nil
	}
	r.Value = light(r.Value)
	return r
}

// keep replaces an older revision.
func (k *Bucket[T]) keep(key string, r *Revised[T]) {
	if old := k.index[key]; old == nil || r.Revision > old.Revision {
		k.index[key] = r
		k.touched(key)
	}
}

// follow keeps the index current until the watch ends.
func (k *Bucket[T]) follow() {
	defer k.ended()
	defer close(k.news)
	for e := range k.watch.Updates() {
		if e == nil {
			continue
		}
		k.see(e.Key(), e.Revision(), k.decode(e))
		select {
		case k.news <- struct{}{}:
		default: // a call is due already
		}
	}
}

// see takes what the watch tells, which comes in the order of the revisions: a
// deletion needs no trace in memory, as nothing older comes after it.
func (k *Bucket[T]) see(key string, revision uint64, r *Revised[T]) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.seen = revision
	if r == nil {
		return
	}
	k.keep(key, r)
	if now := k.index[key]; now.deleted && now.Revision <= revision {
		delete(k.index, key)
		k.touched(key)
	}
}

// tell calls the listeners, and saves the index, beside the watch.
func (k *Bucket[T]) tell() {
	k.saveIf(false)
	for range k.news {
		k.mu.RLock()
		listeners := k.listeners
		k.mu.RUnlock()
		for _, f := range listeners {
			f()
		}
		k.saveIf(false)
	}
}

// OnChange has f called after changes, whichever process made them, when they
// show in All; once for several that come together. Calls never overlap.
func (k *Bucket[T]) OnChange(f func()) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.listeners = append(k.listeners, f)
}

// wrote shows what we stored before the watch tells of it.
func (k *Bucket[T]) wrote(v T, revision uint64) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if revision > k.seen {
		k.keep(v.Key(), &Revised[T]{Value: light(v), Revision: revision})
	}
}

// Feed tells one reader what has changed in a bucket since it asked last. It holds
// the keys only, each once, however long nobody asks and however often it changes.
type Feed[T Keyed] struct {
	bucket  *Bucket[T]
	changed map[string]struct{} // guarded by the bucket's lock
}

// Change is how a value is now; nil: it is gone. It is shared and must not be
// changed.
type Change[T any] struct {
	Key   string
	Value *T
}

// Feed begins one, at which everything that there is has changed.
func (k *Bucket[T]) Feed() *Feed[T] {
	k.mu.Lock()
	defer k.mu.Unlock()
	f := &Feed[T]{bucket: k, changed: make(map[string]struct{}, len(k.index))}
	for key := range k.index {
		f.changed[key] = struct{}{}
	}
	k.feeds = append(k.feeds, f)
	return f
}

// Take returns what has changed since it was called last, as All has it by now. Where
// nothing has, it costs next to nothing. Of two that call at once, one gets it.
func (f *Feed[T]) Take() []Change[T] {
	k := f.bucket
	k.mu.RLock()
	none := len(f.changed) == 0
	k.mu.RUnlock()
	if none {
		return nil
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	out := make([]Change[T], 0, len(f.changed))
	for key := range f.changed {
		c := Change[T]{Key: key}
		if r := k.index[key]; r != nil && !r.deleted {
			c.Value = &r.Value
		}
		out = append(out, c)
	}
	f.changed = map[string]struct{}{}
	return out
}

// touched notes that what is under key changed. The caller holds the lock.
func (k *Bucket[T]) touched(key string) {
	for _, f := range k.feeds {
		f.changed[key] = struct{}{}
	}
}
