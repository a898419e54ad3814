package main

import (
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// providers stand in for all those that take notices over HTTP: they take what comes,
// each below its own path. Whether it has the documented shape is the channels' own test.
type providers struct {
	*httptest.Server
	t  *testing.T
	mu sync.Mutex
	// got is what each took, by the first part of its path.
	got map[string][]taken
	// broken is how each fails now.
	broken map[string]int
}

type taken struct {
	at   time.Time
	head http.Header
	path string
	body string
}

const (
	webhookSecret = "whsec_enpjYW5hcnl3ZWJob29rc2VjcmV0enpjYW5hcnk="
	providerToken = "zzprovidertokenzz"
)

func startProviders(t *testing.T) *providers {
	p := &providers{t: t, got: map[string][]taken{}, broken: map[string]int{}}
	p.Server = httptest.NewServer(http.HandlerFunc(p.take))
	t.Cleanup(p.Close)
	return p
}

func (p *providers) take(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	name := strings.Split(r.URL.Path, "/")[1]
	p.mu.Lock()
	defer p.mu.Unlock()
	if status := p.broken[name]; status != 0 {
		w.WriteHeader(status)
		fmt.Fprint(w, providerToken)
		return
	}
	p.got[name] = append(p.got[name], taken{time.Now(), r.Header, r.URL.Path, string(body)})
	if name == "pagerduty" || name == "opsgenie" {
		w.WriteHeader(http.StatusAccepted)
	}
	if name == "twilio" {
		w.WriteHeader(http.StatusCreated)
	}
	fmt.Fprint(w, map[string]string{"slack": "ok", "pagerduty": `{"status":"success"}`, "pushover": `{"status":1}`}[name]+strings.Repeat(" ", 1))
}

func (p *providers) breaks(name string, status int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.broken[name] = status
}

// of is what one of them took so far.
func (p *providers) of(name string) []taken {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.got[name])
}

// config is a section for each of them, and a person behind each, all of whom are called
// at once.
func (p *providers) config() string {
	var b strings.Builder
	b.WriteString("[alerts]\nteam = [\"slack\", \"hooks\"]\nmost = 200\n[alerts.heartbeat]\nurl = \"" + p.URL + "/heart/" + providerToken + "\"\nevery = \"10s\"\n")
	fmt.Fprintf(&b, "[[alerts.slack]]\nurl = \"%s/slack/services/%s\"\n", p.URL, providerToken)
	fmt.Fprintf(&b, "[[alerts.webhook]]\nname = \"hooks\"\nurl = \"%s/webhook\"\nsecret = %q\n", p.URL, webhookSecret)
	fmt.Fprintf(&b, "[[alerts.pagerduty]]\nrouting_key = \"zzprovidertokenzz000000000000000\"\nhook_secret = \"pdhook\"\nbase_url = \"%s/pagerduty\"\n", p.URL)
	fmt.Fprintf(&b, "[[alerts.ntfy]]\nbase_url = \"%s/ntfy\"\ntopic = \"on-call\"\ntoken = %q\n", p.URL, providerToken)
	fmt.Fprintf(&b, "[[alerts.sms]]\naccount_sid = \"AC00000000000000000000000000000000\"\nauth_token = %q\nfrom = \"+15035550142\"\nbase_url = \"%s/twilio\"\nanswer_url = \"https://desk.example/hooks/sms\"\n", providerToken, p.URL)
	for name, line := range map[string]string{"pia": "pagerduty", "nick": "ntfy", "sam": "sms +15035550199"} {
		fmt.Fprintf(&b, "[[alerts.person]]\nname = %q\nreach = [%q]\n", name, line)
	}
	b.WriteString("[[alerts.step]]\ncall = \"everybody\"\n")
	return b.String()
}

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
	all("a second round", map[string]int{"pagerduty": 3, "ntfy": 2, "twilio": 2})
	if _, again := world.incident(t); again == dedup {
		t.Error("the second round is the same incident, of which PagerDuty passes nothing on")
	}
	_, second := world.incident(t)
	answerPagerDuty(t, k.base, second)
	all("PagerDuty's acknowledgement, from there", map[string]int{"pagerduty": 4})
	sb.write("I want to die tonight and have the pills, zzcanaryzz")
	all("a third round", map[string]int{"pagerduty": 5, "ntfy": 3, "twilio": 3})
	answerText(t, k.base, "+15035550199")
	all("the acknowledgement by text", map[string]int{"pagerduty": 6})
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

