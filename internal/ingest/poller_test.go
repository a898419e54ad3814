package ingest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
)

// shelf keeps what a poller hands on, and notes the order of things.
type shelf struct {
	mu              sync.Mutex
	kept, published map[string]Comment
	count           map[string]int // events by item
	order           []string
	fail            error
	mark            Mark
	fence           uint64
}

func (s *shelf) Keep(_ context.Context, batch []Comment) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range batch {
		s.kept[c.Key()] = c
	}
	s.order = append(s.order, "keep")
	return nil
}

func (s *shelf) Publish(_ context.Context, batch []Comment) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fail != nil {
		return s.fail
	}
	for _, c := range batch {
		s.published[c.Key()] = c
		s.count[c.Content.Item]++
	}
	s.order = append(s.order, "publish")
	return nil
}

// has reports whether an item was published.
func (s *shelf) has(item string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.count[item] > 0
}

func (s *shelf) Load(context.Context, string, string) (Mark, error) { return s.mark, nil }

func (s *shelf) Save(_ context.Context, _, _ string, m Mark, fence uint64) error {
	if fence < s.fence {
		return ErrStale
	}
	s.fence = fence
	s.mark, s.order = m, append(s.order, "mark")
	return nil
}

// script is a source that gives what it is told.
type script struct {
	items map[string]string // item: text
	err   error
	at    []time.Time
}

func (s *script) Sweep(ctx context.Context, mark Mark, emit Emit) (Mark, error) {
	s.at = append(s.at, time.Now())
	if s.err != nil {
		return mark, s.err
	}
	for item, text := range s.items {
		if err := emit(ctx, []Comment{{Platform: "facebook", Account: "cedar", Content: Content{Item: item, Post: "p", Text: text}}}); err != nil {
			return mark, err
		}
	}
	mark.Offset++
	return mark, nil
}

func newPoller(src Source) (*Poller, *shelf) {
	s := &shelf{kept: map[string]Comment{}, published: map[string]Comment{}, count: map[string]int{}}
	return &Poller{Platform: "facebook", Account: "cedar", Source: src, Names: NewNamer([]byte("key")),
		Keep: s, Sink: s, Marks: s, Every: time.Minute, Log: zap.NewNop(), Now: time.Now}, s
}

