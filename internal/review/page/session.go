package page

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/alexedwards/scs/v2/memstore"
	"go.uber.org/zap"

	"triage/internal/people"
	"triage/internal/review/say"
)

// SignIn makes the session that of a user, under a new token and with nothing in it
// that another one left. by says how she came in; empty: by her password alone.
func (s *Site) SignIn(r *http.Request, u people.User, by string) error {
	ctx := r.Context()
	if err := s.Begin(ctx); err != nil {
		return err
	}
	s.Sessions.Put(ctx, people.SessionUser, u.Name)
	s.Sessions.Put(ctx, people.SessionMark, u.Mark())
	s.Sessions.Put(ctx, people.SessionSince, s.Now().Unix())
	s.Sessions.Put(ctx, people.SessionPlace, people.Place(r.RemoteAddr))
	s.Sessions.Put(ctx, people.SessionBrowser, people.Browser(r.UserAgent()))
	s.Sessions.Put(ctx, people.SessionBy, by)
	s.Sessions.Put(ctx, people.SessionUsed, s.Now().Unix())
	if err := s.People.CameIn(ctx, u.Name); err != nil { // which keeps nobody out
		s.Log.Warn("when somebody last signed in is not kept", zap.String("user", u.Name), zap.Error(err))
	}
	return nil
}

// Begin empties the session and gives it a new token: what was known of it before
// opens nothing.
func (s *Site) Begin(ctx context.Context) error {
	if err := s.Sessions.Clear(ctx); err != nil {
		return err
	}
	return s.Sessions.RenewToken(ctx)
}

// Stay keeps a session going after its user changed what it was begun with. It ends no
// later than it would have.
func (s *Site) Stay(ctx context.Context, u people.User) error {
	s.Sessions.Put(ctx, people.SessionMark, u.Mark())
	ends := s.Sessions.Deadline(ctx)
	err := s.Sessions.RenewToken(ctx)
	s.Sessions.SetDeadline(ctx, ends)
	return err
}

// Left is for how long a session goes on if nothing is used.
func (s *Site) Left(ctx context.Context) time.Duration {
	used := time.Unix(s.Sessions.GetInt64(ctx, people.SessionUsed), 0)
	return max(0, min(used.Add(s.Sessions.IdleTimeout).Sub(s.Now()), s.Sessions.Deadline(ctx).Sub(s.Now())))
}

// SessionID names the session among its user's.
func (s *Site) SessionID(ctx context.Context) string { return hashToken(s.Sessions.Token(ctx)) }

// langCookie keeps the language that somebody chose on this browser; it says nothing
// about her.
const langCookie = "triage-lang"

// language is the reader's: what she chose, or what her browser asks for.
func language(r *http.Request) string {
	if c, err := r.Cookie(langCookie); err == nil {
		return say.In(c.Value).Lang
	}
	return say.Preferred(r.Header.Get("Accept-Language"))
}

// ChooseLanguage keeps the language that the form names and goes back to its page.
func (s *Site) ChooseLanguage(w http.ResponseWriter, r *http.Request) error {
	if err := Form(r); err != nil {
		return err
	}
	http.SetCookie(w, &http.Cookie{Name: langCookie, Value: say.In(r.PostFormValue("lang")).Lang, Path: "/",
		MaxAge: 365 * 24 * 60 * 60, HttpOnly: true, Secure: s.Secure, SameSite: http.SameSiteLaxMode})
	http.Redirect(w, r, Local(r.PostFormValue("next")), http.StatusSeeOther)
	return nil
}

const lifetime = 12 * time.Hour

// newSessions writes the manager down rather than taking scs.New's, whose
// store runs for ever beside the desk.
func (s *Site) newSessions(o Options) *scs.SessionManager {
	m := &scs.SessionManager{Lifetime: lifetime, IdleTimeout: o.Idle, Codec: scs.GobCodec{}, ErrorFunc: s.Fail}
	m.Store = hashed{o.Store}
	if o.Store == nil {
		m.Store = hashed{memstore.NewWithCleanupInterval(0)}
	}
	// Lax: a link in an alert must find her signed in.
	m.Cookie = scs.SessionCookie{Name: "triage", Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode}
	if s.Secure {
		m.Cookie.Name, m.Cookie.Secure = "__Host-triage", true
	}
	return m
}

// session gives the request its session. A quiet route reads it only, so that
// a page left open does not keep its reader signed in.
func (s *Site) session(rt Route, next http.Handler) http.Handler {
	if !rt.Quiet {
		return s.Sessions.LoadAndSave(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if s.Sessions.Exists(r.Context(), people.SessionUser) {
				s.Sessions.Put(r.Context(), people.SessionUsed, s.Now().Unix())
			}
			next.ServeHTTP(w, r)
		}))
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		token := ""
		if c, err := r.Cookie(s.Sessions.Cookie.Name); err == nil {
			token = c.Value
		}
		ctx, err := s.Sessions.Load(r.Context(), token)
		if err != nil {
			s.Fail(w, r, err)
			return
		}
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

// hashed is a session store that sees hashes of tokens: whoever reads it
// cannot become anybody.
type hashed struct{ scs.Store }

func hashToken(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

func (h hashed) Find(token string) ([]byte, bool, error) { return h.Store.Find(hashToken(token)) }
func (h hashed) Delete(token string) error               { return h.Store.Delete(hashToken(token)) }
func (h hashed) Commit(token string, b []byte, expiry time.Time) error {
	return h.Store.Commit(hashToken(token), b, expiry)
}

func (h hashed) FindCtx(ctx context.Context, token string) ([]byte, bool, error) {
	if s, ok := h.Store.(scs.CtxStore); ok {
		return s.FindCtx(ctx, hashToken(token))
	}
	return h.Find(token)
}

func (h hashed) DeleteCtx(ctx context.Context, token string) error {
	if s, ok := h.Store.(scs.CtxStore); ok {
		return s.DeleteCtx(ctx, hashToken(token))
	}
	return h.Delete(token)
}

func (h hashed) CommitCtx(ctx context.Context, token string, b []byte, expiry time.Time) error {
	if s, ok := h.Store.(scs.CtxStore); ok {
		return s.CommitCtx(ctx, hashToken(token), b, expiry)
	}
	return h.Commit(token, b, expiry)
}
