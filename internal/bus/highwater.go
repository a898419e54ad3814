package bus

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"sync"
	"time"

	"go.uber.org/zap"
)

// LossError says that a stream holds less than it once held. A damaged block
// can cost the engine thousands of messages without a word from it.
type LossError struct {
	Stream string
	// Had is what was there at the last mark, Has what is there now.
	Had, Has Level
}

// Level is how far a stream has come.
type Level struct {
	Last     uint64 `json:"last"`     // the highest number given to a message
	Messages uint64 `json:"messages"` // how many are there
}

// gaps is how many numbers no message has.
func (l Level) gaps() uint64 { return l.Last - l.Messages }

func (e *LossError) Error() string {
	return fmt.Sprintf("stream %s held %d messages, the last number %d, and holds %d, the last number %d: a part of the store is lost: restore a backup, or start once with --accept-loss to go on with what is left",
		e.Stream, e.Had.Messages, e.Had.Last, e.Has.Messages, e.Has.Last)
}

// mark is what a stream must not fall below.
type mark struct {
	Level
	// Deleted is how many messages may be missing since, because we were about
	// to delete them.
	Deleted uint64 `json:"deleted,omitempty"`

	before, announced uint64 // deletions in the pulse before this one, and in this one
}

// loss compares a stream with its mark. Where the engine itself drops messages
// only the last number counts; elsewhere every gap must have been announced.
func (m *mark) loss(name string, has state) error {
	if has.Last < m.Last || has.counted && has.gaps() > m.gaps()+m.Deleted {
		return &LossError{Stream: name, Had: m.Level, Has: has.Level}
	}
	return nil
}

// state is what the engine says of a stream.
type state struct {
	Level
	counted bool // it loses messages only if we delete them
}

// allowance is by how many deletions at a time the file is raised: deleting one
// by one costs one write of it in 256.
const allowance = 256

// water keeps the high-water marks of the streams in a file outside the store.
//
// A deletion is announced before it happens, and stays announced until the
// second mark after it, for it may take its time. So a store that stopped
// uncleanly may lack more than it should, unseen: as many messages as were
// announced in the last two pulses, and 256. One that stopped cleanly once every
// deletion was done, or in which nothing was deleted, is held to the exact
// number. What was written after the last mark and lost from a stream's very end
// is not seen.
type water struct {
	path  string
	pulse time.Duration

	mu         sync.Mutex
	known      known
	lost       error // what the last mark found, and the engine does not see
	unreadable error // what the scrub found, likewise
	scrubbed   bool  // or need not be
	ctx        context.Context
	stop       context.CancelFunc
	keeping    sync.WaitGroup
	scrubs     sync.WaitGroup
}

// known is what the file says.
type known struct {
	// Sound is whether the store was closed cleanly, and none of it was unreadable.
	Sound bool             `json:"sound"`
	Marks map[string]*mark `json:"marks"`
}

// readWater reads the marks; where there is no file there are none.
func readWater(path string) (*water, error) {
	w := &water{path: path, known: known{Sound: true, Marks: map[string]*mark{}}}
	w.ctx, w.stop = context.WithCancel(context.Background())
	content, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return w, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the high-water marks: %w", err)
	}
	sum, data, _ := strings.Cut(string(content), "\n")
	err = errors.New("its checksum is wrong")
	if sum == checksum(data) {
		err = json.Unmarshal([]byte(data), &w.known)
	}
	if err != nil {
		return nil, fmt.Errorf("the high-water marks in %s are damaged (%w): compare the store with a backup, then delete the file", path, err)
	}
	return w, nil
}

func checksum(data string) string {
	sum := sha256.Sum256([]byte(data))
	return hex.EncodeToString(sum[:])
}

// write makes the marks durable. The caller holds the lock.
func (w *water) write() error {
	data, err := json.Marshal(w.known)
	if err != nil {
		return err
	}
	if err := replaceSynced(w.path, fmt.Appendf(nil, "%s\n%s", checksum(string(data)), data)); err != nil {
		return fmt.Errorf("write the high-water marks: %w", err)
	}
	return nil
}

