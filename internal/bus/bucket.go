package bus

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"go.uber.org/zap"
)

// Bucket holds the present state of things by key. Changes are made by
// compare-and-set on a revision. Everything in it is also in memory, kept
// current by one watch, so that All costs no call.
type Bucket[T Keyed] struct {
	bus  *Bus
	name string
	kv   jetstream.KeyValue

	mu    sync.RWMutex
	index map[string]*Revised[T]
	watch jetstream.KeyWatcher
}

// Revised is a value and the revision under which it is stored.
type Revised[T Keyed] struct {
	Value    T
	Revision uint64
	deleted  bool
}

// NewBucket opens the bucket, creating it the first time, and reads it.
func NewBucket[T Keyed](ctx context.Context, b *Bus, name string) (*Bucket[T], error) {
	// Made by hand: a bucket made by the client could never be erased from.
	_, err := b.js.CreateOrUpdateStream(ctx, jetstream.StreamConfig{
		Name: "KV_" + name, Subjects: []string{"$KV." + name + ".>"},
		Storage: jetstream.FileStorage, Retention: jetstream.LimitsPolicy, Discard: jetstream.DiscardNew,
		MaxMsgsPerSubject: 1, AllowRollup: true, AllowDirect: true, AllowAtomicPublish: true, AllowMsgTTL: true,
	})
	if err != nil {
		return nil, fmt.Errorf("open bucket %s: %w", name, err)
	}
	kv, err := b.js.KeyValue(ctx, name)
	if err != nil {
		return nil, fmt.Errorf("open bucket %s: %w", name, err)
	}
	k := &Bucket[T]{bus: b, name: name, kv: kv, index: map[string]*Revised[T]{}}
	return k, k.follow(ctx)
}

// follow fills the index and keeps it current from then on.
func (k *Bucket[T]) follow(ctx context.Context) error {
	w, err := k.kv.WatchAll(context.WithoutCancel(ctx))
	if err != nil {
		return fmt.Errorf("watch bucket %s: %w", k.name, err)
	}
	k.watch = w
	for {
		select {
		case e, ok := <-w.Updates():
			switch {
			case !ok:
				return fmt.Errorf("watch bucket %s: ended", k.name)
			case e == nil: // everything stored before now was seen
				go func() {
					for e := range w.Updates() {
						k.see(e)
					}
				}()
				return nil
			}
			k.see(e)
		case <-time.After(startTimeout):
			return fmt.Errorf("watch bucket %s: nothing came for %v", k.name, startTimeout)
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (k *Bucket[T]) see(e jetstream.KeyValueEntry) {
	if e == nil {
		return
	}
	r := Revised[T]{Revision: e.Revision(), deleted: e.Operation() != jetstream.KeyValuePut}
	if !r.deleted {
		if err := json.Unmarshal(e.Value(), &r.Value); err != nil {
			k.bus.log.Error("unreadable value left in the store", zap.String("bucket", k.name), zap.Uint64("revision", e.Revision()))
			return
		}
	}
	k.put(e.Key(), r)
}

func (k *Bucket[T]) put(key string, r Revised[T]) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if old := k.index[key]; old == nil || r.Revision > old.Revision {
		k.index[key] = &r
	}
}

// Get returns the value under key, or ErrNotFound.
func (k *Bucket[T]) Get(ctx context.Context, key string) (Revised[T], error) {
	var r Revised[T]
	e, err := k.kv.Get(ctx, key)
	if errors.Is(err, jetstream.ErrKeyNotFound) || errors.Is(err, jetstream.ErrInvalidKey) {
		return r, ErrNotFound
	}
	if err != nil {
		return r, fmt.Errorf("read from %s: %w", k.name, err)
	}
	r.Revision = e.Revision()
	if err := json.Unmarshal(e.Value(), &r.Value); err != nil {
		return r, fmt.Errorf("read from %s: %w", k.name, err)
	}
	return r, nil
}

// All returns every value, in no order. They are shared and must not be
// changed; a later change of the bucket does not show in them.
func (k *Bucket[T]) All() []*Revised[T] {
	k.mu.RLock()
	defer k.mu.RUnlock()
	all := make([]*Revised[T], 0, len(k.index))
	for _, r := range k.index {
		if !r.deleted {
			all = append(all, r)
		}
	}
	return all
}

// Create stores the values whose keys are free and leaves the others alone.
func (k *Bucket[T]) Create(ctx context.Context, values []T) error {
	writes := make([]write, len(values))
	for i, v := range values {
		data, err := json.Marshal(v)
		if err != nil {
			return fmt.Errorf("write to %s: %w", k.name, err)
		}
		writes[i] = write{subject: "$KV." + k.name + "." + v.Key(), data: data}
	}
	if _, err := k.bus.createAll(ctx, writes); err != nil {
		return fmt.Errorf("write to %s: %w", k.name, err)
	}
	return nil
}

// Insert stores a value whose key must be free, else ErrExists.
func (k *Bucket[T]) Insert(ctx context.Context, v T) (uint64, error) {
	return k.store(v, ErrExists, func(data []byte) (uint64, error) { return k.kv.Create(ctx, v.Key(), data) })
}

// Update stores a value over the given revision of it, else ErrConflict.
func (k *Bucket[T]) Update(ctx context.Context, v T, revision uint64) (uint64, error) {
	return k.store(v, ErrConflict, func(data []byte) (uint64, error) { return k.kv.Update(ctx, v.Key(), data, revision) })
}

// Put stores a value over whatever is there: for state with a single writer.
func (k *Bucket[T]) Put(ctx context.Context, v T) (uint64, error) {
	return k.store(v, ErrConflict, func(data []byte) (uint64, error) { return k.kv.Put(ctx, v.Key(), data) })
}

func (k *Bucket[T]) store(v T, taken error, write func([]byte) (uint64, error)) (uint64, error) {
	data, err := json.Marshal(v)
	if err != nil {
		return 0, fmt.Errorf("write to %s: %w", k.name, err)
	}
	rev, err := write(data)
	switch {
	case err == nil:
		k.put(v.Key(), Revised[T]{Value: v, Revision: rev})
		return rev, nil
	case isAPI(err, codeWrongLastSequence):
		return 0, taken
	}
	return 0, fmt.Errorf("write to %s: %w", k.name, explain(err))
}

// Delete removes what is under key. Deleting what is not there is harmless.
func (k *Bucket[T]) Delete(ctx context.Context, key string) error {
	if err := k.kv.Purge(ctx, key); err != nil {
		return fmt.Errorf("delete from %s: %w", k.name, explain(err))
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if r := k.index[key]; r != nil {
		k.index[key] = &Revised[T]{Revision: r.Revision, deleted: true}
	}
	return nil
}

// Close ends the watch.
func (k *Bucket[T]) Close() error { return k.watch.Stop() }
