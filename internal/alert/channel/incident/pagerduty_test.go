package incident

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"triage/internal/alert"
	"triage/internal/alert/channel"
	"triage/internal/alert/channel/conform"
)

var pagerDutyRow = conform.Kind{
	Name: "pagerduty", Longest: 2048, Frame: []string{"Open the desk"},
	Calls: func(n alert.Notice) int { // a test is opened and resolved
		if n.Test {
			return 2
		}
		return 1
	},
	Start: conform.OverHTTP{
		Open: func(t testing.TB, base string, o channel.Options) alert.Channel {
			return conform.Opened(t, &PagerDuty{RoutingKey: conform.SecretCanary, BaseURL: base}, o)
		},
		Take: takePagerDuty,
	}.Start,
}

// pagerDutyBody is an event as "Send an Alert Event" of PagerDuty's Events API V2
// documents it.
type pagerDutyBody struct {
	RoutingKey  string `json:"routing_key"`
	EventAction string `json:"event_action"`
	DedupKey    string `json:"dedup_key"`
	Client      string `json:"client"`
	ClientURL   string `json:"client_url"`
	Links       []struct {
		Href string `json:"href"`
		Text string `json:"text"`
	} `json:"links"`
	Payload struct {
		Summary   string `json:"summary"`
		Source    string `json:"source"`
		Severity  string `json:"severity"`
		Timestamp string `json:"timestamp"`
		Component string `json:"component"`
		Group     string `json:"group"`
		Class     string `json:"class"`
		Details   *struct {
			Count int    `json:"count"`
			Since string `json:"since"`
			Where string `json:"where"`
			Told  int    `json:"told"`
		} `json:"custom_details"`
	} `json:"payload"`
}

func readPagerDuty(t testing.TB, r conform.Request) (e pagerDutyBody) {
	conform.Asked(t, r, "/v2/enqueue")
	conform.Strictly(t, r.Body, &e)
	conform.OneOf(t, "event_action", e.EventAction, "trigger", "acknowledge", "resolve")
	conform.OneOf(t, "severity", e.Payload.Severity, "critical", "error", "warning", "info")
	if e.RoutingKey != conform.SecretCanary || e.DedupKey == "" || e.Payload.Summary == "" || e.Payload.Source == "" {
		t.Errorf("something is missing: %s", r.Body)
	}
	conform.AtMost(t, "dedup_key", e.DedupKey, 255)
	conform.AtMost(t, "summary", e.Payload.Summary, 1024)
	if at := e.Payload.Timestamp; at != "" {
		if _, err := time.Parse(time.RFC3339, at); err != nil {
			t.Error(err)
		}
	}
	if strings.Contains(r.URL.String(), conform.SecretCanary) {
		t.Errorf("the key is in the address")
	}
	return e
}

func takePagerDuty(t testing.TB, w http.ResponseWriter, r conform.Request) []string {
	e := readPagerDuty(t, r)
	w.WriteHeader(http.StatusAccepted)
	fmt.Fprintf(w, `{"status":"success","message":"Event processed","dedup_key":%q}`, e.DedupKey)
	said := []string{e.Payload.Summary, e.Payload.Source, e.Payload.Component, e.ClientURL}
	for _, l := range e.Links {
		said = append(said, l.Href, l.Text)
	}
	return said
}

