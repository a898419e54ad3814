package bus

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/synadia-io/orbit.go/jetstreamext"
)

// Journal is a stream that only grows: the engine refuses to delete from it.
// Its records are numbered from 1 without a gap.
type Journal struct {
	bus    *Bus
	name   string
	stream jetstream.Stream
}

// Record is an entry of a journal. Several may have the same key.
type Record struct {
	Key  string
	Data []byte
	// At is when the engine stored it.
	At time.Time
}

// appendMost is how many records the engine takes as one.
const appendMost = 1000

// NewJournal opens the journal, creating it the first time.
func NewJournal(ctx context.Context, b *Bus, name string) (*Journal, error) {
	_, leader, err := b.open(ctx, jetstream.StreamConfig{Name: name, Subjects: []string{name + ".>"}, DenyDelete: true, DenyPurge: true})
	if err != nil {
		return nil, fmt.Errorf("open journal %s: %w", name, err)
	}
	return &Journal{bus: b, name: name, stream: leader}, nil
}

// Append makes up to 1,000 records durable, all or none, if the newest record
// is the one numbered after; else it returns ErrConflict. It returns the number
// of the last. After any other error they may be there or not: see Last.
func (j *Journal) Append(ctx context.Context, after uint64, records []Record) (last uint64, err error) {
	switch n := len(records); {
	case n == 0:
		return after, nil
	case n > appendMost:
		return 0, fmt.Errorf("write to %s: %d records at once, at most %d go", j.name, n, appendMost)
	}
	last, err = j.write(ctx, after, records)
	switch {
	case isAPI(err, codeWrongLastSequence, codeSequenceInFlight):
		return 0, ErrConflict
	case err != nil:
		return 0, fmt.Errorf("write to %s: %w", j.name, explain(err))
	}
	return last, nil
}

func (j *Journal) write(ctx context.Context, after uint64, records []Record) (uint64, error) {
	if len(records) == 1 {
		ack, err := j.bus.js.PublishMsg(ctx, j.message(records[0]), jetstream.WithExpectLastSequence(after))
		if err != nil {
			return 0, err
		}
		return ack.Sequence, nil
	}
	messages := make([]*nats.Msg, len(records))
	for i, r := range records {
		messages[i] = j.message(r)
	}
	messages[0].Header.Set(jetstream.ExpectedLastSeqHeader, fmt.Sprint(after))
	ack, err := jetstreamext.PublishMsgBatch(ctx, j.bus.js, messages)
	if err != nil {
		return 0, err
	}
	return ack.Sequence, nil
}

func (j *Journal) message(r Record) *nats.Msg {
	return &nats.Msg{Subject: j.name + "." + r.Key, Header: nats.Header{}, Data: r.Data}
}

// Last returns the newest record and its number, 0 if there is none.
func (j *Journal) Last(ctx context.Context) (uint64, Record, error) {
	m, err := j.newest(ctx, ">")
	if errors.Is(err, ErrNotFound) {
		return 0, Record{}, nil
	}
	if err != nil {
		return 0, Record{}, err
	}
	return m.Sequence, j.record(m.Subject, m.Header, m.Data, m.Time), nil
}

// LastOf returns the newest record under key, or ErrNotFound.
func (j *Journal) LastOf(ctx context.Context, key string) (Record, error) {
	m, err := j.newest(ctx, key)
	if err != nil {
		return Record{}, err
	}
	return j.record(m.Subject, m.Header, m.Data, m.Time), nil
}

func (j *Journal) newest(ctx context.Context, key string) (*jetstream.RawStreamMsg, error) {
	m, err := j.stream.GetLastMsgForSubject(ctx, j.name+"."+key)
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		return nil, ErrNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("read from %s: %w", j.name, err)
	}
	return m, nil
}

// Each hands the records that are there at the time of the call to f, from the
// number on, until f fails.
func (j *Journal) Each(ctx context.Context, from uint64, f func(seq uint64, r Record) error) error {
	return j.bus.walk(ctx, walk{stream: j.stream, filter: j.name + ".>", from: from}, func(m jetstream.Msg, meta *jetstream.MsgMetadata) error {
		return f(meta.Sequence.Stream, j.record(m.Subject(), m.Headers(), m.Data(), meta.Timestamp))
	})
}

func (j *Journal) record(subject string, h nats.Header, data []byte, at time.Time) Record {
	return Record{Key: strings.TrimPrefix(subject, j.name+"."), Data: data, At: storedAt(h, at)}
}
