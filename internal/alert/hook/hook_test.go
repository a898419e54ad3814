package hook_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"triage/internal/alert"
	"triage/internal/alert/hook"
)

const (
	secret   = "canary-secret"
	token    = "canary-token"
	public   = "https://desk.example/hooks/texts"
	herPhone = "+15550100"
	shared   = "+15550111"
	incident = "abcdefghij0123456789-0"
)

var began = time.Date(2026, 3, 8, 3, 0, 0, 0, time.UTC)

// practice is a duty with two troubles that page, and the hooks in front of it.
type practice struct {
	told  []alert.Told
	taken []alert.Ack
	full  error
	clock time.Time
	// recorded is what went on record.
	recorded []string
	logs     *observer.ObservedLogs
	hook.Handler
}

func (p *practice) All() []alert.Told                      { return p.told }
func (p *practice) Put(context.Context, alert.Told) error  { return nil }
func (p *practice) Delete(context.Context, string) error   { return nil }
func (a *acks) All() []alert.Ack                           { return a.taken }
func (a *acks) Put(_ context.Context, one alert.Ack) error { return a.put(one) }
func (a *acks) Delete(_ context.Context, _ string) error   { return nil }

type acks struct{ *practice }

func (a *acks) put(one alert.Ack) error {
	if a.full == nil {
		a.taken = append(a.taken, one)
	}
	return a.full
}

func trouble(key, name, person string) alert.Told {
	return alert.Told{
		Alert: alert.Alert{Key: key, Severity: alert.Page, What: "urgent comment waiting"}, Name: name, Began: began,
		Lines: map[string]alert.Heard{"a": {Person: person, Channel: "texts", Times: 1, First: began}},
	}
}

func open(t *testing.T) *practice {
	t.Helper()
	core, logs := observer.New(zap.DebugLevel)
	p := &practice{clock: began.Add(5 * time.Minute), logs: logs}
	p.told = []alert.Told{trouble("cases/urgent/facebook", "abcdefghij0123456789", "dana"), trouble("bus", "klmnopqrst0123456789", "robin")}
	now := func() time.Time { return p.clock }
	p.Handler = *hook.New(hook.Options{
		Duty: &alert.Duty{Memory: p, Acks: &acks{p}, Now: now},
		Sources: []hook.Source{
			{Name: "pager", Kind: hook.PagerDuty, Secret: secret, People: func(id string) []string { return map[string][]string{"PDANA": {"dana"}}[id] }},
			{Name: "texts", Kind: hook.Twilio, Secret: token, URL: public, People: func(from string) []string {
				return map[string][]string{herPhone: {"dana"}, shared: {"lee", "dana"}}[from]
			}},
			{Name: "open", Kind: hook.PagerDuty}, {Name: "ajar", Kind: hook.Twilio, URL: public}, {Name: "odd", Kind: "fax", Secret: secret},
		},
		Record: func(ctx context.Context, s hook.Said, do func(context.Context) error) error {
			err := do(ctx)
			p.recorded = append(p.recorded, fmt.Sprint(s.By, " by ", s.How, " ", s.Key, " ", s.Round, " ", err))
			return err
		},
		Log: zap.New(core), Now: now,
	})
	return p
}

// send posts to a hook and returns the answer.
func (p *practice) send(path, body string, header map[string]string) (int, string) {
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for name, value := range header {
		r.Header.Set(name, value)
	}
	w := httptest.NewRecorder()
	p.ServeHTTP(w, r)
	return w.Code, w.Body.String()
}

// silent fails if anything private is in the logs.
func (p *practice) silent(t *testing.T) {
	t.Helper()
	for _, e := range p.logs.All() {
		line := e.Message
		for name, value := range e.ContextMap() {
			line += " " + name + "=" + strings.TrimSpace(strings.ReplaceAll(errText(value), "\n", " "))
		}
		for _, canary := range []string{secret, token, herPhone, "5550", "canary"} {
			if strings.Contains(line, canary) {
				t.Errorf("the log says %q", line)
			}
		}
	}
}

func errText(v any) string {
	if s, ok := v.(string); ok {
		return s
	}
	return ""
}

func TestOnlyPostsToKnownHooksAreTaken(t *testing.T) {
	p := open(t)
	for _, method := range []string{"GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"} {
		for _, path := range []string{"/hooks/pager", "/hooks/texts"} {
			w := httptest.NewRecorder()
			p.ServeHTTP(w, httptest.NewRequest(method, path, nil))
			if w.Code != http.StatusMethodNotAllowed {
				t.Errorf("%s %s: %d", method, path, w.Code)
			}
		}
	}
	for _, path := range []string{"/hooks/", "/hooks/nobody", "/hooks/pager/more", "/hooks", "/"} {
		if code, _ := p.send(path, "", nil); code != http.StatusNotFound {
			t.Errorf("%s: %d", path, code)
		}
	}
}

// Who has no secret lets nobody in: a signature with an empty key is one that anybody
// can make.
func TestNothingIsTakenWithoutASecret(t *testing.T) {
	p := open(t)
	event, words := acknowledged(incident, "E1", p.clock), reply("1")
	for _, c := range []struct{ path, body, header, signature string }{
		{"/hooks/open", event, "X-PagerDuty-Signature", "v1=" + hexHMAC("", event)},
		{"/hooks/odd", event, "X-PagerDuty-Signature", "v1=" + hexHMAC(secret, event)},
		{"/hooks/ajar", words.Encode(), "X-Twilio-Signature", twilioMAC("", public, words)},
	} {
		if code, said := p.send(c.path, c.body, map[string]string{c.header: c.signature}); code != http.StatusUnauthorized || said != "" {
			t.Errorf("%s: %d %q", c.path, code, said)
		}
	}
	if len(p.taken) != 0 {
		t.Errorf("acknowledged: %v", p.taken)
	}
}

func TestBodiesHaveABound(t *testing.T) {
	p := open(t)
	huge := strings.Repeat("x", 64<<10+1)
	for path, header := range map[string]map[string]string{
		"/hooks/pager": {"X-PagerDuty-Signature": "v1=" + hexHMAC(secret, huge)},
		"/hooks/texts": {"X-Twilio-Signature": "AAAA"},
	} {
		if code, said := p.send(path, huge, header); code != http.StatusRequestEntityTooLarge || said != "" {
			t.Errorf("%s: %d %q", path, code, said)
		}
	}
	r := httptest.NewRequest(http.MethodPost, "/hooks/pager", io.MultiReader(strings.NewReader("{"), brokenBody{}))
	w := httptest.NewRecorder()
	p.ServeHTTP(w, r)
	if w.Code != http.StatusBadRequest {
		t.Errorf("half a body: %d", w.Code)
	}
}

type brokenBody struct{}

func (brokenBody) Read([]byte) (int, error) { return 0, errors.New("gone") }

// Anybody can knock: the log says so a few times, not each time, and the answer nothing.
func TestRefusalsDoNotFillTheLog(t *testing.T) {
	p := open(t)
	for range 1000 {
		if code, said := p.send("/hooks/pager", "{}", map[string]string{"X-PagerDuty-Signature": "v1=00"}); code != http.StatusUnauthorized || said != "" {
			t.Fatalf("%d %q", code, said)
		}
	}
	if n := p.logs.Len(); n < 1 || n > 4 {
		t.Errorf("%d lines", n)
	}
	p.silent(t)
}
