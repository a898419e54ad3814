// Package live tells pages that are open what happens meanwhile, within a second of
// it: one stream of events for each. It decides nothing about what is told; where a
// stream breaks, the page asks as it did before there were any.
package live

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"net/http"
	"sync"
	"time"

	"triage/internal/people"
	"triage/internal/review/page"
)

// Files are the scripts of pages that are told.
//
//go:embed assets
var Files embed.FS

// Streams are those of one process.
type Streams struct {
	*page.Site
	// News is what a reader's page is told at this moment, by what its address says of
	// it: it is sent when it is another than before.
	News func(r *http.Request, v page.Visit) (any, error)
	// Call is what calls somebody at this moment, told likewise; nil: that is not told.
	Call func(v page.Visit) any
	// Presence knows who looks at which case.
	Presence Presence
	// Beat is how often a stream is written to and its session looked at, at least;
	// 0 is 15 seconds.
	Beat time.Duration

	mu     sync.Mutex
	open   map[*stream]bool
	closed bool
}

// stream is one page that listens.
type stream struct {
	user string
	// wake has room for one: what several changes tell is told once.
	wake chan struct{}
	end  chan struct{}
}

// How many streams there can be, of one person and of all: a browser holds six
// connections to one address, and her other pages need some of them.
const (
	perUser    = 4
	perProcess = 500
)

const (
	beat = 15 * time.Second
	// pause is the least time between two looks for one page, however much happens.
	pause = 200 * time.Millisecond
	// writeMost is how long a reader may take to take an event.
	writeMost = 10 * time.Second
)

var (
	errNotLive = &page.Refusal{Status: http.StatusNotAcceptable, Title: "Not understood", Say: "This address is for the desk's own pages: they listen here for what is new. Go back to the queue."}
	errMany    = &page.Refusal{Status: http.StatusTooManyRequests, Title: "Too many pages", Say: "Too many pages are open at once to tell all of them what is new. This one asks now and then instead."}
	errEnding  = &page.Refusal{Status: http.StatusServiceUnavailable, Title: "Stopping", Say: "The desk is being restarted. Try again in a minute."}
)

// Wake has every page told what is new for it. It waits for nobody.
func (s *Streams) Wake() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for one := range s.open {
		select {
		case one.wake <- struct{}{}:
		default: // it is about to look
		}
	}
}

// Close ends all streams and lets no more begin, so that the server can stop.
func (s *Streams) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return
	}
	s.closed = true
	for one := range s.open {
		close(one.end)
	}
}

// Len is how many streams there are.
func (s *Streams) Len() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.open)
}

func (s *Streams) begin(user string) (*stream, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	hers := 0
	for one := range s.open {
		if one.user == user {
			hers++
		}
	}
	switch {
	case s.closed:
		return nil, errEnding
	case hers >= perUser || len(s.open) >= perProcess:
		return nil, errMany
	}
	one := &stream{user: user, wake: make(chan struct{}, 1), end: make(chan struct{})}
	if s.open == nil {
		s.open = map[*stream]bool{}
	}
	s.open[one] = true
	return one, nil
}

func (s *Streams) drop(one *stream) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.open, one)
}

// Show tells a page what is new until it is closed, its session ends or the service
// stops.
func (s *Streams) Show(w http.ResponseWriter, r *http.Request) error {
	if r.Header.Get("Accept") != "text/event-stream" {
		return errNotLive
	}
	v, id := page.VisitOf(r), CaseOf(r)
	first, err := s.News(r, v)
	if err != nil {
		return err
	}
	one, err := s.begin(v.User.Name)
	if err != nil {
		return err
	}
	defer s.drop(one)
	if id != "" {
		defer s.Presence.Enter(id, v.User.Name)()
	}
	t := &teller{Streams: s, stream: one, w: w, r: r, control: http.NewResponseController(w), last: map[string]string{}}
	if t.start() == nil && t.tell("news", first) == nil && t.call(v) == nil {
		t.listen(v)
	}
	return nil // whatever ended it: the page was answered
}

// teller writes one stream.
type teller struct {
	*Streams
	stream  *stream
	w       http.ResponseWriter
	r       *http.Request
	control *http.ResponseController
	last    map[string]string // by event
}

func (t *teller) start() error {
	h := t.w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("X-Accel-Buffering", "no") // a proxy passes on what there is
	t.w.WriteHeader(http.StatusOK)
	return t.write("retry: 3000\n\n")
}

// listen tells what is new each time that something is, and now and then looks
// whether its reader is still signed in.
func (t *teller) listen(v page.Visit) {
	every := t.Beat
	if every == 0 {
		every = beat
	}
	look, rest := time.NewTicker(every), time.NewTimer(pause)
	defer look.Stop()
	defer rest.Stop()
	<-rest.C
	for {
		select {
		case <-t.r.Context().Done():
			return
		case <-t.stream.end:
			return
		case <-look.C:
			if t.beat(v) != nil {
				return
			}
		case <-t.stream.wake:
			if t.news(v) != nil {
				return
			}
			rest.Reset(pause)
			select {
			case <-rest.C:
			case <-t.r.Context().Done():
				return
			case <-t.stream.end:
				return
			}
		}
	}
}

// beat tells the reader that her session is over, or that the stream is there, and
// what is new if a change was missed.
func (t *teller) beat(v page.Visit) error {
	u, err := t.again(t.r)
	if errors.Is(err, page.ErrSignedOut) || err == nil && !u.Role.May(people.See) {
		_ = t.tell("out", struct{}{})
		return page.ErrSignedOut
	}
	if err == nil {
		v.User = u
		err = t.news(v)
	}
	if err == nil {
		err = t.write(": here\n\n")
	}
	return err
}

// again finds whose request it is by now: her session may be over, or she another.
func (s *Streams) again(r *http.Request) (people.User, error) {
	cookie, err := r.Cookie(s.Sessions.Cookie.Name)
	if err != nil {
		return people.User{}, page.ErrSignedOut
	}
	ctx, err := s.Sessions.Load(context.Background(), cookie.Value)
	if err != nil {
		return people.User{}, err
	}
	return s.SignedIn(r.WithContext(ctx))
}

// news tells what is new, unless that was told.
func (t *teller) news(v page.Visit) error {
	now, err := t.News(t.r, v)
	if err != nil {
		return err
	}
	if err := t.tell("news", now); err != nil {
		return err
	}
	return t.call(v)
}

// call tells what calls somebody, unless that was told.
func (t *teller) call(v page.Visit) error {
	if t.Call == nil {
		return nil
	}
	return t.tell("call", t.Call(v))
}

// tell sends an event, unless it is the same as the one of its kind before.
func (t *teller) tell(event string, v any) error {
	data, err := json.Marshal(v)
	if err != nil || string(data) == t.last[event] {
		return err
	}
	t.last[event] = string(data)
	return t.write("event: " + event + "\ndata: " + string(data) + "\n\n")
}

func (t *teller) write(s string) error {
	if err := t.control.SetWriteDeadline(t.Now().Add(writeMost)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return err
	}
	if _, err := t.w.Write([]byte(s)); err != nil {
		return err
	}
	return t.control.Flush()
}
