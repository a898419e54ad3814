package people

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"
)

const chosen = "hers-alone-winter-gravel"

func TestAnInvitationIsUsedOnceWithinADay(t *testing.T) {
	p, s, c := newPeople(t)
	code, err := p.AddInvited(t.Context(), "Dana", Officer)
	if err != nil || len(strings.ReplaceAll(code, "-", "")) != 24 {
		t.Fatalf("%q, %v", code, err)
	}
	if kept := fmt.Sprintf("%+v", s.users["dana"]); strings.Contains(kept, code) || strings.Contains(kept, plainCode(code)) {
		t.Error("the code is kept")
	}
	if _, err := p.Login(t.Context(), "dana", "", "192.0.2.9:1"); !errors.Is(err, ErrDenied) {
		t.Errorf("before she chose a password: %v", err)
	}
	var refused *RefusedError
	if _, err := p.Accept(t.Context(), code, "short", "192.0.2.1:1"); !errors.As(err, &refused) {
		t.Errorf("a short password: %v", err)
	}
	// As people type it.
	u, err := p.Accept(t.Context(), " "+strings.ToUpper(strings.ReplaceAll(code, "-", " ")), chosen, "192.0.2.1:1")
	if err != nil || u.Name != "dana" || u.Invitation.Hash != "" {
		t.Fatalf("accepted: %+v, %v", u.Name, err)
	}
	if u, err := p.Login(t.Context(), "dana", chosen, "192.0.2.1:1"); err != nil || u.Role != Officer {
		t.Errorf("signs in: %v", err)
	}
	if _, err := p.Accept(t.Context(), code, secret, "192.0.2.1:1"); !errors.Is(err, ErrInvitation) {
		t.Errorf("again: %v", err)
	}
	code, err = p.Invite(t.Context(), "dana")
	if err != nil {
		t.Fatal(err)
	}
	c.at = c.at.Add(InvitationLife)
	if _, err := p.Accept(t.Context(), code, secret, "192.0.2.1:1"); !errors.Is(err, ErrInvitation) {
		t.Errorf("after a day: %v", err)
	}
}

func TestAForgottenPassword(t *testing.T) {
	p, s, _ := newPeople(t)
	before := s.users["priya"].Mark()
	first, _ := p.Invite(t.Context(), "PRIYA ")
	second, err := p.Invite(t.Context(), "priya")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Login(t.Context(), "priya", secret, "192.0.2.1:1"); err != nil {
		t.Errorf("the old password, before another is chosen: %v", err)
	}
	if _, err := p.Accept(t.Context(), first, chosen, "192.0.2.1:1"); !errors.Is(err, ErrInvitation) {
		t.Errorf("an earlier invitation: %v", err)
	}
	if err := p.SetDisabled(t.Context(), "priya", true); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Accept(t.Context(), second, chosen, "192.0.2.1:1"); !errors.Is(err, ErrInvitation) {
		t.Errorf("shut out meanwhile: %v", err)
	}
	var refused *RefusedError
	if _, err := p.Invite(t.Context(), "priya"); !errors.As(err, &refused) {
		t.Errorf("one who is shut out is invited: %v", err)
	}
	if ok, err := p.Invited(t.Context(), "priya", second); ok || err != nil {
		t.Errorf("invited: %v, %v", ok, err)
	}
	_ = p.SetDisabled(t.Context(), "priya", false)
	if ok, err := p.Invited(t.Context(), "priya", second); ok || err != nil {
		t.Errorf("a link from before she was shut out: %v, %v", ok, err)
	}
	third, err := p.Invite(t.Context(), "priya")
	if err != nil {
		t.Fatal(err)
	}
	u, err := p.Accept(t.Context(), third, chosen, "192.0.2.1:1")
	if err != nil || u.Mark() == before {
		t.Errorf("her sessions go on: %v", err)
	}
	if _, err := p.Login(t.Context(), "priya", secret, "192.0.2.1:1"); !errors.Is(err, ErrDenied) {
		t.Errorf("the old password: %v", err)
	}
	if ok, err := p.Invited(t.Context(), "nobody", second); ok || err != nil {
		t.Errorf("nobody is invited: %v, %v", ok, err)
	}
}

