package incident

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"triage/internal/alert"
	"triage/internal/alert/channel"
	"triage/internal/alert/channel/conform"
)

var opsgenieRow = conform.Kind{
	Name: "opsgenie",
	Calls: func(n alert.Notice) int { // a test is opened and closed
		if n.Test {
			return 2
		}
		return 1
	},
	Start: conform.OverHTTP{
		Open: func(t testing.TB, base string, o channel.Options) alert.Channel {
			return conform.Opened(t, &Opsgenie{APIKey: conform.SecretCanary, BaseURL: base}, o)
		},
		Take: takeOpsgenie,
	}.Start,
}

// opsgenieBody is what the Alert API documents for opening an alert, and for acting on
// one: source, note and user.
type opsgenieBody struct {
	Message     string            `json:"message"`
	Alias       string            `json:"alias"`
	Description string            `json:"description"`
	Details     map[string]string `json:"details"`
	Entity      string            `json:"entity"`
	Source      string            `json:"source"`
	Priority    string            `json:"priority"`
	Tags        []string          `json:"tags"`
	Note        string            `json:"note"`
}

// readOpsgenie gives the act, "" for opening, and the alias it is about.
func readOpsgenie(t testing.TB, r conform.Request) (act, alias string, b opsgenieBody) {
	if r.Header.Get("Authorization") != "GenieKey "+conform.SecretCanary {
		t.Errorf("authorized by %q", r.Header.Get("Authorization"))
	}
	conform.Strictly(t, r.Body, &b)
	if rest, ok := strings.CutPrefix(r.URL.Path, "/v2/alerts/"); ok {
		alias, act, _ = strings.Cut(rest, "/")
		conform.OneOf(t, "the act", act, "acknowledge", "close")
		if r.URL.RawQuery != "identifierType=alias" || b.Message+b.Alias+b.Priority != "" {
			t.Errorf("%s %s", r.URL, r.Body)
		}
		conform.Asked(t, r, r.URL.Path)
		return act, alias, b
	}
	conform.Asked(t, r, "/v2/alerts")
	conform.OneOf(t, "the priority", b.Priority, "P1", "P2", "P3", "P4", "P5")
	if b.Message == "" || b.Alias == "" || r.URL.RawQuery != "" {
		t.Errorf("something is missing: %s", r.Body)
	}
	conform.AtMost(t, "message", b.Message, 130)
	conform.AtMost(t, "alias", b.Alias, 512)
	conform.AtMost(t, "description", b.Description, 15000)
	conform.AtMost(t, "entity", b.Entity, 512)
	conform.AtMost(t, "source", b.Source, 100)
	return "", b.Alias, b
}

func takeOpsgenie(t testing.TB, w http.ResponseWriter, r conform.Request) []string {
	_, _, b := readOpsgenie(t, r)
	w.WriteHeader(http.StatusAccepted)
	fmt.Fprint(w, `{"result":"Request will be processed","took":0.302,"requestId":"43a29c5c"}`)
	return []string{b.Message, b.Description, b.Entity, b.Source, b.Note, b.Details["link"]}
}

func TestOpsgenieFollowsAnIncident(t *testing.T) {
	ch, got := conform.Recorded(t, http.StatusAccepted, func(base string, o channel.Options) alert.Channel {
		return conform.Opened(t, &Opsgenie{APIKey: conform.SecretCanary, BaseURL: base}, o)
	})
	if !ch.Keeps || ch.Kind != "opsgenie" {
		t.Errorf("%+v", ch)
	}
	for _, c := range []struct {
		change   alert.Change
		severity alert.Severity
		act      string
		priority string
	}{
		{alert.New, alert.Page, "", "P1"}, {alert.More, alert.Tell, "", "P3"}, {alert.Still, alert.Slow, "", "P5"},
		{alert.Forgotten, alert.Page, "", "P1"}, {alert.Taken, alert.Page, "acknowledge", ""}, {alert.Over, alert.Page, "close", ""},
	} {
		m := conform.Message(c.change, c.severity, 4)
		if err := ch.Notify(t.Context(), conform.Notice("", m)); err != nil {
			t.Fatal(err)
		}
		act, alias, b := readOpsgenie(t, got()[0])
		if act != c.act || alias != m.Incident || b.Priority != c.priority {
			t.Errorf("%s: %q of %q, %+v", c.change, act, alias, b)
		}
		if act == "" && (b.Details["count"] != "4" || b.Details["since"] != "2031-03-04T11:00:00Z" || b.Details["link"] != m.Link || b.Tags[1] != "urgent") {
			t.Errorf("%s: %+v", c.change, b)
		}
	}
	if err := ch.Notify(t.Context(), alert.Notice{ID: "test-5", Test: true, At: conform.Noon}); err != nil {
		t.Fatal(err)
	}
	for i, r := range got() {
		act, alias, b := readOpsgenie(t, r)
		if act != []string{"", "close"}[i] || alias != "test-5" || i == 0 && b.Priority != "P5" {
			t.Errorf("a test: %q of %q, %+v", act, alias, b)
		}
	}
}
