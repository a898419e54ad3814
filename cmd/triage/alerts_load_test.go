package main

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// TestPagesComeAtOnce measures from a comment that everybody can read on the platform to
// the page at the provider, beyond the time until the next look at the platform.
func TestPagesComeAtOnce(t *testing.T) {
	sb, world := platform(t), startProviders(t)
	d := newPractice(t, sb.url, world.config())
	p, k := d.run(t)
	const every = time.Second // as the practice's configuration has it
	number := 20
	if os.Getenv("TRIAGE_LONG") != "" {
		number = 60
	}
	var delays []time.Duration
	for i := range number {
		before := len(world.of("twilio"))
		said := time.Now()
		sb.write(fmt.Sprintf("I want to kill myself %d", i))
		eventually(t, 20*time.Second, "the page", func() bool { return len(world.of("twilio")) > before })
		delays = append(delays, max(0, world.of("twilio")[before].at.Sub(said)-every))
		k.post("/on-call/acknowledge", map[string][]string{"alert": {strconv.Itoa(i) + " cases/urgent/facebook"}})
	}
	slices.Sort(delays)
	p50, p95 := delays[len(delays)/2], delays[len(delays)*95/100]
	t.Logf("%d pages, beyond the polling interval: median %v, 95th percentile %v, longest %v", number, p50.Round(time.Millisecond), p95.Round(time.Millisecond), delays[len(delays)-1].Round(time.Millisecond))
	if os.Getenv("TRIAGE_LONG") != "" && p95 > time.Second {
		t.Errorf("the 95th percentile is %v, over a second", p95)
	}
	if code := p.stop(); code != 0 {
		t.Errorf("it stopped with %d", code)
	}
}

var queueCount = regexp.MustCompile(`(?m)^triage_cases\{lane="urgent",state="waiting"\} (\d+)`)

// TestStormOfUrgentComments lets thousands of urgent comments come at once: each becomes a
// case, nobody is called more often than the cap, and the desk can be used meanwhile.
func TestStormOfUrgentComments(t *testing.T) {
	comments := 1500
	if os.Getenv("TRIAGE_LONG") != "" {
		comments = 10000
	}
	world := startProviders(t)
	d := newPractice(t, "", strings.Replace(world.config(), "most = 200", "most = 20", 1))
	file := filepath.Join(d.dir, "storm.jsonl")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	more, err := os.OpenFile(d.config, os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	_, err = fmt.Fprintf(more, "[[file]]\nname = \"storm\"\npath = %q\nevery = \"1s\"\n", file)
	if err = errors.Join(err, more.Close()); err != nil {
		t.Fatal(err)
	}
	p, k := d.run(t)
	var b strings.Builder
	for i := range comments {
		fmt.Fprintf(&b, "{\"id\":\"%d\",\"text\":\"I want to kill myself, number %d\",\"author\":\"Pat Example %d\"}\n", i, i, i)
	}
	began := time.Now()
	if err := os.WriteFile(file, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	waiting, slowest := 0, time.Duration(0)
	eventually(t, 3*time.Minute, "every case", func() bool {
		asked := time.Now()
		if code, _ := k.get("/"); code != http.StatusOK {
			t.Errorf("the queue answered %d", code)
		}
		slowest = max(slowest, time.Since(asked))
		_, metrics := k.get("/metrics")
		if found := queueCount.FindStringSubmatch(metrics); found != nil {
			waiting, _ = strconv.Atoi(found[1])
		}
		return waiting >= comments
	})
	t.Logf("%d cases after %v, the slowest queue page %v, load and all", waiting, time.Since(began).Round(time.Second), slowest.Round(time.Millisecond))
	eventually(t, time.Minute, "the page", func() bool { return len(world.of("twilio")) > 0 })
	p.stop()
	for _, provider := range []string{"twilio", "ntfy"} { // one person each
		if n := len(world.of(provider)); n > 7 {
			t.Errorf("%s passed on %d notices in these minutes; a third of 20 are right", provider, n)
		}
	}
	if waiting != comments {
		t.Errorf("%d cases of %d comments", waiting, comments)
	}
	t.Logf("notices to one person: %d", len(world.of("twilio")))
}