func sweep(t *testing.T, p *Poller) {
	t.Helper()
	if _, err := p.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func TestEachVersionIsHandedOnOnce(t *testing.T) {
	src := &script{items: map[string]string{"a": "one", "b": "two"}}
	p, s := newPoller(src)
	sweep(t, p)
	sweep(t, p)
	if len(s.published) != 2 || p.Health().Comments != 2 {
		t.Fatalf("%d comments, counted %d, want 2", len(s.published), p.Health().Comments)
	}
	src.items["a"] = "one, edited"
	sweep(t, p)
	ids := map[string]int{}
	for _, c := range s.published {
		ids[c.ID]++
	}
	if len(s.published) != 3 || len(ids) != 2 {
		t.Fatalf("%d versions of %d comments, want 3 of 2", len(s.published), len(ids))
	}
}

// A file may hold an id twice; what stood last is what the next sweep compares.
func TestWhatStoodLastCounts(t *testing.T) {
	p, s := newPoller(&script{})
	take := func(texts ...string) {
		t.Helper()
		p.found = map[string]string{}
		for _, text := range texts {
			if err := p.take(t.Context(), []Comment{{Content: Content{Item: "1", Text: text}}}); err != nil {
				t.Fatal(err)
			}
		}
		p.before = p.found
	}
	count := func() int { return strings.Count(strings.Join(s.order, " "), "publish") }
	take("my migraine is back", "nice place")
	take("my migraine is back")
	if n := count(); n != 3 {
		t.Fatalf("%d events of 3 changes", n)
	}
	take("my migraine is back")
	if n := count(); n != 3 {
		t.Fatal("the same text again is an event")
	}
}

func TestContentThenEventThenMark(t *testing.T) {
	p, s := newPoller(&script{items: map[string]string{"a": "one"}})
	sweep(t, p)
	if got := strings.Join(s.order, " "); got != "keep publish mark" {
		t.Fatalf("the order was %s", got)
	}
}

func TestMarkStaysWhenTheStoreRefuses(t *testing.T) {
	p, s := newPoller(&script{items: map[string]string{"a": "one"}})
	s.fail = errors.New("no space")
	if _, err := p.Sweep(t.Context()); !errors.Is(err, s.fail) {
		t.Fatalf("got %v", err)
	}
	if s.mark.Offset != 0 {
		t.Fatal("the mark moved past what was not stored")
	}
	s.fail = nil
	sweep(t, p)
	if len(s.published) != 1 {
		t.Fatal("what was refused once is lost")
	}
}

func TestNamesTellNothing(t *testing.T) {
	a, b := NewNamer([]byte("key a")), NewNamer([]byte("key b"))
	id := a.ID("facebook", "cedar", "2222_9003")
	if len(id) != 20 || id == b.ID("facebook", "cedar", "2222_9003") || id == a.ID("facebook", "ced", "ar2222_9003") {
		t.Fatalf("id %q: want 20 characters that depend on key and every part", id)
	}
	if a.ID("facebook", "cedar", "") != "" {
		t.Fatal("no item has no id")
	}
}

func TestTextsAreBounded(t *testing.T) {
	p, s := newPoller(&script{items: map[string]string{"big": strings.Repeat("é", 10<<20), "bad": "a\xff\xfeb"}})
	sweep(t, p)
	for _, c := range s.kept {
		text := c.Content.Text
		switch {
		case c.Content.Item == "bad" && text != "a\uFFFDb":
			t.Errorf("invalid UTF-8 became %q", text)
		case c.Content.Item == "big" && (!c.Truncated || len(text) != MaxText || strings.ContainsRune(text, '\uFFFD')):
			t.Errorf("10 MB became %d bytes, truncated %v", len(text), c.Truncated)
		}
	}
}

// Time here is the fake clock of a synctest bubble.
func TestWhenItLooksAgain(t *testing.T) {
	for name, tt := range map[string]struct {
		err  error
		most int // sweeps in an hour
		few  int
	}{
		"well":            {nil, 66, 54},
		"dead token":      {&ReadError{Kind: Dead, Why: "dead"}, 8, 5},
		"throttled":       {&ReadError{Kind: Throttled, RetryAfter: 30 * time.Minute, Why: "slow down"}, 3, 2},
		"temporary":       {&ReadError{Kind: Temporary, Why: "trouble"}, 21, 12},
		"our own trouble": {errors.New("store"), 21, 12},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				src := &script{err: tt.err}
				p, _ := newPoller(src)
				ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
				defer cancel()
				if err := p.Run(ctx, 1); err != nil {
					t.Fatal(err)
				}
				if n := len(src.at); n > tt.most || n < tt.few {
					t.Errorf("%d sweeps in an hour, want %d to %d", n, tt.few, tt.most)
				}
				if h := p.Health(); h.OK() != (tt.err == nil) || h.OK() == (h.Why != "") {
					t.Errorf("health %+v", h)
				}
			})
		})
	}
}

func TestContentDoesNotPrint(t *testing.T) {
	c := Comment{ID: "x", Content: Content{Text: "CANARY", Author: "CANARY", Link: "CANARY"}}
	for _, s := range []string{fmt.Sprint(c), fmt.Sprintf("%v %+v %#v %s %q", c, c, c, c.Content, c.Content)} {
		if strings.Contains(s, "CANARY") {
			t.Errorf("printed %s", s)
		}
	}
}

func TestGrantsDoNotPrint(t *testing.T) {
	g := Grant{Access: "CANARY", Refresh: "CANARY", Seed: "CANARY"}
	enc := zapcore.NewJSONEncoder(zap.NewProductionEncoderConfig())
	line, err := enc.EncodeEntry(zapcore.Entry{}, []zap.Field{zap.Any("grant", g), zap.Any("at", &g)})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []string{fmt.Sprint(g, &g), fmt.Sprintf("%v %+v %#v %s %q", g, g, g, g, g), line.String()} {
		if strings.Contains(s, "CANARY") {
			t.Errorf("printed %s", s)
		}
	}
}
