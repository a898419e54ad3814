package digest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"go.uber.org/zap"

	"triage/internal/alert"
)

// Poster sends a letter. It tries once; why it failed is an *alert.Failure.
type Poster interface {
	Post(ctx context.Context, l Letter) error
}

// Digest is one of the letters, when it is due and who reads it.
type Digest struct {
	Kind    Kind
	Clock   Clock
	Readers []Reader
}

// Reader is somebody who gets a letter.
type Reader struct {
	// Address is personal: never in a log or an error.
	Address string
	// Lang is her language, "en" or "es".
	Lang string
}

// Sender sends each digest to each of its readers once a day on which it is due. It runs
// in the process that holds the pager's lease. Two of them, as for a moment when the lease
// passes on, send none twice; only a process that is killed while the mail server takes a
// letter sends that one again, under the same ID.
type Sender struct {
	Digests []Digest
	// Write makes a letter, as Source.Write does.
	Write  func(ctx context.Context, i Issue) Letter
	Poster Poster
	Marks  Marks
	Log    *zap.Logger
	// Now is the clock.
	Now func() time.Time

	mu      sync.Mutex
	trouble map[string]error // by the marks' keys
}

const (
	// Late is how long after its time a digest is still sent; later it is skipped.
	Late = 12 * time.Hour
	// Tries is how long a letter that fails is tried again.
	Tries = 2 * time.Hour
	// postTime is how long one try may take. It is shorter than the first pause, so that
	// no other process tries meanwhile.
	postTime = 45 * time.Second
	// nap is how often the clock is read at least: it may be set.
	nap = time.Minute
)

// pauses are those between tries; the last one holds from then on.
var pauses = []time.Duration{time.Minute, 2 * time.Minute, 4 * time.Minute, 8 * time.Minute, 15 * time.Minute}

// Run sends what is due until ctx ends.
func (s *Sender) Run(ctx context.Context) error {
	for {
		s.Round(ctx)
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(nap):
		}
	}
}

// Round sends what is due now.
func (s *Sender) Round(ctx context.Context) {
	for _, d := range s.Digests {
		for _, r := range d.Readers {
			if ctx.Err() == nil {
				s.send(ctx, d, r)
			}
		}
	}
}

// Trouble says which letters were given up, and why, until the next one of their kind is
// sent; nil: none. It names no reader.
func (s *Sender) Trouble() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []error
	for _, key := range slices.Sorted(maps.Keys(s.trouble)) {
		all = append(all, s.trouble[key])
	}
	if len(all) > 1 {
		return fmt.Errorf("%w (and %d more letters)", all[0], len(all)-1)
	}
	return errors.Join(all...)
}

// send sends a digest to a reader if it is due and nobody did.
func (s *Sender) send(ctx context.Context, d Digest, r Reader) {
	now := s.Now()
	key := markKey(d.Kind, r.Address)
	m, err := s.Marks.Get(ctx, key)
	if err != nil {
		s.told(key, fmt.Errorf("the %s digest waits: it cannot be read whether it was sent: %w", d.Kind, err))
		return
	}
	s.told(key, m.given(d.Kind))
	slot := d.Clock.Last(now)
	due, keep := m.due(d.Clock.Day(slot), slot, now)
	if slot.IsZero() || !keep {
		return
	}
	due.Key = key
	due, err = s.Marks.Put(ctx, due) // before anything goes out
	if err != nil || due.State != Trying {
		s.kept(err)
		return
	}
	s.post(ctx, d, r, due, slot)
}

// post tries once and writes down what came of it.
func (s *Sender) post(ctx context.Context, d Digest, r Reader, m Mark, slot time.Time) {
	since := d.Clock.Last(slot.Add(-time.Second))
	if since.IsZero() {
		since = slot.AddDate(0, 0, -1)
	}
	trying, cancel := context.WithTimeout(ctx, postTime)
	defer cancel()
	l := s.Write(trying, Issue{Kind: d.Kind, Now: s.Now().In(d.Clock.zone()), Since: since, Lang: r.Lang})
	l.To, l.ID = r.Address, fmt.Sprintf("%s-%s", m.Key, m.Day)
	err := s.Poster.Post(trying, l)
	switch now := s.Now(); {
	case err == nil:
		m.State, m.Why = Sent, ""
		s.Log.Info("digest sent", zap.String("digest", string(d.Kind)), zap.String("day", m.Day), zap.Int("try", m.Tries))
	case ctx.Err() != nil:
		return // the next process tries again
	case now.Sub(m.First) >= Tries:
		m.State, m.Why = GaveUp, alert.WhyOf(err)
		s.Log.Warn("digest given up", zap.String("digest", string(d.Kind)), zap.String("day", m.Day), zap.Int("tries", m.Tries))
	default:
		m.Why, m.Next = alert.WhyOf(err), earlier(m.Next, m.First.Add(Tries))
	}
	s.told(m.Key, m.given(d.Kind))
	s.keep(ctx, m)
}