// compare returns a LossError for each stream below its mark.
func (w *water) compare(states map[string]state) (losses []error) {
	for name, m := range w.known.Marks {
		if err := m.loss(name, states[name]); err != nil {
			losses = append(losses, err)
		}
	}
	return losses
}

// raise sets the marks to what the streams are at, except for those that lost
// something: the next start is to find that out. It returns the losses.
func (w *water) raise(states map[string]state) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.lost = errors.Join(w.compare(states)...)
	for name, s := range states {
		old := w.known.Marks[name]
		if old == nil {
			old = &mark{}
		}
		if old.loss(name, s) == nil {
			w.known.Marks[name] = &mark{Level: s.Level, Deleted: old.announced, before: old.announced}
		}
	}
	return errors.Join(w.lost, w.write())
}

// settle is the last mark, after halt. Deletions that have happened are allowed
// for no longer; others may yet, if no answer to them was waited for.
func (w *water) settle(states map[string]state) error {
	w.mu.Lock()
	for name, m := range w.known.Marks {
		then, now := m.gaps(), states[name].gaps()
		m.announced -= min(m.announced, max(now, then)-then)
	}
	w.known.Sound = w.scrubbed && w.unreadable == nil
	w.mu.Unlock()
	return w.raise(states)
}

// halt ends the keeping.
func (w *water) halt() {
	w.stop()
	w.keeping.Wait()
	w.scrubs.Wait()
}

// keep raises the marks from time to time, to what was there a moment ago: by
// then the engine has it on disk.
func (w *water) keep(b *Bus) {
	ticks := time.NewTicker(w.pulse)
	defer ticks.Stop()
	for {
		select {
		case <-w.ctx.Done():
			return
		case <-ticks.C:
		}
		states, err := b.states()
		select {
		case <-w.ctx.Done():
			return
		case <-time.After(w.pulse / 60):
		}
		if err == nil {
			err = w.raise(states)
		}
		if err != nil {
			b.log.Error("high-water marks", zap.Error(err))
		}
	}
}

// willDelete records durably that n messages of the stream are about to be
// deleted. Without it the next start takes them for lost.
func (b *Bus) willDelete(stream string, n int) error {
	if b.water == nil {
		return nil
	}
	return b.water.allow(stream, uint64(n))
}

func (w *water) allow(stream string, n uint64) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	m := w.known.Marks[stream]
	if m == nil {
		m = &mark{}
		w.known.Marks[stream] = m
	}
	old := *m
	m.announced += n
	if m.before+m.announced <= m.Deleted {
		return nil
	}
	m.Deleted = m.before + m.announced + allowance
	if err := w.write(); err != nil {
		*m = old
		return err
	}
	return nil
}

// compareMarks refuses a store that holds less than it held, and keeps the
// marks from then on.
func (b *Bus) compareMarks(o Options) error {
	if o.Water == "" {
		return nil
	}
	w, err := readWater(o.Water)
	if err != nil {
		return err
	}
	states, err := b.states()
	if err != nil {
		return err
	}
	if losses := w.compare(states); len(losses) > 0 {
		if !o.AcceptLoss {
			return errors.Join(losses...)
		}
		for _, loss := range losses {
			b.log.Error("loss accepted", zap.Error(loss))
		}
		w.known.Marks = map[string]*mark{}
	}
	if w.pulse = o.pulse; w.pulse == 0 {
		w.pulse = time.Minute
	}
	w.scrubbed, w.known.Sound = w.known.Sound || o.AcceptLoss, false
	if err := w.raise(states); err != nil {
		return err
	}
	b.water = w
	return nil
}

// keepMarks works beside the readers and writers until the store is closed.
func (b *Bus) keepMarks() {
	w := b.water
	if w == nil {
		return
	}
	w.keeping.Go(func() { w.keep(b) })
	if !w.scrubbed {
		w.scrubs.Go(func() { w.scrub(b) })
	}
}
