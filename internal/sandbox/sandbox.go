// Package sandbox stands in for the platforms on this machine, for the demo,
// staff rehearsal and tests. It answers as a platform does, down to its traps,
// keeps what was written to it across a kill, and shows through controls of
// its own (see controls.go and docs/sandbox.md) what happened. It shares no
// code with the connectors and imports nothing of ours: both are written from
// the platforms' documentation, so that an error in one shows against the other.
//
// A platform is one or two files: a method that gives a platform value, named
// in New.
package sandbox

import (
	"crypto/rand"
	"encoding/hex"
	"net/http"
	"strings"
	"sync"
	"time"

	"go.uber.org/zap"
)

// What the sandbox is known under unless Options say otherwise. The tokens and
// the secret are made up and open nothing.
const (
	PageID       = "100200300400500"
	PageName     = "Cedar Family Practice"
	PageToken    = "sandbox-page-token"
	UserToken    = "sandbox-user-token"    // belongs to a person, not to the Page
	ExpiredToken = "sandbox-expired-token" // was valid once
	AppID        = "900800700600500"
	AppSecret    = "sandbox-app-secret"
)

// Options says what the sandbox plays. The zero value works.
type Options struct {
	// Dir keeps the state; empty keeps it in memory only.
	Dir              string
	PageID, PageName string
	// Token is the Page's, UserToken that of a person who manages the Page.
	Token, UserToken string
	AppID, AppSecret string
	// Calls is how many calls a day the platform allows; 0: no limit.
	Calls int
	Log   *zap.Logger
	Now   func() time.Time
}

func (o *Options) fill() {
	for _, d := range []struct {
		value    *string
		fallback string
	}{
		{&o.PageID, PageID},
		{&o.PageName, PageName},
		{&o.Token, PageToken},
		{&o.UserToken, UserToken},
		{&o.AppID, AppID},
		{&o.AppSecret, AppSecret},
	} {
		if *d.value == "" {
			*d.value = d.fallback
		}
	}
	if o.Log == nil {
		o.Log = zap.NewNop()
	}
	if o.Now == nil {
		o.Now = time.Now
	}
}

// Server is the sandbox: an http.Handler that plays every platform.
type Server struct {
	opt       Options
	log       *zap.Logger
	platforms []platform
	controls  http.Handler
	faults    faults

	mu    sync.Mutex // over everything below
	store *store
	calls calls
}

// platform is one that is played. Answer is called with Server.mu held and
// must not write to the connection, so that a fault can cut it afterwards.
type platform struct {
	name string
	// owns tells its requests from those of the platforms named after it.
	owns func(*http.Request) bool
	// method is what the request asks for in effect.
	method func(*http.Request) string
	answer func(*http.Request) reply
}

// reply is an answer before it is sent.
type reply struct {
	status int
	header map[string]string
	body   []byte
}

// New opens the sandbox and, if it is empty, gives it its first posts.
func New(opt Options) (*Server, error) {
	opt.fill()
	st, err := openStore(opt.Dir)
	if err != nil {
		return nil, err
	}
	s := &Server{opt: opt, log: opt.Log, store: st, calls: calls{}}
	s.platforms = []platform{s.facebook()}
	s.controls = s.controlRoutes()
	if err := s.seed(); err != nil {
		_ = st.close()
		return nil, err
	}
	s.log.Info("sandbox opened", zap.Int("items", len(st.items)), zap.Bool("kept", opt.Dir != ""))
	return s, nil
}

// Close releases the directory. Everything answered is on disk already.
func (s *Server) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.store.close()
}

// maxBody bounds a request.
const maxBody = 64 << 20

// ServeHTTP answers as the platform that the request is for, or as the
// sandbox's own controls under /_sandbox/.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	if r.URL.Path == "/_sandbox" || strings.HasPrefix(r.URL.Path, "/_sandbox/") {
		s.controls.ServeHTTP(w, r)
		return
	}
	for _, p := range s.platforms {
		if p.owns(r) {
			s.play(p, w, r)
			return
		}
	}
	http.NotFound(w, r)
}

// play lets p answer, with whatever fault is due.
func (s *Server) play(p platform, w http.ResponseWriter, r *http.Request) {
	parse(r)
	line := p.method(r) + " " + r.URL.Path
	f := s.faults.take(p.name, r.Method, line)
	s.mu.Lock()
	s.calls.add(p.name, line, 1)
	s.mu.Unlock()
	if f.instead(w, r) {
		return
	}
	s.mu.Lock()
	answer := p.answer(r)
	s.mu.Unlock()
	if f.Do == cutAfter {
		panic(http.ErrAbortHandler)
	}
	f.decorate(w)
	answer.send(w)
}

// parse reads a form into r.Form. A body that is no form is left to the
// platform; one that is broken counts as empty, as PHP does.
func parse(r *http.Request) {
	if strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/") {
		_ = r.ParseMultipartForm(maxBody)
		return
	}
	_ = r.ParseForm()
}

func (a reply) send(w http.ResponseWriter) {
	for k, v := range a.header {
		w.Header().Set(k, v)
	}
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body)
}

// calls counts requests by platform and "METHOD /path".
type calls map[string]map[string]int

func (c calls) add(platform, line string, n int) {
	if c[platform] == nil {
		c[platform] = map[string]int{}
	}
	c[platform][line] += n
}

func (c calls) total(platform string) int {
	n := 0
	for _, times := range c[platform] {
		n += times
	}
	return n
}

// trace makes an id like those platforms put on answers for their support.
func trace() string {
	var b [8]byte
	_, _ = rand.Read(b[:])
	return "A" + hex.EncodeToString(b[:])
}
