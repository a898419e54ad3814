package bus

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/synadia-io/orbit.go/jetstreamext"
)

// askTimeout bounds one question to the engine.
const askTimeout = 20 * time.Second

// open makes the stream or brings it up to date. Reads through stream are
// answered by any replica, which may lag behind what was acknowledged; reads
// through leader are not.
func (b *Bus) open(ctx context.Context, cfg jetstream.StreamConfig) (stream, leader jetstream.Stream, err error) {
	cfg.Storage, cfg.Retention, cfg.Discard = jetstream.FileStorage, jetstream.LimitsPolicy, jetstream.DiscardNew
	cfg.AllowDirect, cfg.AllowAtomicPublish, cfg.Replicas = true, true, b.replicas()
	stream, err = b.js.Stream(ctx, cfg.Name)
	if errors.Is(err, jetstream.ErrStreamNotFound) || err == nil && !alike(stream.CachedInfo().Config, cfg) {
		stream, err = b.js.CreateOrUpdateStream(ctx, cfg)
	}
	if err != nil {
		return nil, nil, explain(err)
	}
	err = justMade(ctx, func() error { leader, err = b.leader(ctx, cfg.Name); return err })
	return stream, leader, err
}

// justMade tries again, for a few seconds, where a server answers that does not know yet
// of a stream that another has just made.
func justMade(ctx context.Context, try func() error) error {
	for deadline := time.Now().Add(5 * time.Second); ; {
		err := try()
		if !unknown(err) || time.Now().After(deadline) {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// unknown reports whether a server answered that there is no such stream; watches are
// made by the older of the client's packages, which has errors of its own.
func unknown(err error) bool {
	return errors.Is(err, jetstream.ErrStreamNotFound) || errors.Is(err, nats.ErrStreamNotFound) || errors.Is(err, jetstream.ErrBucketNotFound)
}

// alike reports whether a stream is as it is wanted: bringing it up to date
// costs a durable write even if nothing changes. What is wanted leaves some to
// the engine.
func alike(is, want jetstream.StreamConfig) bool {
	want.MaxConsumers, want.MaxMsgs, want.MaxBytes, want.MaxMsgSize = is.MaxConsumers, is.MaxMsgs, is.MaxBytes, is.MaxMsgSize
	want.Duplicates, want.Metadata = is.Duplicates, is.Metadata
	if want.MaxMsgsPerSubject == 0 {
		want.MaxMsgsPerSubject = -1
	}
	return reflect.DeepEqual(is, want)
}

// leader is a view of a stream that reads from its leader only.
func (b *Bus) leader(ctx context.Context, name string) (jetstream.Stream, error) {
	s, err := b.js.Stream(ctx, name)
	if err != nil {
		return nil, err
	}
	s.CachedInfo().Config.AllowDirect = false // what the client goes by
	return s, nil
}

// mayLag reports whether there are replicas that can be behind.
func mayLag(s jetstream.Stream) bool { return s.CachedInfo().Config.Replicas > 1 }

// newest returns the last message on the subject, or ErrNotFound. A replica
// that lags would deny what was acknowledged, and know what was erased.
func newest(ctx context.Context, stream, leader jetstream.Stream, subject string) (*jetstream.RawStreamMsg, error) {
	if mayLag(stream) {
		stream = leader
	}
	m, err := stream.GetLastMsgForSubject(ctx, subject)
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		return nil, ErrNotFound
	}
	return m, err
}

// erase overwrites on the disk what is stored under the subjects, and says how
// much that was. With replicas the servers' logs hold it a while longer.
func (b *Bus) erase(ctx context.Context, leader jetstream.Stream, filter string) (n int, err error) {
	name := leader.CachedInfo().Config.Name
	for ; ; n++ {
		m, err := leader.GetLastMsgForSubject(ctx, filter)
		if errors.Is(err, jetstream.ErrMsgNotFound) {
			return n, nil
		}
		if err == nil {
			err = b.willDelete(name, 1)
		}
		if err == nil {
			err = secureDelete(ctx, leader, m.Sequence)
		}
		if err != nil {
			return n, fmt.Errorf("erase from %s: %w", name, err)
		}
	}
}

// secureDelete does not stop half-way: a deletion of which nobody knew whether it
// happened would look like a loss.
func secureDelete(ctx context.Context, leader jetstream.Stream, seq uint64) error {
	ctx = context.WithoutCancel(ctx)
	err := leader.SecureDeleteMsg(ctx, seq)
	if err != nil {
		if _, gone := leader.GetMsg(ctx, seq); errors.Is(gone, jetstream.ErrMsgNotFound) {
			return nil // somebody else erased it
		}
	}
	return err
}

// write is one value to be stored under a subject that is still free.
type write struct {
	subject string
	data    []byte
}

// batchFrom is from how many writes on one atomic batch is faster than single
// ones: a batch costs 2 to 4 ms whatever its size, a durable write 0.2 ms.
const batchFrom = 20

// JetStream's refusals that mean something to us.
const (
	codeWrongLastSequence jetstream.ErrorCode = 10071 // the subject is taken, or went on
	codeSequenceInFlight  jetstream.ErrorCode = 10164 // likewise, by a write that is under way
	codeNoSpace           jetstream.ErrorCode = 10023 // the quota is used up
	codeStoreFailed       jetstream.ErrorCode = 10077 // likewise, said by the stream
)

// createAll stores what is not there yet, durably, and returns the indices of
// those whose subjects were taken. A burst goes as atomic batches; where one
// holds something known, its writes go one by one.
func (b *Bus) createAll(ctx context.Context, writes []write) (taken []int, err error) {
	for from := 0; from < len(writes); {
		n := portion(writes[from:])
		some, err := b.createSome(ctx, writes[from:from+n])
		if err != nil {
			return nil, err
		}
		for _, i := range some {
			taken = append(taken, from+i)
		}
		from += n
	}
	return taken, nil
}

// portion is how many of the writes make one batch: bounded in number and, so
// that a few huge texts do not swamp the engine, in bytes.
func portion(writes []write) int {
	bytes := 0
	for n, w := range writes {
		if bytes += len(w.data); n == batchMost || n > 0 && bytes > 1<<20 {
			return n
		}
	}
	return len(writes)
}

func (b *Bus) createSome(ctx context.Context, writes []write) (taken []int, err error) {
	if len(writes) >= batchFrom {
		if err := b.createBatch(ctx, writes); err == nil {
			return nil, nil
		}
	}
	for i, w := range writes {
		err := afterOthers(ctx, func() error {
			_, err := b.js.Publish(ctx, w.subject, w.data, jetstream.WithExpectLastSequencePerSubject(0))
			return err
		})
		switch {
		case isAPI(err, codeWrongLastSequence):
			taken = append(taken, i)
		case err != nil:
			return nil, explain(err)
		}
	}
	return taken, nil
}

// afterOthers tries a write again while another one to its subject is under way,
// which may yet fail.
func afterOthers(ctx context.Context, write func() error) error {
	for wait := time.Millisecond; ; wait *= 2 {
		err := write()
		if !isAPI(err, codeSequenceInFlight) || wait > time.Second {
			return err
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (b *Bus) createBatch(ctx context.Context, writes []write) error {
	batch, err := jetstreamext.NewBatchPublisher(b.js)
	if err != nil {
		return err
	}
	free := jetstreamext.WithBatchExpectLastSequencePerSubject(0)
	last := len(writes) - 1
	for _, w := range writes[:last] {
		if err := batch.Add(w.subject, w.data, free); err != nil {
			_ = batch.Discard()
			return err
		}
	}
	_, err = batch.Commit(ctx, writes[last].subject, writes[last].data, free)
	return err
}

// explain adds what to do to the refusals that a person can mend.
func explain(err error) error {
	if isAPI(err, codeNoSpace, codeStoreFailed) {
		return fmt.Errorf("%w: the store's quota is used up: raise data.max_store or free space on the disk", err)
	}
	return err
}

// isAPI reports whether err is a JetStream refusal with one of the codes.
func isAPI(err error, codes ...jetstream.ErrorCode) bool {
	var api *jetstream.APIError
	return errors.As(err, &api) && slices.Contains(codes, api.ErrorCode)
}
