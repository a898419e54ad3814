package people

import (
	"cmp"
	"errors"
	"regexp"
	"sync"
	"testing"
)

// Who is shut out or gets another password while something else is written
// about her stays so.
func TestNothingThatHappensMeanwhileIsUndone(t *testing.T) {
	const other = "quite-different-autumn-words"
	login := func(p *People) error {
		_, err := p.Login(t.Context(), "priya", secret, "192.0.2.1:1")
		return err
	}
	disable := func(p *People) error { return p.SetDisabled(t.Context(), "priya", true) }
	change := func(p *People) error { return p.SetPassword(t.Context(), "priya", other) }
	for name, tt := range map[string]struct {
		do, meanwhile func(*People) error
		want          error
		disabled      bool
		password      string
	}{
		"disabled while she signs in":             {login, disable, ErrDenied, true, secret},
		"another password while she signs in":     {login, change, ErrDenied, false, other},
		"a hash made stronger twice":              {login, login, nil, false, secret},
		"disabled while she gets a password":      {change, disable, nil, true, other},
		"another password while she is shut out":  {disable, change, nil, true, other},
		"who is changed all the time is not lost": {disable, nil, ErrConflict, false, secret},
	} {
		t.Run(name, func(t *testing.T) {
			p, s, _ := newPeople(t)
			weaken(s, "priya")
			s.meanwhile = func() {
				if err := tt.meanwhile(p); err != nil {
					t.Error(err)
				}
			}
			if tt.meanwhile == nil {
				s.meanwhile = s.unrest("priya")
			}
			if err := tt.do(p); !errors.Is(err, tt.want) {
				t.Errorf("%v, want %v", err, tt.want)
			}
			if u := s.users["priya"]; u.Disabled != tt.disabled || !verify(u.Hash, tt.password) {
				t.Errorf("she is disabled: %v; the password fits: %v", u.Disabled, verify(u.Hash, tt.password))
			}
		})
	}
}

// unrest changes a user each time before she is stored.
func (s *shelf) unrest(name string) func() {
	return func() {
		u := s.users[name]
		u.Revision++
		s.users[name], s.meanwhile = u, s.unrest(name)
	}
}

func TestFirst(t *testing.T) {
	p := &People{Store: &shelf{}}
	kept := ""
	keep := Keep{
		Write: func(password string) (string, error) { kept = cmp.Or(kept, password); return kept, nil },
		Drop:  func() error { kept = ""; return nil },
	}
	full := Keep{Write: func(string) (string, error) { return "", errors.New("disk full") }}
	if err := p.First(t.Context(), "admin", full); err == nil {
		t.Error("a user was made whose password nobody knows")
	}
	if err := p.First(t.Context(), "admin", keep); err != nil {
		t.Fatal(err)
	}
	if !regexp.MustCompile(`^([a-z]{4}-){5}[a-z]{4}$`).MatchString(kept) {
		t.Errorf("password %q is not readable", kept)
	}
	u, err := p.Login(t.Context(), "admin", kept, "127.0.0.1:1")
	if err != nil || u.Role != Admin || u.Created.IsZero() {
		t.Errorf("Login = %v, %v", u.Role, err)
	}
	before := kept
	if err := p.First(t.Context(), "other", keep); err != nil || kept != before {
		t.Errorf("a second First = %v, keeps %q", err, kept)
	}
}

// Several processes may start at once, beside each other or on other machines,
// and any may have ended at any point before.
func TestWhatIsKeptOfTheFirstPasswordOpens(t *testing.T) {
	s := &shelf{late: true}
	const machines, each = 3, 3
	var disks [machines]struct {
		mu   sync.Mutex
		kept string
	}
	disks[0].kept = NewPassword() // of a start that ended before there was a user
	var starts sync.WaitGroup
	for i := range machines * each {
		d := &disks[i%machines]
		keep := Keep{
			Write: func(password string) (string, error) {
				d.mu.Lock()
				defer d.mu.Unlock()
				d.kept = cmp.Or(d.kept, password)
				return d.kept, nil
			},
			Drop: func() error {
				d.mu.Lock()
				defer d.mu.Unlock()
				d.kept = ""
				return nil
			},
		}
		starts.Go(func() {
			if err := (&People{Store: s}).First(t.Context(), "admin", keep); err != nil {
				t.Error(err)
			}
		})
	}
	starts.Wait()
	open := 0
	for i := range disks {
		if kept := disks[i].kept; kept != "" && verify(s.users["admin"].Hash, kept) {
			open++
		} else if kept != "" {
			t.Errorf("machine %d keeps a password that opens nothing", i)
		}
	}
	if open != 1 {
		t.Errorf("%d machines keep the password, want one", open)
	}
}
