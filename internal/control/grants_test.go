package control

import (
	"strings"
	"testing"
	"time"

	"triage/internal/store"
)

func TestAccountIsConnected(t *testing.T) {
	s := newService(t)
	c := s.client(t, "")
	must(t, c.Call(t.Context(), "GET", "/grants", nil, nil))
	want := store.Grant{Access: planted, Refresh: planted, Made: time.Unix(1e9, 0).UTC(), Client: "c", Seed: "s"}
	for range 2 { // over the one before
		must(t, c.Call(t.Context(), "POST", "/grants", Connection{"facebook", "main", want}, nil))
	}
	got, err := s.Grants.Load(t.Context(), "facebook", "main")
	want.Revision = got.Revision
	if err != nil || got != want {
		t.Errorf("kept %v, %v", got, err)
	}
	for _, no := range []Connection{{"myspace", "main", want}, {"facebook", "", want}, {"facebook", "../" + planted, want}} {
		err := c.Call(t.Context(), "POST", "/grants", no, nil)
		if err == nil || !strings.Contains(err.Error(), "no such account") {
			t.Errorf("%s %s: %v", no.Platform, no.Account, err)
		} else {
			s.silent(t, err.Error())
		}
	}
	for _, act := range s.told(t) {
		s.silent(t, act.On, act.Note)
	}
	s.silent(t)
}
