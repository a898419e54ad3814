package main

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"go.uber.org/zap"

	"triage/internal/bus"
	"triage/internal/ingest"
	"triage/internal/respond"
)

// TestKilledAtRandomMoments kills the service, kill -9, ten times while it
// reads, judges and posts, with the platform losing answers before and after
// it took the write. Afterwards no comment has two replies, every approved one
// was sent or waits for a person who is told why, and no comment lacks a
// verdict.
func TestKilledAtRandomMoments(t *testing.T) {
	const kills, comments = 10, 6
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	sb := box{t, start(t, "sandbox", "--addr", "127.0.0.1:0", "--data", filepath.Join(t.TempDir(), "box")).value("sandbox")}
	d := newPractice(t, sb.url, "")
	approved := map[string]bool{}
	var mu sync.Mutex
	for round := range kills {
		for i := range comments {
			sb.write(fmt.Sprintf("Since my knee surgery %d-%d it still hurts every night", round, i))
		}
		for _, fault := range []string{"cut-before", "cut-after", "delay"} {
			sb.call("POST", "faults", map[string]any{"platform": "facebook", "match": "POST /", "times": 1, "do": fault, "delay_ms": 200}, nil)
		}
		p := start(t, "run", "--config", d.config)
		desk := d.signIn(t, p.value("page"))
		eventually(t, 30*time.Second, "cases to decide", func() bool { return len(desk.waiting()) >= comments/2 })
		dead := make(chan struct{})
		go func() {
			defer close(dead)
			for _, id := range desk.waiting() {
				if desk.approve(id) {
					mu.Lock()
					approved[id] = true
					mu.Unlock()
				}
			}
		}()
		<-time.After(time.Duration(random.IntN(400)) * time.Millisecond) // a moment nobody chose
		p.kill()
		<-dead
	}
	p := start(t, "run", "--config", d.config)
	desk := d.signIn(t, p.value("page"))
	eventually(t, 60*time.Second, "an end of everything under way", func() bool { return settled(desk, kills*comments) })
	p.stop()
	judgeAftermath(t, d, sb, approved, kills*comments)
}

// settled reports whether every comment has its case and nothing is going out.
func settled(k *desk, comments int) bool {
	_, metrics := k.get("/metrics")
	total := 0
	for _, m := range caseMetric.FindAllStringSubmatch(metrics, -1) {
		n := atoi(m[2])
		if total += n; n > 0 && (m[1] == string(respond.Approved) || m[1] == string(respond.Sending)) {
			return false
		}
	}
	return total == comments
}

// judgeAftermath opens the store of the stopped service and compares it with
// what the platform shows.
func judgeAftermath(t *testing.T, d practiceDir, sb box, approved map[string]bool, comments int) {
	t.Helper()
	st, names := openStopped(t, d)
	replies, most := map[string]int{}, 0
	for _, c := range sb.state().Comments {
		id := names.ID("facebook", "facebook", c.ID)
		replies[id] = len(c.Replies)
		most = max(most, len(c.Replies))
	}
	sent, person := 0, 0
	for c := range st.cases.All() {
		state := c.State()
		switch {
		case !approved[c.ID()]:
		case state == respond.Sent && replies[c.ID()] == 1:
			sent++
		case (state == respond.Manual || state == respond.Failed) && c.Actions[len(c.Actions)-1].Why != "":
			person++
		default:
			t.Errorf("approved case %s is %s with %d replies", c.ID(), state, replies[c.ID()])
		}
		if replies[c.ID()] > 0 && state == respond.Waiting {
			t.Errorf("case %s has a reply and waits for a decision", c.ID())
		}
	}
	if most > 1 {
		t.Errorf("a comment has %d replies, want at most 1", most)
	}
	if n, err := st.verdicts.topic.Count(t.Context()); err != nil || int(n) < comments {
		t.Errorf("%d verdicts for %d comments (%v)", n, comments, err)
	}
	if len(approved) == 0 || sent == 0 {
		t.Errorf("%d approved, %d sent: the test shows nothing", len(approved), sent)
	}
	t.Logf("%d comments, %d approved: %d sent, %d with a person; most replies to one comment: %d", comments, len(approved), sent, person, most)
}

// openStopped opens the store of a service that was stopped.
func openStopped(t *testing.T, d practiceDir) (*stores, ingest.Namer) {
	t.Helper()
	cfg, err := loadConfig(d.config)
	if err != nil {
		t.Fatal(err)
	}
	s := service{cfg: cfg}
	k, err := loadKeys(cfg.Data.KeyFile, s.storeDir())
	if err != nil {
		t.Fatal(err)
	}
	b, err := bus.Start(t.Context(), bus.Options{Dir: s.storeDir(), Key: k.store, Log: zap.NewNop()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.Close() })
	st, err := openStores(t.Context(), b, k)
	if err != nil {
		t.Fatal(err)
	}
	return st, ingest.NewNamer(k.names)
}
