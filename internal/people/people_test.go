package people

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/crypto/argon2"
)

// shelf is a Store in memory.
type shelf struct {
	mu    sync.Mutex
	users map[string]User
	gets  int
	late  bool // it does not tell yet that there are users
	// meanwhile, if set, happens once, before a user is stored anew.
	meanwhile func()
}

func (s *shelf) Get(_ context.Context, name string) (User, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.gets++
	u, ok := s.users[name]
	if !ok {
		return User{}, ErrNotFound
	}
	return u, nil
}

func (s *shelf) Create(_ context.Context, u User) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.users[u.Name]; ok {
		return ErrExists
	}
	if s.users == nil {
		s.users = map[string]User{}
	}
	u.Revision = 1
	s.users[u.Key()] = u
	return nil
}

func (s *shelf) Update(_ context.Context, u User) error {
	if f := s.meanwhile; f != nil {
		s.meanwhile = nil
		f()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.users[u.Name].Revision != u.Revision {
		return ErrConflict
	}
	u.Revision++
	s.users[u.Name] = u
	return nil
}

func (s *shelf) All(context.Context) ([]User, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []User
	if s.late {
		return nil, nil
	}
	for _, u := range s.users {
		out = append(out, u)
	}
	return out, nil
}

type clock struct{ at time.Time }

func (c *clock) now() time.Time { return c.at }

const secret = "four-unrelated-garden-words"

func newPeople(t *testing.T) (*People, *shelf, *clock) {
	t.Helper()
	s, c := &shelf{}, &clock{at: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)}
	p := &People{Store: s, Now: c.now}
	if err := p.Add(t.Context(), "Priya", Reviewer, secret); err != nil {
		t.Fatal(err)
	}
	return p, s, c
}

func TestRolesMayOnlyWhatIsWritten(t *testing.T) {
	for _, tt := range []struct {
		role Role
		may  []bool // see, reveal, decide, override, manage
	}{
		{Viewer, []bool{true, false, false, false, false}},
		{Reviewer, []bool{true, true, true, false, false}},
		{Officer, []bool{true, true, true, true, false}},
		{Admin, []bool{true, true, true, true, true}},
		{"", []bool{false, false, false, false, false}},
		{"owner", []bool{false, false, false, false, false}},
	} {
		for i, p := range []Permission{See, Reveal, Decide, Override, Manage} {
			if got := tt.role.May(p); got != tt.may[i] {
				t.Errorf("%q.May(%q) = %v", tt.role, p, got)
			}
		}
	}
	if r, ok := ParseRole(" Officer "); !ok || r != Officer {
		t.Errorf("ParseRole(officer) = %q, %v", r, ok)
	}
	if _, ok := ParseRole("owner"); ok {
		t.Error("ParseRole takes an unknown role")
	}
}

func TestLogin(t *testing.T) {
	p, s, _ := newPeople(t)
	if err := p.Add(t.Context(), "old", Viewer, secret); err != nil {
		t.Fatal(err)
	}
	if err := p.SetDisabled(t.Context(), "old", true); err != nil {
		t.Fatal(err)
	}
	for i, tt := range []struct {
		name, password string
		want           error
	}{
		{"priya", secret, nil},
		{" PRIYA ", secret, nil},
		{"priya", secret + "x", ErrDenied},
		{"priya", "", ErrDenied},
		{"old", secret, ErrDenied},
		{"stranger", secret, ErrDenied},
		{"no such/name", secret, ErrDenied},
		{"priya", strings.Repeat("x", 1<<20), ErrDenied},
		{strings.Repeat("x", 1<<20), secret, ErrDenied},
	} {
		u, err := p.Login(t.Context(), tt.name, tt.password, fmt.Sprintf("192.0.2.%d:99", i))
		if !errors.Is(err, tt.want) || (err == nil) != (u.Name == "priya") {
			t.Errorf("%d: Login = %q, %v, want %v", i, u.Name, err, tt.want)
		}
	}
	if u := s.users["priya"]; !strings.HasPrefix(u.Hash, "$argon2id$v=19$m=32768,t=2,p=1$") {
		t.Errorf("hash = %s", u.Hash)
	}
}

// A name that nobody has costs a hash like any other, so that the time of the
// answer tells nothing.
func TestUnknownNamesCostAHash(t *testing.T) {
	p, _, _ := newPeople(t)
	if u, err := p.known(t.Context(), "stranger"); err != nil || verify(u.Hash, "x") || u.Name != "" {
		t.Errorf("known(stranger) = %q, %v", u.Name, err)
	}
	if c, _, _, err := parse(nobody()); err != nil || c != present {
		t.Errorf("the stand-in costs %v, %v, want %v", c, err, present)
	}
}

// weaken gives a user a hash of her password from when less was enough.
func weaken(s *shelf, name string) User {
	salt := []byte("0123456789abcdef")
	u := s.users[name]
	u.Hash = fmt.Sprintf("$argon2id$v=19$m=8192,t=1,p=1$%s$%s", raw.EncodeToString(salt),
		raw.EncodeToString(argon2.IDKey([]byte(secret), salt, 1, 8192, 1, 32)))
	s.users[name] = u
	return u
}

