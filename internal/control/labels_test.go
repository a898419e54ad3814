package control

import (
	"bytes"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"triage/internal/classify"
	"triage/internal/respond"
)

// What is said by a command is in the case with who said it, and the export
// holds it with the words: which are in nothing else.
func TestLabelsByCommand(t *testing.T) {
	s := newService(t)
	s.users(t)
	comments := s.comments(t, "somebody", 2)
	for _, c := range comments {
		s.file(t, c)
	}
	rita, otto := s.client(t, "reviewer"), s.client(t, "privacy")
	id := comments[0].ID
	var now Label
	must(t, rita.Call(t.Context(), http.MethodPost, "/label", Label{id, respond.Label{Level: classify.Possible, Urgent: true}}, &now))
	if now.Case != id || now.Level != classify.Possible || now.By != "reviewer" || !now.Said {
		t.Errorf("labelled %+v", now)
	}
	c, err := s.Cases.Get(t.Context(), id)
	must(t, err)
	if e := c.History[len(c.History)-1]; e.Do != respond.Labelled || e.By != "reviewer" || e.OS != OSUser() || e.From != "command" || e.Note != "possible+urgent" {
		t.Errorf("the history has %+v", e)
	}
	for said, in := range map[string]any{
		"there is no such case": Label{Case: strings.Repeat("b", 20)},
		"20 letters":            Label{Case: "short"},
		"same version":          strings.NewReader(`{"case":"` + id + `","level":"some"}`),
	} {
		if err := rita.Call(t.Context(), http.MethodPost, "/label", in, nil); err == nil || !strings.Contains(err.Error(), said) {
			t.Errorf("%v, want %s", err, said)
		}
	}
	before := len(s.told(t))
	var words bytes.Buffer
	if err := s.client(t, "admin").Fetch(t.Context(), "/labels", &words); err == nil || !strings.Contains(err.Error(), "privacy officer with --as") || words.Len() > 0 {
		t.Errorf("to an admin: %v, %s", err, words.String())
	}
	must(t, otto.Fetch(t.Context(), "/labels?since=2020-01-01T00:00:00Z", &words))
	if said := words.String(); strings.Count(said, "\n") != 1 || !strings.Contains(said, planted) || !strings.Contains(said, `"d":1,"u":1`) {
		t.Errorf("exported %s", said)
	}
	if got := s.since(t, before); !slices.Equal(got, []string{"admin refused  export labels", "privacy exported  labels"}) {
		t.Errorf("the audit has %q", got)
	}
	if err := otto.Fetch(t.Context(), "/labels?since=soon", io.Discard); err == nil || !strings.Contains(err.Error(), "--since wants a day") {
		t.Errorf("since soon: %v", err)
	}
	var all bytes.Buffer
	must(t, s.client(t, "").Fetch(t.Context(), "/audit/export?format=jsonl", &all))
	s.silent(t, all.String())
}

// No words leave that cannot be written into the audit.
func TestNoLabelsWithoutTheAudit(t *testing.T) {
	s := newService(t)
	s.users(t)
	c := s.comments(t, "somebody", 1)[0]
	s.file(t, c)
	_, err := s.options.Cases.Label(t.Context(), c.ID, respond.Label{}, respond.Entry{By: "reviewer"})
	must(t, err)
	otto := s.client(t, "privacy")
	var words bytes.Buffer
	must(t, otto.Fetch(t.Context(), "/labels", &words))
	if words.Len() == 0 {
		t.Fatal("nothing is exported: the test shows nothing")
	}
	words.Reset()
	must(t, s.Audit.Close(t.Context()))
	must(t, s.bus.Close())
	if err := otto.Fetch(t.Context(), "/labels", &words); err == nil || words.Len() > 0 {
		t.Errorf("%v, %d bytes", err, words.Len())
	}
}
