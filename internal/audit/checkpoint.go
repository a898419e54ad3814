package audit

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"sync"
	"time"

	"go.uber.org/zap"
)

// Checkpoint vouches, outside of the log, for its first N records.
type Checkpoint struct {
	N uint64 `json:"n"`
	// Head is the MAC of record N.
	Head     MAC       `json:"head"`
	At       time.Time `json:"at"`
	Practice string    `json:"practice"`
	// Sig is an Ed25519 signature of five lines, each ended by a newline: "triage
	// audit checkpoint 1", n, head, at and practice, as they stand here.
	Sig []byte `json:"sig"`
}

func (c Checkpoint) signed() []byte {
	return fmt.Appendf(nil, "triage audit checkpoint 1\n%d\n%v\n%s\n%s\n", c.N, c.Head, c.At.Format(time.RFC3339Nano), c.Practice)
}

// line is how a file keeps it.
func (c Checkpoint) line() ([]byte, error) {
	b, err := json.Marshal(c)
	return append(b, '\n'), err
}

// readCheckpoint accepts a line only as line would write it and if its
// signature holds, so that no change of it goes unseen.
func readCheckpoint(line []byte, key ed25519.PublicKey) (Checkpoint, error) {
	var c Checkpoint
	if err := json.Unmarshal(line, &c); err != nil {
		return c, errors.New("is no checkpoint")
	}
	if again, err := c.line(); err != nil || !bytes.Equal(bytes.TrimSuffix(again, []byte("\n")), line) {
		return c, errors.New("is no checkpoint as this service writes them")
	}
	if !ed25519.Verify(key, c.signed(), c.Sig) {
		return c, errors.New("is forged or changed: its signature does not hold")
	}
	return c, nil
}

// When a checkpoint is made, if there is something new: whichever comes first.
// After one that could not be written, the next is tried soon.
const (
	vouchEvery   = 10 * time.Minute
	vouchRecords = 1000
	vouchAgain   = time.Minute
)

// vouched is what a Log knows of its checkpoints.
type vouched struct {
	wake chan struct{} // one is due by number

	turn sync.Mutex // held to make one
	last Checkpoint // that was written
	torn bool       // the file may end within a line

	mu      sync.Mutex
	tried   uint64 // the last record that one was attempted for
	outside error  // why the last could not be made or written
	broken  error  // the log ends with what does not verify
	cut     error  // the log is not the one that was vouched for
}

// PublicKey is what an outsider needs to check this log's checkpoints.
func (l *Log) PublicKey() ed25519.PublicKey { return l.keys.public() }

// Run makes checkpoints when they are due, until ctx ends.
func (l *Log) Run(ctx context.Context) error {
	timer := time.NewTimer(vouchEvery)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-l.vouched.wake:
		case <-timer.C:
		}
		pause := vouchEvery
		if _, err := l.Checkpoint(ctx); err != nil {
			pause = vouchAgain
		}
		timer.Reset(pause)
	}
}

// Close makes a last checkpoint. Nothing may be recorded after it.
func (l *Log) Close(ctx context.Context) error {
	_, err := l.Checkpoint(ctx)
	return err
}

// Checkpoint vouches for the log as it is now, in the file and in the service's
// own log, and returns the checkpoint; the last one if nothing is new. Its
// error has been logged, and is Trouble until one succeeds.
func (l *Log) Checkpoint(ctx context.Context) (Checkpoint, error) {
	v := &l.vouched
	v.turn.Lock()
	defer v.turn.Unlock()
	c, err := l.vouch(ctx)
	v.mu.Lock()
	defer v.mu.Unlock()
	v.tried = max(v.tried, c.N)
	v.outside = nil
	if err != nil {
		v.outside = ErrOutside // an alert says it to whom the system's words mean nothing
		l.o.Log.Error("audit checkpoint not written", zap.Error(err))
		err = fmt.Errorf("%w: %w", ErrOutside, err)
	}
	return c, err
}

