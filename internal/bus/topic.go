package bus

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/nats-io/nats.go/jetstream"
	"github.com/synadia-io/orbit.go/jetstreamext"
	"go.uber.org/zap"
)

// Keyed is a value with a name of its own: letters, digits and "-_/=.".
type Keyed interface{ Key() string }

// Topic is a stream of events, each under its key and each once, for ever.
type Topic[T Keyed] struct {
	bus            *Bus
	name           string
	stream, leader jetstream.Stream
}

// NewTopic opens the topic, creating it the first time.
func NewTopic[T Keyed](ctx context.Context, b *Bus, name string) (*Topic[T], error) {
	s, leader, err := b.open(ctx, jetstream.StreamConfig{Name: name, Subjects: []string{name + ".>"}})
	if err != nil {
		return nil, fmt.Errorf("open topic %s: %w", name, err)
	}
	return &Topic[T]{bus: b, name: name, stream: s, leader: leader}, nil
}

// Publish makes events durable. One that was published before is left out:
// publishing twice is harmless.
func (t *Topic[T]) Publish(ctx context.Context, events []T) error {
	_, err := t.Offer(ctx, events)
	return err
}

// Offer is Publish, and returns the events whose keys were taken.
func (t *Topic[T]) Offer(ctx context.Context, events []T) (taken []T, err error) {
	writes := make([]write, len(events))
	for i, e := range events {
		data, err := json.Marshal(e)
		if err != nil {
			return nil, fmt.Errorf("publish to %s: %w", t.name, err)
		}
		writes[i] = write{subject: t.name + "." + e.Key(), data: data}
	}
	indices, err := t.bus.createAll(ctx, writes)
	if err != nil {
		return nil, fmt.Errorf("publish to %s: %w", t.name, err)
	}
	for _, i := range indices {
		taken = append(taken, events[i])
	}
	return taken, nil
}

// Last returns the newest event whose key begins with "prefix.", or
// ErrNotFound.
func (t *Topic[T]) Last(ctx context.Context, prefix string) (T, error) {
	var e T
	m, err := newest(ctx, t.stream, t.leader, t.name+"."+prefix+".>")
	if err == nil {
		err = json.Unmarshal(m.Data, &e)
	}
	if err != nil && !errors.Is(err, ErrNotFound) {
		err = fmt.Errorf("read from %s: %w", t.name, err)
	}
	return e, err
}

// LastOf is Last for many prefixes at once. The answer leaves out those under
// which there is nothing. What it says of the others may be some milliseconds
// old where there are replicas.
func (t *Topic[T]) LastOf(ctx context.Context, prefixes []string) (map[string]T, error) {
	found := make(map[string]T, len(prefixes))
	for part := range slices.Chunk(prefixes, batchMost) {
		if err := t.lastOf(ctx, part, found); err != nil {
			return nil, fmt.Errorf("read from %s: %w", t.name, err)
		}
	}
	return found, nil
}

// errPartial: the engine's answer was cut short.
var errPartial = errors.New("only a part of the answer came")

func (t *Topic[T]) lastOf(ctx context.Context, prefixes []string, found map[string]T) error {
	messages, err := t.newestOf(ctx, prefixes)
	tooMany := errors.Is(err, jetstreamext.ErrBatchUnsupported) // 1,024 events are answered for at most
	switch half := len(prefixes) / 2; {
	case tooMany && half > 0:
		if err := t.lastOf(ctx, prefixes[:half], found); err != nil {
			return err
		}
		return t.lastOf(ctx, prefixes[half:], found)
	case err != nil && !tooMany:
		return err
	}
	for _, p := range prefixes {
		m := messages[p]
		if m == nil && (tooMany || mayLag(t.stream)) {
			m, err = newest(ctx, t.stream, t.leader, t.name+"."+p+".>")
			if err != nil && !errors.Is(err, ErrNotFound) {
				return err
			}
		}
		if m == nil {
			continue
		}
		var e T
		if err := json.Unmarshal(m.Data, &e); err != nil {
			t.bus.log.Error("unreadable event left in the store", zap.String("topic", t.name), zap.Uint64("sequence", m.Sequence))
			continue
		}
		found[p] = e
	}
	return nil
}

// newestOf asks once for the newest messages of all subjects under the
// prefixes and keeps the newest of each prefix.
func (t *Topic[T]) newestOf(ctx context.Context, prefixes []string) (map[string]*jetstream.RawStreamMsg, error) {
	subjects := make([]string, len(prefixes))
	for i, p := range prefixes {
		subjects[i] = t.name + "." + p + ".>"
	}
	ctx, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	answer, err := jetstreamext.GetLastMsgsFor(ctx, t.bus.js, t.name, subjects)
	if err != nil {
		return nil, err
	}
	newest := make(map[string]*jetstream.RawStreamMsg, len(prefixes))
	left := "all"
	for m, err := range answer {
		if errors.Is(err, jetstreamext.ErrNoMessages) {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		left = m.Header.Get("Nats-Num-Pending")
		key := strings.TrimPrefix(m.Subject, t.name+".")
		for i := range key { // the asked one is one of the key's beginnings
			if old := newest[key[:i]]; key[i] == '.' && (old == nil || old.Sequence < m.Sequence) {
				newest[key[:i]] = m
			}
		}
	}
	if left != "0" { // the time was over before the end
		return nil, errPartial
	}
	return newest, nil
}

// Each hands every event that is stored at the time of the call to f, in
// order, until f fails.
func (t *Topic[T]) Each(ctx context.Context, f func(T) error) error {
	return t.bus.walk(ctx, walk{stream: t.leader, filter: t.name + ".>"}, func(m jetstream.Msg, meta *jetstream.MsgMetadata) error {
		var e T
		if err := json.Unmarshal(m.Data(), &e); err != nil {
			t.bus.log.Error("unreadable event left in the store", zap.String("topic", t.name), zap.Uint64("sequence", meta.Sequence.Stream))
			return nil
		}
		return f(e)
	})
}

// Erase overwrites on the disk every event whose key begins with "prefix.".
// Erasing what is not there is harmless.
func (t *Topic[T]) Erase(ctx context.Context, prefix string) error {
	_, err := t.bus.erase(ctx, t.leader, t.name+"."+prefix+".>")
	return err
}

// Count is the number of events on the topic.
func (t *Topic[T]) Count(ctx context.Context) (uint64, error) {
	info, err := t.stream.Info(ctx)
	if err != nil {
		return 0, fmt.Errorf("count %s: %w", t.name, err)
	}
	return info.State.Msgs, nil
}

// Flow is how many events the reader of this name has still to handle, and how
// many got through: one that fails again and again does not hide the others.
func (t *Topic[T]) Flow(ctx context.Context, name string) (waiting, through uint64, err error) {
	c, err := t.stream.Consumer(ctx, name)
	if errors.Is(err, jetstream.ErrConsumerNotFound) {
		waiting, err = t.Count(ctx) // it has not begun, or is gone
		return waiting, 0, err
	}
	if err != nil {
		return 0, 0, fmt.Errorf("look at %s: %w", t.name, err)
	}
	info := c.CachedInfo()
	waiting = info.NumPending + uint64(info.NumAckPending)
	all, err := t.Count(ctx)
	return waiting, all - min(all, waiting), err
}
