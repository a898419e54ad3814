package bus

import (
	"context"
	"fmt"

	"github.com/nats-io/nats.go/jetstream"
	"github.com/synadia-io/orbit.go/jetstreamext"
)

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
		_, err := b.js.Publish(ctx, w.subject, w.data, jetstream.WithExpectLastSequencePerSubject(0))
		switch {
		case isAPI(err, codeWrongLastSequence):
			taken = append(taken, i)
		case err != nil:
			return nil, explain(err)
		}
	}
	return taken, nil
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
