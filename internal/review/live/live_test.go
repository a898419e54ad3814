package live

import (
	"bufio"
	"context"
	"iter"
	"maps"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
	"go.uber.org/zap"

	"triage/internal/people"
	"triage/internal/review/page"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patience is how long a test bears that nothing happens. It is no claim.
const patience = 30 * time.Second

// staff is people.Store in memory.
type staff struct {
	mu   sync.Mutex
	kept map[string]people.User
}

func (s *staff) Get(_ context.Context, name string) (people.User, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u, known := s.kept[name]
	if !known {
		return u, people.ErrNotFound
	}
	return u, nil
}

func (s *staff) Create(ctx context.Context, u people.User) error { return s.Update(ctx, u) }

func (s *staff) Update(_ context.Context, u people.User) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.kept[u.Name] = u
	return nil
}

func (s *staff) All(context.Context) ([]people.User, error) { return nil, nil }

// world is a server with streams, where whoever asks is let in as who she says.
type world struct {
	*testing.T
	streams *Streams
	server  *httptest.Server
	staff   *staff

	mu   sync.Mutex
	news map[string]string // by case; of lists under ""
	here map[string]int
}

func newWorld(t *testing.T, change ...func(*world)) *world {
	t.Helper()
	w := &world{T: t, staff: &staff{kept: map[string]people.User{}}, news: map[string]string{"": "nothing", "c1": "nothing"}, here: map[string]int{}}
	for _, name := range []string{"dana", "lee"} {
		w.staff.kept[name] = people.User{Name: name, Role: people.Reviewer}
	}
	site := &page.Site{People: &people.People{Store: w.staff, Now: time.Now}, Log: zap.NewNop(), Now: time.Now, Shadow: func() bool { return false }}
	if err := site.Open(page.Options{Idle: time.Hour}); err != nil {
		t.Fatal(err)
	}
	w.streams = &Streams{Site: site, Presence: w, Beat: 20 * time.Millisecond, News: func(r *http.Request, v page.Visit) (any, error) {
		w.mu.Lock()
		defer w.mu.Unlock()
		return map[string]string{"say": w.news[CaseOf(r)], "to": v.User.Name}, nil
	}}
	in := func(_ http.ResponseWriter, r *http.Request) error {
		u, err := w.staff.Get(r.Context(), r.URL.Query().Get("as"))
		if err != nil {
			return err
		}
		return site.SignIn(r, u, "")
	}
	out := func(_ http.ResponseWriter, r *http.Request) error { return site.Sessions.Destroy(r.Context()) }
	w.server = httptest.NewUnstartedServer(site.Handler([]page.Route{
		{Pattern: "GET /live", Need: people.See, Data: true, Quiet: true, Handle: w.streams.Show},
		{Pattern: "GET /in", Need: page.Anyone, Handle: in}, {Pattern: "GET /out", Need: page.Anyone, Handle: out},
	}))
	for _, f := range change {
		f(w)
	}
	w.server.Start()
	t.Cleanup(func() { w.streams.Close(); w.server.Close() })
	return w
}

// Enter implements Presence.
func (w *world) Enter(id, user string) (leave func()) {
	w.Pass(id, user)
	return func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.here[id+user]--
	}
}

func (w *world) Pass(id, user string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.here[id+user]++
}

func (w *world) Here(string) iter.Seq2[string, time.Time] { return maps.All(map[string]time.Time{}) }

func (w *world) say(id, words string) {
	w.mu.Lock()
	w.news[id] = words
	w.mu.Unlock()
	w.streams.Wake()
}

// tab is a browser in which somebody is signed in.
type tab struct {
	*world
	http *http.Client
}

func (w *world) as(name string) *tab {
	w.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		w.Fatal(err)
	}
	b := &tab{w, &http.Client{Jar: jar}}
	w.Cleanup(b.http.CloseIdleConnections)
	b.get("/in?as="+name, "")
	return b
}

func (b *tab) get(path, accept string) *http.Response {
	b.Helper()
	req, err := http.NewRequestWithContext(b.Context(), http.MethodGet, b.server.URL+path, nil)
	if err != nil {
		b.Fatal(err)
	}
	if accept != "" {
		req.Header.Set("Accept", accept)
	}
	res, err := b.http.Do(req)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = res.Body.Close() })
	return res
}

// listener reads a stream.
type listener struct {
	*world
	res   *http.Response
	lines chan string
}

func (b *tab) listen(path string) *listener {
	b.Helper()
	l := &listener{b.world, b.get(path, "text/event-stream"), make(chan string, 1000)}
	if l.res.StatusCode != http.StatusOK {
		b.Fatalf("%s: %d", path, l.res.StatusCode)
	}
	go func() {
		defer close(l.lines)
		for s := bufio.NewScanner(l.res.Body); s.Scan(); {
			l.lines <- s.Text()
		}
	}()
	return l
}

// next is the next line of a kind; empty: the stream ended.
func (l *listener) next(kind string) string {
	l.Helper()
	late := time.After(patience)
	for {
		select {
		case line, open := <-l.lines:
			if !open {
				return ""
			}
			if after, is := strings.CutPrefix(line, kind); is {
				return after
			}
		case <-late:
			l.Fatalf("no %q within %v", kind, patience)
		}
	}
}

func (l *listener) want(event, data string) {
	l.Helper()
	if got := l.next("event: "); got != event {
		l.Fatalf("event %q, want %q", got, event)
	}
	if got := l.next("data: "); data != "" && got != data {
		l.Fatalf("told %s, want %s", got, data)
	}
}

