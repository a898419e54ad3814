package bus

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// walk is a part of a stream.
type walk struct {
	stream  jetstream.Stream // read from its leader
	filter  string
	from    uint64 // the first sequence
	headers bool   // without the bodies
}

// walkAhead is how many messages are fetched ahead: each may be a text of 256 KiB.
const walkAhead = 100

// errEnough ends a walk before its end.
var errEnough = errors.New("enough")

// walk hands what is stored at the time of the call to f, in order, until f
// fails.
func (b *Bus) walk(ctx context.Context, w walk, f func(jetstream.Msg, *jetstream.MsgMetadata) error) error {
	name := w.stream.CachedInfo().Config.Name
	if err := w.run(ctx, f); err != nil && !errors.Is(err, errEnough) {
		return fmt.Errorf("read through %s: %w", name, err)
	}
	return nil
}

// A walk to which nothing comes, though something is there, reads on through
// another consumer after so many seconds, and gives up after so many of them.
const (
	walkPatience = 3
	walkTries    = 20
)

var errStalled = errors.New("nothing comes, though there is more: try again")

func (w walk) run(ctx context.Context, f func(jetstream.Msg, *jetstream.MsgMetadata) error) error {
	last, err := w.last(ctx)
	if err != nil || last == 0 || last < w.from {
		return err
	}
	next := max(w.from, 1)
	for tries := 1; ; tries++ {
		reached, err := w.stretch(ctx, next, last, f)
		if reached > next {
			tries = 1
		}
		if !errors.Is(err, errStalled) || tries == walkTries {
			return err
		}
		next = reached
	}
}

// stretch hands over the messages between two sequences, and returns which it
// would want next.
func (w walk) stretch(ctx context.Context, next, last uint64, f func(jetstream.Msg, *jetstream.MsgMetadata) error) (uint64, error) {
	messages, end, err := w.messages(ctx, next)
	if err != nil {
		return next, err
	}
	defer end()
	for silent := 0; silent < walkPatience; {
		m, err := messages.Next(jetstream.NextMaxWait(time.Second))
		switch {
		case ctx.Err() != nil:
			return next, ctx.Err()
		case errors.Is(err, nats.ErrTimeout):
			if over, err := w.over(ctx, next, last); over || err != nil {
				return next, err
			}
			silent++
			continue
		case err != nil:
			return next, err
		}
		meta, err := m.Metadata()
		if err != nil {
			return next, err
		}
		if next, silent = meta.Sequence.Stream+1, 0; next <= last+1 {
			err = f(m, meta)
		}
		if err != nil || next > last {
			return next, err
		}
	}
	return next, errStalled
}

// last is the sequence at which the walk ends; 0: there is nothing. Of a whole
// stream that is the last there ever was, since the engine finds no last message
// for ">" if that one was erased.
func (w walk) last(ctx context.Context) (uint64, error) {
	if w.filter == ">" {
		info, err := w.stream.Info(ctx)
		if err != nil {
			return 0, err
		}
		w.stream.CachedInfo().Config.AllowDirect = false // see leader
		return info.State.LastSeq, nil
	}
	m, err := w.stream.GetLastMsgForSubject(ctx, w.filter)
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	return m.Sequence, nil
}

// messages reads from the sequence on, until end is called: left alone, the
// engine would keep the reader for a minute, and has room for a thousand.
func (w walk) messages(ctx context.Context, from uint64) (m jetstream.MessagesContext, end func(), err error) {
	c, err := w.stream.OrderedConsumer(ctx, jetstream.OrderedConsumerConfig{
		FilterSubjects: []string{w.filter}, HeadersOnly: w.headers, InactiveThreshold: time.Minute,
		DeliverPolicy: jetstream.DeliverByStartSequencePolicy, OptStartSeq: from,
		MaxResetAttempts: 6, // the client waits longer each time; without it, for ever
	})
	if err != nil {
		return nil, nil, err
	}
	if m, err = c.Messages(jetstream.PullMaxMessages(walkAhead)); err != nil {
		return nil, nil, err
	}
	return m, func() {
		m.Stop()
		_ = w.stream.DeleteConsumer(context.WithoutCancel(ctx), c.CachedInfo().Name)
	}, nil
}

// over reports that nothing is left between the sequences: what was last may
// have been erased meanwhile, and never comes.
func (w walk) over(ctx context.Context, next, last uint64) (bool, error) {
	m, err := w.stream.GetMsg(ctx, next, jetstream.WithGetMsgSubject(w.filter))
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		return true, nil
	}
	return err == nil && m.Sequence > last, err
}
