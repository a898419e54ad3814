package conform

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"go.uber.org/zap"

	"triage/internal/ingest"
)

// suite is what every connector must do.
var suite = []struct {
	name string
	run  func(*bench)
}{
	{"finds everything over several pages", findsEverything},
	{"finds what came after the last sweep", findsTheNew},
	{"finds what stands behind deleted pages", findsBehindGaps},
	{"sees an edit", seesEdits},
	{"honours a deletion and no lost permission", honoursDeletions},
	{"knows the practice's own replies", knowsItsOwn},
	{"peeks at what is new", peeks},
	{"counts its calls", counts},
	{"replies once and finds it again", replies},
	{"sends one private message", sendsPrivately},
	{"hides", hides},
	{"takes its own reply down", takesDown},
	{"a write that never arrived did not happen", cutBeforeWrite},
	{"a write whose answer is lost is found", cutAfterWrite},
	{"waits when there were too many calls", limited},
	{"stops when the token is dead", dead},
	{"takes no nonsense for an answer", nonsense},
	{"stops when it is told to", stops},
}

// sweep sweeps and returns what was handed on, by item.
func (b *bench) sweep(mark ingest.Mark) (map[string]ingest.Comment, ingest.Mark, error) {
	found := map[string]ingest.Comment{}
	next, err := b.Sweep(b.Context(), mark, b.collect(found))
	if err != nil {
		b.people(err.Error())
	}
	return found, next, err
}

func (b *bench) collect(found map[string]ingest.Comment) ingest.Emit {
	return func(_ context.Context, batch []ingest.Comment) error {
		for _, c := range batch {
			found[c.Content.Item] = c
		}
		return nil
	}
}

func (b *bench) mustSweep(mark ingest.Mark) (map[string]ingest.Comment, ingest.Mark) {
	b.Helper()
	found, next, err := b.sweep(mark)
	if err != nil {
		b.Fatal(err)
	}
	return found, next
}

// say writes n comments by as many people and returns their items.
func (b *bench) say(n int) []string {
	b.Helper()
	items := make([]string, n)
	for i := range items {
		items[i] = b.Stage.Say(b, Said{Text: fmt.Sprintf("%s my rash number %d is back", TextCanary, i), Author: fmt.Sprintf("%s %d", AuthorCanary, i)})
	}
	return items
}

// missing are the items that are not among those found.
func missing(items []string, found map[string]ingest.Comment) (out []string) {
	for _, item := range items {
		if _, ok := found[item]; !ok {
			out = append(out, item)
		}
	}
	return out
}

func findsEverything(b *bench) {
	items := b.say(b.Many)
	found, next := b.mustSweep(ingest.Mark{})
	if m := missing(items, found); len(m) > 0 {
		b.Errorf("%d of %d are missing: %v", len(m), len(items), m)
	}
	for i, item := range items {
		c := found[item]
		if !strings.Contains(c.Content.Text, fmt.Sprintf("rash number %d is", i)) || c.Own || c.Created.IsZero() || c.Content.Author == "" {
			b.Errorf("%s was read as %+v with %d bytes", item, c, len(c.Content.Text))
			return
		}
	}
	if next.Time.IsZero() && next == (ingest.Mark{}) {
		b.Error("there is no mark for the next sweep")
	}
}

func findsTheNew(b *bench) {
	b.say(3)
	_, mark := b.mustSweep(ingest.Mark{})
	for range 3 {
		items := b.say(2)
		var found map[string]ingest.Comment
		found, mark = b.mustSweep(mark)
		if m := missing(items, found); len(m) > 0 {
			b.Errorf("%v are missing", m)
		}
	}
}

func findsBehindGaps(b *bench) {
	items := b.say(b.Many)
	first, last := len(items)/8, len(items)-len(items)/8
	for _, item := range items[first:last] {
		b.Stage.Delete(b, item)
	}
	found, _ := b.mustSweep(ingest.Mark{})
	if m := missing(slices.Concat(items[:first], items[last:]), found); len(m) > 0 {
		b.Errorf("%v are missing", m)
	}
	for _, item := range items[first:last] {
		if c, shown := found[item]; shown && !c.Hidden {
			b.Errorf("%s was deleted and is read", item)
		}
	}
}

func seesEdits(b *bench) {
	items := b.say(3)
	_, mark := b.mustSweep(ingest.Mark{})
	b.Stage.Edit(b, items[1], "it was edited since")
	found, _ := b.mustSweep(mark)
	if c := found[items[1]]; !strings.Contains(c.Content.Text, "edited since") {
		b.Errorf("the edit is not seen: %d bytes", len(c.Content.Text))
	}
	seen, err := b.Observe(b.Context(), items[1])
	if err != nil || !strings.Contains(seen.Text, "edited since") {
		b.Errorf("observed %d bytes, %v", len(seen.Text), err)
	}
}

