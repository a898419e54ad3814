package main

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/zap"

	"triage/internal/respond"
)

// long reports whether tests may take their time.
func long() bool { return os.Getenv("TRIAGE_LONG") != "" }

// TestKilledAtRandomMoments kills the service, kill -9, again and again while it
// reads, judges and posts, while comments are edited and erased, with the
// platform losing answers before and after it took the write. Afterwards no
// comment lacks its case, none has two replies, every approved one was sent or
// waits for a person who is told why, and what was erased is gone.
func TestKilledAtRandomMoments(t *testing.T) {
	t.Parallel()
	t.Run("embedded", func(t *testing.T) { killed(t, "", 20) })
	// Here each kill waits for the leases of the one before.
	t.Run("cluster", func(t *testing.T) { t.Parallel(); killed(t, onCluster(t), 2) })
}

func killed(t *testing.T, store string, kills int) {
	if long() {
		kills *= 10
	}
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	sb := platform(t)
	k := &killing{
		t: t, sb: sb, d: newPractice(t, sb.url, store), random: rand.New(rand.NewPCG(seed, 0)),
		texts: map[string][]string{}, approved: map[string]bool{}, seen: map[string]bool{}, erased: map[string]bool{},
	}
	for round := range kills {
		k.round(round)
	}
	p, desk := k.d.run(t)
	k.decide(desk)
	eventually(t, 90*time.Second, "an end of everything under way", func() bool { return settled(desk, len(k.texts)) })
	if code, ready := desk.get("/readyz"); code != 200 || strings.Contains(p.output(), "loss") {
		t.Errorf("not ready after it all: %s\n%s", ready, p.output())
	}
	says(t, k.d.does(t, "audit", "verify"), "none changed or missing")
	p.stop()
	k.judge()
}

// killing is what was done to a service that is killed.
type killing struct {
	t      *testing.T
	sb     box
	d      practiceDir
	random *rand.Rand
	items  []string            // the platform's ids
	texts  map[string][]string // by these, each version

	approved     map[string]bool // by case, as the following
	mu           sync.Mutex
	seen, erased map[string]bool
	maybe        int // erasures of which no answer came
}

// written is how many comments come in a round.
const written = 4

// round lets comments come and go, and kills the service meanwhile.
func (k *killing) round(n int) {
	for i := range written {
		text := fmt.Sprintf("Since my knee surgery %d-%d it still hurts every night", n, i)
		item := k.sb.write(text)
		k.items, k.texts[item] = append(k.items, item), []string{text}
	}
	for _, fault := range []string{"cut-before", "cut-after", "delay"} {
		k.sb.call("POST", "faults", map[string]any{"platform": "facebook", "match": "POST /", "times": 1, "do": fault, "delay_ms": 200}, nil)
	}
	p, desk := k.d.run(k.t)
	eventually(k.t, 60*time.Second, "cases to decide", func() bool { return len(k.there(desk, written)) >= written/2 })
	var busy sync.WaitGroup
	busy.Go(func() { k.decide(desk) })
	if n%3 == 0 {
		k.edit(n)
	}
	if n%4 == 1 {
		busy.Go(func() { k.erase(desk, false) })
	}
	<-time.After(time.Duration(k.random.IntN(400)) * time.Millisecond) // a moment nobody chose
	p.kill()
	busy.Wait()
	if n%4 == 3 {
		k.erase(nil, true)
	}
}

// there are those of the last n comments of which the page shows a case.
func (k *killing) there(desk *desk, n int) (ids []string) {
	names := k.d.names(k.t)
	for _, item := range k.items[max(0, len(k.items)-n):] {
		id := names.ID("facebook", "facebook", item)
		if code, _ := desk.get("/cases/" + id); code == 200 {
			ids = append(ids, id)
		}
	}
	return ids
}

// decide approves what is there and was not approved.
func (k *killing) decide(desk *desk) {
	for _, id := range slices.Backward(k.there(desk, 3*written)) {
		if k.approved[id] {
			continue
		}
		if desk.approve(id) {
			k.approved[id] = true
		}
		k.mu.Lock()
		k.seen[id] = true
		k.mu.Unlock()
	}
}

// edit changes one comment on the platform.
func (k *killing) edit(n int) {
	item := k.items[k.random.IntN(len(k.items))]
	text := fmt.Sprintf("My knee surgery was in May, and in round %d it hurts again", n)
	k.sb.call("PATCH", "comments/"+item, map[string]string{"text": text}, nil)
	k.texts[item] = append(k.texts[item], text)
}

