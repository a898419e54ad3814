package ingest

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"go.uber.org/zap"
)

// wall is a source that reads whole posts, the account behind it, and what is
// kept of its comments.
type wall struct {
	names   Namer
	posts   map[string][]string // items by post, as the sweep lists them
	partly  bool                // no post was read to its end
	gone    map[string]bool     // items that are not shown when asked for
	blind   bool                // nothing is shown when asked for
	deaf    error               // nothing can be asked for
	mute    map[string]bool     // items that are answered for with an error each time
	own     map[string]bool     // items of the practice, which it is always shown
	sick    bool                // the account check fails
	refuse  error               // the store does not erase
	known   map[string]string   // item by id: what the store has kept from before
	items   map[string]string   // item by id
	asked   int
	deleted []string // items
}

func (w *wall) Sweep(ctx context.Context, mark Mark, emit Emit) (Mark, error) {
	for post, items := range w.posts {
		for _, item := range items {
			c := Comment{Platform: "facebook", Account: "cedar", Own: w.own[item], Content: Content{Item: item, Post: post, Text: item}}
			w.items[w.id(item)] = item
			if err := emit(ctx, []Comment{c}); err != nil {
				return mark, err
			}
		}
	}
	mark.Offset++
	return mark, nil
}

func (w *wall) Posts() (out []string) {
	for post := range w.posts {
		if !w.partly {
			out = append(out, post)
		}
	}
	return out
}

func (w *wall) Observe(_ context.Context, item string) (Observation, error) {
	w.asked++
	if w.mute[item] {
		return Observation{}, errors.New("no answer")
	}
	return Observation{Gone: w.blind && !w.own[item] || w.gone[item]}, w.deaf
}

func (w *wall) Check(context.Context) []Finding { return []Finding{{OK: true}, {OK: !w.sick}} }

func (w *wall) Known(_ context.Context, thread string) ([]string, error) {
	var out []string
	for id, item := range w.known {
		if thread == w.id(w.postOf(item)) {
			out = append(out, id)
		}
	}
	return out, nil
}

// postOf is the post of an item: what comes before "/", else "p".
func (w *wall) postOf(item string) string {
	if post, _, ok := strings.Cut(item, "/"); ok {
		return post
	}
	return "p"
}

func (w *wall) Item(_ context.Context, id string) (string, error) {
	if item, ok := w.known[id]; ok {
		return item, nil
	}
	return w.items[id], nil
}

func (w *wall) Deleted(_ context.Context, ids []string) error {
	if w.refuse != nil {
		return w.refuse
	}
	for _, id := range ids {
		item, _ := w.Item(context.Background(), id)
		w.deleted = append(w.deleted, item)
		delete(w.known, id)
	}
	return nil
}

func (w *wall) id(item string) string { return w.names.ID("facebook", "cedar", item) }

// remove lets an author delete comments: they are listed no more, nor shown.
func (w *wall) remove(items ...string) {
	for post := range w.posts {
		w.posts[post] = slices.DeleteFunc(w.posts[post], func(i string) bool { return slices.Contains(items, i) })
	}
	for _, i := range items {
		w.gone[i] = true
	}
}

// newWall is a post of n comments, 0 to n-1, that were swept once.
func newWall(t *testing.T, n int) (*Poller, *wall, *shelf) {
	t.Helper()
	w := &wall{names: NewNamer([]byte("key")), posts: map[string][]string{}, gone: map[string]bool{}, items: map[string]string{}, known: map[string]string{}}
	for i := range n {
		w.posts["p"] = append(w.posts["p"], fmt.Sprint(i))
	}
	p, s := newPoller(w)
	p.Names, p.Deletions = w.names, &Deletions{Account: w, Kept: w}
	sweep(t, p)
	return p, w, s
}

func TestOnlyWhatItsAuthorDeletedIsErased(t *testing.T) {
	for name, tt := range map[string]struct {
		change func(p *Poller, w *wall)
		want   string
	}{
		"deleted": {func(_ *Poller, w *wall) { w.remove("1") }, "[1]"},
		"our own": {func(_ *Poller, w *wall) {
			w.own = map[string]bool{"ours": true}
			w.posts["p"] = append(w.posts["p"], "ours")
		}, "[]"},
		"five at once":              {func(_ *Poller, w *wall) { w.remove("1", "2", "3", "4", "5") }, "[1 2 3 4 5]"},
		"six at once":               {func(_ *Poller, w *wall) { w.remove("1", "2", "3", "4", "5", "6") }, "[]"},
		"listed no more, yet shown": {func(_ *Poller, w *wall) { w.remove("1"); clear(w.gone) }, "[]"},
		"gone, yet still listed":    {func(_ *Poller, w *wall) { w.gone["1"] = true }, "[]"},
		"the whole post":            {func(_ *Poller, w *wall) { w.remove("0", "1", "2", "3", "4", "5", "6", "7") }, "[]"},
		"the only one of its post": {func(p *Poller, w *wall) {
			w.remove("0", "1", "2", "3", "4", "5", "6", "7")
			p.Deletions.last = map[string]string{w.id("1"): w.id("p")}
		}, "[]"},
		"the post is listed no more":  {func(_ *Poller, w *wall) { w.remove("1"); delete(w.posts, "p") }, "[]"},
		"the post was read partly":    {func(_ *Poller, w *wall) { w.remove("1"); w.partly = true }, "[]"},
		"nothing can be asked for":    {func(_ *Poller, w *wall) { w.remove("1"); w.deaf = errors.New("no answer") }, "[]"},
		"nothing is shown any more":   {func(_ *Poller, w *wall) { w.remove("1"); w.blind = true }, "[]"},
		"the account check fails":     {func(_ *Poller, w *wall) { w.remove("1"); w.sick = true }, "[]"},
		"erased already":              {func(p *Poller, w *wall) { w.remove("1"); p.Erased = func(id string) bool { return id == w.id("1") } }, "[]"},
		"its words are not kept":      {func(_ *Poller, w *wall) { w.remove("1"); delete(w.items, w.id("1")) }, "[]"},
		"known from before the start": {func(_ *Poller, w *wall) { w.known[w.id("old")] = "old"; w.gone["old"] = true }, "[old]"},
		"another process read meanwhile": {func(p *Poller, w *wall) {
			w.remove("1")
			p.Deletions.forget()
		}, "[]"},
	} {
		t.Run(name, func(t *testing.T) {
			p, w, _ := newWall(t, 8)
			tt.change(p, w)
			sweep(t, p)
			if w.own["ours"] {
				w.remove("ours")
			}
			sweep(t, p)
			if slices.Sort(w.deleted); fmt.Sprint(w.deleted) != tt.want {
				t.Fatalf("erased %v, want %s", w.deleted, tt.want)
			}
		})
	}
}

