package respond

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/zap"

	"triage/internal/classify"
	"triage/internal/ingest"
)

// memoryCases is a Cases with the store's compare-and-set.
type memoryCases struct {
	mu     sync.Mutex
	m      map[string]Case
	refuse string // a case whose changes are not taken
}

var errRefused = errors.New("no space")

func (s *memoryCases) Create(_ context.Context, cases []Case) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range cases {
		if _, taken := s.m[c.ID()]; !taken {
			c.Revision = 1
			s.m[c.ID()] = clone(c)
		}
	}
	return nil
}

func (s *memoryCases) Get(_ context.Context, id string) (Case, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, ok := s.m[id]
	if !ok {
		return Case{}, ErrNotFound
	}
	return clone(c), nil
}

func (s *memoryCases) Update(_ context.Context, c Case) (Case, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c.ID() == s.refuse || c.Partial {
		return c, errRefused
	}
	if s.m[c.ID()].Revision != c.Revision {
		return c, ErrConflict
	}
	c.Revision++
	s.m[c.ID()] = clone(c)
	return clone(c), nil
}

func (s *memoryCases) All() iter.Seq[*Case] {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []*Case
	for _, c := range s.m {
		c = c.Light()
		out = append(out, &c)
	}
	return slices.Values(out)
}

func (s *memoryCases) count() int { return len(s.m) }

// clone is what reading a case from the store gives: nothing shared.
func clone(c Case) Case {
	c.Actions = append([]Action(nil), c.Actions...)
	c.History = append([]Entry(nil), c.History...)
	return c
}

type memoryTexts struct {
	mu sync.Mutex
	m  map[string]ingest.Content
}

func (s *memoryTexts) Open(_ context.Context, key string) (ingest.Content, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, ok := s.m[key]
	if !ok {
		return c, ErrGone
	}
	return c, nil
}

func (s *memoryTexts) Save(_ context.Context, key, text string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.m[key] = ingest.Content{Text: text}
	return nil
}

// platform is an Actor whose comments are as told and whose answers are scripted.
type platform struct {
	mu     sync.Mutex
	seen   map[string]*ingest.Observation
	acts   []ingest.Action
	answer func(a ingest.Action) ingest.Outcome // nil: done
	store  bool                                 // an unclear write happened all the same
	deaf   bool                                 // it cannot be read
	calls  int
	looked func() // called at every look
}

var errDeaf = errors.New("no answer")

func (p *platform) Capabilities() ingest.Capabilities {
	return ingest.Capabilities{MaxReply: 8000, MaxPrivate: 2000,
		Actions: []ingest.ActionKind{ingest.Reply, ingest.Private, ingest.Hide, ingest.TakeDown}}
}

func (p *platform) Observe(_ context.Context, item string) (ingest.Observation, error) {
	if p.looked != nil {
		p.looked()
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.calls++
	if p.deaf {
		return ingest.Observation{}, errDeaf
	}
	o, ok := p.seen[item]
	if !ok {
		return ingest.Observation{Gone: true}, nil
	}
	return *o, nil
}

func (p *platform) Act(_ context.Context, a ingest.Action) ingest.Outcome {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.acts = append(p.acts, a)
	out := ingest.Outcome{Result: ingest.Done}
	if p.answer != nil {
		out = p.answer(a)
	}
	if out.Result != ingest.Done && (out.Result != ingest.Unclear || !p.store) {
		return out
	}
	o := p.seen[a.Item]
	switch a.Kind {
	case ingest.Reply:
		out.Item = fmt.Sprintf("r%d", len(p.acts))
		o.Own = append(o.Own, ingest.OwnReply{Item: out.Item, Text: a.Text})
	case ingest.Private:
		o.Answered = true
	case ingest.Hide:
		o.Hidden = true
	case ingest.TakeDown:
		delete(p.seen, a.Item)
	}
	if out.Result == ingest.Unclear {
		out.Item = ""
	}
	return out
}

// world is a desk and a sender over fakes, with a clock of its own.
type world struct {
	*Desk
	t      *testing.T
	sender *Sender
	cases  *memoryCases
	texts  *memoryTexts
	plat   *platform
	clock  time.Time
	rules  Rules
	gone   map[string]bool // the comments that were erased
	edits  map[string]int  // by item
	newest map[string]int  // by id
}

const said = "Since the hysterectomy I still bleed"

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{
		t:     t,
		cases: &memoryCases{m: map[string]Case{}}, texts: &memoryTexts{m: map[string]ingest.Content{}},
		plat:  &platform{seen: map[string]*ingest.Observation{}},
		edits: map[string]int{}, newest: map[string]int{},
		clock: time.Date(2026, 9, 1, 12, 0, 0, 0, time.UTC),
		rules: Rules{Window: time.Minute, ReadBack: 3 * time.Minute, DailyCap: 50}, gone: map[string]bool{},
	}
	gate, err := NewGate(GateOptions{Staff: []string{"Dr. Ruiz"}, Own: []string{"(503) 555-0142"}})
	if err != nil {
		t.Fatal(err)
	}
	drafter, err := NewDrafter(Practice{Name: "Cedar Family Practice", Phone: "(503) 555-0142", Booking: "https://cedar.example/talk"}, nil, gate)
	if err != nil {
		t.Fatal(err)
	}
	w.Desk = &Desk{
		Cases: w.cases, Texts: w.texts, Drafter: drafter, Gate: gate, Names: ingest.NewNamer([]byte("key")),
		Accounts: map[string]Account{"cedar": {Actor: w.plat, Lang: "en"}},
		Rules:    func() Rules { return w.rules }, Erased: func(id string) bool { return w.gone[id] },
		Log: zap.NewNop(), Now: func() time.Time { return w.clock },
		Newest: func(_ context.Context, id string) (int, error) { return w.newest[id], nil },
	}
	w.sender = &Sender{Desk: w.Desk, Log: zap.NewNop()}
	return w
}

