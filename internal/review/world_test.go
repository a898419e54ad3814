package review

import (
	"cmp"
	"context"
	"iter"
	"maps"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"triage/internal/classify"
	"triage/internal/ingest"
	"triage/internal/people"
	"triage/internal/respond"
)

// What a stranger wrote, to be found nowhere but on a revealed page.
const (
	canaryText   = "canary-words-knee"
	canaryAuthor = "Canary-Author"
	canaryTitle  = "Canary-Title"
	canaryLink   = "https://social.example/canary-link"
	secret       = "four-unrelated-garden-words"
	unsafeWords  = "your surgery"
	safeReply    = "Thank you for writing. Please call (503) 555-0142."
)

// shelf is respond.Cases in memory.
type shelf struct {
	mu    sync.Mutex
	cases map[string]respond.Case
	wrote int
}

func (s *shelf) Create(_ context.Context, cases []respond.Case) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range cases {
		if _, ok := s.cases[c.ID()]; !ok {
			c.Revision = 1
			s.cases[c.ID()] = c
			s.wrote++
		}
	}
	return nil
}

func (s *shelf) Get(_ context.Context, id string) (respond.Case, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, ok := s.cases[id]
	if !ok {
		return c, respond.ErrNotFound
	}
	c.Actions, c.History = slices.Clone(c.Actions), slices.Clone(c.History)
	return c, nil
}

func (s *shelf) Update(_ context.Context, c respond.Case) (respond.Case, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cases[c.ID()].Revision != c.Revision {
		return c, respond.ErrConflict
	}
	c.Revision++
	s.cases[c.ID()] = c
	s.wrote++
	return c, nil
}

func (s *shelf) All() iter.Seq[*respond.Case] {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []*respond.Case
	for _, c := range s.cases {
		c = c.Light()
		all = append(all, &c)
	}
	return slices.Values(all)
}

// drawer is respond.Texts in memory.
type drawer struct {
	mu    sync.Mutex
	texts map[string]ingest.Content
	opens int
}

func (d *drawer) Open(_ context.Context, key string) (ingest.Content, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.opens++
	c, ok := d.texts[key]
	if !ok {
		return c, respond.ErrGone
	}
	return c, nil
}

func (d *drawer) Save(_ context.Context, key, text string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.texts[key] = ingest.Content{Text: text}
	return nil
}

// hand is an account on which everything can be done.
type hand struct {
	kinds   []ingest.ActionKind
	limit   int // of a reply; 0 is 8000
	display ingest.Display
}

func (h hand) Capabilities() ingest.Capabilities {
	return ingest.Capabilities{Actions: h.kinds, MaxReply: cmp.Or(h.limit, 8000), Display: h.display, MaxPrivate: 2000, Name: "Facebook",
		HideNote: "On Facebook a hidden comment stays visible to its author and their friends."}
}
func (hand) Observe(context.Context, string) (ingest.Observation, error) {
	return ingest.Observation{}, nil
}
func (hand) Act(context.Context, ingest.Action) ingest.Outcome { return ingest.Outcome{} }

// users is people.Store in memory.
type users struct {
	mu   sync.Mutex
	kept map[string]people.User
}

func (u *users) Get(_ context.Context, name string) (people.User, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if got, ok := u.kept[name]; ok {
		return got, nil
	}
	return people.User{}, people.ErrNotFound
}

func (u *users) Create(ctx context.Context, n people.User) error { return u.Update(ctx, n) }

func (u *users) Update(_ context.Context, n people.User) error {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.kept[n.Name] = n
	return nil
}

func (u *users) All(context.Context) ([]people.User, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	return slices.Collect(maps.Values(u.kept)), nil
}

// world is a desk with everything around it.
type world struct {
	cases  *shelf
	texts  *drawer
	health []ingest.Health
	log    *logged
	now    time.Time
	rules  respond.Rules
	opts   Options
	pages  *pages
	server *httptest.Server
}

// logged is everything that was logged, as text.
type logged struct {
	mu sync.Mutex
	b  strings.Builder
}

func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// staff are one user of every role; their passwords are hashed once.
var staff = sync.OnceValue(func() map[string]people.User {
	u := &users{kept: map[string]people.User{}}
	crew := &people.People{Store: u}
	for name, role := range map[string]people.Role{"vic": people.Viewer, "rita": people.Reviewer, "otto": people.Officer, "ada": people.Admin} {
		if err := crew.Add(context.Background(), name, role, secret); err != nil {
			panic(err)
		}
	}
	return u.kept
})

func hired() map[string]people.User { return maps.Clone(staff()) }

// newWorld opens a desk with one user of every role: vic, rita, otto, ada.
func newWorld(t *testing.T, change ...func(*Options)) *world {
	t.Helper()
	w := &world{
		cases: &shelf{cases: map[string]respond.Case{}}, texts: &drawer{texts: map[string]ingest.Content{}},
		log: &logged{}, rules: respond.Rules{Window: time.Minute}, now: time.Date(2026, 3, 2, 14, 2, 0, 0, time.UTC),
	}
	w.health = []ingest.Health{{Platform: "facebook", Account: "cedar", LastOK: w.now.Add(-40 * time.Second)}}
	crew := &people.People{Store: &users{kept: hired()}, Now: w.clock}
	log := zap.New(zapcore.NewCore(zapcore.NewJSONEncoder(zap.NewProductionEncoderConfig()), zapcore.AddSync(w.log), zap.DebugLevel))
	w.opts = Options{Desk: w.newDesk(t, log), People: crew, Practice: "Cedar Family Practice",
		Health: func() []ingest.Health { return w.health }, Calls: newDuty(w.clock), Log: log, Now: w.clock}
	for _, f := range change {
		f(&w.opts)
	}
	var err error
	if w.pages, err = open(w.opts); err != nil {
		t.Fatal(err)
	}
	w.server = httptest.NewServer(w.pages.Handler(w.pages.routes()))
	t.Cleanup(w.server.Close)
	return w
}

func (w *world) clock() time.Time { return w.now }

// add puts a case on the desk: its comment says text.
func (w *world) add(t *testing.T, id string, lane respond.Lane, text string, change ...func(*respond.Case)) respond.Case {
	t.Helper()
	now := w.opts.Now()
	c := respond.Case{
		Comment: ingest.Comment{ID: id, Version: "v1", Platform: "facebook", Account: "cedar", Created: now.Add(-2 * time.Hour),
			CanHide: true, PrivateUntil: now.Add(6*24*time.Hour + 22*time.Hour + time.Minute)},
		Judgement: classify.Judgement{Judged: true, Level: classify.Clear, Score: 0.81, Subject: classify.Self, Lang: "en",
			Reasons: []classify.Reason{{Start: 0, End: len(canaryText), Kind: "procedure", Why: "names an operation, of oneself"}}},
		Lane: lane, Opened: now.Add(-time.Hour),
		History: []respond.Entry{{At: now.Add(-time.Hour), By: respond.Machine, Do: "opened", Note: string(lane)}},
	}
	if respond.Plans[lane].Public {
		c.Suggestion = &respond.Suggestion{Lang: "en", Text: safeReply, Private: "Please call (503) 555-0142."}
	}
	for _, f := range change {
		f(&c)
	}
	w.texts.mu.Lock()
	w.texts.texts[c.Comment.Key()] = ingest.Content{Text: text, Author: canaryAuthor, Title: canaryTitle, Link: canaryLink}
	w.texts.mu.Unlock()
	if err := w.cases.Create(t.Context(), []respond.Case{c}); err != nil {
		t.Fatal(err)
	}
	return c
}