func TestPagerDutyFollowsAnIncident(t *testing.T) {
	ch, got := conform.Recorded(t, http.StatusAccepted, func(base string, o channel.Options) alert.Channel {
		return conform.Opened(t, &PagerDuty{RoutingKey: conform.SecretCanary, BaseURL: base + "/"}, o)
	})
	if !ch.Keeps || ch.Kind != "pagerduty" {
		t.Errorf("%+v", ch)
	}
	for _, c := range []struct {
		change   alert.Change
		severity alert.Severity
		action   string
		says     string
	}{
		{alert.New, alert.Page, "trigger", "critical"}, {alert.More, alert.Tell, "trigger", "warning"}, {alert.Still, alert.Slow, "trigger", "info"},
		{alert.Forgotten, alert.Page, "trigger", "critical"}, {alert.Taken, alert.Page, "acknowledge", "critical"}, {alert.Over, alert.Tell, "resolve", "warning"},
	} {
		m := conform.Message(c.change, c.severity, 4)
		if err := ch.Notify(t.Context(), conform.Notice("", m)); err != nil {
			t.Fatal(err)
		}
		e := readPagerDuty(t, got()[0])
		if e.EventAction != c.action || e.Payload.Severity != c.says || e.DedupKey != m.Incident || e.Payload.Class != "urgent" || e.Payload.Component != "facebook cedar" {
			t.Errorf("%s: %+v", c.change, e)
		}
		if d := e.Payload.Details; d == nil || d.Count != 4 || d.Since != "2031-03-04T11:00:00Z" || d.Told != 1 {
			t.Errorf("%s: details %+v", c.change, d)
		}
	}
	if err := ch.Notify(t.Context(), alert.Notice{ID: "test-5", Test: true, At: conform.Noon}); err != nil {
		t.Fatal(err)
	}
	for i, r := range got() {
		e := readPagerDuty(t, r)
		if e.EventAction != []string{"trigger", "resolve"}[i] || e.DedupKey != "test-5" || e.Payload.Severity != "info" {
			t.Errorf("a test: %+v", e)
		}
	}
}

// One incident that is not taken keeps no other from being told.
func TestEachIncidentIsTried(t *testing.T) {
	ch, got := conform.Recorded(t, http.StatusBadRequest, func(base string, o channel.Options) alert.Channel {
		return conform.Opened(t, &PagerDuty{RoutingKey: conform.SecretCanary, BaseURL: base}, o)
	})
	err := ch.Notify(t.Context(), conform.Notice("", conform.Message(alert.New, alert.Page, 1), conform.Message(alert.Over, alert.Page, 2)))
	if f, ok := err.(*alert.Failure); !ok || !f.Final || len(got()) != 2 {
		t.Errorf("%v", err)
	}
}

// Sections say what is wrong with them before anybody must be called.
func TestSectionsAreChecked(t *testing.T) {
	right := "whsec_" + strings.Repeat("AAAA", 8)
	for says, s := range map[string]channel.Section{
		"":                      &PagerDuty{RoutingKey: "k"},
		"base_url: it is not e": &PagerDuty{BaseURL: "http://events.example"},
		" ":                     &Opsgenie{APIKey: "k", BaseURL: "https://api.eu.opsgenie.com"},
		"base_url: it is not a": &Opsgenie{BaseURL: "https://u:p@api.example"},
		"  ":                    &Webhook{URL: "https://ops.example/in?key=1", Secret: right},
		"url: it is not e":      &Webhook{URL: "http://ops.example/in", Secret: right},
		"url: it is not a web":  &Webhook{URL: "", Secret: right},
		"secret: it is not":     &Webhook{URL: "https://ops.example/in", Secret: "whsec_short"},
		"   ":                   &Alertmanager{BaseURL: "http://127.0.0.1:9093/prefix/", User: "u", Password: "p"},
		"base_url: it is missi": &Alertmanager{},
		"bearer: there is a us": &Alertmanager{BaseURL: "http://127.0.0.1:9093", User: "u", Bearer: "b"},
		"user: it is missing":   &Alertmanager{BaseURL: "http://127.0.0.1:9093", Password: "p"},
		"ca_file: it cannot":    &Alertmanager{BaseURL: "http://127.0.0.1:9093", CAFile: "/nowhere"},
		"ca_file":               &Webhook{URL: "https://ops.example/in", Secret: right, CAFile: "/nowhere"},
	} {
		err := s.Validate()
		if err == nil {
			_, err = s.Open(channel.Options{})
		}
		if says = strings.TrimSpace(says); (err == nil) != (says == "") || err != nil && !strings.HasPrefix(err.Error(), says) {
			t.Errorf("%q: %v", says, err)
		}
		if s.CheckTo("") != nil || s.CheckTo("+15550100") == nil {
			t.Errorf("%T: takes an address", s)
		}
		for _, secret := range s.Secrets() {
			if secret.Key == "" || secret.Value == nil {
				t.Errorf("%T: %+v", s, secret)
			}
		}
	}
}
