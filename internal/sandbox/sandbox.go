// Package sandbox stands in for the platforms on this machine, for the demo,
// staff rehearsal and tests. It answers as a platform does, down to its traps,
// keeps what was written to it across a kill, and shows through controls of
// its own (see controls.go and docs/sandbox.md) what happened. It shares no
// code with the connectors and imports nothing of ours: both are written from
// the platforms' documentation, so that an error in one shows against the other.
//
// A platform is a package below this one that implements board.Platform, named in
// New.
package sandbox

import (
	"net/http"
	"strings"
	"sync"
	"time"

	"go.uber.org/zap"

	"triage/internal/sandbox/board"
	"triage/internal/sandbox/google"
	"triage/internal/sandbox/graph"
	"triage/internal/sandbox/wordpress"
	"triage/internal/sandbox/x"
)

// What the sandbox is known under unless Options say otherwise. The tokens and
// the secret are made up and open nothing.
const (
	PageID       = "100200300400500"
	PageName     = "Cedar Family Practice"
	PageToken    = "sandbox-page-token"
	UserToken    = "sandbox-user-token" // belongs to a person, not to the Page
	ExpiredToken = graph.ExpiredToken   // was valid once
	AppID        = "900800700600500"
	AppSecret    = "sandbox-app-secret"
)

// The practice's professional account on Instagram, which is linked to the Page.
const (
	InstagramID    = "17841400700800900"
	InstagramName  = "cedar.family.practice"
	InstagramToken = "sandbox-instagram-token" // its own; the Page's works as well
)

// The practice's account on X.
const (
	XUserID         = "1500600700800900"
	XUsername       = "cedarfamily"
	XConsumerKey    = "sandbox-x-consumer-key"
	XConsumerSecret = "sandbox-x-consumer-secret"
	XToken          = XUserID + "-sandbox-x-token" // of OAuth 1.0a
	XTokenSecret    = "sandbox-x-token-secret"
	XClientID       = "sandbox-x-client"
	XClientSecret   = "sandbox-x-client-secret"
	XRefreshToken   = "sandbox-x-refresh-token"
	XUserToken      = "sandbox-x-user-token"    // a bearer token that does not end
	XAppToken       = "sandbox-x-app-token"     // nobody's: it only reads
	XPersonToken    = "sandbox-x-person-token"  // belongs to another account
	XExpiredToken   = "sandbox-x-expired-token" // was valid once
)

// The practice's profile on Google.
const (
	GoogleAccount      = "110220330440550"
	GoogleLocation     = "660770880990"
	GoogleClientID     = "sandbox-google-client"
	GoogleClientSecret = "sandbox-google-client-secret"
	GoogleRefreshToken = "sandbox-google-refresh-token"
	GoogleUserToken    = "sandbox-google-user-token"    // an access token that does not end
	GooglePersonToken  = "sandbox-google-person-token"  // of somebody who does not manage the profile
	GoogleExpiredToken = "sandbox-google-expired-token" // was valid once
)

// The practice's user on its WordPress site. Of the password letters and digits count.
const (
	WordPressUser     = "cedarfamily"
	WordPressEmail    = "frontdesk@cedar.example"
	WordPressPassword = "sand boxw ordp ress pass word"
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
	platforms []board.Platform
	controls  http.Handler
	faults    faults

	mu    sync.Mutex // over everything below
	board *board.Board
	calls calls
}

// New opens the sandbox and, if it is empty, gives it its first posts.
func New(opt Options) (*Server, error) {
	opt.fill()
	b, err := board.Open(opt.Dir)
	if err != nil {
		return nil, err
	}
	s := &Server{opt: opt, log: opt.Log, board: b, calls: calls{}}
	meta := graph.New(b, graph.Options{PageID: opt.PageID, PageName: opt.PageName, Token: opt.Token, UserToken: opt.UserToken,
		InstagramID: InstagramID, InstagramName: InstagramName, InstagramToken: InstagramToken,
		AppID: opt.AppID, AppSecret: opt.AppSecret, Calls: opt.Calls, Log: opt.Log, Now: opt.Now})
	s.platforms = []board.Platform{ // Facebook takes what no other owns
		x.New(b, x.Options{UserID: XUserID, Username: XUsername, Name: opt.PageName, ConsumerKey: XConsumerKey, ConsumerSecret: XConsumerSecret,
			Token: XToken, TokenSecret: XTokenSecret, ClientID: XClientID, ClientSecret: XClientSecret, RefreshToken: XRefreshToken,
			UserToken: XUserToken, AppToken: XAppToken, PersonToken: XPersonToken, Log: opt.Log, Now: opt.Now}),
		google.New(b, google.Options{Account: GoogleAccount, Location: GoogleLocation, Name: opt.PageName, ClientID: GoogleClientID, ClientSecret: GoogleClientSecret,
			RefreshToken: GoogleRefreshToken, UserToken: GoogleUserToken, PersonToken: GooglePersonToken, Log: opt.Log, Now: opt.Now}),
		wordpress.New(b, wordpress.Options{Site: opt.PageName, User: WordPressUser, Email: WordPressEmail, Password: WordPressPassword, Log: opt.Log, Now: opt.Now}),
		graph.Instagram{Graph: meta}, graph.Facebook{Graph: meta},
	}
	s.controls = s.controlRoutes()
	if err := s.seed(); err != nil {
		_ = b.Close()
		return nil, err
	}
	s.log.Info("sandbox opened", zap.Int("items", len(b.Items)), zap.Bool("kept", opt.Dir != ""))
	return s, nil
}

// Close releases the directory. Everything answered is on disk already.
func (s *Server) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.board.Close()
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
		if p.Owns(r) {
			s.play(p, w, r)
			return
		}
	}
	http.NotFound(w, r)
}

// play lets p answer, with whatever fault is due.
func (s *Server) play(p board.Platform, w http.ResponseWriter, r *http.Request) {
	parse(r)
	line := p.Method(r) + " " + r.URL.Path
	f := s.faults.take(p.Name(), r.Method, line)
	s.mu.Lock()
	s.calls.add(p.Name(), line, 1)
	s.mu.Unlock()
	if f.instead(w, r) {
		return
	}
	s.mu.Lock()
	answer := p.Answer(r)
	s.mu.Unlock()
	if f.Do == cutAfter {
		panic(http.ErrAbortHandler)
	}
	f.decorate(w)
	answer.Send(w)
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

// calls counts requests by platform and "METHOD /path".
type calls map[string]map[string]int

func (c calls) add(platform, line string, n int) {
	if c[platform] == nil {
		c[platform] = map[string]int{}
	}
	c[platform][line] += n
}