// keep writes down what came of a try, although the process may be told to stop: what it
// does not get to write down is sent again.
func (s *Sender) keep(ctx context.Context, m Mark) {
	ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), postTime/3)
	defer stop()
	for {
		_, err := s.Marks.Put(ctx, m)
		if err == nil || errors.Is(err, ErrTaken) {
			return
		}
		select {
		case <-ctx.Done():
			s.kept(err)
			return
		case <-time.After(time.Second):
		}
	}
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// kept logs that a mark could not be kept; that somebody else has it is no trouble.
func (s *Sender) kept(err error) {
	if err != nil && !errors.Is(err, ErrTaken) {
		s.Log.Warn("digest's mark not kept", zap.Error(err))
	}
}

// told remembers the trouble with the letters of one mark; nil: there is none.
func (s *Sender) told(key string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.trouble == nil {
		s.trouble = map[string]error{}
	}
	if err == nil {
		delete(s.trouble, key)
		return
	}
	s.trouble[key] = err
}

// Done is how sending a letter stands.
type Done string

// How it can stand.
const (
	Trying  Done = "trying"  // some process sends it, or will try again at Next
	Sent    Done = "sent"    // the mail server took it
	Skipped Done = "skipped" // it was too late, or from before there was this reader
	GaveUp  Done = "gave up" // it failed for too long
)

// Mark says how the last letter of a kind to one reader stands. It names neither.
type Mark struct {
	// Key is the letter's kind and a hash of the address; a bucket takes it as it is.
	Key string `json:"key"`
	// Day is the day of the letter by the practice's clock, such as "2026-11-23".
	Day   string `json:"day"`
	State Done   `json:"state"`
	// First is when it was first tried, Tries how often, Next when it is to be again.
	First time.Time `json:"first,omitzero"`
	Tries int       `json:"tries,omitempty"`
	Next  time.Time `json:"next,omitzero"`
	// Why is why the last try failed, in words for people; empty: it did not.
	Why string `json:"why,omitempty"`

	// Revision is the store's, for compare-and-set; 0: there was no mark.
	Revision uint64 `json:"-"`
}

// ErrTaken says that another process changed the mark a moment before.
var ErrTaken = errors.New("another process sends this digest")

// Marks outlive the process and are shared by all of them.
type Marks interface {
	// Get returns the zero Mark where there is none.
	Get(ctx context.Context, key string) (Mark, error)
	// Put stores m, and returns it with its new Revision, if its Revision is still the
	// stored one (0: there is none); else ErrTaken.
	Put(ctx context.Context, m Mark) (Mark, error)
}

func markKey(k Kind, address string) string {
	sum := sha256.Sum256([]byte(address))
	return fmt.Sprintf("digest-%s-%s", k, hex.EncodeToString(sum[:8]))
}

// due is the mark to keep before the letter of a day is tried or passed over; keep is
// false where there is nothing to do now.
func (m Mark) due(day string, slot, now time.Time) (next Mark, keep bool) {
	switch {
	case m.Day >= day && (m.Day > day || m.State != Trying || now.Before(m.Next)):
		return m, false
	case m.Revision == 0 || now.Sub(slot) >= Late:
		return Mark{Day: day, State: Skipped, Revision: m.Revision}, true
	case m.Day == day && now.Sub(m.Next) > pauses[len(pauses)-1]:
		m.First = now // no process was there to try
	case m.Day != day:
		m = Mark{Day: day, State: Trying, First: now, Revision: m.Revision}
	}
	m.Next = now.Add(pauses[min(m.Tries, len(pauses)-1)])
	m.Tries++
	return m, true
}

// given says that a letter was given up; nil: it was not.
func (m Mark) given(k Kind) error {
	if m.State != GaveUp {
		return nil
	}
	return fmt.Errorf("the %s digest of %s was not sent: %s", k, m.Day, m.Why)
}
