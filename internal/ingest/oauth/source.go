// Package oauth gives connectors tokens that end and are renewed: by a refresh
// token (OAuth 2), or by themselves (Instagram). What was renewed is kept where
// every process of the practice finds it, before it is used; the configuration
// only seeds it. It also gets the first token for a person's consent.
//
// It knows nothing of comments, and of the platforms only how they give tokens:
// which app at which address is for the caller to say.
package oauth

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"go.uber.org/zap"

	"triage/internal/ingest"
)

// Renewer gets a new grant for one that ends. It makes one request. The error is
// a *ingest.ReadError.
type Renewer interface {
	Renew(ctx context.Context, g ingest.Grant) (ingest.Grant, error)
}

// Options say whose tokens a Source gives, and how.
type Options struct {
	// Platform and Account name the account as in the configuration.
	Platform, Account string
	Grants            ingest.Grants
	// Renewer is nil where tokens do not end by time, such as a Page's.
	Renewer Renewer
	// Client is the app's id at the platform: what was granted to another one is
	// of no use.
	Client string
	// Seed is the token in the configuration, as an Access or a Refresh; without
	// one the account is connected by a person.
	Seed ingest.Grant
	// Scopes are the permissions that are needed, as the platform names them.
	Scopes []string
	// Early is how long before its end a token is renewed at most; 0: five minutes.
	Early time.Duration
	Log   *zap.Logger
	// Now is the clock; nil means the machine's.
	Now func() time.Time
}

const (
	earlyDefault = 5 * time.Minute
	lookEvery    = time.Minute      // what is kept is read again
	aloneTime    = 30 * time.Second // to wait for another process that renews
	saveTime     = 10 * time.Second
	saveAgain    = 30 * time.Second // after what was renewed could not be kept
	newTime      = time.Minute      // a token refused so soon is not the matter
	lagTime      = 100 * time.Millisecond
	slowEnd      = 24 * time.Hour // a token with longer to go ends by trouble that lasts
)

// Source is an ingest.Tokens whose tokens are renewed shortly before they end,
// once however many ask and in however many processes.
type Source struct {
	o    Options
	seed string
	turn chan struct{} // held by the one who looks for a token

	mu      sync.Mutex
	held    ingest.Grant
	known   bool          // held is what is kept, or newer
	margin  time.Duration // before held.Expires it is renewed
	looked  time.Time
	renewed time.Time // held is from then, by this process
	unsaved bool      // held is not kept yet
	saved   time.Time // when keeping it was tried last
	rest    rest
}

// rest is how long renewing is not tried again, and why.
type rest struct {
	until time.Time
	err   error
}

var (
	_ ingest.Tokens    = (*Source)(nil)
	_ ingest.Permitted = (*Source)(nil)
)

