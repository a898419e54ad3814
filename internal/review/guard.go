package review

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/alexedwards/scs/v2/memstore"
	"go.uber.org/zap"

	"triage/internal/people"
)

// contentPolicy lets a page use nothing but our own files.
const contentPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; " +
	"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// headers sets on every answer what keeps a page to itself.
func (p *pages) headers(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", contentPolicy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cache-Control", "no-store")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
		if p.Secure {
			h.Set("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
		}
		next.ServeHTTP(w, r)
	})
}

// visit is what is known about a request once the guard let it pass.
type visit struct {
	user people.User
	data bool
}

type visitKey struct{}

func visitOf(r *http.Request) visit {
	v, _ := r.Context().Value(visitKey{}).(visit)
	return v
}

// guard lets a request pass if its user may do what the route needs.
func (p *pages) guard(rt route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v := visit{data: rt.data}
		into := func() *http.Request { return r.WithContext(context.WithValue(r.Context(), visitKey{}, v)) }
		if rt.need != anyone {
			u, err := p.signedIn(r)
			switch {
			case errors.Is(err, errSignedOut):
				p.askToSignIn(w, into())
				return
			case err != nil:
				p.fail(w, into(), err)
				return
			}
			v.user = u
			if !u.Role.May(rt.need) {
				p.Log.Info("refused for the role", zap.String("user", u.Name), zap.String("route", rt.pattern))
				p.fail(w, into(), errRole)
				return
			}
		}
		r = into()
		r.Body = http.MaxBytesReader(w, r.Body, maxForm)
		if err := rt.handle(w, r); err != nil {
			p.fail(w, r, err)
		}
	})
}

// maxForm is the largest form in bytes: two long texts.
const maxForm = 256 << 10

// errSignedOut says that the request belongs to nobody who is signed in.
var errSignedOut = errors.New("signed out")

// signedIn finds whose request it is, as the user is now: one who was disabled
// or got another password is out at once.
func (p *pages) signedIn(r *http.Request) (people.User, error) {
	ctx := r.Context()
	name := p.sessions.GetString(ctx, sessionUser)
	if name == "" {
		return people.User{}, errSignedOut
	}
	u, err := p.People.Get(ctx, name)
	if errors.Is(err, people.ErrNotFound) {
		return people.User{}, errSignedOut
	}
	if err != nil {
		return people.User{}, err
	}
	if u.Disabled || u.Mark() != p.sessions.GetString(ctx, sessionMark) {
		return people.User{}, errSignedOut
	}
	return u, nil
}

// askToSignIn sends a reader to the sign-in page, and back afterwards.
func (p *pages) askToSignIn(w http.ResponseWriter, r *http.Request) {
	if visitOf(r).data {
		p.fail(w, r, errSignIn)
		return
	}
	to := "/login"
	if r.Method == http.MethodGet && r.URL.Path != "/" && local(r.URL.Path) != "/" {
		to += "?" + url.Values{"next": {r.URL.Path}}.Encode()
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
}

// foreign answers a change that another site asked for.
func (p *pages) foreign(w http.ResponseWriter, r *http.Request) { p.fail(w, r, errForeign) }

// nowhere answers for addresses that do not exist.
func (p *pages) nowhere(http.ResponseWriter, *http.Request) error { return errNowhere }

// What a session holds: who, the mark of her password, and which comments are
// shown to her.
const (
	sessionUser  = "user"
	sessionMark  = "mark"
	sessionShown = "shown"
)

const lifetime = 12 * time.Hour

// newSessions writes the manager down rather than taking scs.New's, whose
// store runs for ever beside the desk.
func (p *pages) newSessions() *scs.SessionManager {
	s := &scs.SessionManager{Lifetime: lifetime, IdleTimeout: p.Idle, Codec: scs.GobCodec{}, ErrorFunc: p.fail}
	s.Store = hashed{p.Sessions}
	if p.Sessions == nil {
		s.Store = hashed{memstore.NewWithCleanupInterval(0)}
	}
	// Lax: a link in an alert must find her signed in.
	s.Cookie = scs.SessionCookie{Name: "triage", Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode}
	if p.Secure {
		s.Cookie.Name, s.Cookie.Secure = "__Host-triage", true
	}
	return s
}

// session gives the request its session. A quiet route reads it only, so that
// a page left open does not keep its reader signed in.
func (p *pages) session(rt route, next http.Handler) http.Handler {
	if !rt.quiet {
		return p.sessions.LoadAndSave(next)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		token := ""
		if c, err := r.Cookie(p.sessions.Cookie.Name); err == nil {
			token = c.Value
		}
		ctx, err := p.sessions.Load(r.Context(), token)
		if err != nil {
			p.fail(w, r, err)
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

// A revealed comment stays shown to her for a while, so that she can write
// beside it; then it is covered again.
const (
	shownFor  = 15 * time.Minute
	mostShown = 30
)

// shown are the versions of comments shown in this session, and since when.
func (p *pages) shown(ctx context.Context) map[string]time.Time {
	out := map[string]time.Time{}
	_ = json.Unmarshal(p.sessions.GetBytes(ctx, sessionShown), &out) // unreadable: nothing is shown
	for key, at := range out {
		if p.Now().Sub(at) >= shownFor {
			delete(out, key)
		}
	}
	return out
}

// show shows a version of a comment to this session; at zero covers it.
func (p *pages) show(ctx context.Context, key string, at time.Time) {
	kept := p.shown(ctx)
	if len(kept) >= mostShown {
		clear(kept)
	}
	kept[key] = at
	if at.IsZero() {
		delete(kept, key)
	}
	if b, err := json.Marshal(kept); err == nil {
		p.sessions.Put(ctx, sessionShown, b)
	}
}
