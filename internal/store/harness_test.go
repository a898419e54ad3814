package store

import (
	"bytes"
	"context"
	"errors"
	"os"
	"strconv"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
	"go.uber.org/zap"

	"triage/internal/audit"
	"triage/internal/bus"
	"triage/internal/bus/cluster"
	"triage/internal/classify"
	"triage/internal/ingest"
	"triage/internal/respond"
	"triage/internal/settings"
	"triage/internal/vault"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m,
		// The engine's own background goroutines end a moment after its shutdown.
		goleak.IgnoreTopFunction("github.com/nats-io/nats-server/v2/server.(*fileStore).syncBlocks"),
		goleak.Cleanup(func(code int) {
			cluster.StopShared()
			os.Exit(code)
		}))
}

const day = 24 * time.Hour

// clock is real time, moved on by the test.
type clock struct {
	mu sync.Mutex
	by time.Duration
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().Add(c.by)
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.by += d
}

// practice is a store and the little of a desk that it needs.
type practice struct {
	*Store
	dir   string
	bus   *bus.Bus
	clock *clock
	desk  *respond.Desk
	names ingest.Namer
	most  int // the furthest that a progress was told
}

var auditKey, backupKey = bytes.Repeat([]byte{7}, 32), bytes.Repeat([]byte{9}, 32)

// open opens the store in dir, which the engine does not encrypt: what is sealed
// is sealed by the vault.
func open(t *testing.T, dir string) *practice {
	t.Helper()
	b, err := bus.Start(t.Context(), bus.Options{Dir: dir, Log: zap.NewNop()})
	if err != nil {
		t.Fatal(err)
	}
	p := openOn(t, b)
	p.dir = dir
	return p
}

func openOn(t *testing.T, b *bus.Bus) *practice {
	t.Helper()
	t.Cleanup(func() { _ = b.Close() })
	p := &practice{bus: b, clock: &clock{}, names: ingest.NewNamer([]byte("names"))}
	var err error
	p.Store, err = Open(t.Context(), b, Options{
		Ring: vault.Ring{{1}}, AuditKey: auditKey, Practice: "Test", Log: zap.NewNop(), Now: p.clock.now,
		Settings: []settings.Setting{{Name: "posting.undo", Default: "30s", Parse: func(s string) (any, error) { return time.ParseDuration(s) }}},
	})
	if err != nil {
		t.Fatal(err)
	}
	p.desk = &respond.Desk{Cases: p.Cases, Texts: p.Texts, Names: p.names, Erased: p.Gone.Has, Audited: p.Audited, Log: zap.NewNop(), Now: p.clock.now}
	return p
}

// each runs a test on every kind of engine that there is.
func each(t *testing.T, test func(t *testing.T, p *practice)) {
	t.Helper()
	t.Run("embedded", func(t *testing.T) { test(t, open(t, t.TempDir())) })
	t.Run("cluster", func(t *testing.T) {
		if testing.Short() {
			t.Skip("-short: three server processes are not started")
		}
		test(t, openOn(t, connect(t, cluster.Shared(t).Access(t))))
	})
}

