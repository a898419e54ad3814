package main

import (
	"bufio"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// load is what people ask of a desk, and for how long.
type load struct {
	cases  int
	rate   int // requests a second
	window time.Duration
}

// TestDeskUnderLoad fills the store of a practice and asks its service, which has one
// processor, for the queue and for searches, while somebody decides and another page
// listens. The short form shows that it holds; the long one measures.
func TestDeskUnderLoad(t *testing.T) {
	l := load{cases: 2000, rate: 20, window: 2 * time.Second}
	if long() {
		l = load{cases: 100_000, rate: 50, window: time.Minute}
	}
	d := newPractice(t, "", fmt.Sprintf("[[file]]\npath = %q\n", textFile(t, "none.txt", "")))
	fillDesk(t, d, l.cases)
	t.Setenv("GOMAXPROCS", "1")
	began := time.Now()
	p := start(t, "run", "--config", d.config)
	page := p.value("page")
	t.Logf("%d cases: ready after %v, %s", l.cases, time.Since(began).Round(10*time.Millisecond), p.memory())
	k := d.signIn(t, page)
	k.calm()
	t.Logf("calm after %v, %s", time.Since(began).Round(time.Second), p.memory())
	told := k.listen()
	var delays []time.Duration
	stop := make(chan struct{})
	decided := make(chan struct{})
	go func() {
		defer close(decided)
		for delay, ok := k.decideTold(told); ok; delay, ok = k.decideTold(told) {
			delays = append(delays, delay)
			select {
			case <-stop:
				return
			case <-time.After(500 * time.Millisecond):
			}
		}
	}()
	ours, asking, all := k.used(), ownTime(), processors()
	times := k.ask(l)
	close(stop)
	<-decided
	ours = k.used() - ours
	foreign := processors().foreign(all, ours+ownTime()-asking)
	t.Logf("the service used %.0f %% of its processor; others %.0f %% of the machine", 100*ours/l.window.Seconds(), 100*foreign)
	for kind, took := range times {
		slices.Sort(took)
		t.Logf("%-7s %5d requests: median %v, p95 %v, p99 %v", kind, len(took), took[len(took)/2].Round(10*time.Microsecond),
			took[len(took)*95/100].Round(10*time.Microsecond), took[len(took)*99/100].Round(10*time.Microsecond))
	}
	if slices.Sort(delays); len(delays) < 2 {
		t.Fatalf("only %d decisions were told", len(delays))
	}
	t.Logf("%d decisions told: median %v, longest %v after they were asked for; %s", len(delays), delays[len(delays)/2].Round(time.Millisecond), delays[len(delays)-1].Round(time.Millisecond), p.memory())
	if long() && foreign < mostForeign {
		l.must(t, times, delays[len(delays)-1])
	} else if long() {
		t.Logf("not held against what is asked: the machine has too much else to do")
	}
	if code := p.stop(); code != 0 {
		t.Errorf("it stopped with %d", code)
	}
}

// must holds the long form against what is asked of the desk.
func (l load) must(t *testing.T, times map[string][]time.Duration, slowest time.Duration) {
	t.Helper()
	for kind, most := range map[string]time.Duration{"queue": 50 * time.Millisecond, "search": 100 * time.Millisecond} {
		took := times[kind]
		if p95 := took[len(took)*95/100]; p95 > most {
			t.Errorf("%s: p95 %v, want %v", kind, p95, most)
		}
	}
	if slowest > time.Second {
		t.Errorf("a page was told %v after a decision", slowest)
	}
}

// calm waits until the service has nothing to do: after a start it audits what it
// finds.
func (k *desk) calm() {
	k.t.Helper()
	for before, end := k.used(), time.Now().Add(10*time.Minute); ; {
		<-time.After(2 * time.Second)
		now := k.used()
		if now-before < 0.4 {
			return
		}
		if before = now; time.Now().After(end) {
			k.t.Fatal("the service does not come to rest")
		}
	}
}

// listen reads what a page left open is told, each with when it came.
func (k *desk) listen() chan time.Time {
	k.t.Helper()
	req, err := http.NewRequestWithContext(k.t.Context(), http.MethodGet, k.base+"/live?since=0", nil)
	if err != nil {
		k.t.Fatal(err)
	}
	req.Header.Set("Accept", "text/event-stream")
	res, err := (&http.Client{Jar: k.http.Jar}).Do(req)
	if err != nil {
		k.t.Fatal(err)
	}
	k.t.Cleanup(func() { _ = res.Body.Close() })
	if res.StatusCode != http.StatusOK {
		k.t.Fatalf("listen: HTTP %d", res.StatusCode)
	}
	told := make(chan time.Time, 10_000)
	go func() {
		defer close(told)
		for lines := bufio.NewScanner(res.Body); lines.Scan(); {
			if strings.HasPrefix(lines.Text(), "data: ") {
				told <- time.Now()
			}
		}
	}()
	<-told // how things stand
	return told
}

var caseBox = regexp.MustCompile(`name="case" value="([^"]+)"`)

// decideTold dismisses a case and returns how long it took until another page was told.
func (k *desk) decideTold(told chan time.Time) (delay time.Duration, ok bool) {
	_, body := k.get("/?lane=possible")
	m := caseBox.FindStringSubmatch(body)
	if m == nil {
		return 0, false
	}
	for len(told) > 0 {
		<-told
	}
	began := time.Now()
	if code, _ := k.post("/together/dismiss", url.Values{"case": {m[1]}, "back": {"/?lane=sample"}}); code != http.StatusOK {
		return 0, false
	}
	select {
	case at := <-told:
		return at.Sub(began), true
	case <-time.After(time.Minute):
		return 0, false
	}
}

// searches are what people look for beside the queue itself.
var searches = []string{"/?platform=google", "/?state=answered", "/?state=answered&platform=wordpress&from=2025-01-01&to=2025-12-31",
	"/?state=dismissed&lane=clear&account=cedar", "/?assignee=-&lane=identifier", "/?state=answered&page=300"}

// ask asks at a steady rate, whether answers came or not, and returns how long each
// took from when it was due.
func (k *desk) ask(l load) map[string][]time.Duration {
	type answer struct {
		kind string
		took time.Duration
		err  string
	}
	total := int(l.window.Seconds()) * l.rate
	answers := make(chan answer, total)
	began := time.Now()
	client := &http.Client{Jar: k.http.Jar, Timeout: time.Minute, Transport: &http.Transport{MaxIdleConnsPerHost: 100}}
	for i := range total {
		due := began.Add(time.Duration(i) * time.Second / time.Duration(l.rate))
		<-time.After(time.Until(due))
		kind, path := "queue", "/"
		if i%2 == 1 {
			kind, path = "search", searches[i/2%len(searches)]
		}
		go func() {
			a := answer{kind: kind}
			resp, err := client.Get(k.base + path)
			code, body := k.read(resp, err)
			if a.took = time.Since(due); code != http.StatusOK || !strings.Contains(body, `id="list"`) {
				a.err = fmt.Sprintf("%s: HTTP %d %.200s", path, code, body)
			}
			answers <- a
		}()
	}
	out := map[string][]time.Duration{}
	for range total {
		a := <-answers
		if a.err != "" {
			k.t.Error(a.err)
		}
		out[a.kind] = append(out[a.kind], a.took)
	}
	k.t.Logf("%d requests in %v", total, time.Since(began).Round(time.Millisecond))
	return out
}
