package audit

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"go.uber.org/zap"
)

// Options say what a Log works with.
type Options struct {
	Journal Journal
	// Key has 32 bytes; the chain and the signatures hang on it.
	Key []byte
	// Practice is written into checkpoints and exports.
	Practice string
	// Checkpoints is the path of the file that vouches for the log from outside;
	// it should be where the log is not, and no other process's. Empty: only Log
	// has them.
	Checkpoints string
	// Now is the clock; nil is time.Now.
	Now func() time.Time
	Log *zap.Logger
}

func (o Options) clock() time.Time {
	if o.Now == nil {
		return time.Now()
	}
	return o.Now()
}

// Log records acts. Several processes may write to one journal, each through a
// Log of its own. It is safe for concurrent use.
type Log struct {
	o       Options
	keys    keys
	chain   chain         // of whoever holds the turn
	turn    chan struct{} // held to write
	vouched vouched

	mu    sync.Mutex
	queue []*request
}

// groupMost is how many acts are written together, if one call has no more.
const groupMost = 250

// writeTimeout is how long a group may take.
const writeTimeout = 30 * time.Second

// request is what one caller waits for.
type request struct {
	records []Record // not yet chained
	err     error
	done    chan struct{}
}

// Open returns the log over a journal. If its last record does not verify, that
// is Trouble, and nothing is recorded, with ErrBroken; what is there can still be
// exported and verified.
func Open(ctx context.Context, o Options) (*Log, error) {
	k, err := newKeys(o.Key)
	if err != nil {
		return nil, err
	}
	name := make([]byte, 8)
	_, _ = rand.Read(name) // never fails
	l := &Log{o: o, keys: k, turn: make(chan struct{}, 1),
		chain: chain{Journal: o.Journal, now: o.clock, mac: k.mac(), writer: hex.EncodeToString(name)}}
	l.vouched.wake = make(chan struct{}, 1)
	place, end, err := last(ctx, o.Journal, k.mac())
	if errors.Is(err, ErrBroken) {
		l.vouched.broken = err
		o.Log.Error("the audit log is broken and nothing is recorded", zap.Error(err))
	} else if err != nil {
		return nil, fmt.Errorf("open the audit log: %w", err)
	}
	if err := l.recall(ctx, place, end); err != nil {
		return nil, fmt.Errorf("open the audit log: %w", err)
	}
	return l, nil
}

// Append records acts, in order, and returns when they are durable. After an
// error, some of them may have been recorded; after ErrBroken none was.
func (l *Log) Append(ctx context.Context, acts ...Act) error {
	return l.record(ctx, acts, func(int) string { return "" })
}

// Project records acts of a case's history, of which the first given has the
// index from. What is recorded already is left out, so that giving the same
// again, after a crash or by two processes at once, doubles nothing. Its error
// is ErrGap if acts before from are missing from the log.
func (l *Log) Project(ctx context.Context, id string, from int, acts []Act) error {
	if !caseForm.MatchString(id) || from < 0 {
		return fmt.Errorf("record acts of a case: %w: its id or their index", ErrAct)
	}
	return l.record(ctx, acts, func(i int) string { return ref(id, from+i) })
}

// Projected is how many acts of a case's history are recorded.
func (l *Log) Projected(ctx context.Context, id string) (int, error) {
	c := chain{Journal: l.o.Journal, mac: l.keys.mac()}
	last, err := c.lookUp(ctx, id)
	if err != nil {
		return 0, fmt.Errorf("read the audit log: %w", err)
	}
	return last + 1, nil
}

func (l *Log) record(ctx context.Context, acts []Act, ref func(i int) string) error {
	if len(acts) == 0 {
		return nil
	}
	r := &request{done: make(chan struct{})}
	for i, a := range acts {
		if err := a.check(); err != nil {
			return fmt.Errorf("record acts: %w", err)
		}
		r.records = append(r.records, Record{Act: a, Ref: ref(i)})
	}
	if err := l.submit(ctx, r); err != nil {
		return fmt.Errorf("write to the audit log: %w", err)
	}
	return nil
}

// submit queues a request and waits until whoever has the turn, perhaps this
// caller, has written it together with others.
func (l *Log) submit(ctx context.Context, r *request) error {
	l.mu.Lock()
	l.queue = append(l.queue, r)
	l.mu.Unlock()
	for {
		select {
		case <-r.done:
			return r.err
		case <-ctx.Done():
			if l.withdraw(r) {
				return ctx.Err()
			}
			<-r.done // being written: it is soon known how that ended
			return r.err
		case l.turn <- struct{}{}:
			l.write(context.WithoutCancel(ctx), l.take())
			<-l.turn
		}
	}
}

// withdraw removes a request, unless it is being written.
func (l *Log) withdraw(r *request) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	at := slices.Index(l.queue, r)
	if at < 0 {
		return false
	}
	l.queue = slices.Delete(l.queue, at, at+1)
	return true
}

// take removes a group from the queue.
func (l *Log) take() []*request {
	l.mu.Lock()
	defer l.mu.Unlock()
	n, acts := 0, 0
	for n < len(l.queue) && (n == 0 || acts+len(l.queue[n].records) <= groupMost) {
		acts += len(l.queue[n].records)
		n++
	}
	group := slices.Clone(l.queue[:n])
	l.queue = slices.Delete(l.queue, 0, n)
	return group
}

// write makes a group durable and tells each caller how it went.
func (l *Log) write(ctx context.Context, group []*request) {
	ctx, cancel := context.WithTimeout(ctx, writeTimeout)
	defer cancel()
	var drafts []draft
	for _, r := range group {
		for _, rec := range r.records {
			drafts = append(drafts, draft{r, rec})
		}
	}
	left, err := l.chain.put(ctx, drafts)
	for _, d := range left {
		d.request.err = err
	}
	for _, r := range group {
		close(r.done)
	}
	if l.chain.end != nil {
		l.grown(l.chain.end.N)
	}
}
