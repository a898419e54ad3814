package main

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"testing"
	"time"

	"triage/internal/ingest"
	"triage/internal/sandbox"
)

// illnesses are what befalls some accounts, by name: three are dead, two are
// throttled, and one does not answer any more.
var illnesses = map[string]func(*branch){
	"facebook-1":  func(b *branch) { b.turn("token", "463") },
	"wordpress-1": func(b *branch) { b.turn("password", "revoked") },
	"google-1":    func(b *branch) { b.turn("token", "revoked") },
	"facebook-2":  func(b *branch) { b.turn("used", "100") },
	"wordpress-2": func(b *branch) { b.turn("front", "throttled") },
	hanging: func(b *branch) {
		b.call("POST", "faults", map[string]any{"times": -1, "do": "delay", "delay_ms": time.Hour.Milliseconds()}, nil)
	},
}

// hanging is told to be in trouble only when a call was given up.
const hanging = "instagram-1"

// leftAlone is how many calls an account takes at most after it fell ill: the look
// that fails, in which several may be under way, and questions why.
const leftAlone = 6

// One process reads the accounts of a group of practices; some of them fall ill.
// Another reads as many without that, at the same time, since a busy machine slows
// both. What people write on the accounts that are well is found as soon, all of
// it, and the sick ones are left alone.
func TestSickAccountsAmongMany(t *testing.T) {
	t.Parallel()
	size, every, window, rate := 60, 2*time.Second, 15*time.Second, 8.0
	if long() {
		size, every, window, rate = 200, 5*time.Second, 90*time.Second, 3
	}
	well, sick := openChain(t, size, every), openChain(t, size, every)
	before := sick.fallIll()
	eventually(t, time.Minute, "a word about those who fell ill", func() bool { return len(sick.troubled(hanging)) == len(illnesses)-1 })

	from := []usage{well.usage(), sick.usage()}
	written := write(t, []*chain{well, sick}, window, rate)
	to := []usage{well.usage(), sick.usage()}
	for _, c := range []*chain{well, sick} {
		eventually(t, time.Minute, "all that was written", func() bool { _, judged := c.desk.events(); return judged >= written })
	}
	sick.alone(t, before)
	if s := well.troubled(""); len(s) > 0 {
		t.Errorf("accounts that are well are in trouble: %v", s)
	}
	a, b := well.findings(written).over(from[0], to[0]), sick.findings(written).over(from[1], to[1])
	t.Logf("%d accounts each %v, %d comments in %v\nalone:            %v\nbeside sick ones: %v", size, every, written, window, a, b)
	unchanged(t, a, b)
	// The classifier and the store take up to 130 MB at the start, with one account as
	// with many. What is remembered of an account are states of a few hundred comments.
	if most := 150 + 0.4*float64(size); a.rss > most || b.rss > most {
		t.Errorf("more than %.0f MB of memory", most)
	}
}

// alone fails where an account in trouble is not one that fell ill, or is called on
// and on.
func (c *chain) alone(t *testing.T, before map[string]int) {
	t.Helper()
	for _, name := range c.troubled(hanging) {
		if illnesses[name] == nil {
			t.Errorf("%s caught it", name)
		}
	}
	for name, n := range c.since(before) {
		t.Logf("%s was called %d times after it fell ill", name, n)
		if n > leftAlone {
			t.Errorf("%s is not left alone", name)
		}
	}
}

// unchanged compares what is found beside sick accounts with what is found alone.
func unchanged(t *testing.T, alone, beside findings) {
	t.Helper()
	if beside.p95 > alone.p95*3/2+time.Second {
		t.Error("the sick accounts slow the others down")
	}
	if beside.cpu > alone.cpu*3/2+3 {
		t.Error("sick accounts take more time than those that are well")
	}
	if beside.calls < alone.calls*2/3 || beside.calls > alone.calls*3/2 {
		t.Error("the others are not called as often")
	}
}

