package bus

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"go.uber.org/zap"
)

// ErrPoison is wrapped by a handler's error when trying again is no use.
var ErrPoison = errors.New("the event cannot be handled")

var errUnreadable = errors.New("the stored bytes are no event")

// Reader reads a topic from where the reader of this name left off.
type Reader[T Keyed] struct {
	Name string
	// Handle takes events in order, in batches. If it fails on a batch it gets
	// its events one by one, and those that fail again come back later.
	Handle func(context.Context, []T) error
	// Dead takes what was tried in vain, so that a person sees it. Only when it
	// returns nil is the event given up; without Dead none ever is.
	Dead func(context.Context, Letter[T]) error
}

// Letter is an event that could not be handled.
type Letter[T Keyed] struct {
	Key   string
	Event *T // nil: unreadable
	Tries int
	Err   error
}

// Batch sizes: an event that is alone is handled at once; when many wait they
// are handled together, so that the next stage writes them together.
const (
	batchMost  = 250
	batchAhead = 1000
	// ackWait is after how long an event comes again whose reader died. Alone, a
	// reader does not die without the engine.
	ackWait, ackWaitAlone = 10 * time.Second, 2 * time.Minute
	// pullBeat is how often the engine says that it still knows a request for
	// events; after two that are missing it is made again. It is forgotten without
	// a word where a server is killed, or has not heard of a new reader yet.
	pullBeat = 2 * time.Second
	// stopWait is how long a stop waits for the engine's word.
	stopWait = 2 * time.Second
)

// backOff is how long an event rests after each failure; after one failure more
// it goes to Dead. Where that is missing, or fails too, the last rest repeats.
var backOff = []time.Duration{time.Second, 5 * time.Second, 30 * time.Second, 2 * time.Minute, 10 * time.Minute}

// Consume hands on the events, in order, until ctx ends; then it finishes the
// batch at hand and returns nil. Servers that run elsewhere may come and go
// meanwhile.
func (t *Topic[T]) Consume(ctx context.Context, r Reader[T]) error {
	log := t.bus.log.With(zap.String("topic", t.name), zap.String("reader", r.Name))
	reading := &reading[T]{Reader: r, topic: t.name, log: log, failures: map[uint64]int{}}
	for {
		err := t.consume(ctx, reading)
		switch {
		case ctx.Err() != nil:
			return nil
		case t.bus.Exclusive():
			return fmt.Errorf("consume %s: %w", t.name, err)
		}
		log.Warn("reading ended and begins again", zap.Error(err))
		select {
		case <-ctx.Done():
		case <-time.After(time.Second):
		}
	}
}

var errClosed = errors.New("the reader is gone")

// consume reads until ctx ends or the engine has no such reader any more.
func (t *Topic[T]) consume(ctx context.Context, reading *reading[T]) error {
	c, err := t.bus.reader(ctx, t.name, reading.Name)
	if err != nil {
		return err
	}
	waiting := make(chan jetstream.Msg, batchAhead)
	cc, err := c.Consume(func(m jetstream.Msg) { waiting <- m },
		jetstream.PullMaxMessages(batchAhead/2), jetstream.PullHeartbeat(pullBeat),
		jetstream.ConsumeErrHandler(func(_ jetstream.ConsumeContext, err error) {
			reading.log.Warn("consumer", zap.Error(err))
		}))
	if err != nil {
		return err
	}
	defer giveBack(cc, waiting)
	closed := cc.Closed()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-closed:
			return errClosed
		case m := <-waiting:
			reading.handle(ctx, collect(m, waiting))
		}
	}
}

// reader finds the durable reader or makes it, and leaves alone where it began.
func (b *Bus) reader(ctx context.Context, topic, name string) (jetstream.Consumer, error) {
	cfg := readerConfig(name)
	if b.Exclusive() {
		cfg.AckWait = ackWaitAlone
	}
	c, err := b.js.Consumer(ctx, topic, name)
	switch {
	case err == nil:
		old := c.CachedInfo().Config
		cfg.DeliverPolicy, cfg.OptStartSeq = old.DeliverPolicy, old.OptStartSeq
	case !errors.Is(err, jetstream.ErrConsumerNotFound):
		return nil, err
	}
	c, err = b.js.CreateOrUpdateConsumer(ctx, topic, cfg)
	if err == nil && b.Exclusive() && c.CachedInfo().NumAckPending > 0 {
		// What the process before had fetched and not handled need not wait for
		// ackWait: nobody else reads.
		_, err = b.js.ResetConsumer(ctx, topic, name)
	}
	return c, err
}

