package review

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/pquerna/otp"
	"github.com/pquerna/otp/totp"

	"triage/internal/people"
)

// registry is a session store that can be looked through.
type registry struct {
	mu   sync.Mutex
	kept map[string][]byte
	used map[string]time.Time
}

func newRegistry() *registry {
	return &registry{kept: map[string][]byte{}, used: map[string]time.Time{}}
}

func (s *registry) Find(token string) ([]byte, bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	b, ok := s.kept[token]
	return b, ok, nil
}

func (s *registry) Commit(token string, b []byte, _ time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.kept[token], s.used[token] = b, time.Now()
	return nil
}

func (s *registry) Delete(token string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.kept, token)
	return nil
}

func (s *registry) Of(_ context.Context, name string) (out []people.Session, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for token, data := range s.kept {
		if _, v, err := (scs.GobCodec{}).Decode(data); err == nil && v[people.SessionUser] == name {
			browser, _ := v[people.SessionBrowser].(string)
			by, _ := v[people.SessionBy].(string)
			since, _ := v[people.SessionSince].(int64)
			out = append(out, people.Session{ID: token, User: name, Since: time.Unix(since, 0), Used: s.used[token], Browser: browser, Place: "192.0.2.1", By: by})
		}
	}
	slices.SortFunc(out, func(a, b people.Session) int { return b.Used.Compare(a.Used) })
	return out, nil
}

func (s *registry) End(_ context.Context, id string) error { return s.Delete(id) }

// accountWorld is a desk whose sessions can be listed, and whose acts are written down.
func accountWorld(t *testing.T, change ...func(*Options)) (*world, *book) {
	t.Helper()
	kept := &book{}
	w := newWorld(t, append([]func(*Options){func(o *Options) { o.Audit, o.Sessions = kept, newRegistry() }}, change...)...)
	return w, kept
}

func required(o *Options) { o.People.Required = true }

// giveApp gives somebody an app, and returns what it shows at a time, and her recovery
// codes.
func (w *world) giveApp(t *testing.T, name string) (shows func() string, codes []string) {
	t.Helper()
	address, codes, err := w.opts.People.GiveTOTP(t.Context(), "Cedar", name)
	if err != nil {
		t.Fatal(err)
	}
	return appOf(t, address, w.opts.Now), codes
}

func appOf(t *testing.T, address string, now func() time.Time) func() string {
	t.Helper()
	key, err := otp.NewKeyFromURL(address)
	if err != nil {
		t.Fatal(err)
	}
	return func() string {
		code, err := totp.GenerateCode(key.Secret(), now())
		if err != nil {
			t.Fatal(err)
		}
		return code
	}
}

func (a answer) leads(t *testing.T, to string) answer {
	t.Helper()
	if a.status != http.StatusSeeOther || a.location != to {
		t.Errorf("%d to %q, want to %s\n%s", a.status, a.location, to, main(a.body))
	}
	return a
}

// hides fails where a secret is in the log or the audit.
func (w *world) hides(t *testing.T, kept *book, secrets ...string) {
	t.Helper()
	all := w.log.String() + strings.Join(kept.acts, "\n")
	for _, s := range secrets {
		if s == "" || strings.Contains(all, s) {
			t.Errorf("a secret is in the log or the audit, or is none: %q", s)
		}
	}
}

const chosen = "hers-alone-winter-gravel"
