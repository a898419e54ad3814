package bus

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"go.uber.org/zap"
)

// Keyed is a value with a name of its own: letters, digits and "-_/=.".
type Keyed interface{ Key() string }

// Topic is a stream of events, each under its key and each once, for ever.
type Topic[T Keyed] struct {
	bus    *Bus
	name   string
	stream jetstream.Stream
}

// NewTopic opens the topic, creating it the first time.
func NewTopic[T Keyed](ctx context.Context, b *Bus, name string) (*Topic[T], error) {
	s, err := b.js.CreateOrUpdateStream(ctx, jetstream.StreamConfig{
		Name: name, Subjects: []string{name + ".>"},
		Storage: jetstream.FileStorage, Retention: jetstream.LimitsPolicy, Discard: jetstream.DiscardNew,
		AllowDirect: true, AllowAtomicPublish: true,
	})
	if err != nil {
		return nil, fmt.Errorf("open topic %s: %w", name, err)
	}
	return &Topic[T]{bus: b, name: name, stream: s}, nil
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
	m, err := t.stream.GetLastMsgForSubject(ctx, t.name+"."+prefix+".>")
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		return e, ErrNotFound
	}
	if err != nil {
		return e, fmt.Errorf("read from %s: %w", t.name, err)
	}
	if err := json.Unmarshal(m.Data, &e); err != nil {
		return e, fmt.Errorf("read from %s: %w", t.name, err)
	}
	return e, nil
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
		return 0, 0, nil // it has not begun
	}
	if err != nil {
		return 0, 0, fmt.Errorf("look at %s: %w", t.name, err)
	}
	info := c.CachedInfo()
	waiting = info.NumPending + uint64(info.NumAckPending)
	all, err := t.Count(ctx)
	return waiting, all - min(all, waiting), err
}

// Batch sizes: an event that is alone is handled at once; when many wait they
// are handled together, so that the next stage writes them together.
const (
	batchMost  = 250
	batchAhead = 1000
	// ackWait is after how long an event whose reader died comes again.
	ackWait = 10 * time.Second
)

// backOff is how long a failed event rests before it is handed out again; the
// last value repeats. No event is ever given up.
var backOff = []time.Duration{time.Second, 5 * time.Second, 30 * time.Second, 2 * time.Minute, 10 * time.Minute}

// Consume hands the events to h, in order, in batches, from where the reader
// of this name left off, until ctx ends; then it finishes the batch at hand
// and returns nil. If h fails on a batch, its events are handed over one by
// one, and those that fail again come back later.
func (t *Topic[T]) Consume(ctx context.Context, name string, h func(context.Context, []T) error) error {
	c, err := t.bus.js.CreateOrUpdateConsumer(ctx, t.name, jetstream.ConsumerConfig{
		Durable: name, AckPolicy: jetstream.AckExplicitPolicy,
		MaxDeliver: -1, AckWait: ackWait, MaxAckPending: batchAhead,
	})
	if ctx.Err() != nil {
		return nil
	}
	if err != nil {
		return fmt.Errorf("consume %s: %w", t.name, err)
	}
	waiting := make(chan jetstream.Msg, batchAhead)
	log := t.bus.log.With(zap.String("topic", t.name), zap.String("reader", name))
	cc, err := c.Consume(func(m jetstream.Msg) { waiting <- m },
		jetstream.PullMaxMessages(batchAhead/2),
		jetstream.ConsumeErrHandler(func(_ jetstream.ConsumeContext, err error) {
			log.Warn("consumer", zap.Error(err))
		}))
	if err != nil {
		return fmt.Errorf("consume %s: %w", t.name, err)
	}
	defer giveBack(cc, waiting)
	for {
		select {
		case <-ctx.Done():
			return nil
		case m := <-waiting:
			t.handle(ctx, log, collect(m, waiting), h)
		}
	}
}

// giveBack ends the reading and returns what was fetched ahead, so that the
// next reader need not wait for it.
func giveBack(cc jetstream.ConsumeContext, waiting <-chan jetstream.Msg) {
	cc.Drain()
	for {
		select {
		case m := <-waiting:
			_ = m.Nak()
		case <-cc.Closed():
			for len(waiting) > 0 {
				_ = (<-waiting).Nak()
			}
			return
		}
	}
}

// collect takes what waits already, and waits for nothing.
func collect(first jetstream.Msg, waiting <-chan jetstream.Msg) []jetstream.Msg {
	batch := []jetstream.Msg{first}
	for len(batch) < batchMost {
		select {
		case m := <-waiting:
			batch = append(batch, m)
		default:
			return batch
		}
	}
	return batch
}

func (t *Topic[T]) handle(ctx context.Context, log *zap.Logger, batch []jetstream.Msg, h func(context.Context, []T) error) {
	work := context.WithoutCancel(ctx) // a stop does not cut a batch in two
	events, good := make([]T, 0, len(batch)), batch[:0:0]
	for _, m := range batch {
		var e T
		if err := json.Unmarshal(m.Data(), &e); err != nil {
			log.Error("unreadable event left in the store", zap.Uint64("sequence", sequence(m)))
			_ = m.TermWithReason("unreadable")
			continue
		}
		events, good = append(events, e), append(good, m)
	}
	if err := h(work, events); err == nil {
		for _, m := range good {
			_ = m.Ack()
		}
		return
	}
	for i, m := range good {
		if ctx.Err() != nil { // nor does a store that answers nothing hold it up
			_ = m.Nak()
			continue
		}
		err := h(work, events[i:i+1])
		if err == nil {
			_ = m.Ack()
			continue
		}
		wait := rest(m)
		log.Error("event failed, comes again", zap.String("key", events[i].Key()), zap.Duration("in", wait), zap.Error(err))
		_ = m.NakWithDelay(wait)
	}
}

func rest(m jetstream.Msg) time.Duration {
	meta, err := m.Metadata()
	if err != nil {
		return backOff[0]
	}
	n := min(max(meta.NumDelivered, 1), uint64(len(backOff)))
	return backOff[n-1]
}

func sequence(m jetstream.Msg) uint64 {
	meta, err := m.Metadata()
	if err != nil {
		return 0
	}
	return meta.Sequence.Stream
}

// isAPI reports whether err is a JetStream refusal with one of the codes.
func isAPI(err error, codes ...jetstream.ErrorCode) bool {
	var api *jetstream.APIError
	if !errors.As(err, &api) {
		return false
	}
	for _, c := range codes {
		if api.ErrorCode == c {
			return true
		}
	}
	return false
}
