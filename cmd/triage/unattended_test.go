package main

import (
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"
)

// A lane goes out by itself once it is switched on, once for each person and post, and
// stops when it is switched off; what became of it, and what a privacy officer let out
// against the check, outlives a restart.
func TestUnattendedAndOverridden(t *testing.T) { t.Parallel(); both(t, unattended) }

func unattended(t *testing.T, store string) {
	const asks = "Is it normal to be sore after a flu shot?"
	sb := platform(t)
	d := newPractice(t, sb.url, store)
	p, desk := d.run(t)
	d.does(t, "settings", "set", "posting.automatic", "possible", "--as", "admin")
	sb.write(asks)
	eventually(t, 20*time.Second, "the reply that nobody approved", func() bool { return len(sb.state().Comments[0].Replies) == 1 })
	var first []string
	eventually(t, 10*time.Second, "the queue saying that nobody approved it", func() bool {
		_, answered := desk.get("/?state=answered")
		first = caseLink.FindStringSubmatch(answered)
		return first != nil && strings.Contains(answered, "automatic, ")
	})
	sb.write(asks + " And the day after?") // by the same person under the same post
	second := desk.caseOf(20 * time.Second)
	d.does(t, "settings", "reset", "posting.automatic", "--as", "admin")
	if code, page := desk.post("/cases/"+first[1]+"/outcome", url.Values{"outcome": {"booked"}}); code != 200 || !strings.Contains(page, "Booked: admin") {
		t.Fatalf("the outcome: HTTP %d", code)
	}
	desk.letOut(second, "We hope your surgery went well. Please call us.")
	eventually(t, 20*time.Second, "the reply against the check", func() bool { return len(sb.state().Comments[1].Replies) == 1 })
	calls := sweeps(sb)
	eventually(t, 20*time.Second, "two more sweeps", func() bool { return sweeps(sb) >= calls+2 })
	if n := len(desk.waiting()); n != 0 {
		t.Errorf("%d cases wait: what was let out on purpose came back, or another", n)
	}
	p.stop()
	_, desk = d.run(t)
	desk.remembers(first[1], second)
	calls = sweeps(sb)
	eventually(t, 20*time.Second, "two sweeps after a restart", func() bool { return sweeps(sb) >= calls+2 && len(desk.waiting()) == 0 })
	for i, c := range sb.state().Comments {
		if len(c.Replies) != 1 {
			t.Errorf("comment %d has %d replies", i+1, len(c.Replies))
		}
	}
}

// remembers looks whether the cases tell after a restart what they told before.
func (k *desk) remembers(first, second string) {
	k.t.Helper()
	if _, page := k.get("/cases/" + first); !strings.Contains(page, "Booked: admin") || !strings.Contains(page, "Approved automatically") {
		k.t.Error("after a restart the case forgot its outcome, or that nobody approved it")
	}
	if _, list := k.get("/?state=answered"); !strings.Contains(list, "· booked") || !strings.Contains(list, "reached 0, booked 1, no answer 0, declined 0; not said 1.") {
		k.t.Error("after a restart the list does not count outcomes")
	}
	if _, page := k.get("/cases/" + second); !strings.Contains(page, "Let out against the check by admin") {
		k.t.Error("after a restart nobody let the words out")
	}
}

var refusedMark = regexp.MustCompile(`name="refused" value="([^"]+)"`)

// letOut approves a text that the gate refuses, as its page asks for it.
func (k *desk) letOut(id, text string) {
	k.t.Helper()
	_, page := k.get("/cases/" + id)
	form := url.Values{"step": {stepField.FindStringSubmatch(page)[1]}, "reply": {text}}
	code, page := k.post("/cases/"+id+"/approve", form)
	mark := refusedMark.FindStringSubmatch(page)
	if code != 422 || mark == nil {
		k.t.Fatalf("the refusal: HTTP %d", code)
	}
	form.Set("refused", mark[1])
	form.Set("override", "consent")
	form.Set("override_note", "She agreed in writing on Monday.")
	if code, page := k.post("/cases/"+id+"/override", form); code != 200 || !strings.Contains(page, "Let out against the check") {
		k.t.Fatalf("the override: HTTP %d", code)
	}
}
