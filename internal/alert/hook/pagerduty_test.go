package hook_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"testing"
	"time"
)

// event is a webhook as PagerDuty documents it (v3, resource type incident).
func event(kind, key, id string, at time.Time) string {
	return fmt.Sprintf(`{"event":{"id":%q,"event_type":%q,"resource_type":"incident","occurred_at":%q,
"agent":{"html_url":"https://practice.pagerduty.example/users/PDANA","id":"PDANA","self":"https://api.pagerduty.example/users/PDANA","summary":"canary name","type":"user_reference"},
"client":null,"data":{"id":"PGR0VU2","type":"incident","self":"https://api.pagerduty.example/incidents/PGR0VU2","html_url":"https://practice.pagerduty.example/incidents/PGR0VU2",
"number":2,"status":"acknowledged","incident_key":%q,"created_at":"2026-03-08T03:00:02Z","title":"canary title","service":{"id":"PF9KMXH","summary":"desk","type":"service_reference"},
"assignees":[],"teams":[],"priority":null,"urgency":"high","conference_bridge":null,"resolve_reason":null}}}`, id, kind, at.Format("2006-01-02T15:04:05.000Z"), key)
}

func acknowledged(key, id string, at time.Time) string {
	return event("incident.acknowledged", key, id, at)
}

func hexHMAC(secret, body string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(body))
	return hex.EncodeToString(mac.Sum(nil))
}

func (p *practice) pagerDuty(body string) int {
	code, _ := p.send("/hooks/pager", body, map[string]string{"X-PagerDuty-Signature": "v1=" + hexHMAC(secret, body)})
	return code
}

func TestPagerDutyAcknowledges(t *testing.T) {
	p := open(t)
	if code := p.pagerDuty(acknowledged(incident, "E1", p.clock)); code != http.StatusOK {
		t.Fatalf("%d", code)
	}
	if len(p.taken) != 1 || p.taken[0].Key != "cases/urgent/facebook" || p.taken[0].By != "dana" || p.taken[0].How != "pager" || !p.taken[0].At.Equal(p.clock) {
		t.Fatalf("%+v", p.taken)
	}
	// Our own acknowledgement comes back as an event: it is hers already.
	if code := p.pagerDuty(acknowledged(incident, "E2", p.clock)); code != http.StatusOK || len(p.taken) != 1 {
		t.Errorf("again: %d, %+v", code, p.taken)
	}
	p.silent(t)
}

func TestPagerDutyNamesNobodyWeDoNotKnow(t *testing.T) {
	p := open(t)
	body := acknowledged("klmnopqrst0123456789-0", "E1", p.clock)
	body = body[:len(body)-1] + `,"more":1}`
	for _, from := range []string{`"id":"PDANA"`, `"id":"POTHER"`} {
		p.taken = nil
		sent := replaceOnce(body, `"id":"PDANA"`, from)
		sent = replaceOnce(sent, `"E1"`, fmt.Sprintf("%q", from))
		if code := p.pagerDuty(sent); code != http.StatusOK || len(p.taken) != 1 {
			t.Fatalf("%s: %d %+v", from, code, p.taken)
		}
		if by := p.taken[0].By; (by == "dana") != (from == `"id":"PDANA"`) || by != "dana" && by != "PagerDuty" {
			t.Errorf("%s: by %q", from, by)
		}
	}
}

func TestWhatDoesNotConcernUsIsAnsweredAndIgnored(t *testing.T) {
	for name, body := range map[string]func(p *practice) string{
		"other type": func(p *practice) string { return event("incident.triggered", incident, "E1", p.clock) },
		"resolved":   func(p *practice) string { return event("incident.resolved", incident, "E1", p.clock) },
		"ping": func(*practice) string {
			return `{"event":{"id":"E","event_type":"pagey.ping","data":{"message":"Hello"}}}`
		},
		"foreign": func(p *practice) string { return acknowledged("3a1e9f", "E1", p.clock) },
		"no key":  func(p *practice) string { return acknowledged("", "E1", p.clock) },
		"old": func(p *practice) string {
			return acknowledged(incident, "E1", p.clock.Add(-15*time.Minute-time.Second))
		},
		"empty object": func(*practice) string { return `{}` },
	} {
		p := open(t)
		if code := p.pagerDuty(body(p)); code != http.StatusOK || len(p.taken) != 0 {
			t.Errorf("%s: %d %+v", name, code, p.taken)
		}
	}
	p := open(t)
	p.told[0].Began = p.clock.Add(-20 * time.Minute)
	if code := p.pagerDuty(acknowledged(incident, "E1", p.clock.Add(-14*time.Minute))); code != http.StatusOK || len(p.taken) != 1 {
		t.Errorf("14 minutes old: %d %+v", code, p.taken)
	}
}