// New makes the source of an account's tokens. Nothing is asked for yet.
func New(o Options) *Source {
	if o.Early == 0 {
		o.Early = earlyDefault
	}
	if o.Log == nil {
		o.Log = zap.NewNop()
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	o.Log = o.Log.With(zap.String("platform", o.Platform), zap.String("account", o.Account))
	return &Source{o: o, seed: SeedOf(o.Seed), turn: make(chan struct{}, 1)}
}

// SeedOf names the token in the configuration without telling it; empty: there
// is none. A person who connects an account gives its grant the seed that is in
// force, so that only a token put into the configuration later goes before it. One
// that was there once is used up: a process that still has it does not bring it
// back.
func SeedOf(seed ingest.Grant) string {
	token := seed.Refresh
	if token == "" {
		token = seed.Access
	}
	if token == "" {
		return ""
	}
	sum := sha256.Sum256([]byte("triage seed " + token))
	return hex.EncodeToString(sum[:8])
}

// Token implements ingest.Tokens.
func (s *Source) Token(ctx context.Context) (string, error) {
	if token, ok := s.ready(""); ok {
		return token, nil
	}
	return s.find(ctx, "")
}

// Refused implements ingest.Tokens. A token that the platform gave a moment ago
// and refuses is not renewed again: it is something else that is wrong.
func (s *Source) Refused(ctx context.Context, token string) (string, error) {
	s.mu.Lock()
	again := token == s.held.Access && !s.renewed.IsZero() && s.o.Now().Sub(s.renewed) < newTime
	s.mu.Unlock()
	if again {
		return "", &ingest.ReadError{Kind: ingest.Dead,
			Why: "the platform refuses even a token that it has just given; look whether the app is still allowed there, then connect the account again"}
	}
	return s.find(ctx, token)
}

// Permit implements ingest.Permitted: when the grant ends without a person, and
// what it lacks, as far as the platform told.
func (s *Source) Permit(ctx context.Context) (ingest.Permit, error) {
	if _, err := s.Token(ctx); err != nil {
		return ingest.Permit{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	p := ingest.Permit{Expires: s.held.Ends, Lacks: Lacks(s.held, s.o.Scopes)}
	var e *ingest.ReadError
	dead := errors.As(s.rest.err, &e) && e.Kind == ingest.Dead
	slow := s.rest.err != nil && s.held.Expires.Sub(s.o.Now()) > slowEnd
	if s.o.Renewer == nil || dead || slow {
		p.Expires = s.held.Expires
	}
	return p, nil
}

// Lacks are those of the needed permissions that g does not have, as far as the
// platform told.
func Lacks(g ingest.Grant, needed []string) (lacks []string) {
	granted := strings.Fields(g.Scope)
	for _, scope := range needed {
		if len(granted) > 0 && !slices.Contains(granted, scope) {
			lacks = append(lacks, scope)
		}
	}
	return lacks
}

// find gets a token other than refused, one caller after the other.
func (s *Source) find(ctx context.Context, refused string) (string, error) {
	select {
	case s.turn <- struct{}{}:
	default:
		if token, ok := s.usable(refused); ok { // nobody waits while a token is renewed early
			return token, nil
		}
		select {
		case s.turn <- struct{}{}:
		case <-ctx.Done():
			return "", ctx.Err()
		}
	}
	defer func() { <-s.turn }()
	if token, ok := s.ready(refused); ok { // whoever came before found one
		return token, nil
	}
	err := s.seek(ctx, refused)
	if token, ok := s.usable(refused); ok {
		return token, nil
	}
	if err == nil {
		err = errNone
	}
	return "", err
}

// errNone: no token, and none can be had without a person.
var errNone = &ingest.ReadError{Kind: ingest.Dead,
	Why: "the account is not connected, or the platform no longer accepts its token; connect it with triage connect, or put a new token into its file and start the service anew"}

// seek looks at what is kept, and renews it if that is due.
func (s *Source) seek(ctx context.Context, refused string) error {
	if err := s.look(ctx); err != nil {
		return err
	}
	if !s.due(refused) {
		return nil
	}
	if err := s.resting(); err != nil {
		return err
	}
	limited, cancel := context.WithTimeout(ctx, aloneTime)
	defer cancel()
	begun := false
	err := s.o.Grants.Alone(limited, s.o.Platform, s.o.Account, func(ctx context.Context) error {
		begun = true
		if err := s.lookNewest(ctx, refused); err != nil || !s.due(refused) {
			return err
		}
		return s.renew(ctx)
	})
	if err == nil || ctx.Err() != nil {
		return err
	}
	if !begun {
		s.o.Log.Warn("the token is not renewed for now", zap.Error(err))
		err = ourStore
	}
	s.goRest(err)
	return err
}

// ourStore: what is kept cannot be read.
var ourStore = &ingest.ReadError{Kind: ingest.Temporary,
	Why: "our own store does not give the account's token at present; nothing to do unless it lasts: then look into the log"}

// renew gets a new grant and keeps it before anybody uses it. Once begun it is
// brought to its end: with many platforms the old grant ends when the new one is
// given.
func (s *Source) renew(ctx context.Context) error {
	ctx = context.WithoutCancel(ctx)
	old := s.grant()
	g, err := s.o.Renewer.Renew(ctx, old)
	if err != nil {
		if _, ok := s.usable(""); ok {
			s.o.Log.Warn("the token could not be renewed; the present one is used on", zap.Error(err))
		}
		return err
	}
	g.Client, g.Seed, g.Revision = s.o.Client, old.Seed, old.Revision
	if g.Refresh == "" {
		g.Refresh = old.Refresh
	}
	if g.Ends.IsZero() {
		g.Ends = old.Ends
	}
	if g.Scope == "" {
		g.Scope = old.Scope
	}
	revision, err := s.save(ctx, g)
	if err == nil {
		g.Revision = revision
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.take(g)
	stale := errors.Is(err, ingest.ErrStale) // then the next look finds what is kept
	if s.known, s.unsaved = !stale, err != nil && !stale; s.unsaved {
		s.o.Log.Error(inMemory, zap.Error(err))
	}
	s.renewed, s.saved, s.rest = s.o.Now(), s.o.Now(), rest{}
	return nil
}