func TestTooManyAtOnceWaitForAPerson(t *testing.T) {
	p, w, _ := newWall(t, 12)
	erased := map[string]bool{}
	p.Erased = func(id string) bool { return erased[id] }
	w.remove("1", "2", "3", "4", "5", "6")
	sweep(t, p)
	if h := p.Health(); len(h.Withheld) != 6 || !slices.Contains(h.Withheld, w.id("6")) {
		t.Fatalf("withheld %v", h.Withheld)
	}
	asked := w.asked
	w.posts["p"] = append(w.posts["p"], "1", "2", "3", "4") // most come back, one more goes
	clear(w.gone)
	w.gone["5"], w.gone["6"] = true, true
	w.remove("7")
	sweep(t, p)
	if h := p.Health(); len(h.Withheld) != 2 || len(w.deleted) > 0 || w.asked != asked {
		t.Fatalf("withheld %v, erased %v, asked for %d: want two that hold up all others", h.Withheld, w.deleted, w.asked-asked)
	}
	erased[w.id("5")], erased[w.id("6")] = true, true // a person looked
	sweep(t, p)
	if h := p.Health(); len(h.Withheld) != 0 || fmt.Sprint(w.deleted) != "[7]" {
		t.Fatalf("withheld %v, erased %v, want the seventh", h.Withheld, w.deleted)
	}
}

// A listing that leaves out a thousand comments costs few calls, and erases
// nothing bit by bit.
func TestManyMissingAreAskedForSlowly(t *testing.T) {
	for name, tt := range map[string]struct {
		gone     func(place int) bool // by its place in the order in which they are asked for
		withheld int
	}{
		"all are shown when asked for":    {func(int) bool { return false }, 0},
		"none is":                         {func(int) bool { return true }, askMost},
		"three early and three late ones": {func(i int) bool { return i < 3 || i > 995 }, 6},
	} {
		t.Run(name, func(t *testing.T) {
			p, w, _ := newWall(t, 1000)
			w.posts["p"] = w.posts["p"][:1]
			missed := slices.Sorted(maps.Keys(w.items))
			missed = slices.DeleteFunc(missed, func(id string) bool { return id == w.id("0") })
			for i, id := range missed {
				w.gone[w.items[id]] = tt.gone(i)
			}
			for range 30 {
				before := w.asked
				sweep(t, p)
				if n := w.asked - before; n > askMost+1 {
					t.Fatalf("%d calls after one sweep", n)
				}
			}
			if h := p.Health(); len(w.deleted) > 0 || len(h.Withheld) != tt.withheld {
				t.Fatalf("%d were erased and %d withheld, want none and %d", len(w.deleted), len(h.Withheld), tt.withheld)
			}
			before := w.asked
			if sweep(t, p); w.asked != before {
				t.Fatalf("%d calls more though all is known", w.asked-before)
			}
		})
	}
}

func TestDeletionThatCouldNotBeStoredIsTriedAgain(t *testing.T) {
	p, w, _ := newWall(t, 3)
	w.remove("1")
	w.refuse = errors.New("no space")
	if _, err := p.Sweep(t.Context()); !errors.Is(err, w.refuse) {
		t.Fatalf("got %v", err)
	}
	w.refuse = nil
	sweep(t, p)
	sweep(t, p)
	if fmt.Sprint(w.deleted) != "[1]" {
		t.Fatalf("erased %v", w.deleted)
	}
}

func TestStaleOwnerStopsReading(t *testing.T) {
	p, s := newPoller(&script{items: map[string]string{"a": "one"}})
	s.fence = 7 // somebody else holds the lease by now
	if err := p.Run(t.Context(), 6); !errors.Is(err, ErrStale) {
		t.Fatalf("got %v, want ErrStale", err)
	}
	if s.mark != (Mark{}) {
		t.Fatalf("its mark was stored: %+v", s.mark)
	}
}

// A Poller that runs again hands on what the one between may not have.
func TestRunRemembersNothing(t *testing.T) {
	p, s := newPoller(&script{items: map[string]string{"a": "one"}})
	p.Log = zap.NewNop()
	for fence := range uint64(2) {
		ctx, cancel := context.WithCancel(t.Context())
		p.Sink = stopAfter{s, cancel}
		if err := p.Run(ctx, fence+1); err != nil {
			t.Fatal(err)
		}
	}
	if n := p.Health().Comments; n != 2 {
		t.Fatalf("%d comments were handed on, want the one twice", n)
	}
}

// stopAfter stops the run once something was handed on.
type stopAfter struct {
	Sink
	stop func()
}

func (s stopAfter) Publish(ctx context.Context, batch []Comment) error {
	defer s.stop()
	return s.Sink.Publish(ctx, batch)
}