func readerConfig(name string) jetstream.ConsumerConfig {
	return jetstream.ConsumerConfig{
		Durable: name, AckPolicy: jetstream.AckExplicitPolicy,
		MaxDeliver: -1, AckWait: ackWait, MaxAckPending: batchAhead,
	}
}

// giveBack ends the reading and returns what was fetched ahead, so that the
// next reader need not wait for it. Not before the end, or it would be fetched
// once more.
func giveBack(cc jetstream.ConsumeContext, waiting <-chan jetstream.Msg) {
	cc.Drain()
	closed := cc.Closed()
	var ahead []jetstream.Msg
	for open := true; open || len(waiting) > 0; {
		select {
		case m := <-waiting:
			ahead = append(ahead, m)
		case <-closed:
			open, closed = false, nil
		}
	}
	for _, m := range ahead {
		_ = m.Nak()
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

// reading is a Reader at work.
type reading[T Keyed] struct {
	Reader[T]
	topic string
	log   *zap.Logger
	// failures counts by sequence. The engine's count of deliveries is no
	// measure: every restart delivers again what was fetched ahead.
	failures map[uint64]int
}

func (r *reading[T]) handle(ctx context.Context, batch []jetstream.Msg) {
	work := context.WithoutCancel(ctx) // a stop does not cut a batch in two
	events, good := r.open(work, batch)
	if len(events) == 0 {
		return
	}
	err := r.Handle(work, events)
	if err == nil {
		r.done(ctx, good...)
		return
	}
	for i, m := range good {
		if ctx.Err() != nil { // nor does a store that answers nothing hold it up
			_ = m.Nak()
			continue
		}
		if len(good) > 1 {
			err = r.Handle(work, events[i:i+1])
		}
		if err == nil {
			r.done(ctx, m)
			continue
		}
		r.fail(work, m, Letter[T]{Key: events[i].Key(), Event: &events[i], Err: err})
	}
}

// open decodes the batch; what cannot be decoded fails. Where the topic is the
// changes of a bucket, the mark of a deletion is no event.
func (r *reading[T]) open(ctx context.Context, batch []jetstream.Msg) (events []T, good []jetstream.Msg) {
	for _, m := range batch {
		var e T
		switch {
		case m.Headers().Get(headerOperation) != "":
			r.done(ctx, m)
		case json.Unmarshal(m.Data(), &e) != nil:
			r.fail(ctx, m, Letter[T]{Key: keyOf(r.topic, m.Subject()), Err: errUnreadable})
		default:
			events, good = append(events, e), append(good, m)
		}
	}
	return events, good
}

// keyOf is the key that a subject of the stream stands for.
func keyOf(stream, subject string) string {
	if bucket, is := strings.CutPrefix(stream, "KV_"); is {
		stream = "$KV." + bucket
	}
	return strings.TrimPrefix(subject, stream+".")
}

// done acknowledges what was handled. At a stop it waits until the engine knows,
// for it forgets what it has not yet taken in.
func (r *reading[T]) done(ctx context.Context, messages ...jetstream.Msg) {
	for i, m := range messages {
		delete(r.failures, sequence(m))
		if ctx.Err() == nil || i < len(messages)-1 {
			_ = m.Ack()
			continue
		}
		last, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopWait)
		_ = m.DoubleAck(last) // they are taken in in order
		cancel()
	}
}

// fail lets the event rest, or gives it up for good.
func (r *reading[T]) fail(ctx context.Context, m jetstream.Msg, l Letter[T]) {
	if len(r.failures) > 2*batchAhead { // others have since handled some of them
		clear(r.failures)
	}
	r.failures[sequence(m)]++
	l.Tries = r.failures[sequence(m)]
	log := r.log.With(zap.String("key", l.Key), zap.Int("tries", l.Tries), zap.NamedError("cause", l.Err))
	if r.Dead != nil && (l.Event == nil || l.Tries > len(backOff) || errors.Is(l.Err, ErrPoison)) {
		err := r.Dead(ctx, l)
		if err == nil {
			log.Error("event given up")
			_ = m.TermWithReason("given up")
			delete(r.failures, sequence(m))
			return
		}
		log = log.With(zap.Error(err))
	}
	wait := backOff[min(l.Tries, len(backOff))-1]
	log.Error("event failed, comes again", zap.Duration("in", wait))
	_ = m.NakWithDelay(wait)
}

func sequence(m jetstream.Msg) uint64 {
	meta, err := m.Metadata()
	if err != nil {
		return 0
	}
	return meta.Sequence.Stream
}
