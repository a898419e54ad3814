package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// The way of an alert from the platform to everybody's provider and back.
func TestAlertsReachEverybody(t *testing.T) {
	t.Parallel()
	sb, world := platform(t), startProviders(t)
	d := newPractice(t, sb.url, world.config())
	p, k := d.run(t)
	reached := map[string]int{"pagerduty": 1, "ntfy": 1, "twilio": 1}
	sb.write("I want to kill myself, zzcanaryzz")
	all := func(more string, want map[string]int) {
		t.Helper()
		eventually(t, 20*time.Second, more, func() bool {
			for name, n := range want {
				if len(world.of(name)) < n {
					return false
				}
			}
			return true
		})
	}
	all("the pages", reached)
	sb.write("I had a hysterectomy here in May, zzcanaryzz")
	all("the team", map[string]int{"slack": 1, "webhook": 1, "heart": 1})
	world.signed()

	key, dedup := world.incident(t)
	if code, _ := k.post("/on-call/acknowledge", url.Values{"alert": {"0 " + key}}); code != 200 {
		t.Errorf("the acknowledgement in the desk was answered with %d", code)
	}
	all("PagerDuty's acknowledgement", map[string]int{"pagerduty": 2})
	sb.write("I will end my life tonight, zzcanaryzz")
	all("a second round, and the end of the first one's incident", map[string]int{"pagerduty": 4, "ntfy": 2, "twilio": 2})
	if _, again := world.incident(t); again == dedup {
		t.Error("the second round is the same incident, of which PagerDuty passes nothing on")
	}
	_, second := world.incident(t)
	answerPagerDuty(t, k.base, second)
	all("PagerDuty's acknowledgement, from there", map[string]int{"pagerduty": 5})
	sb.write("I want to die tonight and have the pills, zzcanaryzz")
	all("a third round", map[string]int{"pagerduty": 7, "ntfy": 3, "twilio": 3})
	answerText(t, k.base, "+15035550199")
	all("the acknowledgement by text", map[string]int{"pagerduty": 8})
	for _, id := range k.waiting() {
		_, body := k.get("/cases/" + id)
		step := stepField.FindStringSubmatch(body)
		k.post("/cases/"+id+"/dismiss", url.Values{"step": {step[1]}})
	}
	all("that it is over", map[string]int{"pagerduty": 9, "ntfy": 4, "twilio": 4, "slack": 2, "webhook": 2})
	if code := p.stop(); code != 0 {
		t.Errorf("it stopped with %d", code)
	}
	world.clean(p)
	for name, most := range map[string]int{"pagerduty": 9, "ntfy": 4, "twilio": 4, "slack": 2, "webhook": 2} {
		if n := len(world.of(name)); n != most {
			t.Errorf("%s took %d notices, want %d: something was told twice", name, n, most)
		}
	}
}

// A provider that fails keeps nobody from being called, is shown in the desk, and gets what
// it missed.
func TestFailingProviderIsShownAndMadeUp(t *testing.T) {
	t.Parallel()
	sb, world := platform(t), startProviders(t)
	d := newPractice(t, sb.url, strings.Replace(world.config(), `reach = ["ntfy"]`, `reach = ["ntfy", "sms +15035550198"]`, 1))
	p, k := d.run(t)
	world.breaks("ntfy", http.StatusForbidden)
	world.breaks("slack", http.StatusTooManyRequests)
	sb.write("I want to kill myself, zzcanaryzz")
	sb.write("I had a hysterectomy here in May, zzcanaryzz")
	eventually(t, 20*time.Second, "the second line of who cannot be reached on the first", func() bool { return len(world.of("twilio")) >= 2 })
	eventually(t, 10*time.Second, "the failure on the page", func() bool {
		_, body := k.get("/on-call")
		return strings.Contains(body, "ntfy") && strings.Contains(body, "slack") && strings.Count(body, "Not working since") >= 2
	})
	if _, metrics := k.get("/metrics"); !strings.Contains(metrics, `triage_channel_up{channel="ntfy"} 0`) || !strings.Contains(metrics, `triage_alerts{calling="true",severity="page"} 1`) {
		t.Errorf("the metrics do not tell of the alert and the failing channel:\n%s", metrics)
	}
	world.breaks("slack", 0)
	eventually(t, 30*time.Second, "what Slack missed", func() bool { return len(world.of("slack")) >= 1 })
	p.stop()
	world.clean(p)
}

// Killed at any moment between the comment and the page, it calls all the same, and the
// incident keeps its name.
func TestKilledWhileItCalls(t *testing.T) {
	t.Parallel()
	sb, world := platform(t), startProviders(t)
	d := newPractice(t, sb.url, world.config())
	most := 0
	for i := range 5 {
		p, _ := d.run(t)
		before := len(world.of("pagerduty"))
		sb.write(fmt.Sprintf("I want to kill myself, zzcanaryzz %d", i))
		eventually(t, 20*time.Second, "the comment's case", func() bool { return len(world.of("pagerduty")) > before })
		time.Sleep(time.Duration(i*7) * time.Millisecond) // anywhere in what follows
		p.kill()
		most += 2 // once, and once more if it was killed before it noted that
	}
	p, _ := d.run(t)
	eventually(t, 20*time.Second, "the last page", func() bool { return strings.Contains(fmt.Sprint(world.of("pagerduty")), "(5)") })
	p.stop()
	world.clean(p)
	keys := map[string]int{}
	for _, g := range world.of("pagerduty") {
		var e struct {
			DedupKey string `json:"dedup_key"`
		}
		_ = json.Unmarshal([]byte(g.body), &e)
		keys[e.DedupKey]++
	}
	if n := len(world.of("pagerduty")); len(keys) != 1 || n > most+2 {
		t.Errorf("%d notices of the incidents %v, at most %d are right", n, keys, most+2)
	}
}
