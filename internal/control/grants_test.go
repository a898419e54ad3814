package control

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"triage/internal/store"
)

func TestAccountIsConnected(t *testing.T) {
	s := newService(t)
	c := s.client(t, "")
	must(t, c.Call(t.Context(), "GET", "/grants?platform=facebook&account=main&client=c", nil, nil))
	want := store.Grant{Access: planted, Refresh: planted, Made: time.Unix(1e9, 0).UTC(), Client: "c", Seed: "s"}
	for range 2 { // over the one before
		must(t, c.Call(t.Context(), "POST", "/grants", Connection{"facebook", "main", want}, nil))
	}
	got, err := s.Grants.Load(t.Context(), "facebook", "main")
	want.Revision, want.Seed = got.Revision, "file s" // over the service's own file too
	if err != nil || got != want {
		t.Errorf("kept %v, %v", got, err)
	}
	other := want
	other.Client = "another"
	for _, no := range []struct {
		Connection
		say string
	}{
		{Connection{"myspace", "main", want}, "no such account"}, {Connection{"facebook", "", want}, "no such account"},
		{Connection{"facebook", "second", want}, "no such account"}, {Connection{"facebook", "../" + planted, want}, "no such account"},
		{Connection{"facebook", "main", other}, "another app"},
	} {
		asked := url.Values{"platform": {no.Platform}, "account": {no.Account}, "client": {no.Grant.Client}}
		for _, err := range []error{c.Call(t.Context(), "GET", "/grants?"+asked.Encode(), nil, nil), c.Call(t.Context(), "POST", "/grants", no.Connection, nil)} {
			if err == nil || !strings.Contains(err.Error(), no.say) {
				t.Errorf("%s %s: %v", no.Platform, no.Account, err)
			} else {
				s.silent(t, err.Error())
			}
		}
	}
	for _, act := range s.told(t) {
		s.silent(t, act.On, act.Note)
	}
	s.silent(t)
}