// Of many who use a code at once one gets in.
func TestAnInvitationIsUsedByOne(t *testing.T) {
	p, _, _ := newPeople(t)
	code, _ := p.Invite(t.Context(), "priya")
	var all sync.WaitGroup
	var mu sync.Mutex
	won := 0
	for i := range 8 {
		all.Go(func() {
			_, err := p.Accept(t.Context(), code, fmt.Sprint(chosen, i), fmt.Sprintf("192.0.2.%d:1", i))
			if err == nil {
				mu.Lock()
				defer mu.Unlock()
				won++
			} else if !errors.Is(err, ErrInvitation) {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if won != 1 {
		t.Errorf("%d used it", won)
	}
}

func TestInvitationsAreNotGuessed(t *testing.T) {
	p, _, _ := newPeople(t)
	code, _ := p.Invite(t.Context(), "priya")
	const here = "192.0.2.1:1"
	for range nameBurst {
		if _, err := p.Accept(t.Context(), newCode(), chosen, here); !errors.Is(err, ErrInvitation) {
			t.Fatal(err)
		}
	}
	if _, err := p.Accept(t.Context(), code, chosen, here); !errors.Is(err, ErrSlow) {
		t.Errorf("after %d guesses: %v", nameBurst, err)
	}
	if _, err := p.Accept(t.Context(), "", chosen, "192.0.2.2:1"); !errors.Is(err, ErrInvitation) {
		t.Errorf("without a code: %v", err)
	}
	if _, err := p.Accept(t.Context(), code, chosen, "192.0.2.2:1"); err != nil {
		t.Errorf("from elsewhere: %v", err)
	}
}

func TestALinkHidesItsCodeFromProxies(t *testing.T) {
	if got := Link("https://desk.example/", "abcd-efgh"); got != "https://desk.example/welcome#abcd-efgh" {
		t.Error(got)
	}
}

// The first user may be invited too, and whoever is faster with another code wins.
func TestFirstByInvitation(t *testing.T) {
	p := &People{Store: &shelf{}, Now: time.Now}
	kept := ""
	keep := Keep{Invite: true,
		Write: func(code string) (string, error) {
			if kept == "" {
				kept = code
			}
			return kept, nil
		},
		Drop: func() error { kept = ""; return nil },
	}
	if err := p.First(t.Context(), "admin", keep); err != nil {
		t.Fatal(err)
	}
	if ok, _ := p.Invited(t.Context(), "admin", kept); !ok {
		t.Error("what is kept does not let her in")
	}
	late := keep
	late.Write = func(string) (string, error) { return newCode(), nil }
	p.Store.(*shelf).late = true
	if err := p.First(t.Context(), "admin", late); err != nil || kept != "" {
		t.Errorf("the slower keeps %q, %v", kept, err)
	}
	u, err := p.Get(t.Context(), "admin")
	if err != nil || u.Role != Admin || u.Hash != "" {
		t.Errorf("%+v, %v", u.Role, err)
	}
}

// lagging is a Store whose list does not tell yet what another process wrote.
type lagging struct {
	*shelf
	known []User
}

func (s lagging) All(context.Context) ([]User, error) { return s.known, nil }

func TestAnInvitationOfAnotherProcess(t *testing.T) {
	p, s, c := newPeople(t)
	beside := &People{Store: lagging{s, []User{s.users["priya"]}}, Now: c.now}
	code, err := p.Invite(t.Context(), "priya")
	if err != nil {
		t.Fatal(err)
	}
	if u, err := beside.Invitee(t.Context(), code, "192.0.2.1:1"); err != nil || u.Name != "priya" {
		t.Errorf("%q, %v", u.Name, err)
	}
}
