package incident

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"triage/internal/alert"
	"triage/internal/alert/channel"
	"triage/internal/alert/channel/conform"
)

var alertmanagerRow = conform.Kind{
	Name: "alertmanager",
	Start: conform.OverHTTP{
		Open: func(t testing.TB, base string, o channel.Options) alert.Channel {
			return conform.Opened(t, &Alertmanager{BaseURL: base + "/prefix/", User: "triage", Password: conform.SecretCanary}, o)
		},
		Take: func(t testing.TB, w http.ResponseWriter, r conform.Request) (said []string) {
			if user, password, _ := (&http.Request{Header: r.Header}).BasicAuth(); user != "triage" || password != conform.SecretCanary {
				t.Errorf("authorized by %q", r.Header.Get("Authorization"))
			}
			for _, p := range readAlerts(t, r, "/prefix/api/v2/alerts") {
				said = append(said, p.Annotations["summary"], p.Labels["where"], p.Labels["practice"], p.GeneratorURL)
			}
			w.WriteHeader(http.StatusOK)
			return said
		},
	}.Start,
}

// postableBody is "postableAlert" of Alertmanager's API v2 document.
type postableBody struct {
	Labels       map[string]string `json:"labels"`
	Annotations  map[string]string `json:"annotations"`
	StartsAt     time.Time         `json:"startsAt"`
	EndsAt       time.Time         `json:"endsAt"`
	GeneratorURL string            `json:"generatorURL"`
}

func readAlerts(t testing.TB, r conform.Request, path string) (all []postableBody) {
	conform.Asked(t, r, path)
	conform.Strictly(t, r.Body, &all)
	for _, p := range all {
		if name := p.Labels["alertname"]; !strings.HasPrefix(name, "Triage") || !p.StartsAt.Before(p.EndsAt) {
			t.Errorf("%+v", p)
		}
		for label, value := range p.Labels {
			if value == "" {
				t.Errorf("%s is empty", label)
			}
		}
	}
	if len(all) == 0 {
		t.Error("no alert")
	}
	return all
}

func TestAlertmanagerFollowsAnIncident(t *testing.T) {
	ch, got := conform.Recorded(t, http.StatusOK, func(base string, o channel.Options) alert.Channel {
		o.Now = func() time.Time { return conform.Noon }
		return conform.Opened(t, &Alertmanager{BaseURL: base, Bearer: conform.SecretCanary}, o)
	})
	if !ch.Keeps || ch.Renew == 0 || ch.Renew > time.Hour {
		t.Errorf("%+v", ch)
	}
	m := conform.Message(alert.New, alert.Page, 4)
	m.Key = "dead-letters/facebook"
	for _, c := range []struct {
		change alert.Change
		since  time.Time
		starts time.Time
		ends   time.Time
		alerts int
	}{
		{alert.New, m.Since, m.Since, conform.Noon.Add(26 * time.Hour), 1},
		{alert.Taken, time.Time{}, conform.Noon, conform.Noon.Add(26 * time.Hour), 1},
		{alert.Still, conform.Noon.Add(time.Hour), conform.Noon, conform.Noon.Add(26 * time.Hour), 1},
		{alert.Over, m.Since, m.Since, conform.Noon.Add(-2 * time.Minute), 3},
		{alert.Over, conform.Noon, conform.Noon.Add(-2*time.Minute - time.Second), conform.Noon.Add(-2 * time.Minute), 3},
	} {
		m.Change, m.Since = c.change, c.since
		if err := ch.Notify(t.Context(), conform.Notice("", m)); err != nil {
			t.Fatal(err)
		}
		r := got()[0]
		all := readAlerts(t, r, "/api/v2/alerts")
		if p := all[0]; len(all) != c.alerts || !p.StartsAt.Equal(c.starts) || !p.EndsAt.Equal(c.ends) || p.GeneratorURL != m.Link ||
			p.Labels["alertname"] != "TriageDeadLetters" || p.Labels["severity"] != "page" || p.Labels["incident"] != m.Incident || len(p.Labels) != 5 {
			t.Errorf("%s since %v: %+v", c.change, c.since, all)
		}
		if r.Header.Get("Authorization") != "Bearer "+conform.SecretCanary {
			t.Errorf("authorized by %q", r.Header.Get("Authorization"))
		}
	}
}

func TestWatchdogFiresOnlyWhileAllIsSeen(t *testing.T) {
	ch, got := conform.Recorded(t, http.StatusOK, func(base string, o channel.Options) alert.Channel {
		o.Now = func() time.Time { return conform.Noon }
		return conform.Opened(t, &Alertmanager{BaseURL: base}, o)
	})
	dog := ch.Notifier.(Watchdog)
	if err := dog.Watch(t.Context(), false); err != nil || len(got()) != 0 {
		t.Errorf("blind, and the watchdog fires: %v", err)
	}
	if err := dog.Watch(t.Context(), true); err != nil {
		t.Fatal(err)
	}
	r := got()[0]
	p := readAlerts(t, r, "/api/v2/alerts")[0]
	if p.Labels["alertname"] != "TriageWatchdog" || !p.EndsAt.Equal(conform.Noon.Add(10*time.Minute)) || r.Header.Get("Authorization") != "" {
		t.Errorf("%+v", p)
	}
}

// The heartbeat's address is the secret: it must be in no error.
func TestHeartbeatPings(t *testing.T) {
	var ping func(ok bool) error
	_, got := conform.Recorded(t, http.StatusOK, func(base string, o channel.Options) alert.Channel {
		b := &Heartbeat{URL: base + "/" + conform.SecretCanary + "/"}
		beat, err := b.Open(o)
		if err != nil || b.Validate() != nil || *b.Secrets()[0].Value != b.URL {
			t.Fatal(err)
		}
		ping = func(ok bool) error { return beat(t.Context(), ok) }
		return alert.Channel{}
	})
	for ok, path := range map[bool]string{true: "/" + conform.SecretCanary, false: "/" + conform.SecretCanary + "/fail"} {
		if err := ping(ok); err != nil {
			t.Fatal(err)
		}
		if r := got()[0]; r.URL.Path != path || len(r.Body) != 0 {
			t.Errorf("%v: %s", ok, r.URL)
		}
	}
	for says, b := range map[string]*Heartbeat{
		"url: it is missing":    {},
		"url: it is not e":      {URL: "http://hc.example/" + conform.SecretCanary},
		"url: it is not an add": {URL: "https://hc.example/?key=" + conform.SecretCanary},
		"ca_file: it":           {URL: "https://hc.example/" + conform.SecretCanary, CAFile: "/nowhere"},
	} {
		if _, err := b.Open(channel.Options{}); err == nil || !strings.HasPrefix(err.Error(), says) || strings.Contains(err.Error(), conform.SecretCanary) {
			t.Errorf("%q: %v", says, err)
		}
	}
	beat, err := (&Heartbeat{URL: "http://" + conform.ClosedPort(t) + "/" + conform.SecretCanary}).Open(channel.Options{})
	if err != nil {
		t.Fatal(err)
	}
	failed, ok := beat(t.Context(), true).(*alert.Failure)
	if !ok || failed.Final || strings.Contains(failed.Why+failed.Cause.Error(), conform.SecretCanary) {
		t.Errorf("%+v", failed)
	}
}