func (l *Log) vouch(ctx context.Context) (Checkpoint, error) {
	v := &l.vouched
	place, end, err := last(ctx, l.o.Journal, l.keys.mac())
	if err != nil || end.N == v.last.N && end.MAC == v.last.Head {
		return v.last, err
	}
	if err := l.compare(ctx, place, end); err != nil {
		return v.last, err
	}
	c := Checkpoint{N: end.N, Head: end.MAC, At: l.o.clock().UTC().Truncate(time.Second), Practice: l.o.Practice}
	c.Sig = ed25519.Sign(l.keys.sign, c.signed())
	l.o.Log.Info("audit checkpoint", zap.Uint64("n", c.N), zap.Stringer("head", c.Head), zap.Binary("sig", c.Sig))
	if err := l.putOutside(c); err != nil {
		v.torn = true
		return c, err
	}
	v.last, v.torn = c, false
	return c, nil
}

// putOutside writes one line for good. The file is opened each time: it may
// have been moved away, or its disk come back.
func (l *Log) putOutside(c Checkpoint) error {
	if l.o.Checkpoints == "" {
		return nil
	}
	line, err := c.line()
	if err != nil {
		return err
	}
	if l.vouched.torn {
		line = append([]byte("\n"), line...)
	}
	f, err := os.OpenFile(l.o.Checkpoints, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(line)
	return errors.Join(err, f.Sync(), f.Close())
}

// grown wakes Run when enough was recorded.
func (l *Log) grown(n uint64) {
	l.vouched.mu.Lock()
	defer l.vouched.mu.Unlock()
	if n >= l.vouched.tried+vouchRecords {
		l.vouched.tried = n
		select {
		case l.vouched.wake <- struct{}{}:
		default:
		}
	}
}

// compare raises trouble if the log, which ends at place, is not the one that was
// vouched for.
func (l *Log) compare(ctx context.Context, place uint64, end *Record) error {
	v := &l.vouched
	if v.last.N == 0 {
		return nil
	}
	// Numbers that are missing have no place, where the log was restored: no record
	// stands further before the place of its number than the last one does.
	lost, found := max(end.N, place)-place, false
	from := max(v.last.N, lost+1) - lost
	err := l.o.Journal.Each(ctx, from, func(_ uint64, e Entry) error {
		r, err := decode(e.Data)
		if err != nil || r.N < v.last.N {
			return nil
		}
		found = r.MAC == v.last.Head
		return errEnough
	})
	if err != nil && !errors.Is(err, errEnough) {
		return err
	}
	if found {
		return nil
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.cut = fmt.Errorf("%w (a checkpoint of %s vouches for record %d, the log ends at record %d)", ErrCut,
		v.last.At.Format(time.DateOnly), v.last.N, end.N)
	l.o.Log.Error("audit log cut short or replaced", zap.Uint64("vouched", v.last.N), zap.Uint64("n", end.N))
	return nil
}

// recall finds the last checkpoint in the file, so that a log that was cut
// short while the service was down is noticed at once.
func (l *Log) recall(ctx context.Context, place uint64, end *Record) error {
	v := &l.vouched
	v.tried = end.N
	tail, err := readTail(l.o.Checkpoints, 8<<10)
	if err != nil || len(tail) == 0 {
		return nil // that there is no file to write to is found at the next checkpoint
	}
	v.torn = tail[len(tail)-1] != '\n'
	for _, line := range slices.Backward(bytes.Split(tail, []byte("\n"))) {
		if c, err := readCheckpoint(line, l.keys.public()); err == nil {
			v.last, v.tried = c, min(c.N, end.N)
			break
		}
	}
	return l.compare(ctx, place, end)
}

func readTail(path string, most int64) ([]byte, error) {
	if path == "" {
		return nil, nil
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	return io.ReadAll(io.NewSectionReader(f, max(0, info.Size()-most), most))
}