// ended waits until the server let a stream go.
func (w *world) ended(left int) {
	w.Helper()
	for late := time.Now().Add(patience); w.streams.Len() != left; {
		if time.Now().After(late) {
			w.Fatalf("%d streams are open, want %d", w.streams.Len(), left)
		}
	}
}

func TestAPageIsToldWhatIsNew(t *testing.T) {
	w := newWorld(t)
	l := w.as("dana").listen("/live?since=0")
	if h := l.res.Header; h.Get("Content-Type") != "text/event-stream" || h.Get("X-Accel-Buffering") != "no" || h.Get("Cache-Control") != "no-store" {
		t.Errorf("headers %v", h)
	}
	l.want("news", `{"say":"nothing","to":"dana"}`)
	w.say("c1", "of something else")
	w.say("", "one")
	l.want("news", `{"say":"one","to":"dana"}`)
	w.say("", "one") // which it was told
	for range 10 {
		if line := l.next(""); strings.HasPrefix(line, "event") {
			t.Fatalf("told twice: %s", l.next("data: "))
		}
	}
	w.say("", "two")
	l.want("news", `{"say":"two","to":"dana"}`)
	w.mu.Lock()
	w.news[""] = "a change of which nobody told"
	w.mu.Unlock()
	l.want("news", `{"say":"a change of which nobody told","to":"dana"}`)
}

// What calls somebody is told beside what is new, each only when it is another.
func TestAPageIsToldWhatCalls(t *testing.T) {
	w := newWorld(t, func(w *world) {
		w.streams.Call = func(v page.Visit) any {
			w.mu.Lock()
			defer w.mu.Unlock()
			return map[string]string{"call": w.news["call"], "to": v.User.Name}
		}
	})
	l := w.as("dana").listen("/live?since=0")
	l.want("news", `{"say":"nothing","to":"dana"}`)
	l.want("call", `{"call":"","to":"dana"}`)
	w.say("call", "dana is being called")
	l.want("call", `{"call":"dana is being called","to":"dana"}`)
	w.say("", "one")
	l.want("news", `{"say":"one","to":"dana"}`)
	w.say("call", "")
	l.want("call", `{"call":"","to":"dana"}`)
}

func TestWhoHasACaseOpen(t *testing.T) {
	w := newWorld(t)
	l := w.as("dana").listen("/live?case=c1")
	l.want("news", "")
	w.as("lee").listen("/live").want("news", "")
	w.mu.Lock()
	if len(w.here) != 1 || w.here["c1dana"] != 1 {
		t.Errorf("here are %v", w.here)
	}
	w.mu.Unlock()
	_ = l.res.Body.Close()
	w.ended(1)
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.here["c1dana"] != 0 {
		t.Error("she left, and is still there")
	}
}

// The end of a session ends its stream, which says so: whoever signs out, is disabled,
// or was never signed in.
func TestAStreamEndsWithItsSession(t *testing.T) {
	w := newWorld(t)
	b := w.as("dana")
	l := b.listen("/live")
	l.want("news", "")
	b.get("/out", "")
	l.want("out", "{}")
	if l.next("") != "" {
		t.Error("the stream goes on")
	}
	l = w.as("lee").listen("/live")
	l.want("news", "")
	if err := w.staff.Update(t.Context(), people.User{Name: "lee", Role: people.Reviewer, Disabled: true}); err != nil {
		t.Fatal(err)
	}
	l.want("out", "{}")
	w.ended(0)
	for path, want := range map[string]int{"/live": http.StatusUnauthorized} {
		if got := b.get(path, "text/event-stream"); got.StatusCode != want {
			t.Errorf("signed out: %d, want %d", got.StatusCode, want)
		}
	}
}

func TestStreamsAreFew(t *testing.T) {
	w := newWorld(t)
	b := w.as("dana")
	if got := b.get("/live", "text/html"); got.StatusCode != http.StatusNotAcceptable {
		t.Errorf("somebody who does not listen: %d", got.StatusCode)
	}
	var first *listener
	for range perUser {
		l := b.listen("/live")
		l.want("news", "")
		if first == nil {
			first = l
		}
	}
	if got := b.get("/live", "text/event-stream"); got.StatusCode != http.StatusTooManyRequests {
		t.Errorf("one too many: %d", got.StatusCode)
	}
	w.as("lee").listen("/live").want("news", "")
	_ = first.res.Body.Close()
	w.ended(perUser)
	b.listen("/live").want("news", "")
}

// A server that stops waits for no page.
func TestStreamsEndWhenTheServerStops(t *testing.T) {
	w := newWorld(t)
	w.server.Config.RegisterOnShutdown(w.streams.Close)
	b := w.as("dana")
	l := b.listen("/live")
	l.want("news", "")
	w.streams.Close()
	if l.next("") != "" {
		t.Error("the stream goes on")
	}
	if got := b.get("/live", "text/event-stream"); got.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("while it stops: %d", got.StatusCode)
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if err := w.server.Config.Shutdown(ctx); err != nil {
		t.Error(err)
	}
}

// What limits other requests does not limit a stream.
func TestAStreamOutlivesTheServersLimits(t *testing.T) {
	const limit = 100 * time.Millisecond
	w := newWorld(t, func(w *world) { w.server.Config.ReadTimeout, w.server.Config.WriteTimeout = limit, limit })
	l := w.as("dana").listen("/live")
	l.want("news", "")
	for began := time.Now(); time.Since(began) < 5*limit; {
		if l.next(": he") != "re" {
			t.Fatal("the stream ended")
		}
	}
	w.say("", "still there")
	l.want("news", `{"say":"still there","to":"dana"}`)
}
