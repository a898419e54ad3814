package bus

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/synadia-io/orbit.go/jetstreamext"
)

// Message is what a stream holds under one sequence.
type Message struct {
	Seq     uint64
	Subject string
	Header  map[string][]string
	// At is when it was stored first, be it in another store.
	At   time.Time
	Data []byte
}

// Headers that matter to a copy; the engine's others belong to the store they
// were written to.
const (
	headerAt        = "Stored-At"    // when a restored message was first stored
	headerOperation = "KV-Operation" // on the mark of a deletion in a bucket
)

// storedAt is when a message was first stored.
func storedAt(h nats.Header, engine time.Time) time.Time {
	if at, err := time.Parse(time.RFC3339Nano, h.Get(headerAt)); err == nil {
		return at
	}
	return engine
}

// Streams names all streams, in order.
func (b *Bus) Streams(ctx context.Context) ([]string, error) {
	list := b.js.StreamNames(ctx)
	var names []string
	for name := range list.Name() {
		names = append(names, name)
	}
	if err := list.Err(); err != nil {
		return nil, fmt.Errorf("list the streams: %w", err)
	}
	slices.Sort(names)
	return names, nil
}

// Dump hands every message that is stored at the time of the call to f, in
// order, until f fails. The stream may be written to meanwhile: of a bucket,
// values that were replaced before they were read come last, as they are then.
func (b *Bus) Dump(ctx context.Context, stream string, f func(Message) error) error {
	s, err := b.leader(ctx, stream)
	if err != nil {
		return fmt.Errorf("dump %s: %w", stream, err)
	}
	known := map[string]bool{}
	err = b.walk(ctx, walk{stream: s, filter: ">"}, func(m jetstream.Msg, meta *jetstream.MsgMetadata) error {
		if m.Headers().Get(headerOperation) != "" {
			return nil // the mark of a deletion
		}
		known[m.Subject()] = true
		return f(Message{meta.Sequence.Stream, m.Subject(), m.Headers(), storedAt(m.Headers(), meta.Timestamp), m.Data()})
	})
	if err != nil || s.CachedInfo().Config.MaxMsgsPerSubject != 1 {
		return err
	}
	if err := b.dumpRest(ctx, s, known, f); err != nil {
		return fmt.Errorf("dump %s: %w", stream, err)
	}
	return nil
}