// write has people write on accounts that stay well, at moments and places nobody
// chose, the same in all chains, and returns how many comments that were.
func write(t *testing.T, chains []*chain, window time.Duration, rate float64) (n int) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	for end := time.Now().Add(window); ; n++ {
		<-time.After(time.Duration(random.ExpFloat64() / rate * float64(time.Second)))
		if time.Now().After(end) {
			return n
		}
		at := random.IntN(len(chains[0].branches))
		for illnesses[chains[0].branches[at].name] != nil {
			at = random.IntN(len(chains[0].branches))
		}
		for _, c := range chains {
			c.write(c.branches[at], fmt.Sprintf("Since my knee surgery %d it hurts every night", n))
		}
	}
}

// chain is a practice with many accounts, and the service that reads them.
type chain struct {
	t        *testing.T
	practice practiceDir
	branches []*branch
	process  *process
	desk     *desk
	written  map[string]time.Time // when, by the id that we give
	names    ingest.Namer
}

// openChain starts a service with so many accounts, and waits until each was read.
func openChain(t *testing.T, size int, every time.Duration) *chain {
	t.Helper()
	c := &chain{t: t, written: map[string]time.Time{}}
	common := http.NewServeMux()
	host := serveBranches(t, common)
	var sections string
	for _, share := range []struct {
		platform string
		percent  int
	}{{"facebook", 50}, {"instagram", 20}, {"wordpress", 20}, {"x", 5}, {"google", 5}} {
		for i := range size * share.percent / 100 {
			b := openBranch(t, fmt.Sprint(share.platform, "-", i+1), common, host)
			c.branches = append(c.branches, b)
			sections += b.section(every)
		}
	}
	c.practice = newPractice(t, "", sections)
	began := time.Now()
	c.process, c.desk = c.practice.run(t)
	up := time.Since(began)
	c.names = c.practice.names(t)
	eventually(t, time.Minute, "a first look at each account", func() bool { return len(c.troubled("")) == 0 })
	t.Logf("%d accounts: started after %v, each read after %v", len(c.branches), up.Round(time.Millisecond), time.Since(began).Round(time.Millisecond))
	return c
}

// write writes a comment as a patient does.
func (c *chain) write(b *branch, text string) {
	c.t.Helper()
	at := time.Now()
	item, err := b.Add(sandbox.Comment{Platform: b.platform, Text: text})
	if err != nil {
		c.t.Fatal(err)
	}
	c.written[c.names.ID(b.platform, b.name, b.prefix+item)] = at
}

// troubled are the accounts that cannot be read, or were not yet.
func (c *chain) troubled(but string) (names []string) {
	c.t.Helper()
	sources, _ := c.desk.sources()
	for _, h := range sources {
		if !h.OK() && h.Account != but {
			names = append(names, h.Account)
		}
	}
	return names
}

// fallIll lets those fall ill that are to, and returns how often each was called
// until then.
func (c *chain) fallIll() map[string]int {
	calls := map[string]int{}
	for _, b := range c.branches {
		if fall := illnesses[b.name]; fall != nil {
			calls[b.name] = b.calls()
			fall(b)
		}
	}
	return calls
}

// since is how often these were called since then.
func (c *chain) since(calls map[string]int) map[string]int {
	out := map[string]int{}
	for _, b := range c.branches {
		if n, ours := calls[b.name]; ours {
			out[b.name] = b.calls() - n
		}
	}
	return out
}

// findings stops the service and looks how soon each comment became a case.
func (c *chain) findings(written int) (f findings) {
	c.t.Helper()
	if code := c.process.stop(); code != 0 {
		c.t.Errorf("it stopped with %d:\n%.3000s", code, c.process.output())
	}
	var delays []time.Duration
	for one := range openStopped(c.t, c.practice).Cases.All() {
		if at, ours := c.written[one.ID()]; ours {
			delays = append(delays, one.Opened.Sub(at))
		}
	}
	if len(delays) != written || written < 20 {
		c.t.Fatalf("%d of %d comments became cases", len(delays), written)
	}
	slices.SortFunc(delays, cmp.Compare)
	return findings{median: delays[written/2], p95: delays[written*95/100], longest: delays[written-1]}
}