func honoursDeletions(b *bench) {
	k := &keeper{items: map[string]string{}}
	p := &ingest.Poller{Platform: b.Platform, Account: Account, Source: b.Client, Names: ingest.NewNamer([]byte("key")), Keep: k, Sink: k, Marks: k,
		Deletions: &ingest.Deletions{Account: b.Client, Kept: k}, Log: zap.NewNop(), Now: time.Now}
	sweep := func() {
		b.Helper()
		if _, err := p.Sweep(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
	items := b.say(6)
	sweep()
	b.Stage.Delete(b, items[2])
	sweep()
	if !slices.Equal(k.deleted, items[2:3]) {
		b.Errorf("erased %v, want %v", k.deleted, items[2:3])
	}
	if seen, err := b.Observe(b.Context(), items[2]); err != nil || !seen.Gone {
		b.Errorf("what was deleted is observed as %v, %v", seen.Gone, err)
	}
	b.wire.does(says(b.Subject.Dead), says(b.Subject.Dead))
	_, _ = p.Sweep(b.Context())
	b.wire.does(rule{}, rule{})
	sweep()
	if !slices.Equal(k.deleted, items[2:3]) {
		b.Errorf("a lost permission erased %v", k.deleted)
	}
}

func knowsItsOwn(b *bench) {
	item := b.say(1)[0]
	b.Stage.Say(b, Said{Text: "Please call our office.", Parent: item, Own: true})
	found, _ := b.mustSweep(ingest.Mark{})
	n := 0
	for _, c := range found {
		if strings.Contains(c.Content.Text, "call our office") {
			n++
			if !c.Own || c.Content.Parent != item {
				b.Errorf("our own reply is read as %+v below %q", c, c.Content.Parent)
			}
		} else if c.Own && c.Content.Item == item {
			b.Error("somebody else's comment is taken for ours")
		}
	}
	if n != 1 {
		b.Errorf("our reply was read %d times", n)
	}
	seen, err := b.Observe(b.Context(), item)
	if err != nil || len(seen.Own) != 1 || !strings.Contains(seen.Own[0].Text, "call our office") {
		b.Errorf("observed %d own replies, %v", len(seen.Own), err)
	}
}

func peeks(b *bench) {
	peeker, ok := b.Client.(ingest.Peeker)
	if !ok {
		b.Fatal("it is no ingest.Peeker")
	}
	b.say(5)
	known, mark := b.mustSweep(ingest.Mark{})
	items := b.say(3)
	found := map[string]ingest.Comment{}
	err := peeker.Peek(b.Context(), mark, func(item string) bool { _, k := known[item]; return k }, b.collect(found))
	if m := missing(items, found); err != nil || len(m) > 0 {
		b.Errorf("%v are missing, %v", m, err)
	}
}

func counts(b *bench) {
	metered, ok := b.Client.(ingest.Metered)
	if !ok {
		b.Fatal("it is no ingest.Metered")
	}
	b.mustSweep(ingest.Mark{})
	before := metered.Meter().Calls
	b.mustSweep(ingest.Mark{})
	if after := metered.Meter().Calls; before == 0 || after <= before {
		b.Errorf("%d calls after one sweep, %d after two", before, after)
	}
}

// keeper is what a Poller needs around it.
type keeper struct {
	items   map[string]string // the platform's id by ours
	threads map[string]string
	mark    ingest.Mark
	deleted []string
}

func (k *keeper) Keep(_ context.Context, batch []ingest.Comment) error {
	for _, c := range batch {
		k.items[c.ID] = c.Content.Item
	}
	return nil
}
func (k *keeper) Publish(context.Context, []ingest.Comment) error { return nil }
func (k *keeper) Load(context.Context, string, string) (ingest.Mark, error) {
	return k.mark, nil
}
func (k *keeper) Save(_ context.Context, _, _ string, m ingest.Mark, _ uint64) error {
	k.mark = m
	return nil
}
func (k *keeper) Known(context.Context, string) ([]string, error)   { return nil, nil }
func (k *keeper) Item(_ context.Context, id string) (string, error) { return k.items[id], nil }
func (k *keeper) Deleted(_ context.Context, ids []string) error {
	for _, id := range ids {
		k.deleted = append(k.deleted, k.items[id])
	}
	return nil
}

// kind is what a failed read says.
func (b *bench) kind(err error) *ingest.ReadError {
	b.Helper()
	var e *ingest.ReadError
	if !errors.As(err, &e) {
		b.Fatalf("want an *ingest.ReadError, not %v", err)
	}
	b.people(e.Error(), e.Why)
	return e
}
