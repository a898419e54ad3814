package incident

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"triage/internal/alert"
	"triage/internal/alert/channel"
	"triage/internal/alert/channel/conform"
)

// unpacked is where .ci/deps puts Debian's Alertmanager, seen from here.
const unpacked = "../../../../.cache/alertmanager/usr/bin/prometheus-alertmanager"

// routed is what Alertmanager tells its webhook receivers (version "4").
type routed struct {
	Version string `json:"version"`
	Alerts  []struct {
		Status       string            `json:"status"`
		Labels       map[string]string `json:"labels"`
		Annotations  map[string]string `json:"annotations"`
		GeneratorURL string            `json:"generatorURL"`
		EndsAt       time.Time         `json:"endsAt"`
	} `json:"alerts"`
}

// real is an Alertmanager that was started for the test.
type real struct {
	base string
	told chan routed
}

// theReal starts Debian's Alertmanager, with a route that hands on each alert at once.
func theReal(t *testing.T) real {
	t.Helper()
	binary, err := exec.LookPath("prometheus-alertmanager")
	if err != nil {
		binary, err = filepath.Abs(unpacked)
	}
	if _, missing := os.Stat(binary); err != nil || missing != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("no Alertmanager: .ci/deps unpacks it")
		}
		t.Skip("no Alertmanager here: run .ci/deps as root on Debian")
	}
	r := real{"http://" + conform.ClosedPort(t), make(chan routed, 16)}
	receiver := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, req *http.Request) {
		var got routed
		if err := json.NewDecoder(req.Body).Decode(&got); err != nil || got.Version != "4" {
			t.Errorf("%+v: %v", got, err)
		}
		r.told <- got
	}))
	t.Cleanup(receiver.Close)
	dir := t.TempDir()
	config := filepath.Join(dir, "alertmanager.yml")
	route := fmt.Sprintf("route: {receiver: test, group_by: ['...'], group_wait: 0s, group_interval: 100ms, repeat_interval: 24h}\n"+
		"receivers: [{name: test, webhook_configs: [{url: '%s', send_resolved: true}]}]\n", receiver.URL)
	if err := os.WriteFile(config, []byte(route), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(binary, "--config.file="+config, "--storage.path="+dir, "--web.listen-address="+strings.TrimPrefix(r.base, "http://"), "--cluster.listen-address=")
	r.start(t, cmd)
	return r
}

// start returns when it listens.
func (r real) start(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	logs, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	said := ""
	for lines := bufio.NewScanner(logs); lines.Scan(); {
		if said += lines.Text() + "\n"; strings.Contains(lines.Text(), "Listening on") {
			go func() { _, _ = io.Copy(io.Discard, logs) }()
			return
		}
	}
	t.Fatalf("Alertmanager has ended:\n%s", said)
}

// next is what its receiver is told next.
func (r real) next(t *testing.T) routed {
	t.Helper()
	select {
	case got := <-r.told:
		return got
	case <-time.After(30 * time.Second):
		t.Fatal("Alertmanager tells nobody")
		return routed{}
	}
}

// firing counts the alerts that it holds.
func (r real) firing(t *testing.T) int {
	t.Helper()
	resp, err := http.Get(r.base + "/api/v2/alerts")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	var all []any
	if err := json.NewDecoder(resp.Body).Decode(&all); err != nil {
		t.Fatal(err)
	}
	return len(all)
}

// real messages have the time of now, for Alertmanager's clock is the machine's.
func current(change alert.Change, severity alert.Severity, at time.Time) alert.Notice {
	m := conform.Message(change, severity, 4)
	m.At, m.Since = at, at.Add(-time.Hour)
	return conform.Notice("", m)
}

func TestRealAlertmanagerToldOnceAndResolved(t *testing.T) {
	r := theReal(t)
	ch := conform.Opened(t, &Alertmanager{BaseURL: r.base}, channel.Options{})
	tell := func(change alert.Change, severity alert.Severity, ahead time.Duration) {
		t.Helper()
		if err := ch.Notify(t.Context(), current(change, severity, time.Now().Add(ahead))); err != nil {
			t.Fatal(err)
		}
	}
	tell(alert.New, alert.Page, 0)
	first := r.next(t)
	if a := first.Alerts[0]; a.Status != "firing" || a.Labels["alertname"] != "TriageUrgent" || a.Labels["severity"] != "page" ||
		a.Labels["practice"] != "Cedar Clinic" || a.GeneratorURL != "https://desk.example.org/cases/k4" || !strings.Contains(a.Annotations["summary"], "matter 4") {
		t.Fatalf("%+v", first)
	}
	tell(alert.Still, alert.Page, time.Minute)
	tell(alert.Taken, alert.Page, time.Minute)
	if n := r.firing(t); n != 1 {
		t.Errorf("%d alerts after it was repeated", n)
	}
	// Our clock is a minute ahead: it is over all the same, and nothing was told between.
	tell(alert.Over, alert.Page, time.Minute)
	if a := r.next(t).Alerts[0]; a.Status != "resolved" || a.Labels["incident"] != first.Alerts[0].Labels["incident"] {
		t.Errorf("%+v", a)
	}
	if n := r.firing(t); n != 0 {
		t.Errorf("%d alerts after it was over", n)
	}
}

// An incident that became louder ends in all the severities that it had.
func TestRealAlertmanagerEndsEverySeverity(t *testing.T) {
	r := theReal(t)
	ch := conform.Opened(t, &Alertmanager{BaseURL: r.base}, channel.Options{})
	for _, severity := range []alert.Severity{alert.Tell, alert.Page} {
		if err := ch.Notify(t.Context(), current(alert.New, severity, time.Now())); err != nil {
			t.Fatal(err)
		}
		if a := r.next(t).Alerts[0]; a.Status != "firing" || a.Labels["severity"] != string(severity) {
			t.Fatalf("%+v", a)
		}
	}
	if err := ch.Notify(t.Context(), current(alert.Over, alert.Page, time.Now())); err != nil {
		t.Fatal(err)
	}
	ended := map[string]bool{}
	for range 2 {
		a := r.next(t).Alerts[0]
		ended[a.Status+" "+a.Labels["severity"]] = true
	}
	if !ended["resolved page"] || !ended["resolved tell"] || r.firing(t) != 0 {
		t.Errorf("%v", ended)
	}
}

func TestRealAlertmanagerWatchdogAndTest(t *testing.T) {
	r := theReal(t)
	ch := conform.Opened(t, &Alertmanager{BaseURL: r.base}, channel.Options{})
	if err := ch.Notifier.(Watchdog).Watch(t.Context(), true); err != nil {
		t.Fatal(err)
	}
	if a := r.next(t).Alerts[0]; a.Status != "firing" || a.Labels["alertname"] != "TriageWatchdog" {
		t.Errorf("%+v", a)
	}
	if err := ch.Notify(t.Context(), alert.Notice{ID: "test-1", Test: true, From: "Cedar Clinic", At: time.Now()}); err != nil {
		t.Fatal(err)
	}
	if a := r.next(t).Alerts[0]; a.Labels["alertname"] != "TriageTest" || a.Labels["severity"] != "slow" {
		t.Errorf("%+v", a)
	}
}
