package bus

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// Bucket holds the present state of things by key. Changes are made by
// compare-and-set on a revision. Everything in it is also in memory, kept
// current by one watch, so that All costs no call; of a Lighter, its light form.
type Bucket[T Keyed] struct {
	bus   *Bus
	name  string
	kv    jetstream.KeyValue
	watch jetstream.KeyWatcher
	ended context.CancelFunc // the client keeps something of a watch until it is told
	news  chan struct{}      // the listeners are to be told of a change

	stream, leader jetstream.Stream

	mu    sync.RWMutex
	index map[string]*Revised[T]
	// seen is the revision up to which the watch has told everything: an older
	// one that comes by another way was overtaken or is in the index already.
	seen      uint64
	listeners []func()
	feeds     []*Feed[T]

	saving   sync.Mutex
	savedSeq uint64 // up to where the index is saved
	savedAt  time.Time
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
	stream, leader, err := b.open(ctx, jetstream.StreamConfig{
		Name: "KV_" + name, Subjects: []string{"$KV." + name + ".>"},
		MaxMsgsPerSubject: 1, AllowRollup: true, AllowMsgTTL: true,
	})
	if err != nil {
		return nil, fmt.Errorf("open bucket %s: %w", name, err)
	}
	var kv jetstream.KeyValue
	if err = justMade(ctx, func() error { kv, err = b.js.KeyValue(ctx, name); return err }); err != nil {
		return nil, fmt.Errorf("open bucket %s: %w", name, err)
	}
	k := &Bucket[T]{
		bus: b, name: name, kv: kv, stream: stream, leader: leader,
		index: map[string]*Revised[T]{}, news: make(chan struct{}, 1),
	}
	if err := k.fill(ctx); err != nil {
		return nil, fmt.Errorf("watch bucket %s: %w", name, err)
	}
	go k.follow()
	go k.tell()
	return k, nil
}

// Changes is the bucket as a topic: each state of a thing is an event, and a
// state that a later one overtook before it was read is not handed over.
func (k *Bucket[T]) Changes() *Topic[T] {
	return &Topic[T]{bus: k.bus, name: "KV_" + k.name, stream: k.stream, leader: k.leader}
}

// Peek is the value as All has it. It costs no call.
func (k *Bucket[T]) Peek(key string) (r Revised[T], found bool) {
	k.mu.RLock()
	defer k.mu.RUnlock()
	if known := k.index[key]; known != nil && !known.deleted {
		return *known, true
	}
	return r, false
}

// Get returns the value under key, or ErrNotFound.
func (k *Bucket[T]) Get(ctx context.Context, key string) (r Revised[T], err error) {
	data, revision, err := k.newest(ctx, key)
	if errors.Is(err, ErrNotFound) {
		return r, err
	}
	if err == nil {
		r.Revision, err = revision, json.Unmarshal(data, &r.Value)
	}
	if err != nil {
		return r, fmt.Errorf("read from %s: %w", k.name, err)
	}
	return r, nil
}

// newest is what is stored under key. A replica's "nothing", or something older
// than we know of, is not believed: it may lag.
func (k *Bucket[T]) newest(ctx context.Context, key string) (data []byte, revision uint64, err error) {
	e, err := k.kv.Get(ctx, key)
	known, _ := k.Peek(key)
	switch {
	case err == nil && e.Revision() >= known.Revision:
		return e.Value(), e.Revision(), nil
	case errors.Is(err, jetstream.ErrInvalidKey):
		return nil, 0, ErrNotFound
	case err != nil && !errors.Is(err, jetstream.ErrKeyNotFound):
		return nil, 0, err
	case err != nil && !mayLag(k.stream):
		return nil, 0, ErrNotFound
	}
	m, err := k.leader.GetLastMsgForSubject(ctx, k.subject(key))
	if errors.Is(err, jetstream.ErrMsgNotFound) || err == nil && m.Header.Get(headerOperation) != "" {
		return nil, 0, ErrNotFound
	}
	if err != nil {
		return nil, 0, err
	}
	return m.Data, m.Sequence, nil
}

func (k *Bucket[T]) subject(key string) string { return "$KV." + k.name + "." + key }

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

// Len is how many values there are.
func (k *Bucket[T]) Len() int {
	k.mu.RLock()
	defer k.mu.RUnlock()
	n := 0
	for _, r := range k.index {
		if !r.deleted {
			n++
		}
	}
	return n
}

// Create stores the values whose keys are free and leaves the others alone.
func (k *Bucket[T]) Create(ctx context.Context, values []T) error {
	writes := make([]write, len(values))
	for i, v := range values {
		data, err := encode(v)
		if err != nil {
			return fmt.Errorf("write to %s: %w", k.name, err)
		}
		writes[i] = write{subject: k.subject(v.Key()), data: data}
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
	data, err := encode(v)
	if err != nil {
		return 0, fmt.Errorf("write to %s: %w", k.name, err)
	}
	rev, err := write(data)
	switch {
	case err == nil:
		k.wrote(v, rev)
		return rev, nil
	case isAPI(err, codeWrongLastSequence, codeSequenceInFlight):
		return 0, taken
	}
	return 0, fmt.Errorf("write to %s: %w", k.name, explain(err))
}

// markerLife is for how long the engine remembers that a key was deleted: what
// a watch that was cut off for longer may miss.
var markerLife = 7 * 24 * time.Hour

// Delete removes what is under key. Deleting what is not there is harmless.
func (k *Bucket[T]) Delete(ctx context.Context, key string) error {
	k.mu.RLock()
	old := k.index[key]
	k.mu.RUnlock()
	if err := k.kv.Purge(ctx, key, jetstream.PurgeTTL(markerLife)); err != nil {
		return fmt.Errorf("delete from %s: %w", k.name, explain(err))
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if old != nil && k.index[key] == old { // the watch has not told yet
		k.index[key] = &Revised[T]{Revision: old.Revision, deleted: true}
		k.touched(key)
	}
	return nil
}

// Close saves the index of a Lighter, and ends the watch.
func (k *Bucket[T]) Close() error {
	k.saveIf(true)
	return k.watch.Stop()
}

// encode is a value as it is stored.
func encode[T Keyed](v T) ([]byte, error) {
	if l, is := any(v).(Lighter[T]); is && !l.Whole() {
		return nil, errLight
	}
	return json.Marshal(v)
}
