package oauth

import (
	"context"
	"errors"
	"math/rand/v2"
	"strings"
	"time"

	"go.uber.org/zap"

	"triage/internal/ingest"
)

// look reads what is kept, and takes it over if another process or a person put
// it there. What could not be kept before is kept first.
func (s *Source) look(ctx context.Context) error {
	s.keep(ctx)
	g, err := s.o.Grants.Load(ctx, s.o.Platform, s.o.Account)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil {
		s.o.Log.Error("what the account was granted cannot be read", zap.Error(err))
		return ourStore
	}
	s.looked = s.o.Now()
	if s.known && g.Revision == s.held.Revision {
		return nil
	}
	if g.Client != s.o.Client || s.seed != "" && !g.Knows(s.seed) || g.Access == "" && g.Refresh == "" {
		seeded := s.o.Seed
		seeded.Client, seeded.Seed, seeded.Revision = s.o.Client, s.seed, g.Revision
		g = seeded.Over(g)
	}
	if !s.known && s.seed != "" && !strings.HasSuffix(g.Seed, s.seed) {
		s.o.Log.Warn("the token in the configuration was used before, and a newer one is in use: to go back to it, connect the account")
	}
	if s.known && g.Access == s.held.Access && g.Refresh == s.held.Refresh { // another looked whether it is the newest
		s.held.Revision = g.Revision
		return nil
	}
	s.take(g)
	s.unsaved, s.renewed, s.rest = false, time.Time{}, rest{}
	return nil
}

// take makes g the grant that is used. s.mu is held.
func (s *Source) take(g ingest.Grant) {
	life := g.Expires.Sub(g.Made)
	s.held, s.known = g, true
	// Processes and accounts do not renew in step.
	s.margin = time.Duration((0.75 + 0.25*rand.Float64()) * float64(max(0, min(s.o.Early, life/4))))
}

// lookNewest is look for whoever is about to renew: what it finds is the newest,
// even where a copy of the store that lags was read, since that takes no write
// over an old revision. Where it takes none at all nothing is renewed: what cannot
// be kept is lost with the process, and may have ended what is kept.
func (s *Source) lookNewest(ctx context.Context, refused string) error {
	for {
		if err := s.look(ctx); err != nil || !s.due(refused) {
			return err
		}
		revision, err := s.save(ctx, s.grant())
		switch {
		case err == nil:
			s.mu.Lock()
			defer s.mu.Unlock()
			s.held.Revision, s.unsaved = revision, false
			return nil
		case !errors.Is(err, ingest.ErrStale):
			s.o.Log.Warn("the token is not renewed, since our store would not keep the new one", zap.Error(err))
			return ourStore
		}
		select {
		case <-time.After(lagTime):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// keep keeps what was renewed, if that has not been done yet and was not tried a
// moment ago.
func (s *Source) keep(ctx context.Context) {
	s.mu.Lock()
	g, due := s.held, s.unsaved && s.o.Now().Sub(s.saved) >= saveAgain
	if due {
		s.saved = s.o.Now()
	}
	s.mu.Unlock()
	if !due {
		return
	}
	revision, err := s.save(ctx, g)
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case err == nil:
		s.held.Revision, s.unsaved = revision, false
	case errors.Is(err, ingest.ErrStale):
		s.unsaved, s.known = false, false // look takes over what is kept
	default:
		s.o.Log.Error(inMemory, zap.Error(err))
	}
}

const inMemory = "what the account is granted is held in memory only: see that our store has room before the service is stopped"

// save keeps g.
func (s *Source) save(ctx context.Context, g ingest.Grant) (uint64, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), saveTime)
	defer cancel()
	return s.o.Grants.Save(ctx, s.o.Platform, s.o.Account, g)
}

func (s *Source) grant() ingest.Grant {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.held
}

// ready is the token to use when nothing has to be looked for.
func (s *Source) ready(refused string) (string, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.o.Now()
	nothing := s.known && now.Sub(s.looked) < lookEvery && (!s.dueLocked(refused) || now.Before(s.rest.until))
	return s.held.Access, nothing && s.fitLocked(refused)
}

// usable is the token to use when there is no better one: it has not ended.
func (s *Source) usable(refused string) (string, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.held.Access, s.fitLocked(refused)
}

func (s *Source) fitLocked(refused string) bool {
	g := s.held
	return g.Access != "" && g.Access != refused && (g.Expires.IsZero() || s.o.Now().Before(g.Expires))
}

// due reports whether the grant is to be renewed: its token is refused, missing,
// ends soon, or comes from the configuration and nobody knows when it ends.
func (s *Source) due(refused string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.dueLocked(refused)
}

func (s *Source) dueLocked(refused string) bool {
	g := s.held
	if s.o.Renewer == nil || g.Access == "" && g.Refresh == "" {
		return false
	}
	return g.Access == "" || g.Access == refused || g.Made.IsZero() ||
		!g.Expires.IsZero() && !s.o.Now().Before(g.Expires.Add(-s.margin))
}

// resting is why renewing is not tried at present; nil: it is.
func (s *Source) resting() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.o.Now().Before(s.rest.until) {
		return s.rest.err
	}
	return nil
}

// Times after which renewing is tried again.
const (
	restDead      = 10 * time.Minute
	restTemporary = 15 * time.Second
	restOther     = time.Minute
)

// goRest lets renewing rest after it failed. It is the one place that decides
// when it is tried again.
func (s *Source) goRest(err error) {
	wait := restOther
	var e *ingest.ReadError
	if errors.As(err, &e) {
		switch e.Kind {
		case ingest.Dead, ingest.Forbidden:
			wait = restDead
		case ingest.Temporary:
			wait = restTemporary
		}
		wait = max(wait, e.RetryAfter)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rest = rest{s.o.Now().Add(wait), err}
}
