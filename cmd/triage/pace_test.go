package main

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"triage/internal/ingest"
	"triage/internal/respond"
	"triage/internal/sandbox"
)

// TestPaceOfSending measures how long it takes from an approval to the end of the
// undo window and to the post, one by one and in a pile, on platforms that take
// their time. It fails only if something goes out early, or not at all, or if a
// slow account holds up another.
func TestPaceOfSending(t *testing.T) {
	t.Parallel()
	pile := 5
	if long() {
		pile = 40
	}
	const undo = 2 * time.Second
	accounts := []*slow{openSlow(t, "facebook-1", 50*time.Millisecond), openSlow(t, "facebook-2", 200*time.Millisecond)}
	sections := ""
	for _, a := range accounts {
		sections += a.section(time.Second)
		for i := range pile + alone {
			item, err := a.Add(sandbox.Comment{Platform: "facebook", Text: fmt.Sprintf("Since my knee surgery %d it hurts every night", i)})
			if err != nil {
				t.Fatal(err)
			}
			a.items = append(a.items, item)
		}
	}
	d := newPractice(t, "", sections)
	d.edit(t, `undo = "0s"`, fmt.Sprintf("undo = %q", undo))
	p, desk := d.run(t)
	eventually(t, time.Minute, "all cases", func() bool { return settled(desk, 2*(pile+alone)) })
	pacing := &pacing{t: t, desk: desk, names: d.names(t), accounts: accounts}
	for i := range alone { // one by one
		pacing.approve(i)
		pacing.until(i + 1)
	}
	for i := range pile {
		pacing.approve(alone + i)
	}
	pacing.until(alone + pile)
	eventually(t, time.Minute, "an end", func() bool { return settled(desk, 2*(pile+alone)) })
	p.stop()
	pacing.judge(openStopped(t, d), undo)
}

// alone is how many are approved one by one, before the pile.
const alone = 3

// pacing is a service whose pace is taken.
type pacing struct {
	t        *testing.T
	desk     *desk
	names    ingest.Namer
	accounts []*slow
}

// approve approves the ith reply of each account.
func (p *pacing) approve(i int) {
	p.t.Helper()
	for _, a := range p.accounts {
		if !p.desk.act(p.names.ID("facebook", a.name, a.items[i]), ingest.Reply, 0) {
			p.t.Fatalf("%s: the reply was not accepted", a.name)
		}
		a.approved[a.items[i]] = time.Now()
	}
}

// until waits until each account has so many replies.
func (p *pacing) until(n int) {
	p.t.Helper()
	for _, a := range p.accounts {
		eventually(p.t, 2*time.Minute, "the replies", func() bool { return a.out() == n })
	}
}

// judge tells the pace.
func (p *pacing) judge(st *opened, undo time.Duration) {
	p.t.Helper()
	var last []time.Duration
	for _, a := range p.accounts {
		for _, item := range a.items {
			c, err := st.Cases.Get(p.t.Context(), p.names.ID("facebook", a.name, item))
			if err != nil || c.State() != respond.Sent {
				p.t.Fatalf("%s: %s, %v", a.name, c.State(), err)
			}
			if was := c.Actions[0].Approved; a.posted[item].Before(was.Add(undo)) {
				p.t.Errorf("%s: it went out %v after its approval", a.name, a.posted[item].Sub(was))
			}
		}
		piled := a.items[alone:]
		single, delays := a.delays(a.items[:alone], undo), a.delays(piled, undo)
		took := a.posted[piled[len(piled)-1]].Sub(a.posted[piled[0]])
		last = append(last, delays[len(delays)-1])
		p.t.Logf("a platform that takes %v a call: alone, posted %v after the undo window; of %d at once, the median %v, the last %v after; %.1f a second",
			a.takes, single[1], len(piled), delays[len(delays)/2], delays[len(delays)-1], float64(len(piled)-1)/took.Seconds())
	}
	if last[0] >= last[1] {
		p.t.Errorf("the slow account holds up the other: %v", last)
	}
}

// slow is an account of a platform that takes that long for each call.
type slow struct {
	*branch
	takes            time.Duration
	items            []string
	mu               sync.Mutex
	approved, posted map[string]time.Time // by item
}

func openSlow(t *testing.T, name string, takes time.Duration) *slow {
	t.Helper()
	played, err := sandbox.New(sandbox.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = played.Close() })
	a := &slow{takes: takes, approved: map[string]time.Time{}, posted: map[string]time.Time{}}
	url := serveBranches(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		<-time.After(takes)
		if item, reply := strings.CutSuffix(r.URL.Path, "/comments"); reply && r.Method == http.MethodPost {
			a.mu.Lock()
			a.posted[item[strings.LastIndex(item, "/")+1:]] = time.Now()
			a.mu.Unlock()
		}
		played.ServeHTTP(w, r)
	}))
	a.branch = &branch{Server: played, box: box{t, url}, platform: "facebook", name: name}
	return a
}

// out is how many replies arrived.
func (a *slow) out() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.posted)
}

// delays are how long after the end of their undo windows replies were there,
// sorted.
func (a *slow) delays(items []string, undo time.Duration) (out []time.Duration) {
	for _, item := range items {
		out = append(out, a.posted[item].Sub(a.approved[item].Add(undo)).Round(time.Millisecond))
	}
	slices.Sort(out)
	return out
}
