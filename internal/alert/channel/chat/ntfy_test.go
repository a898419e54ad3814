package chat

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"unicode/utf8"

	"triage/internal/alert"
	"triage/internal/alert/channel"
	"triage/internal/alert/channel/conform"
)

const ntfyTopic = "cedar-7hq2"

var ntfyRow = conform.Kind{Name: "ntfy", To: ntfyTopic, Start: conform.OverHTTP{
	Open: func(t testing.TB, base string, o channel.Options) alert.Channel {
		return conform.Opened(t, &Ntfy{BaseURL: base, Topic: "not-this", Token: conform.SecretCanary}, o)
	},
	Take: takeNtfy,
}.Start}

type ntfySent struct {
	Topic    string `json:"topic"`
	Message  string `json:"message"`
	Title    string `json:"title"`
	Priority int    `json:"priority"`
	Click    string `json:"click"`
	Sequence string `json:"sequence_id"`
}

// takeNtfy is the server's root, which takes JSON.
func takeNtfy(t testing.TB, w http.ResponseWriter, r conform.Request) []string {
	conform.Asked(t, r, "/")
	if auth := r.Header.Get("Authorization"); auth != "Bearer "+conform.SecretCanary {
		t.Errorf("authorized by %q", auth)
	}
	var m ntfySent
	conform.Strictly(t, r.Body, &m)
	if m.Topic != ntfyTopic || m.Message == "" || len(m.Message) > 4096 || utf8.RuneCountInString(m.Title) > 250 {
		t.Errorf("topic %q, a message of %d bytes, a title of %d", m.Topic, len(m.Message), len(m.Title))
	}
	if !topicPattern.MatchString(m.Sequence) {
		t.Errorf("the sequence is %q", m.Sequence)
	}
	urgent := strings.Contains(m.Message, "URGENT") || strings.Contains(m.Message, "To stop the calls")
	if (m.Priority == 5) != urgent || m.Priority != 5 && m.Priority != 3 {
		t.Errorf("priority %d: %.80q", m.Priority, m.Message)
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = io.WriteString(w, `{"id":"x","event":"message"}`)
	return []string{m.Title, m.Message, m.Click}
}

func TestNtfyOwnServerIsCheckedByItsAuthority(t *testing.T) {
	own := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		var m ntfySent
		conform.Strictly(t, body, &m)
		if m.Topic != "team" || r.Header.Get("Authorization") != "" || m.Click != "https://desk.example.org/cases/k1" {
			t.Errorf("%+v, %q", m, r.Header)
		}
	}))
	t.Cleanup(own.Close)
	ch := conform.Opened(t, &Ntfy{BaseURL: own.URL, Topic: "team", CAFile: conform.AuthorityOf(t, own)}, channel.Options{})
	if err := ch.Notify(t.Context(), conform.Notice("", conform.Message(alert.Over, alert.Page, 1))); err != nil {
		t.Error(err)
	}
}

func TestNtfySequence(t *testing.T) {
	if sequence("notice-17") != "notice-17" {
		t.Error("a good name is changed")
	}
	a, b := sequence("notice/17 a"), sequence("notice/17 b")
	if a == b || !topicPattern.MatchString(a) || a != sequence("notice/17 a") {
		t.Errorf("%q, %q", a, b)
	}
}

func TestNtfySection(t *testing.T) {
	for key, c := range map[string]Ntfy{"topic: ": {Topic: "a b"}, "base_url: ": {BaseURL: "http://ntfy.example.org"}} {
		if err := c.Validate(); err == nil || !strings.HasPrefix(err.Error(), key) {
			t.Errorf("%+v: %v", c, err)
		}
	}
	open, closed := &Ntfy{Topic: "team"}, &Ntfy{}
	if open.CheckTo("") != nil || closed.CheckTo("") == nil || closed.CheckTo("me") != nil || open.CheckTo("a/b") == nil {
		t.Error("addresses are judged wrongly")
	}
}