// PagerDuty repeats an event whose answer was lost. If the trouble was raised anew
// meanwhile, nobody has acknowledged that.
func TestAnEventCountsOnce(t *testing.T) {
	p := open(t)
	body := acknowledged(incident, "E1", p.clock)
	p.pagerDuty(body)
	p.told[0].Round++
	for _, late := range []string{body, acknowledged(incident, "E2", p.clock)} {
		if code := p.pagerDuty(late); code != http.StatusOK || len(p.taken) != 1 {
			t.Fatalf("%d %+v", code, p.taken)
		}
	}
	anew := incident[:len(incident)-1] + "1"
	if p.pagerDuty(acknowledged(anew, "E1", p.clock)); len(p.taken) != 1 {
		t.Errorf("an event that was seen: %+v", p.taken)
	}
	if p.pagerDuty(acknowledged(anew, "E3", p.clock)); len(p.taken) != 2 || p.taken[1].Round != 1 {
		t.Errorf("the new round: %+v", p.taken)
	}
}

// What is remembered has a bound, and an event without a name is none that was seen.
func TestMemoryOfEventsIsBounded(t *testing.T) {
	p := open(t)
	body := acknowledged(incident, "", p.clock)
	for n := range 2 {
		if p.pagerDuty(body) != http.StatusOK || len(p.taken) != 1 {
			t.Fatalf("time %d: %+v", n, p.taken)
		}
		p.taken = nil
	}
	named := acknowledged(incident, "E1", p.clock)
	if p.pagerDuty(named); len(p.taken) != 1 {
		t.Fatalf("%+v", p.taken)
	}
	for n := range 1000 {
		p.pagerDuty(acknowledged("foreign", fmt.Sprintf("F%d", n), p.clock))
	}
	p.taken = nil
	if p.pagerDuty(named); len(p.taken) != 1 {
		t.Errorf("a thousand later it is still remembered: %+v", p.taken)
	}
}

func TestAnEventThatCouldNotBeNotedMayComeAgain(t *testing.T) {
	p := open(t)
	body := acknowledged(incident, "E1", p.clock)
	p.full = errors.New("no room")
	if code := p.pagerDuty(body); code != http.StatusInternalServerError {
		t.Fatalf("%d", code)
	}
	p.full = nil
	if code := p.pagerDuty(body); code != http.StatusOK || len(p.taken) != 1 {
		t.Errorf("%d %+v", code, p.taken)
	}
	p.silent(t)
}

func TestPagerDutySignature(t *testing.T) {
	body := acknowledged(incident, "E1", began.Add(5*time.Minute))
	right := "v1=" + hexHMAC(secret, body)
	for name, c := range map[string]struct {
		header string
		code   int
	}{
		"right":          {right, 200},
		"second":         {"v1=" + hexHMAC("old", body) + "," + right, 200},
		"with a space":   {right + ", v1=00", 200},
		"capitals":       {"v1=" + upper(hexHMAC(secret, body)), 200},
		"missing":        {"", 401},
		"other secret":   {"v1=" + hexHMAC("old", body), 401},
		"other version":  {"v2=" + hexHMAC(secret, body), 401},
		"no version":     {hexHMAC(secret, body), 401},
		"cut short":      {right[:len(right)-2], 401},
		"no hex":         {"v1=zz", 401},
		"empty":          {"v1=", 401},
		"of other bytes": {"v1=" + hexHMAC(secret, body+" "), 401},
	} {
		p := open(t)
		header := map[string]string{"X-PagerDuty-Signature": c.header}
		code, said := p.send("/hooks/pager", body, header)
		if code != c.code || said != "" || (len(p.taken) == 1) != (code == 200) {
			t.Errorf("%s: %d %q, %d acknowledged", name, code, said, len(p.taken))
		}
	}
}

func TestTruncatedEventsAreRefused(t *testing.T) {
	p := open(t)
	body := acknowledged(incident, "E1", p.clock)
	for n := range len(body) {
		if code := p.pagerDuty(body[:n]); code != http.StatusBadRequest || len(p.taken) != 0 {
			t.Fatalf("%d bytes of it: %d", n, code)
		}
	}
}
