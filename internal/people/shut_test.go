package people

import (
	"errors"
	"testing"
)

// What stands in for the hash of nobody opens no user who has no hash.
func TestWhoHasNoPasswordHasNoneThatFits(t *testing.T) {
	p, s, _ := newPeople(t)
	if _, err := p.AddInvited(t.Context(), "dana", Reviewer); err != nil {
		t.Fatal(err)
	}
	for _, guess := range []string{"nobody", "", "dana"} {
		if _, err := p.Login(t.Context(), "dana", guess, "192.0.2.7:1"); !errors.Is(err, ErrDenied) {
			t.Errorf("%q: %v", guess, err)
		}
	}
	if _, err := p.ChangePassword(t.Context(), "dana", Passwords{Old: "nobody", New: chosen, Remote: "192.0.2.8:1"}); !errors.Is(err, ErrDenied) || s.users["dana"].Hash != "" {
		t.Errorf("a password from nothing: %v", err)
	}
}

func TestWhatEndsWhenSheIsShutOutStaysEnded(t *testing.T) {
	p, s, _ := newPeople(t)
	before := s.users["priya"].Mark()
	code, err := p.Invite(t.Context(), "priya")
	if err != nil {
		t.Fatal(err)
	}
	for _, out := range []bool{true, true, false} {
		if err := p.SetDisabled(t.Context(), "priya", out); err != nil {
			t.Fatal(err)
		}
	}
	if u := s.users["priya"]; u.Mark() == before || u.Era != 1 {
		t.Error("her sessions from before are good again")
	}
	if _, err := p.Accept(t.Context(), code, chosen, "192.0.2.1:1"); !errors.Is(err, ErrInvitation) {
		t.Errorf("her link from before: %v", err)
	}
}