// erase erases a comment that has a case. While the service runs and is killed
// the command may fail; when it is stopped it may not.
func (k *killing) erase(desk *desk, stopped bool) {
	k.mu.Lock()
	ids := slices.Sorted(maps.Keys(k.seen))
	k.mu.Unlock()
	if desk != nil {
		ids = k.there(desk, written)
	}
	if len(ids) == 0 {
		return
	}
	id := ids[len(ids)/2]
	p := start(k.t, "erase", "--comment", id, "--as", "admin", "--config", k.d.config)
	p.exit()
	ok := strings.Contains(p.output(), "erased=1")
	if !ok && stopped {
		k.t.Errorf("erase: %s", p.output())
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.seen[id] = true
	if k.erased[id] = k.erased[id] || ok; !ok {
		k.maybe++
	}
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

// judge opens the store of the stopped service and compares it with what the
// platform shows.
func (k *killing) judge() {
	st := openStopped(k.t, k.d)
	cases := map[string]respond.Case{}
	for c := range st.Cases.All() {
		whole, err := st.Cases.Get(k.t.Context(), c.ID())
		if err != nil {
			k.t.Error(err)
		}
		cases[c.ID()] = whole
	}
	sent, person, most, gone, edited := 0, 0, 0, 0, 0
	for _, c := range k.sb.state().Comments {
		id := st.names.ID("facebook", "facebook", c.ID)
		held, there := cases[id]
		delete(cases, id)
		if most = max(most, len(c.Replies)); !there {
			k.t.Errorf("comment %s has no case", id)
			continue
		}
		k.keeps(st, held, k.texts[c.ID])
		changed := len(k.texts[c.ID]) > 1
		switch state := held.State(); {
		case held.Erased != "":
			gone++
		case k.erased[id]:
			k.t.Errorf("case %s was erased and is back", id)
		case len(c.Replies) > 0 && state == respond.Waiting:
			k.t.Errorf("case %s has a reply and waits for a decision", id)
		case !k.approved[id]:
		case state == respond.Sent && len(c.Replies) == 1:
			sent++
		case changed:
			edited++
		case (state == respond.Manual || state == respond.Failed) && held.Actions[len(held.Actions)-1].Why != "":
			person++
		default:
			k.t.Errorf("approved case %s is %s with %d replies", id, state, len(c.Replies))
		}
	}
	if len(cases) > 0 || most > 1 {
		k.t.Errorf("%d cases of no comment, %d replies to one comment", len(cases), most)
	}
	if sent == 0 || gone < len(k.erased)-k.maybe {
		k.t.Errorf("%d sent, %d gone: the test shows nothing", sent, gone)
	}
	k.t.Logf("%d comments, %d seen, %d approved: %d sent, %d with a person, %d edited meanwhile; %d erased (%d commands killed); most replies to one comment: %d",
		len(k.texts), len(k.seen), len(k.approved), sent, person, edited, gone, k.maybe, most)
}

// keeps fails unless the newest words of a comment can be opened, or, if they
// were erased, none of any version.
func (k *killing) keeps(st *opened, c respond.Case, versions []string) {
	k.t.Helper()
	newest := versions[len(versions)-1]
	if c.Erased == "" {
		if said, err := st.Said(k.t.Context(), c.ID()); err != nil || said.Text != newest {
			k.t.Errorf("comment %s cannot be read as it was written last: %v", c.ID(), err)
		}
		return
	}
	for _, text := range versions {
		_, err := st.Texts.Open(k.t.Context(), c.ID()+"."+st.names.Version(text))
		if !errors.Is(err, respond.ErrGone) {
			k.t.Errorf("the words of the erased comment %s can be opened (%v)", c.ID(), err)
		}
	}
	if c.Comment.Version != "" || len(c.Judgement.Reasons) > 0 {
		k.t.Errorf("the case of the erased comment %s knows of its words", c.ID())
	}
}

// openStopped opens the store of a service that was stopped.
func openStopped(t *testing.T, d practiceDir) *opened {
	t.Helper()
	cfg, err := loadConfig(d.config)
	if err != nil {
		t.Fatal(err)
	}
	return opening(t, cfg)
}

// opening opens a store until the test ends.
func opening(t *testing.T, cfg config) *opened {
	t.Helper()
	st, err := (&service{cfg: cfg, log: zap.NewNop()}).open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	return st
}