func connect(t *testing.T, a cluster.Access) *bus.Bus {
	t.Helper()
	b, err := bus.Connect(t.Context(), bus.Remote{URL: a.URL, NKeyFile: a.NKeyFile, CAFile: a.CAFile, Replicas: a.Replicas, Key: []byte("k1"), Log: zap.NewNop()})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// stop closes the store and its engine.
func (p *practice) stop(t *testing.T) {
	t.Helper()
	p.Close()
	must(t, p.bus.Close())
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// says is a comment as a connector hands it over.
func says(n int, text string) ingest.Comment {
	return ingest.Comment{Platform: "facebook", Account: "main", Content: ingest.Content{
		Item: "item" + strconv.Itoa(n), Post: "post" + strconv.Itoa(n%7), Text: text, Author: "Some Body", AuthorID: "person" + strconv.Itoa(n%50),
	}}
}

// name names comments as the poller does.
func (p *practice) name(in ...ingest.Comment) []ingest.Comment {
	out := make([]ingest.Comment, len(in))
	for i, c := range in {
		out[i] = p.names.Name(c, p.clock.now())
	}
	return out
}

// read takes comments in as the poller does.
func (p *practice) read(t *testing.T, in ...ingest.Comment) []ingest.Comment {
	t.Helper()
	out := p.name(in...)
	must(t, p.Texts.Keep(t.Context(), out))
	must(t, p.Comments.Publish(t.Context(), out))
	return out
}

// judge publishes a verdict on the newest version of each comment.
func (p *practice) judge(t *testing.T, in ...ingest.Comment) {
	t.Helper()
	newest, err := p.Comments.topic.LastOf(t.Context(), ids(in))
	must(t, err)
	verdicts := make([]classify.Verdict, len(in))
	for i, c := range in {
		c.Edit = newest[c.ID].Edit
		verdicts[i] = classify.Verdict{Comment: c, Judgement: classify.Judgement{Judged: true,
			Reasons: []classify.Reason{{Start: 1, End: 2, Kind: "symptom", Why: "a symptom"}}}, At: p.clock.now()}
	}
	must(t, p.Verdicts.Publish(t.Context(), verdicts))
}

// file opens a case in which these things happened, with these actions.
func (p *practice) file(t *testing.T, c ingest.Comment, actions ...respond.Action) {
	t.Helper()
	one := respond.Case{Comment: c, Lane: respond.LaneClear, Opened: p.clock.now(), Actions: actions,
		Judgement:  classify.Judgement{Judged: true, Reasons: []classify.Reason{{Start: 1, End: 2, Kind: "symptom", Why: "a symptom"}}},
		Suggestion: &respond.Suggestion{Template: "thanks", Lang: "en", Text: "Thank you for writing."}}
	happens(&one, p.clock.now(), "opened")
	for range actions {
		happens(&one, p.clock.now(), "approved")
	}
	must(t, p.Cases.Create(t.Context(), []respond.Case{one}))
}

func happens(c *respond.Case, at time.Time, do string) {
	c.Noted++
	c.History = append(c.History, respond.Entry{N: c.Noted, At: at, By: "dana", Do: do})
}

// change changes a case as somebody at the desk does.
func (p *practice) change(t *testing.T, id string, f func(*respond.Case)) {
	t.Helper()
	for {
		c, err := p.Cases.Get(t.Context(), id)
		must(t, err)
		f(&c)
		_, err = p.Cases.Update(t.Context(), c)
		if errors.Is(err, respond.ErrConflict) {
			continue
		}
		must(t, err)
		return
	}
}

var byDana = audit.Act{By: "dana", OS: "root", From: "command"}

func (p *practice) erase(t *testing.T, id string) {
	t.Helper()
	must(t, p.Erase(t.Context(), p.desk, Erasure{Comment: id, Why: respond.WhyRequest, Act: byDana}))
}

// opens reports what a text says, "" if it is gone.
func (p *practice) opens(t *testing.T, key string) string {
	t.Helper()
	c, err := p.Texts.Open(t.Context(), key)
	if errors.Is(err, respond.ErrGone) {
		return ""
	}
	must(t, err)
	return c.Text
}

// subjects lists what is under the id in all streams but the audit.
func (p *practice) subjects(t *testing.T, id string) (found []string) {
	t.Helper()
	streams, err := p.bus.Streams(t.Context())
	must(t, err)
	for _, s := range streams {
		if s == "audit" {
			continue
		}
		must(t, p.bus.Dump(t.Context(), s, func(m bus.Message) error {
			if bytes.Contains([]byte(m.Subject), []byte(id)) {
				found = append(found, m.Subject)
			}
			return nil
		}))
	}
	return found
}

// until calls f until it is true.
func until(t *testing.T, what string, f func() bool) {
	t.Helper()
	end := time.Now().Add(30 * time.Second)
	for !f() {
		if time.Now().After(end) {
			t.Fatalf("not within 30 s: %s", what)
		}
		<-time.After(5 * time.Millisecond)
	}
}

// beside runs f until the returned function is called, which waits for it.
func beside(t *testing.T, f func(context.Context) error) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		err := errors.New("it failed")
		defer func() { done <- err }() // also where f ends the test
		err = f(ctx)
	}()
	return sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

// keys is where the keys of texts are.
func (p *practice) keys(t *testing.T) *bus.Blobs {
	t.Helper()
	keys, err := bus.NewBlobs(t.Context(), p.bus, "keys")
	must(t, err)
	return keys
}
