package desktest

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/zap"

	"triage/internal/classify"
	"triage/internal/ingest"
	"triage/internal/respond"
)

// World is a desk over memory, one account on a platform, and a clock. The fields
// of the desk that it shadows are reached by their own names below.
type World struct {
	*respond.Desk
	T *testing.T
	// Sender does what was approved, when Step is called.
	Sender interface{ Step(ctx context.Context) }
	Stored *Cases
	Words  *Texts
	Plat   *Platform
	Clock  time.Time
	// Live are the rules as the desk reads them.
	Live respond.Rules
	// Gone are the ids of the comments that were erased.
	Gone map[string]bool
	// Edits counts edits by item, and Newer by id, as the desk asks for them.
	Edits, Newer map[string]int
	// Posts are what comments stand under, by item; a comment of none has no thread.
	Posts map[string]string
	// Authors are the platform's ids of who wrote the comments, by item.
	Authors map[string]string
}

// Said is what a comment says that discloses something, and Safe a reply that may
// be published.
const (
	Said = "Since the hysterectomy I still bleed"
	Safe = "Thank you for reaching out. To protect everyone's privacy we do not discuss personal matters here. Please call our office at (503) 555-0142."
)

// words are what every desk of a test draws on, made once.
var words = sync.OnceValues(func() (with struct {
	gate    *respond.Gate
	drafter *respond.Drafter
}, err error) {
	if with.gate, err = respond.NewGate(respond.GateOptions{Staff: []string{"Dr. Ruiz"}, Own: []string{"(503) 555-0142"}}); err != nil {
		return with, err
	}
	with.drafter, err = respond.NewDrafter(respond.Practice{Name: "Cedar Family Practice", Phone: "(503) 555-0142", Booking: "https://cedar.example/talk"}, nil, with.gate)
	return with, err
})

// New opens a desk of a practice with one account, "cedar" on facebook.
func New(t *testing.T) *World {
	t.Helper()
	w := &World{
		T: t, Stored: &Cases{m: map[string]respond.Case{}}, Words: &Texts{m: map[string]ingest.Content{}},
		Plat: NewPlatform(), Edits: map[string]int{}, Newer: map[string]int{}, Gone: map[string]bool{}, Posts: map[string]string{}, Authors: map[string]string{},
		Clock: time.Date(2026, 9, 1, 12, 0, 0, 0, time.UTC),
		Live:  respond.Rules{Window: time.Minute, ReadBack: 3 * time.Minute, DailyCap: 50},
	}
	with, err := words()
	w.Must(err)
	w.Desk = &respond.Desk{
		Cases: w.Stored, Texts: w.Words, Drafter: with.drafter, Gate: with.gate, Names: ingest.NewNamer([]byte("key")),
		Accounts: map[string]respond.Account{"cedar": {Actor: w.Plat, Lang: "en"}},
		Rules:    func() respond.Rules { return w.Live }, Erased: func(id string) bool { return w.Gone[id] },
		Log: zap.NewNop(), Now: func() time.Time { return w.Clock },
		Newest: func(_ context.Context, id string) (int, error) { return w.Newer[id], nil },
	}
	return w
}

// NewPlatform is one without comments.
func NewPlatform() *Platform {
	return &Platform{Seen: map[string]*ingest.Observation{}, Effects: map[string]int{}}
}

// Wait lets the clock go on.
func (w *World) Wait(d time.Duration) { w.Clock = w.Clock.Add(d) }

// Comment puts a comment, or its next version, on the platform and in the vault.
func (w *World) Comment(item, text string) ingest.Comment {
	c := w.Names.Name(ingest.Comment{Platform: "facebook", Account: "cedar", CanHide: true,
		PrivateUntil: w.Clock.Add(7 * 24 * time.Hour),
		Content:      ingest.Content{Item: item, Post: w.Posts[item], AuthorID: w.Authors[item], Text: text}}, w.Clock)
	if w.Posts[item] == "" {
		c.Thread = ""
	}
	if o := w.Plat.Seen[item]; o != nil {
		o.Text = text
		w.Edits[item]++
		c.Edit = w.Edits[item]
		w.Newer[c.ID] = c.Edit
	} else {
		w.Plat.Seen[item] = &ingest.Observation{Text: text}
	}
	w.Words.keep(c.Key(), c.Content)
	c.Content = ingest.Content{}
	return c
}

// Own puts a reply of the practice in the vault.
func (w *World) Own(item, parent, text string) ingest.Comment {
	c := w.Names.Name(ingest.Comment{Platform: "facebook", Account: "cedar", Own: true,
		Content: ingest.Content{Item: item, Parent: parent, Text: text}}, w.Clock)
	w.Words.keep(c.Key(), c.Content)
	return c
}

// Clear is the verdict on a comment that clearly tells about its author.
func Clear(c ingest.Comment) classify.Verdict {
	return classify.Verdict{Comment: c, Judgement: classify.Judgement{Judged: true, Level: classify.Clear, Subject: classify.Self, Lang: "en", Score: 0.97}}
}

// Open makes a case of a clear comment and returns its id.
func (w *World) Open(item string) string {
	w.T.Helper()
	c := w.Comment(item, Said)
	w.Must(w.Take(w.T.Context(), []classify.Verdict{Clear(c)}))
	return c.ID
}

// Get is the case as it is now.
func (w *World) Get(id string) respond.Case {
	w.T.Helper()
	c, err := w.Stored.Get(w.T.Context(), id)
	w.Must(err)
	return c
}

// Must fails the test on an error.
func (w *World) Must(err error) {
	w.T.Helper()
	if err != nil {
		w.T.Fatal(err)
	}
}

// Answer approves a safe public reply.
func (w *World) Answer(id string) {
	w.T.Helper()
	w.Decide(respond.Decision{Case: id, Step: w.Get(id).Step(), By: "marta", Reply: Safe})
}

// Decide approves.
func (w *World) Decide(dec respond.Decision) {
	w.T.Helper()
	_, err := w.Approve(w.T.Context(), dec)
	w.Must(err)
}

// Erasing does what the store does: tombstone, case, then texts.
func (w *World) Erasing(id, why string) {
	w.T.Helper()
	w.Gone[id] = why != respond.WhyRetention
	w.Must(w.Erase(w.T.Context(), respond.Erasure{Comment: id, By: "otto", Why: why}))
	w.Words.EraseAll()
}

// Step lets the sender do what is due.
func (w *World) Step() {
	w.T.Helper()
	w.Sender.Step(w.T.Context())
}

// Stands fails unless the case's state is want and its history holds the codes.
func (w *World) Stands(id string, want respond.State, codes ...string) {
	w.T.Helper()
	c := w.Get(id)
	if c.State() != want {
		w.T.Fatalf("the case is %s, want %s: %+v", c.State(), want, c.Actions)
	}
	for _, code := range codes {
		if !strings.Contains(fmt.Sprint(c.History), code) {
			w.T.Fatalf("the history lacks %q: %+v", code, c.History)
		}
	}
}