func (w *world) wait(d time.Duration) { w.clock = w.clock.Add(d) }

// comment puts a comment on the platform and in the vault.
func (w *world) comment(item, text string) ingest.Comment {
	c := w.Names.Name(ingest.Comment{Platform: "facebook", Account: "cedar", CanHide: true,
		PrivateUntil: w.clock.Add(7 * 24 * time.Hour),
		Content:      ingest.Content{Item: item, Text: text}}, w.clock)
	if o := w.plat.seen[item]; o != nil {
		o.Text = text
		w.edits[item]++
		c.Edit = w.edits[item]
		w.newest[c.ID] = c.Edit
	} else {
		w.plat.seen[item] = &ingest.Observation{Text: text}
	}
	w.texts.m[c.Key()] = c.Content
	c.Content = ingest.Content{}
	return c
}

// own puts a reply of the practice on the platform and in the vault.
func (w *world) own(item, parent, text string) ingest.Comment {
	c := w.Names.Name(ingest.Comment{Platform: "facebook", Account: "cedar", Own: true,
		Content: ingest.Content{Item: item, Parent: parent, Text: text}}, w.clock)
	w.texts.m[c.Key()] = c.Content
	return c
}

func clear(c ingest.Comment) classify.Verdict {
	return classify.Verdict{Comment: c, Judgement: classify.Judgement{Judged: true, Level: classify.Clear, Subject: classify.Self, Lang: "en", Score: 0.97}}
}

// open makes a case of a clear comment and returns its id.
func (w *world) open(item string) string {
	w.t.Helper()
	c := w.comment(item, said)
	w.must(w.Take(w.t.Context(), []classify.Verdict{clear(c)}))
	return c.ID
}

func (w *world) get(id string) Case {
	w.t.Helper()
	c, err := w.cases.Get(w.t.Context(), id)
	w.must(err)
	return c
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// safe is a reply that may be published.
const safe = "Thank you for reaching out. To protect everyone's privacy we do not discuss personal matters here. Please call our office at (503) 555-0142."

func (w *world) approve(id string) {
	w.t.Helper()
	_, err := w.Approve(w.t.Context(), Decision{Case: id, Step: w.get(id).Step(), By: "marta", Reply: safe})
	w.must(err)
}

func (w *world) step() {
	w.t.Helper()
	w.sender.Step(w.t.Context())
}

// stands fails unless the case's state is want and, where given, its history
// holds the code.
func (w *world) stands(id string, want State, codes ...string) {
	w.t.Helper()
	c := w.get(id)
	if c.State() != want {
		w.t.Fatalf("the case is %s, want %s: %+v", c.State(), want, c.Actions)
	}
	for _, code := range codes {
		if !strings.Contains(fmt.Sprint(c.History), code) {
			w.t.Fatalf("the history lacks %q: %+v", code, c.History)
		}
	}
}

func (w *world) replies() int {
	n := 0
	for _, a := range w.plat.acts {
		if a.Kind == ingest.Reply {
			n++
		}
	}
	return n
}