func TestWeakHashesAreStrengthenedAtLogin(t *testing.T) {
	p, s, _ := newPeople(t)
	u := weaken(s, "priya")
	got, err := p.Login(t.Context(), "priya", secret, "192.0.2.1:1")
	if err != nil || got.Hash == u.Hash || got.Hash != s.users["priya"].Hash || weak(got.Hash) {
		t.Errorf("Login = %v; the hash did not get stronger", err)
	}
}

func TestBadHashesFitNothing(t *testing.T) {
	for _, phc := range []string{"", "x", "$argon2i$v=19$m=8192,t=1,p=1$YQ$YQ",
		"$argon2id$v=19$m=99999999,t=1,p=1$MDEyMzQ1Njc4OWFiY2RlZg$MDEyMzQ1Njc4OWFiY2RlZg",
		"$argon2id$v=19$m=8192,t=0,p=1$MDEyMzQ1Njc4OWFiY2RlZg$MDEyMzQ1Njc4OWFiY2RlZg",
		"$argon2id$v=19$m=8192,t=1,p=1$!!$MDEyMzQ1Njc4OWFiY2RlZg",
		"$argon2id$v=19$m=8192,t=1,p=1$MDEyMzQ1Njc4OWFiY2RlZg$YQ",
		"$argon2id$v=19$bogus$MDEyMzQ1Njc4OWFiY2RlZg$YQ"} {
		if verify(phc, "") || !weak(phc) {
			t.Errorf("verify(%q) fits", phc)
		}
	}
}

func TestAddRefuses(t *testing.T) {
	p, _, _ := newPeople(t)
	for _, tt := range []struct {
		name     string
		role     Role
		password string
	}{
		{"", Viewer, secret}, {"a/b", Viewer, secret}, {"1a", Viewer, secret},
		{"sam", "owner", secret}, {"sam", Viewer, "tiny-pw"}, {"sam", Viewer, strings.Repeat("ab", 200)},
		{"sam", Viewer, "aaaaaaaaaaaaaaaa"}, {"sam", Viewer, "My-Password-2026"}, {"sam", Viewer, "qwertyuiop[]"},
		{"samantha", Viewer, "samantha-2026!"},
	} {
		if err := p.Add(t.Context(), tt.name, tt.role, tt.password); err == nil {
			t.Errorf("Add(%q, %q, %q) works", tt.name, tt.role, tt.password)
		} else if tt.password != "" && strings.Contains(err.Error(), tt.password) {
			t.Errorf("the error tells the password: %v", err)
		}
	}
	if err := p.Add(t.Context(), "Triage ", Reviewer, secret); err == nil {
		t.Error("somebody has the name under which the program itself is in histories")
	}
	if err := p.Add(t.Context(), "PRIYA", Viewer, secret); !errors.Is(err, ErrExists) {
		t.Errorf("Add twice: %v, want ErrExists", err)
	}
}

func TestAnotherPasswordChangesTheMark(t *testing.T) {
	p, s, _ := newPeople(t)
	before := s.users["priya"].Mark()
	if err := p.SetPassword(t.Context(), "priya", "quite-different-autumn-words"); err != nil {
		t.Fatal(err)
	}
	if after := s.users["priya"].Mark(); after == before {
		t.Error("the mark stays")
	}
	if err := p.SetPassword(t.Context(), "priya", "short"); err == nil {
		t.Error("a short password is taken")
	}
	if err := p.SetPassword(t.Context(), "stranger", secret); !errors.Is(err, ErrNotFound) {
		t.Errorf("SetPassword(stranger) = %v", err)
	}
}

func TestTwoHashesAtATime(t *testing.T) {
	var tr turns
	hold, in := make(chan struct{}), make(chan struct{}, 2)
	var wg sync.WaitGroup
	for range atOnce {
		wg.Go(func() { _ = tr.take(context.Background(), false, func() { in <- struct{}{}; <-hold }) })
	}
	<-in
	<-in
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := tr.take(ctx, false, func() { t.Error("a third runs") }); !errors.Is(err, context.Canceled) {
		t.Errorf("the third: %v", err)
	}
	close(hold)
	wg.Wait()
	if tr.busy != 0 {
		t.Errorf("%d turns are not given back", tr.busy)
	}
}

// Who failed lately waits behind those who did not, and who leaves holds up nobody.
func TestWhoFailedWaitsBehind(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var tr turns
		var mu sync.Mutex
		var order []string
		hold := make(chan struct{})
		for range atOnce {
			go func() { _ = tr.take(t.Context(), false, func() { <-hold }) }()
		}
		synctest.Wait()
		impatient, leave := context.WithCancel(t.Context())
		for i, name := range []string{"guess", "left", "guess", "owner", "another"} {
			ctx := t.Context()
			if name == "left" {
				ctx = impatient
			}
			go func() {
				_ = tr.take(ctx, name == "guess", func() {
					mu.Lock()
					defer mu.Unlock()
					order = append(order, fmt.Sprint(name, i))
				})
			}()
			synctest.Wait()
		}
		leave()
		synctest.Wait()
		hold <- struct{}{} // one turn is free, the other stays busy
		synctest.Wait()
		if got := strings.Join(order, " "); got != "owner3 another4 guess0 guess2" || tr.busy != 1 {
			t.Errorf("%s; %d are busy", got, tr.busy)
		}
		close(hold)
		synctest.Wait()
		if tr.busy != 0 {
			t.Errorf("%d turns are not given back", tr.busy)
		}
	})
}