// incident is the last that PagerDuty was told of: our key for it is that of the case's
// lane and account.
func (p *providers) incident(t *testing.T) (key, dedup string) {
	t.Helper()
	all := p.of("pagerduty")
	var event struct {
		DedupKey string `json:"dedup_key"`
	}
	if err := json.Unmarshal([]byte(all[len(all)-1].body), &event); err != nil || event.DedupKey == "" {
		t.Fatalf("PagerDuty took %.200s: %v", all[len(all)-1].body, err)
	}
	return "cases/urgent/facebook", event.DedupKey
}

// answerPagerDuty acknowledges an incident as PagerDuty's webhook says it; first as
// somebody does who does not know the secret.
func answerPagerDuty(t *testing.T, page, incident string) {
	t.Helper()
	body := fmt.Sprintf(`{"event":{"id":"01","event_type":"incident.acknowledged","occurred_at":%q,"data":{"incident_key":%q}}}`, time.Now().Format(time.RFC3339), incident)
	for secret, want := range map[string]int{"guessed": http.StatusUnauthorized, "pdhook": http.StatusOK} {
		mac := hmac.New(sha256.New, []byte(secret))
		mac.Write([]byte(body))
		r, _ := http.NewRequest("POST", page+"/hooks/pagerduty", strings.NewReader(body))
		r.Header.Set("X-PagerDuty-Signature", fmt.Sprintf("v1=%x", mac.Sum(nil)))
		resp, err := http.DefaultClient.Do(r)
		if err != nil || resp.StatusCode != want {
			t.Fatalf("PagerDuty's webhook was answered %v, %v, want %d", resp, err, want)
		}
		_ = resp.Body.Close()
	}
}

// answerText answers a text message, as Twilio hands it on.
func answerText(t *testing.T, page, from string) {
	t.Helper()
	form := url.Values{"Body": {"Ok"}, "From": {from}, "MessageSid": {"SM1"}, "To": {"+15035550142"}}
	said := "https://desk.example/hooks/sms"
	for _, key := range slices.Sorted(maps.Keys(form)) {
		said += key + form.Get(key)
	}
	mac := hmac.New(sha1.New, []byte(providerToken))
	mac.Write([]byte(said))
	r, _ := http.NewRequest("POST", page+"/hooks/sms", strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("X-Twilio-Signature", base64.StdEncoding.EncodeToString(mac.Sum(nil)))
	resp, err := http.DefaultClient.Do(r)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("the answer to a text message was answered %v, %v", resp, err)
	}
	_ = resp.Body.Close()
}

// signed fails where a webhook's signature is not what the specification says.
func (p *providers) signed() {
	p.t.Helper()
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(webhookSecret, "whsec_"))
	if err != nil {
		p.t.Fatal(err)
	}
	for _, g := range p.of("webhook") {
		mac := hmac.New(sha256.New, key)
		fmt.Fprintf(mac, "%s.%s.%s", g.head.Get("webhook-id"), g.head.Get("webhook-timestamp"), g.body)
		if want := "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil)); g.head.Get("webhook-signature") != want {
			p.t.Errorf("the webhook is signed %q, want %q", g.head.Get("webhook-signature"), want)
		}
	}
}

// clean fails where something private went out or was written.
func (p *providers) clean(service *process) {
	p.t.Helper()
	for name, all := range p.got {
		for _, g := range all {
			clean(p.t, "what "+name+" took", g.path+g.body)
			said, _ := url.QueryUnescape(g.body + g.head.Get("Click"))
			if name != "heart" && !strings.Contains(said, "http://localhost:") {
				p.t.Errorf("%s took something without a link: %.300s", name, g.body)
			}
		}
	}
	for _, secret := range []string{providerToken, "+15035550199", "5550199", webhookSecret, "pdhook"} {
		if strings.Contains(service.output(), secret) {
			p.t.Errorf("what the service wrote holds %s", secret)
		}
	}
	clean(p.t, "what the service wrote", service.output())
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
		return strings.Contains(body, "ntfy") && strings.Contains(body, "slack") && strings.Count(body, "It has failed since") >= 2
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