// dumpRest hands over what is under the other subjects.
func (b *Bus) dumpRest(ctx context.Context, leader jetstream.Stream, known map[string]bool, f func(Message) error) error {
	s, err := b.js.Stream(ctx, leader.CachedInfo().Config.Name)
	if err != nil {
		return err
	}
	info, err := s.Info(ctx, jetstream.WithSubjectFilter(">"))
	if err != nil {
		return err
	}
	for subject := range info.State.Subjects {
		if known[subject] {
			continue
		}
		m, err := leader.GetLastMsgForSubject(ctx, subject)
		if errors.Is(err, jetstream.ErrMsgNotFound) || err == nil && m.Header.Get(headerOperation) != "" {
			continue
		}
		if err == nil {
			err = f(Message{m.Sequence, m.Subject, m.Header, storedAt(m.Header, m.Time), m.Data})
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Load writes messages into an empty stream, in the order in which next gives
// them until io.EOF. The function it returns says which sequence here is the
// last of those up to a sequence there. What failed halfway is not empty any
// more: begin anew.
func (b *Bus) Load(ctx context.Context, stream string, next func() (Message, error)) (where func(uint64) uint64, err error) {
	s, err := b.js.Stream(ctx, stream)
	if err != nil {
		return nil, fmt.Errorf("load %s: %w", stream, err)
	}
	if state := s.CachedInfo().State; state.Msgs > 0 {
		return nil, fmt.Errorf("load %s: it holds %d messages already: load into an empty store", stream, state.Msgs)
	}
	l := loading{bus: b, runs: []run{{}}}
	for {
		m, err := next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err == nil {
			err = l.add(ctx, m)
		}
		if err != nil {
			return nil, fmt.Errorf("load %s: %w", stream, explain(err))
		}
	}
	if err := l.flush(ctx); err != nil {
		return nil, fmt.Errorf("load %s: %w", stream, explain(err))
	}
	return l.where, nil
}

// loading collects messages into batches.
type loading struct {
	bus   *Bus
	batch []*nats.Msg
	olds  []uint64 // their sequences where they came from
	bytes int
	runs  []run
}

// run is a row of messages that were numbered without a gap in both stores.
type run struct{ old, new, n uint64 }

func (l *loading) add(ctx context.Context, m Message) error {
	h, alive := kept(m, time.Now())
	if !alive {
		return nil
	}
	if len(l.batch) == batchMost || len(l.batch) > 0 && l.bytes+len(m.Data) > 1<<20 {
		if err := l.flush(ctx); err != nil {
			return err
		}
	}
	l.batch = append(l.batch, &nats.Msg{Subject: m.Subject, Header: h, Data: m.Data})
	l.olds = append(l.olds, m.Seq)
	l.bytes += len(m.Data)
	return nil
}

// kept returns the headers to store a message with, unless its time is over.
func kept(m Message, now time.Time) (h nats.Header, alive bool) {
	h = nats.Header{}
	for name, values := range m.Header {
		if !strings.HasPrefix(name, "Nats-") {
			h[name] = values
		}
	}
	h.Set(headerAt, m.At.UTC().Format(time.RFC3339Nano))
	if ttl := nats.Header(m.Header).Get(jetstream.MsgTTLHeader); ttl != "" && ttl != "never" {
		left := lifetime(ttl) - now.Sub(m.At)
		h.Set(jetstream.MsgTTLHeader, left.Round(time.Second).String())
		return h, left >= time.Second // the engine knows no shorter life
	}
	return h, true
}

// lifetime reads a TTL header: seconds, or a duration as Go writes it.
func lifetime(ttl string) time.Duration {
	if n, err := strconv.ParseInt(ttl, 10, 64); err == nil {
		return time.Duration(n) * time.Second
	}
	d, _ := time.ParseDuration(ttl)
	return d
}

func (l *loading) flush(ctx context.Context) error {
	if len(l.batch) >= batchFrom {
		ctx, cancel := context.WithTimeout(ctx, askTimeout)
		defer cancel()
		ack, err := jetstreamext.PublishMsgBatch(ctx, l.bus.js, l.batch)
		if err != nil {
			return err
		}
		for i, old := range l.olds {
			l.note(old, ack.Sequence-uint64(len(l.olds)-1-i))
		}
	} else {
		for i, m := range l.batch {
			ack, err := l.bus.js.PublishMsg(ctx, m)
			if err != nil {
				return err
			}
			l.note(l.olds[i], ack.Sequence)
		}
	}
	l.batch, l.olds, l.bytes = nil, nil, 0
	return nil
}

// note remembers which sequence became which.
func (l *loading) note(old, new uint64) {
	if r := &l.runs[len(l.runs)-1]; r.n > 0 && old == r.old+r.n && new == r.new+r.n {
		r.n++
		return
	}
	l.runs = append(l.runs, run{old, new, 1})
}

func (l *loading) where(old uint64) uint64 {
	i := sort.Search(len(l.runs), func(i int) bool { return l.runs[i].old > old })
	if r := l.runs[max(i, 1)-1]; r.n > 0 {
		return r.new + min(old-r.old, r.n-1)
	}
	return 0
}

// Readers returns, by name, up to which sequence each reader of a stream has
// handled everything.
func (b *Bus) Readers(ctx context.Context, stream string) (map[string]uint64, error) {
	s, err := b.js.Stream(ctx, stream)
	if err != nil {
		return nil, fmt.Errorf("look at the readers of %s: %w", stream, err)
	}
	readers := map[string]uint64{}
	list := s.ListConsumers(ctx)
	for c := range list.Info() {
		if c.Config.Durable != "" {
			readers[c.Name] = c.AckFloor.Stream
		}
	}
	if err := list.Err(); err != nil {
		return nil, fmt.Errorf("look at the readers of %s: %w", stream, err)
	}
	return readers, nil
}

// SetReader makes the reader of this name go on after the sequence, wherever it
// was. It must not be reading.
func (b *Bus) SetReader(ctx context.Context, stream, name string, after uint64) error {
	err := b.js.DeleteConsumer(ctx, stream, name)
	if err == nil || errors.Is(err, jetstream.ErrConsumerNotFound) {
		cfg := readerConfig(name)
		cfg.DeliverPolicy, cfg.OptStartSeq = jetstream.DeliverByStartSequencePolicy, after+1
		_, err = b.js.CreateConsumer(ctx, stream, cfg)
	}
	if err != nil {
		return fmt.Errorf("set the reader %s of %s: %w", name, stream, err)
	}
	return nil
}
