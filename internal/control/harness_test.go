package control

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"triage/internal/audit"
	"triage/internal/bus"
	"triage/internal/classify"
	"triage/internal/ingest"
	"triage/internal/people"
	"triage/internal/respond"
	"triage/internal/settings"
	"triage/internal/store"
	"triage/internal/vault"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m,
		// The engine's own background goroutines end a moment after its shutdown.
		goleak.IgnoreTopFunction("github.com/nats-io/nats-server/v2/server.(*fileStore).syncBlocks"),
		// What the client keeps of a watch that ended with its connection.
		goleak.IgnoreTopFunction("github.com/nats-io/nats%2ego.(*js).subscribe.func3"))
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// log is what was logged, as text.
type log struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// service is an open store and the way in for commands.
type service struct {
	*store.Store
	bus     *bus.Bus
	options Options
	names   ingest.Namer
	log     log
	rules   respond.Rules
}

// password is that of every user; what is planted may be in no answer.
const (
	password = "four-unrelated-garden-words"
	planted  = "zzcanaryzz"
)

var auditKey = bytes.Repeat([]byte{7}, 32)

func newService(t *testing.T, more ...settings.Setting) *service {
	t.Helper()
	b, err := bus.Start(t.Context(), bus.Options{Dir: t.TempDir(), Log: zap.NewNop()})
	must(t, err)
	t.Cleanup(func() { _ = b.Close() })
	s := &service{bus: b, names: ingest.NewNamer([]byte("names"))}
	logger := zap.New(zapcore.NewCore(zapcore.NewJSONEncoder(zap.NewProductionEncoderConfig()), zapcore.AddSync(&s.log), zap.DebugLevel))
	s.Store, err = store.Open(t.Context(), b, store.Options{
		Ring: vault.Ring{{1}}, AuditKey: auditKey, Practice: "Test", Log: logger, Now: time.Now,
		Settings: append([]settings.Setting{{Name: "posting.undo", Default: "30s", Parse: duration}}, more...),
	})
	must(t, err)
	desk := &respond.Desk{Cases: s.Cases, Texts: s.Texts, Names: s.names, Log: logger, Now: time.Now}
	s.options = Options{
		Backfill: func(string, time.Time) (func() Backfilled, error) {
			return func() Backfilled { return Backfilled{Read: 7, Done: true} }, nil
		},
		Sweep: func(_ context.Context, _ time.Time, tell func(Swept)) error {
			tell(Swept{Account: "main", Read: 7, Done: true})
			return nil
		},
		Report: func(_ context.Context, weekly bool, lang string) Report {
			return Report{Subject: "Summary", Text: fmt.Sprintf("week %t in %q", weekly, lang)}
		},
		SweepReport: func(context.Context, bool) ([]byte, error) { return []byte(`{"format":"triage sweep 1"}`), nil },
		Check:       func(context.Context) []Finding { return []Finding{{OK: true, What: "main: the token is valid"}} },
		Store:       s.Store, People: &people.People{Store: s.Users}, Cases: desk, AuditKey: auditKey, BackupKey: bytes.Repeat([]byte{9}, 32),
		Practice: "Test", Policy: "1", Platforms: []string{"facebook", "youtube"}, Log: logger, Now: time.Now,
		Login: func(platform, account string) (client, seed string, ok bool) {
			return "c", "file", platform == "facebook" && account == "main"
		},
	}
	return s
}

func duration(s string) (any, error) {
	d, err := time.ParseDuration(s)
	if err != nil {
		return nil, fmt.Errorf("%w: want such as 30s", settings.ErrRefused)
	}
	return d, nil
}

// users adds one user of each role, under its first word, and one shut out.
func (s *service) users(t *testing.T) {
	t.Helper()
	must(t, s.options.People.Add(t.Context(), "viewer", people.Viewer, password))
	u, err := s.Users.Get(t.Context(), "viewer")
	must(t, err)
	for name, role := range map[string]people.Role{"reviewer": people.Reviewer, "privacy": people.Officer, "admin": people.Admin, "out": people.Admin} {
		// One hash is enough, each takes its time.
		must(t, s.Users.Create(t.Context(), people.User{Name: name, Role: role, Hash: u.Hash, Disabled: name == "out"}))
	}
}

// comments reads comments of an author.
func (s *service) comments(t *testing.T, author string, n int) []ingest.Comment {
	t.Helper()
	var out []ingest.Comment
	for i := range n {
		out = append(out, s.names.Name(ingest.Comment{Platform: "facebook", Account: "main", Content: ingest.Content{
			Item: fmt.Sprint(author, i), Text: fmt.Sprint(planted, " words ", i), Author: planted, AuthorID: author, Link: planted,
		}}, time.Now()))
	}
	must(t, s.Texts.Keep(t.Context(), out))
	must(t, s.Comments.Publish(t.Context(), out))
	return out
}

// file opens a case.
func (s *service) file(t *testing.T, c ingest.Comment) {
	t.Helper()
	must(t, s.Cases.Create(t.Context(), []respond.Case{{Comment: c, Lane: respond.LaneClear, Opened: time.Now(), Judgement: classify.Judgement{Judged: true, Level: classify.Clear}}}))
}

// serve answers commands on a socket and returns its path and how to stop it.
func (s *service) serve(t *testing.T) (path string, stop func()) {
	t.Helper()
	path = filepath.Join(shortDir(t), "t.sock")
	l, err := Listen(path)
	must(t, err)
	return path, beside(t, l, Handler(s.options))
}

// beside serves until the returned function is called.
func beside(t *testing.T, l net.Listener, h http.Handler) (stop func()) {
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- Serve(ctx, l, h) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(stop)
	return stop
}

// shortDir is a directory whose path leaves room for a socket's.
func shortDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "c")
	must(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

// client is somebody who gives commands within this process.
func (s *service) client(t *testing.T, as string) *Client {
	t.Helper()
	c, end := Local(Handler(s.options))
	t.Cleanup(end)
	return &Client{HTTP: c, As: as}
}

// told is the audit's records.
func (s *service) told(t *testing.T) (out []audit.Record) {
	t.Helper()
	var exported bytes.Buffer
	must(t, s.Audit.Export(t.Context(), &exported, audit.ExportOptions{Format: "jsonl"}))
	for i, line := range bytes.Split(bytes.TrimSpace(exported.Bytes()), []byte("\n")) {
		if i > 0 { // the header
			var r audit.Record
			must(t, json.Unmarshal(line, &r))
			out = append(out, r)
		}
	}
	return out
}

// since is what the audit has after the first n, as "by do on note".
func (s *service) since(t *testing.T, n int) (out []string) {
	t.Helper()
	for _, r := range s.told(t)[n:] {
		if r.OS != OSUser() || r.From != "command" {
			t.Errorf("record: %+v", r.Act)
		}
		out = append(out, strings.TrimSpace(fmt.Sprint(r.By, " ", r.Do, " ", r.On, " ", r.Note)))
	}
	return out
}

// silent fails where planted words or a password came out.
func (s *service) silent(t *testing.T, said ...string) {
	t.Helper()
	for _, text := range append(said, s.log.String()) {
		for _, word := range []string{planted, password, "$argon2id"} {
			if i := strings.Index(text, word); i >= 0 {
				t.Errorf("it says …%.200s…", text[max(0, i-100):])
			}
		}
	}
}
