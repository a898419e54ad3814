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
	b.WriteString("[alerts]\nteam = [\"slack\", \"hooks\"]\nmost = 200\n[alerts.heartbeat]\nurl = \"" + p.URL + "/heart/" + providerToken + "\"\nevery = \"30s\"\n")
	fmt.Fprintf(&b, "[[alerts.slack]]\nurl = \"%s/slack/services/%s\"\n", p.URL, providerToken)
	fmt.Fprintf(&b, "[[alerts.webhook]]\nname = \"hooks\"\nurl = \"%s/webhook\"\nsecret = %q\n", p.URL, webhookSecret)
	fmt.Fprintf(&b, "[[alerts.pagerduty]]\nrouting_key = \"zzprovidertokenzz000000000000000\"\nhook_secret = \"zzpagerdutyhooksecret\"\nbase_url = \"%s/pagerduty\"\n", p.URL)
	fmt.Fprintf(&b, "[[alerts.ntfy]]\nbase_url = \"%s/ntfy\"\ntopic = \"on-call\"\ntoken = %q\n", p.URL, providerToken)
	fmt.Fprintf(&b, "[[alerts.sms]]\naccount_sid = \"AC00000000000000000000000000000000\"\nauth_token = %q\nfrom = \"+15035550142\"\nbase_url = \"%s/twilio\"\nanswer_url = \"https://desk.example/hooks/sms\"\n", providerToken, p.URL)
	for name, line := range map[string]string{"pia": "pagerduty", "nick": "ntfy", "sam": "sms +15035550199"} {
		fmt.Fprintf(&b, "[[alerts.person]]\nname = %q\nreach = [%q]\n", name, line)
	}
	b.WriteString("[[alerts.step]]\ncall = \"everybody\"\n")
	return b.String()
}

// incident is the last that PagerDuty was told to open: our key for it is that of the
// case's lane and account.
func (p *providers) incident(t *testing.T) (key, dedup string) {
	t.Helper()
	for _, g := range p.of("pagerduty") {
		var event struct {
			Action   string `json:"event_action"`
			DedupKey string `json:"dedup_key"`
		}
		if err := json.Unmarshal([]byte(g.body), &event); err != nil || event.DedupKey == "" {
			t.Fatalf("PagerDuty took %.200s: %v", g.body, err)
		}
		if event.Action == "trigger" {
			dedup = event.DedupKey
		}
	}
	return "cases/urgent/facebook", dedup
}

// answerPagerDuty acknowledges an incident as PagerDuty's webhook says it; first as
// somebody does who does not know the secret.
func answerPagerDuty(t *testing.T, page, incident string) {
	t.Helper()
	body := fmt.Sprintf(`{"event":{"id":"01","event_type":"incident.acknowledged","occurred_at":%q,"data":{"incident_key":%q}}}`, time.Now().Format(time.RFC3339), incident)
	for secret, want := range map[string]int{"guessed": http.StatusUnauthorized, "zzpagerdutyhooksecret": http.StatusOK} {
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
	for _, secret := range []string{providerToken, "+15035550199", "5550199", webhookSecret, "zzpagerdutyhooksecret"} {
		if strings.Contains(service.output(), secret) {
			p.t.Errorf("what the service wrote holds %s", secret)
		}
	}
	clean(p.t, "what the service wrote", service.output())
}
